"""The payment plan template: the debt and what was agreed, every instalment live."""

import datetime as dt

from arcredit.ledger.records.schema import schema
from arcredit.reports.sheet import Sheet
from templates.form import Form
from templates.live import Called
from templates.words import text

FILE, WORDS = "payment_plan", "plan"
_AGREED = {
    "debt": 48_600.0,
    "first_date": dt.date(2026, 7, 31),
    "instalments": 6,
    "annual_rate": 0.08,
    "method": "annuity",
    "frequency": "month",
    "down_payment": 5_000.0,
    "final_by": dt.date(2026, 12, 31),
}
_HEADS = ("number", "date", "principal", "interest", "payment", "balance", "warning")
_MONEY = dict.fromkeys(("principal", "interest", "payment", "balance"), "exact2")


def sheets(language: str) -> list[Sheet]:
    """One sheet: what was agreed, what it comes to, the instalments."""
    form = Form(text("plan.sheet", language), language, 7, (26.0, 28.0, 16.0, 14.0, 16.0, 16.0, 26.0))
    form.title(text("plan.title", language), text("plan.about", language))
    form.section(text("common.type_here", language))
    form.ask("customer", text("plan.customer", language), text("plan.sample_customer", language), "text")
    for name, value in _AGREED.items():
        form.ask_term(schema()["plans"].column(name), value)
    form.row += 1
    form.section(text("plan.in_all", language))
    top = form.row + 5
    call = form.call("AR_PAYMENT_PLAN", *_AGREED)
    first, last = top + 2, top + len(call.result)
    # A plan with more instalments spills further down: the sums reach as far as it may.
    for name, column in (("payments", "E"), ("interest_total", "D")):
        found = round(sum(line["ABCDE".index(column)] for line in call.result[1:]), 2)
        live = f"=SUM({column}{first + 1}:{column}{first + 600})"
        form.show(name, text(f"plan.{name}", language), Called(live, found), "exact2")
    live = f"=MAX(B{first + 1}:B{first + 600})"
    form.show("last", text("plan.last", language), Called(live, call.result[-1][1]), "date")
    form.row = top - 1
    form.section(text("plan.instalments", language))
    form.table(call, [text(f"plan.{name}", language) for name in _HEADS], _MONEY)
    assert form.row == last + 1
    form.row += 1
    return [form.sheet("plan", footer=text("plan.title", language), landscape=False, least=50)]
