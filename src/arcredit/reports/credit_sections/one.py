"""One customer of a standing, as the sections of a credit file see it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit.customer.exposure import credit_available
from arcredit.credit.receivables.portfolio import digits_of
from arcredit.reports.inputs import Inputs
from arcredit.reports.rows import Rows
from arcredit.reports.sheet import Bars
from arcredit.reports.standing import Standing
from arcredit.shapes import plain


@dataclass
class One:
    """A customer in its main currency; `others` are its lines in other currencies."""

    inputs: Inputs
    part: Standing
    row: int
    others: tuple[tuple[Standing, int], ...]
    policy: Any
    bars: list[Bars] = field(default_factory=list)

    @property
    def customer(self) -> str:
        """The customer's number."""
        return str(self.part.customer[self.row])

    @property
    def label(self) -> str:
        """Number and name."""
        name = self.part.name[self.row]
        return f"{self.customer} {name}" if name else self.customer

    @property
    def money(self) -> str:
        """The format of amounts in its currency."""
        return f"exact{digits_of(self.part.currency)}"

    def of(self, column: NDArray[Any]) -> Any:
        """The customer's value in a column of the standing."""
        value = column[self.row]
        return float(value) if isinstance(value, np.floating) else value

    @property
    def headroom(self) -> float:
        """The limit less the exposure."""
        return float(credit_available(self.of(self.part.limit), self.of(self.part.exposure)))

    def record(self, name: str, date: str = "") -> dict[str, Any]:
        """The customer's line in a record, blanks left out; of several the latest."""
        table = self.inputs.records.table(name)
        row = int(Rows(self.inputs, name).latest({self.customer: 0}, 1, date)[0])
        if table is None or row < 0:
            return {}
        line = {key: plain(column[row]) for key, column in table.columns.items()}
        return {key: value for key, value in line.items() if value not in (None, "")}

    def lines(self, name: str) -> NDArray[np.intp]:
        """The rows of a record that are about the customer."""
        return np.flatnonzero(Rows(self.inputs, name).texts("customer") == self.customer)
