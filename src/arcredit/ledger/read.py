"""A ledger out of a workbook or a .csv: the one door for reading."""

from collections.abc import Mapping as Dict
from pathlib import Path

from arcredit.ledger.mapping import Ledger, Mapping, Reason, Totals

__all__ = ["Ledger", "Mapping", "Reason", "Totals", "read", "survey"]


def read(
    path: str | Path,
    *,
    sheet: str | None = None,
    columns: Dict[str, str] | None = None,
    remembered: str | None = None,
    date_order: str | None = None,
    decimal: str | None = None,
    receipts_sheet: str | None = None,
    own_sheets: frozenset[str] = frozenset(),
) -> Ledger:
    """Read a ledger."""
    raise NotImplementedError


def survey(
    path: str | Path,
    *,
    sheet: str | None = None,
    columns: Dict[str, str] | None = None,
    remembered: str | None = None,
    date_order: str | None = None,
    decimal: str | None = None,
    receipts_sheet: str | None = None,
    own_sheets: frozenset[str] = frozenset(),
) -> Mapping:
    """Find the ledger in a workbook without reading it whole, and say why each choice was made."""
    raise NotImplementedError
