"""Workbooks with records on their sheets, as the tests need them."""

import datetime as dt

import xlsxwriter

from arcredit.ledger.records.schema import schema


def shown(column, value, language):
    """A value as a person would type it into a cell."""
    if isinstance(value, bool):
        return {"en": "yes" if value else "no", "zh": "是" if value else "否"}[language]
    if column.choices and value in column.choices:
        return column.choice_text(value, language)
    return value


def block(record, rows, language):
    """Headings and rows of a record, given as dicts of values by column; terms one below the other."""
    if record.terms:
        lines = [["Term", "Value"]] if language == "en" else [["项目", "数值"]]
        return lines + [
            [record.column(name).heading(language), shown(record.column(name), value, language)]
            for name, value in rows[0].items()
        ]
    headings = [column.heading(language) for column in record.columns]
    return [
        headings,
        *([shown(column, row.get(column.name), language) for column in record.columns] for row in rows),
    ]


def book(path, sheets):
    """A workbook of blocks of cells: sheet name to rows, each at a place such as (2, 1), A1 unless given."""
    made = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    for name, blocks in sheets.items():
        sheet = made.add_worksheet(name)
        for top, left, rows, table in blocks:
            for row, cells in enumerate(rows):
                for column, value in enumerate(cells):
                    if value is not None:
                        sheet.write(top + row, left + column, value)
            if table:
                headings = [{"header": text} for text in rows[0]]
                sheet.add_table(
                    top,
                    left,
                    top + len(rows) - 1,
                    left + len(rows[0]) - 1,
                    {"name": table, "columns": headings},
                )
    made.close()
    return path


def record_book(path, records, language="en", tables=False):
    """A workbook with records by name, each on its own sheet."""
    known = schema()
    return book(
        path,
        {
            known[name].sheet(language): [
                (0, 0, block(known[name], rows, language), f"tbl{name.title()}" if tables else "")
            ]
            for name, rows in records.items()
        },
    )


def example(column):
    """A value that fits a column."""
    if column.choices:
        return column.choices[0]
    return {
        "id": "C-001",
        "text": "some text",
        "amount": 1234.5,
        "number": 0.5,
        "share": 0.25,
        "whole": 2.0,
        "date": dt.date(2026, 6, 30),
        "flag": True,
        "period": 60.0,
        "terms": 45.0,
    }[column.kind]
