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
_NOISE = 1e-5  # of a unit: what binary arithmetic leaves; a true further digit is at least 1e-4 of one
_BLOCK = 1 << 14


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
    # An amount so large that a double cannot hold the next digit has nothing to be rounded.
    with np.errstate(over="ignore"):
        fits = np.abs(array) * 10.0**digits < _EXACT / 8
        return np.where(fits, _whole(array, digits) / 10.0**digits, array)


def total(amount: Floats) -> float:
    """Exact sum of amounts; blanks count nothing.

    Examples
    --------
    >>> total(np.array([0.1] * 10))
    1.0
    """
    whole, scale = units(amount)
    # From a positive 0, so that nothing but negative zeros is no negative zero.
    return float(whole.sum(initial=0.0) / scale)


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
    whole, scale = units(amount)
    return np.asarray(np.bincount(code, weights=whole, minlength=groups) / scale, np.float64)


def adding_up(amount: Floats, digits: int = 2) -> Floats:
    """Amounts rounded so that they add up to their rounded sum: the first bears what rounding leaves over.

    Examples
    --------
    >>> adding_up(np.array([100.004, 0.004, 0.004])).tolist()
    [100.01, 0.0, 0.0]
    """
    found = rounded(amount, digits)
    if len(found):
        found[0] = rounded(rounded(np.sum(amount), digits) - total(found[1:]), digits)
    return found


def units(amount: Floats) -> tuple[Floats, float]:
    """Amounts as whole numbers of their smallest unit, blanks as 0, and how many units make 1.

    Raises
    ------
    InputError
        ``#NUM!`` where the sum of the absolute amounts is too large to be exact.

    Examples
    --------
    >>> whole, scale = units(np.array([0.1, 2.05]))
    >>> whole.tolist(), scale
    ([10.0, 205.0], 100.0)
    """
    whole, scale = _units(np.asarray(amount, np.float64))
    most = len(whole) * largest(whole)
    if most >= _EXACT and (most > 1e300 or np.abs(whole).sum() >= _EXACT):
        raise InputError("input.too_large", argument="amount", found=f"{largest(np.nan_to_num(amount)):g}")
    return whole, scale


def largest(amount: Floats) -> float:
    """The largest absolute amount, 0 of none."""
    return float(max(amount.max(initial=0.0), -amount.min(initial=0.0)))


def _units(amount: Floats) -> tuple[Floats, float]:
    """Amounts in the fewest places, from 2 to `PLACES`, that hold them all."""
    for places in range(2, PLACES):
        units = _whole_units(amount, 10.0**places)
        if units is not None:
            return units, 10.0**places
    return _whole(np.nan_to_num(amount, nan=0.0), PLACES), 10.0**PLACES


def _whole_units(amount: Floats, scale: float) -> Floats | None:
    """Amounts times `scale` where all of them are whole numbers but for binary noise, else None.

    Block by block, so that the intermediate results stay in the processor's cache.
    """
    units = np.empty(len(amount))
    buffer = np.empty(min(len(amount), _BLOCK))
    for start in range(0, len(amount), _BLOCK):
        block, whole = amount[start : start + _BLOCK], units[start : start + _BLOCK]
        # What overflows is infinite, which `units` refuses as too large.
        with np.errstate(over="ignore", invalid="ignore"):
            rest = np.multiply(block, scale, out=buffer[: len(block)])
            np.rint(rest, out=whole)
            np.abs(np.subtract(rest, whole, out=rest), out=rest)
        if not rest.max() <= _NOISE:
            if np.any(rest > _NOISE + 4 * np.spacing(np.abs(whole))):
                return None
            np.nan_to_num(whole, copy=False, nan=0.0)
    return units


def _whole(amount: Floats, digits: int) -> Floats:
    """Amounts in units of 10**-digits, rounded half away from zero as the shortest decimal reads.

    1.005 is stored as 1.00499999999999989…; the nudge of two units in the last place sees it as the
    1.005 that was typed, and is far below any half cent that is meant.
    """
    scaled = np.abs(amount) * 10.0**digits
    nudge = np.spacing(scaled) * 2
    return np.asarray(np.copysign(np.floor(scaled + nudge + 0.5), amount))
