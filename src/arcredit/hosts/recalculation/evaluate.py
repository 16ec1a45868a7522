"""The value of a formula, as a worksheet has it; our functions go through the add-in's own adapter."""

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from arcredit.hosts.excel.adapter import MISSING, WorksheetFunction
from arcredit.hosts.excel.adapter import CellError as CalledError
from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.hosts.recalculation.aggregates import AGGREGATES, Given, aggregate
from arcredit.hosts.recalculation.arithmetic import (
    LONGEST_TEXT,
    OPERATORS,
    REF,
    VALUE,
    NotOurs,
    binary,
    hundredth,
    mapped,
    negated,
    spread,
)
from arcredit.hosts.recalculation.branches import BRANCHES, branch
from arcredit.hosts.recalculation.cells import Cells, Reader, stored
from arcredit.hosts.recalculation.core import CLOCK, FIXED, computed, same_in_every_row
from arcredit.hosts.recalculation.elements import ELEMENTS, element
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
from arcredit.ledger.writing.cells import ERRORS, LAST_ROW, Area, CellError, Place, serial
from arcredit.shapes import plain


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
        self.book, self.reader = book, Reader(book)
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


class _Reading:
    """One formula being computed at one place, or at many rows of a column together."""

    def __init__(self, evaluator: Evaluator, at: Spot, array: bool, rows: Sequence[int] = ()) -> None:
        self.evaluator, self.book, self.cells = evaluator, evaluator.book, evaluator.reader
        self.at, self.array, self.rows = at, array, rows

    def value(self, node: Node) -> Any:
        """A node's value, cells read; outside array formulas a range gives the cell beside the formula."""
        found = self.raw(node)
        if not isinstance(found, Cells):
            return found
        return self.cells.read(found) if self.array or not found.span else self.crossed(found)

    def crossed(self, cells: Cells) -> Any:
        return self.cells.crossed(cells, self.at.place)

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
                return self.ours(name, arguments) if name in FUNCTIONS else self.built_in(node)
            case Name(name) | Opaque(name):
                raise NotOurs("reference", name)
        raise NotOurs("reference")

    def reference(self, node: Reference) -> Any:
        if self.rows and not (node.fixed[0] and node.fixed[2]):
            below = [row - self.at.place[0] + node.area.top for row in self.rows]
            column = self.book.values(str(node.sheet)).column(node.area.left).value
            return stored(tuple((column[row] if row < len(column) else None,) for row in below))
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
                return self.crossed(found) if found.span else self.cells.read(found)
            return found[0][0] if isinstance(found, tuple) else found
        if sign == "#":
            found = self.raw(operand)
            place = (found.area.top, found.area.left) if isinstance(found, Cells) else (0, 0)
            area = self.evaluator.spills.get((found.sheet, place)) if isinstance(found, Cells) else None
            return REF if area is None else Cells(found.sheet, area, True)
        found = self.operand(operand)
        return {"-": negated, "%": hundredth}[sign](found) if sign in "-%" else found

    # The spreadsheet program's functions

    def built_in(self, call: Call) -> Any:
        name, arguments = computed(call), call.arguments
        if name is None:
            raise NotOurs("foreign", call.name)
        if name in CLOCK:
            return self.evaluator.today
        if name in FIXED:
            return FIXED[name]
        if name in BRANCHES:
            found = branch(self, name, arguments)
        elif name in AGGREGATES:
            return self.aggregate(name, arguments)
        else:
            found = element(name, self.operands(name, arguments), self.book.date_1904)
        if isinstance(found, tuple) and not self.array and name != "INDEX":
            # An array constant in a formula of the old kind: what becomes of it depends on what is around it.
            raise NotOurs("doubtful", name)
        return found

    def operands(self, name: str, arguments: Sequence[Node]) -> list[Any]:
        """The arguments of a function that takes single values."""
        if isinstance(arguments[0], Missing):
            raise NotOurs("doubtful", name)
        for node in arguments if ELEMENTS[name].single else ():
            found = self.raw(node)
            if isinstance(found, Cells) and found.span:
                raise NotOurs("doubtful", name)
        return [self.operand(node) for node in arguments]

    def aggregate(self, name: str, arguments: Sequence[Node]) -> Any:
        if self.rows and not all(map(same_in_every_row, arguments)):
            cells = [self.operand(node) for node in arguments]
            return spread(lambda *row: aggregate(name, [Given([cell], True) for cell in row]), *cells)
        return aggregate(name, [given for node in arguments for given in self.given(node)])

    def given(self, node: Node) -> Iterator[Given]:
        """The values of one argument of SUM and its kin, of the areas of a union one after the other."""
        match node:
            case Missing():
                raise NotOurs("doubtful", ",")
            case Group(inside):
                yield from self.given(inside)
                return
            case Binary(",", left, right):
                yield from self.given(left)
                yield from self.given(right)
                return
        found = self.raw(node)
        rows = self.cells.rows(found) if isinstance(found, Cells) else found
        yield (
            Given([cell for row in rows for cell in row], False)
            if isinstance(rows, tuple)
            else Given([rows], True)
        )

    # Our functions

    def ours(self, name: str, arguments: Sequence[Node]) -> Any:
        entry = FUNCTIONS[name]
        if len(arguments) > len(entry.parameters):
            return VALUE
        raw = [MISSING if isinstance(node, Missing) else self.raw(node) for node in arguments]
        whole = [cells for cells in raw if isinstance(cells, Cells) and cells.area.bottom == LAST_ROW]
        bottom = max((self.book.values(cells.sheet).last_row for cells in whole), default=None)
        cells = [
            self.cells.read(found, bottom, dates=not kind) if isinstance(found, Cells) else found
            for found, kind in zip(raw, entry.kinds.values(), strict=False)
        ]
        return self.answered(entry, cells)

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


def _called(cell: Any) -> Any:
    return CalledError(cell.code) if type(cell) is CellError else cell


def _shown(cell: Any) -> Any:
    """What a formula's cell holds: a blank that it refers to shows as 0.

    Raises
    ------
    NotOurs
        For what a cell cannot hold: an error that files have no word for, a number without end.
    """
    if type(cell) is CellError and cell.code not in ERRORS:
        raise NotOurs("doubtful", cell.code)
    if type(cell) is float and not math.isfinite(cell):
        raise NotOurs("doubtful", repr(cell))
    return 0.0 if cell is None else cell
