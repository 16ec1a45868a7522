"""The figures behind the dashboard's pictures: a line per day, right of the printed page."""

from typing import Any

from arcredit.credit.receivables.portfolio import digits_of
from arcredit.reports.buckets import in_words
from arcredit.reports.glance import SHOWN, Glance
from arcredit.reports.sheet import Block, Cell, Column, Range, letters

HEADINGS, LEFT = 3, 12
"""Row of the headings and first column."""


class Behind:
    """The data of a dashboard, a column each."""

    def __init__(self, glance: Glance) -> None:
        self.glance, self.say = glance, glance.ledger.say
        self.data = self._data()
        self.keys = list(self.data)

    def _data(self) -> dict[str, Any]:
        ends, glance = self.glance.ends, self.glance
        buckets = {f"bucket.{label}": ends.buckets[:, place] for place, label in enumerate(ends.labels)}
        return {
            "day": ends.ends,
            **buckets,
            "unapplied": ends.unapplied,
            "open": ends.total,
            "overdue": ends.overdue,
            "share": glance.share_overdue,
            "dso": glance.by_month("dso"),
            "cei": glance.by_month("cei"),
            "loss": glance.expected_loss,
            "insured": glance.insured,
        }

    def at(self, key: str) -> int:
        """A figure's column."""
        return LEFT + self.keys.index(key)

    def lines(self, key: str, first: int = 0) -> Range:
        """A column of the data, from a line on."""
        column = self.at(key)
        return Range(HEADINGS + 1 + first, column, HEADINGS + SHOWN, column)

    def widths(self) -> list[float]:
        """Column widths."""
        return [11.5 if key in ("day", "share", "dso", "cei", "insured") else 15.0 for key in self.keys]

    def _heading(self, key: str) -> str:
        if key.startswith("bucket."):
            return in_words(key.removeprefix("bucket."), self.glance.own)
        return self.say(f"report_dashboard.data.{key}")

    def cells(self) -> list[Cell]:
        """What they are, and the headings."""
        cells = [Cell(1, LEFT, self.say("report_dashboard.behind"), "subtitle.text")]
        for key in self.keys:
            kind = "text" if key == "day" else "right"
            cells.append(Cell(HEADINGS, self.at(key), self._heading(key), f"heading.{kind}"))
        return cells

    def blocks(self) -> tuple[Block, ...]:
        """The lines; what is open is a live sum."""
        amount = f"body.money{digits_of(self.glance.currency)}"
        kinds = {"day": "body.day", "dso": "body.tenths"}
        kinds |= dict.fromkeys(("share", "cei", "insured"), "body.percent")
        first, last = letters(LEFT + 1), letters(self.at("unapplied"))
        columns = []
        for key in self.keys:
            formula = None
            if key == "open":
                # A day that is not known stays blank: the sum of blanks would be 0.
                formula = f'=IF(COUNT({first}{{row}}:{last}{{row}})=0,"",SUM({first}{{row}}:{last}{{row}}))'
            columns.append(Column(self.data[key], kinds.get(key, amount), formula))
        return (Block(HEADINGS + 1, LEFT, tuple(columns)),)
