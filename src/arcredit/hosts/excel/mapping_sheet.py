"""The sheet AR Mapping: which column of the ledger is read as what, and where the user says otherwise.

A letter in the last column is a wish for the next refresh, which reads it, remembers the column by its
heading and writes the sheet anew. So a letter never outlives a column that was moved.
"""

from dataclasses import dataclass, field

import numpy as np
import xlwings as xw

from arcredit.ledger.mapping import Mapping
from arcredit.ledger.reading.columns import NAMES
from arcredit.reports.sheet import Block, Cell, Column, Range, Sheet
from arcredit.words import say

_SHEET_ROW, _HEADING = 3, 5
_KEYS = ("name", "meaning", "column", "heading", "wish")
_WIDTHS = (20.0, 52.0, 12.0, 34.0, 16.0)
_WISH = len(_KEYS) - 1


@dataclass(frozen=True)
class Wishes:
    """What the user wrote on the sheet: another ledger sheet, glossary names to column letters."""

    sheet: str | None = None
    columns: dict[str, str] = field(default_factory=dict)


def mapping_sheet(language: str, mapping: Mapping | None, trouble: str = "") -> Sheet:
    """The sheet for a mapping, or for a ledger that was not found, with the reason why."""
    columns, headings = (mapping.columns, mapping.headings) if mapping else ({}, {})
    below = trouble or say("ribbon.mapping.how", language)
    cells = [
        Cell(0, 0, say("ribbon.mapping.title", language), "title.text"),
        Cell(1, 0, below, "alert.text" if trouble else "subtitle.text"),
        Cell(_SHEET_ROW, 0, "sheet", "body.text"),
        Cell(_SHEET_ROW, 1, say("ribbon.mapping.sheet", language), "body.text"),
        Cell(_SHEET_ROW, 2, mapping.sheet if mapping else None, "body.text"),
        Cell(_SHEET_ROW, 3, None, "body.text"),
        Cell(_SHEET_ROW, _WISH, None, "strong.text"),
        *(
            Cell(_HEADING, place, say(f"ribbon.mapping.{key}", language), "heading.text")
            for place, key in enumerate(_KEYS)
        ),
    ]
    lines = {
        "name": list(NAMES),
        "meaning": [say(f"ribbon.meaning.{name}", language) for name in NAMES],
        "column": [columns.get(name) for name in NAMES],
        "heading": [headings.get(name) for name in NAMES],
        "wish": [None] * len(NAMES),
    }
    block = Block(_HEADING + 1, 0, tuple(Column(np.array(lines[key], object), "wrap.text") for key in _KEYS))
    return Sheet(
        owner="mapping",
        name=say("ribbon.mapping.tab", language),
        widths=_WIDTHS,
        cells=tuple(cells),
        area=Range(0, 0, _HEADING + len(NAMES), _WISH),
        blocks=(block,),
        heights={0: 24},
        freeze=(_HEADING + 1, 0),
    )


def wishes_on(book: xw.Book, sheet: str | None) -> Wishes:
    """What the user wrote on the sheet; nothing where there is none."""
    if sheet is None:
        return Wishes()
    rows = book.sheets[sheet].range((1, 1), (_HEADING + 1 + len(NAMES), _WISH + 1)).value
    said = {str(row[0]): str(row[_WISH]).strip() for row in rows if row[0] and row[_WISH] not in (None, "")}
    return Wishes(said.get("sheet"), {name: said[name].upper() for name in NAMES if name in said})
