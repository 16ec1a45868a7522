"""What runs where and what works, in plain words."""

import platform
import sys

import xlwings as xw

from arcredit import __version__
from arcredit.errors import ArcreditError
from arcredit.hosts.excel import open_book
from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.hosts.excel.press import Desk
from arcredit.hosts.refresh import Options, prepared


def report(desk: Desk) -> str:
    """Versions, paths and three trials: a function, reading this workbook's ledger, the day."""
    app, book = desk.book.app, desk.book
    return "\n".join(
        [
            desk.say("ribbon.diagnostics.arcredit", version=__version__, path=__file__),
            desk.say("ribbon.diagnostics.python", version=platform.python_version(), path=sys.executable),
            desk.say("ribbon.diagnostics.program", program=app.engine.name, version=app.version),
            desk.say("ribbon.diagnostics.xlwings", version=xw.__version__),
            desk.say("ribbon.diagnostics.book", path=book.fullname),
            "",
            _functions(desk),
            _ledger(desk),
            _day(desk),
        ]
    )


def _functions(desk: Desk) -> str:
    works = FUNCTIONS["AR_DSO"](100.0, 1000.0, 365.0) == 36.5
    key = "ribbon.diagnostics.functions_work" if works else "ribbon.diagnostics.functions_fail"
    return desk.say(key, count=len(FUNCTIONS))


def _ledger(desk: Desk) -> str:
    day = open_book.as_of(desk.book)
    try:
        with open_book.copy_of(desk.book) as path:
            ledger = prepared(path, Options(as_of=day)).ledger if day else None
    except ArcreditError as error:
        return error.text(desk.language)
    if ledger is None:
        return desk.say("ribbon.diagnostics.copied")
    return desk.say(
        "ribbon.diagnostics.ledger", sheet=ledger.mapping.sheet, rows=f"{ledger.totals.rows_read:,}"
    )


def _day(desk: Desk) -> str:
    day = open_book.as_of(desk.book)
    return desk.say("ribbon.diagnostics.day", day=day) if day else desk.say("ribbon.diagnostics.no_day")
