"""The steps from a sheet's amounts to what is open, and what a difference may come from."""

import numpy as np
import pytest

from arcredit.credit.receivables.open_items import Events, OpenItems, open_at
from arcredit.credit.receivables.reconciliation import bridge, suspects
from arcredit.shapes import coded

AS_OF = "2025-12-31"


def ledger(*rows, currency=None):
    """Documents as (number, date, amount, open)."""
    number, date, amount, left = zip(*rows, strict=True) if rows else ((),) * 4
    return OpenItems(
        customer=coded(["A"] * len(rows), "c"),
        document=np.array(number, object),
        invoice_date=np.array(date, "M8[D]"),
        due_date=np.array(date, "M8[D]"),
        amount=np.array(amount, float),
        open_amount=np.array(left, float),
        currency=coded([currency] * len(rows), "currency") if currency else None,
    )


BOOKS = (
    ("1", "2025-10-01", 100.0, 60.0),
    ("2", "2025-12-31", 30.0, 30.0),
    ("3", "2026-01-01", 7.0, 7.0),
    ("CN", "2025-11-01", -20.0, -20.0),
    ("4", "NaT", 5.0, 5.0),
)


def test_open_amounts_by_hand():
    """The sheet has the credit without its sign: 122 read, 82 held, 7 of it dated later, 75 open."""
    books = ledger(*BOOKS)
    found = bridge(122.0, "open_amount", books, None, open_at(books, AS_OF), AS_OF)
    assert tuple(found) == (122, -40, -7, 0, 0, 75)


def test_amounts_with_what_happened_to_them():
    """122 held as 142 read, 7 later; 40 paid in time, 3 without a day, 10 tomorrow: 72 open."""
    books = ledger(*BOOKS)
    events = Events(
        np.array(["1", "1", "1"], object), None,
        np.array(["2025-12-31", "NaT", "2026-01-01"], "M8[D]"), np.array([-40.0, -3.0, -10.0]))  # fmt: skip
    items = open_at(books, AS_OF, events)
    assert tuple(bridge(162.0, "amount", books, events, items, AS_OF)) == (162, -40, -7, -43, 0, 72)
    # Open amounts hold their receipts: what the day's rebuilding changes is its own step.
    assert tuple(bridge(122.0, "open_amount", books, events, items, AS_OF)) == (122, -40, -7, 0, -3, 72)


def test_dates_of_payment_rebuild_the_balance():
    books = ledger(("1", "2025-10-01", 100.0, 0.0))
    books = OpenItems(**{**vars(books), "paid_date": np.array(["2026-01-05"], "M8[D]")})
    found = bridge(0.0, "open_amount", books, None, open_at(books, AS_OF), AS_OF)
    assert tuple(found) == (0, 0, 0, 0, 100, 100)


OPEN = ledger(
    *[(str(place), "2025-10-01", amount, amount) for place, amount in enumerate((54, 27, -54, 54.004))]
)


def test_documents_of_the_difference_and_of_half_of_it():
    for difference in (54.0, -54.0):
        found = suspects(OPEN, difference)
        assert found.same.tolist() == ["0", "2", "3"]
        assert found.half.tolist() == ["1"]
        assert found.swapped
    assert not suspects(OPEN, 54.01).swapped
    assert suspects(OPEN, 54.01).same.tolist() == []


def test_within_half_of_the_smallest_unit():
    assert suspects(ledger(("1", "2025-10-01", 54.4, 54.4), currency="JPY"), 54.0).same.tolist() == ["1"]
    assert suspects(ledger(("1", "2025-10-01", 54.5, 54.5), currency="JPY"), 54.0).same.tolist() == []
    # The cents of 0.09 are nine: 21 for 12 would be such a difference.
    assert suspects(OPEN, 0.09).swapped


def test_no_difference_has_no_cause():
    found = suspects(ledger(("1", "2025-10-01", 0.0, 0.0)), 0.0)
    assert (found.same.tolist(), found.half.tolist(), found.swapped) == ([], [], False)


def test_no_more_than_asked_for():
    many = ledger(*[(str(place), "2025-10-01", 9.0, 9.0) for place in range(7)])
    assert suspects(many, 9.0).same.tolist() == list("01234")
    assert suspects(many, 18.0).half.tolist() == list("01234")
    assert suspects(many, 9.0, 2).same.tolist() == ["0", "1"]
    assert suspects(many, 18.0, 2).half.tolist() == ["0", "1"]


@pytest.mark.parametrize(
    ("difference", "swapped"),
    [(0.09, True), (0.1, False), (-0.18, True), (27, True), (26.99, False), (0.01, False)],
)
def test_swapped_digits_differ_by_a_multiple_of_nine_cents(difference, swapped):
    assert suspects(OPEN, difference).swapped is swapped


def test_an_empty_ledger_bridges_to_nothing():
    assert tuple(bridge(5.0, "open_amount", ledger(), None, ledger(), AS_OF)) == (5, -5, 0, 0, 0, 0)


def test_steps_are_exact():
    books = ledger(*[(str(place), "2025-10-01", 0.1, 0.1) for place in range(3)])
    found = bridge(0.3, "amount", books, None, open_at(books, AS_OF), AS_OF)
    assert tuple(found) == (0.3, 0, 0, 0, 0, 0.3)
