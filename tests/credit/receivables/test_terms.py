"""Terms of payment and days past due."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.terms import Terms, ar_days_past_due, ar_due_date, parsed
from arcredit.errors import InputError

DATES = st.dates(dt.date(1990, 1, 1), dt.date(2080, 1, 1))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("30", Terms(days=30)),
        ("30.0", Terms(days=30)),
        ("30 net", Terms(days=30)),
        ("NET 30 DAYS", Terms(days=30)),
        ("2/10 n/30", Terms(days=30)),
        ("1.5%/10, net 45", Terms(days=45)),
        ("2% 10 net 30", Terms(days=30)),
        ("2% 10 days, net 30 days", Terms(days=30)),
        ("Z030", Terms(days=30)),
        ("NT30", Terms(days=30)),
        ("30 日", Terms(days=30)),
        ("30 days from invoice date", Terms(days=30)),
        ("票后60天", Terms(days=60)),
        ("开票后45天内付款", Terms(days=45)),
        ("net 60 eom", Terms(days=60, month_end=True)),
        ("60天月末", Terms(days=60, month_end=True)),
        ("eom+45", Terms(month_end=True, days_after=45)),
        ("月结60天", Terms(month_end=True, days_after=60)),
        ("3 months", Terms(months=3)),
        ("15th next month", Terms(day_next=15)),
        ("下月5号", Terms(day_next=5)),
        ("upon receipt", Terms()),
        ("immediately", Terms()),
    ],
)
def test_what_is_read(text, terms):
    assert parsed(text) == terms


@pytest.mark.parametrize(
    "text", ["月结", "货到付款", "预付", "cod", "30.5", "30 or 60", "2/10", "next", "-30", "99999"]
)
def test_what_is_refused(text):
    assert parsed(text) is None


@given(DATES, st.integers(0, 400))
def test_net_days(day, days):
    assert ar_due_date(day, days) == np.datetime64(day + dt.timedelta(days))
    assert ar_days_past_due(ar_due_date(day, days), day) == -days


@given(DATES, st.integers(0, 24))
def test_months_keep_the_day_or_stop_at_the_month_end(day, months):
    due = ar_due_date(day, f"{months}m").item()
    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == months
    assert due.day == day.day or ((due + dt.timedelta(1)).day == 1 and due.day < day.day)


@given(DATES, st.integers(0, 120))
def test_the_two_ends_of_month(day, days):
    then_end, end_then = ar_due_date(day, [f"{days} eom", f"eom {days}"]).tolist()
    assert (then_end + dt.timedelta(1)).day == 1
    assert 0 <= (then_end - day).days - days <= 30
    assert ((end_then - dt.timedelta(days)) + dt.timedelta(1)).day == 1


@given(DATES, st.integers(1, 31))
def test_a_day_of_next_month(day, wanted):
    due = ar_due_date(day, f"{wanted} next").item()
    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == 1
    assert due.day == wanted or (due + dt.timedelta(1)).day == 1


def test_shapes_and_blanks():
    dates = np.array([["2025-01-15"], ["2025-02-15"]], "datetime64[D]")
    block = ar_due_date(dates, np.array(["net 30", None, "1m"], object))
    assert block.shape == (2, 3)
    assert np.isnat(block[:, 1]).all()
    assert str(block[1, 2]) == "2025-03-15"
    assert str(ar_due_date("2025-01-15", 30)) == "2025-02-14"
    assert np.isnat(ar_due_date(None, 30))
    assert np.isnat(ar_due_date("2025-01-15", None))
    assert ar_due_date("2025-01-15", np.array([30.0, np.nan])).astype(str).tolist() == ["2025-02-14", "NaT"]
    assert len(ar_due_date([], [])) == 0


def test_where_the_unknown_terms_are():
    with pytest.raises(InputError) as caught:
        ar_due_date("2025-01-15", [["net 30", "soon"], [None, "later"]])
    assert caught.value.cell == "#VALUE!"
    assert caught.value.where.tolist() == [[False, True], [False, True]]
    assert "'soon'" in str(caught.value)
    assert "付款条件" in caught.value.text("zh")


def test_a_payment_after_the_day_has_not_happened():
    assert ar_days_past_due("2025-05-31", "2025-06-30", "2025-06-30") == 30
    assert ar_days_past_due("2025-05-31", "2025-06-30", "2025-07-31") == 30
    assert ar_days_past_due("2025-05-31", "2025-06-30", "2025-05-01") == -30


def test_days_past_due_blanks_shapes_and_errors():
    block = ar_days_past_due(np.array([["2025-05-31"], [None]], object), ["2025-06-30", None])
    assert block.shape == (2, 2)
    assert block[0, 0] == 30
    assert np.isnan(block).sum() == 3
    with pytest.raises(InputError) as caught:
        ar_days_past_due(["2025-05-31", "31/05/2025"], "2025-06-30")
    assert caught.value.where.tolist() == [False, True]
