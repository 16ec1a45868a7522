"""Refresh many workbooks, one process per core; one bad file never stops the others."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from os import cpu_count
from pathlib import Path

from arcredit.hosts.refresh import Options, Refreshed, refresh

LEDGERS = (".xlsx", ".xlsm")


def workbooks(paths: Iterable[Path]) -> list[Path]:
    """The workbooks named and those in the folders named, each once; lock and temp files are left out."""
    found: dict[Path, None] = {}
    for path in paths:
        for book in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if book.is_file() and (book == path or _is_workbook(book)):
                found[book] = None
    return list(found)


def _is_workbook(path: Path) -> bool:
    return path.suffix.lower() in LEDGERS and not path.name.startswith(("~$", "."))


def refresh_all(paths: list[Path], options: Options, jobs: int | None = None) -> Iterator[Refreshed]:
    """Refresh workbooks and give each result as it is there; the files do not wait for one another."""
    jobs = min(jobs or cpu_count() or 1, len(paths))
    if jobs <= 1:
        yield from (refresh(path, options) for path in paths)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for done in as_completed([pool.submit(refresh, path, options) for path in paths]):
            yield done.result()
