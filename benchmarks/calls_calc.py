"""What a call from a cell costs in LibreOffice, through the shipped VBA and xlwings' CallUDF.

Run ``python -m benchmarks.calls_calc``; it needs LibreOffice with its Python bindings. A recalculation of
cells is set against one column call of the same rows, and against the same rows without a spreadsheet.
"""

import importlib.util
import shutil
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

CELLS = 2_000
ROWS = 100_000
DEBIAN = "/usr/lib/python3/dist-packages"
TESTS = Path(__file__).parents[1] / "tests"


def main() -> None:
    """Print calls a second and the ratio of one column call to as many cells."""
    sys.path[:0] = [str(TESTS)]
    sys.path.append(DEBIAN)
    if not (shutil.which("soffice") and importlib.util.find_spec("uno")):
        print("not run: LibreOffice with its Python bindings is not installed")
        return
    from arcredit.hosts.calc.office import Office
    from e2e.bridge import Excel, addin_workbook

    with tempfile.TemporaryDirectory() as folder, Office(recalculate=False) as office:
        excel = Excel(office, addin_workbook(Path(folder) / "arcredit.xlsm"))
        excel.doc.Sheets.insertNewByName("bench", excel.doc.Sheets.Count)
        sheet = excel.doc.Sheets.getByName("bench")
        each = cell_calls(excel, sheet)
        column_call(excel, sheet, each)
        alone(ROWS)


def cell_calls(excel, sheet) -> float:
    """Seconds of one call from a cell; every call has its own argument, so that none is remembered."""
    cells = sheet.getCellRangeByPosition(0, 0, 0, CELLS - 1)
    cells.setFormulaArray(tuple((f"=AR_DSO({row};1000;365)",) for row in range(CELLS)))
    excel.run("arcredit_core.ArcForgetResults")
    before, start = excel.calls, perf_counter()
    excel.doc.calculateAll()
    seconds = perf_counter() - start
    made = excel.calls - before
    print(f"{made:,} cells: {seconds:.2f} s, {made / seconds:,.0f} calls a second")
    cells.clearContents(16)
    return seconds / made


def column_call(excel, sheet, each: float) -> None:
    """One call for a whole column against as many cells."""
    given = sheet.getCellRangeByPosition(2, 0, 2, ROWS - 1)
    given.setDataArray(tuple((float(value),) for value in range(ROWS)))
    found = sheet.getCellRangeByPosition(3, 0, 3, ROWS - 1)
    start = perf_counter()
    found.setArrayFormula(f"=AR_DSO({given.AbsoluteName};1000;365)")
    assert found.getCellByPosition(0, ROWS - 1).Value > 0
    seconds = perf_counter() - start
    print(
        f"one column of {ROWS:,} rows: {seconds:.2f} s, {each * ROWS / seconds:,.0f} times as fast as cells"
    )


def alone(rows: int) -> None:
    """The function itself, without a spreadsheet."""
    from arcredit.hosts.excel.functions import FUNCTIONS

    column = np.arange(rows, dtype=float)
    start = perf_counter()
    FUNCTIONS["AR_DSO"].function(column, 1000.0, 365.0)
    print(f"the same without a spreadsheet: {(perf_counter() - start) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
