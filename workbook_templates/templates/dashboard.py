"""The dashboard template: a sample ledger with the page for the CFO, its limits and its warnings."""

import re
import shutil
from pathlib import Path

from samples.parts import pack, unpack

from arcredit.hosts.demo import AS_OF
from arcredit.hosts.refresh import Options, refresh
from templates.book import finish
from templates.words import text

FILE = "dashboard"
_SAMPLES = Path(__file__).parents[1]
_REPORTS = "dashboard,limits,warnings"


def write(path: Path, language: str) -> None:
    """A copy of the sample ledger, refreshed."""
    shutil.copyfile(_SAMPLES / f"sample_ledger_{language}.xlsx", path)
    done = refresh(path, Options(as_of=AS_OF, language=language, reports=_REPORTS))
    if done.error is not None:
        raise done.error
    finish(path, text("dashboard.title", language), language)
    _open_at(path, done.sheets["dashboard"])


def _open_at(path: Path, sheet: str) -> None:
    """Have the workbook open at a sheet."""
    parts = unpack(path)
    book = "xl/workbook.xml"
    sheets = re.findall(rb'<sheet [^>]*name="([^"]*)"[^>]*r:id="([^"]*)"', parts[book])
    place = [name.decode() for name, _ in sheets].index(sheet)
    links = parts["xl/_rels/workbook.xml.rels"].decode()
    (link,) = (
        one
        for one in re.findall(r"<Relationship [^>]*>", links)
        if f'Id="{sheets[place][1].decode()}"' in one
    )
    shown = "xl/" + re.findall(r'Target="/?(?:xl/)?([^"]*)"', link)[0]
    parts[book] = re.sub(
        rb'(<workbookView [^>]*?)( activeTab="\d+")?(\s*/>)', rb'\1 activeTab="%d"\3' % place, parts[book]
    )
    for name in parts:
        if name.startswith("xl/worksheets/sheet"):
            parts[name] = parts[name].replace(b' tabSelected="1"', b"", 1)
    parts[shown] = parts[shown].replace(b"<sheetView ", b'<sheetView tabSelected="1" ', 1)
    pack(path, parts)
