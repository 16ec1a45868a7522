"""Dunning never skips a level, never writes for a disputed part, and forgets when the oldest item is paid."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.dunning import ar_dunning_level, dunning_letters, next_level
from arcredit.errors import InputError


@given(st.integers(-500, 500), st.sets(st.integers(1, 200), min_size=1, max_size=6))
def test_level_counts_the_edges_reached(days, edges):
    edges = sorted(edges)
    assert ar_dunning_level(days, edges) == sum(days >= edge for edge in edges)


def test_level_of_scalars_columns_blocks_blanks():
    assert isinstance(ar_dunning_level(3), float)
    assert ar_dunning_level([[2], [30]]).tolist() == [[0], [3]]
    assert np.isnan(ar_dunning_level(None))
    assert ar_dunning_level(10, None) == 1
    assert ar_dunning_level(10, "{5,10}") == 2


def test_level_refuses_text_and_wrong_edges():
    with pytest.raises(InputError) as caught:
        ar_dunning_level([1, "x"])
    assert caught.value.cell == "#VALUE!"
    assert caught.value.where.tolist() == [False, True]
    for edges in ([0, 3], [3, 3], [15, 3], [1.5]):
        with pytest.raises(InputError) as caught:
            ar_dunning_level(1, edges)
        assert caught.value.cell == "#NUM!"


def test_tryton_timeline():
    """ORC-018: nothing, draft 1, still 1, blocked at 1, then 2, then paid."""
    edges = (5, 20, 40)
    assert next_level(0, 4, edges=edges) == 0
    assert next_level(0, 5, edges=edges) == 1
    assert next_level(1, 30, sent=False, edges=edges) == 1
    assert next_level(1, 30, sent=True, blocked=True, edges=edges) == 1
    assert next_level(1, 30, sent=True, edges=edges) == 2
    assert next_level(2, None, edges=edges) == 0
    assert next_level(2, -3, edges=edges) == 0


def test_drafts_never_climb():
    """ORC-020: a year overdue and nothing ever sent; three runs leave three drafts of level 1."""
    level, drafts = 0, []
    for days in (185, 305, 365):
        level = next_level(level, days, sent=False, edges=(10, 30, 40))
        drafts.append(level)
    assert drafts == [1, 1, 1]


def test_a_letter_waits_for_the_interval():
    assert next_level([1, 1, 1], 60, days_since_last=[6, 7, None]).tolist() == [1, 2, 2]
    assert next_level(1, 60, days_since_last=13, min_interval=14) == 1


@given(
    st.lists(st.tuples(st.integers(-10, 80), st.booleans(), st.booleans(), st.integers(0, 20)), max_size=30)
)
def test_no_level_is_skipped_and_none_exceeds_the_days(runs):
    level = 0.0
    for days, sent, blocked, waited in runs:
        new = next_level(level, days, sent, blocked, waited)
        assert new <= level + 1
        assert new <= ar_dunning_level(days)
        if new > level:
            assert not blocked
            assert waited >= 7
            assert sent or level == 0
        level = new


def test_overdue_count_and_amount():
    """ORC-021: 500 due five days ago, 1,000 due in thirty: one document, 500."""
    table = dunning_letters(["A", "A"], [500, 1000], [5, -30])
    assert list(table.rows()) == [("A", 500.0, 1.0, 5.0, 1.0)]


def test_what_is_left_out_of_a_letter():
    table = dunning_letters(
        customer=["A", "A", "B", "C", "C", "D", "E", None],
        open_amount=[100, 50, 80, 90, -90, 10, 20, 70],
        days_past_due=[40, 20, 40, 40, 5, 40, 0, 40],
        disputed_amount=[100, 20, None, None, None, None, None, None],
        minimum=10,
    )
    # A's oldest item is disputed as a whole; C's credit covers it; D is under the minimum; E is due today.
    assert list(table.rows()) == [("A", 30.0, 1.0, 20.0, 2.0), ("B", 80.0, 1.0, 40.0, 3.0)]


def test_a_letter_has_its_columns_and_offsets_the_first_customers_credit():
    """A owes 100 and 30 overdue, and has 40 unapplied: 90 in two documents, the oldest 30 days."""
    table = dunning_letters(["A", "A", "A"], [100, -40, 30], [30, 90, 1], minimum=89.99)
    assert list(table.columns) == ["customer", "overdue_amount", "documents", "oldest_days_past_due", "level"]
    assert list(table.rows()) == [("A", 90.0, 2.0, 30.0, 3.0)]
    assert len(dunning_letters(["A", "A", "A"], [100, -40, 30], [30, 90, 1], minimum=90)) == 0
    with pytest.raises(InputError) as caught:
        dunning_letters(["A"], ["x"], [1])
    assert caught.value.argument == "open_amount"


@pytest.mark.parametrize(
    ("argument", "wrong", "cell"),
    [
        ("current_level", -1, "#NUM!"),
        ("current_level", 0.5, "#NUM!"),
        ("days_since_last", "x", "#VALUE!"),
        ("blocked", "perhaps", "#VALUE!"),
        ("sent", "perhaps", "#VALUE!"),
    ],
)
def test_next_level_refuses(argument, wrong, cell):
    with pytest.raises(InputError) as caught:
        next_level(**{"current_level": 1, "days_past_due": 30} | {argument: wrong})
    assert (caught.value.argument, caught.value.cell) == (argument, cell)


def test_nobody_to_dun():
    assert len(dunning_letters([], [], [])) == 0
    assert len(dunning_letters(["A"], [100], [None])) == 0


def test_small_money_is_money():
    """Half a unit a day late gets its letter; what is not due yet is neither counted nor a credit."""
    assert list(dunning_letters(["A"], [0.5], [1]).rows()) == [("A", 0.5, 1.0, 1.0, 0.0)]
    assert dunning_letters(["A", "A"], [100, 0.5], [3, -5])["overdue_amount"].tolist() == [100]
