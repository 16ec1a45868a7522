"""Rows high enough for the names that are longer than their column."""

from collections.abc import Iterable, Sequence
from math import ceil

from arcredit.reports.listing import Listing
from arcredit.reports.sheet import text_width

_LINE = 15.0


def wrapped_heights(listings: Iterable[Listing], widths: Sequence[float]) -> dict[int, float]:
    """Heights of the rows in which a text of role ``name`` needs two lines or more. [points]"""
    tall = {}
    for listing in listings:
        texts = [
            (widths[listing.at(key)] * 1.05 - 1, field.values)
            for key, field in listing.fields.items()
            if field.role == "name"
        ]
        for row in range(len(listing)):
            lines = max(
                (ceil(text_width(str(cells[row] or "")) / width) for width, cells in texts), default=1
            )
            if lines > 1:
                tall[listing.top + row] = _LINE * lines
    return tall
