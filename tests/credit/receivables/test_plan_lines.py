"""A plan against receipts, and the customers who are overdue."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.plan import ar_payment_plan, plan_standing
from arcredit.credit.receivables.plan_lines import overdue_debts, plan_lines
from arcredit.shapes import coded

PLAN = ar_payment_plan(600, "2025-01-31", 6)


@pytest.mark.parametrize(
    ("as_of", "state"),
    [("2025-02-27", "open"), ("2025-02-28", "late"), ("2025-03-05", "late"), ("2025-03-06", "missed")],
)
def test_days_of_grace(as_of, state):
    assert plan_lines(PLAN, ["2025-01-31"], [100.0], as_of)["state"][1] == state


def test_kept_late_and_bounced():
    days, amounts = ["2025-01-30", "2025-03-02", "2025-03-20", "2025-03-25"], [100.0, 100.0, 100.0, -60.0]
    found = plan_lines(PLAN, days, amounts, "2025-04-01")
    assert found["received"].tolist() == [100, 100, 40, 0, 0, 0]
    assert found["state"].tolist() == ["paid", "paid_late", "late", "open", "open", "open"]
    assert [str(day) for day in found["paid_on"][:3]] == ["2025-01-30", "2025-03-02", "NaT"]


def test_receipts_after_the_day_do_not_count_and_undated_ones_do():
    assert plan_lines(PLAN, ["2025-05-01"], [100.0], "2025-02-10")["received"].sum() == 0
    assert plan_lines(PLAN, [None], [100.0], "2025-02-10")["state"][0] == "paid"


def test_down_payment_is_due_at_once():
    plan = ar_payment_plan(600, "2025-01-31", 5, down_payment=100)
    assert plan_lines(plan, [], [], "2025-01-10")["state"].tolist() == ["late"] + ["open"] * 5
    assert plan_lines(plan, ["2025-01-05"], [100.0], "2025-01-10")["state"][0] == "paid"


@given(
    st.lists(
        st.tuples(st.dates(dt.date(2025, 1, 1), dt.date(2025, 8, 1)), st.integers(1, 30_000)), max_size=8
    ),
    st.dates(dt.date(2025, 1, 1), dt.date(2025, 8, 1)),
)
def test_what_came_in_is_what_the_lines_have_and_default_is_a_missed_line(receipts, as_of):
    days, cents = ([row[place] for row in receipts] for place in (0, 1))
    found = plan_lines(PLAN, days, np.array(cents, float) / 100, as_of)
    counted = sum(cent for day, cent in receipts if day <= as_of)
    assert round(found["received"].sum() * 100) == min(counted, 60_000)
    standing = plan_standing(PLAN, counted / 100, as_of)
    assert standing.in_default == (found["state"] == "missed").any()


def test_overdue_debts():
    items = OpenItems(
        customer=coded(["A", "A", "B", "A", "B", "C"], "c"),
        document=np.array(list("123456"), object),
        invoice_date=np.array(["2025-01-01"] * 6, "M8[D]"),
        due_date=np.array(
            ["2025-02-01", "2025-03-01", "2025-02-01", "2025-06-01", "2025-02-01", "NaT"], "M8[D]"
        ),
        amount=np.full(6, 100.0),
        open_amount=np.array([100.0, 50.0, 500.0, 900.0, -20.0, 7.0]),
        currency=coded(["EUR", "USD", "EUR", "EUR", "EUR", "EUR"], "currency"),
    )
    found = overdue_debts(items, [0, 0, 300, 0, 0, 0], "2025-03-31")
    assert found["customer"].tolist() == ["B", "A", "A"]
    assert found["currency"].tolist() == ["EUR", "EUR", "USD"]
    assert found["debt"].tolist() == [180, 100, 50]
    assert found["documents"].tolist() == [1, 1, 1]
    # Due on the day itself is not overdue.
    assert not len(overdue_debts(items, None, "2025-02-01"))
