"""Functions of the spreadsheet program that take single values; blocks they take cell by cell."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from arcredit.hosts.recalculation import days, rounding
from arcredit.hosts.recalculation.arithmetic import NA, VALUE, NotOurs, number, spread
from arcredit.ledger.writing.cells import CellError


class Element(NamedTuple):
    """A function, how many arguments it takes, and what they have to be."""

    function: Callable[..., Any]
    fewest: int
    most: int
    kind: str = "numbers"
    """``numbers``; ``days``, with a calendar; ``months``, only real numbers; ``any`` value as it is."""
    single: bool = False
    """Whether it takes no blocks, or takes them in a way of its own."""


def truth(cell: Any) -> Any:
    """A value as TRUE or FALSE, or an error.

    Raises
    ------
    NotOurs
        For a text: each language has its own words for TRUE and FALSE.
    """
    if isinstance(cell, str):
        if cell:
            raise NotOurs("text_number", cell[:20])
        return VALUE
    return cell if isinstance(cell, CellError) else bool(cell)


def one_error(errors: Sequence[Any]) -> CellError | None:
    """The error among values, if there is any.

    Raises
    ------
    NotOurs
        If there are several: which one wins is not documented.
    """
    found = {cell for cell in errors if isinstance(cell, CellError)}
    if len(found) > 1:
        raise NotOurs("doubtful", ", ".join(sorted(map(str, found))))
    return next(iter(found), None)


def element(name: str, operands: Sequence[Any], date_1904: bool) -> Any:
    """One of `ELEMENTS` on values or blocks."""
    entry = ELEMENTS[name]
    blocks = [operand for operand in operands if isinstance(operand, tuple)]
    strict = entry.kind == "months" and any(
        operand is None or operand is True or operand is False for operand in operands
    )
    if strict or (blocks and entry.single):
        raise NotOurs("doubtful", name)
    same_shape(name, blocks)
    if entry.kind == "any":
        return spread(entry.function, *operands)

    def compute(*cells: Any) -> Any:
        numbers = [number(cell) for cell in cells]
        trouble = one_error(numbers)
        if trouble is not None:
            return trouble
        return entry.function(*numbers, *([] if entry.kind == "numbers" else [date_1904]))

    return spread(compute, *operands)


def same_shape(name: str, blocks: Sequence[Any]) -> None:
    """Refuse blocks of different sizes: what stands beyond a block is not the same for every function."""
    heights, widths = ({size(block) for block in blocks} - {1} for size in (len, lambda block: len(block[0])))
    if len(heights) > 1 or len(widths) > 1:
        raise NotOurs("doubtful", name)


def _not(cell: Any) -> Any:
    found = truth(cell)
    return found if isinstance(found, CellError) else not found


def _number_of(cell: Any) -> Any:
    """N: a number or a truth value as a number, a text as 0."""
    if isinstance(cell, CellError):
        return cell
    return float(cell) if isinstance(cell, float | bool) else 0.0


def _is_error(cell: Any) -> bool:
    return isinstance(cell, CellError)


ELEMENTS: dict[str, Element] = {
    "ABS": Element(abs, 1, 1),
    "INT": Element(rounding.floored, 1, 1),
    "ROUND": Element(rounding.rounded, 2, 2),
    "ROUNDUP": Element(rounding.rounded_up, 2, 2),
    "ROUNDDOWN": Element(rounding.rounded_down, 2, 2),
    "TRUNC": Element(lambda found, digits=0.0: rounding.rounded_down(found, digits), 1, 2),
    "DATE": Element(days.date, 3, 3, "days"),
    "YEAR": Element(days.year, 1, 1, "days"),
    "MONTH": Element(days.month, 1, 1, "days"),
    "DAY": Element(days.day, 1, 1, "days"),
    "EDATE": Element(days.edate, 2, 2, "months", True),
    "EOMONTH": Element(days.eomonth, 2, 2, "months", True),
    "NOT": Element(_not, 1, 1, "any"),
    "N": Element(_number_of, 1, 1, "any", True),
    "ISBLANK": Element(lambda cell: cell is None, 1, 1, "any"),
    "ISERROR": Element(_is_error, 1, 1, "any"),
    "ISERR": Element(lambda cell: _is_error(cell) and cell != NA, 1, 1, "any"),
    "ISNA": Element(lambda cell: cell == NA, 1, 1, "any"),
    "ISNUMBER": Element(lambda cell: isinstance(cell, float), 1, 1, "any"),
    "ISTEXT": Element(lambda cell: isinstance(cell, str), 1, 1, "any"),
    "ISLOGICAL": Element(lambda cell: isinstance(cell, bool), 1, 1, "any"),
}
