"""One recalculation: our formulas in order, and the foreign ones that they depend on where those matter."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from arcredit.hosts.recalculation.arithmetic import Block, NotOurs
from arcredit.hosts.recalculation.evaluate import Evaluator, in_columns
from arcredit.hosts.recalculation.order import Producers, ordered, read_by
from arcredit.ledger.formulas.alike import CLOCKS, FICKLE, Alike, alike
from arcredit.ledger.formulas.book import FormulaBook
from arcredit.ledger.formulas.expression import Node, Reference, Unary, walk
from arcredit.ledger.formulas.found import Formula
from arcredit.ledger.formulas.resolve import Spot
from arcredit.ledger.formulas.values import UNSTORED
from arcredit.ledger.writing.cells import LAST_COLUMN, LAST_ROW, Area, CellError, Place

NA = CellError("#N/A")
SPILL = CellError("#VALUE!")
"""What stands in a file for #SPILL!: programs before 2018 know no other word, and Excel writes this too."""
_MOST_SINGLE = 20_000
_MOST_ROUNDS = 10


@dataclass(frozen=True)
class Left:
    """A formula that keeps its stored result, and why; `detail` is a function's name or a reference."""

    sheet: str
    place: Place
    reason: str
    detail: str = ""


@dataclass
class Run:
    """The state of a recalculation.

    Parameters
    ----------
    book : FormulaBook
        The workbook.
    own : dict
        Our formulas by sheet.
    as_of : date
        What the clock says.
    trusted : bool
        Whether a spreadsheet program has computed the stored results: those of foreign formulas that depend
        on ours hold then as long as ours stay the same.
    """

    book: FormulaBook
    own: dict[str, list[Formula]]
    as_of: dt.date
    trusted: bool = True
    results: dict[tuple[str, Place], Any] = field(default_factory=dict)
    """What our formulas give, by cell; rows for an array formula."""
    left: dict[tuple[str, Place], Left] = field(default_factory=dict)
    blocked: dict[tuple[str, Place], Place] = field(default_factory=dict)
    """Array formulas that cannot spill, and the cell in their way."""
    given: dict[tuple[str, Place], Node] = field(default_factory=dict)
    """Our formulas with the foreign parts already computed elsewhere."""
    known: dict[tuple[str, Place], Any] = field(default_factory=dict)
    """Results of foreign formulas, computed elsewhere."""

    def __post_init__(self) -> None:
        self.evaluator = Evaluator(self.book, self.as_of)
        self.groups = [group for sheet, cells in self.own.items() for group in alike(sheet, cells, self.book)]
        self.arrays = {
            (group.sheet, group.first.place): group for group in self.groups if group.area is not None
        }
        self.stored: dict[tuple[str, Place], Any] = {}
        self.foreign: dict[str, list[Alike]] = {}
        self._foreign_index: dict[str, Producers] = {}
        self.reached: dict[int, Alike] = {}
        self.waiting: dict[int, str] = {}
        """Groups that have no certain result yet, and why."""
        self.changed: set[int] = set()
        self.derived: set[int] = set()
        """Foreign formulas that depend on ours."""
        self.between: dict[tuple[str, Place], Any] = {}
        """New results of foreign formulas that ours depend on."""
        self.producers = Producers()
        for group in self.arrays.values():
            if group.area is not None:
                self.evaluator.spills[group.sheet, group.first.place] = group.area

    def compute(self) -> None:
        """Compute everything that can be; again while spilled results change what others read."""
        self._load(self.groups)
        for _ in range(_MOST_ROUNDS):
            before = dict(self.evaluator.spills)
            self._once()
            if before == self.evaluator.spills:
                return

    def _once(self) -> None:
        self.left, self.waiting, self.changed, self.derived = {}, {}, set(), set()
        producers = self._producers()
        order, circular = ordered(self.everything(), producers)
        if circular and any(group.own for group in circular) and self._split(circular):
            producers = self._producers()
            order, circular = ordered(self.everything(), producers)
        self.producers = producers
        for group in circular:
            self._wait(group, "cycle" if group.own else "stale")
        for group in order:
            self._settle(group, producers)

    # What there is

    def everything(self) -> list[Alike]:
        """Our formulas and the foreign ones that they depend on."""
        return [*self.groups, *self.reached.values()]

    def read_everything(self) -> None:
        """Read the foreign formulas of every sheet."""
        for sheet in self.book.parts:
            if sheet not in self.foreign:
                self._read_foreign(sheet)

    def all_producers(self) -> Producers:
        """An index of every formula there is."""
        self.read_everything()
        producers = Producers()
        for group in [*self.groups, *(group for groups in self.foreign.values() for group in groups)]:
            producers.add(group)
        return producers

    def _load(self, groups: Iterable[Alike]) -> None:
        """Read every column that formulas stand in and name, each sheet once."""
        wanted: dict[str, set[int]] = defaultdict(set)
        for group in groups:
            wanted[group.sheet].update(range(group.fills().left, group.fills().right + 1))
            for sheet, area in group.reads:
                wanted[sheet].update(range(area.left, area.right + 1))
        for sheet, columns in wanted.items():
            if sheet in self.book.parts:
                self.book.values(sheet).load(columns)

    def _producers(self) -> Producers:
        """An index of our formulas and of the foreign ones that ours depend on."""
        producers = Producers()
        for group in self.groups:
            producers.add(group)
            spilled = self.evaluator.spills.get((group.sheet, group.first.place))
            if group.area is not None and spilled is not None and spilled != group.area:
                producers.add(group, spilled)
        todo = list(self.groups)
        self.reached = {}
        while todo:
            group = todo.pop()
            for sheet, area in group.reads:
                for other in self._foreign(sheet, area, spill=_has_spill(group)):
                    if id(other) not in self.reached:
                        self.reached[id(other)] = other
                        producers.add(other)
                        todo.append(other)
        return producers

    def _foreign(self, sheet: str, area: Area, spill: bool) -> Iterator[Alike]:
        """The foreign formulas in an area; a sheet's formulas are read when one is met first."""
        if sheet not in self.book.parts or not (spill or self.book.values(sheet).formulas(area)):
            return
        if sheet not in self.foreign:
            self._read_foreign(sheet)
        index = self._foreign_index[sheet]
        yield from index.of(sheet, area)

    def _read_foreign(self, sheet: str) -> None:
        own = {cell.place for cell in self.own.get(sheet, ())}
        cells = [cell for cell in self.book.every(sheet) if cell.place not in own]
        self.foreign[sheet] = alike(sheet, cells, self.book)
        self._load(self.foreign[sheet])
        index = self._foreign_index[sheet] = Producers()
        for group in self.foreign[sheet]:
            index.add(group)
            if group.array and group.area is not None:
                self.evaluator.spills[sheet, group.first.place] = group.area

    def _split(self, circular: Sequence[Alike]) -> bool:
        """Take groups apart that wait for themselves: their cells may not."""
        apart = [group for group in circular if len(group.rows) > 1]
        if not apart or sum(len(group.rows) for group in apart) > _MOST_SINGLE:
            return False
        gone = {id(group) for group in apart}
        self.groups = [group for group in self.groups if id(group) not in gone]
        self.groups += [single for group in apart if group.own for single in group.single()]
        for sheet, groups in self.foreign.items():
            if any(id(group) in gone for group in groups):
                kept = [group for group in groups if id(group) not in gone]
                again = [one for group in groups if id(group) in gone for one in group.single()]
                self.foreign[sheet] = kept + again
                index = self._foreign_index[sheet] = Producers()
                for group in self.foreign[sheet]:
                    index.add(group)
        return True

    # One group of formulas

    def _settle(self, group: Alike, producers: Producers) -> None:
        reads = list(read_by(group, producers))
        if not group.own:
            self._settle_foreign(group, reads)
            return
        self._remember_stored(group)
        if any(id(other) in self.waiting for other in reads):
            self._wait(group, "stale")
            return
        try:
            self._compute(group)
        except NotOurs as trouble:
            self._wait(group, trouble.reason, trouble.detail)

    def _settle_foreign(self, group: Alike, reads: Iterable[Alike]) -> None:
        """A foreign formula keeps its stored result unless something that it reads has changed."""
        if all((group.sheet, place) in self.known for place in cells_of(group)):
            for place in cells_of(group):
                self._put(group, place, self.known[group.sheet, place])
            return
        reads = list(reads)
        values = self.book.values(group.sheet)
        unstored = any(values.value(place) is UNSTORED for place in cells_of(group))
        if any(other.own or id(other) in self.derived for other in reads):
            self.derived.add(id(group))
        unstored |= not self.trusted and id(group) in self.derived
        waits = any(id(other) in self.waiting for other in reads)
        moves = unstored or any(id(other) in self.changed for other in reads) or bool(group.calls & CLOCKS)
        unsure = group.wanders and bool(self.own) and group.tree is not None
        if not (waits or moves or unsure or group.calls & FICKLE or group.tree is None):
            return
        if group.tree is None or waits or unsure or group.array or group.calls & FICKLE:
            self.waiting[id(group)] = "stale"
            return
        try:
            self._remember_stored(group)
            self._compute(group)
        except NotOurs:
            self.waiting[id(group)] = "stale"

    def _wait(self, group: Alike, reason: str, detail: str = "") -> None:
        self.waiting[id(group)] = reason
        if group.own:
            for place in ((row, group.column) for row in group.rows):
                self.left[group.sheet, place] = Left(group.sheet, place, reason, detail)
                self.results.pop((group.sheet, place), None)

    def _remember_stored(self, group: Alike) -> None:
        values = self.book.values(group.sheet)
        for place in cells_of(group):
            self.stored.setdefault((group.sheet, place), values.value(place))

    def _compute(self, group: Alike) -> None:
        if group.tree is None:
            raise NotOurs("unread")
        if self.book.unusual(group.sheet):
            raise NotOurs("unusual")
        found: Sequence[Any] | None = None
        together = len(group.rows) > 1 and in_columns(group.tree)
        if together and not any((group.sheet, (row, group.column)) in self.given for row in group.rows):
            with suppress(NotOurs):
                found = self.evaluator.column(group.tree, group.first, group.rows)
            if found is not None:
                for row, value in zip(group.rows, found, strict=True):
                    self._keep(group, (row, group.column), value)
                return
        for place, tree in group.places():
            try:
                self._compute_cell(group, place, self.given.get((group.sheet, place), tree))
            except NotOurs as trouble:
                if not group.own or len(group.rows) == 1:
                    raise
                self.waiting[id(group)] = trouble.reason
                self.left[group.sheet, place] = Left(group.sheet, place, trouble.reason, trouble.detail)
                self.results.pop((group.sheet, place), None)

    def _compute_cell(self, group: Alike, place: Place, tree: Node) -> None:
        value = self.evaluator.result(tree, Spot(group.sheet, place), group.array)
        if group.array:
            self._fill(group, value)
        else:
            self._keep(group, place, value)

    def _keep(self, group: Alike, place: Place, value: Any) -> None:
        if group.own:
            self.results[group.sheet, place] = value
        self._put(group, place, value)

    def _put(self, group: Alike, place: Place, value: Any) -> None:
        at = group.sheet, place
        values = self.book.values(group.sheet)
        if at not in self.stored:
            self.stored[at] = values.value(place)
        values.put(place, value)
        if not group.own:
            self.between[at] = value
        if not same(self.stored[at], value):
            self.changed.add(id(group))

    # Arrays

    def _fill(self, group: Alike, value: Any) -> None:
        """Lay an array formula's result over the cells that it fills."""
        at = group.sheet, group.first.place
        rows: Block = value if isinstance(value, tuple) else ((value,),)
        assert group.area is not None
        area = group.area
        self.blocked.pop(at, None)
        if group.dynamic:
            area = _sized(group.first.place, rows)
            way = self._in_the_way(group, area)
            if way is not None:
                self.blocked[at] = way
                rows, area = ((SPILL,),), _sized(group.first.place, ((SPILL,),))
        else:
            rows = _fitted(rows, area)
        old = self.evaluator.spills.get(at, area)
        self.book.values(group.sheet).load(set(range(area.left, max(area.right, old.right) + 1)))
        for place in _places(old):
            if not area.holds(place):
                self._put(group, place, None)
        for place, cell in zip(_places(area), (cell for row in rows for cell in row), strict=True):
            self._put(group, place, cell)
        self.evaluator.spills[at] = area
        self.results[at] = rows

    def _in_the_way(self, group: Alike, area: Area) -> Place | None:
        """The first cell that keeps a result from spilling."""
        if area.bottom > LAST_ROW or area.right > LAST_COLUMN:
            return group.first.place
        if area == group.area:
            return None
        values = self.book.values(group.sheet)
        old = self.evaluator.spills.get((group.sheet, group.first.place), area)
        taken = [*self.book.occupied(group.sheet), *self._other_arrays(group)]
        assert group.area is not None
        for place in _places(area):
            if place == group.first.place or group.area.holds(place):
                continue
            filled = values.value(place) is not None and not old.holds(place)
            if filled or any(block.holds(place) for block in taken):
                return place
        return None

    def _other_arrays(self, group: Alike) -> Iterator[Area]:
        """What the sheet's other array formulas fill now, blank cells among it, and its data tables."""
        if group.sheet not in self.foreign:
            self._read_foreign(group.sheet)
        for (sheet, place), area in self.evaluator.spills.items():
            if sheet == group.sheet and place != group.first.place:
                yield area
        yield from (other.area for other in self.foreign[group.sheet] if other.area and not other.array)


def same(stored: Any, value: Any) -> bool:
    """Whether a stored result is the result: the same value of the same kind."""
    if stored is UNSTORED or isinstance(stored, bool) is not isinstance(value, bool):
        return False
    return bool(type(stored) is type(value) and stored == value)


def _has_spill(group: Alike) -> bool:
    """Whether a formula names a spilled range by its first cell."""
    return group.tree is not None and any(
        isinstance(part, Unary) and part.sign == "#" and isinstance(part.operand, Reference)
        for part in walk(group.tree)
    )


def cells_of(group: Alike) -> Iterator[Place]:
    """The cells that hold a group's results."""
    if group.area is not None:
        yield from _places(group.area)
    else:
        yield from ((row, group.column) for row in group.rows)


def _places(area: Area) -> Iterator[Place]:
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
