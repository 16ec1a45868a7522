"""Workbooks in a store: found, fetched, put back whole or not at all, and what is said when it fails.

S3 as moto speaks it, on loopback; Azure is in test_stores_azure.py.
"""

import datetime as dt
import itertools
import json
import os
from dataclasses import replace

import openpyxl
import pytest
from click.testing import CliRunner

from arcredit.errors import FileBusy, LedgerError, PatchError, SettingsError
from arcredit.hosts import batch
from arcredit.hosts.batch import Task, refresh_all, work, workbooks
from arcredit.hosts.cli import main
from arcredit.hosts.console import BUSY, DONE, FINDINGS, REFUSED
from arcredit.hosts.consolidate import consolidate
from arcredit.hosts.run_log import RunLog, entries, log_of, states, tasks
from arcredit.hosts.stores import parts
from arcredit.hosts.stores.near import put_new
from arcredit.ledger.snapshot import read_snapshot
from s3_server import DENIED, SLOW_DOWN, answer_lost, answers, cut_off, first, s3_server
from small_ledgers import DAY, OPTIONS, ledger

fsspec = pytest.importorskip("fsspec")
s3fs = pytest.importorskip("s3fs")


NUMBERS = itertools.count()


def run(*arguments, language="en"):
    return CliRunner().invoke(
        main, [str(item) for item in arguments], env={"ARCREDIT_LANGUAGE": language, "COLUMNS": "400"}
    )


@pytest.fixture(scope="module")
def server():
    keep = dict(os.environ)
    with s3_server() as (url, trouble):
        os.environ |= {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        s3fs.S3FileSystem.clear_instance_cache()
        s3fs.S3FileSystem.retries = 2
        yield trouble
        s3fs.S3FileSystem.clear_instance_cache()
        s3fs.S3FileSystem.retries = 5
    os.environ.clear()
    os.environ |= keep


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A ledger's bytes."""
    return ledger(tmp_path_factory.mktemp("book") / "a.xlsx").read_bytes()


@pytest.fixture
def s3(server, book):
    """A bucket of its own for each test, with one workbook in it."""
    store = s3fs.S3FileSystem()
    name = f"bucket{next(NUMBERS)}"
    store.mkdir(name)
    store.pipe(f"{name}/a.xlsx", book)
    store.address = f"s3://{name}"
    store.bucket = name
    store.trouble = server
    server.plan.clear()
    server.asked.clear()
    return store


def test_a_folder_in_s3_from_one_end_to_the_other(s3, book, tmp_path):
    """Recursion, patterns, locks and our own files; refreshed, then known again; log and group view."""
    files = {
        "deep/er/AR_b.xlsx": book,
        "deep/~$AR_b2.xlsx": b"",
        "deep/.~arcredit-x.xlsx": b"",
        ".hidden/c.xlsx": book,
        "notes.txt": b"",
        "d.xlsx": b"PK no workbook",
    }
    s3.pipe({f"{s3.bucket}/{name}": data for name, data in files.items()})
    assert workbooks([s3.address], ["ar_*.xlsx"]) == [f"{s3.address}/deep/er/AR_b.xlsx"]
    begin = ("refresh", s3.address + "/", "--as-of", DAY, "--jobs", 1)
    done = run(*begin, "--snapshot", "--backup")
    assert done.exit_code == REFUSED, done.output
    assert f"{s3.address}/d.xlsx: not touched" in done.stderr
    assert "/dev/shm" not in done.output + done.stderr
    assert s3.cat(f"{s3.bucket}/a.xlsx.bak") == book
    local = tmp_path / "a.xlsx"
    local.write_bytes(book)
    list(refresh_all([Task(local, replace(OPTIONS, snapshot=True))]))
    assert s3.cat(f"{s3.bucket}/a.xlsx") == local.read_bytes(), "as a folder's file would be"
    day = s3.find(f"{s3.bucket}/deep/er/.arcredit")
    assert day == [f"{s3.bucket}/deep/er/.arcredit/AR_b.xlsx.{DAY}.parquet"]
    s3.get_file(day[0], str(tmp_path / "snapshot"))
    assert len(read_snapshot(tmp_path / "snapshot", tmp_path / "AR_b.xlsx", DAY)) == 30
    again = run(*begin, "--snapshot", "--backup")
    assert again.output.count("not read again") == 2
    assert again.exit_code == REFUSED, "the broken one is tried again"
    shown = run("log", s3.address, "--last", 2, "--match", "AR_b")
    assert shown.output.count("deep/er/AR_b.xlsx") == 2
    assert shown.output.count("46,500.00 EUR") == 2, "what was skipped still holds"
    assert "d.xlsx" in run("log", s3.address, "--status", "failed").output
    out = f"{s3.address}/view/group.xlsx"
    assert run(*begin, "--consolidate", out).exit_code == REFUSED
    s3.get_file(f"{s3.bucket}/view/group.xlsx", str(tmp_path / "group.xlsx"))
    rows = list(openpyxl.load_workbook(tmp_path / "group.xlsx").worksheets[2].iter_rows(values_only=True))
    assert {"a", "AR_b", "d"} <= {row[0] for row in rows}
    assert "group.xlsx: refreshed" not in run(*begin, "--consolidate", out).output


def test_changes_and_rolls_read_the_snapshots_of_the_store(s3, tmp_path):
    book, month = f"{s3.address}/a.xlsx", dt.date(2026, 5, 31)
    for day in (dt.date(2026, 4, 30), month):
        assert run("refresh", book, "--as-of", day, "--snapshot").exit_code in (DONE, FINDINGS)
    s3.pipe(f"{s3.bucket}/a.xlsx", ledger(tmp_path / "a.xlsx", rows=28).read_bytes())
    told = run("changes", book, "--since", month, "--as-of", DAY)
    assert "snapshot" in told.output, told.output + told.stderr
    assert "I-29" in told.output
    assert run("refresh", book, "--as-of", DAY, "--reports", "changes").exit_code in (DONE, FINDINGS)
    s3.get_file(f"{s3.bucket}/a.xlsx", str(tmp_path / "b.xlsx"))
    sheets = openpyxl.load_workbook(tmp_path / "b.xlsx")
    cells = {cell for sheet in sheets for row in sheet.values for cell in row}
    assert "I-29" in cells, "AR Changes compares with the store's snapshot"


def test_snapshots_of_a_folder_kept_in_a_store_and_the_other_way_round(s3, book, tmp_path):
    local = tmp_path / "books" / "a.xlsx"
    local.parent.mkdir()
    local.write_bytes(book)
    there = replace(OPTIONS, snapshot=True, snapshots=f"{s3.address}/kept")
    first = work(Task(local, there))
    assert (first.status, [item.key for item in first.findings]) == ("refreshed", [])
    assert work(Task(local, there, first.state)).status == "skipped"
    (name,) = s3.find(f"{s3.bucket}/kept")
    assert name.endswith(f".{DAY}.parquet")
    s3.rm(name)
    assert work(Task(local, there, first.state)).status == "unchanged", "the snapshot is missing"
    assert s3.find(f"{s3.bucket}/kept") == [name]
    here = replace(OPTIONS, snapshot=True, snapshots=str(tmp_path / "kept"))
    for folder in ("x", "y"):
        s3.pipe(f"{s3.bucket}/{folder}/a.xlsx", book)
        assert work(Task(f"{s3.address}/{folder}/a.xlsx", here)).error is None
    assert len(list((tmp_path / "kept").iterdir())) == 2, "two of one name are told apart"
    later = replace(here, as_of=DAY + dt.timedelta(31))
    from arcredit.hosts.stores.near import read_near

    with read_near(f"{s3.address}/x/a.xlsx", later.snapshots) as (path, kept):
        assert kept is None
        assert [item.name for item in (path.parent / ".arcredit").iterdir()] == [f"a.xlsx.{DAY}.parquet"]


def test_what_somebody_saves_meanwhile_is_never_overwritten(s3):
    """The store itself compares: the other one's work arrives after every look of ours."""

    def somebody_saves():
        store = s3fs.S3FileSystem(skip_instance_cache=True)
        s3.trouble.plan.clear()
        store.pipe(f"{s3.bucket}/a.xlsx", b"the other one's work")

    s3.trouble.plan.append(("PUT", "/a.xlsx", first(somebody_saves)))
    done = work(Task(f"{s3.address}/a.xlsx", OPTIONS))
    assert done.error.key == "store.changed"
    assert isinstance(done.error, FileBusy)
    assert s3.cat(f"{s3.bucket}/a.xlsx") == b"the other one's work"


def test_what_is_kept_with_the_bytes_stays(s3, book):
    kept = {"Metadata": {"owner": "ar team"}, "CacheControl": "no-store", "Tagging": "unit=north"}
    s3.pipe_file(f"{s3.bucket}/a.xlsx", book, **kept)
    assert work(Task(f"{s3.address}/a.xlsx", OPTIONS)).status == "refreshed"
    about = s3.call_s3("head_object", Bucket=s3.bucket, Key="a.xlsx")
    assert (about["Metadata"], about["CacheControl"]) == ({"owner": "ar team"}, "no-store")
    tags = s3.call_s3("get_object_tagging", Bucket=s3.bucket, Key="a.xlsx")["TagSet"]
    assert tags == [{"Key": "unit", "Value": "north"}]


def test_locks_in_a_store_are_respected(s3, book):
    s3.pipe(f"{s3.bucket}/.~lock.a.xlsx#", b"")
    done = work(Task(f"{s3.address}/a.xlsx", OPTIONS))
    assert done.error.key == "patch.busy"
    assert f"{s3.address}/a.xlsx" in str(done.error)
    assert s3.cat(f"{s3.bucket}/a.xlsx") == book


@pytest.mark.parametrize(
    ("method", "trouble", "times", "key"),
    [
        ("HEAD", answers("403 Forbidden", DENIED), 1, "store.denied"),
        ("GET", answers("403 Forbidden", DENIED), 1, "store.denied"),
        ("PUT", answers("403 Forbidden", DENIED), 1, "store.denied"),
        ("GET", answers("503 Slow Down", SLOW_DOWN), 4, "store.throttled"),
        ("PUT", answers("503 Slow Down", SLOW_DOWN), 4, "store.throttled"),
        ("GET", cut_off, 6, "store.broken"),
        ("PUT", answer_lost, 1, ""),
        ("PUT", answers("503 Slow Down", SLOW_DOWN), 1, ""),
    ],
)
def test_what_fails_on_the_way_is_told_and_leaves_the_workbook_whole(s3, book, method, trouble, times, key):
    s3.trouble.plan += [(method, "/a.xlsx", trouble)] * times
    done = work(Task(f"{s3.address}/a.xlsx", OPTIONS))
    s3.trouble.plan.clear()
    assert (done.error.key if done.error else "") == key, done.error
    there = s3.cat(f"{s3.bucket}/a.xlsx")
    assert (there == book) == bool(key)
    if key:
        assert "a.xlsx" in done.error.text("zh")
    else:
        assert done.status == "refreshed"


def test_what_is_throttled_or_broken_gets_another_chance(s3):
    s3.trouble.plan += [("GET", "/a.xlsx", answers("503 Slow Down", SLOW_DOWN))] * 2
    (done,) = refresh_all([Task(f"{s3.address}/a.xlsx", OPTIONS)], jobs=1, retries=2, pause=0.01)
    assert done.status == "refreshed", done.error


def test_no_such_bucket_no_credentials_no_package_no_server(s3, monkeypatch):
    nowhere = run("refresh", "s3://no-such-bucket/ledgers", "--as-of", DAY)
    assert nowhere.exit_code == REFUSED
    assert "no such bucket" in nowhere.stderr
    assert "没有这个存储桶" in run("refresh", "s3://no-such-bucket", language="zh").stderr
    assert "no such" in run("log", f"{s3.address}/nothing").stderr
    empty = run("refresh", f"{s3.address}/nothing", "--as-of", DAY)
    assert empty.exit_code in (2, REFUSED)
    missing = run("refresh", "nosuch://bucket/x", "--as-of", DAY)
    assert missing.exit_code == REFUSED
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    s3fs.S3FileSystem.clear_instance_cache()
    try:
        gone = run("refresh", f"{s3.address}/a.xlsx", "--as-of", DAY)
    finally:
        s3fs.S3FileSystem.clear_instance_cache()
    assert gone.exit_code == BUSY
    assert "broke off" in gone.stderr


def test_a_log_in_a_store_is_an_object_per_run(s3, monkeypatch):
    log, task = log_of(s3.address), Task(f"{s3.address}/a.xlsx", OPTIONS)
    monkeypatch.setattr(parts, "_EVERY", 0.0)
    with RunLog(log, OPTIONS) as one, RunLog(log, OPTIONS) as two:
        one.write(work(task))
        assert len(list(entries(log))) == 1, "put while the run lasts"
        two.write(work(task))
        s3.trouble.plan += [("PUT", ".jsonl", answers("403 Forbidden", DENIED))]
        two.write(work(task))
    assert [entry["status"] for entry in entries(log)].count("unchanged") == 2
    assert len(s3.find(f"{s3.bucket}/.arcredit/log")) == 2
    (left,) = states(log).values()
    assert work(replace(task, done=left.state)).status == "skipped"
    s3.trouble.plan += [("PUT", ".jsonl", answers("403 Forbidden", DENIED))]
    with pytest.raises(SettingsError, match="cannot be written"):
        RunLog(log, OPTIONS)
    single = s3.find(f"{s3.bucket}/.arcredit/log")[0]
    assert json.loads(run("log", f"s3://{single}", "--format", "json", "--last", 1).output)["status"]


def test_a_store_that_cannot_compare_says_so(tmp_path, book):
    """fsspec's own store in memory: the file is put beside, looked at again, renamed."""
    store = fsspec.filesystem("memory")
    store.pipe({"/books/a.xlsx": book, "/books/deep/~$b.xlsx": b"", "/books/notes.txt": b""})
    local = tmp_path / "a.xlsx"
    local.write_bytes(book)
    list(refresh_all([Task(local, OPTIONS)]))
    found = workbooks(["memory://books"])
    assert found == ["memory://books/a.xlsx"]
    log = tmp_path / "log.jsonl"
    for status in ("refreshed", "skipped"):
        (result,) = refresh_all(tasks(found, OPTIONS, states(log)))
        assert (result.path, result.status) == (found[0], status)
        with RunLog(log, OPTIONS) as lines:
            lines.write(result)
    assert next(entries(log))["counts"]["info"] == 1
    assert store.cat("/books/a.xlsx") == local.read_bytes()
    assert store.find("/books") == ["/books/a.xlsx", "/books/deep/~$b.xlsx", "/books/notes.txt"]


def test_a_store_that_changes_meanwhile_keeps_the_other_ones_work(book, monkeypatch, tmp_path):
    store, address = fsspec.filesystem("memory"), "memory://busy/a.xlsx"
    store.pipe("/busy/a.xlsx", book)
    refresh = batch.refresh

    def somebody_saves_meanwhile(path, options):
        done = refresh(path, options)
        store.pipe("/busy/a.xlsx", b"the other one's work")
        return done

    with monkeypatch.context() as patched:
        patched.setattr(batch, "refresh", somebody_saves_meanwhile)
        assert work(Task(address, OPTIONS)).error.key == "store.changed"
    assert store.cat("/busy/a.xlsx") == b"the other one's work"
    store.pipe("/busy/a.xlsx", book)
    store.pipe("/busy/~$a.xlsx", b"")
    assert work(Task(address, OPTIONS)).error.key == "patch.busy"
    assert store.find("/busy") == ["/busy/a.xlsx", "/busy/~$a.xlsx"], "no temporary file is left"
    copy = tmp_path / "view.xlsx"
    copy.write_bytes(b"a group view")
    with pytest.raises(FileBusy):
        put_new(address, copy, lambda _: None)


def test_a_group_view_takes_no_other_workbooks_place_in_a_store(book):
    store, address = fsspec.filesystem("memory"), "memory://group/ledger.xlsx"
    store.pipe("/group/ledger.xlsx", book)
    with pytest.raises(PatchError) as refusal:
        consolidate([], OPTIONS, address)
    assert (refusal.value.key, refusal.value.values["path"]) == ("consolidated.not_a_view", address)
    assert store.cat("/group/ledger.xlsx") == book
    for _ in range(2):
        consolidate([], OPTIONS, "memory://group/view.xlsx")


def test_an_address_of_nothing_is_refused():
    with pytest.raises(LedgerError):
        workbooks(["memory://nothing/here"])
