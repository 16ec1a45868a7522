"""A plan against receipts, and the customers who are overdue."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.plan import ar_payment_plan, plan_standing
from arcredit.credit.receivables.plan_lines import overdue_debts, plan_lines
from arcredit.errors import InputError
from arcredit.shapes import coded
from credit_ledgers import books

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


@pytest.mark.parametrize(
    ("days", "amounts", "states"),
    [
        ([], [], ["missed", "late", "open"]),
        (["2025-01-31"], [100.0], ["paid", "late", "open"]),
        (["2025-02-01"], [100.0], ["paid_late", "late", "open"]),
        (["2025-02-01"], [99.99], ["missed", "late", "open"]),
        (["2025-02-28", "2025-01-31"], [100.0, 100.0], ["paid", "paid", "open"]),  # in any order
        (["2025-02-01", "2025-01-31"], [50.0, 50.0], ["paid_late", "late", "open"]),
        ([None, "2025-02-01"], [60.0, 40.0], ["paid_late", "late", "open"]),
        (["2025-01-31", None], [50.0, 50.0], ["paid", "late", "open"]),
        (["2025-01-31", "2025-02-01"], [100.0, np.nan], ["paid", "late", "open"]),
        (["2025-03-01"], [200.0], ["paid_late", "paid_late", "open"]),
        (["2025-03-02"], [100.0], ["missed", "late", "open"]),  # tomorrow
        (["2025-01-31", "2025-02-01", "2025-02-03"], [100.0, -1.0, 1.0], ["paid_late", "late", "open"]),
        (["2025-01-31"], [900.0], ["paid", "paid", "paid"]),
    ],
)
def test_states_on_the_first_of_march(days, amounts, states):
    """100 each on 31 January, 28 February and 31 March."""
    found = plan_lines(ar_payment_plan(300, "2025-01-31", 3), days, amounts, "2025-03-01")
    assert found["state"].tolist() == states
    paid = np.array([state.startswith("paid") for state in states])
    assert (np.isnat(found["paid_on"]) | paid).all()


def test_the_days_on_which_instalments_were_paid():
    plan = ar_payment_plan(300, "2025-01-31", 3)
    days = ["2025-03-03", "2025-02-01", "2025-01-31", "2025-03-01", "2025-03-02"]
    found = plan_lines(plan, days, [100.0, 50.0, 100.0, -50.0, 100.0], "2025-03-31")
    assert found["paid_on"].astype(str).tolist() == ["2025-01-31", "2025-03-02", "2025-03-03"]


def test_days_of_grace_may_be_others():
    for grace, state in ((27, "missed"), (28, "late")):
        assert plan_lines(PLAN, [], [], "2025-02-28", grace)["state"].tolist()[0] == state


def test_thirds_are_paid_to_the_cent():
    plan = ar_payment_plan(100, "2025-01-31", 3)
    assert plan["payment"].tolist() == [33.33, 33.33, 33.34]
    found = plan_lines(plan, ["2025-01-31"] * 3, [33.33, 33.33, 33.34], "2025-03-31")
    assert found["received"].tolist() == [33.33, 33.33, 33.34]
    assert found["state"].tolist() == ["paid"] * 3
    assert plan_lines(plan, ["2025-01-31"], [66.67], "2025-03-31")["received"].tolist() == [
        33.33,
        33.33,
        0.01,
    ]


@pytest.mark.parametrize("argument", ["received_on", "received"])
def test_receipts_refuse_by_name(argument):
    given = {"received_on": ["2025-01-31"], "received": [1.0]} | {argument: ["soon"]}
    with pytest.raises(InputError) as caught:
        plan_lines(PLAN, as_of="2025-03-31", **given)
    assert caught.value.argument == argument


def test_receipts_in_a_row_are_a_column():
    found = plan_lines(PLAN, [["2025-01-31", "2025-02-28"]], [[100.0, 100.0]], "2025-02-28")
    assert found["received"].tolist() == [100, 100, 0, 0, 0, 0]


def test_overdue_debts_of_a_ledger_without_currencies():
    """Credits of whoever is not overdue make no debt; nobody's documents are a customer of their own."""
    items = books(
        ("A", "1", None, "2025-03-01", 100.0),
        ("A", "2", None, "2025-02-01", 50.0),
        ("B", "3", None, None, -500.0),
        ("B", "4", None, "2025-03-30", 500.0),
        (None, "5", None, "2025-03-01", 300.0),
        ("C", "6", None, "2025-03-01", 100.0),
        ("D", "7", None, "2025-03-31", 100.0),
    )
    found = overdue_debts(items, [0, 49, 0, 0, 0, 0, 0], "2025-03-31")
    assert found["customer"].tolist() == [None, "A", "C"]
    assert found["currency"].tolist() == [""] * 3
    assert found["debt"].tolist() == [300, 101, 100]
    assert found["oldest_due"].astype(str).tolist() == ["2025-03-01", "2025-02-01", "2025-03-01"]
    assert found["documents"].tolist() == [1, 2, 1]
    assert not len(overdue_debts(books(), None, "2025-03-31"))


def test_overdue_debts_by_currency_even_where_one_is_missing():
    items = books(
        *[("A", str(amount), None, "2025-03-01", amount) for amount in (1.0, 2.0, 4.0, 8.0)],
        ("B", "9", None, "2025-03-01", 16.0),
        currency=coded(["USD", None, "EUR", "USD", None], "currency"),
    )
    found = overdue_debts(items, None, "2025-03-31")
    lines = list(zip(found["customer"], found["currency"], found["debt"], strict=True))
    assert lines == [("B", "", 16), ("A", "USD", 9), ("A", "EUR", 4), ("A", "", 2)]


def test_a_document_disputed_as_a_whole_is_not_the_oldest():
    items = books(("A", "1", None, "2025-01-01", 100.0), ("A", "2", None, "2025-02-01", 100.0))
    found = overdue_debts(items, [100, 0], "2025-03-31")
    assert (found["debt"][0], str(found["oldest_due"][0]), found["documents"][0]) == (100, "2025-02-01", 1)
