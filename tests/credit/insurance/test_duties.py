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


def test_each_duty_with_its_own_money():
    """A owes 2 in EUR, 8 in USD, 16 in a currency nobody names; the credit is no debt. Thirty days ahead."""
    found = duties(
        coded(["B", "A", None, "A", "A", "A"], "c"),
        ["2025-04-10", "2025-03-31", "2025-04-20", "2025-05-31", "2025-06-01", "2025-02-01"],
        [1.0, 2.0, 4.0, 8.0, 16.0, -32.0],
        coded(["USD", "EUR", None, "USD", None, "EUR"], "currency"),
        "2025-06-15",
        {"maximum_extension_days": 60, "notice_days": 30},
    )
    assert list(found.columns) == ["row", "duty", "date", "days_left", "currency", "amount"]
    assert [(row, duty, str(date), *rest) for row, duty, date, *rest in found.rows()] == [
        (1, "stop deliveries", "2025-05-30", -16, -1, 16),
        (1, "stop deliveries", "2025-05-30", -16, 0, 8),
        (1, "stop deliveries", "2025-05-30", -16, 1, 2),
        (0, "stop deliveries", "2025-06-09", -6, 0, 1),
        (2, "stop deliveries", "2025-06-19", 4, -1, 4),
        (1, "give notice", "2025-06-29", 14, 1, 2),
        (0, "give notice", "2025-07-09", 24, 0, 1),
    ]


def test_a_horizon_leaves_out_what_comes_later():
    given = (coded(["A"], "c"), ["2025-03-31"], [1.0], coded(["EUR"], "currency"), "2025-05-20")
    assert len(duties(*given, {"maximum_extension_days": 60}, 10)) == 1
    assert len(duties(*given, {"maximum_extension_days": 60}, 9)) == 0
    assert (
        len(
            duties(
                coded([], "c"), [], [], coded([], "currency"), "2025-05-20", {"maximum_extension_days": 60}
            )
        )
        == 0
    )


@pytest.mark.parametrize(
    ("day", "horizon", "expected"),
    [
        ("2026-01-04", 0, [("2026-01-04", "2026-01-04")]),
        ("2026-01-04", 1, [("2026-01-04", "2026-01-04"), ("2026-01-05", "2026-01-05")]),
        ("2026-01-05", 6, [("2026-01-05", "2026-01-11")]),
        ("2026-01-05", 7, [("2026-01-05", "2026-01-11"), ("2026-01-12", "2026-01-12")]),
        ("2026-01-05", -1, []),
    ],
)
def test_weeks_from_monday_to_sunday(day, horizon, expected):
    assert [(str(week.first), str(week.last)) for week in weeks(day, horizon)] == expected


def test_only_the_chosen_are_summed_and_money_nobody_knows_elsewhere_is_no_matter():
    date = np.array(["2025-12-30", "2026-01-01", "2026-01-01", "2026-01-05"], "M8[D]")
    counts, sums = week_sums(
        date, np.array([0.1, 0.2, 0.4, 0.8]), np.array([1, 1, 0, 1], bool), weeks("2025-12-31", 7)
    )
    assert (counts.tolist(), sums.tolist()) == ([1, 1, 1], [0.1, 0.2, 0.8])
