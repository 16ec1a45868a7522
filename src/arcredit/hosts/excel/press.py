"""What surrounds the work of every ribbon button, whatever happens inside.

While a button works, calculation is manual, the screen stands still and the status bar says what is done;
afterwards the user's own settings and selection are back. A trouble is one message box: where, what was
found, what to do.
"""

import contextlib
import locale
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import xlwings as xw

from arcredit.errors import ArcreditError
from arcredit.words import say

TITLE = "arcredit"
_UI_LANGUAGE = 2
_CHINESE = 4
_MANY = 1024


class Cancelled(Exception):  # noqa: N818  not an error: the user changed his mind
    """The user cancelled an input box."""


@dataclass
class Desk:
    """The workbook a button was pressed in, and the user in front of it.

    ``shown`` is the sheet to be in front when the button is done; None leaves the user where he is.
    ``readers`` names the sheets of ours that conditional formats, lists, charts or pivot tables of the user's
    read, and where those stand, as the workbook was when it was last read.
    """

    book: xw.Book
    language: str
    shown: str | None = None
    told: list[str] = field(default_factory=list)
    readers: Mapping[str, str] = field(default_factory=dict)

    def say(self, key: str, **values: Any) -> str:
        """A text in the user's language."""
        return say(key, self.language, **values)

    def progress(self, text: str) -> None:
        """Say in the status bar what is being done."""
        self.book.app.status_bar = f"{TITLE}: {text}"

    def ask(self, prompt: str, default: str = "") -> str:
        """What the user types.

        Raises
        ------
        Cancelled
            If he cancels or leaves it empty.
        """
        answer = self.book.app.api.InputBox(prompt, TITLE, default)
        if answer is False or not str(answer).strip():
            raise Cancelled
        return str(answer).strip()

    def tell(self, text: str) -> None:
        """A message box, shown when the user's settings are back."""
        self.told.append(text)


def button(work: Callable[[Desk], None]) -> Callable[[], None]:
    """A ribbon button that does this work."""

    @wraps(work)
    def press() -> None:
        book = xw.Book.caller()
        desk = Desk(book, language_of(book.app))
        trouble = _worked(desk, work)
        if trouble is not None:
            book.app.alert(trouble.text(desk.language), TITLE, mode="critical")
        for text in desk.told if trouble is None else ():
            book.app.alert(text, TITLE, mode="info")

    return press


def _worked(desk: Desk, work: Callable[[Desk], None]) -> ArcreditError | None:
    """Do the work on a quiet desk; gives the trouble, if there was one."""
    try:
        with _Quiet(desk):
            desk.progress(desk.say(f"ribbon.label.{work.__name__}"))
            work(desk)
    except Cancelled:
        return None
    except ArcreditError as error:
        return error
    except Exception as error:  # a defect of ours, or the spreadsheet program's refusal
        return ArcreditError("ribbon.unexpected", detail=f"{type(error).__name__}: {error}")
    return None


class _Quiet:
    """The program's settings out of the way while a button works, and back afterwards.

    A class, for an exception of LibreOffice's cannot pass through a generator.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk, self.app = desk, desk.book.app
        self.kept = {
            name: getattr(self.app, name) for name in ("calculation", "status_bar", "screen_updating")
        }
        self.front = _front(desk.book)

    def __enter__(self) -> None:
        self.app.screen_updating = False
        self.app.calculation = "manual"

    def __exit__(self, *_error: object) -> None:
        # One that fails must not keep the others from being restored.
        with contextlib.suppress(Exception):
            _bring_back(self.desk.book, self.front, self.desk.shown)
        for name, value in self.kept.items():
            with contextlib.suppress(Exception):
                setattr(self.app, name, value)


def _front(book: xw.Book) -> tuple[str, str | None]:
    """The sheet in front and the address selected there; None where a chart or picture is."""
    selection = book.app.selection
    return book.sheets.active.name, selection.address if selection else None


def _bring_back(book: xw.Book, front: tuple[str, str | None], shown: str | None) -> None:
    name, address = front
    book.activate()
    if name in [sheet.name for sheet in book.sheets]:
        book.sheets[name].activate()
        if address:
            book.sheets[name].range(address).select()
    if shown:
        book.sheets[shown].activate()


def language_of(app: xw.App) -> str:
    """``"zh"`` where the program speaks Chinese, else ``"en"``; ARCREDIT_LANGUAGE overrides it."""
    wished = os.environ.get("ARCREDIT_LANGUAGE", "")[:2].lower()
    if wished in ("en", "zh"):
        return wished
    try:
        return "zh" if app.api.LanguageSettings.LanguageID(_UI_LANGUAGE) % _MANY == _CHINESE else "en"
    except AttributeError:  # Excel for Mac
        return "zh" if (locale.getlocale()[0] or "").startswith("zh") else "en"
