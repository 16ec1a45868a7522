"""An xlwings engine on LibreOffice: the same macros run on a real spreadsheet program, without Excel.

`attach` gives an `xlwings.App` on a running `Office`. What Excel's macros reach through ``.api`` is there
under Excel's names as far as arcredit uses it, see `arcredit.hosts.calc.excel_words`. Nobody sits in front of
a headless program: what it would show is kept in `App.shown`, what it asks is answered from `App.answers`.

Only xlwings' open (BSD) parts are used.
"""

from collections.abc import Iterator
from typing import Any

import xlwings as xw
from xlwings import base_classes

from arcredit.hosts.calc.books import Books
from arcredit.hosts.calc.cells import Range, cleaned, prepared
from arcredit.hosts.calc.excel_words import AppWords
from arcredit.hosts.calc.office import Office

NAME = "libreoffice"


def attach(office: Office) -> xw.App:
    """An app on a running LibreOffice; xlwings takes this engine for the active one from now on."""
    if NAME not in xw.engines.engines_by_name:
        xw.engines.add(xw.Engine(impl=_ENGINE))
    xw.engines[NAME].activate()
    app = App(office)
    _APPS.open[app.pid] = app
    return xw.App(impl=app)


class Engine:
    """What xlwings asks of an engine."""

    name = NAME
    type = "desktop"

    @property
    def apps(self) -> "Apps":
        """The programs attached."""
        return _APPS

    prepare_xl_data_element = staticmethod(prepared)
    clean_value_data = staticmethod(cleaned)


class Apps(base_classes.Apps):
    """The programs attached, by process."""

    def __init__(self) -> None:
        self.open: dict[int, App] = {}

    def keys(self) -> list[int]:
        """The processes."""
        return list(self.open)

    def __iter__(self) -> "Iterator[App]":
        return reversed(self.open.values())

    def __len__(self) -> int:
        return len(self.open)

    def __getitem__(self, pid: int) -> "App":
        return self.open[pid]


class App(base_classes.App):
    """A LibreOffice that `attach` was given."""

    books: Any = None
    visible = False
    display_alerts = True
    enable_events = True
    version = "16.0"
    hwnd = 0
    language = "en-US"

    def __init__(self, office: Office) -> None:
        self.engine, self.office = _ENGINE, office
        self.books = Books(self)
        self.shown: list[str] = []
        self.answers: list[str | None] = []
        self.progress: list[str] = []
        self._calculation = "automatic"
        self._screen = True
        self._status: str | bool = False

    @property
    def pid(self) -> int:
        """The process."""
        return self.office.pid

    @property
    def api(self) -> AppWords:
        """What Excel calls Application."""
        return AppWords(self)

    @property
    def selection(self) -> Range | None:
        """The selected cells of the active book."""
        book = self.books.active
        address = getattr(book.doc.CurrentSelection, "RangeAddress", None)
        return None if address is None else Range.at(book.sheets(address.Sheet + 1), address)

    @property
    def calculation(self) -> str:
        """``"automatic"`` or ``"manual"``, for every open book."""
        return self._calculation

    @calculation.setter
    def calculation(self, value: str) -> None:
        self._calculation = value
        for book in self.books:
            if value == "manual":
                book.doc.calculate()  # what LibreOffice has left for when it is looked at
            book.doc.enableAutomaticCalculation(value != "manual")

    def calculate(self) -> None:
        """Compute what has changed, in every open book."""
        for book in self.books:
            book.doc.calculate()

    @property
    def screen_updating(self) -> bool:
        """Whether changes are drawn."""
        return self._screen

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        if value != self._screen:
            self._screen = value
            for book in self.books:
                (book.doc.unlockControllers if value else book.doc.lockControllers)()

    @property
    def status_bar(self) -> str | bool:
        """The text shown, False where the program has its own."""
        return self._status

    @status_bar.setter
    def status_bar(self, value: str | bool) -> None:
        self._status = value
        if isinstance(value, str):
            self.progress.append(value)

    def alert(self, prompt: str, title: str, buttons: str | None, mode: str | None, callback: Any) -> str:
        """A message box: kept, and answered with the first button or from `answers`."""
        self.shown.append(prompt)
        if buttons in (None, "ok"):
            return "ok"
        return self.answers.pop(0) or "cancel"

    def activate(self, steal_focus: bool = False) -> None:
        """There is no other window."""


_APPS, _ENGINE = Apps(), Engine()
