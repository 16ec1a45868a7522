"""Aging: days past due, and the money of every customer by how late it is.

Source: OCA aged partner balance for the default boundaries (what is due today is not overdue, a bucket holds
its upper edge); the treatment of credits: worked example, hand-computed.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.receivables.conventions import NONE, UNDATED, YEAR_LABELS, Columns, columns_of
from arcredit.credit.receivables.open_items import spread
from arcredit.errors import InputError
from arcredit.shapes import (
    Coded,
    Dates,
    Days,
    Flags,
    Floats,
    Labels,
    Numbers,
    Table,
    coded,
    column,
    dates,
    labels,
    numbers,
    one_date,
    option,
    same_height,
    single,
    with_last,
)

CREDITS = ("separate", "own_date", "oldest_first", "current")
_BLOCK = 1 << 16
_LATEST = np.iinfo(np.int64).max


@dataclass(frozen=True)
class AgingMatrix:
    """The aging of every customer that has an open item, in the order of their codes.

    ``customer`` are positions in the labels of the customer column, -1 (last) for rows without a customer.
    ``amounts`` has a column for each of ``labels``; amounts and ``unapplied`` add up to ``total``.
    ``overdue`` is what is past due by a day or more, whatever the columns. ``oldest_days`` is the age of the
    oldest open debit [days], NaN where there is none.
    """

    customer: NDArray[np.intp]
    labels: tuple[str, ...]
    amounts: Floats
    unapplied: Floats
    total: Floats
    overdue: Floats
    oldest_days: Floats


def aging_matrix(
    customer: Coded,
    due_date: Days,
    open_amount: Floats,
    as_of: Dates,
    edges: Any = None,
    convention: Any = None,
    credits: Any = None,
) -> AgingMatrix:
    """The figures of `ar_aging` from ready columns: a look-up of each day's bucket and one exact sum.

    Parameters
    ----------
    customer : Coded
        Customers.
    due_date : array of datetime64[D]
        Due dates; document dates for the convention ``cn_statutory``. [date]
    open_amount : array of float
        Open amounts, credits negative; blanks are left out. [currency]
    as_of : date
        The day of the aging. [date]
    edges, convention, credits
        As in `ar_aging`.
    """
    policy = option(credits, "credits", CREDITS)
    day = one_date(as_of)
    columns = columns_of(convention, edges, day)
    blank = bool(customer.codes.min(initial=0) < 0)
    groups = len(customer.labels) + blank  # the rows without a customer are the last one
    code = np.where(customer.codes < 0, groups - 1, customer.codes) if blank else customer.codes
    amount = open_amount
    if policy == "oldest_first":
        amount = _oldest_first(code, due_date, open_amount, groups)
    bins = _bins(columns, policy)
    due = due_date.astype("datetime64[D]", copy=False).view(np.int64)
    sums, scale, oldest = _summed(bins, groups, code, due, amount, int(day.astype(np.int64)))
    rows = _present(sums, code, open_amount)
    age = np.where(oldest == _LATEST, np.nan, day.astype(np.int64) - oldest.astype(np.float64))[rows]
    return _matrix(columns, bins, sums[:, rows], scale, np.where(rows == len(customer.labels), -1, rows), age)


class _Bins(NamedTuple):
    """Where money is added: the convention's columns cut at day 1, then undated, then unapplied."""

    low: int
    of_day: NDArray[np.intp]  # the bin of each day from `low` on
    label: NDArray[np.intp]  # of each bin; -1 unapplied
    late: Flags  # which bins are past due
    credit: int | None  # the bin of credits, None: that of their day


def _bins(columns: Columns, policy: str) -> _Bins:
    low, column_of = columns.by_day()
    days = np.arange(min(low, 0), max(low + len(column_of), 2))
    of_day = column_of[np.clip(days - low, 0, len(column_of) - 1)]
    begins = np.diff(of_day * 2 + (days >= 1), prepend=-1) != 0
    label = [*columns.label[of_day[begins]], columns.undated, -1]
    late = [*(days[begins] >= 1), False, False]
    credit = {"own_date": None, "current": label.index(columns.not_due)}.get(policy, len(label) - 1)
    return _Bins(int(days[0]), np.cumsum(begins) - 1, np.array(label), np.array(late), credit)


def _summed(
    bins: _Bins, groups: int, code: NDArray[np.intp], due: NDArray[np.int64], amount: Floats, day: int
) -> tuple[Floats, float, NDArray[np.int64]]:
    """Sums of bins x groups in whole units, the units in 1, and each group's oldest due date among debits.

    Block by block, so that the intermediate results stay in the processor's cache.
    """
    sums, oldest = np.zeros(len(bins.label) * groups), np.full(groups, _LATEST)
    scale, size = 1.0, 0.0
    for start in range(0, len(due), _BLOCK):
        part = slice(start, start + _BLOCK)
        key, dated = _keys(bins, groups, due[part], amount[part], day)
        np.add(key, code[part], out=key)
        np.minimum.at(oldest, code[part], dated)
        units, unit = money.units(amount[part])
        if unit != scale:
            finer = max(unit, scale)
            sums *= finer / scale
            size *= finer / scale
            units *= finer / unit
            scale = finer
        np.add.at(sums, key, units)
        size += len(units) * money.largest(units)
    if size >= 2.0**53:
        money.units(amount)  # says so where the whole is too large to be exact
    return sums.reshape(len(bins.label), groups), scale, oldest


def _keys(
    bins: _Bins, groups: int, due: NDArray[np.int64], amount: Floats, day: int
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Where the bin of each item begins among the sums, and its due date if it is a dated debit."""
    begins: NDArray[np.intp] = bins.of_day * groups
    key: NDArray[np.intp] = np.take(begins, day - bins.low - due, mode="clip")
    dated = due.copy()
    if due.min() == UNDATED:
        undated = np.flatnonzero(due == UNDATED)
        key[undated] = (len(bins.label) - 2) * groups
        dated[undated] = _LATEST
    credits = np.flatnonzero(~(amount > 0))
    dated[credits] = _LATEST
    if bins.credit is not None:
        key[credits] = bins.credit * groups
    return key, dated


def _oldest_first(group: NDArray[np.intp], due_date: Days, amount: Floats, groups: int) -> Floats:
    """Amounts after each customer's credits have paid its oldest debts; credit left over stays negative."""
    known = np.nan_to_num(amount, nan=0.0)
    credit = known < 0
    paid = money.grouped(known[credit], group[credit], groups)
    return money.rounded(spread(np.where(credit, 0.0, known), group, due_date, paid), money.PLACES)


def _present(sums: Floats, code: NDArray[np.intp], amount: Floats) -> NDArray[np.intp]:
    """The groups that have an item, even where it comes to nothing."""
    present = np.asarray(sums.any(axis=0))
    if not present.all():
        present |= np.bincount(code[~np.isnan(amount)], minlength=len(present)) > 0
    return np.flatnonzero(present)


def _matrix(
    columns: Columns, bins: _Bins, sums: Floats, scale: float, customer: NDArray[np.intp], oldest_days: Floats
) -> AgingMatrix:
    """Bins gathered under the labels; a column "none" only where the convention needs it or it holds money.

    `sums` are whole units, so that adding them here is exact.
    """
    labels = columns.labels
    if labels[-1] == NONE and not np.any(columns.label == len(labels) - 1) and not sums[-2].any():
        labels = labels[:-1]
    amounts = np.array([sums[bins.label == i].sum(axis=0) for i in range(len(labels))]).T
    overdue = sums[bins.late].sum(axis=0)
    if columns.labels[:-1] == YEAR_LABELS:
        overdue = np.full(len(customer), np.nan)  # years since the document say nothing about the due date
    total = sums.sum(axis=0)
    return AgingMatrix(
        customer, labels, amounts / scale, sums[-1] / scale, total / scale, overdue / scale, oldest_days
    )


def ar_aging(
    customer: Labels,
    due_date: Dates,
    open_amount: Numbers,
    as_of: Dates,
    edges: Any = None,
    convention: Labels = None,
    credits: Labels = "separate",
) -> Table:
    """Aging by customer: current, overdue by bucket, unapplied credits, total, share overdue, oldest days.

    按客户的应收账龄表：未到期、各逾期区间、未核销贷项、合计、逾期占比、最长逾期天数。

    Parameters
    ----------
    customer : Labels
        Customer of each document; rows without one form a line of their own.
        各单据的客户；无客户的行合并为单独一行。
    due_date : Dates
        Due dates; for cn_statutory the document dates. Blank: the column "none", or where the convention
        has it. [date]
        到期日；cn_statutory 口径下填单据日期；空白的归入 none 列或该口径规定的列。
    open_amount : Numbers
        Amounts still open, credits negative; rows without an amount are left out. [currency]
        未清金额，贷项为负；无金额的行不计。
    as_of : date
        The day of the aging. [date]
        账龄截止日。
    edges : list of numbers, optional
        Last days of the buckets, rising; blank: 30,60,90,120 or the convention's own. [days]
        各区间的上限天数，须递增；空白为 30,60,90,120 或该口径自身的区间。
    convention : text, optional
        Whose boundaries: arcredit (blank), erpnext, oca, oca_statement, tryton, ledgersmb, gnucash,
        invoiceninja, cn_statutory.
        采用哪套系统的边界口径；空白为 arcredit。
    credits : text, default "separate"
        Negative amounts: separate (column unapplied), own_date (the bucket of their date), oldest_first
        (pay the customer's oldest debts), current.
        负数金额的处理：separate 单列为未核销、own_date 按自身日期、oldest_first 冲抵最早欠款、
        current 计入未到期。

    Returns
    -------
    Table
        customer, a column for each bucket, unapplied, total, share_overdue [fraction], oldest_days; customers
        in the order of their first appearance. The last line is the sum; its customer is blank.

    Notes
    -----
    Buckets and unapplied add up to the total on every line. Money for which a convention has no column
    (not yet due in ERPNext and Tryton, and so on) stands in the column "none".
    share_overdue is what is past due by a day or more over the buckets' sum, credits in unapplied left out.
    oldest_days is the days past due of the oldest open debit, negative where nothing is due yet.
    A credit note that names its invoice is netted before, by AR_OPEN_ITEMS or by the ledger.
    cn_statutory has the years <=1, 1-2, 2-3, 3-4, 4-5 and >5 to the anniversary and no share overdue.

    Source: worked examples, hand-computed; boundaries read in each system's public source.

    Examples
    --------
    >>> table = ar_aging(
    ...     ["A", "A", "B"], ["2025-07-01", "2025-05-31", "2025-05-30"], [1000, 4000, -500], "2025-06-30"
    ... )
    >>> [table[name].tolist() for name in ("current", "1-30", "unapplied", "total")]
    [[1000.0, 0.0, 1000.0], [4000.0, 0.0, 4000.0], [0.0, -500.0, -500.0], [5000.0, -500.0, 4500.0]]
    """
    owner, due, amount = _ledger(customer, due_date, open_amount)
    found = aging_matrix(owner, due, amount, as_of, edges, convention, credits)
    overdue, unapplied, whole = map(_summed_up, (found.overdue, found.unapplied, found.total))
    oldest = np.max(found.oldest_days, initial=-np.inf, where=~np.isnan(found.oldest_days))
    base = whole - unapplied
    return Table(
        {
            "customer": with_last(Coded(found.customer, owner.labels).texts()),
            **dict(zip(found.labels, map(_summed_up, found.amounts.T), strict=True)),
            "unapplied": unapplied,
            "total": whole,
            "share_overdue": np.divide(overdue, base, out=np.full(len(base), np.nan), where=base > 0),
            "oldest_days": with_last(found.oldest_days, oldest if np.isfinite(oldest) else None),
        },
        total=True,
    )


def ar_aged(
    bucket: Labels,
    due_date: Dates,
    open_amount: Numbers,
    as_of: Dates,
    edges: Any = None,
    convention: Labels = None,
    customer: Labels = None,
    customer_id: Labels = None,
) -> float:
    """One figure of the aging: the amount in one bucket, of all customers or of one.

    账龄表中的一个数：某一账龄区间的金额，可限定为某一客户。

    Parameters
    ----------
    bucket : text
        A bucket of the convention, such as current, 1-30 or >120; or unapplied, overdue or total.
        该口径的账龄区间，如 current、1-30、>120；或 unapplied（未核销）、overdue（逾期）、total（合计）。
    due_date : Dates
        Due dates; for cn_statutory the document dates. [date]
        到期日；cn_statutory 口径下填单据日期。
    open_amount : Numbers
        Amounts still open, credits negative; rows without an amount are left out. [currency]
        未清金额，贷项为负；无金额的行不计。
    as_of : date
        The day of the aging. [date]
        账龄截止日。
    edges : list of numbers, optional
        Last days of the buckets, rising; blank: 30,60,90,120 or the convention's own. [days]
        各区间的上限天数，须递增；空白为 30,60,90,120 或该口径自身的区间。
    convention : text, optional
        Whose boundaries, as in AR_BUCKET; blank is arcredit.
        采用哪套系统的边界口径，同 AR_BUCKET；空白为 arcredit。
    customer : Labels, optional
        Customer of each document; only needed with customer_id.
        各单据的客户；仅在指定 customer_id 时需要。
    customer_id : text, optional
        The customer to report; blank is all.
        要统计的客户；空白为全部。

    Returns
    -------
    float
        The amount [currency], the same as AR_AGING has with credits separate; 0 where nothing is open.

    Raises
    ------
    InputError
        #VALUE! for a bucket that the convention and the edges do not have, and for a customer_id without
        the column of customers.

    Notes
    -----
    overdue is everything past due by a day or more, credits left out; with cn_statutory it has no result.

    Source: worked example, hand-computed.

    Examples
    --------
    >>> ar_aged("1-30", ["2025-07-01", "2025-05-31"], [1000, 4000], "2025-06-30")
    4000.0
    """
    wanted, name = _cell(customer_id, "customer_id"), _cell(bucket, "bucket")
    owner, due, amount = _ledger(customer, due_date, open_amount)
    if wanted is not None:
        if customer is None:
            raise InputError("aging.no_customers", cell="#VALUE!", argument="customer", found=wanted)
        amount = np.where(owner.texts() == wanted, amount, np.nan)
    everyone = Coded(np.zeros(len(due), np.intp), np.array([""], object))
    found = aging_matrix(everyone, due, amount, as_of, edges, convention)
    figures = {"unapplied": found.unapplied, "overdue": found.overdue, "total": found.total}
    figures |= dict(zip(found.labels, found.amounts.T, strict=True))
    figures.setdefault(NONE, np.zeros(1))
    if name is None:
        return np.nan
    # As it may be typed: <=1 for the years, 1–30 with the long dash.
    chosen = figures[option(name.replace("<=", "≤").replace("–", "-"), "bucket", tuple(figures))]
    return float(chosen[0]) if len(chosen) else 0.0


def _cell(value: Labels, argument: str) -> str | None:
    text: str | None = labels(single(value, argument), argument).item()
    return text


def _ledger(customer: Labels, due_date: Dates, open_amount: Numbers) -> tuple[Coded, Days, Floats]:
    """Columns of equal height; without customers all rows are one's."""
    due = column(dates(due_date, "due_date"))
    amount = column(numbers(open_amount, "open_amount"))
    nobody = Coded(np.full(len(due), -1, np.intp), np.array([], object))
    owner = nobody if customer is None else coded(customer, "customer")
    same_height(due_date=due, open_amount=amount, customer=owner)
    return owner, due, amount


def _summed_up(amount: Floats) -> Floats:
    """A column with its sum as last line; unknown where any line is."""
    return with_last(amount, np.nan if np.isnan(amount).any() else money.total(amount))
