"""Where an XML part's elements stand, byte by byte, and edits that touch nothing around them.

A real parser (expat) finds the positions; edits are spliced into the bytes. Nothing is serialised anew,
so prefixes, `mc:Ignorable`, line ends, extension lists and unknown attributes stay by construction.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import quoteattr, unescape

from arcredit.errors import PatchError

TAG_REST = rb"""(?:[^"'>]|"[^"]*"|'[^']*')*"""
"""The inside of a tag up to its closing bracket; an attribute may hold a bracket of its own."""

_TAG = re.compile(rb"<" + TAG_REST + rb">")
_ATTRIBUTE = re.compile(rb"""\s([^\s=<>"'/]+)\s*=\s*("[^"]*"|'[^']*')""")
_ENCODING = re.compile(rb"""\A<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")
_DECLARED = re.compile(r"""(\A<\?xml[^>]*?encoding\s*=\s*["'])[\w.:-]+""")
_XML = "http://www.w3.org/XML/1998/namespace"


class Edit(NamedTuple):
    """Bytes `start` to `stop` become `new`."""

    start: int
    stop: int
    new: bytes


@dataclass
class Element:
    """One element: its names and where its start tag, content and end stand in the part's bytes."""

    name: str
    prefix: str
    namespace: str
    attributes: dict[str, str]
    scope: dict[str, str]
    start: int
    inside: int
    """Where its content starts."""
    end: int = 0
    """Where its content ends."""
    stop: int = 0
    empty: bool = False
    children: list["Element"] = field(default_factory=list)

    def child(self, name: str) -> "Element | None":
        """Its first child of that name in its own namespace."""
        return next((c for c in self.children if c.name == name and c.namespace == self.namespace), None)

    def named(self, name: str) -> list["Element"]:
        """Its children of that name in its own namespace."""
        return [c for c in self.children if c.name == name and c.namespace == self.namespace]

    def attribute(self, name: str, namespace: str) -> str | None:
        """An attribute that stands in a namespace, whatever its prefix."""
        for key, value in self.attributes.items():
            prefix, colon, local = key.partition(":")
            if colon and local == name and self.scope.get(prefix) == namespace:
                return value
        return None

    def flag(self, name: str) -> bool:
        """A true-or-false attribute; absent is false."""
        return self.attributes.get(name) in ("1", "true")

    def tag(self, name: str) -> str:
        """A name in this element's namespace, with the prefix it needs here."""
        return f"{self.prefix}:{name}" if self.prefix else name

    def text(self, data: bytes) -> str:
        """Its content as text, where it holds no elements."""
        inner = data[self.inside : self.end].decode()
        inner = re.sub(r"<!\[CDATA\[(.*?)\]\]>", lambda m: m[1].replace("&", "&amp;"), inner, flags=re.S)
        return plain_text(re.sub(r"<!--.*?-->", "", inner, flags=re.S))


def plain_text(text: str) -> str:
    """Escaped XML text as it reads; numeric character references included."""
    text = re.sub(r"&#x([0-9A-Fa-f]+);", lambda m: chr(int(m[1], 16)), text)
    text = re.sub(r"&#(\d+);", lambda m: chr(int(m[1])), text)
    return unescape(text, {"&quot;": '"', "&apos;": "'"})


def parse(data: bytes, part: str, depth: int = 3) -> Element:
    """The elements of a part down to a depth, with their positions.

    Raises
    ------
    PatchError
        If the part is not well-formed XML, or defines a document type (entities).
    """
    return _Spans(data, part, depth).root()


class _Spans:
    """One run of expat that keeps the elements down to a depth."""

    def __init__(self, data: bytes, part: str, depth: int) -> None:
        self.data, self.part, self.depth = data, part, depth
        self.open: list[Element] = []
        self.level = 0
        self.top: Element | None = None
        self.parser = checker(part)
        self.parser.ordered_attributes = True
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.finish

    def root(self) -> Element:
        try:
            self.parser.Parse(self.data, True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise PatchError("patch.bad_xml", part=self.part, detail=str(error)) from None
        assert self.top is not None
        return self.top

    def begin(self, name: str, pairs: list[str]) -> None:
        self.level += 1
        if self.level > self.depth:
            return
        attributes = dict(zip(pairs[::2], pairs[1::2], strict=True))
        scope = self.open[-1].scope if self.open else {"": "", "xml": _XML}
        declared = {k[6:]: v for k, v in attributes.items() if k.startswith("xmlns:") or k == "xmlns"}
        if declared:
            scope = {**scope, **declared}
        start = self.parser.CurrentByteIndex
        inside = tag_end(self.data, start)
        prefix, _, local = name.rpartition(":")
        element = Element(local, prefix, scope.get(prefix, ""), attributes, scope, start, inside)
        element.empty = self.data[inside - 2 : inside] == b"/>"
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.top = element
        self.open.append(element)

    def finish(self, _name: str) -> None:
        if self.level <= self.depth:
            element = self.open.pop()
            if element.empty:
                element.end = element.stop = element.inside
            else:
                element.end = self.parser.CurrentByteIndex
                element.stop = tag_end(self.data, element.end)
        self.level -= 1


def tag_end(data: bytes, start: int) -> int:
    """Where the tag that starts there ends."""
    match = _TAG.match(data, start)
    assert match is not None
    return match.end()


def checker(part: str) -> expat.XMLParserType:
    """A parser that refuses document types, so that no entity is ever expanded."""

    def refuse(*_: object) -> None:
        raise PatchError("patch.entities", part=part)

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    return parser


def check_well_formed(chunks: Iterable[bytes], part: str) -> None:
    """Read a part through to its end.

    Raises
    ------
    PatchError
        If it is not well-formed XML, or defines a document type.
    """
    parser = checker(part)
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise PatchError("patch.bad_xml", part=part, detail=str(error)) from None


def utf8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same XML text in UTF-8, whatever encoding it came in; UTF-8 passes through untouched."""
    chunks = iter(chunks)
    first = next(chunks, b"")
    encoding = _encoding(first)
    if encoding in ("utf-8", "ascii"):
        yield first
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    yield _DECLARED.sub(r"\g<1>UTF-8", decoder.decode(first)).encode()
    for chunk in chunks:
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", True).encode()


def _encoding(first: bytes) -> str:
    if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    declared = _ENCODING.match(first)
    name = declared[1].decode() if declared else "utf-8"
    try:
        # Python also calls hex and zlib encodings; those of text alone can encode a text.
        "".encode(name)
        return codecs.lookup(name).name
    except (LookupError, UnicodeError):
        return "utf-8"


def splice(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with the edits made; edits at one place keep their order."""
    pieces: list[bytes] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: edit[:2]):
        assert edit.start >= position, "edits overlap"
        pieces += (data[position : edit.start], edit.new)
        position = edit.stop
    pieces.append(data[position:])
    return b"".join(pieces)


def splice_stream(chunks: Iterable[bytes], edits: Iterable[Edit]) -> Iterator[bytes]:
    """`splice` for a part that is never held whole."""
    todo = sorted(edits, key=lambda edit: edit[:2])
    base = position = done = 0
    for chunk in chunks:
        end = base + len(chunk)
        while done < len(todo) and todo[done].start < end:
            edit = todo[done]
            if edit.start > position:
                yield chunk[position - base : edit.start - base]
            yield edit.new
            position = max(position, edit.stop)
            done += 1
        if position < end:
            yield chunk[position - base :]
            position = end
        base = end
    for edit in todo[done:]:
        yield edit.new


def set_attribute(data: bytes, element: Element, name: str, value: str) -> Edit:
    """Give an attribute another value, or add it as the last one."""
    tag = data[element.start : element.inside]
    found = _attribute_span(tag, name)
    quoted = quoteattr(value).encode()
    if found:
        return Edit(element.start + found.start(2), element.start + found.end(2), quoted)
    place = element.inside - (2 if element.empty else 1)
    return Edit(place, place, b" " + name.encode() + b"=" + quoted)


def _attribute_span(tag: bytes, name: str) -> re.Match[bytes] | None:
    wanted = name.encode()
    return next((found for found in _ATTRIBUTE.finditer(tag) if found[1] == wanted), None)


def opened(data: bytes, element: Element) -> bytes:
    """The part with an element that closed itself opened, so that children can be put into it."""
    return splice(data, [append(element, "")]) if element.empty else data


def append(element: Element, xml: str) -> Edit:
    """Add a last child."""
    if not element.empty:
        return Edit(element.end, element.end, xml.encode())
    closing = f"</{element.tag(element.name)}>"
    return Edit(element.inside - 2, element.inside, f">{xml}{closing}".encode())


def insert(parent: Element, order: tuple[str, ...], name: str, xml: str) -> Edit:
    """Add a child where the schema's order of children wants it."""
    earlier = set(order[: order.index(name)])
    before = [c for c in parent.children if c.namespace == parent.namespace and c.name in earlier]
    if before:
        return Edit(before[-1].stop, before[-1].stop, xml.encode())
    if parent.empty:
        return append(parent, xml)
    return Edit(parent.inside, parent.inside, xml.encode())
