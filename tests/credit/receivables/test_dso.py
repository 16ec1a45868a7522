"""The DSO family: identities between its members, and the count-back against a plain loop."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.dso import (
    ar_cei,
    ar_days_delinquent,
    ar_dso,
    ar_dso_best,
    ar_dso_countback,
    ar_dso_weighted,
    ar_turnover,
    countback,
    month_days,
    open_by_month,
    sales_by_month,
)
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.errors import InputError
from arcredit.shapes import coded, dates

MONEY = st.integers(0, 10**9).map(lambda cents: cents / 100)
SALES = st.integers(1, 10**9).map(lambda cents: cents / 100)
MONTHS = st.lists(
    st.tuples(st.integers(-(10**6), 10**7).map(lambda c: c / 100), st.integers(1, 31)), min_size=1
)


@given(MONEY, MONEY, SALES, st.integers(1, 400))
def test_dso_is_best_and_delinquent(current, overdue, sales, days):
    whole = ar_dso(current + overdue, sales, days)
    parts = ar_dso_best(current, sales, days) + ar_days_delinquent(overdue, sales, days)
    assert whole == pytest.approx(parts, rel=1e-12, abs=1e-12)


@given(MONEY, SALES, MONEY)
def test_turnover_and_average_dso_are_reciprocal(opening, sales, closing):
    if opening + closing > 0:
        average = ar_dso((opening + closing) / 2, sales, 365)
        assert ar_turnover(sales, opening, closing) * average == pytest.approx(365, rel=1e-9)


@given(st.floats(0, 1e6).map(lambda x: round(x, 2)), MONTHS)
def test_countback_against_a_loop(owed, months):
    left, days = owed, 0.0
    for sales, length in months:
        if left <= 0:
            break
        if sales < left:
            left = round(left - max(sales, 0), 2)
            days += length
        else:
            days += left / sales * length
            left = 0
    found, reached = countback(owed, *zip(*months, strict=True))
    assert reached == (left <= 0)
    assert found == pytest.approx(days, rel=1e-9, abs=1e-9)


@given(MONTHS, MONEY, MONEY)
def test_countback_rises_with_receivables(months, first, second):
    low, high = sorted([first, second])
    below, above = (countback(owed, *zip(*months, strict=True)) for owed in (low, high))
    assert below[0] <= above[0] + 1e-9
    assert below[1] >= above[1]


@given(st.lists(SALES, min_size=1, max_size=12), st.integers(1, 31))
def test_weighted_equals_countback_where_all_is_open(sales, days):
    """Whole months still open: both count each of them in full."""
    whole = len(sales) * days
    assert ar_dso_weighted(sales, sales, days) == pytest.approx(whole)
    assert ar_dso_countback(round(sum(sales), 2), sales, days) == pytest.approx(whole)


@given(MONEY, MONEY, MONEY, MONEY)
def test_cei_is_full_where_only_current_is_left(opening, sales, current, off):
    found = ar_cei(opening, sales, current, current, min(off, sales))
    assert np.isnan(found) or found == pytest.approx(1)


def test_write_offs_are_no_collections():
    """Writing off instead of collecting must not raise the index."""
    collected = ar_cei(100, 1000, 100, 80)
    written_off = ar_cei(100, 1000, 100, 80, 50)
    assert written_off < collected


@pytest.mark.parametrize("function", [ar_dso, ar_dso_best, ar_days_delinquent])
class TestElementFunctions:
    """Shapes, blanks and errors of the three quotients."""

    def test_shapes(self, function):
        assert np.ndim(function(100, 1000, 30)) == 0
        block = function([[100], [200]], [1000, 2000, 0], 30)
        assert block.shape == (2, 3)
        assert np.isnan(block[:, 2]).all()
        assert block[1].tolist()[:2] == [6, 3]

    def test_blanks(self, function):
        assert np.isnan(function(None, 1000, 30))
        assert np.isnan(function(100, None, 30))
        assert np.isnan(function(100, 1000, None))

    def test_zero_receivables_are_zero_days(self, function):
        assert function(0, 1000, 30) == 0

    def test_wrong_days(self, function):
        with pytest.raises(InputError) as caught:
            function(100, 1000, [30, 0, -1])
        assert caught.value.cell == "#NUM!"
        assert caught.value.where.tolist() == [False, True, True]

    def test_wrong_kind(self, function):
        with pytest.raises(InputError) as caught:
            function([100, "x"], 1000, 30)
        assert caught.value.cell == "#VALUE!"
        assert caught.value.where.tolist() == [False, True]


class TestCountback:
    """Edges of the history."""

    def test_the_lower_bound_of_a_short_history(self):
        assert countback(300, [100, 100], [31, 30]) == (61, False)
        assert countback(150, [100, None, 100], [31, 30, 31]) == (31, False)

    def test_an_unknown_month_that_is_not_needed_does_no_harm(self):
        assert ar_dso_countback(50, [100, None], [30, 31]) == 15

    def test_unknown_receivables(self):
        assert np.isnan(ar_dso_countback(None, [100], [30]))

    def test_no_history(self):
        assert np.isnan(ar_dso_countback(5, [], []))
        assert ar_dso_countback(0, [], []) == 0

    def test_binary_noise_does_not_exhaust_the_history(self):
        assert ar_dso_countback(0.1 + 0.2, [0.1, 0.1, 0.1], 30) == pytest.approx(90)

    @pytest.mark.parametrize(
        ("arguments", "cell", "argument"),
        [
            (([1, 2], [100], [30]), "#VALUE!", "receivables"),
            ((100, [100, 100], [30, 30, 30]), "#VALUE!", "month_days"),
            ((100, [100, 100], [30, -1]), "#NUM!", "month_days"),
        ],
    )
    def test_wrong_arguments(self, arguments, cell, argument):
        with pytest.raises(InputError) as caught:
            ar_dso_countback(*arguments)
        assert (caught.value.cell, caught.value.argument) == (cell, argument)


def test_weighted_edges():
    assert np.isnan(ar_dso_weighted([], [], []))
    assert np.isnan(ar_dso_weighted([None], [100], [30]))
    assert ar_dso_weighted([0, 50], [0, 100], [31, 30]) == 15
    assert np.isnan(ar_dso_weighted([10, 50], [None, 100], [31, 30]))
    with pytest.raises(InputError):
        ar_dso_weighted([1, 2], [100], [30])


def test_cei_and_turnover_edges():
    assert np.isnan(ar_cei(100, 0, 100, 100))
    assert np.isnan(ar_turnover(100, 0, 0))
    assert ar_cei([100, 100], 1000, [120, 100], 100).tolist() == [0.98, 1.0]
    with pytest.raises(InputError) as caught:
        ar_cei(100, 1000, 120, 100, -5)
    assert (caught.value.cell, caught.value.argument) == ("#NUM!", "write_offs")


def ledger(**more):
    size = 6
    return OpenItems(
        customer=coded(["A"] * size, "customer"),
        document=np.arange(size).astype(str).astype(object),
        invoice_date=dates(["2025-06-10", "2025-06-20", "2025-05-31", "2025-04-01", "2024-01-01", None], "x"),
        due_date=dates(["2025-07-10"] * size, "x"),
        amount=np.array([100.1, 50, 30, 20, 7, 3]),
        open_amount=np.array([100.1, 50, 30, -20, 7, 3]),
        **more,
    )


class TestMonths:
    """The months a DSO report needs."""

    def test_days(self):
        assert month_days("2024-03-31", 4).tolist() == [31, 29, 31, 31]
        assert month_days("2025-06-15", 1).tolist() == [15]
        assert month_days("2025-06-30", 0).tolist() == []

    def test_sales_run_to_the_day(self):
        assert sales_by_month(ledger(), "2025-06-30", 3).tolist() == [150.1, 30, 20]
        assert sales_by_month(ledger(), "2025-06-15", 3).tolist() == [100.1, 30, 20]

    def test_only_sales_count(self):
        kind = coded(["invoice", "credit_note", "receipt", "debit_note", "invoice", None], "kind")
        books = ledger(kind=kind)
        books.amount[1] = -50
        books.amount[2] = -30
        assert sales_by_month(books, "2025-06-30", 3).tolist() == [50.1, 0, 20]

    def test_without_kinds_negative_amounts_are_no_sales(self):
        books = ledger()
        books.amount[0] = -100
        assert sales_by_month(books, "2025-06-30", 3).tolist() == [50, 30, 20]

    def test_open_by_month_and_what_is_older(self):
        by_month, older = open_by_month(ledger(), "2025-06-30", 3)
        assert by_month.tolist() == [150.1, 30, 0]
        assert older == 10


def test_a_young_ledger_has_no_older_money():
    """One document of the newest month: the months before it, and what is older, are 0 and not missing."""
    young = OpenItems(
        customer=coded(["A"], "customer"),
        document=np.array(["1"], object),
        invoice_date=dates(["2025-06-02"], "invoice_date"),
        due_date=dates(["2025-07-02"], "due_date"),
        amount=np.array([100.1]),
        open_amount=np.array([60.1]),
    )
    assert sales_by_month(young, "2025-06-30", 3).tolist() == [100.1, 0, 0]
    by_month, older = open_by_month(young, "2025-06-30", 3)
    assert (by_month.tolist(), older) == ([60.1, 0, 0], 0)


def test_a_month_without_days_and_receipts_that_are_no_sales():
    """10 owed: 5 of a month of no days, 5 of the 10 of the month before, half of its 30 days."""
    assert ar_dso_countback(10, [5, 10], [0, 30]) == 15
    documents = OpenItems(
        customer=coded(["A"] * 4, "customer"),
        document=np.array(["1", "2", "3", "4"], object),
        invoice_date=dates(["2025-03-10"] * 4, "x"),
        due_date=dates(["2025-04-10"] * 4, "x"),
        amount=np.array([1000.0, 100.0, 10.0, -1.0]),
        open_amount=np.array([0.5, 0.25, -3.0, 0.0]),
        kind=coded(["receipt", "invoice", None, "credit_note"], "kind"),
    )
    # The receipt is none, what has no kind counts where it is positive, the credit note is taken off.
    assert sales_by_month(documents, "2025-03-31", 2).tolist() == [109, 0]
    assert open_by_month(documents, "2025-03-31", 1)[0].tolist() == [0.75]
