"""The scorecard, the grade with what follows from it, and the limit by every method."""

from typing import Any

import numpy as np

from arcredit.credit.customer.exposure import credit_prepayment
from arcredit.credit.customer.limit import credit_limit_steps, fitting_terms
from arcredit.credit.customer.policy import credit_terms, read_policy
from arcredit.credit.customer.rating import INSURER_SCALES, credit_pd, rating_for_insurer
from arcredit.credit.customer.scorecard import credit_scorecard
from arcredit.credit.receivables.portfolio import digits_of
from arcredit.reports.control import Line
from arcredit.reports.credit_sections.facts import pairs
from arcredit.reports.credit_sections.one import One
from arcredit.reports.limits import cap_text
from arcredit.reports.listing import Field
from arcredit.reports.page import Page
from arcredit.reports.sheet import Bars, Mark, Range
from arcredit.shapes import Floats, Texts

_CARD = ("block", "value", "points", "weight", "contribution", "cap")


def scorecard(page: Page, one: One) -> None:
    """Points, weight and contribution of what is known; the score is the live sum of the contributions."""
    say = page.inputs.say
    page.section(say("report_credit_file.section.scorecard"))
    given = {name: float(column[one.row]) for name, column in one.part.rating.inputs.items()}
    card = credit_scorecard(**{name: None if value != value else value for name, value in given.items()})
    score = float(card["contribution"][-1])
    if np.isnan(score):
        page.note(say("report_credit_file.no_score"))
        page.gap()
        return
    rows = [row for row in range(len(card) - 1) if card["weight"][row] > 0 or not np.isnan(card["cap"][row])]
    names: Texts = np.array([say(f"report_credit_file.block.{card['block'][row]}") for row in rows], object)
    top, last = page.row + 2, page.row + 1 + len(rows)
    weight, points = card["weight"][rows], card["points"][rows]
    # Whether the file has something is said by the line's name.
    values = np.where(
        [block.startswith("has_") for block in card["block"][rows]], np.nan, card["value"][rows]
    )
    heading = {key: say(f"report_credit_file.card.{key}") for key in _CARD}
    fields = {
        "block": Field(heading["block"], names),
        "value": Field(heading["value"], values, "exact2"),
        "points": Field(heading["points"], points, "tenths"),
        "weight": Field(
            heading["weight"], weight, "percent", f"=SUM(D{top}:D{last})", float(np.nansum(weight))
        ),
        "contribution": Field(
            heading["contribution"],
            np.nan_to_num(card["contribution"][rows]),
            "tenths",
            f"=SUM(E{top}:E{last})",
            score,
            formula="=N(C{row})*N(D{row})",
        ),
        "cap": Field(heading["cap"], card["cap"][rows], "count"),
    }
    listing = page.table(fields, say("report_credit_file.card.score"))
    one.bars.append(Bars(listing.column("points"), 100.0))
    missing = [
        say(f"report_credit_file.missing.{block}")
        for block in ("financials", "history")
        if np.isfinite(card["cap"][card["block"].tolist().index(f"has_{block}")])
    ]
    for text in missing:
        page.note(text)
    page.gap(1 if missing else 0)


def rating_lines(page: Page, one: One) -> None:
    """The grade, what it means, and the terms it allows."""
    say, grade = page.inputs.say, one.of(one.part.rating.grade)
    page.section(say("report_credit_file.section.rating"))
    if np.isnan(grade):
        page.note(say("report_credit_file.no_grade"))
        page.gap()
        return
    terms = float(credit_terms(grade, one.policy))
    used = one.of(one.part.arguments["terms_days"])
    advance = float(credit_prepayment(1.0, 1.0, grade, one.policy))
    over_terms = float(credit_pd(grade, None if used != used else used, one.policy))
    lines = [
        Line(say("report_limits.column.grade"), grade, "figure.count"),
        Line(say("report_credit_file.grade_from"), _source(page, one), "figure.right"),
        _known(page, "pd", float(credit_pd(grade, policy=one.policy)), "hundredths"),
        *([_known(page, "pd_terms", over_terms, "hundredths")] if used == used else []),
        *_insurer_scale(page, grade),
        _known(page, "terms", terms, "count"),
        Line(say("report_credit_file.rating.prepayment"), advance, "figure.share"),
        *([_known(page, "terms_in_use", used, "count")] if used == used else []),
    ]
    pairs(page, lines)
    if used == used and terms == terms and used > terms:
        page.row -= 1
        page.note(say("report_credit_file.terms_too_long", used=f"{used:.0f}", terms=f"{terms:.0f}"))
        page.gap()


def _source(page: Page, one: One) -> str:
    return page.inputs.say(f"report_credit_file.source.{one.part.rating.source[one.row]}")


def _known(page: Page, key: str, value: float, kind: str) -> Line:
    known = value == value
    shown = value if known else page.inputs.say("report_credit_file.not_known")
    label = page.inputs.say(f"report_credit_file.rating.{key}")
    return Line(label, shown, f"figure.{kind if known else 'right'}")


def _insurer_scale(page: Page, grade: float) -> list[Line]:
    """The same grade on the scale of the policy's insurer, where it is one whose scale is known."""
    insurer = str(page.inputs.records.terms("insurance").get("insurer") or "")
    scale = next((name for name in INSURER_SCALES if name in insurer.lower()), None)
    if scale is None:
        return []
    label = page.inputs.say("report_credit_file.insurer_scale", insurer=insurer)
    return [Line(label, float(rating_for_insurer(grade, scale)), "figure.count")]


def limit_methods(page: Page, one: One) -> None:
    """Every method with its amount; the smallest binds."""
    say = page.inputs.say
    page.section(say("report_credit_file.section.methods"))
    arguments = one.part.arguments.items()
    given = {name: one.of(value) if isinstance(value, np.ndarray) else value for name, value in arguments}
    steps = credit_limit_steps(**given)
    limit = float(steps["amount"][-1])
    if np.isnan(limit) or np.isnan(one.of(one.part.suggested)):
        page.note(say("report_credit_file.no_limit" if np.isnan(limit) else "report_credit_file.hangs"))
        page.gap()
        return
    count, step = len(steps) - 1, float(steps["rate"][-1])
    amounts: Floats = steps["amount"][:count]
    names: Texts = np.array([cap_text(page.inputs, name) for name in steps["method"][:count]], object)
    top = page.row + 2
    smallest = f"MIN(D{top}:D{top + count - 1})"
    whole = f"={smallest}" if step == 0.01 else f"=INT(ROUND({smallest}/{step:.12g},6))*{step:.12g}"
    inputs, binds = steps["input"][:count], steps["binding"][:count]
    states = [
        _role(page, stated, known, decides)
        for stated, known, decides in zip(~np.isnan(inputs), ~np.isnan(amounts), binds, strict=True)
    ]
    fields = {
        "method": Field(say("report_credit_file.method.name"), names),
        "input": Field(say("report_credit_file.method.input"), inputs, one.money),
        "rate": Field(say("report_credit_file.method.rate"), steps["rate"][:count], "exact4"),
        "amount": Field(say("report_credit_file.method.amount"), amounts, one.money, whole, limit),
        "binding": Field(say("report_credit_file.method.binding"), np.array(states, object), role="aside"),
    }
    listing = page.table(fields, say("report_limits.column.suggested"))
    binding = say("report_credit_file.method.binds")
    where = listing.column("amount")
    place = Range(where.top, listing.left, where.bottom, listing.right)
    page.marks.append(Mark(place, "near", f'=$E{where.top + 1}="{binding}"'))
    above = limit - one.of(one.part.insured.limit)
    if above > 0:
        page.note(
            say("report_credit_file.above_insured", amount=f"{above:,.{digits_of(one.part.currency)}f}")
        )
        page.gap()
    if not binds[0]:
        _fitting(page, given, limit)


def _role(page: Page, given: Any, known: Any, binds: Any) -> str:
    if binds:
        return page.inputs.say("report_credit_file.method.binds")
    if known:
        return ""
    return page.inputs.say(f"report_credit_file.method.{'no_cap' if given else 'not_given'}")


def _fitting(page: Page, given: dict[str, Any], limit: float) -> None:
    """The terms that would fit a limit below the need: what to offer instead."""
    headroom = read_policy(given["policy"])["headroom"][int(given["grade"])]
    purchases, delay = given["annual_purchases"], np.nan_to_num(given["usual_delay_days"])
    if purchases > 0 and limit > 0:
        fits = float(fitting_terms(limit, purchases, delay, np.nan_to_num(headroom)))
        if fits < given["terms_days"]:
            page.note(page.inputs.say("report_credit_file.fits", days=f"{fits:.0f}"))
            page.gap()
