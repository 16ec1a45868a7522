"""Every golden row: published, standard or hand-computed figures against the function that claims them.

A row is ``{"id", "source", "function", "arguments", "expected", "tolerance"}``. ``expected`` is a value, a
column, ``{"error": "#NUM!"}``, or for a table ``{"columns": {name: [...]}}`` (the named columns, whole).
"""

import pytest

from arcredit.credit import FUNCTIONS
from arcredit.errors import InputError
from golden_tables import golden_rows, same


@pytest.mark.parametrize(
    "row", golden_rows(), ids=lambda row: f"{row['table']}-{row['function']}-{row['id']}"
)
def test_golden(row):
    function = FUNCTIONS[row["function"]]
    expected = row["expected"]
    if isinstance(expected, dict) and "error" in expected:
        with pytest.raises(InputError) as caught:
            function(**row["arguments"])
        assert caught.value.cell == expected["error"]
        return
    found = function(**row["arguments"])
    tolerance = row.get("tolerance", 0.0)
    if isinstance(expected, dict):
        for name, column in expected["columns"].items():
            assert same(found[name], column, tolerance), (name, list(found[name]))
    else:
        assert same(found, expected, tolerance), found


def test_every_function_has_a_golden_row():
    assert not set(FUNCTIONS) - {row["function"] for row in golden_rows()}


def test_every_row_names_its_source():
    assert all(row["source"].strip() for row in golden_rows())


def test_the_mutation_check_can_ask_for_every_row():
    """It names tests by their ids, and pytest escapes other letters anew each time it collects."""
    assert all(row["id"].isascii() for row in golden_rows())
