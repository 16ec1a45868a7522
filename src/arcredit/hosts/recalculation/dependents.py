"""Every other formula of a workbook, computed by LibreOffice, where its stored result is not that."""

import math
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from arcredit.hosts.calc.office import soffice
from arcredit.hosts.recalculation.arithmetic import NotOurs
from arcredit.hosts.recalculation.asking import is_unsure, results_of
from arcredit.hosts.recalculation.core import CLOCK
from arcredit.hosts.recalculation.order import Producers, ordered, read_by
from arcredit.hosts.recalculation.questions import FAILURES, Answers
from arcredit.hosts.recalculation.run import Run, cells_of, same
from arcredit.ledger.formulas.alike import ELSEWHERE, FICKLE, Alike
from arcredit.ledger.formulas.expression import Opaque, walk
from arcredit.ledger.formulas.resolve import Spot
from arcredit.ledger.writing.cells import CellError, Place

Result = tuple[str, Place, Any]


def dependents(run: Run, copy: Callable[[Path], Any], skipped: Collection[str]) -> list[Result]:
    """Results of formulas other than ours that differ from the stored ones.

    Left out are formulas that LibreOffice may compute otherwise than Excel: those with functions that it does
    not know, with chance or other workbooks in them, or with our formulas that were left; and all that depend
    on one of these.

    Parameters
    ----------
    run : Run
        The recalculation of our formulas.
    copy : callable
        Writes the workbook to a path.
    skipped : collection of str
        Sheets of which nothing is wanted.
    """
    try:
        soffice()
    except FileNotFoundError:
        return []
    # Needed by few workbooks, and slow to load.
    from arcredit.hosts.recalculation.office import Office

    groups = run.foreign.every()
    functions = {name for group in groups for name in group.calls if name not in CLOCK}
    cells = {
        sheet: [place for group in found for place in cells_of(group)]
        for sheet, found in run.foreign.sheets.items()
        if sheet not in skipped
    }
    with tempfile.TemporaryDirectory(prefix="arcredit-recalc-") as private:
        path = Path(private) / "book.xlsx"
        copy(path)
        try:
            answers = Office(path, run.evaluator.today).answers([], cells, results_of(run), functions)
        except FAILURES:
            return []
    return _settled(run, groups, answers, skipped)


def _settled(run: Run, groups: list[Alike], answers: Answers, skipped: Collection[str]) -> list[Result]:
    """New results in the order in which formulas read each other.

    What we compute ourselves counts, for it is as in Excel; where LibreOffice has something else, its results
    for whatever reads that are no use.
    """
    producers = run.all_producers()
    order, circular = ordered([*run.groups, *groups], producers)
    left = _doubtful(run, order, circular, producers, answers)
    otherwise: set[int] = set()
    found: list[Result] = []
    for group in order:
        reads = {id(other) for other in read_by(group, producers)}
        if group.own or group.sheet in skipped or id(group) in left:
            continue
        theirs = answers.cells[group.sheet]
        try:
            ours = None if reads & left else _ours(run, group)
        except NotOurs:
            left.add(id(group))
            continue
        if ours is not None:
            if not all(_agree(value, theirs[place]) for place, value in ours.items()):
                otherwise.add(id(group))
        elif reads & (left | otherwise) or (group.wanders and otherwise):
            left.add(id(group))
            continue
        found += _different(run, group, ours or theirs)
    return found


def _ours(run: Run, group: Alike) -> dict[Place, Any] | None:
    """A formula's results where we can compute it; None where it is foreign.

    Raises
    ------
    NotOurs
        If Excel alone can say.
    """
    if group.array:
        return None
    try:
        return {
            place: run.evaluator.result(tree, Spot(group.sheet, place), False)
            for place, tree in group.places()
        }
    except NotOurs as trouble:
        if trouble.reason in ("foreign", "reference", "unstored"):
            return None
        raise


def _agree(ours: Any, theirs: Any) -> bool:
    """Whether LibreOffice has our result: it adds more exactly than Excel, and TRUE is 1 to it."""
    if isinstance(ours, bool | float) and isinstance(theirs, bool | float):
        return math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-12)
    return (isinstance(ours, CellError) and isinstance(theirs, CellError)) or ours == theirs


def _doubtful(
    run: Run, order: list[Alike], circular: list[Alike], producers: Producers, answers: Answers
) -> set[int]:
    """The formulas that LibreOffice may compute otherwise, and those that depend on them."""
    found = {id(group) for group in circular}
    found |= {id(group) for group in order if _is_doubtful(run, group, answers)}
    before = -1
    while before != len(found):
        before = len(found)
        for group in order:
            if (group.wanders and found) or any(id(other) in found for other in read_by(group, producers)):
                found.add(id(group))
    return found


def _is_doubtful(run: Run, group: Alike, answers: Answers) -> bool:
    if group.own:
        return any((group.sheet, place) in run.left for place in cells_of(group))
    if group.tree is None or group.unclear or run.book.unusual(group.sheet):
        return True
    if any(isinstance(part, Opaque) for part in walk(group.tree)):
        return True
    found = answers.cells.get(group.sheet, {})
    failed = any(is_unsure(found.get(place)) and not _failed(run, group, place) for place in cells_of(group))
    return failed or bool(group.calls & (answers.unknown | FICKLE | ELSEWHERE))


def _failed(run: Run, group: Alike, place: Place) -> bool:
    """Whether a cell shows an error already."""
    stored = run.stored.get((group.sheet, place), run.book.values(group.sheet).value(place))
    return isinstance(stored, CellError)


def _different(run: Run, group: Alike, values: dict[Place, Any]) -> Iterator[Result]:
    """The results that are not the stored ones; from then on they are what other formulas read."""
    stored = run.book.values(group.sheet)
    for place in cells_of(group):
        at = group.sheet, place
        before = run.stored.get(at, stored.value(place))
        if not _alike(before, values[place]):
            stored.put(place, values[place])
            yield group.sheet, place, values[place]


def _alike(stored: Any, value: Any) -> bool:
    """Whether a result is the stored one: numbers to fifteen digits, errors as LibreOffice names them."""
    if isinstance(stored, float) and isinstance(value, float):
        return f"{stored:.15g}" == f"{value:.15g}" or abs(stored - value) <= 1e-15 * abs(stored)
    if isinstance(stored, CellError) and isinstance(value, CellError):
        return True
    return same(stored, value)
