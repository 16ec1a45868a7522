"""What of the user's reads our sheets, cells aside: conditional formats, lists, charts, pivot tables.

A file keeps them, for it keeps a sheet's name; a program that puts a sheet in another's place turns them into
``#REF!``.
"""

import re
from pathlib import Path

from arcredit.errors import PatchError
from arcredit.ledger.writing.edition import own_sheets
from arcredit.ledger.writing.names import quoted
from arcredit.ledger.writing.parts import Package
from arcredit.ledger.writing.workbook_part import SheetEntry, WorkbookPart
from arcredit.ledger.writing.xml_spans import plain_text

_FORMULA = re.compile(rb"<(?:[\w.-]+:)?(?:formula[12]?|f)(?:\s[^>]*)?>([^<]+)<")
_PIVOT_SOURCE = re.compile(rb"""<(?:[\w.-]+:)?worksheetSource\b[^>]*\ssheet\s*=\s*["']([^"']*)""")


def readers(path: Path) -> dict[str, str]:
    """Our sheets in a workbook that something of the user's reads, and the sheet on which that stands."""
    try:
        package = Package(path.read_bytes(), str(path))
        book = WorkbookPart(package)
    except (OSError, PatchError):
        # The reader says what is wrong with such a file, in its own words.
        return {}
    own = set(own_sheets(book).values())
    found: dict[str, str] = {}
    for entry in book.sheets() if own else []:
        if entry.part and entry.name not in own:
            text = _formulas(package, entry)
            found |= {name: entry.name for name in own - found.keys() if _mentions(text, name)}
    return found


def _formulas(package: Package, entry: SheetEntry) -> str:
    """The formulas on a sheet and in what hangs on it, those in cells aside; sources of pivot tables too."""
    pieces = []
    for part in [entry.part, *sorted(package.reachable(entry.part))]:
        if part.lower().endswith(".xml"):
            data = package.xml(part).rpartition(b"</sheetData>")[2]
            pieces += _FORMULA.findall(data)
            pieces += [name + b"!" for name in _PIVOT_SOURCE.findall(data)]
    return plain_text(b"\n".join(pieces).decode("utf-8", "replace")).lower()


def _mentions(text: str, name: str) -> bool:
    plain = re.search(rf"(?<![\w.']){re.escape(name.lower())}!", text)
    return plain is not None or f"{quoted(name)}!".lower() in text
