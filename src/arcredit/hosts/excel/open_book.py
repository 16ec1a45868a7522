"""A workbook that is open in the spreadsheet program: its copy to be read, our own sheets, what it remembers.

What ``.api`` is asked for has Excel's names; `arcredit.hosts.calc.excel_words` speaks them for LibreOffice.
"""

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import xlwings as xw

from arcredit.errors import PatchError
from arcredit.hosts.excel.press import Desk
from arcredit.ledger.writing.cells import Area, escaped_text, unescaped_text
from arcredit.ledger.writing.custom_xml import NAMESPACE
from arcredit.ledger.writing.names import OWN_MARK, quoted, sheet_of
from arcredit.ledger.writing.readers import readers
from arcredit.ledger.writing.users_work import absolute
from arcredit.reports.scratch import workbook
from arcredit.reports.sheet import Sheet

KEPT = "kept_"
"""Begins the owner of a sheet's previous content."""
AS_OF = "arcredit_as_of"
LAST_RUN = OWN_MARK + "last_run"
_VERY_HIDDEN, _VISIBLE = 2, -1
_FORMULAS, _PART = -4123, 2
"""XlFindLookIn.xlFormulas and XlLookAt.xlPart."""
_DATE = re.compile(r"=DATE\((\d+),(\d+),(\d+)\)", re.IGNORECASE)


@contextlib.contextmanager
def copy_of(book: xw.Book) -> Iterator[Path]:
    """The workbook as it stands on the screen, as a file of its name to be read."""
    name = book.name if Path(book.name).suffix else f"{book.name}.xlsx"
    with TemporaryDirectory(prefix="arcredit-") as folder:
        path = Path(folder) / name
        book.api.SaveCopyAs(str(path))
        yield path


def own_sheets(book: xw.Book) -> dict[str, str]:
    """Our own sheets: owner to the name the sheet has now, as in a file on disk."""
    listed = {sheet.name.lower(): sheet.name for sheet in book.sheets}
    found = {}
    for name in book.names:
        owner = name.name.removeprefix(OWN_MARK)
        sheet = (sheet_of((name.refers_to or "").removeprefix("=")) or "").lower()
        if name.name.startswith(OWN_MARK) and sheet in listed:
            found[owner] = listed[sheet]
    return found


def put_sheets(desk: Desk, sheets: Sequence[Sheet]) -> None:
    """Put report sheets into the workbook, each in the place of its predecessor, which is kept for `undo`.

    Raises
    ------
    PatchError
        If the workbook's structure is locked, a sheet of that name exists that is not ours, or something that
        cannot be written again reads one of them; nothing has been changed then.
    """
    book = desk.book
    own = own_sheets(book)
    _refuse(book, [sheet.name for sheet in sheets if sheet.owner not in own])
    replaced = [own[sheet.owner] for sheet in sheets if sheet.owner in own]
    _refuse_protected(book, replaced)
    _refuse_readers(book, replaced, desk.readers)
    _step_aside(book)
    _drop_kept(book)
    with TemporaryDirectory(prefix="arcredit-") as folder:
        # Excel does not open two workbooks of one name.
        path = Path(folder) / f"arcredit-{uuid4().hex}.xlsx"
        path.write_bytes(workbook(_copyable(book, sheets), date_1904=bool(book.api.Date1904)))
        scratch = book.app.books.open(str(path), update_links=False, read_only=True)
        try:
            for sheet in sheets:
                desk.progress(sheet.name)
                _put(book, scratch.sheets[sheet.name], sheet, own.get(sheet.owner))
        finally:
            scratch.close()
            book.activate()
    _define(book, LAST_RUN, f'="{",".join(sheet.owner for sheet in sheets)}"')


def _copyable(book: xw.Book, sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets without what the program would copy wrongly.

    LibreOffice copies a sparkline with the place of the scratch workbook's sheet: it would show figures of
    whichever sheet of the user's stands there.
    """
    if hasattr(book.sheets[0].range("A1").api, "SparklineGroups"):
        return list(sheets)
    return [replace(sheet, sparks=()) for sheet in sheets]


def _step_aside(book: xw.Book) -> None:
    """Bring a sheet of the user's to the front: removing a shown one with a chart can end LibreOffice."""
    own = set(own_sheets(book).values())
    others = [sheet for sheet in book.sheets if sheet.name not in own and sheet.visible in (True, _VISIBLE)]
    if book.sheets.active.name in own and others:
        others[0].activate()


def _refuse(book: xw.Book, new: list[str]) -> None:
    if book.api.ProtectStructure:
        raise PatchError("patch.structure_locked", path=book.name)
    taken = {sheet.name.lower(): sheet.name for sheet in book.sheets}
    for name in new:
        if name.lower() in taken:
            raise PatchError("patch.sheet_exists", path=book.name, sheet=taken[name.lower()])


def _refuse_protected(book: xw.Book, replaced: Sequence[str]) -> None:
    """Formulas that cannot be written again would become #REF! when the sheet they mention goes."""
    for page in book.sheets:
        if page.api.ProtectContents and any(page.name != name and _has(page, name) for name in replaced):
            raise PatchError("patch.sheet_protected", path=book.name, sheet=page.name)


def _refuse_readers(book: xw.Book, replaced: Sequence[str], readers: Mapping[str, str]) -> None:
    """So would conditional formats, lists, charts and pivot tables; a refresh of the file keeps them."""
    for name in replaced:
        if name in readers:
            raise PatchError("patch.read_elsewhere", path=book.name, sheet=name, reader=readers[name])


def _has(page: xw.Sheet, text: str) -> bool:
    """Whether a formula of a sheet holds a text."""
    return page.api.Cells.Find(text, None, _FORMULAS, _PART) is not None


def _put(book: xw.Book, made: xw.Sheet, sheet: Sheet, own: str | None) -> None:
    if own is None:
        last = [page for page in book.sheets if page.visible in (True, _VISIBLE)][-1]
        made.copy(after=last).name = sheet.name
        _mark(book, sheet.owner, sheet.name, _filled(made, sheet))
        return
    old = book.sheets[own]
    _keep(book, old, sheet.owner)
    _replace(book, old, made.copy(before=old))
    _mark(book, sheet.owner, own, _filled(made, sheet))


def _filled(made: xw.Sheet, sheet: Sheet) -> str:
    """What we fill of a sheet: its cells, and the page with its charts."""
    used, page = made.used_range, sheet.area
    bottom = max(used.row + used.shape[0] - 1, page.bottom + 1)
    right = max(used.column + used.shape[1] - 1, page.right + 1)
    return absolute(Area(1, 1, bottom, right))


def _mark(book: xw.Book, owner: str, name: str, area: str) -> None:
    """Say that a sheet is ours, and which cells of it we filled."""
    _define(book, OWN_MARK + owner, f"={quoted(name)}!{area}")


def _marked(book: xw.Book, owner: str) -> str:
    """The cells that we filled of a sheet of ours."""
    return str(book.names[OWN_MARK + owner].refers_to).rpartition("!")[2]


def _keep(book: xw.Book, old: xw.Sheet, owner: str) -> None:
    """A very hidden copy of what the sheet shows now."""
    name = f"arcredit_{KEPT}{owner}"
    kept = old.copy(after=book.sheets[-1])
    kept.name = name
    for local in kept.names:
        # Excel copies the workbook's names along, as names of the sheet.
        if OWN_MARK in local.name:
            local.delete()
    kept.api.Visible = _VERY_HIDDEN
    _mark(book, KEPT + owner, name, _marked(book, owner))


def _replace(book: xw.Book, old: xw.Sheet, new: xw.Sheet) -> None:
    """Put a sheet in another's place; formulas and names that mention it then mean the new one.

    Renamed and written again rather than left to follow: what is missed here becomes #REF! when the old
    sheet goes, never a figure of yesterday.
    """
    name = old.name
    mentions = [*_formulas(book, name), *_names(book, name)]
    old.name = f"arcredit_{uuid4().hex[:12]}"
    new.name = name
    for write_again in mentions:
        write_again()
    old.delete()


def _formulas(book: xw.Book, name: str) -> Iterator[Callable[[], None]]:
    """The formulas of other sheets that mention a sheet, each to be written again as it is now."""
    for sheet in book.sheets:
        if sheet.name == name or not _has(sheet, name):
            continue
        used = sheet.used_range
        found: Any = used.formula
        texts = found if isinstance(found, tuple) else ((found,),)
        for row, line in enumerate(texts):
            for column, text in enumerate(line):
                if isinstance(text, str) and _mentions(text, name):
                    yield partial(_write, used[row, column], text)


def _mentions(text: str, name: str) -> bool:
    found = text.lower()
    return found.startswith("=") and (f"{quoted(name)}!".lower() in found or f"{name}!".lower() in found)


def _write(cell: xw.Range, text: str) -> None:
    if cell.has_array and not getattr(cell.api, "HasSpill", False):
        array = cell.api.CurrentArray
        if (array.Row, array.Column) == (cell.row, cell.column):
            array.FormulaArray = text
    elif hasattr(cell.api, "Formula2"):
        # .Formula would cut a spilling result down to one cell.
        cell.formula2 = text
    else:
        cell.formula = text


def _names(book: xw.Book, name: str) -> Iterator[Callable[[], None]]:
    for item in book.names:
        text = item.refers_to or ""
        if _mentions(text, name):
            yield partial(setattr, item, "refers_to", text)


def undo_last(book: xw.Book) -> list[str]:
    """Put back the sheets as they were before the last run; gives their names, none if there was no run."""
    if LAST_RUN not in book.names:
        return []
    owners = (book.names[LAST_RUN].refers_to or "").strip('="').split(",")
    own, names = own_sheets(book), []
    replaced = [own[owner] for owner in owners if owner in own]
    _refuse_protected(book, replaced)
    with copy_of(book) as path:
        _refuse_readers(book, replaced, readers(path))
    _step_aside(book)
    for owner in [owner for owner in owners if owner in own]:
        names.append(own[owner])
        if KEPT + owner in own:
            kept = book.sheets[own[KEPT + owner]]
            kept.api.Visible = _VISIBLE
            back = kept.copy(before=book.sheets[own[owner]])
            _replace(book, book.sheets[own[owner]], back)
            _mark(book, owner, own[owner], _marked(book, KEPT + owner))
        else:
            book.sheets[own[owner]].delete()
            book.names[OWN_MARK + owner].delete()
    _drop_kept(book)
    book.names[LAST_RUN].delete()
    return names


def _drop_kept(book: xw.Book) -> None:
    for owner, name in own_sheets(book).items():
        if owner.startswith(KEPT):
            # Excel does not delete a very hidden sheet.
            book.sheets[name].api.Visible = _VISIBLE
            book.sheets[name].delete()
            book.names[OWN_MARK + owner].delete()


def _define(book: xw.Book, name: str, refers_to: str) -> None:
    if name in book.names:
        book.names[name].refers_to = refers_to
    else:
        book.names.add(name, refers_to).api.Visible = False


def as_of(book: xw.Book, name: str = AS_OF) -> dt.date | None:
    """The day under a name, arcredit_as_of unless given: a cell with a date, or the date itself."""
    if name not in book.names:
        return None
    found = _DATE.fullmatch((book.names[name].refers_to or "").replace(" ", ""))
    if found:
        year, month, day = map(int, found.groups())
        return dt.date(year, month, day)
    cell = _cell(book, name)
    value = cell.value if cell is not None else None
    return value.date() if isinstance(value, dt.datetime) else None


def set_as_of(book: xw.Book, day: dt.date) -> None:
    """Remember the day, in the cell the user named for it or in the name itself."""
    cell = _cell(book, AS_OF)
    if cell is not None and not str(cell.formula).startswith("="):
        cell.value = dt.datetime(day.year, day.month, day.day)
    elif AS_OF in book.names:
        book.names[AS_OF].refers_to = f"=DATE({day.year},{day.month},{day.day})"
    else:
        book.names.add(AS_OF, f"=DATE({day.year},{day.month},{day.day})")


def _cell(book: xw.Book, name: str) -> xw.Range | None:
    if name not in book.names or sheet_of((book.names[name].refers_to or "").removeprefix("=")) is None:
        return None
    return book.names[name].refers_to_range[0, 0]


def remember(book: xw.Book, text: str) -> None:
    """Store a text in the workbook, where a refresh without Excel finds it too."""
    for part in _parts(book):
        if unescaped_text(ElementTree.fromstring(part.XML).text or "") == text:
            return
        part.Delete()
    book.api.CustomXMLParts.Add(f'<settings xmlns="{NAMESPACE}">{escaped_text(text)}</settings>')


def _parts(book: xw.Book) -> list[Any]:
    return list(book.api.CustomXMLParts.SelectByNamespace(NAMESPACE))
