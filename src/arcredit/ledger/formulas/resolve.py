"""What a formula refers to, made plain: names and table references become cells, prefixes are taken off."""

from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from arcredit.ledger.formulas.book import FormulaBook, TableArea
from arcredit.ledger.formulas.expression import (
    Call,
    Constant,
    Name,
    Node,
    Opaque,
    Reference,
    TableReference,
    Unary,
    changed,
    walk,
)
from arcredit.ledger.formulas.naming import built_in
from arcredit.ledger.writing.cells import Area, CellError, Place, unescaped_text

_DEEPEST = 20
"""Names that stand for names."""
_MOST_NODES = 500
"""What a name may come to."""


class Spot(NamedTuple):
    """Where a formula stands."""

    sheet: str
    place: Place


def resolved(tree: Node, book: FormulaBook, at: Spot, depth: int = 0) -> Node:
    """The tree with every reference made plain; what cannot be stays as it is.

    Our functions get their plain names, ``_xlfn.SINGLE`` and ``_xlfn.ANCHORARRAY`` the signs they stand for.
    """

    def change(part: Node) -> Node:
        match part:
            case Reference(sheet=sheet):
                known = at.sheet if sheet is None else book.sheet(sheet)
                return Constant(CellError("#REF!")) if known is None else replace(part, sheet=known)
            case TableReference():
                return _cells(part, book, at)
            case Name():
                return _meaning(part, book, at, depth)
            case Call(name, arguments):
                return _call(book.own_name(name), built_in(name), part, arguments)
        return part

    return changed(tree, change)


def _call(own: str | None, plain: str, call: Call, arguments: tuple[Node, ...]) -> Node:
    if own is not None:
        return Call(own, arguments)
    if plain in _SIGNS and len(arguments) == 1:
        return Unary(_SIGNS[plain], arguments[0])
    return call


_SIGNS = {"SINGLE": "@", "ANCHORARRAY": "#"}


def _meaning(name: Name, book: FormulaBook, at: Spot, depth: int) -> Node:
    """What a name stands for; a name of nothing, or of cells that move with the formula, stays a name.

    Names of names can double at each step; so each is worked out once, and one that comes to too much stays.
    """
    sheet = at.sheet if name.sheet is None else book.sheet(name.sheet)
    key = name.name.lower(), sheet, at.sheet, at.place
    if key not in book.plain_names:
        book.plain_names[key] = name
        tree = book.meaning(name.name, sheet) if sheet is not None else None
        if tree is not None and depth <= _DEEPEST:
            found = resolved(tree, book, Spot(sheet or at.sheet, at.place), depth + 1)
            parts = list(islice(walk(found), _MOST_NODES + 1))
            moves = any(isinstance(part, Reference) and not _stays(part) for part in parts)
            if len(parts) <= _MOST_NODES and not moves:
                book.plain_names[key] = found
    return book.plain_names[key]


def _stays(reference: Reference) -> bool:
    return all(reference.fixed)


def _cells(reference: TableReference, book: FormulaBook, at: Spot) -> Node:
    """The cells of a table reference."""
    table = book.tables.get(reference.table.lower()) if reference.table else None
    if not reference.table:
        table = book.table_around(at.sheet, at.place)
    if table is None:
        return Constant(CellError("#REF!")) if not reference.table else Opaque(reference.table)
    rows, columns = _rows(reference, table, at), _columns(reference, table)
    if rows is None or columns is None:
        outside = "#this row" in reference.items and columns is not None
        return Constant(CellError("#VALUE!" if outside else "#REF!"))
    this_row = "#this row" in reference.items
    fixed = (not this_row, True, not this_row, True)
    span = not this_row or columns[0] != columns[1]
    return Reference(Area(rows[0], columns[0], rows[1], columns[1]), fixed, table.sheet, span)


def _rows(reference: TableReference, table: TableArea, at: Spot) -> tuple[int, int] | None:
    area = table.area
    first, last = area.top + table.headings, area.bottom - table.totals
    parts = {
        "#all": (area.top, area.bottom),
        "#data": (first, last),
        "#headers": (area.top, area.top) if table.headings else None,
        "#totals": (area.bottom, area.bottom) if table.totals else None,
        "#this row": (at.place[0], at.place[0])
        if table.sheet == at.sheet and first <= at.place[0] <= last
        else None,
    }
    found = [parts.get(item) for item in reference.items or ("#data",)]
    kept = [rows for rows in found if rows is not None]
    if len(kept) < len(found):
        return None
    return min(top for top, _ in kept), max(bottom for _, bottom in kept)


def _columns(reference: TableReference, table: TableArea) -> tuple[int, int] | None:
    left = table.area.left
    if reference.first is None:
        return left, table.area.right
    names = [unescaped_text(column).casefold() for column in table.columns]
    wanted = [reference.first, reference.last if reference.last is not None else reference.first]
    places = [names.index(column.casefold()) for column in wanted if column.casefold() in names]
    return (left + min(places), left + max(places)) if len(places) == 2 else None
