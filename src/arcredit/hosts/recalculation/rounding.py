"""ROUND and its kin as Excel has them: on the decimal digits that a number shows, half away from zero.

Excel computes with binary fractions and shows fifteen digits. Where those fifteen and the exact number round
to different results, Excel's own way is not documented, and it is left to Excel.
"""

import math
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal

from arcredit.hosts.recalculation.arithmetic import NotOurs

_EXACT = Context(prec=700)
_MOST_DIGITS = 300


def rounded(number: float, digits: float) -> float:
    """To so many places, half away from zero; negative places are left of the point."""
    return _placed(number, digits, ROUND_HALF_UP)


def rounded_up(number: float, digits: float) -> float:
    """To so many places, away from zero."""
    return _placed(number, digits, ROUND_UP)


def rounded_down(number: float, digits: float) -> float:
    """To so many places, towards zero."""
    return _placed(number, digits, ROUND_DOWN)


def floored(number: float) -> float:
    """The whole number that is not larger."""
    return _sure(number, lambda digits: float(math.floor(digits)))


def cut(number: float) -> int:
    """A number as an argument that has to be whole: what stands behind the point is cut off."""
    return int(_sure(number, lambda digits: float(math.trunc(digits))))


def _placed(number: float, digits: float, way: str) -> float:
    places = cut(digits)
    if abs(places) > _MOST_DIGITS:
        return number if places > 0 else 0.0
    unit = Decimal(1).scaleb(-places)
    return _sure(number, lambda found: float(found.quantize(unit, way, _EXACT)))


def _sure(number: float, change: Callable[[Decimal], float]) -> float:
    shown, exact = change(Decimal(f"{number:.15g}")), change(Decimal(repr(number)))
    if shown != exact:
        # Numbers of more than fifteen digits differ in digits that a spreadsheet does not show.
        raise NotOurs("doubtful", repr(number))
    return exact + 0.0
