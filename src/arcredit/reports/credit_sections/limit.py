"""The limit that counts, the insurer's, and the exposure against it."""

import numpy as np

from arcredit.credit.customer.exposure import credit_utilisation
from arcredit.credit.insurance.insured_limit import EXPIRED, KINDS, NO_DECISION
from arcredit.reports.control import Line
from arcredit.reports.credit_sections.one import One
from arcredit.reports.limits import basis_texts
from arcredit.reports.page import Page
from arcredit.shapes import plain


def exposure_lines(page: Page, one: One) -> tuple[int, int, int]:
    """The exposure as a live sum, and the rows of exposure, limit and headroom."""
    say, part = page.inputs.say, one.part
    page.section(say("report_credit_file.section.limit"))
    page.lines(_decisions(page, one), 3, 5, down=False)
    parts = {
        "open": part.trade.open_amount,
        "unbilled": part.unbilled,
        "orders": part.orders,
        "unapplied": part.trade.unapplied,
        "collateral": part.collateral,
    }
    first = page.row
    figure = f"figure.{one.money}"
    lines = [
        Line(say(f"report_credit_file.exposure.{key}"), one.of(value), figure) for key, value in parts.items()
    ]
    added = f"=SUM(B{first + 1}:B{first + 3})-SUM(B{first + 4}:B{first + 5})"
    exposure, limit, room, used = (first + 5 + step for step in range(4))
    value, known = one.of(part.limit), not np.isnan(one.of(part.limit))
    lines.append(Line(say("report_limits.column.exposure"), one.of(part.exposure), f"sum.{one.money}", added))
    shown = value if known else say("report_credit_file.not_known")
    lines.append(Line(_limit_label(page, one), shown, figure if known else "figure.right"))
    if known:
        lines.append(
            Line(
                say("report_limits.column.headroom"),
                one.headroom,
                f"strong.{one.money}",
                f"=B{limit + 1}-B{exposure + 1}",
            )
        )
    share = float(credit_utilisation(value, one.of(part.exposure)))
    if share == share:
        ratio = f"=B{exposure + 1}/B{limit + 1}"
        lines.append(Line(say("report_limits.column.utilisation"), share, "figure.percent", ratio))
    page.lines(lines)
    page.row = max(page.row, used + 2)
    return exposure, limit, room


def _limit_label(page: Page, one: One) -> str:
    basis = str(basis_texts(page.inputs, one.part)[one.row])
    return page.inputs.say("report_credit_file.limit_is", basis=basis)


def _decisions(page: Page, one: One) -> list[Line]:
    """Our own decision and the insurer's."""
    say, own = page.inputs.say, one.part.own
    line = one.record("limits", "valid_from")
    lines = []
    until, review = plain(own.until[one.row]), plain(own.review[one.row])
    if until:
        lines.append(Line(say("report_limits.column.valid_to"), until, "value.day"))
    if review:
        lines.append(Line(say("records.column.review_date"), review, "value.day"))
    lines += [Line(say(f"records.column.{key}"), line[key]) for key in ("decided_by", "note") if key in line]
    if own.state[one.row] == "none":
        lines.append(Line(say("report_credit_file.own_limit"), say("report_credit_file.no_own_limit")))
    insured = one.of(one.part.insured.limit)
    if np.isnan(insured):
        given = one.part.insured.kind[one.row] >= 0
        text = say("report_credit_file.not_known" if given else "report_credit_file.no_insurance")
        return [*lines, Line(say("report_limits.column.insured"), text)]
    share = one.of(one.part.insured.insured_percentage)
    lines.append(Line(say("report_limits.column.insured"), insured, f"value.{one.money}"))
    lines.append(Line(say("report_credit_file.decision"), _kind(page, int(one.part.insured.kind[one.row]))))
    if insured > 0 and share == share:
        lines.append(Line(say("report_credit_file.insured_share"), share, "value.percent"))
    return lines


def _kind(page: Page, kind: int) -> str:
    if kind in (NO_DECISION, EXPIRED):
        return page.inputs.say(f"report_credit_file.cover.{'expired' if kind == EXPIRED else 'none'}")
    return page.inputs.say(f"records.choice.{list(KINDS)[kind]}")
