"""A real refresh of a large ledger against the bare reading by fastexcel and the same job by openpyxl.

    python -m benchmarks.refresh [--rows 1000000] [--runs 3] [--openpyxl 200000] [--only growth]

Ours is the command ``arcredit refresh`` with the usual reports: read, check, compute, write, prove. fastexcel
only reads the ledger into a table. openpyxl loads the workbook, reads the ledger into columns, ages it by
customer, writes report sheets of the same size and saves. Each is a process of its own, imports included;
ours and fastexcel's alternate and the least of each counts. Growth is fitted on processor time.
"""

import argparse
import re
import shutil
import subprocess
import sys
import zipfile
from functools import lru_cache
from pathlib import Path

import numpy as np
from benchmarks._processes import CACHE, Taken, best, ledger, load, taken

AS_OF = "2025-06-30"
SIZES = (10_000, 31_623, 100_000, 316_228, 1_000_000)
REPORTS = ["AR Aging", "AR DSO", "AR Findings"]
BARE = (
    "import fastexcel, sys\n"
    "table = fastexcel.read_excel(sys.argv[1]).load_sheet(0).to_arrow()\n"
    "assert table.num_rows == int(sys.argv[2])"
)
OWED = (
    "import fastexcel, pyarrow.compute, sys\n"
    "table = fastexcel.read_excel(sys.argv[1]).load_sheet(0, use_columns=['Open']).to_arrow()\n"
    "print(pyarrow.compute.sum(table.column('Open')).as_py())"
)
"""What the ledger holds, as another reader finds it."""
AGED = (
    "import fastexcel, sys\n"
    "book = fastexcel.read_excel(sys.argv[1])\n"
    "assert book.sheet_names[1:] == sys.argv[2].split(','), book.sheet_names\n"
    "aging = book.load_sheet('AR Aging', header_row=None, dtypes='string').to_arrow().to_pylist()\n"
    "told = next(row for row in aging if 'Amount of rows read' in row.values())\n"
    "print(sum(float(cell) for cell in list(told.values())[1:] if cell))"
)
"""The sheets of a refreshed workbook in their order, and what its aging says was read."""


def ours(path: Path, cache: Path) -> Taken:
    """The command on a fresh copy; its reports must be there, made of every row."""
    copy = cache / "refreshed.xlsx"
    shutil.copyfile(path, copy)
    found = taken([sys.executable, "-m", "arcredit", "refresh", copy, "--as-of", AS_OF])
    aged, owed = said(AGED, copy, ",".join(REPORTS)), held(path)
    if abs(aged - owed) > 0.01:
        raise SystemExit(f"{copy}: {aged:.2f} reported, {owed:.2f} in the ledger")
    return found


@lru_cache
def held(path: Path) -> float:
    """The ledger's open amounts."""
    return said(OWED, path)


def said(code: str, *arguments: str | Path) -> float:
    """What a check in a process of its own says: its memory is nobody else's."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def fastexcel(path: Path, rows: int) -> Taken:
    """The table alone."""
    return taken([sys.executable, "-c", BARE, path, str(rows)])


def openpyxl(path: Path, cache: Path) -> Taken:
    """The same job on a copy."""
    copy = cache / "by_openpyxl.xlsx"
    shutil.copyfile(path, copy)
    found = taken([sys.executable, "-m", "benchmarks.refresh", "--by-openpyxl", copy])
    with zipfile.ZipFile(copy) as book:
        sheets = re.findall(r'<sheet [^>]*name="([^"]*)"', book.read("xl/workbook.xml").decode())
    if sheets[1:] != REPORTS:
        raise SystemExit(f"{copy}: the sheets are {sheets}")
    return found


def by_openpyxl(path: Path) -> None:
    """Aging by customer, a table by month and an empty list of findings, as cells beside the ledger."""
    import datetime as dt

    from openpyxl import load_workbook

    book = load_workbook(path)
    heads, *rows = book["Ledger"].iter_rows(values_only=True)
    columns = dict(zip(heads, zip(*rows, strict=True), strict=True))
    as_of = dt.datetime.fromisoformat(AS_OF)
    aged: dict[tuple[str, str, str], list[float]] = {}
    months: dict[tuple[str, str], list[float]] = {}
    of_document = ("Customer", "CustomerName", "Currency", "InvoiceDate", "DueDate", "Amount", "Open")
    for customer, name, currency, issued, due, amount, left in zip(
        *(columns[heading] for heading in of_document), strict=True
    ):
        buckets = aged.setdefault((currency, customer, name), [0.0] * 6)
        days = (as_of - due).days
        buckets[min(max(-(-days // 30), 0), 5)] += left
        sums = months.setdefault((currency, f"{issued:%Y-%m}"), [0.0, 0.0])
        sums[0] += amount
        sums[1] += left
    aging, dso = book.create_sheet("AR Aging"), book.create_sheet("AR DSO")
    book.create_sheet("AR Findings").append(("No findings",))
    for place, (key, buckets) in enumerate(sorted(aged.items()), 1):
        rest = (sum(buckets[1:]), max(buckets), sum(buckets) and sum(buckets[1:]) / sum(buckets))
        aging.append((*key, *buckets, f"=SUM(D{place}:I{place})", *rest))
    for key, (sales, left) in sorted(months.items()):
        dso.append((*key, sales, left, left / sales * 30))
    book.save(path)


def beside_fastexcel(rows: int, runs: int, cache: Path) -> Taken:
    """Ours and the bare reading in turn."""
    path = ledger(rows, cache)
    pairs = [(ours(path, cache), fastexcel(path, rows)) for _ in range(runs)]
    our, bare = (best(found) for found in zip(*pairs, strict=True))
    print(f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB; {load()}")
    print(f"  arcredit refresh       {our}")
    print(f"  fastexcel, bare read   {bare}")
    ratio = f"{our.wall / bare.wall:.2f} by the clock, {our.cpu / bare.cpu:.2f} in processor time"
    print(f"  a refresh takes {ratio} of a bare read", flush=True)
    return our


def beside_openpyxl(rows: int, our: Taken, cache: Path) -> None:
    """The same job once: it takes minutes."""
    peer = openpyxl(ledger(rows, cache), cache)
    print(f"{rows:,} rows; {load()}")
    print(f"  arcredit refresh       {our}")
    print(f"  openpyxl, the same job {peer}")
    faster = f"{peer.wall / our.wall:.1f} times by the clock, {peer.cpu / our.cpu:.1f} in processor time"
    print(f"  openpyxl takes {faster}, {peer.megabytes / our.megabytes:.1f} times the memory", flush=True)


def growth(runs: int, cache: Path) -> None:
    """Processor time by rows; the exponent of a straight line through the logarithms."""
    print(f"growth; {load()}")
    seconds = []
    for rows in SIZES:
        found = best([ours(ledger(rows, cache), cache) for _ in range(runs)])
        print(f"  {rows:>9,} rows {found}", flush=True)
        seconds.append(found.cpu)
    whole = np.polyfit(np.log(SIZES), np.log(seconds), 1)[0]
    start = seconds[0] - (seconds[1] - seconds[0]) * SIZES[0] / (SIZES[1] - SIZES[0])
    net = np.polyfit(np.log(SIZES), np.log(np.maximum(np.array(seconds) - start, 1e-3)), 1)[0]
    print(f"  exponent {whole:.2f}; without the {start:.1f} s of starting {net:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--openpyxl", type=int, nargs="*", default=[200_000], help="at how many rows")
    parser.add_argument("--only", choices=["fastexcel", "openpyxl", "growth"])
    parser.add_argument("--by-openpyxl", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.by_openpyxl:
        by_openpyxl(given.by_openpyxl)
        return
    if given.only in (None, "fastexcel"):
        beside_fastexcel(given.rows, given.runs, given.cache)
    if given.only in (None, "openpyxl"):
        for rows in given.openpyxl:
            path = ledger(rows, given.cache)
            our = best([ours(path, given.cache) for _ in range(given.runs)])
            beside_openpyxl(rows, our, given.cache)
    if given.only in (None, "growth"):
        growth(given.runs, given.cache)


if __name__ == "__main__":
    main()
