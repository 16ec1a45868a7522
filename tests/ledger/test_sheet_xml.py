"""Cells written into a sheet's XML: each trap one test."""

import datetime as dt
import re

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.errors import PatchError
from arcredit.ledger.patch import CellError, Change, Patch
from arcredit.ledger.writing.cells import (
    Area,
    area_of,
    cell_name,
    escaped_text,
    place_of,
    unescaped_text,
)
from arcredit.ledger.writing.sheet_scan import masked, scan
from arcredit.ledger.writing.sheet_xml import NewCell, SheetPatcher
from arcredit.ledger.writing.stored_cells import stored_cells
from arcredit.ledger.writing.xml_spans import splice, splice_stream
from ledger.patch_books import MAIN, ledger, parts, rebuilt, replaced, with_rows

SHEET = "xl/worksheets/sheet1.xml"


def patched(rows, cells, head="", tail="", size=7, prefix=""):
    """A sheet of these rows with cells written, read in pieces of `size` bytes."""
    q = f"{prefix}:" if prefix else ""
    declared = f'xmlns:{prefix}="{MAIN}"' if prefix else f'xmlns="{MAIN}"'
    data = f"<{q}worksheet {declared}>{head}{rows}{tail}</{q}worksheet>".encode()
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    wanted = {
        place_of(ref): cell if isinstance(cell, NewCell) else NewCell(cell) for ref, cell in cells.items()
    }
    sheet = scan(pieces, {row for row, _ in wanted}, "sheet")
    result = SheetPatcher(sheet, lambda style, _: style, lambda _: {}).patch(wanted)
    whole = splice(data, result.edits)
    assert b"".join(splice_stream(pieces, result.edits)) == whole
    text = whole.decode()
    return text[text.index(declared) + len(declared) + 1 :].removesuffix(f"</{q}worksheet>"), result


def body(rows, cells, **more):
    return patched(f"<sheetData>{rows}</sheetData>", cells, **more)[0].removeprefix("<sheetData>")[:-12]


def test_a_cell_in_an_empty_sheet():
    assert patched("<sheetData/>", {"B2": 1})[0] == (
        '<sheetData><row r="2"><c r="B2"><v>1</v></c></row></sheetData>'
    )
    assert patched("<sheetData></sheetData>", {"B2": 1, "A1": 2})[0] == (
        '<sheetData><row r="1"><c r="A1"><v>2</v></c></row>'
        '<row r="2"><c r="B2"><v>1</v></c></row></sheetData>'
    )


@pytest.mark.parametrize("size", [1, 3, 50, 10_000])
def test_cells_go_between_their_neighbours(size):
    rows = '<row r="2"><c r="B2"><v>1</v></c><c r="D2"><v>3</v></c></row><row r="5"/>'
    assert body(rows, {"A2": 9, "C2": 9, "E2": 9, "C5": 8, "A3": 7, "A9": 6}, size=size) == (
        '<row r="2"><c r="A2"><v>9</v></c><c r="B2"><v>1</v></c><c r="C2"><v>9</v></c><c r="D2"><v>3</v></c>'
        '<c r="E2"><v>9</v></c></row><row r="3"><c r="A3"><v>7</v></c></row>'
        '<row r="5"><c r="C5"><v>8</v></c></row>'
        '<row r="9"><c r="A9"><v>6</v></c></row>'
    )


def test_rows_and_cells_without_a_reference_are_counted():
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"
    assert body(rows, {"B1": 9, "C2": 8}) == (
        '<row><c><v>1</v></c><c r="B1"><v>9</v></c></row><row><c><v>3</v></c><c r="C2"><v>8</v></c></row>'
    )


def test_rows_out_of_order_stay_so():
    rows = '<row r="5"><c r="A5"><v>5</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
    assert body(rows, {"A2": 9}) == rows.replace("<v>2</v>", "<v>9</v>")


def test_cells_out_of_order_stay_so():
    rows = '<row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c></row>'
    assert body(rows, {"A1": 9}) == rows.replace("<v>1</v>", "<v>9</v>")


def test_comments_cdata_and_instructions_are_no_tags():
    rows = (
        '<!-- <row r="2"> --><row r="1"><c r="A1" t="str"><v><![CDATA[</c><c r="B1"></row>]]></v></c>'
        '<?x <row r="9"> ?><c r="C1"><v>3</v><!-- </c> --></c></row><row r="3"><c r="A3"><v>1</v></c></row>'
    )
    assert body(rows, {"B1": 5, "C1": 9, "A2": 7}) == (
        rows.replace("<?x <row", "@")
        .replace('<c r="C1"><v>3</v><!-- </c> --></c>', '<c r="C1"><v>9</v></c>')
        .replace("@", "<?x <row")
        .replace('<c r="C1">', '<c r="B1"><v>5</v></c><c r="C1">', 1)
        .replace('<row r="3">', '<row r="2"><c r="A2"><v>7</v></c></row><row r="3">')
    )


@given(st.lists(st.sampled_from([b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<row>", b"a", b"<?", b"?>"])))
def test_masking_keeps_every_place(pieces):
    data = b"".join(pieces)
    shown = masked(data)
    assert len(shown) == len(data)
    assert all(new in (old, 32) for old, new in zip(data, shown, strict=True))


def test_brackets_inside_attributes():
    rows = '<row r="1" x:note="a>b"><c r="A1" x:n=\'">\'><v>1</v></c></row>'
    assert body(rows, {"A1": 2, "B1": 3}) == (
        '<row r="1" x:note="a>b"><c r="A1"><v>2</v></c><c r="B1"><v>3</v></c></row>'
    )


def test_a_prefix_is_used_everywhere():
    rows = '<x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row></x:sheetData>'
    cells = {"A1": "a", "B1": NewCell(2, "A1"), "A2": True}
    assert patched(rows, cells, prefix="x")[0] == (
        '<x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c>'
        '<x:c r="B1"><x:f>A1</x:f><x:v>2</x:v></x:c></x:row>'
        '<x:row r="2"><x:c r="A2" t="b"><x:v>1</x:v></x:c></x:row></x:sheetData>'
    )


def test_spans_and_dimension_widen():
    rows = '<row r="1" spans="2:3"><c r="B1"><v>1</v></c></row>'
    text, _ = patched(f"<sheetData>{rows}</sheetData>", {"E1": 1, "A7": 1}, head='<dimension ref="B1:C1"/>')
    assert '<dimension ref="A1:E7"/>' in text
    assert 'spans="2:5"' in text
    assert body(rows, {"C1": 2}).startswith('<row r="1" spans="2:3">')


def test_a_sheet_without_dimension_gets_none():
    assert "dimension" not in patched("<sheetData/>", {"C9": 1})[0]


def test_a_new_cell_takes_its_rows_style_or_its_columns():
    head = '<cols><col min="2" max="3" width="9" style="4"/></cols>'
    rows = '<row r="1" s="7" customFormat="1"><c r="A1"/></row><row r="2" s="8"><c r="A2"/></row>'
    text, _ = patched(f"<sheetData>{rows}</sheetData>", {"B1": 1, "B2": 1, "D2": 1, "C3": 1}, head=head)
    assert re.findall(r'<c r="(\w+)"(?: s="(\d)")?><v>', text) == [
        ("B1", "7"),
        ("B2", "4"),
        ("D2", ""),
        ("C3", "4"),
    ]


def test_style_stays_and_type_goes_when_a_value_changes():
    rows = '<row r="1"><c r="A1" s="3" t="s" cm="1" vm="2" ph="1"><v>0</v></c></row>'
    assert body(rows, {"A1": 1.5}) == '<row r="1"><c r="A1" s="3"><v>1.5</v></c></row>'
    assert body(rows, {"A1": None}) == '<row r="1"><c r="A1" s="3"/></row>'


def test_the_same_again_is_no_edit():
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>x &amp; y</t></is></c><c r="B1"><v>1.50</v></c>'
        '<c r="C1" t="b"><v>1</v></c><c r="D1" t="e"><v>#N/A</v></c><c r="E1" t="str"><f>A1</f><v>x</v></c>'
        '<c r="F1"/></row>'
    )
    same = {
        "A1": "x & y",
        "B1": 1.5,
        "C1": True,
        "D1": CellError("#N/A"),
        "E1": NewCell("x", "A1"),
        "F1": None,
        "G1": None,
        "A9": None,
    }
    assert body(rows, same) == rows
    assert body(rows, {"C1": 1}) != rows
    assert body(rows, {"B1": "1.5"}) != rows


def test_the_result_of_a_formula_is_replaced_and_the_formula_kept():
    rows = (
        '<row r="1"><c r="A1" s="2" t="str" cm="1"><f t="array" ref="A1:B1" ca="1">F(&lt;1)</f>'
        "<v>x</v></c></row>"
    )
    assert body(rows, {"A1": NewCell(2.5, keep=True)}) == (
        '<row r="1"><c cm="1" r="A1" s="2"><f t="array" ref="A1:B1" ca="1">F(&lt;1)</f><v>2.5</v></c></row>'
    )
    assert body(rows, {"A1": NewCell(CellError("#NUM!"), keep=True)}) == (
        '<row r="1"><c cm="1" r="A1" s="2" t="e"><f t="array" ref="A1:B1" ca="1">F(&lt;1)</f>'
        "<v>#NUM!</v></c></row>"
    )


@given(
    st.text(st.characters(codec="utf-16", exclude_categories=[]), max_size=40)
    | st.from_regex(r"_x[0-9a-fA-F]{4}_", fullmatch=True)
)
def test_any_text_comes_back(text):
    rows = body("", {"A1": text})
    (cell,) = stored_cells([rows.encode("utf-8")], "cell")
    assert cell.value({}) == text
    assert unescaped_text(unescaped_text(escaped_text("_x0041_"))) == "A"


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**14), 10**14))
def test_any_number_comes_back(number):
    data = body("", {"A1": number})
    (cell,) = stored_cells([data.encode()], "cell")
    assert cell.value({}) == number


@given(st.integers(1, 1_048_576), st.integers(1, 16_384))
def test_references(row, column):
    name = cell_name((row, column))
    assert place_of(name) == place_of(f"${name}") == (row, column)
    assert area_of(f"{name}:A1") == Area(1, 1, row, column)


@pytest.mark.parametrize("ref", ["", "A", "1", "A0", "XFE1", "A1048577", "A1:B2", "AAAA1", "A-1", "Sheet!A1"])
def test_no_reference(ref):
    assert place_of(ref) is None


def test_no_rows_element():
    with pytest.raises(PatchError) as refusal:
        patched("<sheetViews/>", {"A1": 1})
    assert refusal.value.key == "patch.odd_sheet"


# Through a whole workbook


def saved(path, sheet="Ledger", **cells):
    patch = Patch(path)
    for ref, value in cells.items():
        patch.set_cell(sheet, ref, value)
    changes = patch.changes()
    assert patch.save()
    return changes


def shown(path, sheet="Ledger"):
    return openpyxl.load_workbook(path)[sheet]


def test_each_kind_of_value(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    cells = {
        "F1": 0.1 + 0.2,
        "F2": "=1+1",
        "F3": "  x \n y ",
        "F4": "\U0001f4b6 é",
        "F5": dt.date(2026, 11, 23),
        "F6": dt.datetime(2026, 11, 23, 6),
        "F7": CellError("#DIV/0!"),
        "F8": False,
        "F9": "a\x01b _x0041_",
    }
    saved(path, **cells)
    sheet = shown(path)
    assert sheet["F1"].value == 0.1 + 0.2
    assert (sheet["F2"].value, sheet["F2"].data_type) == ("=1+1", "s")
    assert sheet["F3"].value == "  x \n y "
    assert sheet["F4"].value == "\U0001f4b6 é"
    assert (sheet["F5"].value, sheet["F5"].number_format) == (dt.datetime(2026, 11, 23), "mm-dd-yy")
    assert (sheet["F6"].value, sheet["F6"].number_format) == (dt.datetime(2026, 11, 23, 6), "m/d/yy h:mm")
    assert (sheet["F7"].value, sheet["F8"].value) == ("#DIV/0!", False)
    assert "a_x0001_b _x005F_x0041_" in parts(path)[SHEET].decode()


def test_a_formula_with_its_stored_result(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    patch = Patch(path)
    patch.set_cell("Ledger", "F1", 30.75, formula="=SUM(B2:B4)<9", number_format='0.0 "d"')
    assert patch.changes() == [Change("Ledger", "F1", None, "=SUM(B2:B4)<9")]
    patch.save()
    assert shown(path)["F1"].value == "=SUM(B2:B4)<9"
    assert shown(path)["F1"].number_format == '0.0 "d"'
    assert openpyxl.load_workbook(path, data_only=True)["Ledger"]["F1"].value == 30.75


def test_dates_in_a_1904_workbook(tmp_path):
    path = ledger(tmp_path / "a.xlsx", options={"date_1904": True})
    assert Patch(path).date_1904
    saved(path, F1=dt.date(2026, 11, 23))
    assert "<v>44887</v>" in parts(path)[SHEET].decode()
    assert shown(path)["F1"].value == dt.datetime(2026, 11, 23)


def test_dates_around_excels_leap_day(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    saved(path, F1=dt.date(1900, 3, 1), F2=dt.date(1900, 2, 28), F3=dt.date(1900, 1, 1))
    assert re.findall(r'r="F\d"[^>]*><v>(\d+)', parts(path)[SHEET].decode()) == ["61", "59", "1"]


def test_changes_before_and_after(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    assert saved(path, A1="Number", B2=7, C3=None, H1=True) == [
        Change("Ledger", "A1", "Invoice", "Number"),
        Change("Ledger", "H1", None, True),
        Change("Ledger", "B2", 10.25, 7),
        Change("Ledger", "C3", 45002, None),
    ]
    patch = Patch(path)
    patch.set_cell("ledger", "A1", "Number")
    assert patch.changes() == []
    assert not patch.save()


def test_shared_strings_stay_as_they_are(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    before = parts(path)["xl/sharedStrings.xml"]
    saved(path, A1="Rechnung", A2="INV2")
    assert parts(path)["xl/sharedStrings.xml"] == before


def test_a_workbook_without_shared_strings(tmp_path):
    path = ledger(tmp_path / "a.xlsx", options={"constant_memory": True})
    saved(path, A1="Rechnung", F9="new")
    assert [shown(path)[ref].value for ref in ("A1", "A2", "F9")] == ["Rechnung", "INV1", "new"]


def with_formulas(path, rows, extra=""):
    """A workbook with these rows and a calculation chain that lists B1."""
    chain = f'<calcChain xmlns="{MAIN}"><c r="B1" i="1"/></calcChain>'.encode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    made = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    return rebuilt(
        ledger(path),
        {
            SHEET: with_rows(rows, extra),
            "xl/calcChain.xml": chain,
            "xl/_rels/workbook.xml.rels": replaced(
                "</Relationships>",
                f'<Relationship Id="rId99" Type="{kind}" Target="calcChain.xml"/></Relationships>',
            ),
            "[Content_Types].xml": replaced(
                "</Types>", f'<Override PartName="/xl/calcChain.xml" ContentType="{made}"/></Types>'
            ),
        },
    )


def test_a_number_over_a_formula_takes_the_calculation_chain_away(tmp_path):
    path = with_formulas(tmp_path / "a.xlsx", '<row r="1"><c r="B1"><f>1+1</f><v>2</v></c></row>')
    assert saved(path, B1=5) == [Change("Ledger", "B1", "=1+1", 5)]
    have = parts(path)
    assert "xl/calcChain.xml" not in have
    assert not any(b"calcChain" in data for data in have.values())


def test_the_calculation_chain_stays_where_no_formula_changed(tmp_path):
    path = with_formulas(tmp_path / "a.xlsx", '<row r="1"><c r="B1"><f>1+1</f><v>2</v></c></row>')
    before = parts(path)["xl/calcChain.xml"]
    patch = Patch(path)
    patch.set_cell("Ledger", "C1", 5)
    patch.set_result("Ledger", "B1", 3)
    patch.save()
    assert parts(path)["xl/calcChain.xml"] == before
    assert '<c r="B1"><f>1+1</f><v>3</v></c>' in parts(path)[SHEET].decode()


SHARED_ROWS = (
    '<row r="1"><c r="A1"><v>1</v></c><c r="B1">'
    '<f t="shared" ref="B1:B3" si="0">$A1*A$1+2&amp;"B1"</f><v>1</v></c></row>'
    '<row r="2"><c r="A2"><v>2</v></c><c r="B2"><f t="shared" si="0"/><v>2</v></c></row>'
    '<row r="3"><c r="A3"><v>3</v></c><c r="B3" t="str"><f t="shared" ca="1" si="0"></f><v>3</v></c></row>'
)


def test_a_shared_formula_finds_a_new_home(tmp_path):
    path = with_formulas(tmp_path / "a.xlsx", SHARED_ROWS)
    saved(path, B1=5)
    sheet = shown(path)
    assert [sheet[ref].value for ref in ("B1", "B2", "B3")] == [5, '=$A2*A$1+2&"B1"', '=$A3*A$1+2&"B1"']
    assert '<f t="shared" si="0" ref="B2:B3">' in parts(path)[SHEET].decode()


def test_a_shared_formula_skips_cells_that_go_too(tmp_path):
    path = with_formulas(tmp_path / "a.xlsx", SHARED_ROWS)
    saved(path, B1=5, B2="x")
    assert [shown(path)[ref].value for ref in ("B1", "B2", "B3")] == [5, "x", '=$A3*A$1+2&"B1"']
    assert '<f t="shared" ca="1" si="0" ref="B3">' in parts(path)[SHEET].decode()


def test_a_follower_goes_without_harm(tmp_path):
    path = with_formulas(tmp_path / "a.xlsx", SHARED_ROWS)
    saved(path, B2=5)
    assert shown(path)["B3"].value == '=$A3*A$1+2&"B1"'


ARRAY_ROWS = (
    '<row r="1"><c r="B1" cm="1"><f t="array" ref="B1:C2">A1:B2</f><v>1</v></c><c r="C1"><v>2</v></c>'
    '<c r="E1" cm="1"><f t="array" ref="E1">SUM(A1:A2*2)</f><v>1</v></c></row>'
    '<row r="2"><c r="B2"><v>3</v></c><c r="C2"><v>4</v></c></row>'
)


@pytest.mark.parametrize("ref", ["B1", "C1", "C2"])
def test_no_cell_of_an_array_is_overwritten(tmp_path, ref):
    path = with_formulas(tmp_path / "a.xlsx", ARRAY_ROWS)
    before = path.read_bytes()
    with pytest.raises(PatchError) as refusal:
        saved(path, **{ref: 5})
    assert refusal.value.key == "patch.inside_array"
    assert path.read_bytes() == before


def test_results_inside_an_array_are_replaced(tmp_path):
    path = with_formulas(tmp_path / "a.xlsx", ARRAY_ROWS)
    patch = Patch(path)
    patch.set_result("Ledger", "B1", 10)
    patch.set_result("Ledger", "C2", 40)
    patch.save()
    text = parts(path)[SHEET].decode()
    assert '<c cm="1" r="B1"><f t="array" ref="B1:C2">A1:B2</f><v>10</v></c>' in text
    assert '<c r="C2"><v>40</v></c>' in text


def test_the_mark_of_a_dynamic_array_goes_with_it(tmp_path):
    path = with_formulas(tmp_path / "a.xlsx", ARRAY_ROWS)
    saved(path, E1=5)
    assert '<c r="E1"><v>5</v></c>' in parts(path)[SHEET].decode()


def test_a_data_table_is_not_touched(tmp_path):
    rows = '<row r="1"><c r="B1"><f t="dataTable" ref="B1:B2" dt2D="0" r1="A1"/><v>1</v></c></row>'
    path = with_formulas(tmp_path / "a.xlsx", rows)
    with pytest.raises(PatchError) as refusal:
        saved(path, B2=5)
    assert refusal.value.key == "patch.inside_array"


def test_a_cell_under_a_merge_is_refused(tmp_path):
    path = ledger(tmp_path / "a.xlsx", fill=lambda book, sheet: sheet.merge_range("F2:G3", "both"))
    saved(path, F2="first")
    with pytest.raises(PatchError) as refusal:
        saved(path, G2="second")
    assert (refusal.value.key, refusal.value.values["area"]) == ("patch.merged", "F2:G3")


def test_table_headers_and_totals_are_refused(tmp_path):
    def fill(book, sheet):
        sheet.add_table("F1:G4", {"name": f"T{sheet.name}", "total_row": True})

    path = ledger(tmp_path / "a.xlsx", fill=fill)
    for ref in ("F1", "G4"):
        with pytest.raises(PatchError) as refusal:
            saved(path, **{ref: "x"})
        assert refusal.value.key == "patch.table_edge"
    saved(path, F2="body", F5="below")


def test_no_locked_cell_but_every_result_on_a_protected_sheet(tmp_path):
    path = ledger(
        tmp_path / "a.xlsx", fill=lambda book, sheet: (sheet.protect(), sheet.write_formula("F1", "=1+1"))
    )
    with pytest.raises(PatchError) as refusal:
        saved(path, A1="x")
    assert refusal.value.key == "patch.sheet_protected"
    patch = Patch(path)
    patch.set_result("Ledger", "F1", 2)
    assert patch.changes() == [Change("Ledger", "F1", 0, 2)]
    assert patch.save()


@pytest.mark.parametrize("ref", ["A1", "Z99"])
def test_no_result_without_a_formula(tmp_path, ref):
    patch = Patch(ledger(tmp_path / "a.xlsx"))
    patch.set_result("Ledger", ref, 2)
    with pytest.raises(PatchError) as refusal:
        patch.save()
    assert refusal.value.key == "patch.no_formula"


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (float("nan"), "patch.not_finite"),
        (float("inf"), "patch.not_finite"),
        ("x" * 32_768, "patch.text_too_long"),
        ("\U0001f4b6" * 16_384, "patch.text_too_long"),
        (dt.date(1899, 12, 31), "patch.date_too_early"),
        (CellError("#SPILL!"), "patch.no_such_value"),
        ([1], "patch.no_such_value"),
    ],
)
def test_what_no_cell_can_hold(tmp_path, value, key):
    patch = Patch(ledger(tmp_path / "a.xlsx"))
    with pytest.raises(PatchError) as refusal:
        patch.set_cell("Ledger", "A1", value)
    assert refusal.value.key == key


def test_the_longest_text(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    saved(path, F1="x" * 32_767)
    assert len(shown(path)["F1"].value) == 32_767


@pytest.mark.parametrize("formula", ["", "=", "A" * 8193, "A1&\x01"])
def test_no_formula(tmp_path, formula):
    patch = Patch(ledger(tmp_path / "a.xlsx"))
    with pytest.raises(PatchError) as refusal:
        patch.set_cell("Ledger", "A1", 1, formula=formula)
    assert refusal.value.key == "patch.bad_formula"


def test_many_cells_in_a_long_sheet(tmp_path):
    path = ledger(
        tmp_path / "a.xlsx", fill=lambda b, s: [s.write_row(r, 0, [r, "x", r / 7]) for r in range(6, 3000)]
    )
    patch = Patch(path)
    for row in range(1, 4000, 3):
        patch.set_cell("Ledger", f"D{row}", row)
        patch.set_cell("Ledger", f"C{row}", f"{row}")
    patch.save()
    sheet = shown(path)
    for row in range(1, 4000, 3):
        assert (sheet[f"D{row}"].value, sheet[f"C{row}"].value) == (row, f"{row}")
    assert sheet["A2999"].value == 2998
