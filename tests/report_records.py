"""Records for the report tests, built by hand: policies, limits, customers, events, plans, dossiers."""

import numpy as np

from arcredit.ledger.records import Records
from arcredit.shapes import Table

POLICY = {
    "insurer": "Muster Kredit AG",
    "policy_number": "TCI-2025-0815",
    "insured_percentage": 0.9,
    "discretionary_limit": 10_000.0,
    "discretionary_percentage": 0.8,
    "maximum_terms_days": 45,
    "maximum_extension_days": 60,
    "notice_days": 30,
    "waiting_days": 180,
    "filing_days": 240,
    "deductible": 500.0,
}
DATES = ("from", "to", "date", "insolvency_date", "agreed_on", "first_date", "final_by", "promised_date")


def terms(**values):
    return Table({"key": np.array(list(values), object), "value": np.array(list(values.values()), object)})


def table(**columns):
    """A record's table; dates by the name of the column, numbers and texts by their content."""
    made = {}
    for name, values in columns.items():
        if name in DATES:
            made[name] = np.array([day or "NaT" for day in values], "M8[D]")
        elif all(isinstance(item, int | float) and not isinstance(item, bool) for item in values):
            made[name] = np.array(values, np.float64)
        else:
            made[name] = np.array(values, object)
    return Table(made)


def limits(*rows):
    """Limit decisions: customer, limit, from, to, kind."""
    names = ("customer", "limit", "from", "to", "kind")
    columns = list(zip(*rows, strict=True)) if rows else [[] for _ in names]
    return table(**dict(zip(names, map(list, columns), strict=True)))


def insured(policy=None, limit_rows=None, **tables):
    """Records with a policy, and with limits of most customers of `report_ledgers.documents`."""
    rows = LIMITS if limit_rows is None else limit_rows
    given = {"insurance": terms(**(POLICY if policy is None else policy)), **tables}
    return Records(tables=given | ({"insured_limits": limits(*rows)} if rows else {}))


LIMITS = (
    ("C1001", 30_000.0, "2024-01-01", None, "named"),
    ("C1002", 50_000.0, "2024-01-01", None, "named"),
    ("C1003", np.nan, "2024-01-01", None, "named"),
    ("C1004", 0.0, "2024-01-01", None, "named"),
    ("C1005", 90_000.0, "2024-01-01", "2025-10-01", "named"),
    ("C1006", 20_000.0, "2024-01-01", None, "named"),
    ("C1007", 15_000.0, "2024-01-01", None, "cancelled"),
)
