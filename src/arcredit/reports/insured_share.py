"""What of each open item the insurer would pay, as far as the workbook knows."""

from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.insurance.cover import tci_cover
from arcredit.credit.insurance.insured_limit import codes
from arcredit.credit.receivables.open_items import OpenItems, open_at
from arcredit.credit.receivables.portfolio import share_of
from arcredit.reports.claims_made import ClaimsMade
from arcredit.reports.inputs import Inputs
from arcredit.reports.insured import Insured
from arcredit.shapes import Coded, Flags, Floats, one_date


def knows_insurance(inputs: Inputs) -> bool:
    """Whether the workbook states a policy with its insured percentage."""
    return "insured_percentage" in inputs.records.terms("insurance")


def without_rate(inputs: Inputs, items: OpenItems) -> list[str]:
    """Currencies whose cover cannot be known: not the policy's, and no rate into it."""
    return Insured(inputs, items).without_rate() if knows_insurance(inputs) else []


def insured_share(inputs: Inputs, items: OpenItems, day: object) -> Floats:
    """The insured part of each item's customer's debt on a day, 0 to 1; 0 where there is no insurance.

    The limit of a customer is shared by all his items, whatever their age and currency; what cannot be known
    counts as not insured. Debts of an insolvent customer are judged invoice by invoice, as in AR Cover: by
    the limit on the day of delivery, which no later decision of the insurer takes back. What the insurer has
    paid already is no more to be expected from him.
    """
    if not knows_insurance(inputs) or not len(items):
        return np.zeros(len(items))
    shares = _shares(inputs, _everything(inputs, items, day), day)
    of = np.array([shares.get(label, 0.0) for label in items.customer.labels] + [shares.get(None, 0.0)])
    return np.where(np.isnan(Insured(inputs, items).rate), 0.0, of[items.customer.codes])


def _everything(inputs: Inputs, items: OpenItems, day: object) -> OpenItems:
    """What is open in every currency on the day: a limit is there once."""
    currency = inputs.documents.currency
    if currency is None or len(np.unique(currency.codes)) < 2:
        return items
    if one_date(day) == one_date(inputs.as_of):
        return inputs.items
    for when, found in inputs.history:
        if one_date(when) == one_date(day):
            return found
    return open_at(inputs.documents, day, inputs.events)


def _shares(inputs: Inputs, items: OpenItems, day: object) -> dict[Any, float]:
    """Each customer's insured part of what he owes."""
    insured = Insured(inputs, items)
    owed = insured.converted(items.open_amount)
    known = np.flatnonzero(~np.isnan(owed))
    if not len(known):
        return {}
    code, names = codes(items.customer.take(known))
    limits = None if insured.limits is None else dict(insured.limits.columns)
    cover = tci_cover(Coded(code, names), owed[known], limits, insured.schedule, day)
    # Credits stand apart in every bucket, so that the insured amount is spread over the debts alone.
    debts = money.grouped(np.maximum(owed[known], 0.0), code, len(names))
    part = np.nan_to_num(cover["insured"][:-1])
    failed = np.array([name in insured.insolvent for name in names] + [False], bool)[:-1]
    if failed.any():
        mine = failed[code]
        part = np.where(failed, _by_invoice(insured, known, mine, code, len(names), day), part)
    part = ClaimsMade(inputs).less_paid(part, names)
    return dict(zip(names.tolist(), np.minimum(np.nan_to_num(share_of(part, debts)), 1.0), strict=True))


def _by_invoice(insured: Insured, rows: Any, mine: Flags, code: Any, count: int, day: object) -> Floats:
    """What the tests by invoice leave insured, summed by customer."""
    found = insured.cover(rows[mine], day)
    return money.grouped(np.nan_to_num(found.insured), code[mine], count)
