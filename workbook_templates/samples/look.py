"""One restrained look for the samples, and column widths that fit Chinese."""

import datetime as dt
import unicodedata
from collections.abc import Iterable
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

INK, PALE, LINE, RED, SLATE = "#1F3A4D", "#E9EFF3", "#B7C4CE", "#A61C1C", "#5B6B77"
PALETTE = ["#1F3A4D", "#4A7A96", "#8FB3C7", "#D9A441", "#C4602D", "#A61C1C"]
MONEY = '#,##0.00;[Red]-#,##0.00;"–"'  # a dash where nothing is open
ISO = "yyyy-mm-dd"


class Look:
    """The formats of one workbook, made on first use."""

    def __init__(self, book: Workbook, font: str, title: str, day: str = ISO) -> None:
        # A fixed day, or every run would make other bytes.
        book.set_properties(
            {"title": title, "author": "Credit control", "created": dt.datetime(2026, 7, 3, 9)}
        )
        self._book, self._font, self._made = book, font, dict[tuple[tuple[str, Any], ...], Format]()
        self.day = day
        for made in book.formats:
            made.set_font_name(font)
            made.set_font_size(10)

    def __call__(self, **properties: Any) -> Format:
        """The format with these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            base = {"font_name": self._font, "font_size": 10, "valign": "vcenter"}
            self._made[key] = self._book.add_format(base | properties)
        return self._made[key]

    def differential(self, **properties: Any) -> Format:
        """A format that changes only these properties, for a condition."""
        return self._book.add_format(properties)

    @property
    def title(self) -> Format:
        return self(bold=True, font_size=15, font_color=INK)

    @property
    def faint(self) -> Format:
        return self(font_color=SLATE)

    @property
    def head(self) -> Format:
        ink = {"font_color": "#FFFFFF", "bg_color": INK, "border": 1, "border_color": LINE}
        return self(bold=True, text_wrap=True, align="center", **ink)

    @property
    def date(self) -> Format:
        return self(num_format=self.day, align="center")

    @property
    def money(self) -> Format:
        return self(num_format=MONEY)

    @property
    def total(self) -> Format:
        return self(num_format=MONEY, bold=True, bg_color=PALE, top=1, top_color=INK)


def wide(text: Any) -> int:
    """How many Latin letters wide a cell's text is."""
    if isinstance(text, dt.date):
        return 10
    if isinstance(text, float):
        text = f"{text:,.2f}"
    letters = str("" if text is None else text)
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in letters)


def fit(sheet: Worksheet, rows: Iterable[Iterable[Any]], least: int = 6, most: int = 44) -> None:
    """Set each column as wide as its widest cell."""
    widths: dict[int, int] = {}
    for row in rows:
        for column, cell in enumerate(row):
            widths[column] = max(widths.get(column, least), wide(cell) + 2)
    for column, width in widths.items():
        sheet.set_column(column, column, min(width, most))
