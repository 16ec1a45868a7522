"""Distinct values with and without pandas; every golden row in a Python that has numpy alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit import distinct
from golden_tables import golden_rows

ROOT = Path(__file__).parents[1]
TEXTS = st.lists(st.one_of(st.none(), st.sampled_from(["a", "b", "甲", "1", "nan"])), max_size=30)
NUMBERS = st.lists(st.one_of(st.just(float("nan")), st.sampled_from([0.0, -1.5, 2.0, 7.0])), max_size=30)
DAYS = st.lists(st.sampled_from(["NaT", "2025-01-31", "2024-02-29", "2026-01-01"]), max_size=30)
COLUMNS = st.one_of(
    TEXTS.map(lambda items: np.array(items, object)),
    NUMBERS.map(lambda items: np.array(items, np.float64)),
    DAYS.map(lambda items: np.array(items, "datetime64[D]")),
    st.lists(st.integers(-3, 3), max_size=30).map(lambda items: np.array(items, np.int64)),
)


@given(COLUMNS)
def test_codes_are_the_same_with_and_without_pandas(column):
    code, found = distinct.codes(column)
    other = distinct._hashed if column.dtype == object else distinct._sorted
    same_code, same_found = other(column)
    assert code.tolist() == same_code.tolist()
    assert found.tolist() == same_found.tolist()
    assert found.dtype == same_found.dtype == column.dtype


@given(TEXTS)
def test_codes_lead_back_to_the_values_in_order_of_appearance(texts):
    code, found = distinct.codes(np.array(texts, object))
    assert [[*found, None][place] for place in code] == texts
    assert list(found) == list(dict.fromkeys(text for text in texts if text is not None))


@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(-5, 5)), max_size=30))
def test_row_codes_number_distinct_rows_and_first_rows_find_them(pairs):
    first, second = np.array(pairs, np.int64).reshape(-1, 2).T
    code = distinct.row_codes(first, second)
    known = list(dict.fromkeys(pairs))
    assert code.tolist() == [known.index(pair) for pair in pairs]
    assert distinct.first_rows(code).tolist() == [pairs.index(pair) for pair in known]


WITHOUT_PANDAS = """
import json, sys
sys.modules["pandas"] = None
from arcredit.hosts.excel.functions import FUNCTIONS
from cell_calls import call
json.dump([repr(call(row)) for row in json.load(sys.stdin)], sys.stdout)
"""


def results(python, rows):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])}
    ran = subprocess.run(
        [python, "-c", WITHOUT_PANDAS],
        input=json.dumps(rows),
        capture_output=True,
        text=True,
        env=environment,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("python", [sys.executable, "/usr/bin/python3"], ids=["this numpy", "Debian's numpy"])
def test_every_golden_row_without_pandas(python):
    """What a spreadsheet program's own Python has: numpy, maybe an old one, and nothing else."""
    if not Path(python).exists() or subprocess.run([python, "-c", "import numpy"]).returncode:
        if os.environ.get("CI"):
            pytest.fail("python3-numpy must be installed in CI")
        pytest.skip("did not run: the system's Python has no numpy")
    from cell_calls import call

    rows = golden_rows()
    assert results(python, rows) == [repr(call(row)) for row in rows]
