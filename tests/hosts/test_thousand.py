"""A thousand workbooks on two cores, for real, ten of them broken in ten ways; and two runs over one file."""

import datetime as dt
import shutil
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import openpyxl
import psutil

from arcredit.hosts.batch import Task, refresh_all
from arcredit.hosts.run_log import entries, log_of
from small_ledgers import OPTIONS, ledger

ERRORS = Path(__file__).parents[1] / "errors"
BROKEN = (
    "binary_workbook",
    "bomb",
    "cut_sheet",
    "cut_short",
    "empty",
    "encrypted",
    "entities",
    "old_format",
    "web_page",
    "word_document",
)
MANY = 1000
LARGEST_WORKER = 400e6
"""Bytes; one that reads a ledger of 30 rows takes about 150 million, nearly all of it libraries."""


class Watch:
    """The most memory that any process below this one had."""

    def __enter__(self):
        self.most, self._over = 0, threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def _look(self):
        while not self._over.wait(0.5):
            for child in psutil.Process().children(recursive=True):
                try:
                    self.most = max(self.most, child.memory_info().rss)
                except psutil.Error:
                    continue

    def __exit__(self, *error):
        self._over.set()
        self._thread.join()


def refreshed(folder, *more):
    command = [sys.executable, "-c", "from arcredit.hosts.cli import main; main()", "refresh", str(folder)]
    return subprocess.run([*command, "--as-of", "2026-06-30", *more], capture_output=True, text=True)


def test_a_thousand_workbooks_ten_of_them_broken(tmp_path):
    kinds = [ledger(tmp_path / f"kind{number}.xlsx", rows=20 + number) for number in range(20)]
    folder = tmp_path / "books"
    folder.mkdir()
    for number in range(MANY - len(BROKEN)):
        shutil.copy(kinds[number % len(kinds)], folder / f"{number:04}.xlsx")
    for name in BROKEN:
        shutil.copy(ERRORS / f"{name}.xlsx", folder)
    broken = {name: (folder / f"{name}.xlsx").read_bytes() for name in BROKEN}
    with Watch() as watch:
        done = refreshed(folder, "--jobs", "2", "--reports", "aging")
    assert done.returncode == 3, done.stderr
    assert watch.most < LARGEST_WORKER
    lines = list(entries(log_of(folder)))
    assert Counter(line["status"] for line in lines) == {
        "refreshed": MANY - len(BROKEN),
        "failed": len(BROKEN),
    }
    assert len({line["path"] for line in lines}) == MANY
    assert {Path(line["path"]).stem for line in lines if "error" in line} == set(BROKEN)
    assert len({line["error"]["text"] for line in lines if "error" in line}) == len(BROKEN)
    assert done.stderr.count("not touched") == len(BROKEN)
    assert {name: (folder / f"{name}.xlsx").read_bytes() for name in BROKEN} == broken
    assert not [path for path in folder.iterdir() if path.name.startswith(".~arcredit")]
    for line in lines:
        if line["status"] == "refreshed":
            rows = 20 + int(Path(line["path"]).stem) % 20
            assert line["figures"]["EUR"]["open"] == 100.0 * rows * (rows + 1) / 2
    again = refreshed(folder, "--jobs", "2", "--reports", "aging")
    assert again.returncode == 3
    assert Counter(line["status"] for line in entries(log_of(folder)))["skipped"] == MANY - len(BROKEN)
    # One worker alone makes the same bytes: every file is one of twenty kinds.
    for number in (0, 7, 19, 987):
        (tmp_path / "alone").mkdir(exist_ok=True)
        alone = Path(shutil.copy(kinds[number % len(kinds)], tmp_path / "alone" / f"{number:04}.xlsx"))
        list(refresh_all([Task(alone, replace(OPTIONS, reports="aging"))], jobs=1))
        assert (folder / alone.name).read_bytes() == alone.read_bytes()


def test_two_processes_refreshing_one_file_leave_it_whole(tmp_path):
    """Whoever comes second finds the file changed or unchanged, never half of it."""
    book = ledger(tmp_path / "a.xlsx", rows=4000)
    (tmp_path / "twin").mkdir()
    twin = Path(shutil.copy(book, tmp_path / "twin"))
    code = "from arcredit.hosts.cli import main; main()"
    days = [dt.date(2026, 6, 1) + dt.timedelta(number) for number in range(4)]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, "refresh", str(book), "--as-of", str(day)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for day in days
    ]
    outputs = [process.communicate()[0] for process in running]
    codes = [process.returncode for process in running]
    assert set(codes) <= {0, 1, 4}, outputs
    assert any(code in (0, 1) for code in codes)
    assert list(tmp_path.glob(".~arcredit*")) == []
    written = openpyxl.load_workbook(book)
    day = written["AR Aging"]["B6"].value
    assert day.date() in days
    for path in (book, twin):
        list(refresh_all([Task(path, OPTIONS)], jobs=1))
    assert book.read_bytes() == twin.read_bytes()


def test_two_runs_over_one_folder_and_any_number_of_jobs(tmp_path):
    """Both end well, every line of the log they share is whole, and the bytes are those of 1 job and of 5."""
    names = [f"{number}.xlsx" for number in range(8)]
    for folder in ("both", "one", "five"):
        (tmp_path / folder).mkdir()
        for rows, name in enumerate(names, 20):
            ledger(tmp_path / folder / name, rows=rows)
    code = "from arcredit.hosts.cli import main; main()"
    command = [sys.executable, "-c", code, "refresh", str(tmp_path / "both"), "--as-of", "2026-06-30"]
    running = [
        subprocess.Popen([*command, "--jobs", "1"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(2)
    ]
    outputs = [process.communicate()[0] for process in running]
    assert {process.returncode for process in running} <= {0, 1, 4}, outputs
    log = log_of(tmp_path / "both")
    lines = list(entries(log))
    assert len(lines) == len(log.read_bytes().splitlines()) == 2 * len(names)
    done = {line["path"] for line in lines if line["status"] in ("refreshed", "unchanged", "skipped")}
    assert len(done) == len(names)
    assert sorted(path.name for path in (tmp_path / "both").iterdir()) == [".arcredit", *names]
    for folder, jobs in (("one", 1), ("five", 5)):
        list(refresh_all([Task(tmp_path / folder / name, OPTIONS) for name in names], jobs=jobs))
    for name in names:
        assert len({(tmp_path / folder / name).read_bytes() for folder in ("both", "one", "five")}) == 1, name
