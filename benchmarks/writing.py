"""Refresh of a large ledger: three cells and one report sheet, ours against openpyxl.

    python -m benchmarks.writing --cache FOLDER [--rows 200000]

Prints seconds, peak memory and the ratios of one run. The ledger is made once in the cache folder.
"""

import argparse
import io
import random
import re
import resource
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

HEADINGS = (
    "Invoice",
    "Customer",
    "CustomerName",
    "Currency",
    "InvoiceDate",
    "DueDate",
    "Amount",
    "Open",
    "DaysLate",
    "Terms",
    "Status",
    "Entity",
)
CELLS = (("N2", 1234.5), ("N3", "checked & signed off"), ("N4", 0.1 + 0.2))
REPORT_ROWS = 50


def make_ledger(path: Path, rows: int) -> None:
    """A ledger of twelve columns with shared strings, as Excel would save it."""
    import xlsxwriter

    chance = random.Random(7)
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Ledger")
        day, money = (
            book.add_format({"num_format": "yyyy-mm-dd"}),
            book.add_format({"num_format": "#,##0.00"}),
        )
        sheet.write_row(0, 0, HEADINGS)
        for row in range(1, rows + 1):
            customer, date = chance.randrange(5000), 45000 + chance.randrange(700)
            amount = round(chance.lognormvariate(8, 1.2), 2)
            sheet.write_row(
                row, 0, (f"INV{row:08d}", 100000 + customer, f"Customer {customer:05d} Trading Ltd")
            )
            sheet.write_string(row, 3, chance.choice(("EUR", "USD", "GBP")))
            sheet.write_number(row, 4, date, day)
            sheet.write_number(row, 5, date + 30, day)
            sheet.write_number(row, 6, amount, money)
            sheet.write_number(row, 7, amount if chance.random() < 0.3 else 0, money)
            sheet.write_number(row, 8, chance.randrange(-20, 120))
            words = ("NET30", "NET60"), ("Open", "Paid", "Disputed"), ("DE01", "FR02", "UK03")
            sheet.write_row(row, 9, [chance.choice(choices) for choices in words])


def report() -> bytes:
    """A report sheet of 50 rows in a scratch workbook."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Report")
        for row in range(REPORT_ROWS):
            sheet.write_row(row, 0, (f"Customer {row}", row * 100.5, "1-30"))
    return out.getvalue()


def with_arcredit(path: str) -> None:
    from arcredit.ledger.patch import Patch

    scratch = report()
    patch = Patch(path)
    for ref, value in CELLS:
        patch.set_cell("Ledger", ref, value)
    patch.put_sheet(scratch, "Report", owner="report")
    assert patch.save()


def with_openpyxl(path: str) -> None:
    import openpyxl

    book = openpyxl.load_workbook(path)
    for ref, value in CELLS:
        book["Ledger"][ref] = value
    sheet = book.create_sheet("Report")
    for row in range(REPORT_ROWS):
        sheet.append((f"Customer {row}", row * 100.5, "1-30"))
    book.save(path)


WRITERS = {"arcredit": with_arcredit, "openpyxl": with_openpyxl}


def measured(writer: str, ledger: Path, folder: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of one writer in a process of its own."""
    copy = folder / f"{writer}.xlsx"
    shutil.copyfile(ledger, copy)
    command = [sys.executable, __file__, "--run", writer, "--file", str(copy)]
    seconds, megabytes = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    refuse_undone(copy)
    return float(seconds), float(megabytes)


def refuse_undone(path: Path) -> None:
    """Stop where the cells or the report are not in the file."""
    with zipfile.ZipFile(path) as book:
        sheets = re.findall(r'<sheet [^>]*name="([^"]*)"', book.read("xl/workbook.xml").decode())
        with book.open("xl/worksheets/sheet1.xml") as file:
            start = file.read(20_000).decode(errors="ignore")
    if sheets != ["Ledger", "Report"] or any(f'<c r="{ref}"' not in start for ref, _ in CELLS):
        raise SystemExit(f"{path}: not everything was written")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument(
        "--cache", type=Path, default=Path("build/benchmarks"), help="folder for the ledger and its copies"
    )
    options.add_argument("--rows", type=int, default=200_000)
    options.add_argument("--only", choices=WRITERS, help="measure one of the two")
    options.add_argument("--run", choices=WRITERS, help=argparse.SUPPRESS)
    options.add_argument("--make", type=int, help=argparse.SUPPRESS)
    options.add_argument("--file", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.make:
        make_ledger(Path(given.file), given.make)
        return
    if given.run:
        start = time.perf_counter()
        WRITERS[given.run](given.file)
        seconds = time.perf_counter() - start
        print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    given.cache.mkdir(parents=True, exist_ok=True)
    ledger = given.cache / f"ledger_{given.rows}.xlsx"
    if not ledger.exists():
        # In a process of its own: a child's peak memory counts what its parent held when it was started.
        subprocess.run(
            [sys.executable, __file__, "--make", str(given.rows), "--file", str(ledger)], check=True
        )
    print(
        f"{given.rows:,} rows, {ledger.stat().st_size / 1e6:.1f} MB: 3 cells and one report sheet of 50 rows"
    )
    found = {}
    for writer in [given.only] if given.only else WRITERS:
        found[writer] = measured(writer, ledger, given.cache)
        print(f"{writer:10} {found[writer][0]:7.1f} s {found[writer][1]:7.0f} MB peak")
    if len(found) == 2:
        (ours, our_peak), (theirs, their_peak) = found["arcredit"], found["openpyxl"]
        print(f"openpyxl takes {theirs / ours:.1f} x the time and {their_peak / our_peak:.1f} x the memory")


if __name__ == "__main__":
    main()
