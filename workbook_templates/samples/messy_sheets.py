"""The messy sample's other sheets: sums, charts, a plain list, a pivot table, notes, a hidden list."""

import io
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xlsxwriter.workbook import Workbook

from samples import messy_ledger
from samples.look import INK, MONEY, PALETTE, Look, fit
from samples.picture import logo
from samples.pivot import Row
from samples.trade import Document, months

if TYPE_CHECKING:
    from samples.messy import Line

CURRENCIES = ("EUR", "GBP", "USD")
RATES = {"EUR": 1.0, "GBP": 1.1685, "USD": 0.8532}
BUCKETS = (
    ("Not due", -99_999, 0),
    ("1–30", 1, 30),
    ("31–60", 31, 60),
    ("61–90", 61, 90),
    ("91–120", 91, 120),
    ("> 120", 121, 99_999),
)
SHARED = ("B7:G9", "H7:H9", "I7:I9", "B14:S16")
HEADS = ("Month", "Region", "Currency", "Billed")
REVIEW = (
    '<review xmlns="urn:example:credit-review"><period>2026-06</period><owner>Credit control</owner>'
    "<comment>本期复核完成 – reviewed</comment></review>"
)
NOTES = (
    ("What this is", "An invented group's ledger, as untidy as real ones: every name and amount is made up."),
    ("Header", "Two lines, partly merged; repeated in mid-sheet where a page used to end."),
    ("Dates", "Document dates are text, day first. Due dates are real dates, but for two that are not."),
    ("Amounts", "Some are text. Credits are written as -500.00, (500.00) or 500.00 CR."),
    ("Totals", "Typed amounts that are text are missing from every SUMIFS on these sheets."),
    ("Filter", "Rows that are closed or with the lawyers are hidden, and still part of the ledger."),
    ("Unusable", "Five rows lack a customer, a possible due date or an amount."),
)


def billings(documents: dict[str, list[Document]]) -> list[Row]:
    """Invoices less credits per month, region and currency."""
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for region, items in documents.items():
        for item in items:
            if item.kind != "receipt":
                sums[f"{item.day:%Y-%m}", region, item.customer.currency] += item.amount
    return [(*key, cents / 100) for key, cents in sorted(sums.items())]


def summary(book: Workbook, lines: "list[Line]", billed: list[Row], look: Look) -> str:
    """Aging by SUMIFS over the ledger's names, in a shared formula; sparklines of what was billed."""
    from samples.messy import numeric

    sheet = book.add_worksheet("Summary")
    sheet.write_string("A1", "Aging by currency", look.title)
    sheet.write_string("A2", "From the ledger's own columns; bounds in grey", look.faint)
    sheet.write_row(
        "A4", ("Currency", *(name for name, _, _ in BUCKETS), "Total", "In EUR", "Billed by month"), look.head
    )
    grey = look(font_color="#9AA7B1", font_size=8, align="right")
    sheet.write_row("A5", ("from", *(low for _, low, _ in BUCKETS)), grey)
    sheet.write_row("A6", ("to", *(high for _, _, high in BUCKETS)), grey)
    for row, currency in enumerate(CURRENCIES, 6):
        sheet.write_string(row, 0, currency, look(bold=True))
        amounts = [numeric(lines, 8, currency, *bounds) for _, *bounds in BUCKETS]
        for column, amount in enumerate(amounts, 1):
            letter = chr(65 + column)
            bounds = f'ledger_days,">="&{letter}$5,ledger_days,"<="&{letter}$6'
            text = f"=SUMIFS(ledger_open,ledger_currency,$A{row + 1},{bounds})"
            sheet.write_formula(row, column, text, look.money, amount)
        total = round(sum(amounts) * 100) / 100
        sheet.write_formula(row, 7, f"=SUM(B{row + 1}:G{row + 1})", look.total, total)
        rate = f"VLOOKUP($A{row + 1},rates,2,FALSE)"
        sheet.write_formula(
            row, 8, f"=ROUND(H{row + 1}*{rate},2)", look.money, round(total * RATES[currency], 2)
        )
        spark = {
            "range": f"Summary!B{row + 8}:S{row + 8}",
            "series_color": INK,
            "high_point": True,
            "high_color": "#C4602D",
        }
        sheet.add_sparkline(row, 9, spark)
    _billed_block(sheet, billed, look)
    sheet.conditional_format(
        "B7:G9", {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#F3D9B1"}
    )
    sheet.conditional_format(
        "I7:I9", {"type": "icon_set", "icon_style": "3_traffic_lights", "reverse_icons": True}
    )
    sheet.set_column("A:A", 12)
    sheet.set_column("B:I", 13)
    sheet.set_column("J:J", 24)
    sheet.set_column("K:S", 13)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    return "Summary"


def _billed_block(sheet: Any, billed: list[Row], look: Look) -> None:
    names = [f"{month:%Y-%m}" for month in months()]
    sheet.write_string("A12", "Billed by month", look(bold=True, font_color=INK))
    sheet.write_row("A13", ("Currency", *names), look.head)
    last = 3 + len(billed)
    for row, currency in enumerate(CURRENCIES, 13):
        sheet.write_string(row, 0, currency, look(bold=True))
        for column, name in enumerate(names, 1):
            letter = chr(65 + column)
            months_, money = f"Billings!$A$4:$A${last}", f"Billings!$D$4:$D${last}"
            text = f"=SUMIFS({money},{months_},{letter}$13,Billings!$C$4:$C${last},$A{row + 1})"
            cents = sum(round(part[3] * 100) for part in billed if (part[0], part[2]) == (name, currency))
            sheet.write_formula(row, column, text, look.money, cents / 100)


def dashboard(book: Workbook, lines: "list[Line]", billed: list[Row], look: Look) -> str:
    """A picture, two charts and links."""
    sheet = book.add_worksheet("Dashboard")
    sheet.hide_gridlines(2)
    sheet.insert_image(
        "A1",
        "logo.png",
        {"image_data": io.BytesIO(logo()), "x_scale": 0.7, "y_scale": 0.7, "description": "Northgate Group"},
    )
    sheet.write_string("B2", "Receivables at a glance, 30 June 2026", look.title)
    sheet.write_url(
        "B3", f"internal:'{messy_ledger.SHEET}'!A1", look(font_color="#4A7A96", underline=1), "to the ledger"
    )
    sheet.write_url(
        "D3",
        "https://www.example.com/credit-policy",
        look(font_color="#4A7A96", underline=1),
        "credit policy",
    )
    aging = book.add_chart({"type": "column", "subtype": "stacked"})
    for index in range(len(BUCKETS)):
        letter = chr(66 + index)
        values = f"=Summary!${letter}$7:${letter}$9"
        aging.add_series(
            {
                "name": f"=Summary!${letter}$4",
                "categories": "=Summary!$A$7:$A$9",
                "values": values,
                "fill": {"color": PALETTE[index]},
            }
        )
    aging.set_title({"name": "Open by age, document currency", "name_font": {"size": 12, "bold": False}})
    aging.set_y_axis(
        {"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#E2E8ED"}}}
    )
    aging.set_size({"width": 560, "height": 320})
    sheet.insert_chart("A5", aging)
    trend = book.add_chart({"type": "line"})
    for row, colour in zip((14, 15, 16), PALETTE[::2], strict=True):
        line = {"color": colour, "width": 2}
        trend.add_series(
            {
                "name": f"=Summary!$A${row}",
                "categories": "=Summary!$B$13:$S$13",
                "values": f"=Summary!$B${row}:$S${row}",
                "line": line,
            }
        )
    trend.set_title({"name": "Billed by month", "name_font": {"size": 12, "bold": False}})
    trend.set_y_axis(
        {"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#E2E8ED"}}}
    )
    trend.set_size({"width": 560, "height": 320})
    sheet.insert_chart("A22", trend)
    sheet.set_portrait()
    sheet.fit_to_pages(1, 1)
    return "Dashboard"


def billing_list(book: Workbook, lines: "list[Line]", billed: list[Row], look: Look) -> str:
    """The plain list under the pivot table."""
    sheet = book.add_worksheet("Billings")
    sheet.write_string("A1", "Billed per month, region and currency", look.title)
    sheet.write_row("A3", HEADS, look.head)
    for row, (*texts, amount) in enumerate(billed, 3):
        sheet.write_row(row, 0, texts, look())
        sheet.write_number(row, 3, amount, look.money)
    fit(sheet, [HEADS, *billed], least=10)
    sheet.freeze_panes(3, 0)
    return "Billings"


def pivot_place(billed: list[Row]) -> str:
    """Where the pivot table stands: two heading rows, a row per region, the total."""
    return f"A3:{chr(66 + len(_distinct(billed, 2)))}{5 + len(_distinct(billed, 1))}"


def pivot_source(billed: list[Row]) -> tuple[tuple[str, str], Sequence[str], list[Row]]:
    """Source block, headings and rows of the pivot table."""
    return ("Billings", f"A3:D{3 + len(billed)}"), HEADS, billed


def pivot(book: Workbook, lines: "list[Line]", billed: list[Row], look: Look) -> str:
    """The cells of the pivot table as it was last refreshed."""
    sheet = book.add_worksheet("Pivot")
    down, across = _distinct(billed, 1), _distinct(billed, 2)
    plain = look(num_format=MONEY)
    sheet.write_string("A1", "Billed by region and currency", look.title)
    sheet.write_row("A3", ("Sum of Billed", "Column Labels"))
    sheet.write_row("A4", ("Row Labels", *across, "Grand Total"))
    for row, region in enumerate([*down, "Grand Total"], 4):
        sheet.write_string(row, 0, region)
        for column, currency in enumerate([*across, "Grand Total"], 1):
            parts = [
                part
                for part in billed
                if region in (part[1], "Grand Total") and currency in (part[2], "Grand Total")
            ]
            if parts:
                sheet.write_number(row, column, sum(round(part[3] * 100) for part in parts) / 100, plain)
    sheet.set_column("A:A", 20)
    sheet.set_column(1, 1 + len(across), 15)
    sheet.fit_to_pages(1, 0)
    return "Pivot"


def _distinct(billed: list[Row], field: int) -> list[str]:
    return sorted({str(row[field]) for row in billed})


def notes(book: Workbook, lines: "list[Line]", billed: list[Row], look: Look) -> str:
    """What a newcomer must know."""
    sheet = book.add_worksheet("Notes")
    sheet.write_string("A1", "Notes", look.title)
    for row, (what, text) in enumerate(NOTES, 2):
        sheet.write_string(row, 0, what, look(bold=True, font_color=INK))
        sheet.write_string(row, 1, text, look())
    sheet.set_column("A:A", 16)
    sheet.set_column("B:B", 90)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    return "Notes"


def lists(book: Workbook, lines: "list[Line]", billed: list[Row], look: Look) -> str:
    """Statuses, rates and sales people, on a hidden sheet with names."""
    sheet = book.add_worksheet("Lists")
    sheet.write_row("A1", ("Status", "Currency", "Rate to EUR", "Area", "Rep"), look.head)
    sheet.write_column("A2", ("Open", "Promised", "Disputed", "Legal", "Unallocated", "Closed"), look())
    sheet.write_column("B2", CURRENCIES, look())
    sheet.write_column("C2", [RATES[currency] for currency in CURRENCIES], look(num_format="0.0000"))
    sheet.write_column("D2", ("British Isles", "Continent", "Overseas"), look())
    sheet.write_column("E2", ("M. Osei", "L. Keller", "J. Park"), look())
    sheet.hide()
    for name, block in (("statuses", "$A$2:$A$7"), ("rates", "$B$2:$C$4"), ("reps", "$D$2:$E$4")):
        book.define_name(name, f"=Lists!{block}")
    return "Lists"


SHEETS = (summary, dashboard, billing_list, pivot, notes, lists)
