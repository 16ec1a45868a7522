"""The run log: a line of JSON per workbook and run, for the auditor and for the next run.

A line holds what went in (the file's hash, the day, the choices, the version), what came out (key figures
per currency, the tie-out, every finding) and the hash of the file as it was left. That of a workbook which
was not read again repeats the figures: they still hold.
"""

import datetime as dt
import errno
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

from arcredit import __version__
from arcredit.credit import money
from arcredit.credit.receivables.portfolio import Portfolio
from arcredit.errors import ArcreditError, Finding, LedgerError, SettingsError
from arcredit.hosts.batch import Task
from arcredit.hosts.choices import exit_code
from arcredit.hosts.console import DONE
from arcredit.hosts.refresh import Options, Refreshed
from arcredit.hosts.stores.address import is_address
from arcredit.hosts.stores.parts import Part, lines
from arcredit.words import shown

FOLDER, NAME = ".arcredit", "log.jsonl"
LEFT = ("refreshed", "unchanged", "skipped")
"""States that the next run need not bring about again."""
_HEAD = 1 << 20
_ENTRY = re.compile(rb"^\0*\{\"", re.M)
"""How a line of a log begins; what was lost in a power failure may be zeros before it."""
_STILL_HOLDS = ("rows", "amount", "figures", "counts", "exit")
"""What is said again of a workbook that is as an earlier run left it."""


class Left(NamedTuple):
    """How the last run left a workbook, and what it said of it."""

    state: str
    said: Mapping[str, Any] = {}

    @property
    def exit(self) -> int:
        """How a refresh of it ended."""
        return int(self.said.get("exit", DONE))

    @property
    def findings(self) -> int:
        """How many findings it has."""
        return sum(self.said.get("counts", {}).values())


def log_of(place: Path | str) -> Path | str:
    """Where the log of a folder is kept; in a store it is a folder too, with an object per run."""
    return f"{place}/{FOLDER}/log" if isinstance(place, str) else place / FOLDER / NAME


def known_as(path: Path | str) -> str:
    """What the log calls a workbook: its whole path, or its address in a store."""
    return path if is_address(path) else str(Path(path).resolve())


class _Sink(Protocol):
    def write(self, data: bytes) -> None: ...
    def close(self) -> None: ...


class _File:
    """A log in a folder: each line is written whole, so that several runs may share it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("a+b", buffering=0)
        if not _is_log(self._file):
            self._file.close()
            raise SettingsError("cli.not_a_log", path=str(path))
        _close_line(self._file)

    def write(self, data: bytes) -> None:
        if self._file.write(data) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def close(self) -> None:
        try:
            os.fsync(self._file.fileno())
        finally:
            self._file.close()


class RunLog(AbstractContextManager["RunLog"]):
    """A log open for appending.

    Parameters
    ----------
    path : Path or str
        The log, or its address in a store.
    options : Options
        Those of the run.
    left : mapping of str to Left, optional
        How the last run left the workbooks, by what the log calls them.

    Raises
    ------
    SettingsError
        If it cannot be written, or is another kind of file.
    """

    def __init__(self, path: Path | str, options: Options, left: Mapping[str, Left] | None = None) -> None:
        self.path, self.options, self._left = path, options, left or {}
        self.run = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        try:
            self._sink: _Sink = Part(path, self.run) if isinstance(path, str) else _File(path)
        except SettingsError:
            raise
        except (OSError, ArcreditError) as error:
            raise self._unwritable(error) from None

    def write(self, result: Refreshed) -> None:
        """Append what became of a workbook.

        Raises
        ------
        SettingsError
            If it cannot be written; a line that was begun counts for nothing.
        """
        line = json.dumps(self._entry(result), ensure_ascii=False, separators=(",", ":"), default=str)
        try:
            self._sink.write(line.encode("utf-8", "backslashreplace") + b"\n")
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError | ArcreditError) -> SettingsError:
        if isinstance(error, ArcreditError):
            detail = str(error.values.get("detail", "")) or error.key
        else:
            detail = error.strerror or str(error)
        return SettingsError("cli.log_unwritable", path=str(self.path), detail=detail)

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
        if result.state:
            entry["state"] = result.state
        if result.status == "skipped":
            return entry | dict(self._left.get(entry["path"], Left("")).said)
        entry["exit"] = exit_code(result)
        if result.error:
            return entry | {"error": _error(result.error)}
        return entry | {
            "rows": {"read": result.totals.rows_read, "rejected": result.totals.rows_rejected},
            "amount": {"read": result.totals.amount_read, "rejected": result.totals.amount_rejected},
            "figures": {part.currency: figures(part) for part in result.portfolios},
            "sheets": dict(result.sheets),
            "formulas": result.recalculated.counts(),
            "counts": _counts(result.findings),
            "findings": [_finding(item) for item in result.findings],
        }

    def __exit__(self, *_: object) -> None:
        try:
            self._sink.close()
        except (OSError, ArcreditError) as error:
            raise self._unwritable(error) from None


def _is_log(file: BinaryIO) -> bool:
    """Whether lines may be added: a mistyped name must not cost a workbook. Torn and zeroed logs are logs."""
    file.seek(0)
    head = file.read(_HEAD)
    return not head.strip(b"\0\r\n") or _ENTRY.search(head) is not None


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


def _error(error: ArcreditError) -> dict[str, Any]:
    return {"key": error.key, "text": error.text("en"), "values": shown(error.values)}


def _counts(findings: Iterable[Finding]) -> dict[str, int]:
    found = [finding.severity for finding in findings]
    return {severity: found.count(severity) for severity in ("error", "warning", "info")}


def _finding(item: Finding) -> dict[str, Any]:
    text = f"{item.message('en')} {item.remedy('en')}"
    place = {"sheet": item.sheet, "cell": item.cell}
    return {"severity": item.severity, **place, "key": item.key, "text": text, "amount": item.amount}


def entries(path: Path | str) -> Iterator[Mapping[str, Any]]:
    """The lines of a log, oldest first; one that was cut off by a power failure is left out.

    Raises
    ------
    SettingsError
        If there is no such log, or it is a workbook.
    LedgerError, FileBusy
        If it lies in a store that cannot be reached.
    """
    for line in lines(path) if isinstance(path, str) else _lines(path):
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict) and isinstance(entry.get("path"), str):
            yield entry


def _lines(path: Path) -> Iterator[bytes]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise SettingsError("cli.no_log", path=str(path), detail=error.strerror) from None
    with file:
        if file.read(2) == b"PK":
            raise SettingsError("cli.log_is_workbook", path=str(path))
        file.seek(0)
        yield from file


def tasks(paths: Iterable[Path | str], options: Options, left: Mapping[str, Left]) -> Iterator[Task]:
    """A task per workbook, with the state in which the last run left it."""
    for path in paths:
        known = left.get(known_as(path))
        yield Task(path, options, known.state if known else "")


def states(log: Path | str) -> dict[str, Left]:
    """How the last run left each workbook; one that failed since has no state, and without a log none."""
    left: dict[str, Left] = {}
    try:
        for entry in entries(log):
            if entry.get("status") in LEFT and "state" in entry:
                said = {name: entry[name] for name in _STILL_HOLDS if name in entry}
                left[entry["path"]] = Left(str(entry["state"]), said)
            else:
                left.pop(entry["path"], None)
    except SettingsError:
        pass
    except LedgerError as error:
        if error.key != "store.not_found":
            raise
    return left
