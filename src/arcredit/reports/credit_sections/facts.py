"""Who the customer is, how it trades with us, and what its accounts say."""

import datetime as dt
from typing import Any

import numpy as np

from arcredit.credit.customer.rating import credit_z_score, credit_z_zone
from arcredit.credit.receivables.portfolio import digits_of, portfolios
from arcredit.reports.buckets import in_words
from arcredit.reports.control import Line
from arcredit.reports.credit_sections.one import One
from arcredit.reports.listing import Field
from arcredit.reports.page import Page
from arcredit.reports.rating import ACCOUNTS
from arcredit.reports.sheet import Bars
from arcredit.shapes import Texts, numbers

_WHO = (
    *("country", "group", "sector", "customer_since", "contact", "email", "phone", "address", "collector"),
    *("foreign", "related_party", "public_buyer", "private_person", "insolvency_date", "legal_stop"),
)
_ACCOUNTS = ("total_assets", "equity", "total_liabilities", "working_capital", "sales", "ebit")
MODELS = ("Z2", "Z1", "Z2EM")


def pairs(page: Page, lines: list[Line]) -> None:
    """Labels and values in two columns side by side, the longer half at the left."""
    half = (len(lines) + 1) // 2
    page.lines(lines[half:], 3, 5, down=False)
    page.lines(lines[:half])


def who(page: Page, one: One) -> None:
    """What the sheet of customers says."""
    say, known = page.inputs.say, one.record("customers")
    page.section(say("report_credit_file.section.who"))
    lines = [
        Line(say("report.table.customer"), one.customer),
        Line(
            say("report.table.customer_name"), one.part.name[one.row] or say("report_credit_file.not_known")
        ),
        *(_line(page, f"records.column.{key}", known[key]) for key in _WHO if key in known),
    ]
    pairs(page, lines)
    if not known:
        page.row -= 1
        page.note(say("report_credit_file.no_master"))
        page.gap()


def _line(page: Page, key: str, value: Any) -> Line:
    if isinstance(value, bool):
        value = page.inputs.say("report_credit_file.yes" if value else "report_credit_file.no")
    return Line(page.inputs.say(key), value, "value.date" if isinstance(value, dt.date) else "value.text")


def trading(page: Page, one: One) -> None:
    """The ledger's figures of twelve months and of the day."""
    say, trade = page.inputs.say, one.part.trade
    page.section(say("report_credit_file.section.trading", currency=one.part.currency))

    def line(key: str, kind: str) -> Line:
        value = one.of(getattr(trade, key))
        known = value == value
        shown, form = (value, kind) if known else (say("report_credit_file.not_known"), "right")
        return Line(say(f"report_credit_file.trade.{key}"), shown, f"figure.{form}")

    pairs(
        page,
        [
            *(line("purchases", one.money), line("documents", "count"), line("terms_days", "count")),
            *(line("paid", "count"), line("late_terms", "tenths"), line("pay_index", "tenths")),
            *(line("high_credit", one.money), line("since", "date"), line("last", "date")),
            *(line("open_amount", one.money), line("unapplied", one.money), line("overdue", one.money)),
            *(line("old", one.money), line("disputed", one.money), line("oldest_days", "count")),
        ],
    )
    _buckets(page, one)
    for other, row in one.others:
        kind = digits_of(other.currency)
        page.note(
            say(
                "report_credit_file.also",
                currency=other.currency,
                open=f"{other.trade.open_amount[row]:,.{kind}f}",
                overdue=f"{other.trade.overdue[row]:,.{kind}f}",
            )
        )
    if np.isnan(one.of(trade.purchases)):
        page.note(say("report_credit_file.no_sales"))
    if np.isnan(one.of(trade.pay_index)):
        page.note(say("report_credit_file.no_habits"))
    page.gap()


def _buckets(page: Page, one: One) -> None:
    """What is open by age, adding up to the line of aging."""
    inputs = page.inputs
    items = inputs.items
    mine = np.flatnonzero(items.customer.texts() == one.customer)
    parts = portfolios(items.take(mine), inputs.as_of, inputs.edges, inputs.convention, inputs.credits)
    part = next((part for part in parts if part.currency == one.part.currency), None)
    if part is None:
        page.note(inputs.say("report_credit_file.nothing_open"))
        return
    names: Texts = np.array(
        [*(in_words(label, inputs) for label in part.labels), inputs.say("report.table.unapplied")], object
    )
    amounts = np.append(part.bucket_totals, part.unapplied.sum())
    fields = {
        "bucket": Field(inputs.say("report.table.bucket"), names),
        "amount": Field(
            inputs.say("report.table.amount"), amounts, one.money.replace("exact", "money"), "sum"
        ),
    }
    listing = page.table(fields, inputs.say("report.table.total"), heading=18.0)
    full = float(np.max(amounts, initial=0.0))
    if full > 0:
        ages = listing.column("amount")
        one.bars.append(Bars(ages._replace(bottom=ages.bottom - 1), full * 1.6))


def ratios(page: Page, one: One) -> None:
    """The latest accounts and what they come to."""
    say, given = page.inputs.say, one.record("financials", "period_end")
    page.section(say("report_credit_file.section.ratios"))
    figures = one.part.rating.inputs
    scored = {name: float(figures[name][one.row]) for name in _RATIOS}
    if not given or all(np.isnan(value) for value in scored.values()):
        page.note(say("report_credit_file.no_financials"))
        page.gap()
        return
    kind = one.money
    lines = [Line(say("records.column.period_end"), given.get("period_end"), "figure.date")]
    lines += [Line(say("records.column.currency"), given["currency"])] if "currency" in given else []
    for key in _ACCOUNTS:
        label = "records.column.buyer_sales" if key == "sales" else f"records.column.{key}"
        if key in given:
            lines.append(Line(say(label), given[key], f"figure.{kind}"))
    for key, value in scored.items():
        known = value == value
        shown = value if known else say("report_credit_file.not_known")
        form = ("percent" if key == "equity_ratio" else "exact2") if known else "right"
        lines.append(Line(say(f"report_credit_file.block.{key}"), shown, f"figure.{form}"))
    lines += _altman(page, given)
    pairs(page, lines)


_RATIOS = ("current_ratio", "equity_ratio", "interest_cover")


def _altman(page: Page, given: dict[str, Any]) -> list[Line]:
    """The score of the model that the settings choose, and its zone."""
    wanted = str(page.inputs.records.terms("settings").get("z_model") or MODELS[0]).upper()
    model = wanted if wanted in MODELS else MODELS[0]
    accounts = {name: numbers(given.get(name), name) for name in (*ACCOUNTS, "sales")}
    assets = numbers(given.get("total_assets"), "total_assets")
    score = float(credit_z_score(np.where(assets > 0, assets, np.nan), **accounts, model=model))
    if np.isnan(score):
        return []
    zone = str(credit_z_zone(score, model))
    label = page.inputs.say("report_credit_file.z_score", model=model)
    return [
        Line(label, score, "figure.exact2"),
        Line(
            page.inputs.say("report_credit_file.zone_of"), page.inputs.say(f"report_credit_file.zone.{zone}")
        ),
    ]
