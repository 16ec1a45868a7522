"""The xlwings engine on LibreOffice: what macros rely on, on a real spreadsheet program."""

import datetime as dt

import numpy as np
import openpyxl
import pandas as pd
import pytest

from arcredit.hosts.calc import engine
from arcredit.hosts.excel import open_book
from arcredit.ledger.memory import recall


@pytest.fixture(scope="module")
def app(office):
    return engine.attach(office)


@pytest.fixture
def book(app):
    made = app.books.add()
    yield made
    made.close()


def test_values_come_back_as_what_they_are(book):
    cells = book.sheets[0].range("A1:E1")
    cells.value = ["=", 1.5, True, dt.datetime(2026, 2, 3), None]
    assert cells.value == ["=", 1.5, True, dt.datetime(2026, 2, 3), None]
    assert book.sheets[0].range("D1").number_format == "yyyy-mm-dd"


def test_a_frame_goes_in_and_comes_out(book):
    frame = pd.DataFrame(
        {"customer": ["A", "B"], "due": pd.to_datetime(["2026-01-05", None]), "amount": [1, 2.5]}
    )
    book.sheets[0].range("B2").options(index=False).value = frame
    found = book.sheets[0].range("B2").options(pd.DataFrame, expand="table", index=False).value
    assert found["amount"].tolist() == [1.0, 2.5]
    assert found["due"].tolist()[0] == dt.datetime(2026, 1, 5)


def test_many_numbers(book):
    numbers = np.arange(20_000.0).reshape(-1, 2)
    book.sheets[0].range("A1").value = numbers
    assert book.sheets[0].range("A1:B10000").options(np.array).value.tolist() == numbers.tolist()


def test_formulas_have_excels_spelling(book):
    sheet = book.sheets[0]
    other = book.sheets.add("It's", after=sheet)
    other.range("A1:B1").value = [2.0, 3.0]
    sheet.range("A1").formula = "=SUM('It''s'!A1:B1,IF(1>0,{1,2;3,4}))"
    assert sheet.range("A1").value == 15.0
    assert sheet.range("A1").formula == "=SUM('It''s'!A1:B1,IF(1>0,{1,2;3,4}))"
    sheet.range("C1:C2").formula_array = "=TRANSPOSE('It''s'!A1:B1)"
    assert sheet.range("C1:C2").value == [2.0, 3.0]
    assert sheet.range("C2").has_array
    assert sheet.range("C2").formula == "=TRANSPOSE('It''s'!A1:B1)"
    assert not sheet.range("A1").has_array


def test_errors_are_asked_for_by_name(book):
    cell = book.sheets[0].range("A1")
    for formula, error in (
        ("=NA()", "#N/A"),
        ("=1/0", "#DIV/0!"),
        ('="a"+1', "#VALUE!"),
        ("=nothing", "#NAME?"),
    ):
        cell.formula = formula
        assert cell.options(err_to_str=True).value == error
        assert cell.value is None


def test_number_formats(book):
    cells = book.sheets[0].range("A1:A2")
    cells.number_format = "#,##0.00"
    assert cells.number_format == "#,##0.00"
    cells[0].number_format = "0.0%"
    assert cells.number_format is None


def test_names_stand_for_cells_and_constants(book):
    sheet = book.sheets[0]
    book.names.add("here", f"='{sheet.name}'!$B$2:$C$3")
    book.names.add("day", "=DATE(2026,6,30)")
    assert book.names["here"].refers_to_range.address == "$B$2:$C$3"
    assert book.names["day"].refers_to == "=DATE(2026,6,30)"
    book.names["day"].refers_to = '="x,y"'
    assert book.names["day"].refers_to == '="x,y"'
    sheet.range("B2").value = 7
    sheet.range("A1").formula = "=SUM(here)"
    assert sheet.range("A1").value == 7
    book.names["here"].delete()
    assert [name.name for name in book.names] == ["day"]


def test_sheets_are_added_copied_hidden_and_deleted(app, book):
    first = book.sheets[0]
    first.range("A1").value = "first"
    added = book.sheets.add(after=first)
    copy = first.copy(before=added)
    assert [sheet.name for sheet in book.sheets] == [first.name, copy.name, added.name]
    assert copy.range("A1").value == "first"
    added.visible = False
    assert [sheet.visible for sheet in book.sheets] == [True, True, False]
    other = app.books.add()
    first.copy(after=other.sheets[0]).name = "there"
    assert other.sheets["There"].range("A1").value == "first"
    other.close()
    copy.delete()
    assert [sheet.name for sheet in book.sheets] == [first.name, added.name]


def test_calculation_waits_where_it_is_manual(app, book):
    sheet = book.sheets[0]
    sheet.range("A1").value = 1
    sheet.range("A2").formula = "=A1*2"
    app.calculation = "manual"
    sheet.range("A1").value = 5
    assert sheet.range("A2").value == 2
    app.calculate()
    assert sheet.range("A2").value == 10
    app.calculation = "automatic"


def test_a_selection(app, book):
    book.activate()
    other = book.sheets.add(after=book.sheets[0])
    other.range("B3:C4").select()
    assert book.sheets.active.name == other.name
    assert (book.selection.sheet.name, app.selection.address) == (other.name, "$B$3:$C$4")


def test_evaluating_leaves_nothing_behind(book):
    sheet = book.sheets[0]
    sheet.range("A1:B2").value = [[1, 2], [3, 4]]
    evaluate = sheet.api.Evaluate
    assert evaluate("A1*10+B2") == 14
    assert evaluate("A1:B2*2") == [[2, 4], [6, 8]]
    assert evaluate('"a"&"b"') == "ab"
    assert sheet.range("AMJ1048575:AMJ1048576").value == [None, None]


def test_it_saves_what_a_refresh_remembers(app, book, tmp_path):
    book.sheets[0].range("A1").value = 1
    open_book.remember(book, '{"a": "第一 <&>"}')
    open_book.remember(book, '{"a": "第二 <&>"}')
    book.save(str(tmp_path / "a.xlsx"))
    assert recall(tmp_path / "a.xlsx").settings == '{"a": "第二 <&>"}'
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").active["A1"].value == 1
    again = app.books.open(str((tmp_path / "a.xlsx").rename(tmp_path / "b.xlsx")))
    assert "第二" in again.api.CustomXMLParts.SelectByNamespace("")[0].XML
    again.close()
    book.save(str(tmp_path / "a.ods"))
    assert (tmp_path / "a.ods").read_bytes()[:2] == b"PK"
