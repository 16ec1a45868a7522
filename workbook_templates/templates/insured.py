"""What the insurance templates share: the policy as our functions read it, and a buyer's debt as a sample."""

import datetime as dt

from arcredit.ledger.records.schema import schema
from arcredit.reports.sheet import Range, Sheet
from templates.form import Form
from templates.live import Given, on
from templates.words import text

WIDTHS = (34.0, 22.0, 16.0, 16.0, 16.0, 16.0, 30.0)
TERMS = {
    "insured_percentage": 0.9,
    "discretionary_limit": 10_000.0,
    "discretionary_percentage": 0.8,
    "deductible": 2_000.0,
    "deductible_rule": "pct_first",
    "threshold": 500.0,
    "threshold_rule": ">",
    "aggregate_deductible": 10_000.0,
    "aggregate_used": 6_500.0,
    "maximum_liability": 750_000.0,
    "liability_used": 0.0,
    "maximum_terms_days": 90.0,
    "maximum_extension_days": 60.0,
    "waiting_days": 180.0,
    "notice_days": 30.0,
    "filing_days": 360.0,
    "vat_rate": 0.2,
    "vat_insured": False,
    "limit_basis": "debt",
    "payment_rule": "fifo",
    "cover_resumes": True,
    "fx_rule": "invoice",
    "basis": "risk_attaching",
    "policy_from": dt.date(2026, 1, 1),
    "policy_to": dt.date(2026, 12, 31),
    "payment_days": 30.0,
}


def policy(language: str, footer: str) -> tuple[Sheet, Given]:
    """The sheet of the policy's terms, and those terms as an argument of our functions."""
    record = schema()["insurance"]
    form = Form(record.sheet(language), language, 6, (34.0, 22.0, 24.0, 24.0, 24.0, 24.0))
    form.title(record.sheet(language), text("insurance.policy_about", language))
    for name in ("insurer", "policy_number"):
        value = text(f"insurance.sample_{name}", language)
        form.ask(
            name, record.column(name).heading(language), value, "text", record.column(name).note(language)
        )
    form.row += 1
    form.section(text("insurance.terms", language))
    top = form.row
    for name, value in TERMS.items():
        form.ask_term(record.column(name), value)
    rows = tuple((record.column(name).heading(language), value) for name, value in TERMS.items())
    form.row += 1
    form.notes([text("insurance.terms_note", language), text("common.estimate", language)])
    where = Range(top, 0, top + len(rows) - 1, 1)
    return form.sheet("insurance", footer=footer, landscape=False, tall=1), on(form.name, where, rows)
