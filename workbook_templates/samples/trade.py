"""Invented trade: customers with habits, what they are invoiced and what they pay, in whole cents.

Only `random.Random.random` is used, the one stream Python keeps the same from version to version, and plain
arithmetic, so the same books come out everywhere.
"""

import datetime as dt
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

AS_OF = dt.date(2026, 6, 30)
FIRST_MONTH = dt.date(2025, 1, 1)
MONTHS = 18

Item = TypeVar("Item")


class Dice:
    """Seeded chance."""

    def __init__(self, seed: int) -> None:
        self._next = random.Random(seed).random

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._next() * (high - low + 1))

    def chance(self, share: float) -> bool:
        """True in `share` of all throws."""
        return self._next() < share

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[int(self._next() * len(items))]

    def count(self, mean: float) -> int:
        """A whole number around `mean`."""
        return int(mean) + (self._next() < mean - int(mean)) + self.pick((-1, 0, 0, 1)) * (mean > 2)

    def cents(self, typical: int) -> int:
        """An invoice amount: many near `typical`, a few about three times as much."""
        u, v = self._next(), self._next()
        return int(typical * (0.35 + 0.9 * u + 1.8 * v * v * v * v)) // 5 * 5


@dataclass(frozen=True)
class Customer:
    """Who is supplied, on which terms, how often and for about how much, and how they pay."""

    number: str
    name: str
    place: str
    terms: str
    per_month: float
    typical: int
    habit: str
    currency: str = "EUR"
    limit: int | None = None
    insured: int | None = None
    grade: int | None = None


@dataclass
class Document:
    """One invoice, credit note or receipt not yet applied; `settled` are the payments by day."""

    customer: Customer
    kind: str
    day: dt.date
    due: dt.date
    amount: int
    settled: list[tuple[dt.date, int]] = field(default_factory=list)
    disputed: int = 0
    remark: str = ""
    number: str = ""

    def open_at(self, day: dt.date) -> int:
        """What was still open at the end of that day."""
        return self.amount - sum(cents for paid, cents in self.settled if paid <= day)

    @property
    def open(self) -> int:
        """What is open at the as-of date."""
        return self.open_at(AS_OF)

    @property
    def paid_day(self) -> dt.date | None:
        """The day on which nothing was left open."""
        return self.settled[-1][0] if self.settled and not self.open else None


# Days from the due date to the payment; `share` is how much of the eighteen months has passed.
HABITS = {
    "prompt": lambda dice, share: dice.between(-4, 2),
    "fair": lambda dice, share: dice.between(-1, 12),
    "slow": lambda dice, share: dice.between(16, 68),
    "drifting": lambda dice, share: dice.between(-3, 8) + int(55 * share),
    "large": lambda dice, share: dice.between(-2, 9),
    "erratic": lambda dice, share: dice.between(40, 130) if dice.chance(0.2) else dice.between(-2, 10),
    "quality": lambda dice, share: dice.between(0, 15),
    "failing": lambda dice, share: dice.between(5, 30),
}
FAILED = dt.date(2025, 10, 1)
SUPPLY_STOPPED = dt.date(2026, 2, 1)


def month_end(day: dt.date) -> dt.date:
    """The last day of the month."""
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)


def due_day(day: dt.date, terms: str) -> dt.date:
    """Due date of `Net 30`, `30 days`, `30天` (days) and of `EOM 30`, `月结30天` (from the month's end)."""
    days = dt.timedelta(days=int("".join(letter for letter in terms if letter.isdigit())))
    return (month_end(day) if terms.startswith(("EOM", "月结")) else day) + days


def working(day: dt.date) -> dt.date:
    """The day itself, or the Monday after a weekend."""
    return day + dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def months() -> Iterator[dt.date]:
    """The first day of each month of the books."""
    for index in range(MONTHS):
        year, month = divmod(FIRST_MONTH.month - 1 + index, 12)
        yield dt.date(FIRST_MONTH.year + year, month + 1, 1)


def roster(text: str, first: int, step: int, digits: int, currency: str | None = None) -> list[Customer]:
    """Customers from lines of name, place, terms, invoices a month, typical amount, habit and figures.

    They are numbered from `first` in steps, with leading zeros. Without `currency`, `place` ends with it.
    """
    found = []
    for index, line in enumerate(text.strip().splitlines()):
        name, place, terms, rate, typical, habit, *figures = (part.strip() for part in line.split("|"))
        limit, insured, grade = (int(figure) if figure else None for figure in figures)
        number = f"{first + step * index:0{digits}d}"
        money = currency or place.split()[-1]
        person = (number, name, place, terms, float(rate), int(typical) * 100, habit, money)
        found.append(Customer(*person, limit, insured, grade))
    return found


def books(customers: Iterable[Customer], dice: Dice) -> list[Document]:
    """Every document of the eighteen months, by day, without numbers."""
    documents: list[Document] = []
    for customer in customers:
        for month in months():
            if customer.habit == "failing" and month >= SUPPLY_STOPPED:
                break
            for _ in range(dice.count(customer.per_month)):
                documents += _deal(customer, working(month + dt.timedelta(days=dice.between(0, 27))), dice)
    documents = [document for document in documents if document.day <= AS_OF]
    return sorted(documents, key=lambda item: (item.day, item.customer.number, item.kind, item.amount))


def _deal(customer: Customer, day: dt.date, dice: Dice) -> list[Document]:
    """An invoice with its payments, and the credit note that may follow it."""
    invoice = Document(customer, "invoice", day, due_day(day, customer.terms), dice.cents(customer.typical))
    share = (day - FIRST_MONTH).days / (AS_OF - FIRST_MONTH).days
    paid = working(invoice.due + dt.timedelta(days=HABITS[customer.habit](dice, share)))
    credit = _credit(invoice, paid, dice) if dice.chance(0.05) else None
    if _in_dispute(invoice, dice):
        invoice.disputed = invoice.amount if dice.chance(0.5) else invoice.amount // 3
        invoice.remark = dice.pick(("price", "quality", "short delivery"))
        if invoice.disputed < invoice.amount:
            _pay(invoice, paid, invoice.amount - invoice.disputed)
    elif customer.habit == "failing" and paid >= FAILED:
        if dice.chance(0.35):
            _pay(invoice, working(paid + dt.timedelta(days=25)), invoice.amount // 3 // 10_000 * 10_000)
    elif dice.chance(0.06):
        first = max(10_000, invoice.open * dice.between(3, 7) // 10 // 10_000 * 10_000)
        _pay(invoice, paid, min(first, invoice.open))
        _pay(invoice, working(paid + dt.timedelta(days=dice.between(25, 110))), invoice.amount)
    else:
        _pay(invoice, paid, invoice.amount)
    return [invoice, credit] if credit else [invoice]


def _in_dispute(invoice: Document, dice: Dice) -> bool:
    recent = invoice.day > dt.date(2025, 12, 15)
    return recent and dice.chance(0.3 if invoice.customer.habit == "quality" else 0.015)


def _credit(invoice: Document, paid: dt.date, dice: Dice) -> Document:
    """A credit note; taken off when the invoice is paid, or still unapplied."""
    day = working(invoice.day + dt.timedelta(days=dice.between(6, 25)))
    amount = -(invoice.amount * dice.pick((5, 8, 10, 20)) // 100)
    credit = Document(invoice.customer, "credit", day, day, amount)
    if day < paid <= AS_OF and dice.chance(0.75) and invoice.customer.habit != "failing":
        credit.settled.append((paid, amount))
        invoice.settled.append((paid, -amount))
    return credit


def _pay(invoice: Document, day: dt.date, cents: int) -> None:
    """A payment of at most what is left, if its day has come."""
    paid = min(cents, invoice.amount - sum(part for _, part in invoice.settled))
    if day <= AS_OF and paid > 0:
        invoice.settled.append((day, paid))


def receipts_not_applied(customers: Sequence[Customer], dice: Dice, count: int) -> list[Document]:
    """Money received in the last weeks that nobody has matched to an invoice yet."""
    found = []
    for _ in range(count):
        customer = dice.pick([one for one in customers if one.habit not in ("failing", "large")])
        day = working(AS_OF - dt.timedelta(days=dice.between(4, 40)))
        found.append(
            Document(customer, "receipt", day, day, -(customer.typical // 4 // 5_000 * 5_000 + 5_000))
        )
    return found
