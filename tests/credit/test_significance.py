"""Tails of distributions against exact arithmetic and the standard library."""

import math
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.significance import (
    binomial_tail,
    false_discovery_cut,
    fisher_tail,
    normal_tail,
    rise_tail,
    student_tail,
)


def exact_fisher(x, drawn, hits, count):
    """The hypergeometric tail in whole numbers."""
    ways = sum(
        math.comb(hits, k) * math.comb(count - hits, drawn - k)
        for k in range(x, min(drawn, hits) + 1)
        if drawn - k <= count - hits
    )
    return float(Fraction(ways, math.comb(count, drawn)))


def test_normal_tail_agrees_with_the_standard_library_to_1e_12():
    z = np.linspace(-9, 37, 9201)
    expected = np.array([0.5 * math.erfc(one / math.sqrt(2)) for one in z])
    assert np.max(np.abs(normal_tail(z) / expected - 1)) < 1e-12


def test_normal_tail_of_scalars_blanks_and_blocks():
    assert normal_tail(0.0) == 0.5
    assert np.isnan(normal_tail(np.nan))
    assert normal_tail(np.zeros((2, 3))).shape == (2, 3)


@pytest.mark.parametrize(
    ("freedom", "at_5_percent", "at_half_percent"),
    [
        (1, 6.3138, 63.6567),
        (2, 2.9200, 9.9248),
        (3, 2.3534, 5.8409),
        (4, 2.1318, 4.6041),
        (10, 1.8125, 3.1693),
    ],
)
def test_student_tail_agrees_with_the_printed_tables(freedom, at_5_percent, at_half_percent):
    assert student_tail(at_5_percent, freedom) == pytest.approx(0.05, abs=1e-5)
    assert student_tail(at_half_percent, freedom) == pytest.approx(0.005, abs=1e-6)


@given(st.floats(-30, 30), st.integers(1, 12))
def test_student_tail_is_the_area_under_its_density(t, freedom):
    # Substituting x = √v·tan(a) makes the infinite range finite: the density becomes cos(a)^(v-1).
    angle = np.linspace(math.atan(t / math.sqrt(freedom)), math.pi / 2, 20001)
    weight = math.gamma((freedom + 1) / 2) / (math.sqrt(math.pi) * math.gamma(freedom / 2))
    area = weight * np.trapezoid(np.cos(angle) ** (freedom - 1), angle)
    assert student_tail(t, freedom) == pytest.approx(area, abs=1e-8)


def test_student_tail_of_mixed_degrees_of_freedom():
    mixed = student_tail(np.full(5, 2.0), np.array([1, 2, 3, 4, 5]))
    assert mixed.tolist() == [float(student_tail(2.0, freedom)) for freedom in range(1, 6)]
    assert np.isnan(student_tail(2.0, 0))


@given(st.data())
def test_fisher_tail_is_exact(data):
    n1, n2 = data.draw(st.integers(1, 80)), data.draw(st.integers(1, 80))
    x1, x2 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    found = fisher_tail(*(np.array([float(item)]) for item in (x2, n2, x1 + x2, n1 + n2)))[0]
    assert found == pytest.approx(exact_fisher(x2, n2, x1 + x2, n1 + n2), rel=1e-10, abs=1e-15)


def test_fisher_tail_far_below_the_mean_is_1_and_not_0():
    """The first term of that tail is too small for a double; the other tail is summed instead."""
    assert fisher_tail(*(np.array([item]) for item in (0.0, 3000.0, 3000.0, 6000.0)))[0] == 1.0


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 99))
def test_binomial_tail_is_exact(hits, more, percent):
    count, p = hits + more, Fraction(percent, 100)
    exact = sum(math.comb(count, k) * p**k * (1 - p) ** (count - k) for k in range(hits, count + 1))
    assert binomial_tail(hits, count, percent / 100) == pytest.approx(float(exact), rel=1e-10)


def test_binomial_worked_example():
    """EX-4.3: against a long-run rate of 10 %; the smallest alarming count at 5 %."""
    assert binomial_tail([18, 4, 3], [80, 10, 10], 0.1).round(5).tolist() == [0.00080, 0.01280, 0.07019]
    for count, smallest in ((5, 3), (10, 4), (20, 5)):
        assert binomial_tail(smallest, count, 0.1) < 0.05 <= binomial_tail(smallest - 1, count, 0.1)


def test_binomial_certainties():
    assert binomial_tail([0, 1, 3], [5, 5, 3], [0.0, 0.0, 1.0]).tolist() == [1.0, 0.0, 1.0]


def test_wide_cells_take_the_normal_tail():
    z = (18 / 80 - 24 / 240) / math.sqrt(0.13125 * 0.86875 * (1 / 240 + 1 / 80))
    assert round(z, 4) == 2.8674
    assert rise_tail(24, 240, 18, 80) == pytest.approx(1 - NormalDist().cdf(z), rel=1e-9)


def test_the_edge_of_a_small_cell_is_5():
    """10 of 100 and 10 of 100: the smallest expected cell is 10. Recent 50 with 10 hits in all: exactly 5."""
    at_edge = rise_tail(4, 50, 6, 50)
    assert at_edge == pytest.approx(1 - NormalDist().cdf(0.04 / math.sqrt(0.09 * 0.04)), rel=1e-9)
    assert rise_tail(4, 51, 6, 49) == pytest.approx(exact_fisher(6, 49, 10, 100), rel=1e-10)


def test_many_rows_give_what_one_row_gives():
    rng = np.random.default_rng(7)
    n1, n2 = rng.integers(0, 200, 70000), rng.integers(0, 60, 70000)
    x1, x2 = rng.integers(0, n1 + 1), rng.integers(0, n2 + 1)
    tail = rise_tail(x1, n1, x2, n2)
    for row in (0, 1, 32767, 32768, 69999):
        one = rise_tail(x1[row], n1[row], x2[row], n2[row])
        assert tail[row] == one or (np.isnan(tail[row]) and np.isnan(one))
    assert np.isnan(tail[(n1 == 0) | (n2 == 0)]).all()
    assert not np.isnan(tail[(n1 > 0) & (n2 > 0)]).any()


def test_benjamini_hochberg():
    """The example of the paper (Benjamini and Hochberg, 1995, section 4): four discoveries at 5 %."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240]
    p += [0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    assert false_discovery_cut(np.array(p), 0.05) == 0.0095


def test_no_discovery_and_unknown_tests_do_not_count():
    assert false_discovery_cut(np.array([0.04, 0.9]), 0.05) == 0.0
    assert false_discovery_cut(np.array([0.04, np.nan]), 0.05) == 0.04
    assert false_discovery_cut(np.array([np.nan]), 0.05) == 0.0


def test_a_p_value_at_the_line_is_a_discovery():
    assert false_discovery_cut(np.array([0.05]), 0.05) == 0.05
    assert false_discovery_cut(np.array([0.9, 0.025]), 0.05) == 0.025
    assert false_discovery_cut(np.array([0.9, 0.026]), 0.05) == 0
