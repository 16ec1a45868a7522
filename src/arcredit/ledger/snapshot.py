"""Snapshots: what was open at a refresh, kept beside the workbook, so that a later one can tell what moved.

A snapshot is a small Parquet file per workbook and day in a folder ``.arcredit``. It is written whole or not
at all, and never trusted blindly: it must be ours, of this ledger and of the day its name says, every column
what it should be. A damaged one is a finding, and is left alone.
"""

import contextlib
import datetime as dt
import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from arcredit.credit.receivables.open_items import OpenItems
from arcredit.errors import Finding, PatchError
from arcredit.ledger.writing.replace import write_whole
from arcredit.shapes import Coded, Texts, coded

FOLDER, SUFFIX = ".arcredit", ".parquet"
_FORMAT = "arcredit snapshot 1"
_MOST_ROWS = 5_000_000
_MOST_MONTHS = 36
_CODED = ("customer", "customer_name", "kind", "currency")
_DATES = ("invoice_date", "due_date")
_AMOUNTS = ("amount", "open_amount", "disputed_amount")
_COLUMNS = ("document", *_CODED, *_DATES, *_AMOUNTS)
_DAY = re.compile(r"\.(\d{4}-\d{2}-\d{2})\.parquet")


class Snapshots(NamedTuple):
    """What earlier refreshes kept, the oldest first, and what is wrong with the rest."""

    held: tuple[tuple[dt.date, OpenItems], ...] = ()
    findings: tuple[Finding, ...] = ()


def keep(book: Path, items: OpenItems, as_of: dt.date, folder: Path | None = None) -> Path:
    """Write what is open in a workbook's ledger on a day; one of the same day is replaced.

    Parameters
    ----------
    book : Path
        The workbook.
    items : OpenItems
        Open items as of the day.
    as_of : date
        The day. [date]
    folder : Path, optional
        Where to keep it; without one ``.arcredit`` beside the workbook.

    Raises
    ------
    PatchError
        If it cannot be written; one that was there stays as it was.
    """
    # Only those who keep snapshots pay for loading it.
    import pyarrow.parquet as parquet

    target = _named(book, as_of, folder)
    table = _table(items, book, as_of)

    def fill(file: Any) -> None:
        parquet.write_table(table, file, compression="zstd", write_page_checksum=True)

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        detail = error.strerror or str(error)
        raise PatchError("patch.cannot_write", path=str(target.parent), detail=detail) from None
    write_whole(target, fill, lambda path: _check(path, len(items)), book)
    return target


def days_kept(book: Path, folder: Path | None = None) -> list[dt.date]:
    """The days of which a workbook has snapshots, by the names of the files, the oldest first."""
    return [day for day, _ in files(book, folder)]


def kept(book: Path, before: dt.date, folder: Path | None = None) -> Snapshots:
    """The snapshots of a workbook of days before one: the newest, and the last of each month.

    Parameters
    ----------
    book : Path
        The workbook.
    before : date
        Only days before this one. [date]
    folder : Path, optional
        Where they are kept; without one ``.arcredit`` beside the workbook.
    """
    there = dict(files(book, folder))
    held, findings = [], []
    for day in month_ends(there, before):
        found = read_snapshot(there[day], book, day)
        if isinstance(found, Finding):
            findings.append(found)
        else:
            held.append((day, found))
    return Snapshots(tuple(held), tuple(findings))


def month_ends(days: Iterable[dt.date], before: dt.date) -> list[dt.date]:
    """The days that reports compare with: before one, the last of each month, of the newest months."""
    of_month = {(day.year, day.month): day for day in sorted(days) if day < before}
    return sorted(of_month.values())[-_MOST_MONTHS:]


def at_or_before(book: Path, day: dt.date, folder: Path | None = None) -> Snapshots:
    """The newest snapshot up to a day; findings for damaged ones that are newer than it."""
    findings: list[Finding] = []
    for when, path in reversed(files(book, folder)):
        if when > day:
            continue
        found = read_snapshot(path, book, when)
        if not isinstance(found, Finding):
            return Snapshots(((when, found),), tuple(findings))
        findings.append(found)
    return Snapshots((), tuple(findings))


def read_snapshot(path: Path, book: Path, day: dt.date) -> OpenItems | Finding:
    """A snapshot's open items, or why it cannot be used."""
    import pyarrow as arrow
    import pyarrow.parquet as parquet

    try:
        with parquet.ParquetFile(path, page_checksum_verification=True) as file:
            reason = _refused(file, book, day)
            if reason:
                return _finding(path, book, reason)
            return _items(file.read(columns=list(_COLUMNS)))
    except (arrow.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError, MemoryError):
        return _finding(path, book, "snapshot.damaged")


def files(book: Path, folder: Path | None = None) -> list[tuple[dt.date, Path]]:
    """The files that by their names are snapshots of the workbook, the oldest first."""
    place = folder or book.parent / FOLDER
    try:
        with os.scandir(place) as there:
            names = [entry.name for entry in there]
    except OSError:
        return []
    return sorted((day, place / name) for day, name in days_in(names, stem_of(book, folder)).items())


def days_in(names: Iterable[str], stem: str) -> dict[dt.date, str]:
    """Which of the files named are the snapshots of a workbook, and of which days."""
    days = {}
    for name in names:
        if name.startswith(stem) and (found := _DAY.fullmatch(name[len(stem) :])):
            with contextlib.suppress(ValueError):  # no day of the calendar
                days[dt.date.fromisoformat(found[1])] = name
    return days


def _named(book: Path, as_of: dt.date, folder: Path | None) -> Path:
    return (folder or book.parent / FOLDER) / f"{stem_of(book, folder)}.{as_of.isoformat()}{SUFFIX}"


def stem_of(book: Path, folder: Path | None) -> str:
    """How the names of a workbook's snapshots begin: as its own, marked in a folder of several places."""
    return book.name if folder is None else marked(book.name, str(book.resolve().parent))


def marked(name: str, place: str) -> str:
    """A workbook's name with a mark of where it lies."""
    return f"{name}.{hashlib.sha256(place.encode()).hexdigest()[:8]}"


def _table(items: OpenItems, book: Path, as_of: dt.date) -> Any:
    import pyarrow as arrow

    none = arrow.nulls(len(items), arrow.string())
    columns: dict[str, Any] = {"document": arrow.array(items.document, arrow.string())}
    for name in _CODED:
        column = getattr(items, name)
        columns[name] = none if column is None else arrow.array(column.texts(), arrow.string())
    for name in _DATES:
        columns[name] = arrow.array(getattr(items, name).astype("datetime64[D]"), arrow.date32())
    for name in _AMOUNTS:
        column = getattr(items, name)
        blank = np.full(len(items), np.nan)
        columns[name] = arrow.array(blank if column is None else column, arrow.float64())
    about = {"format": _FORMAT, "ledger": book.name, "as_of": as_of.isoformat(), "rows": str(len(items))}
    about |= {"currency": "1" if items.currency is not None else "0"}
    return arrow.table(columns).replace_schema_metadata(about)


def _check(path: Path, rows: int) -> None:
    import pyarrow.parquet as parquet

    with parquet.ParquetFile(path) as file:
        if file.metadata.num_rows != rows:
            raise PatchError("patch.cannot_write", path=str(path), detail="rows")


def _refused(file: Any, book: Path, day: dt.date) -> str:
    """Why a file is no snapshot of this ledger and day; empty where it is one."""
    about = {key.decode(): value.decode() for key, value in (file.schema_arrow.metadata or {}).items()}
    if about.get("format") != _FORMAT:
        return "snapshot.not_ours"
    if about.get("ledger") != book.name or about.get("as_of") != day.isoformat():
        return "snapshot.of_another"
    rows = file.metadata.num_rows
    if about.get("rows") != str(rows) or rows > _MOST_ROWS:
        return "snapshot.damaged"
    return "" if _is_as_it_should_be(file.schema_arrow) else "snapshot.damaged"


def _is_as_it_should_be(schema: Any) -> bool:
    import pyarrow as arrow

    kinds = dict.fromkeys(("document", *_CODED), arrow.string())
    kinds |= dict.fromkeys(_DATES, arrow.date32()) | dict.fromkeys(_AMOUNTS, arrow.float64())
    return {name: schema.field(name).type for name in schema.names} == kinds


def _items(table: Any) -> OpenItems:
    columns = {name: table.column(name) for name in _COLUMNS}
    texts = {name: _texts(columns[name]) for name in ("document", *_CODED)}
    days = {
        name: columns[name].to_numpy().astype("datetime64[D]") if len(table) else np.empty(0, "M8[D]")
        for name in _DATES
    }
    amounts = {name: columns[name].to_numpy().astype(np.float64) for name in _AMOUNTS}
    if np.isinf(np.concatenate(list(amounts.values()))).any() or np.isnan(amounts["open_amount"]).any():
        raise ValueError("amounts")
    customer = coded(texts["customer"], "customer")
    has_currency = table.schema.metadata.get(b"currency") == b"1"
    return OpenItems(
        customer=customer,
        document=texts["document"],
        invoice_date=days["invoice_date"],
        due_date=days["due_date"],
        amount=amounts["amount"],
        open_amount=amounts["open_amount"],
        kind=_known(texts["kind"]),
        currency=coded(texts["currency"], "currency") if has_currency else None,
        disputed_amount=None if np.isnan(amounts["disputed_amount"]).all() else amounts["disputed_amount"],
        customer_name=_known(texts["customer_name"]),
    )


def _texts(column: Any) -> Texts:
    found: Texts = np.empty(len(column), object)
    found[:] = column.to_pylist()
    return found


def _known(texts: Texts) -> Coded | None:
    """A column, or none where it has no text at all."""
    return coded(texts, "texts") if any(text is not None for text in texts) else None


def _finding(path: Path, book: Path, key: str) -> Finding:
    return Finding("warning", str(book), "", "", key, {"file": path.name})
