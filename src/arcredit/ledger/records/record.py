"""The records of a workbook, as they pass between reading and reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from arcredit.errors import Finding
from arcredit.shapes import Table, plain


@dataclass(frozen=True)
class Records:
    """The records of a workbook, as they were read.

    Parameters
    ----------
    tables : dict of str to Table
        Each record with every column of the schema.
    findings : tuple of Finding
        Cells and columns that could not be used.
    places : dict of str to str
        Where each record stands, such as ``Limits!A1:F20``.
    """

    tables: Mapping[str, Table] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)

    def table(self, name: str) -> Table | None:
        """A record's table; None where the workbook has none, or one without rows."""
        found = self.tables.get(name)
        return found if found is not None and len(found) else None

    def has(self, name: str) -> bool:
        """Whether the workbook has rows of this record."""
        return self.table(name) is not None

    def terms(self, name: str) -> dict[str, Any]:
        """A record of keys and values; empty where there is none."""
        found = self.table(name)
        if found is None:
            return {}
        pairs = zip(found["key"], found["value"], strict=True)
        return {str(key): plain(value) for key, value in pairs if plain(value) is not None}
