"""What a column means, from its heading and from what stands under it."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np

from arcredit.ledger.mapping import Reason
from arcredit.ledger.reading.amounts import amount_of
from arcredit.ledger.reading.days import days, readings
from arcredit.ledger.reading.raw import BLANK, DATE, ERROR, NUMBER, TEXT, UNSTORED, RawColumn
from arcredit.ledger.reading.scan import column_letter
from arcredit.shapes import Flags

MONEY = ("amount", "open_amount", "paid_amount", "disputed_amount")
DATES = ("invoice_date", "delivery_date", "due_date", "paid_date")
NAMES = (
    "customer",
    "customer_name",
    "document",
    "invoice_date",
    "due_date",
    "amount",
    "open_amount",
    "paid_amount",
    "kind",
    "currency",
    "paid_date",
    "disputed_amount",
    "terms_days",
    "reference",
    "delivery_date",
)
"""The glossary names a column can have."""
_NUMERIC, _DATED = {*MONEY} - {"disputed_amount"}, {*DATES}

_WEIGHT = {"customer": 3, "customer_name": 3, "open_amount": 3, "amount": 3, "document": 2, "due_date": 2}
_BUCKET = re.compile(
    r"\d{1,3}(?:天|days?|d)?[-~至到—–]\d{1,3}(?:天|days?|d)?|(?:>|over|above|\+)\d{2,3}.*|\d{2,3}(?:\+|天?以上|days?\+)"
    r"|(?:notdue|current|未到期|未逾期)"
)
_LOCAL = re.compile(r"本币|本位币|local|base|\blc\b|home")


@lru_cache(1 << 13)
def plain_heading(text: str) -> str:
    """A heading for comparison: lower case, half-width, without brackets, spaces and punctuation.

    Examples
    --------
    >>> plain_heading(" 未收金额（元）：")
    '未收金额'
    >>> plain_heading("Due\\nDate *")
    'duedate'
    """
    bare = unicodedata.normalize("NFKC", text).lower()
    without = re.sub(r"\([^)]*\)|\[[^\]]*\]", "", bare)
    return re.sub(r"[\W_]", "", without) or re.sub(r"[\W_]", "", bare)


@cache
def spellings() -> dict[str, dict[str, bool]]:
    """Glossary names by spelling; True for a clear one, False for a weak one."""
    text = (files("arcredit.ledger.reading") / "headings.toml").read_text(encoding="utf-8")
    found: dict[str, dict[str, bool]] = {}
    for name, lists in tomllib.loads(text).items():
        for strength in ("weak", "clear"):
            for spelling in lists[strength]:
                found.setdefault(plain_heading(spelling), {})[name] = strength == "clear"
    return found


def names_of(headings: Iterable[str]) -> dict[str, bool]:
    """The glossary names that a column's headings (the whole, the lower, the upper line) stand for."""
    for heading in headings:
        found = spellings().get(plain_heading(heading))
        if found:
            return found
    return {}


def is_bucket(heading: str) -> bool:
    """Whether a heading is an aging bucket's, as 31-60 or 90天以上."""
    return _BUCKET.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", heading).lower())) is not None


def weight(names: Iterable[str]) -> int:
    """How much a set of recognised columns makes a ledger."""
    return sum(_WEIGHT.get(name, 1) for name in names)


@dataclass(frozen=True)
class Content:
    """Shares of a column's filled cells that can be an amount, a date, a text."""

    filled: int
    numeric: float
    dated: float
    worded: float

    def fits(self, name: str) -> bool:
        """Whether the cells can be what the heading says; half of them must. A blank column fits all."""
        if not self.filled:
            return True
        if name in DATES:
            return self.dated >= 0.5
        if name == "disputed_amount":
            return True
        return self.numeric >= 0.5 if name in MONEY else True


def content(column: RawColumn, rows: np.ndarray, names: Collection[str] = NAMES) -> Content:
    """What stands in some rows of a column that could have one of these names.

    Whether texts can be amounts or dates is looked at only where a name asks for them.
    """
    column = column.take(rows)
    count = int((~np.isin(column.kind, (BLANK, UNSTORED, ERROR))).sum())
    if not count:
        return Content(0, 0.0, 0.0, 0.0)
    texts = column.kind == TEXT
    numeric = _amounts(column, texts) if not _NUMERIC.isdisjoint(names) else 0
    dated = _dates(column, texts) if not _DATED.isdisjoint(names) else 0
    return Content(count, numeric / count, dated / count, int(texts.sum()) / count)


def _amounts(column: RawColumn, texts: Flags) -> int:
    """How many cells can be amounts."""
    return int((column.kind == NUMBER).sum()) + _passing(column, texts, amount_of)


def _dates(column: RawColumn, texts: Flags) -> int:
    """How many cells can be dates."""
    value, _ = days(column, None, date_1904=False)
    serial = (value >= np.datetime64("2000-01-01")) & (value <= np.datetime64("2060-01-01"))
    serial &= (column.kind == NUMBER) & (column.number == np.floor(column.number))
    return int((column.kind == DATE).sum()) + int(serial.sum()) + _passing(column, texts, readings)


def _passing(column: RawColumn, texts: Flags, test: Callable[[str], object]) -> int:
    """How many texts pass a test; each distinct one is tested once."""
    passes = np.zeros(len(column.labels), bool)
    for code in column.used():
        # What an unreadable text gives is None or empty.
        passes[code] = bool(test(str(column.labels[code])))
    return int(passes[column.code[texts]].sum())


@dataclass(frozen=True)
class Heading:
    """A column of a candidate: its number, the texts above it, what stands in it."""

    column: int
    texts: Sequence[str]
    content: Content

    @property
    def shown(self) -> str:
        """The heading as the sheet shows it."""
        return " ".join(self.texts[0].split())


def assign(headings: Sequence[Heading]) -> tuple[dict[str, Heading], list[Reason]]:
    """Give each glossary name its column, and say why.

    A clear spelling goes before a weak one, a column whose cells agree before one whose cells do not. A weak
    spelling over cells that do not agree means nothing; a clear one is taken at its word, so that cells
    which cannot be read are reported and no other column quietly takes their place.
    """
    claims: dict[str, list[tuple[int, Heading]]] = {}
    for heading in headings:
        for name, clear in names_of(heading.texts).items():
            fits = heading.content.fits(name)
            if clear or fits:
                rank = (0 if fits else 1) if clear else 2
                claims.setdefault(name, []).append((rank, heading))
    chosen: dict[str, Heading] = {}
    reasons: list[Reason] = []
    for strength in (0, 1, 2):
        for name in NAMES:
            free = [item for rank, item in claims.get(name, ()) if rank == strength]
            free = [item for item in free if item not in chosen.values()]
            if name in chosen or not free:
                continue
            chosen[name] = _preferred(name, free, "currency" in claims)
            reasons.append(_reason(name, chosen[name], free, strength))
    return _named(chosen), reasons


def _preferred(name: str, free: list[Heading], currencies: bool) -> Heading:
    """Of several columns for one name: in the document's currency if the ledger names currencies, filled.

    Days of delivery stand for an invoice's date only where it has no other.
    """
    filled = [item for item in free if item.content.filled] or free
    if name == "invoice_date":
        filled = [item for item in filled if "delivery_date" not in names_of(item.texts)] or filled
    if name in MONEY:
        same = [item for item in filled if bool(_LOCAL.search(item.texts[0].lower())) != currencies]
        filled = same or filled
    return filled[0]


def _reason(name: str, chosen: Heading, free: list[Heading], strength: int) -> Reason:
    values = {"name": name, "column": column_letter(chosen.column), "heading": chosen.shown}
    others = ", ".join(column_letter(item.column) for item in free if item is not chosen)
    if others:
        return Reason("ledger.why.preferred", values | {"others": others})
    return Reason("ledger.why.content" if strength == 2 else "ledger.why.heading", values)


def _named(chosen: dict[str, Heading]) -> dict[str, Heading]:
    """A ledger that knows customers by name alone uses the name as the customer."""
    if "customer" not in chosen and "customer_name" in chosen:
        chosen["customer"] = chosen.pop("customer_name")
    return {name: chosen[name] for name in NAMES if name in chosen}
