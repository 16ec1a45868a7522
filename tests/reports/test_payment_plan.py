"""AR Payment Plan: published plans, agreed plans against receipts, proposals, the insurer's last day."""

import datetime as dt
import io
import time
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from arcredit.credit.receivables.open_items import Events, OpenItems, open_at
from arcredit.ledger.records import Records
from arcredit.reports import REPORTS
from arcredit.reports.payment_plan import payment_plan_sheet
from arcredit.reports.scratch import workbook
from arcredit.shapes import coded
from report_ledgers import documents, inputs
from report_records import insured, table, terms


def ledger(*rows, currency=None):
    """Customer, document, due date, amount; invoiced thirty days before."""
    due = np.array([row[2] for row in rows], "M8[D]")
    return OpenItems(
        customer=coded([row[0] for row in rows], "customer"),
        document=np.array([row[1] for row in rows], object),
        invoice_date=due - 30,
        due_date=due,
        amount=np.array([row[3] for row in rows], float),
        open_amount=np.array([row[3] for row in rows], float),
        currency=coded(currency, "currency") if currency else None,
    )


DEBT = ledger(("A", "1", "2024-11-30", 100_000))


def receipts(*rows):
    return Events(
        document=np.full(len(rows), None, object),
        customer=coded([row[0] for row in rows], "customer"),
        date=np.array([row[1] for row in rows], "M8[D]"),
        amount=np.array([-row[2] for row in rows], float),
    )


def plans(**changes):
    columns = {
        "customer": ["A"],
        "agreed_on": ["2025-01-05"],
        "debt": [100_000.0],
        "first_date": ["2025-01-31"],
        "instalments": [6.0],
        "method": ["equal"],
        "annual_rate": [np.nan],
    }
    return table(**(columns | changes))


def given(paid=(), as_of=dt.date(2025, 3, 4), documents=DEBT, records=None, **changes):
    events = receipts(*paid) if paid else None
    items = open_at(documents, as_of, events)
    tables = {"plans": plans()} if records is None else records
    return inputs(documents, items=items, events=events, as_of=as_of, records=Records(tables), **changes)


def page(given):
    book = openpyxl.load_workbook(io.BytesIO(workbook([payment_plan_sheet(given)])), data_only=True)
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def lines(given, key="No."):
    found, rows = [], page(given)
    for start, head in enumerate(rows):
        if head[0] == key:
            block = []
            for row in rows[start + 1 :]:
                block.append(dict(zip(head, row, strict=True)))
                if not isinstance(row[0], int | float):
                    break
            found.append(block)
    return found


def fact(given, label):
    return next(row[place + 2] for row in page(given) for place, cell in enumerate(row) if cell == label)


def test_equal_principal():
    """EX-8.1: 100,000 in six from 31 January: five of 16,666.67 and 16,666.65, clipped to the month's end."""
    (plan,) = lines(given())
    assert [line["Payment"] for line in plan] == [16_666.67] * 5 + [16_666.65, 100_000]
    days = [line["Date"].date().isoformat() for line in plan[:-1]]
    assert days == ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31", "2025-06-30"]
    assert plan[-2]["Balance"] == 0


def test_annuity():
    """EX-8.2: the same as equal payments at 1 % a month: interest 3,529.02."""
    (plan,) = lines(given(records={"plans": plans(method=["annuity"], annual_rate=[0.12])}))
    assert [line["Payment"] for line in plan] == [17_254.84] * 5 + [17_254.82, 103_529.02]
    assert [line["Interest"] for line in plan] == [1_000, 837.45, 673.28, 507.46, 339.99, 170.84, 3_529.02]
    for line in plan:
        assert line["Payment"] == pytest.approx(line["Principal"] + line["Interest"], abs=1e-9)


@pytest.mark.parametrize(
    ("paid", "as_of", "standing", "due_now", "states"),
    [
        ([("A", "2025-01-30", 16_666.67)], "2025-02-27", "KEPT", 0, ["paid", "open"]),
        ([("A", "2025-02-03", 16_666.67)], "2025-02-27", "KEPT", 0, ["paid late", "open"]),
        ([("A", "2025-01-30", 16_666.67)], "2025-03-04", "LATE", 16_666.67, ["paid", "late"]),
        ([("A", "2025-01-30", 16_666.67)], "2025-03-06", "DEFAULT", 83_333.33, ["paid", "MISSED"]),
        ([("A", "2025-01-30", 100_000.0)], "2025-03-06", "PAID OFF", 0, ["paid", "paid"]),
        (
            [("A", "2024-12-30", 16_666.67), ("B", "2025-01-30", 9.0)],
            "2025-01-31",
            "LATE",
            16_666.67,
            ["late"],
        ),
    ],
)
def test_standing_against_receipts(paid, as_of, standing, due_now, states):
    """A missed instalment beyond five days of grace makes the whole principal due."""
    case = given(paid, dt.date.fromisoformat(as_of))
    assert fact(case, "Standing") == standing
    assert fact(case, "Due now") == due_now
    (plan,) = lines(case)
    assert [line["State"] for line in plan[: len(states)]] == states
    assert plan[-1]["Received"] + plan[-1]["Still to pay"] == 100_000


def test_receipts_pay_interest_before_principal():
    case = given(
        [("A", "2025-01-30", 1_500.0)],
        dt.date(2025, 2, 1),
        records={"plans": plans(method=["annuity"], annual_rate=[0.12])},
    )
    assert (fact(case, "of it for interest due"), fact(case, "of it for principal")) == (1_000, 500)


def test_several_plans_and_a_plan_that_cannot_be():
    two = plans(
        customer=["A", "=1+1", "C"],
        agreed_on=["2025-01-05"] * 3,
        debt=[100_000.0, 600.0, 50.0],
        first_date=["2025-01-31"] * 3,
        instalments=[6.0] * 3,
        method=["equal"] * 3,
        annual_rate=[np.nan] * 3,
        down_payment=[np.nan, np.nan, 70.0],
    )
    case = given(records={"plans": two})
    assert len(lines(case)) == 2
    assert "The plan of customer C cannot be computed" in str(page(case))
    assert "Agreed plan: =1+1" in str(page(case))
    assert len(lines(replace(case, customer="A"))) == 1


def test_the_insurers_last_day():
    """Due 30 November 2024 + 120 days = 30 March 2025: four of six instalments are later."""
    policy = insured({"insured_percentage": 0.9, "maximum_extension_days": 120}, []).tables
    case = given(records={**policy, "plans": plans()})
    (plan,) = lines(case)
    assert [bool(line["Insurance"]) for line in plan[:-1]] == [False, False, True, True, True, True]
    assert "Instalments after 30 March 2025" in str(page(case))
    assert "without being asked: 4." in str(page(case))
    assert "written consent" in str(page(case))
    stated = given(records={**policy, "plans": plans(final_by=["2025-06-30"])})
    assert not any(line["Insurance"] for line in lines(stated)[0])


def test_proposal_for_the_most_overdue_customer():
    ledger_of = ledger(
        ("A", "1", "2025-01-31", 500), ("B", "2", "2025-01-31", 600), ("B", "3", "2025-06-30", 9_000)
    )
    case = given(documents=ledger_of, records={"settings": terms(annual_rate=0.12)})
    (plan,) = lines(case)
    assert "Proposal: B" in str(page(case))
    assert [line["Principal"] for line in plan] == [100] * 6 + [600]
    assert [line["Interest"] for line in plan] == [6, 5, 4, 3, 2, 1, 21]
    assert plan[0]["Date"].date() == dt.date(2025, 4, 4)
    assert lines(replace(case, customer="A"))[0][-1]["Principal"] == 500
    assert "nothing of it is overdue" in str(page(replace(case, customer="Z")))


def test_currencies_are_never_added():
    mixed = ledger(
        ("A", "1", "2025-01-31", 500), ("A", "2", "2025-01-31", 90_000), ("B", "3", "2025-01-31", 700),
        currency=["EUR", "JPY", "EUR"],
    )  # fmt: skip
    case = given(documents=mixed, records={})
    assert "Proposal: B · EUR" in str(page(case))
    both = lines(replace(case, customer="A"))
    assert sorted(plan[-1]["Principal"] for plan in both) == [500, 90_000]
    rated = replace(case, home="EUR", rates={"EUR": 1.0, "JPY": 0.0061})
    assert "Proposal: B · EUR" in str(page(rated))
    assert "Proposal: A · JPY" in str(page(replace(rated, rates={"EUR": 1.0, "JPY": 0.01})))


def test_empty_and_needs():
    assert "no open items" in str(page(inputs(documents(0))))
    assert "no customer is overdue" in str(page(given(as_of=dt.date(2024, 11, 30), records={})))
    assert not REPORTS["payment_plan"].missing(inputs())


def test_chinese():
    case = given([("A", "2025-01-30", 16_666.67)], dt.date(2025, 3, 6), language="zh")
    assert fact(case, "执行情况") == "违约"
    assert lines(case, "期次")[0][-1]["付款额"] == 100_000


def test_balances_and_totals_are_live():
    book = openpyxl.load_workbook(io.BytesIO(workbook([payment_plan_sheet(given())])))
    formulas = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.data_type == "f"]
    assert sum(text.startswith("=SUM(") for text in formulas) == 5
    assert len(formulas) == 5 + 3 * 6


def test_twenty_thousand_documents():
    case = inputs(documents(20_000, 800), records=insured(plans=plans(customer=["C1002"])))
    start = time.perf_counter()
    payment_plan_sheet(case)
    print(f"payment plan out of 20,000 documents: {time.perf_counter() - start:.2f} s")
