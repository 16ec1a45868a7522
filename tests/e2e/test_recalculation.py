"""What a refresh stores for our formulas is what LibreOffice computes in the same cells."""

import datetime as dt
import re
import shutil
import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from arcredit.hosts.calc.office import convert
from arcredit.hosts.excel.adapter import MISSING
from arcredit.hosts.excel.adapter import CellError as CalledError
from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.hosts.recalc import recalculate
from arcredit.hosts.recalculation.run import cells_of
from arcredit.ledger.formulas.alike import alike
from arcredit.ledger.patch import Patch
from arcredit.ledger.writing.cells import CellError, cell_name
from cell_calls import call, cells
from e2e.test_calc_extension import Installed, content
from golden_tables import golden_rows
from ledger.patch_books import parts

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "workbook_templates").rglob("*.xlsx"))
AS_OF = dt.date(2026, 6, 30)
WAYS = ("range", "name", "table", "sheet")


@pytest.fixture(scope="module")
def running(uno_bindings, tmp_path_factory):
    place = Installed(tmp_path_factory.mktemp("calc"))
    place.install()
    with place.start() as office:
        yield office


class Gallery:
    """A sheet for each golden row: arguments in cells, referred to in turn as ranges, names and tables."""

    def __init__(self, path):
        self.book = xlsxwriter.Workbook(path)
        self.dates = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.tables = 0

    def add(self, number, row, dynamic):
        entry = FUNCTIONS[row["function"].upper()]
        sheet = self.book.add_worksheet(f"{row['function'].lower()} {number}"[:31])
        arguments, left = [], 10
        for place, item in enumerate(entry.parameters):
            value = row["arguments"].get(item.name, MISSING)
            if value is MISSING:
                arguments.append("")
                continue
            rows = cells(value)
            rows = rows if isinstance(rows, tuple) else ((rows,),)
            way = WAYS[(number + place) % len(WAYS)]
            arguments.append(
                self.argument(sheet, left, rows, entry.kinds[item.name], way, f"n{number}_{place}")
            )
            left += len(rows[0]) + 1
        while arguments and not arguments[-1]:
            arguments.pop()
        expected = call(row)
        expected = expected if type(expected) is tuple else ((expected,),)
        area = (20, 0, 20 + len(expected) - 1, len(expected[0]) - 1)
        write = sheet.write_dynamic_array_formula if dynamic else sheet.write_array_formula
        write(*area, f"={entry.name}({','.join(arguments)})", None, "not computed")

    def argument(self, sheet, left, rows, kind, way, name):
        table = way == "table" and len(rows[0]) == 1 and len(rows) > 1
        if table:
            self.tables += 1
            bottom = 1 + len(rows)
            columns = [{"header": "Column 1"}]
            sheet.add_table(1, left, bottom, left, {"name": f"Table_{self.tables}", "columns": columns})
        for y, row in enumerate(rows):
            for x, item in enumerate(row):
                self.cell(sheet, 2 + y, left + x, item, kind)
        first, last = (
            xlsxwriter.utility.xl_rowcol_to_cell(y, x, True, True)
            for y, x in ((2, left), (1 + len(rows), left + len(rows[0]) - 1))
        )
        address = first if first == last else f"{first}:{last}"
        if table:
            return f"Table_{self.tables}[Column 1]"
        if way == "name":
            self.book.define_name(name, f"='{sheet.name}'!{address}")
            return name
        return f"'{sheet.name}'!{address}" if way == "sheet" else address.replace("$", "")

    def cell(self, sheet, row, column, item, kind):
        if isinstance(item, str) and kind == "dates" and re.fullmatch(r"\d{4}-\d\d-\d\d", item):
            sheet.write_datetime(row, column, dt.datetime.fromisoformat(item), self.dates)
        elif item is not None:
            sheet.write(row, column, item)


def renewed(path):
    patch = Patch(path)
    done = recalculate(patch, AS_OF, office=False)
    patch.save()
    return done


def compared(office, path):
    """How many cells of our formulas there are, and those that LibreOffice computes otherwise."""
    book = Patch(path).formula_book(FUNCTIONS)
    document = office.open(path)
    try:
        document.calculateAll()
        different, count = [], 0
        for sheet, formulas in book.own().items():
            values, shown = book.values(sheet), document.Sheets.getByName(sheet)
            for group in alike(sheet, formulas, book):
                for row, column in cells_of(group):
                    ours, cell = values.value((row, column)), shown.getCellByPosition(column - 1, row - 1)
                    count += 1
                    if not equal(ours, content(cell)):
                        place = f"{sheet}!{cell_name((row, column))}"
                        different.append((place, formulas[0].text, ours, content(cell)))
        return count, different
    finally:
        document.close(True)


def equal(ours, theirs):
    if isinstance(ours, CellError) or isinstance(theirs, CalledError):
        return getattr(ours, "code", "") == getattr(theirs, "code", None)
    if isinstance(ours, float) and isinstance(theirs, float):
        return ours == pytest.approx(theirs, rel=1e-12, abs=1e-12)
    return float(ours) == theirs if isinstance(ours, bool) else (ours or "") == theirs


def chosen(which):
    """A golden row of every function that has any; the first one, or another where there are more."""
    rows = defaultdict(list)
    for row in golden_rows():
        if [] not in row["arguments"].values():
            rows[row["function"]].append(row)
    return [several[which % len(several)] for several in rows.values()]


@pytest.mark.parametrize("dynamic", [False, True], ids=["fixed", "spilled"])
def test_golden_rows_of_every_function_as_live_formulas(running, tmp_path, dynamic):
    path = tmp_path / "gallery.xlsx"
    gallery = Gallery(path)
    rows = chosen(3 if dynamic else 0)
    for number, row in enumerate(rows, int(dynamic)):
        gallery.add(number, row, dynamic)
    gallery.book.close()
    done = renewed(path)
    assert (done.cells, done.left) == (len(rows), 0)
    count, different = compared(running, path)
    assert not different
    assert count > 2 * len(rows)


@pytest.mark.parametrize("original", TEMPLATES, ids=lambda path: path.name)
def test_the_templates(running, tmp_path, original):
    path = tmp_path / original.name
    shutil.copyfile(original, path)
    done = renewed(path)
    assert done.cells >= (len(FUNCTIONS) - 1 if "gallery" in original.name else 0)
    if done.cells:
        count, different = compared(running, path)
        assert count >= done.cells
        assert not different


@pytest.mark.parametrize("language", ["en", "zh"])
def test_mixed_formulas(running, tmp_path, language):
    path = tmp_path / "mixed.xlsx"
    name = {"en": "It's here", "zh": "数据 一"}[language]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(name)
        data = [["A", 45000 + 37 * row, 10.0 * row] for row in range(1, 8)]
        columns = [{"header": "客户"}, {"header": "Due date"}, {"header": "Amount"}]
        sheet.add_table("A1:C8", {"name": "tblDocs", "columns": columns, "data": data})
        book.define_name("Asof", "=45200")
        book.define_name("Rate", "=5%")
        for row in range(2, 9):
            formulas = [
                f"=AR_DAYS_PAST_DUE(B{row},Asof)",
                f"=AR_BUCKET(E{row})",
                f"=AR_INTEREST(C{row},B{row},45200+{row}*2,Rate)*-1",
                "=AR_BUCKET(45200-[@[Due date]],{30;60})".replace("[@[", "tblDocs[[#This Row],["),
                f'=AR_DSO(C{row},tblDocs[Amount],2^3)&"|"' if row == 2 else f"=AR_DSO(C{row},$C$8,2^3)>1",
                f"=AR_DSO(AR_DSO(C{row},50,10),-C{row}+1000,90)%",
                f"=AR_HHI(C$2:C{row})+AR_HHI(tblDocs[Amount])/3",
            ]
            for column, formula in enumerate(formulas, 4):
                sheet.write_formula(row - 1, column, formula, None, 0)
    done = renewed(path)
    assert done.left == 0
    count, different = compared(running, path)
    assert count == 49
    assert not different


REAL = (
    "tidyxl__6dc3ca70__examples.xlsx",
    "openxlsx-data__d49de295__formula.xlsx",
    "poi__a746e336__StructuredReferences.xlsx",
    "poi__4d8fd3db__xlookup.xlsx",
    "poi__3b17486d__DataTableCities.xlsx",
    "poi__35eaa8a5__47804.xlsx",
)
"""Real workbooks with formulas and an order of calculation; one has metadata of Excel's own."""


def with_a_spill(path):
    """A formula of ours beyond a real workbook's cells, stored as one cell, then spilled; where it stands."""
    patch = Patch(path)
    sheet = next(iter(patch.formula_book(FUNCTIONS).parts))
    book = openpyxl.load_workbook(path)
    column = book[sheet].max_column + 2
    patch.set_array(sheet, cell_name((2, column)), [["old"]], formula="AR_BUCKET({1;40;70})")
    patch.save()
    assert renewed(path).changed == 1
    return sheet, column


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_spilled_cells_in_real_workbooks_are_as_excel_stores_them(shared, tmp_path):
    before, after = tmp_path / "before", tmp_path / "after"
    places = {}
    for folder in (before, after):
        folder.mkdir()
        for name in REAL:
            shutil.copyfile(shared / "corpus" / name, folder / f"{folder.name} {name}")
            (folder / f"{folder.name} {name}").chmod(0o600)
    for name in REAL:
        places[name] = with_a_spill(after / f"after {name}")
    whole = [folder / f"{folder.name} {name}" for name in REAL for folder in (before, after)]
    made = iter(convert(whole, "xlsx", tmp_path / "made", recalculate=False))
    for name in REAL:
        sheet, column = places[name]
        parts_are_sound(after / f"after {name}", sheet, column)
        old, new = shown(next(made)), shown(next(made))
        # Without our extension LibreOffice does not know the function; what counts is where it stands.
        filled = {at for at, value in new.items() if old.get(at) != value}
        assert filled == {(sheet, row, column) for row in (2, 3, 4)}, name
        assert not old.keys() - new.keys()


def shown(path):
    """Every value of a workbook."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        (sheet.title, cell.row, cell.column): cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def parts_are_sound(path, sheet, column):
    """The mark on the formula's cell alone, metadata that has it, no order of calculation that lacks it."""
    values = openpyxl.load_workbook(path, data_only=True)[sheet]
    assert [values.cell(row, column).value for row in (2, 3, 4)] == ["1-30", "31-60", "61-90"]
    formula = openpyxl.load_workbook(path)[sheet].cell(2, column).value
    assert formula.ref == f"{cell_name((2, column))}:{cell_name((4, column))}"
    held = {name.lower(): data for name, data in parts(path).items()}
    assert not any("calcchain" in name for name in held)
    assert b"calcChain" not in held["[content_types].xml"] + held["xl/_rels/workbook.xml.rels"]
    part = Patch(path).formula_book(FUNCTIONS).parts[sheet].lower()
    cells = [
        re.search(rb'<(?:x:)?c [^>]*r="%s"[^>]*>' % cell_name((row, column)).encode(), held[part])[0]
        for row in (2, 3, 4)
    ]
    marks = [re.search(rb' cm="(\d+)"', cell) for cell in cells]
    assert [mark is not None for mark in marks] == [True, False, False]
    (metadata,) = (data for name, data in held.items() if name.endswith("/metadata.xml"))
    listed = ET.fromstring(metadata).find("{*}cellMetadata")
    assert int(marks[0][1]) <= len(listed) == int(listed.get("count"))
    assert b"fDynamic" in metadata
