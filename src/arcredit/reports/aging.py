"""AR Aging: what every customer owes, by how late it is, with what the figures were made from."""

from itertools import accumulate
from math import ceil

import numpy as np

from arcredit.credit.receivables.conventions import NONE
from arcredit.credit.receivables.portfolio import Portfolio, portfolios
from arcredit.reports.agreement import tie_out
from arcredit.reports.control import headed, held, origin, placed, policies
from arcredit.reports.customers import (
    Form,
    Placed,
    form_of,
    headings,
    heights,
    lines,
    total_line,
    values,
    widths,
)
from arcredit.reports.inputs import Inputs
from arcredit.reports.recap import Recap
from arcredit.reports.sheet import Cell, Chart, Heat, Range, Sheet, a1, pixels

HEAD = 3
"""First row of the control block."""
_LINE, _HEADING = 13.5, 32.0


def aging_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Aging.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Sheet
        A block per currency, never added across. The summary by bucket stands beside the control block
        where there is one currency, else between it and the first block: above the headings that every
        further page repeats, which are not the summary's.
    """
    parts = portfolios(inputs.items, inputs.as_of, inputs.edges, inputs.convention, inputs.credits)
    return _filled(inputs, parts) if parts else _empty(inputs)


def _filled(inputs: Inputs, parts: list[Portfolio]) -> Sheet:
    form, alone = form_of(parts), len(parts) == 1
    wide = _wide_enough(widths([Placed(part, 0) for part in parts], form, inputs), alone)
    columns = _head_columns(wide, alone)
    summary = Recap(tuple(Placed(part, 0) for part in parts), form, inputs, 0, 0, 1)
    height = max(10, summary.height if alone else ceil((80 + 26 * len(parts)) / 18))
    top = HEAD + height + 1
    if alone:
        blocks = _placements(parts, top + 1, alone)
        summary = Recap(blocks, form, inputs, HEAD, columns["summary"], columns["amount"])
    else:
        blocks = _placements(parts, top + summary.height + 2, alone)
        summary = Recap(blocks, form, inputs, top + 1, 0, form.first)
    header = blocks[0].top - 1
    cells = [
        *headed(inputs, "aging", _subtitle(inputs, parts)),
        *_control(inputs, summary, columns),
        *(cell for block in blocks for cell in _closed(block, form, inputs, alone)),
        *([] if alone else _section(inputs.say("report.table.recap"), top, len(form.keys))),
        *summary.cells(),
    ]
    right = max(len(wide) - 1, summary.right)
    return Sheet(
        owner="aging",
        name=inputs.say("report.sheet.aging"),
        widths=tuple(wide),
        cells=tuple(cells),
        area=Range(0, 0, blocks[-1].total_row, right),
        blocks=tuple(lines(block, form, inputs) for block in blocks),
        charts=(_chart(inputs, summary, columns["chart"], pixels(wide[columns["chart"] :]), height),),
        heats=tuple(_heat(block, form) for block in blocks),
        heights=heights(blocks, form, wide)
        | {0: 24, **{HEAD + row: _LINE for row in range(height)}, top - 1: 6}
        | {block.top - 1: _HEADING for block in blocks},
        # With a summary above them the headings are too far down to be frozen.
        freeze=(header + 1 if alone else 0, form.first if sum(wide[: form.first]) <= 50 else 1),
        titles=(header, header),
        filter=Range(header, 0, blocks[0].total_row - 1, len(form.keys) - 1) if alone else None,
        footer=inputs.footer,
    )


def _subtitle(inputs: Inputs, parts: list[Portfolio]) -> str:
    names = [part.currency or inputs.say("report.table.no_currency") for part in parts]
    shown = "" if names == [inputs.say("report.table.no_currency")] else f"{', '.join(names)}"
    return inputs.say(
        "report.subtitle.aging",
        as_of=inputs.as_of.isoformat(),
        currency=shown or inputs.say("report.table.one_currency"),
        customers=f"{len({name for part in parts for name in part.customer}):,}",
        documents=f"{sum(part.documents for part in parts):,}",
    )


def _wide_enough(wide: list[float], alone: bool) -> list[float]:
    """Room for the chart beside the control block, however few buckets there are."""
    wide = list(wide)
    while pixels(wide[_head_columns(wide, alone)["chart"] :]) < 420:
        wide.append(13.0)
    return wide


def _head_columns(wide: list[float], alone: bool) -> dict[str, int]:
    """Where the parts of the head begin: each has the columns it needs."""
    right = _after(wide, 1, 38)
    value = _after(wide, right, 24)
    amount = _after(wide, value + 1, 15)
    chart = amount + 2 if alone else value + 1
    return {"right": right, "value": value, "summary": value + 1, "amount": amount, "chart": chart}


def _after(wide: list[float], start: int, need: float) -> int:
    """The column after those, from `start` on, that are together as wide as needed."""
    for column, reached in enumerate(accumulate(wide[start:]), start + 1):
        if reached >= need:
            return column
    return len(wide)


def _placements(parts: list[Portfolio], row: int, alone: bool) -> tuple[Placed, ...]:
    blocks = []
    for part in parts:
        blocks.append(Placed(part, row if alone else row + 2))
        row = blocks[-1].total_row + 2
    return tuple(blocks)


def _closed(block: Placed, form: Form, inputs: Inputs, alone: bool) -> list[Cell]:
    """A block's headings, its total line and, of several currencies, its title."""
    name = block.part.currency or inputs.say("report.table.no_currency")
    section = [] if alone else _section(name, block.top - 2, len(form.keys))
    return [*section, *headings(form, block.top - 1, inputs), *total_line(block, form, inputs)]


def _section(text: str, row: int, columns: int) -> list[Cell]:
    return [Cell(row, column, None if column else text, "section.text") for column in range(columns)]


def _control(inputs: Inputs, summary: Recap, columns: dict[str, int]) -> list[Cell]:
    alone, value = len(summary.parts) == 1, columns["value"]
    currency = summary.parts[0].part.currency if alone else summary.home
    style = f"figure.exact{summary.parts[0].digits}" if alone else None
    top = held(inputs, style)
    where = a1(summary.at("total"), summary.amount if alone else summary.share - 1)
    ties = tie_out(inputs, summary.open_amount(), f"={where}", currency, HEAD + len(top), value)
    return [
        *placed([*origin(inputs), *policies(inputs)], HEAD, 0, 1),
        *placed([*top, *ties], HEAD, columns["right"], value),
    ]


def _heat(block: Placed, form: Form) -> Heat:
    """The older half of the buckets: money there is late enough to worry about.

    The largest tenth of those amounts is darkest, so that one huge debt does not leave all others pale.
    """
    last = form.first + len(form.labels) - 1 - (form.labels[-1] == NONE)
    old = np.concatenate([values(block.part, form.keys[place], form) for place in range(form.old, last + 1)])
    full = float(np.quantile(old[old > 0], 0.9, method="lower")) if (old > 0).any() else 1.0
    return Heat(Range(block.top, form.old, block.total_row - 1, last), full)


def _chart(inputs: Inputs, summary: Recap, column: int, width: int, height: int) -> Chart:
    day = inputs.as_of.isoformat()
    return Chart(
        kind="bar",
        title=inputs.say("report.chart.aging"),
        alt=inputs.say("report.chart.aging_alt", as_of=day, shares=summary.shares_in_words()),
        series=summary.series(),
        row=HEAD,
        column=column,
        width=width - 8,
        height=int(height * _LINE / 0.75) - 4,
        number_format="0%",
    )


def _empty(inputs: Inputs) -> Sheet:
    """A ledger without open items says so, with the same control block."""
    top = held(inputs, "figure.exact2")
    ties = tie_out(inputs, 0.0, None, "", HEAD + len(top), 4)
    cells = [
        Cell(0, 0, inputs.say("report.title.aging"), "title.text"),
        Cell(1, 0, inputs.say("report.state.empty"), "subtitle.text"),
        *placed([*origin(inputs), *policies(inputs)], HEAD, 0, 1),
        *placed([*top, *ties], HEAD, 3, 4),
    ]
    return Sheet(
        owner="aging",
        name=inputs.say("report.sheet.aging"),
        widths=(18, 38, 4, 28, 18),
        cells=tuple(cells),
        area=Range(0, 0, HEAD + 10, 4),
        heights={0: 24},
        footer=inputs.footer,
    )
