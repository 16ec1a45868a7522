"""AR Disputes: which documents customers do not accept, why, for how long, and what is left to pay."""

from dataclasses import replace
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.receivables.dispute import (
    ESCALATE_DAYS,
    by_reason,
    dispute_days,
    dispute_ratio,
    resolved_days,
    split_dispute,
)
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.portfolio import by_currency, digits_of
from arcredit.reports.control import Line, origin
from arcredit.reports.inputs import Inputs
from arcredit.reports.listing import Field, Listing
from arcredit.reports.page import Page
from arcredit.reports.register import Register
from arcredit.reports.rows import Rows
from arcredit.reports.sheet import Chart, Mark, Series, Sheet, a1, pixels, widest
from arcredit.reports.wrapping import wrapped_heights
from arcredit.shapes import Floats, Table, Texts

_CHART_ROWS, _LISTED = 12, 5
_REASON = 3
"""The column of the reasons: the table by reason stands below it, the chart at its left."""
_WIDTHS = {"document": 16.0, "customer": 12.0, "customer_name": 30.0, "reason": 26.0, "raised": 12.0}
_WIDTHS |= {"age": 14.0, "owner": 14.0, "state": 12.0, "late": 9.0}


def disputes_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Disputes.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Sheet
        A list per currency, the most disputed money first, and the money by reason with its running share.
    """
    register = Register(inputs)
    found = _Found(register)
    page = Page(inputs, "disputes")
    page.title(found.subtitle())
    page.lines([*origin(inputs), *found.control()])
    for text in found.notes():
        page.note(text)
    page.gap()
    header = page.row + (len(found.parts) > 1)
    for currency, rows in found.parts:
        _add_currency(page, found, currency, rows)
    alone = len(page.listings) == 1
    sheet = page.sheet(
        tuple(_WIDTHS.get(key, 12.0) for key in ("document", "customer", "customer_name", "reason")),
        freeze=(header + 1, 1) if alone else None,
        titles=(header, header) if alone else None,
    )
    return replace(sheet, heights={**sheet.heights, **wrapped_heights(page.listings, sheet.widths)})


class _Found:
    """The disputed documents, and what the record of disputes says about each."""

    def __init__(self, register: Register) -> None:
        self.register, self.inputs, self.say = register, register.inputs, register.inputs.say
        self.items = replace(self.inputs.items, row=np.arange(len(self.inputs.items)))
        self.amount = register.contested.amount
        self.record = Rows(self.inputs, "disputes")
        self.parts = [
            (name, part.row[self._order(part)])
            for name, part in by_currency(self.items)
            if part.row is not None and np.any(self.amount[part.row] > 0)
        ]

    def _order(self, part: OpenItems) -> Any:
        """The most disputed money first."""
        assert part.row is not None
        amount = self.amount[part.row]
        order = np.lexsort((part.document.astype(str), -amount))
        return order[amount[order] > 0]

    def subtitle(self) -> str:
        if not len(self.inputs.items):
            return self.say("report.state.empty")
        if not self.parts:
            return self.say("report_disputes.none")
        rows = np.concatenate([rows for _, rows in self.parts])
        return self.say(
            "report_disputes.subtitle",
            as_of=self.inputs.as_of.isoformat(),
            documents=f"{len(rows):,}",
            customers=f"{len(set(self.items.customer.texts()[rows])):,}",
        )

    def control(self) -> list[Line]:
        days = resolved_days(self.inputs.records.table("disputes"), self.inputs.as_of)
        known = days[~np.isnan(days)]
        words = self.say("report_disputes.control.no_resolved")
        if len(known):
            average = f"{known.mean():,.1f}"
            words = self.say("report_disputes.control.resolved_days", count=f"{len(known):,}", days=average)
        limit = self.say("report_disputes.control.days", days=ESCALATE_DAYS)
        return [
            Line(self.say("report_disputes.control.resolved"), words),
            Line(self.say("report_disputes.control.escalate"), limit),
        ]

    def notes(self) -> list[str]:
        left = self.register.contested.left_over
        texts = [self.say("report_disputes.insurance"), self.say("report_disputes.source")]
        if len(left):
            names = ", ".join(str(name) for name in self.record.texts("document")[left[:_LISTED]])
            if len(left) > _LISTED:
                names += self.say("report_disputes.and_more", count=f"{len(left) - _LISTED:,}")
            texts.append(self.say("report_disputes.left_over", count=f"{len(left):,}", documents=names))
        return texts

    def told(self, name: str, rows: Any) -> Texts:
        """What the record says about items, None where it says nothing."""
        line = self.register.contested.line[rows]
        padded = np.append(self.record.texts(name), np.array([None], object))
        return np.asarray(padded[line], object)

    def raised(self, rows: Any) -> Any:
        line = self.register.contested.line[rows]
        return np.append(self.record.dates("raised_on"), np.datetime64("NaT", "D"))[line]

    def reasons(self, rows: Any) -> Texts:
        """Reasons in their first spelling: small and capital letters are one reason, as in a formula."""
        first: dict[str, str] = {}
        words = [
            str(word) if word else self.say("report_disputes.no_reason") for word in self.told("reason", rows)
        ]
        return _texts(first.setdefault(word.casefold(), word) for word in words)


def _texts(words: Any) -> Texts:
    return np.array([*words, None], object)[:-1]


def _add_currency(page: Page, found: _Found, currency: str, rows: Any) -> None:
    say, inputs = found.say, found.inputs
    if len(found.parts) > 1:
        page.section(currency or say("report.table.no_currency"))
    reasons = found.reasons(rows)
    listing = page.table(_fields(found, currency, rows, reasons, page.row), say("report.table.sum"))
    page.marks.append(Mark.says(listing.column("state"), "near", say("report_disputes.state.escalate")))
    _add_figures(page, found, currency, listing)
    page.section(say("report_disputes.by_reason"))
    table = by_reason(reasons, found.amount[rows])
    top = page.row
    pareto = _pareto(found, currency, table, listing, top)
    page.cells += pareto.cells()
    page.blocks.append(pareto.block())
    page.heights[top] = 32.0
    if len(table) > 1:
        page.charts.append(_chart(inputs, currency, pareto, table, listing, top))
        page.row = max(pareto.last, top + _CHART_ROWS) + 2
    else:
        page.row = pareto.last + 2


def _fields(found: _Found, currency: str, rows: Any, reasons: Texts, row: int) -> dict[str, Field]:
    items, say, kind = found.items.take(rows), found.say, f"money{digits_of(currency)}"
    as_of = np.datetime64(found.inputs.as_of, "D")
    disputed, raised = found.amount[rows], found.raised(rows)
    age = np.asarray(dispute_days(raised, np.full(len(rows), np.datetime64("NaT", "D")), as_of), np.float64)
    states = np.where(np.isnan(age), "undated", np.where(age > ESCALATE_DAYS, "escalate", "open"))
    owners = [name or say("report_disputes.no_owner") for name in found.told("owner", rows)]
    who = items.customer.texts()
    late = (as_of - items.due_date) / np.timedelta64(1, "D")
    made = {
        "document": Field("", items.document),
        "customer": Field("", who),
        "customer_name": Field("", _texts(found.register.names.get(name) for name in who), role="name"),
        "reason": Field("", reasons, role="name"),
        "raised": Field("", raised, "date"),
        "age": Field("", age, "count"),
        "owner": Field("", _texts(owners), role="aside"),
        "state": Field("", _texts(say(f"report_disputes.state.{state}") for state in states)),
        "due": Field("", items.due_date, "date"),
        "late": Field("", late, "late"),
        "open": Field("", items.open_amount, kind, "sum"),
        "disputed": Field("", disputed, kind, "sum"),
        "undisputed": Field(
            "",
            np.asarray(split_dispute(items.open_amount, disputed).undisputed),
            kind,
            "sum",
            formula="=K{row}-L{row}",
        ),
    }
    wide = _WIDTHS | {"document": widest(items.document, _WIDTHS["document"], 26.0)}
    return {
        key: replace(field, heading=say(f"report_disputes.column.{key}"), width=wide.get(key))
        for key, field in made.items()
    }


def _add_figures(page: Page, found: _Found, currency: str, listing: Listing) -> None:
    """Disputed share of what is open and average age, beside the totals they come from."""
    items = next(part for name, part in by_currency(found.items) if name == currency)
    assert items.row is not None
    disputed, whole = found.amount[items.row], items.open_amount
    ratio = dispute_ratio(whole, disputed)
    kind = f"value.money{digits_of(currency)}"
    total = a1(listing.total_row, listing.at("disputed"))
    first, base = page.row, money.total(np.maximum(whole, 0))
    age = np.asarray(listing.fields["age"].values, np.float64)
    known = age[~np.isnan(age)]
    lines = [
        Line(found.say("report_disputes.figure.base"), base, kind),
        Line(found.say("report_disputes.figure.disputed"), money.total(disputed), kind, f"={total}"),
        Line(
            found.say("report_disputes.figure.ratio"),
            ratio,
            "value.percent",
            f"={a1(first + 1, 2)}/{a1(first, 2)}",
        ),
    ]
    if len(known):
        formula = f"=AVERAGE({listing.column('age').a1()})"
        lines.append(Line(found.say("report_disputes.figure.age"), _mean(known), "value.tenths", formula))
    page.lines(lines, 0, 2)


def _mean(days: Floats) -> float:
    return float(days.sum() / len(days))


def _pareto(found: _Found, currency: str, table: Table, listing: Listing, row: int) -> Listing:
    """Money by reason, each figure live. Texts are compared as they are: a reason may begin with a sign."""
    reason, amount = listing.column("reason").a1(True), listing.column("disputed").a1(True)
    at = listing.letter("reason")
    money_at, last = listing.letter("age"), row + 1 + len(table)
    total = f"{money_at}${last + 1}"
    made = {
        "reason": Field("", table["reason"]),
        "documents": Field(
            "", table["documents"], "count", "sum", formula=f"=SUMPRODUCT(--({reason}={at}{{row}}))"
        ),
        "disputed": Field(
            "",
            table["disputed"],
            f"money{digits_of(currency)}",
            "sum",
            formula=f"=SUMPRODUCT(({reason}={at}{{row}})*{amount})",
        ),
        "share": Field("", table["share"], "percent", "sum", formula=f"={money_at}{{row}}/{total}"),
        "cumulative": Field(
            "",
            table["cumulative_share"],
            "percent",
            formula=f"=SUM({money_at}${row + 2}:{money_at}{{row}})/{total}",
        ),
    }
    fields = {
        key: replace(field, heading=found.say(f"report_disputes.column.{key}")) for key, field in made.items()
    }
    return Listing(fields, row, left=_REASON, label=found.say("report.table.sum"))


def _chart(inputs: Inputs, currency: str, pareto: Listing, table: Table, listing: Listing, top: int) -> Chart:
    """A Pareto chart: the few reasons that most of the money hangs on."""
    words = "; ".join(
        f"{reason} {share:.0%}" for reason, share in zip(table["reason"], table["share"], strict=True)
    )
    categories = pareto.column("reason")
    wide = [_WIDTHS[key] for key in ("document", "customer", "customer_name")]
    return Chart(
        kind="column",
        title=inputs.say(
            "report_disputes.chart", currency=currency or inputs.say("report.table.one_currency")
        ),
        alt=inputs.say("report_disputes.chart_alt", reasons=words),
        series=(
            Series((top, pareto.at("disputed")), categories, pareto.column("disputed"), (4, 3)),
            Series(
                (top, pareto.at("cumulative")), categories, pareto.column("cumulative"), (5, 5), over=True
            ),
        ),
        row=top,
        column=0,
        width=pixels(wide) - 16,
        height=_CHART_ROWS * 20 - 4,
        number_format="#,##0",
        over_format="0%",
    )
