"""AR Warnings: figures of the credit floor, each in its own unit; sums and counts live and equal."""

import io
import time
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

import customer_records
from arcredit.credit.receivables.settlement import known_documents
from arcredit.credit.receivables.warning import ar_warnings
from arcredit.ledger.records import Records
from arcredit.reports.scratch import workbook
from arcredit.reports.warnings import warnings_sheet
from report_ledgers import AS_OF, documents, inputs

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


def page(given, values=True):
    return openpyxl.load_workbook(io.BytesIO(workbook([warnings_sheet(given)])), data_only=values).worksheets[
        0
    ]


def lines(given):
    return [[cell.value for cell in line] for line in page(given).iter_rows()]


def listed(given, head="Customer"):
    """The lists of the sheet, each as dicts by heading."""
    lists, heads = [], None
    for line in lines(given):
        if line[0] == head:
            heads, found = line, []
            lists.append(found)
        elif heads and line[0] in (None, "Total", "合计"):
            heads = None
        elif heads:
            found.append(dict(zip(heads, line, strict=True)))
    return lists


def full(language="en", **changes):
    return inputs(documents(), language, records=customer_records.every(), **changes)


def test_lines_are_those_of_the_worksheet_function():
    given = inputs()
    known = known_documents(given.documents, given.items, AS_OF, None)
    table = ar_warnings(
        known.customer, known.invoice_date, known.due_date, known.amount, known.paid_date, AS_OF
    )
    expected = sorted(
        (name or "(whole ledger)", value) for name, _, level, value, *_ in table.rows() if level
    )
    alarms, *unknown = listed(given)
    found = sorted((line["Customer"], line["Value"]) for line in alarms)
    assert [name for name, _ in found] == [name for name, _ in expected]
    assert [value for _, value in found] == pytest.approx([value for _, value in expected])
    assert sum(map(len, unknown)) == sum(row[2] == 0 for row in table.rows())


def test_each_value_in_its_own_unit():
    sheet = page(full())
    seen = {}
    for row in sheet.iter_rows():
        texts = {cell.value: cell for cell in row if isinstance(cell.value, str)}
        for signal in ("Over the limit", "Delay above the usual range", "Promises to pay broken"):
            if signal in texts:
                seen[signal] = sheet.cell(row[0].row, texts[signal].column + 1).number_format
    assert seen["Over the limit"].startswith("#,##0.00")
    assert seen["Delay above the usual range"] == "#,##0.0"
    assert seen["Promises to pay broken"] == "#,##0"


def test_events_promises_limits_and_the_policy_are_watched():
    alarms, unknown = listed(full())
    found = {(line["Customer"], line["Signal"]): line for line in alarms}
    assert found["C1002", "Over the limit"]["Threshold"] == 60_000
    assert found["C1001", "Promises to pay broken"]["Value"] == 2
    assert found["C1004", "Payment bounced"]["Level"] == "Act today"
    assert found["C1005", "Adverse news"]["What to do"] == "Notify the insurer"
    assert found["C1002", "Maximum extension period"]["Threshold"] == 60
    assert found["ZZ", "Lawsuit"]["Money exposed"] == 0
    assert found["C1001", "Over the limit"]["Owner"] == "Mia"
    assert ("C1003", "Limit not known") in {(line["Customer"], line["Signal"]) for line in unknown}


def test_promises_are_told_by_state():
    cells = [cell for line in lines(full()) for cell in line]
    assert any("1 not due yet" in str(cell) and "2 broken" in str(cell) for cell in cells)


def test_a_promise_kept_is_no_warning():
    kept = customer_records.promises(amount=[0.01, 0.01, 0.01, 0.01])
    alarms, *_ = listed(inputs(records=Records(tables={"promises": kept})))
    assert "Promises to pay broken" not in {line["Signal"] for line in alarms}


def test_money_stands_once_per_customer_and_adds_up():
    given = full()
    alarms, _ = listed(given)
    shown = [line for line in alarms if line["Money exposed"] is not None]
    assert len(shown) == len({line["Customer"] for line in alarms if line["Customer"] != "(whole ledger)"})
    owner = given.items.customer.texts()
    for line in shown:
        mine = owner == line["Customer"]
        assert line["Money exposed"] == pytest.approx(given.items.open_amount[mine].sum(), abs=1e-6)
    total = next(line for line in lines(given) if line[0] == "Total")
    place = next(line for line in lines(given) if line[0] == "Customer").index("Money exposed")
    assert total[place] == pytest.approx(sum(line["Money exposed"] for line in shown), abs=1e-6)
    formulas = [cell.value for row in page(given, values=False).iter_rows() for cell in row]
    assert sum(str(formula).startswith("=SUM(") for formula in formulas) == 3


def test_the_summary_counts_what_the_list_holds():
    given = full()
    alarms, _ = listed(given)
    rows = lines(given)
    top = next(row for row in rows if "Money exposed" in row and "Warnings" in row)
    level, customers, count, money = (
        top.index(key) for key in ("Level", "Customers", "Warnings", "Money exposed")
    )
    for line in rows[rows.index(top) + 1 :][:3]:
        mine = [item for item in alarms if item["Level"] == line[level]]
        owners = [item for item in mine if item["Money exposed"] is not None]
        assert line[count] == len(mine)
        assert line[customers] == len(owners)
        assert line[money] == pytest.approx(sum(item["Money exposed"] for item in owners), abs=1e-6)


def test_small_charts_draw_the_months_outside_the_print():
    sheet = warnings_sheet(full())
    assert sheet.sparks
    for spark in sheet.sparks:
        assert spark.values.left > sheet.area.right
        assert spark.values.right == spark.values.left + 11
    assert len(sheet.widths) == max(spark.values.right for spark in sheet.sparks) + 1


def test_currencies_stand_apart():
    given = inputs(documents(currencies=("EUR", "JPY")), records=customer_records.every())
    assert [line[0] for line in lines(given)].count("Total") >= 2
    events = [line for found in listed(given) for line in found if line["Signal"] == "Payment bounced"]
    assert len(events) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_texts_stay_texts(language):
    sheet = page(full(language), values=False)
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=2+3"]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)


def test_chinese():
    (alarms, _) = listed(full("zh"), "客户")
    assert {line["级别"] for line in alarms} <= {"今日处理", "本周处理", "关注"}
    assert "超出额度" in {line["预警信号"] for line in alarms}


def test_an_empty_ledger_says_so():
    assert "There are no open items as of this date." in [line[0] for line in lines(inputs(documents(0)))]


def test_open_items_alone_are_no_all_clear():
    ledger = documents()
    ledger = ledger.take(np.isnat(ledger.paid_date))
    given = inputs(replace(ledger, paid_date=None, amount=np.full(len(ledger), np.nan)))
    assert sum(line["Signal"] == "Too few invoices to judge" for line in listed(given)[-1]) > 5


def test_twenty_thousand_documents(capsys):
    given = inputs(documents(20_000, customers=800), records=customer_records.every())
    start = time.perf_counter()
    warnings_sheet(given)
    with capsys.disabled():
        print(f"\nwarnings of 20,000 documents: {time.perf_counter() - start:.2f} s")
