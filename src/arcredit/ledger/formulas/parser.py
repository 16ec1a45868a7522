"""Excel's formula text, as files store it, into a tree.

Every formula of Excel's grammar has a tree, whether or not anyone here can compute it, so that parts of it
can be taken out and put back.
"""

import re

from arcredit.ledger.attributes import whole
from arcredit.ledger.formulas.expression import (
    LEVELS,
    PERCENT,
    SIGNED,
    Array,
    Binary,
    Call,
    Constant,
    Group,
    Missing,
    Name,
    Node,
    Opaque,
    Reference,
    Scalar,
    Unary,
    inner,
)
from arcredit.ledger.formulas.structured import table_reference
from arcredit.ledger.formulas.tokens import NotAFormula, Token, tokens
from arcredit.ledger.writing.cells import LAST_COLUMN, LAST_ROW, Area, CellError, column_number

_DEEPEST, _HIGHEST = 100, 200
"""Brackets inside brackets, of which Excel allows 64 calls; operators one after the other. Beyond that a tree
would be too high for all that walks it."""


def parsed(formula: str) -> Node:
    """The tree of a formula.

    Raises
    ------
    NotAFormula
        If it is none.

    Examples
    --------
    >>> parsed("=-A1^2").sign
    '^'
    """
    return _tree(formula, unions=False)


def named(text: str) -> Node:
    """The tree of what a name stands for, which may be several areas without brackets around them.

    Raises
    ------
    NotAFormula
        If it is no formula.
    """
    tree = _tree(text, unions=True)
    return Group(tree) if isinstance(tree, Binary) and tree.sign == "," else tree


def _tree(formula: str, unions: bool) -> Node:
    reader = _Parser(tokens(formula.strip().removeprefix("=")))
    reader.unions = unions
    tree = reader.expression(0)
    if reader.token is not None:
        raise NotAFormula(reader.token.text)
    if _height(tree) > _HIGHEST:
        raise NotAFormula(formula[:20])
    return tree


def _height(tree: Node) -> int:
    """How many nodes lie inside one another."""
    level, height = [tree], 0
    while level:
        level = [part for node in level for part in inner(node)]
        height += 1
    return height


class _Parser:
    """Precedence climbing over the tokens."""

    def __init__(self, found: list[Token]) -> None:
        self.found, self.place, self.depth = found, 0, 0
        self.unions = False

    @property
    def token(self) -> Token | None:
        return self.found[self.place] if self.place < len(self.found) else None

    def sign(self) -> str:
        token = self.token
        return token.text if token is not None and token.kind == "sign" else ""

    def take(self) -> Token:
        token = self.token
        if token is None:
            raise NotAFormula("")
        self.place += 1
        return token

    def expect(self, sign: str) -> None:
        if self.sign() != sign:
            raise NotAFormula(self.token.text if self.token else "")
        self.place += 1

    def expression(self, level: int) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise NotAFormula("(" * 5)
        left = self.operand()
        while True:
            sign = self.sign()
            if sign == "%" and level <= PERCENT:
                self.place += 1
                left = Unary("%", left)
            elif sign in LEVELS and LEVELS[sign] >= level and (sign != "," or self.unions):
                self.place += 1
                left = Binary(sign, left, self.expression(LEVELS[sign] + 1))
            else:
                self.depth -= 1
                return left

    def operand(self) -> Node:
        sign = self.sign()
        if sign and sign in "+-@":
            self.place += 1
            return Unary(sign, self.expression(SIGNED))
        node = self.bare()
        while self.sign() == "#":
            self.place += 1
            node = Unary("#", node)
        return node

    def bare(self) -> Node:
        token = self.take()
        match token.kind:
            case "sheet":
                return self.on_sheet(token.text)
            case "call":
                return self.call(token.text[:-1])
            case "cell" | "columns" | "rows":
                return self.cells(token, None)
            case "sign" if token.text == "(":
                return self.bracket()
            case "sign" if token.text == "{":
                return self.array()
            case "table":
                return table_reference(token.text)
            case "word":
                return _word(token.text, None)
            case "text" | "number" | "error":
                return Constant(_value(token))
        raise NotAFormula(token.text)

    def bracket(self) -> Node:
        before, self.unions = self.unions, True
        node = self.expression(0)
        self.unions = before
        self.expect(")")
        return Group(node) if isinstance(node, Binary) and node.sign == "," else node

    def call(self, name: str) -> Node:
        before, self.unions = self.unions, False
        arguments: list[Node] = []
        if self.sign() == ")":
            self.place += 1
        else:
            while True:
                left_out = self.sign() in (",", ")")
                arguments.append(Missing() if left_out else self.expression(0))
                if self.sign() == ",":
                    self.place += 1
                    continue
                self.expect(")")
                break
        self.unions = before
        return Call(name, tuple(arguments))

    def on_sheet(self, prefix: str) -> Node:
        token = self.take()
        bare = prefix[:-1]
        sheet = bare[1:-1].replace("''", "'") if bare.startswith("'") else bare
        if token.kind == "call":
            # A function of another workbook or add-in: the workbook belongs to its name.
            return self.call(prefix + token.text[:-1])
        if "[" in sheet or ":" in sheet or token.kind == "table":
            return Opaque(prefix + token.text)
        if token.kind == "error":
            return Constant(_value(token))
        if token.kind in ("cell", "columns", "rows"):
            return self.cells(token, sheet)
        if token.kind == "word":
            return Name(token.text, sheet)
        raise NotAFormula(prefix + token.text)

    def cells(self, token: Token, sheet: str | None) -> Node:
        ends = token.text.split(":")
        if token.kind == "cell" and self.sign() == ":" and self.place + 1 < len(self.found):
            after = self.found[self.place + 1]
            if after.kind == "cell":
                self.place += 2
                ends.append(after.text)
        found = _reference(ends, token.kind, sheet)
        return found if found is not None else _word(token.text, sheet)

    def array(self) -> Node:
        rows: list[list[Scalar]] = [[]]
        while True:
            minus = self.sign() in ("-", "+") and self.take().text == "-"
            token = self.take()
            if token.kind == "word" and token.text.upper() in ("TRUE", "FALSE"):
                value: Scalar = token.text.upper() == "TRUE"
            else:
                value = _value(token)
            rows[-1].append(-value if minus and isinstance(value, float) else value)
            sign = self.take().text
            if sign == ";":
                rows.append([])
            elif sign == "}":
                break
            elif sign != ",":
                raise NotAFormula(sign)
        if len({len(row) for row in rows}) > 1:
            raise NotAFormula("{")
        return Array(tuple(map(tuple, rows)))


def _value(token: Token) -> Scalar:
    if token.kind == "text":
        return token.text[1:-1].replace('""', '"')
    if token.kind == "number":
        return float(token.text)
    if token.kind == "error":
        return CellError(token.text)
    raise NotAFormula(token.text)


def _word(text: str, sheet: str | None) -> Node:
    if sheet is None and text.upper() in ("TRUE", "FALSE"):
        return Constant(text.upper() == "TRUE")
    return Name(text, sheet)


_CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d+)")
_LINE = re.compile(r"(\$?)(\w+)")


def _reference(ends: list[str], kind: str, sheet: str | None) -> Reference | None:
    """The reference of a cell or of two ends; None where the letters are no column."""
    if kind != "cell":
        (mark, first), (other, last) = (_LINE.fullmatch(end).groups() for end in ends)  # type: ignore[union-attr]
        fixed = (bool(mark), bool(other))
        if kind == "rows":
            low, high = whole(first), whole(last)
            fixed = fixed if low <= high else fixed[::-1]
            area = Area(min(low, high), 1, max(low, high), LAST_COLUMN)
            # All rows are all columns too, and have nowhere to move to.
            marks = (fixed[0], True, fixed[1], True) if area.bottom - area.top < LAST_ROW - 1 else (True,) * 4
        else:
            low, high = column_number(first), column_number(last)
            fixed = fixed if low <= high else fixed[::-1]
            area = Area(1, min(low, high), LAST_ROW, max(low, high))
            every = area.right - area.left == LAST_COLUMN - 1
            marks = (True,) * 4 if every else (True, fixed[0], True, fixed[1])
        return Reference(area, marks, sheet, True) if _inside(area) else None
    places = []
    for end in ends:
        mark, letters, other, row = _CELL.fullmatch(end).groups()  # type: ignore[union-attr]
        places.append(((whole(row), bool(other)), (column_number(letters), bool(mark))))
    rows, columns = sorted(place[0] for place in places), sorted(place[1] for place in places)
    (top, f_top), (bottom, f_bottom) = rows[0], rows[-1]
    (left, f_left), (right, f_right) = columns[0], columns[-1]
    area = Area(top, left, bottom, right)
    marks = (f_top, f_left, f_bottom, f_right)
    return Reference(area, marks, sheet, len(ends) > 1) if _inside(area) else None


def _inside(area: Area) -> bool:
    return area.bottom <= LAST_ROW and area.right <= LAST_COLUMN
