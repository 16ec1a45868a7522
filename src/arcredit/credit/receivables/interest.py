"""Interest on late payment: agreed, and by statute in the EU, the UK and China; and the fixed sums.

Interest is simple, on the gross amount, from the day after the due date to the day of payment.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.block import nothing, one_number
from arcredit.credit.receivables.reference_rates import (
    BUILT_IN,
    RateTable,
    half_year_rate,
    rate_days,
    rate_on,
    rate_table,
    rates_of,
)
from arcredit.shapes import (
    Dates,
    Days,
    Floats,
    Labels,
    Numbers,
    dates,
    numbers,
    options,
    result,
    share,
)

SCHEMES = ("EU", "UK", "CN")
MARGIN = 0.08
"""Points above the reference rate: EU Directive 2011/7 (national law may be higher), UK Act of 1998."""
CN_DAILY_RATE = 0.0005
"""Regulation on payments to small enterprises, State Council Decree 802, where no rate is agreed."""

_FEES: dict[str, Sequence[tuple[float, float]]] = {
    "EU": ((-math.inf, 0), (0, 40)),
    "UK": ((-math.inf, 0), (0, 40), (1000, 70), (10000, 100)),
    "CN": ((-math.inf, 0),),
}


def ar_interest(
    amount: Numbers,
    due_date: Dates,
    paid_date: Dates,
    annual_rate: Numbers,
    basis: Numbers = 365,
    digits: Numbers = None,
) -> Numbers:
    """Simple interest at an agreed rate, from the day after the due date to the day of payment.

    按约定年利率计算的单利，自到期日次日起算至付款日。

    Parameters
    ----------
    amount : Numbers
        Amount that was late; a credit gives negative interest. [currency]
        逾期金额；贷项得负利息。
    due_date : Dates
        Due date. [date]
        到期日。
    paid_date : Dates
        Day of payment, or the day up to which interest is asked. [date]
        付款日，或计息截止日。
    annual_rate : Numbers
        Agreed rate per year, 0 to 1. [fraction]
        约定年利率，0 至 1。
    basis : Numbers, default 365
        Days of a year in the contract, such as 365 or 360. [days]
        合同约定的全年天数，如 365 或 360。
    digits : Numbers, default blank
        Decimal places of the currency; blank = 2. [count]
        货币的小数位数；留空为 2。

    Returns
    -------
    Numbers
        Interest, rounded once to the minor unit; 0 when paid on or before the due date. [currency]

    Raises
    ------
    InputError
        If the rate is not within 0 to 1, or the basis is not above 0.

    Notes
    -----
    amount × rate × (paid − due) / basis. A leap year has 366 days of 1/365 each, as simple act/365 means it.

    Source: ERPNext test_dunning (act/365, figures only); worked example at the one-year LPR, hand-computed.

    Examples
    --------
    >>> float(ar_interest(800000, "2025-09-01", "2025-12-31", 0.03))
    7956.16
    """
    days = _late_days(dates(due_date, "due_date"), dates(paid_date, "paid_date"))
    year = np.nan_to_num(numbers(basis, "basis", positive=True), nan=365.0)
    owed = numbers(amount, "amount") * days * share(annual_rate, "annual_rate") / year
    return _cents(owed, digits)


def ar_late_interest(
    amount: Numbers,
    due_date: Dates,
    paid_date: Dates,
    scheme: Labels,
    rates: Any,
    margin: Numbers = None,
    digits: Numbers = None,
) -> Numbers:
    """Statutory interest on late payment: EU changes rate every half-year, UK freezes it, CN a daily rate.

    法定逾期利息：EU 按各半年利率分段计息，UK 按逾期所在半年的利率固定计息，CN 未约定时按日万分之五。

    Parameters
    ----------
    amount : Numbers
        Gross amount that was late; a credit gives negative interest. [currency]
        含税逾期金额；贷项得负利息。
    due_date : Dates
        Due date; interest runs from the next day. [date]
        到期日；自次日起计息。
    paid_date : Dates
        Day of payment, or the day up to which interest is asked. [date]
        付款日，或计息截止日。
    scheme : Labels
        EU, UK or CN. [text]
        EU、UK 或 CN。
    rates : Block
        Reference rates without margin: table (from, rate), or one rate; for CN the agreed yearly rate;
        blank = the built-in table, for CN 0.05 % a day. [fraction]
        不含加点的基准利率表（起始日、利率）或单一利率；CN 为约定年利率；留空用内置利率。
    margin : Numbers, default blank
        Points added to the reference rate in EU and UK; blank = 0.08. [fraction]
        EU、UK 在基准利率上的加点；留空为 0.08。
    digits : Numbers, default blank
        Decimal places of the currency; blank = 2. [count]
        货币的小数位数；留空为 2。

    Returns
    -------
    Numbers
        Interest, rounded once; 0 when paid in time; NaN where a rate is not known. [currency]

    Raises
    ------
    InputError
        If a scheme is unknown, or a rate is not within -1 to 1 (4.25 is refused, write 0.0425).

    Notes
    -----
    EU (Directive 2011/7): each day takes the reference rate in force on the 1 January or 1 July before it,
    plus the margin; 8 points is the directive's minimum, and national law may ask for more (Germany 9 over
    its base rate, France 10). UK (Act of 1998): the reference rate of the half-year in which interest
    starts to run, that is the day after the due date, plus 8 points, then frozen to the end. CN (Decree
    802): the rate agreed, or else 0.05 % a day; it has no margin, and a table gives the rate on the first
    day of delay. A year has 365 days.

    In a table a rate holds from its date to the next line's; a line dated 1 January or 1 July is the
    reference of that half-year, as official tables print it. Before the first line, and from a line with a
    blank rate, the rate is unknown and the result NaN. The built-in ECB table covers 2013-07-01 to
    2026-12-31, the Bank of England one debts late up to 2026-06-30: beyond that give your own table.

    Source: EU Directive 2011/7 (EUR-Lex summary mi0074); SI 2002/1675 and payontime.co.uk (UK); State
    Council Decree 802, article 17 as given by ceccweb.org.cn (CN).

    Examples
    --------
    >>> reference = [["2025-01-01", 0.0315], ["2025-07-01", 0.0215]]
    >>> float(ar_late_interest(10000, "2025-05-15", "2025-09-30", "EU", reference))
    396.36
    >>> float(ar_late_interest(800000, "2025-09-01", "2025-12-31", "CN", None))
    48400.0
    """
    which = options(scheme, "scheme", SCHEMES, blank=-1)
    due, paid = dates(due_date, "due_date"), dates(paid_date, "paid_date")
    extra = np.nan_to_num(share(margin, "margin"), nan=MARGIN)
    table = rate_table(rates)
    flat = np.asarray(np.nan) if nothing(rates) or table is not None else rates_of(rates)
    shape = np.broadcast_shapes(which.shape, due.shape, paid.shape, extra.shape, flat.shape)
    which, due, paid, extra, flat = (np.broadcast_to(item, shape) for item in (which, due, paid, extra, flat))
    years = np.full(shape, np.nan)
    for code, name in enumerate(SCHEMES):
        rows = which == code
        if rows.any():
            known = BUILT_IN.get(name) if table is None else table
            years[rows] = _rate_years(name, due[rows], paid[rows], extra[rows], flat[rows], known)
    return _cents(numbers(amount, "amount") * years, digits)


def ar_late_fee(amount: Numbers, scheme: Labels) -> Numbers:
    """Fixed sum for a late payment: EU 40; UK 40, 70 or 100 by the size of the debt; CN none.

    逾期固定补偿：EU 40；UK 按债务大小 40、70 或 100；CN 无。

    Parameters
    ----------
    amount : Numbers
        Amount of the late invoice. [currency]
        逾期发票金额。
    scheme : Labels
        EU, UK or CN. [text]
        EU、UK 或 CN。

    Returns
    -------
    Numbers
        Fixed sum in the scheme's own currency (EUR, GBP); 0 for a credit or an amount of 0. [currency]

    Raises
    ------
    InputError
        If a scheme is unknown.

    Notes
    -----
    UK per invoice: 40 below 1,000, 70 from 1,000, 100 from 10,000. EU: 40 is the minimum of the directive,
    per claim; costs above it may be claimed on top.

    Source: EU Directive 2011/7, article 6; UK Act of 1998, section 5A, as given by payontime.co.uk.

    Examples
    --------
    >>> ar_late_fee([600, 999.99, 1000, 10000], "UK").tolist()
    [40.0, 40.0, 70.0, 100.0]
    """
    debt, which = np.broadcast_arrays(numbers(amount, "amount"), options(scheme, "scheme", SCHEMES, blank=-1))
    fee = np.full(debt.shape, np.nan)
    for code, name in enumerate(SCHEMES):
        floors, sums = np.array(_FEES[name], np.float64).T
        rows = (which == code) & ~np.isnan(debt)
        place = np.searchsorted(floors, debt[rows], side="right") - 1
        # An amount of exactly 0 stands on the edge of the first step, but nothing is late.
        fee[rows] = np.where(debt[rows] > 0, sums[place], 0.0)
    return result(fee)


def discount_cost(discount: Numbers, discount_days: Numbers, terms_days: Numbers) -> Floats:
    """Yearly cost of not taking an early-payment discount, simple, on 365 days.

    Source: worked example, hand-computed.

    Examples
    --------
    >>> round(float(discount_cost(0.02, 10, 30)), 4)
    0.3724
    """
    rate, longer = share(discount, "discount"), numbers(terms_days, "terms_days")
    with np.errstate(divide="ignore"):
        cost: Floats = rate / (1 - rate) * 365 / (longer - numbers(discount_days, "discount_days"))
    return cost


def _rate_years(
    scheme: str, due: Days, paid: Days, margin: Floats, flat: Floats, table: RateTable | None
) -> Floats:
    """Yearly rate times years of delay: what the amount is multiplied with."""
    days = _late_days(due, paid)
    first = due + np.timedelta64(1, "D")
    if scheme == "CN":
        agreed = flat if table is None else rate_on(first, table)
        assumed = np.full(flat.shape, CN_DAILY_RATE * 365) if table is None else agreed
        return np.asarray(days * np.where(np.isnan(agreed), assumed, agreed) / 365)
    summed = days * flat
    blank = np.isnan(flat)
    if table is not None and blank.any():
        looked_up = rate_days(due, paid, table) if scheme == "EU" else days * half_year_rate(first, table)
        summed = np.where(blank, looked_up, summed)
    return np.asarray(np.where(days == 0, 0.0, (summed + days * margin) / 365))


def _late_days(due: Days, paid: Days) -> Floats:
    """Days from due to paid, 0 when not late, NaN where one is blank."""
    return np.asarray(np.maximum((paid - due) / np.timedelta64(1, "D"), 0))


def _cents(amount: Floats, digits: Numbers) -> Numbers:
    places = int(one_number(digits, "digits", 2, low=0, high=6, whole=True))
    return result(money.rounded(amount, places))
