"""Deadlines: calendar months, edge days, and the table of duties against a plain list."""

import calendar
import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.insurance.deadlines import (
    DUTIES,
    duty_text,
    tci_deadlines,
    tci_file_by,
    tci_loss_date,
    tci_notify_by,
    tci_stop_date,
)
from arcredit.credit.period import after, period
from arcredit.errors import InputError

DAY = st.dates(dt.date(1999, 1, 1), dt.date(2100, 12, 31))
ONE_DATE = [tci_stop_date, tci_loss_date, tci_file_by]


def months_later(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@given(DAY, st.integers(0, 120))
def test_months_agree_with_the_calendar(day, months):
    assert after(np.datetime64(day), period(f"{months} months", "x")).item() == months_later(day, months)


@given(DAY, st.integers(0, 1000), st.integers(0, 1000))
def test_days_add_up(day, extension, notice):
    assert tci_stop_date(day, extension).item() == day + dt.timedelta(extension)
    assert tci_notify_by(day, extension, notice).item() == day + dt.timedelta(extension + notice)
    assert tci_file_by(day, notice).item() == day + dt.timedelta(notice)


@given(DAY, DAY, st.integers(0, 400))
def test_the_loss_is_the_earlier_of_two_dates(due, insolvency, waiting):
    assert tci_loss_date(due, waiting, insolvency).item() == min(insolvency, due + dt.timedelta(waiting))


@pytest.mark.parametrize("text", ["6 months", "6m", "6 M", "6个月", "6 month", "6月"])
def test_ways_to_write_months(text):
    assert str(tci_loss_date("2025-03-31", text)) == "2025-09-30"


@pytest.mark.parametrize("text", ["60", "60 days", "60d", "60天", 60, 60.0])
def test_ways_to_write_days(text):
    assert str(tci_stop_date("2025-03-31", text)) == "2025-05-30"


@pytest.mark.parametrize("function", ONE_DATE)
def test_scalar_column_block_and_blank(function):
    assert isinstance(function("2025-01-31", 1), np.datetime64)
    column = function(["2025-01-31", None, "2024-02-28"], [1, 1, None])
    assert column.tolist() == [dt.date(2025, 2, 1), None, None]
    block = function([["2025-01-31"], ["2024-02-28"]], [[0, "1m", 2]])
    assert block.astype(str).tolist() == [
        ["2025-01-31", "2025-02-28", "2025-02-02"],
        ["2024-02-28", "2024-03-28", "2024-03-01"],
    ]


def test_an_unknown_due_date_stays_unknown_in_an_insolvency():
    assert np.isnat(tci_loss_date(None, 180, "2025-01-01"))
    assert str(tci_loss_date("2025-01-01", 180, None)) == "2025-06-30"


@pytest.mark.parametrize("function", ONE_DATE)
@pytest.mark.parametrize(
    ("days", "cell", "where"),
    [
        ([1, -1], "#NUM!", [False, True]),
        ([1.5, 1], "#NUM!", [True, False]),
        ([1, "soon"], "#VALUE!", [False, True]),
        ([40_000, 1], "#NUM!", [True, False]),
        ([True, 1], "#VALUE!", [True, False]),
    ],
)
def test_errors_name_the_places(function, days, cell, where):
    with pytest.raises(InputError) as caught:
        function(["2025-01-31", "2025-01-31"], days)
    assert caught.value.cell == cell
    assert caught.value.where.tolist() == where


def test_a_text_date_that_reads_two_ways_is_refused():
    with pytest.raises(InputError) as caught:
        tci_stop_date("03/04/2025", 60)
    assert (caught.value.cell, caught.value.argument) == ("#VALUE!", "oldest_due_date")


POLICY = {"maximum_extension_days": 60, "notice_days": 30, "waiting_days": 180, "filing_days": "8 months"}
ITEM = st.tuples(
    st.sampled_from(["A", "B", None]),
    st.none() | st.dates(dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
    st.integers(-500, 50_000).map(lambda cents: cents / 100),
)


@given(st.lists(ITEM, max_size=12), st.dates(dt.date(2025, 1, 1), dt.date(2026, 6, 1)), st.integers(0, 90))
def test_duties_agree_with_a_plain_list(items, as_of, horizon):
    customer, due, amount = zip(*items, strict=True) if items else ((), (), ())
    expected = []
    for number, (name, day, money) in enumerate(items):
        if money <= 0:
            continue
        if day is None:
            expected.append((dt.date.max, DUTIES[4], name, str(number), money))
            continue
        expected += [
            (day + dt.timedelta(90), DUTIES[1], name, str(number), money),
            (day + dt.timedelta(180), DUTIES[2], name, str(number), money),
            (months_later(day, 8), DUTIES[3], name, str(number), money),
        ]
    for name in ("A", "B", None):
        mine = [
            (day, number)
            for number, (owner, day, money) in enumerate(items)
            if owner == name and money > 0 and day
        ]
        if mine:
            oldest, number = min(mine)
            debt = sum(round(money * 100) for owner, _, money in items if owner == name and money > 0) / 100
            expected.append((oldest + dt.timedelta(60), DUTIES[0], name, str(number), debt))
    expected = [row for row in expected if row[0] == dt.date.max or (row[0] - as_of).days <= horizon]
    found = tci_deadlines(customer, range(len(items)), due, amount, as_of, POLICY, horizon)
    rows = [(row[3] or dt.date.max, row[2], row[0], row[1], row[5]) for row in found.rows()]
    assert sorted(rows, key=str) == sorted(expected, key=str)
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    days = [row[4] for row in found.rows()]
    assert days == [None if row[0] == dt.date.max else (row[0] - as_of).days for row in rows]


def test_the_horizon_is_inclusive_and_blank_is_30():
    def duties(as_of, *horizon):
        return tci_deadlines(["A"], [1], ["2025-03-31"], [5], as_of, {"waiting_days": 30}, *horizon)[
            "date"
        ].tolist()

    assert duties("2025-03-31") == duties("2025-03-31", None) == [dt.date(2025, 4, 30)]
    assert duties("2025-03-30") == []
    assert duties("2025-04-30", 0) == [dt.date(2025, 4, 30)]
    assert duties("2025-12-31", 0) == [dt.date(2025, 4, 30)]


@pytest.mark.parametrize(
    ("change", "cell", "argument"),
    [
        ({"policy": {"insured_percentage": 0.9}}, "#VALUE!", "policy"),
        ({"policy": {"maximum_extension_days": None, "notice_days": 30}}, "#VALUE!", "policy"),
        ({"horizon_days": -1}, "#NUM!", "horizon_days"),
        ({"as_of": None}, "#VALUE!", "as_of"),
        ({"invoice": [1, 2]}, "#VALUE!", "invoice"),
    ],
)
def test_errors_of_the_table(change, cell, argument):
    given_ = {"customer": ["A"], "invoice": [1], "due_date": ["2025-03-31"], "open_amount": [5]}
    with pytest.raises(InputError) as caught:
        tci_deadlines(**{**given_, "as_of": "2025-03-31", "policy": POLICY, **change})
    assert (caught.value.cell, caught.value.argument) == (cell, argument)


def test_duties_read_in_both_languages():
    assert [duty_text(duty) for duty in DUTIES][3] == "File the claim"
    assert duty_text("file claim", "zh") == "提交索赔"


@pytest.mark.parametrize("length", ["5000 months", "-1", "soon", 400_000, 1.5, -1])
def test_periods_nobody_means_are_refused_by_name(length):
    with pytest.raises(InputError) as caught:
        tci_stop_date(["2025-03-31", "2025-03-31"], [60, length])
    assert caught.value.argument == "extension_days"
    assert caught.value.cell == ("#VALUE!" if length in ("-1", "soon") else "#NUM!")
    assert np.asarray(caught.value.where).tolist() == [False, True]
