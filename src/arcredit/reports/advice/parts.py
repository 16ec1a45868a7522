"""The sections of the insurance advice: need, cost, saving, insurers, cash."""

from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.insurance.advice import loss_by_grade
from arcredit.credit.insurance.premium import tci_premium
from arcredit.credit.insurance.value import (
    tci_break_even,
    tci_insurer_score,
    tci_need,
    tci_sales_to_recover,
)
from arcredit.credit.receivables.liquidity import ar_cash_ratio
from arcredit.reports.advice.case import Case, Figure
from arcredit.reports.listing import Field
from arcredit.reports.page import Page
from arcredit.reports.rows import Rows, schedule_of, setting
from arcredit.reports.sheet import Bars, Cell, Entry, Limits, Range
from arcredit.shapes import Texts

SHARE = Limits("number", 0, 1)
AMOUNT = Limits("number", 0)


class Advice:
    """The page, and where the cells stand that later sections refer to."""

    def __init__(self, page: Page, case: Case) -> None:
        self.page, self.case = page, case
        self.at: dict[str, str] = {}
        self.value: dict[str, float] = {}
        self.entries: list[Entry] = []
        self.bars: list[Bars] = []

    def say(self, key: str, **values: object) -> str:
        """A text of the advice."""
        return self.page.inputs.say(key, **values)

    @property
    def money(self) -> str:
        """The format of amounts."""
        return f"exact{self.case.digits}"

    def entry(self, row: int, column: int, limits: Limits | tuple[str, ...]) -> None:
        """A cell that the reader may change."""
        where = Range(row, column, row, column)
        self.entries.append(
            Entry(
                where,
                limits,
                hint=self.say("report_insurance_advice.hint"),
                message=self.say("report_insurance_advice.wrong"),
            )
        )

    def line(
        self,
        key: str,
        value: float,
        kind: str,
        formula: str | None = None,
        role: str = "figure",
        note: str = "",
    ) -> None:
        """A label, a figure and a remark; what is not known is blank."""
        page, row = self.page, self.page.row
        self.at[key], self.value[key] = f"$B${row + 1}", value
        known = None if value != value else value
        page.cells += [
            Cell(row, 0, self.say(f"report_insurance_advice.line.{key}"), "label.text"),
            Cell(row, 1, known, f"{role}.{kind}", formula),
            Cell(row, 2, note, "item.text"),
        ]
        page.row += 1

    def given(self, key: str, figure: Figure, kind: str, limits: Limits) -> None:
        """An input: a setting, a figure of the ledger or a default, which the reader may change."""
        self.entry(self.page.row, 1, limits)
        self.line(
            key,
            figure.value,
            kind,
            role="input",
            note=self.say(f"report_insurance_advice.source.{figure.source}"),
        )


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
    known = ~np.isnan(table["uninsured"])
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
    ungraded = table["exposure"][~known]
    if len(ungraded):
        page.row -= 1
        amount = f"{money.total(ungraded):,.{case.digits}f}"
        page.note(advice.say("report_insurance_advice.ungraded", amount=amount))
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
    ratios = {
        "plan": (ar_cash_ratio(held, owed, receipts.value), f"{at['cash']}+{at['receipts']}"),
        "default": (ar_cash_ratio(held, owed, receipts.value, None, True), at["cash"]),
        "insured": (
            ar_cash_ratio(held - premium, owed, receipts.value, part, True),
            f"{at['cash']}-N({at['premium']})+{at['receipts']}*{at['insured_percentage']}",
        ),
    }
    for key, (value, above) in ratios.items():
        formula = f'=IFERROR(({above})/{at["liabilities"]},"")'
        advice.line(f"cash_{key}", float(value), "exact2", formula, "strong")
    page.note(advice.say("report_insurance_advice.note.waiting"))
