"""Disputes split a document and lose nothing."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.dispute import (
    by_reason,
    contested,
    dispute_days,
    dispute_ratio,
    disputed_amounts,
    resolved_days,
    split_dispute,
)
from arcredit.errors import InputError
from arcredit.shapes import Table
from credit_ledgers import books, days


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


AS_OF, NAN = "2025-12-31", float("nan")


def log(*rows):
    """Disputes as (document, customer, raised on, amount, status, resolved on)."""
    columns = [[row[place] for row in rows] for place in range(6)]
    return Table(
        {
            "document": np.array(columns[0], object),
            "customer": np.array(columns[1], object),
            "raised_on": days(*columns[2]),
            "amount": np.array(columns[3], float),
            "status": np.array(columns[4], object),
            "resolved_on": days(*columns[5]),
        }
    )


@pytest.mark.parametrize(
    ("raised", "status", "closed", "disputed"),
    [
        (None, None, None, 300),
        (AS_OF, "open", None, 300),
        ("2026-01-01", "open", None, 0),
        ("2025-12-01", "open", AS_OF, 0),
        ("2025-12-01", "open", "2026-01-01", 300),
        ("2025-12-01", "Resolved", "2026-01-01", 300),  # it was open on the day
        ("2025-12-01", "RESOLVED", None, 0),
        ("2025-12-01", "resolved", "2025-12-30", 0),
    ],
)
def test_a_dispute_is_open_from_its_day_to_the_day_before_it_is_resolved(raised, status, closed, disputed):
    found = contested(
        books(("A", "1", None, None, 1000.0)), log(("1", "A", raised, 300, status, closed)), AS_OF
    )
    assert found.amount.tolist() == [disputed]
    assert found.line.tolist() == [0 if disputed else -1]
    assert found.left_over.tolist() == []


@pytest.mark.parametrize(
    ("own", "lines", "disputed"),
    [
        (None, [NAN], 1000),  # a blank amount is the whole document
        (None, [2000], 1000),
        (None, [300, 200.5], 500.5),
        (None, [0], 0),
        (None, [0.1, 0.2], 0.3),
        (400, [300], 400),
        (-400, [300], 400),  # whichever sign the ledger gives it
        (200, [300], 300),
        (NAN, [300], 300),
        (400, [], 400),
        (5000, [], 1000),
        (NAN, [], 0),
        (None, [], 0),
    ],
)
def test_the_larger_of_ledger_and_record_but_no_more_than_is_open(own, lines, disputed):
    columns = {} if own is None else {"disputed_amount": np.array([own], float)}
    items = books(("A", "1", None, None, 1000.0), **columns)
    record = log(*[("1", "A", None, amount, "open", None) for amount in lines])
    assert contested(items, record, AS_OF).amount.tolist() == [disputed]
    assert disputed_amounts(items, record, AS_OF).tolist() == [disputed]


@pytest.mark.parametrize("own", [None, np.array([-400.0])])
def test_a_ledger_without_a_record(own):
    found = contested(books(("A", "1", None, None, 1000.0), disputed_amount=own), None, AS_OF)
    assert found.amount.tolist() == [0 if own is None else 400]
    assert (found.line.tolist(), found.left_over.tolist()) == ([-1], [])


def test_whose_dispute_it_is():
    """2 is a number of two customers; a credit and a settled document cannot be disputed."""
    items = books(
        ("A", "1", None, None, 100.0),
        ("A", "2", None, None, 200.0),
        ("B", "2", None, None, 300.0),
        ("B", "3", None, None, -50.0),
        (None, "4", None, None, 400.0),
        ("B", None, None, None, 500.0),
    )
    record = log(
        ("3", "B", None, 5, "open", None),
        ("2", None, None, 6, "open", None),
        ("1", None, None, 7, "open", None),
        ("2", "B", None, 8, "open", None),
        ("4", "", None, 9, "open", None),
        ("1", "B", None, 10, "open", None),
        (None, "B", None, 11, "open", None),
        ("9", None, "2026-01-01", 12, "open", None),  # not yet raised: not left over either
    )
    found = contested(items, record, AS_OF)
    assert found.amount.tolist() == [7, 0, 8, 0, 9, 0]
    assert found.line.tolist() == [2, -1, 3, -1, 4, -1]
    assert found.left_over.tolist() == [0, 1, 5, 6]


def test_a_number_that_only_one_customer_has_open():
    items = books(("A", "2", None, None, 200.0), ("B", "2", None, None, 0.0), ("A", "2", None, None, 50.0))
    assert contested(items, log(("2", None, None, 220, "open", None)), AS_OF).amount.tolist() == [200, 0, 20]


@pytest.mark.parametrize(("order", "oldest"), [((0, 1, 2, 3), 2), ((2, 1, 0, 3), 0), ((1, 0, 3, 2), 2)])
def test_the_oldest_dispute_tells_of_it(order, oldest):
    """Of two of one day the first; one whose day nobody noted comes last."""
    raised = (None, "2025-12-02", "2025-12-01", "2025-12-01")
    record = log(*[("1", "A", raised[place], 1, "open", None) for place in order])
    found = contested(books(("A", "1", None, None, 100.0)), record, AS_OF)
    assert (found.line.tolist(), found.amount.tolist()) == ([oldest], [4])


@pytest.mark.parametrize(
    ("wanted", "parts"),
    [
        (150, [100, 50, 0]),
        (100, [100, 0, 0]),
        (NAN, [100, 200, 300]),
        (450, [100, 200, 150]),
        (999, [100, 200, 300]),
    ],
)
def test_a_dispute_goes_over_the_instalments_in_their_order(wanted, parts):
    items = books(*[("A", "1", None, None, amount) for amount in (100.0, 200.0, 300.0)])
    assert contested(items, log(("1", "A", None, wanted, "open", None)), AS_OF).amount.tolist() == parts


def test_a_negative_amount_of_the_record_is_refused():
    with pytest.raises(InputError) as caught:
        contested(books(("A", "1", None, None, 1.0)), log(("1", "A", None, -1, "open", None)), AS_OF)
    assert caught.value.argument == "disputes, amount"


def test_reasons_by_money():
    """Of 1,000: delivery 500, then price and quality 200 each in the order of the alphabet, 100 without."""
    found = by_reason(
        ["quality", "price", None, "delivery", "price", "delivery"], [200, 150, 100, 400, 50, 100]
    )
    assert found["reason"].tolist() == ["delivery", "price", "quality", None]
    assert found["documents"].tolist() == [2, 2, 1, 1]
    assert found["disputed"].tolist() == [500, 200, 200, 100]
    assert found["share"].tolist() == [0.5, 0.2, 0.2, 0.1]
    assert found["cumulative_share"].tolist() == [0.5, 0.7, 0.9, 1]


def test_reasons_of_nothing():
    assert len(by_reason([], [])) == 0
    found = by_reason(["price", None], [0, 0])
    assert found["reason"].tolist() == [None, "price"]
    assert np.isnan([*found["share"], *found["cumulative_share"]]).all()


def test_shares_so_far_add_up_exactly():
    found = by_reason(list("abc"), [0.1, 0.1, 0.1])
    assert found["cumulative_share"].tolist() == [0.1 / 0.3, 0.2 / 0.3, 1]


def test_days_of_what_was_resolved_in_a_year():
    """Closed from 1 January to 31 December 2025; nobody noted when the last began."""
    record = log(
        ("1", "A", "2025-12-01", 1, "resolved", "2025-12-31"),
        ("1", "A", "2024-12-30", 1, "resolved", "2025-01-01"),
        ("1", "A", "2024-12-01", 1, "resolved", "2024-12-31"),
        ("1", "A", "2025-12-01", 1, "resolved", "2026-01-01"),
        ("1", "A", "2025-12-01", 1, "open", None),
        ("1", "A", None, 1, "resolved", "2025-06-01"),
    )
    np.testing.assert_equal(resolved_days(record, AS_OF), [30, 2, np.nan])
    assert resolved_days(None, AS_OF).tolist() == []


@pytest.mark.parametrize("column", ["raised_on", "resolved_on"])
@pytest.mark.parametrize("function", [resolved_days, lambda record, day: contested(books(), record, day)])
def test_the_record_is_refused_by_its_column(column, function):
    record = log(("1", "A", None, 1, "open", None))
    wrong = Table({**record.columns, column: np.array(["soon"], object)})
    with pytest.raises(InputError) as caught:
        function(wrong, AS_OF)
    assert caught.value.argument == f"disputes, {column}"


def test_reasons_refuse_by_name():
    with pytest.raises(InputError) as caught:
        by_reason(["price"], ["x"])
    assert caught.value.argument == "disputed"
