"""The manual's reference pages, made from the list of functions: ``python -m arcredit.hosts.reference``."""

import sys
from collections.abc import Iterator
from pathlib import Path

from arcredit.hosts.excel.adapter import WorksheetFunction
from arcredit.hosts.excel.examples import example_of
from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.hosts.excel.help import default, formula, is_required
from arcredit.hosts.excel.texts import described, help_of, spoken
from arcredit.words import LANGUAGES, say

PAGES = {"en": "functions.md", "zh": "functions.zh.md"}


def page(language: str) -> str:
    """The page of a language: an overview, then every function."""
    lines = [f"# {say('addin.reference.title', language)}", "", say("addin.reference.how", language), ""]
    stems: dict[str, list[WorksheetFunction]] = {}
    for name, entry in FUNCTIONS.items():
        stems.setdefault(name.split("_")[0].lower(), []).append(entry)
    for stem, entries in stems.items():
        heading = say(f"addin.reference.{stem}", language)
        lines += [f"## {heading}", ""]
        lines += _overview(entries, language)
        for entry in entries:
            lines += _function(entry, language)
    return "\n".join(lines).rstrip() + "\n"


def _overview(entries: list[WorksheetFunction], language: str) -> Iterator[str]:
    yield f"| {say('addin.help.function', language)} | {say('addin.help.result', language)} | |"
    yield "|---|---|---|"
    for entry in entries:
        kind = say(f"addin.help.{entry.kind}", language)
        summary = spoken(help_of(entry.function).summary, language)
        yield f"| [{entry.name}](#{entry.name.lower()}) | {kind} | {_safe(summary)} |"
    yield ""


def _function(entry: WorksheetFunction, language: str) -> Iterator[str]:
    found = help_of(entry.function)
    yield from (f"### {entry.name}", "", spoken(found.summary, language), "")
    yield from (f"`{formula(entry)}`", "")
    if entry.parameters:
        yield f"| {say('addin.help.argument', language)} | {say('addin.reference.default', language)} | |"
        yield "|---|---|---|"
    for item in entry.parameters:
        given = say("addin.reference.required", language) if is_required(item) else default(item)
        text = spoken(found.arguments[item.name], language)
        yield f"| `{item.name}` | {_safe(given)} | {_safe(text)} |"
    yield ""
    example = example_of(entry)
    if example:
        yield from (f"`{example.formula}` → `{example.shown}`", "")
    for topic, text in (
        ("result", described(found.returns)),
        ("error", described(found.raises)),
        ("note", found.notes),
        ("source", found.source),
    ):
        if text:
            heading = say(f"addin.help.{topic}", language)
            yield from (f"**{heading}** {' '.join(text.split())}", "")


def _safe(text: str) -> str:
    """A text in a table's cell."""
    return text.replace("|", "\\|")


def main(folder: str = "docs") -> None:
    """Write the pages."""
    for language in LANGUAGES:
        (Path(folder) / PAGES[language]).write_text(page(language), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
