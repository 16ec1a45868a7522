"""What a sheet can have beyond cells: as data, as a workbook, and as LibreOffice understands it."""

import io
import re
import warnings
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from arcredit.ledger.patch import Patch
from arcredit.reports import style
from arcredit.reports.scratch import workbook
from arcredit.reports.sheet import Entry, Heading, Limits, Mark, Range, Spark, Table
from full_sheet import FIRST, LAST, full_sheet, noted
from ledger.patch_books import ledger, parts
from libreoffice import recalculated


def page(sheet):
    return openpyxl.load_workbook(io.BytesIO(workbook([sheet])))[sheet.name]


def xml(sheet, name="xl/worksheets/sheet1.xml"):
    with zipfile.ZipFile(io.BytesIO(workbook([sheet]))) as book:
        return book.read(name).decode()


def test_same_bytes_every_time_and_only_colours_of_the_theme():
    first, second = (workbook([noted(), full_sheet(tables=())]) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as book:
        for name in book.namelist():
            if "theme" not in name:
                assert not re.findall(rb'rgb="\w+"|srgbClr', book.read(name)), name


def test_no_warning_of_xlsxwriter():
    """It warns where it leaves something out."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        workbook([noted()])


def test_marks_compare_numbers_alone():
    where = Range(3, 2, 9, 2)
    assert Mark.at_least(where, "bad", 0.9).formula == "=AND(ISNUMBER(C4),C4>=0.9)"
    assert Mark.below(where, "ok", "$B$1").formula == "=AND(ISNUMBER(C4),C4<$B$1)"
    assert Mark.says(where, "ok", 'a "b"').formula == '=C4="a ""b"""'


def test_a_mark_changes_colours_and_weight_only():
    for role in style.ROLES:
        assert set(style.emphasis(role)) <= {"bold", "font_color", "bg_color"}
    rules = [rule for group in page(full_sheet()).conditional_formatting for rule in group.rules]
    bad = next(rule for rule in rules if rule.type == "expression")
    assert (bad.dxf.font.color.theme, bad.dxf.fill.bgColor.theme, bad.dxf.font.b) == (0, 5, True)
    assert [rule.priority for rule in rules] == sorted(rule.priority for rule in rules)


def test_sparklines_of_one_look_are_one_group():
    sparks = [Spark(row, 5, Range(row, 1, row, 4)) for row in range(4)]
    text = xml(full_sheet(sparks=(*sparks, Spark(5, 5, Range(5, 1, 5, 4), "line", 0, 9))))
    groups = re.findall(r"<x14:sparklineGroup .*?</x14:sparklineGroup>", text)
    assert sorted(group.count("<x14:sparkline>") for group in groups) == [1, 4]
    line = next(group for group in groups if 'type="column"' not in group)
    assert 'manualMax="9"' in line
    assert 'manualMin="0"' in line
    assert all('manualMin="0"' in group for group in groups)


@pytest.mark.parametrize(
    ("limits", "kind", "operator", "formulas"),
    [
        (Limits("number", 0, 1), "decimal", None, ("0", "1")),
        (Limits("whole", 0), "whole", "greaterThanOrEqual", ("0", None)),
        (Limits("length", high=9), "textLength", "lessThanOrEqual", ("9", None)),
    ],
)
def test_limits(limits, kind, operator, formulas):
    (found,) = page(full_sheet(lists=(Entry(Range(0, 0, 9, 0), limits),))).data_validations.dataValidation
    assert (found.type, found.operator, (found.formula1, found.formula2)) == (kind, operator, formulas)
    assert (found.error, found.prompt, found.errorStyle) == (None, None, None)


def test_long_hints_are_cut_rather_than_lost():
    entry = Entry(Range(0, 0, 0, 0), ("a",), "m" * 300, "h" * 300)
    (found,) = page(full_sheet(lists=(entry,))).data_validations.dataValidation
    assert (len(found.error), len(found.prompt)) == (255, 255)


def test_a_table_writes_headings_and_totals_in_our_style():
    found = page(full_sheet())
    (table,) = found.tables.values()
    assert (table.ref, table.totalsRowCount, table.tableStyleInfo.name) == ("A44:C47", 1, None)
    assert [cell.value for cell in found[44][:3]] == ["customer", "amount", "twice"]
    assert found["B47"].value == "=SUBTOTAL(109,bills[amount])"
    assert (found["A47"].value, found["C47"].value, found["B47"].font.b) == ("Total", None, True)
    light = Table(Range(60, 0, 61, 0), "other", (Heading("a [1]", total=1.0),), look="light", filter=False)
    (table,) = page(replace(full_sheet(), tables=(light,))).tables.values()
    assert (table.tableStyleInfo.name, table.autoFilter) == ("TableStyleLight1", None)


def test_headings_with_brackets_are_quoted_in_formulas():
    table = Table(Range(60, 0, 62, 0), "other", (Heading("a [1]", total=1.0),), total=True)
    assert page(full_sheet(tables=(table,)))["A63"].value == "=SUBTOTAL(109,other[a '[1']])"


def test_one_page_or_as_many_as_it_takes():
    assert 'fitToHeight="0"' in xml(full_sheet(fit_tall=0))
    assert "fitToHeight" not in xml(full_sheet(fit_tall=1))


def test_chart_kinds():
    kinds = {"bar": "percentStacked", "column": "clustered", "stacked": "stacked", "bars": "clustered"}
    for number, chart in enumerate(full_sheet().charts, 1):
        text = xml(full_sheet(), f"xl/charts/chart{number}.xml")
        if chart.kind != "line":
            assert f'<c:grouping val="{kinds[chart.kind]}"/>' in text
        assert ('<c:barDir val="bar"/>' in text) == (chart.kind in ("bar", "bars"))
        assert ("<c:legend>" in text) == (chart.kind != "bars")
        assert (text.count("<c:valAx>") == 2) == (chart.kind == "column")
        assert ("<c:showVal" in text) == (chart.kind in ("bar", "bars"))


def test_columns_stand_on_nought_unless_they_may_be_negative():
    column = next(chart for chart in full_sheet().charts if chart.kind == "column")
    texts = [
        xml(full_sheet(charts=(one,)), "xl/charts/chart1.xml") for one in (column, replace(column, low=None))
    ]
    assert [text.count('<c:min val="0"/>') for text in texts] == [1, 0]


def test_bars_show_nought_to_full():
    text = xml(full_sheet())
    assert '<cfvo type="num" val="0"/><cfvo type="num" val="100.0"/>' in text
    assert 'gradient="0"' in text


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("change2", '+#,##0.00;-#,##0.00;"–"'),
        ("change0", '+#,##0;-#,##0;"–"'),
        ("money0", '#,##0;-#,##0;"–"'),
    ],
)
def test_amounts(kind, shown):
    assert style.properties(f"body.{kind}")["num_format"] == shown


def test_libreoffice_computes_the_same_from_a_users_workbook(tmp_path):
    """A report and a sheet of the user's, transplanted: figures, rules and comments arrive there too."""
    path = ledger(tmp_path / "a.xlsx")
    patch = Patch(path)
    patch.put_sheet(workbook([full_sheet()]), "Everything", owner="everything")
    patch.add_sheet(workbook([noted("Mine", "mine")]), "Mine")
    patch.save()
    (made,) = recalculated([path], tmp_path)
    ours, theirs = (openpyxl.load_workbook(file, data_only=True) for file in (path, made))
    for name in ("Everything", "Mine"):
        for row in ours[name].iter_rows():
            for cell in row:
                found = theirs[name][cell.coordinate].value
                assert (found or None) == (cell.value or None), (name, cell.coordinate)
        assert theirs[name]["B47"].value == 4
        assert theirs[name]["C46"].value == 5
        assert theirs[name]["D3"].value == ours[name]["D3"].value > 700
        assert len(theirs[name].data_validations.dataValidation) == 6
        assert len(theirs[name]._charts) == 5
        rules = [rule.type for group in theirs[name].conditional_formatting for rule in group.rules]
        assert sorted(rules) == ["colorScale", "dataBar", *["expression"] * 4]
    assert theirs["Mine"]["B2"].comment.text.startswith("Fill in, please.")
    text = parts(made)["xl/worksheets/sheet3.xml"].decode()
    assert text.count("<x14:sparkline>") == 2 * (LAST - FIRST + 1)


def test_blank_lines_of_a_template_table():
    """A table needs a line, which may be blank."""
    table = Table(Range(0, 0, 1, 0), "one", (Heading("a"),))
    empty = full_sheet(cells=(), blocks=(), tables=(table,), marks=(), sparks=(), charts=(), lists=())
    assert [cell.value for cell in page(empty)["A"]] == ["a"]


def test_only_amounts_have_a_number_of_places():
    with pytest.raises(KeyError):
        style.properties("body.percent2")
    assert style.properties("body.exact3")["num_format"] == "#,##0.000;-#,##0.000"
