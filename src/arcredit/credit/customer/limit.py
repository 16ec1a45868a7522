"""The credit limit: what the customer needs, held down by every cap whose input is known."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from arcredit.credit.customer.exposure import exact
from arcredit.credit.customer.policy import grades, places, read_policy
from arcredit.credit.docstrings import parameters_of
from arcredit.shapes import (
    Dates,
    Floats,
    Labels,
    Numbers,
    Table,
    Texts,
    dates,
    numbers,
    option,
    result,
    share,
    single,
)

NO_CREDIT_FROM_GRADE = 9
CENT = 0.01
BEHAVIOUR: Sequence[tuple[float, float]] = ((0, 1.25), (15, 1.00), (30, 0.75), (60, 0.50), (np.inf, 0.0))
"""Factor on the high credit up to so many days beyond terms."""
OWN_SALES_SHARE = 0.10
"""No customer more than this share of the seller's own yearly sales."""


class Method(NamedTuple):
    """One way to a limit: its input, the rate put on it, and the amount; NaN where it does not apply."""

    name: str
    given: Floats
    rate: Floats
    amount: Floats


def credit_limit(
    annual_purchases: Numbers,
    terms_days: Numbers,
    grade: Numbers,
    usual_delay_days: Numbers = None,
    tangible_net_worth: Numbers = None,
    working_capital: Numbers = None,
    buyer_sales: Numbers = None,
    high_credit: Numbers = None,
    days_beyond_terms: Numbers = None,
    insured_limit: Numbers = None,
    insured_percentage: Numbers = None,
    round_to: Numbers = None,
    policy: Any = None,
    seller_sales: Numbers = None,
    reference_limit: Numbers = None,
) -> Numbers:
    """Credit limit: the smallest of the need and of every cap whose input is given, rounded down.

    信用额度：取交易需求额与各项已知上限中的最小值，向下取整。

    Parameters
    ----------
    annual_purchases : Numbers
        Yearly purchases with VAT; for a seasonal buyer the peak season at a yearly rate. [currency]
        年采购额（含税）；季节性客户按旺季年化。
    terms_days : Numbers
        Payment terms. [days]
        账期天数。
    grade : Numbers
        Grade, 1 (best) to 10; no credit from 9. [grade]
        信用等级，1（最好）至 10；9 级起不授信。
    usual_delay_days : Numbers, default 0
        Usual delay beyond the terms, with the lag from delivery to invoice. [days]
        通常的逾期天数，含发货至开票的间隔。
    tangible_net_worth : Numbers, default blank
        Net worth less intangibles, loans to owners, deferred tax assets; not positive = no credit. [currency]
        有形净资产：净资产减无形资产、股东借款、递延所得税资产；不为正则不授信。
    working_capital : Numbers, default blank
        Current assets less current liabilities; not positive = no credit. [currency]
        营运资金：流动资产减流动负债；不为正则不授信。
    buyer_sales : Numbers, default blank
        The customer's own yearly sales. [currency]
        客户自身年销售额。
    high_credit : Numbers, default blank
        Highest balance of the last 12 months; blank for a new customer. [currency]
        近 12 个月最高欠款余额；新客户留空。
    days_beyond_terms : Numbers, default blank
        Days beyond terms; 1.25 of the high credit to 0, 1 to 15, 0.75 to 30, 0.5 to 60, then nothing. [days]
        超账期天数；0 天以内取最高欠款 1.25 倍，15 天 1 倍，30 天 0.75，60 天 0.5，更长为 0。
    insured_limit : Numbers, default blank
        The insurer's limit on this customer; 0 = refused. [currency]
        保险公司批复的限额；0 表示拒保。
    insured_percentage : Numbers, default 0
        Share the insurer bears, for the loss budget. [fraction]
        保险赔付比例，用于损失预算。
    round_to : Numbers, default 0.01
        Round down to a multiple of this, such as 1000. [currency]
        向下取整的单位，例如 1000。
    policy : Block, default blank
        Credit policy: header row and one line per grade; blank = the built-in policy. [table]
        信用政策表：首行表头，每级一行；留空用内置政策。
    seller_sales : Numbers, default blank
        Our own yearly sales: no customer above 10 % of them. [currency]
        我方年销售额；单一客户不超过其 10%。
    reference_limit : Numbers, default blank
        Median of the limits other suppliers grant. [currency]
        其他供应商所给额度的中位数。

    Returns
    -------
    Numbers
        Limit, 0 or more; unknown where purchases, terms or grade are blank. [currency]

    Raises
    ------
    InputError
        If an amount (but net worth and working capital) or days are negative, a share is outside 0 to 1,
        round_to is not above 0, a grade is not a whole number from 1 to 10, or the policy does not add up.

    Notes
    -----
    Need: ``annual_purchases / 365 * (terms_days + usual_delay_days) * (1 + headroom)``. Caps: the policy's
    shares of net worth, working capital and sales; high credit times its factor (0 beyond 60 days, with or
    without a high credit); insured limit plus own risk; the amount L whose expected loss is the loss budget,
    ``pd * lgd * ((1 - insured_percentage) * min(L, insured_limit) + max(L - insured_limit, 0))``; 10 % of
    our sales; the references. A blank input or policy cell switches its cap off. Policy, factors and the
    10 % are product proposals, held as data (`DEFAULT_POLICY`, `BEHAVIOUR`, `OWN_SALES_SHARE`).

    Source: mydsomanager.com, online help 34 (need, net worth, turnover); academy.highako.com, credit limit;
    bernsteinlaw.com, Creditors' Rights 23; worked examples, hand-computed.

    Examples
    --------
    >>> float(credit_limit(1_200_000, 45, 5, 15))
    216986.3
    >>> float(credit_limit(1_200_000, 45, 5, 15, tangible_net_worth=900_000, round_to=1000))
    135000.0
    """
    return result(_smallest(_methods(locals()), locals()))


@parameters_of(credit_limit)
def credit_limit_basis(
    annual_purchases: Numbers,
    terms_days: Numbers,
    grade: Numbers,
    usual_delay_days: Numbers = None,
    tangible_net_worth: Numbers = None,
    working_capital: Numbers = None,
    buyer_sales: Numbers = None,
    high_credit: Numbers = None,
    days_beyond_terms: Numbers = None,
    insured_limit: Numbers = None,
    insured_percentage: Numbers = None,
    round_to: Numbers = None,
    policy: Any = None,
    seller_sales: Numbers = None,
    reference_limit: Numbers = None,
) -> Labels:
    """Which method decides the credit limit: the need, or the cap that binds.

    信用额度由哪一项决定：交易需求，或起约束作用的上限。

    Returns
    -------
    Labels
        need, net worth, working capital, sales, behaviour, insurance, loss budget, concentration, references
        or grade; blank where the limit is unknown.

    Raises
    ------
    InputError
        As CREDIT_LIMIT.

    Notes
    -----
    Of equal amounts (to the cent) the first in the order above. From grade 9 it is the grade.

    Source: as CREDIT_LIMIT; worked examples, hand-computed.

    Examples
    --------
    >>> str(credit_limit_basis(1_200_000, 45, 5, 15, tangible_net_worth=900_000))
    'net worth'
    """
    given = locals()
    # The step decides nothing, but CREDIT_LIMIT takes a column of them and refuses a step of 0.
    place, _ = np.broadcast_arrays(_binding(_methods(given)), _step(given))
    return result(np.asarray(_NAMES[place], object))


@parameters_of(credit_limit)
def credit_limit_steps(
    annual_purchases: Numbers,
    terms_days: Numbers,
    grade: Numbers,
    usual_delay_days: Numbers = None,
    tangible_net_worth: Numbers = None,
    working_capital: Numbers = None,
    buyer_sales: Numbers = None,
    high_credit: Numbers = None,
    days_beyond_terms: Numbers = None,
    insured_limit: Numbers = None,
    insured_percentage: Numbers = None,
    round_to: Numbers = None,
    policy: Any = None,
    seller_sales: Numbers = None,
    reference_limit: Numbers = None,
) -> Table:
    """How one customer's limit comes about: every method, its input, rate and amount, and which one binds.

    单个客户额度的计算过程：逐项列示方法、依据、比率、金额，并标明起约束作用的一项。

    Returns
    -------
    Table
        method, input, rate, amount, binding; blank amounts do not apply. Last line: the limit, rounded.

    Raises
    ------
    InputError
        As CREDIT_LIMIT; if more than one value is given for an argument.

    Notes
    -----
    amount = input times rate, but: insurance adds the own risk of the policy to its input and has no rate;
    the loss budget is divided by its rate ``pd * lgd``, with the insured part counted at the own share; the
    grade's amount is 0 where it gets no credit. The rate of the last line is the rounding step. Amounts are
    rounded down to the cent.

    Source: as CREDIT_LIMIT; worked examples, hand-computed.

    Examples
    --------
    >>> steps = credit_limit_steps(1_200_000, 45, 5, 15, tangible_net_worth=900_000)
    >>> [(row[0], row[3]) for row in steps.rows() if row[4]]
    [('net worth', 135000.0)]
    """
    given = {name: value if name == "policy" else single(value, name) for name, value in locals().items()}
    methods = _methods(given)
    limit, step = _smallest(methods, given), _step(given)
    binding = np.arange(len(methods) + 1) == _binding(methods)
    return Table(
        {
            "method": np.array([*(method.name for method in methods), "limit"], object),
            "input": np.array([*(method.given for method in methods), np.nan], np.float64),
            "rate": np.array([*(method.rate for method in methods), step], np.float64),
            "amount": np.array([*(_down(method.amount, CENT) for method in methods), limit], np.float64),
            "binding": binding & (binding.argmax() < len(methods)),
        }
    )


def effective_limit(
    base: Numbers,
    temporary: Numbers,
    start: Dates,
    end: Dates,
    as_of: Dates,
    mode: str = "replacement",
    expiry: Dates = None,
) -> Numbers:
    """The limit in force for new orders: the base limit, and a temporary one from `start` to `end`.

    Parameters
    ----------
    base, temporary : Numbers
        Limits; a blank temporary one means there is none, a blank base is unknown. [currency]
    start, end : Dates
        First and last day of the temporary limit. [date]
    as_of : Dates
        Day of the order. [date]
    mode : str, default "replacement"
        ``replacement`` of the base or ``addition`` to it.
    expiry : Dates, default blank
        Last day of the base limit; after it the base counts 0 for new orders. [date]

    Returns
    -------
    Numbers
        Unknown where a temporary amount lacks a day, or the day of the order is blank. [currency]

    Notes
    -----
    Debt made before a limit ended is not touched by its end: compare new orders only.

    Source: Coface glossary, "Temporary amount"; product rule for expiry.

    Examples
    --------
    >>> effective_limit(100, 150, "2026-03-01", "2026-03-31", ["2026-03-31", "2026-04-01"]).tolist()
    [150.0, 100.0]
    """
    day, last = dates(as_of, "as_of"), dates(expiry, "expiry")
    first, until = dates(start, "start"), dates(end, "end")
    lasting = np.where(day > last, 0.0, numbers(base, "base", low=0))
    extra = numbers(temporary, "temporary", low=0)
    addition = option(mode, "mode", ("replacement", "addition")) == "addition"
    active = (first <= day) & (day <= until)
    limit = np.where(active, lasting + extra if addition else extra, lasting)
    none = np.isnan(extra)
    undated = ~none & (np.isnat(first) | np.isnat(until))
    return result(np.where(undated | np.isnat(day), np.nan, np.where(none, lasting, limit)))


def fitting_terms(
    limit: Numbers, annual_purchases: Numbers, usual_delay_days: Numbers, headroom: Numbers
) -> Numbers:
    """The longest terms in whole days whose need still fits a limit, 0 or more: what to offer instead.

    Source: the need method solved for the terms.

    Examples
    --------
    >>> float(fitting_terms(135_000, 1_200_000, 15, 0.1))
    22.0
    """
    purchases = numbers(annual_purchases, "annual_purchases", positive=True)
    days = numbers(limit, "limit", low=0) * 365 / (purchases * (1 + share(headroom, "headroom")))
    delay = numbers(usual_delay_days, "usual_delay_days", low=0)
    return result(np.maximum(_down(days - delay, 1.0), 0.0))


def _methods(given: Mapping[str, Any]) -> list[Method]:
    """Every method of the limit, in the order in which ties are decided."""
    amount = {name: numbers(given[name], name, low=low) for name, low in _AMOUNTS.items()}
    insured_part = np.nan_to_num(share(given["insured_percentage"], "insured_percentage"))
    grade = grades(given["grade"])
    table, place = read_policy(given["policy"]), places(grade)

    def rate(name: str) -> Floats:
        column = table[name]
        return np.asarray(np.nan) if np.isnan(column).all() else column[place]

    need = (amount["terms_days"] + np.nan_to_num(amount["usual_delay_days"])) / 365
    need = np.where(np.isnan(grade), np.nan, need * (1 + np.nan_to_num(rate("headroom"))))
    net_worth, capital = amount["tangible_net_worth"], amount["working_capital"]
    insured, high = amount["insured_limit"], amount["high_credit"]
    factor = _behaviour(numbers(given["days_beyond_terms"], "days_beyond_terms"))
    budget, loss = rate("loss_budget"), rate("pd") * rate("loss_given_default")
    return [
        _times("need", amount["annual_purchases"], need),
        _positive(_times("net worth", net_worth, rate("net_worth_share"))),
        _positive(_times("working capital", capital, rate("working_capital_share"))),
        _times("sales", amount["buyer_sales"], rate("sales_share")),
        Method("behaviour", high, factor, np.where(factor == 0, 0.0, high * factor)),
        Method("insurance", insured, np.asarray(np.nan), insured + rate("own_risk")),
        Method("loss budget", budget, loss, _bearable(budget, loss, insured, insured_part)),
        _times("concentration", amount["seller_sales"], np.asarray(OWN_SALES_SHARE)),
        _times("references", amount["reference_limit"], np.asarray(1.0)),
        Method("grade", grade, np.asarray(np.nan), np.where(grade >= NO_CREDIT_FROM_GRADE, 0.0, np.nan)),
    ]


def _times(name: str, given: Floats, rate: Floats) -> Method:
    return Method(name, given, rate, given * rate)


def _positive(method: Method) -> Method:
    """Nothing for what is not positive, whether or not the policy puts a cap on it."""
    return method._replace(amount=np.where(method.given <= 0, 0.0, method.amount))


def _behaviour(days: Floats) -> Floats:
    ends, factors = zip(*BEHAVIOUR, strict=True)
    factor = np.array(factors)[np.searchsorted(ends[:-1], days, side="left")]
    return np.where(np.isnan(days), np.nan, factor)


def _bearable(budget: Floats, loss_rate: Floats, insured_limit: Floats, insured_part: Floats) -> Floats:
    """The amount whose expected loss is the budget: first at the own share, above the insured limit whole."""
    if np.isnan(budget).all():
        return np.asarray(np.nan)
    insured = np.nan_to_num(insured_limit)
    own_share = 1 - insured_part
    with np.errstate(divide="ignore", invalid="ignore"):
        bearable = budget / loss_rate
        amount = np.where(
            bearable >= own_share * insured, insured + (bearable - own_share * insured), bearable / own_share
        )
    # Nothing can be lost: no cap.
    return np.where(np.isinf(amount), np.nan, amount)


def _smallest(methods: Sequence[Method], given: Mapping[str, Any]) -> Floats:
    """The smallest amount, rounded down to the cent and then to the step; unknown where the need is."""
    need = smallest = methods[0].amount
    for method in methods[1:]:
        smallest = np.fmin(smallest, method.amount)
    return _down(_down(np.where(np.isnan(need), np.nan, smallest), CENT), _step(given))


def _binding(methods: Sequence[Method]) -> Any:
    """The place of the method that decides; one past the last where the limit is unknown."""
    smallest = _down(methods[0].amount, CENT)
    place = np.where(np.isnan(smallest), len(methods), 0)
    for number, method in enumerate(methods[1:], 1):
        amount = _down(method.amount, CENT)
        lower = amount < smallest
        place, smallest = np.where(lower, number, place), np.where(lower, amount, smallest)
    refused = (methods[-1].amount == 0) & (place < len(methods))
    return np.where(refused, len(methods) - 1, place)


def _step(given: Mapping[str, Any]) -> Floats:
    step = numbers(given["round_to"], "round_to", positive=True)
    return np.where(np.isnan(step), CENT, step)


def _down(amount: Floats, step: Any) -> Floats:
    """The largest multiple of the step not above the amount, as the shortest decimal of the amount reads."""
    count = amount / step
    # 27,999.999999999996 is 28,000 seen through binary noise, and must not become 27,999.99.
    return exact(np.floor(count + np.spacing(count) * 4) * step)


_AMOUNTS: Mapping[str, float | None] = {
    "annual_purchases": 0,
    "terms_days": 0,
    "usual_delay_days": 0,
    "tangible_net_worth": None,
    "working_capital": None,
    "buyer_sales": 0,
    "high_credit": 0,
    "insured_limit": 0,
    "seller_sales": 0,
    "reference_limit": 0,
}
"""The amounts a limit is made of, and the lowest each may be."""

_NAMES: Texts = np.array(
    [
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
        None,
    ],
    object,
)
