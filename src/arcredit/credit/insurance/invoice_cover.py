"""What of every open invoice is insured: the tests by invoice, the limit used up oldest first.

Source: Atradius Belgium, "Compensation" (a limit is filled by the oldest debt, credits go to it); Allianz
Trade Switzerland, "Policy in detail". Deductibles, thresholds and yearly limits count for a loss, not for an
invoice, and are left to the claim.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.insurance.allocation import Line, line_up, oldest_first
from arcredit.credit.insurance.claims import settle
from arcredit.credit.insurance.debts import Debts, read_debts
from arcredit.credit.insurance.eligibility import CODE, Reasons
from arcredit.credit.insurance.insurance_policy import Schedule, read_schedule
from arcredit.credit.insurance.insured_limit import InForce, buyers_of, codes, in_force, read_limits
from arcredit.shapes import Dates, Days, Floats, Labels, Numbers, coded, one_date


@dataclass(frozen=True)
class InvoiceCover:
    """A row per open item, in the items' order; money in the currency of the policy. [currency]

    ``set_off`` is what a credit takes off an invoice (negative there, positive on the credit). In every row
    open amount + set_off = insured + own_risk + uninsured + unknown + unapplied. ``unknown`` is debt of a
    customer whose limit or percentage nobody stated: its three parts are NaN.
    """

    set_off: Floats
    insured: Floats
    own_risk: Floats
    uninsured: Floats
    unknown: Floats
    unapplied: Floats
    limit: Floats
    insured_percentage: Floats
    reason: Reasons
    stop_date: Days


def invoice_cover(
    customer: Labels,
    ship_date: Dates,
    due_date: Dates,
    open_amount: Numbers,
    disputed: Any,
    limits: Any,
    policy: Any,
    as_of: Dates,
    insolvency_date: Dates = None,
    excluded: Labels = None,
) -> InvoiceCover:
    """Split every open item into what the insurer would bear, own risk within the limit, and the rest.

    Parameters
    ----------
    customer, ship_date, due_date, open_amount, disputed : columns
        Open items; credits are negative and go to the customer's oldest debt. All in the policy's currency.
    limits, policy, as_of, insolvency_date, excluded
        As in TCI_CLAIM.

    Notes
    -----
    The insurer's shares of a customer's invoices are rounded so that they add up to the share of the whole.
    Under the limit basis ``payout`` the limit caps the insurer's part, else the debt.
    """
    schedule, decisions = read_schedule(policy), read_limits(limits)
    who, names = codes(coded(customer, "customer"))
    debts = read_debts(
        who, len(names), ship_date, due_date, open_amount, None, disputed, insolvency_date, excluded
    )
    buyer = buyers_of(decisions, names) if len(decisions) else np.zeros(0, np.intp)
    cover = in_force(decisions, buyer, debts.code, debts.ship_date, schedule)
    room, plain = _as_debt(cover, schedule), replace(schedule, limit_basis="debt")
    none = np.zeros(len(names))
    found = settle(debts, names, room, plain, one_date(as_of), none, none)
    unknown = np.isnan(found.covered) | ((found.eligible > 0) & np.isnan(cover.insured_percentage))
    covered = np.where(unknown, 0.0, found.covered)
    line = line_up(debts.code, debts.groups, debts.due_date, debts.ship_date)
    insured = _shares(line, np.rint(covered * debts.scale), cover.insured_percentage, debts.scale)
    used = _credits_used(line, debts, found.allocated)
    parts = {
        "set_off": used - found.allocated,
        "insured": np.where(unknown, np.nan, insured),
        "own_risk": np.where(unknown, np.nan, covered - insured),
        "uninsured": np.where(unknown, np.nan, found.open_amount - covered),
        "unknown": np.where(unknown, found.open_amount, 0.0),
        "unapplied": np.minimum(debts.amount, 0.0) / debts.scale + used,
    }
    return InvoiceCover(
        **{name: money.rounded(part, money.PLACES) for name, part in parts.items()},
        limit=np.where(debts.amount > 0, cover.limit, np.nan),
        insured_percentage=np.where(covered > 0, cover.insured_percentage, np.nan),
        reason=_reason(found.reason, found.eligible, found.open_amount, found.disputed, unknown),
        stop_date=found.stop_date[debts.code],
    )


def _as_debt(cover: InForce, schedule: Schedule) -> InForce:
    """The limit as a cap of the debt, also where the policy caps the payment."""
    if schedule.limit_basis == "debt":
        return cover
    share = cover.insured_percentage
    room = np.divide(cover.limit, share, out=np.zeros(len(share)), where=~(share == 0))
    return cover._replace(limit=room)


def _shares(line: Line, covered: Floats, percentage: Floats, scale: float) -> Floats:
    """The insurer's part of every covered debt; a buyer's parts add up to the rounded whole.

    Debts at one percentage stand in one line, so that a percentage of its own never moves another's cents.
    """
    share = np.where(covered > 0, np.nan_to_num(percentage), 0.0)
    insured = np.zeros(len(covered))
    for one in np.unique(share[share > 0]):
        debt = np.where(share == one, covered, 0.0)
        upto = line.running(debt)
        cents = money.rounded(upto * one / scale) - money.rounded((upto - debt) * one / scale)
        insured += np.where(debt > 0, np.clip(cents, 0.0, debt / scale), 0.0)
    return money.rounded(insured, money.PLACES)


def _credits_used(line: Line, debts: Debts, allocated: Floats) -> Floats:
    """What of every credit went to invoices, the oldest credit first."""
    credit = np.maximum(-debts.amount, 0.0)
    spent = line.sums(np.rint(allocated * debts.scale))
    return np.asarray(oldest_first(line, credit, spent) / debts.scale)


def _reason(reason: Reasons, eligible: Floats, left: Floats, disputed: Floats, unknown: Any) -> Reasons:
    """The reason of a claim, naming uninsured VAT where nothing else takes a part out."""
    good = reason == CODE["eligible"]
    vat = good & (money.rounded(left - disputed - eligible, money.PLACES) > 0)
    named = np.where(unknown, CODE["limit unknown"], np.where(vat, CODE["vat"], reason))
    return np.asarray(named, np.int8)
