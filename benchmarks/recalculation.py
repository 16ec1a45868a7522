"""Formulas with our functions: what looking for them costs, and how many a second are computed.

    python -m benchmarks.recalculation [--rows 200000] [--lines 10000]

A ledger without any is read as a refresh does, then searched. Workbooks with three formulas of ours in each
line are computed: bare, and inside IF, IFERROR and ROUND; and once more when nothing has changed. What is
timed begins with opening the file. Every figure is the best of three; ratios are of one run.
"""

import argparse
import datetime as dt
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.hosts.recalc import Recalculated, recalculate
from arcredit.ledger.patch import Patch
from arcredit.ledger.read import read

AS_OF = dt.date(2026, 6, 30)
BARE = ("=AR_DAYS_PAST_DUE(B{0},$H$1)", "=AR_BUCKET(E{0},{{30,60}})", "=AR_INTEREST(C{0},B{0},$H$1,D{0}*2)")
INSIDE = (
    '=IF(B{0}="","",AR_DAYS_PAST_DUE(B{0},$H$1))',
    '=IFERROR(AR_BUCKET(E{0},{{30,60}}),"")',
    "=ROUND(AR_INTEREST(C{0},B{0},$H$1,D{0}*2),2)",
)
ONE_BY_ONE = ('=IF(SUM(B{0}:C{0})=0,"",AR_DAYS_PAST_DUE(B{0},$H$1))',)
"""Formulas that cannot be computed as a column at once."""


def plain(path: Path, rows: int) -> Path:
    """A ledger of so many rows without formulas of ours."""
    import xlsxwriter

    headings = ("Customer", "Document", "Invoice date", "Due date", "Amount", "Open amount", "Currency")
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Ledger")
        sheet.write_row(0, 0, headings)
        for row in range(1, rows + 1):
            day = 45_000 + row % 400
            sheet.write_row(row, 0, (f"C{row % 5000}", f"INV{row}", day, day + 30, row / 4, row / 4, "EUR"))
    return path


def computed(path: Path, lines: int, formulas: tuple[str, ...]) -> Path:
    """Formulas in every line; the second one reads the first, so results are not known beforehand."""
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Ledger")
        sheet.write("H1", 45_200)
        for row in range(1, lines + 1):
            sheet.write_row(row, 0, (f"C{row}", 45_000 + row % 150, row * 1.5, 0.05))
            for column, formula in enumerate(formulas, 4):
                sheet.write_formula(row, column, formula.format(row + 1), None, -1)
    return path


def main() -> None:
    """Run all and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--lines", type=int, default=10_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        searched(plain(Path(folder) / "plain.xlsx", chosen.rows), chosen.rows)
        for name, formulas in {"bare": BARE, "inside IF…": INSIDE, "one by one": ONE_BY_ONE}.items():
            path = computed(Path(folder) / "computed.xlsx", chosen.lines, formulas)
            renewed(path, name, chosen.lines * len(formulas))


def searched(path: Path, rows: int) -> None:
    """What a workbook pays that has no formula of ours."""
    reading, ledger = _best(lambda: read(path))
    patch = Patch(path)
    searching, found = _best(lambda: patch.formulas(FUNCTIONS))
    known, _ = _best(lambda: patch.formulas(FUNCTIONS, ledger.quiet))
    assert not found
    assert ledger.quiet
    print(f"no formula of ours, {rows:,} rows: read {reading:.2f} s; search {searching:.3f} s,")
    print(f"in a refresh, where reading has seen the sheet: {known * 1000:.1f} ms, {known / reading:.2%}")


def renewed(path: Path, name: str, cells: int) -> None:
    """What computing and writing new results costs, and finding that nothing has changed."""
    computing, (patch, done) = _best(lambda: _computed(path))
    assert (done.cells, done.changed, done.left) == (cells, cells, 0), done
    writing, _ = _best(lambda: patch.save(path.with_name("written.xlsx")))
    again, (_, unchanged) = _best(lambda: _computed(path.with_name("written.xlsx")))
    assert (unchanged.cells, unchanged.changed) == (cells, 0), unchanged
    print(f"{name}: {cells:,} cells in {computing:.2f} s, {cells / computing:,.0f} a second;", end=" ")
    print(f"written in {writing:.2f} s; again, nothing changed: {again:.2f} s")


def _computed(path: Path) -> tuple[Patch, Recalculated]:
    patch = Patch(path)
    return patch, recalculate(patch, AS_OF, office=False)


def _best(call: Callable[[], Any]) -> tuple[float, Any]:
    """The shortest of three times, and what the last call gave."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        found = call()
        times.append(time.perf_counter() - start)
    return min(times), found


if __name__ == "__main__":
    main()
