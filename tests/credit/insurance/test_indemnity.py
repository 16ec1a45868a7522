"""The steps from a loss to the estimated indemnity, against decimal arithmetic written out by hand."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.insurance.indemnity import (
    order,
    policy_year,
    step_text,
    tci_indemnity,
    tci_indemnity_steps,
)
from arcredit.errors import InputError

CENT = Decimal("0.01")
# Small amounts meet each other: equal to the threshold, eaten up by the deductible.
MONEY = (st.integers(0, 20) | st.integers(0, 10**4) | st.integers(0, 10**9)).map(lambda cents: cents / 100)
SHARE = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)
RULE = st.sampled_from(["pct_first", "ded_first", "min_retention"])
BASIS = st.sampled_from(["debt", "payout"])


def decimal(number):
    return Decimal(repr(float(number)))


def cents(number):
    return number.quantize(CENT, ROUND_HALF_UP)


def by_hand(loss, limit, share, deductible, rule, threshold, aggregate, liability, basis, gate=">"):
    """The policy's wording as one formula per case, in decimals."""
    loss, limit, share, deductible, threshold, aggregate, liability = map(
        decimal, (loss, limit, share, deductible, threshold, aggregate, liability)
    )
    covered = min(loss, limit) if basis == "debt" else loss
    if covered < threshold or (covered == threshold and gate == ">"):
        return Decimal(0)
    cap = limit if basis == "payout" else Decimal("Infinity")
    if rule == "ded_first":
        paid = min(cents(max(covered - deductible - aggregate, Decimal(0)) * share), cap)
    elif rule == "pct_first":
        paid = max(min(cents(covered * share), cap) - deductible - aggregate, Decimal(0))
    else:
        own = max(covered - cents(covered * share), deductible)
        paid = max(min(covered - own, cap) - aggregate, Decimal(0))
    return cents(max(min(paid, liability), Decimal(0)))


@given(st.tuples(MONEY, MONEY, SHARE, MONEY, RULE, MONEY, MONEY, MONEY, BASIS, st.sampled_from([">", ">="])))
def test_agrees_with_the_formula_in_decimals(terms):
    assert decimal(tci_indemnity(*terms)) == by_hand(*terms)


@given(st.tuples(MONEY, MONEY, SHARE, MONEY, RULE, MONEY, MONEY, MONEY, BASIS))
def test_never_more_than_the_loss_nor_the_limit_times_the_share(terms):
    loss, limit, share, *_, liability, basis = terms
    paid = tci_indemnity(*terms)
    assert 0 <= paid <= loss
    assert paid <= liability
    ceiling = limit if basis == "payout" else float(cents(decimal(limit) * decimal(share)))
    assert paid <= ceiling


@given(st.data(), st.sampled_from(["loss", "limit", "insured_percentage", "liability_left"]))
def test_more_loss_limit_share_or_liability_never_pays_less(data, what):
    terms = data.draw(some_terms())
    low, high = sorted([terms[what], data.draw(SHARE if what == "insured_percentage" else MONEY)])
    assert tci_indemnity(**{**terms, what: low}) <= tci_indemnity(**{**terms, what: high})


@given(st.data(), st.sampled_from(["deductible", "threshold", "aggregate_left"]))
def test_more_deductible_threshold_or_aggregate_never_pays_more(data, what):
    terms = data.draw(some_terms())
    low, high = sorted([terms[what], data.draw(MONEY)])
    assert tci_indemnity(**{**terms, what: low}) >= tci_indemnity(**{**terms, what: high})


def some_terms():
    return st.fixed_dictionaries(
        {
            "loss": MONEY,
            "limit": MONEY,
            "insured_percentage": SHARE,
            "deductible": MONEY,
            "deductible_rule": RULE,
            "threshold": MONEY,
            "aggregate_left": MONEY,
            "liability_left": MONEY,
            "limit_basis": BASIS,
        }
    )


@given(some_terms())
def test_steps_add_up_and_end_in_the_indemnity(terms):
    steps = tci_indemnity_steps(**terms)
    assert steps["amount_out"][-1] == tci_indemnity(**terms)
    assert steps["step"].tolist()[1:-1] == list(order(terms["deductible_rule"], terms["limit_basis"]))
    for into, change, out in zip(steps["amount_in"], steps["change"], steps["amount_out"], strict=True):
        assert decimal(into) + decimal(change) == decimal(out)
        assert change <= 0
    assert steps["amount_in"][1:].tolist() == steps["amount_out"][:-1].tolist()


@given(st.lists(MONEY, min_size=1, max_size=8), MONEY, MONEY, st.sampled_from(["pct_first", "ded_first"]))
def test_a_policy_year_uses_up_the_aggregate_and_the_liability_in_order(losses, aggregate, liability, rule):
    paid = policy_year(losses, 1e7, 0.9, 100, rule, None, aggregate, liability)
    left, room = decimal(aggregate), decimal(liability)
    for number, loss in enumerate(map(decimal, losses)):
        share = Decimal("0.9")
        amount = (cents(loss * share) if rule == "pct_first" else loss) - 100
        amount = max(amount, Decimal(0))
        absorbed = min(amount, left)
        left -= absorbed
        amount = amount - absorbed if rule == "pct_first" else cents((amount - absorbed) * share)
        amount = min(amount, room)
        room -= amount
        assert decimal(paid["maximum"][number]) == amount


def test_order_within_a_year_matters():
    """Two claims of one policy year, the aggregate deductible taken by the first."""
    first = policy_year([40_000, 10_000], 1e6, 0.9, aggregate_left=20_000, liability_left=20_000)["maximum"]
    assert first.tolist() == [16_000.0, 4_000.0]
    other = policy_year([10_000, 40_000], 1e6, 0.9, aggregate_left=20_000, liability_left=20_000)["maximum"]
    assert other.tolist() == [0.0, 20_000.0]


def test_scalar_column_row_and_block():
    assert isinstance(tci_indemnity(100, 100, 0.9), float)
    assert tci_indemnity([100, 200], 100, 0.9).tolist() == [90.0, 90.0]
    block = tci_indemnity([[100.0], [50.0]], [[80.0, 40.0, 0.0]], 0.5)
    assert block.tolist() == [[40.0, 20.0, 0.0], [25.0, 20.0, 0.0]]
    grid = tci_indemnity(1000, 1000, 0.9, 100, [["pct_first"], ["ded_first"]], limit_basis=["debt", "payout"])
    assert grid.tolist() == [[800.0, 800.0], [810.0, 810.0]]


def test_blanks():
    assert np.isnan(tci_indemnity(None, 100, 0.9))
    assert np.isnan(tci_indemnity(100, None, 0.9))
    assert np.isnan(tci_indemnity(100, 100, None))
    assert np.isnan(tci_indemnity(100, None, 0.9, threshold=500))
    paid = tci_indemnity([100, 100], 1000, 0.9, [None, 50], "", ["", 200], None, [None, ""])
    assert paid.tolist() == [90, 0]


def test_zeros_and_credit_balances():
    assert tci_indemnity([0, -500, 100, 100], [100, 100, 0, 100], [0.9, 0.9, 0.9, 0]).tolist() == [0, 0, 0, 0]
    assert tci_indemnity(100, 100, 1, liability_left=0) == 0


def test_a_whole_share_pays_the_whole_loss():
    assert tci_indemnity(0.01, 1, 1) == 0.01


@pytest.mark.parametrize(
    ("terms", "cell", "where"),
    [
        ({"insured_percentage": [0.9, 90]}, "#NUM!", [False, True]),
        ({"limit": [-1, 5]}, "#NUM!", [True, False]),
        ({"deductible": [0, -0.01]}, "#NUM!", [False, True]),
        ({"threshold": [-5, 0]}, "#NUM!", [True, False]),
        ({"aggregate_left": [-5, 0]}, "#NUM!", [True, False]),
        ({"liability_left": [-5, 0]}, "#NUM!", [True, False]),
        ({"loss": ["12,5", 3]}, "#VALUE!", [True, False]),
        ({"deductible_rule": ["pct_first", "pct first"]}, "#VALUE!", [False, True]),
        ({"limit_basis": ["debts", "debt"]}, "#VALUE!", [True, False]),
        ({"threshold_rule": [">", "<"]}, "#VALUE!", [False, True]),
    ],
)
def test_errors_name_the_argument_and_the_places(terms, cell, where):
    with pytest.raises(InputError) as caught:
        tci_indemnity(**{"loss": 1, "limit": 1, "insured_percentage": 0.9, **terms})
    assert caught.value.cell == cell
    assert caught.value.argument == next(iter(terms))
    assert caught.value.where.tolist() == where


def test_steps_take_one_loss():
    with pytest.raises(InputError) as caught:
        tci_indemnity_steps([1, 2], 1, 0.9)
    assert (caught.value.cell, caught.value.argument) == ("#VALUE!", "loss")
    assert tci_indemnity_steps([[100]], 100, 0.9)["amount_out"][-1] == 90


def test_steps_of_an_unknown_limit_are_unknown_from_there_on():
    steps = tci_indemnity_steps(100, None, 0.9)["amount_out"]
    assert steps[0] == 100
    assert np.isnan(steps[1:]).all()


def test_the_result_is_called_an_estimate():
    assert tci_indemnity_steps(1, 1, 1)["step"][-1] == "estimated indemnity"
    assert step_text("estimated indemnity") == "Estimated indemnity"
    assert "估算" in step_text("estimated indemnity", "zh")


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ((100_000, 150_000, 0.9, 5_000, "pct_first", 0, 0, 1e12, "debt"), 85_000),
        ((100_000, 150_000, 0.9, 5_000, "ded_first", 0, 0, 1e12, "debt"), 85_500),
        ((100_000, 150_000, 0.9, 5_000, "min_retention", 0, 0, 1e12, "debt"), 90_000),
        ((30_000, 150_000, 0.9, 5_000, "min_retention", 0, 0, 1e12, "debt"), 25_000),
        ((5_000, 150_000, 0.85, 1_000, "min_retention", 0, 0, 1e12, "debt"), 4_000),
        ((40_000, 100_000, 0.9, 0, "pct_first", 0, 7_000, 1e12, "debt"), 29_000),
        ((40_000, 100_000, 0.9, 0, "ded_first", 0, 7_000, 1e12, "debt"), 29_700),
        ((150_000, 150_000, 0.9, 0, "pct_first", 0, 0, 80_000, "debt"), 80_000),
        ((5_000.01, 150_000, 0.9, 0, "pct_first", 5_000, 0, 1e12, "debt"), 4_500.01),
        ((150_000, 100_000, 0.9, 0, "pct_first", 0, 0, 1e12, "payout"), 100_000),
    ],
)
def test_the_formula_in_decimals_agrees_with_the_worked_examples(terms, expected):
    """The second method is held to the published figures too, so that both cannot be wrong alike."""
    assert by_hand(*terms) == decimal(expected)


def test_the_threshold_is_a_gate_and_equal_is_below_it():
    around = [4_999.99, 5_000, 5_000.01]
    assert tci_indemnity(around, 1e6, 0.9, threshold=5_000).tolist() == [0, 0, 4_500.01]
    assert tci_indemnity(around, 1e6, 0.9, threshold=5_000, threshold_rule=">=").tolist() == [
        0,
        4_500,
        4_500.01,
    ]
    # The limit comes first: what counts is the covered loss.
    assert tci_indemnity(9_000, 5_000, 0.9, threshold=5_000) == 0


def test_a_policy_year_takes_its_rules():
    """10,000 at 90 %, limit 7,000, deductible 1,000: of the debt, or of the payment before the deductible."""
    year = {"loss": [10_000], "limit": 7_000, "insured_percentage": 0.9, "deductible": 1_000}
    assert policy_year(**year)["maximum"].tolist() == [7_000 * 0.9 - 1_000]
    assert policy_year(**year, deductible_rule="ded_first")["maximum"].tolist() == [(7_000 - 1_000) * 0.9]
    assert policy_year(**year, limit_basis="payout")["maximum"].tolist() == [7_000 - 1_000]
    with pytest.raises(InputError) as caught:
        policy_year("x", 1, 1)
    assert caught.value.argument == "loss"
