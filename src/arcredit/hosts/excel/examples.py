"""The examples of the docstrings as a spreadsheet writes them: a formula and what it shows."""

import ast
import datetime as dt
import doctest
import inspect
from collections.abc import Sequence
from typing import Any, NamedTuple

from arcredit.hosts.excel.adapter import MISSING, CellError, WorksheetFunction
from arcredit.hosts.excel.texts import help_of


class Example(NamedTuple):
    """A formula and what it shows; of a table, its headings."""

    formula: str
    shown: str


def example_of(entry: WorksheetFunction) -> Example | None:
    """The first call with plain values in a docstring's examples, computed; None if there is none."""
    for found in doctest.DocTestParser().get_examples(help_of(entry.function).example):
        for call in ast.walk(ast.parse(found.source)):
            is_it = isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
            if is_it and call.func.id == entry.function.__name__:  # type: ignore[attr-defined]
                values = _values(call, entry)  # type: ignore[arg-type]
                if values is not None:
                    return Example(_formula(entry, values), _shown(entry(*values), entry.kind))
    return None


def _values(call: ast.Call, entry: WorksheetFunction) -> list[Any] | None:
    """The arguments in order as cells; None if one is no plain value."""
    try:
        given = [_cells(ast.literal_eval(argument)) for argument in call.args]
        named = {str(word.arg): _cells(ast.literal_eval(word.value)) for word in call.keywords}
    except ValueError:
        return None
    names = list(inspect.signature(entry.function).parameters)
    values = dict(zip(names, given, strict=False)) | named
    last = max(map(names.index, values), default=-1)
    return [values.get(name, MISSING) for name in names[: last + 1]]


def _cells(value: Any) -> Any:
    """A Python value as cells: a list is a column, a list of lists a block, a dictionary a block of pairs."""
    if isinstance(value, dict):
        return tuple(value.items())
    if isinstance(value, list | tuple):
        return tuple(tuple(row) if isinstance(row, list | tuple) else (row,) for row in value)
    return value


def _formula(entry: WorksheetFunction, values: Sequence[Any]) -> str:
    return f"={entry.name}({','.join(map(_literal, values))})"


def _literal(value: Any) -> str:
    if isinstance(value, tuple):
        return (
            "{"
            + ";".join(",".join('""' if cell is None else _cell(cell) for cell in row) for row in value)
            + "}"
        )
    return "" if value is None or value == MISSING else _cell(value)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    return '"' + value.replace('"', '""') + '"' if isinstance(value, str) else f"{value:.12g}"


def _shown(found: Any, kind: str) -> str:
    """A result in one line: cells of a row with commas, rows with semicolons; of a table its headings."""
    if isinstance(found, CellError) or not isinstance(found, tuple):
        return _text(found)
    rows = found[:1] if kind == "table" else found
    return "; ".join(", ".join(map(_text, row)) for row in rows)


def _text(cell: Any) -> str:
    if isinstance(cell, CellError):
        return cell.code
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return _cell(cell).strip('"')
