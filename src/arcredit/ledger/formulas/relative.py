"""Formulas that say the same from different cells: filled down a column they differ in row numbers only."""

import re
from functools import lru_cache

from arcredit.ledger.attributes import whole
from arcredit.ledger.formulas.expression import Node, moved
from arcredit.ledger.formulas.parser import parsed
from arcredit.ledger.formulas.tokens import NotAFormula
from arcredit.ledger.writing.cells import Place, column_number

_PIECES = re.compile(
    r""""(?:[^"]|"")*"|\[[^\[\]]*\]"""
    r"""|(?<![\w.\\!$])((?:'(?:[^']|'')*'!|[^\W\d][\w.]*!)?)(\$?)([A-Za-z]{1,3})(\$?)(\d{1,7})(?![\w.(!\\?\[])"""
    r"""|(?<![\w.\\!$])((?:'(?:[^']|'')*'!|[^\W\d][\w.]*!)?)"""
    r"""(\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?\d+:\$?\d+)(?![\w.(!\\?\[])"""
)


def key(text: str, origin: Place) -> str:
    """A formula with its relative references as steps from its cell: equal keys mean the same.

    Examples
    --------
    >>> key("AR_DSO(A2,$B$1,A3)", (2, 4)) == key("AR_DSO(A9,$B$1,A10)", (9, 4))
    True
    """
    row, column = origin

    def step(found: re.Match[str]) -> str:
        letters, number = found[3], found[5]
        if letters:
            across = letters.upper() if found[2] else f"C[{column_number(letters) - column}]"
            down = number if found[4] else f"R[{whole(number) - row}]"
            return f"{found[1]}{found[2]}{across}{found[4]}{down}"
        return found[6] + ":".join(map(end, found[7].split(":"))) if found[7] else found[0]

    def end(line: str) -> str:
        """A whole column or row, such as the C of C:D."""
        if line.startswith("$"):
            return line.upper()
        return f"R[{whole(line) - row}]" if line.isdigit() else f"C[{column_number(line) - column}]"

    return _PIECES.sub(step, text)


class Trees:
    """Trees of formulas; those that say the same are parsed once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Node | None, Place]] = {}

    def tree(self, text: str, origin: Place, place: Place) -> Node | None:
        """The tree of a formula written for `origin`, as it reads from `place`; None if it is none."""
        name = key(text, origin)
        if name not in self._known:
            self._known[name] = _parsed(text), origin
        tree, home = self._known[name]
        return None if tree is None else moved(tree, place[0] - home[0], place[1] - home[1])


@lru_cache(4096)
def _parsed(text: str) -> Node | None:
    try:
        return parsed(text)
    except NotAFormula:
        return None
