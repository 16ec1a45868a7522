"""What the ribbon's buttons do: a function per button, by the button's id in ``addin/ribbon.xml``.

The figures are those of `arcredit.hosts.refresh`: a copy of the open workbook is read as a file, the same
report sheets are made of it, and they are copied into the workbook that is open.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from arcredit import __version__
from arcredit.credit.receivables.balance import ar_tie_out
from arcredit.errors import ArcreditError, InputError, LedgerError
from arcredit.hosts.excel import open_book
from arcredit.hosts.excel.diagnostics import report
from arcredit.hosts.excel.documents import documents_sheet
from arcredit.hosts.excel.explain import explanation_sheet
from arcredit.hosts.excel.function_list import function_sheet
from arcredit.hosts.excel.mapping_sheet import mapping_sheet, wishes_on
from arcredit.hosts.excel.press import Desk, button
from arcredit.hosts.refresh import Options, Prepared, prepared
from arcredit.reports import REPORTS, USUAL, Inputs, Sheet
from arcredit.reports.making import made
from arcredit.shapes import one_date, plain

MAPPING = "mapping"
_AMOUNT = re.compile(r"[-+]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
"""1234.5 and 1,234.5; what reads as another amount elsewhere, as 1.234,56, is refused."""


@button
def map_columns(desk: Desk) -> None:
    """Show which column is read as what, on a sheet where it can be changed."""
    try:
        found = _read(desk, open_book.as_of(desk.book))
        sheet = mapping_sheet(desk.language, found.ledger.mapping)
        open_book.remember(desk.book, found.settings)
    except LedgerError as error:
        # Just then the user needs the sheet: to say where the ledger is.
        sheet = mapping_sheet(desk.language, None, error.text(desk.language))
    _show(desk, [sheet])


@button
def as_of(desk: Desk) -> None:
    """Ask for the day of the figures and remember it; reports that are there follow."""
    _ask_day(desk)
    if REPORTS.keys() & open_book.own_sheets(desk.book).keys():
        _refresh(desk, [])


@button
def refresh(desk: Desk) -> None:
    """Bring the usual reports and those that are there up to date."""
    _refresh(desk, list(USUAL))


@button
def undo(desk: Desk) -> None:
    """Put back the sheets of ours as they were before the last button."""
    names = open_book.undo_last(desk.book)
    if names:
        desk.tell(desk.say("ribbon.undone", sheets=", ".join(names)))
    else:
        desk.tell(desk.say("ribbon.nothing_to_undo"))


@button
def aging(desk: Desk) -> None:
    """Bring AR Aging up to date and show it."""
    _report(desk, "aging")


@button
def dso(desk: Desk) -> None:
    """Bring AR DSO up to date and show it."""
    _report(desk, "dso")


@button
def findings(desk: Desk) -> None:
    """Bring AR Findings up to date and show it."""
    _report(desk, "findings")


@button
def tie_out(desk: Desk) -> None:
    """Ask for the control account's balance and show whether everything ties out."""
    balance = _number(desk.ask(desk.say("ribbon.ask.gl_balance")))
    found = _refresh(desk, ["aging", "findings"], gl_balance=balance)
    desk.tell(_tie_out(desk, found))


@button
def explain(desk: Desk) -> None:
    """Show how the selected figure came about."""
    cell = desk.book.selection
    if cell is None:
        raise ArcreditError("ribbon.no_cell")
    own = open_book.own_sheets(desk.book)
    if cell.sheet.name == own.get("aging"):
        day = open_book.as_of(desk.book) or _ask_day(desk)
        _show(desk, [documents_sheet(cell[0, 0], _read(desk, day).inputs)])
    else:
        _show(desk, [explanation_sheet(cell[0, 0], desk.language)])


@button
def functions(desk: Desk) -> None:
    """List the worksheet functions with their arguments."""
    _show(desk, [function_sheet(desk.language)])


@button
def diagnostics(desk: Desk) -> None:
    """Say which versions run where, and what works."""
    desk.tell(report(desk))


@button
def about(desk: Desk) -> None:
    """Version, licence, where to find help."""
    desk.tell(desk.say("ribbon.about", version=__version__))


def _report(desk: Desk, owner: str) -> None:
    _refresh(desk, [owner])
    desk.shown = open_book.own_sheets(desk.book)[owner]


def _show(desk: Desk, sheets: Sequence[Sheet]) -> None:
    open_book.put_sheets(desk, sheets)
    desk.shown = open_book.own_sheets(desk.book)[sheets[0].owner]


def _refresh(desk: Desk, owners: list[str], gl_balance: float | None = None) -> Prepared:
    """Read, make the sheets, put them, remember. The mapping sheet follows where there is one."""
    book = desk.book
    day = open_book.as_of(book) or _ask_day(desk)
    found = _read(desk, day, gl_balance)
    desk.progress(desk.say("ribbon.progress.computing"))
    kept = [owner for owner in open_book.own_sheets(book) if owner in REPORTS]
    sheets, _ = made(REPORTS, found.inputs, owners or kept, kept)
    if MAPPING in open_book.own_sheets(book):
        sheets.append(mapping_sheet(desk.language, found.ledger.mapping))
    open_book.put_sheets(desk, sheets)
    open_book.remember(book, found.settings)
    return found


def _read(desk: Desk, day: dt.date | None, gl_balance: float | None = None) -> Prepared:
    book = desk.book
    desk.progress(desk.say("ribbon.progress.reading"))
    wishes = wishes_on(book, open_book.own_sheets(book).get(MAPPING))
    # A ledger can be read without a day; only the figures need one.
    options = Options(
        as_of=day or dt.date.max, gl_balance=gl_balance, sheet=wishes.sheet, columns=wishes.columns
    )
    with open_book.copy_of(book) as path:
        found = prepared(path, options)
    return replace(found, inputs=replace(found.inputs, ledger=book.name))


def _ask_day(desk: Desk) -> dt.date:
    known = open_book.as_of(desk.book) or open_book.as_of(desk.book, "as_of")
    text = desk.ask(desk.say("ribbon.ask.as_of"), known.isoformat() if known else "")
    day = plain(one_date(_iso(text)))
    assert isinstance(day, dt.date)
    open_book.set_as_of(desk.book, day)
    return day


def _iso(text: str) -> str:
    """2026/6/30, 2026.6.30 and 2026年6月30日 as 2026-06-30; other orders are not guessed."""
    for sign in "/.年月":
        text = text.replace(sign, "-")
    parts = text.strip().removesuffix("日").split("-")
    return "-".join(part.strip().zfill(2) for part in parts)


def _number(text: str) -> float:
    plain_text = text.replace(" ", "")
    if not _AMOUNT.fullmatch(plain_text):
        raise InputError("input.not_a_number", cell="#VALUE!", argument="gl_balance", found=text)
    return float(plain_text.replace(",", ""))


def _tie_out(desk: Desk, found: Prepared) -> str:
    """Read + rejected = sheet total, per currency, and the general ledger against what is open."""
    totals, inputs = found.inputs.totals, found.inputs
    assert totals is not None
    lines = [
        desk.say(
            "ribbon.tie.held",
            read=_money(read),
            rejected=_money(rejected),
            held=_money(read + rejected),
            currency=currency,
        ).rstrip()
        for currency, (read, rejected) in (
            totals.by_currency or {"": (totals.amount_read, totals.amount_rejected)}
        ).items()
    ]
    if totals.sheet_total is None:
        lines.append(desk.say("ribbon.tie.no_total"))
    else:
        lines.append(
            desk.say(
                "ribbon.tie.sheet",
                total=_money(totals.sheet_total),
                difference=_money(totals.difference or 0.0),
            )
        )
    return "\n".join([*lines, _against_the_general_ledger(desk, inputs)])


def _against_the_general_ledger(desk: Desk, inputs: Inputs) -> str:
    balance = inputs.gl_balance
    assert balance is not None
    currency = inputs.items.currency
    if currency is not None and len(set(currency.codes.tolist())) > 1:
        return desk.say("ribbon.tie.several")
    gap = ar_tie_out(inputs.items.open_amount, balance)
    key = "ribbon.tie.agrees" if round(gap, 2) == 0 else "ribbon.tie.differs"
    return desk.say(key, open=_money(gap + balance), gl=_money(balance), difference=_money(gap))


def _money(amount: float) -> str:
    return f"{amount:,.2f}"
