"""arcredit refresh --snapshot and arcredit changes: off unless asked for, remembered, never in the way."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from arcredit.hosts.cli import main

SAMPLE = Path(__file__).parents[2] / "workbook_templates" / "sample_ledger_zh.xlsx"
NOW = ("--as-of", "2026-06-30", "--language", "en")


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "ledger.xlsx"
    shutil.copy(SAMPLE, path)
    return path


def run(*arguments, code=None):
    result = CliRunner().invoke(main, [str(item) for item in arguments], catch_exceptions=False)
    if code is not None:
        assert result.exit_code == code, result.output
    return result


def kept(book):
    folder = book.parent / ".arcredit"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def refreshed(book, day, *more):
    return run("refresh", book, "--as-of", day, "--language", "en", *more)


def changed(book, *more):
    lines = run("changes", book, *NOW, "--format", "json", *more).stdout
    return json.loads(lines.splitlines()[0])["rows"]


def test_nothing_is_kept_unless_asked_for(book):
    refreshed(book, "2026-05-31")
    assert kept(book) == []


def test_asked_once_it_is_remembered_until_told_otherwise(book):
    refreshed(book, "2026-04-30", "--snapshot")
    refreshed(book, "2026-05-31")
    assert kept(book) == ["ledger.xlsx.2026-04-30.parquet", "ledger.xlsx.2026-05-31.parquet"]
    refreshed(book, "2026-06-30", "--no-snapshot")
    refreshed(book, "2026-06-30")
    assert len(kept(book)) == 2


def test_a_dry_run_keeps_nothing(book):
    refreshed(book, "2026-05-31", "--snapshot", "--dry-run")
    assert kept(book) == []


def test_refreshing_twice_changes_nothing(book):
    refreshed(book, "2026-05-31", "--snapshot", "--reports", "changes")
    refreshed(book, "2026-06-30")
    before = book.read_bytes()
    refreshed(book, "2026-06-30")
    assert book.read_bytes() == before


def test_since_a_snapshot_and_since_the_ledger_itself_agree(book):
    rebuilt = changed(book, "--since", "2026-05-31")
    refreshed(book, "2026-05-31", "--snapshot")
    held = changed(book, "--since", "2026-06-15")
    assert held == rebuilt
    assert sum(row["Change"] for row in held) == pytest.approx(
        sum(row["Open now"] - row["Open then"] for row in held)
    )
    printed = run("changes", book, *NOW, "--since", "2026-05-31").stdout
    assert "the snapshot that an earlier refresh kept" in printed


def test_a_damaged_snapshot_is_told_and_not_used(book):
    refreshed(book, "2026-05-31", "--snapshot")
    path = book.parent / ".arcredit" / kept(book)[0]
    path.write_bytes(path.read_bytes()[:-20])
    result = run("changes", book, *NOW, "--since", "2026-05-31")
    assert result.exit_code == 1
    assert "damaged" in result.stderr
    assert "rebuilt from the ledger itself" in result.stdout
    assert "is damaged" in refreshed(book, "2026-06-30", "--diff").output


def test_a_snapshot_that_cannot_be_kept_does_not_stop_the_refresh(book):
    (book.parent / ".arcredit").write_bytes(b"")
    result = refreshed(book, "2026-06-30", "--snapshot")
    assert result.exit_code == 1
    assert "refreshed" in result.output


def test_nothing_to_compare_with_is_refused_in_words(book):
    result = run("changes", book, *NOW, "--since", "2019-01-01", code=3)
    assert "--snapshot" in result.stderr


def test_csv_for_spreadsheets(book):
    lines = run("changes", book, *NOW, "--format", "csv").stdout.splitlines()
    assert lines[0].split(",")[:3] == ["Why", "Customer", "Document"]
    assert len(lines) > 10
