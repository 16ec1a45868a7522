"""Disputes split a document: the disputed part waits, the rest goes on ageing, being dunned and insured."""

from typing import NamedTuple

import numpy as np

from arcredit.credit import money
from arcredit.shapes import Dates, Days, Floats, Numbers, dates, numbers, result


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
