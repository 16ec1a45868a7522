"""The day of delivery in a ledger: a column of its own, never in place of an invoice's date."""

import datetime as dt

import numpy as np
import pytest
import xlsxwriter

from arcredit.ledger.read import read

DAY = dt.date(2026, 3, 5)
INVOICED, SENT, DUE = dt.date(2026, 3, 10), DAY, dt.date(2026, 4, 10)


def book(path, headings, *lines):
    made = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    sheet = made.add_worksheet("Ledger")
    for row, cells in enumerate([headings, *lines]):
        for column, value in enumerate(cells):
            sheet.write(row, column, value)
    made.close()
    return path


def items(tmp_path, headings, *lines):
    return read(book(tmp_path / "b.xlsx", headings, *lines))


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    ("invoiced", "sent"),
    [
        ("Invoice date", "Delivery date"),
        ("Invoice date", "Dispatch date"),
        ("Posting date", "Ship date"),
        ("开票日期", "发货日期"),
        ("发票日期", "交货日期"),
        ("单据日期", "出库日期"),
    ],
)
def test_a_column_of_deliveries(tmp_path, invoiced, sent, first):
    """Whichever stands first, the invoice's date is the one that only it can be."""
    pair = [sent, invoiced] if first else [invoiced, sent]
    days = [SENT, INVOICED] if first else [INVOICED, SENT]
    customer, due, amount = (
        ("Customer", "Due date", "Amount") if invoiced[0] in "IP" else ("客户", "到期日", "金额")
    )
    found = items(tmp_path, [customer, *pair, due, amount], ["A", *days, DUE, 5.0]).documents
    assert found.invoice_date.tolist() == [INVOICED]
    assert found.delivery_date.tolist() == found.delivered.tolist() == [SENT]


def test_deliveries_alone_are_the_documents_dates_where_a_system_prints_no_other(tmp_path):
    found = items(tmp_path, ["客户", "发货日期", "到期日", "金额"], ["A", SENT, DUE, 5.0]).documents
    assert found.invoice_date.tolist() == found.delivered.tolist() == [SENT]
    assert found.delivery_date is None


def test_without_one_the_invoices_date(tmp_path):
    headings = ["Customer", "Invoice date", "Delivery date", "Due date", "Amount"]
    found = items(tmp_path, headings, ["A", INVOICED, SENT, DUE, 5.0], ["A", INVOICED, None, DUE, 6.0])
    assert found.documents.delivered.tolist() == [SENT, INVOICED]
    assert [one.key for one in found.findings] == []


def test_one_that_cannot_be_read_is_said_and_rejects_nothing(tmp_path):
    """Nor does a delivery written the other way round decide what the other dates mean."""
    headings = ["Customer", "Invoice date", "Delivery date", "Due date", "Amount"]
    found = items(
        tmp_path,
        headings,
        ["A", "10.03.2026", "03/25/2026", "10.04.2026", 5.0],
        ["A", "11.03.2026", "with order", "25.04.2026", 6.0],
    )
    assert len(found.documents) == 2
    assert found.documents.invoice_date.tolist() == [dt.date(2026, 3, 10), dt.date(2026, 3, 11)]
    assert np.isnat(found.documents.delivery_date).all()
    (said,) = [one for one in found.findings if one.key == "ledger.delivery_date_unread"]
    assert (said.severity, said.cell, said.values["count"]) == ("warning", "C2", 2)
