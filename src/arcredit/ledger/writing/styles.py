"""The workbook's styles part: only ever appended to, never renumbered; what is there is found again."""

import re
from collections.abc import Iterator
from typing import TypeAlias
from xml.etree import ElementTree
from xml.etree.ElementTree import Element as Node
from xml.sax.saxutils import escape, quoteattr

from arcredit.errors import PatchError
from arcredit.ledger.attributes import whole
from arcredit.ledger.writing.xml_spans import Edit, append, insert, opened, parse, set_attribute, splice

ORDER = (
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
)
MOST_STYLES = 65_000
"""Excel opens up to 65,490 cell formats."""
DATE, MOMENT = 14, 22
"""Excel's own number formats for a date and for a date with a time: they follow the reader's country."""

_BUILT_IN = {"General": 0, "0": 1, "0.00": 2, "#,##0": 3, "#,##0.00": 4, "0%": 9, "0.00%": 10, "@": 49}
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_QUIET = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.I)
_SEEDS = {
    "fonts": ['<font><sz val="11"/><name val="Calibri"/><family val="2"/></font>'],
    "fills": [
        '<fill><patternFill patternType="none"/></fill>',
        '<fill><patternFill patternType="gray125"/></fill>',
    ],
    "borders": ["<border><left/><right/><top/><bottom/><diagonal/></border>"],
    "cellXfs": ['<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'],
}

Key: TypeAlias = tuple[object, ...]


def local(node: Node) -> str:
    """An element's name without its namespace."""
    return str(node.tag).rpartition("}")[2]


def key_of(node: Node) -> Key:
    """What an element says, whatever its prefixes, spacing and order of attributes."""
    attributes = tuple(sorted((str(k), str(v)) for k, v in node.attrib.items()))
    return (local(node), attributes, (node.text or "").strip(), *(key_of(child) for child in node))


def rendered(node: Node, prefix: str) -> str:
    """An element as XML text under another prefix; foreign namespaces (extensions) are left out."""
    tag = f"{prefix}:{local(node)}" if prefix else local(node)
    attributes = "".join(f" {k}={quoteattr(v)}" for k, v in node.attrib.items() if not k.startswith("{"))
    namespace = str(node.tag).rpartition("}")[0]
    children = [c for c in node if str(c.tag).startswith(namespace + "}") and local(c) != "extLst"]
    inner = "".join(rendered(child, prefix) for child in (node if not namespace else children))
    inner += escape((node.text or "").strip())
    return f"<{tag}{attributes}>{inner}</{tag}>" if inner else f"<{tag}{attributes}/>"


class Styles:
    """A workbook's styles, read and appended to.

    Raises
    ------
    PatchError
        If the part is not well-formed.
    """

    def __init__(self, data: bytes, label: str) -> None:
        self.data, self.label = opened(data, parse(data, label, 1)), label
        self.root = parse(self.data, label, 2)
        self.tree = ElementTree.fromstring(data)
        self.items: dict[str, list[Node]] = {local(group): list(group) for group in self.tree}
        self.seen: dict[str, dict[Key, int]] = {}
        self.added: dict[str, list[str]] = {}

    def find(self, group: str, node: Node) -> int:
        """The position of an equal item, appended if there is none."""
        items = self.items.setdefault(group, [])
        for seed in _SEEDS.get(group, []) if not items else []:
            self._add(group, ElementTree.fromstring(seed))
        if group not in self.seen:
            self.seen[group] = {}
            for position, item in enumerate(items):
                self.seen[group].setdefault(key_of(item), position)
        key = key_of(node)
        known = self.seen[group].get(key)
        if known is not None:
            return known
        if len(items) >= MOST_STYLES:
            raise PatchError("patch.too_many_styles", part=self.label, found=len(items))
        self._add(group, node)
        self.seen[group][key] = len(items) - 1
        return len(items) - 1

    def _add(self, group: str, node: Node) -> None:
        self.items[group].append(node)
        self.added.setdefault(group, []).append(rendered(node, self.root.prefix))

    def base_font(self) -> Node:
        """The font of the workbook's Normal style."""
        fonts = self.items.get("fonts") or [ElementTree.fromstring(_SEEDS["fonts"][0])]
        return fonts[0]

    def number_format(self, code: str) -> int:
        """The number of a number format, appended if the workbook has none such."""
        if code in _BUILT_IN:
            return _BUILT_IN[code]
        numbers = {
            node.get("formatCode", ""): whole(node.get("numFmtId")) for node in self.items.get("numFmts", [])
        }
        if code not in numbers:
            numbers[code] = max([163, *numbers.values()]) + 1
            node = Node("numFmt", {"numFmtId": str(numbers[code]), "formatCode": code})
            self.items.setdefault("numFmts", [])
            self._add("numFmts", node)
        return numbers[code]

    def xf(self, position: int) -> Node:
        """A cell format; the default one where there is none such."""
        formats = self.items.get("cellXfs", [])
        return formats[position] if position < len(formats) else ElementTree.fromstring(_SEEDS["cellXfs"][0])

    def with_number_format(self, position: int, number: int) -> int:
        """A cell format like another one, but with this number format."""
        base = self.xf(position)
        if base.get("numFmtId", "0") == str(number):
            return position
        attributes = {k: v for k, v in base.attrib.items() if not k.startswith("{")}
        node = Node(base.tag, {**attributes, "numFmtId": str(number), "applyNumberFormat": "1"})
        node.extend(list(base))
        return self.find("cellXfs", node)

    def is_general(self, position: int) -> bool:
        """Whether a cell format shows plain numbers."""
        return self.xf(position).get("numFmtId", "0") == "0"

    def is_date(self, position: int) -> bool:
        """Whether a cell format shows dates."""
        number = whole(self.xf(position).get("numFmtId"))
        if number in _BUILT_IN_DATES:
            return True
        codes = {node.get("numFmtId"): node.get("formatCode", "") for node in self.items.get("numFmts", [])}
        return bool(re.search("[dmyhs]", _QUIET.sub("", codes.get(str(number), "").split(";")[0]), re.I))

    def result(self) -> bytes:
        """The part with what was appended."""
        return splice(self.data, self._edits())

    def _edits(self) -> Iterator[Edit]:
        missing = []
        for group in (name for name in ORDER if name in self.added):
            element = self.root.child(group)
            content = "".join(self.added[group])
            if element:
                yield append(element, content)
                yield set_attribute(self.data, element, "count", str(len(self.items[group])))
            else:
                tag = self.root.tag(group)
                missing.append(f'<{tag} count="{len(self.items[group])}">{content}</{tag}>')
                yield insert(self.root, ORDER, group, missing[-1])


class StyleMap:
    """Styles of a scratch workbook, found again or appended in the target workbook.

    The scratch workbook's default font stands for the target's: a report looks as if it had been made there.
    """

    def __init__(self, scratch: Styles, target: Styles) -> None:
        self.scratch, self.target = scratch, target
        self.formats: dict[int, int] = {0: 0}
        self.conditional: dict[int, int] = {}
        self.pieces: dict[tuple[str, int], int] = {}

    def xf(self, position: int) -> int:
        """Where a cell format of the scratch workbook stands in the target."""
        if position not in self.formats:
            self.formats[position] = self._xf(self.scratch.xf(position))
        return self.formats[position]

    def _xf(self, source: Node) -> int:
        target = self.target
        found = dict(source.attrib)
        for name, place_of in _PIECES.items():
            piece = name, int(found.get(name, "0"))
            if piece not in self.pieces:
                self.pieces[piece] = place_of(self, piece[1])
            found[name] = str(self.pieces[piece])
        found.pop("xfId", None)
        if target.items.get("cellStyleXfs"):
            found["xfId"] = "0"
        node = Node("xf", found)
        node.extend(list(source))
        return target.find("cellXfs", node)

    def _number_format(self, number: int) -> int:
        codes = {n.get("numFmtId"): n.get("formatCode", "") for n in self.scratch.items.get("numFmts", [])}
        code = codes.get(str(number))
        return number if code is None else self.target.number_format(code)

    def _font(self, position: int) -> int:
        fonts = self.scratch.items.get("fonts", [])
        if position == 0 or position >= len(fonts):
            return 0
        return self.target.find("fonts", self._adopted(fonts[position]))

    def _fill(self, position: int) -> int:
        return self._same("fills", position)

    def _border(self, position: int) -> int:
        return self._same("borders", position)

    def _same(self, group: str, position: int) -> int:
        items = self.scratch.items.get(group, [])
        return self.target.find(group, items[position]) if position < len(items) else 0

    def _adopted(self, font: Node) -> Node:
        """A font with the target's own size and face where it has the scratch workbook's defaults."""
        theirs = {local(n): n for n in self.scratch.base_font()}
        ours = {local(n): n for n in self.target.base_font()}
        same_face = {local(n): n.get("val") for n in font}.get("name") == _value(theirs, "name")
        face = {"name", "family", "charset", "scheme"} if same_face else set()
        adopted = Node("font")
        for child in font:
            name = local(child)
            default_size = name == "sz" and child.get("val") == _value(theirs, "sz")
            if name in face or default_size:
                if name in ours:
                    adopted.append(ours[name])
                if name == "family" and "charset" in face and "charset" in ours:
                    adopted.append(ours["charset"])
            else:
                adopted.append(child)
        return adopted

    def dxf(self, position: int) -> int:
        """Where a conditional format's style stands in the target."""
        if position not in self.conditional:
            source = self.scratch.items["dxfs"][position]
            node = Node("dxf")
            for child in source:
                if local(child) == "numFmt":
                    code = child.get("formatCode", "General")
                    child = Node(
                        "numFmt", {"numFmtId": str(self.target.number_format(code)), "formatCode": code}
                    )
                node.append(child)
            self.conditional[position] = self.target.find("dxfs", node)
        return self.conditional[position]


_PIECES = {
    "numFmtId": StyleMap._number_format,
    "fontId": StyleMap._font,
    "fillId": StyleMap._fill,
    "borderId": StyleMap._border,
}


def _value(nodes: dict[str, Node], name: str) -> str | None:
    return nodes[name].get("val") if name in nodes else None


def empty_styles(namespace: str) -> bytes:
    """A styles part for a workbook that has none."""
    groups = "".join(f'<{g} count="{len(items)}">{"".join(items)}</{g}>' for g, items in _SEEDS.items())
    header = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
    return f'{header}<styleSheet xmlns="{namespace}">{groups}</styleSheet>'.encode()
