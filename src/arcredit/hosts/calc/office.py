"""Drive a headless LibreOffice of our own: convert files, open documents.

Each run has a profile folder and a named pipe of its own, so it meets neither the user's LibreOffice nor
another run. Converting needs nothing but LibreOffice; `Office` needs its Python bindings (module ``uno``),
as LibreOffice's own Python or Debian's ``/usr/bin/python3`` has them.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

_STARTS_WITHIN = 90.0
_STOPS_WITHIN = 10.0
_OPTIONS = ("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck")
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.com",
)
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>{mode}</value></prop></item>
{more}</oor:items>
"""
_GUARDED = """<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
"""
"""What is converted may come from anyone: no macro runs and no link is followed."""
_ALWAYS, _NEVER = 0, 1


def soffice() -> str:
    """The LibreOffice program.

    Raises
    ------
    FileNotFoundError
        If LibreOffice is not installed.
    """
    found = shutil.which("soffice") or next((place for place in _PLACES if Path(place).exists()), None)
    if found is None:
        raise FileNotFoundError("soffice")
    return found


def convert(
    paths: Sequence[Path], to: str, folder: Path, *, recalculate: bool = True, timeout: float = 240
) -> list[Path]:
    """Convert documents into a folder and give the new files, in order.

    Parameters
    ----------
    paths : list of path
        What to convert, all in one run.
    to : str
        The format and, if needed, its filter: ``pdf``, ``png``, ``csv:Text - txt - csv (StarCalc)``.
    folder : path
        Where the new files go, under the old stems.
    recalculate : bool
        Compute every formula anew; otherwise show the stored results.
    timeout : float
        Seconds after which the run is given up.

    Raises
    ------
    FileNotFoundError
        If LibreOffice is not installed, or could not convert a file.
    """
    with tempfile.TemporaryDirectory(prefix="arcredit-office-") as private:
        profile = _profile(Path(private), recalculate, _GUARDED)
        command = [soffice(), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", to, "--outdir", str(folder), *(str(path) for path in paths)]
        subprocess.run(command, check=True, capture_output=True, timeout=timeout, env=_environment())
    made = [folder / f"{path.stem}.{to.partition(':')[0]}" for path in paths]
    for path in made:
        if not path.exists():
            raise FileNotFoundError(str(path))
    return made


def _profile(private: Path, recalculate: bool, more: str = "") -> Path:
    """A fresh profile that recalculates always or never, and never asks."""
    profile = private / "profile"
    (profile / "user").mkdir(parents=True)
    settings = _SETTINGS.format(mode=_ALWAYS if recalculate else _NEVER, more=more)
    (profile / "user" / "registrymodifications.xcu").write_text(settings, encoding="utf-8")
    return profile


def _environment() -> dict[str, str]:
    """Our environment without Python's: soffice finds its own Python through PATH and would take ours."""
    ours = ("PYTHON", "VIRTUAL_ENV", "PYENV", "LD_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    if sys.platform != "win32":
        clean["PATH"] = "/usr/bin:/bin"
    return clean


class Office:
    """A running LibreOffice; use it as a context manager, so that it is stopped in the end.

    Parameters
    ----------
    recalculate : bool
        Compute every formula of a loaded workbook anew; otherwise show the stored results.
    environment : mapping, optional
        Further environment variables for it.
    profile : path, optional
        A profile folder to start with and to keep, extensions and all; a fresh one unless given.

    Raises
    ------
    ImportError
        If this Python has no ``uno`` module.
    TimeoutError
        If LibreOffice does not answer.
    """

    def __init__(
        self,
        *,
        recalculate: bool = True,
        environment: Mapping[str, str] | None = None,
        profile: Path | None = None,
    ) -> None:
        import uno

        self._private = Path(tempfile.mkdtemp(prefix="arcredit-office-"))
        pipe = f"arcredit{uuid.uuid4().hex}"
        profile = profile or _profile(self._private, recalculate)
        command = [soffice(), *_OPTIONS, f"-env:UserInstallation={profile.as_uri()}"]
        self._process = subprocess.Popen(
            [*command, f"--accept=pipe,name={pipe};urp;"],
            env={**_environment(), **(environment or {})},
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        context = uno.getComponentContext()
        resolver = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.bridge.UnoUrlResolver", context
        )
        self.context = self._connected(resolver, f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        services = self.context.ServiceManager
        self.desktop = services.createInstanceWithContext("com.sun.star.frame.Desktop", self.context)

    def _connected(self, resolver: Any, address: str) -> Any:
        deadline = time.monotonic() + _STARTS_WITHIN
        while True:
            try:
                return resolver.resolve(address)
            # The class of the error comes from LibreOffice and cannot be named without a connection.
            except Exception as error:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    self.close()
                    raise TimeoutError("soffice") from error
                time.sleep(0.1)

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def new(self) -> Any:
        """An empty spreadsheet that is not shown."""
        return self.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, _values(Hidden=True))

    def open(self, path: Path, **properties: Any) -> Any:
        """Load a document without showing it, from a private copy: a stale lock file would stop it.

        Raises
        ------
        FileNotFoundError
            If LibreOffice cannot load it.
        """
        copy = Path(tempfile.mkdtemp(dir=self._private)) / path.name
        shutil.copyfile(path, copy)
        document = self.desktop.loadComponentFromURL(
            copy.as_uri(), "_blank", 0, _values(Hidden=True, **properties)
        )
        if document is None:
            raise FileNotFoundError(str(path))
        return document

    def save(self, document: Any, path: Path, filter_name: str = "Calc MS Excel 2007 XML") -> None:
        """Store a document as another file."""
        document.storeToURL(path.absolute().as_uri(), _values(FilterName=filter_name))

    def close(self) -> None:
        """Stop it; kill it where it does not stop."""
        with contextlib.suppress(Exception):
            self.desktop.terminate()
        try:
            self._process.wait(_STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self._kill()
        shutil.rmtree(self._private, ignore_errors=True)

    def _kill(self) -> None:
        """Its own process group only: soffice is a script that starts the program."""
        if sys.platform == "win32":
            self._process.kill()
        else:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(_STOPS_WITHIN)

    def __enter__(self) -> "Office":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _values(**properties: Any) -> tuple[Any, ...]:
    """Named values as LibreOffice takes them."""
    from com.sun.star.beans import PropertyValue

    values = []
    for name, value in properties.items():
        item = PropertyValue()
        item.Name, item.Value = name, value
        values.append(item)
    return tuple(values)
