"""What is raised and what is reported.

A wrong *argument*, file or setting raises; a wrong *row* of a ledger is a `Finding`, reported and counted::

    ArcreditError
    ├── InputError(ValueError)   an argument is impossible: its name, what was found, what is allowed
    ├── LedgerError              this file cannot be read as a ledger
    ├── SettingsError            a policy, a scorecard or a table of rates does not add up
    └── PatchError               writing would lose or overwrite something
        └── FileBusy             open elsewhere, locked or read-only: try again later

Every message has three beats: where, what was found, what to do. The texts stand in `arcredit.words`
under the message's key, in every language; ``str(error)`` is English and ``error.text("zh")`` Chinese.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from arcredit.words import say, sentences, shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class ArcreditError(Exception):
    """Root of everything arcredit raises on purpose.

    Parameters
    ----------
    key : str
        Key of the text in `arcredit.words`, such as ``"patch.signed"``; ``key.message`` says where and
        what, ``key.remedy`` what to do.
    **values
        What the text's placeholders stand for.
    """

    def __init__(self, key: str, **values: Any) -> None:
        self.key = key
        self.values = values
        super().__init__(self.text())

    def __reduce__(self) -> tuple[Any, ...]:
        # An error crosses processes whole: the default would call __init__ with the finished sentence.
        return _restored, (type(self), self.__dict__, self.args)

    def text(self, language: str = "en") -> str:
        """The whole message in one line: where, what was found, what to do."""
        values = shown(self.values)
        message = say(f"{self.key}.message", language, **values)
        return sentences(language, message, say(f"{self.key}.remedy", language, **values))


def told(error: OSError) -> str:
    """What the system says, and of which file."""
    said = error.strerror or str(error) or type(error).__name__
    return f"{said} ({error.filename})" if error.filename else said


def _restored(kind: type[ArcreditError], state: dict[str, Any], args: tuple[Any, ...]) -> ArcreditError:
    error = kind.__new__(kind)
    error.__dict__.update(state)
    error.args = args
    return error


class InputError(ArcreditError, ValueError):
    """An argument is impossible.

    Parameters
    ----------
    key : str
        Key of the text, such as ``"input.too_high"``.
    cell : str
        The worksheet's error for it: ``"#NUM!"`` outside the domain, ``"#VALUE!"`` wrong type or option.
    where : array of bool, optional
        Which elements of the argument are wrong, in the argument's own shape: a spreadsheet shows
        the error in those cells only and computes the others.
    **values
        What the text's placeholders stand for; ``argument`` is always among them.
    """

    def __init__(
        self, key: str, *, cell: str = "#NUM!", where: "NDArray[np.bool_] | None" = None, **values: Any
    ) -> None:
        self.cell = cell
        self.where = where
        super().__init__(key, **values)

    @property
    def argument(self) -> str:
        """Name of the wrong argument."""
        return str(self.values["argument"])


class LedgerError(ArcreditError):
    """This file cannot be read as a ledger."""


class SettingsError(ArcreditError):
    """A policy, a scorecard or a table of rates does not add up."""


class PatchError(ArcreditError):
    """Writing would lose or overwrite something, so nothing was written."""


class FileBusy(PatchError):  # noqa: N818  the plain word users read
    """The file is open elsewhere, locked or read-only; nothing was written."""


class Finding(NamedTuple):
    """A row or cell that could not be used, or that a controller should look at; reported, never raised.

    ``severity`` is ``"error"`` (the row is left out of every figure), ``"warning"`` (used, with an
    assumption) or ``"info"``. ``amount`` is the money at stake, so that nothing vanishes.
    """

    severity: str
    path: str
    sheet: str
    cell: str
    key: str
    values: Mapping[str, Any] = {}
    amount: float = 0.0

    def message(self, language: str = "en") -> str:
        """What was found."""
        return say(f"{self.key}.message", language, **shown(self.values))

    def remedy(self, language: str = "en") -> str:
        """What to do about it."""
        return say(f"{self.key}.remedy", language, **shown(self.values))
