"""What the command line prints: results, tie-outs, findings, tables, and a progress bar while it works."""

import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from arcredit.errors import Finding
from arcredit.hosts.console import language, word
from arcredit.words import sentences, visible

if TYPE_CHECKING:
    from arcredit.hosts.batch import Results, Task
    from arcredit.hosts.figures import Figures
    from arcredit.hosts.refresh import Options, Refreshed

_SHOWN = 40
"""Findings printed one by one; the others are counted here and listed whole by a refresh."""


def print_result(result: "Refreshed", options: "Options", brief: bool = False) -> None:
    """One workbook: what became of it, its tie-out and what to look at; `brief` is one line."""
    if result.error:
        error = _without_place(result.error.text(language()), result.path)
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
    if brief and not options.diff:
        return
    if options.diff:
        for change in result.changes:
            click.echo(word("cli.line.change", **change._asdict()))
    print_tie(result.totals, result.currencies)
    if result.gap is not None and options.gl_balance is not None:
        balance = options.gl_balance
        opened, gap = _money(balance + result.gap), _money(result.gap)
        click.echo(word("cli.line.tie_gl", open=opened, gl=_money(balance), difference=gap))
    if result.without_rate:
        click.echo(word("cli.line.no_rate", currencies=", ".join(result.without_rate)))
    if options.gl_balance is not None and result.gap is None:
        click.echo(word("cli.line.no_tie_gl"))
    if result.recalculated.cells or result.recalculated.dependents:
        click.echo(word("recalc.line", **result.recalculated.counts()))
    if not result.open_items:
        click.echo(word("cli.line.nothing", ledger=result.path, as_of=options.as_of))
    print_findings(result.findings, sheet=result.sheets.get("findings"))


def _without_place(text: str, path: str) -> str:
    """What is said of a workbook, without its name: that stands before it already."""
    for place in (visible(path), visible(str(Path(path).resolve())), visible(Path(path).name)):
        for colon in (": ", "："):
            if text.startswith(f"{place}{colon}"):
                rest = text[len(place) + len(colon) :]
                return rest[:1].upper() + rest[1:]
    return text


def print_tie(totals: Any, currencies: Iterable[str]) -> None:
    """Read + rejected = what the sheet holds, per currency."""
    for currency, (read, rejected) in totals.by_currency.items():
        click.echo(
            word(
                "cli.line.tie",
                read=_money(read),
                rejected=_money(rejected),
                total=_money(read + rejected),
                currency=currency or word("report.table.no_currency"),
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


def print_findings(findings: Iterable[Finding], sheet: str | None = None) -> None:
    """Findings one by one, or only counted where they stand on a sheet."""
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
        place = visible(f"{item.sheet}!{item.cell}" if item.cell else item.sheet)
        text = sentences(language(), item.message(language()), item.remedy(language()))
        click.echo(f"  {place}: {text}")
    if len(found) > _SHOWN:
        click.echo("  " + word("cli.check.more", count=len(found) - _SHOWN))


def print_summary(counts: Mapping[str, int], log: Path | str | None) -> None:
    """A small table for all the workbooks together, and where the log is."""
    names = ("files", "refreshed", "would_change", "unchanged", "skipped", "failed", "findings", "rows")
    lines = [(word(f"cli.summary.{name}"), f"{counts[name]:,}") for name in names if counts.get(name)]
    print_table([word("cli.summary.title"), ""], lines)
    if log:
        click.echo(word("cli.line.log", path=log))


def progress(results: "Results", tasks: Sequence["Task"]) -> "Results":
    """The results as they come, under a progress bar where there is a terminal to draw it on."""
    if not sys.stderr.isatty():
        return results
    return _drawn(results, tasks)


def _drawn(results: "Results", tasks: Sequence["Task"]) -> "Results":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    shown = TextColumn(word("cli.progress.shown"))
    columns = (SpinnerColumn(), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), shown)
    start, rows, failed = time.perf_counter(), 0, 0
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        line = bar.add_task("", total=len(tasks), speed="0", failed=0)
        for result in results:
            yield result
            rows, failed = rows + result.totals.rows_read, failed + (result.error is not None)
            speed = rows / max(time.perf_counter() - start, 0.001)
            bar.update(line, advance=1, speed=f"{speed:,.0f}", failed=failed)


def print_as(format: str, title: str, table: "Figures") -> None:
    """A table of figures as a person, a spreadsheet or a program wants it."""
    if format == "json":
        lines = [dict(zip(table.headings, row, strict=True)) for row in table.rows]
        click.echo(json_line({"title": title, "rows": lines}))
    elif format == "csv":
        import csv

        guarded_rows = [[_for_csv(value) for value in row] for row in (table.headings, *table.rows)]
        csv.writer(sys.stdout, lineterminator="\n").writerows(guarded_rows)
    else:
        click.echo(title)
        percent = [item and ".1%" for item in table.formats]
        rows = [
            tuple(map(_shown, row, percent if place in table.shares else table.formats))
            for place, row in enumerate(table.rows)
        ]
        print_table(table.headings, rows, [bool(item) for item in table.formats])


def json_line(value: Any) -> str:
    """A line of JSON; what steers a terminal is spelled as JSON spells it."""
    import json

    text = json.dumps(value, ensure_ascii=False, default=str)
    return "".join(letter if visible(letter) == letter else json.dumps(letter)[1:-1] for letter in text)


def _for_csv(value: Any) -> Any:
    """A text that a spreadsheet program would take for a formula gets an apostrophe before it."""
    if not isinstance(value, str):
        return value
    return f"'{visible(value)}" if value.lstrip()[:1] in _SIGNS else visible(value)


_SIGNS = tuple("=+-@＝＋－＠")
"""Excel in Chinese or Japanese may take the wide ones for the narrow ones."""


def print_table(
    headings: list[str], rows: Iterable[tuple[str, ...]], numbers: list[bool] | None = None
) -> None:
    """A plain table; `numbers` says which columns stand at the right."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for place, heading in enumerate(headings):
        number = bool(numbers and numbers[place])
        table.add_column(Text(visible(heading)), justify="right" if number else "left", no_wrap=number)
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    # Into a file or a pipe nothing is cut to the width of a screen nobody looks at.
    Console(width=None if sys.stdout.isatty() else 500).print(table)


def _shown(value: Any, form: str) -> str:
    if value is None:
        return ""
    return str(value) if not form or isinstance(value, str) else f"{value:{form}}"
