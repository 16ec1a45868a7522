"""AR Warnings: who gets worse, by which sign, how much money is behind it, and who has to act."""

from dataclasses import replace
from typing import Any

import numpy as np

from arcredit.credit.receivables.overrun import EXTENSION_WARNING
from arcredit.credit.receivables.portfolio import digits_of
from arcredit.credit.receivables.promise import STATES
from arcredit.credit.receivables.settlement import known_documents
from arcredit.credit.receivables.watch import UNITS, Watch, watches
from arcredit.reports.control import Line, headed, origin, placed
from arcredit.reports.inputs import Inputs
from arcredit.reports.listing import Field, Listing, together
from arcredit.reports.notice import notice_sheet
from arcredit.reports.register import Register
from arcredit.reports.sheet import Block, Cell, Column, Mark, Range, Sheet, Spark
from arcredit.reports.warning_summary import LEVELS, summary
from arcredit.reports.wrapping import wrapped_heights
from arcredit.shapes import Texts

HEAD = 3
_KINDS = {
    "share": "percent",
    "days": "tenths",
    "days_a_month": "tenths",
    "count": "count",
    "invoices": "count",
    "severity": "count",
    "index": "exact3",
}
_GAP = 2
"""Columns between the printed area and the months behind the small charts."""


def warnings_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Warnings.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Sheet
        A list per currency, a customer's lines together: the worst level first, then the most money.
        Exposure stands on a customer's first line, so that its sum counts each once. Lines that know too
        little stand at the end, neither alarm nor all-clear.
    """
    known = known_documents(inputs.documents, inputs.items, inputs.as_of, inputs.events)
    register = Register(inputs)
    if not len(known) and not len(register.incidents.customer):
        title = inputs.say("report.title.warnings")
        lines = [inputs.say("report.state.empty")]
        return notice_sheet(inputs, "warnings", inputs.say("report.sheet.warnings"), title, lines)
    schedule = register.schedule
    found = watches(
        known,
        inputs.as_of,
        register.incidents,
        register.ceilings,
        None if schedule is None else schedule.maximum_extension_days,
        register.insured,
    )
    return _Page(inputs, register, found).sheet()


class _Page:
    """The sheet being laid out: lists one below the other."""

    def __init__(self, inputs: Inputs, register: Register, found: list[Watch]) -> None:
        self.inputs, self.register, self.say = inputs, register, inputs.say
        self.alarms = [watch.take(watch.level > 0) for watch in found]
        self.unknown = [_firsts(watch.take(watch.level == 0)) for watch in found]
        self.several = len(found) > 1
        self.cells: list[Cell] = []
        self.blocks: list[Block] = []
        self.sparks: list[Spark] = []
        self.marks: list[Mark] = []
        self.heights: dict[int, float] = {0: 24.0}
        self.lists: list[Listing] = []

    def sheet(self) -> Sheet:
        inputs = self.inputs
        source = [*origin(inputs), *self._basis()]
        header = HEAD + max(len(source), 1 + len(self.alarms) * (len(LEVELS) + 1)) + 1
        row = header
        for watch in self.alarms:
            row = self._list(watch, row)
        main = list(self.lists)
        for watch in self.unknown:
            row = self._not_known(watch, row)
        wide = self._widths(main)
        self.cells += [*headed(inputs, "warnings", self._subtitle()), *placed(source, HEAD, 0, 1)]
        self.cells += summary(inputs, self.alarms, main, _keys(self.register), HEAD)
        last = self.lists[-1].last if self.lists else header
        right = self._right()
        return Sheet(
            owner="warnings",
            name=self.say("report.sheet.warnings"),
            widths=(*wide, *(4.0,) * _GAP, *(9.0,) * 12),
            cells=tuple(self.cells),
            area=Range(0, 0, last, right),
            blocks=tuple(self.blocks),
            heights=self.heights | wrapped_heights(self.lists, wide),
            freeze=(header + 1, 2) if main and not self.several else None,
            titles=(header, header) if main and not self.several else None,
            filter=main[0].filter if len(main) == 1 and len(self.lists) == 1 else None,
            sparks=tuple(self.sparks),
            marks=tuple(self.marks),
            footer=inputs.footer,
        )

    def _subtitle(self) -> str:
        customers = {name for watch in self.alarms for name in watch.customer if name is not None}
        return self.say(
            "report_warnings.subtitle",
            as_of=self.inputs.as_of.isoformat(),
            customers=f"{len(customers):,}",
            warnings=f"{sum(map(len, self.alarms)):,}",
            unknown=f"{sum(map(len, self.unknown)):,}",
        )

    def _basis(self) -> list[Line]:
        """What was watched, and what could not be for want of records."""
        records, schedule = self.inputs.records, self.register.schedule
        limits = [name for name in ("limits", "insured_limits") if records.has(name)]
        extension = None if schedule is None else schedule.maximum_extension_days
        used = [name for name in ("events", "promises", "disputes") if records.has(name)]
        kind = {0: "none", 2: "both"}.get(len(limits)) or limits[0]
        shown = self.say(f"report_warnings.limits.{kind}")
        words = [self.say(f"report_warnings.record.{name}") for name in used]
        told = self.say("report_warnings.and").join(words) or self.say("report_warnings.no_events")
        last = (
            self.say("report_warnings.extension.none")
            if extension is None
            else self.say("report_warnings.extension.known", days=EXTENSION_WARNING)
        )
        return [
            *self._promises(),
            Line(self.say("report_warnings.control.limits"), shown),
            Line(self.say("report_warnings.control.events"), told),
            Line(self.say("report_warnings.control.extension"), last),
            Line(self.say("report_warnings.control.order"), self.say("report_warnings.order")),
        ]

    def _promises(self) -> list[Line]:
        """How many promises were kept, broken and so on."""
        table = self.register.promises
        if table is None:
            return []
        count = {state: f"{np.count_nonzero(table['state'] == state):,}" for state in STATES}
        words = self.say("report_warnings.promises", **count)
        return [Line(self.say("report_warnings.control.promises"), words)]

    def _right(self) -> int:
        return len(_keys(self.register)) - 1

    def _section(self, text: str, row: int) -> int:
        width = self._right() + 1
        self.cells += [Cell(row, place, None if place else text, "section.text") for place in range(width)]
        return row + 1

    def _currency(self, watch: Watch) -> str:
        return watch.currency or self.say("report.table.no_currency")

    def _list(self, watch: Watch, row: int) -> int:
        if self.several:
            row = self._section(self._currency(watch), row)
        if not len(watch):
            self.cells.append(Cell(row, 0, self.say("report_warnings.none"), "subtitle.text"))
            return row + 2
        label = self.say("report.table.sum")
        listing = Listing(self._fields(watch), row, label=label)
        self._add(listing, watch)
        words = [self.say(f"report_warnings.level.{level}") for level in LEVELS]
        where = listing.column("level")
        self.marks += [
            Mark.says(where, role, word) for role, word in zip(("bad", "near"), words, strict=False)
        ]
        self._trend(watch, listing)
        return listing.last + 3

    def _add(self, listing: Listing, watch: Watch) -> None:
        """A listing whose values and thresholds each have their own unit."""
        self.lists.append(listing)
        self.cells += listing.cells()
        self.heights[listing.row] = 32.0
        fields = list(listing.fields)
        cut = fields.index("value")
        columns = listing.block().columns
        after = cut + (2 if "threshold" in fields else 1)
        self.blocks += [
            Block(listing.top, 0, columns[:cut]),
            Block(listing.top, after, columns[after:]),
        ]
        kinds = [self._kind(signal, watch.currency) for signal in watch.signal]
        for place, key in enumerate(fields[cut:after], cut):
            values = getattr(watch, key)
            self.cells += [
                Cell(listing.top + row, place, None if value != value else float(value), f"body.{kind}")
                for row, (value, kind) in enumerate(zip(values, kinds, strict=True))
            ]

    def _kind(self, signal: str, currency: str) -> str:
        unit = UNITS.get(signal, "severity")
        return f"exact{digits_of(currency)}" if unit == "money" else _KINDS[unit]

    def _fields(self, watch: Watch) -> dict[str, Field]:
        kind = f"money{digits_of(watch.currency)}"
        first = np.asarray(watch.first & (watch.customer != None), bool)  # noqa: E711

        def once(column: Any) -> Any:
            return np.where(first, column, np.nan)

        action = [
            None if word is None else self.say(f"report_warnings.action.{word}") for word in watch.action
        ]
        unit = [self.say(f"report_warnings.unit.{UNITS.get(name, 'severity')}") for name in watch.signal]
        made = {
            "customer": Field("", self._customers(watch), role="name"),
            "customer_name": Field("", self._names(watch), role="name"),
            "level": Field("", self._texts(f"{level:.0f}" for level in watch.level)),
            "signal": Field("", self._texts(self._signal(name) for name in watch.signal), role="name"),
            "value": Field("", np.full(len(watch), np.nan), width=13.0, kind="right"),
            "threshold": Field("", np.full(len(watch), np.nan), width=13.0, kind="right"),
            "unit": Field("", self._texts(unit), role="aside"),
            "action": Field("", self._texts(action), role="name"),
            "owner": Field("", self._owners(watch)),
            "exposure": Field("", once(watch.exposure), kind, "sum"),
            "overdue": Field("", once(watch.overdue), kind, "sum"),
            "trend": Field("", np.full(len(watch), None, object), width=16.0),
        }
        made["level"] = Field("", self._texts(map(self._level, watch.level)))
        return self._headed(made)

    def _headed(self, made: dict[str, Field]) -> dict[str, Field]:
        return {
            key: replace(made[key], heading=self.say(f"report_warnings.column.{key}"))
            for key in _keys(self.register)
            if key in made
        }

    def _level(self, level: float) -> str:
        return self.say(f"report_warnings.level.{level:.0f}")

    def _signal(self, name: str) -> str:
        return self.say(f"report_warnings.signal.{name}")

    def _texts(self, words: Any) -> Texts:
        return np.array([*words, None], object)[:-1]

    def _customers(self, watch: Watch) -> Texts:
        whole = self.say("report_warnings.whole")
        return self._texts(whole if name is None else name for name in watch.customer)

    def _names(self, watch: Watch) -> Texts:
        return self._texts(self.register.names.get(name) for name in watch.customer)

    def _owners(self, watch: Watch) -> Texts:
        return self._texts(self.register.text("collector", name) for name in watch.customer)

    def _trend(self, watch: Watch, listing: Listing) -> None:
        """A small chart on each customer's first line; its months stand at the right, outside the print."""
        left = self._right() + 1 + _GAP
        head = [Cell(listing.row, left + place, end, "quiet.day") for place, end in enumerate(watch.ends)]
        note = Cell(listing.row - 1, left, self.say("report_warnings.months"), "subtitle.text")
        self.cells += [note, *head] if not self.several else head
        shown = np.where((watch.first & (watch.customer != None))[:, None], watch.trend, np.nan)  # noqa: E711
        self.blocks.append(
            Block(listing.top, left, tuple(Column(month, "quiet.tenths") for month in shown.T))
        )
        for row in np.flatnonzero((~np.isnan(shown)).sum(axis=1) > 1).tolist():
            line = listing.top + row
            self.sparks.append(Spark(line, listing.at("trend"), Range(line, left, line, left + 11)))

    def _not_known(self, watch: Watch, row: int) -> int:
        """Customers that can be neither warned of nor cleared."""
        if not len(watch):
            return row
        title = self.say("report_warnings.not_known")
        row = self._section(f"{title} · {self._currency(watch)}" if self.several else title, row)
        fields = self._fields(watch)
        fields = {key: field for key, field in fields.items() if key not in ("trend", "overdue")}
        listing = Listing(fields, row, label=self.say("report.table.sum"))
        self._add(listing, watch)
        return listing.last + 3

    def _widths(self, main: list[Listing]) -> list[float]:
        made = [listing.widths(36.0) for listing in self.lists if "trend" in listing.fields]
        wide = together(*made) if made else [18.0] * (self._right() + 1)
        wide[0] = max(wide[0], 20.0)
        wide[_keys(self.register).index("unit")] = max(wide[_keys(self.register).index("unit")], 15.0)
        return wide


def _keys(register: Register) -> list[str]:
    """The columns, from left to right; those that would be blank throughout are left out."""
    keys = ["customer", "customer_name", "level", "signal", "value", "threshold", "unit", "action", "owner"]
    keys += ["trend", "exposure", "overdue"]
    without = {"customer_name": not register.names, "owner": not register.says("collector")}
    return [key for key in keys if not without.get(key, False)]


def _firsts(watch: Watch) -> Watch:
    """Lines of their own: each customer's first one among these shows his money."""
    first = np.zeros(len(watch), bool)
    place: dict[Any, int] = {}
    for row, name in enumerate(watch.customer):
        place.setdefault(name, row)
    first[list(place.values())] = True
    return replace(watch, first=first)
