"""The order check: every reason, their order, and what nobody knows."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.customer.check import credit_check, credit_check_reason
from arcredit.errors import InputError

TODAY = dt.date(2026, 6, 30)
FINE = {"order_amount": 100, "credit_limit": 1000, "exposure": 0}


def both(**arguments):
    return credit_check(**arguments), credit_check_reason(**arguments)


def plain_check(case):
    """A second method: the rules one after the other, for one order, in cents."""
    order, limit, exposure = (case[name] for name in ("order_amount", "credit_limit", "exposure"))
    if order is None:
        return None, None
    expiry, day = case["limit_expiry"], case["as_of"]
    ended = expiry is not None and day is not None and day > expiry
    due, grade = case["oldest_days_past_due"], case["grade"]
    grace = 15 if case["grace_days"] is None else case["grace_days"]
    known = limit is not None and exposure is not None
    if case["legal_stop"]:
        return "HOLD", "legal"
    if case["insurer_stop"]:
        return "HOLD", "insurer"
    if due is not None and due > grace:
        return "HOLD", "overdue"
    if (known and exposure + order > limit) or (ended and order > 0):
        return "HOLD", "limit"
    if grade is not None and grade >= 9:
        return "HOLD", "grade"
    if not known:
        return None, None
    if 100 * (exposure + order) > 85 * limit or ended or (expiry is not None and day is None):
        return "REVIEW", "limit"
    if grade in (7, 8):
        return "REVIEW", "grade"
    return "OK", ""


def or_blank(values):
    return st.one_of(st.none(), values)


DAYS = st.sampled_from([None, TODAY - dt.timedelta(1), TODAY, TODAY + dt.timedelta(1)])
CENTS = st.sampled_from([0, 1, 10, 30, 8500, 8501, 10_000, 10_001])
CASE = st.fixed_dictionaries(
    {
        "order_amount": or_blank(CENTS),
        "credit_limit": or_blank(st.sampled_from([0, 10, 40, 10_000, 20_000])),
        "exposure": or_blank(st.one_of(CENTS, st.just(-500))),
        "oldest_days_past_due": or_blank(st.sampled_from([-5, 0, 1, 15, 16])),
        "grade": or_blank(st.sampled_from([1, 6, 7, 8, 9, 10])),
        "grace_days": or_blank(st.sampled_from([0, 15])),
        "limit_expiry": DAYS,
        "as_of": DAYS,
        "insurer_stop": st.sampled_from([None, False, False, True]),
        "legal_stop": st.sampled_from([None, False, False, True]),
    }
)


@given(st.lists(CASE, min_size=1, max_size=30))
def test_agrees_with_the_plain_check(cases):
    columns = {name: [case[name] for case in cases] for name in cases[0]}
    for name in ("order_amount", "credit_limit", "exposure"):
        columns[name] = [None if cents is None else cents / 100 for cents in columns[name]]
    found = zip(*(column.tolist() for column in both(**columns)), strict=True)
    assert list(found) == [plain_check(case) for case in cases]


def test_grace():
    late = FINE | {"oldest_days_past_due": [15, 15.5, 16]}
    for default in ({}, {"grace_days": None}):
        assert credit_check(**late, **default).tolist() == ["OK", "HOLD", "HOLD"]
    assert credit_check(**late, grace_days=[14, None, 16]).tolist() == ["HOLD", "HOLD", "OK"]


def test_shapes():
    assert both(**FINE) == ("OK", "")
    assert credit_check([[100], [2000]], 1000, [0, 900]).tolist() == [["OK", "REVIEW"], ["HOLD", "HOLD"]]
    assert credit_check(None, 1000, 0, legal_stop=True) is None


def test_binary_noise_holds_nobody():
    """0.1 + 0.2 is above 0.3 among doubles."""
    assert credit_check(0.1, 0.3, 0.2) == "REVIEW"
    assert credit_check(0.11, 0.3, 0.2) == "HOLD"
    assert credit_check(0.1, 1, 0.75) == "OK"


def test_nothing_lets_an_unknown_limit_pass():
    assert both(order_amount=1, credit_limit=None, exposure=0, grade=7) == (None, None)
    assert both(order_amount=1, credit_limit=None, exposure=0, grade=9) == ("HOLD", "grade")
    assert both(order_amount=1, credit_limit=10, exposure=None, oldest_days_past_due=16) == (
        "HOLD",
        "overdue",
    )


def test_an_expired_limit_holds_the_smallest_order():
    expired = {"limit_expiry": TODAY, "as_of": TODAY + dt.timedelta(1)}
    assert credit_check([0, 0.01], 1000, 0, **expired).tolist() == ["REVIEW", "HOLD"]


def test_a_limit_of_zero():
    assert credit_check([0, 1, 0], 0, [0, 0, 1]).tolist() == ["OK", "HOLD", "HOLD"]


@given(
    CASE, st.sampled_from(["order_amount", "exposure", "oldest_days_past_due", "grade"]), st.integers(1, 4)
)
def test_worse_never_gets_better(case, name, change):
    rank = {"OK": 0, "REVIEW": 1, "HOLD": 2}
    before = credit_check(**case)
    if case[name] is None or before is None or (name == "grade" and case[name] + change > 10):
        return
    assert rank[credit_check(**case | {name: case[name] + change})] >= rank[before]


@pytest.mark.parametrize(
    ("name", "value", "cell"),
    [
        ("order_amount", [0, -1], "#NUM!"),
        ("credit_limit", [0, -1], "#NUM!"),
        ("grace_days", [0, -1], "#NUM!"),
        ("grade", [1, 0], "#NUM!"),
        ("grade", [10, 11], "#NUM!"),
        ("exposure", [0, "x"], "#VALUE!"),
        ("oldest_days_past_due", [0, "x"], "#VALUE!"),
        ("as_of", [TODAY, "today"], "#VALUE!"),
        ("insurer_stop", [True, "?"], "#VALUE!"),
        ("limit_expiry", [TODAY, "31/12/26"], "#VALUE!"),
        ("legal_stop", [True, "?"], "#VALUE!"),
    ],
)
def test_refuses(name, value, cell):
    for function in (credit_check, credit_check_reason):
        with pytest.raises(InputError) as caught:
            function(**FINE | {name: value})
        error = caught.value
        assert (error.cell, error.argument, error.where.tolist()) == (cell, name, [False, True])
