"""Who gets what of money that comes in after the loss.

Source: Atradius Belgium, glossary ("recoveries" are shared in the proportion the loss was borne); CIFF,
"Pre-loss and post-loss recoveries".
"""

from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.errors import InputError
from arcredit.shapes import Floats, Labels, Numbers, numbers, option, result

RULES = ("pro_rata", "fifo")


def tci_recovery(
    recovered: Numbers,
    costs: Numbers,
    indemnity_paid: Numbers,
    total_debt: Numbers,
    rule: Labels = None,
    covered_debt: Numbers = None,
) -> Any:
    """The insurer's part of money recovered after the loss; the insured keeps the rest.

    损失发生后追回款中归保险公司的部分，其余归被保险人。

    Parameters
    ----------
    recovered : Numbers
        Money recovered after the date of loss, gross. [currency]
        损失日之后追回的款项（毛额）。
    costs : Numbers
        Agreed costs of recovery, deducted first. [currency]
        约定的追偿费用，先行扣除。
    indemnity_paid : Numbers
        Indemnity paid, or estimated where it is not yet paid. [currency]
        已付赔款；尚未赔付时为估算赔款。
    total_debt : Numbers
        Whole debt at the date of loss: also what is over the limit, uninsured VAT and own share. [currency]
        损失日的全部债权，含超限额、未投保增值税及自负部分。
    rule : Labels, default "pro_rata"
        pro_rata: as the loss was borne; fifo: oldest debt first, so the covered debt before the rest.
        pro_rata 按损失分担比例；fifo 先旧后新，先冲抵承保债权。
    covered_debt : Numbers, default total_debt
        Debt within the limit, needed under fifo. [currency]
        限额内的承保债权，fifo 规则使用。

    Returns
    -------
    Numbers
        The insurer's part, never above what it paid; recovered − costs − this is the insured's. [currency]

    Raises
    ------
    InputError
        A negative amount; an indemnity above the debt.

    Notes
    -----
    pro_rata: (recovered − costs) × indemnity_paid / total_debt. fifo: the net amount, at most covered_debt,
    × indemnity_paid / covered_debt. Costs above the recovery leave 0. A debt of 0 gives #DIV/0!.

    Source: Atradius Belgium, glossary; CIFF, "Pre-loss and post-loss recoveries".

    Examples
    --------
    >>> float(tci_recovery(22_000, 2_000, 50_000, 110_000))
    9090.91
    """
    net = np.maximum(numbers(recovered, "recovered", low=0) - numbers(costs, "costs", low=0), 0.0)
    paid = numbers(indemnity_paid, "indemnity_paid", low=0)
    debt = numbers(total_debt, "total_debt", low=0)
    covered = numbers(covered_debt, "covered_debt", low=0)
    if option(rule, "rule", RULES) == "fifo":
        debt = np.where(np.isnan(covered), debt, covered)
        net = np.where(np.isnan(debt), np.nan, np.minimum(net, debt))
    return result(insurer_part(money.rounded(net, money.PLACES), paid, debt))


def insurer_part(net: Floats, paid: Floats, debt: Floats) -> Floats:
    """The insurer's part of a net recovery, to the cent, at most what it paid; NaN without a debt."""
    over = paid > debt
    if np.any(over):
        found = float(np.broadcast_to(paid, over.shape)[over][0])
        # Named is the argument that has the wrong elements' shape, so that a sheet shows them in their cells.
        argument = "indemnity_paid" if np.shape(paid) == over.shape else "total_debt"
        raise InputError("insurance.paid_over_debt", where=over, argument=argument, found=f"{found:g}")
    share = np.divide(paid, debt, out=np.full(over.shape, np.nan), where=debt > 0)
    return np.asarray(np.minimum(money.rounded(net * share), paid))
