"""Money shared out along a line of debts, the oldest of each buyer first, by running sums.

Everything is in whole units of money (`money.units`), so running sums are exact.

Source: Atradius Belgium, "Compensation", and Allianz Trade Switzerland, "Claims management": payments go to
the oldest debt of the buyer whatever the remittance says, and a limit revolves, so that debt beyond it
moves up when older debt is paid.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.shapes import Days, Floats

Rows = NDArray[np.intp]
_LAST = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Line:
    """Debts in line: `rows` are their places in the columns, the oldest of each buyer first.

    ``first`` is, for each place in line, where its buyer's debts begin.
    """

    rows: Rows
    code: Rows
    first: Rows
    groups: int

    def running(self, amount: Floats) -> Floats:
        """Each debt's amount plus those before it in its buyer's line, in the columns' own order."""
        lined = amount[self.rows]
        upto = np.cumsum(lined)
        upto -= upto[self.first] - lined[self.first]
        back = np.empty_like(upto)
        back[self.rows] = upto
        return back

    def sums(self, amount: Floats) -> Floats:
        """The sum of every buyer."""
        return np.asarray(np.bincount(self.code, amount[self.rows], self.groups), np.float64)

    def earliest(self, day: Days, chosen: NDArray[np.bool_]) -> Days:
        """The earliest known day of every buyer's chosen debts, NaT where there is none."""
        rows = np.flatnonzero(chosen & ~np.isnat(day))
        code = self.buyer()[rows]
        line = np.lexsort((day[rows].astype(np.int64), code))
        buyers, opens = np.unique(code[line], return_index=True)
        found = np.full(self.groups, np.datetime64("NaT", "D"))
        found[buyers] = day[rows[line[opens]]]
        return found

    def buyer(self) -> Rows:
        """The buyer of each debt, in the columns' own order."""
        back = np.empty_like(self.code)
        back[self.rows] = self.code
        return back


def line_up(code: Rows, groups: int, due: Days, ship: Days) -> Line:
    """Put debts in line by due date, then shipment, then their place in the columns; unknown dates last."""
    late = np.where(np.isnat(due), ship, due)
    rows = np.lexsort((_sortable(ship), _sortable(late), code))
    lined = code[rows]
    opens = np.flatnonzero(np.r_[True, lined[1:] != lined[:-1]]) if len(rows) else rows
    first = np.repeat(opens, np.diff(np.r_[opens, len(rows)]))
    return Line(rows, lined, first, groups)


def _sortable(day: Days) -> NDArray[np.int64]:
    return np.where(np.isnat(day), _LAST, day.astype("datetime64[D]").astype(np.int64))


def oldest_first(line: Line, debt: Floats, money: Floats) -> Floats:
    """What each debt gets of its buyer's money, the oldest debt first."""
    before = line.running(debt) - debt
    return np.clip(money[line.buyer()] - before, 0.0, debt)


def in_proportion(line: Line, debt: Floats, share: Floats) -> Floats:
    """Each debt's part of its buyer's `share` (0 to 1) of all debts; the parts add up to the whole."""
    upto = line.running(debt)
    portion = share[line.buyer()]
    return np.asarray(np.rint(upto * portion) - np.rint((upto - debt) * portion))


def within_limits(line: Line, debt: Floats, limit: Floats) -> Floats:
    """What of each debt finds room under the limit in force for it, the oldest debt first.

    With C the cover used by older debts, a debt of amount a under the limit L takes
    ``max(C, min(C + a, L)) - C``. Debts in line under the same limit are filled by one running sum; the loop
    runs over changes of the limit, not over debts.
    """
    covered = np.zeros(len(debt))
    rows = line.rows[debt[line.rows] > 0]
    if not len(rows):
        return covered
    code, amount, cap = line.buyer()[rows], debt[rows], limit[rows]
    opens = np.flatnonzero(np.r_[True, (code[1:] != code[:-1]) | (cap[1:] != cap[:-1])])
    run = np.repeat(np.arange(len(opens)), np.diff(np.r_[opens, len(rows)]))
    used = _used_before(code[opens], np.add.reduceat(amount, opens), cap[opens], line.groups)[run]
    upto = np.cumsum(amount)
    upto -= (upto[opens] - amount[opens])[run]
    after = np.maximum(used, np.minimum(used + upto, cap))
    before = np.maximum(used, np.minimum(used + upto - amount, cap))
    covered[rows] = after - before
    return covered


def _used_before(code: Rows, amount: Floats, cap: Floats, groups: int) -> Floats:
    """Cover already used by the buyer's older debts when each run of debts under one limit begins."""
    used_by_buyer, used = np.zeros(groups), np.zeros(len(code))
    for runs in _nth(code):
        buyer = code[runs]
        used[runs] = used_by_buyer[buyer]
        used_by_buyer[buyer] = np.maximum(used[runs], np.minimum(used[runs] + amount[runs], cap[runs]))
    return used


def _nth(code: Rows) -> Iterator[Any]:
    """The first item of every group, then the second, and so on; groups stand together."""
    opens = np.flatnonzero(np.r_[True, code[1:] != code[:-1]])
    rank = np.arange(len(code)) - np.repeat(opens, np.diff(np.r_[opens, len(code)]))
    by_rank = np.argsort(rank, kind="stable")
    yield from np.split(by_rank, np.cumsum(np.bincount(rank))[:-1])
