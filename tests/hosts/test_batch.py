"""Many workbooks: what is skipped, what is tried again, what a lost worker costs, and what the log says."""

import datetime as dt
import errno
import gc
import json
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import fields, replace
from functools import partial
from pathlib import Path

import openpyxl
import psutil
import pytest
from click.testing import CliRunner

from arcredit.errors import SettingsError
from arcredit.hosts import batch, run_log
from arcredit.hosts.batch import Task, refresh_all, work, workbooks
from arcredit.hosts.cli import main
from arcredit.hosts.console import BUSY, DONE, FINDINGS, REFUSED
from arcredit.hosts.run_log import RunLog, entries, log_of, states, tasks
from hosts.support.dying import dies
from small_ledgers import DAY, OPTIONS, ledger, tall_ledger


def run(*arguments):
    return CliRunner().invoke(main, [str(item) for item in arguments], env={"ARCREDIT_LANGUAGE": "en"})


def statuses(results):
    return {Path(result.path).name: result.status for result in results}


def test_folders_are_searched_and_locks_hidden_and_temporary_files_left_out(tmp_path):
    deep = tmp_path / "2026" / "june"
    deep.mkdir(parents=True)
    (tmp_path / ".arcredit").mkdir()
    wanted = [ledger(tmp_path / "a.xlsx"), ledger(deep / "AR_b.xlsx"), ledger(deep / "c.xlsm")]
    for name in ("~$a.xlsx", ".~arcredit-x.xlsx", ".arcredit/old.xlsx", "notes.txt", "a.xlsx.bak"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "again.xlsx").symlink_to(tmp_path / "a.xlsx")
    assert {path.resolve() for path in workbooks([tmp_path, deep / "AR_b.xlsx"])} == set(wanted)
    assert len(workbooks([tmp_path, tmp_path])) == 3
    assert workbooks([tmp_path], ["ar_*.xlsx"]) == [deep / "AR_b.xlsx"]
    assert workbooks([tmp_path / "notes.txt"], ["x"]) == [tmp_path / "notes.txt"], "named is wanted"


def test_what_the_last_run_left_is_not_read_again(tmp_path):
    paths = [ledger(tmp_path / f"{name}.xlsx") for name in "ab"]
    log = log_of(tmp_path)

    def again(options=OPTIONS):
        results = list(refresh_all(tasks(paths, options, states(log)), jobs=1))
        with RunLog(log, options) as lines:
            for result in results:
                lines.write(result)
        return statuses(results)

    assert again() == {"a.xlsx": "refreshed", "b.xlsx": "refreshed"}
    assert again() == {"a.xlsx": "skipped", "b.xlsx": "skipped"}
    ledger(paths[0], rows=31)
    assert again() == {"a.xlsx": "refreshed", "b.xlsx": "skipped"}
    later = replace(OPTIONS, as_of=DAY + dt.timedelta(1))
    assert again(later) == {"a.xlsx": "refreshed", "b.xlsx": "refreshed"}
    # The file is not as the run for the first day left it, though its ledger is the same.
    assert again() == {"a.xlsx": "refreshed", "b.xlsx": "refreshed"}
    assert again(replace(OPTIONS, edges="10,20")) == {"a.xlsx": "refreshed", "b.xlsx": "refreshed"}


@pytest.mark.parametrize(
    "change",
    [
        {"as_of": DAY - dt.timedelta(1)},
        {"edges": "10,20"},
        {"convention": "erpnext"},
        {"credits": "current"},
        {"language": "zh"},
        {"gl_balance": 1.0},
        {"sheet": "Ledger"},
        {"receipts_sheet": "Receipts"},
        {"columns": {"customer": "B"}},
        {"date_order": "dmy"},
        {"decimal": "comma"},
        {"rates": "other.csv"},
        {"reports": "all"},
        {"customer": "C1"},
        {"snapshot": True},
        {"snapshots": "elsewhere"},
        {"recalc": "none"},
        {"version": "9.9"},
        {"digest": "other bytes"},
        {"kept": "another snapshot"},
        {"office": "newly installed"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_known_to_be_up_to_date_is_so_for_the_same_day_and_choices_alone(
    change, tmp_path, monkeypatch
):
    """Every choice there is, but for those that change nothing in the workbook."""
    monkeypatch.chdir(tmp_path)
    for name, rate in (("rates.csv", "1"), ("other.csv", "2")):
        (tmp_path / name).write_text(f"currency,rate\nEUR,{rate}\n")
    monkeypatch.setattr(batch, "_has_office", lambda: False)
    options, digest, kept = replace(OPTIONS, rates="rates.csv"), "bytes", "snapshots"
    before = batch.state_of(digest, options, kept)
    assert batch.state_of(digest, replace(options, backup=True, diff=True), kept) == before
    match change:
        case {"version": version}:
            monkeypatch.setattr(batch, "__version__", version)
        case {"office": _}:
            monkeypatch.setattr(batch, "_has_office", lambda: True)
        case {"digest": digest}:
            pass
        case {"kept": kept}:
            pass
        case _:
            options = replace(options, **change)
    assert batch.state_of(digest, options, kept) != before


def test_every_choice_decides_what_is_skipped_or_is_known_not_to():
    decides = {field.name for field in fields(OPTIONS)} - {"backup", "dry_run", "diff", "portfolios"}
    tried = {
        next(iter(change))
        for mark in test_what_is_known_to_be_up_to_date_is_so_for_the_same_day_and_choices_alone.pytestmark
        for change in mark.args[1]
    }
    assert decides <= tried


def test_a_refresh_that_would_keep_or_compare_with_another_snapshot_is_not_skipped(tmp_path):
    """The option is new, its own is missing or could not be kept, an earlier one has come or gone."""
    book, options = ledger(tmp_path / "a.xlsx"), replace(OPTIONS, snapshot=True)
    month = replace(options, as_of=dt.date(2026, 5, 31))
    kept = tmp_path / ".arcredit" / f"a.xlsx.{DAY}.parquet"
    first = work(Task(book, OPTIONS))
    wished = work(Task(book, options, first.state))
    assert wished.status == "refreshed", "the option is new, and the workbook remembers it"
    assert work(Task(book, options, wished.state)).status == "skipped"
    remembered = work(Task(book, OPTIONS))
    assert work(Task(book, OPTIONS, remembered.state)).status == "skipped"
    kept.unlink()
    again = work(Task(book, OPTIONS, remembered.state))
    assert (again.status, kept.exists()) == ("unchanged", True), "remembered, not given again"
    list(refresh_all([Task(book, month)]))
    earlier = work(Task(book, options, wished.state))
    assert earlier.status != "skipped", "there is an earlier one to compare with"
    assert work(Task(book, options, earlier.state)).status == "skipped"
    keep_later = tmp_path / ".arcredit" / "a.xlsx.2026-07-31.parquet"
    shutil.copy(kept, keep_later)
    assert work(Task(book, options, earlier.state)).status == "skipped", "a later one changes nothing"
    shutil.rmtree(tmp_path / ".arcredit")
    (tmp_path / ".arcredit").write_text("no folder")
    failed = work(Task(book, options, earlier.state))
    assert "snapshot.not_kept" in {item.key for item in failed.findings}
    assert failed.state == "", "the next run tries again"


def test_other_rates_are_another_run_and_a_failure_is_tried_again(tmp_path):
    book, rates, log = ledger(tmp_path / "a.xlsx"), tmp_path / "rates.csv", log_of(tmp_path)
    rates.write_text("currency,rate\nEUR,1\nUSD,0.9\n")
    options = replace(OPTIONS, rates=str(rates))

    def write(result, options):
        with RunLog(log, options) as lines:
            lines.write(result)

    write(next(refresh_all(tasks([book], options, states(log)))), options)
    assert next(refresh_all(tasks([book], options, states(log)))).status == "skipped"
    rates.write_text("currency,rate\nEUR,1\nUSD,0.8\n")
    assert next(refresh_all(tasks([book], options, states(log)))).status == "unchanged"
    whole = book.read_bytes()
    book.write_bytes(whole[:500])
    write(next(refresh_all(tasks([book], options, states(log)))), options)
    book.write_bytes(whole)
    assert states(log) == {}
    assert next(refresh_all(tasks([book], options, states(log)))).status == "unchanged"


def test_a_file_in_use_is_tried_again_until_it_is_free(tmp_path):
    free, held = ledger(tmp_path / "free.xlsx"), ledger(tmp_path / "held.xlsx")
    lock = tmp_path / "~$held.xlsx"
    lock.write_bytes(b"x")
    release = threading.Timer(0.6, lock.unlink)
    release.start()
    found = list(refresh_all([Task(held, OPTIONS), Task(free, OPTIONS)], jobs=1, retries=20, pause=0.2))
    release.join()
    assert [Path(result.path).name for result in found] == ["free.xlsx", "held.xlsx"]
    assert {result.status for result in found} == {"refreshed"}
    lock.write_bytes(b"x")
    (still,) = refresh_all([Task(held, OPTIONS)], jobs=1, retries=2, pause=0.01)
    assert still.error.key == "patch.busy"


HOLDS = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    fcntl.lockf(file, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
def test_a_file_that_a_program_holds_locked_is_tried_again(tmp_path):
    """As LibreOffice holds it, or Windows through a network folder: no owner file lies beside it."""
    held = ledger(tmp_path / "held.xlsx")
    before = held.read_bytes()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(held)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        holder.stdout.readline()
        assert work(Task(held, OPTIONS)).error.key == "patch.locked"
        assert held.read_bytes() == before
        release = threading.Timer(0.5, holder.stdin.close)
        release.start()
        (done,) = refresh_all([Task(held, OPTIONS)], jobs=1, retries=20, pause=0.2)
        release.join()
        assert done.status == "refreshed"
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


def test_a_worker_that_dies_takes_only_its_own_workbook(tmp_path):
    """Every worker is killed in mid-run: what it held is reported and whole, all else is refreshed."""
    paths = [ledger(tmp_path / f"{number:02}.xlsx", rows=3000) for number in range(12)]
    before = {path.name: path.read_bytes() for path in paths}
    killed = threading.Event()

    def kill():
        parent = psutil.Process()
        while not killed.is_set():
            workers = [child for child in parent.children(recursive=True) if _works(child)]
            if len(workers) >= 2:
                for worker in workers:
                    worker.kill()
                killed.set()
            time.sleep(0.02)

    murderer = threading.Thread(target=kill)
    murderer.start()
    found = list(refresh_all([Task(path, OPTIONS) for path in paths], jobs=2))
    killed.set()
    murderer.join()
    lost = [result for result in found if result.error]
    assert len(found) == 12
    assert {result.error.key for result in lost} <= {"cli.worker_died"}
    # One killed while it held the queue takes along what it was about to be given.
    assert 1 <= len(lost) < len(paths)
    for result in lost:
        assert "memory" in result.error.text()
    again = {result.status for result in refresh_all([Task(path, OPTIONS) for path in paths], jobs=2)}
    assert again <= {"refreshed", "unchanged"}
    assert all(path.read_bytes() != before[path.name] for path in paths)
    assert not list(tmp_path.glob(".~arcredit*")) or lost


def _works(process):
    """A worker has used processor time of its own; the server that begins workers has children."""
    try:
        return (
            not process.children() and sum(process.cpu_times()[:2]) > 0.05 and "tracker" not in _line(process)
        )
    except psutil.Error:
        return False


def _line(process):
    return " ".join(process.cmdline())


def test_workers_are_replaced_before_they_grow_old(tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "RECYCLED_AFTER", 3)
    paths = [ledger(tmp_path / f"{number}.xlsx") for number in range(12)]
    seen = set()
    for _ in refresh_all([Task(path, OPTIONS) for path in paths], jobs=2):
        seen |= {child.pid for child in psutil.Process().children(recursive=True)}
    assert len(seen) > 4


def test_one_that_takes_too_long_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "TIME_LIMIT", 0.1)
    monkeypatch.setattr(batch, "GRACE", 0)
    huge, small = tall_ledger(tmp_path / "huge.xlsx", rows=150_000), ledger(tmp_path / "small.xlsx")
    before = huge.read_bytes()
    found = {Path(r.path).name: r for r in refresh_all([Task(huge, OPTIONS), Task(small, OPTIONS)], jobs=2)}
    assert found["huge.xlsx"].error.key == "cli.too_long"
    assert huge.read_bytes() == before


def test_where_no_worker_starts_every_workbook_is_told_of(tmp_path, monkeypatch):
    """As when memory is gone for good: the pool gives up, and the run still ends in our words."""
    monkeypatch.setattr(batch, "work", dies)
    paths = [ledger(tmp_path / f"{number}.xlsx") for number in range(30)]
    found = list(refresh_all([Task(path, OPTIONS) for path in paths], jobs=2))
    assert len(found) == 30
    assert {result.error.key for result in found} == {"cli.worker_died"}


def test_the_log_holds_what_an_auditor_asks(tmp_path):
    import hashlib

    book = ledger(tmp_path / "a.xlsx")
    before = hashlib.sha256(book.read_bytes()).hexdigest()
    done = run("refresh", tmp_path, "--as-of", DAY, "--jobs", 1)
    assert done.exit_code in (0, FINDINGS), done.output
    (entry,) = entries(log_of(tmp_path))
    assert entry["input"] == before
    assert entry["output"] == hashlib.sha256(book.read_bytes()).hexdigest()
    assert (entry["status"], entry["as_of"]) == ("refreshed", "2026-06-30")
    # 100 + 200 + … + 3,000; every second document is due on 1 May.
    assert entry["figures"] == {"EUR": {"documents": 30, "customers": 5, "open": 46500.0, "overdue": 24000.0}}
    shown = run("log", tmp_path)
    assert "46,500.00 EUR" in shown.output
    assert json.loads(run("log", tmp_path, "--format", "json").output) == entry
    assert run("log", tmp_path / "a.xlsx", "--match", "no such").output.count("\n") < 5
    missing = run("log", tmp_path / ".arcredit")
    assert missing.exit_code == REFUSED


def test_a_log_cut_off_by_a_power_failure_is_read_up_to_there(tmp_path):
    ledger(tmp_path / "a.xlsx")
    run("refresh", tmp_path, "--as-of", DAY)
    log = log_of(tmp_path)
    with log.open("ab") as file:
        file.write(b'{"run":"2026-07-01","path":"/x.xls')
    assert [entry["status"] for entry in entries(log)] == ["refreshed"]
    again = run("refresh", tmp_path, "--as-of", DAY)
    assert "as the last run left it" in again.output
    assert len(list(entries(log))) == 2, "the broken line does not swallow the next one"


def test_a_log_that_cannot_be_written_stops_the_run_before_it_begins(tmp_path):
    book = ledger(tmp_path / "a.xlsx")
    before = book.read_bytes()
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(SettingsError):
        RunLog(tmp_path / "file" / "log.jsonl", OPTIONS)
    done = run("refresh", book, "--as-of", DAY, "--log", tmp_path / "file" / "log.jsonl")
    assert done.exit_code == REFUSED
    assert book.read_bytes() == before


def test_no_workbook_is_begun_that_cannot_be_logged_any_more(tmp_path, monkeypatch):
    """The disk fills in mid-run: what is worked on is finished, what waits is left for the next run."""
    books = [ledger(tmp_path / f"{number:02}.xlsx") for number in range(24)]
    before = books[0].read_bytes()
    write = run_log._File.write

    def full(file, data):
        if b"01.xlsx" in data:
            raise OSError(errno.ENOSPC, "No space left")
        write(file, data)

    monkeypatch.setattr(run_log._File, "write", full)
    done = run("refresh", tmp_path, "--as-of", DAY, "--jobs", 2)
    assert done.exit_code == REFUSED
    assert "No space left" in done.stderr
    del done  # with it goes what its error still held: whatever was begun is done by now
    gc.collect()
    assert sum(book.read_bytes() != before for book in books) < 10


def test_a_log_is_not_written_into_another_file(tmp_path):
    """A line behind a workbook's last byte makes Excel call it damaged."""
    path = ledger(tmp_path / "a.xlsx")
    other, notes = ledger(tmp_path / "b.xlsx"), tmp_path / "notes.txt"
    notes.write_text("the close of June")
    for place in (other, path, notes):
        before = place.read_bytes()
        done = run("refresh", path, "--as-of", DAY, "--log", place)
        assert done.exit_code == REFUSED
        assert place.name in done.stderr
        assert place.read_bytes() == before
    for begun in (b"", b"\0\0", b'\0\0{"run"', b'{"run":1}\n{"ru'):
        (tmp_path / "log").write_bytes(begun)
        done = run("refresh", path, "--as-of", DAY, "--log", tmp_path / "log")
        assert done.exit_code in (DONE, FINDINGS), done.output


def test_a_single_workbook_and_a_dry_run_leave_no_log(tmp_path):
    book = ledger(tmp_path / "a.xlsx")
    run("refresh", book, "--as-of", DAY)
    run("refresh", tmp_path, "--as-of", DAY, "--dry-run", "--consolidate", tmp_path / "group.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_the_group_view_adds_every_ledger_up(tmp_path):
    folder = tmp_path / "group"
    folder.mkdir()
    ledger(folder / "north.xlsx")
    ledger(folder / "south.xlsx", currency="USD", scale=2.0)
    (folder / "broken.xlsx").write_bytes(b"PK no")
    rates = tmp_path / "rates.csv"
    rates.write_text("currency,rate\nEUR,1\nUSD,0.5\n")
    out = tmp_path / "out.xlsx"
    done = run("refresh", folder, "--as-of", DAY, "--rates", rates, "--consolidate", out)
    assert done.exit_code == REFUSED, "one workbook is broken"
    book = openpyxl.load_workbook(out, data_only=True)
    entities, customers, files = (list(sheet.iter_rows(min_row=10, values_only=True)) for sheet in book)
    heading = list(entities[0])
    home = heading.index("Total open in EUR")
    # South holds twice as much in a currency worth half.
    assert [(row[0], row[home]) for row in entities[1:]] == [
        ("north", 46500.0),
        ("south", 46500.0),
        ("Total", 93000.0),
    ]
    assert sum(row[home] for row in customers[1:-1]) == customers[-1][home] == 93000.0
    assert {row[3] for row in customers[1:-1]} == {1}
    assert [row[0] for row in files[1:]][:3] == ["broken", "north", "south"]
    live = openpyxl.load_workbook(out)
    assert str(live.worksheets[0].cell(13, home + 1).value).startswith("=SUM(")


def test_customers_of_several_entities_are_one_line_per_currency(tmp_path):
    for name in ("north", "south"):
        ledger(tmp_path / f"{name}.xlsx")
    out = tmp_path / "view" / "out.xlsx"
    out.parent.mkdir()
    run("refresh", tmp_path, "--as-of", DAY, "--consolidate", out)
    rows = list(
        openpyxl.load_workbook(out, data_only=True).worksheets[1].iter_rows(min_row=11, values_only=True)
    )
    assert {row[3] for row in rows[:-1]} == {2}
    assert len(rows) == 6
    assert rows[-1][4] == 93000.0


def test_a_group_view_takes_no_other_files_place(tmp_path):
    """A mistyped name would cost a ledger or another file; so would a sheet that somebody added."""
    ledger(tmp_path / "a.xlsx")
    view, other, table = (tmp_path / name for name in ("view.xlsx", "other.xlsx", "rates.csv"))
    for language in ("en", "zh"):
        run("refresh", tmp_path / "a.xlsx", "--consolidate", view, "--as-of", DAY, "--language", language)
        assert len(openpyxl.load_workbook(view).sheetnames) == 3
    book = openpyxl.load_workbook(view)
    book.create_sheet("Notes")
    book.save(view)
    ledger(other)
    table.write_text("currency,rate\nEUR,1\n")
    for place in (view, other, table):
        before = place.read_bytes()
        done = run("refresh", tmp_path / "a.xlsx", "--consolidate", place, "--as-of", DAY)
        assert done.exit_code == REFUSED
        assert place.name in done.stderr
        assert place.read_bytes() == before


def test_a_busy_group_view_is_refused(tmp_path):
    ledger(tmp_path / "a.xlsx")
    out = tmp_path / "out" / "group.xlsx"
    out.parent.mkdir()
    out.write_bytes(b"old")
    (out.parent / "~$group.xlsx").write_bytes(b"")
    done = run("refresh", tmp_path, "--as-of", DAY, "--consolidate", out)
    assert done.exit_code == BUSY
    assert out.read_bytes() == b"old"


def test_a_cluster_refreshes_every_file_once_though_a_worker_is_lost(tmp_path):
    """A real scheduler and two workers on loopback, one killed in mid-run."""
    (tmp_path / "twins").mkdir()
    paths = [ledger(tmp_path / f"{number:02}.xlsx", rows=2000) for number in range(16)]
    twins = [Path(shutil.copy(path, tmp_path / "twins")) for path in paths]
    port = _free_port()
    scheduler = _started(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"
    )
    address = f"tcp://127.0.0.1:{port}"
    workers = [
        _started("distributed.cli.dask_worker", address, "--nthreads", 1, "--no-dashboard", "--no-nanny",
                 "--local-directory", tmp_path / f"worker{number}")
        for number in range(2)
    ]  # fmt: skip
    try:
        _wait_for_workers(address, 2)
        from arcredit.hosts.cluster import refresh_there

        found = []
        for result in refresh_there([Task(path, OPTIONS) for path in paths], address):
            found.append(result)
            if len(found) == 3:
                workers[0].kill()
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()
    assert sorted(result.path for result in found) == [str(path) for path in paths]
    assert {result.status for result in found} <= {"refreshed", "unchanged"}
    list(refresh_all([Task(path, OPTIONS) for path in twins], jobs=1))
    assert [path.read_bytes() for path in paths] == [twin.read_bytes() for twin in twins]


def _free_port():
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _started(module, *arguments):
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _wait_for_workers(address, count):
    from distributed import Client

    deadline = time.monotonic() + 60
    while True:
        try:
            with Client(address, timeout="5s", set_as_default=False) as client:
                client.wait_for_workers(count, timeout=40)
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def test_no_scheduler_is_said(tmp_path, monkeypatch):
    from arcredit.hosts import cluster

    # As a user would get it, only sooner.
    monkeypatch.setattr(cluster, "_client", partial(cluster._client, timeout="0.5s"))
    with pytest.raises(SettingsError, match="No scheduler answers"):
        list(cluster.refresh_there([Task(tmp_path / "a.xlsx", OPTIONS)], f"tcp://127.0.0.1:{_free_port()}"))
