"""What every report is made of, and how a report says it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from arcredit import __version__
from arcredit.credit.receivables.open_items import Events, OpenItems
from arcredit.errors import Finding
from arcredit.ledger.mapping import Totals
from arcredit.ledger.records import Records
from arcredit.words import say


@dataclass(frozen=True)
class Inputs:
    """What a report is made of.

    Parameters
    ----------
    items : OpenItems
        Open items as of the date, as `arcredit.credit.receivables.open_items.open_at` gives them.
    documents : OpenItems
        Every document of the ledger, settled ones too.
    as_of : date
        The day of the report.
    events : Events, optional
        Receipts, credit notes and write-offs, where the ledger has them.
    edges, convention, credits
        As in `ar_aging`.
    language : str
        ``"en"`` or ``"zh"``.
    gl_balance : float, optional
        Balance of the control account; in `home` where there are several currencies. [currency]
    totals : Totals, optional
        What was read and rejected.
    findings : tuple of Finding
        What reading the ledger found.
    ledger, sheet, area : str
        File name, sheet and table or range of the ledger.
    rates : dict of str to float, optional
        Home currency per unit of each currency, as of the date.
    home : str
        Currency to convert to; without it or without rates nothing is converted.
    records : Records
        The tables beside the ledger: limits, policies, events and more.
    customer : str
        The customer of the reports on one customer; empty lets each report choose.
    previous : OpenItems, optional
        Open items as of `previous_as_of`, an earlier refresh's snapshot.
    history : tuple of (date, OpenItems)
        The snapshots of all earlier refreshes, the oldest first.
    """

    items: OpenItems
    documents: OpenItems
    as_of: dt.date
    events: Events | None = None
    edges: tuple[int, ...] | None = None
    convention: str = "arcredit"
    credits: str = "separate"
    language: str = "en"
    gl_balance: float | None = None
    totals: Totals | None = None
    findings: tuple[Finding, ...] = ()
    ledger: str = ""
    sheet: str = ""
    area: str = ""
    rates: Mapping[str, float] = field(default_factory=dict)
    home: str = ""
    records: Records = field(default_factory=Records)
    customer: str = ""
    previous: OpenItems | None = None
    previous_as_of: dt.date | None = None
    history: tuple[tuple[dt.date, OpenItems], ...] = ()
    version: str = __version__

    def say(self, key: str, **values: object) -> str:
        """A text of the reports in the report's language."""
        return say(key, self.language, **values)

    @property
    def maker(self) -> str:
        """Who made the report."""
        return f"arcredit {self.version}"

    @property
    def source(self) -> str:
        """Sheet and range the ledger was read from."""
        return "!".join(part for part in (self.sheet, self.area) if part)

    @property
    def footer(self) -> str:
        """What stands at the foot of every printed page."""
        return " · ".join(part for part in (self.ledger, self.as_of.isoformat(), self.maker) if part)
