"""Reference rates of statutory late-payment interest: the central banks' tables as data, and the look-up."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from arcredit.credit.block import headed, nothing
from arcredit.errors import InputError
from arcredit.shapes import Days, Floats, dates, numbers, plain

RateTable: TypeAlias = tuple[Days, Floats]
"""Days from which a rate holds, rising, and the rates; NaN ends what is known."""
_Lines: TypeAlias = tuple[tuple[str, float | None], ...]

ECB_RATES: _Lines = (
    *(("2013-07-01", 0.0050), ("2014-01-01", 0.0025), ("2014-07-01", 0.0015), ("2015-01-01", 0.0005)),
    *(("2016-07-01", 0.0000), ("2023-01-01", 0.0250), ("2023-07-01", 0.0400), ("2024-01-01", 0.0450)),
    *(("2024-07-01", 0.0425), ("2025-01-01", 0.0315), ("2025-07-01", 0.0215), ("2026-07-01", 0.0240)),
    ("2027-01-01", None),
)
"""ECB main refinancing rate on 1 January and 1 July; the last line says from when it is not known here.

To 2024: enterprise.gov.ie, late payment interest rates since 2013. 2025: not traced to an official page.
2026: getinvoicepdf.com, EU late payment."""

BOE_RATES: _Lines = (
    *(("2013-07-01", 0.0050), ("2017-01-01", 0.0025), ("2018-01-01", 0.0050), ("2019-01-01", 0.0075)),
    *(("2020-07-01", 0.0010), ("2022-01-01", 0.0025), ("2022-07-01", 0.0125), ("2023-01-01", 0.0350)),
    *(("2023-07-01", 0.0500), ("2024-01-01", 0.0525), ("2025-01-01", 0.0475), ("2025-07-01", 0.0425)),
    *(("2026-01-01", 0.0375), ("2026-07-01", None)),
)
"""Bank of England rate of the day before, as the reference of the half-year that begins; ends as above.

To the first half of 2024: payontime.co.uk, reference rates. Later: Bank of England decisions as reported
(2025-12-18: 3.75 %)."""


_UNIT = 1e9  # rates are added up day by day in whole billionths, so that the sum is exact


def rate_table(rates: Any) -> RateTable | None:
    """A table (from, rate), with or without header row, sorted; None where none or a rate per row is given.

    Raises
    ------
    InputError
        ``#NUM!`` for a rate beyond -1 to 1, ``#VALUE!`` for a date or rate that is none.
    """
    if nothing(rates):
        return None
    if hasattr(rates, "items"):
        columns = headed(rates, "rates", {"from": ("from_date",), "rate": ()}, ("from", "rate"))
        day, rate = columns["from"], columns["rate"]
    else:
        block = np.asarray(rates, object)
        if block.ndim != 2 or block.shape[1] != 2:
            return None
        # A heading is text where a rate should be.
        day, rate = block[1:].T if isinstance(plain(block[0, 1]), str) else block.T
    begin, value = dates(list(day), "rates"), rates_of(list(rate))
    dated = np.flatnonzero(~np.isnat(begin))
    if not len(dated):
        raise InputError("block.not_a_block", cell="#VALUE!", argument="rates")
    order = dated[np.argsort(begin[dated], kind="stable")]
    return begin[order], value[order]


def rates_of(rates: Any) -> Floats:
    """Rates as fractions; a central bank's may be negative, and 4.25 for 4.25 % is refused."""
    return numbers(rates, "rates", low=-1, high=1)


def rate_on(day: Days, table: RateTable) -> Floats:
    """Rate in force on a day; NaN before the table begins and where it is blank."""
    place = np.searchsorted(table[0], day, side="right") - 1
    return np.where((place < 0) | np.isnat(day), np.nan, table[1][np.maximum(place, 0)])


def half_year_rate(day: Days, table: RateTable) -> Floats:
    """Rate in force on the 1 January or 1 July that begins the half-year of a day.

    Examples
    --------
    >>> float(half_year_rate(np.datetime64("2025-09-30"), BUILT_IN["EU"]))
    0.0215
    """
    half: NDArray[Any] = day.astype("datetime64[M]").astype(np.int64) // 6
    return rate_on(np.asarray((half * 6).astype("datetime64[M]").astype("datetime64[D]")), table)


def rate_days(due: Days, paid: Days, table: RateTable) -> Floats:
    """Sum of the half-year rates of all days after `due` up to `paid`; NaN where one of them is unknown."""
    late = paid > due  # false where one is blank
    if not late.any():
        return np.full(late.shape, np.nan)
    begin = due[late].min()
    rate = half_year_rate(np.arange(begin, paid[late].max() + np.timedelta64(1, "D")), table)
    units, missing = np.cumsum(np.rint(np.nan_to_num(rate) * _UNIT)), np.cumsum(np.isnan(rate))
    first, last = (np.where(late, (day - begin).astype(np.int64), 0) for day in (due, paid))
    unknown = ~late | (missing[last] > missing[first])
    return np.where(unknown, np.nan, (units[last] - units[first]) / _UNIT)


def _table(lines: _Lines) -> RateTable:
    day, rate = zip(*lines, strict=True)
    return np.array(day, "datetime64[D]"), np.array(rate, np.float64)


BUILT_IN = {"EU": _table(ECB_RATES), "UK": _table(BOE_RATES)}
"""Reference rates by scheme, without margin."""
