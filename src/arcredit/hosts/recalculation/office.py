"""What is foreign in our formulas, computed by a headless LibreOffice on a scratch copy.

The copy holds our results as plain values and the foreign parts as formulas on sheets of their own, each in
the cell that it comes from, so that ROW() and the like mean the same. Values are taken from it and nothing
else: the workbook itself never goes through LibreOffice.
"""

import datetime as dt
import re
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.formula import ArrayFormula

from arcredit.hosts.calc.office import convert
from arcredit.hosts.recalculation.questions import Answer, Answers, Ask
from arcredit.ledger.formulas.printing import printed
from arcredit.ledger.writing.cells import Area, CellError, Place, cell_name

_CLOCK = re.compile(r'"(?:[^"]|"")*"|(?<![\w.])(?:TODAY|NOW)\(\s*\)', re.IGNORECASE)
_OURS = "arcredit "
"""What the names of our own sheets in the copy begin with."""
_PROBE = f"{_OURS}probe"
_QUESTIONS = ("{}", "ROWS({})", "COLUMNS({})", "ROW({})", "COLUMN({})", "_xlfn.SHEET({})")
"""The value, its size, and where it stands if it is cells: blanks among them must stay blank."""


class Office:
    """A workbook's scratch copy and what LibreOffice makes of it.

    Parameters
    ----------
    source : path
        A copy of the workbook with the results known so far as stored values.
    today : float
        What TODAY and NOW mean.
    """

    def __init__(self, source: Path, today: float) -> None:
        self.source, self.today = source, today

    def answers(
        self,
        asks: Sequence[Ask],
        cells: Mapping[str, Iterable[Place]],
        own: Mapping[str, Mapping[Place, Any]],
        functions: Iterable[str],
    ) -> Answers:
        """Compute parts and read cells.

        Parameters
        ----------
        asks : list of Ask
            The parts.
        cells : mapping
            Foreign formulas whose results are wanted, by sheet.
        own : mapping
            Our formulas' results by sheet and cell, rows for an array.
        functions : iterable of str
            Names of functions to be tried, for LibreOffice may not know them.

        Raises
        ------
        Exception
            If LibreOffice fails or the copy cannot be made, see `questions.FAILURES`.
        """
        names = sorted(set(functions))
        found = self._once(asks, own, names, [None] * len(asks))
        unknown = {name for name, known in zip(names, found.known, strict=True) if not known}
        sizes = [_size(ask, found.part(place)) for place, ask in enumerate(asks)]
        if any(sizes):
            found = self._once(asks, own, (), sizes)
        parts = [_answer(ask, found, place, sizes[place]) for place, ask in enumerate(asks)]
        values = {sheet: {at: found.cell(sheet, at) for at in places} for sheet, places in cells.items()}
        return Answers(parts, values, unknown)

    def _once(
        self,
        asks: Sequence[Ask],
        own: Mapping[str, Mapping[Place, Any]],
        names: Sequence[str],
        sizes: Sequence[tuple[int, int] | None],
    ) -> "_Computed":
        with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="arcredit-recalc-") as private:
            warnings.simplefilter("ignore")
            folder = Path(private)
            book = openpyxl.load_workbook(self.source, keep_links=False)
            self._put_own(book, own)
            names_of = _sheets(asks, sizes)
            for ask, size, prefix in zip(asks, sizes, names_of, strict=True):
                self._put_part(book, prefix, ask, size)
            probe = book.create_sheet(_PROBE)
            for row, name in enumerate(names, 1):
                probe.cell(row, 1).value = f"={name}()"
                probe.cell(row, 2).value = f"=_xlfn.{name}()"
            book.save(folder / "scratch.xlsx")
            made = convert([folder / "scratch.xlsx"], "xlsx", folder / "made")
            return _Computed(openpyxl.load_workbook(made[0], data_only=True), len(names), names_of)

    def _put_own(self, book: Any, own: Mapping[str, Mapping[Place, Any]]) -> None:
        """Our formulas become values, the clock's functions the day that they stand for."""
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    text = getattr(cell.value, "text", cell.value)
                    if isinstance(text, str) and text.startswith("=") and _CLOCK.search(text):
                        fixed = _CLOCK.sub(self._fixed, text)
                        whole = isinstance(cell.value, ArrayFormula)
                        cell.value = ArrayFormula(cell.value.ref, fixed) if whole else fixed
        for name, results in own.items():
            for (top, left), value in results.items():
                for y, row in enumerate(value if isinstance(value, tuple) else ((value,),)):
                    for x, item in enumerate(row):
                        _put(book[name].cell(top + y, left + x), item)

    def _fixed(self, found: re.Match[str]) -> str:
        return found[0] if found[0].startswith('"') else repr(self.today)

    def _put_part(self, book: Any, prefix: str, ask: Ask, size: tuple[int, int] | None) -> None:
        text = _CLOCK.sub(self._fixed, printed(ask.part))
        row, column = ask.place
        for question, form in enumerate(_QUESTIONS[: 1 if ask.whole and not ask.array else None]):
            name = f"{prefix}.{question}"
            cell = (book[name] if name in book.sheetnames else book.create_sheet(name)).cell(row, column)
            formula = f"={form.format(text)}"
            if question == 0 and size is not None:
                area = Area(row, column, row + size[0] - 1, column + size[1] - 1)
                cell.value = ArrayFormula(area.name, formula)
            else:
                cell.value = ArrayFormula(cell_name(ask.place), formula) if ask.array else formula


def _sheets(asks: Sequence[Ask], sizes: Sequence[tuple[int, int] | None]) -> list[str]:
    """The sheets that parts stand on: many share one, each in its own cell; what spreads has its own."""
    taken: Counter[Place] = Counter()
    names = []
    for number, (ask, size) in enumerate(zip(asks, sizes, strict=True)):
        names.append(f"{_OURS}block {number}" if size else f"{_OURS}part {taken[ask.place]}")
        taken[ask.place] += 1
    return names


class _Computed:
    """The scratch copy as LibreOffice computed it."""

    def __init__(self, book: Any, probes: int, names: Sequence[str]) -> None:
        self.book, self.names = book, names
        self.sheets = frozenset(book.sheetnames)
        rows = book[_PROBE].iter_rows(1, probes, 1, 2, values_only=True) if probes else ()
        self.known = [any(cell != "#NAME?" for cell in row) for row in rows]

    def part(self, number: int) -> "list[Any]":
        """The answers to the questions about a part."""
        found = []
        for question in range(len(_QUESTIONS)):
            name = f"{self.names[number]}.{question}"
            if name in self.sheets:
                found.append(self.book[name])
        return found

    def cell(self, sheet: str, place: Place) -> Any:
        """A formula's result."""
        found = _value(self.book[sheet].cell(*place))
        return "" if found is None else found

    def sheet(self, number: float) -> str | None:
        """The name of the sheet of that number, None for one of ours."""
        name = self.book.sheetnames[int(number) - 1]
        return None if name.startswith(_OURS) else str(name)


def _numbers(ask: Ask, sheets: Sequence[Any]) -> list[Any]:
    return [_value(sheet.cell(*ask.place)) for sheet in sheets[1:]]


def _size(ask: Ask, sheets: Sequence[Any]) -> tuple[int, int] | None:
    """The size of a part that gives several values which are no cells."""
    numbers = _numbers(ask, sheets)
    if len(numbers) < 2 or not all(isinstance(number, float) for number in numbers[:2]):
        return None
    if all(isinstance(number, float) for number in numbers):
        return None
    rows, columns = int(numbers[0]), int(numbers[1])
    return (rows, columns) if rows * columns > 1 else None


def _answer(ask: Ask, found: _Computed, number: int, size: tuple[int, int] | None) -> Answer:
    sheets = found.part(number)
    numbers = _numbers(ask, sheets)
    if len(numbers) == 5 and all(isinstance(one, float) for one in numbers):
        rows, columns, top, left, sheet = numbers
        name = found.sheet(sheet)
        if name is not None:
            area = Area(int(top), int(left), int(top + rows) - 1, int(left + columns) - 1)
            return Answer(None, name, area)
    row, column = ask.place
    if size is None:
        return Answer(_value(sheets[0].cell(row, column)))
    block = [
        tuple(_value(sheets[0].cell(row + y, column + x)) for x in range(size[1])) for y in range(size[0])
    ]
    return Answer(tuple(block))


def _put(cell: Any, value: Any) -> None:
    """A value as a plain one: a text that starts with = stays text."""
    cell.value = value.code if isinstance(value, CellError) else value
    if isinstance(value, str) and value.startswith("="):
        cell.data_type = "s"


def _value(cell: Any) -> Any:
    """A cell as our formulas know values."""
    value = cell.value
    if cell.data_type == "e":
        return CellError(value if value in _ERRORS else "#VALUE!")
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return float(to_excel(value, cell.parent.parent.epoch))
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"}
