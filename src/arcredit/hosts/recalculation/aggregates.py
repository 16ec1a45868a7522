"""SUM and its kin: functions that make one value of many.

What stands in cells or in arrays counts only if it is of the function's own kind; a value given directly is
made one.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from arcredit.hosts.recalculation.arithmetic import DIV0, VALUE, NotOurs
from arcredit.hosts.recalculation.elements import one_error, truth
from arcredit.ledger.writing.cells import CellError

_CANCELLED = 1e-12


class Given(NamedTuple):
    """The values of one argument, and whether it is one value given directly."""

    cells: Sequence[Any]
    direct: bool


def aggregate(name: str, given: Sequence[Given]) -> Any:
    """One of `AGGREGATES` on all the values of its arguments."""
    if name in _COUNTS:
        return _COUNTS[name](given)
    pick = _truths if name in _TRUTHS else _numbers
    found = [value for cells, direct in given for value in pick(cells, direct)]
    trouble = one_error(found)
    return trouble if trouble is not None else (_TRUTHS | _SUMS)[name](found)


def _numbers(cells: Sequence[Any], direct: bool) -> Iterable[Any]:
    if not direct:
        return [cell for cell in cells if type(cell) is float or type(cell) is CellError]
    (cell,) = cells
    if cell is None or isinstance(cell, str):
        raise NotOurs("doubtful", "SUM" if cell is None else cell[:20])
    return [float(cell) if isinstance(cell, bool) else cell]


def _truths(cells: Sequence[Any], direct: bool) -> Iterable[Any]:
    if not direct:
        return [truth(cell) for cell in cells if isinstance(cell, float | bool | CellError)]
    if cells[0] is None:
        raise NotOurs("doubtful", "AND")
    return [truth(cells[0])]


def total(numbers: Sequence[float]) -> Any:
    """A sum, one after the other as spreadsheets add.

    Raises
    ------
    NotOurs
        If next to nothing is left of large numbers: what is left are traces of binary fractions.
    """
    found = 0.0
    for number in numbers:
        found += number
    if not math.isfinite(found):
        return CellError("#NUM!")
    size = sum(map(abs, numbers))
    if not math.isfinite(size):
        raise NotOurs("doubtful", "SUM")
    exact = math.fsum(numbers)
    if found != exact and min(abs(found), abs(exact)) <= _CANCELLED * size:
        raise NotOurs("residue")
    return found


def _average(numbers: Sequence[float]) -> Any:
    found = total(numbers)
    if isinstance(found, CellError):
        return found
    return found / len(numbers) if numbers else DIV0


def _count(given: Sequence[Given]) -> float:
    if any(direct and not isinstance(cells[0], float | CellError) for cells, direct in given):
        raise NotOurs("doubtful", "COUNT")
    return float(sum(isinstance(cell, float) for cells, _ in given for cell in cells))


def _count_filled(given: Sequence[Given]) -> float:
    return float(sum(cell is not None for cells, _ in given for cell in cells))


_SUMS: dict[str, Callable[[Sequence[Any]], Any]] = {
    "SUM": total,
    "MIN": lambda found: min(found, default=0.0),
    "MAX": lambda found: max(found, default=0.0),
    "AVERAGE": _average,
}
_TRUTHS: dict[str, Callable[[Sequence[Any]], Any]] = {
    "AND": lambda found: all(found) if found else VALUE,
    "OR": lambda found: any(found) if found else VALUE,
}
_COUNTS: dict[str, Callable[[Sequence[Given]], float]] = {"COUNT": _count, "COUNTA": _count_filled}
AGGREGATES = frozenset({*_SUMS, *_TRUTHS, *_COUNTS})
