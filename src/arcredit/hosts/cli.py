"""The command line: parse, call, print.

Nothing heavy is imported before a command runs, so that ``--help`` answers at once.

Exit codes: 0 done · 1 done, with findings to look at · 2 wrong usage · 3 a file or its data was refused and
nothing was written to it · 4 a file was busy. Of several files the highest counts.
"""

import datetime as dt
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from arcredit import __version__
from arcredit.errors import ArcreditError, Finding
from arcredit.hosts.addin_cli import addin
from arcredit.hosts.console import BUSY, DONE, FINDINGS, REFUSED, USAGE, language, spoken, word
from arcredit.words import LANGUAGES, say, sentences

if TYPE_CHECKING:
    from arcredit.hosts.figures import Figures
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


_SHOWN = 40
"""Findings printed one by one; the others are counted here and listed whole by a refresh."""


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
    for result in _progress(refresh_all(files, options, jobs=jobs), len(files)):
        results.append(result)
        _print_result(result, options)
    if len(files) > 1:
        _print_summary(results)
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
    _print_table(
        [word("cli.check.column"), word("cli.check.meaning"), word("cli.check.heading")],
        [(letter, name, mapping.headings.get(name, "")) for name, letter in mapping.columns.items()],
    )
    skipped = sum(totals.rows_skipped.values())
    click.echo(word("cli.check.rows", read=totals.rows_read, rejected=totals.rows_rejected, skipped=skipped))
    _print_tie(totals, ledger.currencies)
    _print_findings(ledger.findings)
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
        _print_as(format, title, table)
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
        _print_as(format, title, table)
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
        _print_result(result, options)
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


def _print_result(result: "Refreshed", options: "Options") -> None:
    if result.error:
        error = result.error.text(language())
        click.echo(word("cli.line.failed", path=result.path, error=error), err=True)
        return
    click.echo(
        word(
            f"cli.line.{result.status}",
            path=result.path,
            rows=result.totals.rows_read,
            rejected=result.totals.rows_rejected,
            sheets=len(result.sheets),
            seconds=result.seconds,
        )
    )
    if options.diff:
        for change in result.changes:
            click.echo(word("cli.line.change", **change._asdict()))
    _print_tie(result.totals, result.currencies)
    if result.gap is not None and options.gl_balance is not None:
        balance = options.gl_balance
        opened, gap = _money(balance + result.gap), _money(result.gap)
        click.echo(word("cli.line.tie_gl", open=opened, gl=_money(balance), difference=gap))
    if result.without_rate:
        click.echo(word("cli.line.no_rate", currencies=", ".join(result.without_rate)))
    if options.gl_balance is not None and result.gap is None:
        click.echo(word("cli.line.no_tie_gl"))
    if not result.open_items:
        click.echo(word("cli.line.nothing", ledger=result.path, as_of=options.as_of))
    _print_findings(result.findings, sheet=result.sheets.get("findings"))


def _print_tie(totals: Any, currencies: Iterable[str]) -> None:
    """Read + rejected = what the sheet holds, per currency."""
    for currency, (read, rejected) in totals.by_currency.items():
        click.echo(
            word(
                "cli.line.tie",
                read=_money(read),
                rejected=_money(rejected),
                total=_money(read + rejected),
                currency=currency,
            )
        )
    if not totals.by_currency:
        click.echo(
            word(
                "cli.line.tie",
                read=_money(totals.amount_read),
                rejected=_money(totals.amount_rejected),
                total=_money(totals.amount),
                currency=" ".join(currencies),
            ).strip()
        )
    if totals.sheet_total is not None:
        click.echo(
            word(
                "cli.line.tie_sheet",
                sheet_total=_money(totals.sheet_total),
                difference=_money(totals.difference),
            )
        )


def _money(amount: float) -> str:
    return f"{amount:,.2f}"


def _print_findings(findings: Iterable[Finding], sheet: str | None = None) -> None:
    found = list(findings)
    counts = {
        severity: sum(item.severity == severity for item in found)
        for severity in ("error", "warning", "info")
    }
    if not found:
        return
    if sheet:
        click.echo(
            word(
                "cli.line.findings",
                errors=counts["error"],
                warnings=counts["warning"],
                infos=counts["info"],
                sheet=sheet,
            )
        )
        return
    click.echo(word("cli.check.found"))
    for item in found[:_SHOWN]:
        place = f"{item.sheet}!{item.cell}" if item.cell else item.sheet
        text = sentences(language(), item.message(language()), item.remedy(language()))
        click.echo(f"  {place}: {text}")
    if len(found) > _SHOWN:
        click.echo("  " + word("cli.check.more", count=len(found) - _SHOWN))


def _print_summary(results: list["Refreshed"]) -> None:
    count = [result.status for result in results].count
    click.echo(
        word(
            "cli.line.summary",
            files=len(results),
            refreshed=count("refreshed") + count("would_change"),
            unchanged=count("unchanged"),
            failed=sum(result.error is not None for result in results),
            findings=sum(len(result.findings) for result in results),
        )
    )


def _progress(results: Iterable["Refreshed"], total: int) -> Iterable["Refreshed"]:
    """The results as they come, under a progress bar where there is a terminal to draw it on."""
    if not sys.stderr.isatty():
        return results
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)

    def drawn() -> Iterator["Refreshed"]:
        with bar:
            yield from bar.track(results, total)

    return drawn()


def _print_as(format: str, title: str, table: "Figures") -> None:
    if format == "json":
        import json

        lines = [dict(zip(table.headings, row, strict=True)) for row in table.rows]
        click.echo(json.dumps({"title": title, "rows": lines}, ensure_ascii=False, default=str))
    elif format == "csv":
        import csv

        csv.writer(sys.stdout, lineterminator="\n").writerows([table.headings, *table.rows])
    else:
        click.echo(title)
        percent = [item and ".1%" for item in table.formats]
        rows = [
            tuple(map(_shown, row, percent if place in table.shares else table.formats))
            for place, row in enumerate(table.rows)
        ]
        _print_table(table.headings, rows, [bool(item) for item in table.formats])


def _print_table(
    headings: list[str], rows: Iterable[tuple[str, ...]], numbers: list[bool] | None = None
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for place, heading in enumerate(headings):
        number = bool(numbers and numbers[place])
        table.add_column(heading, justify="right" if number else "left", no_wrap=number)
    for row in rows:
        table.add_row(*row)
    # Into a file or a pipe nothing is cut to the width of a screen nobody looks at.
    Console(width=None if sys.stdout.isatty() else 500).print(table)


def _shown(value: Any, form: str) -> str:
    if value is None:
        return ""
    return str(value) if not form or isinstance(value, str) else f"{value:{form}}"
