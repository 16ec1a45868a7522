"""Every refusal says exactly what it says, in English and in Chinese."""

import subprocess
import sys
from pathlib import Path

import pytest

from arcredit.errors import LedgerError, SettingsError
from arcredit.ledger.mapping import Mapping
from arcredit.ledger.read import read, survey

ERRORS = Path(__file__).parents[1] / "errors"
BOOKS = Path(__file__).parent / "books"
FILES = sorted(path for path in ERRORS.iterdir() if path.suffix != ".txt")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_message_is_this_one(path):
    with pytest.raises(LedgerError) as caught:
        read(path)
    english, chinese = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    assert str(caught.value) == english
    assert caught.value.text("zh") == chinese


@pytest.mark.parametrize(
    ("name", "options", "rows", "rejected"),
    [
        ("dates_that_read_both_ways", {"date_order": "dmy"}, 3, 0),
        ("dates_that_read_both_ways", {"date_order": "mdy"}, 3, 0),
        ("dates_in_two_orders", {"date_order": "dmy"}, 2, 1),
        ("swapped_import", {"date_order": "mdy"}, 4, 0),
        ("amounts_that_read_both_ways", {"decimal": "."}, 3, 0),
        ("amounts_in_two_spellings", {"decimal": ","}, 2, 1),
    ],
)
def test_the_remedy_helps(name, options, rows, rejected):
    totals = read(ERRORS / f"{name}.xlsx", **options).totals
    assert (totals.rows_read, totals.rows_rejected) == (rows, rejected)


def test_the_remedies_decide():
    path = ERRORS / "dates_that_read_both_ways.xlsx"
    days = {order: str(read(path, date_order=order).documents.due_date[1]) for order in ("dmy", "mdy")}
    assert days == {"dmy": "2025-05-02", "mdy": "2025-02-05"}
    path = ERRORS / "amounts_that_read_both_ways.xlsx"
    sums = {sign: read(path, decimal=sign).totals.amount_read for sign in ".,"}
    assert sums == {".": 4714.0, ",": 983.734}


def test_an_answer_once_given_is_remembered():
    path = ERRORS / "dates_that_read_both_ways.xlsx"
    kept = read(path, date_order="mdy").mapping.to_json()
    assert read(path, remembered=kept).mapping.date_order == "mdy"
    path = ERRORS / "amounts_that_read_both_ways.xlsx"
    kept = read(path, decimal=",").mapping.to_json()
    assert read(path, remembered=kept).mapping.decimal == ","


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"sheet": "Nowhere"}, "ledger.no_sheet"),
        ({"receipts_sheet": "Nowhere"}, "ledger.no_sheet"),
        ({"columns": {"colour": "A"}}, "ledger.unknown_name"),
        ({"sheet": "Ledger", "columns": {"customer": "No such heading"}}, "ledger.no_column"),
        ({"date_order": "dym"}, "ledger.unknown_order"),
        ({"decimal": "·"}, "ledger.unknown_decimal"),
    ],
)
def test_wishes_that_cannot_be_met(options, key):
    with pytest.raises(LedgerError) as caught:
        read(BOOKS / "plain.xlsx", **options)
    assert caught.value.key == key


def test_a_file_that_is_not_there(tmp_path):
    for path in (tmp_path / "none.xlsx", tmp_path):
        with pytest.raises(LedgerError) as caught:
            survey(path)
        assert caught.value.key == "ledger.unopened"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version":99}', '{"version":1,"colour":"red"}', "no"])
def test_a_memory_that_cannot_be_read(text):
    with pytest.raises(SettingsError) as caught:
        Mapping.from_json(text)
    assert caught.value.key == "ledger.remembered"


def test_a_remembered_sheet_that_is_gone_is_looked_for_anew():
    kept = read(BOOKS / "plain.xlsx").mapping.changed(sheet="Gone").to_json()
    assert read(BOOKS / "plain.xlsx", remembered=kept).mapping.sheet == "Ledger"


def test_the_script_makes_the_committed_errors(tmp_path):
    command = [sys.executable, "-m", "ledger.make_errors", tmp_path]
    subprocess.run(command, cwd=ERRORS.parent, check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == [path.name for path in FILES]
