"""What the reports on insurance share: the open items as the insurer counts them, and the policy in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.insurance.eligibility import EXCLUSIONS, reason_text
from arcredit.credit.insurance.insurance_policy import TERMS, Schedule, read_schedule, term_text
from arcredit.credit.insurance.invoice_cover import InvoiceCover, invoice_cover
from arcredit.credit.receivables.dispute import Contested, contested
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.portfolio import digits_of
from arcredit.reports.control import Line
from arcredit.reports.inputs import Inputs
from arcredit.reports.insured_limits import decisions_in, policy_currency
from arcredit.reports.listing import Listing
from arcredit.reports.sheet import text_width
from arcredit.shapes import Days, Floats, Table, Texts, flags, plain
from arcredit.words import LANGUAGES

NOT_A_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Insured:
    """A ledger's items beside the policy that covers them."""

    inputs: Inputs
    items: OpenItems

    @cached_property
    def currency(self) -> str | None:
        """The policy's currency: the home currency, else the ledger's only one; None where nobody says."""
        return policy_currency(self.inputs)

    @cached_property
    def currencies(self) -> Texts:
        """Each item's currency, empty where the ledger names none."""
        if self.items.currency is None:
            return np.full(len(self.items), "", object)
        return np.array([name or "" for name in self.items.currency.texts()], object)

    @cached_property
    def rate(self) -> Floats:
        """Policy currency per unit of each item's currency; NaN where there is no rate."""
        known: dict[str, float] = {}
        if self.currency is not None:
            base = 1.0 if self.currency == self.inputs.home else self.inputs.rates.get(self.currency, np.nan)
            known = {name: rate / base for name, rate in self.inputs.rates.items() if self.inputs.home}
            # A ledger that names no currency is kept in the home currency.
            known |= {self.currency: 1.0, "": 1.0}
        return np.array([known.get(name, np.nan) for name in self.currencies.tolist()], np.float64)

    def converted(self, amount: Floats) -> Floats:
        """Amounts of the items in the policy's currency, rounded to its unit; NaN where there is no rate."""
        own = self.rate == 1.0
        return np.where(own, amount, money.rounded(amount * self.rate, self.digits))

    @property
    def digits(self) -> int:
        """Decimal places of the policy's currency."""
        return digits_of(self.currency or "")

    @cached_property
    def terms(self) -> dict[str, Any]:
        """The policy's terms as the sheet states them, without the insurer's name and the policy's number."""
        given = self.inputs.records.terms("insurance")
        return {key: value for key, value in given.items() if key in TERMS}

    @cached_property
    def schedule(self) -> Schedule:
        """The policy's terms as read."""
        return read_schedule(self.terms)

    @cached_property
    def limits(self) -> Table | None:
        """The insurer's limit decisions, in the policy's currency."""
        return decisions_in(self.inputs, self.currency)

    @cached_property
    def customer(self) -> Texts:
        """Each item's customer."""
        return self.items.customer.texts()

    @cached_property
    def disputed(self) -> Floats:
        """What of each item is disputed: by the ledger or by an open dispute, whichever is more."""
        return self._contested.amount

    @cached_property
    def excluded(self) -> Texts:
        """A reason that keeps an item out for good: what its customer is, or the reason of its dispute."""
        reasons: Texts = np.full(len(self.items), None, object)
        for column, word in _BUYERS.items():
            marked = self._customers_with(column)
            reasons[np.isin(self.customer.astype(str), list(marked))] = word
        if self._disputes is not None:
            for row in np.flatnonzero(self._contested.line >= 0):
                why = str(self._disputes["reason"][self._contested.line[row]])
                reasons[row] = _EXCLUDING.get(why.strip().lower(), reasons[row])
        return reasons

    def cover(self, rows: NDArray[np.intp], day: Any) -> InvoiceCover:
        """What of these items is insured, invoice by invoice, by the limit on its day of delivery."""
        items = self.items
        return invoice_cover(
            items.customer.take(rows),
            items.delivered[rows],
            items.due_date[rows],
            self.converted(items.open_amount)[rows],
            self.converted(self.disputed)[rows],
            self.limits,
            self.schedule,
            day,
            self.insolvency[rows],
            self.excluded[rows],
        )

    @cached_property
    def insolvency(self) -> Days:
        """The day each item's customer became insolvent, as far as the records know."""
        known = self.insolvent
        days = [known.get(name, NOT_A_DAY) for name in self.customer.tolist()]
        return np.array(days, "M8[D]")

    @cached_property
    def insolvent(self) -> dict[Any, np.datetime64]:
        """Insolvent customers and the earliest day that customers or events name, up to the report's day."""
        found: dict[Any, np.datetime64] = {}
        for name, day in (*self._listed_insolvencies(), *self._reported_insolvencies()):
            if not np.isnat(day) and day <= np.datetime64(self.inputs.as_of):
                found[name] = min(day, found.get(name, day))
        return found

    def _listed_insolvencies(self) -> list[tuple[Any, np.datetime64]]:
        table = self.inputs.records.table("customers")
        if table is None or "insolvency_date" not in table.columns:
            return []
        return list(zip(table["customer"], table["insolvency_date"].astype("M8[D]"), strict=True))

    def _reported_insolvencies(self) -> list[tuple[Any, np.datetime64]]:
        """Events, save those that still wait for somebody to confirm whom they mean."""
        table = self.inputs.records.table("events")
        if table is None:
            return []
        sure = np.ones(len(table), bool)
        if "to_confirm" in table.columns and "confirm" in table.columns:
            asked = np.array([plain(item) not in (None, "") for item in table["to_confirm"]], bool)
            sure = ~asked | flags(table["confirm"], "confirm")
        rows = np.flatnonzero(sure & (table["kind"] == "insolvency"))
        return [(table["customer"][row], table["date"].astype("M8[D]")[row]) for row in rows]

    def _customers_with(self, flag: str) -> set[str]:
        table = self.inputs.records.table("customers")
        if table is None or flag not in table.columns:
            return set()
        return set(table["customer"][flags(table[flag], flag)].astype(str).tolist())

    @cached_property
    def _disputes(self) -> Table | None:
        """The record of disputes; a hand-made table may lack columns."""
        table = self.inputs.records.table("disputes")
        if table is None:
            return None
        blank = np.full(len(table), None, object)
        return Table({name: table[name] if name in table.columns else blank for name in _DISPUTE})

    @cached_property
    def _contested(self) -> Contested:
        return contested(self.items, self._disputes, self.inputs.as_of)

    def without_rate(self) -> list[str]:
        """Currencies whose cover nobody can know."""
        return sorted(set(self.currencies[np.isnan(self.rate)].tolist()))


_DISPUTE = ("document", "customer", "raised_on", "amount", "reason", "status", "resolved_on")
_BUYERS = {
    "related_party": "affiliate",
    "public_buyer": "public buyer",
    "private_person": "private person",
}
_EXCLUDING = {
    text.lower(): word
    for word in EXCLUSIONS
    for text in (word, *(reason_text(word, language) for language in LANGUAGES))
}


def delivery_line(insured: Insured) -> Line:
    """What counts as the day of delivery of what is owed."""
    say, items = insured.inputs.say, insured.items
    owed = items.open_amount > 0
    stated = np.zeros(len(items), bool) if items.delivery_date is None else ~np.isnat(items.delivery_date)
    missing = int((owed & ~stated).sum())
    key = "stated_days" if not missing else "some_days" if (owed & stated).any() else "invoice_day"
    return Line(say("report_cover.delivered"), say(f"report_cover.day.{key}", count=f"{missing:,}"))


def policy_lines(insured: Insured) -> list[Line]:
    """The policy in a control block: who insures, in which currency, which limits."""
    inputs, say = insured.inputs, insured.inputs.say
    given = inputs.records.terms("insurance")
    named = [str(given[key]) for key in ("insurer", "policy_number") if given.get(key)]
    limits = "report_cover.limits.given" if insured.limits is not None else "report_cover.limits.own_only"
    if insured.limits is None and np.isnan(insured.schedule.discretionary_limit):
        limits = "report_cover.limits.none"
    currency = insured.currency
    shown = say("report_cover.no_currency") if currency is None else currency
    return [
        Line(say("report_cover.policy"), " · ".join(named) or say("report_cover.unnamed")),
        Line(say("report_cover.currency"), shown or say("report.table.no_currency")),
        Line(say("report_cover.limits_from"), say(limits)),
        *stated_terms(insured, ("insured_percentage", "maximum_terms_days", "maximum_extension_days")),
    ]


def stated_terms(insured: Insured, keys: tuple[str, ...]) -> list[Line]:
    """Terms of the policy with their values; those that it leaves open say so."""
    language, given = insured.inputs.language, insured.terms
    lines = []
    for key in keys:
        value = given.get(key, "")
        style = "value.text"
        if value == "" or value is None:
            value = insured.inputs.say("report_cover.not_stated")
        elif TERMS[key].kind == "share":
            value, style = float(value), "value.percent"
        elif TERMS[key].kind == "amount":
            value, style = float(value), f"value.exact{insured.digits}"
        elif isinstance(value, float):
            value = f"{value:g}"
        lines.append(Line(term_text(key, language), value, style))
    return lines


def names_of(items: OpenItems) -> Texts | None:
    """Each item's customer name, where the ledger has names."""
    return None if items.customer_name is None else items.customer_name.texts()


def tall(listing: Listing, wide: Sequence[float]) -> dict[int, float]:
    """Heights of two lines or more for the names that are wider than their column."""
    if "name" not in listing.fields:
        return {}
    width = wide[listing.at("name")] - 2
    return {
        listing.top + row: 15.0 * ceil(text_width(name) / width)
        for row, name in enumerate(listing.fields["name"].values.tolist())
        if name and len(name) * 2 > width and text_width(name) > width
    }
