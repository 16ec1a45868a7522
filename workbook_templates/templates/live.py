"""Live formulas with our functions: what a cell says and what it shows, from the same arguments."""

import datetime as dt
from typing import Any, NamedTuple

from arcredit.hosts.excel.adapter import MISSING, CellError
from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.reports.sheet import Range, Spill

Rows = tuple[tuple[Any, ...], ...]


class Given(NamedTuple):
    """An argument: as a formula has it, and the value, or the rows of values, that it stands for."""

    address: str
    value: Any


LEFT_OUT = Given("", MISSING)


class Called(NamedTuple):
    """A formula and its result: a value, or rows of values."""

    formula: str
    result: Any


def called(name: str, *arguments: Given) -> Called:
    """A call of one of our functions, computed as the add-in computes it."""
    given = list(arguments)
    while given and not given[-1].address:
        given.pop()
    formula = f"={name}({','.join(argument.address for argument in given)})"
    return Called(formula, FUNCTIONS[name](*(argument.value for argument in given)))


def on(sheet: str, where: Range, value: Any) -> Given:
    """An argument that stands in cells of another sheet."""
    quoted = sheet.replace("'", "''")
    return Given(f"'{quoted}'!{where.a1(absolute=True)}", value)


def spilled(call: Called, row: int, column: int, kinds: dict[str, str] | None = None) -> Spill:
    """A table's formula in its first cell: headings, lines, and the style of each.

    `kinds` are the formats of columns by their headings; texts stand left, numbers right unless given.
    """
    rows: Rows = call.result
    assert not isinstance(rows, CellError), call
    heads = [str(head) for head in rows[0]]
    left = [_is_text(rows, place) for place in range(len(heads))]
    # A text stands a little apart from the number before it.
    apart = [is_text and place > 0 and not left[place - 1] for place, is_text in enumerate(left)]
    styles = [
        tuple(
            "caption.text" if space else "heading.text" if is_text else "heading.right"
            for is_text, space in zip(left, apart, strict=True)
        )
    ]
    for line in rows[1:]:
        styles.append(
            tuple(
                f"{'aside' if space else 'body'}.{_kind(cell, (kinds or {}).get(head, ''), is_text)}"
                for cell, head, is_text, space in zip(line, heads, left, apart, strict=True)
            )
        )
    return Spill(row, column, call.formula, rows, tuple(styles))


def _is_text(rows: Rows, place: int) -> bool:
    """Whether a column of a result begins at the left."""
    return all(isinstance(line[place], str) for line in rows[1:])


def _kind(cell: Any, kind: str, is_text: bool) -> str:
    if isinstance(cell, dt.date):
        return "date"
    if isinstance(cell, str) and is_text:
        return "text"
    return kind or number_kind(cell)


def number_kind(value: Any) -> str:
    """The format that shows a number which may be anything: amounts with commas, all else as it is."""
    if isinstance(value, float | int) and abs(value) >= 1000:
        return "count" if value == round(value) else "exact2"
    return "right"
