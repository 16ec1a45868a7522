"""What late payment costs: by statute, by contract, or nothing, on the undisputed part of each debt."""

from typing import Any, NamedTuple

import numpy as np

from arcredit.credit.receivables.interest import ar_interest, ar_late_fee, ar_late_interest
from arcredit.shapes import Dates, Floats, Numbers, dates, numbers

FEE_CURRENCY = {"EU": "EUR", "UK": "GBP"}


class ChargeTerms(NamedTuple):
    """A scheme (EU, UK, CN or none), an agreed yearly rate, and reference rates in place of the built-in."""

    scheme: str = ""
    annual_rate: float = float("nan")
    rates: Any = None

    @property
    def basis(self) -> str:
        """``EU``, ``UK``, ``CN``, ``contract`` or ``none``."""
        return self.scheme or ("contract" if self.annual_rate == self.annual_rate else "none")


class Charges(NamedTuple):
    """Interest and fixed sum of each debt; NaN where a rate is not known."""

    interest: Floats
    fee: Floats


def late_charges(
    amount: Numbers, due_date: Dates, as_of: Dates, terms: ChargeTerms, currency: str = "", digits: int = 2
) -> Charges:
    """Interest up to a day and the fixed sum of each debt that is late on it.

    Parameters
    ----------
    amount : Numbers
        Undisputed open amounts; credits and amounts of 0 are charged nothing. [currency]
    due_date, as_of : Dates
        Due dates and the day up to which interest runs. [date]
    terms : ChargeTerms
        In China an agreed rate goes before 0.05 % a day; without a scheme it is the contract's.
    currency : str
        The fixed sums are of the EU in EUR and of the UK in GBP: in another currency there is none.
    digits : int
        Decimal places of the currency.

    Source: EU Directive 2011/7; UK Act of 1998; State Council Decree 802; product rule.

    Examples
    --------
    >>> found = late_charges([10000, -5], ["2025-05-15"] * 2, "2025-09-30", ChargeTerms("EU"), "EUR")
    >>> found.interest.tolist(), found.fee.tolist()
    ([396.36, 0.0], [40.0, 0.0])
    """
    owed, due, day = numbers(amount, "amount"), dates(due_date, "due_date"), dates(as_of, "as_of")
    owed, due, day = np.broadcast_arrays(owed, due, day)
    late = (owed > 0) & (due < day)
    interest, fee = np.zeros(owed.shape), np.zeros(owed.shape)
    if not late.any() or terms.basis == "none":
        return Charges(interest, fee)
    if terms.basis == "contract":
        interest[late] = ar_interest(owed[late], due[late], day[late], terms.annual_rate, digits=digits)
        return Charges(interest, fee)
    rates = terms.rates
    if terms.scheme == "CN":
        rates = terms.annual_rate if terms.annual_rate == terms.annual_rate else rates
    interest[late] = ar_late_interest(owed[late], due[late], day[late], terms.scheme, rates, digits=digits)
    if FEE_CURRENCY.get(terms.scheme) in (
        currency.upper(),
        None if currency else FEE_CURRENCY.get(terms.scheme),
    ):
        fee[late] = ar_late_fee(owed[late], terms.scheme)
    return Charges(interest, fee)
