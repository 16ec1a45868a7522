"""The bucket summary of AR Aging: every currency's money and shares by age, and the chart of it."""

from dataclasses import dataclass

import numpy as np

from arcredit.credit import money
from arcredit.credit.receivables.conventions import NONE
from arcredit.credit.receivables.portfolio import converted, digits_of
from arcredit.reports import style
from arcredit.reports.buckets import in_words
from arcredit.reports.customers import Form, Placed
from arcredit.reports.inputs import Inputs
from arcredit.reports.sheet import Cell, Range, Series, a1

_LABELLED = 0.05
"""A segment thinner than this has no room for its share."""


@dataclass(frozen=True)
class Recap:
    """The summary with its first cell at (row, label); amounts and then shares go right from `amount`.

    A line per bucket, then unapplied credits, the total and what is overdue.
    """

    parts: tuple[Placed, ...]
    form: Form
    inputs: Inputs
    row: int
    label: int
    amount: int

    @property
    def home(self) -> str:
        """The currency to convert to; empty where a rate is missing or there is nothing to convert."""
        home, rates = self.inputs.home, self.inputs.rates
        names = {placed.part.currency for placed in self.parts}
        return home if home and len(names) > 1 and names <= {home, *rates} else ""

    @property
    def share(self) -> int:
        """The first column of shares."""
        return self.amount + len(self.parts) + bool(self.home)

    @property
    def right(self) -> int:
        """The last column."""
        return self.share + len(self.parts) - 1

    @property
    def keys(self) -> tuple[str, ...]:
        """What the lines are."""
        return (
            *self.form.labels,
            "unapplied",
            "total",
            *(["overdue"] if "overdue" in self.form.keys else []),
        )

    @property
    def height(self) -> int:
        """How many rows the summary takes."""
        return 1 + len(self.keys) + (len(self.parts) > 1) * (4 + bool(self.home))

    def at(self, key: str) -> int:
        """A line's row."""
        return self.row + 1 + self.keys.index(key)

    def cells(self) -> list[Cell]:
        """All cells of the summary."""
        cells = self._headings() + self._labels()
        for place, placed in enumerate(self.parts):
            cells += self._amounts(placed, self.amount + place)
            cells += self._shares(placed, self.amount + place, self.share + place)
        if self.home:
            cells += self._converted()
        return cells + (self._read() if len(self.parts) > 1 else [])

    def series(self) -> tuple[Series, ...]:
        """A series per bucket: the shares of every currency."""
        last = self.amount + len(self.parts) - 1
        categories = Range(self.row, self.amount, self.row, last)
        late = [label for label in self.form.labels[1:] if label != NONE]
        colours = dict(zip(late, style.overdue_colours(len(late)), strict=True))
        return tuple(
            Series(
                (self.at(label), self.label),
                categories,
                Range(self.at(label), self.share, self.at(label), self.right),
                colours.get(label, style.RULE if label == NONE else style.CURRENT),
                labelled=tuple(self._share(placed, label) >= _LABELLED for placed in self.parts),
            )
            for label in self.form.labels
        )

    def shares_in_words(self) -> str:
        """The shares of every currency, for readers who do not see the chart."""
        texts = []
        for placed in self.parts:
            shares = [
                f"{in_words(label, self.inputs)} {self._share(placed, label):.0%}"
                for label in self.form.labels
                if self._share(placed, label) == self._share(placed, label)
            ]
            texts.append(f"{placed.part.currency} {', '.join(shares)}".strip())
        return "; ".join(texts)

    def _headings(self) -> list[Cell]:
        say, alone = self.inputs.say, len(self.parts) == 1
        cells = [Cell(self.row, self.label, say("report.table.bucket"), "smallitem.text")]
        for blank in range(self.label + 1, self.amount):
            cells.append(Cell(self.row, blank, None, "smallitem.text"))
        for place, placed in enumerate(self.parts):
            name = placed.part.currency
            cells.append(
                Cell(self.row, self.amount + place, name or say("report.table.amount"), "small.right")
            )
            share = say("report.table.share")
            text = share if alone else f"{share} {name}".strip()
            cells.append(Cell(self.row, self.share + place, text, "small.right"))
        if self.home:
            text = say("report.table.converted", currency=self.home)
            cells.append(Cell(self.row, self.share - 1, text, "small.right"))
        return cells

    def _labels(self) -> list[Cell]:
        style_of = {"total": "sumitem.text", "overdue": "strongitem.text"}
        cells = []
        for key in self.keys:
            text = in_words(key, self.inputs) if key in self.form.labels else self._word(key)
            cells.append(Cell(self.at(key), self.label, text, style_of.get(key, "item.text")))
            for blank in range(self.label + 1, self.amount):
                cells.append(Cell(self.at(key), blank, None, style_of.get(key, "item.text")))
        return cells

    def _word(self, key: str) -> str:
        return self.inputs.say(f"report.table.{key}")

    def _amounts(self, placed: Placed, column: int) -> list[Cell]:
        role = {"total": "sum", "overdue": "strong"}
        return [
            Cell(
                self.at(key),
                column,
                self._amount(placed, key),
                f"{role.get(key, 'figure')}.money{placed.digits}",
                f"={a1(placed.total_row, self.form.at(key))}",
            )
            for key in self.keys
        ]

    def _amount(self, placed: Placed, key: str) -> float:
        part = placed.part
        if key in self.form.labels:
            return float(part.bucket_totals[part.labels.index(key)]) if key in part.labels else 0.0
        return money.total(getattr(part, key))

    def _share(self, placed: Placed, label: str) -> float:
        part = placed.part
        return float(part.bucket_shares[part.labels.index(label)]) if label in part.labels else 0.0

    def _shares(self, placed: Placed, amount: int, column: int) -> list[Cell]:
        buckets = Range(self.row + 1, amount, self.row + len(self.form.labels), amount).a1(absolute=True)
        cells = [
            Cell(
                self.at(label),
                column,
                self._share(placed, label),
                "figure.percent",
                f'=IF(SUM({buckets})>0,{a1(self.at(label), amount)}/SUM({buckets}),"")',
            )
            for label in self.form.labels
        ]
        cells.append(Cell(self.at("total"), column, None, "sum.percent"))
        if "overdue" in self.keys:
            total, less, overdue = (a1(self.at(key), amount) for key in ("total", "unapplied", "overdue"))
            value = placed.part.share_overdue_total
            formula = f'=IF({total}-{less}>0,{overdue}/({total}-{less}),"")'
            cells.append(Cell(self.at("overdue"), column, value, "strong.percent", formula))
        return cells

    def _converted(self) -> list[Cell]:
        """Every line at the given rates; the total is the sum of the converted parts above it."""
        column, names = self.share - 1, [placed.part.currency for placed in self.parts]
        rate_row, digits = self.row + 1 + len(self.keys), digits_of(self.home)
        rates = [1.0 if name == self.home else self.inputs.rates[name] for name in names]
        cells = [Cell(rate_row, self.label, self._word("rate"), "label.text")]
        for place, rate in enumerate(rates):
            cells.append(Cell(rate_row, self.amount + place, rate, "figure.rate"))
        for key in self.keys:
            role = {"total": "sum", "overdue": "strong"}.get(key, "figure")
            if key == "total":
                formula = f"=SUM({Range(self.row + 1, column, self.at(key) - 1, column).a1()})"
            else:
                formula = "=" + "+".join(
                    f"ROUND({a1(self.at(key), self.amount + place)}*"
                    f"{a1(rate_row, self.amount + place, absolute=True)},{digits})"
                    for place in range(len(names))
                )
            cells.append(Cell(self.at(key), column, self._in_home(key), f"{role}.money{digits}", formula))
        return cells

    def open_amount(self) -> float | None:
        """Everything open: in the only currency, or in the home currency; None where that is not known."""
        if len(self.parts) == 1:
            return self._amount(self.parts[0], "total")
        return self._in_home("total") if self.home else None

    def _in_home(self, key: str) -> float:
        """A line in the home currency."""
        names = [placed.part.currency for placed in self.parts]
        if key == "total":
            return money.total(np.array([self._in_home(item) for item in (*self.form.labels, "unapplied")]))
        amounts = np.array([self._amount(placed, key) for placed in self.parts])
        return money.total(converted(amounts, names, self.inputs.rates, self.home))

    def _read(self) -> list[Cell]:
        """What the ledger sheet holds of every currency: read, rejected, its own total, the difference."""
        totals = self.inputs.totals
        if totals is None:
            return []
        row = self.row + 1 + len(self.keys) + bool(self.home)
        say = self.inputs.say
        labels = [say("report.control.amount_read"), say("report.control.amount_rejected")]
        if totals.sheet_totals:
            labels += [say("report.control.sheet_total"), say("report.control.sheet_difference")]
        cells = [Cell(row + below, self.label, label, "label.text") for below, label in enumerate(labels)]
        for place, placed in enumerate(self.parts):
            name = placed.part.currency
            held = [*totals.by_currency.get(name, ())]
            if name in totals.sheet_totals:
                held += [totals.sheet_totals[name], totals.differences[name]]
            for below, amount in enumerate(held):
                cells.append(Cell(row + below, self.amount + place, amount, f"figure.exact{placed.digits}"))
        return cells
