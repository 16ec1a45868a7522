"""``arcredit refresh`` and ``arcredit log``: bring workbooks up to date, and read back what was done."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from arcredit.hosts.choices import (
    FIGURES,
    READING,
    amount,
    examples,
    exit_code,
    guarded,
    option,
    options_of,
    taking,
)
from arcredit.hosts.console import DONE, USAGE, spoken, word
from arcredit.hosts.printing import print_result, print_summary, print_table, progress
from arcredit.words import say

if TYPE_CHECKING:
    from arcredit.hosts.batch import Task
    from arcredit.hosts.refresh import Options, Refreshed
    from arcredit.hosts.run_log import RunLog


def _places(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[Path | str, ...]:
    """Paths that are there, and addresses in a store as they stand."""
    here = click.Path(exists=True, path_type=Path)
    return tuple(value if "://" in value else here.convert(value, parameter, context) for value in values)


@click.command(
    help=say("cli.about.refresh", spoken()),
    epilog=examples(
        "arcredit refresh ledger.xlsx --as-of 2026-06-30",
        "arcredit refresh ledger.xlsx --reports all",
        "arcredit refresh ledgers/ --jobs 4 --consolidate group.xlsx --rates rates.csv",
        "arcredit refresh ledger.xlsx --dry-run --diff",
    ),
)
@click.argument("paths", nargs=-1, required=True, callback=_places, metavar="PATH...")
@taking(*FIGURES, *READING)
@option("--rates", type=click.Path(exists=True, dir_okay=False))
@option("--gl-balance", callback=amount)
@option("--reports", metavar="all | aging,limits,...")
@option("--customer")
@option("--snapshot/--no-snapshot", "snapshot", default=None)
@option("--snapshots", type=click.Path(file_okay=False))
@option("--recalc", type=click.Choice(["own", "all", "none"]), default="own")
@option("--backup", is_flag=True)
@option("--dry-run", is_flag=True)
@option("--diff", is_flag=True)
@option("--pattern", "patterns", multiple=True)
@option("--force", is_flag=True)
@option("--jobs", type=click.IntRange(min=1))
@option("--scheduler", metavar="tcp://HOST:PORT")
@option("--log", type=click.Path(dir_okay=False, path_type=Path))
@option("--consolidate", type=click.Path(dir_okay=False, path_type=Path))
def refresh(
    paths: tuple[Path | str, ...],
    patterns: tuple[str, ...],
    force: bool,
    jobs: int | None,
    scheduler: str | None,
    log: Path | None,
    consolidate: Path | None,
    **chosen: Any,
) -> None:
    """Refresh workbooks and folders of workbooks."""
    from arcredit.hosts.batch import workbooks
    from arcredit.hosts.run_log import RunLog, log_of, tasks

    log = log or next((log_of(path) for path in paths if isinstance(path, Path) and path.is_dir()), None)
    options = options_of({**chosen, "portfolios": bool(log or consolidate)})
    _check_reports(options)
    files = [path for path in guarded(lambda: workbooks(paths, patterns)) if not _is(path, consolidate)]
    if not files:
        click.echo(word("cli.line.no_files", path=", ".join(map(str, paths))), err=True)
        sys.exit(USAGE)
    # What must be shown or consolidated has to be computed; a dry run leaves no trace.
    afresh = force or consolidate is not None or options.dry_run
    todo = guarded(lambda: list(tasks(files, options, None if afresh else log)))
    writing = guarded(lambda: RunLog(log, options)) if log and not options.dry_run else nullcontext()
    run = Run(options, many=len(files) > 1, keep=consolidate is not None)
    guarded(lambda: _work(run, progress(_results(todo, jobs, scheduler), todo), writing))
    if consolidate:
        guarded(lambda: _consolidate(run, consolidate))
    if run.many:
        print_summary(run.counts, log)
    sys.exit(run.code)


def _work(run: "Run", results: Iterable["Refreshed"], log: AbstractContextManager["RunLog | None"]) -> None:
    with log as lines:
        run.through(results, lines)


def _results(todo: list["Task"], jobs: int | None, scheduler: str | None) -> Iterator["Refreshed"]:
    if scheduler:
        from arcredit.hosts.cluster import refresh_there

        return refresh_there(todo, scheduler)
    from arcredit.hosts.batch import refresh_all

    return refresh_all(todo, jobs)


def _is(path: Path | str, other: Path | None) -> bool:
    return other is not None and isinstance(path, Path) and path.resolve() == other.resolve()


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
    code: int = DONE
    counts: dict[str, int] = field(default_factory=dict)
    results: list["Refreshed"] = field(default_factory=list)

    def through(self, results: Iterable["Refreshed"], log: "RunLog | None") -> None:
        """Print, log and count each result."""
        for result in results:
            if log:
                log.write(result)
            print_result(result, self.options, brief=self.many)
            self.code = max(self.code, exit_code(result))
            for name, count in _counted(result):
                self.counts[name] = self.counts.get(name, 0) + count
            if self.keep:
                self.results.append(result)


def _counted(result: "Refreshed") -> Iterator[tuple[str, int]]:
    yield "files", 1
    yield result.status, 1
    yield "findings", len(result.findings)
    yield "rows", result.totals.rows_read


def _consolidate(run: Run, path: Path) -> None:
    from arcredit.hosts.consolidate import consolidate

    consolidate(run.results, run.options, path)
    click.echo(word("cli.line.consolidated", path=path, files=len(run.results)))


@click.command(help=say("cli.about.log", spoken()), epilog=examples("arcredit log ledgers/ --last 20"))
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@option("--last", type=click.IntRange(1, 1_000_000), default=20)
@option("--match")
@option("--format", type=click.Choice(["table", "json"]), default="table")
def log(path: Path, last: int, match: str | None, format: str) -> None:
    """Read a run log back, newest lines last."""
    from collections import deque

    from arcredit.hosts.run_log import entries, log_of

    file = log_of(path) if path.is_dir() else path
    wanted = guarded(
        lambda: deque((e for e in entries(file) if not match or match in e["path"]), maxlen=last)
    )
    if format == "json":
        from arcredit.hosts.printing import json_line

        for entry in wanted:
            click.echo(json_line(entry))
        return
    headings = [word(f"cli.log.{name}") for name in ("run", "file", "status", "as_of", "open", "findings")]
    print_table(headings, [_log_row(entry) for entry in wanted])


def _log_row(entry: Any) -> tuple[str, ...]:
    opened = (
        f"{figures['open']:,.2f} {currency}".strip() for currency, figures in entry.get("figures", {}).items()
    )
    said = entry["error"]["text"] if "error" in entry else ", ".join(opened)
    name, findings = Path(entry["path"]).name, str(len(entry.get("findings", ())))
    return (entry["run"][:19].replace("T", " "), name, entry["status"], entry["as_of"], said, findings)
