"""The limit that we ourselves gave a customer, and whether it is in force on a day."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcredit.credit.customer.limit import effective_limit
from arcredit.shapes import (
    Dates,
    Days,
    Flags,
    Floats,
    Numbers,
    Texts,
    dates,
    flags,
    numbers,
    one_date,
    with_last,
)

STATES: Texts = np.array(["none", "in force", "temporary", "expired", "blank"], object)
_NONE, _IN_FORCE, _TEMPORARY, _EXPIRED, _BLANK = range(5)


class OwnLimit(NamedTuple):
    """Per customer the limit in force, what it is, its last day and the day to look at it again.

    ``state`` is one of `STATES`: ``none`` where nobody gave a limit, ``blank`` where somebody left it open.
    The limit of an expired one is 0: it holds for new orders, debt that is there is not touched.
    """

    limit: Floats
    state: Texts
    until: Days
    review: Days
    row: NDArray[np.intp]


def own_limits(
    customer: NDArray[np.intp],
    count: int,
    credit_limit: Numbers,
    valid_from: Dates,
    valid_to: Dates,
    temporary: Any,
    review_date: Dates,
    as_of: Dates,
) -> OwnLimit:
    """The own limits of customers 0 … count - 1 on a day, out of the decisions ever taken.

    Parameters
    ----------
    customer : array of int
        Customer of each decision; -1 for one that does not matter.
    count : int
        How many customers there are.
    credit_limit : Numbers
        Limits; a blank one is unknown, 0 is no credit. [currency]
    valid_from, valid_to : Dates
        First and last day; blank is open. A temporary limit needs both. [date]
    temporary : Booleans
        Whether the decision replaces the lasting one for a time.
    review_date : Dates
        When to look at it again. [date]
    as_of : date
        The day. [date]

    Notes
    -----
    Of the decisions in force the one with the latest first day counts, of those the last line. A decision
    that begins later does not count yet. Where none is in force the last to run out has expired.

    Source: Coface glossary, "Temporary amount"; product rule "an expired limit is 0 for new orders".

    Examples
    --------
    >>> who, start = np.array([0, 0, 1]), ["2025-01-01", "2025-12-01", None]
    >>> own = own_limits(who, 3, [100, 150, 50], start, [None, "2025-12-31", "2025-06-30"],
    ...     [False, True, False], [None] * 3, "2025-12-15")
    >>> own.limit.tolist(), own.state.tolist()
    ([150.0, 0.0, nan], ['temporary', 'expired', 'none'])
    """
    day = one_date(as_of)
    limit = numbers(credit_limit, "credit_limit", low=0)
    start, end = dates(valid_from, "valid_from"), dates(valid_to, "valid_to")
    brief = flags(temporary, "temporary")
    begun, ended = np.isnat(start) | (start <= day), end < day
    base = _latest(customer, count, begun & ~brief, start, ~ended)
    extra = _latest(customer, count, begun & brief & ~ended, start, ~ended)
    amount, lasting, expiry = _of(limit, extra), _of(limit, base), _of(end, base)
    found = np.asarray(
        effective_limit(lasting, amount, _of(start, extra), _of(end, extra), day, expiry=expiry)
    )
    now = extra >= 0
    # A temporary limit without amount is as unknown as any other blank one.
    found = np.where(now & np.isnan(amount), np.nan, found)
    tests = [now, base < 0, expiry < day, np.isnan(lasting)]
    state = np.select(tests, [_TEMPORARY, _NONE, _EXPIRED, _BLANK], _IN_FORCE)
    shown = np.where(now, extra, base)
    review = _of(dates(review_date, "review_date"), shown)
    return OwnLimit(found, STATES[state], _of(end, shown), review, shown)


def _of(column: NDArray[Any], row: NDArray[np.intp]) -> NDArray[Any]:
    """A column at rows; row -1 is blank."""
    return with_last(column)[row]


def _latest(
    customer: NDArray[np.intp], count: int, counts: Flags, start: Days, in_force: Flags
) -> NDArray[np.intp]:
    """The row of each customer's latest decision, one in force before any other; -1 where there is none."""
    rows = np.flatnonzero(counts & (customer >= 0))
    first = np.where(np.isnat(start[rows]), np.iinfo(np.int64).min, start[rows].astype(np.int64))
    order = rows[np.lexsort((rows, first, in_force[rows]))]
    latest = np.full(count, -1, np.intp)
    latest[customer[order]] = order
    return latest
