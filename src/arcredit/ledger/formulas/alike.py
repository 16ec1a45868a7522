"""Formulas that say the same down a column, as one: computed together, and few where cells are many."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from arcredit.ledger.formulas.book import FormulaBook
from arcredit.ledger.formulas.expression import (
    Binary,
    Call,
    Constant,
    Name,
    Node,
    Opaque,
    Reference,
    TableReference,
    moved,
    shifted,
    walk,
)
from arcredit.ledger.formulas.found import Formula
from arcredit.ledger.formulas.naming import built_in
from arcredit.ledger.formulas.relative import key
from arcredit.ledger.formulas.resolve import Spot, resolved
from arcredit.ledger.writing.cells import Area, Place

CLOCKS = frozenset({"TODAY", "NOW"})
"""Functions that the date of the refresh stands for."""
FICKLE = frozenset({"RAND", "RANDBETWEEN", "RANDARRAY"})
"""Functions that give something else each time."""
ELSEWHERE = frozenset({"CELL", "INFO", "GETPIVOTDATA", "WEBSERVICE", "RTD", "DDE", "IMAGE", "STOCKHISTORY"})
"""Functions that give something else on each machine or in each program."""
WANDERING = frozenset({"OFFSET", "INDIRECT", "CELL", "INFO"})
"""Functions whose cells cannot be told from the formula."""


_SCOPED = frozenset({"LET", "LAMBDA"})
"""Functions that bring names of their own."""


@dataclass(eq=False)
class Alike:
    """Formulas in one column of a sheet that say the same; the tree is that of the first row."""

    sheet: str
    column: int
    rows: list[int]
    tree: Node | None
    """None where the text is no formula."""
    own: bool
    """Whether it calls our functions."""
    array: bool = False
    area: Area | None = None
    """What an array formula fills, or a data table."""
    dynamic: bool = False
    reads: list[tuple[str, Area]] = field(default_factory=list)
    """Every cell that any of the rows can refer to."""
    calls: frozenset[str] = frozenset()
    """The functions it calls, other hosts' prefixes taken off."""
    wanders: bool = False
    """Whether it may refer to further cells."""
    unclear: bool = False
    """Whether there is something in it that cannot be read, so that no other program is to be asked."""

    @property
    def first(self) -> Spot:
        """The first of its cells."""
        return Spot(self.sheet, (self.rows[0], self.column))

    def places(self) -> Iterator[tuple[Place, Node]]:
        """Each cell with its own tree."""
        if self.tree is not None:
            for row in self.rows:
                yield (row, self.column), moved(self.tree, row - self.rows[0], 0)

    def fills(self) -> Area:
        """The cells it fills, those between its rows too."""
        return self.area or Area(self.rows[0], self.column, self.rows[-1], self.column)

    def single(self) -> "list[Alike]":
        """Each of its cells on its own."""
        return [
            _described(Alike(self.sheet, self.column, [place[0]], tree, self.own, unclear=self.unclear))
            for place, tree in self.places()
        ]


def alike(sheet: str, cells: Iterable[Formula], book: FormulaBook) -> list[Alike]:
    """A sheet's formulas, those that say the same down a column together."""
    buckets: dict[tuple[int, str], list[Formula]] = defaultdict(list)
    found = []
    for cell in cells:
        if cell.table or cell.area is not None:
            found.append(_one(sheet, [cell], book))
        else:
            buckets[cell.place[1], key(cell.text, cell.origin)].append(cell)
    for bucket in buckets.values():
        bucket.sort(key=lambda cell: cell.place)
        found += [_one(sheet, part, book) for part in _by_table(sheet, bucket, book)]
    return found


def _by_table(sheet: str, cells: list[Formula], book: FormulaBook) -> Iterator[list[Formula]]:
    """The same, cut where a formula that speaks of its own table's row comes to another table."""
    if "[" not in cells[0].text:
        yield cells
        return
    parts: dict[str, list[Formula]] = defaultdict(list)
    for cell in cells:
        around = book.table_around(sheet, cell.place)
        top = around is not None and cell.place[0] < around.area.top + around.headings
        parts[f"{around.name}{top}" if around else ""].append(cell)
    yield from parts.values()


def _one(sheet: str, cells: Sequence[Formula], book: FormulaBook) -> Alike:
    first = cells[0]
    tree = None if first.table else book.trees.tree(first.text, first.origin, first.place)
    rows = [cell.place[0] for cell in cells]
    spot = Spot(sheet, first.place)
    tree = None if tree is None else resolved(tree, book, spot)
    # What cannot be read is judged by its text.
    own = book.calls(tree) if tree is not None else book.calls_ours(first.text)
    array = first.area is not None and not first.table
    group = Alike(sheet, first.place[1], rows, tree, own, array, first.area, first.dynamic)
    group.unclear = tree is None or _is_unclear(tree, book, sheet)
    return _described(group)


def _is_unclear(tree: Node, book: FormulaBook, sheet: str) -> bool:
    """Whether a formula names something that nobody can read here; other programs make errors of it."""
    seen: set[tuple[str, str]] = set()
    todo: list[tuple[Node | None, str]] = [(tree, sheet)]
    while todo:
        found, seen_from = todo.pop()
        if found is None:
            return True
        for part in walk(found):
            if isinstance(part, Call) and built_in(part.name) in _SCOPED:
                return True
            if isinstance(part, Name):
                at = part.name.lower(), part.sheet or seen_from
                if at not in seen:
                    seen.add(at)
                    todo.append((book.meaning(*at), at[1]))
    return False


def _described(group: Alike) -> Alike:
    if group.tree is None:
        group.wanders = True
        return group
    parts = list(walk(group.tree))
    group.calls = frozenset(built_in(part.name) for part in parts if isinstance(part, Call))
    unknown = any(isinstance(part, Name | TableReference | Opaque) for part in parts)
    ranges = any(_makes_range(part) for part in parts)
    group.wanders = unknown or ranges or bool(group.calls & WANDERING)
    down = group.rows[-1] - group.rows[0]
    for part in parts:
        if isinstance(part, Reference) and part.sheet is not None:
            group.reads.append((part.sheet, _whole(part, down)))
    return group


def _makes_range(part: Node) -> bool:
    return isinstance(part, Binary) and part.sign in (":", " ", ",")


def _whole(reference: Reference, down: int) -> Area:
    """All that a reference comes to while its formula goes down a column."""
    last = shifted(reference, down, 0) if down else reference
    area = reference.area
    if isinstance(last, Constant):
        return Area(1, area.left, area.bottom + down, area.right)
    return Area(min(area.top, last.area.top), area.left, max(area.bottom, last.area.bottom), area.right)
