"""Cells put into a worksheet's XML in place: only the rows at stake are ever held.

A sheet of a million rows is read through twice, once to find where the wanted rows stand and once to
copy it with the edits. Expat reads everything around the rows and every cell that is replaced.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.sax.saxutils import escape

from arcredit.ledger.attributes import whole
from arcredit.ledger.writing.cells import Area, CellValue, Place, area_of, cell_xml
from arcredit.ledger.writing.sheet_scan import STYLE, CellSpan, RowSpans, Sheet, row_spans
from arcredit.ledger.writing.stored_cells import Stored, stored_cells
from arcredit.ledger.writing.xml_spans import TAG_REST, Edit, Element, parse, set_attribute, splice

_CUSTOM = re.compile(rb"""\scustomFormat\s*=\s*["'](?:1|true)""")
_SPANS = re.compile(rb"""\sspans\s*=\s*["'](\d+):(\d+)["']""")


SPILLS = -1


class NewCell(NamedTuple):
    """What a cell is to hold. `formula` None means a plain value; `keep` leaves the formula it has.

    `style` is for a cell that is not there yet, in place of its row's or column's. `area` is what the array
    formula in the cell is to fill; `spilled` marks the other cells of such an array. `mark` is the ``cm`` of
    a formula that spills, `SPILLS` until it is known.
    """

    value: CellValue
    formula: str | None = None
    number_format: str | None = None
    keep: bool = False
    style: int | None = None
    area: Area | None = None
    spilled: bool = False
    mark: int = 0


class Inherited:
    """The style a new cell takes: its row's, else its column's."""

    def __init__(self, skeleton: Element) -> None:
        columns = skeleton.child("cols")
        self.columns = [
            (whole(c.attributes["min"]), whole(c.attributes["max"]), whole(c.attributes.get("style")))
            for c in (columns.children if columns else [])
            if "min" in c.attributes and "max" in c.attributes
        ]

    def style(self, column: int, row_tag: bytes = b"") -> int:
        row_style = STYLE.search(row_tag)
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
            whole(old.text, -1) for old in self.result.before.values() if old.kind == "s" and old.text.strip()
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
        kept = kept or bool(cell.mark and old.dynamic and old.formula == cell.formula)
        style = self.restyle(span.style, cell)
        grown = cell.area is not None and cell.area != area_of(old.formula_attributes.get("ref", ""))
        if kept and not grown and style == span.style and same_value(old.value(self.texts), cell.value):
            return []
        self.result.written[place] = cell
        if not kept and (old.formula is not None or cell.formula is not None):
            self.result.formulas_changed = True
            if old.formula and old.formula_attributes.get("t") == "shared":
                self.result.orphaned.append(old)
        formula = self._kept_formula(data, cell.area) if kept else self._formula(cell)
        new = cell_xml(self.sheet.prefix, place, style, cell.value, formula, computed=cell.keep)
        mark = _array_mark(data) if kept and formula else _new_mark(cell)
        new = new.replace(" r=", f"{mark} r=", 1)
        return [Edit(span.start, span.stop, new.encode())]

    def _kept_formula(self, cell: bytes, area: Area | None) -> str:
        formula = parse(cell, self.sheet.label, 2).child("f")
        if formula is None:
            return ""
        if area is not None:
            edit = set_attribute(cell, formula, "ref", area.name)
            longer = len(edit.new) - (edit.stop - edit.start)
            return splice(cell, [edit])[formula.start : formula.stop + longer].decode()
        return cell[formula.start : formula.stop].decode()

    def _formula(self, cell: NewCell) -> str:
        if cell.formula is None:
            return ""
        array = f' t="array" ref="{cell.area.name}"' if cell.area is not None else ""
        return f"<{self.q}f{array}>{escape(cell.formula)}</{self.q}f>"

    def _fresh(self, place: Place, cell: NewCell, style: int) -> str:
        """A cell that was not there; empty where it would hold nothing."""
        if cell.value is None and cell.formula is None:
            return ""
        self.result.written[place] = cell
        self.result.formulas_changed |= cell.formula is not None
        style = style if cell.style is None else cell.style
        formula = self._formula(cell)
        style = self.restyle(style, cell)
        xml = cell_xml(self.sheet.prefix, place, style, cell.value, formula, computed=cell.keep)
        return xml.replace(" r=", f"{_new_mark(cell)} r=", 1)

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
        filled = [place for place, cell in self.result.written.items() if not cell.keep or cell.spilled]
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


def _new_mark(cell: NewCell) -> str:
    """The `cm` mark of a new formula that spills."""
    return f' cm="{cell.mark}"' if cell.mark else ""


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
