"""What must hold whatever the file: our refusal or a whole workbook, in time, and nothing else written."""

import contextlib
import dataclasses
import io
import os
import signal
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
from click.testing import CliRunner

from arcredit.errors import ArcreditError
from arcredit.hosts.cli import main
from arcredit.hosts.init import add_records
from arcredit.hosts.recalc import recalculate
from arcredit.hosts.refresh import Options, _refresh
from arcredit.ledger.patch import Patch
from arcredit.ledger.writing.replace import TEMPORARY
from arcredit.ledger.writing.zips import Archive
from arcredit.words import say, visible
from hostile.arguments import furnish
from hostile.seeds import OPTIONS
from ledger.patch_books import report

TIME_LIMIT = 20
"""Seconds for one small file; on a quiet machine each takes less than one."""
REPORT = report()


@contextlib.contextmanager
def timed() -> Iterator[None]:
    """Fail loudly where something takes too long; processor time, so that a busy machine fails nothing."""

    def stop(*_: object) -> None:
        raise AssertionError(f"no answer within {TIME_LIMIT} seconds of processor time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, TIME_LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def opens(content: bytes) -> bool:
    """Whether openpyxl can load it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            openpyxl.load_workbook(io.BytesIO(content))
        except Exception:
            return False
    return True


def unharmed(
    folder: Path,
    content: bytes,
    write: Callable[[Path], bool],
    name: str = "a.xlsx",
    judge: Callable[[bytes], bool] = opens,
) -> str:
    """Write to a file of this content: it is refused and unchanged, or done and sound. What became of it.

    Any exception that is not ours is a defect and comes through. A written file can be patched again, and
    whoever could open it before (`judge`) still can.
    """
    path = folder / name
    path.write_bytes(content)
    try:
        with timed(), warnings.catch_warnings():
            warnings.simplefilter("error")
            written = write(path)
        outcome = "written" if written else "nothing to write"
    except ArcreditError as refusal:
        written, outcome, said = False, refusal.key, refusal.text("en") + refusal.text("zh")
        assert visible(said) == said
        assert outcome != "cli.unexpected"
    after = path.read_bytes()
    assert os.listdir(folder) == [name], "something was left behind"
    if not written:
        assert after == content, "the file was changed though nothing was said to be written"
    else:
        assert Patch(path).sheet_names
        assert judge(after) or not judge(content), "openpyxl could load the file, and cannot any more"
    return outcome


def patchable(content: bytes) -> bool:
    """Enough of a judge where content types are wrong: openpyxl goes by them, all others by relationships."""
    return bool(Archive(content, "").members)


def refreshed(options: Options = OPTIONS, **more: Any) -> Callable[[Path], bool]:
    """A refresh; errors come through instead of being turned into a result."""

    def write(path: Path) -> bool:
        done = _refresh(path, dataclasses.replace(options, **more))
        return bool(done["status"] == "refreshed")

    return write


def patched(path: Path) -> bool:
    """A cell, a row of a table and a report sheet, as a refresh, a recalculation and an import write them."""
    patch = Patch(path)
    sheet = patch.sheet_names[0] if patch.sheet_names else ""
    with contextlib.suppress(ArcreditError):
        patch.set_cell(sheet, "C3", 1.5)
        for name, (_, headings) in list(patch.tables().items())[:1]:
            patch.grow_table(name, [dict.fromkeys(headings, 1.0)])
        patch.changes()
        return patch.save()
    patch = Patch(path)
    patch.put_sheet(REPORT, "AR Aging", owner="aging")
    return patch.save()


def recalculated(path: Path) -> bool:
    """Formulas with our functions brought up to date, as ``arcredit recalc`` does without LibreOffice."""
    patch = Patch(path)
    with np.errstate(all="ignore"):
        recalculate(patch, OPTIONS.as_of, office=False)
    return patch.save()


def furnished(path: Path) -> bool:
    """The sheets of records added, as ``arcredit init`` does."""
    return bool(add_records(path).sheets)


def answered(folder: Path, workbook: bytes, line: list[str]) -> int:
    """Run a command line in a folder: an exit code of ours, every workbook whole, nothing temporary left."""
    furnish(folder, workbook)
    with contextlib.chdir(folder), timed(), warnings.catch_warnings():
        warnings.simplefilter("error")
        done = CliRunner().invoke(main, line, catch_exceptions=True)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code in range(5), done.output
    assert say("cli.unexpected.remedy", "en") not in done.output, done.output
    assert say("cli.unexpected.remedy", "zh") not in done.output, done.output
    assert "\x1b" not in done.output
    if done.exit_code > 1 or line[0] in ("check", "aging", "dso", "changes", "log"):
        kept = [path for path in folder.rglob("*.xlsx") if path.name in ("a.xlsx", line[-1])]
        assert all(path.read_bytes() == workbook for path in kept[:1]) or line[0] == "refresh", line
    assert not [path for path in folder.rglob("*") if path.name.startswith((TEMPORARY, ".out-"))]
    assert all(opens(path.read_bytes()) for path in folder.rglob("*.xlsx")), line
    return done.exit_code
