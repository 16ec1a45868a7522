"""One edition of a workbook: everything a patch asks for, worked out in memory before a byte is written."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from arcredit.errors import PatchError
from arcredit.ledger.attributes import whole
from arcredit.ledger.writing.cells import Place, cell_name
from arcredit.ledger.writing.custom_xml import write_settings
from arcredit.ledger.writing.guards import refuse_guarded
from arcredit.ledger.writing.metadata import dynamic_mark
from arcredit.ledger.writing.names import OWN_MARK, SHEET_NAMES, Name, sheet_of
from arcredit.ledger.writing.parts import RELATIONS_TYPE, Package, free_name, relations_part
from arcredit.ledger.writing.shared_formulas import rehomed
from arcredit.ledger.writing.sheet_scan import scan
from arcredit.ledger.writing.sheet_xml import SPILLS, NewCell, Patched, SheetPatcher
from arcredit.ledger.writing.stored_cells import Stored, shared_strings, stored_cells
from arcredit.ledger.writing.styles import DATE, MOMENT, Styles, empty_styles
from arcredit.ledger.writing.tables import find_table, grown, widened
from arcredit.ledger.writing.transplant import (
    REPLACEABLE,
    Kept,
    Scratch,
    Shared,
    Transplant,
    refuse_unmovable,
    workbook_names,
)
from arcredit.ledger.writing.users_work import marked_area, refuse_users_work, same_mark
from arcredit.ledger.writing.workbook_part import SheetEntry, WorkbookPart, retitle
from arcredit.ledger.writing.xml_spans import splice_stream

_STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_PROTECTED = re.compile(rb"""<(?:[\w.-]+:)?sheetProtection\b[^>]*\ssheet\s*=\s*["'](?:1|true)""")
_SELECTED = re.compile(rb"""\stabSelected\s*=\s*["'](?:1|true)""")
_CODE_NAME = re.compile(rb"""<(?:[\w.-]+:)?sheetPr\b[^>]*\scodeName\s*=\s*("[^"]*"|'[^']*')""")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")


_Chunks: TypeAlias = Callable[[], Iterable[bytes]]
"""A sheet's XML as it was at some point, again and again."""


def _nothing() -> Iterable[bytes]:
    """The XML of a sheet that is not there: an element without cells."""
    return (b"<worksheet/>",)


class Change(NamedTuple):
    """One cell that a save changes: what it holds before and after; a formula shows as ``=A1*2``."""

    sheet: str
    cell: str
    before: Any
    after: Any


class Wishes(NamedTuple):
    """What is to become of a workbook."""

    cells: Mapping[str, Mapping[Place, NewCell]]
    puts: Mapping[str, Scratch]
    adds: Mapping[str, Scratch]
    removed: set[str]
    names: Mapping[str, Name]
    text: str | None
    rows: Mapping[str, Sequence[Mapping[str, Any]]]


def own_sheets(book: WorkbookPart) -> dict[str, str]:
    """Our own sheets: owner to the name the sheet has now, wherever the user moved it."""
    listed = {sheet.name.lower(): sheet.name for sheet in book.sheets() if sheet.kind == "worksheet"}
    found = {}
    for name in book.names():
        if name.sheet is None and name.name.startswith(OWN_MARK):
            sheet = (sheet_of(name.refers_to) or "").lower()
            if sheet in listed:
                found[name.name.removeprefix(OWN_MARK)] = listed[sheet]
    return found


class Edition:
    """Works the wishes into the package's layer of new parts and notes what changes."""

    def __init__(self, package: Package, book: WorkbookPart) -> None:
        self.package, self.book = package, book
        self.formulas_changed = False
        self._notes: list[Callable[[], Iterable[Change]]] = []
        self.texts: dict[int, str] = {}
        self._styles: Styles | None = None
        self._shared: dict[int, Shared] = {}

    @cached_property
    def changes(self) -> list[Change]:
        """Every change, cell by cell; not worked out before somebody asks, for long sheets take a while."""
        return [change for note in self._notes for change in note()]

    def make(self, wishes: Wishes) -> None:
        """Put the new parts into the package."""
        self.package.reset()
        before = self.book.sheets()
        for owner in sorted(wishes.removed):
            self._remove(owner)
        for scratch in wishes.adds.values():
            self._add(scratch)
        for owner, scratch in wishes.puts.items():
            self._put(owner, scratch)
        for sheet, cells in wishes.cells.items():
            self._write_cells(sheet, cells)
        for table, rows in wishes.rows.items():
            self._grow(table, rows)
        self._put_styles()
        self.book.put_names(wishes.names.values())
        if self.package.changed:
            self.book.recalculate_on_load()
        if self.formulas_changed:
            self.book.drop_calculation_chain()
        if wishes.text is not None:
            write_settings(self.package, self.book, wishes.text)
        retitle(self.package, before, self.book.sheets())
        self.package.declare(
            {name: RELATIONS_TYPE for name, _ in self.package.new.values() if name.endswith(".rels")}
        )
        self.package.undeclare_gone()

    # Styles

    def styles(self) -> Styles:
        """The workbook's styles, read once."""
        if self._styles is None:
            part = self.package.related(self.book.part, "styles")
            label = self.package.label(part or "styles")
            data = self.package.xml(part) if part else empty_styles(self.book.root.namespace)
            self._styles = Styles(data, label)
        return self._styles

    def _put_styles(self) -> None:
        if self._styles is None or not self._styles.added:
            return
        part = self.package.related(self.book.part, "styles")
        if part is None:
            usual = self.book.part.rpartition("/")[0] + "/styles.xml"
            part = usual.lstrip("/")
            if part in self.package:
                part = free_name(self.package, set(), "xl/styles{}.xml")
            self.package.relate(self.book.part, f"{self.book.office}/styles", part)
            self.package.declare({part: _STYLES_TYPE})
        self.package.put(part, self._styles.result())

    def _restyle(self, style: int, cell: NewCell) -> int:
        """The style of a cell with what it is to hold: dates are not to show as plain numbers."""
        if cell.number_format and cell.number_format not in ("date", "moment"):
            number = self.styles().number_format(cell.number_format)
            return self.styles().with_number_format(style, number)
        if cell.number_format and self.styles().is_general(style):
            return self.styles().with_number_format(style, DATE if cell.number_format == "date" else MOMENT)
        return style

    # Cells

    def _write_cells(self, name: str, cells: Mapping[Place, NewCell]) -> None:
        entry = self.book.sheet(name)
        assert entry is not None
        label = self.package.label(entry.part)
        source = self.package.frozen(entry.part)
        if any(cell.mark == SPILLS for cell in cells.values()):
            mark = dynamic_mark(self.package, self.book)
            cells = {at: cell._replace(mark=mark) if cell.mark else cell for at, cell in cells.items()}
        sheet = scan(source(), {row for row, _ in cells}, label)
        patcher = SheetPatcher(sheet, self._restyle, self._strings)
        refuse_guarded(self.package, entry.part, entry.name, sheet, patcher.root, cells)
        patched = patcher.patch(cells)
        if not patched.edits:
            return
        edits = list(patched.edits)
        if patched.orphaned:
            gone = {place for place, cell in cells.items() if not cell.keep}
            whole = b"".join(source())
            edits += rehomed(whole, sheet.prefix, patched.orphaned, gone, label)
        self.formulas_changed |= patched.formulas_changed
        self.package.put(entry.part, lambda: splice_stream(source(), edits))
        self._notes.append(lambda: self._cell_changes(entry.name, patched))

    def _cell_changes(self, name: str, patched: Patched) -> Iterator[Change]:
        for place, cell in sorted(patched.written.items()):
            old = patched.before.get(place)
            kept = cell.keep or (old is not None and old.formula == cell.formula)
            before = None if old is None else self._shown(old, with_formula=not kept)
            after = f"={cell.formula}" if cell.formula is not None and not kept else cell.value
            yield Change(name, cell_name(place), before, after)

    def _shown(self, cell: Stored, *, with_formula: bool = True) -> Any:
        if cell.formula is not None and with_formula:
            return f"={cell.formula}"
        return cell.value(self.texts)

    def _strings(self, wanted: set[int]) -> Mapping[int, str]:
        """Shared strings by index."""
        part = self.package.related(self.book.part, "sharedStrings")
        missing = wanted - self.texts.keys()
        if part and missing:
            self.texts |= shared_strings(self.package.xml_chunks(part), missing, self.package.label(part))
        return self.texts

    def _grow(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Append rows to a table of the user's."""
        table = find_table(self.package, self.book, name)
        growth = grown(table, rows, self.package, self.book)
        self._write_cells(table.sheet, growth.cells)
        if growth.area != table.area:
            widened(self.package, table, growth.area)

    # Our own sheets

    def _put(self, owner: str, scratch: Scratch) -> None:
        current = own_sheets(self.book).get(owner)
        entry = self.book.sheet(current) if current else None
        before = _nothing
        kept = Kept()
        if entry is None:
            part, name = self.book.add_sheet(scratch.name), scratch.name
        else:
            part, name = entry.part, entry.name
            before = self.package.frozen(part)
            self._refuse_users_work(owner, entry)
            kept = self._clear(entry, scratch)
        names = self._moving(scratch).move(part, name, kept)
        refers_to = marked_area(name, scratch.package.xml(scratch.part), names)
        self._put_sheet_names(name, names, Name(OWN_MARK + owner, refers_to, None, True))
        if part.lower() in self.package.new:
            self._note_sheet(name, part, before, self.package.frozen(part))

    def _add(self, scratch: Scratch) -> None:
        """A sheet that is the user's from then on, with the workbook's names for cells of it."""
        taken = {name.name.lower() for name in self.book.names() if name.sheet is None}
        wanted = workbook_names(scratch)
        for name in wanted:
            if name.name.lower() in taken:
                raise PatchError(
                    "patch.name_exists", path=self.package.path, sheet=scratch.name, found=name.name
                )
        part = self.book.add_sheet(scratch.name)
        names = self._moving(scratch).move(part, scratch.name, Kept())
        position = len(self.book.sheets()) - 1
        self.book.put_names([*wanted, *(name._replace(sheet=position) for name in names)])
        self._note_sheet(scratch.name, part, _nothing, self.package.frozen(part))

    def _moving(self, scratch: Scratch) -> Transplant:
        """A sheet on its way; what it shares with others of its workbook is worked out once."""
        key = id(scratch.package)
        if key not in self._shared:
            self._shared[key] = Shared(scratch, self.styles())
        return Transplant(scratch, self.package, self.book, self._shared[key])

    def _refuse_users_work(self, owner: str, entry: SheetEntry) -> None:
        key = (OWN_MARK + owner).lower(), None
        for mark in self.book.names():
            if mark.key == key:
                refuse_users_work(self.package, entry.part, entry.name, mark.refers_to)

    def _clear(self, entry: SheetEntry, scratch: Scratch) -> Kept:
        """Take away what hangs on our sheet; says what a new one is to keep of it.

        Raises
        ------
        PatchError
            If the user has protected the sheet, or put something on it that a new one would lose.
        """
        package = self.package
        old = package.xml(entry.part)
        if _PROTECTED.search(old) and not _PROTECTED.search(scratch.package.xml(scratch.part)):
            raise PatchError("patch.sheet_protected", path=package.path, sheet=entry.name)
        hanging = package.reachable(entry.part)
        # Formulas that name a table which is gone are what Excel calls damaged.
        tables = any(relation.kind == "table" for relation in scratch.package.relations(scratch.part))
        allowed = REPLACEABLE if tables else REPLACEABLE - {"table"}
        for part in [entry.part, *sorted(hanging)]:
            refuse_unmovable(package, part, allowed, "patch.own_sheet_used", entry.name)
        package.remove(relations_part(entry.part))
        package.drop_unreachable(hanging)
        code_name = _CODE_NAME.search(old)
        return Kept(bool(_SELECTED.search(old)), code_name[1].decode() if code_name else "")

    def _put_sheet_names(self, sheet: str, names: list[Name], mark: Name) -> None:
        """Our mark on the sheet, and the names of its print set-up in place of those it had."""
        position = [entry.name for entry in self.book.sheets()].index(sheet)
        placed = [name._replace(sheet=position) for name in names]
        keys = {name.key for name in placed}
        known = self.book.names()
        marked = next(
            (n for n in known if n.key == mark.key and same_mark(n.refers_to, mark.refers_to)), None
        )
        old = [n for n in known if n.sheet == position and n.name in SHEET_NAMES and n.key not in keys]
        self.book.put_names([marked or mark, *placed], old)

    def _note_sheet(self, name: str, part: str, before: _Chunks, after: _Chunks) -> None:
        self.formulas_changed |= any(_FORMULA.search(b"".join(chunks())) for chunks in (before, after))
        self._notes.append(lambda: self._sheet_changes(name, self.package.label(part), before, after))

    def _sheet_changes(self, name: str, label: str, before: _Chunks, after: _Chunks) -> Iterator[Change]:
        old, new = self._values(before, label), self._values(after, label)
        for place in sorted(old.keys() | new.keys()):
            if old.get(place) != new.get(place):
                yield Change(name, cell_name(place), old.get(place), new.get(place))

    def _values(self, chunks: _Chunks, label: str) -> dict[Place, Any]:
        """What a sheet's cells show."""
        cells = list(stored_cells(chunks(), label))
        self._strings({whole(cell.text, -1) for cell in cells if cell.kind == "s" and cell.text.strip()})
        return {cell.place: self._shown(cell) for cell in cells}

    def _remove(self, owner: str) -> None:
        name = own_sheets(self.book)[owner]
        entry = self.book.sheet(name)
        assert entry is not None
        package = self.package
        before = package.frozen(entry.part)
        hanging = package.reachable(entry.part)
        self.book.remove_sheet(entry.name)
        package.drop_unreachable([entry.part, *hanging])
        self.book.put_names([], [Name(OWN_MARK + owner, "")])
        self._note_sheet(name, entry.part, before, _nothing)
