"""AR Statement: a page per customer whose sums are live, in his language, with what is due now."""

import datetime as dt
import io
import time
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

import customer_records
from arcredit.credit.receivables.open_items import OpenItems, open_at
from arcredit.ledger.records import Records
from arcredit.reports.scratch import workbook
from arcredit.reports.statement import MOST, statement_sheet
from arcredit.shapes import coded
from report_ledgers import AS_OF, documents, inputs


def ledger(*rows):
    """Documents as (customer, days past due, amount, open, disputed, currency)."""
    who, late, amount, left, disputed, currency = zip(*rows, strict=True)
    due = np.datetime64(AS_OF) - np.array(late, "timedelta64[D]")
    return OpenItems(
        customer=coded(list(who), "customer"),
        document=np.array([f"D{place}" for place in range(len(rows))], object),
        invoice_date=due - 30,
        due_date=due,
        amount=np.array(amount, float),
        open_amount=np.array(left, float),
        currency=coded(list(currency), "currency"),
        disputed_amount=np.array(disputed, float),
    )


BY_HAND = (
    ("C1001", 60, 10_000.0, 10_000.0, 0, "EUR"),
    ("C1001", 20, 4_000.0, 1_000.0, 400.0, "EUR"),
    ("C1001", -5, 700.0, 700.0, 0, "EUR"),
    ("C1001", 10, -250.0, -250.0, 0, "EUR"),
    ("C1002", 5, 300.0, 300.0, 0, "EUR"),
    ("C1003", -5, 300.0, 300.0, 0, "EUR"),
)


def records(**tables):
    return Records(
        tables={"customers": customer_records.customers(), "settings": customer_records.settings()} | tables
    )


def page(given, values=True):
    book = openpyxl.load_workbook(io.BytesIO(workbook([statement_sheet(given)])), data_only=values)
    return [[cell.value for cell in line] for line in book.worksheets[0].iter_rows()]


def after(lines, label):
    """The first number right of a label."""
    line = next(line for line in lines if label in line)
    return next(cell for cell in line[line.index(label) + 1 :] if isinstance(cell, int | float))


def test_a_statement_by_hand():
    """Overdue 11,000, of which 400 disputed, less 250: interest 10,000 × 60 × 10.15 % ÷ 365 = 166.85 and
    600 × 20 × 10.15 % ÷ 365 = 3.34; two documents of 40."""
    lines = page(inputs(ledger(*BY_HAND), records=records()))
    assert after(lines, "Overdue") == 11_000
    assert after(lines, "Disputed, until settled") == -400
    assert after(lines, "Credits not yet applied") == -250
    assert after(lines, "Late interest (Directive 2011/7/EU)") == pytest.approx(170.19)
    assert after(lines, "Fixed compensation") == 80
    assert after(lines, "Total due now") == pytest.approx(11_000 - 400 - 250 + 170.19 + 80)
    total = next(line for line in lines if line[0] == "Balance EUR")
    assert total[4:7] == [14_450, 3_000, 11_450]
    assert after(lines, "Balance") == 11_450
    head = next(place for place, line in enumerate(lines) if line[0] == "Document")
    assert [line[7] for line in lines[head + 1 : head + 5]] == [10_000, 11_000, 10_750, 11_450]


def test_only_who_owes_overdue_money_the_largest_first():
    lines = page(inputs(ledger(*BY_HAND), records=records()))
    numbers = [line[6] for line in lines if line[5] == "Customer no."]
    assert numbers == ["C1001", "C1002"]
    assert "2 customers with overdue money, the largest first." in [cell for line in lines for cell in line]


def test_the_chosen_customer_whatever_he_owes():
    lines = page(inputs(ledger(*BY_HAND), records=records(), customer="C1003"))
    assert after(lines, "应付合计") == 0
    lines = page(inputs(ledger(*BY_HAND), records=records(), customer="C9"))
    assert "Customer C9 has no open item as of this date." in [line[0] for line in lines]


def test_each_customer_in_his_own_language():
    given = ledger(("C1003", 60, 5.0, 5.0, 0, "CNY"), ("C1001", 60, 5.0, 5.0, 0, "CNY"))
    cells = [cell for line in page(inputs(given, records=records())) for cell in line]
    assert "对账单" in cells
    assert "Statement of account" in cells
    assert "苏州市工业园区 8 号" in cells
    assert "2025年12月31日" in cells


def test_a_page_for_each():
    sheet = statement_sheet(inputs(documents(), records=customer_records.every()))
    tops = [cell.row for cell in sheet.cells if cell.value in ("Statement of account", "对账单")]
    assert sheet.breaks == tuple(tops[1:])
    assert not sheet.landscape
    control = [cell for cell in sheet.cells if cell.column > sheet.area.right]
    assert control  # where the figures come from is not printed


def test_more_customers_than_pages():
    given = inputs(documents(4000, customers=300))
    sheet = statement_sheet(given)
    assert len(sheet.breaks) == MOST - 1
    assert any("are left out" in str(cell.value) for cell in sheet.cells)


def test_currencies_are_never_added():
    given = ledger(("C1001", 9, 5.0, 5.0, 0, "EUR"), ("C1001", 9, 700.0, 700.0, 0, "JPY"))
    lines = page(inputs(given, records=records()))
    assert next(line for line in lines if line[0] == "Balance EUR")[6] == 5
    assert next(line for line in lines if line[0] == "Balance JPY")[6] == 700
    assert sum("Total due now" in line for line in lines) == 2


def test_the_balance_is_the_ledgers():
    given = inputs(documents(), records=customer_records.every(), customer="C1002")
    mine = given.items.customer.texts() == "C1002"
    line = next(line for line in page(given) if line[0] == "Balance EUR")
    assert line[6] == pytest.approx(given.items.open_amount[mine].sum(), abs=1e-6)


def test_sums_are_formulas():
    cells = [str(cell) for line in page(inputs(ledger(*BY_HAND), records=records()), False) for cell in line]
    assert sum(cell.startswith("=SUM(") for cell in cells) >= 5 * 2
    assert sum(cell.startswith("=SUMIFS(") for cell in cells) == 2


def test_credits_beyond_the_debt_are_in_favour():
    given = ledger(("C1001", 9, 5.0, 5.0, 0, "EUR"), ("C1001", 9, -700.0, -700.0, 0, "EUR"))
    settings = customer_records.settings(interest_scheme="none")
    assert after(page(inputs(given, records=records(settings=settings))), "Balance in your favour") == -695


def test_missing_records_leave_plain_words():
    cells = [str(cell) for line in page(inputs(ledger(*BY_HAND))) for cell in line]
    assert any("fill in company_name" in cell for cell in cells)
    assert any("fill in bank_account" in cell for cell in cells)
    assert not any("Late interest" in cell and "(" in cell for cell in cells)


def test_a_ledger_without_amounts_and_due_dates():
    given = ledger(*BY_HAND)
    bare = replace(
        given, amount=np.full(6, np.nan), due_date=np.full(6, np.datetime64("NaT", "D")), currency=None
    )
    lines = page(inputs(bare, items=open_at(bare, AS_OF), customer="C1001"))
    assert after(lines, "Balance") == 11_450


def test_an_unknown_rate_is_said():
    when = dt.date(2031, 1, 31)
    late = replace(ledger(("C1001", 0, 5.0, 5.0, 0, "EUR")), due_date=np.array(["2030-12-01"], "M8[D]"))
    told = inputs(late, records=records(), as_of=when, items=open_at(late, when))
    assert any("reference rate" in str(cell) for line in page(told) for cell in line)


def test_texts_stay_texts():
    given = ledger(("C1004", 9, 5.0, 5.0, 0, "EUR"))
    given = replace(given, document=np.array(["=1+1"], object))
    book = openpyxl.load_workbook(io.BytesIO(workbook([statement_sheet(inputs(given, records=records()))])))
    cells = [
        cell for line in book.worksheets[0].iter_rows() for cell in line if cell.value in ("=2+3", "=1+1")
    ]
    assert len(cells) >= 2
    assert all(cell.data_type == "s" for cell in cells)


def test_an_empty_ledger_says_so():
    assert "There are no open items as of this date." in [line[0] for line in page(inputs(documents(0)))]


def test_twenty_thousand_documents(capsys):
    given = inputs(documents(20_000, customers=800), records=customer_records.every())
    start = time.perf_counter()
    statement_sheet(given)
    with capsys.disabled():
        print(f"\nstatements of 20,000 documents: {time.perf_counter() - start:.2f} s")
