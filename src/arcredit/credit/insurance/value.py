"""Whether cover is worth its price: expected loss, break-even, sales behind a loss, need, insurer."""

from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.shapes import (
    Booleans,
    Flags,
    Floats,
    Numbers,
    Texts,
    cells,
    flags,
    numbers,
    result,
    same_height,
    share,
)


def tci_expected_loss(
    exposure: Numbers,
    probability: Numbers,
    loss_given_default: Numbers,
    insured_limit: Numbers = None,
    insured_percentage: Numbers = None,
) -> Any:
    """Expected loss of a year, after what an insurance would bear.

    一年的预期损失（扣除保险承担部分）。

    Parameters
    ----------
    exposure : Numbers
        Exposure at default. [currency]
        违约时的敞口。
    probability : Numbers
        Probability of default within the year. [fraction]
        一年内的违约概率。
    loss_given_default : Numbers
        Share that is lost: 1 − recovery. [fraction]
        违约损失率：1 − 回收率。
    insured_limit : Numbers, default uninsured
        The insurer's limit; blank is no insurance. [currency]
        保险限额；空白为未投保。
    insured_percentage : Numbers, default blank
        The insurer's share; needed with a limit. [fraction]
        赔付比例；有限额时必填。

    Returns
    -------
    Numbers
        Expected loss. [currency]

    Raises
    ------
    InputError
        A negative amount; a share above 1.

    Notes
    -----
    probability × loss_given_default × (exposure − insured_percentage × min(exposure, insured_limit)). A limit
    without a percentage is unknown. The deductible and the premium are left out.

    Source: product rule (expected loss = PD × LGD × EAD); worked example, hand-computed.

    Examples
    --------
    >>> tci_expected_loss(200_000, 0.025, 0.85, [None, 150_000], 0.9).tolist()
    [4250.0, 1381.25]
    """
    amount = numbers(exposure, "exposure", low=0)
    limit = numbers(insured_limit, "insured_limit", low=0)
    part = share(insured_percentage, "insured_percentage")
    insured = np.where(np.isnan(limit), 0.0, np.minimum(amount, limit) * part)
    odds = share(probability, "probability") * share(loss_given_default, "loss_given_default")
    return result(money.rounded(odds * (amount - insured)))


def tci_break_even(premium_rate: Numbers, insured_percentage: Numbers, share_within_limits: Numbers) -> Any:
    """Loss rate on sales at which cover pays for itself.

    使保险收支相抵的损失率（占销售额）。

    Parameters
    ----------
    premium_rate : Numbers
        Premium over insured sales: 0.0022 is 0.22 %. [fraction]
        保费占投保销售额的比例：0.0022 即 0.22%。
    insured_percentage : Numbers
        The insurer's share of a covered loss. [fraction]
        赔付比例。
    share_within_limits : Numbers
        Share of sales that lies within limits. [fraction]
        限额内销售额的占比。

    Returns
    -------
    Numbers
        Loss rate on sales; #DIV/0! where nothing is covered. [fraction]

    Raises
    ------
    InputError
        A share below 0 or above 1.

    Notes
    -----
    premium_rate / (insured_percentage × share_within_limits). Above 1 no loss rate repays the premium.

    Source: product rule; worked example, hand-computed.

    Examples
    --------
    >>> round(float(tci_break_even(0.0022, 0.9, 0.95)), 6)
    0.002573
    """
    cover = share(insured_percentage, "insured_percentage") * share(
        share_within_limits, "share_within_limits"
    )
    return result(_divided(share(premium_rate, "premium_rate"), cover))


def tci_sales_to_recover(net_loss: Numbers, margin: Numbers) -> Any:
    """Sales needed to earn a loss back.

    弥补一笔损失所需的销售额。

    Parameters
    ----------
    net_loss : Numbers
        Loss after insurance. [currency]
        扣除保险后的损失。
    margin : Numbers
        Net margin to replace the profit, contribution margin to replace the cash. [fraction]
        利润率：补回利润用净利率，补回现金用边际贡献率。

    Returns
    -------
    Numbers
        Sales; #DIV/0! at a margin of 0. [currency]

    Raises
    ------
    InputError
        A negative loss or margin; a margin above 1.

    Notes
    -----
    net_loss / margin, rounded to the cent.

    Source: gq-law.com (50,000 at 20 %), buildmybiz.com (2,500 at 3 %), ffgnesqs.com (1.5 million at 5 %).

    Examples
    --------
    >>> tci_sales_to_recover([50_000, 2_500], [0.2, 0.03]).tolist()
    [250000.0, 83333.33]
    """
    return result(money.rounded(_divided(numbers(net_loss, "net_loss", low=0), share(margin, "margin"))))


def tci_need(
    annual_credit_sales: Numbers,
    largest_customer_share: Numbers,
    exports: Booleans,
    sales_threshold: Numbers = 5_000_000,
    share_threshold: Numbers = 0.2,
) -> Any:
    """How many of three reasons to insure hold: large credit sales, one large customer, exports.

    三项投保理由中成立的项数：赊销额大、客户集中、有出口赊销。

    Parameters
    ----------
    annual_credit_sales : Numbers
        Credit sales of a year. [currency]
        年赊销额。
    largest_customer_share : Numbers
        Share of the largest customer in credit sales. [fraction]
        最大客户占赊销额的比例。
    exports : Booleans
        TRUE, or an amount above 0, where goods are exported on open account.
        有出口赊销则为 TRUE 或大于 0 的金额。
    sales_threshold : Numbers, default 5000000
        Credit sales above this are a reason. [currency]
        赊销额门槛。
    share_threshold : Numbers, default 0.2
        A share above this is a reason. [fraction]
        客户集中度门槛。

    Returns
    -------
    Numbers
        0 to 3; ask for a quote from 1 on.

    Raises
    ------
    InputError
        A negative amount; a share above 1.

    Notes
    -----
    A rule of thumb: each threshold must be exceeded, not just reached. The default thresholds (in CNY) are
    conventions, not published figures.

    Source: product rule.

    Examples
    --------
    >>> tci_need([4_000_000, 5_000_001], [0.2, 0.3], [False, True]).tolist()
    [0.0, 3.0]
    """
    sales = numbers(annual_credit_sales, "annual_credit_sales", low=0)
    largest = share(largest_customer_share, "largest_customer_share")
    abroad, blank = _exports(exports)
    high = np.nan_to_num(numbers(sales_threshold, "sales_threshold", low=0), nan=5_000_000)
    wide = np.nan_to_num(share(share_threshold, "share_threshold"), nan=0.2)
    count = (sales > high) + (largest > wide).astype(np.float64) + abroad
    return result(np.where(np.isnan(sales) | np.isnan(largest) | blank, np.nan, count))


def _exports(value: Any) -> tuple[Flags, Flags]:
    """Whether goods are exported, from flags or amounts, and where that is blank."""
    array = cells(value)
    if array.dtype.kind in "fiu":
        amount = numbers(array, "exports", low=0)
        return amount > 0, np.isnan(amount)
    if array.dtype.kind == "b":
        return array, np.zeros(array.shape, bool)
    array = array.astype(object)
    flagged = np.asarray(
        np.frompyfunc(lambda item: isinstance(item, str | bool | np.bool_), 1, 1)(array), bool
    )
    amount = numbers(_without(flagged, array), "exports", low=0)
    blank = ~flagged & np.isnan(amount)
    return flags(_without(~flagged, array), "exports") | (amount > 0), blank


def _without(mask: Flags, array: Texts) -> Texts:
    """The items with those of the mask blanked."""
    kept = array.copy()
    kept[mask] = None
    return kept


def tci_insurer_score(scores: Numbers, weights: Numbers) -> float:
    """Weighted score of an insurer, from database coverage, claims speed, services and whatever else counts.

    保险公司的加权得分，例如数据库覆盖、理赔速度、服务等。

    Parameters
    ----------
    scores : Numbers
        Scores on one scale, such as 0 to 10; a blank one with a weight makes the result unknown. [points]
        同一尺度的评分，如 0 至 10；有权重而无评分则结果未知。
    weights : Numbers
        How much each score counts; they need not add up to 1. [weight]
        各项权重，无须合计为 1。

    Returns
    -------
    float
        Weighted mean, on the scale of the scores; #DIV/0! where no weight is above 0. [points]

    Raises
    ------
    InputError
        A negative weight; unequal heights.

    Notes
    -----
    Σ scores × weights / Σ weights. A missing score is not left out: re-weighting would reward what is not
    known. One call per insurer compares them.

    Source: product rule.

    Examples
    --------
    >>> tci_insurer_score([8, 6, 9], [0.5, 0.3, 0.2])
    7.6
    """
    points = numbers(scores, "scores").reshape(-1)
    weight = np.nan_to_num(numbers(weights, "weights", low=0).reshape(-1))
    same_height(scores=points, weights=weight)
    counted = weight > 0
    if not counted.any():
        return float("nan")
    return float(money.rounded(np.sum(points[counted] * weight[counted]) / weight.sum(), 10))


def _divided(amount: Floats, base: Floats) -> Floats:
    """A ratio, NaN over a base of 0."""
    shape = np.broadcast_shapes(amount.shape, base.shape)
    unknown = np.full(shape, np.nan)
    return np.asarray(np.divide(amount, base, out=unknown, where=np.broadcast_to(base != 0, shape)))
