"""The sample ledgers hold what their script planted, read by the reader."""

import json
from pathlib import Path

import numpy as np
import pytest

from arcredit.credit.insurance.insurance_policy import TERMS, read_schedule
from arcredit.credit.insurance.insured_limit import read_limits
from arcredit.credit.receivables.incident import read_events
from arcredit.ledger.read import read
from arcredit.ledger.records import read_records

TESTS = Path(__file__).parents[1]
SAMPLES = TESTS.parent / "workbook_templates"
TOTALS = json.loads((TESTS / "sample_totals.json").read_text(encoding="utf-8"))
NAMES = [name for name in TOTALS if name.endswith(".xlsx")]


@pytest.fixture(scope="module", params=NAMES)
def sample(request):
    return TOTALS[request.param], read(SAMPLES / request.param)


def by_currency(ledger, amount):
    currency = ledger.documents.currency
    if currency is None:
        return {"": round(float(np.nansum(amount)), 2)}
    return {
        str(name): round(float(np.nansum(amount[currency.codes == code])), 2)
        for code, name in enumerate(currency.labels)
    }


def same(planted, found):
    expected = {name: float(text) for name, text in planted.items()}
    return list(expected.values()) == [found[""]] if "" in found else expected == found


def test_the_place(sample):
    planted, ledger = sample
    header = planted["header_rows"]
    assert (ledger.mapping.sheet, ledger.mapping.header_rows) == (planted["sheet"], (header[0], header[-1]))


def test_the_documents(sample):
    planted, ledger = sample
    assert len(ledger.documents) == planted["documents"]
    assert len(ledger.documents.customer.labels) == planted["customers"]


def test_the_money(sample):
    planted, ledger = sample
    assert same(planted["amount"], by_currency(ledger, ledger.documents.amount))
    assert same(planted["open"], by_currency(ledger, ledger.documents.open_amount))


def test_the_disputes(sample):
    planted, ledger = sample
    if "disputed" in planted:
        assert same(planted["disputed"], by_currency(ledger, ledger.documents.disputed_amount))
    else:
        assert ledger.documents.disputed_amount is None


def test_the_rejected_rows(sample):
    planted, ledger = sample
    found = {item.cell: item.amount for item in ledger.findings if item.severity == "error"}
    assert found == {row["cell"]: float(row["amount"] or 0) for row in planted["rejected"]}


def test_the_receipts(sample):
    planted, ledger = sample
    if "receipts" not in planted:
        assert ledger.events is None
        return
    assert ledger.mapping.receipts.sheet == planted["receipts"]["sheet"]
    assert len(ledger.events) == planted["receipts"]["count"]
    (received,) = planted["receipts"]["amount"].values()
    assert round(-ledger.events.amount.sum(), 2) == float(received)


def test_rows_that_are_no_documents(sample):
    planted, ledger = sample
    if "rows_that_are_no_documents" in planted:
        no = {name: len(rows) for name, rows in planted["rows_that_are_no_documents"].items()}
        skipped = ledger.totals.rows_skipped
        assert skipped["heading"] == no["header"]
        assert skipped["total"] == no["subtotal"] + no["total"]
        # The regions' headings and the line with the preparer's name; that line comes after a blank one.
        assert skipped["note"] == no["region"] + 1
        assert skipped["blank"] == no["blank"] + 1
        assert ledger.totals.rows_hidden == planted["hidden"]["rows"]


def test_typed_amounts_are_what_its_totals_leave_out(sample):
    planted, ledger = sample
    keys = {item.key for item in ledger.findings}
    assert ("ledger.total_without_texts" in keys) == ("text_amounts" in planted)
    assert "ledger.total_differs" not in keys


@pytest.mark.parametrize(
    ("name", "records", "findings"),
    [
        ("sample_ledger_en.xlsx", 15, []),
        ("sample_ledger_zh.xlsx", 16, []),
        (
            "sample_ledger_messy.xlsx",
            15,
            ["records.not_a_number", "records.not_a_date", "records.unconfirmed"],
        ),
    ],
)
def test_the_records_beside_them(name, records, findings):
    path = SAMPLES / name
    ledger = read(path)
    known = set(ledger.documents.customer.labels)
    found = read_records(path, ledger=ledger.mapping, customers=dict.fromkeys(known))
    assert len(found.tables) == records
    assert sorted(finding.key for finding in found.findings) == sorted(findings)
    for record in ("disputes", "promises"):
        documents = {one for one in found.table(record)["document"] if one}
        assert documents <= set(ledger.documents.document)
    insurance = {key: value for key, value in found.terms("insurance").items() if key in TERMS}
    assert read_schedule(insurance).insured_percentage == 0.9
    assert len(read_limits(found.table("insured_limits").columns)) > 20
    _, _, kinds, _ = read_events(found.table("events").columns)
    assert "insolvency" in kinds
