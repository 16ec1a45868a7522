"""AR Disputes: disputed and undisputed parts, by reason, all sums live; and the credit floor behind them."""

import io
import time

import numpy as np
import openpyxl
import pytest

import customer_records
from arcredit.credit.receivables.dispute import by_reason, contested, resolved_days
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.ledger.records import Records
from arcredit.reports.disputes import disputes_sheet
from arcredit.reports.scratch import workbook
from arcredit.shapes import coded
from report_ledgers import AS_OF, documents, inputs


def ledger(*rows):
    """Open documents as (customer, number, open, disputed, currency), due on 1 December."""
    who, number, amount, disputed, currency = zip(*rows, strict=True)
    height = len(rows)
    return OpenItems(
        customer=coded(list(who), "customer"),
        document=np.array(number, object),
        invoice_date=np.full(height, np.datetime64("2025-11-01")),
        due_date=np.full(height, np.datetime64("2025-12-01")),
        amount=np.array(amount, float),
        open_amount=np.array(amount, float),
        currency=coded(list(currency), "currency"),
        disputed_amount=np.array(disputed, float),
    )


def log(*rows):
    """The record of disputes as (document, customer, raised, reason, amount, status, resolved)."""
    document, customer, raised, reason, amount, status, resolved = zip(*rows, strict=True)
    return customer_records.disputes(
        document=list(document), customer=list(customer), reason=list(reason), status=list(status),
        raised_on=np.array([day or "NaT" for day in raised], "M8[D]"),
        resolved_on=np.array([day or "NaT" for day in resolved], "M8[D]"),
        amount=np.array([np.nan if one is None else one for one in amount], float),
        owner=["Mia"] * len(document), note=[None] * len(document))  # fmt: skip


NAN = np.nan
BY_HAND = (
    ("A", "1", 1000.0, 100.0, "EUR"),
    ("A", "2", 400.0, NAN, "EUR"),
    ("B", "2", 600.0, NAN, "EUR"),
    ("B", "3", 200.0, 900.0, "EUR"),
    ("B", "4", -80.0, 50.0, "EUR"),
    ("C", "5", 800.0, NAN, "EUR"),
)
LOG = (
    ("1", None, "2025-11-21", "Price", 300.0, "open", None),  # the ledger says 100: the larger counts
    ("2", "B", "2025-12-21", "quality", None, "open", None),  # the whole document, of B alone
    ("2", None, "2025-12-21", "quality", None, "open", None),  # whose? nobody knows
    ("5", None, "2025-12-01", "price", 50.0, "open", None),
    ("5", None, "2025-12-02", "price", 70.0, "open", None),
    ("5", None, "2025-12-02", "delivery", 500.0, "resolved", "2025-12-12"),
    ("5", None, "2026-01-02", "delivery", 500.0, "open", None),  # raised later
    ("9", None, "2025-12-02", "delivery", 500.0, "open", None),  # no such document
)


def page(given, values=True):
    book = openpyxl.load_workbook(io.BytesIO(workbook([disputes_sheet(given)])), data_only=values)
    return [[cell.value for cell in line] for line in book.worksheets[0].iter_rows()]


def table(lines, head, place=0):
    """Lines below a heading as dicts, up to the total line and with it."""
    start = max(row for row, line in enumerate(lines) if line[place] == head)
    found = []
    for line in lines[start + 1 :]:
        found.append(dict(zip(lines[start], line, strict=True)))
        if line[place] in ("Total", "合计"):
            break
    return found


def full(*changes, language="en"):
    return inputs(ledger(*BY_HAND), language, records=Records(tables={"disputes": log(*LOG)}))


def test_contested_by_hand():
    found = contested(ledger(*BY_HAND), log(*LOG), AS_OF)
    assert found.amount.tolist() == [300, 0, 600, 200, 0, 120]
    assert found.line.tolist() == [0, -1, 1, -1, -1, 3]
    assert sorted(found.left_over.tolist()) == [2, 7]


def test_settled_disputes_hold_again_before_their_end():
    assert contested(ledger(*BY_HAND), log(*LOG), "2025-12-11").amount[5] == 620
    assert contested(ledger(*BY_HAND), log(*LOG), "2025-12-12").amount[5] == 120


def test_a_dispute_over_instalments_takes_the_first_first():
    two = ledger(("A", "1", 300.0, NAN, "EUR"), ("A", "1", 300.0, NAN, "EUR"))
    assert contested(two, log(("1", None, None, "x", 400.0, "open", None)), AS_OF).amount.tolist() == [
        300,
        100,
    ]


def test_settled_within_a_year():
    """From 2 to 12 December: ten days."""
    assert resolved_days(log(*LOG), AS_OF).tolist() == [10]
    assert resolved_days(log(*LOG), "2027-01-31").tolist() == []
    assert resolved_days(None, AS_OF).tolist() == []


def test_by_reason_adds_up():
    found = by_reason(["a", None, "b", "a"], [0.1, 0.3, 0.5, 0.2])
    assert found["reason"].tolist() == ["b", None, "a"]
    assert found["disputed"].tolist() == [0.5, 0.3, 0.3]
    assert found["cumulative_share"][-1] == 1


def test_parts_of_documents():
    lines = table(page(full()), "Document")
    assert [(line["Document"], line["Open"], line["Disputed"], line["Undisputed"]) for line in lines] == [
        ("2", 600, 600, 0),
        ("1", 1000, 300, 700),
        ("3", 200, 200, 0),
        ("5", 800, 120, 680),
        ("Total", 2600, 1220, 1380),
    ]
    assert [line["Age in days"] for line in lines[:4]] == [10, 40, None, 30]
    assert [line["State"] for line in lines[:4]] == ["open", "escalate", "no date", "open"]
    assert [line["Reason"] for line in lines[:4]] == ["quality", "Price", "(no reason stated)", "Price"]


def test_by_reason_on_the_sheet():
    """Small and capital letters are one reason: 300 + 120."""
    lines = table(page(full()), "Reason", 3)
    assert [(line["Reason"], line["Documents"], line["Disputed"]) for line in lines] == [
        ("quality", 1, 600),
        ("Price", 2, 420),
        ("(no reason stated)", 1, 200),
        ("Total", 4, 1220),
    ]
    assert lines[1]["Share so far"] == pytest.approx(1020 / 1220)


def test_ratio_and_age():
    lines = {line[0]: line[2] for line in page(full())}
    assert lines["Open debits"] == 3000
    assert lines["Disputed share of open debits"] == pytest.approx(1220 / 3000)
    assert lines["Average age in days"] == pytest.approx(80 / 3)


def test_what_is_said():
    cells = [str(cell) for line in page(full()) for cell in line]
    assert any("not insured while the dispute lasts" in cell for cell in cells)
    assert "Open disputes whose document is not open (2): 9, 2. Close them, or correct the number." in cells
    assert "1, in 10.0 days on average" in cells


def test_sums_are_formulas():
    cells = [str(cell) for line in page(full(), values=False) for cell in line if str(cell).startswith("=")]
    assert sum(cell.startswith("=SUM(") for cell in cells) >= 3 + 3
    assert sum(cell.startswith("=SUMPRODUCT(") for cell in cells) == 6
    assert sum(cell.startswith("=AVERAGE(") for cell in cells) == 1


def test_the_chart_follows_the_reasons():
    (chart,) = disputes_sheet(full()).charts
    assert chart.series[0].values.bottom - chart.series[0].values.top == 2
    assert chart.series[1].over


def test_currencies_stand_apart():
    given = ledger(("A", "1", 10.0, 5.0, "EUR"), ("A", "2", 700.0, 70.0, "JPY"), ("A", "3", 9.0, NAN, "USD"))
    lines = page(inputs(given))
    assert [line[0] for line in lines].count("Document") == 2
    assert {"EUR", "JPY"} <= {line[0] for line in lines}


def test_the_ledgers_column_alone():
    given = inputs(documents())
    lines = table(page(given), "Document")
    owed = given.items.open_amount
    disputed = np.nan_to_num(given.items.disputed_amount) * (owed > 0)
    assert lines[-1]["Disputed"] == pytest.approx(np.minimum(disputed, np.maximum(owed, 0)).sum(), abs=1e-6)


def test_nothing_disputed_and_an_empty_ledger():
    nothing = inputs(documents(disputed=False))
    assert "No open document is disputed as of this date." in [line[0] for line in page(nothing)]
    assert "There are no open items as of this date." in [line[0] for line in page(inputs(documents(0)))]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_texts_stay_texts(language):
    told = log(("=2*3", None, "2025-12-01", "=quality*", 4.0, "open", None))
    records = Records(tables={"disputes": told})
    given = inputs(ledger(("=1+1", "=2*3", 10.0, NAN, "EUR")), language, records=records)
    book = openpyxl.load_workbook(io.BytesIO(workbook([disputes_sheet(given)])))
    cells = [cell for line in book.worksheets[0].iter_rows() for cell in line]
    for text in ("=1+1", "=2*3", "=quality*"):
        found = [cell for cell in cells if cell.value == text]
        assert found
        assert all(cell.data_type == "s" for cell in found)


def test_twenty_thousand_documents(capsys):
    given = inputs(documents(20_000, customers=800), records=customer_records.every())
    start = time.perf_counter()
    disputes_sheet(given)
    with capsys.disabled():
        print(f"\ndisputes of 20,000 documents: {time.perf_counter() - start:.2f} s")
