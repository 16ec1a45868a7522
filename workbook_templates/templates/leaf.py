"""A sheet of a template, written from the top down: texts across, cells, results that spill."""

import datetime as dt
from collections.abc import Iterable
from math import ceil
from typing import Any

from arcredit.reports.sheet import (
    Cell,
    Chart,
    Entry,
    Mark,
    Note,
    Range,
    Sheet,
    Spill,
    Table,
    text_width,
)

_LINE = 15.0
_SIZES = {"en": 0.85, "zh": 1.02}
"""How wide a character is: Latin letters are narrower than the digits that widths are counted in."""
_FIRST, _LEAST, _MOST = 24.0, 12.0, 40.0


class Leaf:
    """A sheet being written; `row` is the next line, `wide` the columns that texts run across."""

    def __init__(self, name: str, language: str, wide: int, widths: Iterable[float] = ()) -> None:
        self.name, self.language, self.wide = name, language, wide
        self.row = 0
        self.cells: list[Cell] = []
        self.spills: list[Spill] = []
        self.marks: list[Mark] = []
        self.lists: list[Entry] = []
        self.notes_on: list[Note] = []
        self.tables: list[Table] = []
        self.charts: list[Chart] = []
        self.breaks: list[int] = []
        self._across: list[tuple[int, int, str]] = []
        self._widths = dict(enumerate(widths))
        self._fixed = set(self._widths)

    def put(
        self,
        column: int,
        value: Any,
        style: str,
        formula: str | None = None,
        *,
        link: str | None = None,
        wide: bool = False,
    ) -> None:
        """A cell in this line; `wide` makes its column as wide as it needs."""
        self.cells.append(Cell(self.row, column, value, style, formula, link))
        if wide:
            self.widen(column, value)

    def widen(self, column: int, value: Any) -> None:
        """Make room for a value, up to a limit."""
        if column not in self._fixed:
            needed = min(_room(value) + 2.5, _MOST)
            self._widths[column] = max(self._widths.get(column, 0.0), needed)

    def across(self, column: int, said: str, style: str, formula: str | None = None) -> None:
        """A text from a column to the sheet's right edge, in as many lines as it needs."""
        self.cells.append(Cell(self.row, column, said, style, formula, across=self.wide - column))
        self._across.append((self.row, column, said))

    def title(self, title: str, below: str, link: str | None = None) -> None:
        """Title and the line below it."""
        self.put(0, title, "title.text")
        self.row += 1
        if link:
            self.put(0, below, "link.text", link=link)
        else:
            self.across(0, below, "subtitle.text")
        self.row += 2

    def section(self, said: str) -> None:
        """A heading across the sheet."""
        for column in range(self.wide):
            self.put(column, None if column else said, "section.text")
        self.row += 1

    def notes(self, texts: Iterable[str]) -> None:
        """Lines of small print."""
        for said in texts:
            self.across(0, said, "note.text")
            self.row += 1

    def spill(self, spill: Spill) -> None:
        """A result that fills several cells; the next line is below it."""
        self.spills.append(spill)
        for line in spill.rows:
            for column, value in enumerate(line, spill.column):
                # The last column may run over the edge of its cells: nothing stands beside it.
                if column < spill.where.right or _room(value) <= _MOST:
                    self.widen(column, value)
        self.row = max(self.row, spill.where.bottom + 1)

    def sheet(
        self, owner: str, *, footer: str, freeze: tuple[int, int] | None = None, landscape: bool = True
    ) -> Sheet:
        """The finished sheet."""
        right = max(self.wide - 1, *self._widths, *(cell.column for cell in self.cells))
        widths = [
            self._widths.get(column, 0.0)
            if column in self._fixed
            else max(self._widths.get(column, 0.0), _LEAST if column else _FIRST)
            for column in range(right + 1)
        ]
        bottom = max([cell.row for cell in self.cells] + [spill.where.bottom for spill in self.spills])
        bottom = max([bottom, *(table.where.bottom for table in self.tables)])
        return Sheet(
            owner=owner,
            name=self.name,
            widths=tuple(widths),
            cells=tuple(self.cells),
            area=Range(0, 0, bottom, right),
            spills=tuple(self.spills),
            marks=tuple(self.marks),
            lists=tuple(self.lists),
            notes=tuple(self.notes_on),
            tables=tuple(self.tables),
            charts=tuple(self.charts),
            breaks=tuple(self.breaks),
            heights=self._heights(widths),
            freeze=freeze,
            footer=footer,
            landscape=landscape,
        )

    def _heights(self, widths: list[float]) -> dict[int, float]:
        found: dict[int, float] = {}
        for row, column, said in self._across:
            room = sum(widths[column : self.wide])
            size = _SIZES[self.language]
            lines = sum(ceil(max(text_width(line), 1) * size / room) for line in said.split("\n"))
            if lines > 1:
                found[row] = max(found.get(row, 0.0), _LINE * lines)
        return found


def _room(value: Any) -> float:
    """How many characters a value takes in its cell."""
    if isinstance(value, dt.date):
        return 10.0
    if isinstance(value, float) and value != round(value):
        return float(len(f"{value:,.2f}"))
    if isinstance(value, float | int) and not isinstance(value, bool):
        return float(len(f"{value:,.0f}"))
    return float(text_width(str("" if value is None else value)))
