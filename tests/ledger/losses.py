"""What a save lost, found by other means than the writer's own: zipfile and ElementTree.

Untouched parts must be the same bytes in the file, still packed. The patched sheet must be the same bytes
again once the new cells are taken out. Other touched parts must keep the tag they start with, byte for
byte, and every element, attribute and text they had, but for the listed hints that follow from an edit.
"""

import posixpath
import re
import struct
import zipfile
from collections import Counter
from urllib.parse import unquote
from xml.etree import ElementTree

HINTS = {"count", "uniqueCount", "spans", "size", "fullCalcOnLoad"}
CALC_CHAIN = "calcchain"


class Package:
    """A workbook's parts by lower-case name."""

    def __init__(self, path):
        self.raw = path.read_bytes()
        with zipfile.ZipFile(path) as opened:
            self.infos = {
                info.filename.replace("\\", "/").lstrip("/").lower(): info for info in opened.infolist()
            }
            self.parts = {key: opened.read(info) for key, info in self.infos.items()}

    def packed(self, key):
        """A part as it lies in the file: name, extra field and packed bytes."""
        info = self.infos[key]
        name, extra = struct.unpack_from("<2H", self.raw, info.header_offset + 26)
        start = info.header_offset + 30
        return self.raw[start : start + name + extra + info.compress_size], info.CRC, info.file_size

    def relations(self):
        """Every relationship as (source part, id, kind, target, external)."""
        for key, data in self.parts.items():
            match = re.search(r"^(.*/)?_rels/([^/]*)\.rels$", key)
            if not match:
                continue
            source = (match[1] or "") + match[2]
            for entry in ElementTree.fromstring(data):
                target = entry.get("Target", "").replace("\\", "/")
                external = entry.get("TargetMode") == "External"
                if not external:
                    path = posixpath.join("/", posixpath.dirname(source), target.partition("#")[0])
                    target = posixpath.normpath(path).lstrip("/").lower()
                yield source, entry.get("Id"), entry.get("Type", "").rsplit("/", 1)[-1], target, external

    def dangling(self):
        """Relationships to parts that are not there."""
        return {
            (source, target)
            for source, _, _, target, external in self.relations()
            if not external and target and target not in self.parts and unquote(target) not in self.parts
        }

    def untyped(self):
        """Parts without a content type, and content types without a part."""
        defaults, overrides = set(), set()
        for entry in ElementTree.fromstring(self.parts["[content_types].xml"]):
            if "Extension" in entry.attrib:
                defaults.add(entry.get("Extension").lower())
            else:
                overrides.add(entry.get("PartName", "").replace("\\", "/").lstrip("/").lower())
        bare = {
            key
            for key in self.parts
            if key not in overrides and key.rsplit(".", 1)[-1] not in defaults and not key.endswith("/")
        }
        return (bare - {"[content_types].xml"}) | (overrides - self.parts.keys())


def losses(before, after, touched, sheet=None, cells=()):
    """What the second file lost of the first, as text.

    `touched` are lower-case names of edited parts, `sheet` is the part that `cells` were written to.
    """
    old, new = Package(before), Package(after)
    found = []
    for key in old.parts:
        if key not in new.parts:
            if CALC_CHAIN not in key:
                found.append(f"{key}: part lost")
        elif key == sheet:
            if without(old.parts[key], cells) != without(new.parts[key], cells):
                found.append(f"{key}: more than the cells changed")
        elif key not in touched:
            if old.packed(key) != new.packed(key):
                found.append(f"{key}: changed")
        elif old.parts[key] != new.parts[key]:
            found += [f"{key}: {loss}" for loss in element_losses(old.parts[key], new.parts[key])]
    fresh = {key for key in new.parts if old.parts.get(key) != new.parts[key]}
    found += [f"not well-formed: {key}" for key in fresh if malformed(key, new.parts[key])]
    found += [f"dangling: {pair}" for pair in new.dangling() - old.dangling()]
    found += [f"content type: {key}" for key in new.untyped() - old.untyped()]
    kept = [name for name in old.infos if name in new.infos]
    if [name for name in new.infos if name in old.infos] != kept:
        found.append("order of parts")
    return found


def without(data, cells):
    """A sheet's bytes without these cells, the rows made for them, and the hints that cover them."""
    data = in_utf8(data)
    names = "|".join(cells).encode()
    rows = "|".join({re.sub("[A-Z]", "", cell) for cell in cells}).encode()
    data = re.sub(rb'<(\w+:)?c r="(?:' + names + rb')"[^>]*>.*?</(?:\w+:)?c>', b"", data)
    data = re.sub(rb"(<(?:\w+:)?dimension)[^>]*", rb"\1", data, count=1)
    data = re.sub(rb'(<(?:\w+:)?row\b[^>]*?) spans="[\d:]*"', rb"\1", data)
    data = re.sub(rb"(<(?:\w+:)?row\b[^>]*?)\s*(?:/>|></(?:\w+:)?row>)", rb"\1/>", data)
    data = re.sub(rb'<(?:\w+:)?row r="(?:' + rows + rb')"/>', b"", data)
    return re.sub(rb"(<(?:\w+:)?sheetData)\s*(?:/>|></(?:\w+:)?sheetData>)", rb"\1/>", data)


def in_utf8(data):
    """XML text in UTF-8, its declaration left out."""
    text = data.decode("utf-16").encode() if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data
    return re.sub(rb"<\?xml.*?\?>", b"", text, flags=re.S)


def malformed(key, data):
    """Whether an XML part does not parse."""
    if not key.endswith((".xml", ".rels", ".vml")):
        return False
    try:
        ElementTree.fromstring(data)
    except ElementTree.ParseError:
        return True
    return False


def element_losses(old, new):
    """Elements, attributes, texts and the first tag that a touched part lost."""
    found = []
    if first_tag(old) != first_tag(new):
        found.append("first tag")
    lost = contents(old) - contents(new)
    for (path, kind, *rest), _ in lost.items():
        chain = any(CALC_CHAIN in str(item).lower() for item in rest)
        counted = path.endswith(("/vt:i4", "}i4", "/i4"))
        if not chain and not counted:
            found.append(f"{path} {kind} {rest}")
    return found


def first_tag(data):
    """The bytes up to the end of the first start tag: declaration, namespaces, mc:Ignorable."""
    return re.match(rb"[^<]*<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>", in_utf8(data))[0].rstrip(b"/> ")


def contents(data):
    """How often each element, attribute and text occurs, by path; calcChain's own entries as one item."""
    found = Counter()

    def walk(node, path):
        path = f"{path}/{node.tag.rpartition('}')[2]}"
        attributes = tuple(sorted((k, v) for k, v in node.attrib.items() if k not in HINTS))
        found[path, "element", node.tag, attributes] += 1
        if node.text and node.text.strip():
            found[path, "text", node.text] += 1
        for child in node:
            walk(child, path)
            if child.tail and child.tail.strip():
                found[path, "tail", child.tail] += 1

    walk(ElementTree.fromstring(data), "")
    return found
