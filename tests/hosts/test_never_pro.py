"""Nothing of ours needs xlwings' paid part: every module is imported and the add-in run with it shut off."""

import re
import subprocess
import sys
from pathlib import Path

from arcredit.hosts.excel import vba
from arcredit.hosts.excel.build import sources

TESTS = Path(__file__).parents[1]

RUN = """
import importlib, pkgutil, sys, tempfile
from pathlib import Path

class Shut:
    '''xlwings itself looks whether it is there, and lives without.'''
    def find_spec(self, name, path=None, target=None):
        if name == "xlwings.pro" or name.startswith("xlwings.pro."):
            raise ImportError(f"{name} is not ours to use")

sys.meta_path.insert(0, Shut())
from hosts.support import fakewin
server = fakewin.server()
import arcredit
for found in pkgutil.walk_packages(arcredit.__path__, "arcredit."):
    try:
        importlib.import_module(found.name)
    except ModuleNotFoundError as error:
        if error.name not in ("uno", "unohelper", "distributed", "fsspec", "com"):
            raise
from arcredit.hosts.excel.build import build
from arcredit.hosts.excel.functions import FUNCTIONS
for name in FUNCTIONS:
    server.CallUDF("arcredit.hosts.excel.udfs", name, (False, 1.0, 1.0, 1.0))
assert server.CallUDF("arcredit.hosts.excel.udfs", "AR_DSO", (False, 100.0, 1000.0, 365.0)) == 36.5
with tempfile.TemporaryDirectory() as folder:
    build(Path(folder) / "arcredit.xlam")
import xlwings
assert not xlwings.__pro__
print([name for name in sys.modules if name.startswith("xlwings.pro")])
"""


def test_everything_runs_without_it():
    done = subprocess.run([sys.executable, "-c", RUN], cwd=TESTS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_the_door_is_really_shut():
    opened = RUN.partition("server =")[0] + "import xlwings.pro"
    done = subprocess.run(
        [sys.executable, "-c", opened], cwd=TESTS, capture_output=True, text=True, check=False
    )
    assert "is not ours to use" in done.stderr


def test_no_source_names_it():
    paid = re.compile(r"xlwings\.(pro|server|reports)\b|from xlwings import (pro|server|reports)|LICENSE_KEY")
    for path in Path(vba.__file__).parents[2].rglob("*.py"):
        assert not paid.search(path.read_text(encoding="utf-8")), path
    for name, source in vba.modules(sources()).items():
        assert not paid.search(source), name
