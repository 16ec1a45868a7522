"""What happened to the customer, and what it disputes."""

import numpy as np

from arcredit.credit.receivables.dispute import disputed_amounts
from arcredit.reports.credit_sections.one import One
from arcredit.reports.listing import Field
from arcredit.reports.page import Page
from arcredit.reports.rows import Rows
from arcredit.shapes import Texts

_LAST = 10


def events(page: Page, one: One) -> None:
    """The last ten events, the newest first; one that nobody has confirmed says so."""
    say, rows = page.inputs.say, Rows(page.inputs, "events")
    page.section(say("report_credit_file.section.events"))
    day = rows.dates("date")
    at = one.lines("events")
    at = at[day[at] <= np.datetime64(page.inputs.as_of)]
    at = at[np.argsort(-day[at].astype(np.int64), kind="stable")][:_LAST]
    if not len(at):
        page.note(say("report_credit_file.no_events" if rows else "report_credit_file.no_events_sheet"))
        page.gap()
        return
    doubt = np.array([text is not None for text in rows.texts("to_confirm")], bool) & ~rows.flags("confirm")
    kinds = [say(f"records.choice.{kind}") for kind in rows.texts("kind")[at]]
    unsure = say("report_credit_file.unconfirmed")
    texts = [f"{kind} {unsure}" if open_ else kind for kind, open_ in zip(kinds, doubt[at], strict=True)]
    page.table(
        {
            "kind": Field(say("records.column.event_kind"), _texts(texts)),
            "date": Field(say("records.column.event_date"), day[at], "date"),
            "severity": Field(say("records.column.severity"), rows.numbers("severity")[at], "count"),
            "source": Field(say("records.column.source"), rows.texts("source")[at], role="aside", width=17.0),
            "note": Field(say("records.column.event_note"), rows.texts("note")[at], role="aside", width=17.0),
        },
        heading=18.0,
    )


def disputes(page: Page, one: One) -> None:
    """Open documents with a disputed part."""
    inputs, items = page.inputs, page.inputs.items
    amount = disputed_amounts(items, inputs.records.table("disputes"), inputs.as_of)
    currency = np.full(len(items), "", object) if items.currency is None else items.currency.texts()
    named = np.array([name or "" for name in currency] + [None], object)[:-1]
    at = np.flatnonzero(
        (items.customer.texts() == one.customer) & (named == one.part.currency) & (np.asarray(amount) > 0)
    )
    page.section(inputs.say("report_credit_file.section.disputes"))
    if not len(at):
        page.note(inputs.say("report_credit_file.no_disputes"))
        return
    kind = one.money.replace("exact", "money")
    page.table(
        {
            "document": Field(inputs.say("report_credit_file.document"), items.document[at]),
            "due": Field(inputs.say("report_credit_file.due"), items.due_date[at], "date"),
            "open": Field(inputs.say("report_limits.column.open"), items.open_amount[at], kind, "sum"),
            "disputed": Field(inputs.say("report.table.disputed"), np.asarray(amount)[at], kind, "sum"),
        },
        inputs.say("report.table.sum"),
        heading=18.0,
    )


def _texts(texts: list[str]) -> Texts:
    return np.array([*texts, None], object)[:-1]
