"""One tiny ledger per oddity: what is read, what is rejected, what is said, and the sum of it all."""

import datetime as dt
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from arcredit.ledger.read import Mapping, read, survey
from arcredit.words import LANGUAGES

BOOKS = Path(__file__).parent / "books"
D = dt.date
ONE = ("Acme", "INV-1", D(2025, 1, 15), D(2025, 2, 14), 100.0)
TWO = ("Acme", "INV-2", D(2025, 2, 1), D(2025, 3, 3), 50.25)
THREE = ("Baker", "INV-3", D(2025, 2, 20), D(2025, 3, 22), 80.0)
USUAL = [ONE, TWO, THREE]


def items(ledger):
    """Customer, document, both dates and the open amount (the amount where no open one is stated)."""
    found = ledger.documents
    money = np.where(np.isnan(found.open_amount), found.amount, found.open_amount)
    columns = (found.customer.texts(), found.document, found.invoice_date.tolist(), found.due_date.tolist())
    return list(zip(*columns, money.tolist(), strict=True))


def book(name):
    return next(BOOKS.glob(f"{name}.*"))


def marked(amounts):
    return [("Acme", f"INV-{n}", ONE[2], ONE[3], amount) for n, amount in enumerate(amounts)]


# Name: the items, the rows skipped, the findings. What is missing is as in a plain ledger.
OTHERWISE = {
    "grand_total": {"skipped": {"total": 1}, "total": 230.25},
    "total_without_a_label": {"skipped": {"total": 1}, "total": 230.25},
    "total_that_differs": {
        "skipped": {"total": 1},
        "total": 200.0,
        "findings": ["warning F5 ledger.total_differs"],
    },
    "total_without_typed_amounts": {
        "skipped": {"total": 1},
        "total": 180.0,
        "findings": ["warning F5 ledger.total_without_texts"],
    },
    "subtotals": {"skipped": {"total": 3}, "total": 230.25},
    "a_customer_called_total": {
        "items": [("Total Energies SE", *ONE[1:]), TWO, THREE],
        "skipped": {"total": 1},
        "total": 230.25,
    },
    "group_headings": {
        "skipped": {"total": 2, "group": 2},
        "total": 230.25,
        "findings": ["info A3 ledger.customer_carried"],
    },
    "group_headings_without_a_customer_column": {
        "skipped": {"group": 2},
        "findings": ["info A3 ledger.customer_carried"],
    },
    "region_headings": {
        "items": [ONE, THREE],
        "skipped": {"note": 2},
        "rejected": 50.25,
        "findings": ["error A4 ledger.customer_missing"],
    },
    "merged_customers": {"findings": ["info A3 ledger.customer_merged"]},
    "two_line_header": {"items": [("00A", *ONE[1:]), ("00A", *TWO[1:]), ("00B", *THREE[1:])]},
    "hidden_rows": {"findings": ["info F3 ledger.hidden"]},
    "blank_rows": {"skipped": {"blank": 4}},
    "repeated_headings": {"skipped": {"blank": 1, "heading": 1}},
    "notes_below": {"skipped": {"blank": 1, "note": 2}},
    "another_list_below": {
        "skipped": {"blank": 1, "other_block": 2},
        "findings": ["info F6 ledger.other_list"],
    },
    "excel_table": {"skipped": {"total": 1}, "total": 230.25},
    "rows_below_the_table": {
        "items": [ONE, TWO],
        "skipped": {"outside_table": 1},
        "findings": ["warning F4 ledger.outside_table"],
    },
    "chinese": {"skipped": {"total": 1, "note": 1}, "total": 230.25},
    "comma": {"skipped": {"total": 1}, "total": 230.25},
    "text_dates_decided_by_the_other_column": {
        "items": [
            (*row[:2], D(2025, 4, 3), D(2025, 5, 14 + place), row[4]) for place, row in enumerate(USUAL)
        ]
    },
    "german_amounts": {
        "items": [(*row[:4], money) for row, money in zip(USUAL, (1234.5, 12.0, 1000.0), strict=True)]
    },
    "marked_amounts": {"items": marked([-500.0, -1234.56, -500.0, 1000.0, 2000.0, -50.0, -123.0, 0.0, 10.0])},
    "amounts_in_ten_thousands": {
        "items": [(*TWO[:4], 200.0)],
        "unreadable": 2,
        "findings": ["error F2 ledger.amount_scaled", "error F4 ledger.amount_scaled"],
    },
    "error_cells": {
        "items": [("Acme", "INV-4", None, D(2025, 2, 14), 30.0), THREE],
        "rejected": 100.0,
        "unreadable": 1,
        "findings": [
            "error F2 ledger.amount_error",
            "error A4 ledger.customer_error",
            "error D3 ledger.date_error",
            "warning C5 ledger.invoice_date_unread",
        ],
    },
    "unusable_rows": {
        "items": [ONE, THREE],
        "skipped": {"total": 1},
        "rejected": 260.0,
        "unreadable": 2,
        "total": 440.0,
        "findings": [
            "error F4 ledger.amount_unreadable",
            "error F8 ledger.amount_missing",
            "error A3 ledger.customer_missing",
            "error D5 ledger.date_unreadable",
            "error D9 ledger.date_unreadable",
            "error D7 ledger.date_absurd",
            "error D6 ledger.no_date",
        ],
    },
    "formula_without_a_result": {
        "items": [TWO, THREE],
        "unreadable": 1,
        "findings": ["error F4 ledger.unstored"],
    },
    "leading_zeros": {
        "items": [
            ("000123", "0001", *ONE[2:]),
            ("123", "001", *TWO[2:]),
            ("000042", "01", *THREE[2:]),
        ]
    },
    "numbers_as_ids": {
        "items": [
            ("1001", "7001", *ONE[2:]),
            ("1001", "7001-A", *TWO[2:]),
            ("1002", "7003", *THREE[2:]),
        ]
    },
    "marked_credits": {
        "items": [ONE, (*TWO[:4], -50.25), THREE, ("Acme", None, D(2025, 3, 1), D(2025, 3, 1), -30.0)],
        "skipped": {"total": 1},
        "total": 260.25,
        "flipped": 160.5,
        "findings": ["info A3 ledger.credits_negated", "warning C5 ledger.document_missing"],
    },
    "red_invoices": {
        "items": [ONE, (*TWO[:4], -50.25), THREE],
        "flipped": 100.5,
        "findings": ["info A3 ledger.credits_negated"],
    },
    "negative_credits": {"items": [ONE, (*TWO[:4], -50.25), THREE]},
    "credits_of_both_signs": {
        "items": [ONE, (*TWO[:4], -50.25), THREE],
        "findings": ["warning A4 ledger.credits_mixed"],
    },
    "receipts_sheet": {"items": [ONE, (*TWO[:4], 250.5), THREE]},
    "paid_amounts": {"flipped": 200.25, "findings": ["info F2 ledger.open_computed"]},
    "payments_with_the_opposite_sign": {
        "items": [ONE, TWO, ("Baker", "CN-1", *THREE[2:4], -30.0)],
        "flipped": 150.25,
        "findings": ["info F2 ledger.open_computed"],
    },
    "receipts_positive_and_credits_negative": {
        "items": [ONE, (*TWO[:4], -50.25), (*THREE[:4], -80.0)],
        "flipped": 160.0,
        "findings": ["info A4 ledger.credits_negated"],
    },
    "a_customer_with_a_sum": {
        "rejected": 150.25,
        "findings": ["error D4 ledger.no_date"],
    },
    "twins": {"findings": ["warning  ledger.also_a_ledger"]},
    "a_template_and_the_ledger": {
        "items": [("Acme", f"INV-{n}", *ONE[2:4], 10.0) for n in range(30)],
        "findings": ["warning  ledger.also_a_ledger"],
    },
    "paid_dates": {"items": [ONE, (*TWO[:4], 0.0), (*THREE[:4], 0.0)]},
    "currencies": {"skipped": {"total": 2}, "findings": ["warning G6 ledger.total_differs"]},
    "payment_terms": {
        "items": [
            ("Acme", f"INV-{n}", D(2025, 1, 15), due, 10.0)
            for n, due in enumerate(
                (
                    D(2025, 2, 14),
                    D(2025, 3, 1),
                    D(2025, 4, 1),
                    D(2025, 1, 15),
                    D(2025, 2, 28),
                    D(2025, 2, 14),
                    D(2025, 1, 15),
                    D(2025, 1, 15),
                    D(2025, 2, 14),
                )
            )
        ],
        "findings": ["info E2 ledger.due_from_terms", "warning E5 ledger.due_assumed"],
    },
    "duplicates": {
        "items": [*USUAL, ONE, ("Baker", *ONE[1:])],
        "findings": ["warning B5 ledger.duplicate"],
    },
    "due_before_invoice": {
        "items": [ONE, TWO, (*THREE[:2], THREE[3], THREE[2], 80.0)],
        "findings": ["warning D4 ledger.due_before_invoice"],
    },
    "absurd_dimension": {"items": [ONE, THREE], "skipped": {"blank": 1048573}},
    "escapes": {
        "items": [
            ("A & B <Ltd>", *ONE[1:]),
            ("Café", *TWO[1:]),
            ("Baker & Co", *THREE[1:]),
        ]
    },
    "utf_16": {"items": [("Łódź", *ONE[1:]), TWO, THREE]},
    "quoted": {"items": [('Acme, "The" Co', "INV\n1", *ONE[2:4], 1000.5), TWO, THREE]},
}
NAMES = sorted(path.stem for path in BOOKS.iterdir() if path.stem != "unknown_headings")


@pytest.mark.parametrize("name", NAMES)
def test_what_is_read(name):
    expected = {"items": USUAL, "skipped": {}, "findings": []} | OTHERWISE.get(name, {})
    ledger = read(book(name))
    assert items(ledger) == expected["items"]
    assert ledger.totals.rows_skipped == expected["skipped"]
    assert [f"{item.severity} {item.cell} {item.key}" for item in ledger.findings] == expected["findings"]
    assert ledger.totals.rows_read == len(expected["items"])
    assert ledger.totals.amount_rejected == expected.get("rejected", 0.0)
    assert ledger.totals.unreadable == expected.get("unreadable", 0)
    assert ledger.totals.sheet_total == expected.get("total")
    # Marked credits and computed open amounts change what a row counts, never what the sheet holds.
    counted = sum(item[4] for item in expected["items"]) + expected.get("flipped", 0.0)
    assert ledger.totals.amount_read == pytest.approx(counted, abs=0.001)


@pytest.mark.parametrize("name", NAMES)
def test_every_finding_speaks_both_languages(name):
    for finding in read(book(name)).findings:
        for language in LANGUAGES:
            assert finding.message(language).strip()
            assert finding.remedy(language).strip()


@pytest.mark.parametrize("name", NAMES)
def test_the_remembered_mapping_reads_the_same(name):
    first = read(book(name))
    again = read(book(name), remembered=first.mapping.to_json())
    assert items(again) == items(first)
    assert again.totals == first.totals
    assert dict(again.mapping.columns) == dict(first.mapping.columns)


def test_amounts_are_kept_beside_open_amounts():
    found = read(book("plain")).documents
    assert found.amount.tolist() == [100.0, 250.5, 80.0]
    assert found.row.tolist() == [2, 3, 4]


def test_kinds_are_named():
    found = read(book("marked_credits")).documents
    assert found.kind.texts().tolist() == ["invoice", "credit_note", "invoice", "receipt"]


def test_receipts_become_events():
    ledger = read(book("receipts_sheet"))
    assert ledger.mapping.receipts.sheet == "Receipts"
    assert ledger.events.document.tolist() == ["INV-1", "INV-3", "INV-3"]
    assert ledger.events.amount.tolist() == [-40.0, -80.0, 80.0]
    assert ledger.events.date.tolist() == [D(2025, 3, 1), D(2025, 3, 5), D(2025, 3, 9)]
    assert np.isnan(ledger.documents.open_amount).all()
    assert ledger.receipt_totals.sheet_total == 40.0
    assert ledger.receipt_totals.difference == 0.0


def test_totals_by_currency():
    ledger = read(book("currencies"))
    assert ledger.currencies == ("EUR", "USD")
    assert ledger.totals.by_currency == {"EUR": (180.0, 0.0), "USD": (50.25, 0.0)}
    assert ledger.totals.sheet_totals == {"EUR": 180.0, "USD": 50.0}
    assert ledger.totals.differences == {"EUR": 0.0, "USD": -0.25}


def test_the_document_currency_goes_before_the_local_one():
    mapping = read(book("two_currencies_of_one_amount")).mapping
    assert mapping.headings["open_amount"] == "原币余额"
    assert [reason.key for reason in mapping.reasons if reason.values.get("name") == "open_amount"] == [
        "ledger.why.preferred"
    ]


def test_a_heading_names_the_currency():
    assert read(book("a_currency_in_the_heading")).currencies == ("USD",)
    assert read(book("plain")).currencies == ()


def test_disputed_amounts():
    assert read(book("disputes")).documents.disputed_amount.tolist() == [100.0, 20.0, 0.0]


def test_due_dates_that_are_assumed_are_marked():
    assert read(book("payment_terms")).documents.due_assumed.all()
    assert not read(book("plain")).documents.due_assumed.any()


def test_the_calendar_of_1904():
    assert read(book("calendar_1904")).date_1904
    assert not read(book("plain")).date_1904


@pytest.mark.parametrize(("name", "language"), [("chinese", "zh"), ("gb18030", "zh"), ("plain", "en")])
def test_the_language_is_the_headings(name, language):
    assert read(book(name)).language == language


@pytest.mark.parametrize(
    ("name", "order", "decimal"),
    [
        ("text_dates_day_first", "dmy", None),
        ("text_dates_month_first", "mdy", None),
        ("text_dates_with_month_names", None, None),
        ("german_amounts", "dmy", ","),
        ("marked_amounts", None, "."),
    ],
)
def test_decisions_stand_in_the_mapping(name, order, decimal):
    mapping = read(book(name)).mapping
    assert (mapping.date_order, mapping.decimal) == (order, decimal)


def test_the_choice_of_a_sheet_is_explained():
    mapping = survey(book("several_sheets"))
    assert mapping.sheet == "Open items"
    assert mapping.reasons[0].key == "ledger.why.likeliest"
    assert {reason.values["sheet"]: reason.key for reason in mapping.candidates} == {
        "Notes": "ledger.other.nothing",
        "Aging": "ledger.other.report",
        "Customers": "ledger.other.missing",
        "Old": "ledger.other.weaker",
    }
    for reason in (*mapping.reasons, *mapping.candidates):
        assert all(reason.text(language) for language in LANGUAGES)


def test_a_named_sheet_is_read():
    ledger = read(book("several_sheets"), sheet="old")
    assert ledger.mapping.sheet == "Old"
    assert ledger.mapping.reasons[0].key == "ledger.why.wished"
    assert ledger.documents.due_assumed.all()


def test_own_report_sheets_are_no_candidates():
    mapping = survey(book("several_sheets"), own_sheets=frozenset({"Open items"}))
    assert mapping.sheet == "Old"
    assert "ledger.other.own" in [reason.key for reason in mapping.candidates]


def test_columns_can_be_set_by_letter_and_by_heading():
    ledger = read(book("plain"), sheet="Ledger", columns={"open_amount": "E", "amount": "Open"})
    assert ledger.documents.open_amount.tolist() == [100.0, 250.5, 80.0]
    assert ledger.documents.amount.tolist() == [100.0, 50.25, 80.0]
    keys = [reason.key for reason in ledger.mapping.reasons]
    assert keys.count("ledger.why.set") == 2


def test_unknown_headings_are_read_with_columns_set():
    columns = {"customer": "A", "document": "B", "invoice_date": "C", "due_date": "D", "open_amount": "E"}
    ledger = read(book("unknown_headings"), sheet="Ledger", columns=columns)
    assert items(ledger) == USUAL
    assert ledger.mapping.headings["open_amount"] == "Wieviel"


def test_a_table_is_named():
    mapping = read(book("excel_table")).mapping
    assert (mapping.table, mapping.header_rows, mapping.columns["customer"]) == ("Receivables", (4, 4), "B")


def test_the_mapping_goes_through_its_text():
    mapping = read(book("receipts_sheet")).mapping
    kept = Mapping.from_json(mapping.to_json())
    assert kept == mapping.changed(
        reasons=(), candidates=(), last_row=0, receipts=mapping.receipts.changed(reasons=(), last_row=0)
    )


def test_hidden_rows_are_counted():
    assert read(book("hidden_rows")).totals.rows_hidden == 1


def parts(path):
    with zipfile.ZipFile(path) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def test_the_script_makes_the_committed_books(tmp_path):
    subprocess.run([sys.executable, BOOKS.parent / "make_books.py", tmp_path], check=True)
    made, kept = (sorted(folder.iterdir()) for folder in (tmp_path, BOOKS))
    assert [path.name for path in made] == [path.name for path in kept]
    for new, old in zip(made, kept, strict=True):
        # Another build of zlib may pack the same parts into other bytes.
        same = parts(new) == parts(old) if new.suffix == ".xlsx" else new.read_bytes() == old.read_bytes()
        assert same, new.name
