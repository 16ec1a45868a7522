"""`arcredit init`: the missing sheets are added as the user's own, and nothing else is touched."""

import datetime as dt
import zipfile

import openpyxl
import pytest
from click.testing import CliRunner

from arcredit.hosts.cli import main
from arcredit.hosts.init import USUAL, add_records
from arcredit.ledger.patch import Patch
from arcredit.ledger.records import read_records
from arcredit.ledger.records.schema import schema
from arcredit.words import LANGUAGES
from record_books import book

DAY = dt.date(2026, 1, 1)
HEADS = {
    "en": ["Customer", "Customer name", "Invoice", "Invoice date", "Due date", "Open amount"],
    "zh": ["客户编码", "客户名称", "发票号码", "开票日期", "到期日", "未收金额"],
}
ROWS = [[f"00{n % 3}", f"公司 {n % 3}", f"I{n}", DAY, DAY + dt.timedelta(days=n), 10.0 + n] for n in range(9)]


def ledger(path, language="en", **sheets):
    return book(path, {"Ledger": [(0, 0, [HEADS[language], *ROWS], "")], **sheets})


def parts(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_added_reads_as_its_record(tmp_path, language):
    path = ledger(tmp_path / "b.xlsx", language)
    before = parts(path)
    added = add_records(path, tuple(schema()))
    assert list(added.sheets) == list(schema())
    assert list(added.sheets.values()) == [record.sheet(language) for record in schema().values()]
    found = read_records(path)
    assert found.findings == ()
    assert set(found.tables) == set(schema())
    assert found.table("customers")["customer"].tolist() == ["000", "001", "002"]
    assert found.table("customers")["customer_name"].tolist() == ["公司 0", "公司 1", "公司 2"]
    assert found.table("limits")["customer"].tolist() == ["000", "001", "002"]
    after = parts(path)
    assert after["xl/worksheets/sheet1.xml"] == before["xl/worksheets/sheet1.xml"]


def test_no_figure_is_invented(tmp_path):
    path = ledger(tmp_path / "b.xlsx")
    add_records(path, tuple(schema()))
    found = read_records(path)
    for name in ("customers", "limits"):
        table = found.table(name)
        for column, values in table.columns.items():
            if column not in ("customer", "customer_name"):
                assert all(value is None or value != value for value in values.tolist()), (name, column)
    assert not found.has("insured_limits")
    assert found.terms("insurance") == {}


def test_twice_adds_nothing(tmp_path):
    path = ledger(tmp_path / "b.xlsx")
    add_records(path)
    once = path.read_bytes()
    assert add_records(path).sheets == {}
    assert path.read_bytes() == once


def test_the_sheets_are_the_users_own(tmp_path):
    path = ledger(tmp_path / "b.xlsx")
    assert tuple(add_records(path).sheets) == USUAL
    assert Patch(path).owned() == {}


def test_records_that_are_there_stay(tmp_path):
    rows = [["Customer", "Credit limit"], ["001", 5]]
    path = ledger(tmp_path / "b.xlsx", Limits=[(0, 0, rows, "")])
    assert "limits" not in add_records(path).sheets
    assert read_records(path).table("limits")["credit_limit"].tolist() == [5]


def test_a_name_that_is_taken_is_said(tmp_path):
    path = ledger(tmp_path / "b.xlsx", Events=[(0, 0, [["Trade fairs"], ["May"]], "")])
    added = add_records(path, ("events", "orders"))
    assert (added.sheets, added.taken) == ({"orders": "Orders"}, {"events": "Events"})


def test_lists_notes_and_blank_lines(tmp_path):
    path = ledger(tmp_path / "b.xlsx", "zh")
    add_records(path)
    sheet = openpyxl.load_workbook(path)["信用额度"]
    assert sheet["A4"].value == "客户编码"
    assert "须与台账完全一致" in sheet["A4"].comment.text
    assert list(sheet.tables) == ["tblLimits"]
    assert any(
        rule.type == "list" and "是" in rule.formula1 for rule in sheet.data_validations.dataValidation
    )
    assert sheet["A20"].number_format == "@"


def run(*arguments):
    return CliRunner().invoke(main, [str(item) for item in arguments])


def test_command_line(tmp_path):
    path = ledger(tmp_path / "b.xlsx")
    before = path.read_bytes()
    dry = run("init", path, "--records", "orders, plans", "--dry-run")
    assert (dry.exit_code, path.read_bytes()) == (0, before)
    assert "Orders, Plans" in dry.output
    done = run("init", path, "--records", "orders, plans", "--language", "zh", "--backup")
    assert done.exit_code == 0
    assert "待审订单" in done.output
    assert path.with_name("b.xlsx.bak").read_bytes() == before
    assert run("init", path, "--records", "orders").exit_code == 0
    wrong = run("init", path, "--records", "orderz")
    assert wrong.exit_code == 2
    assert "orderz" in wrong.output


def test_no_ledger_is_refused(tmp_path):
    path = book(tmp_path / "b.xlsx", {"Sheet": [(0, 0, [["nothing"]], "")]})
    assert run("init", path).exit_code == 3
