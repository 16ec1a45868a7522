"""A formula as a tree.

References keep what is fixed by ``$``; `moved` gives the tree as it reads some cells away, which is all that
a shared formula is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from arcredit.ledger.writing.cells import LAST_COLUMN, LAST_ROW, Area, CellError

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
