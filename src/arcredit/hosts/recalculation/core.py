"""Which functions of the spreadsheet program we compute ourselves, and how many arguments each may have.

Only what Microsoft documents and what depends on no country. Whatever else comes up raises `NotOurs`.
"""

from collections.abc import Sequence

from arcredit.hosts.recalculation.aggregates import AGGREGATES
from arcredit.hosts.recalculation.arithmetic import NA
from arcredit.hosts.recalculation.branches import BRANCHES
from arcredit.hosts.recalculation.elements import ELEMENTS
from arcredit.ledger.formulas.expression import Array, Binary, Call, Constant, Missing, Node, Reference
from arcredit.ledger.formulas.naming import built_in
from arcredit.ledger.writing.cells import CellError

CLOCK = ("TODAY", "NOW")
"""What `--as-of` stands for."""
FIXED: dict[str, bool | CellError] = {"TRUE": True, "FALSE": False, "NA": NA}
_COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
_TRUTHS = frozenset({"AND", "OR", "NOT", "ISBLANK", "ISERROR", "ISERR", "ISNA", "ISNUMBER", "ISTEXT"})


def computed(call: Call) -> str | None:
    """The name of the built-in function that a call means, if we compute it."""
    name, given = built_in(call.name), len(call.arguments)
    if name in CLOCK or name in FIXED:
        return name if not given else None
    if name in AGGREGATES:
        return name if given else None
    if name in ELEMENTS:
        return name if ELEMENTS[name].fewest <= given <= ELEMENTS[name].most else None
    if name in BRANCHES:
        return name if BRANCHES[name][1] <= given <= BRANCHES[name][2] else None
    return None


def row_by_row(name: str, arguments: Sequence[Node]) -> bool:
    """Whether a function of columns of cells is, row by row, what it is of each row's cells."""
    if name in CLOCK or name in FIXED or name in ("IF", "IFERROR", "IFNA"):
        return True
    if name in ("AND", "OR"):
        return all(map(_is_truth, arguments))
    return name in ELEMENTS and not ELEMENTS[name].single


def same_in_every_row(tree: Node) -> bool:
    """Whether a node means the same in every row of a column."""
    return isinstance(tree, Constant | Missing | Array) or (
        isinstance(tree, Reference) and tree.fixed[0] and tree.fixed[2]
    )


def _is_truth(node: Node) -> bool:
    """Whether a node is TRUE or FALSE, and never cells, of which AND and OR leave texts and blanks out."""
    if isinstance(node, Call):
        return computed(node) in _TRUTHS
    return isinstance(node, Binary) and node.sign in _COMPARISONS
