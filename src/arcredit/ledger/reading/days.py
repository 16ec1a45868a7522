"""Dates written as text, as serial numbers or as 20251231, read from the whole column.

03/04/2025 is in April or in March. Every text leaves some orders of day, month and year possible; what
all texts of a column leave is its order. Where two remain and differ, the reader asks.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.ledger.reading.amounts import BAD, EMPTY, GOOD, plain_text, used_labels
from arcredit.ledger.reading.raw import BLANK, DATE, NUMBER, TEXT, RawColumn
from arcredit.shapes import Days

ORDERS = ("dmy", "mdy", "ymd")
FIRST, LAST = np.datetime64("1990-01-01"), np.datetime64("2100-12-31")
"""Days outside are typing errors (or 9999-12-31 for "never")."""

_NOTHING = {"", "-", "--", "/", "n/a", "na", "nil", "none", "null", "无", "空", "0000-00-00", "00/00/0000"}
_EPOCH = np.datetime64("1899-12-30")
_SERIALS = (10_000, 110_000)
_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "jan ene gen janv",
            "feb fev fév febr févr",
            "mar mär mrz mars märz maart mrt",
            "apr avr abr abril avril",
            "may mai mayo mei mag",
            "jun juin junio juni giu",
            "jul juil julio juli lug",
            "aug aou aoû août ago agosto",
            "sep sept set",
            "oct okt ott",
            "nov",
            "dec dez dic déc",
        ),
        1,
    )
    for name in names.split()
}
_TIME = re.compile(r"[T ]+(?:上午|下午)?\d{1,2}[:时]\d{1,2}.*$|T\d{2}:?\d{2}.*$")
_NAMED = re.compile(
    r"(?:[^\W\d_]+,? )?(\d{1,2})(?:st|nd|rd|th)?[\s\-./]+([^\W\d_]{3,})\.?,?[\s\-./]+(\d{2}|\d{4})"
)
_NAMED_FIRST = re.compile(
    r"(?:[^\W\d_]+, )?([^\W\d_]{3,})\.?[\s\-./]+(\d{1,2})(?:st|nd|rd|th)?,?[\s\-./]+(\d{4}|\d{2})"
)
_THREE = re.compile(r"(\d{1,4})\s*([-/.年])\s*(\d{1,2})\s*[-/.月]\s*(\d{1,4})\s*日?")


@lru_cache(1 << 16)
def readings(text: str) -> dict[str, dt.date]:
    """The days a text can mean, by order; one that reads in one way only has it under every order.

    Examples
    --------
    >>> readings("03/04/2025")
    {'dmy': datetime.date(2025, 4, 3), 'mdy': datetime.date(2025, 3, 4)}
    >>> set(readings("31-Dec-25").values())
    {datetime.date(2025, 12, 31)}
    """
    bare = " ".join(unicodedata.normalize("NFKC", text).split()).lstrip("'")
    bare = _TIME.sub("", bare).strip()
    if re.fullmatch(r"\d{8}", bare):
        return _sure(bare[:4], bare[4:6], bare[6:])
    if re.fullmatch(r"\d{5}(\.\d+)?", bare):
        serial = int(float(bare))
        return _alike(dt.date(1899, 12, 30) + dt.timedelta(serial)) if _SERIALS[0] <= serial else {}
    named = _NAMED.fullmatch(bare) or _NAMED_FIRST.fullmatch(bare)
    if named:
        day, month = (named[1], named[2]) if named[1].isdigit() else (named[2], named[1])
        return _sure(named[3], str(_month(month)), day)
    three = _THREE.fullmatch(bare)
    return _ordered(*three.groups()) if three else {}


def _ordered(first: str, sign: str, second: str, third: str) -> dict[str, dt.date]:
    if len(first) == 4:
        return _sure(first, second, third)
    if len(first) > 2 or len(third) not in (2, 4):
        return {}
    found = {"dmy": _day(third, second, first), "mdy": _day(third, first, second)}
    if len(first) == len(third) == 2 and sign == "-":
        found["ymd"] = _day(first, second, third)
    return {order: day for order, day in found.items() if day is not None}


def _sure(year: str, month: str, day: str) -> dict[str, dt.date]:
    found = _day(year, month, day)
    return _alike(found) if found else {}


def _alike(day: dt.date) -> dict[str, dt.date]:
    return dict.fromkeys(ORDERS, day)


def _day(year: str, month: str, day: str) -> dt.date | None:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 80 else 1900
    try:
        return dt.date(number, int(month), int(day))
    except ValueError:
        return None


def _month(name: str) -> int:
    name = name.lower()
    known = next((_MONTHS[name[:size]] for size in (len(name), 5, 4, 3) if name[:size] in _MONTHS), 0)
    return known


def possible_orders(columns: Iterable[RawColumn]) -> tuple[set[str], str, tuple[str, str]]:
    """The orders that every text leaves, an example that reads two ways, and two that contradict.

    Texts that are no date at all say nothing.
    """
    left, unclear, decided = set(ORDERS), "", ""
    for column in columns:
        for label in used_labels(column):
            found = readings(label)
            if not found or (len(set(found.values())) == 1 and len(found) > 1):
                continue
            if not left & found.keys():
                return set(), unclear, (decided or unclear, label)
            if len(found) == 1:
                decided = label
            else:
                unclear = unclear or label
            left &= found.keys()
    return left, unclear, ("", "")


def days(column: RawColumn, order: str | None, date_1904: bool) -> tuple[Days, NDArray[np.uint8]]:
    """A column as days, NaT where there is none, and how each cell read."""
    offset = 1462 if date_1904 else 0
    day = np.full(len(column.labels) + 1, np.datetime64("NaT"), "datetime64[D]")
    state = np.full(len(column.labels) + 1, BAD, np.uint8)
    for code in column.used():
        text = str(column.labels[code])
        day[code], state[code] = _text_day(text, order)
        # A serial number typed as text does not say from which calendar it is.
        if date_1904 and re.fullmatch(r"\d{5}(\.\d+)?", text):
            day[code], state[code] = np.datetime64("NaT"), BAD
    plain = (column.kind == NUMBER) | (column.kind == DATE)
    value = np.where(
        plain, _serials(column.number, offset), day[np.where(column.kind == TEXT, column.code, -1)]
    )
    how = np.where(column.kind == TEXT, state[column.code], np.where(np.isnat(value), BAD, GOOD))
    zero = plain & (column.number == 0)
    how[(column.kind == BLANK) | zero] = EMPTY
    value[zero] = np.datetime64("NaT")
    return value, how.astype(np.uint8)


def _text_day(text: str, order: str | None) -> tuple[Any, int]:
    if plain_text(text) in _NOTHING:
        return np.datetime64("NaT"), EMPTY
    found = readings(text)
    alike = set(found.values())
    day = found.get(order) if order else None
    if day is None and len(alike) == 1 and len(found) > 1:
        day = alike.pop()
    return (np.datetime64(day), GOOD) if day else (np.datetime64("NaT"), BAD)


def _serials(number: NDArray[np.float64], offset: int) -> Days:
    """Serial numbers, and numbers such as 20251231, as days; the time of day is cut off."""
    whole = np.floor(np.nan_to_num(number, nan=-1.0, posinf=-1.0, neginf=-1.0))
    serial = (whole >= 1) & (whole + offset < 2_958_466)
    value = np.full(len(number), np.datetime64("NaT"), "datetime64[D]")
    value[serial] = _EPOCH + (whole[serial] + offset).astype(np.int64)
    written = (whole >= 19_900_101) & (whole <= 21_001_231)
    for position in np.unique(whole[written]):
        found = _day(*(f"{position:.0f}"[a:b] for a, b in ((0, 4), (4, 6), (6, 8))))
        value[whole == position] = np.datetime64(found) if found else np.datetime64("NaT")
    return value


def swapped(column: RawColumn, date_1904: bool) -> str:
    """A text that shows a swapped import: every real date could be one with day and month exchanged.

    A program with the other order turned 03/04/2025 into a wrong date and left 25/12/2025 as text.
    """
    texts = [label for label in used_labels(column) if len(set(readings(label).values())) == 1]
    texts = [label for label in texts if len(readings(label)) == 1]
    unclear = any(len(set(readings(label).values())) > 1 for label in used_labels(column))
    real = column.kind == DATE
    if not texts or unclear or np.count_nonzero(real) < 3:
        return ""
    day = _serials(column.number[real], 1462 if date_1904 else 0)
    of_month = (day - day.astype("datetime64[M]")).astype(int) + 1
    return texts[0] if (of_month <= 12).all() and len(np.unique(of_month)) > 1 else ""
