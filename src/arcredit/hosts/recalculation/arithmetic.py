"""A spreadsheet's operators on values and on blocks of them."""

import math
import re
import sys
from collections.abc import Callable
from typing import Any, TypeAlias

from arcredit.ledger.writing.cells import CellError

Block: TypeAlias = tuple[tuple[Any, ...], ...]

NA, VALUE, NUM, DIV0 = (CellError(code) for code in ("#N/A", "#VALUE!", "#NUM!", "#DIV/0!"))
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


class NotOurs(Exception):  # noqa: N818  read as a sentence where it is caught
    """A spreadsheet program has to decide: its locale, or a function of its own, is in it.

    Parameters
    ----------
    reason : str
        ``"foreign"`` or one of the others of ``words/*/recalc.toml``.
    detail : str
        What it is, such as the function's name.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(reason, detail)


def binary(sign: str, left: Any, right: Any) -> Any:
    """Two operands, values or blocks; blocks meet cell by cell, a single row or column repeats."""
    return _broadcast(_OPERATORS[sign], left, right)


def negated(operand: Any) -> Any:
    """The operand with its sign changed."""
    return mapped(lambda cell: _numeric(lambda number: -number, cell), operand)


def hundredth(operand: Any) -> Any:
    """The operand as a percentage."""
    return mapped(lambda cell: _numeric(lambda number: number / 100, cell), operand)


def mapped(change: Callable[[Any], Any], operand: Any) -> Any:
    """A change made to a value, or to each of a block."""
    if isinstance(operand, tuple):
        return tuple(tuple(change(cell) for cell in row) for row in operand)
    return change(operand)


def _broadcast(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    if not isinstance(left, tuple) and not isinstance(right, tuple):
        return operation(left, right)
    one = left if isinstance(left, tuple) else ((left,),)
    other = right if isinstance(right, tuple) else ((right,),)
    height, width = max(len(one), len(other)), max(len(one[0]), len(other[0]))

    def cell(block: Block, row: int, column: int) -> Any:
        row = 0 if len(block) == 1 else row
        column = 0 if len(block[0]) == 1 else column
        return block[row][column] if row < len(block) and column < len(block[0]) else NA

    return tuple(
        tuple(operation(cell(one, row, column), cell(other, row, column)) for column in range(width))
        for row in range(height)
    )


def number(cell: Any) -> Any:
    """A value as the number that arithmetic makes of it, or an error.

    Raises
    ------
    NotOurs
        For a text that may be a number or a date to a spreadsheet program of some country.
    """
    if cell is None:
        return 0.0
    if isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, str):
        text = cell.strip()
        if _PLAIN_NUMBER.fullmatch(text):
            return float(text)
        if any(sign.isdigit() for sign in text):
            raise NotOurs("text_number", text[:20])
        return VALUE
    return cell


def _numeric(operation: Callable[[float], float], cell: Any) -> Any:
    found = number(cell)
    return found if isinstance(found, CellError) else operation(found)


def _arithmetic(operation: Callable[[float, float], Any]) -> Callable[[Any, Any], Any]:
    def compute(left: Any, right: Any) -> Any:
        one, other = number(left), number(right)
        if isinstance(one, CellError):
            return one
        if isinstance(other, CellError):
            return other
        try:
            found = operation(one, other)
        except (OverflowError, ValueError):
            return NUM
        if isinstance(found, float) and not math.isfinite(found):
            return NUM
        # A spreadsheet has no numbers smaller than this.
        return found if isinstance(found, CellError) or abs(found) >= sys.float_info.min else 0.0

    return compute


def _quotient(left: float, right: float) -> Any:
    return left / right if right else DIV0


def _power(left: float, right: float) -> Any:
    if left == 0 and right == 0:
        return NUM
    if left == 0 and right < 0:
        return DIV0
    return math.pow(left, right)


def text(cell: Any) -> Any:
    """A value as ``&`` writes it, or an error.

    Raises
    ------
    NotOurs
        For a number that would show with an exponent, or with a decimal sign of some country.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        if cell == int(cell) and abs(cell) < 1e15:
            return str(int(cell))
        raise NotOurs("number_text", repr(cell))
    return cell


def _joined(left: Any, right: Any) -> Any:
    for cell in (left, right):
        if isinstance(cell, CellError):
            return cell
    return text(left) + text(right)


_RANKS = {float: 0, str: 1, bool: 2}
_BLANKS: dict[type, Any] = {float: 0.0, str: "", bool: False, type(None): 0.0}


def _comparison(holds: Callable[[int], bool], ordered: bool = True) -> Callable[[Any, Any], Any]:
    def compare(left: Any, right: Any) -> Any:
        for cell in (left, right):
            if isinstance(cell, CellError):
                return cell
        one = _BLANKS[type(right)] if left is None else left
        other = _BLANKS[type(left)] if right is None else right
        if ordered and isinstance(one, str) and isinstance(other, str) and not _is_plain(one + other):
            raise NotOurs("text_order")
        return holds(_order(one, other))

    return compare


def _is_plain(letters: str) -> bool:
    """Whether every country sorts these letters alike."""
    return letters.isascii() and all(sign.isalnum() or sign == " " for sign in letters)


def _order(one: Any, other: Any) -> int:
    """-1, 0 or 1: numbers come before texts, texts before FALSE and TRUE; case means nothing."""
    ranks = _RANKS[type(one)], _RANKS[type(other)]
    if ranks[0] != ranks[1]:
        return -1 if ranks[0] < ranks[1] else 1
    if isinstance(one, str):
        one, other = one.casefold(), other.casefold()
    elif isinstance(one, float):
        # Excel compares fifteen digits: 0.1+0.2 equals 0.3.
        one, other = float(f"{one:.15g}"), float(f"{other:.15g}")
    return int(one > other) - int(one < other)


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": _arithmetic(lambda a, b: a + b),
    "-": _arithmetic(lambda a, b: a - b),
    "*": _arithmetic(lambda a, b: a * b),
    "/": _arithmetic(_quotient),
    "^": _arithmetic(_power),
    "&": _joined,
    "=": _comparison(lambda order: order == 0, ordered=False),
    "<>": _comparison(lambda order: order != 0, ordered=False),
    "<": _comparison(lambda order: order < 0),
    ">": _comparison(lambda order: order > 0),
    "<=": _comparison(lambda order: order <= 0),
    ">=": _comparison(lambda order: order >= 0),
}
OPERATORS = frozenset(_OPERATORS)
