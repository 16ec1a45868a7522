"""Formulas between Excel's spelling and LibreOffice's, through LibreOffice's own parser."""

from typing import Any

_CALC, _EXCEL = 0, 3
"""com.sun.star.sheet.AddressConvention: OOO and XL_OOX."""


def to_calc(doc: Any, formula: str) -> str:
    """Excel's formula as LibreOffice writes it, without the ``=``."""
    return _rewritten(doc, formula.removeprefix("="), _EXCEL, _CALC)


def from_calc(doc: Any, formula: str) -> str:
    """LibreOffice's formula as Excel writes it."""
    return "=" + _rewritten(doc, formula.removeprefix("="), _CALC, _EXCEL)


def enter(doc: Any, cell: Any, formula: str) -> None:
    """Put Excel's formula into a cell."""
    cell.setTokens(_parser(doc, _EXCEL).parseFormula(formula.removeprefix("="), cell.CellAddress))


def enter_array(doc: Any, cells: Any, formula: str) -> None:
    """Put Excel's array formula into a block of cells."""
    first = cells.getCellByPosition(0, 0).CellAddress
    cells.setArrayTokens(_parser(doc, _EXCEL).parseFormula(formula.removeprefix("="), first))


def printed(doc: Any, cell: Any) -> str:
    """A cell's formula as Excel writes it."""
    return "=" + str(_parser(doc, _EXCEL).printFormula(cell.getTokens(), cell.CellAddress))


def _rewritten(doc: Any, formula: str, read: int, write: int) -> str:
    first = doc.Sheets.getByIndex(0).getCellByPosition(0, 0).CellAddress
    tokens = _parser(doc, read).parseFormula(formula, first)
    return str(_parser(doc, write).printFormula(tokens, first))


def _parser(doc: Any, convention: int) -> Any:
    parser = doc.createInstance("com.sun.star.sheet.FormulaParser")
    parser.CompileEnglish = True
    parser.FormulaConvention = convention
    return parser
