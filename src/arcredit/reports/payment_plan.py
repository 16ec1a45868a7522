"""Payment plan: agreed plans against what came in, else a proposal for who is most overdue."""

from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.insurance.insurance_policy import term_text
from arcredit.credit.receivables.plan import Standing, allocate_receipt, plan_standing
from arcredit.credit.receivables.plan_lines import GRACE_DAYS, plan_lines
from arcredit.credit.receivables.portfolio import digits_of
from arcredit.reports.control import Line, origin
from arcredit.reports.inputs import Inputs
from arcredit.reports.listing import Field, Listing
from arcredit.reports.notice import notice_sheet
from arcredit.reports.page import Page
from arcredit.reports.plan_terms import Agreements, Plan
from arcredit.reports.sheet import Cell, Mark, Sheet, a1
from arcredit.reports.written import written
from arcredit.shapes import Texts

_INSTALMENTS = 6
_BEFORE = np.timedelta64(31, "D")
"""A plan without a day of agreement is taken to begin a month before its first instalment."""
_NOT_A_DAY = np.datetime64("NaT", "D")


def payment_plan_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Payment Plan.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Sheet
        A section for each agreed plan (of `inputs.customer`, where one is chosen), with its standing; without
        one a proposal for that customer, else for the most overdue one.
    """
    report = _Report(inputs)
    plans, troubles = report.agreed()
    if plans or troubles:
        return report.sheet(plans, troubles, "agreed")
    proposals = report.proposals()
    if proposals:
        return report.sheet(proposals, [], "given" if inputs.customer else "overdue")
    name, title = inputs.say("report.sheet.payment_plan"), inputs.say("report.title.payment_plan")
    key = "report_payment_plan.nothing_given" if inputs.customer else "report_payment_plan.nothing"
    text = inputs.say("report.state.empty") if not len(inputs.items) else inputs.say(key)
    return notice_sheet(inputs, "payment_plan", name, title, [text])


class _Report(Agreements):
    """The layout of the sheet."""

    def sheet(self, plans: list[Plan], troubles: list[str], chosen: str) -> Sheet:
        page = Page(self.inputs, "payment_plan")
        page.title(
            self.say(
                f"report_payment_plan.subtitle.{chosen}",
                as_of=self._day(self.inputs.as_of),
                count=str(len(plans)),
            )
        )
        page.lines(origin(self.inputs))
        for text in troubles:
            page.note(text)
        for number, plan in enumerate(plans):
            if number:
                page.breaks.append(page.row)
            self._plan(page, plan)
        return page.sheet(least=(24.0, 13.0, 15.0, 15.0, 15.0, 15.0), landscape=True)

    def _plan(self, page: Page, plan: Plan) -> None:
        named = f"{plan.name} ({plan.customer})" if plan.name else str(plan.customer)
        title = self.say(
            "report_payment_plan.plan" if plan.agreed else "report_payment_plan.proposal", customer=named
        )
        page.section(f"{title} · {plan.currency}" if plan.currency else title)
        standing = plan_standing(plan.table, money.total(plan.received), self.inputs.as_of)
        lines = self._terms(plan)
        debt = a1(page.row, 1, absolute=True)
        beside = self._standing(plan, standing) if plan.agreed else []
        below = page.row + max(len(lines), len(beside)) + 1
        page.lines(beside, 4, 6, down=False)
        page.lines(lines)
        page.row = below
        listing = page.table(self._lines(plan, debt, page.row), self.inputs.say("report.table.sum"))
        self._mark(page, plan, listing)
        for text in self._notes(plan, standing):
            page.note(text)
        self._signatures(page, named)

    def _day(self, day: Any) -> str:
        """A date as the agreement writes it."""
        return written(day, self.inputs.language)

    def _terms(self, plan: Plan) -> list[Line]:
        kind, given = f"value.exact{digits_of(plan.currency)}", plan.terms
        method = self.say(f"report_payment_plan.method.{given.get('method') or 'equal'}")
        every = self.say(f"report_payment_plan.every.{given.get('frequency') or 'month'}")
        lines = [
            Line(self.say("report_payment_plan.term.debt"), plan.debt, kind),
            Line(
                self.say("report_payment_plan.term.rate"),
                float(given.get("annual_rate") or 0.0),
                "value.percent",
            ),
            Line(
                self.say("report_payment_plan.term.form"),
                self.say(
                    "report_payment_plan.form", count=f"{given['instalments']:g}", every=every, method=method
                ),
            ),
        ]
        if given.get("down_payment"):
            lines.append(
                Line(self.say("report_payment_plan.term.down_payment"), float(given["down_payment"]), kind)
            )
        if plan.agreed:
            shown = self._day(plan.agreed_on) or self.say("report_payment_plan.not_stated")
            lines.append(Line(self.say("report_payment_plan.term.agreed_on"), shown))
        if self.schedule is not None or plan.terms.get("final_by"):
            final = self._day(plan.final_by) or self.say("report_payment_plan.not_stated")
            lines.append(Line(self.say("report_payment_plan.term.final_by"), final))
        return lines

    def _standing(self, plan: Plan, standing: Standing) -> list[Line]:
        """How the plan stands: kept, late or in default, and what is due now."""
        kind = f"figure.exact{digits_of(plan.currency)}"
        received = money.total(plan.received)
        table = plan.table
        come = (table["date"] <= np.datetime64(self.inputs.as_of)) | np.isnat(table["date"])
        interest = money.total(table["interest"][come])
        paid = allocate_receipt(received, 0.0, interest, table["principal"]) if received >= 0 else None
        state = self._state(plan, standing)
        role = {"default": "alert", "late": "alert"}.get(state, "good")
        since = self._day(standing.missed_since)
        lines = [
            Line(
                self.say("report_payment_plan.standing.state"),
                self.say(f"report_payment_plan.state.{state}"),
                f"{role}.right",
            ),
            Line(
                self.say("report_payment_plan.standing.received", day=self._day(plan.begin)),
                received,
                kind,
            ),
        ]
        if paid is not None:
            lines += [
                Line(self.say("report_payment_plan.standing.to_interest"), paid.interest, kind),
                Line(
                    self.say("report_payment_plan.standing.to_principal"), money.total(paid.principal), kind
                ),
            ]
        lines.append(Line(self.say("report_payment_plan.standing.arrears"), standing.arrears, kind))
        if since:
            lines.append(Line(self.say("report_payment_plan.standing.missed_since"), since, "figure.right"))
        return [
            *lines,
            Line(
                self.say("report_payment_plan.standing.due_now"),
                standing.due_now,
                kind.replace("figure", "strong"),
            ),
        ]

    def _state(self, plan: Plan, standing: Standing) -> str:
        if standing.in_default:
            return "default"
        if standing.arrears > 0:
            return "late"
        return "done" if money.total(plan.received) >= money.total(plan.table["payment"]) else "kept"

    def _lines(self, plan: Plan, debt: str, row: int) -> dict[str, Field]:
        table, kind = plan.table, f"money{digits_of(plan.currency)}"
        top = row + 1
        height = len(table)
        balance = (f"={debt}-C{{row}}", *(f"=F{top + place}-C{{row}}" for place in range(1, height)))
        fields = {
            "number": Field(self.say("report_payment_plan.column.number"), table["number"], "count"),
            "date": Field(
                self.say("report_payment_plan.column.date"),
                table["date"],
                "date",
                missing=self.say("report_payment_plan.on_signing"),
            ),
            "principal": Field(
                self.say("report_payment_plan.column.principal"), table["principal"], kind, "sum"
            ),
            "interest": Field(
                self.say("report_payment_plan.column.interest"), table["interest"], kind, "sum"
            ),
            "payment": Field(
                self.say("report_payment_plan.column.payment"),
                table["payment"],
                kind,
                "sum",
                formula="=C{row}+D{row}",
            ),
            "balance": Field(
                self.say("report_payment_plan.column.balance"), table["balance"], kind, formula=balance
            ),
        }
        if plan.agreed:
            found = plan_lines(table, plan.received_on, plan.received, self.inputs.as_of)
            left = money.rounded(table["payment"] - found["received"], 6)
            words: Texts = np.array(
                [self.say(f"report_payment_plan.line.{state}") for state in found["state"]], object
            )
            fields |= {
                "received": Field(
                    self.say("report_payment_plan.column.received"), found["received"], kind, "sum"
                ),
                "left": Field(
                    self.say("report_payment_plan.column.left"), left, kind, "sum", formula="=E{row}-G{row}"
                ),
                "paid_on": Field(self.say("report_payment_plan.column.paid_on"), found["paid_on"], "date"),
                "state": Field(self.say("report_payment_plan.column.state"), words, role="aside"),
            }
        if not np.isnat(plan.final_by):
            past = self.say("report_payment_plan.past_final_by")
            texts: Texts = np.array([past if word else None for word in table["warning"]], object)
            fields["warning"] = Field(self.say("report_payment_plan.column.warning"), texts, role="aside")
        return fields

    def _mark(self, page: Page, plan: Plan, listing: Listing) -> None:
        if plan.agreed:
            state = listing.column("state")
            page.marks += [
                Mark.says(state, "bad", self.say("report_payment_plan.line.missed")),
                Mark.says(state, "near", self.say("report_payment_plan.line.late")),
            ]
        if "warning" in listing.fields:
            page.marks.append(
                Mark.says(listing.column("warning"), "near", self.say("report_payment_plan.past_final_by"))
            )

    def _notes(self, plan: Plan, standing: Standing) -> list[str]:
        notes = []
        if plan.agreed:
            notes.append(self.say("report_payment_plan.note.receipts", grace=str(GRACE_DAYS)))
            if standing.in_default:
                notes.append(self.say("report_payment_plan.note.default"))
        else:
            notes.append(self.say("report_payment_plan.note.proposal"))
            if plan.terms.get("annual_rate") is None:
                notes.append(self.say("report_payment_plan.note.no_rate"))
        past = int((plan.table["warning"] == "past_final_by").sum())
        if past:
            last = self._day(plan.final_by)
            notes.append(self.say("report_payment_plan.note.past", count=str(past), last=last))
        if self.schedule is not None:
            extension = term_text("maximum_extension_days", self.inputs.language)
            notes.append(self.say("report_payment_plan.note.insurance", extension=extension))
        return notes

    def _signatures(self, page: Page, named: str) -> None:
        page.gap(2)
        company = str(
            self.inputs.records.terms("settings").get("company_name")
            or self.say("report_payment_plan.creditor")
        )
        for column, who in ((0, company), (3, named)):
            page.cells += [
                Cell(page.row, column, "_" * 28, "letter.text", across=2),
                Cell(page.row + 1, column, who, "label.text", across=3),
                Cell(page.row + 2, column, self.say("report_payment_plan.signature"), "label.text"),
            ]
        page.row += 4
