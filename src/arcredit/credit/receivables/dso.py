"""How long sales stay unpaid: the DSO family, collection effectiveness, turnover, and the months they need.

Source: CRiSK, Benjipays, Gaviti and Credit Guru for the formulas; worked examples, hand-computed.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.shapes import (
    Dates,
    Flags,
    Floats,
    Numbers,
    column,
    numbers,
    one_date,
    result,
    same_height,
    single,
)

SALES_KINDS = ("invoice", "debit_note", "credit_note")


def ar_dso(receivables: Numbers, credit_sales: Numbers, period_days: Numbers) -> Any:
    """Days sales outstanding: receivables over the period's credit sales, times the days of the period.

    应收账款周转天数（DSO）：应收账款 ÷ 期间赊销额 × 期间天数。

    Parameters
    ----------
    receivables : Numbers
        Receivables at the end of the period, gross of any allowance. [currency]
        期末应收账款，未扣减坏账准备。
    credit_sales : Numbers
        Credit sales of the period, with VAT where the receivables have it. [currency]
        期间赊销额；应收含税时销售额也应含税。
    period_days : Numbers
        Days of the same period. [days]
        同一期间的天数。

    Returns
    -------
    number
        Days; no result where there were no sales.

    Raises
    ------
    InputError
        #NUM! where period_days is not above 0.

    Notes
    -----
    receivables / credit_sales * period_days. Sales of 0 or less have no DSO; negative receivables give a
    negative one, as computed. Both on the same VAT basis: gross receivables over net sales overstate the
    figure by the VAT rate.

    Source: CRiSK, "Days Sales Outstanding".

    Examples
    --------
    >>> float(ar_dso(1_200_000, 10_000_000, 365).round(1))
    43.8
    """
    return _days(numbers(receivables, "receivables"), credit_sales, period_days)


def ar_dso_best(current_receivables: Numbers, credit_sales: Numbers, period_days: Numbers) -> Any:
    """Best possible DSO: the days of sales outstanding if nothing were overdue.

    最佳 DSO：假设没有任何逾期时的应收账款周转天数。

    Parameters
    ----------
    current_receivables : Numbers
        Receivables not yet due, unapplied credits left out. [currency]
        未到期应收账款，不含未核销贷项。
    credit_sales : Numbers
        Credit sales of the period, with VAT where the receivables have it. [currency]
        期间赊销额；应收含税时销售额也应含税。
    period_days : Numbers
        Days of the same period. [days]
        同一期间的天数。

    Returns
    -------
    number
        Days; no result where there were no sales.

    Raises
    ------
    InputError
        #NUM! where period_days is not above 0.

    Notes
    -----
    current_receivables / credit_sales * period_days = DSO - average days delinquent.

    Source: CRiSK, "Best Possible DSO"; Apruve.

    Examples
    --------
    >>> float(ar_dso_best(800_000, 10_000_000, 365).round(1))
    29.2
    """
    return _days(numbers(current_receivables, "current_receivables"), credit_sales, period_days)


def ar_days_delinquent(overdue_receivables: Numbers, credit_sales: Numbers, period_days: Numbers) -> Any:
    """Average days delinquent: the part of DSO that is due to late payment.

    平均逾期天数（ADD）：DSO 中由逾期造成的部分。

    Parameters
    ----------
    overdue_receivables : Numbers
        Receivables past due. [currency]
        逾期应收账款。
    credit_sales : Numbers
        Credit sales of the period, with VAT where the receivables have it. [currency]
        期间赊销额；应收含税时销售额也应含税。
    period_days : Numbers
        Days of the same period. [days]
        同一期间的天数。

    Returns
    -------
    number
        Days = DSO - best possible DSO; no result where there were no sales.

    Raises
    ------
    InputError
        #NUM! where period_days is not above 0.

    Notes
    -----
    overdue_receivables / credit_sales * period_days.

    Source: CRiSK, "Average Days Delinquent".

    Examples
    --------
    >>> float(ar_days_delinquent(400_000, 10_000_000, 365).round(1))
    14.6
    """
    return _days(numbers(overdue_receivables, "overdue_receivables"), credit_sales, period_days)


def ar_dso_countback(receivables: Numbers, monthly_sales: Numbers, month_days: Numbers) -> float:
    """Count-back DSO: how many days of the latest sales the receivables amount to, month by month.

    倒推法 DSO：从最近月份起逐月扣减销售额，直到扣完应收账款所需的天数。

    Parameters
    ----------
    receivables : number
        Receivables at the end of the newest month. [currency]
        最近月末的应收账款。
    monthly_sales : Numbers
        Credit sales by month, newest month first. [currency]
        各月赊销额，最近月份在前。
    month_days : Numbers
        Days of these months, or one number for all; a running month has the days gone by. [days]
        各月天数，或统一填一个数；未满的月份填已过天数。

    Returns
    -------
    float
        Days; no result (#N/A) where the history is too short for the receivables.

    Raises
    ------
    InputError
        #NUM! for days below 0; #VALUE! for unequal heights or more than one number of receivables.

    Notes
    -----
    Whole months count their days; the last one counts in proportion. A month with sales of 0 or less counts
    its days and takes nothing off. Receivables of 0 or less are 0 days. Nothing is extrapolated beyond
    the history; a month without a figure that is needed leaves no result.

    Source: Benjipays, "Mastering DSO calculation: the count-back method".

    Examples
    --------
    >>> round(ar_dso_countback(212_000, [100_000, 80_000, 70_000], 30), 2)
    73.71
    """
    days, reached = countback(receivables, monthly_sales, month_days)
    return days if reached else np.nan


def countback(receivables: Numbers, monthly_sales: Numbers, month_days: Numbers) -> tuple[float, bool]:
    """Count-back DSO and whether the history reaches; where it does not, the days are the lower bound."""
    owed = float(numbers(single(receivables, "receivables"), "receivables"))
    sales, days = _months(monthly_sales, "monthly_sales", month_days)
    if np.isnan(owed):
        return np.nan, False
    if owed <= 0:
        return 0.0, True
    known = np.append(np.isnan(sales) | np.isnan(days), True).argmax()
    sales, days = np.maximum(sales[:known], 0.0), days[:known]
    sold = money.rounded(np.cumsum(sales), money.PLACES)
    month = int(np.searchsorted(sold, money.rounded(owed, money.PLACES)))
    if month == len(sold):
        return float(days.sum()), False
    before = sold[month - 1] if month else 0.0
    return float(days[:month].sum() + (owed - before) / sales[month] * days[month]), True


def ar_dso_weighted(open_by_month: Numbers, monthly_sales: Numbers, month_days: Numbers) -> float:
    """Sales-weighted DSO: each month's share of sales still open, times the days of that month, added up.

    按月加权 DSO：各月未清金额占当月销售额的比例 × 当月天数，逐月相加。

    Parameters
    ----------
    open_by_month : Numbers
        What is still open of each month's invoices. [currency]
        各月发票中尚未收回的金额。
    monthly_sales : Numbers
        Credit sales of these months. [currency]
        对应月份的赊销额。
    month_days : Numbers
        Days of these months, or one number for all. [days]
        对应月份的天数，或统一填一个数。

    Returns
    -------
    float
        Days; no result where a month has open items without sales, or where there are no months.

    Raises
    ------
    InputError
        #NUM! for days below 0; #VALUE! for unequal heights.

    Notes
    -----
    sum(open / sales * days) over the months. A month without open items counts 0. Items older than the
    months given are not in it: give as many months as the oldest open item needs.

    Source: worked example, hand-computed.

    Examples
    --------
    >>> round(ar_dso_weighted([780, 300, 70], [900, 500, 300], [31, 30, 31]), 2)
    52.1
    """
    opened = column(numbers(open_by_month, "open_by_month"))
    sales, days = _months(monthly_sales, "monthly_sales", month_days)
    same_height(open_by_month=opened, monthly_sales=sales)
    used = ~np.isnan(opened) & (opened != 0)
    if np.isnan(opened).all() or np.any(~(sales[used] > 0)):
        return np.nan
    return float(np.sum(opened[used] / sales[used] * days[used]))


def ar_cei(
    opening: Numbers,
    credit_sales: Numbers,
    closing: Numbers,
    closing_current: Numbers,
    write_offs: Numbers = None,
) -> Any:
    """Collection effectiveness index: what was collected out of what could have been collected.

    催收有效性指数（CEI）：期间实际收回金额占可收回金额的比例。

    Parameters
    ----------
    opening : Numbers
        Receivables before the first sale of the period. [currency]
        期初应收账款（本期第一笔销售之前）。
    credit_sales : Numbers
        Credit sales of the whole period. [currency]
        整个期间的赊销额。
    closing : Numbers
        Receivables at the end. [currency]
        期末应收账款。
    closing_current : Numbers
        Of which not yet due. [currency]
        其中未到期的金额。
    write_offs : Numbers, default 0
        Write-offs and credit notes of the period as a positive amount: they are not collections. [currency]
        期间坏账核销及贷项金额，填正数；它们不属于收款。

    Returns
    -------
    number
        Fraction, 1 where everything due was collected; no result where nothing could be collected.

    Raises
    ------
    InputError
        #NUM! where write_offs is below 0.

    Notes
    -----
    S = credit_sales - write_offs; (opening + S - closing) / (opening + S - closing_current). Sales are those
    of the whole window, not their monthly average.

    Source: Gaviti, "Collection Effectiveness Index".

    Examples
    --------
    >>> float(ar_cei(100_000, 1_000_000, 120_000, 100_000))
    0.98
    """
    given = numbers(write_offs, "write_offs", low=0)
    base = numbers(opening, "opening") + numbers(credit_sales, "credit_sales") - np.nan_to_num(given, nan=0.0)
    collected = base - numbers(closing, "closing")
    return _ratio(collected, base - numbers(closing_current, "closing_current"))


def ar_turnover(credit_sales: Numbers, opening: Numbers, closing: Numbers) -> Any:
    """Receivables turnover: credit sales over the average of opening and closing receivables.

    应收账款周转率：赊销额 ÷ 期初期末平均应收账款。

    Parameters
    ----------
    credit_sales : Numbers
        Credit sales of the period. [currency]
        期间赊销额。
    opening : Numbers
        Receivables at its beginning. [currency]
        期初应收账款。
    closing : Numbers
        Receivables at its end. [currency]
        期末应收账款。

    Returns
    -------
    number
        Times a period; no result where the average is 0 or less.

    Notes
    -----
    credit_sales / ((opening + closing) / 2); 365 / turnover is the average collection period of a year.

    Source: worked example, hand-computed.

    Examples
    --------
    >>> float(ar_turnover(10_000_000, 1_000_000, 1_200_000).round(4))
    9.0909
    """
    average = (numbers(opening, "opening") + numbers(closing, "closing")) / 2
    return _ratio(numbers(credit_sales, "credit_sales"), average)


def sales_by_month(documents: OpenItems, as_of: Dates, months: int) -> Floats:
    """Net credit sales of the months up to `as_of`, newest first; the newest runs to `as_of`.

    Invoices, debit notes and credit notes by their dates; where the ledger names no kind, positive amounts.
    """
    sold = np.where(sales(documents), documents.amount, 0.0)
    return _by_month(documents.invoice_date, sold, as_of, months)[0]


def sales(documents: OpenItems) -> Flags:
    """Which documents count as sales: invoices, debit and credit notes; without a kind positive amounts."""
    sold: Flags = documents.amount > 0
    if documents.kind is not None:
        is_sale = np.array([label in SALES_KINDS for label in documents.kind.labels] + [False])
        sold = np.where(documents.kind.codes < 0, sold, is_sale[documents.kind.codes])
    return sold


def open_by_month(items: OpenItems, as_of: Dates, months: int) -> tuple[Floats, float]:
    """Open debits by month of invoice, newest first, and what is older or undated."""
    return _by_month(items.invoice_date, np.where(items.open_amount > 0, items.open_amount, 0), as_of, months)


def month_days(as_of: Dates, months: int) -> Floats:
    """Days of the months up to `as_of`, newest first; of the newest those gone by.

    Examples
    --------
    >>> month_days("2025-03-15", 3).tolist()
    [15.0, 28.0, 31.0]
    """
    day = one_date(as_of)
    starts = (day.astype("datetime64[M]") - np.arange(months)).astype("datetime64[D]")
    ends = np.append(day + 1, starts[:-1])
    return np.asarray((ends - starts).astype(np.float64))


def _by_month(date: NDArray[Any], amount: Floats, as_of: Dates, months: int) -> tuple[Floats, float]:
    """Sums by month back from `as_of`, and of what is older or undated; what is later is left out."""
    day = one_date(as_of)
    back = (day.astype("datetime64[M]") - date.astype("datetime64[M]")).astype(np.int64)
    back = np.where(np.isnat(date) | (back >= months), months, back)
    counted = ~(date > day)
    sums = money.grouped(amount[counted], back[counted], months + 1)
    return sums[:months], float(sums[months])


def _days(part: Floats, credit_sales: Numbers, period_days: Numbers) -> Any:
    days = numbers(period_days, "period_days", positive=True)
    return _ratio(part * days, numbers(credit_sales, "credit_sales"))


def _ratio(part: Any, base: Any) -> Any:
    """part / base where base is above 0, else no result."""
    part, base = np.broadcast_arrays(part, base)
    return result(np.divide(part, base, out=np.full(part.shape, np.nan), where=base > 0))


def _months(monthly_sales: Numbers, argument: str, days: Numbers) -> tuple[Floats, Floats]:
    """Sales and days of months as columns of one height; one number of days serves all months."""
    sales = column(numbers(monthly_sales, argument))
    length = column(numbers(days, "month_days", low=0))
    if len(length) == 1:
        length = np.repeat(length, len(sales))
    same_height(monthly_sales=sales, month_days=length)
    return sales, length
