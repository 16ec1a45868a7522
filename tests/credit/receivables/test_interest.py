"""Interest and fixed sums: every day counted once, at the rate of its half-year."""

import datetime as dt
import inspect
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.interest import ar_interest, ar_late_fee, ar_late_interest, discount_cost
from arcredit.credit.receivables.reference_rates import BOE_RATES, BUILT_IN, ECB_RATES, half_year_rate
from arcredit.errors import InputError

DAY = dt.timedelta(days=1)
DATES = st.dates(dt.date(2014, 1, 1), dt.date(2026, 5, 31))
AMOUNTS = st.integers(1, 10**9).map(lambda cents: cents / 100)
RATES = [["2025-01-01", 0.0315], ["2025-07-01", 0.0215]]


def reference(lines, day):
    """Rate in force on the 1 January or 1 July before a day, in decimals."""
    start = dt.date(day.year, 1 if day.month < 7 else 7, 1)
    return Decimal(str([rate for begin, rate in lines if dt.date.fromisoformat(begin) <= start][-1]))


def cents(amount):
    return float(amount.quantize(Decimal("0.01"), ROUND_HALF_UP))


@given(AMOUNTS, DATES, st.integers(0, 900))
def test_eu_is_the_sum_of_its_days(amount, due, days):
    """Day by day in decimals, EX-8.3 and any other."""
    paid = min(due + days * DAY, dt.date(2026, 12, 31))
    rates = sum(
        (reference(ECB_RATES, due + day * DAY) + Decimal("0.08") for day in range(1, (paid - due).days + 1)),
        Decimal(0),
    )
    expected = Decimal(str(amount)) * rates / 365
    assert ar_late_interest(amount, due, paid, "EU", None) == pytest.approx(cents(expected), abs=0.0101)
    if abs(expected * 100 % 1 - Decimal("0.5")) > Decimal("1e-6"):
        assert ar_late_interest(amount, due, paid, "EU", None) == cents(expected)


@given(AMOUNTS, DATES, st.integers(0, 900))
def test_uk_keeps_the_rate_of_the_first_day(amount, due, days):
    expected = Decimal(str(amount)) * (reference(BOE_RATES, due + DAY) + Decimal("0.08")) * days / 365
    found = ar_late_interest(amount, due, due + days * DAY, "UK", None)
    assert found == pytest.approx(cents(expected), abs=0.0101)
    if abs(expected * 100 % 1 - Decimal("0.5")) > Decimal("1e-6"):
        assert found == cents(expected)


@given(st.lists(st.tuples(DATES, st.integers(-30, 400)), min_size=1), st.sampled_from(["EU", "UK", "CN"]))
def test_a_column_is_its_cells(rows, scheme):
    paid = [due + days * DAY for due, days in rows]
    column = ar_late_interest(12345.67, [due for due, _ in rows], paid, scheme, None)
    cells = [
        ar_late_interest(12345.67, due, day, scheme, None) for (due, _), day in zip(rows, paid, strict=True)
    ]
    assert column.tolist() == pytest.approx(cells, nan_ok=True)


@given(DATES, st.integers(0, 300), st.integers(0, 300))
def test_interest_of_two_stretches_adds_up(due, first, second):
    """EU and agreed interest may be cut anywhere; a large amount makes the cents fine enough."""
    middle, paid = due + first * DAY, due + (first + second) * DAY
    amount = 36_500_000
    for interest in (
        lambda begin, end: ar_late_interest(amount, begin, end, "EU", [["2013-01-01", 0.01]]),
        lambda begin, end: ar_interest(amount, begin, end, 0.07),
    ):
        assert interest(due, middle) + interest(middle, paid) == pytest.approx(interest(due, paid))


@given(AMOUNTS, DATES, st.integers(-400, 0), st.sampled_from(["EU", "UK", "CN"]))
def test_nothing_is_owed_in_time(amount, due, early, scheme):
    assert ar_late_interest(amount, due, due + early * DAY, scheme, None) == 0
    assert ar_interest(amount, due, due + early * DAY, 0.1) == 0


@given(AMOUNTS, st.integers(1, 300), st.sampled_from(["EU", "UK", "CN"]))
def test_credits_mirror_debts_and_a_later_day_costs_no_less(amount, days, scheme):
    due = dt.date(2024, 5, 1)
    owed = ar_late_interest(
        [amount, -amount, amount], due, [due + days * DAY] * 2 + [due + (days + 1) * DAY], scheme, None
    )
    assert owed[1] == -owed[0]
    assert owed[2] >= owed[0]


def test_dunning_letter_of_erpnext():
    """ORC-016: interest 0.41, with a fee of 10 the letter asks 10.41, in all 110.41."""
    interest = ar_interest(100, "2025-01-01", "2025-01-16", 0.1)
    assert [round(interest + 10, 2), round(interest + 110, 2)] == [10.41, 110.41]


def test_totals_of_the_published_cases():
    """EX-8.3: 396.36 + 40; EX-8.4: 169.49 + 70 = 239.49, where the page rounds the day first: 239.68."""
    assert (
        ar_late_interest(10000, "2025-05-15", "2025-09-30", "EU", RATES) + ar_late_fee(10000, "EU") == 436.36
    )
    uk = ar_late_interest(5000, "2025-07-15", "2025-10-24", "UK", None) + ar_late_fee(5000, "UK")
    assert uk == pytest.approx(239.49)
    assert round(round(5000 * 0.1225 / 365, 2) * 101 + 70, 2) == 239.68


def test_cost_of_a_discount_not_taken():
    """EX-8.8: 2/10 net 30."""
    assert discount_cost(0.02, 10, 30) == pytest.approx(0.02 / 0.98 * 365 / 20)
    assert round(float(discount_cost(0.02, 10, 30)), 4) == 0.3724


def test_china_daily_rate_is_18_25_percent_a_year():
    assert ar_late_interest(100, "2025-06-30", "2026-06-30", "CN", None) == 18.25


def test_agreed_rates_by_row_and_by_table():
    rows = ar_late_interest(36500, "2025-08-31", "2025-09-10", "CN", [0.03, None, 0.04])
    assert rows.tolist() == [30, 182.5, 40]
    table = [["from", "rate"], ["2025-09-01", 0.03], ["2025-09-05", 0.9]]
    assert ar_late_interest(36500, "2025-08-31", "2025-09-10", "CN", table) == 30
    assert ar_late_interest(36500, "2025-08-31", "2025-09-10", "EU", 0.02) == 100
    assert ar_late_interest(36500, "2025-08-31", "2025-09-10", ["EU", "UK"], [0.02, None]).tolist() == [
        100,
        122.5,
    ]


def test_table_of_rates_in_any_form():
    """With and without header, unsorted, as a mapping, with a rate that ends."""
    plain = ar_late_interest(10000, "2025-05-15", "2025-09-30", "EU", RATES)
    others = [
        [["from", "rate"], *RATES],
        RATES[::-1],
        {"from": ["2025-01-01", "2025-07-01"], "rate": [0.0315, 0.0215]},
        np.array(RATES, object),
        [*RATES, [None, None], ["2026-01-01", None]],
    ]
    assert [ar_late_interest(10000, "2025-05-15", "2025-09-30", "EU", table) for table in others] == [
        plain
    ] * 5
    ended = ar_late_interest(10000, "2025-05-15", ["2025-12-31", "2026-01-01"], "EU", others[-1])
    assert np.isnan(ended).tolist() == [False, True]


def test_a_line_of_1_july_is_that_half_years_reference_in_the_uk_too():
    """Official tables print the half-year's first day; the bank's own the day of the decision."""
    for table in ([["2025-07-01", 0.0425]], [["2025-06-30", 0.0425]], [["2025-05-08", 0.0425]]):
        assert ar_late_interest(36500, "2025-06-30", "2025-07-10", "UK", table) == 122.5


def test_built_in_tables_rise_and_end_openly():
    for lines in (ECB_RATES, BOE_RATES):
        days = [day for day, _ in lines]
        assert days == sorted(set(days))
        assert lines[-1][1] is None
        assert all(0 <= rate < 0.1 for _, rate in lines[:-1])
    assert np.isnan(BUILT_IN["UK"][1][-1])


@pytest.mark.parametrize("paid", ["2026-07-01", "2026-12-31"])
def test_uk_debts_late_after_the_last_known_rate_are_unknown(paid):
    assert np.isnan(ar_late_interest(100, "2026-06-30", paid, "UK", None))
    assert ar_late_interest(36500, "2026-06-29", "2026-07-09", "UK", None) == 117.5


def test_blanks_columns_and_blocks():
    assert np.isnan(ar_interest(None, "2025-01-01", "2025-02-01", 0.1))
    assert np.isnan(ar_interest(100, None, "2025-02-01", 0.1))
    assert np.isnan(ar_interest(100, "2025-01-01", None, 0.1))
    assert np.isnan(ar_interest(100, "2025-01-01", "2025-02-01", None))
    assert np.isnan(ar_late_interest(100, "2025-01-01", "2025-02-01", None, None))
    assert np.isnan(ar_late_fee([100, None], [None, "UK"])).all()
    block = ar_interest([[100], [200]], "2025-01-01", "2025-02-01", [0.1, 0.2, 0.3])
    assert block.shape == (2, 3)
    assert block[1, 2] == ar_interest(200, "2025-01-01", "2025-02-01", 0.3)


def test_unknown_scheme_names_its_place():
    with pytest.raises(InputError) as caught:
        ar_late_fee(100, ["EU", "XX", "", None])
    assert caught.value.cell == "#VALUE!"
    assert caught.value.where.tolist() == [False, True, False, False]
    with pytest.raises(InputError):
        ar_late_interest(100, "2025-01-01", "2025-02-01", 5, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rates": [["2025-01-01", 4.25]]},
        {"rates": [["soon", 0.04], ["2025-01-01", 0.03]]},
        {"rates": [[None, 0.04], [None, 0.03]]},
        {"rates": None, "margin": 8},
        {"rates": None, "digits": 2.5},
    ],
)
def test_wrong_rates_are_refused(wrong):
    with pytest.raises(InputError):
        ar_late_interest(100, "2025-01-15", "2025-02-01", "EU", **wrong)


@pytest.mark.parametrize(
    ("rates", "cell"),
    [
        ([["2025-01-01", 4.25], ["2025-02-01", 4]], "#NUM!"),
        ([["2025-01-01", -1.5]] * 2, "#NUM!"),
        ([["2025-01-01", 1.01]] * 2, "#NUM!"),
        (-1.01, "#NUM!"),
        ([[None, 0.04], [None, 0.03]], "#VALUE!"),
        ("soon", "#VALUE!"),
    ],
)
def test_rates_are_fractions(rates, cell):
    with pytest.raises(InputError) as caught:
        ar_late_interest(100, "2025-01-15", "2025-02-01", "EU", rates)
    assert (caught.value.argument, caught.value.cell) == ("rates", cell)


def test_the_rate_of_a_half_year_is_that_of_its_first_day():
    """ECB 3.15 % on 1 January 2025, cut on 5 February; Bank of England 4.75 %, cut on 6 February 2025."""
    for day in ("2025-01-01", "2025-03-31", "2025-06-30"):
        for scheme, rate in (("EU", 0.0315), ("UK", 0.0475)):
            assert half_year_rate(np.array([day], "datetime64[D]"), BUILT_IN[scheme]).tolist() == [rate]
    assert half_year_rate(np.array(["2025-07-01"], "datetime64[D]"), BUILT_IN["EU"]).tolist() == [0.0215]


def test_wrong_basis_and_rate():
    for wrong in ({"annual_rate": -0.1}, {"annual_rate": 1.5}, {"annual_rate": 0.1, "basis": 0}):
        with pytest.raises(InputError) as caught:
            ar_interest(100, "2025-01-01", "2025-02-01", **wrong)
        assert caught.value.cell == "#NUM!"


def test_uk_fixed_sum_steps():
    assert ar_late_fee([0.01, 999.99, 1000, 9999.99, 10000, 1e9], "uk").tolist() == [40, 40, 70, 70, 100, 100]
    assert ar_late_fee([0, -100], ["EU", "UK"]).tolist() == [0, 0]


def test_rates_in_named_columns_in_any_order():
    """4 % from 1 January and 2 % from 1 July: each half-year by the rate of its first day, plus 8 points."""
    table = {"from_date": ["2025-07-01", "2025-01-01"], "rate": [0.02, 0.04]}
    assert ar_late_interest(36_500, "2025-06-30", "2025-07-10", "EU", table) == 36_500 * 10 * 0.10 / 365
    assert ar_late_interest(36_500, "2025-01-31", "2025-02-10", "EU", table) == 36_500 * 10 * 0.12 / 365
    with pytest.raises(InputError) as caught:
        ar_late_interest(1, "2025-06-30", "2025-07-10", "EU", {"day": [1], "rate": [0.02]})
    assert caught.value.argument == "rates"
    for argument, wrong in (("digits", -1), ("digits", 7)):
        with pytest.raises(InputError) as caught:
            ar_late_interest(1, "2025-06-30", "2025-07-10", "EU", table, **{argument: wrong})
        assert caught.value.argument == argument


@pytest.mark.parametrize("argument", ["discount", "terms_days"])
def test_discount_cost_refuses_by_name(argument):
    given = dict(zip(inspect.signature(discount_cost).parameters, (0.02, 30, 10), strict=False))
    with pytest.raises(InputError) as caught:
        discount_cost(**given | {argument: "x"})
    assert caught.value.argument == argument


def test_a_rate_cut_within_a_half_year_counts_from_the_next_one():
    table = (np.array(["2025-01-01", "2025-02-05"], "datetime64[D]"), np.array([0.04, 0.02]))
    days = np.array(["2025-01-31", "2025-03-31", "2025-06-30", "2025-07-01"], "datetime64[D]")
    assert half_year_rate(days, table).tolist() == [0.04, 0.04, 0.04, 0.02]
