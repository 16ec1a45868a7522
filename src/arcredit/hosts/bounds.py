"""What one workbook may take of the machine: time, and memory where the system holds a process to it.

A hostile or broken file then ends as a refusal of its own, be it one of a
thousand or refreshed alone. Only what reads and computes is bounded: a file is replaced whole by steps of
known length, never stopped midway.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from arcredit.errors import ArcreditError

TIME_LIMIT = 1800.0
"""Seconds for one workbook; a million rows take less than a minute."""
MEMORY_LIMIT = 8 << 30
"""Bytes for one workbook; a million rows take less than a fifth of it."""
_SHARE = 0.8
"""Of the machine's memory at most."""


@contextmanager
def bounded() -> Iterator[None]:
    """Refuse what takes too long or too much memory.

    Windows knows neither a timer that interrupts nor such a limit, and threads have none of their own: there
    a workbook is bounded by the worker process it runs in.

    Raises
    ------
    ArcreditError
        When a limit is reached.
    """
    with _timed(), _held():
        try:
            yield
        except MemoryError:
            raise ArcreditError("cli.too_large", gigabytes=f"{_most() / 2**30:.1f}") from None


if sys.platform == "win32":

    @contextmanager
    def _timed() -> Iterator[None]:
        yield

    @contextmanager
    def _held() -> Iterator[None]:
        yield

    def _most() -> float:
        return MEMORY_LIMIT

else:
    import resource

    @contextmanager
    def _timed() -> Iterator[None]:
        """A timer that interrupts; one that already runs, such as a caller's own, is left alone."""
        main = threading.current_thread() is threading.main_thread()
        if not main or signal.getitimer(signal.ITIMER_REAL)[0]:
            yield
            return

        def stop(*_: object) -> None:
            raise ArcreditError("cli.too_long", seconds=f"{TIME_LIMIT:.0f}")

        before = signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, TIME_LIMIT)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    @contextmanager
    def _held() -> Iterator[None]:
        """A limit on what the process may allocate; a stricter one that is there stays."""
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = int(_most())
        if 0 <= soft <= most or 0 <= hard <= most:
            yield
            return
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))

    def _most() -> float:
        return min(MEMORY_LIMIT, _SHARE * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
