"""The proof before a file is replaced: what was not touched is the same, byte for byte, the rest is sound."""

from arcredit.errors import PatchError
from arcredit.ledger.writing.parts import Package
from arcredit.ledger.writing.xml_spans import check_well_formed

_XML = (".xml", ".rels", ".vml")
_PIECE = 1 << 16


def prove(package: Package, written: bytes) -> None:
    """Compare a written file, read back, with what it was to be.

    Raises
    ------
    PatchError
        If anything differs; the caller then throws the file away.
    """
    result = Package(written, package.path)
    before, after = package.archive, result.archive
    expected = (before.members.keys() - package.gone) | package.new.keys()
    _demand(after.members.keys() == expected, package, "list of parts")
    for key in expected - package.new.keys():
        same = _same(before.stored(before.members[key]), after.stored(after.members[key]))
        _demand(same and before.members[key].crc == after.members[key].crc, package, key)
    for key in package.new:
        chunks = after.chunks(after.members[key])
        if key.endswith(_XML):
            check_well_formed(chunks, package.label(key))
        else:
            for _ in chunks:
                pass
    defaults, overrides = result.content_types()
    for key in package.new:
        typed = key == "[content_types].xml" or key in overrides or key.rsplit(".", 1)[-1] in defaults
        _demand(typed, package, f"{key}: content type")
    dangling = result.dangling()
    if dangling:
        dangling -= Package(before.raw, package.path).dangling()
    _demand(not dangling, package, ", ".join(sorted(dangling)))


def _same(one: memoryview, other: memoryview) -> bool:
    """Whether the bytes are equal; piece by piece, because memoryviews are compared number by number."""
    places = range(0, len(one), _PIECE)
    pieces = ((one[at : at + _PIECE].tobytes(), other[at : at + _PIECE].tobytes()) for at in places)
    return len(one) == len(other) and all(before == after for before, after in pieces)


def _demand(kept: bool, package: Package, what: str) -> None:
    if not kept:
        raise PatchError("patch.not_proven", path=package.path, detail=what)
