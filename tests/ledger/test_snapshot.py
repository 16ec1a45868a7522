"""Snapshots: what is kept comes back whole, and nothing else is ever believed."""

import datetime as dt
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.open_items import open_at
from arcredit.errors import Finding, PatchError
from arcredit.ledger.snapshot import at_or_before, days_kept, keep, kept, read_snapshot
from report_ledgers import AS_OF, documents

DAYS = (dt.date(2025, 9, 30), dt.date(2025, 10, 15), dt.date(2025, 10, 31), dt.date(2025, 11, 30))
NOBODY = 65534
COLUMNS = ("customer", "document", "invoice_date", "due_date", "amount", "open_amount", "kind", "currency")


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(b"not read")
    return path


def column(items, name):
    found = getattr(items, name)
    return found.texts().tolist() if hasattr(found, "codes") else found.tolist()


def items_of(day=AS_OF, **given):
    return open_at(documents(200, **given), day)


def test_what_is_kept_comes_back(book):
    items = items_of(currencies=("EUR", "CNY"))
    keep(book, items, AS_OF)
    ((day, found),) = kept(book, dt.date(2026, 1, 31)).held
    assert day == AS_OF
    for name in (*COLUMNS, "customer_name"):
        assert column(found, name) == column(items, name)
    assert np.array_equal(found.disputed_amount, items.disputed_amount, equal_nan=True)


def test_columns_that_a_ledger_lacks_stay_away(book):
    keep(book, items_of(currencies=None, names=False, disputed=False), AS_OF)
    found = at_or_before(book, AS_OF).held[0][1]
    assert found.currency is None
    assert found.customer_name is None
    assert found.disputed_amount is None


def test_nothing_open_is_a_snapshot_too(book):
    keep(book, open_at(documents(0), AS_OF), AS_OF)
    assert len(at_or_before(book, AS_OF).held[0][1]) == 0


def test_the_same_items_are_the_same_bytes(book):
    path = keep(book, items_of(), AS_OF)
    first = path.read_bytes()
    assert keep(book, items_of(), AS_OF).read_bytes() == first
    assert [file.name for file in path.parent.iterdir()] == ["ledger.xlsx.2025-12-31.parquet"]


def test_the_last_of_each_month_before_a_day(book):
    for day in DAYS:
        keep(book, items_of(day), day)
    assert [day for day, _ in kept(book, DAYS[-1]).held] == [DAYS[0], DAYS[2]]
    assert days_kept(book) == list(DAYS)
    assert at_or_before(book, dt.date(2025, 10, 20)).held[0][0] == DAYS[1]
    assert at_or_before(book, dt.date(2025, 1, 1)).held == ()


def test_a_folder_of_its_own_tells_workbooks_of_one_name_apart(book, tmp_path):
    other = tmp_path / "b" / "ledger.xlsx"
    other.parent.mkdir()
    shutil.copy(book, other)
    folder = tmp_path / "snapshots"
    keep(book, items_of(), AS_OF, folder)
    assert kept(other, dt.date(2026, 1, 1), folder).held == ()
    assert len(kept(book, dt.date(2026, 1, 1), folder).held) == 1
    assert not (tmp_path / ".arcredit").exists()


def found_in(book, path, day=AS_OF):
    found = read_snapshot(path, book, day)
    assert isinstance(found, Finding)
    assert found.severity == "warning"
    for language in ("en", "zh"):
        assert path.name in found.message(language)
        assert found.remedy(language)
    return found.key


def test_a_damaged_one_is_a_finding_and_the_one_before_is_used(book):
    keep(book, items_of(DAYS[2]), DAYS[2])
    path = keep(book, items_of(), AS_OF)
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(data)
    assert found_in(book, path) == "snapshot.damaged"
    found = kept(book, dt.date(2026, 1, 31))
    assert [day for day, _ in found.held] == [DAYS[2]]
    assert [item.key for item in found.findings] == ["snapshot.damaged"]
    older = at_or_before(book, AS_OF)
    assert older.held[0][0] == DAYS[2]
    assert len(older.findings) == 1


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"\0" * 40 + b"PAR1", b"text"])
def test_what_is_no_parquet_is_damaged(book, content):
    path = keep(book, items_of(), AS_OF)
    path.write_bytes(content)
    assert found_in(book, path) == "snapshot.damaged"


def rewritten(path, change=None, **about):
    """The same file with other columns or another description."""
    table = pq.read_table(path)
    told = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    table = change(table) if change else table
    pq.write_table(table.replace_schema_metadata(told | about), path)


def test_another_ledger_or_day_is_not_taken_for_this_one(book):
    path = keep(book, items_of(), AS_OF)
    assert found_in(book, path, dt.date(2025, 12, 30)) == "snapshot.of_another"
    rewritten(path, ledger="other.xlsx")
    assert found_in(book, path) == "snapshot.of_another"
    rewritten(path, format="another program")
    assert found_in(book, path) == "snapshot.not_ours"


def test_other_columns_are_damage(book):
    def texts(table):
        amounts = pa.array(["1"] * len(table))
        return table.set_column(table.schema.get_field_index("amount"), "amount", amounts)

    def endless(table):
        amounts = pa.array([float("inf")] * len(table))
        return table.set_column(table.schema.get_field_index("open_amount"), "open_amount", amounts)

    for change in (
        texts,
        endless,
        lambda table: table.drop_columns(["kind"]),
        lambda table: table.slice(0, 3),
    ):
        path = keep(book, items_of(), AS_OF)
        rewritten(path, change)
        assert found_in(book, path) == "snapshot.damaged"


@given(st.integers(0, 6000), st.integers(1, 255))
def test_no_flipped_byte_crashes(tmp_path_factory, place, flip):
    book = tmp_path_factory.mktemp("one") / "ledger.xlsx"
    book.write_bytes(b"")
    path = keep(book, open_at(documents(20), AS_OF), AS_OF)
    data = bytearray(path.read_bytes())
    data[place % len(data)] ^= flip
    path.write_bytes(data)
    found = read_snapshot(path, book, AS_OF)
    if not isinstance(found, Finding):
        # What is read in spite of it is what was written.
        items = open_at(documents(20), AS_OF)
        assert column(found, "open_amount") == column(items, "open_amount")
        assert len(fields(found)) == len(fields(items))


def test_names_in_the_folder_that_are_none_of_ours(book):
    folder = book.parent / ".arcredit"
    folder.mkdir()
    for name in ("log.jsonl", "ledger.xlsx.2025-13-45.parquet", "other.xlsx.2025-12-31.parquet", "x.parquet"):
        (folder / name).write_bytes(b"?")
    assert kept(book, dt.date(2026, 1, 1)) == ((), ())


@contextmanager
def bound_by_rights(*paths):
    """As the paths' owner, whom rights bind; root, whom they do not, becomes nobody meanwhile."""
    root = os.geteuid() == 0
    if root:
        for path in paths:
            os.chown(path, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="did not run: Windows has no such rights")
def test_a_folder_without_rights():
    items = items_of()
    # Not below pytest's own folder, which nobody else may enter.
    with tempfile.TemporaryDirectory() as name:
        book, folder = Path(name) / "ledger.xlsx", Path(name) / ".arcredit"
        book.write_bytes(b"")
        keep(book, items, DAYS[0])
        with bound_by_rights(book.parent, book, folder):
            kept_there = keep(book, items, DAYS[1])
            folder.chmod(0o500)
            with pytest.raises(PatchError, match="Permission denied"):
                keep(book, items, DAYS[2])
            folder.chmod(0o700)
        assert days_kept(book) == [DAYS[0], DAYS[1]]
        assert kept_there.is_file()


def test_a_folder_that_is_a_file(book):
    (book.parent / ".arcredit").write_bytes(b"")
    with pytest.raises(PatchError):
        keep(book, items_of(), AS_OF)
    assert kept(book, AS_OF) == ((), ())


def test_rights_are_those_of_the_workbook(book):
    book.chmod(0o640)
    assert keep(book, items_of(), AS_OF).stat().st_mode & 0o777 == 0o640
