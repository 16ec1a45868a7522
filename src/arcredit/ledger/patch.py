"""Write cells and our own report sheets into an existing workbook and leave every other part as it is.

The untouched parts of the file are copied byte for byte; a check proves it before the file is replaced.
"""

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias


@dataclass(frozen=True)
class CellError:
    """A worksheet error as a cell's value, such as ``CellError("#N/A")``."""

    code: str


CellValue: TypeAlias = None | bool | int | float | str | dt.date | dt.datetime | CellError
"""What a cell can hold; None is a blank. A text that starts with ``=`` stays text."""


class Change(NamedTuple):
    """One cell that a save changes: what it shows before and after."""

    sheet: str
    cell: str
    before: Any
    after: Any


class Patch:
    """One workbook to be patched. Nothing is written before `save`."""

    path: Path
    sheet_names: list[str]
    date_1904: bool

    def __init__(self, path: str | os.PathLike[str]) -> None:
        raise NotImplementedError

    def set_cell(
        self,
        sheet: str,
        ref: str,
        value: CellValue,
        *,
        formula: str | None = None,
        number_format: str | None = None,
    ) -> None:
        """Give a cell a value, or a formula with `value` as its stored result; its style is kept."""
        raise NotImplementedError

    def set_result(self, sheet: str, ref: str, value: CellValue) -> None:
        """Replace the stored result of a formula and keep the formula; also inside an array's range."""
        raise NotImplementedError

    def put_sheet(self, scratch: bytes, name: str, *, owner: str) -> None:
        """Transplant sheet `name` of the scratch workbook: add it last, or replace the owner's sheet."""
        raise NotImplementedError

    def remove_sheet(self, owner: str) -> None:
        """Take our own sheet out again, with everything only it used."""
        raise NotImplementedError

    def owned(self) -> dict[str, str]:
        """Our own sheets: owner to the name the sheet has now."""
        raise NotImplementedError

    def define_name(self, name: str, refers_to: str, *, hidden: bool = False) -> None:
        """Define a workbook-wide name, or point it elsewhere."""
        raise NotImplementedError

    def names(self) -> dict[str, str]:
        """The workbook-wide names and what they refer to."""
        raise NotImplementedError

    def settings(self) -> str | None:
        """The text that `remember` stored in this workbook, None where there is none."""
        raise NotImplementedError

    def remember(self, text: str) -> None:
        """Store a text in the workbook, in a custom XML part of our own."""
        raise NotImplementedError

    def changes(self) -> list[Change]:
        """Cell by cell what a save would change."""
        raise NotImplementedError

    def save(self, target: str | os.PathLike[str] | None = None, *, backup: bool = False) -> bool:
        """Write the workbook, whole or not at all; False where nothing had to change."""
        raise NotImplementedError
