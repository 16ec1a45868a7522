"""Late frequency and delays against the customer's own past."""

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.trend import ar_delay_trend, ar_late_rise, delay_chart, delay_slope
from arcredit.errors import InputError

BASE, NEW = [4, 6, 5, 3, 5, 7, 4, 6], [9, 11, 12, 14]
COUNTS = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_late_rise_broadcasts():
    assert isinstance(ar_late_rise(24, 240, 18, 80), float)
    block = ar_late_rise(24, 240, [[18, 11], [0, 80]], 80)
    assert block.shape == (2, 2)
    assert block[0, 0] == ar_late_rise(24, 240, 18, 80)


def test_late_rise_blank_and_empty():
    assert np.isnan(ar_late_rise([None, 0, 1], [10, 0, 10], [1, 1, 0], [5, 5, 0])).all()


@pytest.mark.parametrize(
    ("arguments", "argument", "where"),
    [
        (([1, 5], 4, 1, 4), "baseline_late", [False, True]),
        ((1, 4, [1, 9, 2], [4, 4, 4]), "recent_late", [False, True, False]),
        (([1, -1], 4, 1, 4), "baseline_late", [False, True]),
        ((1, [4, 4.5], 1, 4), "baseline_count", [False, True]),
        ((1, 4, 1, [4, 2e7]), "recent_count", [False, True]),
    ],
)
def test_late_rise_refuses_impossible_counts(arguments, argument, where):
    with pytest.raises(InputError) as caught:
        ar_late_rise(*arguments)
    assert (caught.value.cell, caught.value.argument) == ("#NUM!", argument)
    assert caught.value.where.tolist() == where


def test_late_rise_refuses_text():
    with pytest.raises(InputError) as caught:
        ar_late_rise(1, 10, "x", 5)
    assert caught.value.cell == "#VALUE!"


@given(COUNTS, COUNTS)
def test_one_more_late_invoice_makes_chance_less_likely(base, recent):
    (x1, n1), (x2, n2) = base, recent
    p = ar_late_rise(x1, n1, x2, n2)
    assert 0 <= p <= 1
    # The two tests meet where a cell is small, so only the exact side is compared in every case.
    if x2 < n2 and n1 < 30 and n2 < 30 and x1 + x2 < 5:
        assert ar_late_rise(x1, n1, x2 + 1, n2) <= p + 1e-12


@given(COUNTS, COUNTS)
def test_a_fall_is_never_an_alarm(base, recent):
    (x1, n1), (x2, n2) = base, recent
    if x2 / n2 <= x1 / n1:
        assert ar_late_rise(x1, n1, x2, n2) >= 0.5 - 1e-12


def test_chart_of_the_worked_example():
    """EX-4.4, recomputed with the standard library's mean and standard deviation."""
    chart = delay_chart(np.array([BASE], float), np.array([NEW], float))
    mean, spread = statistics.mean(BASE), statistics.stdev(BASE)
    assert (mean, round(spread, 4)) == (5, 1.3093)
    level, path, limit = mean, [], []
    for step, x in enumerate(NEW, 1):
        level = 0.2 * x + 0.8 * level
        path.append(level)
        limit.append(mean + 2.7 * spread * (0.2 / 1.8 * (1 - 0.8 ** (2 * step))) ** 0.5)
    assert chart.path[0].tolist() == pytest.approx(path)
    assert chart.limit[0].tolist() == pytest.approx(limit)
    assert [round(one, 4) for one in path] == [5.80, 6.84, 7.872, 9.0976]
    assert [round(one, 4) for one in limit] == pytest.approx([5.7070, 5.9054, 6.0122, 6.0750], abs=1e-4)
    assert round(mean + 3 * spread, 2) == 8.93 < NEW[0]


def test_a_month_without_data_repeats_the_month_before():
    chart = delay_chart(np.array([BASE], float), np.array([[np.nan, 9, np.nan]]))
    assert chart.path[0].tolist() == pytest.approx([5, 5.8, 5.8])
    assert chart.limit[0, 1] == chart.limit[0, 2] == pytest.approx(5.7070, abs=1e-4)


def test_trend_needs_history():
    assert np.isnan(ar_delay_trend(BASE[:7] + NEW, 7))
    assert np.isnan(ar_delay_trend([*BASE[:7], None, *NEW], 8))
    assert np.isnan(ar_delay_trend(BASE, 8))
    assert np.isnan(ar_delay_trend([*BASE, None, None], 8))
    assert ar_delay_trend([*BASE, None, *NEW], 9) == 1


def test_trend_settings():
    assert ar_delay_trend([*BASE, 5.9], 8) == 0
    assert ar_delay_trend([*BASE, 7], 8, smoothing=1, width=1) == 1
    assert ar_delay_trend([5] * 8 + [6], 8, least_spread=0.3) == 1
    for wrong in ({"smoothing": 0}, {"smoothing": 1.1}, {"width": 0}, {"least_spread": -1}):
        with pytest.raises(InputError):
            ar_delay_trend(BASE + NEW, 8, **wrong)
    with pytest.raises(InputError):
        ar_delay_trend(BASE + NEW, 8.5)


@given(st.lists(st.integers(-20, 60), min_size=12, max_size=15), st.integers(-30, 30))
def test_trend_does_not_depend_on_the_level(days, shift):
    assert ar_delay_trend(days, 10) == ar_delay_trend([day + shift for day in days], 10)


@given(st.lists(st.integers(-20, 60), min_size=10, max_size=10))
def test_a_month_at_the_mean_or_below_never_signals(baseline):
    assert ar_delay_trend([*baseline, sum(baseline) / 10 - 0.001], 10) == 0


def test_slope_agrees_with_numpy():
    """EX-4.5, and a row with a gap."""
    rows = np.array([[5.0, 7, 8, 12, 15, 21], [3, np.nan, 4, 9, np.nan, 10]])
    slope = delay_slope(rows)
    for found, row in zip(slope.per_month, rows, strict=True):
        month = np.flatnonzero(~np.isnan(row))
        assert found == pytest.approx(np.polyfit(month, row[month], 1)[0])
    assert (round(slope.per_month[0], 4), round(slope.p_value[0], 5)) == (3.0857, 0.0007)


def test_a_gap_adds_no_month_to_the_p_value():
    """By hand: Sxx 13, Sxy 20, Syy 37, 2 degrees of freedom; t = 3.1427, and its tail in closed form."""
    rest, slope = 37 - 20**2 / 13, 20 / 13
    t = slope / (rest / 2 / 13) ** 0.5
    (found,) = delay_slope(np.array([[3, np.nan, 4, 9, np.nan, 10]])).p_value
    assert found == pytest.approx(0.5 - t / (2 * (2 + t * t) ** 0.5))


def test_many_customers_are_each_customer_alone():
    """Charts and slopes of a block against those of its rows, one with a gap, one without recent months."""
    rows = np.array([[*BASE, *NEW], [*BASE[:7], None, 30, 1, 2, 3], [9, *BASE[1:], *[None] * 4]], float)
    whole, slope = delay_chart(rows[:, :8], rows[:, 8:]), delay_slope(rows[:, -5:])
    assert whole.known.tolist() == [True, False, False]
    for number, row in enumerate(rows):
        alone = delay_chart(row[None, :8], row[None, 8:])
        assert np.array_equal(whole.path[number], alone.path[0], equal_nan=True)
        assert np.array_equal(whole.limit[number], alone.limit[0], equal_nan=True)
        line = delay_slope(row[None, -5:])
        assert slope.per_month[number] == pytest.approx(line.per_month[0], nan_ok=True)
        assert slope.p_value[number] == pytest.approx(line.p_value[0], nan_ok=True)


def test_slope_edges():
    rows = np.array([[1.0, 2, np.nan, 3], [5, 5, 5, 5], [1, 2, 3, 4], [4, 3, 2, 1]])
    slope = delay_slope(rows)
    assert np.isnan([slope.per_month[0], slope.p_value[0]]).all()
    assert slope.per_month[1:].tolist() == pytest.approx([0, 1, -1])
    assert slope.p_value[1:].tolist() == pytest.approx([0.5, 0, 1], abs=1e-6)
