"""AR Provision: expected credit loss by bucket, debts judged one by one, movement, origin of the rates."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.receivables.expected_loss import Matrix, Terms, loss_movement
from arcredit.credit.receivables.loss_history import LOST_AFTER, WINDOW_DAYS
from arcredit.credit.receivables.month_ends import of_currency
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.portfolio import by_currency, digits_of, share_of
from arcredit.reports.buckets import in_words
from arcredit.reports.control import Line, origin
from arcredit.reports.earlier import earlier
from arcredit.reports.inputs import Inputs
from arcredit.reports.insured_share import insured_share, knows_insurance, without_rate
from arcredit.reports.listing import Field, Listing
from arcredit.reports.loss_rates import LossRates, edges_of, forward_looking, lost_share
from arcredit.reports.losses import Losses
from arcredit.reports.notice import notice_sheet
from arcredit.reports.page import Page
from arcredit.reports.register import Register
from arcredit.reports.sheet import Cell, Sheet, a1
from arcredit.shapes import Texts

SOURCES = ("record", "snapshots", "ledger", "default")
_RIGHT, _AMOUNT, _WHOLE_LINES = 3, 8, 5
"""Where the movement stands beside the sum: its labels, its amounts."""


def provision_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Provision.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Sheet
        Per currency the provision matrix (a matrix for each segment with rates of its own), debts of
        insolvent customers, the sum of both against the aging, the movement since the earlier day, and the
        rates that the workbook, earlier refreshes, the ledger and the product give.
    """
    if not len(inputs.items):
        title, lines = inputs.say("report.title.provision"), [inputs.say("report.state.empty")]
        return notice_sheet(inputs, "provision", inputs.say("report.sheet.provision"), title, lines)
    return _Provision(inputs).sheet()


@dataclass(frozen=True)
class _Part:
    """A loss on the sheet: where its total stands, and what it is."""

    balance: str
    loss: str
    balance_amount: float
    loss_amount: float


class _Provision:
    """The sheet being laid out."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs, self.say = inputs, inputs.say
        self.own = replace(inputs, convention="arcredit")
        self.page = Page(inputs, "provision")
        self.before = earlier(inputs)
        self.names = Register(inputs).names
        self.forward = forward_looking(inputs)

    def sheet(self) -> Sheet:
        parts = by_currency(self.inputs.items)
        shown = ", ".join(name or self.say("report.table.no_currency") for name, _ in parts)
        self.page.title(
            self.say("report_provision.subtitle", as_of=self.inputs.as_of.isoformat(), currency=shown)
        )
        self._control()
        judged: list[tuple[OpenItems, Losses]] = []
        for name, items in parts:
            if name != parts[0][0]:
                self.page.breaks.append(self.page.row)
            losses = Losses.of(self.inputs, name, of_currency(self.inputs.documents, name))
            self._currency(name, items, losses, several=len(parts) > 1)
            judged.append((items, losses))
        for key in ("simplified", "credits", "insured" if knows_insurance(self.inputs) else "uninsured"):
            self.page.note(self.say(f"report_provision.note.{key}"))
        if knows_insurance(self.inputs) and any(losses.single(items).any() for items, losses in judged):
            self.page.note(self.say("report_provision.note.insolvent"))
        unknown = without_rate(self.inputs, self.inputs.items)
        if unknown:
            self.page.note(self.say("report_provision.note.no_rate", currencies=", ".join(unknown)))
        return self.page.sheet(least=(30.0, 16.0), landscape=False)

    def _control(self) -> None:
        lines = [
            *origin(self.inputs),
            Line(self.say("report_provision.forward"), self.forward, "value.exact2"),
            Line(self.say("report_provision.single_rate"), lost_share(self.inputs), "value.percent"),
            Line(self.say("report_provision.basis"), self.say("report_provision.by_days")),
        ]
        first = self.page.lines(lines)
        self.forward_cell = a1(first + len(origin(self.inputs)), 1, absolute=True)
        self.single_cell = a1(first + len(origin(self.inputs)) + 1, 1, absolute=True)

    def _currency(self, name: str, items: OpenItems, losses: Losses, *, several: bool) -> None:
        shown, digits = name or self.say("report.table.no_currency"), digits_of(name)
        of = self.say("report_provision.of", currency=shown) if several else ""
        parts, rates = [], []
        segments = losses.segments(items)
        for segment, theirs in segments:
            found = losses.rates(segment)
            rates.append((segment, found))
            text = self.say(
                "report_provision.matrix", source=self.say(f"report_provision.source.{found.source}")
            )
            self.page.section(" · ".join(part for part in (text, segment, of) if part))
            parts.append(self._matrix(losses.matrix(theirs, self.inputs.as_of, found), digits))
            if found.incomplete:
                self.page.row -= 1
                self.page.note(self.say("report_provision.note.incomplete"))
                self.page.gap()
            if found.source == "default":
                self.page.row -= 1
                self.page.note(self.say("report_provision.note.default"))
                self.page.gap()
        single = losses.single(items)
        if single.any():
            self.page.section(" · ".join(part for part in (self.say("report_provision.single"), of) if part))
            parts.append(self._single(items.take(np.flatnonzero(single)), digits))
        closing = self._whole(items, parts, digits, of)
        self._movement(name, items, losses, digits, closing)
        for segment, found in rates:
            self._rates(found, " · ".join(part for part in (segment, of) if part))

    def _matrix(self, found: Matrix, digits: int) -> _Part:
        say, kind = self.say, f"money{digits}"
        whole = self._rounded_sum(len(found.labels))
        fields = {
            "bucket": Field(say("report.table.bucket"), self._buckets(found.labels)),
            "balance": Field(say("report_provision.balance"), found.balance, kind, "sum"),
            "disputed": Field(say("report.table.disputed"), found.disputed, kind, "sum"),
            "rate": Field(say("report_provision.rate"), found.rates, "hundredths"),
            "used": Field(
                say("report_provision.used"),
                found.used,
                "hundredths",
                formula=f"=IF(D{{row}}=1,1,MIN(1,D{{row}}*{self.forward_cell}))",
            ),
            "gross": Field(
                say("report_provision.gross"),
                found.gross,
                kind,
                whole("F"),
                found.gross_total,
                "=B{row}*E{row}",
            ),
            "insured": Field(say("report_provision.insured_share"), found.insured_share, "percent"),
            "borne": Field(
                say("report_provision.borne"),
                found.insured,
                kind,
                "=F{row}-I{row}",
                money.total(np.array([found.gross_total, -found.total])),
                "=F{row}*G{row}",
            ),
            "net": Field(
                say("report_provision.net"),
                found.gross - found.insured,
                kind,
                whole("I"),
                found.total,
                "=F{row}-H{row}",
            ),
        }
        listing = self.page.table(fields, self.say("report.table.sum"), heading=46.0)
        return _part(listing, money.total(found.balance), found.total)

    def _rounded_sum(self, lines: int) -> Callable[[str], str]:
        """The total of a column of the table to come: lines are not rounded, their sum is."""
        first, last = self.page.row + 2, self.page.row + 1 + lines
        return lambda column: f"=ROUND(SUM({column}{first}:{column}{last}),2)"

    def _single(self, items: OpenItems, digits: int) -> _Part:
        """A line per insolvent customer: the provision is what is owed, less insurance, at one rate."""
        say, kind, rate = self.say, f"money{digits}", lost_share(self.inputs)
        share = insured_share(self.inputs, items, self.inputs.as_of)
        customers = list(dict.fromkeys(items.customer.texts().tolist()))
        place = {name: row for row, name in enumerate(customers)}
        at = np.array([place[name] for name in items.customer.texts().tolist()], np.intp)
        owed = money.grouped(items.open_amount, at, len(customers))
        part = np.zeros(len(customers))
        part[at] = share
        loss = owed * rate * (1 - part)
        gross, net = (float(money.rounded(amounts.sum())) for amounts in (owed * rate, loss))
        whole = self._rounded_sum(len(customers))
        blank = np.full(len(customers), np.nan)
        shown = [
            " · ".join(text for text in (name, self.names.get(name or "")) if text) or None
            for name in customers
        ]
        fields = {
            "customer": Field(
                say("report.table.customer"), _array(shown), missing=say("report.table.no_customer")
            ),
            "balance": Field(say("report_provision.balance"), owed, kind, "sum"),
            "blank": Field("", blank, "text"),
            "rate": Field(
                say("report_provision.rate"),
                np.full(len(customers), rate),
                "hundredths",
                formula=f"={self.single_cell}",
            ),
            "used": Field("", blank, "text"),
            "gross": Field(
                say("report_provision.gross"), owed * rate, kind, whole("F"), gross, "=B{row}*D{row}"
            ),
            "insured": Field(say("report_provision.insured_share"), part, "percent"),
            "borne": Field(
                say("report_provision.borne"),
                owed * rate * part,
                kind,
                "=F{row}-I{row}",
                money.total(np.array([gross, -net])),
                "=F{row}*G{row}",
            ),
            "net": Field(say("report_provision.net"), loss, kind, whole("I"), net, "=F{row}-H{row}"),
        }
        listing = self.page.table(fields, self.say("report.table.sum"), heading=46.0)
        return _part(listing, money.total(owed), net)

    def _whole(self, items: OpenItems, parts: list[_Part], digits: int, of: str) -> float:
        """Both together: the provision, and that its balances are those of the aging."""
        say = self.say
        head = {0: say("report_provision.whole"), _RIGHT: say("report_provision.movement")}
        head = {column: " · ".join(part for part in (text, of) if part) for column, text in head.items()}
        self.page.section(head.pop(0), head)
        row = self.page.row
        credits = money.total(np.minimum(np.nan_to_num(items.open_amount), 0.0))
        balance = money.total(np.array([part.balance_amount for part in parts]))
        loss = money.total(np.array([part.loss_amount for part in parts]))
        kind = f"figure.exact{digits}"
        ratio = float(share_of(loss, balance))
        lines = [
            Line(
                say("report_provision.balance"), balance, kind, "=" + "+".join(part.balance for part in parts)
            ),
            Line(say("report.table.unapplied"), credits, kind),
            Line(
                say("report.table.total"),
                money.total(np.array([balance, credits])),
                f"strong.exact{digits}",
                f"={a1(row, 1)}+{a1(row + 1, 1)}",
            ),
            Line(
                say("report_provision.ecl"),
                loss,
                f"strong.exact{digits}",
                "=" + "+".join(part.loss for part in parts),
            ),
            Line(
                say("report_provision.ratio"),
                ratio if ratio == ratio else "",
                "figure.percent",
                f'=IF({a1(row, 1)}>0,{a1(row + 3, 1)}/{a1(row, 1)},"")',
            ),
        ]
        self.page.lines(lines, down=False)
        return loss

    def _movement(self, name: str, items: OpenItems, losses: Losses, digits: int, closing: float) -> None:
        before, say = self.before, self.say
        if before is None:
            for row, key in enumerate(("no_earlier", "no_reach"), self.page.row):
                self.page.cells.append(Cell(row, _RIGHT, say(f"report_provision.{key}"), "label.text"))
            self.page.gap(_WHOLE_LINES + 1)
            return
        old = of_currency(before.items, name)
        found = loss_movement(
            old, losses.by_item(old, before.day), items, losses.by_item(items, self.inputs.as_of), closing
        )
        row = self.page.row
        keys = ("opening", "new", "older", "settled", "better")
        days = {"opening": before.day.isoformat(), "closing": self.inputs.as_of.isoformat()}
        lines = [
            Line(
                say(f"report_provision.moved.{key}", day=days.get(key, "")),
                getattr(found, key),
                f"strong.exact{digits}" if key == "opening" else f"figure.change{digits}",
            )
            for key in keys
        ]
        last = Line(
            say("report_provision.moved.closing", day=days["closing"]),
            found.closing,
            f"sum.exact{digits}",
            f"=SUM({a1(row, _AMOUNT)}:{a1(row + len(keys) - 1, _AMOUNT)})",
        )
        self.page.lines([*lines, last], _RIGHT, _AMOUNT)
        self.page.note(say(f"report_provision.compared.{before.source}", day=before.day.isoformat()))
        self.page.gap()

    def _rates(self, rates: LossRates, of: str) -> None:
        """What every source says, the one used first; then what the used one was made from."""
        say = self.say
        labels = self._labels()
        self.page.section(" · ".join(part for part in (say("report_provision.origin"), of) if part))
        fields = {"bucket": Field(say("report.table.bucket"), self._buckets(labels))}
        for source in SOURCES:
            if source in rates.found:
                head = say(f"report_provision.source.{source}")
                mark = say("report_provision.in_use", source=head) if source == rates.source else head
                fields[source] = Field(mark, rates.found[source], "hundredths")
        if rates.cohort is not None:
            fields["reached"] = Field(say("report_provision.reached"), rates.cohort.reached, "money0")
        if rates.rolls is not None:
            roll = np.append(rates.rolls.table["roll_rate"], np.nan)
            flag = [
                say(f"report_provision.flag.{item}") if item else None for item in rates.rolls.table["flag"]
            ]
            fields["roll"] = Field(say("report_provision.roll"), roll, "percent")
            fields["flag"] = Field(say("report_provision.look"), _array([*flag, None]))
        self.page.table(fields, heading=48.0)
        self._explained(rates)

    def _explained(self, rates: LossRates) -> None:
        say = self.say
        if rates.cohort is not None:
            self.page.note(
                say(
                    "report_provision.note.cohort",
                    documents=f"{rates.cohort.documents:,}",
                    lost=f"{rates.cohort.lost:,.2f}",
                    after=LOST_AFTER,
                    window=WINDOW_DAYS,
                )
            )
        if rates.rolls is not None:
            days = [str(day) for day in rates.rolls.ends]
            self.page.note(say("report_provision.note.rolls", months=len(days), first=days[0], last=days[-1]))
        self.page.gap()

    def _labels(self) -> tuple[str, ...]:
        return Terms(edges_of(self.inputs), np.empty(0)).labels(self.inputs.as_of)

    def _buckets(self, labels: tuple[str, ...]) -> Texts:
        return _array([in_words(label, self.own) for label in labels])


def _part(listing: Listing, balance: float, loss: float) -> _Part:
    row = listing.total_row
    return _Part(a1(row, listing.at("balance")), a1(row, listing.at("net")), balance, loss)


def _array(items: Any) -> Texts:
    found: Texts = np.empty(len(items), object)
    found[:] = items
    return found
