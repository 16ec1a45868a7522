"""What must not be overwritten: protected sheets, merged cells, arrays, table headers, pivot tables."""

from collections.abc import Iterator, Mapping

from arcredit.errors import PatchError
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
    spilled = {place for place, cell in cells.items() if cell.spilled and not _in_array(sheet, place)}
    for key, area, free in _guarded(package, part, sheet, root):
        for place in sorted(plain | spilled):
            if area.holds(place) and place != free:
                raise PatchError(key, cell=cell_name(place), area=area.name, **where)
    for place in sorted(spilled):
        if cells[place].value is not None and not _is_blank(sheet, place):
            raise PatchError("patch.spill_blocked", cell=cell_name(place), **where)
    for place in sorted(set(cells) - plain - spilled):
        if not _has_result(sheet, place):
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
    header, totals = int(table.get("headerRowCount", "1")), int(table.get("totalsRowCount", "0"))
    if header:
        yield "patch.table_edge", area._replace(bottom=area.top + header - 1), None
    if totals:
        yield "patch.table_edge", area._replace(top=area.bottom - totals + 1), None


def _in_array(sheet: Sheet, place: Place) -> bool:
    return any(formula.kind == "array" and formula.area.holds(place) for formula in sheet.formula_areas)


def _has_result(sheet: Sheet, place: Place) -> bool:
    """Whether a cell holds a formula or lies in an array formula's range."""
    if _in_array(sheet, place):
        return True
    cell = _cell(sheet, place)
    return cell is not None and parse(cell, sheet.label, 2).child("f") is not None


def _is_blank(sheet: Sheet, place: Place) -> bool:
    """Whether a cell holds nothing at all."""
    cell = _cell(sheet, place)
    return cell is None or not parse(cell, sheet.label, 2).children


def _cell(sheet: Sheet, place: Place) -> bytes | None:
    """The bytes of a cell of a captured row."""
    row = sheet.rows.get(place[0])
    spans = row_spans(row.data, sheet.prefix).cells if row else []
    found = next((span for span in spans if span.column == place[1]), None)
    return row.data[found.start : found.stop] if row and found else None
