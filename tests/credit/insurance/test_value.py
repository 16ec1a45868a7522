"""Expected loss, break-even, sales to recover, need and insurer score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.insurance.value import (
    tci_break_even,
    tci_expected_loss,
    tci_insurer_score,
    tci_need,
    tci_sales_to_recover,
)
from arcredit.errors import InputError

MONEY = st.integers(0, 10**9).map(lambda cents: cents / 100)
SHARE = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)


@given(MONEY, SHARE, SHARE, MONEY, SHARE)
def test_expected_loss_is_a_probability_weighted_outcome(exposure, odds, severity, limit, share):
    """Second method: the loss after insurance in the one bad case, times its probability."""
    bad = severity * (exposure - share * min(exposure, limit))
    found = tci_expected_loss(exposure, odds, severity, limit, share)
    assert abs(found - odds * bad) <= 0.00501
    assert 0 <= found <= tci_expected_loss(exposure, odds, severity)


@given(MONEY, SHARE, SHARE, st.lists(MONEY, min_size=2, max_size=2), SHARE)
def test_more_cover_never_means_more_loss(exposure, odds, severity, limits, share):
    low, high = sorted(limits)
    less = tci_expected_loss(exposure, odds, severity, high, share)
    assert less <= tci_expected_loss(exposure, odds, severity, low, share)


@given(st.integers(1, 1000), st.integers(1, 1000), st.integers(1, 1000))
def test_at_break_even_the_indemnity_is_the_premium(rate, share, within):
    sales = 1e6
    loss_rate = tci_break_even(rate / 1000, share / 1000, within / 1000)
    indemnity = sales * loss_rate * within / 1000 * share / 1000
    assert abs(indemnity - sales * rate / 1000) < 1e-6 * sales


@given(MONEY, st.integers(1, 1000))
def test_sales_times_margin_is_the_loss(loss, margin):
    assert abs(tci_sales_to_recover(loss, margin / 1000) * margin / 1000 - loss) <= 0.00501


def test_expected_loss_blanks():
    assert np.isnan(tci_expected_loss([None, 1, 1], [0.1, None, 0.1], [0.1, 0.1, None])).all()
    assert tci_expected_loss([100, 100], 0.5, 1, [None, 0], 0.9).tolist() == [50, 50]
    assert np.isnan(tci_expected_loss(100, 0.5, 1, 50))
    assert tci_expected_loss(100, 0.5, 1, None, 0.9) == 50


def test_no_base_is_undefined():
    assert np.isnan(tci_break_even(0.1, [0, 0.9, None], [0.9, 0, 0.9])).all()
    assert np.isnan(tci_sales_to_recover([1, None], [0, 0.1])).all()
    assert tci_sales_to_recover(0, 0.1) == 0
    assert np.isnan(tci_insurer_score([1, 2], [0, 0]))
    assert np.isnan(tci_insurer_score([], []))


def test_block():
    assert tci_break_even([[0.1], [0.2]], [[0.5, 1.0]], 1).tolist() == [[0.2, 0.1], [0.4, 0.2]]
    assert tci_sales_to_recover([[1.0], [2.0]], [[0.5, 0.1]]).tolist() == [[2, 10], [4, 20]]
    assert tci_expected_loss([[10.0], [20.0]], [[0.5, 1.0]], 1).tolist() == [[5, 10], [10, 20]]


def test_need_counts_what_is_exceeded():
    assert tci_need(5_000_000, 0.2, False) == 0
    assert tci_need(5_000_000.01, 0.2001, "yes") == 3
    assert tci_need(0, 0, [True, "是", 250_000, 1, 0, "no", False]).tolist() == [1, 1, 1, 1, 0, 0, 0]
    assert tci_need(0, 0, np.array([1.0, 0.0, np.nan])).tolist()[:2] == [1, 0]
    assert tci_need(100, 0.5, np.array([True, False]), 99, 0.5).tolist() == [2, 1]
    assert tci_need([6e6, 6e6], 0.1, False, [None, 7e6], [None, 0.05]).tolist() == [1, 1]


def test_need_of_unknown_facts_is_unknown():
    assert np.isnan(tci_need([None, 1, 1], [0.1, None, 0.1], [False, False, None])).all()


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 10)), min_size=1, max_size=9))
def test_a_score_lies_between_its_parts(rows):
    scores, weights = zip(*rows, strict=True)
    found = tci_insurer_score(scores, weights)
    counted = [score for score, weight in rows if weight]
    if not counted:
        assert np.isnan(found)
    else:
        assert min(counted) - 1e-9 <= found <= max(counted) + 1e-9
        repeated = [score for score, weight in rows for _ in range(weight)]
        assert abs(found - sum(repeated) / len(repeated)) < 1e-9


def test_a_missing_score_is_not_made_up():
    assert np.isnan(tci_insurer_score([8, None], [1, 1]))
    assert tci_insurer_score([8, None], [1, None]) == 8
    assert tci_insurer_score([[8, 4]], [[1, 3]]) == 5


@pytest.mark.parametrize(
    ("call", "cell", "argument"),
    [
        (lambda: tci_expected_loss(-1, 0.1, 0.1), "#NUM!", "exposure"),
        (lambda: tci_expected_loss(1, 2.5, 0.1), "#NUM!", "probability"),
        (lambda: tci_expected_loss(1, 0.1, 85), "#NUM!", "loss_given_default"),
        (lambda: tci_expected_loss(1, 0.1, 0.1, -1, 0.9), "#NUM!", "insured_limit"),
        (lambda: tci_expected_loss(1, 0.1, 0.1, 1, 90), "#NUM!", "insured_percentage"),
        (lambda: tci_break_even(25, 0.9, 0.9), "#NUM!", "premium_rate"),
        (lambda: tci_break_even(0.1, 90, 0.9), "#NUM!", "insured_percentage"),
        (lambda: tci_break_even(0.1, 0.9, 95), "#NUM!", "share_within_limits"),
        (lambda: tci_sales_to_recover(-1, 0.1), "#NUM!", "net_loss"),
        (lambda: tci_sales_to_recover(1, -0.1), "#NUM!", "margin"),
        (lambda: tci_need(-1, 0.1, True), "#NUM!", "annual_credit_sales"),
        (lambda: tci_need(1, 20, True), "#NUM!", "largest_customer_share"),
        (lambda: tci_need(1, 0.2, "perhaps"), "#VALUE!", "exports"),
        (lambda: tci_need(1, 0.2, ["yes", -5]), "#NUM!", "exports"),
        (lambda: tci_need(1, 0.2, np.array([1.0, -5.0])), "#NUM!", "exports"),
        (lambda: tci_insurer_score([1], [-1]), "#NUM!", "weights"),
        (lambda: tci_insurer_score([1, 2], [1]), "#VALUE!", "weights"),
        (lambda: tci_insurer_score(["good"], [1]), "#VALUE!", "scores"),
    ],
)
def test_errors(call, cell, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert (caught.value.cell, caught.value.argument) == (cell, argument)


def test_errors_name_the_places():
    with pytest.raises(InputError) as caught:
        tci_break_even([0.1, 25], 0.9, 0.9)
    assert caught.value.where.tolist() == [False, True]


def test_blank_thresholds_are_the_default_ones_and_zero_is_zero():
    assert tci_need([5_000_000, 5_000_001], 0.2, False, None, None).tolist() == [0, 1]
    assert tci_need(0.5, [0.2, 0.21], False, 0, 0.2).tolist() == [1, 2]
    assert tci_need(0, 0.5, False, 0.5, None) == 1
    assert tci_need(0, 0.5, np.array([0.0, 2.5, np.nan]), None, 1)[:2].tolist() == [0, 1]
