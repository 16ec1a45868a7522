"""One customer's statement: who writes to whom, the documents, their ages, what is due and how to pay."""

from dataclasses import replace
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.receivables.dispute import split_dispute
from arcredit.credit.receivables.late_charge import late_charges
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.portfolio import by_currency, digits_of, portfolios
from arcredit.reports.buckets import in_words
from arcredit.reports.inputs import Inputs
from arcredit.reports.listing import Field, Listing, together
from arcredit.reports.register import Register
from arcredit.reports.sheet import Block, Cell, a1
from arcredit.reports.written import written
from arcredit.shapes import Floats
from arcredit.words import say

_LEAST = (16.0, 11.5, 11.5, 9.0, 14.0, 14.0, 14.0, 14.0)
_FAR = 5
"""Where the right half of a page begins."""


class StatementPage:
    """A page from `row` on; afterwards `row` is the first one below it."""

    def __init__(self, register: Register, customer: str, items: OpenItems, row: int) -> None:
        self.register, self.customer, self.row = register, customer, row
        self.inputs: Inputs = register.inputs
        self.language = register.language(customer)
        self.cells: list[Cell] = []
        self.blocks: list[Block] = []
        self.heights: dict[int, float] = {row: 24.0}
        self.widths: list[float] = list(_LEAST)
        self._head()
        parts = by_currency(items)
        for currency, part in parts:
            self._account(currency, part, several=len(parts) > 1)
        self._pay()

    def _say(self, key: str, **values: Any) -> str:
        return say(key, self.language, **values)

    def _put(self, text: str, style: str = "value.text", column: int = 0) -> None:
        """A line of text; a blank one takes no room."""
        if text:
            self.cells.append(Cell(self.row, column, text, style))
            self.row += 1

    def _head(self) -> None:
        """Our company at the left, what this is at the right; below it the customer."""
        own, top = self.register.setting, self.row
        self._put(own("company_name") or self._say("report_statement.no_company"), "title.text")
        self._put(own("company_address"))
        self._put(" · ".join(text for text in (own("company_phone"), own("company_email")) if text))
        tax = own("company_tax_id")
        self._put(self._say("report_statement.tax", number=tax) if tax else "")
        self.cells.append(Cell(top, _FAR, self._say("report_statement.title"), "title.text"))
        facts = (
            (self._say("report_statement.as_of"), written(self.inputs.as_of, self.language)),
            (self._say("report_statement.number"), self.customer),
        )
        for line, (label, value) in enumerate(facts, top + 1):
            self.cells += [
                Cell(line, _FAR, label, "label.text"),
                Cell(line, _FAR + 1, value, "value.text"),
            ]
        self.row = max(self.row, top + 3) + 1
        text = self.register.text
        contact = text("contact", self.customer)
        self._put(self.register.names.get(self.customer) or self.customer, "strong.text")
        self._put(text("address", self.customer) or "")
        self._put(self._say("report_statement.attention", contact=contact) if contact else "")
        self.row += 1

    def _account(self, currency: str, items: OpenItems, *, several: bool) -> None:
        """The documents of one currency, their ages and what is due."""
        items = items.take(np.lexsort((items.document.astype(str), items.due_date, items.invoice_date)))
        assert items.disputed_amount is not None
        split = split_dispute(items.open_amount, items.disputed_amount)
        day, digits = np.datetime64(self.inputs.as_of, "D"), digits_of(currency)
        charge = late_charges(split.undisputed, items.due_date, day, self.register.charges, currency, digits)
        listing = self._listing(currency, items, split.disputed, charge.interest, several)
        top = listing.last + 2
        ages = self._ages(currency, items, top)
        due = self._due(listing, items, split.disputed, charge.interest, charge.fee, top, digits)
        self.row = max(ages, due) + 1
        if np.isnan(charge.interest).any():
            self._put(self._say("report_statement.unknown_rate"), "subtitle.text")

    def _listing(
        self, currency: str, items: OpenItems, disputed: Floats, interest: Floats, several: bool
    ) -> Listing:
        kind = f"money{digits_of(currency)}"
        days = (np.datetime64(self.inputs.as_of, "D") - items.due_date) / np.timedelta64(1, "D")
        paid = np.where(np.isnan(items.amount), np.nan, items.amount - items.open_amount)
        digits = digits_of(currency)
        paid = np.where(np.isnan(paid), np.nan, money.rounded(paid, max(digits, 2)))
        whole = items.open_amount
        units, scale = money.units(whole)
        # The sum of amounts that are not all known is not known.
        summed = "" if np.isnan(items.amount).any() else "sum"
        made = {
            "document": Field("", items.document),
            "date": Field("", items.invoice_date, "date"),
            "due": Field("", items.due_date, "date"),
            "days": Field("", days, "late", width=9.0),
            "amount": Field("", items.amount, kind, summed),
            "paid": Field("", paid, kind, summed),
            "balance": Field("", whole, kind, "sum"),
        }
        if np.isnan(items.amount).all():
            del made["amount"], made["paid"]
        first = self.row + 2
        place = "ABCDEFGHIJ"[list(made).index("balance")]
        made["running"] = Field(
            "", np.cumsum(units) / scale, kind, formula=f"=SUM({place}${first}:{place}{{row}})"
        )
        if np.any(disputed > 0):
            made["disputed"] = Field("", disputed, kind, "sum")
        if self.register.charges.basis != "none" and np.any(interest != 0):
            known = "" if np.isnan(interest).all() else "sum"
            made["interest"] = Field("", interest, kind, known, missing="?")
        fields = {
            key: replace(field, heading=self._say(f"report_statement.column.{key}"))
            for key, field in made.items()
        }
        label = self._say("report_statement.sum")
        if currency:
            label = self._say("report_statement.sum_of", currency=currency)
        listing = Listing(fields, self.row, label=label)
        self.cells += listing.cells()
        self.blocks.append(listing.block())
        self.heights[listing.row] = 32.0
        self.widths = together(self.widths, listing.widths(30.0))
        return listing

    def _ages(self, currency: str, items: OpenItems, top: int) -> int:
        """The balance by age, at the left; its sum is live."""
        inputs, kind = self.inputs, f"money{digits_of(currency)}"
        (part,) = portfolios(items, inputs.as_of, inputs.edges, inputs.convention, inputs.credits)
        spoken_inputs = replace(inputs, language=self.language)
        lines = [
            (in_words(label, spoken_inputs), part.buckets[0, at]) for at, label in enumerate(part.labels)
        ]
        if part.unapplied[0]:
            lines.append((say("report.table.unapplied", self.language), part.unapplied[0]))
        self.cells += [
            Cell(top, column, self._say("report_statement.ages") if column == 0 else None, "small.text")
            for column in range(3)
        ]
        for row, (label, value) in enumerate(lines, top + 1):
            self.cells += [Cell(row, 0, label, "figure.text"), Cell(row, 2, float(value), f"figure.{kind}")]
        last = top + len(lines) + 1
        formula = f"=SUM({a1(top + 1, 2)}:{a1(last - 1, 2)})"
        self.cells += [
            Cell(last, 0, self._say("report_statement.sum"), "sum.text"),
            Cell(last, 1, None, "sum.text"),
            Cell(last, 2, float(part.total[0]), f"sum.{kind}", formula),
        ]
        return last + 1

    def _due(
        self,
        listing: Listing,
        items: OpenItems,
        disputed: Floats,
        interest: Floats,
        fee: Floats,
        top: int,
        digits: int,
    ) -> int:
        """What is to be paid now, at the right, each line a formula of the documents above."""
        day = np.datetime64(self.inputs.as_of, "D")
        late = items.due_date < day
        whole, fields = items.open_amount, listing.fields
        days, balance = listing.column("days").a1(True), listing.column("balance").a1(True)
        lines: list[tuple[str, float, str | None]] = [
            (
                "overdue",
                money.total(whole[late & (whole > 0)]),
                f'=SUMIFS({balance},{days},">0",{balance},">0")',
            )
        ]
        if "disputed" in fields and np.any(disputed[late] > 0):
            contested = listing.column("disputed").a1(True)
            lines.append(("disputed", -money.total(disputed[late]), f'=-SUMIF({days},">0",{contested})'))
        if np.any(whole < 0):
            lines.append(("credits", money.total(whole[whole < 0]), f'=SUMIF({balance},"<0")'))
        if "interest" in fields and fields["interest"].total:
            where = a1(listing.total_row, listing.at("interest"))
            lines.append(("interest", money.total(interest), f"={where}"))
        if np.any(fee > 0):
            lines.append(("fee", money.total(fee), None))
        basis = self.register.charges.basis
        words = self._say(f"report_collections.letter.basis.{basis}") if basis != "none" else ""
        column = _FAR + 2
        self.cells += [
            Cell(
                top, place, self._say("report_statement.to_pay") if place == _FAR - 1 else None, "small.text"
            )
            for place in range(_FAR - 1, column + 1)
        ]
        for row, (key, value, formula) in enumerate(lines, top + 1):
            label = self._say(f"report_statement.due.{key}", basis=words)
            self.cells += [
                Cell(row, _FAR - 1, label, "figure.text"),
                Cell(row, column, value, f"figure.money{digits}", formula),
            ]
        last = top + len(lines) + 1
        total = money.total(np.array([value for _, value, _ in lines]))
        label = self._say("report_statement.due.favour" if total < 0 else "report_statement.due.total")
        self.cells += [
            Cell(last, _FAR - 1, label, "sum.text"),
            *(Cell(last, place, None, "sum.text") for place in range(_FAR, column)),
            Cell(
                last,
                column,
                total,
                f"sum.money{digits}",
                f"=SUM({a1(top + 1, column)}:{a1(last - 1, column)})",
            ),
        ]
        return last + 1

    def _pay(self) -> None:
        own = self.register.setting
        account = own("bank_account") or self._say("report_statement.no_account")
        pay = self._say("report_statement.pay", account=account, customer=self.customer)
        self._put(pay, "strong.text")
        reach = [own(key) for key in ("company_contact", "company_phone", "company_email")]
        known = " · ".join(text for text in reach if text)
        self._put(self._say("report_statement.questions", reach=known) if known else "")
