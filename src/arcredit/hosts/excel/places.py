"""Where the add-in's pieces lie: all in the user's own folders, so that nothing needs special rights."""

import locale
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arcredit.errors import ArcreditError

XLWINGS = "0.37.8"
"""The one version the VBA can talk to: the name of its library has the version in it."""

ADDIN = "arcredit.xlam"


@dataclass(frozen=True)
class Places:
    """The places on one system.

    ``folder`` is ours alone; ``startup`` is where Excel opens every file at its start; ``bridge`` are the
    files between Excel and Python: libraries of xlwings on Windows, its script on the Mac.
    """

    system: str
    folder: Path
    startup: Path
    bridge: tuple[Path, ...]
    second_copies: tuple[Path, ...] = ()
    code_page: str = "utf-8"

    @property
    def venv(self) -> Path:
        """The Python that Excel starts."""
        return self.folder / "venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.venv / ("Scripts/python.exe" if self.system == "win32" else "bin/python")

    @property
    def addin(self) -> Path:
        """The add-in's file."""
        return self.startup / ADDIN

    @property
    def record(self) -> Path:
        """What an installation has put outside our own folder."""
        return self.folder / "installed.json"


def places(system: str = sys.platform, environment: Mapping[str, str] = os.environ) -> Places:
    """The places of the user of an environment.

    Raises
    ------
    ArcreditError
        If there is no Excel for the system.
    """
    if system == "win32":
        return _windows(environment)
    if system == "darwin":
        return _mac(Path(environment["HOME"]))
    raise ArcreditError("addin.refused.system")


def _windows(environment: Mapping[str, str]) -> Places:
    roaming, local = Path(environment["APPDATA"]), Path(environment["LOCALAPPDATA"])
    folder = local / "arcredit"
    return Places(
        system="win32",
        folder=folder,
        startup=roaming / "Microsoft" / "Excel" / "XLSTART",
        bridge=tuple(folder / "venv" / f"xlwings{bits}-{XLWINGS}.dll" for bits in (64, 32)),
        second_copies=(roaming / "Microsoft" / "AddIns" / ADDIN,),
        # VBA reads paths in the code page of the system.
        code_page=locale.getencoding(),
    )


def _mac(home: Path) -> Places:
    office = home / "Library" / "Group Containers" / "UBF8T346G9.Office" / "User Content.localized"
    scripts = home / "Library" / "Application Scripts" / "com.microsoft.Excel"
    return Places(
        system="darwin",
        folder=home / "Library" / "Application Support" / "arcredit",
        startup=office / "Startup.localized" / "Excel",
        bridge=(scripts / f"xlwings-{XLWINGS}.applescript",),
        second_copies=(office / "Add-Ins.localized" / ADDIN,),
    )
