"""Everything a report sheet can have, copied into a workbook that is open in LibreOffice, and copied anew."""

from dataclasses import replace

import pytest

from arcredit.hosts.calc import engine
from arcredit.hosts.excel.open_book import own_sheets, put_sheets, undo_last
from arcredit.hosts.excel.press import Desk
from full_sheet import blocks, full_sheet
from ledger.patch_books import ledger, opened, parts


@pytest.fixture(scope="module")
def app(office):
    return engine.attach(office)


def kept(book, path):
    """What the report has once the workbook is stored."""
    book.api.SaveCopyAs(str(path))
    page = opened(path)[own_sheets(book)["everything"]]
    number = opened(path).sheetnames.index(page.title) + 1
    text = parts(path)[f"xl/worksheets/sheet{number}.xml"].decode()
    rules = [rule.type for group in page.conditional_formatting for rule in group.rules]
    return {
        "sum": page["D3"].value,
        "charts": len(page._charts),
        "rules": sorted(rules),
        "lists": len(page.data_validations.dataValidation),
        "sparks": text.count("<x14:sparkline>"),
        "merged": sorted(str(area) for area in page.merged_cells.ranges),
    }


WHOLE = {
    "sum": "=SUM(B5:E8)",
    "charts": 5,
    "rules": ["colorScale", "dataBar", *["expression"] * 4],
    "lists": 6,
    # LibreOffice would copy them with the figures of another sheet, so they are left out.
    "sparks": 0,
    "merged": ["A10:D12", "D2:E2", "D3:E3"],
}


def test_a_report_with_everything(app, tmp_path):
    book = app.books.open(str(ledger(tmp_path / "a.xlsx")))
    report = full_sheet(tables=(), blocks=blocks()[:1])
    try:
        desk = Desk(book, "en")
        put_sheets(desk, [report])
        assert kept(book, tmp_path / "first.xlsx") == WHOLE
        put_sheets(desk, [replace(report, footer="anew")])
        assert kept(book, tmp_path / "second.xlsx") == WHOLE
        undo_last(book)
        assert kept(book, tmp_path / "third.xlsx") == WHOLE
    finally:
        book.close()
