"""Exposure, available credit, utilisation and prepayment."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.customer.exposure import (
    credit_available,
    credit_exposure,
    credit_prepayment,
    credit_utilisation,
)
from arcredit.errors import InputError

CENTS = st.integers(-(10**12), 10**12)
NOT_NEGATIVE = st.integers(0, 10**12)


def money(cents):
    return float(Decimal(cents) / 100)


def wrong(function, *arguments):
    with pytest.raises(InputError) as caught:
        function(*arguments)
    return caught.value


@given(st.tuples(CENTS, CENTS, CENTS, NOT_NEGATIVE, NOT_NEGATIVE))
def test_exposure_to_the_cent(cents):
    """A second method: whole cents."""
    expected = money(cents[0] + cents[1] + cents[2] - cents[3] - cents[4])
    assert credit_exposure(*map(money, cents)) == expected


@given(NOT_NEGATIVE, CENTS)
def test_available_to_the_cent(limit, exposure):
    assert credit_available(money(limit), money(exposure)) == money(limit - exposure)


@given(st.integers(1, 10**12), CENTS)
def test_utilisation_and_headroom_agree(limit, exposure):
    used = credit_utilisation(money(limit), money(exposure))
    assert used == pytest.approx(exposure / limit)
    assert (used > 1) == (credit_available(money(limit), money(exposure)) < 0)


def test_exposure_shapes_and_blanks():
    assert isinstance(credit_exposure(1), float)
    assert credit_exposure(0.1, 0.2) == 0.3
    assert credit_exposure([100, None, 50], [[1], [None]]).shape == (2, 3)
    found = credit_exposure([100, None, 50], 1, None, [None, 1, 10], 2)
    assert found[[0, 2]].tolist() == [99, 39]
    assert np.isnan(found[1])
    assert credit_exposure(-500) == -500
    # A currency of three places, and no finer than a fourth.
    assert credit_exposure(0.0011, 0.0002) == 0.0013
    assert credit_exposure(0.00004) == 0


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (credit_exposure, "open_amount unbilled_deliveries open_orders unapplied_cash collateral"),
        (credit_available, "credit_limit exposure"),
        (credit_utilisation, "credit_limit exposure"),
        (credit_prepayment, "order_amount available_credit grade"),
    ],
)
def test_text_is_refused_by_name(function, names):
    names = names.split()
    for name in names:
        error = wrong(function, *[[1, "x"] if other == name else 1 for other in names])
        assert (error.cell, error.argument, error.where.tolist()) == ("#VALUE!", name, [False, True])


@pytest.mark.parametrize("place", [3, 4])
def test_what_is_subtracted_is_never_negative(place):
    arguments = [100, 0, 0, 0, 0]
    arguments[place] = [0, -1]
    error = wrong(credit_exposure, *arguments)
    assert (error.cell, error.argument) == ("#NUM!", ["unapplied_cash", "collateral"][place - 3])
    assert error.where.tolist() == [False, True]


@pytest.mark.parametrize("function", [credit_available, credit_utilisation])
def test_limits(function):
    assert isinstance(function(100, 50), float)
    assert np.isnan(function([None, 100], [5, None])).all()
    assert function([[100], [200]], [50, 100]).shape == (2, 2)
    error = wrong(function, [0, -1], 5)
    assert (error.cell, error.argument, error.where.tolist()) == ("#NUM!", "credit_limit", [False, True])
    assert wrong(function, "x", 5).cell == "#VALUE!"


def test_a_limit_of_zero():
    assert np.isnan(credit_utilisation(0, [0, 1, -1])).all()
    assert credit_available(0, [0, 1, -1]).tolist() == [0, -1, 1]


def test_a_customer_in_credit():
    assert credit_utilisation(100, -50) == -0.5
    assert credit_available(100, -50) == 150


@given(st.floats(0.01, 1e9), st.floats(-1e9, 1e9), st.one_of(st.none(), st.integers(1, 10)))
def test_prepayment_makes_the_order_fit(order, available, grade):
    share = credit_prepayment(order, available, grade)
    least = [None, 0, 0, 0, 0, 0, 0, 0.25, 0.5, 1, 1][grade] if grade else 0
    assert least <= share <= 1
    if available >= 0:
        assert order * (1 - share) <= available * (1 + 1e-9) + 1e-6
        # And no more than needed.
        assert share == least or order * (1 - share) >= available * (1 - 1e-9) - 1e-6
    else:
        assert share == 1


def test_prepayment_shapes_blanks_and_zeros():
    assert isinstance(credit_prepayment(100, 50), float)
    assert credit_prepayment(100, 0) == 1
    assert credit_prepayment([[100], [200]], [50, 100]).tolist() == [[0.5, 0], [0.75, 0.5]]
    assert np.isnan(credit_prepayment([0, None, 100], [5, 5, None], 9)).all()
    assert credit_prepayment(100, 500, [None, 7]).tolist() == [0, 0.25]
    own = {"grade": range(1, 11), "prepayment_share": [0.4] * 5 + [None] * 5}
    assert credit_prepayment(100, [500, 500, 50], [1, 10, 1], own).tolist() == [0.4, 0, 0.5]


def test_prepayment_refuses():
    assert wrong(credit_prepayment, [1, -1], 5).where.tolist() == [False, True]
    assert wrong(credit_prepayment, 1, 5, [1, 11]).where.tolist() == [False, True]
