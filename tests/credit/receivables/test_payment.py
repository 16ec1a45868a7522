"""How customers pay."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.payment import (
    ar_days_beyond_terms,
    ar_days_to_pay,
    credit_pay_index,
    ledger_pay_index,
    weighted,
)
from arcredit.errors import InputError

DAY = np.datetime64("2025-01-01")
INVOICES = st.lists(
    st.tuples(st.integers(1, 10**7), st.integers(0, 90), st.integers(0, 400)), min_size=1, max_size=20
)


def invoices(rows):
    """Amount, invoice date, due date, paid date."""
    amount, terms, days = (np.array(part) for part in zip(*rows, strict=True))
    invoiced = np.full(len(rows), DAY)
    return amount / 100, invoiced, DAY + terms, DAY + days


@given(INVOICES)
def test_beyond_terms_is_days_to_pay_less_terms(rows):
    amount, invoiced, due, paid = invoices(rows)
    terms = ar_days_to_pay(amount, invoiced, due)
    beyond = ar_days_to_pay(amount, invoiced, paid) - terms
    assert ar_days_beyond_terms(amount, due, paid) == pytest.approx(beyond, abs=1e-9)


@given(INVOICES)
def test_floored_is_never_less_and_never_negative(rows):
    amount, _, due, paid = invoices(rows)
    floored = ar_days_beyond_terms(amount, due, paid, floored=True)
    assert floored >= max(ar_days_beyond_terms(amount, due, paid) - 1e-9, 0)


@given(INVOICES, st.integers(1, 30))
def test_splitting_an_invoice_changes_nothing(rows, parts):
    amount, _, due, paid = invoices(rows)
    split = [np.repeat(part, parts) for part in (amount / parts, due, paid)]
    assert ar_days_beyond_terms(*split) == pytest.approx(ar_days_beyond_terms(amount, due, paid), abs=1e-6)


@given(INVOICES)
def test_an_average_lies_within_its_items(rows):
    amount, invoiced, _, paid = invoices(rows)
    days = (paid - invoiced).astype(int)
    assert days.min() - 1e-9 <= ar_days_to_pay(amount, invoiced, paid) <= days.max() + 1e-9


@given(st.floats(-500, 500), st.floats(-500, 500))
def test_paying_later_never_raises_the_index(first, second):
    early, late = sorted([first, second])
    assert 100 >= credit_pay_index(early) >= credit_pay_index(late) >= 0


def test_index_shapes_blanks_and_errors():
    assert credit_pay_index(0) == 80
    assert credit_pay_index([[0, 15], [None, 30]]).shape == (2, 2)
    assert np.isnan(credit_pay_index(None))
    with pytest.raises(InputError) as caught:
        credit_pay_index([1, "late"])
    assert caught.value.where.tolist() == [False, True]


def test_what_does_not_count():
    """Unpaid invoices, credits and blanks are no experience of payment."""
    amount = [100, -50, 0, None, 200, 300]
    invoiced = ["2025-01-01"] * 5 + [None]
    paid = ["2025-01-11", "2025-05-01", "2025-05-01", "2025-05-01", None, "2025-05-01"]
    assert ar_days_to_pay(amount, invoiced, paid) == 10


def test_open_overdue_invoices_tell_the_truth():
    """One paid on time, one never paid: the paid one alone would say 0 days."""
    due = ["2025-01-31", "2025-01-31", "2025-04-30"]
    paid = ["2025-01-31", None, None]
    assert ar_days_beyond_terms([1, 1, 1], due, paid) == 0
    assert ar_days_beyond_terms([1, 1, 1], due, paid, as_of="2025-03-02") == 15
    assert ar_days_beyond_terms([1, 1, 1], due, paid, as_of="2025-01-31") == 0
    assert ar_days_beyond_terms([1, 1, 1], due, paid, None, "") == 0
    assert ar_days_beyond_terms([1, 1], ["2025-01-01", "2025-01-31"], [None, None], as_of="2025-01-31") == 30


def test_wrong_arguments():
    for arguments, cell, argument in [
        (([1, 2], ["2025-01-01"], ["2025-01-01"] * 2), "#VALUE!", "due_date"),
        (([1], ["2025-01-01"], ["1/2/2025"]), "#VALUE!", "paid_date"),
        (([1], ["2025-01-01"], ["2025-01-01"], "maybe"), "#VALUE!", "floored"),
        (([1], ["2025-01-01"], ["2025-01-01"], False, ["2025-01-01", "2025-01-02"]), "#VALUE!", "as_of"),
    ]:
        with pytest.raises(InputError) as caught:
            ar_days_beyond_terms(*arguments)
        assert (caught.value.cell, caught.value.argument) == (cell, argument)


def test_the_index_of_a_ledger():
    """EX-2.7: per invoice and weighted by amount 71.94, where that of the average days is 71.76."""
    amount = np.array([10_000.0, 5_000, 20_000, 1_000])
    due = DAY + np.array([30, 30, 60, 30])
    paid = DAY + np.array([28, 45, 75, 120])
    assert ledger_pay_index(amount, due, paid)[0] == pytest.approx(71.94, abs=0.005)
    assert np.isnan(ledger_pay_index(amount[:2], due[:2], paid[:2])[0])
    by_customer = ledger_pay_index(amount, due, paid, np.array([1, 1, 1, 0]), 2)
    assert np.isnan(by_customer[0])
    assert by_customer[1] > 71.94


def test_weighted_by_group():
    days, amount = np.array([10.0, 20, np.nan, 40]), np.array([1.0, 3, 5, 2])
    found = weighted(days, amount, np.array([0, 0, 0, 2]), 3)
    assert found[[0, 2]].tolist() == [17.5, 40]
    assert np.isnan(found[1])
