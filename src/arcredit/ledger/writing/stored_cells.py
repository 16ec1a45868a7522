"""Cells as they stand in a file: read from a sheet's XML, texts fetched from the shared strings."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from xml.parsers import expat

from arcredit.errors import PatchError
from arcredit.ledger.attributes import whole
from arcredit.ledger.writing.cells import CellError, CellValue, Place, place_of, unescaped_text
from arcredit.ledger.writing.xml_spans import checker


class Stored(NamedTuple):
    """A cell as it stands in a sheet's XML."""

    place: Place
    kind: str
    style: int
    text: str
    """Its value's text; an index for a shared string."""
    formula: str | None
    """None without a formula; empty where it shares another cell's."""
    formula_attributes: dict[str, str]
    dynamic: bool = False
    """Whether it carries the mark of a formula that spills."""

    def value(self, strings: Mapping[int, str]) -> CellValue:
        """What it shows."""
        if self.kind == "s":
            return strings.get(whole(self.text, -1), "")
        if self.kind in ("str", "inlineStr", "d"):
            return unescaped_text(self.text)
        if not self.text.strip():
            return None
        if self.kind == "b":
            return self.text.strip() in ("1", "true")
        if self.kind == "e":
            return CellError(self.text.strip())
        try:
            number = float(self.text)
        except ValueError:
            return self.text
        if not math.isfinite(number):
            return self.text
        return int(number) if number == int(number) and abs(number) < 1e15 else number


class _CellReader:
    """Expat handlers that gather the cells of a sheet, or of a piece of one."""

    def __init__(self, part: str) -> None:
        self.found: list[Stored] = []
        self.row = self.column = self.silent = 0
        self.cell: dict[str, str] | None = None
        self.formula: str | None = None
        self.formula_attributes: dict[str, str] = {}
        self.texts: dict[str, list[str]] = {}
        self.inside = ""
        self.parser = checker(part)
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.finish
        self.parser.CharacterDataHandler = self.text

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "row":
            self.row = whole(attributes.get("r"), self.row + 1)
            self.column = 0
        elif name == "c" and self.cell is None:
            self.cell, self.texts = attributes, {"v": [], "t": [], "f": []}
            self.formula_attributes = {}
            self.formula = None
        elif self.cell is not None:
            self.silent += name in ("rPh", "extLst")
            self.inside = name
            if name == "f" and not self.silent:
                self.formula, self.formula_attributes = "", attributes

    def text(self, data: str) -> None:
        if self.cell is not None and not self.silent and self.inside in self.texts:
            self.texts[self.inside].append(data)

    def finish(self, name: str) -> None:
        name = name.rpartition(":")[2]
        self.inside = ""
        if self.cell is not None and name in ("rPh", "extLst"):
            self.silent -= 1
        elif self.cell is not None and name == "c" and not self.silent:
            self.found.append(self._stored(self.cell))
            self.cell = None

    def _stored(self, attributes: dict[str, str]) -> Stored:
        place = place_of(attributes.get("r", "")) or (self.row, self.column + 1)
        self.column = place[1]
        kind = attributes.get("t", "n")
        text = "".join(self.texts["t" if kind == "inlineStr" else "v"])
        formula = "".join(self.texts["f"]) if self.formula is not None else None
        style = whole(attributes.get("s"))
        dynamic = attributes.get("cm", "0") != "0"
        return Stored(place, kind, style, text, formula, self.formula_attributes, dynamic)


def stored_cells(chunks: Iterable[bytes], part: str) -> Iterator[Stored]:
    """The cells of a sheet's XML, or of one cell's.

    Raises
    ------
    PatchError
        If it is not well-formed.
    """
    reader = _CellReader(part)
    try:
        for chunk in chunks:
            reader.parser.Parse(chunk, False)
            yield from reader.found
            reader.found.clear()
        reader.parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise PatchError("patch.bad_xml", part=part, detail=str(error)) from None
    yield from reader.found


def shared_strings(chunks: Iterable[bytes], wanted: set[int], part: str) -> dict[int, str]:
    """Some of the shared strings, by their index; phonetic guides left out."""
    texts: dict[int, list[str]] = {}
    state = {"index": -1, "silent": 0, "text": 0}
    last = max(wanted, default=-1)

    def begin(name: str, _attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "si":
            state["index"] += 1
            if state["index"] in wanted:
                texts[state["index"]] = []
        state["silent"] += name == "rPh"
        state["text"] += name == "t"

    def finish(name: str) -> None:
        name = name.rpartition(":")[2]
        state["silent"] -= name == "rPh"
        state["text"] -= name == "t"

    def text(data: str) -> None:
        if state["text"] and not state["silent"] and state["index"] in texts:
            texts[state["index"]].append(data)

    parser = checker(part)
    parser.StartElementHandler, parser.EndElementHandler = begin, finish
    parser.CharacterDataHandler = text
    try:
        for chunk in chunks if wanted else ():
            parser.Parse(chunk, False)
            if state["index"] > last:
                break
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise PatchError("patch.bad_xml", part=part, detail=str(error)) from None
    return {index: unescaped_text("".join(pieces)) for index, pieces in texts.items()}
