"""What a ledger's own past says about losses: cohorts of documents, and roll rates between month ends.

Source: IFRS 9 B5.5.35 (historic loss experience by bucket); IFRScommunity, provision matrix (cohorts); net
flow between month-end buckets.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.months import MONTH
from arcredit.credit.receivables.month_ends import aged
from arcredit.credit.receivables.open_items import Events, OpenItems, matched, spread
from arcredit.credit.receivables.provision import ar_loss_rates, cohort_loss_rates
from arcredit.shapes import Days, Floats, Table, one_date

LOST_AFTER, WINDOW_DAYS, FEWEST = 180, 730, 30
"""Unpaid so many days after the due date counts as lost; due dates of so many days before that are followed;
fewer documents than this prove nothing. Product defaults."""
DEFAULT_RATES = ((0, 0.005), (1, 0.02), (31, 0.05), (61, 0.15), (91, 0.30), (121, 0.60), (181, 1.0))
"""Loss rates from so many days past due on, for want of any history: product defaults, to be replaced."""
_MONTH = np.timedelta64(1, "M")


@dataclass(frozen=True)
class Cohort:
    """Documents that fell due early enough for their end to be known, and what became of their money.

    ``reached`` is what was unpaid on entering each bucket, the first the documents themselves.
    """

    documents: int
    reached: Floats
    lost: float
    rates: Floats


def cohort(
    documents: OpenItems, events: Events | None, as_of: Any, edges: Sequence[int], lost_share: float = 1.0
) -> Cohort | None:
    """Loss rates by following the documents of one currency; None where there are too few to go by.

    Parameters
    ----------
    documents : OpenItems
        Every document, settled ones too, of one currency.
    events : Events, optional
        Receipts, credit notes and write-offs of that currency.
    as_of : date
        What is known on this day. [date]
    edges : sequence of int
        Upper edges of the buckets in days past due.
    lost_share : float
        Share lost of what is still unpaid `LOST_AFTER` days after the due date. [fraction]

    Notes
    -----
    Documents count that fell due from `LOST_AFTER` to `LOST_AFTER` + `WINDOW_DAYS` days before. A loss rate
    is what was lost over what reached the bucket. Credit notes reduce the debt and are no loss; what was
    written off was never paid. A bucket that nothing has reached takes the rate of the one before it.
    """
    if events is None and (documents.paid_date is None or np.isnat(documents.paid_date).all()):
        return None
    day = one_date(as_of)
    age = (day - documents.due_date) / np.timedelta64(1, "D") if len(documents) else np.empty(0)
    chosen = (age >= LOST_AFTER) & (age <= LOST_AFTER + WINDOW_DAYS) & (documents.amount > 0)
    rows = np.flatnonzero(chosen)
    if len(rows) < FEWEST:
        return None
    days = [0, *edges]
    unpaid = _unpaid(documents, events, [*days, LOST_AFTER], rows)
    reached = np.minimum.accumulate([money.total(documents.amount[rows]), *unpaid[:-1]])
    lost = float(money.rounded(min(unpaid[-1], reached[-1]) * lost_share))
    rates = cohort_loss_rates(reached, lost)
    for place in np.flatnonzero(np.isnan(rates)):
        rates[place] = rates[place - 1]
    return Cohort(len(rows), reached, lost, rates)


def _unpaid(documents: OpenItems, events: Events | None, days: Sequence[int], rows: Any) -> list[float]:
    """What of some documents was not paid so many days after their due dates."""
    found = []
    for after in days:
        if events is None:
            assert documents.paid_date is not None
            paid = documents.paid_date <= documents.due_date + np.timedelta64(after, "D")
            left = np.where(paid, np.nan_to_num(documents.open_amount), documents.amount)
        else:
            left = _balance_after(documents, events, after)
        found.append(money.total(np.maximum(left[rows], 0.0)))
    return found


def _balance_after(documents: OpenItems, events: Events, after: int) -> Floats:
    """Each document's balance so many days after its due date; write-offs are no payments."""
    group, target, groups = matched(documents, events)
    due = np.full(groups + 1, np.datetime64("NaT", "D"))
    due[group[::-1]] = documents.due_date[::-1]
    by_then = (events.date <= due[target] + np.timedelta64(after, "D")) | np.isnat(events.date)
    if events.kind is not None:
        lost = np.array([str(label) == "write_off" for label in events.kind.labels] + [False])
        by_then &= ~lost[events.kind.codes]
    use = by_then & (target >= 0)
    change = money.grouped(events.amount[use], target[use], groups)
    return money.rounded(spread(documents.amount, group, documents.due_date, change), money.PLACES)


@dataclass(frozen=True)
class Rolls:
    """Roll rates between month ends: the balances they come from, and the rates."""

    ends: Days
    balances: Floats
    table: Table


def rolls(
    snapshots: Sequence[tuple[Any, OpenItems]], edges: Sequence[int], lost_share: float = 1.0
) -> Rolls | None:
    """Roll and loss rates from what was open on earlier days of consecutive months; None without three.

    Parameters
    ----------
    snapshots : sequence of (date, OpenItems)
        Open items of one currency on several days, the last of a month counting for it.
    edges : sequence of int
        Upper edges of the buckets; rates roll only between buckets of a month each.
    lost_share : float
        Share lost of what has passed the last edge. [fraction]

    Notes
    -----
    The bucket beyond the last edge is no part of it: it holds old stock, and takes `lost_share`.
    """
    if len(edges) < 2 or any(edge != 30 * place for place, edge in enumerate(edges, 1)):
        return None
    by_month = {
        one_date(day).astype(MONTH): (one_date(day), items)
        for day, items in sorted(snapshots, key=lambda one: one_date(one[0]))
    }
    months = sorted(by_month)
    gaps = [place for place, (one, after) in enumerate(pairwise(months), 1) if after - one > _MONTH]
    run = [by_month[month] for month in months[max(gaps, default=0) :]]
    if len(run) < 3:
        return None
    balances = np.array([aged(items, day, edges)[1][: len(edges) + 1] for day, items in run])
    table = ar_loss_rates(balances, lost_share)
    return Rolls(np.array([day for day, _ in run]), balances, table)


def default_rates(edges: Sequence[int]) -> Floats:
    """The default loss rate of each bucket: that of its first day.

    Examples
    --------
    >>> default_rates([30, 60, 90, 120]).tolist()
    [0.005, 0.02, 0.05, 0.15, 0.3, 0.6]
    """
    return rates_from(DEFAULT_RATES, edges)


def rates_from(steps: Sequence[tuple[float, float]], edges: Sequence[int]) -> Floats:
    """The loss rate of each bucket from rates that begin at a number of days past due.

    Parameters
    ----------
    steps : sequence of (days, rate)
        From so many days past due on; 0 and less is not yet due.
    edges : sequence of int
        Upper edges of the buckets.

    Returns
    -------
    array of float
        A rate for what is not yet due, for each bucket, and beyond the last; NaN below the first step.
    """
    begins = np.array([0, *(edge + 1 for edge in (0, *edges))], float)
    days, rates = (np.array(column, float) for column in zip(*sorted(steps), strict=True))
    place = np.searchsorted(np.maximum(days, 0), begins, side="right") - 1
    return np.where(place >= 0, rates[np.maximum(place, 0)], np.nan)


def first_day(bucket: str) -> float:
    """The first day past due that a bucket's label means: 0 for what is not yet due; NaN where it is unclear.

    Examples
    --------
    >>> buckets = ("Not yet due", "1-30", ">90", "over 120 days", "61–90天", "逾期1年以上")
    >>> [first_day(text) for text in buckets]
    [0.0, 1.0, 91.0, 121.0, 61.0, nan]
    """
    text = bucket.strip().lower()
    if re.search(r"年|year|month|月", text):
        return float("nan")
    found = [float(number) for number in re.findall(r"\d+", text)]
    if not found:
        return 0.0 if re.search(r"not|current|未", text) else float("nan")
    over = len(found) == 1 and re.search(r">|＞|over|above|more|以上|超过|\+", text)
    return max(found[0], 1.0) + (1.0 if over else 0.0)
