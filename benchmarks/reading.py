"""Reading a large ledger into the one table, against the bare reading of other libraries.

    python -m benchmarks.reading --cache FOLDER [--rows 1000000] [--runs 3] [--slow]

Others give a table of cells; ours gives documents with dates, signs, findings and a tie-out. Each runs in a
process of its own, imports excluded; the best of the runs counts. Prints seconds, CPU seconds, peak memory
and the ratio to fastexcel's bare reading. The ledger is made once in the cache folder.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

READERS = {
    "unpacking alone": (
        "import zipfile",
        "file = zipfile.ZipFile(path).open('xl/worksheets/sheet1.xml')\n"
        "while file.read(1 << 21):\n    pass\nfound = None",
    ),
    "fastexcel, bare": (
        "import fastexcel, pyarrow.compute as pc",
        "table = fastexcel.read_excel(path).load_sheet(0).to_arrow()\n"
        "found = table.num_rows, pc.sum(table.column('Open')).as_py()",
    ),
    "arcredit, whole ledger": (
        "from arcredit.ledger.read import read",
        "totals = read(path).totals\nfound = totals.rows_read, totals.amount_read",
    ),
    "polars, bare": (
        "import polars",
        "table = polars.read_excel(path, engine='calamine')\nfound = table.height, table['Open'].sum()",
    ),
    "pandas with calamine": (
        "import pandas",
        "table = pandas.read_excel(path, engine='calamine')\nfound = len(table), table['Open'].sum()",
    ),
    "openpyxl, read only": (
        "from openpyxl import load_workbook",
        "sheet = load_workbook(path, read_only=True, data_only=True).active\n"
        "amounts = [row[7] for row in sheet.iter_rows(min_row=2, values_only=True)]\n"
        "found = len(amounts), sum(amounts)",
    ),
}
SLOW = ("polars, bare", "pandas with calamine", "openpyxl, read only")
BARE = "fastexcel, bare"
MEASURE = """
import json, resource, sys, time
path = sys.argv[1]
{imports}
wall, cpu = time.perf_counter(), time.process_time()
{body}
usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu, usage, found]))
"""


def run(name: str, path: Path) -> tuple[float, float, float, list[float] | None]:
    """Seconds, CPU seconds, peak MB and what was found, of one process."""
    imports, body = READERS[name]
    code = MEASURE.format(imports=imports, body=body)
    out = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    wall, cpu, memory, found = json.loads(out.stdout.splitlines()[-1])
    return wall, cpu, memory, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=Path("build/benchmarks"))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--slow", action="store_true", help="also what takes minutes")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    path = options.cache / f"ledger_{options.rows}.xlsx"
    if not path.exists():
        # In a process of its own: the readers would inherit this one's peak memory.
        making = ["-m", "benchmarks.writing", "--make", str(options.rows), "--file", str(path)]
        subprocess.run([sys.executable, *making], check=True)
    names = [name for name in READERS if options.slow or name not in SLOW]
    runs: dict[str, list[tuple[float, float, float, list[float] | None]]] = {name: [] for name in names}
    for _ in range(options.runs):
        for name in names:
            runs[name].append(run(name, path))
    best = {name: [min(part) for part in list(zip(*found, strict=True))[:3]] for name, found in runs.items()}
    print(f"{'':24}{'s':>8}{'CPU s':>8}{'MB':>8}{'ratio':>8}{'CPU':>8}")
    for name, (wall, cpu, memory) in best.items():
        ratios = wall / best[BARE][0], cpu / best[BARE][1]
        print(f"{name:24}{wall:8.2f}{cpu:8.2f}{memory:8.0f}{ratios[0]:8.2f}{ratios[1]:8.2f}")
    rows = {tuple(found[3]) for name in names for found in runs[name] if found[3]}
    counts, sums = {count for count, _ in rows}, [amount for _, amount in rows]
    agree = len(counts) == 1 and max(sums) - min(sums) < 0.01
    print(f"rows and sums of all readers {'agree' if agree else f'DIFFER: {rows}'}")
    sys.exit(not agree)


if __name__ == "__main__":
    main()
