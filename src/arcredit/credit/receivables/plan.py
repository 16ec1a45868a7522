"""Payment plans: the instalments, what happens when one is missed, and what a receipt pays first."""

from typing import Any, NamedTuple

import numpy as np

from arcredit.credit import money
from arcredit.credit.block import nothing, one_number
from arcredit.credit.months import months_later
from arcredit.errors import InputError
from arcredit.shapes import (
    Dates,
    Days,
    Floats,
    Numbers,
    Table,
    Texts,
    dates,
    listed,
    numbers,
    one_date,
    option,
)

_METHODS = ("equal", "annuity", "balloon", "custom")
_PERIODS = {"month": 1 / 12, "quarter": 1 / 4, "week": 7 / 365}
_FINEST = 4  # decimal places of a receipt
_HOLIDAY_RULES = {"none": None, "following": "forward", "modified": "modifiedfollowing"}


def ar_payment_plan(
    debt: Numbers,
    first_date: Dates,
    instalments: Numbers,
    annual_rate: Numbers = None,
    method: str = "equal",
    frequency: str = "month",
    down_payment: Numbers = None,
    final_by: Dates = None,
    payments: Numbers = None,
    holiday_rule: str | None = None,
    holidays: Dates = None,
    digits: Numbers = None,
) -> Table:
    """Payment plan line by line; the last line absorbs the rounding, lines past final_by are marked.

    还款计划逐期明细；末期吸收尾差，超过最后期限的期次会标出。

    Parameters
    ----------
    debt : Numbers
        Debt to be paid off, above 0. [currency]
        需分期偿还的欠款，大于 0。
    first_date : Dates
        Date of the first instalment. [date]
        首期付款日。
    instalments : Numbers
        Number of instalments, 1 to 600. [count]
        期数，1 至 600。
    annual_rate : Numbers, default blank
        Interest per year, 0 to 1; blank = none. [fraction]
        年利率，0 至 1；留空为不计息。
    method : Option, default "equal"
        equal principal, annuity (equal payments), balloon (interest first, principal last) or custom. [text]
        equal 等额本金、annuity 等额本息、balloon 先息后本、custom 自定。
    frequency : Option, default "month"
        month, quarter or week. [text]
        month 每月、quarter 每季、week 每周。
    down_payment : Numbers, default blank
        Paid on signing, before interest begins; line 0 of the plan. [currency]
        签约时首付，自此计息前支付；列为第 0 期。
    final_by : Dates, default blank
        Last day the insurer accepts, such as the end of the maximum extension period. [date]
        保险公司可接受的最后日期，如最长延期期限届满日。
    payments : Numbers, default blank
        For custom: the agreed payments but the last, which pays off the rest. [currency]
        custom 用：除末期外各期约定付款额，末期付清余额。
    holiday_rule : Option, default blank
        none (blank), following or modified (following, but within the month): moves weekends and holidays.
        节假日规则：none 不调整、following 顺延、modified 顺延但不跨月。
    holidays : Dates, default blank
        Holidays besides Saturdays and Sundays. [date]
        周六周日以外的节假日。
    digits : Numbers, default blank
        Decimal places of the currency; blank = 2. [count]
        货币的小数位数；留空为 2。

    Returns
    -------
    Table
        Columns number, date, principal, interest, payment, balance, warning ("past_final_by" or blank).

    Raises
    ------
    InputError
        If the debt is not above 0, the down payment reaches it, or a custom payment does not fit.

    Notes
    -----
    Dates step from the first date, clipped to the month's end (31 Jan, 28 Feb, 31 Mar). Interest is paid in
    arrears from one period before the first date: 1/12 of the yearly rate per month, 1/4 per quarter,
    7/365 per week. Each interest amount and each payment is rounded; the last line takes what is left, so
    the principal adds up to the debt and the payments to debt and interest, to the cent.

    A plan is a new date for cash, not for the insurer: waiting period, maximum extension and interest go on
    running from the original due dates unless the insurer agreed in writing, so lines past `final_by` need
    his consent first. The period rates are a market habit; the contract may count days.

    Source: Atradius glossary, 'Payment plan'; worked examples, hand-computed.

    Examples
    --------
    >>> plan = ar_payment_plan(100000, "2025-01-31", 6)
    >>> [str(day) for day in plan["date"][:3]], plan["payment"][-2:].tolist()
    (['2025-01-31', '2025-02-28', '2025-03-31'], [16666.67, 16666.65])
    """
    places = int(one_number(digits, "digits", 2, low=0, high=6, whole=True))
    owed = one_number(debt, "debt", positive=True)
    down = float(money.rounded(one_number(down_payment, "down_payment", 0, low=0), places))
    if down >= owed:
        raise InputError("input.too_high", argument="down_payment", found=f"{down:g}", high=f"{owed:g}")
    count = int(one_number(instalments, "instalments", low=1, high=600, whole=True))
    every = option(frequency, "frequency", tuple(_PERIODS), "month")
    rate = one_number(annual_rate, "annual_rate", 0, low=0, high=1) * _PERIODS[every]
    how = option(method, "method", _METHODS)
    start = money.rounded(owed - down, places)
    principal, interest = _lines(float(start), count, rate, how, _agreed(payments, how, count), places)
    day = _moved(_dates(one_date(first_date, "first_date"), count, every), holiday_rule, holidays)
    final = np.datetime64("NaT", "D") if nothing(final_by) else one_date(final_by, "final_by")
    return _table(day, principal, interest, down, places, final)


class Standing(NamedTuple):
    """Where a plan stands: what is missing since when, and what is due now."""

    arrears: float
    missed_since: np.datetime64
    in_default: bool
    due_now: float


def plan_standing(plan: Table, received: float, as_of: Dates, grace_days: int = 5) -> Standing:
    """Whether a plan is in default, and what is due then: everything, at the original due dates.

    An instalment is missed when it is not covered `grace_days` after its date (a product rule, the
    agreement decides). Receipts cover the oldest instalments first. In default the whole unpaid principal
    is due at once, with the interest of the instalments that have come due; before it only the arrears.

    Source: product rule (acceleration clause).

    Examples
    --------
    >>> plan = ar_payment_plan(600, "2025-01-31", 6)
    >>> plan_standing(plan, 100, "2025-03-04").due_now, plan_standing(plan, 100, "2025-03-06").due_now
    (100.0, 500.0)
    """
    today = one_date(as_of)
    unpaid = np.maximum(np.cumsum(plan["payment"]) - received, 0) > 0.5 * 10.0**-_FINEST
    come = (plan["date"] <= today) | np.isnat(plan["date"])
    missed = unpaid & (plan["date"] + np.timedelta64(grace_days, "D") < today)
    arrears = max(money.total(np.append(plan["payment"][come], -received)), 0.0)
    if not missed.any():
        return Standing(arrears, np.datetime64("NaT", "D"), False, arrears)
    whole = money.total(np.concatenate([plan["principal"], plan["interest"][come], [-received]]))
    return Standing(arrears, plan["date"][missed][0], True, whole)


class Allocation(NamedTuple):
    """What a receipt paid, and what is left of it."""

    costs: float
    interest: float
    principal: Floats
    left: float


def allocate_receipt(
    receipt: float, costs: float, interest: float, principal: Numbers, order: str = "costs"
) -> Allocation:
    """What a receipt pays: costs, interest, then the oldest principal; or the principal first by contract.

    Parameters
    ----------
    receipt, costs, interest : float
        Receipt and what is owed besides the principal. [currency]
    principal : Numbers
        Open principal, oldest first. [currency]
    order : str
        "costs" (costs, interest, principal: the default of many civil codes) or "principal".

    Source: product rule after civil-law defaults; the contract decides.

    Examples
    --------
    >>> paid = allocate_receipt(500, 40, 60, [300, 300])
    >>> paid.principal.tolist(), paid.left
    ([300.0, 100.0], 0.0)
    """
    open_principal = numbers(principal, "principal", low=0).reshape(-1)
    beside = np.array([costs, interest], np.float64)
    first = option(order, "order", ("costs", "principal")) == "costs"
    claims = np.concatenate([beside, open_principal] if first else [open_principal, beside])
    before = np.concatenate([[0.0], np.cumsum(claims)[:-1]])
    paid = money.rounded(np.clip(receipt - before, 0, claims), _FINEST)
    aside, rest = (paid[:2], paid[2:]) if first else (paid[-2:], paid[:-2])
    left = money.total(np.append(-paid, receipt))
    return Allocation(float(aside[0]), float(aside[1]), rest, left)


def _lines(
    owed: float, count: int, rate: float, method: str, agreed: Floats, places: int
) -> tuple[Floats, Floats]:
    """Principal and interest of each instalment; the last principal is what is left."""
    principal, interest = np.zeros(count), np.zeros(count)
    even = float(money.rounded(owed / count, places))
    # 1 - (1 + rate)^-count, exact for a rate that is only the noise of a formula too.
    annuity = owed * rate / -np.expm1(-count * np.log1p(rate)) if rate else owed / count
    level = float(money.rounded(annuity, places))
    left = owed
    for line in range(count):
        interest[line] = money.rounded(left * rate, places)
        part = {"equal": even, "balloon": 0.0}.get(method, level - interest[line])
        if method == "custom" and line < count - 1:
            part = _fitting(agreed[line], left, interest[line])
        principal[line] = left if line == count - 1 else min(float(money.rounded(part, places)), left)
        left = float(money.rounded(left - principal[line], places))
    return principal, interest


def _fitting(payment: float, left: float, interest: float) -> float:
    """Principal in an agreed payment, which must cover the interest and no more than the rest."""
    if payment < interest:
        raise InputError("input.too_low", argument="payments", found=f"{payment:g}", low=f"{interest:g}")
    if payment > left + interest:
        high = f"{left + interest:g}"
        raise InputError("input.too_high", argument="payments", found=f"{payment:g}", high=high)
    return payment - interest


def _agreed(payments: Any, method: str, count: int) -> Floats:
    agreed = numbers(listed(payments) if payments is not None else [], "payments").reshape(-1)
    if method == "custom" and len(agreed) != count - 1:
        raise InputError(
            "input.unequal_heights",
            cell="#VALUE!",
            argument="payments",
            found=len(agreed),
            expected=count - 1,
        )
    return agreed


def _dates(first: np.datetime64, count: int, frequency: str) -> Days:
    steps = np.arange(count)
    if frequency == "week":
        return np.asarray(first + steps * np.timedelta64(7, "D"))
    return months_later(first, steps * (3 if frequency == "quarter" else 1))


def _moved(day: Days, rule: Any, holidays: Any) -> Days:
    """Dates moved to working days."""
    how = _HOLIDAY_RULES[option(rule, "holiday_rule", tuple(_HOLIDAY_RULES))]
    if how is None:
        return day
    free = dates(holidays, "holidays").reshape(-1)
    return np.asarray(np.busday_offset(day, 0, roll=how, holidays=free[~np.isnat(free)]))  # type: ignore[call-overload]


def _table(
    day: Days, principal: Floats, interest: Floats, down: float, places: int, final: np.datetime64
) -> Table:
    number = np.arange(1.0, len(day) + 1)
    if down:
        number, day = np.arange(len(day) + 1.0), np.insert(day, 0, np.datetime64("NaT"))
        principal, interest = np.insert(principal, 0, down), np.insert(interest, 0, 0.0)
    warning: Texts = np.array([None, "past_final_by"], object)[(day > final).astype(np.intp)]
    return Table(
        {
            "number": number,
            "date": day,
            "principal": principal,
            "interest": interest,
            "payment": money.rounded(principal + interest, places),
            "balance": money.rounded(np.cumsum(principal[::-1])[::-1] - principal, places),
            "warning": warning,
        }
    )
