"""Our figures against LibreOffice: every example of `second_method` computed both ways."""

import datetime as dt
import re

import numpy as np
import openpyxl
import pytest
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.workbook import Workbook

from arcredit.credit import FUNCTIONS
from arcredit.shapes import plain
from libreoffice import recalculated
from second_method import EXAMPLES

EPOCH = dt.date(1899, 12, 30)


def block(value):
    """An argument as rows of cells."""
    rows = value if isinstance(value, list) else [value]
    return [row if isinstance(row, list) else [row] for row in rows]


def write_given(sheet, row, value, form):
    """Put an argument's cells on the sheet from this row; returns where they stand."""
    rows = block(value)
    for down, cells in enumerate(rows):
        for across, cell in enumerate(cells):
            if isinstance(cell, dt.date):
                sheet.write_datetime(row + down, 1 + across, cell, form)
            elif cell is not None:
                sheet.write(row + down, 1 + across, cell)
    return "given!" + xl_range_abs(row, 1, row + len(rows) - 1, len(rows[0])), row + len(rows)


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    """The result of every formula, in the order of the examples."""
    folder = tmp_path_factory.mktemp("second")
    path, row = folder / "second.xlsx", 0
    with Workbook(path, {"use_future_functions": True}) as book:
        results, given = book.add_worksheet("results"), book.add_worksheet("given")
        form = book.add_format({"num_format": "yyyy-mm-dd"})
        for index, example in enumerate(EXAMPLES):
            places = {}
            for name, value in example.arguments.items():
                given.write_string(row, 0, name)
                places[name], row = write_given(given, row, value, form)
            formula = re.sub(
                r"[a-z_]\w*", lambda found, at=places: at.get(found[0], found[0]), example.formula
            )
            results.write_array_formula(index, 0, index, 0, f"{{={formula}}}")
    (made,) = recalculated([path], folder)
    rows = openpyxl.load_workbook(made, data_only=True)["results"].iter_rows(max_col=1, values_only=True)
    return [cell for (cell,) in rows]


def ours(example):
    found = FUNCTIONS[example.function](**example.arguments)
    if example.column:
        row = example.row
        at = row if isinstance(row, int) else list(found[row[0]]).index(row[1])
        found = found[example.column][at]
    found = plain(np.asarray(found)[()])
    return (found - EPOCH).days if isinstance(found, dt.date) else found


def test_every_formula_gave_a_result(computed):
    assert len(computed) == len(EXAMPLES)
    failed = [
        (example.formula, cell) for example, cell in zip(EXAMPLES, computed, strict=True) if failure(cell)
    ]
    assert failed == []


def failure(cell):
    return cell is None or (isinstance(cell, str) and cell.startswith(("#", "Err:")))


@pytest.mark.parametrize(
    "index", range(len(EXAMPLES)), ids=lambda index: f"{index}-{EXAMPLES[index].function}"
)
def test_both_methods_agree(computed, index):
    mine, theirs = ours(EXAMPLES[index]), computed[index]
    if isinstance(mine, str):
        assert mine == theirs
    else:
        assert mine == pytest.approx(theirs, rel=1e-11, abs=1e-9)


# Judged by rules and texts, not by a formula that would say anything new.
BY_RULES = {
    "ar_convention_diff",
    "ar_warnings",
    "credit_check_reason",
    "credit_grade_cap",
    "tci_dossier",
}


def test_every_other_function_has_a_second_method():
    assert set(FUNCTIONS) - BY_RULES == {example.function for example in EXAMPLES}
