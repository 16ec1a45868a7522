"""Report sheets as the bytes of a workbook of their own, from which they are transplanted.

The bytes depend on the sheets alone: no clock, no author. Texts are written as texts whatever they begin
with, and every formula carries its result.
"""

import datetime as dt
import io
from collections.abc import Callable, Iterable
from typing import Any

import xlsxwriter
from numpy.typing import NDArray
from xlsxwriter.color import Color
from xlsxwriter.worksheet import Worksheet

from arcredit.reports import style
from arcredit.reports.sheet import Block, Cell, Chart, Column, Range, Series, Sheet
from arcredit.shapes import plain

_BORN = dt.datetime(2000, 1, 1)
_MAX_LINKS = 65_000
"""A sheet holds 65,530 links; the lines after that are plain text."""

Formats = Callable[[str], Any]


class _Page(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """The formula without its ``=``: no report uses a function younger than Excel 2007.

        XlsxWriter looks for thirty such functions in every formula, half of the time a long aging takes.
        """
        return formula.removeprefix("=")


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
        for cell in sheet.cells:
            _write_cell(page, cell, formats)
        for block in sheet.blocks:
            _write_block(page, block, formats)
        for heat in sheet.heats:
            page.conditional_format(heat.where.a1(), _heat(heat.full))
        for chart in sheet.charts:
            _insert(book, page, chart, sheet.name)
    book.close()
    return stream.getvalue()


def _formats(book: Any) -> Formats:
    made: dict[str, Any] = {}

    def format_of(name: str) -> Any:
        if name not in made:
            made[name] = book.add_format(_coloured(style.properties(name)))
        return made[name]

    return format_of


def _coloured(properties: dict[str, Any]) -> dict[str, Any]:
    return {key: Color(item) if isinstance(item, tuple) else item for key, item in properties.items()}


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
    page.fit_to_pages(1, 0)
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
    if cell.across > 1:
        page.merge_range(cell.row, cell.column, cell.row, cell.column + cell.across - 1, "", form)
    if cell.formula is not None:
        value = plain(cell.value)
        page.write_formula(cell.row, cell.column, cell.formula, form, "" if value is None else value)
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


def _values(column: Column) -> list[Any]:
    """The values as Python objects, blanks as what the column shows instead."""
    values: NDArray[Any] = column.values
    listed = values.astype("datetime64[D]").tolist() if values.dtype.kind == "M" else values.tolist()
    missing = column.missing or None
    return [missing if value is None or value != value else value for value in listed]


def _write_formulas(page: Any, top: int, place: int, column: Column, form: Any) -> None:
    formula = column.formula or ""
    for row, value in enumerate(_values(column), top):
        page.write_formula(
            row, place, formula.replace("{row}", str(row + 1)), form, "" if value is None else value
        )


def _write_links(page: Any, top: int, place: int, column: Column, form: Any) -> None:
    for row, (value, link) in enumerate(zip(_values(column), column.links, strict=True), top):
        if value is not None and link and row - top < _MAX_LINKS:
            page.write_url(row, place, link, form, str(value))
        else:
            _write(page, row, place, value, form)


def _heat(full: float) -> dict[str, Any]:
    return {
        "type": "2_color_scale",
        "min_type": "num",
        "min_value": 0,
        "min_color": Color(style.BACKGROUND),
        "max_type": "num",
        "max_value": full,
        "max_color": Color(style.HEAT),
    }


_SMALL = {"size": 9, "color": Color(style.TEXT)}
_FAINT = {"line": {"color": Color(style.RULE), "width": 0.5}}


def _insert(book: Any, page: Any, chart: Chart, name: str) -> None:
    bars = chart.kind == "bar"
    drawn = book.add_chart({"type": "bar", "subtype": "percent_stacked"} if bars else {"type": "line"})
    for series in chart.series:
        drawn.add_series(_bars(series, name, chart) if bars else _line(series, name))
    drawn.set_title(
        {"name": chart.title, "name_font": {"size": 10, "color": Color(style.DARK)}, "overlay": False}
    )
    drawn.set_legend({"position": "bottom", "font": _SMALL})
    drawn.set_chartarea({"border": {"none": True}})
    categories = {
        "num_font": _SMALL,
        "num_format": chart.category_format,
        "text_axis": True,
        "line": {"color": Color(style.RULE)},
        "major_tick_mark": "none",
    }
    values = {
        "num_font": _SMALL,
        "num_format": chart.number_format,
        "line": {"none": True},
        "major_gridlines": {"visible": not bars, **_FAINT},
        "name": chart.unit,
        "name_font": _SMALL | {"bold": False},
    }
    # XlsxWriter counts a bar chart's axes by where they are drawn: its categories stand at the y axis.
    alone = bars and chart.series[0].categories.left == chart.series[0].categories.right
    across, up = (values, categories) if bars else (categories, values)
    drawn.set_x_axis(across | ({"visible": False, "min": 0} if bars else {}))
    drawn.set_y_axis(up | ({"reverse": True, "visible": not alone} if bars else {}))
    drawn.set_size({"width": chart.width, "height": chart.height})
    drawn.show_blanks_as("gap")
    page.insert_chart(
        chart.row,
        chart.column,
        drawn,
        {"description": chart.alt, "object_position": 2, "x_offset": 4, "y_offset": 2},
    )


def _refer(name: str, where: Range) -> str:
    quoted = name.replace("'", "''")
    return f"='{quoted}'!{where.a1(absolute=True)}"


def _series(series: Series, name: str) -> dict[str, Any]:
    row, column = series.name
    return {
        "name": _refer(name, Range(row, column, row, column)),
        "categories": _refer(name, series.categories),
        "values": _refer(name, series.values),
    }


def _bars(series: Series, name: str, chart: Chart) -> dict[str, Any]:
    labels = {
        "value": True,
        "num_format": chart.number_format,
        "font": {"size": 9, "color": Color(style.on(series.colour))},
        "custom": [None if shown else {"delete": True} for shown in series.labelled],
    }
    return _series(series, name) | {
        "fill": {"color": Color(series.colour)},
        "border": {"color": Color(style.BACKGROUND), "width": 1},
        "gap": 40,
        "data_labels": labels,
    }


def _line(series: Series, name: str) -> dict[str, Any]:
    colour = Color(series.colour)
    return _series(series, name) | {
        "line": {"color": colour, "width": 2, "dash_type": series.dash},
        "marker": {"type": "circle", "size": 5, "fill": {"color": colour}, "border": {"color": colour}},
    }
