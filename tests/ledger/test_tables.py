"""Rows appended to a user's Excel table: they stand there, they look alike, and nothing else has moved."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arcredit.errors import PatchError
from arcredit.ledger.patch import Patch
from ledger.losses import Package
from ledger.patch_books import ledger, opened, parts, rebuilt, replaced

DAY = dt.date(2025, 12, 31)
TABLE = "xl/tables/table1.xml"
ROWS = [{"customer": "Süd <&>", "amount": 12.5, "date": DAY}, {"customer": "=1+1", "date": DAY}]


def book(path, lines=2, top=9, total=False, formula=None, after=None, blank=0, **options):
    """A ledger with a table of events below it on the first sheet."""

    def fill(made, sheet):
        if sheet.name != "Ledger":
            return
        number = made.add_format({"num_format": "0.00", "bold": True})
        day = made.add_format({"num_format": "dd.mm.yyyy"})
        columns = [{"header": "customer"}, {"header": "amount"}, {"header": "date"}]
        if formula:
            columns.append({"header": "twice", "formula": formula})
        last = top + max(lines + blank, 1) + bool(total)
        sheet.add_table(
            top,
            1,
            last,
            len(columns),
            {"name": "Events", "columns": columns, "total_row": total, **options},
        )
        for row in range(top + 1, top + 1 + lines):
            sheet.write_string(row, 1, f"C{row}")
            sheet.write_number(row, 2, row, number)
            sheet.write_datetime(row, 3, dt.datetime(2025, 1, 1), day)
        sheet.write_string(40, 7, "far away")
        if after:
            after(made, sheet)

    return ledger(path, fill=fill)


def appended(path, rows=ROWS, name="Events"):
    patch = Patch(path)
    patch.grow_table(name, rows)
    assert patch.save()
    package = Package(path)
    assert package.dangling() == package.untyped() == set()
    return opened(path)["Ledger"]


def test_rows_stand_below_and_look_like_the_last_line(tmp_path):
    path = book(tmp_path / "a.xlsx")
    before = parts(path)
    sheet = appended(path)
    (table,) = sheet.tables.values()
    assert (table.ref, table.autoFilter.ref) == ("B10:D14", "B10:D14")
    assert [cell.value for cell in sheet["B13:D13"][0]] == ["Süd <&>", 12.5, dt.datetime(2025, 12, 31)]
    assert [sheet["B14"].value, sheet["B14"].data_type, sheet["C14"].value] == ["=1+1", "s", None]
    assert (sheet["C13"].number_format, sheet["C13"].font.b) == ("0.00", True)
    assert sheet["D14"].number_format == "dd.mm.yyyy"
    assert sheet["H41"].value == "far away"
    after = parts(path)
    touched = {name for name in before if before[name] != after.get(name)}
    assert touched == {TABLE, "xl/worksheets/sheet1.xml"}
    assert set(before) == set(after)
    changed = after[TABLE].replace(b"B10:D14", b"B10:D12")
    assert changed == before[TABLE]


def test_changes_are_listed_cell_by_cell(tmp_path):
    patch = Patch(book(tmp_path / "a.xlsx"))
    patch.grow_table("events", ROWS)
    assert [(c.sheet, c.cell, c.before) for c in patch.changes()] == [
        ("Ledger", "B13", None),
        ("Ledger", "C13", None),
        ("Ledger", "D13", None),
        ("Ledger", "B14", None),
        ("Ledger", "D14", None),
    ]
    assert patch.tables() == {"Events": ("Ledger", ("customer", "amount", "date"))}


def test_blank_lines_at_the_end_are_filled_first(tmp_path):
    path = book(tmp_path / "a.xlsx", lines=0)
    sheet = appended(path, ROWS[:1])
    assert (next(iter(sheet.tables.values())).ref, sheet["B11"].value) == ("B10:D11", "Süd <&>")
    assert parts(path)[TABLE] == parts(book(tmp_path / "b.xlsx", lines=0))[TABLE]
    sheet = appended(path, ROWS)
    assert (next(iter(sheet.tables.values())).ref, sheet["B13"].value) == ("B10:D13", "=1+1")
    sheet = appended(book(tmp_path / "c.xlsx", lines=2, blank=3), ROWS)
    assert (next(iter(sheet.tables.values())).ref, sheet["B13"].value) == ("B10:D15", "Süd <&>")


def test_an_insert_row_is_no_insert_row_any_more(tmp_path):
    path = book(tmp_path / "a.xlsx", lines=0)
    rebuilt(path, {TABLE: replaced(" totalsRowShown=", ' insertRow="1" totalsRowShown=')})
    appended(path)
    assert b'insertRow="0"' in parts(path)[TABLE]


def test_calculated_columns_go_on(tmp_path):
    path = book(tmp_path / "a.xlsx", formula="=Events[[#This Row],[amount]]*2")
    sheet = appended(path)
    assert sheet["E13"].value == "=Events[[#This Row],[amount]]*2" == sheet["E12"].value
    path = book(tmp_path / "b.xlsx", lines=0, formula="=Events[[#This Row],[amount]]*2")
    before = parts(path)["xl/worksheets/sheet1.xml"]
    sheet = appended(path, ROWS[:1])
    assert sheet["E11"].value == "=Events[[#This Row],[amount]]*2"
    cell = before[before.index(b'<c r="E11"') :].partition(b"</c>")[0]
    assert cell in parts(path)["xl/worksheets/sheet1.xml"]


def test_twice_before_a_save_is_once_with_all_rows(tmp_path):
    one, two = book(tmp_path / "a.xlsx"), book(tmp_path / "b.xlsx")
    appended(one)
    patch = Patch(two)
    for row in ROWS:
        patch.grow_table("Events", [row])
    patch.save()
    assert parts(one) == parts(two)


def test_beside_cells_set_on_the_same_sheet(tmp_path):
    path = book(tmp_path / "a.xlsx")
    patch = Patch(path)
    patch.set_cell("Ledger", "A13", "beside")
    patch.set_cell("Ledger", "B11", "over")
    patch.grow_table("Events", ROWS)
    patch.save()
    sheet = opened(path)["Ledger"]
    assert [sheet[cell].value for cell in ("A13", "B11", "B13")] == ["beside", "over", "Süd <&>"]


def below(made, sheet):
    sheet.write_string(13, 3, "in the way")


def merged(made, sheet):
    sheet.merge_range(13, 2, 13, 6, None)


def other_table(made, sheet):
    sheet.add_table(13, 3, 16, 4, {"name": "Other"})


def protected(made, sheet):
    sheet.protect()


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("table_totals", {"total": True}),
        ("table_formula", {"formula": "=C11*2"}),
        ("table_below", {"after": below}),
        ("table_below", {"after": merged}),
        ("table_below", {"after": other_table}),
        ("sheet_protected", {"after": protected}),
        ("table_full", {"top": 1_048_572, "lines": 2}),
    ],
)
def test_a_table_that_cannot_grow_is_left_alone(tmp_path, key, options):
    path = book(tmp_path / "a.xlsx", **options)
    before = path.read_bytes()
    patch = Patch(path)
    patch.grow_table("Events", ROWS)
    with pytest.raises(PatchError) as refusal:
        patch.save()
    assert refusal.value.key == f"patch.{key}"
    assert "Events" in str(refusal.value) or key == "sheet_protected"
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("key", "rows"),
    [
        ("table_column", [{"amounts": 1}]),
        ("table_computed", [{"twice": 1}]),
        ("not_finite", [{"amount": float("nan")}]),
        ("text_too_long", [{"customer": "x" * 40_000}]),
    ],
)
def test_rows_that_do_not_fit(tmp_path, key, rows):
    patch = Patch(book(tmp_path / "a.xlsx", formula="=Events[[#This Row],[amount]]*2"))
    patch.grow_table("Events", rows)
    with pytest.raises(PatchError) as refusal:
        patch.save()
    assert refusal.value.key == f"patch.{key}"


def test_no_such_table(tmp_path):
    with pytest.raises(PatchError) as refusal:
        Patch(book(tmp_path / "a.xlsx")).grow_table("Nothing", ROWS)
    assert refusal.value.key == "patch.no_such_table"


def test_a_query_fills_it(tmp_path):
    path = book(tmp_path / "a.xlsx")
    rebuilt(path, {TABLE: replaced(" totalsRowShown=", ' tableType="queryTable" totalsRowShown=')})
    patch = Patch(path)
    patch.grow_table("Events", ROWS)
    with pytest.raises(PatchError) as refusal:
        patch.save()
    assert refusal.value.key == "patch.table_filled"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
LINE = st.fixed_dictionaries(
    {"customer": TEXTS},
    optional={"amount": st.integers(-(10**9), 10**9), "date": st.dates(DAY, dt.date(2050, 1, 1))},
)


@given(
    start=st.integers(0, 3), batches=st.lists(st.lists(LINE, min_size=1, max_size=4), min_size=1, max_size=3)
)
@settings(max_examples=40)
def test_whatever_is_appended_can_be_read_again(tmp_path_factory, start, batches):
    path = book(tmp_path_factory.mktemp("grown") / "a.xlsx", lines=start)
    for rows in batches:
        sheet = appended(path, rows)
    rows = [row for batch in batches for row in batch]
    (table,) = sheet.tables.values()
    assert table.ref == f"B10:D{10 + start + len(rows)}"
    for number, row in enumerate(rows, 11 + start):
        found = sheet[f"B{number}"].value, sheet[f"C{number}"].value, sheet[f"D{number}"].value
        day = row.get("date")
        day = day and dt.datetime(day.year, day.month, day.day)
        assert found == (row["customer"], row.get("amount"), day)
