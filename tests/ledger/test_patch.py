"""A whole workbook patched: our own sheets, names, settings, what is kept, and what a save does."""

import hashlib
import json
import os
import re
import stat

import pytest
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.table import Table

from arcredit.errors import FileBusy, PatchError
from arcredit.ledger.patch import Change, Patch
from arcredit.ledger.writing import replace
from arcredit.ledger.writing.names import Name, renamed, sheet_of
from arcredit.ledger.writing.zips import write
from ledger.losses import losses
from ledger.patch_books import ledger, opened, parts, rebuilt, replaced, report

WORKBOOK = "xl/workbook.xml"
TOUCHED = {"[content_types].xml", WORKBOOK, "xl/_rels/workbook.xml.rels", "docprops/app.xml", "xl/styles.xml"}


def with_report(path, scratch=None, name="AR Aging", owner="aging"):
    patch = Patch(path)
    patch.put_sheet(scratch or report(name), name, owner=owner)
    assert patch.save()
    return path


def edited(path, change):
    """The workbook after openpyxl, standing for Excel, changed and saved it."""
    book = opened(path)
    change(book)
    book.save(path)


def test_a_report_sheet_is_added_last_and_nothing_is_lost(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    original = ledger(tmp_path / "b.xlsx")
    with_report(path)
    assert losses(original, path, TOUCHED) == []
    book = opened(path)
    assert book.sheetnames == ["Ledger", "Control", "AR Aging"]
    assert book.active.title == "Ledger"
    assert [bool(sheet.sheet_view.tabSelected) for sheet in book.worksheets] == [True, False, False]
    assert Patch(path).owned() == {"aging": "AR Aging"}
    assert 'fullCalcOnLoad="1"' in parts(path)[WORKBOOK].decode()


def test_the_same_report_again_changes_nothing(tmp_path):
    path = with_report(with_report(ledger(tmp_path / "a.xlsx")), name="Limits", owner="limits")
    before = path.read_bytes()
    patch = Patch(path)
    patch.put_sheet(report(), "AR Aging", owner="aging")
    patch.put_sheet(report("Limits"), "Limits", owner="limits")
    assert patch.changes() == []
    assert not patch.save()
    assert path.read_bytes() == before


def test_a_new_report_replaces_the_old_one_in_place(tmp_path):
    path = with_report(with_report(ledger(tmp_path / "a.xlsx")), name="Limits", owner="limits")
    before = parts(path)
    patch = Patch(path)
    patch.put_sheet(report(rows=12, chart=False), "AR Aging", owner="aging")
    gone = {change.cell for change in patch.changes() if change.after is None}
    assert {change.sheet for change in patch.changes()} == {"AR Aging"}
    assert {"A13", "C21"} <= gone
    assert patch.save()
    after = parts(path)
    # The chart goes with its drawing; the sparkline and the other report's chart stay.
    assert set(before) - set(after) == {
        "xl/charts/chart1.xml",
        "xl/drawings/drawing1.xml",
        "xl/drawings/_rels/drawing1.xml.rels",
    }
    assert "drawing1" not in after["[Content_Types].xml"].decode()
    changed = {name for name in after if before[name] != after[name]}
    assert changed <= {
        "[Content_Types].xml",
        WORKBOOK,
        "xl/worksheets/sheet3.xml",
        "xl/worksheets/_rels/sheet3.xml.rels",
    }
    assert opened(path).sheetnames == ["Ledger", "Control", "AR Aging", "Limits"]


def test_a_report_that_the_user_renamed_and_moved_keeps_name_and_place(tmp_path):
    path = with_report(ledger(tmp_path / "a.xlsx"))
    rename = replaced('name="AR Aging" ', 'name="It\'s ours" ')
    text = parts(path)[WORKBOOK].decode()
    sheet = next(part for part in text.split("<sheet ") if "AR Aging" in part).partition("/>")[0]

    def moved(data):
        text = rename(data).decode().replace("'AR Aging'!", "'It''s ours'!")
        element = "<sheet " + sheet.replace("AR Aging", "It's ours") + "/>"
        text = text.replace(element, "").replace("<sheets>", f"<sheets>{element}")
        return text.replace('localSheetId="2"', 'localSheetId="0"').encode()

    rebuilt(path, {WORKBOOK: moved})
    patch = Patch(path)
    assert patch.owned() == {"aging": "It's ours"}
    patch.put_sheet(report(rows=9), "AR Aging", owner="aging")
    assert patch.save()
    have = parts(path)
    everything = b"".join(data for name, data in have.items() if "docProps" not in name).decode()
    assert "AR Aging" not in everything
    assert "<c:f>'It''s ours'!$C$2:$C$10</c:f>" in have["xl/charts/chart1.xml"].decode()
    book = opened(path)
    assert book.sheetnames == ["It's ours", "Ledger", "Control"]
    assert book["It's ours"].print_area == "'It''s ours'!$A$1:$C$11"
    assert book["It's ours"].print_title_rows == "$1:$1"
    assert book["It's ours"]["C11"].value == "='It''s ours'!C2*2"


def test_a_report_whose_sheet_was_deleted_comes_back(tmp_path):
    path = with_report(ledger(tmp_path / "a.xlsx"))
    edited(path, lambda book: book.remove(book["AR Aging"]))
    patch = Patch(path)
    assert patch.owned() == {}
    with_report(path)
    assert Patch(path).owned() == {"aging": "AR Aging"}


def test_a_foreign_sheet_of_the_same_name_stays(tmp_path):
    path = ledger(tmp_path / "a.xlsx", sheets=("Ledger", "ar aging"))
    patch = Patch(path)
    with pytest.raises(PatchError) as refusal:
        patch.put_sheet(report(), "AR Aging", owner="aging")
    assert refusal.value.key == "patch.sheet_exists"


def test_the_users_work_on_our_sheet_is_not_lost(tmp_path):
    path = with_report(ledger(tmp_path / "a.xlsx"))

    def note(book):
        book["AR Aging"]["A3"].comment = Comment("call them", "Li")

    edited(path, note)
    patch = Patch(path)
    patch.put_sheet(report(rows=9), "AR Aging", owner="aging")
    before = path.read_bytes()
    with pytest.raises(PatchError) as refusal:
        patch.save()
    assert refusal.value.key == "patch.own_sheet_used"
    assert path.read_bytes() == before


def refused(path, key):
    before = path.read_bytes()
    patch = Patch(path)
    patch.put_sheet(report(rows=9), "AR Aging", owner="aging")
    with pytest.raises(PatchError) as refusal:
        patch.save()
    assert refusal.value.key == key
    assert path.read_bytes() == before
    return refusal.value.values


@pytest.mark.parametrize("cell", ["C23", "I1", "ZZ9999"])
def test_what_was_typed_beside_a_report_is_not_lost(tmp_path, cell):
    path = with_report(ledger(tmp_path / "a.xlsx"))

    def typed(book):
        book["AR Aging"]["A2"] = "over our own text: not told from it"
        book["AR Aging"]["I7"].font = Font(bold=True)

    edited(path, typed)
    with_report(path, report(rows=20, chart=False))
    edited(path, lambda book: book["AR Aging"].__setitem__(cell, "call Li"))
    assert refused(path, "patch.own_sheet_filled")["cell"] == cell


def test_a_table_that_the_user_made_of_a_report_is_not_lost(tmp_path):
    """Formulas elsewhere may name it: without it Excel would call them damaged and take them out."""
    path = with_report(ledger(tmp_path / "a.xlsx"))
    edited(path, lambda book: book["AR Aging"].add_table(Table(displayName="Mine", ref="A1:C20")))
    assert refused(path, "patch.own_sheet_used")["kind"] == "table"


def test_a_chart_of_the_users_beside_a_report_is_not_lost(tmp_path):
    path = with_report(ledger(tmp_path / "a.xlsx"))
    edited(path, lambda book: book["AR Aging"].add_chart(BarChart(), "J30"))
    assert refused(path, "patch.own_sheet_used")["kind"] == "chart"


DRAWN = (
    "<xdr:twoCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:row>1</xdr:row></xdr:from>"
    "<xdr:{0}><xdr:nv><xdr:cNvPr id='9' name='Mine'/></xdr:nv></xdr:{0}></xdr:twoCellAnchor></xdr:wsDr>"
)


@pytest.mark.parametrize(
    ("item", "kind"), [("sp", "shape"), ("cxnSp", "shape"), ("pic", "picture"), ("graphicFrame", "chart")]
)
def test_what_the_user_has_drawn_over_a_report_is_not_lost(tmp_path, item, kind):
    """Also a chart in the middle of it: ours have a text for those who cannot see them."""
    path = with_report(ledger(tmp_path / "a.xlsx"))

    def drawn(data):
        data = data.replace(b'name="Chart 1"', b'name="Chart 1" descr="Columns of what is open"')
        return data.replace(b"</xdr:wsDr>", DRAWN.format(item).encode())

    rebuilt(path, {"xl/drawings/drawing1.xml": drawn})
    assert refused(path, "patch.own_sheet_used")["kind"] == kind


def mark(path, refers_to):
    """Our mark pointed elsewhere."""
    marked = re.compile(rb'(<definedName name="_arcredit_aging" hidden="1">)[^<]*')
    return rebuilt(path, {WORKBOOK: lambda data: marked.sub(rb"\g<1>" + refers_to.encode(), data)})


@pytest.mark.parametrize("area", ["$H$1:$O$22", "$H$1", "#REF!", "$A:$A", "$1:$1"])
def test_a_report_moved_into_a_sheet_of_the_users_does_not_take_it_over(tmp_path, area):
    """Cut and pasted cells take the names that stand for all of them along."""
    path = mark(with_report(ledger(tmp_path / "a.xlsx")), f"Control!{area}")
    assert Patch(path).owned() == {"aging": "Control"}
    assert refused(path, "patch.own_sheet_filled")["cell"][0] in "AB"


def test_a_report_whose_rows_were_all_deleted_is_made_anew(tmp_path):
    path = mark(with_report(ledger(tmp_path / "a.xlsx")), "'AR Aging'!#REF!")
    edited(path, lambda book: book["AR Aging"].delete_rows(1, 99))
    rebuilt(path, {"xl/worksheets/sheet3.xml": lambda data: re.sub(rb"<drawing[^>]*/>", b"", data)})
    rebuilt(path, {"xl/worksheets/_rels/sheet3.xml.rels": None})
    with_report(path, report(rows=9))
    assert opened(path)["AR Aging"]["A9"].value == "Customer 8 & Söhne 客户"


def test_a_mark_on_a_chart_sheet_is_none(tmp_path):
    path = with_report(ledger(tmp_path / "a.xlsx"))
    edited(path, lambda book: book.create_chartsheet("Graph").add_chart(BarChart()))
    mark(path, "Graph!$A$1")
    assert Patch(path).owned() == {}


def test_our_sheet_protected_by_the_user_is_refused(tmp_path):
    path = with_report(ledger(tmp_path / "a.xlsx"))
    edited(path, lambda book: book["AR Aging"].protection.enable())
    patch = Patch(path)
    patch.put_sheet(report(rows=9), "AR Aging", owner="aging")
    with pytest.raises(PatchError) as refusal:
        patch.save()
    assert refusal.value.key == "patch.sheet_protected"


def test_a_sheet_that_was_selected_stays_selected(tmp_path):
    path = with_report(ledger(tmp_path / "a.xlsx"))
    rebuilt(path, {"xl/worksheets/sheet3.xml": replaced("<sheetView ", '<sheetView tabSelected="1" ')})
    patch = Patch(path)
    patch.put_sheet(report(rows=9), "AR Aging", owner="aging")
    patch.save()
    assert parts(path)["xl/worksheets/sheet3.xml"].count(b'tabSelected="1"') == 1


@pytest.mark.parametrize("properties", [b"<sheetPr/>", b'<sheetPr filterMode="1"></sheetPr>', b""])
def test_the_name_that_macros_know_our_sheet_by_stays(tmp_path, properties):
    """Excel gives one to every sheet of a workbook with macros; code that says Sheet3 would fail without."""

    def with_properties(given):
        return lambda data: re.sub(rb"<sheetPr.*?</sheetPr>", given, data, count=1, flags=re.S)

    path = with_report(ledger(tmp_path / "a.xlsx"))
    rebuilt(path, {"xl/worksheets/sheet3.xml": with_properties(b'<sheetPr codeName="Sheet3"/>')})
    (tmp_path / "made.xlsx").write_bytes(report(rows=9))
    made = rebuilt(tmp_path / "made.xlsx", {"xl/worksheets/sheet1.xml": with_properties(properties)})
    with_report(path, made.read_bytes())
    sheet = parts(path)["xl/worksheets/sheet3.xml"].decode()
    assert sheet.count("<sheetPr") == sheet.count('<sheetPr codeName="Sheet3"') == 1
    assert opened(path)["AR Aging"].sheet_properties.codeName == "Sheet3"


def test_our_sheet_goes_without_a_trace(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    original = parts(path)
    with_report(path)
    styled = parts(path)["xl/styles.xml"]
    patch = Patch(path)
    patch.remove_sheet("aging")
    assert Change("AR Aging", "A1", "Customer", None) in patch.changes()
    assert patch.save()
    after = parts(path)
    assert after.keys() == original.keys()
    different = {name for name in after if after[name] != original[name]}
    assert different == {"xl/styles.xml"}
    assert after["xl/styles.xml"] == styled
    with pytest.raises(PatchError) as refusal:
        Patch(path).remove_sheet("aging")
    assert refusal.value.key == "patch.not_ours"


def test_sheets_after_a_removed_one_keep_their_names(tmp_path):
    path = with_report(with_report(ledger(tmp_path / "a.xlsx")), name="Limits", owner="limits")
    view = replaced("<workbookView ", '<workbookView activeTab="3" ')
    rebuilt(path, {WORKBOOK: view})
    patch = Patch(path)
    patch.remove_sheet("aging")
    patch.save()
    book = opened(path)
    assert book.sheetnames == ["Ledger", "Control", "Limits"]
    assert book.active.title == "Limits"
    assert book["Limits"].print_title_rows == "$1:$1"
    assert Patch(path).owned() == {"limits": "Limits"}


def test_settings_are_remembered_in_the_workbook(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    text = json.dumps({"客户": "A & B <c>", "n": 1}, ensure_ascii=False) + "\r\n\x01"
    patch = Patch(path)
    assert patch.settings() is None
    patch.remember(text)
    assert patch.settings() == text
    assert patch.save()
    assert Patch(path).settings() == text
    patch = Patch(path)
    patch.remember(text)
    assert not patch.save()
    before = parts(path)
    patch.remember("other")
    assert patch.save()
    after = parts(path)
    assert [name for name in after if after[name] != before[name]] == ["customXml/item1.xml"]


def test_settings_leave_other_custom_xml_alone(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
    added = f'<Relationship Id="rId77" Type="{kind}" Target="../customXml/item1.xml"/></Relationships>'
    rebuilt(
        path,
        {
            "customXml/item1.xml": b"<theirs/>",
            "xl/_rels/workbook.xml.rels": replaced("</Relationships>", added),
        },
    )
    patch = Patch(path)
    assert patch.settings() is None
    patch.remember("ours")
    patch.save()
    assert Patch(path).settings() == "ours"
    assert parts(path)["customXml/item1.xml"] == b"<theirs/>"
    assert "customXml/item2.xml" in parts(path)


def test_names(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    patch = Patch(path)
    patch.define_name("as_of", "=Control!$A$1")
    patch.define_name("_hidden.one", "Ledger!$B$2:$B$9 & 1", hidden=True)
    assert patch.names() == {"as_of": "Control!$A$1", "_hidden.one": "Ledger!$B$2:$B$9 & 1"}
    assert patch.save()
    patch = Patch(path)
    assert patch.names() == {"as_of": "Control!$A$1", "_hidden.one": "Ledger!$B$2:$B$9 & 1"}
    patch.define_name("AS_OF", "Control!$A$1")
    assert not patch.save()
    patch.define_name("AS_OF", "Control!$B$1")
    assert patch.save()
    text = parts(path)[WORKBOOK].decode()
    assert '<definedName name="AS_OF">Control!$B$1</definedName>' in text
    assert 'hidden="1">Ledger!$B$2:$B$9 &amp; 1<' in text
    assert text.index("</sheets>") < text.index("<definedNames>") < text.index("<calcPr")


@pytest.mark.parametrize("name", ["", "A1", "R1C1", "c", "1x", "a b", "x" * 256, "a-b"])
def test_no_name(tmp_path, name):
    with pytest.raises(PatchError) as refusal:
        Patch(ledger(tmp_path / "a.xlsx")).define_name(name, "Ledger!$A$1")
    assert refusal.value.key == "patch.bad_name"


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("Old!A1+SUM(Old!B:B)", "'It''s'!A1+SUM('It''s'!B:B)"),
        ("'Old'!A1", "'It''s'!A1"),
        ("Older!A1+'My Old'!A1+[1]Old!A1", "Older!A1+'My Old'!A1+[1]Old!A1"),
        ("old!A1", "'It''s'!A1"),
    ],
)
def test_sheet_names_in_formulas(formula, expected):
    assert renamed(formula, "Old", "It's") == expected


@pytest.mark.parametrize(
    ("refers_to", "sheet"),
    [
        ("'It''s'!$A$1", "It's"),
        ("Plain!$A$1", "Plain"),
        ("#REF!$A$1", None),
        ("1+1", None),
        ("客户!A1", "客户"),
    ],
)
def test_the_sheet_of_a_reference(refers_to, sheet):
    assert sheet_of(refers_to) == sheet
    assert Name("a", refers_to).key == ("a", None)


# Saving


def test_nothing_asked_nothing_written(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    before = path.stat()
    assert not Patch(path).save(backup=True)
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert [item.name for item in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_backup_is_the_file_as_it_was(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    before = path.read_bytes()
    patch = Patch(path)
    patch.set_cell("Ledger", "F1", 1)
    assert patch.save(backup=True)
    assert (tmp_path / "a.xlsx.bak").read_bytes() == before
    assert sorted(item.name for item in tmp_path.iterdir()) == ["a.xlsx", "a.xlsx.bak"]


def test_another_target_leaves_the_file_alone(tmp_path):
    path, target = ledger(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    before = path.read_bytes()
    patch = Patch(path)
    assert not patch.save(target)
    assert target.read_bytes() == before
    patch.set_cell("Ledger", "F1", 1)
    assert patch.save(target)
    assert path.read_bytes() == before
    assert opened(target)["Ledger"]["F1"].value == 1
    (tmp_path / "~$b.xlsx").write_bytes(b"")
    with pytest.raises(FileBusy):
        patch.save(target)


def test_one_patch_saves_again_and_again(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    patch = Patch(path)
    for number in (1, 2):
        patch.set_cell("Ledger", "F1", number)
        assert patch.save()
        assert opened(path)["Ledger"]["F1"].value == number
    assert not patch.save()


def test_rights_and_links_stay(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    path.chmod(0o640)
    link = tmp_path / "link.xlsx"
    link.symlink_to(path)
    patch = Patch(link)
    patch.set_cell("Ledger", "F1", 1)
    patch.save()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert opened(path)["Ledger"]["F1"].value == 1


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    patch = Patch(path)
    patch.set_cell("Ledger", "F1", 1)
    when = path.stat()
    ledger(path, sheets=("Ledger", "Controls"))
    os.utime(path, ns=(when.st_atime_ns, when.st_mtime_ns))
    theirs = path.read_bytes()
    with pytest.raises(FileBusy) as refusal:
        patch.save()
    assert refusal.value.key == "patch.changed"
    assert path.read_bytes() == theirs
    assert [item.name for item in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_file_opened_meanwhile_is_not_overwritten(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    patch = Patch(path)
    patch.set_cell("Ledger", "F1", 1)
    (tmp_path / "~$a.xlsx").write_bytes(b"")
    with pytest.raises(FileBusy) as refusal:
        patch.save()
    assert refusal.value.key == "patch.busy"


def test_what_somebody_does_after_the_save_is_not_taken_for_ours(tmp_path, monkeypatch):
    """Opened or saved elsewhere the moment it is there: it was written all the same, and the hash is ours."""
    path = ledger(tmp_path / "a.xlsx")
    patch = Patch(path)
    patch.set_cell("Ledger", "F1", 1)
    written = []

    def sync(_):
        written.append(path.read_bytes())
        path.write_bytes(b"somebody else's")
        (tmp_path / "~$a.xlsx").write_bytes(b"")

    monkeypatch.setattr(replace, "_sync_folder", sync)
    assert patch.save()
    assert patch.digest == hashlib.sha256(written[0]).hexdigest()


def test_a_wrong_copy_never_replaces_the_file(tmp_path, monkeypatch):
    """The proof is what stands between a defect of ours and the user's file."""
    path = ledger(tmp_path / "a.xlsx")
    before = path.read_bytes()
    patch = Patch(path)
    patch.set_cell("Ledger", "F1", 1)

    def spoiling(file, archive, new, gone):
        write(file, archive, new, gone)
        theme = archive.stored(archive.members["xl/theme/theme1.xml"])
        file.seek(0)
        written = file.read()
        at = written.index(bytes(theme)) + len(theme) - 30
        file.seek(at)
        file.write(bytes([written[at] ^ 1]))

    monkeypatch.setattr("arcredit.ledger.patch.write", spoiling)
    with pytest.raises(PatchError) as refusal:
        patch.save()
    assert refusal.value.key == "patch.not_proven"
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["a.xlsx"]


def test_titles_in_the_document_properties(tmp_path):
    path = with_report(ledger(tmp_path / "a.xlsx"))
    text = parts(path)["docProps/app.xml"].decode()
    assert '<vt:vector size="3" baseType="lpstr"><vt:lpstr>Ledger</vt:lpstr>' in text
    assert "<vt:lpstr>AR Aging</vt:lpstr>" in text
    assert "<vt:i4>3</vt:i4>" in text


def test_titles_that_were_out_of_line_stay(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    rebuilt(path, {"docProps/app.xml": replaced("<vt:lpstr>Control<", "<vt:lpstr>Controls<")})
    before = parts(path)["docProps/app.xml"]
    with_report(path)
    assert parts(path)["docProps/app.xml"] == before
