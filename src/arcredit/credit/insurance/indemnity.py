"""From a loss to the estimated indemnity: steps that each take an amount and give one, and nothing else.

Which step comes when is what wordings differ in, and what careless calculators get wrong. The order stands in
`order`, as data; each step is a function of the amount before it.

Source: Coface, "Indemnification" (percentage, then excess); comparecreditinsurance.co.uk, glossary
(threshold, aggregate first loss, maximum liability); CIFF, "First losses" (minimum retention); HKTDC on
HKECIC (limit × percentage).
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.docstrings import parameters_of
from arcredit.credit.insurance.insurance_policy import DEDUCTIBLE_RULES, LIMIT_BASES, THRESHOLD_RULES
from arcredit.errors import InputError
from arcredit.shapes import (
    Floats,
    Labels,
    Numbers,
    Table,
    numbers,
    option,
    options,
    result,
    share,
)
from arcredit.words import say


@dataclass(frozen=True)
class Terms:
    """What the steps need to know; every amount is broadcast against the loss.

    ``in_order`` makes the losses a policy year's claims in their order: each takes from what the earlier ones
    left of the aggregate deductible and of the maximum liability. Else every loss stands alone.
    """

    limit: Floats
    insured_percentage: Floats
    deductible: Floats
    threshold: Floats
    aggregate_left: Floats
    liability_left: Floats
    reaching: Any = False  # whether a loss of just the threshold is above it
    in_order: bool = False


def order(deductible_rule: str, limit_basis: str) -> tuple[str, ...]:
    """The steps of a wording, first to last."""
    head = ("limit", "threshold") if limit_basis == "debt" else ("threshold",)
    capped = () if limit_basis == "debt" else ("limit",)
    if deductible_rule == "ded_first":
        return (*head, "deductible", "aggregate", "percentage", *capped, "maximum")
    own = "retention" if deductible_rule == "min_retention" else "deductible"
    return (*head, "percentage", *capped, own, "aggregate", "maximum")


def stages(loss: Floats, terms: Terms, deductible_rule: str, limit_basis: str) -> dict[str, Floats]:
    """The amount after every step, in order; the last one is the indemnity."""
    amounts: dict[str, Floats] = {}
    amount = covered = np.maximum(loss, 0.0)
    for step in order(deductible_rule, limit_basis):
        amount = _STEPS[step](amount, covered, terms)
        amounts[step] = amount
        if step == "threshold":
            covered = amount
    return amounts


def _limit(amount: Floats, covered: Floats, terms: Terms) -> Floats:
    return np.minimum(amount, terms.limit)


def _threshold(amount: Floats, covered: Floats, terms: Terms) -> Floats:
    """A gate, not a deduction: above it the whole loss counts."""
    reached = (amount > terms.threshold) | ((amount == terms.threshold) & terms.reaching)
    return np.where(reached | np.isnan(amount), amount, 0.0)


def _percentage(amount: Floats, covered: Floats, terms: Terms) -> Floats:
    return money.rounded(amount * terms.insured_percentage)


def _deductible(amount: Floats, covered: Floats, terms: Terms) -> Floats:
    return money.rounded(np.maximum(amount - terms.deductible, 0.0), money.PLACES)


def _retention(amount: Floats, covered: Floats, terms: Terms) -> Floats:
    """The insured keeps the larger of its own share and the minimum retention, never both."""
    return np.minimum(amount, _deductible(covered, covered, terms))


def _aggregate(amount: Floats, covered: Floats, terms: Terms) -> Floats:
    return money.rounded(amount - _taken(amount, terms.aggregate_left, terms.in_order), money.PLACES)


def _maximum(amount: Floats, covered: Floats, terms: Terms) -> Floats:
    return money.rounded(_taken(amount, terms.liability_left, terms.in_order))


_STEPS: dict[str, Callable[[Floats, Floats, Terms], Floats]] = {
    "limit": _limit,
    "threshold": _threshold,
    "percentage": _percentage,
    "deductible": _deductible,
    "retention": _retention,
    "aggregate": _aggregate,
    "maximum": _maximum,
}


def _taken(amount: Floats, left: Floats, in_order: bool) -> Floats:
    """What each amount takes of `left`: on its own, or of what the amounts before it have not taken."""
    if not in_order:
        return np.minimum(amount, left)
    whole, scale = money.units(amount)
    upto = np.cumsum(whole)
    cap = np.rint(left * scale)
    taken = (np.minimum(upto, cap) - np.minimum(upto - whole, cap)) / scale
    return np.asarray(np.where(np.isnan(amount), np.nan, taken))


def tci_indemnity(
    loss: Numbers,
    limit: Numbers,
    insured_percentage: Numbers,
    deductible: Numbers = None,
    deductible_rule: Labels = "pct_first",
    threshold: Numbers = None,
    aggregate_left: Numbers = None,
    liability_left: Numbers = None,
    limit_basis: Labels = "debt",
    threshold_rule: Labels = None,
) -> Any:
    """Estimated indemnity of a loss under trade credit insurance; the insurer decides.

    估算一笔损失的信用保险赔款，以保险公司核定为准。

    Parameters
    ----------
    loss : Numbers
        Insurable loss after payments, without VAT unless that is insured; a credit balance is no loss.
        [currency]
        付款后的可保损失；除非投保增值税，否则不含税；贷方余额视为无损失。
    limit : Numbers
        The insurer's credit limit for the buyer; blank is unknown, 0 is no cover. [currency]
        保险公司给该买方的信用限额；空白为未知，0 为不承保。
    insured_percentage : Numbers
        The insurer's share of the covered loss. [fraction]
        保险公司承担的赔付比例（小数）。
    deductible : Numbers, default 0
        Deductible of this loss, or the minimum retention under min_retention. [currency]
        每案免赔额；min_retention 规则下为最低自留额。
    deductible_rule : Labels, default "pct_first"
        pct_first: percentage, then deductible; ded_first: the other way round; min_retention: the larger of
        own share and deductible is kept.
        pct_first 先乘比例后扣免赔额；ded_first 先扣后乘；min_retention 取自负部分与最低自留额之大者。
    threshold : Numbers, default 0
        Covered losses up to this amount are not paid; above it nothing is deducted. [currency]
        起赔点：承保损失不超过此额不赔，超过则全额计算，不作扣减。
    aggregate_left : Numbers, default 0
        What is left of the year's aggregate deductible. [currency]
        年度累计免赔额的剩余部分。
    liability_left : Numbers, default no maximum
        What is left of the year's maximum liability. [currency]
        年度最高赔偿限额的剩余部分；空白为无上限。
    limit_basis : Labels, default "debt"
        debt: the limit caps the debt; payout: it caps the payment.
        debt 限额限制债权；payout 限额限制赔款。
    threshold_rule : Labels, default ">"
        ">": a loss equal to the threshold is not paid; ">=": it is.
        ">" 等于起赔点不赔；">=" 等于即赔。

    Returns
    -------
    Numbers
        Estimated indemnity, never below 0. [currency]

    Raises
    ------
    InputError
        A share above 1 (0.9, not 90), a negative limit or term; an unknown option.

    Notes
    -----
    pct_first: min(loss, limit), gate, × percentage, − deductible, − aggregate, cap by the liability left.
    ded_first takes both deductibles in 100 % money before the percentage. Under ``payout`` the limit caps the
    amount right after the percentage. Rounded to the cent after the percentage and at the end.

    Source: Coface, "Indemnification"; CIFF, "First losses"; worked examples, hand-computed.

    Examples
    --------
    >>> float(tci_indemnity(100_000, 150_000, 0.9, 5_000))
    85000.0
    >>> tci_indemnity([4999.99, 5000, 5000.01], 150_000, 0.9, threshold=5_000).tolist()
    [0.0, 0.0, 4500.01]
    """
    terms = _read_terms(
        limit, insured_percentage, deductible, threshold, aggregate_left, liability_left, threshold_rule
    )
    amount = numbers(loss, "loss")
    rules = options(deductible_rule, "deductible_rule", DEDUCTIBLE_RULES)
    bases = options(limit_basis, "limit_basis", LIMIT_BASES)
    shape = np.broadcast_shapes(
        amount.shape, rules.shape, bases.shape, *(item.shape for item in _amounts(terms))
    )
    indemnity: Floats = np.empty(shape)
    for rule, basis in product(np.unique(rules), np.unique(bases)):
        # Each wording for its own rows only, so that a column of wordings costs no more than one of them.
        here = np.broadcast_to((rules == rule) & (bases == basis), shape)
        own = Terms(*(np.broadcast_to(item, shape)[here] for item in _amounts(terms)))
        paid = stages(np.broadcast_to(amount, shape)[here], own, DEDUCTIBLE_RULES[rule], LIMIT_BASES[basis])
        indemnity[here] = paid["maximum"]
    return result(indemnity)


def _amounts(terms: Terms) -> tuple[NDArray[Any], ...]:
    """The terms that may differ from row to row, in their order."""
    return tuple(np.asarray(getattr(terms, item.name)) for item in fields(terms) if item.name != "in_order")


@parameters_of(tci_indemnity)
def tci_indemnity_steps(
    loss: Numbers,
    limit: Numbers,
    insured_percentage: Numbers,
    deductible: Numbers = None,
    deductible_rule: Labels = "pct_first",
    threshold: Numbers = None,
    aggregate_left: Numbers = None,
    liability_left: Numbers = None,
    limit_basis: Labels = "debt",
    threshold_rule: Labels = None,
) -> Table:
    """The way from one loss to its estimated indemnity, step by step; the insurer decides.

    逐步列出一笔损失到估算赔款的计算过程，以保险公司核定为准。

    Returns
    -------
    Table
        step, amount_in, change, amount_out; the last line is the estimated indemnity.

    Raises
    ------
    InputError
        As TCI_INDEMNITY; more than one loss.

    Notes
    -----
    The steps stand in the order in which the wording takes them; amount_in + change = amount_out to the cent.

    Source: worked examples, hand-computed.

    Examples
    --------
    >>> tci_indemnity_steps(100_000, 150_000, 0.9, 5_000)["amount_out"].tolist()
    [100000.0, 100000.0, 100000.0, 90000.0, 85000.0, 85000.0, 85000.0, 85000.0]
    """
    given = {
        "loss": loss,
        "limit": limit,
        "insured_percentage": insured_percentage,
        "deductible": deductible,
        "threshold": threshold,
        "aggregate_left": aggregate_left,
        "liability_left": liability_left,
        "threshold_rule": threshold_rule,
    }
    for name, value in given.items():
        if np.size(np.asarray(value, object)) != 1:
            raise InputError(
                "insurance.one_loss", cell="#VALUE!", argument=name, found=np.size(np.asarray(value))
            )
    terms = _read_terms(
        limit, insured_percentage, deductible, threshold, aggregate_left, liability_left, threshold_rule
    )
    amount = numbers(loss, "loss")
    rule = option(deductible_rule, "deductible_rule", DEDUCTIBLE_RULES)
    basis = option(limit_basis, "limit_basis", LIMIT_BASES)
    after = stages(amount, terms, rule, basis)
    steps = ["loss", *after, "estimated indemnity"]
    out = [np.maximum(amount, 0.0), *after.values(), after["maximum"]]
    return trace(steps, np.array([float(step.reshape(-1)[0]) for step in out]))


def trace(steps: list[str], amount_out: Floats) -> Table:
    """Steps as a table: what goes in, what changes, what comes out; they add up to the cent."""
    out = money.rounded(amount_out)
    into = np.concatenate([out[:1], out[:-1]])
    change = money.rounded(out - into)
    return Table({"step": np.array(steps, object), "amount_in": into, "change": change, "amount_out": out})


def policy_year(
    loss: Numbers,
    limit: Numbers,
    insured_percentage: Numbers,
    deductible: Numbers = None,
    deductible_rule: str = "pct_first",
    threshold: Numbers = None,
    aggregate_left: float = 0.0,
    liability_left: float = np.inf,
    limit_basis: str = "debt",
    threshold_rule: str = ">",
) -> dict[str, Floats]:
    """A policy year's losses in the order of their claims, as `stages`.

    Each loss takes from what the earlier ones left of the aggregate deductible and the maximum liability.

    Examples
    --------
    >>> policy_year([40_000, 40_000], 100_000, 0.9, aggregate_left=50_000)["maximum"].tolist()
    [0.0, 22000.0]
    """
    terms = _read_terms(
        limit, insured_percentage, deductible, threshold, aggregate_left, None, threshold_rule
    )
    year = Terms(
        **{**terms.__dict__, "liability_left": np.asarray(liability_left, np.float64), "in_order": True}
    )
    return stages(numbers(loss, "loss").reshape(-1), year, deductible_rule, limit_basis)


def step_text(step: str, language: str = "en") -> str:
    """A step's name as a person reads it."""
    return say(f"insurance.step.{step}", language)


def _read_terms(
    limit: Numbers,
    insured_percentage: Numbers,
    deductible: Numbers,
    threshold: Numbers,
    aggregate_left: Numbers,
    liability_left: Numbers,
    threshold_rule: Labels,
) -> Terms:
    return Terms(
        limit=numbers(limit, "limit", low=0),
        insured_percentage=share(insured_percentage, "insured_percentage"),
        deductible=np.nan_to_num(numbers(deductible, "deductible", low=0), nan=0.0),
        threshold=np.nan_to_num(numbers(threshold, "threshold", low=0), nan=0.0),
        aggregate_left=np.nan_to_num(numbers(aggregate_left, "aggregate_left", low=0), nan=0.0),
        liability_left=np.nan_to_num(numbers(liability_left, "liability_left", low=0), nan=np.inf),
        reaching=options(threshold_rule, "threshold_rule", THRESHOLD_RULES) == THRESHOLD_RULES.index(">="),
    )
