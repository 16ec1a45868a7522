"""What the insurer owes when buyers fail: the thirteen steps, for any number of buyers in one pass.

Data flows down: invoices are put in line, payments go to the oldest debt, every debt is assessed, VAT and
disputes come off, limits are filled; then each buyer's loss runs through the steps of `indemnity`, and
recoveries are shared. Every stage is kept, so that the figure can be explained. It is an estimate: the
insurer decides.

Source: Atradius Belgium, "Compensation"; Allianz Trade Switzerland, "Claims management"; Coface,
"Indemnification"; Prisma glossary (suspended limits).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.insurance.allocation import (
    Line,
    Rows,
    in_proportion,
    line_up,
    oldest_first,
    within_limits,
)
from arcredit.credit.insurance.debts import Debts, read_debts
from arcredit.credit.insurance.eligibility import CODE, Facts, Reasons, outside_policy, reasons
from arcredit.credit.insurance.indemnity import Terms, stages
from arcredit.credit.insurance.insurance_policy import Schedule, read_schedule
from arcredit.credit.insurance.insured_limit import InForce, buyers_of, codes, in_force, read_limits
from arcredit.credit.insurance.recovery import insurer_part
from arcredit.credit.period import Period, after
from arcredit.shapes import (
    Dates,
    Days,
    Flags,
    Floats,
    Labels,
    Numbers,
    Texts,
    coded,
    dates,
    numbers,
    same_height,
    single,
)

BEFORE_LIMIT = ("invoiced", "payments", "ineligible", "dispute", "vat")
"""The steps of a claim before those of `indemnity.order`."""


@dataclass(frozen=True)
class Claims:
    """Estimated claims: columns with a row per invoice, then columns with a row per customer. [currency]

    ``steps`` holds the amount after every step of every customer's claim, in order; ``indemnity`` is what is
    still to be paid, ``remainder`` what nobody pays.
    """

    customer: Texts
    code: Rows
    allocated: Floats
    open_amount: Floats
    disputed: Floats
    insurable: Floats
    eligible: Floats
    covered: Floats
    insured_percentage: Floats
    reason: Reasons
    steps: dict[str, Floats]
    stop_date: Days
    loss_date: Days
    expected_date: Days
    indemnity: Floats
    remainder: Floats


def claims(
    customer: Labels,
    ship_date: Dates,
    due_date: Dates,
    amount: Numbers,
    paid: Numbers,
    disputed: Any,
    limits: Any,
    policy: Any,
    as_of: Dates = None,
    insolvency_date: Dates = None,
    excluded: Labels = None,
    rate: Numbers = None,
    recovered: Numbers = None,
    indemnity_paid: Numbers = None,
    in_order: bool = True,
) -> Claims:
    """Estimated claims of every customer, as if all of them failed.

    Arguments are those of TCI_CLAIM, with a customer per invoice and amounts that are all known.
    `recovered` and `indemnity_paid` have a value per customer, in order of first appearance; `rate` turns
    invoice currency into policy currency. With `in_order` the claims use up the year's aggregate deductible
    and maximum liability in the order of their dates of loss; else each is the only one.
    """
    schedule, decisions = read_schedule(policy), read_limits(limits)
    who, names = codes(coded(customer, "customer"))
    buyer = buyers_of(decisions, names) if len(decisions) else np.zeros(0, np.intp)
    debts = read_debts(
        who, len(names), ship_date, due_date, amount, paid, disputed, insolvency_date, excluded, rate
    )
    day = dates(single(as_of, "as_of"), "as_of").reshape(-1)
    cover = in_force(decisions, buyer, debts.code, debts.ship_date, schedule)
    later = (
        _per_buyer(recovered, "recovered", len(names)),
        _per_buyer(indemnity_paid, "indemnity_paid", len(names)),
    )
    return settle(debts, names, cover, schedule, day[0], *later, in_order=in_order)


def _per_buyer(value: Numbers, argument: str, groups: int) -> Floats:
    amount = np.nan_to_num(numbers(value, argument, low=0).reshape(-1))
    if amount.size != 1:
        same_height(customer=range(groups), **{argument: amount})
    return np.broadcast_to(amount, groups)


def settle(
    debts: Debts,
    names: Texts,
    cover: InForce,
    schedule: Schedule,
    as_of: np.datetime64,
    recovered: Floats,
    indemnity_paid: Floats,
    in_order: bool = True,
) -> Claims:
    """Run debts through all the steps; ``cover`` is the limit decision in force for each."""
    line = line_up(debts.code, debts.groups, debts.due_date, debts.ship_date)
    allocated, part = allocate(line, debts, schedule.payment_rule)
    assessed = assess(line, debts, allocated, cover, schedule, as_of)
    covered, room = fill(line, debts, assessed, part, cover, schedule)
    amounts = (debts.debt, assessed.open_amount, assessed.in_question, assessed.undisputed, assessed.eligible)
    sums = [line.sums(amount) / debts.scale for amount in amounts]
    steps = dict(zip(BEFORE_LIMIT, sums, strict=True))
    weighed = line.sums(covered * np.where(covered > 0, cover.insured_percentage, 0.0))
    percentage = _mean_share(line, covered, weighed, cover.insured_percentage)
    steps |= _year(sums[-1], room, percentage, assessed.loss_date, schedule, in_order)
    steps |= after_the_loss(steps["maximum"], sums[1], recovered, indemnity_paid)
    unknown = (assessed.eligible > 0) & np.isnan(cover.limit)
    return Claims(
        customer=names,
        code=debts.code,
        allocated=allocated / debts.scale,
        open_amount=assessed.open_amount / debts.scale,
        disputed=assessed.disputed / debts.scale,
        insurable=assessed.insurable / debts.scale,
        eligible=assessed.eligible / debts.scale,
        covered=np.where(unknown, np.nan, covered / debts.scale),
        insured_percentage=cover.insured_percentage,
        reason=_final(assessed, covered, unknown, debts),
        steps=steps,
        stop_date=assessed.stop_date,
        loss_date=assessed.loss_date,
        expected_date=after(assessed.loss_date, schedule.payment_days),
        indemnity=steps["paid before"],
        remainder=money.rounded(np.maximum(sums[1] - recovered - steps["recoveries"], 0.0)),
    )


def allocate(line: Line, debts: Debts, payment_rule: str) -> tuple[Floats, Floats]:
    """Payments and credits per debt, and the share of all its debts that each buyer has paid."""
    debt, credit = debts.debt, np.maximum(-debts.amount, 0.0)
    owed = line.sums(debt)
    pool = np.clip(line.sums(debts.paid + credit), 0.0, owed)
    part = np.divide(pool, owed, out=np.zeros(len(owed)), where=owed > 0)
    if payment_rule == "pro_rata":
        return in_proportion(line, debt, part), part
    if payment_rule == "fifo":
        return oldest_first(line, debt, pool), part
    marked = np.clip(debts.paid, 0.0, debt)
    rest = np.maximum(pool - line.sums(marked), 0.0)
    return marked + oldest_first(line, debt - marked, rest), part


@dataclass(frozen=True)
class Assessed:
    """Debts after the tests, in whole units; ``before`` is what was eligible before any payment."""

    reason: Reasons
    open_amount: Floats
    in_question: Floats
    disputed: Floats
    undisputed: Floats
    insurable: Floats
    eligible: Floats
    before: Floats
    stop_date: Days
    loss_date: Days


def assess(
    line: Line, debts: Debts, allocated: Floats, cover: InForce, schedule: Schedule, as_of: np.datetime64
) -> Assessed:
    """Find for every debt with how much it is eligible, and the buyers' dates of stop and loss."""
    left = debts.debt - allocated
    disputed = np.minimum(debts.disputed, left)
    stop = _after(line.earliest(debts.due_date, left > disputed), schedule.maximum_extension_days)
    facts = Facts(
        amount=debts.amount,
        open_amount=left,
        disputed=debts.disputed,
        ship_date=debts.ship_date,
        due_date=debts.due_date,
        stop_date=stop[debts.code],
        insolvency_date=debts.insolvency_date,
        excluded=debts.excluded,
        cover=cover,
    )
    reason = reasons(facts, schedule, as_of)
    waited = _after(line.earliest(debts.due_date, reason == 0), schedule.waiting_days)
    insolvent = line.earliest(debts.insolvency_date, np.ones(len(reason), bool))
    loss = np.fmin(waited, insolvent)
    outside = outside_policy(loss, schedule)[debts.code]
    reason = np.where(outside & (reason == 0), CODE["outside policy"], reason).astype(np.int8)
    unpaid = reasons(replace(facts, open_amount=debts.debt), schedule, as_of)
    before = debts.net_of_vat(np.maximum(debts.debt - debts.disputed, 0.0), schedule.vat)
    insurable = debts.net_of_vat(left - disputed, schedule.vat)
    good = reason == 0
    return Assessed(
        reason=reason,
        open_amount=left,
        in_question=np.where(good, left, 0.0),
        disputed=disputed,
        undisputed=np.where(good, left - disputed, 0.0),
        insurable=insurable,
        eligible=np.where(good, insurable, 0.0),
        before=np.where((unpaid == 0) & ~outside, before, 0.0),
        stop_date=stop,
        loss_date=loss,
    )


def _after(day: Days, span: Period | None) -> Days:
    return np.full(len(day), np.datetime64("NaT", "D")) if span is None else after(day, span)


def fill(
    line: Line, debts: Debts, assessed: Assessed, part: Floats, cover: InForce, schedule: Schedule
) -> tuple[Floats, Floats]:
    """What of each debt is covered, and each buyer's room: what the limits let through in all.

    Under the ``debt`` basis the room is the covered debt; under ``payout`` all eligible debt is covered and
    the room caps the payment. An unknown limit makes the buyer's room unknown.
    """
    cap = np.rint(np.nan_to_num(cover.limit) * debts.scale)
    unknown = line.sums(np.where(assessed.eligible > 0, np.isnan(cover.limit), 0.0)) > 0

    def within(now: Floats, before: Floats) -> Floats:
        if schedule.payment_rule == "pro_rata":
            return np.minimum(in_proportion(line, within_limits(line, before, cap), 1 - part), now)
        if not schedule.cover_resumes:
            return np.maximum(within_limits(line, before, cap) - (before - now), 0.0)
        return within_limits(line, now, cap)

    if schedule.limit_basis == "debt":
        covered = within(assessed.eligible, assessed.before)
        room = line.sums(covered) / debts.scale
    else:
        covered = assessed.eligible
        paid = [_share_of(amount, cover, debts) for amount in (assessed.eligible, assessed.before)]
        room = line.sums(within(*paid)) / debts.scale
    return covered, np.where(unknown, np.nan, room)


def _share_of(amount: Floats, cover: InForce, debts: Debts) -> Floats:
    share = np.where(amount > 0, cover.insured_percentage, 0.0)
    return np.rint(money.rounded(amount * np.nan_to_num(share) / debts.scale) * debts.scale)


def _mean_share(line: Line, covered: Floats, weighed: Floats, percentage: Floats) -> Floats:
    """The insured percentage of each buyer's covered debt; debts at different ones are weighed by amount."""
    rows = np.flatnonzero(covered > 0)
    one = np.full(line.groups, np.nan)
    one[line.buyer()[rows]] = percentage[rows]
    mixed = line.sums(np.where(covered > 0, percentage != one[line.buyer()], 0.0)) > 0
    total = line.sums(covered)
    mean = np.divide(weighed, total, out=np.zeros(line.groups), where=total > 0)
    return np.where(mixed, mean, np.where(total > 0, one, 0.0))


def _year(
    eligible: Floats, room: Floats, percentage: Floats, loss_date: Days, schedule: Schedule, in_order: bool
) -> dict[str, Floats]:
    """Each buyer's loss through the steps, in the order of the dates of loss."""
    turn = np.argsort(loss_date, kind="stable")
    terms = Terms(
        limit=room[turn],
        insured_percentage=percentage[turn],
        deductible=np.asarray(schedule.deductible),
        threshold=np.asarray(schedule.threshold),
        aggregate_left=np.asarray(schedule.aggregate_left),
        liability_left=np.asarray(schedule.liability_left),
        reaching=schedule.threshold_rule == ">=",
        in_order=in_order,
    )
    back = np.argsort(turn, kind="stable")
    amounts = stages(eligible[turn], terms, schedule.deductible_rule, schedule.limit_basis)
    return {step: amount[back] for step, amount in amounts.items()}


def after_the_loss(
    indemnity: Floats, debt: Floats, recovered: Floats, indemnity_paid: Floats
) -> dict[str, Floats]:
    """The indemnity after the insurer's part of what was recovered since, and after what is already paid."""
    shared = (recovered > 0) & (debt > 0)
    part = np.where(shared, insurer_part(recovered, np.minimum(indemnity, debt), debt), 0.0)
    net = money.rounded(indemnity - part)
    return {"recoveries": net, "paid before": money.rounded(np.maximum(net - indemnity_paid, 0.0))}


def _final(assessed: Assessed, covered: Floats, unknown: Flags, debts: Debts) -> Reasons:
    """The reason shown for each debt: why it is out, else why a part of it is."""
    partly = np.select(
        [unknown, covered < assessed.eligible, assessed.disputed > 0],
        [CODE["limit unknown"], CODE["over limit"], CODE["dispute"]],
        CODE["eligible"],
    )
    return np.where(assessed.reason == 0, partly, assessed.reason).astype(np.int8)
