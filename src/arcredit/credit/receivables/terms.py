"""Due dates from the terms of payment, and days past due.

Source: worked examples, hand-computed; OCA aged partner balance for what is due today.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from arcredit import distinct
from arcredit.errors import InputError
from arcredit.shapes import Dates, Days, Labels, dates, labels, result


class Terms(NamedTuple):
    """Terms of payment: months, days, month's end, days after it, in this order; or a day of next month."""

    months: int = 0
    days: int = 0
    month_end: bool = False
    days_after: int = 0
    day_next: int = 0  # that day of the following month, its last one where it is shorter; 0: none


_N = r"(\d{1,4})"
_DAY = r"(0?[1-9]|[12]\d|3[01])"
_DAYS = r"(?:days?|d|天|日)?"
_END = r"(?:eom|endofmonth|monthend|月末|月底)"
_PATTERNS: tuple[tuple[str, Callable[..., Terms]], ...] = (
    (rf"(?:net|nt|n|n/|z|账期|净)?{_N}{_DAYS}(?:net)?", lambda n: Terms(days=n)),
    (rf"{_N}{_DAYS}(?:from|after|of)?(?:the)?invoice(?:date)?", lambda n: Terms(days=n)),
    (rf"(?:开票|发票|票)(?:日期?)?(?:之?后|起){_N}{_DAYS}(?:内|付款|内付款)?", lambda n: Terms(days=n)),
    (rf"[\d.]+(?:%|%?/)\d+{_DAYS},?(?:net|n|n/){_N}{_DAYS}", lambda n: Terms(days=n)),
    (rf"(?:net|n|n/)?{_N}{_DAYS}{_END}", lambda n: Terms(days=n, month_end=True)),
    (rf"{_END}\+?{_N}{_DAYS}", lambda n: Terms(month_end=True, days_after=n)),
    (rf"月结{_N}{_DAYS}", lambda n: Terms(month_end=True, days_after=n)),
    (rf"{_END}|当月末|当月底", lambda: Terms(month_end=True)),
    (rf"(?:net|n)?{_N}(?:months?|m|个月)", lambda n: Terms(months=n)),
    (rf"{_DAY}(?:st|nd|rd|th)?(?:of)?(?:next|following)(?:month)?", lambda n: Terms(day_next=n)),
    (rf"(?:次月|下月){_DAY}(?:日|号)", lambda n: Terms(day_next=n)),
    (r"次月末|次月底|下月末|下月底", lambda: Terms(day_next=31)),
    (
        r"(?:due)?(?:upon|on)receipt|immediate(?:ly)?|见票即付|收到发票即付|收票即付|即期|即付|现付|现结",
        lambda: Terms(),
    ),
)


def parsed(text: str) -> Terms | None:
    """Terms as written, None where they cannot be read in one way only.

    Examples
    --------
    >>> parsed("Net 30 days")
    Terms(months=0, days=30, month_end=False, days_after=0, day_next=0)
    >>> parsed("月结") is None
    True
    """
    word = re.sub(r"\s+|(?<=\d)\.0$", "", text.lower())
    for pattern, terms in _PATTERNS:
        if found := re.fullmatch(pattern, word):
            return terms(*map(int, found.groups()))
    return None


def ar_due_date(invoice_date: Dates, terms: Labels) -> Any:
    """The due date from the invoice date and the terms of payment.

    根据发票日期和付款条件推算到期日。

    Parameters
    ----------
    invoice_date : Dates
        Invoice date. [date]
        发票日期。
    terms : Labels
        30 or net 30; 30 eom (days, then month's end); eom 30 or 月结30 (month's end, then days); 1m (months);
        10 next (10th of next month); on receipt.
        付款条件：30 或 net 30；30 eom（先加天数再到月末）；eom 30 或 月结30（先到月末再加天数）；
        1m（月数）；10 next（次月10日）；on receipt（收到发票即付）。

    Returns
    -------
    date
        Due date; blank (#N/A) where the invoice date or the terms are.

    Raises
    ------
    InputError
        #VALUE! for terms that cannot be read in one way only, in those cells.

    Notes
    -----
    Read besides, in any case and spacing: n30, n/30, nt30, z030, 30 days, 30d, 30天, 账期30天, 30 days from
    invoice date, 票后30天, 2/10 net 30 and 2% 10 net 30 (the net date),
    30 days end of month, end of month + 30 days, eom, 月末, 3 months, 3个月, 10th of following month,
    次月10日, 次月末, due on receipt, immediate, 收到发票即付, 即期, 现结.
    Months keep the day and stop at the month's end: 31 January + 1m is 28 or 29 February. "10 next" in a
    shorter month is its last day. The two readings of "end of month" differ by up to a month.
    Refused because they hang on another event or read two ways: 月结 alone, 货到付款, cash on delivery,
    prepayment, instalments (one open item each).

    Source: worked example, hand-computed.

    Examples
    --------
    >>> ar_due_date("2025-01-15", ["net 30", "30 eom", "eom 30", "1m", "10 next"]).astype(str).tolist()
    ['2025-02-14', '2025-02-28', '2025-03-02', '2025-02-15', '2025-02-10']
    """
    invoiced = dates(invoice_date, "invoice_date")
    given = terms if isinstance(terms, np.ndarray) else np.asarray(labels(terms, "terms"), object)
    code, written = distinct.codes(given.reshape(-1))
    texts = labels(np.asarray(written, object), "terms")
    read = [Terms() if text is None else parsed(text) for text in texts]
    wrong = np.array([*(item is None for item in read), False])[code]
    if wrong.any():
        found = given.reshape(-1)[wrong][0]
        raise InputError(
            "aging.unknown_terms",
            cell="#VALUE!",
            where=wrong.reshape(given.shape),
            argument="terms",
            found=str(found),
        )
    blank = np.array([*(text is None for text in texts), True])[code].reshape(given.shape)
    parts = np.array([*(item or Terms() for item in read), Terms()], np.int64)[code]
    fields = (part.reshape(given.shape) for part in parts.T)
    due = _due(invoiced, *fields)
    return result(np.asarray(np.where(blank, np.datetime64("NaT", "D"), due)))


def _due(day: Days, months: Any, days: Any, month_end: Any, days_after: Any, day_next: Any) -> Days:
    due = (_months_later(day, months) if np.any(months) else day) + days
    if np.any(month_end):
        due = np.where(month_end != 0, _first_of_month(due, 1) - 1, due) + days_after
    if np.any(day_next):
        following = np.minimum(_first_of_month(day, 1) + (day_next - 1), _first_of_month(day, 2) - 1)
        due = np.where(day_next > 0, following, due)
    return np.asarray(due)


def _months_later(day: Days, months: Any) -> Days:
    """The same day of a later month, its last day where it is shorter."""
    into = day - _first_of_month(day, 0)
    return np.asarray(np.minimum(_first_of_month(day, months) + into, _first_of_month(day, months + 1) - 1))


def _first_of_month(day: Days, later: Any) -> Days:
    return np.asarray((day.astype("datetime64[M]") + later).astype("datetime64[D]"))


def ar_days_past_due(due_date: Dates, as_of: Dates, paid_date: Dates = None) -> Any:
    """Days past due on a day, or on the day of payment if that came first; negative while not yet due.

    截至某日的逾期天数；已付款的算到付款日为止；未到期为负数。

    Parameters
    ----------
    due_date : Dates
        Due date. [date]
        到期日。
    as_of : Dates
        The day it is counted to. [date]
        截止日。
    paid_date : Dates, optional
        Day of payment; blank is unpaid, a later day than as_of counts as unpaid. [date]
        付款日；空白表示未付，晚于截止日的视同未付。

    Returns
    -------
    number
        Whole days; blank (#N/A) where a date is missing.

    Notes
    -----
    days = min(as_of, paid_date) - due_date. What is due today is 0 days past due, hence not overdue.

    Source: OCA aged partner balance (due on the day itself is not due); product rule for paid items.

    Examples
    --------
    >>> ar_days_past_due(["2025-07-01", "2025-06-30", "2025-05-31"], "2025-06-30").tolist()
    [-1.0, 0.0, 30.0]
    >>> float(ar_days_past_due("2025-05-31", "2025-06-30", "2025-06-05"))
    5.0
    """
    due, day, paid = dates(due_date, "due_date"), dates(as_of, "as_of"), dates(paid_date, "paid_date")
    days = np.asarray(np.fmin(day, paid) - due)
    unknown = np.isnat(days) | np.isnat(day)
    return result(np.where(unknown, np.nan, days.astype(np.float64)))
