"""What each row under the headings is: a document, a total, a group's heading, a blank …

Rows are told apart by what is in them, never by where they stand: a row without any readable date is
suspect, and only suspect rows are looked at more closely.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.ledger.mapping import Mapping
from arcredit.ledger.reading.amounts import GOOD, SCALED, amounts
from arcredit.ledger.reading.columns import DATES, MONEY, names_of, plain_heading
from arcredit.ledger.reading.days import readings
from arcredit.ledger.reading.raw import BLANK, DATE, ERROR, NUMBER, TEXT, UNSTORED, RawColumn, RawSheet
from arcredit.ledger.reading.scan import SUM, column_number
from arcredit.shapes import Flags

DOCUMENT, EMPTY, TOTAL, HEADING, GROUP, NOTE, OTHER, OUTSIDE = range(8)
SKIPPED = {
    EMPTY: "blank",
    TOTAL: "total",
    HEADING: "heading",
    GROUP: "group",
    NOTE: "note",
    OTHER: "other_block",
    OUTSIDE: "outside_table",
}
"""The kinds of rows that are no documents, by the word they are counted under."""

_TOTAL = re.compile(
    r"(?:(?:grand|sub|page|overall|running|report)\s*-?\s*)?totals?\b.*|.*\b(?:sub)?totals?\s*:?|sum\s*:?"
    # SAP marks the totals of its lists with stars.
    r"|\*{1,3}|(?:\*{1,3}\s*)?(?:(?:gesamt|zwischen|end|teil)?summe\b.*|gesamt(?:betrag)?\s*:?|ergebnis\b.*)"
    r"|.*(?:合计|总计|小计|累计|汇总|共计)\s*(?:金额)?\s*[:：]?|(?:合计|总计|小计|累计|汇总|共计).{0,12}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Rows:
    """What each row is, and the customer's name standing above it (-1: none) among `groups`.

    `totals` holds the label of each row that adds others up, "" where only its formula shows it.
    """

    kind: NDArray[np.uint8]
    group: NDArray[np.int64]
    groups: list[str]
    totals: dict[int, str]


def classify(sheet: RawSheet, mapping: Mapping, money: str) -> Rows:
    """Tell the rows apart; `money` is the column whose amounts are tied out."""
    columns = {name: sheet.column(column_number(letter)) for name, letter in mapping.columns.items()}
    view = _View(sheet, columns, columns[money], mapping.decimal)
    kind = np.zeros(len(sheet), np.uint8)
    label = view.totals()
    kind[view.notes()] = NOTE
    kind[view.groups("customer" in columns)] = GROUP
    kind[label] = TOTAL
    repeated, other = view.headings(mapping)
    kind[repeated] = HEADING
    kind[view.filled == 0] = EMPTY
    if other.any():
        kind[int(np.argmax(other)) :] = OTHER
    if mapping.last_row:
        kind[(sheet.rows > mapping.last_row) & (kind != EMPTY)] = OUTSIDE
    group, groups = _carried(kind, view)
    heads = np.flatnonzero(kind == GROUP)
    kind[heads[~np.isin(np.arange(len(heads)), group[kind == DOCUMENT])]] = NOTE
    return Rows(kind, group, groups, view.labels(np.flatnonzero(kind == TOTAL)))


class _View:
    """The rows' cells as flags."""

    def __init__(
        self, sheet: RawSheet, columns: dict[str, RawColumn], money: RawColumn, decimal: str | None
    ) -> None:
        self.columns, self.decimal = columns, decimal
        self.money = money
        self.all = [sheet.columns[number] for number in sorted(sheet.columns)]
        self.filled = np.zeros(len(sheet), np.int16)
        self.texts = np.zeros(len(sheet), np.int16)
        for column in self.all:
            self.filled += column.kind != BLANK
            self.texts += column.kind == TEXT
        self.dated = np.zeros(len(sheet), bool)
        for name in (*DATES, "date"):
            if name in columns:
                self.dated |= _dated(columns[name])
        self.paid = money.kind != BLANK
        self.errors = np.isin(money.kind, (ERROR, UNSTORED))
        self.suspect = ~self.dated & (self.filled > 0)
        document = columns.get("document")
        self.numbered = document.kind != BLANK if document is not None else np.zeros(len(sheet), bool)

    def _readable(self, column: RawColumn) -> Flags:
        """Which suspect rows have an amount there."""
        rows = np.flatnonzero(self.suspect)
        found = np.zeros(len(self.suspect), bool)
        found[rows] = np.isin(amounts(column.take(rows), self.decimal)[1], (GOOD, SCALED))
        return found

    def totals(self) -> Flags:
        """Rows that add others up, by their label or their formula."""
        label = np.zeros(len(self.filled), bool)
        for column in self.all:
            label |= _matching(column, self.suspect, _is_total)
        document = self.columns.get("document")
        if document is not None:
            label &= ~self.numbered | _matching(document, self.suspect, _is_total)
        summed = self.suspect & (self.money.formula == SUM) & ~self.numbered
        if "customer" in self.columns:
            summed &= self.columns["customer"].kind == BLANK
        return np.asarray(label | summed)

    def labels(self, rows: NDArray[Any]) -> dict[int, str]:
        """What total rows are labelled."""
        found = {}
        for row in rows.tolist():
            texts = [column.text(row) for column in self.all if column.kind[row] == TEXT]
            found[row] = next((text for text in texts if _is_total(text)), "")
        return found

    def notes(self) -> Flags:
        """Rows of words without any amount or date, and without what else makes a document."""
        known = np.zeros(len(self.filled), bool)
        for name in MONEY:
            if name in self.columns:
                known |= self._readable(self.columns[name])
        customer = self.columns.get("customer")
        named = customer.kind != BLANK if customer is not None else self.filled > 1
        nothing = ~named | (~self.numbered & ~self.paid) | (~self.paid & (self.filled == 1))
        return np.asarray(self.suspect & ~known & ~self.errors & nothing)

    def groups(self, with_customers: bool) -> Flags:
        """Rows that could name the customer of those below: one text, or two (number and name)."""
        few = (self.texts >= 1) & (self.filled <= 2)
        return np.asarray(self.notes() & few & (~self.numbered | (not with_customers)))

    def headings(self, mapping: Mapping) -> tuple[Flags, Flags]:
        """Rows that repeat the headings, and rows that are the headings of something else."""
        same = np.zeros(len(self.filled), np.int16)
        other = np.zeros(len(self.filled), np.int16)
        candidate = self.suspect & ~self._readable(self.money)
        for name, column in self.columns.items():
            heading = plain_heading(mapping.headings.get(name, ""))
            same += _matching(column, candidate, lambda text, own=heading: _part(text, own))
        for column in self.all:
            other += _matching(column, candidate, lambda text: bool(names_of([text])))
        repeated = same >= 2
        return repeated, ~repeated & (other >= 3)


def _is_total(text: str) -> bool:
    return _TOTAL.fullmatch(text) is not None


def _part(text: str, heading: str) -> bool:
    plain = plain_heading(text)
    return bool(plain) and plain in heading


def _dated(column: RawColumn) -> Flags:
    numbers = (column.kind == DATE) | (column.kind == NUMBER)
    texts = _matching(column, column.kind == TEXT, lambda text: bool(readings(text)))
    return np.asarray(numbers | texts)


def _matching(column: RawColumn, among: Flags, test: Any) -> Flags:
    """Which of some rows hold a text that passes a test; each distinct text is tested once."""
    found = np.zeros(len(among), bool)
    rows = np.flatnonzero(among)
    rows = rows[column.kind[rows] == TEXT]
    if not len(rows):
        return found
    chosen = np.zeros(len(column.labels), bool)
    code = column.code[rows]
    chosen[code] = True
    for each in np.flatnonzero(chosen):
        chosen[each] = test(str(column.labels[each]))
    found[rows] = chosen[code]
    return found


def _carried(kind: NDArray[np.uint8], view: _View) -> tuple[NDArray[np.int64], list[str]]:
    """For each row the group whose heading stands above it, up to the group's total."""
    heads = np.flatnonzero(kind == GROUP)
    groups: list[str] = []
    at = np.full(len(kind), -1, np.int64)
    for row in heads:
        at[row] = len(groups)
        groups.append(_group(view, int(row)))
    marks = np.isin(kind, (GROUP, TOTAL, OTHER))
    last = np.maximum.accumulate(np.where(marks, np.arange(len(kind)), -1))
    above = np.where(last >= 0, at[np.maximum(last, 0)], -1)
    # Where one row has a customer of its own, the heading is a region's or a branch's, not a customer's.
    customer = view.columns.get("customer")
    if customer is not None and groups:
        own = (customer.kind != BLANK) & (kind == DOCUMENT) & (above >= 0)
        named = np.isin(above, np.unique(above[own]))
        above[named] = -1
    return above, groups


_LABEL = re.compile(
    r"^(?:customer|client|debtor|account|buyer|客户(?:名称)?|往来单位|购货单位|单位)\s*[:：]\s*",
    re.IGNORECASE,
)


def _group(view: _View, row: int) -> str:
    texts = [column.text(row) for column in view.all if column.kind[row] in (TEXT, NUMBER)]
    return _LABEL.sub("", texts[0]).strip() if texts else ""
