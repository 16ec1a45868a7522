"""AR DSO: published figures on the sheet, and reasons instead of figures where history is missing."""

import csv
import datetime as dt
import io
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from arcredit.credit.receivables.open_items import OpenItems
from arcredit.reports.dso import METHODS, dso_sheet
from arcredit.reports.scratch import workbook
from arcredit.shapes import coded
from report_ledgers import AS_OF, documents, inputs


def lines(given):
    page = openpyxl.load_workbook(io.BytesIO(workbook([dso_sheet(given)])), data_only=True).worksheets[0]
    return [[cell.value for cell in line] for line in page.iter_rows()]


def method(given, name):
    """Result, unit and explanation of a method."""
    return next(line[1:4] for line in lines(given) if line[0] == name)


def months(given, head="Month end"):
    found = lines(given)
    start = next(place for place, line in enumerate(found) if line[0] == head)
    return [line for line in found[start + 1 :] if isinstance(line[0], dt.datetime)]


def test_public_ledger(shared):
    """EX-2.8: 2,466 public invoices at 30 June 2013."""
    with (shared / "data" / "ibm_late_payments.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    def day(name):
        return np.array([dt.datetime.strptime(row[name], "%m/%d/%Y").date() for row in rows], "datetime64[D]")

    ledger = OpenItems(
        customer=coded([row["customerID"] for row in rows], "customer"),
        document=np.array([row["invoiceNumber"] for row in rows], object),
        invoice_date=day("InvoiceDate"),
        due_date=day("DueDate"),
        amount=np.array([float(row["InvoiceAmount"]) for row in rows]),
        open_amount=np.zeros(len(rows)),
        paid_date=day("SettledDate"),
    )
    given = inputs(ledger, as_of=dt.date(2013, 6, 30))
    for name, days in {
        "DSO, three months": 23.18,
        "Best possible DSO": 19.40,
        "Average days delinquent": 3.78,
        "DSO, count-back": 26.26,
    }.items():
        assert method(given, name)[0] == pytest.approx(days, abs=0.005)
    last = months(given)[-1]
    assert last[0].date() == dt.date(2013, 6, 30)
    assert last[1:3] == [5119.85, 835.56]


def test_twelve_month_ends_and_the_parts_of_dso():
    found = months(inputs())
    assert [line[0].date() for line in found][:2] == [dt.date(2025, 1, 31), dt.date(2025, 2, 28)]
    assert len(found) == 12
    assert found[-1][0].date() == AS_OF
    for line in found:
        dso, _, best, delinquent = line[4:8]
        assert dso == pytest.approx(best + delinquent)


@pytest.mark.parametrize(
    ("language", "result", "reason"),
    [
        ("en", "n/a", "Not enough history: the ledger holds open items only, so its sales are not known."),
        ("zh", "暂无", "历史数据不足：台账只有未清项目，无从得知赊销额。"),
    ],
)
def test_open_items_only_is_no_history(language, result, reason):
    ledger = documents()
    ledger = replace(ledger, open_amount=ledger.amount, paid_date=None)
    found = lines(inputs(ledger, language))
    said = [line for line in found if line[3] == reason]
    assert len(said) == len([unit for _, unit in METHODS if unit]) - 2  # payments have a reason of their own
    assert {line[1] for line in said} == {result}
    head = {"en": "Month end", "zh": "月末"}[language]
    assert all(line[3:] == [None] * 6 for line in months(inputs(ledger, language), head))


def test_a_short_ledger_is_blank_before_it_begins():
    ledger = documents(600)
    ledger = ledger.take(ledger.invoice_date >= np.datetime64("2025-09-01"))
    found = months(inputs(ledger))
    known = [line[4] is not None for line in found]
    assert known == [False] * 10 + [True] * 2  # three months of sales are there from November on
    assert method(inputs(ledger), "DSO, twelve months")[0] == "n/a"
    assert "far enough back" in method(inputs(ledger), "DSO, twelve months")[2]


def test_each_currency_has_its_own_methods_and_chart():
    given = inputs(documents(currencies=("EUR", "USD")))
    assert len(dso_sheet(given).charts) == 2
    assert sum(line[0] == "DSO, three months" for line in lines(given)) == 2
    alone = inputs(documents(currencies=("EUR", "USD")).take(
        documents(currencies=("EUR", "USD")).currency.texts() == "EUR"))  # fmt: skip
    assert method(given, "DSO, three months") == method(alone, "DSO, three months")


def test_a_currency_is_not_cut_by_a_page():
    sheet = dso_sheet(inputs(documents(currencies=("EUR", "GBP", "USD"))))
    titles = {cell.value: cell.row for cell in sheet.cells if cell.style == "section.text"}
    assert sheet.breaks == (titles["USD"],)


def test_the_chart_follows_the_table():
    sheet = dso_sheet(inputs())
    (chart,) = sheet.charts
    values = {(cell.row, cell.column): cell.value for cell in sheet.cells}
    assert [values[series.name] for series in chart.series] == [
        "DSO, three months", "DSO, count-back", "Best possible DSO"]  # fmt: skip
    for series in chart.series:
        assert series.values.top == sheet.blocks[0].top
        assert series.values.bottom == sheet.blocks[0].top + 11
    assert len({series.dash for series in chart.series}) == 3


def test_an_empty_ledger_says_so():
    assert "There are no open items as of this date." in [line[0] for line in lines(inputs(documents(0)))]
