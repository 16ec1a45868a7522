"""AR Limits: every customer's limit, exposure and headroom, and what to do about it."""

from math import ceil
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.customer.exposure import credit_available, credit_utilisation
from arcredit.credit.customer.limit_state import STATES, limit_state, over_by
from arcredit.credit.receivables.portfolio import across, digits_of
from arcredit.reports.control import Line, headed, origin, placed
from arcredit.reports.inputs import Inputs
from arcredit.reports.listing import Field, Listing, together
from arcredit.reports.sheet import Bars, Cell, Mark, Range, Sheet, text_width
from arcredit.reports.standing import Standing, Standings, standings
from arcredit.shapes import Texts, plain
from arcredit.words import sentences

HEAD = 3
_TILES = 6
"""Rows from the tiles to the headings."""
_PLACES = ((0, 2), (2, 3), (5, 3), (8, 2))
"""First column and width of each tile."""


def limits_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Limits.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Sheet
        A block per currency, who is over first. Where we gave no limit, the suggested one stands in.
    """
    found = standings(inputs)
    control = [*origin(inputs), *_choices(inputs, found)]
    row = HEAD + len(control) + 1
    cells = [*headed(inputs, "limits", _subtitle(inputs, found)), *placed(control, HEAD, 0, 1)]
    named = any(name is not None for part in found.parts for name in part.name)
    heights, breaks = {0: 24.0}, []
    listings: list[Listing] = []
    for part in found.parts:
        listing = Listing(_fields(inputs, part, named), row + _TILES, label=sum_label(inputs, part.currency))
        cells += [*_tiles(inputs, part, listing, row), *listing.cells()]
        heights |= {row + 1: 14.0, row + 2: 27.0, row + 3: 14.0, listing.row: 45.0}
        heights |= tall_rows(listing, "customer_name", "action")
        breaks += [row] if listings else []
        listings.append(listing)
        row = listing.last + 3
    last = row - 3
    for text in notes(inputs, found):
        cells.append(Cell(row - 1, 0, text, "subtitle.text"))
        last, row = row - 1, row + 1
    wide = together(*(listing.widths(24.0) for listing in listings), [16.0, 24.0])
    alone = len(listings) == 1
    return Sheet(
        owner="limits",
        name=inputs.say("report.sheet.limits"),
        widths=tuple(wide),
        cells=tuple(cells),
        area=Range(0, 0, max(last, HEAD + len(control)), len(wide) - 1),
        blocks=tuple(listing.block() for listing in listings),
        bars=tuple(Bars(listing.column("utilisation"), 1.0) for listing in listings),
        marks=tuple(mark for listing in listings for mark in _marks(inputs, listing)),
        heights=heights,
        freeze=(listings[0].row + 1, 2) if alone and row < 40 else None,
        titles=(listings[0].row, listings[0].row) if alone else None,
        filter=listings[0].filter if alone else None,
        breaks=tuple(breaks),
        footer=inputs.footer,
    )


def tall_rows(listing: Listing, *keys: str) -> dict[int, float]:
    """Heights of the lines whose texts need more than one."""
    lines = np.ones(len(listing), np.intp)
    for key in keys:
        field = listing.fields.get(key)
        if field is not None and field.width is not None:
            wide = [_lines(str(text or ""), field.width) for text in field.values]
            lines = np.maximum(lines, wide)
    return {listing.top + row: 3.0 + 13.0 * count for row, count in enumerate(lines.tolist()) if count > 1}


def _lines(text: str, width: float) -> int:
    """How many lines a text takes: Latin letters are narrower than digits, Chinese characters are not."""
    return ceil(text_width(text) * (0.92 if text.isascii() else 1.05) / width)


def sum_label(inputs: Inputs, currency: str) -> str:
    """What the total line of a currency is called."""
    say = inputs.say
    return say("report.table.sum_of", currency=currency) if currency else say("report.table.sum")


def notes(inputs: Inputs, found: Standings) -> list[str]:
    """What the figures could not take into account."""
    said = [found.policy_trouble] if found.policy_trouble else []
    if found.unplaced:
        names = ", ".join(found.unplaced[:8]) + (" …" if len(found.unplaced) > 8 else "")
        said.append(inputs.say("report_limits.unplaced", customers=names))
    return said


def _subtitle(inputs: Inputs, found: Standings) -> str:
    if not found.parts:
        return inputs.say("report_limits.empty")
    customers = len({name for part in found.parts for name in part.customer})
    return inputs.say("report_limits.subtitle", as_of=inputs.as_of.isoformat(), customers=f"{customers:,}")


def _choices(inputs: Inputs, found: Standings) -> list[Line]:
    """What decided the limits and grades."""
    say, records = inputs.say, inputs.records
    own = "report_limits.own_given" if records.has("limits") else "report_limits.own_missing"
    policy = "report_limits.policy_own" if found.policy is not None else "report_limits.policy_built_in"
    insured = any((part.insured.kind >= 0).any() or (part.insured.limit >= 0).any() for part in found.parts)
    cover = "report_limits.insurance_given" if insured else "report_limits.insurance_missing"
    return [
        Line(say("report_limits.limits_from"), say(own)),
        Line(say("report_limits.policy"), say(policy)),
        Line(say("report_limits.insurance"), say(cover)),
    ]


def states_of(part: Standing) -> Texts:
    """Every customer's state against the limit."""
    return limit_state(part.limit, part.exposure, part.own.state == "expired")


def _order(part: Standing, state: Texts) -> Any:
    """The worst first, then by the money above the limit, then by exposure, then by customer."""
    rank = {word: place for place, word in enumerate(STATES)}
    worst = np.array([rank[word] for word in state], np.intp)
    names = np.array([label or "￿" for label in part.customer], object)
    by_name = np.argsort(np.argsort(names))
    above = np.where(state == "over", np.nan_to_num(over_by(part.limit, part.exposure)), 0.0)
    return np.lexsort((by_name, -part.exposure, -above, worst))


def _fields(inputs: Inputs, part: Standing, named: bool) -> dict[str, Field]:
    say, kind = inputs.say, f"money{digits_of(part.currency)}"
    state = states_of(part)
    order = _order(part, state)
    limit, exposure = part.limit[order], part.exposure[order]
    to_come = across([part.unbilled, part.orders])[order]
    credits = across([part.trade.unapplied, part.collateral])[order]
    keys = [key for key in _KEYS if named or key != "customer_name"]
    at = {key: f"{chr(65 + place)}{{row}}" for place, key in enumerate(keys)}
    ratio = f'=IF(N({at["limit"]})>0,{at["exposure"]}/{at["limit"]},"")'
    room = f'=IF(ISNUMBER({at["limit"]}),{at["limit"]}-{at["exposure"]},"")'
    added = f"={at['open']}+{at['to_come']}-{at['credits']}"
    nobody = say("report.table.no_customer")

    def heading(key: str) -> str:
        return say(f"report_limits.column.{key}")

    fields = {
        "customer": Field(say("report.table.customer"), part.customer[order], missing=nobody),
        "customer_name": Field(
            say("report.table.customer_name"), part.name[order], role="name", width=24.0
        ),
        "limit": Field(heading("limit"), limit, _exact(kind), "sum"),
        "basis": Field(heading("basis"), basis_texts(inputs, part)[order], role="aside"),
        "valid_to": Field(heading("valid_to"), part.own.until[order], "date"),
        "grade": Field(heading("grade"), part.rating.grade[order], "count", width=7.0),
        "suggested": Field(heading("suggested"), part.suggested[order], _exact(kind)),
        "cap": Field(heading("cap"), caps(inputs, part)[order], role="aside"),
        "insured": Field(heading("insured"), part.insured.limit[order], _exact(kind), "sum"),
        "open": Field(heading("open"), part.trade.open_amount[order], kind, "sum"),
        "to_come": Field(heading("to_come"), to_come, kind, "sum"),
        "credits": Field(heading("credits"), credits, kind, "sum"),
        "exposure": Field(
            heading("exposure"), exposure, kind, "sum", formula=added
        ),
        "utilisation": Field(
            heading("utilisation"), credit_utilisation(limit, exposure), "share", formula=ratio, width=11.0
        ),
        "headroom": Field(heading("headroom"), credit_available(limit, exposure), kind, formula=room),
        "state": Field(heading("state"), _worded(inputs, state[order]), role="aside", width=10.0),
        "action": Field(
            heading("action"), np.array([_action(inputs, part, row, state[row]) for row in order], object),
            role="name", width=42.0,
        ),
    }  # fmt: skip
    return {key: fields[key] for key in keys}


_KEYS = (
    *("customer", "customer_name", "limit", "basis", "valid_to", "grade", "suggested", "cap", "insured"),
    *("open", "to_come", "credits", "exposure", "utilisation", "headroom", "state", "action"),
)


def _exact(kind: str) -> str:
    """A limit of nought is a figure, not a dash."""
    return kind.replace("money", "exact")


def _worded(inputs: Inputs, state: Texts) -> Texts:
    words = {word: inputs.say(f"report_limits.state.{word}") for word in STATES}
    return np.array([words[word] for word in state] + [None], object)[:-1]


def basis_texts(inputs: Inputs, part: Standing) -> Texts:
    """Whose limit it is that counts."""
    say = inputs.say
    words = {
        name: say(f"report_limits.basis.{name.replace(' ', '_')}")
        for name in ("in force", "temporary", "expired", "blank", "suggested", "none")
    }
    named = np.where((part.own.state == "none") & ~np.isnan(part.suggested), "suggested", part.own.state)
    return np.array([words[name] for name in named] + [None], object)[:-1]


def cap_text(inputs: Inputs, cap: Any) -> str | None:
    """The method that decides a suggested limit, in words."""
    return None if cap is None else inputs.say(f"report_limits.cap.{cap.replace(' ', '_')}")


def caps(inputs: Inputs, part: Standing) -> Texts:
    """What holds each suggested limit down."""
    return np.array([cap_text(inputs, cap) for cap in part.basis] + [None], object)[:-1]


def _action(inputs: Inputs, part: Standing, row: int, state: str) -> str:
    """What to do about one customer; nothing where all is well."""
    own, suggested = part.own.state[row], part.suggested[row]
    digits = digits_of(part.currency)

    def say(key: str, amount: float = 0.0) -> str:
        day = plain(part.own.until[row] if state == "expired" else part.own.review[row])
        return inputs.say(f"report_limits.action.{key}", amount=f"{amount:,.{digits}f}", day=day)

    def proposed(text: str) -> str:
        """With what of the suggested limit the insurer would not bear, as the policy sets no cap to it."""
        above = suggested - part.insured.limit[row]
        return sentences(inputs.language, text, say("above_insured", above)) if above > 0 else text

    above_cover = part.exposure[row] > part.insured.limit[row]
    hidden = part.insured.kind[row] >= 0 and np.isnan(part.insured.limit[row])
    if state == "over" and own == "none":
        return proposed(say("over_suggested"))
    if state == "over" and suggested >= part.exposure[row]:
        return proposed(say("raise", suggested))
    if state in ("over", "expired", "near"):
        return say(state) if state != "near" or own != "none" else proposed(say("approve"))
    if state == "unknown":
        return say("blank") if own == "blank" else say("insured_unknown" if hidden else "unknown")
    if own == "none":
        return proposed(say("approve"))
    if part.own.review[row] <= np.datetime64(inputs.as_of):
        return say("review")
    if hidden:
        return say("insured_unknown")
    return say("uninsured", part.exposure[row] - part.insured.limit[row]) if above_cover else ""


def _tiles(inputs: Inputs, part: Standing, listing: Listing, row: int) -> list[Cell]:
    """How many are over and by how much, near, and without a valid limit: all live."""
    say, states = inputs.say, listing.column("state").a1(absolute=True)
    state = states_of(part)
    words = {word: say(f"report_limits.state.{word}") for word in STATES}
    above = money.total(over_by(part.limit, part.exposure)[state == "over"])
    room = listing.column("headroom").a1(absolute=True)

    def count(*names: str) -> tuple[float, str]:
        formula = "+".join(f'COUNTIF({states},"{words[name]}")' for name in names)
        return float(np.isin(state.astype(str), names).sum()), f"={formula}"

    values = [
        ("over", *count("over"), "count"),
        (
            "money_over",
            above,
            f'=-SUMIF({states},"{words["over"]}",{room})',
            f"exact{digits_of(part.currency)}",
        ),
        ("near", *count("near"), "count"),
        ("unsettled", *count("expired", "unknown"), "count"),
    ]
    name = part.currency or say("report.table.no_currency")
    cells = [
        Cell(row, column, None if column else name, "section.text") for column in range(listing.right + 1)
    ]
    for (column, wide), (key, value, formula, kind) in zip(_PLACES, values, strict=True):
        cells += [
            Cell(row + 1, column, say(f"report_limits.tile.{key}"), "tilelabel.text", across=wide),
            Cell(row + 2, column, value, f"tile.{kind}", formula, across=wide),
            Cell(row + 3, column, say(f"report_limits.tile_note.{key}"), "tilenote.text", across=wide),
        ]
    return cells


def _marks(inputs: Inputs, listing: Listing) -> list[Mark]:
    """Over is dark, near is pale, expired and unknown are grey text."""
    if not len(listing):
        return []
    states, first = listing.column("state"), f"${listing.letter('state')}{listing.top + 1}"
    share = listing.column("utilisation")
    roles = {"over": "bad", "expired": "bad", "near": "near", "unknown": "quiet"}
    words = {word: inputs.say(f"report_limits.state.{word}") for word in roles}
    marks = [Mark.says(states, role, words[word]) for word, role in roles.items()]
    marks.append(Mark(share, "alert", f'={first}="{words["over"]}"'))
    return marks
