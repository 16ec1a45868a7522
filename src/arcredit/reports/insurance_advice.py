"""AR Insurance Advice: is cover needed, what does it cost, what does it save, and who offers it best."""

from arcredit.reports.advice.case import Case, case_of
from arcredit.reports.advice.cells import Advice
from arcredit.reports.advice.need import cost, need
from arcredit.reports.advice.offers import cash, insurers
from arcredit.reports.advice.saving import largest, saving
from arcredit.reports.control import origin
from arcredit.reports.inputs import Inputs
from arcredit.reports.limits import notes
from arcredit.reports.page import Page
from arcredit.reports.sheet import Sheet

_WIDTHS = (42.0, 17.0, 17.0, 17.0, 15.0, 15.0, 16.0, 17.0)


def insurance_advice_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Insurance Advice.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Sheet
        Everything is decided by live formulas from input cells; defaults are called so. All of it estimates.
    """
    case = case_of(inputs)
    page = Page(inputs, "insurance_advice")
    page.title(_subtitle(inputs, case))
    page.lines(origin(inputs))
    advice = Advice(page, case)
    page.note(advice.say("report_insurance_advice.inputs"))
    page.gap()
    need(advice)
    cost(advice)
    saving(advice)
    largest(advice)
    insurers(advice)
    cash(advice)
    if case.left_out:
        page.gap()
        page.note(
            advice.say(
                "report_insurance_advice.left_out",
                currencies=", ".join(case.left_out),
                currency=case.currency,
            )
        )
    for text in notes(inputs, case.found):
        page.note(text)
    return page.sheet(_WIDTHS, bars=tuple(advice.bars), lists=tuple(advice.entries), landscape=False)


def _subtitle(inputs: Inputs, case: Case) -> str:
    currency = case.currency or inputs.say("report.table.one_currency")
    day = inputs.as_of.isoformat()
    return inputs.say("report_insurance_advice.subtitle", as_of=day, currency=currency)
