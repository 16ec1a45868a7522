"""AR Findings: order, links, money at stake, and the proof that read and rejected make up the sheet."""

import datetime as dt
import io
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from arcredit.credit.receivables.open_items import open_at
from arcredit.reports import REPORTS
from arcredit.reports.findings import findings_sheet
from arcredit.reports.making import made
from arcredit.reports.scratch import workbook
from report_ledgers import FINDINGS, documents, inputs


def page(given, data_only=True):
    return openpyxl.load_workbook(
        io.BytesIO(workbook([findings_sheet(given)])), data_only=data_only
    ).worksheets[0]


def lines(given):
    sheet = page(given)
    return [
        [cell.value for cell in row] for row in sheet.iter_rows(min_row=findings_sheet(given).titles[0] + 2)
    ]


def beside(given, label):
    for row in page(given).iter_rows():
        values = [cell.value for cell in row]
        if label in values:
            return values[values.index(label) + 1]
    raise AssertionError(label)


def test_errors_first_then_the_larger_amounts():
    assert [(line[0], line[2], line[5]) for line in lines(inputs())] == [
        ("Error", "F9", -1000),
        ("Error", "F17", 250),
        ("Warning", "E40", 420.5),
        ("Note", "A44", 0),
    ]


def test_message_and_remedy_in_the_language_of_the_report():
    for language in ("en", "zh"):
        first = lines(inputs(language=language))[0]
        assert first[3:5] == [FINDINGS[2].message(language), FINDINGS[2].remedy(language)]


def test_links_lead_to_the_cells():
    sheet = page(inputs())
    row = findings_sheet(inputs()).titles[0] + 2
    assert sheet.cell(row, 3).hyperlink.location == "'Open items'!F9"
    assert sheet.cell(row + 2, 3).hyperlink.location == "'It''s'!E40"
    nowhere = inputs(findings=(FINDINGS[0]._replace(cell="row 7"),))
    assert page(nowhere).cell(findings_sheet(nowhere).titles[0] + 2, 3).hyperlink is None


def test_money_at_stake_by_severity():
    assert beside(inputs(), "Errors (2)") == -750
    assert beside(inputs(), "Warnings (1)") == 420.5
    formulas = page(inputs(), data_only=False)
    assert any(str(cell.value).startswith("=SUMIF(") for row in formulas.iter_rows() for cell in row)


def test_amounts_of_several_currencies_are_not_added():
    given = inputs(documents(currencies=("EUR", "USD")))
    assert beside(given, "Errors (2)") == "several currencies, not added"
    assert "Read + rejected" not in [cell.value for row in page(given).iter_rows() for cell in row]


def test_each_currency_ties_out_on_its_own():
    totals = replace(
        inputs().totals,
        sheet_total=None,
        by_currency={"EUR": (100.0, 5.0), "USD": (70.0, 0.0)},
        sheet_totals={"EUR": 105.0, "USD": 60.0},
    )
    given = inputs(documents(currencies=("EUR", "USD")), totals=totals)
    assert beside(given, "Read + rejected, EUR") == 105
    assert beside(given, "Sheet total less read + rejected, EUR") == 0
    assert beside(given, "Sheet total less read + rejected, USD") == -10
    assert beside(given, "Tie-out") == "DIFFERENCE"


@pytest.mark.parametrize(("missing", "state"), [(0, "OK"), (0.01, "DIFFERENCE"), (-80, "DIFFERENCE")])
def test_read_and_rejected_make_up_the_sheet(missing, state):
    totals = inputs().totals
    given = inputs(totals=replace(totals, sheet_total=round(totals.amount + missing, 2)))
    assert beside(given, "Tie-out") == state
    assert beside(given, "Sheet total less read + rejected") == pytest.approx(missing)
    assert beside(given, "Read + rejected") == pytest.approx(totals.amount)


def test_a_sheet_without_a_total_claims_nothing():
    given = inputs(totals=replace(inputs().totals, sheet_total=None))
    assert beside(given, "Total on the ledger sheet") == "the sheet has no total"
    assert "Tie-out" not in [cell.value for row in page(given).iter_rows() for cell in row]


@pytest.mark.parametrize(("language", "text"), [("en", "Nothing was found"), ("zh", "未发现问题")])
def test_nothing_found(language, text):
    values = [cell.value for row in page(inputs(language=language, findings=())).iter_rows() for cell in row]
    assert any(str(value).startswith(text) for value in values)


def test_long_texts_have_the_height_they_need():
    long = FINDINGS[1]._replace(values={"argument": "a", "found": "x" * 300})
    sheet = findings_sheet(inputs(findings=(long, FINDINGS[2])))
    first = sheet.titles[0] + 1
    assert sheet.heights[first] == 15  # the larger amount comes first
    assert sheet.heights[first + 1] >= 15 * 5


def test_documents_of_after_the_day_are_named():
    """They were read and are in no figure, so that what was read is not what is open."""
    day = dt.date(2025, 11, 30)
    ledger = replace(documents(), row=np.arange(2, 302))
    late = ledger.invoice_date > np.datetime64(day)
    given = inputs(ledger, as_of=day, items=open_at(ledger, day), sheet="AR", findings=())
    _, after = made(REPORTS, given, ["findings"])
    (found,) = after.findings
    assert (found.key, found.severity, found.sheet) == ("report.later", "info", "AR")
    assert found.cell == f"A{ledger.row[late][0]}"
    assert found.values["count"] == str(late.sum())
    assert found.amount == pytest.approx(ledger.open_amount[late].sum())
    assert made(REPORTS, inputs(findings=()), ["findings"])[1].findings == ()
