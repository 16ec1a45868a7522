"""Exposure: what a customer owes and will owe, against the limit; and what an order must bring in advance."""

from typing import Any

import numpy as np

from arcredit.credit.customer.policy import grades, places, read_policy
from arcredit.shapes import Floats, Numbers, numbers, result

PLACES = 4
"""Finer than any currency's smallest unit, coarser than the noise of adding amounts below 100 billion."""


def credit_exposure(
    open_amount: Numbers,
    unbilled_deliveries: Numbers = None,
    open_orders: Numbers = None,
    unapplied_cash: Numbers = None,
    collateral: Numbers = None,
) -> Numbers:
    """Credit exposure of a customer: open debt and deliveries and orders to come, less cash and collateral.

    客户信用敞口：未收账款加已发未开票和待发订单，减未核销收款和现金保证金。

    Parameters
    ----------
    open_amount : Numbers
        Open receivables with VAT, disputed ones included; credits negative. [currency]
        含税未收账款，含有争议部分；贷项为负。
    unbilled_deliveries : Numbers, default 0
        Delivered, not yet invoiced. [currency]
        已发货未开票金额。
    open_orders : Numbers, default 0
        Accepted orders still to be shipped; negative where more was invoiced than ordered. [currency]
        已接待发订单金额；开票多于订单时为负。
    unapplied_cash : Numbers, default 0
        Receipts not yet applied to invoices, as a positive amount. [currency]
        未核销收款，填正数。
    collateral : Numbers, default 0
        Cash collateral held, as a positive amount. [currency]
        已收现金保证金，填正数。

    Returns
    -------
    Numbers
        Exposure; negative where the customer is in credit. [currency]

    Raises
    ------
    InputError
        If unapplied cash or collateral is negative: they are subtracted here, not before.

    Notes
    -----
    ``open_amount + unbilled_deliveries + open_orders - unapplied_cash - collateral``. Where open_amount
    already nets the unapplied receipts, leave unapplied_cash blank. Binary noise beyond four places is
    rounded off, so that a limit used to the last cent is not exceeded.

    Source: creditmanagement-tools.com (receivables with tax plus backlog); worked example, hand-computed.

    Examples
    --------
    >>> float(credit_exposure(82_000, 14_500, 9_000, 3_000))
    102500.0
    """
    added = [numbers(open_amount, "open_amount")]
    added += [_or_zero(unbilled_deliveries, "unbilled_deliveries"), _or_zero(open_orders, "open_orders")]
    taken = _or_zero(unapplied_cash, "unapplied_cash", low=0)
    taken = taken + _or_zero(collateral, "collateral", low=0)
    return result(exact(added[0] + added[1] + added[2] - taken))


def credit_available(credit_limit: Numbers, exposure: Numbers) -> Numbers:
    """Available credit: the limit less the exposure; negative = over the limit.

    可用额度：信用额度减信用敞口；负数表示超额。

    Parameters
    ----------
    credit_limit : Numbers
        Credit limit; a blank is unknown, never unlimited. [currency]
        信用额度；留空表示未知，绝不视为不限额。
    exposure : Numbers
        Exposure, such as from CREDIT_EXPOSURE. [currency]
        信用敞口，例如 CREDIT_EXPOSURE 的结果。

    Returns
    -------
    Numbers
        Signed headroom. [currency]

    Raises
    ------
    InputError
        If a limit is negative.

    Notes
    -----
    A limit of 0 is no credit at all.

    Source: product rule; worked example, hand-computed.

    Examples
    --------
    >>> credit_available([120_000, 0, None], 102_500).tolist()
    [17500.0, -102500.0, nan]
    """
    limit = numbers(credit_limit, "credit_limit", low=0)
    return result(exact(limit - numbers(exposure, "exposure")))


def credit_utilisation(credit_limit: Numbers, exposure: Numbers) -> Numbers:
    """Share of the limit that is used; above 1 = over the limit.

    额度使用率；大于 1 表示超额。

    Parameters
    ----------
    credit_limit : Numbers
        Credit limit; a blank is unknown, never unlimited. [currency]
        信用额度；留空表示未知，绝不视为不限额。
    exposure : Numbers
        Exposure, such as from CREDIT_EXPOSURE. [currency]
        信用敞口，例如 CREDIT_EXPOSURE 的结果。

    Returns
    -------
    Numbers
        Exposure over limit; undefined for a limit of 0; negative for a customer in credit. [fraction]

    Raises
    ------
    InputError
        If a limit is negative.

    Notes
    -----
    A limit of 0 has no utilisation, used or not: there is no base. CREDIT_CHECK says whether it is exceeded.

    Source: product rule; worked example, hand-computed.

    Examples
    --------
    >>> round(float(credit_utilisation(120_000, 102_500)), 4)
    0.8542
    """
    limit = numbers(credit_limit, "credit_limit", low=0)
    return result(numbers(exposure, "exposure") / np.where(limit == 0, np.nan, limit))


def credit_prepayment(
    order_amount: Numbers, available_credit: Numbers, grade: Numbers = None, policy: Any = None
) -> Numbers:
    """Share of an order to be paid before delivery, so that the rest fits the available credit.

    订单发货前须预付的比例，使余款不超过可用额度。

    Parameters
    ----------
    order_amount : Numbers
        Amount of the order with VAT. [currency]
        订单含税金额。
    available_credit : Numbers
        Available credit before the order, such as from CREDIT_AVAILABLE. [currency]
        接单前的可用额度，例如 CREDIT_AVAILABLE 的结果。
    grade : Numbers, default blank
        Grade, 1 (best) to 10, for the policy's least share; blank = no least share. [grade]
        信用等级，1 至 10，用于取政策最低预付比例；留空则无最低要求。
    policy : Block, default blank
        Credit policy: header row and one line per grade; blank = the built-in policy. [table]
        信用政策表：首行表头，每级一行；留空用内置政策。

    Returns
    -------
    Numbers
        0 to 1; undefined for an order of 0. [fraction]

    Raises
    ------
    InputError
        If an order is negative, a grade is not a whole number from 1 to 10, or the policy does not add up.

    Notes
    -----
    The larger of ``1 - available_credit / order_amount``, held between 0 and 1, and the policy's
    prepayment_share of the grade (default 25 % for 7, 50 % for 8, all from 9: a product proposal).

    Source: product rule; worked example, hand-computed.

    Examples
    --------
    >>> credit_prepayment(20_000, [17_500, 50_000, -1], [None, 8, 2]).tolist()
    [0.125, 0.5, 1.0]
    """
    order = numbers(order_amount, "order_amount", low=0)
    available = numbers(available_credit, "available_credit")
    least = np.nan_to_num(read_policy(policy)["prepayment_share"][places(grades(grade))])
    missing = 1 - available / np.where(order == 0, np.nan, order)
    return result(np.maximum(np.clip(missing, 0.0, 1.0), least))


def exact(amount: Any) -> Floats:
    """Amounts without the binary noise of adding: a cent is a cent, also in comparisons."""
    return np.asarray(np.round(amount, PLACES))


def _or_zero(value: Any, argument: str, low: float | None = None) -> Floats:
    return np.nan_to_num(numbers(value, argument, low=low))
