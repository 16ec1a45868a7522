"""Dunning: which letter is due, and which one may go out now without skipping a level."""

from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.receivables.dispute import split_dispute
from arcredit.shapes import Booleans, Floats, Labels, Numbers, Table, coded, flags, numbers, result
from arcredit.shapes import edges as read_edges

_EDGES = (3, 15, 30)


def ar_dunning_level(days_past_due: Numbers, edges: Any = _EDGES) -> Numbers:
    """Dunning level that the days past due call for: 0 none, 1 friendly, 2 firm, 3 final.

    按逾期天数应达到的催收级别：0 不催，1 友好提醒，2 严正催告，3 最后通知。

    Parameters
    ----------
    days_past_due : Numbers
        Days past due of the oldest undisputed item; negative = not yet due. [days]
        最早一笔无争议款项的逾期天数；负数表示未到期。
    edges : Block, default {3,15,30}
        First day of each level, rising. [days]
        各级别起始的逾期天数，递增。

    Returns
    -------
    Numbers
        Number of levels whose first day is reached. [level]

    Raises
    ------
    InputError
        If the edges are not whole days above 0 in rising order.

    Notes
    -----
    The edges are a product rule to be tuned: 3 friendly reminder, 15 firm with interest announced, 30 final
    with deadline, hold and fixed sum. A level is reached on its day (Tryton tests the same way). What the
    days call for is not yet what may be sent: `next_level` never skips one.

    Source: Tryton account_dunning scenario (levels by overdue days, figures only); product rule.

    Examples
    --------
    >>> ar_dunning_level([-5, 2, 3, 14, 15, 30, 400]).tolist()
    [0.0, 0.0, 1.0, 1.0, 2.0, 3.0, 3.0]
    """
    days = numbers(days_past_due, "days_past_due")
    level = np.searchsorted(read_edges(edges, default=_EDGES), days, side="right")
    return result(np.where(np.isnan(days), np.nan, level))


def next_level(
    current_level: Numbers,
    days_past_due: Numbers,
    sent: Booleans = True,
    blocked: Booleans = False,
    days_since_last: Numbers = None,
    edges: Any = _EDGES,
    min_interval: int = 7,
) -> Numbers:
    """Level a customer stands at after a dunning run: at most one above the last letter that was sent.

    Parameters
    ----------
    current_level : Numbers
        Level of the last letter, 0 for none. [level]
    days_past_due : Numbers
        Days past due of the oldest undisputed item; blank = nothing is open. [days]
    sent : Booleans
        Whether the last letter went out; a draft is replaced by a new one of the same level.
    blocked : Booleans
        Whether dunning is stopped, such as by a promise not yet due or a plan in good standing.
    days_since_last : Numbers
        Days since the last letter; blank is no hindrance. [days]
    edges : Block
        First day of each level. [days]
    min_interval : int
        Fewest days between two letters. [days]

    Notes
    -----
    When the oldest item is paid the days fall back and with them the level: it never stands above what the
    days call for.

    Source: Tryton account_dunning scenario and OCA account_credit_control tests (figures only).

    Examples
    --------
    >>> next_level([0, 1, 1, 1], [400, 30, 30, 30], sent=[True, True, False, True],
    ...            blocked=[False, False, False, True], edges=(5, 20, 40)).tolist()
    [1.0, 2.0, 1.0, 1.0]
    """
    called = np.nan_to_num(np.asarray(ar_dunning_level(days_past_due, edges), np.float64))
    current = np.nan_to_num(numbers(current_level, "current_level", low=0, whole=True))
    waited = numbers(days_since_last, "days_since_last")
    free = flags(sent, "sent", True) | (current == 0)
    going = free & ~flags(blocked, "blocked") & ~(waited < min_interval)
    return result(np.minimum(called, current + going))


def dunning_letters(
    customer: Labels,
    open_amount: Numbers,
    days_past_due: Numbers,
    disputed_amount: Numbers = None,
    minimum: float = 0.0,
    edges: Any = _EDGES,
) -> Table:
    """One line per customer to be dunned: overdue amount, documents, oldest days, level called for.

    The disputed part of a document is left out, and so is a document disputed as a whole. Credits and
    unapplied cash are offset before a letter is sent: a customer who owes no more than `minimum` overdue
    after them gets none.

    Source: OCA account_invoice_overdue_warn test (figures only); product rule.

    Examples
    --------
    >>> list(dunning_letters(["A", "A"], [500, 1000], [5, -30]).rows())
    [('A', 500.0, 1.0, 5.0, 1.0)]
    """
    who = coded(customer, "customer")
    days = numbers(days_past_due, "days_past_due").reshape(-1)
    split = split_dispute(np.ravel(numbers(open_amount, "open_amount")), disputed_amount)
    undisputed: Floats = np.asarray(split.undisputed)
    late = (days > 0) & (undisputed > 0) & (who.codes >= 0)
    credit = (undisputed < 0) & (who.codes >= 0)
    count = len(who.labels)
    amount = money.grouped(undisputed[late | credit], who.codes[late | credit], count)
    oldest = np.full(count, -np.inf)
    np.maximum.at(oldest, who.codes[late], days[late])
    due = (amount > minimum) & (oldest > 0)
    return Table(
        {
            "customer": who.labels[due],
            "overdue_amount": amount[due],
            "documents": np.bincount(who.codes[late], minlength=count)[due].astype(np.float64),
            "oldest_days_past_due": oldest[due],
            "level": np.asarray(ar_dunning_level(oldest[due], edges), np.float64),
        }
    )
