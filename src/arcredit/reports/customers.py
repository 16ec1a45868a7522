"""The customer table of AR Aging: lines, total line, column widths."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.receivables.conventions import NONE
from arcredit.credit.receivables.portfolio import Portfolio, across, digits_of
from arcredit.reports.buckets import in_words
from arcredit.reports.inputs import Inputs
from arcredit.reports.sheet import Block, Cell, Column, Range, letters, text_width, widest

TEXTS = ("customer", "customer_name")


@dataclass(frozen=True)
class Form:
    """The columns of the table, the same for every currency: keys from left to right."""

    keys: tuple[str, ...]
    labels: tuple[str, ...]

    def at(self, key: str) -> int:
        """A column's place."""
        return self.keys.index(key)

    @property
    def first(self) -> int:
        """The first bucket's place."""
        return self.at(self.labels[0])

    @property
    def late(self) -> tuple[int, int]:
        """First and last bucket of overdue money."""
        return self.first + 1, self.first + len(self.labels) - 1 - (self.labels[-1] == NONE)

    @property
    def old(self) -> int:
        """The first bucket of the older half."""
        return self.first + len(self.labels) // 2


@dataclass(frozen=True)
class Placed:
    """A currency's lines on the sheet, from row `top` on."""

    part: Portfolio
    top: int

    @property
    def total_row(self) -> int:
        """The row of the total line."""
        return self.top + len(self.part)

    @property
    def digits(self) -> int:
        """Decimal places of the currency."""
        return digits_of(self.part.currency)


def form_of(parts: list[Portfolio]) -> Form:
    """The columns that these currencies need together."""
    labels = max((part.labels for part in parts), key=len)
    due = not any(np.isnan(part.overdue).any() for part in parts)
    named = any(part.name is not None for part in parts)
    disputed = any(part.disputed is not None for part in parts)
    keys = ["customer", *(["customer_name"] if named else []), *labels, "unapplied", "total"]
    keys += ["disputed"] if disputed else []
    keys += ["overdue", "share_overdue", "oldest_days"] if due else ["oldest_age"]
    return Form(tuple(keys), labels)


def heading(key: str, form: Form, inputs: Inputs) -> str:
    """A column's heading in words."""
    return in_words(key, inputs) if key in form.labels else inputs.say(f"report.table.{key}")


def headings(form: Form, row: int, inputs: Inputs) -> list[Cell]:
    """The heading row."""
    style = {key: "heading.text" if key in TEXTS else "heading.right" for key in form.keys}
    return [Cell(row, place, heading(key, form, inputs), style[key]) for place, key in enumerate(form.keys)]


def values(part: Portfolio, key: str, form: Form) -> NDArray[Any]:
    """A column of a currency's lines; a bucket or name that only other currencies have is blank."""
    if key in part.labels:
        return part.buckets[:, part.labels.index(key)]
    if key in form.labels:
        return np.zeros(len(part))
    field = {"customer_name": "name", "oldest_age": "oldest_days"}.get(key, key)
    found = getattr(part, field)
    return np.full(len(part), None, object) if found is None else np.asarray(found)


def lines(placed: Placed, form: Form, inputs: Inputs) -> Block:
    """A line per customer. What adds up across a line is a live formula."""
    formulas = _across(placed, form)
    nameless = inputs.say("report.table.no_customer")
    columns = tuple(
        Column(
            values(placed.part, key, form),
            f"{'name' if key == 'customer_name' else 'body'}.{_kind(key, placed.digits)}",
            formulas.get(key),
            nameless if key == "customer" else "",
        )
        for key in form.keys
    )
    return Block(placed.top, 0, columns)


def _across(placed: Placed, form: Form) -> dict[str, str]:
    """Formulas of a line; overdue money is one only where it is whole columns, as in our own convention."""
    part = placed.part
    formulas = {"total": f"=SUM({letters(form.first)}{{row}}:{letters(form.at('unapplied'))}{{row}})"}
    if "overdue" in form.keys:
        formulas["share_overdue"] = _share(form, "{row}")
        first, last = form.late
        columns = [values(part, form.keys[place], form) for place in range(first, last + 1)]
        if columns and np.array_equal(across(columns), part.overdue):
            formulas["overdue"] = f"=SUM({letters(first)}{{row}}:{letters(last)}{{row}})"
    return formulas


def _share(form: Form, row: str) -> str:
    """Overdue over what is owed before unapplied credits."""
    overdue, total, unapplied = (letters(form.at(key)) for key in ("overdue", "total", "unapplied"))
    owed = f"{total}{row}-{unapplied}{row}"
    return f'=IF({owed}>0,{overdue}{row}/({owed}),"")'


def total_line(placed: Placed, form: Form, inputs: Inputs) -> list[Cell]:
    """The currency's total line: a live sum of every column."""
    row, name = placed.total_row, placed.part.currency
    label = inputs.say("report.table.sum_of", currency=name) if name else inputs.say("report.table.sum")
    cells = [Cell(row, 0, label, "total.text")]
    for place, key in enumerate(form.keys[1:], 1):
        style = f"total.{_kind(key, placed.digits)}"
        if key in TEXTS:
            cells.append(Cell(row, place, None, style))
        else:
            cells.append(Cell(row, place, _sum(placed, key, form), style, _down(placed, key, form)))
    return cells


def _down(placed: Placed, key: str, form: Form) -> str:
    place = form.at(key)
    column = Range(placed.top, place, placed.total_row - 1, place).a1()
    if key == "share_overdue":
        return _share(form, str(placed.total_row + 1))
    return f"=MAX({column})" if key.startswith("oldest") else f"=SUM({column})"


def _sum(placed: Placed, key: str, form: Form) -> float:
    part = placed.part
    if key == "share_overdue":
        return part.share_overdue_total
    if key in part.labels:
        return float(part.bucket_totals[part.labels.index(key)])
    column = values(part, key, form)
    if key.startswith("oldest"):
        # MAX of a column without a number is 0.
        return float(np.nanmax(column)) if not np.isnan(column).all() else 0.0
    return 0.0 if column.dtype == object else money.total(column)


def _kind(key: str, digits: int) -> str:
    kinds = {
        "customer": "text",
        "customer_name": "text",
        "share_overdue": "percent",
        "oldest_days": "late",
        "oldest_age": "late",
    }
    return kinds.get(key, f"money{digits}")


def widths(parts: Iterable[Placed], form: Form, inputs: Inputs) -> list[float]:
    """Column widths: texts by their length, amounts all alike by the largest total."""
    parts = list(parts)
    amount = max(_amount_width(placed) for placed in parts)
    fixed = {"share_overdue": 10.0, "oldest_days": 11.0, "oldest_age": 11.0}
    limits = {"customer": (18, 26), "customer_name": (18, 42)}
    found = []
    for key in form.keys:
        if key in limits:
            texts = np.concatenate([values(placed.part, key, form) for placed in parts])
            found.append(widest([*texts, heading(key, form, inputs)], *limits[key]))
        else:
            found.append(fixed.get(key, amount))
    return found


def heights(parts: Iterable[Placed], form: Form, wide: list[float]) -> dict[int, float]:
    """Two lines or more for the names that are wider than their column."""
    if "customer_name" not in form.keys:
        return {}
    width = wide[form.at("customer_name")] - 2
    return {
        placed.top + row: 15.0 * ceil(text_width(name) / width)
        for placed in parts
        for row, name in enumerate(values(placed.part, "customer_name", form))
        if name and len(name) * 2 > width and text_width(name) > width
    }


def _amount_width(placed: Placed) -> float:
    part = placed.part
    figures = [*np.abs(part.bucket_totals), abs(money.total(part.total)), money.total(np.abs(part.unapplied))]
    return widest([f"-{figure:,.{placed.digits}f}" for figure in figures], 13, 26)
