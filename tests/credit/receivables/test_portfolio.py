"""A whole ledger by currency: nothing vanishes, nothing is added across currencies."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit import money
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.portfolio import across, converted, portfolios, share_of
from arcredit.shapes import coded

AS_OF = np.datetime64("2025-12-31")


def ledger(rows):
    """Open items as (customer, days past due, cents, currency)."""
    customers, days, cents, currencies = zip(*rows, strict=True)
    due = AS_OF - np.array(days, "timedelta64[D]")
    amount = np.array(cents) / 100
    return OpenItems(
        customer=coded(list(customers), "customer"),
        document=np.array([f"D{place}" for place in range(len(rows))], object),
        invoice_date=due - 30,
        due_date=due,
        amount=amount,
        open_amount=amount,
        currency=coded(list(currencies), "currency"),
        customer_name=coded([f"Name of {name}" if name else None for name in customers], "name"),
        disputed_amount=np.abs(amount),
    )


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C", None]),
        st.integers(-40, 200),
        st.integers(-(10**9), 10**9),
        st.sampled_from(["EUR", "USD", None]),
    ),
    min_size=1,
    max_size=30,
)


@given(ROWS)
def test_nothing_vanishes(rows):
    items = ledger(rows)
    parts = portfolios(items, AS_OF)
    assert sum(part.documents for part in parts) == len(rows)
    for part in parts:
        own = items.currency.texts() == (part.currency or None)
        assert money.total(part.total) == money.total(items.open_amount[own])
        assert np.array_equal(across([*part.buckets.T, part.unapplied]), part.total)
        assert money.total(part.disputed) == money.total(items.disputed_amount[own])
        assert list(part.overdue) == sorted(part.overdue, reverse=True)


@given(ROWS)
def test_names_and_disputes_stay_with_their_customers(rows):
    items = ledger(rows)
    for part in portfolios(items, AS_OF):
        for customer, name, disputed in zip(part.customer, part.name, part.disputed, strict=True):
            assert name == (f"Name of {customer}" if customer else None)
            own = (items.customer.texts() == customer) & (items.currency.texts() == (part.currency or None))
            assert disputed == money.total(items.disputed_amount[own])


def test_ties_go_by_what_is_open_and_then_by_customer():
    rows = [("B", 5, 100, "EUR"), ("A", 5, 100, "EUR"), ("C", 5, 100, "EUR"), ("C", -5, 100, "EUR")]
    (part,) = portfolios(ledger(rows), AS_OF)
    assert list(part.customer) == ["C", "A", "B"]


def test_shares():
    assert share_of(1.0, 4.0) == 0.25
    assert share_of(0.25, 0.5) == 0.5
    assert np.isnan(share_of([1.0, 1.0], [0.0, -1.0])).all()
    (part,) = portfolios(ledger([("A", 5, 300, "EUR"), ("A", -5, 100, "EUR"), ("A", 5, -50, "EUR")]), AS_OF)
    assert part.bucket_shares.tolist() == [0.25, 0.75, 0, 0, 0, 0]
    assert part.share_overdue.tolist() == [0.75]
    assert part.share_overdue_total == 0.75


def test_the_oldest_days_and_the_first_name_that_is_given():
    items = ledger([("A", 5, 100, "EUR"), ("B", 7, 100, "EUR"), ("A", 40, 100, "EUR"), ("A", 9, 100, "EUR")])
    items = replace(items, customer_name=coded([None, "Beta", "Alpha", "Alpha Ltd"], "name"))
    (part,) = portfolios(items, AS_OF)
    lines = list(zip(part.customer, part.name, part.oldest_days, part.overdue, strict=True))
    assert lines == [("A", "Alpha", 40, 3), ("B", "Beta", 7, 1)]


def test_statutory_years_run_from_the_document():
    """Invoiced 369 days before and due 339 days before: in the second year, not in the first."""
    items = ledger([("A", 339, 100, "EUR"), ("A", 334, 7, "EUR")])
    for convention in ("cn_statutory", " CN_Statutory "):
        (part,) = portfolios(items, AS_OF, convention=convention)
        assert part.bucket_totals.tolist()[:3] == [0.07, 1, 0]
    (part,) = portfolios(items, AS_OF)
    assert part.bucket_totals.tolist() == [0, 0, 0, 0, 0, 1.07]


def test_published_conversion():
    """EX-1.4: EUR 45,000 at 1.1720, CNY 720,000 at 0.1395 and USD 31,250 are USD 184,430."""
    found = converted(
        [45_000.0, 720_000.0, 31_250.0], ["EUR", "CNY", "USD"], {"EUR": 1.1720, "CNY": 0.1395}, "USD"
    )
    assert found.tolist() == [52_740.0, 100_440.0, 31_250.0]
    assert money.total(found) == 184_430.0


@pytest.mark.parametrize(("home", "found"), [("JPY", 0.0), ("KWD", 0.333), ("EUR", 0.33)])
def test_converted_money_has_the_places_of_home(home, found):
    assert converted([1.0], ["USD"], {"USD": 0.333}, home).tolist() == [found]


def test_no_rate_is_unknown():
    assert np.isnan(converted([1.0], ["USD"], {}, "EUR")).all()


def test_edges_credits_and_blocks_of_amounts():
    rows = [("A", 5, 300, "EUR"), ("A", 20, 500, "EUR"), ("A", 9, -400, "EUR")]
    (part,) = portfolios(ledger(rows), AS_OF, edges=[10])
    assert (part.labels, part.bucket_totals.tolist()) == (("current", "1-10", ">10"), [0, 3, 5])
    (part,) = portfolios(ledger(rows), AS_OF, edges=[10], credits="own_date")
    assert part.bucket_totals.tolist() == [0, -1, 5]
    assert converted([[1.0, 2.0], [3.0, 4.0]], ["EUR", "USD"], {"USD": 0.5}, "EUR").tolist() == [
        [1, 2],
        [1.5, 2],
    ]


def test_customers_without_a_number_come_before_the_others_of_equal_money():
    rows = [("A", 5, 100, "EUR"), (None, 5, 100, "EUR"), ("B", 5, 900, "EUR")]
    (part,) = portfolios(ledger(rows), AS_OF)
    assert part.customer.tolist() == ["B", None, "A"]
    assert part.name.tolist() == ["Name of B", None, "Name of A"]
    assert part.disputed.tolist() == [9, 1, 1]
    assert (part.documents, len(part)) == (3, 3)
    assert part.share_overdue_total == 1


def test_a_ledger_without_names_disputes_or_currencies():
    items = replace(ledger([("A", 5, 100, "EUR")]), customer_name=None, disputed_amount=None, currency=None)
    (part,) = portfolios(items, AS_OF)
    assert (part.currency, part.name, part.disputed) == ("", None, None)
    assert portfolios(items.take(np.zeros(0, int)), AS_OF) == []
