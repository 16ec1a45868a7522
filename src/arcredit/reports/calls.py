"""Whom to call and whom not: the worklist of every currency with what its letters need."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.receivables.collection import Promised, collection_score, risk_weight, worklist
from arcredit.credit.receivables.dispute import split_dispute
from arcredit.credit.receivables.dunning import next_level
from arcredit.credit.receivables.late_charge import late_charges
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.portfolio import by_currency, digits_of
from arcredit.reports.register import Register
from arcredit.shapes import Days, Flags, Floats, Table, Texts, plain

LETTER_INTERVAL = 7
"""Fewest days between two letters."""


@dataclass(frozen=True)
class Calls:
    """The customers of one currency with overdue money, the highest score first.

    ``reason`` is why a customer is not called, None for those who are; ``until`` the day up to which.
    ``items`` are the open documents with ``due_now``, the part of each that may be asked for.
    """

    currency: str
    table: Table
    grade: Floats
    broken: Floats
    risk: Floats
    score: Floats
    letter: Floats
    interest: Floats
    fee: Floats
    reason: Texts
    until: Days
    items: OpenItems
    due_now: Floats

    def __len__(self) -> int:
        return len(self.table)

    @property
    def digits(self) -> int:
        """Decimal places of the currency."""
        return digits_of(self.currency)

    def take(self, rows: Any) -> "Calls":
        """The same for other customers."""
        names = ("grade", "broken", "risk", "score", "letter", "interest", "fee", "reason", "until")
        columns = {name: getattr(self, name)[rows] for name in names}
        table = Table({name: column[rows] for name, column in self.table.columns.items()})
        return replace(self, table=table, **columns)


def calls(register: Register) -> list[Calls]:
    """The worklist of every currency."""
    inputs = register.inputs
    items = replace(inputs.items, disputed_amount=register.contested.amount)
    return [_calls(register, name, part) for name, part in by_currency(items)]


def _calls(register: Register, currency: str, items: OpenItems) -> Calls:
    as_of = np.datetime64(register.inputs.as_of, "D")
    promised, until = _pending(register, currency, items)
    assert items.disputed_amount is not None
    table = worklist(
        items.customer,
        items.due_date,
        items.open_amount,
        items.disputed_amount,
        as_of,
        promised,
        register.dunning_edges,
    )
    split = split_dispute(items.open_amount, items.disputed_amount)
    asked = np.asarray((items.due_date < as_of) & ~promised.item & (split.undisputed > 0), bool)
    due_now = np.where(asked, split.undisputed, 0.0)
    who = table["customer"]
    grade = np.array([register.number("grade", name) for name in who], np.float64)
    broken = np.array([register.broken_promises(name) for name in who], np.float64)
    risk = np.asarray(risk_weight(grade, broken), np.float64)
    score = np.nan_to_num(collection_score(np.maximum(table["to_collect"], 0), table["average_days"], risk))
    charge = late_charges(due_now, items.due_date, as_of, register.charges, currency, digits_of(currency))
    interest, fee = (_by_customer(part, items, asked, who) for part in charge)
    reason = np.array([_reason(register, table, row) for row in range(len(who))] + [None], object)[:-1]
    last = np.array([until.get(str(name), np.datetime64("NaT", "D")) for name in who], "datetime64[D]")
    last = np.where(reason == "promised", last, np.datetime64("NaT", "D"))
    found = Calls(
        currency, table, grade, broken, risk, score, _letters(register, table), interest, fee, reason, last,
        items, due_now,
    )  # fmt: skip
    return found.take(np.lexsort((who.astype(str), -table["overdue"], -score)))


def _by_customer(amount: Floats, items: OpenItems, asked: Flags, who: Texts) -> Floats:
    place = {name: row for row, name in enumerate(who)}
    labels = np.array([place.get(name, -1) for name in items.customer.labels] + [-1], np.intp)
    code = labels[items.customer.codes]
    rows = np.flatnonzero(asked & (code >= 0))
    sums = money.grouped(amount[rows], code[rows], len(who))
    sums[np.unique(code[rows][np.isnan(amount[rows])])] = np.nan
    return sums


def _letters(register: Register, table: Table) -> Floats:
    """The letter that may go out now: at most one level above the last one, a week after it or later."""
    as_of = np.datetime64(register.inputs.as_of, "D")
    who = table["customer"]
    last = np.array([register.number("last_letter_level", name) for name in who], np.float64)
    on = [register.day("last_letter_on", name) for name in who]
    since = np.array([np.nan if day is None else float((as_of - day).astype(int)) for day in on], np.float64)
    oldest, edges = table["oldest_days"], register.dunning_edges
    level = next_level(last, oldest, True, False, since, edges, LETTER_INTERVAL)
    waiting = since < LETTER_INTERVAL
    return np.where(waiting, 0.0, np.asarray(level, np.float64))


def _reason(register: Register, table: Table, row: int) -> str | None:
    who = str(table["customer"][row])
    if who in register.insolvent:
        return "insolvent"
    plan = register.plans.get(who)
    if plan is not None and not plan.in_default:
        return "plan_late" if plan.arrears > 0 else "plan"
    if table["to_collect"][row] > 0 and table["oldest_days"][row] == table["oldest_days"][row]:
        return None
    if table["promised"][row] < 0:
        return "promised"
    return "disputed" if table["disputed"][row] + table["overdue"][row] <= 0 else "credits"


def _pending(register: Register, currency: str, items: OpenItems) -> tuple[Promised, dict[str, Any]]:
    """Promises that are not due yet, and the day of each customer's last one."""
    item = np.zeros(len(items), bool)
    at_large: dict[str, float] = {}
    all_of: set[str] = set()
    until: dict[str, Any] = {}
    table = register.promises
    if table is None:
        return Promised(item, at_large, frozenset()), until
    owner = items.customer.texts()
    for row in np.flatnonzero(table["state"] == "pending"):
        who, number = str(table["customer"][row]), plain(table["document"][row])
        amount, stated = float(table["amount"][row]), plain(table["currency"][row])
        home = register.currencies.one(who, stated)
        if home not in (None, currency):
            continue
        rows = (owner == who) & (items.document == number) if number else np.zeros(len(items), bool)
        whole = money.total(items.open_amount[rows.astype(bool)])
        if number and not rows.any():
            continue
        if number and not amount < whole:
            item |= rows.astype(bool)
        elif np.isnan(amount) or home is None:
            all_of.add(who)
        else:
            at_large[who] = at_large.get(who, 0.0) + amount
        until[who] = max(until.get(who, table["promised_date"][row]), table["promised_date"][row])
    return Promised(item, at_large, frozenset(all_of)), until
