"""Warning rules from balances: over the limit or near it, past the insurer's extension, concentrated."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from arcredit.credit import money
from arcredit.credit.block import headed
from arcredit.credit.receivables.concentration import hhi
from arcredit.credit.receivables.signal import History, Signals, signals
from arcredit.shapes import Days, Flags, Floats, Texts, dates, labels, numbers

COLUMNS = {
    "customer": ("客户", "客户编号", "客户名称"),
    "limit": ("credit_limit", "额度", "信用额度"),
    "from": ("起始日", "生效日"),
    "to": ("截止日", "到期日", "失效日"),
    "kind": ("类型", "额度类型"),
    "maximum_extension_days": ("最长延期天数", "最长延期期限", "最长展期天数"),
}
NEAR, FAR_OVER = 0.85, 1.10
EXTENSION_WARNING, COLLECTION_AFTER = 10, 30
"""Days before the maximum extension ends to warn, and days after it to hand the debt to collection."""
LARGEST_SHARE, HIGH_HHI = 0.20, 0.18


class Limits(NamedTuple):
    """Lines of a limits table."""

    customer: Texts
    limit: Floats
    begin: Days
    end: Days
    kind: Texts
    extension: Floats


def read_limits(limits: Any) -> Limits:
    """Columns of a limits block: customer, limit, from, to, kind, and maximum_extension_days where given.

    Raises
    ------
    InputError
        ``#VALUE!`` for a missing column, ``#NUM!`` for a negative limit.
    """
    columns = headed(limits, "limits", COLUMNS, ("customer", "limit"))
    return Limits(
        labels(columns["customer"], "limits, customer"),
        numbers(columns["limit"], "limits, limit", low=0),
        dates(columns["from"], "limits, from"),
        dates(columns["to"], "limits, to"),
        labels(columns["kind"], "limits, kind"),
        numbers(columns["maximum_extension_days"], "limits, maximum_extension_days", low=0),
    )


def over_limit(history: History, limits: Limits) -> Iterator[Signals]:
    """Exposure above the limit, near it, or beside a limit that is not known."""
    exposure, limit, listed = _exposure(history), *_limit(history, limits)
    over = exposure > limit
    far = exposure > FAR_OVER * limit
    yield signals("over_limit", over, 2 + far, exposure, limit, "hold")
    near = ~over & (exposure > NEAR * limit)
    yield signals("near_limit", near, 1, exposure, NEAR * limit, "watch")
    yield signals("limit_unknown", listed & np.isnan(limit) & (exposure > 0), 0, exposure, np.nan, None)


def past_extension(history: History, limits: Limits) -> Iterator[Signals]:
    """The oldest open invoice nears or passes the insurer's maximum extension period."""
    days = np.full(history.count, np.nan)
    who, extension = _codes(history, limits), limits.extension
    known = (who >= 0) & ~np.isnan(extension)
    np.fmin.at(days, who[known], extension[known])
    oldest = np.full(history.count, -np.inf)
    rows = history.is_invoice & history.is_open
    np.maximum.at(oldest, history.customer[rows], history.days_past_due()[rows])
    found = oldest >= days - EXTENSION_WARNING
    steps = (oldest >= days).astype(np.intp) + (oldest > days) + (oldest >= days + COLLECTION_AFTER)
    action: Texts = np.array(["watch", "stop_supply", "notify_insurer", "collect"], object)[steps]
    yield signals("past_extension", found, np.where(steps, 3, 1), oldest, days, action)


def concentration(history: History) -> Iterator[Signals]:
    """One customer holds too large a share of the ledger, or few hold most of it."""
    owed = np.maximum(_exposure(history), 0)
    nobody = history.is_open & (history.customer < 0)
    whole = money.total(np.append(owed, max(money.total(history.amount[nobody]), 0)))
    share = owed / whole if whole else owed
    yield signals("concentration", share > LARGEST_SHARE, 1, share, LARGEST_SHARE, "watch")
    index = hhi(owed)
    ledger = signals("concentration_hhi", np.array([index > HIGH_HHI]), 1, index, HIGH_HHI, "watch")
    yield ledger._replace(customer=ledger.customer - 1)


def _exposure(history: History) -> Floats:
    rows = history.is_open & (history.customer >= 0)
    return money.grouped(history.amount[rows], history.customer[rows], history.count)


def _limit(history: History, limits: Limits) -> tuple[Floats, Flags]:
    """Each customer's limit on the day and whether he is listed at all; NaN is unknown, never unlimited.

    The line that began last holds; active lines of kind "top_up" add to it. A line that has ended, or not
    begun, is none: with no active line the limit is 0.
    """
    # A line of kind "extension" states the insurer's extension alone, and no limit.
    who = np.where(limits.kind == "extension", -1, _codes(history, limits))
    active = (who >= 0) & ~(limits.begin > history.as_of) & ~(limits.end < history.as_of)
    top_up = limits.kind == "top_up"
    listed = np.bincount(who[who >= 0], minlength=history.count) > 0
    limit = np.where(listed, 0.0, np.nan)
    # Lines without a beginning have always held; the last assignment is the latest line's.
    begin = np.where(np.isnat(limits.begin), np.datetime64("0001-01-01"), limits.begin)
    base = np.flatnonzero(active & ~top_up)
    base = base[np.argsort(begin[base], kind="stable")]
    limit[who[base]] = limits.limit[base]
    more = np.flatnonzero(active & top_up)
    np.add.at(limit, who[more], limits.limit[more])
    return limit, listed


def _codes(history: History, limits: Limits) -> Any:
    place = {name: code for code, name in enumerate(history.names)}
    return np.array([place.get(name, -1) for name in limits.customer], np.intp)
