"""The formulas of a workbook that are not ours: read sheet by sheet, where one of ours depends on them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from arcredit.hosts.recalculation.order import Producers
from arcredit.ledger.formulas.alike import Alike, alike
from arcredit.ledger.formulas.book import FormulaBook
from arcredit.ledger.formulas.found import Formula
from arcredit.ledger.writing.cells import Area, Place


class Foreign:
    """What other formulas there are, by sheet.

    Parameters
    ----------
    book : FormulaBook
        The workbook.
    own : dict
        Our formulas by sheet.
    spills : dict
        What each array formula fills, by its first cell; arrays found here are added.
    """

    def __init__(
        self, book: FormulaBook, own: Mapping[str, list[Formula]], spills: dict[tuple[str, Place], Area]
    ) -> None:
        self.book, self.own, self.spills = book, own, spills
        self.sheets: dict[str, list[Alike]] = {}
        """Those read so far."""
        self._index: dict[str, Producers] = {}

    def read(self, sheet: str) -> list[Alike]:
        """The foreign formulas of a sheet."""
        if sheet not in self.sheets:
            own = {cell.place for cell in self.own.get(sheet, ())}
            cells = [cell for cell in self.book.every(sheet) if cell.place not in own]
            found = alike(sheet, cells, self.book)
            load(self.book, found)
            self._put(sheet, found)
            for group in found:
                if group.array and group.area is not None:
                    self.spills[sheet, group.first.place] = group.area
        return self.sheets[sheet]

    def every(self) -> list[Alike]:
        """The foreign formulas of every sheet."""
        return [group for sheet in self.book.parts for group in self.read(sheet)]

    def of(self, sheet: str, area: Area, spill: bool) -> Iterator[Alike]:
        """The foreign formulas in an area; a sheet's formulas are read when one is met first."""
        if sheet in self.book.parts and (spill or self.book.values(sheet).formulas(area)):
            self.read(sheet)
            yield from self._index[sheet].of(sheet, area)

    def split(self, gone: Collection[int]) -> None:
        """Take groups apart into their cells."""
        for sheet, groups in self.sheets.items():
            if any(id(group) in gone for group in groups):
                kept = [group for group in groups if id(group) not in gone]
                self._put(
                    sheet, kept + [one for group in groups if id(group) in gone for one in group.single()]
                )

    def _put(self, sheet: str, groups: list[Alike]) -> None:
        self.sheets[sheet] = groups
        index = self._index[sheet] = Producers()
        for group in groups:
            index.add(group)


def load(book: FormulaBook, groups: Iterable[Alike]) -> None:
    """Read every column that formulas stand in and name, each sheet once."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for group in groups:
        wanted[group.sheet].update(range(group.fills().left, group.fills().right + 1))
        for sheet, area in group.reads:
            wanted[sheet].update(range(area.left, area.right + 1))
    for sheet, columns in wanted.items():
        if sheet in book.parts:
            book.values(sheet).load(columns)
