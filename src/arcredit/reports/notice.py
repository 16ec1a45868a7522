"""A report without figures: a page that says why, and what to do about it."""

from collections.abc import Sequence
from math import ceil

from arcredit.reports.control import origin, placed
from arcredit.reports.inputs import Inputs
from arcredit.reports.sheet import Cell, Range, Sheet, text_width

_HEAD = 3
_WIDTHS = (18.0, 90.0)


def _rows(text: str) -> int:
    """How many rows a sentence fills."""
    return max(ceil(text_width(text) / (sum(_WIDTHS) - 2)), 1)


def notice_sheet(inputs: Inputs, owner: str, name: str, title: str, lines: Sequence[str]) -> Sheet:
    """A sheet with a title, where the ledger comes from, and sentences.

    Parameters
    ----------
    inputs : Inputs
    owner, name, title : str
        The report's short name, the name of its sheet and its title, in words.
    lines : sequence of str
        Sentences below the control block.
    """
    control = origin(inputs)
    top = _HEAD + len(control) + 1
    cells = [
        Cell(0, 0, title, "title.text"),
        *placed(control, _HEAD, 0, 1),
        *(Cell(row, 0, line, "wrap.text", across=2) for row, line in enumerate(lines, top)),
    ]
    return Sheet(
        owner=owner,
        name=name,
        widths=_WIDTHS,
        cells=tuple(cells),
        area=Range(0, 0, top + max(len(lines), 1) - 1, 1),
        heights={0: 24} | {row: 15.0 * _rows(line) for row, line in enumerate(lines, top)},
        footer=inputs.footer,
    )
