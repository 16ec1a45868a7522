"""Promises to pay: kept, broken, still pending, or not to be told from what the ledger holds."""

from functools import cache
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.receivables.open_items import Events, OpenItems, open_at
from arcredit.credit.receivables.settlement import Payments, payments_of
from arcredit.shapes import Dates, Flags, Labels, Numbers, Table, Texts, dates, labels, numbers, one_date

STATES = ("pending", "kept", "broken", "unknown")
WINDOW_DAYS = 30
"""A payment counts towards a promise when it came in so many days before the promised day, or after the
promise before it."""


def promise_states(
    customer: Labels,
    document: Labels,
    promised_date: Dates,
    amount: Numbers,
    documents: OpenItems,
    events: Events | None,
    as_of: Any,
    currency: Labels = None,
) -> Table:
    """Each promise with what came in for it and its state.

    Parameters
    ----------
    customer, document, currency : Labels
        Who promised, for which document (blank: for anything) and in which currency (blank: in any).
    promised_date : Dates
        The day; a promise for today is pending until the day is over. [date]
    amount : Numbers
        Amount promised; blank is the whole document, or all that is overdue on the promised day. [currency]
    documents, events
        The ledger, as for `open_at`.
    as_of : date
        The day of the report. [date]

    Returns
    -------
    Table
        customer, document, promised_date, amount, currency, received (what came in for it), state.

    Notes
    -----
    Payments from the promise before (of the same customer and document), but at most 30 days, up to the
    promised day count. A payment a day later does not keep a promise. Where the ledger shows a payment
    without its day, or no payments at all, a promise is broken only where even that money would not do.

    Source: product rule; worked example, hand-computed.
    """
    who, which = labels(customer, "customer").reshape(-1), labels(document, "document").reshape(-1)
    day, wanted = dates(promised_date, "promised_date").reshape(-1), numbers(amount, "amount").reshape(-1)
    coin = np.broadcast_to(labels(currency, "currency"), who.shape)
    book = _Book(documents, events, one_date(as_of))
    begin = _begins(who, which, day)
    received, state = np.full(len(who), np.nan), np.full(len(who), "unknown", object)
    for row in range(len(who)):
        if not day[row] < book.as_of:
            state[row] = "pending"
            continue
        mine = book.mine(who[row], which[row], coin[row])
        dated = mine & (book.paid.date > begin[row]) & (book.paid.date <= day[row])
        received[row] = money.total(book.paid.amount[dated])
        undated = money.total(book.paid.amount[mine & np.isnat(book.paid.date)])
        state[row] = _state(book, who[row], which[row], day[row], wanted[row], received[row], undated)
    return Table(
        {
            "customer": who,
            "document": which,
            "promised_date": day,
            "amount": wanted,
            "currency": np.asarray(coin, object),
            "received": received,
            "state": state,
        }
    )


class _Book:
    """The ledger as promises are held against it."""

    def __init__(self, documents: OpenItems, events: Events | None, as_of: np.datetime64) -> None:
        self.documents, self.events, self.as_of = documents, events, as_of
        self.paid: Payments = payments_of(documents, events)
        self.complete = events is not None or len(self.paid.date) > 0
        self.open_on = cache(self._open_on)

    def mine(self, customer: str, document: str | None, currency: str | None) -> Flags:
        """The payments that may keep a promise."""
        rows = self.paid.customer == customer
        if document is not None:
            rows &= self.paid.document == document
        if currency is not None:
            rows &= (self.paid.currency == currency) | (self.paid.currency == None)  # noqa: E711
        return np.asarray(rows, bool)

    def _open_on(self, day: np.datetime64) -> tuple[OpenItems, Texts]:
        items = open_at(self.documents, day, self.events)
        return items, items.customer.texts()

    def left(self, customer: str, document: str | None, day: np.datetime64) -> float:
        """What stood open of a document, or overdue of everything, at the end of a day; NaN if not known."""
        items, owner = self.open_on(day)
        rows = owner == customer
        if document is None:
            rows = rows & ((items.due_date <= day) | (items.open_amount < 0))
        else:
            rows = rows & (items.document == document)
            if not rows.any() and not np.any(self.documents.document == document):
                return float("nan")
        return money.total(items.open_amount[rows.astype(bool)])


def _state(
    book: _Book,
    customer: str,
    document: str | None,
    day: np.datetime64,
    wanted: float,
    received: float,
    undated: float,
) -> str:
    if np.isnan(wanted):
        left = book.left(customer, document, day)
        if np.isnan(left):
            return "unknown"
        return "broken" if left > 0.005 else "kept"
    if received >= wanted - 0.005:
        return "kept"
    if not book.complete or (document is not None and not np.any(book.documents.document == document)):
        return "unknown"
    return "broken" if received + undated < wanted - 0.005 else "unknown"


def _begins(who: Texts, which: Texts, day: Any) -> Any:
    """The day after which payments count for each promise: the promise before, at most 30 days back."""
    begin = day - np.timedelta64(WINDOW_DAYS + 1, "D")
    before: dict[tuple[Any, Any], Any] = {}
    for row in np.argsort(day, kind="stable"):
        key = (who[row], which[row])
        if key in before and before[key] < day[row]:
            begin[row] = max(begin[row], before[key])
        before[key] = day[row]
    return begin
