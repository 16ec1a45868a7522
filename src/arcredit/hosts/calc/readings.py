"""Which reading of a call LibreOffice meant.

LibreOffice hands a function that is called from a cell neither the cell nor its workbook, and an argument
left out between two commas arrives as 0. The formulas of the open workbooks tell both: a call that matches
what arrived says which arguments it leaves out, and its workbook how days are counted.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, product
from typing import Any, NamedTuple

from arcredit.errors import ArcreditError

LEFT_OUT, COMPUTED, CONSTANT = "", "?", "="
"""An argument's text: none, anything that has to be computed, a value other than 0."""

_ADDRESS = re.compile(r"[A-Z]{1,3}\d+(:[A-Z]{1,3}\d+)?")
_FORMULAS = 16
"""com.sun.star.sheet.CellFlags.FORMULA"""


class Reading(NamedTuple):
    """How to read a call: the calendar of its workbook, and the places of arguments that were left out."""

    date_1904: bool
    left_out: frozenset[int] = frozenset()


class Argument(NamedTuple):
    """What arrived: a value, and the sheet and place (CellRangeAddress) of the cells it comes from."""

    value: Any
    sheet: Any = None
    place: Any = None

    @property
    def address(self) -> str | None:
        """The cells it comes from, as a formula names them."""
        if self.place is None:
            return None
        place = self.place
        first = f"{_letters(place.StartColumn)}{place.StartRow + 1}"
        last = f"{_letters(place.EndColumn)}{place.EndRow + 1}"
        return first if first == last else f"{first}:{last}"

    @property
    def may_be_left_out(self) -> bool:
        """Whether this may be an argument left out."""
        return self.place is None and type(self.value) is float and self.value == 0


class Call(NamedTuple):
    """A call in a formula: what its arguments look like, and where it stands."""

    arguments: tuple[str, ...]
    date_1904: bool
    sheet: Any = None
    column: int = 0
    row: int = 0
    formula: str = ""

    def fits(self, arguments: Sequence[Argument]) -> bool:
        """Whether these arguments may have come from this call."""
        return len(self.arguments) == len(arguments) and all(map(_fits, self.arguments, arguments))

    def stands(self) -> bool:
        """Whether the formula is still there."""
        if self.sheet is None:
            return True
        return bool(self.sheet.getCellByPosition(self.column, self.row).Formula == self.formula)

    def reading(self) -> Reading:
        """The reading that follows from this call."""
        places = (place for place, text in enumerate(self.arguments) if text == LEFT_OUT)
        return Reading(self.date_1904, frozenset(places))


def calls(formula: str, name: str) -> Iterator[tuple[str, ...]]:
    """The arguments of each call of a function in a formula, as texts.

    Examples
    --------
    >>> list(calls('=1+AR_DSO(A1;MAX(B1;2);)', "AR_DSO"))
    [('A1', 'MAX(B1;2)', '')]
    """
    bare = _without_quotes(formula)
    for found in re.finditer(rf"(?<![\w.]){name}\s*\(", bare, re.IGNORECASE):
        ends = [found.end() - 1, *_separators(bare, found.end())]
        texts = [formula[start + 1 : end].strip() for start, end in pairwise(ends)]
        yield tuple(texts) if texts != [""] else ()


def shape(text: str) -> str:
    """What an argument's text can bring: an address, nothing, a constant other than 0, or anything.

    Examples
    --------
    >>> [shape(text) for text in ("$Ledger.$A$1", "", "0", "30", '"due"', "A1-B1")]
    ['A1', '', '?', '=', '=', '?']
    """
    bare = text.rsplit(".", 1)[-1].replace("$", "").upper()
    if not text or _ADDRESS.fullmatch(bare):
        return bare
    if re.fullmatch(r'"[^"]*"|\{[^}]*\}', text):
        return CONSTANT
    try:
        return CONSTANT if float(text) else COMPUTED
    except ValueError:
        return COMPUTED


class Formulas:
    """The calls in the formulas of workbooks, kept for as long as no formula can have changed."""

    def __init__(self) -> None:
        self._of: dict[str, dict[tuple[str | None, ...], list[Call]]] = {}
        self._models: Sequence[Any] = ()
        self._count = 0

    def forget(self) -> None:
        """Read the formulas again when they are needed next."""
        self._of = {}

    def readings(self, name: str, arguments: Sequence[Argument], models: Sequence[Any]) -> set[Reading]:
        """The readings of the calls that match; none where no formula does."""
        count = sum(map(_formula_count, models))
        if count != self._count or models != self._models:
            self._of, self._count, self._models = {}, count, models
        found = self._matching(name, arguments)
        if not found or not all(call.stands() for call in found):
            self._of[name] = _indexed(name, models)
            found = self._matching(name, arguments)
        return {call.reading() for call in found}

    def _matching(self, name: str, arguments: Sequence[Argument]) -> list[Call]:
        of = self._of.get(name, {})
        # A range may have come from its address or from anything that leads to it, such as a name.
        ways = [{argument.address, None} for argument in arguments]
        return [call for key in product(*ways) for call in of.get(key, ()) if call.fits(arguments)]


def counts_from_1904(model: Any) -> bool:
    """Whether a workbook counts days from 1904.

    Raises
    ------
    ArcreditError
        For any other calendar than the two of Excel.
    """
    day = model.NullDate
    if (day.Year, day.Month, day.Day) == (1904, 1, 1):
        return True
    if (day.Year, day.Month, day.Day) == (1899, 12, 30):
        return False
    raise ArcreditError("calc.calendar", found=f"{day.Year}-{day.Month:02}-{day.Day:02}")


def _fits(text: str, argument: Argument) -> bool:
    if argument.address is not None:
        return text in (argument.address, COMPUTED)
    if argument.may_be_left_out:
        return text in (LEFT_OUT, COMPUTED)
    return text in (COMPUTED, CONSTANT)


def _indexed(name: str, models: Iterable[Any]) -> dict[tuple[str | None, ...], list[Call]]:
    """Every call of a function, under the addresses among its arguments."""
    found = defaultdict(list)
    for model in models:
        date_1904 = counts_from_1904(model)
        for formula, place in _formulas(model):
            for texts in calls(formula, name) if name in formula.upper() else ():
                shapes = tuple(map(shape, texts))
                key = tuple(text if _ADDRESS.fullmatch(text) else None for text in shapes)
                found[key].append(Call(shapes, date_1904, *place))
    return dict(found)


def _formulas(model: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Every formula with its place; named expressions have none."""
    for sheet in model.Sheets:
        for area in sheet.queryContentCells(_FORMULAS).RangeAddresses:
            block = sheet.getCellRangeByPosition(
                area.StartColumn, area.StartRow, area.EndColumn, area.EndRow
            ).getFormulaArray()
            for row, line in enumerate(block, area.StartRow):
                for column, formula in enumerate(line, area.StartColumn):
                    yield formula, (sheet, column, row, formula)
    for name in model.NamedRanges.ElementNames:
        yield model.NamedRanges.getByName(name).Content, ()


def _letters(column: int) -> str:
    """A column's name."""
    text = ""
    while column >= 0:
        text = chr(ord("A") + column % 26) + text
        column = column // 26 - 1
    return text


def _formula_count(model: Any) -> int:
    """How many cells hold a formula."""
    return sum(
        (area.EndColumn - area.StartColumn + 1) * (area.EndRow - area.StartRow + 1)
        for sheet in model.Sheets
        for area in sheet.queryContentCells(_FORMULAS).RangeAddresses
    )


def _without_quotes(formula: str) -> str:
    """The formula with texts and quoted sheet names blotted out, at its own length."""
    return re.sub(r'"[^"]*"|\'[^\']*\'', lambda found: "_" * len(found[0]), formula)


def _separators(formula: str, start: int) -> Iterator[int]:
    """The places of a call's semicolons and of its closing bracket."""
    depth = 0
    for place in range(start, len(formula)):
        letter = formula[place]
        if letter == ";" and not depth:
            yield place
        elif letter in "({":
            depth += 1
        elif letter in ")}":
            if not depth:
                yield place
                return
            depth -= 1
