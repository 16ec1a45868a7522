"""Warning rules from an events table: broken promises, bounced payments, downgrades, news, disputes."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcredit.credit.block import blank, headed
from arcredit.credit.receivables.signal import BASELINE_MONTHS, RECENT_MONTHS, History, Signals, signals
from arcredit.errors import InputError
from arcredit.shapes import Days, Floats, Labels, Texts, dates, labels, numbers

COLUMNS = {
    "customer": ("客户", "客户编号", "客户名称"),
    "date": ("日期", "发生日期"),
    "kind": ("类型", "事件", "事件类型"),
    "severity": ("严重程度", "级别"),
    "source": ("来源",),
    "note": ("备注", "说明"),
}

PROMISE_DAYS, INCIDENT_DAYS = 60, 90
"""How far back events count."""
ASSUMED_SEVERITY = 2
"""Severity of an event without one: worth a look, until somebody has judged it."""


class _Rule(NamedTuple):
    """Level and action once a count within so many days is reached."""

    least: int
    days: int
    level: int
    action: str


_COUNTED: Mapping[str, _Rule] = {
    "broken_promise": _Rule(2, PROMISE_DAYS, 3, "hold"),
    "bounced_payment": _Rule(1, INCIDENT_DAYS, 3, "hold"),
    "rating_downgrade": _Rule(1, INCIDENT_DAYS, 2, "reduce"),
    "insurer_reduction": _Rule(1, INCIDENT_DAYS, 2, "reduce"),
    "insurer_cancellation": _Rule(1, INCIDENT_DAYS, 3, "stop_supply"),
    "insolvency": _Rule(1, 3650, 3, "notify_insurer"),
}
_JUDGED = (
    *("adverse_news", "legal_suit", "tax_lien", "auditor_resignation", "director_change", "late_filing"),
    "legal_event",
)
"""Events that count from severity 2 of 3; severity 3 is adverse information the insurer must be told."""

KINDS = (*_COUNTED, *_JUDGED, "dispute")
ALIASES: Mapping[str, str] = {
    "nsf": "bounced_payment",
    "bounced_cheque": "bounced_payment",
    "bounced_check": "bounced_payment",
    "downgrade": "rating_downgrade",
    "bankruptcy": "insolvency",
    "未履行付款承诺": "broken_promise",
    "承诺未兑现": "broken_promise",
    "退票": "bounced_payment",
    "拒付": "bounced_payment",
    "评级下调": "rating_downgrade",
    "保险减额": "insurer_reduction",
    "保险撤销": "insurer_cancellation",
    "破产": "insolvency",
    "负面新闻": "adverse_news",
    "诉讼": "legal_suit",
    "欠税": "tax_lien",
    "审计师辞任": "auditor_resignation",
    "高管变更": "director_change",
    "年报逾期": "late_filing",
    "法律事件": "legal_event",
    "争议": "dispute",
}


class Events(NamedTuple):
    """Events known on the day, customers as codes into the history's names."""

    customer: NDArray[np.intp]
    date: Days
    kind: Texts
    severity: Floats


def read_events(events: Any) -> tuple[Labels, Days, Texts, Floats]:
    """Columns of an events block: customer, date, kind, severity.

    Raises
    ------
    InputError
        ``#VALUE!`` for a missing column or an unknown kind; ``#NUM!`` for a severity beyond 1 to 3.
    """
    columns = headed(events, "events", COLUMNS, ("customer", "date", "kind"))
    kind = np.array([_kind(cell) for cell in columns["kind"]], object)
    severity = numbers(columns["severity"], "events, severity", low=1, high=3)
    day = dates(columns["date"], "events, date")
    return (
        labels(columns["customer"], "events, customer"),
        day,
        kind,
        np.nan_to_num(severity, nan=ASSUMED_SEVERITY),
    )


def known_events(columns: tuple[Labels, Days, Texts, Floats], names: Texts, as_of: np.datetime64) -> Events:
    """The events up to the day, with their customers' codes."""
    who, day, kind, severity = columns
    place = {name: code for code, name in enumerate(names)}
    code = np.array([place.get(name, -1) for name in who], np.intp)
    rows = np.flatnonzero((day <= as_of) & (code >= 0) & (kind != None))  # noqa: E711
    return Events(code[rows], day[rows], kind[rows], severity[rows])


def counted(history: History, events: Events) -> Iterator[Signals]:
    """So many events of a kind within so many days."""
    for kind, rule in _COUNTED.items():
        recent = (events.kind == kind) & (events.date > history.as_of - np.timedelta64(rule.days, "D"))
        count = np.bincount(events.customer[recent.astype(bool)], minlength=history.count)
        yield signals(kind, count >= rule.least, rule.level, count, rule.least, rule.action)


def judged(history: History, events: Events) -> Iterator[Signals]:
    """News and legal events of severity 2 or 3."""
    recent = events.date > history.as_of - np.timedelta64(INCIDENT_DAYS, "D")
    for kind in _JUDGED:
        worst = np.zeros(history.count)
        rows = (recent & (events.kind == kind)).astype(bool)
        np.maximum.at(worst, events.customer[rows], events.severity[rows])
        action: Texts = np.array(["watch", "notify_insurer"], object)[(worst >= 3).astype(np.intp)]
        yield signals(kind, worst >= 2, worst, worst, 2, action)


def dispute_surge(history: History, events: Events) -> Iterator[Signals]:
    """Disputes per invoice of the last months above twice the customer's own average, and at least two."""
    recent, base = history.before(RECENT_MONTHS), history.before(RECENT_MONTHS + BASELINE_MONTHS)
    disputes = events.kind == "dispute"

    def per_invoice(begin: np.datetime64, end: np.datetime64) -> tuple[Floats, NDArray[np.intp]]:
        billed = history.is_invoice & (history.invoiced > begin) & (history.invoiced <= end)
        raised = (disputes & (events.date > begin) & (events.date <= end)).astype(bool)
        count = np.bincount(events.customer[raised], minlength=history.count)
        invoices = np.bincount(history.customer[billed], minlength=history.count)
        with np.errstate(divide="ignore", invalid="ignore"):
            return count / invoices, count

    usual, _ = per_invoice(base, recent)
    now, count = per_invoice(recent, history.as_of)
    surge = (now > 2 * usual) & (count >= 2) & np.isfinite(now)
    yield signals("dispute_surge", surge, 1, now, 2 * usual, "watch")


def _kind(cell: Any) -> str | None:
    if blank(cell):
        return None
    word = str(cell).strip().lower().replace(" ", "_").replace("-", "_")
    kind = ALIASES.get(word, word)
    if kind not in KINDS:
        raise InputError(
            "input.unknown_option",
            cell="#VALUE!",
            argument="events, kind",
            found=str(cell),
            allowed=", ".join(KINDS),
        )
    return kind
