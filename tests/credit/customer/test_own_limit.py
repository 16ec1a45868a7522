"""Our own limit in force on a day."""

import numpy as np
import pytest

from arcredit.credit.customer.own_limit import own_limits
from arcredit.errors import InputError

NONE = np.datetime64("NaT", "D")


def own(*lines, count=1, as_of="2025-06-30"):
    """Lines of (customer, limit, from, to, temporary, review)."""
    who, limit, start, end, brief, review = zip(*lines, strict=True) if lines else ((),) * 6
    return own_limits(
        np.array(who, int), count, list(limit), list(start), list(end), list(brief), list(review), as_of
    )


def test_nobody_decided():
    found = own(count=2)
    assert np.isnan(found.limit).all()
    assert found.state.tolist() == ["none", "none"]
    assert found.row.tolist() == [-1, -1]


@pytest.mark.parametrize(
    ("start", "end", "limit", "state"),
    [
        (None, None, 100.0, "in force"),
        ("2025-06-30", "2025-06-30", 100.0, "in force"),
        ("2025-07-01", None, np.nan, "none"),
        (None, "2025-06-29", 0.0, "expired"),
    ],
)
def test_first_and_last_day_belong_to_it(start, end, limit, state):
    found = own((0, 100.0, start, end, None, None))
    np.testing.assert_equal(found.limit[0], limit)
    assert found.state[0] == state


def test_the_latest_decision_counts_and_one_in_force_before_one_that_ended():
    lines = [
        (0, 1.0, "2025-01-01", None, False, None),
        (0, 3.0, "2025-03-01", "2025-04-30", False, None),
        (0, 2.0, "2025-02-01", None, False, "2025-12-31"),
    ]
    found = own(*lines)
    assert (found.limit[0], found.state[0], found.row[0]) == (2.0, "in force", 2)
    assert str(found.review[0]) == "2025-12-31"


def test_of_equal_days_the_last_line():
    assert own((0, 1.0, None, None, False, None), (0, 2.0, None, None, False, None)).limit[0] == 2.0


def test_a_temporary_limit_replaces_the_lasting_one_while_it_lasts():
    base, extra = (0, 10.0, None, None, False, None), (0, 50.0, "2025-06-01", "2025-06-30", True, None)
    assert own(base, extra).limit.tolist() == [50.0]
    assert str(own(base, extra).until[0]) == "2025-06-30"
    after = own(base, extra, as_of="2025-07-01")
    assert (after.limit[0], after.state[0]) == (10.0, "in force")
    assert np.isnat(after.until[0])


def test_a_temporary_limit_stands_over_an_expired_one():
    base, extra = (
        (0, 10.0, None, "2025-05-31", False, None),
        (0, 50.0, "2025-06-01", "2025-07-31", True, None),
    )
    assert own(base, extra).limit[0] == 50.0


@pytest.mark.parametrize(
    "line",
    [
        (0, None, None, None, False, None),
        (0, None, "2025-06-01", "2025-07-01", True, None),
        (0, 5.0, None, None, True, None),
    ],
)
def test_what_is_not_stated_is_unknown(line):
    """No amount, or a temporary limit without its days."""
    found = own((0, 9.0, "2025-01-01", None, False, None), line) if line[4] else own(line)
    assert np.isnan(found.limit[0])
    assert found.state[0] != "none"


def test_zero_is_a_limit():
    assert own((0, 0.0, None, None, False, None)).limit.tolist() == [0.0]


def test_others_do_not_matter():
    found = own((-1, 7.0, None, None, False, None), (1, 8.0, None, None, False, None), count=3)
    np.testing.assert_equal(found.limit, [np.nan, 8.0, np.nan])


LINE = {
    "credit_limit": [1.0],
    "valid_from": [None],
    "valid_to": [None],
    "temporary": [None],
    "review_date": [None],
    "as_of": "2025-06-30",
}


@pytest.mark.parametrize("argument", LINE)
def test_what_is_wrong_is_named(argument):
    with pytest.raises(InputError) as caught:
        own_limits(np.array([0]), 1, **(LINE | {argument: "soon" if argument == "as_of" else ["soon"]}))
    assert caught.value.argument == argument


def test_a_negative_limit_is_refused():
    with pytest.raises(InputError) as caught:
        own((0, -0.01, None, None, False, None))
    assert caught.value.argument == "credit_limit"


def test_a_decision_without_a_first_day_is_the_oldest():
    dated, open_ended = (0, 1.0, "1990-01-01", None, False, None), (0, 2.0, None, None, False, None)
    assert own(dated, open_ended).limit.tolist() == own(open_ended, dated).limit.tolist() == [1]
    # Of those that have all ended, the one that began last has expired.
    ended = [
        (0, 1.0, "2024-01-01", "2024-12-31", False, None),
        (0, 2.0, "2025-01-01", "2025-01-31", False, None),
    ]
    for lines in (ended, ended[::-1]):
        found = own(*lines)
        assert (found.state[0], str(found.until[0]), found.limit[0]) == ("expired", "2025-01-31", 0)


@pytest.mark.parametrize(
    ("start", "end", "state", "limit"),
    [
        ("2025-06-30", "2025-06-30", "temporary", 50),
        ("2025-07-01", "2025-07-31", "none", np.nan),
        ("2025-06-01", "2025-06-29", "none", np.nan),
        (None, "2025-07-31", "temporary", np.nan),
        ("2025-06-01", None, "temporary", np.nan),
    ],
)
def test_a_temporary_limit_alone(start, end, state, limit):
    found = own((0, 50.0, start, end, True, "2025-07-15"))
    assert found.state[0] == state
    np.testing.assert_equal(found.limit[0], limit)
    assert str(found.review[0]) == ("NaT" if state == "none" else "2025-07-15")
    assert found.row[0] == (-1 if state == "none" else 0)


def test_each_customer_has_his_own():
    found = own(
        (2, 30.0, "2025-01-01", None, False, "2025-08-31"),
        (0, 10.0, None, "2025-06-30", False, None),
        (2, 60.0, "2025-06-01", "2025-09-30", True, "2025-07-31"),
        (1, None, None, None, False, None),
        (0, 20.0, "2025-07-01", None, False, None),
        count=4,
    )
    np.testing.assert_equal(found.limit, [10, np.nan, 60, np.nan])
    assert found.state.tolist() == ["in force", "blank", "temporary", "none"]
    assert found.until.astype(str).tolist() == ["2025-06-30", "NaT", "2025-09-30", "NaT"]
    assert found.review.astype(str).tolist() == ["NaT", "NaT", "2025-07-31", "NaT"]
    assert found.row.tolist() == [1, 3, 2, -1]
