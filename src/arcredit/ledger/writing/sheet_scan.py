"""A worksheet's XML read through once, streaming: where its rows stand, and the few rows that are wanted.

Comments and CDATA sections are blanked out in the copy that is searched, so nothing inside them is taken
for a tag.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from arcredit.errors import PatchError
from arcredit.ledger.writing.cells import Area, area_of, column_number
from arcredit.ledger.writing.xml_spans import TAG_REST, Edit

_SHEET_DATA = re.compile(rb"<((?:[\w.-]+:)?)sheetData\s*(/?)>")
_SILENT = re.compile(rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)", re.S)
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["']\s*(\d{1,9})""")
_COLUMN = re.compile(rb"""\sr\s*=\s*["']\$?([A-Za-z]+)""")
STYLE = re.compile(rb"""\ss\s*=\s*["'](\d{1,9})""")
_FORMULA_KIND = re.compile(rb"""\st\s*=\s*["'](array|dataTable|shared)""")
_FORMULA_AREA = re.compile(rb"""\sref\s*=\s*["']([^"']+)""")
_FORMULA_GROUP = re.compile(rb"""\ssi\s*=\s*["'](\d{1,9})""")


class FormulaArea(NamedTuple):
    """A formula that fills more than its own cell."""

    kind: str
    area: Area
    group: int


class Row(NamedTuple):
    """A captured row: where it stands in the sheet and its bytes."""

    start: int
    data: bytes


@dataclass
class Sheet:
    """A worksheet's XML without its rows, but for the wanted ones."""

    label: str
    head: bytes = b""
    tail: bytes = b""
    body_start: int = 0
    body_stop: int = 0
    prefix: str = ""
    self_closed: bytes = b""
    """The whole ``<sheetData/>`` tag where there are no rows."""
    rows: dict[int, Row] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)
    """Where a wanted row that does not exist would be inserted."""
    formula_areas: list[FormulaArea] = field(default_factory=list)

    @property
    def skeleton(self) -> bytes:
        """Everything but the rows, in one piece."""
        return self.head + self.tail

    def moved(self, edit: Edit) -> Edit:
        """An edit of the skeleton as an edit of the sheet."""
        if edit.start < len(self.head):
            return edit
        shift = self.body_stop - self.body_start
        return Edit(edit.start + shift, edit.stop + shift, edit.new)


def masked(data: bytes) -> bytes:
    """The same length of bytes with comments, CDATA sections and instructions blanked out."""
    if b"<!" not in data and b"<?" not in data:
        return data
    return _SILENT.sub(lambda match: b" " * len(match[0]), data)


def scan(chunks: Iterable[bytes], wanted: Iterable[int], label: str) -> Sheet:
    """Read a sheet through and keep the wanted rows and everything around the rows.

    Raises
    ------
    PatchError
        If it has no rows element.
    """
    chunks = iter(chunks)
    sheet = Sheet(label)
    buffer = b""
    for chunk in chunks:
        buffer += chunk
        found = _SHEET_DATA.search(masked(buffer))
        if found:
            break
    else:
        raise PatchError("patch.odd_sheet", part=label, detail="sheetData")
    sheet.prefix = found[1].decode().rstrip(":")
    sheet.body_start = sheet.body_stop = found.end()
    if found[2]:
        sheet.self_closed = found[0]
        sheet.head, sheet.tail = buffer[: found.end()], buffer[found.end() :] + b"".join(chunks)
        return sheet
    sheet.head = buffer[: found.end()]
    _scan_rows(sheet, buffer[found.end() :], chunks, sorted(set(wanted)))
    return sheet


def _scan_rows(sheet: Sheet, buffer: bytes, chunks: Iterator[bytes], wanted: list[int]) -> None:
    q = f"{sheet.prefix}:".encode() if sheet.prefix else b""
    row_tag = re.compile(rb"<" + q + rb"row(?=[\s/>])(" + TAG_REST + rb")>")
    closing = re.compile(rb"</" + q + rb"sheetData\s*>")
    finder = _RowFinder(sheet, wanted)
    base = sheet.body_start
    while True:
        shown = masked(buffer)
        end = closing.search(shown)
        stop = end.start() if end else len(buffer)
        tags = list(row_tag.finditer(shown, 0, stop))
        # The last row of an unfinished buffer may be cut off: it waits for the next chunk.
        limit = stop if end else (tags.pop().start() if tags else 0)
        starts = [tag.start() for tag in tags[1:]] + [limit]
        for tag, until in zip(tags, starts, strict=False):
            finder.row(base + tag.start(), tag[1], buffer, tag.start(), until)
        finder.formulas(q, shown, limit)
        buffer, base = buffer[limit:], base + limit
        if end:
            break
        chunk = next(chunks, None)
        if chunk is None:
            raise PatchError("patch.odd_sheet", part=sheet.label, detail="sheetData")
        buffer += chunk
    finder.finish(base)
    sheet.tail = buffer + b"".join(chunks)


class _RowFinder:
    """Counts rows and keeps the wanted ones."""

    def __init__(self, sheet: Sheet, wanted: list[int]) -> None:
        self.sheet, self.wanted = sheet, wanted
        self.number = self.passed = 0
        self.wanted_set = set(wanted)
        self.formula_tag: re.Pattern[bytes] | None = None

    def row(self, place: int, attributes: bytes, buffer: bytes, start: int, stop: int) -> None:
        given = _ROW_NUMBER.search(attributes)
        self.number = int(given[1]) if given else self.number + 1
        while self.passed < len(self.wanted) and self.wanted[self.passed] <= self.number:
            self.sheet.places.setdefault(self.wanted[self.passed], place)
            self.passed += 1
        if self.number in self.wanted_set:
            self.sheet.rows.setdefault(self.number, Row(place, buffer[start:stop]))

    def formulas(self, q: bytes, shown: bytes, limit: int) -> None:
        """Note the formulas that fill an area."""
        if b"ref" not in shown:
            return
        self.formula_tag = self.formula_tag or re.compile(rb"<" + q + rb"f(\s" + TAG_REST + rb")>")
        for tag in self.formula_tag.finditer(shown, 0, limit):
            kind, area = _FORMULA_KIND.search(tag[1]), _FORMULA_AREA.search(tag[1])
            block = area_of(area[1].decode("utf-8", "replace")) if area else None
            if kind and block:
                group = _FORMULA_GROUP.search(tag[1])
                number = int(group[1]) if group else -1
                self.sheet.formula_areas.append(FormulaArea(kind[1].decode(), block, number))

    def finish(self, place: int) -> None:
        self.sheet.body_stop = place
        for number in self.wanted[self.passed :]:
            self.sheet.places.setdefault(number, place)


class CellSpan(NamedTuple):
    """A cell inside a captured row."""

    column: int
    start: int
    stop: int
    style: int


class RowSpans(NamedTuple):
    """A captured row taken apart: its start tag, its cells and where its content ends."""

    tag: bytes
    cells: list[CellSpan]
    end: int

    @property
    def closed(self) -> bool:
        """Whether the tag closes itself."""
        return self.tag.endswith(b"/>")


def row_spans(row: bytes, prefix: str) -> RowSpans:
    """Take a captured row apart."""
    q = f"{prefix}:".encode() if prefix else b""
    shown = masked(row)
    opening = re.match(rb"<" + TAG_REST + rb">", shown)
    assert opening is not None
    if opening[0].endswith(b"/>"):
        return RowSpans(opening[0], [], opening.end())
    end = shown.rfind(b"</" + q + b"row")
    end = len(row) if end < 0 else end  # a row that never ends: the check of the written part refuses it
    cell_tag = re.compile(rb"<" + q + rb"c(?=[\s/>])(" + TAG_REST + rb")>")
    closing = re.compile(rb"</" + q + rb"c\s*>")
    cells: list[CellSpan] = []
    position, column = opening.end(), 0
    while tag := cell_tag.search(shown, position, end):
        letters = _COLUMN.search(tag[1])
        column = column_number(letters[1].decode()) if letters else column + 1
        style = STYLE.search(tag[1])
        close = None if tag[1].endswith(b"/") else closing.search(shown, tag.end(), end)
        position = close.end() if close else tag.end()
        cells.append(CellSpan(column, tag.start(), position, int(style[1]) if style else 0))
    return RowSpans(opening[0], cells, end)
