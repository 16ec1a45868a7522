"""What a user has put on a sheet of ours beside what we filled: a sheet made anew would lose it.

The hidden name that marks a sheet as ours covers all that we filled, and moves along with it. What was typed
into that area itself is not told from what was there.
"""

import re
from collections.abc import Iterable, Iterator

from arcredit.errors import PatchError
from arcredit.ledger.attributes import whole
from arcredit.ledger.writing.cells import Area, Place, area_of, cell_name
from arcredit.ledger.writing.names import Name, quoted, sheet_of
from arcredit.ledger.writing.parts import Package
from arcredit.ledger.writing.stored_cells import stored_cells
from arcredit.ledger.writing.xml_spans import Element, parse

_DIMENSION = re.compile(rb"""<(?:[\w.-]+:)?dimension\s[^>]*?ref\s*=\s*["']([^"']*)""")
_PLACING = {"from", "to", "pos", "ext", "clientData"}
"""What an anchor says besides the drawing it holds."""


def marked_area(name: str, sheet: bytes, print_setup: Iterable[Name]) -> str:
    """What the mark of a sheet that we filled refers to: its cells, and the page with its charts."""
    found = _DIMENSION.search(sheet)
    texts = [found[1].decode()] if found else []
    texts += [item.refers_to.rpartition("!")[2] for item in print_setup if item.name == "_xlnm.Print_Area"]
    areas = [area for text in texts if (area := area_of(text))]
    bottom, right = (max((area[side] for area in areas), default=1) for side in (2, 3))
    return f"{quoted(name)}!{absolute(Area(1, 1, bottom, right))}"


def absolute(area: Area) -> str:
    """A reference that stays when formulas are copied, such as $A$1:$C$9."""
    return re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", area.name)


def same_mark(one: str, other: str) -> bool:
    """Whether two references mean the same cells, however they are written."""
    return sheet_of(one) == sheet_of(other) and _area(one) == _area(other)


def refuse_users_work(package: Package, part: str, sheet: str, mark: str) -> None:
    """Refuse to replace a sheet that holds something beside what we filled.

    Raises
    ------
    PatchError
        Naming a cell that is filled, or the kind of thing that hangs there.
    """
    # Where the mark lost its area, as after all its rows were deleted, nothing counts as ours.
    area = _area(mark) or Area(1, 1, 1, 1)
    where = {"path": package.path, "sheet": sheet}
    cell = next(_filled_beside(package, part, area), None)
    if cell:
        raise PatchError("patch.own_sheet_filled", cell=cell, **where)
    for relation in package.relations(part):
        if relation.kind == "drawing" and relation.target in package:
            for kind in _drawn_by_others(package.xml(relation.target), package.label(relation.target), area):
                raise PatchError("patch.own_sheet_used", kind=kind, **where)


def _area(refers_to: str) -> Area | None:
    return area_of(refers_to.rpartition("!")[2])


def _filled_beside(package: Package, part: str, area: Area) -> Iterator[str]:
    claimed = _DIMENSION.search(next(package.xml_chunks(part), b"")[:8000])
    used = area_of(claimed[1].decode("ascii", "replace")) if claimed else None
    if used and area.holds(used[:2]) and area.holds(used[2:]):
        return
    for cell in stored_cells(package.xml_chunks(part), package.label(part)):
        if not area.holds(cell.place) and (cell.text or cell.formula is not None):
            yield cell_name(cell.place)


def _drawn_by_others(data: bytes, label: str, area: Area) -> Iterator[str]:
    """What is no chart of ours: shapes, pictures, charts elsewhere or without a text that ours have."""
    charts = []
    for anchor in parse(data, label, 5).children:
        for item in anchor.children:
            if item.name == "graphicFrame":
                charts.append((_corner(data, anchor), _described(item)))
            elif item.name not in _PLACING:
                yield {"pic": "picture"}.get(item.name, "shape")
    described = any(text for _, text in charts)
    for corner, text in charts:
        if (corner and not area.holds(corner)) or (described and not text):
            yield "chart"


def _corner(data: bytes, anchor: Element) -> Place | None:
    """The cell in which a drawing begins."""
    start = anchor.child("from")
    row, column = (start.child(name) if start else None for name in ("row", "col"))
    return (whole(row.text(data)) + 1, whole(column.text(data)) + 1) if row and column else None


def _described(frame: Element) -> bool:
    """Whether a chart has a text for those who cannot see it; LibreOffice drops it from all of them."""
    names = [name for child in frame.children for name in child.named("cNvPr")]
    return any(name.attributes.get("descr") for name in names)
