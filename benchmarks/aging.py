"""Aging of 1,000,000 documents of 20,000 customers: arcredit beside pandas and DuckDB, in one run.

All of them give the same table: a row per customer with its buckets, unapplied credits, total and oldest days
past due. arcredit gets the customers as its reader hands them over: codes into distinct labels. pandas gets
them as its own reader hands them over, texts, and once more as categories, ready coded like ours; DuckDB gets
an enumeration. The tables are compared before anything is timed; the runs alternate, so that a busy machine
troubles all alike, and the best of each counts.

    python -m benchmarks.aging [documents] [customers]
"""

import sys
import time

import duckdb
import numpy as np
import pandas as pd

from arcredit.credit.receivables.aging import aging_matrix
from arcredit.shapes import Coded

AS_OF = np.datetime64("2025-06-30")
BUCKETS = ["current", "1-30", "31-60", "61-90", "91-120", ">120", "unapplied"]
ROUNDS = 15

SQL = """
select customer,
    sum(open_amount) filter (open_amount >= 0 and days <= 0),
    sum(open_amount) filter (open_amount >= 0 and days between 1 and 30),
    sum(open_amount) filter (open_amount >= 0 and days between 31 and 60),
    sum(open_amount) filter (open_amount >= 0 and days between 61 and 90),
    sum(open_amount) filter (open_amount >= 0 and days between 91 and 120),
    sum(open_amount) filter (open_amount >= 0 and days > 120),
    sum(open_amount) filter (open_amount < 0),
    sum(open_amount),
    max(days) filter (open_amount > 0)
from (select customer, open_amount, date '2025-06-30' - due_date as days from documents)
group by customer
"""


def ledger(documents: int, customers: int) -> pd.DataFrame:
    """A made-up ledger: due from seven months before the day of the aging to two after, 3 % credits."""
    random = np.random.default_rng(20250630)
    amount = np.round(random.lognormal(6, 1.2, documents), 2)
    amount[random.random(documents) < 0.03] *= -1
    return pd.DataFrame(
        {
            "customer": pd.Categorical.from_codes(
                random.integers(0, customers, documents), [f"C{number:06d}" for number in range(customers)]
            ),
            "due_date": AS_OF - random.integers(-60, 210, documents).astype("timedelta64[D]"),
            "open_amount": amount,
        }
    )


def with_arcredit(customer: Coded, due_date: np.ndarray, open_amount: np.ndarray) -> np.ndarray:
    found = aging_matrix(customer, due_date, open_amount, AS_OF)
    return np.column_stack([found.amounts, found.unapplied, found.total, found.oldest_days])


def with_pandas(frame: pd.DataFrame) -> np.ndarray:
    days = (pd.Timestamp(AS_OF) - frame["due_date"]).dt.days
    bucket = pd.cut(days, [-np.inf, 0, 30, 60, 90, 120, np.inf], labels=BUCKETS[:-1])
    bucket = bucket.cat.add_categories("unapplied").mask(frame["open_amount"] < 0, "unapplied")
    customer, amount = frame["customer"], frame["open_amount"]
    table = amount.groupby([customer, bucket], observed=False).sum().unstack()
    table["total"] = table.sum(axis=1)
    table["oldest_days"] = days.where(amount > 0).groupby(customer, observed=False).max()
    return table.round(2).to_numpy()


def with_duckdb(connection: duckdb.DuckDBPyConnection, codes: dict[str, int]) -> np.ndarray:
    columns = list(connection.execute(SQL).fetchnumpy().values())
    table = np.column_stack([np.ma.filled(column.astype(float), 0.0) for column in columns[1:]]).round(2)
    order = np.array([codes[name] for name in columns[0]]) if codes else slice(None)
    return table[np.argsort(order)] if codes else table


def main(documents: int = 1_000_000, customers: int = 20_000) -> list[tuple[str, float, float, float]]:
    """Rows (peer, our seconds, its seconds, how many times faster we are), printed too."""
    frame = ledger(documents, customers)
    customer = Coded(
        frame["customer"].cat.codes.to_numpy().astype(np.intp),
        np.asarray(frame["customer"].cat.categories, object),
    )
    due_date = frame["due_date"].to_numpy().astype("datetime64[D]")
    open_amount = frame["open_amount"].to_numpy()
    connection = duckdb.connect()
    connection.execute(
        "create table documents as select customer, due_date::date as due_date, open_amount from frame"
    )

    plain = frame.assign(customer=frame["customer"].astype(str))
    runs = {
        "arcredit": lambda: with_arcredit(customer, due_date, open_amount),
        "pandas, texts": lambda: with_pandas(plain),
        "pandas, categories": lambda: with_pandas(frame),
        "DuckDB": lambda: with_duckdb(connection, {}),
    }
    expected = runs["arcredit"]()
    codes = {name: code for code, name in enumerate(customer.labels)}
    tables = {name: runs[name]() for name in runs if name.startswith("pandas")}
    for name, found in {**tables, "DuckDB": with_duckdb(connection, codes)}.items():
        if not np.array_equal(found, expected):
            raise AssertionError(f"{name} gives another table")

    best = dict.fromkeys(runs, np.inf)
    for _ in range(ROUNDS):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - start)
    ours = best.pop("arcredit")
    rows = [(name, ours, peer, peer / ours) for name, peer in best.items()]
    print(f"aging of {documents:,} documents of {customers:,} customers; the same table to the cent")
    for name, ours, peer, ratio in rows:
        print(f"  {name:19} {peer * 1e3:8.1f} ms   arcredit {ours * 1e3:6.1f} ms   {ratio:5.1f} times faster")
    return rows


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
