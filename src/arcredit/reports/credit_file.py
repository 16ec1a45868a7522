"""AR Credit File: one customer on a page or two: who it is, how it pays, its grade and its limit."""

from typing import Any

import numpy as np

from arcredit.credit.receivables.portfolio import digits_of
from arcredit.reports.control import origin
from arcredit.reports.credit_sections.facts import ratios, trading, who
from arcredit.reports.credit_sections.history import disputes, events
from arcredit.reports.credit_sections.judged import limit_methods, rating_lines, scorecard
from arcredit.reports.credit_sections.limit import exposure_lines
from arcredit.reports.credit_sections.one import One
from arcredit.reports.inputs import Inputs
from arcredit.reports.limits import notes
from arcredit.reports.notice import notice_sheet
from arcredit.reports.page import Page
from arcredit.reports.sheet import Cell, Sheet
from arcredit.reports.standing import Standings, standings

_WIDTHS = (30.0, 16.0, 16.0, 16.0, 16.0, 28.0)


def credit_file_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Credit File.

    Parameters
    ----------
    inputs : Inputs
        `Inputs.customer` says which customer; empty takes the one with the largest exposure.

    Returns
    -------
    Sheet
        What the ledger and the records know of the customer. What is missing is said.
    """
    found = standings(inputs)
    one = _chosen(inputs, found)
    if one is None:
        lines = [_absent(inputs)]
        title = inputs.say("report.title.credit_file")
        return notice_sheet(inputs, "credit_file", inputs.say("report.sheet.credit_file"), title, lines)
    page = Page(inputs, "credit_file")
    page.title(_subtitle(inputs, one))
    page.lines(origin(inputs))
    tiles = page.row
    page.gap(4)
    who(page, one)
    trading(page, one)
    ratios(page, one)
    scorecard(page, one)
    page.breaks.append(page.row)
    rating_lines(page, one)
    limit_methods(page, one)
    exposure, limit, room = exposure_lines(page, one)
    events(page, one)
    disputes(page, one)
    for text in notes(inputs, found):
        page.note(text)
    _tiles(page, one, tiles, exposure, limit, room)
    return page.sheet(_WIDTHS, bars=tuple(one.bars), landscape=False)


def _absent(inputs: Inputs) -> str:
    if inputs.customer:
        return inputs.say("report_credit_file.unknown_customer", customer=inputs.customer)
    return inputs.say("report_credit_file.empty")


def _subtitle(inputs: Inputs, one: One) -> str:
    key = "asked" if inputs.customer else "largest"
    return inputs.say(
        f"report_credit_file.subtitle.{key}",
        as_of=inputs.as_of.isoformat(),
        customer=one.label,
        currency=one.part.currency or inputs.say("report.table.one_currency"),
    )


def _chosen(inputs: Inputs, found: Standings) -> One | None:
    """The customer asked for, in the currency of its largest exposure; else the largest of all.

    Exposures in several currencies are compared at the given rates, else as if they were one currency's,
    after the currency with the most customers.
    """
    rates = dict(inputs.rates) | ({inputs.home: 1.0} if inputs.home else {})
    places: list[tuple[Any, ...]] = []
    for part in found.parts:
        rate = rates.get(part.currency, np.nan) if inputs.home else np.nan
        worth = part.exposure if np.isnan(rate) else part.exposure * rate
        for row, name in enumerate(part.customer):
            if name is not None and (not inputs.customer or name == inputs.customer):
                places.append((np.isnan(rate), -len(part), -worth[row], part.currency, name, part, row))
    if not places:
        return None
    if inputs.customer:
        places.sort(key=lambda place: (place[0], place[2], place[3]))
    else:
        places.sort(key=lambda place: place[:5])
    part, row = places[0][5:]
    others = tuple(
        (other, int(np.flatnonzero(other.customer == part.customer[row])[0]))
        for other in found.parts
        if other is not part and part.customer[row] in other.customer
    )
    return One(inputs, part, row, others, found.policy)


def _tiles(page: Page, one: One, row: int, exposure: int, limit: int, room: int) -> None:
    """Grade, limit, exposure and headroom at a glance; the money refers to its line below."""
    say, kind = page.inputs.say, f"exact{digits_of(one.part.currency)}"
    grade = one.of(one.part.rating.grade)
    unknown = say("report_credit_file.not_known")
    values = [
        ("grade", 1, grade, "count", None),
        ("limit", 2, one.of(one.part.limit), kind, f"=B{limit + 1}"),
        ("exposure", 2, one.of(one.part.exposure), kind, f"=B{exposure + 1}"),
        ("headroom", 1, one.headroom, kind, f"=B{room + 1}"),
    ]
    column = 0
    for key, across, value, form, formula in values:
        known = value == value
        page.cells += [
            Cell(row, column, say(f"report_credit_file.tile.{key}"), "tilelabel.text", across=across),
            Cell(
                row + 1,
                column,
                value if known else unknown,
                f"tile.{form if known else 'text'}",
                formula if known else None,
                across=across,
            ),
        ]
        column += across
    page.heights |= {row: 14.0, row + 1: 27.0}
