"""Conventions: the same days, other columns, and where two of them differ."""

import datetime as dt
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.conventions import (
    CONVENTIONS,
    NAMES,
    YEAR_LABELS,
    ar_bucket,
    ar_convention_diff,
    columns_of,
)
from arcredit.errors import InputError

DAY = np.datetime64("2025-06-30")
EDGES = st.lists(st.integers(1, 400), min_size=1, max_size=8, unique=True).map(sorted)


@given(st.integers(-2000, 4000), EDGES)
def test_arcredit_is_the_textbook(day, edges):
    label = ar_bucket(day, edges)
    bounds = [0, *edges]
    if day <= 0:
        assert label == "current"
    elif day > edges[-1]:
        assert label == f">{edges[-1]}"
    else:
        low, high = map(int, label.split("-"))
        assert low <= day <= high
        assert (low - 1, high) in list(itertools.pairwise(bounds))


@given(st.sampled_from(sorted(CONVENTIONS)), EDGES, st.lists(st.integers(-2000, 4000), min_size=2))
def test_older_is_never_in_a_younger_column(convention, edges, days):
    columns = columns_of(convention, edges)
    order = columns.places[columns.places >= 0]
    assert list(order) == sorted(order)
    column = np.searchsorted(columns.starts, np.sort(days), side="right")
    assert (np.diff(column) >= 0).all()
    assert ar_bucket(np.sort(days), edges, convention).tolist() == [
        columns.labels[columns.label[i - 1]] for i in column
    ]


@given(st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31)), st.integers(0, 4000))
def test_years_end_on_the_anniversary(as_of, days):
    """Against plain calendar arithmetic: years are whole while the anniversary is not past."""
    document = as_of - dt.timedelta(days)
    years = next(n for n in range(1, 20) if as_of <= anniversary(document, n))
    expected = YEAR_LABELS[min(years, 6) - 1]
    assert ar_bucket(days, convention="cn_statutory", as_of=as_of) == expected
    assert ar_bucket(days, convention="cn_statutory") in (expected, None)


def anniversary(day, years):
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@pytest.mark.parametrize("convention", NAMES)
def test_every_convention_as_scalar_column_and_block(convention):
    days = np.array([[-40.0, 0.0, 45.0], [90.0, 400.0, np.nan]])
    block = ar_bucket(days, convention=convention)
    assert block.shape == (2, 3)
    assert block[1, 2] is None
    for place, day in np.ndenumerate(days):
        assert ar_bucket(day, convention=convention) == block[place]
    assert ar_bucket(None, convention=convention) is None


def test_part_of_a_day_is_cut_off():
    assert ar_bucket([30.9, 31.0, -0.5, 0.9]).tolist() == ["1-30", "31-60", "current", "current"]


def test_default_edges_are_the_systems_own():
    assert ar_bucket(130, convention="tryton") == "90"
    assert ar_bucket(130, [30, 60], "tryton") == "60"
    assert ar_bucket(130, None, None) == ">120"


def test_wrong_arguments():
    for arguments, cell, argument in [
        ((10, [60, 30]), "#NUM!", "edges"),
        ((10, ["x"]), "#VALUE!", "edges"),
        ((10, None, "sap"), "#VALUE!", "convention"),
        (("x",), "#VALUE!", "days_past_due"),
    ]:
        with pytest.raises(InputError) as caught:
            ar_bucket(*arguments)
        assert (caught.value.cell, caught.value.argument) == (cell, argument)


PAIRS = st.sampled_from(sorted(CONVENTIONS))


@given(st.lists(st.integers(-40, 150), min_size=1, max_size=30), PAIRS, PAIRS)
def test_differences_are_mutual_and_none_with_oneself(days, first, second):
    due = DAY - np.array(days, "timedelta64[D]")
    names = [f"{i:04}" for i in range(len(days))]
    there = ar_convention_diff(names, due, np.ones(len(days)), DAY, first, second)
    back = ar_convention_diff(names, due, np.ones(len(days)), DAY, second, first)
    assert there["document"].tolist() == back["document"].tolist()
    assert there["bucket_1"].tolist() == back["bucket_2"].tolist()
    assert len(ar_convention_diff(names, due, np.ones(len(days)), DAY, first, first)) == 1
    assert there["open_amount"][-1] == len(there) - 1


def test_other_labels_alone_are_no_difference():
    """5 days are 1-30 here and 0-30 there: the same stretch. On the due day itself they do differ."""
    table = ar_convention_diff(["a", "b"], [DAY - 5, DAY], [1, 2], DAY, "arcredit", "invoiceninja")
    assert table["document"].tolist() == ["b", None]
    assert table["bucket_2"].tolist() == ["0-30", None]


def test_more_columns_alone_are_no_difference():
    assert len(ar_convention_diff(["a"], [DAY - 150], [1], DAY, "arcredit", "tryton")) == 1


def test_blanks_and_missing_dates():
    table = ar_convention_diff(["a", "b"], [None, DAY - 30], [1, None], DAY, "arcredit", "oca")
    assert table["document"].tolist() == ["a", None]
    assert (table["bucket_1"][0], table["bucket_2"][0]) == ("none", "not due")
    assert np.isnan(table["days_past_due"][0])
