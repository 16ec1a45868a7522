"""The credit limit: every cap, the binding one, rounding down, temporary limits."""

import math
from decimal import ROUND_FLOOR, Decimal

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from arcredit.credit.customer.limit import (
    credit_limit,
    credit_limit_basis,
    credit_limit_steps,
    effective_limit,
    fitting_terms,
)
from arcredit.credit.customer.policy import DEFAULT_POLICY
from arcredit.errors import InputError

NEED = {"annual_purchases": 1_200_000, "terms_days": 45, "grade": 5, "usual_delay_days": 15}
BASES = [
    "need",
    "net worth",
    "working capital",
    "sales",
    "behaviour",
    "insurance",
    "loss budget",
    "concentration",
    "references",
    "grade",
]
OWN = dict(DEFAULT_POLICY) | {
    "own_risk": [50_000, 40_000, 30_000, 20_000, 10_000, 5_000, 0, 0, 0, 0],
    "loss_budget": [1000] * 8 + [0, 0],
}


def wrong(function, **arguments):
    with pytest.raises(InputError) as caught:
        function(**arguments)
    return caught.value


def amounts(high=10**8):
    return st.one_of(st.none(), st.integers(0, high * 100).map(lambda cents: cents / 100))


CASE = st.fixed_dictionaries(
    {
        "annual_purchases": st.integers(0, 10**9),
        "terms_days": st.integers(0, 180),
        "grade": st.integers(1, 10),
    },
    optional={
        "usual_delay_days": st.integers(0, 90),
        "tangible_net_worth": st.one_of(amounts(), st.integers(-1000, 0)),
        "working_capital": st.one_of(amounts(), st.integers(-1000, 0)),
        "buyer_sales": amounts(),
        "high_credit": amounts(10**6),
        "days_beyond_terms": st.one_of(st.none(), st.integers(-10, 90)),
        "insured_limit": amounts(10**6),
        "insured_percentage": st.sampled_from([None, 0, 0.5, 0.9, 1]),
        "seller_sales": amounts(),
        "reference_limit": amounts(10**6),
    },
)


def loss(limit, pd, lgd, insured, part):
    return pd * lgd * ((1 - part) * min(limit, insured) + max(limit - insured, 0))


def by_bisection(budget, pd, lgd, insured, part):
    """The largest amount whose expected loss is within the budget, without solving anything."""
    low, high = 0.0, 1e12
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if loss(middle, pd, lgd, insured, part) <= budget else (low, middle)
    return low


def plain_amounts(case, policy):
    """A second method: every amount of one customer, in exact decimals where they are exact."""

    def cell(name):
        value = policy[name][case["grade"] - 1]
        return None if value is None else Decimal(str(value))

    def given_(name):
        return None if case.get(name) is None else Decimal(str(case[name]))

    def cap(name, column):
        return None if given_(name) is None or cell(column) is None else given_(name) * cell(column)

    days = case["terms_days"] + (case.get("usual_delay_days") or 0)
    found = {"need": given_("annual_purchases") * days * (1 + (cell("headroom") or 0)) / 365}
    for base, name, column in (
        ("net worth", "tangible_net_worth", "net_worth_share"),
        ("working capital", "working_capital", "working_capital_share"),
    ):
        found[base] = Decimal(0) if given_(name) is not None and given_(name) <= 0 else cap(name, column)
    found["sales"] = cap("buyer_sales", "sales_share")
    late, high = case.get("days_beyond_terms"), given_("high_credit")
    if late is not None and late > 60:
        found["behaviour"] = Decimal(0)
    elif late is not None and high is not None:
        found["behaviour"] = high * Decimal(
            "1.25" if late <= 0 else "1" if late <= 15 else "0.75" if late <= 30 else "0.5"
        )
    insured = given_("insured_limit")
    if insured is not None and cell("own_risk") is not None:
        found["insurance"] = insured + cell("own_risk")
    if cell("loss_budget") is not None:
        part = case.get("insured_percentage") or 0
        figures = [float(cell(name)) for name in ("loss_budget", "pd", "loss_given_default")]
        found["loss budget"] = Decimal(by_bisection(*figures, float(insured or 0), part))
    if given_("seller_sales") is not None:
        found["concentration"] = given_("seller_sales") / 10
    found["references"] = given_("reference_limit")
    if case["grade"] >= 9:
        found["grade"] = Decimal(0)
    return {name: amount for name, amount in found.items() if amount is not None}


@given(CASE, st.sampled_from([dict(DEFAULT_POLICY), OWN]), st.sampled_from([None, 0.05, 1, 100, 1000]))
def test_limit_agrees_with_the_plain_one(case, policy, step):
    found = credit_limit(**case, policy=policy, round_to=step)
    amounts_ = plain_amounts(case, policy)
    smallest = min(amounts_.values()).quantize(Decimal("0.0001")).quantize(Decimal("0.01"), ROUND_FLOOR)
    unit = Decimal(str(step or "0.01"))
    expected = float((smallest / unit).to_integral_value(ROUND_FLOOR) * unit)
    assert found == pytest.approx(expected, abs=1e-6)
    assert found >= 0
    # Never above any cap; the loss budget's own was found by trial.
    for name, amount in amounts_.items():
        assert found <= float(amount) * (1 + 1e-12) + (1e-3 if name == "loss budget" else 0), name


@given(CASE, st.sampled_from([dict(DEFAULT_POLICY), OWN]))
def test_the_basis_is_the_smallest(case, policy):
    basis = credit_limit_basis(**case, policy=policy)
    cents = {
        name: math.floor(float(amount.quantize(Decimal("0.0001"))) * 100 + 1e-6)
        for name, amount in plain_amounts(case, policy).items()
    }
    # Where two amounts differ by less than the trial's accuracy, either may be named.
    close = [name for name in BASES if name in cents and cents[name] - min(cents.values()) <= 0]
    assert basis == ("grade" if case["grade"] >= 9 else close[0])


@given(CASE, st.sampled_from([dict(DEFAULT_POLICY), OWN]), st.sampled_from([None, 1000]))
def test_the_steps_are_the_limit(case, policy, step):
    arguments = {**case, "policy": policy, "round_to": step}
    steps = credit_limit_steps(**arguments)
    assert steps["method"].tolist() == [*BASES, "limit"]
    assert steps["amount"][-1] == credit_limit(**arguments)
    assert steps["method"][steps["binding"]].tolist() == [credit_limit_basis(**arguments)]
    binding = steps["amount"][steps["binding"]][0]
    assert binding == np.nanmin(steps["amount"][:-1])
    assert binding - (step or 0.01) < steps["amount"][-1] <= binding


@given(CASE, st.integers(1, 9), st.sampled_from([dict(DEFAULT_POLICY), OWN]), st.sampled_from([None, 1000]))
def test_a_better_grade_never_lowers_a_limit(case, grade, policy, step):
    better, worse = (
        credit_limit(**case | {"grade": one}, policy=policy, round_to=step) for one in (grade, grade + 1)
    )
    assert better >= worse


MORE = ["annual_purchases", "terms_days", "usual_delay_days", "tangible_net_worth", "working_capital"]
MORE += [
    "buyer_sales",
    "high_credit",
    "insured_limit",
    "insured_percentage",
    "seller_sales",
    "reference_limit",
]


@given(CASE, st.sampled_from(MORE), st.integers(1, 10**6))
def test_more_of_it_never_lowers_a_limit(case, name, more):
    assume(case.get(name) is not None)
    value = min(1, case[name] + more / 1e6) if name == "insured_percentage" else case[name] + more
    before = credit_limit(**case, policy=OWN)
    assert credit_limit(**case | {name: value}, policy=OWN) >= before - 0.011


@given(CASE, st.integers(-10, 90), st.integers(1, 50))
def test_later_payment_never_raises_a_limit(case, days, later):
    before = credit_limit(**case | {"days_beyond_terms": days})
    assert credit_limit(**case | {"days_beyond_terms": days + later}) <= before


@given(CASE, st.sampled_from(sorted(set(MORE[3:]) - {"insured_limit", "insured_percentage"})), amounts(10**6))
def test_one_more_cap_never_raises_a_limit(case, name, value):
    without = {key: item for key, item in case.items() if key != name}
    assert credit_limit(**without | {name: value}, policy=OWN) <= credit_limit(**without, policy=OWN)


@given(
    st.floats(0, 1e5),
    st.floats(0.0001, 1),
    st.floats(0.01, 1),
    st.floats(0, 1e6),
    st.one_of(st.floats(0, 0.99), st.just(1.0)),
)
def test_the_loss_budget_is_used_and_kept(budget, pd, lgd, insured, part):
    policy = {
        "grade": range(1, 11),
        "pd": [pd] * 10,
        "loss_given_default": [lgd] * 10,
        "loss_budget": [budget] * 10,
    }
    limit = credit_limit(1e15, 365, 1, insured_limit=insured, insured_percentage=part, policy=policy)
    assume(limit < 1e14)
    assert loss(limit, pd, lgd, insured, part) <= budget * (1 + 1e-9) + 1e-9
    assert loss(limit + 0.02 + limit * 1e-12, pd, lgd, insured, part) >= budget * (1 - 1e-9) or part == 1


def test_a_loss_that_cannot_happen_caps_nothing():
    policy = {
        "grade": range(1, 11),
        "pd": [0, *[0.1] * 9],
        "loss_given_default": [0.9] * 10,
        "loss_budget": [0] * 10,
    }
    assert credit_limit(365, 10, [1, 2], policy=policy).tolist() == [10, 0]
    assert credit_limit_basis(365, 10, [1, 2], policy=policy).tolist() == ["need", "loss budget"]
    policy["loss_budget"] = [5] * 10
    assert credit_limit(365, 10, 1, insured_limit=7, insured_percentage=1, policy=policy) == 10
    no_budget = policy | {"loss_budget": [0] * 10}
    assert credit_limit(
        365, 10, 2, insured_limit=7, insured_percentage=[1, 0.9], policy=no_budget
    ).tolist() == [7, 0]
    # Wholly insured: the budget buys uninsured credit on top of the insured limit.
    assert credit_limit(365_000, 10, 2, insured_limit=7, insured_percentage=1, policy=policy) == 62.55


def test_shapes_and_blanks():
    assert isinstance(credit_limit(**NEED), float)
    assert isinstance(credit_limit_basis(**NEED), str)
    block = credit_limit(1_200_000, [[30], [60]], [5, 6, None])
    assert block.shape == (2, 3)
    assert np.isnan(block).tolist() == [[False, False, True]] * 2
    for name in ("annual_purchases", "terms_days", "grade"):
        unknown = NEED | {"tangible_net_worth": -1, name: None}
        assert np.isnan(credit_limit(**unknown)), name
        assert credit_limit_basis(**unknown) is None
        assert not credit_limit_steps(**unknown)["binding"].any()
        assert np.isnan(credit_limit_steps(**unknown)["amount"][-1])
    assert np.isnan(credit_limit(None, 30, 9))
    assert credit_limit_basis([None, 1], 30, 9).tolist() == [None, "grade"]
    mixed = credit_limit(**NEED | {"tangible_net_worth": [None, 100_000], "round_to": [None, 1000]})
    assert mixed.tolist() == [216986.30, 15000]


def test_zeros():
    assert credit_limit(0, 30, 1) == 0
    assert credit_limit(1e6, 0, 1) == 0
    assert credit_limit_basis(0, 30, 1, reference_limit=0) == "need"
    for name in ("tangible_net_worth", "working_capital", "buyer_sales", "seller_sales", "reference_limit"):
        assert credit_limit(**NEED | {name: 0}) == 0, name
    assert credit_limit(**NEED, high_credit=0, days_beyond_terms=0) == 0
    assert credit_limit(**NEED | {"grade": 7}, insured_limit=0) == 0
    assert credit_limit_basis(**NEED | {"grade": 7}, insured_limit=0) == "insurance"
    assert credit_limit(**NEED, insured_limit=0) == 216986.30  # Own risk is blank: no cap by insurance.


def test_late_payers_get_nothing_even_without_a_high_credit():
    assert credit_limit(**NEED, days_beyond_terms=[60, 61]).tolist() == [216986.30, 0]
    assert credit_limit(**NEED, high_credit=100) == 216986.30


def test_a_switched_off_cap_still_refuses_what_is_not_positive():
    policy = {"grade": range(1, 11)}
    assert credit_limit(365, 10, 1, tangible_net_worth=[1, 0], policy=policy).tolist() == [10, 0]
    assert credit_limit(365, 10, 1, working_capital=[1, 0], policy=policy).tolist() == [10, 0]


def test_rounding_is_down():
    assert credit_limit(**NEED, reference_limit=[28_000, 28_999.99, 999.99], round_to=1000).tolist() == [
        28000,
        28000,
        0,
    ]
    assert credit_limit(**NEED, reference_limit=0.15, round_to=0.05) == 0.15
    assert credit_limit(**NEED, reference_limit=80_000.019) == 80_000.01
    # 0.07 of 400,000 among doubles is 28,000.000000000004, 0.29 of 100 is 28.999999999999996.
    policy = {"grade": range(1, 11), "net_worth_share": [0.29] * 10}
    assert credit_limit(1e6, 30, 1, tangible_net_worth=100, policy=policy, round_to=1) == 29


def test_ties_go_to_the_first():
    assert credit_limit_basis(365, 100, 1, policy={"grade": range(1, 11)}, reference_limit=100) == "need"
    assert credit_limit_basis(1e6, 30, 1, seller_sales=1000, reference_limit=100) == "concentration"
    assert credit_limit_basis(1e6, 30, 9, tangible_net_worth=-1, reference_limit=0) == "grade"


@pytest.mark.parametrize("function", [credit_limit, credit_limit_basis])
@pytest.mark.parametrize(
    ("name", "bad", "cell"),
    [(name, -1, "#NUM!") for name in [*NEED, *MORE[5:]]]
    + [
        ("insured_percentage", 90, "#NUM!"),
        ("grade", 2.5, "#NUM!"),
        ("grade", 11, "#NUM!"),
        ("tangible_net_worth", "much", "#VALUE!"),
        ("working_capital", "much", "#VALUE!"),
        ("days_beyond_terms", "late", "#VALUE!"),
    ],
)
def test_refuses(function, name, bad, cell):
    error = wrong(function, **NEED | {name: [NEED.get(name, 1), bad]})
    assert (error.cell, error.argument, error.where.tolist()) == (cell, name, [False, True])


def test_refuses_a_step_that_is_none():
    for step in (0, -1):
        error = wrong(credit_limit, **NEED, round_to=[1, step])
        assert (error.cell, error.argument, error.where.tolist()) == ("#NUM!", "round_to", [False, True])


def test_steps_are_for_one_customer():
    assert credit_limit_steps(**NEED | {"grade": [[5]]})["amount"][-1] == 216986.30
    error = wrong(credit_limit_steps, **NEED | {"terms_days": [30, 60]})
    assert (error.cell, error.argument) == ("#VALUE!", "terms_days")


def test_steps_show_inputs_and_rates():
    steps = credit_limit_steps(
        **NEED,
        tangible_net_worth=1000,
        high_credit=200,
        days_beyond_terms=20,
        insured_limit=300,
        round_to=10,
        policy=OWN,
    )
    lines = {row[0]: row[1:] for row in steps.rows()}
    assert lines["net worth"] == (1000, 0.15, 150, True)
    assert lines["behaviour"] == (200, 0.75, 150, False)
    assert lines["insurance"] == (300, None, 10_300, False)
    assert lines["loss budget"] == (1000, pytest.approx(0.0108), 92592.59, False)
    assert lines["concentration"] == (None, 0.1, None, False)
    assert lines["grade"] == (5, None, None, False)
    assert lines["limit"] == (None, 10, 150, False)


# Temporary limits, expiry, terms


def test_temporary_days_are_inclusive():
    days = ["2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01"]
    for mode, active in (("replacement", 150), ("Addition", 250)):
        found = effective_limit(100, 150, "2026-03-01", "2026-03-31", days, mode)
        assert found.tolist() == [100, active, active, 100]


def test_a_temporary_limit_may_be_lower():
    assert effective_limit(100, 40, "2026-03-01", "2026-03-31", "2026-03-15") == 40
    assert effective_limit(100, 0, "2026-03-01", "2026-03-31", "2026-03-15") == 0


def test_expiry_ends_the_base_only():
    day = "2026-03-15"
    expiry = [None, "2026-03-15", "2026-03-14"]
    assert effective_limit(100, None, None, None, day, expiry=expiry).tolist() == [100, 100, 0]
    assert effective_limit(100, 50, day, day, day, "addition", expiry).tolist() == [150, 150, 50]
    assert effective_limit(100, 50, day, day, day, "replacement", expiry).tolist() == [50, 50, 50]


def test_temporary_unknowns():
    assert np.isnan(effective_limit(100, 50, [None, "2026-03-01"], ["2026-03-31", None], "2026-03-15")).all()
    assert np.isnan(effective_limit(100, None, None, None, None))
    assert np.isnan(effective_limit(None, None, None, None, "2026-03-15"))
    assert effective_limit(None, 50, "2026-03-01", "2026-03-31", "2026-03-15") == 50
    assert np.isnan(effective_limit(None, 50, "2026-03-01", "2026-03-31", "2026-03-15", "addition"))


def test_temporary_refuses():
    days = ("2026-03-01", "2026-03-31", "2026-03-15")
    assert wrong_call(effective_limit, [0, -1], 5, *days).where.tolist() == [False, True]
    assert wrong_call(effective_limit, 1, [0, -5], *days).argument == "temporary"
    assert wrong_call(effective_limit, [0, -1], 5, *days).argument == "base"
    assert wrong_call(effective_limit, 1, 5, *days, "extra").argument == "mode"
    for place, name in enumerate(("start", "end", "as_of")):
        wrong_days = [*days[:place], "soon", *days[place + 1 :]]
        assert wrong_call(effective_limit, 1, 5, *wrong_days).argument == name
    assert wrong_call(effective_limit, 1, 5, *days, "addition", "soon").argument == "expiry"


def wrong_call(function, *arguments):
    with pytest.raises(InputError) as caught:
        function(*arguments)
    return caught.value


@given(st.integers(0, 10**7), st.integers(1, 10**8), st.integers(0, 60), st.sampled_from([0, 0.1, 0.2]))
def test_fitting_terms_fit_and_one_day_more_does_not(limit, purchases, delay, headroom):
    days = fitting_terms(limit, purchases, delay, headroom)

    def need(terms):
        return purchases / 365 * (terms + delay) * (1 + headroom)

    assert days == int(days)
    assert days == 0 or need(days) <= limit * (1 + 1e-9)
    assert need(days + 1) > limit * (1 - 1e-9)


def test_fitting_terms_refuse():
    assert wrong_call(fitting_terms, 1, 0, 1, 0.1).argument == "annual_purchases"
    assert wrong_call(fitting_terms, -1, 1, 1, 0.1).argument == "limit"
    assert wrong_call(fitting_terms, 1, 1, -1, 0.1).argument == "usual_delay_days"
    assert wrong_call(fitting_terms, 1, 1, 1, 10).argument == "headroom"
