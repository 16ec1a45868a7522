"""Blocks of cells that users hand over: a table with a header row, a list of keys and values, one cell."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.errors import InputError
from arcredit.shapes import Texts, numbers, plain, single

Columns = Mapping[str, NDArray[Any]]
"""Columns of a block by their names, cells as they came."""


def headed(value: Any, argument: str, names: Mapping[str, Sequence[str]], required: Sequence[str]) -> Columns:
    """Columns of a block whose first row holds the headings; blank rows and unknown columns are left out.

    Parameters
    ----------
    value : block, mapping of columns or None
        The block; None has no rows.
    argument : str
        Name of the argument, for the message.
    names : mapping of str to other spellings
        Columns to look for, with further headings that mean them.
    required : sequence of str
        Columns that must be there.

    Raises
    ------
    InputError
        ``#VALUE!`` where a required column is missing.

    Examples
    --------
    >>> headed([["Customer", "客户额度"], ["A", 5]], "limits", {"limit": ["客户额度"]}, ["limit"])["limit"]
    array([5], dtype=object)
    """
    if nothing(value):
        return {name: np.empty(0, object) for name in names}
    headings, cells = _cut(value, argument)
    meant = {spelling: name for name, others in names.items() for spelling in (name, *others)}
    places = {meant[word]: place for place, word in enumerate(headings) if word in meant}
    for name in required:
        if name not in places:
            raise InputError("block.missing_column", cell="#VALUE!", argument=argument, found=name)
    filled = np.array([not all(map(blank, row)) for row in cells], bool)
    rows = cells[filled]
    return {
        name: rows[:, places[name]] if name in places else np.full(len(rows), None, object) for name in names
    }


def keyed(value: Any, argument: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Keys and values of a two-column block or a mapping; a blank value keeps its default.

    Raises
    ------
    InputError
        ``#VALUE!`` for a key that `defaults` does not have.

    Examples
    --------
    >>> keyed([["Advance rate", 0.8]], "policy", {"advance_rate": 0.85})
    {'advance_rate': 0.8}
    """
    if nothing(value):
        return dict(defaults)
    pairs = list(value.items()) if isinstance(value, Mapping) else _pairs(value, argument)
    given = {_word(key): plain(item) for key, item in pairs if not blank(key)}
    for key in given:
        if key not in defaults:
            raise InputError(
                "block.unknown_key", cell="#VALUE!", argument=argument, found=key, allowed=", ".join(defaults)
            )
    return {**defaults, **{key: item for key, item in given.items() if not blank(item)}}


def one_number(value: Any, argument: str, default: float | None = None, **bounds: Any) -> float:
    """Read one number; a blank is `default`, and refused where there is none.

    Raises
    ------
    InputError
        ``#VALUE!`` for a block of numbers, or a blank without default; further as `numbers`.
    """
    found = float(numbers(single(value, argument), argument, **bounds))
    if not np.isnan(found):
        return found
    if default is None:
        raise InputError("block.missing_value", cell="#VALUE!", argument=argument)
    return default


def nothing(value: Any) -> bool:
    """Whether an optional block was not given: None or one blank cell."""
    if value is None:
        return True
    if isinstance(value, Mapping):
        return not value
    if hasattr(value, "columns"):
        return False
    array = np.asarray(value, object)
    return bool(array.size == 0 or (array.size == 1 and blank(array.reshape(-1)[0])))


def blank(cell: Any) -> bool:
    """Whether a cell is blank: None, NaN, NaT or an empty text."""
    return plain(cell) is None or cell is None or (isinstance(cell, str) and not cell.strip()) or cell != cell


def _cut(value: Any, argument: str) -> tuple[list[str], Texts]:
    """Headings, and the cells below them."""
    if hasattr(value, "to_numpy"):
        return [_word(name) for name in value.columns], value.to_numpy().astype(object)
    if isinstance(value, Mapping):
        columns = [np.asarray(cells, object).reshape(-1) for cells in value.values()]
        return [_word(name) for name in value], np.stack(columns, axis=1)
    array = _square(value, argument)
    return [_word(cell) for cell in array[0]], array[1:]


def _pairs(value: Any, argument: str) -> list[tuple[Any, Any]]:
    array = _square(value, argument)
    if array.shape[1] < 2:
        raise InputError("block.not_a_block", cell="#VALUE!", argument=argument)
    pairs = [(row[0], row[1]) for row in array]
    # A header row such as "key, value" is no key.
    return pairs[1:] if _word(pairs[0][0]) in ("key", "name", "项目", "参数") else pairs


def _square(value: Any, argument: str) -> Texts:
    try:
        array = np.array(value, object)
    except ValueError:
        array = np.empty(0, object)
    if array.ndim != 2 or not array.size:
        raise InputError("block.not_a_block", cell="#VALUE!", argument=argument)
    return array


def _word(cell: Any) -> str:
    return "" if blank(cell) else str(cell).strip().lower().replace(" ", "_").replace("-", "_")
