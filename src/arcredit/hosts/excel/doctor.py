"""Why the add-in does not work: each thing that can be wrong, and what to do about it."""

import importlib
import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from arcredit import __version__
from arcredit.hosts.excel.build import build
from arcredit.hosts.excel.install import MARK_OF_THE_WEB
from arcredit.hosts.excel.places import XLWINGS, Places
from arcredit.words import say, sentences

_SECURITY = r"Software\{policies}Microsoft\Office\16.0\Excel\Security"
_PLACES = ("Policies\\", "")
_MACROS_OFF = 4

# Run by the Python that Excel starts, as Excel starts it.
_ASKED = """import json, sys
import arcredit, xlwings
from importlib.metadata import version
if sys.platform == "win32":
    import win32com.client
from arcredit.hosts.excel import udfs
figure = udfs.AR_DSO(False, 100.0, 1000.0, 365.0)
print(json.dumps({"arcredit": version("arcredit"), "xlwings": version("xlwings"), "figure": figure[0][0]}))
"""

Registry = Callable[[str, str], Any]
"""The value of a key and name in the user's registry; None where there is none."""


class Trouble(NamedTuple):
    """One thing that is wrong."""

    key: str
    values: dict[str, Any]

    def text(self, language: str = "en") -> str:
        """What is wrong and what to do."""
        message = say(f"addin.doctor.{self.key}.message", language, **self.values)
        return sentences(language, message, say(f"addin.doctor.{self.key}.remedy", language, **self.values))


def troubles(places: Places, registry: Registry | None = None) -> list[Trouble]:
    """Everything that is wrong with the installation, the first cause first."""
    found = [*_addin(places), *_python(places), *_bridge(places)]
    if places.system == "win32":
        found += _excel(places, registry or _registry)
    return found


def _addin(places: Places) -> Iterator[Trouble]:
    if not places.addin.exists():
        yield Trouble("no_addin", {"path": places.addin})
        return
    with tempfile.TemporaryDirectory() as folder:
        ours = build(Path(folder) / places.addin.name).read_bytes()
    if places.addin.read_bytes() != ours:
        yield Trouble("other_addin", {"path": places.addin})
    if Path(f"{places.addin}{MARK_OF_THE_WEB}").exists():
        yield Trouble("blocked", {"path": places.addin})
    for path in places.second_copies:
        if path.exists():
            yield Trouble("second_copy", {"path": path})


def _python(places: Places) -> Iterator[Trouble]:
    if not places.python.exists():
        yield Trouble("no_python", {"path": places.python})
        return
    command = [str(places.python), "-I", "-B", "-c", _ASKED]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode:
        lines = told.stderr.strip().splitlines()
        yield Trouble("python_fails", {"detail": lines[-1] if lines else told.returncode})
        return
    answer = json.loads(told.stdout.splitlines()[-1])
    for name, expected in (("arcredit", __version__), ("xlwings", XLWINGS)):
        if answer[name] != expected:
            yield Trouble("other_version", {"name": name, "found": answer[name], "expected": expected})
    if answer["figure"] != 36.5:
        yield Trouble("python_fails", {"detail": f"AR_DSO(100, 1000, 365) = {answer['figure']}"})


def _bridge(places: Places) -> Iterator[Trouble]:
    key = "no_library" if places.system == "win32" else "no_script"
    for path in places.bridge:
        if places.python.exists() and not path.exists():
            yield Trouble(key, {"path": path})


def _excel(places: Places, registry: Registry) -> Iterator[Trouble]:
    for policies in _PLACES:
        key = _SECURITY.format(policies=policies)
        if registry(key, "VBAWarnings") == _MACROS_OFF:
            yield Trouble("macros_off", {"setting": "VBAWarnings", "path": places.startup})
        if registry(rf"{key}\Trusted Locations", "AllLocationsDisabled") == 1:
            yield Trouble("not_trusted", {"setting": "AllLocationsDisabled", "path": places.startup})
    try:
        str(places.folder).encode(places.code_page)
    except UnicodeEncodeError:
        yield Trouble("foreign_letters", {"path": places.folder})


def _registry(key: str, name: str) -> Any:
    winreg = importlib.import_module("winreg")  # on Windows only
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
            return winreg.QueryValueEx(opened, name)[0]
    except OSError:
        return None
