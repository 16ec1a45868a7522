"""What a portfolio may lose in a year with and without cover, by grade; and the largest single loss."""

from typing import Any, NamedTuple

import numpy as np

from arcredit.credit import money
from arcredit.credit.customer.policy import grades, read_policy
from arcredit.credit.insurance.value import tci_expected_loss
from arcredit.shapes import Floats, Numbers, Table, numbers, same_height, share


def loss_by_grade(
    grade: Numbers, exposure: Numbers, within: Numbers, insured_percentage: float, policy: Any = None
) -> Table:
    """Exposure and expected loss of a year by grade, without and with cover; customers without a grade last.

    Parameters
    ----------
    grade, exposure, within : Numbers
        Of each customer: grade, exposure at default, and the part within the insured limit. A customer in
        credit cannot be lost. [currency]
    insured_percentage : float
        The insurer's share. [fraction]
    policy : block, optional
        Credit policy with pd and loss_given_default; blank is the built-in one.

    Notes
    -----
    The losses of a grade are those of `tci_expected_loss` on its sums: rounded once for each grade. Without a
    grade nothing is known: those losses are NaN, never 0.

    Source: product rule (expected loss = PD × LGD × EAD); worked example, hand-computed.

    Examples
    --------
    >>> table = loss_by_grade([5, 5, None], [60_000, 40_000, 7], [50_000, 40_000, 0], 0.9)
    >>> [table[name].tolist() for name in ("exposure", "uninsured", "insured")]
    [[100000.0, 7.0], [1080.0, nan], [205.2, nan]]
    """
    known = grades(grade)
    amount = np.maximum(np.nan_to_num(numbers(exposure, "exposure")), 0.0)
    inside = np.minimum(np.nan_to_num(numbers(within, "within", low=0)), amount)
    same_height(grade=known, exposure=amount, within=inside)
    counted = amount > 0
    code = np.where(np.isnan(known), 11, np.nan_to_num(known)).astype(np.intp)[counted]
    used = np.unique(code)
    height, table = 12, read_policy(policy)
    which = np.where(used == 11, 0, used)
    sums = money.grouped(amount[counted], code, height)[used]
    covered = money.grouped(inside[counted], code, height)[used]
    odds, lost = table["pd"][which], table["loss_given_default"][which]
    part = float(share(insured_percentage, "insured_percentage"))
    return Table(
        {
            "grade": np.where(used == 11, np.nan, used.astype(np.float64)),
            "customers": np.bincount(code, minlength=height)[used].astype(np.float64),
            "exposure": sums,
            "within": covered,
            "pd": odds,
            "loss_given_default": lost,
            "uninsured": np.asarray(tci_expected_loss(sums, odds, lost), np.float64),
            "insured": np.asarray(tci_expected_loss(sums, odds, lost, covered, part), np.float64),
        }
    )


class Largest(NamedTuple):
    """The largest exposure to one customer, and what is lost of it if nothing is paid. [currency]"""

    place: int
    exposure: float
    uninsured: float
    insured: float


def largest_loss(exposure: Floats, within: Floats, insured_percentage: float) -> Largest | None:
    """What the largest customer would cost, without and with cover; None where nobody owes anything.

    Source: product rule; worked example, hand-computed.

    Examples
    --------
    >>> largest_loss(np.array([10.0, 200.0]), np.array([10.0, 150.0]), 0.9)
    Largest(place=1, exposure=200.0, uninsured=200.0, insured=65.0)
    """
    if not (exposure > 0).any():
        return None
    place = int(np.nanargmax(exposure))
    whole, inside = float(exposure[place]), min(float(within[place]), float(exposure[place]))
    return Largest(place, whole, whole, float(money.rounded(whole - insured_percentage * inside)))
