"""Disputes split a document and lose nothing."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.dispute import dispute_days, dispute_ratio, split_dispute
from arcredit.errors import InputError


@given(st.integers(-(10**12), 10**12), st.integers(0, 10**12))
def test_the_parts_are_the_document_to_the_cent(open_cents, disputed_cents):
    split = split_dispute(open_cents / 100, disputed_cents / 100)
    parts = Decimal(str(split.undisputed)) + Decimal(str(split.disputed))
    assert parts == Decimal(open_cents) / 100
    assert 0 <= split.disputed <= max(open_cents / 100, 0)
    assert split.disputed == min(disputed_cents, max(open_cents, 0)) / 100


def test_scalar_column_and_blanks():
    assert split_dispute(1000, 300) == (700, 300)
    assert split_dispute([1000, None], [None, 5]).undisputed.tolist()[0] == 1000
    assert np.isnan(split_dispute([1000, None], [None, 5]).undisputed[1])
    assert split_dispute([[1], [2]], [0.5, 9]).disputed.tolist() == [[0.5, 1], [0.5, 2]]
    with pytest.raises(InputError) as caught:
        split_dispute([1, 1], [1, -1])
    assert caught.value.where.tolist() == [False, True]


def test_ratio():
    assert dispute_ratio([100, 300], [50, 50]) == 0.25
    assert dispute_ratio([100, -300, None], [50, 50, 50]) == 0.5
    assert np.isnan(dispute_ratio([0, -5], [1, 1]))


def test_days():
    assert dispute_days("2025-01-10", None, "2025-02-09") == 30
    assert dispute_days("2025-01-10", "2025-03-01", "2025-02-09") == 30
    assert dispute_days("2025-01-10", "2025-01-10", "2025-02-09") == 0
    assert np.isnan(dispute_days(["2025-02-10", None], None, "2025-02-09")).all()


def test_a_blank_document_with_a_dispute_is_no_dispute():
    """300 of 1,000 open; 50 claimed on a document whose amount is not known counts nowhere."""
    assert dispute_ratio([1000, None], [300, 50]) == 0.3


@pytest.mark.parametrize("argument", ["opened", "closed", "as_of"])
def test_days_refuse_by_name(argument):
    given = {"opened": "2025-01-10", "closed": None, "as_of": "2025-02-09"} | {argument: "soon"}
    with pytest.raises(InputError) as caught:
        dispute_days(**given)
    assert caught.value.argument == argument


@pytest.mark.parametrize("argument", ["open_amount", "disputed_amount"])
def test_parts_refuse_by_name(argument):
    with pytest.raises(InputError) as caught:
        split_dispute(**{"open_amount": 1, "disputed_amount": 1} | {argument: "x"})
    assert caught.value.argument == argument
