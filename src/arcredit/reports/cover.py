"""Cover: what of every open invoice is insured, own risk or uninsured, and why."""

from dataclasses import replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.receivables.portfolio import digits_of, share_of
from arcredit.reports import style
from arcredit.reports.claims_made import ClaimsMade
from arcredit.reports.control import Line, headed, origin, placed
from arcredit.reports.cover_figures import CoverFigures
from arcredit.reports.inputs import Inputs
from arcredit.reports.insured import Insured, delivery_line, names_of, policy_lines, tall
from arcredit.reports.listing import Field, Listing, together
from arcredit.reports.notice import notice_sheet
from arcredit.reports.sheet import Cell, Chart, Range, Series, Sheet, a1, letters, pixels, text_width
from arcredit.shapes import Floats, Texts, plain

_HEAD, _LINE = 3, 13.5
_CHARTED = 10


def cover_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Cover.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Sheet
        A summary per customer in the policy's currency, then the open invoices, a block per currency. Where
        a currency has no rate, its cover is unknown.
    """
    if not len(inputs.items):
        return notice_sheet(
            inputs,
            "cover",
            inputs.say("report.sheet.cover"),
            inputs.say("report.title.cover"),
            [inputs.say("report.state.empty")],
        )
    return _Report(Insured(inputs, inputs.items)).sheet()


class _Report(CoverFigures):
    """The layout of the sheet."""

    def sheet(self) -> Sheet:
        summary = self._summary(0, {})
        parts = self._blocks(0)
        wide = together(summary.widths(), *(part.widths() for _, part in parts))
        wide[0] = max(wide[0], 20.0)
        control = self._control(None)
        notes = self._notes()
        height = max(len(control), 13)
        top = _HEAD + height + 1 + len(notes) + 1
        parts = self._blocks(top + len(summary) + 5)
        ranges = self._ranges(parts)
        summary = self._summary(top + 1, ranges)
        right = len(wide) - 1
        chart = self._chart(summary, wide, height)
        home = self.insured.currency or ""
        cells = [
            *headed(self.inputs, "cover", self._subtitle()),
            *placed(self._control(summary), _HEAD, 0, 1),
            *(
                Cell(_HEAD + height + 1 + row, 0, note, "note.text", across=right + 1)
                for row, note in enumerate(notes)
            ),
            *_section(self._titled("report_cover.by_customer", home), top, right),
            *summary.cells(),
        ]
        heights = {0: 24.0} | {_HEAD + row: _LINE for row in range(height)}
        for row, note in enumerate(notes, _HEAD + height + 1):
            heights[row] = 13.0 * ceil(text_width(note) * 0.95 / sum(wide))
        heights |= {summary.row: 32.0} | tall(summary, wide)
        for currency, part in parts:
            cells += [
                *_section(self._titled("report_cover.by_invoice", currency), part.row - 1, right),
                *part.cells(),
            ]
            heights |= {part.row: 32.0} | tall(part, wide)
        last = parts[-1][1].last
        return Sheet(
            owner="cover",
            name=self.inputs.say("report.sheet.cover"),
            widths=tuple(wide),
            cells=tuple(cells),
            area=Range(0, 0, last, right),
            blocks=(summary.block(), *(part.block() for _, part in parts)),
            charts=(chart,) if chart else (),
            heights=heights,
            # A long list of customers leaves no room below it: the invoices begin on a page of their own.
            breaks=(parts[0][1].row - 1,) if len(summary) > 20 else (),
            titles=(parts[0][1].row, parts[0][1].row),
            filter=parts[0][1].filter if len(parts) == 1 else None,
            footer=self.inputs.footer,
        )

    def _titled(self, key: str, currency: str) -> str:
        text = self.say(key)
        return f"{text} · {currency}" if currency else text

    def _subtitle(self) -> str:
        return self.say(
            "report_cover.subtitle",
            as_of=self.inputs.as_of.isoformat(),
            customers=f"{len(self.order[1].labels):,}",
            documents=f"{len(self.inputs.items):,}",
        )

    def _control(self, summary: Listing | None) -> list[Line]:
        lines = [
            *origin(self.inputs),
            *policy_lines(self.insured),
            delivery_line(self.insured),
        ]
        formula = None
        if summary is not None:
            taken = "".join(f"-{a1(summary.total_row, summary.at(name))}" for name in self.shown)
            formula = f"=ROUND({a1(summary.total_row, summary.at('open'))}{taken},{self.insured.digits})"
        style_name = f"value.exact{self.insured.digits}"
        return [*lines, Line(self.say("report_cover.difference"), 0.0, style_name, formula)]

    def _notes(self) -> list[str]:
        notes = [self.say("report_cover.note.estimate"), self.say("report_cover.note.credits")]
        if self.foreign and self.insured.currency is not None and len(self.inputs.rates):
            rule = self.say(f"report_cover.fx.{self.insured.schedule.fx_rule}")
            notes.append(self.say("report_cover.note.rates", as_of=self.inputs.as_of.isoformat(), rule=rule))
        missing = [
            name or self.inputs.say("report.table.no_currency") for name in self.insured.without_rate()
        ]
        paid = ClaimsMade(self.inputs).paid
        if paid:
            total = f"{money.total(np.array([*paid.values()])):,.{self.insured.digits}f}"
            notes.append(
                self.say("report_cover.note.paid", amount=total, customers=", ".join(map(str, paid)))
            )
        if self.insured.currency is None:
            notes.append(self.say("report_cover.note.no_currency"))
        elif missing:
            notes.append(self.say("report_cover.note.no_rate", currencies=", ".join(missing)))
        return notes

    def _fields(self, rows: NDArray[np.intp], currency: str) -> dict[str, Field]:
        """The columns of a block of invoices."""
        items, kind = self.inputs.items, f"money{self.insured.digits}"
        known = bool((~np.isnan(self.amount[rows])).any())
        unknown = self.say("report_cover.unknown")

        def amounts(key: str, values: Floats) -> Field:
            return Field(
                self.say(f"report_cover.column.{key}"),
                values[rows],
                kind,
                "sum" if known else "",
                missing=unknown,
            )

        names = names_of(items)
        fields = {"customer": self._customers(items.customer.take(rows).texts())}
        if names is not None:
            fields["name"] = Field(self.inputs.say("report.table.customer_name"), names[rows], role="name")
        fields |= {
            "document": Field(self.say("report_cover.column.document"), items.document[rows]),
            "invoice_date": Field(
                self.say("report_cover.column.invoice_date"), items.delivered[rows], "date"
            ),
            "due_date": Field(self.say("report_cover.column.due_date"), items.due_date[rows], "date"),
        }
        if self.foreign:
            own = f"money{digits_of(currency)}"
            fields["original"] = Field(
                self.say("report_cover.column.original"), items.open_amount[rows], own, "sum"
            )
        fields["open"] = replace(amounts("open", self.amount), heading=self._open_heading())
        if np.nan_to_num(self.parts["set_off"]).any():
            fields["set_off"] = amounts("set_off", self.parts["set_off"])
        fields |= {name: amounts(name, self.parts[name]) for name in self.shown}
        percentage = self.spread(self.cover.insured_percentage)[rows]
        fields["percentage"] = Field(self.say("report_cover.column.percentage"), percentage, "percent")
        fields["reason"] = Field(
            self.say("report_cover.column.reason"), self.reason[rows], role="aside", width=None
        )
        return fields

    def _open_heading(self) -> str:
        if self.foreign and self.insured.currency:
            return self.say("report_cover.column.open_in", currency=self.insured.currency)
        return self.say("report_cover.column.open")

    def _customers(self, texts: Texts) -> Field:
        return Field(
            self.inputs.say("report.table.customer"),
            texts,
            missing=self.inputs.say("report.table.no_customer"),
        )

    def _blocks(self, row: int) -> list[tuple[str, Listing]]:
        """The invoices of every currency, the policy's first, the first heading in `row`."""
        currencies = self.insured.currencies[self.order[0]]
        own = self.insured.currency
        names = sorted(set(currencies.tolist()), key=lambda name: (name != own, name))
        blocks = []
        for name in names:
            rows = self.order[0][currencies == name]
            label = self.inputs.say("report.table.sum")
            label = self.inputs.say("report.table.sum_of", currency=name) if name and self.foreign else label
            blocks.append((name, Listing(self._fields(rows, name), row, label=label)))
            row = blocks[-1][1].last + 3
        return blocks

    def _ranges(self, blocks: list[tuple[str, Listing]]) -> dict[int, list[tuple[int, int]]]:
        """For every customer's rank the lines of its invoices: first and last row of each block."""
        found: dict[int, list[tuple[int, int]]] = {}
        rank = self.order[1].codes[self.order[0]]
        currencies = self.insured.currencies[self.order[0]]
        for name, block in blocks:
            mine = rank[currencies == name]
            opens = np.flatnonzero(np.r_[True, mine[1:] != mine[:-1]])
            closes = np.r_[opens[1:], len(mine)] - 1
            for first, last in zip(opens.tolist(), closes.tolist(), strict=True):
                place = int(mine[first])
                found.setdefault(place, []).append((block.top + first, block.top + last))
        return found

    def _summary(self, row: int, ranges: dict[int, list[tuple[int, int]]]) -> Listing:
        """A line per customer; its money adds up its invoices' lines below."""
        rank, labels = self.order[1].codes, self.order[1].labels
        count, kind = len(labels), f"money{self.insured.digits}"
        keys = list(self._fields(self.order[0][:0], ""))
        by_limit = self.by_limit(labels)

        def summed(key: str, values: Floats, heading: str) -> Field:
            column, unknown = keys.index(key), self.say("report_cover.unknown")
            cells = [
                ",".join(Range(top, column, end, column).a1() for top, end in ranges.get(place, []))
                for place in range(count)
            ]
            known = np.bincount(rank[~np.isnan(values)], minlength=count) > 0
            formulas = tuple(
                f"=SUM({where})" if told else f'=IF(COUNT({where})=0,"{unknown}",SUM({where}))'
                for where, told in zip(cells, known, strict=True)
            )
            sums = np.where(known, money.grouped(np.nan_to_num(values), rank, count), np.nan)
            return Field(heading, sums, kind, "sum", formula=formulas, missing=unknown)

        fields = {key: Field("", np.full(count, None, object)) for key in keys}
        fields["customer"] = self._customers(labels)
        if "name" in keys:
            fields["name"] = replace(self._first_names(rank, count), role="name")
        number = np.bincount(rank, minlength=count).astype(np.float64)
        fields["document"] = Field(self.say("report_cover.column.items"), number, "count", "sum")
        fields["invoice_date"] = Field(
            self.say("report_cover.column.limit"),
            by_limit["insured_limit"],
            kind,
            missing=self.say("report_cover.unknown"),
        )
        fields["due_date"] = Field(
            self.say("report_cover.column.by_limit"),
            by_limit["insured"],
            kind,
            "sum",
            missing=self.say("report_cover.unknown"),
        )
        fields["open"] = summed("open", self.amount, self._open_heading())
        for name in self.shown:
            fields[name] = summed(name, self.parts[name], self.say(f"report_cover.column.{name}"))
        fields["percentage"] = self._share(keys, fields["insured"].values, fields["open"].values)
        fields["reason"] = Field(
            self.say("report_cover.column.reason_customer"), by_limit["reason"], role="aside"
        )
        return Listing(fields, row, label=self.inputs.say("report.table.sum"))

    def _share(self, keys: list[str], insured: Floats, owed: Floats) -> Field:
        part, whole = (letters(keys.index(key)) for key in ("insured", "open"))
        formula = f'=IF(N({whole}{{row}})>0,{part}{{row}}/{whole}{{row}},"")'
        overall = plain(float(share_of(*(money.total(np.nan_to_num(part)) for part in (insured, owed)))))
        heading = self.say("report_cover.column.share")
        return Field(heading, share_of(insured, owed), "percent", formula, overall, formula)

    def _first_names(self, rank: NDArray[np.intp], count: int) -> Field:
        names = names_of(self.inputs.items)
        assert names is not None
        first: Texts = np.full(count, None, object)
        for place, name in zip(rank[::-1].tolist(), names[::-1].tolist(), strict=True):
            first[place] = name if name is not None else first[place]
        return Field(self.inputs.say("report.table.customer_name"), first)

    def _chart(self, summary: Listing, wide: list[float], height: int) -> Chart | None:
        """The customers who owe most: insured, own risk and uninsured on top of each other."""
        owing = int((summary.fields["open"].values > 0).sum())
        shown = min(owing, _CHARTED)
        if not shown:
            return None
        column = 2
        while pixels(wide[:column]) < 430 and column < len(wide) - 3:
            column += 1
        colours = {
            "insured": style.ACCENT,
            "own_risk": style.BAR,
            "uninsured": style.OVERDUE[3],
            "unknown": style.RULE,
        }
        last = summary.top + shown - 1
        categories = Range(summary.top, 0, last, 0)
        series = tuple(
            Series(
                (summary.row, summary.at(name)),
                categories,
                Range(summary.top, summary.at(name), last, summary.at(name)),
                colour,
            )
            for name, colour in colours.items()
            if name in self.shown
        )
        return Chart(
            kind="stacked",
            title=self.say("report_cover.chart", count=str(shown)),
            alt=self.say("report_cover.chart_alt", count=str(shown), as_of=self.inputs.as_of.isoformat()),
            series=series,
            row=_HEAD,
            column=column,
            width=min(pixels(wide[column:]) - 8, 760),
            height=int(height * _LINE / 0.75) - 4,
            number_format="#,##0",
            unit=self.insured.currency or "",
        )


def _section(text: str, row: int, right: int) -> list[Cell]:
    return [Cell(row, column, None if column else text, "section.text") for column in range(right + 1)]
