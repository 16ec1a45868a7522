"""When documents were settled and what was paid: from receipts, or from dates of payment in the ledger."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from arcredit.credit.receivables.open_items import (
    Events,
    OpenItems,
    Rows,
    half_unit,
    joined,
    matched,
    open_at,
)
from arcredit.shapes import Coded, Days, Flags, Floats, Texts, one_date

NO_PAYMENT = ("credit_note", "write_off")
"""Events that settle a document without money coming in."""
_NEVER = np.datetime64("NaT", "D")


class Payments(NamedTuple):
    """Money that came in, a row each; negative where a payment bounced. Undated is NaT."""

    customer: Texts
    document: Texts
    date: Days
    amount: Floats
    currency: Texts


def known_documents(documents: OpenItems, items: OpenItems, as_of: Any, events: Events | None) -> OpenItems:
    """What is known of every document on a day: the open ones with their balance, the settled with their day.

    `items` are the open ones, unapplied receipts included; ``paid_date`` is NaT for them. A settled document
    whose day of payment is not known is left out: neither late nor in time. Where a due date is missing
    the document's date stands in, and else the day itself, so that its money is not lost.

    Source: product rule "never 0 for unknown".
    """
    day = one_date(as_of)
    is_open, paid = settled_on(documents, day, events)
    settled = replace(documents, paid_date=paid).take(np.flatnonzero(~is_open & ~np.isnat(paid)))
    still = replace(items, amount=items.open_amount, paid_date=np.full(len(items), _NEVER))
    columns = ("customer", "invoice_date", "due_date", "amount", "paid_date", "currency")
    bare = (_bare(part, columns) for part in (settled, still))
    whole = joined(*bare)
    due = np.where(np.isnat(whole.due_date), whole.invoice_date, whole.due_date)
    return replace(whole, due_date=np.where(np.isnat(due), day, due))


def settled_on(documents: OpenItems, as_of: Any, events: Events | None) -> tuple[Flags, Days]:
    """Which documents are open on a day, and on which day each of the others was settled.

    With events it is the day of the last one up to `as_of`; else the ledger's date of payment.

    Examples
    --------
    >>> from arcredit.shapes import coded
    >>> day = np.array(["2025-01-10"], "datetime64[D]")
    >>> one = OpenItems(coded(["A"], "a"), np.array(["1"], object), day, day + 30,
    ...                 np.array([100.0]), np.array([0.0]))
    >>> paid = Events(np.array(["1", "1"], object), None, np.array(["2025-02-01", "2025-02-20"], "M8[D]"),
    ...               np.array([-60.0, -40.0]))
    >>> [column.tolist() for column in settled_on(one, "2025-03-31", paid)]
    [[False], [datetime.date(2025, 2, 20)]]
    """
    day = one_date(as_of)
    numbered = replace(documents, row=np.arange(len(documents)))
    is_open = np.zeros(len(documents), bool)
    rows = open_at(numbered, day, events).row
    assert rows is not None
    is_open[rows[rows >= 0]] = True
    later = documents.invoice_date > day
    paid = _paid_dates(documents)
    if events is not None:
        paid = _last_event(documents, events, day)
    return is_open, np.where(is_open | later | (paid > day), _NEVER, paid)


def document_rows(documents: OpenItems, events: Events) -> Rows:
    """The row of the document that each event changes, of instalments the first; -1 where there is none.

    It is the document of that number and customer, else the only one of that number, as in `open_at`.

    Examples
    --------
    >>> from arcredit.shapes import coded
    >>> day = np.array(["2025-01-10"] * 3, "datetime64[D]")
    >>> three = OpenItems(coded(["A", "B", "B"], "c"), np.array(["1", "1", "2"], object), day, day,
    ...                   np.ones(3), np.ones(3))
    >>> paid = Events(np.array(["1", "1", "2"], object), coded(["B", None, None], "c"), day, -np.ones(3))
    >>> document_rows(three, paid).tolist()
    [1, -1, 2]
    """
    group, target, groups = matched(documents, events)
    first = np.full(groups + 1, -1, np.intp)
    first[group[::-1]] = np.arange(len(documents))[::-1]
    return np.asarray(first[target])


def payments_of(documents: OpenItems, events: Events | None) -> Payments:
    """Receipts and reversals; without events what the dates of payment say, the rest of it undated."""
    if events is not None:
        return _receipts(documents, events)
    stated, is_paid = documents.open_amount, _paid_dates(documents) == _paid_dates(documents)
    remaining = np.where(np.isnan(stated), np.where(is_paid, 0.0, documents.amount), stated)
    credit = documents.amount < 0
    money_in = credit & (_texts(documents.kind, len(documents)) == "receipt")
    paid = np.where(money_in, -documents.amount, np.where(credit, 0.0, documents.amount - remaining))
    dates = np.where(money_in, documents.invoice_date, _paid_dates(documents))
    rows = np.flatnonzero(np.abs(np.nan_to_num(paid)) >= half_unit(documents.currency))
    return Payments(
        documents.customer.texts()[rows],
        documents.document[rows],
        dates[rows],
        paid[rows],
        _texts(documents.currency, len(documents))[rows],
    )


def _receipts(documents: OpenItems, events: Events) -> Payments:
    row = document_rows(documents, events)

    def filled(own: Coded | None, theirs: Coded | None) -> Texts:
        """The event's own label, else its document's."""
        texts = _texts(own, len(events))
        if theirs is None or not len(documents):
            return texts
        blank = np.array([text is None for text in texts], bool)
        return np.where(blank & (row >= 0), theirs.texts()[row], texts)

    kind = _texts(events.kind, len(events))
    rows = np.flatnonzero(~np.isin(kind.astype(str), NO_PAYMENT) & ~np.isnan(events.amount))
    return Payments(
        filled(events.customer, documents.customer)[rows],
        events.document[rows],
        events.date[rows],
        -events.amount[rows],
        filled(events.currency, documents.currency)[rows],
    )


def _paid_dates(documents: OpenItems) -> Days:
    return np.full(len(documents), _NEVER) if documents.paid_date is None else documents.paid_date


def _last_event(documents: OpenItems, events: Events, day: np.datetime64) -> Days:
    group, target, groups = matched(documents, events)
    last = np.full(groups + 1, np.iinfo(np.int64).min)
    happened = (target >= 0) & (events.date <= day)
    np.maximum.at(last, target[happened], events.date[happened].astype(np.int64))
    return np.asarray(last[group].astype("datetime64[D]"))


def _texts(column: Coded | None, height: int) -> Texts:
    return np.full(height, None, object) if column is None else column.texts()


def _bare(items: OpenItems, columns: tuple[str, ...]) -> OpenItems:
    kept = {name: getattr(items, name) for name in columns}
    return OpenItems(document=items.document, open_amount=items.open_amount, **kept)
