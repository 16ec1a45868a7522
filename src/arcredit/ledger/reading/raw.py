"""A sheet as columns of cells, nothing guessed: what is in each cell, and of what type.

A column keeps numbers as numbers, texts as texts and errors as errors side by side, so leading zeros, text
dates and #N/A all survive. A million rows take 13 bytes per cell plus the distinct texts.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from arcredit.errors import LedgerError
from arcredit.ledger.reading.book import AS_DATE, Book, Sheet
from arcredit.ledger.reading.scan import ERROR as ERROR_CELL
from arcredit.ledger.reading.scan import LAST_ROW, Cells, Wanted, blocks, column_number, scan, slices
from arcredit.ledger.reading.scan import TEXT as TEXT_CELL
from arcredit.ledger.reading.strings import clean, distinct, resolved, trimmed
from arcredit.shapes import Texts

BLANK, NUMBER, DATE, TEXT, FLAG, ERROR, UNSTORED = range(7)
"""What a cell holds; DATE is a number shown as a date, UNSTORED a formula without a stored result."""
_SHARED = 7


@dataclass(frozen=True)
class RawColumn:
    """One column: the `kind` of each cell, its `number`, and `code` of its text among `labels` (-1: none).

    `formula` says whether it is computed, `zeros` to how many digits its number format fills an id up.
    """

    kind: NDArray[np.uint8]
    number: NDArray[np.float64]
    code: NDArray[np.int32]
    labels: Texts
    formula: NDArray[np.uint8]
    zeros: NDArray[np.uint8]

    def used(self, rows: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """The codes of the distinct texts in the column, or in some of its rows."""
        texts = self.kind == TEXT if rows is None else (self.kind == TEXT) & rows
        seen = np.zeros(len(self.labels), bool)
        seen[self.code[texts]] = True
        return np.flatnonzero(seen)

    def value(self, row: int) -> float | str | None:
        """A cell's number or text; None for a blank."""
        kind = self.kind[row]
        if kind in (TEXT, ERROR):
            return str(self.labels[self.code[row]])
        return None if kind in (BLANK, UNSTORED) else float(self.number[row])

    def text(self, row: int) -> str:
        """A cell as it would be shown in a message."""
        value = self.value(row)
        return "" if value is None else f"{value:g}" if isinstance(value, float) else value

    def take(self, rows: Any) -> "RawColumn":
        """The same column at other rows."""
        return RawColumn(
            self.kind[rows],
            self.number[rows],
            self.code[rows],
            self.labels,
            self.formula[rows],
            self.zeros[rows],
        )


@dataclass(frozen=True)
class RawSheet:
    """The rows a sheet holds, with their numbers, and its columns by number (1 is A)."""

    rows: NDArray[np.int32]
    hidden: NDArray[np.bool_]
    columns: dict[int, RawColumn]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    whole: bool = True

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, number: int) -> RawColumn:
        """A column; a blank one where the sheet has nothing in it."""
        found = self.columns.get(number)
        return found if found is not None else blank_column(len(self.rows))

    def take(self, rows: Any) -> "RawSheet":
        """The same sheet with fewer rows."""
        columns = {number: column.take(rows) for number, column in self.columns.items()}
        return RawSheet(self.rows[rows], self.hidden[rows], columns, self.merged, self.whole)


def blank_column(height: int) -> RawColumn:
    """A column with nothing in it."""
    return RawColumn(
        np.zeros(height, np.uint8),
        np.full(height, np.nan),
        np.full(height, -1, np.int32),
        np.empty(0, object),
        np.zeros(height, np.uint8),
        np.zeros(height, np.uint8),
    )


@dataclass
class _Pieces:
    """What the blocks gave of one column."""

    row: list[NDArray[np.int32]] = field(default_factory=list)
    kind: list[NDArray[np.uint8]] = field(default_factory=list)
    number: list[NDArray[np.float64]] = field(default_factory=list)
    formula: list[NDArray[np.uint8]] = field(default_factory=list)
    zeros: list[NDArray[np.uint8]] = field(default_factory=list)
    text_row: list[NDArray[np.int32]] = field(default_factory=list)
    text: list[pa.Array] = field(default_factory=list)


class Collector:
    """Gathers blocks of cells into columns."""

    def __init__(self, styles: NDArray[np.uint8]) -> None:
        self.styles = styles
        self.rows: list[NDArray[np.int32]] = []
        self.hidden: list[NDArray[np.bool_]] = []
        self.height = 0
        self.pieces: dict[int, _Pieces] = {}

    def add(self, cells: Cells) -> None:
        """Take in the cells of the next block."""
        order = np.argsort(cells.column, kind="stable")
        column = cells.column[order]
        cuts = np.flatnonzero(np.diff(column)) + 1
        for chosen in np.split(order, cuts) if len(order) else ():
            self._piece(self.pieces.setdefault(int(cells.column[chosen[0]]), _Pieces()), cells.take(chosen))
        self.rows.append(cells.rows)
        self.hidden.append(cells.hidden)
        self.height += len(cells.rows)

    def _piece(self, piece: _Pieces, cells: Cells) -> None:
        filled = cells.end > cells.start
        textual = (cells.type == TEXT_CELL) | (cells.type == ERROR_CELL)
        style = self.styles[np.minimum(cells.style, len(self.styles) - 1)]
        kind = _kinds(cells, filled, style == AS_DATE)
        row = cells.row + np.int32(self.height)
        number = np.full(len(row), np.nan)
        numeric = filled & ~textual
        if numeric.any():
            parsed = _numbers(cells.text, cells.start[numeric], cells.end[numeric])
            number[numeric] = parsed
            kind[numeric & ~np.isfinite(number)] = ERROR
        unread = numeric & (kind == ERROR)
        worded = np.flatnonzero(filled & textual | unread)
        if len(worded):
            texts = slices(cells.text, cells.start[worded], cells.end[worded])
            texts.validate(full=True)
            piece.text.append(clean(texts) if cells.escaped else trimmed(texts))
            piece.text_row.append(row[worded])
        piece.row.append(row)
        piece.kind.append(kind)
        piece.number.append(number)
        piece.formula.append(cells.formula)
        piece.zeros.append(np.where(style == AS_DATE, 0, style).astype(np.uint8))

    def sheet(
        self,
        strings: Callable[[], pa.ChunkedArray],
        merged: Iterable[tuple[int, int, int, int]] = (),
        whole: bool = True,
    ) -> RawSheet:
        """Everything gathered, as a sheet; `strings` gives the shared strings when they are needed."""
        rows = _joined(self.rows, np.int32)
        hidden = _joined(self.hidden, np.bool_)
        columns = {}
        for number in sorted(self.pieces):
            columns[number] = _column(self.pieces.pop(number), self.height, strings)
        raw = RawSheet(rows, hidden, columns, tuple(merged), whole)
        return raw if np.all(np.diff(rows) > 0) else raw.take(np.argsort(rows, kind="stable"))


_KIND = np.array([NUMBER, _SHARED, TEXT, FLAG, ERROR], np.uint8)


def _kinds(cells: Cells, filled: NDArray[np.bool_], dated: NDArray[np.bool_]) -> NDArray[np.uint8]:
    kind = _KIND[cells.type]
    kind[(kind == NUMBER) & dated] = DATE
    unstored = (cells.formula > 0) & (cells.type != TEXT_CELL)
    return np.where(filled, kind, np.where(unstored, UNSTORED, BLANK)).astype(np.uint8)


def _numbers(text: bytes, start: NDArray[Any], end: NDArray[Any]) -> NDArray[np.float64]:
    """The numbers that stand in the text; NaN for what is none."""
    texts = slices(text, start, end)
    try:
        return np.asarray(pc.cast(texts, pa.float64()).to_numpy())
    except pa.ArrowInvalid:
        return np.array([_number(item) for item in texts.to_pylist()], np.float64)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def _joined(pieces: list[NDArray[Any]], kind: Any) -> NDArray[Any]:
    return np.concatenate(pieces) if pieces else np.zeros(0, kind)


def _column(pieces: _Pieces, height: int, strings: Callable[[], pa.ChunkedArray]) -> RawColumn:
    column = blank_column(height)
    row = _joined(pieces.row, np.int32)
    column.kind[row] = _joined(pieces.kind, np.uint8)
    column.number[row] = _joined(pieces.number, np.float64)
    column.formula[row] = _joined(pieces.formula, np.uint8)
    column.zeros[row] = _joined(pieces.zeros, np.uint8)
    code, own = distinct(pa.chunked_array(pieces.text, pa.string()))
    own = resolved(own)
    column.code[_joined(pieces.text_row, np.int32)] = code
    shared = np.flatnonzero(column.kind == _SHARED)
    texts = _shared(column, shared, own, strings()) if len(shared) else own
    return _merged(column, texts)


def _shared(column: RawColumn, shared: Any, own: pa.Array, strings: pa.ChunkedArray) -> pa.Array:
    """Point to the shared strings, kept after the column's own texts; a number beyond them is an error."""
    index = column.number[shared]
    column.number[shared] = np.nan
    good = (index >= 0) & (index < len(strings))
    place = index[good].astype(np.int64)
    used = np.zeros(len(strings), bool)
    used[place] = True
    column.code[shared[good]] = len(own) + (np.cumsum(used) - 1)[place]
    column.kind[shared] = np.where(good, TEXT, ERROR)
    kept = strings.filter(pa.array(used)).chunks
    column.code[shared[~good]] = len(own) + int(used.sum())
    return pa.concat_arrays([own, *kept, pa.array([] if good.all() else ["#REF!"], pa.string())])


def _merged(column: RawColumn, texts: pa.Array) -> RawColumn:
    """The column with each distinct text once, and with cells of nothing but white space blank."""
    encoded = texts.dictionary_encode()
    again = np.append(encoded.indices.to_numpy(), -1)
    code = again[column.code].astype(np.int32)
    labels = encoded.dictionary
    empty = pc.index(labels, "").as_py()
    if empty >= 0:
        bare = code == empty
        column.kind[bare] = BLANK
        code[bare] = -1
    shown = labels.to_numpy(zero_copy_only=False)
    return RawColumn(column.kind, column.number, code, shown, column.formula, column.zeros)


def read_sheet(book: Book, sheet: Sheet, wanted: Wanted = None, most_rows: int = LAST_ROW) -> RawSheet:
    """The cells of a sheet, of `wanted` columns only, down to about `most_rows` rows.

    Raises
    ------
    LedgerError
        If the sheet's XML is damaged or holds more rows than a sheet can have.
    """
    collector = Collector(book.styles)
    above, tail, last = 0, b"", "head"
    try:
        for last, block in blocks(book.stream(sheet.part)):
            if last == "rows":
                cells = scan(block, above, wanted)
                above = int(cells.rows[-1]) if len(cells.rows) else above
                collector.add(cells)
                if collector.height > LAST_ROW:
                    raise LedgerError("ledger.bomb", path=book.path.name, part=sheet.part)
                if collector.height >= most_rows:
                    break
            elif last == "tail":
                tail = block
        if last == "cut":
            raise book.damaged(sheet.part)
        return collector.sheet(lambda: book.strings, _merges(tail), whole=last != "rows")
    except (expat.ExpatError, pa.ArrowInvalid, ValueError, OverflowError, IndexError) as error:
        raise book.damaged(sheet.part) from error


_AREA = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


def _merges(tail: bytes) -> list[tuple[int, int, int, int]]:
    """The merged areas: first and last row, first and last column."""
    return [
        (int(area[2]), int(area[4]), column_number(area[1].decode()), column_number(area[3].decode()))
        for area in _AREA.finditer(tail)
    ]
