"""The worksheet functions keep their contract: names, arguments, defaults, kinds, help in two languages."""

import inspect
import json
import re
from pathlib import Path

import pytest

from arcredit.credit import FUNCTIONS as FIGURES
from arcredit.hosts.excel.functions import AR_HELP
from arcredit.hosts.excel.texts import LONGEST, help_of, is_chinese
from arcredit.shapes import Table

CONTRACT = json.loads((Path(__file__).parent / "contract.json").read_text(encoding="utf-8"))
FUNCTIONS = FIGURES | {"ar_help": AR_HELP.function}
"""The figures, and the one worksheet function that belongs to the host: the help."""
KINDS = {Table: "table", float: "aggregate"}


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
    help_text = help_of(function)
    assert list(help_text.arguments) == list(inspect.signature(function).parameters)
    for which, text in {"summary": help_text.summary, **help_text.arguments}.items():
        assert text.en, which
        # A whole line in the wrong language, not a Chinese word that an English line names.
        assert not re.search("[，。；：、]", text.en), which
        assert is_chinese(text.zh), which
        assert not re.search(r"(\b[a-z']+\b[ ,;]+){4}", text.zh), which
        assert max(len(text.en), len(text.zh)) <= LONGEST, which
    assert help_text.source
    assert ">>>" in help_text.example
    assert help_text.returns


def test_nothing_beyond_the_contract():
    assert {name.upper() for name in FUNCTIONS} <= set(CONTRACT)
