"""The insurer's limit decisions, and which of them is in force for a buyer on a day.

Decisions are a table: customer, limit, from, to, kind; blank dates are open. Of the decisions in force the
one with the latest start counts; a top-up is added to it. A cancellation takes cover from deliveries of its
first day on and leaves earlier ones covered. Without any decision the policy's discretionary limit applies,
where it has one; after a decision has run out it does not, since the insurer has had its say.

Source: Atradius Belgium, glossary (credit limit, cancellation); Allianz Trade Switzerland, "Policy in detail"
(named and self-check limits) and "Additional coverage through CAP"; receivablesinsurancecanada.com (goods
already delivered stay covered).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcredit.credit.block import Columns, headed, nothing
from arcredit.credit.insurance.insurance_policy import Schedule
from arcredit.errors import InputError
from arcredit.shapes import Coded, Days, Flags, Floats, Table, Texts, dates, labels, numbers, share

KINDS: Mapping[str, tuple[str, ...]] = {
    "named": ("", "named", "limit", "批复限额", "信用限额"),
    "discretionary": ("discretionary", "dcl", "self-check", "自行限额", "自主限额"),
    "blind": ("blind", "盲保"),
    "top_up": ("top_up", "top-up", "topup", "cap", "cap+", "追加限额", "补充限额"),
    "cancelled": ("cancelled", "canceled", "withdrawn", "refused", "declined", "撤销", "拒批"),
    "affiliate": ("affiliate", "关联方", "关联企业"),
    "public buyer": ("public", "public buyer", "政府机构", "公共买方"),
    "private person": ("private", "private person", "consumer", "个人"),
}
"""Kinds of decision and the ways to write them. The last three exclude the buyer itself."""

EXCLUDED = ("affiliate", "public buyer", "private person")
_CODE = {word: number for number, words in enumerate(KINDS.values()) for word in words}
_NUMBER = {kind: number for number, kind in enumerate(KINDS)}
NO_DECISION, EXPIRED = -1, -2

_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "customer": ("buyer", "客户", "客户编号", "客户编码", "买方"),
    "limit": ("insured_limit", "insured limit", "限额", "信用限额", "保险限额", "额度"),
    "from": ("valid_from", "covered from", "起", "生效日", "开始日期", "承保起始日"),
    "to": ("valid_to", "covered to", "止", "到期日", "失效日", "结束日期", "承保截止日"),
    "kind": ("type", "类型", "种类"),
    "insured_percentage": ("赔付比例", "赔偿比例"),
}


@dataclass(frozen=True)
class Limits:
    """Limit decisions, a row each; ``kind`` numbers `KINDS`, blank dates are NaT, an unknown limit is NaN.

    ``percentage`` is a decision's own insured percentage, NaN where the policy's counts.
    """

    customer: Texts
    limit: Floats
    start: Days
    end: Days
    kind: NDArray[np.int8]
    percentage: Floats

    def __len__(self) -> int:
        return len(self.limit)


class InForce(NamedTuple):
    """What covers each row: the limit, the insured percentage, and the kind of decision.

    ``kind`` numbers `KINDS`; `NO_DECISION` and `EXPIRED` stand for none and for one that has run out.
    """

    limit: Floats
    insured_percentage: Floats
    kind: NDArray[np.int8]


def kind_number(kind: str) -> int:
    """The number of a kind of decision."""
    return _NUMBER[kind]


def read_limits(limits: Any) -> Limits:
    """Read limit decisions.

    Parameters
    ----------
    limits : block, mapping of columns, Table, number or Limits
        A block with a header row: customer, limit, from, to, kind, insured_percentage (of this decision, else
        the policy's), in any order; only limit is needed. A bare number is one limit without dates; a blank
        is no decision at all.

    Raises
    ------
    InputError
        ``#VALUE!`` for a header without limit and for an unknown kind; ``#NUM!`` for a negative limit and for
        dates in the wrong order.
    """
    if isinstance(limits, Limits):
        return limits
    columns = _columns(limits)
    blank = np.full(len(columns["limit"]), None, object)
    cells = {name: column if len(column) else blank for name, column in columns.items()}
    read = Limits(
        customer=labels(cells["customer"], "limits, customer"),
        limit=numbers(cells["limit"], "limits, limit", low=0),
        start=dates(cells["from"], "limits, from"),
        end=dates(cells["to"], "limits, to"),
        kind=_kinds(cells["kind"]),
        percentage=share(cells["insured_percentage"], "limits, insured_percentage"),
    )
    wrong = read.end < read.start
    if wrong.any():
        found = f"{read.start[wrong][0]} > {read.end[wrong][0]}"
        raise InputError("insurance.limit_dates", where=wrong, argument="limits", found=found)
    return read


def _columns(limits: Any) -> Columns:
    if isinstance(limits, Table):
        limits = limits.columns
    alone = np.asarray(limits, object) if not isinstance(limits, Mapping) else np.empty(0)
    if alone.size == 1 and not nothing(limits):
        return {**headed(None, "limits", _HEADINGS, ()), "limit": alone.reshape(-1)}
    return headed(limits, "limits", _HEADINGS, ["limit"])


def _kinds(column: Any) -> NDArray[np.int8]:
    words = [(word or "").lower() for word in labels(column, "limits, kind")]
    unknown = np.array([word not in _CODE for word in words], bool)
    if unknown.any():
        raise InputError(
            "input.unknown_option",
            cell="#VALUE!",
            where=unknown,
            argument="limits, kind",
            found=words[int(np.argmax(unknown))],
            allowed=", ".join(KINDS),
        )
    return np.array([_CODE[word] for word in words], np.int8)


def buyers_of(limits: Limits, customer: Texts) -> NDArray[np.intp]:
    """The position in `customer` of each decision's buyer, -1 for buyers that are not there.

    Raises
    ------
    InputError
        ``#VALUE!`` for a decision that names no buyer.
    """
    nameless = np.array([name is None for name in limits.customer], bool)
    if nameless.any():
        raise InputError(
            "insurance.limit_without_customer", cell="#VALUE!", where=nameless, argument="limits"
        )
    place = {name: position for position, name in enumerate(customer)}
    return np.array([place.get(name, -1) for name in limits.customer], np.intp)


def in_force(
    limits: Limits, buyer: NDArray[np.intp], code: NDArray[np.intp], day: Days | None, schedule: Schedule
) -> InForce:
    """The limit in force for each row's customer code on its day; without days the latest decision counts.

    ``buyer`` is the customer code of each decision.
    """
    state = np.full(len(code), NO_DECISION, np.int8)
    base, extra = np.zeros(len(code)), np.zeros(len(code))
    expired, topped = np.zeros(len(code), bool), np.zeros(len(code), bool)
    excluded = np.full(len(code), NO_DECISION, np.int8)
    own_share = np.full(len(code), np.nan)
    for rank in _ranks(limits, buyer):
        number = np.full(max(code.max(initial=-1), buyer.max(initial=-1)) + 1, -1, np.intp)
        number[buyer[rank]] = rank
        decision = number[code]
        there, kind = decision >= 0, limits.kind[decision]
        inside, past = _inside(limits, decision, day)
        valid = there & inside
        excludes, tops = np.isin(kind, [_NUMBER[name] for name in EXCLUDED]), kind == _NUMBER["top_up"]
        excluded = np.where(valid & excludes, kind, excluded)
        extra = extra + np.where(valid & tops, limits.limit[decision], 0.0)
        topped |= valid & tops
        decides = valid & ~excludes & ~tops
        state = np.where(decides, kind, state)
        base = np.where(decides, _amount(limits, decision, schedule), base)
        own_share = np.where(decides, limits.percentage[decision], own_share)
        expired |= there & past & ~excludes & ~tops
    state = np.where((state == NO_DECISION) & expired, EXPIRED, state)
    state = np.where(np.isin(state, [NO_DECISION, EXPIRED]) & topped, _NUMBER["named"], state)
    own = (state == NO_DECISION) & ~np.isnan(schedule.discretionary_limit)
    state = np.where(own, _NUMBER["discretionary"], state)
    base = np.where(own, schedule.discretionary_limit, base)
    state = np.where(excluded == NO_DECISION, state, excluded).astype(np.int8)
    covers = (state >= 0) & (state < _NUMBER["top_up"])
    reduced = np.isin(state, [_NUMBER["discretionary"], _NUMBER["blind"]])
    usual = np.where(reduced, schedule.discretionary_percentage, schedule.insured_percentage)
    return InForce(
        limit=np.where(covers, base + extra, 0.0),
        insured_percentage=np.where(np.isnan(own_share), usual, own_share),
        kind=state,
    )


def _amount(limits: Limits, decision: NDArray[np.intp], schedule: Schedule) -> Floats:
    """The limit of each row's decision; the insured's own one within what the policy allows."""
    amount, kind = limits.limit[decision], limits.kind[decision]
    own = np.isin(kind, [_NUMBER["discretionary"], _NUMBER["blind"]])
    amount = np.where(own, np.fmin(amount, schedule.discretionary_limit), amount)
    return np.asarray(np.where(kind == _NUMBER["cancelled"], 0.0, amount))


def _inside(limits: Limits, decision: NDArray[np.intp], day: Days | None) -> tuple[Flags, Flags]:
    """Whether each day lies within its decision's dates, and whether it lies past them."""
    start, end = limits.start[decision], limits.end[decision]
    if day is None:
        return np.ones(len(decision), bool), np.zeros(len(decision), bool)
    begun = np.isnat(start) | (start <= day)
    return begun & (np.isnat(end) | (day <= end)), begun & (end < day)


def _ranks(limits: Limits, buyer: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """The first decision of every buyer, then the second, and so on; undated ones come first."""
    known = np.flatnonzero(buyer >= 0)
    start = np.where(np.isnat(limits.start), np.iinfo(np.int64).min, limits.start.astype(np.int64))
    line = known[np.lexsort((start[known], buyer[known]))]
    first = np.r_[True, buyer[line][1:] != buyer[line][:-1]] if len(line) else np.zeros(0, bool)
    opens = np.flatnonzero(first)
    rank = np.arange(len(line)) - np.repeat(opens, np.diff(np.r_[opens, len(line)]))
    for number in range(rank.max(initial=-1) + 1):
        yield line[rank == number]


def one_buyer(limits: Limits, customer: str | None) -> NDArray[np.intp]:
    """The decisions that concern one buyer as 0, all others as -1.

    Raises
    ------
    InputError
        ``#VALUE!`` where the limits name several customers and it is not said which one is meant.
    """
    named = sorted({name for name in limits.customer if name is not None})
    if customer is None and len(named) > 1:
        found = ", ".join(named[:3])
        raise InputError("insurance.which_customer", cell="#VALUE!", argument="customer", found=found)
    mine = [customer is None or name is None or name == customer for name in limits.customer]
    return np.where(np.array(mine, bool), 0, -1)


def codes(customer: Coded) -> tuple[NDArray[np.intp], Texts]:
    """Customer codes with the blank customer as one of its own, last."""
    blank = customer.codes < 0
    if not blank.any():
        return customer.codes, customer.labels
    names = np.append(customer.labels, np.array([None], object))
    return np.where(blank, len(names) - 1, customer.codes), names
