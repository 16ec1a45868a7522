"""The worked examples of the gallery: golden rows of the tests, a function each."""

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.hosts.excel.texts import help_of

_HERE = Path(__file__).parent
_GOLDEN = _HERE.parents[1] / "tests" / "golden"
_PLACE = {"en": 0, "zh": 1}
_PHRASES = {
    "worked example, hand-computed": "手工核算的示例",
    "product rule": "产品规则",
    "behaviour read in source": "据其源码",
    "figures only": "仅取其数字",
}


class Example(NamedTuple):
    """A function with arguments, what it must give, how exactly, and who says so."""

    function: str
    arguments: Mapping[str, Any]
    expected: Any
    tolerance: float
    source: str


class Topic(NamedTuple):
    """A sheet of the gallery."""

    sheet: str
    title: str
    examples: tuple[Example, ...]


def topics(language: str) -> list[Topic]:
    """The gallery's sheets in a language."""
    given = tomllib.loads((_HERE / "gallery.toml").read_text(encoding="utf-8"))["topic"]
    return [
        Topic(
            topic["sheet"][_PLACE[language]],
            topic["title"][_PLACE[language]],
            tuple(_example(*example, language=language) for example in topic["examples"]),
        )
        for topic in given
    ]


def _example(function: str, place: str, source: str = "", *, language: str) -> Example:
    if not place:
        return _help_example(language)
    place, _, number = place.partition(" #")
    table, _, name = place.partition(" ")
    found = [row for row in _golden(table) if (row["id"], row["function"]) == (name, function.lower())]
    row = found[int(number or 1) - 1]
    arguments = {key: value for key, value in row["arguments"].items() if value is not None}
    said = row["source"] if language == "en" else source or _in_chinese(row["source"])
    return Example(function, arguments, row["expected"], row.get("tolerance", 0.0), said)


def _help_example(language: str) -> Example:
    """The example of AR_HELP's own docstring: its first line names the function."""
    source = help_of(FUNCTIONS["AR_HELP"].function).source.rstrip(".")
    arguments = {"function_name": "AR_DSO", "language": language}
    said = source if language == "en" else _in_chinese(source)
    return Example("AR_HELP", arguments, {"columns": {"name": ["AR_DSO"]}}, 0.0, said)


@cache
def _golden(table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((_GOLDEN / f"{table}.json").read_text(encoding="utf-8"))
    return rows


def _in_chinese(source: str) -> str:
    for english, chinese in _PHRASES.items():
        source = source.replace(english, chinese)
    return source
