"""AR Insurance Advice: need, cost and saving, by hand and by the worksheet functions."""

import time

import pytest

from arcredit.credit.insurance.value import tci_expected_loss, tci_need
from arcredit.reports.insurance_advice import insurance_advice_sheet
from arcredit.reports.standing import standings
from credit_ledgers import small
from credit_records import FULL, INSURERS, credit_records, rows, terms
from pages import lines, page, table, texts, value
from report_ledgers import documents, inputs


def advised(ledger=None, language="en", **records):
    ledger = small() if ledger is None else ledger
    return insurance_advice_sheet(inputs(ledger, language, records=type(credit_records())(records)))


def test_need_by_hand():
    """Sales 119,500 + 5,000 less the credit note of 200: all B's purchases are 4,800; A has 96 %."""
    found = table(advised(), "Reason")
    assert found["Large credit sales, 12 months"]["Figure"] == 124_300
    assert found["One customer above a share of sales"]["Figure"] == pytest.approx(119_500 / 124_300)
    assert [found[name]["Holds"] for name in found][:4] == ["no", "yes", "unknown", 1]
    assert any(text.startswith("At least one reason") for text in texts(advised()))


@pytest.mark.parametrize("threshold", [124_299.99, 124_300.0])
@pytest.mark.parametrize("exports", [True, False])
def test_need_agrees_with_the_function(threshold, exports):
    sheet = advised(settings=terms(sales_threshold=threshold, share_threshold=0.99, exports=exports))
    count = table(sheet, "Reason")["Reasons that hold"]["Holds"]
    assert count == tci_need(124_300, 119_500 / 124_300, exports, threshold, 0.99)


def test_the_words_where_a_reason_is_unknown():
    sheet = advised(settings=terms(share_threshold=1.0))
    assert "None of the reasons is known to hold; one or more are not known." in texts(sheet)
    sheet = advised(settings=terms(share_threshold=1.0, exports=False))
    assert "None of the three reasons holds." in texts(sheet)


def test_exports_from_foreign_customers():
    sheet = advised(customers=rows("customer foreign", ("A", True)))
    assert table(sheet, "Reason")["Exports on credit"]["Holds"] == "yes"


def test_premium_with_minimum_and_tax():
    """EX-6.2: 11.5 million at 0.25 % is less than the minimum of 30,000; tax comes on top."""
    settings = terms(
        annual_credit_sales=11_500_000.0, premium_rate=0.0025, minimum_premium=30_000.0, premium_tax=0.06
    )
    assert value(advised(settings=settings), "Premium of a year") == 31_800
    settings = terms(annual_credit_sales=13_200_000.0, premium_rate=0.0025, minimum_premium=30_000.0)
    assert value(advised(settings=settings), "Premium of a year") == 33_000


def test_uninsured_vat_is_not_insured_turnover():
    settings, insurance = terms(annual_credit_sales=12_000_000.0), terms(vat_rate=0.2)
    assert value(advised(settings=settings, insurance=insurance), "Insured turnover") == 10_000_000


def test_expected_loss_by_hand():
    """A owes 10,000 in grade 4: 0.6 % × 90 % is 54; with 95 % within limits at 90 % it is 7.83."""
    sheet = advised()
    grades = table(sheet, "Grade")
    assert grades["4"]["Expected loss without cover"] == 54
    assert grades["4"]["Expected loss with cover"] == 7.83
    assert value(sheet, "Expected indemnity") == 46.17
    premium = round(124_300 * 0.0025, 2)
    assert value(sheet, "Expected indemnity less premium") == pytest.approx(46.17 - premium)
    assert any(text.startswith("Not counted: 4,800.00") for text in texts(sheet))
    assert value(sheet, "Break-even loss rate on sales") == pytest.approx(premium / 124_300 / 0.9 / 0.95)


def test_losses_are_those_of_the_customers():
    """Summed over customers by the worksheet function, within the cents of rounding each of them."""
    given = inputs(records=credit_records("insurance", "insured_limits"))
    (part,) = standings(given).parts
    pd = {4: 0.006, 8: 0.1}
    owed = [max(float(amount), 0) for amount in part.exposure]
    odds = [pd[int(grade)] for grade in part.rating.grade]
    limits = [float(limit) for limit in part.insured.limit]
    found = table(insurance_advice_sheet(given), "Grade")["Total"]
    whole = tci_expected_loss(owed, odds, 0.9).sum()
    cover = tci_expected_loss(owed, odds, 0.9, limits, 0.9).sum()
    assert found["Expected loss without cover"] == pytest.approx(whole, abs=0.06)
    assert found["Expected loss with cover"] == pytest.approx(cover, abs=0.06)


def test_the_largest_customer_and_the_sales_behind_a_loss():
    """10,000 at a margin of 5 % takes 200,000; with 9,500 covered at 90 % 1,450 are left: 29,000."""
    sheet = advised()
    assert value(sheet, "Loss without cover") == 10_000
    assert value(sheet, "Loss with cover") == 1_450
    assert value(sheet, "Sales to earn it back without cover") == 200_000
    assert value(sheet, "Sales to earn it back with cover") == 29_000


def test_insurers_by_weighted_score():
    sheet = advised(insurers=INSURERS)
    found = table(sheet, "Insurer")
    assert list(found)[:3] == ["Beta", "Alpha", "=1+1"]
    assert found["Alpha"]["Score"] == pytest.approx(0.5 * 8 + 0.3 * 6 + 0.2 * 9)
    assert found["=1+1"]["Score"] is None  # a missing score is not left out
    assert found["Alpha"]["Premium of a year"] == 10_000
    assert found["=1+1"]["Premium of a year"] == round(124_300 * 0.0025, 2)
    assert found["Beta"]["Premium of a year"] is None
    weights = terms(weight_coverage=0.0, weight_claims_speed=1.0, weight_services=0.0)
    found = table(advised(insurers=INSURERS, settings=weights), "Insurer")
    assert found["=1+1"]["Score"] == 9  # services do not count, so its missing score does not matter


def test_cash_ratio():
    """EX-6.8, the premium of 15 already paid."""
    settings = terms(
        cash=500.0,
        current_liabilities=4_000.0,
        expected_receipts=600.0,
        minimum_premium=15.0,
        premium_rate=0.0,
    )
    sheet = advised(settings=settings)
    assert value(sheet, "If the receipts come in") == 0.275
    assert value(sheet, "If they default, without cover") == 0.125
    assert value(sheet, "If they default, with cover, premium paid") == 0.25625


def test_only_what_is_within_the_limits_pays():
    """Cover of the expected receipts ends at the insurer's limits, as it does for the expected loss."""
    records = credit_records("insurance", "insured_limits")
    settings = {"cash": 500.0, "current_liabilities": 4_000.0, "expected_receipts": 600.0}
    tables = records.tables | {"settings": terms(**settings, minimum_premium=15.0, premium_rate=0.0)}
    sheet = insurance_advice_sheet(inputs(records=type(records)(tables)))
    within = value(sheet, "Exposure within insured limits")
    percentage = value(sheet, "Insured percentage")
    assert 0 < within < 1
    paid = (500 - 15 + 600 * percentage * within) / 4_000
    assert value(sheet, "If they default, with cover, premium paid") == pytest.approx(paid)


def test_defaults_are_called_defaults():
    said = texts(advised())
    assert said.count("default: not given in the settings") >= 6
    assert any("enter offers in the sheet of insurers" in text for text in said)
    assert any("enter cash and current liabilities" in text for text in said)


def test_a_ledger_of_open_items_only_knows_no_sales():
    ledger = small()
    ledger = ledger.take(ledger.open_amount != 0)
    sheet = advised(ledger)
    found = table(sheet, "Reason")
    assert found["Large credit sales, 12 months"]["Figure"] is None
    assert found["Large credit sales, 12 months"]["Holds"] == "unknown"
    assert value(sheet, "One customer above a share of sales") == pytest.approx(10_000 / 14_800)
    assert value(sheet, "Premium of a year") is None


def test_currencies_are_left_out_without_rates_and_converted_with_them():
    ledger = documents(currencies=("EUR", "USD"))
    assert any(text.startswith("Left out: ") for text in texts(insurance_advice_sheet(inputs(ledger))))
    given = inputs(ledger, home="EUR", rates={"USD": 0.5})
    euro, dollar = standings(given).parts
    sales = euro.trade.purchases.sum() + sum(round(one * 0.5, 2) for one in dollar.trade.purchases)
    found = table(insurance_advice_sheet(given), "Reason")
    assert found["Large credit sales, 12 months"]["Figure"] == pytest.approx(sales, abs=0.1)


def test_inputs_are_cells_and_results_formulas():
    sheet = insurance_advice_sheet(inputs(records=credit_records()))
    cells = {cell.coordinate: cell for row in page(sheet, formulas=True).iter_rows() for cell in row}
    entered = [entry.where.a1() for entry in sheet.lists]
    assert len(entered) > 12
    assert all(cells[place].data_type != "f" for place in entered)
    labels = {cell.value: cell.row for cell in cells.values() if cell.column == 1 and cell.value}
    for label in ("Premium of a year", "Expected indemnity", "Sales to earn it back with cover"):
        assert cells[f"B{labels[label]}"].data_type == "f"
    assert any(str(cell.value).count("SUMPRODUCT") == 2 for cell in cells.values())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_empty_ledger(language):
    said = texts(insurance_advice_sheet(inputs(documents(0), language)))
    nothing = {"en": "Nobody owes anything", "zh": "没有可损失的金额"}[language]
    assert any(nothing in text for text in said)


def test_chinese():
    found = texts(insurance_advice_sheet(inputs(records=credit_records(), language="zh")))
    assert {"是否值得投保信用保险", "是否需要投保", "预期赔款减保费", "保险公司比较"} <= set(found)
    assert "estimate" not in " ".join(found)


def test_estimates_are_called_so():
    assert "estimates" in lines(advised())[1][0]
    assert "估算" in lines(advised(language="zh"))[1][0]


def test_time_of_twenty_thousand_documents():
    given = inputs(documents(20_000, 2_000), records=type(credit_records())(FULL))
    start = time.perf_counter()
    insurance_advice_sheet(given)
    print(f"insurance advice of 20,000 documents: {time.perf_counter() - start:.2f} s")


def test_customers_in_default_are_lost_already():
    sheet = advised(customers=rows("customer grade", ("A", 10.0), ("B", 4.0)))
    assert next(iter(table(sheet, "Grade"))) == "4"
    assert any(text.startswith("Not counted: 10,000.00 of customers in default") for text in texts(sheet))
    assert value(sheet, "Expected loss of a year without cover") == 25.92
