"""One recalculation: our formulas in order, and the foreign ones that they depend on where those matter."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from arcredit.hosts.recalculation.arithmetic import NotOurs
from arcredit.hosts.recalculation.columns import in_columns
from arcredit.hosts.recalculation.evaluate import Evaluator
from arcredit.hosts.recalculation.foreign import Foreign, load
from arcredit.hosts.recalculation.order import Producers, ordered, read_by
from arcredit.hosts.recalculation.spilling import Spills, places_of
from arcredit.ledger.formulas.alike import CLOCKS, FICKLE, Alike, alike
from arcredit.ledger.formulas.book import FormulaBook
from arcredit.ledger.formulas.expression import Node, Reference, Unary, walk
from arcredit.ledger.formulas.found import Formula
from arcredit.ledger.formulas.resolve import Spot
from arcredit.ledger.formulas.values import UNSTORED
from arcredit.ledger.writing.cells import Place

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
        self.foreign = Foreign(self.book, self.own, self.evaluator.spills)
        self.spills = Spills(self.book, self.foreign, self.evaluator.spills)
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
                self.spills.areas[group.sheet, group.first.place] = group.area

    def compute(self) -> None:
        """Compute everything that can be; again while spilled results change what others read."""
        load(self.book, self.groups)
        for _ in range(_MOST_ROUNDS):
            before = dict(self.spills.areas)
            self._once()
            if before == self.spills.areas:
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

    def all_producers(self) -> Producers:
        """An index of every formula there is."""
        producers = Producers()
        for group in [*self.groups, *self.foreign.every()]:
            producers.add(group)
        return producers

    def _producers(self) -> Producers:
        """An index of our formulas and of the foreign ones that ours depend on."""
        producers = Producers()
        for group in self.groups:
            producers.add(group)
            spilled = self.spills.areas.get((group.sheet, group.first.place))
            if group.area is not None and spilled is not None and spilled != group.area:
                producers.add(group, spilled)
        todo = list(self.groups)
        self.reached = {}
        while todo:
            group = todo.pop()
            for sheet, area in group.reads:
                for other in self.foreign.of(sheet, area, _has_spill(group)):
                    if id(other) not in self.reached:
                        self.reached[id(other)] = other
                        producers.add(other)
                        todo.append(other)
        return producers

    def _split(self, circular: Sequence[Alike]) -> bool:
        """Take groups apart that wait for themselves: their cells may not."""
        apart = [group for group in circular if len(group.rows) > 1]
        if not apart or sum(len(group.rows) for group in apart) > _MOST_SINGLE:
            return False
        gone = {id(group) for group in apart}
        self.groups = [group for group in self.groups if id(group) not in gone]
        self.groups += [single for group in apart if group.own for single in group.single()]
        self.foreign.split(gone)
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

    def _fill(self, group: Alike, value: Any) -> None:
        """Lay an array formula's result over the cells that it fills."""
        at = group.sheet, group.first.place
        area, rows = self.spills.laid(group, value)
        old = self.spills.areas.get(at, area)
        self.book.values(group.sheet).load(set(range(area.left, max(area.right, old.right) + 1)))
        for place in places_of(old):
            if not area.holds(place):
                self._put(group, place, None)
        for place, cell in zip(places_of(area), (cell for row in rows for cell in row), strict=True):
            self._put(group, place, cell)
        self.spills.areas[at] = area
        self.results[at] = rows


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
        yield from places_of(group.area)
    else:
        yield from ((row, group.column) for row in group.rows)
