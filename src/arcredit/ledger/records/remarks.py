"""Findings gathered while records are read."""

from typing import Any

from arcredit.errors import Finding
from arcredit.ledger.reading.raw import RawColumn
from arcredit.ledger.reading.scan import column_letter
from arcredit.ledger.records.block import Block
from arcredit.ledger.records.schema import Column, Record
from arcredit.words import say

MOST = 50
"""Cells of one record named one by one; the others are counted."""


class Remarks:
    """The findings of one workbook's records, their columns named in `language`."""

    def __init__(self, path: str, language: str) -> None:
        self.path, self.language = path, language
        self.list: list[Finding] = []

    def add(self, severity: str, block: Block, key: str, cell: str = "", **values: Any) -> None:
        """Say something about a record."""
        values = {"record": block.record.sheet(self.language)} | values
        self.list.append(Finding(severity, self.path, block.sheet.name, cell, key, values))

    def complete(self, block: Block) -> bool:
        """Whether a block has every column it needs; says what it lacks and which columns repeat."""
        names = {column.name: column.heading(self.language) for column in block.record.columns}
        for name in block.missing:
            cell = f"{column_letter(min(block.columns.values()))}{block.heading}"
            columns = ", ".join(names.values())
            self.add("warning", block, "records.missing_column", cell, column=names[name], columns=columns)
        for name, first, second in block.repeated:
            values = {"first": column_letter(first), "second": column_letter(second), "column": names[name]}
            cell = f"{values['second']}{block.heading}"
            self.add("warning", block, "records.repeated_column", cell, **values)
        return not block.missing

    def doubtful(self, block: Block, *, elsewhere: bool) -> None:
        """Say what looks like part of a record and is not read; less grave where it is read `elsewhere`."""
        names = ", ".join(column.heading(self.language) for column in block.record.columns)
        for doubt in block.doubts:
            severity = "info" if elsewhere else "warning"
            self.add(severity, block, doubt.key, doubt.cell, found=doubt.found, names=names)

    def cell(self, block: Block, column: Column, raw: RawColumn, place: int, where: str, key: str) -> None:
        """Say what is wrong with a cell."""
        low, high = (0, 1) if column.kind == "share" else (column.low, column.high)
        values = {
            "column": column.heading(self.language),
            "found": raw.text(place),
            "low": "…" if low is None else f"{low:g}",
            "high": "…" if high is None else f"{high:g}",
            "allowed": ", ".join(column.choice_text(choice, self.language) for choice in column.choices),
            "result": say(f"records.result.{_result(block.record, column)}", self.language),
        }
        self.add("error", block, key, where, **values)


def _result(record: Record, column: Column) -> str:
    """What becomes of a cell that cannot be used."""
    if record.terms:
        return "term"
    if column.filled or not record.unknown:
        return "row"
    if column.name in record.decides:
        return "all_unknown"
    return "unknown" if column.name in (record.unknown, "insured_percentage") else "blank"
