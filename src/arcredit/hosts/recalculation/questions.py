"""What is asked of LibreOffice, and what it answers."""

from typing import Any, NamedTuple

from arcredit.ledger.formulas.expression import Node
from arcredit.ledger.writing.cells import Area, Place

FAILURES = (Exception,)
"""What keeps LibreOffice from answering, be it openpyxl, which trips over files in its own ways; the formulas
are then left to Excel."""


class Ask(NamedTuple):
    """Something foreign in one of our formulas, to be computed at its place."""

    sheet: str
    place: Place
    part: Node
    array: bool = False
    whole: bool = False
    """Whether it is the whole formula, so that only its value counts."""


class Answer(NamedTuple):
    """What LibreOffice gives: a value, rows, or the cells of a sheet."""

    value: Any
    sheet: str | None = None
    area: Area | None = None


class Answers(NamedTuple):
    """What LibreOffice computed, and the functions that it does not know."""

    parts: list[Answer]
    cells: dict[str, dict[Place, Any]]
    unknown: set[str]
