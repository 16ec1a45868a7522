"""What the records are: their columns, kinds, choices and words, out of schema.toml and the credit floor."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from arcredit.credit.insurance.dossier import ITEMS, item_text
from arcredit.credit.insurance.insurance_policy import TERMS
from arcredit.credit.insurance.insured_limit import KINDS as LIMIT_KINDS
from arcredit.credit.receivables.borrowing import POLICY as BORROWING
from arcredit.credit.receivables.incident import ALIASES as EVENT_ALIASES
from arcredit.credit.receivables.incident import KINDS as EVENT_KINDS
from arcredit.ledger.reading.columns import plain_heading, spellings
from arcredit.words import LANGUAGES, catalogue, say

_TERM_KINDS = {"option": "choice"}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "limit_kinds": tuple(LIMIT_KINDS),
    "event_kinds": EVENT_KINDS,
    "dossier_items": tuple(item.code for item in ITEMS),
}


def folded(text: str) -> str:
    """A word for comparison: half-width, lower case, one blank for blanks, lines and dashes.

    Examples
    --------
    >>> folded("Bounced-Payment "), folded("bounced_payment")
    ('bounced payment', 'bounced payment')
    """
    return " ".join(re.sub(r"[\s_\-]+", " ", unicodedata.normalize("NFKC", text)).casefold().split())


@dataclass(frozen=True)
class Column:
    """A column of a record, or a term of a record of keys and values; see schema.toml for the fields."""

    record: str
    name: str
    kind: str
    words: str
    required: bool = False
    filled: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    default: Any = None

    def heading(self, language: str = "en") -> str:
        """What stands above the column."""
        return say(self.words, language)

    def note(self, language: str = "en") -> str:
        """What the column means, in one line."""
        name = self.words.rpartition(".")[2]
        for own, stem in (("policy", "policy_note"), ("insurance", "insurance_note")):
            if self.record == own and name in catalogue(language, "records")[stem]:
                return _note(stem, name, language)
        return say(f"records.note.{name}", language)

    def choice_text(self, choice: str, language: str = "en") -> str:
        """A choice as a person reads it."""
        if self.name == "item":
            return item_text(choice, language)
        return say(f"records.choice.{choice}", language)

    @cached_property
    def spellings(self) -> frozenset[str]:
        """The headings that mean this column, as `plain_heading` writes them."""
        own = [self.name, *self.also, *map(self.heading, LANGUAGES)]
        found = {plain_heading(text) for text in own}
        return frozenset(found | _of_ledger().get(self.name, frozenset()))

    @cached_property
    def words_of_choices(self) -> Mapping[str, str]:
        """The choice that a word stands for, `folded`: codes, texts in every language, other words."""
        found = {}
        for choice in self.choices:
            for word in (choice, *(self.choice_text(choice, language) for language in LANGUAGES)):
                found[folded(word)] = choice
        if self.choices == _CHOICES["limit_kinds"]:
            found |= {folded(word): kind for kind, words in LIMIT_KINDS.items() for word in words if word}
        if self.choices == _CHOICES["event_kinds"]:
            found |= {folded(word): kind for word, kind in EVENT_ALIASES.items()}
        if self.choices == _CHOICES["dossier_items"]:
            found |= {str(number): code for number, code in enumerate(self.choices, 1)}
        return found


@dataclass(frozen=True)
class Record:
    """A table beside the ledger; `terms` says that its columns are written one below the other.

    ``within`` is a record on whose sheet this one's columns may stand too. ``unknown`` is the amount that is
    not known where a row's cells cannot be read, so that the row stays; ``decides`` are the columns that say
    which of a customer's rows counts.
    """

    name: str
    columns: tuple[Column, ...]
    names: frozenset[str]
    terms: bool = False
    within: str = ""
    unknown: str = ""
    decides: tuple[str, ...] = ()

    def sheet(self, language: str = "en") -> str:
        """The title of its sheet."""
        return say(f"records.sheet.{self.name}", language)

    def about(self, language: str = "en") -> str:
        """What it is for, in a sentence or two."""
        return say(f"records.about.{self.name}", language)

    def column(self, name: str) -> Column:
        """A column by its name."""
        return next(column for column in self.columns if column.name == name)


@cache
def schema() -> Mapping[str, Record]:
    """All records by name."""
    text = (files("arcredit.ledger.records") / "schema.toml").read_text(encoding="utf-8")
    return {name: _record(name, given) for name, given in tomllib.loads(text).items()}


def _record(name: str, given: dict[str, Any]) -> Record:
    titles = given.get("titles", "records.column")
    columns = [_column(name, titles, column) for column in given["columns"]]
    terms = given.get("terms", "")
    if terms == "insurance":
        columns += [_term(key) for key in TERMS]
    own = [*given["names"], *(say(f"records.sheet.{name}", language) for language in LANGUAGES)]
    return Record(
        name,
        tuple(columns),
        frozenset(map(plain_heading, own)),
        bool(terms),
        **{key: given[key] for key in ("within", "unknown") if key in given},
        decides=tuple(given.get("decides", ())),
    )


def _column(record: str, titles: str, given: dict[str, Any]) -> Column:
    given = dict(given)
    words = given.pop("words", "")
    choices = given.pop("choices", ())
    return Column(
        record=record,
        words=f"records.column.{words}" if words else f"{titles}.{given['name']}",
        choices=_CHOICES[choices] if isinstance(choices, str) else tuple(choices),
        also=tuple(given.pop("also", ())),
        default=given.pop("default", BORROWING.get(given["name"]) if record == "borrowing" else None),
        **given,
    )


def _term(key: str) -> Column:
    """A term of the insurance policy, as the credit floor states it."""
    term = TERMS[key]
    kind = _TERM_KINDS.get(term.kind, term.kind)
    low = 0.0 if kind == "amount" else None
    return Column("insurance", key, kind, f"insurance.term.{key}", low=low, choices=term.allowed)


def _note(stem: str, name: str, language: str) -> str:
    if stem == "policy_note":
        return say(f"records.policy_note.{name}", language)
    return say(f"records.insurance_note.{name}", language)


@cache
def _of_ledger() -> Mapping[str, frozenset[str]]:
    """Clear spellings of the columns that records share with the ledger."""
    shared = ("customer", "customer_name", "document", "currency", "terms_days")
    return {
        name: frozenset(text for text, names in spellings().items() if names.get(name)) for name in shared
    }
