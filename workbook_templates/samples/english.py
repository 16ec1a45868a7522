"""The English sample: one company, one currency, one Excel table. What tidy books look like."""

from pathlib import Path
from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from samples import english_records, records
from samples.look import INK, Look, fit
from samples.people import contacts
from samples.totals import counted
from samples.trade import AS_OF, Customer, Dice, Document, books, receipts_not_applied, roster

FILE = "sample_ledger_en.xlsx"
HEADER_ROW = 4
# name | country | terms | invoices a month | typical EUR | habit | limit | insured limit | grade
CUSTOMERS = """
Meridian Rail Systems SA | FR | Net 60 | 5.5 | 15500 | large | 450000 | 300000 | 3
Ostwall Maschinenbau GmbH | DE | Net 30 | 1.8 | 7400 | prompt | 60000 | 50000 | 2
Clarendon Pumps Ltd | IE | Net 30 | 1.4 | 5200 | prompt | 40000 | 30000 | 3
Van der Linde Techniek BV | NL | Net 30 | 1.5 | 6100 | fair | 50000 | 40000 | 3
Brisa Hidráulica SL | ES | Net 60 | 1.2 | 8300 | drifting | 60000 | 45000 | 5
Officine Bellandi SpA | IT | Net 60 | 1.4 | 9100 | slow | 75000 | 60000 | 5
Kestrel Automation Ltd | IE | EOM 30 | 1.2 | 4300 | prompt | 30000 | 25000 | 2
Dunmore Fabrication Ltd | IE | Net 30 | 1.5 | 9800 | failing | 50000 | 20000 | 8
Nordvik Marine AS | NO | Net 30 | 1.0 | 7900 | prompt | 50000 | 50000 | 2
Atelier Rousseau SARL | FR | Net 45 | 1.0 | 3400 | fair | 20000 | 15000 | 4
Poldrex Sp. z o.o. | PL | Net 30 | 1.2 | 4800 | drifting | 30000 | 20000 | 6
Hallmann & Söhne KG | DE | Net 14 | 1.1 | 2900 | prompt | 15000 |  | 3
Lisboa Moldes Lda | PT | Net 60 | 0.9 | 5600 | slow | 35000 | 25000 | 6
Tamar Valley Controls Ltd | GB | Net 30 | 0.9 | 3800 | fair | 25000 | 20000 | 4
Ferrum Bohemia s.r.o. | CZ | Net 30 | 1.0 | 4100 | prompt | 25000 | 20000 | 3
Aegir Offshore ApS | DK | Net 30 | 0.8 | 8800 | erratic | 45000 | 40000 | 5
Santoro Meccanica Srl | IT | EOM 60 | 1.0 | 6200 | slow | 45000 | 30000 | 6
Weissgerber Elektronik AG | CH | Net 30 | 0.9 | 5300 | prompt | 35000 | 35000 | 1
Galway Precision Ltd | IE | Net 30 | 1.1 | 2600 | prompt | 15000 |  | 4
Kaunas Metalas UAB | LT | Net 30 | 0.7 | 3300 | fair | 15000 | 10000 | 5
Delta Conveyors NV | BE | Net 45 | 1.1 | 6900 | quality | 45000 | 40000 | 4
Groupe Tavernier SAS | FR | EOM 30 | 1.2 | 5700 | fair | 40000 | 35000 | 3
Ardent Robotics Oy | FI | Net 30 | 0.8 | 6600 | prompt | 35000 | 35000 | 2
Muresan Utilaje SRL | RO | Net 30 | 0.8 | 4000 | slow | 20000 | 10000 | 7
Castell Envases SA | ES | Net 60 | 0.9 | 4700 | fair | 30000 | 25000 | 4
Brightwater Foods Ltd | GB | Net 30 | 0.9 | 3100 | erratic | 20000 | 15000 | 5
Holzer Antriebstechnik GmbH | AT | Net 30 | 1.0 | 5900 | prompt | 40000 | 40000 | 2
Sirocco Ventilation Srl | IT | Net 60 | 0.8 | 4400 | drifting | 25000 | 20000 | 6
Lindqvist Verkstad AB | SE | Net 30 | 0.9 | 4900 | prompt | 30000 | 30000 | 2
Cobalt Street Bikes Ltd | IE | Net 14 | 0.9 | 1400 | erratic | 5000 |  | 7
Zagreb Strojevi d.o.o. | HR | Net 30 | 0.6 | 3600 | fair | 15000 | 10000 | 5
Beaumont Aero SAS | FR | Net 45 | 0.8 | 9600 | prompt | 60000 | 60000 | 2
Rhein-Lahn Pumpen GmbH | DE | Net 30 | 1.0 | 5100 | fair | 35000 | 30000 | 3
Wicklow Timber Systems Ltd | IE | Net 30 | 0.8 | 2300 | slow | 10000 | 5000 | 6
Estrela do Norte SA | PT | Net 60 | 0.6 | 5000 | slow | 25000 | 20000 | 6
Kocsis Gépgyár Kft. | HU | Net 30 | 0.7 | 4200 | fair | 20000 | 15000 | 5
Fjordline Shipping AS | NO | Net 30 | 0.7 | 7100 | prompt | 40000 | 40000 | 3
Marlow Packaging Ltd | GB | EOM 30 | 0.9 | 3000 | fair | 20000 | 15000 | 4
Quercia Arredi Srl | IT | Net 60 | 0.6 | 2700 | quality | 12000 |  | 6
Baltic Forge OÜ | EE | Net 30 | 0.6 | 3900 | prompt | 15000 | 15000 | 4
Tellurium Labs BV | NL | Net 30 | 0.7 | 6400 | prompt | 0 | 0 | 9
Vasquez e Hijos SL | ES | Net 30 | 0.7 | 2200 | drifting | 10000 | 5000 | 7
Pinnacle Lifts Ltd | IE | Net 30 | 0.8 | 4600 | fair |  |  |
Graz Hydraulik GmbH | AT | Net 30 | 0.7 | 5500 | fair | 30000 | 25000 | 3
Orchard & Finch Ltd | GB | Net 30 | 0.6 | 1800 | prompt | 8000 |  | 4
"""
PEOPLE = roster(CUSTOMERS, 123, 37, 6, "EUR")
COLUMNS = (
    "Document",
    "Kind",
    "Customer",
    "Customer name",
    "Document date",
    "Due date",
    "Terms",
    "Currency",
    "Amount",
    "Open amount",
    "Paid date",
    "Disputed amount",
    "Days past due",
    "Remark",
)
KINDS = {"invoice": "Invoice", "credit": "Credit note", "receipt": "Receipt"}
PREFIXES = {"invoice": "IN", "credit": "CN", "receipt": "RC"}
OVERDUE = '=IF(AND({0}<>0,N({1})>0),as_of-{1},"")'
NOTES = (
    ("What this is", "The receivables of an invented company: every name, number and amount is made up."),
    ("As-of date", "30 June 2026. Ledger!B2 holds it and is named as_of."),
    (
        "Rows",
        "One row per document since January 2025, paid ones included (open amount 0, paid date filled).",
    ),
    ("Signs", "Invoices are positive. Credit notes, and receipts not yet matched, are negative."),
    ("Customer numbers", "Six digits with leading zeros, kept as text. 000123 is not 123."),
    ("Part payments", "The open amount is what is left; the paid date stays empty until nothing is left."),
    ("Disputes", "The disputed amount is part of the open amount. Reasons stand in the remark."),
    ("Limits", "An empty limit has never been decided; 0 means prepayment only."),
    ("Insured limits", "As granted by the credit insurer; empty where no cover was asked for."),
    (
        "Worth a look",
        "One customer owes more than a fifth of the ledger, one has stopped paying since October 2025,",
    ),
    ("", "and four pay later every month although nothing of theirs looks alarming yet."),
)


def ledger() -> list[Document]:
    """The documents, numbered per year and kind."""
    dice = Dice(20260630)
    documents = books(PEOPLE, dice) + receipts_not_applied(PEOPLE, dice, 5)
    documents.sort(key=lambda item: item.day)
    counts: dict[str, int] = {}
    for item in documents:
        series = f"{PREFIXES[item.kind]}{item.day:%y}"
        counts[series] = counts.get(series, 0) + 1
        item.number = f"{series}-{counts[series]:04d}"
    return documents


def write(path: Path) -> dict[str, Any]:
    """Write the workbook; returns what it holds."""
    documents = ledger()
    with Workbook(path) as book:
        look = Look(book, "Calibri", "Receivables ledger")
        _ledger_sheet(book.add_worksheet("Ledger"), documents, look)
        _customer_sheet(book.add_worksheet("Customers"), PEOPLE, documents, look)
        _notes_sheet(book.add_worksheet("Notes"), look)
        english_records.write(book, look, PEOPLE, documents)
        book.define_name("as_of", "=Ledger!$B$2")
    held = counted(documents)
    largest = max(PEOPLE, key=lambda one: _open(one, documents))
    share = _open(largest, documents) / sum(item.open for item in documents)
    assert share > 0.2
    return {
        "sheet": "Ledger",
        "header_rows": [HEADER_ROW],
        **held,
        "rejected": [],
        "largest_customer": largest.number,
    }


def _open(customer: Customer, documents: list[Document]) -> int:
    return sum(item.open for item in documents if item.customer.number == customer.number)


def _ledger_sheet(sheet: Worksheet, documents: list[Document], look: Look) -> None:
    sheet.write_string("A1", "Harbour Components Ltd · receivables ledger", look.title)
    sheet.write_string("A2", "As of", look.faint)
    sheet.write_datetime("B2", AS_OF, look(num_format=look.day, bold=True, align="left"))
    sheet.write_string("D2", "All amounts in EUR, VAT included", look.faint)
    top, last = HEADER_ROW - 1, HEADER_ROW - 1 + len(documents)
    formats = _formats(look)
    columns: list[dict[str, Any]] = [
        {"header": name, "header_format": look.head, "format": formats.get(name)} for name in COLUMNS
    ]
    columns[0] |= {"total_string": "Total"}
    for position in (8, 9, 11):
        columns[position] |= {"total_function": "sum"}
    columns[12] |= {"formula": overdue("tblLedger[@[{}]]")}
    style = "Table Style Light 1"
    table = {"name": "tblLedger", "columns": columns, "total_row": True, "style": style}
    sheet.add_table(top, 0, last + 1, len(COLUMNS) - 1, table)
    for row, item in enumerate(documents, HEADER_ROW):
        _document_row(sheet, row, item, look)
    _totals(sheet, last + 1, documents, look)
    fit(sheet, [COLUMNS, *map(_cells, documents)], least=9)
    sheet.set_column("I:J", 14)
    sheet.set_column("M:M", 9)
    sheet.freeze_panes(HEADER_ROW, 1)
    sheet.set_row(top, 30)
    sheet.ignore_errors({"number_stored_as_text": f"A{HEADER_ROW + 1}:C{last + 1}"})
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    sheet.set_footer("&L&F&RPage &P of &N")


def _totals(sheet: Worksheet, row: int, documents: list[Document], look: Look) -> None:
    """The table's total row again, with the table's name in each formula: LibreOffice needs it."""
    sums = {
        8: sum(item.amount for item in documents),
        9: sum(item.open for item in documents),
        11: sum(item.disputed for item in documents),
    }
    for column, cents in sums.items():
        text = f"=SUBTOTAL(109,tblLedger[{COLUMNS[column]}])"
        sheet.write_formula(row, column, text, look.total, cents / 100)


def overdue(column: str) -> str:
    """Days past due of an open document, in terms of how this row's columns are written."""
    return OVERDUE.format(column.format("Open amount"), column.format("Due date"))


def _formats(look: Look) -> dict[str, Any]:
    money = dict.fromkeys(("Amount", "Open amount", "Disputed amount"), look.money)
    return money | dict.fromkeys(("Document date", "Due date", "Paid date"), look.date)


def _cells(item: Document) -> list[Any]:
    """A row's values in the order of `COLUMNS`."""
    days = (AS_OF - item.due).days if item.open and item.kind != "receipt" else ""
    return [
        item.number,
        KINDS[item.kind],
        item.customer.number,
        item.customer.name,
        item.day,
        item.due if item.kind != "receipt" else None,
        item.customer.terms if item.kind == "invoice" else None,
        item.customer.currency,
        item.amount / 100,
        item.open / 100,
        item.paid_day,
        item.disputed / 100 if item.disputed else None,
        days,
        item.remark or None,
    ]


def _document_row(sheet: Worksheet, row: int, item: Document, look: Look) -> None:
    for column, cell in enumerate(_cells(item)):
        if column == 12:
            text = overdue("tblLedger[[#This Row],[{}]]")
            sheet.write_formula(row, column, text, look(num_format="0"), cell)
        elif column in (4, 5, 10) and cell:
            sheet.write_datetime(row, column, cell, look.date)
        elif isinstance(cell, str):
            sheet.write_string(row, column, cell, look(indent=1) if column == 13 else look())
        elif cell is not None:
            sheet.write_number(row, column, cell, look.money)


def _customer_sheet(sheet: Worksheet, people: list[Customer], documents: list[Document], look: Look) -> None:
    heads = (
        "Customer",
        "Customer name",
        "Country",
        "Terms",
        "Credit limit",
        "Insured limit",
        "Grade",
        "Open",
        "Used",
    )
    sheet.write_string("A1", "Customers: terms, limits and what they owe", look.title)
    sheet.write_row("A3", heads, look.head)
    for row, one in enumerate(people, 3):
        for column, text in enumerate((one.number, one.name, one.place, one.terms)):
            sheet.write_string(row, column, text, look())
        for column, number in ((4, one.limit), (5, one.insured), (6, one.grade)):
            if number is not None:
                sheet.write_number(row, column, number, look(num_format="#,##0"))
        owed = _open(one, documents) / 100
        line = row + 1
        total = f"=SUMIFS(tblLedger[Open amount],tblLedger[Customer],A{line})"
        sheet.write_formula(row, 7, total, look.money, owed)
        used = owed / one.limit if one.limit else ""
        sheet.write_formula(row, 8, f'=IF(N(E{line})>0,H{line}/E{line},"")', look(num_format="0%"), used)
    last = 3 + len(people)
    bar = {"type": "data_bar", "bar_color": "#8FB3C7", "bar_solid": True, "max_type": "num", "max_value": 1.5}
    sheet.conditional_format(3, 8, last - 1, 8, bar)
    fit(sheet, [heads, *((one.number, one.name, one.place, one.terms, 1e6, 1e6) for one in people)], least=9)
    sheet.set_column("H:H", 13)
    facts = contacts(people, english_records.OWNERS, english_records.CUSTOMER_FACTS, "en")
    records.people_columns(sheet, look, people, facts, (2, 9), "en")
    sheet.freeze_panes(3, 2)
    sheet.ignore_errors({"number_stored_as_text": f"A4:A{last}"})
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _notes_sheet(sheet: Worksheet, look: Look) -> None:
    sheet.write_string("A1", "Notes", look.title)
    for row, (what, text) in enumerate(NOTES, 2):
        sheet.write_string(row, 0, what, look(bold=True, font_color=INK))
        sheet.write_string(row, 1, text, look())
    sheet.set_column("A:A", 20)
    sheet.set_column("B:B", 100)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
