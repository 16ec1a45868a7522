"""Killed, out of space, over a limit: the file is the old one or the new one, whole."""

import random
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from arcredit.errors import PatchError
from arcredit.ledger.patch import Patch
from ledger.patch_books import ledger, parts, rebuilt, replaced

REFRESH = """
import itertools, sys
from arcredit.ledger.patch import Patch
print("ready", flush=True)
for number in itertools.count():
    patch = Patch(sys.argv[1])
    patch.set_cell("Ledger", "F1", number)
    patch.set_cell("Ledger", "F2000", f"row {number}")
    patch.save()
    print("saved", flush=True)
"""


def large(path):
    def fill(book, sheet):
        for row in range(6, 4000):
            sheet.write_row(row, 0, [f"INV{row}", row / 7, "x" * 20])

    return ledger(path, fill=fill)


def whole(path):
    """A workbook whose every part can be read and whose two cells belong together."""
    with zipfile.ZipFile(path) as opened:
        assert opened.testzip() is None
    text = parts(path)["xl/worksheets/sheet1.xml"].decode()
    number = text.partition('<c r="F1"')[2].partition("<v>")[2].partition("<")[0]
    assert not number or f">row {number}<" in text
    return number


def test_killed_at_random_moments(tmp_path):
    """Each round saves up to twice, and once more until it is killed; over the rounds every step is hit."""
    path = large(tmp_path / "a.xlsx")
    chance = random.Random(20261123)
    seen = set()
    for _ in range(12):
        run = subprocess.Popen([sys.executable, "-c", REFRESH, str(path)], stdout=subprocess.PIPE)
        assert run.stdout.readline() == b"ready\n"
        for _ in range(chance.randrange(3)):
            assert run.stdout.readline() == b"saved\n"
        time.sleep(chance.uniform(0, 0.2))
        run.send_signal(signal.SIGKILL)
        run.wait()
        run.stdout.close()
        seen.add(whole(path))
    assert any(seen)
    # What is left of a killed save never bears the workbook's name, and the next save does not mind it.
    assert all(item == path or item.name.startswith(".~arcredit-") for item in tmp_path.iterdir())
    patch = Patch(path)
    patch.set_cell("Ledger", "F9", 1)
    assert patch.save()


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_killed_at_each_step(tmp_path, call):
    """The process ends inside the call itself, the last moment before it takes effect."""
    path = large(tmp_path / "a.xlsx")
    before = path.read_bytes()
    code = f"""
import os, signal, sys
import arcredit.ledger.patch as writer
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
if {call!r} == "write":
    real = writer.write
    def half(file, *rest):
        real(file, *rest); file.seek(0); file.truncate(500); die()
    writer.write = half
else:
    setattr(os, {call!r}, die)
patch = writer.Patch(sys.argv[1])
patch.set_cell("Ledger", "F1", 1)
patch.save()
"""
    run = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert run.returncode == -signal.SIGKILL
    assert path.read_bytes() == before


def test_over_the_file_size_limit(tmp_path):
    """What a full disk does: the write fails midway."""
    path = large(tmp_path / "a.xlsx")
    before = path.read_bytes()
    code = """
import resource, signal, sys
from arcredit.errors import PatchError
from arcredit.ledger.patch import Patch
patch = Patch(sys.argv[1])
patch.set_cell("Ledger", "F1", 1)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
try:
    patch.save(backup=len(sys.argv) > 2)
except PatchError as error:
    print(error.key)
"""
    for more in ([], ["backup"]):
        command = [sys.executable, "-c", code, str(path), *more]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        assert run.stdout.split() == ["patch.cannot_write"]
        assert path.read_bytes() == before
        assert [item.name for item in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    path = ledger(tmp_path / "a.xlsx")
    patch = Patch(path)
    patch.set_cell("Ledger", "F1", 1)

    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("arcredit.ledger.writing.replace.tempfile.mkstemp", forbidden)
    with pytest.raises(PatchError) as refusal:
        patch.save()
    assert refusal.value.key == "patch.cannot_write"
    assert "Permission denied" in str(refusal.value)


def test_two_writers_never_mix(tmp_path):
    """Whoever comes second is told so; nobody's cell is lost silently."""
    path = ledger(tmp_path / "a.xlsx")
    first, second = Patch(path), Patch(path)
    first.set_cell("Ledger", "F1", 1)
    second.set_cell("Ledger", "F2", 2)
    assert first.save()
    with pytest.raises(PatchError) as refusal:
        second.save()
    assert refusal.value.key == "patch.changed"
    assert Path(path).stat().st_size > 0


def test_memory_does_not_grow_with_the_sheet(tmp_path):
    """A sheet of 50 MB of XML is patched in a small part of that."""
    path = tmp_path / "a.xlsx"
    rows = []
    for row in range(1000, 150_000):
        cells = "".join([f'<c r="{column}{row}"><v>{row}.25</v></c>' for column in "ABCDEFGHIJ"])
        rows.append(f'<row r="{row}">{cells}</row>')
    wide, tall = replaced("A1:C6", "A1:J149999"), replaced("</sheetData>", "".join([*rows, "</sheetData>"]))
    rebuilt(ledger(path), {"xl/worksheets/sheet1.xml": lambda data: tall(wide(data))})
    with zipfile.ZipFile(path) as opened:
        size = opened.getinfo("xl/worksheets/sheet1.xml").file_size
    assert size > 40_000_000
    code = """
import resource, sys
from arcredit.ledger.patch import Patch
def peak(): return int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1])
start = peak()
patch = Patch(sys.argv[1])
patch.set_cell("Ledger", "M9", 1)
patch.set_cell("Ledger", "M140000", 1)
assert patch.save()
print(peak() - start)
"""
    if sys.platform != "linux":
        pytest.skip("did not run: this system does not tell a process's peak memory")
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert int(run.stdout) * 1024 < size
