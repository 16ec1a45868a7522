"""The templates: made by their scripts, readable, right in both languages, unchanged by a recalculation."""

import datetime as dt
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from arcredit.hosts.cli import main
from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.hosts.recalc import recalculate
from arcredit.hosts.refresh import Options, refresh
from arcredit.hosts.templates_cli import NAMES
from arcredit.ledger.patch import Patch
from arcredit.ledger.read import read
from arcredit.ledger.records import read_records
from arcredit.ledger.records.schema import schema
from arcredit.words import LANGUAGES

FOLDER = Path(__file__).parents[1] / "workbook_templates"
FILES = [f"{name}_{language}.xlsx" for name in NAMES for language in LANGUAGES]
AS_OF = dt.date(2026, 6, 30)
AGREES = {"en": "agrees", "zh": "一致"}
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


def parts(path):
    with zipfile.ZipFile(path) as archive:
        return {entry.filename: (entry.date_time, archive.read(entry)) for entry in archive.infolist()}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("templates")
    subprocess.run([sys.executable, FOLDER / "make_templates.py", "--folder", folder], check=True)
    return folder


def test_every_template_is_there():
    there = {path.name for path in FOLDER.glob("*.xlsx")} - {path.name for path in FOLDER.glob("sample_*")}
    assert there == set(FILES)
    project = (FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert [name for name in FILES if f'"arcredit/workbook_templates/{name}"' not in project] == []


@pytest.mark.parametrize("name", FILES)
def test_the_script_makes_the_committed_file(made, name):
    """Fails where a figure, a report or a text has changed since: run `make templates` and look at it."""
    found, committed = parts(made / name), parts(FOLDER / name)
    assert list(found) == list(committed)
    assert [part for part in found if found[part] != committed[part]] == []


@pytest.mark.parametrize("name", FILES)
def test_a_recalculation_finds_every_formula_of_ours_unchanged(name):
    done = recalculate(Patch(FOLDER / name), AS_OF, office=False)
    assert (done.changed, done.left, done.findings) == (0, 0, ())
    if name.startswith("function_gallery"):
        assert done.cells == len(FUNCTIONS)
    elif not name.startswith(("ledger_starter", "dashboard")):
        assert done.cells


@pytest.mark.parametrize("name", FILES)
def test_no_cell_is_an_error_and_every_sheet_can_be_printed(name):
    book = openpyxl.load_workbook(FOLDER / name, data_only=True)
    wrong = [
        f"{page.title}!{cell.coordinate}"
        for page in book
        for row in page.iter_rows()
        for cell in row
        if cell.data_type == "e"
    ]
    assert wrong == []
    if not name.startswith("dashboard"):
        assert all(page.print_area and page.sheet_properties.pageSetUpPr.fitToPage for page in book)


# The dashboards stand on sample ledgers that differ between the languages by design.
@pytest.mark.parametrize("name", [name for name in NAMES if name != "dashboard"])
def test_both_languages_have_the_same_structure(name):
    books = [openpyxl.load_workbook(FOLDER / f"{name}_{language}.xlsx") for language in LANGUAGES]
    english, chinese = (
        [
            (
                len(page.tables),
                len(page._charts),
                len(page.data_validations.dataValidation),
                [cell.coordinate for row in page.iter_rows() for cell in row if cell.data_type == "f"],
            )
            for page in book
        ]
        for book in books
    )
    assert english == chinese


@pytest.mark.parametrize("name", FILES)
def test_the_language_is_named_and_charts_are_described(name):
    found = parts(FOLDER / name)
    locale = {"en": b"en-GB", "zh": b"zh-CN"}[name.rpartition("_")[2].removesuffix(".xlsx")]
    assert b"<dc:language>" + locale in found["docProps/core.xml"][1]
    # Without the add-in Excel must show the stored results, not compute them anew into #NAME?.
    assert b"fullCalcOnLoad" not in found["xl/workbook.xml"][1]
    for part, (_, content) in found.items():
        if part.startswith("xl/charts/chart"):
            assert b'"en-US"' not in content or locale == b"en-US"
        if part.startswith("xl/drawings/drawing"):
            assert all(re.findall(rb'<xdr:cNvPr [^>]*descr="([^"]+)"', content)) or b"cNvPr" not in content


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_gallery_shows_every_function_and_all_agree(language):
    book = openpyxl.load_workbook(FOLDER / f"function_gallery_{language}.xlsx", data_only=True)
    index, *topics = book
    shown = {row[0].value: row[1].value for row in index.iter_rows() if row[0].value in FUNCTIONS}
    assert set(shown) == set(FUNCTIONS)
    assert set(shown.values()) == {AGREES[language]}
    assert index["A4"].value == len(FUNCTIONS)
    for row in index.iter_rows(max_col=1):
        if row[0].value in FUNCTIONS:
            sheet, _, cell = row[0].hyperlink.location.rpartition("!")
            assert book[sheet.strip("'")][cell].value == row[0].value
    assert topics


def test_every_check_of_the_gallery_is_live():
    book = openpyxl.load_workbook(FOLDER / "function_gallery_en.xlsx")
    checks = [
        cell.value
        for page in book.worksheets[1:]
        for row in page.iter_rows(min_col=2, max_col=2)
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith("=IF(AND(")
    ]
    assert len(checks) == len(FUNCTIONS)
    assert all(re.search(r"ABS\(|EXACT\(", check) for check in checks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_starter_is_read_without_a_finding_but_that_it_is_empty(language):
    path = FOLDER / f"ledger_starter_{language}.xlsx"
    ledger = read(path)
    assert [finding.key for finding in ledger.findings] == ["ledger.no_rows"]
    assert ledger.mapping.receipts is not None
    assert len(ledger.mapping.columns) == 11
    found = read_records(path, ledger=ledger.mapping)
    assert (set(found.tables), found.findings) == (set(schema()), ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refreshed_starter_has_empty_reports(language, tmp_path):
    path = Path(shutil.copy(FOLDER / f"ledger_starter_{language}.xlsx", tmp_path))
    done = refresh(path, Options(as_of=AS_OF, reports="all"))
    assert (done.status, done.error) == ("refreshed", None)
    assert {"dashboard", "aging", "dso", "limits", "findings"} <= set(done.sheets)
    assert {finding.severity for finding in done.findings} <= {"info", "warning"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_starter_that_was_typed_into_is_a_ledger(language, tmp_path):
    book = openpyxl.load_workbook(FOLDER / f"ledger_starter_{language}.xlsx")
    documents, receipts = book.worksheets[1:3]
    for row, (number, amount, still) in enumerate((("00012", 100.0, 100.0), ("00013", 50.0, 20.0)), 5):
        cells = (number, None, "000123", "A", dt.date(2026, 3, 1), dt.date(2026, 4, 1), "EUR", amount, still)
        for column, value in enumerate(cells, 1):
            documents.cell(row, column).value = value
    for column, value in enumerate((dt.date(2026, 4, 20), "000123", "A", "00013", 30.0), 1):
        receipts.cell(5, column).value = value
    book.save(tmp_path / "typed.xlsx")
    ledger = read(tmp_path / "typed.xlsx")
    assert (len(ledger.documents), len(ledger.events), ledger.findings) == (2, 1, ())
    assert ledger.documents.document.tolist() == ["00012", "00013"]
    assert ledger.documents.open_amount.tolist() == [100.0, 20.0]


def test_the_templates_words_are_in_both_languages():
    words = tomllib.loads((FOLDER / "templates" / "words.toml").read_text(encoding="utf-8"))
    for book in words.values():
        for english, chinese in book.values():
            assert english.strip()
            if re.search(r"[a-z]{3}", re.sub(r"\{.*?\}", "", english)):
                assert re.search(r"[\u4e00-\u9fff]", chinese), english
            assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", chinese))


def test_the_command_copies_them_and_overwrites_nothing(tmp_path):
    runner = CliRunner()
    done = runner.invoke(main, ["templates", "--to", str(tmp_path / "forms"), "--language", "zh"])
    assert done.exit_code == 0
    assert {path.name for path in (tmp_path / "forms").iterdir()} == {f"{name}_zh.xlsx" for name in NAMES}
    mine = tmp_path / "forms" / "payment_plan_zh.xlsx"
    mine.write_bytes(b"mine")
    assert (
        runner.invoke(main, ["templates", "--to", str(tmp_path / "forms"), "--language", "zh"]).exit_code == 1
    )
    assert mine.read_bytes() == b"mine"


def test_recalc_computes_a_workbook_without_a_ledger(tmp_path):
    path = tmp_path / "plan.xlsx"
    with zipfile.ZipFile(FOLDER / "payment_plan_en.xlsx") as given, zipfile.ZipFile(path, "w") as typed:
        for name in given.namelist():
            # The debt is 60,000 now.
            typed.writestr(name, given.read(name).replace(b"<v>48600</v>", b"<v>60000</v>"))
    before = path.read_bytes()
    command = ["recalc", str(path), "--recalc", "own", "--as-of", "2026-06-30"]
    assert CliRunner().invoke(main, [*command, "--dry-run"]).exit_code == 0
    assert path.read_bytes() == before
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0
    assert "new results: 1" in done.output
    page = openpyxl.load_workbook(path, data_only=True).active
    balances = [row[5].value for row in page.iter_rows() if isinstance(row[5].value, float | int)]
    assert (balances[0], balances[-1]) == (55_000, 0)
    assert "new results: 0" in CliRunner().invoke(main, command).output
