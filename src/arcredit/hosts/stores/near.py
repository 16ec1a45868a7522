"""A workbook at hand: itself where it is a file of this machine, else a copy that goes back to its store."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from arcredit.errors import ArcreditError, Finding
from arcredit.hosts.refresh import Options, Refreshed
from arcredit.hosts.stores.address import is_address, name_of, opened
from arcredit.hosts.stores.failures import telling
from arcredit.hosts.stores.objects import fetched, kind_of, replaced
from arcredit.hosts.stores.shelf import Shelf
from arcredit.ledger.snapshot import FOLDER, files, stem_of


class Near:
    """A workbook of this machine, its snapshots too."""

    def __init__(self, path: Path, options: Options) -> None:
        self.path, self.options = path, options

    def kept(self) -> str:
        """The snapshots that decide what a refresh writes: which they are, and when they were written."""
        folder = Path(self.options.snapshots) if self.options.snapshots else None
        held = ((day, path.stat()) for day, path in files(self.path, folder) if day <= self.options.as_of)
        return "|".join(f"{day};{stat.st_size};{stat.st_mtime_ns}" for day, stat in held)

    def bring(self) -> None:
        """Have at hand what a refresh reads beside the workbook."""

    def leave(self, done: Refreshed) -> Refreshed:
        """Take to its place what a refresh wrote."""
        return done


class Far(Near):
    """A workbook in a store, or with its snapshots there; `path` and `options` are those of the copies."""

    def __init__(self, place: Path | str, options: Options, folder: Path) -> None:
        self.place, self._shelf = place, Shelf(place, options.snapshots)
        self._before: Any = None
        if is_address(place):
            super().__init__(folder / name_of(place), replace(options, snapshots=None))
            self._kept_here = folder / FOLDER
            self._store, self._path = opened(place)
            with telling(place):
                self._before = fetched(self._store, self._path, self.path)
        else:
            super().__init__(Path(place), replace(options, snapshots=str(folder)))
            self._kept_here = folder
        self._stem = stem_of(self.path, Path(self.options.snapshots) if self.options.snapshots else None)

    def kept(self) -> str:
        held = sorted(self._shelf.held().items())
        return "|".join(f"{day};{found.version}" for day, found in held if day <= self.options.as_of)

    def bring(self) -> None:
        self._shelf.fetch_before(self.options.as_of, self._kept_here, self._stem)

    def leave(self, done: Refreshed) -> Refreshed:
        found = done.findings
        if self._before is not None and done.status == "refreshed":
            found = (*found, *self._put())
        if done.status in ("refreshed", "unchanged"):
            found = (*found, *self._put_snapshot())
        named = tuple(_renamed(item, str(self.path), str(self.place)) for item in found)
        error = done.error and _told_of(done.error, str(self.path), str(self.place))
        return replace(done, path=str(self.place), findings=named, error=error)

    def _put(self) -> Iterator[Finding]:
        address = str(self.place)
        with telling(address):
            if self.options.backup:
                self._store.put_file(f"{self.path}.bak", f"{self._path}.bak")
            sure = replaced(self._store, self._path, self.path, self._before)
        if not sure:
            yield Finding("info", address, "", "", "store.not_compared", {"address": address})

    def _put_snapshot(self) -> Iterator[Finding]:
        try:
            self._shelf.put(self.options.as_of, self._kept_here, self._stem)
        except ArcreditError as error:
            # The workbook stands there already.
            values = {"detail": error.text(self.options.language or "en")}
            yield Finding("warning", str(self.place), "", "", "snapshot.not_kept", values)


@contextmanager
def near(place: Path | str, options: Options) -> Iterator[Near]:
    """The workbook for as long as it is worked on.

    Raises
    ------
    LedgerError, FileBusy
        If the store does not give it.
    """
    if not is_address(place) and not is_address(options.snapshots):
        yield Near(Path(place), options)
        return
    with tempfile.TemporaryDirectory(prefix="arcredit-") as folder:
        yield Far(place, options, Path(folder))


@contextmanager
def read_near(place: Path | str, folder: str | None) -> Iterator[tuple[Path, Path | None]]:
    """A workbook to read, and where its snapshots are: all of them, none is written."""
    if not is_address(place) and not is_address(folder):
        yield Path(place), Path(folder) if folder else None
        return
    with tempfile.TemporaryDirectory(prefix="arcredit-") as text:
        here, path, kept = Path(text), Path(place), None
        if is_address(place):
            path = here / name_of(place)
            store, name = opened(place)
            with telling(place):
                fetched(store, name, path)
        else:
            kept = here
        shelf = Shelf(place, folder)
        shelf.fetch(list(shelf.held()), kept or here / FOLDER, stem_of(path, kept))
        yield path, kept


def put_new(address: str, local: Path, check: Callable[[Path], None]) -> None:
    """Put a file that is made anew each time, such as a group view; one that is there is replaced whole.

    `check` refuses a copy of one that is there and must stay.

    Raises
    ------
    LedgerError, FileBusy
        If the store refuses, or the one that is there is open elsewhere.
    """
    from arcredit.hosts.stores.address import is_file

    store, path = opened(address)
    with telling(address):
        store.invalidate_cache()
        if is_file(store, path):
            there = local.with_name(f"{local.name}.there")
            before = fetched(store, path, there)
            try:
                check(there)
            except ArcreditError as error:
                raise _told_of(error, str(there), address) from None
            replaced(store, path, local, before)
            return
        if not kind_of(store):
            store.makedirs(path.rpartition("/")[0], exist_ok=True)
        store.put_file(str(local), path)


def _renamed(item: Finding, here: str, place: str) -> Finding:
    path = place if item.path == here else item.path
    return item._replace(path=path, values=_values(item.values, here, place))


def _told_of(error: ArcreditError, here: str, place: str) -> ArcreditError:
    """The same error of the workbook's own place: nobody knows the copy."""
    error.values = _values(error.values, here, place)
    error.args = (error.text(),)
    return error


def _values(values: Any, here: str, place: str) -> dict[str, Any]:
    return {
        name: value.replace(here, place) if isinstance(value, str) else value
        for name, value in values.items()
    }
