"""The figures of a ledger as plain tables, for the command line: the same as on the report sheets."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from arcredit.credit import money
from arcredit.credit.receivables.history import histories
from arcredit.credit.receivables.movement import REASONS
from arcredit.credit.receivables.portfolio import digits_of, portfolios
from arcredit.reports.changes import moved, movements
from arcredit.reports.customers import form_of, heading, values
from arcredit.reports.dso import METHODS
from arcredit.reports.earlier import Earlier
from arcredit.reports.inputs import Inputs
from arcredit.shapes import plain


class Figures(NamedTuple):
    """A table: its currency, the columns' headings and number formats ("" for texts), and its rows.

    `shares` are the rows whose number is a share, shown in percent.
    """

    currency: str
    headings: list[str]
    formats: list[str]
    rows: list[tuple[Any, ...]]
    shares: frozenset[int] = frozenset()


def aging_tables(inputs: Inputs) -> Iterator[Figures]:
    """A line per customer, a table per currency."""
    for part in portfolios(inputs.items, inputs.as_of, inputs.edges, inputs.convention, inputs.credits):
        form = form_of([part])
        columns = [values(part, key, form).tolist() for key in form.keys]
        formats = [_FORMATS.get(key, f",.{digits_of(part.currency)}f") for key in form.keys]
        rows = [tuple(map(plain, row)) for row in zip(*columns, strict=True)]
        yield Figures(part.currency, [heading(key, form, inputs) for key in form.keys], formats, rows)


_FORMATS = {
    "customer": "",
    "customer_name": "",
    "share_overdue": ".1%",
    "oldest_days": ",.0f",
    "oldest_age": ",.0f",
}


_SHARES = frozenset(place for place, (_, unit) in enumerate(METHODS) if unit == "share")


def dso_tables(inputs: Inputs) -> Iterator[Figures]:
    """A line per method, a table per currency; what the ledger cannot know says why."""
    say = inputs.say
    headings = [say(f"report.dso.{key}") for key in ("method", "value", "unit", "how")]
    for currency, found in histories(inputs.documents, inputs.events, inputs.as_of):
        rows = []
        for method, unit in METHODS:
            reason = found.unknown.get(method)
            value = say("report.dso.not_known") if reason else round(found.figures[method], 4)
            how = say(f"report.unknown.{reason}") if reason else say(f"report.how.{method}")
            rows.append((say(f"report.method.{method}"), value, say(f"report.unit.{unit}"), how))
        yield Figures(currency, headings, ["", ",.2f", "", ""], rows, _SHARES)


def bridge_tables(inputs: Inputs, before: Earlier) -> Iterator[Figures]:
    """From the balance then to the balance now, a table per currency."""
    say = inputs.say
    headings = [say("report_changes.what"), say("report.table.amount")]
    for currency, found in movements(inputs, before):
        rows = [
            (say("report_changes.opening", day=before.day), money.total(found.opening)),
            *((say(f"report_changes.reason.{reason}"), found.total(reason)) for reason in REASONS),
            (say("report_changes.closing", day=inputs.as_of), money.total(found.closing)),
        ]
        yield Figures(currency, headings, ["", f",.{digits_of(currency)}f"], rows)


_MOVED = ("why", "customer", "document", "invoiced", "due_then", "due_now", "then", "now", "change")


def moved_tables(inputs: Inputs, before: Earlier) -> Iterator[Figures]:
    """Every document that moved, a table per currency."""
    say = inputs.say
    headings = [
        say("report.table.customer" if key == "customer" else f"report_changes.{key}") for key in _MOVED
    ]
    for currency, found in movements(inputs, before):
        listed, form = moved(inputs, found), f",.{digits_of(currency)}f"
        columns = (
            listed.why,
            found.customer[listed.rows],
            found.document[listed.rows],
            found.invoice_date[listed.rows],
            found.due_then[listed.rows],
            found.due_now[listed.rows],
            found.opening[listed.rows],
            found.closing[listed.rows],
            listed.change,
        )
        rows = [tuple(map(plain, row)) for row in zip(*columns, strict=True)]
        yield Figures(currency, headings, ["", "", "", "", "", "", form, form, form], rows)
