"""Small ledgers whose figures can be reckoned in the head, by the dozen."""

import datetime as dt

import xlsxwriter

from arcredit.hosts.refresh import Options

DAY = dt.date(2026, 6, 30)
OPTIONS = Options(as_of=DAY, portfolios=True)
HEADINGS = ("Customer", "Name", "Document", "Invoice date", "Due date", "Open amount", "Currency")


def ledger(path, rows=30, currency="EUR", scale=1.0):
    """A small ledger whose figures are easily reckoned: 100, 200, … of five customers, half of it overdue."""
    book = xlsxwriter.Workbook(str(path))
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
    return path
