"""A LibreOffice of our own for the end-to-end tests, one for each process that runs tests."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from arcredit.hosts.excel import press

DEBIAN = "/usr/lib/python3/dist-packages"
"""Where Debian keeps LibreOffice's Python bindings; a virtual environment of that Python can use them."""


@pytest.fixture(scope="session")
def uno_bindings():
    """LibreOffice and its Python bindings; without them the test says so, and in CI that is a failure."""
    if DEBIAN not in sys.path:
        sys.path.append(DEBIAN)
    try:
        import uno  # noqa: F401

        missing = "" if shutil.which("soffice") else "LibreOffice is not installed"
    except ImportError:
        missing = "this Python has no module uno (Debian's python3-uno)"
    if missing and os.environ.get("CI"):
        pytest.fail(missing)
    if missing:
        pytest.skip(f"did not run: {missing}")


@pytest.fixture(scope="session")
def office(uno_bindings):
    """A running LibreOffice."""
    from arcredit.hosts.calc.office import Office

    with Office(recalculate=False) as running:
        yield running


@pytest.fixture
def called_from():
    """Says which book the next button is pressed in."""

    def say(book):
        press.xw.Book(impl=book.impl).set_mock_caller()

    yield say
    if hasattr(press.xw.Book, "_mock_caller"):
        del press.xw.Book._mock_caller


@pytest.fixture(scope="session")
def sample():
    """The English sample ledger."""
    return Path(__file__).parents[2] / "workbook_templates" / "sample_ledger_en.xlsx"
