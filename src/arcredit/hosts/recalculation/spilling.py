"""What array formulas fill: as many cells as the result has, or as many as they were given."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from arcredit.hosts.recalculation.arithmetic import NA, Block
from arcredit.hosts.recalculation.foreign import Foreign
from arcredit.ledger.formulas.alike import Alike
from arcredit.ledger.formulas.book import FormulaBook
from arcredit.ledger.writing.cells import LAST_COLUMN, LAST_ROW, Area, CellError, Place

SPILL = CellError("#VALUE!")
"""What stands in a file for #SPILL!: programs before 2018 know no other word, and Excel writes this too."""


@dataclass
class Spills:
    """What the arrays of a workbook fill now.

    Parameters
    ----------
    book : FormulaBook
        The workbook.
    foreign : Foreign
        Its other formulas.
    areas : dict
        What each array formula fills, by its first cell.
    """

    book: FormulaBook
    foreign: Foreign
    areas: dict[tuple[str, Place], Area]
    blocked: dict[tuple[str, Place], Place] = field(default_factory=dict)
    """Array formulas that cannot spill, and the cell in their way."""

    def laid(self, group: Alike, value: Any) -> tuple[Area, Block]:
        """An array formula's result as its cells show it, and the cells."""
        at = group.sheet, group.first.place
        rows: Block = value if isinstance(value, tuple) else ((value,),)
        assert group.area is not None
        self.blocked.pop(at, None)
        if not group.dynamic:
            return group.area, _fitted(rows, group.area)
        area = _sized(group.first.place, rows)
        way = self._in_the_way(group, area)
        if way is None:
            return area, rows
        self.blocked[at] = way
        return _sized(group.first.place, ((SPILL,),)), ((SPILL,),)

    def _in_the_way(self, group: Alike, area: Area) -> Place | None:
        """The first cell that keeps a result from spilling."""
        if area.bottom > LAST_ROW or area.right > LAST_COLUMN:
            return group.first.place
        if area == group.area:
            return None
        values = self.book.values(group.sheet)
        old = self.areas.get((group.sheet, group.first.place), area)
        taken = [*self.book.occupied(group.sheet), *self._other_arrays(group)]
        assert group.area is not None
        for place in places_of(area):
            if place == group.first.place or group.area.holds(place):
                continue
            filled = values.value(place) is not None and not old.holds(place)
            if filled or any(block.holds(place) for block in taken):
                return place
        return None

    def _other_arrays(self, group: Alike) -> Iterator[Area]:
        """What the sheet's other array formulas fill now, blank cells among it, and its data tables."""
        foreign = self.foreign.read(group.sheet)
        for (sheet, place), area in self.areas.items():
            if sheet == group.sheet and place != group.first.place:
                yield area
        yield from (other.area for other in foreign if other.area and not other.array)


def places_of(area: Area) -> Iterator[Place]:
    """The cells of a block, row by row."""
    for row in range(area.top, area.bottom + 1):
        for column in range(area.left, area.right + 1):
            yield row, column


def _sized(place: Place, rows: Block) -> Area:
    return Area(*place, place[0] + len(rows) - 1, place[1] + len(rows[0]) - 1)


def _fitted(rows: Block, area: Area) -> Block:
    """A result as a fixed array shows it: single rows and columns repeat, beyond a block is #N/A."""
    height, width = area.bottom - area.top + 1, area.right - area.left + 1
    wide = tuple(row * width if len(row) == 1 else (row + (NA,) * width)[:width] for row in rows)
    return wide * height if len(wide) == 1 else (wide + ((NA,) * width,) * height)[:height]
