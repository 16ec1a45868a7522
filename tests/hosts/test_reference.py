"""The reference pages in docs/ are what the functions say of themselves today."""

import re
from pathlib import Path

import pytest

from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.hosts.reference import PAGES, main, page
from arcredit.words import LANGUAGES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_not_stale(language):
    stored = (DOCS / PAGES[language]).read_text(encoding="utf-8")
    assert stored == page(language), "run: make docs"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_function_and_argument_is_explained(language):
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", page(language), re.S | re.M))
    assert set(sections) == set(FUNCTIONS)
    for name, entry in FUNCTIONS.items():
        for item in entry.parameters:
            assert f"| `{item.name}` |" in sections[name]


def test_the_pages_are_written(tmp_path):
    main(str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == set(PAGES.values())


def test_units_are_in_the_page_s_language():
    assert "[currency] |" in page("en")
    arguments = [line for line in page("zh").splitlines() if line.startswith("| `")]
    assert any(line.endswith("[金额] |") for line in arguments)
    assert not [line for line in arguments if re.search(r"\[[a-z]+\] \|$", line)]
