"""The tie-out: read + rejected is what the sheet holds, and what its own total says."""

import numpy as np

from arcredit.credit import money
from arcredit.ledger.amounts import amounts
from arcredit.ledger.block import Block, tied_out
from arcredit.ledger.found import Found
from arcredit.ledger.labels import coded_column, currency_of
from arcredit.ledger.mapping import Totals
from arcredit.ledger.raw import RawSheet
from arcredit.ledger.rows import OUTSIDE, SKIPPED, Rows, grand_total
from arcredit.ledger.scan import column_number
from arcredit.shapes import Flags, Floats


def tie_out(whole: RawSheet, rows: Rows, block: Block, stated: Floats, found: Found) -> Totals:
    """The totals of a sheet, and findings where its own total differs or money stands outside its table."""
    mapping, tied = block.mapping, tied_out(block.mapping)
    column = whole.column(column_number(mapping.columns[tied]))
    written, _ = amounts(column, mapping.decimal)
    outside = (rows.kind == OUTSIDE) & ~np.isnan(written)
    if outside.any():
        first = f"{block.letter(tied)}{whole.rows[np.argmax(outside)]}"
        held = money.total(written[outside])
        found.note(
            "warning", "ledger.outside_table", first, held, count=int(outside.sum()), table=mapping.table
        )
    totals = summed(rows, stated, found.rejected, grand_total(rows, whole, written), tied)
    totals = totals.changed(
        rows_hidden=int(block.sheet.hidden.sum()), by_currency=_by_currency(block, stated, found.rejected)
    )
    if totals.difference:
        last = f"{block.letter(tied)}{mapping.header_rows[1]}"
        found.note(
            "warning",
            "ledger.total_differs",
            last,
            totals.difference,
            total=f"{totals.sheet_total:,.2f}",
            held=f"{totals.amount:,.2f}",
            difference=f"{totals.difference:,.2f}",
        )
    return totals


def summed(rows: Rows, stated: Floats, rejected: Flags, sheet_total: float | None, column: str) -> Totals:
    """Counts and sums of the rows read, rejected and skipped."""
    skipped = {word: int((rows.kind == kind).sum()) for kind, word in SKIPPED.items()}
    return Totals(
        column=column,
        rows_read=int((~rejected).sum()),
        rows_rejected=int(rejected.sum()),
        rows_skipped={word: count for word, count in skipped.items() if count},
        amount_read=money.total(stated[~rejected]),
        amount_rejected=money.total(stated[rejected]),
        unreadable=int(np.isnan(stated[rejected]).sum()),
        sheet_total=sheet_total,
    )


def _by_currency(block: Block, stated: Floats, rejected: Flags) -> dict[str, tuple[float, float]]:
    """Read and rejected amount of each currency, where there are several."""
    if not block.has("currency"):
        return {}
    currency = coded_column(block.column("currency"), currency_of)
    if len(currency.labels) < 2:
        return {}
    groups = len(currency.labels) + 1
    code = np.where(currency.codes < 0, groups - 1, currency.codes)
    read = money.grouped(np.where(rejected, 0.0, stated), code, groups)
    left = money.grouped(np.where(rejected, stated, 0.0), code, groups)
    names = [*map(str, currency.labels), ""]
    return {
        name: (float(read[place]), float(left[place]))
        for place, name in enumerate(names)
        if name or read[place] or left[place]
    }
