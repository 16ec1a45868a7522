"""How much of what is owed hangs on few customers."""

import numpy as np

from arcredit.credit import money
from arcredit.credit.block import one_number
from arcredit.shapes import Floats, Labels, Numbers, Table, Texts, coded, numbers, same_height


def ar_hhi(exposure: Numbers) -> float:
    """Herfindahl-Hirschman index of customers' exposures: 0 spread thin, 1 all on one customer.

    客户风险敞口的集中度指数 HHI：越接近 0 越分散，1 表示集中于一个客户。

    Parameters
    ----------
    exposure : Numbers
        Exposure, one cell per customer or group of affiliates; below 0 counts as 0. [currency]
        每个客户（或关联客户组）一格的风险敞口；负数按 0 计。

    Returns
    -------
    float
        Sum of the squared shares, 0 to 1; NaN where nothing is owed. [fraction]

    Notes
    -----
    HHI = Σ sᵢ². Times 10,000 gives points; 1 / HHI is the effective number of customers. The US merger
    guidelines of 2023 call more than 0.18 highly concentrated (a market rule, kept here as a yardstick).
    Blanks count nothing. Put affiliates together first: two halves of one group look like two customers.

    Source: US Merger Guidelines 2023, section 2.1; worked example, hand-computed.

    Examples
    --------
    >>> round(ar_hhi([32, 18, 12, 8, 6, 5, 4, 4, 3, 2, 2, 2, 1, 1]), 4)
    0.1672
    """
    return hhi(numbers(exposure, "exposure").reshape(-1))


def ar_concentration(customer: Labels, exposure: Numbers, top_n: Numbers = 10) -> Table:
    """The largest customers with their shares, the rest in one line, then HHI and effective number.

    最大客户及其敞口占比，其余合并为一行，最后列出 HHI 与有效客户数。

    Parameters
    ----------
    customer : Labels
        Customer of each row; the rows of a customer are added. [text]
        每行的客户；同一客户的各行相加。
    exposure : Numbers
        Exposure of each row; a customer's negative balance counts as 0. [currency]
        每行的风险敞口；客户合计为负时按 0 计。
    top_n : Numbers, default 10
        How many customers to show one by one, 1 or more. [count]
        单独列示的客户数，至少为 1。

    Returns
    -------
    Table
        Columns customer, exposure, share, cumulative_share: the top customers, then the lines "other" (if
        there are more), "total", "hhi" (in share) and "effective_number" (in exposure).

    Raises
    ------
    InputError
        If the columns differ in height or top_n is not a whole number above 0.

    Notes
    -----
    The line "other" and the top lines add up to "total" to the cent. Rows without a customer are one
    customer without a name, so that no exposure is lost. Ties keep the order of the rows. A total of 0
    leaves the shares blank.

    Source: US Merger Guidelines 2023, section 2.1 (HHI); worked example, hand-computed.

    Examples
    --------
    >>> table = ar_concentration(["A", "B", "A", "C"], [30, 40, 20, 10], 2)
    >>> [row[:2] for row in table.rows()][:4]
    [('A', 50.0), ('B', 40.0), ('other', 10.0), ('total', 100.0)]
    """
    count = int(one_number(top_n, "top_n", 10, low=1, whole=True))
    names, owed = by_customer(customer, exposure)
    order = np.argsort(-owed, kind="stable")
    top, rest = order[:count], order[count:]
    whole = money.total(owed)
    tail = ["other"] * bool(len(rest)) + ["total", "hhi", "effective_number"]
    more = [money.total(owed[rest])] * bool(len(rest))
    index = hhi(owed)
    base = whole or np.nan
    share = np.concatenate([owed[top], more, [whole]]) / base
    running = np.cumsum(owed[top]) / base
    filled = [1.0 if whole else np.nan] * (len(more) + 1)
    return Table(
        {
            "customer": np.concatenate([names[top], np.array(tail, object)]),
            "exposure": np.concatenate([owed[top], more, [whole, np.nan, 1 / index if index else np.nan]]),
            "share": np.concatenate([share, [index, np.nan]]),
            "cumulative_share": np.concatenate([running, filled, [np.nan, np.nan]]),
        }
    )


def by_customer(customer: Labels, exposure: Numbers) -> tuple[Texts, Floats]:
    """Customers in order of appearance and their exposures, added to the cent, never below 0."""
    who, amount = coded(customer, "customer"), numbers(exposure, "exposure").reshape(-1)
    same_height(customer=who, exposure=amount)
    codes = np.where(who.codes < 0, len(who.labels), who.codes)
    sums = money.grouped(amount, codes, len(who.labels) + 1)
    names: Texts = np.array([*who.labels, None], object)
    used = slice(None) if (who.codes < 0).any() else slice(0, -1)
    return names[used], np.maximum(sums, 0)[used]


def hhi(exposure: Floats) -> float:
    """Sum of squared shares; NaN where the exposures add up to nothing."""
    owed = np.maximum(np.nan_to_num(exposure), 0)
    whole = owed.sum()
    return float(np.sum((owed / whole) ** 2)) if whole > 0 else float("nan")
