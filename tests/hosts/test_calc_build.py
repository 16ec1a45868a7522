"""The LibreOffice extension as a file, its Basic, and how a call is read; all without LibreOffice."""

import ast
import math
import re
import struct
import zipfile
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.hosts.calc.basic import module
from arcredit.hosts.calc.build import build, contents
from arcredit.hosts.calc.calls import Calls, error_number
from arcredit.hosts.calc.readings import Argument, calls, shape
from arcredit.hosts.excel.functions import FUNCTIONS


def test_two_builds_are_the_same_bytes(tmp_path):
    first, second = build(tmp_path / "a.oxt"), build(tmp_path / "b.oxt")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(contents())
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_inside_is_only_what_the_figures_need():
    inside = {name: text for name, text in contents().items() if name.endswith(".py")}
    assert "pythonpath/arcredit/credit/customer/limit.py" in inside
    assert "pythonpath/arcredit/words/__init__.py" in inside
    assert not any("/ledger/" in name or "/reports/" in name for name in inside)
    for name, text in inside.items():
        for node in ast.walk(ast.parse(text)):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not {module.partition(".")[0] for module in modules} & {"openpyxl", "xlwings", "click"}, (
                name
            )


def test_the_entry_point_runs_in_any_python():
    """LibreOffice for Windows and macOS brings its own, which may be old: it must live to say so."""
    ast.parse(contents()["component.py"], feature_version=(3, 7))


def test_every_function_has_its_plain_name_in_basic():
    functions = re.findall(r"^Public Function (\w+)\((.*)\)$", module(), re.M)
    assert [name for name, _ in functions] == list(FUNCTIONS)
    for name, arguments in functions:
        assert arguments.count("Optional ") == len(FUNCTIONS[name].parameters)
    assert max(map(len, module().splitlines())) < 1023


@given(st.sampled_from(["#N/A", "#DIV/0!", "#NUM!", "#VALUE!", "#REF!", "#NAME?"]))
def test_an_error_is_a_nan_that_carries_its_number(code):
    number = error_number(code)
    assert math.isnan(number)
    assert (
        struct.unpack("<Q", struct.pack("<d", number))[0] & 0xFFFFFFFF
        == {
            "#N/A": 32767,
            "#DIV/0!": 532,
            "#NUM!": 503,
            "#VALUE!": 519,
            "#REF!": 524,
            "#NAME?": 525,
        }[code]
    )


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("=AR_DSO(A1;B1;30)", [("A1", "B1", "30")]),
        ("=ar_dso(A1;;)*2", [("A1", "", "")]),
        ("=AR_DSO()", [()]),
        ("=MY_AR_DSO(A1)", []),
        (
            '=IF("AR_DSO(1;2)"="";AR_DSO(\'a;b\'.A1;MAX(1;2);{1;2});AR_DSO(1))',
            [("'a;b'.A1", "MAX(1;2)", "{1;2}"), ("1",)],
        ),
        ("=AR_DSO(AR_DSO(1;;2);3)", [("AR_DSO(1;;2)", "3"), ("1", "", "2")]),
    ],
)
def test_calls_in_a_formula(formula, found):
    assert list(calls(formula, "AR_DSO")) == found


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("$A$1:$B$2", "A1:B2"),
        ("$'Q1 2025'.C3", "C3"),
        ("", ""),
        ("0", "?"),
        ("-2.5", "="),
        ("total", "?"),
        ('"x"', "="),
    ],
)
def test_shape_of_an_argument(text, seen):
    assert shape(text) == seen


class Sheet:
    """A sheet that holds formulas in column A."""

    def __init__(self, *formulas):
        self.formulas = formulas

    def queryContentCells(self, _flags):  # noqa: N802
        end = len(self.formulas) - 1
        area = SimpleNamespace(StartColumn=0, StartRow=0, EndColumn=0, EndRow=end)
        return SimpleNamespace(RangeAddresses=[area] if self.formulas else [])

    def getCellRangeByPosition(self, *_place):  # noqa: N802
        return SimpleNamespace(getFormulaArray=lambda: tuple((text,) for text in self.formulas))

    def getCellByPosition(self, _column, row):  # noqa: N802
        return SimpleNamespace(Formula=self.formulas[row])


def workbook(*formulas, year=1899):
    day = (1899, 12, 30) if year == 1899 else (year, 1, 1)
    date = SimpleNamespace(Year=day[0], Month=day[1], Day=day[2])
    return SimpleNamespace(
        NullDate=date, Sheets=[Sheet(*formulas)], NamedRanges=SimpleNamespace(ElementNames=())
    )


def answer(name, *values, books=(), log=None):
    lines = [] if log is None else log
    return Calls(lambda: iter(books), lines.append).answer(name, [(value,) for value in values])


ORDER = (720_000.0, 60.0, 3.0)
NEED = 130_191.78


def test_an_argument_left_out_is_its_default_and_zero_is_zero():
    left_out = workbook("=CREDIT_LIMIT(720000;60;3;10;;1000000)")
    zero = workbook("=CREDIT_LIMIT(720000;60;3;10;0;1000000)")
    cells = (*ORDER, 10.0, 0.0, 1_000_000.0)
    assert answer("CREDIT_LIMIT", *cells, books=[zero]) == 0
    assert answer("CREDIT_LIMIT", *cells, books=[left_out]) > NEED
    log = []
    assert math.isnan(answer("CREDIT_LIMIT", *cells, books=[left_out, zero], log=log))
    assert 'Write "" for an argument' in log[0]


def test_missing_at_the_end_is_the_default_and_a_missing_required_one_an_error():
    assert answer("CREDIT_LIMIT", *ORDER) == NEED
    assert math.isnan(answer("CREDIT_LIMIT", *ORDER[:2]))


DUE = '=AR_DUE_DATE(DATE(2025;1;15);"30 eom")'
INVOICED, FALLS_DUE = 45_672.0, 45_716.0


def test_days_count_as_in_the_workbook():
    early = INVOICED - 1462
    assert answer("AR_DUE_DATE", INVOICED, "30 eom", books=[workbook(DUE)]) == (FALLS_DUE,)
    books = [workbook(), workbook(DUE, year=1904)]
    assert answer("AR_DUE_DATE", early, "30 eom", books=books) == (FALLS_DUE - 1462,)
    assert math.isnan(answer("AR_DUE_DATE", early, "30 eom", books=[workbook(DUE), *books]))


def test_a_call_that_stands_nowhere_is_answered_only_where_it_can_be_read_in_one_way():
    assert math.isnan(answer("AR_DUE_DATE", INVOICED, "30 eom", books=[workbook()]))
    assert answer("CREDIT_AVAILABLE", 100.0, 60.0, books=[workbook()]) == 40.0


def test_a_calendar_that_excel_does_not_have_is_refused():
    log = []
    assert math.isnan(answer("AR_DUE_DATE", INVOICED, "30 eom", books=[workbook(DUE, year=1900)], log=log))
    assert "1900-01-01" in log[0]


def test_address_of_an_argument():
    place = SimpleNamespace(StartColumn=25, StartRow=0, EndColumn=26, EndRow=9)
    assert Argument(1.0, None, place).address == "Z1:AA10"
