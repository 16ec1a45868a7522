"""A formula as a tree, and a tree as a formula.

References keep what is fixed by ``$``; `moved` gives the tree as it reads some cells away, which is all that
a shared formula is.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from arcredit.ledger.writing.cells import LAST_COLUMN, LAST_ROW, Area, CellError, cell_name

Scalar: TypeAlias = float | str | bool | CellError


@dataclass(frozen=True)
class Constant:
    """A number, a text, TRUE, FALSE or an error value."""

    value: Scalar

    def __eq__(self, other: object) -> bool:
        # 1 and TRUE are different constants.
        return isinstance(other, Constant) and (type(self.value), self.value) == (
            type(other.value),
            other.value,
        )

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True)
class Missing:
    """An argument left out."""


@dataclass(frozen=True)
class Array:
    """An array constant such as ``{30,60;90,1}``."""

    rows: tuple[tuple[Scalar, ...], ...]


@dataclass(frozen=True)
class Reference:
    """Cells. `fixed` says of top, left, bottom and right whether a ``$`` stands before them."""

    area: Area
    fixed: tuple[bool, bool, bool, bool] = (False, False, False, False)
    sheet: str | None = None
    """None: the formula's own sheet."""
    span: bool = False
    """Whether it is written with a colon."""

    @property
    def whole_columns(self) -> bool:
        """Whether it is columns from top to bottom."""
        return self.span and self.area.top == 1 and self.area.bottom == LAST_ROW

    @property
    def whole_rows(self) -> bool:
        """Whether it is rows from left to right."""
        return self.span and self.area.left == 1 and self.area.right == LAST_COLUMN


@dataclass(frozen=True)
class TableReference:
    """Cells of a table: ``tblDocs[Amount]``, ``[@Due]``, ``tbl[[#Headers],[A]:[B]]``.

    An empty `table` is the one around the cell; `items` are lower-case words such as ``#all``.
    """

    table: str
    items: tuple[str, ...] = ()
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True)
class Name:
    """A defined name, of a sheet if one is said."""

    name: str
    sheet: str | None = None


@dataclass(frozen=True)
class Opaque:
    """What refers to somewhere else: another workbook, a row of sheets, a deleted cell."""

    text: str


@dataclass(frozen=True)
class Call:
    """A function call; `name` as written."""

    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True)
class Unary:
    """``-``, ``+``, ``@`` before, or ``%``, ``#`` after its operand."""

    sign: str
    operand: "Node"


@dataclass(frozen=True)
class Binary:
    """Two operands with an operator between them; a blank stands for an intersection."""

    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Group:
    """What stands in brackets of its own: only a union needs them to keep its meaning."""

    inside: "Node"


Node: TypeAlias = (
    Constant | Missing | Array | Reference | TableReference | Name | Opaque | Call | Unary | Binary | Group
)

LEVELS = {
    **dict.fromkeys(("=", "<>", "<", ">", "<=", ">="), 1),
    "&": 2,
    **dict.fromkeys("+-", 3),
    **dict.fromkeys("*/", 4),
    "^": 5,
    ",": 8,
    " ": 9,
    ":": 10,
}
"""How tightly operators bind; all of Excel's group from the left, the power too."""
SIGNED, PERCENT, SPILLED, ATOM = 7, 6, 11, 12
"""Excel's minus binds tighter than its power: -2^2 is 4."""

_PLAIN_SHEET = re.compile(r"[^\W\d][\w.]*")
_LOOKS_LIKE_CELL = re.compile(r"\$?[A-Za-z]{1,3}\$?\d+|[RrCc]\d*|[Rr]\d*[Cc]\d*")
_SPECIAL = re.compile(r"['#\[\]@]")


def printed(node: Node) -> str:
    """The tree as a formula, without its equals sign.

    Examples
    --------
    >>> printed(Binary("^", Unary("-", Constant(2.0)), Constant(2.0)))
    '-2^2'
    """
    return _printed(node, 0)


def _printed(node: Node, level: int) -> str:
    text, own = _text(node)
    return f"({text})" if own < level else text


def _text(node: Node) -> tuple[str, int]:
    """A node's text and how tightly it holds together."""
    match node:
        case Binary(sign, left, right):
            own = LEVELS[sign]
            return f"{_printed(left, own)}{sign}{_printed(right, own + 1)}", own
        case Unary(sign, operand):
            own = {"%": PERCENT, "#": SPILLED}.get(sign, SIGNED)
            operand_text = _printed(operand, own)
            return (f"{operand_text}{sign}" if own != SIGNED else f"{sign}{operand_text}"), own
        case Constant(value):
            return constant(value), SIGNED if isinstance(value, float) and value < 0 else ATOM
        case Array(rows):
            return "{" + ";".join(",".join(map(constant, row)) for row in rows) + "}", ATOM
        case Call(name, arguments):
            return f"{name}({','.join(map(_argument, arguments))})", ATOM
        case Group(inside):
            return f"({_printed(inside, 0)})", ATOM
    return _word(node), ATOM


def _word(node: Node) -> str:
    """A node that has nothing inside it."""
    match node:
        case Reference():
            return _sheet(node.sheet) + _cells(node)
        case TableReference():
            return _table(node)
        case Name(name, sheet):
            return _sheet(sheet) + name
        case Opaque(text):
            return text
    return ""


def _argument(node: Node) -> str:
    return _printed(node, LEVELS[","] + 1 if isinstance(node, Binary) and node.sign == "," else 0)


def constant(value: Scalar) -> str:
    """A value as formulas write it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    if isinstance(value, CellError):
        return value.code
    text = repr(value) if math.isfinite(value) else "#NUM!"
    return text.removesuffix(".0").replace("e", "E")


def _sheet(name: str | None) -> str:
    if name is None:
        return ""
    if _PLAIN_SHEET.fullmatch(name) and not _LOOKS_LIKE_CELL.fullmatch(name) and name.isascii():
        return f"{name}!"
    return "'" + name.replace("'", "''") + "'!"


def _cells(node: Reference) -> str:
    top, left, bottom, right = node.area
    marks = ["$" if fixed else "" for fixed in node.fixed]
    if node.whole_columns:
        return f"{marks[1]}{_letters(left)}:{marks[3]}{_letters(right)}"
    if node.whole_rows:
        return f"{marks[0]}{top}:{marks[2]}{bottom}"
    first = f"{marks[1]}{_letters(left)}{marks[0]}{top}"
    return f"{first}:{marks[3]}{_letters(right)}{marks[2]}{bottom}" if node.span else first


def _letters(column: int) -> str:
    return cell_name((1, column))[:-1]


def _table(node: TableReference) -> str:
    columns = "" if node.first is None else f"[{_escaped(node.first)}]"
    if node.last is not None:
        columns += f":[{_escaped(node.last)}]"
    parts = [*(f"[{_titled(item)}]" for item in node.items), *([columns] if columns else [])]
    if not parts:
        return f"{node.table}[]"
    whole = len(parts) > 1 or node.last is not None
    return f"{node.table}[{','.join(parts)}]" if whole else node.table + parts[0]


def _titled(item: str) -> str:
    return {"#this row": "#This Row"}.get(item, item[:2].upper() + item[2:])


def _escaped(column: str) -> str:
    return _SPECIAL.sub(lambda found: "'" + found[0], column)


def inner(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside a node."""
    match node:
        case Call(_, arguments):
            return arguments
        case Unary(_, operand):
            return (operand,)
        case Binary(_, left, right):
            return left, right
        case Group(inside):
            return (inside,)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """A node and everything inside it, from the outside in."""
    yield node
    for part in inner(node):
        yield from walk(part)


def changed(node: Node, change: Callable[[Node], Node]) -> Node:
    """The tree with every node changed, from the inside out."""
    match node:
        case Call(name, arguments):
            node = Call(name, tuple(changed(part, change) for part in arguments))
        case Unary(sign, operand):
            node = Unary(sign, changed(operand, change))
        case Binary(sign, left, right):
            node = Binary(sign, changed(left, change), changed(right, change))
        case Group(inside):
            node = Group(changed(inside, change))
    return change(node)


def moved(node: Node, rows: int, columns: int) -> Node:
    """The tree as it reads so many rows below and columns to the right; over the edge it is ``#REF!``."""

    def move(part: Node) -> Node:
        return shifted(part, rows, columns) if isinstance(part, Reference) else part

    return changed(node, move) if rows or columns else node


def shifted(node: Reference, rows: int, columns: int) -> "Reference | Constant":
    """A reference some cells away; what is fixed stays."""
    steps = (rows * (not node.whole_columns), columns * (not node.whole_rows)) * 2
    pairs = zip(node.area, node.fixed, steps, strict=True)
    top, left, bottom, right = (place if fixed else place + step for place, fixed, step in pairs)
    area = Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))
    if area.top < 1 or area.left < 1 or area.bottom > LAST_ROW or area.right > LAST_COLUMN:
        return Constant(CellError("#REF!"))
    return replace(node, area=area)
