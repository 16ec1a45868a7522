"""AR Collections: who is called, ranked by a live formula; who is not; and the letters."""

import io
import time

import numpy as np
import openpyxl
import pytest

import customer_records
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.ledger.records import Records
from arcredit.reports.collections import collections_sheet
from arcredit.reports.scratch import workbook
from arcredit.shapes import coded
from report_ledgers import AS_OF, documents, inputs

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


def ledger(*rows, currency="EUR"):
    """Open documents as (customer, days past due, amount, disputed)."""
    who, late, amount, disputed = zip(*rows, strict=True)
    due = np.datetime64(AS_OF) - np.array(late, "timedelta64[D]")
    return OpenItems(
        customer=coded(list(who), "customer"),
        document=np.array([f"D{place}" for place in range(len(rows))], object),
        invoice_date=due - 30,
        due_date=due,
        amount=np.array(amount, float),
        open_amount=np.array(amount, float),
        currency=coded([currency] * len(rows), "currency"),
        disputed_amount=np.array(disputed, float),
    )


def records(**tables):
    return Records(
        tables={"customers": customer_records.customers(), "settings": customer_records.settings()} | tables
    )


def page(given, values=True):
    book = openpyxl.load_workbook(io.BytesIO(workbook([collections_sheet(given)])), data_only=values)
    return [[cell.value for cell in line] for line in book.worksheets[0].iter_rows()]


def listed(given, head="Customer"):
    """The lists of the sheet, each as dicts by heading, with its total line last."""
    lists, heads = [], None
    for line in page(given):
        if line[0] == head:
            heads, found = line, []
            lists.append(found)
        elif heads:
            found.append(dict(zip(heads, line, strict=True)))
            heads = None if line[0] in ("Total", "合计") else heads
    return lists


def letters(given):
    return [cell.value for cell in collections_sheet(given).cells if cell.style == "letter.text"]


BY_HAND = (
    ("C1001", 60, 10_000.0, 0),  # grade 3: 10 × 2 × 1.2 = 24
    ("C1002", 30, 20_000.0, 5_000.0),  # grade 8: 15 × 1 × 1.7 = 25.5
    ("C1003", 90, 4_000.0, 0),  # no grade: 3.9 × 3 × 1.4 = 16.38
    ("C1003", 1, -100.0, 0),
    ("C1004", 20, 500.0, 500.0),
    ("C1006", 50, 800.0, 0),
    ("C1005", -1, 999.0, 0),
)


def test_ranked_by_money_age_and_risk():
    (called, held) = listed(inputs(ledger(*BY_HAND), records=records()))
    assert [line["Customer"] for line in called] == ["C1002", "C1001", "C1003", "Total"]
    assert [line["Score"] for line in called[:-1]] == pytest.approx([25.5, 24, 16.38])
    assert [line["To collect"] for line in called] == [15_000, 10_000, 3_900, 28_900]
    assert {line["Customer"]: line["Why not"] for line in held[:-1]} == {
        "C1004": "disputed as a whole: Settle the dispute",
        "C1006": "insolvency: Register the claim; tell the insurer",
    }


def test_the_score_is_a_formula_of_its_columns():
    formulas = [
        cell for line in page(inputs(ledger(*BY_HAND), records=records()), values=False) for cell in line
    ]
    texts = [str(cell) for cell in formulas if str(cell).startswith("=")]
    assert sum("/1000*" in text and "/30*" in text for text in texts) == 3
    assert sum(text.startswith("=1+0.1*") for text in texts) == 3
    assert sum(text.startswith("=SUM(") for text in texts) >= 3 + 5


def test_a_promise_is_not_called_before_its_day():
    promised = customer_records.promises(
        customer=["C1001", "C1002"],
        document=[None, None],
        amount=[10_000.0, 2_000.0],
        promised_date=[customer_records.day(1, 5, 2026)] * 2,
        currency=[None] * 2,
        note=[None] * 2,
    )
    called, held = listed(inputs(ledger(*BY_HAND), records=records(promises=promised)))
    assert [line["Customer"] for line in called[:-1]] == ["C1002", "C1003"]
    assert called[0]["To collect"] == 13_000
    kept = next(line for line in held if line["Customer"] == "C1001")
    assert kept["Until"].date() == customer_records.day(1, 5, 2026)
    assert kept["Why not"].startswith("promise to pay not yet due")


def test_a_broken_promise_weighs():
    broken = customer_records.promises(
        customer=["C1001"],
        document=["D0"],
        amount=np.array([np.nan]),
        promised_date=[customer_records.day(12, 5)],
        currency=[None],
        note=[None],
    )
    (called, _) = listed(inputs(ledger(*BY_HAND), records=records(promises=broken, events=None)))
    assert called[0]["Customer"] == "C1001"
    assert called[0]["Score"] == pytest.approx(20 * 1.45)
    assert called[0]["Promises broken"] == 1


def test_a_payment_plan_that_is_kept():
    plan = customer_records.table(
        customer=["C1001"],
        debt=[10_000.0],
        first_date=[customer_records.day(1, 31, 2026)],
        instalments=[4.0],
        agreed_on=[customer_records.day(12, 20)],
    )
    called, held = listed(inputs(ledger(*BY_HAND), records=records(plans=plan)))
    assert "C1001" not in {line["Customer"] for line in called}
    assert "C1001" in {line["Customer"] for line in held}


@pytest.mark.parametrize(
    ("last", "on", "letter"),
    [
        (None, None, "1 reminder"),
        (1.0, "2025-12-20", "2 firm"),
        (2.0, "2025-12-20", "3 final"),
        (2.0, "2025-12-28", "none"),  # three days ago
        (3.0, "2025-12-01", "3 final"),
    ],
)
def test_no_level_is_skipped(last, on, letter):
    master = customer_records.customers(
        last_letter_level=[last, *[None] * 4, 0.0],
        last_letter_on=np.array([on or "NaT", *["NaT"] * 5], "M8[D]"),
    )
    (called, _) = listed(inputs(ledger(*BY_HAND), records=records(customers=master)))
    mine = next(line for line in called if line["Customer"] == "C1001")
    assert (mine["Letter now"], mine["Level by days"]) == (letter, 3)


def test_interest_is_the_statutes():
    """10,000 for 60 days at 10.15 %: 166.85; a fixed sum of 40 a document."""
    (called, _) = listed(inputs(ledger(*BY_HAND), records=records()))
    mine = next(line for line in called if line["Customer"] == "C1001")
    assert (mine["Late interest"], mine["Fixed sum"]) == (166.85, 40)


def test_without_a_scheme_nothing_is_charged():
    given = Records(tables={"customers": customer_records.customers()})
    assert all("Late interest" not in line for line in listed(inputs(ledger(*BY_HAND), records=given))[0])
    assert any("fill in company_name" in text for text in letters(inputs(ledger(*BY_HAND), records=given)))


@pytest.mark.parametrize(("level", "phrase"), [(1.0, "Second request"), (2.0, "Final notice")])
def test_letters_carry_figures_and_account(level, phrase):
    master = customer_records.customers(
        last_letter_level=[level] * 6, last_letter_on=np.array(["2025-12-01"] * 6, "M8[D]")
    )
    found = letters(inputs(ledger(*BY_HAND), records=records(customers=master)))
    mine = next(text for text in found if "(C1001)" in text)
    assert phrase in mine
    assert "D0   due 1 November 2025   60 days late   EUR 10,000.00" in mine
    assert "DE02 1203 0000 0000 2020 51, quoting C1001" in mine
    assert "EUR 166.85" in mine
    assert ("Together to be paid: EUR 10,206.85" in mine) == (level == 2)
    assert "{" not in "".join(found)


def test_a_letter_in_the_customers_language():
    found = letters(inputs(ledger(*BY_HAND), records=records()))
    chinese = next(text for text in found if "C1003" in text)
    assert "付款提醒" in chinese
    assert "减：未核销的贷项及来款   EUR -100.00" in chinese
    assert "合计：EUR 3,900.00" in chinese
    assert "2025年12月31日" in chinese


def test_letters_are_not_printed():
    sheet = collections_sheet(inputs(ledger(*BY_HAND), records=records()))
    rows = [cell.row for cell in sheet.cells if cell.style == "letter.text"]
    assert min(rows) > sheet.area.bottom


def test_currencies_stand_apart():
    given = inputs(documents(currencies=("EUR", "JPY")), records=customer_records.every())
    assert sum(line[0] == "Total" for line in page(given)) >= 2


def test_from_the_ledger_alone():
    called, *_ = listed(inputs())
    assert called[0]["Score"] > 0
    assert "Contact" not in called[0]


def test_chinese_and_texts():
    given = inputs(documents(), "zh", records=customer_records.every())
    called, *_ = listed(given, "客户")
    assert "可催收金额" in called[0]
    book = openpyxl.load_workbook(io.BytesIO(workbook([collections_sheet(given)])))
    cells = [
        cell for line in book.worksheets[0].iter_rows() for cell in line if cell.value in ("=2+3", "=1+1")
    ]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)


def test_an_empty_ledger_says_so():
    assert "There are no open items as of this date." in [line[0] for line in page(inputs(documents(0)))]


def test_twenty_thousand_documents(capsys):
    given = inputs(documents(20_000, customers=800), records=customer_records.every())
    start = time.perf_counter()
    collections_sheet(given)
    with capsys.disabled():
        print(f"\ncollections of 20,000 documents: {time.perf_counter() - start:.2f} s")
