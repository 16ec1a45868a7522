"""The mark of formulas that spill: a cell's ``cm`` counts entries of the workbook's metadata part."""

from collections.abc import Callable
from typing import TypeAlias

from arcredit.ledger.writing.parts import Package, free_name
from arcredit.ledger.writing.workbook_part import WorkbookPart
from arcredit.ledger.writing.xml_spans import Element, append, insert, parse, set_attribute, splice

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml"
_DYNAMIC = "http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray"
_NAME = "XLDAPR"
_FLAGS = (
    "copy pasteAll pasteValues merge splitFirst rowColShift clearFormats clearComments assign coerce cellMeta"
)
_ORDER = (
    "metadataTypes",
    "metadataStrings",
    "mdxMetadata",
    "futureMetadata",
    "cellMetadata",
    "valueMetadata",
    "extLst",
)


_Fits: TypeAlias = Callable[[Element], bool]
_Made: TypeAlias = Callable[[Element], str]


def dynamic_mark(package: Package, book: WorkbookPart) -> int:
    """The number that marks a formula that spills; what is missing in the metadata is added."""
    part = package.related(book.part, "sheetMetadata")
    if part is None:
        folder = book.part.rpartition("/")[0]
        part = f"{folder}/metadata.xml".lstrip("/")
        if part in package:
            part = free_name(package, set(), f"{folder}/metadata{{}}.xml".lstrip("/"))
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
        package.put(part, f'{head}<metadata xmlns="{book.root.namespace}"></metadata>'.encode())
        package.relate(book.part, f"{book.office}/sheetMetadata", part)
        package.declare({part: _TYPE})
    known = _number(package, part, "metadataTypes", _is_type, _type)
    value = _number(package, part, "futureMetadata", _is_property, _property)
    return _number(
        package,
        part,
        "cellMetadata",
        lambda entry: _is_record(entry, known, value - 1),
        lambda root: f'<{root.tag("bk")}><{root.tag("rc")} t="{known}" v="{value - 1}"/></{root.tag("bk")}>',
    )


def _number(package: Package, part: str, group: str, fits: _Fits, made: _Made) -> int:
    """The place of the entry that fits in a group, from 1; group and entry are added where missing."""
    data = package.xml(part)
    root = parse(data, package.label(part), 7)
    holders = [item for item in root.named(group) if item.attributes.get("name", _NAME) == _NAME]
    entries = holders[0].children if holders else []
    for place, entry in enumerate(entries, 1):
        if fits(entry):
            return place
    if holders:
        count = set_attribute(data, holders[0], "count", str(len(entries) + 1))
        edits = [count, append(holders[0], made(root))]
    else:
        named = f' name="{_NAME}"' if group == "futureMetadata" else ""
        tag = root.tag(group)
        edits = [insert(root, _ORDER, group, f'<{tag}{named} count="1">{made(root)}</{tag}>')]
    package.put(part, splice(data, edits))
    return len(entries) + 1


def _is_type(entry: Element) -> bool:
    return entry.attributes.get("name") == _NAME


def _type(root: Element) -> str:
    flags = " ".join(f'{flag}="1"' for flag in _FLAGS.split())
    return f'<{root.tag("metadataType")} name="{_NAME}" minSupportedVersion="120000" {flags}/>'


def _is_property(entry: Element) -> bool:
    """Whether an entry says: dynamic, and not collapsed."""
    inside = [item for lists in entry.children for ext in lists.children for item in ext.children]
    return any(
        item.namespace == _DYNAMIC and item.flag("fDynamic") and not item.flag("fCollapsed")
        for item in inside
    )


def _property(root: Element) -> str:
    bk, ext_list, ext = (root.tag(name) for name in ("bk", "extLst", "ext"))
    says = f'<xda:dynamicArrayProperties xmlns:xda="{_DYNAMIC}" fDynamic="1" fCollapsed="0"/>'
    uri = "{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}"
    return f'<{bk}><{ext_list}><{ext} uri="{uri}">{says}</{ext}></{ext_list}></{bk}>'


def _is_record(entry: Element, known: int, value: int) -> bool:
    records = [item.attributes for item in entry.children]
    return records == [{"t": str(known), "v": str(value)}]
