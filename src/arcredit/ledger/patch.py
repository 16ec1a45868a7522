"""Write cells and our own report sheets into an existing workbook and leave every other part as it is.

Untouched parts are copied byte for byte, touched ones are edited in place; a check proves it before the
file is replaced. What cannot be kept whole is refused: the words are in ``words/*/patch.toml``.

Examples
--------
>>> from arcredit.ledger.patch import Patch
>>> patch = Patch("ledger.xlsx")                     # doctest: +SKIP
>>> patch.set_cell("Control", "B2", 1250.5)          # doctest: +SKIP
>>> patch.save(backup=True)                          # doctest: +SKIP
True
"""

import datetime as dt
import hashlib
import os
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from arcredit.errors import FileBusy, PatchError
from arcredit.ledger.formulas.book import FormulaBook
from arcredit.ledger.formulas.found import Formula
from arcredit.ledger.writing.cells import (
    LAST_COLUMN,
    LAST_ROW,
    Area,
    CellError,
    CellValue,
    Place,
    area_of,
    checked_formula,
    place_of,
    storable,
)
from arcredit.ledger.writing.custom_xml import read_settings
from arcredit.ledger.writing.edition import Change, Edition, Wishes, own_sheets
from arcredit.ledger.writing.names import OWN_MARK, Name, checked_name
from arcredit.ledger.writing.parts import Package
from arcredit.ledger.writing.replace import refuse_busy, write_whole
from arcredit.ledger.writing.sheet_xml import SPILLS, NewCell
from arcredit.ledger.writing.tables import find_table, tables_of
from arcredit.ledger.writing.transplant import Scratch, open_scratch
from arcredit.ledger.writing.verify import prove
from arcredit.ledger.writing.workbook_part import WorkbookPart
from arcredit.ledger.writing.zips import write

__all__ = ["CellError", "CellValue", "Change", "Patch"]

_DIMENSION = re.compile(rb"""<(?:[\w.-]+:)?dimension\s[^>]*?ref\s*=\s*["']([^"']*)""")


class Patch:
    """One workbook to be patched. Nothing is written before `save`.

    Parameters
    ----------
    path : str or path
        An .xlsx, .xlsm, .xltx or .xltm file.

    Raises
    ------
    FileBusy
        If it is open elsewhere or read-only.
    PatchError
        If it is no workbook of this kind, or damaged, encrypted, signed or dangerous.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._load()

    def _load(self) -> None:
        self._file = Path(os.path.realpath(self.path))
        try:
            raw = self._file.read_bytes()
        except FileNotFoundError:
            raise PatchError("patch.not_found", path=str(self.path)) from None
        except OSError as error:
            raise FileBusy("patch.unreadable", path=str(self.path), detail=error.strerror) from None
        refuse_busy(self._file, self.path)
        self._take(raw)

    def _take(self, raw: bytes) -> None:
        """Begin with the file as it is now; it is not read again where we have just written it."""
        self._digest = hashlib.sha256(raw).digest()
        self._package = Package(raw, str(self.path))
        self._book = WorkbookPart(self._package)
        self.date_1904 = self._book.date_1904
        self.computed = not self._book.recalculates_on_load
        self.sheet_names = [sheet.name for sheet in self._book.sheets()]
        self._owned = own_sheets(self._book)
        self._known = {name.name: name.refers_to for name in self._book.names() if name.sheet is None}
        self._refuse_dangerous_sheets()
        self._cells: dict[str, dict[Place, NewCell]] = {}
        self._puts: dict[str, Scratch] = {}
        self._adds: dict[str, Scratch] = {}
        self._rows: dict[str, list[Mapping[str, CellValue]]] = {}
        self._removed: set[str] = set()
        self._names: dict[str, Name] = {}
        self._text: str | None = None
        self._made: Edition | None = None

    def _refuse_dangerous_sheets(self) -> None:
        """Document types, and a claimed size that would fill any reader's memory."""
        for sheet in self._book.sheets():
            if not sheet.part or sheet.kind != "worksheet":
                continue
            head = next(self._package.xml_chunks(sheet.part), b"")[:8000]
            if b"<!DOCTYPE" in head:
                raise PatchError("patch.entities", part=self._package.label(sheet.part))
            claimed = _DIMENSION.search(head)
            area = area_of(claimed[1].decode("ascii", "replace")) if claimed else None
            if area and (area.bottom, area.right) == (LAST_ROW, LAST_COLUMN) and area.top == area.left == 1:
                raise PatchError("patch.dimension", path=str(self.path), sheet=sheet.name, area=area.name)

    @property
    def digest(self) -> str:
        """SHA-256 of the file as it was read, and after `save` as it was written."""
        return self._digest.hex()

    def set_cell(
        self,
        sheet: str,
        ref: str,
        value: CellValue,
        *,
        formula: str | None = None,
        number_format: str | None = None,
    ) -> None:
        """Give a cell a value, or a formula with `value` as its stored result; its style is kept.

        A date in a cell without a date format gets the reader's own short date format.
        """
        name, place, where = self._place(sheet, ref)
        if formula is not None:
            formula = checked_formula(formula, where)
        if number_format is None and isinstance(value, dt.date):
            number_format = "moment" if isinstance(value, dt.datetime) and value.time() else "date"
        stored = storable(value, self.date_1904, where)
        self._set(name, place, NewCell(stored, formula, number_format))

    def set_result(self, sheet: str, ref: str, value: CellValue) -> None:
        """Replace the stored result of a formula and keep the formula; also inside an array's range."""
        name, place, where = self._place(sheet, ref)
        self._set(name, place, NewCell(storable(value, self.date_1904, where), keep=True))

    def set_array(
        self,
        sheet: str,
        ref: str,
        rows: Sequence[Sequence[CellValue]],
        *,
        fills: str | None = None,
        formula: str | None = None,
    ) -> None:
        """Replace what an array formula shows; the formula stays, and then fills as many cells as given.

        Parameters
        ----------
        sheet, ref : str
            The formula's cell.
        rows : rows of values
            The result; of a fixed array as many as it has.
        fills : str, optional
            The cells that it fills now; those beyond the new result are cleared.
        formula : str, optional
            A formula for a cell that has none: it spills, as in an Excel that knows spilling.

        Raises
        ------
        PatchError
            On saving, if a cell that it is to fill is not blank.
        """
        name, (top, left), where = self._place(sheet, ref)
        old, area = area_of(fills or ref), Area(top, left, top + len(rows) - 1, left + len(rows[0]) - 1)
        if old is None:
            raise PatchError("patch.bad_reference", **{**where, "cell": str(fills)})
        for row in range(top, max(area.bottom, old.bottom) + 1):
            for column in range(left, max(area.right, old.right) + 1):
                inside = area.holds((row, column))
                if inside or old.holds((row, column)):
                    found = storable(
                        rows[row - top][column - left] if inside else None, self.date_1904, where
                    )
                    self._set(name, (row, column), NewCell(found, keep=True, spilled=True))
        first = NewCell(storable(rows[0][0], self.date_1904, where), keep=formula is None, area=area)
        if formula is not None:
            first = first._replace(formula=checked_formula(formula, where), mark=SPILLS)
        self._set(name, (top, left), first)

    def formulas(self, names: Collection[str], skipped: Collection[str] = ()) -> dict[str, list[Formula]]:
        """The cells in the file that call our functions, by sheet; cheap where there are none.

        Parameters
        ----------
        names : collection of str
            Our worksheet functions.
        skipped : collection of str
            Sheets not to look at.
        """
        return FormulaBook(self._package, self._book, names).own(skipped)

    def formula_book(self, names: Collection[str]) -> FormulaBook:
        """The workbook as its formulas see it, with everything that was asked for so far.

        Parameters
        ----------
        names : collection of str
            Our worksheet functions.
        """
        self._edition()
        return FormulaBook(self._package, self._book, names)

    def _place(self, sheet: str, ref: str) -> tuple[str, Place, dict[str, str]]:
        where = {"path": str(self.path), "sheet": sheet, "cell": ref}
        entry = self._book.sheet(sheet)
        if entry is None:
            raise PatchError("patch.no_such_sheet", path=str(self.path), sheet=sheet)
        if entry.kind != "worksheet" or not entry.part:
            raise PatchError("patch.no_cells", path=str(self.path), sheet=sheet)
        place = place_of(ref)
        if place is None:
            raise PatchError("patch.bad_reference", **where)
        return entry.name, place, where

    def _set(self, sheet: str, place: Place, cell: NewCell) -> None:
        self._cells.setdefault(sheet, {})[place] = cell
        self._made = None

    def put_sheet(self, scratch: bytes, name: str, *, owner: str) -> None:
        """Transplant sheet `name` of the scratch workbook: add it last, or replace the owner's sheet.

        Our own sheet is known by a hidden name; the user may have renamed or moved it, and it keeps
        its name and place.

        Raises
        ------
        PatchError
            If the workbook's structure is locked, or a sheet of this name exists that is not ours.
        """
        checked_name(OWN_MARK + owner, str(self.path))
        opened = self._opened(scratch, name)
        if owner not in self._owned and owner not in self._puts:
            self._book.refuse_new(name)
        self._removed.discard(owner)
        self._puts[owner] = opened
        self._made = None

    def add_sheet(self, scratch: bytes, name: str) -> None:
        """Transplant sheet `name` of the scratch workbook as a last sheet that belongs to the user.

        It carries no mark of ours: nothing replaces or removes it later. Names for the whole workbook that
        stand for its cells come along; a table gets another name where its own is taken.

        Raises
        ------
        PatchError
            If the workbook's structure is locked, or it has a sheet (on saving: a defined name) of that name.
        """
        opened = self._opened(scratch, name)
        self._book.refuse_new(name)
        if name.lower() in self._adds:
            raise PatchError("patch.sheet_exists", path=str(self.path), sheet=name)
        self._adds[name.lower()] = opened
        self._made = None

    def _opened(self, scratch: bytes, name: str) -> Scratch:
        """A sheet of a scratch workbook, which is opened once for all its sheets."""
        last = next(reversed([*self._adds.values(), *self._puts.values()]), None)
        return open_scratch(scratch, name, last)

    def remove_sheet(self, owner: str) -> None:
        """Take our own sheet out again, with everything only it used."""
        if owner not in self._owned:
            raise PatchError("patch.not_ours", path=str(self.path), owner=owner)
        self._puts.pop(owner, None)
        self._removed.add(owner)
        self._made = None

    def owned(self) -> dict[str, str]:
        """Our own sheets in the file: owner to the name the sheet has now."""
        return dict(self._owned)

    def define_name(self, name: str, refers_to: str, *, hidden: bool = False) -> None:
        """Define a workbook-wide name, or point it elsewhere."""
        checked_name(name, str(self.path))
        self._names[name.lower()] = Name(name, refers_to.strip().removeprefix("="), None, hidden)
        self._made = None

    def names(self) -> dict[str, str]:
        """The workbook-wide names and what they refer to, with those just defined."""
        return self._known | {name.name: name.refers_to for name in self._names.values()}

    def settings(self) -> str | None:
        """The text that `remember` stored in this workbook, None where there is none."""
        return self._text if self._text is not None else read_settings(self._package, self._book)

    def tables(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """The workbook's Excel tables as they are in the file: name to sheet and headings."""
        return {
            table.name: (table.sheet, tuple(column.name for column in table.columns))
            for table in tables_of(self._package, self._book)
        }

    def grow_table(self, table: str, rows: Sequence[Mapping[str, CellValue]]) -> None:
        """Append rows to an Excel table of the user's, each a mapping from heading to value.

        Blank lines at the table's end are filled first, then it grows into the cells below. New cells look
        like the last line's; calculated columns go on.

        Raises
        ------
        PatchError
            If there is no such table; on saving, if it cannot grow without harm.
        """
        found = find_table(self._package, self._book, table)
        self._rows.setdefault(found.name, []).extend(rows)
        self._made = None

    def remember(self, text: str) -> None:
        """Store a text in the workbook, in a custom XML part of our own."""
        self._text = text
        self._made = None

    def changes(self) -> list[Change]:
        """Cell by cell what a save would change, our own sheets included."""
        return list(self._edition().changes)

    def prepare(self) -> None:
        """Work out what a save writes, so that what cannot be written is refused before anything else.

        Raises
        ------
        PatchError
            If something that was asked for would do harm.
        """
        self._edition()

    def _edition(self) -> Edition:
        """Everything asked for so far, worked into the package's parts."""
        if self._made is None:
            edition = Edition(self._package, self._book)
            wishes = Wishes(
                self._cells, self._puts, self._adds, self._removed, self._names, self._text, self._rows
            )
            edition.make(wishes)
            # Not before: what a refused wish leaves half done must never be saved.
            self._made = edition
        return self._made

    def save(self, target: str | os.PathLike[str] | None = None, *, backup: bool = False) -> bool:
        """Write the workbook, whole or not at all; False where nothing had to change.

        Parameters
        ----------
        target : str or path, optional
            Another file to write; the workbook itself unless given.
        backup : bool
            Keep the workbook as it was beside it, with ``.bak`` after its name.

        Raises
        ------
        FileBusy
            If the file has changed since it was read, or someone has opened it.
        PatchError
            If something would be lost, or the file cannot be written.
        """
        self._edition()
        changed = self._package.changed
        goal = self._file if target is None else Path(os.path.realpath(target))
        if goal != self._file:
            self._write(goal)
        elif changed:
            self._refuse_changed()
            if backup:
                write_whole(goal.with_name(f"{goal.name}.bak"), self._copy, lambda _: None, self._file)
            self._take(self._write(goal))
        return changed

    def _write(self, goal: Path) -> bytes:
        """Write the file; gives what stands in it."""
        in_place = goal == self._file
        found = self._package.archive.raw
        if not in_place and goal.exists():
            refuse_busy(goal)

        def fill(file: BinaryIO) -> None:
            package = self._package
            if package.changed:
                write(file, package.archive, package.new, package.gone)
            else:
                self._copy(file)

        def check(written: Path) -> None:
            nonlocal found
            if self._package.changed:
                found = written.read_bytes()
                prove(self._package, found)
            if in_place:
                self._refuse_changed()

        write_whole(goal, fill, check, self._file)
        return found

    def _copy(self, file: BinaryIO) -> Any:
        """The file exactly as it was read."""
        return file.write(self._package.archive.raw)

    def _refuse_changed(self) -> None:
        try:
            now = self._file.read_bytes()
        except OSError:
            now = b""
        if hashlib.sha256(now).digest() != self._digest:
            raise FileBusy("patch.changed", path=str(self.path))
        refuse_busy(self._file, self.path)
