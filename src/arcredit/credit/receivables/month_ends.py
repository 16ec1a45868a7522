"""The ledger's balances at month ends: by bucket, unapplied, overdue, as far back as it honestly reaches.

Source: worked examples, hand-computed (rebuilt as `open_at` does); product rule "never 0 for unknown".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.months import DAY, MONTH
from arcredit.credit.receivables.aging import aging_matrix
from arcredit.credit.receivables.conventions import NONE, STANDARD, ar_bucket
from arcredit.credit.receivables.open_items import Events, OpenItems, open_at
from arcredit.credit.receivables.portfolio import across, by_currency
from arcredit.credit.receivables.settlement import document_rows
from arcredit.shapes import Coded, Days, Floats, Texts, one_date

UNAPPLIED = "unapplied"


@dataclass(frozen=True)
class MonthEnds:
    """Balances of one currency, the oldest day first; a day that the ledger cannot know is NaN.

    ``buckets`` has a row per day and a column per label; with ``unapplied`` it adds up to ``total``.
    """

    ends: Days
    labels: tuple[str, ...]
    buckets: Floats
    unapplied: Floats
    overdue: Floats

    @property
    def total(self) -> Floats:
        """Everything open, net of unapplied credits."""
        return across([*self.buckets.T, self.unapplied]) + np.where(np.isnan(self.unapplied), np.nan, 0.0)

    @property
    def known(self) -> int:
        """On how many of the days the balance is known."""
        return int(np.count_nonzero(~np.isnan(self.unapplied)))


def last_days(as_of: Any, count: int) -> Days:
    """A day and the month ends before it, the oldest first.

    Examples
    --------
    >>> last_days("2025-03-31", 3).astype(str).tolist()
    ['2025-01-31', '2025-02-28', '2025-03-31']
    """
    day = one_date(as_of)
    starts = (day.astype(MONTH) - np.arange(count - 1)[::-1]).astype(DAY)
    return np.append(starts - 1, day)


def reaches(documents: OpenItems, events: Events | None, day: Any, as_of: Any) -> bool:
    """Whether the ledger knows what was open on a day up to `as_of`.

    It does on `as_of` itself; before that only with dates of receipts, and not before its first document.
    """
    when = one_date(day)
    if when >= one_date(as_of):
        return True
    dated = documents.paid_date is not None and not np.isnat(documents.paid_date).all()
    issued = documents.invoice_date[~np.isnat(documents.invoice_date)]
    return bool((events is not None or dated) and len(issued) and when >= issued.min())


def month_ends(
    documents: OpenItems,
    events: Events | None,
    as_of: Any,
    count: int = 12,
    *,
    edges: Any = None,
    snapshots: Sequence[tuple[Any, OpenItems]] = (),
) -> MonthEnds:
    """Balances of one currency on a day and the month ends before it; credits stand apart.

    Parameters
    ----------
    documents : OpenItems
        Every document, settled ones too, of one currency.
    events : Events, optional
        Receipts, credit notes and write-offs of that currency.
    as_of : date
        The last day. [date]
    count : int
        How many days.
    edges
        As in `ar_aging`.
    snapshots : sequence of (date, OpenItems)
        What was open on earlier days, of that currency; used where the ledger itself does not reach.
    """
    ends = last_days(as_of, count)
    held = {one_date(day): items for day, items in snapshots}
    rows: list[tuple[tuple[str, ...], Floats] | None] = []
    for end in ends:
        if reaches(documents, events, end, as_of):
            rows.append(aged(open_at(documents, end, events), end, edges))
        else:
            rows.append(aged(held[end], end, edges) if end in held else None)
    labels = max((row[0] for row in rows if row is not None), key=len)
    found = np.full((len(ends), len(labels) + 2), np.nan)
    for place, row in enumerate(rows):
        if row is not None:
            # Only some days have items without a due date, in a column of their own.
            found[place] = np.insert(row[1], len(row[0]), np.zeros(len(labels) - len(row[0])))
    return MonthEnds(ends, labels, found[:, :-2], found[:, -2], found[:, -1])


def aged(items: OpenItems, day: Any, edges: Any = None) -> tuple[tuple[str, ...], Floats]:
    """The labels, and the sums of all customers: each bucket, unapplied credits, overdue.

    Not due yet and overdue by our own convention, the upper edge in the bucket.
    """
    matrix = aging_matrix(items.customer, items.due_date, items.open_amount, day, edges)
    sums = [money.total(column) for column in matrix.amounts.T]
    return matrix.labels, np.array([*sums, money.total(matrix.unapplied), money.total(matrix.overdue)])


def in_currency(
    documents: OpenItems, events: Events | None, rates: Mapping[str, float], home: str
) -> tuple[OpenItems, Events | None]:
    """The whole ledger in one currency: every amount at its currency's one rate, whatever its date.

    Amounts are not rounded, so that sums are right to the cent; without a rate an amount is NaN.
    """
    own = _rates(documents.currency, rates, home)
    changed = {
        name: getattr(documents, name) * own
        for name in ("amount", "open_amount", "disputed_amount")
        if getattr(documents, name) is not None
    }
    ours = replace(documents, **changed, currency=_one(home, len(documents)))
    if events is None:
        return ours, None
    rate = np.append(np.broadcast_to(own, len(documents)), np.nan)[document_rows(documents, events)]
    if events.currency is not None:
        rate = np.where(events.currency.codes >= 0, _rates(events.currency, rates, home), rate)
    return ours, replace(events, amount=events.amount * rate, currency=_one(home, len(events)))


def _rates(currency: Coded | None, rates: Mapping[str, float], home: str) -> Any:
    if currency is None:
        return 1.0
    of = [1.0 if name == home else rates.get(str(name), np.nan) for name in currency.labels]
    return np.array([*of, np.nan])[currency.codes]


def _one(name: str, height: int) -> Coded:
    return Coded(np.zeros(height, np.intp), np.array([name], object))


def of_currency(items: OpenItems, name: str) -> OpenItems:
    """The items of one currency; the empty name is no currency."""
    return dict(by_currency(items)).get(name, items.take(np.empty(0, np.intp)))


def labelled(items: OpenItems, day: Any, edges: Any = None) -> Texts:
    """Each item's bucket; `UNAPPLIED` for credits, `NONE` without a due date."""
    late = (one_date(day) - items.due_date) / np.timedelta64(1, "D") if len(items) else np.empty(0)
    label: Texts = np.asarray(ar_bucket(late, STANDARD if edges is None else edges), object).reshape(-1)
    label[np.isnan(late)] = NONE
    return np.where(items.open_amount > 0, label, UNAPPLIED)
