"""One command makes the whole set of reports, and nothing else in the workbook changes."""

import datetime as dt
import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from arcredit.hosts.refresh import Options, refresh
from arcredit.reports import REPORTS
from arcredit.words import say

SAMPLES = Path(__file__).parents[2] / "workbook_templates"
DAY = dt.date(2026, 6, 30)
MUST_FOLLOW = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/app\.xml|xl/(workbook|styles|calcChain)\.xml"
    r"|xl/_rels/workbook\.xml\.rels"
)
"""Lists of parts, sheets and styles: with new sheets these must change."""


def parts(path):
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["en", "zh", "messy"])
def test_the_whole_set(tmp_path, name, language):
    book = Path(shutil.copy(SAMPLES / f"sample_ledger_{name}.xlsx", tmp_path))
    before = parts(book)
    options = Options(as_of=DAY, language=language, reports="all")
    done = refresh(book, options)
    assert done.error is None
    assert set(done.sheets) == set(REPORTS)
    assert set(done.sheets.values()) == {say(f"report.sheet.{owner}", language) for owner in REPORTS}
    after = parts(book)
    touched = {part for part in before if after.get(part) != before[part]}
    assert [part for part in touched if not MUST_FOLLOW.fullmatch(part)] == []
    shown = openpyxl.load_workbook(book, data_only=True)
    for sheet in done.sheets.values():
        cells = [cell for row in shown[sheet].iter_rows(values_only=True) for cell in row]
        assert any(cell is not None for cell in cells)
        assert [
            cell for cell in cells if isinstance(cell, str) and re.fullmatch(r"#[A-Z/0]+[!?A]?", cell)
        ] == []
    once = book.read_bytes()
    assert refresh(book, options).status == "unchanged"
    assert book.read_bytes() == once


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_what_a_report_needs_is_said_and_the_others_are_made(tmp_path):
    """A ledger alone: only the reports that need more are left out, each with a finding."""
    book = Path(shutil.copy(SAMPLES / "sample_ledger_en.xlsx", tmp_path))
    bare = openpyxl.load_workbook(book)
    for sheet in bare.worksheets[1:]:
        if sheet.title not in ("Ledger", "Receipts"):
            bare.remove(sheet)
    bare.save(book)
    done = refresh(book, Options(as_of=DAY, reports="all"))
    assert done.error is None
    left_out = {
        owner for owner, report in REPORTS.items() if any("column" not in need for need in report.needs)
    }
    left_out -= {"payment_plan"}
    assert set(done.sheets) == set(REPORTS) - left_out
    said = [item for item in done.findings if item.key == "report.not_made"]
    assert len(said) == len(left_out)
    for item in said:
        assert item.severity == "info"
        assert "sheet" in item.message("en")
