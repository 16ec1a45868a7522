"""Ledgers for the report tests: a seeded one of any size and currencies, and report inputs of it."""

import datetime as dt

import numpy as np

from arcredit.credit.receivables.open_items import OpenItems, open_at
from arcredit.errors import Finding
from arcredit.ledger.mapping import Totals
from arcredit.reports import Inputs
from arcredit.shapes import coded

AS_OF = dt.date(2025, 12, 31)
NAMES = (
    "Aurora Foods",
    "Baltic Timber International Trading and Logistics Holding",
    "苏州华鼎精密机械有限公司",
    "=2+3",
)


def documents(rows=300, customers=12, currencies=("EUR",), *, names=True, disputed=True, seed=3):
    """Fourteen months of documents, most of them paid, some credits, some disputed."""
    random = np.random.default_rng(seed)
    customer = random.integers(0, customers, rows)
    invoiced = np.datetime64("2024-11-01") + random.integers(0, 420, rows).astype("timedelta64[D]")
    due = invoiced + random.choice([30, 45, 60], rows).astype("timedelta64[D]")
    amount = np.round(random.lognormal(8.3, 1.1, rows), 2)
    credit = random.random(rows) < 0.06
    amount[credit] = -np.round(amount[credit] * 0.3, 2)
    paid = np.maximum(due + random.normal(12, 25, rows).astype(int).astype("timedelta64[D]"), invoiced + 5)
    paid[(paid > np.datetime64(AS_OF)) | (random.random(rows) < 0.06)] = np.datetime64("NaT")
    return OpenItems(
        customer=coded([f"C{1001 + number}" for number in customer], "customer"),
        document=np.array([f"INV-{number}" for number in range(rows)], object),
        invoice_date=invoiced,
        due_date=due,
        amount=amount,
        open_amount=np.where(np.isnat(paid), amount, 0.0),
        kind=coded(np.where(amount < 0, "credit_note", "invoice"), "kind"),
        currency=coded(random.choice(currencies, rows), "currency") if currencies else None,
        paid_date=paid,
        disputed_amount=np.where(random.random(rows) < 0.1, np.abs(amount), np.nan) if disputed else None,
        customer_name=coded([NAMES[number % len(NAMES)] for number in customer], "name") if names else None,
    )


FINDINGS = (
    Finding(
        "info", "l.xlsx", "Open items", "A44", "input.not_a_flag", {"argument": "disputed", "found": "?"}
    ),
    Finding(
        "error", "l.xlsx", "Open items", "F17", "input.not_a_number", {"argument": "a", "found": "x"}, 250.0
    ),
    Finding(
        "error", "l.xlsx", "Open items", "F9", "input.not_a_number", {"argument": "a", "found": "y"}, -1000.0
    ),
    Finding("warning", "l.xlsx", "It's", "E40", "input.not_a_date", {"argument": "d", "found": "z"}, 420.5),
)


def inputs(ledger=None, language="en", **changes):
    """Report inputs of a ledger; the sheet's own total agrees unless told otherwise."""
    ledger = documents() if ledger is None else ledger
    read = round(float(ledger.open_amount.sum()), 2)
    totals = Totals(
        rows_read=len(ledger),
        rows_rejected=2,
        amount_read=read,
        amount_rejected=-750.0,
        sheet_total=round(read - 750.0, 2),
    )
    given = {
        "items": open_at(ledger, AS_OF),
        "documents": ledger,
        "as_of": AS_OF,
        "language": language,
        "totals": totals,
        "findings": FINDINGS,
        "ledger": "receivables & more.xlsx",
        "sheet": "Open items",
        "area": "tblOpenItems",
    }
    return Inputs(**(given | changes))
