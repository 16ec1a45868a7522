"""The insurer's decisions with their limits in the currency that is asked for."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.insurance.insurance_policy import Schedule
from arcredit.credit.receivables.portfolio import digits_of
from arcredit.errors import Finding
from arcredit.reports.inputs import Inputs
from arcredit.reports.rows import Rows
from arcredit.shapes import Table

_NAMED = 8
"""Customers named in a finding."""


def policy_currency(inputs: Inputs) -> str | None:
    """The policy's currency: the home currency, else the ledger's only one; None where nobody says.

    Where the ledger leaves it open, it is the one that all of the insurer's decisions state.
    """
    home = str(inputs.records.terms("settings").get("home_currency") or "").strip().upper()
    if home or inputs.home:
        return home or inputs.home
    items = inputs.items if len(inputs.items) else inputs.documents
    column = items.currency
    only = {""} if column is None else {str(name or "") for name in set(column.texts().tolist())}
    found = only.pop() if len(only) == 1 else None
    stated = {_upper(text) for text in Rows(inputs, "insured_limits").texts("currency")}
    return stated.pop() if not found and len(stated) == 1 and "" not in stated else found


class Exchange:
    """What currencies are worth in each other, as far as rates are given; nameless is the policy's own."""

    def __init__(self, inputs: Inputs) -> None:
        self.own = policy_currency(inputs)
        self._rates = {_upper(name): rate for name, rate in inputs.rates.items()} if inputs.home else {}
        self._rates |= {_upper(inputs.home): 1.0} if inputs.home else {}

    def rate(self, source: object, target: object) -> float:
        """What one unit of a currency is in another; NaN where nobody knows."""
        first, last = (_upper(name) or _upper(self.own) for name in (source, target))
        if first == last and (first or self.own is not None):
            return 1.0
        return self._rates.get(first, np.nan) / self._rates.get(last, np.nan)


def decisions_in(inputs: Inputs, targets: Iterable[str | None] | str | None) -> Table | None:
    """The insurer's decisions with their limits in one currency, or each in its own.

    A decision that states no currency is in the policy's. A limit that cannot be converted is unknown, and
    so is each where it is not known which currency is asked for.
    """
    table = inputs.records.table("insured_limits")
    if table is None:
        return None
    rows, exchange = Rows(inputs, "insured_limits"), Exchange(inputs)
    wanted = [targets] * len(rows) if targets is None or isinstance(targets, str) else list(targets)
    pairs = list(zip(rows.texts("currency"), wanted, strict=True))
    rates = {
        (source, name): np.nan if name is None else exchange.rate(source, name) for source, name in pairs
    }
    rate = np.array([rates[pair] for pair in pairs], np.float64)
    limit = rows.numbers("limit")
    for digits in {digits_of(name or "") for _, name in pairs}:
        here = np.array([digits_of(name or "") == digits for _, name in pairs], bool) & (rate != 1.0)
        limit = np.where(here, money.rounded(limit * rate, digits), limit)
    return Table({**table.columns, "limit": limit})


def schedule_in(inputs: Inputs, schedule: Schedule, target: str) -> Schedule:
    """The policy's terms with the limit that needs no decision in another currency."""
    rate = Exchange(inputs).rate("", target)
    if rate == 1.0 or np.isnan(schedule.discretionary_limit):
        return schedule
    limit = float(money.rounded(schedule.discretionary_limit * rate, digits_of(target)))
    return replace(schedule, discretionary_limit=limit)


def unconverted(inputs: Inputs) -> list[Finding]:
    """A finding for each currency of the insurer's limits that has no rate into the policy's.

    Where nobody knows the policy's, into what the customer owes.
    """
    rows, exchange = Rows(inputs, "insured_limits"), Exchange(inputs)
    owed = _owed(inputs) if exchange.own is None and len(rows) else {}
    missing: dict[str, list[str]] = {}
    asked: set[str] = set()
    for customer, stated in zip(rows.texts("customer"), rows.texts("currency"), strict=True):
        wanted = owed.get(customer, set()) if exchange.own is None else {exchange.own}
        if stated is not None and any(np.isnan(exchange.rate(stated, name)) for name in wanted):
            missing.setdefault(_upper(stated), []).append(str(customer))
            asked |= wanted
    sheet = inputs.records.places.get("insured_limits", "").partition("!")[0]
    found = []
    for name, customers in missing.items():
        named = list(dict.fromkeys(customers))
        shown = ", ".join(named[:_NAMED]) + (", …" if len(named) > _NAMED else "")
        values = {"currency": name, "customers": shown, "policy": ", ".join(sorted(asked)) or "?"}
        found.append(Finding("warning", inputs.ledger, sheet, "", "report.limit_rate", values))
    return found


def _owed(inputs: Inputs) -> dict[Any, set[str]]:
    """The currencies of what each customer owes."""
    found: dict[Any, set[str]] = {}
    if inputs.items.currency is not None:
        pairs = zip(inputs.items.customer.texts(), inputs.items.currency.texts(), strict=True)
        for customer, name in set(pairs):
            found.setdefault(customer, set()).add(str(name or ""))
    return found


def _upper(name: object) -> str:
    return str(name or "").strip().upper()
