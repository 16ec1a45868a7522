"""The dashboard's six figures: tiles with their trend, and the change since a quarter and a year before."""

from typing import NamedTuple

import numpy as np

from arcredit.credit.receivables.portfolio import share_of
from arcredit.reports.behind import HEADINGS, Behind
from arcredit.reports.glance import SHOWN, Glance
from arcredit.reports.insured_share import knows_insurance
from arcredit.reports.sheet import Cell, Spark, a1
from arcredit.shapes import Floats

TILES = 6
LABEL, VALUE, SPARK, NOTES = HEADINGS, 4, 5, 6
_MILLIONS = 1e7


class Tile(NamedTuple):
    """A figure with its past: where it stands among the data, how it is shown, why it may be blank."""

    key: str
    kind: str
    reason: str


class Tiles:
    """The row of tiles, one in every second column."""

    def __init__(self, glance: Glance, behind: Behind) -> None:
        self.glance, self.say, self.behind = glance, glance.ledger.say, behind
        self.tiles = self._tiles()

    def cells(self) -> list[Cell]:
        """Labels, figures and notes."""
        return [cell for place in range(TILES) for cell in self._tile(place)]

    def _tiles(self) -> tuple[Tile, ...]:
        unknown = self.glance.unknown
        return (
            Tile("open", "money", ""),
            Tile("share", "share", "nothing"),
            Tile("dso", "days", unknown.get("dso_quarter", "too_short")),
            Tile("cei", "share", unknown.get("cei", "too_short")),
            Tile("loss", "money", ""),
            Tile("insured", "share", self._why_no_cover()),
        )

    def _why_no_cover(self) -> str:
        if self.glance.knows_cover:
            return "nothing"
        return "no_rate" if knows_insurance(self.glance.ledger) else "no_policy"

    def _tile(self, place: int) -> list[Cell]:
        tile, column = self.tiles[place], 2 * place
        series: Floats = np.asarray(self.behind.data[tile.key], np.float64)
        label = Cell(LABEL, column, self._label(tile), "tilelabel.text")
        below = [Cell(SPARK, column, None, "tilelabel.text")]
        now = series[-1]
        if now != now:
            why = self.say(f"report_dashboard.unknown.{tile.reason}")
            return [
                label,
                Cell(VALUE, column, "–", "tile.text"),
                *below,
                Cell(NOTES, column, why, "tilewrap.text", down=2),
            ]
        formula = f"={a1(LABEL + SHOWN, self.behind.at(tile.key))}"
        value = Cell(VALUE, column, float(now), f"tile.{self._format(tile)}", formula)
        notes = [self._change(tile, series, back) for back in (3, 12)]
        return [
            label,
            value,
            *below,
            *(Cell(NOTES + row, column, text, "tilenote.text") for row, text in enumerate(notes)),
        ]

    def _label(self, tile: Tile) -> str:
        text = self.say(f"report_dashboard.tile.{tile.key}")
        if tile.kind != "money":
            return text
        unit = self.glance.currency
        if self._in_millions(tile):
            unit = self.say("report_dashboard.millions", currency=unit).strip()
        return self.say("report_dashboard.in_unit", figure=text, unit=unit) if unit else text

    def _in_millions(self, tile: Tile) -> bool:
        return bool(abs(self.behind.data[tile.key][-1]) >= _MILLIONS)

    def _format(self, tile: Tile) -> str:
        if tile.kind == "money":
            return "millions" if self._in_millions(tile) else "count"
        return {"share": "percent", "days": "tenths"}[tile.kind]

    def _change(self, tile: Tile, series: Floats, back: int) -> str:
        """How much the figure moved since a quarter or a year before."""
        before, now = series[-1 - back], series[-1]
        day = str(self.glance.ends.ends[-1 - back])
        if before != before:
            return self.say("report_dashboard.change.unknown", day=day)
        moved = {
            "money": share_of(now - before, before),
            "share": np.asarray((now - before) * 100),
            "days": np.asarray(now - before),
        }[tile.kind]
        if moved != moved:
            return self.say("report_dashboard.change.unknown", day=day)
        number = f"{float(moved):+.1%}" if tile.kind == "money" else f"{float(moved):+.1f}"
        return self.say(f"report_dashboard.change.{tile.kind}", day=day, change=number.replace("-", "−"))

    def sparks(self) -> tuple[Spark, ...]:
        """The trends of twelve months; a single day is none."""
        return tuple(
            Spark(SPARK, 2 * place, self.behind.lines(tile.key, 1), "column")
            for place, tile in enumerate(self.tiles)
            if np.count_nonzero(~np.isnan(np.asarray(self.behind.data[tile.key][1:], float))) > 1
        )
