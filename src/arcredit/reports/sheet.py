"""A report sheet as data: what stands where, in which style, with which charts. Rows and columns start at 0.

Nothing here writes. `arcredit.reports.scratch` makes a workbook of it; an open spreadsheet program can be
filled from the same description.
"""

import datetime as dt
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
    """One cell. `value` is the stored result where there is a `formula`.

    `across` columns and `down` rows are merged.
    """

    row: int
    column: int
    value: Any
    style: str = "body.text"
    formula: str | None = None
    link: str | None = None
    across: int = 1
    down: int = 1


@dataclass(frozen=True)
class Column:
    """A column of a block. ``{row}`` in a formula is the row's number; NaN and None show `missing`.

    `formula` is one for all lines, or one for each.
    """

    values: NDArray[Any]
    style: str
    formula: str | tuple[str, ...] | None = None
    missing: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """Columns of equal height, side by side: the lines of a table."""

    top: int
    left: int
    columns: tuple[Column, ...]


class Spill(NamedTuple):
    """A formula whose result fills several cells: its first cell, its rows, a style for each cell.

    For sheets that become the user's own: a report sheet has none.
    """

    row: int
    column: int
    formula: str
    rows: tuple[tuple[Any, ...], ...]
    styles: tuple[tuple[str, ...], ...]

    @property
    def where(self) -> Range:
        """The cells it fills."""
        return Range(
            self.row, self.column, self.row + len(self.rows) - 1, self.column + len(self.rows[0]) - 1
        )


class Heat(NamedTuple):
    """Amounts to be shaded: the darker the more money, darkest from `full` on."""

    where: Range
    full: float


class Bars(NamedTuple):
    """Bars inside the cells, as long as the number: `full` and more fills the cell, nought leaves it."""

    where: Range
    full: float


@dataclass(frozen=True)
class Mark:
    """Cells that look like `role` (``bad``, ``near``, ``ok`` or another) while a formula is true.

    The formula is seen from the first cell of `where`. Of several marks on a cell the first true one counts.
    """

    where: Range
    role: str
    formula: str

    @classmethod
    def at_least(cls, where: Range, role: str, limit: float | str) -> "Mark":
        """Numbers of this size and above; the limit may be a cell such as ``"$B$4"``."""
        return cls._compared(where, role, f">={limit}")

    @classmethod
    def below(cls, where: Range, role: str, limit: float | str) -> "Mark":
        """Numbers under this; the limit may be a cell such as ``"$B$4"``."""
        return cls._compared(where, role, f"<{limit}")

    @classmethod
    def says(cls, where: Range, role: str, text: str) -> "Mark":
        """Cells with exactly this text."""
        quoted = text.replace('"', '""')
        return cls(where, role, f'={a1(where.top, where.left)}="{quoted}"')

    @classmethod
    def _compared(cls, where: Range, role: str, comparison: str) -> "Mark":
        # A text or a blank counts as more than any number: only numbers are compared.
        cell = a1(where.top, where.left)
        return cls(where, role, f"=AND(ISNUMBER({cell}),{cell}{comparison})")


class Spark(NamedTuple):
    """A small chart inside a cell: ``"column"`` or ``"line"``; `low` and `high` fix its axis.

    LibreOffice 7.4 shows lines on the screen but leaves them out of a PDF; columns stand in both.
    """

    row: int
    column: int
    values: Range
    kind: str = "column"
    low: float | None = None
    high: float | None = None


class Limits(NamedTuple):
    """What may be entered: ``"number"``, ``"whole"``, ``"date"`` or a text's ``"length"``; None is open."""

    kind: str
    low: float | dt.date | None = None
    high: float | dt.date | None = None


class Entry(NamedTuple):
    """What the user may enter into cells.

    `allowed` is a list of texts (together up to 255 characters), the cells that hold them, a formula that
    gives such cells (``"=Lists!$A$2:$A$9"``), or `Limits`. The hint shows beside a chosen cell, the message
    on a wrong entry, which stays possible unless `strict`.
    """

    where: Range
    allowed: "tuple[str, ...] | Range | str | Limits"
    message: str = ""
    hint: str = ""
    strict: bool = True


class Note(NamedTuple):
    """A comment on a cell; for sheets that become the user's own, a report sheet must have none."""

    row: int
    column: int
    text: str


class Heading(NamedTuple):
    """A column of an Excel table: its heading, and what its total row shows.

    A number as `total` is the stored sum of the column, a text is written as it is. `formula` makes it a
    calculated column, whose lines have the same formula, as in ``"=bills[[#This Row],[amount]]*2"``.
    """

    text: str
    style: str = "heading.text"
    total: float | str | None = None
    total_style: str = "total.text"
    formula: str | None = None


@dataclass(frozen=True)
class Table:
    """An Excel table: `where` holds headings, lines and, if `total`, a last row of totals.

    It writes its headings and totals; the lines are a `Block` (at least one row, blank or not). For sheets
    that become the user's own: an open LibreOffice copies a report sheet without its tables.
    The look is the cells' own (``"none"``) or the workbook's light table style (``"light"``).
    """

    where: Range
    name: str
    columns: tuple[Heading, ...]
    total: bool = False
    look: str = "none"
    filter: bool = True


@dataclass(frozen=True)
class Series:
    """One series of a chart; `labelled` says which points show their value (in a ``"bar"`` all unless given).

    `over` draws it in a chart of columns as a line against an axis of its own at the right.
    """

    name: tuple[int, int]
    categories: Range
    values: Range
    colour: tuple[int, int]
    dash: str = "solid"
    labelled: tuple[bool, ...] = ()
    over: bool = False


@dataclass(frozen=True)
class Chart:
    """A native chart. Sizes are pixels.

    Kinds: ``"bar"`` (stacked to 100 %), ``"line"``, ``"column"`` (side by side), ``"stacked"`` (columns upon
    each other), ``"bars"`` (horizontal, the first at the top). Columns and bars begin at `low`; None leaves
    it to the program, which is for amounts that may be negative.
    """

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
    over_format: str = "General"
    over_unit: str = ""
    low: float | None = 0


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
    bars, marks, sparks : tuple
        Bars inside cells, cells marked by their value, small charts inside cells.
    lists : tuple of Entry
        What may be entered where.
    notes : tuple of Note
        Comments on cells.
    tables : tuple of Table
        Excel tables.
    names : dict of str to Range
        Names for the whole workbook; a report sheet must have none.
    fit_tall : int
        On how many printed pages it must fit; 0 is as many as it takes.
    spills : tuple of Spill
        Formulas that fill several cells.
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
    bars: tuple[Bars, ...] = ()
    marks: tuple[Mark, ...] = ()
    sparks: tuple[Spark, ...] = ()
    lists: tuple[Entry, ...] = ()
    notes: tuple[Note, ...] = ()
    tables: tuple[Table, ...] = ()
    names: Mapping[str, Range] = field(default_factory=dict)
    fit_tall: int = 0
    spills: tuple[Spill, ...] = ()


def pixels(widths: Iterable[float]) -> int:
    """How wide columns are together on the screen."""
    return sum(int(width * 7 + 5) for width in widths)


def text_width(text: str) -> int:
    """How many narrow characters a text is wide: a Chinese character takes two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def widest(texts: NDArray[Any] | Iterable[Any], low: float, high: float) -> float:
    """A column width that shows the texts, within limits."""
    return float(
        np.clip(max((text_width(str(text)) for text in texts if text is not None), default=0) + 2, low, high)
    )
