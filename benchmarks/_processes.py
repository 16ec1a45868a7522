"""A command in a process of its own, and what it took: the same measure for us and for every peer."""

import contextlib
import ctypes
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

CACHE = Path("build/benchmarks")
_PR_SET_CHILD_SUBREAPER = 36


class Taken(NamedTuple):
    """Seconds by the clock, seconds of processor time, peak memory of the largest process in megabytes."""

    wall: float
    cpu: float
    megabytes: float

    def __str__(self) -> str:
        return f"{self.wall:8.2f} s {self.cpu:8.2f} CPU s {self.megabytes:7.0f} MB"


def taken(command: Sequence[str | Path]) -> Taken:
    """What a command took with all its child processes, start of the interpreter and imports included."""
    _adopt_orphans()
    start = perf_counter()
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, process_group=0)
    _, status, usage = os.wait4(process.pid, 0)
    wall = perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    used = [usage, *_orphans(process.pid)]
    cpu = sum(part.ru_utime + part.ru_stime for part in used)
    return Taken(wall, cpu, max(part.ru_maxrss for part in used) / 1024)


def _adopt_orphans() -> None:
    """Have Linux give us the processes that outlive a command: a fork server, which waits for its workers."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _orphans(group: int) -> Iterator[resource.struct_rusage]:
    """What those of a command took, their own children included."""
    with contextlib.suppress(ChildProcessError):
        while True:
            yield os.wait4(-group, 0)[2]


def best(found: Sequence[Taken]) -> Taken:
    """The least of each: others on the machine only ever add."""
    return Taken(*map(min, zip(*found, strict=True)))


def ledger(rows: int, cache: Path = CACHE) -> Path:
    """A ledger of so many rows, made once; in a process of its own, whose memory nobody inherits."""
    path = cache / f"ledger_{rows}.xlsx"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        making = ["-m", "benchmarks.writing", "--make", str(rows), "--file", str(path)]
        subprocess.run([sys.executable, *making], check=True)
    return path


def load() -> str:
    """How busy the machine is, for whoever reads the figures."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
