"""The tie-out: read + rejected is what the sheet holds, and what its own total says."""

import re

import numpy as np

from arcredit.credit import money
from arcredit.ledger.mapping import Totals
from arcredit.ledger.reading.block import Block, tied_out
from arcredit.ledger.reading.found import Found
from arcredit.ledger.reading.labels import coded_column, currency_of
from arcredit.ledger.reading.raw import TEXT, RawSheet
from arcredit.ledger.reading.rows import DOCUMENT, EMPTY, OTHER, OUTSIDE, SKIPPED, Rows
from arcredit.shapes import Flags, Floats

_GRAND = re.compile(
    r"(?:grand|overall|report)\s*-?\s*totals?.*|totals?\s*:?|sum\s*:?"
    r"|\*{2,3}|(?:\*{1,3}\s*)?(?:gesamt|end)?summe\s*:?|gesamt(?:betrag)?\s*:?"
    r"|total\s+(?:open|outstanding|due|receivables?|balance|ar|amount)\b.*"
    r"|(?:总计|合计|总合计|共计|合计金额|总计金额|应收账款合计|应收合计|全部合计)\s*[:：]?",
    re.IGNORECASE,
)


def tie_out(whole: RawSheet, rows: Rows, block: Block, stated: Floats, found: Found) -> Totals:
    """The totals of a sheet; findings where its own total differs and where money is left unread."""
    mapping, tied = block.mapping, tied_out(block.mapping)
    held = Block(whole, mapping, block.date_1904)
    written, _ = held.amounts(tied)
    by_currency = _by_currency(block, stated, found.rejected)
    own = own_totals(held, rows, written, tuple(by_currency))
    totals = summed(held, rows, stated, found.rejected, tied).changed(
        rows_hidden=int(block.sheet.hidden.sum()),
        by_currency=by_currency,
        sheet_total=float(written[own[""]]) if "" in own else None,
        sheet_totals={name: float(written[row]) for name, row in own.items() if name},
    )
    _unread(held, rows, written, totals.column, found)
    _compare(held, block, totals, own, found)
    return totals


def _unread(held: Block, rows: Rows, written: Floats, tied: str, found: Found) -> None:
    """Say where money stands that was not read: below the table, in another list."""
    for kind, key in ((OUTSIDE, "ledger.outside_table"), (OTHER, "ledger.other_list")):
        there = rows.kind == kind
        if not there.any() or (kind == OUTSIDE and np.isnan(written[there]).all()):
            continue
        row = int(held.sheet.rows[np.argmax(there)])
        values = {"count": int(there.sum()), "row": row, "table": held.mapping.table or ""}
        severity = "warning" if kind == OUTSIDE else "info"
        amount = money.total(written[there])
        found.note(severity, key, f"{held.letter(tied)}{row}", amount, **values)


def _compare(held: Block, block: Block, totals: Totals, own: dict[str, int], found: Found) -> None:
    """Say where the sheet's own total is another; often amounts typed as text are not in it."""
    typed = _typed(block, totals)
    for name, difference in totals.differences.items():
        if not difference:
            continue
        stated = totals.sheet_total if not name else totals.sheet_totals[name]
        left_out = abs(difference + typed.get(name, 0.0)) < 0.005
        found.note(
            "warning",
            "ledger.total_without_texts" if left_out else "ledger.total_differs",
            f"{held.letter(totals.column)}{held.sheet.rows[own[name]]}",
            difference,
            total=f"{stated:,.2f} {name}".strip(),
            held=f"{(stated or 0.0) - difference:,.2f} {name}".strip(),
            difference=f"{difference:,.2f} {name}".strip(),
        )


def _typed(block: Block, totals: Totals) -> dict[str, float]:
    """The sum of amounts typed as text, overall ("") and by currency."""
    amount, _ = block.amounts(totals.column)
    text = block.column(totals.column).kind == TEXT
    found = {"": money.total(amount[text])}
    if totals.by_currency:
        currency = coded_column(block.column("currency"), currency_of)
        for code, name in enumerate(currency.labels):
            found[str(name)] = money.total(amount[text & (currency.codes == code)])
    return found


def own_totals(held: Block, rows: Rows, amount: Floats, currencies: tuple[str, ...] = ()) -> dict[str, int]:
    """The place of the sheet's own grand total ("") and of its totals by currency."""
    overall: list[int] = []
    found: dict[str, int] = {}
    for row, label in rows.totals.items():
        if np.isnan(amount[row]):
            continue
        cell = held.column("currency").text(row) if held.has("currency") else ""
        named = _currency(f"{label} {cell}", currencies)
        bare = re.sub(re.escape(named), "", label, flags=re.IGNORECASE).strip(" ()[]-:：") if named else label
        if label and _GRAND.fullmatch(bare) is None:
            continue
        if named:
            found[named] = row
        else:
            overall.append(row)
    last = _last(rows, amount, overall)
    return found if last is None else {"": last} | found


def _currency(text: str, currencies: tuple[str, ...]) -> str:
    words = {currency_of(word) for word in re.findall(r"[^\W\d_]+|[$€£¥]", text)}
    return next((name for name in currencies if name in words), "")


def _last(rows: Rows, amount: Floats, places: list[int]) -> int | None:
    """The last total, unless it is one of several that each add up the group above it."""
    if not places:
        return None
    last = places[-1]
    if len(places) > 1 and not _adds_up(rows, amount, last) and _adds_up(rows, amount, last, places[-2]):
        return None
    return last


def _adds_up(rows: Rows, amount: Floats, last: int, after: int = -1) -> bool:
    above = np.zeros(len(amount), bool)
    above[after + 1 : last] = True
    held = np.nansum(amount[above & (rows.kind == DOCUMENT)])
    return bool(abs(held - amount[last]) < 0.005 * max(1.0, 1e-9 * abs(held)))


def summed(held: Block, rows: Rows, stated: Floats, rejected: Flags, column: str) -> Totals:
    """Counts and sums of the rows read, rejected and skipped."""
    skipped = {word: int((rows.kind == kind).sum()) for kind, word in SKIPPED.items()}
    # Rows that hold nothing need not be in the file at all.
    filled = held.sheet.rows[rows.kind != EMPTY]
    skipped["blank"] = int(filled[-1]) - held.mapping.first_row + 1 - len(filled) if len(filled) else 0
    return Totals(
        column=column,
        rows_read=int((~rejected).sum()),
        rows_rejected=int(rejected.sum()),
        rows_skipped={word: count for word, count in skipped.items() if count},
        amount_read=money.total(stated[~rejected]),
        amount_rejected=money.total(stated[rejected]),
        unreadable=int(np.isnan(stated[rejected]).sum()),
    )


def _by_currency(block: Block, stated: Floats, rejected: Flags) -> dict[str, tuple[float, float]]:
    """Read and rejected amount of each currency, where there are several; no currency counts as one more."""
    if not block.has("currency"):
        return {}
    currency = coded_column(block.column("currency"), currency_of)
    if len(currency.labels) + (currency.codes < 0).any() < 2:
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
