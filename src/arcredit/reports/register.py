"""What the records say about customers and what the settings decide, with defaults that are stated."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from arcredit.credit.insurance.insurance_policy import TERMS, Schedule, read_schedule
from arcredit.credit.insurance.insured_limit import EXCLUDED
from arcredit.credit.receivables.agreed_plan import agreed_plans
from arcredit.credit.receivables.dispute import Contested, contested
from arcredit.credit.receivables.incident import PROMISE_DAYS
from arcredit.credit.receivables.late_charge import ChargeTerms
from arcredit.credit.receivables.open_items import Events
from arcredit.credit.receivables.plan import Standing
from arcredit.credit.receivables.portfolio import by_currency
from arcredit.credit.receivables.promise import promise_states
from arcredit.credit.receivables.settlement import document_rows, payments_of
from arcredit.credit.receivables.watch import Ceilings, Incidents
from arcredit.reports.currencies import Currencies
from arcredit.reports.inputs import Inputs
from arcredit.reports.insured_limits import decisions_in
from arcredit.reports.rows import Rows
from arcredit.shapes import Days, Flags, Table, Texts, coded, dates, flags, labels, numbers, one_date, plain
from arcredit.words import LANGUAGES

_TWICE_DAYS = 7
"""A broken promise that the events tell too, within so many days, counts once."""


@dataclass(frozen=True)
class Register:
    """Records beside the ledger, as the reports on customers need them."""

    inputs: Inputs

    @cached_property
    def names(self) -> dict[str, str]:
        """Customer names: those of the customers' record, else the ledger's."""
        found = dict(self._column("customers", "customer_name"))
        for items in (self.inputs.documents, self.inputs.items):
            if items.customer_name is None:
                continue
            pairs = zip(items.customer.codes.tolist(), items.customer_name.codes.tolist(), strict=True)
            for who, name in dict.fromkeys(pair for pair in pairs if min(pair) >= 0):
                found.setdefault(str(items.customer.labels[who]), str(items.customer_name.labels[name]))
        return found

    def text(self, name: str, customer: Any) -> str | None:
        """What the customers' record says, as text; None where it says nothing."""
        found = self._column("customers", name).get(customer)
        return None if found is None else str(found)

    def number(self, name: str, customer: Any) -> float:
        """A number of the customers' record; NaN where it has none."""
        found = self._column("customers", name).get(customer)
        return float("nan") if found is None else float(found)

    def day(self, name: str, customer: Any) -> np.datetime64 | None:
        """A date of the customers' record; None where it has none."""
        found = self._column("customers", name).get(customer)
        return None if found is None else one_date(found, name)

    def says(self, name: str) -> bool:
        """Whether the customers' record has anything in this column."""
        return bool(self._column("customers", name))

    def language(self, customer: Any) -> str:
        """The language of a customer's letters: his own, else the report's."""
        own = self.text("letter_language", customer)
        return own if own in LANGUAGES else self.inputs.language

    @cached_property
    def _columns(self) -> dict[tuple[str, str], dict[str, Any]]:
        return {}

    def _column(self, record: str, name: str) -> dict[str, Any]:
        key = (record, name)
        if key not in self._columns:
            table = self.inputs.records.table(record)
            known = table is not None and name in table.columns
            pairs = zip(table["customer"], table[name], strict=True) if table is not None and known else ()
            self._columns[key] = {
                str(who): plain(value)
                for who, value in pairs
                if plain(who) is not None and plain(value) not in (None, "")
            }
        return self._columns[key]

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The settings that are given."""
        return self.inputs.records.terms("settings")

    def setting(self, key: str) -> str:
        """A setting as text; empty where it is not given."""
        found = self.settings.get(key)
        return "" if found is None else str(found)

    @cached_property
    def charges(self) -> ChargeTerms:
        """How late payment is charged."""
        scheme = self.setting("interest_scheme").upper()
        rates = self._base_rates(scheme)
        flat = _share(self.settings.get("base_rate"))
        return ChargeTerms(
            scheme=scheme if scheme in ("EU", "UK", "CN") else "",
            annual_rate=_share(self.settings.get("annual_rate")),
            rates=flat if rates is None and flat == flat else rates,
        )

    def _base_rates(self, scheme: str) -> Any:
        table = self.inputs.records.table("base_rates")
        if table is None:
            return None
        mine = [str(one or scheme).upper() == scheme for one in _cells(table, "scheme")]
        rows = [
            [day, rate]
            for day, rate, wanted in zip(table["from"], table["rate"], mine, strict=True)
            if wanted
        ]
        return rows or None

    @cached_property
    def dunning_edges(self) -> Any:
        """Days from which each letter is due; the function's own where not given."""
        return self.setting("dunning_edges") or (3, 15, 30)

    @cached_property
    def schedule(self) -> Schedule | None:
        """The insurance policy's terms."""
        terms = self.inputs.records.terms("insurance")
        known = {key: value for key, value in terms.items() if key in TERMS}
        return read_schedule(known) if known else None

    @cached_property
    def promises(self) -> Table | None:
        """Promises with their states."""
        table = self.inputs.records.table("promises")
        if table is None:
            return None
        inputs = self.inputs
        return promise_states(
            table["customer"],
            _cells(table, "document"),
            table["promised_date"],
            _cells(table, "amount"),
            inputs.documents,
            inputs.events,
            inputs.as_of,
            _cells(table, "currency"),
        )

    @cached_property
    def incidents(self) -> Incidents:
        """Events, broken promises and disputes raised, as AR_WARNINGS reads them."""
        parts = [self._events(), self._broken(), self._raised()]
        return Incidents(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    def _events(self) -> Incidents:
        table = self.inputs.records.table("events")
        if table is None:
            return _no_incidents()
        who = labels(table["customer"], "events, customer")
        unsure = _confirmed(table)
        rows = np.array([name is not None for name in who], bool) & unsure
        severity = numbers(_cells(table, "severity"), "events, severity")
        day = dates(table["date"], "events, date")
        return Incidents(who[rows], day[rows], labels(table["kind"], "kind")[rows], severity[rows])

    def _broken(self) -> Incidents:
        """Promises that were not kept; those that the events tell too are not told twice."""
        table, told = self.promises, self._events()
        if table is None:
            return _no_incidents()
        rows = []
        for row in np.flatnonzero(table["state"] == "broken"):
            gap = (told.date - table["promised_date"][row]) / np.timedelta64(1, "D")
            same = (told.customer == table["customer"][row]) & (told.kind == "broken_promise")
            if not np.any(same.astype(bool) & (gap >= 0) & (gap <= _TWICE_DAYS)):
                rows.append(row)
        return _incidents(table["customer"][rows], table["promised_date"][rows], "broken_promise")

    def _raised(self) -> Incidents:
        """Disputes that customers raised."""
        table = self.inputs.records.table("disputes")
        if table is None:
            return _no_incidents()
        who = labels(_cells(table, "customer"), "disputes, customer")
        day = dates(_cells(table, "raised_on"), "raised_on")
        asked = Events(table["document"], coded(who, "customer"), day, np.zeros(len(table)))
        row = document_rows(self.inputs.documents, asked)
        unnamed = np.flatnonzero((who == None) & (row >= 0))  # noqa: E711
        who = who.copy()
        who[unnamed] = self.inputs.documents.customer.texts()[row[unnamed]]
        rows = np.flatnonzero((who != None) & ~np.isnat(day))  # noqa: E711
        return _incidents(who[rows], day[rows], "dispute")

    @cached_property
    def currencies(self) -> Currencies:
        """In which currency the amounts of the records are."""
        parts = by_currency(self.inputs.documents)
        return Currencies(self.inputs, {name: set(part.customer.texts()) for name, part in parts})

    @cached_property
    def plans(self) -> dict[str, Standing]:
        """Where the agreed payment plans stand."""
        table = self.inputs.records.table("plans")
        if table is None:
            return {}
        return agreed_plans(table, payments_of(self.inputs.documents, self.inputs.events), self.inputs.as_of)

    def broken_promises(self, customer: Any) -> int:
        """How many promises were broken of late."""
        since = np.datetime64(self.inputs.as_of, "D") - np.timedelta64(PROMISE_DAYS, "D")
        told = self.incidents
        rows = (told.customer == customer) & (told.kind == "broken_promise") & (told.date > since)
        return int(np.count_nonzero(rows & (told.date <= np.datetime64(self.inputs.as_of, "D"))))

    @cached_property
    def ceilings(self) -> Ceilings:
        """Credit limits; for customers without one the insurer's decisions."""
        known, own = self.currencies, self.inputs.records.table("limits")
        decided = Rows(self.inputs, "insured_limits").texts("customer")
        theirs = decisions_in(self.inputs, [known.insured(name) for name in decided])
        rows: list[tuple[Any, ...]] = []
        if own is not None:
            names = ("customer", "credit_limit", "valid_from", "valid_to", "currency")
            for who, limit, begin, end, coin in zip(*(_cells(own, name) for name in names), strict=True):
                rows.append((who, limit, begin, end, None, known.one(who, coin)))
        listed = {row[0] for row in rows}
        if theirs is not None:
            names = ("customer", "limit", "from", "to", "kind")
            for who, limit, begin, end, kind in zip(*(_cells(theirs, name) for name in names), strict=True):
                if who not in listed and kind not in EXCLUDED:
                    ceiling = 0.0 if kind == "cancelled" else limit
                    rows.append((who, ceiling, begin, end, kind, known.insured(who)))
        rows = [row for row in rows if row[-1] is not None]
        columns = list(zip(*rows, strict=True)) or [()] * 6
        return Ceilings(
            labels(list(columns[0]), "customer"),
            numbers(list(columns[1]), "limit"),
            dates(list(columns[2]), "from"),
            dates(list(columns[3]), "to"),
            labels(list(columns[4]), "kind"),
            labels(list(columns[5]), "currency"),
        )

    @cached_property
    def insured(self) -> frozenset[str]:
        """Customers with a limit of the insurer; with a discretionary limit every customer."""
        table = self.inputs.records.table("insured_limits")
        named = set() if table is None else {str(name) for name in table["customer"] if name is not None}
        schedule = self.schedule
        if schedule is not None and schedule.discretionary_limit > 0:
            named |= {str(name) for name in self.inputs.items.customer.labels}
        return frozenset(named)

    @cached_property
    def insolvent(self) -> dict[str, np.datetime64]:
        """Customers in insolvency and since when."""
        day = np.datetime64(self.inputs.as_of, "D")
        since = {
            who: one_date(value, "insolvency_date")
            for who, value in self._column("customers", "insolvency_date").items()
        }
        told = self._events()
        for who, when, kind in zip(told.customer, told.date, told.kind, strict=True):
            if kind == "insolvency":
                since.setdefault(str(who), np.datetime64(when, "D"))
        return {who: when for who, when in since.items() if when <= day}

    @cached_property
    def contested(self) -> Contested:
        """What is disputed of each open item, and which line of the disputes' record tells of it."""
        return contested(self.inputs.items, self.inputs.records.table("disputes"), self.inputs.as_of)


def _confirmed(table: Table) -> Flags:
    """Events that were matched by name count once somebody has confirmed them."""
    asked = np.array([bool(plain(cell)) for cell in _cells(table, "to_confirm")], bool)
    return ~asked | flags(_cells(table, "confirm"), "confirm")


def _cells(table: Table, name: str) -> Any:
    """A column of a record; blank where a hand-made table lacks it."""
    return table[name] if name in table.columns else np.full(len(table), None, object)


def _share(value: Any) -> float:
    return float(numbers(value, "rate", low=-1, high=1))


def _no_incidents() -> Incidents:
    return _incidents(np.empty(0, object), np.empty(0, "datetime64[D]"), "")


def _incidents(customer: Texts, day: Days, kind: str) -> Incidents:
    height = len(customer)
    return Incidents(customer, day, np.full(height, kind, object), np.full(height, np.nan))
