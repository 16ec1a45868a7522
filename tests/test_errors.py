"""Errors and findings speak both languages and survive the way to another process."""

import pickle

import numpy as np
import pytest

from arcredit.errors import ArcreditError, Finding, InputError
from arcredit.shapes import dates, edges, flags, numbers, share


def test_message_has_its_three_beats_in_both_languages():
    with pytest.raises(InputError) as caught:
        share([0.9, 90], "insured_percentage")
    assert str(caught.value) == (
        "insured_percentage: 90 is above 1. Give 1 or less; shares and rates are fractions, 0.9 and not 90."
    )
    assert caught.value.text("zh").startswith("insured_percentage：90 大于 1。")
    assert caught.value.cell == "#NUM!"
    assert caught.value.where.tolist() == [False, True]


def test_an_error_survives_pickling():
    error = InputError(
        "input.not_a_date", cell="#VALUE!", where=np.array([True]), argument="as_of", found="x"
    )
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is InputError
    assert isinstance(again, ArcreditError)
    assert (str(again), again.cell, again.where.tolist()) == (str(error), error.cell, [True])


def test_a_finding_survives_pickling():
    finding = Finding(
        "error", "book.xlsx", "Ledger", "C7", "input.not_a_date", {"argument": "a", "found": "b"}
    )
    assert pickle.loads(pickle.dumps(finding)) == finding
    assert finding.message("zh").startswith("a：")


@pytest.mark.parametrize(
    ("read", "cell"),
    [
        (lambda: numbers(["1,5", 2], "amount"), "#VALUE!"),
        (lambda: numbers(True, "amount"), "#VALUE!"),
        (lambda: numbers(float("inf"), "amount"), "#NUM!"),
        (lambda: numbers(-1, "amount", low=0), "#NUM!"),
        (lambda: dates("03/04/2025", "due_date"), "#VALUE!"),
        (lambda: dates("2025-02-30", "due_date"), "#VALUE!"),
        (lambda: dates(60, "due_date"), "#VALUE!"),
        (lambda: dates(-1, "due_date"), "#VALUE!"),
        (lambda: flags("perhaps", "disputed"), "#VALUE!"),
        (lambda: edges("60,30"), "#NUM!"),
        (lambda: edges("30,x"), "#VALUE!"),
    ],
)
def test_bad_arguments(read, cell):
    with pytest.raises(InputError) as caught:
        read()
    assert caught.value.cell == cell


def test_serial_numbers_are_days_of_the_1900_calendar():
    found = dates([45658, 45658.75, 61, 59, 1, None], "due_date").tolist()
    assert [day and day.isoformat() for day in found] == [
        "2025-01-01",
        "2025-01-01",
        "1900-03-01",
        "1900-02-28",
        "1900-01-01",
        None,
    ]
