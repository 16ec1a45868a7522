"""``arcredit recalc``: new results for the formulas of a workbook that need not hold a ledger."""

import sys
from pathlib import Path
from typing import Any

import click

from arcredit.hosts.choices import day as day_given
from arcredit.hosts.choices import examples, guarded, noticed, option, options_of, taking
from arcredit.hosts.console import DONE, FINDINGS, spoken, word
from arcredit.hosts.printing import print_findings
from arcredit.words import say


@click.command(
    help=say("recalc.about", spoken()),
    epilog=examples(
        "arcredit recalc payment_plan_en.xlsx", "arcredit recalc book.xlsx --recalc own --dry-run"
    ),
)
@click.argument("book", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@taking(
    option("--as-of", callback=day_given, metavar="YYYY-MM-DD"),
    option("--recalc", type=click.Choice(["own", "all"]), default="all"),
    option("--backup", is_flag=True),
    option("--dry-run", is_flag=True),
)
def recalc(book: Path, backup: bool, dry_run: bool, **chosen: Any) -> None:
    """Compute the formulas of a workbook anew and keep everything else."""
    from arcredit.hosts.bounds import bounded
    from arcredit.hosts.recalc import recalculate
    from arcredit.ledger.patch import Patch

    options = options_of(chosen)

    def bring() -> Any:
        with bounded():
            patch = Patch(book)
            return patch, recalculate(patch, options.as_of, options.recalc)

    patch, done = guarded(bring)
    if not dry_run:
        guarded(lambda: patch.save(backup=backup))
    click.echo(word("recalc.line", **done.counts()))
    print_findings(done.findings)
    sys.exit(FINDINGS if noticed(done.findings) else DONE)
