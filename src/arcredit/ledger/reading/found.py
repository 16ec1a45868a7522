"""Findings gathered while a sheet is read: row by row for what is left out, once for what is assumed."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.errors import Finding
from arcredit.shapes import Flags, Floats

MOST = 1_000
"""Rows named one by one for a trouble; the others are named together, with their amount."""


class Found:
    """The findings of one sheet, and which of its rows are rejected."""

    def __init__(self, path: str, sheet: str, rows: NDArray[np.int32], amount: Floats) -> None:
        self.path, self.sheet, self.rows = path, sheet, rows
        self.amount = np.nan_to_num(amount, nan=0.0)
        self.rejected = np.zeros(len(rows), bool)
        self.list: list[Finding] = []

    def reject(self, key: str, bad: Flags, letter: str, value: Callable[[int], str] = lambda row: "") -> None:
        """Leave rows out, each with its cell, what is in it and its amount; a row is left out once."""
        places = np.flatnonzero(bad & ~self.rejected)
        self.rejected[places] = True
        for place in places[:MOST]:
            cell, amount = f"{letter}{self.rows[place]}", float(self.amount[place])
            values = {"found": value(int(place)), "row": int(self.rows[place])}
            self.list.append(Finding("error", self.path, self.sheet, cell, key, values, amount))
        if len(places) > MOST:
            rest = places[MOST:]
            values = {"count": len(rest), "row": int(self.rows[rest[0]]), "last": int(self.rows[rest[-1]])}
            amount = money.total(self.amount[rest])
            cell = f"{letter}{self.rows[rest[0]]}"
            self.list.append(Finding("error", self.path, self.sheet, cell, "ledger.more", values, amount))

    def rows_note(self, severity: str, key: str, which: Flags, letter: str, **values: Any) -> None:
        """Say something once about all rows it is true of: how many they are, the first, their amount."""
        places = np.flatnonzero(which & ~self.rejected)
        if not len(places):
            return
        first = int(self.rows[places[0]])
        amount = money.total(self.amount[places])
        values = {"count": len(places), "row": first} | values
        self.list.append(Finding(severity, self.path, self.sheet, f"{letter}{first}", key, values, amount))

    def note(self, severity: str, key: str, cell: str = "", amount: float = 0.0, **values: Any) -> None:
        """Say something about the sheet."""
        self.list.append(Finding(severity, self.path, self.sheet, cell, key, values, amount))
