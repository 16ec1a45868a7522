"""A record of keys and values as a table of the keys of its schema and their values."""

from typing import Any

import numpy as np

from arcredit.ledger.reading.columns import plain_heading
from arcredit.ledger.reading.raw import BLANK, RawSheet
from arcredit.ledger.reading.scan import column_letter
from arcredit.ledger.records.find import Block
from arcredit.ledger.records.remarks import Remarks
from arcredit.ledger.records.schema import Column
from arcredit.ledger.records.values import read_cells, signs_of
from arcredit.shapes import Table, Texts, plain
from arcredit.words import LANGUAGES, say


def read_terms(
    block: Block, raw: RawSheet, usual: tuple[str | None, str | None], date_1904: bool, remarks: Remarks
) -> Table:
    """The terms that a block states; wrong values and unknown terms are left out and reported."""
    rows = _rows(block, raw, remarks)
    value = raw.column(block.columns["value"])
    letter = column_letter(block.columns["value"])
    pairs = [(column, value.take([row])) for column, row in rows.items()]
    signs = signs_of(pairs, usual, date_1904)
    found: dict[str, Any] = {}
    for (column, cell), row in zip(pairs, rows.values(), strict=True):
        cells = read_cells(column, cell, signs)
        if cells.trouble[0] is not None:
            where = f"{letter}{raw.rows[row]}"
            remarks.cell(block, column, cell, 0, where, cells.trouble[0])
        elif plain(cells.values[0]) is not None:
            found[column.name] = plain(cells.values[0])
    return Table({"key": _objects(list(found)), "value": _objects(list(found.values()))})


def _rows(block: Block, raw: RawSheet, remarks: Remarks) -> dict[Column, int]:
    """The row of each term."""
    key, value = raw.column(block.columns["key"]), raw.column(block.columns["value"])
    meant = {spelling: column for column in reversed(block.record.columns) for spelling in column.spellings}
    # A term's own name goes before another term's further spelling.
    meant |= {plain_heading(name): column for column in block.record.columns for name in _own(column)}
    found: dict[Column, int] = {}
    for row in range(len(raw)):
        text = key.text(row)
        column = meant.get(plain_heading(text)) if text else None
        where = f"{column_letter(block.columns['key'])}{raw.rows[row]}"
        if column in found and column:
            remarks.add("warning", block, "records.twice_key", where, found=text)
        elif column:
            found[column] = row
        elif text and value.kind[row] != BLANK and plain_heading(text) not in _headings():
            allowed = ", ".join(item.heading(remarks.language) for item in block.record.columns)
            remarks.add("warning", block, "records.unknown_key", where, found=text, allowed=allowed)
    return found


def _own(column: Column) -> list[str]:
    return [column.name, *map(column.heading, LANGUAGES)]


def _headings() -> set[str]:
    """What stands above the keys; a row of it is no term."""
    return {plain_heading(say("records.heading.key", language)) for language in LANGUAGES} | {"key", "条款"}


def _objects(values: list[Any]) -> Texts:
    found = np.empty(len(values), object)
    found[:] = values
    return found
