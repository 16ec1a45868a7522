"""Amounts written as text, read from the whole column: never guessed cell by cell.

1,234 is a thousand in London and little more than one in Berlin. One cell of the column that reads in one
way only decides for all; where none does, the reader asks.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from arcredit.ledger.reading.raw import BLANK, DATE, NUMBER, TEXT, RawColumn
from arcredit.shapes import Flags, Floats, Texts

GOOD, EMPTY, BAD, SCALED = range(4)
"""How a cell read: well, nothing there, not at all, in ten thousands or millions."""

_SIGNS = str.maketrans({"−": "-", "–": "-", "—": "-", "﹣": "-", "’": "'", "‘": "'", "、": ",", "。": "."})
_CURRENCY = re.compile(
    r"US\$|HK\$|NT\$|AU\$|CA\$|[$¥€£₩₹￠฿₫₽]|人民币|美元|港币|欧元|英镑|日元|元|圆|整|RMB"
    r"|(?<![A-Z])(?:AED|AUD|BRL|CAD|CHF|CNH|CNY|CZK|DKK|EUR|GBP|HKD|HUF|IDR|ILS|INR|JPY|KRW|KWD|MXN|MYR|NOK|NZD|PHP"
    r"|PLN|RUB|SAR|SEK|SGD|THB|TRY|TWD|USD|VND|ZAR)(?![A-Z])",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"(?:CR|C|贷方?|H)\.?$|^(?:CR|贷方?)\.?\s*(?=\d)", re.IGNORECASE)
_DEBIT = re.compile(r"(?:DR|D|借方?|S)\.?$|^(?:DR|借方?)\.?\s*(?=\d)", re.IGNORECASE)
_SCALE = re.compile(r"(?:万|亿|千|百万|k|m|mn|mio|thousand|million)$", re.IGNORECASE)
_ZERO = {"-", "--", "nil", "无"}
_PLAIN = re.compile(r"\d+|\d*[.,]\d+|\d+[.,]")
_GROUPED = re.compile(
    r"\d{1,3}(?P<sign>[.,' ])\d{3}(?:(?P=sign)\d{3})*(?:(?!(?P=sign))(?P<decimal>[.,])\d+)?"
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?P<indian>\.\d+)?"
)


@dataclass(frozen=True)
class Amount:
    """A text that is an amount: its digits, sign and what it says about the decimal sign ("" nothing)."""

    body: str
    negative: bool
    decimal: str
    scaled: bool = False

    def value(self, decimal: str) -> float:
        """The amount with this decimal sign; NaN if the text cannot be read so."""
        if self.decimal not in ("", "?", decimal):
            return np.nan
        body = self.body.replace("'", "").replace(" ", "")
        other = "," if decimal == "." else "."
        number = float(body.replace(other, "").replace(decimal, "."))
        return -number if self.negative else number


@lru_cache(1 << 16)
def amount_of(text: str) -> Amount | None:
    """Read a text as an amount.

    Examples
    --------
    >>> amount_of("(1.234,56)").value(",")
    -1234.56
    >>> amount_of("1,234").decimal
    '?'
    """
    bare = " ".join(unicodedata.normalize("NFKC", text).translate(_SIGNS).split())
    bare = _CURRENCY.sub("", bare.lstrip("'")).strip()
    bracketed = bare.startswith("(") and bare.endswith(")")
    bare = bare[1:-1].strip() if bracketed else bare
    marked = _CREDIT.search(bare) is not None
    bare = _DEBIT.sub("", _CREDIT.sub("", bare)).strip()
    minus = "-" in bare
    if bracketed + marked + minus > 1:
        return None
    bare = re.sub(r"^[+-]\s*|\s*[+-]$", "", bare)
    scaled = _SCALE.search(bare) is not None
    bare = _SCALE.sub("", bare).strip()
    decimal = _decimal(bare)
    return None if decimal is None else Amount(bare, bracketed or marked or minus, decimal, scaled)


def _decimal(body: str) -> str | None:
    """The decimal sign the digits prove; "" if they need none, "?" if both read, None if no number."""
    if _PLAIN.fullmatch(body):
        sign = re.search(r"[.,]", body)
        if sign is None:
            return ""
        whole, part = body[: sign.start()], body[sign.end() :]
        ambiguous = len(part) == 3 and 1 <= len(whole) <= 3 and whole.lstrip("0") != ""
        return "?" if ambiguous else sign[0]
    grouped = _GROUPED.fullmatch(body)
    if grouped is None:
        return None
    if grouped["sign"] is None:
        return "."
    if grouped["decimal"]:
        return grouped["decimal"]
    return {",": ".", ".": ","}.get(grouped["sign"], "")


def plain_text(text: str) -> str:
    """A text for comparison with words: half-width, lower case, one kind of dash."""
    return unicodedata.normalize("NFKC", text).translate(_SIGNS).strip().lower()


_OTHER = {".": ",", ",": "."}
_CLEAR = {
    sign: rf"^[+-]?(?:\d+|\d{{1,3}}(?:[{other}]\d{{3}})+)(?:[{sign}]\d+)?$" for sign, other in _OTHER.items()
}
"""Texts that are read without a closer look once the decimal sign is known."""
_PROVING = {
    sign: rf"^[+-]?(?:(?:\d+|\d{{1,3}}(?:[{other}]\d{{3}})+)[{sign}]\d+|\d{{1,3}}(?:[{other}]\d{{3}}){{2,}})$"
    for sign, other in _OTHER.items()
}
_UNPROVING = r"^[+-]?\d{1,3}[.,]\d{3}$"
_WHOLE = r"^[+-]?\d+$"


def decimal_signs(columns: Iterable[RawColumn]) -> tuple[dict[str, str], str]:
    """The decimal signs that texts prove, each with such a text, and a text that reads both ways."""
    proved: dict[str, str] = {}
    unclear = ""
    for column in columns:
        labels = pa.array(used_labels(column), pa.string())
        labels = labels.filter(pc.invert(pc.match_substring_regex(labels, _WHOLE)))
        open_ones = pc.match_substring_regex(labels, _UNPROVING)
        for sign, pattern in _PROVING.items():
            clear = pc.and_not(pc.match_substring_regex(labels, pattern), open_ones)
            if pc.any(clear).as_py():
                proved.setdefault(sign, labels.filter(clear)[0].as_py())
                keep = pc.invert(clear)
                labels, open_ones = labels.filter(keep), open_ones.filter(keep)
        for label in labels.to_pylist():
            amount = amount_of(label)
            if amount is None:
                continue
            if amount.decimal == "?":
                unclear = unclear or label
            elif amount.decimal:
                proved.setdefault(amount.decimal, label)
    return proved, unclear


def used_labels(column: RawColumn) -> list[str]:
    """The distinct texts among a column's cells."""
    return [str(label) for label in column.labels[column.used()]]


def amounts(column: RawColumn, decimal: str | None) -> tuple[Floats, NDArray[np.uint8]]:
    """A column as amounts, NaN where there is none, and how each cell read."""
    number = np.full(len(column.labels) + 1, np.nan)
    state = np.full(len(column.labels) + 1, BAD, np.uint8)
    used = column.used()
    clear, value = _clear(column.labels[used], decimal or ".")
    number[used[clear]], state[used[clear]] = value, GOOD
    for code in used[~clear]:
        number[code], state[code] = _amount(str(column.labels[code]), decimal or ".")
    plain = (column.kind == NUMBER) | (column.kind == DATE)
    value = np.where(plain, column.number, np.where(column.kind == TEXT, number[column.code], np.nan))
    how = np.where(plain, GOOD, np.where(column.kind == TEXT, state[column.code], BAD))
    how[column.kind == BLANK] = EMPTY
    return value, how.astype(np.uint8)


def _clear(labels: Texts, decimal: str) -> tuple[Flags, Floats]:
    """Which texts are plain digits with this decimal sign, and what they are."""
    texts = pa.array(labels, pa.string())
    clear = pc.match_substring_regex(texts, _CLEAR[decimal])
    bare = pc.replace_substring(texts.filter(clear), _OTHER[decimal], "")
    bare = pc.utf8_ltrim(pc.replace_substring(bare, ",", "."), "+")
    return np.asarray(clear.to_numpy(zero_copy_only=False), bool), pc.cast(bare, pa.float64()).to_numpy()


def _amount(text: str, decimal: str) -> tuple[float, int]:
    if plain_text(text) in _ZERO:
        return 0.0, GOOD
    amount = amount_of(text)
    if amount is None:
        return np.nan, BAD
    if amount.scaled:
        return np.nan, SCALED
    value = amount.value(decimal)
    return value, BAD if np.isnan(value) else GOOD


_CODES = re.compile(r"(?<![A-Z])[A-Z]{3}(?![A-Z])|US\$|HK\$|NT\$|€|£|人民币|美元|港币|欧元|英镑|日元|RMB")


def currencies_in(columns: Iterable[RawColumn]) -> set[str]:
    """The currencies written with amounts, as they are written; $ and ¥ alone do not say which."""
    found: set[str] = set()
    for column in columns:
        labels = pa.array(used_labels(column), pa.string())
        worded = pc.match_substring_regex(labels, r"[\pL€£＄￡]")
        for label in labels.filter(worded).to_pylist():
            if amount_of(label) is not None:
                found |= currencies_named(label)
    return found


def currencies_named(text: str) -> set[str]:
    """The currencies that a text names, such as a heading's "Open amount (EUR)"."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return {code for code in _CODES.findall(plain) if _CURRENCY.fullmatch(code)}
