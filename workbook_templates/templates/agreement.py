"""Formulas that say whether a result is the expected one: numbers within a tolerance, all else exactly."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from arcredit.reports.sheet import Range

_LEAST = 1e-9
"""Binary noise is no difference."""


class Pair(NamedTuple):
    """A column of results beside the column of what is expected, and the values expected."""

    found: Range
    expected: Range
    values: Sequence[Any]


def agreement(pairs: Sequence[Pair], tolerance: float, yes: str, no: str) -> str:
    """A formula that shows `yes` where every cell is as expected, else `no`."""
    terms = [term for pair in pairs for term in _terms(pair, max(tolerance, _LEAST))]
    return f'=IF(AND({",".join(terms)}),"{yes}","{no}")'


def _terms(pair: Pair, tolerance: float) -> list[str]:
    """A term for each run of cells of one kind."""
    terms, start = [], 0
    for kind, run in groupby(pair.values, _kind):
        count = len(list(run))
        found, expected = (_part(where, start, count) for where in (pair.found, pair.expected))
        same = {
            "number": f"ABS({found}-{expected})<={tolerance:g}",
            "text": f"EXACT({found},{expected})",
            "blank": f'{found}=""',
        }[kind]
        terms.append(f"SUMPRODUCT(--({same}))={count}" if count > 1 else same)
        start += count
    return terms


def _part(where: Range, start: int, count: int) -> str:
    return Range(where.top + start, where.left, where.top + start + count - 1, where.right).a1()


def _kind(value: Any) -> str:
    if value is None or value == "":
        return "blank"
    return "text" if isinstance(value, str) else "number"
