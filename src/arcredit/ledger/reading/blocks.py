"""Where on a sheet the ledger stands: its headings in one line or two, and the columns under them."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.ledger.mapping import Reason
from arcredit.ledger.reading.book import Sheet, Table
from arcredit.ledger.reading.columns import Heading, assign, content, is_bucket, names_of, weight
from arcredit.ledger.reading.raw import BLANK, DATE, NUMBER, TEXT, RawSheet

SAMPLE = 2_000
"""Rows looked at to find the headings and what stands under them."""
_DEEPEST = 300
_RECEIPTS = re.compile(
    r"receipt|payment|collection|cash|remittance|收款|回款|到账|收付|银行流水", re.IGNORECASE
)


@dataclass(frozen=True)
class Candidate:
    """A block that could be a ledger."""

    sheet: Sheet
    header_rows: tuple[int, int]
    columns: dict[str, Heading]
    headings: tuple[Heading, ...]
    reasons: tuple[Reason, ...]
    rows: int
    grouped: bool
    table: Table | None = None
    size: int = 0

    @property
    def missing(self) -> list[str]:
        """What it lacks to be a ledger."""
        lacks = []
        if "customer" not in self.columns and not self.grouped:
            lacks.append("customer")
        if not self.columns.keys() & {"open_amount", "amount"}:
            lacks.append("open_amount")
        if not self.columns.keys() & {"invoice_date", "due_date"}:
            lacks.append("due_date")
        return lacks

    @property
    def score(self) -> float:
        """How much it looks like a ledger: by its columns, and ten times the rows are worth two more."""
        rows = 2 * math.log10(1 + min(self.rows, SAMPLE))
        return weight(self.columns) + rows + (1 if self.table else 0) + (0.5 if self.sheet.visible else 0)

    @property
    def is_report(self) -> bool:
        """Whether aging buckets without document numbers stand there: a summary, not a ledger."""
        buckets = sum(is_bucket(heading.texts[0]) for heading in self.headings)
        return buckets >= 2 and "document" not in self.columns

    @property
    def is_receipts(self) -> bool:
        """Whether receipts are listed, each with a date and, as a rule, the document it pays."""
        names = self.columns.keys()
        if names & {"due_date", "open_amount"} or not names & {"paid_amount", "amount"}:
            return False
        if not names & {"paid_date", "invoice_date"}:
            return False
        return (
            _RECEIPTS.search(self.sheet.name) is not None
            or "reference" in names
            or {"paid_amount", "paid_date"} <= names
        )


def candidates(sheet: Sheet, sample: RawSheet, tables: tuple[Table, ...], size: int) -> list[Candidate]:
    """The blocks of a sheet that could be a ledger or its receipts, the likeliest first."""
    found = [_of_table(sheet, sample, table, size) for table in tables]
    plain = [_of_rows(sheet, sample, lines, size) for lines in _lines(sample)]
    all_found = [item for item in (*found, *plain) if item is not None]
    return sorted(all_found, key=lambda item: (not item.missing, item.score), reverse=True)


def _of_table(sheet: Sheet, sample: RawSheet, table: Table, size: int) -> Candidate | None:
    if not table.headings:
        return None
    rows = np.flatnonzero((sample.rows > table.first_row) & (sample.rows <= table.last_row - table.totals))
    names = {table.first_column + place: [name] for place, name in enumerate(table.columns)}
    return _candidate(sheet, sample, (table.first_row, table.first_row), names, rows, size, table)


def _lines(sample: RawSheet) -> Iterator[tuple[int, int]]:
    """First and last place of rows that could be headings: those that name most, each also with the next."""
    texts = [row_texts(sample, place) for place in range(min(len(sample), _DEEPEST))]
    known = [sum(bool(names_of([text])) for text in line.values()) for line in texts]
    together = [
        sum(bool(names_of([text])) for text in (*line.values(), *below.values()))
        for line, below in pairwise([*texts, {}])
    ]
    likely = sorted(range(len(texts)), key=lambda place: (-known[place], place))[:5]
    for place in likely:
        if known[place] >= 2:
            yield place, place
    pairs = sorted(range(len(texts) - 1), key=lambda place: (-together[place], place))[:5]
    for place in pairs:
        below = texts[place + 1]
        next_row = sample.rows[place + 1] == sample.rows[place] + 1
        if together[place] >= 2 and below and texts[place] and next_row and _only_text(sample, place + 1):
            yield place, place + 1


def row_texts(sample: RawSheet, place: int) -> dict[int, str]:
    """The texts of a row by column."""
    return {
        number: str(column.labels[column.code[place]])
        for number, column in sample.columns.items()
        if column.kind[place] == TEXT
    }


def _only_text(sample: RawSheet, place: int) -> bool:
    return not any(column.kind[place] in (NUMBER, DATE) for column in sample.columns.values())


def _of_rows(sheet: Sheet, sample: RawSheet, lines: tuple[int, int], size: int) -> Candidate | None:
    first, last = lines
    names = {number: [text] for number, text in row_texts(sample, first).items()}
    if last > first:
        names = _two_lines(row_texts(sample, first), row_texts(sample, last))
    rows = np.arange(last + 1, len(sample))
    header = (int(sample.rows[first]), int(sample.rows[last]))
    found = [_candidate(sheet, sample, header, run, rows, size) for run in runs(sample, names, rows)]
    known = [item for item in found if item is not None]
    return max(known, key=lambda item: (not item.missing, item.score), default=None)


def _two_lines(upper: dict[int, str], lower: dict[int, str]) -> dict[int, list[str]]:
    """Headings of two lines; an upper one without a right neighbour stands over several lower ones."""
    names: dict[int, list[str]] = {}
    above = ""
    for number in range(min([*upper, *lower]), max([*upper, *lower]) + 1):
        above = upper.get(number, above if number in lower else "")
        own = lower.get(number, "")
        if own and above:
            names[number] = [f"{above} {own}", own, f"{own} {above}"]
        elif own or number in upper:
            names[number] = [own or upper[number]]
    return names


def runs(sample: RawSheet, names: dict[int, list[str]], rows: NDArray[Any]) -> list[dict[int, list[str]]]:
    """The headings, cut where an empty column stands between blocks that are filled in other rows."""
    runs: list[dict[int, list[str]]] = []
    for number in sorted(names):
        if not runs or _apart(sample, runs[-1], number, rows):
            runs.append({})
        runs[-1][number] = names[number]
    return runs


def _apart(sample: RawSheet, run: dict[int, list[str]], number: int, rows: NDArray[Any]) -> bool:
    between = range(max(run) + 1, min(number, max(run) + 50))
    if all(sample.column(place).kind[rows].any() for place in between):
        return False
    left = _any_filled(sample, run, rows)
    right = sample.column(number).kind[rows] != BLANK
    return bool((left & right).sum() < 0.8 * (left | right).sum())


def _candidate(
    sheet: Sheet,
    sample: RawSheet,
    header: tuple[int, int],
    names: dict[int, list[str]],
    rows: NDArray[Any],
    size: int,
    table: Table | None = None,
) -> Candidate | None:
    filled = rows[_any_filled(sample, names, rows)][:SAMPLE]
    headings = tuple(
        Heading(number, texts, content(sample.column(number), filled, names_of(texts)))
        for number, texts in names.items()
    )
    columns, reasons = assign(headings)
    if len(columns) < 2:
        return None
    grouped = "customer" not in columns and _has_groups(sample, names, filled)
    return Candidate(sheet, header, columns, headings, tuple(reasons), len(filled), grouped, table, size)


def _any_filled(sample: RawSheet, names: dict[int, list[str]], rows: NDArray[Any]) -> NDArray[np.bool_]:
    filled = np.zeros(len(rows), bool)
    for number in names:
        filled |= sample.column(number).kind[rows] != BLANK
    return filled


def _has_groups(sample: RawSheet, names: dict[int, list[str]], rows: NDArray[Any]) -> bool:
    """Whether rows of one single text stand among the others, as customers' names above their documents."""
    count = np.zeros(len(rows), int)
    texts = np.zeros(len(rows), int)
    for number in names:
        kind = sample.column(number).kind[rows]
        count += kind != BLANK
        texts += kind == TEXT
    single = (count == 1) & (texts == 1)
    return bool(len(rows) and single[:1].any() and (count > 2).any())
