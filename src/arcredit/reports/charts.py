"""The charts of a sheet as XlsxWriter draws them: native, in colours of the theme, described in words."""

from typing import Any

from xlsxwriter.color import Color

from arcredit.reports import style
from arcredit.reports.sheet import Chart, Range, Series

_TYPES: dict[str, dict[str, str]] = {
    "bar": {"type": "bar", "subtype": "percent_stacked"},
    "bars": {"type": "bar"},
    "line": {"type": "line"},
    "column": {"type": "column"},
    "stacked": {"type": "column", "subtype": "stacked"},
}
_LYING = ("bar", "bars")
"""Kinds whose categories stand at the left."""
_SMALL = {"size": 9, "color": Color(style.TEXT)}
_FAINT = {"line": {"color": Color(style.RULE), "width": 0.5}}


def insert_chart(book: Any, page: Any, chart: Chart, name: str) -> None:
    """Draw a chart on the page of the sheet of that name."""
    drawn = _drawn(book, chart, name)
    drawn.set_title(
        {"name": chart.title, "name_font": {"size": 10, "color": Color(style.DARK)}, "overlay": False}
    )
    legend = {"position": "bottom", "font": _SMALL}
    obvious = len(chart.series) == 1 and chart.kind in ("column", "stacked", "bars")
    drawn.set_legend({"none": True} if obvious else legend)
    drawn.set_chartarea({"border": {"none": True}})
    _set_axes(drawn, chart)
    drawn.set_size({"width": chart.width, "height": chart.height})
    drawn.show_blanks_as("gap")
    page.insert_chart(
        chart.row,
        chart.column,
        drawn,
        {"description": chart.alt, "object_position": 2, "x_offset": 4, "y_offset": 2},
    )


def _drawn(book: Any, chart: Chart, name: str) -> Any:
    """The chart with its series; those over it stand in a second chart with an axis at the right."""
    drawn = book.add_chart(dict(_TYPES[chart.kind]))
    for series in chart.series:
        if chart.kind == "line":
            drawn.add_series(_line(series, name))
        elif not series.over:
            drawn.add_series(_bars(series, name, chart))
    over = [series for series in chart.series if series.over and chart.kind != "line"]
    if over:
        lines = book.add_chart({"type": "line"})
        for series in over:
            lines.add_series(_line(series, name) | {"y2_axis": True})
        # Shares are seen against the whole: their axis begins at nought.
        floor = {"min": 0} if chart.over_format.endswith("%") else {}
        lines.set_y2_axis(_value_axis(chart.over_format, chart.over_unit, grid=False) | floor)
        drawn.combine(lines)
    return drawn


def _value_axis(number_format: str, unit: str, *, grid: bool) -> dict[str, Any]:
    return {
        "num_font": _SMALL,
        "num_format": number_format,
        "line": {"none": True},
        "major_gridlines": {"visible": grid, **_FAINT},
        "name": unit,
        "name_font": _SMALL | {"bold": False},
    }


def _set_axes(drawn: Any, chart: Chart) -> None:
    lying = chart.kind in _LYING
    categories = {
        "num_font": _SMALL,
        "num_format": chart.category_format,
        "text_axis": True,
        "line": {"color": Color(style.RULE)},
        "major_tick_mark": "none",
    }
    values = _value_axis(chart.number_format, chart.unit, grid=not lying)
    # XlsxWriter counts a bar chart's axes by where they are drawn: its categories stand at the y axis.
    alone = chart.kind == "bar" and chart.series[0].categories.left == chart.series[0].categories.right
    across, up = (values, categories) if lying else (categories, values)
    if chart.kind != "line":
        values["min"] = chart.low
    drawn.set_x_axis(across | ({"visible": False} if lying else {}))
    drawn.set_y_axis(up | ({"reverse": True, "visible": not alone} if lying else {}))


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
    made = _series(series, name) | {
        "fill": {"color": Color(series.colour)},
        "border": {"color": Color(style.BACKGROUND), "width": 1},
        "gap": 40,
    }
    if chart.kind == "column":
        made["overlap"] = 0
    if chart.kind == "bar" or any(series.labelled):
        made["data_labels"] = _labels(series, chart)
    return made


def _labels(series: Series, chart: Chart) -> dict[str, Any]:
    inside = chart.kind in ("bar", "stacked")
    labels = {
        "value": True,
        "num_format": chart.number_format,
        "font": {"size": 9, "color": Color(style.on(series.colour) if inside else style.TEXT)},
        "custom": [None if shown else {"delete": True} for shown in series.labelled],
    }
    return labels if inside else labels | {"position": "outside_end"}


def _line(series: Series, name: str) -> dict[str, Any]:
    colour = Color(series.colour)
    return _series(series, name) | {
        "line": {"color": colour, "width": 2, "dash_type": series.dash},
        "marker": {"type": "circle", "size": 5, "fill": {"color": colour}, "border": {"color": colour}},
    }
