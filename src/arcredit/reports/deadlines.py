"""Deadlines: which insurance duty falls due when, for which invoice, with how much money at stake."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit.insurance.deadlines import DUTIES, duty_text
from arcredit.credit.insurance.duties import Week, duties, week_sums, weeks
from arcredit.credit.receivables.dispute import split_dispute
from arcredit.credit.receivables.portfolio import digits_of
from arcredit.errors import InputError
from arcredit.reports.claims_made import ClaimsMade
from arcredit.reports.control import Line, origin
from arcredit.reports.inputs import Inputs
from arcredit.reports.insured import Insured, names_of, policy_lines, stated_terms, tall
from arcredit.reports.listing import Field, Listing
from arcredit.reports.notice import notice_sheet
from arcredit.reports.page import Page
from arcredit.reports.sheet import Mark, Sheet, a1
from arcredit.shapes import Coded, Days, Table, Texts, coded, plain

_HORIZON = 30
_SOON = 7
_PERIODS = ("maximum_extension_days", "notice_days", "waiting_days", "filing_days")


def deadlines_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Deadlines.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Sheet
        For each currency the calendar weeks up to the horizon, then every duty, those already missed first.
    """
    if not len(inputs.items):
        return _notice(inputs, inputs.say("report.state.empty"))
    report = _Report(Insured(inputs, inputs.items))
    try:
        found = report.found
    except InputError as error:
        return _notice(inputs, error.text(inputs.language))
    return (
        report.sheet()
        if len(found) or len(report.done)
        else _notice(inputs, report.say("report_deadlines.nothing", days=str(report.horizon)))
    )


def _notice(inputs: Inputs, *lines: str) -> Sheet:
    sheet, title = inputs.say("report.sheet.deadlines"), inputs.say("report.title.deadlines")
    return notice_sheet(inputs, "deadlines", sheet, title, lines)


@dataclass(frozen=True)
class _Report:
    insured: Insured

    @property
    def inputs(self) -> Inputs:
        return self.insured.inputs

    def say(self, key: str, **values: object) -> str:
        return self.inputs.say(key, **values)

    @property
    def horizon(self) -> int:
        """How many days to look ahead, as the settings say."""
        return int(self.inputs.records.terms("settings").get("horizon_days") or _HORIZON)

    @cached_property
    def weeks(self) -> list[Week]:
        return weeks(self.inputs.as_of, self.horizon)

    @cached_property
    def currency(self) -> Coded:
        return self.inputs.items.currency or coded([""] * len(self.inputs.items), "currency")

    @cached_property
    def found(self) -> Table:
        """The duties that are still to be done."""
        return self._taken(np.isnat(self._done_on))

    @cached_property
    def done(self) -> Table:
        """Those that the record of claims says were done, with the day."""
        done = ~np.isnat(self._done_on)
        return Table({**self._taken(done).columns, "done": self._done_on[done]})

    def _taken(self, rows: NDArray[Any]) -> Table:
        return Table({name: column[rows] for name, column in self._all.columns.items()})

    @cached_property
    def _done_on(self) -> Days:
        rows = self._all["row"]
        return ClaimsMade(self.inputs).done(self._all["duty"], self.inputs.items, rows)

    @cached_property
    def _all(self) -> Table:
        items = self.inputs.items
        undisputed = split_dispute(items.open_amount, self.insured.disputed).undisputed
        return duties(
            items.customer,
            items.due_date,
            undisputed,
            self.currency,
            self.inputs.as_of,
            self.insured.schedule,
            self.horizon,
        )

    def sheet(self) -> Sheet:
        page = Page(self.inputs, "deadlines")
        missed = int((self.found["days_left"] < 0).sum())
        page.title(
            self.say(
                "report_deadlines.subtitle",
                as_of=self.inputs.as_of.isoformat(),
                days=str(self.horizon),
                missed=f"{missed:,}",
                coming=f"{len(self.found) - missed:,}",
            )
        )
        page.lines(self._control())
        known = "known" if self.inputs.records.has("claims") else "unknown"
        page.note(self.say(f"report_deadlines.note.{known}"))
        page.note(self.say("report_deadlines.note.money"))
        page.gap()
        codes = np.unique(self.found["currency"])
        lists = [self._currency(page, int(code)) for code in codes]
        alone = {"titles": (lists[0].row, lists[0].row)} if len(lists) == 1 else {}
        if len(self.done):
            # The list above has other headings than this one.
            alone = {}
            self._done_list(page)
        return page.sheet(least=(22.0, 14.0), **alone)

    def _control(self) -> list[Line]:
        return [
            *origin(self.inputs),
            *policy_lines(self.insured)[:1],
            *stated_terms(self.insured, _PERIODS),
            Line(
                self.say("report_deadlines.horizon"),
                self.say("report_deadlines.horizon_days", days=str(self.horizon)),
            ),
        ]

    def _currency(self, page: Page, code: int) -> Listing:
        """The weeks and the duties of a currency; the list of duties is given back."""
        rows = np.flatnonzero(self.found["currency"] == code)
        name = str(self.currency.labels[code]) if code >= 0 else ""
        shown = f" · {name}" if name else ""
        page.section(self.say("report_deadlines.by_week") + shown)
        # The list begins below the weeks, their total line and its own title.
        top = page.row + len(self.weeks) + 1 + 1 + 2 + 1
        listed = Listing(self._lines(rows, name), top)
        page.table(self._weeks(rows, listed, name, page.row), self.inputs.say("report.table.sum"))
        page.section(self.say("report_deadlines.by_duty") + shown)
        table = page.table(dict(listed.fields))
        page.heights |= tall(table, table.widths())
        page.marks += self._marks(table)
        page.gap()
        return table

    def _lines(self, rows: NDArray[np.intp], currency: str) -> dict[str, Field]:
        """Every duty of a currency, the missed ones first."""
        items, found = self.inputs.items, {name: column[rows] for name, column in self.found.columns.items()}
        item = found["row"]
        left = found["days_left"]
        states = np.array(
            [self.say(f"report_deadlines.state.{word}") for word in ("missed", "due", "undated")], object
        )
        state = states[np.where(np.isnan(left), 2, np.where(left < 0, 0, 1))]
        names = names_of(items)
        fields = {
            "state": Field(self.say("report_deadlines.column.state"), state),
            "date": Field(self.say("report_deadlines.column.date"), found["date"], "date"),
            "days_left": Field(self.say("report_deadlines.column.days_left"), left, "count"),
            "duty": Field(self.say("report_deadlines.column.duty"), self._words(found["duty"]), role="aside"),
            "customer": Field(
                self.inputs.say("report.table.customer"),
                items.customer.take(item).texts(),
                missing=self.inputs.say("report.table.no_customer"),
            ),
        }
        if names is not None:
            fields["name"] = Field(self.inputs.say("report.table.customer_name"), names[item], role="name")
        # A stop is the customer's, not an invoice's: the oldest invoice only sets its date.
        return fields | {
            "document": Field(self.say("report_deadlines.column.document"), items.document[item]),
            "due_date": Field(self.say("report_deadlines.column.due_date"), items.due_date[item], "date"),
            "amount": Field(
                self.say("report_deadlines.column.amount"), found["amount"], f"money{digits_of(currency)}"
            ),
            "to_do": Field(
                self.say("report_deadlines.column.to_do"),
                self._to_do(found["duty"]),
                role="aside",
                width=58.0,
            ),
        }

    def _done_list(self, page: Page) -> None:
        """The duties that were done, those that were late first."""
        items, found = self.inputs.items, self.done
        order = np.argsort(found["done"] <= found["date"], kind="stable")
        found = Table({name: column[order] for name, column in found.columns.items()})
        row = found["row"]
        page.section(self.say("report_deadlines.by_done"))
        late = self.say("report_deadlines.state.late")
        words = np.array([late, self.say("report_deadlines.state.done")], object)
        names = names_of(items)
        fields = {
            "state": Field(
                self.say("report_deadlines.column.state"), words[(found["done"] <= found["date"]).astype(int)]
            ),
            "date": Field(self.say("report_deadlines.column.date"), found["date"], "date"),
            "done": Field(self.say("report_deadlines.column.done"), found["done"], "date"),
            "duty": Field(self.say("report_deadlines.column.duty"), self._words(found["duty"]), role="aside"),
            "customer": Field(
                self.inputs.say("report.table.customer"),
                items.customer.take(row).texts(),
                missing=self.inputs.say("report.table.no_customer"),
            ),
        }
        if names is not None:
            fields["name"] = Field(self.inputs.say("report.table.customer_name"), names[row], role="name")
        fields["document"] = Field(self.say("report_deadlines.column.document"), items.document[row])
        fields["due_date"] = Field(self.say("report_deadlines.column.due_date"), items.due_date[row], "date")
        table = page.table(fields)
        page.marks.append(Mark.says(table.column("state"), "bad", late))
        page.gap()

    def _words(self, duty: Texts) -> Texts:
        texts = {name: duty_text(name, self.inputs.language) for name in DUTIES}
        return np.array([texts[name] for name in duty], object)

    def _to_do(self, duty: Texts) -> Texts:
        texts = {name: self.say(f"report_deadlines.to_do.{name.replace(' ', '_')}") for name in DUTIES}
        return np.array([texts[name] for name in duty], object)

    def _weeks(self, rows: NDArray[np.intp], listed: Listing, currency: str, row: int) -> dict[str, Field]:
        """What was missed, then week by week: how many duties, and the money of each kind of duty."""
        found = {name: column[rows] for name, column in self.found.columns.items()}
        present = [name for name in DUTIES[:-1] if (self.found["duty"] == name).any()]
        counts, _ = week_sums(found["date"], found["amount"], found["date"] == found["date"], self.weeks)
        labels = [self.say("report_deadlines.missed")] + [self._week(week) for week in self.weeks]
        last = np.array([self.weeks[0].first - 1, *(week.last for week in self.weeks)], "M8[D]")
        first = np.array(["NaT", *(str(week.first) for week in self.weeks)], "M8[D]")
        dates = listed.column("date").a1(absolute=True)
        span = f'{dates},">="&N(B{{row}}),{dates},"<="&C{{row}}'
        fields = {
            "week": Field(self.say("report_deadlines.column.week"), np.array(labels, object)),
            "first": Field(self.say("report_deadlines.column.first"), first, "date"),
            "last": Field(self.say("report_deadlines.column.last"), last, "date"),
            "count": Field(
                self.say("report_deadlines.column.count"),
                counts,
                "count",
                "sum",
                formula=f"=COUNTIFS({span})",
            ),
        }
        for place, name in enumerate(present, len(fields)):
            _, sums = week_sums(found["date"], found["amount"], found["duty"] == name, self.weeks)
            heading = a1(row, place, absolute=True)
            amounts, words = (listed.column(key).a1(absolute=True) for key in ("amount", "duty"))
            formula = f"=SUMIFS({amounts},{words},{heading},{span})"
            kind = f"money{digits_of(currency)}"
            fields[name] = Field(duty_text(name, self.inputs.language), sums, kind, "sum", formula=formula)
        return fields

    def _week(self, week: Week) -> str:
        year, number, _ = plain(week.first).isocalendar()
        return self.say("report_deadlines.week", year=str(year), number=f"{number:02d}")

    def _marks(self, listed: Listing) -> list[Mark]:
        state, cell = listed.column("state"), f"${listed.letter('days_left')}{listed.top + 1}"
        return [
            Mark(state, "bad", f"=AND(ISNUMBER({cell}),{cell}<0)"),
            Mark(state, "near", f"=AND(ISNUMBER({cell}),{cell}<={_SOON})"),
        ]
