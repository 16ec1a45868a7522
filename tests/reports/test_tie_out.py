"""AR Tie-out: every step adds up, and a difference comes with what could explain it."""

import datetime as dt
import io
import time
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from arcredit.credit.money import total
from arcredit.credit.receivables.open_items import Events, OpenItems, open_at
from arcredit.credit.receivables.reconciliation import bridge, suspects
from arcredit.errors import Finding
from arcredit.ledger.mapping import Totals
from arcredit.reports.scratch import workbook
from arcredit.reports.tie_out import tie_out_sheet
from arcredit.shapes import coded
from report_ledgers import AS_OF, documents, inputs


def ledger(*amounts, day="2025-12-01", **columns):
    amount = np.array(amounts, float)
    when = np.full(len(amount), np.datetime64(day))
    return OpenItems(
        coded([f"K{place}" for place in range(len(amount))], "c"),
        np.array([f"D{place}" for place in range(len(amount))], object),
        when,
        when + 30,
        amount,
        amount,
        **columns,
    )


def lines(given):
    data = workbook([tie_out_sheet(given)])
    page = openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
    return [[cell.value for cell in line] for line in page.iter_rows()]


def row(given, label):
    return next(line for line in lines(given) if line[0] == label)


def said(given):
    return " ".join(str(cell) for line in lines(given) for cell in line if cell is not None)


def test_only_rows_of_the_ledger_are_listed_as_not_used():
    """A line of the limits that cannot be read has no money in the ledger."""
    of_limits = Finding("error", "b.xlsx", "Limits", "C9", "records.no_row", {"record": "limits"})
    of_ledger = Finding("error", "b.xlsx", "Ledger", "A5", "ledger.customer_missing", {}, 12.5)
    both = said(inputs(ledger(5), findings=(of_limits, of_ledger)))
    assert "Ledger!A5" in both
    assert "Limits!C9" not in both


def test_kinds_add_up_to_everything_open():
    given = inputs(documents(500))
    items = given.items
    invoices = items.kind.texts() == "invoice"
    assert row(given, "Invoice")[4] == pytest.approx(items.open_amount[invoices].sum())
    assert row(given, "Credit note")[1] == np.count_nonzero(~invoices)
    assert row(given, "Total")[4] == pytest.approx(total(items.open_amount))


def test_steps_by_hand():
    """1,000 read, a credit of 200 marked, 300 dated after the day, 150 paid by then: 250 is open."""
    books = ledger(500, 300, -200)
    books.invoice_date[1] = np.datetime64("2026-01-15")
    paid = Events(np.array(["D0"], object), None, np.array(["2025-12-20"], "M8[D]"), np.array([-150.0]))
    books = replace(books, open_amount=np.full(3, np.nan))
    items = open_at(books, AS_OF, paid)
    found = bridge(1000.0, "amount", books, paid, items, AS_OF)
    assert found == (1000, -400, -300, -150, 0, 150)
    assert sum(found[:5]) == found.open


def test_a_balance_of_another_day_is_a_step_of_its_own():
    given = inputs(documents(400), as_of=dt.date(2025, 10, 31))
    given = replace(given, items=open_at(given.documents, given.as_of))
    values = lines(given)
    start = next(
        place for place, line in enumerate(values) if line[0] == "Amount of rows read, as on the sheet"
    )
    steps = [line[1] for line in values[start : start + 6]]
    assert steps[4] != 0
    assert sum(steps[:5]) == pytest.approx(steps[5])
    assert steps[5] == pytest.approx(total(given.items.open_amount))


def test_a_difference_is_explained_by_the_rejected_rows():
    """-750 were rejected: without them the ledger is 750 above the general ledger."""
    given = inputs(ledger(1000), gl_balance=250.0)
    values = row(given, "Rows rejected (2): posted in the general ledger, not in this figure")
    assert values[1:3] == [750, 0]
    assert row(given, "Open less general ledger")[1] == 750


def test_documents_after_the_day_explain_a_difference():
    books = ledger(500, 300)
    books.invoice_date[1] = np.datetime64("2026-01-01")
    given = inputs(books, gl_balance=800.0)
    found = row(given, "Documents dated after the day (1), if the general ledger has them already")
    assert found[1:3] == [-300, 0]


def test_what_controllers_look_for_first():
    assert suspects(ledger(27, 54), -54).half.tolist() == ["D0"]
    assert not suspects(ledger(27, 54), 10).swapped
    text = said(inputs(ledger(100, 400, 200), gl_balance=300.0))
    assert "Open documents of exactly this amount: D1." in text
    assert "perhaps posted on the wrong side: D2." in text


def test_no_difference_needs_no_explanation():
    given = inputs(ledger(100, 50), gl_balance=150.0)
    assert row(given, "Tie-out")[1] == "OK"
    assert "What could explain" not in said(given)


def test_rejected_rows_and_credits_are_listed_with_their_totals():
    given = inputs(ledger(100, -30, -20))
    values = lines(given)
    totals = [line[1] for line in values if line[0] == "Total"]
    assert totals[1:] == [-750, -50]
    assert any(line[0] == "K1" and line[1] == -30 for line in values)


def test_currencies_are_added_only_by_rates():
    books = documents(300, currencies=("EUR", "USD"))
    totals = Totals(by_currency={"EUR": (1.0, 0.0), "USD": (2.0, 0.0)}, rows_read=300)
    bare = inputs(books, gl_balance=1.0, totals=totals)
    assert "several currencies" in said(bare)
    given = inputs(books, gl_balance=1.0, totals=totals, rates={"USD": 0.9}, home="EUR")
    parts = [given.items.open_amount[given.items.currency.texts() == name].sum() for name in ("EUR", "USD")]
    expected = round(parts[0] + round(parts[1] * 0.9, 2), 2)
    found = [line for line in lines(given) if line[0] == "Open as of this date"][-1]
    assert found[1] == pytest.approx(expected, abs=0.006)


def test_empty_bare_and_chinese():
    assert row(inputs(documents(0)), "Total")[0] == "Total"
    assert "Debit" in said(inputs(ledger(5), totals=None, findings=()))
    assert "与总账核对" in said(inputs(documents(50), "zh"))


def test_twenty_thousand_documents(capsys):
    given = inputs(documents(20_000, 800))
    start = time.perf_counter()
    workbook([tie_out_sheet(given)])
    with capsys.disabled():
        print(f" tie-out of 20,000 documents: {time.perf_counter() - start:.2f} s")
