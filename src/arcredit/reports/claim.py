"""Claim: the estimate of one buyer's indemnity with every step live, and what the insurer will ask for."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.insurance.deadlines import tci_file_by, tci_notify_by
from arcredit.credit.insurance.eligibility import reason_text, reason_texts
from arcredit.credit.insurance.indemnity import step_text
from arcredit.credit.insurance.insurance_policy import term_text
from arcredit.credit.receivables.portfolio import digits_of
from arcredit.reports.claim_case import Case, NoCase, case_of, unknown_debts
from arcredit.reports.claim_papers import OUT, add_papers
from arcredit.reports.control import Line, origin
from arcredit.reports.inputs import Inputs
from arcredit.reports.insured import delivery_line, policy_lines
from arcredit.reports.listing import Field, Listing
from arcredit.reports.notice import notice_sheet
from arcredit.reports.page import Page
from arcredit.reports.sheet import Sheet, a1
from arcredit.shapes import plain

_RIGHT, _VALUE = 6, 9
"""Columns of the terms beside the control block."""


def claim_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Claim.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Sheet
        The estimate for `inputs.customer`, else for the insolvent or long unpaid customer with the largest
        loss; a notice where nobody has one yet.
    """
    case = case_of(inputs)
    return no_claim(inputs, "claim", case) if isinstance(case, NoCase) else _Report(case).sheet()


def no_claim(inputs: Inputs, owner: str, case: NoCase) -> Sheet:
    """A page that says why there is no claim, and from when there could be one."""
    sheet = inputs.say("report.sheet.claim_letter" if owner == "claim_letter" else "report.sheet.claim")
    title = inputs.say("report.title.claim_letter" if owner == "claim_letter" else "report.title.claim")
    lines = [*why_none(inputs, case).splitlines(), *inputs.say("report_claim.none.note").splitlines()]
    return notice_sheet(inputs, owner, sheet, title, lines)


def why_none(inputs: Inputs, case: NoCase) -> str:
    """Why there is no claim: a line, and before it what could not be judged for want of rates."""
    key = "report_claim.none.nobody" if case.customer is None else f"report_claim.none.{case.key}"
    values = {} if case.customer is None else {"customer": case.customer}
    if case.loss_date is not None:
        values["loss_date"] = case.loss_date.isoformat()
    return "\n".join([*unjudged(inputs), inputs.say(key, **values)])


def unjudged(inputs: Inputs) -> list[str]:
    """Debts that no claim can be judged on, as there is no rate, and who is insolvent among their owers."""
    found = unknown_debts(inputs)
    if not found.amounts:
        return []
    amounts = ", ".join(
        f"{amount:,.{digits_of(name)}f} {name}".strip() for name, amount in found.amounts.items()
    )
    lines = [inputs.say("report_claim.none.no_rate", amounts=amounts, currency=found.currency or "?")]
    if found.insolvent:
        customers = ", ".join(found.insolvent)
        lines.insert(0, inputs.say("report_claim.none.insolvent", customers=customers))
    return lines


@dataclass(frozen=True)
class _Report:
    case: Case

    @property
    def inputs(self) -> Inputs:
        return self.case.inputs

    def say(self, key: str, **values: object) -> str:
        return self.inputs.say(key, **values)

    @property
    def kind(self) -> str:
        return self.case.kind

    @cached_property
    def terms(self) -> dict[str, int]:
        """Where the figures of the policy stand that the steps use."""
        first = 3
        names = ("percentage", "deductible", "threshold", "aggregate", "liability", "recovered", "paid")
        return {name: first + place for place, name in enumerate(names)}

    def term(self, name: str) -> str:
        """The cell of a figure of the policy."""
        return a1(self.terms[name], _VALUE, absolute=True)

    def sheet(self) -> Sheet:
        page = Page(self.inputs, "claim")
        page.title(
            self.say("report_claim.subtitle", buyer=self.case.buyer, as_of=self.inputs.as_of.isoformat())
        )
        control = self._control()
        top = page.row + max(len(control), len(self.terms)) + 1
        invoices = Listing(self._invoices(), top + 3, label=self.inputs.say("report.table.sum"))
        page.lines(self._figures(invoices), _RIGHT, _VALUE, down=False)
        page.lines(control)
        page.row = top
        page.note(self.say("report_claim.note.estimate"))
        page.gap()
        page.section(
            self.say("report_claim.section.invoices", currency=self.case.insured.currency or "").rstrip(" ·")
        )
        page.table(dict(invoices.fields), invoices.label)
        steps = self._steps(page, invoices)
        self._results(page, steps)
        add_papers(page, self.case, steps)
        return page.sheet(least=(44.0, 15.0, 15.0, 15.0))

    def _control(self) -> list[Line]:
        case, found = self.case, self.case.found
        due = case.position.items.due_date[case.rows][found.eligible > 0]
        due = due[~np.isnat(due)]
        oldest = due.min() if len(due) else np.datetime64("NaT", "D")
        terms = case.insured.schedule
        notify = [np.datetime64("NaT", "D")]
        file_by = np.datetime64("NaT", "D")
        given = case.insured.terms
        if terms.maximum_extension_days is not None and terms.notice_days is not None:
            notify = [tci_notify_by(oldest, given["maximum_extension_days"], given["notice_days"])]
        if terms.filing_days is not None:
            file_by = tci_file_by(oldest, given["filing_days"])
        return [
            *origin(self.inputs),
            Line(self.say("report_claim.line.buyer"), f"{case.buyer} ({case.customer})"),
            Line(self.say("report_claim.line.chosen"), self.say(f"report_claim.chosen.{case.chosen}")),
            *policy_lines(case.insured)[:3],
            delivery_line(case.insured),
            self._date("report_claim.line.loss_date", case.loss_date),
            self._date("report_claim.line.stop", found.stop_date[0]),
            self._date("report_claim.line.notify", notify[0]),
            self._date("report_claim.line.file", file_by),
            self._date("report_claim.line.expected", case.expected),
            *self._done(),
        ]

    def _done(self) -> list[Line]:
        """What the record of claims says was done."""
        made, customer = self.case.made, self.case.customer
        numbers = made.numbers(customer)
        lines = [Line(self.say("records.column.claim_id"), ", ".join(numbers))] if numbers else []
        for step, day in made.steps(customer).items():
            name = "indemnity_on" if step == "paid_on" else step
            lines.append(self._date(f"records.column.{name}", day))
        return lines

    def _date(self, key: str, day: Any) -> Line:
        shown = plain(np.datetime64(day, "D"))
        if shown is None:
            return Line(self.say(key), self.inputs.say("report_cover.not_stated"))
        return Line(self.say(key), shown, "value.date")

    def _figures(self, invoices: Listing) -> list[Line]:
        """The policy's figures that the steps take, and what has been recovered."""
        schedule, language = self.case.insured.schedule, self.inputs.language
        kind = self.kind.replace("money", "figure.exact")
        percentage, formula = self._percentage(invoices)
        liability = schedule.liability_left
        unlimited = self.say("report_claim.line.no_maximum")
        aggregate = term_text("aggregate_deductible", language)
        most = term_text("maximum_liability", language)
        own = "retention" if schedule.deductible_rule == "min_retention" else "deductible"
        return [
            Line(term_text("insured_percentage", language), percentage, "figure.percent", formula),
            Line(step_text(own, language), schedule.deductible, kind),
            Line(f"{term_text('threshold', language)} ({schedule.threshold_rule})", schedule.threshold, kind),
            Line(self.say("report_claim.line.left", term=aggregate), schedule.aggregate_left, kind),
            Line(
                self.say("report_claim.line.left", term=most),
                liability if np.isfinite(liability) else unlimited,
                kind if np.isfinite(liability) else "figure.right",
            ),
            Line(self.say("report_claim.line.recovered"), self.case.recovered, kind),
            Line(self.say("report_claim.line.paid"), self.case.indemnity_paid, kind),
        ]

    def _percentage(self, invoices: Listing) -> tuple[Any, str | None]:
        """The insured percentage of the covered debt: the one, or of several their mean by covered amount."""
        found = self.case.found
        covered = np.nan_to_num(found.covered)
        several = np.unique(found.insured_percentage[covered > 0])
        if len(several) == 1:
            return float(several[0]), None
        if not len(several) or np.isnan(several).any():
            return self.case.insured.schedule.insured_percentage, None
        weights, shares = (invoices.column(key).a1() for key in ("covered", "percentage"))
        mean = float((covered * np.where(covered > 0, found.insured_percentage, 0.0)).sum() / covered.sum())
        return mean, f"=SUMPRODUCT({weights},{shares})/SUM({weights})"

    def _invoices(self) -> dict[str, Field]:
        case, found, kind = self.case, self.case.found, self.kind
        items = case.position.items.take(case.rows)
        whole = found.eligible == 0
        out = np.where(whole, found.open_amount, 0.0)
        disputed = np.where(whole, 0.0, found.disputed)
        vat = money.rounded(found.open_amount - out - disputed - found.eligible, money.PLACES)
        words = [reason_text(word, self.inputs.language) for word in reason_texts(found.reason)]
        fields = {
            "document": Field(self.say("report_claim.column.document"), items.document),
            "delivered": Field(self.say("report_claim.column.delivered"), items.delivered, "date"),
            "due": Field(self.say("report_claim.column.due"), items.due_date, "date"),
        }
        if (case.insured.rate[case.rows] != 1.0).any():
            own = items.amount
            digits = max(digits_of(str(name)) for name in case.insured.currencies[case.rows])
            fields["currency"] = Field(
                self.say("report_claim.column.currency"), case.insured.currencies[case.rows]
            )
            fields["own"] = Field(self.say("report_claim.column.own"), own, f"money{digits}")

        def amount(key: str, values: Any, formula: str | None = None, missing: str = "") -> Field:
            return Field(
                self.say(f"report_claim.column.{key}"), values, kind, "sum", formula=formula, missing=missing
            )

        place = {key: chr(65 + len(fields) + number) for number, key in enumerate(_AMOUNTS)}
        left = f"=MAX({place['amount']}{{row}},0)-{place['paid']}{{row}}"
        taken = "".join(f"-{place[key]}{{row}}" for key in ("out", "disputed", "vat"))
        fields |= {
            "amount": amount("amount", case.amount),
            "paid": amount("paid", found.allocated),
            "open": amount("open", found.open_amount, left),
            "out": amount("out", out),
            "disputed": amount("disputed", disputed),
            "vat": amount("vat", vat),
            "eligible": amount("eligible", found.eligible, f"={place['open']}{{row}}{taken}"),
            "covered": amount("covered", found.covered, missing=self.say("report_claim.unknown")),
        }
        share = np.where(np.nan_to_num(found.covered) > 0, found.insured_percentage, np.nan)
        fields["percentage"] = Field(self.say("report_claim.column.percentage"), share, "percent")
        fields["reason"] = Field(
            self.say("report_claim.column.reason"), np.array(words, object), role="aside"
        )
        return fields

    def _steps(self, page: Page, invoices: Listing) -> Listing:
        """From the debt to the estimate; each line takes what the line above gives."""
        page.section(self.say("report_claim.section.steps"))
        steps = self.case.section("step")
        keep = (steps["item"] != "paid before") | bool(self.case.indemnity_paid)
        names = steps["item"][keep]
        out = steps["amount_out"][keep]
        row = page.row + 1
        formulas = self._chain(list(names), invoices, row)
        live = not np.isnan(out).any()
        into = np.concatenate([out[:1], out[:-1]])
        change = money.rounded(out - into)
        first = (f"=D{row + 1}",) + ("=D{above}",) * (len(names) - 1)
        entering = tuple(text.replace("{above}", str(row + place)) for place, text in enumerate(first))
        unknown = self.say("report_claim.unknown")
        words = [step_text(name, self.inputs.language) for name in names]

        def column(key: str, values: Any, formula: Any) -> Field:
            return Field(
                self.say(f"report_claim.column.{key}"),
                values,
                self.kind,
                formula=formula if live else None,
                missing=unknown,
            )

        how = [self.say(f"report_claim.how.{name.replace(' ', '_')}") for name in names]
        return page.table(
            {
                "step": Field(self.say("report_claim.column.step"), np.array(words, object)),
                "in": column("in", into, entering),
                "change": column("change", change, "=ROUND(D{row}-B{row},2)"),
                "out": column("after", out, formulas),
                "how": Field(
                    self.say("report_claim.column.how"), np.array(how, object), role="aside", width=13.0
                ),
            }
        )

    def _chain(self, names: list[str], invoices: Listing, row: int) -> tuple[str, ...]:
        """What each step makes of the amount before it, as a formula."""

        def down(key: str) -> str:
            return invoices.column(key).a1(absolute=True)

        schedule, steps = self.case.insured.schedule, self.case.found.steps
        entered = "B{row}"
        after = {name: f"$D${row + 1 + place}" for place, name in enumerate(names)}
        by_debt = schedule.limit_basis == "debt"
        room = f"SUM({down('covered')})" if by_debt else f"{float(steps['limit'][0])!r}"
        deducted = f"MAX({entered}-{self.term('deductible')},0)"
        retained = f"MAX({after['threshold']}-{self.term('deductible')},0)"
        most = f"MIN({entered},{self.term('liability')})" if np.isfinite(schedule.liability_left) else entered
        borne = f"MIN({entered},{after['payments']})"
        back = f"MIN(ROUND({self.term('recovered')}*{borne}/{after['payments']},2),{borne})"
        recovers = self.case.recovered > 0 and steps["payments"][0] > 0
        formulas = {
            "invoiced": f'SUMIF({down("amount")},">0")',
            "payments": f"{entered}-SUM({down('paid')})",
            "ineligible": f"{entered}-SUM({down('out')})",
            "dispute": f"{entered}-SUM({down('disputed')})",
            "vat": f"{entered}-SUM({down('vat')})",
            "limit": f"MIN({entered},{room})",
            "threshold": f"IF({entered}{schedule.threshold_rule}{self.term('threshold')},{entered},0)",
            "percentage": f"ROUND({entered}*{self.term('percentage')},2)",
            "deductible": deducted,
            "retention": f"MIN({entered},{retained})",
            "aggregate": f"MAX({entered}-{self.term('aggregate')},0)",
            "maximum": most,
            "recoveries": f"{entered}-{back}" if recovers else entered,
            "paid before": f"MAX({entered}-{self.term('paid')},0)",
            "estimated indemnity": entered,
        }
        return tuple(f"={formulas[name]}" for name in names)

    def _results(self, page: Page, steps: Listing) -> None:
        case, found = self.case, self.case.found
        indemnity, remainder = float(found.indemnity[0]), float(found.remainder[0])
        unknown, style = self.say("report_claim.unknown"), f"strong.{self.kind.replace('money', 'exact')}"
        debt, last = a1(steps.top + 1, OUT), a1(steps.bottom, OUT)
        borne = a1(steps.bottom - bool(case.indemnity_paid), OUT)
        rest = f"=MAX({debt}-{self.term('recovered')}-{borne},0)"
        known = not np.isnan(indemnity)
        page.lines(
            [
                Line(
                    self.say("report_claim.line.indemnity"),
                    indemnity if known else unknown,
                    style,
                    f"={last}" if known else None,
                ),
                Line(
                    self.say("report_claim.line.remainder"),
                    remainder if known else unknown,
                    style,
                    rest if known else None,
                ),
                Line(
                    self.say("report_claim.line.expected_estimate"),
                    plain(case.expected) or self.inputs.say("report_cover.not_stated"),
                    "strong.date",
                ),
            ],
            value=OUT,
        )
        if case.chosen != "given":
            # Others who are insolvent; this buyer's own debts without a rate have a line below.
            for text in unjudged(self.inputs)[:-1]:
                page.note(text)
        for name, open_amount in case.without_rate.items():
            digits = digits_of(name)
            page.note(
                self.say("report_claim.note.no_rate", currency=name, amount=f"{open_amount:,.{digits}f}")
            )
        if case.overpaid:
            page.note(self.say("report_claim.note.overpaid", amount=f"{case.overpaid:,.2f}"))
        if case.received_on_older:
            page.note(self.say("report_claim.note.older", amount=f"{case.received_on_older:,.2f}"))


_AMOUNTS = ("amount", "paid", "open", "out", "disputed", "vat", "eligible", "covered")
"""The amounts of an invoice, in the order of their columns."""
