"""A text of our own kept inside the workbook, as a custom XML part, which Excel carries along untouched."""

from xml.sax.saxutils import escape

from arcredit.ledger.writing.cells import escaped_text, unescaped_text
from arcredit.ledger.writing.parts import Package, free_name
from arcredit.ledger.writing.workbook_part import WorkbookPart
from arcredit.ledger.writing.xml_spans import parse

NAMESPACE = "urn:arcredit:settings:1"
_ITEM_ID = "{6E1C6C86-5B8E-5F0A-9D0B-3C2F0A7E51A4}"
_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
_PROPERTIES_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
_DATA_STORE = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
_STRICT_DATA_STORE = "http://purl.oclc.org/ooxml/officeDocument/customXml"


def settings_part(package: Package, book: WorkbookPart) -> str | None:
    """The part that holds our text, None where the workbook has none."""
    # LibreOffice hangs the part on the package instead of the workbook.
    for relation in (*package.relations(book.part), *package.relations("")):
        if relation.kind == "customXml" and relation.target in package:
            head = next(package.chunks(relation.target), b"")
            if NAMESPACE.encode() in head[:1000]:
                return relation.target
    return None


def read_settings(package: Package, book: WorkbookPart) -> str | None:
    """Our text, None where the workbook has none."""
    part = settings_part(package, book)
    if part is None:
        return None
    data = package.xml(part)
    return unescaped_text(parse(data, package.label(part), 1).text(data))


def write_settings(package: Package, book: WorkbookPart, text: str) -> None:
    """Put our text into its part, adding the part where there is none."""
    item = f'{_HEADER}<settings xmlns="{NAMESPACE}">{escaped_text(text)}</settings>'.encode()
    part = settings_part(package, book)
    if part is not None:
        if read_settings(package, book) != text:
            package.put(part, item)
        return
    part = free_name(package, set(), "customXml/item{}.xml")
    properties = free_name(package, set(), "customXml/itemProps{}.xml")
    store = _STRICT_DATA_STORE if book.strict else _DATA_STORE
    reference = f'<ds:schemaRefs><ds:schemaRef ds:uri="{escape(NAMESPACE)}"/></ds:schemaRefs>'
    described = f'<ds:datastoreItem ds:itemID="{_ITEM_ID}" xmlns:ds="{store}">{reference}</ds:datastoreItem>'
    package.put(part, item)
    package.put(properties, f"{_HEADER}{described}".encode())
    package.relate(book.part, f"{book.office}/customXml", part)
    package.relate(part, f"{book.office}/customXmlProps", properties)
    package.declare({part: "application/xml", properties: _PROPERTIES_TYPE})
