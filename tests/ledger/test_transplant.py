"""A report sheet moved from a scratch workbook into another one, with everything that hangs on it."""

import io
import re
import zipfile
from xml.etree import ElementTree

import openpyxl
import pytest
import xlsxwriter

from arcredit.errors import PatchError
from arcredit.ledger.patch import Patch
from ledger.losses import Package
from ledger.patch_books import ledger, opened, parts, rebuilt, replaced, report

SHEET = "xl/worksheets/sheet3.xml"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc00000"
    "0301010018dd8db00000000049454e44ae426082"
)


def scratch(fill, name="Report"):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        fill(book, book.add_worksheet(name))
    return out.getvalue()


def moved(path, raw, name="Report"):
    patch = Patch(path)
    patch.put_sheet(raw, name, owner="report")
    assert patch.save()
    sound(path)
    return opened(path)[name]


def sound(path):
    """Every part parses, every relationship leads somewhere, every part has a content type."""
    package = Package(path)
    assert package.dangling() == set()
    assert package.untyped() == set()
    for key, data in package.parts.items():
        if key.endswith((".xml", ".rels", ".vml")):
            ElementTree.fromstring(data)


def test_widths_heights_panes_print_setup_and_formats(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    sheet = moved(path, report("Report"))
    assert sheet.column_dimensions["A"].width > 30
    assert (sheet.row_dimensions[1].height, sheet.freeze_panes) == (24, "B2")
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert (sheet.print_title_rows, sheet.print_area) == ("$1:$1", "'Report'!$A$1:$C$22")
    assert sheet.auto_filter.ref == "A1:C20"
    rules = [rule for group in sheet.conditional_formatting for rule in group.rules]
    assert {rule.type for rule in rules} >= {"cellIs", "dataBar"}
    assert next(rule for rule in rules if rule.type == "cellIs").dxf.font.color.rgb == "FF9C0006"
    assert sheet.data_validations.dataValidation[0].formula1 == '"1-30,31-60"'
    assert sheet["H3"].hyperlink.target == "https://example.org/terms"
    assert sheet["H4"].hyperlink.location == "'Report'!A1"
    assert (sheet["A1"].fill.fgColor.rgb, sheet["A1"].border.bottom.style) == ("FFDDEBF7", "thin")
    assert sheet["C21"].value == "=SUM(C2:C20)"
    text = parts(path)[SHEET].decode()
    assert "<xm:f>'Report'!C2:C9</xm:f>" in text
    assert 'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"' in text
    assert "<oddFooter>&amp;P / &amp;N</oddFooter>" in text
    assert "tabSelected" not in text


def test_texts_become_inline_texts(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    before = parts(path)["xl/sharedStrings.xml"]
    sheet = moved(path, report("Report"))
    assert sheet["A2"].value == "Customer 1 & Söhne 客户"
    assert sheet["E1"].value == "as of 31 Dec 2025"
    text = parts(path)[SHEET].decode()
    assert 't="s"' not in text
    assert "<is><r><t" in text
    assert parts(path)["xl/sharedStrings.xml"] == before


def test_charts_and_images_next_to_those_that_are_there(tmp_path):
    def fill(book, sheet):
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": f"={sheet.name}!$B$2:$B$6", "name": sheet.name})
        sheet.insert_chart("E2", chart)
        sheet.insert_image("E20", "a.png", {"image_data": io.BytesIO(PIXEL)})

    path = ledger(tmp_path / "a.xlsx", fill=fill)
    before = parts(path)
    sheet = moved(path, scratch(fill))
    after = parts(path)
    assert {name: data for name, data in after.items() if "chart" in name and name in before} == {
        name: data for name, data in before.items() if "chart" in name
    }
    fresh = {name for name in after if name not in before}
    assert {"xl/charts/chart3.xml", "xl/drawings/drawing3.xml", "xl/media/image2.png"} <= fresh
    assert b"<c:f>Report!$B$2:$B$6</c:f>" in after["xl/charts/chart3.xml"]
    assert after["xl/media/image2.png"] == PIXEL
    assert len(sheet._charts) == 1
    assert len(opened(path)["Ledger"]._charts) == 1


def test_tables_get_free_numbers_and_names(tmp_path):
    def fill(book, sheet):
        sheet.add_table(30, 0, 33, 1, {"name": "Totals" if sheet.name == "Ledger" else "Other"})

    path = ledger(tmp_path / "a.xlsx", fill=fill)
    patch = Patch(path)
    patch.define_name("Totals_2", "Ledger!$A$1")
    patch.save()
    sheet = moved(path, report("Report", table=True))
    (table,) = sheet.tables.values()
    assert (table.displayName, table.name, table.id) == ("Totals_3", "Totals_3", 3)
    assert sheet["D31"].value == "=SUM(Totals_3[B])"
    before = path.read_bytes()
    again = Patch(path)
    again.put_sheet(report("Report", table=True), "Report", owner="report")
    assert not again.save()
    assert path.read_bytes() == before


def test_comments_come_along(tmp_path):
    def fill(book, sheet):
        sheet.write_comment("B2", f"note of {sheet.name}")

    path = ledger(tmp_path / "a.xlsx", fill=fill)
    assert moved(path, scratch(fill))["B2"].comment.text == "note of Report"
    assert opened(path)["Ledger"]["B2"].comment.text == "note of Ledger"


def test_what_cannot_be_moved(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    dynamic = scratch(lambda book, sheet: sheet.write_dynamic_array_formula("A1", "=SORT(B1:B3)"))
    patch = Patch(path)
    patch.put_sheet(dynamic, "Report", owner="report")
    with pytest.raises(PatchError) as refusal:
        patch.save()
    assert refusal.value.values["kind"] == "dynamic array"
    with pytest.raises(PatchError) as refusal:
        Patch(path).put_sheet(report(), "Nothing", owner="report")
    assert refusal.value.key == "patch.no_such_sheet"
    background = scratch(lambda book, sheet: sheet.set_background(io.BytesIO(PIXEL)))
    assert moved(path, background)


def test_only_the_wanted_sheet_moves(tmp_path):
    def fill(book, sheet):
        sheet.repeat_rows(0)
        other = book.add_worksheet("Other")
        other.repeat_rows(1)
        other.write("A1", "not this")

    path = ledger(tmp_path / "a.xlsx")
    moved(path, scratch(fill))
    everything = b"".join(data for data in parts(path).values())
    assert b"not this" not in everything
    assert everything.count(b"_xlnm.Print_Titles") == 1


def strict(path):
    """The workbook in the standard's strict form."""

    def change(data):
        data = data.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        return data.replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )

    names = [
        name for name in parts(path) if name.endswith((".xml", ".rels")) and name != "[Content_Types].xml"
    ]
    return rebuilt(path, dict.fromkeys(names, change))


def test_a_strict_workbook_gets_a_strict_report(tmp_path):
    path = strict(ledger(tmp_path / "a.xlsx"))
    patch = Patch(path)
    patch.put_sheet(report(), "AR Aging", owner="aging")
    patch.set_cell("Ledger", "F1", 1)
    patch.remember("{}")
    assert patch.save()
    sound(path)
    have = parts(path)
    fresh = b"".join(
        data for name, data in have.items() if not name.startswith(("docProps", "_rels", "xl/theme", "["))
    )
    assert b"schemas.openxmlformats.org/spreadsheetml" not in fresh
    assert b"schemas.openxmlformats.org/officeDocument/2006/relationships" not in fresh
    assert b"schemas.openxmlformats.org/drawingml" not in fresh
    assert have["xl/charts/chart1.xml"].count(b"http://purl.oclc.org/ooxml/drawingml/chart") >= 1
    again = Patch(path)
    again.put_sheet(report(), "AR Aging", owner="aging")
    again.remember("{}")
    assert not again.save()
    assert again.settings() == "{}"


def test_percentages_in_a_strict_chart(tmp_path):
    def fill(book, sheet):
        chart = book.add_chart({"type": "column"})
        shade = {"color": "red", "transparency": 25}
        chart.add_series({"values": "=Report!$B$2:$B$6", "gap": 50, "fill": shade})
        sheet.insert_chart("E2", chart)

    path = strict(ledger(tmp_path / "a.xlsx"))
    patch = Patch(path)
    patch.put_sheet(scratch(fill), "Report", owner="report")
    patch.save()
    text = parts(path)["xl/charts/chart1.xml"].decode()
    assert '<c:gapWidth val="50%"/>' in text
    assert '<a:alpha val="75%"/>' in text


def test_two_reports_in_one_save(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    patch = Patch(path)
    patch.put_sheet(report(), "AR Aging", owner="aging")
    patch.put_sheet(report("客户 'A' & B"), "客户 'A' & B", owner="customers")
    assert patch.save()
    sound(path)
    assert Patch(path).owned() == {"aging": "AR Aging", "customers": "客户 'A' & B"}
    book = opened(path)
    assert book["客户 'A' & B"]["C22"].value == "='客户 'A' & B'!C2*2"
    numbers = [
        sheet_id for sheet_id in re.findall(r'sheetId="(\d+)"', parts(path)["xl/workbook.xml"].decode())
    ]
    assert len(set(numbers)) == len(numbers) == 4


def test_a_user_font_stays_the_reports_font(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    rebuilt(path, {"xl/styles.xml": lambda data: data.replace(b'val="Calibri"', b'val="Arial"', 1)})
    rebuilt(path, {"xl/styles.xml": replaced('<sz val="11"/>', '<sz val="9"/>')})
    sheet = moved(path, report("Report"))
    assert (sheet["A1"].font.name, sheet["A1"].font.sz, sheet["A1"].font.b) == ("Arial", 9, True)
    assert (sheet["C2"].font.name, sheet["C2"].font.sz) == ("Arial", 9)


def test_a_scratch_workbook_without_texts(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    assert moved(path, scratch(lambda book, sheet: sheet.write("A1", 1)))["A1"].value == 1


def test_a_scratch_workbook_of_openpyxl(tmp_path):
    """Not ours to use, but nothing of XlsxWriter's alone is relied on."""
    made = openpyxl.Workbook()
    made.active.title = "Report"
    made.active["A1"] = "text"
    made.active["B1"] = 5
    made.active["B1"].number_format = "0.000"
    out = io.BytesIO()
    made.save(out)
    assert zipfile.is_zipfile(out)
    sheet = moved(ledger(tmp_path / "a.xlsx"), out.getvalue())
    assert (sheet["A1"].value, sheet["B1"].number_format) == ("text", "0.000")
