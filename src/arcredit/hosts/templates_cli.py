"""``arcredit templates``: copies of the template workbooks in a folder of the user's."""

import sys
from pathlib import Path

import click

from arcredit.hosts.choices import examples, guarded
from arcredit.hosts.console import DONE, FINDINGS, spoken, word
from arcredit.words import LANGUAGES, say

NAMES = (
    "ledger_starter",
    "credit_file",
    "insurance_policy_schedule",
    "claim_pack",
    "provision",
    "payment_plan",
    "dashboard",
    "function_gallery",
)
"""The templates; each is a workbook in every language."""

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(
    help=say("template_cli.about", spoken()),
    epilog=examples("arcredit templates", "arcredit templates --to forms --language zh"),
)
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    help=say("template_cli.to", spoken()),
)
@click.option("--language", type=click.Choice(LANGUAGES), help=say("template_cli.language", spoken()))
def templates(to: Path, language: str | None) -> None:
    """Copy the templates into a folder; a file that is there already is left as it is."""
    from arcredit.hosts.demo import shipped

    to.mkdir(parents=True, exist_ok=True)
    left = False
    for name in NAMES:
        source = shipped() / f"{name}_{language or spoken()}.xlsx"
        there = (to / source.name).exists()
        left = left or there
        if not there:
            _copy(source, to / source.name)
        key = "template_cli.there" if there else "template_cli.copied"
        click.echo(word(key, path=to / source.name, what=word(f"template_cli.name.{name}")))
    sys.exit(FINDINGS if left else DONE)


def _copy(source: Path, target: Path) -> None:
    from arcredit.ledger.writing.replace import put_whole

    guarded(lambda: put_whole(target, source.read_bytes()))
