"""Excel's own object model, in the few words that arcredit's macros use, spoken by LibreOffice.

The names are Excel's, so that a macro has one spelling for both programs.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from arcredit.ledger.writing.cells import escaped_text, unescaped_text
from arcredit.ledger.writing.custom_xml import NAMESPACE

if TYPE_CHECKING:
    from arcredit.hosts.calc.books import Book, Sheet
    from arcredit.hosts.calc.engine import App

_VISIBLE, _VERY_HIDDEN = -1, 2
_ENGLISH, _CHINESE = 1033, 2052
_LAST_ROW, _LAST_COLUMN = 1_048_576, 1024


class AppWords:
    """Application."""

    def __init__(self, app: "App") -> None:
        self._app = app

    def InputBox(self, prompt: str, title: str = "", default: str = "") -> str | bool:  # noqa: N802
        """What the user types; False if he cancels."""
        self._app.shown.append(prompt)
        answer = self._app.answers.pop(0)
        return False if answer is None else answer

    @property
    def LanguageSettings(self) -> "AppWords":  # noqa: N802
        """Knows the languages."""
        return self

    def LanguageID(self, _kind: int) -> int:  # noqa: N802
        """The number of the user interface's language."""
        return _CHINESE if self._app.language.startswith("zh") else _ENGLISH


class BookWords:
    """Workbook."""

    def __init__(self, book: "Book") -> None:
        self._book = book

    def SaveCopyAs(self, path: str) -> None:  # noqa: N802
        """Store a copy; the workbook keeps its own file and its unsaved changes."""
        self._book.store(Path(path))

    @property
    def Date1904(self) -> bool:  # noqa: N802
        """Whether days count from 1904."""
        return bool(self._book.doc.NullDate.Year == 1904)

    @property
    def ProtectStructure(self) -> bool:  # noqa: N802
        """Whether sheets may not be added or removed."""
        return bool(self._book.doc.isProtected())

    @property
    def CustomXMLParts(self) -> "CustomXMLParts":  # noqa: N802
        """XML of others that the workbook carries along."""
        return CustomXMLParts(self._book)


class CustomXMLParts:
    """The one part that is ours; the engine keeps it, as LibreOffice loses hold of it at times."""

    def __init__(self, book: "Book") -> None:
        self._book = book

    def SelectByNamespace(self, _namespace: str) -> "list[CustomXMLPart]":  # noqa: N802
        """Those of our namespace."""
        return [CustomXMLPart(self._book)] if self._book.settings is not None else []

    def Add(self, xml: str) -> None:  # noqa: N802
        """Take in a part: one element with a text."""
        self._book.settings = unescaped_text(ElementTree.fromstring(xml).text or "")


class CustomXMLPart:
    """The part."""

    def __init__(self, book: "Book") -> None:
        self._book = book

    @property
    def XML(self) -> str:  # noqa: N802
        """Its element and text."""
        return f'<settings xmlns="{NAMESPACE}">{escaped_text(self._book.settings or "")}</settings>'

    def Delete(self) -> None:  # noqa: N802
        """Take it out."""
        self._book.settings = None


class SheetWords:
    """Worksheet."""

    def __init__(self, sheet: "Sheet") -> None:
        self._sheet = sheet

    @property
    def Visible(self) -> int:  # noqa: N802
        """-1 shown, 2 very hidden; LibreOffice knows one kind of hidden."""
        return _VISIBLE if self._sheet.visible else _VERY_HIDDEN

    @Visible.setter
    def Visible(self, value: int) -> None:  # noqa: N802
        self._sheet.visible = value == _VISIBLE

    @property
    def ProtectContents(self) -> bool:  # noqa: N802
        """Whether its locked cells cannot be changed."""
        return bool(self._sheet.calc.isProtected())

    @property
    def Cells(self) -> "SheetWords":  # noqa: N802
        """All cells."""
        return self

    def Find(self, text: str, *_how: Any) -> Any:  # noqa: N802
        """A cell whose formula holds the text, None where there is none."""
        wanted = self._sheet.calc.createSearchDescriptor()
        wanted.SearchString, wanted.SearchType = text, 0
        return self._sheet.calc.findFirst(wanted)

    def Evaluate(self, formula: str) -> Any:  # noqa: N802
        """What a formula gives on this sheet: rows of values, or a value; worked out in the far corner."""
        corner = self._sheet.range((_LAST_ROW, _LAST_COLUMN))
        shape = []
        for count in ("ROWS", "COLUMNS"):
            corner.formula_array = f"={count}({formula})"
            corner.doc.calculate()  # calculation may be manual
            found = corner.raw_value
            shape.append(int(found) if isinstance(found, float) else 1)
        corner.clear()
        rows, columns = shape
        pad = self._sheet.range((_LAST_ROW - rows + 1, _LAST_COLUMN - columns + 1), (_LAST_ROW, _LAST_COLUMN))
        try:
            pad.formula_array = f"={formula}"
            pad.doc.calculate()
            return pad.raw_value
        finally:
            pad.clear()


class RangeWords:
    """Range."""

    def __init__(self, cells: Any) -> None:
        self._cells = cells

    @property
    def CurrentArray(self) -> "RangeWords":  # noqa: N802
        """All cells of the array formula that the first cell belongs to."""
        cursor = self._cells.sheet.calc.createCursorByRange(self._cells.calc.getCellByPosition(0, 0))
        cursor.collapseToCurrentArray()
        return RangeWords(self._cells.at(self._cells.sheet, cursor.RangeAddress))

    @property
    def Row(self) -> int:  # noqa: N802
        """The first row."""
        return int(self._cells.row)

    @property
    def Column(self) -> int:  # noqa: N802
        """The first column."""
        return int(self._cells.column)

    @property
    def FormulaArray(self) -> str:  # noqa: N802
        """The array formula."""
        return str(self._cells.formula_array)

    @FormulaArray.setter
    def FormulaArray(self, text: str) -> None:  # noqa: N802
        self._cells.formula_array = text


class NameWords:
    """Name. LibreOffice has no hidden ones."""

    Visible = True
