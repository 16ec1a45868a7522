"""Formulas taken apart: which of our functions is called, with what."""

import re
from typing import Any, NamedTuple

import xlwings as xw

from arcredit.hosts.excel.functions import FUNCTIONS

_CALL = re.compile(r"(?<![\w.])(?:_xldudf_)?([A-Z]{2,6}_[A-Z_]+)\(", re.IGNORECASE)
_CELLS = re.compile(
    r"(?:(?P<quoted>'(?:[^']|'')+')!|(?P<plain>[^\W\d][\w.]*)!)?(?P<where>\$?[A-Z]{1,3}\$?\d+(:\$?[A-Z]{1,3}\$?\d+)?)",
    re.IGNORECASE,
)
_CLOSES = {"(": ")", "{": "}", "[": "]"}


class Call(NamedTuple):
    """A call of one of our functions, its arguments as written; an empty text was left out."""

    name: str
    arguments: tuple[str, ...]


def call_in(formula: str) -> Call | None:
    """The first call of one of our functions in a formula, None if there is none.

    Examples
    --------
    >>> call_in('=IF(A1>0,CREDIT_LIMIT(A1,"30,60",MAX(B1,1)),0)')
    Call(name='CREDIT_LIMIT', arguments=('A1', '"30,60"', 'MAX(B1,1)'))
    """
    for found in _CALL.finditer(formula):
        name = found[1].upper()
        if name in FUNCTIONS and not _in_text(formula, found.start()):
            return Call(name, tuple(_arguments(formula[found.end() :])))
    return None


def _in_text(formula: str, place: int) -> bool:
    return formula[:place].count('"') % 2 == 1


def _arguments(text: str) -> list[str]:
    """The arguments up to the bracket that closes the call."""
    parts, part, open_brackets, quote = [], "", [], ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in _CLOSES:
            open_brackets.append(_CLOSES[sign])
        elif open_brackets and sign == open_brackets[-1]:
            open_brackets.pop()
        elif not open_brackets and sign in ",)":
            parts.append(part.strip())
            part = ""
            if sign == ")":
                return parts
            continue
        part += sign
    return parts


def cells_of(at: xw.Range, text: str) -> xw.Range | None:
    """The cells that an argument names, seen from the cell of its formula; None if it names none."""
    book = at.sheet.book
    if text in book.names:
        try:
            return book.names[text].refers_to_range
        except Exception:  # a name for a constant; each program refuses it in its own way
            return None
    found = _CELLS.fullmatch(text)
    if found is None:
        return None
    sheet = (found["quoted"] or "").strip("'").replace("''", "'") or found["plain"] or at.sheet.name
    return book.sheets[sheet].range(found["where"])


def value_of(at: xw.Range, text: str) -> Any:
    """What an argument is: a value, or rows of values."""
    if not text:
        return None
    cells = cells_of(at, text)
    if cells is not None:
        rows = cells.options(ndim=2, err_to_str=True).value
    elif re.fullmatch(r'"(?:[^"]|"")*"', text):
        return text[1:-1].replace('""', '"')
    else:
        rows = at.sheet.api.Evaluate(text)
        rows = getattr(rows, "Value", rows)
    if not isinstance(rows, list | tuple):
        return rows
    grid = tuple(tuple(row) if isinstance(row, list | tuple) else (row,) for row in rows)
    return grid[0][0] if len(grid) == len(grid[0]) == 1 else grid
