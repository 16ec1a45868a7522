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


class Item(NamedTuple):
    """A value, and whether it was given directly."""

    cell: Any
    direct: bool


def aggregate(name: str, items: Sequence[Item]) -> Any:
    """One of `AGGREGATES` on all the values of its arguments."""
    if name in _COUNTS:
        return _COUNTS[name](items)
    pick = _truths if name in _TRUTHS else _numbers
    found = pick(items)
    trouble = one_error(found)
    return trouble if trouble is not None else (_TRUTHS | _SUMS)[name](found)


def _numbers(items: Iterable[Item]) -> list[Any]:
    found = []
    for cell, direct in items:
        if isinstance(cell, float | CellError):
            found.append(cell)
        elif direct and isinstance(cell, bool):
            found.append(float(cell))
        elif direct:
            raise NotOurs("doubtful", "SUM" if cell is None else cell[:20])
    return found


def _truths(items: Iterable[Item]) -> list[Any]:
    found = []
    for cell, direct in items:
        if isinstance(cell, float | bool | CellError) or (direct and isinstance(cell, str)):
            found.append(truth(cell))
        elif direct:
            raise NotOurs("doubtful", "AND")
    return found


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


def _count(items: Sequence[Item]) -> float:
    if any(direct and not isinstance(cell, float | CellError) for cell, direct in items):
        raise NotOurs("doubtful", "COUNT")
    return float(sum(isinstance(cell, float) for cell, _ in items))


def _count_filled(items: Sequence[Item]) -> float:
    return float(sum(cell is not None for cell, _ in items))


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
_COUNTS: dict[str, Callable[[Sequence[Item]], float]] = {"COUNT": _count, "COUNTA": _count_filled}
AGGREGATES = frozenset({*_SUMS, *_TRUTHS, *_COUNTS})
