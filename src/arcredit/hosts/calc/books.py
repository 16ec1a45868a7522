"""LibreOffice's documents, sheets and defined names as xlwings sees them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlwings as xw
from xlwings import base_classes

from arcredit.hosts.calc.cells import Range
from arcredit.hosts.calc.excel_words import BookWords, NameWords, SheetWords
from arcredit.hosts.calc.formulas import from_calc, to_calc
from arcredit.ledger.memory import recall
from arcredit.ledger.patch import Patch

if TYPE_CHECKING:
    from arcredit.hosts.calc.engine import App

FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".ods": "calc8",
    ".csv": "Text - txt - csv (StarCalc)",
    ".pdf": "calc_pdf_Export",
}


class Books(base_classes.Books):
    """The open documents."""

    api = None

    def __init__(self, app: "App") -> None:
        self.app = app
        self.open_books: list[Book] = []
        self.active_book: Book | None = None

    @property
    def active(self) -> "Book":
        """The document in front."""
        return self.active_book or self.open_books[-1]

    def __len__(self) -> int:
        return len(self.open_books)

    def __iter__(self) -> "Iterator[Book]":
        return iter(self.open_books)

    def __call__(self, key: int | str) -> "Book":
        if isinstance(key, int):
            return self.open_books[key - 1]
        for book in self.open_books:
            if key.lower() == book.name.lower() or key == book.fullname:
                return book
        raise KeyError(key)

    def add(self) -> "Book":
        """A new document."""
        return self.adopt(self.app.office.new(), "Book1")

    def open(self, fullname: str, *_options: Any, **properties: Any) -> "Book":
        """Open a private copy of a file; `properties` are LibreOffice's own."""
        return self.adopt(self.app.office.open(Path(fullname), **properties), str(fullname))

    def adopt(self, doc: Any, path: str) -> "Book":
        """Take in a document that is open already."""
        book = Book(self.app, doc, path)
        self.open_books.append(book)
        return book


class Book(base_classes.Book):
    """A document."""

    app: Any = None
    fullname = ""

    def __init__(self, app: "App", doc: Any, path: str) -> None:
        self.app, self.doc, self.fullname = app, doc, path
        self.settings: str | None = recall(Path(path)).settings

    @property
    def name(self) -> str:
        """Its file name."""
        return os.path.basename(self.fullname)

    @property
    def api(self) -> BookWords:
        """What Excel calls Workbook."""
        return BookWords(self)

    @property
    def sheets(self) -> "Sheets":
        """Its sheets."""
        return Sheets(self)

    @property
    def names(self) -> "Names":
        """Its defined names."""
        return Names(self, self.doc.NamedRanges)

    def activate(self) -> None:
        """Bring it to the front."""
        self.app.books.active_book = self

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Store it as a file of its name's kind."""
        self.fullname = str(path or self.fullname)
        self.store(Path(self.fullname))

    def store(self, path: Path) -> None:
        """Store a copy, with what the workbook is to remember."""
        self.app.office.save(self.doc, path, FILTERS[path.suffix.lower()])
        if self.settings is not None and path.suffix.lower() in (".xlsx", ".xlsm"):
            patch = Patch(path)
            patch.remember(self.settings)
            patch.save()

    def close(self) -> None:
        """Close it without saving."""
        self.app.books.open_books.remove(self)
        if self.app.books.active_book is self:
            self.app.books.active_book = None
        self.doc.close(True)


class Sheets(base_classes.Sheets):
    """A document's sheets."""

    api: Any = None

    def __init__(self, book: Book) -> None:
        self.book = book
        self.api = book.doc.Sheets

    @property
    def active(self) -> "Sheet":
        """The one in front."""
        return Sheet(self.book, self.book.doc.CurrentController.ActiveSheet)

    def __len__(self) -> int:
        return int(self.api.Count)

    def __iter__(self) -> "Iterator[Sheet]":
        return (self(place + 1) for place in range(len(self)))

    def __call__(self, key: int | str) -> "Sheet":
        if isinstance(key, int):
            return Sheet(self.book, self.api.getByIndex(key - 1))
        for sheet in self:
            if sheet.name.lower() == key.lower():
                return sheet
        raise KeyError(key)

    def add(
        self, before: "Sheet | None" = None, after: "Sheet | None" = None, name: str | None = None
    ) -> "Sheet":
        """A new sheet; without a name it gets the next free one."""
        if name is None:
            names = {sheet.name for sheet in self}
            free = (f"Sheet{number}" for number in range(1, len(names) + 2))
            name = next(one for one in free if one not in names)
        self.api.insertNewByName(name, _place(before, after))
        return self(name)


def _place(before: "Sheet | None", after: "Sheet | None") -> int:
    return before.index - 1 if before else after.index if after else 0


class Sheet(base_classes.Sheet):
    """A sheet."""

    book: Any = None

    def __init__(self, book: Book, sheet: Any) -> None:
        self.book, self.calc = book, sheet

    @property
    def api(self) -> SheetWords:
        """What Excel calls Worksheet."""
        return SheetWords(self)

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.calc.Name)

    @name.setter
    def name(self, value: str) -> None:
        self.calc.setName(value)

    @property
    def index(self) -> int:
        """Its place, from 1."""
        return int(self.calc.RangeAddress.Sheet) + 1

    @property
    def visible(self) -> bool:
        """Whether its tab is shown."""
        return bool(self.calc.IsVisible)

    @visible.setter
    def visible(self, value: bool) -> None:
        self.calc.IsVisible = bool(value)

    @property
    def names(self) -> "Names":
        """The names that only this sheet knows."""
        return Names(self.book, self.calc.NamedRanges)

    def range(self, first: Any, last: Any = None) -> Range:
        """Cells by address or by places from 1."""
        return Range.of(self, first, last)

    @property
    def cells(self) -> Range:
        """All of them."""
        return Range(self, 1, 1, 1_048_576, 1024)

    @property
    def used_range(self) -> Range:
        """From the first cell to the last one used."""
        cursor = self.calc.createCursor()
        cursor.gotoEndOfUsedArea(False)
        last = cursor.RangeAddress
        return Range(self, 1, 1, last.EndRow + 1, last.EndColumn + 1)

    def activate(self) -> None:
        """Bring it to the front."""
        self.book.doc.CurrentController.setActiveSheet(self.calc)

    select = activate

    def copy(self, before: "Sheet | None", after: "Sheet | None") -> None:
        """A copy in the book of `before` or `after`, with its charts; a taken name gets a number."""
        beside = before or after
        assert beside is not None
        target = beside.book.doc.Sheets
        if beside.book.doc == self.book.doc:
            free = next(f"{self.name}_{n}" for n in range(2, 999) if not target.hasByName(f"{self.name}_{n}"))
            target.copyByName(self.name, free, _place(before, after))
        else:
            target.importSheet(self.book.doc, self.name, _place(before, after))

    def delete(self) -> None:
        """Take it out; what refers to it becomes an error."""
        self.book.doc.Sheets.removeByName(self.name)


class Names(base_classes.Names):
    """Defined names of a document or a sheet."""

    def __init__(self, book: Book, names: Any) -> None:
        self.book, self.api = book, names

    def __len__(self) -> int:
        return int(self.api.Count)

    def __call__(self, key: int | str) -> "Name":
        found = self.api.getByIndex(key - 1) if isinstance(key, int) else self.api.getByName(key)
        return Name(self.book, self.api, found)

    def contains(self, key: str) -> bool:
        """Whether the name is defined."""
        return bool(self.api.hasByName(key))

    def add(self, name: str, refers_to: str) -> "Name":
        """Define a name, or point it elsewhere."""
        content = to_calc(self.book.doc, refers_to)
        if self.contains(name):
            self.api.getByName(name).setContent(content)
        else:
            first = self.book.doc.Sheets.getByIndex(0).getCellByPosition(0, 0).CellAddress
            self.api.addNewByName(name, content, first, 0)
        return self(name)


class Name(base_classes.Name):
    """A defined name."""

    def __init__(self, book: Book, names: Any, name: Any) -> None:
        self.book, self.calc = book, name
        self._names = names
        self.api = NameWords()

    @property
    def name(self) -> str:
        """Itself."""
        return str(self.calc.Name)

    @name.setter
    def name(self, value: str) -> None:
        self.calc.setName(value)

    @property
    def refers_to(self) -> str:
        """What it stands for, as Excel writes it."""
        return from_calc(self.book.doc, self.calc.Content)

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self.calc.setContent(to_calc(self.book.doc, value))

    @property
    def refers_to_range(self) -> Range:
        """The cells it stands for."""
        cells = self.calc.getReferredCells()
        if cells is None:
            raise xw.XlwingsError(f"{self.name} stands for no cells")
        return Range.at(self.book.sheets(cells.RangeAddress.Sheet + 1), cells.RangeAddress)

    def delete(self) -> None:
        """Take it out."""
        self._names.removeByName(self.name)
