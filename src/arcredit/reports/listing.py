"""A plain table on a sheet: headings, lines, and a total line of live sums."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.reports.sheet import Block, Cell, Column, Range, letters, text_width, widest

_WIDTHS = {"date": 11.5, "day": 11.5, "percent": 9.0, "count": 9.0, "late": 9.0, "tenths": 9.0, "rate": 10.0}
_LONGEST = 42.0


@dataclass(frozen=True)
class Field:
    """A column of a listing.

    Parameters
    ----------
    heading : str
        What stands above it.
    values : array
        A value per line; None, NaN and NaT stay blank, or show `missing`.
    kind : str
        A format of `arcredit.reports.style.FORMATS`, such as ``money2``.
    total : str
        ``"sum"`` for a live sum, ``"max"`` for a live maximum, a formula in which ``{row}`` is the total
        line's number (its result is then `whole`), or nothing.
    whole : object
        The stored result of a total that is a formula of its own.
    formula : str or tuple of str, optional
        A live formula of all lines, or one for each line; ``{row}`` is the line's number. `values` are its
        results.
    role : str
        A role of `arcredit.reports.style.ROLES`; ``name`` and ``wrap`` break long texts.
    links : tuple of str
        Where a click leads, a line each.
    width : float, optional
        Fixed width; else as wide as the content needs. [characters]
    """

    heading: str
    values: NDArray[Any]
    kind: str = "text"
    total: str = ""
    whole: Any = None
    formula: str | tuple[str, ...] | None = None
    role: str = "body"
    missing: str = ""
    links: tuple[str, ...] = ()
    width: float | None = None

    @property
    def is_text(self) -> bool:
        """Whether the column begins at the left."""
        return self.kind in ("text", "day")


@dataclass(frozen=True)
class Listing:
    """Fields side by side, the headings in `row`; `label` names the total line, empty for none."""

    fields: Mapping[str, Field]
    row: int
    left: int = 0
    label: str = ""

    def __len__(self) -> int:
        return max((len(field.values) for field in self.fields.values()), default=0)

    @property
    def top(self) -> int:
        """The first line's row."""
        return self.row + 1

    @property
    def bottom(self) -> int:
        """The last line's row; the heading's where there are no lines."""
        return self.row + len(self)

    @property
    def total_row(self) -> int:
        """The total line's row; it follows the last line."""
        return self.bottom + 1

    @property
    def last(self) -> int:
        """The last row of all."""
        return self.total_row if self.label else self.bottom

    @property
    def right(self) -> int:
        """The last column."""
        return self.left + len(self.fields) - 1

    def at(self, key: str) -> int:
        """A field's column on the sheet."""
        return self.left + list(self.fields).index(key)

    def column(self, key: str) -> Range:
        """The lines of a field."""
        place = self.at(key)
        return Range(self.top, place, self.bottom, place)

    def letter(self, key: str) -> str:
        """A field's column letters, for formulas."""
        return letters(self.at(key))

    @property
    def filter(self) -> Range:
        """Headings and lines, for filter buttons."""
        return Range(self.row, self.left, max(self.bottom, self.top), self.right)

    def block(self) -> Block:
        """The lines."""
        columns = tuple(
            Column(field.values, f"{field.role}.{field.kind}", field.formula, field.missing, field.links)
            for field in self.fields.values()
        )
        return Block(self.top, self.left, columns)

    def cells(self) -> list[Cell]:
        """Headings and total line."""
        return [*self._headings(), *(self._totals() if self.label else [])]

    def _headings(self) -> list[Cell]:
        return [
            Cell(self.row, place, field.heading, _heading(field))
            for place, field in enumerate(self.fields.values(), self.left)
        ]

    def _totals(self) -> list[Cell]:
        cells = []
        for place, (key, field) in enumerate(self.fields.items(), self.left):
            style = f"total.{field.kind}"
            if field.total and len(self):
                cells.append(Cell(self.total_row, place, _whole(field), style, self._down(key, field)))
            else:
                cells.append(Cell(self.total_row, place, self.label if place == self.left else None, style))
        return cells

    def _down(self, key: str, field: Field) -> str:
        if field.total in _LIVE:
            return f"={field.total.upper()}({self.column(key).a1()})"
        return field.total.replace("{row}", str(self.total_row + 1))

    def widths(self, most: float = _LONGEST) -> list[float]:
        """Column widths: a text column by its longest text up to `most`, amounts by the largest."""
        return [_width(field, most) for field in self.fields.values()]


def _heading(field: Field) -> str:
    """A text beside an amount stands a little apart from it."""
    if field.is_text:
        return "caption.text" if field.role == "aside" else "heading.text"
    return "heading.right"


_LIVE = ("sum", "max", "min", "count")


def _whole(field: Field) -> Any:
    if field.total not in _LIVE:
        return field.whole
    numbers = np.asarray(field.values, np.float64)
    numbers = numbers[~np.isnan(numbers)]
    if field.total == "sum":
        return money.total(numbers)
    if field.total == "count":
        return float(len(numbers))
    return float(getattr(numbers, field.total)()) if len(numbers) else 0.0


def _width(field: Field, most: float) -> float:
    if field.width is not None:
        return field.width
    heading = max(map(text_width, field.heading.split()), default=0) + 2.0
    if field.kind == "text":
        return max(widest(field.values, min(heading, 18.0), most), min(text_width(field.heading) + 2.0, 18.0))
    if field.kind.startswith(("money", "exact")):
        return float(np.clip(max(_digits(field), heading), 12.0, 24.0))
    return max(_WIDTHS.get(field.kind, 10.0), min(heading, 16.0))


def _digits(field: Field) -> float:
    """How wide the largest amount of a column or its sum is."""
    numbers = np.asarray(field.values, np.float64)
    numbers = numbers[~np.isnan(numbers)]
    largest = abs(money.total(numbers)) if field.total == "sum" else 0.0
    largest = max(largest, float(np.abs(numbers).max()) if len(numbers) else 0.0)
    return len(f"-{largest:,.{field.kind[5:] or 2}f}") + 2.0


def together(*widths: Iterable[float]) -> list[float]:
    """The widths that fit several tables one below the other."""
    rows = [list(row) for row in widths]
    longest = max(map(len, rows), default=0)
    return [max(row[place] for row in rows if place < len(row)) for place in range(longest)]
