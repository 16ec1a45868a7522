"""A report sheet as data: what stands where, in which style, with which charts. Rows and columns start at 0.

Nothing here writes. `arcredit.reports.scratch` makes a workbook of it; an open spreadsheet program can be
filled from the same description.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Range(NamedTuple):
    """A block of cells; its last row and column belong to it."""

    top: int
    left: int
    bottom: int
    right: int

    def a1(self, absolute: bool = False) -> str:
        """The address, such as ``B2:D9``; a single cell is ``B2``."""
        first, last = a1(self.top, self.left, absolute), a1(self.bottom, self.right, absolute)
        return first if first == last else f"{first}:{last}"


def letters(column: int) -> str:
    """A column's letters.

    Examples
    --------
    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def a1(row: int, column: int, absolute: bool = False) -> str:
    """A cell's address."""
    return f"${letters(column)}${row + 1}" if absolute else f"{letters(column)}{row + 1}"


@dataclass(frozen=True)
class Cell:
    """One cell. `value` is the stored result where there is a `formula`; `across` columns are merged."""

    row: int
    column: int
    value: Any
    style: str = "body.text"
    formula: str | None = None
    link: str | None = None
    across: int = 1


@dataclass(frozen=True)
class Column:
    """A column of a block. ``{row}`` in a formula is the row's number; NaN and None show `missing`."""

    values: NDArray[Any]
    style: str
    formula: str | None = None
    missing: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """Columns of equal height, side by side: the lines of a table."""

    top: int
    left: int
    columns: tuple[Column, ...]


class Heat(NamedTuple):
    """Amounts to be shaded: the darker the more money, darkest from `full` on."""

    where: Range
    full: float


@dataclass(frozen=True)
class Series:
    """One series of a chart; `labelled` says which points show their value."""

    name: tuple[int, int]
    categories: Range
    values: Range
    colour: tuple[int, int]
    dash: str = "solid"
    labelled: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A native chart: ``"bar"`` (stacked to 100 %) or ``"line"``. Sizes are pixels."""

    kind: str
    title: str
    alt: str
    series: tuple[Series, ...]
    row: int
    column: int
    width: int
    height: int
    number_format: str = "General"
    category_format: str = "General"
    unit: str = ""


@dataclass(frozen=True)
class Sheet:
    """A report sheet.

    Parameters
    ----------
    owner : str
        The report's own short name; it stays when the user renames the sheet.
    name : str
        The sheet's name; charts refer to it.
    widths : tuple of float
        Column widths in characters.
    heights : dict of int to float
        Heights of the rows that need another than the standard one. [points]
    heats : tuple of Heat
        Amounts to be shaded.
    freeze : (int, int), optional
        First row and column that scroll.
    titles : (int, int), optional
        First and last row repeated on every printed page.
    filter : Range, optional
        Heading and lines with filter buttons.
    breaks : tuple of int
        Rows that begin a new printed page.
    footer : str
        Left part of the printed footer; page numbers stand at the right.
    """

    owner: str
    name: str
    widths: tuple[float, ...]
    cells: tuple[Cell, ...]
    area: Range
    blocks: tuple[Block, ...] = ()
    charts: tuple[Chart, ...] = ()
    heats: tuple[Heat, ...] = ()
    heights: Mapping[int, float] = field(default_factory=dict)
    freeze: tuple[int, int] | None = None
    titles: tuple[int, int] | None = None
    filter: Range | None = None
    breaks: tuple[int, ...] = ()
    footer: str = ""
    landscape: bool = True


def pixels(widths: Iterable[float]) -> int:
    """How wide columns are together on the screen."""
    return sum(int(width * 7 + 5) for width in widths)


def text_width(text: str) -> int:
    """How many narrow characters a text is wide: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def widest(texts: NDArray[Any] | Iterable[Any], low: float, high: float) -> float:
    """A column width that shows the texts, within limits."""
    return float(
        np.clip(max((text_width(str(text)) for text in texts if text is not None), default=0) + 2, low, high)
    )
