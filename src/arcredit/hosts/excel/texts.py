"""What a worksheet function says of itself: its help in English and Chinese, out of its docstring."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from arcredit.words import say

LONGEST = 255
"""Characters the Function Wizard shows of a help text."""

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CHINESE_LINE = re.compile(r"[，。；：、（）]")
"""An English line may name a Chinese word, such as terms of 月结30; it has no Chinese punctuation."""
_UNIT = re.compile(r"\[([a-z]+)\]$")
_SECTION = r"{name}\n-+\n(.*?)(?=\n\n\w+\n-+\n|\n\nSource:|\Z)"


@dataclass(frozen=True)
class Text:
    """A help text in both languages."""

    en: str
    zh: str


@dataclass(frozen=True)
class Help:
    """A function's help: what it gives, its arguments, result, errors, source and example."""

    summary: Text
    arguments: dict[str, Text]
    returns: str
    raises: str
    notes: str
    source: str
    example: str


@cache
def help_of(function: Callable[..., Any]) -> Help:
    """The help of a pure function, from its docstring."""
    doc = inspect.getdoc(function) or ""
    english, chinese = (_line(part) for part in re.split(r"\n\s*\n", doc)[:2])
    return Help(
        summary=Text(english, chinese),
        arguments=dict(_arguments(_section(doc, "Parameters"))),
        returns=_section(doc, "Returns"),
        raises=_section(doc, "Raises"),
        notes=_section(doc, "Notes"),
        source=_line(_found(r"Source: (.*?)(?=\n\n|\Z)", doc)),
        example=_section(doc, "Examples"),
    )


def spoken(text: Text, language: str) -> str:
    """A text in a language; its unit, such as [days], stands in the docstring's English one only."""
    return text.en if language == "en" else f"{text.zh} {unit_of(text, language)}".rstrip()


def unit_of(text: Text, language: str) -> str:
    """The unit of an argument, such as [days]; empty where it has none."""
    found = _UNIT.search(text.en)
    if not found:
        return ""
    unit = say(f"addin.unit.{found[1]}", language)
    return f"[{unit}]"


def described(section: str) -> str:
    """What a Returns or Raises section says, without the type in its first line."""
    return section.partition("\n")[2] or section


def is_chinese(text: str) -> bool:
    """Whether a text has a Chinese character in it."""
    return bool(_CHINESE.search(text))


def _arguments(section: str) -> list[tuple[str, Text]]:
    found = []
    for name, body in re.findall(r"^(\w+) : [^\n]*\n((?: {4}[^\n]*(?:\n|\Z)|\n)+)", section + "\n", re.M):
        lines = [line.strip() for line in body.splitlines() if line.strip()]
        english = " ".join(line for line in lines if not _CHINESE_LINE.search(line))
        found.append((name, Text(english, "".join(line for line in lines if _CHINESE_LINE.search(line)))))
    return found


def _section(doc: str, name: str) -> str:
    return _found(_SECTION.format(name=name), doc)


def _found(pattern: str, doc: str) -> str:
    match = re.search(pattern, doc, re.S)
    return match[1].strip("\n") if match else ""


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
