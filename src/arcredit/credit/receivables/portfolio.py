"""The figures of a whole ledger as reports show them: per currency, per customer, per bucket.

Amounts in different currencies are never added; they are converted only by rates that are given, at one
rate per currency for every part, and the converted total is the sum of the converted parts.

Source: product rules "parts equal the whole to the cent" and "conversion only with a table of rates".
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.receivables.aging import aging_matrix
from arcredit.credit.receivables.conventions import YEARS
from arcredit.credit.receivables.open_items import MINOR_UNITS, OpenItems
from arcredit.shapes import Coded, Floats, Texts


@dataclass(frozen=True)
class Portfolio:
    """The open items of one currency, aged: a line per customer, most overdue money first.

    ``buckets`` has a column for each of ``labels``; ``*_total`` are the sums of the columns.
    ``name`` and ``disputed`` are None where the ledger has no such column.
    """

    currency: str
    documents: int
    customer: Texts
    name: Texts | None
    labels: tuple[str, ...]
    buckets: Floats
    unapplied: Floats
    total: Floats
    disputed: Floats | None
    overdue: Floats
    oldest_days: Floats

    def __len__(self) -> int:
        return len(self.customer)

    @cached_property
    def bucket_totals(self) -> Floats:
        """The whole currency's money in each bucket."""
        height, width = self.buckets.shape
        return money.grouped(self.buckets.reshape(-1), np.tile(np.arange(width), height), width)

    @cached_property
    def bucket_shares(self) -> Floats:
        """Each bucket's part of all buckets, credits that are not applied left aside."""
        totals = self.bucket_totals
        return share_of(totals, money.total(totals))

    @property
    def share_overdue(self) -> Floats:
        """Overdue money as a part of what each customer owes, credits that are not applied left aside."""
        return share_of(self.overdue, across([self.total, -self.unapplied]))

    @property
    def share_overdue_total(self) -> float:
        """The same of the whole currency."""
        owed = money.total(np.concatenate([self.total, -self.unapplied]))
        return float(share_of(money.total(self.overdue), owed))


def across(columns: list[Floats]) -> Floats:
    """Exact sums of columns, row by row."""
    height = len(columns[0])
    return money.grouped(np.concatenate(columns), np.tile(np.arange(height), len(columns)), height)


def share_of(part: Any, whole: Any) -> Floats:
    """Part of a whole; NaN where there is no positive whole."""
    part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    share: Floats = np.full(np.broadcast(part, whole).shape, np.nan)
    np.divide(part, whole, out=share, where=whole > 0)
    return share


def portfolios(
    items: OpenItems, as_of: Any, edges: Any = None, convention: Any = None, credits: Any = None
) -> list[Portfolio]:
    """The aging of every currency, in alphabetical order; rows without a currency come first.

    Parameters
    ----------
    items : OpenItems
        Open items as of the date, as `open_at` gives them.
    as_of, edges, convention, credits
        As in `ar_aging`.
    """
    return [_portfolio(name, part, as_of, edges, convention, credits) for name, part in by_currency(items)]


def by_currency(items: OpenItems) -> list[tuple[str, OpenItems]]:
    """The items of each currency; the empty name is no currency."""
    if items.currency is None:
        return [("", items)] if len(items) else []
    codes, names = items.currency.codes, items.currency.labels
    used = sorted(("" if code < 0 else str(names[code]), int(code)) for code in np.unique(codes))
    if len(used) == 1:
        return [(used[0][0], items)]
    return [(name, items.take(np.flatnonzero(codes == code))) for name, code in used]


def digits_of(currency: str) -> int:
    """Decimal places of a currency: 2 unless ISO 4217 says otherwise."""
    return MINOR_UNITS.get(currency.upper(), 2)


def converted(amounts: Any, currencies: list[str], rates: Mapping[str, float], home: str) -> Floats:
    """Amounts in the home currency, rounded to its unit; NaN where there is no rate.

    Parameters
    ----------
    amounts : array of float
        A row for each currency. [currency]
    currencies : list of str
        The rows' currencies.
    rates : dict of str to float
        Home currency per unit of a currency.
    home : str
        The home currency; its own rate is 1.
    """
    rate = np.array([1.0 if name == home else rates.get(name, np.nan) for name in currencies])
    array = np.asarray(amounts, np.float64)
    return money.rounded(array * rate.reshape(-1, *(1,) * (array.ndim - 1)), digits_of(home))


def _portfolio(
    currency: str, items: OpenItems, as_of: Any, edges: Any, convention: Any, credits: Any
) -> Portfolio:
    # The statutory years run from the document, everything else from the due date.
    day = items.invoice_date if str(convention).strip().lower() == YEARS else items.due_date
    matrix = aging_matrix(items.customer, day, items.open_amount, as_of, edges, convention, credits)
    texts = Coded(matrix.customer, items.customer.labels).texts()
    name = None if items.customer_name is None else _names(items, matrix.customer)
    disputed = None if items.disputed_amount is None else _disputed(items, matrix.customer)
    found = Portfolio(
        currency,
        len(items),
        texts,
        name,
        matrix.labels,
        matrix.amounts,
        matrix.unapplied,
        matrix.total,
        disputed,
        matrix.overdue,
        matrix.oldest_days,
    )
    return _sorted(found)


def _sorted(found: Portfolio) -> Portfolio:
    """Most overdue first, then most open, then by customer."""
    text = np.array([label or "" for label in found.customer], object)
    order = np.lexsort((np.argsort(np.argsort(text)), -found.total, -np.nan_to_num(found.overdue)))
    columns = ("customer", "name", "buckets", "unapplied", "total", "disputed", "overdue", "oldest_days")
    values = {column: getattr(found, column) for column in columns}
    return replace(found, **{column: value[order] for column, value in values.items() if value is not None})


def _names(items: OpenItems, customer: NDArray[np.intp]) -> Texts:
    """Each customer's name: the first one that is given."""
    assert items.customer_name is not None
    codes = items.customer_name.codes
    known = np.flatnonzero(codes >= 0)[::-1]
    first = np.full(len(items.customer.labels) + 1, -1, np.intp)
    first[items.customer.codes[known]] = codes[known]
    return Coded(first[customer], items.customer_name.labels).texts()


def _disputed(items: OpenItems, customer: NDArray[np.intp]) -> Floats:
    assert items.disputed_amount is not None
    groups = len(items.customer.labels) + 1
    return money.grouped(items.disputed_amount, items.customer.codes + 1, groups)[customer + 1]
