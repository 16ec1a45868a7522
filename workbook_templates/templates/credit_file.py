"""The credit file template: one customer's accounts and habits typed in; grade, limit and terms live."""

from arcredit.credit.customer.policy import DEFAULT_POLICY
from arcredit.hosts.init_sheet import record_sheet
from arcredit.ledger.records.schema import schema
from arcredit.reports import style
from arcredit.reports.sheet import Cell, Chart, Range, Series, Sheet, pixels
from templates.form import Form
from templates.live import Called, Given, on
from templates.words import text

FILE, WORDS = "credit_file", "credit"
_ACCOUNTS = {
    "total_assets": 4_200_000.0,
    "working_capital": 620_000.0,
    "retained_earnings": 540_000.0,
    "ebit": 310_000.0,
    "equity": 1_350_000.0,
    "total_liabilities": 2_850_000.0,
    "sales": 7_900_000.0,
    "tangible_net_worth": 1_280_000.0,
    "current_ratio": 1.5,
    "interest_cover": 4.2,
    "years_in_business": 14.0,
    "legal_events": 0.0,
    "external_grade": 4.0,
}
_TRADE = {"annual_purchases": 960_000.0, "usual_delay_days": 9.0, "high_credit": 168_000.0}
_WIDTHS = (30.0, 22.0, 14.0, 14.0, 16.0, 14.0, 14.0)
_CARD = ("block", "value", "points", "weight", "contribution", "cap")
_CARD_KINDS = {"value": "exact2", "points": "tenths", "weight": "hundredths", "contribution": "tenths"}
_STEPS = ("method", "input", "rate", "amount", "binding")


def sheets(language: str) -> list[Sheet]:
    """The file and the credit policy that it follows."""
    policy = [
        dict(zip(DEFAULT_POLICY, row, strict=True)) for row in zip(*DEFAULT_POLICY.values(), strict=True)
    ]
    grades = record_sheet(schema()["policy"], language, policy)
    where = grades.tables[0].where
    heads = tuple(column.heading(language) for column in schema()["policy"].columns)
    block = (heads, *(tuple(row.values()) for row in policy))
    return [_file(language, on(grades.name, where, block)), grades]


def _file(language: str, policy: Given) -> Sheet:
    form = Form(text("credit.sheet", language), language, len(_WIDTHS), _WIDTHS)
    form.given["policy"] = policy
    form.title(text("credit.title", language), text("credit.about", language))
    _questions(form)
    _judged(form)
    form.section(text("credit.card", language))
    _beside(form, "card_note")
    card = form.table(_card(form), _heads("card", _CARD, language), _CARD_KINDS, left=1)
    form.row += 1
    form.section(text("credit.steps", language))
    _beside(form, "steps_note")
    form.table(_steps(form), _heads("step", _STEPS, language), {}, left=1)
    form.row += 1
    _chart(form, card.row)
    form.row += 16
    form.notes([text("credit.codes", language), text("common.live", language)])
    return form.sheet("credit_file", footer=text("credit.title", language), landscape=False, tall=1)


def _beside(form: Form, name: str) -> None:
    """What a table says, in the column before it.

    The tables stand right of the figures they are made from: LibreOffice 7.4 falls over a result that spills
    in a column before those of its arguments, if these are computed by functions of an add-in too.
    """
    form.cells.append(Cell(form.row, 0, text(f"credit.{name}", form.language), "note.text", down=8))


def _heads(stem: str, names: tuple[str, ...], language: str) -> list[str]:
    return [text(f"credit.{stem}_{name}", language) for name in names]


def _questions(form: Form) -> None:
    language, financials = form.language, schema()["financials"]
    form.section(text("common.type_here", language))
    form.ask("customer", text("credit.customer", language), text("plan.sample_customer", language), "text")
    for name, value in (_ACCOUNTS | _TRADE).items():
        form.ask_term(financials.column(name), value)
    form.ask_term(schema()["customers"].column("terms_days"), 45.0)
    for name, value, kind in (
        ("days_beyond_terms", 7.0, "right"),
        ("exposure", 118_400.0, "exact2"),
        ("insured_limit", 150_000.0, "exact2"),
        ("insured_percentage", 0.9, "hundredths"),
        ("round_to", 1_000.0, "exact2"),
    ):
        said = text(f"credit.{name}", language), text(f"credit.{name}_hint", language)
        form.ask(name, said[0], value, kind, said[1])
    form.row += 1


def _judged(form: Form) -> None:
    """Ratios, score, grade, limit and what follows from them, each from the cells above it."""
    form.section(text("common.result", form.language))
    names = (
        "total_assets",
        "working_capital",
        "retained_earnings",
        "ebit",
        "equity",
        "total_liabilities",
        "sales",
    )
    form.given["model"] = Given('"Z2"', "Z2")
    equity, assets = form.given["equity"], form.given["total_assets"]

    def show(name: str, call: Called, kind: str) -> None:
        said = text(f"credit.{name}", form.language), text(f"credit.{name}_hint", form.language)
        form.show(name, said[0], call, kind, said[1])

    show("z_score", form.call("CREDIT_Z_SCORE", *names, "model"), "exact2")
    show("zone", form.call("CREDIT_Z_ZONE", "z_score", "model"), "right")
    live = f"={equity.address}/{assets.address}"
    show("equity_ratio", Called(live, equity.value / assets.value), "percent")
    show("pay_index", form.call("CREDIT_PAY_INDEX", "days_beyond_terms"), "tenths")
    show("score", form.call("CREDIT_SCORE", *_scored()), "tenths")
    show("grade", form.call("CREDIT_GRADE", "score"), "count")
    show("pd", form.call("CREDIT_PD", "grade", None, "policy"), "hundredths")
    show("limit", form.call("CREDIT_LIMIT", *_limited()), "exact2")
    show("basis", form.call("CREDIT_LIMIT_BASIS", *_limited()), "right")
    show("available", form.call("CREDIT_AVAILABLE", "limit", "exposure"), "exact2")
    show("utilisation", form.call("CREDIT_UTILISATION", "limit", "exposure"), "percent")
    show("terms", form.call("CREDIT_TERMS", "grade", "policy"), "count")
    form.row += 1


def _scored() -> tuple[str, ...]:
    return (
        *("z_score", "current_ratio", "equity_ratio", "interest_cover", "pay_index"),
        *("years_in_business", "legal_events", "external_grade"),
    )


def _limited() -> tuple[str, ...]:
    return (
        *("annual_purchases", "terms_days", "grade", "usual_delay_days", "tangible_net_worth"),
        *("working_capital", "sales", "high_credit", "days_beyond_terms", "insured_limit"),
        *("insured_percentage", "round_to", "policy"),
    )


def _card(form: Form) -> Called:
    return form.call("CREDIT_SCORECARD", *_scored())


def _steps(form: Form) -> Called:
    return form.call("CREDIT_LIMIT_STEPS", *_limited())


def _chart(form: Form, row: int) -> None:
    """The points of each block of the scorecard."""
    first, last = row + 1, row + len(_scored())
    title, language = text("credit.chart", form.language), form.language
    points = [(line[0], line[2]) for line in form.spills[0].rows[1 : len(_scored()) + 1]]
    told = ", ".join(f"{name} {value:.0f}" for name, value in points if isinstance(value, float))
    form.charts.append(
        Chart(
            kind="bars",
            title=title,
            alt=text("credit.chart_alt", language, points=told),
            series=(Series((row, 3), Range(first, 1, last, 1), Range(first, 3, last, 3), style.BAR),),
            row=form.row,
            column=0,
            width=pixels(_WIDTHS[:5]),
            height=300,
            number_format="0",
        )
    )
