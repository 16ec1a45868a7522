"""Early warnings of a whole ledger as a report shows them: a watch per currency, customers with their money.

Counts and days mean the same in every currency, amounts do not: each currency is watched on its own. What is
known of a customer as such (events, promises) is told once, where most of his invoices are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from arcredit import distinct
from arcredit.credit import money
from arcredit.credit.period import Period, after
from arcredit.credit.receivables.lateness import monthly_delay
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.portfolio import by_currency
from arcredit.credit.receivables.signal import History
from arcredit.credit.receivables.warning import GRACE_DAYS, ar_warnings
from arcredit.shapes import Coded, Days, Floats, Table, Texts, one_date

MONTHS = 12

UNITS: Mapping[str, str] = {
    "late_rise": "share",
    "delay_above_range": "days",
    "delay_growing": "days_a_month",
    "dispute_surge": "share",
    "over_limit": "money",
    "near_limit": "money",
    "limit_unknown": "money",
    "past_extension": "days",
    "concentration": "share",
    "concentration_hhi": "index",
    "broken_promise": "count",
    "bounced_payment": "count",
    "rating_downgrade": "count",
    "insurer_reduction": "count",
    "insurer_cancellation": "count",
    "insolvency": "count",
    "not_enough_history": "invoices",
}
"""What value and threshold of a signal are; of the signals that are not named, a severity from 1 to 3."""


class Incidents(NamedTuple):
    """What happened to customers: columns as AR_WARNINGS reads its events."""

    customer: Texts
    date: Days
    kind: Texts
    severity: Floats


class Ceilings(NamedTuple):
    """Limits in force by customer, as AR_WARNINGS reads them; currency None is any."""

    customer: Texts
    limit: Floats
    begin: Days
    end: Days
    kind: Texts
    currency: Texts


@dataclass(frozen=True)
class Watch:
    """The warnings of one currency, a customer's lines together, the worst customer and the most money first.

    ``first`` marks each customer's first line: exposure, overdue and trend belong to the customer, and a sum
    over the first lines counts each once. ``trend`` has a column of days beyond terms per month in ``ends``.
    """

    currency: str
    customer: Texts
    signal: Texts
    level: Floats
    value: Floats
    threshold: Floats
    action: Texts
    first: Any
    exposure: Floats
    overdue: Floats
    trend: Floats
    ends: Days

    def __len__(self) -> int:
        return len(self.signal)

    def take(self, rows: Any) -> "Watch":
        """The same at other lines."""
        names = ("customer", "signal", "level", "value", "threshold", "action", "first", "exposure")
        columns = {name: getattr(self, name)[rows] for name in (*names, "overdue", "trend")}
        return Watch(currency=self.currency, ends=self.ends, **columns)


def watches(
    known: OpenItems,
    as_of: Any,
    incidents: Incidents | None = None,
    ceilings: Ceilings | None = None,
    extension: Period | None = None,
    insured: Any = (),
    grace_days: int = GRACE_DAYS,
) -> list[Watch]:
    """A watch for every currency.

    Parameters
    ----------
    known : OpenItems
        As `arcredit.credit.receivables.settlement.known_documents` gives them.
    as_of : date
        The day. [date]
    incidents, ceilings
        Events and limits.
    extension : Period, optional
        The policy's maximum extension; it is held against the customers in `insured`.
    insured : collection of str
        Customers whose debts are insured.
    grace_days : int
        An invoice is late when paid more days after the due date. [days]
    """
    day = one_date(as_of)
    home = _home(known)
    parts = by_currency(known)
    found = []
    for name, part in parts:
        told = None
        if incidents is not None:
            here = [home.get(who, parts[0][0]) == name for who in incidents.customer]
            told = _block(Incidents(*(column[np.array(here, bool)] for column in incidents)))
        blocks = _limits(ceilings, name, part, extension, set(insured))
        found.append(_watch(name, part, day, told, blocks, grace_days))
    return found


def _home(known: OpenItems) -> dict[str, str]:
    """The currency of most of each customer's documents, the first in the alphabet of equals."""
    best: dict[str, tuple[int, str]] = {}
    for name, part in by_currency(known):
        count = np.bincount(part.customer.codes + 1, minlength=len(part.customer.labels) + 1)[1:]
        for code in np.flatnonzero(count):
            who = str(part.customer.labels[code])
            if who not in best or count[code] > best[who][0]:
                best[who] = (int(count[code]), name)
    return {who: name for who, (_, name) in best.items()}


def _block(incidents: Incidents) -> dict[str, Any] | None:
    if not len(incidents.customer):
        return None
    return {name: getattr(incidents, name) for name in ("customer", "date", "kind", "severity")}


def _limits(
    ceilings: Ceilings | None,
    currency: str,
    part: OpenItems,
    extension: Period | None,
    insured: set[str],
) -> dict[str, Any] | None:
    """The limits of a currency, and each insured customer's extension counted from his oldest debt."""
    none = np.datetime64("NaT", "D")
    rows: list[tuple[Any, ...]] = []
    if ceilings is not None:
        for who, limit, begin, end, kind, coin in zip(*ceilings, strict=True):
            if coin in (None, currency):
                rows.append((who, limit, begin, end, kind, np.nan))
    if extension is not None:
        for who, due in _oldest_due(part).items():
            if who in insured:
                days = (after(np.array(due), extension) - due) / np.timedelta64(1, "D")
                rows.append((who, np.nan, none, none, "extension", float(days)))
    if not rows:
        return None
    names = ("customer", "limit", "from", "to", "kind", "maximum_extension_days")
    return {
        name: np.array([*column, None], object)[:-1]
        for name, column in zip(names, zip(*rows, strict=True), strict=True)
    }


def _oldest_due(part: OpenItems) -> dict[str, np.datetime64]:
    assert part.paid_date is not None
    rows = np.flatnonzero(np.isnat(part.paid_date) & (part.amount > 0) & (part.customer.codes >= 0))
    oldest = np.full(len(part.customer.labels), np.iinfo(np.int64).max)
    np.minimum.at(oldest, part.customer.codes[rows], part.due_date[rows].astype(np.int64))
    there = np.flatnonzero(oldest < np.iinfo(np.int64).max)
    return {str(part.customer.labels[code]): np.datetime64(int(oldest[code]), "D") for code in there}


def _watch(
    currency: str,
    part: OpenItems,
    day: np.datetime64,
    told: Any,
    limits: Any,
    grace_days: int,
) -> Watch:
    assert part.paid_date is not None
    lines = ar_warnings(
        part.customer,
        part.invoice_date,
        part.due_date,
        part.amount,
        part.paid_date,
        day,
        told,
        limits,
        grace_days,
    )
    names, exposure, overdue, trend, ends = _customers(part, day)
    place = {name: code for code, name in enumerate(names)}
    code = np.array([place.get(name, len(names)) for name in lines["customer"]], np.intp)
    padded = [np.append(column, 0.0)[code] for column in (exposure, overdue)]
    months = np.concatenate([trend, np.full((1, MONTHS), np.nan)])[code]
    return _sorted(currency, lines, padded[0], padded[1], months, ends)


def _customers(part: OpenItems, day: np.datetime64) -> tuple[Texts, Floats, Floats, Floats, Days]:
    """Each customer's open and overdue money and days beyond terms of the last months."""
    assert part.paid_date is not None
    rows = np.flatnonzero(~(part.invoice_date > day) & ~np.isnan(part.amount))
    code, names = part.customer.codes[rows], part.customer.labels
    paid = np.where(part.paid_date[rows] > day, np.datetime64("NaT", "D"), part.paid_date[rows])
    due, amount = part.due_date[rows], part.amount[rows]
    history = History(names, code, part.invoice_date[rows], due, amount, paid, day, GRACE_DAYS)
    is_open = np.isnat(paid) & (code >= 0)
    late = is_open & (due < day) & (amount > 0)
    exposure, overdue = (money.grouped(amount[kept], code[kept], len(names)) for kept in (is_open, late))
    ends = np.array([history.before(MONTHS - place - 1) for place in range(MONTHS)])
    return names, exposure, overdue, monthly_delay(history, MONTHS), ends


def _sorted(
    currency: str, lines: Table, exposure: Floats, overdue: Floats, trend: Floats, ends: Days
) -> Watch:
    """Customers by their worst level, then by money; of each the worst line first; the ledger's own last."""
    owner = Coded(*distinct.codes(lines["customer"]))
    groups = len(owner.labels) + 1
    worst = np.full(groups, -1.0)
    np.maximum.at(worst, owner.codes, lines["level"])
    whole = owner.codes < 0
    order = np.lexsort(
        (np.arange(len(lines)), -lines["level"], owner.codes, -exposure, whole, -worst[owner.codes])
    )
    sorted_owner = owner.codes[order]
    first = np.append(True, sorted_owner[1:] != sorted_owner[:-1])[: len(order)]
    columns = {name: lines[name][order] for name in lines.columns}
    return Watch(
        currency=currency,
        first=first,
        exposure=exposure[order],
        overdue=overdue[order],
        trend=trend[order],
        ends=ends,
        **columns,
    )
