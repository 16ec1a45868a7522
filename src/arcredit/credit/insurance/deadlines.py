"""The dates a policy counts from an unpaid due date, and the duties that fall due soon.

Source: Atradius Belgium, glossary (stop of deliveries, maximum extension period, waiting period) and Atradius
Ireland, "Maximise your claim pay-out" (notice within 30 days after the extension).
"""

from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.block import one_number
from arcredit.credit.insurance.insurance_policy import Schedule, read_schedule
from arcredit.credit.insurance.insured_limit import codes
from arcredit.credit.period import after, period
from arcredit.errors import InputError
from arcredit.shapes import (
    Dates,
    Days,
    Labels,
    Numbers,
    Table,
    coded,
    dates,
    labels,
    numbers,
    one_date,
    result,
    same_height,
)
from arcredit.words import say

DUTIES = ("stop deliveries", "give notice", "date of loss", "file claim", "due date missing")


def tci_stop_date(oldest_due_date: Dates, extension_days: Numbers) -> Any:
    """Last day on which a delivery is still covered; the day after is out.

    仍受承保的最后发货日，次日起发货不承保。

    Parameters
    ----------
    oldest_due_date : Dates
        Due date of the oldest undisputed unpaid invoice. [date]
        最早一张无争议未付发票的到期日。
    extension_days : Numbers
        Maximum extension period: whole days, or calendar months as "2 months". [days]
        最长延期期限：整天数，或按月写作“2个月”。

    Returns
    -------
    Dates
        The stop date. [date]

    Raises
    ------
    InputError
        Negative or broken days; text that is no period.

    Notes
    -----
    Due date plus the period; calendar months end inside the month. Where a policy counts from the invoice
    date, give that date. Goods shipped after the stop stay uncovered even if the old invoice is paid later.

    Source: Atradius Belgium, glossary; worked example, hand-computed.

    Examples
    --------
    >>> str(tci_stop_date("2025-03-31", 60))
    '2025-05-30'
    """
    return result(after(dates(oldest_due_date, "oldest_due_date"), period(extension_days, "extension_days")))


def tci_notify_by(due_date: Dates, extension_days: Numbers, notice_days: Numbers) -> Any:
    """Last day for reporting an overdue invoice to the insurer.

    向保险公司通报逾期的最后日期。

    Parameters
    ----------
    due_date : Dates
        Original due date. [date]
        原到期日。
    extension_days : Numbers
        Maximum extension period: whole days, or calendar months as "2 months". [days]
        最长延期期限：整天数，或按月写作“2个月”。
    notice_days : Numbers
        Days, or months, for the notice after that. [days]
        延期届满后的通报期限：天数或月数。

    Returns
    -------
    Dates
        The last day of the notice. [date]

    Raises
    ------
    InputError
        Negative or broken days; text that is no period.

    Notes
    -----
    Due date plus extension plus notice, one after the other.

    Source: Atradius Ireland, "Maximise your claim pay-out"; worked example, hand-computed.

    Examples
    --------
    >>> str(tci_notify_by("2025-03-31", 60, 30))
    '2025-06-29'
    """
    extended = after(dates(due_date, "due_date"), period(extension_days, "extension_days"))
    return result(after(extended, period(notice_days, "notice_days")))


def tci_loss_date(due_date: Dates, waiting_days: Numbers, insolvency_date: Dates = None) -> Any:
    """Date of loss: the end of the waiting period, or the insolvency where that comes first.

    损失日：等待期届满日与破产日中较早者。

    Parameters
    ----------
    due_date : Dates
        Original due date. [date]
        原到期日。
    waiting_days : Numbers
        Waiting period: whole days, or calendar months as "6 months". [days]
        等待期：整天数，或按月写作“6个月”。
    insolvency_date : Dates, default blank
        Day the buyer became insolvent. [date]
        买方破产日。

    Returns
    -------
    Dates
        The date of loss. [date]

    Raises
    ------
    InputError
        Negative or broken days; text that is no period.

    Notes
    -----
    min(insolvency, due + waiting): an insolvency during the waiting period wins at once. Six months are not
    180 days: from 31 March they end on 30 September and 27 September.

    Source: Atradius Belgium, "Compensation"; worked example, hand-computed.

    Examples
    --------
    >>> str(tci_loss_date("2025-03-31", 180)), str(tci_loss_date("2025-03-31", "6 months"))
    ('2025-09-27', '2025-09-30')
    """
    waited = after(dates(due_date, "due_date"), period(waiting_days, "waiting_days"))
    sooner = np.fmin(waited, dates(insolvency_date, "insolvency_date"))
    return result(np.where(np.isnat(waited), waited, sooner))


def tci_file_by(due_date: Dates, filing_days: Numbers) -> Any:
    """Last day for filing the claim.

    提交索赔的最后日期。

    Parameters
    ----------
    due_date : Dates
        Original due date. [date]
        原到期日。
    filing_days : Numbers
        Filing period from the due date: whole days, or calendar months as "8 months". [days]
        自到期日起的索赔期限：整天数，或按月写作“8个月”。

    Returns
    -------
    Dates
        The last day of filing. [date]

    Raises
    ------
    InputError
        Negative or broken days; text that is no period.

    Notes
    -----
    Due date plus the period; late filing is not negotiable.

    Source: Securitas Global Risk Solutions, "How to file a claim"; worked example, hand-computed.

    Examples
    --------
    >>> str(tci_file_by("2025-03-31", 240))
    '2025-11-26'
    """
    return result(after(dates(due_date, "due_date"), period(filing_days, "filing_days")))


def tci_deadlines(
    customer: Labels,
    invoice: Labels,
    due_date: Dates,
    open_amount: Numbers,
    as_of: Dates,
    policy: Any,
    horizon_days: Numbers = 30,
) -> Table:
    """Insurance duties passed or due within the horizon, soonest first, with the amount at stake.

    已过期或即将到期的保险义务，按日期先后列出，并注明涉及金额。

    Parameters
    ----------
    customer : Labels
        Customers of the open items.
        未清项目的客户。
    invoice : Labels
        Invoice numbers.
        发票号。
    due_date : Dates
        Original due dates. [date]
        原到期日。
    open_amount : Numbers
        Open amounts; credits have no deadlines. [currency]
        未清金额；贷项没有时限。
    as_of : Dates
        The day to look from. [date]
        查看日。
    policy : Any
        Policy schedule: two columns, key and value.
        保单条款：两列，条款名与数值。
    horizon_days : Numbers, default 30
        How far to look ahead. [days]
        向前查看的天数。

    Returns
    -------
    Table
        customer, invoice, duty, date, days_left (negative: passed), amount. Duties: stop deliveries (once per
        customer, all its open debt), give notice, date of loss, file claim, due date missing.

    Raises
    ------
    InputError
        A policy without any of the four periods; unequal heights; a negative horizon.

    Notes
    -----
    stop = due + maximum_extension_days; notice = stop + notice_days; loss = due + waiting_days; file = due
    + filing_days. A duty of which the policy states no period does not appear. Passed duties stay in the
    list while the invoice is open: the table does not know what was done. Disputed invoices should be left
    out of the columns. Invoices without due date come last.

    Source: Atradius Belgium, glossary; Atradius Ireland, "Maximise your claim pay-out"; worked example.

    Examples
    --------
    >>> policy = {"maximum_extension_days": 60, "notice_days": 30, "waiting_days": 180}
    >>> soon = tci_deadlines(["A"], ["1"], ["2025-03-31"], [100.0], "2025-05-20", policy, 60)
    >>> soon["duty"].tolist(), soon["days_left"].tolist()
    (['stop deliveries', 'give notice'], [10.0, 40.0])
    """
    schedule, day = read_schedule(policy), one_date(as_of)
    far = one_number(horizon_days, "horizon_days", 30, low=0)
    who, names = codes(coded(customer, "customer"))
    number = labels(invoice, "invoice").reshape(-1)
    due, amount = dates(due_date, "due_date").reshape(-1), numbers(open_amount, "open_amount").reshape(-1)
    same_height(customer=who, invoice=number, due_date=due, open_amount=amount)
    rows = np.flatnonzero(amount > 0)
    who, number, due, amount = who[rows], number[rows], due[rows], amount[rows]
    duty, row, date = _duties(who, due, schedule)
    debt = money.grouped(amount, who, len(names))
    stake = np.where(duty == DUTIES.index("stop deliveries"), debt[who[row]], amount[row])
    left = np.where(np.isnat(date), np.nan, (date - day).astype(np.float64))
    near = np.flatnonzero(np.isnan(left) | (left <= far))
    line = near[np.lexsort((row[near], duty[near], np.nan_to_num(left[near], nan=np.inf)))]
    return Table(
        {
            "customer": names[who[row[line]]],
            "invoice": number[row[line]],
            "duty": np.array(DUTIES, object)[duty[line]],
            "date": date[line],
            "days_left": left[line],
            "amount": stake[line],
        }
    )


def _duties(who: Any, due: Days, schedule: Schedule) -> tuple[Any, Any, Days]:
    """Every duty: its number, the invoice it comes from, its date."""
    periods = (
        (schedule.maximum_extension_days,),
        (schedule.maximum_extension_days, schedule.notice_days),
        (schedule.waiting_days,),
        (schedule.filing_days,),
    )
    stated = [duty for duty, spans in enumerate(periods) if None not in spans]
    if not stated:
        raise InputError("insurance.no_periods", cell="#VALUE!", argument="policy")
    dated = np.flatnonzero(~np.isnat(due))
    oldest_first = dated[np.argsort(due[dated], kind="stable")]
    oldest = oldest_first[np.unique(who[oldest_first], return_index=True)[1]]
    undated = np.flatnonzero(np.isnat(due))
    duties, rows, days = [np.full(len(undated), len(DUTIES) - 1)], [undated], [due[undated]]
    for duty in stated:
        row = oldest if duty == 0 else dated
        date = due[row]
        for span in periods[duty]:
            assert span is not None
            date = after(date, span)
        duties.append(np.full(len(row), duty))
        rows.append(row)
        days.append(date)
    return np.concatenate(duties), np.concatenate(rows), np.concatenate(days)


def duty_text(duty: str, language: str = "en") -> str:
    """A duty as a person reads it."""
    return say(f"insurance.duty.{duty}", language)
