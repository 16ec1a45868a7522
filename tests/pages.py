"""A report sheet as a user sees it: values by row, tables by heading, formulas by place."""

import io

import openpyxl

from arcredit.reports.scratch import workbook


def page(sheet, *, formulas=False):
    """The sheet as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(workbook([sheet])), data_only=not formulas).worksheets[0]


def lines(sheet):
    """Values row by row."""
    return [[cell.value for cell in row] for row in page(sheet).iter_rows()]


def texts(sheet):
    """Every text on the sheet."""
    return [value for line in lines(sheet) for value in line if isinstance(value, str)]


def table(sheet, heading, key=0):
    """Lines under a row of headings that begins with `heading`, by their value in column `key`."""
    found = lines(sheet)
    start = next(place for place, line in enumerate(found) if line[key] == heading)
    names, rows = found[start], {}
    for line in found[start + 1 :]:
        if line[key] is None:
            break
        rows[line[key]] = dict(zip(names, line, strict=True))
    return rows


def value(sheet, label):
    """What stands right of a label."""
    for line in lines(sheet):
        for place, found in enumerate(line[:-1]):
            if found == label:
                return next((item for item in line[place + 1 :] if item is not None), None)
    raise AssertionError(f"no {label}")
