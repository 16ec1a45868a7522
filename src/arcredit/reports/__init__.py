"""What a report sheet looks like: data to tables, charts and words, in English and Chinese.

`REPORTS` lists them by owner: the short name a sheet keeps however the user renames it.
"""

from collections.abc import Callable

from arcredit.reports.aging import aging_sheet
from arcredit.reports.dso import dso_sheet
from arcredit.reports.findings import findings_sheet
from arcredit.reports.inputs import Inputs
from arcredit.reports.sheet import Sheet

REPORTS: dict[str, Callable[[Inputs], Sheet]] = {
    "aging": aging_sheet,
    "dso": dso_sheet,
    "findings": findings_sheet,
}

__all__ = ["REPORTS", "Inputs", "Sheet"]
