"""The figures of AR Cover: every open item split, customers in order, what the limit alone gives."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.insurance.cover import tci_cover
from arcredit.credit.insurance.eligibility import REASONS, reason_text
from arcredit.credit.insurance.invoice_cover import InvoiceCover
from arcredit.reports.inputs import Inputs
from arcredit.reports.insured import Insured
from arcredit.shapes import Coded, Floats, Texts

PARTS = ("insured", "own_risk", "uninsured", "unknown", "unapplied")
"""What the open money is split into; together they are the whole of it."""


@dataclass(frozen=True)
class CoverFigures:
    """A ledger's open items beside the policy, split."""

    insured: Insured

    @property
    def inputs(self) -> Inputs:
        """What the report is made of."""
        return self.insured.inputs

    def say(self, key: str, **values: object) -> str:
        """A text of this report."""
        return self.inputs.say(key, **values)

    @cached_property
    def amount(self) -> Floats:
        """Open amounts in the policy's currency, NaN where they cannot be converted."""
        return self.insured.converted(self.inputs.items.open_amount)

    @cached_property
    def cover(self) -> InvoiceCover:
        """The split of the rows that can be converted."""
        return self.insured.cover(self.known, self.inputs.as_of)

    @cached_property
    def known(self) -> NDArray[np.intp]:
        """The rows whose amount is known in the policy's currency."""
        return np.flatnonzero(~np.isnan(self.amount))

    def spread(self, values: NDArray[Any], blank: Any = np.nan) -> NDArray[Any]:
        """A column of the cover at the rows of the items."""
        column = np.full(len(self.inputs.items), blank, values.dtype)
        column[self.known] = values
        return column

    @cached_property
    def parts(self) -> dict[str, Floats]:
        """The parts at every item, and what credits take off."""
        return {name: self.spread(getattr(self.cover, name)) for name in ("set_off", *PARTS)}

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The parts that have a column: the three always, the rest where there is any."""
        rare = [name for name in PARTS[3:] if np.nan_to_num(self.parts[name]).any()]
        return (*PARTS[:3], *rare)

    @cached_property
    def foreign(self) -> bool:
        """Whether any item is in another currency than the policy."""
        return len(set(self.insured.currencies.tolist())) > 1 or bool((self.insured.rate != 1.0).any())

    @cached_property
    def reason(self) -> Texts:
        """Why each item is covered or not, in words."""
        words = np.array([reason_text(word, self.inputs.language) for word in REASONS], object)
        words[0] = reason_text("insured", self.inputs.language)
        texts = np.full(len(self.inputs.items), self.say("report_cover.no_rate"), object)
        texts[self.known] = words[self.cover.reason]
        return texts

    @cached_property
    def order(self) -> tuple[NDArray[np.intp], Coded]:
        """The items by customer, who owes most first, then by due date; and the customers in that order."""
        items = self.inputs.items
        codes = items.customer.codes + 1
        labels = np.concatenate([np.array([None], object), items.customer.labels])
        debt = money.grouped(np.nan_to_num(self.amount), codes, len(labels))
        used = np.unique(codes)
        text = np.array([str(label or "") for label in labels[used]])
        ranked = used[np.lexsort((text, -debt[used]))]
        rank = np.empty(len(labels), np.intp)
        rank[ranked] = np.arange(len(ranked))
        late = np.where(np.isnat(items.due_date), items.invoice_date, items.due_date)
        document = np.array([str(name or "") for name in items.document])
        rows = np.lexsort((document, late, rank[codes]))
        return rows, Coded(rank[codes], labels[ranked])

    def by_limit(self, labels: Texts) -> dict[str, NDArray[Any]]:
        """What TCI_COVER says of each customer: limit of the day, insured by the limit alone, reason."""
        items, count = self.inputs.items, len(labels)
        columns: dict[str, NDArray[Any]] = {
            "insured_limit": np.full(count, np.nan),
            "insured": np.full(count, np.nan),
            "reason": np.full(count, self.say("report_cover.no_rate"), object),
        }
        if not len(self.known):
            return columns
        table = tci_cover(
            items.customer.take(self.known),
            self.amount[self.known],
            self.insured.limits,
            self.insured.schedule,
            self.inputs.as_of,
        )
        place = {name: row for row, name in enumerate(table["customer"][:-1].tolist())}
        counted = set(items.customer.take(self.known).texts().tolist())
        for row, name in enumerate(labels.tolist()):
            found = place.get(name) if name in counted else None
            if found is not None:
                columns["insured_limit"][row] = table["insured_limit"][found]
                columns["insured"][row] = table["insured"][found]
                columns["reason"][row] = reason_text(table["reason"][found], self.inputs.language)
        return columns
