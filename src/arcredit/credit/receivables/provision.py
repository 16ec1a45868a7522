"""Expected credit loss of receivables: loss rates from history, and the provision matrix.

Lifetime losses by bucket (IFRS 9 simplified approach, US GAAP aging method): balance × loss rate, looking
forward, net of insured parts where the cover belongs to the terms.
"""

from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.block import blank, one_number
from arcredit.errors import InputError
from arcredit.shapes import Floats, Numbers, Table, Texts, labels, numbers, option, share

_FLAGS: Texts = np.array([None, "over_1", "capped", "no_base"], object)


def ar_loss_rates(balances: Any, loss_given_default: Numbers = 1, mean: str = "pooled") -> Table:
    """Roll rates from bucket to bucket and the loss rate of each, from month-end balances.

    由各月末账龄余额计算滚动率（迁徙率）及各账龄段的损失率。

    Parameters
    ----------
    balances : Numbers
        Balances, a row per month with the oldest first, a column per bucket; a header row may name them.
        [currency]
        各月末余额：每行一个月（由早到晚），每列一个账龄段；可带表头行。
    loss_given_default : Numbers, default 1
        Share lost of what reaches the last bucket, 0 to 1. [fraction]
        进入最后账龄段后的损失比例，0 至 1。
    mean : Option, default "pooled"
        pooled (sums of all months, weighted by size) or simple (mean of the monthly rates). [text]
        pooled 合并各月加权，simple 各月简单平均。

    Returns
    -------
    Table
        Columns bucket, roll_rate (blank for the last), loss_rate, flag: "capped" (rate above 1, set to 1),
        "over_1" (a single month above 1), "no_base" (no balance to roll from: rates unknown).

    Raises
    ------
    InputError
        If a balance is negative, loss_given_default is not within 0 to 1 or mean is unknown.

    Notes
    -----
    r_k = balance of bucket k+1 next month / balance of bucket k; loss_k = r_k × … × r_last-1 × loss given
    default. Buckets must be one month wide, and the last one closed (such as 91-120) or newly entered
    amounts only: a ">90" balance holds old stock and overstates the roll. Net flow hides cures. A month
    with a blank or a 0 to roll from is left out; less than two months leave everything unknown. A rate
    above 1 means data errors, back-dated documents or exchange rates: look before you use it.

    Source: roll-rate (net flow) method; worked example, hand-computed.

    Examples
    --------
    >>> table = ar_loss_rates([[1000, 300, 120], [1050, 320, 126]], 0.7)
    >>> table["roll_rate"].round(4).tolist(), table["loss_rate"].round(4).tolist()
    ([0.32, 0.42, nan], [0.0941, 0.294, 0.7])
    """
    names, block = _balances(balances)
    lost = float(share(one_number(loss_given_default, "loss_given_default", 1), "loss_given_default"))
    simple = option(mean, "mean", ("pooled", "simple")) == "simple"
    base, rolled = block[:-1, :-1], block[1:, 1:]
    used = (base > 0) & ~np.isnan(rolled)
    base, rolled = np.where(used, base, 0), np.where(used, rolled, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        monthly = np.where(used, rolled / base, 0)
        roll = monthly.sum(axis=0) / used.sum(axis=0) if simple else rolled.sum(axis=0) / base.sum(axis=0)
    flag = np.where(roll > 1, 2, (monthly > 1).any(axis=0).astype(np.intp))
    flag = np.where(np.isnan(roll), 3, flag)
    capped = np.minimum(roll, 1)
    loss = np.append(np.cumprod(capped[::-1])[::-1], 1.0) * lost
    return Table(
        {
            "bucket": names,
            "roll_rate": np.append(capped, np.nan),
            "loss_rate": loss,
            "flag": _FLAGS[np.append(flag, 0)],
        }
    )


def ar_ecl(
    balances: Any,
    loss_rates: Numbers,
    forward_looking: Numbers = 1,
    insured_share: Numbers = None,
    insured_percentage: Numbers = None,
) -> float:
    """Expected credit loss: balances × loss rates, scaled forward, without the insured part.

    预期信用损失：余额 × 损失率，经前瞻调整，并扣除保险承担的部分。

    Parameters
    ----------
    balances : Numbers
        Balances by bucket, or segments × buckets; below 0 counts as 0. [currency]
        各账龄段余额，或“分组 × 账龄段”区域；负数按 0 计。
    loss_rates : Numbers
        Loss rates in the shape of the balances, or one row for all segments; 0 to 1. [fraction]
        损失率，形状与余额一致，或一行适用于各组；0 至 1。
    forward_looking : Numbers, default 1
        Factor for what is expected to differ from the past, 0 or more. [times]
        前瞻性调整系数，不小于 0。
    insured_share : Numbers, default blank
        Share of the balances within insured limits, 0 to 1; blank = none. [fraction]
        保险限额内余额占比，0 至 1；留空视为没有。
    insured_percentage : Numbers, default blank
        Share the insurer pays, 0 to 1; blank = none. [fraction]
        保险赔付比例，0 至 1；留空视为没有。

    Returns
    -------
    float
        Expected credit loss, rounded at the end; NaN without balances or where one has no rate. [currency]

    Raises
    ------
    InputError
        If a rate or share is not within 0 to 1 or the shapes do not match.

    Notes
    -----
    Σ max(balance, 0) × min(1, rate × factor) × (1 − insured_share × insured_percentage). A rate of 1 stays
    1 whatever the factor. Credit balances are not netted against other customers' debts. Net the insured
    part only where the cover is integral to the terms and not an asset of its own (IFRS 9 B5.5.55);
    otherwise leave both blank and show the reimbursement separately. The insurer's own default is not in
    it: see `uninsured_share`. Debts assessed one by one do not belong into the matrix.

    Source: IFRS 9 5.5.15, B5.5.35 and illustrative example 12; ASC 326-20-55 example 5; IFRScommunity,
    provision matrix.

    Examples
    --------
    >>> ar_ecl([15e6, 7.5e6, 4e6, 2.5e6, 1e6], [0.003, 0.016, 0.036, 0.066, 0.106])
    580000.0
    """
    owed = np.maximum(numbers(balances, "balances"), 0)
    rate = share(loss_rates, "loss_rates")
    if rate.ndim == owed.ndim == 2 and 1 in rate.shape and rate.size == owed.size:
        rate = rate.reshape(owed.shape)
    scale = np.nan_to_num(numbers(forward_looking, "forward_looking", low=0), nan=1.0)
    rest = uninsured_share(insured_share, insured_percentage)
    try:
        loss = np.where(owed == 0, 0.0, owed * scaled_rates(rate, scale) * rest)
    except ValueError:
        raise InputError(
            "input.unequal_heights",
            cell="#VALUE!",
            argument="loss_rates",
            found=rate.size,
            expected=owed.size,
        ) from None
    counted = loss[~np.isnan(np.broadcast_to(owed, loss.shape))]
    if not counted.size or np.isnan(counted).any():
        return float("nan")
    return float(money.rounded(counted.sum()))


def scaled_rates(loss_rates: Numbers, forward_looking: Numbers) -> Floats:
    """Loss rates times a forward-looking factor, at most 1; a rate of 1 is certain and stays.

    Examples
    --------
    >>> scaled_rates([0.1, 0.9, 1], 1.2).tolist(), scaled_rates(1, 0.8).tolist()
    ([0.12, 1.0, 1.0], 1.0)
    """
    rate = np.asarray(loss_rates, np.float64)
    return np.where(rate == 1, 1.0, np.minimum(rate * np.asarray(forward_looking), 1))


def scenario_rates(loss_rates: Numbers, weights: Numbers, factors: Numbers) -> Floats:
    """Probability-weighted loss rates over scenarios, each capped before it is averaged.

    Where no cap binds this is one factor Σ weight × factor.

    Raises
    ------
    InputError
        ``#NUM!`` where the weights do not add up to 1.

    Examples
    --------
    >>> scenario_rates([0.1], [0.6, 0.3, 0.1], [1, 1.35, 0.85]).round(6).tolist()
    [0.109]
    """
    weight = share(weights, "weights").reshape(-1)
    if abs(weight.sum() - 1) > 1e-9:
        key = "input.too_high" if weight.sum() > 1 else "input.too_low"
        raise InputError(key, argument="weights", found=f"{weight.sum():g}", high="1", low="1")
    factor = numbers(factors, "factors", low=0).reshape(-1)
    rates = np.asarray(loss_rates, np.float64)
    return np.asarray(scaled_rates(rates[..., None], factor) @ weight)


def shifted_rates(loss_rates: Numbers, shift: Numbers) -> Floats:
    """Loss rates whose odds are multiplied by e^shift: logit(rate') = logit(rate) + shift.

    Rates of 0 and 1 stay, and no cap is ever needed.

    Examples
    --------
    >>> shifted_rates([0.0, 0.5, 1.0], np.log(3)).round(12).tolist()
    [0.0, 0.75, 1.0]
    """
    rate, grown = share(loss_rates, "loss_rates"), np.exp(np.asarray(shift, np.float64))
    return np.asarray(rate * grown / (1 - rate + rate * grown))


def cohort_loss_rates(reached: Numbers, lost: Numbers) -> Floats:
    """Loss rates by following one cohort of sales: what was never paid / what reached the bucket.

    Parameters
    ----------
    reached : Numbers
        Amounts of the cohort still unpaid on entering each bucket, the first the sales themselves. [currency]
    lost : Numbers
        Amount never paid. [currency]

    Source: IFRScommunity, lifetime ECL of trade receivables, provision matrix.

    Examples
    --------
    >>> cohort_loss_rates([100000, 50000, 23000, 8000, 2000], 2000).round(4).tolist()
    [0.02, 0.04, 0.087, 0.25, 1.0]
    """
    still = numbers(reached, "reached", low=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = numbers(lost, "lost", low=0) / still
    return np.where(still > 0, np.minimum(rate, 1), np.nan)


def uninsured_share(
    insured_share: Numbers, insured_percentage: Numbers, insurer_default: Numbers = 0
) -> Floats:
    """What is left of a loss after the insurer's part, which he pays unless he defaults himself.

    Examples
    --------
    >>> float(uninsured_share(0.85, 0.9)), float(uninsured_share(0.85, 0.9, 0.001).round(6))
    (0.235, 0.235765)
    """
    within = np.nan_to_num(share(insured_share, "insured_share"))
    paid = np.nan_to_num(share(insured_percentage, "insured_percentage"))
    return np.asarray(1 - within * paid * (1 - share(insurer_default, "insurer_default")))


def _balances(balances: Any) -> tuple[Texts, Floats]:
    """Names of the buckets and the block; without a header row the names are 1, 2, …"""
    if hasattr(balances, "columns"):
        return labels(list(balances.columns), "balances"), numbers(balances, "balances", low=0)
    block = np.asarray(balances, object) if not isinstance(balances, np.ndarray) else balances
    if block.ndim != 2 or block.shape[1] < 2:
        raise InputError("block.not_a_block", cell="#VALUE!", argument="balances")
    named = block.dtype.kind == "O" and any(isinstance(cell, str) and not blank(cell) for cell in block[0])
    names = labels(block[0], "balances") if named else labels(np.arange(1.0, block.shape[1] + 1), "balances")
    return names, numbers(block[1:] if named else block, "balances", low=0)
