"""Calls from the cells of LibreOffice: its cells in, its cells out.

Runs inside LibreOffice, whose Python has numpy at most. The ranges that arrive are LibreOffice's own; a
result is a number, a text or rows of them. An error value is the NaN that LibreOffice itself uses for it, so
that ISNA and IFERROR see a real error.
"""

import datetime as dt
import inspect
import marshal
import struct
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations, islice
from typing import Any

from arcredit.errors import ArcreditError
from arcredit.hosts.calc.readings import Argument, Formulas, Reading, counts_from_1904
from arcredit.hosts.excel.adapter import CellError
from arcredit.hosts.excel.functions import FUNCTIONS

ERRORS = {
    "#NUM!": 503,
    "#VALUE!": 519,
    "#NULL!": 521,
    "#REF!": 524,
    "#NAME?": 525,
    "#DIV/0!": 532,
    "#N/A": 32767,
}
"""Error values and LibreOffice's numbers for them."""

VALUE = CellError("#VALUE!")
_CODES = {number: code for code, number in ERRORS.items()}
_QUIET_NAN = 0x7FF8 << 48
_FIRST_DAY = {False: dt.date(1899, 12, 30).toordinal(), True: dt.date(1904, 1, 1).toordinal()}
_REMEMBERED = 1 << 14
_ONE_RECALCULATION = 0.05
"""Seconds at most between two calls of one recalculation; nobody edits a formula in between."""
_FEW = 2
"""Arguments that may be left out: up to so many, every combination is tried before formulas are read."""
_DOUBTFUL = (None, 0.0, 1.0)
"""What stands for an error, and for FALSE and TRUE, among a range's values."""
_LONG, _WIDE = (1 << 16) - 1, (1 << 10) - 1
"""The last row and column of the smallest sheet there is: a whole column ends there or below."""


def error_number(code: str) -> float:
    """The number that LibreOffice shows as an error value."""
    number: float = struct.unpack("<d", struct.pack("<Q", _QUIET_NAN | ERRORS[code]))[0]
    return number


class Calls:
    """Answers calls from cells.

    Parameters
    ----------
    models : callable
        Gives the open workbooks.
    log : callable
        Takes a line that says what a mere error value cannot.
    """

    def __init__(self, models: Callable[[], Iterable[Any]], log: Callable[[str], None]) -> None:
        self.unsure = False
        """Whether a call was read without knowing its workbook since this was last reset."""
        self._models = models
        self._log = log
        self._formulas = Formulas()
        self._answered = 0.0

    def answer(self, name: str, cells: Sequence[Any]) -> Any:
        """What a cell's call gives; never raises, a cell has no use for a traceback.

        Each of `cells` is a tuple of one value or range, an empty one for an argument missing at the end.
        """
        if time.monotonic() - self._answered > _ONE_RECALCULATION:
            self._formulas.forget()
        try:
            return self._answer(name, [_argument(*cell) for cell in cells if cell])
        except ArcreditError as error:
            self._log(f"{name}: {error.text()}")
        except Exception:
            self._log(f"{name}: {traceback.format_exc()}")
        finally:
            self._answered = time.monotonic()
        return error_number("#VALUE!")

    def _answer(self, name: str, arguments: list[Argument]) -> Any:
        if _too_few(name, arguments):
            return error_number("#VALUE!")
        cells = tuple(argument.value for argument in arguments)
        for readings in self._readings(name, arguments):
            found = [_result(name, reading, cells) for reading in readings]
            if found and all(_same(other, found[0]) for other in found):
                return found[0]
        raise ArcreditError("calc.two_readings")

    def _readings(self, name: str, arguments: Sequence[Argument]) -> Iterator[Iterable[Reading]]:
        """Every way to read the call; where those differ, the ways that the formulas leave."""
        sheets = (argument.sheet for argument in arguments if argument.sheet is not None)
        models = [_workbook(sheet) for sheet in islice(sheets, 1)]
        calendars = [counts_from_1904(model) for model in models] or [False, True]
        zeros = [place for place, argument in enumerate(arguments) if argument.may_be_left_out]
        if len(zeros) <= _FEW:
            choices = [frozenset(some) for n in range(len(zeros) + 1) for some in combinations(zeros, n)]
            yield [Reading(calendar, choice) for calendar in calendars for choice in choices]
        self.unsure = self.unsure or not models
        yield self._formulas.readings(name, arguments, models or list(self._models()))


def _workbook(sheet: Any) -> Any:
    """The workbook of a sheet, which knows no shorter way to it."""
    return sheet.DrawPage.Forms.Parent


def _same(found: Any, other: Any) -> bool:
    """Whether two results are the same to the bit: error values are numbers that equal nothing."""
    return found is other or marshal.dumps(found, 2) == marshal.dumps(other, 2)


def _argument(cell: Any) -> Argument:
    """A value as it comes, or the cells of a range."""
    if isinstance(cell, bool | float | str | None):
        return Argument(cell)
    if isinstance(cell, int):
        return Argument(float(cell))
    if isinstance(cell, tuple):
        return Argument(tuple(tuple(map(_number, row)) for row in cell))
    sheet, address = cell.Spreadsheet, cell.RangeAddress
    if address.EndRow >= _LONG or address.EndColumn >= _WIDE:
        cell = _used(sheet, address)
    return Argument(_values(cell), sheet, address)


def _number(cell: Any) -> Any:
    return float(cell) if type(cell) is int else cell


def _used(sheet: Any, address: Any) -> Any:
    """A range; of a whole column or row only the part up to the end of the sheet's contents."""
    bottom, right = address.EndRow, address.EndColumn
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    end = cursor.RangeAddress
    if address.StartRow == 0 and bottom == sheet.Rows.Count - 1:
        bottom = end.EndRow
    if address.StartColumn == 0 and right == sheet.Columns.Count - 1:
        right = end.EndColumn
    return sheet.getCellRangeByPosition(address.StartColumn, address.StartRow, right, bottom)


def _values(cells: Any) -> Any:
    """The cells of a range as rows; a single one bare."""
    rows = cells.getDataArray()
    if any(value in _DOUBTFUL for row in rows for value in row):
        rows = tuple(
            tuple(
                _looked_at(cells.getCellByPosition(column, row), value) if value in _DOUBTFUL else value
                for column, value in enumerate(line)
            )
            for row, line in enumerate(rows)
        )
    if len(rows) > 1 or len(rows[0]) > 1:
        return rows
    value = rows[0][0]
    return None if value == "" else value


def _looked_at(cell: Any, value: float | None) -> Any:
    """An error by its number; TRUE and FALSE, which are numbers to LibreOffice, by what the cell shows."""
    if value is None:
        return CellError(_CODES.get(cell.getError(), VALUE.code))
    return bool(value) if cell.getString().isalpha() else value


def _too_few(name: str, arguments: Sequence[Argument]) -> bool:
    """Whether a required argument was left off at the end."""
    parameters = FUNCTIONS[name].parameters[len(arguments) :]
    return any(item.default is inspect.Parameter.empty for item in parameters)


def _result(name: str, reading: Reading, cells: tuple[Any, ...]) -> Any:
    read = tuple(None if place in reading.left_out else cell for place, cell in enumerate(cells))
    scalar = not any(type(cell) is tuple for cell in read)
    return (_remembered if scalar else _computed)(name, reading.date_1904, *read)


def _computed(name: str, date_1904: bool, *cells: Any) -> Any:
    found = FUNCTIONS[name](*cells, date_1904=date_1904)
    first = _FIRST_DAY[date_1904]
    if isinstance(found, tuple) and not isinstance(found, CellError):
        return tuple(tuple(_out(cell, first) for cell in row) for row in found)
    # A row of one tells the Basic that the number is a date.
    return (_out(found, first),) if isinstance(found, dt.date) else _out(found, first)


_remembered = lru_cache(_REMEMBERED, typed=True)(_computed)
"""Single cells often repeat: a recalculation asks for the same figures again."""


def _out(cell: Any, first: int) -> Any:
    if isinstance(cell, CellError):
        return error_number(cell.code)
    if isinstance(cell, dt.date):
        return float(cell.toordinal() - first)
    return float(cell) if isinstance(cell, int) else cell
