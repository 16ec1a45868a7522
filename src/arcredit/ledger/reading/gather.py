"""The XML of a sheet into columns: scanned block by block, put together at the end; large ones in threads."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple, TypeAlias
from xml.parsers import expat

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from arcredit.errors import LedgerError
from arcredit.ledger.reading.book import AS_DATE, BLOCK, Book, Sheet
from arcredit.ledger.reading.numbers import numbers, slices
from arcredit.ledger.reading.raw import (
    BLANK,
    DATE,
    ERROR,
    FLAG,
    NUMBER,
    TEXT,
    UNSTORED,
    RawColumn,
    RawSheet,
)
from arcredit.ledger.reading.scan import ERROR as ERROR_CELL
from arcredit.ledger.reading.scan import LAST_ROW, Cells, Wanted, blocks, column_number, scan, usual
from arcredit.ledger.reading.scan import TEXT as TEXT_CELL
from arcredit.ledger.reading.strings import clean, distinct, resolved
from arcredit.shapes import Floats

LARGE = 32 << 20
"""Bytes of XML from which on a sheet is read on several cores."""
WORKERS, AHEAD = 2, 3
"""Threads, and blocks unpacked ahead of the one that is taken in."""
_SPARE = 16 << 20
"""Bytes asked for and let go once: from then on glibc keeps twice as many for the next block's work, where it
would give them back to the system after each and have every page of them made anew."""
_TALL = 100_000
_SHARED = 7


class _Part(NamedTuple):
    """One column of one block: its cells, and those of them that hold texts of their own."""

    row: NDArray[np.int32]
    kind: NDArray[np.uint8]
    number: NDArray[np.float64]
    formula: NDArray[np.uint8]
    zeros: NDArray[np.uint8]
    worded: NDArray[Any]
    text: pa.Array | None


class Parted(NamedTuple):
    """A block's rows and its columns by number."""

    rows: NDArray[np.int32]
    hidden: NDArray[np.bool_]
    columns: dict[int, _Part]


def parted(cells: Cells, styles: NDArray[np.uint8]) -> Parted:
    """The cells of a block column by column."""
    style = styles[np.minimum(cells.style, len(styles) - 1)]
    filled = cells.end > cells.start
    textual = (cells.type == TEXT_CELL) | (cells.type == ERROR_CELL)
    kind = _kinds(cells, filled, style == AS_DATE)
    zeros = np.where(style == AS_DATE, np.uint8(0), style)
    number = _parsed(cells, filled & ~textual, kind)
    worded = filled & (textual | (kind == ERROR))
    split = _split(cells.column)
    held: tuple[NDArray[Any], ...] = (cells.row, kind, number, cells.formula, zeros)
    cut = zip(split(np.arange(len(worded))), split(worded), *(split(each) for each in held), strict=True)
    columns = {
        int(cells.column[place[0]]): _Part(row, what, value, formula, fill, *_own(cells, place[mask], mask))
        for place, mask, row, what, value, formula, fill in cut
    }
    return Parted(cells.rows, cells.hidden, columns)


def _parsed(cells: Cells, numeric: NDArray[np.bool_], kind: NDArray[np.uint8]) -> Floats:
    """The cells' numbers, NaN where there is none; a text where a number is to be makes an error."""
    if numeric.all():
        number = numbers(cells.text, cells.start, cells.end)
    else:
        number = np.full(len(numeric), np.nan)
        number[numeric] = numbers(cells.text, cells.start[numeric], cells.end[numeric])
    kind[numeric & ~np.isfinite(number)] = ERROR
    return number


def _split(column: NDArray[np.int16]) -> Callable[[NDArray[Any]], Sequence[NDArray[Any]]]:
    """How to cut what there is of each cell into columns."""
    width = int(np.argmax(np.append(column[1:] <= column[:-1], True))) + 1
    if len(column) and len(column) % width == 0 and (column.reshape(-1, width) == column[:width]).all():
        # Every row has the same columns, as in most ledgers.
        return lambda held: [each.copy() for each in held.reshape(-1, width).T]
    order = np.argsort(column, kind="stable")
    cuts = np.flatnonzero(np.diff(column[order])) + 1
    return lambda held: np.split(held[order], cuts) if len(order) else []


def _own(cells: Cells, place: NDArray[Any], mask: NDArray[np.bool_]) -> tuple[NDArray[Any], pa.Array | None]:
    """Which cells of a column hold texts of their own, and the texts at their places in the block."""
    worded = np.flatnonzero(mask)
    if not len(worded):
        return worded, None
    text = slices(cells.text, cells.start[place], cells.end[place])
    return worded, clean(text, cells.escaped)


class _Growing:
    """A column as it grows, with room for the rows to come; blank where no cell has been taken in."""

    def __init__(self, room: int) -> None:
        self.kind, self.formula, self.zeros = (np.zeros(room, np.uint8) for _ in range(3))
        self.number = np.empty(room)
        self.known = 0
        """Rows whose number has been set."""
        self.text: list[pa.Array] = []
        self.text_row: list[NDArray[Any]] = []

    def add(self, part: _Part, top: int, height: int) -> None:
        """Take in a block's cells; its rows go from `top` to `height`."""
        row: Any = part.row + np.int32(top)
        if part.text is not None:
            self.text.append(part.text)
            self.text_row.append(row[part.worded])
        if len(row) == height - top and (row == np.arange(top, height)).all():
            row = slice(top, height)
        self.blank(height)
        self.kind[row], self.number[row] = part.kind, part.number
        self.formula[row], self.zeros[row] = part.formula, part.zeros

    def blank(self, height: int) -> None:
        """No number in the rows that follow those known, down to `height`."""
        self.number[self.known : height] = np.nan
        self.known = height

    def wider(self, room: int) -> "_Growing":
        """The same with more room."""
        column = _Growing(room)
        column.known, column.text, column.text_row = self.known, self.text, self.text_row
        for name in ("kind", "number", "formula", "zeros"):
            getattr(column, name)[: self.known] = getattr(self, name)[: self.known]
        return column


class Collector:
    """Gathers blocks of cells into columns."""

    def __init__(self) -> None:
        self.rows: list[NDArray[np.int32]] = []
        self.hidden: list[NDArray[np.bool_]] = []
        self.height = self.room = 0
        self.columns: dict[int, _Growing] = {}

    def add(self, block: Parted, expected: int = 0) -> None:
        """Take in the next block; `expected` is how many rows there will be about."""
        top, self.height = self.height, self.height + len(block.rows)
        if self.height > self.room:
            self.room = max(self.height, 2 * self.room if self.room else expected)
            self.columns = {number: column.wider(self.room) for number, column in self.columns.items()}
        for number, part in block.columns.items():
            if number not in self.columns:
                self.columns[number] = _Growing(self.room)
            self.columns[number].add(part, top, self.height)
        self.rows.append(block.rows)
        self.hidden.append(block.hidden)

    def sheet(
        self,
        strings: Callable[[], pa.ChunkedArray],
        merged: Iterable[tuple[int, int, int, int]] = (),
        whole: bool = True,
    ) -> RawSheet:
        """Everything gathered, as a sheet; `strings` gives the shared strings when they are needed."""
        rows = _joined(self.rows, np.int32)
        hidden = _joined(self.hidden, np.bool_)
        columns = self._columns(strings)
        raw = RawSheet(rows, hidden, columns, tuple(merged), whole)
        return raw if np.all(np.diff(rows) > 0) else raw.take(np.argsort(rows, kind="stable"))

    def _columns(self, strings: Callable[[], pa.ChunkedArray]) -> dict[int, RawColumn]:
        """Each column put together, tall ones on several cores."""
        numbers = sorted(self.columns)

        def column(number: int) -> RawColumn:
            return _column(self.columns.pop(number), self.height, strings)

        if self.height < _TALL:
            return {number: column(number) for number in numbers}
        # Once, before two threads ask for them.
        strings()
        with ThreadPoolExecutor(WORKERS) as pool:
            return dict(zip(numbers, pool.map(column, numbers), strict=True))


_KIND = np.array([NUMBER, _SHARED, TEXT, FLAG, ERROR], np.uint8)


def _kinds(cells: Cells, filled: NDArray[np.bool_], dated: NDArray[np.bool_]) -> NDArray[np.uint8]:
    kind = _KIND[cells.type]
    kind[(kind == NUMBER) & dated] = DATE
    unstored = (cells.formula > 0) & (cells.type != TEXT_CELL)
    return np.where(filled, kind, np.where(unstored, UNSTORED, BLANK)).astype(np.uint8)


def _joined(pieces: list[NDArray[Any]], kind: Any) -> NDArray[Any]:
    return np.concatenate(pieces) if pieces else np.zeros(0, kind)


def _column(held: _Growing, height: int, strings: Callable[[], pa.ChunkedArray]) -> RawColumn:
    held.blank(height)
    code, own = distinct(pa.chunked_array(held.text, pa.string()))
    own = resolved(own)
    codes = np.full(height, -1, np.int32)
    codes[_joined(held.text_row, np.int32)] = code
    parts = (held.kind[:height], held.number[:height], codes)
    column = RawColumn(*parts, np.empty(0, object), held.formula[:height], held.zeros[:height])
    shared = np.flatnonzero(column.kind == _SHARED)
    texts = _shared(column, shared, own, strings()) if len(shared) else own
    return _merged(column, texts)


def _shared(column: RawColumn, shared: Any, own: pa.Array, strings: pa.ChunkedArray) -> pa.Array:
    """Point to the shared strings, kept after the column's own texts; a number beyond them is an error."""
    index = column.number[shared]
    column.number[shared] = np.nan
    good = (index >= 0) & (index < len(strings))
    place = index[good].astype(np.int64)
    if len(place) < len(strings) >> 4:
        used, code = np.unique(place, return_inverse=True)
    else:
        seen = np.zeros(len(strings), bool)
        seen[place] = True
        used, code = np.flatnonzero(seen), (np.cumsum(seen, dtype=np.int32) - 1)[place]
    column.code[shared[good]] = len(own) + code
    column.kind[shared] = np.where(good, TEXT, ERROR)
    kept = strings.take(pa.array(used)).chunks
    column.code[shared[~good]] = len(own) + len(used)
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
    collector, styles = Collector(), book.styles
    above, tail, last = 0, b"", "head"
    large = book.size(sheet) > LARGE and most_rows == LAST_ROW
    if book.size(sheet) > BLOCK:
        np.empty(_SPARE, np.uint8)
    pieces = blocks(book.stream(sheet.part))
    try:
        for last, block, ready in _ahead(pieces, wanted, styles) if large else _here(pieces):
            if last == "rows":
                found = (ready and ready.result()) or parted(scan(block, above, wanted), styles)
                above = int(found.rows[-1]) if len(found.rows) else above
                # A short first block says nothing about the rows to come.
                alike = book.size(sheet) // len(block) if len(block) > BLOCK // 2 else 1
                collector.add(found, min(len(found.rows) * alike, most_rows))
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


_Piece: TypeAlias = tuple[str, bytes, Future[Parted | None] | None]


def _here(pieces: Iterator[tuple[str, bytes]]) -> Iterator[_Piece]:
    for kind, block in pieces:
        yield kind, block, None


def _ahead(
    pieces: Iterator[tuple[str, bytes]], wanted: Wanted, styles: NDArray[np.uint8]
) -> Iterator[_Piece]:
    """The pieces with their rows being scanned on other cores while the next ones are unpacked."""

    def scanned(block: bytes) -> Parted | None:
        cells = usual(block, wanted)
        return None if cells is None else parted(cells, styles)

    with ThreadPoolExecutor(WORKERS) as pool:
        waiting: deque[_Piece] = deque()
        for kind, block in pieces:
            waiting.append((kind, block, pool.submit(scanned, block) if kind == "rows" else None))
            if len(waiting) > AHEAD:
                yield waiting.popleft()
        yield from waiting


_AREA = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


def _merges(tail: bytes) -> list[tuple[int, int, int, int]]:
    """The merged areas: first and last row, first and last column."""
    return [
        (int(area[2]), int(area[4]), column_number(area[1].decode()), column_number(area[3].decode()))
        for area in _AREA.finditer(tail)
    ]
