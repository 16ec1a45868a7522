"""What of each open item the insurer would pay, as far as the workbook knows."""

import numpy as np

from arcredit.credit import money
from arcredit.credit.insurance.cover import tci_cover
from arcredit.credit.insurance.insured_limit import codes
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.portfolio import share_of
from arcredit.reports.inputs import Inputs
from arcredit.reports.insured import Insured
from arcredit.shapes import Coded, Floats


def knows_insurance(inputs: Inputs) -> bool:
    """Whether the workbook states a policy with its insured percentage."""
    return "insured_percentage" in inputs.records.terms("insurance")


def without_rate(inputs: Inputs, items: OpenItems) -> list[str]:
    """Currencies whose cover cannot be known: not the policy's, and no rate into it."""
    return Insured(inputs, items).without_rate() if knows_insurance(inputs) else []


def insured_share(inputs: Inputs, items: OpenItems, day: object) -> Floats:
    """The insured part of each item's customer's debt on a day, 0 to 1; 0 where there is no insurance.

    The limit of a customer is shared by all his items, whatever their age; what cannot be known counts as
    not insured.
    """
    if not knows_insurance(inputs) or not len(items):
        return np.zeros(len(items))
    insured = Insured(inputs, items)
    owed = insured.converted(items.open_amount)
    code, names = codes(items.customer)
    limits = None if insured.limits is None else dict(insured.limits.columns)
    cover = tci_cover(Coded(code, names), owed, limits, insured.schedule, day)
    # Credits stand apart in every bucket, so that the insured amount is spread over the debts alone.
    debts = money.grouped(np.maximum(owed, 0.0), code, len(names))
    share = np.nan_to_num(share_of(cover["insured"][:-1], debts))
    return np.asarray(np.minimum(share, 1.0)[code])
