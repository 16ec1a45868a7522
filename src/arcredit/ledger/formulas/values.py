"""The stored values of a workbook's cells, read a column at a time, with newer results laid over them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from arcredit.ledger.reading.numbers import slices
from arcredit.ledger.reading.scan import (
    ERROR,
    FLAG,
    LAST_COLUMN,
    NUMBER,
    SHARED,
    TEXT,
    Cells,
    blocks,
    scan,
)
from arcredit.ledger.writing.cells import Area, CellError, Place, unescaped_text
from arcredit.ledger.writing.xml_spans import plain_text

Rows: TypeAlias = tuple[tuple[Any, ...], ...]


class Unstored:
    """What a formula holds whose result was never stored: it is unknown, not blank."""

    def __repr__(self) -> str:
        return "UNSTORED"


UNSTORED = Unstored()


@dataclass
class Column:
    """One column by row number: its values, and which of them are formulas' and which show as dates."""

    value: NDArray[Any]
    formula: NDArray[np.bool_]
    style: NDArray[np.int32]

    @classmethod
    def blank(cls, height: int) -> "Column":
        """A column with nothing in it."""
        size = height + 1
        return cls(np.full(size, None, object), np.zeros(size, bool), np.zeros(size, np.int32))


@dataclass
class SheetValues:
    """The columns of a sheet that were asked for."""

    chunks: Callable[[], Iterator[bytes]]
    strings: Callable[[set[int]], Mapping[int, str]]
    columns: dict[int, Column] = field(default_factory=dict)
    empty: set[int] = field(default_factory=set)
    """Columns that were asked for and have nothing in them."""
    height: int = 0
    """The last row there is; only known once a column has been read."""

    def load(self, wanted: set[int]) -> None:
        """Read columns that have not been read yet."""
        missing = wanted - self.columns.keys() - self.empty
        if missing:
            _Loader(self, missing).load()

    def column(self, number: int) -> Column:
        """A column as far as the sheet goes."""
        self.load({number})
        return self.columns.get(number) or Column.blank(0)

    def rows(self, area: Area) -> Rows:
        """The values of a block; blanks below the sheet's last row too."""
        self.load(set(range(area.left, area.right + 1)))
        bottom = min(area.bottom, self.height)
        beyond = area.bottom - max(bottom, area.top - 1)
        blank = [None] * (area.bottom - area.top + 1)
        columns = [
            self.columns[number].value[area.top : bottom + 1].tolist() + [None] * beyond
            if number in self.columns
            else blank
            for number in range(area.left, area.right + 1)
        ]
        return tuple(zip(*columns, strict=True))

    def value(self, place: Place) -> Any:
        """One cell's value."""
        held = self.column(place[1]).value
        return held[place[0]] if place[0] < len(held) else None

    def formulas(self, area: Area) -> bool:
        """Whether any cell of a block holds a formula."""
        self.load(set(range(area.left, area.right + 1)))
        return any(
            self.columns[number].formula[area.top : area.bottom + 1].any()
            for number in range(area.left, area.right + 1)
            if number in self.columns
        )

    @property
    def last_row(self) -> int:
        """Where the sheet's contents end, at least 1."""
        if not self.columns and not self.empty:
            self.load({1})
        return max(self.height, 1)

    def put(self, place: Place, value: Any) -> None:
        """Lay a newer result over a cell."""
        row, number = place
        self.load({number})
        if row > self.height:
            self._grow(row)
        if number not in self.columns:
            self.empty.discard(number)
            self.columns[number] = Column.blank(self.height)
        self.columns[number].value[row] = value

    def _grow(self, height: int) -> None:
        more = height - self.height
        self.height = height
        for number, old in self.columns.items():
            blank = Column.blank(more - 1)
            self.columns[number] = Column(
                np.concatenate([old.value, blank.value]),
                np.concatenate([old.formula, blank.formula]),
                np.concatenate([old.style, blank.style]),
            )


class _Loader:
    """One pass over a sheet."""

    def __init__(self, sheet: SheetValues, wanted: set[int]) -> None:
        self.sheet, self.wanted = sheet, wanted
        self.mask = np.zeros(LAST_COLUMN + 1, bool)
        self.mask[list(wanted)] = True
        self.parts: list[tuple[NDArray[Any], ...]] = []
        self.shared: list[int] = []
        self.height = sheet.height

    def load(self) -> None:
        above = 0
        for kind, block in blocks(self.sheet.chunks()):
            if kind == "rows":
                cells = scan(block, above, self.mask)
                above = int(cells.rows[-1]) if len(cells.rows) else above
                self.height = max(self.height, int(cells.rows.max(initial=0)))
                self._take(cells)
        if self.height > self.sheet.height and self.sheet.columns:
            self.sheet._grow(self.height)
        self.sheet.height = self.height
        used = {int(number) for part in self.parts for number in np.unique(part[1])}
        self.sheet.empty |= self.wanted - used
        for number in used:
            self.sheet.columns[number] = Column.blank(self.height)
        texts = self.sheet.strings(set(self.shared)) if self.shared else {}
        for row, column, value, formula, style, shared in self.parts:
            for place in np.flatnonzero(shared):
                value[place] = texts.get(int(value[place]), "")
            for number in np.unique(column):
                these = column == number
                target = self.sheet.columns[int(number)]
                at = row[these]
                target.value[at], target.formula[at], target.style[at] = (
                    value[these],
                    formula[these],
                    style[these],
                )

    def _take(self, cells: Cells) -> None:
        if not len(cells.row):
            return
        value = np.full(len(cells.row), None, object)
        filled = cells.end > cells.start
        shared = filled & (cells.type == SHARED)
        numeric = filled & ((cells.type == NUMBER) | (cells.type == SHARED))
        _put(value, numeric, _numbers(cells, numeric))
        self.shared += [int(number) for number in value[shared]]
        texts = cells.type == TEXT
        value[texts & ~filled] = ""
        _put(value, texts & filled, _texts(cells, texts & filled))
        flags = filled & (cells.type == FLAG)
        _put(value, flags, [text.strip() in ("1", "true") for text in _pieces(cells, flags)])
        errors = filled & (cells.type == ERROR)
        _put(value, errors, [CellError(text.strip()) for text in _pieces(cells, errors)])
        computed = cells.formula > 0
        _put(value, computed & ~filled & ~texts, [UNSTORED] * int((computed & ~filled & ~texts).sum()))
        self.parts.append(
            (cells.rows[cells.row], cells.column.astype(int), value, computed, cells.style, shared)
        )


def _put(value: NDArray[Any], where: NDArray[np.bool_], found: list[Any]) -> None:
    value[where] = np.fromiter(found, object, len(found))


def _pieces(cells: Cells, where: NDArray[np.bool_]) -> list[str]:
    found: list[str] = slices(cells.text, cells.start[where], cells.end[where]).to_pylist()
    return found


def _texts(cells: Cells, where: NDArray[np.bool_]) -> list[str]:
    found = _pieces(cells, where)
    if cells.escaped:
        found = [plain_text(text) if "&" in text else text for text in found]
    return [unescaped_text(text) if "_x" in text else text for text in found]


def _numbers(cells: Cells, where: NDArray[np.bool_]) -> list[Any]:
    pieces = slices(cells.text, cells.start[where], cells.end[where])
    try:
        numbers: list[Any] = pc.cast(pieces, pa.float64()).to_pylist()
    except pa.ArrowInvalid:
        numbers = [_number(text) for text in pieces.to_pylist()]
    return numbers


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return CellError("#VALUE!")
