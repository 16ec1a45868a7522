"""The sheet of a record: a title, an Excel table with its lists and notes, blank lines to fill in."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from arcredit.ledger.records.schema import Column as Field
from arcredit.ledger.records.schema import Record
from arcredit.reports.sheet import (
    Block,
    Cell,
    Column,
    Entry,
    Heading,
    Limits,
    Note,
    Range,
    Sheet,
    Table,
    text_width,
)
from arcredit.words import say

Row = Mapping[str, Any]
_HEAD = 3
_BLANK_LINES = 15
_LONGEST_LIST = 255
"""What a list of entries may hold; longer ones stand in cells beside the table."""
_STYLES = {
    "id": "input.code",
    "date": "input.date",
    "amount": "input.exact2",
    "share": "input.hundredths",
    "whole": "input.count",
    "number": "input.right",
}

_ROOM = {"customer_name": 28.0, "address": 32.0, "email": 26.0, "note": 36.0, "item": 36.0, "location": 28.0}
"""Widths for texts that are longer than their headings."""


def record_sheet(record: Record, language: str, rows: Sequence[Row] = ()) -> Sheet:
    """A record as a sheet of the user's own.

    Parameters
    ----------
    record : Record
        Which table.
    language : str
        Language of headings, notes and lists.
    rows : sequence of dict
        Lines to begin with, values by column name; for a record of keys and values one of them.
    """
    return (
        _terms(record, language, rows[0] if rows else {}) if record.terms else _table(record, language, rows)
    )


def shown(field: Field, value: Any, language: str) -> Any:
    """A value as it stands in a cell."""
    if isinstance(value, bool):
        return say(f"records.flag.{'yes' if value else 'no'}", language)
    return field.choice_text(value, language) if value in field.choices else value


def _table(record: Record, language: str, rows: Sequence[Row]) -> Sheet:
    fields = record.columns
    height = len(rows) + (0 if record.name == "policy" and rows else _BLANK_LINES)
    lines = Range(_HEAD + 1, 0, _HEAD + height, len(fields) - 1)
    cells = [[shown(field, row.get(field.name), language) for row in rows] for field in fields]
    columns = tuple(
        Column(_objects(values, height), _style(field)) for field, values in zip(fields, cells, strict=True)
    )
    lists, beside = _lists(fields, lines, len(fields) + 1, language)
    headings = tuple(Heading(field.heading(language)) for field in fields)
    widths = [
        max(_width(field.heading(language), values), _ROOM.get(field.name, 0.0))
        for field, values in zip(fields, cells, strict=True)
    ]
    return Sheet(
        owner=record.name,
        name=record.sheet(language),
        widths=(*widths, 3.0, *(max(map(_wide, column)) for column in beside)),
        cells=(*_titles(record, language), *_beside(beside, len(fields) + 1, language)),
        area=Range(0, 0, _HEAD + height, len(fields) - 1),
        blocks=(Block(_HEAD + 1, 0, columns),),
        tables=(Table(Range(_HEAD, 0, _HEAD + height, len(fields) - 1), _name(record), headings),),
        notes=tuple(Note(_HEAD, place, field.note(language)) for place, field in enumerate(fields)),
        lists=lists,
        freeze=(_HEAD + 1, 1),
        titles=(_HEAD, _HEAD),
        footer=record.sheet(language),
    )


def _terms(record: Record, language: str, given: Row) -> Sheet:
    fields, height = record.columns, len(record.columns)
    heads = [say(f"records.heading.{name}", language) for name in ("key", "value", "note")]
    texts = [field.heading(language) for field in fields], [field.note(language) for field in fields]
    values = [shown(field, given.get(field.name), language) for field in fields]
    lists: list[Entry] = []
    for row, field in enumerate(fields, _HEAD + 1):
        entry = _entry(field, Range(row, 1, row, 1), language)
        lists += [entry] if entry else []
    blocks = [Block(_HEAD + 1, 0, (Column(_objects(texts[0], height), "body.text"),))]
    blocks += [
        Block(row, 1, (Column(_objects([value], 1), _style(field)),))
        for row, (field, value) in enumerate(zip(fields, values, strict=True), _HEAD + 1)
    ]
    blocks += [Block(_HEAD + 1, 2, (Column(_objects(texts[1], height), "quiet.text"),))]
    area = Range(_HEAD, 0, _HEAD + height, 2)
    widths = (_width(heads[0], texts[0]), max(26.0, _width("", values)), _width(heads[2], texts[1]))
    return Sheet(
        owner=record.name,
        name=record.sheet(language),
        widths=widths,
        cells=_titles(record, language),
        area=Range(0, 0, _HEAD + height, 2),
        blocks=tuple(blocks),
        tables=(Table(area, _name(record), tuple(map(Heading, heads)), filter=False),),
        lists=tuple(lists),
        freeze=(_HEAD + 1, 1),
        footer=record.sheet(language),
        landscape=False,
    )


def _titles(record: Record, language: str) -> tuple[Cell, ...]:
    title = Cell(0, 0, record.sheet(language), "title.text")
    return title, Cell(1, 0, record.about(language), "subtitle.text")


def _name(record: Record) -> str:
    return f"tbl{record.name.title().replace('_', '')}"


def _style(field: Field) -> str:
    return _STYLES.get(field.kind, "input.text")


def _lists(
    fields: Sequence[Field], lines: Range, left: int, language: str
) -> tuple[tuple[Entry, ...], list[list[str]]]:
    """What may be entered in each column, and the texts of long lists for columns beside the table."""
    entries: list[Entry] = []
    beside: list[list[str]] = []
    for place, field in enumerate(fields):
        where = Range(lines.top, place, lines.bottom, place)
        words = [field.choice_text(choice, language) for choice in field.choices]
        if words and (any("," in word for word in words) or len(",".join(words)) > _LONGEST_LIST):
            column = left + len(beside)
            beside.append([field.heading(language), *words])
            cells = Range(_HEAD + 1, column, _HEAD + len(words), column)
            entries.append(Entry(where, cells, hint=field.note(language), strict=field.kind == "choice"))
        elif entry := _entry(field, where, language):
            entries.append(entry)
    return tuple(entries), beside


def _entry(field: Field, where: Range, language: str) -> Entry | None:
    """What may be entered into cells of a field; None where anything may."""
    note = field.note(language)
    if field.kind == "flag":
        words = tuple(say(f"records.flag.{word}", language) for word in ("yes", "no"))
        return Entry(where, words, note, note)
    if field.choices:
        words = tuple(field.choice_text(choice, language) for choice in field.choices)
        return Entry(where, words, note, note, strict=field.kind == "choice")
    if field.kind == "date":
        return Entry(where, Limits("date", dt.date(1950, 1, 1), dt.date(2100, 12, 31)), note, note)
    if field.kind == "share":
        return Entry(where, Limits("number", 0, 1), note, note)
    if field.kind == "whole":
        return Entry(where, Limits("whole", field.low, field.high), note, note)
    if field.kind in ("amount", "number"):
        return Entry(
            where, Limits("number", -1e15 if field.low is None else field.low, field.high), note, note
        )
    return None


def _beside(columns: Sequence[Sequence[str]], left: int, language: str) -> list[Cell]:
    """The texts of long lists, each under its column's heading."""
    cells = []
    if columns:
        cells.append(Cell(_HEAD - 1, left, say("records.init.choices", language), "label.text"))
    for place, (heading, *words) in enumerate(columns, left):
        cells.append(Cell(_HEAD, place, heading, "heading.text"))
        cells += [Cell(row, place, word, "quiet.text") for row, word in enumerate(words, _HEAD + 1)]
    return cells


def _wide(text: Any) -> float:
    return min(max(text_width(str(text)) + 3.0, 10.0), 60.0)


def _width(heading: str, values: Sequence[Any]) -> float:
    """Room for the heading with its filter button, and for what stands below."""
    return max(_wide(text) for text in (f"{heading}  ", *(value for value in values if value is not None)))


def _objects(values: Sequence[Any], height: int) -> np.ndarray[Any, Any]:
    found = np.full(height, None, object)
    found[: len(values)] = values
    return found
