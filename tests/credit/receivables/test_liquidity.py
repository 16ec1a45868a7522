"""Cash ratio: a default takes the receipt away, cover brings its share back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.borrowing import ar_borrowing_base
from arcredit.credit.receivables.liquidity import ar_cash_ratio
from arcredit.errors import InputError

MONEY = st.integers(0, 10**9).map(lambda cents: cents / 100)
SHARES = st.floats(0, 1)


@given(MONEY, MONEY, MONEY, SHARES)
def test_cover_lies_between_default_and_plan(cash, owed, receipts, insured):
    plan, lost, covered = (
        ar_cash_ratio(cash, owed + 1, receipts, insured, default)
        for receipts, insured, default in (
            (receipts, insured, False),
            (receipts, None, True),
            (receipts, insured, True),
        )
    )
    assert lost <= covered <= plan
    assert lost == pytest.approx(cash / (owed + 1))
    assert plan == pytest.approx((cash + receipts) / (owed + 1))


def test_scalar_column_block_blank():
    assert isinstance(ar_cash_ratio(500, 4000), float)
    assert ar_cash_ratio([500, 1000], 4000, default=[True, None]).tolist() == [0.125, 0.25]
    assert ar_cash_ratio([[500], [1000]], [4000, 8000]).shape == (2, 2)
    assert np.isnan(ar_cash_ratio([None, 500, 500], [4000, None, 0])).all()
    assert ar_cash_ratio(500, 4000, None, None, None) == 0.125


def test_wrong_arguments_name_their_place():
    for arguments, cell in (
        ((500, [4000, -1]), "#NUM!"),
        ((500, 4000, [600, -1]), "#NUM!"),
        ((500, 4000, 600, [0.9, 90]), "#NUM!"),
        (([500, "x"], 4000), "#VALUE!"),
        ((500, 4000, 600, 0.9, [True, "maybe"]), "#VALUE!"),
    ):
        with pytest.raises(InputError) as caught:
            ar_cash_ratio(*arguments)
        assert caught.value.cell == cell
        assert caught.value.where.tolist() == [False, True]


def test_an_advance_as_loan_and_as_sale():
    """EX-6.9: the borrowing base of 3,000 insured receivables feeds the ratio."""
    terms = [["concentration_share", 1]]
    base = ar_borrowing_base(["A", "B"], [2400, 600], [30, 91], insured_limit=[9e9, 9e9], policy=terms)
    advance = dict(base.rows())["availability"]
    assert advance == 2040
    assert ar_cash_ratio(500 + advance, 4000 + advance) == pytest.approx(0.4205, abs=5e-5)
    assert ar_cash_ratio(500 + advance, 4000) == 0.635
