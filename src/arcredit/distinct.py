"""Distinct values: a column held as codes into them.

With pandas where it is installed, a million rows are coded in some hundredths of a second. A spreadsheet
program's own Python has numpy at most, so that there is a way without.
"""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.intp]


def codes(values: NDArray[Any]) -> tuple[Codes, NDArray[Any]]:
    """Codes of a column's values and its distinct values in order of first appearance; -1 is a blank.

    Examples
    --------
    >>> code, distinct = codes(np.array(["b", None, "a", "b"], object))
    >>> code.tolist(), distinct.tolist()
    ([0, -1, 1, 0], ['b', 'a'])
    """
    pandas = _pandas()
    if pandas is None:
        return _hashed(values) if values.dtype == object else _sorted(values)
    code, distinct = pandas.factorize(values)
    return code, np.asarray(distinct, values.dtype)


def row_codes(*columns: NDArray[np.int64]) -> Codes:
    """Codes 0, 1, … of the distinct rows of columns of whole numbers, in order of first appearance."""
    code = np.zeros(len(columns[0]), np.intp)
    for column in columns:
        each, distinct = codes(column)
        code = codes(code * max(len(distinct), 1) + each)[0]
    return code


def first_rows(code: Codes) -> Codes:
    """The row at which each code 0, 1, … appears first."""
    rows = np.empty(code.max(initial=-1) + 1, np.intp)
    rows[code[::-1]] = np.arange(len(code))[::-1]
    return rows


@cache
def _pandas() -> Any:
    try:
        import pandas
    # One built for another numpy fails with the latter two.
    except (ImportError, ValueError, AttributeError):
        return None
    return pandas


def _hashed(values: NDArray[Any]) -> tuple[Codes, NDArray[Any]]:
    places: dict[Any, int] = {}
    found = [
        -1 if value is None or value != value else places.setdefault(value, len(places)) for value in values
    ]
    return np.array(found, np.intp), np.fromiter(places, object, len(places))


def _sorted(values: NDArray[Any]) -> tuple[Codes, NDArray[Any]]:
    known = np.asarray(values == values)
    distinct, first, place = np.unique(values[known], return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    code = np.full(len(values), -1, np.intp)
    code[known] = rank[place]
    return code, distinct[order]
