"""arcredit.xlam read back by others: oletools against [MS-OVBA], openpyxl, pyOpenVBA's compiler."""

import ast
import io
import os
import re
import struct
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ET
import zipfile

import olefile
import openpyxl
import pytest
from pyopenvba.apps.excel import ExcelApplication

from arcredit.hosts.excel import vba
from arcredit.hosts.excel.build import build, sources
from arcredit.hosts.excel.functions import FUNCTIONS
from arcredit.words import LANGUAGES

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the parser library that oletools uses
    from oletools.olevba import VBA_Parser, decompress_stream

UI = "{http://schemas.microsoft.com/office/2009/07/customui}"
CORE, BRIDGE, INSTALL = vba.HAND_WRITTEN


@pytest.fixture(scope="module")
def addin(tmp_path_factory):
    return build(tmp_path_factory.mktemp("addin") / "arcredit.xlam")


@pytest.fixture(scope="module")
def parts(addin):
    with zipfile.ZipFile(addin) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


@pytest.fixture(scope="module")
def project(parts):
    return olefile.OleFileIO(io.BytesIO(parts["xl/vbaProject.bin"]))


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    # As a workbook: openpyxl knows no add-ins.
    return openpyxl.load_workbook(build(tmp_path_factory.mktemp("book") / "arcredit.xlsm"), keep_vba=True)


@pytest.fixture(scope="module")
def modules():
    return vba.modules(sources())


def directory(project):
    """The records of the dir stream, [MS-OVBA] 2.3.4.2; PROJECTVERSION is the one of irregular length."""
    data, place, records = decompress_stream(bytearray(project.openstream("VBA/dir").read())), 0, []
    while place < len(data):
        kind, size = struct.unpack_from("<HI", data, place)
        size = 6 if kind == 0x0009 else size
        records.append((kind, data[place + 6 : place + 6 + size]))
        place += 6 + size
    assert place == len(data), "bytes behind the end of the dir stream"
    return records


def listed_modules(records):
    found, name = {}, None
    for kind, data in records:
        if kind == 0x0019:
            name = data.decode("cp1252")
            found[name] = {}
        elif name and kind == 0x0031:
            (found[name]["offset"],) = struct.unpack("<I", data)
        elif name and kind in (0x0021, 0x0022):
            found[name]["kind"] = kind
        elif kind == 0x002B:
            name = None
    return found


def decoded(text):
    """Version, key and value of an encoded protection setting, [MS-OVBA] 2.4.3.3."""
    data = bytes.fromhex(text)
    seed, key = data[0], data[0] ^ data[2]
    plain, last, before, out = key, data[2], data[1], []
    for code in data[3:]:
        byte = code ^ ((before + plain) & 0xFF)
        out.append(byte)
        plain, before, last = byte, last, code
    out = out[(seed & 6) // 2 :]
    size = int.from_bytes(bytes(out[:4]), "little")
    return seed ^ data[1], key, bytes(out[4 : 4 + size])


def test_the_package(parts):
    types = {
        item.get("PartName"): item.get("ContentType") for item in ET.fromstring(parts["[Content_Types].xml"])
    }
    assert types["/xl/workbook.xml"] == "application/vnd.ms-excel.addin.macroEnabled.main+xml"
    assert all(name.lstrip("/") in parts for name in types if name)
    for name, data in parts.items():
        if name.endswith((".xml", ".rels")):
            ET.fromstring(data)
    targets = {item.get("Target") for item in ET.fromstring(parts["_rels/.rels"])}
    assert targets <= parts.keys()
    assert "customUI/customUI14.xml" in targets


def test_the_project_after_the_specification(project, modules):
    assert not any(name[-1].startswith("__SRP_") for name in project.listdir())
    assert project.openstream("VBA/_VBA_PROJECT").read() == b"\xcc\x61\xff\xff\x00\x00\x00"
    records = directory(project)
    assert records[0][0] == 0x0001
    assert records[-1][0] == 0x0010
    fields = dict(records)
    assert struct.unpack("<H", fields[0x0003]) == (1252,)
    assert fields[0x0004] == b"arcredit"
    found = listed_modules(records)
    assert struct.unpack("<H", fields[0x000F]) == (len(found),)
    assert set(modules) <= set(found)
    assert {item["offset"] for item in found.values()} == {0}
    text = project.openstream("PROJECT").read().decode("cp1252")
    declared = re.findall(r"^(?:Document|Module|Class)=([^/\r\n]+)", text, re.M)
    assert sorted(declared) == sorted(found)
    assert 'Name="arcredit"' in text
    names = project.openstream("PROJECTwm").read()
    for name in found:
        assert name.encode("cp1252") + b"\0" + name.encode("utf-16le") + b"\0\0" in names


def test_the_project_is_neither_locked_nor_hidden(project):
    text = project.openstream("PROJECT").read().decode("cp1252")
    key = sum(re.search(r'ID="(.*?)"', text)[1].encode()) & 0xFF
    for name, value in (("CMG", bytes(4)), ("DPB", b"\x00"), ("GC", b"\xff")):
        assert decoded(re.search(rf'{name}="(.*?)"', text)[1]) == (2, key, value)


def test_the_source_is_read_back_whole(addin, project, modules):
    """By the specification's decompression, and by olevba's own way through the package."""
    by_olevba = {name.rsplit(".", 1)[0]: code for *_, name, code in VBA_Parser(str(addin)).extract_macros()}
    for name, source in modules.items():
        raw = project.openstream(f"VBA/{name}").read()
        stored = decompress_stream(bytearray(raw)).decode("cp1252")
        assert body(stored) == body(source)
        assert body(by_olevba[name]) == body(source)
        if name in by_olevba and name != "ThisWorkbook":
            assert stored.startswith(f'Attribute VB_Name = "{name}"')


def body(source):
    lines = [line for line in source.splitlines() if not line.startswith("Attribute VB_")]
    return "\n".join(lines).strip()


def test_the_same_bytes_every_time(addin, tmp_path):
    code = (
        "import sys, pathlib; from arcredit.hosts.excel.build import build; build(pathlib.Path(sys.argv[1]))"
    )
    again = tmp_path / "again.xlam"
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Asia/Shanghai"}
    subprocess.run([sys.executable, "-c", code, str(again)], check=True, env=environment)
    assert again.read_bytes() == addin.read_bytes()
    with zipfile.ZipFile(addin) as file:
        assert {item.date_time for item in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {item.create_system for item in file.infolist()} == {0}
        assert file.namelist()[0] == "[Content_Types].xml"


@pytest.mark.parametrize("name", ["ThisWorkbook", *vba.HAND_WRITTEN, "arcredit_udfs", "arcredit_ribbon"])
def test_another_compiler_takes_every_module(modules, name):
    # Attributes of procedures are unknown to it.
    source = re.sub(r"(?m)^Attribute \w+\.VB_.*\n", "", modules[name])
    application = ExcelApplication()
    application.add_workbook()
    application.add_module(source, name=name)


def test_the_compiler_would_notice():
    application = ExcelApplication()
    application.add_workbook()
    with pytest.raises(Exception, match="line"):
        application.add_module("Public Sub A()\n    If 1 Then\nEnd Sub\n", name="broken")


def test_lines_fit_the_editor_and_are_ascii(modules):
    for name, source in modules.items():
        assert source.isascii(), name
        assert max(map(len, source.splitlines())) <= vba.LONGEST_LINE, name


def test_the_function_wizard_shows_our_functions_only(modules):
    for name in vba.HAND_WRITTEN:
        assert "\nOption Private Module\n" in modules[name]
    assert not re.search(r"^(Public )?Function", modules["arcredit_ribbon"], re.M)
    # xlwings calls it by name from outside.
    assert "Public Sub CleanUp()" in modules["arcredit_ribbon"]


def test_wrappers_hand_over_every_argument(modules):
    declared = re.findall(r"^Public Function (\w+)\((.*)\) As Variant$", modules["arcredit_udfs"], re.M)
    calls = re.findall(
        r'^    (\w+) = ArcCall\("(\w+)", "([vt]*)", Array\((.*)\)\)$', modules["arcredit_udfs"], re.M
    )
    assert [name for name, _ in declared] == list(FUNCTIONS)
    for (name, signature), (returned, called, kinds, arguments) in zip(declared, calls, strict=True):
        parameters = FUNCTIONS[name].parameters
        expected = [
            f"{'' if item.default is item.empty else 'Optional '}{item.name} As Variant"
            for item in parameters
        ]
        assert signature.split(", ") == expected
        assert returned == called == name
        assert arguments.split(", ") == [item.name for item in parameters]
        assert kinds == "".join("v" if FUNCTIONS[name].kinds[item.name] else "t" for item in parameters)


RESERVED = """
and as boolean byref byte byval call case close const currency date declare dim do double each else
elseif empty end enum eqv erase error event exit false for friend function get gosub goto if imp
implements in input integer is let lib like line lock long loop lset me mod new next not nothing null
object on open option optional or preserve print private property public put redim rem resume return rset
select set single static step stop string sub then to true type until variant wend while with xor caller
"""


def test_no_argument_is_a_word_of_vba():
    reserved = set(RESERVED.split())
    for name, function in FUNCTIONS.items():
        assert not {item.name.lower() for item in function.parameters} & reserved, name


def test_openpyxl_reads_the_sheets(book):
    assert book.sheetnames == ["texts", "help_en", "help_zh", "_IntelliSense_"]
    for language in LANGUAGES:
        lines = list(book[f"help_{language}"].iter_rows(min_row=2, values_only=True))
        assert [line[0] for line in lines] == list(FUNCTIONS)
        for line in lines:
            told = [cell for cell in line if cell is not None]
            assert max(map(len, told)) <= 255
            assert told[2::2] == [item.name for item in FUNCTIONS[line[0]].parameters]
            assert len(told) == 2 + 2 * len(FUNCTIONS[line[0]].parameters)
    assert book["_IntelliSense_"]["A1"].value == "FunctionInfo"
    assert book["help_zh"]["B2"].value != book["help_en"]["B2"].value


def test_every_text_that_the_vba_asks_for_is_there(book, modules):
    texts = {row[0]: row for row in book["texts"].iter_rows(values_only=True)}
    asked = set(re.findall(r'ArcText\("(\w+)"\)', "".join(modules.values())))
    written = {key for key in texts if "." not in key}
    assert asked == written
    stems = {name.split("_")[0].lower() for name in FUNCTIONS}
    assert stems == {key.partition(".")[2] for key in texts if key.startswith("category.")}
    assert all(len(row) == 3 and all(row) for row in texts.values())


def test_the_ribbon(parts, modules, book):
    root = ET.fromstring(parts["customUI/customUI14.xml"])
    procedures = set(re.findall(r"^Public Sub (\w+)\(control As Object", modules["arcredit_ribbon"], re.M))
    keys = {row[0] for row in book["texts"].iter_rows(values_only=True)}
    buttons = list(root.iter(f"{UI}button"))
    assert buttons
    for element in root.iter():
        for callback in ("getLabel", "getScreentip", "getSupertip", "onAction"):
            assert element.get(callback, "ArcLabel") in procedures
        if element.get("getLabel"):
            assert f"label.{element.attrib['id']}" in keys
    for button in buttons:
        assert button.get("imageMso")
        assert f"tip.{button.attrib['id']}" in keys
    assert not [group for group in root.iter(f"{UI}group") if len(group) == 0]


def test_every_button_has_its_function(modules):
    """In ribbon.py, or the VBA procedure of its tag."""
    tree = ast.parse((sources().parent / "src/arcredit/hosts/excel/ribbon.py").read_text(encoding="utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    pressed = set(re.findall(r'ArcPress "(\w+)"', modules["arcredit_ribbon"]))
    assert pressed <= functions
    answered = re.findall(r"^Public Sub button_\w+\(.*\)\n    (Arc\w+)$", modules["arcredit_ribbon"], re.M)
    assert answered
    for name in answered:
        assert f"Public Sub {name}()" in modules[INSTALL]


def test_the_bridge_reads_nothing_from_workbooks(modules):
    """The interpreter is fixed: a mailed workbook must not decide which program runs."""
    bridge = modules[BRIDGE]
    for word in (
        "Worksheets",
        "Range(",
        "Cells(",
        "Names(",
        "GetSetting",
        "Shell",
        "CreateObject",
        ".FullName",
    ):
        assert word not in bridge, word
    assert set(re.findall(r'Environ\("(\w+)"\)', bridge)) == {"LOCALAPPDATA", "HOME"}
    assert " -I -B -c " in bridge


def test_the_bridge_loads_the_library_of_the_pinned_xlwings(modules):
    pinned = re.search(r"xlwings==([\d.]+)", (sources().parent / "pyproject.toml").read_text())[1]
    assert set(re.findall(r"xlwings\d\d-([\d.]+)\.dll", modules[BRIDGE])) == {pinned}
    assert f'XLWINGS As String = "{pinned}"' in modules[BRIDGE]
