"""AR Claim and its letter: the published examples on the sheet, who is chosen, nothing disputed, all live."""

import datetime as dt
import io
import time
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from arcredit.credit.receivables.open_items import Events, OpenItems, open_at
from arcredit.ledger.records import Records
from arcredit.reports import REPORTS
from arcredit.reports.claim import claim_sheet
from arcredit.reports.claim_letter import claim_letter_sheet
from arcredit.reports.scratch import workbook
from arcredit.shapes import coded
from report_ledgers import documents, inputs
from report_records import insured, table, terms

EX_5_3 = (
    ("S1", "2025-01-06", "2025-03-07", 40_000),
    ("S2", "2025-02-10", "2025-04-11", 35_000),
    ("S3", "2025-03-17", "2025-05-16", 30_000),
    ("S4", "2025-04-28", "2025-06-27", 25_000),
    ("S5", "2025-05-12", "2025-07-11", 45_000),
    ("S6", "2025-06-02", "2025-08-01", 20_000),
)
ONE = ("S1", "2025-01-06", "2025-03-07")
EX_5_4 = (
    ("1", "2025-01-10", "2025-02-10", 50_000),
    ("2", "2025-02-10", "2025-03-10", 40_000),
    ("3", "2025-03-10", "2025-04-10", 60_000),
)


def ledger(*rows, customer="A", currency=None, disputed=None):
    return OpenItems(
        customer=coded([row[4] if len(row) > 4 else customer for row in rows], "customer"),
        document=np.array([row[0] for row in rows], object),
        invoice_date=np.array([row[1] for row in rows], "M8[D]"),
        due_date=np.array([row[2] for row in rows], "M8[D]"),
        amount=np.array([row[3] for row in rows], float),
        open_amount=np.array([row[3] for row in rows], float),
        currency=coded(currency, "currency") if currency else None,
        disputed_amount=None if disputed is None else np.array(disputed, float),
    )


def receipts(*rows):
    return Events(
        document=np.array([row[0] for row in rows], object),
        customer=coded(["A"] * len(rows), "customer"),
        date=np.array([row[1] for row in rows], "M8[D]"),
        amount=np.array([row[2] for row in rows], float),
    )


def given(documents, limit, events=None, records=None, **policy):
    usual = {"insured_percentage": 0.9, "waiting_days": 180} | policy
    rows = [("A", limit, None, None, "named")] if limit is not None else []
    tables = insured(usual, rows).tables | (records or {})
    items = open_at(documents, dt.date(2025, 12, 31), events)
    return inputs(documents, items=items, events=events, records=Records(tables))


def page(sheet):
    book = openpyxl.load_workbook(io.BytesIO(workbook([sheet])), data_only=True)
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def line(lines, label, column=3):
    return next(row[column] for row in lines if row[0] == label)


def estimate(given):
    return line(page(claim_sheet(given)), "Estimated indemnity")


@pytest.mark.parametrize(
    ("rows", "limit", "policy", "amount"),
    [
        (((*ONE, 100_000),), 150_000, {"deductible": 5_000}, 85_000),  # EX-5.1
        (((*ONE, 100_000),), 150_000, {"deductible": 5_000, "deductible_rule": "ded_first"}, 85_500),
        (((*ONE, 100_000),), 150_000, {"deductible": 5_000, "deductible_rule": "min_retention"}, 90_000),
        (((*ONE, 30_000),), 150_000, {"deductible": 5_000, "deductible_rule": "min_retention"}, 25_000),
        (((*ONE, 50_000),), 150_000, {"deductible": 5_000, "deductible_rule": "ded_first"}, 40_500),
        (((*ONE, 180_000),), 120_000, {"vat_rate": 0.2}, 108_000),  # EX-5.2
        (((*ONE, 180_000),), 200_000, {"vat_rate": 0.2}, 135_000),
        (EX_5_3, 180_000, {"maximum_extension_days": 60, "maximum_terms_days": 60}, 117_000),  # EX-5.3
        (EX_5_3, 120_000, {"maximum_extension_days": 60, "maximum_terms_days": 60}, 108_000),
        (
            ((*ONE, 40_000),),
            50_000,
            {"aggregate_deductible": 25_000, "aggregate_used": 18_000},
            29_000,
        ),  # EX-5.6
        (
            ((*ONE, 150_000),),
            200_000,
            {"maximum_liability": 1_200_000, "liability_used": 1_120_000},
            80_000,
        ),  # EX-5.7
        (((*ONE, 5_000.0),), 9_000, {"threshold": 5_000}, 0),  # EX-5.8
        (((*ONE, 5_000.0),), 9_000, {"threshold": 5_000, "threshold_rule": ">="}, 4_500),
        (((*ONE, 5_000.01),), 9_000, {"threshold": 5_000}, 4_500.01),
        (
            ((*ONE, 45_000),),
            None,
            {"discretionary_limit": 30_000, "discretionary_percentage": 0.8},
            24_000,
        ),  # EX-5.13
        (((*ONE, 150_000),), 100_000, {}, 90_000),  # EX-5.15
        (((*ONE, 150_000),), 100_000, {"limit_basis": "payout"}, 100_000),
    ],
)
def test_published_examples(rows, limit, policy, amount):
    assert estimate(given(ledger(*rows), limit, **policy)) == amount


@pytest.mark.parametrize(
    ("policy", "amount"),
    [({}, 90_000), ({"cover_resumes": False}, 63_000), ({"payment_rule": "pro_rata"}, 72_000)],
)
def test_part_payment_before_the_loss(policy, amount):
    """EX-5.4: 30,000 "for the third invoice" goes to the first; three wordings."""
    paid = receipts(("3", "2025-05-01", -30_000))
    assert estimate(given(ledger(*EX_5_4), 100_000, paid, **policy)) == amount


def test_money_after_the_loss_is_shared_as_the_loss_was_borne():
    """EX-5.5e: 85,000 of 100,000 estimated, 20,000 recovered: 17,000 is the insurer's, not 18,000."""
    paid = receipts(("S1", "2025-11-30", -20_000))
    lines = page(claim_sheet(given(ledger((*ONE, 100_000)), 150_000, paid, deductible=5_000)))
    assert line(lines, "Insurer's part of recoveries", 2) == -17_000
    assert line(lines, "Estimated indemnity") == 68_000
    assert line(lines, "Uninsured remainder (estimate)") == 12_000


def test_recoveries_to_come():
    """EX-5.5c: 108,000 estimated on 150,000 (limit 120,000): 72 % of what is recovered."""
    lines = page(claim_sheet(given(ledger((*ONE, 150_000)), 120_000)))
    row = next(row for row in lines if row[0] == "10% of the debt")
    assert row[1:4] == [15_000, 10_800, 4_200]


def test_disputes_wait():
    """EX-5.10: 20,000 of 100,000 disputed, deductible 2,000: 70,000."""
    case = given(ledger((*ONE, 100_000), disputed=[20_000]), 150_000, deductible=2_000)
    lines = page(claim_sheet(case))
    assert line(lines, "Estimated indemnity") == 70_000
    assert line(lines, "Disputed", 1) == 20_000 or line(lines, "Disputed", 2) == -20_000
    assert line(lines, "Disputed: not covered until settled", 1) == 20_000


def test_dates():
    """EX-5.12: stop 30 May, notify 29 June, loss 27 September, file by 26 November; insolvency wins.

    The insurer pays 30 days after the loss, yet not sooner than 30 days after the day the report is made on.
    """
    terms_of = {"maximum_extension_days": 60, "notice_days": 30, "filing_days": 240}
    rows = ledger(("S1", "2025-03-01", "2025-03-31", 1_000))
    lines = page(claim_sheet(given(rows, 5_000, **terms_of)))
    days = (
        "Last covered delivery",
        "Notify the insurer by",
        "Date of loss",
        "File the claim by",
        "Payment at the earliest",
    )
    found = [line(lines, label, 1).date().isoformat() for label in days]
    assert found == ["2025-05-30", "2025-06-29", "2025-09-27", "2025-11-26", "2026-01-30"]
    failed = {"customers": table(customer=["A"], insolvency_date=["2025-05-15"])}
    lines = page(claim_sheet(given(rows, 5_000, records=failed, **terms_of)))
    assert line(lines, "Date of loss", 1).date().isoformat() == "2025-05-15"
    assert "insolvent" in line(lines, "Why this buyer", 1)


def test_the_largest_loss_is_chosen_and_the_insolvent_first():
    rows = ledger((*ONE, 1_000, "A"), (*ONE, 3_000, "B"), (*ONE, 2_000, "C"))
    own = {"discretionary_limit": 9_000}
    lines = page(claim_sheet(given(rows, None, **own)))
    assert line(lines, "Buyer", 1) == "B (B)"
    assert "waiting period over" in line(lines, "Why this buyer", 1)
    failed = {"events": table(customer=["C"], date=["2025-11-15"], kind=["insolvency"])}
    assert line(page(claim_sheet(given(rows, None, records=failed, **own))), "Buyer", 1) == "C (C)"
    chosen = replace(given(rows, None, **own), customer="A")
    assert line(page(claim_sheet(chosen)), "Why this buyer", 1) == "chosen by you"


def test_never_for_fraud_or_disputes():
    rows = ledger((*ONE, 1_000, "A"), (*ONE, 3_000, "B"))
    fraud = {
        "disputes": table(document=["S1"], customer=["B"], reason=["fraud"], amount=[1.0], status=["open"])
    }
    assert (
        line(page(claim_sheet(given(rows, None, records=fraud, discretionary_limit=9_000))), "Buyer", 1)
        == "A (A)"
    )
    all_disputed = ledger((*ONE, 1_000), disputed=[1_000])
    assert "There is no claim" in str(page(claim_sheet(given(all_disputed, 5_000))))


def test_nobody_yet_says_when():
    """Waiting period of 400 days: 7 March 2025 + 400 = 11 April 2026."""
    for make in (claim_sheet, claim_letter_sheet):
        assert "2026-04-11" in str(page(make(given(ledger((*ONE, 1_000)), 5_000, waiting_days=400))))
    empty = inputs(documents(0), records=insured())
    assert "There is no claim" in str(page(claim_sheet(empty)))
    nobody = replace(given(ledger((*ONE, 1_000)), 5_000), customer="=1+1")
    assert "=1+1" in str(page(claim_sheet(nobody)))


def test_an_insolvent_customer_without_a_rate_is_named():
    """Nothing can be claimed in USD without a rate, which is no all-clear: the sheet names him first."""
    rows = ledger((*ONE, 2_000), currency=["USD"])
    failed = {"customers": table(customer=["A"], insolvency_date=["2025-05-15"])}
    failed["settings"] = terms(home_currency="EUR")
    case = given(rows, 5_000, records=failed)
    for make in (claim_sheet, claim_letter_sheet):
        texts = [row[0] for row in page(make(case)) if row[0]]
        first = next(place for place, text in enumerate(texts) if text.startswith("INSOLVENT"))
        assert "2,000.00 USD" in texts[first + 1]
        assert "--rates" in texts[first + 1]
        assert "There is no claim" in texts[first + 2]
    rated = replace(case, home="EUR", rates={"EUR": 1.0, "USD": 0.5})
    assert estimate(rated) == 900


def test_an_unknown_limit_is_an_unknown_estimate():
    case = given(ledger((*ONE, 1_000)), np.nan)
    assert estimate(case) == "unknown"
    assert "unknown" in str(page(claim_letter_sheet(case)))


def test_currencies():
    """1,000 EUR and 2,000 USD at 0.5 under a limit of 1,500: 1,350; without the rate 900, and it says so."""
    rows = ledger((*ONE, 1_000), ("S2", "2025-01-07", "2025-03-08", 2_000), currency=["EUR", "USD"])
    case = replace(given(rows, 1_500), home="EUR", rates={"EUR": 1.0, "USD": 0.5})
    assert estimate(case) == 1_350
    lines = page(claim_sheet(replace(case, rates={"EUR": 1.0})))
    assert line(lines, "Estimated indemnity") == 900
    assert "2,000.00 USD" in str(lines)
    assert "· USD" in str(page(claim_letter_sheet(case)))


def test_dossier_marks_what_is_missing():
    dossier = table(
        customer=["A", "A", "B"],
        item=["claim_form", "invoices", "orders"],
        present=[True, True, True],
        location=["Safe", None, None],
    )
    lines = page(claim_sheet(given(ledger((*ONE, 1_000)), 5_000, records={"dossier": dossier})))
    # Eight papers every claim needs, two of them there.
    assert line(lines, "Completeness of the dossier", 1) == 0.25
    assert line(lines, "Orders or contract, terms of sale, retention of title") == "MISSING"
    assert line(lines, "Unpaid invoices and credit notes") == "there"
    assert line(lines, "Letter on the state of the dispute") == "not needed here"
    assert "not ready to file" in str(lines)


def test_letter_has_the_figures_and_the_account():
    paid = receipts(("S1", "2025-11-30", -20_000))
    sender = {"settings": terms(company_name="=1+1 GmbH", bank_account="DE00")}
    case = given(ledger((*ONE, 100_000)), 150_000, paid, records=sender, deductible=5_000)
    lines = page(claim_letter_sheet(case))
    assert lines[0][0] == "=1+1 GmbH"
    assert line(lines, "Indemnity (estimate)", 5) == 68_000
    assert line(lines, "Sum and open balance", 5) == 80_000
    assert "Notice of claim · policy TCI" not in str(lines)
    assert "[policy number]" in str(lines)


def test_chinese():
    case = given(ledger((*ONE, 100_000)), 150_000, deductible=5_000)
    assert line(page(claim_sheet(replace(case, language="zh"))), "估算赔款") == 85_000
    assert line(page(claim_letter_sheet(replace(case, language="zh"))), "赔款（估算）", 5) == 85_000


def test_estimate_is_written_everywhere_and_the_chain_is_live():
    book = openpyxl.load_workbook(
        io.BytesIO(
            workbook(
                [make(given(ledger((*ONE, 100_000)), 150_000)) for make in (claim_sheet, claim_letter_sheet)]
            )
        )
    )
    for sheet in book.worksheets:
        assert "stimate" in " ".join(
            str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value
        )
    formulas = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.data_type == "f"]
    assert len(formulas) > 40
    assert REPORTS["claim"].missing(inputs()) == ("insurance",)


def test_twenty_thousand_documents():
    case = inputs(documents(20_000, 800), records=insured())
    start = time.perf_counter()
    claim_sheet(case)
    claim_letter_sheet(case)
    print(f"claim and letter out of 20,000 documents: {time.perf_counter() - start:.2f} s")
