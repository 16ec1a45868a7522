"""Defined names and the sheets they mention."""

import re
from collections.abc import Iterable
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from arcredit.errors import PatchError
from arcredit.ledger.attributes import whole
from arcredit.ledger.writing.xml_spans import Edit, Element, append, insert, parse, splice

WORKBOOK_ORDER = (
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "workbookProtection",
    "bookViews",
    "sheets",
    "functionGroups",
    "externalReferences",
    "definedNames",
    "calcPr",
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
)
OWN_MARK = "_arcredit_"
"""A hidden name of this start says that a sheet is ours; it stands for the cells that we filled."""
SHEET_NAMES = ("_xlnm.Print_Area", "_xlnm.Print_Titles", "_xlnm._FilterDatabase")
"""Names that belong to a sheet's own set-up."""

_WORD = re.compile(r"[^\W\d\\.][\w.\\?]*|\\[\w.\\?]*")
_CELL_LIKE = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d*([Cc]\d*)?|[Cc]\d*")
_QUOTED_SHEET = re.compile(r"'((?:[^']|'')+)'!")
_PLAIN_SHEET = re.compile(r"([^\W\d][\w.]*)!")


class Name(NamedTuple):
    """A defined name. `sheet` is the position of the sheet it belongs to, None for the whole workbook."""

    name: str
    refers_to: str
    sheet: int | None = None
    hidden: bool = False

    @property
    def key(self) -> tuple[str, int | None]:
        """What makes it one name."""
        return self.name.lower(), self.sheet


def read_names(root: Element, data: bytes) -> list[tuple[Name, Element]]:
    """A workbook's names and their elements."""
    holder = root.child("definedNames")
    found = []
    for element in holder.children if holder else []:
        sheet = element.attributes.get("localSheetId")
        position = None if sheet is None else whole(sheet, -1)
        label = element.attributes.get("name", "")
        found.append((Name(label, element.text(data).strip(), position, element.flag("hidden")), element))
    return found


def put_names(data: bytes, label: str, wanted: Iterable[Name], dropped: Iterable[Name] = ()) -> bytes:
    """The workbook part with names added, pointed elsewhere or taken out; equal ones are left alone."""
    root = parse(data, label, 4)
    have = {name.key: (name, element) for name, element in read_names(root, data)}
    holder = root.child("definedNames")
    edits: list[Edit] = []
    fresh = ""
    for name in wanted:
        text = _element(name, (holder or root).tag("definedName"))
        if name.key not in have:
            fresh += text
        elif have[name.key][0]._replace(name=name.name) != name:
            element = have[name.key][1]
            edits.append(Edit(element.start, element.stop, text.encode()))
    for name in dropped:
        element = have[name.key][1]
        edits.append(Edit(element.start, element.stop, b""))
    if fresh and holder:
        edits.append(append(holder, fresh))
    elif fresh:
        tag = root.tag("definedNames")
        edits.append(insert(root, WORKBOOK_ORDER, "definedNames", f"<{tag}>{fresh}</{tag}>"))
    elif holder and holder.children and len(edits) == len(holder.children) and not any(e.new for e in edits):
        edits = [Edit(holder.start, holder.stop, b"")]
    return splice(data, edits)


def _element(name: Name, tag: str) -> str:
    sheet = "" if name.sheet is None else f' localSheetId="{name.sheet}"'
    hidden = ' hidden="1"' if name.hidden else ""
    return f"<{tag} name={quoteattr(name.name)}{sheet}{hidden}>{escape(name.refers_to)}</{tag}>"


def checked_name(name: str, path: str) -> str:
    """A name that Excel accepts.

    Raises
    ------
    PatchError
        If it has other characters, is too long, or reads as a cell.
    """
    if not _WORD.fullmatch(name) or _CELL_LIKE.fullmatch(name) or len(name) > 255:
        raise PatchError("patch.bad_name", path=path, found=name)
    return name


def quoted(sheet: str) -> str:
    """A sheet's name as formulas write it."""
    return "'" + sheet.replace("'", "''") + "'"


def sheet_of(refers_to: str) -> str | None:
    """The sheet a reference starts with; None where it names none (``#REF!``)."""
    if found := _QUOTED_SHEET.match(refers_to):
        return found[1].replace("''", "'")
    found = _PLAIN_SHEET.match(refers_to)
    return found[1] if found else None


def renamed(formula: str, old: str, new: str) -> str:
    """A formula that mentions a sheet by its new name."""
    if old == new:
        return formula
    formula = formula.replace(quoted(old) + "!", quoted(new) + "!")
    if re.fullmatch(r"[^\W\d][\w.]*", old):
        formula = re.sub(rf"(?<![\w.'\]]){re.escape(old)}!", lambda _: quoted(new) + "!", formula, flags=re.I)
    return formula
