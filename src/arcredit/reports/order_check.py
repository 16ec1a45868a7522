"""AR Order Check: which orders may be shipped on credit, and why the others may not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.customer.check import (
    GRACE_DAYS,
    credit_check,
    credit_check_reason,
    exposure_in_turn,
)
from arcredit.credit.customer.exposure import credit_available, credit_exposure, credit_prepayment
from arcredit.credit.insurance.deadlines import tci_stop_date
from arcredit.credit.insurance.insured_limit import kind_number
from arcredit.credit.receivables.portfolio import across, digits_of
from arcredit.reports.control import Line, headed, origin, placed
from arcredit.reports.currencies import Currencies
from arcredit.reports.inputs import Inputs
from arcredit.reports.limits import basis_texts, notes, sum_label, tall_rows
from arcredit.reports.listing import Field, Listing, together
from arcredit.reports.rating import troubles_of
from arcredit.reports.rows import Rows, setting
from arcredit.reports.sheet import Cell, Mark, Range, Sheet
from arcredit.reports.standing import Standing, Standings, standings
from arcredit.shapes import Days, Flags, Floats, Texts, plain

HEAD = 3
DECISIONS = ("HOLD", "UNKNOWN", "REVIEW", "OK")
_PLACES = ((0, 2), (2, 3), (5, 3), (8, 3))


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


def order_check_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Order Check.

    Parameters
    ----------
    inputs : Inputs
        With the record of orders.

    Returns
    -------
    Sheet
        A block per currency, what is held first; totals by decision.
    """
    found = standings(inputs)
    checked = [part for part in checks(inputs, found) if len(part)]
    control = [*origin(inputs), *_choices(inputs)]
    row = HEAD + len(control) + 1
    cells = [*headed(inputs, "order_check", _subtitle(inputs, checked)), *placed(control, HEAD, 0, 1)]
    heights = {0: 24.0}
    listings: list[Listing] = []
    named = any(name is not None for part in checked for name in part.at(part.standing.name))
    for part in checked:
        label = sum_label(inputs, part.standing.currency)
        listing = Listing(_fields(inputs, part, named), row + 6, label=label)
        cells += [*_tiles(inputs, part, listing, row), *listing.cells()]
        heights |= {row + 1: 14.0, row + 2: 27.0, row + 3: 14.0, listing.row: 45.0}
        heights |= tall_rows(listing, "customer_name", "why")
        listings.append(listing)
        row = listing.last + 3
    for text in [inputs.say("report_order_check.in_turn"), *_left_out(inputs, found)]:
        cells.append(Cell(row - 1, 0, text, "subtitle.text"))
        row += 1
    wide = together(*(listing.widths(24.0) for listing in listings), [22.0, 12.0])
    return Sheet(
        owner="order_check",
        name=inputs.say("report.sheet.order_check"),
        widths=tuple(wide),
        cells=tuple(cells),
        area=Range(0, 0, row - 2, len(wide) - 1),
        blocks=tuple(listing.block() for listing in listings),
        marks=tuple(mark for listing in listings for mark in _marks(inputs, listing)),
        heights=heights,
        freeze=(listings[0].row + 1, 0) if len(listings) == 1 else None,
        titles=(listings[0].row, listings[0].row) if len(listings) == 1 else None,
        filter=listings[0].filter if len(listings) == 1 else None,
        footer=inputs.footer,
    )


def _subtitle(inputs: Inputs, checked: list[Checked]) -> str:
    orders = sum(map(len, checked))
    if not orders:
        return inputs.say("report_order_check.empty")
    held = sum(int((part.decision == "HOLD").sum()) for part in checked)
    day = inputs.as_of.isoformat()
    return inputs.say("report_order_check.subtitle", as_of=day, orders=f"{orders:,}", held=f"{held:,}")


def _grace(inputs: Inputs) -> float:
    days = setting(inputs, "grace_days")
    return GRACE_DAYS if np.isnan(days) else days


def _choices(inputs: Inputs) -> list[Line]:
    say, given = inputs.say, inputs.records.terms("insurance").get("maximum_extension_days")
    days = say("report_order_check.not_given") if given is None else f"{plain(given)}"
    return [
        Line(say("report_order_check.grace"), _grace(inputs), "value.count"),
        Line(say("report_order_check.extension"), days.removesuffix(".0")),
    ]


def _left_out(inputs: Inputs, found: Standings) -> list[str]:
    later = int((Rows(inputs, "orders").dates("date") > np.datetime64(inputs.as_of)).sum())
    said = [inputs.say("report_order_check.later", orders=f"{later:,}")] if later else []
    return [*said, *notes(inputs, found)]


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
                insured or bool(part.insured.limit[place] > 0),
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
        "grace_days": _grace(inputs),
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


def _fields(inputs: Inputs, part: Checked, named: bool) -> dict[str, Field]:
    say, standing, kind = inputs.say, part.standing, f"money{digits_of(part.standing.currency)}"
    rank = {word: place for place, word in enumerate(DECISIONS)}
    order = np.argsort([rank[word] for word in part.decision], kind="stable")
    keys = [key for key in _KEYS if named or key != "customer_name"]
    at = {key: f"{chr(65 + place)}{{row}}" for place, key in enumerate(keys)}
    after = across([part.before, part.amount])
    advance = money.rounded(part.amount * part.prepayment, digits_of(standing.currency))
    rounded = f"ROUND({at['amount']}*{at['prepayment']},{digits_of(standing.currency)})"
    paid = f'=IF(ISNUMBER({at["prepayment"]}),{rounded},"")'
    exact = kind.replace("money", "exact")
    words = {word: say(f"report_order_check.decision.{word.lower()}") for word in DECISIONS}
    fields = {
        "decision": Field(_column(inputs, "decision"), _mapped(part.decision, words), width=11.0),
        "order": Field(_column(inputs, "order"), part.order, role="aside"),
        "date": Field(_column(inputs, "date"), part.date, "date"),
        "customer": Field(say("report.table.customer"), part.at(standing.customer), role="aside"),
        "customer_name": Field(
            say("report.table.customer_name"), part.at(standing.name), role="name", width=24.0
        ),
        "amount": Field(_column(inputs, "amount"), part.amount, kind, "sum"),
        "limit": Field(_column(inputs, "limit"), part.at(standing.limit), exact),
        "basis": Field(_column(inputs, "basis"), part.at(basis_texts(inputs, standing)), role="aside"),
        "before": Field(_column(inputs, "before"), part.before, kind),
        "after": Field(_column(inputs, "after"), after, kind, formula=f"={at['before']}+{at['amount']}"),
        "prepayment": Field(_column(inputs, "prepayment"), part.prepayment, "percent"),
        "advance": Field(_column(inputs, "advance"), advance, kind, "sum", formula=paid),
        "oldest": Field(_column(inputs, "oldest"), part.oldest_days, "late"),
        "stop": Field(_column(inputs, "stop"), part.stop, "day", role="aside", width=14.0),
        "why": Field(
            _column(inputs, "why"),
            np.array([_why(inputs, part, row) for row in range(len(part))] + [None], object)[:-1],
            role="name",
            width=46.0,
        ),
    }  # fmt: skip
    return {key: _sorted(fields[key], order) for key in keys}


_KEYS = (
    *(
        "decision",
        "order",
        "date",
        "customer",
        "customer_name",
        "amount",
        "limit",
        "basis",
        "before",
        "after",
    ),
    *("prepayment", "advance", "oldest", "stop", "why"),
)


def _sorted(field: Field, order: NDArray[np.intp]) -> Field:
    return Field(**{**vars(field), "values": field.values[order]})


def _mapped(words: Texts, texts: Mapping[Any, str]) -> Texts:
    return np.array([texts[word] for word in words] + [None], object)[:-1]


def _column(inputs: Inputs, key: str) -> str:
    return inputs.say(f"report_order_check.column.{key}")


def _why(inputs: Inputs, part: Checked, row: int) -> str:
    """The reason with its figures, and what would help."""
    standing, who = part.standing, part.customer[row]
    reason, decision = part.reason[row], part.decision[row]
    gap = part.before[row] + part.amount[row] - standing.limit[who]
    key = reason or ("unknown" if decision == "UNKNOWN" else "ok")
    if reason == "limit":
        expired = standing.own.state[who] == "expired"
        key = "expired" if expired else ("limit" if decision == "HOLD" else "near")
    if reason == "insurer" and part.cancelled[row]:
        key = "cancelled"
    if key == "ok" and not standing.is_own[who]:
        key = "suggested"
    return inputs.say(
        f"report_order_check.why.{key}",
        amount=f"{max(gap, 0.0):,.{digits_of(standing.currency)}f}",
        days=f"{part.oldest_days[row]:.0f}",
        grace=f"{_grace(inputs):.0f}",
        stop=plain(part.stop[row]),
        grade=f"{standing.rating.grade[who]:.0f}",
        until=plain(standing.own.until[who]),
    )


def _tiles(inputs: Inputs, part: Checked, listing: Listing, row: int) -> list[Cell]:
    """Number and money of every decision, live."""
    say, kind = inputs.say, f"exact{digits_of(part.standing.currency)}"
    decided = listing.column("decision").a1(absolute=True)
    amounts = listing.column("amount").a1(absolute=True)
    name = part.standing.currency or say("report.table.no_currency")
    cells = [Cell(row, place, None if place else name, "section.text") for place in range(listing.right + 1)]
    for (place, wide), word in zip(_PLACES, DECISIONS, strict=True):
        theirs = part.decision == word
        text = say(f"report_order_check.decision.{word.lower()}")
        cells += [
            Cell(
                row + 1, place, say(f"report_order_check.tile.{word.lower()}"), "tilelabel.text", across=wide
            ),
            Cell(
                row + 2,
                place,
                float(theirs.sum()),
                "tile.count",
                f'=COUNTIF({decided},"{text}")',
                across=wide,
            ),
            Cell(
                row + 3,
                place,
                money.total(part.amount[theirs]),
                f"tilenote.{kind}",
                f'=SUMIF({decided},"{text}",{amounts})',
                across=wide,
            ),
        ]
    return cells


def _marks(inputs: Inputs, listing: Listing) -> list[Mark]:
    where, roles = (
        listing.column("decision"),
        {"hold": "bad", "review": "near", "unknown": "near", "ok": "ok"},
    )
    return [
        Mark.says(where, role, inputs.say(f"report_order_check.decision.{word}"))
        for word, role in roles.items()
    ]
