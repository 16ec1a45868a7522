"""The command line: parse, call, print.

Nothing heavy is imported before a command runs, so that ``--help`` answers at once.

Exit codes: 0 done · 1 done, with findings to look at · 2 wrong usage · 3 a file or its data was refused and
nothing was written to it · 4 a file was busy. Of several files the highest counts.
"""

import errno
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from arcredit import __version__
from arcredit.errors import ArcreditError, told
from arcredit.hosts.addin_cli import addin
from arcredit.hosts.changes_cli import changes
from arcredit.hosts.choices import FIGURES, READING, examples, guarded, noticed, option, options_of, taking
from arcredit.hosts.claim_cli import claim
from arcredit.hosts.console import DONE, FINDINGS, language, spoken, word
from arcredit.hosts.events_cli import events
from arcredit.hosts.init_cli import init
from arcredit.hosts.log_cli import log
from arcredit.hosts.printing import print_as, print_findings, print_result, print_table, print_tie
from arcredit.hosts.recalc_cli import recalc
from arcredit.hosts.refresh_cli import refresh
from arcredit.hosts.templates_cli import templates
from arcredit.words import LANGUAGES, say, visible


class _Commands(click.Group):
    """Commands that end in our words, whatever the system or a defect of ours does to them."""

    def invoke(self, context: click.Context) -> Any:
        return guarded(lambda: _told(lambda: super(_Commands, self).invoke(context)))


def _told(call: Callable[[], Any]) -> Any:
    """The call's result; a trouble that nobody foresaw becomes an error with words.

    Raises
    ------
    ArcreditError
        For it.
    """
    try:
        return call()
    except (click.ClickException, click.exceptions.Exit, click.Abort, ArcreditError):
        raise
    except OSError as error:
        if error.errno == errno.EPIPE:  # whoever read what is printed has gone
            raise
        raise ArcreditError("cli.system", detail=told(error)) from error
    except Exception as error:
        raise ArcreditError("cli.unexpected", detail=f"{type(error).__name__}: {error}") from error


@click.group(
    cls=_Commands,
    help=say("cli.about.program", spoken()),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="arcredit")
def main() -> None:
    """Run the command line."""


for command in (addin, events, init, refresh, log, changes, claim, recalc, templates):
    main.add_command(command)


@main.command(help=say("cli.about.check", spoken()), epilog=examples("arcredit check ledger.xlsx"))
@click.argument("book", type=click.Path(exists=True, dir_okay=False))
@taking(*READING)
def check(book: str, **chosen: Any) -> None:
    """Show how a workbook would be read."""
    ledger = guarded(lambda: _ledger(book, chosen))
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
    if mapping.unread:
        unread = [f"{letter} {visible(heading)}" for letter, heading in mapping.unread.items()]
        click.echo(word("cli.check.unread", columns=" · ".join(unread)))
    skipped = sum(totals.rows_skipped.values())
    click.echo(word("cli.check.rows", read=totals.rows_read, rejected=totals.rows_rejected, skipped=skipped))
    print_tie(totals, ledger.currencies)
    print_findings(ledger.findings)
    click.echo(word("cli.check.remember"))
    sys.exit(FINDINGS if noticed(ledger.findings) else DONE)


@main.command(
    help=say("cli.about.aging", spoken()),
    epilog=examples(
        "arcredit aging ledger.xlsx --as-of 2026-06-30", "arcredit aging ledger.xlsx --format csv"
    ),
)
@click.argument("book", type=click.Path(exists=True, dir_okay=False))
@taking(*FIGURES, *READING)
@option("--format", type=click.Choice(["table", "csv", "json"]), default="table")
def aging(book: str, format: str, **chosen: Any) -> None:
    """Print the aging of a ledger."""
    from arcredit.hosts.figures import aging_tables

    inputs = guarded(lambda: _inputs(book, chosen))
    for table in aging_tables(inputs):
        title = word(
            "cli.aging.title",
            as_of=inputs.as_of,
            currency=_named(table.currency),
            convention=inputs.convention,
        )
        print_as(format, title, table)
    _print_nothing(inputs)
    sys.exit(FINDINGS if noticed(inputs.findings) else DONE)


@main.command(help=say("cli.about.dso", spoken()), epilog=examples("arcredit dso ledger.xlsx"))
@click.argument("book", type=click.Path(exists=True, dir_okay=False))
@taking(*FIGURES, *READING)
@option("--format", type=click.Choice(["table", "csv", "json"]), default="table")
def dso(book: str, format: str, **chosen: Any) -> None:
    """Print days sales outstanding by every method."""
    from arcredit.hosts.figures import dso_tables

    inputs = guarded(lambda: _inputs(book, chosen))
    for table in dso_tables(inputs):
        title = word("cli.dso.title", as_of=inputs.as_of, currency=_named(table.currency))
        print_as(format, title, table)
    _print_nothing(inputs)
    sys.exit(FINDINGS if noticed(inputs.findings) else DONE)


@main.command(help=say("cli.about.demo", spoken()))
@option("--folder", type=click.Path(file_okay=False), default="demo")
@option("--language", type=click.Choice(LANGUAGES))
def demo(folder: str, language: str | None) -> None:
    """Refresh copies of the sample ledgers."""
    from arcredit.hosts.batch import Task, refresh_all
    from arcredit.hosts.demo import AS_OF, samples_in
    from arcredit.hosts.refresh import Options

    files = samples_in(Path(folder))
    options = Options(as_of=AS_OF, language=language)
    sheets: dict[str, None] = {}
    for result in refresh_all((Task(path, options) for path in files), jobs=1):
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


def _ledger(book: str, chosen: dict[str, Any]) -> Any:
    from arcredit.hosts.refresh import ledger_of

    return ledger_of(Path(book), options_of(chosen))


def _inputs(book: str, chosen: dict[str, Any]) -> Any:
    from arcredit.hosts.refresh import inputs_of

    return inputs_of(Path(book), options_of(chosen))
