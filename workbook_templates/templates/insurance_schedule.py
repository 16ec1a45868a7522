"""The insurance policy schedule: the terms of the policy, and what they mean in money and days."""

import datetime as dt

from arcredit.hosts.init_sheet import record_sheet
from arcredit.ledger.records.schema import schema
from arcredit.reports.sheet import Range, Sheet
from templates.form import Form
from templates.insured import TERMS, WIDTHS, policy
from templates.live import on
from templates.words import text

FILE, WORDS = "insurance_policy_schedule", "schedule"
_LIMITS = (
    ("000123", 300_000.0, dt.date(2026, 1, 1), "named"),
    ("000308", 80_000.0, dt.date(2026, 1, 1), "named"),
    ("000641", 120_000.0, dt.date(2026, 3, 15), "named"),
)
_STEPS = ("step", "amount_in", "change", "amount_out")


def sheets(language: str) -> list[Sheet]:
    """The policy, what it means, and the insurer's limits."""
    title = text("schedule.title", language)
    terms, _ = policy(language, title)
    rows = [dict(zip(("customer", "limit", "from", "kind"), row, strict=True)) for row in _LIMITS]
    return [terms, _meaning(language, terms), record_sheet(schema()["insured_limits"], language, rows)]


def _meaning(language: str, terms: Sheet) -> Sheet:
    form = Form(text("schedule.meaning", language), language, len(WIDTHS), WIDTHS)
    for cell in terms.cells:
        # The policy's answers stand beside their questions.
        for name, value in TERMS.items():
            if cell.column == 0 and cell.value == schema()["insurance"].column(name).heading(language):
                form.given[name] = on(terms.name, Range(cell.row, 1, cell.row, 1), value)
    form.title(text("schedule.meaning", language), text("schedule.about", language))
    _premium(form)
    _days(form)
    _loss(form)
    form.notes(text(f"common.{name}", language) for name in ("estimate", "live"))
    return form.sheet("meaning", footer=text("schedule.title", language), landscape=False, tall=1)


def _ask(form: Form, name: str, value: object, kind: str) -> None:
    label, hint = (text(f"schedule.{name}{end}", form.language) for end in ("", "_hint"))
    form.ask(name, label, value, kind, hint)


def _show(form: Form, name: str, kind: str, function: str, *given: str) -> None:
    label, hint = (text(f"schedule.{name}{end}", form.language) for end in ("", "_hint"))
    form.show(name, label, form.call(function, *given), kind, hint)


def _premium(form: Form) -> None:
    form.section(text("schedule.cost", form.language))
    _ask(form, "turnover", 18_500_000.0, "exact2")
    _ask(form, "rate", 0.0022, "hundredths")
    _ask(form, "minimum", 30_000.0, "exact2")
    _ask(form, "tax", 0.0, "hundredths")
    _ask(form, "within", 0.95, "hundredths")
    _show(form, "premium", "exact2", "TCI_PREMIUM", "turnover", "rate", "minimum", "tax")
    _show(form, "break_even", "hundredths", "TCI_BREAK_EVEN", "rate", "insured_percentage", "within")
    form.row += 1


def _days(form: Form) -> None:
    form.section(text("schedule.deadlines", form.language))
    _ask(form, "due_date", dt.date(2026, 3, 31), "date")
    _show(form, "stop", "date", "TCI_STOP_DATE", "due_date", "maximum_extension_days")
    _show(form, "notify", "date", "TCI_NOTIFY_BY", "due_date", "maximum_extension_days", "notice_days")
    _show(form, "loss_date", "date", "TCI_LOSS_DATE", "due_date", "waiting_days")
    _show(form, "file", "date", "TCI_FILE_BY", "due_date", "filing_days")
    form.row += 1


def _loss(form: Form) -> None:
    language = form.language
    form.section(text("schedule.loss_section", language))
    _ask(form, "loss", 96_000.0, "exact2")
    _ask(form, "limit", 80_000.0, "exact2")
    terms = ("loss", "limit", "insured_percentage", "deductible", "deductible_rule", "threshold")
    _show(form, "indemnity", "exact2", "TCI_INDEMNITY", *terms)
    form.row += 1
    heads = [text(f"schedule.{name}", language) for name in _STEPS]
    form.table(form.call("TCI_INDEMNITY_STEPS", *terms), heads, dict.fromkeys(_STEPS[1:], "exact2"))
    form.row += 1
