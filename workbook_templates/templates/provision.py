"""The provision template: receivables by age, loss rates, what is provided for; rates from month ends."""

import datetime as dt

from arcredit.reports import style
from arcredit.reports.sheet import Chart, Range, Series, Sheet, pixels
from templates.form import Form
from templates.live import Given, called, on
from templates.words import text

FILE, WORDS = "provision", "provision"
_BUCKETS = ("current", "1-30", "31-60", "61-90", ">90")
_EDGES = "30,60,90"
_RATES = (0.003, 0.016, 0.036, 0.066, 0.106)
_DOCUMENTS = (
    ("IN26-0012", "000123", dt.date(2026, 7, 31), 84_300.0),
    ("IN26-0019", "000160", dt.date(2026, 7, 15), 31_750.0),
    ("IN26-0023", "000197", dt.date(2026, 6, 24), 18_420.0),
    ("IN26-0031", "000234", dt.date(2026, 6, 2), 22_980.0),
    ("IN26-0035", "000271", dt.date(2026, 5, 20), 14_610.0),
    ("IN26-0044", "000308", dt.date(2026, 4, 18), 9_875.0),
    ("IN26-0051", "000345", dt.date(2026, 4, 9), 6_320.0),
    ("IN25-0388", "000382", dt.date(2026, 2, 14), 3_940.0),
    ("IN25-0391", "000419", dt.date(2025, 12, 20), 2_115.0),
)
_MONTHS = (
    (dt.date(2026, 2, 28), 102_000.0, 44_100.0, 19_800.0, 11_200.0, 5_600.0),
    (dt.date(2026, 3, 31), 108_500.0, 40_700.0, 21_300.0, 10_400.0, 6_100.0),
    (dt.date(2026, 4, 30), 99_800.0, 43_900.0, 18_700.0, 11_900.0, 5_900.0),
    (dt.date(2026, 5, 31), 112_300.0, 39_200.0, 20_400.0, 9_700.0, 6_700.0),
    (dt.date(2026, 6, 30), 116_050.0, 41_400.0, 14_610.0, 16_195.0, 6_055.0),
)
_WIDTHS = (30.0, 20.0, 16.0, 18.0, 16.0, 18.0)
_ROLLED = ("bucket", "roll_rate", "loss_rate", "flag")


def sheets(language: str) -> list[Sheet]:
    """The provision, the receivables it is made from, and the month ends behind the rates."""
    title = text("provision.title", language)
    receivables, given = _receivables(language, title)
    return [_provision(language, title, given), receivables, _history(language, title)]


def _receivables(language: str, title: str) -> tuple[Sheet, dict[str, Given]]:
    form = Form(text("provision.receivables", language), language, 4)
    form.title(text("provision.receivables", language), text("provision.receivables_about", language))
    columns = zip(
        ("document", "customer", "due_date", "open_amount"),
        ("code", "code", "date", "exact2"),
        zip(*_DOCUMENTS, strict=True),
        strict=True,
    )
    form.lines("tblReceivables", {n: (text(f"provision.{n}", language), k, v) for n, k, v in columns})
    return form.sheet("receivables", footer=title), form.given


def _provision(language: str, title: str, given: dict[str, Given]) -> Sheet:
    form = Form(text("provision.sheet", language), language, len(_WIDTHS), _WIDTHS)
    form.given |= given
    form.title(title, text("provision.about", language))
    form.section(text("common.type_here", language))
    for name, value, kind in (
        ("as_of", dt.date(2026, 6, 30), "date"),
        ("edges", _EDGES, "text"),
        ("forward_looking", 1.05, "exact2"),
        ("insured_share", 0.6, "share"),
        ("insured_percentage", 0.9, "share"),
    ):
        form.ask(
            name, text(f"provision.{name}", language), value, kind, text(f"provision.{name}_hint", language)
        )
    form.row += 1
    form.section(text("provision.matrix", language))
    top = _matrix(form)
    form.row += 1
    form.section(text("common.result", language))
    insured = ("balances", "rates", "forward_looking")
    for name, call in (
        ("history_only", form.call("AR_ECL", *insured[:2])),
        ("forward", form.call("AR_ECL", *insured)),
        ("net", form.call("AR_ECL", *insured, "insured_share", "insured_percentage")),
    ):
        said = text(f"provision.{name}", language), text(f"provision.{name}_hint", language)
        form.show(name, said[0], call, "exact2", said[1])
    form.row += 1
    _chart(form, top)
    form.row += 15
    form.notes([text("common.live", language)])
    return form.sheet("provision", footer=title, landscape=False, tall=1)


def _matrix(form: Form) -> int:
    """A line for each bucket: its balance live, its rate typed in, the loss; gives the first line's row."""
    for column, name in enumerate(("bucket", "balance", "rate", "loss")):
        form.put(
            column, text(f"provision.{name}", form.language), "heading.right" if column else "heading.text"
        )
    form.row += 1
    top, balances, losses = form.row, [], []
    for bucket, rate in zip(_BUCKETS, _RATES, strict=True):
        label = Given(f"$A{form.row + 1}", bucket)
        call = called(
            "AR_AGED", label, *(form.given[name] for name in ("due_date", "open_amount", "as_of", "edges"))
        )
        balances.append(call.result)
        losses.append(round(call.result * rate + 1e-9, 2))
        form.put(0, bucket, "body.code")
        form.put(1, call.result, "body.exact2", call.formula)
        form.put(2, rate, "input.hundredths")
        form.put(3, losses[-1], "body.exact2", f"=ROUND(B{form.row + 1}*C{form.row + 1},2)")
        form.row += 1
    last = form.row
    form.put(0, text("provision.total", form.language), "total.text")
    form.put(1, sum(balances), "total.exact2", f"=SUM(B{top + 1}:B{last})")
    form.put(2, None, "total.text")
    form.put(3, round(sum(losses), 2), "total.exact2", f"=SUM(D{top + 1}:D{last})")
    form.row += 1
    form.given["balances"] = on(form.name, Range(top, 1, last - 1, 1), tuple((x,) for x in balances))
    form.given["rates"] = on(form.name, Range(top, 2, last - 1, 2), tuple((x,) for x in _RATES))
    return top


def _chart(form: Form, top: int) -> None:
    """What is provided for, by age."""
    last = top + len(_BUCKETS) - 1
    title = text("provision.chart", form.language)
    losses = {cell.row: cell.value for cell in form.cells if cell.column == 3 and top <= cell.row <= last}
    told = ", ".join(f"{_BUCKETS[row - top]} {value:,.2f}" for row, value in sorted(losses.items()))
    form.charts.append(
        Chart(
            kind="column",
            title=title,
            alt=text("provision.chart_alt", form.language, losses=told),
            series=(Series((top - 1, 3), Range(top, 0, last, 0), Range(top, 3, last, 3), style.BAR),),
            row=form.row,
            column=0,
            width=pixels(_WIDTHS[:5]),
            height=280,
            number_format="#,##0",
        )
    )


def _history(language: str, title: str) -> Sheet:
    """Month ends by bucket, and the rates at which money rolls from one to the next."""
    form = Form(text("provision.history", language), language, 6, (18.0,))
    form.title(text("provision.history", language), text("provision.history_about", language))
    form.ask("lost", text("provision.lost", language), 0.7, "share", text("provision.lost_hint", language))
    form.row += 1
    heads = (text("provision.month", language), *_BUCKETS)
    names = ("month", *_BUCKETS)
    columns = zip(names, heads, ("date", *["exact2"] * 5), zip(*_MONTHS, strict=True), strict=True)
    top = form.row
    form.lines("tblMonths", {name: (head, kind, values) for name, head, kind, values in columns})
    block = on(form.name, Range(top + 1, 1, form.row - 1, 5), tuple(row[1:] for row in _MONTHS))
    block = Given(f"tblMonths[[{_BUCKETS[0]}]:[{_BUCKETS[-1]}]]", block.value)
    form.row = top
    rolled = [text(f"provision.{name}", language) for name in _ROLLED]
    kinds = {"roll_rate": "hundredths", "loss_rate": "hundredths"}
    form.table(called("AR_LOSS_RATES", block, form.given["lost"]), rolled, kinds, left=7)
    form.row += 1
    form.notes([text("provision.history_note", language)])
    return form.sheet("history", footer=title)
