"""Run as a program: a command with every one of its system calls on its own files failing once.

``python fault_run.py SCENARIO...`` warms up, notes which calls a command makes on files of its folder, then
repeats it once per call with that call failing, and prints what it found wrong as JSON.
"""

import contextlib
import json
import os
import re
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from arcredit.hosts import batch
from arcredit.hosts.cli import main
from arcredit.hosts.console import USAGE
from arcredit.hosts.init import add_records
from arcredit.ledger.patch import Patch
from arcredit.ledger.writing.replace import TEMPORARY
from faults import KINDS, calls, traced
from small_ledgers import ledger

DAY = ("--as-of", "2026-06-30")
COMMANDS = {
    "refresh": ("refresh", "a.xlsx", *DAY, "--backup"),
    "folder": ("refresh", ".", *DAY, "--jobs", "1", "--snapshot", "--consolidate", "out/group.xlsx"),
    "init": ("init", "a.xlsx", "--records", "limits,events"),
    "events": ("events", "import", "events.csv", "--book", "a.xlsx"),
}
"""All of their calls fail, one at a time."""
OTHERS = {
    "recalc": ("recalc", "formula.xlsx", "--recalc", "own", *DAY, "--backup"),
    "confirm": ("events", "import", "events.csv", "--book", "events.xlsx"),
    "claim": ("claim", "insured.xlsx", "--xlsx", "out/claim.xlsx", *DAY),
    "templates": ("templates", "--to", "forms", "--language", "en"),
    "addin": ("addin", "build", "--to", "out/arcredit.xlam"),
    "extension": ("addin", "build", "--calc", "--to", "out/arcredit.oxt"),
}
"""They write by the same steps: here the writes and the renames fail."""


def furnish(folder: Path) -> None:
    """What the commands work on."""
    ledger(folder / "a.xlsx")
    (folder / "out").mkdir()
    (folder / "events.csv").write_text("customer,date,note\nC1,2026-06-01,late again\n")


def furnish_more(folder: Path) -> None:
    """What the others work on; what they build is there already, so it must be the old or the new one."""
    furnish(folder)
    for name, records in (("events", ("events",)), ("insured", ("insurance",))):
        add_records(ledger(folder / f"{name}.xlsx"), records)
    patch = Patch(folder / "insured.xlsx")
    patch.set_cell("Insurance", "B7", 0.9)
    patch.save()
    patch = Patch(ledger(folder / "formula.xlsx"))
    patch.set_cell("Ledger", "J1", 0, formula="AR_TIE_OUT(SUM(F2:F9),100)")
    patch.save()
    for name in ("arcredit.xlam", "arcredit.oxt"):
        (folder / "out" / name).write_bytes(b"old")


def work(folder: Path, command: tuple[str, ...]) -> None:
    """The command, in its folder."""
    os.chdir(folder)
    main.main(list(command))


def books(folder: Path) -> dict[str, bytes]:
    """Every file but the log, which holds the hour."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "log.jsonl"
    }


class Runs:
    """A command, what it finds and what it leaves when nothing fails."""

    def __init__(self, command: tuple[str, ...], place: Path) -> None:
        self.command, self.place, self.log = command, place, place / "log"
        # Once without strace, so that everything is imported.
        with contextlib.suppress(SystemExit), contextlib.redirect_stdout(None):
            work(self.fresh(), command)
        os.chdir(place)
        self.before = books(self.fresh())
        self.code = traced(lambda: work(place / "run", command), self.log, "-e", "trace=none")
        self.after = books(place / "run")
        self.wrong: list[str] = []
        self.count = 0

    def fresh(self) -> Path:
        """The folder as the command finds it: the same name and bytes each time."""
        folder = self.place / "run"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.place / "clean", folder)
        return folder

    def places(self, names: str) -> list[int]:
        """Which calls of a kind concern files of the folder, by their number among all of that kind."""
        folder = self.fresh()
        traced(lambda: work(folder, self.command), self.log, "-e", f"trace={names}")
        made = list(calls(self.log))
        return [number for number, call in enumerate(made, 1) if _concerns(call, folder)]

    def fail(self, kind: str) -> None:
        """Let each such call fail once."""
        names, error = KINDS[kind]
        for number in self.places(names):
            folder = self.fresh()
            inject = f"inject={names}:error={error}:when={number}"
            code = traced(lambda: work(folder, self.command), self.log, "-e", f"trace={names}", "-e", inject)  # noqa: B023
            hit = [call for call in calls(self.log) if "INJECTED" in call[2]]
            self.count += bool(hit)
            self.judge(folder, code, f"{kind} {number}: {hit[:1]}")

    def judge(self, folder: Path, code: int, what: str) -> None:
        """Old or new, whole; nothing left; the exit code says which."""
        left = books(folder)
        if code not in range(5) or (code == USAGE and left != self.before):
            self.wrong.append(f"{what}: ended with {code}")
        for name, content in left.items():
            if Path(name).name.startswith(TEMPORARY):
                self.wrong.append(f"{what}: left {name}")
            elif name not in self.before and name.endswith(".xlsx"):
                # A group's view of a run in which something failed says so: whole is enough.
                with zipfile.ZipFile(folder / name) as opened:
                    assert opened.testzip() is None
            elif content not in (self.before.get(name), self.after.get(name)):
                self.wrong.append(f"{what}: {name} is neither the old nor the new one")
            elif code <= 1 and content != self.after[name]:
                self.wrong.append(f"{what}: {name} is the old one and nobody was told")
        if missing := self.before.keys() - left.keys():
            self.wrong.append(f"{what}: lost {missing}")
        if code <= 1 and (absent := {name for name in self.after if name.endswith("xlsx")} - left.keys()):
            self.wrong.append(f"{what}: without {absent}, and nobody was told")


def _concerns(call: tuple[str, str, str], folder: Path) -> bool:
    """Whether a call is on a file of the folder: named whole, by a handle, or from within it."""
    _, rest, result = call
    named = re.findall(r'"([^"]*)"', rest)
    handles = re.findall(r"<([^>]*)>", rest.replace(f"AT_FDCWD<{folder}>", "") + result)
    return any(
        name.startswith(str(folder)) or (name and not name.startswith("/")) for name in (*named, *handles)
    )


def failed(scenario: str, place: Path) -> dict[str, Any]:
    """What a command came to with each of its calls failing."""
    (place / "clean").mkdir(parents=True)
    (furnish if scenario in COMMANDS else furnish_more)(place / "clean")
    runs = Runs((COMMANDS | OTHERS)[scenario], place)
    for kind in KINDS if scenario in COMMANDS else ("write", "rename"):
        runs.fail(kind)
    return {"code": runs.code, "faults": runs.count, "wrong": runs.wrong}


if __name__ == "__main__":
    batch.time.sleep = lambda seconds: None  # files in use are tried again at once
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        place = Path(name).resolve()
        print(json.dumps({scenario: failed(scenario, place / scenario) for scenario in sys.argv[1:]}))
