"""A figure as a worksheet function: a spreadsheet's cells in, a spreadsheet's cells out.

The one place where blanks, serial dates and error cells of a spreadsheet meet the pure functions:

- an error in an input cell comes out again in an element function; in a table function its row is left out,
  counted and named in a last line;
- a wrong element of a column gives the error in its own cell, the others are computed;
- a blank in a required argument gives a blank, an undefined figure the error its function declares.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcredit.errors import InputError
from arcredit.shapes import Table, plain
from arcredit.words import say

ERRORS = {
    "#NULL!": 2000,
    "#DIV/0!": 2007,
    "#VALUE!": 2015,
    "#REF!": 2023,
    "#NAME?": 2029,
    "#NUM!": 2036,
    "#N/A": 2042,
}
"""Error values and their numbers in VBA's CVErr."""

MISSING = -2147352572
"""What COM hands over for an optional argument that was left out."""

_SCODES = {number - 2146828288: code for code, number in ERRORS.items()}
_DAYS_1904 = 1462
_PHANTOM, _END_OF_DAYS = 60, 2_958_466
_NUMERIC = {float, int, type(None)}
_PLAIN = {str, int, bool}


class CellError(NamedTuple):
    """An error value in a cell."""

    code: str


@dataclass(frozen=True)
class WorksheetFunction:
    """A pure function with a spreadsheet's manners.

    Parameters
    ----------
    function : callable
        The figure.
    undefined : str
        What NaN means where every required input is there: ``"#N/A"`` unknown, ``"#DIV/0!"`` no base.
    unknown : tuple of str
        Required arguments whose blank means unknown (``#N/A``), not "no row here".
    """

    function: Callable[..., Any]
    undefined: str = "#N/A"
    unknown: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What users type."""
        return self.function.__name__.upper()

    @cached_property
    def parameters(self) -> tuple[inspect.Parameter, ...]:
        """The arguments, in order."""
        return tuple(inspect.signature(self.function).parameters.values())

    @cached_property
    def kind(self) -> str:
        """``"table"``, ``"aggregate"`` or ``"element"``."""
        kinds = {Table: "table", float: "aggregate"}
        return kinds.get(inspect.signature(self.function).return_annotation, "element")

    def __call__(self, *cells: Any, date_1904: bool = False) -> Any:
        """The result for a call from a cell.

        Parameters
        ----------
        *cells
            Arguments as the spreadsheet hands them over: values, or tuples of rows.
        date_1904 : bool
            Whether the workbook counts days from 1904.

        Returns
        -------
        value or tuple of rows
            With `CellError` for errors, ``""`` for blanks and dates as datetime.date.
        """
        given = {
            name: _cells(cell, self.kinds[name], date_1904)
            for name, cell in zip(self.kinds, cells, strict=False)
            if not _left_out(cell)
        }
        try:
            return _out(getattr(self, f"_{self.kind}")(given))
        except _Whole as error:
            return CellError(error.code)

    def _element(self, given: dict[str, NDArray[Any]]) -> Any:
        if not any(block.ndim for block in given.values()):
            found = self._single(given)
            if found is not None:
                return found
        varying = {name: block for name, block in given.items() if self.kinds[name]}
        shape = _broadcast(varying)
        errors = _spread(varying, shape)
        for name in given.keys() - varying.keys():
            _whole_error(given[name])
        clean = {name: _without_errors(block) for name, block in given.items()}
        found = self._computed(clean, errors, shape)
        return self._filled(found, clean, errors, shape)

    def _single(self, given: dict[str, NDArray[Any]]) -> Any:
        """The figure of single cells where nothing is wrong or missing; None where a closer look is due."""
        if any(isinstance(block.item(), CellError) for block in given.values()):
            return None
        try:
            found = self._call(given)
        except InputError:
            return None
        return None if isinstance(found, np.ndarray) else plain(found)

    def _computed(self, clean: dict[str, NDArray[Any]], errors: NDArray[Any], shape: tuple[int, ...]) -> Any:
        """Compute; elements that the function refuses get its error, are blanked, and the rest goes on."""
        while True:
            try:
                return self._call(clean)
            except InputError as error:
                block = clean.get(error.argument)
                where = error.where
                if block is None or where is None or where.shape != block.shape or not where.any():
                    raise _Whole(error.cell) from None
                spread = np.broadcast_to(where, shape)
                errors[spread & (errors == "")] = error.cell
                clean[error.argument] = _emptied(block, where)

    def _filled(
        self, found: Any, clean: dict[str, NDArray[Any]], errors: NDArray[Any], shape: tuple[int, ...]
    ) -> NDArray[Any]:
        """The result's cells, blanks and errors put in."""
        figures = np.broadcast_to(np.asarray(found), shape)
        empty = _blanks(figures)
        wrong = errors != ""
        if not empty.any() and not wrong.any():
            return figures
        cells = np.array(_objects(figures), object)
        blank, unknown = self._missing(clean, shape)
        errors[~wrong & empty & ~blank] = self.undefined
        errors[~wrong & empty & unknown & ~blank] = "#N/A"
        cells[empty] = ""
        wrong = errors != ""
        cells[wrong] = _as_objects([CellError(code) for code in errors[wrong]])
        return cells

    def _missing(
        self, clean: dict[str, NDArray[Any]], shape: tuple[int, ...]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Where a required argument is blank: no row there, or one that means unknown."""
        blank, unknown = np.zeros(shape, bool), np.zeros(shape, bool)
        for name in self._blank_required:
            if self.kinds[name]:
                missing = np.broadcast_to(_blanks(clean.get(name, _NOTHING)), shape)
                (unknown if name in self.unknown else blank)[missing] = True
        return blank, unknown

    def _aggregate(self, given: dict[str, NDArray[Any]]) -> Any:
        for block in given.values():
            _whole_error(block)
        found = self._guarded(given)
        return CellError(self.undefined) if plain(found) is None else plain(found)

    def _table(self, given: dict[str, NDArray[Any]]) -> Any:
        columns = {name: block for name, block in given.items() if self.kinds[name] and _is_column(block)}
        height = max((block.size for block in columns.values()), default=0)
        columns = {name: block for name, block in columns.items() if block.size == height}
        for name in given.keys() - columns.keys():
            if self.kinds[name]:
                _whole_error(given[name])
        wrong = np.zeros(height, bool)
        for block in columns.values():
            wrong |= _is_error(block).reshape(-1)
        if height and wrong.all():
            raise _Whole(next(_first_error(block) for block in columns.values() if _is_error(block).any()))
        kept = {name: block.reshape(-1)[~wrong] for name, block in columns.items()}
        table = self._guarded({**given, **kept})
        return _spilled(table, int(wrong.sum()))

    def _guarded(self, given: dict[str, NDArray[Any]]) -> Any:
        try:
            return self._call(given)
        except InputError as error:
            raise _Whole(error.cell) from None

    def _call(self, given: dict[str, NDArray[Any]]) -> Any:
        """The pure function; what was left out has its default."""
        return self.function(
            **{
                # A number or a day stays an array of no dimension, which is read without a look at each cell.
                name: block[()] if block.ndim == 0 and block.dtype == object else block
                for name, block in ({**self._blank_required, **given}).items()
            }
        )

    @cached_property
    def _blank_required(self) -> dict[str, NDArray[Any]]:
        required = [item.name for item in self.parameters if item.default is inspect.Parameter.empty]
        return dict.fromkeys(required, _NOTHING)

    @cached_property
    def kinds(self) -> dict[str, str]:
        """What each argument varies over: numbers, dates, labels, booleans; "" for a block of its own."""
        return {item.name: getattr(item.annotation, "__metadata__", ("",))[0] for item in self.parameters}


class _Whole(Exception):  # noqa: N818  never leaves this module
    """The whole result is one error."""

    def __init__(self, code: str) -> None:
        self.code = code


_NOTHING: NDArray[Any] = np.array(None, object)


def _left_out(cell: Any) -> bool:
    return cell is None or (type(cell) is int and cell == MISSING)


def _cells(value: Any, kind: str, date_1904: bool) -> NDArray[Any]:
    """A spreadsheet's argument as an array: of numbers or days where it holds nothing else."""
    if type(value) is float and kind == "numbers":
        return np.array(value)
    rows = _rows(value)
    flat = list(chain.from_iterable(rows))
    array = _quick(flat, kind, _DAYS_1904 if date_1904 else 0)
    if array is None:
        array = _as_objects([_cell(cell) for cell in flat])
        if date_1904 and kind == "dates":
            array = _as_objects([_from_1904(cell) for cell in array])
    return array.reshape((len(rows), len(rows[0])) if len(flat) > 1 else ())


def _rows(value: Any) -> Sequence[Sequence[Any]]:
    """An argument as rows of cells; a flat sequence is a column, an empty one a blank."""
    if not isinstance(value, tuple | list):
        return ((value,),)
    if not value:
        return ((None,),)
    if set(map(type, value)) <= {tuple, list}:
        return value
    return [row if isinstance(row, tuple | list) else (row,) for row in value]


def _quick(flat: Sequence[Any], kind: str, shift: int) -> NDArray[Any] | None:
    """Numbers as floats and days as datetime64, blanks included; None where there is anything else."""
    types = set(map(type, flat))
    if kind not in ("numbers", "dates") or not types <= _NUMERIC:
        return None
    if int in types and not _SCODES.keys().isdisjoint(flat):
        return None
    floats = np.array(flat, np.float64)
    if kind == "numbers":
        return floats
    serials = floats + shift
    # Before the 29 February 1900 that never was, and outside the calendar, each cell is looked at.
    if not np.all(np.isnan(serials) | ((serials > _PHANTOM) & (serials < _END_OF_DAYS))):
        return None
    return np.datetime64("1899-12-30") + np.floor(serials).astype("timedelta64[D]")


def _cell(value: Any) -> Any:
    if type(value) is int and value in _SCODES:
        return CellError(_SCODES[value])
    if isinstance(value, str) and value in ERRORS:
        return CellError(value)
    if isinstance(value, str) and not value.strip():
        return None
    return value


def _from_1904(cell: Any) -> Any:
    is_serial = isinstance(cell, int | float) and not isinstance(cell, bool)
    return cell + _DAYS_1904 if is_serial else cell


def _is_error(block: NDArray[Any]) -> NDArray[np.bool_]:
    if block.dtype != object:
        return np.zeros(block.shape, bool)
    return np.array([type(cell) is CellError for cell in block.reshape(-1)], bool).reshape(block.shape)


def _is_column(block: NDArray[Any]) -> bool:
    """Whether a block is one column or row of several cells, which a table takes row by row."""
    return block.size > 1 and block.size == max(block.shape)


def _code(cell: Any) -> str:
    return cell.code if isinstance(cell, CellError) else ""


def _first_error(block: NDArray[Any]) -> str:
    return str(next(cell.code for cell in block.reshape(-1) if isinstance(cell, CellError)))


def _whole_error(block: NDArray[Any]) -> None:
    if _is_error(block).any():
        raise _Whole(_first_error(block))


def _without_errors(block: NDArray[Any]) -> NDArray[Any]:
    return block if block.dtype != object else _emptied(block, _is_error(block))


def _emptied(block: NDArray[Any], where: NDArray[np.bool_]) -> NDArray[Any]:
    kept = block.copy()
    kept[where] = None
    return kept


def _blanks(block: NDArray[Any]) -> NDArray[np.bool_]:
    if block.dtype.kind == "f":
        return np.asarray(np.isnan(block))
    if block.dtype.kind == "M":
        return np.asarray(np.isnat(block))
    if block.dtype != object:
        return np.zeros(block.shape, bool)
    return np.array([plain(cell) is None for cell in block.reshape(-1)], bool).reshape(block.shape)


def _broadcast(blocks: dict[str, NDArray[Any]]) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(*(block.shape for block in blocks.values()))
    except ValueError:
        raise _Whole("#VALUE!") from None


def _spread(blocks: dict[str, NDArray[Any]], shape: tuple[int, ...]) -> NDArray[Any]:
    """The error of each result cell: that of the first argument which has one."""
    errors = np.full(shape, "", object)
    for block in blocks.values():
        wrong = _is_error(block)
        if wrong.any():
            codes = np.asarray(np.frompyfunc(_code, 1, 1)(block), object)
            errors = np.where(errors == "", np.broadcast_to(codes, shape), errors)
    return errors


def _objects(found: NDArray[Any]) -> NDArray[Any]:
    return (found.astype("datetime64[D]") if found.dtype.kind == "M" else found).astype(object)


def _spilled(table: Table, left_out: int) -> NDArray[Any]:
    """A table with its headings, and a last line that counts the rows left out for their errors."""
    lines: list[Sequence[Any]] = [
        list(table.columns),
        *([_shown(cell) for cell in row] for row in table.rows()),
    ]
    for note in (*table.notes, *([say("input.left_out", count=left_out)] if left_out else [])):
        lines.append([note, *[""] * (len(table.columns) - 1)])
    cells = np.empty((len(lines), len(table.columns)), object)
    for place, line in enumerate(lines):
        cells[place] = line
    return cells


def _shown(cell: Any) -> Any:
    return "" if cell is None else cell


def _out(found: Any) -> Any:
    """Cells as tuples of rows of Python values, or one value."""
    if not isinstance(found, np.ndarray):
        return found
    if found.dtype == object:
        cells = [cell if type(cell) in _PLAIN else _plain_cell(cell) for cell in found.reshape(-1)]
        found = _as_objects(cells).reshape(found.shape)
    elif found.dtype.kind == "M":
        found = found.astype("datetime64[D]")
    return found.item() if found.ndim == 0 else tuple(zip(*np.atleast_2d(found).T.tolist(), strict=True))


def _as_objects(cells: Sequence[Any]) -> NDArray[Any]:
    # An error is a tuple: np.array would look into it.
    return np.fromiter(cells, object, len(cells))


def _plain_cell(cell: Any) -> Any:
    return cell if isinstance(cell, CellError) else _shown(plain(cell))
