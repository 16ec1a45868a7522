"""Sheets as data become a workbook: the same bytes every time, texts as texts, results beside formulas."""

import io
import re
import zipfile
from itertools import product

import numpy as np
import openpyxl
import pytest
from openpyxl.chart.chartspace import ChartSpace
from openpyxl.chart.reader import read_chart
from openpyxl.xml.functions import fromstring

from arcredit.reports import REPORTS, style
from arcredit.reports.scratch import workbook
from arcredit.reports.sheet import Block, Cell, Column, Range, Sheet, text_width
from report_ledgers import documents, inputs


def sheet(**changes):
    given = {
        "owner": "test",
        "name": "It's a test",
        "widths": (10.0,),
        "cells": (),
        "area": Range(0, 0, 9, 9),
    }
    return Sheet(**(given | changes))


def opened(*sheets, data_only=False):
    return openpyxl.load_workbook(io.BytesIO(workbook(sheets)), data_only=data_only)


def part(content, name):
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def test_a_workbook_that_is_only_copied_from_holds_the_same_uncompressed():
    packed, loose = (
        zipfile.ZipFile(io.BytesIO(workbook([sheet(cells=(Cell(0, 0, "a" * 99),))], packed=packed)))
        for packed in (True, False)
    )
    assert {name: packed.read(name) for name in packed.namelist()} == {
        name: loose.read(name) for name in loose.namelist()
    }
    assert {entry.compress_type for entry in loose.infolist()} == {zipfile.ZIP_STORED}
    assert {entry.compress_type for entry in packed.infolist()} == {zipfile.ZIP_DEFLATED}


def test_cells_of_every_kind_in_one_row():
    """Rows are written by us, their rarer cells by XlsxWriter, all in the order of the columns."""
    values = {4: True, 0: "<&>", 2: 0.1 + 0.2, 1: None, 3: np.datetime64("2025-12-31"), 6: 1}
    cells = [Cell(20, column, value) for column, value in values.items()]
    cells.append(Cell(20, 5, "x", "body.text", '=IF(A1<"b","x","&")'))
    cells.append(Cell(20, 7, None, "body.text", "=A1&B1"))
    text = part(workbook([sheet(cells=tuple(cells))]), "xl/worksheets/sheet1.xml")
    row = re.search(r'<row r="21" spans="1:8">(.*?)</row>', text)[1]
    assert re.sub(r' s="\d+"', "", row) == (
        '<c r="A21" t="s"><v>0</v></c><c r="B21"/><c r="C21"><v>0.30000000000000004</v></c>'
        '<c r="D21"><v>46022</v></c><c r="E21" t="b"><v>1</v></c>'
        '<c r="F21" t="str"><f>IF(A1&lt;"b","x","&amp;")</f><v>x</v></c>'
        '<c r="G21"><v>1</v></c><c r="H21"><f>A1&amp;B1</f><v></v></c>'
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "http://x", "007"])
def test_text_stays_text(text):
    column = Column(np.array([text], object), "body.text")
    page = opened(sheet(cells=(Cell(0, 0, text),), blocks=(Block(1, 0, (column,)),)))["It's a test"]
    for place in ("A1", "A2"):
        assert page[place].value == text
        assert page[place].data_type == "s"
        assert page[place].hyperlink is None


def test_formulas_carry_their_results():
    column = Column(np.array([3.0, 4.0]), "body.money2", "=SUM(B{row}:C{row})")
    made = sheet(cells=(Cell(2, 0, 7.0, "total.money2", "=SUM(A1:A2)"),), blocks=(Block(0, 0, (column,)),))
    formulas, results = (opened(made, data_only=stored)["It's a test"] for stored in (False, True))
    assert [formulas.cell(row, 1).value for row in (1, 2, 3)] == ["=SUM(B1:C1)", "=SUM(B2:C2)", "=SUM(A1:A2)"]
    assert [results.cell(row, 1).value for row in (1, 2, 3)] == [3, 4, 7]


def test_unknown_is_blank_or_said():
    columns = (
        Column(np.array([np.nan, 1.5]), "body.money2"),
        Column(np.array([None, "a"], object), "body.text", missing="(none)"),
        Column(np.array(["NaT", "2025-12-31"], "datetime64[D]"), "body.date"),
    )
    page = opened(sheet(blocks=(Block(0, 0, columns),)))["It's a test"]
    assert [cell.value for cell in page[1]] == [None, "(none)", None]
    assert [page["A2"].value, page["B2"].value, f"{page['C2'].value:%Y-%m-%d}"] == [1.5, "a", "2025-12-31"]


def test_links_lead_inside_the_workbook():
    column = Column(np.array(["F9", "F10"], object), "link.text", links=("internal:'A b'!F9", ""))
    page = opened(sheet(blocks=(Block(0, 0, (column,)),)))["It's a test"]
    assert page["A1"].hyperlink.location == "'A b'!F9"
    assert page["A2"].hyperlink is None
    assert page["A2"].value == "F10"


def test_every_style_can_be_written():
    formats = [name + "2" if name in ("money", "exact", "change") else name for name in style.FORMATS]
    cells = [
        Cell(row, 0, 1.5, f"{role}.{kind}") for row, (role, kind) in enumerate(product(style.ROLES, formats))
    ]
    page = opened(sheet(cells=tuple(cells)))["It's a test"]
    assert page.max_row == len(style.ROLES) * len(formats)


@pytest.mark.parametrize(("kind", "shown"), [("money0", "#,##0"), ("exact3", "#,##0.000")])
def test_amounts_have_the_places_of_their_currency(kind, shown):
    assert style.money(kind).split(";")[0] == shown
    assert ("–" in style.money(kind)) == kind.startswith("money")


@pytest.mark.parametrize("report", REPORTS)
def test_same_bytes_every_time(report):
    first, second = (workbook([REPORTS[report].make(inputs(documents()))]) for _ in range(2))
    assert first == second


def test_only_colours_of_the_theme():
    """No colour of our own, so that a report wears the colours of the workbook it is put into."""
    content = workbook([report.make(inputs()) for report in REPORTS.values()])
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for name in book.namelist():
            if "theme" not in name:
                found = re.findall(r'rgb="\w+"|srgbClr', book.read(name).decode())
                assert not found, name


def test_printing():
    made = sheet(titles=(2, 3), freeze=(4, 1), filter=Range(3, 0, 9, 4), footer="9 & Co", landscape=True)
    book = opened(made)
    page = book["It's a test"]
    assert page.print_title_rows == "$3:$4"
    assert page.freeze_panes == "B5"
    assert page.auto_filter.ref == "A4:E10"
    assert page.page_setup.orientation == "landscape"
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
    assert page.print_area.endswith("$A$1:$J$10")
    footer = part(workbook([made]), "xl/worksheets/sheet1.xml")
    assert "&amp;8 9 &amp;&amp; Co" in footer
    assert "&amp;P / &amp;N" in footer


def test_charts_say_what_they_show_and_follow_the_sheets_name():
    content = workbook([REPORTS["aging"].make(inputs()), REPORTS["dso"].make(inputs())])
    assert 'descr="Stacked bar of the open receivables by age as of 2025-12-31: EUR Not yet due ' in part(
        content, "xl/drawings/drawing1.xml"
    )
    assert "'AR Aging'!$" in part(content, "xl/charts/chart1.xml")
    assert "'AR DSO'!$" in part(content, "xl/charts/chart2.xml")
    assert 'val="percentStacked"' in part(content, "xl/charts/chart1.xml")


def test_charts_leave_no_choice_to_the_version_of_the_workbook_they_are_copied_into():
    """In a book of a later Excel what is unsaid would mean yes: smooth lines, blanks as nought, no axes."""
    spaces = [
        ChartSpace.from_tree(fromstring(part(workbook([made]), "xl/charts/chart1.xml").encode()))
        for made in (REPORTS[name].make(inputs()) for name in ("aging", "dso", "dashboard"))
    ]
    assert [space.roundedCorners for space in spaces] == [False, False, False]
    for drawn in map(read_chart, spaces):
        assert drawn.display_blanks == "gap"
        assert drawn.title.overlay is drawn.legend.overlay is False
        assert drawn.x_axis.noMultiLvlLbl is drawn.varyColors is False
        assert drawn.y_axis.minorTickMark in (None, "none")  # openpyxl reads "none" as None
    bar, line, _ = map(read_chart, spaces)
    labels = bar.series[0].dLbls
    assert labels.showVal is True
    assert labels.showSerName is labels.showCatName is labels.showPercent is labels.showLegendKey is False
    assert bar.series[0].invertIfNegative is False
    assert [series.smooth for series in line.series] == [False] * len(line.series)
    assert line.x_axis.delete is line.y_axis.delete is False
    assert line.y_axis.majorTickMark == "out"


THEMES = {
    "2007": (
        "FFFFFF",
        "000000",
        "EEECE1",
        "1F497D",
        "4F81BD",
        "C0504D",
        "9BBB59",
        "8064A2",
        "4BACC6",
        "F79646",
    ),
    "2013": (
        "FFFFFF",
        "000000",
        "E7E6E6",
        "44546A",
        "5B9BD5",
        "ED7D31",
        "A5A5A5",
        "FFC000",
        "4472C4",
        "70AD47",
    ),
    "2023": (
        "FFFFFF",
        "000000",
        "E8E8E8",
        "0E2841",
        "156082",
        "E97132",
        "196B24",
        "0F9ED5",
        "A02B93",
        "4EA72E",
    ),
}
"""The themes that Office has come with: its colours in the order they are counted."""
TINTS = {1: 0.8, 2: 0.6, 3: 0.4, 4: -0.25, 5: -0.5}
DARKER = {1: -0.05, 2: -0.15, 3: -0.25}
LIGHTER_TEXT = {1: 0.5, 2: 0.35, 3: 0.25}


def brightness(colour, theme="2007"):
    place, shade = colour
    tints = {0: DARKER, 1: LIGHTER_TEXT}.get(place, TINTS)
    tint = tints.get(shade, 0)
    values = bytes.fromhex(THEMES[theme][place])
    mixed = [value + (255 - value) * tint if tint > 0 else value * (1 + tint) for value in values]
    linear = [v / 12.92 if (v := c / 255) <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for c in mixed]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second, theme):
    light, dark = sorted((brightness(first, theme), brightness(second, theme)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("text", "fill"),
    [
        *((style.on(fill), fill) for fill in (*style.OVERDUE, style.CURRENT, style.RULE)),
        (style.TEXT, style.PALE),
        (style.TEXT, style.HEAT),
        (style.TEXT, style.BAR),
        (style.TEXT, style.INPUT),
        *(
            (role.get("font_color", style.TEXT), role["bg_color"])
            for role in style.ROLES.values()
            if "bg_color" in role
        ),
        *((text, style.BACKGROUND) for text in (style.GREY, style.ALERT, style.ACCENT, style.DARK)),
    ],
)
@pytest.mark.parametrize("theme", THEMES)
def test_contrast_is_accessible(text, fill, theme):
    """At least 4.5 to 1 (WCAG AA)."""
    assert contrast(text, fill, theme) >= 4.5


def test_overdue_colours_darken_with_age():
    for buckets in range(1, 8):
        shades = [brightness(colour) for colour in style.overdue_colours(buckets)]
        assert shades == sorted(shades, reverse=True)
        assert len(set(shades)) == min(buckets, 5)


def test_chinese_characters_are_two_wide():
    assert text_width("abc") == 3
    assert text_width("逾期ab") == 6
