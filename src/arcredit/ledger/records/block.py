"""A record's place on a sheet, and what there could not be taken for it."""

from dataclasses import dataclass
from typing import NamedTuple

from arcredit.ledger.reading.book import Sheet
from arcredit.ledger.reading.scan import column_letter
from arcredit.ledger.records.schema import Record


class Doubt(NamedTuple):
    """A cell that could be meant as part of a record and is not read: finding, cell, what stands there."""

    key: str
    cell: str
    found: str = ""


@dataclass(frozen=True)
class Block:
    """A record on a sheet: the rows of its headings and its cells, and the sheet's column of each name.

    A record of keys and values has the columns ``key`` and ``value``. Without columns nothing of it is read;
    `doubts` say what is not. A `weak` one is a single term, which gives way to a list elsewhere.
    """

    record: Record
    sheet: Sheet
    heading: int
    first: int
    last: int
    columns: dict[str, int]
    repeated: tuple[tuple[str, int, int], ...] = ()
    table: str = ""
    within: bool = False
    left: int = 0
    doubts: tuple[Doubt, ...] = ()
    weak: bool = False

    @property
    def missing(self) -> list[str]:
        """Required columns that it lacks."""
        if self.record.terms or not self.columns:
            return []
        return [
            column.name
            for column in self.record.columns
            if column.required and column.name not in self.columns
        ]

    def place(self, last: int) -> str:
        """Where it stands, such as ``Limits!A1:F20``."""
        columns = self.columns.values()
        left, right = column_letter(min(columns)), column_letter(max(columns))
        return f"{self.sheet.name}!{left}{self.heading}:{right}{last}"
