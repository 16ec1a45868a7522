"""The messy sample: a group's ledger after years of copy and paste, and all that must survive.

The first sheet mixes regions, currencies, typed-over totals, text amounts and rows nobody can age; the other
sheets hang charts, a pivot table, names and formats on it.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from xlsxwriter.workbook import Workbook

from samples import messy_ledger, messy_records, messy_sheets
from samples.look import Look
from samples.messy_data import PEOPLE, REGIONS, REPS, UNUSABLE
from samples.parts import add_calc_chain, add_custom_xml, pack, share_formulas, unpack
from samples.pivot import add_pivot
from samples.totals import counted, money, per_currency
from samples.trade import AS_OF, Dice, Document, books, receipts_not_applied

FILE = "sample_ledger_messy.xlsx"
FIRST_ROW = 6
KINDS = {"invoice": "Invoice", "credit": "Credit", "receipt": "Cash"}
PREFIXES = {"invoice": "SI", "credit": "SC", "receipt": "CB"}


class Formula(NamedTuple):
    """A formula and its stored result."""

    text: str
    value: Any


@dataclass
class Line:
    """One row of the ledger sheet: what it is and its cells."""

    kind: str
    cells: list[Any]
    document: Document | None = None
    problem: str = ""

    @property
    def hidden(self) -> bool:
        """Whether the filter on the status hides it."""
        return self.kind == "document" and self.cells[10] in ("Closed", "Legal")


def write(path: Path) -> dict[str, Any]:
    """Write the workbook; returns what it holds."""
    documents = ledger()
    lines = build(documents)
    billed = messy_sheets.billings(documents)
    with Workbook(path) as book:
        look = Look(book, "Calibri", "Northgate Group receivables", "dd/mm/yyyy")
        messy_ledger.write(book, lines, look)
        names = [sheet(book, lines, billed, look) for sheet in messy_sheets.SHEETS]
        everybody = [one for region in REGIONS for one in PEOPLE[region]]
        messy_records.write(book, look, everybody, [item for region in REGIONS for item in documents[region]])
        messy_ledger.define_names(book, len(lines))
        book.set_custom_property("Reviewed by", "A. Finch, credit control")
        book.set_custom_property("Retention years", 10)
    parts = unpack(path)
    share_formulas(parts, messy_ledger.SHEET, messy_ledger.day_blocks(lines))
    share_formulas(parts, "Summary", list(messy_sheets.SHARED))
    add_pivot(parts, "Pivot", messy_sheets.pivot_place(billed), *messy_sheets.pivot_source(billed))
    add_custom_xml(parts, messy_sheets.REVIEW)
    add_calc_chain(parts, len(names) + 1)
    pack(path, parts)
    return _held(lines)


def ledger() -> dict[str, list[Document]]:
    """The documents by region, numbered with leading zeros over the whole group."""
    dice = Dice(417)
    found: dict[str, list[Document]] = {}
    for region in REGIONS:
        people = PEOPLE[region]
        found[region] = books(people, dice) + receipts_not_applied(people, dice, 2)
    everything = sorted((item for region in found.values() for item in region), key=lambda item: item.day)
    for index, item in enumerate(everything, 311):
        item.number = f"{PREFIXES[item.kind]}-{index:05d}"
    for region in REGIONS:
        found[region].sort(key=lambda item: (item.customer.number, item.day, item.number))
    return found


def build(documents: dict[str, list[Document]]) -> list[Line]:
    """The rows below the header: regions with subtotals, blank rows, a repeated header, totals."""
    lines: list[Line] = []
    dice = Dice(11)
    for region in REGIONS:
        lines.append(Line("region", [f"Region: {region}"]))
        first = FIRST_ROW + len(lines)
        unusable = [row for row in UNUSABLE.strip().splitlines() if row.startswith(region)]
        items = documents[region]
        for index, item in enumerate(items):
            if region == "Continent" and index == len(items) // 2:
                lines += [Line("blank", []), Line("header", []), Line("header", [])]
            if unusable and index in (len(items) // 3, len(items) - 4):
                lines.append(_unusable(unusable.pop(0), FIRST_ROW + len(lines)))
            lines.append(_document(item, FIRST_ROW + len(lines), dice))
        _sums(lines, f"Subtotal {region}", first, {item.customer.currency for item in items})
        lines.append(Line("blank", []))
    _sums(lines, "TOTAL", FIRST_ROW, {"EUR", "GBP", "USD"})
    return lines


def _document(item: Document, row: int, dice: Dice) -> Line:
    """A document as somebody typed it: some amounts are text, credits come in three spellings."""
    typed = dice.between(0, 9) / 10
    days = Formula(f'=IF(ISNUMBER(F{row}),as_of-F{row},"")', (AS_OF - item.due).days)
    rep = REPS.get(item.customer.place.split()[0], "L. Keller")
    cells = [
        item.customer.number,
        item.customer.name + ("  " if typed == 0.3 else ""),
        item.number,
        KINDS[item.kind],
        f"{item.day:%d/%m/%Y}",
        item.due,
        item.customer.currency,
        spelled(item.amount, typed),
        spelled(item.open, typed),
        days,
        _status(item, dice),
        Formula('=VLOOKUP("Agency",reps,2,FALSE)', "#N/A") if typed == 0.9 and item.open else rep,
        {"price": "Price query", "quality": "Quality claim", "short delivery": "Short delivery"}.get(
            item.remark
        ),
    ]
    return Line("document", cells, item)


def spelled(cents: int, typed: float) -> float | str:
    """An amount as a number, or as the text `1,234.56`, `(500.00)` or `500.00 CR`."""
    text = f"{abs(cents) / 100:,.2f}"
    if cents < 0 and typed < 0.7:
        return f"({text})" if typed < 0.4 else f"{text} CR"
    return text if cents > 0 and typed in (0.1, 0.5, 0.7) else cents / 100


def _status(item: Document, dice: Dice) -> str:
    if not item.open:
        return "Closed"
    if item.open < 0:
        return "Unallocated"
    if item.disputed:
        return "Disputed"
    late = (AS_OF - item.due).days
    if late > 180 and item.customer.habit == "failing":
        return "Legal"
    return "Promised" if late > 20 and dice.chance(0.4) else "Open"


def _unusable(text: str, line: int) -> Line:
    """A row with no customer, an impossible due date or an amount nobody knows."""
    _, number, name, document, day, due_text, currency, *amounts, problem = (
        part.strip() for part in text.split("|")
    )
    due: dt.date | str = due_text
    days = Formula(f'=IF(ISNUMBER(F{line}),as_of-F{line},"")', "")
    if due_text.startswith("2026-"):
        due = dt.date.fromisoformat(due_text)
        days = days._replace(value=(AS_OF - due).days)
    known = [float(part) if part[-1].isdigit() else part for part in amounts]
    who = [number or None, name or None]
    cells = [*who, document, "Invoice", day, due, currency, *known, days, "Open", "L. Keller", None]
    return Line("unusable", cells, problem=problem)


def _sums(lines: list[Line], label: str, first: int, currencies: set[str]) -> None:
    """A line per currency under `first` …; like Excel, they do not see amounts that are text."""
    last = FIRST_ROW + len(lines) - 1
    for currency in sorted(currencies):
        cells: list[Any] = [None, f"{label} {currency}", *[None] * 11]
        for column, letter in ((7, "H"), (8, "I")):
            text = f'=SUMIFS({letter}{first}:{letter}{last},G{first}:G{last},"{currency}")'
            cells[column] = Formula(text, numeric(lines[first - FIRST_ROW :], column, currency))
        lines.append(Line("total" if label == "TOTAL" else "subtotal", cells))


def numeric(lines: list[Line], column: int, currency: str, low: int = -99_999, high: int = 99_999) -> float:
    """What SUMIFS over real numbers gives, by currency and days overdue."""
    cents = 0
    for line in lines:
        if line.kind in ("document", "unusable") and line.cells[6] == currency:
            days, amount = line.cells[9].value, line.cells[column]
            everything = (low, high) == (-99_999, 99_999)
            if isinstance(amount, float) and (everything or (days != "" and low <= days <= high)):
                cents += round(amount * 100)
    return cents / 100


def _held(lines: list[Line]) -> dict[str, Any]:
    """What a reader must find, row by row where it matters."""
    usable = counted(line.document for line in lines if line.document)
    del usable["disputed"]
    rows: dict[str, list[int]] = {}
    for row, line in enumerate(lines, FIRST_ROW):
        rows.setdefault(line.kind, []).append(row)
    hidden = [line.document for line in lines if line.hidden and line.document]
    unseen = per_currency((item.customer.currency, item.open) for item in hidden)
    return {
        "sheet": messy_ledger.SHEET,
        "header_rows": [4, 5],
        **usable,
        "rejected": [
            _rejected(row, line) for row, line in enumerate(lines, FIRST_ROW) if line.kind == "unusable"
        ],
        "rows_that_are_no_documents": {
            kind: rows[kind] for kind in ("region", "header", "blank", "subtotal", "total")
        },
        "hidden": {"rows": len(hidden), "open": unseen},
        "text_amounts": sum(isinstance(line.cells[8], str) for line in lines if line.document),
    }


def _rejected(row: int, line: Line) -> dict[str, Any]:
    amount = line.cells[8]
    letter = {"no customer": "A", "due date": "F", "open amount": "I"}[line.problem]
    return {
        "row": row,
        "cell": f"{letter}{row}",
        "problem": line.problem,
        "currency": line.cells[6],
        "original": money(round(line.cells[7] * 100)),
        "amount": money(round(amount * 100)) if isinstance(amount, float) else None,
    }
