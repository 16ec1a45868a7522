"""Every command of the manual and the README runs on the sample ledgers and ends as the manual says."""

import re
import shlex
import shutil
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from arcredit.hosts.cli import main

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "workbook_templates"
MANUALS = ("docs/manual.md", "docs/manual.zh.md")
BLOCK = re.compile(r"^```console\n(.*?)^```", re.M | re.S)
LINK = re.compile(r"\]\(([^)#]+)\)")


def commands(manual):
    """Commands of a manual with the exit code it states, 0 where it states none."""
    found = []
    for line in "".join(BLOCK.findall((ROOT / manual).read_text(encoding="utf-8"))).splitlines():
        command, _, comment = line.removeprefix("$ ").partition("  #")
        stated = re.search(r"\d", comment)
        found.append((command.strip(), int(stated[0]) if stated else 0))
    return found


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with what the manual's commands name: a filled ledger, a messy one, one without records."""
    for name, sample in (("ledger", "en"), ("messy", "messy"), ("台账", "zh")):
        shutil.copy(SAMPLES / f"sample_ledger_{sample}.xlsx", tmp_path / f"{name}.xlsx")
    for name, sample in (("plain", "en"), ("新台账", "zh")):
        book = openpyxl.load_workbook(SAMPLES / f"sample_ledger_{sample}.xlsx")
        for sheet in book.sheetnames:
            if sheet not in ("Ledger", "应收账款明细", "收款明细"):
                del book[sheet]
        book.save(tmp_path / f"{name}.xlsx")
    (tmp_path / "ledgers").mkdir()
    shutil.copy(tmp_path / "ledger.xlsx", tmp_path / "ledgers" / "north.xlsx")
    shutil.copy(tmp_path / "messy.xlsx", tmp_path / "ledgers" / "south.xlsx")
    (tmp_path / "rates.csv").write_text("currency,rate\nEUR,1\nGBP,1.17\nUSD,0.92\n")
    (tmp_path / "news.csv").write_text(
        "customer,date,kind,severity,source,note\n"
        "000123,2026-06-25,adverse_news,2,Gazette,Supplier sues\n"
        "010102,2026-06-25,adverse_news,2,Gazette,Supplier sues\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("manual", MANUALS)
def test_every_command_ends_as_the_manual_says(desk, manual):
    told = commands(manual)
    assert len(told) > 15
    for command, code in told:
        program, *arguments = shlex.split(command)
        assert program == "arcredit"
        done = CliRunner().invoke(main, arguments, prog_name="arcredit")
        assert done.exit_code == code, f"{command}: {done.exit_code}\n{done.output}{done.exception or ''}"


def test_both_languages_tell_of_the_same_commands():
    english, chinese = ({command.split()[1] for command, _ in commands(name)} for name in MANUALS)
    assert english == chinese


@pytest.mark.parametrize("page", [*MANUALS, "README.md"])
def test_links_lead_somewhere(page):
    here = (ROOT / page).parent
    links = LINK.findall((ROOT / page).read_text(encoding="utf-8"))
    assert links
    lost = [link for link in links if not link.startswith("http") and not (here / link).exists()]
    assert not lost


def test_the_readme_names_every_command():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in main.commands if f"arcredit {name}" not in text and name != "demo"]
    assert not missing, missing
    assert "make demo" in text
