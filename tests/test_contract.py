"""The worksheet functions keep their contract: names, arguments, defaults, kinds, help in two languages."""

import inspect
import json
import re
from pathlib import Path

import pytest

from arcredit.credit import FUNCTIONS
from arcredit.shapes import Table

CONTRACT = json.loads((Path(__file__).parent / "contract.json").read_text(encoding="utf-8"))
KINDS = {Table: "table", float: "aggregate"}
LONGEST = 255


def paragraphs(text):
    return [re.sub(r"\s+", " ", part).strip() for part in re.split(r"\n\s*\n", text.strip())]


def help_texts(function):
    """English and Chinese summary, then English and Chinese text of each argument, from the docstring."""
    doc = inspect.getdoc(function)
    yield "summary", *paragraphs(doc)[:2]
    section = re.search(r"Parameters\n-+\n(.*?)\n\n(?=\w+\n-+\n|Source:)", doc, re.S)[1]
    for name, body in re.findall(r"^(\w+) : [^\n]*\n((?:    [^\n]*\n?|\n)+)", section + "\n", re.M):
        lines = [line.strip() for line in body.strip().splitlines() if line.strip()]
        english = " ".join(line for line in lines if not chinese(line))
        yield name, english, "".join(line for line in lines if chinese(line))


def chinese(text):
    return bool(re.search(r"[\u4e00-\u9fff]", text))


def default_of(text):
    if text == "blank":
        return None
    if text.startswith("{"):
        return tuple(int(edge) for edge in text.strip("{}").split(","))
    return json.loads(text.lower() if text in ("TRUE", "FALSE") else text)


@pytest.mark.parametrize("name", CONTRACT)
def test_signature(name):
    function = FUNCTIONS[name.lower()]
    parameters = inspect.signature(function).parameters
    agreed = CONTRACT[name]["arguments"]
    assert list(parameters)[: len(agreed)] == [argument["name"] for argument in agreed]
    for argument in agreed:
        found = parameters[argument["name"]].default
        if "default" not in argument:
            assert found is inspect.Parameter.empty
        else:
            assert found == default_of(argument["default"]), argument["name"]
    for added in list(parameters.values())[len(agreed) :]:
        assert added.default is None, added
    assert all(parameter.kind is parameter.POSITIONAL_OR_KEYWORD for parameter in parameters.values())
    assert KINDS.get(inspect.signature(function).return_annotation, "element") == CONTRACT[name]["kind"]


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_help(name):
    """Every help text is there in both languages and fits the Function Wizard; source and example too."""
    function = FUNCTIONS[name]
    doc = inspect.getdoc(function)
    texts = list(help_texts(function))
    assert [text[0] for text in texts[1:]] == list(inspect.signature(function).parameters)
    for which, english, zh in texts:
        assert english, which
        assert not chinese(english), which
        assert chinese(zh), which
        assert max(len(english), len(zh)) <= LONGEST, which
    assert "Source:" in doc
    assert ">>>" in doc
    assert re.search(r"Returns\n-+\n", doc)


def test_nothing_beyond_the_contract():
    assert {name.upper() for name in FUNCTIONS} <= set(CONTRACT)
