"""A ledger out of a workbook or a .csv: the one door for reading."""

import re
from collections.abc import Mapping as Dict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from arcredit.ledger.mapping import Ledger, Mapping, Reason, Totals
from arcredit.ledger.reading.amounts import currencies_in, currencies_named
from arcredit.ledger.reading.block import Block, Signs, decided, rows_of, tied_out
from arcredit.ledger.reading.columns import MONEY
from arcredit.ledger.reading.found import Found
from arcredit.ledger.reading.items import documents
from arcredit.ledger.reading.labels import currency_of
from arcredit.ledger.reading.likely import at_home
from arcredit.ledger.reading.receipts import events
from arcredit.ledger.reading.rows import DOCUMENT, classify
from arcredit.ledger.reading.survey import Source, Wishes
from arcredit.ledger.reading.survey import survey as surveyed
from arcredit.ledger.reading.totals import tie_out
from arcredit.shapes import Coded

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
    """Read a ledger out of an .xlsx, .xlsm or .csv file.

    Parameters
    ----------
    path : str or Path
        The file.
    sheet : str, optional
        Name of the sheet to read; found by itself if not given.
    columns : dict of str to str, optional
        Glossary name to column letter or heading, for columns that are not found by themselves.
    remembered : str, optional
        What `Mapping.to_json` gave at an earlier reading.
    date_order : str, optional
        ``"dmy"``, ``"mdy"`` or ``"ymd"`` for dates written as text that read in several ways.
    decimal : str, optional
        ``"."`` or ``","`` for amounts written as text that read in both ways.
    receipts_sheet : str, optional
        Name of the sheet with receipts.
    own_sheets : frozenset of str, optional
        Names of report sheets that arcredit has written; they are never read as a ledger.

    Returns
    -------
    Ledger

    Raises
    ------
    LedgerError
        If the file cannot be read as a ledger: the message says why and what to do.
    """
    wishes = _wishes(sheet, columns, remembered, receipts_sheet, own_sheets)
    with Source(Path(path)) as source:
        mapping = surveyed(source, wishes)
        kept = wishes.remembered
        usual = kept if kept and kept.sheet == mapping.sheet else mapping
        return _read(source, mapping, Signs(date_order, decimal, usual.date_order, usual.decimal))


def survey(
    path: str | Path,
    *,
    sheet: str | None = None,
    columns: Dict[str, str] | None = None,
    remembered: str | None = None,
    receipts_sheet: str | None = None,
    own_sheets: frozenset[str] = frozenset(),
) -> Mapping:
    """Find the ledger in a file without reading it whole, and say why each choice was made.

    The arguments are those of `read`. Date order and decimal sign are decided by `read`, from whole columns.

    Raises
    ------
    LedgerError
        If the file cannot be read as a ledger.
    """
    with Source(Path(path)) as source:
        return surveyed(source, _wishes(sheet, columns, remembered, receipts_sheet, own_sheets))


def _wishes(
    sheet: str | None,
    columns: Dict[str, str] | None,
    remembered: str | None,
    receipts_sheet: str | None,
    own_sheets: frozenset[str],
) -> Wishes:
    kept = Mapping.from_json(remembered) if remembered else None
    return Wishes(sheet, columns, kept, receipts_sheet, own_sheets)


def _read(source: Source, mapping: Mapping, signs: Signs) -> Ledger:
    whole = rows_of(source, mapping)
    stated, mapping = mapping, at_home(decided(source, mapping, whole, signs), whole)
    tied = tied_out(mapping)
    rows = classify(whole, mapping, tied)
    chosen = _together(np.flatnonzero(rows.kind == DOCUMENT))
    block = Block(whole.take(chosen), mapping, source.date_1904)
    raw, _ = block.amounts(tied)
    found = Found(source.path.name, mapping.sheet, block.sheet.rows, raw)
    items, held = documents(block, rows.group[chosen], rows.groups, found)
    if not len(items):
        found.note("warning", "ledger.no_rows")
    if "currency" in stated.columns.keys() - mapping.columns.keys():
        found.note(
            "info",
            "ledger.home_amounts",
            f"{mapping.columns[tied]}{mapping.header_rows[1]}",
            amounts=mapping.headings[tied],
            currencies=stated.headings["currency"],
        )
    totals = tie_out(whole, rows, block, held, found)
    for reason in mapping.candidates:
        if reason.key == "ledger.other.equal":
            found.note("warning", "ledger.also_a_ledger", **reason.values)
    receipts = events(source, mapping.receipts, signs) if mapping.receipts else None
    last = int(block.sheet.rows[-1]) if len(block.sheet) else mapping.first_row
    mapping = mapping.changed(last_row=last, receipts=receipts.mapping if receipts else None)
    return Ledger(
        path=source.path,
        mapping=mapping,
        documents=items,
        events=receipts.events if receipts else None,
        findings=(*found.list, *(receipts.findings if receipts else ())),
        totals=totals,
        receipt_totals=receipts.totals if receipts else None,
        date_1904=source.date_1904,
        language=_language(mapping),
        currencies=_currencies(items.currency, block),
        quiet=source.quiet,
    )


def _together(rows: NDArray[Any]) -> NDArray[Any] | slice:
    """Rows without a gap as a slice, which copies nothing."""
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


def _language(mapping: Mapping) -> str:
    """Chinese if most of the headings are."""
    chinese = sum(re.search(r"[\u4e00-\u9fff]", heading) is not None for heading in mapping.headings.values())
    return "zh" if 2 * chinese > len(mapping.headings) else "en"


def _currencies(currency: Coded | None, block: Block) -> tuple[str, ...]:
    """The currencies in the ledger, in order of first appearance."""
    if currency is not None:
        return tuple(str(currency.labels[code]) for code in pd.unique(currency.codes) if code >= 0)
    columns = [block.column(name) for name in MONEY if block.has(name)]
    heading = block.mapping.headings.get(tied_out(block.mapping), "")
    return tuple(sorted(currency_of(name) for name in currencies_in(columns) or currencies_named(heading)))
