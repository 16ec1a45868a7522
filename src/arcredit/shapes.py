"""What an argument and a result can be: numbers, dates, labels, flags; a column; a table.

Spreadsheets hand over cells, columns, rows and blocks full of blanks. The readers below turn any of them
into numpy arrays of one kind and raise `InputError` with the places of the wrong elements. Blank is NaN
among numbers, NaT among dates, None among labels. Nothing here knows receivables.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from arcredit import distinct
from arcredit.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

Floats: TypeAlias = NDArray[np.float64]
Days: TypeAlias = NDArray[np.datetime64]
Texts: TypeAlias = NDArray[np.object_]
Flags: TypeAlias = NDArray[np.bool_]

Numbers: TypeAlias = Annotated[Any, "numbers"]
"""A number or a block of numbers; None, an empty text and NaN are blanks."""
Dates: TypeAlias = Annotated[Any, "dates"]
"""A date (date, datetime, datetime64, serial number, text as 2025-12-31) or a block of them."""
Labels: TypeAlias = Annotated[Any, "labels"]
"""A text or a block of texts, such as customer numbers; numbers become text without a trailing .0."""
Booleans: TypeAlias = Annotated[Any, "booleans"]
"""TRUE or FALSE, or a block of them; 1 and 0 are accepted."""

MOST_DAYS = 100_000
"""The last day a bucket may end on, some 270 years: buckets are looked up in a row of this length."""

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?")


@dataclass(frozen=True)
class Coded:
    """A label column held as codes into its distinct labels: what a million rows of few customers need.

    ``codes`` are positions in ``labels``; -1 is blank.
    """

    codes: NDArray[np.intp]
    labels: Texts

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: NDArray[Any]) -> "Coded":
        """The same column at other rows (positions or a mask)."""
        return Coded(self.codes[rows], self.labels)

    def texts(self) -> Texts:
        """The labels row by row."""
        padded: Texts = np.empty(len(self.labels) + 1, object)
        padded[:-1] = self.labels
        return padded[self.codes]


@dataclass(frozen=True)
class Table:
    """The result of a table function: named columns of equal height, in order.

    ``total`` marks a last row that is a sum of the others.
    """

    columns: Mapping[str, NDArray[Any]]
    total: bool = False
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Row by row, as Python values; blanks are None."""
        return zip(*(map(plain, column) for column in self.columns.values()), strict=True)

    def frame(self) -> "pd.DataFrame":
        """The table as a pandas DataFrame, for notebooks."""
        import pandas as pd

        return pd.DataFrame(dict(self.columns))


def plain(value: Any) -> Any:
    """A cell's value as a Python object: float, int, str, bool, date or None for a blank."""
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else value.astype("datetime64[D]").item()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value != value:
        return None
    return value


def result(array: NDArray[Any]) -> Any:
    """An element function's result: the array, or the bare value where every argument was a scalar."""
    return array[()] if array.ndim == 0 else array


def numbers(
    value: Any,
    argument: str,
    *,
    low: float | None = None,
    high: float | None = None,
    positive: bool = False,
    whole: bool = False,
) -> Floats:
    """Read numbers, blanks as NaN.

    Raises
    ------
    InputError
        ``#VALUE!`` for text, dates or flags; ``#NUM!`` below `low`, above `high`, not `positive` or `whole`.
    """
    array = _floats(value, argument)
    bad = np.isinf(array)
    _refuse(bad, "input.not_a_number", argument, array, cell="#NUM!")
    if low is not None:
        _refuse(array < low, "input.too_low", argument, array, low=_short(low))
    if high is not None:
        _refuse(array > high, "input.too_high", argument, array, high=_short(high))
    if positive:
        _refuse(array <= 0, "input.not_positive", argument, array)
    if whole:
        _refuse(~np.isnan(array) & (array != np.rint(array)), "input.not_whole", argument, array)
    return array


def share(value: Any, argument: str) -> Floats:
    """Read fractions from 0 to 1; 90 is refused, never taken for 90 %."""
    return numbers(value, argument, low=0, high=1)


def dates(value: Any, argument: str) -> Days:
    """Read dates as whole days (datetime64[D]), blanks as NaT; the time of day is cut off.

    A number is a day of the 1900 calendar, as a cell without a date format hands it over: 45658 is
    2025-01-01.

    Raises
    ------
    InputError
        ``#VALUE!`` for text other than 2025-12-31 and for numbers that are no day.
    """
    array = _array(value)
    if array.dtype.kind == "M":
        return array.astype("datetime64[D]")
    day = _each(_day, array)
    _refuse(day == False, "input.not_a_date", argument, array, cell="#VALUE!")  # noqa: E712
    return day.astype("datetime64[D]")


def one_date(value: Any, argument: str = "as_of") -> np.datetime64:
    """Read the one date a table is made for; a blank or a block of dates is refused with ``#VALUE!``."""
    day = dates(value, argument).reshape(-1)
    if len(day) != 1 or np.isnat(day[0]):
        raise InputError("input.not_a_date", cell="#VALUE!", argument=argument, found=plain(value))
    return np.datetime64(day[0], "D")


def single(value: Any, argument: str) -> Any:
    """The one value of a cell that a table is made for; a block of several is refused with ``#VALUE!``."""
    array = _array(value)
    if array.size != 1:
        raise InputError("input.not_single", cell="#VALUE!", argument=argument, found=array.size)
    return plain(array.reshape(-1)[0])


def labels(value: Any, argument: str) -> Texts:
    """Read texts, blanks as None; 1001.0 becomes "1001", outer spaces are cut off."""
    if isinstance(value, Coded):
        return value.texts()
    return _each(_label, _array(value))


def coded(value: Any, argument: str) -> Coded:
    """Read a label column as codes into its distinct labels, in order of first appearance."""
    if isinstance(value, Coded):
        return value
    return Coded(*distinct.codes(labels(value, argument).reshape(-1)))


def flags(value: Any, argument: str, default: bool = False) -> Flags:
    """Read TRUE and FALSE (also 1, 0, "true", "yes", "是" and their opposites); blanks are `default`."""
    array = _array(value)
    if array.dtype.kind == "b":
        return array.astype(bool)
    flag = _each(lambda item: _flag(item, default), array)
    _refuse(flag == "?", "input.not_a_flag", argument, array, cell="#VALUE!")
    return flag.astype(bool)


_FLAG_WORDS: dict[Any, bool] = {
    **dict.fromkeys((1, "true", "yes", "y", "x", "是", "1"), True),
    **dict.fromkeys((0, "false", "no", "n", "否", "0"), False),
}


def option(value: Any, argument: str, allowed: Sequence[str], default: str | None = None) -> str:
    """Read one short word, any case; a blank is `default` (the first allowed word unless given).

    Raises
    ------
    InputError
        ``#VALUE!`` for a word that is not allowed.
    """
    if _blank(value):
        return default or allowed[0]
    word = str(value).strip().lower()
    if word not in allowed:
        raise InputError(
            "input.unknown_option",
            cell="#VALUE!",
            argument=argument,
            found=str(value),
            allowed=", ".join(allowed),
        )
    return word


def options(value: Any, argument: str, allowed: Sequence[str], blank: int = 0) -> NDArray[np.intp]:
    """Read short words, any case, as their places in `allowed`; a blank is place `blank`.

    Raises
    ------
    InputError
        ``#VALUE!`` at the words that are not allowed.
    """
    array = _array(value).astype(object)
    codes, words = distinct.codes(array.reshape(-1))
    place = {word.lower(): number for number, word in enumerate(allowed)} | {"": blank}
    found = [place.get(str(word).strip().lower(), -2) for word in words]
    places = np.array([*found, blank], np.intp)[codes].reshape(array.shape)
    wrong = places == -2
    _refuse(wrong, "input.unknown_option", argument, array, cell="#VALUE!", allowed=", ".join(allowed))
    return np.asarray(places)


def listed(value: Any) -> list[Any]:
    """A list given as a range, a sequence, ``{30,60,90}`` or ``"30,60;90"``, without its blanks."""
    if isinstance(value, str):
        return [part.strip() for part in re.split(r"[,;]", value.strip().strip("{}")) if part.strip()]
    return [plain(item) for item in _array(value).reshape(-1) if not _blank(item)]


def edges(value: Any, argument: str = "edges", default: Sequence[int] = (30, 60, 90, 120)) -> tuple[int, ...]:
    """Read bucket edges: whole days above 0, strictly rising.

    Raises
    ------
    InputError
        ``#NUM!`` where they do not rise, ``#VALUE!`` where one is not a number.

    Examples
    --------
    >>> edges("15; 30, 45")
    (15, 30, 45)
    """
    items = listed(value) if value is not None else []
    if not items:
        return tuple(default)
    try:
        days = [float(item) for item in items]
    except (TypeError, ValueError):
        raise InputError("input.not_a_number", cell="#VALUE!", argument=argument, found=str(value)) from None
    if max(days) > MOST_DAYS:
        raise InputError("input.too_high", argument=argument, found=_short(max(days)), high=_short(MOST_DAYS))
    rising = all(low < high for low, high in zip([0.0, *days], days, strict=False))
    if not rising or any(day != int(day) for day in days):
        raise InputError("input.unsorted_edges", argument=argument, found=", ".join(map(str, items)))
    return tuple(int(day) for day in days)


def column(array: NDArray[Any]) -> NDArray[Any]:
    """A block's cells as one column, row by row."""
    return array.reshape(-1)


def with_last(array: NDArray[Any], value: Any = None) -> NDArray[Any]:
    """A table's column with its last line's value appended; None is a blank of the column's kind."""
    blank = {"M": np.datetime64("NaT"), "f": np.nan}.get(array.dtype.kind)
    return np.concatenate([array, np.array([blank if value is None else value], array.dtype)])


def same_height(**columns: Any) -> int:
    """The common height of columns.

    Raises
    ------
    InputError
        ``#VALUE!`` for the first column of another height.
    """
    heights = {name: len(item) for name, item in columns.items() if item is not None}
    expected = next(iter(heights.values()), 0)
    for name, found in heights.items():
        if found != expected:
            raise InputError(
                "input.unequal_heights", cell="#VALUE!", argument=name, found=found, expected=expected
            )
    return expected


def cells(value: Any) -> NDArray[Any]:
    """Cells as they came, for arguments that mix kinds; an object array where they are of several."""
    return _array(value)


def _array(value: Any) -> NDArray[Any]:
    """Any cell, list, nested list, Series or array as a numpy array; objects where kinds mix."""
    if isinstance(value, np.ndarray):
        return value
    if hasattr(value, "to_numpy"):
        return np.asarray(value.to_numpy())
    if isinstance(value, list | tuple):
        return np.array(value, dtype=object)
    return np.array(value, dtype=object)


def _each(read: Callable[[Any], Any], array: NDArray[Any]) -> Texts:
    """`read` of every item, in the array's own shape."""
    with np.errstate(invalid="ignore"):  # some builds of Python raise the processor's flag for NaN != NaN
        return np.asarray(np.frompyfunc(read, 1, 1)(array.astype(object)), object)


def _floats(value: Any, argument: str) -> Floats:
    if value is None or type(value) is float:
        return np.array(value, np.float64)
    array = _array(value)
    if array.dtype.kind in "fiu":
        return array.astype(np.float64)
    if array.dtype.kind == "O":
        blank = _each(_blank, array).astype(bool)
        number = _each(_is_number, array).astype(bool)
        _refuse(~blank & ~number, "input.not_a_number", argument, array, cell="#VALUE!")
        return np.where(blank, np.nan, array).astype(np.float64)
    _refuse(np.ones(array.shape, bool), "input.not_a_number", argument, array, cell="#VALUE!")
    return np.empty(array.shape)


def _is_number(item: Any) -> bool:
    return isinstance(item, int | float | np.integer | np.floating) and not isinstance(item, bool | np.bool_)


def _blank(item: Any) -> bool:
    if item is None or (isinstance(item, str) and not item.strip()):
        return True
    if isinstance(item, np.datetime64):
        return bool(np.isnat(item))
    try:
        return bool(item != item)
    except (TypeError, ValueError):
        return False


def _day(item: Any) -> dt.date | bool | None:
    """The item as a day, None for a blank, False for what is no date."""
    if _blank(item):
        return None
    if isinstance(item, np.datetime64):
        item = item.astype("datetime64[D]").item()
    if isinstance(item, dt.datetime):
        return item.date()
    if isinstance(item, dt.date):
        return item
    if _is_number(item):
        return _serial_day(float(item))
    if isinstance(item, str) and _ISO.fullmatch(item.strip()):
        try:
            return dt.date.fromisoformat(item.strip()[:10])
        except ValueError:
            return False
    return False


def _serial_day(serial: float) -> dt.date | bool:
    """The day of a spreadsheet's serial number; number 60 is the 29 February 1900 that never was."""
    if not 1 <= serial < 2_958_466 or int(serial) == 60:
        return False
    # Before that phantom day the count lags by one.
    return dt.date(1899, 12, 30) + dt.timedelta(days=int(serial) + (serial < 60))


def _flag(item: Any, default: bool) -> bool | str:
    """The item as a flag, `default` for a blank, "?" for what is no flag."""
    if _blank(item):
        return default
    word = plain(item)
    word = word.strip().lower() if isinstance(word, str) else word
    return _FLAG_WORDS.get(word, "?") if isinstance(word, str | int | float) else "?"


def _label(item: Any) -> str | None:
    if _blank(item):
        return None
    if isinstance(item, float | np.floating) and float(item).is_integer():
        return str(int(item))
    return str(item).strip()


def _short(number: float) -> str:
    return f"{number:g}"


def _refuse(
    bad: Any, key: str, argument: str, array: NDArray[Any], *, cell: str = "#NUM!", **values: Any
) -> None:
    """Raise `InputError` naming the first wrong element, if there is one."""
    bad = np.asarray(bad)
    if not bad.any():
        return
    found = plain(array[bad][0] if array.ndim else array[()])
    shown = _short(found) if isinstance(found, float) else found
    raise InputError(key, cell=cell, where=bad, argument=argument, found=shown, **values)
