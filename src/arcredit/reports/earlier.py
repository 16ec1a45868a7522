"""The day a report looks back to: an earlier refresh's snapshot, or the last month end rebuilt."""

import datetime as dt
from typing import NamedTuple

from arcredit.credit.receivables.month_ends import last_days, reaches
from arcredit.credit.receivables.open_items import OpenItems, open_at
from arcredit.reports.inputs import Inputs


class Earlier(NamedTuple):
    """What was open on an earlier day; `source` is ``"snapshot"`` or ``"ledger"``."""

    items: OpenItems
    day: dt.date
    source: str


def earlier(inputs: Inputs) -> Earlier | None:
    """What was open before: as an earlier refresh saw it, else as the ledger itself tells today.

    None where there is no snapshot and the ledger does not reach back to the last month end.
    """
    if inputs.previous is not None and inputs.previous_as_of and inputs.previous_as_of < inputs.as_of:
        return Earlier(inputs.previous, inputs.previous_as_of, "snapshot")
    day = last_days(inputs.as_of, 2)[0]
    if not reaches(inputs.documents, inputs.events, day, inputs.as_of):
        return None
    return Earlier(open_at(inputs.documents, day, inputs.events), day.item(), "ledger")
