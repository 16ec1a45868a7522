"""Figures as worksheet functions: every golden row through a cell, and a spreadsheet's blanks and errors."""

import datetime as dt
import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit import FUNCTIONS as PURE
from arcredit.hosts.excel.adapter import MISSING, CellError
from arcredit.hosts.excel.functions import FUNCTIONS
from golden_tables import golden_rows, same

NA, DIV0, NUM, VALUE = map(CellError, ("#N/A", "#DIV/0!", "#NUM!", "#VALUE!"))
COM_NA = -2146826246
"""#N/A as COM hands it over."""


def cells(value):
    """A golden argument as a spreadsheet hands it over: a column, a block or one cell."""
    if isinstance(value, dict):
        return tuple(value.items())
    if isinstance(value, list):
        return tuple(tuple(row) if isinstance(row, list) else (row,) for row in value)
    return value


def column(*values):
    return tuple((value,) for value in values)


def call(row):
    names = inspect.signature(PURE[row["function"]]).parameters
    arguments = [cells(row["arguments"].get(name, MISSING)) for name in names]
    return FUNCTIONS[row["function"].upper()](*arguments)


@pytest.mark.parametrize("row", golden_rows(), ids=lambda row: f"{row['function']}-{row['id']}")
def test_golden_rows_through_a_cell(row):
    found, expected = call(row), row["expected"]
    if isinstance(expected, dict) and "error" in expected:
        assert found == CellError(expected["error"])
    elif isinstance(expected, dict):
        heading, *lines = found
        for name, wanted in expected["columns"].items():
            place = heading.index(name)
            shown = [None if line[place] == "" else line[place] for line in lines[: len(wanted)]]
            assert same(shown, wanted, row.get("tolerance", 0.0)), name
    elif isinstance(expected, list):
        shown = (
            [blank(cell) for line in found for cell in line] if isinstance(found, tuple) else [blank(found)]
        )
        assert same(shown, flat(expected), row.get("tolerance", 0.0))
    else:
        assert same(blank(found), expected, row.get("tolerance", 0.0))


def blank(cell):
    """NaN in the golden table is a blank or an error in a cell."""
    return None if cell == "" or isinstance(cell, CellError) else cell


def flat(expected):
    cells = [item for part in expected for item in (part if isinstance(part, list) else [part])]
    return [None if item == "" else item for item in cells]


def test_the_list_is_complete():
    assert {name.lower() for name in FUNCTIONS} == set(PURE) | {"ar_help"}
    for name, entry in FUNCTIONS.items():
        assert name == entry.name
        assert set(entry.unknown) <= set(inspect.signature(entry.function).parameters)


def test_a_blank_row_is_blank_and_an_unknown_limit_is_not_available():
    found = FUNCTIONS["CREDIT_AVAILABLE"](column(100.0, None, 50.0, COM_NA), column(1.0, 2.0, "", 3.0))
    assert found == ((99.0,), (NA,), ("",), (NA,))


def test_a_wrong_element_errs_in_its_own_cell():
    found = FUNCTIONS["AR_DSO"](column(100.0, "many", 100.0, 100.0), column(1000.0, 1.0, 0.0, -5.0), 365.0)
    assert found[0] == (36.5,)
    assert found[1:3] == ((VALUE,), (DIV0,))


def test_an_error_cell_comes_out_again():
    found = FUNCTIONS["AR_DAYS_PAST_DUE"](column(45000.0, -2146826281, 45010.0), 45020.0)
    assert found == ((20.0,), (DIV0,), (10.0,))


def test_a_table_leaves_out_rows_with_errors_and_says_so():
    found = FUNCTIONS["AR_AGING"](
        column("A", "B", "A"), column(45000.0, COM_NA, 45010.0), column(10.0, 20.0, 30.0), 45020.0
    )
    assert found[1][0] == "A"
    assert "1 rows with an error value" in found[-1][0]
    total = found[0].index("total")
    assert found[-2][total] == 40.0


def test_an_aggregate_takes_the_error():
    assert FUNCTIONS["AR_HHI"](column(1.0, COM_NA)) == NA


def test_columns_of_unequal_height_are_refused():
    assert FUNCTIONS["AR_HHI"](COM_NA) == NA
    assert (
        FUNCTIONS["AR_DAYS_TO_PAY"](column(1.0, 2.0), column(45000.0), column(45001.0, 45002.0, 45003.0))
        == VALUE
    )


def test_an_unknown_option_is_a_value_error():
    assert FUNCTIONS["AR_BUCKET"](10.0, MISSING, "quickbooks") == VALUE


def test_dates_come_out_as_dates_and_in_from_both_calendars():
    due = FUNCTIONS["AR_DUE_DATE"](45672.0, "net 30")
    assert due == dt.date(2025, 2, 14)
    assert FUNCTIONS["AR_DUE_DATE"](45672.0 - 1462, "net 30", date_1904=True) == due


def test_a_row_meets_a_column_as_a_block():
    found = FUNCTIONS["AR_DSO"](column(100.0, 200.0), ((1000.0, 2000.0),), 365.0)
    assert found == ((36.5, 18.25), (73.0, 36.5))


@given(
    st.lists(
        st.one_of(st.none(), st.floats(-1e6, 1e6), st.just(COM_NA), st.just("x")), min_size=2, max_size=30
    )
)
def test_a_column_gives_what_its_cells_give_one_by_one(amounts):
    """A spilled column and a filled-down formula must agree, whatever stands in the cells."""
    whole = FUNCTIONS["AR_DSO"](column(*amounts), 1000.0, 30.0)
    assert whole == tuple(
        (FUNCTIONS["AR_DSO"](amount, 1000.0, 30.0) if amount is not None else "",) for amount in amounts
    )
