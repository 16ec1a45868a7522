"""How long each element function takes on a million rows.

Run ``python benchmarks/elements.py [name …]``. Every argument is a whole column, the dearest case, made from
`COLUMNS` by the argument's name; a function that means something else by a name says so in `OWN`. A function
whose arguments are not all there is listed as such, so that nobody is forgotten.
"""

import inspect
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from arcredit.credit import FUNCTIONS
from arcredit.shapes import Table

ROWS = 1_000_000
WISH = 0.5
"""Seconds a function should stay below."""

RANDOM = np.random.default_rng(20260630)
DAY = np.datetime64("2026-06-30")


def amounts(high: float, low: float = 0.0) -> np.ndarray:
    """Amounts to the cent."""
    return np.round(RANDOM.uniform(low, high, ROWS), 2)


def whole(low: int, high: int) -> np.ndarray:
    """Whole numbers, both ends included."""
    return RANDOM.integers(low, high + 1, ROWS).astype(np.float64)


def days(low: int, high: int) -> np.ndarray:
    """Dates around the day of the check."""
    return DAY + RANDOM.integers(low, high + 1, ROWS).astype("timedelta64[D]")


def flags(share: float) -> np.ndarray:
    """TRUE for this share of the rows."""
    return RANDOM.random(ROWS) < share


def words(*choice: str | None) -> np.ndarray:
    """A column of options."""
    return np.array(choice, object)[RANDOM.integers(0, len(choice), ROWS)]


COLUMNS: dict[str, Callable[[], Any]] = {
    "accounts_age_months": lambda: whole(1, 40),
    "aggregate_left": lambda: amounts(5e4),
    "amount": lambda: amounts(1e5),
    "annual_credit_sales": lambda: amounts(1e7),
    "annual_purchases": lambda: amounts(5e6),
    "annual_rate": lambda: amounts(0.15),
    "as_of": lambda: days(0, 0),
    "available_credit": lambda: amounts(1e5, -2e4),
    "baseline_count": lambda: whole(20, 400),
    "baseline_late": lambda: whole(0, 20),
    "basis": lambda: RANDOM.choice([360.0, 365.0], ROWS),
    "bounced_90_days": lambda: whole(0, 2),
    "buyer_sales": lambda: amounts(1e8),
    "cash": lambda: amounts(1e6),
    "closing": lambda: amounts(1e6),
    "closing_current": lambda: amounts(5e5),
    "collateral": lambda: amounts(1e4),
    "convention": lambda: words("arcredit", "oca", "erpnext"),
    "costs": lambda: amounts(5e3),
    "covered_debt": lambda: amounts(1e5, 1),
    "credit_limit": lambda: amounts(2e5),
    "credit_sales": lambda: amounts(1e7, 1),
    "current_liabilities": lambda: amounts(1e6, 1),
    "current_ratio": lambda: amounts(3),
    "current_receivables": lambda: amounts(5e5),
    "days_beyond_terms": lambda: whole(-10, 90),
    "days_past_due": lambda: whole(-60, 300),
    "debt": lambda: amounts(1e5),
    "deductible": lambda: amounts(5e3),
    "deductible_rule": lambda: words("pct_first", "ded_first", "min_retention"),
    "default": lambda: flags(0.1),
    "digits": lambda: None,
    "due_date": lambda: days(-400, 60),
    "ebit": lambda: amounts(2e6, -5e5),
    "edges": lambda: None,
    "equity": lambda: amounts(5e6, -5e5),
    "equity_ratio": lambda: amounts(1, -0.2),
    "expected_receipts": lambda: amounts(1e6),
    "exports": lambda: flags(0.3),
    "exposure": lambda: amounts(2e5),
    "extension_days": lambda: whole(0, 90),
    "external_grade": lambda: whole(1, 10),
    "extra_limit": lambda: amounts(2e5),
    "filing_days": lambda: whole(90, 360),
    "grace_days": lambda: whole(0, 30),
    "grade": lambda: whole(1, 10),
    "has_financials": lambda: flags(0.7),
    "has_history": lambda: flags(0.9),
    "high_credit": lambda: amounts(3e5),
    "horizon_days": lambda: whole(0, 730),
    "indemnity_paid": lambda: amounts(1e5),
    "insolvency_date": lambda: days(-300, 0),
    "insured_limit": lambda: amounts(2e5),
    "insured_percentage": lambda: amounts(1),
    "insurer_stop": lambda: flags(0.02),
    "interest_cover": lambda: amounts(12, -2),
    "invoice_date": lambda: days(-500, 0),
    "largest_customer_share": lambda: amounts(1),
    "legal_events": lambda: whole(0, 3),
    "legal_stop": lambda: flags(0.01),
    "liability_left": lambda: amounts(1e6),
    "limit": lambda: amounts(2e5),
    "limit_basis": lambda: words("debt", "payout"),
    "limit_expiry": lambda: days(-100, 300),
    "loss": lambda: amounts(3e5),
    "loss_given_default": lambda: amounts(1),
    "margin": lambda: amounts(1, 0.01),
    "min_months": lambda: whole(1, 3),
    "minimum": lambda: amounts(3e4),
    "model": lambda: words("Z1", "z2", "Z2EM", None),
    "months": lambda: whole(1, 24),
    "net_loss": lambda: amounts(1e6),
    "not_better_than": lambda: whole(1, 10),
    "notice_days": lambda: whole(0, 30),
    "oldest_days_past_due": lambda: whole(-30, 60),
    "oldest_due_date": lambda: days(-300, 60),
    "open_amount": lambda: amounts(2e5, -1e3),
    "open_orders": lambda: amounts(5e4),
    "opening": lambda: amounts(1e6),
    "order_amount": lambda: amounts(5e4, 1),
    "overdue_receivables": lambda: amounts(5e5),
    "paid_date": lambda: days(-300, 60),
    "pay_index": lambda: amounts(100),
    "period_days": lambda: whole(28, 366),
    "policy": lambda: None,
    "premium_rate": lambda: amounts(0.02),
    "probability": lambda: amounts(1),
    "rate": lambda: amounts(0.01),
    "rates": lambda: None,
    "receivables": lambda: amounts(1e6),
    "recent_count": lambda: whole(10, 80),
    "recent_late": lambda: whole(0, 10),
    "recovered": lambda: amounts(1e5),
    "reference_limit": lambda: amounts(3e5),
    "retained_earnings": lambda: amounts(3e6, -1e6),
    "round_to": lambda: RANDOM.choice([1.0, 100.0, 1000.0], ROWS),
    "rule": lambda: None,
    "sales": lambda: amounts(2e7),
    "sales_threshold": lambda: amounts(1e7),
    "scheme": lambda: words("EU", "UK", "CN"),
    "score": lambda: amounts(100),
    "seller_sales": lambda: amounts(5e7),
    "share_over_90_days": lambda: amounts(1),
    "share_threshold": lambda: amounts(1),
    "share_within_limits": lambda: amounts(1, 0.01),
    "tangible_net_worth": lambda: amounts(5e6, -1e5),
    "tax": lambda: amounts(0.2),
    "terms": lambda: words("net 30", "30 eom", "月结30", "10 next"),
    "terms_days": lambda: whole(0, 120),
    "threshold": lambda: amounts(5e3),
    "threshold_rule": lambda: words(">", ">="),
    "total_assets": lambda: amounts(1e7, 1),
    "total_debt": lambda: amounts(2e5, 1e5),
    "total_liabilities": lambda: amounts(8e6),
    "turnover": lambda: amounts(1e8),
    "unapplied_cash": lambda: amounts(1e4),
    "unbilled_deliveries": lambda: amounts(5e4),
    "usual_delay_days": lambda: whole(0, 60),
    "waiting_days": lambda: whole(90, 180),
    "working_capital": lambda: amounts(2e6, -1e5),
    "write_offs": lambda: amounts(1e4),
    "years_in_business": lambda: whole(0, 40),
    "z_score": lambda: amounts(8, -3),
}
"""A column for each argument, by its name. Add yours in the order of the alphabet."""

OWN: dict[str, dict[str, Callable[[], Any]]] = {
    "ar_bucket": {"as_of": lambda: None, "convention": lambda: "arcredit"},
    "ar_late_interest": {"margin": lambda: None},
    "tci_recovery": {"covered_debt": lambda: None},
}
"""Columns of one function only, by the function's and the argument's name."""


def elements() -> dict[str, Callable[..., Any]]:
    """The element functions: those that give neither a table nor one number."""
    return {
        name: function
        for name, function in FUNCTIONS.items()
        if inspect.signature(function).return_annotation not in (Table, float)
    }


def seconds(function: Callable[..., Any], arguments: list[Any]) -> float:
    """The best of three runs."""
    runs = []
    for _ in range(3):
        start = perf_counter()
        function(*arguments)
        runs.append(perf_counter() - start)
    return min(runs)


def main(wanted: list[str]) -> None:
    """Print a line per function."""
    print(f"{ROWS:,} rows, every argument a column, best of three\n")
    for name, function in elements().items():
        if wanted and name not in wanted:
            continue
        columns = COLUMNS | OWN.get(name, {})
        names = list(inspect.signature(function).parameters)
        missing = [argument for argument in names if argument not in columns]
        if missing:
            print(f"{name:24} no column yet for {', '.join(missing)}")
            continue
        arguments = [columns[argument]() for argument in names]
        if np.size(function(*arguments)) != ROWS:
            raise SystemExit(f"{name}: not a result for each row")
        taken = seconds(function, arguments)
        print(
            f"{name:24} {taken:6.3f} s {ROWS / taken / 1e6:8.1f} M rows/s{'' if taken < WISH else '  slow'}"
        )


if __name__ == "__main__":
    main([name.lower() for name in sys.argv[1:]])
