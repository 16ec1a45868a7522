"""What a portfolio may lose, by grade."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.insurance.advice import largest_loss, loss_by_grade
from arcredit.errors import InputError

MONEY = st.integers(0, 10**8).map(lambda cents: cents / 100)


def test_the_worked_example_as_a_portfolio_of_one():
    """EX-3.4f with the policy's 90 %: 200,000 × 2.5 % × 90 % = 4,500; with 135,000 covered 1,462.50."""
    table = loss_by_grade([6], [200_000], [150_000], 0.9)
    assert table["uninsured"].tolist() == [4_500]
    assert table["insured"].tolist() == [1_462.5]


def test_a_grade_nobody_knows_has_no_loss():
    table = loss_by_grade([None, 4], [100, 50], [0, 0], 0.9)
    np.testing.assert_equal(table["grade"], [4, np.nan])
    np.testing.assert_equal(table["uninsured"], [0.27, np.nan])


def test_a_customer_in_credit_is_left_out():
    table = loss_by_grade([4, 4], [100, -500], [0, 0], 0.9)
    assert (table["customers"][0], table["exposure"][0]) == (1, 100)


def test_cover_beyond_the_exposure_counts_up_to_it():
    assert loss_by_grade([6], [100], [1e9], 1.0)["insured"].tolist() == [0]


def test_nobody():
    assert len(loss_by_grade([], [], [], 0.9)) == 0
    assert largest_loss(np.array([-1.0, 0.0]), np.zeros(2), 0.9) is None


def test_a_share_above_one_is_refused():
    with pytest.raises(InputError):
        loss_by_grade([4], [1], [1], 90)


def test_the_policys_own_figures():
    policy = {"grade": range(1, 11), "pd": [0.5] * 10, "loss_given_default": [1.0] * 10}
    assert loss_by_grade([4], [100], [0], 0.9, policy)["uninsured"].tolist() == [50]


@given(st.lists(st.tuples(st.integers(1, 10), MONEY, MONEY), max_size=30), st.floats(0, 1))
def test_exposure_is_kept_and_cover_never_adds_loss(lines, share):
    grade, owed, within = zip(*lines, strict=True) if lines else ((), (), ())
    table = loss_by_grade(list(grade), list(owed), list(within), share)
    assert table["exposure"].sum() == pytest.approx(sum(owed))
    assert table["customers"].sum() == sum(amount > 0 for amount in owed)
    assert (table["insured"] <= table["uninsured"] + 1e-9).all()


def test_every_column_by_hand():
    """Grade 4: 0.6 % of 90 % of 300 is 1.62; of 300 less 80 % of 150 it is 0.972. Grade 6: 2.5 %."""
    table = loss_by_grade([6, 4, None, 4, 6, 10], [100, 200, 50, 100, None, -7], [0, 100, 9, 50, 8, 9], 0.8)
    expected = {
        "grade": [4, 6, np.nan],
        "customers": [2, 1, 1],
        "exposure": [300, 100, 50],
        "within": [150, 0, 9],
        "pd": [0.006, 0.025, np.nan],
        "loss_given_default": [0.9, 0.9, np.nan],
        "uninsured": [1.62, 2.25, np.nan],
        "insured": [0.97, 2.25, np.nan],
    }
    assert list(table.columns) == list(expected)
    for name, column in expected.items():
        np.testing.assert_equal(table[name], column, name)


def test_the_first_and_the_last_grade_are_their_own():
    table = loss_by_grade([10, 1, None], [1000, 1000, 1000], [None, 0, 0], 0.9)
    np.testing.assert_equal(table["grade"], [1, 10, np.nan])
    np.testing.assert_equal(table["uninsured"], [0.45, 900, np.nan])


@pytest.mark.parametrize("argument", ["exposure", "within", "insured_percentage"])
def test_what_is_wrong_is_named(argument):
    given = {"exposure": [1], "within": [1], "insured_percentage": 0.9}
    with pytest.raises(InputError) as caught:
        loss_by_grade([4], **(given | {argument: "x"}))
    assert caught.value.argument == argument


def test_columns_of_unequal_height_and_cover_below_nothing_are_refused():
    for grade, exposure, within in (([4], [1, 1], [1, 1]), ([4], [1], [-1])):
        with pytest.raises(InputError):
            loss_by_grade(grade, exposure, within, 0.9)


@pytest.mark.parametrize(
    ("exposure", "within", "found"),
    [
        ([10, 200], [10, 150], (1, 200, 200, 65)),
        ([200, np.nan, 200], [500, 0, 0], (0, 200, 200, 20)),  # no more than the debt is covered
        ([-5, 0.01], [0, 0], (1, 0.01, 0.01, 0.01)),
        ([0.5, 0.4], [0.5, 0], (0, 0.5, 0.5, 0.05)),
        ([100], [33.33], (0, 100, 100, 70)),  # 100 - 29.997
    ],
)
def test_the_largest_customer(exposure, within, found):
    assert tuple(largest_loss(np.array(exposure), np.array(within), 0.9)) == found
