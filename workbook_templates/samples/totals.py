"""What the ledgers hold, counted from the invented trade itself and not from any workbook or library."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from samples.trade import AS_OF, Document

BUCKETS = ("current", "1-30", "31-60", "61-90", "91-120", ">120", "unapplied")


def money(cents: int) -> str:
    """Cents as a decimal text."""
    return str(Decimal(cents).scaleb(-2).quantize(Decimal("0.01")))


def bucket(due: dt.date, open_cents: int) -> str:
    """The bucket by days past the due date, upper edge included; credits stand apart."""
    if open_cents < 0:
        return "unapplied"
    days = (AS_OF - due).days
    for last, label in ((0, "current"), (30, "1-30"), (60, "31-60"), (90, "61-90"), (120, "91-120")):
        if days <= last:
            return label
    return ">120"


def counted(documents: Iterable[Document]) -> dict[str, Any]:
    """Documents, customers, sums and aging of usable rows; amounts per currency."""
    documents = list(documents)
    aging: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(BUCKETS, 0))
    for item in documents:
        aging[item.customer.currency][bucket(item.due, item.open)] += item.open
    return {
        "documents": len(documents),
        "open_documents": sum(item.open != 0 for item in documents),
        "customers": len({item.customer.number for item in documents}),
        "amount": per_currency((item.customer.currency, item.amount) for item in documents),
        "open": per_currency((item.customer.currency, item.open) for item in documents),
        "disputed": per_currency((item.customer.currency, item.disputed) for item in documents),
        "aging": {
            name: {label: money(cents) for label, cents in row.items()} for name, row in sorted(aging.items())
        },
    }


def per_currency(parts: Iterable[tuple[str, int]]) -> dict[str, str]:
    """Sums per currency."""
    sums: dict[str, int] = defaultdict(int)
    for currency, cents in parts:
        sums[currency] += cents
    return {currency: money(cents) for currency, cents in sorted(sums.items())}
