"""``arcredit changes``: what moved in a ledger since an earlier day, and why."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from arcredit.hosts.choices import (
    FIGURES,
    READING,
    a_place,
    day,
    examples,
    folder,
    guarded,
    noticed,
    option,
    options_of,
    taking,
)
from arcredit.hosts.console import DONE, FINDINGS, spoken
from arcredit.hosts.printing import print_as
from arcredit.words import say

if TYPE_CHECKING:
    from arcredit.reports.earlier import Earlier
    from arcredit.reports.inputs import Inputs


@click.command(
    help=say("cli.about.changes", spoken()),
    epilog=examples("arcredit changes ledger.xlsx --since 2026-05-31 --as-of 2026-06-30"),
)
@click.argument("book", callback=a_place(exists=True, dir_okay=False))
@option("--since", callback=day, metavar="YYYY-MM-DD")
@taking(*FIGURES, *READING)
@option("--snapshots", callback=folder)
@option("--format", type=click.Choice(["table", "csv", "json"]), default="table")
def changes(book: Path | str, since: dt.date | None, format: str, **chosen: Any) -> None:
    """Print what moved since an earlier day."""
    from arcredit.hosts.figures import bridge_tables, moved_tables

    inputs, before, findings = guarded(lambda: _compared(book, since, chosen))
    source = inputs.say(f"report_changes.compared.{before.source}", day=before.day)
    # A program wants the documents; the bridge is their sum.
    for table in bridge_tables(inputs, before) if format == "table" else ():
        currency = inputs.say("cli.line.currency", currency=table.currency) if table.currency else ""
        title = inputs.say(
            "cli.changes.title", then=before.day, now=inputs.as_of, currency=currency, source=source
        )
        print_as(format, title, table)
    for table in moved_tables(inputs, before):
        currency = inputs.say("cli.line.currency", currency=table.currency) if table.currency else ""
        print_as(format, inputs.say("cli.changes.moved", currency=currency), table)
    for found in findings:
        click.echo(found.message(inputs.language), err=True)
    sys.exit(FINDINGS if noticed((*inputs.findings, *findings)) else DONE)


def _compared(
    book: Path | str, since: dt.date | None, chosen: dict[str, Any]
) -> tuple["Inputs", "Earlier", tuple[Any, ...]]:
    from arcredit.hosts.refresh import inputs_of
    from arcredit.hosts.stores.near import read_near

    with read_near(book, chosen["snapshots"]) as (path, kept):
        inputs = inputs_of(path, options_of({**chosen, "snapshots": str(kept) if kept else None}))
        return inputs, *_before(path, inputs, since, kept)


def _before(
    book: Path, inputs: "Inputs", since: dt.date | None, folder: Path | None
) -> tuple["Earlier", tuple[Any, ...]]:
    """The day to compare with: as asked for, else the last snapshot or month end."""
    from arcredit.credit.receivables.month_ends import reaches
    from arcredit.credit.receivables.open_items import open_at
    from arcredit.errors import SettingsError
    from arcredit.ledger.snapshot import at_or_before
    from arcredit.reports.earlier import Earlier, earlier

    if since is None:
        found = earlier(inputs)
        if found is None:
            raise SettingsError("snapshot.none_since", day=inputs.as_of)
        return found, ()
    held = at_or_before(book, min(since, inputs.as_of - dt.timedelta(days=1)), folder)
    if held.held:
        return Earlier(held.held[0][1], held.held[0][0], "snapshot"), held.findings
    if since < inputs.as_of and reaches(inputs.documents, inputs.events, since, inputs.as_of):
        return Earlier(open_at(inputs.documents, since, inputs.events), since, "ledger"), held.findings
    raise SettingsError("snapshot.none_since", day=since)
