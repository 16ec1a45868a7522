"""The run log: a line of JSON per workbook and run, for the auditor and for the next run.

A line holds what went in (the file's hash, the day, the choices, the version), what came out (key figures
per currency, the tie-out, every finding) and the hash of the file as it was left.
"""

import datetime as dt
import errno
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO

from arcredit import __version__
from arcredit.credit import money
from arcredit.credit.receivables.portfolio import Portfolio
from arcredit.errors import ArcreditError, Finding, SettingsError
from arcredit.hosts.batch import Task, state_of
from arcredit.hosts.refresh import Options, Refreshed
from arcredit.hosts.store import SIGN

FOLDER, NAME = ".arcredit", "log.jsonl"
LEFT = ("refreshed", "unchanged", "skipped")
"""States that the next run need not bring about again."""


def log_of(path: Path) -> Path:
    """Where the log of a folder is kept."""
    return path / FOLDER / NAME


def known_as(path: Path | str) -> str:
    """What the log calls a workbook: its whole path, or its address in a store."""
    return path if isinstance(path, str) and SIGN in path else str(Path(path).resolve())


class RunLog(AbstractContextManager["RunLog"]):
    """A log open for appending; each line is written whole, so that several runs may share it.

    Raises
    ------
    SettingsError
        If it cannot be written.
    """

    def __init__(self, path: Path, options: Options) -> None:
        self.path, self.options = path, options
        self.run = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = path.open("a+b", buffering=0)
            _close_line(self._file)
        except OSError as error:
            raise self._unwritable(error) from None

    def write(self, result: Refreshed) -> None:
        """Append what became of a workbook.

        Raises
        ------
        SettingsError
            If it cannot be written; a line that was begun counts for nothing.
        """
        line = json.dumps(self._entry(result), ensure_ascii=False, separators=(",", ":"), default=str)
        data = line.encode("utf-8", "backslashreplace") + b"\n"
        try:
            if self._file.write(data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> SettingsError:
        return SettingsError("cli.log_unwritable", path=str(self.path), detail=error.strerror or str(error))

    def _entry(self, result: Refreshed) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "run": self.run,
            "path": known_as(result.path),
            "status": result.status,
            "seconds": round(result.seconds, 3),
            "version": __version__,
            "as_of": self.options.as_of.isoformat(),
        }
        if result.before:
            entry["input"] = result.before
        if result.after:
            entry["output"] = result.after
            entry["state"] = state_of(result.after, self.options)
        if result.error:
            return entry | {"error": _error(result.error)}
        if result.status == "skipped":
            return entry
        return entry | {
            "rows": {"read": result.totals.rows_read, "rejected": result.totals.rows_rejected},
            "amount": {"read": result.totals.amount_read, "rejected": result.totals.amount_rejected},
            "figures": {part.currency: figures(part) for part in result.portfolios},
            "sheets": dict(result.sheets),
            "formulas": result.recalculated.counts(),
            "findings": [_finding(item) for item in result.findings],
        }

    def __exit__(self, *_: object) -> None:
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._unwritable(error) from None
        finally:
            self._file.close()


def _close_line(file: BinaryIO) -> None:
    """End a line that a power failure cut off, so that the next one stands alone."""
    if file.seek(0, os.SEEK_END):
        file.seek(-1, os.SEEK_END)
        if file.read(1) != b"\n":
            file.write(b"\n")


def figures(part: Portfolio) -> dict[str, float]:
    """The key figures of a currency."""
    return {
        "documents": part.documents,
        "customers": len(part),
        "open": money.total(part.total),
        "overdue": money.total(part.overdue),
    }


def _error(error: ArcreditError) -> dict[str, str]:
    return {"key": error.key, "text": error.text("en")}


def _finding(item: Finding) -> dict[str, Any]:
    text = f"{item.message('en')} {item.remedy('en')}"
    place = {"sheet": item.sheet, "cell": item.cell}
    return {"severity": item.severity, **place, "key": item.key, "text": text, "amount": item.amount}


def entries(path: Path) -> Iterator[Mapping[str, Any]]:
    """The lines of a log, oldest first; one that was cut off by a power failure is left out.

    Raises
    ------
    SettingsError
        If there is no such log.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise SettingsError("cli.no_log", path=str(path), detail=error.strerror) from None
    with file:
        for line in file:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict) and isinstance(entry.get("path"), str):
                yield entry


def tasks(paths: Iterable[Path | str], options: Options, log: Path | None) -> Iterator[Task]:
    """A task per workbook, with the state in which the last run left it."""
    left = {} if log is None or not log.exists() else states(log)
    for path in paths:
        yield Task(path, options, left.get(known_as(path), ""))


def states(path: Path) -> dict[str, str]:
    """The last known good state of each workbook; one that failed since has none."""
    left: dict[str, str] = {}
    for entry in entries(path):
        if entry.get("status") in LEFT and "state" in entry:
            left[entry["path"]] = str(entry["state"])
        else:
            left.pop(entry["path"], None)
    return left
