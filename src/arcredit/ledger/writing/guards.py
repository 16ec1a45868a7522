"""What must not be overwritten: protected sheets, merged cells, arrays, table headers, pivot tables."""

from collections.abc import Iterator, Mapping

from arcredit.errors import PatchError
from arcredit.ledger.attributes import whole
from arcredit.ledger.writing.cells import Area, Place, area_of, cell_name
from arcredit.ledger.writing.parts import Package
from arcredit.ledger.writing.sheet_scan import Sheet, row_spans
from arcredit.ledger.writing.sheet_xml import NewCell
from arcredit.ledger.writing.xml_spans import Element, parse


def refuse_guarded(
    package: Package, part: str, name: str, sheet: Sheet, root: Element, cells: Mapping[Place, NewCell]
) -> None:
    """Refuse cells that cannot be written without breaking something around them.

    Raises
    ------
    PatchError
        Naming the first such cell and what stands in the way.
    """
    where = {"path": package.path, "sheet": name}
    plain = {place for place, cell in cells.items() if not cell.keep}
    protection = root.child("sheetProtection")
    if plain and protection and protection.flag("sheet"):
        raise PatchError("patch.sheet_protected", **where)
    results = _Results(sheet)
    spilled = {place for place, cell in cells.items() if cell.spilled and not results.in_array(place)}
    written = sorted(plain | spilled)
    for key, area, free in _guarded(package, part, sheet, root) if written else ():
        for place in written:
            if area.holds(place) and place != free:
                raise PatchError(key, cell=cell_name(place), area=area.name, **where)
    for place in sorted(spilled):
        if cells[place].value is not None and not results.is_blank(place):
            raise PatchError("patch.spill_blocked", cell=cell_name(place), **where)
    for place in sorted(set(cells) - plain - spilled):
        if not results.has_result(place):
            raise PatchError("patch.no_formula", cell=cell_name(place), **where)


def _guarded(
    package: Package, part: str, sheet: Sheet, root: Element
) -> Iterator[tuple[str, Area, Place | None]]:
    """Each guarded area: the refusal's key, the area, and the one cell in it that may be written."""
    merges = root.child("mergeCells")
    for merge in merges.children if merges else []:
        if area := area_of(merge.attributes.get("ref", "")):
            yield "patch.merged", area, (area.top, area.left)
    for formula in sheet.formula_areas:
        alone = formula.area.top == formula.area.bottom and formula.area.left == formula.area.right
        if formula.kind == "dataTable" or (formula.kind == "array" and not alone):
            yield "patch.inside_array", formula.area, None
    for relation in package.relations(part):
        if relation.kind == "table":
            yield from _table_edges(package, relation.target)
        elif relation.kind == "pivotTable":
            location = parse(package.xml(relation.target), relation.target, 2).child("location")
            if location and (area := area_of(location.attributes.get("ref", ""))):
                yield "patch.pivot_table", area, None


def _table_edges(package: Package, part: str) -> Iterator[tuple[str, Area, None]]:
    """A table's header and totals rows: their texts stand in the table's own part too."""
    table = parse(package.xml(part), package.label(part), 1).attributes
    area = area_of(table.get("ref", ""))
    if area is None:
        return
    header, totals = whole(table.get("headerRowCount"), 1), whole(table.get("totalsRowCount"))
    if header:
        yield "patch.table_edge", area._replace(bottom=area.top + header - 1), None
    if totals:
        yield "patch.table_edge", area._replace(top=area.bottom - totals + 1), None


class _Results:
    """Which cells of a scanned sheet hold results of formulas."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        arrays = [formula.area for formula in sheet.formula_areas if formula.kind == "array"]
        self.alone = {area[:2] for area in arrays if area[:2] == area[2:]}
        self.larger = [area for area in arrays if area[:2] != area[2:]]
        self.cells: dict[int, dict[int, bytes]] = {}

    def in_array(self, place: Place) -> bool:
        """Whether a cell lies in an array formula's range."""
        return place in self.alone or any(area.holds(place) for area in self.larger)

    def has_result(self, place: Place) -> bool:
        """Whether a cell holds a formula or lies in an array formula's range."""
        if place in self.alone:
            return True
        cell = self.cell(place)
        has = cell is not None and parse(cell, self.sheet.label, 2).child("f") is not None
        return has or self.in_array(place)

    def is_blank(self, place: Place) -> bool:
        """Whether a cell holds nothing at all."""
        cell = self.cell(place)
        return cell is None or not parse(cell, self.sheet.label, 2).children

    def cell(self, place: Place) -> bytes | None:
        """The bytes of a cell of a captured row."""
        number, column = place
        if number not in self.cells:
            row = self.sheet.rows.get(number)
            spans = row_spans(row.data, self.sheet.prefix).cells if row else []
            data = row.data if row else b""
            self.cells[number] = {span.column: data[span.start : span.stop] for span in spans}
        return self.cells[number].get(column)
