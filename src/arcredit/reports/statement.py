"""AR Statement: what each customer owes, document by document, a printed page for each."""

from dataclasses import replace

import numpy as np

from arcredit.credit.receivables.portfolio import portfolios
from arcredit.reports.control import Line, origin, placed
from arcredit.reports.inputs import Inputs
from arcredit.reports.listing import together
from arcredit.reports.notice import notice_sheet
from arcredit.reports.register import Register
from arcredit.reports.sheet import Block, Cell, Range, Sheet
from arcredit.reports.statement_page import StatementPage
from arcredit.reports.written import written

MOST = 40
"""Statements on one sheet, unless a customer is chosen."""
_GAP = 2


def statement_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Statement.

    Parameters
    ----------
    inputs : Inputs
        With ``customer`` only that one's statement is made, whatever he owes.

    Returns
    -------
    Sheet
        A page per customer, each in his own language. Where the figures come from stands at the right,
        outside what is printed.
    """
    register = Register(inputs)
    items = replace(inputs.items, disputed_amount=register.contested.amount)
    ranked = _ranked(inputs)
    chosen = [inputs.customer] if inputs.customer else ranked[:MOST]
    owners = items.customer.texts()
    pages = [(who, items.take(np.flatnonzero(owners == who))) for who in chosen]
    if not pages or not len(pages[0][1]):
        return _nothing(inputs)
    cells: list[Cell] = []
    blocks: list[Block] = []
    heights: dict[int, float] = {}
    breaks, widths, row = [], [], 0
    for customer, part in pages:
        page = StatementPage(register, customer, part, row)
        breaks.append(row)
        cells += page.cells
        blocks += page.blocks
        heights |= page.heights
        widths.append(page.widths)
        row = page.row + 1
    wide = together(*widths)
    right = len(wide) - 1
    control = [*origin(inputs), *_shown(inputs, register, len(pages), len(ranked))]
    cells += placed(control, 0, right + _GAP, right + _GAP + 1)
    company = register.setting("company_name")
    return Sheet(
        owner="statement",
        name=inputs.say("report.sheet.statement"),
        widths=(*wide, *(4.0,) * (_GAP - 1), 16.0, 60.0),
        cells=tuple(cells),
        area=Range(0, 0, row - 2, right),
        blocks=tuple(blocks),
        heights=heights,
        breaks=tuple(breaks[1:]),
        footer=" · ".join(part for part in (company, written(inputs.as_of, inputs.language)) if part),
        landscape=False,
    )


def _nothing(inputs: Inputs) -> Sheet:
    if not len(inputs.items):
        line = inputs.say("report.state.empty")
    elif inputs.customer:
        line = inputs.say("report_statement.not_found", customer=inputs.customer)
    else:
        line = inputs.say("report_statement.none")
    name, title = inputs.say("report.sheet.statement"), inputs.say("report.title.statement")
    return notice_sheet(inputs, "statement", name, title, [line])


def _shown(inputs: Inputs, register: Register, shown: int, known: int) -> list[Line]:
    if inputs.customer:
        words = inputs.say("report_statement.one")
    elif known > shown:
        left = f"{known - shown:,}"
        words = inputs.say("report_statement.left_out", shown=shown, all=f"{known:,}", left=left)
    else:
        words = inputs.say("report_statement.all_shown", shown=shown)
    charge = register.charges
    how = inputs.say(f"report_collections.charge.{charge.basis}", rate=f"{charge.annual_rate:.2%}")
    return [
        Line(inputs.say("report_statement.control.shown"), words),
        Line(inputs.say("report_statement.control.charge"), how),
    ]


def _ranked(inputs: Inputs) -> list[str]:
    """Customers with overdue money, the largest first; of several currencies the first of each, and so on."""
    best: dict[str, tuple[int, str]] = {}
    # Overdue is a matter of due dates, whatever the aging counts from.
    for part in portfolios(inputs.items, inputs.as_of):
        late = np.flatnonzero(part.overdue > 0)
        for place, row in enumerate(late.tolist()):
            who = part.customer[row]
            if who is not None:
                best[who] = min(best.get(who, (place, who)), (place, who))
    return [who for who, _ in sorted(best.items(), key=lambda pair: pair[1])]
