"""What the ribbon's buttons do: a function per button, by the button's id in ``addin/ribbon.xml``."""

from arcredit import __version__
from arcredit.errors import ArcreditError, LedgerError
from arcredit.hosts.excel import open_book
from arcredit.hosts.excel.diagnostics import report
from arcredit.hosts.excel.documents import documents_sheet
from arcredit.hosts.excel.explain import explanation_sheet
from arcredit.hosts.excel.function_list import function_sheet
from arcredit.hosts.excel.mapping_sheet import mapping_sheet
from arcredit.hosts.excel.press import Desk, button
from arcredit.hosts.excel.reporting import (
    amount_of,
    ask_day,
    bring,
    bring_for,
    read_open,
    refresh_reports,
    show,
    tie_out_text,
)
from arcredit.reports import REPORTS, USUAL


@button
def map_columns(desk: Desk) -> None:
    """Show which column is read as what, on a sheet where it can be changed."""
    try:
        found = read_open(desk, open_book.as_of(desk.book))
        sheet = mapping_sheet(desk.language, found.ledger.mapping)
        open_book.remember(desk.book, found.settings)
    except LedgerError as error:
        # Just then the user needs the sheet: to say where the ledger is.
        sheet = mapping_sheet(desk.language, None, error.text(desk.language))
    show(desk, [sheet])


@button
def as_of(desk: Desk) -> None:
    """Ask for the day of the figures and remember it; reports that are there follow."""
    ask_day(desk)
    if REPORTS.keys() & open_book.own_sheets(desk.book).keys():
        refresh_reports(desk, [])


@button
def refresh(desk: Desk) -> None:
    """Bring the usual reports and those that are there up to date."""
    refresh_reports(desk, list(USUAL))


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
    bring(desk, "aging")


@button
def dso(desk: Desk) -> None:
    """Bring AR DSO up to date and show it."""
    bring(desk, "dso")


@button
def all_reports(desk: Desk) -> None:
    """Make every report that the workbook has the data for; the findings say what the others need."""
    refresh_reports(desk, list(REPORTS))
    desk.shown = open_book.own_sheets(desk.book)["findings"]


@button
def dashboard(desk: Desk) -> None:
    """Bring the dashboard up to date and show it."""
    bring(desk, "dashboard")


@button
def limits(desk: Desk) -> None:
    """Bring credit limits and exposure up to date and show them."""
    bring(desk, "limits")


@button
def order_check(desk: Desk) -> None:
    """Check the orders that wait and show the result."""
    bring(desk, "order_check")


@button
def warnings(desk: Desk) -> None:
    """Bring the early warnings up to date and show them."""
    bring(desk, "warnings")


@button
def collections(desk: Desk) -> None:
    """Bring the collections worklist up to date and show it."""
    bring(desk, "collections")


@button
def disputes(desk: Desk) -> None:
    """Bring the disputed documents up to date and show them."""
    bring(desk, "disputes")


@button
def cover(desk: Desk) -> None:
    """Bring the insurance cover up to date and show it."""
    bring(desk, "cover")


@button
def deadlines(desk: Desk) -> None:
    """Bring the insurance deadlines up to date and show them."""
    bring(desk, "deadlines")


@button
def insurance_advice(desk: Desk) -> None:
    """Show what credit insurance costs and saves."""
    bring(desk, "insurance_advice")


@button
def provision(desk: Desk) -> None:
    """Bring the expected credit loss up to date and show it."""
    bring(desk, "provision")


@button
def borrowing(desk: Desk) -> None:
    """Bring the borrowing base up to date and show it."""
    bring(desk, "borrowing")


@button
def changes(desk: Desk) -> None:
    """Show what moved since the last snapshot or month end."""
    bring(desk, "changes")


@button
def credit_file(desk: Desk) -> None:
    """Show the credit file of the customer in the selected cell."""
    bring_for(desk, "credit_file")


@button
def statement(desk: Desk) -> None:
    """Show the statement of account of the customer in the selected cell."""
    bring_for(desk, "statement")


@button
def claim(desk: Desk) -> None:
    """Show the claim estimate and its letter for the customer in the selected cell."""
    bring_for(desk, "claim")


@button
def payment_plan(desk: Desk) -> None:
    """Show the payment plan of the customer in the selected cell."""
    bring_for(desk, "payment_plan")


@button
def findings(desk: Desk) -> None:
    """Bring AR Findings up to date and show it."""
    bring(desk, "findings")


@button
def tie_out(desk: Desk) -> None:
    """Ask for the control account's balance and show whether everything ties out."""
    balance = amount_of(desk.ask(desk.say("ribbon.ask.gl_balance")))
    found = refresh_reports(desk, ["aging", "tie_out", "findings"], gl_balance=balance)
    desk.tell(tie_out_text(desk, found))


@button
def explain(desk: Desk) -> None:
    """Show how the selected figure came about."""
    cell = desk.book.selection
    if cell is None:
        raise ArcreditError("ribbon.no_cell")
    own = open_book.own_sheets(desk.book)
    if cell.sheet.name == own.get("aging"):
        day = open_book.as_of(desk.book) or ask_day(desk)
        show(desk, [documents_sheet(cell[0, 0], read_open(desk, day).inputs)])
    else:
        show(desk, [explanation_sheet(cell[0, 0], desk.language)])


@button
def functions(desk: Desk) -> None:
    """List the worksheet functions with their arguments."""
    show(desk, [function_sheet(desk.language)])


@button
def diagnostics(desk: Desk) -> None:
    """Say which versions run where, and what works."""
    desk.tell(report(desk))


@button
def about(desk: Desk) -> None:
    """Version, licence, where to find help."""
    desk.tell(desk.say("ribbon.about", version=__version__))
