"""What of every customer's open debt is insured, today."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.insurance.insurance_policy import Schedule, read_schedule
from arcredit.credit.insurance.insured_limit import (
    EXCLUDED,
    EXPIRED,
    NO_DECISION,
    InForce,
    buyers_of,
    codes,
    in_force,
    kind_number,
    read_limits,
)
from arcredit.shapes import Dates, Floats, Labels, Numbers, Table, coded, dates, numbers, same_height, single


def tci_cover(customer: Labels, open_amount: Numbers, limits: Any, policy: Any, as_of: Dates = None) -> Table:
    """Per customer what of the open debt is insured, what is own risk within the limit, what is uninsured.

    逐个客户列出未清款项中已投保、限额内自负及未投保的部分与原因。

    Parameters
    ----------
    customer : Labels
        Customer of each open item.
        每笔未清项目的客户。
    open_amount : Numbers
        Open amounts with VAT; credits are negative. [currency]
        含税未清金额；贷项为负数。
    limits : Any
        Limit decisions with a header row: customer, limit, from, to, kind. [currency]
        限额表（含表头 customer、limit、from、to、kind）。
    policy : Any
        Policy schedule: two columns, key and value.
        保单条款：两列，条款名与数值。
    as_of : Dates, default blank
        Day whose limits count; blank takes each customer's latest decision whatever its dates. [date]
        按该日有效的限额；空白则取各客户最近一次批复，不看日期。

    Returns
    -------
    Table
        customer, open_amount, insured_limit, insured_percentage, covered, insured, own_risk, uninsured,
        unapplied (a credit balance), reason; a total line. The four parts add up to open_amount.

    Raises
    ------
    InputError
        Unknown keys of the policy, unequal heights, a limit without customer.

    Notes
    -----
    Open amounts of a customer are added, credits included; uninsured VAT comes off, the limit caps the
    rest, the insured percentage applies. Deductibles and the tests by invoice are left to TCI_CLAIM. An
    unknown limit leaves insured, own_risk and uninsured blank, and their totals. Rows without an amount are
    left out.

    Source: Allianz Trade Switzerland, "Policy in detail" (named and self-check limits); OCA credit-control,
    partner_risk_insurance (the part of the total over the insured limit).

    Examples
    --------
    >>> cover = tci_cover(["A", "B"], [50_000, 20_000], [["customer", "limit"], ["A", 30_000]],
    ...     {"insured_percentage": 0.9})
    >>> cover["insured"].tolist(), cover["own_risk"].tolist(), cover["uninsured"].tolist()
    ([27000.0, 0.0, 27000.0], [3000.0, 0.0, 3000.0], [20000.0, 20000.0, 40000.0])
    """
    schedule, decisions = read_schedule(policy), read_limits(limits)
    who, names = codes(coded(customer, "customer"))
    amount = numbers(open_amount, "open_amount").reshape(-1)
    same_height(customer=who, open_amount=amount)
    debt = money.grouped(amount, who, len(names))
    day = dates(single(as_of, "as_of"), "as_of").reshape(-1)
    each = np.arange(len(names))
    buyer = buyers_of(decisions, names) if len(decisions) else each[:0]
    on = None if np.isnat(day[0]) else np.broadcast_to(day, len(names))
    cover = in_force(decisions, buyer, each, on, schedule)
    net = money.rounded(np.maximum(debt, 0.0) / (1 + schedule.vat))
    covered, insured = split(net, cover, schedule)
    columns = {
        "covered": covered,
        "insured": insured,
        "own_risk": covered - insured,
        "uninsured": np.maximum(debt, 0.0) - covered,
        "unapplied": np.minimum(debt, 0.0),
    }
    columns = {name: money.rounded(column) for name, column in columns.items()}
    return _with_total(
        {
            "customer": names,
            "open_amount": debt,
            "insured_limit": cover.limit,
            "insured_percentage": np.where(cover.limit > 0, cover.insured_percentage, 0.0),
            **columns,
            "reason": _reason(debt, net, covered, cover),
        }
    )


def split(net: Floats, cover: InForce, schedule: Schedule) -> tuple[Floats, Floats]:
    """What of each insurable debt is covered, and the insurer's share of it."""
    share = cover.insured_percentage
    room = cover.limit
    if schedule.limit_basis == "payout":
        room = np.divide(cover.limit, share, out=np.zeros(len(net)), where=~(share == 0))
    covered = money.rounded(np.where(cover.limit == 0, 0.0, np.minimum(net, room)))
    return covered, money.rounded(np.where(covered == 0, 0.0, covered * share))


def _reason(debt: Floats, net: Floats, covered: Floats, cover: InForce) -> NDArray[Any]:
    """Why a debt is not wholly within cover."""
    tests = {
        "credit": debt < 0,
        "paid": debt == 0,
        **{word: cover.kind == kind_number(word) for word in EXCLUDED},
        "limit cancelled": cover.kind == kind_number("cancelled"),
        "limit expired": cover.kind == EXPIRED,
        "limit unknown": np.isnan(cover.limit),
        "no limit at shipment": (cover.kind == NO_DECISION) | (cover.limit <= 0),
        "over limit": covered < net,
        "vat": net < debt,
    }
    words = np.array([*tests, "insured"], object)
    return np.asarray(words[np.select(list(tests.values()), range(len(tests)), len(tests))])


def _with_total(columns: dict[str, NDArray[Any]]) -> Table:
    """The table with its total line; an unknown part makes a total unknown."""
    summed = {"open_amount", "covered", "insured", "own_risk", "uninsured", "unapplied"}
    last: dict[str, Any] = dict.fromkeys(columns)
    for name in summed:
        last[name] = np.nan if np.isnan(columns[name]).any() else money.total(columns[name])
    last |= {"customer": "total", "insured_limit": np.nan, "insured_percentage": np.nan}
    return Table(
        {name: np.append(column, np.array([last[name]], column.dtype)) for name, column in columns.items()},
        total=True,
    )
