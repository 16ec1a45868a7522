"""The invoices of a claim, read into whole units of money.

Source: product rule "parts equal the whole to the cent"; currency rules after ECGA Oman, bulletin 1/2002
(exchange fluctuation is not covered).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.insurance.allocation import Rows
from arcredit.credit.insurance.eligibility import Reasons, read_excluded
from arcredit.errors import InputError
from arcredit.shapes import Dates, Days, Floats, Labels, Numbers, cells, dates, flags, numbers, same_height


@dataclass(frozen=True)
class Debts:
    """Invoices in whole units of money (`scale` of them make 1); credits are negative amounts."""

    code: Rows
    groups: int
    scale: float
    amount: Floats
    paid: Floats
    disputed: Floats
    ship_date: Days
    due_date: Days
    insolvency_date: Days
    excluded: Reasons

    @property
    def debt(self) -> Floats:
        """Invoices alone, without the credits."""
        return np.maximum(self.amount, 0.0)

    def net_of_vat(self, amount: Floats, vat: float) -> Floats:
        """Amounts without VAT, to the cent."""
        if vat == 0:
            return amount
        return np.rint(money.rounded(amount / self.scale / (1 + vat)) * self.scale)


def read_debts(
    code: Rows,
    groups: int,
    ship_date: Dates,
    due_date: Dates,
    amount: Numbers,
    paid: Numbers,
    disputed: Any,
    insolvency_date: Dates = None,
    excluded: Labels = None,
    rate: Numbers = None,
) -> Debts:
    """Read the columns of a claim; `amount` must be known in every row."""
    due, gross = dates(due_date, "due_date").reshape(-1), numbers(amount, "amount").reshape(-1)
    ship = dates(ship_date, "ship_date").reshape(-1)
    received = numbers(paid, "paid").reshape(-1)
    received = np.zeros(len(gross)) if received.size == 1 and np.isnan(received[0]) else received
    factor = _per_row(numbers(rate, "rate", positive=True), gross, "rate")
    contested = read_disputed(disputed, gross)
    same_height(due_date=due, amount=gross, ship_date=ship, paid=received, disputed=contested, customer=code)
    money_columns = [gross, np.nan_to_num(received), np.nan_to_num(contested)]
    if not np.isnan(factor).all():
        money_columns = [money.rounded(column * factor) for column in money_columns]
    whole, scale = money.units(np.concatenate(money_columns))
    insolvent = _per_row(dates(insolvency_date, "insolvency_date"), gross, "insolvency_date")
    out = read_excluded(excluded, len(gross))
    same_height(due_date=due, excluded=out)
    owed, got, contested = np.split(whole, 3)
    return Debts(code, groups, scale, owed, got, contested, ship, due, insolvent, out)


def _per_row(column: NDArray[Any], amount: Floats, argument: str) -> NDArray[Any]:
    """A column beside the amounts; a single cell stands for all rows."""
    column = column.reshape(-1)
    if column.size != 1:
        same_height(amount=amount, **{argument: column})
    return np.broadcast_to(column, amount.shape)


def read_disputed(disputed: Any, amount: Floats) -> Floats:
    """Disputed amounts: a number is the disputed amount, TRUE the whole invoice, a blank nothing."""
    column = _per_row(cells(disputed), amount, "disputed")
    if column.dtype.kind not in "bOU":
        return np.nan_to_num(numbers(column, "disputed", low=0))
    worded = np.array([isinstance(item, str | bool | np.bool_) for item in column], bool)
    whole = flags(np.where(worded, column, False), "disputed")
    stated = numbers(np.where(worded, np.nan, column), "disputed", low=0)
    return np.where(whole, np.maximum(amount, 0.0), np.nan_to_num(stated))


def policy_rate(invoice_rate: Numbers, loss_rate: Numbers, fx_rule: str) -> Floats:
    """The rate that turns invoice currency into policy currency; NaN where no rate is given.

    ``invoice`` takes the rate of the invoice's date, ``loss`` that of the date of loss, ``lower`` the lower
    one, so that gains on exchange are not paid. The loss on exchange itself is never insured.

    Raises
    ------
    InputError
        ``#VALUE!`` where the rule's rate is not given.
    """
    rates = {
        "invoice_rate": numbers(invoice_rate, "invoice_rate", positive=True).reshape(-1),
        "loss_rate": numbers(loss_rate, "loss_rate", positive=True).reshape(-1),
    }
    if all(np.isnan(rate).all() for rate in rates.values()):
        return np.array([np.nan])
    needed = list(rates) if fx_rule == "lower" else [f"{fx_rule}_rate"]
    for name in needed:
        if np.isnan(rates[name]).any():
            raise InputError(
                "insurance.rate_missing",
                cell="#VALUE!",
                where=np.isnan(rates[name]),
                argument=name,
                found=fx_rule,
            )
    same_height(**{name: rates[name] for name in needed if rates[name].size != 1})
    return np.asarray(np.minimum.reduce([rates[name] for name in needed]))
