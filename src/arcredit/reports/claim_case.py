"""The case of a claim pack: whose claim it is and why, his account, the estimate with all its steps."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.insurance.claim import tci_claim
from arcredit.credit.insurance.claims import Claims, claims
from arcredit.credit.insurance.dossier import ITEMS, item_text, tci_dossier
from arcredit.credit.insurance.insured_limit import buyers_of, in_force, kind_number, read_limits
from arcredit.credit.insurance.loss_position import DEBT, SETTLED, Position, losses, position
from arcredit.credit.period import after
from arcredit.reports.claims_made import ClaimsMade
from arcredit.reports.inputs import Inputs
from arcredit.reports.insured import Insured, names_of
from arcredit.shapes import Days, Flags, Floats, Table, Texts, flags, plain


@dataclass(frozen=True)
class NoCase:
    """Nobody's claim: the customer asked for, or the earliest loss that is to come."""

    key: str
    customer: Any = None
    loss_date: Any = None


@dataclass(frozen=True)
class Case:
    """One buyer's claim, in the policy's currency.

    ``chosen`` says how the buyer was chosen: given, insolvent or waited.
    """

    inputs: Inputs
    customer: Any
    chosen: str
    position: Position

    @cached_property
    def insured(self) -> Insured:
        """The buyer's documents beside the policy."""
        return Insured(self.inputs, self.position.items)

    @cached_property
    def rows(self) -> Any:
        """The documents of the claim: those inside it whose amount is known in the policy's currency.

        The oldest come first, as payments and limits go to them.
        """
        items = self.position.items
        rows = np.flatnonzero((self.position.role == DEBT) & ~np.isnan(self.insured.rate))
        late = np.where(np.isnat(items.due_date), items.invoice_date, items.due_date)[rows]
        return rows[np.lexsort((items.delivered[rows], late))]

    def of(self, column: Any) -> Any:
        """A column at the documents of the claim."""
        return column[self.rows]

    @cached_property
    def amount(self) -> Floats:
        """Invoice amounts."""
        amount: Floats = self.insured.converted(self.position.items.amount)[self.rows]
        return amount

    @cached_property
    def paid(self) -> Floats:
        """Received before the loss, as the ledger has it."""
        balance = self.of(self.insured.converted(self.position.items.open_amount))
        return money.rounded(np.where(self.amount > 0, self.amount - balance, 0.0), money.PLACES)

    @cached_property
    def recovered(self) -> float:
        """Recovered since the loss."""
        inside = (self.position.role != SETTLED) & ~np.isnan(self.insured.rate)
        return max(money.total(self.insured.converted(self.position.since)[inside]), 0.0)

    @cached_property
    def made(self) -> ClaimsMade:
        """What was done towards the insurer."""
        return ClaimsMade(self.inputs)

    @property
    def indemnity_paid(self) -> float:
        """What the insurer has paid for this buyer."""
        return self.made.paid.get(self.customer, 0.0)

    @property
    def overpaid(self) -> float:
        """What the insurer has paid above the estimate; 0 where that is unknown."""
        net = float(self.found.steps["recoveries"][0])
        return 0.0 if np.isnan(net) else max(money.total(np.array([self.indemnity_paid, -net])), 0.0)

    @cached_property
    def received_on_older(self) -> float:
        """Received since the loss on older invoices that are outside the claim."""
        outside = (self.position.role == SETTLED) & ~np.isnan(self.insured.rate)
        return money.total(self.insured.converted(self.position.since)[outside])

    @cached_property
    def without_rate(self) -> dict[str, float]:
        """What is open in currencies without a rate: it is not in the estimate."""
        unknown = np.isnan(self.insured.rate) & (self.position.role == DEBT)
        names = sorted(set(self.insured.currencies[unknown].tolist()))
        items = self.position.items
        return {
            name: money.total(items.open_amount[unknown & (self.insured.currencies == name)])
            for name in names
        }

    def _arguments(self) -> dict[str, Any]:
        items, insured = self.position.items, self.insured
        return {
            "ship_date": self.of(items.delivered),
            "due_date": self.of(items.due_date),
            "amount": self.amount,
            "paid": self.paid,
            "disputed": self.of(insured.converted(insured.disputed)),
            "limits": insured.limits,
            "policy": insured.schedule,
            "as_of": self.inputs.as_of,
            "excluded": self.of(insured.excluded),
            "recovered": self.recovered,
            "indemnity_paid": self.indemnity_paid,
        }

    @cached_property
    def found(self) -> Claims:
        """The estimate, column by column."""
        return claims(
            np.full(len(self.rows), self.customer, object),
            **self._arguments(),
            insolvency_date=self.of(self.insured.insolvency),
            in_order=False,
        )

    @cached_property
    def table(self) -> Table:
        """The same as TCI_CLAIM gives it, with what is not covered by reason and the warnings."""
        day = self.insured.insolvent.get(self.customer)
        return tci_claim(
            self.of(self.position.items.document),
            **self._arguments(),
            insolvency_date=day,
            customer=self.customer,
        )

    def section(self, name: str) -> Table:
        """A section of `table`."""
        rows = np.flatnonzero(self.table["section"] == name)
        if name == "warning":
            rows = rows[~np.isin(self.table["item"][rows].astype(str), self._done_in_time())]
        return Table({key: column[rows] for key, column in self.table.columns.items()})

    def _done_in_time(self) -> list[str]:
        """Warnings of late duties that the record of claims takes back."""
        terms, rows = self.insured.schedule, self.rows[self.found.eligible > 0]
        periods = {
            "notice late": ("give notice", (terms.maximum_extension_days, terms.notice_days)),
            "filing late": ("file claim", (terms.filing_days,)),
        }
        items, kept = self.position.items, []
        for warning, (duty, spans) in periods.items():
            done = self.made.done(np.full(len(rows), duty, object), items, rows)
            last = items.due_date[rows]
            for span in spans:
                last = last if span is None else after(last, span)
            # What is not done yet is late once the last day has passed.
            when = np.where(np.isnat(done), np.datetime64(self.inputs.as_of, "D"), done)
            kept += [] if (when > last).any() else [warning]
        return kept

    @property
    def loss_date(self) -> np.datetime64:
        """Day of the loss; NaT where nothing eligible is overdue."""
        return np.datetime64(self.found.loss_date[0], "D") if len(self.rows) else np.datetime64("NaT", "D")

    @property
    def expected(self) -> np.datetime64:
        """First day the indemnity may come: counted from the loss, yet not before the claim can be filed."""
        begin = np.maximum(self.loss_date, np.datetime64(self.inputs.as_of, "D"))
        day: Days = np.asarray(after(begin, self.insured.schedule.payment_days)).reshape(-1)
        return np.datetime64(day[0], "D")

    @property
    def kind(self) -> str:
        """The format of amounts in the policy's currency; the insurer's steps are in cents at least."""
        return f"money{max(self.insured.digits, 2)}"

    @property
    def buyer(self) -> str:
        """The buyer's name, else his number."""
        names = names_of(self.position.items)
        known = [name for name in names if name] if names is not None else []
        return str(known[0] if known else self.customer or self.inputs.say("report.table.no_customer"))

    @cached_property
    def dossier(self) -> Table:
        """The dossier with what this case makes mandatory, in the report's language, and where papers are."""
        table = self.inputs.records.table("dossier")
        rows = np.zeros(0, np.intp) if table is None else np.flatnonzero(table["customer"] == self.customer)
        items: Texts = np.full(0, None, object) if table is None else table["item"][rows]
        there: Flags = np.zeros(0, bool) if table is None else flags(table["present"], "present")[rows]
        made = tci_dossier(items, there, ",".join(self.situations) or None)
        names = made["item"].copy()
        names[: len(ITEMS)] = [item_text(item.code, self.inputs.language) for item in ITEMS]
        where = dict(zip(items.tolist(), self._places(table, rows), strict=True))
        places = [where.get(ITEMS[row].code if row < len(ITEMS) else name) for row, name in enumerate(names)]
        return Table({**made.columns, "item": names, "place": np.array(places, object)}, total=True)

    def _places(self, table: Table | None, rows: Any) -> list[Any]:
        if table is None or "location" not in table.columns:
            return [None] * len(rows)
        return [plain(place) for place in table["location"][rows]]

    @cached_property
    def situations(self) -> tuple[str, ...]:
        """What this case has that calls for papers of its own."""
        plans = self.inputs.records.table("plans")
        holds = {
            "discretionary": self._discretionary(),
            "dispute": bool(self.found.disputed.any()),
            "insolvency": self.customer in self.insured.insolvent,
            "plan": plans is not None and bool((plans["customer"] == self.customer).any()),
            "recovery": self.recovered > 0,
        }
        return tuple(name for name, held in holds.items() if held)

    def _discretionary(self) -> bool:
        """Whether any covered invoice was delivered on the insured's own limit."""
        decisions = read_limits(self.insured.limits)
        name = np.array([self.customer], object)
        buyer = buyers_of(decisions, name) if len(decisions) else np.zeros(0, np.intp)
        day = self.of(self.position.items.delivered)
        cover = in_force(decisions, buyer, np.zeros(len(day), np.intp), day, self.insured.schedule)
        own = np.isin(cover.kind, [kind_number("discretionary"), kind_number("blind")])
        return bool((own & (np.nan_to_num(self.found.covered) > 0)).any())


def case_of(inputs: Inputs) -> Case | NoCase:
    """The claim to be made: the customer asked for, else the insolvent or long unpaid one who owes most.

    Fraud and disputed debts never make a claim, and no customer is chosen for them.
    """
    whole = Insured(inputs, inputs.items)
    known = np.flatnonzero(~np.isnan(whole.rate) & (inputs.items.customer.codes >= 0))
    found = _losses(inputs, whole, known)
    dates = dict(zip(found["customer"].tolist(), found["loss_date"], strict=True))
    if inputs.customer:
        case = _settled(inputs, inputs.customer, "given", dates.get(inputs.customer))
        return case if len(case.rows) else NoCase("nothing_open", inputs.customer)
    for chosen, customer, day in _candidates(inputs, whole, found):
        case = _settled(inputs, customer, chosen, day)
        if not np.isnat(case.loss_date) and case.loss_date <= np.datetime64(inputs.as_of):
            return case
        # His payments, counted for the oldest debt, have put the day of loss off.
        dates[customer] = case.loss_date
    coming = [(day, name) for name, day in dates.items() if not np.isnat(day)]
    if not coming:
        return NoCase("nothing_eligible")
    day, customer = min(coming, key=lambda pair: (pair[0], str(pair[1])))
    return NoCase("too_early", customer, plain(day))


@dataclass(frozen=True)
class UnknownDebts:
    """What is open in currencies without a rate into the policy's, and the insolvent customers who owe it."""

    currency: str | None
    amounts: dict[str, float]
    insolvent: list[str]


def unknown_debts(inputs: Inputs) -> UnknownDebts:
    """Debts that no claim can be judged on."""
    whole = Insured(inputs, inputs.items)
    rows = np.isnan(whole.rate) & (inputs.items.open_amount > 0)
    amounts = {
        name: money.total(inputs.items.open_amount[rows & (whole.currencies == name)])
        for name in sorted(set(whole.currencies[rows].tolist()))
    }
    names = names_of(inputs.items)
    shown = whole.customer if names is None else names
    known = {
        number: f"{shown[row]} ({number})" if shown[row] and shown[row] != number else str(number)
        for row, number in zip(np.flatnonzero(rows), whole.customer[rows], strict=True)
        if number in whole.insolvent
    }
    return UnknownDebts(whole.currency, amounts, sorted(known.values()))


def _losses(inputs: Inputs, whole: Insured, known: Any) -> Table:
    items = inputs.items
    if not len(known):
        return Table(
            {"customer": np.zeros(0, object), "loss": np.zeros(0), "loss_date": np.zeros(0, "M8[D]")}
        )
    return losses(
        items.customer.take(known),
        items.delivered[known],
        items.due_date[known],
        whole.converted(items.open_amount)[known],
        whole.converted(whole.disputed)[known],
        whole.limits,
        whole.schedule,
        inputs.as_of,
        whole.insolvency[known],
        whole.excluded[known],
    )


def _candidates(inputs: Inputs, whole: Insured, found: Table) -> list[tuple[str, Any, Any]]:
    """Customers whose loss has happened: the insolvent first, then the others, the largest loss first."""
    due = found["loss_date"] <= np.datetime64(inputs.as_of)
    rows = [
        (name, day)
        for name, day, past in zip(found["customer"], found["loss_date"], due, strict=True)
        if past
    ]
    failed = [("insolvent", name, day) for name, day in rows if name in whole.insolvent]
    waited = [("waited", name, day) for name, day in rows if name not in whole.insolvent]
    return [*failed, *waited]


def _settled(inputs: Inputs, customer: Any, chosen: str, loss_date: Any) -> Case:
    """The case at the day of loss that its own payments lead to.

    Money before the loss goes to the oldest debt, which may put the day of loss later, which may make more of
    the money one of before; so the day only ever moves on, and the search ends.
    """
    while True:
        where = position(inputs.documents, inputs.events, customer, inputs.as_of, loss_date)
        case = Case(inputs, customer, chosen, where)
        new = case.loss_date if len(case.rows) else np.datetime64("NaT", "D")
        if loss_date is None or np.isnat(loss_date) or np.isnat(new) or new <= loss_date:
            return case
        loss_date = new
