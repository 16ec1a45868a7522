"""What moved between two days: each reason by hand, and balances that always close."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.money import total
from arcredit.credit.receivables.month_ends import in_currency, last_days, month_ends, reaches
from arcredit.credit.receivables.movement import REASONS, migration, movement
from arcredit.credit.receivables.open_items import Events, OpenItems, open_at
from arcredit.shapes import coded

THEN, NOW = "2025-11-30", "2025-12-31"
LABELS = ("current", "1-30", "31-60", "61-90", "91-120", ">120")


def ledger(*rows, **columns):
    """Documents as (number, date, due, amount, open)."""
    numbers, dated, due, amount, left = zip(*rows, strict=True) if rows else ((),) * 5
    return OpenItems(
        coded([number[0] for number in numbers], "c"),
        np.array(numbers, object),
        np.array(dated, "M8[D]"),
        np.array(due, "M8[D]"),
        np.array(amount, float),
        np.array(left, float),
        **columns,
    )


def one(number, left, *, dated="2025-10-01", due="2025-10-31", amount=None):
    return (number, dated, due, left if amount is None else amount, left)


def reasons(then, now, documents=None, events=None):
    """Document to its reasons with their amounts."""
    found = movement(then, now, THEN, now if documents is None else documents, events)
    assert found.opening + found.changes.sum(axis=1) == pytest.approx(found.closing)
    return {
        name: {reason: found.of(reason)[row] for reason in REASONS if found.of(reason)[row]}
        for row, name in enumerate(found.document)
    }


def test_each_reason_by_hand():
    then = ledger(
        one("A-paid", 100),
        one("A-part", 100),
        one("A-gone", 100),
        one("A-changed", 100),
        one("A-grown", 50, amount=100),
        one("A-same", 70),
    )
    now = ledger(
        one("A-part", 40, amount=100),
        one("A-changed", 130),
        one("A-grown", 80, amount=100),
        one("A-same", 70),
        one("A-new", 500, dated="2025-12-05"),
        one("A-late", 60, dated="2025-11-20"),
        one("A-credit", -20, dated="2025-12-08"),
    )
    paid = ledger(one("A-paid", 0, amount=100))
    documents = ledger(*[tuple(row) for row in _rows(now)], *_rows(paid))
    assert reasons(then, now, documents) == {
        "A-paid": {"paid": -100},
        "A-part": {"part_paid": -60},
        "A-gone": {"vanished": -100},
        "A-changed": {"amount_changed": 30},
        "A-grown": {"reopened": 30},
        "A-same": {},
        "A-new": {"new": 500},
        "A-late": {"late_posted": 60},
        "A-credit": {"credited": -20},
    }


def _rows(items):
    columns = (items.document, items.invoice_date, items.due_date, items.amount, items.open_amount)
    return list(zip(*columns, strict=True))


def test_a_changed_amount_and_a_payment_are_two_reasons():
    then, now = ledger(one("A1", 100)), ledger(one("A1", 20, amount=80))
    assert reasons(then, now) == {"A1": {"amount_changed": -20, "part_paid": -60}}


def test_credit_notes_and_write_offs_come_before_payments():
    then = ledger(one("A1", 100), one("A2", 50))
    books = ledger(one("A1", np.nan, amount=100), one("A2", np.nan, amount=50))
    events = Events(
        np.array(["A1", "A1", "A2", "A1"], object),
        None,
        np.array(["2025-12-05", "2025-12-06", "2025-12-07", "2025-10-05"], "M8[D]"),
        np.array([-30.0, -60.0, -50.0, -5.0]),
        coded(["credit_note", "receipt", "write_off", "credit_note"], "k"),
    )
    now = open_at(books, NOW, events)
    found = reasons(then, now, books, events)
    assert found == {"A1": {"credited": -30, "part_paid": -65}, "A2": {"written_off": -50}}


def test_unapplied_money_is_paid_and_a_used_credit_too():
    then = ledger(one("A1", 100), one("Apay", -40, dated="2025-11-10"))
    now = ledger(one("A1", 60, amount=100), one("Anew", -25, dated="2025-12-10"))
    now = OpenItems(**{**vars(now), "kind": coded(["invoice", "receipt"], "k")})
    documents = ledger(*_rows(now), one("Apay", 0, amount=-40))
    found = reasons(then, now, documents)
    assert found == {"A1": {"part_paid": -40}, "Apay": {"paid": 40}, "Anew": {"paid": -25}}


def test_a_new_due_date_moves_no_money():
    then, now = ledger(one("A1", 100)), ledger(one("A1", 100, due="2026-01-31"))
    found = movement(then, now, THEN, now)
    assert found.re_dated.tolist() == [True]
    assert not found.changes.any()


def test_the_same_number_of_two_customers_is_two_documents():
    then = ledger(one("A1", 100))
    now = ledger(one("A1", 100))
    now = OpenItems(**{**vars(now), "customer": coded(["B"], "c")})
    found = movement(then, now, THEN, now)
    assert found.total("new") + found.total("late_posted") == 100
    assert found.total("vanished") == -100


def test_migration_by_hand():
    """100 not due then: 60 left and 15 days late now; 50 new; a 40 of 45 days late paid."""
    then = ledger(one("A1", 100, due="2025-12-16"), one("A2", 40, due="2025-10-16"))
    now = ledger(one("A1", 60, due="2025-12-16", amount=100), one("A3", 50, due="2026-01-10"))
    grid = migration(then, now, THEN, NOW, LABELS)
    expected = np.zeros((7, 7))
    expected[0, 1], expected[0, 6], expected[2, 6], expected[6, 0] = 60, 40, 40, 50
    assert grid.tolist() == expected.tolist()


open_items = st.lists(
    st.tuples(
        st.sampled_from([f"{owner}{number}" for owner in "AB" for number in range(6)]),
        st.dates(min_value=np.datetime64("2025-06-01").item(), max_value=np.datetime64(NOW).item()),
        st.integers(-50_000, 50_000),
        st.integers(-50_000, 50_000),
    ),
    max_size=12,
)


def _made(rows):
    return ledger(*[(name, day, day, amount / 100, left / 100) for name, day, amount, left in rows])


@given(open_items, open_items, open_items)
def test_whatever_happens_the_balances_close(before, after, others):
    then, now = _made(before), _made(after)
    documents = _made([*after, *others])
    found = movement(then, now, THEN, documents)
    parts = [money_total for money_total in (total(found.of(reason)) for reason in REASONS)]
    assert total(then.open_amount) + sum(parts) == pytest.approx(total(now.open_amount), abs=1e-6)
    assert np.allclose(found.opening + found.changes.sum(axis=1), found.closing)
    grid = migration(then, now, THEN, NOW, LABELS)
    assert (grid >= 0).all()
    debts = then.open_amount[then.open_amount > 0].sum()
    assert grid[:-1].sum() == pytest.approx(debts, abs=1e-6)
    assert grid[:, :-1].sum() == pytest.approx(now.open_amount[now.open_amount > 0].sum(), abs=1e-6)


def test_month_ends_reach_no_further_than_the_ledger():
    books = ledger(
        one("A1", 0, dated="2025-11-10", due="2025-12-10", amount=100), one("A2", 50, dated="2025-12-01")
    )
    paid = OpenItems(**{**vars(books), "paid_date": np.array(["2025-12-05", "NaT"], "M8[D]")})
    found = month_ends(paid, None, NOW, 3)
    assert found.ends.astype(str).tolist() == ["2025-10-31", "2025-11-30", "2025-12-31"]
    assert np.isnan(found.total[0])
    assert found.total[1:].tolist() == [100, 50]
    assert found.known == 2
    assert not reaches(books, None, THEN, NOW)
    held = month_ends(books, None, NOW, 3, snapshots=[("2025-11-30", ledger(one("A9", 7)))])
    assert held.total[1:].tolist() == [7, 50]


def test_a_day_within_a_month_stands_after_the_month_ends():
    assert last_days("2025-03-15", 3).astype(str).tolist() == ["2025-01-31", "2025-02-28", "2025-03-15"]


def test_everything_in_one_currency():
    books = ledger(one("A1", 100), one("A2", 10), one("A3", 5))
    books = OpenItems(**{**vars(books), "currency": coded(["EUR", "USD", "XXX"], "c")})
    paid = Events(np.array(["A2"], object), None, np.array([NOW], "M8[D]"), np.array([-4.0]))
    ours, events = in_currency(books, paid, {"USD": 0.5}, "EUR")
    assert ours.open_amount[:2].tolist() == [100, 5]
    assert np.isnan(ours.open_amount[2])
    assert events.amount.tolist() == [-2]
