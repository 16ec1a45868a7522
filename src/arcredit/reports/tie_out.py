"""AR Tie-out: the open items against the ledger sheet and the general ledger, with everything in between."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.receivables.history import events_of
from arcredit.credit.receivables.month_ends import of_currency
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.portfolio import by_currency, converted, digits_of
from arcredit.credit.receivables.reconciliation import bridge, suspects
from arcredit.errors import Finding
from arcredit.reports.agreement import tie_out
from arcredit.reports.control import Line, held, origin
from arcredit.reports.inputs import Inputs
from arcredit.reports.listing import Field
from arcredit.reports.page import Page
from arcredit.reports.sheet import Cell, Mark, Sheet, a1
from arcredit.shapes import Coded, Floats, Texts

_VALUE, _LABEL, _RIGHT = 1, 3, 5
_MOST = 500
"""So many credits or rejected rows are listed one by one; the rest is one line."""


def tie_out_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Tie-out.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Sheet
        What is open by currency and kind of document; from the ledger sheet's amounts to the open items;
        against the general ledger, with what could explain a difference; rejected rows; credits.
    """
    return _TieOut(inputs).sheet()


@dataclass(frozen=True)
class _Open:
    """A currency's open amount and where it stands."""

    currency: str
    amount: float
    cell: str


class _TieOut:
    """The sheet being laid out."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs, self.say = inputs, inputs.say
        self.parts = by_currency(inputs.items) or [("", inputs.items)]
        self.page = Page(inputs, "tie_out")

    def sheet(self) -> Sheet:
        names = [name or self.say("report.table.no_currency") for name, _ in self.parts]
        day = self.inputs.as_of.isoformat()
        self.page.title(self.say("report_tie_out.subtitle", as_of=day, currency=", ".join(names)))
        alone = len(self.parts) == 1
        top, kind = self.page.row, f"figure.exact{digits_of(self.parts[0][0])}"
        self.page.lines(origin(self.inputs), down=False)
        self.page.lines(held(self.inputs, kind if alone else None), _LABEL, _RIGHT)
        self.page.row = max(self.page.row, top + len(origin(self.inputs)) + 1)
        opened = [self._kinds(name, items) for name, items in self.parts]
        for name, items in self.parts:
            self._bridge(name, items)
        self._general_ledger(opened)
        self._rejected()
        for name, items in self.parts:
            self._credits(name, items)
        return self.page.sheet(least=(34.0, 18.0, 16.0, 18.0, 18.0, 18.0), landscape=False)

    def _of(self, text: str, name: str) -> str:
        """A section's text, with the currency where there are several."""
        return text if len(self.parts) == 1 else f"{text} · {name or self.say('report.table.no_currency')}"

    def _kinds(self, name: str, items: OpenItems) -> _Open:
        say, kind = self.say, f"money{digits_of(name)}"
        code, names = _kind_codes(items)
        amount = np.nan_to_num(items.open_amount)
        debit, credit = (
            money.grouped(part, code, len(names)) for part in (np.maximum(amount, 0), np.minimum(amount, 0))
        )
        count = np.bincount(code, minlength=len(names)).astype(float)
        whole = money.grouped(amount, code, len(names))
        self.page.section(self._of(say("report_tie_out.by_kind"), name))
        fields = {
            "kind": Field(say("report_tie_out.kind"), _array([self._kind_word(word) for word in names])),
            "count": Field(say("report_tie_out.documents"), count, "count", "sum"),
            "debit": Field(say("report_tie_out.debits"), debit, kind, "sum"),
            "credit": Field(say("report_tie_out.credits"), credit, kind, "sum"),
            "open": Field(say("report.table.total"), whole, kind, "sum", formula="=C{row}+D{row}"),
        }
        listing = self.page.table(fields, say("report.table.sum"))
        return _Open(name, money.total(whole), a1(listing.total_row, listing.at("open")))

    def _kind_word(self, word: str) -> str:
        known = ("invoice", "debit_note", "credit_note", "receipt", "debit", "credit")
        return self.say(f"report_tie_out.word.{word}") if word in known else word

    def _bridge(self, name: str, items: OpenItems) -> None:
        """From the amounts on the ledger sheet to what is open."""
        totals = self.inputs.totals
        if totals is None:
            return
        read = totals.amount_read if len(self.parts) == 1 else totals.by_currency.get(name, (0.0, 0.0))[0]
        documents = of_currency(self.inputs.documents, name)
        events = self.inputs.events
        if events is not None and len(self.parts) > 1:
            events = events_of(events, name, self.inputs.documents)
        steps = bridge(read, totals.column, documents, events, items, self.inputs.as_of)
        self.page.section(self._of(self.say("report_tie_out.bridge"), name))
        row, digits = self.page.row, digits_of(name)
        lines = [
            Line(
                self.say(f"report_tie_out.step.{key}"),
                getattr(steps, key),
                f"figure.exact{digits}" if key == "read" else f"figure.change{digits}",
            )
            for key in ("read", "signs", "later", "events", "rebuilt")
        ]
        total = Line(
            self.say("report.control.open"),
            steps.open,
            f"sum.exact{digits}",
            f"=SUM({a1(row, _VALUE)}:{a1(row + len(lines) - 1, _VALUE)})",
        )
        self.page.lines([*lines, total])

    def _general_ledger(self, opened: list[_Open]) -> None:
        """Against the control account, and what could explain a difference."""
        self.page.section(self.say("report_tie_out.gl"))
        whole = self._in_one_currency(opened)
        lines = tie_out(
            self.inputs,
            None if whole is None else whole.amount,
            None if whole is None else f"={whole.cell}",
            "" if whole is None else whole.currency,
            self.page.row,
            _VALUE,
        )
        first = self.page.lines(lines)
        if whole is None or self.inputs.gl_balance is None:
            return
        difference = money.total(np.array([whole.amount, -self.inputs.gl_balance]))
        if abs(difference) >= 0.5 / 10 ** digits_of(whole.currency):
            self._explanations(difference, a1(first + 2, _VALUE, absolute=True), whole)

    def _in_one_currency(self, opened: list[_Open]) -> _Open | None:
        """What is open in one currency: the only one, or the home currency at the given rates."""
        if len(opened) == 1:
            return opened[0]
        home, rates = self.inputs.home, self.inputs.rates
        names = [part.currency for part in opened]
        if not home or not set(names) <= {home, *rates}:
            return None
        digits = digits_of(home)
        rate = np.array([1.0 if name == home else rates[name] for name in names])
        amount = np.array([part.amount for part in opened])
        own = converted(amount, names, rates, home)
        top = self.page.row + 1
        fields = {
            "currency": Field(self.say("report_tie_out.currency"), _array(names)),
            "open": Field(self.say("report.table.total"), amount, "exact2"),
            "rate": Field(self.say("report.table.rate"), rate, "rate"),
            "home": Field(
                self.say("report.table.converted", currency=home),
                own,
                f"money{digits}",
                "sum",
                formula=f"=ROUND(B{{row}}*C{{row}},{digits})",
            ),
        }
        listing = self.page.table(fields, self.say("report.table.sum"))
        for row, part in enumerate(opened, top):
            # The amounts are those of the tables above.
            self.page.cells.append(
                Cell(row, 1, part.amount, f"body.exact{digits_of(part.currency)}", f"={part.cell}")
            )
        return _Open(home, money.total(own), a1(listing.total_row, listing.at("home")))

    def _explanations(self, difference: float, cell: str, whole: _Open) -> None:
        say, kind = self.say, f"change{digits_of(whole.currency)}"
        found = self._candidates()
        self._hints(difference)
        if not found:
            return
        effect = np.array([amount for _, amount in found])
        rest = np.array([money.total(np.array([difference, -amount])) for amount in effect])
        fields = {
            "what": Field(
                say("report_tie_out.explains"), _array([text for text, _ in found]), role="name", width=58.0
            ),
            "effect": Field(say("report_tie_out.effect"), effect, kind),
            "rest": Field(say("report_tie_out.rest"), rest, kind, formula=f"={cell}-B{{row}}"),
        }
        listing = self.page.table(fields)
        where = listing.column("rest")
        limit = 0.5 / 10 ** digits_of(whole.currency)
        self.page.marks.append(Mark(where, "ok", f"=ABS({a1(where.top, where.left)})<{limit}"))

    def _candidates(self) -> list[tuple[str, float]]:
        """What would make open less general ledger what it is; nothing where there are several currencies."""
        inputs, say, totals = self.inputs, self.say, self.inputs.totals
        if len(self.parts) > 1:
            return []
        found = []
        if totals is not None and totals.amount_rejected:
            text = say("report_tie_out.candidate.rejected", rows=f"{totals.rows_rejected:,}")
            found.append((text, -totals.amount_rejected))
        later = inputs.documents.take(
            np.flatnonzero(inputs.documents.invoice_date > np.datetime64(inputs.as_of))
        )
        if len(later):
            amount = np.where(np.isnan(later.open_amount), later.amount, later.open_amount)
            text = say("report_tie_out.candidate.later", documents=f"{len(later):,}")
            found.append((text, -money.total(amount)))
        credits = inputs.items.open_amount[inputs.items.open_amount < 0]
        if len(credits):
            text = say("report_tie_out.candidate.credits", documents=f"{len(credits):,}")
            found.append((text, money.total(credits)))
        if totals is not None and totals.difference:
            found.append((say("report_tie_out.candidate.sheet"), -totals.difference))
        return [(text, amount) for text, amount in found if amount]

    def _hints(self, difference: float) -> None:
        found = suspects(self.inputs.items, difference)
        texts = []
        for key, documents in (("same", found.same), ("half", found.half)):
            if len(documents):
                names = ", ".join(str(name) for name in documents)
                texts.append(self.say(f"report_tie_out.hint.{key}", documents=names))
        if found.swapped:
            texts.append(self.say("report_tie_out.hint.swapped"))
        for text in texts:
            self.page.note(text)
        if texts:
            self.page.gap()

    def _rejected(self) -> None:
        """The rows that no figure holds."""
        say, totals = self.say, self.inputs.totals
        rows = [item for item in self.inputs.findings if item.severity == "error" and _of_the_ledger(item)]
        self.page.section(say("report_tie_out.rejected"))
        if not rows:
            self.page.cells.append(Cell(self.page.row, 0, say("report_tie_out.none_rejected"), "label.text"))
            self.page.gap(2)
            return
        rows.sort(key=lambda item: -abs(item.amount))
        several = len(self.parts) > 1
        total = "" if several else say("report.table.sum")
        self.page.table(self._rejected_fields(rows, several), total)
        if totals is not None and totals.unreadable:
            self.page.note(say("report_tie_out.unreadable", rows=f"{totals.unreadable:,}"))
        self.page.gap()

    def _rejected_fields(self, rows: list[Finding], several: bool) -> dict[str, Field]:
        say, language = self.say, self.inputs.language
        shown, rest = rows[:_MOST], rows[_MOST:]
        texts = [item.message(language) for item in shown]
        amounts = [item.amount for item in shown]
        places = [f"{item.sheet}!{item.cell}".strip("!") for item in shown]
        if rest:
            texts.append(say("report_tie_out.more", rows=f"{len(rest):,}"))
            amounts.append(money.total(np.array([item.amount for item in rest])))
            places.append("")
        kind = f"money{digits_of(self.parts[0][0])}"
        return {
            "found": Field(say("report.finding.found"), _array(texts), role="name", width=58.0),
            "amount": Field(say("report.finding.amount"), np.array(amounts), kind, "" if several else "sum"),
            "place": Field(say("report.finding.cell"), _array(places), role="aside"),
        }

    def _credits(self, name: str, items: OpenItems) -> None:
        """Credits and money that pay nothing yet."""
        say = self.say
        rows = np.flatnonzero(items.open_amount < 0)
        self.page.section(self._of(say("report_tie_out.unapplied"), name))
        if not len(rows):
            self.page.cells.append(Cell(self.page.row, 0, say("report_tie_out.no_credits"), "label.text"))
            self.page.gap(2)
            return
        rows = rows[np.argsort(items.open_amount[rows], kind="stable")]
        shown, rest = items.take(rows[:_MOST]), items.open_amount[rows[_MOST:]]
        customers, documents = list(shown.customer.texts()), list(shown.document)
        amount, day = list(shown.open_amount), shown.invoice_date
        code, names = _kind_codes(shown)
        kinds: list[str | None] = [self._kind_word(names[place]) for place in code]
        if len(rest):
            customers.append(say("report_tie_out.more", rows=f"{len(rest):,}"))
            documents.append(None)
            kinds.append(None)
            amount.append(money.total(rest))
            day = np.append(day, np.datetime64("NaT"))
        fields = {
            "customer": Field(
                say("report.table.customer"), _array(customers), missing=say("report.table.no_customer")
            ),
            "amount": Field(say("report.table.amount"), _floats(amount), f"money{digits_of(name)}", "sum"),
            "document": Field(say("report_tie_out.document"), _array(documents), role="aside"),
            "kind": Field(say("report_tie_out.kind"), _array(kinds)),
            "day": Field(say("report_tie_out.day"), day, "day"),
        }
        self.page.table(fields, say("report.table.sum"))


def _kind_codes(items: OpenItems) -> tuple[NDArray[np.intp], list[str]]:
    """Each item's kind; without one it is a debit or a credit."""
    column = items.kind or Coded(np.full(len(items), -1, np.intp), np.empty(0, object))
    words = [str(label) for label in column.labels]
    bare = np.where(items.open_amount < 0, len(words) + 1, len(words))
    code = np.where(column.codes < 0, bare, column.codes)
    names = [*words, "debit", "credit"]
    used = np.unique(code)
    place = np.zeros(len(names), np.intp)
    place[used] = np.arange(len(used))
    return place[code], [names[number] for number in used]


def _array(items: Sequence[object]) -> Texts:
    found: Texts = np.empty(len(items), object)
    found[:] = items
    return found


def _floats(items: list[float]) -> Floats:
    return np.array(items, np.float64)


def _of_the_ledger(finding: Finding) -> bool:
    """Whether a finding is of the ledger; those of the records beside it have nothing to tie out."""
    return not finding.key.startswith("records.")
