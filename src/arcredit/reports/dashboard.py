"""AR Dashboard: the state of the receivables on one page, for those who decide and don't collect."""

from collections.abc import Callable
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.receivables.conventions import NONE
from arcredit.credit.receivables.portfolio import digits_of, share_of
from arcredit.reports import style
from arcredit.reports.behind import Behind
from arcredit.reports.control import headed
from arcredit.reports.glance import SHOWN, TOP, Glance
from arcredit.reports.inputs import Inputs
from arcredit.reports.notice import notice_sheet
from arcredit.reports.sheet import (
    Bars,
    Block,
    Cell,
    Chart,
    Column,
    Range,
    Series,
    Sheet,
    pixels,
    text_width,
)
from arcredit.reports.tiles import LABEL, NOTES, SPARK, TILES, VALUE, Tiles

WIDE, GAP = 22.5, 1.5
HEADING, BODY, BOXES = 9, 10, 25
_CHART_ROWS, _BOX_LINES, _ROW = 14, 4, 18.0


def dashboard_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Dashboard.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Sheet
        One page: six figures with their trend, buckets at month ends, the largest customers, concentration,
        alarms and cash. The figures behind the pictures stand right of the page.
    """
    if not len(inputs.items):
        title = inputs.say("report.title.dashboard")
        lines = [inputs.say("report.state.empty")]
        return notice_sheet(inputs, "dashboard", inputs.say("report.sheet.dashboard"), title, lines)
    return _Board(Glance.of(inputs)).sheet()


class _Board:
    """The page being laid out."""

    def __init__(self, glance: Glance) -> None:
        self.glance, self.inputs, self.say = glance, glance.ledger, glance.ledger.say
        self.ends = glance.ends
        self.digits = digits_of(glance.currency)
        self.behind = Behind(glance)
        self.tiles = Tiles(glance, self.behind)

    def sheet(self) -> Sheet:
        cells = [
            *headed(self.inputs, "dashboard", self._subtitle()),
            *self.tiles.cells(),
            *self._headings(),
            *self._top_cells(),
            *self._boxes(),
            *self._notes(),
            *self.behind.cells(),
        ]
        wide = [WIDE if column % 2 == 0 else GAP for column in range(2 * TILES - 1)] + [3.0]
        return Sheet(
            owner="dashboard",
            name=self.say("report.sheet.dashboard"),
            widths=(*wide, *self.behind.widths()),
            cells=tuple(cells),
            area=Range(0, 0, self._last, 2 * TILES - 2),
            blocks=(self._top_block(), *self.behind.blocks()),
            charts=(self._chart(pixels(wide[:5])),),
            heights=self._heights(),
            bars=(self._bars(),),
            sparks=self.tiles.sparks(),
            footer=self.inputs.footer,
            fit_tall=1,
        )

    @property
    def _last(self) -> int:
        return BOXES + _BOX_LINES + 1 + len(self._note_texts())

    def _heights(self) -> dict[int, float]:
        heights = {0: 26.0, 2: 6.0, LABEL: 20.0, VALUE: 30.0, SPARK: 34.0, NOTES: 14.0, NOTES + 1: 16.0}
        heights |= {HEADING: 18.0} | {row: _ROW for row in range(BODY, BODY + _CHART_ROWS)}
        heights |= {row: 15.0 for row in range(BOXES + 1, BOXES + _BOX_LINES + 1)}
        last = BOXES + _BOX_LINES + 1
        return heights | {last + row: 13.0 for row in range(1, len(self._note_texts()) + 1)}

    def _subtitle(self) -> str:
        glance = self.glance
        return self.say(
            "report.subtitle.aging",
            as_of=self.inputs.as_of.isoformat(),
            currency=glance.currency or self.say("report.table.one_currency"),
            customers=f"{glance.customers:,}",
            documents=f"{len(glance.inputs.items):,}",
        )

    # The middle: buckets over time, the largest customers.

    def _headings(self) -> list[Cell]:
        top = len(self.glance.top[0])
        right = self.say("report_dashboard.top", count=min(TOP, top))
        texts = {0: self.say("report_dashboard.buckets"), 6: right}
        return _ruled(HEADING, texts, (range(5), range(6, 11)))

    def _chart(self, width: int) -> Chart:
        """Only the days that the ledger knows."""
        first = SHOWN - min(self.ends.known, SHOWN - 1)
        late = [label for label in self.ends.labels[1:] if label != NONE]
        colours = dict(zip(late, style.overdue_colours(len(late)), strict=True))
        return Chart(
            kind="stacked",
            title=self.say("report_dashboard.chart", currency=self.glance.currency).strip(" ,，"),
            alt=self._alt(first),
            series=tuple(
                Series(
                    (LABEL, self.behind.at(f"bucket.{label}")),
                    self.behind.lines("day", first),
                    self.behind.lines(f"bucket.{label}", first),
                    colours.get(label, style.RULE if label == NONE else style.CURRENT),
                )
                for label in self.ends.labels
            ),
            row=BODY,
            column=0,
            width=width - 8,
            height=int(_CHART_ROWS * _ROW / 0.75) - 6,
            number_format="#,##0.0,," if float(np.nanmax(self.ends.total)) >= 5e6 else "#,##0,",
            category_format="yyyy-mm",
            unit=self._unit(),
        )

    def _unit(self) -> str:
        large = float(np.nanmax(self.ends.total)) >= 5e6
        key = "report_dashboard.millions" if large else "report_dashboard.thousands"
        return self.say(key, currency=self.glance.currency).strip()

    def _alt(self, first: int) -> str:
        total = f"{self.ends.total[-1]:,.0f} {self.glance.currency}".strip()
        share = self.glance.share_overdue[-1]
        shown = f"{share:.0%}" if share == share else "–"
        return self.say(
            "report_dashboard.chart_alt",
            first=str(self.ends.ends[first]),
            last=str(self.ends.ends[-1]),
            total=total,
            share=shown,
        )

    def _top_cells(self) -> list[Cell]:
        """Headings, what the others owe, what customers are in credit, and the total."""
        say, shown = self.say, len(self.glance.top[1][:TOP])
        heads = ("report_dashboard.customer", "report_dashboard.open", "report.table.share")
        cells = [
            Cell(BODY, 6 + 2 * place, say(key), "heading.right" if place else "heading.text")
            for place, key in enumerate(heads)
        ]
        cells += [Cell(BODY, column, None, "heading.text") for column in (7, 9)]
        first = BODY + 1 + shown
        rest = self._rest()
        for row, (text, amount) in enumerate(rest, first):
            cells += [Cell(row, column, None, "body.text") for column in (7, 9, 10)]
            cells.append(Cell(row, 6, text, "body.text"))
            cells.append(Cell(row, 8, amount, f"body.money{self.digits}"))
        total = first + len(rest)
        cells += [Cell(total, column, None, "total.text") for column in (7, 9, 10)]
        whole, where = money.total(self.glance.inputs.items.open_amount), Range(BODY + 1, 8, total - 1, 8)
        cells.append(Cell(total, 6, say("report.table.sum"), "total.text"))
        return [*cells, Cell(total, 8, whole, f"total.money{self.digits}", f"=SUM({where.a1()})")]

    def _rest(self) -> list[tuple[str, float]]:
        amounts = self.glance.top[1]
        whole, owed = money.total(self.glance.inputs.items.open_amount), money.total(amounts)
        left, credit = amounts[TOP:], money.total(np.array([whole, -owed]))
        lines = []
        if len(left):
            text = self.say("report_dashboard.others", count=f"{len(left):,}")
            lines.append((text, money.total(left)))
        return [*lines, *([(self.say("report_dashboard.in_credit"), credit)] if credit else [])]

    def _top_block(self) -> Block:
        numbers, amounts, names = (column[:TOP] for column in self.glance.top)
        nameless = self.say("report.table.no_customer")
        texts = [name or number or nameless for number, name in zip(numbers, names, strict=True)]
        blank = np.full(len(amounts), None, object)
        share = share_of(amounts, money.total(self.glance.top[1]))
        return Block(
            BODY + 1,
            6,
            (
                Column(np.array([_cut(str(text)) for text in texts], object), "body.text"),
                Column(blank, "body.text"),
                Column(amounts, f"body.money{self.digits}"),
                Column(blank, "body.text"),
                Column(share, "body.percent"),
            ),
        )

    def _bars(self) -> Bars:
        amounts = self.glance.top[1][:TOP]
        where = Range(BODY + 1, 8, BODY + len(amounts), 8)
        return Bars(where, float(amounts.max(initial=0.0)) * 1.6 or 1.0)

    # The foot: three boxes and what has to be known.

    def _boxes(self) -> list[Cell]:
        titles = {0: "concentration", 4: "alarms", 8: "cash"}
        cells = _ruled(
            BOXES,
            {column: self.say(f"report_dashboard.box.{key}") for column, key in titles.items()},
            tuple(range(column, column + 3) for column in titles),
        )
        boxes: dict[int, Callable[[], list[tuple[str, Any, str]]]] = {
            0: self._concentration,
            4: self._alarms,
            8: self._cash,
        }
        for column, lines in boxes.items():
            for row, (label, value, kind) in enumerate(lines(), BOXES + 1):
                cells.append(Cell(row, column, label, "label.text"))
                cells.append(Cell(row, column + 2, value, kind))
        return cells

    def _concentration(self) -> list[tuple[str, Any, str]]:
        say, amounts, index = self.say, self.glance.top[1], self.glance.hhi
        whole = money.total(amounts)
        largest, top = (money.total(amounts[:count]) for count in (1, TOP))
        return [
            (say("report_dashboard.hhi"), _or_dash(index), "figure.exact3"),
            (say("report_dashboard.effective"), _or_dash(1 / index), "figure.tenths"),
            (
                say("report_dashboard.largest"),
                _or_dash(float(share_of(largest, whole))),
                "figure.percent",
            ),
            (say("report_dashboard.ten"), _or_dash(float(share_of(top, whole))), "figure.percent"),
        ]

    def _alarms(self) -> list[tuple[str, Any, str]]:
        lines = []
        for level, (signals, people) in self.glance.alarms.items():
            text = self.say(f"report_dashboard.level.{level}", customers=f"{people:,}")
            lines.append((text, float(signals), "strong.count" if level == 3 and signals else "figure.count"))
        return lines

    def _cash(self) -> list[tuple[str, Any, str]]:
        ratios = self.glance.cash_ratios()
        if ratios is None:
            return [(self.say("report_dashboard.no_cash"), None, "figure.right")]
        names = ("paid", "default", "covered")
        return [
            (self.say(f"report_dashboard.cash.{name}"), ratios[name], "figure.exact2")
            for name in names
            if name in ratios
        ]

    def _note_texts(self) -> list[str]:
        say, glance = self.say, self.glance
        rates = glance.losses.rates()
        texts = [say("report_dashboard.note.loss", source=say(f"report_provision.source.{rates.source}"))]
        if self.glance.knows_cover:
            texts.append(say("report_dashboard.note.insured"))
        if glance.cash_ratios() is not None:
            texts.append(say("report_dashboard.note.cash"))
        if self.ends.known < SHOWN:
            texts.append(say("report_dashboard.note.reach", months=self.ends.known))
        if glance.others:
            left = ", ".join(
                f"{name or '–'} {amount:,.{digits_of(name)}f}" for name, amount in glance.others.items()
            )
            texts.append(say("report_dashboard.note.others", others=left))
        elif len({*self._currencies()}) > 1:
            texts.append(say("report_dashboard.note.converted", currency=glance.currency))
        return texts

    def _currencies(self) -> list[str]:
        currency = self.inputs.items.currency
        return [] if currency is None else [str(currency.labels[code]) for code in np.unique(currency.codes)]

    def _notes(self) -> list[Cell]:
        first = BOXES + _BOX_LINES + 2
        return [
            Cell(first + row, 0, text, "note.text", across=2 * TILES - 1)
            for row, text in enumerate(self._note_texts())
        ]


def _ruled(row: int, texts: dict[int, str], spans: tuple[range, ...]) -> list[Cell]:
    """Section headings side by side, each with a rule over its columns."""
    return [Cell(row, column, texts.get(column), "section.text") for span in spans for column in span]


def _cut(text: str) -> str:
    """A customer's name that fits its column."""
    text = text[: int(WIDE) + 2]
    if text_width(text) <= WIDE + 1:
        return text
    while text_width(text) > WIDE - 1:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _or_dash(value: float) -> Any:
    return value if value == value and abs(value) != float("inf") else "–"
