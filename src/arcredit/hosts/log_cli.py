"""``arcredit log``: read back what refreshes did."""

from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from arcredit.hosts.choices import a_place, examples, guarded, option
from arcredit.hosts.console import language, spoken, word
from arcredit.hosts.printing import json_line, print_table
from arcredit.words import say

_STATES = ("refreshed", "unchanged", "skipped", "failed")
_HEADINGS = ("run", "file", "status", "as_of", "open", "findings")


@click.command(
    help=say("cli.about.log", spoken()),
    epilog=examples("arcredit log ledgers/ --last 20", "arcredit log ledgers/ --status failed"),
)
@click.argument("path", callback=a_place(exists=True))
@option("--last", type=click.IntRange(1, 1_000_000), default=20)
@option("--match")
@option("--status", "states", type=click.Choice(_STATES), multiple=True)
@option("--format", type=click.Choice(["table", "json"]), default="table")
def log(path: Path | str, last: int, match: str | None, states: tuple[str, ...], format: str) -> None:
    """Read a run log back, newest lines last."""
    wanted = guarded(lambda: deque(_wanted(path, match or "", states or _STATES), maxlen=last))
    if format == "json":
        for entry in wanted:
            click.echo(json_line(entry))
        return
    headings = [word(f"cli.log.{name}") for name in _HEADINGS]
    print_table(headings, [_row(entry, path) for entry in wanted])


def _wanted(path: Path | str, match: str, states: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    from arcredit.hosts.run_log import entries

    for entry in entries(_log_at(path)):
        if match in entry["path"] and entry.get("status") in states:
            yield entry


def _log_at(path: Path | str) -> Path | str:
    """The log of a folder, or the log itself."""
    from arcredit.hosts.run_log import log_of
    from arcredit.hosts.stores.address import found

    if isinstance(path, Path):
        return log_of(path) if path.is_dir() else path
    of_folder = log_of(path)
    return of_folder if any(name.startswith(f"{of_folder}/") for name in found(path)) else path


def _row(entry: Mapping[str, Any], place: Path | str) -> tuple[str, ...]:
    opened = (
        f"{figures['open']:,.2f} {currency}".strip() for currency, figures in entry.get("figures", {}).items()
    )
    said = _error(entry["error"]) if "error" in entry else ", ".join(opened)
    counts = entry.get("counts")
    findings = sum(counts.values()) if counts else len(entry.get("findings", ()))
    state = say(
        "cli.summary.failed" if "error" in entry else f"consolidated.states.{entry['status']}", language()
    )
    run = entry["run"][:19].replace("T", " ")
    return (run, _name(entry["path"], place), state, entry["as_of"], said, str(findings))


def _name(path: str, place: Path | str) -> str:
    """As seen from the folder asked for, so that two of the same name are told apart."""
    folder = str(place if isinstance(place, str) else place.resolve()).replace("\\", "/") + "/"
    whole = path.replace("\\", "/")
    return whole.removeprefix(folder) if whole.startswith(folder) else whole.rsplit("/", 1)[-1]


def _error(error: Mapping[str, Any]) -> str:
    """In the language spoken, where the line says of what it was made; else as it was written."""
    from arcredit.errors import ArcreditError

    try:
        return ArcreditError(error["key"], **error["values"]).text(language())
    except (KeyError, ValueError, TypeError, IndexError, OSError):
        return str(error["text"])
