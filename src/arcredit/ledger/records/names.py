"""Names of companies: what two spellings have in common, and which customer a name or a text means."""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from rapidfuzz import fuzz, process

LIKELY, LIKELY_IN_TEXT = 84.0, 92.0
"""Similarity of 100 from which a customer is suggested; a person has to confirm it."""
_SHORTEST = 4
"""A name of fewer letters is found in any text."""

_FORMS = (
    *("ltd", "limited", "llc", "llp", "plc", "inc", "incorporated", "corp", "corporation", "co", "company"),
    *("gmbh", "ag", "kg", "ohg", "ug", "se", "sa", "sas", "sarl", "srl", "spa", "sl", "slu", "lda", "spzoo"),
    *(
        "bv",
        "nv",
        "ab",
        "as",
        "aps",
        "oy",
        "oyj",
        "ou",
        "uab",
        "sia",
        "kft",
        "zrt",
        "doo",
        "sro",
        "pty",
        "pt",
    ),
    *("fze", "fzco", "pte", "bhd", "kk", "holding", "group"),
)
_CHINESE_FORMS = re.compile(
    r"(?:股份有限公司|有限责任公司|集团有限公司|有限公司|股份公司|集团公司|集团|公司)$"
)


class Match(NamedTuple):
    """The customer that a name means: how alike they are (1 is equal) and whether that is sure."""

    customer: str | None
    score: float = float("nan")
    sure: bool = False


def bare_name(name: str) -> str:
    """A company's name for comparison: half-width, lower case, without accents, signs and legal form.

    Examples
    --------
    >>> bare_name("Hallmann & Söhne  GmbH"), bare_name("温州东瓯阀门有限公司")
    ('hallmann sohne', '温州东瓯阀门')
    >>> bare_name("Poldrex Sp. z o.o.")
    'poldrex'
    """
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name)).casefold()
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = re.sub(r"sp\.?\s*z\s*o\.?\s*o\.?", "spzoo", text).replace(".", "").replace("a/s", "as")
    words = re.sub(r"[^\w]+", " ", text).split()
    while len(words) > 1 and words[-1] in _FORMS:
        words.pop()
    return _CHINESE_FORMS.sub("", " ".join(words)) or " ".join(words)


class Customers:
    """The known customers, to be asked who is meant.

    Parameters
    ----------
    names : dict of str to str
        Number to name; None where a customer has no name.
    """

    def __init__(self, names: Mapping[str, str | None]) -> None:
        self.names = names
        self._bare: dict[str, list[str]] = {}
        self._short: dict[str, list[str]] = {}
        for number, name in names.items():
            self._short.setdefault(number.lstrip("0"), []).append(number)
            if name:
                self._bare.setdefault(bare_name(name), []).append(number)

    def by_number(self, text: str) -> str | None:
        """The customer of a number, also where leading zeros were lost."""
        if text in self.names:
            return text
        found = self._short.get(text.lstrip("0"), []) if text.isdigit() else []
        return found[0] if len(found) == 1 else None

    def named(self, name: str) -> Match:
        """The customer whose name this is; a merely similar one is not sure."""
        bare = bare_name(name)
        if bare in self._bare:
            return Match(self._bare[bare][0], 1.0, len(self._bare[bare]) == 1)
        found = process.extractOne(bare, list(self._bare), scorer=fuzz.token_sort_ratio, score_cutoff=LIKELY)
        return self._suggested(found)

    def in_text(self, text: str) -> Match:
        """The customer whose name a text holds; the longest one, if there are several."""
        bare = f" {bare_name(text)} "
        exact = [name for name in self._bare if len(name) >= _SHORTEST and _holds(bare, name)]
        if exact:
            longest = max(exact, key=len)
            return Match(self._bare[longest][0], 1.0, len(self._bare[longest]) == 1)
        long = [name for name in self._bare if len(name) >= 2 * _SHORTEST]
        found = process.extractOne(bare, long, scorer=fuzz.partial_ratio, score_cutoff=LIKELY_IN_TEXT)
        return self._suggested(found)

    def _suggested(self, found: tuple[str, float, int] | None) -> Match:
        if found is None:
            return Match(None)
        return Match(self._bare[found[0]][0], min(round(found[1] / 100, 2), 0.99))


def _holds(text: str, name: str) -> bool:
    """Whether a text holds a name as whole words; Chinese has no blanks between them."""
    return name in text if re.search(r"[\u4e00-\u9fff]", name) else f" {name} " in text
