"""The rows of a record as a table with every column of its schema."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.ledger.reading.amounts import plain_text
from arcredit.ledger.reading.raw import RawColumn, RawSheet
from arcredit.ledger.reading.scan import column_letter
from arcredit.ledger.records.block import Block
from arcredit.ledger.records.remarks import MOST, Remarks
from arcredit.ledger.records.schema import Column, Record
from arcredit.ledger.records.values import NUMERIC, Cells, read_cells, signs_of
from arcredit.shapes import Flags, Table, Texts

_TOTALS = {"total", "totals", "grand total", "sum", "subtotal", "合计", "总计", "小计", "共计"}


def read_rows(
    block: Block,
    raw: RawSheet,
    usual: tuple[str | None, str | None],
    date_1904: bool,
    remarks: Remarks,
    unconfirmed: bool = False,
) -> Table:
    """The rows of a block; those with a cell that cannot be used are left out and reported.

    So are events that nobody has confirmed, unless these are wanted too. A limit that cannot be read stays,
    as one that is not known: its customer has a limit, and no other figure may stand in for it.
    """
    raw = raw.take(~_totals(block, raw))
    held = [column for column in block.record.columns if column.name in block.columns]
    columns = {column.name: raw.column(block.columns[column.name]) for column in held}
    signs = signs_of([(column, columns[column.name]) for column in held], usual, date_1904)
    cells = {column.name: read_cells(column, columns[column.name], signs) for column in held}
    for column in held:
        if column.filled:
            empty = _blank(cells[column.name].values) & (cells[column.name].trouble == None)  # noqa: E711
            cells[column.name].trouble[empty] = "records.no_row"
    left_out = _report(block, raw, held, columns, cells, remarks)
    kept = ~left_out
    if block.record.name == "events" and not unconfirmed:
        kept &= _counts(block, raw, cells, kept, remarks)
    if block.record.unknown:
        _make_unknown(block.record, cells, kept)
    found = {
        column.name: cells[column.name].values[kept] if column.name in cells else _nothing(column, kept)
        for column in block.record.columns
    }
    return Table(found)


def _make_unknown(record: Record, cells: dict[str, Cells], kept: Flags) -> None:
    """Blank what cannot be read, and the amount of rows that do not say all that decides it.

    Where it cannot be read which of a customer's rows counts, none of their amounts is known.
    """
    wrong = {name: kept & (cell.trouble != None) for name, cell in cells.items()}  # noqa: E711
    for name, rows in wrong.items():
        blank = np.datetime64("NaT") if cells[name].values.dtype.kind == "M" else None
        cells[name].values[rows] = blank
    unclear = np.zeros(len(kept), bool)
    for name in record.decides:
        unclear |= wrong.get(name, False)
    customer = cells["customer"].values
    theirs = np.isin(customer.astype(str), customer[unclear].astype(str))
    rows = kept & (theirs | wrong.get("insured_percentage", False))
    cells[record.unknown].values[rows] = np.nan


def _totals(block: Block, raw: RawSheet) -> Flags:
    """Rows that are a sum of the others."""
    found = np.zeros(len(raw), bool)
    for number in block.columns.values():
        column = raw.column(number)
        totals = [code for code in column.used() if plain_text(str(column.labels[code])) in _TOTALS]
        found |= np.isin(column.code, totals) & (column.code >= 0)
    return found


def _report(
    block: Block,
    raw: RawSheet,
    held: list[Column],
    columns: dict[str, RawColumn],
    cells: dict[str, Cells],
    remarks: Remarks,
) -> Flags:
    """The rows left out; each of their wrong cells is reported."""
    troubles = np.array([cells[column.name].trouble for column in held], object).reshape(len(held), len(raw))
    wrong = troubles != None  # noqa: E711
    rows, places = np.nonzero(wrong.T)
    for row, place in list(zip(rows, places, strict=True))[:MOST]:
        column = held[place]
        where = f"{column_letter(block.columns[column.name])}{raw.rows[row]}"
        remarks.cell(block, column, columns[column.name], int(row), where, str(troubles[place, row]))
    needed = np.array([column.filled or not block.record.unknown for column in held], bool)
    left_out: Flags = wrong[needed].any(axis=0)
    named = np.unique(rows[:MOST])
    count = int(wrong.any(axis=0).sum()) - len(named)
    if count:
        last = int(raw.rows[rows[-1]])
        letter = column_letter(min(block.columns.values()))
        remarks.add("error", block, "records.more", f"{letter}{last}", count=count, last=last)
    return left_out


def _counts(block: Block, raw: RawSheet, cells: dict[str, Cells], kept: Flags, remarks: Remarks) -> Flags:
    """Events that count: of a known customer, and what the import guessed is confirmed."""
    events = {name: cells[name].values if name in cells else _blanks(raw) for name in _EVENT}
    confirmed = events["confirm"] == True  # noqa: E712
    refused = events["confirm"] == False  # noqa: E712
    guessed = (events["to_confirm"] != None) & ~confirmed  # noqa: E711
    nobody = events["customer"] == None  # noqa: E711
    for place in np.flatnonzero(kept & (nobody | guessed) & ~refused):
        _unconfirmed(
            block, raw, {name: column[place] for name, column in events.items()}, int(place), remarks
        )
    return np.asarray(~(nobody | guessed | refused), bool)


_EVENT = ("customer", "kind", "name_found", "score", "to_confirm", "confirm")


def _unconfirmed(block: Block, raw: RawSheet, event: dict[str, Any], place: int, remarks: Remarks) -> None:
    row = raw.rows[place]

    def cell(name: str) -> str:
        return f"{column_letter(block.columns.get(name, min(block.columns.values())))}{row}"

    if event["customer"] is None:
        remarks.add(
            "warning", block, "records.no_customer", cell("customer"), found=event["name_found"] or "?"
        )
        return
    if event["to_confirm"] != "kind":
        score = event["score"] if isinstance(event["score"], float) else float("nan")
        values = {"found": event["name_found"] or "?", "customer": event["customer"], "score": score}
        remarks.add("warning", block, "records.unconfirmed", cell("confirm"), **values)
    if event["to_confirm"] != "customer":
        kind = block.record.column("kind").choice_text(event["kind"], remarks.language)
        remarks.add("warning", block, "records.unconfirmed_kind", cell("confirm"), kind=kind)


def _blank(values: NDArray[Any]) -> Flags:
    if values.dtype.kind == "O":
        return np.asarray(values == None, bool)  # noqa: E711
    return np.asarray(values != values, bool)


def _blanks(raw: RawSheet) -> Texts:
    return np.full(len(raw), None, object)


def _nothing(column: Column, kept: Flags) -> NDArray[Any]:
    """A column that the sheet lacks: all blank."""
    count = int(kept.sum())
    if column.kind == "date":
        return np.full(count, np.datetime64("NaT"), "datetime64[D]")
    return np.full(count, np.nan) if column.kind in NUMERIC else np.full(count, None, object)
