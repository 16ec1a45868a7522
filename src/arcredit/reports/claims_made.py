"""What was done towards the insurer: overdue reported, collection begun, claims filed, indemnity paid."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.insurance.insured_limit import codes
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.reports.inputs import Inputs
from arcredit.reports.rows import Rows
from arcredit.shapes import Days, Floats, Texts, coded

STEPS = ("notified_on", "collection_on", "filed_on", "paid_on")
_DONE_BY = {"give notice": "notified_on", "date of loss": "filed_on", "file claim": "filed_on"}
"""The step that settles each duty; a stop of deliveries holds until the debt is paid."""
_NEVER = np.datetime64("NaT", "D")


class ClaimsMade:
    """The record of claims, as far as its steps were done by the report's day."""

    def __init__(self, inputs: Inputs) -> None:
        self.day = np.datetime64(inputs.as_of, "D")
        self._rows = Rows(inputs, "claims")
        self.customer, self.document = self._rows.texts("customer"), self._rows.texts("document")

    def _on(self, step: str) -> Days:
        day = self._rows.dates(step)
        return np.where(day <= self.day, day, _NEVER)

    @cached_property
    def paid(self) -> Mapping[Any, float]:
        """What the insurer has paid by customer, in the policy's currency; an undated payment has come in."""
        amount = np.nan_to_num(self._rows.numbers("indemnity_paid"))
        amount[self._rows.dates("paid_on") > self.day] = 0.0
        code, names = codes(coded(self.customer, "customer"))
        sums = money.grouped(amount, code, len(names))
        return {name: total for name, total in zip(names.tolist(), sums.tolist(), strict=True) if total}

    def steps(self, customer: Any) -> dict[str, np.datetime64]:
        """The last day of each step that was done for a customer."""
        mine = self.customer == customer
        found = {step: self._on(step)[mine] for step in STEPS}
        return {step: days[~np.isnat(days)].max() for step, days in found.items() if (~np.isnat(days)).any()}

    def numbers(self, customer: Any) -> list[str]:
        """The insurer's numbers of a customer's claims."""
        texts = self._rows.texts("claim_id")[self.customer == customer]
        return list(dict.fromkeys(str(text) for text in texts if text is not None))

    def done(self, duty: Texts, items: OpenItems, rows: NDArray[np.intp]) -> Days:
        """When each duty about an item was done; NaT where it was not.

        A notice without a document is about all that was due by then, a claim about all that was invoiced.
        """
        found = np.full(len(rows), _NEVER)
        if not len(self._rows):
            return found
        owner, document = items.customer.codes[rows], items.document[rows]
        number = {label: code for code, label in enumerate(items.customer.labels)}
        begun = {"notified_on": items.due_date[rows], "filed_on": items.invoice_date[rows]}
        for word, step in _DONE_BY.items():
            asked = duty == word
            for day, who, what in zip(self._on(step), self.customer, self.document, strict=True):
                if np.isnat(day) or who not in number:
                    continue
                mine = asked & (owner == number[who])
                mine &= (begun[step] <= day) if what is None else (document == what)
                found[mine] = np.fmin(found[mine], day)
        return found

    def less_paid(self, insured: Floats, names: Any) -> Floats:
        """What the insurer still bears of each customer's debt."""
        paid = np.array([self.paid.get(name, 0.0) for name in names], np.float64)
        return np.maximum(money.rounded(insured - paid, money.PLACES), 0.0)
