"""The catalogues: the same keys and placeholders in every language, and none unused."""

import re
import string
import tomllib
from pathlib import Path

import pytest

from arcredit.words import LANGUAGES

SRC = Path(__file__).parents[1] / "src" / "arcredit"
TOPICS = sorted({path.stem for path in (SRC / "words").rglob("*.toml")})


def texts(language, topic):
    def walk(table, path):
        for name, value in table.items():
            if isinstance(value, dict):
                yield from walk(value, f"{path}.{name}")
            else:
                yield f"{path}.{name}", value

    content = (SRC / "words" / language / f"{topic}.toml").read_text(encoding="utf-8")
    return dict(walk(tomllib.loads(content), topic))


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("topic", TOPICS)
def test_languages_have_the_same_texts(topic):
    english, *others = (texts(language, topic) for language in LANGUAGES)
    for other in others:
        assert english.keys() == other.keys()
        for key, text in english.items():
            assert text.strip()
            assert other[key].strip()
            assert placeholders(text) == placeholders(other[key]), key


@pytest.mark.parametrize("topic", TOPICS)
def test_chinese_is_chinese(topic):
    """A text left in English: no Chinese character in it, though the English one has words."""
    english, chinese = texts("en", topic), texts("zh", topic)
    for key, text in chinese.items():
        if re.search(r"[a-z]{3}", re.sub(r"\{.*?\}", "", english[key])):
            assert re.search(r"[\u4e00-\u9fff]", text), key


def test_no_text_is_unused():
    code = "\n".join(path.read_text(encoding="utf-8") for path in SRC.rglob("*.py"))
    for topic in TOPICS:
        for key in texts("en", topic):
            root = key.removesuffix(".message").removesuffix(".remedy")
            stem = root.rsplit(".", 1)[0]
            # Either the whole key stands in the code, or its stem is completed there: f"report.{name}".
            assert f'"{root}"' in code or f'"{stem}.{{' in code, key
