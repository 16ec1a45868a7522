"""A tree as a formula, as files store it."""

import math
import re

from arcredit.ledger.formulas.expression import (
    ATOM,
    LEVELS,
    PERCENT,
    SIGNED,
    SPILLED,
    Array,
    Binary,
    Call,
    Constant,
    Group,
    Name,
    Node,
    Opaque,
    Reference,
    Scalar,
    TableReference,
    Unary,
)
from arcredit.ledger.writing.cells import CellError, cell_name

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
