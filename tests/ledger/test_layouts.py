"""A ledger written in any layout reads back as the same documents, and its money always adds up."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arcredit.credit import money
from arcredit.ledger.read import read

HEADINGS = tomllib.loads((files("arcredit.ledger.reading") / "headings.toml").read_text(encoding="utf-8"))
NAMES = ("customer", "document", "invoice_date", "due_date", "amount", "open_amount")
CUSTOMERS = ["000123", "123", "1001", "Acme Ltd", "Total Energies", "华东精密", "Łódź S.A.", "A & B <Co>"]
DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2035, 12, 31))
CENTS = st.integers(-99_999_999, 99_999_999)


@dataclass
class Document:
    customer: str
    number: str
    invoice_date: dt.date
    due_date: dt.date
    amount: float
    open_amount: float
    trouble: str = ""


@st.composite
def documents(draw):
    found = []
    for place in range(draw(st.integers(1, 12))):
        day, terms = draw(DAYS), draw(st.integers(0, 120))
        amount, part = draw(CENTS), draw(st.sampled_from([0, 1, 2, 3]))
        found.append(
            Document(
                draw(st.sampled_from(CUSTOMERS)),
                f"{place:05d}",
                day,
                day + dt.timedelta(terms),
                amount / 100,
                amount * part // 3 / 100,
                draw(st.sampled_from(["", "", "", "", "error", "words", "nobody", "no day"])),
            )
        )
    return found


@st.composite
def layouts(draw):
    language = draw(st.sampled_from(["zh", "en"]))
    spelled = {}
    for name in NAMES:
        choices = [
            text for text in HEADINGS[name]["clear"] if (ord(max(text)) > 0x3000) == (language == "zh")
        ]
        spelled[name] = draw(st.sampled_from(choices))
    return {
        "headings": spelled,
        "order": draw(st.permutations([*NAMES, "remarks"])),
        "titles": draw(st.integers(0, 4)),
        "left": draw(st.integers(0, 3)),
        "dates": draw(st.sampled_from(["date", "serial", "ymd", "dmy", "mdy", "zh", "digits"])),
        "amounts": draw(st.sampled_from(["number", "point", "comma", "brackets", "credit"])),
        "gaps": draw(st.sets(st.integers(0, 12))),
        "hidden": draw(st.sets(st.integers(0, 12))),
        "total": draw(st.sampled_from(["", "Total", "合计", "Grand total"])),
        "again": draw(st.booleans()),
        "case": draw(st.sampled_from([str.upper, str.title, lambda text: f" {text} *", str])),
    }


def shown_day(day, how):
    return {
        "ymd": f"{day:%Y-%m-%d}",
        "dmy": f"{day:%d/%m/%Y}",
        "mdy": f"{day:%m/%d/%Y}",
        "zh": f"{day.year}年{day.month}月{day.day}日",
        "digits": f"{day:%Y%m%d}",
    }[how]


def shown_amount(amount, how):
    text = f"{abs(amount):,.2f}"
    minus = "-" if amount < 0 else ""
    return {
        "point": minus + text,
        "comma": minus + text.translate(str.maketrans(",.", ".,")),
        "brackets": f"({text})" if amount < 0 else text,
        "credit": f"{text} CR" if amount < 0 else text,
    }[how]


def put(sheet, row, column, value, layout, date):
    if isinstance(value, dt.date):
        if layout["dates"] == "date":
            sheet.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), date)
        elif layout["dates"] == "serial":
            sheet.write_number(row, column, (value - dt.date(1899, 12, 30)).days)
        else:
            sheet.write_string(row, column, shown_day(value, layout["dates"]))
    elif isinstance(value, float) and layout["amounts"] != "number":
        sheet.write_string(row, column, shown_amount(value, layout["amounts"]))
    elif isinstance(value, float):
        sheet.write_number(row, column, value)
    elif value == "#N/A":
        sheet.write_formula(row, column, "=NA()", None, value)
    elif value:
        sheet.write_string(row, column, value)


def cells(document):
    """What stands in the row of a document, its trouble included."""
    values = {
        "customer": document.customer,
        "document": document.number,
        "invoice_date": document.invoice_date,
        "due_date": document.due_date,
        "amount": document.amount,
        "open_amount": document.open_amount,
        "remarks": "call again",
    }
    change = {
        "error": {"open_amount": "#N/A"},
        "words": {"open_amount": "to be agreed"},
        "nobody": {"customer": ""},
        "no day": {"due_date": "", "invoice_date": ""},
    }
    return values | change.get(document.trouble, {})


def write(path, ledger, layout):
    """Write the ledger in a layout; give back what its total row says."""
    book = xlsxwriter.Workbook(path)
    sheet, date = book.add_worksheet("Data"), book.add_format({"num_format": "dd.mm.yy"})
    for row in range(layout["titles"]):
        sheet.write_string(row, layout["left"], f"Statement line {row}")
    column = {name: layout["left"] + place for place, name in enumerate(layout["order"])}
    headings = {name: layout["case"](text) for name, text in layout["headings"].items()} | {
        "remarks": "Remarks"
    }
    row = layout["titles"] + 1

    def heading():
        for name, text in headings.items():
            sheet.write_string(row, column[name], text)

    heading()
    for place, document in enumerate(ledger):
        row += 1 + (place in layout["gaps"])
        if place == 6 and layout["again"]:
            heading()
            row += 1
        if place in layout["hidden"]:
            sheet.set_row(row, None, None, {"hidden": True})
        for name, value in cells(document).items():
            put(sheet, row, column[name], value, layout, date)
    held = [document.open_amount for document in ledger if document.trouble not in ("error", "words")]
    total = float(money.total(np.array(held))) if held else 0.0
    if layout["total"]:
        sheet.write_string(row + 1, column["customer"], layout["total"])
        put(sheet, row + 1, column["open_amount"], total, layout, date)
    book.close()
    return total


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(documents(), layouts())
def test_any_layout_reads_back(tmp_path, ledger, layout):
    path = tmp_path / "ledger.xlsx"
    total = write(path, ledger, layout)
    order = layout["dates"] if layout["dates"] in ("dmy", "mdy") else None
    decimal = "," if layout["amounts"] == "comma" else "."
    found = read(path, date_order=order, decimal=decimal)
    good = [document for document in ledger if not document.trouble]
    rows = zip(
        found.documents.customer.texts(),
        found.documents.document,
        found.documents.invoice_date.tolist(),
        found.documents.due_date.tolist(),
        found.documents.amount.tolist(),
        found.documents.open_amount.tolist(),
        strict=True,
    )
    assert [Document(*row) for row in rows] == good
    totals = found.totals
    assert (totals.rows_read, totals.rows_rejected) == (len(good), len(ledger) - len(good))
    assert totals.amount == pytest.approx(total, abs=1e-9)
    assert totals.unreadable == sum(document.trouble in ("error", "words") for document in ledger)
    assert sum(item.amount for item in found.findings if item.severity == "error") == pytest.approx(
        totals.amount_rejected, abs=0.001
    )
    if layout["total"]:
        assert totals.sheet_total == pytest.approx(total)
        assert totals.difference == 0
