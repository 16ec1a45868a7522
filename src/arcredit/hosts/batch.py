"""Refresh many workbooks on the cores of this machine; one bad file never stops the others.

A worker is replaced after some workbooks, before its memory grows, and one that dies or hangs takes only
its own workbook with it. A workbook that is as an earlier run left it, for the same day and choices, is not
read again.
"""

import hashlib
import json
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatch
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from os import cpu_count
from pathlib import Path
from typing import TypeAlias

from pebble import ProcessExpired, ProcessPool

from arcredit import __version__
from arcredit.errors import ArcreditError, FileBusy, PatchError
from arcredit.hosts.bounds import TIME_LIMIT
from arcredit.hosts.calc.office import soffice
from arcredit.hosts.refresh import Options, Refreshed, refresh
from arcredit.hosts.stores.address import found
from arcredit.hosts.stores.near import near

LEDGERS = (".xlsx", ".xlsm")
RECYCLED_AFTER = 50
"""Workbooks per worker."""
GRACE = 60.0
"""Seconds that a worker has beyond a workbook's own limit, before it is ended from outside."""
RETRIES, PAUSE = 3, 2.0
"""How often a file in use is tried again, and how long to wait between. [seconds]"""
_AHEAD = 4
"""Workbooks handed out per worker beyond the one it works on."""

Results: TypeAlias = Generator[Refreshed, None, None]
"""What became of workbooks, as it comes; closed, it begins no further one."""


@dataclass(frozen=True)
class Task:
    """A workbook to refresh: a path, or an address in a store; `done` is how an earlier run left it."""

    path: Path | str
    options: Options
    done: str = ""


def workbooks(places: Iterable[Path | str], patterns: Sequence[str] = ()) -> list[Path | str]:
    """The workbooks named and those in the folders named, each once; a text is an address in a store.

    In folders, lock files, our temporary files and hidden folders are left out, and with `patterns` every
    file whose name fits none of them.
    """
    wanted: dict[Path | str, Path | str] = {}
    for place in places:
        if isinstance(place, str):
            wanted |= {book: book for book in found(place) if _wanted(book, place, patterns)}
            continue
        for book in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if _wanted(book.as_posix(), place.as_posix(), patterns) and book.is_file():
                wanted.setdefault(book.resolve(), book)
    return list(wanted.values())


def _wanted(book: str, place: str, patterns: Sequence[str]) -> bool:
    """What was named itself is always wanted."""
    below = book.removeprefix(place).strip("/")
    *folders, name = below.lower().split("/")
    named = not patterns or any(fnmatch(name, pattern.lower()) for pattern in patterns)
    hidden = any(folder.startswith(".") for folder in folders) or name.startswith((".", "~$"))
    return not below or (named and not hidden and name.endswith(LEDGERS))


def state_of(digest: str, options: Options, snapshots: str = "") -> str:
    """What a refresh would find and be asked for; where it is the same again, so is what it would write.

    Parameters
    ----------
    digest : str
        Hash of the workbook: its ledger, its records, and what it remembers.
    options : Options
        The day and every choice.
    snapshots : str
        Those that the reports compare with, and that of the day itself.
    """
    chosen = asdict(options)
    for name in ("backup", "dry_run", "diff", "portfolios"):
        del chosen[name]
    rates = _digest(Path(options.rates)) if options.rates else ""
    office = options.recalc != "none" and _has_office()
    text = json.dumps([digest, __version__, rates, snapshots, office, chosen], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _has_office() -> bool:
    """What was left to Excel for want of LibreOffice is not up to date once there is one."""
    try:
        return bool(soffice())
    except FileNotFoundError:
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def work(task: Task) -> Refreshed:
    """Refresh one workbook, unless it is as an earlier run left it; never raises for one."""
    start, place = time.perf_counter(), str(task.path)
    try:
        with near(task.path, task.options) as book:
            digest = _digest(book.path) if task.done and book.path.is_file() else ""
            if digest and state_of(digest, task.options, book.kept()) == task.done:
                return Refreshed(
                    place, "skipped", _since(start), before=digest, after=digest, state=task.done
                )
            book.bring()
            done = book.leave(refresh(book.path, book.options))
            kept = book.kept() if _stays(done) else ""
            state = state_of(done.after, task.options, kept) if _stays(done) else ""
            return replace(done, seconds=_since(start), state=state)
    except ArcreditError as error:
        return Refreshed(place, "failed", _since(start), error=error)
    except OSError as error:
        unreadable = PatchError("patch.unreadable", path=place, detail=error.strerror or str(error))
        return Refreshed(place, "failed", _since(start), error=unreadable)


def _stays(done: Refreshed) -> bool:
    """Whether the next run may rely on it: all that was wished for has been written."""
    return bool(done.after) and all(found.key != "snapshot.not_kept" for found in done.findings)


def _since(start: float) -> float:
    return time.perf_counter() - start


def refresh_all(
    tasks: Iterable[Task], jobs: int | None = None, retries: int = RETRIES, pause: float = PAUSE
) -> Results:
    """Refresh workbooks and give each result as it is there; files in use are tried again at the end."""
    yield from tried_again(tasks, lambda todo, last: _results(todo, 1 if last else jobs), retries, pause)


def tried_again(
    tasks: Iterable[Task],
    results: Callable[[Iterable[Task], bool], Iterator[tuple[Task, Refreshed]]],
    retries: int = RETRIES,
    pause: float = PAUSE,
) -> Iterator[Refreshed]:
    """Results as they come; what is in use or out of reach waits for the end and has more chances.

    `results` does the tasks, and is told whether they are those that are tried again.
    """
    for attempt in range(retries + 1):
        busy = []
        for task, result in results(tasks, attempt > 0):
            if isinstance(result.error, FileBusy) and attempt < retries:
                busy.append(task)
            else:
                yield result
        if not busy:
            return
        tasks = busy
        time.sleep(pause)


def _results(tasks: Iterable[Task], jobs: int | None) -> Iterator[tuple[Task, Refreshed]]:
    tasks = list(tasks)
    jobs = min(jobs or cpu_count() or 1, len(tasks))
    if jobs <= 1:
        yield from ((task, work(task)) for task in tasks)
        return
    with ProcessPool(jobs, max_tasks=RECYCLED_AFTER, context=_workers()) as pool:
        waiting = iter(tasks)
        running: dict[Future[Refreshed], Task] = {}
        try:
            while True:
                while len(running) < jobs * (1 + _AHEAD) and (task := next(waiting, None)) is not None:
                    try:
                        running[pool.schedule(work, args=(task,), timeout=TIME_LIMIT + GRACE)] = task
                    except RuntimeError:  # the pool has given up
                        yield task, _lost(task)
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    task = running.pop(future)
                    yield task, _result(future, task)
        finally:
            # Where nobody takes the results any more, as with a full disk for the log, none is begun unseen.
            for future in running:
                if not future.running():
                    future.cancel()


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
    except BrokenProcessPool:
        return _lost(task)
    except ProcessExpired as error:
        return failed(task, ArcreditError("cli.worker_died", detail=f"exit code {error.exitcode}"))


def _lost(task: Task) -> Refreshed:
    return failed(task, ArcreditError("cli.worker_died", detail="no worker starts"))


def failed(task: Task, error: ArcreditError) -> Refreshed:
    """The result of a workbook that was not touched."""
    return Refreshed(str(task.path), "failed", 0.0, error=error)
