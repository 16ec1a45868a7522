"""What every test may use: the shared folder, Hypothesis profiles; and where the tests write."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from libreoffice import program

SHARED = Path(__file__).parents[2] / "shared"
"""Real workbooks, oracles and public data beside the repository; a plain clone has none of it."""

# Many programs are started: each would compile the whole package anew where Python is told to keep nothing.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

MEMORY = Path("/dev/shm")
"""A file system in memory: thousands of saves wait for a disk, and no test can tell whether it is one."""


def _roomy(folder: Path) -> bool:
    """Whether the tests can write there: they need a tenth of this, and a library must load from there."""
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        return False
    return not os.statvfs(folder).f_flag & os.ST_NOEXEC and shutil.disk_usage(folder).free > 4 << 30


if "TMPDIR" not in os.environ and _roomy(MEMORY):
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# In CI the same examples every time, so that a red run is the change's own; on a desk new ones each time.
settings.register_profile(
    "arcredit",
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
# A mutant meets few examples, always the same ones, and nobody reads its smallest counterexample.
settings.register_profile(
    "mutation",
    settings.get_profile("arcredit"),
    max_examples=20,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)
settings.load_profile("arcredit")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared folder; where it is missing the test says so, and in CI that is a failure."""
    if not SHARED.is_dir():
        if os.environ.get("CI"):
            pytest.fail("the shared folder must be beside the repository in CI")
        pytest.skip("did not run: the shared folder (real workbooks, oracles) is not beside this clone")
    return SHARED


@pytest.fixture
def soffice() -> str:
    """LibreOffice."""
    return program("soffice")


# Run by the Python that LibreOffice's bridge belongs to, not by the tests' own.
collect_ignore_glob = ["**/office_values.py"]
