"""A thousand small workbooks on one core and on two, and what one costs beside unzipping and parsing it.

    python -m benchmarks.batch [--books 1000] [--rows 30]

The command is ``arcredit refresh FOLDER --jobs N`` on a fresh folder each time. On a busy machine the clock
says little, so processor time is printed too, that of the workers included (on Linux, where they can be
asked): were both cores ours alone, the run would take half of what two workers use together. The floor of
one workbook is unzipping all its parts and parsing them with expat, before the refresh and, with the reports
that it makes, after it.

The aim, twice the floor, is not reached, and cannot be while three reports with four charts are made. Where
the time goes is printed by part, see `PARTS`. On one busy core (2026-11-24, milliseconds of processor time):

    rows    ours  floor after  read  compute  write sheets  move  save  rest
    30        56          1.8    16        9            12     9     7     3
    1,000     82          6.9    26        9            21    12    11     3
    20,000   480          110   122       21           169    73    86     9

A ledger of 30 rows was at 90 on the same core before. What is left of it: *read* looks at every sheet for
headings and at every column for its kind, whatever the number of rows; *write sheets* is XlsxWriter, half of
it the XML of four charts; *move* is 1,000 cells, 35 styles and 20 parts; *save* packs, syncs, reads the
file back, parses every new part and opens the result once more. At 20,000 rows *write sheets* and *move* are
65,000 cells at 2.6 and 1.1 microseconds each, and *save* is deflate (49) and the proof (31).
"""

import argparse
import datetime as dt
import math
import shutil
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock
from xml.parsers import expat

from benchmarks._processes import CACHE, Taken, ledger, load, taken

AS_OF = "2025-06-30"
SIZES = (30, 1_000, 20_000)
ROUNDS = 15
PARTS = ("read", "compute", "write sheets", "move", "save")
"""Reading the ledger and the records; computing the reports; writing their sheets and charts as XML
(XlsxWriter); moving these into the workbook's parts; packing, fsync, reading the file back to verify it."""


def folder_of(books: int, rows: int, cache: Path) -> Path:
    """A fresh folder of copies."""
    folder = cache / "batch"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    source = ledger(rows, cache)
    for number in range(books):
        shutil.copyfile(source, folder / f"ledger_{number:04}.xlsx")
    return folder


def on(jobs: int, books: int, rows: int, cache: Path) -> Taken:
    """The command on a fresh folder."""
    folder = folder_of(books, rows, cache)
    before = ledger(rows, cache).stat().st_size
    command = [sys.executable, "-m", "arcredit", "refresh", folder, "--as-of", AS_OF, "--jobs", str(jobs)]
    found = taken(command)
    if any(book.stat().st_size <= before for book in folder.glob("*.xlsx")):
        raise SystemExit(f"{folder}: not every workbook was refreshed")
    shutil.rmtree(folder)
    return found


def least(run: Callable[[int], object]) -> float:
    """Processor seconds of the cheapest of some rounds."""
    found = []
    for number in range(ROUNDS):
        start = time.process_time()
        run(number)
        found.append(time.process_time() - start)
    return min(found)


def parsed(path: Path) -> None:
    """Unzip every part and parse those that are XML."""
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            data = book.read(name)
            if name.endswith((".xml", ".rels")):
                expat.ParserCreate().Parse(data, True)


@contextmanager
def watched() -> Iterator[dict[str, float]]:
    """Processor seconds of each part of a refresh: the least of all runs inside."""
    from arcredit.hosts import refresh as host
    from arcredit.ledger.patch import Patch

    steps = ((host, "_read"), (host, "made"), (host, "workbook"), (Patch, "prepare"), (Patch, "save"))
    spent: dict[str, float] = {}

    def timed(part: str, step: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            start = time.process_time()
            result = step(*given, **named)
            spent[part] = min(time.process_time() - start, spent.get(part, math.inf))
            return result

        return run

    with ExitStack() as stack:
        for part, (owner, name) in zip(PARTS, steps, strict=True):
            stack.enter_context(mock.patch.object(owner, name, timed(part, getattr(owner, name))))
        yield spent


def floor(rows: int, cache: Path) -> None:
    """A refresh in a process that is warm, beside the floor."""
    from arcredit.hosts.refresh import Options, refresh

    folder = folder_of(ROUNDS, rows, cache)
    options = Options(as_of=dt.date.fromisoformat(AS_OF))
    source, books = ledger(rows, cache), sorted(folder.iterdir())
    refresh(shutil.copyfile(source, folder / "warm.xlsx"), options)
    with watched() as spent:
        ours = least(lambda number: refresh(books[number], options))
    if any(book.stat().st_size <= source.stat().st_size for book in books):
        raise SystemExit(f"{folder}: not every workbook was refreshed")
    before, after = least(lambda _: parsed(source)), least(lambda _: parsed(books[0]))
    print(
        f"  {rows:>6,} rows {ours * 1e3:8.1f} ms   unzip and parse {before * 1e3:7.1f} ms before "
        f"({ours / before:6.1f} times), {after * 1e3:7.1f} ms after ({ours / after:5.1f} times)"
    )
    shown = [f"{part} {spent[part] * 1e3:.1f}" for part in PARTS]
    print(f"{'':14}{', '.join(shown)}, rest {(ours - sum(spent.values())) * 1e3:.1f}", flush=True)
    shutil.rmtree(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--books", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=30)
    given = parser.parse_args()
    print(f"one workbook; {load()}")
    for rows in SIZES:
        floor(rows, given.cache)
    print(f"{given.books:,} workbooks of {given.rows} rows; {load()}", flush=True)
    found = {}
    for jobs in (1, 2):
        found[jobs] = on(jobs, given.books, given.rows, given.cache)
        print(f"  {jobs} job{'s' * (jobs > 1):1} {found[jobs]}   {load()}", flush=True)
    one, two = found[1], found[2]
    print(
        f"  two jobs are {one.wall / two.wall:.2f} times faster by the clock; "
        f"{one.cpu / (two.cpu / 2):.2f} times if both cores were theirs alone"
    )


if __name__ == "__main__":
    main()
