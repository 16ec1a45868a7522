"""Where records stand: by the name of a table, of a sheet or of a title above, and by their headings."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np

from arcredit.ledger.reading.blocks import row_texts, runs
from arcredit.ledger.reading.book import Sheet, Table
from arcredit.ledger.reading.columns import plain_heading
from arcredit.ledger.reading.raw import BLANK, RawSheet
from arcredit.ledger.reading.scan import LAST_ROW
from arcredit.ledger.records.block import Block, Doubt
from arcredit.ledger.records.schema import Record, schema
from arcredit.ledger.records.term_list import term_list
from arcredit.words import LANGUAGES

DEEPEST = 300
"""Rows looked at to find headings."""
_TITLES_ABOVE = 3
_NUMBERED = re.compile(r"(?:no|nr|id|code|number|num|编号|编码|代码|代号|号)$")


@cache
def _records_by_name() -> dict[str, Record]:
    return {spelling: record for record in schema().values() for spelling in record.names}


def record_named(text: str) -> Record | None:
    """The record that a sheet's, a table's or a title's text names.

    Examples
    --------
    >>> record_named("tblCredit_Limits2").name, record_named("信用额度").name, record_named("Ledger")
    ('limits', 'limits', None)
    """
    plain = plain_heading(text)
    bare = re.sub(r"\d+$", "", re.sub(r"^(?:tbl|table|tab|表)", "", plain))
    names = _records_by_name()
    return names.get(plain) or names.get(bare)


def find(sheet: Sheet, sample: RawSheet, tables: tuple[Table, ...], ledger: str | None) -> list[Block]:
    """The records on a sheet, those of Excel tables first.

    `ledger` is None on other sheets; on the ledger's it is the name of the ledger's Excel table ("" if it
    is none), and only Excel tables named as a record are looked at.
    """
    named = record_named(sheet.name) if ledger is None else None
    others = [table for table in tables if table.name != ledger and table.headings]
    found = []
    for table in others:
        record = record_named(table.name) or (named if len(others) == 1 else None)
        block = _of_table(record, sheet, table) if record else None
        found += [block] if block else []
    if named and not any(block.record is named for block in found):
        found += _of_rows(named, sheet, sample)
    found += _titled(sheet, sample, found) if ledger is None else []
    if named and not any(block.record is named for block in found):
        found += _not_read(named, sheet, sample)
    return found + [inner for block in found if block.columns for inner in _within(block, sample)]


def _of_table(record: Record, sheet: Sheet, table: Table) -> Block | None:
    first, last = table.first_row + 1, table.last_row - table.totals
    if record.terms:
        columns = {"key": table.first_column, "value": table.first_column + 1}
        return Block(record, sheet, table.first_row, first, last, columns, (), table.name)
    left = table.first_column
    names = {left + place: name for place, name in enumerate(table.columns)}
    columns, repeated = _assigned(record, names)
    if not columns:
        return None
    return Block(record, sheet, table.first_row, first, last, columns, repeated, table.name, False, left)


def _within(block: Block, sample: RawSheet) -> Iterator[Block]:
    """Records whose columns stand among another's, such as a limit in the list of customers."""
    place = int(np.searchsorted(sample.rows, block.heading))
    for record in schema().values():
        if record.within == block.record.name and place < len(sample):
            columns, _ = _assigned(record, row_texts(sample, place))
            inner = replace(block, record=record, columns=columns, repeated=(), within=True)
            if columns and not inner.missing:
                yield inner


def _assigned(
    record: Record, names: dict[int, str]
) -> tuple[dict[str, int], tuple[tuple[str, int, int], ...]]:
    """The sheet's column of each of the record's columns, and which headings repeat a meaning.

    A column's own heading goes before other spellings of it; a heading means one column only.
    """
    columns: dict[str, int] = {}
    repeated = []
    plain = {number: plain_heading(text) for number, text in names.items()}
    for column in record.columns:
        own = {plain_heading(column.heading(language)) for language in LANGUAGES}
        meant = [number for number, text in plain.items() if text in column.spellings]
        meant = [number for number in meant if number not in columns.values()]
        meant.sort(key=lambda number: (plain[number] not in own, number))
        if meant:
            columns[column.name] = meant[0]
            repeated += [(column.name, meant[0], other) for other in meant[1:]]
    # A list that knows customers by name alone uses the name as the customer.
    if "customer_name" in columns and "customer" not in columns:
        columns["customer"] = columns.pop("customer_name")
    columns = _with_name(columns, plain)
    return columns, tuple(item for item in repeated if item[2] not in columns.values())


def _with_name(columns: dict[str, int], plain: dict[int, str]) -> dict[str, int]:
    """The columns where "Cust No | Customer" are a number and a name."""
    numbered = [number for number, text in plain.items() if _NUMBERED.search(text)]
    own = columns.get("customer")
    if own is None or "customer_name" in columns or own in numbered:
        return columns
    spelled = next(iter(schema().values())).column("customer").spellings
    other = next((number for number in numbered if plain[number] in spelled), None)
    return columns if other is None else {**columns, "customer": other, "customer_name": own}


def _of_rows(record: Record, sheet: Sheet, sample: RawSheet) -> list[Block]:
    """The record under the row whose headings name most of its columns."""
    if record.terms:
        block = term_list(record, sheet, sample, slice(0, len(sample)), own=_own_name(record, sheet))
        return [block] if block else []
    best: Block | None = None
    for place in range(min(len(sample), DEEPEST)):
        block = _under(record, sheet, sample, place)
        if block and (best is None or len(block.columns) > len(best.columns)):
            best = block
    return [best] if best else []


def _own_name(record: Record, sheet: Sheet) -> bool:
    """Whether a sheet is called as we call this record, not only by a word that may mean something else."""
    return plain_heading(sheet.name) in {plain_heading(record.sheet(language)) for language in LANGUAGES}


def _not_read(record: Record, sheet: Sheet, sample: RawSheet) -> list[Block]:
    """A sheet that bears a record's own name and is filled, yet nothing on it could be read as such."""
    if not len(sample) or not _own_name(record, sheet):
        return []
    row = int(sample.rows[0])
    return [Block(record, sheet, row, row, row, {}, doubts=(Doubt("records.not_read", f"A{row}"),))]


def _under(record: Record, sheet: Sheet, sample: RawSheet, place: int) -> Block | None:
    """The record under one row of headings; None where fewer than two of them are known."""
    texts = row_texts(sample, place)
    if len(texts) < 2:
        return None
    below = np.arange(place + 1, len(sample))
    best: Block | None = None
    for run in runs(sample, {number: [text] for number, text in texts.items()}, below):
        columns, repeated = _assigned(record, {number: names[0] for number, names in run.items()})
        if len(columns) >= 2 and (best is None or len(columns) > len(best.columns)):
            row = int(sample.rows[place])
            best = Block(record, sheet, row, row + 1, LAST_ROW, columns, repeated)
    return best


def _titled(sheet: Sheet, sample: RawSheet, found: list[Block]) -> list[Block]:
    """Records under a title of their own, on a sheet with other things."""
    blocks = []
    taken = {block.record.name for block in found}
    for place, record in _titles(sample):
        if record.name in taken:
            continue
        block = _below_title(record, sheet, sample, place)
        if block and not block.missing:
            blocks.append(block)
            taken.add(record.name)
    return blocks


def _titles(sample: RawSheet) -> Iterator[tuple[tuple[int, int], Record]]:
    """Cells that name a record: their place and column."""
    for place in range(min(len(sample), DEEPEST)):
        texts = row_texts(sample, place)
        for number, text in texts.items():
            record = record_named(text)
            # A heading among headings is no title.
            if record and number + 1 not in texts and number - 1 not in texts:
                yield (place, number), record


def _below_title(record: Record, sheet: Sheet, sample: RawSheet, title: tuple[int, int]) -> Block | None:
    place, number = title
    if record.terms:
        gap = _next_gap(sample, place, number)
        return term_list(record, sheet, sample, slice(place + 1, gap), own=False)
    for line in range(place + 1, min(place + 1 + _TITLES_ABOVE, len(sample))):
        block = _under(record, sheet, sample, line)
        if block and min(block.columns.values()) <= number <= max(block.columns.values()):
            return block
    return None


def _next_gap(sample: RawSheet, place: int, number: int) -> int:
    """The place of the next blank cell of a column below a title's first filled one."""
    filled = sample.column(number).kind != BLANK
    for line in range(place + 2, len(sample)):
        if not filled[line] or sample.rows[line] != sample.rows[line - 1] + 1:
            return line
    return len(sample)
