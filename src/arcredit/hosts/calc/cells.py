"""Cells of an open document as xlwings reads and writes them."""

import datetime as dt
import math
import numbers
import re
from collections.abc import Callable, Sequence
from typing import Any

from xlwings import base_classes

from arcredit.hosts.calc.excel_words import RangeWords
from arcredit.hosts.calc.formulas import enter, enter_array, printed
from arcredit.reports.sheet import letters

_EPOCH = dt.datetime(1899, 12, 30)
_EPOCH_1904 = dt.datetime(1904, 1, 1)
_DATE, _LOGICAL = 2, 1024
"""com.sun.star.util.NumberFormat"""
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d+)(?::\$?([A-Za-z]{1,3})\$?(\d+))?")
_ERRORS = ("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!")
_CONTENTS, _EVERYTHING = 1 | 2 | 4 | 16, 1023

Grid = list[list[Any]]


def prepared(value: Any, options: Any) -> Any:
    """A Python value as a cell can hold it."""
    if hasattr(value, "to_pydatetime"):
        value = None if str(value) == "NaT" else value.to_pydatetime()
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, numbers.Number):
        number = float(value)  # type: ignore[arg-type]
        return None if math.isnan(number) else number
    return value


def cleaned(
    data: Sequence[Sequence[Any]],
    date: Callable[..., Any],
    empty: Any,
    number: Callable[[float], Any] | None,
    errors: bool,
) -> Grid:
    """Cells as the user of xlwings asked for them."""

    def one(value: Any) -> Any:
        if value is None or value == "":
            return empty
        if isinstance(value, dt.datetime):
            parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
            return date(**{part: getattr(value, part) for part in parts}, tzinfo=None)
        if isinstance(value, str) and value in _ERRORS:
            return value if errors else None
        return number(value) if number and isinstance(value, float) else value

    return [[one(value) for value in row] for row in data]


class Range(base_classes.Range):
    """A block of cells, its places from 1."""

    row = column = 0
    shape = (0, 0)
    max_cells_per_read = max_cells_per_write = None

    def __init__(self, sheet: Any, row: int, column: int, rows: int = 1, columns: int = 1) -> None:
        self.sheet, self.row, self.column = sheet, row, column
        self.shape = (rows, columns)

    @classmethod
    def at(cls, sheet: Any, address: Any) -> "Range":
        """The cells of a CellRangeAddress."""
        rows, columns = address.EndRow - address.StartRow + 1, address.EndColumn - address.StartColumn + 1
        return cls(sheet, address.StartRow + 1, address.StartColumn + 1, rows, columns)

    @classmethod
    def of(cls, sheet: Any, first: Any, last: Any = None) -> "Range":
        """Cells by an address, by (row, column), or from one such to another."""
        start = first if isinstance(first, Range) else cls._one(sheet, first)
        if last is None:
            return start
        end = cls.of(sheet, last)
        top, left = min(start.row, end.row), min(start.column, end.column)
        bottom = max(start.row + start.shape[0], end.row + end.shape[0])
        right = max(start.column + start.shape[1], end.column + end.shape[1])
        return cls(sheet, top, left, bottom - top, right - left)

    @classmethod
    def _one(cls, sheet: Any, where: Any) -> "Range":
        if not isinstance(where, str):
            return cls(sheet, *where)
        found = _ADDRESS.fullmatch(where)
        if found is None:
            return cls.at(sheet, sheet.calc.getCellRangeByName(where).RangeAddress)
        return cls.at(sheet, sheet.calc.getCellRangeByName(where.replace("$", "")).RangeAddress)

    @property
    def coords(self) -> tuple[Any, ...]:
        """Sheet, row, column, height, width."""
        return (self.sheet, self.row, self.column, *self.shape)

    @property
    def api(self) -> RangeWords:
        """What Excel calls Range."""
        return RangeWords(self)

    @property
    def has_array(self) -> bool:
        """Whether the first cell belongs to an array formula."""
        return bool(self.calc.getCellByPosition(0, 0).getArrayFormula())

    @property
    def doc(self) -> Any:
        """The document."""
        return self.sheet.book.doc

    @property
    def calc(self) -> Any:
        """The cells in LibreOffice."""
        bottom, right = self.row + self.shape[0] - 2, self.column + self.shape[1] - 2
        return self.sheet.calc.getCellRangeByPosition(self.column - 1, self.row - 1, right, bottom)

    def __len__(self) -> int:
        return int(self.shape[0] * self.shape[1])

    def __call__(self, row: int, column: int | None = None) -> "Range":
        if column is None:
            row, column = (row - 1) // self.shape[1] + 1, (row - 1) % self.shape[1] + 1
        return Range(self.sheet, self.row + row - 1, self.column + column - 1)

    def get_address(
        self, row_absolute: bool = True, col_absolute: bool = True, external: bool = False
    ) -> str:
        """The address as Excel writes it."""
        rows, columns = "$" * row_absolute, "$" * col_absolute
        ends = {(self.row, self.column), (self.row + self.shape[0] - 1, self.column + self.shape[1] - 1)}
        return ":".join(f"{columns}{letters(at - 1)}{rows}{row}" for row, at in sorted(ends))

    @property
    def address(self) -> str:
        """The absolute address."""
        return self.get_address()

    @property
    def raw_value(self) -> Any:
        """The values; that of a single cell bare, as COM gives it."""
        grid = self._read()
        return grid[0][0] if len(self) == 1 else grid

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        if not isinstance(value, list | tuple):
            value = [[value] * self.shape[1]] * self.shape[0]
        self._write(value)

    def _read(self) -> Grid:
        cells = self.calc
        grid = [list(row) for row in cells.getDataArray()]
        for down, row in enumerate(grid):
            for across, value in enumerate(row):
                if value is None:  # an error
                    row[across] = str(cells.getCellByPosition(across, down).String)
        for part in cells.CellFormatRanges:  # one for each block of equal format
            kind = self._formats.getByKey(part.NumberFormat).Type
            if kind & (_DATE | _LOGICAL):
                self._as(kind, part.RangeAddress, grid)
        return grid

    def _as(self, kind: int, part: Any, grid: Grid) -> None:
        """Numbers of a block shown as days or as TRUE and FALSE."""
        since = _EPOCH_1904 if self.doc.NullDate.Year == 1904 else _EPOCH
        for row in range(part.StartRow - self.row + 1, part.EndRow - self.row + 2):
            for column in range(part.StartColumn - self.column + 1, part.EndColumn - self.column + 2):
                value = grid[row][column]
                if isinstance(value, float):
                    grid[row][column] = since + dt.timedelta(value) if kind & _DATE else bool(value)

    def _write(self, grid: Sequence[Sequence[Any]]) -> None:
        simple = {float, int, str, type(None)}
        if all(type(value) in simple and not _is_formula(value) for row in grid for value in row):
            values = tuple(tuple("" if value is None else value for value in row) for row in grid)
            self._sized(values).setDataArray(values)
            return
        for down, row in enumerate(grid):
            for across, value in enumerate(row):
                self(down + 1, across + 1)._put(value)

    def _sized(self, grid: Sequence[Sequence[Any]]) -> Any:
        return Range(self.sheet, self.row, self.column, len(grid), len(grid[0])).calc

    def _put(self, value: Any) -> None:
        cell = self.calc.getCellByPosition(0, 0)
        if _is_formula(value):
            enter(self.doc, cell, value)
        elif isinstance(value, str) or value is None:
            cell.setString(value or "")
        elif isinstance(value, bool):
            enter(self.doc, cell, str(value).upper())
        elif isinstance(value, dt.date):
            moment = value if isinstance(value, dt.datetime) else dt.datetime(*value.timetuple()[:3])
            since = _EPOCH_1904 if self.doc.NullDate.Year == 1904 else _EPOCH
            cell.setValue((moment.replace(tzinfo=None) - since) / dt.timedelta(days=1))
            if not self._formats.getByKey(cell.NumberFormat).Type & _DATE:
                self.number_format = "yyyy-mm-dd"
        else:
            cell.setValue(value)

    @property
    def formula(self) -> Any:
        """Formulas as Excel writes them, elsewhere the content as text."""
        texts = tuple(
            tuple(
                self(down + 1, across + 1)._printed() if _is_formula(text.removeprefix("{")) else text
                for across, text in enumerate(row)
            )
            for down, row in enumerate(self.calc.getFormulaArray())
        )
        return texts[0][0] if len(self) == 1 else texts

    @formula.setter
    def formula(self, value: Any) -> None:
        self.raw_value = value

    formula2 = formula

    def _printed(self) -> str:
        """The formula of one cell; that of an array stands in the array's first cell."""
        row, column = self.row, self.column
        if self.has_array:
            row, column = self.api.CurrentArray.Row, self.api.CurrentArray.Column
        return printed(self.doc, self.sheet.calc.getCellByPosition(column - 1, row - 1))

    @property
    def formula_array(self) -> str:
        """The array formula of the cells, "" where there is none."""
        return str(self(1, 1).formula) if self.calc.getArrayFormula() else ""

    @formula_array.setter
    def formula_array(self, value: str) -> None:
        enter_array(self.doc, self.calc, value)

    @property
    def _formats(self) -> Any:
        return self.doc.NumberFormats

    @property
    def number_format(self) -> str | None:
        """The format's code; None where the cells have several."""
        if self.calc.getPropertyState("NumberFormat").value == "AMBIGUOUS_VALUE":
            return None
        form = self._formats.getByKey(self.calc.NumberFormat)
        # Excel writes the letters of days small.
        return str(form.FormatString.lower() if form.Type & _DATE else form.FormatString)

    @number_format.setter
    def number_format(self, value: str) -> None:
        locale = self.doc.CharLocale
        key = self._formats.queryKey(value, locale, False)
        self.calc.NumberFormat = key if key != -1 else self._formats.addNew(value, locale)

    def select(self) -> None:
        """Bring the sheet to the front and select the cells."""
        self.sheet.activate()
        self.doc.CurrentController.select(self.calc)

    def clear_contents(self) -> None:
        """Take out the values and formulas."""
        self.calc.clearContents(_CONTENTS)

    def clear(self) -> None:
        """Take out everything."""
        self.calc.clearContents(_EVERYTHING)

    def end(self, direction: str) -> "Range":
        """The last cell before a blank, as Ctrl and an arrow find it."""
        down, across = {"down": (1, 0), "up": (-1, 0), "right": (0, 1), "left": (0, -1)}[direction]
        row, column = self.row, self.column
        while self._filled(row + down, column + across):
            row, column = row + down, column + across
        return Range(self.sheet, row, column)

    def _filled(self, row: int, column: int) -> bool:
        return min(row, column) > 0 and Range(self.sheet, row, column).raw_value not in (None, "")


def _is_formula(value: Any) -> bool:
    return isinstance(value, str) and value[:1] == "=" and len(value) > 1
