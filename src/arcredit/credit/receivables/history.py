"""A ledger month by month: what was open, what was overdue, what was sold, and the days that follow from it.

Receivables are net of unapplied credits, as the general ledger has them; what is not overdue is the rest
beside the overdue debits, so that best possible DSO and days delinquent add up to DSO. Credit sales are the
documents by their own dates, credit notes taken off; receipts and write-offs are no sales.

A figure is blank where the ledger cannot know it: sales before its first document, sales of a ledger that
holds open items only, past balances without the dates of receipts.

Source: Hackett and CRISK definitions of DSO, best possible DSO and average days delinquent; product rule
"never 0 for unknown".
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.months import DAY, MONTH
from arcredit.credit.receivables.aging import aging_matrix
from arcredit.credit.receivables.dso import (
    ar_cei,
    ar_days_delinquent,
    ar_dso,
    ar_dso_best,
    ar_dso_countback,
    ar_dso_weighted,
    ar_turnover,
    month_days,
    open_by_month,
    sales_by_month,
)
from arcredit.credit.receivables.open_items import Events, OpenItems, half_unit, open_at
from arcredit.credit.receivables.payment import ar_days_beyond_terms, ar_days_to_pay
from arcredit.credit.receivables.portfolio import across, by_currency
from arcredit.credit.receivables.settlement import document_rows
from arcredit.shapes import Days, Flags, Floats, Texts, one_date

SHOWN, ROLLING, YEAR, LOOK_BACK = 12, 3, 12, 36
_WINDOWS = np.arange(SHOWN)[:, np.newaxis] + np.arange(ROLLING)
"""The months, counted back, that the figures of each month shown look at: a line each."""


@dataclass(frozen=True)
class History:
    """The last months, oldest first; the last one ends on the day of the report.

    ``figures`` are those of that day by method; ``unknown`` says which reason makes a figure blank:
    ``open_items_only``, ``no_amounts``, ``no_receipts`` or ``too_short``.
    """

    ends: Days
    receivables: Floats
    overdue: Floats
    sales: Floats
    dso: Floats
    countback: Floats
    best: Floats
    delinquent: Floats
    cei: Floats
    figures: Mapping[str, float]
    unknown: Mapping[str, str]


@dataclass(frozen=True)
class Months:
    """Months back from a day, the newest first: it may be cut short by that day."""

    ends: Days
    days: Floats
    sales: Floats
    write_offs: Floats
    open_now: Floats
    older: float


class Payments(NamedTuple):
    """What was paid: the document's row, the amount, the document's dates, the day of payment."""

    row: NDArray[np.intp]
    amount: Floats
    invoice: Days
    due: Days
    date: Days


def histories(documents: OpenItems, events: Events | None, as_of: Any) -> list[tuple[str, History]]:
    """The history of every currency's ledger, in alphabetical order; "" is no currency."""
    parts = by_currency(documents)
    if len(parts) == 1 or events is None:
        return [(name, history(part, events, as_of)) for name, part in parts]
    return [(name, history(part, events_of(events, name, documents), as_of)) for name, part in parts]


def events_of(events: Events, name: str, documents: OpenItems) -> Events:
    """A currency's events, out of the whole ledger: by their own currency, else by that of their document.

    An event without either is in the ledger's only currency, or in none, as in `open_at`.
    """
    currency = np.full(len(documents), None) if documents.currency is None else documents.currency.texts()
    used = set(currency) - {None}
    only: Texts = np.array([*used] if len(used) == 1 else [None], object)
    theirs = np.append(currency, only)[document_rows(documents, events)] == (name or None)
    if events.currency is not None:
        stated = events.currency.codes >= 0
        own = np.array([str(label) == name for label in events.currency.labels] + [False])
        theirs = np.where(stated, own[events.currency.codes], theirs)
    return events.take(np.flatnonzero(theirs))


def history(documents: OpenItems, events: Events | None, as_of: Any) -> History:
    """The last twelve months of one currency's ledger.

    Parameters
    ----------
    documents : OpenItems
        Every document, settled ones too, of one currency.
    events : Events, optional
        Receipts, credit notes and write-offs of that currency.
    as_of : date
        The last day. [date]
    """
    day = one_date(as_of)
    now = open_at(documents, day, events)
    months = _months(documents, events, day, now)
    dated = events is not None or documents.paid_date is not None
    known = SHOWN + ROLLING if dated else 1
    receivables, overdue = np.full((2, SHOWN + ROLLING), np.nan)
    receivables[0], overdue[0] = _balance(now, day)
    for place in range(1, known):
        end = months.ends[place]
        if end >= _first_day(documents):
            receivables[place], overdue[place] = _balance(open_at(documents, end, events), end)
    by_month = _by_month(months, receivables, overdue)
    figures = {"dso_quarter" if name == "dso" else name: float(by_month[name][0]) for name in by_month}
    figures |= _year(months, receivables) | _payments(documents, events, day)
    return History(
        ends=months.ends[:SHOWN][::-1],
        receivables=receivables[:SHOWN][::-1],
        overdue=overdue[:SHOWN][::-1],
        sales=months.sales[:SHOWN][::-1],
        **{name: column[::-1] for name, column in by_month.items()},
        figures=figures,
        unknown=_reasons(figures, documents, events, months),
    )


def _months(documents: OpenItems, events: Events | None, day: np.datetime64, now: OpenItems) -> Months:
    days = month_days(day, LOOK_BACK)
    month = day.astype(MONTH) - np.arange(LOOK_BACK)
    open_now, older = open_by_month(now, day, LOOK_BACK)
    sales, write_offs = sales_by_month(documents, day, LOOK_BACK), np.zeros(LOOK_BACK)
    if events is not None:
        sales = across([sales, _of_kind(events, "credit_note", day)])
        write_offs = np.maximum(-_of_kind(events, "write_off", day), 0.0)
    blank = replace(documents, amount=np.isnan(documents.amount).astype(np.float64), kind=None)
    unknown = (month < _first_day(documents).astype(MONTH)) | (sales_by_month(blank, day, LOOK_BACK) > 0)
    sales = np.where(unknown | (not complete(documents, events)), np.nan, sales)
    starts = month.astype(DAY)
    return Months(starts + days.astype(np.int64) - 1, days, sales, write_offs, open_now, older)


def _of_kind(events: Events, name: str, day: np.datetime64) -> Floats:
    """What events of a kind come to by month, newest first."""
    back = (day.astype(MONTH) - events.date.astype(MONTH)).astype(np.int64)
    rows = _are(events, name) & ~np.isnat(events.date) & (events.date <= day) & (back < LOOK_BACK)
    return money.grouped(events.amount[rows], back[rows], LOOK_BACK)


def _first_day(documents: OpenItems) -> np.datetime64:
    dated = documents.invoice_date[~np.isnat(documents.invoice_date)]
    return np.datetime64(dated.min() if len(dated) else "9999-12-31", "D")


def complete(documents: OpenItems, events: Events | None) -> bool:
    """Whether the ledger holds settled documents too: without them its documents are not the sales."""
    if events is not None or (documents.paid_date is not None and not np.isnat(documents.paid_date).all()):
        return True
    return bool(np.any(np.abs(documents.open_amount) < half_unit(documents.currency)))


def _are(events: Events, name: str) -> Flags:
    if events.kind is None:
        return np.zeros(len(events), bool)
    wanted = np.array([str(label).lower() == name for label in events.kind.labels] + [False])
    return np.asarray(wanted[events.kind.codes])


def _balance(items: OpenItems, end: np.datetime64) -> tuple[float, float]:
    matrix = aging_matrix(items.customer, items.due_date, items.open_amount, end)
    return money.total(matrix.total), money.total(matrix.overdue)


def _by_month(months: Months, receivables: Floats, overdue: Floats) -> dict[str, Floats]:
    """The days and the CEI at the ends of the months shown, newest first."""
    closing, late = receivables[:SHOWN], overdue[:SHOWN]
    sold = _rolling(months.sales)
    days, lost = (amounts[_WINDOWS].sum(axis=1) for amounts in (months.days, months.write_offs))
    current = np.full(SHOWN, np.nan)
    counted = np.full(SHOWN, np.nan)
    for place in np.flatnonzero(~np.isnan(closing)):
        current[place] = money.total(np.array([closing[place], -late[place]]))
        counted[place] = ar_dso_countback(closing[place], months.sales[place:], months.days[place:])
    return {
        "dso": ar_dso(closing, sold, days),
        "countback": counted,
        "best": ar_dso_best(current, sold, days),
        "delinquent": ar_days_delinquent(late, sold, days),
        "cei": ar_cei(receivables[ROLLING : ROLLING + SHOWN], sold, closing, current, lost),
    }


def _rolling(amounts: Floats) -> Floats:
    """Sums of the windows, exact as all money; blank where a part is."""
    whole, scale = money.units(amounts)
    unknown = np.isnan(amounts[_WINDOWS]).any(axis=1)
    return np.where(unknown, np.nan, whole[_WINDOWS].sum(axis=1) / scale)


def _sum(amounts: Floats) -> float:
    """The sum, blank where a part is."""
    return float("nan") if np.isnan(amounts).any() else money.total(amounts)


def _year(months: Months, receivables: Floats) -> dict[str, float]:
    sold, days = _sum(months.sales[:YEAR]), months.days[:YEAR].sum()
    opening = receivables[YEAR] if len(receivables) > YEAR else np.nan
    weighted = ar_dso_weighted(months.open_now, months.sales, months.days) if not months.older else np.nan
    return {
        "dso_year": float(ar_dso(receivables[0], sold, days)),
        "weighted": float(weighted),
        "turnover": float(ar_turnover(sold, opening, receivables[0])),
    }


def _payments(documents: OpenItems, events: Events | None, day: np.datetime64) -> dict[str, float]:
    """Days to pay and days beyond terms of what was paid in the last twelve months."""
    paid = payments(documents, events)
    recent = (paid.date <= day) & (paid.date > day - 365) & (paid.amount > 0)
    recent &= ~(np.isnat(paid.invoice) | np.isnat(paid.due))
    amount, date = paid.amount[recent], paid.date[recent]
    return {
        "days_to_pay": ar_days_to_pay(amount, paid.invoice[recent], date),
        "beyond_terms": ar_days_beyond_terms(amount, paid.due[recent], date),
    }


def payments(documents: OpenItems, events: Events | None) -> Payments:
    """What was paid, by documents' own dates of payment or by receipts."""
    return _paid_documents(documents) if events is None else _receipts(documents, events)


def _paid_documents(documents: OpenItems) -> Payments:
    blank = np.full(len(documents), np.datetime64("NaT"), DAY)
    date = blank if documents.paid_date is None else documents.paid_date
    rows = np.arange(len(documents))
    return Payments(rows, documents.amount, documents.invoice_date, documents.due_date, date)


def _receipts(documents: OpenItems, events: Events) -> Payments:
    """Receipts with the dates of the document they pay; numbers that several documents share are left out."""
    number = pd.Series(np.arange(len(documents)), index=documents.document)
    number = number[~number.index.duplicated(keep=False) & number.index.notna()]
    place = pd.Index(number.index).get_indexer(events.document)
    other = np.any([_are(events, name) for name in ("credit_note", "write_off", "reversal")], axis=0)
    rows = np.flatnonzero((place >= 0) & ~other)
    target = number.to_numpy()[place[rows]]
    invoice, due = documents.invoice_date[target], documents.due_date[target]
    return Payments(target, -events.amount[rows], invoice, due, events.date[rows])


def _reasons(
    figures: Mapping[str, float], documents: OpenItems, events: Events | None, months: Months
) -> dict[str, str]:
    """Why each blank figure is blank."""
    if not complete(documents, events):
        sales = "open_items_only"
    elif np.isnan(documents.amount).all():
        sales = "no_amounts"
    else:
        sales = "too_short"
    reason = dict.fromkeys(figures, sales) | dict.fromkeys(("days_to_pay", "beyond_terms"), "no_receipts")
    if sales == "too_short" and events is None and documents.paid_date is None:
        # These two compare with a balance of the past.
        reason |= dict.fromkeys(("turnover", "cei"), "no_receipts")
    return {name: reason[name] for name, figure in figures.items() if figure != figure}
