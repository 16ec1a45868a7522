"""The ledger starter: an empty ledger and every record beside it, ready to be typed or pasted into."""

import datetime as dt
from typing import Any, NamedTuple

import numpy as np

from arcredit.credit.customer.policy import DEFAULT_POLICY
from arcredit.hosts.init_sheet import record_sheet
from arcredit.ledger.records.schema import Record, schema
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
from templates.leaf import Leaf
from templates.words import text

FILE, WORDS = "ledger_starter", "starter"
_HEAD, _LINES = 3, 40


class Field(NamedTuple):
    """A column of the ledger: its name, how it looks, what may be entered."""

    name: str
    kind: str
    choices: tuple[str, ...] = ()


DOCUMENTS = (
    Field("document", "code"),
    Field("kind", "text", ("invoice", "credit_note", "advance")),
    Field("customer", "code"),
    Field("customer_name", "text"),
    Field("invoice_date", "date"),
    Field("due_date", "date"),
    Field("currency", "text"),
    Field("amount", "exact2"),
    Field("open_amount", "exact2"),
    Field("paid_date", "date"),
    Field("disputed_amount", "exact2"),
)
RECEIPTS = (
    Field("receipt_date", "date"),
    Field("customer", "code"),
    Field("customer_name", "text"),
    Field("applied_to", "code"),
    Field("received_amount", "exact2"),
)


def sheets(language: str) -> list[Sheet]:
    """What to do first, the ledger, the receipts, then every record."""
    records = [record_sheet(record, language, _rows(record)) for record in schema().values()]
    ledger = [_table("documents", DOCUMENTS, language), _table("receipts", RECEIPTS, language)]
    return [_start([*ledger, *records], language), *ledger, *records]


def _rows(record: Record) -> list[dict[str, Any]]:
    """What a record begins with: the built-in policy, and the values in force; never a customer's figure."""
    if record.name == "policy":
        return [
            dict(zip(DEFAULT_POLICY, row, strict=True)) for row in zip(*DEFAULT_POLICY.values(), strict=True)
        ]
    if record.terms:
        return [{column.name: column.default for column in record.columns if column.default is not None}]
    return []


def _table(name: str, fields: tuple[Field, ...], language: str) -> Sheet:
    """An empty Excel table with its notes and what may be entered."""
    heads = [text(f"starter.{field.name}", language) for field in fields]
    notes = [text(f"starter.{field.name}_note", language) for field in fields]
    where = Range(_HEAD, 0, _HEAD + _LINES, len(fields) - 1)
    blank = np.full(_LINES, None, object)
    title = text(f"starter.{name}", language)
    return Sheet(
        owner=name,
        name=title,
        widths=tuple(_width(field, head) for field, head in zip(fields, heads, strict=True)),
        cells=(
            Cell(0, 0, title, "title.text"),
            Cell(1, 0, text(f"starter.{name}_about", language), "subtitle.text"),
        ),
        area=where._replace(top=0),
        blocks=(Block(_HEAD + 1, 0, tuple(Column(blank, f"input.{field.kind}") for field in fields)),),
        tables=(Table(where, f"tbl{name.title()}", tuple(map(Heading, heads))),),
        notes=tuple(Note(_HEAD, place, note) for place, note in enumerate(notes)),
        lists=tuple(
            _entry(field, Range(_HEAD + 1, place, where.bottom, place), note, language)
            for place, (field, note) in enumerate(zip(fields, notes, strict=True))
            if field.kind not in ("code", "text") or field.choices
        ),
        freeze=(_HEAD + 1, 1),
        titles=(_HEAD, _HEAD),
        footer=title,
    )


def _entry(field: Field, where: Range, note: str, language: str) -> Entry:
    if field.choices:
        words = tuple(text(f"starter.{choice}", language) for choice in field.choices)
        return Entry(where, words, note, note, strict=False)
    if field.kind == "date":
        return Entry(where, Limits("date", dt.date(1990, 1, 1), dt.date(2100, 12, 31)), note, note)
    return Entry(where, Limits("number", -1e15, 1e15), note, note)


def _width(field: Field, head: str) -> float:
    usual = {"customer_name": 30.0, "exact2": 16.0, "date": 12.5, "code": 16.0}
    room = usual.get(field.name, usual.get(field.kind, 13.0))
    return max(room, text_width(head) + 5.0)


def _start(sheets: list[Sheet], language: str) -> Sheet:
    """What to do, step by step, and what each sheet is for."""
    leaf = Leaf(text("starter.start", language), language, 2, (30.0, 96.0))
    leaf.title(text("starter.title", language), text("starter.about", language))
    leaf.section(text("starter.steps", language))
    for number in range(1, 7):
        leaf.across(0, text(f"starter.step_{number}", language), "letter.text")
        leaf.row += 1
    leaf.row += 1
    leaf.section(text("starter.sheets", language))
    for sheet in sheets:
        leaf.put(0, sheet.name, "link.text", link=f"internal:'{sheet.name}'!A1")
        leaf.across(1, str(sheet.cells[1].value), "wrap.text")
        leaf.row += 1
    return leaf.sheet("start", footer=text("starter.title", language), landscape=False)
