"""Run by the Python that has LibreOffice's bindings: compare the old sheets of workbook pairs.

Reads ``[[before, after], ...]`` as JSON from standard input; writes one list of differences per pair.
"""

import json
import re
import sys
from itertools import product
from pathlib import Path

from arcredit.hosts.calc.office import Office

OFTEN_NEW = ("NOW(", "TODAY(", "RAND", "CELL(", "INFO(", "OFFSET(", "INDIRECT(")

FORMULAS = 16
"""com.sun.star.sheet.CellFlags.FORMULA."""
COPIED = re.compile(r"file:///[^'#]*/arcredit-office-[^'#]*/")
"""Links to other workbooks are relative: LibreOffice shows them in each copy's own folder."""


def used(sheet):
    """The last row and column in use, from 0; very large sheets are looked at in part."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    return min(cursor.RangeAddress.EndColumn, 100), min(cursor.RangeAddress.EndRow, 1000)


def sheet_contents(sheet, columns, rows):
    """Values and formulas; where there are no formulas the values say it all."""
    block = sheet.getCellRangeByPosition(0, 0, columns, rows)
    values = block.getDataArray()
    return values, block.getFormulaArray() if block.queryContentCells(FORMULAS).Count else ()


def without_folders(formulas):
    return [[COPIED.sub("", text) for text in row] for row in formulas]


def differences(before, after):
    found = []
    volatile = False
    for name in before.Sheets.ElementNames:
        if not after.Sheets.hasByName(name):
            return [f"{name}: missing"]
        old, new = before.Sheets.getByName(name), after.Sheets.getByName(name)
        extent = used(old)
        values, formulas = sheet_contents(old, *extent)
        new_values, new_formulas = sheet_contents(new, *extent)
        if (values, formulas) == (new_values, new_formulas):
            continue
        formulas, new_formulas = without_folders(formulas), without_folders(new_formulas)
        if len(formulas) != len(new_formulas):
            return [f"{name}: formulas instead of values, or the other way round"]
        volatile = volatile or any(word in text for row in formulas for text in row for word in OFTEN_NEW)
        for row, column in product(range(len(values)), range(len(values[0]))):
            place = f"{name} {row + 1},{column + 1}"
            text, new_text = (texts[row][column] if texts else "" for texts in (formulas, new_formulas))
            if text != new_text:
                found.append(f"{place}: {text!r} {new_text!r}")
            value, new_value = values[row][column], new_values[row][column]
            if value != new_value and not (volatile and text.startswith(("=", "{="))):
                found.append(f"{place}: {value!r} {new_value!r}")
    return found[:5]


def compare(office, before, after):
    try:
        old = office.open(Path(before))
    except FileNotFoundError:
        old = None
    try:
        new = office.open(Path(after))
    except FileNotFoundError:
        return [] if old is None else ["does not open"]
    if old is None:
        new.close(True)
        return []
    try:
        return differences(old, new)
    finally:
        old.close(True)
        new.close(True)


with Office(recalculate=False) as office:
    json.dump([compare(office, *pair) for pair in json.load(sys.stdin)], sys.stdout)
