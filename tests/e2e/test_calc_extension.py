"""The LibreOffice extension from its installation to its removal, in a headless LibreOffice of its own."""

import datetime as dt
import re
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from arcredit.hosts.calc.calls import ERRORS
from arcredit.hosts.excel.adapter import MISSING, CellError
from arcredit.hosts.excel.functions import FUNCTIONS
from cell_calls import call, cells
from golden_tables import golden_rows
from installed_extension import Installed

FIRST_DAY = dt.date(1899, 12, 30).toordinal()
CODES = {number: code for code, number in ERRORS.items()}
EVERYTHING = 1 | 2 | 4 | 16
"""Numbers, dates, texts and formulas of com.sun.star.sheet.CellFlags."""


def standard(office):
    libraries = office.context.ServiceManager.createInstanceWithContext(
        "com.sun.star.script.ApplicationScriptLibraryContainer", office.context
    )
    libraries.loadLibrary("Standard")
    return libraries.getByName("Standard").ElementNames


@pytest.fixture(scope="module")
def installed(uno_bindings, tmp_path_factory):
    place = Installed(tmp_path_factory.mktemp("calc"))
    place.install()
    return place


@pytest.fixture(scope="module")
def running(installed):
    with installed.start() as office:
        yield office


@pytest.fixture
def sheet(running):
    document = running.new()
    yield document.Sheets.getByIndex(0)
    document.close(True)


def typed(sheet, place, formula):
    cell = sheet.getCellRangeByName(place)
    cell.setPropertyToDefault("NumberFormat")
    cell.Formula = formula
    return content(cell)


def content(cell):
    """A cell as the adapter gives it: an error by its name."""
    if cell.getError():
        return CellError(CODES[cell.getError()])
    return cell.getDataArray()[0][0]


def test_the_functions_are_there_while_libreoffice_runs(running, installed):
    assert "arcredit_functions" in standard(running)
    assert installed.stored_basic() == []


def in_a_cell(value, kind):
    """A golden argument as a user would have it in a sheet: a date is a date."""
    if isinstance(value, str) and kind == "dates" and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return float(dt.date.fromisoformat(value).toordinal() - FIRST_DAY)
    return "" if value is None else float(value) if isinstance(value, int) else value


def put(sheet, left, value, kind):
    """An argument's cells, from a column on; gives their address."""
    rows = cells(value)
    rows = rows if isinstance(rows, tuple) else ((rows,),)
    block = [[in_a_cell(item, kind) for item in row] for row in rows]
    area = sheet.getCellRangeByPosition(left, 0, left + len(block[0]) - 1, len(block) - 1)
    area.setDataArray(tuple(map(tuple, block)))
    for y, row in enumerate(rows):
        for x, item in enumerate(row):
            if isinstance(item, bool):
                area.getCellByPosition(x, y).Formula = "=TRUE()" if item else "=FALSE()"
    return area.AbsoluteName, left + len(block[0])


def in_cells(sheet, row):
    """A golden row as a formula over cells, entered as an array over as many cells as it needs."""
    entry, left, arguments = FUNCTIONS[row["function"].upper()], 10, []
    for item in entry.parameters:
        value = row["arguments"].get(item.name, MISSING)
        address = ""
        if value is not MISSING:
            address, left = put(sheet, left, value, entry.kinds[item.name])
        arguments.append(address)
    while arguments and not arguments[-1]:
        arguments.pop()
    expected = call(row)
    expected = expected if type(expected) is tuple else ((expected,),)
    area = sheet.getCellRangeByPosition(0, 20, len(expected[0]) - 1, 20 + len(expected) - 1)
    area.setArrayFormula(f"={entry.name}({';'.join(arguments)})")
    found = [
        [content(area.getCellByPosition(x, y)) for x in range(len(expected[0]))] for y in range(len(expected))
    ]
    area.setArrayFormula("")
    return found, expected


def shown(value):
    """A result of the adapter as a cell holds it."""
    if isinstance(value, dt.date):
        return float(value.toordinal() - FIRST_DAY)
    return float(value) if isinstance(value, int) else value


ONE_EACH = list(
    {row["function"]: row for row in golden_rows() if "error" not in str(row["expected"])}.values()
)


@pytest.mark.parametrize("row", ONE_EACH, ids=lambda row: f"{row['function']}-{row['id']}")
def test_a_golden_row_of_every_function_in_cells(sheet, row):
    found, expected = in_cells(sheet, row)
    assert found == [[shown(value) for value in line] for line in expected]


def test_errors_are_real_errors(sheet):
    assert typed(sheet, "A1", "=CREDIT_UTILISATION(0;5)") == CellError("#DIV/0!")
    assert typed(sheet, "A2", "=CREDIT_AVAILABLE(Z1;5)") == CellError("#N/A")
    assert typed(sheet, "A3", '=AR_BUCKET(5;"90,30")') == CellError("#NUM!")
    assert typed(sheet, "A4", '=AR_BUCKET(5;30;"quickbooks")') == CellError("#VALUE!")
    assert typed(sheet, "A5", "=CREDIT_LIMIT(1)") == CellError("#VALUE!")
    assert typed(sheet, "B1", "=ISNA(A2)") == 1
    assert typed(sheet, "B2", "=ISNA(A1)") == 0
    assert [typed(sheet, f"C{row}", f"=ERROR.TYPE(A{row})") for row in range(1, 6)] == [2, 7, 6, 3, 3]
    assert typed(sheet, "D1", '=IFERROR(CREDIT_UTILISATION(0;5);"none")') == "none"


def test_a_column_spills_with_an_error_in_its_own_cell(sheet):
    sheet.getCellRangeByName("A1:A4").setDataArray(((100.0,), ("many",), ("",), (300.0,)))
    sheet.getCellRangeByName("A4").Formula = "=1/0"
    area = sheet.getCellRangeByName("B1:B4")
    area.setArrayFormula("=AR_DSO(A1:A4;1000;365)")
    assert [content(area.getCellByPosition(0, row)) for row in range(4)] == [
        36.5,
        CellError("#VALUE!"),
        "",
        CellError("#DIV/0!"),
    ]
    table = sheet.getCellRangeByName("D1:G3")
    sheet.getCellRangeByName("J1:K2").setDataArray((("A", 10.0), ("B", 30.0)))
    table.setArrayFormula("=AR_CONCENTRATION(J1:J2;K1:K2)")
    assert table.getDataArray()[1][:2] == ("B", 30.0)


def test_whole_columns_end_where_the_sheet_does(sheet):
    sheet.getCellRangeByName("A1:B2").setDataArray(((1.0, "x"), (3.0, "y")))
    assert typed(sheet, "C9", "=AR_HHI(A:A)") == pytest.approx(0.625)


def test_true_is_not_one(sheet):
    sheet.getCellRangeByName("A1").Formula = "=TRUE()"
    sheet.getCellRangeByName("A2").Value = 1
    assert typed(sheet, "B1", "=AR_DSO(A1;100;365)") == CellError("#VALUE!")
    assert typed(sheet, "B2", "=AR_DSO(A2;100;365)") == 3.65


def test_an_argument_left_out_is_its_default_and_zero_is_zero(sheet):
    sheet.getCellRangeByName("A1:C1").setDataArray(((720_000.0, 60.0, 3.0),))
    need = typed(sheet, "D1", "=CREDIT_LIMIT(A1;B1;C1)")
    assert need > 0
    assert typed(sheet, "D2", "=CREDIT_LIMIT(A1;B1;C1;;;1000000000)") == need
    assert typed(sheet, "D3", "=CREDIT_LIMIT(A1;B1;C1;;0)") == 0
    assert typed(sheet, "D2", "=CREDIT_LIMIT(A1;B1;C1;0;0;1000000000)") == 0
    assert typed(sheet, "D2", "=CREDIT_LIMIT(A1;B1;C1;;;1000000000)") == need
    assert typed(sheet, "D4", "=CREDIT_LIMIT(A1;B1;C1;0;0;1000000000)") == CellError("#VALUE!")
    assert typed(sheet, "D5", "=CREDIT_UTILISATION(100;)") == ""


def test_a_date_is_shown_as_one(sheet):
    assert typed(sheet, "A1", '=AR_DUE_DATE(DATE(2025;1;15);"net 30")') == 45_702
    assert "25" in sheet.getCellRangeByName("A1").String


def excel_book(path, date_1904=False):
    """A workbook as Excel would leave it: plain names, and results that must be computed anew."""
    with xlsxwriter.Workbook(str(path), {"date_1904": date_1904}) as book:
        ledger = book.add_worksheet("Ledger")
        ledger.write_row("A1", [720_000, 60, 3])
        ledger.write_formula("D1", "=CREDIT_LIMIT(A1,B1,C1)", value=1)
        ledger.write_formula("D2", "=CREDIT_LIMIT(A1,B1,C1,,,1000000000)", value=1)
        ledger.write_datetime("A3", dt.datetime(2025, 1, 15), book.add_format({"num_format": "yyyy-mm-dd"}))
        ledger.write_formula(
            "D3", '=AR_DUE_DATE(A3,"net 30")', book.add_format({"num_format": "yyyy-mm-dd"}), 1
        )
        ledger.write_formula("D4", '=AR_DUE_DATE(DATE(2025,1,15),"16 eom")', None, 1)
        ledger.write_boolean("A5", True)
        ledger.write_formula("D5", "=AR_DSO(A5,100,365)", value=1)
        ledger.write_array_formula("F1:F2", "{=AR_DSO(A1:A2,B1,365)}", None, 1)
    return path


def test_the_same_call_in_two_calendars_is_an_error_not_a_wrong_date(running, tmp_path):
    books = []
    for date_1904 in (False, True):
        books.append(running.open(excel_book(tmp_path / f"{date_1904}.xlsx", date_1904)))
    cells = [book.Sheets.getByIndex(0).getCellRangeByName for book in books]
    assert content(cells[0]("D4")) == 45_688
    assert content(cells[1]("D4")) == CellError("#VALUE!")
    assert [content(cell("D3")) for cell in cells] == [45_702, 45_702 - 1462]
    for book in books:
        book.close(True)


@pytest.mark.parametrize("date_1904", [False, True], ids=["1900", "1904"])
def test_a_workbook_of_excel_is_computed_and_goes_back(running, sheet, tmp_path, date_1904):
    """`sheet`: a workbook that counts from 1900 is open beside it."""
    path = excel_book(tmp_path / "excel.xlsx", date_1904)
    for turn in range(2):
        book = running.open(path)
        ledger = book.Sheets.getByIndex(0)
        assert (book.NullDate.Year == 1904) == date_1904
        limit = content(ledger.getCellRangeByName("D1"))
        assert limit == pytest.approx(130_191.78)
        assert content(ledger.getCellRangeByName("D2")) == limit
        assert ledger.getCellRangeByName("D3").String == "2025-02-14"
        serial = ledger.getCellRangeByName("D3").Value
        assert serial == 45_702 - 1462 * date_1904
        assert content(ledger.getCellRangeByName("D4")) == 45_688 - 1462 * date_1904
        assert content(ledger.getCellRangeByName("D5")) == CellError("#VALUE!")
        assert content(ledger.getCellRangeByName("F1")) == pytest.approx(720_000 / 60 * 365)
        ledger.getCellRangeByName("A1").Value = 1_440_000
        assert content(ledger.getCellRangeByName("D1")) != limit
        ledger.getCellRangeByName("A1").Value = 720_000
        path = tmp_path / f"calc{turn}.xlsx"
        running.save(book, path)
        book.close(True)
        formulas = re.findall(
            "<f[^>]*>(.*?)</f>", zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
        )
        assert formulas[:3] == [
            "CREDIT_LIMIT(A1,B1,C1)",
            "AR_DSO(A1:A2,B1,365)",
            "CREDIT_LIMIT(A1,B1,C1,,,1000000000)",
        ]


def log(place):
    file = place.profile / "user" / "arcredit" / "log.txt"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def test_without_numpy_the_log_says_so_and_a_folder_of_packages_helps(installed, running, tmp_path):
    """Comes after all that need the running one: a profile serves one LibreOffice at a time."""
    running.close()
    (tmp_path / "numpy.py").write_text("raise ImportError('hidden')")
    with installed.start(PYTHONPATH=str(tmp_path)) as office:
        sheet = office.new().Sheets.getByIndex(0)
        assert typed(sheet, "A1", "=AR_HHI(1)") == CellError("#NAME?")
    assert "finds no numpy (hidden)" in log(installed)
    assert "找不到 numpy" in log(installed)
    packages = installed.profile / "user" / "arcredit" / "packages"
    assert f'--target "{packages}"' in log(installed)
    packages.mkdir()
    (packages / "numpy").symlink_to("/usr/lib/python3/dist-packages/numpy")
    with installed.start(PYTHONPATH=str(tmp_path)) as office:
        sheet = office.new().Sheets.getByIndex(0)
        assert typed(sheet, "A1", "=AR_HHI(1)") == 1


def test_uninstalling_leaves_nothing(installed):
    installed.uninstall()
    assert installed.stored_basic() == []
    with installed.start() as office:
        assert "arcredit_functions" not in standard(office)
        sheet = office.new().Sheets.getByIndex(0)
        assert typed(sheet, "A1", "=AR_HHI(1)") == CellError("#NAME?")
    packages = installed.profile / "user" / "uno_packages"
    assert not list(Path(packages).rglob("arcredit_functions.bas"))
