"""The parts of a workbook file: their names, content types and relationships (Open Packaging Conventions).

A `Package` is the file as it was read, with a layer of new and removed parts over it. Part names are
compared without case; they are written without a leading slash.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote
from xml.sax.saxutils import quoteattr

from arcredit.errors import PatchError
from arcredit.ledger.writing.xml_spans import Edit, Element, append, parse, splice, utf8
from arcredit.ledger.writing.zips import Archive, Content

CONTENT_TYPES = "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
RELATIONS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
_EMPTY_RELATIONS = f'{_HEADER}<Relationships xmlns="{PACKAGE_RELATIONS}"></Relationships>'.encode()


class Relation(NamedTuple):
    """One relationship of a part. `kind` is the last word of its type, such as ``worksheet``."""

    id: str
    kind: str
    target: str
    external: bool


def relations_part(part: str) -> str:
    """The part that holds a part's relationships; those of the package itself for an empty name."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def resolve(part: str, target: str) -> str:
    """The part that a relationship's target means, seen from the part that has the relationship."""
    target = target.replace("\\", "/").partition("#")[0]
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")


def relative(part: str, target: str) -> str:
    """How a part's relationships name another part."""
    return posixpath.relpath("/" + target, "/" + posixpath.dirname(part))


class Package:
    """A workbook file's parts: read from the archive, changed in memory only."""

    def __init__(self, raw: bytes, path: str) -> None:
        self.path = path
        self.archive = Archive(raw, path)
        if CONTENT_TYPES.lower() not in self.archive.members:
            raise PatchError("patch.not_a_workbook", path=path)
        self.new: dict[str, tuple[str, Content]] = {}
        self.gone: set[str] = set()
        self._relations: dict[str, list[Relation]] = {}
        self._read: dict[tuple[str, int], tuple[object, bytes, Element]] = {}

    def reset(self) -> None:
        """Forget every new and removed part."""
        self.new.clear()
        self.gone.clear()
        self._relations.clear()

    @property
    def changed(self) -> bool:
        """Whether any part is new, changed or gone."""
        return bool(self.new or self.gone)

    def names(self) -> list[str]:
        """Every part's name, in the file's order, new ones last."""
        kept = [m.name for key, m in self.archive.members.items() if key not in self.gone]
        return kept + [name for key, (name, _) in self.new.items() if key not in self.archive.members]

    def __contains__(self, part: str) -> bool:
        key = part.lower()
        return key in self.new or (key in self.archive.members and key not in self.gone)

    def chunks(self, part: str) -> Iterator[bytes]:
        """A part's bytes, piece by piece."""
        key = part.lower()
        if key in self.new:
            content = self.new[key][1]
            yield from [content] if isinstance(content, bytes) else content()
        elif key in self.archive.members and key not in self.gone:
            yield from self.archive.chunks(self.archive.members[key])
        else:
            raise PatchError("patch.damaged", path=self.path, detail=f"{part}: missing")

    def frozen(self, part: str) -> Callable[[], Iterator[bytes]]:
        """A part's XML text in UTF-8 as it is now, readable again after the part has been changed."""
        held = self.new.get(part.lower())
        if held is None:
            member = self.archive.members.get(part.lower())
            if member is None:
                raise PatchError("patch.damaged", path=self.path, detail=f"{part or 'sheet'}: missing")
            return lambda: self._utf8(self.archive.chunks(member), part)
        content = held[1]
        return lambda: self._utf8([content] if isinstance(content, bytes) else content(), part)

    def read(self, part: str) -> bytes:
        """A part's bytes."""
        return b"".join(self.chunks(part))

    def xml_chunks(self, part: str) -> Iterator[bytes]:
        """An XML part's text in UTF-8, piece by piece."""
        return self._utf8(self.chunks(part), part)

    def _utf8(self, chunks: Iterable[bytes], part: str) -> Iterator[bytes]:
        try:
            yield from utf8(chunks)
        except UnicodeError as error:
            raise PatchError("patch.bad_xml", part=self.label(part), detail=str(error)) from None

    def xml(self, part: str) -> bytes:
        """An XML part's text in UTF-8."""
        return b"".join(self.xml_chunks(part))

    def elements(self, part: str, depth: int) -> tuple[bytes, Element]:
        """An XML part and its elements, read anew only when it has changed."""
        key = part.lower(), depth
        layer = self.new.get(part.lower())
        if key not in self._read or self._read[key][0] is not layer:
            data = self.xml(part)
            self._read[key] = layer, data, parse(data, self.label(part), depth)
        return self._read[key][1:]

    def label(self, part: str) -> str:
        """A part's name as messages say it."""
        return f"{self.path}, {part}"

    def put(self, part: str, content: Content) -> None:
        """Add a part or give it other content; the same content again is no change."""
        key = part.lower()
        member = self.archive.members.get(key)
        if part not in self or key.endswith(".rels"):
            self._relations.clear()
        self.gone.discard(key)
        if member and isinstance(content, bytes) and len(content) == member.size:
            self.new.pop(key, None)
            if self.read(part) == content:
                return
        self.new[key] = (member.name if member else part, content)

    def remove(self, part: str) -> None:
        """Take a part out."""
        key = part.lower()
        self.new.pop(key, None)
        self._relations.clear()
        if key in self.archive.members:
            self.gone.add(key)

    def relations(self, part: str) -> list[Relation]:
        """The relationships of a part, none if it has none."""
        if part.lower() not in self._relations:
            self._relations[part.lower()] = list(self._read_relations(part))
        return self._relations[part.lower()]

    def _read_relations(self, part: str) -> Iterator[Relation]:
        holder = relations_part(part)
        if holder not in self:
            return
        for entry in self.elements(holder, 2)[1].children:
            found = entry.attributes
            external = found.get("TargetMode", "").lower() == "external"
            target = found.get("Target", "")
            if not external:
                target = resolve(part, target)
                target = target if target in self else unquote(target)
            yield Relation(found.get("Id", ""), found.get("Type", "").rsplit("/", 1)[-1], target, external)

    def related(self, part: str, kind: str) -> str | None:
        """The first part that a part relates to in this way, if the file holds it."""
        found = (r.target for r in self.relations(part) if r.kind == kind and not r.external)
        return next((target for target in found if target in self), None)

    def relate(self, part: str, type_: str, target: str, external: bool = False) -> str:
        """Add a relationship and give its id."""
        holder = relations_part(part)
        if holder not in self:
            self.put(holder, _EMPTY_RELATIONS)
        data, root = self.elements(holder, 2)
        taken = {entry.attributes.get("Id", "").lower() for entry in root.children}
        number = next(n for n in range(1, len(taken) + 2) if f"rid{n}" not in taken)
        shown = target if external else relative(part, target)
        mode = ' TargetMode="External"' if external else ""
        tag = root.tag("Relationship")
        entry = f'<{tag} Id="rId{number}" Type="{type_}" Target={quoteattr(shown)}{mode}/>'
        self.put(holder, splice(data, [append(root, entry)]))
        return f"rId{number}"

    def unrelate(self, part: str, target: str) -> None:
        """Take out a part's relationships to another part."""
        holder = relations_part(part)
        ids = {r.id for r in self.relations(part) if not r.external and r.target.lower() == target.lower()}
        data, root = self.elements(holder, 2)
        edits = [
            Edit(entry.start, entry.stop, b"") for entry in root.children if entry.attributes.get("Id") in ids
        ]
        self.put(holder, splice(data, edits))

    def content_types(self) -> tuple[dict[str, str], dict[str, str]]:
        """Content types by lower-case extension, and by lower-case part name."""
        defaults, overrides = {}, {}
        for entry in self.elements(CONTENT_TYPES, 2)[1].children:
            found = entry.attributes
            if entry.name == "Default":
                defaults[found.get("Extension", "").lower()] = found.get("ContentType", "")
            else:
                name = found.get("PartName", "").replace("\\", "/").lstrip("/").lower()
                overrides[name] = found.get("ContentType", "")
        return defaults, overrides

    def content_type(self, part: str) -> str | None:
        """A part's content type."""
        defaults, overrides = self.content_types()
        return overrides.get(part.lower()) or defaults.get(_extension(part))

    def declare(self, types: dict[str, str]) -> None:
        """Give parts their content types, where the file does not give them already."""
        defaults, overrides = self.content_types()
        data, root = self.elements(CONTENT_TYPES, 2)
        tag = root.tag("Override")
        entries = "".join(
            f"<{tag} PartName={quoteattr('/' + part)} ContentType={quoteattr(type_)}/>"
            for part, type_ in types.items()
            if (overrides.get(part.lower()) or defaults.get(_extension(part))) != type_
        )
        if entries:
            self.put(CONTENT_TYPES, splice(data, [append(root, entries)]))

    def undeclare_gone(self) -> None:
        """Take out the content types of parts that are gone."""
        if not self.gone:
            return
        data, root = self.elements(CONTENT_TYPES, 2)
        edits = [
            Edit(entry.start, entry.stop, b"")
            for entry in root.children
            if entry.attributes.get("PartName", "").replace("\\", "/").lstrip("/").lower() in self.gone
        ]
        self.put(CONTENT_TYPES, splice(data, edits))

    def reachable(self, part: str = "") -> set[str]:
        """Lower-case names of the parts that can be reached from a part, or from the package."""
        seen: set[str] = set()
        todo = [part]
        while todo:
            for relation in self.relations(todo.pop()):
                key = relation.target.lower()
                if not relation.external and key in self and key not in seen:
                    seen.add(key)
                    todo.append(relation.target)
        return seen

    def drop_unreachable(self, candidates: Iterable[str]) -> None:
        """Remove those of the parts that nothing leads to any more, with their relationships."""
        alive = self.reachable()
        for part in candidates:
            if part.lower() not in alive and part in self:
                self.remove(part)
                self.remove(relations_part(part))

    def dangling(self) -> set[str]:
        """Relationships to parts that are not there, as text."""
        sources = [""] + [
            re.sub(r"(^|/)_rels/([^/]*)\.rels$", r"\1\2", name, flags=re.I)
            for name in self.names()
            if re.search(r"(^|/)_rels/[^/]+\.rels$", name, re.I)
        ]
        return {
            f"{source}: {relation.target}"
            for source in sources
            for relation in self.relations(source)
            if not relation.external and relation.target and relation.target not in self
        }


def _extension(part: str) -> str:
    return part.rsplit(".", 1)[-1].lower()


def free_name(package: Package, taken: set[str], pattern: str) -> str:
    """The first name ``xl/charts/chart{}.xml`` with a number that no part has."""
    number = 1
    while (name := pattern.format(number)) in package or name.lower() in taken:
        number += 1
    return name
