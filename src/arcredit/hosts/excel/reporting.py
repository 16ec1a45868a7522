"""What the ribbon's buttons have in common: read the open workbook, make the reports, put them into it.

The figures are those of `arcredit.hosts.refresh`: a copy of the open workbook is read as a file, the same
report sheets are made of it, and they are copied into the workbook that is open.
"""

import datetime as dt
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from arcredit.credit.receivables.balance import ar_tie_out
from arcredit.errors import ArcreditError, InputError
from arcredit.hosts.excel import open_book
from arcredit.hosts.excel.mapping_sheet import mapping_sheet, wishes_on
from arcredit.hosts.excel.press import Desk
from arcredit.hosts.refresh import Options, Prepared, prepared
from arcredit.ledger.writing.readers import readers
from arcredit.reports import REPORTS, Inputs, Sheet
from arcredit.reports.making import made
from arcredit.shapes import one_date, plain

MAPPING = "mapping"
_AMOUNT = re.compile(r"[-+]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
"""1234.5 and 1,234.5; what reads as another amount elsewhere, as 1.234,56, is refused."""


def show(desk: Desk, sheets: Sequence[Sheet]) -> None:
    """Put sheets into the open workbook, the first one in front."""
    open_book.put_sheets(desk, sheets)
    desk.shown = open_book.own_sheets(desk.book)[sheets[0].owner]


def bring(desk: Desk, owner: str, customer: str = "") -> None:
    """Bring a report up to date and show it.

    Raises
    ------
    ArcreditError
        If the workbook lacks what the report needs.
    """
    inputs = refresh_reports(desk, [owner], customer=customer).inputs
    if REPORTS[owner].missing(inputs):
        needed = next(item for item in inputs.findings if item.key == "report.not_made")
        raise ArcreditError(needed.key, **needed.values)
    desk.shown = open_book.own_sheets(desk.book)[owner]


def bring_for(desk: Desk, owner: str) -> None:
    """The same for a report on one customer: the one whose number is selected, if any is."""
    cell = desk.book.selection
    selected = "" if cell is None else _text(cell[0, 0].value)
    bring(desk, owner, customer=selected)


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value or "").strip()


def refresh_reports(
    desk: Desk, owners: Collection[str], gl_balance: float | None = None, customer: str = ""
) -> Prepared:
    """Read, make the sheets, put them, remember. The mapping sheet follows where there is one.

    Without owners those that are there already. A `customer` whom the ledger does not have is left aside.
    """
    book = desk.book
    day = open_book.as_of(book) or ask_day(desk)
    found = read_open(desk, day, gl_balance)
    if customer and customer in found.inputs.documents.customer.labels:
        found = _about(found, customer)
    desk.progress(desk.say("ribbon.progress.computing"))
    kept = [owner for owner in open_book.own_sheets(book) if owner in REPORTS]
    sheets, inputs = made(REPORTS, found.inputs, owners or kept, kept)
    if MAPPING in open_book.own_sheets(book):
        sheets.append(mapping_sheet(desk.language, found.ledger.mapping))
    open_book.put_sheets(desk, sheets)
    open_book.remember(book, found.settings)
    return replace(found, inputs=inputs)


def _about(found: Prepared, customer: str) -> Prepared:
    """The same with a customer chosen, for now and for the next time."""
    settings = json.dumps(
        {**json.loads(found.settings), "customer": customer}, ensure_ascii=False, sort_keys=True
    )
    return replace(found, inputs=replace(found.inputs, customer=customer), settings=settings)


def read_open(desk: Desk, day: dt.date | None, gl_balance: float | None = None) -> Prepared:
    """The open workbook, read as a file."""
    book = desk.book
    desk.progress(desk.say("ribbon.progress.reading"))
    wishes = wishes_on(book, open_book.own_sheets(book).get(MAPPING))
    # A ledger can be read without a day; only the figures need one.
    options = Options(
        as_of=day or dt.date.max, gl_balance=gl_balance, sheet=wishes.sheet, columns=wishes.columns
    )
    with open_book.copy_of(book) as path:
        desk.readers = readers(path)
        found = prepared(path, options, Path(getattr(book, "fullname", path)))
    return replace(found, inputs=replace(found.inputs, ledger=book.name))


def ask_day(desk: Desk) -> dt.date:
    """Ask for the day of the figures and remember it."""
    known = open_book.as_of(desk.book) or open_book.as_of(desk.book, "as_of")
    text = desk.ask(desk.say("ribbon.ask.as_of"), known.isoformat() if known else "")
    day = plain(one_date(iso_day(text)))
    assert isinstance(day, dt.date)
    open_book.set_as_of(desk.book, day)
    return day


def iso_day(text: str) -> str:
    """2026/6/30, 2026.6.30 and 2026年6月30日 as 2026-06-30; other orders are not guessed."""
    for sign in "/.年月":
        text = text.replace(sign, "-")
    parts = text.strip().removesuffix("日").split("-")
    return "-".join(part.strip().zfill(2) for part in parts)


def amount_of(text: str) -> float:
    """An amount as the user typed it."""
    plain_text = text.replace(" ", "")
    if not _AMOUNT.fullmatch(plain_text):
        raise InputError("input.not_a_number", cell="#VALUE!", argument="gl_balance", found=text)
    return float(plain_text.replace(",", ""))


def tie_out_text(desk: Desk, found: Prepared) -> str:
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
