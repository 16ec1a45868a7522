"""A sheet made in a scratch workbook (by XlsxWriter) moved into another workbook with all that hangs on it.

Its styles are found again or appended, its shared strings become inline strings, its drawings, charts,
images and tables get part names and numbers that are free. The sheet's XML is otherwise the writer's own.
"""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from arcredit.errors import PatchError
from arcredit.ledger.writing.names import SHEET_NAMES, Name, renamed, sheet_of
from arcredit.ledger.writing.parts import OFFICE, STRICT_OFFICE, Package, free_name, relations_part, relative
from arcredit.ledger.writing.styles import StyleMap, Styles
from arcredit.ledger.writing.workbook_part import MAIN, STRICT_MAIN, WorkbookPart
from arcredit.ledger.writing.xml_spans import Edit, parse, plain_text, set_attribute, splice

MOVABLE = {"drawing", "chart", "image", "hyperlink", "table", "vmlDrawing", "comments", "chartUserShapes"}
"""What a scratch sheet may bring along."""
REPLACEABLE = MOVABLE - {"comments", "vmlDrawing"} | {"printerSettings", "chartStyle", "chartColorStyle"}
"""What our own sheet may have when it is replaced: more of it would be the user's own work."""

_CELL = re.compile(r"<c((?:\s+[\w:]+=\"[^\"]*\")*)\s*(?:/>|>(.*?)</c>)", re.S)
_USUAL_CELL = re.compile(
    r"""(<c r="[A-Z]+\d+")(?: s="(\d+)")?(?:(?=/?>)| t="s"><v>(\d+)</v></c>|(?= t="(?!s")\w+"/?>))"""
)
"""A cell's beginning as XlsxWriter writes it, place and style; all of it where it holds a shared string."""
_ATTRIBUTE = re.compile(r'\s([\w:]+)="([^"]*)"')
_SHARED = re.compile(r"<v>(\d+)</v>")
_STYLED = re.compile(r'(<(?:row|col)\b[^>]*?\s(?:s|style)=")(\d+)(")')
_DXF = re.compile(r'(<[^<>]*?\s(?:dxfId|\w+DxfId)=")(\d+)(")')
_FORMULA = re.compile(
    r"(<(?:\w+:)?(?:f|formula|formula1|formula2|calculatedColumnFormula|totalsRowFormula)(?:\s[^>]*)?>)([^<]+)(</)"
)
_LOCATION = re.compile(r'(<hyperlink\b[^>]*?\slocation=")([^"]*)(")')
_SELECTED = re.compile(r'(<sheetView\b[^>]*?)\stabSelected="(?:1|true)"')
_ROOT = re.compile(r"<worksheet\b[^>]*>")
_RULE_ID = re.compile(r'(<x14:id>|<x14:cfRule\b[^>]*?\sid=")(\{[0-9A-Fa-f-]+\})')
_SHAPE_BLOCK = re.compile(r"""<\w+:idmap\b[^>]*?\sdata\s*=\s*["']([\d, ]+)["']""")
_SHAPE_ID = re.compile(r"(?<=_s)\d{4,}(?=[\"'])")
_SHAPES = 1024
"""How many shape numbers a drawing's block has."""
_STRING_ITEM = re.compile(r"<si>(.*?)</si>|<si\s*/>", re.S)
_PERCENT = re.compile(
    r'(<c:(?:gapWidth|gapDepth|overlap|holeSize|bubbleScale|secondPieSize|hPercent) val=")(-?\d+)(")'
)
_THOUSANDTHS = re.compile(r'(<a:(?:alpha|tint|shade|satMod|satOff|lumMod|lumOff) val=")(-?\d+)(")')
_STRICT = (
    (MAIN, STRICT_MAIN),
    (OFFICE, STRICT_OFFICE),
    ("http://schemas.openxmlformats.org/drawingml/2006/", "http://purl.oclc.org/ooxml/drawingml/"),
)


@dataclass(frozen=True)
class Scratch:
    """The scratch workbook and the sheet in it that is to be moved."""

    package: Package
    book: WorkbookPart
    name: str
    part: str
    position: int


def open_scratch(raw: bytes, name: str, last: Scratch | None = None) -> Scratch:
    """Open a scratch workbook; `last` is a sheet opened before, often of the same workbook.

    Raises
    ------
    PatchError
        If it has no such sheet, or something hangs on the sheet that cannot be moved.
    """
    if last is not None and last.package.archive.raw is raw:
        package, book = last.package, last.book
    else:
        package = Package(raw, "scratch.xlsx")
        book = WorkbookPart(package)
    entries = book.sheets()
    position = next((i for i, entry in enumerate(entries) if entry.name == name), None)
    if position is None:
        raise PatchError("patch.no_such_sheet", path=package.path, sheet=name)
    part = entries[position].part
    for source in [part, *package.reachable(part)]:
        refuse_unmovable(package, source, MOVABLE, "patch.scratch_part", name)
    return Scratch(package, book, name, part, position)


def refuse_unmovable(package: Package, part: str, allowed: set[str], key: str, sheet: str) -> None:
    """Refuse a part that relates to other kinds of parts than these."""
    for relation in package.relations(part):
        if relation.kind not in allowed:
            raise PatchError(key, path=package.path, sheet=sheet, kind=relation.kind)


class Kept(NamedTuple):
    """What a sheet of ours keeps when it is made anew."""

    selected: bool = False
    code_name: str = ""
    """What macros call it: a quoted attribute value, empty where they have no name for it."""


class Shared:
    """What the sheets of a scratch workbook have in common: its styles and where they go, its texts."""

    def __init__(self, scratch: Scratch, styles: Styles) -> None:
        source = scratch.package
        styles_part = source.related(scratch.book.part, "styles")
        made = source.xml(styles_part) if styles_part else b"<styleSheet/>"
        self.styles = StyleMap(Styles(made, "scratch styles"), styles)
        strings_part = source.related(scratch.book.part, "sharedStrings")
        text = source.xml(strings_part).decode() if strings_part else ""
        self.strings = [match[1] or "" for match in _STRING_ITEM.finditer(text)]


class Transplant:
    """One sheet on its way from the scratch workbook into a target part."""

    def __init__(self, scratch: Scratch, target: Package, book: WorkbookPart, shared: Shared) -> None:
        self.scratch, self.target, self.book = scratch, target, book
        self.styles, self.strings = shared.styles, shared.strings
        self.name = scratch.name
        self.tables: dict[str, str] = {}
        """Names of the tables that come along: old to new."""
        self.numbers: dict[str, tuple[int, str]] = {}

    def move(self, part: str, name: str, kept: Kept) -> list[Name]:
        """Put the sheet into `part` under the name it has there; gives the names of its print set-up."""
        source = self.scratch.package
        moved = self._free_names(part)
        self.name = name
        used = self._table_numbers()
        for old in [self.scratch.part, *sorted(moved)]:
            kind = "worksheet" if old == self.scratch.part else moved[old][1]
            if kind == "table":
                self._name_table(source.xml(old), old, used)
        self._put(self.scratch.part, part, lambda text: self._sheet(text, part, kept))
        types = {part: source.content_type(self.scratch.part) or ""}
        for old, (new, kind) in moved.items():
            self._put(old, new, self._changes(kind, old))
            types[new] = source.content_type(old) or ""
        for old, new in [(self.scratch.part, part), *((old, new) for old, (new, _) in moved.items())]:
            self._put_relations(old, new, {old: new for old, (new, _) in moved.items()})
        self.target.declare(types)
        return self._sheet_names()

    def _free_names(self, part: str) -> dict[str, tuple[str, str]]:
        """The scratch parts that come along: their new names and kinds, in a fixed order."""
        source = self.scratch.package
        moved: dict[str, tuple[str, str]] = {}
        taken = {part.lower()}
        todo = [self.scratch.part]
        while todo:
            for relation in source.relations(todo.pop(0)):
                if relation.external or relation.target in moved or relation.target == self.scratch.part:
                    continue
                pattern = re.sub(r"\d*(\.\w+)$", r"{}\1", relation.target)
                new = free_name(self.target, taken, pattern)
                taken.add(new.lower())
                moved[relation.target] = (new, relation.kind)
                todo.append(relation.target)
        return moved

    def _changes(self, kind: str, old: str) -> Callable[[str], str] | None:
        if kind == "table":
            return lambda text: self._table(text, old)
        if kind == "vmlDrawing":
            return self._shapes
        return self._text if kind in ("drawing", "chart", "chartUserShapes", "comments") else None

    def _put(self, old: str, new: str, change: Callable[[str], str] | None) -> None:
        source = self.scratch.package
        if change is None:
            self.target.put(new, source.read(old))
        else:
            self.target.put(new, change(source.xml(old).decode()).encode())

    def _put_relations(self, old: str, new: str, moved: dict[str, str]) -> None:
        """The part's relationships under the same ids, aimed at the new names."""
        source = self.scratch.package
        holder = relations_part(old)
        if holder not in source:
            return
        data, root = source.elements(holder, 2)
        edits: list[Edit] = []
        for entry, relation in zip(root.children, source.relations(old), strict=True):
            if not relation.external and relation.target in moved:
                aim = relative(new, moved[relation.target])
                edits.append(set_attribute(data, entry, "Target", aim))
        text = splice(data, edits).decode()
        self.target.put(relations_part(new), self._strict(text).encode())

    def _shapes(self, text: str) -> str:
        """The boxes of comments, their shapes numbered in a block that no other sheet uses."""
        used: set[int] = set()
        for part in self.target.names():
            if part.lower().endswith(".vml"):
                used |= _blocks(self.target.xml(part).decode("utf-8", "replace"))
        number = next(n for n in range(1, len(used) + 2) if n not in used)
        shift = number - min(_blocks(text), default=number)
        text = _SHAPE_BLOCK.sub(
            lambda m: m[0].replace(m[1], ",".join(str(int(n) + shift) for n in m[1].split(","))), text
        )
        return _SHAPE_ID.sub(lambda m: str(int(m[0]) + shift * _SHAPES), text)

    @staticmethod
    def _rule_ids(text: str, part: str) -> str:
        """Ids that tie a data bar to its extension: their own in each sheet, the same at every refresh."""

        def own(match: re.Match[str]) -> str:
            return f"{match[1]}{{{str(uuid.uuid5(uuid.NAMESPACE_URL, part + match[2])).upper()}}}"

        return _RULE_ID.sub(own, text)

    def _text(self, text: str) -> str:
        """A drawing or chart: references to the sheet by its new name."""
        return self._strict(_FORMULA.sub(self._formula, text))

    def _formula(self, match: re.Match[str]) -> str:
        formula = renamed(plain_text(match[2]), self.scratch.name, self.name)
        for old, new in self.tables.items():
            formula = re.sub(rf"\b{re.escape(old)}\[", f"{new}[", formula)
        return match[1] + escape(formula) + match[3]

    def _strict(self, text: str) -> str:
        """The same in the strict form of the standard, where the target is in that form."""
        if not self.book.strict:
            return text
        for usual, strict in _STRICT:
            text = text.replace(usual, strict)
        text = _PERCENT.sub(r"\1\2%\3", text)
        return _THOUSANDTHS.sub(lambda m: f"{m[1]}{int(m[2]) / 1000:g}%{m[3]}", text)

    def _sheet(self, text: str, part: str, kept: Kept) -> str:
        if "<!" in text or "<sheetData" not in text:
            raise PatchError("patch.odd_sheet", part=f"scratch.xlsx, {self.scratch.name}", detail="sheetData")
        # The rows are most of it, and have none of what is looked for before and after them.
        start, stop = text.index("<sheetData"), text.rfind("</sheetData>")
        head, rows, rest = (text[:start], text[start:stop], text[stop:]) if stop > 0 else (text, "", "")
        head = _SELECTED.sub(r"\1", head)
        if kept.selected:
            head = head.replace("<sheetView ", '<sheetView tabSelected="1" ', 1)
        if kept.code_name:
            # Without it a macro would lose the sheet, and Excel put a module of another name beside the old.
            if "<sheetPr" not in head:
                head = _ROOT.sub(r"\g<0><sheetPr/>", head, count=1)
            head = head.replace("<sheetPr", f"<sheetPr codeName={kept.code_name}", 1)
        rows = self._styled(self._cells(rows))
        if self.tables or self.name != self.scratch.name:
            rows = _FORMULA.sub(self._formula, rows)
        head, rest = (self._text(self._around(self._styled(near))) for near in (head, rest))
        return self._rule_ids(head, part) + self._strict(rows) + self._rule_ids(rest, part)

    def _styled(self, text: str) -> str:
        return _STYLED.sub(lambda m: f"{m[1]}{self.styles.xf(int(m[2]))}{m[3]}", text)

    def _around(self, text: str) -> str:
        return _LOCATION.sub(self._location, self._conditional(text))

    def _cells(self, rows: str) -> str:
        """The cells with the target's styles and their texts in them."""
        # What stands before a cell, its beginning, its style, its shared string; again and again.
        pieces = _USUAL_CELL.split(rows)
        if len(pieces) // 4 != rows.count("<c "):
            return _CELL.sub(self._cell, rows)
        for place, new in ((2, self._style), (3, self._inline)):
            known = {number: new(number) for number in dict.fromkeys(pieces[place::4])}
            pieces[place::4] = map(known.__getitem__, pieces[place::4])
        return "".join(pieces)

    def _style(self, number: str | None) -> str:
        return "" if number is None else f' s="{self.styles.xf(int(number))}"'

    def _inline(self, number: str | None) -> str:
        return "" if number is None else f' t="inlineStr"><is>{self.strings[int(number)]}</is></c>'

    def _cell(self, match: re.Match[str]) -> str:
        attributes = dict(_ATTRIBUTE.findall(match[1]))
        content = match[2] or ""
        if "cm" in attributes or "vm" in attributes:
            raise PatchError(
                "patch.scratch_part", path="scratch.xlsx", sheet=self.scratch.name, kind="dynamic array"
            )
        if "s" in attributes:
            attributes["s"] = str(self.styles.xf(int(attributes["s"])))
        if attributes.get("t") == "s" and (shared := _SHARED.search(content)):
            attributes["t"] = "inlineStr"
            content = f"<is>{self.strings[int(shared[1])]}</is>"
        text = "".join(f' {name}="{value}"' for name, value in attributes.items())
        return f"<c{text}>{content}</c>" if content else f"<c{text}/>"

    def _conditional(self, text: str) -> str:
        return _DXF.sub(lambda m: f"{m[1]}{self.styles.dxf(int(m[2]))}{m[3]}", text)

    def _location(self, match: re.Match[str]) -> str:
        place = renamed(plain_text(match[2]), self.scratch.name, self.name)
        return match[1] + quoteattr(place)[1:-1].replace('"', "&quot;") + match[3]

    def _table_numbers(self) -> tuple[set[int], set[str]]:
        """Numbers and names of the target's tables; defined names are taken too."""
        numbers, names = set(), {name.name.lower() for name in self.book.names()}
        overrides = self.target.content_types()[1]
        for part in self.target.names():
            if (overrides.get(part.lower()) or "").endswith("spreadsheetml.table+xml"):
                table = parse(self.target.xml(part), part, 1).attributes
                numbers.add(int(table.get("id", "0")))
                names.add(table.get("displayName", "").lower())
        return numbers, names

    def _name_table(self, data: bytes, old: str, used: tuple[set[int], set[str]]) -> None:
        """Choose a free number and name for a table that comes along."""
        numbers, names = used
        number = next(n for n in range(1, len(numbers) + 2) if n not in numbers)
        numbers.add(number)
        given = parse(data, old, 1).attributes["displayName"]
        choices = [given, *(f"{given}_{n}" for n in range(2, len(names) + 3))]
        name = next(choice for choice in choices if choice.lower() not in names)
        names.add(name.lower())
        self.tables[given] = name
        self.numbers[old] = number, given

    def _table(self, text: str, old: str) -> str:
        number, given = self.numbers[old]
        name = self.tables[given]
        data = text.encode()
        root = parse(data, old, 1)
        edits = [set_attribute(data, root, "id", str(number)), set_attribute(data, root, "displayName", name)]
        edits.append(set_attribute(data, root, "name", name))
        return self._text(self._conditional(splice(data, edits).decode()))

    def _sheet_names(self) -> list[Name]:
        """The names of the sheet's print set-up and filter, as the target is to have them."""
        return [
            name._replace(refers_to=renamed(name.refers_to, self.scratch.name, self.name))
            for name in self.scratch.book.names()
            if name.sheet == self.scratch.position and name.name in SHEET_NAMES
        ]


def workbook_names(scratch: Scratch) -> list[Name]:
    """The names for the whole workbook that stand for cells of the sheet."""
    return [
        name
        for name in scratch.book.names()
        if name.sheet is None and sheet_of(name.refers_to) == scratch.name
    ]


def _blocks(text: str) -> set[int]:
    """The blocks of shape numbers that a drawing uses."""
    return {int(number) for found in _SHAPE_BLOCK.finditer(text) for number in found[1].split(",")}
