"""One buyer's claim as a table: every invoice with its reason, every step, the estimate, the warnings."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.block import one_number
from arcredit.credit.insurance.claims import Claims, settle
from arcredit.credit.insurance.debts import Debts, policy_rate, read_debts
from arcredit.credit.insurance.eligibility import CODE, REASONS, reason_texts
from arcredit.credit.insurance.indemnity import trace
from arcredit.credit.insurance.insurance_policy import Schedule, read_schedule
from arcredit.credit.insurance.insured_limit import in_force, one_buyer, read_limits
from arcredit.credit.period import Period, after
from arcredit.shapes import (
    Dates,
    Days,
    Flags,
    Labels,
    Numbers,
    Table,
    Texts,
    cells,
    dates,
    labels,
    numbers,
    same_height,
    single,
)
from arcredit.words import say

SECTIONS = ("invoice", "not covered", "step", "result", "warning")
RESULTS = ("estimated indemnity", "uninsured remainder", "last covered delivery", "date of loss")


def tci_claim(
    invoice: Labels,
    ship_date: Dates,
    due_date: Dates,
    amount: Numbers,
    paid: Numbers,
    disputed: Numbers,
    limits: Any,
    policy: Any,
    as_of: Dates = None,
    insolvency_date: Dates = None,
    customer: Labels = None,
    excluded: Labels = None,
    invoice_rate: Numbers = None,
    loss_rate: Numbers = None,
    recovered: Numbers = None,
    indemnity_paid: Numbers = None,
) -> Table:
    """Estimated claim for one buyer: every invoice with its reason, then the steps to the indemnity.

    估算一个买方的索赔：逐张发票列明可保与否及原因，再逐步算出预计赔款；以保险公司核定为准。

    Parameters
    ----------
    invoice : Labels
        Invoice numbers of one buyer.
        一个买方的发票号。
    ship_date : Dates
        Dates of delivery. [date]
        发货日期。
    due_date : Dates
        Original due dates; agreed extensions do not move them. [date]
        原到期日；展期不改变到期日。
    amount : Numbers
        Invoice amounts with VAT; credit notes are negative. [currency]
        含税发票金额；红字发票为负数。
    paid : Numbers
        Received before the date of loss, as the customer marked it; also net proceeds of goods taken back.
        [currency]
        损失日前按客户指定记录的收款，含收回货物的净收入。
    disputed : Numbers
        Disputed amount of the invoice, or TRUE for all of it. [currency]
        发票的争议金额；TRUE 表示全额争议。
    limits : Any
        Limit decisions with a header row: customer, limit, from, to, kind; or one limit. [currency]
        限额表（含表头 customer、limit、from、to、kind），或单个限额。
    policy : Any
        Policy schedule: two columns, key and value.
        保单条款：两列，条款名与数值。
    as_of : Dates, default blank
        Day of the estimate, for deadlines and later deliveries. [date]
        估算日，用于判断时限及其后的发货。
    insolvency_date : Dates, default blank
        Day the buyer became insolvent. [date]
        买方破产日。
    customer : Labels, default blank
        The buyer, where limits names more than one.
        买方；限额表含多个客户时必填。
    excluded : Labels, default blank
        A reason why an invoice is never covered: fraud, affiliate, prepaid, interest, … .
        发票绝不承保的原因：欺诈、关联方、预付款、利息等。
    invoice_rate : Numbers, default blank
        Policy currency for one unit of invoice currency, on the invoice's date. [rate]
        开票日汇率：一单位发票币折合保单币。
    loss_rate : Numbers, default blank
        The same on the date of loss; fx_rule says which one counts. [rate]
        损失日汇率；按 fx_rule 取用。
    recovered : Numbers, default 0
        Recovered since the date of loss, after agreed costs. [currency]
        损失日后追回款，已扣约定费用。
    indemnity_paid : Numbers, default 0
        Indemnity already paid for this loss, which must not be in liability_used. [currency]
        本案已付赔款（不计入 liability_used）。

    Returns
    -------
    Table
        section, item, then the columns of invoices (ship_date … reason), of steps (amount_in, change,
        amount_out) and date. Sections: invoice, not covered (money by reason), step, result, warning.

    Raises
    ------
    InputError
        Unknown keys of the policy, unequal heights, a share above 1, several customers in limits.

    Notes
    -----
    Payments and credits go to the oldest debt of the buyer whatever the remittance says (payment_rule). The
    limit in force on the day of shipment is filled oldest first; with cover_resumes FALSE newer debt does not
    move up. Terms are counted from shipment to due date. The last covered delivery is the oldest undisputed
    unpaid due date plus the maximum extension, that day included. A row without an amount is left out and
    counted. The indemnity is expected payment_days (30, a convention) after the date of loss.

    Source: Atradius Belgium, "Compensation"; Allianz Trade Switzerland, "Claims management"; worked examples,
    hand-computed.

    Examples
    --------
    >>> claim = tci_claim(["A", "B"], ["2025-01-06", "2025-05-12"], ["2025-03-07", "2025-07-11"],
    ...     [40_000, 45_000], None, None, 180_000,
    ...     {"insured_percentage": 0.9, "maximum_extension_days": 60})
    >>> claim["reason"][:2].tolist()
    ['eligible', 'after stop']
    >>> claim["amount_out"][claim["item"] == "estimated indemnity"].tolist()
    [36000.0]
    """
    schedule, decisions = read_schedule(policy), read_limits(limits)
    number, gross = labels(invoice, "invoice").reshape(-1), numbers(amount, "amount").reshape(-1)
    same_height(invoice=number, amount=gross)
    known = ~np.isnan(gross)
    debts = read_debts(
        np.zeros(int(known.sum()), np.intp),
        1,
        _kept(dates(ship_date, "ship_date"), known, "ship_date"),
        _kept(dates(due_date, "due_date"), known, "due_date"),
        gross[known],
        _kept(numbers(paid, "paid"), known, "paid"),
        _kept(cells(disputed), known, "disputed"),
        single(insolvency_date, "insolvency_date"),
        _kept(labels(excluded, "excluded"), known, "excluded"),
        _kept(policy_rate(invoice_rate, loss_rate, schedule.fx_rule), known, "invoice_rate"),
    )
    name = labels(single(customer, "customer"), "customer").reshape(-1)
    cover = in_force(decisions, one_buyer(decisions, name[0]), debts.code, debts.ship_date, schedule)
    since = [
        np.array([one_number(item, argument, 0.0, low=0)])
        for item, argument in ((recovered, "recovered"), (indemnity_paid, "indemnity_paid"))
    ]
    day = dates(single(as_of, "as_of"), "as_of").reshape(-1)[0]
    found = settle(debts, name, cover, schedule, day, since[0], since[1])
    left_out = int(sum(label is not None for label in number[~known]))
    return _table(number[known], debts, found, _warnings(debts, found, schedule, day, left_out))


def _kept(column: NDArray[Any], known: Flags, argument: str) -> NDArray[Any]:
    """The rows of a column whose amount is known; a single cell stands for all of them."""
    column = column.reshape(-1)
    if column.size == 1:
        return np.broadcast_to(column, known.shape)[known]
    same_height(amount=known, **{argument: column})
    return column[known]


def _table(invoice: Texts, debts: Debts, found: Claims, warnings: dict[str, float]) -> Table:
    steps = trace(list(found.steps), np.array([float(amount[0]) for amount in found.steps.values()]))
    apart = _apart(found)
    results = (found.indemnity[0], found.remainder[0], np.nan, np.nan)
    result_dates = np.array([found.expected_date[0], "NaT", found.stop_date[0], found.loss_date[0]], "M8[D]")
    parts = {
        "invoice": _invoices(invoice, debts, found),
        "not covered": {"item": _texts(apart), "amount_out": np.array(list(apart.values()))},
        "step": {
            "item": steps["step"],
            **{name: steps[name] for name in ("amount_in", "change", "amount_out")},
        },
        "result": {"item": _texts(RESULTS), "amount_out": np.array(results), "date": result_dates},
        "warning": {"item": _texts(warnings), "amount_out": np.array(list(warnings.values()), np.float64)},
    }
    return Table(
        {
            name: np.concatenate([_column(name, section, parts[section]) for section in SECTIONS])
            for name in COLUMNS
        }
    )


COLUMNS = {
    "section": None,
    "item": None,
    "ship_date": np.datetime64("NaT", "D"),
    "due_date": np.datetime64("NaT", "D"),
    "amount": np.nan,
    "paid": np.nan,
    "insurable": np.nan,
    "eligible": np.nan,
    "covered": np.nan,
    "insured_percentage": np.nan,
    "reason": None,
    "amount_in": np.nan,
    "change": np.nan,
    "amount_out": np.nan,
    "date": np.datetime64("NaT", "D"),
}
"""The table's columns and the blank of each."""


def _column(name: str, section: str, part: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    height = len(part["item"])
    if name == "section":
        return _texts([section] * height)
    blank = COLUMNS[name]
    kind = "M8[D]" if isinstance(blank, np.datetime64) else object if blank is None else np.float64
    return part[name].astype(kind) if name in part else np.full(height, blank, kind)


def _texts(words: Iterable[Any]) -> Texts:
    return np.array(list(words), object)


def _invoices(invoice: Texts, debts: Debts, found: Claims) -> dict[str, NDArray[Any]]:
    return {
        "item": invoice,
        "ship_date": debts.ship_date,
        "due_date": debts.due_date,
        "amount": debts.amount / debts.scale,
        "paid": found.allocated,
        "insurable": found.insurable,
        "eligible": found.eligible,
        "covered": found.covered,
        "insured_percentage": found.insured_percentage,
        "reason": reason_texts(found.reason),
    }


def _apart(found: Claims) -> dict[str, float]:
    """Open money that is not covered, by reason; with the covered money it makes up the whole open debt."""
    whole = found.eligible == 0
    out = money.grouped(np.where(whole, found.open_amount, 0.0), found.reason, len(REASONS))
    by_reason = dict(zip(REASONS, out.tolist(), strict=True))
    part = np.where(whole, 0.0, found.open_amount)
    covered = np.nan_to_num(found.covered)
    disputed = np.where(whole, 0.0, found.disputed)
    over = np.where(whole, 0.0, found.eligible - covered)
    unknown = np.isnan(found.covered)
    by_reason["dispute"] += money.total(disputed)
    by_reason["limit unknown"] += money.total(np.where(unknown, over, 0.0))
    by_reason["over limit"] += money.total(np.where(unknown, 0.0, over))
    by_reason["vat"] += money.total(part - disputed - np.where(whole, 0.0, found.eligible))
    return {reason: float(money.rounded(amount)) for reason, amount in by_reason.items() if amount}


def _warnings(
    debts: Debts, found: Claims, schedule: Schedule, as_of: np.datetime64, left_out: int
) -> dict[str, float]:
    """What a controller should look at, with the money it concerns (for rows left out: their number)."""
    open_by = money.grouped(found.open_amount, found.reason, len(REASONS))
    eligible = found.eligible > 0
    at_stake = money.total(found.open_amount[eligible])
    due = debts.due_date[eligible]
    checks = {
        "limit unknown": open_by[CODE["limit unknown"]],
        "limit expired": open_by[CODE["limit expired"]] + open_by[CODE["limit cancelled"]],
        "stop breached": open_by[CODE["after stop"]],
        "dispute": money.total(found.disputed),
        "no date of loss": at_stake if np.isnat(found.loss_date[0]) else 0.0,
        "waiting period runs": at_stake if as_of < found.loss_date[0] else 0.0,
        "notice late": _late(due, as_of, (schedule.maximum_extension_days, schedule.notice_days)) * at_stake,
        "filing late": _late(due, as_of, (schedule.filing_days,)) * at_stake,
        "rows left out": float(left_out),
    }
    return {warning: float(amount) for warning, amount in checks.items() if amount}


def _late(due: Days, as_of: np.datetime64, spans: tuple[Period | None, ...]) -> bool:
    """Whether the oldest eligible debt's deadline, some periods after its due date, has passed."""
    last = due
    for span in spans:
        if span is None:
            return False
        last = after(last, span)
    return bool(np.any(as_of > last))


def section_text(section: str, language: str = "en") -> str:
    """A section's name as a person reads it."""
    return say(f"insurance.section.{section}", language)


def result_text(item: str, language: str = "en") -> str:
    """A result's name as a person reads it."""
    return say(f"insurance.result.{item}", language)


def warning_text(warning: str, language: str = "en") -> str:
    """A warning as a person reads it."""
    return say(f"insurance.warning.{warning}", language)
