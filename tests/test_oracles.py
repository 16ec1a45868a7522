"""Other systems' own test cases, read where they lie: aging, open items, DSO, time to pay; and the IBM file.

The decisive figures are also rows of the golden tables, so that a plain clone checks them too.
"""

import csv
import datetime as dt
import json

import numpy as np
import pytest

from arcredit.credit.receivables.aging import ar_aged, ar_aging
from arcredit.credit.receivables.balance import ar_open_items
from arcredit.credit.receivables.conventions import ar_bucket
from arcredit.credit.receivables.dso import (
    ar_days_delinquent,
    ar_dso,
    ar_dso_best,
    ar_dso_countback,
    month_days,
    sales_by_month,
)
from arcredit.credit.receivables.open_items import OpenItems, open_at
from arcredit.credit.receivables.payment import ar_days_beyond_terms, ar_days_to_pay
from arcredit.credit.receivables.terms import ar_days_past_due, ar_due_date
from arcredit.shapes import coded

AREAS = {
    "aging",
    "aging-instalments",
    "aging-future",
    "aging-fx",
    "overdue",
    "dso",
    "time-to-pay",
}
DAY = dt.date(2025, 6, 30)


@pytest.fixture(scope="module")
def oracles(shared):
    return json.loads((shared / "oracles.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def cases(oracles):
    return {case["id"]: (case["inputs"], case["expected"]) for case in oracles["cases"]}


def test_every_case_of_these_areas_has_its_test(oracles):
    ids = {case["id"] for case in oracles["cases"] if case["area"] in AREAS}
    here = {name.removeprefix("test_orc_") for name in globals() if name.startswith("test_orc_")}
    assert {number.removeprefix("ORC-") for number in ids} == here


MATRIX = {
    "erpnext_v15_due_date": ("erpnext", None),
    "oca_aged_partner_balance": ("oca", None),
    "oca_aged_partner_balance_custom_15_30_60": ("oca", [15, 30, 60]),
    "oca_partner_statement_days": ("oca_statement", None),
    "tryton_aged_balance_30_60_90": ("tryton", None),
    "ledgersmb_due_date": ("ledgersmb", None),
    "gnucash_new_aging_due_date": ("gnucash", None),
    "invoiceninja_ar_summary": ("invoiceninja", None),
}


def test_boundary_matrix(oracles):
    """Same column there, same label here; other column there, other label here; lost there, none here."""
    matrix = oracles["boundary_matrix"]
    assert matrix["systems"].keys() == MATRIX.keys()
    for name, (convention, edges) in MATRIX.items():
        theirs = [matrix["systems"][name]["column"][str(day)] for day in matrix["days"]]
        ours = ar_bucket(matrix["days"], edges, convention).tolist()
        pairs = set(zip(theirs, ours, strict=True))
        assert len(pairs) == len(set(theirs)) == len(set(ours)), name
        assert all((mine == "none") == column.startswith("none") for column, mine in pairs), name


def column(rows, name):
    return [row[name] for row in rows]


def test_orc_001(cases):
    given, expected = cases["ORC-001"]
    rows = given["rows"]
    table = ar_aging(["A"] * 6, column(rows, "due_date"), column(rows, "open_amount"), given["as_of"])
    assert {name: table[name][0] for name in expected["buckets"]} == expected["buckets"]
    assert table["total"][-1] == expected["total"]


def test_orc_003(cases):
    """By document date; their "current" is current and 1-30 here. Their unassigned 10 is unapplied here."""
    given, expected = cases["ORC-003"]
    rows = [dict(row) for row in given["rows"]]
    receipt = next(row for row in rows if row["amount"] == -25)
    invoice = next(row for row in rows if row["amount"] == 110)
    receipt["amount"], invoice["amount"] = -10, 110 - 15
    table = ar_aging(
        column(rows, "client"),
        column(rows, "doc_date"),
        column(rows, "amount"),
        given["as_of"],
        given["bucket_upper_edges"],
    )
    for line, name in enumerate(table["customer"]):
        found = {
            label.replace("365+", ">365"): table[label.replace("365+", ">365")][line]
            for label in expected["total"]
            if label != "current"
        }
        found["current"] = table["current"][line] + table["1-30"][line]
        wanted = {
            label.replace("365+", ">365"): amount for label, amount in expected[name or "total"].items()
        }
        assert found == wanted
    assert table["unapplied"][-1] == -10


def test_orc_005(cases):
    given, expected = cases["ORC-005"]
    for side in ("ar", "ap"):
        rows = given[f"{side}_rows"]
        dates, amounts = column(rows, "doc_date"), column(rows, "amount")
        for label, amount in expected[side].items():
            name = "90+" if label == ">90" else label
            edges = given["bucket_upper_edges"]
            assert ar_aged(name, dates, amounts, given["as_of"], edges, "invoiceninja") == amount


def test_orc_006(cases):
    """Credits on their own date."""
    given, expected = cases["ORC-006"]
    rows = given["invoices"] + [{**row, "due_date": row["date"]} for row in given["payments"]]
    table = ar_aging(
        column(rows, "customer"),
        column(rows, "due_date"),
        column(rows, "amount"),
        given["as_of"],
        credits="own_date",
    )
    columns = dict(zip(("p0", "p1", "p2", "p3", "p4", "p5"), list(table.columns)[1:7], strict=True))
    columns["residual"] = "total"
    for line, name in enumerate(table["customer"]):
        for part, amount in expected[name or "total"].items():
            assert table[columns[part]][line] == amount


def balances(changes, as_of, document=None):
    """Open amounts, the total last, of one invoice dated on the first day and its changes."""
    when = [row[0] for row in changes]
    due = [None if len(row) < 3 else row[2] for row in changes]
    table = ar_open_items(document or ["I"] * len(changes), when, [row[1] for row in changes], as_of, due)
    return table["open_amount"].tolist()


def later(days):
    return DAY + dt.timedelta(days)


def test_orc_009(cases):
    given, expected = cases["ORC-009"]
    invoice = [(DAY, row["amount"], later(row["due_in_days"])) for row in given["terms"]]
    assert [[amount] for amount in balances(invoice, DAY)[:-1]] == expected["before"]
    paid = [(later(1), -amount) for amount in given["receipts"]]
    outstanding = [row[-1] for row in expected["after_rows_total_invoiced_paid_outstanding"]]
    assert balances(invoice + paid, later(1))[:-1] == outstanding
    assert len(given["terms"]) - len(outstanding) == expected["closed_terms_hidden"]


def test_orc_010(cases):
    given, expected = cases["ORC-010"]
    changes = [(DAY, amount, later(30 * (i + 1))) for i, amount in enumerate(given["terms"])]
    changes += [(later(1), -amount) for amount in given["receipts"]]
    changes += [(later(2), -amount) for amount in given["credit_notes"]]
    for day, key in ((1, "after_receipt"), (2, "after_credit_note")):
        rows = next(rows for name, rows in expected.items() if name.startswith(key))
        assert balances(changes, later(day))[:-1] == [row[-1] for row in rows]


def test_orc_011(cases):
    """As there if the credit note has its own number; linked, it settles the invoice, for the same net."""
    given, expected = cases["ORC-011"]
    changes = [(DAY, given["invoice"]), (later(1), -given["receipts"][0]), (later(2), -given["credit_note"])]
    apart = balances(changes, later(2), document=["I", "I", "CN"])
    assert apart[0] == given["remaining_before"]
    assert apart[1] == next(iter(expected.values()))[-1]
    linked = balances(changes, later(2))
    assert linked[-1] == apart[-1] == linked[0]


def test_orc_012(cases):
    """Receipts dated later change nothing today; what remains is the balance on their day."""
    given, expected = cases["ORC-012"]
    for case in given["scenarios"]:
        name, received = case["name"], case.get("future_receipt_allocated", case.get("future_receipt"))
        changes = [(DAY, case["invoice"]), (later(30), -min(received, case["invoice"]))]
        wanted = next(row for key, row in expected[name].items() if key.startswith("invoice"))
        figures = next(key for key in expected[name] if key.startswith("invoice"))
        place = {label: i for i, label in enumerate(figures[8:-1].split(","))}
        assert balances(changes, DAY)[0] == wanted[place["outstanding"]]
        assert balances(changes, later(30))[-1] == wanted[place["remaining"]]
        extra = received - case["invoice"]
        if extra > 0:
            over = balances([*changes, (later(30), -extra)], later(30), document=["I", "I", "R"])
            assert over[0] == expected[name]["extra_row[invoiced,paid,outstanding,remaining,future]"][2]


def test_orc_014(cases):
    given, expected = cases["ORC-014"]
    invoice, rate = given["invoice"]["amount"], given["invoice"]["rate"]
    for name, receipt in zip(("full", "partial"), given["future"], strict=True):
        base_key = next(key for key in expected[name] if key.startswith("base"))
        for now, paid, wanted in (
            (invoice * rate, receipt["amount"] * receipt["rate"], expected[name][base_key]),
            (invoice, receipt["amount"], expected[name]["party"]),
        ):
            changes = [(DAY, now), (later(30), -paid)]
            assert balances(changes, DAY)[0] == wanted[1]
            assert balances(changes, later(30))[-1] == wanted[2]


def test_orc_015(cases):
    given, expected = cases["ORC-015"]
    changes = [(DAY, given["invoice"]), (later(1), -given["receipts"][0])]
    assert balances(changes, later(1))[0] == next(iter(expected.values()))[-1]


def test_orc_021(cases):
    given, expected = cases["ORC-021"]
    due = [later(row["due_in_days"]) for row in given["rows"]]
    amounts = column(given["rows"], "amount")
    assert ar_aged("overdue", due, amounts, DAY) == expected["overdue_amount"]
    assert int((ar_days_past_due(due, DAY) > 0).sum()) == expected["overdue_count"]


def test_orc_031(cases):
    """Receivables over all that was invoiced, tax in both, times the days since the first invoice."""
    given, expected = cases["ORC-031"]
    gross = 1 + given["tax_pct"] / 100
    first, _, second = given["steps"]
    days = (dt.date.fromisoformat(given["today"]) - dt.date.fromisoformat(first["date"])).days
    one, two = first["invoice_net"] * gross, second["invoice_net"] * gross
    assert ar_dso([one, 0, two], [one, one, one + two], days).tolist() == pytest.approx(expected["dso"])


def test_orc_032(cases):
    given, expected = cases["ORC-032"]
    sales, days = given["monthly_credit_sales_newest_first"], given["days_per_month"]
    assert ar_dso_countback(given["receivables"], sales, days) == pytest.approx(expected["dso"], abs=1e-6)


def test_orc_034(cases):
    """Unweighted there: every amount 1."""
    given, expected = cases["ORC-034"]
    start = {"T": DAY, "T-365d": later(-365)}
    invoiced = [start[row["date"]] for row in given["invoices"]]
    paid = [
        day + dt.timedelta(row["paid_after_days"])
        for day, row in zip(invoiced, given["invoices"], strict=True)
    ]
    assert ar_days_to_pay([1, 1], invoiced, paid) == expected["avg_lifetime"]
    assert ar_days_to_pay([1], invoiced[:1], paid[:1]) == expected["avg_last_year"]
    assert ar_days_to_pay([1], invoiced[1:], paid[1:]) == expected["avg_this_year"]


@pytest.fixture(scope="module")
def ibm(shared):
    """IBM's sample ledger: every document with the day of its payment."""
    with open(shared / "data" / "ibm_late_payments.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    def day(name):
        return np.array([dt.datetime.strptime(row[name], "%m/%d/%Y").date() for row in rows], "datetime64[D]")

    return OpenItems(
        customer=coded([row["customerID"] for row in rows], "customer"),
        document=np.array([row["invoiceNumber"] for row in rows], object),
        invoice_date=day("InvoiceDate"),
        due_date=day("DueDate"),
        amount=np.array([float(row["InvoiceAmount"]) for row in rows]),
        open_amount=np.full(len(rows), np.nan),
        paid_date=day("SettledDate"),
        disputed_amount=np.array([row["Disputed"] == "Yes" for row in rows], float),
    )


class TestIbmFile:
    """EX-2.8: regression figures over a whole public ledger."""

    def test_payment_behaviour(self, ibm):
        assert (len(ibm), len(ibm.customer.labels)) == (2466, 100)
        assert all(len(number) == 10 for number in ibm.document)
        assert ar_due_date(ibm.invoice_date, "net 30").tolist() == ibm.due_date.tolist()
        late = ar_days_past_due(ibm.due_date, "2099-01-01", ibm.paid_date)
        assert (late > 0).sum() == 877
        ones, paid = np.ones(len(ibm)), ibm.paid_date
        assert ar_days_to_pay(ones, ibm.invoice_date, paid) == pytest.approx(26.4448, abs=5e-5)
        assert ar_days_to_pay(ibm.amount, ibm.invoice_date, paid) == pytest.approx(26.7006, abs=5e-5)
        assert ar_days_beyond_terms(ones, ibm.due_date, paid, True) == pytest.approx(3.4424, abs=5e-5)
        assert ar_days_beyond_terms(ibm.amount, ibm.due_date, paid, True) == pytest.approx(3.5711, abs=5e-5)
        assert ar_days_beyond_terms(ibm.amount, ibm.due_date, paid) == pytest.approx(-3.2994, abs=5e-5)
        disputed = ibm.disputed_amount == 1
        assert disputed.sum() == 561
        assert (late[disputed] > 0).mean() == pytest.approx(0.6827, abs=5e-5)
        assert (late[~disputed] > 0).mean() == pytest.approx(0.2593, abs=5e-5)

    def test_aging_and_dso_at_mid_year(self, ibm):
        found = open_at(ibm, "2013-06-30")
        table = ar_aging(found.customer, found.due_date, found.open_amount, "2013-06-30")
        assert table["total"][-1] == 5119.85
        assert (table["current"][-1], table["1-30"][-1]) == (4284.29, 835.56)
        days = ar_days_past_due(found.due_date, "2013-06-30")
        assert ((days <= 0).sum(), (days > 0).sum()) == (72, 12)
        sales, length = sales_by_month(ibm, "2013-06-30", 24), month_days("2013-06-30", 24)
        quarter, days_of_quarter = round(sales[:3].sum(), 2), length[:3].sum()
        assert (quarter, days_of_quarter) == (20098.87, 91)
        assert ar_dso(5119.85, quarter, days_of_quarter) == pytest.approx(23.18, abs=0.005)
        assert ar_dso_best(4284.29, quarter, days_of_quarter) == pytest.approx(19.40, abs=0.005)
        assert ar_days_delinquent(835.56, quarter, days_of_quarter) == pytest.approx(3.78, abs=0.005)
        assert ar_dso_countback(5119.85, sales, length) == pytest.approx(26.26, abs=0.005)
        assert round(sales_by_month(ibm, "2013-12-31", 24).sum(), 2) == 147703.18
