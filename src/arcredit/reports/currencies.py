"""Which currency an amount of a record is in, where the record does not say."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from arcredit.reports.inputs import Inputs
from arcredit.reports.rows import Rows
from arcredit.shapes import Texts

HOLDERS = ("limits", "orders", "insured_limits", "customers")
"""Records with amounts of customers that may never have had an invoice."""


class Currencies:
    """The currency of every amount in the records.

    An amount without a currency is in the customer's only one; of several in the home currency, if it is one
    of them; else nobody knows, the amount is left out and its customer named. A ledger without currencies is
    in the home currency, or in the only one that the records name.
    """

    def __init__(self, inputs: Inputs, ledger: Mapping[str, Iterable[Any]]) -> None:
        settings = inputs.records.terms("settings")
        self.home = str(settings.get("home_currency") or inputs.home or "").strip().upper()
        self._ledger = list(ledger)
        self._of: dict[Any, set[str]] = {}
        for currency, customers in ledger.items():
            for customer in customers:
                self._of.setdefault(customer, set()).add(currency)
        stated = {
            text.upper()
            for name in ("limits", "orders")
            for text in Rows(inputs, name).texts("currency")
            if text is not None
        }
        only = next(iter(stated)) if len(stated) == 1 else ""
        nameless = self._ledger in ([], [""])
        self._unnamed = (self.home or only) if nameless else ""
        self._unplaced: set[str] = set()
        self._holders: dict[str, set[Any]] = {}
        decided = Rows(inputs, "insured_limits")
        stated_by = zip(decided.texts("customer"), decided.texts("currency"), strict=True)
        self._insured = {customer: stated for customer, stated in stated_by if stated is not None}
        for name in HOLDERS:
            self._hold(Rows(inputs, name), name)

    @property
    def named(self) -> set[str]:
        """Every currency in which a record has an amount."""
        return set(self._holders)

    @property
    def unplaced(self) -> tuple[str, ...]:
        """Customers with an amount whose currency nobody knows."""
        return tuple(sorted(self._unplaced))

    def customers(self, currency: str) -> set[Any]:
        """The customers with an amount in this currency."""
        return self._holders.get(currency, set())

    def of(self, rows: Rows) -> Texts:
        """The currency of each row's amount; None where nobody knows."""
        pairs = zip(rows.texts("customer"), rows.texts("currency"), strict=True)
        return np.array([self.one(customer, stated) for customer, stated in pairs] + [None], object)[:-1]

    def one(self, customer: Any, stated: Any = None) -> str | None:
        """The currency of one amount."""
        if stated is not None:
            name = str(stated).upper()
            return "" if name == self._unnamed else self._as_in_ledger(name)
        theirs = self._of.get(customer, set())
        if len(theirs) == 1:
            return next(iter(theirs))
        if self.home and (self.home in theirs or not theirs) and not self._unnamed:
            return self._as_in_ledger(self.home)
        if not theirs and len(self._ledger) <= 1:
            return self._ledger[0] if self._ledger else ""
        return None

    def insured(self, customer: Any) -> str | None:
        """The currency beside which a customer's insured limit is shown, whichever it was given in."""
        found = self.one(customer)
        return self.one(customer, self._insured.get(customer)) if found is None else found

    def _as_in_ledger(self, name: str) -> str:
        return next((known for known in self._ledger if known.upper() == name), name)

    def _hold(self, rows: Rows, name: str) -> None:
        if name == "customers":
            holds = (rows.numbers("unbilled_deliveries") > 0) | (rows.numbers("collateral") > 0)
        else:
            holds = np.ones(len(rows), bool)
        names = rows.texts("customer")
        found = [self.insured(customer) for customer in names] if name == "insured_limits" else self.of(rows)
        for customer, currency, has in zip(names, found, holds, strict=True):
            if customer is None or not has:
                continue
            if currency is None:
                self._unplaced.add(customer)
            else:
                self._holders.setdefault(currency, set()).add(customer)
