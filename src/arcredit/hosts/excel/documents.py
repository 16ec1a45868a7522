"""The documents behind a figure on AR Aging: those of its customer in its bucket."""

from typing import Any

import numpy as np
import xlwings as xw

from arcredit.credit import money
from arcredit.credit.receivables.aging import aging_matrix
from arcredit.credit.receivables.conventions import YEARS
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.portfolio import by_currency, digits_of, portfolios
from arcredit.credit.receivables.terms import ar_days_past_due
from arcredit.errors import ArcreditError
from arcredit.reports import Inputs
from arcredit.reports.customers import Form, form_of, heading
from arcredit.reports.sheet import Block, Cell, Column, Range, Sheet
from arcredit.shapes import Coded, Floats, Texts
from arcredit.words import LANGUAGES, say

_KEYS = ("document", "customer", "invoice_date", "due_date", "days_past_due", "open_amount")
_WIDTHS = (24.0, 20.0, 14.0, 14.0, 14.0, 20.0)
_HEADINGS = ("heading.text",) * 2 + ("heading.right",) * 4
_HEADING = 5


def documents_sheet(cell: xw.Range, inputs: Inputs) -> Sheet:
    """The sheet AR Explain for a figure of AR Aging.

    Raises
    ------
    ArcreditError
        If the cell is none of a customer's figures or of a total line.
    """
    texts = cell.sheet.range((1, 1), (cell.row, max(cell.column, 2))).options(ndim=2).value
    form = form_of(_parts(inputs))
    header = _header(texts)
    if header is None or header == cell.row - 1:
        raise ArcreditError("ribbon.no_figure", cell=cell.get_address(False, False))
    key = _key(texts[header][cell.column - 1], form, inputs)
    totals, customer = _totals(inputs), texts[-1][0]
    # As many totals stand above a line as currencies come before its own.
    place = sum(line[0] in totals for line in texts[header + 1 : -1])
    parts = by_currency(inputs.items)
    if place >= len(parts):
        raise ArcreditError("ribbon.no_figure", cell=cell.get_address(False, False))
    currency, items = parts[place]
    mine = np.ones(len(items), bool) if customer in totals else _of_customer(items, customer)
    if not mine.any():
        raise ArcreditError("ribbon.no_figure", cell=cell.get_address(False, False))
    part = _part(items, key, form, inputs)
    rows = np.flatnonzero(mine & (part != 0))
    return _sheet(items.take(rows), part[rows], currency, cell, inputs, (str(customer), key))


def _parts(inputs: Inputs) -> list[Any]:
    return portfolios(inputs.items, inputs.as_of, inputs.edges, inputs.convention, inputs.credits)


def _header(texts: list[list[Any]]) -> int | None:
    """The heading row of the customer table above the cell."""
    words = {say("report.table.customer", language) for language in LANGUAGES}
    return next((row for row in reversed(range(len(texts))) if texts[row][0] in words), None)


def _key(text: Any, form: Form, inputs: Inputs) -> str:
    """What a column holds; a column without money stands for the customer's whole."""
    money_columns = [*form.labels, "unapplied", "disputed", "overdue"]
    keys = {heading(key, form, inputs): key for key in form.keys if key in money_columns}
    return keys.get(str(text), "total")


def _totals(inputs: Inputs) -> set[str]:
    """What total lines are called."""
    names = [name for name, _ in by_currency(inputs.items)]
    return {
        text
        for language in LANGUAGES
        for text in (
            say("report.table.sum", language),
            *(say("report.table.sum_of", language, currency=name) for name in names),
        )
    }


def _of_customer(items: OpenItems, customer: Any) -> Any:
    nameless = {say("report.table.no_customer", language) for language in LANGUAGES}
    wanted = None if customer in nameless else customer
    if isinstance(wanted, float) and wanted.is_integer():
        wanted = int(wanted)
    names: Texts = items.customer.texts()
    return np.array([name == (None if wanted is None else str(wanted)) for name in names], bool)


def _part(items: OpenItems, key: str, form: Form, inputs: Inputs) -> Floats:
    """How much of each document is in the figure: the aging of each document by itself."""
    if key == "total":
        return items.open_amount
    if key == "disputed":
        assert items.disputed_amount is not None
        return np.nan_to_num(items.disputed_amount)
    alone = Coded(np.arange(len(items)), np.arange(len(items)).astype(object))
    day = items.invoice_date if inputs.convention == YEARS else items.due_date
    credits = "separate" if inputs.credits == "oldest_first" else inputs.credits
    found = aging_matrix(
        alone, day, items.open_amount, inputs.as_of, inputs.edges, inputs.convention, credits
    )
    columns = {"unapplied": found.unapplied, "overdue": found.overdue}
    columns |= dict(zip(found.labels, found.amounts.T, strict=True))
    part = np.zeros(len(items))
    part[found.customer] = columns.get(key, np.zeros(len(found.customer)))
    return part


def _sheet(
    items: OpenItems, part: Floats, currency: str, cell: xw.Range, inputs: Inputs, figure: tuple[str, str]
) -> Sheet:
    say_it, customer = inputs.say, figure[0]
    label = cell.sheet.range((_header_row(cell), cell.column)).value
    style = f"body.exact{digits_of(currency)}"
    total, shown = money.total(part), cell.value
    cells = [
        Cell(0, 0, say_it("ribbon.documents.title", figure=f"{customer} · {label}"), "title.text"),
        Cell(
            1,
            0,
            say_it("ribbon.documents.subtitle", as_of=inputs.as_of, documents=len(part), currency=currency),
            "subtitle.text",
        ),
        *_comparison(total, shown, style, inputs),
        *(
            Cell(
                _HEADING,
                place,
                say_it(f"ribbon.documents.{key}"),
                _HEADINGS[place],
            )
            for place, key in enumerate(_KEYS)
        ),
    ]
    order = np.argsort(items.due_date, kind="stable")
    days = ar_days_past_due(items.due_date, inputs.as_of)
    columns = (
        Column(items.document[order], "body.text"),
        Column(items.customer.texts()[order], "body.text"),
        Column(items.invoice_date[order], "body.date"),
        Column(items.due_date[order], "body.date"),
        Column(np.asarray(days, np.float64)[order], "body.count"),
        Column(part[order], style),
    )
    return Sheet(
        owner="explain",
        name=say_it("ribbon.explain.tab"),
        widths=_WIDTHS,
        cells=tuple(cells),
        area=Range(0, 0, _HEADING + len(part), len(_WIDTHS) - 1),
        blocks=(Block(_HEADING + 1, 0, columns),),
        heights={0: 24},
        freeze=(_HEADING + 1, 0),
    )


def _header_row(cell: xw.Range) -> int:
    texts = cell.sheet.range((1, 1), (cell.row, 2)).options(ndim=2).value
    found = _header(texts)
    assert found is not None
    return found + 1


def _comparison(total: float, shown: Any, style: str, inputs: Inputs) -> list[Cell]:
    """The documents' sum, and what the sheet shows where that is another amount."""
    cells = [
        Cell(2, 0, inputs.say("ribbon.documents.sum"), "label.text"),
        Cell(2, 5, total, style.replace("body", "strong")),
    ]
    if isinstance(shown, float) and round(shown - total, 6) and shown > 1:
        key = "credits_applied" if inputs.credits == "oldest_first" else "changed"
        cells += [
            Cell(3, 0, inputs.say(f"ribbon.documents.{key}"), "alert.text"),
            Cell(3, 5, money.total(np.array([shown, -total])), style.replace("body", "alert")),
        ]
    return cells
