"""Shared formulas: one cell holds the text, the others follow it. When that cell is overwritten the
formula moves to the first follower, so that none of them loses its meaning.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple
from xml.sax.saxutils import escape

from arcredit.errors import PatchError
from arcredit.ledger.writing.cells import Area, Place, cell_name, place_of
from arcredit.ledger.writing.sheet_scan import masked
from arcredit.ledger.writing.stored_cells import Stored
from arcredit.ledger.writing.xml_spans import TAG_REST, Edit

_REF = re.compile(rb"""\sr\s*=\s*["']([^"']+)""")
_GROUP = re.compile(rb"""\ssi\s*=\s*["'](\d+)""")


class _Follower(NamedTuple):
    place: Place
    start: int
    stop: int
    attributes: str


def rehomed(data: bytes, prefix: str, orphaned: Iterable[Stored], gone: set[Place], part: str) -> list[Edit]:
    """Edits that give each shared formula a new home among its followers that stay.

    Raises
    ------
    PatchError
        If a follower cannot be told or the formula cannot be moved.
    """
    edits = []
    for master in orphaned:
        group = master.formula_attributes.get("si", "")
        followers = list(_followers(data, prefix, group.encode(), gone, part))
        if followers:
            edits.append(_promoted(followers, master, prefix, part))
    return edits


def _followers(data: bytes, prefix: str, group: bytes, gone: set[Place], part: str) -> Iterable[_Follower]:
    q = re.escape(f"{prefix}:".encode()) if prefix else b""
    cell = rb"<" + q + rb"c(\s" + TAG_REST + rb")>\s*"
    formula = rb"(<" + q + rb"f(\s" + TAG_REST + rb")>)(?:[^<]*</" + q + rb"f\s*>)?"
    for found in re.finditer(cell + formula, masked(data)):
        attributes = found[3].removesuffix(b"/")
        number = _GROUP.search(attributes)
        if not number or number[1] != group or b"shared" not in attributes:
            continue
        ref = _REF.search(found[1])
        place = place_of(ref[1].decode()) if ref else None
        if place is None:
            raise PatchError("patch.shared_formula", part=part)
        if place not in gone:
            stop = found.end(2) if found[3].endswith(b"/") else found.end()
            yield _Follower(place, found.start(2), stop, attributes.decode())


def _promoted(followers: list[_Follower], master: Stored, prefix: str, part: str) -> Edit:
    """The first follower as the formula's new home."""
    from openpyxl.formula.translate import Translator

    home = followers[0]
    rows = [follower.place[0] for follower in followers]
    columns = [follower.place[1] for follower in followers]
    area = Area(min(rows), min(columns), max(rows), max(columns))
    try:
        translator = Translator(f"={master.formula}", origin=cell_name(master.place))
        formula = translator.translate_formula(cell_name(home.place)).removeprefix("=")
    except (ValueError, IndexError):
        raise PatchError("patch.shared_formula", part=part) from None
    tag = f"{prefix}:f" if prefix else "f"
    text = f'<{tag}{home.attributes} ref="{area.name}">{escape(formula)}</{tag}>'
    return Edit(home.start, home.stop, text.encode())
