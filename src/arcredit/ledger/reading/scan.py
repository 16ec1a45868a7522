"""The rows of a sheet's XML, found by a byte scan of whole blocks; expat where a block is unusual.

A block is some complete `<row>` elements. `scan` looks at its bytes with numpy and gives every cell's
place in the block, its type and its style without making a Python object per cell. What it does not
know for certain (rows without numbers, rich text, CDATA, white space between elements) is read by
`parse`, which goes through expat and gives the same `Cells`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeAlias
from xml.parsers import expat

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from arcredit.ledger.attributes import whole
from arcredit.ledger.reading.numbers import PAD, slices, words

NUMBER, SHARED, TEXT, FLAG, ERROR = range(5)
TYPES = {"n": NUMBER, "s": SHARED, "str": TEXT, "inlineStr": TEXT, "d": TEXT, "b": FLAG, "e": ERROR}
PLAIN, FORMULA, SUM = range(3)
LAST_COLUMN = 16384
LAST_ROW = 1_048_576
MOST_HEAD, MOST_ROW = 1 << 25, 1 << 27
"""Bytes before the rows, and of one row, beyond which a file is no honest sheet."""

Wanted: TypeAlias = NDArray[np.bool_] | None
"""Which columns to read, by number (1 is A); None reads all."""

_U = np.uint64
_SUMS = (b"SUM(", b"SUMI", b"SUBT", b"AGGR")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PRESERVE = b' xml:space="preserve">'


@dataclass(frozen=True)
class Cells:
    """The cells of some rows; `start` and `end` are a value's place in `text`, which is padded."""

    rows: NDArray[np.int32]
    hidden: NDArray[np.bool_]
    row: NDArray[np.int32]
    column: NDArray[np.int16]
    style: NDArray[np.int32]
    type: NDArray[np.uint8]
    formula: NDArray[np.uint8]
    start: NDArray[Any]
    end: NDArray[Any]
    text: bytes
    escaped: bool

    def take(self, chosen: NDArray[Any]) -> "Cells":
        """The same rows with only the chosen cells."""
        cell = ("row", "column", "style", "type", "formula", "start", "end")
        return replace(self, **{name: getattr(self, name)[chosen] for name in cell})


def scan(block: bytes, above: int = 0, wanted: Wanted = None) -> Cells:
    """The cells of a block that follows row `above`, only those of the `wanted` columns if given."""
    cells = usual(block, wanted)
    return cells if cells is not None else parse(block, above, wanted)


class Bytes:
    """A block's bytes, and the eight bytes from any place on as one number."""

    def __init__(self, block: bytes) -> None:
        self.text = block + PAD
        self.byte = np.frombuffer(self.text, np.uint8)
        self.word = words(self.text)

    def tags(self) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Where elements begin, and which bytes begin a closing tag."""
        bracket = self.byte[:-1] == ord("<")
        closing = bracket & (self.byte[1:] == ord("/"))
        return np.flatnonzero(bracket ^ closing), closing

    def starts_with(self, place: NDArray[Any], text: bytes) -> NDArray[np.bool_]:
        """Where the bytes at the places begin with a text of up to eight bytes."""
        return begins(self.word[place], text)

    def text_start(self, tag: NDArray[Any], after: NDArray[Any]) -> tuple[NDArray[Any], bool]:
        """Where the text of each `<t>` begins, and whether one of them has other attributes than space."""
        spaced = after == ord(" ")
        begin = tag + 3 + spaced * (len(_PRESERVE) - 1)
        good = ~spaced | (self.starts_with(tag + 2, _PRESERVE[:8]) & (self.byte[begin - 1] == ord(">")))
        return begin, not good.all()


def begins(word: NDArray[np.uint64], text: bytes) -> NDArray[np.bool_]:
    """Where eight bytes begin with a text."""
    mask = _U((1 << 8 * len(text)) - 1)
    return np.asarray((word & mask) == _U(int.from_bytes(text, "little")))


def letter(word: NDArray[np.uint64], place: int) -> NDArray[np.uint8]:
    """One of the eight bytes."""
    return ((word >> _U(8 * place)) & _U(255)).astype(np.uint8)


def usual(block: bytes, wanted: Wanted = None) -> Cells | None:
    """The cells of a block, or None where anything in it is not as the usual writers write it."""
    data = Bytes(block)
    tag, closing = data.tags()
    word = data.word[tag]
    is_cell, is_row = begins(word, b'<c r="'), begins(word, b'<row r="')
    name, after = letter(word, 1), letter(word, 2)
    if not _usual(name, after, is_cell, is_row):
        return None
    rows = _row_numbers(data, tag[is_row])
    if rows is None:
        return None
    number, digits = rows
    opening, place = np.flatnonzero(is_cell), np.flatnonzero(is_row)
    # How many cells stand before each row, and so the row of each cell.
    before = np.append(np.searchsorted(opening, place), len(opening))
    row_of = np.repeat(np.arange(len(place), dtype=np.int32), np.diff(before))
    reference = _references(data, tag[opening], word[opening], digits[row_of])
    # What follows the last element is the block's end.
    tag = np.append(tag, len(block))
    values = _values(data, tag, closing, name, after, is_cell, opening)
    tail_end = tag[opening + 1] - 1
    if reference is None or values is None or (data.byte[tail_end] != ord(">")).any():
        return None
    column, tail = reference
    start, end = values
    chosen = _chosen(column, wanted)
    style, kind = _attributes(data, tail[chosen], tail_end[chosen])
    formula = _formulas(data, tag[:-1][name == ord("f")], tag[opening])
    return Cells(
        rows=number,
        hidden=_hidden(data, tag, place, digits),
        row=row_of[chosen],
        column=column[chosen],
        style=style,
        type=kind,
        formula=formula[chosen],
        start=start[chosen],
        end=end[chosen],
        text=data.text,
        escaped=b"&" in block or b"\r" in block,
    )


def _chosen(column: NDArray[np.int16], wanted: Wanted) -> Any:
    """The cells of wanted columns."""
    if wanted is None or (chosen := wanted[column]).all():
        return slice(None)
    return np.flatnonzero(chosen)


def _usual(name: Any, after: Any, is_cell: Any, is_row: Any) -> bool:
    """Whether every element is one that the scan knows."""
    spaced = (after == ord(">")) | (after == ord(" "))
    known = is_cell | is_row
    known |= (name == ord("v")) & ((after == ord(">")) | (after == ord("/")))
    known |= (name == ord("f")) & (spaced | (after == ord("/")))
    known |= ((name == ord("t")) & spaced) | ((name == ord("i")) & (after == ord("s")))
    return bool(known.all()) and bool(is_row[0])


def _row_numbers(data: Bytes, tag: NDArray[Any]) -> tuple[NDArray[np.int32], NDArray[np.int32]] | None:
    """The rows' numbers and how many digits each has."""
    word = data.word[tag + 8]
    number = np.zeros(len(tag), np.int32)
    digits = np.zeros(len(tag), np.int32)
    going = np.ones(len(tag), bool)
    for place in range(8):
        digit = letter(word, place) - np.uint8(ord("0"))
        going &= digit < 10
        number = np.where(going, number * 10 + digit, number)
        digits += going
    quoted = data.byte[tag + 8 + digits] == ord('"')
    return (number, digits) if quoted.all() and (digits < 8).all() and (digits > 0).all() else None


def _references(
    data: Bytes, tag: NDArray[Any], word: NDArray[np.uint64], digits: NDArray[Any]
) -> tuple[NDArray[np.int16], NDArray[Any]] | None:
    """Each cell's column and where its further attributes begin; `word` begins with `<c r="` and two more."""
    first, second = (letter(word, place).astype(np.int16) for place in (6, 7))
    two = second >= ord("A")
    column = first - 64
    quote = tag + 7 + digits
    good = (first >= ord("A")) & (first <= ord("Z"))
    if two.any():
        third = data.byte[tag + 8].astype(np.int32)
        three = two & (third >= ord("A"))
        wide = np.where(two, column.astype(np.int32) * 26 + second - 64, column)
        wide = np.where(three, wide * 26 + third - 64, wide)
        quote += two
        quote += three
        good &= (np.maximum(second * two, third * three) <= ord("Z")) & (wide <= LAST_COLUMN)
        column = wide.astype(np.int16)
    good &= data.byte[quote] == ord('"')
    return (column, quote + 1) if good.all() else None


def _values(
    data: Bytes, tag: Any, closing: Any, name: Any, after: Any, is_cell: Any, opening: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """Where each cell's value begins and ends, in `<v>` or in the one `<t>` of an inline text."""
    value = np.flatnonzero((name == ord("v")) & (after == ord(">")))
    begin = tag[value]
    ends = _ends(data, closing, b"v", begin)
    if ends is None:
        return None
    if len(value) == len(opening) and (value == opening + 1).all():
        return begin + 3, ends
    start, end = np.zeros((2, len(opening)), np.int64)
    cell = np.cumsum(is_cell, dtype=np.int32) - 1
    start[cell[value]], end[cell[value]] = begin + 3, ends
    text = np.flatnonzero(name == ord("t"))
    if not len(text):
        return start, end
    begin, odd = data.text_start(tag[text], after[text])
    ends = _ends(data, closing, b"t", tag[text])
    if odd or ends is None or (np.diff(cell[text]) == 0).any():
        return None
    start[cell[text]], end[cell[text]] = begin, ends
    return start, end


def _ends(data: Bytes, closing: NDArray[np.bool_], name: bytes, tag: NDArray[Any]) -> NDArray[Any] | None:
    """Where each of the elements of a one-letter name closes; None where they do not close in turn."""
    ends = np.flatnonzero(closing[:-1] & (data.byte[2:] == ord(name)))
    if len(ends) != len(tag) or (ends < tag).any() or (ends[:-1] > tag[1:]).any():
        return None
    return ends


def _attributes(data: Bytes, start: Any, end: Any) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Style and type of each cell: there are few different tails, so each is looked at once."""
    code, tails = _distinct(data, start, end)
    read = [_tail(tail.decode("ascii", "replace")) for tail in tails]
    style = np.array([style for style, _ in read], np.int32)
    kind = np.array([kind for _, kind in read], np.uint8)
    return style[code], kind[code]


_LOW = np.array([(1 << 8 * size) - 1 for size in range(9)], _U)
_MIX = _U(0x9E3779B97F4A7C15)


def _distinct(data: Bytes, start: Any, end: Any) -> tuple[NDArray[Any], list[bytes]]:
    """Codes of equal pieces, and the pieces, in the order in which they come up."""
    found = _short_pieces(data, start, end - start)
    if found is not None:
        return found
    encoded = slices(data.text, start, end).cast(pa.binary()).dictionary_encode()
    return encoded.indices.to_numpy(), encoded.dictionary.to_pylist()


def _short_pieces(data: Bytes, start: Any, length: Any) -> tuple[NDArray[Any], list[bytes]] | None:
    """Codes of equal pieces of up to sixteen bytes, and the pieces; None where one is longer."""
    longest = length.max(initial=0)
    if longest > 16:
        return None
    low = data.word[start] & _LOW[np.minimum(length, 8)]
    if longest <= 8:
        code, keys = pd.factorize(low)
        return code, [_piece(key) for key in keys.tolist()]
    high = data.word[start + 8] & _LOW[np.clip(length - 8, 0, 8)]
    code, keys = pd.factorize(low + high * _MIX)
    seen = np.zeros((2, len(keys)), _U)
    seen[0][code], seen[1][code] = low, high
    # Two pieces that share a key would not both be what was seen last.
    alike = (seen[0][code] == low) & (seen[1][code] == high)
    return (code, [_piece(*key) for key in seen.T.tolist()]) if alike.all() else None


def _piece(low: int, high: int = 0) -> bytes:
    """The bytes of a piece; it holds no nought, which XML does not know."""
    return (low | high << 64).to_bytes(16, "little").rstrip(b"\0")


@cache
def _tail(tail: str) -> tuple[int, int]:
    style = re.search(r'\ss="(\d{1,6})"', tail)
    kind = re.search(r'\st="(\w+)"', tail)
    return int(style[1]) if style else 0, TYPES.get(kind[1], TEXT) if kind else NUMBER


def _formulas(data: Bytes, place: NDArray[Any], cell: NDArray[Any]) -> NDArray[np.uint8]:
    """Which cells hold a formula, and which of them one that adds up."""
    formula = np.zeros(len(cell), np.uint8)
    owner = np.searchsorted(cell, place) - 1
    formula[owner] = FORMULA
    sums = np.zeros(len(place), bool)
    begin = place + 3
    for spot in np.flatnonzero(data.byte[place + 2] == ord(" ")):
        begin[spot] = data.text.index(b">", place[spot]) + 1
    for word in _SUMS:
        sums |= data.starts_with(begin, word)
    formula[owner[sums]] = SUM
    return formula


def _hidden(data: Bytes, tag: Any, opening: NDArray[Any], digits: Any) -> NDArray[np.bool_]:
    """Which rows are hidden, by hand or by a filter."""
    code, tails = _distinct(data, tag[opening] + 9 + digits, tag[opening + 1])
    hidden = np.array([re.search(rb'\shidden="(1|true)"', tail) is not None for tail in tails], bool)
    return np.asarray(hidden[code])


def parse(block: bytes, above: int = 0, wanted: Wanted = None) -> Cells:
    """The cells of a block, through expat: slower, and right for every well-formed block.

    Raises
    ------
    xml.parsers.expat.ExpatError
        If the block is not well-formed.
    """
    reader = _Reader(above)
    reader.read(block)
    cells = reader.cells()
    return cells if wanted is None else cells.take(np.flatnonzero(wanted[cells.column]))


class _Reader:
    """Gathers rows and cells from expat's calls."""

    def __init__(self, above: int) -> None:
        self.rows: list[tuple[int, bool]] = []
        self.found: list[tuple[int, ...]] = []
        self.text = bytearray()
        self.above = above
        self.column = 0
        self.style = self.type = self.formula = 0
        self.part: list[str] = []
        self.open: list[str] = []
        self.sums = ""

    def read(self, block: bytes) -> None:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.data
        parser.Parse(b"<rows>" + block + b"</rows>", True)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        self.open.append(name)
        if name == "row":
            self.above = whole(attributes.get("r"), self.above + 1)
            self.rows.append((self.above, attributes.get("hidden") in ("1", "true")))
            self.column = 0
        elif name == "c":
            self.column = column_number(attributes["r"]) if "r" in attributes else self.column + 1
            if not 0 < self.column <= LAST_COLUMN:
                raise ValueError("no such column")
            self.style = whole(attributes.get("s"))
            self.type = TYPES.get(attributes.get("t", "n"), TEXT)
            self.formula, self.part, self.sums = PLAIN, [], ""
        elif name == "f":
            self.formula = FORMULA

    def data(self, text: str) -> None:
        if "rPh" in self.open or not self.open:
            return
        if self.open[-1] in ("v", "t"):
            self.part.append(text)
        elif self.open[-1] == "f":
            self.sums += text

    def end(self, name: str) -> None:
        self.open.pop()
        if name.rpartition(":")[2] != "c" or not self.rows:
            return
        value = "".join(self.part).encode()
        if self.formula and self.sums.encode()[:4] in _SUMS:
            self.formula = SUM
        begin = len(self.text)
        self.text += value
        row = len(self.rows) - 1
        self.found.append((row, self.column, self.style, self.type, self.formula, begin, len(self.text)))

    def cells(self) -> Cells:
        numbers = np.array([number for number, _ in self.rows], np.int32)
        hidden = np.array([hidden for _, hidden in self.rows], bool)
        found = np.array(self.found, np.int32).reshape(-1, 7).T
        row, column, style, kind, formula, start, end = found
        return Cells(
            numbers,
            hidden,
            row,
            column.astype(np.int16),
            style,
            kind.astype(np.uint8),
            formula.astype(np.uint8),
            start,
            end,
            bytes(self.text) + PAD,
            escaped=False,
        )


def unescaped(text: str) -> str:
    """Excel's own escapes such as _x000D_ resolved, line ends as one newline."""
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def column_number(reference: str) -> int:
    """The column of A1, AA10 or just AA, as a number; A is 1.

    Examples
    --------
    >>> column_number("AB12")
    28
    """
    number = 0
    for char in reference.rstrip("0123456789").replace("$", ""):
        number = number * 26 + ord(char.upper()) - 64
    return number


def column_letter(number: int) -> str:
    """The letters of a column number.

    Examples
    --------
    >>> column_letter(28)
    'AB'
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def blocks(chunks: Iterator[bytes]) -> Iterator[tuple[str, bytes]]:
    """Cut a sheet's XML into ("head", …), then ("rows", …) of complete rows, then ("tail", …) or ("cut", …).

    The elements' own namespace prefix, where a writer used one, is taken off the rows.
    """
    held, opened = b"", None
    for chunk in chunks:
        held += chunk
        opened = re.search(rb"<(?:(\w+):)?sheetData(?:\s[^>]*?)?(/?)>", held)
        if opened or len(held) > MOST_HEAD:
            break
    if opened is None:
        yield ("cut" if len(held) > MOST_HEAD else "head"), held
        return
    yield "head", held[: opened.end()]
    prefix = opened[1]
    held = held[opened.end() :]
    if opened[2]:
        yield "tail", _tail_of(held, chunks)
        return
    yield from _rows(held, chunks, prefix)


def _rows(held: bytes, chunks: Iterator[bytes], prefix: bytes | None) -> Iterator[tuple[str, bytes]]:
    name = (prefix + b":" if prefix else b"") + b"row"
    close, finish = b"</" + name + b">", b"</" + name.replace(b"row", b"sheetData")
    while True:
        cut = max(held.rfind(close), 0)
        # The end of all rows can only follow the last of them; looking there saves a pass over every block.
        last = held.find(finish) if finish in held[cut:] else -1
        cut = held.rfind(close) + len(close) if last < 0 else last
        if cut >= len(close) or last >= 0:
            rows = held[:cut].strip()
            if rows:
                yield "rows", _without(prefix, rows)
            held = held[cut:]
        if last >= 0:
            yield "tail", _tail_of(held, chunks)
            return
        chunk = next(chunks, None)
        if chunk is None or len(held) > MOST_ROW:
            yield "cut", b""
            return
        held += chunk


def _tail_of(held: bytes, chunks: Iterator[bytes]) -> bytes:
    """What follows the rows; merged cells come early in it."""
    while len(held) < MOST_HEAD and (chunk := next(chunks, None)) is not None:
        held += chunk
    return held


def _without(prefix: bytes | None, rows: bytes) -> bytes:
    if prefix is None:
        return rows
    return rows.replace(b"<" + prefix + b":", b"<").replace(b"</" + prefix + b":", b"</")
