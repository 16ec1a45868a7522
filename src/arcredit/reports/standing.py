"""Where every customer stands: trade, grade, limits, exposure; per currency, from ledger and records."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.customer.exposure import credit_exposure
from arcredit.credit.customer.limit import credit_limit, credit_limit_basis
from arcredit.credit.customer.own_limit import OwnLimit, own_limits
from arcredit.credit.insurance.insured_limit import (
    NO_DECISION,
    InForce,
    in_force,
    kind_number,
    read_limits,
)
from arcredit.credit.receivables.dispute import disputed_amounts
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.trade import Trade, nobody, trades
from arcredit.reports.currencies import Currencies
from arcredit.reports.inputs import Inputs
from arcredit.reports.insured_limits import decisions_in, schedule_in
from arcredit.reports.rating import Rating, ratings
from arcredit.reports.rows import Rows, policy_of, schedule_of, setting
from arcredit.shapes import Flags, Floats, Texts, with_last


@dataclass(frozen=True)
class Standing:
    """The customers of one currency, a line each.

    ``limit`` is the one that counts: our own where there is one, else the suggested one. ``insured`` is
    NaN where the workbook knows no insurance. ``arguments`` are those of the suggested limit.
    """

    currency: str
    customer: Texts
    name: Texts
    trade: Trade
    rating: Rating
    own: OwnLimit
    insured: InForce
    unbilled: Floats
    orders: Floats
    collateral: Floats
    exposure: Floats
    limit: Floats
    suggested: Floats
    basis: Texts
    arguments: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def is_own(self) -> Flags:
        """Whether our own limit counts."""
        return np.asarray(self.own.state != "none", bool)


@dataclass(frozen=True)
class Standings:
    """Every currency's customers, and the customers whose amounts could not be put into a currency."""

    parts: tuple[Standing, ...]
    unplaced: tuple[str, ...]
    policy: Any
    policy_trouble: str


def standings(inputs: Inputs) -> Standings:
    """Where every customer stands, of every currency that the ledger or the records name."""
    items = _with_disputes(inputs)
    found = dict(trades(inputs.documents, items, inputs.events, inputs.as_of))
    currencies = Currencies(inputs, {name: part.customer for name, part in found.items()})
    policy, trouble = policy_of(inputs)
    names = sorted(found.keys() | currencies.named)
    drafts = {name: _draft(inputs, name, found, currencies) for name in names}
    drafts = {name: draft for name, draft in drafts.items() if len(draft)}
    rated = ratings(inputs, drafts)
    parts = tuple(
        _standing(inputs, name, draft, rated[name], currencies, policy) for name, draft in drafts.items()
    )
    return Standings(parts, currencies.unplaced, policy, trouble)


def _with_disputes(inputs: Inputs) -> OpenItems:
    """The open items with the disputes that stand in a record of their own."""
    disputes = inputs.records.table("disputes")
    return replace(inputs.items, disputed_amount=disputed_amounts(inputs.items, disputes, inputs.as_of))


def _draft(inputs: Inputs, name: str, found: dict[str, Trade], currencies: Currencies) -> Trade:
    """The trade of everybody who has something in this currency: in the ledger or in a record."""
    theirs, others = found.get(name), currencies.customers(name)
    if theirs is None:
        theirs = nobody(inputs.documents, inputs.as_of)
    busy = (theirs.open_amount > 0) | (theirs.unapplied > 0) | (theirs.documents > 0)
    listed = np.array([label in others for label in theirs.customer], bool)
    known = theirs.customer[busy | listed]
    more = sorted(others - set(theirs.customer))
    return theirs.at(np.array([*known, *more, None], object)[:-1])


def _standing(
    inputs: Inputs, name: str, trade: Trade, rating: Rating, currencies: Currencies, policy: Any
) -> Standing:
    place = {label: number for number, label in enumerate(trade.customer)}
    customers, limits = Rows(inputs, "customers"), Rows(inputs, "limits")
    row = customers.latest(place, len(trade))
    here = np.array([currencies.one(label) == name for label in trade.customer], bool)
    own = own_limits(
        np.where(currencies.of(limits) == name, _codes(limits, place), -1),
        len(trade),
        *(limits.numbers("credit_limit"), limits.dates("valid_from"), limits.dates("valid_to")),
        *(limits.flags("temporary"), limits.dates("review_date"), inputs.as_of),
    )
    insured = _insured(inputs, name, trade, place, currencies)

    def of_customer(column: str) -> Floats:
        return np.where(here, np.nan_to_num(with_last(customers.numbers(column))[row]), 0.0)

    unbilled, collateral = of_customer("unbilled_deliveries"), of_customer("collateral")
    orders = _orders(inputs, name, place, currencies)
    exposure = np.asarray(
        credit_exposure(trade.open_amount, unbilled, orders, trade.unapplied, collateral), np.float64
    )
    arguments = _arguments(inputs, name, trade, rating, insured, customers, row, here, policy)
    suggested, basis = _suggested(arguments, insured)
    return Standing(
        currency=name,
        customer=trade.customer,
        name=_names(inputs, trade, place),
        trade=trade,
        rating=rating,
        own=own,
        insured=insured,
        unbilled=unbilled,
        orders=orders,
        collateral=collateral,
        exposure=exposure,
        limit=np.where(own.state == "none", suggested, own.limit),
        suggested=suggested,
        basis=basis,
        arguments=arguments,
    )


def _codes(rows: Rows, place: dict[Any, int]) -> NDArray[np.intp]:
    return np.array([place.get(label, -1) for label in rows.texts("customer")], np.intp)


def _names(inputs: Inputs, trade: Trade, place: dict[Any, int]) -> Texts:
    """Names as the ledger has them, else as the records do."""
    found = trade.name
    for record in ("customers", "limits", "orders"):
        rows, blank = Rows(inputs, record), np.array([name is None for name in found], bool)
        theirs = with_last(rows.texts("customer_name"))[rows.latest(place, len(trade))]
        found = np.where(blank, theirs, found)
    return found


def _orders(inputs: Inputs, name: str, place: dict[Any, int], currencies: Currencies) -> Floats:
    """Orders that are still to be shipped; one dated after the day is not there yet."""
    rows = Rows(inputs, "orders")
    code = np.where(currencies.of(rows) == name, _codes(rows, place), -1)
    counted = (code >= 0) & ~(rows.dates("date") > np.datetime64(inputs.as_of))
    return money.grouped(np.nan_to_num(rows.numbers("amount")[counted]), code[counted], len(place))


def _insured(
    inputs: Inputs, name: str, trade: Trade, place: dict[Any, int], currencies: Currencies
) -> InForce:
    """The insurer's limit in force in this currency; NaN where nobody knows it, or it stands in another."""
    rows, schedule = Rows(inputs, "insured_limits"), schedule_of(inputs)
    count = len(trade)
    if not rows and np.isnan(schedule.discretionary_limit):
        unknown = np.full(count, np.nan)
        return InForce(unknown, unknown, np.full(count, -1, np.int8))
    # A decision that ends before it begins says nothing.
    sound = ~(rows.dates("to") < rows.dates("from"))
    table = decisions_in(inputs, name)
    limit = rows.numbers("limit") if table is None else table["limit"]
    decisions = read_limits(
        {
            **{key: rows.texts(key)[sound] for key in ("customer", "kind")},
            **{key: rows.dates(key)[sound] for key in ("from", "to")},
            "limit": limit[sound],
            "insured_percentage": rows.numbers("insured_percentage")[sound],
        }
    )
    day = np.full(count, np.datetime64(inputs.as_of, "D"))
    own = schedule_in(inputs, schedule, name)
    found = in_force(decisions, _codes(rows, place)[sound], np.arange(count), day, own)
    here = np.array([currencies.insured(label) == name for label in trade.customer], bool)
    # A limit that needs no decision is as unknown as any other where it cannot be converted.
    lost = np.isnan(own.discretionary_limit) and not np.isnan(schedule.discretionary_limit)
    open_limit = here & (found.kind == NO_DECISION) & lost
    kind = np.where(open_limit, kind_number("discretionary"), np.where(here, found.kind, NO_DECISION))
    limit = np.where(here & ~open_limit, found.limit, np.nan)
    return found._replace(limit=limit, kind=kind.astype(np.int8))


def _suggested(arguments: dict[str, Any], insured: InForce) -> tuple[Floats, Texts]:
    """The suggested limits and what holds each down; unknown where they hang on an unknown insured limit."""
    found = np.asarray(credit_limit(**arguments), np.float64)
    basis = np.array(credit_limit_basis(**arguments), object)
    open_question = np.isnan(insured.limit) & (insured.kind >= 0)
    if not open_question.any():
        return found, basis
    none = np.where(open_question, 0.0, insured.limit)
    least = np.asarray(credit_limit(**(arguments | {"insured_limit": none})), np.float64)
    hangs = open_question & (least != found) & ~np.isnan(found)
    basis[hangs] = None
    return np.where(hangs, np.nan, found), basis


def _arguments(
    inputs: Inputs,
    name: str,
    trade: Trade,
    rating: Rating,
    insured: InForce,
    customers: Rows,
    row: NDArray[np.intp],
    here: Flags,
    policy: Any,
) -> dict[str, Any]:
    """What the suggested limit is made of; figures of the records go before those of the ledger."""
    accounts = Rows(inputs, "financials")
    rate = _rates(inputs, accounts, name, here, rating.financials)

    def given(column: str, factor: Any = 1.0) -> Floats:
        return np.asarray(with_last(accounts.numbers(column))[rating.financials] * factor)

    net_worth = np.where(np.isnan(given("tangible_net_worth")), given("equity"), given("tangible_net_worth"))
    terms = with_last(customers.numbers("terms_days"))[row]
    late = money.rounded(np.maximum(trade.late_terms, 0.0), 0)
    round_to = setting(inputs, "round_to")
    return {
        "annual_purchases": _first(given("annual_purchases", rate), trade.purchases),
        "terms_days": _first(terms, trade.terms_days),
        "grade": rating.grade,
        "usual_delay_days": _first(given("usual_delay_days"), late),
        "tangible_net_worth": net_worth * rate,
        "working_capital": given("working_capital", rate),
        "buyer_sales": given("sales", rate),
        "high_credit": _first(given("high_credit", rate), trade.high_credit),
        "days_beyond_terms": trade.late_terms,
        "insured_limit": insured.limit,
        "insured_percentage": insured.insured_percentage,
        "round_to": round_to if round_to > 0 else None,
        "policy": policy,
    }


def _first(preferred: Floats, other: Floats) -> Floats:
    return np.where(np.isnan(preferred), other, preferred)


def _rates(inputs: Inputs, accounts: Rows, name: str, here: Flags, row: NDArray[np.intp]) -> Floats:
    """What one unit of each customer's accounts is in this currency; NaN where no rate is given."""
    stated = with_last(accounts.texts("currency"))[row]
    rates = dict(inputs.rates) | ({inputs.home: 1.0} if inputs.home else {})
    found = [
        (1.0 if own else np.nan)
        if currency is None
        else 1.0
        if currency == name or not name
        else rates.get(currency, np.nan) / rates.get(name, np.nan)
        for currency, own in zip(stated, here, strict=True)
    ]
    return np.array(found, np.float64)
