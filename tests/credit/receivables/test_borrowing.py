"""The borrowing base: every ineligible once, the lines add up, and nothing is lent on what is out."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.borrowing import EXCLUSIONS, ar_borrowing_base
from arcredit.errors import InputError

INELIGIBLE = [
    "past_due",
    "credits_in_prior",
    "cross_aged",
    "contra",
    *EXCLUSIONS,
    "foreign",
    "disputed",
    "concentration",
]
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "customer": st.sampled_from("ABCDE"),
            "open_amount": st.integers(-3000, 9000),
            "days_from_invoice": st.integers(0, 150),
            "disputed": st.sampled_from([None, 0, 100, 5000]),
            "excluded": st.sampled_from([None, None, None, *EXCLUSIONS]),
        }
    ),
    min_size=1,
    max_size=25,
)
CUSTOMERS = st.fixed_dictionaries(
    {
        name: st.tuples(st.sampled_from([0, 500, 20000]), st.booleans(), st.sampled_from([None, 0, 2000]))
        for name in "ABCDE"
    }
)


def base_of(rows, customers, **terms):
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    own = [customers[row["customer"]] for row in rows]
    return ar_borrowing_base(
        **columns,
        contra=[contra for contra, _, _ in own],
        foreign=[foreign for _, foreign, _ in own],
        insured_limit=[limit for _, _, limit in own],
        policy=list(terms.items()) or None,
    )


def by_hand(rows, customers, cross=Fraction(1, 10), cap=Fraction(1, 5)):
    """One customer after the other, in whole units and fractions."""
    left, advance = {}, Fraction(0)
    for name in {row["customer"] for row in rows}:
        contra, foreign, limit = customers[name]
        own = [row for row in rows if row["customer"] == name]
        old = sum(max(row["open_amount"], 0) for row in own if row["days_from_invoice"] > 90)
        rest = sum(row["open_amount"] for row in own) - old
        if old > cross * max(sum(row["open_amount"] for row in own), 0):
            rest = min(rest, 0)
        young = [row for row in own if row["days_from_invoice"] <= 90 and row["open_amount"] > 0]
        rest -= min(contra, max(rest, 0))
        rest -= min(sum(row["open_amount"] for row in young if row["excluded"]), max(rest, 0))
        if foreign:
            rest = min(rest, limit or 0)
        disputed = sum(min(row["disputed"] or 0, row["open_amount"]) for row in young if not row["excluded"])
        left[name] = rest - min(disputed, max(rest, 0))
    most = cap * max(sum(left.values()), 0)
    for name, rest in left.items():
        left[name] = min(Fraction(rest), most) if rest > 0 else Fraction(rest)
        insured = min(max(left[name], 0), customers[name][2] or 0)
        advance += Fraction(8, 10) * (left[name] - insured) + Fraction(85, 100) * insured
    return sum(left.values()), advance


@given(ROWS, CUSTOMERS)
def test_against_one_customer_after_the_other(rows, customers):
    lines = dict(base_of(rows, customers).rows())
    eligible, advance = by_hand(rows, customers)
    assert lines["eligible"] == pytest.approx(float(eligible), abs=0.03)
    assert lines["borrowing_base"] == pytest.approx(float(advance), abs=0.05)


@given(ROWS, CUSTOMERS)
def test_lines_add_up_and_take_away(rows, customers):
    lines = dict(base_of(rows, customers, loans=700, reserves=50).rows())
    total = lines["gross"] + sum(lines[name] for name in INELIGIBLE)
    assert lines["eligible"] == pytest.approx(total, abs=1e-6)
    assert all(lines[name] <= 0 for name in INELIGIBLE if name != "past_due")
    assert lines["gross"] == sum(row["open_amount"] for row in rows)
    assert lines["eligible"] <= lines["gross"] + sum(-min(row["open_amount"], 0) for row in rows)
    assert lines["availability"] == pytest.approx(lines["borrowing_base"] - 750, abs=1e-6)


@given(ROWS, CUSTOMERS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, customers, random):
    shuffled = rows[:]
    random.shuffle(shuffled)
    assert base_of(rows, customers)["amount"].tolist() == pytest.approx(
        base_of(shuffled, customers)["amount"].tolist()
    )


@given(ROWS, CUSTOMERS)
def test_worse_terms_never_lend_more(rows, customers):
    """Without credits: a stricter age takes more out; with a loose cap nothing shifts back."""
    rows = [{**row, "open_amount": abs(row["open_amount"])} for row in rows]
    usual = dict(base_of(rows, customers, concentration_share=1).rows())
    stricter = dict(base_of(rows, customers, concentration_share=1, max_days_from_invoice=60).rows())
    assert stricter["eligible"] <= usual["eligible"] + 1e-6


def test_a_lone_customer_is_a_concentration():
    lines = dict(ar_borrowing_base(["A"], [1000], [10]).rows())
    assert (lines["concentration"], lines["eligible"]) == (-800, 200)


def test_edges_of_age_and_cross_aging():
    free = [["concentration_share", 1]]
    at_90 = dict(ar_borrowing_base(["A", "A"], [900, 100], [10, 90], policy=free).rows())
    assert at_90["past_due"] == 0
    just = dict(ar_borrowing_base(["A", "A"], [900, 100], [10, 91], policy=free).rows())
    assert (just["past_due"], just["cross_aged"], just["eligible"]) == (-100, 0, 900)
    over = dict(ar_borrowing_base(["A", "A"], [899, 101], [10, 91], policy=free).rows())
    assert (over["cross_aged"], over["eligible"]) == (-899, 0)
    unknown = dict(ar_borrowing_base(["A"], [900], [None], policy=free).rows())
    assert unknown["past_due"] == -900


def test_old_credits_do_not_hide_old_debt():
    """100 old debt and 60 old credit: 40 past due, and the credit taken back."""
    table = ar_borrowing_base(
        ["A", "A", "B"], [100, -60, 1000], [120, 130, 5], policy={"concentration_share": 1}
    )
    lines = dict(table.rows())
    assert (lines["past_due"], lines["credits_in_prior"], lines["eligible"]) == (-40, -60, 940)


def test_a_disputed_flag_is_the_whole_item():
    free = {"concentration_share": 1}
    mixed = [True, 100.0, False, None]
    lines = dict(ar_borrowing_base(list("ABCD"), [500, 500, 500, 500], [5] * 4, mixed, policy=free).rows())
    assert lines["disputed"] == -600
    for flags in ([True, False, False, False], np.array([True, False, False, False])):
        lines = dict(ar_borrowing_base(list("ABCD"), [500] * 4, [5] * 4, flags, policy=free).rows())
        assert lines["disputed"] == -500


def test_foreign_customers_without_cover_are_out():
    rows = (["A", "A", "B"], [300, 200, 500], [5, 5, 5])
    free = {"concentration_share": 1}
    assert dict(ar_borrowing_base(*rows, foreign=[True, None, None], policy=free).rows())["foreign"] == -500
    covered = ar_borrowing_base(
        *rows, foreign=[True, True, None], insured_limit=[350, 400, None], policy=free
    )
    assert dict(covered.rows())["foreign"] == -150  # the lower of the two limits


def test_rows_without_a_customer_and_amount():
    lines = dict(ar_borrowing_base([None, "A", None], [100, None, 50], [5, 5, 5]).rows())
    assert lines["gross"] == 150


@pytest.mark.parametrize(
    ("wrong", "cell"),
    [
        ({"open_amount": [1, 2]}, "#VALUE!"),
        ({"disputed": [-5]}, "#NUM!"),
        ({"disputed": ["x"]}, "#VALUE!"),
        ({"contra": [1, 2]}, "#VALUE!"),
        ({"foreign": ["perhaps"]}, "#VALUE!"),
        ({"insured_limit": [-1]}, "#NUM!"),
        ({"excluded": ["friend"]}, "#VALUE!"),
        ({"policy": [["cross_age", 1]]}, "#VALUE!"),
        ({"policy": [["cross_age_share", 1.5]]}, "#NUM!"),
        ({"policy": [["loans", -1]]}, "#NUM!"),
        ({"policy": [["loans", "many"]]}, "#VALUE!"),
    ],
)
def test_wrong_arguments(wrong, cell):
    arguments = {"customer": ["A"], "open_amount": [100], "days_from_invoice": [5], **wrong}
    with pytest.raises(InputError) as caught:
        ar_borrowing_base(**arguments)
    assert caught.value.cell == cell


def test_money_in_thousands_is_aged_across_like_any_other():
    """0.06 of 0.50 is old, more than a tenth: the other 0.44 is out too; of 0.05 old of 0.50 only the old."""
    for old, out in ((0.06, -0.44), (0.05, 0)):
        table = ar_borrowing_base(
            ["A", "A"], [0.5 - old, old], [10, 200], policy={"concentration_share": 1, "cross_age_share": 0.1}
        )
        lines = dict(table.rows())
        assert (lines["past_due"], lines["cross_aged"]) == (-old, out)


def test_an_unknown_exclusion_is_shown_in_its_row():
    with pytest.raises(InputError) as caught:
        ar_borrowing_base(["A", "A"], [1, 1], [1, 1], excluded=[None, "gossip"])
    assert (caught.value.argument, caught.value.cell) == ("excluded", "#VALUE!")
    assert caught.value.where.tolist() == [False, True]
    assert "gossip" in str(caught.value)
