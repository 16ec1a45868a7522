"""Money added exactly: every amount is a decimal, so parts equal the whole to the cent.

A spreadsheet's amounts are doubles, and 0.1 + 0.2 is not 0.3 among doubles. Amounts are therefore read as
decimals of up to `PLACES` places (finer binary noise is rounded off, half away from zero), scaled to whole
numbers and added as such: exact as long as the sum stays below 2**53 of the smallest unit.

Source: product rule "parts equal the whole to the cent" (worksheet functions, Money).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.errors import InputError
from arcredit.shapes import Floats

PLACES = 6
_EXACT = 2.0**53


def rounded(amount: Any, digits: int = 2) -> Floats:
    """Amounts rounded half away from zero, as their shortest decimal reads.

    Parameters
    ----------
    amount : array of float
        Amounts; NaN stays NaN. [currency]
    digits : int, default 2
        Places after the decimal point.

    Returns
    -------
    array of float

    Examples
    --------
    >>> rounded([1.005, -2.675, 2.5]).tolist()
    [1.01, -2.68, 2.5]
    """
    array = np.asarray(amount, np.float64)
    return np.asarray(_whole(array, digits) / 10.0**digits)


def total(amount: Floats) -> float:
    """Exact sum of amounts; blanks count nothing.

    Examples
    --------
    >>> total(np.array([0.1] * 10))
    1.0
    """
    return float(grouped(amount, np.zeros(amount.shape, np.intp), 1)[0])


def grouped(amount: Floats, code: NDArray[Any], groups: int) -> Floats:
    """Exact sum of amounts for each group code 0 … groups - 1, in one pass; blanks count nothing.

    Parameters
    ----------
    amount : array of float
        Amounts. [currency]
    code : array of int
        Group of each amount.
    groups : int
        How many groups there are.

    Raises
    ------
    InputError
        ``#NUM!`` where the sum of the absolute amounts is too large to be exact.
    """
    known = np.nan_to_num(amount, nan=0.0)
    places = _places(known)
    units = _whole(known, places)
    if np.abs(units).sum() >= _EXACT:
        raise InputError("input.too_large", argument="amount", found=f"{np.abs(known).sum():g}")
    sums = np.bincount(code, weights=units, minlength=groups)
    return np.asarray(sums / 10.0**places, np.float64)


def _places(amount: Floats) -> int:
    """The fewest places, from 2 to `PLACES`, in which every amount is a whole number of units."""
    for places in range(2, PLACES):
        scaled = amount * 10.0**places
        if np.all(np.abs(scaled - np.rint(scaled)) <= 1e-9 * np.maximum(1.0, np.abs(scaled)) * 4):
            return places
    return PLACES


def _whole(amount: Floats, digits: int) -> Floats:
    """Amounts in units of 10**-digits, rounded half away from zero as the shortest decimal reads.

    1.005 is stored as 1.00499999999999989…; the nudge of two units in the last place sees it as the
    1.005 that was typed, and is far below any half cent that is meant.
    """
    scaled = np.abs(amount) * 10.0**digits
    nudge = np.spacing(scaled) * 2
    return np.asarray(np.copysign(np.floor(scaled + nudge + 0.5), amount))
