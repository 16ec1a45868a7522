"""Early warning: every rule over every customer, in one table.

A rule is a function that yields `Signals`; to add one, write it and name it in `_found`. Thresholds are
product defaults, kept beside their rule.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np

from arcredit.credit.block import nothing, one_number
from arcredit.credit.receivables import incident, lateness, overrun
from arcredit.credit.receivables.signal import History, Signals
from arcredit.shapes import Dates, Labels, Numbers, Table, Texts, coded, dates, numbers, one_date, same_height

GRACE_DAYS, FALSE_DISCOVERY = 5, 0.05


def ar_warnings(
    customer: Labels,
    invoice_date: Dates,
    due_date: Dates,
    amount: Numbers,
    paid_date: Dates,
    as_of: Dates,
    events: Any = None,
    limits: Any = None,
    grace_days: Numbers = None,
    false_discovery: Numbers = None,
) -> Table:
    """Early warnings per customer: signal, level, value, threshold and what to do about it.

    客户风险预警：信号、级别、数值、阈值及建议措施。

    Parameters
    ----------
    customer : Labels
        Customer of each invoice. [text]
        每张发票的客户。
    invoice_date : Dates
        Invoice date. [date]
        发票日期。
    due_date : Dates
        Due date. [date]
        到期日。
    amount : Numbers
        Invoice amount; credits negative. [currency]
        发票金额；贷项为负。
    paid_date : Dates
        Day of payment; blank while open. [date]
        付款日；未付留空。
    as_of : Dates
        The day the ledger is judged; what happened later is not known yet. [date]
        评估日；其后发生的事项不计。
    events : Block, default blank
        Events with header row: customer, date, kind, severity (1 to 3), source, note. [table]
        事件表（带表头）：客户、日期、类型、严重程度（1 至 3）、来源、备注。
    limits : Block, default blank
        Limits with header row: customer, limit, from, to, kind, maximum_extension_days. [table]
        额度表（带表头）：客户、额度、起始日、截止日、类型、最长延期天数。
    grace_days : Numbers, default blank
        An invoice is late when paid more days after the due date; blank = 5. [days]
        超过到期日多少天付款才算逾期；留空为 5。
    false_discovery : Numbers, default blank
        Share of false alarms allowed in the tests over all customers, above 0 to 1; blank = 0.05. [fraction]
        各客户统计检验合计允许的误报比例；留空为 0.05。

    Returns
    -------
    Table
        Columns customer, signal, level (3 act today, 2 this week, 1 look, 0 too little known), value,
        threshold, action (watch, reduce, hold, stop_supply, notify_insurer, collect); worst first.

    Raises
    ------
    InputError
        If columns differ in height, as_of is blank, or a block lacks a column or has an unknown kind.

    Notes
    -----
    late_rise: late share of the invoices matured in the last 3 months against the 12 before (AR_LATE_RISE),
    significant with Benjamini-Hochberg over all customers, and at least 10 points up; value and threshold
    are the share now and the share that would have been an alarm. Invoices matured only: due date and
    grace have passed. Where more than 30 % of a customer's invoices are paid together, a payment run is
    one event. not_enough_history: so few invoices that the test could never alarm; neither an alarm nor
    an all-clear. delay_above_range: EWMA of monthly days beyond terms (AR_DELAY_TREND), open overdue items
    included; delay_growing: more than 2 days a month over 6 months, significant in the same way.

    From events: broken_promise 2 in 60 days; bounced_payment, rating_downgrade, insurer_reduction,
    insurer_cancellation 1 in 90 days; insolvency 1 in ten years; adverse_news, legal_suit, tax_lien,
    auditor_resignation, director_change, late_filing, legal_event from severity 2 in 90 days (blank counts
    as 2); dispute_surge: disputes per invoice twice the own average. From limits: over_limit (level 3
    above 110 %), near_limit above 85 %, limit_unknown, past_extension from 10 days before the insurer's
    maximum extension. concentration above 20 % of the ledger, concentration_hhi above 0.18 (customer blank:
    the whole ledger). All thresholds are product defaults. Rows without due date or amount are left out.

    Source: Benjamini and Hochberg (1995); Fisher, exact test; NIST/SEMATECH e-Handbook 6.3.2.4; Atradius
    glossary, 'Reporting obligation'; product rules.

    Examples
    --------
    >>> table = ar_warnings(["A"], ["2025-10-01"], ["2025-10-31"], [500], [None], "2025-12-31",
    ...                     limits=[["customer", "limit"], ["A", 400]])
    >>> [row[1] for row in table.rows()]
    ['over_limit', 'concentration', 'concentration_hhi', 'not_enough_history']
    """
    told = None if nothing(events) else incident.read_events(events)
    given = None if nothing(limits) else overrun.read_limits(limits)
    grace = one_number(grace_days, "grace_days", GRACE_DAYS, low=0, whole=True)
    extra = [] if told is None else [name for name in told[0] if name is not None]
    history = _history(
        customer, invoice_date, due_date, amount, paid_date, one_date(as_of), int(grace), extra
    )
    share = one_number(false_discovery, "false_discovery", FALSE_DISCOVERY, positive=True, high=1)
    rules = [
        lateness.late_rise(history, share),
        lateness.delay_trend(history, share),
        overrun.concentration(history),
    ]
    if told is not None:
        known = incident.known_events(told, history.names, history.as_of)
        rules += [
            rule(history, known) for rule in (incident.counted, incident.judged, incident.dispute_surge)
        ]
    if given is not None:
        rules += [rule(history, given) for rule in (overrun.over_limit, overrun.past_extension)]
    return _table(history.names, chain.from_iterable(rules))


def _history(
    customer: Labels,
    invoice_date: Dates,
    due_date: Dates,
    amount: Numbers,
    paid_date: Dates,
    as_of: np.datetime64,
    grace_days: int,
    extra: list[str],
) -> History:
    """The invoices known on the day, and every customer of the ledger and of the events."""
    who = coded(customer, "customer")
    invoiced, due, paid = (
        dates(item, name).reshape(-1)
        for item, name in ((invoice_date, "invoice_date"), (due_date, "due_date"), (paid_date, "paid_date"))
    )
    money = numbers(amount, "amount").reshape(-1)
    same_height(customer=who, invoice_date=invoiced, due_date=due, amount=money, paid_date=paid)
    rows = np.flatnonzero(~(invoiced > as_of) & ~np.isnan(money) & ~np.isnat(due))
    names: Texts = np.array(list(dict.fromkeys([*who.labels, *extra])), object)
    paid = np.where(paid > as_of, np.datetime64("NaT", "D"), paid)
    return History(
        names, who.codes[rows], invoiced[rows], due[rows], money[rows], paid[rows], as_of, grace_days
    )


def _table(names: Texts, found: Iterator[Signals]) -> Table:
    """All lines, worst level first, then by customer and in the order of the rules."""
    every = list(found)
    rule = np.repeat(np.arange(len(every)), [len(lines.customer) for lines in every])
    who, level, value, threshold = (
        np.concatenate([getattr(lines, part) for lines in every])
        for part in ("customer", "level", "value", "threshold")
    )
    action: Texts = np.concatenate([lines.action for lines in every])
    order = np.lexsort((rule, np.where(who < 0, len(names), who), -level))
    padded: Texts = np.array([*names, None], object)
    signal: Texts = np.array([lines.name for lines in every], object)
    return Table(
        {
            "customer": padded[who[order]],
            "signal": signal[rule[order]],
            "level": level[order],
            "value": value[order],
            "threshold": threshold[order],
            "action": action[order],
        }
    )
