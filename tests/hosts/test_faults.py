"""Every system call that may fail does so once: the files are the old or new ones, whole, and it is said."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fault_run import COMMANDS, DAY, OTHERS, furnish
from faults import calls, tracer
from small_ledgers import ledger

TESTS = Path(__file__).parents[1]
NO_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1"}
"""Python's own files would be among the calls that are counted."""
LEAST = {"refresh": 40, "folder": 60, "init": 40, "events": 30}
LEAST_OF_OTHERS = dict.fromkeys(OTHERS, 2) | {"templates": 16}
"""Fewer failing calls than this would mean that the calls were not found."""


@pytest.mark.parametrize("scenarios", [*([name] for name in COMMANDS), [*OTHERS]], ids=" ".join)
def test_each_call_fails_once(scenarios):
    tracer()
    command = [sys.executable, str(TESTS / "fault_run.py"), *scenarios]
    environment = {**os.environ, "PYTHONPATH": str(TESTS), **NO_BYTECODE}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=290)
    assert run.returncode == 0, run.stderr[-2000:]
    for scenario, found in json.loads(run.stdout).items():
        assert found["code"] in (0, 1), scenario
        assert found["wrong"] == []
        assert found["faults"] >= (LEAST | LEAST_OF_OTHERS)[scenario]


ORDER = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from fault_run import work
from faults import traced
folder = Path(sys.argv[2])
from arcredit.hosts.batch import refresh_all
names = "trace=openat,write,pwrite64,fsync,fdatasync,ftruncate,?rename,?renameat,?renameat2,?unlink,?unlinkat"
command = tuple(sys.argv[3:])
code = traced(lambda: work(folder, command), folder.parent / "log", "-e", names)
sys.exit(code)
"""


def ordered(tmp_path, *command):
    """A folder in which a command was run; its calls stand in the log beside it."""
    tracer()
    folder = tmp_path.resolve() / "run"
    folder.mkdir()
    furnish(folder)
    line = [sys.executable, "-c", ORDER, str(TESTS), str(folder), *command]
    environment = {**os.environ, **NO_BYTECODE}
    run = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode in (0, 1), run.stderr
    return folder


def test_the_order_of_a_folder_run(tmp_path):
    """Workbook, snapshot, log, group view: a line of the log tells only of what is on the disk for good."""
    folder = ordered(tmp_path, *COMMANDS["folder"])
    made = []
    for name, rest, _ in calls(tmp_path / "log"):
        paths = [path for path in re.findall(r'[<"](/[^<>"]*)[>"]', rest) if path.startswith(f"{folder}/")]
        here = [path for path in re.findall(r"<([^<>]*)>", rest) if path == str(folder)]
        if name.startswith("rename"):
            target = re.findall(r'"([^"]*)"', rest)[-1]
            made.append(f"renamed {Path(target).name}")
        elif "sync" in name and (paths or here):
            made.append(f"synced {Path((paths or here)[0]).name}")
        elif paths and "write" in name and not Path(paths[0]).name.startswith(".~arcredit-"):
            made.append(f"wrote {Path(paths[0]).name}")
    made = [re.sub(r"\.~arcredit-\w+\.tmp", "draft", step) for step in made]
    assert made == [
        *("synced draft", "renamed a.xlsx", "synced run"),
        *("synced draft", "renamed a.xlsx.2026-06-30.parquet", "synced .arcredit"),
        *("wrote log.jsonl", "synced log.jsonl"),
        *("synced draft", "renamed group.xlsx", "synced out"),
    ]


def test_the_order_that_a_power_cut_needs(tmp_path):
    """Write beside, sync, check, rename over the old one, sync the folder; nothing writes to the old file."""
    folder = ordered(tmp_path, "refresh", "a.xlsx", *DAY)
    steps = list(_steps(tmp_path / "log", str(folder)))
    written = [step for step in steps if step != "read"]
    beside = written.index("create .~arcredit")
    assert written[beside:] == [
        "create .~arcredit",
        *["write .~arcredit"] * written.count("write .~arcredit"),
        "sync .~arcredit",
        "check .~arcredit",
        "rename .~arcredit to a.xlsx",
        "sync folder",
        "remove .~arcredit",
    ]
    assert not [step for step in written[:beside] if step.split()[0] in ("write", "create", "rename")]


def _steps(log, folder):
    """The calls that concern the folder, as a person would say them."""
    for name, rest, _ in calls(log):
        paths = [
            path for path in re.findall(r'[<"]([^<>"]*)[>"]', rest) if path.startswith((folder, "a.xlsx"))
        ]
        short = [
            "folder" if path == folder else re.sub(r"^\.~arcredit-\w+\.tmp$", ".~arcredit", Path(path).name)
            for path in paths
        ]
        if "AT_FDCWD" in rest:
            short = short[1:]
        if not short:
            continue
        if name == "openat":
            if "O_CREAT" in rest:
                yield f"create {short[-1]}"
            elif short[-1] == ".~arcredit":
                yield "check .~arcredit"
            else:
                assert "O_RDONLY" in rest, rest
                yield "read"
        elif name.startswith("rename"):
            yield f"rename {short[0]} to {short[-1]}"
        elif name.startswith("unlink"):
            yield f"remove {short[-1]}"
        else:
            yield f"{'sync' if 'sync' in name else 'write'} {short[0]}"


FULL = """
import contextlib, io, os, shutil, sys, zipfile
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from click.testing import CliRunner
from arcredit.hosts.cli import main
from fault_run import COMMANDS, DAY, OTHERS, books, furnish_more
def whole(content):
    if content[:4] == b"PAR1":
        return content[-4:] == b"PAR1"
    return zipfile.ZipFile(io.BytesIO(content)).testzip() is None
disk, source = Path(sys.argv[2]), Path(sys.argv[3]).read_bytes()
outcomes = set()
for room in [*range(0, 72, 4)]:
    for path in disk.iterdir():
        path.unlink()
    book, ballast = disk / "a.xlsx", disk / "ballast"
    book.write_bytes(source)
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass
    with ballast.open("r+b") as file:
        file.truncate(max(ballast.stat().st_size - room * 1024, 0))
    for backup in ([], ["--backup"]):
        before = book.read_bytes()
        done = CliRunner().invoke(main, ["refresh", str(book), *DAY, *backup])
        after = book.read_bytes()
        assert done.exit_code in (0, 1, 3), (room, done.output, done.exception)
        assert (done.exit_code == 3) <= (after == before), room
        assert (done.exit_code == 3) == ("No space left" in done.output), done.output
        names = sorted(path.name for path in disk.iterdir() if path.name != "a.xlsx.bak")
        assert names == ["a.xlsx", "ballast"], names
        outcomes.add(done.exit_code)
assert {3} < outcomes, outcomes

# Every other command that writes, on a disk with nothing left and with a little.
clean = Path(sys.argv[3]).parent / "clean"
clean.mkdir()
furnish_more(clean)
outcomes = set()
for name, command in {"folder": COMMANDS["folder"], "init": COMMANDS["init"], **OTHERS}.items():
    for room in (0, 24):
        os.chdir("/")
        for path in disk.iterdir():
            path.unlink() if path.is_file() else shutil.rmtree(path)
        shutil.copytree(clean, disk / "run")
        with (disk / "ballast").open("wb", buffering=0) as file:
            with contextlib.suppress(OSError):
                while file.write(bytes(4096)):
                    pass
            file.truncate(max(file.tell() - room * 1024, 0))
        os.chdir(disk / "run")
        before = books(disk / "run")
        done = CliRunner().invoke(main, list(command))
        after = books(disk / "run")
        said = (name, room, done.output[-300:], done.exception)
        assert done.exit_code in (0, 1, 3), said
        assert room or done.exit_code == 3, said
        assert done.exit_code < 3 or "No space left" in done.output, said
        assert not [path for path in after if ".~arcredit" in path], said
        assert after.keys() >= before.keys(), said
        for path, content in after.items():
            assert content in (before.get(path), b"old") or whole(content), (path, *said)
        outcomes.add(done.exit_code)
assert {3} < outcomes, outcomes
print("whole")
"""


def test_a_full_disk(tmp_path):
    """A real one: a file system in memory, filled up until so many kilobytes are left."""
    disk = tmp_path / "disk"
    disk.mkdir()
    source = ledger(tmp_path / "a.xlsx", rows=200)
    mount = 'mount -t tmpfs -o size=512k tmpfs "$1" && shift && exec "$@"'
    inside = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh", str(disk)]
    if not shutil.which("unshare") or subprocess.run([*inside, "true"], check=False).returncode:
        if os.environ.get("CI"):
            pytest.fail("a file system of its own must be possible in CI (unshare, mount)")
        pytest.skip("did not run: no file system may be mounted here, not even in a namespace of its own")
    command = [*inside, sys.executable, "-c", FULL, str(TESTS), str(disk), str(source)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stdout == "whole\n", run.stderr[-2000:]
