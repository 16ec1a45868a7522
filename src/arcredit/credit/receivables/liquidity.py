"""What a late or lost receipt does to the cash at hand."""

import numpy as np

from arcredit.shapes import Booleans, Numbers, flags, numbers, result, share


def ar_cash_ratio(
    cash: Numbers,
    current_liabilities: Numbers,
    expected_receipts: Numbers = None,
    insured_percentage: Numbers = None,
    default: Booleans = False,
) -> Numbers:
    """Cash ratio with a receipt that comes in, or that defaults and is paid by the insurer in part.

    现金比率：预计回款如期到账，或违约后仅由保险公司按比例赔付时的偿债能力。

    Parameters
    ----------
    cash : Numbers
        Cash and equivalents, after a premium already paid. [currency]
        现金及等价物（已付保费应先扣除）。
    current_liabilities : Numbers
        Current liabilities, not negative. [currency]
        流动负债，不为负。
    expected_receipts : Numbers, default blank
        Receipts expected from customers within the period; blank = none. [currency]
        期内预计收到的货款；留空视为没有。
    insured_percentage : Numbers, default blank
        Share the insurer pays of a receipt that defaults, 0 to 1; blank = uninsured. [fraction]
        违约时保险公司赔付的比例，0 至 1；留空视为未投保。
    default : Booleans, default FALSE
        TRUE where the receipts default. [flag]
        回款违约时为 TRUE。

    Returns
    -------
    Numbers
        (cash + what comes in) / current liabilities; NaN without liabilities. [times]

    Raises
    ------
    InputError
        If liabilities or receipts are negative or the percentage is not within 0 to 1.

    Notes
    -----
    The insurer pays after the waiting period, usually 120 to 180 days after the due date: a ratio for an
    earlier date has no indemnity in it. The premium is not an argument: it is paid whether or not the
    receipts come in, so take it off the cash.

    Source: worked example, hand-computed.

    Examples
    --------
    >>> float(ar_cash_ratio(500, 4000, 600))
    0.275
    >>> float(ar_cash_ratio(485, 4000, 600, 0.9, True))
    0.25625
    """
    receipts = np.nan_to_num(numbers(expected_receipts, "expected_receipts", low=0))
    insured = np.nan_to_num(share(insured_percentage, "insured_percentage"))
    received = np.where(flags(default, "default"), receipts * insured, receipts)
    liabilities = numbers(current_liabilities, "current_liabilities", low=0)
    owed = np.where(liabilities > 0, liabilities, np.nan)
    return result((numbers(cash, "cash") + received) / owed)
