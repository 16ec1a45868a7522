"""Concentration: shares of one whole, and the index between 1/n and 1."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.concentration import ar_concentration, ar_hhi
from arcredit.errors import InputError

EXPOSURES = st.lists(st.integers(-(10**8), 10**9), min_size=1, max_size=40)


@given(EXPOSURES)
def test_hhi_is_exact_and_within_its_bounds(cents):
    owed = [max(cent, 0) for cent in cents]
    found = ar_hhi([cent / 100 for cent in cents])
    if not sum(owed):
        assert np.isnan(found)
        return
    exact = sum(Fraction(one, sum(owed)) ** 2 for one in owed)
    assert found == pytest.approx(float(exact), rel=1e-12)
    positive = sum(one > 0 for one in owed)
    assert 1 / positive - 1e-12 <= found <= 1 + 1e-12


def test_hhi_of_the_worked_example():
    """EX-4.7: 1,672 points, 5.98 customers; normalised (HHI − 1/n) / (1 − 1/n)."""
    found = ar_hhi([32, 18, 12, 8, 6, 5, 4, 4, 3, 2, 2, 2, 1, 1])
    assert (round(found * 10000), round(1 / found, 2)) == (1672, 5.98)
    assert round((found - 1 / 14) / (1 - 1 / 14), 5) == 0.10314


def test_hhi_does_not_depend_on_order_or_unit():
    assert ar_hhi([[1, 2], [3, 4]]) == ar_hhi([4000, 3000, 2000, 1000]) == pytest.approx(0.3)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(-(10**6), 10**7)), min_size=1), st.integers(1, 10))
def test_lines_add_up_and_fall(rows, top_n):
    table = ar_concentration([f"K{who}" for who, _ in rows], [cent / 100 for _, cent in rows], top_n)
    names, amounts = list(table["customer"]), table["exposure"]
    place = names.index("total")
    parts = [Decimal(str(amount)) for amount in amounts[:place]]
    assert sum(parts) == Decimal(str(amounts[place]))
    shown = min(top_n, len({who for who, _ in rows}))
    assert np.all(np.diff(amounts[:shown]) <= 0)
    assert names[place:] == ["total", "hhi", "effective_number"]
    if amounts[place]:
        assert table["share"][:place].sum() == pytest.approx(1)
        assert table["cumulative_share"][place - 1] == pytest.approx(1)
        assert table["share"][place + 1] * amounts[place + 2] == pytest.approx(1)
    else:
        assert np.isnan(table["share"]).all()


def test_rows_without_a_customer_stay_in_the_total():
    table = ar_concentration(["A", None, ""], [10, 5, 7])
    assert list(table.rows())[:3] == [
        (None, 12.0, pytest.approx(12 / 22), pytest.approx(12 / 22)),
        ("A", 10.0, pytest.approx(10 / 22), 1.0),
        ("total", 22.0, 1.0, 1.0),
    ]


def test_text_exposure_and_a_wrong_top():
    with pytest.raises(InputError) as caught:
        ar_concentration(["A", "B"], [1, "x"])
    assert caught.value.cell == "#VALUE!"
    assert caught.value.where.tolist() == [False, True]
    for wrong in (0, -1, 1.5):
        with pytest.raises(InputError):
            ar_concentration(["A"], [1], wrong)
    assert list(ar_concentration(["A"], [1], None)["customer"])[:2] == ["A", "total"]


def test_ten_customers_by_name_unless_said_otherwise():
    table = ar_concentration([f"K{number}" for number in range(12)], [1] * 12)
    assert table["customer"].tolist()[9:] == ["K9", "other", "total", "hhi", "effective_number"]
    assert table["exposure"].tolist()[10:12] == [2, 12]
    assert ar_hhi([0.25, 0.25]) == 0.5
