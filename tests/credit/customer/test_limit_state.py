"""Where a customer stands against the limit, and orders that use it up in turn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.customer.check import credit_check, exposure_in_turn
from arcredit.credit.customer.limit_state import STATES, limit_state, over_by
from arcredit.errors import InputError

MONEY = st.integers(0, 10**9).map(lambda cents: cents / 100)


@pytest.mark.parametrize(
    ("limit", "exposure", "expired", "state"),
    [
        (100, 84.99, False, "within"),
        (100, 85, False, "near"),
        (100, 100, False, "near"),
        (100, 100.01, False, "over"),
        (0, 0, False, "within"),
        (0, -5, False, "within"),
        (0, 0.01, False, "over"),
        (0, 0.01, True, "expired"),
        (0, 0, True, "within"),
        (None, 0, False, "unknown"),
        (100, None, False, "unknown"),
        (0.3, 0.1 + 0.2, False, "near"),  # binary noise exceeds no limit
    ],
)
def test_states(limit, exposure, expired, state):
    assert limit_state(limit, exposure, expired).item() == state


def test_a_negative_limit_is_refused():
    with pytest.raises(InputError) as caught:
        limit_state([1, -1], 0)
    assert caught.value.where.tolist() == [False, True]


@given(MONEY, MONEY)
def test_over_means_money_over(limit, exposure):
    state = limit_state(limit, exposure).item()
    assert state in STATES
    assert (state == "over") == (over_by(limit, exposure) > 0)


def test_orders_in_turn_by_hand():
    who = np.array([0, 0, 1, 0])
    before = exposure_in_turn(
        who,
        np.array([50.0, 60.0, 10.0, 50.0]),
        np.full(4, 100.0),
        np.array([0.0, 0.0, 95.0, 0.0]),
        np.array([False] * 4),
    )
    assert before.tolist() == [0, 50, 95, 50]


def test_held_orders_use_up_nothing_and_unknown_limits_everything():
    who, order, owed = np.zeros(3, int), np.array([10.0, 20.0, 30.0]), np.full(3, 5.0)
    held = np.array([True, False, False])
    assert exposure_in_turn(who, order, np.full(3, 100.0), owed, held).tolist() == [5, 5, 25]
    assert exposure_in_turn(who, order, np.full(3, np.nan), owed, held).tolist() == [5, 5, 25]


@given(st.lists(st.tuples(st.integers(0, 3), MONEY), max_size=20), MONEY, MONEY)
def test_released_orders_never_exceed_the_limit(orders, limit, owed):
    who = np.array([customer for customer, _ in orders], int)
    amount = np.array([money for _, money in orders], np.float64)
    free = np.zeros(len(orders), bool)
    before = exposure_in_turn(who, amount, np.full(len(orders), limit), np.full(len(orders), owed), free)
    verdict = credit_check(amount, limit, before) if len(orders) else np.empty(0)
    for customer in range(4):
        shipped = amount[(who == customer) & (verdict != "HOLD")]
        assert owed + shipped.sum() <= limit + 1e-4 or not len(shipped)


@pytest.mark.parametrize(
    ("limit", "exposure", "over"),
    [(100, 130.5, 30.5), (100, 100, 0), (100, -20, 0), (0, 0.01, 0.01), (None, 5, np.nan), (5, None, np.nan)],
)
def test_money_over_the_limit(limit, exposure, over):
    np.testing.assert_equal(over_by(limit, exposure), over)


@pytest.mark.parametrize("function", [limit_state, over_by])
@pytest.mark.parametrize(
    ("limit", "exposure", "argument"),
    [("x", 1, "credit_limit"), (-1, 1, "credit_limit"), (1, "x", "exposure")],
)
def test_what_is_wrong_is_named(function, limit, exposure, argument):
    with pytest.raises(InputError) as caught:
        function(limit, exposure)
    assert caught.value.argument == argument


def test_expired_is_read_as_a_flag():
    with pytest.raises(InputError) as caught:
        limit_state(1, 1, "soon")
    assert caught.value.argument == "expired"
    assert limit_state([None, 5], [5, 5], [True, None]).tolist() == ["expired", "near"]
