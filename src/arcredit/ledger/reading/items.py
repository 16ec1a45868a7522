"""Documents out of a sheet's rows: each one usable, or a finding with its cell and its amount."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.terms import ar_due_date, parsed
from arcredit.errors import LedgerError
from arcredit.ledger.reading.amounts import BAD, EMPTY, GOOD, SCALED, amounts
from arcredit.ledger.reading.block import Block, tied_out
from arcredit.ledger.reading.days import FIRST, LAST
from arcredit.ledger.reading.found import Found
from arcredit.ledger.reading.labels import (
    REDUCING,
    coded_column,
    currency_of,
    joined_labels,
    kind_in,
    kind_of,
)
from arcredit.ledger.reading.raw import ERROR, TEXT, UNSTORED
from arcredit.ledger.reading.scan import column_number
from arcredit.shapes import Coded, Days, Flags, Floats

_LONGEST = 999
"""Longest terms of payment in days."""
_YES = {"yes", "y", "true", "x", "1", "是", "有", "有争议", "争议", "disputed", "√", "in dispute", "open"}


def documents(
    block: Block, group: NDArray[np.int64], groups: list[str], found: Found
) -> tuple[OpenItems, Floats]:
    """The usable documents, and the tied-out amount of every row before marked credits changed sign.

    `group` points, for each row, to the customer's name standing above it among `groups`.
    """
    tied = tied_out(block.mapping)
    stated, how = block.amounts(tied)
    stated, how = _settled(block, tied, stated, how)
    _reject_amounts(block, tied, how, found)
    customer = _customers(block, group, groups, found)
    names = block.column("customer")
    found.reject("ledger.customer_error", names.kind == ERROR, block.letter("customer"), names.text)
    found.reject("ledger.customer_missing", customer.codes < 0, block.letter("customer"))
    kind = coded_column(block.column("kind"), kind_of) if block.has("kind") else None
    invoice_date, due_date, assumed = _dates(block, _money_in(kind, stated), found)
    amount, open_amount = _both(block, tied, stated, found)
    _refuse_running_balance(found.path, block, customer, amount, open_amount)
    document = coded_column(block.column("document"))
    sign = _signs(block, kind, stated, found)
    items = OpenItems(
        customer=customer,
        document=document.texts(),
        invoice_date=invoice_date,
        due_date=due_date,
        amount=amount * sign,
        open_amount=open_amount * sign,
        kind=kind,
        currency=coded_column(block.column("currency"), currency_of) if block.has("currency") else None,
        paid_date=block.days("paid_date")[0] if block.has("paid_date") else None,
        disputed_amount=_disputed(block, np.where(np.isnan(open_amount), amount, open_amount), found),
        customer_name=coded_column(block.column("customer_name")) if block.has("customer_name") else None,
        row=block.sheet.rows.astype(np.intp),
        due_assumed=assumed,
        delivery_date=_delivered(block, found),
    )
    _look_at(block, items, document, found)
    return (items.take(np.flatnonzero(~found.rejected)) if found.rejected.any() else items), stated


def _settled(block: Block, tied: str, stated: Floats, how: NDArray[Any]) -> tuple[Floats, NDArray[Any]]:
    """Open amounts: a blank one of a document with a payment date is 0."""
    if tied != "open_amount" or not block.has("paid_date"):
        return stated, how
    paid = (how == EMPTY) & ~np.isnat(block.days("paid_date")[0])
    return np.where(paid, 0.0, stated), np.where(paid, GOOD, how).astype(np.uint8)


def _reject_amounts(block: Block, name: str, how: NDArray[Any], found: Found) -> None:
    column, letter = block.column(name), block.letter(name)
    found.reject("ledger.amount_error", (how == BAD) & (column.kind == ERROR), letter, column.text)
    found.reject("ledger.unstored", (how == BAD) & (column.kind == UNSTORED), letter)
    found.reject("ledger.amount_scaled", how == SCALED, letter, column.text)
    found.reject("ledger.amount_unreadable", how == BAD, letter, column.text)
    found.reject("ledger.amount_missing", how == EMPTY, letter)


def _customers(block: Block, group: NDArray[np.int64], groups: list[str], found: Found) -> Coded:
    """Customers, blanks filled from merged cells and from the headings of groups."""
    own = coded_column(block.column("customer"))
    letter = block.mapping.columns.get("customer")
    merged = np.full(len(block.sheet), -1, np.int64)
    names: list[str] = []
    for first, last, left, right in block.sheet.merged:
        if letter and last > first and left <= column_number(letter) <= right:
            low, high = np.searchsorted(block.sheet.rows, (first, last + 1))
            if high > low and own.codes[low] >= 0:
                merged[low:high] = len(names)
                names.append(str(own.labels[own.codes[low]]))
    blank = own.codes < 0
    found.rows_note("info", "ledger.customer_merged", blank & (merged >= 0), block.letter("customer"))
    found.rows_note(
        "info", "ledger.customer_carried", blank & (merged < 0) & (group >= 0), block.letter("customer")
    )
    return joined_labels(joined_labels(own, merged, names), group, groups)


def _money_in(kind: Coded | None, stated: Floats) -> Flags:
    """Receipts: by their kind, else what is below nought. They are due on no day."""
    if kind is None:
        return stated < 0
    return kind_in(kind, {"receipt"}) | ((kind.codes < 0) & (stated < 0))


def _dates(block: Block, money_in: Flags, found: Found) -> tuple[Days, Days, Flags]:
    """Invoice dates, due dates, and which due dates the ledger does not state.

    Nothing is said about money that came in: it has no due date.
    """
    invoice_date, how_invoice = block.days("invoice_date")
    due_date, how_due = block.days("due_date")
    _reject_dates(block, "due_date", due_date, how_due, found)
    missing = (how_due == EMPTY) | ~np.full(len(due_date), block.has("due_date"))
    if missing.any() or not block.has("due_date"):
        _reject_dates(block, "invoice_date", invoice_date, np.where(missing, how_invoice, GOOD), found)
    unread = (how_invoice == BAD) & block.has("invoice_date")
    letter = block.letter("invoice_date")
    found.rows_note("warning", "ledger.invoice_date_unread", unread, letter)
    found.reject("ledger.no_date", missing & np.isnat(invoice_date), block.letter("due_date"))
    nothing = np.full(len(missing), np.datetime64("NaT"), "datetime64[D]")
    by_terms = _due_by_terms(block, invoice_date) if missing.any() else nothing
    stated = ~np.isnat(by_terms)
    due = np.where(missing, np.where(stated, by_terms, invoice_date), due_date)
    assumed = missing & ~np.isnat(due)
    told = assumed & ~money_in
    found.rows_note("info", "ledger.due_from_terms", told & stated, block.letter("due_date"))
    found.rows_note("warning", "ledger.due_assumed", told & ~stated, block.letter("due_date"))
    return invoice_date, due, assumed


def _delivered(block: Block, found: Found) -> Days | None:
    """Days of delivery; one that cannot be read is not known."""
    if not block.has("delivery_date"):
        return None
    day, how = block.days("delivery_date")
    unread = (how == BAD) | ((how == GOOD) & ((day < FIRST) | (day > LAST)))
    found.rows_note("warning", "ledger.delivery_date_unread", unread, block.letter("delivery_date"))
    return np.where(unread, np.datetime64("NaT"), day)


def _reject_dates(block: Block, name: str, day: Days, how: NDArray[Any], found: Found) -> None:
    if not block.has(name):
        return
    column, letter = block.column(name), block.letter(name)
    found.reject("ledger.date_error", (how == BAD) & (column.kind == ERROR), letter, column.text)
    found.reject("ledger.date_unreadable", how == BAD, letter, column.text)
    absurd = (how == GOOD) & ((day < FIRST) | (day > LAST))
    found.reject("ledger.date_absurd", absurd, letter, lambda row: str(day[row]))


def _due_by_terms(block: Block, invoice_date: Days) -> Days:
    """The invoice date and the terms of payment: days as a number, or a text; NaT for anything else."""
    column = block.column("terms_days")
    readable = np.full(len(column.labels) + 1, None, object)
    for code in column.used():
        text = str(column.labels[code])
        terms = parsed(text)
        # What is not a term anybody grants is a year, a code or a slip, and must not move a due date.
        readable[code] = text if terms and terms.days + terms.days_after <= _LONGEST else None
    due = np.asarray(ar_due_date(invoice_date, readable[np.where(column.kind == TEXT, column.code, -1)]))
    numbers = (column.kind != TEXT) & (column.number >= 0) & (column.number <= _LONGEST)
    days = np.where(numbers, column.number, 0).astype("timedelta64[D]")
    return np.where(numbers, invoice_date + days, due)


def _both(block: Block, tied: str, stated: Floats, found: Found) -> tuple[Floats, Floats]:
    """Amount and open amount of each row; NaN where the ledger does not state one."""
    nothing = np.full(len(stated), np.nan)
    if tied == "open_amount":
        amount, how = block.amounts("amount")
        if block.has("amount"):
            found.rows_note("warning", "ledger.other_amount_unread", how == BAD, block.letter("amount"))
        return amount if block.has("amount") else nothing, stated
    if not block.has("paid_amount"):
        return stated, nothing
    paid, how = block.amounts("paid_amount")
    column, letter = block.column("paid_amount"), block.letter("paid_amount")
    found.reject("ledger.amount_unreadable", (how == BAD) | (how == SCALED), letter, column.text)
    found.note("info", "ledger.open_computed", f"{letter}{block.mapping.first_row}")
    paid = np.nan_to_num(paid, nan=0.0)
    # Payments stand there with the sign of what they pay, or with the opposite one.
    opposite = np.count_nonzero(stated * paid < 0) > np.count_nonzero(stated * paid > 0)
    return stated, money.rounded(stated + paid if opposite else stated - paid, money.PLACES)


def _refuse_running_balance(
    path: str, block: Block, customer: Coded, amount: Floats, balance: Floats
) -> None:
    """A balance that each row carries on from the row above is a statement's, not an open amount.

    Raises
    ------
    LedgerError
        If most rows of a customer have the balance of the row above plus their own amount.
    """
    if not block.has("open_amount") or not (block.has("amount") or block.has("paid_amount")):
        return
    paid = np.nan_to_num(block.amounts("paid_amount")[0], nan=0.0)
    moved = np.nan_to_num(amount, nan=0.0) - paid
    same = (customer.codes[1:] == customer.codes[:-1]) & (moved[1:] != 0)
    carried = same & (np.abs(np.diff(balance) - moved[1:]) < 0.005)
    if same.sum() >= 3 and carried.sum() > 0.8 * same.sum():
        sheet, column, row = block.mapping.sheet, block.letter("open_amount"), int(block.sheet.rows[0])
        raise LedgerError("ledger.running_balance", path=path, sheet=sheet, column=column, row=row)


def _signs(block: Block, kind: Coded | None, stated: Floats, found: Found) -> Floats:
    """-1 for credits that the sheet marks by their kind but writes as positive amounts."""
    sign = np.ones(len(stated))
    if kind is None:
        return sign
    negated, mixed = np.zeros((2, len(stated)), bool)
    for name in sorted(REDUCING):
        rows = kind_in(kind, {name}) & ~found.rejected
        positive = rows & (stated > 0)
        if (rows & (stated < 0)).any():
            mixed |= positive
        elif positive.any():
            negated |= positive
            sign[rows] = -1.0
    found.rows_note("warning", "ledger.credits_mixed", mixed, block.letter("kind"))
    found.rows_note("info", "ledger.credits_negated", negated, block.letter("kind"))
    return sign


def _disputed(block: Block, owed: Floats, found: Found) -> Floats | None:
    """Disputed money: the amount that the column states, or what is owed where it says yes."""
    if not block.has("disputed_amount"):
        return None
    column = block.column("disputed_amount")
    value, how = amounts(column, block.mapping.decimal)
    yes = np.zeros(len(column.labels) + 1, bool)
    yes[:-1] = [str(label).strip().lower() in _YES for label in column.labels]
    flagged = (column.kind == TEXT) & yes[column.code]
    flagged |= (how == BAD) & (column.number == 1)
    return np.where(flagged, owed, np.where(how == GOOD, value, 0.0))


def _look_at(block: Block, items: OpenItems, document: Coded, found: Found) -> None:
    """Rows that are used and that a controller should look at."""
    missing = document.codes < 0
    if block.has("document"):
        found.rows_note("warning", "ledger.document_missing", missing, block.letter("document"))
        pair = document.codes * (len(items.customer.labels) + 1) + items.customer.codes
        again = pd.Series(pair).duplicated().to_numpy() & ~missing
        first = items.document[again & ~found.rejected]
        shown = first[0] if len(first) else ""
        found.rows_note("warning", "ledger.duplicate", again, block.letter("document"), found=shown)
    late = items.invoice_date > items.due_date
    found.rows_note("warning", "ledger.due_before_invoice", late, block.letter("due_date"))
    if items.currency is not None:
        unnamed = items.currency.codes < 0
        found.rows_note("warning", "ledger.currency_missing", unnamed, block.letter("currency"))
    if block.sheet.hidden.any():
        found.rows_note("info", "ledger.hidden", block.sheet.hidden, block.letter(tied_out(block.mapping)))
