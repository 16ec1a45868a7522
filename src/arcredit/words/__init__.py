"""Every text a user reads, in English and 简体中文: one folder per language, one file per topic.

A key is ``topic.name`` or ``topic.name.part``; ``topic`` is the file. Placeholders are those of `str.format`.
A test fails on a key that one language lacks, on differing placeholders and on an unused key.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from typing import Any
from unicodedata import category

LANGUAGES = ("en", "zh")


@cache
def catalogue(language: str, topic: str) -> dict[str, Any]:
    """The texts of one topic in one language, as nested tables."""
    text = (files(__name__) / language / f"{topic}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def say(key: str, language: str = "en", **values: Any) -> str:
    """The text of a key in a language, its placeholders filled.

    Raises
    ------
    KeyError
        If the language has no such text.

    Examples
    --------
    >>> say("input.not_a_flag.remedy")
    'Give TRUE or FALSE.'
    """
    topic, *path = key.split(".")
    text: Any = catalogue(language, topic)
    for name in path:
        text = text[name]
    return str(text).format(**values)


def visible(text: str) -> str:
    """A text that came from a file, as it may be printed: what steers a terminal or hides is spelled out.

    Control characters, line breaks, marks of writing direction and characters of no width.

    Examples
    --------
    >>> visible("ACME\\x1b[2J\\nok \\u202e")
    'ACME\\\\x1b[2J\\\\nok \\\\u202e'
    """
    if text.isprintable():
        return text
    return "".join(repr(letter)[1:-1] if category(letter) in _UNSEEN else letter for letter in text)


_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """What placeholders stand for, texts and paths made `visible`."""
    return {
        name: visible(str(value)) if isinstance(value, str | PurePath) else value
        for name, value in values.items()
    }


def sentences(language: str, *texts: str) -> str:
    """Sentences one after the other, as a language sets them: Chinese leaves no blank between them.

    Examples
    --------
    >>> sentences("zh", "没有客户。", "请在该行填写客户。")
    '没有客户。请在该行填写客户。'
    """
    return ("" if language == "zh" else " ").join(texts)
