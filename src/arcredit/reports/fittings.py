"""What hangs on a sheet's cells as XlsxWriter writes it: tables, entry rules, comments, marks, sparklines."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from xlsxwriter.color import Color

from arcredit.reports import style
from arcredit.reports.sheet import (
    Bars,
    Entry,
    Heat,
    Limits,
    Mark,
    Note,
    Range,
    Sheet,
    Spark,
    Table,
    text_width,
)

Formats = Callable[[str], Any]
"""From a style's name to its format."""

_LONGEST_HINT = 255
_LOOKS = {"none": None, "light": "Table Style Light 1"}
_KINDS = {"number": "decimal", "whole": "integer", "date": "date", "length": "length"}


def coloured(properties: dict[str, Any]) -> dict[str, Any]:
    """Properties with XlsxWriter's colours in place of ours."""
    return {key: Color(item) if isinstance(item, tuple) else item for key, item in properties.items()}


def add_tables(page: Any, sheet: Sheet, formats: Formats) -> None:
    """The tables with their headings and totals; done before the cells, which may then look otherwise."""
    for table in sheet.tables:
        _add_table(page, table, formats)


def add_fittings(book: Any, page: Any, sheet: Sheet) -> None:
    """Everything else that hangs on the cells."""
    quoted = sheet.name.replace("'", "''")
    for name, where in sheet.names.items():
        book.define_name(name, f"='{quoted}'!{where.a1(absolute=True)}")
    for mark in sheet.marks:
        page.conditional_format(mark.where.a1(), _mark(book, mark))
    for heat in sheet.heats:
        page.conditional_format(heat.where.a1(), _heat(heat))
    for bars in sheet.bars:
        page.conditional_format(bars.where.a1(), _data_bars(bars))
    for entry in sheet.lists:
        page.data_validation(*entry.where, _entry(entry))
    for note in sheet.notes:
        page.write_comment(note.row, note.column, note.text, _note(note))
    _add_sparks(page, sheet.sparks)


def _add_table(page: Any, table: Table, formats: Formats) -> None:
    columns = [
        {
            "header": column.text,
            "header_format": formats(column.style),
            "formula": column.formula,
            **_total(column.total, table.total),
        }
        for column in table.columns
    ]
    page.add_table(
        *table.where,
        {
            "name": table.name,
            "columns": columns,
            "style": _LOOKS[table.look],
            "banded_rows": table.look == "light",
            "autofilter": table.filter,
            "total_row": table.total,
        },
    )
    if table.total:
        _write_totals(page, table, formats)


def _total(total: float | str | None, wanted: bool) -> dict[str, Any]:
    if not wanted or total is None:
        return {}
    return {"total_string": total} if isinstance(total, str) else {"total_function": "sum"}


def _write_totals(page: Any, table: Table, formats: Formats) -> None:
    """The last row again, in its own style: XlsxWriter would give it the column's."""
    row = table.where.bottom
    for place, column in enumerate(table.columns, table.where.left):
        form = formats(column.total_style)
        if isinstance(column.total, str):
            page.write_string(row, place, column.total, form)
        elif column.total is None:
            page.write_blank(row, place, None, form)
        else:
            heading = "".join(f"'{char}" if char in "[]#'" else char for char in column.text)
            page.write_formula(row, place, f"=SUBTOTAL(109,{table.name}[{heading}])", form, column.total)


def _heat(heat: Heat) -> dict[str, Any]:
    return {
        "type": "2_color_scale",
        "min_type": "num",
        "min_value": 0,
        "min_color": Color(style.BACKGROUND),
        "max_type": "num",
        "max_value": heat.full,
        "max_color": Color(style.HEAT),
    }


def _data_bars(bars: Bars) -> dict[str, Any]:
    return {
        "type": "data_bar",
        "min_type": "num",
        "min_value": 0,
        "max_type": "num",
        "max_value": bars.full,
        "bar_color": Color(style.BAR),
        "bar_solid": True,
        "bar_no_border": True,
        "bar_negative_color_same": True,
        "bar_axis_position": "none",
        "data_bar_2010": True,
    }


def _mark(book: Any, mark: Mark) -> dict[str, Any]:
    form = book.add_format(coloured(style.emphasis(mark.role)))
    return {"type": "formula", "criteria": mark.formula, "format": form}


def _entry(entry: Entry) -> dict[str, Any]:
    rule = _limits(entry.allowed) if isinstance(entry.allowed, Limits) else _choices(entry.allowed)
    words = {"input_message": entry.hint[:_LONGEST_HINT], "error_message": entry.message[:_LONGEST_HINT]}
    rule["error_type"] = "stop" if entry.strict else "warning"
    return rule | {key: text for key, text in words.items() if text}


def _choices(allowed: tuple[str, ...] | Range | str) -> dict[str, Any]:
    if isinstance(allowed, str):
        return {"validate": "list", "source": allowed}
    # A Range is a tuple too.
    if isinstance(allowed, Range):
        return {"validate": "list", "source": f"={allowed.a1(absolute=True)}"}
    return {"validate": "list", "source": list(allowed)}


def _limits(limits: Limits) -> dict[str, Any]:
    rule: dict[str, Any] = {"validate": _KINDS[limits.kind]}
    if limits.low is not None and limits.high is not None:
        return rule | {"criteria": "between", "minimum": limits.low, "maximum": limits.high}
    if limits.high is not None:
        return rule | {"criteria": "<=", "value": limits.high}
    return rule | {"criteria": ">=", "value": limits.low}


def _note(note: Note) -> dict[str, Any]:
    """A box that shows the whole text."""
    lines = sum(1 + text_width(line) // 34 for line in note.text.split("\n"))
    return {"author": "", "width": 210, "height": 18 + 15 * lines, "font_size": 9}


def _add_sparks(page: Any, sparks: Iterable[Spark]) -> None:
    """Small charts of one look make one group."""
    for (kind, low, high), group in groupby(sparks, lambda spark: (spark.kind, spark.low, spark.high)):
        members = list(group)
        page.add_sparkline(
            members[0].row,
            members[0].column,
            {
                "location": [Range(s.row, s.column, s.row, s.column).a1() for s in members],
                "range": [spark.values.a1() for spark in members],
                "type": kind,
                # Columns stand on nought: the lowest would have no height otherwise.
                "min": 0 if low is None and kind == "column" else low,
                "max": high,
                "last_point": True,
                "weight": 1.25,
                "series_color": Color(style.BAR if kind == "column" else style.ACCENT),
                "last_color": Color(style.ALERT),
                "negative_color": Color(style.ALERT),
            },
        )
