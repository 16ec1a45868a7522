"""A report page put together from top to bottom: sections, lines, tables, notes, one below the other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from arcredit.reports.control import Line, headed, placed
from arcredit.reports.inputs import Inputs
from arcredit.reports.listing import Field, Listing, together
from arcredit.reports.sheet import Block, Cell, Chart, Mark, Range, Sheet, text_width

HEAD = 3
_LINE = 13.5


@dataclass
class Page:
    """What stands on a sheet so far; `row` is where the next piece goes."""

    inputs: Inputs
    owner: str
    row: int = HEAD
    cells: list[Cell] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=lambda: {0: 24.0})
    breaks: list[int] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    sections: list[tuple[int, dict[int, str]]] = field(default_factory=list)

    def title(self, subtitle: str) -> None:
        """Title and subtitle in the first two rows."""
        self.cells += headed(self.inputs, self.owner, subtitle)

    def lines(self, lines: Sequence[Line], label: int = 0, value: int = 1, *, down: bool = True) -> int:
        """Labels and values; the row of the first one is returned. Without `down` the row stays."""
        first = self.row
        self.cells += placed(lines, first, label, value)
        if down:
            self.row += len(lines) + 1
        return first

    def section(self, text: str, beside: Mapping[int, str] | None = None) -> None:
        """A heading over the whole width; further ones stand `beside` it in their columns."""
        self.sections.append((self.row, {0: text, **(beside or {})}))
        self.row += 1

    def table(self, fields: dict[str, Field], label: str = "", heading: float = 32.0) -> Listing:
        """A table; the listing says where its columns and totals stand."""
        listing = Listing(fields, self.row, label=label)
        self.cells += listing.cells()
        if len(listing):
            self.blocks.append(listing.block())
        self.listings.append(listing)
        self.heights[self.row] = heading
        self.row = listing.last + 2
        return listing

    def note(self, text: str) -> None:
        """A sentence over the whole width, in as many lines as it needs."""
        self.notes.append((self.row, text))
        self.row += 1

    def gap(self, rows: int = 1) -> None:
        """Blank rows."""
        self.row += rows

    def sheet(self, least: Iterable[float] = (), **more: Any) -> Sheet:
        """The sheet; `least` are widths that columns have at least."""
        wide = together(*(listing.widths() for listing in self.listings), list(least))
        right = len(wide) - 1
        cells, heights = list(self.cells), dict(self.heights)
        for row, texts in self.sections:
            cells += [Cell(row, column, texts.get(column), "section.text") for column in range(right + 1)]
        for row, text in self.notes:
            cells.append(Cell(row, 0, text, "note.text", across=right + 1))
            heights[row] = _LINE * ceil(text_width(text) / (sum(wide) * 1.08))
        for listing in self.listings:
            heights |= _wrapped(listing, wide)
        return Sheet(
            owner=self.owner,
            name=self.inputs.say(f"report.sheet.{self.owner}"),
            widths=tuple(wide),
            cells=tuple(cells),
            area=Range(0, 0, max(self.row - 1, HEAD), right),
            blocks=tuple(self.blocks),
            charts=tuple(self.charts),
            marks=tuple(self.marks),
            heights=heights,
            breaks=tuple(self.breaks),
            footer=self.inputs.footer,
            **more,
        )


def _wrapped(listing: Listing, wide: Sequence[float]) -> dict[int, float]:
    """Two lines or more for the names that are wider than their column."""
    found: dict[int, float] = {}
    for place, field_ in enumerate(listing.fields.values(), listing.left):
        if field_.role in ("name", "wrap"):
            for row, text in enumerate(field_.values, listing.top):
                lines = ceil(text_width(str(text or "")) / (wide[place] - 2))
                if lines > 1:
                    found[row] = max(found.get(row, 0.0), 15.0 * lines)
    return found
