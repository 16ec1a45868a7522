"""Excel tables of a workbook, and rows appended to one: cells below it, and a wider range in its own part."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from arcredit.errors import PatchError
from arcredit.ledger.attributes import whole
from arcredit.ledger.writing.cells import (
    LAST_ROW,
    Area,
    CellValue,
    Place,
    area_of,
    storable,
    unescaped_text,
)
from arcredit.ledger.writing.cells import cell_name as name_of
from arcredit.ledger.writing.parts import Package
from arcredit.ledger.writing.sheet_scan import scan
from arcredit.ledger.writing.sheet_xml import NewCell
from arcredit.ledger.writing.stored_cells import Stored, stored_cells
from arcredit.ledger.writing.workbook_part import WorkbookPart
from arcredit.ledger.writing.xml_spans import Edit, Element, parse, set_attribute, splice

_QUIET = re.compile(r'"[^"]*"|\[(?:[^\[\]]|\[[^\[\]]*\])*\]')
_MOVING = re.compile(r"(?<![\w.$])\$?[A-Za-z]{1,3}[1-9]\d*(?![\w(.!])")
"""A cell whose row is not fixed: it means another one in every line."""


class TableColumn(NamedTuple):
    """A column of a table; `formula` is the one all its lines have, empty where there is none."""

    name: str
    formula: str


class TableEntry(NamedTuple):
    """A table as its sheet has it."""

    name: str
    sheet: str
    part: str
    area: Area
    columns: tuple[TableColumn, ...]
    header: int
    totals: int
    source: str
    """Empty for cells; ``queryTable`` or ``xml`` where something else fills it."""

    @property
    def lines(self) -> Area:
        """Its area without headings and totals."""
        return self.area._replace(top=self.area.top + self.header, bottom=self.area.bottom - self.totals)


def tables_of(package: Package, book: WorkbookPart) -> Iterator[TableEntry]:
    """The workbook's tables, sheet by sheet."""
    for sheet in book.sheets():
        for relation in package.relations(sheet.part) if sheet.part else []:
            if relation.kind == "table" and relation.target in package:
                found = _entry(package, relation.target, sheet.name)
                if found:
                    yield found


def find_table(package: Package, book: WorkbookPart, name: str) -> TableEntry:
    """The table of that name, in whatever case.

    Raises
    ------
    PatchError
        If the workbook has none such.
    """
    for table in tables_of(package, book):
        if table.name.lower() == name.lower():
            return table
    raise PatchError("patch.no_such_table", path=package.path, table=name)


def _entry(package: Package, part: str, sheet: str) -> TableEntry | None:
    data = package.xml(part)
    root = parse(data, package.label(part), 4)
    area = area_of(root.attributes.get("ref", ""))
    holder = root.child("tableColumns")
    if area is None or holder is None:
        return None
    return TableEntry(
        root.attributes.get("displayName", ""),
        sheet,
        part,
        area,
        tuple(_column(data, column) for column in holder.named("tableColumn")),
        whole(root.attributes.get("headerRowCount"), 1),
        whole(root.attributes.get("totalsRowCount")),
        root.attributes.get("tableType", "worksheet").removeprefix("worksheet"),
    )


def _column(data: bytes, column: Element) -> TableColumn:
    formula = column.child("calculatedColumnFormula")
    text = "" if formula is None else formula.text(data).strip()
    if formula is not None and formula.flag("array"):
        text = f"{{{text}}}"
    return TableColumn(unescaped_text(column.attributes.get("name", "")), text)


class Growth(NamedTuple):
    """What appending comes to: the cells to be written, and how far the table reaches then."""

    cells: dict[Place, NewCell]
    area: Area


def grown(
    table: TableEntry, rows: Sequence[Mapping[str, Any]], package: Package, book: WorkbookPart
) -> Growth:
    """Rows appended to a table; blank lines at its end are filled first.

    Raises
    ------
    PatchError
        If the table cannot take them without something else being moved or lost.
    """
    where = {"path": package.path, "sheet": table.sheet, "table": table.name}
    _refuse_unfit(table, rows, where)
    entry = book.sheet(table.sheet)
    assert entry is not None
    stored = _lower_cells(package, entry.part, table)
    first = _first_blank(table, stored)
    area = table.area._replace(bottom=max(table.area.bottom, first + len(rows) - 1))
    obstacles = _obstacles(package, book, entry.part, table)
    _refuse_occupied(area._replace(top=table.area.bottom + 1), stored, obstacles, where)
    cells: dict[Place, NewCell] = {}
    for number, row in enumerate(rows, first):
        for place, column in enumerate(table.columns, table.area.left):
            above = stored.get((min(number, table.lines.bottom), place))
            if not (column.formula and number <= table.lines.bottom and _filled(above)):
                value = _storable(row.get(column.name), (number, place), where, book.date_1904)
                cells[number, place] = _cell(column, row, value, above)
    return Growth(cells, area)


def _storable(value: Any, place: Place, where: dict[str, str], date_1904: bool) -> CellValue:
    return storable(value, date_1904, {**where, "cell": name_of(place)})


def _obstacles(package: Package, book: WorkbookPart, part: str, table: TableEntry) -> list[Area]:
    """What else lies on the sheet that a table must not grow into: tables, pivot tables, merged cells."""
    found = [
        other.area
        for other in tables_of(package, book)
        if other.sheet == table.sheet and other.part != table.part
    ]
    root = parse(scan(package.xml_chunks(part), (), package.label(part)).skeleton, package.label(part), 3)
    merges = root.child("mergeCells")
    texts = [merge.attributes.get("ref", "") for merge in merges.children] if merges else []
    for relation in package.relations(part):
        if relation.kind == "pivotTable":
            location = parse(package.xml(relation.target), relation.target, 2).child("location")
            texts.append(location.attributes.get("ref", "") if location else "")
    return found + [area for text in texts if (area := area_of(text))]


def _refuse_unfit(table: TableEntry, rows: Sequence[Mapping[str, Any]], where: dict[str, str]) -> None:
    if table.totals:
        raise PatchError("patch.table_totals", **where)
    if table.source:
        raise PatchError("patch.table_filled", **where)
    known = {column.name: column.formula for column in table.columns}
    for heading in dict.fromkeys(heading for row in rows for heading in row):
        if heading not in known:
            raise PatchError("patch.table_column", column=heading, **where)
        if known[heading]:
            raise PatchError("patch.table_computed", column=heading, **where)
    for heading, formula in known.items():
        if formula.startswith("{") or _MOVING.search(_QUIET.sub("", formula)):
            raise PatchError("patch.table_formula", column=heading, **where)


def _lower_cells(package: Package, part: str, table: TableEntry) -> dict[Place, Stored]:
    """The cells in the table's columns, from its first line down."""
    below = table.lines._replace(bottom=LAST_ROW)
    cells = stored_cells(package.xml_chunks(part), package.label(part))
    return {cell.place: cell for cell in cells if below.holds(cell.place)}


def _filled(cell: Stored | None) -> bool:
    return cell is not None and (bool(cell.text) or cell.formula is not None)


def _first_blank(table: TableEntry, stored: Mapping[Place, Stored]) -> int:
    """The row after the last line that holds something other than the column's own formula."""
    typed = [place for place, column in enumerate(table.columns, table.area.left) if not column.formula]
    lines = table.lines
    row = lines.bottom
    while row >= lines.top and not any(_filled(stored.get((row, place))) for place in typed):
        row -= 1
    return row + 1


def _refuse_occupied(
    added: Area, stored: Mapping[Place, Stored], others: Sequence[Area], where: dict[str, str]
) -> None:
    if added.bottom > LAST_ROW:
        raise PatchError("patch.table_full", **where)
    if added.bottom < added.top:
        return
    taken = next(
        (place for place, cell in sorted(stored.items()) if added.holds(place) and _filled(cell)), None
    )
    if taken:
        raise PatchError("patch.table_below", cell=name_of(taken), **where)
    for other in others:
        if _overlap(added, other):
            raise PatchError("patch.table_below", cell=other.name, **where)


def _overlap(one: Area, other: Area) -> bool:
    rows = one.top <= other.bottom and other.top <= one.bottom
    return rows and one.left <= other.right and other.left <= one.right


def _cell(column: TableColumn, row: Mapping[str, Any], value: CellValue, above: Stored | None) -> NewCell:
    """A cell that looks like the one in the table's last line."""
    style = above.style if above else None
    if column.formula:
        return NewCell(None, column.formula, style=style)
    given = row.get(column.name)
    number_format = None
    if isinstance(given, dt.date):
        number_format = "moment" if isinstance(given, dt.datetime) and given.time() else "date"
    return NewCell(value, number_format=number_format, style=style)


def widened(package: Package, table: TableEntry, area: Area) -> None:
    """Have the table's part say how far it reaches now, and its filter with it."""
    data = package.xml(table.part)
    root = parse(data, package.label(table.part), 2)
    edits: list[Edit] = [set_attribute(data, root, "ref", area.name)]
    if root.flag("insertRow"):
        edits.append(set_attribute(data, root, "insertRow", "0"))
    filtered = root.child("autoFilter")
    if filtered and "ref" in filtered.attributes:
        edits.append(set_attribute(data, filtered, "ref", area.name))
    package.put(table.part, splice(data, edits))
