"""The control block: what a figure was made from, and whether it ties out."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from arcredit.reports.inputs import Inputs
from arcredit.reports.sheet import Cell


class Line(NamedTuple):
    """A line of a control block: label, value, the value's style, its formula."""

    label: str
    value: Any
    style: str = "value.text"
    formula: str | None = None


def origin(inputs: Inputs) -> list[Line]:
    """Where the figures come from and how they were cut."""
    say = inputs.say
    return [
        Line(say("report.control.ledger"), inputs.ledger),
        Line(say("report.control.area"), inputs.source),
        Line(say("report.control.as_of"), inputs.as_of, "value.date"),
        Line(say("report.control.version"), inputs.maker),
    ]


def policies(inputs: Inputs) -> list[Line]:
    """How the money was put into buckets."""
    basis = inputs.say(f"report.convention.{inputs.convention}")
    credits = inputs.say(f"report.credits.{inputs.credits}")
    return [
        Line(inputs.say("report.control.basis"), basis),
        Line(inputs.say("report.control.credits"), credits),
    ]


def held(inputs: Inputs, money: str | None) -> list[Line]:
    """Read + rejected = what the sheet holds; amounts only where there is one currency (`money` style)."""
    totals, say = inputs.totals, inputs.say
    if totals is None:
        return []
    read = say(f"report.read.{totals.column}", rows=f"{totals.rows_read:,}")
    rejected = say("report.control.rejected", rows=f"{totals.rows_rejected:,}")
    if money is None:
        return [Line(read, ""), Line(rejected, "")]
    lines = [
        Line(read, totals.amount_read, money),
        Line(rejected, totals.amount_rejected, money),
        Line(say("report.control.held"), totals.amount, money),
    ]
    if totals.sheet_total is None:
        return [*lines, Line(say("report.control.sheet_total"), say("report.state.no_total"), "figure.right")]
    return [
        *lines,
        Line(say("report.control.sheet_total"), totals.sheet_total, money),
        Line(say("report.control.sheet_difference"), totals.difference, money),
    ]


def placed(lines: Iterable[Line], row: int, label: int, value: int) -> list[Cell]:
    """Lines as cells, labels and values in two columns."""
    cells = []
    for place, line in enumerate(lines, row):
        cells.append(Cell(place, label, line.label, "label.text"))
        cells.append(Cell(place, value, line.value, line.style, line.formula))
    return cells


def headed(inputs: Inputs, report: str, subtitle: str) -> list[Cell]:
    """Title and subtitle of a report."""
    return [
        Cell(0, 0, inputs.say(f"report.title.{report}"), "title.text"),
        Cell(1, 0, subtitle, "subtitle.text"),
    ]
