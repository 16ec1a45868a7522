"""Where the buckets begin: eight systems' conventions as data, and the statutory years of Chinese reporting.

An invoice 30 days overdue has no agreed home. Each convention here is a row of a table: what holds money that
is not yet due, on which day the first column begins, whether a column begins on its edge or the day after,
and how columns are called. Money for which a system has no column stands in the column ``none``.

Source: behaviour read in each system's public source code (ERPNext v15, OCA account-financial-reporting 16.0
and 17.0, Tryton, LedgerSMB, GnuCash, Invoice Ninja); cn_statutory: the age bands of Chinese annual reports.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.shapes import (
    Dates,
    Days,
    Floats,
    Labels,
    Numbers,
    Table,
    Texts,
    column,
    dates,
    edges,
    labels,
    numbers,
    one_date,
    option,
    result,
    same_height,
    with_last,
)

NONE = "none"
STANDARD = (30, 60, 90, 120)
UNDATED = np.iinfo(np.int64).min


class Convention(NamedTuple):
    """One system's way of cutting days past due into columns."""

    before: str  # the column of what is not yet due; NONE where the system has none
    first_day: (
        int | None
    )  # the day on which the first column begins; None: mirrors the first edge, -29 for 30
    upper_edge_in: bool  # day 30 is in the column that ends at 30
    first: str  # labels; {low}, {high} as days, {edge} and {next} the last edge and the day after
    middle: str
    last: str
    edges: tuple[int, ...] = STANDARD
    last_is_lost: bool = False  # with edges of the user's own, what is beyond the last one has no column
    undated: str = NONE  # the column of an item without a due date


CONVENTIONS: dict[str, Convention] = {
    "arcredit": Convention("current", 1, True, "1-{high}", "{low}-{high}", ">{edge}"),
    "erpnext": Convention(NONE, 0, True, "0-{high}", "{low}-{high}", "{next}-above"),
    "oca": Convention(
        "not due", 1, True, "1-{high}", "{low}-{high}", ">{edge}", last_is_lost=True, undated="not due"
    ),
    "oca_statement": Convention("current", 1, False, "1-{high}", "{low}-{high}", "{next}+"),
    "tryton": Convention(NONE, 0, False, "now", "{previous}", "{edge}", edges=(30, 60, 90)),
    "ledgersmb": Convention(NONE, None, False, "c0", "c{previous}", "c{edge}", edges=(30, 60, 90)),
    "gnucash": Convention("current", 0, False, "0-{high}", "{low}-{high}", "{next}+", edges=(30, 60, 90)),
    "invoiceninja": Convention("current", 0, True, "0-{high}", "{low}-{high}", "{edge}+", undated="current"),
}
YEARS = "cn_statutory"
YEAR_LABELS = ("≤1", "1-2", "2-3", "3-4", "4-5", ">5")
NAMES = (*CONVENTIONS, YEARS)


@dataclass(frozen=True)
class Columns:
    """The columns of an aging, youngest first: column i holds the days from ``starts[i]`` on.

    ``label`` is each column's position in `labels`. ``places`` says which stretch between the edges a
    column stands for (0 not due, 1 up to the first edge, …, -1 none): comparable across conventions.
    ``undated`` and ``not_due`` are the labels of an item without a date and of what is not yet due.
    """

    starts: NDArray[np.int64]
    label: NDArray[np.intp]
    labels: tuple[str, ...]
    places: NDArray[np.intp]
    undated: int
    not_due: int

    def code(self, days: NDArray[np.int64]) -> NDArray[np.intp]:
        """The label of each number of days past due, as its position in `labels`."""
        return self._look_up(days, self.label, self.undated)

    def place(self, days: NDArray[np.int64]) -> NDArray[np.intp]:
        """The stretch between the edges of each number of days past due."""
        undated = self.places[np.flatnonzero(self.label == self.undated)]
        return self._look_up(days, self.places, int(undated[0]) if len(undated) else -1)

    def texts(self, days: NDArray[np.int64]) -> Texts:
        """The label of each number of days past due."""
        return np.asarray(np.array(self.labels, object)[self.code(days)], object)

    def by_day(self) -> tuple[int, NDArray[np.intp]]:
        """A first day, and the column of each day from there on; days outside are in the outermost ones."""
        low, high = int(self.starts[1]) - 1, int(self.starts[-1])
        return low, np.searchsorted(self.starts, np.arange(low, high + 1), side="right") - 1

    def _look_up(self, days: NDArray[np.int64], value: NDArray[np.intp], undated: int) -> NDArray[np.intp]:
        low, column_of = self.by_day()
        inside = np.clip(days, low, self.starts[-1]) - low
        return np.where(days == UNDATED, undated, value[column_of[inside]])


def days_until(day: Days, as_of: np.datetime64) -> NDArray[np.int64]:
    """Whole days from a date to `as_of`; `UNDATED` where the date is blank."""
    return np.where(np.isnat(day), UNDATED, (as_of - day).astype(np.int64))


def as_floats(days: NDArray[np.int64]) -> Floats:
    """Days as numbers, blank where undated."""
    return np.where(days == UNDATED, np.nan, days)


def columns_of(convention: Any = None, bucket_edges: Any = None, as_of: Dates = None) -> Columns:
    """A convention's columns for these edges; the default edges stand for the system's own.

    The years of ``cn_statutory`` end on anniversaries of `as_of`, which it therefore needs; its days are
    counted from the document date.
    """
    name = option(convention, "convention", NAMES)
    given = edges(bucket_edges)
    if name == YEARS:
        return _years(_anniversaries(one_date(as_of)))
    system = CONVENTIONS[name]
    own = given != STANDARD
    days = given if own else system.edges
    starts, texts = _starts(system, days), _labels(system, days)
    if own and system.last_is_lost:
        texts[-1] = NONE
    return _columns(starts, texts, system)


def _starts(system: Convention, days: Sequence[int]) -> list[int]:
    first = 1 - days[0] if system.first_day is None else system.first_day
    return [UNDATED, first, *(day + system.upper_edge_in for day in days)]


def _labels(system: Convention, days: Sequence[int]) -> list[str]:
    lows = [1, *(day + 1 for day in days)]
    middle = [
        (system.middle if i else system.first).format(low=low, high=high, previous=low - 1)
        for i, (low, high) in enumerate(zip(lows, days, strict=False))
    ]
    return [system.before, *middle, system.last.format(edge=days[-1], next=days[-1] + 1)]


def _columns(starts: list[int], texts: list[str], system: Convention) -> Columns:
    shown = [text for text in texts if text != NONE]
    labels = (*shown, NONE) if NONE in (*texts, system.undated) else tuple(shown)
    places = np.array([-1 if text == NONE else place for place, text in enumerate(texts)])
    return Columns(
        np.array(starts, np.int64),
        np.array([labels.index(text) for text in texts]),
        labels,
        places,
        labels.index(system.undated),
        labels.index(shown[0]),
    )


def _years(ends: Sequence[int]) -> Columns:
    """Columns of years from the document date; `ends` are the days of the five anniversaries."""
    return Columns(
        np.array([UNDATED, 0, *(end + 1 for end in ends)], np.int64),
        np.array([len(YEAR_LABELS), *range(len(YEAR_LABELS))]),
        (*YEAR_LABELS, NONE),
        np.array([-1, *range(len(YEAR_LABELS))]),
        len(YEAR_LABELS),
        0,
    )


def _anniversaries(as_of: np.datetime64) -> list[int]:
    """Days back to the first document date whose n-th anniversary is not before `as_of`, for n = 1 … 5.

    A document of 29 February has its anniversary on the 28th in other years.
    """
    month = as_of.astype("datetime64[M]")
    into = as_of - month.astype("datetime64[D]")
    starts = [(month - 12 * year).astype("datetime64[D]") + into for year in range(1, len(YEAR_LABELS))]
    return [int((as_of - start).astype(np.int64)) for start in starts]


def ar_bucket(
    days_past_due: Numbers,
    edges: Any = STANDARD,
    convention: Labels = "arcredit",
    as_of: Dates = None,
) -> Any:
    """The aging bucket of a number of days past due: current, 1-30, 31-60, 61-90, 91-120 or >120.

    逾期天数所在的账龄区间：current（未到期）、1-30、31-60、61-90、91-120 或 >120。

    Parameters
    ----------
    days_past_due : Numbers
        Days past due, negative while not yet due; part of a day is cut off. [days]
        逾期天数，未到期为负数；不足一天舍去。
    edges : list of numbers, default 30,60,90,120
        Last days of the buckets, rising; the default stands for the convention's own edges. [days]
        各区间的上限天数，须递增；默认值表示采用该口径自身的区间。
    convention : text, default "arcredit"
        Whose boundaries: arcredit, erpnext, oca, oca_statement, tryton, ledgersmb, gnucash, invoiceninja or
        cn_statutory (years since the document date, given as days).
        采用哪套系统的边界口径：arcredit、erpnext、oca 等；cn_statutory 按单据日起算的年限。
    as_of : date, optional
        Only for cn_statutory: the day the days are counted to, which tells 366 days from one year. [date]
        仅用于 cn_statutory：天数的截止日，用于判断 366 天是否超过一年。

    Returns
    -------
    text
        The label; "none" where the convention's system has no column for the item. Blank days give none
        (#N/A).

    Raises
    ------
    InputError
        #NUM! where edges do not rise; #VALUE! for an unknown convention.

    Notes
    -----
    In arcredit what is due today is not overdue (days <= 0 are current) and a bucket holds its upper edge.
    The other conventions follow the boundary matrix read in the systems' sources; tryton, ledgersmb and
    gnucash have three edges, and oca has no column beyond the last edge of the user's own.
    cn_statutory counts whole years to the anniversary. Without `as_of` the counts that are a full year or
    a day more depending on a leap day (366, 731, 1096, 1827) have no result.

    Source: boundaries read in each system's public source; OCA aged partner balance for the default.

    Examples
    --------
    >>> ar_bucket([0, 1, 30, 31, 121]).tolist()
    ['current', '1-30', '1-30', '31-60', '>120']
    >>> ar_bucket(30, convention="tryton")
    '30'
    """
    given = numbers(days_past_due, "days_past_due")
    unknown = np.isnan(given)
    days = np.floor(np.where(unknown, 0, given)).astype(np.int64)
    if option(convention, "convention", NAMES) == YEARS and as_of is None:
        columns, late = (
            _years([365 * year + leap(year / 4) for year in range(1, 6)]) for leap in (floor, ceil)
        )
        unknown |= columns.code(days) != late.code(days)
    else:
        columns = columns_of(convention, edges, as_of)
    label = np.array([*columns.labels, None], object)
    return result(np.asarray(label[np.where(unknown, -1, columns.code(days))], object))


def ar_convention_diff(
    document: Labels,
    due_date: Dates,
    open_amount: Numbers,
    as_of: Dates,
    convention_1: Labels,
    convention_2: Labels,
) -> Table:
    """The documents that two systems put in different aging buckets, with both labels.

    两套系统的账龄口径会归入不同区间的单据清单，并列出两边的区间。

    Parameters
    ----------
    document : Labels
        Document numbers.
        单据号。
    due_date : Dates
        Due dates. [date]
        到期日。
    open_amount : Numbers
        Amounts still open, credits negative; rows without an amount are left out. [currency]
        未清金额，贷项为负；无金额的行不计。
    as_of : date
        The day of the aging. [date]
        账龄截止日。
    convention_1 : text
        First convention: arcredit, erpnext, oca, oca_statement, tryton, ledgersmb, gnucash or invoiceninja.
        第一种口径：arcredit、erpnext、oca、oca_statement、tryton、ledgersmb、gnucash 或 invoiceninja。
    convention_2 : text
        Second convention, likewise.
        第二种口径，取值同上。

    Returns
    -------
    Table
        document, due_date, days_past_due, open_amount, bucket_1, bucket_2, in the order of the ledger;
        the last line is the sum.

    Notes
    -----
    Two buckets are the same where they stand for the same stretch between the edges, whatever their
    labels; where one system has more columns, those beyond the other's last edge are one.

    Source: boundaries read in each system's public source.

    Examples
    --------
    >>> table = ar_convention_diff(
    ...     ["A", "B"], ["2025-05-31", "2025-05-30"], [40, 50], "2025-06-30", "arcredit", "oca_statement"
    ... )
    >>> list(table.rows())[0][-2:]
    ('1-30', '31-60')
    """
    day = one_date(as_of)
    first, second = (_system(name, f"convention_{i}") for i, name in ((1, convention_1), (2, convention_2)))
    number = column(labels(document, "document"))
    due = column(dates(due_date, "due_date"))
    amount = column(numbers(open_amount, "open_amount"))
    same_height(document=number, due_date=due, open_amount=amount)

    days = days_until(due, day)
    last = min(first.places.max(), second.places.max())
    differs = np.minimum(first.place(days), last) != np.minimum(second.place(days), last)
    rows = np.flatnonzero(differs & ~np.isnan(amount))
    return Table(
        {
            "document": with_last(number[rows]),
            "due_date": with_last(due[rows]),
            "days_past_due": with_last(as_floats(days[rows])),
            "open_amount": with_last(amount[rows], money.total(amount[rows])),
            "bucket_1": with_last(first.texts(days[rows])),
            "bucket_2": with_last(second.texts(days[rows])),
        },
        total=True,
    )


def _system(name: Any, argument: str) -> Columns:
    """The columns of a convention that counts days; years from another date have nothing to compare."""
    return columns_of(option(name, argument, tuple(CONVENTIONS)))
