"""LibreOffice as the second opinion: open workbooks, compute everything anew, save in another format."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def program(name: str) -> str:
    """Where a program is; without it the test says that it did not run, and in CI that is a failure."""
    found = shutil.which(name)
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail(f"{name} must be installed in CI")
    pytest.skip(f"did not run: {name} is not installed")


def recalculated(paths: list[Path], folder: Path, to: str = "xlsx") -> list[Path]:
    """Convert workbooks after a full recalculation, in a profile of its own below `folder`."""
    soffice = program("soffice")
    profile, made = folder / "profile", folder / "made"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, encoding="utf-8")
    command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    command += ["--convert-to", to, "--outdir", str(made), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return [made / f"{path.stem}.{to.split(':')[0]}" for path in paths]
