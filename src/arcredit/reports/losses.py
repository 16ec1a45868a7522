"""The expected credit loss of one currency, as the workbook's rates, settings and insurance have it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from arcredit.credit.receivables.expected_loss import Matrix, Terms, expected_losses, matrix
from arcredit.credit.receivables.history import events_of
from arcredit.credit.receivables.open_items import Events, OpenItems
from arcredit.reports.inputs import Inputs
from arcredit.reports.insured import Insured
from arcredit.reports.insured_share import insured_share
from arcredit.reports.loss_rates import (
    LossRates,
    edges_of,
    forward_looking,
    loss_rates,
    lost_share,
    segment_of,
)
from arcredit.shapes import Flags, Floats


@dataclass(frozen=True)
class Losses:
    """One currency's documents, and how its losses are expected."""

    inputs: Inputs
    currency: str
    documents: OpenItems
    events: Events | None

    @classmethod
    def of(cls, inputs: Inputs, currency: str, documents: OpenItems) -> "Losses":
        """Of a currency's documents; its events are picked out."""
        events = None if inputs.events is None else events_of(inputs.events, currency, inputs.documents)
        return cls(inputs, currency, documents, events)

    @cached_property
    def insolvent(self) -> frozenset[Any]:
        """Customers whose debts are judged one by one."""
        return frozenset(Insured(self.inputs, self.inputs.items).insolvent)

    def rates(self, segment: str = "") -> LossRates:
        """The loss rates of a segment."""
        return loss_rates(self.inputs, self.documents, self.events, self.currency, segment)

    def terms(self, rates: LossRates) -> Terms:
        """How losses are expected with these rates."""
        inputs = self.inputs
        return Terms(edges_of(inputs), rates.rates, forward_looking(inputs), lost_share(inputs))

    def single(self, items: OpenItems) -> Flags:
        """Which items are judged one by one."""
        marked = np.array([name in self.insolvent for name in items.customer.labels] + [False], bool)
        return np.asarray(marked[items.customer.codes] & (items.open_amount > 0))

    def segments(self, items: OpenItems) -> list[tuple[str, OpenItems]]:
        """The items of each segment that has rates of its own, the rest under the empty name."""
        of = segment_of(self.inputs, items.customer.labels)
        segment = np.array([*of, ""], object)[items.customer.codes]
        names = sorted(set(segment.tolist())) or [""]
        if names == [""]:
            return [("", items)]
        return [(name, items.take(np.flatnonzero(segment == name))) for name in names]

    def matrix(self, items: OpenItems, day: Any, rates: LossRates) -> Matrix:
        """The provision matrix of a segment's items on a day."""
        share = insured_share(self.inputs, items, day)
        return matrix(items, day, self.terms(rates), share, self.single(items))

    def by_item(self, items: OpenItems, day: Any) -> Floats:
        """Each item's expected loss on a day, net of the insurer's part."""
        found = np.zeros(len(items))
        of = np.array([*segment_of(self.inputs, items.customer.labels), ""], object)[items.customer.codes]
        share, single = insured_share(self.inputs, items, day), self.single(items)
        for name in dict.fromkeys(of.tolist()):
            rows = np.flatnonzero(of == name)
            terms = self.terms(self.rates(name))
            found[rows] = expected_losses(items.take(rows), day, terms, share[rows], single[rows])
        return found
