"""Report sheets as the bytes of a workbook of their own, from which they are transplanted.

The bytes depend on the sheets alone: no clock, no author. Texts are written as texts whatever they begin
with, and every formula carries its result.
"""

import datetime as dt
import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from numpy.typing import NDArray
from xlsxwriter.color import Color
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from arcredit.reports import style
from arcredit.reports.charts import insert_chart
from arcredit.reports.fittings import Formats, add_fittings, add_tables, coloured
from arcredit.reports.sheet import Block, Cell, Column, Range, Sheet, Spill
from arcredit.shapes import plain

_BORN = dt.datetime(2000, 1, 1)
_MAX_LINKS = 65_000
"""A sheet holds 65,530 links; the lines after that are plain text."""


class _Page(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """The formula without its ``=``: no report uses a function younger than Excel 2007.

        XlsxWriter looks for thirty such functions in every formula, half of the time a long aging takes.
        """
        return formula.removeprefix("=")

    def _write_cell(self, row: int, column: int, cell: Any) -> None:
        """A cell; numbers and texts with a format, most of a long sheet, without XlsxWriter's detours."""
        kind = cell.__class__.__name__
        if cell.format is None or kind not in ("Number", "String"):
            super()._write_cell(row, column, cell)
            return
        start = f'<c r="{xl_col_to_name(column)}{row + 1}" s="{cell.format._get_xf_index()}"'
        if kind == "String":
            self.fh.write(f'{start} t="s"><v>{cell.string}</v></c>')
        else:
            self.fh.write(f"{start}><v>{_written(cell.number)}</v></c>")

    def _xml_number_element(self, number: Any, attributes: Any = ()) -> None:
        """A number with all the places it needs."""
        names = "".join(f' {name}="{value}"' for name, value in attributes)
        self.fh.write(f"<c{names}><v>{_written(number)}</v></c>")

    def stored(self, value: Any) -> Any:
        """A formula's result as a file has it: a day is its number, a blank an empty text."""
        found = plain(value)
        if isinstance(found, dt.date):
            return self._convert_date_time(found)
        return "" if found is None else found

    def _write_color_axis(self) -> None:
        """The axis of a small chart, in a colour of the theme too."""
        self._write_spark_color("x14:colorAxis", Color(style.TEXT))


def _written(number: Any) -> str:
    """A number with all the places it needs: XlsxWriter's 16 digits may lose its last bit."""
    written = f"{number:.16G}"
    return written if float(written) == number else repr(float(number))


def workbook(sheets: Iterable[Sheet], *, date_1904: bool = False) -> bytes:
    """The sheets as an .xlsx file.

    Parameters
    ----------
    sheets : list of Sheet
        With different names.
    date_1904 : bool
        Count days from 1904, for sheets that are copied into a workbook which does.

    Returns
    -------
    bytes
    """
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_numbers": False, "date_1904": date_1904}
    book = xlsxwriter.Workbook(stream, options)
    book.set_properties({"created": _BORN})
    formats = _formats(book)
    for sheet in sheets:
        page = book.add_worksheet(sheet.name, _Page)
        _set_up(page, sheet)
        add_tables(page, sheet, formats)
        for cell in sheet.cells:
            _write_cell(page, cell, formats)
        for block in sheet.blocks:
            _write_block(page, block, formats)
        for spill in sheet.spills:
            _write_spill(page, spill, formats)
        add_fittings(book, page, sheet)
        for chart in sheet.charts:
            insert_chart(book, page, chart, sheet.name)
    book.close()
    return stream.getvalue()


def _formats(book: Any) -> Formats:
    made: dict[str, Any] = {}

    def format_of(name: str) -> Any:
        if name not in made:
            made[name] = book.add_format(coloured(style.properties(name)))
        return made[name]

    return format_of


def _set_up(page: Any, sheet: Sheet) -> None:
    page.hide_gridlines(2)
    for column, width in enumerate(sheet.widths):
        page.set_column(column, column, width)
    for row, height in sheet.heights.items():
        page.set_row(row, height)
    if sheet.freeze:
        page.freeze_panes(*sheet.freeze)
    if sheet.filter:
        page.autofilter(*sheet.filter)
    texts = [_text_range(block, number) for block in sheet.blocks for number in _text_columns(block)]
    if texts:
        # Customer numbers kept as text are meant as text: no green corners.
        page.ignore_errors({"number_stored_as_text": " ".join(item.a1() for item in texts)})
    _set_up_print(page, sheet)


def _set_up_print(page: Any, sheet: Sheet) -> None:
    if sheet.landscape:
        page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.fit_to_pages(1, sheet.fit_tall)
    page.print_area(*sheet.area)
    if sheet.titles:
        page.repeat_rows(*sheet.titles)
    if sheet.breaks:
        page.set_h_pagebreaks(sheet.breaks)
    left = sheet.footer.replace("&", "&&")[:150]
    page.set_footer(f"&L&8{_apart(left)}&R&8&P / &N")


def _apart(text: str) -> str:
    """A footer's text; a leading digit would be read as part of the font size."""
    return f" {text}" if text[:1].isdigit() else text


def _text_columns(block: Block) -> list[int]:
    return [
        number
        for number, column in enumerate(block.columns)
        if column.style.endswith(".text") and len(column.values)
    ]


def _text_range(block: Block, number: int) -> Range:
    column = block.left + number
    return Range(block.top, column, block.top + len(block.columns[number].values) - 1, column)


def _write_cell(page: Any, cell: Cell, formats: Formats) -> None:
    form = formats(cell.style)
    if cell.across > 1 or cell.down > 1:
        last = cell.row + cell.down - 1, cell.column + cell.across - 1
        page.merge_range(cell.row, cell.column, *last, "", form)
    if cell.formula is not None:
        page.write_formula(cell.row, cell.column, cell.formula, form, page.stored(cell.value))
    elif cell.link is not None:
        page.write_url(cell.row, cell.column, cell.link, form, str(cell.value))
    else:
        _write(page, cell.row, cell.column, plain(cell.value), form)


def _write(page: Any, row: int, column: int, value: Any, form: Any) -> None:
    if value is None or value == "":
        page.write_blank(row, column, None, form)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, form)
    elif isinstance(value, dt.date):
        page.write_datetime(row, column, value, form)
    elif isinstance(value, int | float):
        page.write_number(row, column, value, form)
    else:
        page.write_string(row, column, str(value), form)


def _write_block(page: Any, block: Block, formats: Formats) -> None:
    for number, column in enumerate(block.columns):
        form = formats(column.style)
        place = block.left + number
        if column.formula is not None:
            _write_formulas(page, block.top, place, column, form)
        elif column.links:
            _write_links(page, block.top, place, column, form)
        else:
            for row, value in enumerate(_values(column), block.top):
                _write(page, row, place, value, form)


def _write_spill(page: Any, spill: Spill, formats: Formats) -> None:
    """The formula as Excel stores what spills, and its result in every cell."""
    first, form = page.stored(spill.rows[0][0]), formats(spill.styles[0][0])
    page.write_dynamic_array_formula(*spill.where, spill.formula, form, first)
    for row, (values, styles) in enumerate(zip(spill.rows, spill.styles, strict=True), spill.row):
        for place, (value, style_) in enumerate(zip(values, styles, strict=True), spill.column):
            if (row, place) == (spill.row, spill.column):
                continue
            if value is None or value == "":
                # A formula leaves an empty text, no blank cell.
                page.write_string(row, place, "", formats(style_))
            else:
                _write(page, row, place, plain(value), formats(style_))


def _values(column: Column) -> list[Any]:
    """The values as Python objects, blanks as what the column shows instead."""
    values: NDArray[Any] = column.values
    listed = values.astype("datetime64[D]").tolist() if values.dtype.kind == "M" else values.tolist()
    missing = column.missing or None
    return [missing if value is None or value != value else value for value in listed]


def _write_formulas(page: Any, top: int, place: int, column: Column, form: Any) -> None:
    given = column.formula or ""
    formulas = (given,) * len(column.values) if isinstance(given, str) else given
    for row, (value, formula) in enumerate(zip(_values(column), formulas, strict=True), top):
        page.write_formula(
            row, place, formula.replace("{row}", str(row + 1)), form, "" if value is None else value
        )


def _write_links(page: Any, top: int, place: int, column: Column, form: Any) -> None:
    for row, (value, link) in enumerate(zip(_values(column), column.links, strict=True), top):
        if value is not None and link and row - top < _MAX_LINKS:
            page.write_url(row, place, link, form, str(value))
        else:
            _write(page, row, place, value, form)
