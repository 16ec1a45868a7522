"""Events out of a file: .csv, .json, RSS 2.0 or Atom; nothing is fetched and no XML entity is resolved."""

import datetime as dt
import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from arcredit.errors import LedgerError
from arcredit.ledger.reading.book import local
from arcredit.ledger.reading.columns import plain_heading
from arcredit.ledger.reading.csv_text import read_csv
from arcredit.ledger.reading.days import readings
from arcredit.ledger.records.schema import schema

MOST_BYTES = 32 << 20
MOST_ITEMS = 50_000
_TEXT = 400
"""Letters of a news text that are kept."""


@dataclass(frozen=True)
class Item:
    """One event as the file tells it; `text` says that names stand somewhere in the note."""

    customer: str = ""
    name: str = ""
    date: dt.date | None = None
    kind: str = ""
    severity: float | None = None
    source: str = ""
    note: str = ""
    text: bool = False


def read_feed(path: Path, date_order: str | None = None) -> list[Item]:
    """The events of a file, in its order; `date` is None where there is none that can be read.

    Raises
    ------
    LedgerError
        If the file is too large, damaged, or of another kind.
    """
    try:
        return _feed(path, date_order)
    except OSError as error:
        raise LedgerError("ledger.unopened", path=path.name, found=error.strerror or str(error)) from error


def _feed(path: Path, date_order: str | None) -> list[Item]:
    with path.open("rb") as opened:
        start = opened.read(512)
    if path.stat().st_size > MOST_BYTES:
        raise LedgerError("records.feed_size", path=path.name)
    head = start.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"<"):
        items = _xml(path)
    elif head[:1] in (b"{", b"["):
        items = _rows(path, _json(path), date_order)
    else:
        items = _rows(path, _csv(path), date_order)
    if len(items) > MOST_ITEMS:
        raise LedgerError("records.feed_size", path=path.name)
    return items


def _csv(path: Path) -> list[dict[str, str]]:
    sheet = read_csv(path)
    if not len(sheet):
        return []
    heads = {number: column.text(0) for number, column in sheet.columns.items()}
    return [
        {heads[number]: column.text(row) for number, column in sheet.columns.items()}
        for row in range(1, len(sheet))
    ]


def _json(path: Path) -> list[dict[str, str]]:
    """The objects of a list, also of one that stands under a key such as ``"events"``."""
    try:
        found = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise LedgerError("records.feed_kind", path=path.name) from error
    if isinstance(found, dict):
        found = next((value for value in found.values() if isinstance(value, list)), [])
    return [
        {str(key): "" if value is None else str(value) for key, value in item.items()}
        for item in found
        if isinstance(item, dict)
    ]


def _rows(path: Path, rows: list[dict[str, str]], date_order: str | None) -> list[Item]:
    """Rows by what their headings mean.

    Raises
    ------
    LedgerError
        If no heading means a date, or none a customer.
    """
    wanted = {
        name: {*schema()["events"].column(name).spellings, *map(plain_heading, more)}
        for name, more in _MORE.items()
    }
    meant: dict[str, str] = {}
    for head in dict.fromkeys(head for row in rows for head in row):
        for name, spellings in wanted.items():
            if plain_heading(head) in spellings and name not in meant:
                meant[name] = head
                break
    if rows and ("date" not in meant or not meant.keys() & {"customer", "name_found"}):
        raise LedgerError("records.feed_columns", path=path.name, found=", ".join(rows[0]))
    cells = [{name: row.get(head, "").strip() for name, head in meant.items()} for row in rows]
    order = date_order or _order(row.get("date", "") for row in cells)
    return [_item(row, order) for row in cells if any(row.values())]


_MORE = {
    "customer": (),
    "name_found": (
        "name",
        "company",
        "customer name",
        "company name",
        "公司",
        "公司名称",
        "企业名称",
        "客户名称",
    ),
    "date": ("published", "time"),
    "kind": (),
    "severity": (),
    "source": ("publisher",),
    "note": ("description", "headline", "summary", "内容", "摘要"),
}


def _order(texts: Iterable[str]) -> str | None:
    """The order of day and month that the file's own dates prove."""
    left = {"dmy", "mdy", "ymd"}
    for text in texts:
        found = readings(text)
        if found and left & found.keys():
            left &= found.keys()
    return left.pop() if len(left) == 1 else None


def _item(row: dict[str, str], order: str | None) -> Item:
    found = readings(row.get("date", ""))
    days = set(found.values())
    severity = row.get("severity", "")
    return Item(
        customer=row.get("customer", ""),
        name=row.get("name_found", ""),
        date=found.get(order or "") or (days.pop() if len(days) == 1 else None),
        kind=row.get("kind", ""),
        severity=float(severity) if re.fullmatch(r"[123](\.0)?", severity) else None,
        source=row.get("source", ""),
        note=row.get("note", "")[:_TEXT],
    )


def _xml(path: Path) -> list[Item]:
    """The items of RSS or the entries of Atom."""
    data = path.read_bytes()
    guard = expat.ParserCreate()

    def refuse(*_: Any) -> None:
        raise LedgerError("records.feed_entities", path=path.name)

    guard.StartDoctypeDeclHandler = refuse
    try:
        guard.Parse(data, True)
        root = ElementTree.fromstring(data)
    except (expat.ExpatError, ElementTree.ParseError, ValueError, LookupError) as error:
        raise LedgerError("records.feed_kind", path=path.name) from error
    if local(root) not in ("rss", "feed", "RDF"):
        raise LedgerError("records.feed_kind", path=path.name)
    channel = next((item for item in root if local(item) == "channel"), root)
    source = _child(channel, "title")
    entries = [item for item in root.iter() if local(item) in ("item", "entry")]
    return [_entry(entry, source) for entry in entries]


def _entry(entry: ElementTree.Element, channel: str) -> Item:
    texts = (_child(entry, "title"), _child(entry, "description") or _child(entry, "summary"))
    note = " - ".join(dict.fromkeys(text for text in texts if text))
    day = next((text for name in _DAYS if (text := _child(entry, name))), "")
    return Item(date=_moment(day), source=_child(entry, "source") or channel, note=note[:_TEXT], text=True)


_DAYS = ("pubDate", "published", "updated", "date")


def _child(item: ElementTree.Element, name: str) -> str:
    """The plain text of a child, without markup."""
    for child in item:
        if local(child) == name:
            bare = re.sub(r"<[^>]+>", " ", html.unescape("".join(child.itertext())))
            return " ".join(bare.split())
    return ""


def _moment(text: str) -> dt.date | None:
    """The day of 2026-06-30T08:00:00Z, or of Tue, 30 Jun 2026 08:00:00 GMT."""
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError):
        return None
