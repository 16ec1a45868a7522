"""What a workbook remembers of its last refresh, for reading alone: locks do not matter here."""

from pathlib import Path
from typing import NamedTuple

from arcredit.errors import PatchError
from arcredit.ledger.writing.custom_xml import read_settings
from arcredit.ledger.writing.edition import own_sheets
from arcredit.ledger.writing.parts import Package
from arcredit.ledger.writing.workbook_part import WorkbookPart


class Memory(NamedTuple):
    """The text that a refresh stored, and the names of the sheets it wrote."""

    settings: str | None = None
    own_sheets: frozenset[str] = frozenset()


def recall(path: Path) -> Memory:
    """What the workbook remembers; nothing for a file that no refresh could have written."""
    try:
        package = Package(path.read_bytes(), str(path))
        book = WorkbookPart(package)
    except (OSError, PatchError):
        # The reader says what is wrong with such a file, in its own words.
        return Memory()
    return Memory(read_settings(package, book), frozenset(own_sheets(book).values()))
