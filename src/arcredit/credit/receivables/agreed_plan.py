"""Payment plans that were agreed: whether each is kept, so that its customer is not dunned meanwhile."""

from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.receivables.plan import Standing, ar_payment_plan, plan_standing
from arcredit.credit.receivables.settlement import Payments
from arcredit.shapes import Dates, Table, dates, one_date, plain


def agreed_plans(plans: Table, paid: Payments, as_of: Dates) -> dict[str, Standing]:
    """Where each customer's latest plan stands; plans whose last instalment is past and paid are left out.

    What the customer paid from the day of the agreement on counts, without that day from a month before the
    first instalment.

    Source: product rule; worked example, hand-computed.
    """
    day = one_date(as_of)
    found: dict[str, Standing] = {}
    begins = dates(plans["agreed_on"], "agreed_on") if "agreed_on" in plans.columns else None
    for row in range(len(plans)):
        who = plain(plans["customer"][row])
        plan = _plan(plans, row)
        dated = plan["date"][~np.isnat(plan["date"])]
        begin = dated.min() - np.timedelta64(31, "D")
        if begins is not None and not np.isnat(begins[row]):
            begin = begins[row]
        if begin > day:
            continue
        mine = (paid.customer == who) & (paid.date >= begin) & (paid.date <= day)
        standing = plan_standing(plan, money.total(paid.amount[mine.astype(bool)]), day)
        over = dated.max() <= day and standing.arrears <= 0
        if over:
            found.pop(str(who), None)
        else:
            found[str(who)] = standing
    return found


def _plan(plans: Table, row: int) -> Table:
    def cell(name: str) -> Any:
        return plain(plans[name][row]) if name in plans.columns else None

    return ar_payment_plan(
        cell("debt"),
        cell("first_date"),
        cell("instalments"),
        cell("annual_rate"),
        cell("method") or "equal",
        cell("frequency") or "month",
        cell("down_payment"),
    )
