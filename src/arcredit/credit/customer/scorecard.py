"""The scorecard: points for what is known of a customer, a score of 0 to 100, and the caps on the grade.

Weights, points and caps are data below: a product proposal (no published scorecard is copied), to be tuned.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from arcredit.credit.customer.rating import OLD_ACCOUNTS_MONTHS, credit_grade
from arcredit.shapes import Booleans, Floats, Numbers, Table, flags, numbers, result, share, single

BLOCK_WEIGHTS: Mapping[str, float] = {
    "financial": 0.35,
    "payment": 0.35,
    "age": 0.10,
    "legal": 0.10,
    "external": 0.10,
}
BLOCKS: Mapping[str, str] = {
    "z_score": "financial",
    "current_ratio": "financial",
    "equity_ratio": "financial",
    "interest_cover": "financial",
    "pay_index": "payment",
    "years_in_business": "age",
    "legal_events": "legal",
    "external_grade": "external",
}
"""The block of each input; the financial block is the mean of those of its four that are given."""

POINTS: Mapping[str, Sequence[tuple[float, float]]] = {
    "z_score": ((0, 10), (1.1, 35), (2.6, 70), (5, 100)),
    "current_ratio": ((0.7, 0), (1.0, 40), (1.5, 75), (2.0, 100)),
    "equity_ratio": ((0, 0), (0.15, 40), (0.30, 70), (0.50, 100)),
    "interest_cover": ((0, 0), (1, 25), (2, 50), (4, 80), (8, 100)),
    "pay_index": ((20, 0), (80, 100)),
    "external_grade": ((1, 100), (10, 0)),
}
"""Points at values; linear between them, level beyond them."""

YEARS = ((0, 10), (1, 30), (3, 50), (5, 70), (10, 85), (20, 100))
"""Points from so many years on."""
LEGAL_POINTS = (100, 60, 30, 0)
"""None, pending suit or lien, judgment or tax lien, insolvency."""
INSOLVENT = 3

CAPS: Mapping[str, int] = {
    "has_financials": 4,
    "has_history": 5,
    "legal_events": 10,
    "bounced_90_days": 8,
    "share_over_90_days": 8,
    "accounts_age_months": 2,
}
"""Best grade still allowed where the file lacks something or shows trouble."""
OVERDUE_SHARE = 0.20
"""More than this share over 90 days past due is trouble."""


def credit_score(
    z_score: Numbers = None,
    current_ratio: Numbers = None,
    equity_ratio: Numbers = None,
    interest_cover: Numbers = None,
    pay_index: Numbers = None,
    years_in_business: Numbers = None,
    legal_events: Numbers = None,
    external_grade: Numbers = None,
) -> Numbers:
    """Credit score of a customer, 0 to 100, high is good; what is missing is re-weighted, so cap the grade.

    客户信用评分，0 至 100，越高越好；缺失的板块由其余板块重新加权，因此还须限制等级。

    Parameters
    ----------
    z_score : Numbers, default blank
        Altman score of model Z2. [score]
        Z2 模型的阿特曼 Z 值。
    current_ratio : Numbers, default blank
        Current assets over current liabilities. [ratio]
        流动比率：流动资产除以流动负债。
    equity_ratio : Numbers, default blank
        Equity over total assets, 1 at most. [fraction]
        净资产率：净资产除以资产总额，不大于 1。
    interest_cover : Numbers, default blank
        EBIT over interest; give 8 or more where there is no debt. [ratio]
        利息保障倍数：息税前利润除以利息；无有息负债时填 8 或以上。
    pay_index : Numbers, default blank
        Pay index 0 to 100, 80 = prompt, such as from CREDIT_PAY_INDEX. [points]
        付款指数，0 至 100，80 为准时，例如 CREDIT_PAY_INDEX 的结果。
    years_in_business : Numbers, default blank
        Years since the business began. [years]
        经营年限。
    legal_events : Numbers, default blank
        Worst of the last 24 months: 0 none, 1 pending suit or lien, 2 judgment or tax lien, 3 insolvency or
        own write-off. [level]
        近 24 个月最严重的法律事件：0 无，1 未决诉讼或留置，2 败诉判决或欠税留置，3 破产或我方已核销坏账。
    external_grade : Numbers, default blank
        Grade by an agency or insurer, turned to 1 (best) to 10. [grade]
        外部机构或保险公司评级，折算为 1（最好）至 10。

    Returns
    -------
    Numbers
        Score, 0 to 100; blank where nothing is given. [points]

    Raises
    ------
    InputError
        If a ratio, index or grade is outside its scale, or years are negative.

    Notes
    -----
    Weights: financial 35 % (mean of the four figures given), payment 35 %, age, legal and external 10 % each;
    a missing block gives its weight to the others in proportion. That alone would reward missing data:
    cap the grade by CREDIT_GRADE_CAP. Insolvency overrides all: score 0. Points are linear between the values
    of `POINTS` and level beyond them; all of it is a product proposal, held as data.

    Source: product rule, scorecard; worked example, hand-computed.

    Examples
    --------
    >>> score = credit_score(2.1632, 1.5, 0.30, 3, 71.9444, 12, 0, 4)
    >>> round(float(score), 2)
    79.08
    """
    return result(_score(*_weighed(_inputs(locals()))))


def credit_grade_cap(
    has_financials: Booleans = None,
    has_history: Booleans = None,
    legal_events: Numbers = None,
    bounced_90_days: Numbers = None,
    share_over_90_days: Numbers = None,
    accounts_age_months: Numbers = None,
) -> Numbers:
    """Best grade a customer may still have, given what its file lacks and what went wrong; 1 = no cap.

    根据资料缺失和不良记录，客户可获得的最好等级；1 表示不受限制。

    Parameters
    ----------
    has_financials : Booleans, default False
        Whether accounts are in the file; blank = FALSE, not better than 4. [flag]
        是否有财务报表；留空视为没有，不优于 4 级。
    has_history : Booleans, default False
        Whether there is a payment history; blank = FALSE, not better than 5. [flag]
        是否有付款记录；留空视为没有，不优于 5 级。
    legal_events : Numbers, default 0
        Worst of the last 24 months, 0 to 3; 3 = insolvency or own write-off, grade 10. [level]
        近 24 个月最严重的法律事件，0 至 3；3 为破产或我方已核销坏账，10 级。
    bounced_90_days : Numbers, default 0
        Bounced payments of the last 90 days; any: not better than 8. [count]
        近 90 天退票或拒付次数；有则不优于 8 级。
    share_over_90_days : Numbers, default 0
        Share of the balance over 90 days past due; above 0.2: not better than 8. [fraction]
        余额中逾期超过 90 天的比例；大于 0.2 则不优于 8 级。
    accounts_age_months : Numbers, default blank
        Age of the latest accounts; above 24: not better than 2. Give it to CREDIT_GRADE too. [months]
        最近一期财务报表距今月数；大于 24 则不优于 2 级；CREDIT_GRADE 也须填此项。

    Returns
    -------
    Numbers
        Best grade still allowed; the worst of the caps wins. [grade]

    Raises
    ------
    InputError
        If a level, count, share or age is outside its scale.

    Notes
    -----
    Old accounts cost one grade, whatever the grade: only CREDIT_GRADE and CREDIT_SCORECARD know the grade and
    take it off; the cap here is the best that can be left, 2. A guarantor's rating counts only with the
    guarantee in the file. Thresholds are a product proposal (`CAPS`, `OVERDUE_SHARE`, `OLD_ACCOUNTS_MONTHS`).

    Source: product rule, caps and overrides; worked example, hand-computed.

    Examples
    --------
    >>> credit_grade_cap([False, True, True], True, [0, 0, 3]).tolist()
    [4.0, 1.0, 10.0]
    """
    troubles = _troubles(locals())
    present = {
        "has_financials": flags(has_financials, "has_financials"),
        "has_history": flags(has_history, "has_history"),
    }
    worst = np.asarray(1.0)
    for cap in _caps(present, troubles).values():
        worst = np.maximum(worst, cap)
    return result(worst)


def credit_scorecard(
    z_score: Numbers = None,
    current_ratio: Numbers = None,
    equity_ratio: Numbers = None,
    interest_cover: Numbers = None,
    pay_index: Numbers = None,
    years_in_business: Numbers = None,
    legal_events: Numbers = None,
    external_grade: Numbers = None,
    has_financials: Booleans = None,
    has_history: Booleans = None,
    bounced_90_days: Numbers = None,
    share_over_90_days: Numbers = None,
    accounts_age_months: Numbers = None,
) -> Table:
    """Scorecard of one customer: each input's points, weight, contribution, cap; last line grade and score.

    单个客户的评分卡：逐项列示得分、权重、贡献和等级上限；末行为等级与评分。

    Parameters
    ----------
    z_score : Numbers, default blank
        Altman score of model Z2. [score]
        Z2 模型的阿特曼 Z 值。
    current_ratio : Numbers, default blank
        Current assets over current liabilities. [ratio]
        流动比率。
    equity_ratio : Numbers, default blank
        Equity over total assets. [fraction]
        净资产率。
    interest_cover : Numbers, default blank
        EBIT over interest; 8 or more where there is no debt. [ratio]
        利息保障倍数；无有息负债时填 8 或以上。
    pay_index : Numbers, default blank
        Pay index 0 to 100, 80 = prompt. [points]
        付款指数，0 至 100，80 为准时。
    years_in_business : Numbers, default blank
        Years since the business began. [years]
        经营年限。
    legal_events : Numbers, default blank
        0 none, 1 pending suit or lien, 2 judgment or tax lien, 3 insolvency or own write-off. [level]
        0 无，1 未决诉讼或留置，2 败诉判决或欠税留置，3 破产或我方已核销坏账。
    external_grade : Numbers, default blank
        Grade by an agency or insurer, 1 (best) to 10. [grade]
        外部评级，1（最好）至 10。
    has_financials : Booleans, default blank
        FALSE where the accounts cannot be relied on; blank = whether one of the four figures is given. [flag]
        财务报表不可靠时填 FALSE；留空则看四项财务指标是否有值。
    has_history : Booleans, default blank
        FALSE where the history cannot be relied on; blank = whether a pay index is given. [flag]
        付款记录不可靠时填 FALSE；留空则看是否有付款指数。
    bounced_90_days : Numbers, default 0
        Bounced payments of the last 90 days. [count]
        近 90 天退票或拒付次数。
    share_over_90_days : Numbers, default 0
        Share of the balance over 90 days past due. [fraction]
        余额中逾期超过 90 天的比例。
    accounts_age_months : Numbers, default blank
        Age of the latest accounts; over 24 costs one grade. [months]
        最近一期财务报表距今月数；超过 24 降一级。

    Returns
    -------
    Table
        block, value, points, weight, contribution, cap. Contributions add up to the score; a cap stands only
        where it applies. Last line: value = grade, points and contribution = score, cap = worst cap.

    Raises
    ------
    InputError
        If an input is outside its scale, or more than one value is given.

    Notes
    -----
    Weights are those after re-weighting. Insolvency takes the whole weight: every other contribution is 0.
    Missing figures cap the grade even where has_financials or has_history is TRUE. Old accounts: the cap of
    their line is the score's grade, one worse. See CREDIT_SCORE, CREDIT_GRADE_CAP and CREDIT_GRADE.

    Source: product rule, scorecard and caps; worked example, hand-computed.

    Examples
    --------
    >>> card = credit_scorecard(pay_index=71.9444, years_in_business=12, legal_events=0, external_grade=4)
    >>> [round(float(card[name][-1]), 2) for name in ("value", "points", "cap")]
    [4.0, 85.33, 4.0]
    """
    given = {name: single(value, name) for name, value in locals().items()}
    inputs = _inputs(given)
    points, weights = _weighed(inputs)
    present = {name: float(_present(given, inputs, name)) for name in _NEEDED}
    troubles = _troubles(given)
    caps = _caps(present, troubles)
    score = _score(points, weights)
    if caps["accounts_age_months"] > 1:
        caps["accounts_age_months"] = credit_grade(score, None, given["accounts_age_months"])
    return _card(inputs | present | troubles, points, weights, caps, score)


def _inputs(given: Mapping[str, Any]) -> dict[str, Floats]:
    """The eight figures that earn points, each checked against its scale."""
    return {name: numbers(given[name], name, **_SCALES.get(name, {})) for name in BLOCKS}


def _weighed(inputs: Mapping[str, Floats]) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Points of each input and its weight after the blocks that are missing gave theirs away."""
    points = {name: _points(name, value) for name, value in inputs.items()}
    known = {name: ~np.isnan(value) for name, value in inputs.items()}
    share_of_block: dict[str, Any] = {}
    for block, weight in BLOCK_WEIGHTS.items():
        count = sum(known[name].astype(np.float64) for name in BLOCKS if BLOCKS[name] == block)
        share_of_block[block] = weight / np.maximum(count, 1.0)
    raw = {name: known[name] * share_of_block[block] for name, block in BLOCKS.items()}
    insolvent = inputs["legal_events"] == INSOLVENT
    with np.errstate(invalid="ignore"):
        whole = sum(raw.values())
        weights = {
            name: np.where(insolvent, float(name == "legal_events"), weight / whole)
            for name, weight in raw.items()
        }
    return points, weights


def _points(name: str, value: Floats) -> Floats:
    if name in POINTS:
        values, points = zip(*POINTS[name], strict=True)
        return np.asarray(np.interp(value, values, points))
    if name == "years_in_business":
        years, points = zip(*YEARS, strict=True)
        step = np.array(points, np.float64)[np.searchsorted(years, value, side="right") - 1]
    else:
        step = np.array(LEGAL_POINTS, np.float64)[np.nan_to_num(value).astype(np.intp)]
    return np.where(np.isnan(value), np.nan, step)


def _score(points: Mapping[str, Floats], weights: Mapping[str, Floats]) -> Floats:
    score = sum(weight * np.nan_to_num(points[name]) for name, weight in weights.items())
    # Binary noise must neither pass 100 nor fall below the floor of a grade.
    return np.round(np.asarray(score), 9)


def _troubles(given: Mapping[str, Any]) -> dict[str, Floats]:
    return {
        "legal_events": numbers(given["legal_events"], "legal_events", **_SCALES["legal_events"]),
        "bounced_90_days": numbers(given["bounced_90_days"], "bounced_90_days", low=0, whole=True),
        "share_over_90_days": share(given["share_over_90_days"], "share_over_90_days"),
        "accounts_age_months": numbers(given["accounts_age_months"], "accounts_age_months", low=0),
    }


def _caps(present: Mapping[str, Any], troubles: Mapping[str, Floats]) -> dict[str, Any]:
    """The cap of each line, 1 where it does not apply."""
    applies = {
        "has_financials": np.equal(present["has_financials"], 0),
        "has_history": np.equal(present["has_history"], 0),
        "legal_events": troubles["legal_events"] == INSOLVENT,
        "bounced_90_days": troubles["bounced_90_days"] > 0,
        "share_over_90_days": np.round(troubles["share_over_90_days"], 9) > OVERDUE_SHARE,
        "accounts_age_months": troubles["accounts_age_months"] > OLD_ACCOUNTS_MONTHS,
    }
    return {name: np.where(applies[name], float(cap), 1.0) for name, cap in CAPS.items()}


def _present(given: Mapping[str, Any], inputs: Mapping[str, Floats], name: str) -> bool:
    """Whether the file has it: one of its figures is given, and nobody said FALSE."""
    known = any(not np.isnan(inputs[item]) for item in _NEEDED[name])
    return known and bool(flags(given[name], name, default=True))


def _card(
    values: Mapping[str, Any],
    points: Mapping[str, Floats],
    weights: Mapping[str, Floats],
    caps: Mapping[str, Any],
    score: Floats,
) -> Table:
    worst = max(map(float, caps.values()))
    weight = np.array([weights.get(name, np.nan) for name in values], np.float64)
    point = np.array([points.get(name, np.nan) for name in values], np.float64)
    cap = [caps[name] if caps.get(name, 1) > 1 else np.nan for name in values]
    return Table(
        {
            "block": np.array([*values, "grade"], object),
            "value": np.array([*values.values(), credit_grade(score, worst)], np.float64),
            "points": np.append(point, score),
            "weight": np.append(weight, np.nansum(weight)),
            "contribution": np.append(weight * point, score),
            "cap": np.array([*cap, worst], np.float64),
        }
    )


_SCALES: Mapping[str, dict[str, Any]] = {
    "current_ratio": {"low": 0},
    "equity_ratio": {"high": 1},
    "pay_index": {"low": 0, "high": 100},
    "years_in_business": {"low": 0},
    "legal_events": {"low": 0, "high": INSOLVENT, "whole": True},
    "external_grade": {"low": 1, "high": 10},
}
_NEEDED: Mapping[str, Sequence[str]] = {
    "has_financials": [name for name, block in BLOCKS.items() if block == "financial"],
    "has_history": ["pay_index"],
}
