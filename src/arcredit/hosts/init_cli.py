"""``arcredit init``: add the sheets that a ledger lacks."""

import sys
from pathlib import Path

import click

from arcredit.hosts.choices import examples, guarded
from arcredit.hosts.console import DONE, FINDINGS, spoken, word
from arcredit.words import LANGUAGES, say


@click.command(
    help=say("records.init.about", spoken()),
    epilog=examples("arcredit init ledger.xlsx", "arcredit init ledger.xlsx --records orders,plans"),
)
@click.argument("book", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--records", metavar="all | limits,...", help=say("records.init.records", spoken()))
@click.option("--language", type=click.Choice(LANGUAGES), help=say("cli.option.language", spoken()))
@click.option("--backup", is_flag=True, help=say("records.init.backup", spoken()))
@click.option("--dry-run", is_flag=True, help=say("records.init.dry_run", spoken()))
def init(book: Path, records: str | None, language: str | None, backup: bool, dry_run: bool) -> None:
    """Add the sheets of the records that a workbook lacks."""
    from arcredit.hosts.init import add_records

    names = _names(records)
    done = guarded(lambda: add_records(book, names, language=language, dry_run=dry_run, backup=backup))
    for record, sheet in done.taken.items():
        click.echo(
            word(
                "records.init.taken",
                path=book,
                sheet=sheet,
                record=say(f"records.sheet.{record}", done.language),
            )
        )
    if done.sheets:
        key = "records.init.would_add" if dry_run else "records.init.added"
        click.echo(word(key, path=book, sheets=", ".join(done.sheets.values())))
    else:
        click.echo(word("records.init.nothing", path=book))
    sys.exit(FINDINGS if done.taken else DONE)


def _names(text: str | None) -> tuple[str, ...]:
    from arcredit.hosts.init import USUAL
    from arcredit.ledger.records.schema import schema

    if text is None:
        return USUAL
    if text.strip().lower() == "all":
        return tuple(schema())
    names = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    for name in names:
        if name not in schema():
            raise click.BadParameter(word("records.init.unknown", found=name, known=", ".join(schema())))
    return names
