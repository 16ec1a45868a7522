"""What follows the estimate of a claim: what is not covered, what to look at, recoveries, the dossier."""

from dataclasses import dataclass

import numpy as np

from arcredit.credit import money
from arcredit.credit.insurance.claim import warning_text
from arcredit.credit.insurance.eligibility import reason_text
from arcredit.credit.insurance.recovery import tci_recovery
from arcredit.reports.claim_case import Case
from arcredit.reports.control import Line
from arcredit.reports.inputs import Inputs
from arcredit.reports.listing import Field, Listing
from arcredit.reports.page import Page
from arcredit.reports.sheet import Mark, a1
from arcredit.shapes import Texts

OUT = 3
"""The column of the amount after each step of the estimate."""
_SHARES = (0.1, 0.25, 0.5)


def add_papers(page: Page, case: Case, steps: Listing) -> None:
    """Add these sections to the page; `steps` is the table of the estimate."""
    papers = _Papers(case)
    papers.not_covered(page)
    papers.warnings(page)
    papers.recovery(page, steps)
    papers.dossier(page)


@dataclass(frozen=True)
class _Papers:
    case: Case

    @property
    def inputs(self) -> Inputs:
        return self.case.inputs

    def say(self, key: str, **values: object) -> str:
        return self.inputs.say(key, **values)

    def not_covered(self, page: Page) -> None:
        apart = self.case.section("not covered")
        if not len(apart):
            return
        page.breaks.append(page.row)
        page.section(self.say("report_claim.section.not_covered"))
        words = [reason_text(item, self.inputs.language) for item in apart["item"]]
        page.table(
            {
                "reason": Field(self.say("report_claim.column.reason"), np.array(words, object)),
                "amount": Field(
                    self.say("report_claim.column.not_covered"), apart["amount_out"], self.case.kind, "sum"
                ),
            },
            self.inputs.say("report.table.sum"),
        )

    def warnings(self, page: Page) -> None:
        found = self.case.section("warning")
        if not len(found):
            return
        page.section(self.say("report_claim.section.warnings"))
        words = [warning_text(item, self.inputs.language) for item in found["item"]]
        page.table(
            {
                "warning": Field(self.say("report_claim.column.warning"), np.array(words, object)),
                "amount": Field(
                    self.say("report_claim.column.concerns"), found["amount_out"], self.case.kind
                ),
            }
        )

    def recovery(self, page: Page, steps: Listing) -> None:
        """Who gets what of money that still comes in: as the loss was borne."""
        # As the loss was borne: what the insurer has paid already is a part of his share.
        indemnity = float(self.case.found.steps["recoveries"][0])
        debt = float(self.case.found.steps["payments"][0])
        if np.isnan(indemnity) or not 0 < indemnity <= debt:
            return
        page.section(self.say("report_claim.section.recovery"))
        net = money.rounded(np.array(_SHARES) * debt)
        insurer = tci_recovery(net, 0.0, indemnity, debt)
        last = steps.bottom - bool(self.case.indemnity_paid)
        total, paid = (a1(row, OUT, absolute=True) for row in (steps.top + 1, last))
        labels: Texts = np.array(
            [self.say("report_claim.recovered_share", share=f"{share:.0%}") for share in _SHARES], object
        )
        factors = tuple(f"=ROUND({share}*{total},2)" for share in _SHARES)
        page.table(
            {
                "case": Field(self.say("report_claim.column.recovered"), labels),
                "net": Field(self.say("report_claim.column.net"), net, self.case.kind, formula=factors),
                "insurer": Field(
                    self.say("report_claim.column.insurer"),
                    insurer,
                    self.case.kind,
                    formula=f"=MIN(ROUND(B{{row}}*{paid}/{total},2),{paid})",
                ),
                "ours": Field(
                    self.say("report_claim.column.ours"),
                    money.rounded(net - insurer),
                    self.case.kind,
                    formula="=B{row}-C{row}",
                ),
            }
        )
        page.note(self.say("report_claim.note.recovery"))
        page.gap()

    def dossier(self, page: Page) -> None:
        page.section(self.say("report_claim.section.dossier"))
        made = self.case.dossier
        needed, there = made["mandatory"][:-1], made["present"][:-1]
        yes, no, missing = (
            self.say("report_claim.paper.there"),
            self.say("report_claim.paper.not_needed"),
            self.say("report_claim.paper.missing"),
        )
        state = np.where(there > 0, yes, np.where(needed > 0, missing, no)).astype(object)
        row = page.row + 1
        span = {
            key: f"{letter}{row + 1}:{letter}{row + len(state)}" for key, letter in (("n", "B"), ("t", "C"))
        }
        complete = f"=COUNTIFS({span['n']},1,{span['t']},1)/COUNTIF({span['n']},1)"
        table = page.table(
            {
                "item": Field(self.say("report_claim.column.paper"), made["item"][:-1], role="name"),
                "mandatory": Field(self.say("report_claim.column.mandatory"), needed, "count", "sum"),
                "present": Field(self.say("report_claim.column.present"), there, "count", "sum"),
                "state": Field(self.say("report_claim.column.state"), state, role="aside"),
                "place": Field(
                    self.say("report_claim.column.place"), made["place"][:-1], role="aside", width=13.0
                ),
            },
            self.inputs.say("report.table.sum"),
            heading=18.0,
        )
        page.marks.append(Mark.says(table.column("state"), "bad", missing))
        page.row = table.last + 1
        share = float(made["completeness"][-1])
        page.lines([Line(self.say("report_claim.line.complete"), share, "strong.percent", complete)], value=1)
        ready = "report_claim.note.ready" if share == 1 else "report_claim.note.not_ready"
        page.note(self.say(ready))
