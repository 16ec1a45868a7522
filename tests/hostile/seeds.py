"""Workbooks to begin from: the books of the reading tests, one refreshed before, one with every record."""

import datetime as dt
import shutil
import tempfile
from functools import cache
from pathlib import Path

from arcredit.hosts.init import add_records
from arcredit.hosts.refresh import Options, refresh
from arcredit.ledger.records.schema import schema

BOOKS = Path(__file__).parents[1] / "ledger" / "books"
NAMES = (
    *("plain", "excel_table", "merged_customers", "formulas", "rich_text", "chinese", "currencies"),
    *("receipts_sheet", "strict_namespace", "escapes", "total_that_differs", "two_line_header", "utf_16"),
)
OPTIONS = Options(as_of=dt.date(2026, 6, 30))


@cache
def seeds() -> tuple[bytes, ...]:
    """The workbooks, made once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        made = [(BOOKS / f"{name}.xlsx").read_bytes() for name in NAMES]
        for records, reports in ((tuple(schema()), None), ((), "all")):
            shutil.copyfile(BOOKS / "excel_table.xlsx", path)
            add_records(path, records)
            if reports:
                assert refresh(path, OPTIONS).error is None
            made.append(path.read_bytes())
    return tuple(made)
