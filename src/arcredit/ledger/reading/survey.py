"""Which sheet of a workbook is the ledger, which its receipts, and why."""

import re
from collections.abc import Mapping as Dict
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from arcredit.errors import LedgerError
from arcredit.ledger.mapping import Mapping, Reason
from arcredit.ledger.reading.blocks import SAMPLE, Candidate, candidates
from arcredit.ledger.reading.book import Book, Sheet, sniff
from arcredit.ledger.reading.columns import NAMES, Heading, content, plain_heading, weight
from arcredit.ledger.reading.csv_text import read_csv
from arcredit.ledger.reading.gather import read_sheet
from arcredit.ledger.reading.likely import completed
from arcredit.ledger.reading.raw import TEXT, RawSheet
from arcredit.ledger.reading.scan import Wanted, column_letter, column_number


class Source:
    """A file's sheets, whatever kind of file it is; to be used in a `with` statement."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = Book(path) if sniff(path) == "workbook" else None

    def __enter__(self) -> "Source":
        return self

    def __exit__(self, *error: object) -> None:
        if self.book:
            self.book.close()

    @cached_property
    def text(self) -> RawSheet:
        """A .csv's only sheet."""
        return read_csv(self.path)

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets in the order of their tabs."""
        return self.book.sheets if self.book else (Sheet(self.path.name, "", True),)

    @property
    def quiet(self) -> frozenset[str]:
        """The sheets read through that hold no formula of ours."""
        quiet = {part.lower() for part in self.book.quiet} if self.book else set()
        return frozenset(sheet.name for sheet in self.sheets if sheet.part.lower() in quiet)

    @property
    def date_1904(self) -> bool:
        """Whether days are counted from 1904."""
        return self.book.date_1904 if self.book else False

    def sheet(self, name: str) -> Sheet:
        """The sheet of a name, any case.

        Raises
        ------
        LedgerError
            If there is none.
        """
        for sheet in self.sheets:
            if sheet.name.casefold() == name.casefold():
                return sheet
        names = ", ".join(sheet.name for sheet in self.sheets)
        raise LedgerError("ledger.no_sheet", path=self.path.name, sheet=name, found=names)

    def rows(self, sheet: Sheet, wanted: Wanted = None) -> RawSheet:
        """All rows of a sheet."""
        return read_sheet(self.book, sheet, wanted) if self.book else self.text

    def candidates(self, sheet: Sheet) -> list[Candidate]:
        """The blocks of a sheet that could be a ledger."""
        if self.book is None:
            sample = self.text.take(slice(0, SAMPLE))
            found = candidates(sheet, sample, (), self.path.stat().st_size)
        else:
            tables = self.book.tables(sheet)
            deepest = max((table.first_row for table in tables), default=0)
            sample = read_sheet(self.book, sheet, most_rows=SAMPLE if deepest < SAMPLE else deepest + SAMPLE)
            found = candidates(sheet, sample, tables, self.book.size(sheet))
        return [completed(item, sample) for item in found]


@dataclass(frozen=True)
class Wishes:
    """What the user or an earlier run has decided."""

    sheet: str | None = None
    columns: Dict[str, str] | None = None
    remembered: Mapping | None = None
    receipts_sheet: str | None = None
    own_sheets: frozenset[str] = frozenset()


def survey(source: Source, wishes: Wishes) -> Mapping:
    """The mapping of a file.

    Raises
    ------
    LedgerError
        If no sheet can be read as a ledger, or a wished sheet or column is not there.
    """
    asked, wishes = wishes, _with_remembered(source, wishes)
    found, notes = _looked_at(source, wishes)
    chosen = _chosen(source, wishes, found)
    _refuse_missing(source, asked, chosen)
    receipts = _receipts(source, wishes, found, chosen)
    others = [_not_chosen(item, chosen, receipts) for item in found if item.sheet.name != chosen.sheet.name]
    mapping = _mapping(chosen, _why(chosen, wishes, len(found)), tuple(notes + others))
    return mapping.changed(receipts=_receipts_mapping(receipts)) if receipts else mapping


def _with_remembered(source: Source, wishes: Wishes) -> Wishes:
    """Wishes with what was remembered filled in; headings are looked for again, columns may have moved."""
    kept = wishes.remembered
    if kept is None or kept.sheet not in [sheet.name for sheet in source.sheets]:
        return wishes
    if wishes.sheet is not None and wishes.sheet.casefold() != kept.sheet.casefold():
        return wishes
    columns = {name: kept.headings.get(name) or letter for name, letter in kept.columns.items()}
    receipts = wishes.receipts_sheet or (kept.receipts.sheet if kept.receipts else None)
    names = [sheet.name for sheet in source.sheets]
    return replace(
        wishes,
        sheet=kept.sheet,
        columns=columns | dict(wishes.columns or {}),
        receipts_sheet=receipts if receipts in names or wishes.receipts_sheet else None,
    )


def _looked_at(source: Source, wishes: Wishes) -> tuple[list[Candidate], list[Reason]]:
    """The best block of each sheet, and why the other sheets have none."""
    found: list[Candidate] = []
    notes: list[Reason] = []
    for sheet in [source.sheet(wishes.sheet)] if wishes.sheet else source.sheets:
        if sheet.name in wishes.own_sheets and not wishes.sheet:
            notes.append(Reason("ledger.other.own", {"sheet": sheet.name}))
            continue
        best, why_not = _best(source, wishes, sheet)
        if best:
            found.append(best)
        else:
            notes.append(Reason(why_not, {"sheet": sheet.name}))
    return found, notes


def _best(source: Source, wishes: Wishes, sheet: Sheet) -> tuple[Candidate | None, str]:
    """The likeliest block of a sheet outside pivot tables; or why there is none."""
    pivots = source.book.pivots(sheet) if source.book else []
    blocks = [_wished(source, wishes, item) for item in source.candidates(sheet)]
    plain = [item for item in blocks if not any(_within(item, area) for area in pivots)]
    if not plain and pivots and not wishes.sheet:
        return None, "ledger.other.pivot"
    best = max(plain or blocks, key=lambda item: (not item.missing, item.score), default=None)
    return best or (_by_letters(source, sheet, wishes) if wishes.sheet else None), "ledger.other.nothing"


def _within(item: Candidate, area: tuple[int, int, int, int]) -> bool:
    """Whether the headings stand in an area, as in a pivot table's."""
    first, last, left, right = area
    columns = [heading.column for heading in item.headings]
    return first - 1 <= item.header_rows[0] <= last and min(columns) <= right and left <= max(columns)


def _chosen(source: Source, wishes: Wishes, found: list[Candidate]) -> Candidate:
    usable = [item for item in found if not item.missing]
    likely = [item for item in usable if not item.is_report and not item.is_receipts] or (
        usable if wishes.sheet else [item for item in usable if not item.is_report]
    )
    if likely:
        return max(likely, key=lambda item: (item.score, item.size))
    if not found:
        raise LedgerError("ledger.no_headings", path=source.path.name, sheets=len(source.sheets))
    best = max(found, key=lambda item: (not item.missing, not item.is_report, item.score))
    if not best.missing:
        raise LedgerError("ledger.only_reports", path=source.path.name, sheet=best.sheet.name)
    raise LedgerError(
        "ledger.incomplete",
        path=source.path.name,
        sheet=best.sheet.name,
        row=best.header_rows[1],
        found=", ".join(best.columns),
        missing=", ".join(best.missing),
    )


def _receipts(source: Source, wishes: Wishes, found: list[Candidate], chosen: Candidate) -> Candidate | None:
    """The receipts' sheet: the wished one, or the likeliest beside a ledger that does not state balances."""
    if wishes.receipts_sheet:
        sheet = source.sheet(wishes.receipts_sheet)
        blocks = source.candidates(sheet)
        best = next((item for item in blocks if item.is_receipts), blocks[0] if blocks else None)
        if best is None or not best.columns.keys() & {"paid_amount", "amount"}:
            raise LedgerError("ledger.no_receipts", path=source.path.name, sheet=sheet.name)
        return best
    if wishes.sheet and not wishes.remembered:
        everything = [item for sheet in source.sheets for item in source.candidates(sheet)[:1]]
        found = [item for item in everything if item.sheet.name not in wishes.own_sheets]
    likely = [item for item in found if item.is_receipts and item.sheet.name != chosen.sheet.name]
    return max(likely, key=lambda item: item.score, default=None)


def _wished(source: Source, wishes: Wishes, item: Candidate) -> Candidate:
    """The block with the columns that the user set; a wished column that is not there is an error."""
    columns, reasons = dict(item.columns), list(item.reasons)
    for name, wish in (wishes.columns or {}).items():
        if name not in NAMES:
            raise LedgerError("ledger.unknown_name", path=source.path.name, name=name, known=", ".join(NAMES))
        heading = _heading(item.headings, wish)
        if heading is not None:
            columns = {key: value for key, value in columns.items() if value.column != heading.column}
            columns[name] = heading
            values = {"name": name, "column": column_letter(heading.column), "heading": heading.shown}
            reasons = [reason for reason in reasons if reason.values.get("name") != name]
            reasons.append(Reason("ledger.why.set", values))
        elif wishes.sheet and not (wishes.remembered and name in wishes.remembered.columns):
            raise LedgerError(
                "ledger.no_column", path=source.path.name, sheet=item.sheet.name, name=name, found=wish
            )
    ordered = {name: columns[name] for name in NAMES if name in columns}
    return replace(item, columns=ordered, reasons=tuple(reasons))


def _refuse_missing(source: Source, wishes: Wishes, chosen: Candidate) -> None:
    """A column that the user sets must be there: a slip must not fall back to another column unnoticed.

    Raises
    ------
    LedgerError
        If it has neither such a heading, nor is it the letter of a column with anything in it.
    """
    stated = {heading.column for heading in chosen.headings}
    for name, wish in (wishes.columns or {}).items():
        heading = _heading(chosen.headings, wish)
        if heading and (
            heading.column in stated or heading.column <= max(source.rows(chosen.sheet).columns, default=0)
        ):
            continue
        raise LedgerError(
            "ledger.no_column", path=source.path.name, sheet=chosen.sheet.name, name=name, found=wish
        )


def _heading(headings: tuple[Heading, ...], wish: str) -> Heading | None:
    """The column of a heading or of a letter."""
    for heading in headings:
        if plain_heading(wish) in {plain_heading(text) for text in heading.texts}:
            return heading
    if re.fullmatch(r"[A-Za-z]{1,3}", wish):
        number = column_number(wish)
        for heading in headings:
            if heading.column == number:
                return heading
        return Heading(number, [wish.upper()], content=_UNKNOWN)
    return None


def _by_letters(source: Source, sheet: Sheet, wishes: Wishes) -> Candidate | None:
    """A block whose headings are all unknown words, by the letters that the user gave."""
    letters = {
        name: wish for name, wish in (wishes.columns or {}).items() if re.fullmatch("[A-Za-z]{1,3}", wish)
    }
    if not letters:
        return None
    rows = source.rows(sheet).take(slice(0, SAMPLE))
    columns = {name: rows.column(column_number(letter)) for name, letter in letters.items()}
    texts = np.all([column.kind == TEXT for column in columns.values()], axis=0)
    if not texts.any():
        return None
    place = int(np.argmax(texts))
    below = np.arange(place + 1, len(rows))
    headings = {
        name: Heading(column_number(letters[name]), [column.text(place)], content(column, below))
        for name, column in columns.items()
    }
    line = int(rows.rows[place])
    return Candidate(sheet, (line, line), headings, tuple(headings.values()), (), len(below), grouped=False)


_UNKNOWN = content(RawSheet(np.zeros(0, np.int32), np.zeros(0, bool), {}).column(1), np.zeros(0, int))


def _why(chosen: Candidate, wishes: Wishes, count: int) -> Reason:
    values = {"sheet": chosen.sheet.name, "row": chosen.header_rows[1]}
    if wishes.remembered and wishes.sheet == wishes.remembered.sheet:
        return Reason("ledger.why.remembered", values)
    if wishes.sheet:
        return Reason("ledger.why.wished", values)
    if chosen.table:
        return Reason("ledger.why.table", values | {"table": chosen.table.name})
    return Reason("ledger.why.likeliest" if count > 1 else "ledger.why.only", values)


def _not_chosen(item: Candidate, chosen: Candidate, receipts: Candidate | None) -> Reason:
    name = {"sheet": item.sheet.name, "row": item.header_rows[1]}
    if receipts and item.sheet.name == receipts.sheet.name:
        return Reason("ledger.other.receipts", name)
    if item.is_report:
        return Reason("ledger.other.report", name)
    if item.missing:
        return Reason("ledger.other.missing", name | {"missing": ", ".join(item.missing)})
    if weight(item.columns) >= weight(chosen.columns):
        return Reason("ledger.other.equal", name | {"chosen": chosen.sheet.name})
    return Reason("ledger.other.weaker", name | {"chosen": chosen.sheet.name})


def _mapping(chosen: Candidate, why: Reason, others: tuple[Reason, ...]) -> Mapping:
    return Mapping(
        sheet=chosen.sheet.name,
        header_rows=chosen.header_rows,
        first_row=chosen.header_rows[1] + 1,
        last_row=chosen.table.last_row if chosen.table else 0,
        columns={name: column_letter(heading.column) for name, heading in chosen.columns.items()},
        headings={name: heading.shown for name, heading in chosen.columns.items()},
        unread={column_letter(heading.column): heading.shown for heading in _unread(chosen)},
        table=chosen.table.name if chosen.table else None,
        reasons=(why, *chosen.reasons),
        candidates=others,
    )


def _unread(item: Candidate) -> list[Heading]:
    """The columns with anything in them that no meaning was found for."""
    taken = {heading.column for heading in item.columns.values()}
    return [heading for heading in item.headings if heading.content.filled and heading.column not in taken]


_AS_EVENTS = {
    "document": ("reference", "document"),
    "customer": ("customer", "customer_name"),
    "date": ("paid_date", "invoice_date", "due_date"),
    "amount": ("paid_amount", "amount", "open_amount"),
    "kind": ("kind",),
    "currency": ("currency",),
}


def _receipts_mapping(item: Candidate) -> Mapping:
    """The receipts' columns by what they are in an event."""
    chosen = {
        name: next(item.columns[column] for column in choices if column in item.columns)
        for name, choices in _AS_EVENTS.items()
        if item.columns.keys() & set(choices)
    }
    mapping = _mapping(item, Reason("ledger.why.receipts", {"sheet": item.sheet.name}), ())
    return mapping.changed(
        columns={name: column_letter(heading.column) for name, heading in chosen.items()},
        headings={name: heading.shown for name, heading in chosen.items()},
    )
