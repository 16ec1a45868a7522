"""What is released: the same sources give the same bytes, wherever and whenever they are built."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
SOURCES = ("README.md", "LICENSE", "pyproject.toml", "src", "addin", "workbook_templates")


def built(folder, umask):
    """Wheel and source distribution of a copy of the sources, by their names, with their hashes."""
    folder.mkdir(mode=0o755)
    for name in SOURCES:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        kept = {"ignore": shutil.ignore_patterns("__pycache__")} if source.is_dir() else {}
        copy(source, folder / name, **kept)
    for path in folder.rglob("*"):
        os.utime(path, (10**9 + umask, 10**9 + umask))
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), str(folder)],
        check=True,
        capture_output=True,
        umask=umask,
    )
    return {path.name: path for path in (folder / "dist").iterdir()}


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    return built(folder / "one", 0o022), built(folder / "another_place", 0o077)


def test_builds_are_reproducible(twice):
    first, second = (
        {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
        for files in twice
    )
    assert first == second
    assert {Path(name).suffix for name in first} == {".whl", ".gz"}


def test_the_wheel_is_pure_and_carries_what_is_installed(twice):
    (path,) = (path for name, path in twice[0].items() if name.endswith(".whl"))
    assert path.name.endswith("-py3-none-any.whl")
    names = set(zipfile.ZipFile(path).namelist())
    for wanted in (
        "arcredit/words/zh/report.toml",
        "arcredit/addin/ribbon.xml",
        "arcredit/ledger/records/schema.toml",
        "arcredit/workbook_templates/sample_ledger_messy.xlsx",
        "arcredit/workbook_templates/function_gallery_zh.xlsx",
    ):
        assert wanted in names
    assert not [name for name in names if name.startswith("tests") or name.endswith(".pyc")]


def test_the_source_distribution_builds_what_the_sources_build(twice):
    (path,) = (path for name, path in twice[0].items() if name.endswith(".gz"))
    with tarfile.open(path) as package:
        names = {name.split("/", 1)[-1] for name in package.getnames()}
    assert {"pyproject.toml", "LICENSE", "src/arcredit/credit/money.py", "addin/ribbon.xml"} <= names


SYSTEMS = {"linux": "Linux", "win32": "Windows", "darwin": "Darwin"}


@pytest.mark.parametrize("system", SYSTEMS)
def test_whatever_an_installation_brings_is_pinned_and_audited(system):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = project["dependencies"] + extras["cluster"] + extras["s3"] + extras["abfs"]
    here = {"sys_platform": system, "platform_system": SYSTEMS[system]}
    todo, brought = [(text, "") for text in asked], set()
    while todo:
        text, extra = todo.pop()
        wanted = Requirement(text)
        if wanted.marker and not wanted.marker.evaluate({**here, "extra": extra}):
            continue
        for of in {"", *wanted.extras} - {of for name, of in brought if name == wanted.name}:
            brought.add((wanted.name, of))
            todo += [(more, of) for more in _requirements(wanted.name)]
    pinned = {line.split("==")[0] for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()}
    names = {canonicalize_name(name) for name, _ in brought}
    assert len(names) > 60
    assert names <= set(map(canonicalize_name, pinned))


def _requirements(name):
    """What a package asks for; packages of other systems are not installed here, and ask for nothing more."""
    try:
        return requires(name) or []
    except PackageNotFoundError:
        return []
