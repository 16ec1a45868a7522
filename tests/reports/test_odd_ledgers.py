"""The reports for the bank, the auditor and the finance director on ledgers that lack almost everything."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from arcredit.credit.receivables.open_items import Events, open_at
from arcredit.reports import REPORTS
from arcredit.reports.scratch import workbook
from arcredit.shapes import coded
from report_ledgers import documents, inputs
from report_records import insured

OWNERS = ("dashboard", "provision", "borrowing", "tie_out", "changes")
ROWS = 200
BOOKS = documents(ROWS, 8)
NEVER = np.full(ROWS, np.datetime64("NaT", "D"))
DAY = dt.date(2025, 11, 1)


def events(dates, *kinds):
    kind = coded(list(kinds) * (ROWS // 2 // len(kinds)), "k") if kinds else None
    return Events(BOOKS.document[: ROWS // 2], None, dates[: ROWS // 2], -BOOKS.amount[: ROWS // 2], kind)


def held(books):
    items = open_at(books, DAY)
    return {"previous": items, "previous_as_of": DAY, "history": ((DAY, items),)}


def given(books=BOOKS, **more):
    found = inputs(books, records=insured(), **more)
    return replace(found, items=open_at(books, found.as_of, found.events))


ODD = {
    "no due dates": lambda: given(replace(BOOKS, due_date=NEVER)),
    "no document dates": lambda: given(replace(BOOKS, invoice_date=NEVER)),
    "no numbers": lambda: given(replace(BOOKS, document=np.full(ROWS, None, object))),
    "no customers": lambda: given(replace(BOOKS, customer=coded([None] * ROWS, "c"), customer_name=None)),
    "no amounts": lambda: given(replace(BOOKS, amount=np.full(ROWS, np.nan))),
    "some currencies": lambda: given(replace(BOOKS, currency=coded(["EUR", None] * (ROWS // 2), "c"))),
    "credits only": lambda: given(
        replace(BOOKS, amount=-np.abs(BOOKS.amount), open_amount=-np.abs(BOOKS.open_amount))
    ),
    "another currency before": lambda: given(**held(documents(100, 4, currencies=("USD",)))),
    "nothing before": lambda: given(**held(documents(0))),
    "other edges": lambda: given(edges=(15, 45)),
    "within a month": lambda: given(as_of=dt.date(2025, 12, 15)),
    "first days": lambda: given(as_of=dt.date(2024, 11, 5)),
    "events": lambda: given(
        events=events(BOOKS.due_date + 5, "receipt", "credit_note", "write_off", "reversal")
    ),
    "undated events": lambda: given(events=events(NEVER)),
    "rates and a day before": lambda: given(
        documents(ROWS, 8, currencies=("EUR", "USD")),
        rates={"USD": 0.9, "EUR": 1.0},
        home="EUR",
        gl_balance=5.0,
        **held(documents(ROWS, 8, currencies=("EUR", "USD"))),
    ),
    "one document": lambda: given(documents(1, 1)),
    "three places": lambda: given(documents(12, 1, currencies=("KWD",)), language="zh"),
}


@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize("name", ODD)
def test_a_poor_ledger_makes_a_sheet_all_the_same(name, owner):
    book = ODD[name]()
    sheet = REPORTS[owner].make(book)
    texts = [cell.value for cell in sheet.cells if isinstance(cell.value, str)]
    assert book.say(f"report.title.{owner}") in texts
    assert not any(text in ("nan", "NaT", "None") or "nan%" in text for text in texts)
    assert workbook([sheet]) == workbook([REPORTS[owner].make(ODD[name]())])
