"""The records of a workbook as columns that reports can count on: missing ones are blank."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit.customer.policy import read_policy
from arcredit.credit.insurance.insurance_policy import TERMS, Schedule, read_schedule
from arcredit.errors import InputError
from arcredit.reports.inputs import Inputs
from arcredit.shapes import Days, Flags, Floats, Table, Texts, dates, flags, labels, numbers


class Rows:
    """The rows of one record; none where the workbook lacks it."""

    def __init__(self, inputs: Inputs, name: str) -> None:
        self._table: Table | None = inputs.records.table(name)

    def __len__(self) -> int:
        return 0 if self._table is None else len(self._table)

    def __bool__(self) -> bool:
        return len(self) > 0

    def _cells(self, name: str) -> Any:
        if self._table is None or name not in self._table.columns:
            return np.full(len(self), None, object)
        return self._table[name]

    def texts(self, name: str) -> Texts:
        """A column of texts; a blank is None."""
        return labels(self._cells(name), name)

    def numbers(self, name: str) -> Floats:
        """A column of numbers; a blank is NaN."""
        return numbers(self._cells(name), name)

    def dates(self, name: str) -> Days:
        """A column of dates; a blank is NaT."""
        return dates(self._cells(name), name)

    def flags(self, name: str) -> Flags:
        """A column of yes and no; a blank is no."""
        return flags(self._cells(name), name)

    def latest(self, place: dict[Any, int], count: int, date: str = "") -> NDArray[np.intp]:
        """The row of each customer, of several the one with the latest date or else the last; -1 for none."""
        found = np.full(count, -1, np.intp)
        day = self.dates(date) if date else np.full(len(self), np.datetime64("NaT", "D"))
        first = np.where(np.isnat(day), np.iinfo(np.int64).min, day.astype(np.int64))
        code = np.array([place.get(label, -1) for label in self.texts("customer")], np.intp)
        order = np.lexsort((np.arange(len(self)), first))
        order = order[code[order] >= 0]
        found[code[order]] = order
        return found


def policy_of(inputs: Inputs) -> tuple[Any, str]:
    """The user's credit policy, or the built-in one and why theirs could not be used."""
    table = inputs.records.table("policy")
    if table is None:
        return None, ""
    try:
        read_policy(table.columns)
    except InputError as error:
        return None, error.text(inputs.language)
    return table.columns, ""


def schedule_of(inputs: Inputs) -> Schedule:
    """The terms of the insurance; those of a silent schedule where there is none."""
    terms = inputs.records.terms("insurance")
    return read_schedule({key: value for key, value in terms.items() if key in TERMS})


def setting(inputs: Inputs, key: str) -> float:
    """A number among the settings, NaN where it is not given."""
    value = inputs.records.terms("settings").get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")
