"""The tie-out: read + rejected is what the sheet holds, and what its own total says."""

import re

import numpy as np

from arcredit.credit import money
from arcredit.ledger.block import Block, tied_out
from arcredit.ledger.found import Found
from arcredit.ledger.labels import coded_column, currency_of
from arcredit.ledger.mapping import Totals
from arcredit.ledger.raw import RawSheet
from arcredit.ledger.rows import DOCUMENT, OUTSIDE, SKIPPED, Rows
from arcredit.shapes import Flags, Floats

_GRAND = re.compile(
    r"(?:grand|overall|report)\s*-?\s*totals?.*|totals?\s*:?|sum\s*:?|summe|gesamt"
    r"|total\s+(?:open|outstanding|due|receivables?|balance|ar|amount)\b.*"
    r"|(?:总计|合计|总合计|共计|合计金额|总计金额|应收账款合计|应收合计|全部合计)\s*[:：]?",
    re.IGNORECASE,
)


def tie_out(whole: RawSheet, rows: Rows, block: Block, stated: Floats, found: Found) -> Totals:
    """The totals of a sheet, and findings where its own total differs or money stands outside its table."""
    mapping, tied = block.mapping, tied_out(block.mapping)
    held = Block(whole, mapping, block.date_1904)
    written, _ = held.amounts(tied)
    by_currency = _by_currency(block, stated, found.rejected)
    own, own_by_currency = own_totals(held, rows, written, tuple(by_currency))
    totals = summed(rows, stated, found.rejected, own, tied).changed(
        rows_hidden=int(block.sheet.hidden.sum()), by_currency=by_currency, sheet_totals=own_by_currency
    )
    _compare(held, rows, written, totals, found)
    return totals


def _compare(held: Block, rows: Rows, written: Floats, totals: Totals, found: Found) -> None:
    letter = held.letter(totals.column)
    outside = (rows.kind == OUTSIDE) & ~np.isnan(written)
    if outside.any():
        first = f"{letter}{held.sheet.rows[np.argmax(outside)]}"
        count, table = int(outside.sum()), held.mapping.table
        found.note(
            "warning", "ledger.outside_table", first, money.total(written[outside]), count=count, table=table
        )
    own = {"": totals.sheet_total} if totals.sheet_total is not None else totals.sheet_totals
    for name, difference in totals.differences.items():
        if difference:
            found.note(
                "warning",
                "ledger.total_differs",
                f"{letter}{held.mapping.header_rows[1]}",
                difference,
                total=f"{own[name]:,.2f} {name}".strip(),
                held=f"{own[name] - difference:,.2f} {name}".strip(),
                difference=f"{difference:,.2f} {name}".strip(),
            )


def own_totals(
    held: Block, rows: Rows, amount: Floats, currencies: tuple[str, ...] = ()
) -> tuple[float | None, dict[str, float]]:
    """What the sheet's own grand total says, and what its totals by currency say."""
    overall: list[int] = []
    by_currency: dict[str, float] = {}
    for row, label in rows.totals.items():
        if np.isnan(amount[row]):
            continue
        cell = held.column("currency").text(row) if held.has("currency") else ""
        named = _currency(f"{label} {cell}", currencies)
        bare = re.sub(re.escape(named), "", label, flags=re.IGNORECASE).strip(" ()[]-:：") if named else label
        if _GRAND.fullmatch(bare) is None and label:
            continue
        if named:
            by_currency[named] = float(amount[row])
        else:
            overall.append(row)
    return _last(rows, amount, overall), by_currency


def _currency(text: str, currencies: tuple[str, ...]) -> str:
    words = {currency_of(word) for word in re.findall(r"[^\W\d_]+|[$€£¥]", text)}
    return next((name for name in currencies if name in words), "")


def _last(rows: Rows, amount: Floats, places: list[int]) -> float | None:
    """The last total, unless it is one of several that each add up the group above it."""
    if not places:
        return None
    last = places[-1]
    if len(places) > 1 and not _adds_up(rows, amount, last) and _adds_up(rows, amount, last, places[-2]):
        return None
    return float(amount[last])


def _adds_up(rows: Rows, amount: Floats, last: int, after: int = -1) -> bool:
    above = np.zeros(len(amount), bool)
    above[after + 1 : last] = True
    held = np.nansum(amount[above & (rows.kind == DOCUMENT)])
    return bool(abs(held - amount[last]) < 0.005 * max(1.0, 1e-9 * abs(held)))


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
