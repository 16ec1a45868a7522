"""The value of a formula, as a worksheet has it; our functions go through the add-in's own adapter."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from arcredit.hosts.excel.adapter import MISSING, WorksheetFunction
from arcredit.hosts.excel.adapter import CellError as CalledError
from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.hosts.recalculation.arithmetic import (
    OPERATORS,
    VALUE,
    Block,
    NotOurs,
    binary,
    hundredth,
    mapped,
    negated,
)
from arcredit.ledger.formulas.book import FormulaBook
from arcredit.ledger.formulas.expression import (
    Array,
    Binary,
    Call,
    Constant,
    Group,
    Missing,
    Name,
    Node,
    Opaque,
    Reference,
    Unary,
    walk,
)
from arcredit.ledger.formulas.resolve import Spot
from arcredit.ledger.formulas.values import UNSTORED
from arcredit.ledger.writing.cells import LAST_ROW, Area, CellError, Place, serial
from arcredit.shapes import plain

LONGEST_TEXT = 32_767
CLOCK = ("TODAY", "NOW")
"""What `--as-of` stands for."""


class Cells(NamedTuple):
    """A reference that is still cells: an operator takes one of them, a function of ours all."""

    sheet: str
    area: Area
    span: bool


class Evaluator:
    """Values of resolved trees in one workbook.

    Parameters
    ----------
    book : FormulaBook
        Where the values are.
    as_of : date
        What the clock says.
    """

    def __init__(self, book: FormulaBook, as_of: dt.date) -> None:
        self.book = book
        self.today = float(serial(as_of, book.date_1904, {}))
        self.spills: dict[tuple[str, Place], Area] = {}
        """What each array formula fills, by its first cell."""

    def result(self, tree: Node, at: Spot, array: bool) -> Any:
        """What a formula gives: a value, or rows of an array formula.

        Raises
        ------
        NotOurs
            If a spreadsheet program has to decide.
        """
        found = _Reading(self, at, array).value(tree)
        if isinstance(found, tuple) and not array:
            found = found[0][0]
        return mapped(_shown, found)

    def inner(self, tree: Node, at: Spot, array: bool) -> Any:
        """What a part of a formula gives, all of it and a blank as None.

        Raises
        ------
        NotOurs
            If a spreadsheet program has to decide.
        """
        return _Reading(self, at, array).value(tree)

    def column(self, tree: Node, at: Spot, rows: Sequence[int]) -> Sequence[Any] | None:
        """What one formula gives in many rows of a column, `at` the first; None where it has to be single."""
        reading = _Reading(self, at, True, rows)
        found = reading.value(tree)
        if not isinstance(found, tuple):
            return None if isinstance(found, CellError) else [_shown(found)] * len(rows)
        if len(found) != len(rows) or len(found[0]) != 1:
            return None
        return [_shown(row[0]) for row in found]


def in_columns(tree: Node) -> bool:
    """Whether a formula can be computed for many rows at once: cells of its row, and what is fixed."""
    match tree:
        case Constant() | Missing():
            return True
        case Reference():
            return not tree.span
        case Unary("-" | "+" | "%", operand):
            return in_columns(operand)
        case Binary(sign, left, right):
            return sign in OPERATORS and in_columns(left) and in_columns(right)
        case Call(name, arguments):
            return name in CLOCK or (name in FUNCTIONS and _argument_columns(FUNCTIONS[name], arguments))
    return False


def _argument_columns(entry: WorksheetFunction, arguments: Sequence[Node]) -> bool:
    if entry.kind != "element" or len(arguments) > len(entry.parameters):
        return False
    return all(
        in_columns(argument) if varies else _same_in_every_row(argument)
        for argument, varies in zip(arguments, entry.kinds.values(), strict=False)
    )


def _same_in_every_row(tree: Node) -> bool:
    return isinstance(tree, Constant | Missing | Array) or (
        isinstance(tree, Reference) and tree.fixed[0] and tree.fixed[2]
    )


class _Reading:
    """One formula being computed at one place, or at many rows of a column together."""

    def __init__(self, evaluator: Evaluator, at: Spot, array: bool, rows: Sequence[int] = ()) -> None:
        self.evaluator, self.book = evaluator, evaluator.book
        self.at, self.array, self.rows = at, array, rows

    def value(self, node: Node) -> Any:
        """A node's value, cells read; outside array formulas a range gives the cell beside the formula."""
        found = self.raw(node)
        if not isinstance(found, Cells):
            return found
        if not self.array and found.span:
            return self.crossed(found)
        return self.read(found)

    def raw(self, node: Node) -> Any:
        """A node's value, where cells stay cells."""
        match node:
            case Constant(value):
                return value
            case Array(rows):
                return rows
            case Missing():
                return None
            case Reference():
                return self.reference(node)
            case Group(inside):
                return self.raw(inside)
            case Unary(sign, operand):
                return self.unary(sign, operand)
            case Binary(sign, left, right) if sign in OPERATORS:
                return binary(sign, self.operand(left), self.operand(right))
            case Call(name, arguments):
                return self.call(name, arguments)
            case Name(name) | Opaque(name):
                raise NotOurs("reference", name)
        raise NotOurs("reference")

    def reference(self, node: Reference) -> Any:
        if self.rows and not (node.fixed[0] and node.fixed[2]):
            below = [row - self.at.place[0] + node.area.top for row in self.rows]
            column = self.book.values(str(node.sheet)).column(node.area.left).value
            found = tuple((column[row] if row < len(column) else None,) for row in below)
            return _stored(found)
        return Cells(str(node.sheet), node.area, node.span)

    def operand(self, node: Node) -> Any:
        """An operator's operand; outside array formulas what a function gives counts by its first cell."""
        found = self.value(node)
        is_block = isinstance(found, tuple) and not self.array and not isinstance(node, Array)
        return found[0][0] if is_block and not _has_constants(node) else found

    def unary(self, sign: str, operand: Node) -> Any:
        if sign == "@":
            found = self.raw(operand)
            if isinstance(found, Cells):
                return self.crossed(found) if found.span else self.read(found)
            return found[0][0] if isinstance(found, tuple) else found
        if sign == "#":
            found = self.raw(operand)
            place = (found.area.top, found.area.left) if isinstance(found, Cells) else (0, 0)
            area = self.evaluator.spills.get((found.sheet, place)) if isinstance(found, Cells) else None
            return CellError("#REF!") if area is None else Cells(found.sheet, area, True)
        found = self.operand(operand)
        return {"-": negated, "%": hundredth}[sign](found) if sign in "-%" else found

    def crossed(self, cells: Cells) -> Any:
        """The one cell of a range that lies in the formula's row or column."""
        (top, left, bottom, right), (row, column) = cells.area, self.at.place
        if left == right and top <= row <= bottom:
            place = (row, left)
        elif top == bottom and left <= column <= right:
            place = (top, column)
        elif cells.area.holds(self.at.place):
            place = self.at.place
        else:
            return VALUE
        return self.read(Cells(cells.sheet, Area(*place, *place), False))

    def read(self, cells: Cells, bottom: int | None = None, dates: bool = False) -> Any:
        """The values of cells; `bottom` is where whole columns end."""
        values = self.book.values(cells.sheet)
        area = cells.area
        if area.bottom == LAST_ROW:
            area = area._replace(bottom=max(bottom or values.last_row, area.top))
        if area.top == area.bottom and area.left == area.right and not cells.span:
            return _stored(((values.value(area[:2]),),))[0][0] if not dates else self.dated(cells.sheet, area)
        rows = self.dated(cells.sheet, area) if dates else _stored(values.rows(area))
        return rows if len(rows) > 1 or len(rows[0]) > 1 or dates else rows[0][0]

    def dated(self, sheet: str, area: Area) -> Any:
        """The values of a table of its own: cells that show dates are dates."""
        values = self.book.values(sheet)
        rows = _stored(values.rows(area))
        found = tuple(
            tuple(
                self.day(value, sheet, (area.top + y, area.left + x)) if isinstance(value, float) else value
                for x, value in enumerate(row)
            )
            for y, row in enumerate(rows)
        )
        return found if len(found) > 1 or len(found[0]) > 1 else found[0][0]

    def day(self, number: float, sheet: str, place: Place) -> Any:
        column = self.book.values(sheet).column(place[1])
        style = int(column.style[place[0]]) if place[0] < len(column.style) else 0
        if not style or not self.book.shows_date(style) or not 1 <= number < 2_958_466:
            return number
        first = dt.datetime(1904, 1, 1) if self.book.date_1904 else dt.datetime(1899, 12, 30)
        if not self.book.date_1904 and number < 61:
            return number
        return first + dt.timedelta(days=int(number), seconds=round((number % 1) * 86_400))

    def call(self, name: str, arguments: Sequence[Node]) -> Any:
        if name.upper() in CLOCK and not arguments:
            return self.evaluator.today
        entry = FUNCTIONS.get(name)
        if entry is None:
            raise NotOurs("foreign", name)
        if len(arguments) > len(entry.parameters):
            return VALUE
        raw = [self.argument(node) for node in arguments]
        bottom = max(
            (
                self.book.values(cells.sheet).last_row
                for cells in raw
                if isinstance(cells, Cells) and cells.area.bottom == LAST_ROW
            ),
            default=None,
        )
        kinds = [*entry.kinds.values()]
        cells = [
            self.read(found, bottom, dates=not kind) if isinstance(found, Cells) else found
            for found, kind in zip(raw, kinds, strict=False)
        ]
        return self.answered(entry, cells)

    def argument(self, node: Node) -> Any:
        if isinstance(node, Missing):
            return MISSING
        return self.raw(node)

    def answered(self, entry: WorksheetFunction, cells: Sequence[Any]) -> Any:
        """What our function gives for cells, dates as the workbook counts them."""
        try:
            found = entry(*(mapped(_called, cell) for cell in cells), date_1904=self.book.date_1904)
        except Exception:  # as in the add-in: a cell shows an error value, never a traceback
            return VALUE
        if isinstance(found, tuple) and not isinstance(found, CalledError):
            return tuple(tuple(map(self.cell, row)) for row in found)
        return self.cell(found)

    def cell(self, value: Any) -> Any:
        """A value of our function as a cell holds it."""
        if type(value) in (float, bool):
            return value
        if isinstance(value, CalledError):
            return CellError(value.code)
        if isinstance(value, str):
            return value[:LONGEST_TEXT]
        if isinstance(value, dt.date):
            return float(serial(value, self.book.date_1904, _NOWHERE))
        found = plain(value)
        return float(found) if isinstance(found, int) and not isinstance(found, bool) else found


_NOWHERE: Mapping[str, str] = {"path": "", "sheet": "", "cell": ""}


def _has_constants(node: Node) -> bool:
    """Whether a block comes from an array constant, which operators take cell by cell everywhere."""
    return any(isinstance(part, Array) for part in walk(node)) and not any(
        isinstance(part, Call) for part in walk(node)
    )


def _stored(rows: Block) -> Block:
    """The rows, if all of their values are known."""
    if any(value is UNSTORED for row in rows for value in row):
        raise NotOurs("unstored")
    return rows


def _called(cell: Any) -> Any:
    return CalledError(cell.code) if type(cell) is CellError else cell


def _shown(cell: Any) -> Any:
    """What a formula's cell holds: a blank that it refers to shows as 0."""
    return 0.0 if cell is None else cell
