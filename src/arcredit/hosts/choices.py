"""What the commands have in common: their options, how those are read, and how a command ends."""

import datetime as dt
import re
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from arcredit.errors import ArcreditError, Finding
from arcredit.hosts.console import BUSY, DONE, FINDINGS, REFUSED, USAGE, language, spoken
from arcredit.words import LANGUAGES, say

if TYPE_CHECKING:
    from arcredit.hosts.refresh import Options, Refreshed


def examples(*lines: str) -> str:
    """Lines of a command's help that show how it is used."""
    return "\b\n" + "\n".join((say("cli.about.examples", spoken()), *(f"  {line}" for line in lines)))


def day(_context: click.Context, _option: click.Parameter, value: str | None) -> dt.date | None:
    """A day of the calendar, as 2026-06-30."""
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError:
        raise click.BadParameter(say("cli.usage.as_of", spoken())) from None


def amount(_context: click.Context, _option: click.Parameter, value: str | None) -> float | None:
    """An amount as 794601.46 or 794,601.46; nan and inf are none."""
    if value is None:
        return None
    if not re.fullmatch(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", value.strip()):
        raise click.BadParameter(say("cli.usage.amount", spoken(), found=value))
    return float(value.replace(",", ""))


def a_place(**settings: Any) -> Callable[..., Any]:
    """Reads a path, or several, as `click.Path` with these settings; an address in a store as it stands."""
    from pathlib import Path

    here = click.Path(path_type=Path, **settings)

    def read(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        from arcredit.hosts.stores.address import place_of

        if value is None:
            return None
        if isinstance(value, tuple):
            return tuple(read(context, parameter, one) for one in value)
        place = place_of(value)
        return place if isinstance(place, str) else here.convert(str(place), parameter, context)

    return read


def folder(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A folder, there or to be made, as a text; or an address in a store."""
    place = a_place(file_okay=False)(context, parameter, value)
    return None if place is None else str(place)


def _columns(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = [value.partition("=") for value in values]
    if any(not name or not letter for name, _, letter in pairs):
        raise click.BadParameter(say("cli.option.column", spoken()))
    return {name.strip(): letter.strip() for name, _, letter in pairs}


def option(name: str, *names: str, **settings: Any) -> Callable[[Any], Any]:
    """An option whose help stands in the words of the command line."""
    key = name.split("/")[0].lstrip("-").replace("-", "_")
    return click.option(name, *names, help=say(f"cli.option.{key}", spoken()), **settings)


READING = (
    option("--sheet"),
    click.option(
        "--column", "columns", multiple=True, callback=_columns, help=say("cli.option.column", spoken())
    ),
    option("--receipts-sheet"),
    option("--date-order", type=click.Choice(["dmy", "mdy", "ymd"])),
    option("--decimal", type=click.Choice(["point", "comma"])),
    option("--language", type=click.Choice(LANGUAGES)),
)
FIGURES = (
    option("--as-of", callback=day, metavar="YYYY-MM-DD"),
    option("--edges", metavar="30,60,90,120"),
    option("--convention"),
    option("--credits"),
)


def taking(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Give a command several options, in this order."""

    def add(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def options_of(chosen: dict[str, Any]) -> "Options":
    """The options of a refresh from those of a command."""
    from arcredit.hosts.refresh import Options

    # The clock lives here: what is computed never asks what day it is.
    return Options(**{**chosen, "as_of": chosen.get("as_of") or dt.date.today()})


def guarded(call: Callable[[], Any]) -> Any:
    """The call's result; a refusal is one line on stderr and the exit code."""
    try:
        return call()
    except ArcreditError as error:
        click.echo(error.text(language()), err=True)
        sys.exit(error_code(error))


def error_code(error: ArcreditError) -> int:
    """How a command ends that was refused."""
    from arcredit.errors import FileBusy, InputError

    if isinstance(error, FileBusy):
        return BUSY
    return USAGE if isinstance(error, InputError) else REFUSED


def exit_code(result: "Refreshed") -> int:
    """How a refresh of a workbook ends."""
    if result.error:
        return error_code(result.error)
    return FINDINGS if noticed(result.findings) or result.gap or result.without_rate else DONE


def noticed(findings: Iterable[Finding]) -> bool:
    """Whether there is something a controller should look at."""
    return any(finding.severity != "info" for finding in findings)
