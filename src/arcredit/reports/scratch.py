"""Report sheets as the bytes of a workbook of their own, from which they are transplanted.

The bytes depend on the sheets alone: no clock, no author. Texts are written as texts whatever they begin
with, and every formula carries its result.
"""

import datetime as dt
import io
from collections.abc import Iterable
from itertools import chain, repeat
from math import isfinite
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from numpy.typing import NDArray
from xlsxwriter.color import Color
from xlsxwriter.packager import Packager
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import (
    CellBlankTuple,
    CellFormulaTuple,
    CellNumberTuple,
    CellStringTuple,
    Worksheet,
)

from arcredit.reports import style
from arcredit.reports.chart_choices import stated
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

    def _calculate_spans(self) -> None:
        """The first and last column of every sixteen rows."""
        reach: dict[int, tuple[int, int]] = {}
        for row, cells in chain(self.table.items(), self.comments.items()):
            if cells:
                low, high = reach.get(row // 16, (self.xls_colmax, 0))
                reach[row // 16] = min(low, *cells), max(high, *cells)
        self.row_spans = {rows: f"{low + 1}:{high + 1}" for rows, (low, high) in reach.items()}

    def _write_rows(self) -> None:
        """The rows; cells with a format, all but a few, without XlsxWriter's detours."""
        self._calculate_spans()
        letters = [xl_col_to_name(column) for column in range(self.dim_colmax + 1)]
        for row in sorted({*self.row_info, *self.comments, *self.table}):
            cells, span = self.table.get(row), self.row_spans.get(row // 16)
            if not self.dim_rowmin <= row <= self.dim_rowmax:
                continue
            if not cells:
                if row in self.row_info or row in self.comments:
                    self._write_empty_row(row, span, self.row_info.get(row))
                continue
            self._write_row(row, span, self.row_info.get(row))
            for column in sorted(cells):
                cell = cells[column]
                inside = None if cell.format is None else _content(cell)
                if inside is None:
                    self._write_cell(row, column, cell)
                else:
                    number = cell.format._get_xf_index()
                    self.fh.write(f'<c r="{letters[column]}{row + 1}" s="{number}"{inside}')
            self._xml_end_tag("row")

    def _xml_number_element(self, number: Any, attributes: Any = ()) -> None:
        """A number with all the places it needs."""
        names = "".join(f' {name}="{value}"' for name, value in attributes)
        self.fh.write(f"<c{names}><v>{_written(number)}</v></c>")

    def put(self, row: int, column: int, value: Any, form: Any) -> None:
        """Write a value by its kind; these are `write_blank` and so on without the reading of "A1"."""
        if value is None or value == "":
            self._write_blank(row, column, None, form)
        elif isinstance(value, bool):
            self._write_boolean(row, column, value, form)
        elif isinstance(value, int | float):
            self._write_number(row, column, value, form)
        elif isinstance(value, dt.date):
            self._write_datetime(row, column, value, form)
        else:
            self._write_string(row, column, str(value), form)

    def put_down(self, top: int, column: int, values: list[Any], form: Any) -> None:
        """Write values below each other; numbers, most of a long sheet, straight into the table of cells."""
        self._reach(top, column, len(values))
        for row, value in enumerate(values, top):
            if type(value) is float and isfinite(value):
                self.table[row][column] = CellNumberTuple(value, form)
            else:
                self.put(row, column, value, form)

    def _reach(self, top: int, column: int, height: int) -> None:
        """Count a column's cells into the sheet's used range, as far as a sheet goes."""
        for row in (top, min(top + height, self.xls_rowmax) - 1):
            self._check_dimensions(row, column)

    def put_formulas(
        self, top: int, column: int, values: list[Any], formulas: Iterable[str], form: Any
    ) -> None:
        """Write a formula with its result into every row; ``{row}`` is the row's number."""
        self._reach(top, column, len(values))
        for row, (value, formula) in enumerate(zip(values, formulas, strict=True), top):
            live = formula.removeprefix("=").replace("{row}", str(row + 1))
            self.table[row][column] = CellFormulaTuple(live, form, "" if value is None else value)

    def stored(self, value: Any) -> Any:
        """A formula's result as a file has it: a day is its number, a blank an empty text."""
        found = plain(value)
        if isinstance(found, dt.date):
            return self._convert_date_time(found)
        return "" if found is None else found

    def _write_color_axis(self) -> None:
        """The axis of a small chart, in a colour of the theme too."""
        self._write_spark_color("x14:colorAxis", Color(style.TEXT))


def _content(cell: Any) -> str | None:
    """A cell from after its style to its end; None for kinds that are rare."""
    kind = type(cell)
    if kind is CellNumberTuple:
        return f"><v>{_written(cell.number)}</v></c>"
    if kind is CellStringTuple:
        return f' t="s"><v>{cell.string}</v></c>'
    if kind is CellBlankTuple:
        return "/>"
    if kind is CellFormulaTuple and (cell.value == "" or type(cell.value) in (float, int)):
        return f"><f>{escape(cell.formula)}</f><v>{cell.value}</v></c>"
    return None


def _written(number: Any) -> str:
    """A number with all the places it needs: XlsxWriter's 16 digits may lose its last bit."""
    written = f"{number:.16G}"
    return written if float(written) == number else repr(float(number))


class _Parts(Packager):  # type: ignore[misc]  # XlsxWriter has no types
    """The files of a workbook, held back for whoever packs them."""

    def _create_package(self) -> list[Any]:
        self.held = super()._create_package()
        return []


class _Book(Workbook):  # type: ignore[misc]  # XlsxWriter has no types
    def _get_packager(self) -> _Parts:
        self.parts = _Parts()
        return self.parts

    def packed(self, method: int) -> bytes:
        """The finished workbook, its files packed by that method of `zipfile`."""
        self.close()
        stream = io.BytesIO()
        with ZipFile(stream, "w") as archive:
            for file, name, _ in self.parts.held:
                data = file.getvalue()
                if name.startswith("xl/charts/"):
                    data = stated(data)
                entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                archive.writestr(entry, data.encode() if isinstance(data, str) else data, method)
        return stream.getvalue()


def workbook(sheets: Iterable[Sheet], *, date_1904: bool = False, packed: bool = True) -> bytes:
    """The sheets as an .xlsx file.

    Parameters
    ----------
    sheets : list of Sheet
        With different names.
    date_1904 : bool
        Count days from 1904, for sheets that are copied into a workbook which does.
    packed : bool
        Compress the file; a waste where its sheets are only copied into another workbook.

    Returns
    -------
    bytes
    """
    options = {"in_memory": True, "strings_to_numbers": False, "date_1904": date_1904}
    book = _Book(io.BytesIO(), options)
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
    return book.packed(ZIP_DEFLATED if packed else ZIP_STORED)


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
        page.put(cell.row, cell.column, plain(cell.value), form)


def _write_block(page: Any, block: Block, formats: Formats) -> None:
    for number, column in enumerate(block.columns):
        form, values = formats(column.style), _values(column)
        place, given = block.left + number, column.formula
        if not values:
            continue
        if given is not None:
            formulas = repeat(given, len(values)) if isinstance(given, str) else given
            page.put_formulas(block.top, place, values, formulas, form)
        elif column.links:
            _write_links(page, block.top, place, column, form)
        else:
            page.put_down(block.top, place, values, form)


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
                page.put(row, place, plain(value), formats(style_))


def _values(column: Column) -> list[Any]:
    """The values as Python objects, blanks as what the column shows instead."""
    values: NDArray[Any] = column.values
    listed = values.astype("datetime64[D]").tolist() if values.dtype.kind == "M" else values.tolist()
    missing = column.missing or None
    return [missing if value is None or value != value else value for value in listed]


def _write_links(page: Any, top: int, place: int, column: Column, form: Any) -> None:
    for row, (value, link) in enumerate(zip(_values(column), column.links, strict=True), top):
        if value is not None and link and row - top < _MAX_LINKS:
            page.write_url(row, place, link, form, str(value))
        else:
            page.put(row, place, value, form)
