"""Terms one below the other, each with its value to the right: where such a list stands on a sheet."""

import numpy as np

from arcredit.ledger.reading.blocks import row_texts
from arcredit.ledger.reading.book import Sheet
from arcredit.ledger.reading.columns import plain_heading
from arcredit.ledger.reading.raw import BLANK, TEXT, RawSheet
from arcredit.ledger.reading.scan import LAST_ROW, column_letter
from arcredit.ledger.records.block import Block, Doubt
from arcredit.ledger.records.schema import Record
from arcredit.shapes import Flags
from arcredit.words import LANGUAGES, say

_WIDEST = 3
"""Cells of a term's line: term, value, meaning."""


def term_list(record: Record, sheet: Sheet, sample: RawSheet, rows: slice, *, own: bool) -> Block | None:
    """The column that names most of a record's terms, and the values right of it.

    A term alone is read only on a sheet that bears the record's `own` name, and in a line that can be no row
    of headings. Whatever else looks like a term with a value is a doubt, never passed over in silence.
    """
    hits = _known(record, sample, rows)
    if not hits:
        return None
    key = max(hits, key=lambda number: int(hits[number].sum()))
    place = int(np.argmax(hits[key]))
    weak = int(hits[key].sum()) == 1
    if weak and not (own and _is_line(sample, place, hits)):
        doubts = _doubts("records.unsure_term", sample, hits)
        row = int(sample.rows[place])
        return Block(record, sheet, row, row, row, {}, doubts=doubts) if doubts else None
    value = _value_column(sample, key, hits[key], place)
    beside = {number: there for number, there in hits.items() if number not in (key, value)}
    first = _first(sample, key, value, place, rows.start)
    heading = first - 1 if first and row_texts(sample, first - 1).get(key) else first
    last = LAST_ROW if rows.stop == len(sample) else int(sample.rows[rows.stop - 1])
    lines = int(sample.rows[heading]), int(sample.rows[first]), last
    doubts = _doubts("records.beside", sample, beside) if rows.start == 0 else ()
    return Block(record, sheet, *lines, {"key": key, "value": value}, doubts=doubts, weak=weak)


def _known(record: Record, sample: RawSheet, rows: slice) -> dict[int, Flags]:
    """Where each column names terms of the record; columns that name none are left out."""
    known = {spelling for column in record.columns for spelling in column.spellings}
    found = {}
    for number, column in sample.columns.items():
        texts = np.array([plain_heading(str(label)) in known for label in column.labels] + [False])
        hits = np.zeros(len(sample), bool)
        hits[rows] = texts[column.code[rows]] & (column.code[rows] >= 0)
        if hits.any():
            found[number] = hits
    return found


def _is_line(sample: RawSheet, place: int, hits: dict[int, Flags]) -> bool:
    """Whether a row is a term with its value, and no row of headings above a table."""
    filled = sum(column.kind[place] != BLANK for column in sample.columns.values())
    return filled <= _WIDEST and sum(bool(there[place]) for there in hits.values()) == 1


def _doubts(key: str, sample: RawSheet, hits: dict[int, Flags]) -> tuple[Doubt, ...]:
    """The terms with something to their right, each with its cell."""
    return tuple(
        Doubt(key, f"{column_letter(number)}{sample.rows[place]}", sample.column(number).text(place))
        for number, there in hits.items()
        for place in map(int, np.flatnonzero(there))
        if any(sample.column(number + right).kind[place] != BLANK for right in (1, 2))
    )


def _first(sample: RawSheet, key: int, value: int, place: int, start: int) -> int:
    """The place of the list's first line: a misspelt term above the first known one belongs to it."""
    terms, values = sample.column(key).kind == TEXT, sample.column(value).kind != BLANK
    while place > start and terms[place - 1] and values[place - 1]:
        if sample.rows[place - 1] != sample.rows[place] - 1:
            break
        place -= 1
    return place


def _value_column(sample: RawSheet, key: int, names: Flags, first: int) -> int:
    """The column headed as the values, or the first one right of the names with anything in it."""
    words = {plain_heading(say("records.heading.value", language)) for language in LANGUAGES}
    above = row_texts(sample, first - 1) if first else {}
    for number in range(key + 1, key + 6):
        if plain_heading(above.get(number, "")) in words:
            return number
    for number in range(key + 1, key + 6):
        if (sample.column(number).kind[names] != BLANK).any():
            return number
    return key + 1
