"""Mutants of a workbook's container: names, contents, relationships, content types, the zip's own bytes."""

import io
import re
import warnings
import zipfile

from hostile.choices import ODD_TARGETS, ODD_TEXTS, Choices
from hostile.seeds import seeds

Parts = list[tuple[str, bytes]]


def unpacked(workbook: bytes) -> Parts:
    """The parts of a workbook in their order."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as opened:
        return [(item.filename, opened.read(item)) for item in opened.infolist()]


def packed(parts: Parts, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook of parts; names may stand twice."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", how) as made:
        warnings.simplefilter("ignore")
        for name, data in parts:
            made.writestr(zipfile.ZipInfo(name.replace("\0", "")), data, how)
    return out.getvalue()


def zip_mutant(choices: Choices) -> bytes:
    """A workbook of the seeds whose container was tampered with."""
    return container_mutant(choices.one(seeds()), choices)


def container_mutant(workbook: bytes, choices: Choices) -> bytes:
    """A workbook tampered with once to three times; one that is no zip is only changed byte by byte."""
    if not zipfile.is_zipfile(io.BytesIO(workbook)):
        return _raw(workbook, choices)
    try:
        parts = unpacked(workbook)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError):
        return _raw(workbook, choices)
    for _ in range(1 + choices.below(3)):
        parts = choices.one(_MUTATIONS)(parts, choices) or parts
    made = packed(parts, choices.one((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)))
    return _raw(made, choices) if choices.below(3) == 0 else made


def _bytes(parts: Parts, choices: Choices) -> Parts:
    place = choices.below(len(parts))
    name, data = parts[place]
    changed = bytearray(data)
    for _ in range(1 + choices.below(4)):
        at = choices.below(len(changed) + 1)
        changed[at : at + choices.below(4)] = choices.bytes(6)
    return [*parts[:place], (name, bytes(changed)), *parts[place + 1 :]]


def _cut(parts: Parts, choices: Choices) -> Parts:
    place = choices.below(len(parts))
    name, data = parts[place]
    return [*parts[:place], (name, data[: choices.below(len(data) + 1)]), *parts[place + 1 :]]


def _renamed(parts: Parts, choices: Choices) -> Parts:
    place = choices.below(len(parts))
    old = parts[place][0]
    names = (old.upper(), "/" + old, old.replace("/", "\\"), "../" + old, old + "/", parts[0][0], "")
    name = choices.one((*names, *ODD_TARGETS, "xl/vbaProject.bin", "_xmlsignatures/a", "a" * 60_000))
    return [*parts[:place], (name, parts[place][1]), *parts[place + 1 :]]


def _twice(parts: Parts, choices: Choices) -> Parts:
    name, _ = choices.one(parts)
    return [*parts, (choices.one((name, name.upper())), choices.one(parts)[1])]


def _missing(parts: Parts, choices: Choices) -> Parts:
    place = choices.below(len(parts))
    return parts[:place] + parts[place + 1 :] or parts


def _swapped(parts: Parts, choices: Choices) -> Parts:
    one, other = choices.below(len(parts)), choices.below(len(parts))
    changed = list(parts)
    changed[one], changed[other] = (parts[one][0], parts[other][1]), (parts[other][0], parts[one][1])
    return changed


def _attribute(names: bytes, wanted: str) -> object:
    def change(parts: Parts, choices: Choices) -> Parts:
        places = [place for place, (name, _) in enumerate(parts) if name.endswith(wanted)]
        if not places:
            return parts
        place = choices.one(places)
        name, data = parts[place]
        found = list(re.finditer(rb"(" + names + rb")=\"([^\"]*)\"", data))
        if not found:
            return parts
        one, other = choices.one(found), choices.one(found)
        odd = choices.one((*ODD_TARGETS, *ODD_TEXTS)).encode().replace(b"&", b"").replace(b"<", b"")
        new = choices.one((other[2], odd.replace(b'"', b""), other[2].upper()))
        return [*parts[:place], (name, data[: one.start(2)] + new + data[one.end(2) :]), *parts[place + 1 :]]

    return change


def _raw(data: bytes, choices: Choices) -> bytes:
    """The zip's own bytes, its directory above all."""
    changed = bytearray(data)
    for _ in range(1 + choices.below(4)):
        start = 0 if choices.below(2) else max(data.rfind(b"PK\1\2") - 400, 0)
        at = min(start + choices.below(500), len(changed) - 1)
        changed[at] = choices.below(256)
    head, tail = choices.bytes(4), choices.bytes(4)
    return head + bytes(changed) + tail if choices.below(4) == 0 else bytes(changed)


_MUTATIONS = (
    *(_bytes, _cut, _renamed, _twice, _missing, _swapped),
    *(_attribute(b"Target", ".rels"), _attribute(b"Type|TargetMode|Id", ".rels")),
    _attribute(b"PartName|ContentType|Extension", "[Content_Types].xml"),
)
