"""A customer's figure is the same on every sheet that shows it, and every sheet's total is the aging's."""

import datetime as dt
import re
import shutil
import warnings
from pathlib import Path

import openpyxl
import pytest

from arcredit.hosts.refresh import Options, refresh

SAMPLES = Path(__file__).parents[2] / "workbook_templates"
CUSTOMER = re.compile(r"\d{5,6}( ·|$)")
RATES = "currency,rate\nEUR,1\nGBP,1.17\nUSD,0.92\n"


@pytest.fixture(scope="module", params=["en", "zh", "messy", "messy with rates"])
def book(request, tmp_path_factory):
    """A sample ledger with all reports, in English, each sheet a list of rows."""
    folder = tmp_path_factory.mktemp("agree")
    path, rates = folder / "ledger.xlsx", folder / "rates.csv"
    rates.write_text(RATES)
    name = request.param.split()[0]
    shutil.copy(SAMPLES / f"sample_ledger_{name}.xlsx", path)
    given = str(rates) if "rates" in request.param else None
    refresh(path, Options(as_of=dt.date(2026, 6, 30), reports="all", language="en", rates=given))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sheets = openpyxl.load_workbook(path, data_only=True)
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()]
        for sheet in sheets
        if sheet.title.startswith("AR ")
    }


def column(book, sheet, heading, *, among=()):
    """A column by customer number, of every table that has it; `among` are headings it must stand beside.

    A customer of several currencies has several lines.
    """
    found: dict[str, list[float]] = {}
    place: dict[str, int] = {}
    for row in book[sheet]:
        if "Customer" in row:
            fits = heading in row and set(among) <= set(row)
            place = {str(text): at for at, text in enumerate(row) if text is not None} if fits else {}
        elif place and CUSTOMER.match(str(row[place["Customer"]])):
            amount = row[place[heading]]
            if isinstance(amount, (int, float)):
                found.setdefault(str(row[place["Customer"]]).split(" · ")[0], []).append(amount)
    assert found, (sheet, heading)
    return {name: sorted(round(amount, 2) for amount in amounts) for name, amounts in found.items()}


def summed(rows):
    return {name: round(sum(amounts), 2) for name, amounts in rows.items()}


def aging(book, heading):
    return column(book, "AR Aging", heading, among=("Customer", "Total open"))


def test_what_is_open(book):
    open_ = aging(book, "Total open")
    gross, credit = column(book, "AR Limits", "Open"), aging(book, "Unapplied credits")
    for name, amounts in open_.items():
        assert summed(gross)[name] + summed(credit).get(name, 0) == pytest.approx(sum(amounts), abs=0.005)
    lender = column(book, "AR Borrowing Base", "Gross", among=("Eligible",))
    assert {name: lender[name] for name in open_} == open_


def test_what_is_overdue(book):
    overdue = {name: amounts for name, amounts in aging(book, "Overdue").items() if sum(amounts)}
    called = column(book, "AR Collections", "Overdue")
    assert called == overdue
    warned = column(book, "AR Warnings", "Overdue", among=("Signal",))
    assert {name: sum(amounts) for name, amounts in warned.items() if sum(amounts)}.items() <= {
        name: sum(amounts) for name, amounts in overdue.items()
    }.items()


def test_what_is_disputed(book):
    disputed = {name: total for name, total in summed(aging(book, "Of which disputed")).items() if total}
    assert disputed == summed(column(book, "AR Disputes", "Disputed", among=("Document",)))


def test_what_is_insured(book):
    """Insured, own risk and uninsured make up what is open, wherever the sheet can tell."""
    parts = [
        column(book, "AR Cover", part, among=("Insured limit",))
        for part in ("Insured", "Own risk", "Uninsured", "Unapplied credit", "Cover unknown")
        if any(part in row for row in book["AR Cover"])
    ]
    head = next(row for row in book["AR Cover"] if "Insured limit" in row)
    whole = column(
        book, "AR Cover", "Open in EUR" if "Open in EUR" in head else "Open amount", among=("Insured limit",)
    )
    for name, amounts in parts[0].items():
        assert sum(amounts) + sum(sum(part[name]) for part in parts[1:]) == pytest.approx(
            sum(whole[name]), abs=0.005
        )


def test_alarms_of_the_dashboard_are_those_of_the_warnings(book):
    shown = {}
    for row in book["AR Dashboard"]:
        for place, text in enumerate(row):
            if isinstance(text, str) and "(customers: " in text:
                level, _, people = text.rstrip(")").partition(" (customers: ")
                shown[level] = (int(people), next(cell for cell in row[place + 1 :] if cell is not None))
    rows = [row for row in book["AR Warnings"] if any(cell == "Level" for cell in row)]
    head = rows[0]
    level, people, count = (head.index(text) for text in ("Level", "Customers", "Warnings"))
    listed: dict[str, tuple[int, int]] = {}
    for row in book["AR Warnings"]:
        if row[level] in shown and isinstance(row[people], (int, float)):
            before = listed.get(row[level], (0, 0))
            listed[row[level]] = (before[0] + int(row[people]), before[1] + int(row[count]))
        if row[0] == "Customer":
            break
    assert listed == shown


def test_the_late_plan_is_late_on_both_sheets(book):
    standing = {}
    for row in book["AR Payment Plan"]:
        if str(row[0]).startswith("Agreed plan: "):
            customer = str(row[0]).partition("(")[2].partition(")")[0]
        for place, text in enumerate(row):
            if text == "Standing":
                standing[customer] = next(cell for cell in row[place + 1 :] if cell is not None)
    reasons = {
        str(row[0]): cell
        for row in book["AR Collections"]
        for cell in row[1:]
        if isinstance(cell, str) and cell.startswith("payment plan")
    }
    for customer, said in reasons.items():
        assert ("late" in said) == (standing[customer].lower() == "late"), customer
