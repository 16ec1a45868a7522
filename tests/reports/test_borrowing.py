"""AR Borrowing Base: every deduction in its column, across and down to the figures of AR_BORROWING_BASE."""

import io
import time

import numpy as np
import openpyxl
import pytest

from arcredit.credit.receivables.borrowing import ar_borrowing_base, borrowing_by_customer
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.ledger.records import Records
from arcredit.reports.borrowing import borrowing_sheet
from arcredit.reports.scratch import workbook
from arcredit.shapes import coded
from report_ledgers import AS_OF, documents, inputs
from report_records import insured, table, terms


def ledger(*rows, **columns):
    """Open items as (customer, days from invoice, amount)."""
    names, age, amount = zip(*rows, strict=True)
    day = np.datetime64(AS_OF) - np.array(age, "timedelta64[D]")
    value = np.array(amount, float)
    return OpenItems(
        coded(list(names), "c"),
        np.array([f"D{place}" for place in range(len(rows))], object),
        day,
        day + 30,
        value,
        value,
        **columns,
    )


def lines(given):
    data = workbook([borrowing_sheet(given)])
    page = openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
    return [[cell.value for cell in line] for line in page.iter_rows()]


def customers(given):
    """Each customer's line by heading, the total among them."""
    found = lines(given)
    start = next(place for place, line in enumerate(found) if line[0] == "Customer")
    end = next(place for place, line in enumerate(found) if line[0] == "Total")
    heads = found[start]
    return {line[0]: dict(zip(heads, line, strict=True)) for line in found[start + 1 : end + 1]}


def figure(given, label):
    return next(line[1] for line in lines(given) if line[0] == label and line[1] is not None)


def all_of_one(**given):
    return Records(tables={"borrowing": terms(concentration_share=1.0, **given)})


def test_deductions_by_hand():
    """A: 300 of 1,000 too old, the rest cross-aged. B: credit 50 older than 90 days put back. C: all good."""
    items = ledger(
        ("A", 100, 300), ("A", 10, 700), ("B", 100, 200), ("B", 95, -50), ("B", 5, 4000), ("C", 1, 800)
    )
    given = inputs(items, records=all_of_one())
    found = customers(given)
    assert found["A"]["Past due"] == -300
    assert found["A"]["Cross-aged"] == -700
    assert found["B"]["Past due"] == -150
    assert found["B"]["Old credits put back"] == -50
    assert found["B"]["Eligible"] == 3950
    assert found["Total"]["Eligible"] == 4750
    assert figure(given, "Borrowing base") == figure(given, "Availability") == 3800


def test_lines_and_columns_add_up_to_the_worksheet_function():
    given = inputs(documents(900, 25))
    found = customers(given)
    total = found.pop("Total")
    deductions = [key for key in total if key not in ("Customer", "Eligible", "Of which insured", "Advance")]
    for line in found.values():
        assert sum(line[key] for key in deductions) == pytest.approx(line["Eligible"], abs=1e-6)
    for key in (*deductions, "Eligible", "Of which insured"):
        assert sum(line[key] for line in found.values()) == pytest.approx(total[key], abs=1e-6)
    items = given.items
    age = (np.datetime64(AS_OF) - items.invoice_date).astype(int)
    table_ = dict(ar_borrowing_base(items.customer, items.open_amount, age, items.disputed_amount).rows())
    assert total["Advance"] == table_["borrowing_base"]
    assert total["Eligible"] == pytest.approx(table_["eligible"])


def test_advances_add_up_as_they_are_shown():
    """Three advances of 8.004: shown as 8.00 each they would make 24.00 under a base of 24.01."""
    items = ledger(("A", 1, 10.005), ("B", 1, 10.005), ("C", 1, 10.005))
    given = inputs(items, records=all_of_one())
    found = customers(given)
    assert [found[name]["Advance"] for name in ("A", "B", "C")] == [8.01, 8.0, 8.0]
    assert found["Total"]["Advance"] == figure(given, "Borrowing base") == 24.01
    for currency, seed in (("JPY", 1), ("KWD", 2), ("EUR", 3)):
        many = inputs(documents(400, 25, (currency,), seed=seed), records=all_of_one(advance_rate=0.8333))
        shown = customers(many)
        total = shown.pop("Total" if "Total" in shown else f"Total {currency}")
        places = 0 if currency == "JPY" else 2
        advances = [line["Advance"] for line in shown.values()]
        assert [round(one, places) for one in advances] == pytest.approx(advances, abs=1e-9)
        assert sum(advances) == pytest.approx(total["Advance"], abs=1e-9)
        for line in shown.values():
            gap = 0.125 * 10 ** (2 - places)
            assert line["Advance"] == pytest.approx(line["Eligible"] * 0.8333, abs=gap)


def test_a_limit_is_there_once_for_debts_in_two_currencies():
    """A owes 1,000 EUR and 1,000 USD at 0.5: two thirds of his limit of 600 stand beside the euros."""
    both = ledger(("A", 1, 1_000), ("A", 1, 1_000), currency=coded(["EUR", "USD"], "c"))
    records = insured(
        {"insured_percentage": 0.9},
        [("A", 600.0, None, None, "named")],
        borrowing=terms(concentration_share=1.0),
    )
    found = [
        line[-2]
        for line in lines(inputs(both, records=records, rates={"EUR": 1.0, "USD": 0.5}, home="EUR"))
        if line[0] == "A"
    ]
    assert found == [400, 400]


def test_customers_of_the_records():
    """Contra 100, an affiliate, a foreign customer without cover, one with a limit of 400 at 85 %."""
    items = ledger(("A", 1, 1000), ("B", 1, 500), ("C", 1, 300), ("D", 1, 600))
    records = insured(
        {"insured_percentage": 0.9},
        [("D", 400.0, None, None, "named")],
        customers=table(
            customer=["A", "B", "C", "D"],
            contra=[100.0, np.nan, np.nan, np.nan],
            related_party=[None, True, None, None],
            foreign=[None, None, True, True],
        ),
        borrowing=terms(concentration_share=1.0),
    )
    given = inputs(items, records=records)
    found = customers(given)
    assert found["A"]["Contra account"] == -100
    assert found["B"]["Affiliates"] == -500
    assert found["C"]["Foreign, not insured"] == -300
    assert found["D"]["Foreign, not insured"] == -200
    assert found["D"]["Of which insured"] == 400
    assert found["Total"]["Eligible"] == 1300
    assert figure(given, "Borrowing base") == pytest.approx(900 * 0.8 + 400 * 0.85)


def test_concentration_comes_last():
    """Of 1,000 eligible nobody may be more than 200: A gives up 600."""
    items = ledger(("A", 1, 800), ("B", 1, 100), ("C", 1, 100))
    found = customers(inputs(items))
    assert found["A"]["Over concentration"] == -600
    assert found["Total"]["Eligible"] == 400


def test_reserves_loans_and_the_limit_of_the_facility():
    records = all_of_one(reserves=100.0, loans=900.0, facility_limit=500.0)
    given = inputs(ledger(("A", 1, 1000)), records=records)
    assert figure(given, "Base less reserves") == 700
    assert figure(given, "Within the facility's limit") == 500
    assert figure(given, "Availability") == -400
    assert any(str(line[0]).startswith("Availability is below nought") for line in lines(given))


def test_nothing_is_to_be_paid_back_where_nothing_was_drawn():
    """Two credits leave less than nothing, and there is no loan."""
    rows = ("A", 10, -500.0), ("B", 10, 100.0)
    for loans, said in ((0.0, "nothing to borrow on"), (50.0, "to be paid back")):
        given = inputs(ledger(*rows), items=ledger(*rows), records=all_of_one(loans=loans))
        assert figure(given, "Availability") < 0
        assert said in next(str(line[0]) for line in lines(given) if "below nought" in str(line[0]))


def test_amounts_of_the_facility_are_of_one_currency():
    records = Records(tables={"borrowing": terms(loans=900.0), "settings": terms(home_currency="EUR")})
    given = inputs(documents(400, currencies=("EUR", "USD")), records=records)
    assert [line[1] for line in lines(given) if line[0] == "Loans drawn"] == [-900, 0]


def test_defaults_say_that_they_are_defaults():
    given = inputs(ledger(("A", 1, 1000)), records=all_of_one(advance_rate=0.7))
    texts = [str(cell) for line in lines(given) for cell in line]
    assert "Advance rate" in texts
    assert "Past due after days from invoice (default)" in texts


def test_the_parts_of_the_worksheet_function():
    """The customer without a name is a line of his own, and nothing is lost."""
    base = borrowing_by_customer([None, "A"], [100, 50], [1, 200])
    assert base.customer.tolist() == ["A", None]
    assert base.lines["gross"].tolist() == [50, 100]
    assert base.eligible.tolist() == [0, 20]


def test_chinese_and_empty():
    assert any("可用额度" in str(line[0]) for line in lines(inputs(documents(100), "zh")))
    assert any("no open items" in str(line[0]) for line in lines(inputs(documents(0))))


def test_twenty_thousand_documents(capsys):
    given = inputs(documents(20_000, 800))
    start = time.perf_counter()
    workbook([borrowing_sheet(given)])
    with capsys.disabled():
        print(f" borrowing base of 20,000 documents: {time.perf_counter() - start:.2f} s")
