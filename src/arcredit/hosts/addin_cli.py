"""``arcredit addin``: build, install, remove and examine the add-ins for Excel and LibreOffice."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from arcredit.errors import ArcreditError
from arcredit.hosts.choices import guarded
from arcredit.hosts.console import BUSY, FINDINGS, REFUSED, spoken, word
from arcredit.words import say

if TYPE_CHECKING:
    from arcredit.hosts.excel.install import Step


def _about(name: str) -> str:
    return say(f"addin.about.{name}", spoken())


def _option(name: str) -> str:
    return say(f"addin.option.{name}", spoken())


@click.group(help=_about("addin"))
def addin() -> None:
    """Build, install, remove and examine the add-ins."""


@addin.command(help=_about("build"))
@click.option("--calc", is_flag=True, help=_option("calc"))
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help=_option("to"))
def build(calc: bool, to: Path | None) -> None:
    """Write the add-in's file."""
    if calc:
        from arcredit.hosts.calc.build import build as build_it

        path = to or Path("arcredit.oxt")
    else:
        from arcredit.hosts.excel.build import build as build_it

        path = to or Path("arcredit.xlam")
    guarded(lambda: build_it(path))
    click.echo(word("addin.step.built", path=path))


@addin.command(help=_about("install"))
@click.option("--from", "source", help=_option("from"))
@click.option("--dry-run", is_flag=True, help=_option("dry_run"))
def install(source: str | None, dry_run: bool) -> None:
    """Install the Excel add-in for this user."""
    from arcredit.hosts.excel.install import installation
    from arcredit.hosts.excel.places import places

    try:
        _carry_out(installation(places(), source), dry_run, "addin.step.installed")
    except ArcreditError as error:
        _refuse(error)


@addin.command(help=_about("uninstall"))
@click.option("--dry-run", is_flag=True, help=_option("dry_run"))
def uninstall(dry_run: bool) -> None:
    """Take the Excel add-in away without a trace."""
    from arcredit.hosts.excel.install import removal
    from arcredit.hosts.excel.places import places

    try:
        steps = removal(places())
        if steps:
            _carry_out(steps, dry_run, "addin.step.uninstalled")
        else:
            click.echo(word("addin.step.nothing"))
    except ArcreditError as error:
        _refuse(error)


@addin.command(help=_about("doctor"))
def doctor() -> None:
    """Say what is wrong with the installation and what to do."""
    from arcredit.hosts.excel.doctor import troubles
    from arcredit.hosts.excel.places import places

    try:
        found = troubles(places())
    except ArcreditError as error:
        _refuse(error)
    if not found:
        click.echo(word("addin.doctor.well"))
        return
    click.echo(word("addin.doctor.ill", count=len(found)))
    for trouble in found:
        click.echo(f"- {trouble.text(spoken())}")
    sys.exit(FINDINGS)


def _carry_out(steps: "list[Step]", dry_run: bool, done: str) -> None:
    from arcredit.hosts.excel.install import take

    def tell(step: "Step") -> None:
        text = word(f"addin.step.{step.key}", **step.values)
        click.echo(f"- {text}")

    if dry_run:
        click.echo(word("addin.step.would"))
        for step in steps:
            tell(step)
        return
    take(steps, tell)
    click.echo(word(done))


def _refuse(error: ArcreditError) -> None:
    click.echo(error.text(spoken()), err=True)
    sys.exit(BUSY if error.key == "addin.refused.busy" else REFUSED)
