"""Is cover needed, and what does it cost."""

from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.insurance.premium import tci_premium
from arcredit.credit.insurance.value import tci_need
from arcredit.reports.advice.case import Case, Figure
from arcredit.reports.advice.cells import AMOUNT, SHARE, Advice
from arcredit.reports.rows import schedule_of
from arcredit.reports.sheet import Cell


def need(advice: Advice) -> None:
    """The three reasons against their thresholds, decided by live formulas."""
    page, case, say = advice.page, advice.case, advice.say
    page.section(say("report_insurance_advice.section.need"))
    row = page.row
    for place, key in enumerate(("reason", "figure", "threshold", "holds")):
        page.cells.append(
            Cell(
                row,
                place,
                say(f"report_insurance_advice.need.{key}"),
                "heading.right" if place else "heading.text",
            )
        )
    page.cells.append(Cell(row, 4, say("report_insurance_advice.need.source"), "caption.text"))
    yes, no, unknown = (
        say("report_insurance_advice.yes"),
        say("report_insurance_advice.no"),
        say("report_insurance_advice.unknown"),
    )
    exports = case.exports.value
    abroad = unknown if np.isnan(exports) else (yes if exports else no)
    sales, share = case.sales, case.largest_share
    high, wide = case.setting("sales_threshold"), case.setting("share_threshold")
    figures: list[tuple[str, Any, str, Figure | None, Figure]] = [
        ("sales", sales.value, advice.money, high, sales),
        ("share", share.value, "percent", wide, share),
        ("exports", abroad, "right", None, case.exports),
    ]
    for line, (key, value, kind, limit, source) in enumerate(figures, row + 1):
        figure, bound = f"B{line + 1}", f"C{line + 1}"
        holds = _holds(value, limit, (yes, no, unknown))
        test = f'=IF(ISNUMBER({figure}),IF({figure}>{bound},"{yes}","{no}"),"{unknown}")'
        page.cells += [
            Cell(line, 0, say(f"report_insurance_advice.need.{key}"), "body.text"),
            Cell(line, 1, None if value != value else value, f"input.{kind}"),
            Cell(line, 2, limit.value if limit else None, f"{'input' if limit else 'body'}.{kind}"),
            Cell(line, 3, holds, "body.right", test if limit else f"={figure}"),
            Cell(line, 4, say(f"report_insurance_advice.source.{source.source}"), "aside.text"),
        ]
        advice.entry(line, 1, (yes, no, unknown) if limit is None else (SHARE if key == "share" else AMOUNT))
        if limit:
            advice.entry(line, 2, SHARE if key == "share" else AMOUNT)
    advice.at["sales"], advice.value["sales"] = f"$B${row + 2}", sales.value
    last, where = row + 4, f"D{row + 2}:D{row + 4}"
    count = _count(case, high, wide)
    page.cells += [
        Cell(last, 0, say("report_insurance_advice.need.count"), "total.text"),
        *(Cell(last, place, None, "total.text") for place in (1, 2)),
        Cell(last, 3, count, "total.count", f'=COUNTIF({where},"{yes}")'),
    ]
    words = {key: say(f"report_insurance_advice.need.{key}") for key in ("ask", "open", "none")}
    doubt = any(figure.source == "missing" for *_, figure in figures)
    verdict = words["ask" if count else "open" if doubt else "none"]
    otherwise = f'IF(COUNTIF({where},"{unknown}")>0,"{words["open"]}","{words["none"]}")'
    formula = f'=IF(D{last + 1}>0,"{words["ask"]}",{otherwise})'
    page.cells.append(Cell(last + 1, 0, verdict, "good.text", formula))
    page.row = last + 3


def _holds(value: Any, limit: Figure | None, words: tuple[str, str, str]) -> str:
    if limit is None:
        return str(value)
    return words[2] if value != value else words[0 if value > limit.value else 1]


def _count(case: Case, high: Figure, wide: Figure) -> float:
    """The reasons that hold; what is not known is no reason."""
    sales, share, exports = case.sales.value, case.largest_share.value, case.exports.value
    known = (np.nan_to_num(sales), np.nan_to_num(share), bool(np.nan_to_num(exports)))
    return float(tci_need(*known, high.value, wide.value))


def cost(advice: Advice) -> None:
    """The premium: turnover times rate, at least the minimum, with tax."""
    case, at = advice.case, advice.at
    advice.page.section(advice.say("report_insurance_advice.section.cost"))
    vat = schedule_of(case.inputs).vat
    advice.line("vat", vat, "percent", role="input", note=advice.say("report_insurance_advice.note.vat"))
    turnover = float(money.rounded(case.sales.value / (1 + vat)))
    formula = f'=IF(ISNUMBER({at["sales"]}),ROUND({at["sales"]}/(1+{at["vat"]}),2),"")'
    advice.line("turnover", turnover, advice.money, formula)
    for key, kind, limits in (
        ("premium_rate", "hundredths", SHARE),
        ("minimum_premium", advice.money, AMOUNT),
        ("premium_tax", "percent", SHARE),
    ):
        advice.given(key, case.setting(key), kind, limits)
    rates = [case.setting(key).value for key in ("premium_rate", "minimum_premium", "premium_tax")]
    earned = f"MAX({at['turnover']}*{at['premium_rate']},{at['minimum_premium']})"
    formula = f'=IF(ISNUMBER({at["turnover"]}),ROUND({earned}*(1+{at["premium_tax"]}),2),"")'
    advice.line("premium", float(tci_premium(turnover, *rates)), advice.money, formula, "strong")
    advice.page.gap()
