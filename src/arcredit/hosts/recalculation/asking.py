"""What of our formulas LibreOffice has to compute, round by round, until nothing waits for it any more."""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arcredit.hosts.calc.office import soffice
from arcredit.hosts.recalculation.arithmetic import OPERATORS, NotOurs
from arcredit.hosts.recalculation.core import CLOCK, computed
from arcredit.hosts.recalculation.order import Producers, read_by
from arcredit.hosts.recalculation.questions import FAILURES, Answer, Ask
from arcredit.hosts.recalculation.run import Run, cells_of
from arcredit.ledger.formulas.alike import ELSEWHERE, FICKLE, Alike
from arcredit.ledger.formulas.expression import (
    Array,
    Binary,
    Call,
    Constant,
    Group,
    Missing,
    Node,
    Opaque,
    Reference,
    Unary,
    changed,
    inner,
    walk,
)
from arcredit.ledger.formulas.printing import printed
from arcredit.ledger.formulas.resolve import Spot
from arcredit.ledger.writing.cells import Area, CellError, Place

if TYPE_CHECKING:
    from arcredit.hosts.recalculation.office import Office

_OWN_FAILINGS = frozenset({"#NAME?", "#VALUE!", "#REF!", "#NULL!"})
_WAITING = CellError("#NULL!")
_ROUNDS = 8
_LONGEST = 7_500
"""Characters of a formula that leave room for a question about it."""


def ask_office(run: Run, copy: Callable[[Path], Any]) -> None:
    """Have LibreOffice compute what is foreign, as long as that brings our formulas further.

    Parameters
    ----------
    run : Run
        A recalculation in which formulas wait.
    copy : callable
        Writes the workbook, with the stored results it has, to a path.
    """
    try:
        soffice()
    except FileNotFoundError:
        return
    # Needed by few workbooks, and slow to load.
    from arcredit.hosts.recalculation.office import Office

    refused: set[tuple[str, Place]] = set()
    private = Path(tempfile.mkdtemp(prefix="arcredit-recalc-"))
    try:
        copy(private / "book.xlsx")
        office = Office(private / "book.xlsx", run.evaluator.today)
        for _ in range(_ROUNDS):
            if not run.waiting or not _round(run, office, refused):
                return
            run.compute()
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _round(run: Run, office: "Office", refused: set[tuple[str, Place]]) -> bool:
    """One question to LibreOffice; whether it answered anything."""
    questions = _Questions(run, refused)
    if not questions.asks and not questions.cells:
        return False
    functions = {name for names in questions.functions.values() for name in names}
    try:
        found = office.answers(questions.asks, questions.cells, results_of(run), functions)
    except FAILURES:
        return False
    answered = False
    for ask, answer in zip(questions.asks, found.parts, strict=True):
        at = ask.sheet, ask.place
        if questions.functions[at] & found.unknown or is_unsure(answer.value):
            refused.add(at)
            continue
        run.given[at] = _replaced(run.given.get(at, questions.trees[at]), ask.part, answer)
        if answer.area is not None and answer.sheet is not None:
            questions.groups[at].reads.append((answer.sheet, answer.area))
        answered = True
    for sheet, values in found.cells.items():
        for place, value in values.items():
            if questions.functions[sheet, place] & found.unknown or is_unsure(value):
                refused.add((sheet, place))
                continue
            run.known[sheet, place] = value
            answered = True
    return answered


def is_unsure(value: Any) -> bool:
    """Whether an answer may be no more than LibreOffice's own failing, which it shows as such errors."""
    cells = [cell for row in value for cell in row] if isinstance(value, tuple) else [value]
    return any(isinstance(cell, CellError) and cell.code in _OWN_FAILINGS for cell in cells)


def results_of(run: Run) -> dict[str, dict[Place, Any]]:
    """What our formulas give, by sheet and cell; those that still wait are errors.

    A foreign formula that reads one of these by INDIRECT or the like has an error then, not a guess.
    """
    own: dict[str, dict[Place, Any]] = defaultdict(dict)
    for sheet, cells in run.own.items():
        for cell in cells:
            area = cell.area or Area(*cell.place, *cell.place)
            width, height = area.right - area.left + 1, area.bottom - area.top + 1
            own[sheet][cell.place] = run.results.get((sheet, cell.place), ((_WAITING,) * width,) * height)
    return own


class _Questions:
    """What can be asked now: whatever waits for nothing but LibreOffice."""

    def __init__(self, run: Run, refused: set[tuple[str, Place]]) -> None:
        self.run = run
        self.asks: list[Ask] = []
        self.cells: dict[str, list[Place]] = defaultdict(list)
        self.functions: dict[tuple[str, Place], set[str]] = {}
        self.trees: dict[tuple[str, Place], Node] = {}
        self.groups: dict[tuple[str, Place], Alike] = {}
        producers = run.producers
        waiting = [group for group in run.everything() if id(group) in run.waiting and self._can_ask(group)]
        for group in waiting:
            if any(id(other) in run.waiting for other in read_by(group, producers) if other is not group):
                continue
            functions = self._reached(group, producers)
            if functions & (FICKLE | ELSEWHERE) or run.waiting[id(group)] == "cycle":
                continue
            if group.own:
                self._ask_parts(group, functions, refused)
            else:
                for place in cells_of(group):
                    if (group.sheet, place) not in refused and (group.sheet, place) not in run.known:
                        self.cells[group.sheet].append(place)
                        self.functions[group.sheet, place] = functions

    def _can_ask(self, group: Alike) -> bool:
        return not group.unclear and not self.run.book.unusual(group.sheet)

    def _ask_parts(self, group: Alike, functions: set[str], refused: set[tuple[str, Place]]) -> None:
        for place, tree in group.places():
            at = group.sheet, place
            if at not in self.run.left or at in refused:
                continue
            tree = self.run.given.get(at, tree)
            try:
                tree = _inner_results(tree, self.run, Spot(*at), group.array)
            except NotOurs:
                continue
            tree = changed(tree, lambda node: _on_sheet(node, group.sheet))
            parts = list(dict.fromkeys(_foreign(tree, self.run)))
            if any(_is_elsewhere(node) for part in parts for node in walk(part)):
                continue
            if any(len(printed(part)) > _LONGEST for part in parts):
                continue
            for part in parts:
                self.asks.append(Ask(group.sheet, place, part, group.array, part is tree))
                self.functions[at], self.groups[at] = functions, group
                self.run.given[at] = self.trees[at] = tree

    def _reached(self, group: Alike, producers: Producers) -> set[str]:
        """Every foreign function that a formula's value can depend on."""
        seen, todo, found = {id(group)}, [group], set(group.calls)
        while todo:
            one = todo.pop()
            found |= {name for name in one.calls if name not in self.run.book.functions}
            others: Iterable[Alike] = self.run.everything() if one.wanders else read_by(one, producers)
            for other in others:
                if id(other) not in seen and not other.own:
                    seen.add(id(other))
                    todo.append(other)
        return {name for name in found if name not in self.run.book.functions and name not in CLOCK}


def _is_ours(node: Node, run: Run) -> bool:
    """Whether we compute a node ourselves, once we have what is inside it."""
    match node:
        case Constant() | Missing() | Array() | Reference() | Group():
            return True
        case Unary(sign):
            return sign in "+-%@#"
        case Binary(sign):
            return sign in OPERATORS
        case Call(name):
            return name in run.book.functions or computed(node) is not None
    return False


def _is_elsewhere(node: Node) -> bool:
    """Whether a node is somewhere else, or several areas, which LibreOffice takes for one value."""
    return isinstance(node, Opaque) or (isinstance(node, Binary) and node.sign == ",")


def _on_sheet(node: Node, sheet: str) -> Node:
    """INDIRECT as it reads from the formula's sheet: an address without a sheet means that one."""
    if not (isinstance(node, Call) and node.name.upper() == "INDIRECT" and len(node.arguments) == 1):
        return node
    prefix = Constant("'" + sheet.replace("'", "''") + "'!")
    here = Call("INDIRECT", (Binary("&", prefix, node.arguments[0]),))
    return Call("IF", (Call("ISREF", (here,)), here, node))


def _whole(node: Node, run: Run) -> bool:
    return all(_is_ours(part, run) for part in walk(node))


def _calls_ours(node: Node, run: Run) -> bool:
    return any(isinstance(part, Call) and part.name in run.book.functions for part in walk(node))


def _foreign(node: Node, run: Run) -> Iterator[Node]:
    """The foreign parts of a tree that call none of our functions, the largest ones."""
    if not _is_ours(node, run) and not _calls_ours(node, run):
        yield node
        return
    for part in inner(node):
        yield from _foreign(part, run)


def _inner_results(node: Node, run: Run, at: Spot, array: bool) -> Node:
    """The tree with our own calls inside foreign parts replaced by what they give."""
    if _is_ours(node, run):
        match node:
            case Call(name, arguments):
                return Call(name, tuple(_inner_results(part, run, at, array) for part in arguments))
            case Binary(sign, left, right):
                return Binary(
                    sign, _inner_results(left, run, at, array), _inner_results(right, run, at, array)
                )
            case Unary(sign, operand):
                return Unary(sign, _inner_results(operand, run, at, array))
        return node

    def change(part: Node) -> Node:
        if isinstance(part, Call) and part.name in run.book.functions and _whole(part, run):
            return _constant(run.evaluator.inner(part, at, array))
        return part

    return changed(node, change)


def _constant(value: Any) -> Node:
    """A value as a formula's constant."""
    if isinstance(value, tuple):
        return Array(tuple(tuple("" if cell is None else cell for cell in row) for row in value))
    return Constant("" if value is None else value)


def _replaced(tree: Node, part: Node, answer: Answer) -> Node:
    """The tree with a part replaced by what LibreOffice found."""
    if answer.area is not None:
        area = answer.area
        new: Node = Reference(area, (True,) * 4, answer.sheet, span=True)
        if area.top == area.bottom and area.left == area.right:
            new = Reference(area, (True,) * 4, answer.sheet)
    else:
        new = _constant(answer.value)
    return changed(tree, lambda node: new if node == part else node)
