"""``arcredit claim``: a buyer's claim pack as a PDF through LibreOffice, and as a workbook of its own."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from arcredit.hosts.choices import FIGURES, READING, examples, guarded, option, options_of, taking
from arcredit.hosts.console import DONE, FINDINGS, REFUSED, language, spoken, word
from arcredit.words import say

if TYPE_CHECKING:
    from arcredit.reports import Inputs, Sheet

OWNERS = ("claim", "claim_letter")


def _about(name: str) -> str:
    return say(f"claim_cli.option.{name}", spoken())


_PATH = click.Path(dir_okay=False, path_type=Path)


@click.command(
    help=say("claim_cli.about", spoken()),
    epilog=examples(
        "arcredit claim ledger.xlsx --pdf claim.pdf",
        "arcredit claim ledger.xlsx --customer 1001 --pdf claim.pdf --xlsx claim.xlsx",
    ),
)
@click.argument("book", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--pdf", type=_PATH, help=_about("pdf"))
@click.option("--xlsx", type=_PATH, help=_about("xlsx"))
@click.option("--overwrite", is_flag=True, help=_about("overwrite"))
@option("--customer")
@option("--rates", type=click.Path(exists=True, dir_okay=False))
@taking(FIGURES[0], *READING)
def claim(book: Path, pdf: Path | None, xlsx: Path | None, overwrite: bool, **chosen: Any) -> None:
    """Make a buyer's claim pack."""
    if pdf is None and xlsx is None:
        raise click.UsageError(word("claim_cli.usage.nothing"))
    # Without LibreOffice the sheets are made all the same, beside the PDF that is not.
    spare = xlsx or (pdf.with_suffix(".xlsx") if pdf else None)
    assert spare is not None
    for path in {item for item in (pdf, xlsx) if item}:
        _check(path, book, overwrite)
    from arcredit.hosts.refresh import inputs_of

    inputs = guarded(lambda: inputs_of(book, options_of(chosen)))
    sheets = _sheets(inputs)
    from arcredit.reports.scratch import workbook

    made = workbook(sheets)
    if xlsx:
        _write(xlsx, made)
        click.echo(word("claim_cli.line.written", path=xlsx))
    code = _tell(inputs)
    if pdf is not None and not _print(made, pdf):
        if xlsx is None:
            _check(spare, book, overwrite)
            _write(spare, made)
            click.echo(word("claim_cli.line.written", path=spare))
        code = REFUSED
    sys.exit(code)


def _check(path: Path, book: Path, overwrite: bool) -> None:
    """Never the ledger itself, and no other file without being asked."""
    if path.resolve() == book.resolve() or (path.exists() and book.samefile(path)):
        raise click.UsageError(word("claim_cli.usage.ledger", path=path))
    if path.exists() and not overwrite:
        raise click.UsageError(word("claim_cli.usage.exists", path=path))
    if not path.absolute().parent.is_dir():
        raise click.UsageError(word("claim_cli.usage.folder", path=path.parent))


def _sheets(inputs: "Inputs") -> "list[Sheet]":
    """The sheets of the claim; where the workbook lacks what they need, that is the end."""
    from arcredit.reports import REPORTS
    from arcredit.reports.making import made

    before = len(inputs.findings)
    sheets, told = made(REPORTS, inputs, OWNERS)
    if sheets:
        return sheets
    for finding in told.findings[before:][:1]:
        click.echo(f"{finding.message(language())} {finding.remedy(language())}", err=True)
    sys.exit(REFUSED)


def _tell(inputs: "Inputs") -> int:
    """Whose claim it is, how he was chosen and what the estimate is."""
    from arcredit.reports.claim import why_none
    from arcredit.reports.claim_case import NoCase, case_of

    case = case_of(inputs)
    if isinstance(case, NoCase):
        click.echo(why_none(inputs, case))
        return FINDINGS
    indemnity = float(case.found.indemnity[0])
    shown = word("report_claim.unknown") if indemnity != indemnity else f"{indemnity:,.2f}"
    currency = case.insured.currency or ""
    how = word(f"report_claim.chosen.{case.chosen}")
    amount = f"{shown} {currency}".strip()
    click.echo(word("claim_cli.line.case", buyer=case.buyer, customer=case.customer, how=how, amount=amount))
    return DONE


def _print(made: bytes, pdf: Path) -> bool:
    """Turn the sheets into a PDF; say plainly where that is not possible."""
    from arcredit.hosts.calc.office import convert

    with tempfile.TemporaryDirectory(prefix="arcredit-claim-") as folder:
        source = Path(folder) / "claim.xlsx"
        source.write_bytes(made)
        try:
            (printed,) = convert([source], "pdf", Path(folder), recalculate=False)
        except FileNotFoundError as error:
            absent = str(error) == "soffice"
            click.echo(word("claim_cli.line.no_office" if absent else "claim_cli.line.failed"), err=True)
            return False
        except (subprocess.SubprocessError, OSError):
            click.echo(word("claim_cli.line.failed"), err=True)
            return False
        _write(pdf, printed.read_bytes())
    click.echo(word("claim_cli.line.written", path=pdf))
    return True


def _write(path: Path, content: bytes) -> None:
    """The whole file or none of it."""
    from arcredit.ledger.writing.replace import put_whole

    guarded(lambda: put_whole(path.absolute(), content))
