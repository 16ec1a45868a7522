"""The workbook part: which sheets there are, and the few lines of it that a patch changes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from arcredit.errors import PatchError
from arcredit.ledger.attributes import whole
from arcredit.ledger.writing.names import WORKBOOK_ORDER, Name, put_names, read_names
from arcredit.ledger.writing.parts import OFFICE, STRICT_OFFICE, Package, free_name
from arcredit.ledger.writing.xml_spans import Edit, Element, append, insert, parse, set_attribute, splice

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_BAD_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(frozen=True)
class SheetEntry:
    """A sheet as the workbook lists it. `part` is empty where the file holds none."""

    name: str
    part: str
    kind: str
    id: int


class WorkbookPart:
    """The workbook part of a package.

    Raises
    ------
    PatchError
        If the package is no workbook that can be written: binary, signed, write-reserved.
    """

    def __init__(self, package: Package) -> None:
        self.package = package
        kinds = {relation.kind for relation in package.relations("")}
        if "origin" in kinds or any(name.startswith("_xmlsignatures/") for name in package.names()):
            raise PatchError("patch.signed", path=package.path)
        part = package.related("", "officeDocument")
        if part is None:
            raise PatchError("patch.not_a_workbook", path=package.path)
        if part.lower().endswith(".bin") or "binary" in (package.content_type(part) or ""):
            raise PatchError("patch.binary_format", path=package.path)
        self.part = part
        self._listed: tuple[tuple[object, ...], list[SheetEntry]] | None = None
        if self.root.namespace not in (MAIN, STRICT_MAIN) or self.root.child("sheets") is None:
            raise PatchError("patch.not_a_workbook", path=package.path)
        sharing = self.root.child("fileSharing")
        if sharing and {"reservationPassword", "hashValue"} & set(sharing.attributes):
            raise PatchError("patch.write_reserved", path=package.path)

    @property
    def data(self) -> bytes:
        """The part as it stands now."""
        return self._now()[0]

    @property
    def root(self) -> Element:
        """Its elements."""
        return self._now()[1]

    def _now(self) -> tuple[bytes, Element]:
        """The part and its elements, read anew only when it has changed."""
        return self.package.elements(self.part, 4)

    @property
    def strict(self) -> bool:
        """Whether the file is in the strict form of the standard, with namespaces of its own."""
        return self.root.namespace == STRICT_MAIN

    @property
    def office(self) -> str:
        """The namespace of relationships."""
        return STRICT_OFFICE if self.strict else OFFICE

    @property
    def date_1904(self) -> bool:
        """Whether days count from 1904."""
        properties = self.root.child("workbookPr")
        return bool(properties and properties.flag("date1904"))

    @property
    def locked(self) -> bool:
        """Whether sheets may neither be added nor removed."""
        protection = self.root.child("workbookProtection")
        return bool(protection and protection.flag("lockStructure"))

    def sheets(self) -> list[SheetEntry]:
        """The sheets in their order; looked up anew only when parts have changed."""
        package = self.package
        state = self._now()[0], package.relations(self.part), len(package.new), len(package.gone)
        if self._listed is None or any(
            a is not b and a != b for a, b in zip(self._listed[0], state, strict=True)
        ):
            self._listed = state, self._sheets()
        return list(self._listed[1])

    def _sheets(self) -> list[SheetEntry]:
        related = {r.id: r for r in self.package.relations(self.part)}
        listed = self.root.child("sheets")
        found = []
        for element in listed.named("sheet") if listed else []:
            relation = related.get(element.attribute("id", self.office) or "")
            part = relation.target if relation and relation.target in self.package else ""
            kind = relation.kind if relation else ""
            number = element.attributes.get("sheetId", "0")
            name = element.attributes.get("name", "")
            found.append(SheetEntry(name, part, kind, whole(number)))
        return found

    def sheet(self, name: str) -> SheetEntry | None:
        """The sheet of that name, in whatever case."""
        return next((s for s in self.sheets() if s.name.lower() == name.lower()), None)

    def edit(self, edits: Iterable[Edit]) -> None:
        """Splice edits into the part."""
        self.package.put(self.part, splice(self.data, edits))

    def refuse_new(self, name: str) -> None:
        """Refuse a new sheet of this name.

        Raises
        ------
        PatchError
            If the structure is locked, or the name is taken or impossible.
        """
        path = self.package.path
        if self.locked:
            raise PatchError("patch.structure_locked", path=path)
        unfit = not 0 < len(name) <= 31 or _BAD_SHEET_NAME.search(name) or name[0] == "'" or name[-1] == "'"
        if unfit or name.lower() == "history":
            raise PatchError("patch.bad_sheet_name", path=path, found=name)
        if self.sheet(name):
            raise PatchError("patch.sheet_exists", path=path, sheet=name)

    def add_sheet(self, name: str) -> str:
        """List a new sheet last and give the name of its part, which is still to be put."""
        self.refuse_new(name)
        folder = self.part.rpartition("/")[0]
        pattern = f"{folder}/worksheets/sheet{{}}.xml" if folder else "worksheets/sheet{}.xml"
        part = free_name(self.package, set(), pattern)
        relation = self.package.relate(self.part, f"{self.office}/worksheet", part)
        listed = self.root.child("sheets")
        assert listed is not None
        number = max((sheet.id for sheet in self.sheets()), default=0) + 1
        prefix = next((p for p, uri in listed.scope.items() if uri == self.office and p), "")
        declared = "" if prefix else f' xmlns:r="{self.office}"'
        tag = listed.tag("sheet")
        text = f'<{tag} name={quoteattr(name)} sheetId="{number}"{declared} {prefix or "r"}:id="{relation}"/>'
        self.edit([append(listed, text)])
        return part

    def remove_sheet(self, name: str) -> None:
        """Take a sheet off the list, and what counts sheets by their position with it.

        Raises
        ------
        PatchError
            If the structure is locked, or it is the only sheet.
        """
        if self.locked:
            raise PatchError("patch.structure_locked", path=self.package.path)
        entries = self.sheets()
        position = next(i for i, entry in enumerate(entries) if entry.name == name)
        if len(entries) == 1:
            raise PatchError("patch.only_sheet", path=self.package.path, sheet=name)
        data, root = self.data, self.root
        listed = root.child("sheets")
        assert listed is not None
        element = listed.named("sheet")[position]
        edits = [Edit(element.start, element.stop, b"")]
        for local, holder in read_names(root, data):
            if local.sheet == position:
                edits.append(Edit(holder.start, holder.stop, b""))
            elif local.sheet is not None and local.sheet > position:
                edits.append(set_attribute(data, holder, "localSheetId", str(local.sheet - 1)))
        views = root.child("bookViews")
        for view in views.children if views else []:
            for attribute in ("activeTab", "firstSheet"):
                place = whole(view.attributes.get(attribute))
                if place > position or place == len(entries) - 1 > 0:
                    edits.append(set_attribute(data, view, attribute, str(place - 1)))
        self.edit(edits)
        self.package.unrelate(self.part, entries[position].part)

    def names(self) -> list[Name]:
        """The defined names."""
        return [name for name, _ in read_names(self.root, self.data)]

    def put_names(self, wanted: Iterable[Name], dropped: Iterable[Name] = ()) -> None:
        """Define names, point them elsewhere, or take them out."""
        label = self.package.label(self.part)
        self.package.put(self.part, put_names(self.data, label, wanted, dropped))

    @property
    def recalculates_on_load(self) -> bool:
        """Whether stored results may be stale, and are to be computed anew by whoever opens the file."""
        element = self.root.child("calcPr")
        if element is None:
            return False
        given = element.attributes
        by_hand = given.get("calcMode") == "manual" and given.get("calcOnSave", "1") in ("0", "false")
        return element.flag("fullCalcOnLoad") or by_hand or given.get("calcCompleted", "1") in ("0", "false")

    @property
    def computes_as_shown(self) -> bool:
        """Whether the spreadsheet program computes with numbers as cells show them."""
        element = self.root.child("calcPr")
        return bool(element and element.attributes.get("fullPrecision", "1") in ("0", "false"))

    def recalculate_on_load(self) -> None:
        """Have the spreadsheet program compute everything when it opens the file."""
        root = self.root
        element = root.child("calcPr")
        if element is None:
            tag = root.tag("calcPr")
            self.edit([insert(root, WORKBOOK_ORDER, "calcPr", f'<{tag} fullCalcOnLoad="1"/>')])
        elif not element.flag("fullCalcOnLoad"):
            self.edit([set_attribute(self.data, element, "fullCalcOnLoad", "1")])

    def drop_calculation_chain(self) -> None:
        """Leave out the order of calculation: a cache that must not list cells without formulas."""
        chain = self.package.related(self.part, "calcChain")
        if chain:
            self.package.unrelate(self.part, chain)
            self.package.remove(chain)


def retitle(package: Package, before: list[SheetEntry], after: list[SheetEntry]) -> None:
    """Bring the list of sheet titles in the document properties in line, where it was in line before."""
    part = package.related("", "extended-properties")
    old = [sheet.name for sheet in before if sheet.kind == "worksheet"]
    new = [sheet.name for sheet in after if sheet.kind == "worksheet"]
    if part is None or old == new:
        return
    data = package.xml(part)
    root = parse(data, package.label(part), 6)
    pairs, titles = root.child("HeadingPairs"), root.child("TitlesOfParts")
    if not (pairs and titles and pairs.children and titles.children):
        return
    vector, heads = titles.children[0], pairs.children[0].children
    counts = heads[1].children if len(heads) > 1 else []
    listed = [item.text(data) for item in vector.children]
    if not counts or counts[0].text(data) != str(len(old)) or listed[: len(old)] != old:
        return
    tag = vector.children[0].tag("lpstr")
    start, stop = vector.children[0].start, vector.children[len(old) - 1].stop
    text = "".join(f"<{tag}>{escape(name)}</{tag}>" for name in new)
    size = str(len(listed) - len(old) + len(new))
    count = Edit(counts[0].inside, counts[0].end, str(len(new)).encode())
    edits = [count, set_attribute(data, vector, "size", size), Edit(start, stop, text.encode())]
    package.put(part, splice(data, edits))
