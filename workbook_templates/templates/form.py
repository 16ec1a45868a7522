"""A sheet to type into: questions with their cells, live figures, tables of lines, results that spill."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from arcredit.ledger.records.schema import Column as Field
from arcredit.reports.sheet import Block, Column, Entry, Heading, Limits, Range, Sheet, Spill, Table
from templates.leaf import Leaf
from templates.live import Called, Given, called, on, spilled

_KINDS = {"amount": "exact2", "share": "hundredths", "date": "date", "whole": "count", "terms": "count"}


class Form(Leaf):
    """A sheet being written whose cells are arguments for our functions, by name in `given`."""

    def __init__(self, name: str, language: str, wide: int, widths: Sequence[float] = ()) -> None:
        super().__init__(name, language, wide, widths)
        self.given: dict[str, Given] = {}
        self._blocks: list[Block] = []

    def ask(self, key: str, label: str, value: Any, kind: str, hint: str = "", entry: Any = None) -> Given:
        """A question: its words, the cell to type into, a hint."""
        self.put(0, label, "item.text")
        self.put(1, value, f"input.{kind}")
        if hint:
            self.across(2, hint, "hint.text")
        where = Range(self.row, 1, self.row, 1)
        if entry is not None:
            self.lists.append(Entry(where, entry, hint, hint))
        self.row += 1
        self.given[key] = on(self.name, where, value)
        return self.given[key]

    def ask_term(self, field: Field, value: Any) -> Given:
        """A question about a term of the records, in their words."""
        plain = field.kind in ("number", "flag") or (field.kind == "period" and not isinstance(value, str))
        kind = "right" if plain else _KINDS.get(field.kind, "text")
        return self.ask(
            field.name, field.heading(self.language), value, kind, field.note(self.language), _allowed(field)
        )

    def show(self, key: str, label: str, call: Called, kind: str, hint: str = "") -> Given:
        """A live figure with its words."""
        self.put(0, label, "strongitem.text")
        self.put(1, call.result, f"strong.{kind}", call.formula)
        if hint:
            self.across(2, hint, "hint.text")
        self.given[key] = on(self.name, Range(self.row, 1, self.row, 1), call.result)
        self.row += 1
        return self.given[key]

    def call(self, function: str, *names: str | Given | None) -> Called:
        """A call of our function with cells of this form, by name; None leaves an argument out."""
        return called(
            function, *(self.given[n] if isinstance(n, str) else n or Given("", None) for n in names)
        )

    def lines(self, name: str, columns: Mapping[str, tuple[str, str, Sequence[Any]]]) -> None:
        """An Excel table to type into: key → heading, format, values; each column becomes an argument."""
        height = max(len(values) for _, _, values in columns.values())
        where = Range(self.row, 0, self.row + height, len(columns) - 1)
        heads, blocks = [], []
        for place, (key, (heading, kind, values)) in enumerate(columns.items()):
            cells = np.full(height, None, object)
            cells[: len(values)] = values
            blocks.append(Column(cells, f"input.{kind}"))
            heads.append(Heading(heading, "heading.text" if kind in ("text", "code") else "heading.right"))
            for value in (f"{heading}    ", *values):
                self.widen(place, value)
            value = tuple((cell,) for cell in values) if height > 1 else values[0]
            self.given[key] = Given(f"{name}[{heading}]", value)
        self._blocks.append(Block(self.row + 1, 0, tuple(blocks)))
        self.tables.append(Table(where, name, tuple(heads), filter=False))
        self.row = where.bottom + 1

    def table(self, call: Called, heads: Sequence[str], kinds: Mapping[str, str], *, left: int = 0) -> Spill:
        """A result that spills, under headings in the sheet's language; its own stand small below them."""
        made = spilled(call, self.row + 1, left, dict(kinds))
        styles = made.styles[0]
        for column, (head, style) in enumerate(zip(heads, styles, strict=True), left):
            self.put(column, head, style)
            self.widen(column, head)
        looks = {"heading.right": "small.right", "caption.text": "smallitem.text"}
        small = tuple(looks.get(style, "small.text") for style in styles)
        made = made._replace(styles=(small, *made.styles[1:]))
        self.spill(made)
        return made

    def sheet(self, owner: str, *, least: int = 0, tall: int = 0, **more: Any) -> Sheet:
        """The finished sheet.

        It prints `least` rows at least, for results that spill further down, on `tall` pages at most.
        """
        made = super().sheet(owner, **more)
        area = made.area._replace(bottom=max(made.area.bottom, least - 1))
        return replace(made, blocks=tuple(self._blocks), area=area, fit_tall=tall)


def _allowed(field: Field) -> Any:
    """What may be entered: a choice by its code, as our functions take it; numbers and days within limits."""
    if field.choices:
        return field.choices
    if field.kind == "flag":
        return ("TRUE", "FALSE")
    if field.kind == "share":
        return Limits("number", 0, 1)
    if field.kind in ("amount", "number"):
        return Limits("number", -1e15 if field.low is None else field.low, field.high)
    if field.kind == "whole":
        return Limits("whole", field.low, field.high)
    if field.kind == "date":
        return Limits("date", dt.date(1990, 1, 1), dt.date(2100, 12, 31))
    return None
