"""Formulas with our functions: what looking for them costs, and how many a second are computed.

    python -m benchmarks.recalculation [--rows 200000] [--cells 10000]

A workbook without any is read as a refresh does, then searched; one with three columns of element functions
is computed, and a second time when nothing has changed. Ratios are of one run.
"""

import argparse
import datetime as dt
import tempfile
import time
from pathlib import Path

from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.hosts.recalc import recalculate
from arcredit.ledger.patch import Patch
from arcredit.ledger.read import read

AS_OF = dt.date(2026, 6, 30)


def plain(path: Path, rows: int) -> Path:
    """A ledger without formulas of ours."""
    import xlsxwriter

    headings = ("Customer", "Document", "Invoice date", "Due date", "Amount", "Open amount", "Currency")
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Ledger")
        sheet.write_row(0, 0, headings)
        for row in range(1, rows):
            day = 45_000 + row % 400
            sheet.write_row(row, 0, (f"C{row % 5000}", f"INV{row}", day, day + 30, row / 4, row / 4, "EUR"))
    return path


def computed(path: Path, cells: int) -> Path:
    """Three columns of formulas, the second reads the first."""
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Ledger")
        sheet.write("H1", 45_200)
        for row in range(1, cells + 1):
            sheet.write_row(row, 0, (f"C{row}", 45_000 + row % 300, row * 1.5, 0.05))
            sheet.write_formula(row, 4, f"=AR_DAYS_PAST_DUE(B{row + 1},$H$1)")
            sheet.write_formula(row, 5, f"=AR_BUCKET(E{row + 1},{{30,60}})")
            sheet.write_formula(row, 6, f"=AR_INTEREST(C{row + 1},B{row + 1},$H$1,D{row + 1}*2)")
    return path


def main() -> None:
    """Run both and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--cells", type=int, default=10_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = plain(Path(folder) / "plain.xlsx", chosen.rows)
        reading, ledger = _timed(lambda: read(path))
        patch = Patch(path)
        searching, _ = _timed(lambda: patch.formulas(FUNCTIONS))
        known, _ = _timed(lambda: patch.formulas(FUNCTIONS, ledger.quiet))
        print(f"no formula of ours, {chosen.rows:,} rows: read {reading:.2f} s; search {searching:.2f} s,")
        print(f"in a refresh, where reading has seen the sheet: {known * 1000:.1f} ms, {known / reading:.2%}")
        path = computed(Path(folder) / "computed.xlsx", chosen.cells)
        patch = Patch(path)
        computing, done = _timed(lambda: recalculate(patch, AS_OF))
        writing, written = _timed(patch.save)
        if not written or done.cells != 3 * chosen.cells:
            raise SystemExit(f"{done.cells} cells of {3 * chosen.cells} were computed")
        print(f"{done.cells:,} cells: computed in {computing:.2f} s, {done.cells / computing:,.0f} a second;")
        print(f"{done.changed:,} new results written in {writing:.2f} s")
        again, _ = _timed(lambda: recalculate(Patch(path), AS_OF))
        print(f"again, nothing changed: {again:.2f} s")


def _timed(call):  # type: ignore[no-untyped-def]
    start = time.perf_counter()
    found = call()
    return time.perf_counter() - start, found


if __name__ == "__main__":
    main()
