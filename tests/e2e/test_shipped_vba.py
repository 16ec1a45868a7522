"""The shipped VBA in a real spreadsheet program: functions typed into cells call xlwings' real CallUDF."""

import datetime as dt
import inspect
import re
import xml.etree.ElementTree as ET
import zipfile

import numpy as np
import pytest

from arcredit.hosts.calc import engine
from arcredit.hosts.excel import ribbon
from arcredit.hosts.excel.functions import FUNCTIONS
from e2e.bridge import Excel, addin_workbook
from golden_tables import golden_rows, same

EPOCH = dt.date(1899, 12, 30)
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
TABLE_COLUMNS = 16
ROWS = 12_000


@pytest.fixture(scope="module")
def excel(office, tmp_path_factory):
    """The add-in open in LibreOffice, with a sheet for what is given and one for the formulas."""
    running = Excel(office, addin_workbook(tmp_path_factory.mktemp("addin") / "arcredit.xlsm"))
    for name in ("given", "found"):
        running.doc.Sheets.insertNewByName(name, running.doc.Sheets.Count)
    yield running
    running.doc.close(True)


def first_rows():
    rows = {}
    for row in golden_rows():
        rows.setdefault(row["function"], row)
    return list(rows.values())


def block(value):
    """A golden argument as rows of cells, days as serial numbers."""
    if isinstance(value, dict):
        value = [list(pair) for pair in value.items()]
    rows = value if isinstance(value, list) else [value]
    return [[as_cell(cell) for cell in (row if isinstance(row, list) else [row])] for row in rows]


def as_cell(value):
    if isinstance(value, str) and ISO.fullmatch(value):
        return float((dt.date.fromisoformat(value) - EPOCH).days)
    return "" if value is None else value if isinstance(value, str) else float(value)


class Typist:
    """Writes arguments below one another on the sheet "given" and formulas on "found"."""

    def __init__(self, doc):
        self.given, self.found = doc.Sheets.getByName("given"), doc.Sheets.getByName("found")
        self.down = self.row = 0

    def reference(self, value):
        rows = block(value)
        right = max(map(len, rows))
        rows = [tuple(row + [""] * (right - len(row))) for row in rows]
        cells = self.given.getCellRangeByPosition(0, self.down, right - 1, self.down + len(rows) - 1)
        cells.setDataArray(tuple(rows))
        self.down += len(rows)
        return cells.AbsoluteName

    def call(self, name, arguments):
        """The formula; arguments in their order, those left out left out."""
        names = list(inspect.signature(FUNCTIONS[name].function).parameters)
        while names and arguments.get(names[-1]) is None:
            names.pop()
        # LibreOffice hands over 0 for an argument left out between others, so a blank cell stands there.
        return f"={name}({';'.join(self.reference(arguments.get(item)) for item in names)})"

    def type(self, formula, height=1, width=1):
        """Put a formula into cells of its own and give their contents, errors as their text."""
        cells = self.found.getCellRangeByPosition(0, self.row, width - 1, self.row + height - 1)
        self.row += height
        if height == width == 1:
            cells.getCellByPosition(0, 0).setFormula(formula)
        else:
            cells.setArrayFormula(formula)
        return [
            [
                cells.getCellByPosition(across, down).String if value is None else value
                for across, value in enumerate(line)
            ]
            for down, line in enumerate(cells.getDataArray())
        ]


@pytest.fixture(scope="module")
def typist(excel):
    return Typist(excel.doc)


@pytest.mark.parametrize("row", first_rows(), ids=lambda row: row["function"])
def test_a_golden_row_of_every_function_in_a_cell(typist, row):
    name, expected, tolerance = row["function"].upper(), row["expected"], row.get("tolerance", 0.0)
    formula = typist.call(name, row["arguments"])
    if isinstance(expected, dict) and "error" in expected:
        assert typist.type(formula) == [[expected["error"]]]
    elif isinstance(expected, dict):
        height = 1 + max(len(column) for column in expected["columns"].values())
        heading, *lines = typist.type(formula, height, TABLE_COLUMNS)
        for column, wanted in expected["columns"].items():
            shown = [line[heading.index(column)] for line in lines]
            assert same_cells(shown, wanted, tolerance), (column, shown)
    else:
        wanted = block(expected)
        found = typist.type(formula, len(wanted), len(wanted[0]))
        flat = [cell for line in found for cell in line]
        assert same_cells(flat, [cell for line in wanted for cell in line], tolerance), found


def same_cells(found, wanted, tolerance):
    """Days are serial numbers in a cell, and where Python has nothing the cell shows a blank or an error."""
    found = [None if cell == "" or cell in ("#N/A", "#DIV/0!") else cell for cell in found]
    wanted = [None if as_cell(cell) == "" else as_cell(cell) for cell in wanted]
    return same(found, wanted, tolerance)


def test_help_spills(typist):
    heading, *lines = typist.type("=AR_HELP()", len(FUNCTIONS) + 1, 3)
    assert "AR_AGING" in [cell for line in lines for cell in line], heading


@pytest.mark.parametrize(
    ("formula", "shown", "kind"),
    [
        ("=CREDIT_AVAILABLE(Z1;5)", "#N/A", 7),
        ("=AR_DSO_COUNTBACK(500;100;30)", "#N/A", 7),
        ('=CREDIT_PD("five")', "#VALUE!", 3),
        ('=AR_BUCKET(5;Z1;"nobody")', "#VALUE!", 3),
        ("=CREDIT_PD(99)", "#NUM!", 6),
        ("=TCI_PREMIUM(100;90)", "#NUM!", 6),
        ("=AR_DSO(100;0;365)", "#DIV/0!", 2),
    ],
)
def test_errors_are_error_values(typist, formula, shown, kind):
    assert typist.type(formula) == [[shown]]
    above = f"A{typist.row}"
    assert typist.type(f"=ERROR.TYPE({above})") == [[kind]]
    assert typist.type(f"=ISNA({above})") == [[float(shown == "#N/A")]]
    assert typist.type(f'=IFERROR({above};"caught")') == [["caught"]]


def test_an_error_in_a_column_stays_in_its_cell(typist):
    given = typist.reference([1, 99, 5])
    assert typist.type(f"=CREDIT_TERMS({given})", 3) == [[90.0], ["#NUM!"], [45.0]]


def test_a_column_of_many_rows_is_one_call(excel, typist):
    days = np.arange(ROWS) - 50
    given = typist.reference(days.tolist())
    before = excel.calls
    found = [line[0] for line in typist.type(f"=AR_BUCKET({given})", ROWS)]
    assert excel.calls == before + 1
    assert found == FUNCTIONS["AR_BUCKET"].function(days).tolist()


def test_a_table_of_many_rows(typist):
    random = np.random.default_rng(5)
    customer = [f"C{number}" for number in random.integers(0, 40, ROWS)]
    due = (46000 + random.integers(-200, 60, ROWS)).astype(float)
    amount = np.round(random.lognormal(7, 1, ROWS), 2)
    columns = [typist.reference(item) for item in (customer, due.tolist(), amount.tolist())]
    heading, *lines = typist.type(f"=AR_AGING({';'.join(columns)};46000)", 42, 11)
    ours = FUNCTIONS["AR_AGING"].function(customer, due, amount, 46000.0)
    assert heading == list(ours.columns)
    assert [line[-3] for line in lines] == pytest.approx(ours["total"].tolist(), abs=0)
    assert lines[-1][0] == ""


def test_the_same_call_is_not_made_twice(excel, typist):
    assert typist.type("=AR_DSO(123456;1000000;365)") == [[45.06144]]
    before = excel.calls
    assert typist.type("=AR_DSO(123456;1000000;365)") == [[45.06144]]
    assert excel.calls == before


def test_a_button_from_the_ribbon_to_the_open_workbook(office, tmp_path, sample, called_from):
    """customUI14.xml, its callback in the VBA, Python, the workbook that is open."""
    path = addin_workbook(tmp_path / "arcredit.xlsm")
    excel = Excel(office, path)
    app = engine.attach(office)
    book = app.books.open(str(sample))
    called_from(book)
    app.impl.answers[:] = ["2026-06-30"]
    ui = ET.fromstring(zipfile.ZipFile(path).read("customUI/customUI14.xml"))
    buttons = {item.get("id"): item for item in ui.findall(".//{*}button")}
    excel.run(f"arcredit_ribbon.{buttons['aging'].get('onAction')}", excel.doc)
    assert excel.statements == ["from arcredit.hosts.excel import ribbon; ribbon.aging()"]
    assert [sheet.name for sheet in book.sheets][-1] == "AR Aging"
    assert book.sheets.active.name == "AR Aging"
    assert book.sheets["AR Aging"]["A1"].value == "Receivables aging"
    assert all(hasattr(ribbon, name) for name, item in buttons.items() if not item.get("tag"))
    book.close()
    excel.doc.close(True)
