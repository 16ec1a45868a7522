"""The formulas of a sheet, found by a scan of its XML: of cells that call our functions, or of all.

A sheet that names none of our functions costs a search for a few bytes. Where a formula is shared, its text
stands in one cell and the others follow it; both come out with the text and the cell it was written for.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from arcredit.ledger.formulas.naming import STEMS, Mentions
from arcredit.ledger.reading.scan import blocks
from arcredit.ledger.writing.cells import Area, Place, area_of, place_of
from arcredit.ledger.writing.stored_cells import stored_cells
from arcredit.ledger.writing.xml_spans import plain_text

_CELL = re.compile(rb"<c\s([^>]*)>\s*<f(\s[^>]*?)?(?:/>|>([^<]*)</f>)")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*["']([^"']*)["']""")


class Formula(NamedTuple):
    """A cell with a formula."""

    place: Place
    text: str
    """As written for the cell `origin`; it reads anew from `place`."""
    origin: Place
    area: Area | None = None
    """What an array formula or a data table fills."""
    dynamic: bool = False
    """Whether its result spills, so that the area follows the result."""
    table: bool = False
    """Whether it is a data table (what if), which nobody else can compute."""


def names_ours(block: bytes) -> bool:
    """Whether some bytes of a sheet can hold a formula of ours."""
    if b"<f" not in block and b":f" not in block:
        return False
    upper = block.upper()
    return any(stem in upper for stem in STEMS)


def mentioned(chunks: Iterable[bytes]) -> bool:
    """Whether a sheet's XML can hold a formula of ours: cheap, and wrong at most in saying yes."""
    seen = Mentions()
    for chunk in chunks:
        seen.look(chunk)
        if seen.found:
            return True
    return False


def formulas(
    chunks: Callable[[], Iterable[bytes]], part: str, wanted: Callable[[str], bool] | None = None
) -> list[Formula]:
    """The formulas of a sheet that are wanted by their text.

    Parameters
    ----------
    chunks : callable
        Gives the sheet's XML, in UTF-8; a sheet with unusual XML is read twice.
    part : str
        What messages call it.
    wanted : callable, optional
        Says by a formula's text whether it is wanted; then only blocks that can be ours are looked at.

    Raises
    ------
    PatchError
        If the sheet is not well-formed.
    """
    try:
        return list(_quick(chunks(), wanted))
    except _UnusualError:
        return list(_gathered(_plain(chunks(), part), wanted))


class _UnusualError(Exception):
    """Comments, CDATA sections, cells without a reference: expat has to read this sheet."""


class _Raw(NamedTuple):
    place: Place
    text: str
    attributes: dict[str, str]
    dynamic: bool


def _quick(chunks: Iterable[bytes], wanted: Callable[[str], bool] | None) -> Iterator[Formula]:
    shared: dict[str, tuple[str, Place]] = {}
    for kind, block in blocks(iter(chunks)):
        if kind != "rows":
            continue
        if wanted is None or names_ours(block) or (shared and b'"shared"' in block):
            if any(sign in block for sign in (b"<!", b"<?", b"<c>")):
                raise _UnusualError
            yield from _gathered(map(_raw, _CELL.finditer(block)), wanted, shared)


def _raw(found: re.Match[bytes]) -> _Raw:
    cell = {name.decode(): value.decode() for name, value in _ATTRIBUTE.findall(found[1])}
    place = place_of(cell.get("r", ""))
    if place is None:
        raise _UnusualError
    attributes = {name.decode(): value.decode() for name, value in _ATTRIBUTE.findall(found[2] or b"")}
    text = (found[3] or b"").decode()
    return _Raw(place, plain_text(text) if "&" in text else text, attributes, cell.get("cm", "0") != "0")


def _plain(chunks: Iterable[bytes], part: str) -> Iterator[_Raw]:
    for cell in stored_cells(chunks, part):
        if cell.formula is not None:
            yield _Raw(cell.place, cell.formula, cell.formula_attributes, cell.dynamic)


def _gathered(
    cells: Iterable[_Raw],
    wanted: Callable[[str], bool] | None,
    shared: dict[str, tuple[str, Place]] | None = None,
) -> Iterator[Formula]:
    shared = {} if shared is None else shared
    for place, text, attributes, dynamic in cells:
        kind, group = attributes.get("t"), attributes.get("si", "")
        origin = place
        if kind == "shared" and text and (wanted is None or wanted(text)):
            shared[group] = text, place
        elif kind == "shared" and not text:
            text, origin = shared.get(group, ("", place))
        if kind == "dataTable":
            if wanted is None:
                yield Formula(place, "", place, area_of(attributes.get("ref", "")), table=True)
        elif text and (wanted is None or wanted(text)):
            area = area_of(attributes.get("ref", "")) if kind == "array" else None
            yield Formula(place, text, origin, area, dynamic and kind == "array")
