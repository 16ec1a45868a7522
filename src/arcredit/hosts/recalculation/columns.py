"""Which formulas can be computed for all rows of a column at once."""

from collections.abc import Sequence

from arcredit.hosts.excel.adapter import WorksheetFunction
from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.hosts.recalculation.aggregates import AGGREGATES
from arcredit.hosts.recalculation.arithmetic import OPERATORS
from arcredit.hosts.recalculation.core import computed, row_by_row, same_in_every_row
from arcredit.ledger.formulas.expression import (
    Binary,
    Call,
    Constant,
    Missing,
    Node,
    Reference,
    Unary,
)


def in_columns(tree: Node) -> bool:
    """Whether a formula can be computed for many rows at once: cells of its row, and what is fixed."""
    match tree:
        case Constant() | Missing():
            return True
        case Reference():
            return not tree.span
        case Unary("-" | "+" | "%", operand):
            return in_columns(operand)
        case Binary(sign, left, right):
            return sign in OPERATORS and in_columns(left) and in_columns(right)
        case Call(name, arguments) if name in FUNCTIONS:
            return _argument_columns(FUNCTIONS[name], arguments)
        case Call(_, arguments):
            known = computed(tree)
            if known in AGGREGATES and all(map(same_in_every_row, arguments)):
                return True
            return known is not None and row_by_row(known, arguments) and all(map(in_columns, arguments))
    return False


def _argument_columns(entry: WorksheetFunction, arguments: Sequence[Node]) -> bool:
    if entry.kind != "element" or len(arguments) > len(entry.parameters):
        return False
    return all(
        in_columns(argument) if varies else same_in_every_row(argument)
        for argument, varies in zip(arguments, entry.kinds.values(), strict=False)
    )
