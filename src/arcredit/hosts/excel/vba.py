"""The add-in's VBA and what stands in its sheets: generated from the list, its help and the ribbon.

VBA source is written in a code page that knows no Chinese, so every text a user reads stands in a sheet of
the add-in, and the VBA takes it from there in the language of Excel.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from arcredit.hosts.excel.adapter import WorksheetFunction
from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.hosts.excel.texts import LONGEST, help_of, spoken
from arcredit.words import LANGUAGES, catalogue, say

HAND_WRITTEN = ("arcredit_core", "arcredit_xlpy", "arcredit_install")
LONGEST_LINE = 1_023
"""Characters of a line that the VBA editor accepts."""

UI = "{http://schemas.microsoft.com/office/2009/07/customui}"

Row = tuple[str, ...]


def modules(source: Path) -> dict[str, str]:
    """Every module of the add-in by name, the workbook's own among them.

    Parameters
    ----------
    source : path
        The folder ``addin`` with ``vba/`` and ``ribbon.xml``.
    """
    written = {name: (source / "vba" / f"{name}.bas").read_text(encoding="ascii") for name in HAND_WRITTEN}
    workbook = (source / "vba" / "ThisWorkbook.cls").read_text(encoding="ascii")
    return {
        "ThisWorkbook": workbook,
        **written,
        "arcredit_udfs": wrappers(),
        "arcredit_ribbon": ribbon_procedures(source / "ribbon.xml"),
    }


def wrappers() -> str:
    """Module arcredit_udfs: a VBA function per worksheet function."""
    parts = [_wrapper(name, function) for name, function in FUNCTIONS.items()]
    return _header("arcredit_udfs") + "\n".join(parts)


def _wrapper(name: str, function: WorksheetFunction) -> str:
    optional = {item.name for item in function.parameters if item.default is not item.empty}
    signature = ", ".join(
        f"{'Optional ' if item.name in optional else ''}{item.name} As Variant"
        for item in function.parameters
    )
    kinds = "".join("v" if kind else "t" for kind in function.kinds.values())
    arguments = ", ".join(item.name for item in function.parameters)
    return "\n".join(
        [
            f"Public Function {name}({signature}) As Variant",
            f"Attribute {name}.VB_Description = {_quoted(_plain(help_of(function.function).summary.en))}",
            f'Attribute {name}.VB_ProcData.VB_Invoke_Func = " \\n14"',
            f'    {name} = ArcCall("{name}", "{kinds}", Array({arguments}))',
            "End Function",
            "",
        ]
    )


def ribbon_procedures(ribbon: Path) -> str:
    """Module arcredit_ribbon: a procedure per button, and the labels' callbacks."""
    parts = [_CALLBACKS]
    for button in ET.parse(ribbon).iter(f"{UI}button"):
        name, answered = button.attrib["id"], button.get("tag")
        call = answered or f'ArcPress "{name}"'
        parts.append(f"Public Sub button_{name}(control As Object)\n    {call}\nEnd Sub\n")
    return _header("arcredit_ribbon") + "\n".join(parts)


_CALLBACKS = """Public Sub ArcLabel(control As Object, ByRef label As Variant)
    label = ArcText("label." & control.ID)
End Sub

Public Sub ArcTip(control As Object, ByRef tip As Variant)
    tip = ArcText("tip." & control.ID)
End Sub

' Called by name by xlwings when a run of Python has ended on the Mac.
Public Sub CleanUp()
    ArcMacEnded
End Sub
"""


def custom_ui(ribbon: Path) -> bytes:
    """The ribbon as the add-in carries it: callbacks added, empty groups and comments left out."""
    ET.register_namespace("", UI.strip("{}"))
    root = ET.parse(ribbon).getroot()
    for tab in root.iter(f"{UI}tab"):
        for group in [group for group in tab if len(group) == 0]:
            tab.remove(group)
    for element in root.iter():
        kind = element.tag.removeprefix(UI)
        if kind in ("tab", "group", "button", "menu"):
            element.set("getLabel", "ArcLabel")
        if kind in ("button", "menu"):
            element.set("getScreentip", "ArcLabel")
            element.set("getSupertip", "ArcTip")
        if kind == "button":
            element.set("onAction", f"button_{element.attrib['id']}")
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text


def sheets() -> dict[str, list[Row]]:
    """The sheets of the add-in by name: texts, the Function Wizard's help per language, IntelliSense last."""
    helps = {f"help_{language}": list(help_rows(language)) for language in LANGUAGES}
    return {"texts": list(texts()), **helps, "_IntelliSense_": helps["help_en"]}


def texts() -> Iterator[Row]:
    """Key and text in every language, of everything the VBA says and the ribbon shows."""
    for name in catalogue("en", "addin")["vba"]:
        yield (name, *(say(f"addin.vba.{name}", language) for language in LANGUAGES))
    for name in catalogue("en", "addin")["category"]:
        yield (f"category.{name}", *(say(f"addin.category.{name}", language) for language in LANGUAGES))
    for name in catalogue("en", "ribbon")["label"]:
        yield (f"label.{name}", *(say(f"ribbon.label.{name}", language) for language in LANGUAGES))
    for name in catalogue("en", "ribbon")["tip"]:
        yield (f"tip.{name}", *(say(f"ribbon.tip.{name}", language) for language in LANGUAGES))


def help_rows(language: str) -> Iterator[Row]:
    """A line per function as Excel-DNA's IntelliSense reads it: name, summary, link, arguments."""
    yield ("FunctionInfo", "1")
    for name, function in FUNCTIONS.items():
        texts_of = help_of(function.function)
        arguments = [
            part
            for item in function.parameters
            for part in (item.name, spoken(texts_of.arguments[item.name], language)[:LONGEST])
        ]
        yield (name, spoken(texts_of.summary, language), "", *arguments)


def _header(name: str) -> str:
    return (
        f'Attribute VB_Name = "{name}"\nOption Explicit\n'
        "' Generated by arcredit/hosts/excel/vba.py: change that, not this.\n\n"
    )


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


_ASCII = {"≤": "<=", "≥": ">=", "×": "x", "→": "->", "–": "-", "−": "-", "…": "...", "’": "'"}


def _plain(text: str) -> str:
    """A text in the VBA source's own characters."""
    for character, written in _ASCII.items():
        text = text.replace(character, written)
    return re.sub(r"[^\x20-\x7e]", "?", text)
