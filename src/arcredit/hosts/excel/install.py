"""Install the add-in for one user, and take it away again without a trace.

No administrator's rights, no trust in the VBA project and no download by a browser are needed: the add-in is
built here and written where Excel looks at its start, and its Python is an environment of its own.
"""

import contextlib
import importlib.metadata
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from arcredit import __version__
from arcredit.errors import ArcreditError
from arcredit.hosts.excel.build import build
from arcredit.hosts.excel.places import XLWINGS, Places
from arcredit.ledger.writing.replace import put_whole

MARK_OF_THE_WEB = ":Zone.Identifier"
"""The stream beside a file in which Windows notes that it came from the internet."""

Run = Callable[[Sequence[str]], None]


class Step(NamedTuple):
    """One thing to be done: the text that says it, and the doing."""

    key: str
    values: dict[str, Any]
    do: Callable[[], None]


def installation(places: Places, source: str | None = None, run: Run | None = None) -> list[Step]:
    """The steps that install the add-in, or bring an installed one up to date.

    Parameters
    ----------
    places : Places
        Where to.
    source : str, optional
        A wheel or a folder to install arcredit from; where this one came from if not given.
    run : callable, optional
        Runs a command.

    Raises
    ------
    ArcreditError
        If arcredit itself runs from the Python that is to be replaced.
    """
    _not_itself(places)
    run = run or _run
    wanted = source or own_source()
    packages = [wanted, f"xlwings=={XLWINGS}"]
    pip = [
        str(places.python),
        "-I",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--upgrade",
    ]
    steps = [
        # The add-in comes first: where Excel holds it open, nothing has been done yet.
        Step("addin", {"path": places.addin}, lambda: _put_addin(places)),
        Step("python", {"path": places.venv}, lambda: run([_base_python(), "-m", "venv", str(places.venv)])),
        Step(
            "packages",
            {"version": __version__, "xlwings": XLWINGS, "source": wanted},
            lambda: run([*pip, *packages]),
        ),
    ]
    if places.system == "darwin":
        script = places.bridge[0]
        steps.append(Step("script", {"path": script}, lambda: _put_script(places, script)))
    return steps


def removal(places: Places) -> list[Step]:
    """The steps that take everything away; none if nothing is there.

    Raises
    ------
    ArcreditError
        If arcredit itself runs from the Python that is to be removed.
    """
    _not_itself(places)
    outside = [path for path in (places.addin, *_recorded(places)) if path.exists()]
    steps = [Step("remove", {"path": path}, path.unlink) for path in outside]
    if places.folder.exists():
        steps.append(Step("remove", {"path": places.folder}, lambda: shutil.rmtree(places.folder)))
    return steps


def take(steps: Sequence[Step], tell: Callable[[Step], None]) -> None:
    """Do the steps, telling each before.

    Raises
    ------
    ArcreditError
        If a file is in use or packages cannot be installed.
    """
    for step in steps:
        tell(step)
        try:
            step.do()
        except PermissionError as error:
            raise ArcreditError("addin.refused.busy", path=error.filename) from error
        except subprocess.CalledProcessError as error:
            lines = (error.stderr or str(error)).strip().splitlines()
            raise ArcreditError("addin.refused.packages", detail=lines[-1] if lines else "") from error


def own_source() -> str:
    """Where this arcredit was installed from: its folder or wheel, else its version in the package index."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        told = importlib.metadata.distribution("arcredit").read_text("direct_url.json")
        if told:
            return str(json.loads(told)["url"])
    return f"arcredit=={__version__}"


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


def _base_python() -> str:
    """The interpreter under the environment arcredit runs in: one environment is not based on another."""
    return str(getattr(sys, "_base_executable", sys.executable) or sys.executable)


def _not_itself(places: Places) -> None:
    if Path(sys.prefix).resolve() == places.venv.resolve():
        raise ArcreditError("addin.refused.itself", path=places.venv)


def _put_addin(places: Places) -> None:
    places.startup.mkdir(parents=True, exist_ok=True)
    build(places.addin)
    with contextlib.suppress(FileNotFoundError):
        Path(f"{places.addin}{MARK_OF_THE_WEB}").unlink()


def _put_script(places: Places, script: Path) -> None:
    """What ``xlwings runpython install`` does; one that another program put there is left to it."""
    if script.exists():
        return
    package = importlib.util.find_spec("xlwings")
    assert package is not None
    assert package.origin is not None
    script.parent.mkdir(parents=True, exist_ok=True)
    # Noted first: what was begun and not ended is taken away again as well.
    put_whole(places.record, json.dumps([str(script)]).encode())
    put_whole(script, Path(package.origin).with_name(script.name).read_bytes())


def _recorded(places: Places) -> list[Path]:
    try:
        return [Path(path) for path in json.loads(places.record.read_text(encoding="utf-8"))]
    except (FileNotFoundError, ValueError):
        return []
