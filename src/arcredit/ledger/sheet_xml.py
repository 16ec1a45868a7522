"""Cells put into a worksheet's XML in place, streaming: only the rows at stake are ever held.

A sheet of a million rows is read through twice, once to find where the wanted rows stand and once to
copy it with the edits. Comments and CDATA sections are blanked out in the copy that is searched, so
nothing inside them is taken for a tag; expat reads everything around the rows and every cell replaced.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.sax.saxutils import escape

from arcredit.errors import PatchError
from arcredit.ledger.cells import (
    Area,
    CellValue,
    Place,
    Stored,
    area_of,
    cell_xml,
    column_number,
    stored_cells,
)
from arcredit.ledger.xml_spans import TAG_REST, Edit, Element, parse, set_attribute

_SHEET_DATA = re.compile(rb"<((?:[\w.-]+:)?)sheetData\s*(/?)>")
_SILENT = re.compile(rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)", re.S)
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["']\s*(\d+)""")
_COLUMN = re.compile(rb"""\sr\s*=\s*["']\$?([A-Za-z]+)""")
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)""")
_CUSTOM = re.compile(rb"""\scustomFormat\s*=\s*["'](?:1|true)""")
_SPANS = re.compile(rb"""\sspans\s*=\s*["'](\d+):(\d+)["']""")
_FORMULA_KIND = re.compile(rb"""\st\s*=\s*["'](array|dataTable|shared)""")
_FORMULA_AREA = re.compile(rb"""\sref\s*=\s*["']([^"']+)""")
_FORMULA_GROUP = re.compile(rb"""\ssi\s*=\s*["'](\d+)""")


class NewCell(NamedTuple):
    """What a cell is to hold. `formula` None means a plain value; `keep` leaves the formula it has."""

    value: CellValue
    formula: str | None = None
    number_format: str | None = None
    keep: bool = False


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
            block = area_of(area[1].decode()) if area else None
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
    end = shown.rindex(b"</" + q + b"row")
    cell_tag = re.compile(rb"<" + q + rb"c(?=[\s/>])(" + TAG_REST + rb")>")
    closing = re.compile(rb"</" + q + rb"c\s*>")
    cells: list[CellSpan] = []
    position, column = opening.end(), 0
    while tag := cell_tag.search(shown, position, end):
        letters = _COLUMN.search(tag[1])
        column = column_number(letters[1].decode()) if letters else column + 1
        style = _STYLE.search(tag[1])
        close = None if tag[1].endswith(b"/") else closing.search(shown, tag.end(), end)
        position = close.end() if close else tag.end()
        cells.append(CellSpan(column, tag.start(), position, int(style[1]) if style else 0))
    return RowSpans(opening[0], cells, end)


class Inherited:
    """The style a new cell takes: its row's, else its column's."""

    def __init__(self, skeleton: Element) -> None:
        columns = skeleton.child("cols")
        self.columns = [
            (int(c.attributes["min"]), int(c.attributes["max"]), int(c.attributes.get("style") or 0))
            for c in (columns.children if columns else [])
            if "min" in c.attributes and "max" in c.attributes
        ]

    def style(self, column: int, row_tag: bytes = b"") -> int:
        row_style = _STYLE.search(row_tag)
        if row_style and _CUSTOM.search(row_tag):
            return int(row_style[1])
        return next((style for low, high, style in self.columns if low <= column <= high), 0)


Restyle = Callable[[int, NewCell], int]
"""From a cell's style and what it is to hold, the style it gets."""


@dataclass
class Patched:
    """What patching a sheet comes to."""

    edits: list[Edit] = field(default_factory=list)
    before: dict[Place, Stored] = field(default_factory=dict)
    """What the wanted cells held, written or not."""
    written: dict[Place, NewCell] = field(default_factory=dict)
    formulas_changed: bool = False
    orphaned: list[Stored] = field(default_factory=list)
    """Overwritten cells whose formula other cells share."""


class SheetPatcher:
    """Works out the edits that put cells into a scanned sheet."""

    def __init__(
        self, sheet: Sheet, restyle: Restyle, strings: Callable[[set[int]], Mapping[int, str]]
    ) -> None:
        self.sheet, self.restyle, self.strings = sheet, restyle, strings
        self.root = parse(sheet.skeleton, sheet.label, 3)
        self.inherited = Inherited(self.root)
        self.result = Patched()
        self.spans: dict[int, RowSpans] = {}
        self.texts: Mapping[int, str] = {}
        self.q = f"{sheet.prefix}:" if sheet.prefix else ""

    def patch(self, cells: Mapping[Place, NewCell]) -> Patched:
        """The edits for these cells; cells that hold the same already are left alone."""
        rows: dict[int, dict[int, NewCell]] = {}
        for (row, column), cell in sorted(cells.items()):
            rows.setdefault(row, {})[column] = cell
        self._read_old(rows)
        fresh: list[tuple[int, str]] = []
        for number, wanted in rows.items():
            if number in self.spans:
                self._existing_row(number, wanted)
            else:
                fresh += self._new_row(number, wanted)
        self._insert_rows(fresh)
        if self.result.edits:
            self._dimension()
        return self.result

    def _read_old(self, rows: Mapping[int, Mapping[int, NewCell]]) -> None:
        """Take the captured rows apart and read what the wanted cells hold now."""
        for number, row in self.sheet.rows.items():
            self.spans[number] = row_spans(row.data, self.sheet.prefix)
            for span in self.spans[number].cells:
                if span.column in rows[number]:
                    stored = next(stored_cells([row.data[span.start : span.stop]], self.sheet.label))
                    self.result.before[number, span.column] = stored._replace(place=(number, span.column))
        shared = {
            int(old.text) for old in self.result.before.values() if old.kind == "s" and old.text.strip()
        }
        self.texts = self.strings(shared) if shared else {}

    def _existing_row(self, number: int, wanted: Mapping[int, NewCell]) -> None:
        row, spans = self.sheet.rows[number], self.spans[number]
        have = {span.column: span for span in spans.cells}
        edits: list[Edit] = []
        for column, cell in wanted.items():
            place = (number, column)
            if column in have:
                edits += self._replace(place, row.data, have[column], cell)
            elif text := self._fresh(place, cell, self.inherited.style(column, spans.tag)):
                at = next((span.start for span in spans.cells if span.column > column), spans.end)
                edits.append(Edit(at, at, text.encode()))
        if not edits:
            return
        if spans.closed:
            content = b"".join(edit.new for edit in edits)
            closing = f"</{self.q}row>".encode()
            edits = [Edit(spans.end - 2, spans.end, b">" + content + closing)]
        edits += _wider(spans.tag, wanted)
        self.result.edits += [Edit(row.start + e.start, row.start + e.stop, e.new) for e in edits]

    def _replace(self, place: Place, row: bytes, span: CellSpan, cell: NewCell) -> list[Edit]:
        data, old = row[span.start : span.stop], self.result.before[place]
        kept = cell.keep or (old.formula == cell.formula and not old.formula_attributes.get("t"))
        style = self.restyle(span.style, cell)
        if kept and style == span.style and same_value(old.value(self.texts), cell.value):
            return []
        self.result.written[place] = cell
        if not kept and (old.formula is not None or cell.formula is not None):
            self.result.formulas_changed = True
            if old.formula and old.formula_attributes.get("t") == "shared":
                self.result.orphaned.append(old)
        formula = self._kept_formula(data) if kept else self._formula(cell.formula)
        new = cell_xml(self.sheet.prefix, place, style, cell.value, formula)
        if kept and formula:
            new = new.replace(" r=", _array_mark(data) + " r=", 1)
        return [Edit(span.start, span.stop, new.encode())]

    def _kept_formula(self, cell: bytes) -> str:
        formula = parse(cell, self.sheet.label, 2).child("f")
        return cell[formula.start : formula.stop].decode() if formula else ""

    def _formula(self, formula: str | None) -> str:
        if formula is None:
            return ""
        return f"<{self.q}f>{escape(formula)}</{self.q}f>"

    def _fresh(self, place: Place, cell: NewCell, style: int) -> str:
        """A cell that was not there; empty where it would hold nothing."""
        if cell.value is None and cell.formula is None:
            return ""
        self.result.written[place] = cell
        self.result.formulas_changed |= cell.formula is not None
        formula = self._formula(cell.formula)
        return cell_xml(self.sheet.prefix, place, self.restyle(style, cell), cell.value, formula)

    def _new_row(self, number: int, wanted: Mapping[int, NewCell]) -> list[tuple[int, str]]:
        cells = "".join(
            self._fresh((number, column), cell, self.inherited.style(column))
            for column, cell in wanted.items()
        )
        place = self.sheet.places.get(number, self.sheet.body_start)
        return [(place, f'<{self.q}row r="{number}">{cells}</{self.q}row>')] if cells else []

    def _insert_rows(self, fresh: list[tuple[int, str]]) -> None:
        if not fresh:
            return
        if self.sheet.self_closed:
            rows = "".join(text for _, text in fresh)
            whole = f"<{self.q}sheetData>{rows}</{self.q}sheetData>".encode()
            start = self.sheet.body_start - len(self.sheet.self_closed)
            self.result.edits.append(Edit(start, self.sheet.body_start, whole))
            return
        self.result.edits += [Edit(place, place, text.encode()) for place, text in fresh]

    def _dimension(self) -> None:
        """Widen the claimed range to the written cells."""
        element = self.root.child("dimension")
        claimed = area_of(element.attributes.get("ref", "")) if element else None
        if not element or not claimed:
            return
        filled = [place for place, cell in self.result.written.items() if not cell.keep]
        if not filled:
            return
        if element.attributes["ref"] == "A1" and self.sheet.body_stop == self.sheet.body_start:
            claimed = Area(*filled[0], *filled[0])
        rows, columns = [row for row, _ in filled], [column for _, column in filled]
        wide = Area(
            min(claimed.top, *rows),
            min(claimed.left, *columns),
            max(claimed.bottom, *rows),
            max(claimed.right, *columns),
        )
        if wide != claimed:
            edit = set_attribute(self.sheet.skeleton, element, "ref", wide.name)
            self.result.edits.append(self.sheet.moved(edit))


def same_value(old: CellValue, new: CellValue) -> bool:
    """Whether two cell values are the same value of the same kind."""
    numbers = (int, float)
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    if isinstance(old, numbers) and isinstance(new, numbers):
        return old == new
    return type(old) is type(new) and old == new


def _array_mark(cell: bytes) -> str:
    """The `cm` mark of a dynamic array, which stays with its formula."""
    tag = re.match(rb"<" + TAG_REST + rb">", cell)
    found = re.search(rb"""\scm\s*=\s*("\d+"|'\d+')""", tag[0]) if tag else None
    return f" cm={found[1].decode()}" if found else ""


def _wider(row_tag: bytes, columns: Iterable[int]) -> list[Edit]:
    """A row's spans hint, widened where the new cells lie outside it."""
    found = _SPANS.search(row_tag)
    if not found:
        return []
    low, high = int(found[1]), int(found[2])
    wide = f"{min(low, *columns)}:{max(high, *columns)}".encode()
    return [Edit(found.start(1), found.end(2), wide)] if wide != f"{low}:{high}".encode() else []
