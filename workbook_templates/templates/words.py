"""The templates' own texts: one file, a table for each workbook, every text in both languages."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_PLACE = {"en": 0, "zh": 1}


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def text(key: str, language: str, **values: Any) -> str:
    """A text of the templates, such as ``plan.title``, its placeholders filled."""
    book, _, name = key.partition(".")
    found: str = _texts()[book][name][_PLACE[language]]
    return found.format(**values)
