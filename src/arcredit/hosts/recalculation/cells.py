"""Cells that a formula refers to, and their values."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from arcredit.hosts.recalculation.arithmetic import VALUE, Block, NotOurs
from arcredit.ledger.formulas.book import FormulaBook
from arcredit.ledger.formulas.values import UNSTORED
from arcredit.ledger.writing.cells import LAST_ROW, Area, Place


@dataclass(frozen=True)
class Cells:
    """A reference that is still cells: an operator takes one of them, a function of ours all.

    No tuple, for tuples are blocks of values.
    """

    sheet: str
    area: Area
    span: bool


class Reader:
    """The values of a workbook's cells, as formulas read them."""

    def __init__(self, book: FormulaBook) -> None:
        self.book = book

    def crossed(self, cells: Cells, at: Place) -> Any:
        """The one cell of a range that lies in a formula's row or column."""
        (top, left, bottom, right), (row, column) = cells.area, at
        if left == right and top <= row <= bottom:
            place = (row, left)
        elif top == bottom and left <= column <= right:
            place = (top, column)
        elif cells.area.holds(at):
            place = at
        else:
            return VALUE
        return self.read(Cells(cells.sheet, Area(*place, *place), False))

    def read(self, cells: Cells, bottom: int | None = None, dates: bool = False) -> Any:
        """The values of cells; `bottom` is where whole columns end."""
        values = self.book.values(cells.sheet)
        area = cells.area
        if area.bottom == LAST_ROW:
            area = area._replace(bottom=max(bottom or values.last_row, area.top))
        if dates:
            return self._dated(cells.sheet, area)
        if area.top == area.bottom and area.left == area.right and not cells.span:
            return stored(((values.value(area[:2]),),))[0][0]
        return _single(stored(values.rows(area)))

    def rows(self, cells: Cells) -> Block:
        """The values of cells, always as rows."""
        found = self.read(cells)
        return found if isinstance(found, tuple) else ((found,),)

    def _dated(self, sheet: str, area: Area) -> Any:
        """The values of a table of its own: cells that show dates are dates."""
        rows = stored(self.book.values(sheet).rows(area))
        return _single(
            tuple(
                tuple(
                    self._day(value, sheet, (area.top + y, area.left + x))
                    if isinstance(value, float)
                    else value
                    for x, value in enumerate(row)
                )
                for y, row in enumerate(rows)
            )
        )

    def _day(self, number: float, sheet: str, place: Place) -> Any:
        column = self.book.values(sheet).column(place[1])
        style = int(column.style[place[0]]) if place[0] < len(column.style) else 0
        if not style or not self.book.shows_date(style) or not 1 <= number < 2_958_466:
            return number
        first = dt.datetime(1904, 1, 1) if self.book.date_1904 else dt.datetime(1899, 12, 30)
        if not self.book.date_1904 and number < 61:
            return number
        return first + dt.timedelta(days=int(number), seconds=round((number % 1) * 86_400))


def stored(rows: Block) -> Block:
    """The rows, if all of their values are known."""
    if any(value is UNSTORED for row in rows for value in row):
        raise NotOurs("unstored")
    return rows


def _single(rows: Block) -> Any:
    return rows if len(rows) > 1 or len(rows[0]) > 1 else rows[0][0]
