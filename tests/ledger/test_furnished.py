"""Everything a report sheet can have arrives whole in other workbooks, stays the same at every refresh, and
becomes the user's where it is to be theirs.
"""

import re
import shutil
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arcredit.errors import PatchError
from arcredit.ledger.patch import Patch
from arcredit.reports.scratch import workbook
from full_sheet import LAST, full_sheet, noted
from ledger.losses import Package, losses
from ledger.patch_books import ledger, opened, parts
from ledger.test_transplant import sound, strict

BOOKS = Path(__file__).with_name("books")
ORDER = re.findall(
    r"\w+",
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges "
    "scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr "
    "conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter "
    "rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing "
    "legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst",
)
"""The order of a worksheet's elements (ECMA-376, CT_Worksheet)."""
LISTS = ("blocks", "charts", "heats", "bars", "marks", "sparks", "tables", "lists", "notes")
BARE = full_sheet(**dict.fromkeys(LISTS, ()))
MARK = re.compile(r"\{[0-9A-F-]{36}\}")


def put(path, sheet, **more):
    patch = Patch(path)
    patch.put_sheet(workbook([sheet], date_1904=patch.date_1904, **more), sheet.name, owner=sheet.owner)
    return patch.save()


def add(path, sheet):
    patch = Patch(path)
    patch.add_sheet(workbook([sheet], date_1904=patch.date_1904), sheet.name)
    assert patch.save()


def sheet_part(path, name):
    """The XML of a sheet, by what the package says of itself."""
    package = Package(path)
    book = next(target for source, _, kind, target, _ in package.relations() if kind == "officeDocument")
    entry = next(
        node
        for node in ElementTree.fromstring(package.parts[book]).iter()
        if node.tag.endswith("}sheet") and node.get("name") == name
    )
    number = next(value for key, value in entry.attrib.items() if key.endswith("}id"))
    targets = {
        id_: target for source, id_, _, target, _ in package.relations() if source == book and id_ == number
    }
    return targets[number], package.parts[targets[number]].decode()


def check(path, sheet, name=None):
    """The sheet in the file has what the sheet as data has."""
    part, text = sheet_part(path, name or sheet.name)
    root = ElementTree.fromstring(text)
    places = [ORDER.index(child.tag.rpartition("}")[2]) for child in root]
    assert places == sorted(places)
    assert text.count("<xm:sqref>") == len(sheet.sparks) + len(sheet.bars)
    assert text.count("<dataValidation ") == len(sheet.lists)
    assert text.count('type="expression"') == len(sheet.marks)
    ids = MARK.findall(re.sub(r'uri="[^"]*"', "", text))
    assert len(ids) == 2 * len(sheet.bars)
    assert len(set(ids)) == len(sheet.bars)
    package = Package(path)
    hanging = [(kind, target) for source, _, kind, target, external in package.relations() if source == part]
    kinds = [kind for kind, _ in hanging]
    assert kinds.count("table") == len(sheet.tables)
    assert ("comments" in kinds) == ("vmlDrawing" in kinds) == bool(sheet.notes)
    drawings = [target for kind, target in hanging if kind == "drawing"]
    charts = [target for source, _, kind, target, _ in package.relations() if source in drawings]
    assert len(set(charts)) == len(sheet.charts)


def check_read(path, sheet, name=None):
    """openpyxl finds it too."""
    page = opened(path)[name or sheet.name]
    assert len(page._charts) == len(sheet.charts)
    assert [table.ref for table in page.tables.values()] == [table.where.a1() for table in sheet.tables]
    assert len(page.data_validations.dataValidation) == len(sheet.lists)
    for table in sheet.tables:
        found = next(iter(page.tables.values()))
        headings = [page.cell(table.where.top + 1, 1 + place).value for place in range(len(table.columns))]
        assert [column.name for column in found.tableColumns] == headings
    for note in sheet.notes:
        assert page.cell(note.row + 1, note.column + 1).comment.text == note.text
    rules = [rule for group in page.conditional_formatting for rule in group.rules]
    marks = [rule for rule in rules if rule.type == "expression"]
    assert all(rule.dxf.font.color.theme is not None for rule in marks)


def test_everything_arrives(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    assert put(path, full_sheet())
    sound(path)
    check(path, full_sheet())
    check_read(path, full_sheet())
    page = opened(path)["Everything"]
    assert page["B47"].value == "=SUBTOTAL(109,bills[amount])"
    assert page["C45"].value == "=bills[[#This Row],[amount]]*2"
    assert page["A10"].alignment.wrap_text
    assert {str(area) for area in page.merged_cells.ranges} == {"D2:E2", "D3:E3", "A10:D12"}
    assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight or 1) == (1, 1)
    rules = {str(group.sqref): [rule.type for rule in group.rules] for group in page.conditional_formatting}
    assert rules == {
        "E5:E8": ["expression"] * 3,
        "A5:A8": ["expression"],
        "B5:B8": ["colorScale"],
        "C5:C8": ["dataBar"],
    }
    entries = {str(entry.sqref): entry for entry in page.data_validations.dataValidation}
    assert (entries["E44"].formula1, entries["E44"].error) == ('"EUR,人民币"', "One of these.")
    assert (entries["E45"].formula1, entries["E45"].errorStyle) == ("$A$5:$A$8", "warning")
    assert (entries["E46"].formula1, entries["E46"].formula2) == ("0", "1")
    assert entries["E47"].formula1 == "36526"
    assert entries["E48"].operator == "lessThanOrEqual"


def test_days_in_entry_rules_count_as_the_workbook_counts(tmp_path):
    path = ledger(tmp_path / "a.xlsx", options={"date_1904": True})
    put(path, full_sheet())
    entries = {str(e.sqref): e for e in opened(path)["Everything"].data_validations.dataValidation}
    assert entries["E47"].formula1 == str(36526 - 1462)


def test_a_refresh_replaces_it_and_the_same_again_changes_nothing(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    before = set(parts(path))
    put(path, full_sheet())
    first = parts(path)
    assert not put(path, full_sheet())
    fewer = full_sheet(charts=(), sparks=full_sheet().sparks[:2], lists=full_sheet().lists[:1])
    assert put(path, fewer)
    check(path, fewer)
    assert put(path, full_sheet())
    assert set(parts(path)) == set(first)
    assert sheet_part(path, "Everything")[1] == first["xl/worksheets/sheet3.xml"].decode()
    patch = Patch(path)
    patch.remove_sheet("everything")
    patch.save()
    assert set(parts(path)) == before


def test_two_reports_share_no_ids(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    other = replace(full_sheet("Other's", "other"), tables=())
    patch = Patch(path)
    for sheet in (full_sheet(), other):
        patch.put_sheet(workbook([sheet]), sheet.name, owner=sheet.owner)
    patch.save()
    sound(path)
    texts = [sheet_part(path, sheet.name)[1] for sheet in (full_sheet(), other)]
    ids = [set(MARK.findall(re.sub(r'uri="[^"]*"', "", text))) for text in texts]
    assert all(ids)
    assert not ids[0] & ids[1]
    assert "<xm:f>'Other''s'!B5:E5</xm:f>" in texts[1]


def test_a_renamed_report_stays_itself(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    put(path, full_sheet())
    for changed in (True, False):
        patch = Patch(path)
        patch.put_sheet(workbook([full_sheet("Anew")]), "Anew", owner="everything")
        assert patch.save() is changed
    check(path, full_sheet())
    _, text = sheet_part(path, "Everything")
    assert "Anew" not in text
    assert "<xm:f>'Everything'!B5:E5</xm:f>" in text


def test_in_the_strict_form(tmp_path):
    path = strict(ledger(tmp_path / "a.xlsx"))
    put(path, full_sheet())
    add(path, noted("Mine", "mine"))
    sound(path)
    check(path, full_sheet())
    check(path, noted("Mine", "mine"))
    for name, data in parts(path).items():
        if not name.startswith(("docProps", "_rels", "xl/theme", "[")) and not name.endswith(".vml"):
            usual = re.findall(rb"schemas.openxmlformats.org/(?!package|markup)[\w/]+", data)
            assert not usual, name
    assert not put(path, full_sheet())


def test_a_sheet_of_the_users(tmp_path):
    def fill(book, sheet):
        sheet.write_comment("B2", "theirs")
        if sheet.name == "Ledger":
            sheet.add_table(30, 0, 33, 1, {"name": "BILLS"})

    path = ledger(tmp_path / "a.xlsx", fill=fill)
    sheet = noted("Mine", "mine")
    patch = Patch(path)
    patch.add_sheet(workbook([sheet]), "Mine")
    changes = {(c.sheet, c.cell): c.after for c in patch.changes()}
    assert changes["Mine", "A1"] == "Everything"
    assert changes["Mine", "D3"] == f"=SUM(B5:E{LAST + 1})"
    patch.save()
    sound(path)
    check(path, sheet)
    page = opened(path)["Mine"]
    assert list(page.tables) == ["bills_2"]
    assert page["C45"].value == "=bills_2[[#This Row],[amount]]*2"
    assert page["B2"].comment.text == "Fill in, please.\n请填写。"
    assert (page.print_area, page.print_title_rows) == ("'Mine'!$A$1:$H$49", "$4:$4")
    again = Patch(path)
    assert again.owned() == {}
    assert again.names() == {"my_limit": "'Mine'!$B$2"}
    assert "Mine" in again.sheet_names
    with pytest.raises(PatchError) as refusal:
        again.put_sheet(workbook([sheet]), "Mine", owner="mine")
    assert refusal.value.key == "patch.sheet_exists"
    shapes = [
        re.findall(r'id="_x0000_s(\d+)"', d.decode()) for n, d in parts(path).items() if n.endswith(".vml")
    ]
    numbers = [number for found in shapes for number in found]
    assert len(set(numbers)) == len(numbers) == 3
    blocks = [
        re.findall(r'idmap[^>]*data="(\d+)"', d.decode())
        for n, d in parts(path).items()
        if n.endswith(".vml")
    ]
    assert sorted(blocks) == [["1"], ["2"], ["3"]]


def test_what_cannot_be_added(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    raw = workbook([noted("Ledger", "mine")])
    with pytest.raises(PatchError) as refusal:
        Patch(path).add_sheet(raw, "Ledger")
    assert refusal.value.key == "patch.sheet_exists"
    patch = Patch(path)
    patch.add_sheet(workbook([noted("Mine", "mine")]), "Mine")
    with pytest.raises(PatchError) as refusal:
        patch.add_sheet(workbook([noted("MINE", "mine")]), "MINE")
    assert refusal.value.key == "patch.sheet_exists"
    patch.define_name("my_limit", "Ledger!$A$1")
    patch.save()
    second = Patch(path)
    second.add_sheet(workbook([noted("Second", "mine")]), "Second")
    with pytest.raises(PatchError) as refusal:
        second.save()
    assert (refusal.value.key, refusal.value.values["found"]) == ("patch.name_exists", "my_limit")


def test_comments_on_a_report_are_left_to_the_user(tmp_path):
    """Someone may have typed them: the next refresh refuses rather than lose them."""
    path = ledger(tmp_path / "a.xlsx")
    sheet = replace(noted(), names={})
    put(path, sheet)
    patch = Patch(path)
    patch.put_sheet(workbook([replace(sheet, footer="new")]), sheet.name, owner=sheet.owner)
    with pytest.raises(PatchError) as refusal:
        patch.save()
    assert refusal.value.key == "patch.own_sheet_used"


FEATURES = st.sets(st.sampled_from(LISTS))
FILES = sorted(path.name for path in BOOKS.glob("*.xlsx"))
REAL = {
    "excelize__6ef03f24__Book1.xlsx": "comments, tables and charts",
    "ClosedXML__fff38b18__inputfile.xlsx": "sparklines",
    "openxlsx-data__7ad9691c__pivot_notes.xlsx": "pivot tables, slicers and comments",
    "poi__cae00c68__simple-monthly-budget.xlsx": "data bars with extensions",
    "poi__34779a32__ExcelWithAttachments.xlsm": "macros, comments and attachments",
}


def furnished(features, name="Mixed", owner="mixed"):
    """A sheet with these of the features alone."""
    full = noted()
    features = features | ({"blocks"} if "tables" in features else set())
    return replace(BARE, name=name, owner=owner, **{key: getattr(full, key) for key in features})


def mixed(original, path, first, second, user):
    """Put a sheet, replace it by another one, add one of the user's; nothing else may change."""
    shutil.copyfile(original, path)
    patch = Patch(path)
    touched = {"[content_types].xml", "docprops/app.xml", patch._book.part.lower()}
    stem = patch._book.part.rpartition("/")[2]
    touched |= {f"{patch._book.part.removesuffix(stem)}_rels/{stem}.rels".lower()}
    touched |= {r.target.lower() for r in patch._package.relations(patch._book.part) if r.kind == "styles"}
    # A table that the new sheet does not bring counts as the user's.
    put(path, furnished(first - {"notes"} - ({"tables"} - second)))
    put(path, furnished(second - {"notes"}))
    add(path, furnished(user, "Users", "users"))
    assert losses(original, path, touched) == []
    check(path, furnished(second - {"notes"}))
    check(path, furnished(user, "Users", "users"))
    assert not put(path, furnished(second - {"notes"}))


def readable(path):
    """Whether openpyxl opens a workbook; of the strict ones it shows no sheets."""
    try:
        return bool(opened(path).sheetnames)
    except OSError:
        return False


@settings(max_examples=25)
@given(name=st.sampled_from(FILES), first=FEATURES, second=FEATURES, user=FEATURES)
def test_any_mixture_in_any_book(tmp_path_factory, name, first, second, user):
    if name == "absurd_dimension.xlsx":
        return
    path = tmp_path_factory.mktemp("mixed") / name
    mixed(BOOKS / name, path, first, second, user)
    if readable(BOOKS / name):
        check_read(path, furnished(second - {"notes"}))
        check_read(path, furnished(user, "Users", "users"))


@settings(max_examples=3)
@given(first=FEATURES, second=FEATURES, user=FEATURES)
@pytest.mark.parametrize("name", REAL)
def test_any_mixture_in_real_books(tmp_path_factory, shared, name, first, second, user):
    mixed(shared / "corpus" / name, tmp_path_factory.mktemp("mixed") / name, first, second, user)
