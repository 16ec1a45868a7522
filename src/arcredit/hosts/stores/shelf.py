"""Where a workbook's snapshots lie, when the workbook or their folder is in a store.

A refresh reads and writes them as files beside its copy of the workbook; here they come and go. They are
kept in ``.arcredit`` beside the workbook, or in the folder given, with a mark of the workbook's own place.
"""

import datetime as dt
from pathlib import Path
from typing import Any, NamedTuple

from arcredit.hosts.stores.address import is_address, name_of, opened, parent_of
from arcredit.hosts.stores.failures import telling
from arcredit.hosts.stores.objects import kind_of
from arcredit.ledger.snapshot import FOLDER, SUFFIX, days_in, marked, month_ends


class Held(NamedTuple):
    """A snapshot that is there: its file, and what changes when it is written anew."""

    path: str
    version: str


class Shelf:
    """The snapshots of a workbook in a folder of a store.

    Parameters
    ----------
    book : Path or str
        The workbook, or its address.
    folder : str, optional
        Folder or address given for snapshots.
    """

    def __init__(self, book: Path | str, folder: str | None) -> None:
        home = parent_of(book) if is_address(book) else str(Path(book).resolve().parent)
        name = name_of(book) if is_address(book) else Path(book).name
        self.stem = marked(name, home) if folder else name
        self.address = folder or f"{home}/{FOLDER}"
        if not is_address(self.address):
            self.address = str(Path(self.address).resolve())
        self._store, self._folder = opened(self.address)

    def held(self) -> dict[dt.date, Held]:
        """The snapshots by day."""
        with telling(self.address):
            self._store.invalidate_cache()
            files = {name_of(about["name"]): about for about in self._listed()}
        days = days_in(files, self.stem)
        return {day: Held(f"{self._folder}/{name}", _version(files[name])) for day, name in days.items()}

    def _listed(self) -> list[Any]:
        try:
            if kind_of(self._store):  # these look for the beginning of a name themselves
                prefix = f"{self.stem}."
                return list(self._store.find(self._folder, prefix=prefix, detail=True).values())
            return list(self._store.ls(self._folder, detail=True))
        except FileNotFoundError:
            return []

    def fetch(self, days: list[dt.date], folder: Path, stem: str) -> None:
        """Bring the snapshots of some days here."""
        held = self.held()
        wanted = [day for day in days if day in held]
        if not wanted:
            return
        folder.mkdir(parents=True, exist_ok=True)
        with telling(self.address):
            for day in wanted:
                self._store.get_file(held[day].path, str(folder / f"{stem}.{day.isoformat()}{SUFFIX}"))

    def fetch_before(self, day: dt.date, folder: Path, stem: str) -> None:
        """Bring those that the reports of a day compare with."""
        self.fetch(month_ends(self.held(), day), folder, stem)

    def put(self, day: dt.date, folder: Path, stem: str) -> None:
        """Take the snapshot of a day there, if a refresh has kept one here."""
        local = folder / f"{stem}.{day.isoformat()}{SUFFIX}"
        if not local.exists():
            return
        with telling(self.address):
            if not kind_of(self._store):
                self._store.makedirs(self._folder, exist_ok=True)
            self._store.put_file(str(local), f"{self._folder}/{self.stem}.{day.isoformat()}{SUFFIX}")


def _version(about: Any) -> str:
    """What the listing says of a file; stores call it by several names."""
    names = ("size", "ETag", "etag", "LastModified", "last_modified", "mtime", "created")
    return ";".join(str(about[name]) for name in names if about.get(name) is not None)
