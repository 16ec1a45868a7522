"""The claim pack: one buyer's account, the insurer's limits and the dossier typed in; the estimate live."""

import datetime as dt

from arcredit.credit.insurance.dossier import ITEMS, item_text
from arcredit.ledger.records.schema import schema
from arcredit.reports.sheet import Entry, Mark, Range, Sheet
from templates.form import Form
from templates.insured import policy
from templates.live import Called, Given, on
from templates.words import text

FILE, WORDS = "claim_pack", "claim"
_INVOICES = (
    ("IN26-0041", dt.date(2026, 1, 12), dt.date(2026, 2, 11), 18_400.0, 0.0, 0.0),
    ("IN26-0067", dt.date(2026, 1, 29), dt.date(2026, 2, 28), 22_150.0, 5_000.0, 0.0),
    ("IN26-0093", dt.date(2026, 2, 18), dt.date(2026, 3, 20), 31_700.0, 0.0, 0.0),
    ("IN26-0118", dt.date(2026, 3, 9), dt.date(2026, 4, 8), 16_900.0, 0.0, 3_200.0),
    ("IN26-0140", dt.date(2026, 4, 30), dt.date(2026, 5, 30), 12_480.0, 0.0, 0.0),
)
_ACCOUNT = ("invoice", "ship_date", "due_date", "amount", "paid", "disputed")
_LIMITS = ((dt.date(2025, 7, 1), 75_000.0), (dt.date(2026, 3, 1), 60_000.0))
_MISSING = ("delivery", "insolvency")
_MORE = 8
_DOSSIER = ("number", "item", "mandatory", "present", "missing", "completeness")
_FOUND = (
    ("indemnity", "estimated indemnity", "amount_out", "exact2"),
    ("remainder", "uninsured remainder", "amount_out", "exact2"),
    ("loss_date", "date of loss", "date", "date"),
)
_LONGEST = 500
"""Lines of the estimate that are searched for its results."""


def sheets(language: str) -> list[Sheet]:
    """The estimate first, then what it is made from."""
    title = text("claim.title", language)
    terms, schedule = policy(language, title)
    account, given = _account(language, title)
    limits, limit_rows = _limits(language, title)
    dossier = _dossier(language, title)
    given |= {"policy": schedule, "limits": limit_rows}
    return [_estimate(language, title, given), account, limits, dossier, terms]


def _account(language: str, title: str) -> tuple[Sheet, dict[str, Given]]:
    form = Form(text("claim.account", language), language, len(_ACCOUNT))
    form.title(text("claim.account", language), text("claim.account_about", language))
    kinds = ("code", "date", "date", "exact2", "exact2", "exact2")
    columns = zip(_ACCOUNT, kinds, zip(*_INVOICES, strict=True), strict=True)
    form.lines("tblAccount", {n: (text(f"claim.{n}", language), k, v) for n, k, v in columns})
    return form.sheet("account", footer=title), form.given


def _limits(language: str, title: str) -> tuple[Sheet, Given]:
    """The insurer's decisions about the buyer: each counts from its day on; blank lines wait for more."""
    form = Form(text("claim.limits", language), language, 5, (20.0, 20.0))
    form.title(text("claim.limits", language), text("claim.limits_about", language))
    rows = (*_LIMITS, *[(None, None)] * _MORE)
    days, amounts = zip(*rows, strict=True)
    record = schema()["insured_limits"]
    heads = tuple(record.column(name).heading(language) for name in ("from", "limit"))
    top = form.row
    form.lines("tblLimits", {"from": (heads[0], "date", days), "limit": (heads[1], "exact2", amounts)})
    # With its headings: LibreOffice does not know tblLimits[#All].
    block = on(form.name, Range(top, 0, form.row - 1, 1), (heads, *rows))
    return form.sheet("limits", footer=title), block


def _dossier(language: str, title: str) -> Sheet:
    form = Form(
        text("claim.dossier", language), language, 9, (48.0, 12.0, 4.0, 9.0, 48.0, 12.0, 12.0, 12.0, 14.0)
    )
    form.title(text("claim.dossier", language), text("claim.dossier_about", language))
    hint = text("claim.situation_hint", language)
    form.ask("situation", text("claim.situation", language), "insolvency", "text", hint)
    form.row += 1
    top = form.row
    items = [item for item in ITEMS if item.situation in ("", "insolvency")]
    present = [item.code not in _MISSING for item in items]
    form.lines(
        "tblDossier",
        {
            "item": (
                text("claim.item", language),
                "text",
                [item_text(item.code, language) for item in items],
            ),
            "present": (text("claim.present", language), "centre", present),
        },
    )
    form.lists.append(Entry(Range(top + 1, 1, top + len(items), 1), ("TRUE", "FALSE"), strict=True))
    form.row = top
    heads = [text(f"claim.dossier_{name}", language) for name in _DOSSIER]
    call = form.call("TCI_DOSSIER", "item", "present", "situation")
    made = form.table(call, heads, {"completeness": "share"}, left=3)
    where = Range(made.row + 1, 7, made.where.bottom - 1, 7)
    form.marks.append(Mark.at_least(where, "near", 1))
    return form.sheet("dossier", footer=title)


def _estimate(language: str, title: str, given: dict[str, Given]) -> Sheet:
    wide = 14
    form = Form(text("claim.estimate", language), language, wide)
    form.given |= given
    form.title(title, text("claim.about", language))
    form.section(text("common.type_here", language))
    form.ask("buyer", text("claim.buyer", language), text("claim.sample_buyer", language), "text")
    for name, value, kind in (
        ("as_of", dt.date(2026, 12, 15), "date"),
        ("insolvency_date", dt.date(2026, 6, 17), "date"),
        ("recovered", 0.0, "exact2"),
        ("indemnity_paid", 0.0, "exact2"),
    ):
        form.ask(name, text(f"claim.{name}", language), value, kind, text(f"claim.{name}_hint", language))
    form.row += 1
    call = form.call(
        "TCI_CLAIM",
        *("invoice", "ship_date", "due_date", "amount", "paid", "disputed", "limits", "policy"),
        *("as_of", "insolvency_date", None, None, None, None, "recovered", "indemnity_paid"),
    )
    form.section(text("claim.in_all", language))
    form.show("debt", text("claim.debt", language), _debt(form), "exact2", text("claim.debt_hint", language))
    shown = form.row
    form.row += len(_FOUND) + 1
    form.section(text("claim.steps", language))
    heads = [text(f"claim.head_{name}", language) for name in call.result[0]]
    made = form.table(call, heads, dict.fromkeys(("number",), "count"))
    bottom = form.row
    form.row = shown
    _indemnity(form, call, made.row)
    form.row = bottom + 1
    form.notes(text(f"common.{name}", language) for name in ("estimate", "live"))
    return form.sheet("estimate", footer=title)


def _debt(form: Form) -> Called:
    amount, paid = form.given["amount"], form.given["paid"]
    total = round(sum(row[0] for row in amount.value) - sum(row[0] for row in paid.value), 2)
    return Called(f"=SUM({amount.address})-SUM({paid.address})", total)


def _indemnity(form: Form, call: Called, row: int) -> None:
    """What it comes to, found by its name wherever the table below ends."""
    heads = [str(head) for head in call.result[0]]
    for name, item, column, kind in _FOUND:
        names, values = (
            Range(row + 1, heads.index(one), row + _LONGEST, heads.index(one)).a1()
            for one in ("item", column)
        )
        result = next(line[heads.index(column)] for line in call.result if line[1] == item)
        live = f'=SUMIF({names},"{item}",{values})'
        said = text(f"claim.{name}", form.language), text(f"claim.{name}_hint", form.language)
        form.show(name, said[0], Called(live, result), kind, said[1])
