"""A workbook's package, opened for reading only: its sheets, tables, date styles and calendar.

Nothing is unpacked before its size is known, no XML entity is resolved, and a file that cannot be read
gives one `LedgerError` that says what it is instead.
"""

import codecs
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from arcredit.errors import LedgerError
from arcredit.ledger.attributes import whole
from arcredit.ledger.formulas.naming import Mentions
from arcredit.ledger.reading.scan import column_number
from arcredit.ledger.reading.strings import shared_strings

MOST_BYTES = 6 << 30
"""A sheet of 1,048,576 rows by 60 filled columns stays below it."""
MOST_SMALL = 256 << 20
MOST_STRINGS = 1 << 30
MOST_RATIO = 400
MOST_PARTS = 20_000
BLOCK = 1 << 21

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_R = re.compile(r"\{.*\}")
_DATES = {14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)}
"""Built-in number formats that show a day, East Asian ones among them."""
AS_DATE = 255


@dataclass(frozen=True)
class Table:
    """An Excel table: its name, its sheet's part and its range with headings and totals."""

    name: str
    columns: tuple[str, ...]
    first_column: int
    first_row: int
    last_row: int
    headings: int
    totals: int


@dataclass(frozen=True)
class Sheet:
    """A worksheet: name, part in the package, whether it is shown."""

    name: str
    part: str
    visible: bool


def sniff(path: Path) -> str:
    """``"workbook"`` or ``"text"``.

    Raises
    ------
    LedgerError
        If the file is missing, empty, or of a kind that cannot be read.
    """
    try:
        with path.open("rb") as file:
            start = file.read(8)
            if start == _OLE:
                whole = start + file.read()
                encrypted = "EncryptedPackage".encode("utf-16-le") in whole
                raise LedgerError("ledger.encrypted" if encrypted else "ledger.old_format", path=path.name)
    except OSError as error:
        raise LedgerError("ledger.unopened", path=path.name, found=error.strerror or str(error)) from error
    if not start:
        raise LedgerError("ledger.empty_file", path=path.name)
    if start[:2] == b"PK":
        return "workbook"
    if path.suffix.lower() in (".csv", ".txt", ".tsv"):
        return "text"
    raise LedgerError("ledger.not_a_workbook", path=path.name)


class Book:
    """A workbook's package.

    Raises
    ------
    LedgerError
        If it is damaged, too large to be honest, or no workbook of the .xlsx family.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.quiet: set[str] = set()
        """Parts read through that hold no formula of ours, so that nobody has to look again."""
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise LedgerError("ledger.cut_short", path=path.name) from error
        try:
            self.archive = zipfile.ZipFile(self._file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            self._file.close()
            raise LedgerError("ledger.cut_short", path=path.name) from error
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file; an open one could not be replaced on Windows."""
        self.archive.close()
        # A part that was not read to its end would hold the file open.
        self._file.close()

    def _open(self) -> None:
        entries = self.archive.infolist()
        if len(entries) > MOST_PARTS:
            raise LedgerError("ledger.bomb", path=self.path.name, part=f"{len(entries)} parts")
        self.entries = {_plain_name(entry.filename): entry for entry in entries}
        if "xl/workbook.bin" in self.entries:
            raise LedgerError("ledger.binary_format", path=self.path.name)
        self.main = self._main()
        self._root = self.xml(self.main)

    def damaged(self, part: str) -> LedgerError:
        """The error for a part that cannot be read."""
        return LedgerError("ledger.damaged", path=self.path.name, part=part)

    def _main(self) -> str:
        for kind, target in self._relations("").values():
            if kind == "officeDocument" and target in self.entries:
                return target
        raise LedgerError("ledger.not_a_workbook", path=self.path.name)

    def _entry(self, part: str, most: int) -> zipfile.ZipInfo:
        entry = self.entries.get(_plain_name(part))
        if entry is None:
            raise self.damaged(part)
        if entry.flag_bits & 1:
            raise LedgerError("ledger.encrypted", path=self.path.name)
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > most or (ratio > MOST_RATIO and entry.file_size > 64 << 20):
            raise LedgerError("ledger.bomb", path=self.path.name, part=part)
        return entry

    def stream(self, part: str, most: int = MOST_BYTES) -> Iterator[bytes]:
        """A part's bytes in blocks, as UTF-8 whatever its encoding is."""
        entry = self._entry(part, most)
        try:
            with self.archive.open(entry) as file:
                first = file.read(BLOCK)
                decode = _decoder(first)
                seen = Mentions()
                while first:
                    block = decode(first) if decode else first
                    seen.look(block)
                    yield block
                    first = file.read(BLOCK)
                if not seen.found:
                    self.quiet.add(entry.filename)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, UnicodeError, LookupError) as error:
            raise self.damaged(part) from error
        except NotImplementedError as error:
            raise self.damaged(part) from error

    def xml(self, part: str) -> ElementTree.Element:
        """A small part's XML; one with a document type is refused."""
        data = b"".join(self.stream(part, MOST_SMALL))
        if b"<!DOCTYPE" in data:
            raise self.damaged(part)
        data = re.sub(rb"^(\xef\xbb\xbf)?\s*<\?xml[^>]*\?>", b"", data)
        try:
            return ElementTree.fromstring(data)
        except (ElementTree.ParseError, ValueError) as error:
            raise self.damaged(part) from error

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """A part's relationships: kind and target by id."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", name + ".rels")
        if _plain_name(rels) not in self.entries:
            return {}
        found = {}
        for item in self.xml(rels):
            if item.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/" + folder, item.get("Target", "")))
                kind = item.get("Type", "").rpartition("/")[2]
                found[item.get("Id", "")] = (kind, _plain_name(target))
        return found

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """The worksheets in the order of their tabs."""
        relations = self._relations(self.main)
        found = []
        for item in self._root.iter():
            if local(item) != "sheet":
                continue
            number = next((value for key, value in item.attrib.items() if _R.sub("", key) == "id"), "")
            kind, part = relations.get(number, ("", ""))
            if kind == "worksheet" and part in self.entries:
                visible = item.get("state", "visible") == "visible"
                found.append(Sheet(item.get("name", ""), part, visible))
        return tuple(found)

    @cached_property
    def date_1904(self) -> bool:
        """Whether the workbook counts days from 1904."""
        return any(
            item.get("date1904") in ("1", "true") for item in self._root.iter() if local(item) == "workbookPr"
        )

    def part_of_kind(self, kind: str) -> str | None:
        """The workbook's one part of a kind, such as ``"styles"``."""
        return next(
            (
                target
                for found, target in self._relations(self.main).values()
                if found == kind and target in self.entries
            ),
            None,
        )

    @cached_property
    def strings(self) -> pa.ChunkedArray:
        """The shared strings."""
        part = self.part_of_kind("sharedStrings")
        try:
            return shared_strings(self.stream(part, MOST_STRINGS) if part else iter(()))
        except (expat.ExpatError, pa.ArrowInvalid) as error:
            raise self.damaged(part or "") from error

    @cached_property
    def styles(self) -> NDArray[np.uint8]:
        """What cell styles do to a number, by the style's number: `AS_DATE`, zeros put before it, or 0."""
        part = self.part_of_kind("styles")
        if part is None:
            return np.zeros(1, np.uint8)
        root = self.xml(part)
        codes = {
            item.get("numFmtId"): item.get("formatCode", "")
            for item in root.iter()
            if local(item) == "numFmt"
        }
        styles = next((item for item in root if local(item) == "cellXfs"), None)
        formats = [item.get("numFmtId", "0") for item in styles] if styles is not None else []
        return np.array([_style(number, codes.get(number)) for number in formats] or [0], np.uint8)

    def size(self, sheet: Sheet) -> int:
        """How many bytes a sheet's XML takes."""
        return self.entries[sheet.part].file_size

    def tables(self, sheet: Sheet) -> tuple[Table, ...]:
        """The Excel tables of a sheet."""
        found = (self._table(part) for kind, part in self._relations(sheet.part).values() if kind == "table")
        return tuple(table for table in found if table is not None)

    def _table(self, part: str) -> Table | None:
        if part not in self.entries:
            return None
        root = self.xml(part)
        if not _AREA.fullmatch(root.get("ref", "")):
            return None
        first, last, left, _ = _area(root.get("ref", ""))
        names = tuple(item.get("name", "") for item in root.iter() if local(item) == "tableColumn")
        return Table(
            name=root.get("displayName") or root.get("name") or "",
            columns=names,
            first_column=left,
            first_row=first,
            last_row=last,
            headings=whole(root.get("headerRowCount"), 1),
            totals=whole(root.get("totalsRowCount")),
        )

    def pivots(self, sheet: Sheet) -> list[tuple[int, int, int, int]]:
        """The areas of a sheet's pivot tables: first and last row, first and last column."""
        found = []
        for kind, part in self._relations(sheet.part).values():
            if kind == "pivotTable" and part in self.entries:
                places = [item.get("ref", "") for item in self.xml(part).iter() if local(item) == "location"]
                found += [_area(place) for place in places if _AREA.fullmatch(place)]
        return found


_AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")


def _area(reference: str) -> tuple[int, int, int, int]:
    """First and last row, first and last column of an area such as A1:C5."""
    left, first, right, last = re.findall(_AREA, reference)[0]
    return int(first), int(last or first), column_number(left), column_number(right or left)


def local(item: Any) -> str:
    """An element's name without its namespace (the strict and the transitional one differ)."""
    return _R.sub("", item.tag) if isinstance(item.tag, str) else ""


def _plain_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _decoder(first: bytes) -> Any:
    """A function to UTF-8, or None where the part is in it already."""
    if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    else:
        named = re.match(rb'(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding=["\']([\w.-]+)["\']', first)
        encoding = named[1].decode("ascii").lower() if named else "utf-8"
    if encoding in ("utf-8", "utf8", "us-ascii", "ascii"):
        return None
    "".encode(encoding)  # a LookupError for what Python calls an encoding and is none of text, such as zlib
    decoder = codecs.getincrementaldecoder(encoding)()
    return lambda data: decoder.decode(data).encode("utf-8")


def _style(number: str, code: str | None) -> int:
    if code is None:
        return AS_DATE if whole(number) in _DATES else 0
    section = code.split(";")[0]
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|General|AM/PM|A/P', "", section, flags=re.IGNORECASE)
    if re.fullmatch("0{2,30}", bare):
        return len(bare)
    signs = set(bare.lower())
    dated = bool(signs & {"y", "d"}) or ("m" in signs and not signs & {"h", "s", "0", "#"})
    return AS_DATE if dated else 0
