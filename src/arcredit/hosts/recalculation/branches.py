"""IF and its kin: functions that compute only the argument they need, or give cells on as cells."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from arcredit.hosts.recalculation.arithmetic import NA, REF, VALUE, NotOurs, mapped, number, spread
from arcredit.hosts.recalculation.cells import Cells
from arcredit.hosts.recalculation.elements import same_shape, truth
from arcredit.hosts.recalculation.rounding import cut
from arcredit.ledger.formulas.expression import Missing, Node
from arcredit.ledger.writing.cells import Area, CellError


class Reading(Protocol):
    """A formula being computed."""

    def raw(self, node: Node) -> Any:
        """A node's value, where cells stay cells."""

    def operand(self, node: Node) -> Any:
        """A node's value as an operator takes it."""


def branch(reading: Reading, name: str, arguments: Sequence[Node]) -> Any:
    """One of `BRANCHES`."""
    return BRANCHES[name][0](reading, arguments)


def _if(reading: Reading, arguments: Sequence[Node]) -> Any:
    condition = reading.operand(arguments[0])
    if not isinstance(condition, tuple):
        holds = truth(condition)
        if isinstance(holds, CellError):
            return holds
        return _chosen(reading.raw, arguments, 1 if holds else 2)

    def pick(cell: Any, yes: Any, no: Any) -> Any:
        holds = truth(cell)
        return holds if isinstance(holds, CellError) else (yes if holds else no)

    return _together("IF", pick, condition, *(_chosen(reading.operand, arguments, at) for at in (1, 2)))


def _chosen(read: Callable[[Node], Any], arguments: Sequence[Node], place: int) -> Any:
    """An argument of IF or CHOOSE; one left out between separators is 0, IF's third one FALSE."""
    if place >= len(arguments):
        return False
    return 0.0 if isinstance(arguments[place], Missing) else read(arguments[place])


def _unless(catches: Callable[[Any], bool], name: str) -> Callable[[Reading, Sequence[Node]], Any]:
    """IFERROR and IFNA."""

    def known(cell: Any) -> Any:
        # A blank is "" by Microsoft's manual and 0 in practice.
        if cell is None:
            raise NotOurs("doubtful", name)
        return cell

    def compute(reading: Reading, arguments: Sequence[Node]) -> Any:
        found = reading.operand(arguments[0])
        if not isinstance(found, tuple):
            return mapped(known, reading.operand(arguments[1]) if catches(found) else found)
        other = reading.operand(arguments[1])
        return _together(name, lambda cell, instead: known(instead if catches(cell) else cell), found, other)

    return compute


def _choose(reading: Reading, arguments: Sequence[Node]) -> Any:
    which = reading.operand(arguments[0])
    if not isinstance(which, tuple):
        place = _whole(which)
        if isinstance(place, CellError):
            return place
        return _chosen(reading.raw, arguments, place) if 1 <= place < len(arguments) else VALUE

    def pick(cell: Any, *values: Any) -> Any:
        place = _whole(cell)
        if isinstance(place, CellError):
            return place
        return values[place - 1] if 1 <= place <= len(values) else VALUE

    values = (_chosen(reading.operand, arguments, at) for at in range(1, len(arguments)))
    return _together("CHOOSE", pick, which, *values)


def _index(reading: Reading, arguments: Sequence[Node]) -> Any:
    found = reading.raw(arguments[0])
    if isinstance(found, CellError):
        return found
    block = found if isinstance(found, tuple | Cells) else ((found,),)
    height, width = _size(block)
    places = [_place(reading, node) for node in arguments[1:]]
    trouble = next((place for place in places if isinstance(place, CellError)), None)
    if trouble is not None:
        return trouble
    if len(places) == 1:
        if height > 1 and width > 1:
            raise NotOurs("doubtful", "INDEX")
        places = [0, places[0]] if height == 1 and width > 1 else [places[0], 0]
    row, column = places
    if row < 0 or column < 0:
        return VALUE
    return _part(block, row, column) if row <= height and column <= width else REF


def _place(reading: Reading, node: Node) -> Any:
    found = reading.operand(node)
    if isinstance(found, tuple):
        raise NotOurs("doubtful", "INDEX")
    return _whole(found)


def _size(block: Any) -> tuple[int, int]:
    if isinstance(block, Cells):
        top, left, bottom, right = block.area
        return bottom - top + 1, right - left + 1
    return len(block), len(block[0])


def _part(block: Any, row: int, column: int) -> Any:
    """A cell of a block, or a whole row or column of it where 0 is asked for."""
    if isinstance(block, Cells):
        top, left, bottom, right = block.area
        top, bottom = (top + row - 1,) * 2 if row else (top, bottom)
        left, right = (left + column - 1,) * 2 if column else (left, right)
        return Cells(block.sheet, Area(top, left, bottom, right), (top, left) != (bottom, right))
    rows = block[row - 1 : row] if row else block
    found = tuple(line[column - 1 : column] for line in rows) if column else rows
    return found if len(found) > 1 or len(found[0]) > 1 else found[0][0]


def _whole(cell: Any) -> Any:
    found = number(cell)
    return found if isinstance(found, CellError) else cut(found)


def _together(name: str, operation: Callable[..., Any], *operands: Any) -> Any:
    same_shape(name, [operand for operand in operands if isinstance(operand, tuple)])
    return spread(operation, *operands)


BRANCHES: dict[str, tuple[Callable[[Reading, Sequence[Node]], Any], int, int]] = {
    "IF": (_if, 2, 3),
    "IFERROR": (_unless(lambda cell: isinstance(cell, CellError), "IFERROR"), 2, 2),
    "IFNA": (_unless(lambda cell: cell == NA, "IFNA"), 2, 2),
    "CHOOSE": (_choose, 2, 255),
    "INDEX": (_index, 2, 3),
}
"""The functions, and how many arguments each takes."""
