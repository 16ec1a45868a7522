"""How each customer trades with us: purchases, terms, habits of payment, what is open and how late it is.

A figure is blank where the ledger cannot know it: purchases of a ledger that holds open items only, habits
of a customer who has paid fewer than three documents, past balances without dates of payment.

Source: product rules of the payment index and of "high credit"; domain practice "oldest undisputed item".
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.months import MONTH, months_later
from arcredit.credit.receivables.dispute import split_dispute
from arcredit.credit.receivables.dso import sales
from arcredit.credit.receivables.history import complete, events_of, payments
from arcredit.credit.receivables.open_items import Events, OpenItems, open_at
from arcredit.credit.receivables.payment import ledger_pay_index, weighted
from arcredit.credit.receivables.portfolio import by_currency
from arcredit.credit.receivables.settlement import document_rows
from arcredit.shapes import Coded, Days, Flags, Floats, Texts, one_date, with_last

MONTHS, OLD_DAYS = 12, 90


@dataclass(frozen=True)
class Trade:
    """The customers of one currency, a line each; the customer without a number is None, last.

    ``open_amount`` is what is owed before ``unapplied`` credits (both positive); ``overdue`` and ``old`` are
    the parts past due and past due by over 90 days. ``oldest_due`` is the earliest due date of open money
    that is not disputed. ``late_terms`` are days beyond terms of what was paid in the last twelve months.
    """

    customer: Texts
    name: Texts
    since: Days
    last: Days
    documents: Floats
    purchases: Floats
    terms_days: Floats
    paid: Floats
    late_terms: Floats
    pay_index: Floats
    high_credit: Floats
    open_amount: Floats
    unapplied: Floats
    overdue: Floats
    old: Floats
    disputed: Floats
    oldest_due: Days
    oldest_days: Floats

    def __len__(self) -> int:
        return len(self.customer)

    def at(self, customer: Texts) -> "Trade":
        """The lines of these customers; one who never traded has nothing open and no habits."""
        place = {label: row for row, label in enumerate(self.customer)}
        row = np.array([place.get(label, -1) for label in customer], np.intp)
        columns = {field.name: _taken(getattr(self, field.name), row) for field in fields(self)}
        empty = {name: np.where(row < 0, 0.0, columns[name]) for name in _NOTHING}
        return Trade(**columns | empty | {"customer": customer})


_NOTHING = ("documents", "paid", "open_amount", "unapplied", "overdue", "old", "disputed")


def _taken(column: NDArray[Any], row: NDArray[np.intp]) -> NDArray[Any]:
    return with_last(column)[row]


def trades(
    documents: OpenItems, items: OpenItems, events: Events | None, as_of: Any
) -> list[tuple[str, Trade]]:
    """The customers of every currency, in alphabetical order of the currencies; "" is no currency.

    Parameters
    ----------
    documents : OpenItems
        Every document, settled ones too.
    items : OpenItems
        Open items as of the date, as `open_at` gives them, with their disputed amounts.
    events : Events, optional
        Receipts, credit notes and write-offs.
    as_of : date
        The day. [date]
    """
    day = one_date(as_of)
    known = documents.take(np.flatnonzero(~(documents.invoice_date > day)))
    open_of, parts = dict(by_currency(items)), dict(by_currency(known))
    found = []
    for currency in sorted(open_of.keys() | parts.keys()):
        part = parts.get(currency, known.take(np.arange(0)))
        theirs = None if events is None else events_of(events, currency, known)
        found.append((currency, trade(part, open_of.get(currency, items.take(np.arange(0))), theirs, day)))
    return found


def nobody(documents: OpenItems, as_of: Any) -> Trade:
    """No customer at all: `Trade.at` gives lines to those who never traded."""
    none = documents.take(np.arange(0))
    return trade(none, none, None, one_date(as_of))


def trade(documents: OpenItems, items: OpenItems, events: Events | None, day: np.datetime64) -> Trade:
    """The customers of one currency's documents."""
    groups = _Groups(documents, items)
    code, opened = groups.of_documents, groups.of_items
    year = one_date(months_later(day, -MONTHS))
    recent = sales(documents) & (documents.invoice_date > year) & (documents.invoice_date <= day)
    debit = np.maximum(items.open_amount, 0.0)
    late = (day - items.due_date) / np.timedelta64(1, "D")
    disputed = _disputed(items)
    owed = (debit - disputed > 0) & ~np.isnat(items.due_date)
    oldest = groups.earliest(items.due_date[owed], opened[owed])
    habits = _habits(groups, documents, events, year, day)
    return Trade(
        customer=groups.labels,
        name=groups.names(documents, items),
        since=groups.earliest(documents.invoice_date, code),
        last=groups.latest(documents.invoice_date, code),
        documents=groups.count(code[recent]),
        purchases=_purchases(groups, documents, events, recent, year, day),
        terms_days=_terms(groups, documents, recent),
        **habits,
        high_credit=_high_credit(groups, documents, events, day),
        open_amount=groups.sums(debit, opened),
        unapplied=groups.sums(np.maximum(-items.open_amount, 0.0), opened),
        overdue=groups.sums(np.where(late > 0, debit, 0.0), opened),
        old=groups.sums(np.where(late > OLD_DAYS, debit, 0.0), opened),
        disputed=groups.sums(disputed, opened),
        oldest_due=oldest,
        oldest_days=np.asarray((day - oldest) / np.timedelta64(1, "D")),
    )


class _Groups:
    """Customers of documents and open items as one numbering."""

    def __init__(self, documents: OpenItems, items: OpenItems) -> None:
        ours, theirs = documents.customer, items.customer
        place = {str(label): number for number, label in enumerate(ours.labels)}
        other = [place.setdefault(str(label), len(place)) for label in theirs.labels]
        width = len(place)
        first = np.where(ours.codes < 0, width, ours.codes)
        second = np.append(np.array(other, np.intp), width)[theirs.codes]
        used = np.unique(np.concatenate([first, second]))
        number = np.zeros(width + 1, np.intp)
        number[used] = np.arange(len(used))
        self.of_documents, self.of_items = number[first], number[second]
        texts: Texts = np.array([*place, None], object)
        self.labels, self.height = texts[used], len(used)

    def sums(self, amount: Floats, code: NDArray[np.intp]) -> Floats:
        return money.grouped(amount, code, self.height)

    def count(self, code: NDArray[np.intp]) -> Floats:
        return np.bincount(code, minlength=self.height).astype(np.float64)

    def earliest(self, date: Days, code: NDArray[np.intp]) -> Days:
        return self._first(date, code, 1)

    def latest(self, date: Days, code: NDArray[np.intp]) -> Days:
        return self._first(date, code, -1)

    def _first(self, date: Days, code: NDArray[np.intp], sign: int) -> Days:
        """The first date of each customer, counted forwards or backwards."""
        known, blank = ~np.isnat(date), np.iinfo(np.int64).max
        least = np.full(self.height, blank)
        np.minimum.at(least, code[known], sign * date[known].astype("datetime64[D]").astype(np.int64))
        nothing = np.datetime64("NaT", "D")
        return np.where(least == blank, nothing, (sign * least).astype("datetime64[D]"))

    def names(self, documents: OpenItems, items: OpenItems) -> Texts:
        """Each customer's name: the first one that is given."""
        found: Texts = np.full(self.height, None, object)
        for table, code in ((items, self.of_items), (documents, self.of_documents)):
            if table.customer_name is not None:
                known = np.flatnonzero(table.customer_name.codes >= 0)[::-1]
                found[code[known]] = Coded(
                    table.customer_name.codes[known], table.customer_name.labels
                ).texts()
        return found


def _disputed(items: OpenItems) -> Floats:
    if items.disputed_amount is None:
        return np.zeros(len(items))
    return np.asarray(split_dispute(items.open_amount, np.abs(items.disputed_amount)).disputed)


def _purchases(
    groups: _Groups,
    documents: OpenItems,
    events: Events | None,
    recent: Flags,
    year: np.datetime64,
    day: np.datetime64,
) -> Floats:
    """What was bought in twelve months, credit notes taken off; never below 0."""
    if not complete(documents, events):
        return np.full(groups.height, np.nan)
    amount, code = documents.amount[recent], groups.of_documents[recent]
    if events is not None:
        row, returned = _credit_notes(documents, events, year, day)
        amount = np.concatenate([amount, returned])
        code = np.concatenate([code, groups.of_documents[row]])
    unknown = np.bincount(code, np.isnan(amount), groups.height) > 0
    return np.where(unknown, np.nan, np.maximum(groups.sums(amount, code), 0.0))


def _credit_notes(
    documents: OpenItems, events: Events, year: np.datetime64, day: np.datetime64
) -> tuple[NDArray[np.intp], Floats]:
    """Credit notes among the events, with a row of the customer they belong to."""
    if events.kind is None:
        return np.zeros(0, np.intp), np.zeros(0)
    kinds = np.array([str(label) == "credit_note" for label in events.kind.labels] + [False])
    rows = np.flatnonzero(kinds[events.kind.codes] & (events.date > year) & (events.date <= day))
    target = document_rows(documents, events.take(rows))
    return target[target >= 0], events.amount[rows][target >= 0]


def _terms(groups: _Groups, documents: OpenItems, recent: Flags) -> Floats:
    """Terms in use by amount, in whole days; assumed due dates say nothing about them."""
    stated = recent if documents.due_assumed is None else recent & ~documents.due_assumed
    days = (documents.due_date - documents.invoice_date) / np.timedelta64(1, "D")
    used = stated & (days >= 0)
    code = groups.of_documents[used]
    return money.rounded(weighted(days[used], documents.amount[used], code, groups.height), 0)


def _habits(
    groups: _Groups, documents: OpenItems, events: Events | None, year: np.datetime64, day: np.datetime64
) -> dict[str, Floats]:
    """Payments of the last twelve months: how many, how late, and the index of at least three."""
    paid = payments(documents, events)
    used = (paid.date > year) & (paid.date <= day) & (paid.amount > 0) & ~np.isnat(paid.due)
    amount, due, date = paid.amount[used], paid.due[used], paid.date[used]
    code = groups.of_documents[paid.row[used]]
    late = (date - due) / np.timedelta64(1, "D")
    return {
        "paid": groups.count(code),
        "late_terms": weighted(late, amount, code, groups.height),
        "pay_index": ledger_pay_index(amount, due, date, code, groups.height),
    }


def _high_credit(groups: _Groups, documents: OpenItems, events: Events | None, day: np.datetime64) -> Floats:
    """The highest balance at the last twelve month ends and the day itself."""
    dated = documents.paid_date is not None and not np.isnat(documents.paid_date).all()
    if events is None and not dated:
        return np.full(groups.height, np.nan)
    ends = (day.astype(MONTH) - np.arange(MONTHS)).astype("datetime64[D]") - np.timedelta64(1, "D")
    place = {label: number for number, label in enumerate(groups.labels)}
    highest = np.zeros(groups.height)
    for end in (day, *ends):
        part = open_at(documents, end, events)
        number = np.array([place.get(label, -1) for label in (*part.customer.labels, None)], np.intp)
        code = number[part.customer.codes]
        inside = code >= 0
        highest = np.maximum(highest, groups.sums(part.open_amount[inside], code[inside]))
    return highest
