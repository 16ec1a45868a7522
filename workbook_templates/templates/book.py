"""A finished template: its sheets as a workbook in one language, the same bytes every time."""

import re
from collections.abc import Sequence
from pathlib import Path

from samples.parts import pack, unpack

from arcredit.reports.scratch import workbook
from arcredit.reports.sheet import Sheet

LOCALES = {"en": "en-GB", "zh": "zh-CN"}
_CALCULATED = b'<calcPr calcId="191029"/>'


def write(path: Path, sheets: Sequence[Sheet], title: str, language: str) -> None:
    """Write the sheets as a workbook, the first one shown when it opens.

    Excel would compute everything anew when it opens a file of an older program, and without the add-in
    every result would become ``#NAME?``: the file says that it has been calculated by a newer one.
    """
    path.write_bytes(workbook(sheets))
    finish(path, title, language)


def finish(path: Path, title: str, language: str) -> None:
    """Give a workbook its title, its language and its fixed time stamps."""
    parts = unpack(path)
    book, core = "xl/workbook.xml", "docProps/core.xml"
    parts[book] = re.sub(rb"<calcPr [^>]*/>", _CALCULATED, parts[book])
    named = re.sub(rb"<dc:(title|language)>[^<]*</dc:(title|language)>", b"", parts[core])
    said = f"<dc:title>{title}</dc:title><dc:language>{LOCALES[language]}</dc:language>"
    parts[core] = named.replace(b"</cp:coreProperties>", f"{said}</cp:coreProperties>".encode())
    for name in parts:
        if name.startswith("xl/charts/"):
            parts[name] = parts[name].replace(b'"en-US"', f'"{LOCALES[language]}"'.encode())
    pack(path, parts)
