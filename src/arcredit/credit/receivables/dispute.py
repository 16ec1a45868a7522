"""Disputes split a document: the disputed part waits, the rest goes on ageing, being dunned and insured."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.shapes import (
    Dates,
    Days,
    Floats,
    Labels,
    Numbers,
    Table,
    Texts,
    coded,
    dates,
    numbers,
    one_date,
    result,
)

ESCALATE_DAYS = 30
"""A dispute that is open for longer goes to the next level."""


class Split(NamedTuple):
    """The two parts of an open document; they add up to it to the cent."""

    undisputed: Floats
    disputed: Floats


def split_dispute(open_amount: Numbers, disputed_amount: Numbers) -> Split:
    """The undisputed and the disputed part of open documents.

    A dispute never exceeds what is open: after a part payment the rest of it is disputed at most. A credit
    cannot be disputed. A blank dispute is none.

    Source: product rule; Allianz Trade Switzerland, claims management (disputes suspend the claim).

    Raises
    ------
    InputError
        ``#NUM!`` for a negative disputed amount.

    Examples
    --------
    >>> [part.tolist() for part in split_dispute([1000, 200, -50], [300, 500, 10])]
    [[700.0, 0.0, -50.0], [300.0, 200.0, 0.0]]
    """
    whole = numbers(open_amount, "open_amount")
    claimed = np.nan_to_num(numbers(disputed_amount, "disputed_amount", low=0))
    disputed = np.minimum(claimed, np.maximum(whole, 0))
    return Split(result(_less(whole, disputed)), result(disputed))


def dispute_ratio(open_amount: Numbers, disputed_amount: Numbers) -> float:
    """Disputed share of what is open and not a credit; NaN where nothing is.

    Examples
    --------
    >>> dispute_ratio([1000, 500, -50], [300, 0, 0])
    0.2
    """
    disputed, undisputed = (np.ravel(part) for part in reversed(split_dispute(open_amount, disputed_amount)))
    contested = money.total(np.where(np.isnan(undisputed), 0.0, disputed))
    base = money.total(np.maximum(undisputed, 0)) + contested
    return contested / base if base else float("nan")


def dispute_days(opened: Dates, closed: Dates, as_of: Dates) -> Numbers:
    """Days a dispute took, or has taken so far where it is open; NaN before it was opened.

    Examples
    --------
    >>> dispute_days(["2025-01-10", "2025-01-10"], ["2025-01-25", None], "2025-02-20").tolist()
    [15.0, 41.0]
    """
    start, end, today = dates(opened, "opened"), dates(closed, "closed"), dates(as_of, "as_of")
    until: Days = np.where(np.isnat(end) | (end > today), today, end)
    days = (until - start) / np.timedelta64(1, "D")
    return result(np.where(until < start, np.nan, days))


def _less(whole: Floats, part: Floats) -> Floats:
    """Exact difference of amounts; NaN where the whole is."""
    whole, part = np.broadcast_arrays(whole, part)
    rows = np.arange(whole.size)
    both = np.concatenate([whole.reshape(-1), -part.reshape(-1)])
    rest = money.grouped(both, np.concatenate([rows, rows]), whole.size).reshape(whole.shape)
    return np.where(np.isnan(whole), np.nan, rest)


class Contested(NamedTuple):
    """The disputed part of each open item, the record's line that tells of it (-1 none), and lines left over.

    ``left_over`` are open disputes whose document is not open: settled, or written otherwise in the ledger.
    """

    amount: Floats
    line: NDArray[np.intp]
    left_over: NDArray[np.intp]


def contested(items: OpenItems, disputes: Table | None, as_of: Dates) -> Contested:
    """What is disputed of each open item: the ledger's own amount or that of the open disputes, the larger.

    Parameters
    ----------
    items : OpenItems
        Open items as of the day.
    disputes : Table, optional
        document, customer, raised_on, amount, status, resolved_on; a blank amount is the whole document.
    as_of : date
        What was raised later or resolved by then is not disputed on the day. [date]

    Notes
    -----
    A dispute that names no customer is of the document of that number, where only one customer has it.
    Never more than what is open is disputed.

    Source: product rule; worked example, hand-computed.
    """
    own = np.zeros(len(items)) if items.disputed_amount is None else np.abs(items.disputed_amount)
    line = np.full(len(items), -1, np.intp)
    if disputes is None or not len(disputes):
        return Contested(split_dispute(items.open_amount, own).disputed, line, np.empty(0, np.intp))
    lines = _still_open(disputes, one_date(as_of))
    place = _places(items)
    claimed, left_over = np.zeros(len(items)), []
    wanted = numbers(disputes["amount"], "disputes, amount", low=0)
    for number in lines:
        rows = place.get((disputes["document"][number], disputes["customer"][number] or None), [])
        if not rows:
            left_over.append(number)
            continue
        claimed[rows] += _over_rows(items.open_amount[rows], wanted[number])
        line[rows] = np.where(line[rows] < 0, number, line[rows])
    amount = np.fmax(np.nan_to_num(own), money.rounded(claimed, money.PLACES))
    return Contested(split_dispute(items.open_amount, amount).disputed, line, np.array(left_over, np.intp))


def disputed_amounts(items: OpenItems, disputes: Table | None, as_of: Dates) -> Floats:
    """The disputed part of each open item, as `contested` finds it."""
    return contested(items, disputes, as_of).amount


def by_reason(reason: Labels, disputed: Numbers) -> Table:
    """Disputed money by reason, the most first, with its share and the share of all reasons so far.

    Examples
    --------
    >>> table = by_reason(["price", "quality", "price"], [100, 400, 500])
    >>> [table[name].tolist() for name in ("reason", "disputed", "cumulative_share")]
    [['price', 'quality'], [600.0, 400.0], [0.6, 1.0]]
    """
    why, amount = coded(reason, "reason"), numbers(disputed, "disputed").reshape(-1)
    code = np.where(why.codes < 0, len(why.labels), why.codes)
    names: Texts = np.append(why.labels, np.array([None], object))
    sums, count = money.grouped(amount, code, len(names)), np.bincount(code, minlength=len(names))
    shown = [place for place in range(len(names)) if count[place]]
    order = np.array(sorted(shown, key=lambda place: (-sums[place], str(names[place] or ""))), np.intp)
    whole = money.total(amount)
    running = np.cumsum(money.units(sums[order])[0]) / money.units(sums[order])[1] if len(order) else sums[:0]
    return Table(
        {
            "reason": names[order],
            "documents": count[order].astype(np.float64),
            "disputed": sums[order],
            "share": sums[order] / whole if whole else np.full(len(order), np.nan),
            "cumulative_share": running / whole if whole else np.full(len(order), np.nan),
        }
    )


def resolved_days(disputes: Table | None, as_of: Dates) -> Floats:
    """Days that each dispute settled in the last twelve months took; NaN where nobody noted its beginning."""
    if disputes is None:
        return np.empty(0)
    day = one_date(as_of)
    closed = dates(disputes["resolved_on"], "disputes, resolved_on")
    rows = np.flatnonzero((closed <= day) & (closed > day - np.timedelta64(365, "D")))
    raised = dates(disputes["raised_on"], "disputes, raised_on")
    return np.asarray(dispute_days(raised[rows], closed[rows], day))


def _still_open(disputes: Table, day: np.datetime64) -> NDArray[np.intp]:
    """Lines that are disputes on the day, the oldest first."""
    raised = dates(disputes["raised_on"], "disputes, raised_on")
    closed = dates(disputes["resolved_on"], "disputes, resolved_on")
    done = np.array([str(state or "").lower() == "resolved" for state in disputes["status"]], bool)
    rows = np.flatnonzero(~(raised > day) & ~(closed <= day) & ~(done & np.isnat(closed)))
    first = np.where(np.isnat(raised), np.iinfo(np.int64).max, raised.astype(np.int64))
    return rows[np.argsort(first[rows], kind="stable")]


def _places(items: OpenItems) -> dict[tuple[str | None, str | None], list[int]]:
    """Rows of each document by number and customer; by number alone where one customer has it."""
    place: dict[tuple[str | None, str | None], list[int]] = {}
    owners: dict[str, set[str | None]] = {}
    for row, (number, owner) in enumerate(zip(items.document, items.customer.texts(), strict=True)):
        if number is None or not items.open_amount[row] > 0:
            continue
        place.setdefault((number, owner), []).append(row)
        owners.setdefault(number, set()).add(owner)
    for number, customers in owners.items():
        if len(customers) == 1:
            place.setdefault((number, None), place[(number, next(iter(customers)))])
    return place


def _over_rows(open_amount: Floats, wanted: float) -> Floats:
    """A dispute over the instalments of a document, in their order; blank is all of them."""
    if np.isnan(wanted):
        return open_amount
    before = np.cumsum(open_amount) - open_amount
    return np.asarray(np.clip(wanted - before, 0, open_amount))
