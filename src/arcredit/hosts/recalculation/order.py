"""Which formulas come before which: what a formula reads is computed first."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator

from arcredit.ledger.formulas.alike import Alike
from arcredit.ledger.writing.cells import Area


class Producers:
    """Who fills a cell: an index over groups of formulas."""

    def __init__(self) -> None:
        self._columns: dict[str, dict[int, list[tuple[int, int, int]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._groups: list[Alike] = []
        self._tallest: dict[tuple[str, int], int] = {}
        self._sorted = True

    def add(self, group: Alike, area: Area | None = None) -> None:
        """Note what a group fills, or another area that it fills as well."""
        fills = area or group.fills()
        number = len(self._groups)
        self._groups.append(group)
        for column in range(fills.left, fills.right + 1):
            self._columns[group.sheet][column].append((fills.top, fills.bottom, number))
            at = group.sheet, column
            self._tallest[at] = max(self._tallest.get(at, 0), fills.bottom - fills.top)
        self._sorted = False

    def of(self, sheet: str, area: Area) -> Iterator[Alike]:
        """The groups that fill any cell of an area, some perhaps twice."""
        if not self._sorted:
            for columns in self._columns.values():
                for spans in columns.values():
                    spans.sort()
            self._sorted = True
        columns = self._columns.get(sheet, {})
        wide = area.right - area.left + 1
        for column in range(area.left, area.right + 1) if wide <= len(columns) else list(columns):
            if area.left <= column <= area.right and column in columns:
                spans = columns[column]
                start = bisect_left(spans, (area.top - self._tallest[sheet, column],))
                stop = bisect_right(spans, (area.bottom, float("inf")))
                for top, bottom, number in spans[start:stop]:
                    if bottom >= area.top and top <= area.bottom and self._fills(number, area, column):
                        yield self._groups[number]

    def _fills(self, number: int, area: Area, column: int) -> bool:
        """Whether one of a group's own rows lies there, not only something between them."""
        group = self._groups[number]
        if group.area is not None or column != group.column:
            return True
        place = bisect_left(group.rows, area.top)
        return place < len(group.rows) and group.rows[place] <= area.bottom


def ordered(groups: Iterable[Alike], producers: Producers) -> tuple[list[Alike], list[Alike]]:
    """The groups, each after those that it reads; and those that wait for themselves in the end."""
    state: dict[int, int] = {}
    order: list[Alike] = []
    circular: dict[int, Alike] = {}
    for group in groups:
        if id(group) not in state:
            _visit(group, producers, state, order, circular)
    return [group for group in order if id(group) not in circular], list(circular.values())


_OPEN, _DONE = 1, 2


def _visit(
    start: Alike,
    producers: Producers,
    state: dict[int, int],
    order: list[Alike],
    circular: dict[int, Alike],
) -> None:
    """Depth first, without Python's own stack: chains of formulas are long."""
    state[id(start)] = _OPEN
    trail = [(start, read_by(start, producers))]
    while trail:
        group, reads = trail[-1]
        for other in reads:
            if state.get(id(other)) == _OPEN:
                at = next(place for place, (one, _) in enumerate(trail) if one is other)
                circular.update((id(one), one) for one, _ in trail[at:])
            elif id(other) not in state:
                state[id(other)] = _OPEN
                trail.append((other, read_by(other, producers)))
                break
        else:
            state[id(group)] = _DONE
            order.append(group)
            trail.pop()


def read_by(group: Alike, producers: Producers) -> Iterator[Alike]:
    """The groups whose cells a group reads."""
    for sheet, area in group.reads:
        yield from producers.of(sheet, area)
