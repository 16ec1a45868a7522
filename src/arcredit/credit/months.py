"""Steps of whole months, clipped to the month's last day."""

from typing import Any

import numpy as np

from arcredit.shapes import Days

DAY, MONTH = "datetime64[D]", "datetime64[M]"


def months_later(day: Any, months: Any) -> Days:
    """The same day of the month `months` later, or that month's last day where it is shorter.

    Examples
    --------
    >>> [str(day) for day in months_later(np.datetime64("2025-01-31"), np.arange(3))]
    ['2025-01-31', '2025-02-28', '2025-03-31']
    """
    first = np.asarray(day, DAY)
    month = first.astype(MONTH)
    target = month + np.asarray(months).astype("timedelta64[M]")
    length = (target + 1).astype(DAY) - target.astype(DAY)
    within = np.minimum(first - month.astype(DAY), length - np.timedelta64(1, "D"))
    return np.asarray(target.astype(DAY) + within)
