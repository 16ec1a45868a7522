"""Loss rates out of a ledger's own past: cohorts and roll rates by hand, and where there are too few."""

import numpy as np
import pytest

from arcredit.credit.receivables.loss_history import cohort, default_rates, first_day, rates_from, rolls
from credit_ledgers import books, days, happened

AS_OF, DUE = "2025-12-31", np.datetime64("2025-01-01")
EDGES = (30, 60)
PAID_AFTER = [0] * 10 + [30] * 6 + [31] * 5 + [60] * 4 + [61] * 2 + [180, 181, None]
"""Days from the due date to the payment of thirty invoices of 100."""


def invoices(count=30, due=DUE, amount=100.0, left=0.0, first=0):
    return [("A", str(first + number), str(due - 30), str(due), amount, left) for number in range(count)]


def paid(after=PAID_AFTER, *, due=DUE):
    return days(*(None if number is None else str(due + number) for number in after))


def test_a_cohort_by_hand():
    """30 × 100: 20 unpaid after the due day, 14 after 30 days, 5 after 60, 2 after 180."""
    ledger = books(*invoices(29), ("A", "29", "2024-12-02", "2025-01-01", 100.0), paid_date=paid())
    found = cohort(ledger, None, AS_OF, EDGES)
    assert found.documents == 30
    assert found.reached.tolist() == [3000, 2000, 1400, 500]
    assert found.lost == 200
    assert found.rates == pytest.approx([200 / 3000, 0.1, 200 / 1400, 0.4])
    half = cohort(ledger, None, AS_OF, EDGES, 0.5)
    assert (half.lost, half.rates[3]) == (100, 0.2)


def test_receipts_tell_the_same():
    events = [(str(row), str(DUE + after), -100) for row, after in enumerate(PAID_AFTER) if after is not None]
    found = cohort(books(*invoices(left=100.0)), happened(*events), AS_OF, EDGES)
    assert found.reached.tolist() == [3000, 2000, 1400, 500]
    assert found.lost == 200


@pytest.mark.parametrize(
    ("day", "documents"),
    [("2025-07-04", 30), ("2025-07-05", None), ("2023-07-05", 30), ("2023-07-04", None), (None, None)],
)
def test_due_dates_of_two_years_up_to_180_days_ago(day, documents):
    """180 days before 31 December is 4 July, 910 days before it 5 July 2023."""
    lines = [*invoices(29), ("A", "29", None, day, 100.0, 0.0)]
    found = cohort(books(*lines, paid_date=paid([0] * 30)), None, AS_OF, EDGES)
    assert (found and found.documents) == documents


@pytest.mark.parametrize(("amount", "documents"), [(-100.0, None), (0.0, None), (0.01, 30)])
def test_credits_are_no_documents_of_a_cohort(amount, documents):
    lines = [*invoices(29), ("A", "29", None, str(DUE), amount, 0.0)]
    found = cohort(books(*lines, paid_date=paid([0] * 30)), None, AS_OF, EDGES)
    assert (found and found.documents) == documents


def test_documents_outside_the_cohort_count_nowhere():
    """A hundred that is due today and a credit of old are no part of the money."""
    others = [("A", "new", None, AS_OF, 900.0), ("A", "credit", None, "2025-01-01", -900.0)]
    lines = [*invoices(), *others]
    ledger = books(*lines, paid_date=np.append(paid(), days(None, None)))
    assert cohort(ledger, None, AS_OF, EDGES).reached.tolist() == [3000, 2000, 1400, 500]


@pytest.mark.parametrize("paid_on", [None, days(*[None] * 30)])
def test_nothing_is_known_without_a_date_of_payment(paid_on):
    assert cohort(books(*invoices(), paid_date=paid_on), None, AS_OF, EDGES) is None


def test_a_ledger_without_documents_has_no_cohort():
    assert cohort(books(), happened(("1", AS_OF, -1)), AS_OF, EDGES) is None


def test_what_was_paid_in_part_is_what_the_ledger_says_of_it():
    """29 paid, one with 40 left; what is not stated is paid."""
    lines = [*invoices(28), *invoices(1, left=40.0, first=28), *invoices(1, left=np.nan, first=29)]
    found = cohort(books(*lines, paid_date=paid([0] * 30)), None, AS_OF, EDGES)
    assert (found.reached.tolist(), found.lost) == ([3000, 40, 40, 40], 40)
    assert found.rates == pytest.approx([40 / 3000, 1, 1, 1])


def test_a_bucket_that_nothing_has_reached_loses_nothing():
    found = cohort(books(*invoices(), paid_date=paid([0] * 30)), None, AS_OF, EDGES)
    assert found.reached.tolist() == [3000, 0, 0, 0]
    assert found.rates.tolist() == [0, 0, 0, 0]


def test_credit_notes_reduce_and_write_offs_do_not():
    """All paid in time but four: 50 credited, 50 written off, one without a day, one paid too much."""
    events = [(str(row), str(DUE), -100, "receipt") for row in range(26)]
    events += [
        ("26", str(DUE + 10), -50, "credit_note"), ("27", str(DUE + 10), -50, "write_off"),
        ("28", None, -100, None), ("29", str(DUE + 40), -130, "receipt"), ("no", str(DUE), -999, "receipt"),
    ]  # fmt: skip
    found = cohort(books(*invoices()), happened(*events), AS_OF, EDGES)
    # After the due day 26, 27, 29 stand; after 30 days 50, 100, 100; after 60 the 130 owe nothing.
    assert (found.reached.tolist(), found.lost) == ([3000, 300, 250, 150], 150)


def test_a_bounced_payment_never_reaches_an_earlier_bucket():
    """One is 10 days late, the others are not; one of these goes back 40 days later."""
    events = [(str(row), str(DUE + 10 * (row == 1)), -100) for row in range(30)] + [("0", str(DUE + 40), 100)]
    found = cohort(books(*invoices()), happened(*events), AS_OF, EDGES)
    assert (found.reached.tolist(), found.lost) == ([3000, 100, 0, 0], 0)


def test_instalments_are_followed_from_the_first():
    """Number 0 has two instalments, 60 days apart: 100 on the second day pays the first."""
    lines = [*invoices(), ("A", "0", None, str(DUE + 60), 50.0, 0.0)]
    events = [(str(row), str(DUE + (row == 0)), -100) for row in range(30)]
    found = cohort(books(*lines), happened(*events), AS_OF, EDGES)
    assert found.documents == 31
    assert (found.reached.tolist(), found.lost) == ([3050, 150, 50, 50], 50)


def month(day, current, first, second, old=0.0):
    """Open items of a day: not due, 10 and 40 days late, beyond 60 days."""
    late = {-5: current, 10: first, 40: second, 300: old}
    rows = [("A", str(age), None, str(np.datetime64(day) - age), money) for age, money in late.items()]
    return day, books(*rows)


OCTOBER, NOVEMBER, DECEMBER = (
    month("2025-10-31", 100, 50, 20, 1000),
    month("2025-11-30", 200, 40, 25, 1000),
    month("2025-12-15", 300, 80, 30),
)


def test_roll_rates_by_hand():
    """(40 + 80) ÷ (100 + 200) and (25 + 30) ÷ (50 + 40); what is older is no part of it."""
    found = rolls([DECEMBER, OCTOBER, NOVEMBER], EDGES, 0.5)
    assert found.ends.astype(str).tolist() == ["2025-10-31", "2025-11-30", "2025-12-15"]
    assert found.balances.tolist() == [[100, 50, 20], [200, 40, 25], [300, 80, 30]]
    assert found.table["roll_rate"][:2] == pytest.approx([0.4, 55 / 90])
    assert found.table["loss_rate"] == pytest.approx([0.4 * 55 / 90 * 0.5, 55 / 90 * 0.5, 0.5])
    assert rolls([OCTOBER, NOVEMBER, DECEMBER], EDGES).table["loss_rate"][2] == 1


def test_the_last_day_of_a_month_counts_for_it():
    earlier = month("2025-11-02", 9, 9, 9)
    for given in ([OCTOBER, earlier, NOVEMBER, DECEMBER], [OCTOBER, NOVEMBER, earlier, DECEMBER]):
        assert rolls(given, EDGES).balances[1].tolist() == [200, 40, 25]


def test_only_the_months_since_the_last_gap():
    early, june, august = (month(day, 7, 7, 7) for day in ("2025-04-30", "2025-06-30", "2025-08-31"))
    found = rolls([early, june, august, OCTOBER, NOVEMBER, DECEMBER], EDGES)
    assert found.ends.astype(str).tolist() == ["2025-10-31", "2025-11-30", "2025-12-15"]
    assert rolls([august, june, early, OCTOBER, NOVEMBER], EDGES) is None


def test_a_run_over_the_end_of_a_year():
    january = month("2026-01-31", 5, 5, 5)
    assert len(rolls([NOVEMBER, DECEMBER, january], EDGES).ends) == 3
    assert rolls([OCTOBER, NOVEMBER], EDGES) is None
    assert rolls([], EDGES) is None


@pytest.mark.parametrize(
    ("edges", "rolling"), [((30,), False), ((30, 60, 90), True), ((30, 61), False), ((60, 90), False)]
)
def test_rates_roll_between_buckets_of_a_month(edges, rolling):
    assert (rolls([OCTOBER, NOVEMBER, DECEMBER], edges) is not None) == rolling


@pytest.mark.parametrize(
    ("steps", "edges", "rates"),
    [
        ([(0, 0.1), (1, 0.2), (31, 0.3)], (30,), [0.1, 0.2, 0.3]),
        ([(31, 0.3), (0, 0.1), (1, 0.2)], (30,), [0.1, 0.2, 0.3]),  # in any order
        ([(-10, 0.1), (31, 0.3)], (30, 60), [0.1, 0.1, 0.3, 0.3]),  # not yet due
        ([(1, 0.2), (32, 0.3)], (30, 60), [np.nan, 0.2, 0.2, 0.3]),
        ([(0, 0.1)], (), [0.1, 0.1]),
    ],
)
def test_rates_by_days(steps, edges, rates):
    np.testing.assert_equal(rates_from(steps, edges), rates)


def test_default_rates():
    assert default_rates([30, 60, 90, 120]).tolist() == [0.005, 0.02, 0.05, 0.15, 0.30, 0.60]
    assert default_rates([30, 60, 90, 120, 180]).tolist()[-2:] == [0.60, 1]


@pytest.mark.parametrize(
    ("bucket", "day"),
    [
        ("Not yet due", 0), ("CURRENT", 0), ("未到期", 0), ("0-30", 1), (" 1-30 ", 1), ("31–60天", 31),
        ("61 to 90", 61), ("91", 91), (">90", 91), ("＞90", 91), ("Over 120 days", 121), ("above 90", 91),
        ("more than 90", 91), ("90以上", 91), ("超过90天", 91), ("90+", 91), ("over 91-120", 91),
        ("逾期1年以上", np.nan), ("1 year", np.nan), ("3 Months", np.nan), ("6个月", np.nan),
        ("total", np.nan), ("", np.nan),
    ],
)  # fmt: skip
def test_the_first_day_that_a_label_means(bucket, day):
    np.testing.assert_equal(first_day(bucket), day)
