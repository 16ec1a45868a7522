"""The ribbon's buttons on workbooks that are open in a real spreadsheet program."""

import datetime as dt
import shutil
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import xlsxwriter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from arcredit.errors import ArcreditError
from arcredit.hosts.calc import engine
from arcredit.hosts.excel import open_book, reporting, ribbon
from arcredit.hosts.refresh import Options, refresh
from arcredit.ledger.memory import recall
from arcredit.reports import REPORTS as ALL
from arcredit.words import say

AS_OF = dt.date(2025, 12, 31)
SAMPLES = Path(__file__).parents[2] / "workbook_templates"
REPORTS = ["AR Aging", "AR DSO", "AR Findings"]


@pytest.fixture(scope="module")
def app(office):
    return engine.attach(office)


class Desk:
    """A workbook on the screen and the user who presses buttons."""

    def __init__(self, app, book):
        self.app, self.book = app, book

    def press(self, name, *answers):
        """Press a button and give what was shown, questions included."""
        self.app.impl.shown.clear()
        self.app.impl.progress.clear()
        self.app.impl.answers[:] = answers
        getattr(ribbon, name)()
        return list(self.app.impl.shown)

    @property
    def sheets(self):
        return [sheet.name for sheet in self.book.sheets if sheet.visible]

    def cells(self, name):
        return self.book.sheets[name].used_range.options(ndim=2, err_to_str=True).value


@pytest.fixture
def desk(app, called_from):
    """Opens workbooks; they are closed in the end."""
    opened = []

    def opening(path, language="en-US"):
        app.impl.language = language
        book = app.books.open(str(path))
        opened.append(book)
        called_from(book)
        return Desk(app, book)

    yield opening
    for book in opened:
        book.close()
    app.impl.language = "en-US"


def small_ledger(path, *, mentions=False):
    """Two customers, four documents, a total; with a sheet of the user's that mentions our report."""
    rows = [
        ("B-1", "Brook", dt.date(2025, 9, 1), dt.date(2025, 10, 1), 100.5),
        ("B-2", "Brook", dt.date(2025, 11, 20), dt.date(2025, 12, 20), 50.0),
        ("A-1", "Ash", dt.date(2025, 12, 1), dt.date(2026, 1, 30), 70.0),
        ("A-2", "Ash", dt.date(2025, 12, 2), dt.date(2025, 12, 2), -20.25),
    ]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Ledger")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        headings = ("Document", "Customer", "Invoice date", "Due date", "Open amount")
        sheet.write_row(0, 0, headings)
        for row, (document, customer, invoiced, due, amount) in enumerate(rows, 1):
            sheet.write_row(row, 0, (document, customer))
            sheet.write_datetime(row, 2, invoiced, day)
            sheet.write_datetime(row, 3, due, day)
            sheet.write_number(row, 4, amount)
        if mentions:
            board = book.add_worksheet("Board")
            board.write_formula("A1", "='AR Aging'!B6+1")
            board.write_array_formula("B1:B2", "{='AR Aging'!B6:B6*{1;2}}")
            book.add_worksheet("AR Aging").write("B6", 0)
            book.define_name("_arcredit_aging", "='AR Aging'!$A$1")
            book.define_name("headline", "='AR Aging'!$B$6")
    return path


def same(ours, theirs):
    assert len(ours) == len(theirs)
    for left, right in zip(ours, theirs, strict=True):
        for one, other in zip(left, right, strict=True):
            assert one == other or one == pytest.approx(other, abs=1e-9), (one, other)


def test_refresh_is_the_batch_refresh(desk, sample, tmp_path, app):
    """Every cell of every report equals that of the file that the command line has refreshed."""
    path = tmp_path / sample.name
    shutil.copyfile(sample, path)  # the name stands on the reports
    result = refresh(path, Options(as_of=AS_OF))
    assert result.error is None
    here = desk(sample)
    assert here.press("refresh", "2025-12-31") == [
        "To which day are the figures to be computed? For example 2026-06-30. The workbook remembers it."
    ]
    assert here.sheets[-3:] == REPORTS
    renamed = path.rename(tmp_path / "batch.xlsx")
    batch = app.books.open(str(renamed))
    for name in REPORTS:
        theirs = batch.sheets[name].used_range.options(ndim=2, err_to_str=True).value
        same(here.cells(name), theirs)
        assert here.book.sheets[name].range("A1").number_format == "General"
    batch.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_button_makes_the_whole_set_as_one_command_does(desk, tmp_path, app, language):
    """Every cell of every report on the messy ledger, in both languages."""
    source = SAMPLES / "sample_ledger_messy.xlsx"
    path = Path(shutil.copyfile(source, tmp_path / source.name))
    options = Options(as_of=dt.date(2026, 6, 30), language=language, reports="all")
    result = refresh(path, options)
    assert result.error is None
    assert set(result.sheets) == set(ALL)
    (tmp_path / "mine").mkdir()
    mine = Path(shutil.copyfile(source, tmp_path / "mine" / source.name))
    refresh(mine, Options(as_of=options.as_of, language=language))  # the workbook remembers its language
    here = desk(mine)
    before = saved(here)
    here.press("all_reports", "2026-06-30")
    after, batch = saved(here), openpyxl.load_workbook(path, data_only=True)
    for name in result.sheets.values():
        same(after[name], trimmed(batch[name]))
    for name in set(before) - set(result.sheets.values()):
        same(after[name], before[name])


def saved(here):
    """The cells of all sheets, as the open workbook is saved: one by one they take LibreOffice a minute."""
    with open_book.copy_of(here.book) as path:
        book = openpyxl.load_workbook(path, data_only=True)
    return {sheet.title: trimmed(sheet) for sheet in book}


def trimmed(sheet):
    """The rows up to the last filled cell."""
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    width = max((place + 1 for row in rows for place, cell in enumerate(row) if cell is not None), default=0)
    rows = [row[:width] + [None] * (width - len(row)) for row in rows]
    while rows and not any(cell is not None for cell in rows[-1]):
        rows.pop()
    return rows


def test_the_selected_customer_is_the_one_of_the_report(desk, tmp_path):
    path = Path(shutil.copyfile(SAMPLES / "sample_ledger_en.xlsx", tmp_path / "l.xlsx"))
    here = desk(path)
    here.press("aging", "2026-06-30")
    customer = here.book.sheets["AR Aging"].range("A20").value
    here.book.sheets["AR Aging"].activate()
    here.book.sheets["AR Aging"].range("A20").select()
    here.press("credit_file")
    assert customer in str(here.cells("AR Credit File"))
    assert here.book.sheets.active.name == "AR Credit File"
    assert f'"customer": "{customer}"' in recall_open(here)


def recall_open(here):
    from arcredit.hosts.excel.open_book import copy_of

    with copy_of(here.book) as path:
        return recall(path).settings


def test_a_report_that_cannot_be_made_says_what_it_needs(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    (told,) = here.press("cover", "2025-12-31")[1:]
    assert "AR Cover was not made" in told
    assert "AR Cover" not in here.sheets


def test_the_day_is_asked_once_and_the_sheets_keep_their_place(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    here.press("refresh", "2025/12/31")
    assert here.book.names["arcredit_as_of"].refers_to == "=DATE(2025,12,31)"
    here.book.sheets["AR Aging"].name = "Ageing!"
    assert here.press("refresh") == []
    assert here.sheets == ["Ledger", "Ageing!", "AR DSO", "AR Findings"]
    assert open_book.own_sheets(here.book)["aging"] == "Ageing!"


def test_a_button_leaves_the_user_where_he_was(desk, tmp_path, app):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    here.book.sheets["Ledger"].range("C3:D4").select()
    app.calculation = "manual"
    here.press("refresh", "2025-12-31")
    assert (here.book.sheets.active.name, app.selection.address) == ("Ledger", "$C$3:$D$4")
    assert (app.calculation, app.screen_updating, app.status_bar) == ("manual", True, False)
    assert here.app.impl.progress[:2] == ["arcredit: Refresh", "arcredit: reading the ledger"]
    app.calculation = "automatic"
    here.press("aging")
    assert here.book.sheets.active.name == "AR Aging"


def test_a_trouble_is_one_message_and_nothing_is_changed(desk, tmp_path, app):
    path = tmp_path / "l.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Notes").write("A1", "no ledger here")
    here = desk(path, "zh-CN")
    asked, told = here.press("refresh", "2025-12-31")
    assert asked == say("ribbon.ask.as_of", "zh")
    assert "l.xlsx" in told
    assert here.sheets == ["Notes"]
    assert app.calculation == "automatic"
    assert app.screen_updating


def test_a_defect_is_said_in_plain_words_and_all_is_restored(desk, tmp_path, app, monkeypatch):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    monkeypatch.setattr(reporting, "prepared", lambda *_: 1 / 0)
    (_, told) = here.press("refresh", "2025-12-31")
    assert told.startswith("The button stopped: ZeroDivisionError: division by zero.")
    assert (app.calculation, app.screen_updating, app.status_bar) == ("automatic", True, False)


def test_cancelling_says_and_changes_nothing(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    assert len(here.press("refresh", None)) == 1
    assert here.sheets == ["Ledger"]
    assert "arcredit_as_of" not in here.book.names


def test_a_date_that_reads_in_two_ways_is_refused(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    (_, told) = here.press("as_of", "01/02/2026")
    assert told.startswith("as_of: '01-02-2026' is not a date")


def test_the_day_stands_in_a_cell_the_user_named(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    here.book.sheets["Ledger"].range("H1").value = dt.datetime(2025, 11, 30)
    here.book.names.add("arcredit_as_of", "=Ledger!$H$1")
    assert here.press("aging") == []
    assert "As of 2025-11-30" in here.book.sheets["AR Aging"].range("A2").value
    here.press("as_of", "2025-12-31")
    assert here.book.sheets["Ledger"].range("H1").value == dt.datetime(2025, 12, 31)
    assert "As of 2025-12-31" in here.book.sheets["AR Aging"].range("A2").value


def test_a_sheet_of_the_users_is_never_overwritten(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    here.book.sheets.add("AR DSO", after=here.book.sheets["Ledger"])
    here.book.sheets["AR DSO"].range("A1").value = "mine"
    (_, told) = here.press("refresh", "2025-12-31")
    assert "AR DSO" in told
    assert here.sheets == ["Ledger", "AR DSO"]
    assert here.book.sheets["AR DSO"].range("A1").value == "mine"


def test_formulas_and_names_that_mention_a_report_follow_the_new_one(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx", mentions=True))
    here.press("aging", "2025-12-31")
    board = here.book.sheets["Board"].impl.calc
    day = (AS_OF - dt.date(1899, 12, 30)).days
    assert here.book.sheets["Board"].range("A1").formula == "='AR Aging'!B6+1"
    assert [board.getCellRangeByName(cell).Value for cell in ("A1", "B1", "B2")] == [day + 1, day, 2 * day]
    assert here.book.names["headline"].refers_to == "='AR Aging'!$B$6"
    here.press("undo")
    assert [board.getCellRangeByName(cell).Value for cell in ("A1", "B1", "B2")] == [1, 0, 0]


def test_a_protected_sheet_that_mentions_a_report_is_refused_before_anything(desk, tmp_path):
    """Its formulas cannot be written again: they would be #REF! when the old sheet goes."""
    here = desk(small_ledger(tmp_path / "l.xlsx", mentions=True))
    board = here.book.sheets["Board"]
    board.impl.calc.protect("secret")
    before = here.sheets
    (_, told) = here.press("aging", "2025-12-31")
    board.impl.calc.unprotect("secret")
    assert told == ArcreditError("patch.sheet_protected", path="l.xlsx", sheet="Board").text()
    assert here.sheets == before
    assert board.range("A1").formula == "='AR Aging'!B6+1"
    here.book.sheets["Ledger"].impl.calc.protect("")  # it mentions no report
    assert here.press("aging") == []


def test_a_list_that_reads_a_report_is_not_broken(desk, tmp_path):
    """Only cells and names can be written again; a refresh of the closed file keeps the rest."""
    path = small_ledger(tmp_path / "l.xlsx")
    book = openpyxl.load_workbook(path)
    lists = DataValidation("list", formula1="'AR Aging'!$A$16:$A$19", sqref="H2")
    book["Ledger"].add_data_validation(lists)
    book.create_sheet("AR Aging")
    book.defined_names["_arcredit_aging"] = DefinedName("_arcredit_aging", attr_text="'AR Aging'!$A$1")
    book.save(path)
    here = desk(path)
    (_, told) = here.press("aging", "2025-12-31")
    values = {"path": "l.xlsx", "sheet": "AR Aging", "reader": "Ledger"}
    assert told == ArcreditError("patch.read_elsewhere", **values).text()
    assert here.sheets == ["Ledger", "AR Aging"]
    assert refresh(path, Options(as_of=AS_OF)).error is None
    kept = openpyxl.load_workbook(path)["Ledger"].data_validations.dataValidation
    assert [item.formula1 for item in kept] == ["'AR Aging'!$A$16:$A$19"]


def test_undo_puts_the_sheets_back(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    here.press("refresh", "2025-12-31")
    before = here.cells("AR Aging")
    here.book.sheets["Ledger"].range("E2").value = 1000.0
    here.press("refresh")
    assert here.cells("AR Aging") != before
    assert here.press("undo") == ["Put back as before: AR Aging, AR DSO, AR Findings."]
    same(here.cells("AR Aging"), before)
    assert here.sheets == ["Ledger", *REPORTS]
    assert len(here.book.sheets) == 4
    assert here.press("undo")[0].startswith("There is nothing to undo")


def test_undoing_the_first_run_takes_the_sheets_away(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    here.press("refresh", "2025-12-31")
    here.press("undo")
    assert [sheet.name for sheet in here.book.sheets] == ["Ledger"]
    assert [name.name for name in here.book.names] == ["arcredit_as_of"]


def test_columns_are_mapped_on_a_sheet_and_remembered(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    here.press("map_columns")
    lines = {row[0]: row for row in here.cells("AR Mapping") if row[0]}
    assert lines["open_amount"][2:4] == ["E", "Open amount"]
    here.book.sheets["Ledger"].range("F1:F5").value = [["Rest"], [10.0], [20.0], [30.0], [40.0]]
    wish = next(row for row in range(1, 30) if here.cells("AR Mapping")[row - 1][0] == "open_amount")
    here.book.sheets["AR Mapping"].range((wish, 5)).value = "f"
    here.press("refresh", "2025-12-31")
    lines = {row[0]: row for row in here.cells("AR Mapping") if row[0]}
    assert lines["open_amount"][2:] == ["F", "Rest", None]
    # A column moved by the user is found again by its heading.
    here.press("aging")
    assert 100.0 in [cell for row in here.cells("AR Aging") for cell in row]
    here.book.save(str(tmp_path / "saved.xlsx"))
    memory = recall(tmp_path / "saved.xlsx")
    assert '\\"open_amount\\":\\"F\\"' in memory.settings
    assert {"AR Aging", "AR Mapping"} <= memory.own_sheets
    # What the button filled is ours: a refresh without the program replaces it.
    assert refresh(tmp_path / "saved.xlsx", Options(as_of=AS_OF)).error is None


def test_a_ledger_that_is_not_found_can_be_mapped(desk, tmp_path):
    path = tmp_path / "l.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Notes").write("A1", "no ledger here")
    here = desk(path)
    assert here.press("map_columns") == []
    assert "l.xlsx" in here.book.sheets["AR Mapping"].range("A2").value


def test_tie_out(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    here.press("as_of", "2025-12-31")
    _, told = here.press("tie_out", "200.25")
    assert told == (
        "Read 200.25 + rejected 0.00 = 200.25\n"
        "The ledger sheet has no total of its own.\n"
        "Open 200.25, general ledger 200.25: they agree."
    )
    _, told = here.press("tie_out", "1,200.00")
    assert told.endswith("DIFFERENCE -999.75.")
    _, told = here.press("tie_out", "much")
    assert told.startswith("gl_balance: 'much' is not a number")


def test_explain_shows_arguments_and_steps(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    sheet = here.book.sheets["Ledger"]
    sheet.range("H1:H3").value = [[1_200_000.0], [45.0], [5.0]]
    sheet.range("H5").formula = "=CREDIT_LIMIT(H1,H2*1,H3,15)"
    sheet.range("H5").select()
    assert here.press("explain") == []
    assert here.book.sheets.active.name == "AR Explain"
    cells = here.cells("AR Explain")
    assert cells[0][0] == "How Ledger!H5 came about"
    given = {row[0]: row for row in cells if row[0]}
    assert given["annual_purchases"][1:4] == ["H1", 1_200_000.0, "[currency]"]
    assert given["terms_days"][1:3] == ["H2*1", 45.0]
    need = next(row for row in cells if row[0] == "need")
    assert need[3] == pytest.approx(216_986.3, abs=0.05)


def test_explain_says_what_is_wrong(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    sheet = here.book.sheets["Ledger"]
    sheet.range("H5").formula = "=TCI_PREMIUM(100,90)"
    sheet.range("H5").select()
    here.press("explain")
    trouble = next(row for row in here.cells("AR Explain") if row[0] == "What is wrong")
    assert trouble[1].startswith("rate: 90 is above 1.")


def test_explain_a_cell_without_a_function_of_ours(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    here.book.sheets["Ledger"].range("A1").select()
    assert here.press("explain")[0].startswith("Ledger!A1: there is no arcredit function in this cell.")
    assert here.sheets == ["Ledger"]


def test_the_documents_behind_an_aging_figure(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    here.press("aging", "2025-12-31")
    cells = here.cells("AR Aging")
    header = next(row for row, line in enumerate(cells, 1) if line[0] == "Customer")
    brook = next(row for row, line in enumerate(cells, 1) if line[0] == "Brook")
    total = next(row for row, line in enumerate(cells, 1) if line[0] == "Total" and row > header)
    column = {text: place for place, text in enumerate(cells[header - 1], 1) if text}
    expected = {
        (brook, "1–30 days"): ["B-2"],
        (brook, "Total open"): ["B-1", "B-2"],
        (total, "Unapplied credits"): ["A-2"],
        (total, "Overdue"): ["B-1", "B-2"],
    }
    for (row, heading), documents in expected.items():
        sheet = here.book.sheets["AR Aging"]
        sheet.range((row, column[heading])).select()
        figure = sheet.range((row, column[heading])).value
        assert here.press("explain") == []
        found = here.cells("AR Explain")
        assert [line[0] for line in found[6:]] == documents
        assert found[2][5] == pytest.approx(figure)
        assert np.isclose(sum(line[5] for line in found[6:]), figure)


def test_a_place_without_a_figure_is_said(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    here.press("aging", "2025-12-31")
    here.book.sheets["AR Aging"].range("A1").select()
    assert here.press("explain")[0].startswith("A1: this is no customer's figure.")


def test_functions_diagnostics_about(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    here.press("functions")
    names = [str(row[0]) for row in here.cells("AR Functions")]
    assert any(name.startswith("CREDIT_LIMIT(annual_purchases, terms_days, grade, [") for name in names)
    here.press("as_of", "2025-12-31")
    (told,) = here.press("diagnostics")
    assert "a trial figure is right" in told
    assert "read from sheet Ledger, 4 rows" in told
    assert here.press("about")[0].startswith("arcredit ")


def test_a_locked_workbook_is_refused_before_anything(desk, tmp_path):
    here = desk(small_ledger(tmp_path / "l.xlsx"))
    here.book.impl.doc.protect("secret")
    (_, told) = here.press("refresh", "2025-12-31")
    here.book.impl.doc.unprotect("secret")
    assert isinstance(told, str)
    assert ArcreditError("patch.structure_locked", path="l.xlsx").text() == told
    assert here.sheets == ["Ledger"]


def test_dates_stay_dates_in_a_workbook_that_counts_from_1904(desk, tmp_path):
    path = tmp_path / "l.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        sheet = book.add_worksheet("Ledger")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ("Document", "Customer", "Due date", "Open amount"))
        sheet.write_row(1, 0, ("1", "Ash"))
        sheet.write_datetime(1, 2, dt.date(2025, 12, 1), day)
        sheet.write_number(1, 3, 10.0)
    here = desk(path)
    here.press("aging", "2025-12-31")
    shown = [cell for row in here.cells("AR Aging") for cell in row if isinstance(cell, dt.datetime)]
    assert shown == [dt.datetime(2025, 12, 31)]
    assert here.book.sheets["AR Aging"].range("A2").value.startswith("As of 2025-12-31")
