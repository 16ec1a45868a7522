"""What the rules of early warning share: the invoices as they stood on a day, and what a rule finds."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcredit.credit.months import months_later
from arcredit.shapes import Days, Flags, Floats, Texts

ACTIONS = ("watch", "reduce", "hold", "stop_supply", "notify_insurer", "collect")
"""The ladder, mildest first; a line that knows too little suggests none."""

RECENT_MONTHS, BASELINE_MONTHS = 3, 12


@dataclass(frozen=True)
class History:
    """Invoices as known on `as_of`: what was paid later is still open, what was invoiced later is not there.

    `customer` codes are positions in `names`, -1 for a row without customer; `paid` is NaT while open.
    """

    names: Texts
    customer: NDArray[np.intp]
    invoiced: Days
    due: Days
    amount: Floats
    paid: Days
    as_of: np.datetime64
    grace_days: int

    @property
    def count(self) -> int:
        """How many customers there are."""
        return len(self.names)

    @property
    def is_open(self) -> Flags:
        """Rows unpaid on the day."""
        return np.isnat(self.paid)

    @property
    def is_invoice(self) -> Flags:
        """Rows that are invoices of a known customer, not credits."""
        return np.asarray((self.amount > 0) & (self.customer >= 0) & ~np.isnat(self.due))

    def before(self, months: int) -> np.datetime64:
        """The day so many months before."""
        return np.datetime64(months_later(self.as_of, -months).item(), "D")

    def days_past_due(self) -> Floats:
        """Days past due of each open row, NaN for the others."""
        return np.where(self.is_open, (self.as_of - self.due) / np.timedelta64(1, "D"), np.nan)


class Signals(NamedTuple):
    """What a rule found: a line per customer, by code; -1 is the whole ledger."""

    name: str
    customer: NDArray[np.intp]
    level: Floats
    value: Floats
    threshold: Floats
    action: Texts


def signals(name: str, found: Flags, level: Any, value: Any, threshold: Any, action: Any) -> Signals:
    """Lines for the customers where `found` is true; level and action may be one for all."""
    codes = np.flatnonzero(found)

    def pick(item: Any, kind: Any) -> Any:
        return np.broadcast_to(np.asarray(item, kind), found.shape)[codes]

    return Signals(
        name, codes, pick(level, float), pick(value, float), pick(threshold, float), pick(action, object)
    )
