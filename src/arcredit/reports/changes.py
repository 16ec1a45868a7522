"""AR Changes: what moved since an earlier day, document by document, and why."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.receivables.history import events_of
from arcredit.credit.receivables.month_ends import aged, of_currency
from arcredit.credit.receivables.movement import REASONS, Movement, migration, movement
from arcredit.credit.receivables.portfolio import by_currency, digits_of
from arcredit.reports.buckets import in_words
from arcredit.reports.control import Line, origin
from arcredit.reports.earlier import Earlier, earlier
from arcredit.reports.inputs import Inputs
from arcredit.reports.listing import Field, Listing
from arcredit.reports.loss_rates import edges_of
from arcredit.reports.notice import notice_sheet
from arcredit.reports.page import Page
from arcredit.reports.sheet import Sheet, letters
from arcredit.shapes import Floats, Texts


def changes_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Changes.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Sheet
        Per currency the bridge from the balance then to the balance now, the money's way from bucket to
        bucket, and every document that moved. Without an earlier day to compare with it says so.
    """
    before = earlier(inputs)
    say = inputs.say
    if before is None:
        title = say("report.title.changes")
        lines = [say("report_changes.no_earlier"), say("report_changes.keep")]
        return notice_sheet(inputs, "changes", say("report.sheet.changes"), title, lines)
    if not len(inputs.items) and not len(before.items):
        lines = [say("report.state.empty")]
        return notice_sheet(
            inputs, "changes", say("report.sheet.changes"), say("report.title.changes"), lines
        )
    return _Changes(inputs, before).sheet()


def movements(inputs: Inputs, before: Earlier) -> list[tuple[str, Movement]]:
    """What moved, of every currency that was open on either day."""
    names = {name for items in (before.items, inputs.items) for name, _ in by_currency(items)}
    found = []
    for name in sorted(names):
        documents = of_currency(inputs.documents, name)
        events = None if inputs.events is None else events_of(inputs.events, name, inputs.documents)
        then, now = of_currency(before.items, name), of_currency(inputs.items, name)
        found.append((name, movement(then, now, before.day, documents, events)))
    return found


class _Changes:
    """The sheet being laid out."""

    def __init__(self, inputs: Inputs, before: Earlier) -> None:
        self.inputs, self.before, self.say = inputs, before, inputs.say
        self.own = replace(inputs, convention="arcredit")
        self.page = Page(inputs, "changes")
        self.parts = movements(inputs, before)

    def sheet(self) -> Sheet:
        then, now = self.before.day.isoformat(), self.inputs.as_of.isoformat()
        names = ", ".join(name or self.say("report.table.no_currency") for name, _ in self.parts)
        self.page.title(self.say("report_changes.subtitle", then=then, now=now, currency=names))
        compared = self.say(f"report_changes.compared.{self.before.source}", day=then)
        self.page.lines([*origin(self.inputs), Line(self.say("report_changes.with"), compared)])
        printed: dict[str, Any] = {}
        for name, found in self.parts:
            if len(self.parts) > 1:
                self.page.section(name or self.say("report.table.no_currency"))
            self._bridge(found, digits_of(name))
            self._buckets(name, digits_of(name))
            listing = self._documents(found, digits_of(name))
            if len(self.parts) == 1 and len(listing):
                printed = {"filter": listing.filter, "titles": (listing.row, listing.row)}
        self.page.note(self.say("report_changes.note"))
        return self.page.sheet(least=(34.0,), **printed)

    def _bridge(self, found: Movement, digits: int) -> None:
        """Opening and closing balance and what lies between, a live sum."""
        say, kind = self.say, f"money{digits}"
        amounts = [money.total(found.opening), *(found.total(reason) for reason in REASONS)]
        counts = [np.count_nonzero(found.opening), *(np.count_nonzero(found.of(key)) for key in REASONS)]
        texts = [
            say("report_changes.opening", day=self.before.day.isoformat()),
            *(say(f"report_changes.reason.{reason}") for reason in REASONS),
        ]
        fields = {
            "what": Field(say("report_changes.what"), _array(texts)),
            "amount": Field(say("report.table.amount"), np.array(amounts), kind, "sum", missing=""),
            "count": Field(say("report_changes.documents"), np.array(counts, float), "late"),
        }
        closing = say("report_changes.closing", day=self.inputs.as_of.isoformat())
        listing = self.page.table(fields, closing, heading=20.0)
        dated = found.re_dated
        if dated.any():
            self.page.row = listing.last + 1
            self.page.note(
                say(
                    "report_changes.re_dated",
                    documents=f"{np.count_nonzero(dated):,}",
                    amount=f"{money.total(found.closing[dated]):,.{digits}f}",
                )
            )
            self.page.gap()

    def _buckets(self, name: str, digits: int) -> None:
        """Where the money of each bucket went: a line per bucket then, a column per bucket now."""
        say, kind = self.say, f"money{digits}"
        then, now = (of_currency(items, name) for items in (self.before.items, self.inputs.items))
        edges, day = edges_of(self.inputs), self.inputs.as_of
        labels = max(aged(then, self.before.day, edges)[0], aged(now, day, edges)[0], key=len)
        grid = migration(then, now, self.before.day, day, labels, edges)
        if not grid.any():
            return
        self.page.section(say("report_changes.migration"))
        words = [in_words(label, self.own) for label in labels]
        last = len(labels)
        fields = {
            "then": Field(
                say("report_changes.bucket_then", day=self.before.day.isoformat()),
                _array([*words, say("report_changes.was_not_open")]),
            )
        }
        for place, word in enumerate([*words, say("report_changes.gone")]):
            column = grid[:, place]
            fields[f"now{place}"] = Field(word, column, kind, "sum")
        fields["sum"] = Field(
            say("report.table.sum"),
            np.array([money.total(line) for line in grid]),
            kind,
            "sum",
            formula=f"=SUM({letters(1)}{{row}}:{letters(last + 1)}{{row}})",
        )
        self.page.table(fields, say("report_changes.bucket_now", day=day.isoformat()))

    def _documents(self, found: Movement, digits: int) -> Listing:
        """Every document that moved, by reason, the largest change first."""
        say, kind = self.say, f"money{digits}"
        rows, why, change = moved(self.inputs, found)
        self.page.section(say("report_changes.moved", documents=f"{len(rows):,}"))
        opening, closing = letters(7), letters(8)
        fields = {
            "reason": Field(say("report_changes.why"), why),
            "customer": Field(
                say("report.table.customer"),
                found.customer[rows],
                missing=say("report.table.no_customer"),
            ),
            "name": Field(say("report.table.customer_name"), _cut(found.name[rows])),
            "document": Field(say("report_changes.document"), found.document[rows]),
            "invoiced": Field(say("report_changes.invoiced"), found.invoice_date[rows], "date"),
            "due_then": Field(say("report_changes.due_then"), found.due_then[rows], "date"),
            "due_now": Field(say("report_changes.due_now"), found.due_now[rows], "date"),
            "opening": Field(say("report_changes.then"), found.opening[rows], kind, "sum"),
            "closing": Field(say("report_changes.now"), found.closing[rows], kind, "sum"),
            "change": Field(
                say("report_changes.change"),
                change,
                f"change{digits}",
                "sum",
                width=16.0,
                formula=f"={closing}{{row}}-{opening}{{row}}",
            ),
        }
        return self.page.table(fields, say("report.table.sum"))


class Moved(NamedTuple):
    """The documents that moved, by their main reason and the largest change first: why, and by how much."""

    rows: NDArray[np.intp]
    why: Texts
    change: Floats


def moved(inputs: Inputs, found: Movement) -> Moved:
    """The documents that moved or were re-dated, with all their reasons in words."""
    change = money.rounded(found.closing - found.opening, money.PLACES)
    several = np.count_nonzero(found.changes, axis=1)
    main = np.where(several > 0, np.argmax(np.abs(found.changes), axis=1), len(REASONS))
    rows = np.flatnonzero((several > 0) | found.re_dated)
    rows = rows[np.lexsort((np.arange(len(rows)), -np.abs(change[rows]), main[rows]))]
    return Moved(rows, _why(inputs, found, rows), change[rows])


def _why(inputs: Inputs, found: Movement, rows: NDArray[np.intp]) -> Texts:
    """All reasons of a document, the one that moved most first."""
    words = [inputs.say(f"report_changes.reason.{reason}") for reason in REASONS]
    dated, re_dated = inputs.say("report_changes.dated"), found.re_dated[rows]
    order = np.argsort(-np.abs(found.changes[rows]), axis=1, kind="stable")
    count = np.count_nonzero(found.changes[rows], axis=1)
    texts = []
    for line, most, also in zip(order.tolist(), count.tolist(), re_dated.tolist(), strict=True):
        texts.append(", ".join([*(words[place] for place in line[:most]), *([dated] if also else [])]))
    return _array(texts)


def _cut(names: Texts) -> Texts:
    """Names that keep to one line."""
    return _array([name if name is None or len(name) <= 32 else f"{name[:31]}…" for name in names])


def _array(items: Sequence[object]) -> Texts:
    found: Texts = np.empty(len(items), object)
    found[:] = items
    return found
