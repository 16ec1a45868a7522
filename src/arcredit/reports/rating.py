"""The grade of every customer: the one that the customers' sheet gives, else that of the scorecard."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit.customer.rating import credit_grade, credit_z_score
from arcredit.credit.customer.scorecard import credit_grade_cap, credit_score
from arcredit.credit.customer.trouble import Troubles, troubles
from arcredit.credit.receivables.portfolio import share_of
from arcredit.credit.receivables.trade import Trade
from arcredit.reports.inputs import Inputs
from arcredit.reports.rows import Rows
from arcredit.shapes import Days, Floats, Texts, with_last

FINANCIAL = ("z_score", "current_ratio", "equity_ratio", "interest_cover")
_MONTH = 30.4375


@dataclass(frozen=True)
class Rating:
    """Grades of customers, and what they rest on.

    ``source`` is ``given``, ``score`` or nothing. ``inputs`` are the arguments of `credit_scorecard`, an
    array each; ``financials`` the row of the latest accounts, -1 for none.
    """

    grade: Floats
    source: Texts
    score: Floats
    inputs: Mapping[str, Floats]
    financials: NDArray[np.intp]


def ratings(inputs: Inputs, drafts: Mapping[str, Trade]) -> dict[str, Rating]:
    """The rating of every currency's customers; one who trades in several has the worst of them in all."""
    found = {name: _rating(inputs, trade) for name, trade in drafts.items()}
    worst: dict[Any, float] = {}
    for name, trade in drafts.items():
        for customer, grade in zip(trade.customer, found[name].grade, strict=True):
            worst[customer] = np.fmax(grade, worst.get(customer, np.nan))
    return {
        name: _graded(rating, np.array([worst[customer] for customer in drafts[name].customer], np.float64))
        for name, rating in found.items()
    }


def _graded(rating: Rating, grade: Floats) -> Rating:
    known = (rating.source == "") & ~np.isnan(grade)
    return Rating(
        grade, np.where(known, "score", rating.source), rating.score, rating.inputs, rating.financials
    )


def _rating(inputs: Inputs, trade: Trade) -> Rating:
    place = {label: number for number, label in enumerate(trade.customer)}
    customers, accounts = Rows(inputs, "customers"), Rows(inputs, "financials")
    own = with_last(customers.numbers("grade"))[customers.latest(place, len(trade))]
    row = accounts.latest(place, len(trade), "period_end")
    arguments = _arguments(inputs, trade, accounts, row)
    score = np.asarray(credit_score(**{name: arguments[name] for name in _SCORED}), np.float64)
    has = {
        name: np.isfinite(np.fmax.reduce([arguments[item] for item in items])) for name, items in _HAS.items()
    }
    cap = credit_grade_cap(**has, **{name: arguments[name] for name in _CAPPED})
    scored = np.asarray(credit_grade(score, cap, arguments["accounts_age_months"]), np.float64)
    # A customer with no figure at all has no score; insolvency alone is enough for a grade.
    scored = np.where(np.isnan(scored) & (arguments["legal_events"] == 3), 10.0, scored)
    source = np.where(~np.isnan(own), "given", np.where(~np.isnan(scored), "score", ""))
    # Nobody's grade outlives an insolvency.
    grade = np.where(arguments["legal_events"] == 3, 10.0, np.where(np.isnan(own), scored, own))
    return Rating(grade, source.astype(object), score, arguments, row)


_SCORED = (*FINANCIAL, "pay_index", "years_in_business", "legal_events", "external_grade")
_CAPPED = ("legal_events", "bounced_90_days", "share_over_90_days", "accounts_age_months")
_HAS = {"has_financials": FINANCIAL, "has_history": ("pay_index",)}


ACCOUNTS = ("working_capital", "retained_earnings", "ebit", "equity", "total_liabilities")
"""What the Altman score takes from the accounts, beside total assets and sales."""


def _arguments(inputs: Inputs, trade: Trade, accounts: Rows, row: NDArray[np.intp]) -> dict[str, Floats]:
    def given(name: str) -> Floats:
        return np.asarray(with_last(accounts.numbers(name))[row])

    assets = np.where(given("total_assets") > 0, given("total_assets"), np.nan)
    accounts_of = {name: given(name) for name in ACCOUNTS}
    trouble = troubles_of(inputs, trade.customer)
    return {
        "z_score": np.asarray(credit_z_score(assets, **accounts_of)),
        "current_ratio": given("current_ratio"),
        "equity_ratio": np.minimum(given("equity") / assets, 1.0),
        "interest_cover": given("interest_cover"),
        "pay_index": trade.pay_index,
        "years_in_business": given("years_in_business"),
        "legal_events": np.fmax(given("legal_events"), trouble.legal),
        "external_grade": _graded_outside(given("external_grade")),
        "bounced_90_days": np.fmax(given("bounced_90_days"), trouble.bounced),
        "share_over_90_days": np.nan_to_num(share_of(trade.old, trade.open_amount)),
        "accounts_age_months": _age(with_last(accounts.dates("period_end"))[row], inputs),
    }


def _graded_outside(grade: Floats) -> Floats:
    """Agencies' grades on our scale; a number beyond it says nothing."""
    return np.where((grade >= 1) & (grade <= 10), grade, np.nan)


def _age(period_end: Days, inputs: Inputs) -> Floats:
    """Months since the accounts were made up."""
    days = (np.datetime64(inputs.as_of, "D") - period_end) / np.timedelta64(1, "D")
    return np.floor(np.maximum(days, 0.0) / _MONTH)


def troubles_of(inputs: Inputs, customer: Texts) -> Troubles:
    """What the records know against each customer: insolvency, lawsuits, bounced payments, stops."""
    rows, events = Rows(inputs, "customers"), Rows(inputs, "events")
    place = {label: number for number, label in enumerate(customer)}
    row = rows.latest(place, len(customer))
    doubtful = np.array([text is not None for text in events.texts("to_confirm")], bool)
    counts = ~doubtful | events.flags("confirm")
    return troubles(
        np.array([place.get(label, -1) for label in events.texts("customer")], np.intp)[counts],
        events.texts("kind")[counts],
        events.dates("date")[counts],
        events.numbers("severity")[counts],
        with_last(rows.dates("insolvency_date"))[row],
        np.append(rows.flags("legal_stop"), False)[row],
        inputs.as_of,
    )
