"""Run by the Python that has LibreOffice's bindings: compare the old sheets of workbook pairs.

Reads ``[[before, after], ...]`` as JSON from standard input; writes one list of differences per pair.
"""

import json
import re
import sys
from pathlib import Path

from arcredit.hosts.calc.office import Office

OFTEN_NEW = ("NOW(", "TODAY(", "RAND", "CELL(", "INFO(", "OFFSET(", "INDIRECT(")

COPIED = re.compile(r"file:///[^'#]*/arcredit-office-[^'#]*/")
"""Links to other workbooks are relative: LibreOffice shows them in each copy's own folder."""


def used(sheet):
    """The last row and column in use, from 0; very large sheets are looked at in part."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    return min(cursor.RangeAddress.EndColumn, 100), min(cursor.RangeAddress.EndRow, 1000)


def sheet_contents(sheet, columns, rows):
    block = sheet.getCellRangeByPosition(0, 0, columns, rows)
    return block.getDataArray(), block.getFormulaArray()


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
        volatile = volatile or any(word in text for row in formulas for text in row for word in OFTEN_NEW)
        for row, texts in enumerate(formulas):
            for column, text in enumerate(texts):
                place = f"{name} {row + 1},{column + 1}"
                if text != new_formulas[row][column]:
                    found.append(f"{place}: {text!r} {new_formulas[row][column]!r}")
                computed = volatile and text.startswith(("=", "{="))
                if values[row][column] != new_values[row][column] and not computed:
                    found.append(f"{place}: {values[row][column]!r} {new_values[row][column]!r}")
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
