"""What a ledger's columns mean and what reading it gave: the records that pass between the floors."""

import json
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from arcredit.credit import money
from arcredit.errors import Finding, SettingsError
from arcredit.words import say, shown

if TYPE_CHECKING:
    from arcredit.credit.receivables.open_items import Events, OpenItems

VERSION = 1


@dataclass(frozen=True)
class Reason:
    """Why something was chosen: a key of `arcredit.words` and its values."""

    key: str
    values: Dict[str, Any] = field(default_factory=dict)

    def text(self, language: str = "en") -> str:
        """The reason as a sentence."""
        return say(f"{self.key}.message", language, **shown(self.values))


@dataclass(frozen=True)
class Mapping:
    """Where the ledger stands in a workbook and which column means what.

    Parameters
    ----------
    sheet : str
        Name of the sheet; the file's own name for a .csv.
    header_rows : (int, int)
        First and last row of the headings, as the spreadsheet numbers them.
    first_row, last_row : int
        First row under the headings and last document; `survey` leaves `last_row` 0 but for a table.
    columns : dict of str to str
        Glossary name to column letter, such as ``{"customer": "A", "open_amount": "G"}``.
    headings : dict of str to str
        Glossary name to the heading found above that column.
    unread : dict of str to str
        Column letter to heading of the columns that nothing is read from.
    table : str, optional
        Name of the Excel table, if it is one.
    date_order : str, optional
        ``"dmy"``, ``"mdy"`` or ``"ymd"`` of dates written as text; None where there are none.
    decimal : str, optional
        Decimal sign of amounts written as text, ``"."`` or ``","``; None where none needs one.
    receipts : Mapping, optional
        The receipts' own sheet.
    rates : str, optional
        Name of the sheet or Excel table with exchange rates.
    reasons : tuple of Reason
        Why this sheet, these headings and these columns.
    candidates : tuple of Reason
        The sheets that were not chosen, and why not.
    """

    sheet: str
    header_rows: tuple[int, int]
    first_row: int
    last_row: int = 0
    columns: Dict[str, str] = field(default_factory=dict)
    headings: Dict[str, str] = field(default_factory=dict)
    unread: Dict[str, str] = field(default_factory=dict)
    table: str | None = None
    date_order: str | None = None
    decimal: str | None = None
    receipts: "Mapping | None" = None
    rates: str | None = None
    reasons: tuple[Reason, ...] = ()
    candidates: tuple[Reason, ...] = ()

    def to_json(self) -> str:
        """The mapping as compact text to be kept in the workbook; reasons and unread columns are not."""
        return json.dumps({"version": VERSION} | self._kept(), ensure_ascii=False, separators=(",", ":"))

    def _kept(self) -> dict[str, Any]:
        kept = {
            item.name: getattr(self, item.name)
            for item in fields(self)
            if item.name not in ("reasons", "candidates", "unread", "last_row", "receipts")
        }
        kept = {name: value for name, value in kept.items() if value is not None}
        return kept | ({"receipts": self.receipts._kept()} if self.receipts else {})

    @staticmethod
    def from_json(text: str) -> "Mapping":
        """The mapping kept in a workbook.

        Raises
        ------
        SettingsError
            If the text is not one that `to_json` wrote.
        """
        try:
            kept = json.loads(text)
            if kept.pop("version") != VERSION:
                raise ValueError("version")
            return _mapping(kept)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            raise SettingsError("ledger.remembered", found=text[:60]) from error

    def changed(self, **values: Any) -> "Mapping":
        """The same mapping with some fields replaced."""
        return replace(self, **values)


def _mapping(kept: dict[str, Any]) -> Mapping:
    receipts = kept.pop("receipts", None)
    first, last = kept.pop("header_rows")
    made = Mapping(
        header_rows=(int(first), int(last)), receipts=_mapping(receipts) if receipts else None, **kept
    )
    texts = (made.sheet, *made.columns, *made.columns.values(), *made.headings, *made.headings.values())
    choices = (made.table, made.date_order, made.decimal, made.rates)
    if not all(isinstance(text, str) for text in texts) or not all(
        isinstance(choice, str | None) for choice in choices
    ):
        raise TypeError("texts")
    if not isinstance(made.first_row, int):
        raise TypeError("first_row")
    return made


@dataclass(frozen=True)
class Totals:
    """The tie-out: what was read and what was rejected make up what the sheet holds.

    Amounts are those of `column` as the sheet has them, before marked credits become negative.
    `amount_rejected` is the money of rejected rows whose amount could be read; `unreadable` counts the
    others.
    `sheet_total` is what the sheet's own grand total says, and `difference` is it less read + rejected;
    both None without such a row.
    `by_currency` holds (read, rejected) per currency where there are several,
    `sheet_totals` what the sheet's own totals by currency say.
    """

    column: str = "open_amount"
    rows_read: int = 0
    rows_rejected: int = 0
    rows_skipped: Dict[str, int] = field(default_factory=dict)
    rows_hidden: int = 0
    amount_read: float = 0.0
    amount_rejected: float = 0.0
    unreadable: int = 0
    sheet_total: float | None = None
    by_currency: Dict[str, tuple[float, float]] = field(default_factory=dict)
    sheet_totals: Dict[str, float] = field(default_factory=dict)

    @property
    def amount(self) -> float:
        """Read + rejected: what the sheet holds."""
        return money.total(np.array([self.amount_read, self.amount_rejected]))

    @property
    def difference(self) -> float | None:
        """The sheet's own total less read + rejected, to the cent; None where the sheet has no total."""
        if self.sheet_total is None:
            return None
        return float(money.rounded(self.sheet_total - self.amount, 2)) + 0.0

    @property
    def differences(self) -> dict[str, float]:
        """The differences of the overall total ("") and of the totals by currency, where there are such."""
        overall = {} if self.difference is None else {"": self.difference}
        for name, total in self.sheet_totals.items():
            held = money.total(np.array(self.by_currency.get(name, (0.0, 0.0))))
            overall[name] = float(money.rounded(total - held, 2)) + 0.0
        return overall

    def changed(self, **values: Any) -> "Totals":
        """The same totals with some fields replaced."""
        return replace(self, **values)


@dataclass(frozen=True)
class Ledger:
    """A ledger as it was read: the open documents, what could not be used, and the tie-out."""

    path: Path
    mapping: Mapping
    documents: "OpenItems"
    events: "Events | None"
    findings: tuple[Finding, ...]
    totals: Totals
    date_1904: bool = False
    language: str = "en"
    currencies: tuple[str, ...] = ()
    receipt_totals: Totals | None = None
    quiet: frozenset[str] = frozenset()
    """Sheets known to hold no formula of ours."""
