"""How customers pay: days to pay, days beyond terms, and the payment index.

Source: worked examples, hand-computed; Dun & Bradstreet's published anchors for the index.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.shapes import (
    Booleans,
    Dates,
    Days,
    Floats,
    Numbers,
    column,
    dates,
    flags,
    numbers,
    one_date,
    result,
    same_height,
    single,
)

INDEX_DAYS = (-30, -20, 0, 15, 22, 30, 60, 90, 120, 180)
INDEX_POINTS = (100, 90, 80, 70, 60, 50, 40, 30, 20, 0)
"""Dun & Bradstreet's anchors; beyond 120 days they say 0 to 19, reached here at 180 (product rule)."""


def ar_days_to_pay(amount: Numbers, invoice_date: Dates, paid_date: Dates) -> float:
    """Average days from invoice to payment of paid invoices, weighted by amount.

    已付发票从开票到付款的平均天数，按金额加权。

    Parameters
    ----------
    amount : Numbers
        Invoice amounts; rows that are not above 0 are left out. [currency]
        发票金额；不大于 0 的行不计。
    invoice_date : Dates
        Invoice dates. [date]
        发票日期。
    paid_date : Dates
        Days of payment; blank is unpaid and left out. [date]
        付款日；空白表示未付，不计入。

    Returns
    -------
    float
        Days; no result where no invoice was paid.

    Notes
    -----
    sum(amount * (paid_date - invoice_date)) / sum(amount). Give 1 as every amount for the plain mean. Only
    paid invoices count, so it looks better than it is while old ones are open.

    Source: FSW Funding, "weighted average days to pay"; worked example, hand-computed.

    Examples
    --------
    >>> ar_days_to_pay([100, 300], ["2025-01-01", "2025-01-01"], ["2025-01-11", "2025-01-31"])
    25.0
    """
    weight = column(numbers(amount, "amount"))
    invoiced, paid = (
        column(dates(invoice_date, "invoice_date")),
        column(dates(paid_date, "paid_date")),
    )
    same_height(amount=weight, invoice_date=invoiced, paid_date=paid)
    return float(weighted(_between(invoiced, paid), weight)[0])


def ar_days_beyond_terms(
    amount: Numbers, due_date: Dates, paid_date: Dates, floored: Booleans = False, as_of: Dates = None
) -> float:
    """Average days paid beyond terms, weighted by amount; early payment counts negative unless floored.

    超过付款期限的平均天数，按金额加权；提前付款计为负数，floored 为 TRUE 时按 0 计。

    Parameters
    ----------
    amount : Numbers
        Invoice amounts; rows that are not above 0 are left out. [currency]
        发票金额；不大于 0 的行不计。
    due_date : Dates
        Due dates. [date]
        到期日。
    paid_date : Dates
        Days of payment; blank is unpaid. [date]
        付款日；空白表示未付。
    floored : TRUE or FALSE, default FALSE
        TRUE: early payment counts as 0 days, giving the average days late.
        为 TRUE 时提前付款按 0 天计，即平均迟付天数。
    as_of : date, optional
        With a date, what is overdue and unpaid on that day counts with its days so far. [date]
        填写后，当日已逾期未付的发票按截至该日的逾期天数计入。

    Returns
    -------
    float
        Days; no result where nothing counts.

    Notes
    -----
    sum(amount * (paid_date - due_date)) / sum(amount). Without `as_of` only paid invoices count, which
    flatters a customer who does not pay at all. With it a payment after that day has not happened, and what
    is neither paid nor overdue is left out.

    Source: worked example, hand-computed.

    Examples
    --------
    >>> due, paid = ["2025-01-31", "2025-01-31"], ["2025-01-21", "2025-02-10"]
    >>> ar_days_beyond_terms([100, 300], due, paid), ar_days_beyond_terms([100, 300], due, paid, True)
    (5.0, 7.5)
    """
    weight = column(numbers(amount, "amount"))
    due, paid = column(dates(due_date, "due_date")), column(dates(paid_date, "paid_date"))
    same_height(amount=weight, due_date=due, paid_date=paid)
    if not _is_blank(as_of):
        day = one_date(as_of)
        still_open = ~(paid <= day)
        paid = np.where(still_open, np.where(due < day, day, np.datetime64("NaT", "D")), paid)
    days = _between(due, paid)
    if bool(flags(single(floored, "floored"), "floored")):
        days = np.maximum(days, 0)
    return float(weighted(days, weight)[0])


def credit_pay_index(days_beyond_terms: Numbers) -> Any:
    """Payment index from 0 to 100 by days beyond terms: 80 is prompt, 100 is 30 days early.

    付款指数（0 至 100）：80 为按期付款，100 为提前 30 天付款，越低付款越迟。

    Parameters
    ----------
    days_beyond_terms : Numbers
        Days paid beyond terms, negative when early. [days]
        超过付款期限的天数，提前为负数。

    Returns
    -------
    number
        Index from 0 to 100, linear between the anchors; a blank gives none.

    Notes
    -----
    Anchors: -30 days 100, -20 90, 0 80, 15 70, 22 60, 30 50, 60 40, 90 30, 120 20. Beyond 120 days the
    published scale says 0 to 19; here it falls to 0 at 180 days (product rule). 80 to 100 is low risk,
    50 to 79 medium, below 50 high. It is no PAYDEX score, which weighs many suppliers' experiences.

    Source: Dun & Bradstreet, glossary and documentation of the PAYDEX anchors.

    Examples
    --------
    >>> credit_pay_index([-30, 0, 15, 26, 150]).tolist()
    [100.0, 80.0, 70.0, 55.0, 10.0]
    """
    days = numbers(days_beyond_terms, "days_beyond_terms")
    return result(np.asarray(np.interp(days, INDEX_DAYS, INDEX_POINTS)))


def weighted(days: Floats, amount: Floats, code: NDArray[np.intp] | None = None, groups: int = 1) -> Floats:
    """Average days weighted by amount, of all rows or of each group; NaN where nothing counts.

    Rows without days or with an amount that is not above 0 are left out.
    """
    counted = ~np.isnan(days) & (amount > 0)
    of = np.zeros(np.count_nonzero(counted), np.intp) if code is None else code[counted]
    base = np.bincount(of, amount[counted], groups)
    sums = np.bincount(of, (amount * days)[counted], groups)
    return np.asarray(np.divide(sums, base, out=np.full(groups, np.nan), where=base > 0))


def ledger_pay_index(
    amount: Floats,
    due_date: Days,
    paid_date: Days,
    code: NDArray[np.intp] | None = None,
    groups: int = 1,
    least: int = 3,
) -> Floats:
    """The payment index of one's own ledger: of each paid invoice, weighted by amount.

    NaN for fewer than `least` paid invoices: too little to judge by.
    """
    points = np.asarray(credit_pay_index(_between(due_date, paid_date)), np.float64)
    counted = ~np.isnan(points) & (amount > 0)
    of = np.zeros(len(amount), np.intp) if code is None else code
    enough = np.bincount(of[counted], minlength=groups) >= least
    return np.where(enough, weighted(points, amount, of, groups), np.nan)


def _between(first: Days, last: Days) -> Floats:
    """Days from one date to the other, NaN where one is blank."""
    return np.asarray((last - first) / np.timedelta64(1, "D"))


def _is_blank(value: Any) -> bool:
    return value is None or bool(np.isnat(dates(value, "as_of")).all())
