"""What moved between two days: every document's balance then and now, and why it changed.

The balance then plus all movements is the balance now, to the cent, document by document.

Source: product rule "what moved and why"; worked examples, hand-computed.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.receivables.month_ends import labelled
from arcredit.credit.receivables.open_items import Events, OpenItems
from arcredit.credit.receivables.settlement import document_rows
from arcredit.distinct import codes, row_codes
from arcredit.shapes import Coded, Days, Flags, Floats, Texts, one_date

REASONS = (
    "new",
    "late_posted",
    "reopened",
    "amount_changed",
    "paid",
    "part_paid",
    "credited",
    "written_off",
    "vanished",
)
"""Why a balance changed, in the order of the bridge from then to now."""

_NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Movement:
    """The documents open on either day, a row each; rows of one number (instalments) are one document.

    ``changes`` has a column for each of `REASONS`; with the opening balance they add up to the closing one.
    ``due_then`` and ``due_now`` are the earliest due dates, NaT on a day on which the document was not open.
    """

    customer: Texts
    name: Texts
    document: Texts
    invoice_date: Days
    due_then: Days
    due_now: Days
    opening: Floats
    closing: Floats
    changes: Floats

    def __len__(self) -> int:
        return len(self.document)

    def of(self, reason: str) -> Floats:
        """What a reason moved, document by document."""
        return np.asarray(self.changes[:, REASONS.index(reason)])

    def total(self, reason: str) -> float:
        """What a reason moved altogether."""
        return money.total(self.of(reason))

    @property
    def re_dated(self) -> Flags:
        """Documents open on both days whose due date is another one now: age moves, money does not."""
        moved: Flags = self.due_then != self.due_now
        return moved & ~np.isnat(self.due_then) & ~np.isnat(self.due_now)


@dataclass(frozen=True)
class _Sides:
    """Three lists of documents side by side: for each the line its rows belong to."""

    then: NDArray[np.intp]
    now: NDArray[np.intp]
    documents: NDArray[np.intp]
    count: int

    def sum(self, amount: Floats, at: NDArray[np.intp]) -> Floats:
        return money.grouped(amount, at, self.count)

    def has(self, at: NDArray[np.intp]) -> Flags:
        found: Flags = np.bincount(at, minlength=self.count)[: self.count] > 0
        return found

    def earliest(self, day: Days, at: NDArray[np.intp]) -> Days:
        found = np.full(self.count, np.iinfo(np.int64).max)
        dated = ~np.isnat(day)
        np.minimum.at(found, at[dated], day[dated].astype(np.int64))
        return np.where(found == np.iinfo(np.int64).max, _NEVER, found.astype("datetime64[D]"))


def movement(
    then: OpenItems, now: OpenItems, then_day: Any, documents: OpenItems, events: Events | None = None
) -> Movement:
    """Why the open items of one currency changed.

    Parameters
    ----------
    then, now : OpenItems
        Open items on the earlier and on the later day.
    then_day : date
        The earlier day. [date]
    documents : OpenItems
        Every document of the ledger now, settled ones too.
    events : Events, optional
        Receipts, credit notes and write-offs of the ledger now.

    Notes
    -----
    A document open now alone is new, or late_posted where it is dated up to the earlier day and was
    nevertheless not there; a new credit is credited, new unapplied money is paid. A document open then alone
    is vanished where the ledger no longer holds it. Of the others a changed original amount comes first
    (amount_changed), then what credit notes and write-offs of the period took; the rest is paid or
    part_paid, or reopened where a debt grew. A credit that was used up counts as paid, against what it paid.
    """
    day = one_date(then_day)
    sides = _sides(then, now, documents)
    opening, closing = sides.sum(then.open_amount, sides.then), sides.sum(now.open_amount, sides.now)
    was, there, known = sides.has(sides.then), sides.has(sides.now), sides.has(sides.documents)
    left = money.rounded(closing - opening, money.PLACES)
    changes = np.zeros((sides.count, len(REASONS)))

    def put(reason: str, where: Flags, amount: Floats) -> None:
        nonlocal left
        took = np.where(where, amount, 0.0)
        changes[:, REASONS.index(reason)] += took
        left = money.rounded(left - took, money.PLACES)

    new = there & ~was
    dated = sides.earliest(now.invoice_date, sides.now)
    put("paid", new & (closing < 0) & sides.has(sides.now[_are_receipts(now)]), left)
    put("late_posted", new & (dated <= day), left)
    put("credited", new & (closing < 0), left)
    put("new", new, left)
    put("vanished", was & ~there & ~known, left)
    put("amount_changed", was, _raised(then, documents, sides))
    for reason, kind in (("credited", "credit_note"), ("written_off", "write_off")):
        taken = _taken(events, kind, day, documents, sides)
        put(reason, was & (left < 0), np.clip(taken, np.minimum(left, 0), 0))
    put("reopened", (opening > 0) & (left > 0), left)
    put("part_paid", was & (opening > 0) & (closing > 0), left)
    put("paid", was, left)
    return _movement(then, now, sides, opening, closing, changes + 0.0)


def migration(
    then: OpenItems, now: OpenItems, then_day: Any, now_day: Any, labels: tuple[str, ...], edges: Any = None
) -> Floats:
    """Where the debts of each bucket went: a row per bucket then, a column per bucket now.

    Returns
    -------
    array of float
        Rows: `labels`, then a row "was not open"; columns: `labels`, then "paid and other reductions". A row
        but for the last adds up to the bucket then, a column but for the last to the bucket now.

    Notes
    -----
    Of a debt open on both days what is left stands in its bucket now, what it lost in the last column; what
    it gained is in the last row. Instalments are one document, in the bucket of the earliest due date.
    """
    old, new = _debts(then), _debts(now)
    sides = _sides(old, new, new)
    opening, closing = sides.sum(old.open_amount, sides.then), sides.sum(new.open_amount, sides.now)
    before = _bucket(old, sides.then, sides, then_day, labels, edges)
    after = _bucket(new, sides.now, sides, now_day, labels, edges)
    stays = np.minimum(opening, closing)
    width = len(labels) + 1
    gone, came = np.full((2, sides.count), len(labels))
    rows, columns = np.concatenate([before, before, came]), np.concatenate([after, gone, after])
    amounts = np.concatenate([stays, opening - stays, closing - stays])
    return money.grouped(money.rounded(amounts, money.PLACES), rows * width + columns, width * width).reshape(
        width, width
    )


def _debts(items: OpenItems) -> OpenItems:
    return items.take(np.flatnonzero(items.open_amount > 0))


def _bucket(
    items: OpenItems, at: NDArray[np.intp], sides: _Sides, day: Any, labels: tuple[str, ...], edges: Any
) -> NDArray[np.intp]:
    """The place of each line's oldest bucket among the labels; their number where it was not open."""
    place = {label: number for number, label in enumerate(labels)}
    found = np.full(sides.count, len(labels), np.intp)
    of_item = np.array([place[label] for label in labelled(items, day, edges)], np.intp)
    order = np.argsort(of_item, kind="stable")
    found[at[order]] = of_item[order]
    return found


def _sides(then: OpenItems, now: OpenItems, documents: OpenItems) -> _Sides:
    """Lines by customer and document; of the ledger's documents only those open on either day count."""
    tables = (then, now, documents)
    owner = codes(np.concatenate([table.customer.texts() for table in tables]))[0]
    number = codes(np.concatenate([table.document for table in tables]))[0]
    line = row_codes(owner, number)
    # Codes count up in the order of appearance: those of documents not open come last.
    cut = len(then) + len(now)
    count = int(line[:cut].max(initial=-1)) + 1
    rest = line[cut:]
    return _Sides(line[: len(then)], line[len(then) : cut], np.where(rest < count, rest, count), count)


def _are_receipts(items: OpenItems) -> Flags:
    if items.kind is None:
        return np.zeros(len(items), bool)
    wanted = np.array([str(label) == "receipt" for label in items.kind.labels] + [False])
    return np.asarray(wanted[items.kind.codes])


def _raised(then: OpenItems, documents: OpenItems, sides: _Sides) -> Floats:
    """What the original amounts are more than they were; 0 where one of them is not known."""
    held = sides.documents < sides.count
    at, amount = sides.documents[held], documents.amount[held]
    unknown = np.zeros(sides.count, bool)
    unknown[at[np.isnan(amount)]] = True
    unknown[sides.then[np.isnan(then.amount)]] = True
    both = sides.has(at) & sides.has(sides.then) & ~unknown
    # Instalments that were settled by then were not in the list of that day.
    rows = np.bincount(at, minlength=sides.count) == np.bincount(sides.then, minlength=sides.count)
    raised = sides.sum(amount, at) - sides.sum(then.amount, sides.then)
    return np.where(both & rows, money.rounded(raised, money.PLACES), 0.0)


def _taken(
    events: Events | None, kind: str, day: np.datetime64, documents: OpenItems, sides: _Sides
) -> Floats:
    """What events of a kind after the day took off each line."""
    if events is None or events.kind is None:
        return np.zeros(sides.count)
    wanted = np.array([str(label) == kind for label in events.kind.labels] + [False])[events.kind.codes]
    later = events.take(np.flatnonzero(wanted & (events.date > day)))
    at = np.append(sides.documents, sides.count)[document_rows(documents, later)]
    found = at < sides.count
    return sides.sum(later.amount[found], at[found])


def _movement(
    then: OpenItems, now: OpenItems, sides: _Sides, opening: Floats, closing: Floats, changes: Floats
) -> Movement:
    tables = ((then, sides.then), (now, sides.now))
    invoiced = sides.earliest(then.invoice_date, sides.then)
    later = sides.earliest(now.invoice_date, sides.now)
    return Movement(
        customer=_texts([(items.customer, at) for items, at in tables], sides.count),
        name=_texts([(items.customer_name, at) for items, at in tables], sides.count),
        document=_texts([(items.document, at) for items, at in tables], sides.count),
        invoice_date=np.where(np.isnat(later), invoiced, later),
        due_then=sides.earliest(then.due_date, sides.then),
        due_now=sides.earliest(now.due_date, sides.now),
        opening=opening,
        closing=closing,
        changes=changes,
    )


def _texts(columns: list[tuple[Any, NDArray[np.intp]]], count: int) -> Texts:
    """Each line's text, the newest one known."""
    found: Texts = np.full(count, None, object)
    for column, at in columns:
        if column is not None:
            texts = column.texts() if isinstance(column, Coded) else column
            filled = texts != None  # noqa: E711
            found[at[filled]] = texts[filled]
    return found
