"""Headings, kinds, currencies and ids: what a column means and what stands in it."""

import re
import tomllib
from importlib.resources import files

import numpy as np
import pytest

from arcredit.ledger.reading.columns import (
    Content,
    Heading,
    assign,
    is_bucket,
    names_of,
    plain_heading,
    spellings,
)
from arcredit.ledger.reading.labels import REDUCING, coded_column, currency_of, digits, kind_of
from arcredit.ledger.reading.raw import DATE, ERROR, NUMBER, RawColumn, blank_column
from arcredit.ledger.reading.raw import TEXT as WORDS

HEADINGS = tomllib.loads((files("arcredit.ledger.reading") / "headings.toml").read_text(encoding="utf-8"))
KEY = (
    "customer",
    "customer_name",
    "document",
    "invoice_date",
    "due_date",
    "amount",
    "open_amount",
    "kind",
    "currency",
)
MONEY, DAYS, TEXTS = Content(9, 1.0, 0.0, 0.0), Content(9, 0.0, 1.0, 0.0), Content(9, 0.0, 0.0, 1.0)


@pytest.mark.parametrize("name", KEY)
def test_fifteen_spellings_in_each_language(name):
    plain = {plain_heading(text) for text in HEADINGS[name]["clear"]}
    chinese = {text for text in plain if re.search(r"[\u4e00-\u9fff]", text)}
    assert len(chinese) >= 15
    assert len(plain - chinese) >= 15


def test_no_spelling_is_clear_for_two_columns():
    both = {text: names for text, names in spellings().items() if sum(names.values()) > 1}
    # A list of receipts says "invoice reference" for the invoice it pays; a ledger for its own number.
    # The day of delivery is the document's date where a ledger has no other.
    assert both.keys() == {"invoicereference", "发货日期", "出库日期"}


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("客户名称", "customer_name"),
        ("购货单位", "customer_name"),
        ("往来单位", "customer_name"),
        ("开票日期", "invoice_date"),
        ("发票日期", "invoice_date"),
        ("到期日", "due_date"),
        ("应收日期", "due_date"),
        ("未收金额", "open_amount"),
        ("余额", "open_amount"),
        ("本币余额（元）", "open_amount"),
        ("Due\nDate", "due_date"),
        ("  INVOICE  NO. ", "document"),
        ("Invoice Date (dd/mm/yyyy)", "invoice_date"),
        ("Open Amount [EUR]", "open_amount"),
        ("Customer #", "customer"),
        ("Ｃｕｒｒｅｎｃｙ", "currency"),
    ],
)
def test_headings(heading, name):
    assert names_of([heading]) == {name: True}


def test_no_heading_without_a_meaning():
    assert names_of(["Remarks"]) == {}
    assert names_of(["Remarks", "Due date"]) == {"due_date": True}


@pytest.mark.parametrize(
    ("text", "bucket"),
    [
        ("1-30", True),
        ("31–60 days", True),
        (">90", True),
        ("90+", True),
        ("90天以上", True),
        ("0至30天", True),
        ("Current", True),
        ("未到期", True),
        ("Amount", False),
        ("2025", False),
    ],
)
def test_buckets(text, bucket):
    assert is_bucket(text) is bucket


def assigned(*headings):
    columns, reasons = assign([Heading(n, [text], held) for n, (text, held) in enumerate(headings, 1)])
    return {name: heading.column for name, heading in columns.items()}, [reason.key for reason in reasons]


def test_what_stands_under_a_weak_heading_decides():
    assert assigned(("Customer", TEXTS), ("Due", DAYS))[0] == {"customer": 1, "due_date": 2}
    assert assigned(("Customer", TEXTS), ("Due", MONEY))[0] == {"customer": 1, "open_amount": 2}
    assert assigned(("Customer", TEXTS), ("Due", TEXTS))[0] == {"customer": 1}


def test_a_clear_heading_is_taken_at_its_word():
    found, keys = assigned(("Open amount", TEXTS), ("Due", MONEY))
    assert found == {"open_amount": 1}
    assert keys == ["ledger.why.heading"]


def test_the_column_that_is_filled_goes_first():
    found, keys = assigned(("Balance", Content(0, 0.0, 0.0, 0.0)), ("Open", MONEY))
    assert found == {"open_amount": 2}
    assert keys == ["ledger.why.preferred"]


def test_a_name_alone_is_the_customer():
    assert assigned(("客户名称", TEXTS), ("余额", MONEY))[0] == {"customer": 1, "open_amount": 2}
    assert assigned(("客户名称", TEXTS), ("客户编码", TEXTS))[0] == {"customer": 2, "customer_name": 1}


def test_local_currency_without_a_currency_column():
    assert assigned(("原币余额", MONEY), ("本币余额", MONEY))[0] == {"open_amount": 2}
    assert assigned(("币种", TEXTS), ("原币余额", MONEY), ("本币余额", MONEY))[0]["open_amount"] == 2


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Invoice", "invoice"),
        ("INV", "invoice"),
        ("RV", "invoice"),
        ("增值税专用发票", "invoice"),
        ("借", "invoice"),
        ("Credit Note", "credit_note"),
        ("CN", "credit_note"),
        ("credit memo", "credit_note"),
        ("RG", "credit_note"),
        ("红字", "credit_note"),
        ("贷项通知单", "credit_note"),
        ("退货", "credit_note"),
        ("贷", "credit_note"),
        ("红字增值税专用发票", "credit_note"),
        ("Payment", "receipt"),
        ("DZ", "receipt"),
        ("收款单", "receipt"),
        ("预收款", "receipt"),
        ("Receipt", "receipt"),
        ("Write-off", "write_off"),
        ("坏账核销", "write_off"),
        ("Debit note", "debit_note"),
        ("NSF", "reversal"),
        ("Retention", "Retention"),
        ("Interest", "Interest"),
    ],
)
def test_kinds(text, kind):
    assert kind_of(text) == kind


def test_what_reduces_a_debt():
    assert {"credit_note", "receipt", "write_off"} == REDUCING


@pytest.mark.parametrize(
    ("text", "code"),
    [("人民币", "CNY"), ("RMB", "CNY"), ("usd", "USD"), ("美元", "USD"), ("€", "EUR"), ("XAU", "XAU")],
)
def test_currencies(text, code):
    assert currency_of(text) == code


def test_ids_of_every_kind():
    column = blank_column(8)
    column.kind[:] = [WORDS, NUMBER, NUMBER, NUMBER, WORDS, 0, ERROR, DATE]
    column.code[[0, 4, 6]] = 0, 1, 2
    column.number[[1, 2, 3, 7]] = 7.0, 7.0, 12.5, 45000.0
    column.zeros[2] = 3
    labels = np.array(["007", "7", "#N/A"], object)
    column = RawColumn(column.kind, column.number, column.code, labels, column.formula, column.zeros)
    found = coded_column(column)
    assert found.texts().tolist() == ["007", "7", "007", "12.5", "7", None, None, "45000"]
    assert sorted(found.labels) == ["007", "12.5", "45000", "7"]


def test_large_ids_keep_their_digits():
    assert digits(123456789012345.0) == "123456789012345"
    assert digits(1.5) == "1.5"
