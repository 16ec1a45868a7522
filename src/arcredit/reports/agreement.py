"""The lines of a control block that say whether the open items agree with the general ledger."""

import numpy as np

from arcredit.credit import money
from arcredit.credit.receivables.portfolio import digits_of
from arcredit.reports.control import Line
from arcredit.reports.inputs import Inputs
from arcredit.reports.sheet import a1


def tie_out(
    inputs: Inputs, open_amount: float | None, reference: str | None, currency: str, row: int, column: int
) -> list[Line]:
    """Open amount, general ledger balance, difference and what it means, from `row` on.

    `open_amount` is None where there are several currencies and no rates.
    """
    say, kind = inputs.say, f"figure.exact{digits_of(currency)}"
    if open_amount is None:
        return [Line(say("report.control.state"), say("report.state.several"), "figure.right")]
    lines = [Line(say("report.control.open"), open_amount, kind, reference)]
    if inputs.gl_balance is None:
        return [*lines, Line(say("report.control.gl"), say("report.state.not_given"), "figure.right")]
    gap = money.total(np.array([open_amount, -inputs.gl_balance]))
    agrees, differs = say("report.state.ok"), say("report.state.difference")
    state = agrees if abs(gap) < 0.5 / 10 ** digits_of(currency) else differs
    test = f'=IF(ROUND({a1(row + 2, column)},{digits_of(currency)})=0,"{agrees}","{differs}")'
    return [
        *lines,
        Line(say("report.control.gl"), inputs.gl_balance, kind),
        Line(say("report.control.difference"), gap, kind, f"={a1(row, column)}-{a1(row + 1, column)}"),
        Line(
            say("report.control.state"),
            state,
            "good.right" if state == agrees else "alert.right",
            test,
        ),
    ]
