"""Recoveries: the cents add up, nobody gets more than they bore."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.insurance.claim import tci_claim
from arcredit.credit.insurance.recovery import tci_recovery
from arcredit.errors import InputError

CENTS = st.integers(0, 10**9)


@given(CENTS, CENTS, CENTS, CENTS)
def test_shared_as_the_loss_was_borne(recovered, costs, paid, own):
    debt = paid + own
    part = tci_recovery(recovered / 100, costs / 100, paid / 100, debt / 100)
    if debt == 0:
        assert np.isnan(part)
        return
    net = max(recovered - costs, 0)
    exact = Fraction(net * paid, debt)
    assert round(part * 100) == min(int(exact + Fraction(1, 2)), paid)
    insured = net - round(part * 100)
    assert insured >= 0
    # The insured never gets more than its own share, as long as no more than the debt comes in.
    assert net > debt or insured <= own + 1


@given(CENTS, CENTS, CENTS, CENTS)
def test_first_in_first_out_favours_the_covered_debt(recovered, paid, retained, over):
    covered = paid + retained
    debt = (covered + over) / 100
    first = tci_recovery(recovered / 100, 0, paid / 100, debt, "fifo", covered / 100)
    shared = tci_recovery(recovered / 100, 0, paid / 100, debt)
    assert covered == 0 or first >= shared - 0.01
    assert covered == 0 or first <= paid / 100


def test_scalar_column_block_and_blank():
    assert tci_recovery(100, 0, 45, 90) == 45
    assert tci_recovery([10, 20, None], 0, 45, 90).tolist()[:2] == [5, 10]
    assert np.isnan(tci_recovery([10, None, 10, 10], [0, 0, None, 0], [1, 1, 1, None], 90)).tolist() == [
        False,
        True,
        True,
        True,
    ]
    assert tci_recovery([[10.0], [20.0]], [[0, 10]], 45, 90).tolist() == [[5, 0], [10, 5]]


def test_edges():
    assert tci_recovery(100, 100, 50, 100) == 0
    assert tci_recovery(100, 150, 50, 100) == 0
    assert tci_recovery(100, 0, 100, 100) == 100
    assert tci_recovery(300, 0, 50, 100) == 50
    assert tci_recovery(100, 0, 0, 100) == 0
    assert tci_recovery(100, 0, 50, 100, "FIFO", None) == tci_recovery(100, 0, 50, 100)


@pytest.mark.parametrize(
    ("arguments", "cell", "argument", "where"),
    [
        ((1, 0, [5, 1], [4, 4]), "#NUM!", "indemnity_paid", [True, False]),
        ((1, 0, [5, 3], 4), "#NUM!", "indemnity_paid", [True, False]),
        ((1, 0, 5, [4, 5]), "#NUM!", "total_debt", [True, False]),
        (([1, -1], 0, 1, 1), "#NUM!", "recovered", [False, True]),
        ((1, [0, -1], 1, 1), "#NUM!", "costs", [False, True]),
        ((1, 0, [0, -1], 1), "#NUM!", "indemnity_paid", [False, True]),
        ((1, 0, 1, ["a", 2]), "#VALUE!", "total_debt", [True, False]),
    ],
)
def test_errors(arguments, cell, argument, where):
    with pytest.raises(InputError) as caught:
        tci_recovery(*arguments)
    assert (caught.value.cell, caught.value.argument) == (cell, argument)
    assert caught.value.where.tolist() == where


def test_unknown_rule():
    with pytest.raises(InputError) as caught:
        tci_recovery(1, 0, 1, 1, "lifo")
    assert (caught.value.cell, caught.value.argument) == ("#VALUE!", "rule")


@given(
    st.integers(1, 10**7),
    st.integers(0, 10**7),
    st.integers(0, 100),
    st.integers(0, 10**7),
    st.integers(0, 10**5),
)
def test_a_recovery_before_payment_cuts_the_claim_by_the_insurers_part(
    debt, limit, percent, recovered, deductible
):
    terms = {"insured_percentage": percent / 100, "deductible": deductible / 100}
    arguments = (["1"], ["2025-01-10"], ["2025-02-09"], [debt / 100], None, None, limit / 100, terms)
    before, after = (tci_claim(*arguments, recovered=money) for money in (0, recovered / 100))
    estimate = [claim["amount_out"][claim["item"] == "estimated indemnity"][0] for claim in (before, after)]
    part = tci_recovery(recovered / 100, 0, estimate[0], debt / 100)
    assert round(100 * (estimate[0] - estimate[1])) == round(100 * part)
    rest = after["amount_out"][after["item"] == "uninsured remainder"][0]
    assert round(100 * rest) == max(debt - recovered - round(100 * estimate[1]), 0)


def test_a_covered_debt_below_zero_is_refused():
    with pytest.raises(InputError) as caught:
        tci_recovery(10, 0, 5, 100, "fifo", [50, -1])
    assert (caught.value.argument, caught.value.cell) == ("covered_debt", "#NUM!")
    assert caught.value.where.tolist() == [False, True]
