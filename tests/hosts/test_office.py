"""A LibreOffice of our own converts a patched workbook."""

import pytest

from arcredit.hosts.calc.office import convert
from arcredit.ledger.patch import Patch
from ledger.patch_books import ledger, report
from libreoffice import program


def test_a_report_as_a_page_and_as_text(tmp_path):
    program("soffice")
    path = ledger(tmp_path / "a.xlsx", sheets=("Ledger",))
    patch = Patch(path)
    patch.set_cell("Ledger", "F1", 0, formula="=SUM(B2:B6)")
    patch.put_sheet(report(), "AR Aging", owner="aging")
    patch.save()
    (page,) = convert([path], "pdf", tmp_path)
    assert page.read_bytes().startswith(b"%PDF")
    (text,) = convert([path], "csv:Text - txt - csv (StarCalc):44,34,76", tmp_path)
    assert text.read_text().splitlines()[0] == "Invoice,Amount,Due,,,153.75"
    with pytest.raises(FileNotFoundError):
        convert([tmp_path / "none.xlsx"], "pdf", tmp_path)
