"""LibreOffice computes every formula of every report anew: stored results stand, no cell is an error."""

import datetime as dt
import zipfile

import numpy as np
import openpyxl
import pytest

import customer_records
from arcredit.credit.receivables.open_items import open_at
from arcredit.reports import REPORTS
from arcredit.reports.scratch import workbook
from arcredit.shapes import Table
from credit_records import credit_records
from libreoffice import recalculated
from report_ledgers import documents, inputs
from report_records import POLICY, insured, table, terms

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
PARTS = 3
"""The books go through LibreOffice in so many runs, which may go side by side."""
RATES = {"JPY": 0.0061, "KWD": 2.9}
CLAIM = {
    "customers": table(customer=["C1002", "C1006"], insolvency_date=["2025-11-15", None]),
    "dossier": table(customer=["C1002"] * 2, item=["claim_form", "account"], present=[True, False]),
    "settings": terms(company_name="=1+1", annual_rate=0.08),
}
PLAN = {
    "plans": table(
        customer=["C1002", "C1003"],
        agreed_on=["2025-09-01", None],
        debt=[9_000.0, 700.0],
        first_date=["2025-09-30", "2025-12-15"],
        instalments=[6.0, 3.0],
        annual_rate=[0.12, np.nan],
        method=["annuity", "balloon"],
        down_payment=[100.0, np.nan],
    )
}
DONE = {
    "claims": Table(
        {
            "customer": np.array(["C1002", "C1003"], object),
            "document": np.full(2, None, object),
            "claim_id": np.array(["K-77", None], object),
            "notified_on": np.array(["2025-11-20", "2025-10-01"], "M8[D]"),
            "filed_on": np.array(["2025-12-20", "NaT"], "M8[D]"),
            "indemnity_paid": np.array([1_234.56, np.nan]),
            "paid_on": np.array(["2025-12-30", "NaT"], "M8[D]"),
        }
    )
}
WORDING = POLICY | {
    "deductible_rule": "min_retention",
    "limit_basis": "payout",
    "aggregate_deductible": 900.0,
    "maximum_liability": 12_345.67,
    "discretionary_percentage": 0.75,
}
BOOKS = {
    "english": lambda: inputs(documents(), gl_balance=100_000.0),
    "chinese": lambda: inputs(documents(currencies=("CNY",)), "zh", gl_balance=100_000.0),
    "currencies": lambda: inputs(
        documents(currencies=("EUR", "JPY", "KWD")), rates=RATES, home="EUR", gl_balance=1.0
    ),
    "no_rates": lambda: inputs(documents(currencies=("CNY", "USD")), "zh"),
    "bare": lambda: inputs(documents(40, currencies=None, names=False, disputed=False), totals=None),
    "years": lambda: inputs(documents(), convention="cn_statutory", credits="own_date"),
    "erpnext": lambda: inputs(documents(), convention="erpnext"),
    "records": lambda: inputs(documents(), records=customer_records.every()),
    "records_zh": lambda: inputs(
        documents(currencies=("CNY", "JPY", "EUR")), "zh", records=customer_records.every()
    ),
    "empty": lambda: inputs(documents(0)),
    "insured": lambda: inputs(records=insured(**CLAIM)),
    "insured_zh": lambda: inputs(
        documents(currencies=("CNY",)), "zh", records=insured(WORDING, **CLAIM, **PLAN, **DONE)
    ),
    "insured_currencies": lambda: inputs(
        documents(currencies=("EUR", "JPY", "USD")),
        rates={"EUR": 1.0, "JPY": 0.0061},
        home="EUR",
        records=insured(POLICY | {"vat_rate": 0.19, "threshold": 10.0}, **PLAN),
        customer="C1002",
    ),
    "customers": lambda: inputs(documents(), records=credit_records(), customer="C1001"),
    "customers_zh": lambda: inputs(
        documents(currencies=("CNY", "USD")), "zh", records=credit_records(), customer="=1+1"
    ),
    "customers_rates": lambda: inputs(
        documents(currencies=("EUR", "JPY", "KWD")), rates=RATES, home="EUR", records=credit_records()
    ),
}

LENDER = {
    "borrowing": terms(advance_rate=0.8, reserves=1_000.0, loans=90_000.0, facility_limit=50_000.0),
    "provision": table(from_days=[0.0, 1.0, 61.0], loss_rate=[0.004, 0.03, 0.333333]),
    "settings": terms(forward_looking=1.17, loss_given_default=0.65, cash=9_000.0, current_liabilities=7e4),
    "customers": table(
        customer=["C1002", "C1003"],
        insolvency_date=["2025-11-15", None],
        contra=[np.nan, 500.0],
        foreign=[None, True],
    ),
}
BOOKS["lender"] = lambda: inputs(
    documents(),
    records=insured(**LENDER),
    gl_balance=50_000.0,
    previous=open_at(documents(290), "2025-11-15"),
    previous_as_of=dt.date(2025, 11, 15),
)
BOOKS["snapshots"] = lambda: inputs(
    documents(),
    "zh",
    history=tuple(
        (dt.date(2025, month, 30), open_at(documents(), dt.date(2025, month, 30))) for month in (9, 10, 11)
    ),
)


def computed(names, folder):
    """Each book as we stored it and as LibreOffice computes it; one start of LibreOffice for all of them."""
    paths = []
    for name in names:
        paths.append(folder / f"{name}.xlsx")
        paths[-1].write_bytes(workbook([report.make(BOOKS[name]()) for report in REPORTS.values()]))
    return zip(paths, recalculated(paths, folder), strict=True)


@pytest.mark.parametrize("part", range(PARTS))
def test_stored_results_are_what_the_formulas_give(part, tmp_path):
    for stored, again in computed(list(BOOKS)[part::PARTS], tmp_path):
        ours, theirs = (openpyxl.load_workbook(path, data_only=True) for path in (stored, again))
        assert ours.sheetnames == theirs.sheetnames, stored.stem
        for page in ours:
            same_values(page, theirs[page.title], f"{stored.stem} {page.title}")
        with zipfile.ZipFile(stored) as package:
            sheets = [part for part in package.namelist() if "/worksheets/" in part]
            formulas = sum(package.read(part).count(b"<f>") for part in sheets)
        assert formulas > 20 or stored.stem == "empty"


def same_values(ours, theirs, place):
    for row in ours.iter_rows():
        for cell in row:
            found = theirs[cell.coordinate].value
            if isinstance(cell.value, float | int) and not isinstance(cell.value, bool):
                assert found == pytest.approx(cell.value, abs=1e-6), f"{place}!{cell.coordinate}"
            else:
                assert (found or None) == (cell.value or None), f"{place}!{cell.coordinate}"
