"""How a figure of one of our functions came about: its arguments, its steps, and what is wrong with them."""

import datetime as dt
from typing import Any, NamedTuple

import numpy as np
import xlwings as xw

from arcredit.errors import ArcreditError
from arcredit.hosts.excel.adapter import CellError, WorksheetFunction
from arcredit.hosts.excel.calls import Call, call_in, cells_of, value_of
from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.hosts.excel.texts import help_of, spoken, unit_of
from arcredit.reports.sheet import Cell, Range, Sheet
from arcredit.words import say

STEPS = {
    "CREDIT_LIMIT": "CREDIT_LIMIT_STEPS",
    "CREDIT_LIMIT_BASIS": "CREDIT_LIMIT_STEPS",
    "CREDIT_SCORE": "CREDIT_SCORECARD",
    "TCI_INDEMNITY": "TCI_INDEMNITY_STEPS",
}
"""Functions whose steps another one shows from the same arguments."""

_WIDTHS = (28.0, 30.0, 24.0, 14.0, 70.0)
_KEYS = ("argument", "written", "value", "unit", "meaning")


class Given(NamedTuple):
    """An argument: its name, as written, and what it is."""

    name: str
    written: str
    value: Any


def explanation_sheet(cell: xw.Range, language: str) -> Sheet:
    """The explanation of a cell with one of our functions.

    Raises
    ------
    ArcreditError
        If the cell has none.
    """
    formula = str(cell.formula)
    call = call_in(formula) if formula.startswith("=") else None
    if call is None:
        raise ArcreditError("ribbon.nothing_to_explain", cell=_named(cell))
    given = _given(cell, call)
    cells = [
        Cell(0, 0, say("ribbon.explain.title", language, cell=_named(cell)), "title.text"),
        Cell(1, 0, formula, "subtitle.text"),
        Cell(3, 0, say("ribbon.explain.result", language), "strong.text"),
        _cell(3, 1, cell.options(err_to_str=True).value, "strong"),
        Cell(4, 0, say("ribbon.explain.gives", language), "label.text"),
        Cell(4, 1, _summary(FUNCTIONS[call.name], language), "value.text"),
    ]
    row = 5
    if trouble := _trouble(cell, call.name, given, language):
        cells += [
            Cell(row, 0, say("ribbon.explain.trouble", language), "label.text"),
            Cell(row, 1, trouble, "alert.text"),
        ]
        row += 1
    cells += _arguments(row + 1, call.name, given, language)
    cells += _steps(row + 4 + len(given), cell, call, given, language)
    return Sheet(
        owner="explain",
        name=say("ribbon.explain.tab", language),
        widths=_WIDTHS,
        cells=tuple(cells),
        area=Range(0, 0, max(item.row for item in cells), len(_WIDTHS) - 1),
        heights={0: 24},
    )


def _named(cell: xw.Range) -> str:
    return f"{cell.sheet.name}!{cell.get_address(False, False)}"


def _summary(function: WorksheetFunction, language: str) -> str:
    return spoken(help_of(function.function).summary, language)


def _given(cell: xw.Range, call: Call) -> list[Given]:
    names = [item.name for item in FUNCTIONS[call.name].parameters]
    return [
        Given(name, text, value_of(cell, text)) for name, text in zip(names, call.arguments, strict=False)
    ]


def _trouble(cell: xw.Range, name: str, given: list[Given], language: str) -> str:
    """What the function says against its arguments; empty where it takes them."""
    values = {item.name: np.array(item.value, object) for item in given if item.value is not None}
    try:
        FUNCTIONS[name].function(**values)
    except ArcreditError as error:
        return error.text(language)
    except TypeError:
        return say("ribbon.explain.missing", language)
    return ""


def _arguments(row: int, name: str, given: list[Given], language: str) -> list[Cell]:
    texts = help_of(FUNCTIONS[name].function).arguments
    cells = [
        Cell(row, place, say(f"ribbon.explain.{key}", language), "heading.text")
        for place, key in enumerate(_KEYS)
    ]
    for line, item in enumerate(given, row + 1):
        text = texts[item.name]
        cells += [
            Cell(line, 0, item.name, "body.text"),
            Cell(line, 1, item.written or say("ribbon.explain.left_out", language), "body.text"),
            _cell(line, 2, _short(item.value, language), "body"),
            Cell(line, 3, unit_of(text, language), "body.text"),
            Cell(line, 4, spoken(text, language), "wrap.text"),
        ]
    return cells


def _short(value: Any, language: str) -> Any:
    """A value, or how many there are and between what they lie."""
    if not isinstance(value, tuple):
        return value
    flat = [item for row in value for item in row if item is not None]
    shape = say("ribbon.explain.block", language, rows=len(value), columns=len(value[0]))
    if flat and all(type(item) is float for item in flat):
        return f"{shape}: {min(flat):,.10g} … {max(flat):,.10g}"
    return f"{shape}: {_text(flat[0])} …" if flat else shape


def _text(value: Any) -> str:
    return value.date().isoformat() if isinstance(value, dt.datetime) else str(value)


def _cell(row: int, column: int, value: Any, role: str) -> Cell:
    if isinstance(value, dt.date):
        day = value.date() if isinstance(value, dt.datetime) else value
        return Cell(row, column, day, f"{role}.day")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return Cell(row, column, value if number else _shown(value), f"{role}.text")


def _shown(value: Any) -> Any:
    return value.code if isinstance(value, CellError) else value


def _steps(row: int, cell: xw.Range, call: Call, given: list[Given], language: str) -> list[Cell]:
    """The table of steps, for the one case the cell stands for."""
    name, values = _steps_call(cell, call, given)
    if name is None:
        return []
    table = FUNCTIONS[name](*values, date_1904=bool(cell.sheet.book.api.Date1904))
    if not isinstance(table, tuple) or isinstance(table, CellError):
        return []
    cells = [Cell(row, 0, say("ribbon.explain.steps", language, function=name), "section.text")]
    for place, heading in enumerate(table[0]):
        cells.append(Cell(row + 1, place, heading, "heading.text"))
    for line, values_of in enumerate(table[1:], row + 2):
        cells += [_cell(line, place, value, "wrap") for place, value in enumerate(values_of)]
    return cells


def _steps_call(cell: xw.Range, call: Call, given: list[Given]) -> tuple[str | None, list[Any]]:
    down, across = _offset(cell)
    if call.name == "CREDIT_GRADE":
        return _grade(cell, call)
    values = [_one(item.value, down, across) for item in given]
    return STEPS.get(call.name), values


def _grade(cell: xw.Range, call: Call) -> tuple[str | None, list[Any]]:
    """A grade's steps are those of its score and its cap, where these are figures of ours as well."""
    found: dict[str, list[Any]] = {}
    for text in call.arguments[:2]:
        source = cells_of(cell, text)
        formula = text if source is None else str(source[0, 0].formula)
        inner, at = call_in(formula), cell if source is None else source[0, 0]
        if inner:
            found[inner.name] = [_one(item.value, *_offset(at)) for item in _given(at, inner)]
    if "CREDIT_SCORE" not in found:
        return None, []
    score = found["CREDIT_SCORE"]
    blank = [None] * (len(FUNCTIONS["CREDIT_SCORE"].parameters) - len(score))
    return "CREDIT_SCORECARD", [*score, *blank, *found.get("CREDIT_GRADE_CAP", [])]


def _offset(cell: xw.Range) -> tuple[int, int]:
    """How far a cell is from the first one of its array."""
    if getattr(cell.api, "HasSpill", False):
        first = cell.api.SpillParent
    elif cell.has_array:
        first = cell.api.CurrentArray
    else:
        return 0, 0
    return cell.row - first.Row, cell.column - first.Column


def _one(value: Any, down: int, across: int) -> Any:
    """The value of the case at this place; a table of its own kind, such as a policy, stays whole."""
    if not isinstance(value, tuple) or (len(value) > 1 and len(value[0]) > 1):
        return value
    row = value[down if len(value) > 1 else 0]
    return row[across if len(row) > 1 else 0]
