"""Ledgers small enough to be reckoned by hand; `small` as of 2025-12-31."""

import numpy as np

from arcredit.credit.receivables.open_items import Events, OpenItems
from arcredit.shapes import coded

LINES = (
    # customer, document, date, due, amount, paid
    ("A", "1", "2025-03-01", "2025-03-31", 36_500.0, "2025-04-10"),
    ("A", "2", "2025-06-01", "2025-07-01", 36_500.0, "2025-07-11"),
    ("A", "3", "2025-09-01", "2025-10-01", 36_500.0, "2025-10-11"),
    ("A", "4", "2025-12-01", "2025-12-31", 10_000.0, None),
    ("B", "5", "2025-10-01", "2025-10-31", 5_000.0, None),
    ("B", "6", "2025-12-01", "2025-12-31", -200.0, None),
)


def small(lines=LINES, currency="EUR"):
    """The lines as a ledger."""
    customer, document, date, due, amount, paid = zip(*lines, strict=True)
    return OpenItems(
        customer=coded(list(customer), "customer"),
        document=np.array(document, object),
        invoice_date=np.array(date, "M8[D]"),
        due_date=np.array(due, "M8[D]"),
        amount=np.array(amount),
        open_amount=np.array([0.0 if day else value for value, day in zip(amount, paid, strict=True)]),
        kind=coded(["credit_note" if value < 0 else "invoice" for value in amount], "kind"),
        currency=coded([currency] * len(lines), "currency") if currency else None,
        paid_date=np.array([day or "NaT" for day in paid], "M8[D]"),
    )


def days(*texts):
    """Dates; None is blank."""
    return np.array([text or "NaT" for text in texts], "M8[D]")


def books(*rows, **columns):
    """Documents as (customer, number, date, due, amount, open); the open amount may be left out."""
    customer, number, dated, due = ([row[place] for row in rows] for place in range(4))
    return OpenItems(
        customer=coded(customer, "customer"),
        document=np.array(number, object),
        invoice_date=days(*dated),
        due_date=days(*due),
        amount=np.array([row[4] for row in rows], float),
        open_amount=np.array([row[-1] for row in rows], float),
        **columns,
    )


def happened(*rows, **columns):
    """Events as (document, date, amount, kind), the kind may be left out; money in is negative."""
    kinds = [row[3] if len(row) > 3 else None for row in rows]
    return Events(
        document=np.array([row[0] for row in rows], object),
        date=days(*(row[1] for row in rows)),
        amount=np.array([row[2] for row in rows], float),
        **({"customer": None, "kind": coded(kinds, "kind") if any(kinds) else None} | columns),
    )
