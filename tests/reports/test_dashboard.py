"""AR Dashboard: the six figures by hand, one page, and a quiet word where something is not known."""

import datetime as dt
import io
import time
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from arcredit.credit.money import total
from arcredit.credit.receivables.open_items import OpenItems, open_at
from arcredit.ledger.records import Records
from arcredit.reports.dashboard import dashboard_sheet
from arcredit.reports.scratch import workbook
from arcredit.shapes import coded
from report_ledgers import AS_OF, documents, inputs
from report_records import terms

# openpyxl does not know sparklines and bars in cells.
pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported")
BUCKETS = (("Not yet due", -999, 0), ("31–60 days", 31, 60), ("Over 120 days", 121, 9999))


def page(given):
    return openpyxl.load_workbook(io.BytesIO(workbook([dashboard_sheet(given)])), data_only=True).worksheets[
        0
    ]


def texts(given):
    return [str(cell.value) for line in page(given).iter_rows() for cell in line if cell.value is not None]


def tile(given, label):
    """Value and notes of a tile."""
    sheet = page(given)
    column = next(cell.column for cell in sheet[4] if cell.value and str(cell.value).startswith(label))
    return [sheet.cell(row, column).value for row in (5, 7, 8)]


def beside(given, label):
    for line in page(given).iter_rows():
        for cell in line:
            if cell.value == label:
                return page(given).cell(cell.row, cell.column + 2).value
    raise AssertionError(label)


def one_customer_each(*amounts, days_late=-10):
    """A customer for each amount, invoiced sixty days before."""
    day = np.datetime64(AS_OF)
    count = len(amounts)
    amount = np.array(amounts, float)
    return OpenItems(
        customer=coded([f"K{place}" for place in range(count)], "c"),
        document=np.array([f"D{place}" for place in range(count)], object),
        invoice_date=np.full(count, day - 60),
        due_date=np.full(count, day - days_late),
        amount=amount,
        open_amount=amount,
    )


def test_the_big_figures_are_those_of_the_ledger():
    given = inputs(documents(400))
    items = given.items
    owed = items.open_amount[items.open_amount > 0]
    late = items.open_amount[(items.open_amount > 0) & (items.due_date < np.datetime64(AS_OF))]
    assert tile(given, "Open receivables")[0] == pytest.approx(items.open_amount.sum())
    assert tile(given, "Overdue share")[0] == pytest.approx(late.sum() / owed.sum())
    quarter = open_at(given.documents, dt.date(2025, 9, 30)).open_amount.sum()
    change = items.open_amount.sum() / quarter - 1
    assert tile(given, "Open receivables")[1].replace("−", "-") == f"{change:+.1%} since 2025-09-30"


def test_concentration_by_hand():
    """50, 30 and 20: HHI 0.25 + 0.09 + 0.04 = 0.38, so 2.63 customers; the largest holds one half."""
    given = inputs(one_customer_each(50, 30, 20))
    assert beside(given, "Concentration (HHI, 0 to 1)") == pytest.approx(0.38)
    assert beside(given, "Effective number of customers") == pytest.approx(1 / 0.38)
    assert beside(given, "Share of the largest customer") == pytest.approx(0.5)
    assert beside(given, "Share of the ten largest") == 1


def test_cash_ratio_with_and_without_cover():
    """EX-6.8: cash 485 after the premium, liabilities 4,000, a receipt of 600: 0.27125, 0.12125, 0.25625."""
    records = Records(
        tables={
            "settings": terms(cash=485.0, current_liabilities=4000.0),
            "insurance": terms(insured_percentage=0.9, discretionary_limit=10_000.0),
        }
    )
    given = inputs(one_customer_each(600), records=records)
    assert beside(given, "Expected receipts come in") == pytest.approx(1085 / 4000)
    assert beside(given, "They fail, without cover") == pytest.approx(485 / 4000)
    assert beside(given, "They fail, cover pays later") == pytest.approx(0.25625)
    assert tile(given, "Insured share")[0] == pytest.approx(0.9)


def test_default_rates_give_the_expected_loss():
    """Without any history: 1,000 not yet due at 0.5 % and 1,000 of 45 days at 5 % are 5 and 50."""
    ledger = one_customer_each(1000, 1000)
    ledger.due_date[1] = np.datetime64(AS_OF) - 45
    given = inputs(ledger)
    assert tile(given, "Expected credit loss")[0] == pytest.approx(55.0)
    assert any("product defaults" in text for text in texts(given))


def test_what_is_not_known_is_said_and_never_nought():
    ledger = documents(200)
    bare = replace(ledger, paid_date=None).take(np.flatnonzero(ledger.open_amount != 0))
    given = inputs(bare)
    assert tile(given, "DSO")[0] == "–"
    assert "open items only" in tile(given, "DSO")[1]
    assert tile(given, "Open receivables")[1] == "2025-09-30: not known"
    assert tile(given, "Insured share")[1] == "Not known: no insurance policy is recorded."
    assert "Not known: enter cash and current liabilities under Settings." in texts(given)
    assert any("1 of the 13 days" in text for text in texts(given))


def test_month_ends_agree_with_the_aging_of_each_day():
    given = inputs(documents(500))
    sheet = page(given)
    head = {cell.value: cell.column for cell in sheet[4] if cell.column > 12}
    for row in range(5, 18):
        day = sheet.cell(row, head["Month end"]).value.date()
        items = open_at(given.documents, day)
        assert sheet.cell(row, head["Open, net"]).value == pytest.approx(total(items.open_amount))
        late = (np.datetime64(day) - items.due_date).astype(int)
        for name, low, high in (
            ("Not yet due", -999, 0),
            ("31–60 days", 31, 60),
            ("Over 120 days", 121, 9999),
        ):
            rows = (late >= low) & (late <= high) & (items.open_amount > 0)
            assert sheet.cell(row, head[name]).value == pytest.approx(items.open_amount[rows].sum())


def test_the_list_of_customers_adds_up_to_everything_open():
    given = inputs(documents(600, 30))
    values = [[cell.value for cell in line[6:11]] for line in page(given).iter_rows(min_row=11, max_row=25)]
    end = next(place for place, line in enumerate(values) if line[0] == "Total")
    assert sum(line[2] for line in values[1:end]) == pytest.approx(values[end][2])
    assert values[end][2] == pytest.approx(total(given.items.open_amount))
    assert values[1][2] == max(line[2] for line in values[1:11])


def test_several_currencies_are_converted_or_left_out_by_name():
    ledger = documents(currencies=("EUR", "JPY"))
    alone = inputs(ledger)
    assert any(text.startswith("Not included, for want of exchange rates: ") for text in texts(alone))
    given = inputs(ledger, rates={"JPY": 0.0061}, home="EUR")
    parts = [given.items.open_amount[given.items.currency.texts() == name].sum() for name in ("EUR", "JPY")]
    assert tile(given, "Open receivables, EUR")[0] == pytest.approx(parts[0] + 0.0061 * parts[1])


def test_cover_in_a_currency_without_a_rate_is_not_known():
    records = Records(
        tables={
            "settings": terms(home_currency="EUR", cash=10.0, current_liabilities=20.0),
            "insurance": terms(insured_percentage=0.9, discretionary_limit=1e6),
        }
    )
    given = inputs(documents(100, currencies=("USD",)), records=records)
    assert tile(given, "Insured share")[:2] == ["–", "Not known: no rate into the policy's currency."]
    assert "They fail, cover pays later" not in texts(given)


def test_credits_alone_are_no_debt():
    given = inputs(one_customer_each(-50, -30))
    assert tile(given, "Overdue share")[:2] == ["–", "Nothing is owed, there are credits only."]
    assert tile(given, "Open receivables")[0] == -80


def test_only_customers_with_something_open_are_counted():
    given = inputs(documents(60, 40))
    here = len(set(given.items.customer.texts()))
    assert here < 40
    assert f"· {here} customers" in texts(given)[1]


def test_one_landscape_page_and_the_data_outside_it():
    sheet = dashboard_sheet(inputs(documents()))
    assert sheet.landscape
    assert sheet.fit_tall == 1
    assert sheet.area.right == 10
    assert all(chart.alt for chart in sheet.charts)


def test_an_empty_ledger_says_so():
    assert "There are no open items as of this date." in texts(inputs(documents(0)))


def test_names_stay_texts_and_the_chinese_page_is_chinese():
    given = inputs(documents(200, 4), "zh")
    data = workbook([dashboard_sheet(given)])
    assert data == workbook([dashboard_sheet(given)])
    book = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    named = [cell for line in book.iter_rows() for cell in line if cell.value == "=2+3"]
    assert named
    assert all(cell.data_type == "s" for cell in named)
    assert "应收账款余额（EUR）" in texts(given)


def test_twenty_thousand_documents(capsys):
    given = inputs(documents(20_000, 800))
    start = time.perf_counter()
    workbook([dashboard_sheet(given)])
    with capsys.disabled():
        print(f" dashboard of 20,000 documents: {time.perf_counter() - start:.2f} s")
