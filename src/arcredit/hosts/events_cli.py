"""``arcredit events import``: events from a file into the workbook's table of events."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from arcredit.hosts.choices import examples, guarded
from arcredit.hosts.console import DONE, FINDINGS, spoken, word
from arcredit.words import LANGUAGES, say

if TYPE_CHECKING:
    from arcredit.hosts.events import Event, Imported

_MOST = 40
"""Events named one by one."""


@click.group(help=say("records.import.group", spoken()))
def events() -> None:
    """Keep the table of events."""


@events.command(
    "import",
    help=say("records.import.about", spoken()),
    epilog=examples("arcredit events import news.xml --book ledger.xlsx"),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--book",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=say("records.import.book", spoken()),
)
@click.option(
    "--date-order", type=click.Choice(["dmy", "mdy", "ymd"]), help=say("records.import.date_order", spoken())
)
@click.option("--language", type=click.Choice(LANGUAGES), help=say("cli.option.language", spoken()))
@click.option("--backup", is_flag=True, help=say("records.import.backup", spoken()))
@click.option("--dry-run", is_flag=True, help=say("records.import.dry_run", spoken()))
def import_(
    file: Path, book: Path, date_order: str | None, language: str | None, backup: bool, dry_run: bool
) -> None:
    """Add the events of a file to a workbook."""
    from arcredit.hosts.events import import_events

    done = guarded(
        lambda: import_events(
            file, book, language=language, date_order=date_order, dry_run=dry_run, backup=backup
        )
    )
    key = "records.import.would_add" if dry_run else "records.import.added"
    click.echo(word(key, path=book, count=len(done.added), sheet=done.sheet))
    _print_left_out(done)
    open_ones = [event for event in done.added if event.to_confirm or event.row["customer"] is None]
    for event in open_ones[:_MOST]:
        _print_question(event)
    if open_ones:
        from arcredit.hosts.events import EVENTS

        click.echo(word("records.import.confirm", column=EVENTS.column("confirm").heading(done.language)))
    sys.exit(FINDINGS if open_ones or done.undated else DONE)


def _print_left_out(done: "Imported") -> None:
    if done.twice:
        click.echo(word("records.import.twice", count=done.twice))
    if done.nobody:
        click.echo(word("records.import.nobody", count=done.nobody))
    if done.undated:
        found = "; ".join((item.name or item.customer or item.note)[:60] for item in done.undated[:5])
        click.echo(word("records.import.undated", count=len(done.undated), found=found))


def _print_question(event: "Event") -> None:
    from arcredit.hosts.console import language
    from arcredit.hosts.events import EVENTS

    row = event.row
    name = row["name_found"] or row["customer"]
    if row["customer"] is None:
        click.echo("  " + word("records.import.unknown", name=name))
    if "customer" in event.to_confirm:
        values = {"customer": row["customer"], "own": event.own or "", "score": row["score"]}
        click.echo("  " + word("records.import.customer", name=name, **values))
    if "kind" in event.to_confirm:
        kind = EVENTS.column("kind").choice_text(row["kind"], language())
        who = row["customer"] or name
        click.echo("  " + word("records.import.kind", customer=who, kind=kind, note=(row["note"] or "")[:80]))
