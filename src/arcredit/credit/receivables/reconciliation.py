"""Why a ledger and its control account differ: from what was read to what is open, and likely causes.

Source: product rule "read + rejected = what the sheet holds"; the searches that controllers try first (one
document of that amount, half of it on the wrong side, swapped digits).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.receivables.open_items import Events, OpenItems, half_unit
from arcredit.shapes import Texts, one_date


class Bridge(NamedTuple):
    """From the amounts as the sheet has them to what is open on a day; all steps add up to ``open``."""

    read: float
    signs: float
    later: float
    events: float
    rebuilt: float
    open: float


def bridge(
    read: float, column: str, documents: OpenItems, events: Events | None, items: OpenItems, as_of: object
) -> Bridge:
    """The steps of one currency.

    Parameters
    ----------
    read : float
        The rows read, as the sheet has their amounts. [currency]
    column : str
        What they are: ``"open_amount"`` or ``"amount"``.
    documents : OpenItems
        Every document.
    events : Events, optional
        Receipts, credit notes and write-offs.
    items : OpenItems
        Open items as of the date.
    as_of : date
        The day. [date]

    Returns
    -------
    Bridge
        ``signs``: credits that the sheet marks and we make negative; ``later``: documents dated after the
        day; ``events``: what happened to documents up to the day, where the ledger lists it; ``rebuilt``:
        balances of the day in place of those stated.
    """
    day = one_date(as_of)
    stated = documents.open_amount if column == "open_amount" else documents.amount
    held = money.total(stated)
    later = -money.total(stated[documents.invoice_date > day])
    happened = 0.0
    if events is not None and column == "amount":
        happened = money.total(events.amount[np.isnat(events.date) | (events.date <= day)])
    signs = money.total(np.array([held, -read]))
    whole = money.total(items.open_amount)
    rebuilt = money.total(np.array([whole, -held, -later, -happened]))
    return Bridge(read, signs, later, happened, rebuilt, whole)


class Suspects(NamedTuple):
    """Documents whose amount is the difference, or half of it, and whether digits may have been swapped."""

    same: Texts
    half: Texts
    swapped: bool


def suspects(items: OpenItems, difference: float, most: int = 5) -> Suspects:
    """What a difference of this amount often comes from.

    Examples
    --------
    >>> from arcredit.shapes import coded
    >>> day = np.array(["2025-01-01"] * 2, "datetime64[D]")
    >>> two = OpenItems(coded(["A", "A"], "a"), np.array(["1", "2"], object), day, day,
    ...                 np.array([27.0, 54.0]), np.array([27.0, 54.0]))
    >>> found = suspects(two, -54.0)
    >>> found.same.tolist(), found.half.tolist(), found.swapped
    (['2'], ['1'], True)
    """
    if not difference:
        return Suspects(items.document[:0], items.document[:0], False)
    same = _of_amount(items, abs(difference))[:most]
    half = _of_amount(items, abs(difference) / 2)[:most]
    cents = round(abs(difference) * 100)
    return Suspects(items.document[same], items.document[half], cents % 9 == 0)


def _of_amount(items: OpenItems, amount: float) -> NDArray[np.intp]:
    return np.flatnonzero(np.abs(np.abs(items.open_amount) - amount) < half_unit(items.currency))
