"""A single cell: its reference, what it can hold, and how that is written in a sheet's XML."""

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias
from xml.sax.saxutils import escape

from arcredit.errors import PatchError
from arcredit.shapes import plain

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
LONGEST_TEXT = 32_767
LONGEST_FORMULA = 8_192
ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA")

_REF = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LITERAL = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class CellError:
    """A worksheet error as a cell's value, such as ``CellError("#N/A")``."""

    code: str

    def __str__(self) -> str:
        return self.code


CellValue: TypeAlias = bool | int | float | str | dt.date | dt.datetime | CellError | None
"""What a cell can hold; None is a blank. A text that starts with ``=`` stays text."""
Place: TypeAlias = tuple[int, int]
"""Row and column, both from 1."""


class Area(NamedTuple):
    """A block of cells."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, place: Place) -> bool:
        """Whether a cell lies in it."""
        return self.top <= place[0] <= self.bottom and self.left <= place[1] <= self.right

    @property
    def name(self) -> str:
        """Its reference, such as A1:C9."""
        first, last = cell_name((self.top, self.left)), cell_name((self.bottom, self.right))
        return first if first == last else f"{first}:{last}"


def column_number(letters: str) -> int:
    """1 for A, 28 for AB."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def cell_name(place: Place) -> str:
    """The reference of a place, such as B7."""
    row, column = place
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def place_of(ref: str) -> Place | None:
    """The place a reference means; None where it means none."""
    match = _REF.fullmatch(ref)
    if not match:
        return None
    row, column = int(match[2]), column_number(match[1])
    return (row, column) if row <= LAST_ROW and column <= LAST_COLUMN else None


def area_of(ref: str) -> Area | None:
    """The block a reference such as A1:C9 means; None where it means none."""
    first, _, last = ref.partition(":")
    start, end = place_of(first), place_of(last or first)
    if not start or not end:
        return None
    return Area(min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1]))


def storable(value: Any, date_1904: bool, where: Mapping[str, str]) -> CellValue:
    """A value as a cell stores it: dates as serial numbers, numpy's values as Python's.

    Raises
    ------
    PatchError
        If no cell can hold it; `where` (path, sheet, cell) goes into the message.
    """
    if not isinstance(value, str | CellError) and value is not None and value != value:
        raise PatchError("patch.not_finite", **where)
    value = plain(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if len(value.encode("utf-16-le", "surrogatepass")) > 2 * LONGEST_TEXT:
            raise PatchError("patch.text_too_long", found=len(value), **where)
        return value
    if isinstance(value, CellError):
        if value.code not in ERRORS:
            raise PatchError("patch.no_such_value", found=value.code, **where)
        return value
    if isinstance(value, dt.date):
        return serial(value, date_1904, where)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise PatchError("patch.no_such_value", found=repr(value), **where) from None
    if not math.isfinite(number):
        raise PatchError("patch.not_finite", **where)
    return int(number) if number == int(number) and abs(number) < 1e15 else number


def serial(day: dt.date, date_1904: bool, where: Mapping[str, str]) -> float:
    """A date or a moment as the workbook counts days, Excel's 29 February 1900 included.

    Raises
    ------
    PatchError
        Before the first day the workbook can count.
    """
    moment = day.replace(tzinfo=None) if isinstance(day, dt.datetime) else dt.datetime(*day.timetuple()[:3])
    since = moment - (dt.datetime(1904, 1, 1) if date_1904 else dt.datetime(1899, 12, 30))
    days = since.days + (since.seconds + since.microseconds / 1e6) / 86_400
    if not date_1904 and days < 61:
        days -= 1
    if days < (0 if date_1904 else 1):
        raise PatchError("patch.date_too_early", found=str(day), **where)
    return int(days) if days == int(days) else days


def checked_formula(formula: str, where: Mapping[str, str]) -> str:
    """A formula as a cell stores it, without its equals sign.

    Raises
    ------
    PatchError
        If it is empty, too long or holds characters no formula can hold.
    """
    text = formula.strip().removeprefix("=")
    if not text or len(text) > LONGEST_FORMULA or _NOT_XML.search(text):
        raise PatchError("patch.bad_formula", found=text[:60], **where)
    return text


def escaped_text(text: str) -> str:
    """Text as Excel keeps it in XML: ``_x0001_`` for what XML cannot hold, a literal ``_x0041_`` kept."""
    text = _LITERAL.sub("_x005F_", text)
    text = _NOT_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    return escape(text.replace("\r", "_x000D_"))


def unescaped_text(text: str) -> str:
    """`escaped_text`, undone."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def cell_xml(
    prefix: str,
    place: Place,
    style: int | None,
    value: CellValue,
    formula: str = "",
    *,
    computed: bool = False,
) -> str:
    """A cell's element; `formula` is its whole ``f`` element, or empty; `computed`: another cell has it."""
    q = f"{prefix}:" if prefix else ""
    start = f'<{q}c r="{cell_name(place)}"' + (f' s="{style}"' if style else "")
    if value is None:
        return f"{start}>{formula}</{q}c>" if formula else f"{start}/>"
    if isinstance(value, str) and not formula and not computed:
        space = ' xml:space="preserve"' if value != value.strip() or "\n" in value else ""
        return f'{start} t="inlineStr"><{q}is><{q}t{space}>{escaped_text(value)}</{q}t></{q}is></{q}c>'
    kind, text = _typed(value)
    return f"{start}{kind}>{formula}<{q}v>{text}</{q}v></{q}c>"


def _typed(value: CellValue) -> tuple[str, str]:
    """The type attribute and the text of a value."""
    if isinstance(value, bool):
        return ' t="b"', str(int(value))
    if isinstance(value, CellError):
        return ' t="e"', value.code
    if isinstance(value, str):
        return ' t="str"', escaped_text(value)
    return "", repr(value)
