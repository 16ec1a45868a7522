"""Payment plans: the payments are the debt and its interest, to the cent, on the right days."""

import datetime as dt
from calendar import monthrange
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.months import months_later
from arcredit.credit.receivables.plan import allocate_receipt, ar_payment_plan, plan_standing
from arcredit.errors import InputError

CENT = Decimal("0.01")
PLANS = st.fixed_dictionaries(
    {
        "debt": st.integers(100, 10**9).map(lambda cents: cents / 100),
        "first_date": st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)),
        "instalments": st.integers(1, 60),
        "annual_rate": st.sampled_from([None, 0, 0.01, 0.12, 0.365, 1]),
        "method": st.sampled_from(["equal", "annuity", "balloon"]),
        "frequency": st.sampled_from(["month", "quarter", "week"]),
    }
)


def exact(amounts):
    return sum((Decimal(str(amount)) for amount in amounts), Decimal(0))


@given(PLANS)
def test_payments_are_debt_and_interest_to_the_cent(arguments):
    plan = ar_payment_plan(**arguments)
    debt = Decimal(str(arguments["debt"]))
    assert exact(plan["principal"]) == debt
    assert exact(plan["payment"]) == debt + exact(plan["interest"])
    assert plan["balance"][-1] == 0
    assert np.all(plan["principal"] >= 0)
    assert np.all(np.diff(plan["balance"]) <= 0)
    paid = np.cumsum(plan["principal"])
    assert np.allclose(plan["balance"], arguments["debt"] - paid, atol=1e-6, rtol=1e-12)
    if not arguments["annual_rate"]:
        assert not plan["interest"].any()


@given(PLANS)
def test_dates_keep_the_first_day_or_the_months_end(arguments):
    plan = ar_payment_plan(**arguments)
    first = arguments["first_date"]
    for number, day in enumerate(plan["date"].tolist()):
        if arguments["frequency"] == "week":
            assert day == first + dt.timedelta(weeks=number)
        else:
            months = first.month - 1 + number * (3 if arguments["frequency"] == "quarter" else 1)
            year, month = first.year + months // 12, months % 12 + 1
            assert day == dt.date(year, month, min(first.day, monthrange(year, month)[1]))


@given(st.integers(10**5, 10**9), st.integers(1, 60), st.sampled_from(["0.005", "0.01", "0.03"]))
def test_annuity_against_decimals(cents, count, monthly):
    """EX-8.2 and any other, in decimals with the closed formula."""
    debt, rate = Decimal(cents) / 100, Decimal(monthly)
    level = (debt * rate / (1 - (1 + rate) ** -count)).quantize(CENT, ROUND_HALF_UP)
    plan = ar_payment_plan(float(debt), "2025-01-31", count, float(rate * 12), "annuity")
    left = debt
    for line in range(count):
        interest = (left * rate).quantize(CENT, ROUND_HALF_UP)
        assert plan["interest"][line] == float(interest)
        left -= left if line == count - 1 else level - interest
    assert plan["payment"][:-1].tolist() == [float(level)] * (count - 1)


def test_interest_of_the_worked_example():
    """EX-8.2: 3,529.02 of interest in all."""
    plan = ar_payment_plan(100000, "2025-01-31", 6, 0.12, "annuity")
    assert exact(plan["interest"]) == Decimal("3529.02")
    assert exact(plan["payment"]) == Decimal("103529.02")


def test_tiny_debts_and_one_instalment():
    assert ar_payment_plan(0.03, "2025-01-31", 6)["payment"].tolist() == [0.01, 0.01, 0.01, 0, 0, 0]
    assert ar_payment_plan(0.01, "2025-01-31", 3)["payment"].tolist() == [0, 0, 0.01]
    assert ar_payment_plan(100, "2025-01-31", 1, 0.12)["payment"].tolist() == [101]


def test_currencies_without_cents():
    plan = ar_payment_plan(100000, "2025-01-31", 3, 0.12, "annuity", digits=0)
    assert all(amount == int(amount) for amount in plan["payment"])
    assert exact(plan["principal"]) == 100000


def test_down_payment_is_line_0():
    plan = ar_payment_plan(1000, "2025-01-31", 3, 0.12, down_payment=100)
    assert plan["number"].tolist() == [0, 1, 2, 3]
    assert np.isnat(plan["date"][0])
    assert plan["interest"].tolist() == [0, 9, 6, 3]
    assert exact(plan["principal"]) == 1000


def test_past_the_insurers_last_date():
    plan = ar_payment_plan(300, "2025-01-31", 3, final_by="2025-02-28")
    assert plan["warning"].tolist() == [None, None, "past_final_by"]
    assert ar_payment_plan(300, "2025-01-31", 3)["warning"].tolist() == [None] * 3


@pytest.mark.parametrize(
    ("wrong", "cell"),
    [
        ({"debt": 0}, "#NUM!"),
        ({"debt": -5}, "#NUM!"),
        ({"debt": None}, "#VALUE!"),
        ({"debt": [1, 2]}, "#VALUE!"),
        ({"first_date": None}, "#VALUE!"),
        ({"first_date": "soon"}, "#VALUE!"),
        ({"instalments": 0}, "#NUM!"),
        ({"instalments": 2.5}, "#NUM!"),
        ({"instalments": 601}, "#NUM!"),
        ({"annual_rate": 12}, "#NUM!"),
        ({"annual_rate": 1.01}, "#NUM!"),
        ({"method": "bullet"}, "#VALUE!"),
        ({"frequency": "day"}, "#VALUE!"),
        ({"down_payment": 1000}, "#NUM!"),
        ({"down_payment": -1}, "#NUM!"),
        ({"method": "custom", "payments": [1]}, "#VALUE!"),
        ({"method": "custom", "payments": [900, 200]}, "#NUM!"),
        ({"method": "custom", "annual_rate": 0.12, "payments": [9, 200]}, "#NUM!"),
        ({"holiday_rule": "preceding"}, "#VALUE!"),
        ({"final_by": "soon"}, "#VALUE!"),
        ({"digits": 7}, "#NUM!"),
        ({"digits": -1}, "#NUM!"),
    ],
)
def test_impossible_plans_are_refused(wrong, cell):
    with pytest.raises(InputError) as caught:
        ar_payment_plan(**{"debt": 1000, "first_date": "2025-01-31", "instalments": 3, **wrong})
    assert (caught.value.argument, caught.value.cell) == (list(wrong)[-1], cell)


def test_holidays_move_dates():
    plan = ar_payment_plan(300, "2025-05-31", 3, holiday_rule="following", holidays=["2025-06-02", None])
    assert [str(day) for day in plan["date"]] == ["2025-06-03", "2025-06-30", "2025-07-31"]
    plan = ar_payment_plan(300, "2025-05-31", 3, holiday_rule="modified")
    assert str(plan["date"][0]) == "2025-05-30"


def test_months_later_in_leap_years():
    assert str(months_later("2023-11-30", 3)) == "2024-02-29"
    assert str(months_later("2024-02-29", 12)) == "2025-02-28"
    assert str(months_later("2025-03-31", -1)) == "2025-02-28"


@pytest.mark.parametrize(
    ("received", "as_of", "arrears", "default", "due_now"),
    [
        (0, "2025-01-30", 0, False, 0),
        (0, "2025-01-31", 100, False, 100),
        (0, "2025-02-05", 100, False, 100),
        (0, "2025-02-06", 100, True, 600),
        (99.99, "2025-02-06", 0.01, True, 500.01),
        (100, "2025-02-06", 0, False, 0),
        (250, "2025-04-04", 50, False, 50),
        (250, "2025-04-06", 50, True, 350),
        (600, "2025-12-31", 0, False, 0),
    ],
)
def test_a_missed_instalment_makes_the_whole_debt_due(received, as_of, arrears, default, due_now):
    plan = ar_payment_plan(600, "2025-01-31", 6)
    standing = plan_standing(plan, received, as_of)
    assert (standing.arrears, standing.in_default, standing.due_now) == (arrears, default, due_now)
    assert np.isnat(standing.missed_since) != default


def test_in_default_interest_not_yet_earned_is_not_due():
    plan = ar_payment_plan(600, "2025-01-31", 6, 0.12)
    assert plan_standing(plan, 0, "2025-02-10").due_now == 606
    assert str(plan_standing(plan, 106, "2025-03-10").missed_since) == "2025-02-28"


@given(st.integers(0, 10**7), st.integers(0, 10**5), st.integers(0, 10**5), st.lists(st.integers(0, 10**6)))
def test_a_receipt_is_spent_once_and_in_order(receipt, costs, interest, principal):
    money = [part / 100 for part in principal]
    for order in ("costs", "principal"):
        paid = allocate_receipt(receipt / 100, costs / 100, interest / 100, money, order)
        parts = exact([paid.costs, paid.interest, *paid.principal, paid.left])
        assert parts == Decimal(receipt) / 100
        assert np.all(paid.principal <= np.array(money))
        assert paid.left == 0 or exact(paid.principal) == exact(money)
        # The oldest principal is paid off before the next one gets anything.
        short = np.flatnonzero(paid.principal < np.array(money))
        assert not short.size or not paid.principal[short[0] + 1 :].any()
        if order == "costs" and paid.principal.any():
            assert (paid.costs, paid.interest) == (costs / 100, interest / 100)
        if order == "principal" and paid.costs + paid.interest > 0:
            assert exact(paid.principal) == exact(money)


def test_an_agreed_payment_may_pay_everything_but_not_a_cent_more():
    plan = ar_payment_plan(100, "2025-01-31", 2, method="custom", payments=[100])
    assert plan["payment"].tolist()[:2] == [100.0, 0.0]
    with pytest.raises(InputError):
        ar_payment_plan(100, "2025-01-31", 2, method="custom", payments=[100.01])


def test_what_an_agreed_payment_may_be_is_said():
    """1,000 at 1 % a month: 10 of interest; after it 1,010 is the most a payment may be."""
    given = {
        "debt": 1000,
        "first_date": "2025-01-31",
        "instalments": 2,
        "annual_rate": 0.12,
        "method": "custom",
    }
    assert ar_payment_plan(**given, payments=[10])["principal"].tolist() == [0, 1000]
    with pytest.raises(InputError) as low:
        ar_payment_plan(**given, payments=[9.99])
    assert (low.value.key, low.value.values["found"], low.value.values["low"]) == (
        "input.too_low",
        "9.99",
        "10",
    )
    with pytest.raises(InputError) as high:
        ar_payment_plan(**given, payments=[1010.5])
    assert (high.value.key, high.value.values["high"]) == ("input.too_high", "1010")


def test_places_of_a_currency_down_to_the_last_line():
    """100 in three parts of a dinar (three places), and without a frequency by month."""
    plan = ar_payment_plan(100, "2025-01-31", 3, digits=3, frequency=None, down_payment=0.0006)
    assert plan["principal"].tolist() == [0.001, 33.333, 33.333, 33.333]
    assert plan["balance"].tolist() == [99.999, 66.666, 33.333, 0]
    assert [str(day) for day in plan["date"][1:]] == ["2025-01-31", "2025-02-28", "2025-03-31"]
    assert ar_payment_plan(1, "2025-01-31", 3, digits=6)["payment"].tolist() == [0.333333, 0.333333, 0.333334]


@pytest.mark.parametrize("wrong", [{"principal": [-1]}, {"order": "interest"}])
def test_a_receipt_is_refused(wrong):
    given = {"receipt": 1, "costs": 0, "interest": 0, "principal": [1]} | wrong
    with pytest.raises(InputError) as caught:
        allocate_receipt(**given)
    assert caught.value.argument == next(iter(wrong))


def test_a_receipt_in_thousandths():
    paid = allocate_receipt(1.005, 0.001, 0, [1.0], "costs")
    assert (paid.costs, paid.principal.tolist(), paid.left) == (0.001, [1.0], 0.004)


def test_an_annuity_without_interest_or_with_the_noise_of_a_formula_is_equal_parts():
    for rate in (None, 0, 5.5e-17, 1e-12):
        plan = ar_payment_plan(100, "2025-01-31", 4, rate, "annuity")
        assert plan["payment"].tolist() == [25] * 4, rate
    with pytest.raises(InputError) as caught:
        ar_payment_plan(100, "2025-01-31", 4, digits=2.5)
    assert caught.value.argument == "digits"
