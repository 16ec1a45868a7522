"""What the add-in's VBA calls: one callable per worksheet function, ready for xlwings' ``CallUDF``.

A call arrives as the workbook's date system followed by the cells, raw: xlwings converts nothing in either
direction, so its converters cost nothing. Results go back as COM can carry them:

- an error cell as the text ``ESC + number``, which the VBA turns into a real cell error (CVErr);
- an array that holds one begins with a row whose first cell is ``ESC``: only such an array is walked in VBA;
- a date as a datetime, a whole number as a float.
"""

import datetime as dt
import sys
import traceback
from collections.abc import Callable
from decimal import Decimal
from itertools import chain
from typing import Any

from arcredit.errors import ArcreditError
from arcredit.hosts.excel.adapter import ERRORS, CellError, WorksheetFunction
from arcredit.hosts.excel.functions import FUNCTIONS

ESCAPE = "\x1b"
"""Begins what is not a value: no text of a cell starts with it."""

LONGEST_TEXT = 32_767
"""Characters a cell can hold."""

CATEGORY = "arcredit"


def _callable(function: WorksheetFunction) -> Callable[..., tuple[tuple[Any, ...], ...]]:
    """A worksheet function with the marks of ``xw.func``, set here: xlwings sets them on Windows only."""

    def call(*arguments: Any) -> tuple[tuple[Any, ...], ...]:
        date_1904, *cells = arguments
        try:
            found = function(*map(_from_com, cells), date_1904=bool(date_1904))
        except ArcreditError:
            found = CellError("#VALUE!")
        except Exception:  # a cell shows an error value, never a traceback
            traceback.print_exc(file=sys.stderr)
            found = CellError("#VALUE!")
        return _to_com(found)

    call.__name__ = call.__qualname__ = function.name
    raw = {"options": {"convert": "raw"}}
    every = {"name": "arguments", "pos": 0, "vba": None, "doc": "", "vararg": True, **raw}
    call.__xlfunc__ = {  # type: ignore[attr-defined]
        "name": function.name,
        "sub": False,
        "args": [every],
        "argmap": {"arguments": every},
        "ret": {"doc": "", **raw},
        "category": CATEGORY,
        "call_in_wizard": True,
        "volatile": False,
        "async_mode": None,
    }
    return call


def _from_com(argument: Any) -> Any:
    """An argument as the adapter reads it: rows of plain values."""
    if not isinstance(argument, tuple | list):
        return _plain(argument)
    if not argument or not isinstance(argument[0], tuple | list):
        # Excel hands over {1,2,3} as an array of one dimension: a row.
        return (tuple(map(_plain, argument)),) if argument else None
    kinds = set(map(type, chain.from_iterable(argument)))
    if not any(issubclass(kind, dt.datetime | Decimal) for kind in kinds):
        return argument
    return tuple(tuple(map(_plain, row)) for row in argument)


def _plain(cell: Any) -> Any:
    """Currency cells arrive as decimals, dates with a time zone that means nothing."""
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, dt.datetime):
        return dt.datetime(cell.year, cell.month, cell.day, cell.hour, cell.minute, cell.second)
    return cell


def _to_com(found: Any) -> tuple[tuple[Any, ...], ...]:
    """A result as rows; xlwings makes a single cell of a single cell again."""
    if not isinstance(found, tuple) or isinstance(found, CellError):
        return ((_cell(found),),)
    kinds = set(map(type, chain.from_iterable(found)))
    rows = found if kinds <= _AS_IT_IS else tuple(tuple(map(_cell, row)) for row in found)
    if CellError not in kinds:
        return rows
    return ((ESCAPE, *[""] * (len(rows[0]) - 1)), *rows)


def _cell(value: Any) -> Any:
    return _CELLS.get(type(value), _unchanged)(value)


def _unchanged(value: Any) -> Any:
    return value


def _text(value: str) -> str:
    return value.lstrip(ESCAPE)[:LONGEST_TEXT]


def _date(value: dt.date) -> dt.datetime:
    # Without a time zone pywin32 takes a datetime for local time and moves it.
    return dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC)


def _error(value: CellError) -> str:
    return f"{ESCAPE}{ERRORS[value.code]}"


_AS_IT_IS = {float, bool}
_CELLS: dict[type, Callable[[Any], Any]] = {int: float, str: _text, dt.date: _date, CellError: _error}


globals().update({name: _callable(function) for name, function in FUNCTIONS.items()})
