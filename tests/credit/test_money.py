"""Sums are exact and rounding is half away from zero, as with pencil and paper."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit import money
from arcredit.errors import InputError

CENTS = st.integers(-(10**11), 10**11)


@given(st.lists(CENTS, max_size=200))
def test_a_sum_of_cents_is_exact(cents):
    amounts = np.array([float(Decimal(cent) / 100) for cent in cents])
    assert money.total(amounts) == float(Decimal(sum(cents)) / 100)


@given(st.lists(st.tuples(CENTS, st.integers(0, 6)), max_size=200))
def test_parts_equal_the_whole(rows):
    amounts = np.array([cent / 100 for cent, _ in rows])
    parts = money.grouped(amounts, np.array([group for _, group in rows], np.intp), 7)
    assert money.total(parts) == money.total(amounts)


@given(st.integers(-(10**15), 10**15))
def test_rounding_agrees_with_decimal_arithmetic(thousandths):
    """Amounts typed with three decimals up to a trillion; the half cents are the trap."""
    exact = Decimal(thousandths) / 1000
    expected = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert money.rounded(float(exact)) == float(expected)


def test_finer_amounts_are_kept():
    assert money.total(np.array([0.0001, 0.0002, 1e6])) == 1000000.0003


def test_half_a_cent_of_a_large_amount_is_kept():
    """Dinars have three places: noise is told from a digit by the digit's size, not by the amount's."""
    assert money.total(np.array([20_000_000.125, 20_000_000.125])) == 40_000_000.25
    assert money.total(np.array([123_456_789.005] * 2 + [0.3 - 0.1])) == 246_913_578.21


def test_blanks_count_nothing():
    assert money.total(np.array([np.nan, 1.1, 2.2])) == 3.3


@pytest.mark.parametrize("amounts", [[9e15, 1.01], [-9e15, -1.01], [-9e15, 9e15, 0.01]])
def test_too_large_to_be_exact_is_refused(amounts):
    with pytest.raises(InputError) as caught:
        money.total(np.array(amounts))
    assert (caught.value.argument, caught.value.cell) == ("amount", "#NUM!")


@pytest.mark.parametrize("amount", [1e10 + 0.01, 1e15 + 0.25, -(1e15 + 0.25), 1e300, float("nan")])
def test_rounding_leaves_alone_what_has_no_such_digit(amount):
    assert money.rounded(amount, 6) == amount or amount != amount


@given(st.lists(st.floats(0, 1e7), max_size=30), st.sampled_from([0, 2, 3]))
def test_adding_up_adds_up(amounts, digits):
    found = money.adding_up(np.array(amounts), digits)
    assert money.total(found) == pytest.approx(float(money.rounded(np.sum(amounts), digits)), abs=1e-6)
    np.testing.assert_array_equal(found[1:], money.rounded(np.array(amounts[1:]), digits))
