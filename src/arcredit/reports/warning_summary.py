"""The head of AR Warnings: customers, warnings and money by level, each a live figure of the lists below."""

from collections.abc import Sequence

import numpy as np

from arcredit.credit import money
from arcredit.credit.receivables.portfolio import digits_of
from arcredit.credit.receivables.watch import Watch
from arcredit.reports.inputs import Inputs
from arcredit.reports.listing import Listing
from arcredit.reports.sheet import Cell, a1

LEVELS = (3, 2, 1)
_HEADS = ("level", "customers", "warnings", "money")


def summary(
    inputs: Inputs, alarms: Sequence[Watch], lists: Sequence[Listing], keys: Sequence[str], row: int
) -> list[Cell]:
    """The summary from `row` on; a currency without warnings has no list.

    A customer counts, with his money, at his worst level: on his first line.
    """
    left = keys.index("signal")
    places = (left, left + 1, left + 2, keys.index("unit"))
    cells = [
        Cell(
            row,
            place,
            inputs.say(f"report_warnings.summary.{head}"),
            "small.right" if place > left else "small.text",
        )
        for place, head in zip(places, _HEADS, strict=True)
    ]
    listed = iter(lists)
    for watch in alarms:
        row += 1
        if len(alarms) > 1:
            name = watch.currency or inputs.say("report.table.no_currency")
            cells.append(Cell(row, left, name, "strong.text"))
            row += 1
        listing = next(listed) if len(watch) else None
        for line, level in enumerate(LEVELS, row):
            word = inputs.say(f"report_warnings.level.{level}")
            cells += _line(watch, listing, level, word, line, places)
        row += len(LEVELS) - 1
    return cells


def _line(
    watch: Watch, listing: Listing | None, level: int, word: str, row: int, places: Sequence[int]
) -> list[Cell]:
    rows = np.asarray(watch.level == level, bool)
    owned = rows & np.asarray(watch.first & (watch.customer != None), bool)  # noqa: E711
    figures = (
        float(np.count_nonzero(owned)),
        float(np.count_nonzero(rows)),
        money.total(np.asarray(watch.exposure[owned], np.float64)),
    )
    styles = ("figure.count", "figure.count", f"figure.money{digits_of(watch.currency)}")
    formulas: tuple[str | None, ...] = (None, None, None)
    if listing is not None:
        at = a1(row, places[0], True)
        levels, exposure = (listing.column(key).a1(True) for key in ("level", "exposure"))
        formulas = (
            f'=COUNTIFS({levels},{at},{exposure},"<>")',
            f"=COUNTIF({levels},{at})",
            f"=SUMIF({levels},{at},{exposure})",
        )
    return [
        Cell(row, places[0], word, "figure.text"),
        *(Cell(row, *cell) for cell in zip(places[1:], figures, styles, formulas, strict=True)),
    ]
