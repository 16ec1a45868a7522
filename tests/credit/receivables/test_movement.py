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


def test_who_what_and_when():
    """The newest name that is known, the earliest dates of each day; blank on a day it was not open."""
    then = ledger(one("A1", 10, dated="2025-10-05", due="2025-11-05"), one("A1", 20), one("B2", 5),
        customer_name=coded(["Alfa", "Alpha", "Beta"], "n"))  # fmt: skip
    now = ledger(
        one("A1", 10, dated="2025-10-03", due="2025-11-07"),
        one("B2", 5, dated="NaT", due="NaT"),
        one("C3", 1, dated="2025-12-01", due="2025-12-31"),
        customer_name=coded(["Alpha AG", None, None], "n"),
    )
    found = movement(then, now, THEN, now)
    assert found.customer.tolist() == ["A", "B", "C"]
    assert found.name.tolist() == ["Alpha AG", "Beta", None]
    assert found.document.tolist() == ["A1", "B2", "C3"]
    assert found.invoice_date.astype(str).tolist() == ["2025-10-03", "2025-10-01", "2025-12-01"]
    assert found.due_then.astype(str).tolist() == ["2025-10-31", "2025-10-31", "NaT"]
    assert found.due_now.astype(str).tolist() == ["2025-11-07", "NaT", "2025-12-31"]
    assert found.opening.tolist() == [30, 5, 0]
    assert found.closing.tolist() == [10, 5, 1]
    assert found.re_dated.tolist() == [True, False, False]
    assert len(found) == 3
    assert found.changes.shape == (3, 9)


def test_a_ledger_without_names():
    found = movement(ledger(one("A1", 10)), ledger(), THEN, ledger())
    assert (found.name.tolist(), found.total("vanished")) == ([None], -10)
    assert len(movement(ledger(), ledger(), THEN, ledger(one("A1", 10)))) == 0


@pytest.mark.parametrize(
    ("dated", "amount", "kind", "reason"),
    [
        ("2025-11-30", 50, "invoice", "late_posted"),
        ("2025-12-01", 50, "invoice", "new"),
        ("2025-12-01", 0.5, "invoice", "new"),
        ("NaT", 50, None, "new"),
        ("2025-12-01", -50, "credit_note", "credited"),
        ("2025-11-30", -50, None, "late_posted"),
        ("2025-11-30", -50, "receipt", "paid"),
        ("2025-12-01", -50, "receipt", "paid"),
        ("2025-12-01", 50, "receipt", "new"),
    ],
)
def test_what_was_not_open_then(dated, amount, kind, reason):
    now = ledger(one("A1", amount, dated=dated), kind=coded([kind], "k"))
    assert reasons(ledger(), now) == {"A1": {reason: amount}}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((100, 100), (100, 100.01), {"reopened": 0.01}),
        ((100, 100), (100, 99.99), {"part_paid": -0.01}),
        ((100, 100), (130, 100), {"amount_changed": 30, "part_paid": -30}),
        ((100, 60), (80, 60), {"amount_changed": -20, "reopened": 20}),
        ((100, 60), (np.nan, 50), {"part_paid": -10}),
        ((np.nan, 60), (100, 50), {"part_paid": -10}),
        ((0.5, 0.5), (0.5, 0.75), {"reopened": 0.25}),
        ((100, 60), (100, -10), {"paid": -70}),
        ((-40, -40), (-40, -10), {"paid": 30}),
        ((-40, -10), (-40, -30), {"paid": -20}),
    ],
)
def test_a_document_open_on_both_days(before, after, expected):
    """Original amount and what is open of it, then and now."""
    then, now = (ledger(one("A1", left, amount=amount)) for amount, left in (before, after))
    assert reasons(then, now)["A1"] == pytest.approx(expected)


def test_a_settled_document_whose_amount_is_another_one_now():
    then, documents = ledger(one("A1", 100)), ledger(one("A1", 0, amount=130))
    assert reasons(then, ledger(), documents) == {"A1": {"amount_changed": 30, "paid": -130}}
    assert reasons(then, ledger(), ledger(one("B1", 0, amount=130))) == {"A1": {"vanished": -100}}


def test_instalments_that_were_settled_by_then_are_no_change_of_amount():
    then = ledger(one("A1", 100))
    documents = ledger(one("A1", 0, amount=70), one("A1", 40, amount=100))
    assert reasons(then, ledger(one("A1", 40, amount=100)), documents) == {"A1": {"part_paid": -60}}
    twice = ledger(one("A1", 100), one("A1", 70))
    assert reasons(twice, ledger(one("A1", 40, amount=100)), documents) == {"A1": {"part_paid": -130}}


def given(*rows):
    """Events as (document, date, amount, kind)."""
    number, date, amount, kind = zip(*rows, strict=True)
    return Events(
        np.array(number, object),
        None,
        np.array(date, "M8[D]"),
        np.array(amount, float),
        coded(list(kind), "k"),
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("A1", THEN, -30, "credit_note")], {"part_paid": -60}),
        ([("A1", "2025-12-01", -30, "credit_note")], {"credited": -30, "part_paid": -30}),
        ([("A1", "2025-12-01", -30, "write_off")], {"written_off": -30, "part_paid": -30}),
        ([("A1", "2025-12-01", -90, "credit_note")], {"credited": -60}),  # no more than was lost
        ([("A1", "2025-12-01", -30, "receipt")], {"part_paid": -60}),
        ([("A1", "2025-12-01", -30, None)], {"part_paid": -60}),
        ([("B1", "2025-12-01", -30, "credit_note")], {"part_paid": -60}),
        ([(None, "2025-12-01", -30, "credit_note")], {"part_paid": -60}),
        ([("A1", "2025-12-01", 30, "credit_note")], {"part_paid": -60}),  # taken back: it took nothing
        (
            [("A1", "2025-12-01", -50, "write_off"), ("A1", "2025-12-01", -20, "credit_note")],
            {"credited": -20, "written_off": -40},
        ),
        (
            [("A1", "2025-12-01", -10, "credit_note"), ("A1", "2025-12-31", -15, "credit_note")],
            {"credited": -25, "part_paid": -35},
        ),
    ],
)
def test_what_credit_notes_and_write_offs_took(rows, expected):
    then, now = ledger(one("A1", 100)), ledger(one("A1", 40, amount=100))
    assert reasons(then, now, events=given(*rows)) == {"A1": expected}


@pytest.mark.parametrize("owner", ["A", "B"])
def test_a_credit_note_on_a_number_of_two_customers(owner):
    """Both paid 60 of 100; 30 of them were a credit note to one of the two."""

    def both(left):
        pair = ledger(one("A1", left, amount=100), one("A1", left, amount=100))
        return OpenItems(**{**vars(pair), "customer": coded(["A", "B"], "c")})

    note = given(("A1", "2025-12-01", -30, "credit_note"))
    note = Events(**{**vars(note), "customer": coded([owner], "c")})
    found = movement(both(100), both(40), THEN, both(40), note)
    assert dict(zip(found.customer, found.of("credited"), strict=True)) == {"A": 0, "B": 0} | {owner: -30}
    assert found.total("part_paid") == -90


def test_a_credit_note_on_a_debt_that_grew_took_nothing():
    now = ledger(one("A1", 120, amount=100))
    assert reasons(ledger(one("A1", 100)), now, events=given(("A1", "2025-12-01", -30, "credit_note"))) == {
        "A1": {"reopened": 20}
    }


def test_debts_from_bucket_to_bucket():
    """Instalments are one document, in the bucket of the oldest; credits are no debts."""
    then = ledger(
        one("A1", 30, due="2025-11-30"), one("A1", 20, due="2025-11-01"), one("A2", 10, due="2025-12-20"),
        one("A3", -99), one("A4", 7, due="2025-12-30"))  # fmt: skip
    now = ledger(
        one("A1", 40, due="2025-11-01"), one("A2", 15, due="2026-01-20"), one("A3", 8, due="2025-12-30"),
        one("A4", -7, due="2025-12-30"))  # fmt: skip
    grid = migration(then, now, THEN, NOW, ("current", "1-30", ">30"), [30])
    assert grid.tolist() == [
        [10, 0, 0, 7],  # A2 is not due on either day, A4 is paid
        [0, 0, 40, 10],  # of A1's 50 there are 40 left, 60 days late
        [0, 0, 0, 0],
        [5, 8, 0, 0],  # A2 grew by 5, A3 was no debt
    ]
    assert migration(ledger(), ledger(), THEN, NOW, LABELS).tolist() == np.zeros((7, 7)).tolist()
