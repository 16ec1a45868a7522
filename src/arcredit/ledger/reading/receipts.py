"""Receipts listed on a sheet of their own: what reduced documents, and when."""

from dataclasses import dataclass

import numpy as np

from arcredit.credit.receivables.open_items import Events
from arcredit.errors import Finding
from arcredit.ledger.mapping import Mapping, Totals
from arcredit.ledger.reading.amounts import BAD, EMPTY, SCALED
from arcredit.ledger.reading.block import Block, Signs, decided, rows_of
from arcredit.ledger.reading.found import Found
from arcredit.ledger.reading.labels import (
    RECEIPT,
    REVERSAL,
    coded_column,
    currency_of,
    kind_in,
    kind_of,
    texts_of,
)
from arcredit.ledger.reading.raw import ERROR, UNSTORED
from arcredit.ledger.reading.rows import DOCUMENT, classify
from arcredit.ledger.reading.survey import Source
from arcredit.ledger.reading.totals import own_totals, summed
from arcredit.shapes import Coded, Floats


@dataclass(frozen=True)
class Receipts:
    """The events of a receipts' sheet, its findings and its tie-out."""

    events: Events
    mapping: Mapping
    findings: tuple[Finding, ...]
    totals: Totals


def events(source: Source, mapping: Mapping, signs: Signs) -> Receipts:
    """Read a receipts' sheet.

    Raises
    ------
    LedgerError
        If its dates or amounts read in several ways.
    """
    whole = rows_of(source, mapping)
    mapping = decided(source, mapping, whole, signs)
    rows = classify(whole, mapping, "amount")
    chosen = np.flatnonzero(rows.kind == DOCUMENT)
    block = Block(whole.take(chosen), mapping, source.date_1904)
    amount, how = block.amounts("amount")
    found = Found(source.path.name, mapping.sheet, block.sheet.rows, amount)
    column, letter = block.column("amount"), block.letter("amount")
    found.reject("ledger.amount_error", (how == BAD) & (column.kind == ERROR), letter, column.text)
    found.reject("ledger.unstored", (how == BAD) & (column.kind == UNSTORED), letter)
    found.reject("ledger.amount_scaled", how == SCALED, letter, column.text)
    found.reject("ledger.amount_unreadable", how == BAD, letter, column.text)
    found.reject("ledger.amount_missing", how == EMPTY, letter)
    date, how_date = block.days("date")
    dates = block.column("date")
    found.reject("ledger.date_unreadable", how_date == BAD, block.letter("date"), dates.text)
    found.rows_note("warning", "ledger.receipt_undated", how_date == EMPTY, block.letter("date"))
    kind = coded_column(block.column("kind"), kind_of) if block.has("kind") else None
    keep = np.flatnonzero(~found.rejected)
    read = Events(
        document=texts_of(block.column("document"))[keep],
        customer=coded_column(block.column("customer")).take(keep) if block.has("customer") else None,
        date=date[keep],
        amount=_reducing(amount, kind, found)[keep],
        kind=kind.take(keep) if kind is not None else _receipts(len(keep)),
        row=block.sheet.rows.astype(np.intp)[keep],
        currency=coded_column(block.column("currency"), currency_of).take(keep)
        if block.has("currency")
        else None,
    )
    held = Block(whole, mapping, source.date_1904)
    written, _ = held.amounts("amount")
    own = own_totals(held, rows, written)
    totals = summed(held, rows, amount, found.rejected, "amount").changed(
        sheet_total=float(written[own[""]]) if "" in own else None
    )
    last = int(block.sheet.rows[-1]) if len(block.sheet) else mapping.first_row
    return Receipts(read, mapping.changed(last_row=last), tuple(found.list), totals)


def _receipts(count: int) -> Coded:
    return Coded(np.zeros(count, np.intp), np.array([RECEIPT], object))


def _reducing(amount: Floats, kind: Coded | None, found: Found) -> Floats:
    """Receipts as negative amounts: a list writes them positive as a rule, reversals negative or marked."""
    used = amount[~found.rejected & ~np.isnan(amount)]
    written_positive = np.count_nonzero(used > 0) >= np.count_nonzero(used < 0)
    reducing = -amount if written_positive else amount
    if kind is None:
        return np.asarray(reducing)
    back = kind_in(kind, {REVERSAL})
    return np.where(back, np.abs(amount), reducing)
