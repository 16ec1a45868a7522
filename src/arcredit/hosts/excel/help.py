"""AR_HELP: the list of functions, or one function's arguments, units, errors and example, in a sheet."""

import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from arcredit.hosts.excel.adapter import WorksheetFunction
from arcredit.hosts.excel.examples import example_of
from arcredit.hosts.excel.texts import LONGEST, described, help_of, spoken
from arcredit.shapes import Labels, Table, option
from arcredit.words import LANGUAGES, say

_MEANINGS = {"#N/A": "na", "#DIV/0!": "div0", "#NUM!": "num", "#VALUE!": "value"}
_HEADINGS = ("item", "name", "default", "help")


def help_function(functions: Mapping[str, WorksheetFunction]) -> Callable[..., Table]:
    """The worksheet function AR_HELP for a list of functions; `functions` may still grow."""

    def ar_help(function_name: Labels = None, language: Labels = "en") -> Table:
        """List the functions, or explain one: arguments with units, errors, an example and the source.

        列出全部函数，或说明其中一个：参数与单位、错误值、示例和出处。

        Parameters
        ----------
        function_name : Labels, optional
            Name of a function; blank lists them all.
            函数名；留空则列出全部。
        language : Labels, default "en"
            "en" or "zh".
            "en" 为英文，"zh" 为中文。

        Returns
        -------
        Table
            item, name, default, help.

        Raises
        ------
        InputError
            #VALUE! for an unknown function or language.

        Source: product rule.

        Examples
        --------
        >>> ar_help("AR_DSO")["name"][0]
        'AR_DSO'
        """
        chosen = option(language, "language", LANGUAGES)
        names = [name.lower() for name in functions]
        name = option(function_name, "function_name", ["", *names]).upper()
        lines = explained(functions[name], chosen) if name else listed(functions, chosen)
        columns = zip(*lines, strict=True)
        return Table(
            {heading: np.array(column, object) for heading, column in zip(_HEADINGS, columns, strict=True)}
        )

    return ar_help


Line = tuple[str, str, str, str]


def listed(functions: Mapping[str, WorksheetFunction], language: str = "en") -> Iterator[Line]:
    """A line per function: its kind, name and summary."""
    for name, entry in functions.items():
        kind = say(f"addin.help.{entry.kind}", language)
        yield (kind, name, "", spoken(help_of(entry.function).summary, language))


def explained(entry: WorksheetFunction, language: str = "en") -> Iterator[Line]:
    """What there is to know about one function, line by line."""
    found = help_of(entry.function)
    yield from _lines("function", entry.name, spoken(found.summary, language), language)
    yield (say("addin.help.formula", language), formula(entry), "", "")
    for item in entry.parameters:
        text = spoken(found.arguments[item.name], language)
        yield (say("addin.help.argument", language), item.name, default(item), text)
    yield from _lines("result", say(f"addin.help.{entry.kind}", language), described(found.returns), language)
    meaning = say(f"addin.meaning.{_MEANINGS[entry.undefined]}", language)
    yield from _lines("error", entry.undefined, meaning, language)
    yield from _lines("error", "", described(found.raises), language)
    yield from _lines("note", "", found.notes, language)
    example = example_of(entry)
    if example:
        yield from _lines("example", example.formula, example.shown, language)
    yield from _lines("source", "", found.source, language)


def formula(entry: WorksheetFunction) -> str:
    """How the function is typed, optional arguments in brackets."""
    names = [item.name if is_required(item) else f"[{item.name}]" for item in entry.parameters]
    return f"={entry.name}({', '.join(names)})"


def is_required(item: inspect.Parameter) -> bool:
    """Whether an argument must be given."""
    return item.default is inspect.Parameter.empty


def default(item: inspect.Parameter) -> str:
    """An argument's default as a sheet shows it; nothing for a blank."""
    value: Any = item.default
    if is_required(item) or value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value).upper() if isinstance(value, bool) else str(value)


def _lines(item: str, name: str, text: str, language: str) -> Iterator[Line]:
    """A text as lines that a cell of a spilled array can hold in every Excel."""
    for part in textwrap.wrap(" ".join(text.split()), LONGEST) or ([""] if name else []):
        yield (say(f"addin.help.{item}", language), name, "", part)
        name = ""
