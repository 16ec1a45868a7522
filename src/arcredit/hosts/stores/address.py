"""Addresses of files in a store, and what lies below one."""

import os
from pathlib import Path
from typing import Any, TypeGuard
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from arcredit.hosts.stores.failures import telling

_SIGN = "://"


def is_address(place: Path | str | None) -> TypeGuard[str]:
    """Whether a place is an address in a store; paths are not, be they texts or not."""
    return isinstance(place, str) and _SIGN in place


def place_of(text: str) -> Path | str:
    """An address as it stands, without a slash at its end; any other text is a path, ``file://…`` too."""
    if text.startswith("file://"):
        return Path(url2pathname(unquote(urlsplit(text).path)))
    return text.rstrip("/") if _SIGN in text else Path(text)


def name_of(address: str) -> str:
    """The last part of an address."""
    return address.rsplit("/", 1)[-1]


def parent_of(address: str) -> str:
    """What an address lies in."""
    return address.rsplit("/", 1)[0]


def opened(address: str) -> tuple[Any, str]:
    """The store, and what it calls the file.

    Raises
    ------
    LedgerError
        If its package is not installed, or it needs to know more than the address.
    """
    with telling(address):
        # Only who has workbooks in a store needs the package.
        from fsspec.core import url_to_fs

        store, path = url_to_fs(address, **_patience(address))
        return store, path.rstrip("/")


def _patience(address: str) -> dict[str, Any]:
    """Each of s3fs's five tries makes tries of its own: a silent store would be asked for many minutes."""
    if not address.startswith(("s3://", "s3a://")) or "AWS_MAX_ATTEMPTS" in os.environ:
        return {}
    return {"config_kwargs": {"retries": {"max_attempts": 2}}}


def found(address: str) -> list[str]:
    """The addresses of the files below an address, or the one file that stands there.

    They begin as the address does: what else the store has to know, such as an account, is kept.

    Raises
    ------
    LedgerError, FileBusy
        If there is nothing of that name, or the store cannot be reached.
    """
    store, path = opened(address)
    with telling(address):
        store.invalidate_cache()
        if is_file(store, path):
            return [address]
        files = sorted(store.find(path))
        if not files:
            store.ls(path, detail=False)  # an empty folder is something else than none
    return [address + file.removeprefix(path) for file in files]


def is_folder(address: str) -> bool:
    """Whether an address is no file: what stands for a folder is there once something lies below it."""
    store, path = opened(address)
    with telling(address):
        return not is_file(store, path)


def is_file(store: Any, path: str) -> bool:
    """Unlike the stores' own, it does not take a refusal for an absence."""
    try:
        return bool(store.info(path)["type"] == "file")
    except FileNotFoundError:
        return False
