"""What the dashboard shows: the figures of a ledger with their past, gathered from the credit floor."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.receivables.concentration import by_customer, hhi
from arcredit.credit.receivables.history import History, history
from arcredit.credit.receivables.liquidity import ar_cash_ratio
from arcredit.credit.receivables.month_ends import (
    MonthEnds,
    in_currency,
    month_ends,
    of_currency,
    reaches,
)
from arcredit.credit.receivables.open_items import OpenItems, open_at
from arcredit.credit.receivables.portfolio import by_currency, share_of
from arcredit.credit.receivables.settlement import known_documents
from arcredit.credit.receivables.watch import watches
from arcredit.reports.inputs import Inputs
from arcredit.reports.insured_share import insured_share, knows_insurance, without_rate
from arcredit.reports.loss_rates import edges_of
from arcredit.reports.losses import Losses
from arcredit.reports.register import Register
from arcredit.shapes import Floats, Texts

SHOWN = 13
"""Twelve months, and the same day a year before."""
TOP = 10


@dataclass(frozen=True)
class Glance:
    """The figures of one currency, or of all at the given rates; ``others`` are left out, with their totals.

    ``inputs`` are cut to that currency, ``ledger`` are those of the whole ledger.
    """

    ledger: Inputs
    inputs: Inputs
    currency: str
    others: Mapping[str, float]
    losses: Losses

    @classmethod
    def of(cls, inputs: Inputs) -> "Glance":
        """Of a ledger: everything in the home currency where rates allow it, else its main currency."""
        parts = by_currency(inputs.items)
        names = [name for name, _ in parts]
        home = inputs.home
        if len(parts) > 1 and home and set(names) <= {home, *inputs.rates}:
            documents, events = in_currency(inputs.documents, inputs.events, inputs.rates, home)
            whole = replace(
                inputs, documents=documents, events=events, items=open_at(documents, inputs.as_of, events)
            )
            snapshots = tuple(
                (day, in_currency(items, None, inputs.rates, home)[0]) for day, items in inputs.history
            )
            losses = Losses(replace(whole, history=snapshots), home, documents, events)
            return cls(inputs, whole, home, {}, losses)
        main = max(parts, key=lambda part: len(part[1]), default=("", inputs.items))[0]
        others = {name: money.total(items.open_amount) for name, items in parts if name != main}
        losses = Losses.of(inputs, main, of_currency(inputs.documents, main))
        items = of_currency(inputs.items, main)
        return cls(
            inputs,
            replace(inputs, documents=losses.documents, events=losses.events, items=items),
            main,
            others,
            losses,
        )

    @property
    def own(self) -> Inputs:
        """The whole ledger with our own buckets, which a dashboard always shows."""
        return replace(self.ledger, convention="arcredit")

    @cached_property
    def ends(self) -> MonthEnds:
        """Balances by bucket on the day, at the month ends before it, and a year before."""
        inputs = self.losses.inputs
        snapshots = [(day, of_currency(items, self.currency)) for day, items in inputs.history]
        return month_ends(
            self.inputs.documents,
            self.inputs.events,
            self.inputs.as_of,
            SHOWN,
            edges=edges_of(self.inputs),
            snapshots=snapshots,
        )

    @cached_property
    def share_overdue(self) -> Floats:
        """Overdue money as a part of what is owed, credits that are not applied left aside."""
        return share_of(self.ends.overdue, self.ends.buckets.sum(axis=1))

    @cached_property
    def _histories(self) -> tuple[History, History]:
        documents, events = self.inputs.documents, self.inputs.events
        before = self.ends.ends[0]
        return history(documents, events, before), history(documents, events, self.inputs.as_of)

    def by_month(self, name: str) -> Floats:
        """A figure of `History` on all days; blank where the ledger does not reach."""
        first, rest = self._histories
        whole = np.append(getattr(first, name)[-1], getattr(rest, name))
        reached = [
            reaches(self.inputs.documents, self.inputs.events, day, self.inputs.as_of)
            for day in self.ends.ends
        ]
        return np.where(reached, whole, np.nan)

    @property
    def unknown(self) -> Mapping[str, str]:
        """Why a figure of today is blank."""
        return self._histories[1].unknown

    def _reaches(self, day: np.datetime64) -> bool:
        return reaches(self.inputs.documents, self.inputs.events, day, self.inputs.as_of)

    def _at(self, day: np.datetime64) -> OpenItems | None:
        if self._reaches(day):
            return open_at(self.inputs.documents, day, self.inputs.events)
        held = {when.isoformat(): items for when, items in self.losses.inputs.history}
        return of_currency(held[str(day)], self.currency) if str(day) in held else None

    @cached_property
    def expected_loss(self) -> Floats:
        """The expected credit loss on all days, by the rates of today."""
        found = np.full(SHOWN, np.nan)
        for place, day in enumerate(self.ends.ends):
            items = self._at(day)
            if items is not None:
                found[place] = float(money.rounded(self.losses.by_item(items, day).sum()))
        return found

    @cached_property
    def knows_cover(self) -> bool:
        """Whether the workbook has a policy, in a currency that these amounts can be held against."""
        return knows_insurance(self.inputs) and not without_rate(self.losses.inputs, self.inputs.items)

    @cached_property
    def insured(self) -> Floats:
        """The insured part of what is owed on all days; blank where the workbook knows no policy."""
        found = np.full(SHOWN, np.nan)
        if not self.knows_cover:
            return found
        for place, day in enumerate(self.ends.ends):
            items = self._at(day)
            if items is not None:
                debt = np.maximum(np.nan_to_num(items.open_amount), 0.0)
                part = money.rounded((debt * insured_share(self.losses.inputs, items, day)).sum())
                found[place] = float(share_of(part, money.total(debt)))
        return found

    @cached_property
    def top(self) -> tuple[Texts, Floats, Texts]:
        """Customers that owe something, the largest first, with what they owe and their names (or None)."""
        items = self.inputs.items
        names, owed = by_customer(items.customer, items.open_amount)
        order = np.argsort(-owed, kind="stable")
        order = order[owed[order] > 0]
        of = Register(self.ledger).names
        shown: Texts = np.array([of.get(number) for number in names[order]], object)
        return names[order], owed[order], shown

    @property
    def customers(self) -> int:
        """How many customers have open items, those in credit too."""
        return len(np.unique(self.inputs.items.customer.codes))

    @property
    def hhi(self) -> float:
        """The concentration of what is owed."""
        return hhi(self.top[1])

    @cached_property
    def alarms(self) -> dict[int, tuple[int, int]]:
        """Signals and customers of each level of early warning; a customer counts at his worst one."""
        whole = self.ledger
        known = known_documents(whole.documents, whole.items, whole.as_of, whole.events)
        register = Register(whole)
        schedule = register.schedule
        found = watches(
            known,
            whole.as_of,
            register.incidents,
            register.ceilings,
            None if schedule is None else schedule.maximum_extension_days,
            register.insured,
        )
        counts = {}
        for level in (3, 2, 1):
            rows = [watch.take(watch.level == level) for watch in found]
            people = {
                name for watch in rows for name in watch.customer[watch.first].tolist() if name is not None
            }
            counts[level] = (sum(len(watch.level) for watch in rows), len(people))
        return counts

    def cash_ratios(self) -> dict[str, float] | None:
        """Cash ratio if expected receipts come in, if they default, and if an insurer then pays his part.

        None where the workbook does not state cash and current liabilities. Expected receipts are those it
        states, else what the largest customer owes.
        """
        terms = self.inputs.records.terms("settings")
        if "cash" not in terms or not terms.get("current_liabilities"):
            return None
        cash, owed = float(terms["cash"]), float(terms["current_liabilities"])
        receipts, share = self._expected(terms)
        ratios = {
            "paid": float(ar_cash_ratio(cash, owed, receipts)),
            "default": float(ar_cash_ratio(cash, owed, receipts, None, True)),
        }
        if share == share:
            ratios["covered"] = float(ar_cash_ratio(cash, owed, receipts, share, True))
        return ratios

    def _expected(self, terms: Mapping[str, Any]) -> tuple[float, float]:
        """Receipts expected, and the insured part of them."""
        given = terms.get("expected_receipts")
        if given is not None:
            return float(given), float(self.insured[-1])
        items, names = self.inputs.items, self.top[0]
        if not len(names):
            return 0.0, np.nan
        if not self.knows_cover:
            return float(self.top[1][0]), np.nan
        theirs = items.take(np.flatnonzero(items.customer.texts() == names[0]))
        debt = np.maximum(theirs.open_amount, 0.0)
        part = (debt * insured_share(self.losses.inputs, theirs, self.inputs.as_of)).sum()
        return float(self.top[1][0]), float(np.minimum(share_of(part, self.top[1][0]), 1.0))
