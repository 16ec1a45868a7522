"""The sheet AR Functions: every worksheet function with what it gives, its arguments and an example."""

import inspect
from math import ceil

import numpy as np

from arcredit.hosts.excel.adapter import WorksheetFunction
from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.hosts.excel.texts import help_of, spoken
from arcredit.reports.sheet import Block, Cell, Column, Range, Sheet, text_width
from arcredit.words import say

_KEYS = ("call", "gives", "argument", "about")
_WIDTHS = (44.0, 60.0, 24.0, 76.0)
_HEADING = 3


def function_sheet(language: str) -> Sheet:
    """A line per argument; the first line of a function says what it gives."""
    lines = [line for name, function in FUNCTIONS.items() for line in _lines(name, function, language)]
    columns = tuple(
        Column(np.array([*column, None], object)[:-1], "wrap.text") for column in zip(*lines, strict=True)
    )
    last = _HEADING + len(lines)
    return Sheet(
        owner="functions",
        name=say("ribbon.functions.tab", language),
        widths=_WIDTHS,
        cells=(
            Cell(0, 0, say("ribbon.functions.title", language), "title.text"),
            Cell(1, 0, say("ribbon.functions.how", language), "subtitle.text"),
            *(
                Cell(_HEADING, place, say(f"ribbon.functions.{key}", language), "heading.text")
                for place, key in enumerate(_KEYS)
            ),
        ),
        area=Range(0, 0, last, len(_WIDTHS) - 1),
        blocks=(Block(_HEADING + 1, 0, columns),),
        heights={0: 24} | {_HEADING + 1 + row: _height(line) for row, line in enumerate(lines)},
        freeze=(_HEADING + 1, 1),
        titles=(_HEADING, _HEADING),
        filter=Range(_HEADING, 0, last, len(_WIDTHS) - 1),
    )


def call_of(name: str, function: WorksheetFunction) -> str:
    """How the function is written, optional arguments in brackets."""
    arguments = [
        item.name if item.default is inspect.Parameter.empty else f"[{item.name}]"
        for item in function.parameters
    ]
    return f"{name}({', '.join(arguments)})"


def _lines(name: str, function: WorksheetFunction, language: str) -> list[tuple[str | None, ...]]:
    about = help_of(function.function)
    summary = spoken(about.summary, language)
    lines: list[tuple[str | None, ...]] = []
    for item in function.parameters:
        first = not lines
        text = spoken(about.arguments[item.name], language)
        lines.append(
            (call_of(name, function) if first else None, summary if first else None, item.name, text)
        )
    return lines


def _height(line: tuple[str | None, ...]) -> float:
    lines = (ceil(text_width(text or "") / (width - 2)) for text, width in zip(line, _WIDTHS, strict=True))
    return 15.0 * max(1, *lines)
