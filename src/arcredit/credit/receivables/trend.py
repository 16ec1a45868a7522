"""Is the rise real? Late frequency and days beyond terms against the customer's own past."""

from typing import NamedTuple

import numpy as np

from arcredit.credit.block import one_number
from arcredit.credit.significance import rise_tail, student_tail
from arcredit.errors import InputError
from arcredit.shapes import Flags, Floats, Numbers, numbers, result

FEWEST_BASELINE = 8
"""Fewest months for a baseline: a mean and spread of less say nothing."""
SMOOTHING, WIDTH, LEAST_SPREAD = 0.2, 2.7, 1.0
"""EWMA weight of the newest month, limit in standard deviations, spread assumed where it is 0 [days]."""
_LARGEST = 10_000_000


def ar_late_rise(
    baseline_late: Numbers, baseline_count: Numbers, recent_late: Numbers, recent_count: Numbers
) -> Numbers:
    """Probability that a rise in the share of late invoices is chance: below 0.05 it is real.

    逾期发票占比上升纯属偶然的概率（单侧 p 值）：低于 0.05 视为真实上升。

    Parameters
    ----------
    baseline_late : Numbers
        Late invoices of the base period, such as 12 months. [count]
        基期（如 12 个月）逾期发票数。
    baseline_count : Numbers
        Matured invoices of the base period. [count]
        基期已到期发票数。
    recent_late : Numbers
        Late invoices of the recent period, such as 3 months. [count]
        近期（如 3 个月）逾期发票数。
    recent_count : Numbers
        Matured invoices of the recent period. [count]
        近期已到期发票数。

    Returns
    -------
    Numbers
        One-sided p-value; NaN where a period has no matured invoice. [fraction]

    Raises
    ------
    InputError
        If a count is negative, not whole or above 10,000,000, or more invoices are late than matured.

    Notes
    -----
    Two proportions with pooled variance, z = (p₂ − p₁) / √(p̂(1 − p̂)(1/n₁ + 1/n₂)); Fisher's exact test
    where one of the four expected cells is below 5. Count matured invoices only (due date and grace
    passed): an invoice not yet due is no evidence of punctuality. Many customers tested at 0.05 give many
    false alarms: AR_WARNINGS controls them.

    Source: two-proportion z-test; Fisher, exact test; worked examples, hand-computed.

    Examples
    --------
    >>> round(float(ar_late_rise(24, 240, 18, 80)), 5), round(float(ar_late_rise(2, 20, 5, 12)), 4)
    (0.00207, 0.0504)
    """
    given = {
        "baseline_late": baseline_late,
        "baseline_count": baseline_count,
        "recent_late": recent_late,
        "recent_count": recent_count,
    }
    cells = {name: numbers(item, name, low=0, high=_LARGEST, whole=True) for name, item in given.items()}
    for period in ("baseline", "recent"):
        _not_above(cells[f"{period}_late"], cells[f"{period}_count"], f"{period}_late")
    return result(rise_tail(*cells.values()))


def ar_delay_trend(
    monthly_days: Numbers,
    baseline_months: Numbers,
    smoothing: Numbers = None,
    width: Numbers = None,
    least_spread: Numbers = None,
) -> float:
    """1 where the smoothed monthly delay has left the customer's usual range, else 0.

    月度逾期天数的指数加权均值（EWMA）超出该客户的常态上限为 1，否则为 0。

    Parameters
    ----------
    monthly_days : Numbers
        Days beyond terms month by month, the oldest first; blanks are months without data. [days]
        逐月超期天数，由早到晚；空白表示当月无数据。
    baseline_months : Numbers
        How many of the first months are the baseline; 8 of them must have data. [count]
        前多少个月作为基准期；其中至少 8 个月有数据。
    smoothing : Numbers, default blank
        Weight of the newest month, above 0 to 1; blank = 0.2. [fraction]
        最新一个月的权重，0 至 1；留空为 0.2。
    width : Numbers, default blank
        Width of the limit in standard deviations; blank = 2.7. [times]
        上限宽度（标准差倍数）；留空为 2.7。
    least_spread : Numbers, default blank
        Spread assumed where the baseline has none; blank = 1. [days]
        基准期无波动时采用的标准差；留空为 1。

    Returns
    -------
    float
        1 or 0; NaN with fewer than 8 baseline months or no month after them. [flag]

    Raises
    ------
    InputError
        If baseline_months is not a whole number above 0, or a setting is not above 0.

    Notes
    -----
    z_t = λ·x_t + (1 − λ)·z_t-1 from z_0 = baseline mean; limit μ + L·σ·√(λ/(2 − λ)·(1 − (1 − λ)^2t)), one
    month above it is enough. σ is the sample standard deviation. Where σ is 0, a single month above
    μ + 3 × least_spread signals (Shewhart). λ 0.2 and L 2.7 are product defaults.

    Source: Roberts (1959), EWMA control chart; NIST/SEMATECH e-Handbook 6.3.2.4; worked example.

    Examples
    --------
    >>> ar_delay_trend([4, 6, 5, 3, 5, 7, 4, 6, 9, 11, 12, 14], 8)
    1.0
    """
    days = numbers(monthly_days, "monthly_days").reshape(1, -1)
    count = int(one_number(baseline_months, "baseline_months", low=1, whole=True))
    chart = delay_chart(
        days[:, :count],
        days[:, count:],
        one_number(smoothing, "smoothing", SMOOTHING, positive=True, high=1),
        one_number(width, "width", WIDTH, positive=True),
        one_number(least_spread, "least_spread", LEAST_SPREAD, positive=True),
    )
    if not chart.known[0]:
        return float("nan")
    return float((chart.path > chart.limit).any())


class Chart(NamedTuple):
    """A control chart, a row per customer and a column per month after the baseline."""

    path: Floats
    limit: Floats
    known: Flags


def delay_chart(
    baseline: Floats,
    recent: Floats,
    smoothing: float = SMOOTHING,
    width: float = WIDTH,
    least_spread: float = LEAST_SPREAD,
) -> Chart:
    """EWMA and its upper limit after a baseline; a month without data repeats the month before.

    Rows with fewer than 8 baseline months, or without a recent one, are not known. Where the baseline has
    no spread the path is the month itself and the limit Shewhart's.
    """
    filled, given = (~np.isnan(baseline)).sum(axis=1), ~np.isnan(recent)
    known = (filled >= FEWEST_BASELINE) & given.any(axis=1)
    mean = np.nan_to_num(baseline).sum(axis=1) / np.maximum(filled, 1)
    squares = np.nan_to_num((baseline - mean[:, None]) ** 2).sum(axis=1)
    spread = np.sqrt(squares / np.maximum(filled - 1, 1))
    steady = spread < 1e-9
    path, limit = np.full(recent.shape, np.nan), np.full(recent.shape, np.nan)
    level, steps = mean, np.zeros(len(mean))
    for month in range(recent.shape[1]):
        x, new = recent[:, month], given[:, month]
        smoothed = np.where(steady, x, smoothing * x + (1 - smoothing) * level)
        level = np.where(new, smoothed, level)
        steps = steps + new
        widened = np.sqrt(smoothing / (2 - smoothing) * (1 - (1 - smoothing) ** (2 * steps)))
        path[:, month] = np.where(known, level, np.nan)
        limit[:, month] = mean + np.where(steady, 3 * least_spread, width * spread * widened)
    return Chart(path, limit, known)


class Slope(NamedTuple):
    """A straight line through months: days gained per month and the one-sided p-value of a rise."""

    per_month: Floats
    p_value: Floats


def delay_slope(monthly_days: Floats) -> Slope:
    """Least-squares slope of each row over its months; NaN with fewer than 4 months of data.

    Source: Student's t-test of a regression slope; worked example, hand-computed.

    Examples
    --------
    >>> slope = delay_slope(np.array([[5.0, 7, 8, 12, 15, 21]]))
    >>> slope.per_month.round(4).tolist(), slope.p_value.round(5).tolist()
    ([3.0857], [0.0007])
    """
    given = ~np.isnan(monthly_days)
    count = given.sum(axis=1)
    month = np.where(given, np.arange(monthly_days.shape[1]), np.nan)
    days = np.nan_to_num(monthly_days)
    known = np.maximum(count, 1)
    x = np.nan_to_num(month - np.nan_to_num(month).sum(axis=1, keepdims=True) / known[:, None])
    y = np.where(given, days - days.sum(axis=1, keepdims=True) / known[:, None], 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (x * y).sum(axis=1) / (x * x).sum(axis=1)
        rest = ((y - slope[:, None] * x) ** 2).sum(axis=1)
        error = np.sqrt(rest / np.maximum(count - 2, 1) / (x * x).sum(axis=1))
        ratio = np.where(slope == 0, 0.0, slope / error)
    few = count < 4
    return Slope(
        np.where(few, np.nan, slope), np.where(few, np.nan, student_tail(ratio, np.maximum(count - 2, 1)))
    )


def _not_above(late: Floats, count: Floats, argument: str) -> None:
    above = np.asarray(late > count)
    if above.any():
        late, count = np.broadcast_arrays(late, count)
        raise InputError(
            "warning.more_late",
            where=above,
            argument=argument,
            found=f"{late[above][0]:g}",
            matured=f"{count[above][0]:g}",
        )
