"""The rows under a ledger's headings, and what was decided about their texts as a whole."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arcredit.ledger.mapping import Mapping
from arcredit.ledger.reading.amounts import amounts
from arcredit.ledger.reading.columns import DATES, MONEY
from arcredit.ledger.reading.days import days
from arcredit.ledger.reading.raw import RawColumn, RawSheet, blank_column
from arcredit.ledger.reading.resolve import date_order, decimal_sign, one_currency
from arcredit.ledger.reading.scan import LAST_COLUMN, column_number
from arcredit.ledger.reading.survey import Source
from arcredit.shapes import Days, Floats


@dataclass(frozen=True)
class Signs:
    """The order of dates and the decimal sign: as wished, and as an earlier reading found them."""

    order: str | None = None
    decimal: str | None = None
    usual_order: str | None = None
    usual_decimal: str | None = None


@dataclass(frozen=True)
class Block:
    """Rows of a sheet and their columns by name."""

    sheet: RawSheet
    mapping: Mapping
    date_1904: bool

    def column(self, name: str) -> RawColumn:
        """A column by its glossary name, blank where the sheet has none."""
        letter = self.mapping.columns.get(name)
        return self.sheet.column(column_number(letter)) if letter else blank_column(len(self.sheet))

    def has(self, name: str) -> bool:
        """Whether the sheet has this column."""
        return name in self.mapping.columns

    def letter(self, name: str) -> str:
        """A column's letter."""
        return self.mapping.columns.get(name, "A")

    def amounts(self, name: str) -> tuple[Floats, NDArray[np.uint8]]:
        """A money column and how its cells read."""
        return amounts(self.column(name), self.mapping.decimal)

    def days(self, name: str) -> tuple[Days, NDArray[np.uint8]]:
        """A date column and how its cells read."""
        return days(self.column(name), self.mapping.date_order, self.date_1904)


def tied_out(mapping: Mapping) -> str:
    """The column whose amounts are tied out: the open amounts if the sheet states them."""
    return "open_amount" if "open_amount" in mapping.columns else "amount"


def rows_of(source: Source, mapping: Mapping) -> RawSheet:
    """All rows under the headings, in the mapped columns and those left of them, where totals are named."""
    mapped = [column_number(letter) for letter in mapping.columns.values()]
    wanted = np.zeros(LAST_COLUMN + 2, bool)
    wanted[1 : column_number(mapping.columns[tied_out(mapping)]) + 1] = True
    wanted[mapped] = True
    whole = source.rows(source.sheet(mapping.sheet), wanted)
    return whole.take(slice(int(np.searchsorted(whole.rows, mapping.first_row)), None))


def decided(source: Source, mapping: Mapping, whole: RawSheet, signs: Signs) -> Mapping:
    """The mapping with the order of its dates and its decimal sign, taken from the whole columns.

    Raises
    ------
    LedgerError
        If the texts contradict one another or read in several ways, or name several currencies.
    """
    columns = {name: whole.column(column_number(letter)) for name, letter in mapping.columns.items()}
    money = [column for name, column in columns.items() if name in MONEY]
    # What insurance alone asks for decides nothing about the ledger's other dates.
    known = {*DATES, "date"} - {"delivery_date"}
    dated = {name: column for name, column in columns.items() if name in known}
    if "currency" not in columns:
        one_currency(source.path, mapping.sheet, money)
    decimal = decimal_sign(source.path, mapping.sheet, money, signs.decimal, signs.usual_decimal)
    order = date_order(source.path, mapping.sheet, dated, signs.order, signs.usual_order, source.date_1904)
    return mapping.changed(decimal=decimal, date_order=order)
