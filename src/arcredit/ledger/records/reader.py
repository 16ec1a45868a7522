"""Read the records of a workbook: the one door to them."""

from collections.abc import Iterator
from collections.abc import Mapping as Dict
from pathlib import Path

import numpy as np

from arcredit.ledger.mapping import Mapping
from arcredit.ledger.reading.gather import read_sheet
from arcredit.ledger.reading.raw import RawSheet
from arcredit.ledger.reading.scan import LAST_COLUMN
from arcredit.ledger.reading.survey import Source
from arcredit.ledger.records.block import Block
from arcredit.ledger.records.find import DEEPEST, find
from arcredit.ledger.records.known import numbered, strangers
from arcredit.ledger.records.record import Records
from arcredit.ledger.records.remarks import Remarks
from arcredit.ledger.records.rows import read_rows
from arcredit.ledger.records.terms import read_terms
from arcredit.shapes import Table


def read_records(
    path: str | Path,
    *,
    own_sheets: frozenset[str] = frozenset(),
    ledger: Mapping | None = None,
    customers: Dict[str, str | None] | None = None,
    language: str = "en",
) -> Records:
    """Read every record of a workbook; a .csv has none.

    Parameters
    ----------
    path : str or Path
        The file.
    own_sheets : frozenset of str
        Names of report sheets that arcredit has written; they are never read.
    ledger : Mapping, optional
        The ledger's mapping: its sheets are left out, and texts that read in two ways are read as in it.
    customers : dict of str to str, optional
        The ledger's customers, number to name: records that have names are given the numbers, and customers
        that the ledger does not have are reported.
    language : str
        Language of the names of columns in findings.

    Raises
    ------
    LedgerError
        If the file cannot be read as a workbook.
    """
    signs = (ledger.decimal, ledger.date_order) if ledger else (None, None)
    tables: dict[str, Table] = {}
    blocks: dict[str, Block] = {}
    places: dict[str, str] = {}
    remarks = Remarks(Path(path).name, language)
    with Source(Path(path)) as source:
        for block, raw in _chosen(source, own_sheets, ledger, remarks):
            read = read_terms if block.record.terms else read_rows
            tables[block.record.name] = read(block, raw, signs, source.date_1904, remarks)
            blocks[block.record.name] = block
            last = int(raw.rows[-1]) if len(raw) else block.heading
            places[block.record.name] = block.place(last)
    tables = numbered(tables, customers or {})
    if customers:
        for name, block in blocks.items():
            _report_strangers(block, strangers(tables[name], customers), remarks)
    return Records(tables, tuple(remarks.list), places)


def read_events(
    path: Path, own_sheets: frozenset[str], ledger: Mapping | None
) -> tuple[Block, tuple[str, ...], Table] | None:
    """The events as they stand, unconfirmed ones too: place, headings by column of the sheet, rows."""
    remarks = Remarks(path.name, "en")
    signs = (ledger.decimal, ledger.date_order) if ledger else (None, None)
    with Source(path) as source:
        for block, raw in _chosen(source, own_sheets, ledger, remarks):
            if block.record.name == "events" and source.book:
                tables = source.book.tables(block.sheet)
                headings = next((table.columns for table in tables if table.name == block.table), ())
                return block, headings, read_rows(block, raw, signs, source.date_1904, remarks, True)
    return None


def _report_strangers(block: Block, names: list[str], remarks: Remarks) -> None:
    if names:
        shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
        remarks.add("info", block, "records.not_in_ledger", found=shown, count=len(names))


def _chosen(
    source: Source, own_sheets: frozenset[str], ledger: Mapping | None, remarks: Remarks
) -> Iterator[tuple[Block, RawSheet]]:
    """The block of each record with its rows; further ones of the same record are reported."""
    taken: dict[str, Block] = {}
    for block in sorted(_blocks(source, own_sheets, ledger), key=_rank):
        first = taken.get(block.record.name)
        remarks.doubtful(block, elsewhere=first is not None)
        if not block.columns or (first and block.within):
            continue
        if first:
            values = {"first": first.place(first.heading), "second": block.place(block.heading)}
            remarks.add("warning", block, "records.twice", "", **values)
        elif remarks.complete(block):
            taken[block.record.name] = block
            yield block, _rows(source, block)


def _rank(block: Block) -> tuple[bool, bool, bool, bool, bool]:
    """Own sheets go before columns within another's, whole before broken, Excel tables before plain."""
    return not block.columns, block.within, bool(block.missing), block.weak, not block.table


def _blocks(source: Source, own_sheets: frozenset[str], ledger: Mapping | None) -> Iterator[Block]:
    if source.book is None:
        return
    theirs = {mapping.sheet: mapping.table for mapping in (ledger, ledger and ledger.receipts) if mapping}
    for sheet in source.sheets:
        tables = source.book.tables(sheet)
        if sheet.name in own_sheets or (sheet.name in theirs and not tables):
            continue
        ledger_table = (theirs[sheet.name] or "") if sheet.name in theirs else None
        sample = read_sheet(source.book, sheet, most_rows=DEEPEST)
        yield from find(sheet, sample, tables, ledger_table)


def _rows(source: Source, block: Block) -> RawSheet:
    """The rows of a block; a plain one ends where a blank row is followed by no more of it."""
    wanted = np.zeros(LAST_COLUMN + 2, bool)
    wanted[list(block.columns.values())] = True
    whole = source.rows(block.sheet, wanted)
    whole = whole.take((whole.rows >= block.first) & (whole.rows <= block.last))
    filled = np.zeros(len(whole), bool)
    for number in block.columns.values():
        filled |= whole.column(number).kind != 0
    if block.within:
        # A customer without a limit there is one nobody has decided about.
        for column in block.record.columns:
            filled &= (not column.required) | (whole.column(block.columns.get(column.name, 0)).kind != 0)
    whole = whole.take(filled)
    return whole if block.table else whole.take(slice(0, _end(block, whole)))


def _end(block: Block, whole: RawSheet) -> int:
    """Where what follows a gap is no more of it: a cell alone, or without what each row must have."""
    names = [column.name for column in block.record.columns if column.filled] or ["key"]
    must = [block.columns[name] for name in names if name in block.columns]
    for gap in np.flatnonzero(np.diff(whole.rows) > 1) + 1:
        filled = {number for number in block.columns.values() if whole.column(number).kind[gap]}
        if len(filled) < 2 or not filled.issuperset(must):
            return int(gap)
    return len(whole)
