"""AR DSO: how many days of sales the receivables amount to, by every method, and month by month."""

from arcredit.credit.receivables.history import History, histories
from arcredit.credit.receivables.portfolio import digits_of
from arcredit.reports.control import headed, origin, placed
from arcredit.reports.inputs import Inputs
from arcredit.reports.sheet import Block, Cell, Chart, Column, Range, Series, Sheet, pixels

METHODS = (
    ("dso_quarter", "days"),
    ("dso_year", "days"),
    ("countback", "days"),
    ("weighted", "days"),
    ("best", "days"),
    ("delinquent", "days"),
    ("cei", "share"),
    ("turnover", "times"),
    ("days_to_pay", "days"),
    ("beyond_terms", "days"),
)
MONEY = ("receivables", "overdue", "sales")
DAYS = ("dso", "countback", "best", "delinquent")
LINES = (("dso", (4, 4), "solid"), ("countback", (5, 4), "dash"), ("best", (1, 2), "square_dot"))
HEAD, _CHART_ROWS, _ON_A_PAGE = 3, 14, 2
_WIDTHS = (30.0, *(15.0,) * 8)


def dso_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR DSO.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Sheet
        For every currency the methods with their formulas in words, a line chart and the last twelve
        months. A figure that the ledger cannot know says why.
    """
    parts = histories(inputs.documents, inputs.events, inputs.as_of)
    names = [name or inputs.say("report.table.no_currency") for name, _ in parts]
    cells = [*headed(inputs, "dso", _subtitle(inputs, names)), *placed(origin(inputs), HEAD, 0, 1)]
    row, blocks, charts = HEAD + len(origin(inputs)) + 1, [], []
    heights, breaks = {0: 24.0}, []
    for place, (name, (currency, found)) in enumerate(zip(names, parts, strict=True)):
        if place and place % _ON_A_PAGE == 0:
            breaks.append(row)
        if len(parts) > 1:
            cells += [Cell(row, column, None if column else name, "section.text") for column in range(9)]
            row += 1
        months = row + len(METHODS) + _CHART_ROWS + 2
        cells += [*_methods(inputs, found, row), *_month_headings(inputs, months)]
        blocks.append(_months(found, months + 1, digits_of(currency)))
        charts.append(_chart(inputs, row + len(METHODS) + 1, months, len(found.ends)))
        heights[months] = 32.0
        row = months + len(found.ends) + 1
        cells.append(Cell(row, 0, inputs.say("report.dso.note"), "subtitle.text"))
        row += 2
    return Sheet(
        owner="dso",
        name=inputs.say("report.sheet.dso"),
        widths=_WIDTHS,
        cells=tuple(cells),
        area=Range(0, 0, row, len(_WIDTHS) - 1),
        blocks=tuple(blocks),
        charts=tuple(charts),
        heights=heights,
        breaks=tuple(breaks),
        footer=inputs.footer,
        landscape=False,
    )


def _subtitle(inputs: Inputs, names: list[str]) -> str:
    if not names:
        return inputs.say("report.state.empty")
    nameless = names == [inputs.say("report.table.no_currency")]
    shown = inputs.say("report.table.one_currency") if nameless else ", ".join(names)
    return inputs.say("report.subtitle.dso", as_of=inputs.as_of.isoformat(), currency=shown)


def _methods(inputs: Inputs, found: History, row: int) -> list[Cell]:
    say = inputs.say
    cells = [
        Cell(row, 0, say("report.dso.method"), "heading.text"),
        Cell(row, 1, say("report.dso.value"), "heading.right"),
        Cell(row, 2, say("report.dso.unit"), "caption.text"),
        Cell(row, 3, say("report.dso.how"), "caption.text"),
        *(Cell(row, column, None, "caption.text") for column in range(4, len(_WIDTHS))),
    ]
    for line, (method, unit) in enumerate(METHODS, row + 1):
        reason = found.unknown.get(method)
        shown = say("report.dso.not_known") if reason else found.figures[method]
        kind = "right" if reason else ("percent" if unit == "share" else "tenths")
        how = say(f"report.unknown.{reason}") if reason else say(f"report.how.{method}")
        cells += [
            Cell(line, 0, say(f"report.method.{method}"), "body.text"),
            Cell(line, 1, shown, f"body.{kind}"),
            Cell(line, 2, "" if reason else say(f"report.unit.{unit}"), "aside.text"),
            Cell(line, 3, how, "aside.text"),
            *(Cell(line, column, None, "body.text") for column in range(4, len(_WIDTHS))),
        ]
    return cells


def _month_headings(inputs: Inputs, row: int) -> list[Cell]:
    keys = ("month_end", *MONEY, *DAYS, "cei")
    return [
        Cell(row, column, inputs.say(f"report.month.{key}"), "heading.right" if column else "heading.text")
        for column, key in enumerate(keys)
    ]


def _months(found: History, top: int, digits: int) -> Block:
    columns = [Column(found.ends, "body.day")]
    columns += [Column(getattr(found, name), f"body.money{digits}") for name in MONEY]
    columns += [Column(getattr(found, name), "body.tenths") for name in DAYS]
    return Block(top, 0, (*columns, Column(found.cei, "body.percent")))


def _chart(inputs: Inputs, row: int, months: int, height: int) -> Chart:
    """Lines by month end; a month that the ledger cannot know is a gap."""
    keys = ("month_end", *MONEY, *DAYS)
    first, last = months + 1, months + height
    return Chart(
        kind="line",
        title=inputs.say("report.chart.dso"),
        alt=inputs.say("report.chart.dso_alt", as_of=inputs.as_of.isoformat()),
        series=tuple(
            Series(
                (months, keys.index(name)),
                Range(first, 0, last, 0),
                Range(first, keys.index(name), last, keys.index(name)),
                colour,
                dash,
            )
            for name, colour, dash in LINES
        ),
        row=row,
        column=0,
        width=pixels(_WIDTHS) - 8,
        height=_CHART_ROWS * 20 - 4,
        number_format="0",
        unit=inputs.say("report.chart.days"),
        category_format="yyyy-mm",
    )
