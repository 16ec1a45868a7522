"""Records about customers, by hand, for the tests of limits, credit files, orders and insurance advice."""

import datetime as dt

import numpy as np

from arcredit.ledger.records import Records
from arcredit.shapes import Table

DAY = dt.date


def table(**columns):
    """A record's table of columns given as lists."""
    return Table({name: np.array(values, object) for name, values in columns.items()})


def terms(**values):
    """A record of keys and values."""
    return table(key=list(values), value=list(values.values()))


def rows(names, *lines):
    """A record's table of lines in the order of the names."""
    return table(
        **{name: list(column) for name, column in zip(names.split(), zip(*lines, strict=True), strict=True)}
    )


LIMITS = rows(
    "customer credit_limit currency valid_from valid_to temporary review_date",
    ("C1001", 20_000.0, None, None, None, None, DAY(2025, 10, 1)),
    ("C1002", 9_000.0, None, DAY(2025, 1, 1), None, False, None),
    ("C1002", 95_000.0, None, DAY(2025, 12, 1), DAY(2026, 1, 31), True, None),
    ("C1003", None, None, None, None, None, None),
    ("C1004", 0.0, None, None, None, None, None),
    ("C1005", 30_000.0, None, None, DAY(2025, 11, 30), None, None),
    ("C1006", 44_000.0, None, None, None, None, None),
    ("=1+1", 5_000.0, None, None, None, None, None),
)
INSURED = rows(
    "customer limit from to kind insured_percentage",
    ("C1001", 15_000.0, None, None, "named", None),
    ("C1002", 20_000.0, None, None, "named", 0.8),
    ("C1006", 0.0, None, None, "cancelled", None),
)
CUSTOMERS = rows(
    "customer customer_name grade terms_days unbilled_deliveries collateral foreign legal_stop country",
    ("C1001", "Aurora Foods", 3.0, 45.0, 3_000.0, None, None, None, "DE"),
    ("C1007", "=1+1", 9.0, None, None, None, True, None, "CN"),
    ("C1008", None, None, None, None, 1_000.0, None, True, "FR"),
    ("=1+1", "=HYPERLINK(1)", None, None, None, None, None, None, None),
)
ORDERS = rows(
    "order customer date amount currency customer_name terms_days",
    ("O1", "C1002", DAY(2025, 12, 20), 5_000.0, None, None, None),
    ("O2", "C1002", DAY(2025, 12, 10), 2_500.0, None, None, None),
    ("O3", "C1006", DAY(2025, 12, 1), 8_000.0, None, None, None),
    ("=1+1", "=1+1", DAY(2025, 12, 2), 4_000.0, None, "=1+1", None),
    ("O5", "=1+1", DAY(2025, 12, 3), 2_000.0, None, None, None),
    ("O6", "=1+1", DAY(2025, 12, 4), 900.0, None, None, None),
    ("O7", "C1008", DAY(2025, 12, 5), 100.0, None, None, None),
    ("O8", "C1004", None, 50.0, None, None, None),
    ("O9", "C1001", DAY(2026, 1, 5), 50.0, None, None, None),
)
FINANCIALS = rows(
    "customer period_end total_assets working_capital retained_earnings ebit equity total_liabilities sales"
    " tangible_net_worth current_ratio interest_cover years_in_business legal_events external_grade",
    ("C1001", DAY(2024, 12, 31), 20e5, 3e5, 2e5, 1.2e5, 6e5, 14e5, 22e5, 5e5, 1.5, 3.0, 12.0, 0.0, 4.0),
)
EVENTS = rows(
    "customer date kind severity source note to_confirm confirm",
    ("C1009", DAY(2025, 12, 1), "bounced_payment", 3.0, "bank", "=1+1", None, None),
    ("C1001", DAY(2025, 11, 1), "rating_downgrade", 2.0, "agency", "BB to B", None, None),
    ("C1001", DAY(2025, 11, 2), "insolvency", 3.0, "press", "another firm of that name", "customer", None),
)
INSURERS = rows(
    "insurer coverage claims_speed services rate minimum_premium",
    ("Alpha", 8.0, 6.0, 9.0, 0.003, 10_000.0),
    ("=1+1", 7.0, 9.0, None, 0.0025, None),
    ("Beta", 9.0, 9.0, 5.0, None, None),
)
FULL = {
    "limits": LIMITS,
    "insured_limits": INSURED,
    "insurance": terms(insurer="Coface", insured_percentage=0.9, maximum_extension_days=60.0),
    "customers": CUSTOMERS,
    "orders": ORDERS,
    "financials": FINANCIALS,
    "events": EVENTS,
    "insurers": INSURERS,
    "settings": terms(cash=50_000.0, current_liabilities=400_000.0, margin=0.08, round_to=1_000.0),
}


def credit_records(*names, **changes):
    """All records, or those named, with changes."""
    chosen = {name: FULL[name] for name in names} if names else dict(FULL)
    return Records(chosen | changes)
