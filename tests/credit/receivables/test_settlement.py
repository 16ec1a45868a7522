"""When documents were settled and what was paid, by hand."""

import numpy as np
import pytest

from arcredit.credit.receivables.open_items import open_at
from arcredit.credit.receivables.settlement import known_documents, payments_of, settled_on
from arcredit.shapes import coded
from credit_ledgers import books, days, happened

NAN = np.nan


def one(amount=100.0, left=0.0, dated="2025-03-01", due="2025-03-31"):
    return ("A", "1", dated, due, amount, left)


@pytest.mark.parametrize(
    ("document", "paid_on", "as_of", "is_open", "settled"),
    [
        (one(), "2025-04-10", "2025-04-09", True, "NaT"),
        (one(), "2025-04-10", "2025-04-10", False, "2025-04-10"),
        (one(left=40.0), "2025-04-10", "2025-04-30", True, "NaT"),  # paid in part
        (one(), None, "2025-04-30", False, "NaT"),  # nobody knows when
        (one(dated="2025-05-01"), "2025-04-10", "2025-04-30", False, "NaT"),  # paid before it was written
        (one(dated="2025-04-30"), "2025-04-30", "2025-04-30", False, "2025-04-30"),
        (one(dated=None), "2025-04-10", "2025-04-30", False, "2025-04-10"),
        (one(amount=NAN), "2025-05-02", "2025-05-01", False, "NaT"),  # no balance is known before
        (one(amount=NAN), "2025-05-02", "2025-05-02", False, "2025-05-02"),
    ],
)
def test_dates_of_payment(document, paid_on, as_of, is_open, settled):
    found = settled_on(books(document, paid_date=days(paid_on)), as_of, None)
    assert (found[0].tolist(), [str(day) for day in found[1]]) == ([is_open], [settled])


def test_without_dates_of_payment_nobody_knows_when():
    found = settled_on(books(one(), one(left=100.0)), "2025-04-30", None)
    assert found[0].tolist() == [False, True]
    assert np.isnat(found[1]).all()


@pytest.mark.parametrize(
    ("as_of", "is_open", "settled"),
    [
        ("2025-04-19", True, "NaT"),
        ("2025-04-20", False, "2025-04-20"),
        ("2025-04-30", False, "2025-04-20"),
        ("2025-05-10", True, "NaT"),  # 40 bounced
        ("2025-06-10", False, "2025-06-10"),
    ],
)
def test_receipts_settle_on_the_day_of_the_last_one(as_of, is_open, settled):
    """60 and 40 come in, 40 go back, 40 come in again; what the ledger says of its own does not count."""
    given = happened(
        ("1", "2025-06-10", -40), ("1", "2025-04-20", -40), ("1", "2025-04-10", -60),
        ("1", "2025-05-10", 40), (None, "2025-04-25", -7))  # fmt: skip
    ledger = books(
        one(left=100.0), ("B", "2", "2025-03-01", "2025-03-31", 5.0), paid_date=days("2025-03-05", None)
    )
    found = settled_on(ledger, as_of, given)
    assert (found[0].tolist(), [str(day) for day in found[1]]) == ([is_open, True], [settled, "NaT"])


def test_known_documents_are_the_settled_with_their_day_and_the_open_with_their_balance():
    ledger = books(
        ("A", "open", "2025-03-01", "2025-03-31", 100.0, 30.0),
        ("B", "paid", "2025-03-02", "2025-04-01", 200.0, 0.0),
        ("B", "undated", "2025-03-03", None, 300.0, 0.0),
        ("C", "later", "2025-07-01", "2025-07-31", 400.0, 400.0),
        ("C", "no dates", None, None, 500.0, 500.0),
        currency=coded(["EUR", "USD", "USD", None, "GBP"], "currency"),
        paid_date=days(None, "2025-04-05", None, None, None),
        kind=coded(["invoice"] * 5, "kind"),
    )
    known = known_documents(ledger, open_at(ledger, "2025-06-30"), "2025-06-30", None)
    assert known.document.tolist() == ["paid", "open", "no dates"]
    assert known.customer.texts().tolist() == ["B", "A", "C"]
    assert known.currency.texts().tolist() == ["USD", "EUR", "GBP"]
    assert known.amount.tolist() == [200, 30, 500]
    assert known.open_amount.tolist() == [0, 30, 500]
    assert [str(day) for day in known.paid_date] == ["2025-04-05", "NaT", "NaT"]
    assert [str(day) for day in known.invoice_date] == ["2025-03-02", "2025-03-01", "NaT"]
    assert [str(day) for day in known.due_date] == ["2025-04-01", "2025-03-31", "2025-06-30"]


def test_unapplied_receipts_stay_known():
    ledger, given = books(one(left=100.0)), happened(("1", "2025-04-10", -100), (None, "2025-04-12", -30))
    known = known_documents(ledger, open_at(ledger, "2025-06-30", given), "2025-06-30", given)
    assert known.amount.tolist() == [100, -30]
    assert [str(day) for day in known.paid_date] == ["2025-04-10", "NaT"]
    assert [str(day) for day in known.due_date] == ["2025-03-31", "2025-04-12"]


@pytest.mark.parametrize(
    ("amount", "left", "kind", "paid_on", "paid"),
    [
        (100.0, 30.0, "invoice", "2025-04-10", [("2025-04-10", 70.0)]),
        (100.0, 30.0, None, None, [("NaT", 70.0)]),
        (100.0, 100.0, "invoice", None, []),
        (100.0, -10.0, "invoice", "2025-04-10", [("2025-04-10", 110.0)]),  # too much came in
        (100.0, NAN, "invoice", "2025-04-10", [("2025-04-10", 100.0)]),
        (100.0, NAN, "invoice", None, []),  # nothing says that it was paid
        (NAN, 30.0, "invoice", "2025-04-10", []),
        (-80.0, -80.0, "receipt", None, [("2025-03-01", 80.0)]),
        (-80.0, 0.0, "receipt", "2025-04-10", [("2025-03-01", 80.0)]),
        (-80.0, 0.0, "credit_note", "2025-04-10", []),
        (80.0, 0.0, "receipt", "2025-04-10", [("2025-04-10", 80.0)]),  # money out, come back
        (0.0, 0.0, "invoice", "2025-04-10", []),
        (100.0, 99.99, "invoice", "2025-04-10", [("2025-04-10", pytest.approx(0.01))]),
        (100.0, 99.996, "invoice", "2025-04-10", []),
    ],
)
def test_what_a_ledger_in_one_list_says_of_payments(amount, left, kind, paid_on, paid):
    ledger = books(one(amount, left), paid_date=days(paid_on), kind=coded([kind], "kind"))
    found = payments_of(ledger, None)
    assert [(str(day), value) for day, value in zip(found.date, found.amount, strict=True)] == paid
    assert found.customer.tolist() == ["A"] * len(paid)
    assert found.document.tolist() == ["1"] * len(paid)
    assert found.currency.tolist() == [None] * len(paid)


def test_half_of_the_smallest_unit_is_a_payment():
    ledger = books(one(100, 99.5), one(100, 99.75), currency=coded(["JPY", "JPY"], "currency"))
    found = payments_of(ledger, None)
    assert (found.amount.tolist(), found.currency.tolist()) == ([0.5], ["JPY"])


def test_receipts_are_the_customers_and_in_the_currency_that_they_state_or_their_documents():
    ledger = books(
        ("A", "1", "2025-03-01", "2025-03-31", 100.0),
        ("B", "2", "2025-03-01", "2025-03-31", 100.0),
        currency=coded(["EUR", "USD"], "currency"),
    )
    given = happened(
        ("2", "2025-04-01", -10, "receipt"),
        ("2", "2025-04-02", -11, "credit_note"),
        ("1", "2025-04-03", -12, "write_off"),
        ("1", "2025-04-04", 13, "reversal"),
        ("9", "2025-04-05", -14, None),
        (None, None, -15, "receipt"),
        ("1", "2025-04-06", NAN, "receipt"),
        ("1", "2025-04-07", -16, "receipt"),
        customer=coded([None, None, None, None, None, "C", None, "B"], "customer"),
        currency=coded([None, None, None, "GBP", "GBP", None, None, "USD"], "currency"),
    )
    found = payments_of(ledger, given)
    assert found.amount.tolist() == [10, -13, 14, 15, 16]
    assert found.document.tolist() == ["2", "1", "9", None, "1"]
    assert [str(day) for day in found.date] == ["2025-04-01", "2025-04-04", "2025-04-05", "NaT", "2025-04-07"]
    assert found.customer.tolist() == ["B", "A", None, "C", "B"]
    assert found.currency.tolist() == ["USD", "GBP", "GBP", None, "USD"]


def test_receipts_without_documents():
    found = payments_of(books(currency=coded([], "currency")), happened(("1", "2025-04-01", -10)))
    assert (found.amount.tolist(), found.customer.tolist()) == ([10], [None])
    alone = payments_of(books(one()), happened(("1", "2025-04-01", -10)))
    assert (alone.customer.tolist(), alone.currency.tolist()) == (["A"], [None])
