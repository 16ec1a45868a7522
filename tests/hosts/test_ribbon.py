"""The ribbon without a spreadsheet program: formulas taken apart, what surrounds a button, its sheets."""

import datetime as dt
from types import SimpleNamespace

import pytest

from arcredit.errors import InputError
from arcredit.hosts.excel import calls, explain, press, reporting
from arcredit.hosts.excel.calls import Call, call_in
from arcredit.hosts.excel.function_list import function_sheet
from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.hosts.excel.mapping_sheet import mapping_sheet, wishes_on
from arcredit.ledger.mapping import Mapping
from arcredit.reports.scratch import workbook


@pytest.mark.parametrize(
    ("formula", "call"),
    [
        ("=AR_DSO(A1,B1,365)", Call("AR_DSO", ("A1", "B1", "365"))),
        ("=1+ar_dso(A1, SUM(B1:B3,2) ,365)*2", Call("AR_DSO", ("A1", "SUM(B1:B3,2)", "365"))),
        ('=AR_BUCKET(5,{30,60},"a,)b")', Call("AR_BUCKET", ("5", "{30,60}", '"a,)b"'))),
        ("=CREDIT_CHECK(1,,'My, sheet'!A1)", Call("CREDIT_CHECK", ("1", "", "'My, sheet'!A1"))),
        ("=AR_HHI(tbl[[#Data],[a,b]])", Call("AR_HHI", ("tbl[[#Data],[a,b]]",))),
        ('="AR_DSO(1,2,3)"', None),
        ("=MY_FUNCTION(1)+SUM(2)", None),
        ("='C:\\a\\arcredit.xlam'!AR_DSO(1,2,3)", Call("AR_DSO", ("1", "2", "3"))),
    ],
)
def test_a_call_in_a_formula(formula, call):
    assert call_in(formula) == call


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-06-30", "2026-06-30"), ("2026/6/30", "2026-06-30"), (" 2026年6月30日 ", "2026-06-30")],
)
def test_days_as_people_type_them(text, day):
    assert reporting.iso_day(text) == day


@pytest.mark.parametrize("text", ["1.234,56", "12 x", ""])
def test_a_balance_that_is_no_number(text):
    with pytest.raises(InputError):
        reporting.amount_of(text)


class App:
    """A program that keeps what it is told; `fails` is what it refuses to take back."""

    def __init__(self, fails=""):
        object.__setattr__(self, "fails", "")
        self.calculation, self.screen_updating, self.status_bar = "semiautomatic", True, "mine"
        self.selection, self.shown = None, []
        self.api = SimpleNamespace(LanguageSettings=SimpleNamespace(LanguageID=lambda _: 2052))
        object.__setattr__(self, "fails", fails)

    def __setattr__(self, name, value):
        if name == self.fails and value == "semiautomatic":
            raise RuntimeError(name)
        object.__setattr__(self, name, value)

    def alert(self, text, title, mode):
        self.shown.append((text, mode, self.calculation, self.screen_updating))


class Sheets(list):
    active = SimpleNamespace(name="gone")


def pressed(monkeypatch, app, work):
    """Press a button that does this work in a book of the app."""
    book = SimpleNamespace(app=app, sheets=Sheets(), activate=lambda: None)
    monkeypatch.setattr(press.xw.Book, "caller", lambda: book)
    monkeypatch.delenv("ARCREDIT_LANGUAGE", raising=False)
    work.__name__ = "refresh"
    press.button(work)()
    return app


def test_the_desk_is_quiet_while_a_button_works(monkeypatch):
    seen = []

    def work(desk):
        app = desk.book.app
        seen.append((app.calculation, app.screen_updating, app.status_bar, desk.language))

    app = pressed(monkeypatch, App(), work)
    assert seen == [("manual", False, "arcredit: 刷新", "zh")]
    assert (app.calculation, app.screen_updating, app.status_bar) == ("semiautomatic", True, "mine")
    assert app.shown == []


def test_a_trouble_is_told_once_when_all_is_restored(monkeypatch):
    def work(desk):
        desk.tell("never shown")
        raise InputError("input.not_a_flag", argument="x", found="?")

    ((text, mode, calculation, screen),) = pressed(monkeypatch, App(), work).shown
    assert text == InputError("input.not_a_flag", argument="x", found="?").text("zh")
    assert (mode, calculation, screen) == ("critical", "semiautomatic", True)


def test_a_setting_that_cannot_be_restored_does_not_keep_the_others(monkeypatch):
    app = pressed(monkeypatch, App(fails="calculation"), lambda desk: None)
    assert (app.screen_updating, app.status_bar) == (True, "mine")


def test_an_interrupted_question_is_silent(monkeypatch):
    def work(desk):
        raise press.Cancelled

    assert pressed(monkeypatch, App(), work).shown == []


def test_the_language_can_be_chosen(monkeypatch):
    monkeypatch.setenv("ARCREDIT_LANGUAGE", "en_GB")
    assert press.language_of(App()) == "en"


def test_wishes_on_the_mapping_sheet():
    mapping = Mapping("Ledger", (1, 1), 2, columns={"customer": "B"}, headings={"customer": "Kunde"})
    sheet = mapping_sheet("en", mapping)
    rows = [[None] * 5 for _ in range(30)]
    for cell in sheet.cells:
        rows[cell.row][cell.column] = cell.value
    for column, values in enumerate(sheet.blocks[0].columns):
        for row, value in enumerate(values.values, sheet.blocks[0].top):
            rows[row][column] = value
    customer = next(row for row in rows if row[0] == "customer")
    assert customer[2:] == ["B", "Kunde", None]

    def book():
        return SimpleNamespace(
            sheets={"AR Mapping": SimpleNamespace(range=lambda first, last: SimpleNamespace(value=rows))}
        )

    assert wishes_on(book(), None).columns == {}
    assert wishes_on(book(), "AR Mapping").columns == {}
    customer[4] = " c "
    next(row for row in rows if row[0] == "sheet")[4] = "Open items"
    wishes = wishes_on(book(), "AR Mapping")
    assert (wishes.sheet, wishes.columns) == ("Open items", {"customer": "C"})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_of_functions_names_every_argument(language):
    sheet = function_sheet(language)
    names, arguments = (list(sheet.blocks[0].columns[place].values) for place in (0, 2))
    assert len([name for name in names if name]) == len(FUNCTIONS)
    assert arguments.count(None) == 0
    assert len(arguments) == sum(len(function.parameters) for function in FUNCTIONS.values())
    assert workbook([sheet])[:2] == b"PK"


def test_functions_with_steps_hand_over_their_own_arguments():
    for name, steps in explain.STEPS.items():
        ours = [item.name for item in FUNCTIONS[name].parameters]
        theirs = [item.name for item in FUNCTIONS[steps].parameters]
        assert theirs[: len(ours)] == ours, name


def test_a_block_is_shown_in_short():
    assert explain._short(((1.0,), (None,), (3.5,)), "en") == "3 × 1 cells: 1 … 3.5"
    assert explain._short(((dt.datetime(2026, 1, 2), "x"),), "en") == "1 × 2 cells: 2026-01-02 …"
    assert explain._short(5.0, "en") == 5.0


def test_the_case_a_cell_stands_for():
    column, table = ((1.0,), (2.0,)), (("a", "b"), (1.0, 2.0))
    assert explain._one(column, 1, 0) == 2.0
    assert explain._one(table, 1, 0) == table
    assert explain._one("x", 1, 0) == "x"


def test_cells_of_an_argument():
    ranges = SimpleNamespace(range=lambda where: where)
    book = SimpleNamespace(names=(), sheets={"Led'ger": ranges, "Here": ranges})
    at = SimpleNamespace(sheet=SimpleNamespace(book=book, name="Here"))
    assert calls.cells_of(at, "'Led''ger'!$A$1:B3") == "$A$1:B3"
    assert calls.cells_of(at, "c7") == "c7"
    assert calls.cells_of(at, "A1*2") is None
