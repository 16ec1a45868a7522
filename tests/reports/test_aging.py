"""AR Aging: every total agrees with the lines, with the open items and with what LibreOffice makes of it."""

import io
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from arcredit.credit.money import total
from arcredit.credit.receivables.open_items import OpenItems, open_at
from arcredit.reports.aging import aging_sheet
from arcredit.reports.scratch import workbook
from arcredit.shapes import coded
from report_ledgers import AS_OF, documents, inputs

RATES = {"JPY": 0.0061, "KWD": 2.9}


def ledger(*items, **columns):
    """Open items as (customer, days past due, amount)."""
    customers, days, amounts = zip(*items, strict=True)
    due = np.datetime64(AS_OF) - np.array(days, "timedelta64[D]")
    amount = np.array(amounts, float)
    return OpenItems(
        customer=coded(list(customers), "customer"),
        document=np.array([f"D{place}" for place in range(len(items))], object),
        invoice_date=due - 30,
        due_date=due,
        amount=amount,
        open_amount=amount,
        **columns,
    )


def page(given):
    """The sheet as a spreadsheet shows it."""
    return openpyxl.load_workbook(io.BytesIO(workbook([aging_sheet(given)])), data_only=True).worksheets[0]


def table(given, row):
    """The table from its heading in `row` on, to the next blank customer."""
    lines = [[cell.value for cell in line] for line in page(given).iter_rows(min_row=row)]
    end = next((place for place, line in enumerate(lines) if line[0] is None), len(lines))
    return lines[:end]


def heading(given):
    return aging_sheet(given).titles[0] + 1


def shown(given):
    """All texts and numbers of the sheet."""
    return [cell.value for line in page(given).iter_rows() for cell in line if cell.value is not None]


def beside(given, label):
    """What stands right of a label."""
    values = [[cell.value for cell in line] for line in page(given).iter_rows()]
    line = next(line for line in values if label in line)
    return next(value for value in line[line.index(label) + 1 :] if value is not None)


BOUNDARIES = [
    ("A", day, 1000.0 * place) for place, day in enumerate((-1, 0, 1, 30, 31, 60, 61, 90, 91, 120, 121), 1)
]


def test_published_boundaries():
    """EX-1.1: 3,000 not due, then 7,000 11,000 15,000 19,000 11,000, together 66,000."""
    given = inputs(ledger(*BOUNDARIES))
    heads, line, sums, *_ = table(given, heading(given))
    values = dict(zip(heads, line, strict=True))
    assert values["Not yet due"] == 3000
    names = ("1–30 days", "31–60 days", "61–90 days", "91–120 days", "Over 120 days")
    assert [values[name] for name in names] == [7000, 11000, 15000, 19000, 11000]
    assert values["Total open"] == 66000
    assert values["Overdue"] == 63000
    assert values["Overdue share"] == pytest.approx(63 / 66)
    assert values["Oldest, days overdue"] == 121
    assert sums[0] == "Total"
    assert sums[1:] == line[1:]


def test_unapplied_credits_stand_apart():
    """EX-1.3: overdue 13,000 of 19,000 owed; the credits of 5,000 are in no bucket."""
    given = inputs(
        ledger(("A", 75, 8000), ("A", 20, 5000), ("A", -5, 6000), ("A", 10, -2000), ("A", 5, -3000))
    )
    heads, line, *_ = table(given, heading(given))
    values = dict(zip(heads, line, strict=True))
    assert [values[name] for name in ("Overdue", "Unapplied credits", "Total open")] == [13000, -5000, 14000]
    assert values["Overdue share"] == pytest.approx(13 / 19)


def test_most_overdue_money_first():
    given = inputs(ledger(("B", 5, 10), ("A", 5, 10), ("C", 5, 500), ("D", -5, 9000), (None, 5, 20)))
    lines = table(given, heading(given))[1:-1]
    assert [line[0] for line in lines] == ["C", "(no customer number)", "A", "B", "D"]


@pytest.mark.parametrize("credits", ["separate", "own_date", "oldest_first", "current"])
@pytest.mark.parametrize("convention", ["arcredit", "erpnext", "oca_statement", "tryton", "cn_statutory"])
def test_totals_are_the_open_items(convention, credits):
    given = inputs(documents(), convention=convention, credits=credits)
    heads, *lines, sums = table(given, heading(given))
    place = heads.index("Total open")
    assert sums[place] == pytest.approx(total(given.items.open_amount), abs=1e-9)
    first = heads.index("Name") + 1
    for line in [*lines, sums]:
        assert sum(line[first:place]) == pytest.approx(line[place], abs=1e-6)
    for column in range(first, place + 1):
        assert sum(line[column] for line in lines) == pytest.approx(sums[column], abs=1e-6)


@pytest.mark.parametrize(
    ("gap", "state"), [(0, "OK"), (0.004, "OK"), (0.01, "DIFFERENCE"), (-5, "DIFFERENCE")]
)
def test_tie_out(gap, state):
    open_amount = total(inputs().items.open_amount)
    given = inputs(gl_balance=open_amount - gap)
    assert beside(given, "Tie-out") == state
    assert beside(given, "Open less general ledger") == pytest.approx(gap, abs=1e-6)
    assert beside(given, "Open as of this date") == open_amount


def test_without_a_balance_nothing_is_claimed():
    assert beside(inputs(), "General ledger balance") == "not given"
    assert "OK" not in shown(inputs())


def test_the_control_block_says_where_figures_come_from():
    given = inputs(credits="oldest_first", edges=(15, 45))
    assert beside(given, "Ledger") == "receivables & more.xlsx"
    assert beside(given, "Read from") == "Open items!tblOpenItems"
    assert beside(given, "As of").date() == AS_OF
    assert beside(given, "Credits") == "unapplied credits against the oldest invoices"
    assert beside(given, "Rows rejected (2)") == -750
    assert beside(given, "Sheet total less read + rejected") == 0
    assert beside(given, "Made by").startswith("arcredit ")
    assert {"1–15 days", "16–45 days", "Over 45 days"} <= set(shown(given))


def test_currencies_are_never_added():
    ledger = documents(currencies=("EUR", "JPY", "KWD"))
    given = inputs(ledger)
    codes = given.items.currency
    for code, name in enumerate(codes.labels):
        own = total(given.items.open_amount[codes.codes == code])
        assert own in [pytest.approx(value) for value in shown(given) if isinstance(value, float)], name
    everything = total(given.items.open_amount)
    assert not any(value == pytest.approx(everything) for value in shown(given) if isinstance(value, float))
    assert "several currencies" in shown(given)


def test_conversion_by_the_given_rates_only():
    ledger = documents(currencies=("EUR", "JPY"))
    part = {name: total(open_at(ledger, AS_OF).open_amount[open_at(ledger, AS_OF).currency.texts() == name])
            for name in ("EUR", "JPY")}  # fmt: skip
    given = inputs(ledger, rates=RATES, home="EUR", gl_balance=0.0)
    found = beside(given, "Open as of this date")
    assert found == pytest.approx(part["EUR"] + part["JPY"] * 0.0061, abs=0.05)
    assert found == round(found, 2)
    assert "In EUR" in shown(given)
    assert "In EUR" not in shown(inputs(ledger, rates={"USD": 0.9}, home="EUR"))


def test_headings_that_every_page_repeats_stand_above_customers_alone():
    """The summary has headings of its own and stands before them; so has each currency."""
    sheet = aging_sheet(inputs(documents(currencies=("EUR", "JPY", "KWD")), rates=RATES, home="EUR"))
    first, last = sheet.titles
    assert first == last == sheet.blocks[0].top - 1
    summary = [cell.row for cell in sheet.cells if cell.style.startswith(("smallitem", "small.", "item."))]
    assert summary
    assert max(summary) < first
    heads = [cell.row for cell in sheet.cells if cell.style == "heading.text" and cell.column == 0]
    assert heads == [block.top - 1 for block in sheet.blocks]
    assert sheet.freeze[0] == 0
    assert sheet.area.bottom == max(cell.row for cell in sheet.cells)
    alone = aging_sheet(inputs())
    assert alone.freeze[0] == alone.titles[0] + 1 == alone.blocks[0].top


def test_places_of_the_currency():
    formats = {}
    for name in ("JPY", "KWD", "EUR"):
        made = openpyxl.load_workbook(
            io.BytesIO(workbook([aging_sheet(inputs(documents(currencies=(name,))))]))
        )
        row = aging_sheet(inputs(documents(currencies=(name,)))).titles[0] + 2
        formats[name] = made.worksheets[0].cell(row, 3).number_format
    assert formats["JPY"].startswith("#,##0;")
    assert formats["KWD"].startswith("#,##0.000;")
    assert formats["EUR"].startswith("#,##0.00;")


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Receivables aging", "There are no open items as of this date."),
        ("zh", "应收账款账龄分析表", "截止日没有未清项目。"),
    ],
)
def test_an_empty_ledger_says_so(language, title, text):
    given = inputs(documents(0), language)
    assert shown(given)[0] == title
    assert text in shown(given)
    assert not aging_sheet(given).charts


def test_chinese():
    given = inputs(documents(), "zh", gl_balance=1.0)
    assert aging_sheet(given).name == "账龄分析"
    words = {
        "未到期",
        "逾期 1–30 天",
        "逾期 120 天以上",
        "预收/未核销款项",
        "其中：争议金额",
        "逾期占比",
        "存在差异",
        "EUR 合计",
    }
    assert words <= set(shown(given))
    years = inputs(documents(), "zh", convention="cn_statutory")
    assert {"1 年以内", "1–2 年", "5 年以上", "最长账龄天数"} <= set(shown(years))


def test_heat_is_on_old_money_and_the_chart_on_the_shares():
    sheet = aging_sheet(inputs())
    row, first = sheet.titles[0], 2
    assert sheet.heats[0].where.left == first + 3
    assert sheet.heats[0].where.right == first + 5
    assert sheet.heats[0].where.top == row + 1
    (chart,) = sheet.charts
    values = {(cell.row, cell.column): cell.value for cell in sheet.cells}
    shares = [values[series.values.top, series.values.left] for series in chart.series]
    assert sum(shares) == pytest.approx(1)
    assert [values[series.name] for series in chart.series][:2] == ["Not yet due", "1–30 days"]
    assert [any(series.labelled) for series in chart.series] == [share >= 0.05 for share in shares]


def test_lines_scroll_below_a_short_frozen_head():
    sheet = aging_sheet(inputs())
    assert sheet.freeze[0] == sheet.titles[0] + 1 == sheet.blocks[0].top
    assert sheet.freeze[0] <= 15


def test_heat_is_darkest_at_the_largest_tenth():
    """Ten old debts of 1 to 9 and one million: the million does not leave the others pale."""
    debts = [("ABCDEFGHIJ"[place], 100, 10.0**6 if place == 9 else place + 1.0) for place in range(10)]
    (heat,) = aging_sheet(inputs(ledger(*debts, ("K", 5, 10.0**7)))).heats
    assert heat.full == 9
    (heat,) = aging_sheet(inputs(ledger(*debts, ("K", 100, 5.0)))).heats
    assert heat.full == 9


def test_original_amounts_are_called_so():
    given = inputs(totals=replace(inputs().totals, column="amount"))
    assert "Rows read (300), original amounts" in shown(given)


def test_each_currency_shows_what_its_sheet_holds():
    totals = replace(
        inputs().totals, by_currency={"EUR": (100.0, 5.0), "JPY": (70.0, 0.0)}, sheet_totals={"EUR": 111.0}
    )
    given = inputs(documents(currencies=("EUR", "JPY")), totals=totals)
    assert beside(given, "Amount of rows rejected") == 5
    assert beside(given, "Sheet total less read + rejected") == 6
