"""Every worksheet function through xlwings' real ``XLPython.CallUDF``, as Excel's VBA calls it."""

import datetime as dt
import importlib
import inspect
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.hosts.excel.adapter import ERRORS, CellError
from arcredit.hosts.excel.functions import FUNCTIONS
from golden_tables import golden_rows, same
from hosts.support import fakewin

MODULE = "arcredit.hosts.excel.udfs"
ESCAPE = "\x1b"
NUMBERS = {number: code for code, number in ERRORS.items()}
COM_NA = -2146826246


@pytest.fixture(scope="module")
def python():
    return fakewin.server()


@pytest.fixture
def call(python):
    return lambda name, *cells, date_1904=False: python.CallUDF(MODULE, name, (date_1904, *cells))


def in_excel(found):
    """What the VBA makes of a result: the marked row goes, marked texts become error values."""
    if not isinstance(found, tuple):
        return decoded(found)
    rows = found if isinstance(found[0], tuple) else (found,)
    if rows[0][0] == ESCAPE:
        return tuple(tuple(map(decoded, row)) for row in rows[1:])
    assert not any(isinstance(cell, str) and cell.startswith(ESCAPE) for row in rows for cell in row)
    return rows


def decoded(cell):
    if isinstance(cell, str) and cell.startswith(ESCAPE):
        return CellError(NUMBERS[int(cell[1:])])
    return cell


def column(*values):
    return tuple((value,) for value in values)


def cells(value):
    if isinstance(value, dict):
        return tuple(value.items())
    if isinstance(value, list):
        return tuple(tuple(row) if isinstance(row, list) else (row,) for row in value)
    return float(value) if type(value) is int else value


def first_rows():
    rows = {}
    for row in golden_rows():
        rows.setdefault(row["function"], row)
    return rows.values()


@pytest.mark.parametrize("row", first_rows(), ids=lambda row: row["function"])
def test_a_golden_row_of_every_function(call, row):
    function = FUNCTIONS[row["function"].upper()]
    names = inspect.signature(function.function).parameters
    arguments = row["arguments"]
    given_cells = [cells(arguments[name]) if name in arguments else fakewin.MISSING for name in names]
    found = in_excel(call(function.name, *given_cells))
    expected, tolerance = row["expected"], row.get("tolerance", 0.0)
    if isinstance(expected, dict) and "error" in expected:
        assert found == CellError(expected["error"])
    elif isinstance(expected, dict):
        heading, *lines = found
        for name, wanted in expected["columns"].items():
            shown = [com_blank(line[heading.index(name)]) for line in lines[: len(wanted)]]
            assert same(shown, wanted, tolerance), name
    elif isinstance(expected, list):
        shown = [com_blank(cell) for line in found for cell in line]
        flat = [cell for part in expected for cell in (part if isinstance(part, list) else [part])]
        assert same(shown, [None if cell == "" else cell for cell in flat], tolerance)
    else:
        assert same(com_blank(found), expected, tolerance)


def com_blank(cell):
    if isinstance(cell, dt.datetime):
        return cell.date()
    return None if cell == "" or isinstance(cell, CellError) else cell


def test_every_function_is_there_and_marked_as_xlwings_marks_it():
    module = importlib.import_module(MODULE)
    xlwings = fakewin.install()

    @xlwings.func
    def like_ours(*arguments):
        """Compare the marks."""

    for name in FUNCTIONS:
        marks = getattr(module, name).__xlfunc__
        assert marks.keys() == like_ours.__xlfunc__.keys()
        assert marks["args"][0].keys() == like_ours.__xlfunc__["args"][0].keys()
        assert marks["name"] == name


def test_one_error_and_an_error_in_a_column(call):
    assert call("AR_DSO", 100.0, 0.0, 365.0) == f"{ESCAPE}2007"
    found = call("AR_DSO", column(100.0, "x", COM_NA, None), 1000.0, 365.0)
    assert found[0] == (ESCAPE,)
    assert in_excel(found) == ((36.5,), (CellError("#VALUE!"),), (CellError("#N/A"),), ("",))


def test_a_clean_column_is_not_marked(call):
    assert call("AR_DSO", column(100.0, 200.0), 1000.0, 365.0) == ((36.5,), (73.0,))


def test_a_row_stays_a_row(call):
    """Excel hands over {30,60} as one dimension and takes one dimension for a row."""
    assert call("AR_DSO", (100.0, 200.0), 1000.0, 365.0) == (36.5, 73.0)
    assert in_excel(call("AR_DSO", (100.0, "x"), 1000.0, 365.0)) == ((36.5, CellError("#VALUE!")),)


def test_left_out_and_blank_are_the_default(call):
    assert call("AR_BUCKET", 45.0, fakewin.MISSING, fakewin.MISSING) == "31-60"
    assert call("AR_BUCKET", 45.0, None) == "31-60"
    assert call("AR_BUCKET", 45.0) == "31-60"


def test_dates_arrive_as_serial_numbers_of_either_calendar_and_leave_as_dates(call):
    due = call("AR_DUE_DATE", 45672.0, "net 30")
    assert due == dt.datetime(2025, 2, 14, tzinfo=dt.UTC)
    assert call("AR_DUE_DATE", 45672.0 - 1462, "net 30", date_1904=True) == due
    assert call("AR_DUE_DATE", fakewin.TimeType(2025, 1, 15, tzinfo=dt.UTC), "net 30", date_1904=True) == due


def test_a_table_of_its_own_arrives_with_dates_and_currency(call):
    """Such blocks are taken with .Value, so dates are dates and currency cells decimals."""
    rates = (
        ("from", "rate"),
        (fakewin.TimeType(2025, 1, 1, tzinfo=dt.UTC), Decimal("0.08")),
    )
    with_decimals = call("AR_LATE_INTEREST", 1000.0, 45672.0, 45703.0, "EU", rates)
    plain = call("AR_LATE_INTEREST", 1000.0, 45672.0, 45703.0, "EU", (("from", "rate"), (45658.0, 0.08)))
    assert with_decimals == plain
    assert isinstance(plain, float)


def test_long_texts_and_texts_that_look_like_marks(call):
    long = "C" * 40_000
    found = call(
        "AR_AGING", column(long, ESCAPE + "2042"), column(45672.0, 45672.0), column(1.0, 2.0), 45672.0
    )
    names = {row[0] for row in in_excel(found)}
    assert "C" * 32_767 in names
    assert "2042" in names


def test_whole_numbers_leave_as_floats(call):
    # COM would make 32-bit integers of them.
    for cell in call("AR_DAYS_PAST_DUE", column(45000.0, 45010.0), 45020.0):
        assert type(cell[0]) is float


def test_a_defect_is_an_error_value_and_says_so_on_stderr(call, monkeypatch, capsys):
    entry = FUNCTIONS["AR_DSO"]
    monkeypatch.setitem(entry.__dict__, "kind", "no such kind")
    assert call("AR_DSO", 1.0, 1.0, 1.0) == f"{ESCAPE}2015"
    assert "Traceback" in capsys.readouterr().err


def test_help_lists_every_function_and_explains_one(call):
    listed = call("AR_HELP")
    assert [row[1] for row in listed[1:]] == list(FUNCTIONS)
    english = call("AR_HELP", "ar_bucket")
    chinese = call("AR_HELP", "AR_BUCKET", "zh")
    parameters = list(inspect.signature(FUNCTIONS["AR_BUCKET"].function).parameters)
    assert [row[1] for row in english if row[0] == "argument"] == parameters
    assert [row[1] for row in chinese if row[0] == "参数"] == parameters
    assert ("example", "=AR_BUCKET({0;1;30;31;121})", "", "current; 1-30; 1-30; 31-60; >120") in english
    assert all(len(cell) <= 255 for row in english for cell in row)
    assert call("AR_HELP", "AR_NOTHING") == f"{ESCAPE}2015"


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from([COM_NA, -2146826281, fakewin.MISSING]),
)


@given(
    name=st.sampled_from(sorted(FUNCTIONS)),
    arguments=st.lists(
        st.one_of(anything, st.lists(st.tuples(anything, anything), min_size=1, max_size=3).map(tuple)),
        max_size=6,
    ),
    date_1904=st.booleans(),
)
def test_whatever_stands_in_the_cells_the_answer_is_cells(name, arguments, date_1904):
    """No call raises, and nothing leaves that COM cannot carry."""
    found = fakewin.server().CallUDF(MODULE, name, (date_1904, *arguments))
    shown = in_excel(found)
    rows = shown if isinstance(shown, tuple) and not isinstance(shown, CellError) else ((shown,),)
    for cell in (cell for row in rows for cell in row):
        assert type(cell) in (float, str, bool, dt.datetime, CellError), cell
    assert len({len(row) for row in rows}) == 1
