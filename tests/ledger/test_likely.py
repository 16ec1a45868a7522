"""Headings of no known spelling: what is left, currencies, amounts of the documents and the home currency."""

import numpy as np
import pytest

from arcredit.errors import LedgerError
from arcredit.ledger.read import read

START = "Customer,Invoice,Invoice date,Due date"
LINES = [("C1", 100, 100, "EUR"), ("C1", 200, 50, "USD"), ("C2", 300, 300, "EUR"), ("C2", -40, -40, "USD")]


def ledger(tmp_path, heading, cells):
    """A .csv with these headings and cells after the usual ones, read."""
    days = "2026-01-01,2026-01-31"
    lines = [f"{line[0]},I{place},{days},{cells(*line[1:])}" for place, line in enumerate(LINES)]
    path = tmp_path / "ledger.csv"
    path.write_text("\n".join([f"{START},{heading}", *lines]), encoding="utf-8")
    return read(path)


def keys(found):
    return {finding.key for finding in found.findings}


def test_what_is_left_goes_before_what_was_invoiced(tmp_path):
    found = ledger(tmp_path, "Amount,Still outstanding today", lambda a, o, c: f"{a},{o}")
    assert found.documents.open_amount.tolist() == [100, 50, 300, -40]
    assert found.totals.amount_read == 410


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("Days outstanding", lambda a, o: 30),
        ("Remaining credit limit", lambda a, o: 12_000),
        ("Customer balance", lambda a, o: 460),
        ("Discount", lambda a, o: o),
    ],
)
def test_a_column_that_is_not_a_part_of_the_amounts_is_not_what_is_left(tmp_path, heading, value):
    found = ledger(tmp_path, f"Amount,{heading} here", lambda a, o, c: f"{a},{value(a, o)}")
    assert "open_amount" not in found.mapping.columns
    assert found.mapping.unread == {"F": f"{heading} here"}


def test_a_column_of_nothing_but_currencies_is_the_currency(tmp_path):
    found = ledger(tmp_path, "Money code,Open amount", lambda a, o, c: f"{c},{o}")
    assert found.totals.by_currency == {"EUR": (400, 0), "USD": (10, 0)}
    found = ledger(tmp_path, "Region,Open amount", lambda a, o, c: f"{c}X,{o}")
    assert "currency" not in found.mapping.columns


def test_amounts_in_the_home_currency_are_not_the_documents_currencies(tmp_path):
    found = ledger(
        tmp_path,
        "Document currency,Amount in document currency,Open balance in local currency",
        lambda a, o, c: f"{c},{a},{o}",
    )
    assert found.documents.currency is None
    assert found.mapping.columns.keys() & {"amount", "currency"} == set()
    assert "ledger.home_amounts" in keys(found)
    assert found.totals.amount_read == 410


def test_the_home_currencys_own_column_goes_with_its_amounts(tmp_path):
    heading = "Document currency,Amount in local currency,Local currency"
    found = ledger(tmp_path, heading, lambda a, o, c: f"{c},{o},EUR")
    assert (found.mapping.columns["currency"], found.currencies) == ("G", ("EUR",))
    heading = "币种,原币金额,本币金额,本币余额"
    found = ledger(tmp_path, heading, lambda a, o, c: f"人民币,{a},{a},{o}")
    assert found.mapping.columns["amount"] == "G"
    assert found.currencies == ("CNY",)
    assert "ledger.home_amounts" not in keys(found)


def test_rows_without_a_currency_are_counted_apart(tmp_path):
    found = ledger(tmp_path, "Currency,Open amount", lambda a, o, c: f"{c if c == 'USD' else ''},{o}")
    assert found.totals.by_currency == {"USD": (10, 0), "": (400, 0)}


@pytest.mark.parametrize("label", ["* Summe C1", "**", "Zwischensumme", "Ergebnis", "** Gesamtsumme"])
def test_totals_as_sap_and_germans_write_them(tmp_path, label):
    path = tmp_path / "ledger.csv"
    text = "Debitor;Belegnummer;Belegdatum;Nettofälligkeit;Betrag in Hauswährung\n"
    text += "C1;I1;31.01.2026;28.02.2026;1.234,56-"
    path.write_bytes(f"{text}\n{label};;;;1.234,56-\n".encode("cp1252"))
    found = read(path)
    assert found.documents.amount.tolist() == [-1234.56]
    assert found.documents.due_date[0] == np.datetime64("2026-02-28")
    assert found.totals.rows_skipped == {"total": 1}


def test_a_chinese_ledger_of_movements_is_refused(tmp_path):
    path = tmp_path / "明细账.csv"
    lines = [f"甲,2026-01-0{day},记{day},{100},,{100 * day}" for day in range(1, 6)]
    path.write_text("\n".join(["客户名称,日期,凭证号,本期应收,本期收回,余额", *lines]), encoding="utf-8")
    with pytest.raises(LedgerError) as error:
        read(path)
    assert error.value.key == "ledger.running_balance"
