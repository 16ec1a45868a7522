"""Letters write dates as their language does; columns of tables keep theirs as dates."""

import datetime as dt
import re
from dataclasses import replace

import numpy as np
import pytest

import customer_records
from arcredit.ledger.records import Records
from arcredit.reports import REPORTS
from arcredit.reports.written import written
from pages import page
from report_ledgers import documents, inputs
from report_records import POLICY, insured, table
from report_records import terms as settings

RECORDS = insured(
    POLICY,
    None,
    customers=table(customer=["C1002"], insolvency_date=["2025-11-05"]),
    settings=settings(company_name="Northwind"),
    plans=table(
        customer=["C1002"],
        agreed_on=["2025-09-01"],
        debt=[9_000.0],
        first_date=["2025-09-30"],
        instalments=[6.0],
        final_by=["2026-02-03"],
    ),
)


def test_days():
    assert written(dt.date(2026, 6, 30), "en") == "30 June 2026"
    assert written(np.datetime64("2026-12-01"), "zh") == "2026年12月1日"
    assert written(None, "en") == written(np.datetime64("NaT"), "zh") == ""


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("owner", ["claim_letter", "payment_plan", "statement"])
def test_no_letter_writes_a_date_as_a_machine_does(owner, language):
    given = inputs(documents(), records=RECORDS, language=language)
    if owner == "statement":
        records = {"customers": customer_records.customers(letter_language=[language] * 6)}
        given = replace(given, records=Records(records | {"settings": customer_records.settings()}))
    sheet = REPORTS[owner].make(given)
    printed = [line[: sheet.area.right + 1] for line in page(sheet).iter_rows()]
    cells = [cell.value for line in printed for cell in line]
    words = [text for text in cells if isinstance(text, str)]
    machine = [text for text in words if re.search(r"\d{4}-\d\d-\d\d", text)]
    assert machine == []
    day = {"en": "31 December 2025", "zh": "2025年12月31日"}[language]
    assert any(day in text for text in words)
    assert any(isinstance(cell, dt.datetime) for cell in cells)
    if owner == "claim_letter":
        assert any({"en": "5 November 2025", "zh": "2025年11月5日"}[language] in text for text in words)
    if owner == "payment_plan":
        assert any({"en": "3 February 2026", "zh": "2026年2月3日"}[language] in text for text in words)
