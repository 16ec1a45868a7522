"""Whom to call first: overdue money that can be asked for, how old it is, and how risky the customer.

Score = money ÷ 1,000 × average days late ÷ 30 × risk weight. Money × average days is the sum of every
document's own amount × days, so that a small old invoice does not make a large young debt look old.
"""

from typing import Any, NamedTuple

import numpy as np

from arcredit.credit import money
from arcredit.credit.receivables.dispute import split_dispute
from arcredit.credit.receivables.dunning import ar_dunning_level
from arcredit.shapes import (
    Dates,
    Floats,
    Labels,
    Numbers,
    Table,
    coded,
    dates,
    flags,
    numbers,
    one_date,
    result,
)

MONEY_UNIT, AGE_UNIT = 1000.0, 30.0
GRADE_STEP, PROMISE_STEP, MOST_PROMISES, ASSUMED_GRADE = 0.1, 0.25, 2, 5
"""Risk weight 1 for the best grade, 0.1 more for each step down, 0.25 more for each broken promise, two at
most. A customer without a grade counts as grade 5."""


class Promised(NamedTuple):
    """Pending promises: open items that are promised as such, and money promised by customers at large.

    ``all_of`` are customers who promised everything that is overdue.
    """

    item: Any
    customer: dict[str, float]
    all_of: frozenset[str]


def risk_weight(grade: Numbers, broken_promises: Numbers) -> Numbers:
    """How much a debt weighs for its customer's risk.

    Examples
    --------
    >>> risk_weight([1, 8, None], [0, 3, 1]).round(2).tolist()
    [1.0, 2.2, 1.65]
    """
    steps = np.nan_to_num(numbers(grade, "grade", low=1, high=10), nan=ASSUMED_GRADE) - 1
    broken = np.minimum(np.nan_to_num(numbers(broken_promises, "broken_promises", low=0)), MOST_PROMISES)
    return result(1 + GRADE_STEP * steps + PROMISE_STEP * broken)


def collection_score(amount: Numbers, days_late: Numbers, risk: Numbers) -> Numbers:
    """Money × age × risk: 1 is a thousand that is 30 days late at the best grade.

    Examples
    --------
    >>> float(collection_score(12_000, 45, 1.4))
    25.2
    """
    score = numbers(amount, "amount") / MONEY_UNIT * numbers(days_late, "days_late") / AGE_UNIT
    return result(np.asarray(score * numbers(risk, "risk")))


def worklist(
    customer: Labels,
    due_date: Dates,
    open_amount: Numbers,
    disputed_amount: Numbers,
    as_of: Dates,
    promised: Promised | None = None,
    edges: Any = (3, 15, 30),
) -> Table:
    """A line for every customer with overdue money in one currency.

    Returns
    -------
    Table
        customer, overdue, disputed, promised, credits (these three negative), to_collect (their sum),
        documents, average_days, oldest_days (of what may be asked for; NaN where nothing may), level.

    Notes
    -----
    A disputed part and a promised one are not asked for and make nobody's debt older. Credits and unapplied
    cash are taken off, the promise of a customer at large up to what is left.

    Source: product rule; worked example, hand-computed.
    """
    who, due, day = coded(customer, "customer"), dates(due_date, "due_date"), one_date(as_of)
    whole = numbers(open_amount, "open_amount").reshape(-1)
    split = split_dispute(whole, disputed_amount)
    given = promised or Promised(np.zeros(len(whole), bool), {}, frozenset())
    days = (day - due) / np.timedelta64(1, "D")
    known = who.codes >= 0
    late = (days > 0) & (whole > 0) & known
    kept = flags(given.item, "promised")
    asked = late & ~kept & (split.undisputed > 0)
    count = len(who.labels)

    def summed(amount: Floats, rows: Any) -> Floats:
        return money.grouped(amount[rows], who.codes[rows], count)

    overdue, disputed = summed(whole, late), summed(split.disputed, late)
    credits, on_items = summed(whole, (whole < 0) & known), summed(split.undisputed, late & kept)
    money_days, base = summed(split.undisputed * np.maximum(days, 0), asked), summed(split.undisputed, asked)
    left = money.rounded(overdue - disputed - on_items + credits, money.PLACES)
    at_large = np.array([given.customer.get(str(name), 0.0) for name in who.labels])
    everything = np.array([str(name) in given.all_of for name in who.labels], bool)
    at_large = np.where(everything, np.inf, at_large)
    promise = on_items + np.clip(at_large, 0, np.maximum(left, 0))
    oldest = np.full(count, -np.inf)
    np.maximum.at(oldest, who.codes[asked], days[asked])
    oldest = np.where(np.isfinite(oldest), oldest, np.nan)
    rows = np.flatnonzero(overdue > 0)
    to_collect = money.rounded(overdue - disputed - promise + credits, money.PLACES)
    with np.errstate(invalid="ignore", divide="ignore"):
        average = np.where(base > 0, money_days / base, np.nan)
    return Table(
        {
            "customer": who.labels[rows],
            "overdue": overdue[rows],
            "disputed": -disputed[rows],
            "promised": -money.rounded(promise, money.PLACES)[rows],
            "credits": credits[rows],
            "to_collect": to_collect[rows],
            "documents": np.bincount(who.codes[asked], minlength=count)[rows].astype(np.float64),
            "average_days": average[rows],
            "oldest_days": oldest[rows],
            "level": np.nan_to_num(np.asarray(ar_dunning_level(oldest[rows], edges), np.float64)),
        }
    )
