"""Warning rules from payments: late more often, later on average, later from month to month."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from arcredit.credit.receivables.signal import BASELINE_MONTHS, RECENT_MONTHS, History, Signals, signals
from arcredit.credit.receivables.trend import delay_chart, delay_slope
from arcredit.credit.significance import false_discovery_cut, rise_tail
from arcredit.distinct import row_codes
from arcredit.shapes import Flags, Floats

RISE = 0.10
"""A share of late invoices that rose by less is no alarm, however significant."""
SLOPE_DAYS, SLOPE_MONTHS = 2.0, 6
BATCH_SHARE = 0.30
"""Above this share of invoices paid together, a payment run counts as one event."""


def late_rise(history: History, false_discovery: float) -> Iterator[Signals]:
    """Late invoices are more frequent than in the customer's own past; and whom the test cannot judge."""
    late, count = _late_counts(history)
    p_value = rise_tail(late[0], count[0], late[1], count[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        share = late / count
    cut = false_discovery_cut(p_value, false_discovery)
    # A hair's breadth: 0.3 - 0.2 is not 0.1 among doubles.
    real = (p_value <= cut) & (share[1] - share[0] >= RISE - 1e-12)
    yield signals("late_rise", real, 1, share[1], share[0] + RISE, "watch")
    # Even if all recent invoices were late after a spotless past: could the test have said so?
    at_best = np.nan_to_num(rise_tail(0, count[0], count[1], count[1]), nan=1.0)
    yield signals(
        "not_enough_history", at_best > false_discovery * (1 + 1e-9), 0, count.sum(axis=0), np.nan, None
    )


def delay_trend(history: History, false_discovery: float) -> Iterator[Signals]:
    """Days beyond terms have left their usual range, or grow month by month."""
    days = monthly_delay(history, BASELINE_MONTHS + RECENT_MONTHS)
    chart = delay_chart(days[:, :BASELINE_MONTHS], days[:, BASELINE_MONTHS:])
    last, limit = chart.path[:, -1], chart.limit[:, -1]
    yield signals("delay_above_range", chart.known & (last > limit), 2, last, limit, "reduce")
    slope = delay_slope(days[:, -SLOPE_MONTHS:])
    steep = (slope.per_month > SLOPE_DAYS) & (
        slope.p_value <= false_discovery_cut(slope.p_value, false_discovery)
    )
    yield signals("delay_growing", steep, 2, slope.per_month, SLOPE_DAYS, "reduce")


def monthly_delay(history: History, months: int) -> Floats:
    """Amount-weighted days beyond terms, a row per customer, a column per month up to the day, oldest first.

    A month counts what was paid in it and what stood overdue at its end, as if paid then: without the open
    items a customer who stops paying would look punctual.
    """
    rows = np.flatnonzero(history.is_invoice)
    who, due, amount = history.customer[rows], history.due[rows], history.amount[rows]
    paid, invoiced = history.paid[rows], history.invoiced[rows]
    days = np.full((history.count, months), np.nan)
    for place in range(months):
        begin, end = history.before(months - place), history.before(months - place - 1)
        until = np.where(np.isnat(paid) | (paid > end), end, paid)
        settled = (paid > begin) & (paid <= end)
        standing = (np.isnat(paid) | (paid > end)) & (due < end)
        counted = np.flatnonzero((settled | standing) & ~(invoiced > end))
        weight = np.bincount(who[counted], amount[counted], history.count)
        beyond = (until[counted] - due[counted]) / np.timedelta64(1, "D")
        sums = np.bincount(who[counted], amount[counted] * beyond, history.count)
        with np.errstate(invalid="ignore", divide="ignore"):
            days[:, place] = np.where(weight > 0, sums / weight, np.nan)
    return days


def _late_counts(history: History) -> tuple[Floats, Floats]:
    """Late and matured invoices per customer: row 0 the base period, row 1 the recent one."""
    matured = history.due + np.timedelta64(history.grace_days, "D")
    late = np.where(history.is_open, history.as_of, history.paid) > matured
    recent, base = history.before(RECENT_MONTHS), history.before(RECENT_MONTHS + BASELINE_MONTHS)
    rows = np.flatnonzero(history.is_invoice & (matured <= history.as_of) & (matured > base))
    period = (matured[rows] > recent).astype(np.intp)
    who, is_late = history.customer[rows], late[rows]
    event = _events(who, period, history.paid[rows], _pays_in_batches(history, rows))
    # One line per event: mostly late makes it a late one.
    first = np.unique(event, return_index=True)[1]
    share = np.bincount(event, is_late) / np.bincount(event)
    cell = period[first] * history.count + who[first]
    cells, shape = 2 * history.count, (2, history.count)
    late_events, events = np.bincount(cell, share > 0.5, cells), np.bincount(cell, minlength=cells)
    return np.asarray(late_events.reshape(shape), np.float64), events.reshape(shape).astype(np.float64)


def _pays_in_batches(history: History, rows: NDArray[np.intp]) -> Flags:
    """Customers who pay more than 30 % of these invoices together with another one."""
    paid = rows[~history.is_open[rows]]
    who = history.customer[paid]
    run = row_codes(who, history.paid[paid].astype(np.int64))
    shared = np.bincount(run, minlength=1)[run] > 1 if len(run) else np.zeros(0, bool)
    together = np.bincount(who, shared, history.count)
    return np.asarray(together > BATCH_SHARE * np.bincount(who, minlength=history.count))


def _events(
    who: NDArray[np.intp], period: NDArray[np.intp], paid: NDArray[np.datetime64], batches: Flags
) -> NDArray[np.intp]:
    """Number of the event each invoice belongs to: its own, or its customer's payment run.

    What a customer who pays in runs has not paid yet is one event too: it will come in one run.
    """
    alone = np.where(batches[who], -1, np.arange(len(who)))
    return row_codes(who, period, paid.astype(np.int64) * (alone < 0), alone)
