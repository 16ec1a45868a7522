"""A ledger small enough to be reckoned by hand, as of 2025-12-31."""

import numpy as np

from arcredit.credit.receivables.open_items import OpenItems
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
