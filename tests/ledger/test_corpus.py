"""Every workbook of the corpus: three cells and a report sheet, and nothing lost."""

import io
import json
import os
import shutil
import subprocess
import warnings
from pathlib import Path

import openpyxl
import pytest

from arcredit.errors import PatchError
from arcredit.ledger.patch import Patch
from ledger.losses import losses
from ledger.patch_books import report

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
NO_WORKBOOKS = {".md", ".txt", ".csv"}
FILES = (
    sorted(path.name for path in CORPUS.iterdir() if path.suffix not in NO_WORKBOOKS)
    if CORPUS.is_dir()
    else ["no corpus"]
)
BATCHES = 6
LARGE = 150_000
"""From this size on openpyxl opens the result alone: LibreOffice and the bytes prove the old values."""

REFUSED = {
    "ClosedXML__ccde1c6d___LoadPivotTables.xlsx": "patch.not_a_workbook",
    "calamine__33570d24__too_small.xls": "patch.not_a_workbook",
    "test_files__6353b700__CRLFR9_4.XLS": "patch.not_a_workbook",
    "test_files__e7d84ed9__CRLFX5_2.XLS": "patch.not_a_workbook",
    "calamine__6bcfec7d__issue_174.xlsx": "patch.dimension",
    "exceljs__6ee5baa1__invalid-xml.xlsx": "patch.bad_xml",
    "excelize__16369d4a__encryptAES.xlsx": "patch.encrypted",
    "excelize__6c6fa314__encryptSHA512.xlsx": "patch.encrypted",
    "openxlsx-data__a9c6e1b4__openxlsx2_example_pass.xlsx": "patch.encrypted",
    "poi__24d908d3__extenxls_pwd123.xlsx": "patch.encrypted",
    "poi__316aafa7__protected_passtika.xlsb": "patch.encrypted",
    "poi__019fcd16__WithTextBox.xlsb": "patch.binary_format",
    "poi__53ebff18__51519.xlsb": "patch.binary_format",
    "poi__6675f4bd__hyperlink.xlsb": "patch.binary_format",
    "poi__8c600e97__testVarious.xlsb": "patch.binary_format",
    "poi__d22daaeb__comments.xlsb": "patch.binary_format",
    "poi__a89d8116__duplicate-filename-case-insensitive.xlsx": "patch.damaged",
    "poi__17db7f43__12561-1.xls": "patch.old_format",
    "poi__1a2fdc80__12561-2.xls": "patch.old_format",
    "poi__777a5b87__14460.xls": "patch.old_format",
    "poi__ac0a7aea__13224.xls": "patch.old_format",
    "poi__cc241a6e__12843-2.xls": "patch.old_format",
}
"""Files that must be refused as a whole, and why."""

NO_NEW_SHEET = {
    "ClosedXML__0187ad39__protectstructurewithoutpassword.xlsx",
    "ClosedXML__854be63e__protectstructurewithpassword.xlsx",
    "PhpSpreadsheet__523bcaee__form_pass_print.xlsm",
    "poi__0ca1ab7d__workbookProtection-workbook_password-2013.xlsx",
    "poi__9b43ef4a__workbookProtection-workbook_password_user_range-2010.xlsx",
    "umya-spreadsheet__393ed835__book_lock.xlsx",
}
"""Workbooks whose structure is locked: cells only."""

NO_CELLS = {
    "ClosedXML__2a8151eb__enhanced-protection.xlsx",
    "ClosedXML__34b12ec5__SHA512PasswordProtection.xlsx",
    "ClosedXML__ce3f69fd__column-style.xlsx",
    "PhpSpreadsheet__abfbd21d__issue.2301.xlsx",
    "XlsxWriter__ff6188c6__protect05.xlsx",
    "poi__1426b310__stress024.xlsx",
    "poi__eb94a2e1__stress002.xlsx",
}
"""Workbooks whose every worksheet is protected: the report sheet only."""

CELLS = {"ZZ1": 1234.5, "ZZ31": "arcredit <check> & co", "AAA1": 2469}
REPORT = report()


def with_cells(path):
    """A patch of three cells in the first sheet that takes them, and that sheet; None where none does."""
    for name in [name for name in Patch(path).sheet_names if name != "AR Aging"]:
        patch = Patch(path)
        try:
            for ref, value in CELLS.items():
                patch.set_cell(name, ref, value, formula="ZZ1*2" if ref == "AAA1" else None)
            patch.changes()
        except PatchError as refusal:
            if refusal.key in ("patch.sheet_protected", "patch.no_cells"):
                continue
            raise
        return patch, name
    return Patch(path), None


def wished(path):
    """A patch of three cells and a report sheet, as far as this workbook lets."""
    patch, sheet = with_cells(path)
    assert (sheet is None) == (path.name in NO_CELLS)
    if path.name in NO_NEW_SHEET:
        with pytest.raises(PatchError) as refusal:
            patch.put_sheet(REPORT, "AR Aging", owner="aging")
        assert refusal.value.key == "patch.structure_locked"
    else:
        patch.put_sheet(REPORT, "AR Aging", owner="aging")
    return patch, sheet


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Where all processes that run tests leave the patched copies, each whole or not at all."""
    base = tmp_path_factory.getbasetemp()
    shared_by_all = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "corpus"
    shared_by_all.mkdir(exist_ok=True)
    return shared_by_all


def saved(shared, folder, tmp_path, name):
    """The patched copy of a corpus file, made once; None for one that is refused."""
    if name in REFUSED:
        return None
    if not (folder / name).exists():
        path = Path(shutil.copyfile(shared / "corpus" / name, tmp_path / name))
        patch, _ = wished(path)
        assert patch.save()
        path.replace(folder / name)
    return folder / name


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_must_be_refused(name, shared, tmp_path):
    path = tmp_path / name
    shutil.copyfile(shared / "corpus" / name, path)
    before = path.read_bytes()
    with pytest.raises(PatchError) as refusal:
        wished(path)
    assert refusal.value.key == REFUSED[name]
    assert "\n" not in str(refusal.value)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", [name for name in FILES if name not in REFUSED])
def test_nothing_is_lost(name, shared, folder, tmp_path):
    original = shared / "corpus" / name
    path = tmp_path / name
    shutil.copyfile(original, path)
    patch, sheet = wished(path)
    touched, sheet_part = touched_parts(patch, sheet)
    assert patch.save()
    assert losses(original, path, touched, sheet_part, CELLS) == []
    check_values(original, path, sheet)

    after = path.read_bytes()
    again, _ = wished(path)
    assert again.changes() == []
    assert not again.save()
    assert path.read_bytes() == after
    path.replace(folder / name)


def touched_parts(patch, sheet):
    """The parts that an edit must touch, and the sheet's."""
    book = patch._book.part.lower()
    stem = book.rpartition("/")[2]
    rels = f"{book.removesuffix(stem)}_rels/{stem}.rels"
    parts = {"[content_types].xml", book, rels, "docprops/app.xml"}
    parts |= {r.target.lower() for r in patch._package.relations(patch._book.part) if r.kind == "styles"}
    return parts, patch._book.sheet(sheet).part.lower() if sheet else None


def opened(path):
    """The workbook in openpyxl; None where openpyxl cannot load it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            # From memory: where openpyxl gives up on a file it leaves the file open.
            return openpyxl.load_workbook(io.BytesIO(Path(path).read_bytes()), rich_text=True)
        except Exception:
            return None


def plain(value):
    """A cell's value as text; array formulas and data tables by what they hold."""
    return str(vars(value) if hasattr(value, "__dict__") else value)


def check_values(original, path, sheet):
    """openpyxl opens the result and finds the new values, and in all but the largest files the old ones."""
    after = opened(path)
    small = original.stat().st_size < LARGE
    before = opened(original) if small or after is None else None
    if small:
        assert (before is None) == (after is None)
    # openpyxl shows no sheets of workbooks in the strict form.
    if after is None or not after.sheetnames:
        return
    if sheet:
        assert after[sheet]["ZZ31"].value == "arcredit <check> & co"
        assert after[sheet]["ZZ1"].is_date or after[sheet]["ZZ1"].value == 1234.5
        assert after[sheet]["AAA1"].value == "=ZZ1*2"
    if path.name not in NO_NEW_SHEET:
        check_report(after, path)
    if before:
        assert after.sheetnames[: len(before.sheetnames)] == before.sheetnames
        assert after.active.title == before.active.title
        for old in before.worksheets:
            check_old_sheet(old, after[old.title], CELLS if old.title == sheet else {})


def check_report(after, path):
    made = after["AR Aging"]
    assert after.sheetnames[-1] == "AR Aging"
    assert made["A2"].value == "Customer 1 & Söhne 客户"
    assert made["C2"].number_format == "#,##0.00;[Red]-#,##0.00"
    assert made["A1"].font.bold
    assert made.freeze_panes == "B2"
    assert len(made._charts) == 1
    # openpyxl leaves VBA's module sheets out and then miscounts the sheets that names belong to.
    if len(after.sheetnames) == len(Patch(path).sheet_names):
        assert made.print_title_rows == "$1:$1"


def check_old_sheet(old, new, mine):
    for cell in old._cells.values():
        other = new[cell.coordinate]
        if cell.coordinate not in mine:
            shown = (plain(cell.value), cell.data_type, cell.number_format)
            assert (plain(other.value), other.data_type, other.number_format) == shown, cell.coordinate


@pytest.mark.parametrize("batch", range(BATCHES))
def test_libreoffice_shows_the_old_values(batch, shared, folder, tmp_path):
    python = "/usr/bin/python3"
    if not shutil.which("soffice") or subprocess.run([python, "-c", "import uno"], check=False).returncode:
        if os.environ.get("CI"):
            pytest.fail("LibreOffice with its Python bindings must be installed in CI")
        pytest.skip("did not run: LibreOffice with its Python bindings is not installed")
    names = FILES[batch::BATCHES]
    pairs = [(shared / "corpus" / name, saved(shared, folder, tmp_path, name)) for name in names]
    asked = [[str(before), str(after)] for before, after in pairs if after]
    source = Path(__file__).parents[2] / "src"
    run = subprocess.run(
        [python, str(Path(__file__).with_name("office_values.py"))],
        input=json.dumps(asked),
        env={**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found = {
        pair[0].rpartition("/")[2]: lost for pair, lost in zip(asked, json.loads(run.stdout), strict=True)
    }
    assert {name: lost for name, lost in found.items() if lost} == {}
