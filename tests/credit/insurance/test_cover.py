"""What of each customer's debt is insured: the parts add up, the reasons fit, limits follow their dates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.insurance.cover import tci_cover
from arcredit.errors import InputError

NINETY = {"insured_percentage": 0.9}
PARTS = ("insured", "own_risk", "uninsured", "unapplied")
CENTS = st.integers(-(10**7), 10**8)


def cents(amounts):
    return np.rint(np.asarray(amounts, float) * 100).astype(np.int64)


@given(
    st.lists(st.tuples(st.sampled_from("ABCD"), CENTS), min_size=1, max_size=20),
    st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 10**7)),
    st.sampled_from([0, 0.13, 0.2]),
    st.integers(0, 100),
    st.sampled_from(["debt", "payout"]),
)
def test_parts_add_up_to_the_cent(items, limits, vat, percent, basis):
    names, amounts = zip(*items, strict=True)
    block = [["customer", "limit"], *([name, limit / 100] for name, limit in limits.items())]
    policy = {"insured_percentage": percent / 100, "vat_rate": vat, "limit_basis": basis}
    cover = tci_cover(names, [amount / 100 for amount in amounts], block, policy)
    assert (sum(cents(cover[part]) for part in PARTS) == cents(cover["open_amount"])).all()
    for name in ("open_amount", "covered", *PARTS):
        assert cents(cover[name][:-1]).sum() == cents(cover[name][-1])
    for name in ("insured", "own_risk", "uninsured"):
        assert (cover[name] >= 0).all()
    insured, open_amount = cover["insured"][:-1], cover["open_amount"][:-1]
    limit = np.array([limits.get(name, 0) / 100 for name in cover["customer"][:-1]])
    assert (insured <= np.maximum(open_amount, 0)).all()
    ceiling = limit if basis == "payout" else np.floor(limit * percent + 0.5001) / 100
    assert (insured <= ceiling + 1e-9).all()


def test_customers_in_order_of_first_appearance_with_total():
    cover = tci_cover(["B", "A", "B"], [1, 2, 3], None, NINETY)
    assert cover["customer"].tolist() == ["B", "A", "total"]
    assert cover["open_amount"].tolist() == [4, 2, 6]
    assert cover.total


@pytest.mark.parametrize(
    ("reason", "amount", "rows", "policy"),
    [
        ("insured", 100, [[100, None, None, None]], {}),
        ("over limit", 100.01, [[100, None, None, None]], {}),
        ("no limit at shipment", 100, [[0, None, None, None]], {}),
        ("no limit at shipment", 100, [], {}),
        ("limit unknown", 100, [[None, None, None, None]], {}),
        ("limit cancelled", 100, [[500, None, None, None], [None, "2025-06-01", None, "cancelled"]], {}),
        ("insured", 100, [[500, None, None, None], [None, "2025-06-02", None, "cancelled"]], {}),
        ("limit expired", 100, [[500, None, "2025-05-31", None]], {}),
        ("insured", 100, [[500, None, "2025-06-01", None]], {}),
        ("affiliate", 100, [[500, None, None, None], [None, None, None, "affiliate"]], {}),
        ("vat", 100, [[500, None, None, None]], {"vat_rate": 0.2}),
        ("credit", -100, [[500, None, None, None]], {}),
        ("paid", 0, [[500, None, None, None]], {}),
    ],
)
def test_reasons(reason, amount, rows, policy):
    block = [["customer", "limit", "from", "to", "kind"], *(["A", *row] for row in rows)]
    cover = tci_cover(["A"], [amount], block, {**NINETY, **policy}, "2025-06-01")
    assert cover["reason"][0] == reason


def limit_of(rows, as_of=None, **policy):
    block = [["customer", "limit", "from", "to", "kind"], *(["A", *row] for row in rows)]
    cover = tci_cover(["A"], [1000], block, {**NINETY, **policy}, as_of)
    return cover["insured_limit"][0], cover["insured_percentage"][0]


def test_the_latest_decision_in_force_counts_and_a_top_up_is_added():
    rows = [
        [300, "2025-03-01", "2025-03-31", "named"],
        [100, None, None, "named"],
        [50, "2025-02-01", "2025-04-30", "top_up"],
    ]
    days = ["2025-01-31", "2025-02-01", "2025-03-01", "2025-03-31", "2025-04-01", "2025-05-01"]
    assert [limit_of(rows, day)[0] for day in days] == [100, 150, 350, 350, 150, 100]
    assert limit_of(rows)[0] == 350


def test_own_limits_carry_their_own_percentage_and_stay_within_the_policy():
    own = {"discretionary_limit": 30, "discretionary_percentage": 0.8}
    assert limit_of([], **own) == (30, 0.8)
    assert limit_of([[20, None, None, "dcl"]], **own) == (20, 0.8)
    assert limit_of([[90, None, None, "discretionary"]], **own) == (30, 0.8)
    assert limit_of([[None, None, None, "blind"]], **own) == (30, 0.8)
    assert limit_of([[90, None, None, None]], **own) == (90, 0.9)
    # A refusal is a decision: the own limit does not come back.
    assert limit_of([[0, None, None, None]], **own) == (0, 0)
    assert limit_of([[5, None, "2025-01-31", None]], "2025-02-01", **own) == (0, 0)
    assert limit_of([[5, "2025-03-01", None, None]], "2025-02-01", **own) == (30, 0.8)


def test_a_cancelled_limit_takes_its_top_up_with_it_and_may_be_granted_again():
    rows = [[100, None, None, None], [50, None, None, "top_up"], [None, "2025-02-01", None, "withdrawn"]]
    assert limit_of(rows, "2025-01-31")[0] == 150
    assert limit_of(rows, "2025-02-01")[0] == 0
    assert limit_of([*rows, [70, "2025-03-01", None, None]], "2025-03-01")[0] == 120


def test_an_unknown_limit_makes_its_parts_and_the_totals_unknown():
    block = [["customer", "limit"], ["A", None], ["B", 10]]
    cover = tci_cover(["A", "B"], [5, 5], block, NINETY)
    assert np.isnan(cover["insured"]).tolist() == [True, False, True]
    assert cover["open_amount"].tolist() == [5, 5, 10]


def test_blank_customers_and_blank_amounts():
    cover = tci_cover(["A", None, ""], [5, 7, None], [["customer", "limit"], ["A", 10]], NINETY)
    assert cover["customer"].tolist() == ["A", None, "total"]
    assert cover["uninsured"].tolist() == [0, 7, 7]


def test_no_rows():
    assert tci_cover([], [], None, NINETY)["open_amount"].tolist() == [0]


@pytest.mark.parametrize(
    ("change", "cell", "argument"),
    [
        ({"open_amount": [1, 2]}, "#VALUE!", "open_amount"),
        ({"open_amount": ["1,5"]}, "#VALUE!", "open_amount"),
        ({"policy": {"insured_percentage": 90}}, "#NUM!", "policy, insured_percentage"),
        ({"limits": [["customer", "limit"], [None, 5]]}, "#VALUE!", "limits"),
        ({"limits": [["customer", "amount"], ["A", 5]]}, "#VALUE!", "limits"),
        ({"as_of": "01/06/2025"}, "#VALUE!", "as_of"),
    ],
)
def test_errors(change, cell, argument):
    given_ = {"customer": ["A"], "open_amount": [1], "limits": None, "policy": NINETY}
    with pytest.raises(InputError) as caught:
        tci_cover(**{**given_, **change})
    assert (caught.value.cell, caught.value.argument) == (cell, argument)


def test_uninsured_vat_comes_off_before_the_limit():
    policy = {**NINETY, "vat_rate": 0.2}
    cover = tci_cover(["A", "B"], [120, 120], [["customer", "limit"], ["A", 1000], ["B", 90]], policy)
    assert cover["covered"].tolist() == [100, 90, 190]
    assert cover["insured"].tolist() == [90, 81, 171]
    assert cover["uninsured"].tolist() == [20, 30, 50]


def test_half_a_unit_is_insured_too():
    cover = tci_cover(["A"], [0.5], [["customer", "limit"], ["A", 0.5]], {"insured_percentage": 0.9})
    assert cover["insured_percentage"][0] == 0.9
    assert (cover["covered"][0], cover["insured"][0], cover["own_risk"][0]) == (0.5, 0.45, 0.05)
    with pytest.raises(InputError) as caught:
        tci_cover(["A"], [0.5], 1, {"insured_percentage": 0.9})
    assert caught.value.cell == "#VALUE!"
    assert caught.value.where is None or np.flatnonzero(caught.value.where).tolist() == [0]
