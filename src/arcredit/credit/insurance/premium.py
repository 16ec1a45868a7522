"""What cover costs."""

from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.shapes import Numbers, numbers, result, share


def tci_premium(turnover: Numbers, rate: Numbers, minimum: Numbers = None, tax: Numbers = None) -> Any:
    """Premium on insured turnover, at least the minimum premium.

    按投保营业额计算的保费，不低于最低保费。

    Parameters
    ----------
    turnover : Numbers
        Insured turnover without VAT. [currency]
        不含增值税的投保营业额。
    rate : Numbers
        Premium rate: 0.0025 is 0.25 %. [fraction]
        保险费率：0.0025 即 0.25%。
    minimum : Numbers, default 0
        Minimum premium, before tax. [currency]
        最低保费（税前）。
    tax : Numbers, default 0
        Rate of the tax on premiums. [fraction]
        保费税率。

    Returns
    -------
    Numbers
        Premium with tax. [currency]

    Raises
    ------
    InputError
        A negative amount; a rate above 1.

    Notes
    -----
    max(turnover × rate, minimum) × (1 + tax), rounded to the cent once. On a balance basis give the sum of
    the month-end insured balances and the monthly rate.

    Source: Allianz Trade, "Credit insurance cost" (about 0.25 % of turnover); Allianz Trade Switzerland,
    "Premiums and fees".

    Examples
    --------
    >>> tci_premium([11_500_000, 13_200_000], 0.0025, 30_000).tolist()
    [30000.0, 33000.0]
    """
    earned = numbers(turnover, "turnover", low=0) * share(rate, "rate")
    least = np.nan_to_num(numbers(minimum, "minimum", low=0))
    taxed = np.maximum(earned, least) * (1 + np.nan_to_num(share(tax, "tax")))
    return result(money.rounded(taxed))


def tci_top_up_cost(
    extra_limit: Numbers, annual_rate: Numbers, months: Numbers, min_months: Numbers = 3
) -> Any:
    """Cost of a top-up limit: a rate a year on the extra limit, for whole months and at least the minimum.

    追加限额的费用：按年费率、整月计算，不少于最短月数。

    Parameters
    ----------
    extra_limit : Numbers
        Limit on top of the insurer's own. [currency]
        在原限额之上追加的额度。
    annual_rate : Numbers
        Rate a year: 0.02 is 2 %. [fraction]
        年费率：0.02 即 2%。
    months : Numbers
        Months of cover; a month begun counts whole, 0 costs nothing. [months]
        承保月数；不足一月按一月计，0 不计费。
    min_months : Numbers, default 3
        Fewest months charged. [months]
        最少计费月数。

    Returns
    -------
    Numbers
        Cost. [currency]

    Raises
    ------
    InputError
        A negative amount or number of months; a rate above 1.

    Notes
    -----
    extra_limit × annual_rate × max(whole months, min_months) / 12, rounded to the cent. That a month begun
    counts whole is a convention here.

    Source: Allianz Trade Switzerland, "Additional coverage through CAP / CAP+".

    Examples
    --------
    >>> tci_top_up_cost([200_000, 50_000], [0.02, 0.06], 3).tolist()
    [1000.0, 750.0]
    """
    span = np.ceil(numbers(months, "months", low=0))
    least = numbers(min_months, "min_months", low=0)
    charged = np.where(span == 0, 0.0, np.maximum(span, np.where(np.isnan(least), 3.0, least)))
    extra = numbers(extra_limit, "extra_limit", low=0)
    return result(money.rounded(extra * share(annual_rate, "annual_rate") * charged / 12))
