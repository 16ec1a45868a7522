"""Make the pictures of the README and the manual: `make pictures`; needs LibreOffice and pdftoppm."""

import re
import subprocess
import tempfile
import zipfile
from pathlib import Path

from arcredit.hosts.calc.office import convert
from arcredit.hosts.demo import AS_OF
from arcredit.hosts.refresh import Options, inputs_of
from arcredit.reports import REPORTS
from arcredit.reports.scratch import workbook

HERE = Path(__file__).parent
TEMPLATES = HERE.parent / "workbook_templates"
_WIDTH = 1100
"""Pixels, which keeps a picture under 200 kB."""


def report(owner: str, language: str, path: Path) -> Path:
    """One report of a sample ledger as a workbook of its own."""
    sample = TEMPLATES / f"sample_ledger_{language}.xlsx"
    path.write_bytes(
        workbook([REPORTS[owner].make(inputs_of(sample, Options(as_of=AS_OF, language=language)))])
    )
    return path


def shown(source: Path, path: Path) -> Path:
    """A workbook with its stored results alone: not every LibreOffice knows our functions."""
    with zipfile.ZipFile(source) as given, zipfile.ZipFile(path, "w") as made:
        for name in given.namelist():
            content = given.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = re.sub(rb"<f[^>]*>[^<]*</f>", b"", content)
            made.writestr(name, content)
    return path


def picture(book: Path, page: int, name: str) -> None:
    """A printed page as a picture."""
    (pdf,) = convert([book], "pdf", book.parent, recalculate=False)
    size = ["-scale-to-x", str(_WIDTH), "-scale-to-y", "-1"]
    pages = ["-f", str(page), "-l", str(page), "-singlefile"]
    target = HERE / "images" / name
    subprocess.run(["pdftoppm", "-png", *size, *pages, pdf, target], check=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        picture(report("dashboard", "en", place / "dashboard.xlsx"), 1, "dashboard")
        picture(report("limits", "zh", place / "limits.xlsx"), 1, "limits_zh")
        gallery = shown(TEMPLATES / "function_gallery_en.xlsx", place / "gallery.xlsx")
        picture(gallery, 4, "function_gallery")
