"""AR Credit File: one customer's figures, reckoned by hand; what is missing is said."""

import datetime as dt
import time

import pytest

from arcredit.reports.credit_file import credit_file_sheet
from arcredit.reports.limits import limits_sheet
from credit_ledgers import small
from credit_records import FULL, credit_records, rows
from pages import lines, page, table, texts, value
from report_ledgers import documents, inputs


def filed(customer="", ledger=None, language="en", **records):
    ledger = small() if ledger is None else ledger
    given = inputs(ledger, language, customer=customer, records=type(credit_records())(records))
    return credit_file_sheet(given)


def test_trading_figures_by_hand():
    sheet = filed("A")
    assert value(sheet, "Purchases, 12 months") == 119_500
    assert value(sheet, "Terms in use, days") == 30
    assert value(sheet, "Days beyond terms") == pytest.approx(10)
    assert value(sheet, "Pay index (80 = prompt)") == pytest.approx(80 - 10 * 10 / 15)
    assert value(sheet, "Payments, 12 months") == 3
    assert value(sheet, "Highest balance, 12 months") == 36_500
    assert value(sheet, "Open") == 10_000
    assert value(sheet, "Overdue") == 0


def test_a_score_of_payments_alone():
    """Pay index 73.33 earns (73.33 − 20)/60 of 100 = 88.89 points; without accounts grade 4 at best."""
    sheet = filed("A")
    card = table(sheet, "What is known")
    assert card["Pay index"]["Points"] == pytest.approx(8_000 / 90)
    assert card["Pay index"]["Weight"] == 1
    assert card["Score"]["Contribution"] == pytest.approx(8_000 / 90)
    assert card["No financial statements"]["Grade not better than"] == 4
    assert value(sheet, "Grade") == 4
    said = texts(sheet)
    assert any(text.startswith("No financial statements: the score rests on payment") for text in said)
    assert any(text.startswith("No financial statements: nothing to reckon") for text in said)


def test_the_published_scorecard():
    """EX-3.2: the accounts of EX-3.1c give 67.45 points for the financial block."""
    sheet = filed("A", financials=FULL["financials"].__class__(_accounts("A")))
    card = table(sheet, "What is known")
    financial = sum(card[name]["Contribution"] for name in _FINANCIAL)
    assert financial == pytest.approx(0.35 * 67.45, abs=0.003)
    assert card["Altman score (Z2)"]["Value"] == pytest.approx(2.1632, abs=1e-4)
    other = 0.35 * 8_000 / 90 + 0.1 * (85 + 100 + 100 - 300 / 9)
    assert card["Score"]["Contribution"] == pytest.approx(financial + other)
    assert card["Score"]["Weight"] == pytest.approx(1)
    assert value(sheet, "Altman zone") == "grey"


_FINANCIAL = ("Altman score (Z2)", "Current ratio", "Equity ratio", "Interest cover")


def _accounts(customer):
    accounts = rows(
        "customer period_end total_assets working_capital retained_earnings ebit equity total_liabilities"
        " current_ratio interest_cover years_in_business legal_events external_grade",
        (customer, dt.date(2025, 6, 30), 20.0, 3.0, 2.0, 1.2, 6.0, 14.0, 1.5, 3.0, 12.0, 0.0, 4.0),
    )
    return accounts.columns


def test_the_limit_by_every_method():
    sheet = filed("A")
    methods = table(sheet, "Method")
    assert methods["what is needed"]["Amount"] == 14_405.47
    assert methods["what is needed"]["Decides"] == "decides"
    assert methods["payment behaviour"]["Amount"] == 36_500
    assert methods["net worth"]["Decides"] == "not given"
    assert methods["Suggested limit"]["Amount"] == 14_405.47


def test_terms_that_fit_a_capped_limit():
    """Net worth 25,000 × 18 % = 4,500: 4,500 × 365 / (119,500 × 1.1) − 10 days leaves 2."""
    accounts = rows("customer period_end tangible_net_worth", ("A", dt.date(2025, 6, 30), 25_000.0))
    sheet = filed("A", financials=accounts)
    assert table(sheet, "Method")["net worth"]["Decides"] == "decides"
    assert "Terms that would fit this limit: 2 days." in texts(sheet)


def test_grade_terms_and_probability():
    sheet = filed("A", insurance=FULL["insurance"])
    assert value(sheet, "Probability of default, 1 year") == 0.006
    assert value(sheet, "Over the terms in use") == pytest.approx(1 - 0.994 ** (30 / 365))
    assert value(sheet, "Longest terms to offer, days") == 60
    assert value(sheet, "On the scale of Coface") == 7
    assert value(sheet, "Grade from") == "scorecard"


def test_exposure_limit_headroom():
    own = rows(
        "customer credit_limit decided_by review_date", ("A", 12_000.0, "M. Chen", dt.date(2026, 3, 1))
    )
    sheet = filed("A", limits=own, customers=rows("customer unbilled_deliveries", ("A", 500.0)))
    assert value(sheet, "Delivered, not invoiced") == 500
    assert value(sheet, "Limit (our own)") == 12_000
    assert value(sheet, "Used") == pytest.approx(10_500 / 12_000)
    assert value(sheet, "Decided by") == "M. Chen"
    found = lines(sheet)
    tiles = next(found[place + 1] for place, line in enumerate(found) if line[0] == "Grade, 1 (best) to 10")
    assert [item for item in tiles if item is not None] == [4, 12_000, 10_500, 1_500]


def test_buckets_are_those_of_the_ledger():
    sheet = credit_file_sheet(inputs(customer="C1001"))
    ages = table(sheet, "Age")
    assert ages["Total open"]["Amount"] == pytest.approx(
        value(sheet, "Open") - value(sheet, "Unapplied credits")
    )


def test_the_largest_exposure_is_chosen_and_said():
    given = inputs(records=credit_records())
    found = table(limits_sheet(given), "Customer")
    largest = max((line["Exposure"], name) for name, line in found.items() if not name.startswith("Total"))[1]
    subtitle = lines(credit_file_sheet(given))[1][0]
    assert subtitle.startswith(largest)
    assert "chosen because its exposure is the largest" in subtitle


@pytest.mark.parametrize(("language", "text"), [("en", "neither in the ledger"), ("zh", "均无客户 ZZZ")])
def test_an_unknown_customer_is_said(language, text):
    assert any(text in said for said in texts(filed("ZZZ", language=language)))


@pytest.mark.parametrize(("language", "text"), [("en", "no customer with"), ("zh", "没有任何客户")])
def test_an_empty_ledger_says_so(language, text):
    assert any(text in said for said in texts(credit_file_sheet(inputs(documents(0), language))))


def test_a_customer_of_records_only():
    sheet = filed("N", orders=rows("customer amount customer_name", ("N", 700.0, "Newcomer")))
    assert value(sheet, "Name") == "Newcomer"
    assert value(sheet, "Open orders") == 700
    assert "No limit can be suggested: purchases, terms or grade are not known." in texts(sheet)
    assert value(sheet, "Purchases, 12 months") == "not known"


def test_events_newest_first_and_unconfirmed_ones_marked():
    given = inputs(customer="C1001", records=credit_records())
    found = table(credit_file_sheet(given), "Event kind")
    assert list(found) == ["Insolvency (not confirmed)", "Rating downgrade"]
    assert value(credit_file_sheet(given), "Grade") == 3  # the unconfirmed insolvency does not count


def test_other_currencies_are_told_not_added():
    given = inputs(documents(currencies=("EUR", "USD")), customer="C1002")
    sheet = credit_file_sheet(given)
    assert any(text.startswith("Also in ") for text in texts(sheet))
    home = inputs(documents(currencies=("EUR", "USD")), customer="C1002", home="EUR", rates={"USD": 100.0})
    assert lines(credit_file_sheet(home))[1][0].endswith("USD")


def test_formula_texts_stay_texts():
    given = inputs(customer="=1+1", records=credit_records())
    cells = [cell for row in page(credit_file_sheet(given), formulas=True).iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value in ("=1+1", "=HYPERLINK(1)")} == {"s"}


def test_chinese():
    found = texts(credit_file_sheet(inputs(records=credit_records(), language="zh", customer="C1001")))
    assert {"客户信用档案", "评分卡", "等级与账期", "各方法测算的建议额度", "信用敞口"} <= set(found)
    assert "评级下调" in found


def test_time_of_twenty_thousand_documents():
    given = inputs(documents(20_000, 2_000), records=credit_records())
    start = time.perf_counter()
    credit_file_sheet(given)
    print(f"credit file of 20,000 documents: {time.perf_counter() - start:.2f} s")
