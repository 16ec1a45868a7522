"""The command line as a user meets it: what it prints, what it leaves on the disk, and its exit codes."""

import csv
import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner

from arcredit.hosts import batch
from arcredit.hosts.cli import main
from arcredit.hosts.console import BUSY, DONE, FINDINGS, REFUSED, USAGE

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "workbook_templates"
AS_OF = ("--as-of", "2026-06-30")


@pytest.fixture
def book(tmp_path):
    return Path(shutil.copy(SAMPLES / "sample_ledger_en.xlsx", tmp_path / "ledger.xlsx"))


def run(*arguments, **environment):
    return CliRunner().invoke(
        main, [str(item) for item in arguments], env={"ARCREDIT_LANGUAGE": "en", **environment}
    )


def parts(path):
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_refresh_adds_the_reports_and_keeps_every_other_part(book):
    before = parts(book)
    done = run("refresh", book, *AS_OF)
    assert done.exit_code == DONE, done.output
    assert "877 rows read, 0 rejected, 3 sheets written" in done.output
    assert "Read 794,601.46 + rejected 0.00 = 794,601.46 EUR" in done.output
    after = parts(book)
    touched = {name for name in before if after.get(name) != before[name]}
    assert touched <= {
        "[Content_Types].xml",
        "_rels/.rels",
        "docProps/app.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/workbook.xml",
        "xl/styles.xml",
    }


def test_refreshing_twice_changes_nothing(book):
    run("refresh", book, *AS_OF)
    once = book.read_bytes()
    again = run("refresh", book, *AS_OF)
    assert "up to date" in again.output
    assert book.read_bytes() == once


def test_dry_run_and_diff_write_nothing(book):
    before = book.read_bytes()
    done = run("refresh", book, *AS_OF, "--dry-run", "--diff")
    assert "would be refreshed" in done.output
    assert "AR Aging!A1" in done.output
    assert book.read_bytes() == before


def test_backup_keeps_the_old_file(book):
    before = book.read_bytes()
    run("refresh", book, *AS_OF, "--backup")
    assert [path.read_bytes() for path in book.parent.glob("*.bak*")] == [before]


def test_choices_are_remembered_in_the_workbook(book):
    run("refresh", book, *AS_OF, "--language", "zh", "--edges", "15,45")
    again = run("refresh", book, *AS_OF)
    assert "up to date" in again.output
    with zipfile.ZipFile(book) as package:
        assert "台账检查".encode() in package.read("xl/workbook.xml")


def test_a_busy_workbook_is_left_alone(book, monkeypatch):
    waits = []
    monkeypatch.setattr(batch.time, "sleep", waits.append)
    book.with_name("~$ledger.xlsx").write_bytes(b"\x05Alice")
    before = book.read_bytes()
    done = run("refresh", book, *AS_OF)
    assert done.exit_code == BUSY
    assert waits == [batch.PAUSE] * batch.RETRIES
    assert book.read_bytes() == before


def test_one_bad_file_does_not_stop_a_folder(book):
    (book.parent / "broken.xlsx").write_bytes(b"PK\x03\x04 nothing more")
    shutil.copy(book, book.parent / "~$other.xlsx")
    done = run("refresh", book.parent, *AS_OF)
    assert done.exit_code == REFUSED
    assert re.search(r"Workbooks +2\s+Refreshed +1\s+Not touched +1", done.output)
    assert "broken.xlsx: not touched." in done.output


def test_what_was_asked_of_the_wrong_kind_of_file_says_what_to_do(book):
    text = book.with_name("ledger.csv")
    text.write_text("Customer,Due date,Open\nA,2026-01-31,1\n")
    done = run("refresh", text, *AS_OF)
    assert done.exit_code == REFUSED
    assert "ledger.csv: not touched. This is not an Excel workbook. Give" in done.output
    assert ".csv can be read with check, aging and dso" in done.output
    done = run("log", book)
    assert done.exit_code == REFUSED
    assert "this is a workbook, not a log. Give the folder" in done.output


def test_figures_do_not_depend_on_the_number_of_jobs(tmp_path):
    folders = []
    for jobs in ("1", "2"):
        folder = tmp_path / jobs
        folder.mkdir()
        for sample in SAMPLES.glob("sample_ledger_*.xlsx"):
            shutil.copy(sample, folder)
        run("refresh", folder, *AS_OF, "--jobs", jobs)
        folders.append({path.name: path.read_bytes() for path in folder.glob("*.xlsx")})
    assert folders[0] == folders[1]


@pytest.mark.parametrize(
    "wrong",
    [
        ("refresh", "nowhere.xlsx"),
        ("refresh", SAMPLES / "sample_ledger_en.xlsx", "--as-of", "30/06/2026"),
        ("refresh", SAMPLES / "sample_ledger_en.xlsx", "--column", "customer"),
        ("aging", SAMPLES / "sample_ledger_en.xlsx", "--convention", "quickbooks"),
        ("aging", SAMPLES / "sample_ledger_en.xlsx", "--edges", "60,30"),
        ("refresh", SAMPLES / "sample_ledger_en.xlsx", "--gl-balance", "nan", "--dry-run"),
        ("refresh", SAMPLES / "sample_ledger_en.xlsx", "--gl-balance", "1e999", "--dry-run"),
        ("dance",),
    ],
)
def test_wrong_usage(wrong):
    done = run(*wrong)
    assert done.exit_code == USAGE
    assert "Traceback" not in done.output


def test_check_explains_what_it_would_read(book):
    done = run("check", book)
    for text in ("Sheet Ledger", "open_amount", "877 read, 0 rejected"):
        assert text in done.output
    assert "What was found:" in run("check", SAMPLES / "sample_ledger_messy.xlsx").output


def test_aging_as_csv_and_json_hold_the_same_figures(book):
    lines = list(csv.DictReader(io.StringIO(run("aging", book, *AS_OF, "--format", "csv").output)))
    rows = json.loads(run("aging", book, *AS_OF, "--format", "json").output)["rows"]
    assert len(lines) == len(rows) == 40
    assert [float(line["Total open"]) for line in lines] == [row["Total open"] for row in rows]
    assert round(sum(row["Total open"] for row in rows), 2) == 794601.46


def test_dso_lists_its_methods(book):
    done = run("dso", book, *AS_OF)
    assert "DSO, count-back" in done.output
    assert re.search(r"Collection effectiveness \(CEI\) +82\.\d%", done.output)


def test_titles_name_no_currency_where_the_ledger_has_none():
    done = run("dso", SAMPLES / "sample_ledger_zh.xlsx", *AS_OF)
    assert done.output.startswith("Days sales outstanding at 2026-06-30\n")


@pytest.mark.parametrize("command", ["aging", "dso"])
def test_a_day_before_the_first_document_is_said(book, command):
    done = run(command, book, "--as-of", "2000-01-01")
    assert "has nothing open on 2000-01-01" in done.output
    assert done.exit_code == DONE


def test_receipts_are_read_from_the_sheet_that_is_named(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "ledger.xlsx") as made:
        ledger, *sheets = map(made.add_worksheet, ("Invoices", "Kasse", "Bank"))
        ledger.write_row(0, 0, ["Customer", "Invoice No", "Invoice Date", "Due Date", "Amount"])
        ledger.write_row(1, 0, ["Acme", "INV-1", "2026-01-15", "2026-02-14", 100.0])
        for sheet, amount in zip(sheets, (40.0, 70.0), strict=True):
            sheet.write_row(0, 0, ["Receipt date", "Customer", "Applied to", "Amount received"])
            sheet.write_row(1, 0, ["2026-03-01", "Acme", "INV-1", amount])
    for name, left in (("Kasse", 60.0), ("Bank", 30.0)):
        chosen = (tmp_path / "ledger.xlsx", "--receipts-sheet", name)
        assert f"Receipts: sheet {name}, rows 2 to 2." in run("check", *chosen).output
        rows = json.loads(run("aging", *chosen, *AS_OF, "--format", "json").output)["rows"]
        assert [row["Total open"] for row in rows] == [left]


@pytest.mark.parametrize("wish", ["Nixdort", "NIX"])
def test_a_column_that_is_not_there_is_refused(book, wish):
    for _ in ("as it came", "with a mapping remembered"):
        done = run("check", book, "--column", f"due_date={wish}")
        assert done.exit_code == REFUSED
        assert f"due_date is to be read from '{wish}', but there is no such" in done.output
        run("refresh", book, *AS_OF)


def test_a_difference_to_the_general_ledger_is_said_and_counts(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "ledger.xlsx") as made:
        ledger = made.add_worksheet()
        ledger.write_row(0, 0, ["Customer", "Invoice No", "Invoice Date", "Due Date", "Open amount"])
        ledger.write_row(1, 0, ["Acme", "INV-1", "2026-01-15", "2026-02-14", 100.1])
    book = tmp_path / "ledger.xlsx"
    for balance, line, code in (
        ("100.10", "Open 100.10; the general ledger says 100.10; difference 0.00.", DONE),
        ("1,100.00", "Open 100.10; the general ledger says 1,100.00; difference -999.90.", FINDINGS),
    ):
        done = run("refresh", book, *AS_OF, "--gl-balance", balance)
        assert line in done.output
        assert done.exit_code == code
    early = run("refresh", book, "--as-of", "2026-01-01")
    assert "has nothing open on 2026-01-01" in early.output


def test_missing_rates_and_a_balance_of_several_currencies_are_said(tmp_path):
    book = Path(shutil.copy(SAMPLES / "sample_ledger_messy.xlsx", tmp_path))
    rates = tmp_path / "rates.csv"
    rates.write_text("currency,rate\nEUR,1\nUSD,0.9\n")
    done = run("refresh", book, *AS_OF, "--rates", rates, "--gl-balance", "1")
    assert "The given rates have none for GBP: nothing was converted." in done.output
    assert "The ledger has several currencies" in done.output
    rates.write_text("currency,rate\nEUR,1\nUSD,0.9\nGBP,1.2\n")
    assert "The given rates" not in run("refresh", book, *AS_OF, "--rates", rates).output


def test_a_refresh_remembers_the_receipts_sheet(tmp_path):
    book = Path(shutil.copy(SAMPLES / "sample_ledger_zh.xlsx", tmp_path))
    assert run("refresh", book, *AS_OF, "--receipts-sheet", "收款明细").exit_code == DONE
    assert "up to date" in run("refresh", book, *AS_OF).output


def test_everything_printed_comes_in_chinese_too(book):
    done = run("refresh", book, *AS_OF, ARCREDIT_LANGUAGE="zh")
    assert "已刷新，读取 877 行" in done.output


def test_demo_refreshes_fresh_copies(tmp_path):
    done = run("demo", "--folder", tmp_path / "demo")
    assert done.exit_code == DONE, done.output
    assert len(list((tmp_path / "demo").glob("*.xlsx"))) == 3
    assert done.output.count("refreshed") == 3
