"""Styles: appended, found again, never renumbered; the report takes the workbook's own font."""

import re
from xml.etree import ElementTree

import pytest

from arcredit.ledger.patch import Patch
from arcredit.ledger.writing.styles import StyleMap, Styles, empty_styles, key_of, rendered
from ledger.patch_books import MAIN, ledger, opened, parts, rebuilt, report

XF = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'


def sheet_of(content, prefix=""):
    declared = f'xmlns:{prefix}="{MAIN}"' if prefix else f'xmlns="{MAIN}"'
    tag = f"{prefix}:styleSheet" if prefix else "styleSheet"
    return Styles(f"<{tag} {declared}>{content}</{tag}>".encode(), "styles")


def small(fonts='<font><sz val="12"/><name val="等线"/><charset val="134"/></font>', more=""):
    return sheet_of(
        f'<fonts count="1">{fonts}</fonts><fills count="1"><fill><patternFill/></fill></fills>'
        f'<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs count="1">{XF}</cellXfs>{more}'
    )


def node(text):
    return ElementTree.fromstring(f'<a xmlns="{MAIN}">{text}</a>')[0]


def test_nothing_asked_nothing_changed():
    styles = small()
    assert styles.find("cellXfs", node(XF)) == 0
    assert styles.result() == styles.data


def test_what_is_there_is_found_whatever_its_prefix_and_order():
    styles = sheet_of('<x:cellXfs><x:xf fontId="1" numFmtId="0"/></x:cellXfs>', prefix="x")
    assert styles.find("cellXfs", node('<xf numFmtId="0" fontId="1"/>')) == 0
    assert styles.find("cellXfs", node('<xf numFmtId="1"><alignment horizontal="left"/></xf>')) == 1
    assert b'<x:xf numFmtId="1"><x:alignment horizontal="left"/></x:xf></x:cellXfs>' in styles.result()
    assert styles.find("cellXfs", node('<xf numFmtId="1"><alignment horizontal="left"/></xf>')) == 1


def test_a_second_reading_appends_nothing():
    styles = small()
    styles.find("dxfs", node("<dxf><font><b/></font></dxf>"))
    styles.number_format("0.000")
    styles.with_number_format(0, 164)
    again = Styles(styles.result(), "styles")
    assert again.find("dxfs", node("<dxf><font><b/></font></dxf>")) == 0
    assert again.number_format("0.000") == 164
    assert again.with_number_format(0, 164) == 1
    assert again.result() == again.data


def test_missing_groups_come_in_the_schemas_order():
    styles = sheet_of('<cellXfs count="0"/><tableStyles count="0"/>')
    styles.number_format('0 "d"')
    for group, text in (
        ("dxfs", "<dxf/>"),
        ("borders", "<border/>"),
        ("fonts", "<font><b/></font>"),
        ("cellXfs", "<xf/>"),
    ):
        styles.find(group, node(text))
    names = [child.tag.rpartition("}")[2] for child in ElementTree.fromstring(styles.result())]
    assert names == ["numFmts", "fonts", "borders", "cellXfs", "dxfs", "tableStyles"]
    counts = re.findall(rb'<(\w+) count="(\d)"', styles.result())
    assert (b"fonts", b"2") in counts
    assert (b"cellXfs", b"2") in counts


def test_a_style_sheet_without_anything():
    styles = Styles(f'<x:styleSheet xmlns:x="{MAIN}" />'.encode(), "styles")
    assert styles.find("cellXfs", node('<xf numFmtId="2"/>')) == 1
    assert ElementTree.fromstring(styles.result())[0].get("count") == "2"
    assert Styles(empty_styles(MAIN), "styles").xf(0).get("numFmtId") == "0"


@pytest.mark.parametrize(
    ("code", "number"), [("General", 0), ("0.00", 2), ("#,##0.00", 4), ("0%", 9), ("@", 49), ("yyyy", 164)]
)
def test_number_formats(code, number):
    assert small().number_format(code) == number


def test_a_number_format_keeps_the_rest_of_the_style():
    more = '<xf numFmtId="9" fontId="3" quotePrefix="1"><alignment indent="2"/></xf>'
    styles = sheet_of(f'<cellXfs count="2">{XF}{more}</cellXfs>')
    assert styles.with_number_format(1, 9) == 1
    assert styles.with_number_format(1, 14) == 2
    assert rendered(styles.xf(2), "") == (
        '<xf numFmtId="14" fontId="3" quotePrefix="1" applyNumberFormat="1"><alignment indent="2"/></xf>'
    )


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("yyyy-mm-dd", True),
        ('0 "days"', False),
        ("[Red]0.00", False),
        ("[h]:mm", True),
        ("#,##0_);[Red](#,##0)", False),
        ("0\\d", False),
        ('dd"."mm', True),
    ],
)
def test_which_formats_show_dates(code, is_date):
    styles = small()
    assert styles.is_date(styles.with_number_format(0, styles.number_format(code))) is is_date
    assert styles.is_date(styles.with_number_format(0, 14))
    assert not styles.is_date(0)


def test_a_report_takes_the_workbooks_font():
    target = small()
    scratch = sheet_of(
        '<fonts><font><sz val="11"/><color theme="1"/><name val="Calibri"/><family val="2"/></font>'
        '<font><b/><sz val="11"/><color rgb="FF9C0006"/><name val="Calibri"/><family val="2"/></font>'
        '<font><sz val="16"/><name val="Consolas"/></font></fonts>'
        '<fills><fill><patternFill patternType="none"/></fill></fills><borders><border/></borders>'
        '<cellXfs><xf/><xf fontId="1" applyFont="1"/><xf fontId="2"/><xf fontId="0"/></cellXfs>'
    )
    styles = StyleMap(scratch, target)
    assert styles.xf(0) == 0
    fonts = [
        rendered(target.items["fonts"][int(target.xf(styles.xf(n)).get("fontId"))], "") for n in (1, 2, 3)
    ]
    assert (
        fonts[0]
        == '<font><b/><sz val="12"/><color rgb="FF9C0006"/><name val="等线"/><charset val="134"/></font>'
    )
    assert fonts[1] == '<font><sz val="16"/><name val="Consolas"/></font>'
    assert fonts[2] == '<font><sz val="12"/><name val="等线"/><charset val="134"/></font>'


def test_conditional_formats_are_found_again():
    dxf = '<dxf><font><color rgb="FF9C0006"/></font><numFmt numFmtId="170" formatCode="0.0000"/></dxf>'
    target = small(more='<dxfs count="1"><dxf><font><b/></font></dxf></dxfs>')
    styles = StyleMap(sheet_of(f'<dxfs count="1">{dxf}</dxfs>'), target)
    assert styles.dxf(0) == 1
    assert b'formatCode="0.0000"' in target.result()
    assert StyleMap(sheet_of(f"<dxfs>{dxf}</dxfs>"), Styles(target.result(), "styles")).dxf(0) == 1


def test_equal_items():
    assert key_of(node('<xf a="1" b="2"> <c/> </xf>')) == key_of(node('<xf b="2" a="1"><c></c></xf>'))
    assert key_of(node("<xf><c/><d/></xf>")) != key_of(node("<xf><d/><c/></xf>"))


def test_old_styles_keep_their_numbers(tmp_path):
    def fill(book, sheet):
        for row in range(20):
            style = book.add_format({"font_size": 8 + row, "num_format": f"0.{'0' * (row + 1)}"})
            sheet.write_number(row, 7, row, style)

    path = ledger(tmp_path / "a.xlsx", fill=fill)
    before = parts(path)["xl/styles.xml"].decode()
    patch = Patch(path)
    patch.put_sheet(report(), "AR Aging", owner="aging")
    patch.set_cell("Ledger", "H3", 5, number_format="0.00000000 x")
    patch.save()
    after = parts(path)["xl/styles.xml"].decode()
    for group in ("numFmts", "fonts", "fills", "borders", "cellXfs"):
        old, new = (
            re.search(rf"<{group} count=\"\d+\">(.*?)</{group}>", text)[1] for text in (before, after)
        )
        assert new.startswith(old)
        assert len(new) > len(old) or group == "borders"
    cell = opened(path)["Ledger"]["H3"]
    assert (cell.number_format, cell.font.sz) == ("0.00000000 x", 10)


def test_declared_counts_are_right(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    rebuilt(path, {"xl/styles.xml": lambda data: data.replace(b'<dxfs count="0"/>', b"<dxfs/>")})
    patch = Patch(path)
    patch.put_sheet(report(), "AR Aging", owner="aging")
    patch.save()
    for group in ElementTree.fromstring(parts(path)["xl/styles.xml"]):
        if group.get("count"):
            assert int(group.get("count")) == len(group), group.tag
