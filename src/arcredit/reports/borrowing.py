"""AR Borrowing Base: what a lender advances, customer by customer, with every ineligible in its column."""

from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.insurance.insured_limit import buyers_of, codes, in_force, read_limits
from arcredit.credit.receivables.borrowing import (
    EXCLUSIONS,
    POLICY,
    BorrowingBase,
    borrowing_by_customer,
    borrowing_totals,
    lender_terms,
)
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.portfolio import by_currency, digits_of, share_of
from arcredit.reports.control import Line, origin
from arcredit.reports.inputs import Inputs
from arcredit.reports.insured import Insured
from arcredit.reports.listing import Field, Listing
from arcredit.reports.notice import notice_sheet
from arcredit.reports.page import Page
from arcredit.reports.register import Register
from arcredit.reports.sheet import Sheet, a1, letters
from arcredit.shapes import Floats, Texts

_MARKS = {
    "related_party": "affiliate",
    "public_buyer": "government",
    "private_person": "consumer",
}
"""What the customer list says, and the reason for which a lender takes it out; the first one counts."""
_ALWAYS = ("past_due", "credits_in_prior", "cross_aged", "concentration")
_KINDS = {
    "max_days_from_invoice": "count",
    "cross_age_share": "percent",
    "concentration_share": "percent",
    "advance_rate": "percent",
    "insured_advance_rate": "percent",
}


def borrowing_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Borrowing Base.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Sheet
        Per currency a line per customer: gross, each ineligible that occurs, eligible, what of it is insured,
        the advance; below it base, reserves, loans and availability. Reserves, loans and the facility's limit
        are amounts of one currency: the home currency, or the only one.
    """
    if not len(inputs.items):
        title, lines = inputs.say("report.title.borrowing"), [inputs.say("report.state.empty")]
        return notice_sheet(inputs, "borrowing", inputs.say("report.sheet.borrowing"), title, lines)
    return _Borrowing(inputs).sheet()


class _Borrowing:
    """The sheet being laid out."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs, self.say = inputs, inputs.say
        given = inputs.records.terms("borrowing")
        self.given = {key: value for key, value in given.items() if key in POLICY}
        self.terms = lender_terms(self.given)
        self.register = Register(inputs)
        self.parts = by_currency(inputs.items)
        settings = inputs.records.terms("settings")
        home = str(settings.get("home_currency") or inputs.home or "").strip().upper()
        self.home = self.parts[0][0] if len(self.parts) == 1 else home
        self.page = Page(inputs, "borrowing")

    def sheet(self) -> Sheet:
        shown = ", ".join(name or self.say("report.table.no_currency") for name, _ in self.parts)
        self.page.title(
            self.say("report_borrowing.subtitle", as_of=self.inputs.as_of.isoformat(), currency=shown)
        )
        self._control()
        printed: dict[str, Any] = {}
        for name, items in self.parts:
            if len(self.parts) > 1:
                self.page.section(name or self.say("report.table.no_currency"))
            listing = self._currency(name, items)
            if len(self.parts) == 1:
                printed = {"titles": (listing.row, listing.row), "freeze": (listing.top, 1)}
        for key in ("order", "terms", "cover"):
            self.page.note(self.say(f"report_borrowing.note.{key}"))
        return self.page.sheet(**printed)

    def _control(self) -> None:
        """Where the figures come from, and the lender's terms; those not given are defaults and say so."""
        top = self.page.row
        self.page.lines(origin(self.inputs), down=False)
        lines = []
        for key in POLICY:
            value: Any = self.terms[key]
            kind = _KINDS.get(key, f"exact{digits_of(self.home)}")
            label = self.say(f"report_borrowing.term.{key}")
            if key not in self.given:
                label = self.say("report_borrowing.default", term=label)
            shown = value if value != float("inf") else self.say("report_borrowing.none")
            lines.append(Line(label, shown, f"figure.{kind}" if value != float("inf") else "figure.right"))
        self.page.row = top
        self.cells = {key: a1(top + row, _VALUE, absolute=True) for row, key in enumerate(POLICY)}
        self.page.lines(lines, _LABEL, _VALUE)

    def _currency(self, name: str, items: OpenItems) -> Listing:
        terms = self._own_terms(name)
        arguments = self._arguments(items)
        base = borrowing_by_customer(**arguments, policy=terms)
        whole = borrowing_totals(base, terms, min(digits_of(name), 2))
        listing = self._customers(base, whole, digits_of(name))
        self._base(listing, whole, name)
        return listing

    def _own_terms(self, name: str) -> dict[str, Any]:
        """The terms for a currency: amounts hold for the home currency alone."""
        if name == self.home:
            return dict(self.given)
        amounts = ("reserves", "loans", "facility_limit")
        return {key: value for key, value in self.given.items() if key not in amounts}

    def _arguments(self, items: OpenItems) -> dict[str, Any]:
        insured = Insured(self.inputs, items)
        customers = items.customer.texts().tolist()
        age = (np.datetime64(self.inputs.as_of) - items.invoice_date) / np.timedelta64(1, "D")
        return {
            "customer": items.customer,
            "open_amount": items.open_amount,
            "days_from_invoice": np.where(np.isnat(items.invoice_date), np.nan, age.astype(float)),
            "disputed": insured.disputed,
            "contra": np.array([self.register.number("contra", name) for name in customers]),
            "foreign": np.array([self._flag("foreign", name) for name in customers]),
            "insured_limit": self._limits(insured),
            "excluded": self._excluded(items, customers),
        }

    def _flag(self, column: str, customer: Any) -> bool:
        return customer in self._flagged(column)

    def _flagged(self, column: str) -> frozenset[Any]:
        table = self.inputs.records.table("customers")
        if table is None or column not in table.columns:
            return frozenset()
        pairs = zip(table["customer"], table[column], strict=True)
        return frozenset(
            name for name, value in pairs if value is not None and value == value and bool(value)
        )

    def _limits(self, insured: Insured) -> Floats:
        """The insurer's limit in force for each item's customer, in the items' currency; NaN for none."""
        items = insured.items
        if not insured.terms and insured.limits is None:
            return np.full(len(items), np.nan)
        code, names = codes(items.customer)
        decisions = read_limits(None if insured.limits is None else dict(insured.limits.columns))
        each = np.arange(len(names))
        buyer = buyers_of(decisions, names) if len(decisions) else each[:0]
        day = np.full(len(names), np.datetime64(self.inputs.as_of))
        limit = in_force(decisions, buyer, each, day, insured.schedule).limit
        limit = (limit * self._part(insured, code, names))[code]
        with np.errstate(invalid="ignore"):
            own = money.rounded(limit / insured.rate, min(insured.digits, 2))
        return np.where(limit > 0, own, np.nan)

    def _part(self, insured: Insured, code: Any, names: Texts) -> Floats:
        """What of each customer's debt is in these items: a limit is there once, whatever the currencies."""
        if len(self.parts) == 1:
            return np.ones(len(names))
        everything = Insured(self.inputs, self.inputs.items)
        owner, others = codes(everything.items.customer)
        owed = everything.converted(np.maximum(everything.items.open_amount, 0.0))
        whole = dict(zip(others.tolist(), money.grouped(owed, owner, len(others)), strict=True))
        mine = money.grouped(insured.converted(np.maximum(insured.items.open_amount, 0.0)), code, len(names))
        return share_of(mine, np.array([whole[name] for name in names.tolist()]))

    def _excluded(self, items: OpenItems, customers: list[Any]) -> Texts:
        """Why items are out for good: what the customer list says, or what kind of document it is."""
        reason: Texts = np.full(len(items), None, object)
        if items.kind is not None:
            kinds = items.kind.texts()
            for word in EXCLUSIONS:
                reason[np.array([str(kind).lower().replace(" ", "_") == word for kind in kinds], bool)] = word
        for column, word in reversed(_MARKS.items()):
            marked = self._flagged(column)
            reason[np.array([name in marked for name in customers], bool)] = word
        return reason

    def _customers(self, base: BorrowingBase, whole: dict[str, float], digits: int) -> Listing:
        """A line per customer, the largest eligible amount first; reasons that never occur have no column."""
        say, kind = self.say, f"money{digits}"
        order = np.lexsort(
            (np.argsort(np.argsort(base.customer.astype(str))), -base.lines["gross"], -base.eligible)
        )
        lines = {
            key: line[order] for key, line in base.lines.items() if key in ("gross", *_ALWAYS) or line.any()
        }
        first = letters(1)
        last = letters(len(lines))
        eligible, insured = letters(len(lines) + 1), letters(len(lines) + 2)
        names = [self.register.names.get(name or "") for name in base.customer[order]]
        shown = [
            " · ".join(text for text in (number, name) if text) or None
            for number, name in zip(base.customer[order], names, strict=True)
        ]
        fields = {
            "customer": Field(
                say("report.table.customer"),
                _array(shown),
                missing=say("report.table.no_customer"),
                role="name",
            )
        }
        for key, line in lines.items():
            fields[key] = Field(say(f"report_borrowing.line.{key}"), line, kind, "sum")
        places = min(digits, 2)
        fields |= {
            "eligible": Field(
                say("report_borrowing.line.eligible"),
                base.eligible[order],
                kind,
                "sum",
                formula=f"=SUM({first}{{row}}:{last}{{row}})",
            ),
            "insured": Field(say("report_borrowing.line.insured"), base.insured[order], kind, "sum"),
            "advance": Field(
                say("report_borrowing.line.advance"),
                money.adding_up(base.advance[order], places),
                kind,
                "sum",
                formula=self._advances(eligible, insured, letters(len(lines) + 3), len(order), places),
            ),
        }
        return self.page.table(fields, say("report.table.sum"), heading=46.0)

    def _advances(self, eligible: str, insured: str, own: str, lines: int, places: int) -> tuple[str, ...]:
        """Each line's advance in whole units; the first and largest bears what rounding leaves over."""
        rate, better = self.cells["advance_rate"], self.cells["insured_advance_rate"]
        first = self.page.row + 2
        last = first + lines - 1
        if not lines:
            return ()
        plain, covered = (f"SUM({column}{first}:{column}{last})" for column in (eligible, insured))
        rest = f"-SUM({own}{first + 1}:{own}{last})" if lines > 1 else ""
        top = f"=ROUND(({plain}-{covered})*{rate}+{covered}*{better},{places}){rest}"
        line = f"=ROUND(({eligible}{{row}}-{insured}{{row}})*{rate}+{insured}{{row}}*{better},{places})"
        return (top, *(line,) * (lines - 1))

    def _base(self, listing: Listing, whole: dict[str, float], name: str) -> None:
        """From the advances to what may still be drawn."""
        say, row = self.say, self.page.row
        kind, home = f"exact{digits_of(name)}", name == self.home
        total = a1(listing.total_row, listing.at("advance"))
        reserves, loans = (f"=-{self.cells[key]}" if home else None for key in ("reserves", "loans"))
        limit = self.cells["facility_limit"]
        after = money.total(np.array([whole["borrowing_base"], whole["reserves"]]))
        capped = money.total(np.array([whole["availability"], -whole["loans"]]))
        cap = f"=IF(ISNUMBER({limit}),MIN(B{row + 3},{limit}),B{row + 3})" if home else f"=B{row + 3}"
        lines = [
            Line(
                say("report_borrowing.line.borrowing_base"),
                whole["borrowing_base"],
                f"strong.{kind}",
                f"={total}",
            ),
            Line(say("report_borrowing.line.reserves"), whole["reserves"], f"figure.{kind}", reserves),
            Line(say("report_borrowing.line.after"), after, f"figure.{kind}", f"=SUM(B{row + 1}:B{row + 2})"),
            Line(say("report_borrowing.line.capped"), capped, f"figure.{kind}", cap),
            Line(say("report_borrowing.line.loans"), whole["loans"], f"figure.{kind}", loans),
            Line(
                say("report_borrowing.line.availability"),
                whole["availability"],
                f"sum.{kind}",
                f"=SUM(B{row + 4}:B{row + 5})",
            ),
        ]
        self.page.lines(lines)
        if whole["availability"] < 0:
            drawn = whole["loans"] < 0
            self.page.note(say("report_borrowing.pay_down" if drawn else "report_borrowing.nothing_to_draw"))
        if not home and any(self.given.get(key) for key in ("reserves", "loans", "facility_limit")):
            self.page.note(say("report_borrowing.other_currency", currency=self.home or "–"))


_LABEL, _VALUE = 4, 7


def _array(items: Any) -> Texts:
    found: Texts = np.empty(len(items), object)
    found[:] = items
    return found
