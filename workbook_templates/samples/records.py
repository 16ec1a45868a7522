"""The records of the samples: lines of text to rows, and rows to sheets."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from arcredit.credit.customer.policy import DEFAULT_POLICY
from arcredit.ledger.records.schema import Column, Record, schema
from arcredit.words import LANGUAGES, say
from samples.look import Look, fit, wide
from samples.trade import Customer, Document

Row = dict[str, Any]
ORDER = (
    "limits",
    "insured_limits",
    "policy",
    "insurance",
    "events",
    "promises",
    "orders",
    "financials",
    "disputes",
    "plans",
    "dossier",
    "insurers",
    "settings",
    "borrowing",
)
"""The sheets in the order of their tabs."""
_WIDE = "#,##0.00;[Red]-#,##0.00"


def given(file: str) -> dict[str, Any]:
    """The records of a text file: [name], then headings and rows, or ``key | value`` for terms."""
    text = (Path(__file__).parent / file).read_text(encoding="utf-8")
    found: dict[str, Any] = {}
    for section in re.split(r"^\[", text, flags=re.MULTILINE)[1:]:
        name, _, lines = section.partition("]")
        cells = [[cell.strip() for cell in line.split("|")] for line in lines.strip().splitlines()]
        found[name] = dict(cells) if schema()[name].terms else _rows(cells)
    return found


def _rows(cells: list[list[str]]) -> list[Row]:
    heads, *lines = cells
    return [{name: cell for name, cell in zip(heads, line, strict=True) if cell} for line in lines]


def typed(column: Column, text: Any, language: str) -> Any:
    """A cell's text as the value that stands in the sheet."""
    if not isinstance(text, str) or not _readable(column, text):
        return text
    if column.kind == "date":
        return dt.date.fromisoformat(text)
    if column.kind == "flag":
        return say(f"records.flag.{text}", language)
    if column.kind in ("amount", "number", "share", "whole", "terms") or (
        column.kind == "period" and text.isdigit()
    ):
        return float(text)
    if text in column.choices:
        return column.choice_text(text, language)
    return text


def _readable(column: Column, text: str) -> bool:
    """Whether a text is what the column expects: the messy sample has other ones."""
    if column.kind == "date":
        return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None
    if column.kind in ("amount", "number", "share", "whole", "terms"):
        return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None
    return True


def own_limits(people: Sequence[Customer], changes: Mapping[str, Row], decided_by: str) -> list[Row]:
    """Our own limits of the year, each with what is special about it."""
    usual = {"valid_from": "2026-01-01", "valid_to": "2026-12-31", "review_date": "2026-11-30"}
    return [
        {
            "customer": one.number,
            "customer_name": one.name,
            "credit_limit": None if one.limit is None else float(one.limit),
            "decided_by": decided_by,
            **(usual if one.limit is not None else {}),
            **changes.get(one.number, {}),
        }
        for one in people
    ]


def insurers_limits(
    people: Sequence[Customer], start: str, ends: Mapping[str, str], more: Mapping[str, Any]
) -> list[Row]:
    """The insurer's decisions: each customer's limit from the start, some with an end, then later ones."""
    named = [
        {"customer": one.number, "customer_name": one.name, "limit": float(one.insured), "from": start}
        | ({"to": ends[one.number]} if one.number in ends else {})
        | {"kind": "named"}
        for one in people
        if one.insured
    ]
    names = {one.number: one.name for one in people}
    return named + [{**row, "customer_name": names[row["customer"]]} for row in more["insured_limits"]]


def open_disputes(
    documents: Sequence[Document], owners: Sequence[str], reasons: Mapping[str, str]
) -> list[Row]:
    """A row for each document with a disputed amount."""
    return [
        {
            "document": item.number,
            "customer": item.customer.number,
            "raised_on": item.day + dt.timedelta(days=18),
            "reason": reasons.get(item.remark, item.remark),
            "amount": item.disputed / 100,
            "owner": owners[int(item.customer.number) % len(owners)],
            "status": "open",
        }
        for item in documents
        if item.disputed and item.open
    ]


def settled_dispute(item: Document, reason: str, owner: str) -> Row:
    """A dispute of a document that was resolved four weeks later."""
    raised = item.day + dt.timedelta(days=18)
    row = {"document": item.number, "customer": item.customer.number, "raised_on": raised, "reason": reason}
    days = {"resolved_on": raised + dt.timedelta(days=28)}
    return {**row, "amount": item.amount / 400, "owner": owner, "status": "resolved", **days}


def kept_promises(documents: Sequence[Document], habit: str, count: int) -> list[Row]:
    """Promises of this habit's customers that were paid, a few days late at most."""
    paid = [item for item in documents if item.customer.habit == habit and item.paid_day and item.amount > 0]
    paid.sort(key=lambda item: (item.paid_day, item.number))
    return [
        {
            "customer": item.customer.number,
            "document": item.number,
            "promised_date": item.paid_day,
            "amount": item.amount / 100,
        }
        for item in paid[-count:]
    ]


def write(
    book: Workbook,
    look: Look,
    name: str,
    content: list[Row] | Row,
    language: str,
    *,
    sheet: str | None = None,
    heads: Mapping[str, str] | None = None,
    titles: Sequence[str] | None = None,
    table: bool = True,
) -> None:
    """A record on a sheet of its own, under its title, as an Excel table or as a plain block.

    `sheet`, `heads` (by column) and `titles` are another hand's words for the usual ones.
    """
    record = schema()[name]
    page = book.add_worksheet(sheet or record.sheet(language))
    above = [record.sheet(language), record.about(language)] if titles is None else titles
    for row, text in enumerate(above):
        page.write_string(row, 0, text, look.faint if row else look.title)
    top = len(above) + 1 if above else 0
    lines = _terms(record, content, language) if isinstance(content, dict) else None
    columns = _columns(record, content) if isinstance(content, list) else []
    if lines is None:
        names = [(heads or {}).get(column.name, column.heading(language)) for column in columns]
        lines = [
            names,
            *([typed(column, row.get(column.name), language) for column in columns] for row in content),
        ]
    _block(page, look, top, lines, f"tbl{name.title().replace('_', '')}" if table else "", columns)
    for place, column in enumerate(columns):
        _validate(page, column, language, (top + 1, place, top + len(lines) - 1, place))
    fit(page, lines, least=9)
    page.freeze_panes(top + 1, 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _columns(record: Record, content: list[Row]) -> list[Column]:
    """The columns that any row fills, in the schema's order."""
    used = {name for row in content for name in row}
    unknown = used - {column.name for column in record.columns}
    assert not unknown, (record.name, unknown)
    return [column for column in record.columns if column.name in used or record.name == "policy"]


def _terms(record: Record, content: Row, language: str) -> list[list[Any]]:
    """Term, value and meaning, one below the other."""
    columns = {column.name: column for column in record.columns}
    heads = [say(f"records.heading.{name}", language) for name in ("key", "value", "note")]
    return [
        heads,
        *(
            [
                columns[name].heading(language),
                typed(columns[name], text, language),
                columns[name].note(language),
            ]
            for name, text in content.items()
        ),
    ]


def _block(
    page: Worksheet, look: Look, top: int, lines: list[list[Any]], table: str, columns: list[Column]
) -> None:
    last, right = top + len(lines) - 1, len(lines[0]) - 1
    if table:
        headings = [{"header": name, "header_format": look.head} for name in lines[0]]
        options = {"name": table, "columns": headings, "style": "Table Style Light 1"}
        page.add_table(top, 0, last, right, options)
    else:
        page.write_row(top, 0, lines[0], look.head)
    kinds = [column.kind for column in columns]
    terms = [] if columns else [f"term {kind_of(cells[0])}" for cells in lines[1:]]
    for row, cells in enumerate(lines[1:], top + 1):
        for place, cell in enumerate(cells):
            _cell(page, look, row, place, cell, kinds[place] if kinds else terms[row - top - 1])
    if any(kind == "id" for kind in kinds):
        page.ignore_errors({"number_stored_as_text": f"A{top + 2}:C{last + 1}"})


def kind_of(heading: str) -> str:
    """The kind of the term with this heading."""
    every = (column for record in schema().values() if record.terms for column in record.columns)
    return next(column.kind for column in every if heading in map(column.heading, LANGUAGES))


_FORMATS = {"share": "0.00%", "amount": _WIDE, "number": "General"}


def _cell(page: Worksheet, look: Look, row: int, place: int, cell: Any, kind: str) -> None:
    # The values of terms stand left, beside what they mean.
    left = {"align": "left"} if kind.startswith("term ") else {}
    if isinstance(cell, dt.date):
        page.write_datetime(row, place, cell, look(num_format=look.day, **left) if left else look.date)
    elif isinstance(cell, str):
        page.write_string(row, place, cell, look())
    elif cell is not None:
        digits = _FORMATS.get(kind.removeprefix("term "), "#,##0")
        page.write_number(row, place, cell, look(num_format=digits, **left))


def _validate(page: Worksheet, column: Column, language: str, area: tuple[int, int, int, int]) -> None:
    """A list to choose from, with the column's note, where there are choices."""
    words = [column.choice_text(choice, language) for choice in column.choices]
    if column.kind == "flag":
        words = [say(f"records.flag.{word}", language) for word in ("yes", "no")]
    if words and len(",".join(words)) < 255:
        strict = column.kind in ("choice", "flag")
        kind = "stop" if strict else "information"
        page.data_validation(*area, {"validate": "list", "source": words, "error_type": kind})


def default_policy() -> list[Row]:
    """The built-in credit policy as rows."""
    return [
        {name: float(cell) for name, cell in zip(DEFAULT_POLICY, row, strict=True) if cell is not None}
        for row in zip(*DEFAULT_POLICY.values(), strict=True)
    ]


def people_columns(
    sheet: Worksheet,
    look: Look,
    people: Sequence[Customer],
    facts: Mapping[str, Row],
    place: tuple[int, int],
    language: str,
) -> None:
    """Further columns of the customers' sheet, from a place on: who to call, who looks after them."""
    row, left = place
    record = schema()["customers"]
    names = [
        name
        for name in (column.name for column in record.columns)
        if any(name in fact for fact in facts.values())
    ]
    for shift, name in enumerate(names):
        column = record.column(name)
        cells = [typed(column, facts.get(one.number, {}).get(name), language) for one in people]
        sheet.write_string(row, left + shift, column.heading(language), look.head)
        for line, cell in enumerate(cells, row + 1):
            _cell(sheet, look, line, left + shift, cell, column.kind)
        widest = max(wide(text) for text in (column.heading(language), *cells)) + 2
        sheet.set_column(left + shift, left + shift, widest)
