"""A sheet as columns of cells, nothing guessed: what is in each cell, and of what type.

A column keeps numbers as numbers, texts as texts and errors as errors side by side, so leading zeros, text
dates and #N/A all survive. A million rows take 13 bytes per cell plus the distinct texts.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.shapes import Texts

BLANK, NUMBER, DATE, TEXT, FLAG, ERROR, UNSTORED = range(7)
"""What a cell holds; DATE is a number shown as a date, UNSTORED a formula without a stored result."""


@dataclass(frozen=True)
class RawColumn:
    """One column: the `kind` of each cell, its `number`, and `code` of its text among `labels` (-1: none).

    `formula` says whether it is computed, `zeros` to how many digits its number format fills an id up.
    """

    kind: NDArray[np.uint8]
    number: NDArray[np.float64]
    code: NDArray[np.int32]
    labels: Texts
    formula: NDArray[np.uint8]
    zeros: NDArray[np.uint8]

    def used(self, rows: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """The codes of the distinct texts in the column, or in some of its rows."""
        texts = self.kind == TEXT if rows is None else (self.kind == TEXT) & rows
        seen = np.zeros(len(self.labels), bool)
        seen[self.code[texts]] = True
        return np.flatnonzero(seen)

    def value(self, row: int) -> float | str | None:
        """A cell's number or text; None for a blank."""
        kind = self.kind[row]
        if kind in (TEXT, ERROR):
            return str(self.labels[self.code[row]])
        return None if kind in (BLANK, UNSTORED) else float(self.number[row])

    def text(self, row: int) -> str:
        """A cell as it would be shown in a message."""
        value = self.value(row)
        return "" if value is None else f"{value:g}" if isinstance(value, float) else value

    def take(self, rows: Any) -> "RawColumn":
        """The same column at other rows."""
        return RawColumn(
            self.kind[rows],
            self.number[rows],
            self.code[rows],
            self.labels,
            self.formula[rows],
            self.zeros[rows],
        )


@dataclass(frozen=True)
class RawSheet:
    """The rows a sheet holds, with their numbers, and its columns by number (1 is A)."""

    rows: NDArray[np.int32]
    hidden: NDArray[np.bool_]
    columns: dict[int, RawColumn]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    whole: bool = True

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, number: int) -> RawColumn:
        """A column; a blank one where the sheet has nothing in it."""
        found = self.columns.get(number)
        return found if found is not None else blank_column(len(self.rows))

    def take(self, rows: Any) -> "RawSheet":
        """The same sheet with fewer rows."""
        columns = {number: column.take(rows) for number, column in self.columns.items()}
        return RawSheet(self.rows[rows], self.hidden[rows], columns, self.merged, self.whole)


def blank_column(height: int) -> RawColumn:
    """A column with nothing in it."""
    return RawColumn(
        np.zeros(height, np.uint8),
        np.full(height, np.nan),
        np.full(height, -1, np.int32),
        np.empty(0, object),
        np.zeros(height, np.uint8),
        np.zeros(height, np.uint8),
    )
