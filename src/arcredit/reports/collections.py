"""AR Collections: who to call today, why he comes first, and the letter that may go out to him."""

from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np

from arcredit.credit.receivables.collection import (
    AGE_UNIT,
    ASSUMED_GRADE,
    GRADE_STEP,
    MONEY_UNIT,
    MOST_PROMISES,
    PROMISE_STEP,
)
from arcredit.reports.calls import Calls, calls
from arcredit.reports.control import Line, origin
from arcredit.reports.inputs import Inputs
from arcredit.reports.letters import letter_text
from arcredit.reports.listing import Field, together
from arcredit.reports.page import Page
from arcredit.reports.register import Register
from arcredit.reports.sheet import Bars, Cell, Mark, Sheet, letters, text_width
from arcredit.reports.wrapping import wrapped_heights
from arcredit.shapes import Texts

MOST_LETTERS = 30
_LETTER_WIDTH, _LINE, _HIGHEST = 95.0, 13.5, 400.0
_NARROW = {"customer": 11.0, "customer_name": 26.0, "collector": 10.0, "contact": 27.0}
_PARTS = ("overdue", "disputed", "promised", "credits")


def collections_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Collections.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Sheet
        A list per currency, the highest score first, every part of the score in a column of its own; then
        who is not called and why; then the letters, on a page of their own.
    """
    register = Register(inputs)
    found = calls(register)
    called = [part.take(np.flatnonzero(part.reason == None)) for part in found]  # noqa: E711
    held = [part.take(np.flatnonzero(part.reason != None)) for part in found]  # noqa: E711
    page = Page(inputs, "collections")
    page.title(_subtitle(inputs, found, called, held))
    page.lines([*origin(inputs), *_basis(register)])
    several = len(found) > 1
    header = page.row + several
    bars = []
    columns = _money_columns(register, called)
    for part in called:
        if several:
            page.section(part.currency or inputs.say("report.table.no_currency"))
        if len(part):
            listing = page.table(_fields(register, part, columns), inputs.say("report.table.sum"))
            bars.append(Bars(listing.column("score"), float(part.score.max()) or 1.0))
            word = inputs.say("report_collections.level.3")
            page.marks.append(Mark.says(listing.column("letter"), "near", word))
        else:
            page.cells.append(Cell(page.row, 0, inputs.say("report_collections.none"), "subtitle.text"))
            page.gap(2)
    alone = len(page.listings) == 1
    filtered = page.listings[0].filter if alone else None
    for part in held:
        if len(part):
            name = f" · {part.currency}" if several and part.currency else ""
            page.section(inputs.say("report_collections.held_title") + name)
            page.table(_held(register, part), inputs.say("report.table.sum"))
    # The letters are there to be copied: they stand below what is printed.
    printed = page.row - 2
    _add_letters(page, register, called)
    sheet = page.sheet(
        (16.0, 24.0),
        bars=tuple(bars),
        freeze=(header + 1, 2) if alone else None,
        titles=(header, header) if alone else None,
        filter=filtered if filtered is not None and not any(map(len, held)) else None,
    )
    tall = wrapped_heights(page.listings, sheet.widths)
    return replace(sheet, area=sheet.area._replace(bottom=printed), heights={**sheet.heights, **tall})


def _subtitle(inputs: Inputs, found: list[Calls], called: list[Calls], held: list[Calls]) -> str:
    if not found:
        return inputs.say("report.state.empty")
    return inputs.say(
        "report_collections.subtitle",
        as_of=inputs.as_of.isoformat(),
        customers=f"{len({name for part in called for name in part.table['customer']}):,}",
        held=f"{len({name for part in held for name in part.table['customer']}):,}",
    )


def _basis(register: Register) -> list[Line]:
    """How the list is ranked, when letters are due, what late payment costs."""
    say, charges = register.inputs.say, register.charges
    edges = register.dunning_edges
    shown = edges if isinstance(edges, str) else ", ".join(map(str, edges))
    rate = f"{charges.annual_rate:.2%}"
    return [
        Line(say("report_collections.control.score"), say("report_collections.how.score")),
        Line(say("report_collections.control.risk"), say("report_collections.how.risk")),
        Line(say("report_collections.control.levels"), say("report_collections.how.levels", levels=shown)),
        Line(
            say("report_collections.control.charge"),
            say(f"report_collections.charge.{charges.basis}", rate=rate)
            if charges.basis == "contract"
            else say(f"report_collections.charge.{charges.basis}"),
        ),
    ]


def _texts(words: Any) -> Texts:
    return np.array([*words, None], object)[:-1]


def _columns(register: Register, part: Calls) -> dict[str, Any]:
    """Columns that may be blank throughout and are left out then."""
    who = part.table["customer"]
    made: dict[str, Any] = {"customer": who}
    if register.names:
        made["customer_name"] = _texts(register.names.get(name) for name in who)
    if register.says("collector"):
        made["collector"] = _texts(register.text("collector", name) for name in who)
    if register.says("contact") or register.says("phone"):
        made["contact"] = _texts(_contact(register, name) for name in who)
    return made


def _contact(register: Register, customer: Any) -> str | None:
    """Whom to ask for, and the number to call."""
    both = (register.text("contact", customer), register.text("phone", customer))
    return ", ".join(text for text in both if text) or None


def _money_columns(register: Register, called: list[Calls]) -> tuple[list[str], list[str]]:
    """The parts of what is to be collected, and the charges: the same columns for every currency."""
    parts = [
        name for name in _PARTS if name == "overdue" or any(np.any(part.table[name] != 0) for part in called)
    ]
    if register.charges.basis == "none":
        return parts, []
    return parts, ["interest", *(["fee"] if any(np.any(part.fee != 0) for part in called) else [])]


def _fields(register: Register, part: Calls, columns: tuple[list[str], list[str]]) -> dict[str, Field]:
    """The worklist; what is reckoned on the sheet is a formula of the columns beside it."""
    say, kind = register.inputs.say, f"money{part.digits}"
    texts = _columns(register, part)
    parts, charged = columns
    keys = [*texts, *parts, "to_collect", "average_days", "oldest_days", "grade", "broken", "risk", "score"]
    keys += ["level", "letter", *charged]
    at = {key: f"{letters(place)}{{row}}" for place, key in enumerate(keys)}
    words = [say(f"report_collections.level.{level}") for level in range(4)]
    risk = (
        f"=1+{GRADE_STEP}*(IF(ISNUMBER({at['grade']}),{at['grade']},{ASSUMED_GRADE})-1)"
        f"+{PROMISE_STEP}*MIN({at['broken']},{MOST_PROMISES})"
    )
    score = f"={at['to_collect']}/{MONEY_UNIT:.0f}*{at['average_days']}/{AGE_UNIT:.0f}*{at['risk']}"
    made = {key: Field("", values, role="name", width=_NARROW[key]) for key, values in texts.items()}
    made |= {name: Field("", part.table[name], kind, "sum") for name in parts}
    made |= {
        "to_collect": Field(
            "", part.table["to_collect"], kind, "sum", formula=f"=SUM({at[parts[0]]}:{at[parts[-1]]})"
        ),
        "average_days": Field("", part.table["average_days"], "tenths", width=10.0),
        "oldest_days": Field("", part.table["oldest_days"], "count", "max", width=10.0),
        "grade": Field("", part.grade, "count", width=7.0),
        "broken": Field("", part.broken, "count", width=9.5),
        "risk": Field("", part.risk, "exact2", formula=risk, width=8.0),
        "score": Field("", part.score, "tenths", formula=score, width=10.0),
        "level": Field("", part.table["level"], "count", width=8.0),
        "letter": Field("", _texts(words[int(level)] for level in part.letter), role="aside", width=12.5),
        "interest": Field(
            "",
            part.interest,
            kind,
            # A sum of which a part is not known is not known.
            "" if np.isnan(part.interest).any() else "sum",
            missing=say("report.dso.not_known"),
        ),
        "fee": Field("", part.fee, kind, "sum"),
    }
    return _headed(register.inputs, {key: made[key] for key in keys})


def _held(register: Register, part: Calls) -> dict[str, Field]:
    say, kind = register.inputs.say, f"money{part.digits}"
    texts = _columns(register, part)
    parts = [name for name in _PARTS if name == "overdue" or np.any(part.table[name] != 0)]
    why = [
        say("report_collections.then").join(
            (say(f"report_collections.reason.{reason}"), say(f"report_collections.action.{reason}"))
        )
        for reason in part.reason
    ]
    made = {key: Field("", values, role="name", width=_NARROW[key]) for key, values in texts.items()}
    made |= {name: Field("", part.table[name], kind, "sum") for name in parts}
    # The reason runs on into the blank cells at its right.
    made |= {"until": Field("", part.until, "day"), "reason": Field("", _texts(why), width=9.0)}
    return _headed(register.inputs, made)


def _headed(inputs: Inputs, fields: dict[str, Field]) -> dict[str, Field]:
    return {
        key: replace(field, heading=inputs.say(f"report_collections.column.{key}"))
        for key, field in fields.items()
    }


def _add_letters(page: Page, register: Register, called: list[Calls]) -> None:
    """Each letter in one wrapped cell, as wide as a page of a letter, ready to be copied."""
    say = register.inputs.say
    due = [(part, row) for part in called for row in range(len(part)) if part.letter[row] > 0]
    if not due:
        return
    page.section(say("report_collections.letters_title"))
    shown = due[:MOST_LETTERS]
    page.note(say("report_collections.letters_note", shown=f"{len(shown):,}", all=f"{len(due):,}"))
    wide = together(*(listing.widths() for listing in page.listings), (16.0, 24.0))
    across = next((n for n in range(1, len(wide)) if sum(wide[:n]) >= _LETTER_WIDTH), len(wide))
    room = sum(wide[:across]) * 1.05
    for part, row in shown:
        who = str(part.table["customer"][row])
        level = say(f"report_collections.level.{part.letter[row]:.0f}")
        name = register.names.get(who, "")
        head = say("report_collections.letter_head", level=level, customer=who, name=name)
        text = letter_text(register, part, row)
        lines = sum(max(1, ceil(text_width(line) / room)) for line in text.split("\n"))
        page.cells.append(Cell(page.row, 0, head, "letterstrong.text", across=across))
        page.cells.append(Cell(page.row + 1, 0, text, "letter.text", across=across))
        page.heights[page.row + 1] = min(_LINE * lines + 6, _HIGHEST)
        page.gap(3)
