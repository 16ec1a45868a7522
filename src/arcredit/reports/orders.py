"""The orders of a workbook, judged in the order of their dates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit.customer.check import (
    GRACE_DAYS,
    credit_check,
    credit_check_reason,
    exposure_in_turn,
)
from arcredit.credit.customer.exposure import credit_available, credit_exposure, credit_prepayment
from arcredit.credit.insurance.deadlines import tci_stop_date
from arcredit.credit.insurance.insured_limit import kind_number
from arcredit.reports.currencies import Currencies
from arcredit.reports.inputs import Inputs
from arcredit.reports.rating import troubles_of
from arcredit.reports.rows import Rows, setting
from arcredit.reports.standing import Standing, Standings
from arcredit.shapes import Days, Flags, Floats, Texts


@dataclass(frozen=True)
class Checked:
    """The orders of one currency in the order in which they use up the headroom."""

    standing: Standing
    customer: NDArray[np.intp]
    order: Texts
    date: Days
    amount: Floats
    before: Floats
    decision: Texts
    reason: Texts
    prepayment: Floats
    oldest_days: Floats
    stop: Days
    cancelled: Flags

    def __len__(self) -> int:
        return len(self.amount)

    def at(self, column: NDArray[Any]) -> NDArray[Any]:
        """A column of the customers, for each order."""
        return column[self.customer]


def grace_of(inputs: Inputs) -> float:
    """Days past due that the settings tolerate."""
    days = setting(inputs, "grace_days")
    return GRACE_DAYS if np.isnan(days) else days


def checks(inputs: Inputs, found: Standings) -> list[Checked]:
    """Every currency's orders, judged."""
    rows = Rows(inputs, "orders")
    ledger = {part.currency: part.customer[part.trade.documents > 0] for part in found.parts}
    currency = Currencies(inputs, ledger).of(rows)
    day = np.datetime64(inputs.as_of, "D")
    facts = _facts(inputs, found)
    return [_checked(inputs, part, rows, currency, day, facts, found.policy) for part in found.parts]


def _facts(inputs: Inputs, found: Standings) -> Mapping[Any, tuple[Any, Any, bool]]:
    """Over all currencies each customer's oldest undisputed due date, stop date, and cancellation."""
    extension = inputs.records.terms("insurance").get("maximum_extension_days")
    decided = Rows(inputs, "insured_limits")
    since: dict[Any, Any] = {}
    for name, start in zip(decided.texts("customer"), decided.dates("from"), strict=True):
        since[name] = np.fmax(start, since.get(name, start))
    facts: dict[Any, tuple[Any, Any, bool]] = {}
    for part in found.parts:
        cancelled_on = troubles_of(inputs, part.customer).cancelled_on
        for place, name in enumerate(part.customer):
            oldest, insured, gone = facts.get(name, (np.datetime64("NaT", "D"), False, False))
            told = cancelled_on[place]
            gone |= bool(part.insured.kind[place] == kind_number("cancelled"))
            gone |= bool(not np.isnat(told) and not since.get(name, np.datetime64("NaT")) > told)
            facts[name] = (
                np.fmin(oldest, part.trade.oldest_due[place]),
                insured or _may_cover(part, place),
                gone,
            )
    return {
        name: (
            oldest,
            tci_stop_date(oldest, extension) if insured and extension else np.datetime64("NaT"),
            gone,
        )
        for name, (oldest, insured, gone) in facts.items()
    }


def _may_cover(part: Standing, place: int) -> bool:
    """Whether the insurer covers a customer, or may: a limit that is not known may well be one."""
    limit = part.insured.limit[place]
    return bool(limit > 0 or (np.isnan(limit) and part.insured.kind[place] >= 0))


def _checked(
    inputs: Inputs,
    part: Standing,
    rows: Rows,
    currency: Texts,
    day: np.datetime64,
    facts: Mapping[Any, tuple[Any, Any, bool]],
    policy: Any,
) -> Checked:
    place = {label: number for number, label in enumerate(part.customer)}
    date, names = rows.dates("date"), rows.texts("customer")
    at = np.flatnonzero((currency == part.currency) & ~(date > day) & ~np.isnan(rows.numbers("amount")))
    # The oldest first; undated orders wait behind the dated ones.
    at = at[np.lexsort((at, np.where(np.isnat(date[at]), np.iinfo(np.int64).max, date[at].astype(np.int64))))]
    who = np.array([place[name] for name in names[at]], np.intp)
    known = [facts[name] for name in names[at]]
    oldest: Any = np.array([item[0] for item in known], "datetime64[D]")
    stop = np.array([item[1] for item in known], "datetime64[D]")
    cancelled = np.array([item[2] for item in known], bool)
    amount, limit = rows.numbers("amount")[at], part.limit[who]
    days: Floats = np.asarray((day - oldest) / np.timedelta64(1, "D"))
    arguments: dict[str, Any] = {
        "credit_limit": limit,
        "oldest_days_past_due": days,
        "grade": part.rating.grade[who],
        "grace_days": grace_of(inputs),
        "limit_expiry": np.where(part.is_own, part.own.until, np.datetime64("NaT", "D"))[who],
        "as_of": inputs.as_of,
        "insurer_stop": cancelled | (stop < day),
        "legal_stop": troubles_of(inputs, part.customer).legal_stop[who],
    }
    bare = np.asarray(
        credit_exposure(part.trade.open_amount, part.unbilled, None, part.trade.unapplied, part.collateral)
    )[who]
    # An endless limit leaves every other reason to hold.
    alone = credit_check(amount, **(arguments | {"credit_limit": np.abs(bare) + amount + 1.0}), exposure=bare)
    before = exposure_in_turn(who, amount, limit, bare, np.asarray(alone == "HOLD", bool))
    verdict = np.asarray(credit_check(amount, **arguments, exposure=before), object)
    reason = np.asarray(credit_check_reason(amount, **arguments, exposure=before), object)
    advance = credit_prepayment(amount, credit_available(limit, before), arguments["grade"], policy)
    useless = (verdict == "HOLD") & np.isin(reason.astype(str), ["legal", "insurer", "overdue"])
    return Checked(
        standing=part,
        customer=who,
        order=rows.texts("order")[at],
        date=date[at],
        amount=amount,
        before=before,
        decision=np.array([word or "UNKNOWN" for word in verdict] + [None], object)[:-1],
        reason=np.array([word or "" for word in reason] + [None], object)[:-1],
        prepayment=np.where(useless | np.isnan(limit), np.nan, advance),
        oldest_days=days,
        stop=stop,
        cancelled=cancelled,
    )
