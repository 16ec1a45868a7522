"""A customer's account over a time: what stood at its beginning, every entry, what stands at its end.

Source: product rule "opening balance plus entries is the closing balance, to the cent".
"""

from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.receivables.open_items import Events, OpenItems, open_at
from arcredit.credit.receivables.settlement import document_rows, payments_of
from arcredit.shapes import Coded, Dates, Table, Texts, one_date

KINDS = ("opening", "invoice", "credit_note", "receipt", "write_off", "reversal")


def account(
    documents: OpenItems, events: Events | None, customer: Any, currency: str, since: Dates, as_of: Dates
) -> Table:
    """Entries of a customer's account in one currency, the oldest first, behind an opening balance.

    Parameters
    ----------
    documents : OpenItems
        Every document of the ledger.
    events : Events, optional
        Receipts, credit notes and write-offs; without them the dates of payment tell the receipts.
    customer : str
        The customer.
    currency : str
        The currency; empty where the ledger names none.
    since, as_of : date
        First and last day.

    Returns
    -------
    Table
        date, document, kind (of `KINDS`), amount (receipts negative), balance after the entry.

    Notes
    -----
    The closing balance is what is open as of the last day; the opening one is that less the entries, so what
    has no date stands in it.

    Examples
    --------
    >>> from arcredit.shapes import coded
    >>> day = np.array(["2025-01-10"], "datetime64[D]")
    >>> one = OpenItems(coded(["A"], "a"), np.array(["1"], object), day, day + 30,
    ...                 np.array([100.0]), np.array([100.0]))
    >>> account(one, None, "A", "", "2025-01-01", "2025-03-31")["balance"].tolist()
    [0.0, 100.0]
    """
    first, last = one_date(since, "since"), one_date(as_of)
    rows = _documents(documents, customer, currency)
    rows += _settlements(documents, events, customer, currency, last)
    inside = [row for row in rows if first <= row[0] <= last]
    # On one day the invoices come before what pays them.
    inside.sort(key=lambda row: (row[0], row[3] < 0, str(row[1] or "")))
    amount = np.array([row[3] for row in inside], np.float64)
    opening = money.total(np.append(-amount, _closing(documents, events, customer, currency, last)))
    amounts = np.append(opening, amount)
    return Table(
        {
            "date": np.array([first, *(row[0] for row in inside)], "M8[D]"),
            "document": np.array([None, *(row[1] for row in inside)], object),
            "kind": np.array(["opening", *(row[2] for row in inside)], object),
            "amount": amounts,
            "balance": money.rounded(np.cumsum(amounts), money.PLACES),
        }
    )


def _documents(documents: OpenItems, customer: Any, currency: str) -> list[tuple[Any, ...]]:
    amount = np.where(np.isnan(documents.amount), documents.open_amount, documents.amount)
    mine = (documents.customer.texts() == customer) & (_texts(documents.currency, len(documents)) == currency)
    kinds = _texts(documents.kind, len(documents))
    rows = np.flatnonzero(mine & ~np.isnat(documents.invoice_date) & ~np.isnan(amount) & (amount != 0))
    # Receipts among the documents come again with the payments.
    return [
        (documents.invoice_date[row], documents.document[row], _kind(amount[row], kinds[row]), amount[row])
        for row in rows
        if not (amount[row] < 0 and kinds[row] == "receipt")
    ]


def _kind(amount: float, kind: str) -> str:
    if amount > 0:
        return "invoice"
    return kind if kind in KINDS[2:] else "credit_note"


def _settlements(
    documents: OpenItems, events: Events | None, customer: Any, currency: str, last: np.datetime64
) -> list[tuple[Any, ...]]:
    if events is None:
        paid = payments_of(documents, None)
        named = np.array([name or "" for name in paid.currency], object)
        mine = (paid.customer == customer) & (named == currency) & ~np.isnat(paid.date)
        return [
            (paid.date[row], paid.document[row], _settled(-paid.amount[row], "receipt"), -paid.amount[row])
            for row in np.flatnonzero(mine)
        ]
    owner, money_of = _owners(documents, events, last)
    kinds = _texts(events.kind, len(events))
    mine = (owner == customer) & (money_of == currency) & ~np.isnat(events.date) & ~np.isnan(events.amount)
    return [
        (events.date[row], events.document[row], _settled(events.amount[row], kinds[row]), events.amount[row])
        for row in np.flatnonzero(mine)
    ]


def _settled(amount: float, kind: str) -> str:
    if amount > 0:
        return "reversal"
    return kind if kind in KINDS[2:] else "receipt"


def _owners(documents: OpenItems, events: Events, day: np.datetime64) -> tuple[Texts, Texts]:
    """Customer and currency that every event counts for, as in `open_at`: those of the document it changes.

    Without a document, or before its date, its own, else the document's; the only currency of the ledger.
    """
    row = document_rows(documents, events)
    issued = np.append(np.isnat(documents.invoice_date) | (documents.invoice_date <= day), False)[row]
    customer, currency = documents.customer.texts(), _texts(documents.currency, len(documents))
    given = _texts(events.customer, len(events)), _texts(events.currency, len(events))
    named = [np.append(column, "")[row] for column in (customer, currency)]
    own, stated = (
        np.where(issued | (text == ""), other, text) for text, other in zip(given, named, strict=True)
    )
    used = sorted(set(currency) - {""})
    return own, np.where((stated == "") & (row < 0), used[0] if len(used) == 1 else "", stated)


def _closing(
    documents: OpenItems, events: Events | None, customer: Any, currency: str, day: np.datetime64
) -> float:
    items = open_at(documents, day, events)
    mine = (items.customer.texts() == customer) & (_texts(items.currency, len(items)) == currency)
    return money.total(items.open_amount[mine])


def _texts(column: Coded | None, height: int) -> Texts:
    if column is None:
        return np.full(height, "", object)
    return np.array([text or "" for text in column.texts()], object)
