"""Claim letter: the notice of claim to the insurer, with the statement of the buyer's account."""

from dataclasses import dataclass, field
from math import ceil

import numpy as np

from arcredit.credit import money
from arcredit.credit.months import months_later
from arcredit.credit.receivables.account import account
from arcredit.credit.receivables.portfolio import digits_of
from arcredit.reports.claim import no_claim
from arcredit.reports.claim_case import Case, NoCase, case_of
from arcredit.reports.inputs import Inputs
from arcredit.reports.listing import Field, Listing, together
from arcredit.reports.sheet import Block, Cell, Range, Sheet, a1, text_width
from arcredit.reports.written import written
from arcredit.shapes import Table, Texts, plain

_WIDTHS = (13.0, 20.0, 16.0, 16.0, 16.0, 18.0)
_LAST = len(_WIDTHS) - 1
_MONTHS = 12


def claim_letter_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Claim Letter: the letter on its first page, the statement of account from the second on.

    Parameters
    ----------
    inputs : Inputs
    """
    case = case_of(inputs)
    if isinstance(case, NoCase):
        return no_claim(inputs, "claim_letter", case)
    return _Letter(case).sheet()


@dataclass
class _Letter:
    case: Case
    row: int = 0
    cells: list[Cell] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    widths: list[list[float]] = field(default_factory=list)

    @property
    def inputs(self) -> Inputs:
        return self.case.inputs

    def say(self, key: str, **values: object) -> str:
        return self.inputs.say(key, **values)

    def setting(self, key: str) -> str:
        """What the settings say about the sender; empty where they do not."""
        return str(self.inputs.records.terms("settings").get(key) or "").strip()

    def sheet(self) -> Sheet:
        self._head()
        self._body()
        self._figures()
        self._enclosures()
        self._signature()
        breaks = (self.row,)
        for currency in self._currencies():
            self._statement(currency)
        wide = together(*self.widths, list(_WIDTHS))
        return Sheet(
            owner="claim_letter",
            name=self.inputs.say("report.sheet.claim_letter"),
            widths=tuple(wide),
            cells=tuple(self.cells),
            area=Range(0, 0, self.row - 1, _LAST),
            blocks=tuple(self.blocks),
            heights=self.heights,
            breaks=breaks,
            footer=self.inputs.footer,
            landscape=False,
        )

    def _text(self, text: str, role: str = "letter", after: int = 0) -> None:
        """A paragraph over the whole width, as high as it needs."""
        self.cells.append(Cell(self.row, 0, text, f"{role}.text", across=_LAST + 1))
        lines = sum(ceil(max(text_width(line), 1) / (sum(_WIDTHS) * 1.0)) for line in text.split("\n"))
        self.heights[self.row] = 14.5 * lines + 1.5
        self.row += 1 + after

    def _head(self) -> None:
        sender = self.setting("company_name") or self.say("report_claim_letter.no_sender")
        self.cells.append(Cell(0, 0, sender, "title.text"))
        self.heights[0] = 24.0
        self.row = 1
        contact = [self.setting(key) for key in ("company_contact", "company_email", "company_phone")]
        for line in [
            *self.setting("company_address").splitlines(),
            " · ".join(part for part in contact if part),
        ]:
            if line.strip():
                self.cells.append(Cell(self.row, 0, line.strip(), "subtitle.text"))
                self.row += 1
        self.row += 1
        given = self.inputs.records.terms("insurance")
        self._text(str(given.get("insurer") or self.say("report_claim_letter.insurer")), after=1)
        self._text(written(self.inputs.as_of, self.inputs.language), after=1)
        number = str(given.get("policy_number") or self.say("report_claim_letter.no_number"))
        subject = self.say("report_claim_letter.subject", number=number, buyer=self._buyer())
        claims = ", ".join(self.case.made.numbers(self.case.customer))
        if claims:
            subject += self.say("report_claim_letter.claim_number", number=claims)
        self._text(subject, "letterstrong", after=1)

    def _buyer(self) -> str:
        name, number = self.case.buyer, str(self.case.customer or "")
        return name if name == number else f"{name} ({number})"

    def _body(self) -> None:
        self._text(self.say("report_claim_letter.greeting"), after=1)
        loss = plain(self.case.loss_date)
        insolvent = self.case.customer in self.case.insured.insolvent
        reason = "insolvent" if insolvent else "waited"
        day = written(loss, self.inputs.language)
        if loss is None:
            self._text(self.say("report_claim_letter.opening.no_date", buyer=self._buyer()), after=1)
        elif loss > self.inputs.as_of:
            self._text(
                self.say(
                    "report_claim_letter.opening.early",
                    buyer=self._buyer(),
                    loss_date=day,
                ),
                after=1,
            )
        else:
            key = f"report_claim_letter.opening.{reason}"
            self._text(
                self.inputs.say(key, buyer=self._buyer(), loss_date=day),
                after=1,
            )
        self._text(self.say("report_claim_letter.estimate"), after=1)

    def _figures(self) -> None:
        """The figures of the claim, as the sheet of the claim has them."""
        found, steps = self.case.found, self.case.found.steps
        kind = f"exact{max(self.case.insured.digits, 2)}"
        currency = self.case.insured.currency or ""
        unknown = self.inputs.say("report_claim.unknown")
        figures = {
            "debt": steps["payments"][0],
            "eligible": steps["vat"][0],
            "recovered": self.case.recovered,
        }
        if self.case.indemnity_paid:
            figures |= {"paid": self.case.indemnity_paid, "left": found.indemnity[0]}
        else:
            figures["indemnity"] = found.indemnity[0]
        figures["remainder"] = found.remainder[0]
        top = self.row
        for name, amount in figures.items():
            self.cells += [
                Cell(self.row, 0, self.say(f"report_claim_letter.figure.{name}"), "letter.text", across=4),
                Cell(self.row, 4, currency, "letter.right"),
                Cell(self.row, 5, unknown if np.isnan(amount) else float(amount), f"letter.{kind}"),
            ]
            self.heights[self.row] = 15.0
            self.row += 1
        # What nobody pays is the debt less recoveries and estimate.
        place = dict(zip(figures, range(top, self.row), strict=True))
        if not np.isnan(found.indemnity[0]) and not self.case.overpaid:
            taken = [name for name in ("debt", "recovered", "paid", "left", "indemnity") if name in place]
            parts = "-".join(a1(place[name], 5) for name in taken)
            last = self.cells.pop()
            self.cells.append(Cell(last.row, 5, last.value, f"letterstrong.{kind}", f"=MAX({parts},0)"))
        self.row += 1

    def _enclosures(self) -> None:
        dossier = self.case.dossier
        count = len(dossier) - 1
        names = dossier["item"][:count]
        there = names[dossier["present"][:count] > 0].tolist()
        missing = names[dossier["missing"][:count] > 0].tolist()
        self._text(self.say("report_claim_letter.enclosures"), "letterstrong")
        for name in [self.say("report_claim_letter.statement_enclosed"), *there]:
            self._text(f"– {name}")
        if missing:
            self._text(self.say("report_claim_letter.to_follow"), "letterstrong")
            for name in missing:
                self._text(f"– {name}")
        self.row += 1

    def _signature(self) -> None:
        bank = self.setting("bank_account")
        if bank:
            self._text(self.say("report_claim_letter.bank", account=bank), after=1)
        self._text(self.say("report_claim_letter.closing"), after=2)
        self._text("_" * 34)
        signer = " · ".join(
            part for part in (self.setting("company_contact"), self.setting("company_name")) if part
        )
        self._text(signer or self.say("report_claim_letter.signature"), after=1)

    def _currencies(self) -> list[str]:
        return sorted(set(self.case.insured.currencies.tolist()))

    def _statement(self, currency: str) -> None:
        """The account of the last twelve months: what was open before, every entry, what is open now."""
        inputs = self.inputs
        since = months_later(np.datetime64(inputs.as_of), -_MONTHS)
        found = account(inputs.documents, inputs.events, self.case.customer, currency, since, inputs.as_of)
        shown = f" · {currency}" if currency else ""
        title = self.say("report_claim_letter.statement", buyer=self._buyer()) + shown
        for place in range(_LAST + 1):
            self.cells.append(Cell(self.row, place, None if place else title, "section.text"))
        self.row += 1
        listing = Listing(
            self._lines(found, currency), self.row, label=self.say("report_claim_letter.closing_balance")
        )
        self.widths.append(listing.widths())
        self.cells += listing.cells()
        self.blocks.append(listing.block())
        self.row = listing.last + 2

    def _lines(self, found: Table, currency: str) -> dict[str, Field]:
        amount, kind = found["amount"], f"money{digits_of(currency)}"
        words: Texts = np.array(
            [self.inputs.say(f"report_claim_letter.kind.{name}") for name in found["kind"]], object
        )
        first = self.row + 2
        formulas = tuple(
            "=D{row}-E{row}" if place == 0 else f"=F{first + place - 1}+D{{row}}-E{{row}}"
            for place in range(len(amount))
        )
        whole = money.total(amount)
        return {
            "date": Field(self.say("report_claim_letter.column.date"), found["date"], "day"),
            "document": Field(self.say("report_claim_letter.column.document"), found["document"]),
            "kind": Field(self.say("report_claim_letter.column.kind"), words),
            "debit": Field(
                self.say("report_claim_letter.column.debit"), np.maximum(amount, 0.0), kind, "sum"
            ),
            "credit": Field(
                self.say("report_claim_letter.column.credit"), np.maximum(-amount, 0.0), kind, "sum"
            ),
            "balance": Field(
                self.say("report_claim_letter.column.balance"),
                found["balance"],
                kind,
                "=D{row}-E{row}",
                whole,
                formulas,
            ),
        }
