"""A spreadsheet's operators on values and on blocks of them."""

import math
import re
import sys
import unicodedata
from collections.abc import Callable
from typing import Any, TypeAlias

from arcredit.ledger.writing.cells import CellError

Block: TypeAlias = tuple[tuple[Any, ...], ...]

NA, VALUE, NUM, DIV0, REF = map(CellError, ("#N/A", "#VALUE!", "#NUM!", "#DIV/0!", "#REF!"))
_PLAIN_NUMBER = re.compile(r" *[+-]?[0-9]{1,15} *")
"""What is the same number in every country: 1.5 is the first of May in some."""
LONGEST_TEXT = 32_767
_RESIDUE = 2.0**-44


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
    return spread(_OPERATORS[sign], left, right)


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


def spread(operation: Callable[..., Any], *operands: Any) -> Any:
    """An operation on values, or cell by cell on blocks: a single row or column repeats, beyond is #N/A."""
    if not any(isinstance(operand, tuple) for operand in operands):
        return operation(*operands)
    blocks = [operand if isinstance(operand, tuple) else ((operand,),) for operand in operands]
    height, width = max(map(len, blocks)), max(len(block[0]) for block in blocks)

    def cell(block: Block, row: int, column: int) -> Any:
        row = 0 if len(block) == 1 else row
        column = 0 if len(block[0]) == 1 else column
        return block[row][column] if row < len(block) and column < len(block[0]) else NA

    return tuple(
        tuple(operation(*(cell(block, row, column) for block in blocks)) for column in range(width))
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
        if _PLAIN_NUMBER.fullmatch(cell):
            return float(cell)
        if any(unicodedata.numeric(sign, None) is not None for sign in cell):
            raise NotOurs("text_number", cell[:20])
        return VALUE
    # A file can say 1E999, and NaN, which no cell of a spreadsheet holds.
    return NUM if isinstance(cell, float) and not math.isfinite(cell) else cell


def _numeric(operation: Callable[[float], float], cell: Any) -> Any:
    found = number(cell)
    return found if isinstance(found, CellError) else operation(found)


def _arithmetic(operation: Callable[[float, float], Any]) -> Callable[[Any, Any], Any]:
    def compute(left: Any, right: Any) -> Any:
        one, other = number(left), number(right)
        if isinstance(one, CellError):
            if isinstance(left, str) and isinstance(other, CellError) and one != other:
                raise NotOurs("doubtful", f"{one}, {other}")
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


def _sum(left: float, right: float) -> float:
    """A sum; what binary fractions leave where nothing should be left is Excel's to judge.

    Excel makes it 0 if the whole formula ends there, else keeps it.
    """
    found = left + right
    if found and abs(found) <= _RESIDUE * max(abs(left), abs(right)):
        raise NotOurs("residue")
    return found


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
    found = text(left) + text(right)
    return found if len(found) <= LONGEST_TEXT else VALUE


_RANKS = {float: 0, str: 1, bool: 2}
_BLANKS: dict[type, Any] = {float: 0.0, str: "", bool: False, type(None): 0.0}


def _comparison(holds: Callable[[int], bool], ordered: bool = True) -> Callable[[Any, Any], Any]:
    def compare(left: Any, right: Any) -> Any:
        for cell in (left, right):
            if isinstance(cell, CellError):
                return cell
        one = _BLANKS[type(right)] if left is None else left
        other = _BLANKS[type(left)] if right is None else right
        if isinstance(one, str) and isinstance(other, str):
            return holds(_text_order(one, other, ordered))
        return holds(_order(one, other))

    return compare


def _text_order(one: str, other: str, ordered: bool) -> int:
    """-1, 0 or 1 for texts where every country agrees; case means nothing.

    Raises
    ------
    NotOurs
        For letters that are one letter to some, and for an order that depends on the country.
    """
    if one.lower() == other.lower():
        return 0
    if _bare(one) == _bare(other):
        raise NotOurs("text_order")
    digits = one.isascii() and other.isascii() and (one + other).isdigit()
    if ordered and not digits and one and other:
        raise NotOurs("text_order")
    return -1 if one < other else 1


def _bare(letters: str) -> str:
    """Letters without accents, width and signs that nobody sees."""
    parts = unicodedata.normalize("NFKD", letters).casefold()
    return "".join(sign for sign in parts if unicodedata.category(sign) not in ("Mn", "Cf", "Cc"))


def _order(one: Any, other: Any) -> int:
    """-1, 0 or 1: numbers come before texts, texts before FALSE and TRUE."""
    ranks = _RANKS[type(one)], _RANKS[type(other)]
    if ranks[0] != ranks[1]:
        return -1 if ranks[0] < ranks[1] else 1
    if isinstance(one, float):
        # Excel compares fifteen digits: 0.1+0.2 equals 0.3.
        one, other = float(f"{one:.15g}"), float(f"{other:.15g}")
    return int(one > other) - int(one < other)


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": _arithmetic(_sum),
    "-": _arithmetic(lambda a, b: _sum(a, -b)),
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
