"""A run log in a store: a folder with an object per run, since an object cannot be written on.

So runs never meet in one object. That of a run that lasts is put again now and then: a run that is cut off
loses the lines of the last half minute, and its workbooks are read again.
"""

import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from typing import Any

from arcredit.errors import ArcreditError, LedgerError
from arcredit.hosts.stores.address import is_file, opened
from arcredit.hosts.stores.failures import telling
from arcredit.hosts.stores.objects import kind_of

_SUFFIX = ".jsonl"
_EVERY = 30.0
"""Seconds between two puts of the same run."""


class Part:
    """The lines of one run.

    Raises
    ------
    LedgerError, FileBusy
        If the store does not take them: at once, before any workbook is touched.
    """

    def __init__(self, address: str, run: str) -> None:
        name = "".join(letter for letter in run[:19] if letter.isalnum())
        self._address = f"{address}/{name}-{uuid.uuid4().hex[:8]}{_SUFFIX}"
        self._store, self._path = opened(self._address)
        self._last = time.monotonic()
        self._lines = tempfile.TemporaryFile()  # noqa: SIM115  closed with the log
        try:
            with telling(self._address):
                if not kind_of(self._store):
                    self._store.makedirs(self._path.rpartition("/")[0], exist_ok=True)
            self._put()
        except ArcreditError:
            self._lines.close()
            raise

    def write(self, data: bytes) -> None:
        """Append whole lines."""
        self._lines.write(data)
        if time.monotonic() - self._last > _EVERY:
            try:
                self._put()
            except ArcreditError:
                self._last = time.monotonic()  # the next time, or at the end

    def close(self) -> None:
        """Put what is new.

        Raises
        ------
        LedgerError, FileBusy
            If the store does not take it.
        """
        try:
            self._put()
        finally:
            self._lines.close()

    def _put(self) -> None:
        self._lines.seek(0)
        with telling(self._address), self._store.open(self._path, "wb") as there:
            shutil.copyfileobj(self._lines, there)
        self._last = time.monotonic()


def lines(address: str) -> Iterator[bytes]:
    """The lines of all runs, the oldest first; of one object where the address is that of one.

    Raises
    ------
    LedgerError, FileBusy
        If there is none, or the store cannot be reached.
    """
    store, path = opened(address)
    with telling(address):
        store.invalidate_cache()
        paths = [path] if is_file(store, path) else _paths(store, path)
    if not paths:
        raise LedgerError("store.not_found", address=address, detail="log")
    for one in paths:
        with telling(address), store.open(one, "rb") as file:
            yield from file


def _paths(store: Any, path: str) -> list[str]:
    try:
        return sorted(str(name) for name in store.find(path) if name.endswith(_SUFFIX))
    except FileNotFoundError:
        return []
