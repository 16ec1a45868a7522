"""What the formulas of a workbook refer to: sheets and their values, tables, names, linked files."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from arcredit.ledger.attributes import whole
from arcredit.ledger.formulas.expression import Call, Node, walk
from arcredit.ledger.formulas.found import Formula, formulas, mentioned
from arcredit.ledger.formulas.naming import own_name
from arcredit.ledger.formulas.parser import named
from arcredit.ledger.formulas.relative import Trees
from arcredit.ledger.formulas.tokens import NotAFormula
from arcredit.ledger.formulas.values import SheetValues
from arcredit.ledger.writing.cells import Area, Place, area_of
from arcredit.ledger.writing.names import Name
from arcredit.ledger.writing.parts import Package, relations_part
from arcredit.ledger.writing.sheet_scan import scan
from arcredit.ledger.writing.stored_cells import shared_strings
from arcredit.ledger.writing.styles import Styles
from arcredit.ledger.writing.workbook_part import WorkbookPart
from arcredit.ledger.writing.xml_spans import parse

_CALLED = re.compile(r""""(?:[^"]|"")*"|((?:'(?:[^']|'')*'!|\[\d+\]!|[\w.]+!)?[\w.]+)\(""")
"""The names of the functions that a formula calls, texts left out."""


_LOTUS = re.compile(rb"""\stransition(?:Evaluation|Entry)\s*=\s*["'](?:1|true)""")
_HEAD = 4_000
"""Bytes at the beginning of a sheet that hold its properties."""


class TableArea(NamedTuple):
    """A table: its sheet, its whole range, its rows of headings and totals, its columns."""

    name: str
    sheet: str
    area: Area
    headings: int
    totals: int
    columns: tuple[str, ...]


class FormulaBook:
    """A workbook as its formulas see it.

    Parameters
    ----------
    package, book
        The parts as they are now, new report sheets included.
    names : collection of str
        Our worksheet functions.
    """

    def __init__(self, package: Package, book: WorkbookPart, names: Collection[str]) -> None:
        self._package, self._book = package, book
        self.functions = frozenset(names)
        self.trees = Trees()
        self.date_1904 = book.date_1904
        self.path = package.path
        self.missing: set[str] = set()
        """Sheets that formulas name and the workbook has not."""
        self.parts = {s.name: s.part for s in book.sheets() if s.kind == "worksheet" and s.part}
        self._sheets: dict[str, SheetValues] = {}
        self._own_names: dict[str, str | None] = {}
        self._texts: dict[int, str] = {}
        self._meanings: dict[str, Node | None] = {}
        self.plain_names: dict[tuple[Any, ...], Node] = {}
        """What names have come to so far, as formulas in their places see them."""
        self._unusual: dict[str, bool] = {}
        self._merged: dict[str, list[Area]] = {}

    def unusual(self, sheet: str) -> bool:
        """Whether formulas here mean something else: precision as displayed, or the rules of Lotus 1-2-3."""
        if sheet not in self._unusual:
            head = next(self.chunks(sheet)(), b"")[:_HEAD]
            self._unusual[sheet] = self._book.computes_as_shown or bool(_LOTUS.search(head))
        return self._unusual[sheet]

    def chunks(self, sheet: str) -> Callable[[], Iterator[bytes]]:
        """A sheet's XML, again and again."""
        return self._package.frozen(self.parts[sheet])

    def sheet(self, name: str) -> str | None:
        """A sheet's name as the workbook spells it; None where it has none such, which is noted."""
        found = self._spelling.get(name.lower())
        if found is None:
            self.missing.add(name)
        return found

    @cached_property
    def _spelling(self) -> dict[str, str]:
        return {name.lower(): name for name in self.parts}

    def own(self, quiet: Collection[str] = ()) -> dict[str, list[Formula]]:
        """The cells that call our functions, by sheet; sheets known to have none are not looked at."""
        found = {}
        for sheet, part in self.parts.items():
            chunks = self.chunks(sheet)
            if sheet not in quiet and mentioned(chunks()):
                cells = formulas(chunks, self._package.label(part), self.calls_ours)
                if cells:
                    found[sheet] = cells
        return found

    def every(self, sheet: str) -> list[Formula]:
        """Every formula of a sheet."""
        return formulas(self.chunks(sheet), self._package.label(self.parts[sheet]))

    def calls(self, tree: Node) -> bool:
        """Whether a tree calls one of our functions."""
        return any(isinstance(part, Call) and self.own_name(part.name) for part in walk(tree))

    def own_name(self, written: str) -> str | None:
        """The function of ours that a call means."""
        if written not in self._own_names:
            self._own_names[written] = own_name(written, self.functions, self.links)
        return self._own_names[written]

    def calls_ours(self, text: str) -> bool:
        """Whether a formula's text calls one of our functions."""
        return any(name and self.own_name(name) for name in _CALLED.findall(text))

    def values(self, sheet: str) -> SheetValues:
        """A sheet's values."""
        if sheet not in self._sheets:
            self._sheets[sheet] = SheetValues(self.chunks(sheet), self._strings)
        return self._sheets[sheet]

    def _strings(self, wanted: set[int]) -> Mapping[int, str]:
        part = self._package.related(self._book.part, "sharedStrings")
        missing = wanted - self._texts.keys()
        if part and missing:
            chunks = self._package.xml_chunks(part)
            self._texts |= shared_strings(chunks, missing, self._package.label(part))
        return self._texts

    def shows_date(self, style: int) -> bool:
        """Whether a cell's style shows dates."""
        return self._styles is not None and self._styles.is_date(style)

    @cached_property
    def _styles(self) -> Styles | None:
        part = self._package.related(self._book.part, "styles")
        return Styles(self._package.xml(part), self._package.label(part)) if part else None

    def meaning(self, name: str, sheet: str) -> Node | None:
        """What a name stands for, as a tree; None where it is unknown or no formula."""
        text = self.name(name, sheet)
        if text is None:
            return None
        if text not in self._meanings:
            try:
                self._meanings[text] = named(text)
            except NotAFormula:
                self._meanings[text] = None
        return self._meanings[text]

    def name(self, name: str, sheet: str) -> str | None:
        """What a name means, seen from a sheet: the sheet's own name first, then the workbook's."""
        for place in (self._positions.get(sheet), None):
            if (name.lower(), place) in self._names:
                return self._names[name.lower(), place].refers_to
        return None

    @cached_property
    def _names(self) -> dict[tuple[str, int | None], Name]:
        return {name.key: name for name in self._book.names()}

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {sheet.name: place for place, sheet in enumerate(self._book.sheets())}

    @cached_property
    def tables(self) -> dict[str, TableArea]:
        """The tables by their names in lower case."""
        found = {}
        for sheet, part in self.parts.items():
            for relation in self._package.relations(part):
                if relation.kind == "table" and relation.target in self._package:
                    table = self._table(sheet, relation.target)
                    if table:
                        found[table.name.lower()] = table
        return found

    def _table(self, sheet: str, part: str) -> TableArea | None:
        root = parse(self._package.xml(part), self._package.label(part), 3)
        columns = root.child("tableColumns")
        area = area_of(root.attributes.get("ref", ""))
        if columns is None or area is None:
            return None
        return TableArea(
            root.attributes.get("displayName") or root.attributes.get("name", ""),
            sheet,
            area,
            whole(root.attributes.get("headerRowCount"), 1),
            whole(root.attributes.get("totalsRowCount")),
            tuple(column.attributes.get("name", "") for column in columns.named("tableColumn")),
        )

    def merged(self, sheet: str) -> list[Area]:
        """The merged cells of a sheet."""
        if sheet not in self._merged:
            skeleton = scan(self.chunks(sheet)(), (), self._package.label(self.parts[sheet])).skeleton
            holder = parse(skeleton, self._package.label(self.parts[sheet]), 3).child("mergeCells")
            areas = [area_of(cell.attributes.get("ref", "")) for cell in (holder.children if holder else [])]
            self._merged[sheet] = [area for area in areas if area]
        return self._merged[sheet]

    def occupied(self, sheet: str) -> list[Area]:
        """Where no formula can spill: tables, merged cells, pivot tables."""
        areas = [table.area for table in self.tables.values() if table.sheet == sheet]
        return areas + self.merged(sheet) + self._pivots(sheet)

    def _pivots(self, sheet: str) -> list[Area]:
        found = []
        for relation in self._package.relations(self.parts[sheet]):
            if relation.kind == "pivotTable" and relation.target in self._package:
                root = parse(self._package.xml(relation.target), self._package.label(relation.target), 2)
                location = root.child("location")
                area = area_of(location.attributes.get("ref", "")) if location else None
                found += [area] if area else []
        return found

    def table_around(self, sheet: str, place: Place) -> TableArea | None:
        """The table that a cell lies in."""
        tables = (t for t in self.tables.values() if t.sheet == sheet and t.area.holds(place))
        return next(tables, None)

    @cached_property
    def links(self) -> tuple[str, ...]:
        """The files that ``[1]``, ``[2]``, … mean in formulas."""
        holder = self._book.root.child("externalReferences")
        related = {relation.id: relation for relation in self._package.relations(self._book.part)}
        found = []
        for entry in holder.children if holder else []:
            relation = related.get(entry.attribute("id", self._book.office) or "")
            has = relation is not None and relations_part(relation.target) in self._package
            targets = self._package.relations(relation.target) if relation is not None and has else []
            found.append(next((target.target for target in targets if target.external), ""))
        return tuple(found)
