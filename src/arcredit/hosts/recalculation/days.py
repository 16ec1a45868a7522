"""Dates as Excel counts them: 29 February 1900 is a day to it, and there is a calendar from 1904 too."""

import datetime as dt
from calendar import monthrange
from typing import Any

from arcredit.hosts.recalculation.arithmetic import NUM, NotOurs
from arcredit.hosts.recalculation.rounding import cut, floored

_LAST_1900, _LAST_1904 = 2_958_465, 2_957_003
_PHANTOM = 60
"""The serial number of 29 February 1900."""


def date(year: float, month: float, day: float, date_1904: bool) -> Any:
    """DATE: months and days beyond their ends go on in the next ones."""
    in_year, months, days = cut(year), cut(month), cut(day)
    if not 0 <= in_year <= 9999:
        return NUM
    if (min(month, day) < 0 and (month % 1 or day % 1)) or (date_1904 and in_year < 1904):
        raise NotOurs("doubtful", "DATE")
    at, within = divmod((in_year if in_year >= 1900 else in_year + 1900) * 12 + months - 1, 12)
    if at > 9999:
        return NUM
    if at < (1904 if date_1904 else 1900):
        raise NotOurs("doubtful", "DATE")
    found = _serial(at, within + 1, 1, date_1904) + days - 1
    return float(found) if 0 <= found <= _last(date_1904) else NUM


def year(number: float, date_1904: bool) -> Any:
    """YEAR of a serial number."""
    return _part(number, 0, date_1904)


def month(number: float, date_1904: bool) -> Any:
    """MONTH of a serial number."""
    return _part(number, 1, date_1904)


def day(number: float, date_1904: bool) -> Any:
    """DAY of a serial number."""
    return _part(number, 2, date_1904)


def edate(number: float, months: float, date_1904: bool) -> Any:
    """EDATE: the same day of another month, or that month's last."""
    return _months_later(number, months, date_1904, last=False)


def eomonth(number: float, months: float, date_1904: bool) -> Any:
    """EOMONTH: the last day of another month."""
    return _months_later(number, months, date_1904, last=True)


def _months_later(number: float, months: float, date_1904: bool, last: bool) -> Any:
    serial = floored(number)
    if not 0 <= serial <= _last(date_1904):
        return NUM
    if not date_1904 and serial <= _PHANTOM:
        raise NotOurs("doubtful", "EDATE")
    first_year, first_month, first_day = _calendar(int(serial), date_1904)
    at, within = divmod(first_year * 12 + first_month - 1 + cut(months), 12)
    if not (1904 if date_1904 else 1900) <= at <= 9999:
        return NUM
    if not date_1904 and (at, within) < (1900, 2):
        raise NotOurs("doubtful", "EDATE")
    longest = monthrange(at, within + 1)[1]
    return float(_serial(at, within + 1, longest if last else min(first_day, longest), date_1904))


def _part(number: float, part: int, date_1904: bool) -> Any:
    serial = floored(number)
    return float(_calendar(int(serial), date_1904)[part]) if 0 <= serial <= _last(date_1904) else NUM


def _last(date_1904: bool) -> int:
    return _LAST_1904 if date_1904 else _LAST_1900


def _serial(at: int, month_of: int, day_of: int, date_1904: bool) -> int:
    days = (dt.date(at, month_of, day_of) - dt.date(*((1904, 1, 1) if date_1904 else (1899, 12, 30)))).days
    return days if date_1904 or days > _PHANTOM else days - 1


def _calendar(serial: int, date_1904: bool) -> tuple[int, int, int]:
    """Year, month and day; day 0 is 0 January 1900."""
    if date_1904:
        found = dt.date(1904, 1, 1) + dt.timedelta(serial)
    elif serial in (0, _PHANTOM):
        return (1900, 1, 0) if serial == 0 else (1900, 2, 29)
    else:
        found = dt.date(1899, 12, 30) + dt.timedelta(serial + (serial < _PHANTOM))
    return found.year, found.month, found.day
