"""Odd workbooks of real people: what a refresh must leave whole, and store as it is meant."""

import datetime as dt
from dataclasses import replace

from arcredit.hosts.refresh import refresh
from ledger.patch_books import opened, parts, rebuilt, replaced
from small_ledgers import DAY, OPTIONS, ledger

WORKBOOK = "xl/workbook.xml"


def refreshed(path, **options):
    done = refresh(path, replace(OPTIONS, **options))
    assert done.status == "refreshed", done.error
    return parts(path)


def test_dates_on_reports_are_days_in_a_workbook_that_counts_from_1904(tmp_path):
    path = rebuilt(
        ledger(tmp_path / "a.xlsx"), {WORKBOOK: replaced("<workbookPr", '<workbookPr date1904="1"')}
    )
    day = DAY + dt.timedelta(1462)
    refreshed(path, as_of=day, reports="aging")
    book = opened(path, data_only=True)
    dates = {
        cell.value for row in book["AR Aging"].iter_rows() for cell in row if cell.is_date and cell.value
    }
    assert dates == {dt.datetime.combine(day, dt.time())}
