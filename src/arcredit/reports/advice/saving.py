"""What cover is expected to save, and what one large loss would take to earn back."""

from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.insurance.advice import loss_by_grade
from arcredit.credit.insurance.value import tci_break_even, tci_sales_to_recover
from arcredit.reports.advice.cells import SHARE, Advice
from arcredit.reports.listing import Field
from arcredit.reports.sheet import Bars
from arcredit.shapes import Texts


def saving(advice: Advice) -> None:
    """Expected loss by grade with and without cover, and what is left after the premium."""
    case, at, page = advice.case, advice.at, advice.page
    page.section(advice.say("report_insurance_advice.section.saving"))
    advice.given("insured_percentage", case.insured_percentage, "percent", SHARE)
    assumed = case.setting("within")
    part = case.insured_percentage.value
    inside = case.inside(assumed.value)
    if not case.knows_limits:
        advice.given("within", assumed, "percent", SHARE)
    table = loss_by_grade(case.grade, case.exposure, inside, part, case.found.policy)
    # Who is in default already is lost: no cover is to be had, and nothing is left to expect.
    lost_already = table["pd"] >= 1
    known = ~np.isnan(table["uninsured"]) & ~lost_already
    if not len(table):
        page.gap()
        page.note(advice.say("report_insurance_advice.nothing_at_risk"))
        page.gap()
        return
    rows = np.flatnonzero(known)
    covered = table["within"][rows]
    top = page.row + 3
    page.gap()
    within = None if case.knows_limits else f"=ROUND(C{{row}}*{at['within']},{case.digits})"
    if not case.knows_limits:
        covered = money.rounded(table["exposure"][rows] * assumed.value, case.digits)
    lost = table["pd"][rows] * table["loss_given_default"][rows]
    insured = money.rounded(lost * (table["exposure"][rows] - part * covered))
    kind = advice.money
    names: Texts = np.array([f"{grade:.0f}" for grade in table["grade"][rows]] + [None], object)[:-1]
    listing = page.table(
        {
            "grade": Field(advice.say("report_insurance_advice.loss.grade"), names),
            "customers": Field(
                advice.say("report_insurance_advice.loss.customers"), table["customers"][rows], "count", "sum"
            ),
            "exposure": Field(
                advice.say("report_insurance_advice.loss.exposure"), table["exposure"][rows], kind, "sum"
            ),
            "within": Field(
                advice.say("report_insurance_advice.loss.within"), covered, kind, "sum", formula=within
            ),
            "pd": Field(advice.say("report_insurance_advice.loss.pd"), table["pd"][rows], "hundredths"),
            "lgd": Field(
                advice.say("report_insurance_advice.loss.lgd"), table["loss_given_default"][rows], "percent"
            ),
            "uninsured": Field(
                advice.say("report_insurance_advice.loss.uninsured"),
                table["uninsured"][rows],
                kind,
                "sum",
                formula="=ROUND(C{row}*E{row}*F{row},2)",
            ),
            "insured": Field(
                advice.say("report_insurance_advice.loss.insured"),
                insured,
                kind,
                "sum",
                formula=f"=ROUND(E{{row}}*F{{row}}*(C{{row}}-{at['insured_percentage']}*D{{row}}),2)",
            ),
        },
        advice.say("report_insurance_advice.loss.sum"),
    )
    assert listing.top + 1 == top
    if len(rows):
        advice.bars.append(Bars(listing.column("uninsured"), float(table["uninsured"][rows].max()) or 1.0))
    for key, left_out in (("ungraded", np.isnan(table["uninsured"])), ("defaulted", lost_already)):
        if left_out.any():
            page.row -= 1
            amount = f"{money.total(table['exposure'][left_out]):,.{case.digits}f}"
            page.note(advice.say(f"report_insurance_advice.left.{key}", amount=amount))
            page.gap()
    total = listing.total_row + 1
    if len(rows):
        _balance(
            advice, total, money.total(table["uninsured"][rows]), money.total(insured), covered, table, rows
        )
    page.gap()


def _balance(
    advice: Advice, total: int, uninsured: float, insured: float, covered: Any, table: Any, rows: Any
) -> None:
    """What cover saves against what it costs."""
    at, money_kind = advice.at, advice.money
    premium, turnover = advice.value["premium"], advice.value["turnover"]
    advice.line("loss_uninsured", uninsured, money_kind, f"=G{total}")
    advice.line("loss_insured", insured, money_kind, f"=H{total}")
    saved = float(money.rounded(uninsured - insured))
    advice.line("saved", saved, money_kind, f"={at['loss_uninsured']}-{at['loss_insured']}", "strong")
    net = float(money.rounded(saved - premium))
    formula = f'=IF(ISNUMBER({at["premium"]}),{at["saved"]}-{at["premium"]},"")'
    text = (
        ""
        if np.isnan(net)
        else advice.say(
            "report_insurance_advice.net.gain" if net >= 0 else "report_insurance_advice.net.price"
        )
    )
    advice.line("net", net, money_kind, formula, "strong", note=text)
    part, exposure = advice.value["insured_percentage"], money.total(table["exposure"][rows])
    share = money.total(covered) / exposure
    rate = min(premium / turnover, 1.0) if turnover > 0 else np.nan
    advice.line("share_within", share, "percent", f"=D{total}/C{total}")
    even = float(tci_break_even(rate, part, share))
    over = f"{at['premium']}/{at['turnover']}/({at['insured_percentage']}*{at['share_within']})"
    advice.line(
        "break_even",
        even,
        "hundredths",
        f'=IFERROR({over},"")',
        note=advice.say("report_insurance_advice.note.break_even"),
    )
    sales = advice.value["sales"]
    ratio = uninsured / sales if sales > 0 else np.nan
    formula = f'=IFERROR({at["loss_uninsured"]}/{at["sales"]},"")'
    advice.line(
        "loss_rate", ratio, "hundredths", formula, note=advice.say("report_insurance_advice.note.loss_rate")
    )


def largest(advice: Advice) -> None:
    """What one large loss would take to earn back."""
    case, at, page = advice.case, advice.at, advice.page
    found = case.largest(case.setting("within").value)
    if found is None:
        return
    page.section(advice.say("report_insurance_advice.section.largest"))
    name = case.customer[found.place] or advice.page.inputs.say("report.table.no_customer")
    advice.given("margin", case.setting("margin"), "percent", SHARE)
    advice.line("largest", found.exposure, advice.money, note=str(name))
    inside = min(float(case.inside(case.setting("within").value)[found.place]), found.exposure)
    within = None if case.knows_limits else f"={at['largest']}*{at['within']}"
    advice.line("largest_within", inside, advice.money, within)
    cover = f"=ROUND({at['largest']}-{at['insured_percentage']}*{at['largest_within']},2)"
    advice.line("largest_insured", found.insured, advice.money, cover)
    margin = case.setting("margin").value
    for key, loss, cell in (
        ("recover_uninsured", found.uninsured, "largest"),
        ("recover_insured", found.insured, "largest_insured"),
    ):
        sales = float(tci_sales_to_recover(loss, margin))
        advice.line(key, sales, advice.money, f'=IFERROR(ROUND({at[cell]}/{at["margin"]},2),"")', "strong")
    page.gap()
