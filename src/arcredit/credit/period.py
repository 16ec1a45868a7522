"""Periods of a policy: whole days, or calendar months, which are not 30 days.

Six months after 31 March end on 30 September, 180 days after it on 27 September. A period therefore keeps
its unit: a number counts days, the text "6 months" (also "6m", "6个月") counts months.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from arcredit.credit.months import months_later
from arcredit.errors import InputError
from arcredit.shapes import Days, Floats, cells, numbers, plain

LONGEST = {"days": 36_500, "months": 1_200}
"""A century: longer periods are typing errors, and dates past the year 9999 fit no cell."""

_MONTHS = re.compile(r"(\d+)\s*(m|mon|month|months|个月|月)", re.IGNORECASE)
_DAYS = re.compile(r"(\d+)\s*(d|day|days|天|日)?", re.IGNORECASE)


@dataclass(frozen=True)
class Period:
    """Calendar months, then days; unknown where `days` is NaN."""

    days: Floats
    months: Floats


def period(value: Any, argument: str) -> Period:
    """Read periods: whole days as numbers or "60 days", calendar months as "6 months".

    Raises
    ------
    InputError
        ``#VALUE!`` for other text; ``#NUM!`` for negative, broken or absurdly long periods.
    """
    array = cells(value)
    months = np.zeros(array.shape)
    if array.dtype.kind in "OU":
        parts = np.frompyfunc(_parts, 1, 2)(array.astype(object))
        array, months = np.asarray(parts[0], object), np.asarray(parts[1], np.float64)
        unread = array == "?"
        if np.any(unread):
            found = plain(cells(value)[unread].reshape(-1)[0])
            raise InputError("insurance.period", cell="#VALUE!", where=unread, argument=argument, found=found)
    numbers(months, argument, high=LONGEST["months"])
    return Period(numbers(array, argument, low=0, high=LONGEST["days"], whole=True), months)


def _parts(item: Any) -> tuple[Any, float]:
    """Days and months of one item; "?" for text that is no period."""
    if not isinstance(item, str) or not item.strip():
        return item, 0.0
    if found := _MONTHS.fullmatch(item.strip()):
        return 0.0, float(found[1])
    if found := _DAYS.fullmatch(item.strip()):
        return float(found[1]), 0.0
    return "?", 0.0


def after(day: Days, span: Period) -> Days:
    """The day a period after `day`; a month's end is kept inside the month.

    Examples
    --------
    >>> march = np.datetime64("2025-03-31")
    >>> after(march, period("6 months", "waiting_days")).item().isoformat()
    '2025-09-30'
    >>> after(march, period(180, "waiting_days")).item().isoformat()
    '2025-09-27'
    """
    day = np.asarray(day, "datetime64[D]")
    if np.any(span.months):
        day = months_later(day, span.months.astype(np.int64))
    known = ~np.isnan(span.days)
    shift = np.where(known, span.days, 0).astype(np.int64).astype("timedelta64[D]")
    return np.asarray(np.where(known, day + shift, np.datetime64("NaT", "D")), "datetime64[D]")
