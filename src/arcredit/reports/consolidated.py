"""The group view: what all ledgers together hold, by entity and by customer.

An entity is a workbook. Currencies stand in lines of their own; they are added only in the home currency,
by rates that were given, each amount rounded to that currency's unit before it is added.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcredit import __version__
from arcredit.credit import money
from arcredit.credit.receivables.portfolio import Portfolio, converted, digits_of, share_of
from arcredit.reports.control import Line, placed
from arcredit.reports.listing import Field, Listing
from arcredit.reports.sheet import Cell, Range, Sheet
from arcredit.shapes import Floats, Texts
from arcredit.words import say

_HEAD, _LIST = 3, 9


class Entity(NamedTuple):
    """A workbook's name, what became of it, and its figures per currency."""

    name: str
    state: str
    findings: int
    portfolios: tuple[Portfolio, ...]


@dataclass(frozen=True)
class Group:
    """All entities of a run, and how to show them."""

    entities: Sequence[Entity]
    as_of: dt.date
    rates: Mapping[str, float]
    home: str
    language: str = "en"

    def say(self, key: str, **values: object) -> str:
        """A text in the language of the view."""
        return say(key, self.language, **values)

    def sheets(self) -> list[Sheet]:
        """The view by entity, by customer, and the list of workbooks."""
        return [self._by_entity(), self._by_customer(), self._workbooks()]

    def _by_entity(self) -> Sheet:
        parts = [(entity.name, part) for entity in self.entities for part in entity.portfolios]
        names = [part.currency for _, part in parts]
        opened, overdue = (_totals(parts, name) for name in ("total", "overdue"))
        fields = {
            "entity": Field(self.say("consolidated.entity"), _texts(name for name, _ in parts)),
            "currency": Field(self.say("consolidated.currency"), _texts(names)),
            "customers": Field(self.say("consolidated.customers"), _numbers(parts, len), "count"),
            "documents": Field(
                self.say("consolidated.documents"), _numbers(parts, lambda p: p.documents), "count"
            ),
            **self._money(opened, overdue, names),
        }
        return self._sheet("group_entities", self.say("consolidated.by_entity"), fields)

    def _by_customer(self) -> Sheet:
        lines = _customers([part for entity in self.entities for part in entity.portfolios])
        names = [str(name) for name in lines["currency"]]
        values = self._money(lines["open"], lines["overdue"], names)
        rank = np.nan_to_num(values["home_overdue"].values) if "home_overdue" in values else lines["overdue"]
        order = np.lexsort((lines["place"], -rank))
        fields = {
            "customer": Field(self.say("report.table.customer"), lines["customer"]),
            "name": Field(self.say("report.table.customer_name"), lines["name"], role="name"),
            "currency": Field(self.say("consolidated.currency"), lines["currency"]),
            "entities": Field(self.say("consolidated.entities"), lines["entities"], "count"),
            **values,
        }
        ordered = {key: field_at(field, order) for key, field in fields.items()}
        return self._sheet("group_customers", self.say("consolidated.by_customer"), ordered)

    def _workbooks(self) -> Sheet:
        fields = {
            "entity": Field(self.say("consolidated.entity"), _texts(e.name for e in self.entities)),
            "state": Field(
                self.say("consolidated.state"), _texts(e.state for e in self.entities), role="wrap"
            ),
            "findings": Field(
                self.say("consolidated.findings"),
                np.array([float(e.findings) for e in self.entities]),
                "count",
                "sum",
            ),
        }
        return self._sheet("group_workbooks", self.say("consolidated.workbooks"), fields)

    def _money(self, opened: Floats, overdue: Floats, names: list[str]) -> dict[str, Field]:
        """Money in its own currency, and in the home currency where every rate is there."""
        digits = max(map(digits_of, names), default=2)
        alone = "sum" if len(set(names)) == 1 else ""
        fields = {
            "open": Field(self.say("report.table.total"), opened, f"money{digits}", alone),
            "overdue": Field(self.say("report.table.overdue"), overdue, f"money{digits}", alone),
            "share": Field(self.say("report.table.share_overdue"), share_of(overdue, opened), "percent"),
        }
        if not self.home or not set(names) <= {self.home, *self.rates}:
            return fields
        kind = f"money{digits_of(self.home)}"
        for key, values in (("open", opened), ("overdue", overdue)):
            heading = self.say(f"consolidated.home.{key}", currency=self.home)
            amounts = converted(values, names, self.rates, self.home)
            fields[f"home_{key}"] = Field(heading, amounts, kind, "sum")
        return fields

    def _sheet(self, owner: str, name: str, fields: Mapping[str, Field]) -> Sheet:
        table = Listing(fields, _LIST, label=self.say("report.table.sum"))
        lines = [
            Line(self.say("report.control.as_of"), self.as_of, "value.date"),
            Line(self.say("consolidated.workbooks"), float(len(self.entities)), "value.count"),
            Line(self.say("consolidated.rates"), self._rates()),
            Line(self.say("report.control.version"), f"arcredit {__version__}"),
        ]
        cells = [Cell(0, 0, name, "title.text"), *placed(lines, _HEAD, 0, 1), *table.cells()]
        return Sheet(
            owner=owner,
            name=name,
            widths=tuple(table.widths()),
            cells=tuple(cells),
            area=Range(0, 0, table.last, table.right),
            blocks=(table.block(),),
            heights={0: 24, _LIST: 32},
            freeze=(table.top, 1),
            titles=(_LIST, _LIST),
            filter=table.filter,
            footer=f"{name} · {self.as_of.isoformat()} · arcredit {__version__}",
        )

    def _rates(self) -> str:
        if not self.home:
            return self.say("consolidated.no_rates")
        return ", ".join(f"{name} {rate:g}" for name, rate in sorted(self.rates.items()))


def field_at(field: Field, rows: NDArray[np.intp]) -> Field:
    """The same column with its lines in another order."""
    return Field(field.heading, field.values[rows], field.kind, field.total, role=field.role)


def _texts(texts: Any) -> Texts:
    return np.array([*texts, None], object)[:-1]


def _numbers(parts: Sequence[tuple[str, Portfolio]], of: Any) -> Floats:
    return np.array([float(of(part)) for _, part in parts])


def _totals(parts: Sequence[tuple[str, Portfolio]], name: str) -> Floats:
    return np.array([money.total(getattr(part, name)) for _, part in parts])


def _customers(parts: Sequence[Portfolio]) -> dict[str, NDArray[Any]]:
    """A line per customer number, name and currency over all entities."""
    keys: dict[tuple[str, str, str], int] = {}
    codes = [
        keys.setdefault((str(who or ""), " ".join(str(name or "").split()), part.currency), len(keys))
        for part in parts
        for who, name in zip(
            part.customer, part.name if part.name is not None else [None] * len(part), strict=True
        )
    ]
    code = np.array(codes, np.intp)
    count = len(keys)

    def summed(column: str) -> Floats:
        values = np.concatenate([getattr(part, column) for part in parts]) if parts else np.empty(0)
        return money.grouped(values, code, count)

    return {
        "customer": _texts(who or None for who, _, _ in keys),
        "name": _texts(name or None for _, name, _ in keys),
        "currency": _texts(currency for _, _, currency in keys),
        "entities": np.bincount(code, minlength=count).astype(float),
        "open": summed("total"),
        "overdue": summed("overdue"),
        "place": np.arange(count),
    }
