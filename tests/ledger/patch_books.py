"""Workbooks for the patch tests: made here, taken apart and put together with other parts."""

import io
import warnings
import zipfile
from pathlib import Path

import openpyxl
import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def report(name="AR Aging", rows=20, chart=True, table=False):
    """A scratch workbook with a report sheet that has a bit of everything."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet(name)
        head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "bottom": 1})
        money = book.add_format({"num_format": "#,##0.00;[Red]-#,##0.00", "align": "right"})
        late = book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
        sheet.write_row(0, 0, ["Customer", "Bucket", "Amount"], head)
        for row in range(1, rows):
            sheet.write_string(row, 0, f"Customer {row} & Söhne 客户")
            sheet.write_string(row, 1, "1-30")
            sheet.write_number(row, 2, row * 100.5, money)
        sheet.write_formula(rows, 2, f"=SUM(C2:C{rows})", money, sum(row * 100.5 for row in range(1, rows)))
        sheet.write_formula(rows + 1, 2, f"='{name}'!C2*2", money, 201)
        sheet.write_rich_string("E1", "as of ", book.add_format({"italic": True}), "31 Dec", " 2025")
        sheet.set_column(0, 0, 30)
        sheet.set_row(0, 24)
        sheet.freeze_panes(1, 1)
        sheet.conditional_format(
            1, 2, rows, 2, {"type": "cell", "criteria": ">", "value": 900, "format": late}
        )
        sheet.conditional_format(1, 2, rows, 2, {"type": "data_bar", "data_bar_2010": True})
        sheet.data_validation("H1", {"validate": "list", "source": ["1-30", "31-60"]})
        sheet.add_sparkline("F2", {"range": f"'{name}'!C2:C9"})
        sheet.write_url("H3", "https://example.org/terms")
        sheet.write_url("H4", f"internal:'{name}'!A1", string="top")
        if chart:
            drawn = book.add_chart({"type": "column"})
            drawn.add_series({"categories": [name, 1, 0, 9, 0], "values": [name, 1, 2, 9, 2]})
            sheet.insert_chart("H6", drawn)
        if table:
            sheet.add_table(30, 0, 33, 1, {"name": "Totals", "columns": [{"header": "A"}, {"header": "B"}]})
            sheet.write_formula("D31", "=SUM(Totals[B])", None, 0)
        else:
            sheet.autofilter(0, 0, rows - 1, 2)
        sheet.repeat_rows(0)
        sheet.print_area(0, 0, rows + 1, 2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&P / &N")
    return out.getvalue()


def ledger(path, sheets=("Ledger", "Control"), options=None, fill=None):
    """A small ordinary workbook."""
    with xlsxwriter.Workbook(path, options or {}) as book:
        for name in sheets:
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["Invoice", "Amount", "Due"])
            for row in range(1, 6):
                sheet.write_row(row, 0, [f"INV{row}", row * 10.25, 45000 + row])
            if fill:
                fill(book, sheet)
    return Path(path)


def opened(path, **options):
    """The workbook in openpyxl, which warns of what it would lose."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(Path(path).read_bytes()), **options)


def parts(path):
    """Every part's bytes."""
    with zipfile.ZipFile(path) as opened:
        return {info.filename: opened.read(info) for info in opened.infolist()}


def rebuilt(path, changes, target=None, rename=None):
    """The workbook with parts changed (bytes, or a function of the old) or added; None takes one out."""
    have = parts(path)
    for name, change in changes.items():
        have[name] = change(have[name]) if callable(change) else change
    with zipfile.ZipFile(target or path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in have.items():
            if data is not None:
                made.writestr(rename(name) if rename else name, data)
    return Path(target or path)


def replaced(old, new):
    """A change for `rebuilt`: one text by another, which must be there."""

    def change(data):
        assert old.encode() in data, (old, data[:2000])
        return data.replace(old.encode(), new.encode())

    return change


def with_rows(xml, extra=""):
    """A change for `rebuilt`: other rows in a sheet, and elements after them."""

    def change(data):
        head, _, rest = data.partition(b"<sheetData>")
        tail = rest.partition(b"</sheetData>")[2]
        return head + b"<sheetData>" + xml.encode() + b"</sheetData>" + extra.encode() + tail

    return change
