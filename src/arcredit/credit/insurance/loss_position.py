"""One buyer's account as a claim needs it: what was owed on the day of the loss, what came in since.

Source: Atradius Belgium, "Compensation" (money before the loss goes to the oldest debt; money after it is a
recovery, shared as the loss was borne); worked examples, hand-computed.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit.insurance.claims import claims
from arcredit.credit.receivables.open_items import Events, OpenItems, joined, open_at
from arcredit.shapes import Dates, Flags, Floats, Labels, Numbers, Table, dates, one_date

DEBT, CREDIT_SINCE, SETTLED = range(3)
"""What a row is to the claim: a debt or credit in it; a credit that came after the loss, which is a recovery;
an older debt that was open on the day of loss and has been settled since, which is outside the claim."""


@dataclass(frozen=True)
class Position:
    """A buyer's documents, ``open_amount`` being the balance on the day of loss; all columns run beside them.

    ``since`` is what came in after the day of loss, ``role`` what the row is to the claim.
    """

    items: OpenItems
    since: Floats
    role: NDArray[np.int8]


def position(
    documents: OpenItems, events: Events | None, customer: Any, as_of: Dates, loss_date: Dates = None
) -> Position:
    """A buyer's debts as the insurer will look at them.

    Parameters
    ----------
    documents : OpenItems
        Every document of the ledger.
    events : Events, optional
        Receipts, credit notes and write-offs.
    customer : str or None
        The buyer.
    as_of : date
        The day of the claim.
    loss_date : date, optional
        Day of the loss; blank or later than `as_of` takes every receipt as before the loss.

    Notes
    -----
    In the claim are the open documents and every document due on or after the oldest open one, paid or not:
    money that paid a newer invoice counts for the oldest, whatever the remittance said. A document whose
    amount is not known stands with its balance.
    """
    day = one_date(as_of)
    lost = dates(loss_date, "loss_date").reshape(-1)[0]
    split = day if np.isnat(lost) else min(lost, day)
    numbered = replace(documents, row=np.arange(len(documents)))
    mine = documents.customer.texts() == customer
    now, loose_now = _balances(numbered, events, customer, day)
    then, loose_then = _balances(numbered, events, customer, split)
    dated = np.isnat(documents.invoice_date) | (documents.invoice_date <= split)
    debit = np.where(np.isnan(documents.amount), now, documents.amount) > 0
    # A receipt that bounced since had not paid anything; a credit used since shows in its invoice.
    owed = np.where(debit & dated, np.maximum(then, now), now)
    oldest = _oldest(documents, mine & debit & (now > 0))
    issued = np.isnat(documents.invoice_date) | (documents.invoice_date <= day)
    inside = mine & debit & ((now > 0) | (issued & (documents.due_date >= oldest)))
    settled = mine & debit & ~inside & (owed > 0)
    credit = mine & ~debit & (now < 0)
    role = np.where(settled, SETTLED, np.where(credit & ~dated, CREDIT_SINCE, DEBT))
    rows = np.flatnonzero(inside | settled | credit)
    since = np.where(debit, owed - now, np.where(dated, 0.0, -now))
    amount = np.where(np.isnan(documents.amount) | ~debit, owed, np.maximum(documents.amount, owed))
    items = replace(documents, amount=amount, open_amount=owed).take(rows)
    late = ~_among(loose_now, loose_then)
    loose = replace(loose_now, amount=loose_now.open_amount)
    return Position(
        joined(items, loose),
        np.append(since[rows], np.where(late, -loose.open_amount, 0.0)),
        np.append(role[rows], np.where(late, CREDIT_SINCE, DEBT)).astype(np.int8),
    )


def _balances(
    numbered: OpenItems, events: Events | None, customer: Any, day: np.datetime64
) -> tuple[Floats, OpenItems]:
    """Every document's balance on a day, and the customer's receipts that belong to no document."""
    found = open_at(numbered, day, events)
    assert found.row is not None
    balance = np.zeros(len(numbered))
    known = found.row >= 0
    balance[found.row[known]] = found.open_amount[known]
    alone = np.flatnonzero(~known & (found.customer.texts() == customer))
    return balance, replace(found.take(alone), row=None)


def _among(later: OpenItems, earlier: OpenItems) -> Flags:
    """Which loose receipts were there before: as many of one number and date as there were then."""
    left: dict[Any, int] = {}
    for key in zip(earlier.document.tolist(), earlier.invoice_date.tolist(), strict=True):
        left[key] = left.get(key, 0) + 1
    there = []
    for key in zip(later.document.tolist(), later.invoice_date.tolist(), strict=True):
        there.append(left.get(key, 0) > 0)
        left[key] = left.get(key, 0) - 1
    return np.array(there, bool)


def _oldest(documents: OpenItems, chosen: Flags) -> np.datetime64:
    due = documents.due_date[chosen & ~np.isnat(documents.due_date)]
    return np.datetime64(due.min(), "D") if len(due) else np.datetime64("9999-12-31", "D")


def losses(
    customer: Labels,
    ship_date: Dates,
    due_date: Dates,
    open_amount: Numbers,
    disputed: Any,
    limits: Any,
    policy: Any,
    as_of: Dates,
    insolvency_date: Dates = None,
    excluded: Labels = None,
) -> Table:
    """Every buyer's loss as it stands: customer, loss (eligible debt), loss_date; the largest loss first.

    Fraud, disputed debt and whatever else the policy excludes is no loss. Arguments as TCI_CLAIM's.

    Examples
    --------
    >>> table = losses(["A", "B"], ["2025-03-01"] * 2, ["2025-03-31"] * 2, [10.0, 20.0], None, None,
    ...     {"insured_percentage": 0.9, "waiting_days": 180, "discretionary_limit": 50}, "2025-12-31")
    >>> table["customer"].tolist(), str(table["loss_date"][0])
    (['B', 'A'], '2025-09-27')
    """
    found = claims(
        customer, ship_date, due_date, open_amount, None, disputed, limits, policy, as_of,
        insolvency_date, excluded, in_order=False,
    )  # fmt: skip
    loss = found.steps["vat"]
    text = np.array([str(name or "") for name in found.customer])
    order = np.lexsort((text, -loss))
    order = order[loss[order] > 0]
    return Table(
        {"customer": found.customer[order], "loss": loss[order], "loss_date": found.loss_date[order]}
    )
