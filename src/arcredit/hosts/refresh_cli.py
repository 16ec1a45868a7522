"""``arcredit refresh``: bring workbooks up to date."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from arcredit.hosts.choices import (
    FIGURES,
    READING,
    a_place,
    amount,
    examples,
    exit_code,
    folder,
    guarded,
    option,
    options_of,
    taking,
)
from arcredit.hosts.console import DONE, USAGE, spoken, word
from arcredit.hosts.printing import print_result, print_summary, progress
from arcredit.words import say

if TYPE_CHECKING:
    from arcredit.hosts.batch import Results, Task
    from arcredit.hosts.refresh import Options, Refreshed
    from arcredit.hosts.run_log import Left, RunLog


@click.command(
    help=say("cli.about.refresh", spoken()),
    epilog=examples(
        "arcredit refresh ledger.xlsx --as-of 2026-06-30",
        "arcredit refresh ledger.xlsx --reports all",
        "arcredit refresh ledgers/ --jobs 4 --consolidate group.xlsx --rates rates.csv",
        "arcredit refresh ledger.xlsx --dry-run --diff",
        "arcredit refresh s3://bucket/ledgers --pattern 'AR_*.xlsx'",
    ),
)
@click.argument("paths", nargs=-1, required=True, callback=a_place(exists=True), metavar="PATH...")
@taking(*FIGURES, *READING)
@option("--rates", type=click.Path(exists=True, dir_okay=False))
@option("--gl-balance", callback=amount)
@option("--reports", metavar="all | aging,limits,...")
@option("--customer")
@option("--snapshot/--no-snapshot", "snapshot", default=None)
@option("--snapshots", callback=folder)
@option("--recalc", type=click.Choice(["own", "all", "none"]), default="own")
@option("--backup", is_flag=True)
@option("--dry-run", is_flag=True)
@option("--diff", is_flag=True)
@option("--pattern", "patterns", multiple=True)
@option("--force", is_flag=True)
@option("--jobs", type=click.IntRange(min=1))
@option("--scheduler", metavar="tcp://HOST:PORT")
@option("--log", callback=a_place(dir_okay=False))
@option("--consolidate", callback=a_place(dir_okay=False))
def refresh(
    paths: tuple[Path | str, ...],
    patterns: tuple[str, ...],
    force: bool,
    jobs: int | None,
    scheduler: str | None,
    log: Path | str | None,
    consolidate: Path | str | None,
    **chosen: Any,
) -> None:
    """Refresh workbooks and folders of workbooks."""
    from arcredit.hosts.batch import workbooks
    from arcredit.hosts.run_log import RunLog, known_as, states, tasks

    log = log or guarded(lambda: _log_of(paths))
    options = options_of({**chosen, "portfolios": bool(log or consolidate)})
    _check_reports(options)
    found = guarded(lambda: workbooks(paths, patterns))
    files = [path for path in found if not consolidate or known_as(path) != known_as(consolidate)]
    if not files:
        click.echo(word("cli.line.no_files", path=", ".join(map(str, paths))), err=True)
        sys.exit(USAGE)
    # What must be shown or consolidated has to be computed; a dry run leaves no trace.
    afresh = force or consolidate is not None or options.dry_run
    left = guarded(lambda: states(log)) if log and not afresh else {}
    todo = list(tasks(files, options, left))
    writing = guarded(lambda: RunLog(log, options, left)) if log and not options.dry_run else nullcontext()
    run = Run(options, many=len(files) > 1, keep=consolidate is not None, left=left)
    guarded(lambda: _work(run, progress(_results(todo, jobs, scheduler), todo), writing))
    if consolidate and not options.dry_run:
        guarded(lambda: _consolidate(run, consolidate))
    if run.many:
        print_summary(run.counts, log)
    sys.exit(run.code)


def _work(run: "Run", results: "Results", log: AbstractContextManager["RunLog | None"]) -> None:
    with log as lines, closing(results):
        run.through(results, lines)


def _results(todo: list["Task"], jobs: int | None, scheduler: str | None) -> "Results":
    if scheduler:
        from arcredit.hosts.cluster import refresh_there

        return refresh_there(todo, scheduler)
    from arcredit.hosts.batch import refresh_all

    return refresh_all(todo, jobs)


def _log_of(paths: Iterable[Path | str]) -> Path | str | None:
    """The log of the first folder named; single workbooks have none."""
    from arcredit.hosts.run_log import log_of
    from arcredit.hosts.stores.address import is_folder

    for path in paths:
        if is_folder(path) if isinstance(path, str) else path.is_dir():
            return log_of(path)
    return None


def _check_reports(options: "Options") -> None:
    from arcredit.errors import SettingsError
    from arcredit.hosts.refresh import owners_of

    try:
        owners_of(options.reports)
    except SettingsError as error:
        raise click.BadParameter(error.text(spoken()), param_hint="--reports") from None


@dataclass
class Run:
    """What a run came to, workbook by workbook; only counts are kept, and with `keep` the figures."""

    options: "Options"
    many: bool
    keep: bool
    left: Mapping[str, "Left"] = field(default_factory=dict)
    code: int = DONE
    counts: dict[str, int] = field(default_factory=dict)
    results: list["Refreshed"] = field(default_factory=list)

    def through(self, results: Iterable["Refreshed"], log: "RunLog | None") -> None:
        """Print, log and count each result."""
        for result in results:
            if log:
                log.write(result)
            print_result(result, self.options, brief=self.many)
            known = self._known(result)
            self.code = max(self.code, known.exit if known else exit_code(result))
            for name, count in _counted(result, known):
                self.counts[name] = self.counts.get(name, 0) + count
            if self.keep:
                self.results.append(result)

    def _known(self, result: "Refreshed") -> "Left | None":
        """What an earlier run said of a workbook that was not read again: it still holds."""
        from arcredit.hosts.run_log import known_as

        return self.left.get(known_as(result.path)) if result.status == "skipped" else None


def _counted(result: "Refreshed", known: "Left | None") -> Iterator[tuple[str, int]]:
    yield "files", 1
    yield result.status, 1
    yield "findings", known.findings if known else len(result.findings)
    yield "rows", result.totals.rows_read


def _consolidate(run: Run, path: Path | str) -> None:
    from arcredit.hosts.consolidate import consolidate

    consolidate(run.results, run.options, path)
    click.echo(word("cli.line.consolidated", path=path, files=len(run.results)))
