"""A record of keys and values as a table of the keys of its schema and their values."""

from functools import cache
from typing import Any

import numpy as np

from arcredit.ledger.reading.columns import plain_heading
from arcredit.ledger.reading.raw import BLANK, RawSheet
from arcredit.ledger.reading.scan import column_letter
from arcredit.ledger.records.block import Block
from arcredit.ledger.records.remarks import Remarks
from arcredit.ledger.records.schema import Column
from arcredit.ledger.records.values import read_cells, signs_of
from arcredit.shapes import Table, Texts, plain
from arcredit.words import LANGUAGES, say

_ALSO = {
    "key": {"key", "parameter", "setting", "option", "item", "name", "field", "条款", "参数", "名称", "设置"},
    "value": {"setting", "content", "值", "内容", "参数值", "设置"},
}
"""What else people write above terms and values."""


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
        elif text and value.kind[row] != BLANK and not _is_heading(text, value.text(row)):
            allowed = ", ".join(item.heading(remarks.language) for item in block.record.columns)
            remarks.add("warning", block, "records.unknown_key", where, found=text, allowed=allowed)
    return found


def _own(column: Column) -> list[str]:
    return [column.name, *map(column.heading, LANGUAGES)]


def _is_heading(key: str, value: str) -> bool:
    """Whether a row stands above the terms and is none itself."""
    return plain_heading(key) in _headings("key") or plain_heading(value) in _headings("value")


@cache
def _headings(name: str) -> frozenset[str]:
    own = {say(f"records.heading.{name}", language) for language in LANGUAGES}
    return frozenset(map(plain_heading, own)) | _ALSO[name]


def _objects(values: list[Any]) -> Texts:
    found = np.empty(len(values), object)
    found[:] = values
    return found
