"""The messy sample's first sheet, written with what people put on such a sheet."""

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from samples.look import INK, PALE, SLATE, Look, wide
from samples.picture import logo
from samples.trade import AS_OF

if TYPE_CHECKING:
    from samples.messy import Line

SHEET = "AR Jun-26"
TOP = 3
GROUPS = (("Customer", 0, 1), ("Document", 2, 4), ("Amount", 7, 8))
SECOND = {0: "No.", 1: "Name", 2: "Number", 3: "Type", 4: "Date", 7: "Original", 8: "Open"}
TALL = {5: "Due date", 6: "Curr.", 9: "Days overdue", 10: "Status", 11: "Rep", 12: "Remarks"}
COLUMNS = 13


def write(book: Workbook, lines: "list[Line]", look: Look) -> None:
    """Write the sheet: title, two-line header, every row, and what hangs on them."""
    sheet = book.add_worksheet(SHEET)
    bold = look(bold=True, font_size=15, font_color=INK)
    thin = look(font_size=15, font_color=SLATE)
    sheet.write_rich_string("A1", bold, "Northgate Group ", thin, "· trade receivables, all regions")
    sheet.write_string("A2", "As at", look.faint)
    sheet.write_datetime("B2", AS_OF, look(num_format="dd/mm/yyyy", bold=True, align="left"))
    sheet.write_string(
        "C2", "amounts in document currency; filter set to what is still being chased", look.faint
    )
    _header(sheet, TOP, look)
    bottom = TOP + 2 + len(lines)
    second = False
    for row, line in enumerate(lines, TOP + 2):
        if line.kind == "header":
            if not second:
                _header(sheet, row, look)
            second = not second
        elif line.kind == "region":
            sheet.merge_range(
                row, 0, row, COLUMNS - 1, line.cells[0], look(bold=True, bg_color=PALE, font_color=INK)
            )
        else:
            _row(sheet, row, line, look)
    sheet.write_string(
        bottom + 1,
        0,
        "Prepared by L. Keller, 3 July 2026. Amounts typed as text are not in the totals.",
        look.faint,
    )
    _columns(sheet, lines)
    _extras(sheet, lines, bottom, look)


def _header(sheet: Worksheet, row: int, look: Look) -> None:
    """Two lines: groups over their columns, other headings over both lines."""
    for text, left, right in GROUPS:
        sheet.merge_range(row, left, row, right, text, look.head)
    for column, text in SECOND.items():
        sheet.write_string(row + 1, column, text, look.head)
    for column, text in TALL.items():
        sheet.merge_range(row, column, row + 1, column, text, look.head)


def _row(sheet: Worksheet, row: int, line: "Line", look: Look) -> None:
    totals = line.kind in ("subtotal", "total")
    if line.hidden:
        sheet.set_row(row, None, None, {"hidden": True})
    for column, cell in enumerate(line.cells):
        indent = {"indent": 1} if column == 10 else {}
        form = look.total if totals else look.money if column in (7, 8) else look(**indent)
        if isinstance(cell, tuple):
            style = form if totals else look(num_format="0") if column == 9 else look()
            sheet.write_formula(row, column, cell[0], style, cell[1])
        elif isinstance(cell, dt.date):
            sheet.write_datetime(row, column, cell, look.date)
        elif isinstance(cell, str):
            sheet.write_string(row, column, cell, look(align="right") if column in (7, 8) else form)
        elif cell is not None:
            sheet.write_number(row, column, cell, form)
        elif totals:
            sheet.write_blank(row, column, None, form)


def _columns(sheet: Worksheet, lines: "list[Line]") -> None:
    widths = [max((wide(_shown(line, column)) for line in lines), default=6) + 2 for column in range(COLUMNS)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, max(8, min(width, 40)))
    sheet.set_column(4, 6, 11)


def _shown(line: "Line", column: int) -> Any:
    cell = line.cells[column] if column < len(line.cells) and line.kind != "region" else None
    return cell[1] if isinstance(cell, tuple) else cell


def _extras(sheet: Worksheet, lines: "list[Line]", bottom: int, look: Look) -> None:
    """Filter, formats by condition, notes, validation, picture and print settings."""
    first = TOP + 2
    sheet.freeze_panes(first, 2)
    sheet.autofilter(TOP + 1, 0, bottom - 1, COLUMNS - 1)
    sheet.filter_column(10, "x != Closed and x != Legal")
    bar = {"type": "data_bar", "data_bar_2010": True, "bar_color": "#D9A441", "bar_solid": True}
    axis = {"bar_negative_color": "#8FB3C7", "bar_axis_color": "#5B6B77"}
    sheet.conditional_format(first, 9, bottom - 1, 9, bar | axis)
    chased = {
        "type": "formula",
        "criteria": f'=$K{first + 1}="Disputed"',
        "format": look.differential(italic=True, font_color="#A61C1C"),
    }
    sheet.conditional_format(first, 10, bottom - 1, 10, chased)
    sheet.data_validation(
        first, 10, bottom - 1, 10, {"validate": "list", "source": "=statuses", "ignore_blank": True}
    )
    author = {"author": "L. Keller", "font_size": 9, "x_scale": 1.6}
    sheet.write_comment(
        TOP, 7, "Original = invoice total incl. VAT.\nOpen = what is left on 30 June.", author
    )
    bad = [row for row, line in enumerate(lines, first) if line.kind == "unusable"]
    sheet.write_comment(bad[1], 5, "There is no 31 February. Waiting for the contract.", author)
    sheet.write_comment(bad[-1], 8, "Amount to be confirmed by the branch.", author)
    sheet.ignore_errors(
        {"number_stored_as_text": f"A{first + 1}:I{bottom}", "eval_error": f"L{first + 1}:L{bottom}"}
    )
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, bottom + 1, COLUMNS - 1)
    sheet.repeat_rows(TOP, TOP + 1)
    sheet.set_margins(left=0.5, right=0.5, top=0.9, bottom=0.7)
    sheet.set_header("&L&G&R&A", {"image_left": "logo.png", "image_data_left": io.BytesIO(logo())})
    sheet.set_footer("&L&F&C&D&RPage &P of &N")
    sheet.set_h_pagebreaks([row for row, line in enumerate(lines, first) if line.kind == "region"][1:])
    sheet.set_tab_color(INK)


def define_names(book: Workbook, count: int) -> None:
    """Names over the ledger's columns, one of them for its sheet alone."""
    first, last = TOP + 3, TOP + 2 + count
    quoted = f"'{SHEET}'"
    book.define_name("as_of", f"={quoted}!$B$2")
    for name, letter in (("ledger_open", "I"), ("ledger_currency", "G"), ("ledger_days", "J")):
        book.define_name(name, f"={quoted}!${letter}${first}:${letter}${last}")
    book.define_name(f"{quoted}!regions", f"={quoted}!$A${first}:$A${last}")


def day_blocks(lines: "list[Line]") -> list[str]:
    """The runs of rows whose days-overdue formula was filled down."""
    blocks, start = [], 0
    for row, line in enumerate([*lines, None], TOP + 3):
        if line is not None and line.kind in ("document", "unusable"):
            start = start or row
        elif start:
            blocks.append(f"J{start}:J{row - 1}")
            start = 0
    return blocks
