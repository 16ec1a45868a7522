"""`arcredit claim`: what it writes, what it refuses, and what it says where LibreOffice is absent."""

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from arcredit.hosts.calc import office
from arcredit.hosts.cli import main
from arcredit.hosts.console import DONE, FINDINGS, REFUSED, USAGE

SAMPLES = Path(__file__).parents[2] / "workbook_templates"
AS_OF = ("--as-of", "2026-06-30")


@pytest.fixture
def book(tmp_path):
    return Path(shutil.copy(SAMPLES / "sample_ledger_en.xlsx", tmp_path / "ledger.xlsx"))


def run(*arguments, **environment):
    return CliRunner().invoke(
        main, ["claim", *map(str, arguments)], env={"ARCREDIT_LANGUAGE": "en", **environment}
    )


def test_the_sheets_alone_and_the_ledger_untouched(book, tmp_path):
    before = book.read_bytes()
    done = run(book, *AS_OF, "--xlsx", tmp_path / "claim.xlsx")
    assert done.exit_code == DONE, done.output
    assert "estimated indemnity" in done.output
    assert openpyxl.load_workbook(tmp_path / "claim.xlsx").sheetnames == ["AR Claim", "AR Claim Letter"]
    assert book.read_bytes() == before


def test_a_customer_of_ones_own_choice_and_one_without_a_claim(book, tmp_path):
    done = run(book, *AS_OF, "--customer", "no such", "--xlsx", tmp_path / "claim.xlsx")
    assert done.exit_code == FINDINGS, done.output
    assert "There is no claim for customer no such" in done.output


def absent():
    raise FileNotFoundError("soffice")


def broken():
    raise subprocess.TimeoutExpired("soffice", 240)


@pytest.mark.parametrize(("soffice", "said"), [(absent, "not installed here"), (broken, "could not make it")])
def test_without_libreoffice_the_sheets_are_made_and_it_says_so(book, tmp_path, monkeypatch, soffice, said):
    monkeypatch.setattr(office, "soffice", soffice)
    done = run(book, *AS_OF, "--pdf", tmp_path / "claim.pdf")
    assert done.exit_code == REFUSED
    assert said in done.output
    assert not (tmp_path / "claim.pdf").exists()
    assert (tmp_path / "claim.xlsx").exists()
    # The same in Chinese, and a workbook that is there already is left alone.
    again = run(book, *AS_OF, "--pdf", tmp_path / "claim.pdf", ARCREDIT_LANGUAGE="zh")
    assert again.exit_code == USAGE
    assert "已存在" in again.output


def test_never_the_ledger_and_nothing_that_is_there(book, tmp_path):
    for option in ("--xlsx", "--pdf"):
        done = run(book, *AS_OF, option, book, "--overwrite")
        assert done.exit_code == USAGE
        assert "is the ledger itself" in done.output
    (tmp_path / "there.xlsx").write_text("mine")
    assert run(book, *AS_OF, "--xlsx", tmp_path / "there.xlsx").exit_code == USAGE
    assert (tmp_path / "there.xlsx").read_text() == "mine"
    assert run(book, *AS_OF, "--xlsx", tmp_path / "there.xlsx", "--overwrite").exit_code == DONE
    assert run(book, *AS_OF).exit_code == USAGE
    assert run(book, *AS_OF, "--xlsx", tmp_path / "no" / "x.xlsx").exit_code == USAGE


def test_a_workbook_without_a_policy_says_what_is_missing(book, tmp_path):
    content = openpyxl.load_workbook(book)
    for name in content.sheetnames:
        if name in ("Insurance", "Insured limits"):
            del content[name]
    content.save(book)
    done = run(book, *AS_OF, "--xlsx", tmp_path / "claim.xlsx")
    assert done.exit_code == REFUSED
    assert "Insurance" in done.output
    assert not (tmp_path / "claim.xlsx").exists()
