"""A workbook's parts: what XlsxWriter cannot write is added here, and the bytes are made repeatable."""

import io
import re
import zipfile
from pathlib import Path

MOMENT = (2026, 7, 3, 9, 0, 0)
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

Parts = dict[str, bytes]


def unpack(path: Path) -> Parts:
    """The parts by name, in the file's order."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path: Path, parts: Parts) -> None:
    """Write the parts with one fixed time stamp."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, content)
    path.write_bytes(buffer.getvalue())


def settle(path: Path) -> None:
    """Give a finished workbook its fixed time stamps."""
    pack(path, unpack(path))


def add_part(parts: Parts, name: str, text: str, content_type: str) -> None:
    """Add an XML part and declare its content type."""
    parts[name] = (DECLARATION + text).encode()
    override = f'<Override PartName="/{name}" ContentType="{content_type}"/></Types>'.encode()
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", override)


def relate(parts: Parts, owner: str, kind: str, target: str) -> str:
    """Relate a part to a target; returns the relationship's id."""
    folder, _, name = owner.rpartition("/")
    rels = f"{folder}/_rels/{name}.rels"
    empty = f'{DECLARATION}<Relationships xmlns="{PACKAGE_REL}"></Relationships>'.encode()
    text = parts.get(rels, empty)
    taken = [int(number) for number in re.findall(rb'Id="rId(\d+)"', text)]
    identifier = f"rId{max(taken, default=0) + 1}"
    entry = f'<Relationship Id="{identifier}" Type="{REL}/{kind}" Target="{target}"/></Relationships>'
    parts[rels] = text.replace(b"</Relationships>", entry.encode())
    return identifier


def sheet_part(parts: Parts, sheet: str) -> str:
    """Name of the part that holds a sheet."""
    workbook = parts["xl/workbook.xml"].decode()
    found = re.search(rf'<sheet name="{re.escape(sheet)}" sheetId="(\d+)"', workbook)
    assert found, sheet
    return f"xl/worksheets/sheet{found[1]}.xml"


def share_formulas(parts: Parts, sheet: str, blocks: list[str]) -> None:
    """Turn the formulas of each block into one shared formula, as Excel writes what was filled down."""
    name = sheet_part(parts, sheet)
    text = parts[name].decode()
    for index, block in enumerate(blocks):
        for position, cell in enumerate(_cells(block)):
            master = f' ref="{block}" si="{index}">\\2</f>' if position == 0 else f' si="{index}"/>'
            pattern = rf'(<c r="{cell}"[^>]*>)<f>(.*?)</f>'
            text, found = re.subn(pattern, rf'\1<f t="shared"{master}', text, count=1)
            assert found, f"{sheet}!{cell} has no formula"
    parts[name] = text.encode()


def add_calc_chain(parts: Parts, sheets: int) -> None:
    """List the cells with formulas, as Excel does."""
    entries = []
    for index in range(1, sheets + 1):
        text = parts[f"xl/worksheets/sheet{index}.xml"].decode()
        entries += [
            f'<c r="{cell}" i="{index}"/>' for cell in re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f', text)
        ]
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    add_part(parts, "xl/calcChain.xml", f'<calcChain xmlns="{main}">{"".join(entries)}</calcChain>', kind)
    relate(parts, "xl/workbook.xml", "calcChain", "calcChain.xml")


def _cells(block: str) -> list[str]:
    """The cells of a block such as B6:G8, row by row."""
    found = re.fullmatch(r"([A-Z])(\d+):([A-Z])(\d+)", block)
    assert found, block
    left, top, right, bottom = found.groups()
    columns = [chr(letter) for letter in range(ord(left), ord(right) + 1)]
    return [f"{column}{row}" for row in range(int(top), int(bottom) + 1) for column in columns]


def add_custom_xml(parts: Parts, text: str) -> None:
    """A custom XML part with its properties, as other programs leave them in workbooks."""
    item = "{6F2C1B7E-58A4-4E0B-9C0D-2A1F6D3E7B10}"
    schema = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
    properties = (
        f'<ds:datastoreItem ds:itemID="{item}" xmlns:ds="{schema}"><ds:schemaRefs/></ds:datastoreItem>'
    )
    parts["customXml/item1.xml"] = (DECLARATION + text).encode()
    kind = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
    add_part(parts, "customXml/itemProps1.xml", properties, kind)
    relate(parts, "customXml/item1.xml", "customXmlProps", "itemProps1.xml")
    relate(parts, "xl/workbook.xml", "customXml", "../customXml/item1.xml")
