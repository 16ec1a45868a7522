"""AR Order Check: which orders may be shipped on credit, and why the others may not."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.receivables.portfolio import across, digits_of
from arcredit.reports.control import Line, headed, origin, placed
from arcredit.reports.inputs import Inputs
from arcredit.reports.limits import basis_texts, notes, sum_label, tall_rows
from arcredit.reports.listing import Field, Listing, together
from arcredit.reports.orders import Checked, checks, grace_of
from arcredit.reports.rows import Rows
from arcredit.reports.sheet import Cell, Mark, Range, Sheet
from arcredit.reports.standing import Standings, standings
from arcredit.shapes import Texts, plain

HEAD = 3
DECISIONS = ("HOLD", "UNKNOWN", "REVIEW", "OK")
_PLACES = ((0, 2), (2, 3), (5, 3), (8, 3))


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


def _choices(inputs: Inputs) -> list[Line]:
    say, given = inputs.say, inputs.records.terms("insurance").get("maximum_extension_days")
    days = say("report_order_check.not_given") if given is None else f"{plain(given)}"
    return [
        Line(say("report_order_check.grace"), grace_of(inputs), "value.count"),
        Line(say("report_order_check.extension"), days.removesuffix(".0")),
    ]


def _left_out(inputs: Inputs, found: Standings) -> list[str]:
    later = int((Rows(inputs, "orders").dates("date") > np.datetime64(inputs.as_of)).sum())
    said = [inputs.say("report_order_check.later", orders=f"{later:,}")] if later else []
    return [*said, *notes(inputs, found)]


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
        "stop": Field(_column(inputs, "stop"), part.stop, "day", role="aside", width=18.0),
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
        grace=f"{grace_of(inputs):.0f}",
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
