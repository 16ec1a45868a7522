"""What a call from an Excel cell costs in Python, through xlwings' real ``CallUDF``; COM itself is not in it.

For each function: one cell, and a column of 100,000 rows in one call beside as many calls of single cells
(extrapolated from 5,000). The peer is AR_DSO as an xlwings user would write it, with xlwings' own converters.

    python -m benchmarks.calls
"""

import sys
import types
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from hosts.support import fakewin

OURS = "arcredit.hosts.excel.udfs"
PEER = "benchmarks_peer"
ROWS, CELLS, ROUNDS = 100_000, 5_000, 5
CALLS = {
    "AR_DSO": lambda x: (x, 1000.0, 365.0),
    "AR_BUCKET": lambda x: (x,),
    "AR_DAYS_PAST_DUE": lambda x: (x, 46_000.0),
    "CREDIT_LIMIT": lambda x: (x, 30.0, 4.0),
    "TCI_INDEMNITY": lambda x: (x, 150.0, 0.9),
}


def peer(xlwings: Any) -> None:
    """AR_DSO for a cell and for a column, decorated as xlwings' documentation shows."""

    @xlwings.func
    def dso(receivables: float, credit_sales: float, period_days: float) -> Any:
        return receivables / credit_sales * period_days if credit_sales > 0 else None

    @xlwings.func
    @xlwings.arg("receivables", np.array, ndim=2)
    def dso_column(receivables, credit_sales, period_days):  # type: ignore[no-untyped-def]
        return receivables / credit_sales * period_days

    module = types.ModuleType(PEER)
    module.__file__ = __file__
    module.__dict__.update(dso=dso, dso_column=dso_column)
    sys.modules[PEER] = module


def best(run: Callable[[], object]) -> float:
    """Seconds of the quickest of some rounds."""
    found = []
    for _ in range(ROUNDS):
        start = perf_counter()
        run()
        found.append(perf_counter() - start)
    return min(found)


def main() -> None:
    """Print the table."""
    server = fakewin.server()
    peer(fakewin.install())
    # Numbers that may be days past due, amounts and days of the calendar alike.
    values = [float(value % 200 + 45_000) for value in range(ROWS)]
    column = tuple((value,) for value in values)

    def cells(
        module: str, name: str, marks: tuple[bool, ...], rest: Callable[[Any], tuple[Any, ...]]
    ) -> float:
        def run() -> None:
            for value in values[:CELLS]:
                server.CallUDF(module, name, (*marks, *rest(value)))

        return best(run) / CELLS

    print(f"{'':18}{'one cell':>12}{'column of ' + format(ROWS, ','):>22}{'as single cells':>18}{'ratio':>9}")
    for name, rest in CALLS.items():
        if len(server.CallUDF(OURS, name, (False, *rest(column)))) != ROWS:
            raise SystemExit(f"{name}: not a result for each row")
        one = cells(OURS, name, (False,), rest)
        whole = best(lambda name=name, rest=rest: server.CallUDF(OURS, name, (False, *rest(column))))
        line(name, one, whole)
    dso = CALLS["AR_DSO"]
    whole = best(lambda: server.CallUDF(PEER, "dso_column", dso(column)))
    line("AR_DSO, xlwings'", cells(PEER, "dso", (), dso), whole)


def line(name: str, one: float, whole: float) -> None:
    """A line of the table."""
    print(
        f"{name:18}{one * 1e6:9.0f} us{whole * 1e3:19.0f} ms{one * ROWS:16.1f} s{one * ROWS / whole:8.0f} x"
    )


if __name__ == "__main__":
    main()
