"""The plans of AR Payment Plan: the agreed ones with what came in, and proposals."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from arcredit.credit.insurance.insurance_policy import Schedule
from arcredit.credit.months import months_later
from arcredit.credit.period import after
from arcredit.credit.receivables.plan import ar_payment_plan
from arcredit.credit.receivables.plan_lines import overdue_debts
from arcredit.credit.receivables.portfolio import digits_of
from arcredit.credit.receivables.settlement import payments_of
from arcredit.errors import InputError
from arcredit.reports.inputs import Inputs
from arcredit.reports.insured import Insured, names_of
from arcredit.shapes import Days, Floats, Table, one_date, plain

_INSTALMENTS = 6
_BEFORE = np.timedelta64(31, "D")
"""A plan without a day of agreement is taken to begin a month before its first instalment."""
_NOT_A_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Plan:
    """A plan to be shown: its terms, and what came in for it where it is agreed."""

    customer: Any
    name: str
    currency: str
    debt: float
    terms: dict[str, Any]
    table: Table
    final_by: np.datetime64
    agreed_on: np.datetime64
    begin: np.datetime64
    received_on: Days
    received: Floats
    agreed: bool


@dataclass(frozen=True)
class Agreements:
    """Where plans come from: the record, or what is overdue."""

    inputs: Inputs

    def say(self, key: str, **values: object) -> str:
        """A text of this report."""
        return self.inputs.say(key, **values)

    @cached_property
    def insured(self) -> Insured:
        """The open items beside the policy."""
        return Insured(self.inputs, self.inputs.items)

    @property
    def schedule(self) -> Schedule | None:
        """The insurance, where the workbook has one."""
        return self.insured.schedule if self.inputs.records.has("insurance") else None

    def agreed(self) -> tuple[list[Plan], list[str]]:
        """The plans of the record, and what is wrong with those that cannot be computed."""
        table = self.inputs.records.table("plans")
        plans: list[Plan] = []
        troubles: list[str] = []
        for row in range(0 if table is None else len(table)):
            assert table is not None
            given = {name: plain(column[row]) for name, column in table.columns.items()}
            if self.inputs.customer and given["customer"] != self.inputs.customer:
                continue
            try:
                plans.append(self._agreed(given))
            except InputError as error:
                what = self.say("report_payment_plan.wrong", customer=given["customer"])
                troubles.append(f"{what} {error.text(self.inputs.language)}")
        return plans, troubles

    def _agreed(self, given: dict[str, Any]) -> Plan:
        customer = given["customer"]
        currency = str(given.get("currency") or self._only_currency(customer)).upper()
        final = self._final_by(customer, given.get("final_by"))
        table = self._table(given["debt"], given["first_date"], given, final, currency)
        first = table["date"][~np.isnat(table["date"])].min()
        agreed_on = np.datetime64(given.get("agreed_on") or "NaT", "D")
        begin = first - _BEFORE if np.isnat(agreed_on) else agreed_on
        day, amount = self._received(customer, currency, begin)
        name = given.get("customer_name") or self._name(customer)
        return Plan(
            customer,
            name,
            currency,
            float(given["debt"]),
            given,
            table,
            final,
            agreed_on,
            begin,
            day,
            amount,
            True,
        )

    def proposals(self) -> list[Plan]:
        """A plan for what is overdue and undisputed: of the chosen customer, else of the most overdue."""
        if not len(self.inputs.items):
            return []
        debts = overdue_debts(self.inputs.items, self.insured.disputed, self.inputs.as_of)
        if self.inputs.customer:
            rows = np.flatnonzero(debts["customer"] == self.inputs.customer).tolist()
        else:
            rows = self._most_overdue(debts)
        return [
            self._proposal(debts["customer"][row], debts["currency"][row], debts["debt"][row]) for row in rows
        ]

    def _most_overdue(self, debts: Table) -> list[int]:
        """The largest debt by the rates that are given; without them within the currency most in use."""
        if not len(debts):
            return []
        rates = {**self.inputs.rates, self.inputs.home: 1.0} if self.inputs.home else {}
        known = np.array([rates.get(name, np.nan) for name in debts["currency"]], np.float64)
        if np.isnan(known).all():
            count = {
                name: float(debts["documents"][debts["currency"] == name].sum()) for name in debts["currency"]
            }
            usual = max(sorted(count), key=lambda name: count[name])
            return [int(np.flatnonzero(debts["currency"] == usual)[0])]
        return [int(np.nanargmax(debts["debt"] * known))]

    def _proposal(self, customer: Any, currency: str, debt: float) -> Plan:
        rate = self.inputs.records.terms("settings").get("annual_rate")
        terms = {"instalments": _INSTALMENTS, "annual_rate": rate, "method": "equal", "frequency": "month"}
        first = months_later(np.datetime64(self.inputs.as_of), 1)
        final = self._final_by(customer, None)
        table = self._table(debt, first, terms, final, currency)
        nothing = np.zeros(0, "M8[D]"), np.zeros(0)
        begin = np.datetime64(self.inputs.as_of)
        return Plan(
            customer,
            self._name(customer),
            currency,
            float(debt),
            terms,
            table,
            final,
            _NOT_A_DAY,
            begin,
            *nothing,
            False,
        )

    def _table(self, debt: Any, first: Any, given: dict[str, Any], final: Any, currency: str) -> Table:
        return ar_payment_plan(
            debt,
            first,
            given["instalments"],
            given.get("annual_rate"),
            given.get("method") or "equal",
            given.get("frequency") or "month",
            given.get("down_payment"),
            None if np.isnat(final) else final,
            digits=digits_of(currency),
        )

    def _final_by(self, customer: Any, stated: Any) -> np.datetime64:
        """The insurer's last day: as stated, else the oldest unpaid due date and the maximum extension."""
        if stated is not None:
            return np.datetime64(stated, "D")
        schedule = self.schedule
        if schedule is None or schedule.maximum_extension_days is None:
            return _NOT_A_DAY
        items = self.inputs.items
        due = items.due_date[(items.customer.texts() == customer) & (items.open_amount > 0)]
        due = due[~np.isnat(due)]
        return one_date(after(due.min(), schedule.maximum_extension_days)) if len(due) else _NOT_A_DAY

    def _received(self, customer: Any, currency: str, begin: np.datetime64) -> tuple[Days, Floats]:
        """What the customer paid since the plan began, in its currency."""
        paid = payments_of(self.inputs.documents, self.inputs.events)
        named = np.array([name or "" for name in paid.currency], object)
        # Receipts often name no currency where the ledger has but one.
        mine = (paid.customer == customer) & ((named == currency) | (named == ""))
        mine &= (paid.date >= begin) & (paid.date <= np.datetime64(self.inputs.as_of))
        mine = mine.astype(bool)
        return paid.date[mine], paid.amount[mine]

    def _only_currency(self, customer: Any) -> str:
        items = self.inputs.documents
        if items.currency is None:
            return ""
        mine = items.currency.texts()[items.customer.texts() == customer]
        names = sorted({name for name in mine if name})
        return names[0] if len(names) == 1 else self.inputs.home

    def _name(self, customer: Any) -> str:
        for items in (self.inputs.items, self.inputs.documents):
            names = names_of(items)
            if names is not None:
                known = [name for name in names[items.customer.texts() == customer] if name]
                if known:
                    return str(known[0])
        return ""
