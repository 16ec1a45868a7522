"""The command line: parse, call, print.

Nothing heavy is imported before a command runs, so that ``--help`` answers at once.

Exit codes: 0 done · 1 done, with findings to look at · 2 wrong usage · 3 a file or its data was refused and
nothing was written to it · 4 a file was busy. Of several files the highest counts.
"""

import datetime as dt
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from arcredit import __version__
from arcredit.errors import ArcreditError, Finding
from arcredit.hosts.addin_cli import addin
from arcredit.hosts.console import BUSY, DONE, FINDINGS, REFUSED, USAGE, language, spoken, word
from arcredit.hosts.printing import (
    print_as,
    print_findings,
    print_result,
    print_summary,
    print_table,
    print_tie,
    progress,
)
from arcredit.words import LANGUAGES, say

if TYPE_CHECKING:
    from arcredit.hosts.refresh import Options, Refreshed


def _examples(*lines: str) -> str:
    return "\b\n" + "\n".join((say("cli.about.examples", spoken()), *(f"  {line}" for line in lines)))


def _as_of(_context: click.Context, _option: click.Parameter, value: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError:
        raise click.BadParameter(say("cli.usage.as_of", spoken())) from None


def _amount(_context: click.Context, _option: click.Parameter, value: str | None) -> float | None:
    """An amount as 794601.46 or 794,601.46; nan and inf are none."""
    if value is None:
        return None
    if not re.fullmatch(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", value.strip()):
        raise click.BadParameter(say("cli.usage.amount", spoken(), found=value))
    return float(value.replace(",", ""))


def _columns(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = [value.partition("=") for value in values]
    if any(not name or not letter for name, _, letter in pairs):
        raise click.BadParameter(say("cli.option.column", spoken()))
    return {name.strip(): letter.strip() for name, _, letter in pairs}


def _option(name: str, **settings: Any) -> Callable[[Any], Any]:
    key = name.lstrip("-").replace("-", "_")
    return click.option(name, help=say(f"cli.option.{key}", spoken()), **settings)


_READING = (
    _option("--sheet"),
    click.option(
        "--column", "columns", multiple=True, callback=_columns, help=say("cli.option.column", spoken())
    ),
    _option("--receipts-sheet"),
    _option("--date-order", type=click.Choice(["dmy", "mdy", "ymd"])),
    _option("--decimal", type=click.Choice(["point", "comma"])),
    _option("--language", type=click.Choice(LANGUAGES)),
)
_FIGURES = (
    _option("--as-of", callback=_as_of, metavar="YYYY-MM-DD"),
    _option("--edges", metavar="30,60,90,120"),
    _option("--convention"),
    _option("--credits"),
)


def _with(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def add(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return add


@click.group(
    help=say("cli.about.program", spoken()), context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="arcredit")
def main() -> None:
    """Run the command line."""


main.add_command(addin)


@main.command(
    help=say("cli.about.refresh", spoken()),
    epilog=_examples(
        "arcredit refresh ledger.xlsx --as-of 2026-06-30",
        "arcredit refresh ledgers/ --jobs 4 --backup",
        "arcredit refresh ledger.xlsx --dry-run --diff",
    ),
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True), metavar="PATH...")
@_with(*_FIGURES, *_READING)
@_option("--rates", type=click.Path(exists=True, dir_okay=False))
@_option("--gl-balance", callback=_amount)
@_option("--backup", is_flag=True)
@_option("--dry-run", is_flag=True)
@_option("--diff", is_flag=True)
@_option("--jobs", type=click.IntRange(min=1))
def refresh(paths: tuple[str, ...], jobs: int | None, **chosen: Any) -> None:
    """Refresh workbooks and folders of workbooks."""
    from arcredit.hosts.batch import refresh_all, workbooks

    options = _options(chosen)
    files = workbooks(Path(path) for path in paths)
    if not files:
        click.echo(word("cli.line.no_files", path=", ".join(paths)), err=True)
        sys.exit(USAGE)
    results = []
    for result in progress(refresh_all(files, options, jobs=jobs), len(files)):
        results.append(result)
        print_result(result, options)
    if len(files) > 1:
        print_summary(results)
    sys.exit(max(map(_exit_code, results)))


@main.command(help=say("cli.about.check", spoken()), epilog=_examples("arcredit check ledger.xlsx"))
@click.argument("book", type=click.Path(exists=True, dir_okay=False))
@_with(*_READING)
def check(book: str, **chosen: Any) -> None:
    """Show how a workbook would be read."""
    ledger = _guarded(lambda: _ledger(book, chosen))
    mapping, totals = ledger.mapping, ledger.totals
    first, last = mapping.header_rows
    header = f"{first}" if first == last else f"{first}–{last}"
    click.echo(
        word(
            "cli.check.sheet",
            sheet=mapping.sheet,
            first=mapping.first_row,
            last=mapping.last_row,
            header=header,
        )
    )
    if mapping.receipts:
        receipts = mapping.receipts
        click.echo(
            word("cli.check.receipts", sheet=receipts.sheet, first=receipts.first_row, last=receipts.last_row)
        )
    click.echo(word("cli.check.reasons"))
    for reason in (*mapping.reasons, *mapping.candidates):
        click.echo(f"  {reason.text(language())}")
    print_table(
        [word("cli.check.column"), word("cli.check.meaning"), word("cli.check.heading")],
        [(letter, name, mapping.headings.get(name, "")) for name, letter in mapping.columns.items()],
    )
    skipped = sum(totals.rows_skipped.values())
    click.echo(word("cli.check.rows", read=totals.rows_read, rejected=totals.rows_rejected, skipped=skipped))
    print_tie(totals, ledger.currencies)
    print_findings(ledger.findings)
    click.echo(word("cli.check.remember"))
    sys.exit(FINDINGS if _noticed(ledger.findings) else DONE)


@main.command(
    help=say("cli.about.aging", spoken()),
    epilog=_examples(
        "arcredit aging ledger.xlsx --as-of 2026-06-30", "arcredit aging ledger.xlsx --format csv"
    ),
)
@click.argument("book", type=click.Path(exists=True, dir_okay=False))
@_with(*_FIGURES, *_READING)
@_option("--format", type=click.Choice(["table", "csv", "json"]), default="table")
def aging(book: str, format: str, **chosen: Any) -> None:
    """Print the aging of a ledger."""
    from arcredit.hosts.figures import aging_tables

    inputs = _guarded(lambda: _inputs(book, chosen))
    for table in aging_tables(inputs):
        title = word(
            "cli.aging.title",
            as_of=inputs.as_of,
            currency=_named(table.currency),
            convention=inputs.convention,
        )
        print_as(format, title, table)
    _print_nothing(inputs)
    sys.exit(FINDINGS if _noticed(inputs.findings) else DONE)


@main.command(help=say("cli.about.dso", spoken()), epilog=_examples("arcredit dso ledger.xlsx"))
@click.argument("book", type=click.Path(exists=True, dir_okay=False))
@_with(*_FIGURES, *_READING)
@_option("--format", type=click.Choice(["table", "csv", "json"]), default="table")
def dso(book: str, format: str, **chosen: Any) -> None:
    """Print days sales outstanding by every method."""
    from arcredit.hosts.figures import dso_tables

    inputs = _guarded(lambda: _inputs(book, chosen))
    for table in dso_tables(inputs):
        title = word("cli.dso.title", as_of=inputs.as_of, currency=_named(table.currency))
        print_as(format, title, table)
    _print_nothing(inputs)
    sys.exit(FINDINGS if _noticed(inputs.findings) else DONE)


@main.command(help=say("cli.about.demo", spoken()))
@_option("--folder", type=click.Path(file_okay=False), default="demo")
@_option("--language", type=click.Choice(LANGUAGES))
def demo(folder: str, language: str | None) -> None:
    """Refresh copies of the sample ledgers."""
    from arcredit.hosts.batch import refresh_all
    from arcredit.hosts.demo import AS_OF, samples_in
    from arcredit.hosts.refresh import Options

    files = samples_in(Path(folder))
    options = Options(as_of=AS_OF, language=language)
    sheets: dict[str, None] = {}
    for result in refresh_all(files, options, jobs=1):
        print_result(result, options)
        sheets |= dict.fromkeys(result.sheets.values())
    click.echo(word("cli.line.demo_done", folder=folder, sheets=", ".join(sheets)))


def _named(currency: str) -> str:
    """A currency after a comma; nothing where the ledger names none."""
    return word("cli.line.currency", currency=currency) if currency else ""


def _print_nothing(inputs: Any) -> None:
    """Say so where nothing was open on that day: an empty table may come of a wrong day."""
    if not len(inputs.items):
        click.echo(word("cli.line.nothing", ledger=inputs.ledger, as_of=inputs.as_of), err=True)


def _options(chosen: dict[str, Any]) -> "Options":
    from arcredit.hosts.refresh import Options

    # The clock lives here: what is computed never asks what day it is.
    return Options(**{**chosen, "as_of": chosen.get("as_of") or dt.date.today()})


def _ledger(book: str, chosen: dict[str, Any]) -> Any:
    from arcredit.hosts.refresh import ledger_of

    return ledger_of(Path(book), _options(chosen))


def _inputs(book: str, chosen: dict[str, Any]) -> Any:
    from arcredit.hosts.refresh import inputs_of

    return inputs_of(Path(book), _options(chosen))


def _guarded(call: Callable[[], Any]) -> Any:
    """The call's result; a refusal is one line on stderr and the exit code."""
    try:
        return call()
    except ArcreditError as error:
        click.echo(error.text(language()), err=True)
        sys.exit(_error_code(error))


def _error_code(error: ArcreditError) -> int:
    from arcredit.errors import FileBusy, InputError

    if isinstance(error, FileBusy):
        return BUSY
    return USAGE if isinstance(error, InputError) else REFUSED


def _exit_code(result: "Refreshed") -> int:
    if result.error:
        return _error_code(result.error)
    return FINDINGS if _noticed(result.findings) or result.gap or result.without_rate else DONE


def _noticed(findings: Iterable[Finding]) -> bool:
    return any(finding.severity != "info" for finding in findings)
