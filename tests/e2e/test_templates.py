"""Every template in LibreOffice with our functions: computed anew, each cell is what the file holds."""

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from arcredit.hosts.templates_cli import NAMES
from arcredit.words import LANGUAGES
from installed_extension import Installed

FOLDER = Path(__file__).parents[2] / "workbook_templates"
FILES = [f"{name}_{language}.xlsx" for name in NAMES for language in LANGUAGES]
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


@pytest.fixture(scope="module")
def running(uno_bindings, tmp_path_factory):
    place = Installed(tmp_path_factory.mktemp("templates"))
    place.install()
    with place.start() as office:
        yield office


@pytest.mark.parametrize("name", FILES)
def test_libreoffice_computes_what_is_stored(running, tmp_path, name):
    document = running.open(FOLDER / name)
    document.calculateAll()
    running.save(document, tmp_path / name)
    document.close(True)
    ours, theirs = (openpyxl.load_workbook(path, data_only=True) for path in (FOLDER / name, tmp_path / name))
    assert ours.sheetnames == theirs.sheetnames
    differing = [
        (f"{page.title}!{cell.coordinate}", cell.value, theirs[page.title][cell.coordinate].value)
        for page in ours
        for row in page.iter_rows()
        for cell in row
        if not same(cell.value, theirs[page.title][cell.coordinate].value)
    ]
    assert differing == []


def same(mine, other):
    mine, other = (plain(value) for value in (mine, other))
    if isinstance(mine, float) and isinstance(other, float):
        return other == pytest.approx(mine, rel=1e-9, abs=1e-6)
    return mine == other


def plain(value):
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()[:10]
    # A truth value that a formula gives is a number to LibreOffice.
    return float(value) if isinstance(value, int | float) else value
