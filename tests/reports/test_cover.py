"""AR Cover: published examples on the sheet, parts that make up the whole, currencies never guessed."""

import io
import time
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from arcredit.credit.receivables.open_items import OpenItems
from arcredit.ledger.records import Records
from arcredit.reports import REPORTS
from arcredit.reports.cover import cover_sheet
from arcredit.reports.scratch import workbook
from arcredit.shapes import coded
from report_ledgers import documents, inputs
from report_records import POLICY, insured, table, terms

PARTS = ("Insured", "Own risk", "Uninsured", "Cover unknown", "Unapplied credit")
SHIPPED = ["2025-01-06", "2025-02-10", "2025-03-17", "2025-04-28", "2025-05-12", "2025-06-02"]
DUE = ["2025-03-07", "2025-04-11", "2025-05-16", "2025-06-27", "2025-07-11", "2025-08-01"]
AMOUNT = [40_000.0, 35_000.0, 30_000.0, 25_000.0, 45_000.0, 20_000.0]


def ledger(amounts=AMOUNT, currency=None, disputed=None, customer="A"):
    count = len(amounts)
    return OpenItems(
        customer=coded([customer] * count, "customer"),
        document=np.array([f"S{row + 1}" for row in range(count)], object),
        invoice_date=np.array(SHIPPED[:count], "M8[D]"),
        due_date=np.array(DUE[:count], "M8[D]"),
        amount=np.array(amounts),
        open_amount=np.array(amounts),
        currency=coded(currency, "currency") if currency else None,
        disputed_amount=None if disputed is None else np.array(disputed),
    )


def page(given):
    book = openpyxl.load_workbook(io.BytesIO(workbook([cover_sheet(given)])), data_only=True)
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def tables(given, key="Customer"):
    """Every table of the sheet: headings and lines up to its total."""
    found, lines = [], page(given)
    for start, line in enumerate(lines):
        if line[0] == key:
            rows = []
            for row in lines[start + 1 :]:
                rows.append(dict(zip(line, row, strict=True)))
                if str(row[0]).startswith(("Total", "合计")):
                    break
            found.append(rows)
    return found


def policy(limit, **changes):
    terms_given = {"insured_percentage": 0.9, "maximum_extension_days": 60, "maximum_terms_days": 60}
    return insured(terms_given | changes, [("A", limit, None, None, "named")])


def test_shipments_after_the_stop_on_the_sheet():
    """EX-5.3: 117,000 of 195,000 insured, 13,000 own risk, 65,000 shipped after the stop."""
    summary, invoices = tables(inputs(ledger(), records=policy(180_000.0)))
    assert [line["Insured"] for line in invoices] == [36_000, 31_500, 27_000, 22_500, 0, 0, 117_000]
    assert [line["Reason"] for line in invoices[3:6]] == ["Within the limit"] + [
        "Shipped after the stop date"
    ] * 2
    assert [summary[0][name] for name in PARTS[:3]] == [117_000, 13_000, 65_000]
    # The limit alone would give 162,000: what a look at the limit only makes believe.
    assert summary[0]["Insured by the limit alone"] == 162_000


@pytest.mark.parametrize(
    ("amounts", "limit", "changes", "disputed", "insured_money"),
    [
        (AMOUNT, 120_000.0, {}, None, 108_000),  # EX-5.3, smaller limit
        ([180_000.0], 120_000.0, {"vat_rate": 0.2}, None, 108_000),  # EX-5.2
        ([180_000.0], 200_000.0, {"vat_rate": 0.2}, None, 135_000),  # EX-5.2
        ([100_000.0], 150_000.0, {}, [20_000.0], 72_000),  # EX-5.10 before the deductible
        ([150_000.0], 100_000.0, {"limit_basis": "payout"}, None, 100_000),  # EX-5.15
    ],
)
def test_published_examples(amounts, limit, changes, disputed, insured_money):
    given = inputs(ledger(amounts, disputed=disputed), records=policy(limit, **changes))
    assert tables(given)[0][-1]["Insured"] == pytest.approx(insured_money, abs=0.01)


@pytest.mark.parametrize("currencies", [("EUR",), ("EUR", "USD", "JPY")])
def test_the_parts_are_the_open_amount_to_the_cent(currencies):
    rates = {"EUR": 1.0, "USD": 0.9, "JPY": 0.0061}
    given = inputs(documents(400, currencies=currencies), records=insured(), rates=rates, home="EUR")
    summary, *blocks = tables(given)
    owed = "Open amount" if len(currencies) == 1 else "Open in EUR"
    assert len(blocks) == len(currencies)
    for line in [line for block in blocks for line in block]:
        whole = line[owed] + (line.get("Credits set off") or 0)
        parts = [line.get(name) for name in PARTS]
        if "unknown" not in parts:
            assert whole == pytest.approx(sum(part or 0 for part in parts), abs=1e-6)
    for name in (owed, *PARTS):
        cents = [round(100 * sum(block[-1].get(name) or 0 for block in blocks))]
        assert cents == [round(100 * (summary[-1].get(name) or 0))]
        assert round(100 * sum(line.get(name) or 0 for line in summary[:-1])) == cents[0]


def test_a_currency_without_rate_is_unknown_and_takes_no_room():
    mixed = ledger([1_000.0, 2_000.0, 3_000.0], ["EUR", "USD", "EUR"])
    given = inputs(mixed, records=policy(3_500.0), rates={"EUR": 1.0}, home="EUR")
    summary, euros, dollars = tables(given)
    assert [line["Insured"] for line in dollars] == ["unknown", None]
    assert dollars[-1]["Open, own currency"] == 2_000
    assert [line["Insured"] for line in euros] == [900, 2_250, 3_150]
    assert summary[-1]["Open in EUR"] == 4_000
    assert any("No rate for USD" in str(line[0]) for line in page(given))
    # A customer who owes dollars alone has not paid: his cover is unknown.
    alone = replace(given, items=ledger([5.0], ["USD"]))
    assert tables(alone)[0][0]["By the limit alone"] == "No rate: cover unknown"
    assert tables(alone)[0][0]["Insured by the limit alone"] == "unknown"
    # With a rate the dollars come in their turn, converted to the cent.
    given = replace(given, rates={"EUR": 1.0, "USD": 0.5})
    assert [line["Insured"] for line in tables(given)[1][:2]] == [900, 1_350]


def test_several_currencies_without_home_currency_say_so():
    given = inputs(ledger([1_000.0, 2_000.0], ["EUR", "USD"]), records=policy(3_500.0))
    assert {line["Insured"] for block in tables(given)[1:] for line in block[:-1]} == {"unknown"}
    assert any("no home currency" in str(line[0]) for line in page(given))
    named = replace(given, records=Records({**given.records.tables, "settings": terms(home_currency="USD")}))
    assert [line["Insured"] for line in tables(named)[1]] == [1_800, 1_800]


def test_without_decisions_the_discretionary_limit_only():
    """EX-5.13: 30,000 at 80 %, debt 45,000: 24,000."""
    own = {"insured_percentage": 0.9, "discretionary_limit": 30_000.0, "discretionary_percentage": 0.8}
    given = inputs(ledger([45_000.0]), records=insured(own, []))
    assert tables(given)[0][0]["Insured"] == 24_000
    assert any("discretionary limit only" in str(line[1]) for line in page(given))


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ({"customers": table(customer=["A"], related_party=[True])}, "Affiliated company"),
        ({"customers": table(customer=["A"], insolvency_date=["2025-01-05"])}, "Shipped after insolvency"),
        (
            {"events": table(customer=["A"], date=["2025-01-05"], kind=["insolvency"])},
            "Shipped after insolvency",
        ),
        ({"disputes": table(document=["S1"], reason=["Fraud"], amount=[np.nan], status=["open"])}, "Fraud"),
        ({"disputes": table(document=["S1"], reason=["欺诈"], amount=[5.0], status=["open"])}, "Fraud"),
        ({"disputes": table(document=["S1"], reason=["x"], amount=[np.nan], status=["open"])}, "Disputed"),
        (
            {"disputes": table(document=["S1"], reason=["x"], amount=[1.0], status=["resolved"])},
            "Within the limit",
        ),
        (
            {
                "events": table(
                    customer=["A"],
                    date=["2025-01-05"],
                    kind=["insolvency"],
                    to_confirm=["customer"],
                    confirm=[None],
                )
            },
            "Within the limit",
        ),
    ],
)
def test_what_the_records_say_takes_cover_away(records, reason):
    given = inputs(ledger([1_000.0]), records=Records({**policy(5_000.0).tables, **records}))
    assert tables(given)[1][0]["Reason"] == reason


def test_chinese_and_names_that_look_like_formulas():
    chinese = tables(inputs(records=insured(), language="zh"), "客户编号")
    english = tables(inputs(records=insured()))
    assert [line["保险承担"] for line in chinese[0]] == [line["Insured"] for line in english[0]]
    assert "=2+3" in [line["Name"] for line in english[0]]


def test_totals_are_live():
    book = openpyxl.load_workbook(io.BytesIO(workbook([cover_sheet(inputs(records=insured()))])))
    formulas = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.data_type == "f"]
    assert sum(text.startswith("=SUM(") for text in formulas) > 40


def test_empty_and_without_policy():
    assert "no open items" in str(page(inputs(documents(0), records=insured())))
    assert REPORTS["cover"].missing(inputs()) == ("insurance",)
    # A policy that states no percentage insures an unknown share, never none.
    silent = insured({key: value for key, value in POLICY.items() if key == "discretionary_limit"})
    assert tables(inputs(ledger([100.0]), records=silent))[1][0]["Insured"] == "unknown"


def test_twenty_thousand_documents():
    given = inputs(documents(20_000, 800), records=insured())
    start = time.perf_counter()
    sheet = cover_sheet(given)
    print(f"cover of {len(given.items)} open items: {time.perf_counter() - start:.2f} s")
    assert sheet.blocks


@pytest.mark.parametrize(
    ("sent", "said", "covered"),
    [
        (None, "taken from the invoice date", [36_000, 0]),
        (["2025-01-06", "2025-01-06"], "as the ledger states it", [36_000, 31_500]),
        ([None, "2025-01-06"], "where it does not (1), the invoice date", [36_000, 31_500]),
    ],
)
def test_the_limit_on_the_day_of_delivery(sent, said, covered):
    """The limit ends in January: what was invoiced in February and had left before is covered."""
    goods = ledger(AMOUNT[:2])
    if sent:
        goods = replace(goods, delivery_date=np.array([day or "NaT" for day in sent], "M8[D]"))
    decided = [("A", 90_000.0, "2024-01-01", "2025-01-31", "named")]
    given = inputs(goods, records=insured({"insured_percentage": 0.9}, decided))
    _, invoices = tables(given)
    assert [line["Insured"] for line in invoices[:2]] == covered
    delivered = [line["Delivered"].date().isoformat() for line in invoices[:2]]
    assert delivered == ([day or SHIPPED[row] for row, day in enumerate(sent)] if sent else SHIPPED[:2])
    assert any(said in str(cell) for line in page(given) for cell in line)
