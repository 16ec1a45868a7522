"""AR Deadlines: the published dates, missed duties first, weeks that add up the list, currencies apart."""

import datetime as dt
import io
import time

import numpy as np
import openpyxl
import pytest

from arcredit.credit.receivables.open_items import OpenItems
from arcredit.ledger.records import Records
from arcredit.reports import REPORTS
from arcredit.reports.deadlines import deadlines_sheet
from arcredit.reports.scratch import workbook
from arcredit.shapes import coded
from report_ledgers import documents, inputs
from report_records import insured, table, terms

TERMS = {"maximum_extension_days": 60, "notice_days": 30, "waiting_days": 180, "filing_days": 240}


def ledger(due, amount, currency=None):
    due = np.array(due, "M8[D]")
    return OpenItems(
        customer=coded(["=1+1"] * len(due), "customer"),
        document=np.array([f"S{row}" for row in range(len(due))], object),
        invoice_date=due - 30,
        due_date=due,
        amount=np.array(amount),
        open_amount=np.array(amount),
        currency=coded(currency, "currency") if currency else None,
    )


def page(given):
    book = openpyxl.load_workbook(io.BytesIO(workbook([deadlines_sheet(given)])), data_only=True)
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def tables(given, key):
    found, lines = [], page(given)
    for start, line in enumerate(lines):
        if line[0] == key:
            end = next((row for row in range(start, len(lines)) if lines[row][0] is None), len(lines))
            found.append([dict(zip(line, row, strict=True)) for row in lines[start + 1 : end]])
    return found


def day(text):
    return dt.datetime.fromisoformat(text)


def test_published_dates_soonest_first():
    """EX-5.12: due 31 March 2025: stop 30 May, notify 29 June, loss 27 September, file 26 November."""
    given = inputs(
        ledger(["2025-03-31"], [100.0]),
        records=Records({**insured(TERMS, []).tables, "settings": terms(horizon_days=400)}),
        as_of=dt.date(2025, 6, 1),
    )
    (lines,) = tables(given, "State")
    assert [(line["Duty"], line["Last day"]) for line in lines] == [
        ("Last covered delivery", day("2025-05-30")),
        ("Notify the insurer", day("2025-06-29")),
        ("Waiting period ends", day("2025-09-27")),
        ("File the claim", day("2025-11-26")),
    ]
    assert [line["State"] for line in lines] == ["PASSED", "to do", "to do", "to do"]
    assert [line["Days left"] for line in lines][:2] == [-2, 28]
    assert {line["Customer"] for line in lines} == {"=1+1"}


@pytest.mark.parametrize("currencies", [("EUR",), ("EUR", "USD", "JPY"), None])
def test_weeks_add_up_the_list(currencies):
    given = inputs(documents(400, currencies=currencies), records=insured())
    blocks, lists = tables(given, "Week"), tables(given, "State")
    assert len(blocks) == len(lists) == len(currencies or ("",))
    for weeks, lines in zip(blocks, lists, strict=True):
        assert weeks[-1]["Duties"] == len(lines) == sum(week["Duties"] for week in weeks[:-1])
        assert weeks[0]["Duties"] == sum(line["State"] == "PASSED" for line in lines)
        for duty in ("Notify the insurer", "File the claim", "Last covered delivery"):
            stake = sum(line["Money at stake"] for line in lines if line["Duty"] == duty)
            assert (weeks[-1].get(duty) or 0) == pytest.approx(stake, abs=1e-6)
            assert sum(week.get(duty) or 0 for week in weeks[:-1]) == pytest.approx(stake, abs=1e-6)
        left = [line["Days left"] for line in lines]
        assert left == sorted(left)


def test_disputed_money_is_not_at_stake():
    tables_of = insured(TERMS, []).tables
    dispute = table(document=["S0"], reason=["x"], amount=[40.0], status=["open"])
    given = inputs(ledger(["2025-10-01"], [100.0]), records=Records({**tables_of, "disputes": dispute}))
    assert {line["Money at stake"] for line in tables(given, "State")[0]} == {60}
    whole = table(document=["S0"], reason=["x"], amount=[np.nan], status=["open"])
    given = inputs(ledger(["2025-10-01"], [100.0]), records=Records({**tables_of, "disputes": whole}))
    assert "No insurance duty" in str(page(given))


def test_a_missing_due_date_comes_last_and_says_so():
    (lines,) = tables(
        inputs(ledger(["2025-10-01", "NaT"], [100.0, 5.0]), records=insured(TERMS, [])), "State"
    )
    assert (lines[-1]["State"], lines[-1]["Duty"]) == ("no date", "Due date missing")


def test_silent_policy_empty_ledger_and_needs():
    assert "states none of its periods" in str(page(inputs(records=insured({"insured_percentage": 0.9}, []))))
    assert "no open items" in str(page(inputs(documents(0), records=insured())))
    assert REPORTS["deadlines"].missing(inputs()) == ("insurance",)
    undated = documents(20)
    undated.due_date[:] = np.datetime64("NaT")
    assert "column.due_date" in REPORTS["deadlines"].missing(inputs(undated))


def test_chinese():
    english = tables(inputs(records=insured()), "State")[0]
    chinese = tables(inputs(records=insured(), language="zh"), "状态")[0]
    assert [line["涉及金额"] for line in chinese] == [line["Money at stake"] for line in english]


def test_twenty_thousand_documents():
    given = inputs(documents(20_000, 800), records=insured())
    start = time.perf_counter()
    deadlines_sheet(given)
    print(f"deadlines of {len(given.items)} open items: {time.perf_counter() - start:.2f} s")
