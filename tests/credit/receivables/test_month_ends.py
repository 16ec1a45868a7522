"""Balances at month ends, by hand; how far back a ledger reaches; everything in one currency."""

import numpy as np
import pytest

from arcredit.credit.receivables.conventions import NONE
from arcredit.credit.receivables.month_ends import (
    UNAPPLIED,
    aged,
    in_currency,
    labelled,
    last_days,
    month_ends,
    of_currency,
    reaches,
)
from arcredit.shapes import coded
from credit_ledgers import books, days, happened

LABELS = ("current", "1-30", "31-60", ">60")
LEDGER = books(
    ("A", "1", "2025-10-10", "2025-11-30", 100.0),
    ("A", "2", "2025-11-05", "2025-11-29", 40.0),
    ("B", "C", "2025-11-20", "2025-11-20", -15.0),
    ("B", "3", "2025-12-31", None, 7.0),
)
RECEIPTS = happened(("1", "2025-12-01", -60), ("2", "2025-12-31", -40), ("1", "2026-01-01", -1))


def test_a_day_and_the_month_ends_before_it():
    assert last_days("2025-03-15", 1).astype(str).tolist() == ["2025-03-15"]
    assert last_days("2024-03-31", 2).astype(str).tolist() == ["2024-02-29", "2024-03-31"]
    assert last_days("2025-01-01", 3).astype(str).tolist() == ["2024-11-30", "2024-12-31", "2025-01-01"]


def test_balances_by_hand():
    """31 December: 40 of the first invoice 31 days late, 7 without a due date; the credit stands apart."""
    found = month_ends(LEDGER, RECEIPTS, "2025-12-31", 4, edges=[30, 60])
    assert found.ends.astype(str).tolist() == ["2025-09-30", "2025-10-31", "2025-11-30", "2025-12-31"]
    assert found.labels == (*LABELS, NONE)
    assert np.isnan(found.buckets[0]).all()
    assert found.buckets[1:].tolist() == [[100, 0, 0, 0, 0], [100, 40, 0, 0, 0], [0, 0, 40, 0, 7]]
    np.testing.assert_equal(found.unapplied, [np.nan, 0, -15, -15])
    np.testing.assert_equal(found.overdue, [np.nan, 0, 40, 40])
    np.testing.assert_equal(found.total, [np.nan, 100, 125, 32])
    assert found.known == 3


def test_twelve_days_by_the_usual_buckets():
    found = month_ends(LEDGER, RECEIPTS, "2025-11-30")
    assert (len(found.ends), len(found.labels), found.known) == (12, 6, 2)
    assert found.buckets[-1].tolist() == [100, 40, 0, 0, 0, 0]


def test_what_was_kept_of_earlier_days_fills_what_the_ledger_cannot_know():
    """Only where it cannot: on 31 December the ledger itself knows."""
    kept = books(("A", "9", "2025-10-01", "2025-11-29", 11.0), ("A", "8", "2025-10-01", "2025-11-01", -3.0))
    snapshots = [("2025-12-31", kept), ("2025-11-30", kept), ("2025-11-15", kept)]
    found = month_ends(LEDGER, None, "2025-12-31", 3, edges=[30, 60], snapshots=snapshots)
    np.testing.assert_equal(found.total, [np.nan, 8, 132])
    np.testing.assert_equal(found.overdue, [np.nan, 11, 140])
    assert found.buckets[1].tolist() == [0, 11, 0, 0, 0]


@pytest.mark.parametrize(
    ("paid_on", "events", "day", "known"),
    [
        (None, None, "2025-12-31", True),
        (None, None, "2026-01-01", True),
        (None, None, "2025-12-30", False),
        ("2025-11-01", None, "2025-12-30", True),
        (None, RECEIPTS, "2025-12-30", True),
        (None, RECEIPTS, "2025-10-10", True),  # the day of the first document
        (None, RECEIPTS, "2025-10-09", False),
    ],
)
def test_how_far_back_a_ledger_reaches(paid_on, events, day, known):
    ledger = books(
        ("A", "1", "2025-10-10", "2025-11-30", 100.0), ("A", "2", None, None, 1.0),
        paid_date=days(paid_on, None))  # fmt: skip
    assert reaches(ledger, events, day, "2025-12-31") is known


def test_no_document_reaches_nowhere():
    assert not reaches(books(), RECEIPTS, "2025-12-30", "2025-12-31")
    assert not reaches(books(("A", "1", None, None, 1.0)), RECEIPTS, "2025-12-30", "2025-12-31")
    # One date of payment among many says that the ledger has such a column.
    assert not reaches(LEDGER, None, "2025-12-30", "2025-12-31")


def test_sums_of_a_day():
    labels, sums = aged(LEDGER, "2025-12-29", [30, 60])
    assert labels == (*LABELS, NONE)
    # 29 and 30 days late are 1-30; then unapplied and overdue.
    assert sums.tolist() == [0, 140, 0, 0, 7, -15, 140]


def test_each_item_in_its_bucket():
    items = books(
        *[
            ("A", "1", "2025-10-01", due, 5.0)
            for due in ("2025-12-31", "2025-12-30", "2025-12-01", "2025-11-30")
        ],
        ("A", "2", None, None, 5.0),
        ("A", "3", None, "2025-01-01", -5.0),
        ("A", "4", None, None, -5.0),
        ("A", "5", None, "2025-01-01", 0.0),
    )
    expected = ["current", "1-30", "1-30", ">30", NONE, UNAPPLIED, UNAPPLIED, UNAPPLIED]
    assert labelled(items, "2025-12-31", [30]).tolist() == expected
    assert labelled(items, "2025-12-31")[3] == "31-60"
    assert labelled(books(), "2025-12-31").tolist() == []


def test_of_currency():
    ledger = books(
        *[("A", name, None, None, 1.0) for name in "123"], currency=coded(["EUR", None, "USD"], "c")
    )
    assert of_currency(ledger, "USD").document.tolist() == ["3"]
    assert of_currency(ledger, "").document.tolist() == ["2"]
    assert len(of_currency(ledger, "GBP")) == 0
    assert len(of_currency(books(), "")) == 0


RATES = {"USD": 0.5, "EUR": 9.0}  # home's own rate is 1, whatever the table says


def test_documents_in_one_currency():
    ledger = books(
        *[("A", str(place), None, None, 10.0, 3.0) for place in range(4)],
        currency=coded(["EUR", "USD", "GBP", None], "currency"),
        disputed_amount=np.array([1.0, 1.0, 1.0, 1.0]),
    )
    ours, events = in_currency(ledger, None, RATES, "EUR")
    assert events is None
    np.testing.assert_equal(ours.amount, [10, 5, np.nan, np.nan])
    np.testing.assert_equal(ours.open_amount, [3, 1.5, np.nan, np.nan])
    np.testing.assert_equal(ours.disputed_amount, [1, 0.5, np.nan, np.nan])
    assert ours.currency.texts().tolist() == ["EUR"] * 4
    assert ledger.amount.tolist() == [10] * 4


def test_a_ledger_without_currencies_is_in_the_home_currency():
    ours, events = in_currency(
        books(("A", "1", None, None, 10.0)), happened(("1", None, -4), ("9", None, -4)), RATES, "EUR"
    )
    assert (ours.amount.tolist(), ours.disputed_amount) == ([10], None)
    np.testing.assert_equal(events.amount, [-4, np.nan])
    assert events.currency.texts().tolist() == ["EUR", "EUR"]


def test_events_in_one_currency():
    """At the rate of the currency that they state, else of their document's."""
    ledger = books(
        ("A", "1", None, None, 10.0), ("A", "2", None, None, 10.0), currency=coded(["EUR", "USD"], "currency")
    )
    rows = [
        ("1", None, -4),
        ("2", None, -4),
        ("1", None, -4),
        ("2", None, -4),
        (None, None, -4),
        ("2", None, -4),
    ]
    stated = coded([None, None, "USD", "EUR", "USD", "GBP"], "currency")
    _, events = in_currency(ledger, happened(*rows, currency=stated), RATES, "EUR")
    np.testing.assert_equal(events.amount, [-4, -2, -2, -4, -2, np.nan])
    assert events.currency.texts().tolist() == ["EUR"] * 6
    _, events = in_currency(ledger, happened(*rows), RATES, "EUR")
    np.testing.assert_equal(events.amount, [-4, -2, -4, -2, np.nan, -2])


def test_events_on_a_number_of_two_customers_are_of_the_customers_document():
    ledger = books(
        ("A", "1", None, None, 10.0), ("B", "1", None, None, 10.0), currency=coded(["EUR", "USD"], "currency")
    )
    rows = [("1", None, -4)] * 3
    _, events = in_currency(ledger, happened(*rows, customer=coded(["A", "B", None], "c")), RATES, "EUR")
    np.testing.assert_equal(events.amount, [-4, -2, np.nan])
