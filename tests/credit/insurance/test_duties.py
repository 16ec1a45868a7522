"""Duties over several currencies and their weeks."""

import datetime as dt
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.insurance.deadlines import tci_deadlines
from arcredit.credit.insurance.duties import duties, week_sums, weeks
from arcredit.errors import InputError
from arcredit.shapes import coded

POLICY = {"maximum_extension_days": 60, "notice_days": 30, "waiting_days": 180, "filing_days": 240}


def test_one_currency_is_tci_deadlines():
    customer, due, amount = ["A", "B", "A"], ["2025-03-31", "2025-05-01", None], [100.0, 50.0, 9.0]
    expected = tci_deadlines(customer, ["0", "1", "2"], due, amount, "2025-06-15", POLICY, 200)
    found = duties(
        coded(customer, "c"), due, amount, coded(["EUR"] * 3, "currency"), "2025-06-15", POLICY, 200
    )
    for name in ("duty", "days_left", "amount"):
        np.testing.assert_array_equal(found[name], expected[name])
    assert [str(row) for row in found["row"]] == expected["invoice"].tolist()


def test_a_stop_stands_once_for_each_currency_at_one_date():
    """EX-5.12: due 31 March, 60 days: stop on 30 May, whatever the currency of the later invoice."""
    found = duties(
        coded(["A", "A", "A"], "c"),
        ["2025-03-31", "2025-04-30", "2025-05-31"],
        [100.0, 7.0, 3.0],
        coded(["EUR", "USD", "EUR"], "currency"),
        "2025-05-20",
        {"maximum_extension_days": 60},
    )
    assert found["amount"].tolist() == [103.0, 7.0]
    assert {str(day) for day in found["date"]} == {"2025-05-30"}


def test_a_policy_without_periods_is_refused():
    with pytest.raises(InputError):
        duties(coded(["A"], "c"), ["2025-03-31"], [1.0], coded(["EUR"], "currency"), "2025-05-20", {})


@given(st.dates(dt.date(1999, 1, 1), dt.date(2050, 1, 1)), st.integers(0, 100))
def test_weeks_follow_each_other_and_end_on_sundays(day, horizon):
    found = weeks(day, horizon)
    assert found[0].first == np.datetime64(day)
    assert found[-1].last == np.datetime64(day) + horizon
    for week, later in pairwise(found):
        assert week.last + 1 == later.first
        assert week.last.item().weekday() == 6
    assert sum(int((week.last - week.first).astype(int)) + 1 for week in found) == horizon + 1


def test_sums_by_week():
    date = np.array(["2025-12-30", "2025-12-31", "2026-01-04", "2026-01-05", "2027-01-01", "NaT"], "M8[D]")
    counts, sums = week_sums(date, np.array([1.0, 2, 4, 8, 16, 32]), date == date, weeks("2025-12-31", 7))
    assert counts.tolist() == [1, 2, 1]
    assert sums.tolist() == [1, 6, 8]
