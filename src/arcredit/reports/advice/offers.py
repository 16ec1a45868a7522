"""Insurers compared, and the cash ratio with and without cover."""

import numpy as np

from arcredit.credit.insurance.premium import tci_premium
from arcredit.credit.insurance.value import tci_insurer_score
from arcredit.credit.receivables.liquidity import ar_cash_ratio
from arcredit.reports.advice.case import Figure
from arcredit.reports.advice.cells import AMOUNT, Advice
from arcredit.reports.listing import Field
from arcredit.reports.rows import Rows, setting
from arcredit.reports.sheet import Bars, Cell

_SCORES = ("coverage", "claims_speed", "services")


def insurers(advice: Advice) -> None:
    """Offers side by side, by weighted score; the best first."""
    case, page, say = advice.case, advice.page, advice.say
    page.section(say("report_insurance_advice.section.insurers"))
    rows = Rows(case.inputs, "insurers")
    if not rows:
        page.note(say("report_insurance_advice.no_insurers"))
        page.gap()
        return
    weights = [case.setting(f"weight_{key}") for key in _SCORES]
    weight_row = page.row + 1
    page.cells.append(Cell(page.row, 0, say("report_insurance_advice.insurer.weights"), "label.text"))
    for place, figure in enumerate(weights, 1):
        page.cells.append(Cell(page.row, place, figure.value, "input.exact2"))
        advice.entry(page.row, place, AMOUNT)
    sources = "given" if any(figure.source == "given" for figure in weights) else "default"
    page.cells.append(Cell(page.row, 4, say(f"report_insurance_advice.source.{sources}"), "item.text"))
    page.row += 1
    points = np.array([rows.numbers(key) for key in _SCORES]).T
    values = [figure.value for figure in weights]
    score = np.array([tci_insurer_score(line, values) for line in points])
    order = np.lexsort((np.arange(len(rows)), -np.nan_to_num(score, nan=-1.0)))
    where = f"$B${weight_row}:$D${weight_row}"
    unknown = f'SUMPRODUCT((B{{row}}:D{{row}}="")*({where}>0))>0'
    formula = f'=IF(OR({unknown},SUM({where})=0),"",SUMPRODUCT(B{{row}}:D{{row}},{where})/SUM({where}))'
    rate, least = rows.numbers("rate")[order], rows.numbers("minimum_premium")[order]
    tax, turnover = advice.value["premium_tax"], advice.value["turnover"]
    at = advice.at
    offered = np.asarray(tci_premium(turnover, rate, least, tax), np.float64)
    price = (
        f"=IF(AND(ISNUMBER(F{{row}}),ISNUMBER({at['turnover']})),"
        f'ROUND(MAX({at["turnover"]}*F{{row}},N(G{{row}}))*(1+{at["premium_tax"]}),2),"")'
    )
    fields = {"insurer": Field(page.inputs.say("records.column.insurer"), rows.texts("insurer")[order])}
    fields |= {
        key: Field(page.inputs.say(f"records.column.{key}"), rows.numbers(key)[order], "tenths")
        for key in _SCORES
    }
    fields |= {
        "score": Field(say("report_insurance_advice.insurer.score"), score[order], "exact2", formula=formula),
        "rate": Field(page.inputs.say("records.column.offer_rate"), rate, "hundredths"),
        "minimum": Field(page.inputs.say("records.column.minimum_premium"), least, advice.money),
        "premium": Field(
            say("report_insurance_advice.insurer.premium"), offered, advice.money, formula=price
        ),
    }
    listing = page.table(fields)
    advice.bars.append(Bars(listing.column("score"), max(float(np.nanmax(points, initial=1.0)), 1.0)))
    if np.isnan(score).any():
        page.row -= 1
        page.note(say("report_insurance_advice.insurer.unknown"))
        page.gap()


def cash(advice: Advice) -> None:
    """The cash ratio if the largest customer pays, does not pay, does not pay but is insured."""
    case, page, at = advice.case, advice.page, advice.at
    page.section(advice.say("report_insurance_advice.section.cash"))
    inputs = case.inputs
    held, owed = setting(inputs, "cash"), setting(inputs, "current_liabilities")
    if np.isnan(held) or np.isnan(owed):
        page.note(advice.say("report_insurance_advice.no_cash"))
        return
    found = case.largest(case.setting("within").value)
    stated = setting(inputs, "expected_receipts")
    owing = 0.0 if found is None else found.exposure
    receipts = Figure(owing, "largest") if np.isnan(stated) else Figure(stated, "given")
    advice.given("cash", Figure(held, "given"), advice.money, AMOUNT)
    advice.given("liabilities", Figure(owed, "given"), advice.money, AMOUNT)
    advice.given("receipts", receipts, advice.money, AMOUNT)
    part, premium = advice.value.get("insured_percentage", np.nan), np.nan_to_num(advice.value["premium"])
    share, inside = _within(advice, stated == stated)
    ratios = {
        "plan": (ar_cash_ratio(held, owed, receipts.value), f"{at['cash']}+{at['receipts']}"),
        "default": (ar_cash_ratio(held, owed, receipts.value, None, True), at["cash"]),
        "insured": (
            ar_cash_ratio(held - premium, owed, receipts.value, part * share, True),
            f"{at['cash']}-N({at['premium']})+{at['receipts']}*{at['insured_percentage']}{inside}",
        ),
    }
    for key, (value, above) in ratios.items():
        formula = f'=IFERROR(({above})/{at["liabilities"]},"")'
        advice.line(f"cash_{key}", float(value), "exact2", formula, "strong")
    page.note(advice.say("report_insurance_advice.note.waiting"))


def _within(advice: Advice, everybody: bool) -> tuple[float, str]:
    """The part of the expected receipts within the insurer's limits, and the formula's factor for it.

    Where no limits are known all of it counts, as an offer would cover it.
    """
    keys = ("share_within",) if everybody else ("largest_within", "largest")
    known = [advice.value.get(key, np.nan) for key in keys]
    if not advice.case.knows_limits or np.isnan(known).any() or 0 in known[1:]:
        return 1.0, ""
    share = known[0] / known[1] if known[1:] else known[0]
    return share, "*" + "/".join(advice.at[key] for key in keys)
