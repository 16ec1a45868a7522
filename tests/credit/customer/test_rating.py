"""Altman, scorecard, grade, probability and the insurers' scales."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from arcredit.credit.customer import scorecard
from arcredit.credit.customer.rating import (
    credit_grade,
    credit_pd,
    credit_z_score,
    credit_z_zone,
    grade_from_insurer,
    rating_for_insurer,
)
from arcredit.credit.customer.scorecard import credit_grade_cap, credit_score, credit_scorecard
from arcredit.errors import InputError

ACCOUNTS = {
    "total_assets": 20,
    "working_capital": 3,
    "retained_earnings": 2,
    "ebit": 1.2,
    "equity": 6,
    "total_liabilities": 14,
    "sales": 22,
}
FULL = {
    "z_score": 2.1632,
    "current_ratio": 1.5,
    "equity_ratio": 0.30,
    "interest_cover": 3.0,
    "pay_index": 71.94,
    "years_in_business": 12,
    "legal_events": 0,
    "external_grade": 4,
}
NAN = float("nan")


def wrong(function, **arguments):
    with pytest.raises(InputError) as caught:
        function(**arguments)
    return caught.value


# Altman


@given(
    st.tuples(*[st.integers(-500, 500)] * 3),
    st.integers(1, 1000),
    st.integers(-200, 900),
    st.integers(1, 900),
    st.integers(0, 2000),
)
def test_scores_agree_with_exact_fractions(numerators, assets, equity, liabilities, sales):
    """A second method: the printed formulas in exact arithmetic."""
    x1, x2, x3 = (Fraction(item, assets) for item in numerators)
    x4, x5 = min(Fraction(equity, liabilities), Fraction(10)), Fraction(sales, assets)
    z1 = (717 * x1 + 847 * x2 + 3107 * x3 + 420 * x4 + 998 * x5) / 1000
    z2 = (656 * x1 + 326 * x2 + 672 * x3 + 105 * x4) / 100
    found = credit_z_score(assets, *numerators, equity, liabilities, sales, ["Z1", "Z2", "z2em"])
    np.testing.assert_allclose(
        found, [float(z1), float(z2), float(z2 + Fraction(13, 4))], rtol=1e-12, atol=1e-9
    )


def test_score_shapes_and_blanks():
    assert isinstance(credit_z_score(**ACCOUNTS), float)
    assert credit_z_score(**ACCOUNTS | {"ebit": [[1, 2], [3, None]]}).shape == (2, 2)
    for name in set(ACCOUNTS) - {"sales"}:
        assert np.isnan(credit_z_score(**ACCOUNTS | {name: None})), name
    default = credit_z_score(**ACCOUNTS)
    assert credit_z_score(**ACCOUNTS | {"sales": None}, model=None) == default
    found = credit_z_score(**ACCOUNTS | {"sales": [22, None]}, model="z1")
    assert np.isnan(found).tolist() == [False, True]


def test_the_leverage_is_capped():
    """Almost no debt, or none, says no more than equity of ten times the debt."""
    scores = credit_z_score(**ACCOUNTS | {"equity": 100, "total_liabilities": [10, 1, 0, 10.1]})
    assert scores[0] == scores[1] == scores[2] > scores[3]
    assert np.isnan(credit_z_score(**ACCOUNTS | {"equity": [0, -1], "total_liabilities": 0})).all()


@given(st.sampled_from(["Z1", "Z2", "Z2EM"]), st.sampled_from(list(ACCOUNTS)), st.floats(0.01, 100))
def test_score_moves_the_right_way(model, name, change):
    better = credit_z_score(**ACCOUNTS | {name: ACCOUNTS[name] + change}, model=model)
    before = credit_z_score(**ACCOUNTS, model=model)
    if name in ("total_assets", "total_liabilities"):
        assert better < before
    elif name == "sales" and model != "Z1":
        assert better == before
    else:
        assert better > before


@pytest.mark.parametrize(
    ("name", "value", "cell"),
    [
        ("total_assets", [1, 0], "#NUM!"),
        ("total_assets", [1, -1], "#NUM!"),
        ("total_liabilities", [0, -1], "#NUM!"),
        ("sales", [0, -1], "#NUM!"),
        ("ebit", [0, "x"], "#VALUE!"),
        ("model", ["Z1", "Z3"], "#VALUE!"),
    ],
)
def test_z_score_refuses(name, value, cell):
    error = wrong(credit_z_score, **ACCOUNTS | {name: value})
    assert (error.cell, error.argument, error.where.tolist()) == (cell, name, [False, True])


@pytest.mark.parametrize(
    ("function", "fine"),
    [
        (credit_z_score, ACCOUNTS),
        (credit_z_zone, {"z_score": 1}),
        (credit_score, FULL),
        (credit_grade, {"score": 1, "not_better_than": 1, "accounts_age_months": 1}),
        (credit_grade_cap, {"legal_events": 0, "bounced_90_days": 0, "share_over_90_days": 0}),
        (credit_pd, {"grade": 1, "horizon_days": 1}),
        (grade_from_insurer, {"rating": 1, "insurer": "coface"}),
        (rating_for_insurer, {"grade": 1, "insurer": "coface"}),
    ],
)
def test_text_is_refused_by_name(function, fine):
    for name in fine:
        error = wrong(function, **fine | {name: "x"})
        assert (error.cell, error.argument) == ("#VALUE!", name)


def test_an_unknown_model_says_what_is_allowed():
    error = wrong(credit_z_zone, z_score=1, model="Z9")
    assert error.values["found"] == "Z9"
    assert error.values["allowed"] == "z2, z1, z2em"


def test_zone():
    assert credit_z_zone(2.7) == "safe"
    assert credit_z_zone(None) is None
    assert credit_z_zone([[2.7, NAN]], "Z1").tolist() == [["grey", None]]
    assert credit_z_zone(2.7, ["Z1", None, "Z2EM"]).tolist() == ["grey", "safe", "distress"]
    # 1.1 + 1.5 is a binary hair above 2.6, and 4.35 reached by adding a hair below.
    assert credit_z_zone([1.1 + 1.5 + 1e-12, 1.1 - 1e-12]).tolist() == ["grey", "grey"]
    assert credit_z_zone([2.6 + 1e-8, 1.1 - 1e-8]).tolist() == ["safe", "distress"]


# Score


def reference_score(given_):
    """A second method: the scorecard written out case by case in plain Python."""

    def line(value, table):
        if value <= table[0][0]:
            return table[0][1]
        for (x1, y1), (x2, y2) in pairwise(table):
            if value <= x2:
                return y1 + (y2 - y1) * (value - x1) / (x2 - x1)
        return table[-1][1]

    if given_.get("legal_events") == 3:
        return 0.0
    ratios = {
        "z_score": [(0, 10), (1.1, 35), (2.6, 70), (5, 100)],
        "current_ratio": [(0.7, 0), (1.0, 40), (1.5, 75), (2.0, 100)],
        "equity_ratio": [(0, 0), (0.15, 40), (0.30, 70), (0.50, 100)],
        "interest_cover": [(0, 0), (1, 25), (2, 50), (4, 80), (8, 100)],
    }
    financial = [line(given_[name], table) for name, table in ratios.items() if name in given_]
    parts = [(35, sum(financial) / len(financial))] if financial else []
    if "pay_index" in given_:
        parts.append((35, min(100, max(0, (given_["pay_index"] - 20) / 60 * 100))))
    if "years_in_business" in given_:
        years = given_["years_in_business"]
        bands = [(20, 100), (10, 85), (5, 70), (3, 50), (1, 30), (0, 10)]
        parts.append((10, next(points for start, points in bands if years >= start)))
    if "legal_events" in given_:
        parts.append((10, {0: 100, 1: 60, 2: 30}[given_["legal_events"]]))
    if "external_grade" in given_:
        parts.append((10, 100 - (given_["external_grade"] - 1) * 100 / 9))
    return sum(weight * points for weight, points in parts) / sum(weight for weight, _ in parts)


INPUTS = {
    "z_score": st.floats(-5, 10),
    "current_ratio": st.floats(0, 4),
    "equity_ratio": st.floats(-1, 1),
    "interest_cover": st.floats(-3, 12),
    "pay_index": st.floats(0, 100),
    "years_in_business": st.one_of(st.floats(0, 40), st.sampled_from([1, 3, 5, 10, 20])),
    "legal_events": st.integers(0, 3),
    "external_grade": st.integers(1, 10),
}
WORSE_WHEN_HIGHER = {"legal_events", "external_grade"}
SOME = st.fixed_dictionaries({}, optional=INPUTS).filter(bool)


@given(SOME)
def test_score_agrees_with_the_plain_one(given_):
    assert credit_score(**given_) == pytest.approx(reference_score(given_), abs=1e-9)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("z_score", (-1, 0, 0.5, 1.1, 2, 2.6, 4, 5, 6)),
        ("current_ratio", (0.6, 0.7, 0.8, 1.0, 1.2, 1.5, 1.8, 2.0, 2.5)),
        ("equity_ratio", (-0.1, 0, 0.1, 0.15, 0.2, 0.30, 0.4, 0.50, 0.9)),
        ("interest_cover", (-1, 0, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 9)),
        ("pay_index", (0, 20, 21, 50, 79, 80, 100)),
        ("years_in_business", (0, 0.9, 1, 2.9, 3, 4.9, 5, 9.9, 10, 19.9, 20)),
        ("legal_events", (0, 1, 2, 3)),
        ("external_grade", (1, 1.5, 5, 10)),
    ],
)
def test_points_at_and_between_the_table_values(name, values):
    expected = [reference_score({name: value}) for value in values]
    np.testing.assert_allclose(credit_score(**{name: values}), expected, atol=1e-9)


@given(st.fixed_dictionaries(INPUTS), st.sampled_from(list(INPUTS)), st.data())
def test_a_score_never_falls_when_an_input_improves(given_, name, data):
    other = data.draw(INPUTS[name])
    improved = other < given_[name] if name in WORSE_WHEN_HIGHER else other > given_[name]
    assume(improved)
    assert credit_score(**given_ | {name: other}) >= credit_score(**given_) - 1e-9


@given(SOME)
def test_a_score_stays_on_its_scale(given_):
    assert 0 <= credit_score(**given_) <= 100 + 1e-9


def test_score_of_nothing_and_of_the_best():
    assert np.isnan(credit_score())
    best = credit_score(9, 9, 1, 9, 100, 50, 0, 1)
    assert best == pytest.approx(100)
    assert credit_grade(min(best, 100)) == 1
    assert credit_score(-9, 0, -1, -9, 0, 0, 2, 10) == pytest.approx(0.35 * 2.5 + 1 + 3)


def test_score_per_element():
    found = credit_score(pay_index=[80, None, 50], years_in_business=[[None], [2]])
    np.testing.assert_allclose(found, [[100, NAN, 50], [(35 * 100 + 300) / 45, 30, (35 * 50 + 300) / 45]])
    assert isinstance(credit_score(pay_index=80), float)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("current_ratio", -0.1),
        ("equity_ratio", 1.01),
        ("pay_index", -1),
        ("pay_index", 101),
        ("years_in_business", -1),
        ("legal_events", -1),
        ("legal_events", 4),
        ("legal_events", 0.5),
        ("external_grade", 0),
        ("external_grade", 11),
    ],
)
def test_score_refuses(name, value):
    for function in (credit_score, credit_scorecard):
        error = wrong(function, **FULL | {name: value})
        assert (error.cell, error.argument) == ("#NUM!", name)
    error = wrong(credit_score, **FULL | {name: [FULL[name], value]})
    assert error.where.tolist() == [False, True]


def test_the_weights_are_a_whole():
    assert sum(scorecard.BLOCK_WEIGHTS.values()) == pytest.approx(1)
    assert set(scorecard.BLOCKS.values()) == set(scorecard.BLOCK_WEIGHTS)


# Grade and caps


def test_grade_edges():
    assert credit_grade(80) == 2
    assert isinstance(credit_grade(80), float)
    assert credit_grade(80 - 1e-12) == 2
    assert credit_grade(80 - 1e-8) == 3
    assert np.isnan(credit_grade(None, 5))
    assert credit_grade([95, None], [[None], [4]]).tolist()[1][0] == 4
    assert credit_grade(35, 4) == 7
    assert credit_grade(range(101)).tolist() == [min(10, max(1, 10 - score // 10)) for score in range(101)]


@given(st.floats(0, 100), st.floats(0, 100), st.one_of(st.none(), st.integers(1, 10)), st.floats(0, 48))
def test_grade_order(score, other, cap, age):
    low, high = sorted((score, other))
    assert credit_grade(high, cap, age) <= credit_grade(low, cap, age)
    grade = credit_grade(score, cap, age)
    assert 1 <= grade <= 10
    assert grade == int(grade)
    assert grade >= (cap or 1)
    assert credit_grade(score, cap, age) >= credit_grade(score, cap)


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"score": [0, -0.1]}, "score"),
        ({"score": [100, 100.1]}, "score"),
        ({"score": 5, "not_better_than": [1, 0]}, "not_better_than"),
        ({"score": 5, "not_better_than": [10, 11]}, "not_better_than"),
        ({"score": 5, "not_better_than": [10, 2.5]}, "not_better_than"),
        ({"score": 5, "accounts_age_months": [0, -1]}, "accounts_age_months"),
    ],
)
def test_grade_refuses(arguments, argument):
    error = wrong(credit_grade, **arguments)
    assert (error.cell, error.argument, error.where.tolist()) == ("#NUM!", argument, [False, True])


def test_what_is_not_in_the_file_is_missing():
    assert credit_grade_cap() == 5
    assert credit_grade_cap(has_history=True) == 4
    assert credit_grade_cap(True, True) == 1
    assert credit_grade_cap(True, [True, None, False], [[0], [3]]).tolist() == [[1, 5, 5], [10, 10, 10]]


def test_cap_edges():
    rows = credit_grade_cap(True, True, share_over_90_days=[0.2, 0.2 + 1e-12, 0.2001, None])
    assert rows.tolist() == [1, 1, 8, 1]
    assert credit_grade_cap(True, True, legal_events=[0, 1, 2, 3]).tolist() == [1, 1, 1, 10]
    assert credit_grade_cap(True, True, bounced_90_days=[0, 1, 5, None]).tolist() == [1, 8, 8, 1]
    assert credit_grade_cap(True, True, accounts_age_months=[24, 24.5, None]).tolist() == [1, 2, 1]


CASE = {
    "has_financials": st.sampled_from([True, False, None]),
    "has_history": st.sampled_from([True, False, None]),
    "legal_events": st.integers(0, 3),
    "bounced_90_days": st.integers(0, 2),
    "share_over_90_days": st.floats(0, 1),
    "accounts_age_months": st.integers(0, 48),
}


@given(st.fixed_dictionaries(CASE))
def test_the_worst_cap_wins(case):
    caps = [
        1 if case["has_financials"] else 4,
        1 if case["has_history"] else 5,
        10 if case["legal_events"] == 3 else 1,
        8 if case["bounced_90_days"] else 1,
        8 if case["share_over_90_days"] > 0.2 + 5e-10 else 1,
        2 if case["accounts_age_months"] > 24 else 1,
    ]
    assert credit_grade_cap(**case) == max(caps)


@pytest.mark.parametrize(
    ("name", "value", "cell"),
    [
        ("has_financials", [True, "maybe"], "#VALUE!"),
        ("has_history", [True, 2], "#VALUE!"),
        ("legal_events", [0, 4], "#NUM!"),
        ("legal_events", [0, -1], "#NUM!"),
        ("legal_events", [0, 1.5], "#NUM!"),
        ("bounced_90_days", [0, -1], "#NUM!"),
        ("bounced_90_days", [0, 0.5], "#NUM!"),
        ("share_over_90_days", [1, 20], "#NUM!"),
        ("share_over_90_days", [0, -0.1], "#NUM!"),
        ("accounts_age_months", [0, -1], "#NUM!"),
    ],
)
def test_cap_refuses(name, value, cell):
    error = wrong(credit_grade_cap, **{name: value})
    assert (error.cell, error.argument, error.where.tolist()) == (cell, name, [False, True])


# Scorecard


@given(
    st.fixed_dictionaries({}, optional=INPUTS | {name: CASE[name] for name in CASE if name != "legal_events"})
)
def test_the_card_explains_the_score_and_the_grade(case):
    card = credit_scorecard(**case)
    inputs = {name: value for name, value in case.items() if name in INPUTS}
    score = credit_score(**inputs)
    np.testing.assert_allclose(np.nansum(card["contribution"][:-1]), np.nan_to_num(score), atol=1e-9)
    np.testing.assert_allclose(card["points"][-1], score)
    np.testing.assert_allclose(card["contribution"][-1], score)
    if not inputs:
        assert np.isnan(card["value"][-1])
        return
    assert card["weight"][-1] == pytest.approx(1)
    missing_financials = not set(inputs) & {"z_score", "current_ratio", "equity_ratio", "interest_cover"}
    present = {
        "has_financials": not missing_financials and case.get("has_financials") is not False,
        "has_history": "pay_index" in inputs and case.get("has_history") is not False,
    }
    rest = {name: value for name, value in case.items() if name in CASE}
    cap = credit_grade_cap(**rest | present)
    assert card["value"][-1] == credit_grade(score, cap, case.get("accounts_age_months"))
    assert card["value"][-1] == max(credit_grade(score), np.nanmax(card["cap"]))


def test_card_lines():
    card = credit_scorecard(**FULL, has_history=False, accounts_age_months=25, bounced_90_days=1)
    assert len(card) == 14
    assert card["block"].tolist()[8:] == [
        "has_financials",
        "has_history",
        "bounced_90_days",
        "share_over_90_days",
        "accounts_age_months",
        "grade",
    ]
    assert [row[1] for row in card.rows()][8:] == [1, 0, 1, None, 25, 8]
    assert [row[5] for row in card.rows()] == [None] * 9 + [5, 8, None, 4, 8]
    assert not card.total


def test_card_of_an_insolvent_customer():
    card = credit_scorecard(**FULL | {"legal_events": 3})
    assert card["weight"][:8].tolist() == [0, 0, 0, 0, 0, 0, 1, 0]
    assert card["cap"][6] == 10
    assert (card["value"][-1], card["points"][-1]) == (10, 0)


def test_a_card_is_for_one_customer():
    assert credit_scorecard(pay_index=[[80]])["points"][-1] == 100
    error = wrong(credit_scorecard, pay_index=[80, 70])
    assert (error.cell, error.argument, error.values["found"]) == ("#VALUE!", "pay_index", 2)


# Probability


@given(st.integers(1, 10), st.integers(0, 2000))
def test_probability_by_surviving_day_after_day(grade, days):
    """A second method: survive each day with the same probability."""
    yearly = float(credit_pd(grade))
    survive = 1.0
    for _ in range(days):
        survive *= (1 - yearly) ** (1 / 365)
    expected = 1.0 if grade == 10 else 1 - survive
    assert credit_pd(grade, days) == pytest.approx(expected, abs=1e-9)


@given(st.integers(1, 9), st.floats(0, 3650), st.floats(0, 3650))
def test_probability_order(grade, days, more):
    assert credit_pd(grade, days) <= credit_pd(grade + 1, days)
    assert credit_pd(grade, days) <= credit_pd(grade, days + more)
    assert 0 <= credit_pd(grade, days) <= 1


def test_probability_shapes_blanks_edges():
    assert isinstance(credit_pd(5), float)
    assert credit_pd([[5], [6]], [365, None]).tolist() == [[0.012, 0.012], [0.025, 0.025]]
    assert np.isnan(credit_pd([None, 5])).tolist() == [True, False]
    assert credit_pd([1, 9, 10], 0).tolist() == [0, 0, 1]
    assert np.isnan(credit_pd(5, policy={"grade": range(1, 11)}))
    assert np.isnan(credit_pd(None, 30))


def test_probability_refuses():
    assert wrong(credit_pd, grade=[1, 11]).where.tolist() == [False, True]
    assert wrong(credit_pd, grade=1, horizon_days=[0, -1]).where.tolist() == [False, True]


# Insurers' scales


def test_directions():
    assert grade_from_insurer(1, "Allianz") == 1
    assert grade_from_insurer([10, 1, 0, None], "coface").tolist()[:3] == [1, 10, 10]
    assert grade_from_insurer([1, 10, 11, 100], "atradius").tolist() == [1, 1, 2, 10]
    assert rating_for_insurer([1, 9, 10], "coface").tolist() == [10, 2, 0]
    assert rating_for_insurer([1, 10], "atradius").tolist() == [10, 100]
    assert np.isnan(rating_for_insurer(None, "allianz"))
    assert np.isnan(grade_from_insurer(None, "coface"))


@pytest.mark.parametrize("insurer", ["allianz", "coface", "atradius"])
def test_there_and_back(insurer):
    grades = np.arange(1.0, 11)
    assert grade_from_insurer(rating_for_insurer(grades, insurer), insurer).tolist() == grades.tolist()
    falling = np.diff(rating_for_insurer(grades, insurer))
    assert (falling < 0).all() if insurer == "coface" else (falling > 0).all()


@pytest.mark.parametrize(
    ("insurer", "ratings"),
    [("allianz", [1, 0]), ("allianz", [1, 11]), ("coface", [0, -1]), ("coface", [10, 11])],
)
def test_ratings_off_the_scale(insurer, ratings):
    assert wrong(grade_from_insurer, rating=ratings, insurer=insurer).where.tolist() == [False, True]


def test_more_ratings_off_the_scale():
    assert wrong(grade_from_insurer, rating=[1, 0], insurer="atradius").cell == "#NUM!"
    assert wrong(grade_from_insurer, rating=[100, 101], insurer="atradius").cell == "#NUM!"
    assert wrong(grade_from_insurer, rating=1.5, insurer="atradius").cell == "#NUM!"
    assert wrong(rating_for_insurer, grade=0, insurer="coface").argument == "grade"
    assert wrong(rating_for_insurer, grade=5, insurer="lloyds").cell == "#VALUE!"
