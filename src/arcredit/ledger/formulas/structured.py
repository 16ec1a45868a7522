"""References to tables: ``tblDocs[Amount]``, ``[@Due]``, ``tbl[[#Headers],[A]:[B]]``."""

import re

from arcredit.ledger.formulas.expression import TableReference
from arcredit.ledger.formulas.tokens import NotAFormula

_PIECE = re.compile(r"\s*(?:\[((?:[^\[\]']|'.)*)\]|([^\[\],:]+))\s*([,:]?)", re.DOTALL)


def table_reference(text: str) -> TableReference:
    """A structured reference taken apart.

    Raises
    ------
    NotAFormula
        If it is none.

    Examples
    --------
    >>> table_reference("tbl[[#Headers],[A]:[B]]")
    TableReference(table='tbl', items=('#headers',), first='A', last='B')
    >>> table_reference("[@Due]")
    TableReference(table='', items=('#this row',), first='Due', last=None)
    """
    table, _, rest = text.partition("[")
    inside = rest[:-1].strip()
    items: list[str] = []
    if inside.startswith("@"):
        items.append("#this row")
        inside = inside[1:].strip()
    columns: list[str] = []
    if inside and not inside.startswith(("[", "#")) and not re.search(r"(?<!')[\[\]]", inside):
        columns.append(_unescaped(inside))
    elif inside.startswith("#"):
        items.append(inside.lower())
    else:
        place = 0
        while place < len(inside):
            piece = _PIECE.match(inside, place)
            if piece is None:
                raise NotAFormula(text)
            word = (piece[1] if piece[1] is not None else piece[2]).strip()
            (items if word.startswith("#") else columns).append(
                word.lower() if word.startswith("#") else _unescaped(word)
            )
            place = piece.end()
    if len(columns) > 2:
        raise NotAFormula(text)
    first, last = (*columns, None, None)[:2]
    return TableReference(table, tuple(items), first, last)


def _unescaped(column: str) -> str:
    return re.sub(r"'(.)", r"\1", column, flags=re.DOTALL)
