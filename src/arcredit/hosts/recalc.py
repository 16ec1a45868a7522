"""Cells with our functions, brought up to date without Excel.

What we can compute we compute, with the add-in's own code. What is foreign inside such formulas goes to a
headless LibreOffice if there is one; otherwise the cell keeps its stored result, Excel computes it when it
opens the workbook, and a finding counts it. The workbook itself is written by `Patch` alone.
"""

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from arcredit.errors import Finding
from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.hosts.recalculation.asking import ask_office
from arcredit.hosts.recalculation.dependents import dependents
from arcredit.hosts.recalculation.run import Run, same
from arcredit.ledger.patch import Patch
from arcredit.ledger.writing.cells import Area, cell_name

MODES = ("own", "all", "none")
"""Which formulas a refresh computes: those with our functions, every one, none."""


@dataclass(frozen=True)
class Recalculated:
    """What became of the formulas: how many call our functions, got another result, were left to Excel.

    `dependents` counts the other formulas whose stored results were renewed too: those that ours depend on,
    and every one on request (``all``). `reads` names the sheets that our formulas depend on.
    """

    cells: int = 0
    changed: int = 0
    left: int = 0
    dependents: int = 0
    findings: tuple[Finding, ...] = ()
    reads: frozenset[str] = frozenset()

    def then(self, again: "Recalculated") -> "Recalculated":
        """This and a further recalculation on top of it."""
        changed, dependents = self.changed + again.changed, self.dependents + again.dependents
        return replace(again, changed=changed, dependents=dependents)

    def counts(self) -> dict[str, int]:
        """The numbers, for a log."""
        return {name: getattr(self, name) for name in ("cells", "changed", "left", "dependents")}


def recalculate(
    patch: Patch,
    as_of: dt.date,
    mode: str = "own",
    *,
    quiet: Collection[str] = (),
    office: bool = True,
) -> Recalculated:
    """Compute the formulas of a workbook that call our functions, and note their results on the patch.

    Parameters
    ----------
    patch : Patch
        The workbook, with the report sheets that it is to have.
    as_of : date
        What TODAY and NOW mean.
    mode : str
        One of `MODES`.
    quiet : collection of str
        Sheets known to name none of our functions.
    office : bool
        Whether LibreOffice may be asked.
    """
    if mode == "none":
        return Recalculated()
    skipped = {*quiet, *patch.owned().values()}
    found = patch.formulas(FUNCTIONS, skipped)
    if not found and mode != "all":
        return Recalculated()
    run = Run(patch.formula_book(FUNCTIONS), found, as_of, patch.computed)
    run.compute()
    if office and run.waiting:
        ask_office(run, patch.save)
    changed, between = _noted(run, patch), _noted_between(run, patch)
    if mode == "all" and office:
        results = dependents(run, patch.save, {*patch.owned().values()})
        for sheet, place, value in results:
            patch.set_result(sheet, cell_name(place), value)
        between += len(results)
    reads = frozenset(sheet for group in run.everything() for sheet, _ in group.reads) | run.book.missing
    cells = sum(map(len, found.values()))
    return Recalculated(cells, changed, len(run.left), between, tuple(_findings(run, patch)), reads)


@contextmanager
def renewed(patch: Patch, done: Recalculated) -> Iterator[Path]:
    """The workbook with its new results: itself, or a copy of the same name where results have changed."""
    if not (done.changed or done.dependents):
        yield patch.path
        return
    with tempfile.TemporaryDirectory(prefix="arcredit-recalc-") as private:
        copy = Path(private) / patch.path.name
        patch.save(copy)
        yield copy


def _noted(run: Run, patch: Patch) -> int:
    """Put the results that differ from the stored ones on the patch; gives their number."""
    changed, arrays = 0, []
    for (sheet, place), value in run.results.items():
        array = run.arrays.get((sheet, place))
        if array is None:
            if not same(run.stored[sheet, place], value):
                patch.set_result(sheet, cell_name(place), value)
                changed += 1
        elif array.area is not None and _differs(run, sheet, array.area, value):
            arrays.append((sheet, cell_name(place), value, array.area.name))
    for sheet, cell, rows, fills in arrays:
        patch.set_array(sheet, cell, rows, fills=fills)
    for sheet, cell, rows, _ in arrays:
        # Once more, for one array may fill what another has just left.
        patch.set_array(sheet, cell, rows)
    return changed + len(arrays)


def _noted_between(run: Run, patch: Patch) -> int:
    """The same for foreign formulas that ours depend on, so that the next refresh finds them true."""
    new = {at: value for at, value in run.between.items() if not same(run.stored[at], value)}
    for (sheet, place), value in new.items():
        patch.set_result(sheet, cell_name(place), value)
    return len(new)


def _differs(run: Run, sheet: str, area: Area, rows: Sequence[Sequence[Any]]) -> bool:
    """Whether an array formula's cells differ from those stored."""
    if (len(rows), len(rows[0])) != (area.bottom - area.top + 1, area.right - area.left + 1):
        return True
    return any(
        not same(run.stored[sheet, (area.top + y, area.left + x)], cell)
        for y, row in enumerate(rows)
        for x, cell in enumerate(row)
    )


def _findings(run: Run, patch: Patch) -> Iterable[Finding]:
    """A line per sheet and reason for the cells left to Excel, and one per array that cannot spill."""
    path = str(patch.path)
    groups: dict[tuple[str, str], list[Any]] = {}
    for left in run.left.values():
        groups.setdefault((left.sheet, left.reason), []).append(left)
    for (sheet, reason), cells in groups.items():
        first = min(cells, key=lambda left: left.place)
        details = Counter(left.detail for left in cells if left.detail)
        shown = ", ".join(detail for detail, _ in details.most_common(5))
        values = {"count": len(cells), "found": shown}
        yield Finding("info", path, sheet, cell_name(first.place), f"recalc.left.{reason}", values)
    for (sheet, place), way in run.spills.blocked.items():
        yield Finding("warning", path, sheet, cell_name(place), "recalc.no_room", {"cell": cell_name(way)})
