"""Dates as a letter writes them."""

import datetime as dt

import numpy as np

from arcredit.shapes import plain
from arcredit.words import say


def written(day: dt.date | np.datetime64 | None, language: str) -> str:
    """A date in words of the language; empty for none.

    Examples
    --------
    >>> import datetime as dt
    >>> written(dt.date(2026, 6, 30), "en"), written(dt.date(2026, 6, 30), "zh")
    ('30 June 2026', '2026年6月30日')
    """
    found = plain(day) if isinstance(day, np.datetime64) else day
    if found is None:
        return ""
    return say(f"report.long_date.{found.month}", language, year=str(found.year), day=str(found.day))
