"""Workbooks in a store that is no folder of this machine, such as ``s3://bucket/ledgers`` or ``abfs://…``.

A workbook is fetched, refreshed here as a file, and put back only if it changed and nobody else has changed
the one in the store meanwhile. Needs the extra ``cluster`` and fsspec's own package for the store.
"""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from arcredit.errors import FileBusy, LedgerError
from arcredit.hosts.refresh import Refreshed

SIGN = "://"
"""What tells an address from a path."""


def _store(address: str) -> tuple[Any, str]:
    # Only who has workbooks in a store needs the package.
    from fsspec.core import url_to_fs

    store, path = url_to_fs(address)
    return store, path


def found(address: str) -> list[str]:
    """The addresses of the files below an address, or the one file that stands there.

    Raises
    ------
    LedgerError
        If the store cannot be reached, or its package is not installed.
    """
    try:
        store, path = _store(address)
        files = [path] if store.isfile(path) else sorted(store.find(path))
        return [str(store.unstrip_protocol(file)) for file in files]
    except (ImportError, OSError, ValueError) as error:
        raise LedgerError("cli.no_store", address=address, detail=str(error)) from None


def refreshed_at(address: str, refresh: Callable[[Path], Refreshed]) -> Refreshed:
    """Refresh the workbook at an address by what refreshes a file; never raises for one."""
    try:
        store, path = _store(address)
        with tempfile.TemporaryDirectory(prefix="arcredit-") as folder:
            local = Path(folder) / path.rsplit("/", 1)[-1]
            version = _version(store, path)
            store.get_file(path, str(local))
            done = refresh(local)
            if done.status == "refreshed":
                _put(store, path, local, version)
    except FileBusy as error:
        return Refreshed(address, "failed", 0.0, error=error)
    except (ImportError, OSError, ValueError) as error:
        unreachable = LedgerError("cli.no_store", address=address, detail=str(error))
        return Refreshed(address, "failed", 0.0, error=unreachable)
    return replace(done, path=address)


def _version(store: Any, path: str) -> str:
    """What the store says of the file's content: it changes with every write."""
    store.invalidate_cache()
    return str(store.ukey(path))


def _put(store: Any, path: str, local: Path, version: str) -> None:
    """Put the file back; stores of objects show the new one only when it is whole."""
    _refuse_locked(store, path)
    if _version(store, path) != version:
        raise FileBusy("patch.changed", path=str(store.unstrip_protocol(path)))
    store.put_file(str(local), path)


def _refuse_locked(store: Any, path: str) -> None:
    folder, _, name = path.rpartition("/")
    for owner in (f"~${name}", f".~lock.{name}#"):
        if store.exists(f"{folder}/{owner}"):
            raise FileBusy("patch.busy", path=str(store.unstrip_protocol(path)), owner=owner)
