"""Refresh many workbooks on the cores of this machine; one bad file never stops the others.

A worker is replaced after some workbooks, before its memory grows, and one that dies or hangs takes only
its own workbook with it. A workbook that is as an earlier run left it, for the same day and choices, is not
read again.
"""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from os import cpu_count
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

from arcredit import __version__
from arcredit.errors import ArcreditError, FileBusy
from arcredit.hosts.refresh import Options, Refreshed, refresh
from arcredit.ledger.writing.replace import TEMPORARY

LEDGERS = (".xlsx", ".xlsm")
RECYCLED_AFTER = 50
"""Workbooks per worker."""
TIME_LIMIT = 1800.0
"""Seconds for one workbook; a million rows take less than a minute."""
RETRIES, PAUSE = 3, 2.0
"""How often a file in use is tried again, and how long to wait between. [seconds]"""
_AHEAD = 4
"""Workbooks handed out per worker beyond the one it works on."""


@dataclass(frozen=True)
class Task:
    """A workbook to refresh; `done` is the state in which an earlier run left it."""

    path: Path
    options: Options
    done: str = ""


def workbooks(paths: Iterable[Path], patterns: Sequence[str] = ()) -> list[Path]:
    """The workbooks named and those in the folders named, each once.

    In folders, lock files, our temporary files and hidden folders are left out, and with `patterns` every
    file whose name fits none of them.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        for book in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if book.is_file() and (book == path or _is_workbook(book, path, patterns)):
                found.setdefault(book.resolve(), book)
    return list(found.values())


def _is_workbook(path: Path, root: Path, patterns: Sequence[str]) -> bool:
    named = not patterns or any(fnmatch(path.name.lower(), pattern.lower()) for pattern in patterns)
    hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
    usual = not path.name.startswith(("~$", TEMPORARY))
    return named and usual and not hidden and path.suffix.lower() in LEDGERS


def state_of(digest: str, options: Options) -> str:
    """What a workbook's figures depend on: its bytes, the day, every choice, and this version."""
    chosen = asdict(options)
    for name in ("backup", "dry_run", "diff", "portfolios"):
        del chosen[name]
    rates = _digest(Path(options.rates)) if options.rates else ""
    text = json.dumps([digest, __version__, rates, chosen], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def work(task: Task) -> Refreshed:
    """Refresh one workbook, unless it is as an earlier run left it."""
    start = time.perf_counter()
    if task.done and task.path.is_file():
        digest = _digest(task.path)
        if state_of(digest, task.options) == task.done:
            seconds = time.perf_counter() - start
            return Refreshed(str(task.path), "skipped", seconds, before=digest, after=digest)
    return refresh(task.path, task.options)


def refresh_all(
    tasks: Iterable[Task], jobs: int | None = None, retries: int = RETRIES, pause: float = PAUSE
) -> Iterator[Refreshed]:
    """Refresh workbooks and give each result as it is there; files in use are tried again at the end."""
    busy: list[tuple[Task, Refreshed]] = []
    for task, result in _results(tasks, jobs):
        if isinstance(result.error, FileBusy) and retries:
            busy.append((task, result))
        else:
            yield result
    for attempt in range(retries):
        if not busy:
            return
        time.sleep(pause)
        last = attempt == retries - 1
        again, busy = busy, []
        for task, result in _results((task for task, _ in again), 1):
            if isinstance(result.error, FileBusy) and not last:
                busy.append((task, result))
            else:
                yield result


def _results(tasks: Iterable[Task], jobs: int | None) -> Iterator[tuple[Task, Refreshed]]:
    tasks = list(tasks)
    jobs = min(jobs or cpu_count() or 1, len(tasks))
    if jobs <= 1:
        yield from ((task, work(task)) for task in tasks)
        return
    with ProcessPool(jobs, max_tasks=RECYCLED_AFTER, context=_workers()) as pool:
        waiting = iter(tasks)
        running: dict[Future[Refreshed], Task] = {}
        while True:
            while len(running) < jobs * (1 + _AHEAD) and (task := next(waiting, None)) is not None:
                running[pool.schedule(work, args=(task,), timeout=TIME_LIMIT)] = task
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                task = running.pop(future)
                yield task, _result(future, task)


def _workers() -> BaseContext:
    """Workers begun from a clean process with the libraries loaded, where there is such a thing."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(["arcredit.hosts.batch"])
    return context


def _result(future: Future[Refreshed], task: Task) -> Refreshed:
    try:
        return future.result()
    except TimeoutError:
        return failed(task, ArcreditError("cli.too_long", seconds=f"{TIME_LIMIT:.0f}"))
    except ProcessExpired as error:
        return failed(task, ArcreditError("cli.worker_died", detail=f"exit code {error.exitcode}"))


def failed(task: Task, error: ArcreditError) -> Refreshed:
    """The result of a workbook that was not touched."""
    return Refreshed(str(task.path), "failed", 0.0, error=error)
