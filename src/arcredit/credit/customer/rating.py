"""Rating: Altman's scores and zones, the grade of a score, its probability of default, insurers' scales."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from arcredit.credit.customer.policy import grades, places, read_policy
from arcredit.shapes import Floats, Labels, Numbers, Texts, numbers, option, options, result


class Altman(NamedTuple):
    """One of Altman's models: weights of X1 … X5, the constant, and the two cut-offs."""

    x1: float
    x2: float
    x3: float
    x4: float
    x5: float
    constant: float
    distress_below: float
    safe_above: float


ALTMAN: Mapping[str, Altman] = {
    "z2": Altman(6.56, 3.26, 6.72, 1.05, 0.0, 0.0, 1.10, 2.60),
    "z1": Altman(0.717, 0.847, 3.107, 0.420, 0.998, 0.0, 1.23, 2.90),
    "z2em": Altman(6.56, 3.26, 6.72, 1.05, 0.0, 3.25, 4.35, 5.85),
}
"""The models by their option; the first is the default."""

HIGHEST_X4 = 10.0
"""Equity over liabilities counts no higher; a firm without liabilities has this."""

SCORE_FLOORS = (10, 20, 30, 40, 50, 60, 70, 80, 90)
"""A score from 90 is grade 1, from 80 grade 2, … below 10 grade 10."""

OLD_ACCOUNTS_MONTHS = 24
"""Accounts older than this cost one grade."""

INSURER_SCALES: Mapping[str, Mapping[int, int]] = {
    "allianz": {rating: rating for rating in range(1, 11)},
    "coface": {0: 10} | {rating: 11 - rating for rating in range(1, 11)},
    "atradius": {rating: -(-rating // 10) for rating in range(1, 101)},
}
"""Our grade for each rating of an insurer: Allianz Trade 1 best to 10, Coface DRA 10 best to 0 default,
Atradius 1 best to 100. The scales differ in direction: never compare the numbers raw."""


def credit_z_score(
    total_assets: Numbers,
    working_capital: Numbers,
    retained_earnings: Numbers,
    ebit: Numbers,
    equity: Numbers,
    total_liabilities: Numbers,
    sales: Numbers = None,
    model: Labels = "Z2",
) -> Numbers:
    """Altman score of a company that is not listed, from its yearly accounts; high is good.

    非上市公司的阿特曼 Z 值，依据年度财务报表计算；越高越好。

    Parameters
    ----------
    total_assets : Numbers
        Total assets, above 0. [currency]
        资产总额，须大于 0。
    working_capital : Numbers
        Current assets less current liabilities. [currency]
        营运资金：流动资产减流动负债。
    retained_earnings : Numbers
        Retained earnings; accumulated losses negative. [currency]
        留存收益；累计亏损为负。
    ebit : Numbers
        Earnings before interest and tax of the year. [currency]
        全年息税前利润。
    equity : Numbers
        Book equity. [currency]
        账面净资产。
    total_liabilities : Numbers
        Total liabilities, 0 or more. [currency]
        负债总额，不小于 0。
    sales : Numbers, default blank
        Sales of the year; needed by Z1 only. [currency]
        全年销售额；仅 Z1 需要。
    model : Labels, default Z2
        Z1 private manufacturer, Z2 non-manufacturer, Z2EM = Z2 + 3.25. [option]
        模型：Z1 非上市制造业，Z2 非制造业，Z2EM = Z2 + 3.25。

    Returns
    -------
    Numbers
        The score; blank where an input, or the sales of Z1, is blank. [score]

    Raises
    ------
    InputError
        If total assets are not above 0, liabilities or sales are negative, or the model is unknown.

    Notes
    -----
    With X1 … X5 = working capital, retained earnings, EBIT over total assets, book equity over total
    liabilities, sales over total assets: Z1 = 0.717 X1 + 0.847 X2 + 3.107 X3 + 0.420 X4 + 0.998 X5;
    Z2 = 6.56 X1 + 3.26 X2 + 6.72 X3 + 1.05 X4. X4 counts 10 at most, also without liabilities (product
    rule, `HIGHEST_X4`); no liabilities and no equity is undefined. Not for banks, insurers, holdings or
    firms with fewer than two balance sheets. Cut-offs and weights of Z1 and Z2 as generally printed.

    Source: Altman, "Predicting Financial Distress of Companies" (July 2000); IJFS 2018, 6(3), 70.

    Examples
    --------
    >>> score = credit_z_score(20, 3, 2, 1.2, 6, 14, 22, ["Z1", "Z2", "Z2EM"])
    >>> score.round(4).tolist()
    [1.6565, 2.1632, 5.4132]
    """
    weights = _model(model)
    assets = numbers(total_assets, "total_assets", positive=True)
    turnover = numbers(sales, "sales", low=0)
    score = (
        weights.x1 * numbers(working_capital, "working_capital")
        + weights.x2 * numbers(retained_earnings, "retained_earnings")
        + weights.x3 * numbers(ebit, "ebit")
        + np.where(weights.x5 == 0, 0.0, weights.x5 * turnover)
    ) / assets
    x4 = _equity_to_liabilities(
        numbers(equity, "equity"), numbers(total_liabilities, "total_liabilities", low=0)
    )
    return result(np.asarray(score + weights.x4 * x4 + weights.constant))


def credit_z_zone(z_score: Numbers, model: Labels = None) -> Labels:
    """Zone of an Altman score: safe, grey or distress.

    阿特曼 Z 值所处区间：safe（安全）、grey（灰色）或 distress（困境）。

    Parameters
    ----------
    z_score : Numbers
        Altman score of the same model. [score]
        同一模型的 Z 值。
    model : Labels, default Z2
        Z1, Z2 or Z2EM; blank = Z2. [option]
        模型：Z1、Z2 或 Z2EM；留空为 Z2。

    Returns
    -------
    Labels
        safe, grey or distress; blank where the score is blank.

    Raises
    ------
    InputError
        If the model is unknown.

    Notes
    -----
    Grey with both its ends: Z1 1.23 to 2.90, Z2 1.10 to 2.60, Z2EM 4.35 to 5.85. A score is compared at
    nine decimals, so that binary noise moves nobody out of the grey zone.

    Source: Altman, "Predicting Financial Distress of Companies" (July 2000); IJFS 2018, 6(3), 70.

    Examples
    --------
    >>> credit_z_zone([2.61, 2.60, 1.10, 1.09]).tolist()
    ['safe', 'grey', 'grey', 'distress']
    """
    score = np.round(numbers(z_score, "z_score"), 9)
    weights = _model(model)
    zone = 1 + (score > weights.safe_above).astype(np.intp) - (score < weights.distress_below)
    return result(np.asarray(_ZONES[np.where(np.isnan(score), 3, zone)], object))


def credit_grade(
    score: Numbers, not_better_than: Numbers = None, accounts_age_months: Numbers = None
) -> Numbers:
    """Grade of a score, 1 (best) to 10, never better than the cap.

    由评分得出信用等级，1（最好）至 10，且不优于上限等级。

    Parameters
    ----------
    score : Numbers
        Score, 0 to 100, such as from CREDIT_SCORE. [points]
        评分，0 至 100，例如 CREDIT_SCORE 的结果。
    not_better_than : Numbers, default 1
        Best grade still allowed, such as from CREDIT_GRADE_CAP; blank = no cap. [grade]
        允许的最好等级，例如 CREDIT_GRADE_CAP 的结果；留空为不限。
    accounts_age_months : Numbers, default blank
        Age of the latest accounts; over 24 months costs one grade. Blank = not old. [months]
        最近一期财务报表距今的月数；超过 24 个月降一级；留空视为不过旧。

    Returns
    -------
    Numbers
        Grade, 1 to 10. [grade]

    Raises
    ------
    InputError
        If the score is outside 0 to 100, the cap is no grade, or the age is negative.

    Notes
    -----
    90 to 100 is grade 1, 80 to below 90 grade 2, … below 10 grade 10 (`SCORE_FLOORS`, a master scale to be
    calibrated to your own losses); compared at nine decimals. Old accounts make it one grade worse before
    the cap; of both, the worse stands.

    Source: product rule, master scale; boundaries hand-computed.

    Examples
    --------
    >>> credit_grade([79.08, 80, 85.33], [None, None, 4]).tolist()
    [3.0, 2.0, 4.0]
    """
    points = np.round(numbers(score, "score", low=0, high=100), 9)
    cap = grades(not_better_than, "not_better_than")
    old = numbers(accounts_age_months, "accounts_age_months", low=0) > OLD_ACCOUNTS_MONTHS
    grade = len(SCORE_FLOORS) + 1 - np.searchsorted(SCORE_FLOORS, points, side="right")
    worse = np.minimum(grade + old, 10).astype(np.float64)
    return result(np.where(np.isnan(points), np.nan, np.fmax(worse, cap)))


def credit_pd(grade: Numbers, horizon_days: Numbers = 365, policy: Any = None) -> Numbers:
    """Probability that a customer of this grade defaults within the horizon.

    该信用等级客户在给定期限内的违约概率。

    Parameters
    ----------
    grade : Numbers
        Grade, 1 (best) to 10. [grade]
        信用等级，1（最好）至 10。
    horizon_days : Numbers, default 365
        Horizon, 0 or more; 365 for a revolving limit, the life of the debt for one shipment. [days]
        期限，不小于 0；循环额度用 365，单笔出货用账款存续天数。
    policy : Block, default blank
        Credit policy: header row and one line per grade; blank = the built-in policy. [table]
        信用政策表：首行表头，每级一行；留空用内置政策。

    Returns
    -------
    Numbers
        Probability, 0 to 1; blank where the policy has none. [fraction]

    Raises
    ------
    InputError
        If a grade is not a whole number from 1 to 10, days are negative, or the policy does not add up.

    Notes
    -----
    ``1 - (1 - pd) ** (horizon_days / 365)`` with the policy's one-year pd. A customer in default (pd 1)
    has probability 1 over any horizon. The default scale is illustrative: calibrate it to your own data.

    Source: product rule, master scale; worked example, hand-computed.

    Examples
    --------
    >>> round(float(credit_pd(5, 60)), 8)
    0.00198257
    """
    days = numbers(horizon_days, "horizon_days", low=0)
    years = np.where(np.isnan(days), 1.0, days / 365)
    yearly = read_policy(policy)["pd"][places(grades(grade))]
    with np.errstate(divide="ignore", invalid="ignore"):
        over_horizon = -np.expm1(years * np.log1p(-yearly))
    return result(np.where((yearly == 1) | (years == 1), yearly, over_horizon))


def grade_from_insurer(rating: Numbers, insurer: str) -> Numbers:
    """Our grade for an insurer's rating: ``allianz`` 1 to 10, ``coface`` 10 to 0, ``atradius`` 1 to 100.

    Source: Coface Debtor Risk Assessment (10 best, 0 default); Allianz Trade and Atradius scales as
    credit controllers know them, the bands of Atradius ours.

    Examples
    --------
    >>> grade_from_insurer([10, 7, 0], "coface").tolist()
    [1.0, 4.0, 10.0]
    """
    return _converted(rating, "rating", INSURER_SCALES[option(insurer, "insurer", list(INSURER_SCALES))])


def rating_for_insurer(grade: Numbers, insurer: str) -> Numbers:
    """The rating on an insurer's scale for our grade; of several the worst, so grade 10 is DRA 0.

    Examples
    --------
    >>> rating_for_insurer([1, 4, 10], "coface").tolist()
    [10.0, 7.0, 0.0]
    >>> rating_for_insurer([1, 4, 10], "atradius").tolist()
    [10.0, 40.0, 100.0]
    """
    scale = INSURER_SCALES[option(insurer, "insurer", list(INSURER_SCALES))]
    # Coface counts down: its worst comes first and must win; the others' worst comes last.
    falling = scale[max(scale)] < scale[min(scale)]
    return _converted(
        grade, "grade", {grade: rating for rating, grade in sorted(scale.items(), reverse=falling)}
    )


def _converted(value: Any, argument: str, scale: Mapping[int, int]) -> Numbers:
    given = numbers(value, argument, low=min(scale), high=max(scale), whole=True)
    table = np.full(max(scale) + 2, np.nan)
    table[list(scale)] = list(scale.values())
    return result(table[np.where(np.isnan(given), max(scale) + 1, given).astype(np.intp)])


def _equity_to_liabilities(equity: Floats, liabilities: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.minimum(equity / liabilities, HIGHEST_X4)
    return np.where(np.isneginf(ratio), np.nan, ratio)


def _model(model: Any) -> Any:
    """The models' figures for a word or a block of words, as an `Altman` of numbers or arrays."""
    place = options(model, "model", list(ALTMAN))
    return Altman(*(figures[place] for figures in np.array(list(ALTMAN.values())).T))


_ZONES: Texts = np.array(["distress", "grey", "safe", None], object)
