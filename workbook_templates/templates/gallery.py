"""The function gallery: every worksheet function live, with its worked example and the expected value."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from arcredit.hosts.excel.adapter import MISSING, WorksheetFunction
from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.hosts.excel.help import default, formula
from arcredit.hosts.excel.texts import help_of, spoken
from arcredit.reports.sheet import Mark, Range, Sheet, Spill, a1
from arcredit.words import say
from templates.agreement import Pair, agreement
from templates.examples import Example, Topic, topics
from templates.leaf import Leaf
from templates.live import Called, Given, called, number_kind, spilled
from templates.words import text

FILE, WORDS = "function_gallery", "gallery"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WIDE = 8
"""Columns that texts run across."""


class Checked(NamedTuple):
    """A function's place in the gallery: the cell with its name and the one that says whether it agrees."""

    function: str
    sheet: str
    row: int
    agrees: str


def sheets(language: str) -> list[Sheet]:
    """The gallery: an index, then a sheet for each topic."""
    pages, checked = [], []
    for topic in topics(language):
        page, found = _topic(topic, language)
        pages.append(page)
        checked.append((topic, found))
    return [_index(checked, language), *pages]


def _index(checked: Sequence[tuple[Topic, Sequence[Checked]]], language: str) -> Sheet:
    leaf = Leaf(text("gallery.index", language), language, 4, (27.0, 12.0, 19.0, 86.0))
    leaf.title(text("gallery.title", language), text("gallery.about", language))
    tile = leaf.row
    leaf.row += 2
    leaf.notes(text(f"gallery.note_{number}", language) for number in (1, 2, 3))
    first = leaf.row + 1
    for topic, found in checked:
        leaf.row += 1
        leaf.section(topic.title)
        for entry in found:
            where = f"internal:'{entry.sheet}'!A{entry.row + 1}"
            leaf.put(0, entry.function, "link.text", link=where)
            agrees = f"='{entry.sheet}'!{entry.agrees}"
            leaf.put(1, text("gallery.agrees", language), "wrap.text", agrees)
            kind = FUNCTIONS[entry.function].kind
            leaf.put(2, say(f"addin.help.{kind}", language), "wrap.text")
            leaf.across(3, spoken(help_of(FUNCTIONS[entry.function].function).summary, language), "wrap.text")
            leaf.row += 1
    where = Range(first, 1, leaf.row - 1, 1)
    count = sum(len(found) for _, found in checked)
    yes = text("gallery.agrees", language)
    live = f'=COUNTIF({where.a1()},"{yes}")'
    label = text("gallery.of", language, count=count)
    at, leaf.row = leaf.row, tile
    leaf.put(0, count, "tile.count", live)
    leaf.across(1, label, "tile.text")
    leaf.row = at
    leaf.marks.append(Mark.says(where, "equal", yes))
    leaf.marks.append(Mark.says(where, "bad", text("gallery.differs", language)))
    return leaf.sheet("index", freeze=None, footer=text("gallery.title", language))


def _topic(topic: Topic, language: str) -> tuple[Sheet, list[Checked]]:
    leaf = Leaf(topic.sheet, language, _WIDE)
    leaf.title(
        topic.title, text("gallery.back", language), link=f"internal:'{text('gallery.index', language)}'!A1"
    )
    found = []
    for example in topic.examples:
        found.append(_Shown(leaf, example, language).written())
        leaf.row += 2
    return leaf.sheet(topic.sheet, freeze=(2, 0), footer=text("gallery.title", language)), found


class _Shown:
    """One function on its sheet: what it is, its arguments in cells, its result, what is expected."""

    def __init__(self, leaf: Leaf, example: Example, language: str) -> None:
        self.leaf, self.example, self.language = leaf, example, language
        self.entry: WorksheetFunction = FUNCTIONS[example.function]
        self.help = help_of(self.entry.function)
        self.first = leaf.row
        self.given: dict[str, Given] = {}

    def written(self) -> Checked:
        """Write it below what is there."""
        leaf = self.leaf
        leaf.section(self.example.function)
        leaf.across(0, spoken(self.help.summary, self.language), "letter.text")
        leaf.row += 1
        self._line("syntax", formula(self.entry))
        here = leaf.row
        leaf.row += 1
        self._line("source", self.example.source)
        check = leaf.row
        leaf.row += 2
        self._arguments()
        self._blocks()
        call, pairs = self._result()
        below, leaf.row = leaf.row, here
        self._line("formula", call.formula)
        leaf.row = check
        agrees = self._check(pairs)
        leaf.row = below
        return Checked(self.example.function, leaf.name, self.first, agrees)

    def _say(self, word: str) -> str:
        return text(f"gallery.{word}", self.language)

    def _line(self, word: str, said: str) -> None:
        self.leaf.put(0, self._say(word), "label.text")
        self.leaf.across(1, said, "note.text")
        self.leaf.row += 1

    def _check(self, pairs: Sequence[Pair]) -> str:
        """The cell that says whether the result is the expected one, which colours it; gives its address."""
        leaf, yes, no = self.leaf, self._say("agrees"), self._say("differs")
        leaf.put(0, self._say("check"), "label.text")
        leaf.put(1, yes, "strong.text", agreement(pairs, self.example.tolerance, yes, no))
        address = a1(leaf.row, 1, absolute=True)
        for where in (Range(leaf.row, 1, leaf.row, 1), *(pair.found for pair in pairs)):
            leaf.marks.append(Mark(where, "equal", f'={address}="{yes}"'))
            leaf.marks.append(Mark(where, "bad", f'={address}="{no}"'))
        return address

    def _arguments(self) -> None:
        """A line for each argument used, single values beside their names, then the table of lines."""
        leaf, others = self.leaf, []
        for column, word in enumerate(("argument", "value")):
            leaf.put(column, self._say(word), "heading.text")
        leaf.across(2, self._say("meaning"), "caption.text")
        leaf.row += 1
        for item in self.entry.parameters:
            if item.name in self.example.arguments:
                self._argument(item.name)
            else:
                others.append(f"{item.name} = {default(item)}" if default(item) else item.name)
        if others:
            self._line("others", ", ".join(others))
        leaf.row += 1

    def _argument(self, name: str) -> None:
        leaf, value = self.leaf, self.example.arguments[name]
        leaf.put(0, name, "body.text", wide=True)
        if isinstance(value, list | dict):
            leaf.put(1, self._say("below"), "quiet.text", wide=True)
        else:
            cell = _cell(value)
            leaf.put(1, cell, f"input.{kind_of(cell)}", wide=True)
            self.given[name] = Given(a1(leaf.row, 1), cell)
        leaf.across(2, spoken(self.help.arguments[name], self.language), "asidewrap.text")
        leaf.row += 1

    def _lines(self) -> dict[str, list[Any]]:
        """The arguments that have a value for each line."""
        return {
            name: [_cell(one) for one in value]
            for name, value in self.example.arguments.items()
            if isinstance(value, list)
            and self.entry.kinds[name]
            and not any(isinstance(r, list) for r in value)
        }

    def _blocks(self) -> None:
        """Arguments that are tables of their own, such as a policy: a heading line, or keys and values."""
        leaf, lines = self.leaf, self._lines()
        for name, value in self.example.arguments.items():
            if not isinstance(value, list | dict) or name in lines:
                continue
            pairs = value.items() if isinstance(value, dict) else value
            rows = [
                [_cell(one) for one in (row if isinstance(row, list | tuple) else [row])] for row in pairs
            ]
            leaf.put(0, name, "heading.text", wide=True)
            for column in range(1, len(rows[0])):
                leaf.put(column, None, "heading.text")
            leaf.row += 1
            where = Range(leaf.row, 0, leaf.row + len(rows) - 1, len(rows[0]) - 1)
            for row in rows:
                for column, cell in enumerate(row):
                    leaf.put(column, cell, f"input.{kind_of(cell)}", wide=True)
                leaf.row += 1
            alone = where.top == where.bottom and where.left == where.right
            self.given[name] = Given(where.a1(), rows[0][0] if alone else tuple(map(tuple, rows)))
            leaf.row += 1

    def _result(self) -> tuple[Called, list[Pair]]:
        """The table of lines, the live result and what is expected."""
        leaf, lines, top = self.leaf, self._lines(), self.leaf.row
        height = max(map(len, lines.values()), default=0)
        for column, (name, cells) in enumerate(lines.items()):
            leaf.row = top
            leaf.put(column, name, "heading.text" if _is_text(cells) else "heading.right", wide=True)
            for leaf.row, cell in enumerate(cells, top + 1):
                leaf.put(column, cell, f"input.{kind_of(cell)}", wide=True)
            where = Range(top + 1, column, top + len(cells), column)
            value = cells[0] if len(cells) == 1 else tuple((cell,) for cell in cells)
            self.given[name] = Given(where.a1(), value)
        leaf.row = top
        missing = Given("", MISSING)
        call = called(self.entry.name, *(self.given.get(p.name, missing) for p in self.entry.parameters))
        if self.entry.kind == "table":
            leaf.row += height + 2 if lines else 0
            return call, self._table(call)
        if isinstance(call.result, tuple):
            return call, self._column(call, len(lines))
        leaf.row += height + 2 if lines else 0
        return call, self._single(call)

    def _single(self, call: Called) -> list[Pair]:
        """One result, and the value expected below it."""
        leaf, expected = self.leaf, _cell(self.example.expected)
        places = []
        for word, value, live in (("result", call.result, call.formula), ("expected", expected, None)):
            leaf.put(0, self._say(word), "small.text" if live else "label.text")
            leaf.put(1, value, f"{'strong' if live else 'body'}.{kind_of(value)}", live, wide=True)
            places.append(Range(leaf.row, 1, leaf.row, 1))
            leaf.row += 1
        return [Pair(places[0], places[1], [expected])]

    def _column(self, call: Called, left: int) -> list[Pair]:
        """A result for each line, beside the lines, and the expected values beside it."""
        leaf, top = self.leaf, self.leaf.row
        expected = [_cell(value) for value in self.example.expected]
        for column, word in ((left, "result"), (left + 1, "expected")):
            style = "caption.text" if _is_text(expected) else "heading.right"
            leaf.put(column, self._say(word), style, wide=True)
        role = "strongitem" if _is_text(expected) else "strong"
        styles = tuple((f"{role}.{kind_of(row[0])}",) for row in call.result)
        leaf.spill(Spill(top + 1, left, call.formula, call.result, styles))
        for leaf.row, value in enumerate(expected, top + 1):
            leaf.put(
                left + 1, value, f"{'aside' if _is_text(expected) else 'body'}.{kind_of(value)}", wide=True
            )
        leaf.row += 1
        last = top + len(expected)
        return [Pair(Range(top + 1, left, last, left), Range(top + 1, left + 1, last, left + 1), expected)]

    def _table(self, call: Called) -> list[Pair]:
        """The table as it spills, room below it, and the expected columns under their results."""
        leaf = self.leaf
        leaf.put(0, self._say("spills"), "small.text")
        leaf.row += 1
        spill = spilled(call, leaf.row, 0)
        leaf.spill(spill)
        leaf.row += 2
        leaf.put(0, self._say("expected"), "small.text")
        leaf.row += 1
        heads = [str(head) for head in call.result[0]]
        pairs, top = [], leaf.row
        for name, values in self.example.expected["columns"].items():
            column = heads.index(name)
            cells = [_cell(value) for value in values]
            leaf.row = top
            leaf.put(column, name, spill.styles[0][column])
            for leaf.row, value in enumerate(cells, top + 1):
                role = spill.styles[1][column].partition(".")[0]
                leaf.put(column, value, f"{role}.{kind_of(value)}", wide=True)
            found = Range(spill.row + 1, column, spill.row + len(cells), column)
            pairs.append(Pair(found, Range(top + 1, column, top + len(cells), column), cells))
        leaf.row += 1
        return pairs


def kind_of(value: Any) -> str:
    """The format that shows a value."""
    if isinstance(value, dt.date):
        return "date"
    if isinstance(value, bool):
        return "centre"
    return number_kind(value) if isinstance(value, float | int) else "text"


def _is_text(values: Sequence[Any]) -> bool:
    return any(isinstance(value, str) for value in values)


def _cell(value: Any) -> Any:
    """A golden value as it stands in a cell: days are days."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        return dt.date.fromisoformat(value)
    return value
