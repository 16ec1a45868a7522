"""Money that came in has no due date, and nobody is told so."""

import datetime as dt

import pytest
import xlsxwriter

from arcredit.ledger.read import read

DAY = dt.date(2026, 3, 10)


def said(tmp_path, headings, *lines):
    path = tmp_path / "b.xlsx"
    made = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    sheet = made.add_worksheet("Ledger")
    for row, cells in enumerate([headings, *lines]):
        sheet.write_row(row, 0, cells)
    made.close()
    found = read(path)
    assert len(found.documents) == len(lines)
    return {one.key: one.values["count"] for one in found.findings if one.key.startswith("ledger.due_")}


HEADINGS = ["Customer", "Invoice", "Type", "Invoice date", "Due date", "Amount"]
INVOICE = ["A", "1", "Invoice", DAY, DAY + dt.timedelta(30), 500.0]


@pytest.mark.parametrize("kind", ["Payment", "Receipt", "On account", "预收款", "Unapplied cash"])
@pytest.mark.parametrize("amount", [-200.0, 200.0])
def test_receipts_by_their_kind(tmp_path, kind, amount):
    assert said(tmp_path, HEADINGS, INVOICE, ["A", "2", kind, DAY, None, amount]) == {}


def test_receipts_by_their_sign_where_no_kind_is_given(tmp_path):
    plain = [*HEADINGS[:2], *HEADINGS[3:]]
    rows = [[*line[:2], *line[3:]] for line in (INVOICE, ["A", "2", "", DAY, None, -200.0])]
    assert said(tmp_path, plain, *rows) == {}
    assert said(tmp_path, HEADINGS, INVOICE, ["A", "2", None, DAY, None, -200.0]) == {}


def test_invoices_and_credit_notes_without_one_are_named(tmp_path):
    missing = [["A", "2", "Invoice", DAY, None, 300.0], ["A", "3", "Credit note", DAY, None, -20.0]]
    receipt = ["A", "4", "Payment", DAY, None, -200.0]
    assert said(tmp_path, HEADINGS, INVOICE, *missing, receipt) == {"ledger.due_assumed": 2}


def test_terms_say_nothing_about_receipts_either(tmp_path):
    headings = [*HEADINGS[:5], "Terms", "Amount"]
    rows = [["A", "1", "Invoice", DAY, None, 30, 500.0], ["A", "2", "Payment", DAY, None, 30, -200.0]]
    assert said(tmp_path, headings, *rows) == {"ledger.due_from_terms": 1}
