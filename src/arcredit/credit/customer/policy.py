"""The credit policy: what a customer of each grade may get, as data; and the reader of a user's own one.

Source: product rule, the default policy of the worksheet functions; every figure of it is ours to tune and
yours to replace.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.errors import InputError
from arcredit.shapes import Floats, Numbers, numbers, plain, result, same_height
from arcredit.words import LANGUAGES, say

GRADES = range(1, 11)
_NAMES = (
    "grade",
    "pd",
    "loss_given_default",
    "net_worth_share",
    "working_capital_share",
    "sales_share",
    "own_risk",
    "loss_budget",
    "max_terms_days",
    "prepayment_share",
    "headroom",
)
_AMOUNTS = {"own_risk", "loss_budget", "max_terms_days"}
"""Columns that may exceed 1; all the others are shares."""

_ROWS = (
    (1, 0.0005, 0.9, 0.25, 0.30, 0.050, None, None, 90, 0, 0.10),
    (2, 0.001, 0.9, 0.22, 0.28, 0.045, None, None, 90, 0, 0.10),
    (3, 0.0025, 0.9, 0.20, 0.25, 0.040, None, None, 60, 0, 0.10),
    (4, 0.006, 0.9, 0.18, 0.22, 0.030, None, None, 60, 0, 0.10),
    (5, 0.012, 0.9, 0.15, 0.20, 0.025, None, None, 45, 0, 0.10),
    (6, 0.025, 0.9, 0.10, 0.15, 0.020, None, None, 30, 0, 0.10),
    (7, 0.05, 0.9, 0.05, 0.08, 0.010, 0, None, 30, 0.25, 0.10),
    (8, 0.10, 0.9, 0.02, 0.03, 0.005, 0, None, 14, 0.50, 0.10),
    (9, 0.25, 0.9, 0, 0, 0, 0, None, 0, 1, 0),
    (10, 1, 0.9, 0, 0, 0, 0, None, 0, 1, 0),
)
DEFAULT_POLICY: Mapping[str, Sequence[float | None]] = dict(
    zip(_NAMES, zip(*_ROWS, strict=True), strict=True)
)
"""The built-in policy, column by column; None is a blank cell, which switches a cap off."""


def read_policy(policy: Any = None) -> Mapping[str, Floats]:
    """A policy's columns by the grade's number: element 0 is NaN, for a blank grade.

    Parameters
    ----------
    policy : block, mapping of columns or None
        A header row and one line per grade, in any order of rows and columns; headings are the columns'
        names, or their titles in English or Chinese. A blank cell, or a column that is not there, switches
        that cap off. None is the default policy.

    Raises
    ------
    InputError
        ``#VALUE!`` for an unknown or repeated heading, a missing or repeated grade, text for a number, a
        loss budget without probability; ``#NUM!`` for a share beyond 0 to 1 or a negative amount.

    Examples
    --------
    >>> float(read_policy()["net_worth_share"][5])
    0.15
    """
    given = _headed(policy)
    if all(map(_blank, [cell for heading, cells in given for cell in (heading, *cells)])):
        return _DEFAULT
    return _checked(_columns(given))


def places(grade: Floats) -> NDArray[np.intp]:
    """Where a grade stands in the columns of `read_policy`."""
    return np.nan_to_num(grade).astype(np.intp)


def grades(value: Any, argument: str = "grade") -> Floats:
    """Read grades: whole numbers from 1, the best, to 10."""
    return numbers(value, argument, low=1, high=10, whole=True)


def credit_terms(grade: Numbers, policy: Any = None) -> Numbers:
    """Longest payment terms to offer a customer of this grade; 0 = prepayment only.

    该信用等级客户可给予的最长账期；0 表示须全额预付。

    Parameters
    ----------
    grade : Numbers
        Grade, 1 (best) to 10. [grade]
        信用等级，1（最好）至 10。
    policy : Block, default blank
        Credit policy: header row and one line per grade; blank = the built-in policy. [table]
        信用政策表：首行表头，每级一行；留空用内置政策。

    Returns
    -------
    Numbers
        Column max_terms_days of the policy; blank there is unknown. [days]

    Raises
    ------
    InputError
        If a grade is not a whole number from 1 to 10, or the policy does not add up.

    Notes
    -----
    The default terms are a product proposal, not a standard: replace them by your own policy.

    Source: product rule, default credit policy.

    Examples
    --------
    >>> credit_terms([2, 5, 9]).tolist()
    [90.0, 45.0, 0.0]
    """
    return result(read_policy(policy)["max_terms_days"][places(grades(grade))])


def _columns(given: Sequence[tuple[Any, list[Any]]]) -> dict[str, list[Any]]:
    """The block's columns by their names, without blank rows and columns."""
    same_height(**{str(name): cells for name, cells in given})
    filled = [(name, cells) for name, cells in given if not (_blank(name) and all(map(_blank, cells)))]
    names = [_name(heading) for heading, _ in filled]
    unknown = [
        str(plain(heading) or "''") for (heading, _), name in zip(filled, names, strict=True) if name is None
    ]
    if unknown:
        raise _refused("credit_policy.unknown_columns", found=", ".join(unknown), allowed=", ".join(_NAMES))
    for name in names:
        if names.count(name) > 1:
            raise _refused("credit_policy.repeated_column", found=name)
    rows = [row for row in zip(*(cells for _, cells in filled), strict=True) if not all(map(_blank, row))]
    return {str(name): [row[place] for row in rows] for place, name in enumerate(names)}


def _headed(policy: Any) -> list[tuple[Any, list[Any]]]:
    """Heading and cells of each column; nothing for a blank cell."""
    if hasattr(policy, "items"):
        return [(name, list(cells)) for name, cells in policy.items()]
    try:
        block = np.array(policy, object)
    except ValueError:
        block = np.array("rows of unequal length", object)
    if block.size == 1 and _blank(block.item()):
        return []
    if block.ndim != 2 or len(block) < 2:
        raise _refused("credit_policy.not_a_table")
    return [(column[0], list(column[1:])) for column in block.T]


def _name(heading: Any) -> str | None:
    """The column a heading means: its name, or its title in any language."""
    word = str(heading).strip().lower()
    titles = {
        say(f"credit_policy.column.{name}", language).lower(): name
        for name in _NAMES
        for language in LANGUAGES
    }
    name = word.replace(" ", "_")
    return name if name in _NAMES else titles.get(word)


def _checked(columns: Mapping[str, Sequence[Any]]) -> Mapping[str, Floats]:
    """The columns as numbers, in the order of the grades, blank where the policy has no such column."""
    grade = _numbers("grade", columns.get("grade", []))
    if sorted(grade) != list(GRADES):
        found = ", ".join("blank" if one != one else f"{one:g}" for one in grade)
        raise _refused("credit_policy.grades", found=found or "none")
    table = {name: np.full(len(GRADES) + 1, np.nan) for name in _NAMES}
    for name, cells in columns.items():
        table[name][grade.astype(np.intp)] = _numbers(name, cells)
    unfounded = ~np.isnan(table["loss_budget"]) & np.isnan(table["pd"] * table["loss_given_default"])
    if unfounded.any():
        raise _refused("credit_policy.budget_without_pd", found=str(np.flatnonzero(unfounded)[0]))
    return table


def _numbers(name: str, cells: Sequence[Any]) -> Floats:
    highest = None if name in _AMOUNTS or name == "grade" else 1.0
    try:
        return numbers(list(cells), name, low=0, high=highest, whole=name == "max_terms_days")
    except InputError as error:
        # The wrong place is in the policy, not in one of the cells the function was called for.
        values = {**error.values, "argument": f"policy, {name}"}
        raise InputError(error.key, cell=error.cell, **values) from None


def _refused(key: str, **values: Any) -> InputError:
    return InputError(key, cell="#VALUE!", argument="policy", **values)


def _blank(cell: Any) -> bool:
    return plain(cell) is None or (isinstance(cell, str) and not cell.strip())


_DEFAULT = _checked(DEFAULT_POLICY)
