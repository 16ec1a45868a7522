"""A sheet with everything a sheet can have."""

import datetime as dt

import numpy as np

from arcredit.reports import style
from arcredit.reports.sheet import (
    Bars,
    Block,
    Cell,
    Chart,
    Column,
    Entry,
    Heading,
    Heat,
    Limits,
    Mark,
    Note,
    Range,
    Series,
    Sheet,
    Spark,
    Table,
)

NAMES = ("Nord 北方", "Süd & Co", "West <1>", 'O"st')
MONTHS = ("2025-09", "2025-10", "2025-11", "2025-12")
FIGURES = np.array([[120, 90, 60, 30], [10, 40, 20, 80], [5, 5, 5, 50], [70, 60, 65, 62]], float)
FIRST = 4
LAST = FIRST + len(NAMES) - 1


def full_sheet(name="Everything", owner="everything", **changes):
    """One of each, on a sheet of that name."""
    given = {
        "owner": owner,
        "name": name,
        "widths": (18, 11, 11, 11, 11, 12, 12, 12),
        "cells": cells(),
        "blocks": blocks(),
        "area": Range(0, 0, 48, 7),
        "charts": charts(),
        "heats": (Heat(Range(FIRST, 1, LAST, 1), 100.0),),
        "bars": (Bars(Range(FIRST, 2, LAST, 2), 100.0),),
        "marks": (
            Mark.at_least(Range(FIRST, 4, LAST, 4), "bad", 80),
            Mark.at_least(Range(FIRST, 4, LAST, 4), "near", 60),
            Mark.below(Range(FIRST, 4, LAST, 4), "ok", "$B$2"),
            Mark.says(Range(FIRST, 0, LAST, 0), "near", 'O"st'),
        ),
        "sparks": tuple(
            Spark(row, 5 + column, Range(row, 1, row, 4), kind)
            for column, kind in enumerate(("line", "column"))
            for row in range(FIRST, LAST + 1)
        ),
        "tables": (table(),),
        "lists": entries(),
        "freeze": (FIRST, 1),
        "titles": (3, 3),
        "footer": "Everything",
        "fit_tall": 1,
    }
    return Sheet(**(given | changes))


def cells():
    figures = [
        Cell(0, 0, "Everything", "title.text"),
        Cell(1, 0, "Limit", "label.text"),
        Cell(1, 1, 35, "input.count"),
        Cell(1, 3, "Open", "tilelabel.text", across=2),
        Cell(2, 3, FIGURES.sum(), "tile.count", f"=SUM(B{FIRST + 1}:E{LAST + 1})", across=2),
        Cell(9, 0, "Dear Sir or Madam,\nplease pay.", "letter.text", across=4, down=3),
        *(Cell(3, 1 + place, month, "heading.right") for place, month in enumerate(MONTHS)),
        *(Cell(3, place, None, "heading.text") for place in (0, 5, 6)),
    ]
    roles = ("bad", "near", "ok", "quiet", "input", "tile")
    return (*figures, *(Cell(9 + row, 6, role, f"{role}.text") for row, role in enumerate(roles)))


def blocks():
    months = tuple(Column(FIGURES[:, place], "body.money0") for place in range(len(MONTHS)))
    lines = Block(FIRST, 0, (Column(np.array(NAMES, object), "body.text"), *months))
    table_lines = (
        Column(np.array(["a", "b"], object), "body.text"),
        Column(np.array([1.5, 2.5]), "body.exact2"),
        Column(np.array([3.0, 5.0]), "body.exact2", "=bills[[#This Row],[amount]]*2"),
    )
    return lines, Block(44, 0, table_lines)


def table():
    columns = (
        Heading("customer", total="Total"),
        Heading("amount", "heading.right", 4.0, "total.exact2"),
        Heading("twice", "heading.right", formula="=bills[[#This Row],[amount]]*2"),
    )
    return Table(Range(43, 0, 46, 2), "bills", columns, total=True)


def entries():
    return (
        Entry(Range(43, 4, 43, 4), ("EUR", "人民币"), "One of these.", "The currency"),
        Entry(Range(44, 4, 44, 4), Range(FIRST, 0, LAST, 0), strict=False),
        Entry(Range(45, 4, 45, 4), Limits("number", 0, 1)),
        Entry(Range(46, 4, 46, 4), Limits("date", dt.date(2000, 1, 1))),
        Entry(Range(47, 4, 47, 4), Limits("length", high=20)),
        Entry(Range(48, 4, 48, 4), "=$A$5:$A$8"),
    )


def charts():
    def series(place, **more):
        return Series(
            (FIRST + place, 0),
            Range(3, 1, 3, 4),
            Range(FIRST + place, 1, FIRST + place, 4),
            (4, place % 5 + 1),
            **more,
        )

    down = Series((3, 4), Range(FIRST, 0, LAST, 0), Range(FIRST, 4, LAST, 4), style.BAR, labelled=(True,) * 4)
    shapes = {
        "bar": tuple(series(place) for place in range(3)),
        "line": (series(0), series(1)),
        "column": (series(0), series(3, over=True)),
        "stacked": tuple(series(place) for place in range(4)),
        "bars": (down,),
    }
    return tuple(
        Chart(kind, kind, f"A chart: {kind}", drawn, 15 + place // 2 * 9, place % 2 * 4, 330, 170)
        for place, (kind, drawn) in enumerate(shapes.items())
    )


def noted(sheet_name="Notes", owner="notes"):
    """A sheet that becomes the user's own: with comments and a name."""
    note = Note(1, 1, "Fill in, please.\n请填写。")
    return full_sheet(sheet_name, owner, notes=(note,), names={"my_limit": Range(1, 1, 1, 1)})
