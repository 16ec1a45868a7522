"""A payment plan against what came in: instalment by instalment, and who might need a plan.

Source: product rules (receipts pay the oldest instalment; an instalment is missed after days of grace).
"""

from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.receivables.dispute import split_dispute
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.shapes import Coded, Dates, Days, Floats, Numbers, Table, dates, numbers, one_date

STATES = ("paid", "paid_late", "missed", "late", "open")
GRACE_DAYS = 5


def plan_lines(
    plan: Table, received_on: Dates, received: Numbers, as_of: Dates, grace_days: int = GRACE_DAYS
) -> Table:
    """What receipts paid of every instalment, on which day it was paid, and how it stands.

    Parameters
    ----------
    plan : Table
        As AR_PAYMENT_PLAN gives it.
    received_on, received : columns
        Receipts; those after `as_of` do not count, undated ones came first.
    as_of : date
        The day.
    grace_days : int
        Days after its date within which an unpaid instalment is late and not yet missed.

    Returns
    -------
    Table
        received, paid_on (NaT while unpaid), state: of `STATES`.

    Examples
    --------
    >>> from arcredit.credit.receivables.plan import ar_payment_plan
    >>> plan = ar_payment_plan(300, "2025-01-31", 3)
    >>> lines = plan_lines(plan, ["2025-01-31", "2025-03-10"], [100.0, 50.0], "2025-03-10")
    >>> lines["received"].tolist(), lines["state"].tolist()
    ([100.0, 50.0, 0.0], ['paid', 'missed', 'open'])
    """
    today = one_date(as_of)
    day, amount = dates(received_on, "received_on").reshape(-1), numbers(received, "received").reshape(-1)
    keep = (np.isnat(day) | (day <= today)) & ~np.isnan(amount)
    day, amount = day[keep], amount[keep]
    payment = plan["payment"]
    upto = _running(payment)
    paid = money.rounded(np.clip(money.total(amount) - (upto - payment), 0.0, payment), money.PLACES)
    full = paid >= payment
    paid_on = np.where(full, _reached(day, amount, upto), np.datetime64("NaT", "D"))
    due = plan["date"]
    late_on = due + np.timedelta64(grace_days, "D")
    place = np.select(
        [full & (np.isnat(due) | np.isnat(paid_on) | (paid_on <= due)), full, late_on < today, due <= today],
        range(4),
        4,
    )
    # The down payment has no date: it is due at once.
    place = np.where(~full & np.isnat(due), STATES.index("late"), place)
    return Table({"received": paid, "paid_on": paid_on, "state": np.array(STATES, object)[place]})


def _running(amount: Floats) -> Floats:
    return money.rounded(np.cumsum(amount), money.PLACES)


def _reached(day: Days, amount: Floats, levels: Floats) -> Days:
    """The day from which on the receipts together stayed at each level; NaT where they do not."""
    order = np.argsort(np.where(np.isnat(day), np.datetime64("0001-01-01"), day), kind="stable")
    sums = _running(amount[order])
    # A bounced receipt takes the level back: what counts is the lowest sum from a day on.
    lasting = np.minimum.accumulate(sums[::-1])[::-1]
    place = np.searchsorted(lasting, levels - 1e-9)
    return np.append(day[order], np.datetime64("NaT", "D"))[place]


def overdue_debts(items: OpenItems, disputed: Numbers, as_of: Dates) -> Table:
    """What each customer owes that is overdue and not disputed, less his credits, per currency.

    Returns
    -------
    Table
        customer, currency, debt (above 0), oldest_due, documents; the largest debt first.
    """
    today = one_date(as_of)
    split = split_dispute(items.open_amount, disputed)
    owed = np.asarray(split.undisputed, np.float64).reshape(-1)
    late = (owed > 0) & (items.due_date < today)
    counts = np.where(late | (owed < 0), owed, 0.0)
    currency = items.currency or Coded(np.full(len(items), -1, np.intp), np.empty(0, object))
    width = len(currency.labels) + 1
    key = (items.customer.codes + 1) * width + currency.codes + 1
    groups = (len(items.customer.labels) + 1) * width
    debt = money.grouped(counts, key, groups)
    found = np.flatnonzero(debt > 0)
    oldest = np.full(groups, np.datetime64("9999-12-31", "D"))
    np.minimum.at(oldest, key[late], items.due_date[late])
    number = np.bincount(key[late], minlength=groups)
    found = found[np.argsort(-debt[found], kind="stable")]
    who, money_of = found // width, found % width
    return Table(
        {
            "customer": _labelled(items.customer.labels, None)[who],
            "currency": _labelled(currency.labels, "")[money_of],
            "debt": debt[found],
            "oldest_due": oldest[found],
            "documents": number[found].astype(np.float64),
        }
    )


def _labelled(labels: Any, blank: Any) -> Any:
    return np.concatenate([np.array([blank], object), labels])
