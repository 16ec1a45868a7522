"""Expected losses by hand: buckets and edges, credits, disputes, insurance, single debts, the movement."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.expected_loss import Terms, expected_losses, loss_movement, matrix
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.shapes import coded

AS_OF = "2025-12-31"
RATES = np.array([0.01, 0.1, 0.5, 0.6])
TERMS = Terms((30, 60), RATES, 1.5, 0.8)
LINES = (
    # days past due, open, disputed, insured
    (0, 100.0, 0.0, 0.0),
    (1, 200.0, 50.0, 0.5),
    (30, 300.0, np.nan, 0.0),
    (31, 400.0, 1_000.0, 0.9),
    (60, 500.0, 0.0, 0.0),
    (61, 600.0, 20.0, 0.0),
    (None, 700.0, 0.0, 0.0),
    (45, -50.0, 9.0, 0.5),
)


def items(*rows, who=None):
    """Open items as (days past due, open, disputed)."""
    late, amount, disputed, *_ = zip(*rows, strict=True) if rows else ((), (), ())
    due = np.array(
        [np.datetime64("NaT") if days is None else np.datetime64(AS_OF) - days for days in late], "M8[D]"
    )
    return OpenItems(
        customer=coded(who or ["A"] * len(rows), "c"),
        document=np.array([str(place) for place in range(len(rows))], object),
        invoice_date=due,
        due_date=due,
        amount=np.array(amount, float),
        open_amount=np.array(amount, float),
        disputed_amount=np.array(disputed, float),
    )


def made(*rows, terms=TERMS, single=()):
    return matrix(
        items(*rows), AS_OF, terms, np.array([row[3] for row in rows]), np.isin(np.arange(len(rows)), single)
    )


def test_the_labels_are_those_of_the_rates():
    assert TERMS.labels(AS_OF) == ("current", "1-30", "31-60", ">60")
    assert (Terms((30,), RATES).forward, Terms((30,), RATES).single) == (1.0, 1.0)


def test_a_matrix_by_hand():
    """Without a due date 700 is not yet due; the credit of 50 takes nothing off, nor does its dispute."""
    found = made(*LINES)
    assert found.labels == ("current", "1-30", "31-60", ">60")
    assert found.balance.tolist() == [800, 500, 900, 600]
    # No more is disputed than owed, and a dispute of unknown size counts nothing.
    assert found.disputed.tolist() == [0, 50, 400, 20]
    assert found.rates.tolist() == [0.01, 0.1, 0.5, 0.6]
    assert found.used == pytest.approx([0.015, 0.15, 0.75, 0.9])
    assert found.gross == pytest.approx([12, 75, 675, 540])
    # 200 × 50 % of 500, 400 × 90 % of 900.
    assert found.insured_share == pytest.approx([0, 0.2, 0.4, 0])
    assert found.insured == pytest.approx([0, 15, 270, 0])
    assert (found.gross_total, found.total) == (1_302, 1_017)


def test_single_debts_leave_the_matrix():
    found = made(*LINES, single=(3, 5))
    assert found.balance.tolist() == [800, 500, 500, 0]
    assert found.disputed.tolist() == [0, 50, 0, 0]
    assert found.insured_share.tolist() == [0, 0.2, 0, 0]
    assert found.gross_total == 12 + 75 + 375


def test_no_more_than_everything_is_insured_and_what_is_unknown_is_not():
    assert made((1, 100.0, 0.0, 2.0)).insured_share.tolist() == [0, 1, 0, 0]
    assert made((1, 100.0, 0.0, np.nan), (1, 300.0, 0.0, 0.8)).insured_share[1] == pytest.approx(0.6)


def test_a_ledger_without_disputes():
    bare = OpenItems(**{**vars(items((1, 100.0, 5.0))), "disputed_amount": None})
    assert matrix(bare, AS_OF, TERMS, np.zeros(1), np.zeros(1, bool)).disputed.tolist() == [0, 0, 0, 0]


def test_no_debts_lose_nothing():
    found = matrix(items(), AS_OF, TERMS, np.zeros(0), np.zeros(0, bool))
    assert (found.total, found.gross_total) == (0, 0)
    assert found.balance.tolist() == found.disputed.tolist() == found.insured_share.tolist() == [0] * 4


def test_a_rate_nobody_knows_is_no_loss_of_nought():
    unknown = Terms((30, 60), np.array([0.01, np.nan, 0.5, 0.6]))
    found = made((1, 100.0, 0.0, 0.0), (0, 100.0, 0.0, 0.0), terms=unknown)
    assert np.isnan([found.total, found.gross_total]).all()
    assert made((0, 100.0, 0.0, 0.0), terms=unknown).total == 1


def test_losses_of_each_item_by_hand():
    """Rates 1.5 %, 15 %, 75 %, 90 %; the debt of 600 alone at 80 %; less the insurer's part."""
    single = np.arange(len(LINES)) == 5
    found = expected_losses(items(*LINES), AS_OF, TERMS, np.array([row[3] for row in LINES]), single)
    assert found == pytest.approx([1.5, 15, 45, 30, 375, 480, 10.5, 0])
    blank = expected_losses(items((1, np.nan, 0.0)), AS_OF, TERMS, np.zeros(1), np.zeros(1, bool))
    assert blank.tolist() == [0]


def test_a_credit_of_a_single_debtor_is_no_loss():
    found = expected_losses(items((5, -10.0, 0.0)), AS_OF, TERMS, np.zeros(1), np.ones(1, bool))
    assert found.tolist() == [0]


def moved(then, now, closing=None):
    """The movement between two lists of (customer, loss); documents of one place have one number."""
    sides = [items(*[(0, 1.0, 0.0)] * len(side), who=[who for who, _ in side]) for side in (then, now)]
    losses = [np.array([loss for _, loss in side], float) for side in (then, now)]
    return loss_movement(sides[0], losses[0], sides[1], losses[1], closing)


def test_the_same_number_of_two_customers_is_two_debts():
    found = moved([("A", 10)], [("B", 4)])
    assert (found.opening, found.new, found.settled, found.closing) == (10, 4, -10, 4)
    assert (found.older, found.better) == (0, 0)


def test_a_debt_without_loss_that_comes_and_goes_moves_nothing():
    found = moved([("A", 0), ("B", 7)], [("A", 3), ("B", 7)])
    assert (found.new, found.older, found.settled, found.better) == (0, 3, 0, 0)


def test_the_last_cent_is_in_the_largest_movement():
    """Opening 0; three new debts of 0.004 round to 0.01, but the stated closing balance is 0.02."""
    found = moved([], [("A", 0.004), ("B", 0.004), ("C", 0.004)], 0.02)
    assert (found.opening, found.new, found.closing) == (0, 0.02, 0.02)
    # 100.00 settled is the larger: it takes the cent, not the new debt of 10.00.
    found = moved([("A", 100)], [("B", 10)], 10.01)
    assert (found.opening, found.new, found.settled, found.closing) == (100, 10, -99.99, 10.01)


def test_each_movement_is_rounded_to_the_cent():
    found = moved([("A", 1.005), ("B", 2)], [("A", 3.004), ("B", 1.5)])
    # 3.005 → 3.01 (half away from zero), 4.504 → 4.50; +1.999 → 2.00 but 3.01 + x - 0.50 = 4.50: x = 1.99.
    assert (found.opening, found.older, found.better, found.closing) == (3.01, 1.99, -0.5, 4.5)


LOSSES = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.integers(0, 10**7).map(lambda units: units / 1000)), max_size=5
)


@given(LOSSES, LOSSES)
def test_movements_close_to_the_cent_and_point_the_right_way(before, after):
    found = moved(before, after)
    parts = (found.new, found.older, found.settled, found.better)
    assert round(100 * (found.opening + sum(parts))) == round(100 * found.closing)
    slack = 0.03
    assert found.new >= -slack
    assert found.older >= -slack
    assert found.settled <= slack
    assert found.better <= slack
    back = moved(after, before)
    assert (back.opening, back.closing) == (found.closing, found.opening)
    assert back.new == pytest.approx(-found.settled, abs=slack)
    assert back.older == pytest.approx(-found.better, abs=slack)
