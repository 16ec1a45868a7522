"""The order check: may this order be shipped on credit, and if not, why."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcredit.credit.customer.exposure import exact
from arcredit.credit.customer.limit import NO_CREDIT_FROM_GRADE
from arcredit.credit.customer.policy import grades
from arcredit.credit.docstrings import parameters_of
from arcredit.shapes import (
    Booleans,
    Dates,
    Flags,
    Floats,
    Labels,
    Numbers,
    Texts,
    dates,
    flags,
    numbers,
    result,
)

REVIEW_FROM_GRADE = 7
"""From this grade the default policy asks for a prepayment: somebody must look."""
NEAR_LIMIT = 0.85
"""Above this utilisation, the order included, a higher limit should be asked for before it is needed."""
GRACE_DAYS = 15


class Verdict(NamedTuple):
    """Places in `_VERDICTS` and `_REASONS`."""

    verdict: NDArray[np.intp]
    reason: NDArray[np.intp]


def credit_check(
    order_amount: Numbers,
    credit_limit: Numbers,
    exposure: Numbers,
    oldest_days_past_due: Numbers = None,
    grade: Numbers = None,
    grace_days: Numbers = 15,
    limit_expiry: Dates = None,
    as_of: Dates = None,
    insurer_stop: Booleans = None,
    legal_stop: Booleans = None,
) -> Labels:
    """Whether an order may be shipped on credit: OK, REVIEW or HOLD.

    订单能否赊销发货：OK（放行）、REVIEW（复核）或 HOLD（暂停）。

    Parameters
    ----------
    order_amount : Numbers
        Amount of the order with VAT; 0 checks the customer as it is. [currency]
        订单含税金额；填 0 则只检查客户现状。
    credit_limit : Numbers
        Credit limit; a blank is unknown, never unlimited; 0 is no credit. [currency]
        信用额度；留空表示未知，绝不视为不限额；0 表示不授信。
    exposure : Numbers
        Exposure before the order, such as from CREDIT_EXPOSURE. [currency]
        接单前的信用敞口，例如 CREDIT_EXPOSURE 的结果。
    oldest_days_past_due : Numbers, default blank
        Days past due of the oldest undisputed open item; blank = nothing overdue. [days]
        最早一笔无争议未收款的逾期天数；留空表示无逾期。
    grade : Numbers, default blank
        Grade, 1 (best) to 10; blank = not looked at. [grade]
        信用等级，1（最好）至 10；留空则不检查。
    grace_days : Numbers, default 15
        Days past due that are still tolerated. [days]
        容许的逾期天数。
    limit_expiry : Dates, default blank
        Last day of the limit; blank = no end. [date]
        额度最后有效日；留空表示无期限。
    as_of : Dates, default blank
        Day of the check; needed where the limit has a last day. [date]
        检查日期；额度有到期日时必填。
    insurer_stop : Booleans, default False
        TRUE where the insurer cancelled or stopped cover for new deliveries. [flag]
        保险公司已撤销限额或通知停止发货时填 TRUE。
    legal_stop : Booleans, default False
        TRUE where a legal stop stands: insolvency, lawsuit, sanctions, bounced payment open. [flag]
        有法律性停货原因时填 TRUE：破产、诉讼、制裁、退票未解决。

    Returns
    -------
    Labels
        OK, REVIEW or HOLD; blank where the order is blank, or limit or exposure is and nothing else holds.

    Raises
    ------
    InputError
        If an order, a limit or grace days are negative, or a grade is not a whole number from 1 to 10.

    Notes
    -----
    HOLD: legal stop; insurer stop; oldest item past due more than grace_days; exposure + order_amount above
    the limit (equal is not above), or the limit expired before as_of and there is an order; grade 9 or 10.
    REVIEW: more than 85 % of the limit used with the order; limit expired but no order; limit_expiry without
    as_of; grade 7 or 8, which the default policy ships against prepayment. Debt that is there is not touched
    by an expiry, goods already delivered not by an insurer's stop. Releasing a HOLD needs a person, a reason
    and an end: that is not for a formula. The 15 days, the 85 % and the grades are product proposals.

    Source: product rule, hold rules; strict comparison as in public order checks (worked examples).

    Examples
    --------
    >>> credit_check(9_000, [120_000, 100_000, 0, None], 93_500).tolist()
    ['REVIEW', 'HOLD', 'HOLD', None]
    >>> str(credit_check(1_000, 120_000, 50_000, oldest_days_past_due=16))
    'HOLD'
    """
    return result(np.asarray(_VERDICTS[_judged(locals()).verdict], object))


@parameters_of(credit_check)
def credit_check_reason(
    order_amount: Numbers,
    credit_limit: Numbers,
    exposure: Numbers,
    oldest_days_past_due: Numbers = None,
    grade: Numbers = None,
    grace_days: Numbers = 15,
    limit_expiry: Dates = None,
    as_of: Dates = None,
    insurer_stop: Booleans = None,
    legal_stop: Booleans = None,
) -> Labels:
    """Why CREDIT_CHECK decided so: the first reason of legal, insurer, overdue, limit, grade.

    CREDIT_CHECK 的理由：按 legal、insurer、overdue、limit、grade 顺序取第一个起决定作用的。

    Returns
    -------
    Labels
        legal, insurer, overdue, limit or grade; empty text for OK; blank where the check is blank.

    Raises
    ------
    InputError
        As CREDIT_CHECK.

    Notes
    -----
    Of a HOLD the first reason to hold, of a REVIEW the first reason to review. What each means: CREDIT_CHECK.

    Source: product rule, order of the hold rules; worked examples, hand-computed.

    Examples
    --------
    >>> credit_check_reason(9_000, 100_000, [93_500, 50_000], 30, legal_stop=[False, True]).tolist()
    ['overdue', 'legal']
    """
    return result(np.asarray(_REASONS[_judged(locals()).reason], object))


def exposure_in_turn(
    customer: NDArray[np.intp], order_amount: Floats, credit_limit: Floats, exposure: Floats, held: Flags
) -> Floats:
    """The exposure before each of several orders: earlier orders that can be released use up the headroom.

    Parameters
    ----------
    customer : array of int
        Customer of each order; the orders stand in the order in which they are to be released.
    order_amount, credit_limit, exposure : array
        Of each order; `exposure` is the customer's without any order. [currency]
    held : array of bool
        Orders that are held for another reason than the limit: they are not shipped and use up nothing.

    Notes
    -----
    An order that would exceed the limit is not shipped either, so a smaller one behind it may still fit.
    With an unknown limit every earlier order counts.

    Source: product rule; worked example, hand-computed.

    Examples
    --------
    >>> who, none = np.zeros(3, int), np.zeros(3, bool)
    >>> room, owed = np.full(3, 100.0), np.full(3, 40.0)
    >>> exposure_in_turn(who, np.array([30.0, 50.0, 30.0]), room, owed, none).tolist()
    [40.0, 70.0, 70.0]
    """
    used: dict[int, float] = {}
    before = np.empty(len(customer))
    rows = zip(customer.tolist(), order_amount, credit_limit, exposure, held, strict=True)
    for row, (who, order, limit, owed, stays) in enumerate(rows):
        before[row] = exact(used.setdefault(who, float(owed)))
        after = float(exact(before[row] + order))
        if not stays and not after > exact(limit):
            used[who] = after
    return before


def _judged(given: Mapping[str, Any]) -> Verdict:
    order = numbers(given["order_amount"], "order_amount", low=0)
    limit = numbers(given["credit_limit"], "credit_limit", low=0)
    used = exact(order + numbers(given["exposure"], "exposure"))
    hold, review = _reasons(given, order, limit, used)
    held = _first(hold)
    reason = np.where(held > 0, held, _first(review))
    verdict = np.where(held > 0, _HOLD, np.where(reason > 0, _REVIEW, _OK))
    # Another reason holds an order whose limit nobody knows; nothing lets it pass.
    unknown = np.isnan(order) | (np.isnan(limit + used) & (held == 0))
    return Verdict(np.where(unknown, _UNKNOWN, verdict), np.where(unknown, len(_REASONS) - 1, reason))


def _reasons(given: Mapping[str, Any], order: Any, limit: Any, used: Any) -> tuple[list[Flags], list[Flags]]:
    """Where each reason holds the order, and where it asks for a review; both in the order of `_REASONS`."""
    grade = grades(given["grade"])
    days = numbers(given["oldest_days_past_due"], "oldest_days_past_due")
    grace = numbers(given["grace_days"], "grace_days", low=0)
    end, day = dates(given["limit_expiry"], "limit_expiry"), dates(given["as_of"], "as_of")
    ended = day > end
    unclear = ~np.isnat(end) & np.isnat(day)
    hold = [
        flags(given["legal_stop"], "legal_stop"),
        flags(given["insurer_stop"], "insurer_stop"),
        days > np.where(np.isnan(grace), GRACE_DAYS, grace),
        (used > exact(limit)) | (ended & (order > 0)),
        grade >= NO_CREDIT_FROM_GRADE,
    ]
    never = np.asarray(False)
    near = (used > exact(NEAR_LIMIT * limit)) | ended | unclear
    return hold, [never, never, never, near, grade >= REVIEW_FROM_GRADE]


def _first(reasons: list[Flags]) -> NDArray[np.intp]:
    """The number of the first reason that is true, from 1; 0 where none is."""
    number = np.asarray(0)
    for place in range(len(reasons), 0, -1):
        number = np.where(reasons[place - 1], place, number)
    return number


_OK, _REVIEW, _HOLD, _UNKNOWN = range(4)
_VERDICTS: Texts = np.array(["OK", "REVIEW", "HOLD", None], object)
_REASONS: Texts = np.array(["", "legal", "insurer", "overdue", "limit", "grade", None], object)
