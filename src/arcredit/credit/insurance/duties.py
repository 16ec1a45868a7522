"""The insurance duties of a whole ledger, whatever its currencies, and their weeks.

Source: as TCI_DEADLINES; product rule "amounts in different currencies are never added".
"""

from typing import Any, NamedTuple

import numpy as np

from arcredit.credit import money
from arcredit.credit.insurance.deadlines import tci_deadlines
from arcredit.shapes import Coded, Dates, Days, Floats, Numbers, Table, numbers, one_date


def duties(
    customer: Coded,
    due_date: Dates,
    open_amount: Numbers,
    currency: Coded,
    as_of: Dates,
    policy: Any,
    horizon_days: Numbers = None,
) -> Table:
    """TCI_DEADLINES of a ledger in several currencies.

    Returns
    -------
    Table
        row (of the item), duty, date, days_left, currency (its code), amount. A stop of deliveries stands
        once for each currency that the customer owes, at the one date that its oldest invoice sets.

    Examples
    --------
    >>> from arcredit.shapes import coded
    >>> found = duties(coded(["A", "A"], "customer"), ["2025-03-31", "2025-04-30"], [100.0, 7.0],
    ...     coded(["EUR", "USD"], "currency"), "2025-05-20", {"maximum_extension_days": 60})
    >>> found["amount"].tolist(), [str(day) for day in found["date"]]
    ([100.0, 7.0], ['2025-05-30', '2025-05-30'])
    """
    amount = numbers(open_amount, "open_amount").reshape(-1)
    places = np.arange(len(amount)).astype(str).astype(object)
    found = tci_deadlines(customer, places, due_date, amount, as_of, policy, horizon_days)
    row = np.array([int(place) for place in found["invoice"]], np.intp)
    stop = found["duty"] == "stop deliveries"
    who, code = customer.codes + 1, currency.codes + 1
    width = len(currency.labels) + 1
    debt = money.grouped(np.maximum(amount, 0.0), who * width + code, (len(customer.labels) + 1) * width)
    line, of = [], []
    for number, (place, is_stop) in enumerate(zip(row.tolist(), stop.tolist(), strict=True)):
        owed = (
            np.flatnonzero(debt[who[place] * width : (who[place] + 1) * width]) if is_stop else [code[place]]
        )
        line += [number] * len(owed)
        of += list(owed)
    lines, codes = np.array(line, np.intp), np.array(of, np.intp)
    stake = np.where(stop[lines], debt[who[row[lines]] * width + codes], amount[row[lines]])
    return Table(
        {
            "row": row[lines],
            "duty": found["duty"][lines],
            "date": found["date"][lines],
            "days_left": found["days_left"][lines],
            "currency": codes - 1,
            "amount": stake,
        }
    )


class Week(NamedTuple):
    """A calendar week from Monday to Sunday, or what of it lies within the days looked at."""

    first: np.datetime64
    last: np.datetime64


def weeks(as_of: Dates, horizon_days: int) -> list[Week]:
    """The calendar weeks from a day to the end of the horizon; the first and the last may be shorter.

    Examples
    --------
    >>> [(str(week.first), str(week.last)) for week in weeks("2025-12-31", 7)]
    [('2025-12-31', '2026-01-04'), ('2026-01-05', '2026-01-07')]
    """
    day = one_date(as_of)
    end = day + np.timedelta64(horizon_days, "D")
    found = []
    while day <= end:
        # The epoch was a Thursday, the fourth day of its week.
        sunday = day + np.timedelta64(6 - (int(day.astype(np.int64)) + 3) % 7, "D")
        found.append(Week(day, min(sunday, end)))
        day = sunday + np.timedelta64(1, "D")
    return found


def week_sums(date: Days, amount: Floats, chosen: Any, found: list[Week]) -> tuple[Floats, Floats]:
    """Number and money of the chosen duties: those missed before the first week, then week by week."""
    start = found[0].first
    inside = [chosen & (date < start)]
    inside += [chosen & (date >= week.first) & (date <= week.last) for week in found]
    counts = np.array([float(part.sum()) for part in inside])
    return counts, np.array([money.total(np.where(part, amount, 0.0)) for part in inside])
