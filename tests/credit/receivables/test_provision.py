"""Provision: rates by two methods, losses never above the balance, nothing netted that must not be."""

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.provision import (
    ar_ecl,
    ar_loss_rates,
    cohort_loss_rates,
    scaled_rates,
    scenario_rates,
    shifted_rates,
    uninsured_share,
)
from arcredit.errors import InputError

MONTHS = [
    [1000, 300, 120, 60, 40],
    [1050, 320, 126, 72, 46],
    [1100, 315, 144, 63, 55],
    [1080, 341, 132, 79, 49],
]
BALANCES = st.lists(st.integers(0, 10**9).map(lambda cents: cents / 100), min_size=1, max_size=8)
BLOCKS = st.integers(2, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 1000), min_size=width, max_size=width), min_size=2, max_size=6
    )
)


@given(BLOCKS, st.sampled_from(["pooled", "simple"]), st.sampled_from([0, 0.7, 1]))
def test_rates_against_plain_loops(block, mean, lost):
    table = ar_loss_rates(block, lost, mean)
    rolls = []
    for bucket in range(len(block[0]) - 1):
        pairs = [(one[bucket], two[bucket + 1]) for one, two in pairwise(block) if one[bucket]]
        if not pairs:
            rolls.append(math.nan)
        elif mean == "pooled":
            rolls.append(min(sum(new for _, new in pairs) / sum(old for old, _ in pairs), 1))
        else:
            rolls.append(min(sum(new / old for old, new in pairs) / len(pairs), 1))
    assert table["roll_rate"][:-1].tolist() == pytest.approx(rolls, nan_ok=True)
    expected = [math.prod(rolls[bucket:]) * lost for bucket in range(len(rolls))] + [lost]
    assert table["loss_rate"].tolist() == pytest.approx(expected, nan_ok=True)
    for roll, flag in zip(rolls, table["flag"], strict=False):
        assert (flag == "no_base") == math.isnan(roll)
        assert flag != "capped" or roll == 1


def test_worked_example_to_the_cent():
    """EX-7.3 to 7.6 with unrounded simple means: 201.87, 232.15, 220.04, 47.44."""
    rates = ar_loss_rates(MONTHS, 0.7, "simple")["loss_rate"]
    april = MONTHS[-1]
    parts = [round(ar_ecl(balance, rate), 2) for balance, rate in zip(april, rates, strict=True)]
    assert parts == [42.58, 43.37, 39.07, 42.55, 34.30]
    assert ar_ecl(april, rates) == 201.87
    assert ar_ecl(april, rates, 1.15) == 232.15
    assert ar_ecl(april, rates, 1.09) == 220.04
    assert ar_ecl(april, scenario_rates(rates, [0.6, 0.3, 0.1], [1, 1.35, 0.85])) == 220.04
    assert ar_ecl(april, rates, None, 0.85, 0.9) == 47.44
    assert float(uninsured_share(0.85, 0.9, 0.001)) == pytest.approx(0.235765)


def test_cohort_example_feeds_the_matrix():
    """EX-7.2 and ORC-035: loss rates 2, 4, 8.7, 25, 100 %, allowance 27,567.39."""
    rates = cohort_loss_rates([100000, 50000, 23000, 8000, 2000], 2000)
    assert (rates * 100).round(1).tolist() == [2.0, 4.0, 8.7, 25.0, 100.0]
    balances = [300000, 140000, 60000, 23000, 5000]
    parts = [round(ar_ecl(balance, rate)) for balance, rate in zip(balances, rates, strict=True)]
    assert parts == [6000, 5600, 5217, 5750, 5000]
    assert ar_ecl(balances, rates) == 27567.39
    assert ar_ecl(balances, rates.round(3)) == 27570
    assert np.isnan(cohort_loss_rates([100, 0], 10)[1])


def test_scenarios_with_caps_are_averaged_after_capping():
    assert scenario_rates(0.8, [0.5, 0.5], [1, 2]) == pytest.approx(0.9)
    assert scaled_rates(0.8, 1.5) == 1
    for weights, key in (([0.5, 0.4], "input.too_low"), ([0.6, 0.6], "input.too_high")):
        with pytest.raises(InputError) as caught:
            scenario_rates(0.8, weights, [1, 2])
        assert (caught.value.key, caught.value.argument) == (key, "weights")
        assert "1" in (caught.value.values["low"], caught.value.values["high"])


@pytest.mark.parametrize(
    ("function", "arguments", "argument"),
    [
        (scenario_rates, (0.5, [60, 40], [1, 2]), "weights"),
        (scenario_rates, (0.5, [0.5, 0.5], [1, -2]), "factors"),
        (cohort_loss_rates, ([-1], 0), "reached"),
        (cohort_loss_rates, ([1], -1), "lost"),
        (uninsured_share, (85, 0.9), "insured_share"),
        (uninsured_share, (0.85, 90), "insured_percentage"),
        (uninsured_share, (0.85, 0.9, 2), "insurer_default"),
        (shifted_rates, (1.5, 0), "loss_rates"),
    ],
)
def test_rates_refuse_by_name(function, arguments, argument):
    with pytest.raises(InputError) as caught:
        function(*arguments)
    assert (caught.value.argument, caught.value.cell) == (argument, "#NUM!")


@given(st.floats(0.0001, 0.9999), st.floats(-3, 3))
def test_shifted_rates_move_the_log_odds(rate, shift):
    moved = float(shifted_rates(rate, shift))
    assert math.log(moved / (1 - moved)) == pytest.approx(math.log(rate / (1 - rate)) + shift, abs=1e-9)


@given(BALANCES, st.floats(0, 1), st.floats(0, 3), st.floats(0, 1), st.floats(0, 1))
def test_loss_is_within_the_balance_and_cover_only_lowers_it(balances, rate, scale, share, percentage):
    gross = ar_ecl(balances, [rate] * len(balances), scale)
    net = ar_ecl(balances, [rate] * len(balances), scale, share, percentage)
    assert 0 <= net <= gross + 0.01
    assert gross <= sum(balances) + 0.01
    assert net == pytest.approx(gross * (1 - share * percentage), abs=0.02)
    assert ar_ecl(balances, [rate] * len(balances), scale + 0.5) >= gross


def test_segments_by_buckets():
    block = [[1000, 100], [2000, 0]]
    assert ar_ecl(block, [0.01, 0.5]) == 80
    assert ar_ecl(block, [[0.01, 0.5], [0.02, 0.5]]) == 100
    assert ar_ecl(block, [0.01, 0.5], [[1], [2]]) == 100
    assert ar_ecl([[1000], [100]], [[0.01, 0.5]]) == 60
    assert ar_ecl(1000, 0.01) == 10


def test_a_row_of_rates_for_a_column_of_balances_and_nothing_else():
    assert ar_ecl([[1000], [100], [10]], [[0.01, 0.5, 1]]) == 70
    with pytest.raises(InputError) as caught:
        ar_ecl([[1, 2], [3, 4]], [0.1, 0.1, 0.1, 0.1])
    assert (caught.value.argument, caught.value.values["expected"]) == ("loss_rates", 4)


def test_small_balances_and_buckets_without_any():
    """Balances under 1 are balances; a bucket that was empty gives no rate and no warning."""
    block = pd.DataFrame({"a": [0.5, 0.4], "b": [0.0, 0.1]})
    assert ar_loss_rates(block)["roll_rate"][0] == pytest.approx(0.2)
    for mean in ("pooled", "simple"):
        table = ar_loss_rates([[0, 10], [0, 20]], mean=mean)
        assert table["flag"].tolist() == ["no_base", None]
        assert np.isnan(table["loss_rate"][0])
    assert np.isnan(cohort_loss_rates([0], 0)).all()


def test_unknown_is_not_zero():
    assert np.isnan(ar_ecl([100, 100], [0.5, None]))
    assert np.isnan(ar_ecl([None, None], [0.5, 0.5]))
    assert ar_ecl([0, 100], [None, 0.5]) == 50


@pytest.mark.parametrize(
    ("arguments", "cell"),
    [
        (([100], [1.1]), "#NUM!"),
        (([100], [-0.1]), "#NUM!"),
        (([100], [0.1], -1), "#NUM!"),
        (([100], [0.1], 1, 85), "#NUM!"),
        (([100, 100], [0.1, 0.1, 0.1]), "#VALUE!"),
        ((["x"], [0.1]), "#VALUE!"),
    ],
)
def test_ecl_refuses(arguments, cell):
    with pytest.raises(InputError) as caught:
        ar_ecl(*arguments)
    assert caught.value.cell == cell


def test_balances_in_any_form():
    plain = ar_loss_rates(MONTHS)["loss_rate"].tolist()
    names = ["Current", "1-30", "31-60", "61-90", "91-120"]
    for block in (np.array(MONTHS), [names, *MONTHS], pd.DataFrame(MONTHS, columns=names)):
        table = ar_loss_rates(block)
        assert table["loss_rate"].tolist() == plain
    assert list(table["bucket"]) == names


def test_a_blank_month_is_left_out():
    block = [[100, 10], [100, 20], [None, None], [100, 40], [100, 30]]
    assert ar_loss_rates(block)["roll_rate"][0] == pytest.approx((20 + 30) / 200)


@pytest.mark.parametrize(
    ("arguments", "cell"),
    [
        (([[1, -1], [1, 1]],), "#NUM!"),
        (([1, 2, 3],), "#VALUE!"),
        (([[1], [2]],), "#VALUE!"),
        ((MONTHS, 1.5), "#NUM!"),
        ((MONTHS, 1, "median"), "#VALUE!"),
        (([[1, 2], [1, "x"]],), "#VALUE!"),
    ],
)
def test_loss_rates_refuse(arguments, cell):
    with pytest.raises(InputError) as caught:
        ar_loss_rates(*arguments)
    assert caught.value.cell == cell
    assert caught.value.argument == ("balances", "loss_given_default", "mean")[len(arguments) - 1]
