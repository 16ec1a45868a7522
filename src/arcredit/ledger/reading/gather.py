"""The XML of a sheet into columns: scanned block by block, put together at the end; large ones in threads."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias
from xml.parsers import expat

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from arcredit.errors import LedgerError
from arcredit.ledger.reading.book import AS_DATE, Book, Sheet
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
    blank_column,
)
from arcredit.ledger.reading.scan import ERROR as ERROR_CELL
from arcredit.ledger.reading.scan import LAST_ROW, Cells, Wanted, blocks, column_number, scan, slices, usual
from arcredit.ledger.reading.scan import TEXT as TEXT_CELL
from arcredit.ledger.reading.strings import clean, distinct, resolved, trimmed

LARGE = 32 << 20
"""Bytes of XML from which on a sheet is read on several cores."""
WORKERS, AHEAD = 2, 3
"""Threads, and blocks unpacked ahead of the one that is taken in."""
_TALL = 100_000
_SHARED = 7


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
    order = np.argsort(cells.column, kind="stable")
    cuts = np.flatnonzero(np.diff(cells.column[order])) + 1
    chosen = np.split(order, cuts) if len(order) else []
    columns = {int(cells.column[part[0]]): _part(cells.take(part), styles) for part in chosen}
    return Parted(cells.rows, cells.hidden, columns)


def _part(cells: Cells, styles: NDArray[np.uint8]) -> _Part:
    filled = cells.end > cells.start
    textual = (cells.type == TEXT_CELL) | (cells.type == ERROR_CELL)
    style = styles[np.minimum(cells.style, len(styles) - 1)]
    kind = _kinds(cells, filled, style == AS_DATE)
    number = np.full(len(cells.row), np.nan)
    numeric = filled & ~textual
    if numeric.any():
        parsed = _numbers(cells.text, cells.start[numeric], cells.end[numeric])
        number[numeric] = parsed
        kind[numeric & ~np.isfinite(number)] = ERROR
    worded = np.flatnonzero(filled & textual | numeric & (kind == ERROR))
    text = None
    if len(worded):
        text = slices(cells.text, cells.start[worded], cells.end[worded])
        text.validate(full=True)
        text = clean(text) if cells.escaped else trimmed(text)
    zeros = np.where(style == AS_DATE, 0, style).astype(np.uint8)
    return _Part(cells.row, kind, number, cells.formula, zeros, worded, text)


class Collector:
    """Gathers blocks of cells into columns."""

    def __init__(self) -> None:
        self.rows: list[NDArray[np.int32]] = []
        self.hidden: list[NDArray[np.bool_]] = []
        self.height = 0
        self.pieces: dict[int, _Pieces] = {}

    def add(self, block: Parted) -> None:
        """Take in the next block."""
        for number, part in block.columns.items():
            piece = self.pieces.setdefault(number, _Pieces())
            row = part.row + np.int32(self.height)
            if part.text is not None:
                piece.text.append(part.text)
                piece.text_row.append(row[part.worded])
            piece.row.append(row)
            piece.kind.append(part.kind)
            piece.number.append(part.number)
            piece.formula.append(part.formula)
            piece.zeros.append(part.zeros)
        self.rows.append(block.rows)
        self.hidden.append(block.hidden)
        self.height += len(block.rows)

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
        numbers = sorted(self.pieces)

        def column(number: int) -> RawColumn:
            return _column(self.pieces.pop(number), self.height, strings)

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
    collector, styles = Collector(), book.styles
    above, tail, last = 0, b"", "head"
    large = book.size(sheet) > LARGE and most_rows == LAST_ROW
    pieces = blocks(book.stream(sheet.part))
    try:
        for last, block, ready in _ahead(pieces, wanted, styles) if large else _here(pieces):
            if last == "rows":
                found = (ready and ready.result()) or parted(scan(block, above, wanted), styles)
                above = int(found.rows[-1]) if len(found.rows) else above
                collector.add(found)
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
