"""What is known against a customer: insolvency, lawsuits, bounced payments, stops."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcredit.credit.months import months_later
from arcredit.credit.receivables.incident import ASSUMED_SEVERITY, INCIDENT_DAYS
from arcredit.shapes import Days, Flags, Floats, Texts, one_date

LEGAL_MONTHS = 24
"""How far back legal events count for the score."""
_LEVELS = {"legal_suit": 1, "tax_lien": 2, "insolvency": 3}
_SEVERE = 3


class Troubles(NamedTuple):
    """Per customer the worst legal event (1 to 3), the bounced payments, and what stops an order.

    ``legal`` and ``bounced`` are NaN where nothing is known: no event is no proof that there was none.
    ``cancelled_on`` is the day on which the insurer last cancelled cover.
    """

    legal: Floats
    bounced: Floats
    insolvent: Flags
    legal_stop: Flags
    cancelled_on: Days


def troubles(
    customer: NDArray[np.intp],
    kind: Texts,
    date: Days,
    severity: Floats,
    insolvency_date: Days,
    stopped: Flags,
    as_of: Any,
) -> Troubles:
    """What is known on a day, out of events and of the customers' own lines.

    Parameters
    ----------
    customer : array of int
        Customer of each event, -1 for one that is none of ours.
    kind, date, severity : array
        The events, kinds as `incident.KINDS`; a blank severity is 2.
    insolvency_date, stopped : array
        Per customer: the day insolvency was opened, and whether deliveries are stopped by hand.
    as_of : date
        The day. [date]

    Notes
    -----
    Legal events of 24 months: a suit is 1, a lien 2, insolvency 3 (at any time); another legal event is 1, of
    severity 3 it is 2. Stopped: by hand, by insolvency, by a payment that bounced within 90 days, or by a
    suit or legal event of severity 3 within 90 days.

    Source: product rule, legal block of the scorecard and order of the hold rules.
    """
    day, count = one_date(as_of), len(insolvency_date)
    known = (customer >= 0) & (date <= day)
    customer, kind, date = customer[known], kind[known], date[known]
    severe = np.nan_to_num(severity[known], nan=ASSUMED_SEVERITY) >= _SEVERE
    level = np.array([_LEVELS.get(str(item), 0) for item in kind], np.float64)
    level = np.where(kind == "legal_event", 1.0 + severe, level)
    lasting = (date > one_date(months_later(day, -LEGAL_MONTHS))) | (kind == "insolvency")
    legal = np.zeros(count)
    np.maximum.at(legal, customer[lasting], level[lasting])
    insolvent = (insolvency_date <= day) | (legal == _SEVERE)
    legal = np.where(insolvent, _SEVERE, legal)
    recent = date > day - np.timedelta64(INCIDENT_DAYS, "D")
    bounced = np.bincount(customer[recent & (kind == "bounced_payment")], minlength=count).astype(np.float64)
    sued = recent & severe & np.isin(kind.astype(str), ["legal_suit", "legal_event"])
    stop = stopped | insolvent | (bounced > 0) | (np.bincount(customer[sued], minlength=count) > 0)
    return Troubles(
        np.where(legal > 0, legal, np.nan),
        np.where(bounced > 0, bounced, np.nan),
        insolvent,
        stop,
        _last(customer, date, kind == "insurer_cancellation", count),
    )


def _last(customer: NDArray[np.intp], date: Days, rows: Flags, count: int) -> Days:
    never = np.iinfo(np.int64).min
    last = np.full(count, never)
    np.maximum.at(last, customer[rows], date[rows].astype("datetime64[D]").astype(np.int64))
    return np.where(last == never, np.datetime64("NaT", "D"), last.astype("datetime64[D]"))
