"""Dates as text and numbers: one order for the whole column, or a question."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.ledger.reading.amounts import BAD, EMPTY, GOOD
from arcredit.ledger.reading.days import days, possible_orders, readings, swapped
from arcredit.ledger.reading.raw import DATE, ERROR, NUMBER, RawColumn, blank_column
from arcredit.ledger.reading.raw import TEXT as WORDS

D = dt.date
LAST = D(2025, 12, 31)


def texts(*labels):
    column = blank_column(len(labels))
    column.kind[:] = WORDS
    column.code[:] = np.arange(len(labels))
    return RawColumn(
        column.kind, column.number, column.code, np.array(labels, object), column.formula, column.zeros
    )


def numbers(*values, kind=NUMBER):
    column = blank_column(len(values))
    column.kind[:] = kind
    column.number[:] = values
    return column


@pytest.mark.parametrize(
    "text",
    [
        "2025-12-31",
        "2025/12/31",
        "2025.12.31",
        "2025-12-31T00:00:00",
        "2025-12-31 08:30",
        "20251231",
        "46022",
        "31-Dec-2025",
        "31 Dec 25",
        "31 December 2025",
        "December 31, 2025",
        "Dec 31 2025",
        "31st December 2025",
        "Wed, 31 Dec 2025",
        "31. Dezember 2025",
        "31 déc. 2025",
        "31-dic-2025",
        "2025年12月31日",
        "2025 年 12 月 31 日",
        "２０２５年１２月３１日",
        "31/12/2025",
        "31.12.2025",
        "31.12.25",
        "31-12-2025",
        "12/31/2025",
        "12/31/2025 3:04 PM",
    ],
)
def test_spellings_of_one_day(text):
    assert set(readings(text).values()) == {LAST}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31/02/2025",
        "2025-13-01",
        "30 days",
        "Net 30",
        "1234",
        "12.2025",
        "1/2/3/4",
        "5/5",
        "99999999",
        "x",
    ],
)
def test_what_is_no_day(text):
    assert readings(text) == {}


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("03/04/2025", {"dmy", "mdy"}),
        ("13/04/2025", {"dmy"}),
        ("04/13/2025", {"mdy"}),
        ("03/04/25", {"dmy", "mdy"}),
        ("03-04-05", {"dmy", "mdy", "ymd"}),
        ("2025-04-03", {"dmy", "mdy", "ymd"}),
    ],
)
def test_the_orders_a_text_leaves(text, orders):
    assert set(readings(text)) == orders


def test_one_text_decides_for_all_columns():
    left, unclear, clash = possible_orders([texts("03/04/2025", "05/06/2025"), texts("13/04/2025")])
    assert (left, unclear, clash) == ({"dmy"}, "03/04/2025", ("", ""))


def test_nothing_decides():
    assert possible_orders([texts("03/04/2025")])[:2] == ({"dmy", "mdy"}, "03/04/2025")
    # The same day either way asks for nothing.
    assert possible_orders([texts("04/04/2025", "2025-01-31")])[1] == ""


def test_texts_that_contradict():
    assert possible_orders([texts("13/04/2025", "04/13/2025")])[2] == ("13/04/2025", "04/13/2025")


def test_a_text_of_another_order_is_not_bent():
    value, how = days(texts("13/04/2025", "04/13/2025", "04/04/2025"), "dmy", date_1904=False)
    assert how.tolist() == [GOOD, BAD, GOOD]
    assert value[0] == np.datetime64("2025-04-13")


@pytest.mark.parametrize("text", ["-", "n/a", "0000-00-00", "无", ""])
def test_what_stands_for_no_day(text):
    assert days(texts(text), None, date_1904=False)[1].tolist() == [EMPTY]


@pytest.mark.parametrize(
    ("number", "day"),
    [
        (45991, "2025-11-30"),
        (45991.99999, "2025-11-30"),
        (61, "1900-03-01"),
        (20251231, "2025-12-31"),
        (2958465, "9999-12-31"),
    ],
)
def test_serial_numbers(number, day):
    assert days(numbers(number), None, date_1904=False)[0][0] == np.datetime64(day)


def test_the_calendar_of_1904_is_1462_days_later():
    early, late = (days(numbers(44562, kind=DATE), None, date_1904=flag)[0][0] for flag in (False, True))
    assert (late - early).astype(int) == 1462
    assert str(late) == "2026-01-02"


def test_numbers_that_are_no_day():
    value, how = days(numbers(0, -5, 20251341, 3e6, np.nan), None, date_1904=False)
    assert how.tolist() == [EMPTY, BAD, BAD, BAD, BAD]
    assert np.isnat(value).all()
    assert days(numbers(1, kind=ERROR), None, date_1904=False)[1].tolist() == [BAD]


def imported(*cells):
    """A column of real dates and texts, as an import leaves it."""
    column = texts(*(cell if isinstance(cell, str) else "" for cell in cells))
    for place, cell in enumerate(cells):
        if not isinstance(cell, str):
            column.kind[place] = DATE
            column.number[place] = (cell - D(1899, 12, 30)).days
    return column


def test_an_import_that_swapped_days_and_months_is_seen():
    real = [D(2025, 5, 3), D(2025, 6, 4), D(2025, 7, 9)]
    assert swapped(imported(*real, "25/12/2025"), date_1904=False) == "25/12/2025"
    # One real date after the 12th, or one text that reads both ways, and it was no swap.
    assert not swapped(imported(*real, D(2025, 1, 20), "25/12/2025"), date_1904=False)
    assert not swapped(imported(*real, "25/12/2025", "03/04/2025"), date_1904=False)
    assert not swapped(imported(*real, "2025-12-25"), date_1904=False)
    assert not swapped(imported(*real), date_1904=False)


@given(st.dates(D(1990, 1, 1), D(2079, 12, 31)), st.sampled_from(["dmy", "mdy"]), st.sampled_from("/-."))
def test_any_day_reads_back(day, order, sign):
    parts = {"d": f"{day.day:02d}", "m": f"{day.month:02d}", "y": str(day.year)}
    assert readings(sign.join(parts[part] for part in order))[order] == day
    assert set(readings(day.isoformat()).values()) == {day}
    assert set(readings(f"{day:%d %b %Y}").values()) == {day}
