"""Small ledgers whose figures can be reckoned in the head, by the dozen."""

import datetime as dt
import io
import re
import zipfile
from functools import cache
from pathlib import Path

import xlsxwriter

from arcredit.hosts.refresh import Options

DAY = dt.date(2026, 6, 30)
OPTIONS = Options(as_of=DAY, portfolios=True)
HEADINGS = ("Customer", "Name", "Document", "Invoice date", "Due date", "Open amount", "Currency")


SHEET = "xl/worksheets/sheet1.xml"


def ledger(path, rows=30, currency="EUR", scale=1.0):
    """A small ledger whose figures are easily reckoned: 100, 200, … of five customers, half of it overdue."""
    Path(path).write_bytes(_made(rows, currency, scale))
    return path


@cache
def _made(rows, currency, scale):
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet("Ledger")
    sheet.write_row(0, 0, HEADINGS)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row in range(rows):
        due = dt.date(2026, 5, 1) if row % 2 else dt.date(2026, 8, 1)
        sheet.write_row(row + 1, 0, (f"C{row % 5}", f"Company {row % 5}", f"I-{row}"))
        sheet.write_datetime(row + 1, 3, dt.date(2026, 4, 1), day)
        sheet.write_datetime(row + 1, 4, due, day)
        sheet.write_number(row + 1, 5, 100.0 * (row + 1) * scale)
        sheet.write_string(row + 1, 6, currency)
    book.close()
    return content.getvalue()


def tall_ledger(path, rows):
    """A ledger of one currency, with so many rows that a library would take longer than what is tested."""
    tall = "".join(map(_row, range(2, rows + 2))).encode()
    with zipfile.ZipFile(io.BytesIO(_made(1, "EUR", 1.0))) as given, zipfile.ZipFile(path, "w") as made:
        for name in given.namelist():
            data = given.read(name)
            if name == SHEET:
                data = re.sub(rb'<row r="2".*</row>', lambda _: tall, data)
            made.writestr(name, data, zipfile.ZIP_DEFLATED, 1)
    return path


def _row(number):
    texts = (f"C{number % 5}", f"Company {number % 5}", f"I-{number}")
    cells = [
        f'<c r="{"ABC"[place]}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for place, text in enumerate(texts)
    ]
    cells += [f'<c r="{column}{number}" s="1"><v>46143</v></c>' for column in "DE"]
    return f'<row r="{number}">{"".join(cells)}<c r="F{number}"><v>{number}</v></c></row>'
