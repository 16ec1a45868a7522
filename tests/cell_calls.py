"""A golden row as a call from a cell; needs nothing but numpy, so that any Python can run it."""

from arcredit.hosts.excel.adapter import MISSING
from arcredit.hosts.excel.functions import FUNCTIONS


def cells(value):
    """A golden argument as a spreadsheet hands it over: a column, a block or one cell."""
    if isinstance(value, dict):
        return tuple(value.items())
    if isinstance(value, list):
        return tuple(tuple(row) if isinstance(row, list) else (row,) for row in value)
    return value


def call(row):
    """What the worksheet function gives for a golden row."""
    entry = FUNCTIONS[row["function"].upper()]
    return entry(*(cells(row["arguments"].get(item.name, MISSING)) for item in entry.parameters))
