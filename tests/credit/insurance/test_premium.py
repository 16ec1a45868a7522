"""Premium and top-up cost: the minimum, the tax, whole months."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.insurance.premium import tci_premium, tci_top_up_cost
from arcredit.errors import InputError

CENTS = st.integers(0, 10**11)
RATE = st.integers(0, 10**4)


@given(CENTS, RATE, CENTS, st.integers(0, 100))
def test_premium_in_decimals(turnover, rate, minimum, tax):
    earned = max(Decimal(turnover) / 100 * Decimal(rate) / 10**4, Decimal(minimum) / 100)
    expected = (earned * (1 + Decimal(tax) / 100)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    found = tci_premium(turnover / 100, rate / 10**4, minimum / 100, tax / 100)
    assert abs(Decimal(repr(float(found))) - expected) <= Decimal("0.01") * (expected > 10**7)


@given(CENTS, RATE, st.integers(0, 36), st.integers(0, 12))
def test_top_up_is_never_cheaper_for_longer_or_for_more(extra, rate, months, least):
    cost = tci_top_up_cost(extra / 100, rate / 10**4, months, least)
    assert cost <= tci_top_up_cost(extra / 100, rate / 10**4, months + 1, least)
    assert cost <= tci_top_up_cost(extra / 100 + 1, rate / 10**4, months, least)
    assert cost <= tci_top_up_cost(extra / 100, rate / 10**4, months, least + 1)


def test_months_are_whole_and_at_least_the_minimum():
    assert tci_top_up_cost(1200, 0.1, [0, 0.5, 1, 3, 3.01, 12]).tolist() == [0, 30, 30, 30, 40, 120]
    assert tci_top_up_cost(1200, 0.1, [1, 1], [None, 0]).tolist() == [30, 10]


def test_scalar_column_block_and_blank():
    assert tci_premium(1000, 0.01) == 10
    assert tci_premium([[1000.0], [2000.0]], [[0.01, 0.02]], 15).tolist() == [[15, 20], [20, 40]]
    assert tci_premium([1000, 1000], 0.01, [None, 15], [0.2, None]).tolist() == [12, 15]
    assert np.isnan(tci_premium([None, 1], [0.1, None])).all()
    assert np.isnan(tci_top_up_cost([None, 1, 1], [0.1, None, 0.1], [1, 1, None])).all()
    assert tci_premium(0, 0, 0, 0) == 0


def test_the_minimum_is_before_tax():
    assert tci_premium(0, 0.01, 1000, 0.19) == 1190


@pytest.mark.parametrize(
    ("call", "argument", "where"),
    [
        (lambda: tci_premium([1, -1], 0.1), "turnover", [False, True]),
        (lambda: tci_premium(1, [0.25, 25]), "rate", [False, True]),
        (lambda: tci_premium(1, 0.1, [-1, 0]), "minimum", [True, False]),
        (lambda: tci_premium(1, 0.1, 0, [19, 0.19]), "tax", [True, False]),
        (lambda: tci_top_up_cost([-1, 1], 0.1, 3), "extra_limit", [True, False]),
        (lambda: tci_top_up_cost(1, [2, 0.02], 3), "annual_rate", [True, False]),
        (lambda: tci_top_up_cost(1, 0.1, [3, -3]), "months", [False, True]),
        (lambda: tci_top_up_cost(1, 0.1, 3, [3, -3]), "min_months", [False, True]),
    ],
)
def test_errors(call, argument, where):
    with pytest.raises(InputError) as caught:
        call()
    assert (caught.value.cell, caught.value.argument) == ("#NUM!", argument)
    assert caught.value.where.tolist() == where
