"""What every report is made of, and how a report says it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from arcredit import __version__
from arcredit.credit.receivables.open_items import Events, OpenItems
from arcredit.errors import Finding
from arcredit.words import say


class Totals(Protocol):
    """What `arcredit.ledger.read` counts while it reads."""

    @property
    def rows_read(self) -> int:
        """Rows that are in the figures."""

    @property
    def rows_rejected(self) -> int:
        """Rows that are not."""

    @property
    def amount_read(self) -> float:
        """Money of the rows read. [currency]"""

    @property
    def amount_rejected(self) -> float:
        """Money of the rows rejected, where it could be read. [currency]"""

    @property
    def unreadable(self) -> int:
        """Rows rejected whose amount could not be read."""

    @property
    def amount(self) -> float:
        """Read + rejected. [currency]"""

    @property
    def sheet_total(self) -> float | None:
        """The ledger sheet's own total. [currency]"""

    @property
    def difference(self) -> float | None:
        """The ledger sheet's own total less read + rejected. [currency]"""

    @property
    def column(self) -> str:
        """Which amounts these are: ``open_amount`` or ``amount``."""

    @property
    def sheet_totals(self) -> Mapping[str, float]:
        """The ledger sheet's own totals by currency."""

    @property
    def differences(self) -> Mapping[str, float]:
        """Own totals less read + rejected: overall ("") and by currency, where the sheet has them."""

    @property
    def by_currency(self) -> Mapping[str, tuple[float, float]]:
        """Read and rejected money per currency, where there are several."""


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
