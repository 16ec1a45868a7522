"""A pivot table with its cache, as Excel stores it: three parts and their relationships."""

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from samples.parts import REL, Parts, add_part, relate, sheet_part

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
ATTRIBUTES = (
    'applyNumberFormats="0" applyBorderFormats="0" applyFontFormats="0" applyPatternFormats="0" '
    'applyAlignmentFormats="0" applyWidthHeightFormats="1" dataCaption="Values" updatedVersion="6" '
    'minRefreshableVersion="3" useAutoFormatting="1" itemPrintTitles="1" createdVersion="6" indent="0" '
    'outline="1" outlineData="1" multipleFieldFilters="0"'
)
Row = tuple[str, str, str, float]


def add_pivot(
    parts: Parts, sheet: str, place: str, source: tuple[str, str], heads: Sequence[str], rows: Sequence[Row]
) -> None:
    """Sum the fourth column by the second (down) and the third (across) of `source` = (sheet, block)."""
    down, across = (sorted({str(row[field]) for row in rows}) for field in (1, 2))
    folder = "xl/pivotCache"
    cache = _cache(source, heads, rows, down, across)
    add_part(parts, f"{folder}/pivotCacheDefinition1.xml", cache, f"{KIND}.pivotCacheDefinition+xml")
    records = _records(rows, down, across)
    add_part(parts, f"{folder}/pivotCacheRecords1.xml", records, f"{KIND}.pivotCacheRecords+xml")
    table = _table(place, heads[3], down, across)
    add_part(parts, "xl/pivotTables/pivotTable1.xml", table, f"{KIND}.pivotTable+xml")
    relate(parts, f"{folder}/pivotCacheDefinition1.xml", "pivotCacheRecords", "pivotCacheRecords1.xml")
    up = "../pivotCache/pivotCacheDefinition1.xml"
    relate(parts, "xl/pivotTables/pivotTable1.xml", "pivotCacheDefinition", up)
    relate(parts, sheet_part(parts, sheet), "pivotTable", "../pivotTables/pivotTable1.xml")
    known = relate(parts, "xl/workbook.xml", "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml")
    caches = f'<pivotCaches><pivotCache cacheId="1" r:id="{known}"/></pivotCaches></workbook>'.encode()
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</workbook>", caches)


def _cache(
    source: tuple[str, str],
    heads: Sequence[str],
    rows: Sequence[Row],
    down: Sequence[str],
    across: Sequence[str],
) -> str:
    """The cache's definition; the first column is on no axis, so its texts stand in the records."""
    amounts = [row[3] for row in rows]
    number = f'containsNumber="1" minValue="{min(amounts)!r}" maxValue="{max(amounts)!r}"'
    shared = [
        "<sharedItems/>",
        *(
            f'<sharedItems count="{len(texts)}">'
            + "".join(f"<s v={quoteattr(text)}/>" for text in texts)
            + "</sharedItems>"
            for texts in (down, across)
        ),
        f'<sharedItems containsSemiMixedTypes="0" containsString="0" {number}/>',
    ]
    fields = "".join(
        f'<cacheField name={quoteattr(name)} numFmtId="{form}">{items}</cacheField>'
        for name, form, items in zip(heads, (0, 0, 0, 4), shared, strict=True)
    )
    return (
        f'<pivotCacheDefinition xmlns="{MAIN}" xmlns:r="{REL}" r:id="rId1" refreshedBy="Credit control" '
        f'refreshedDate="46206.375" createdVersion="6" refreshedVersion="6" minRefreshableVersion="3" '
        f'recordCount="{len(rows)}"><cacheSource type="worksheet"><worksheetSource ref="{source[1]}" '
        f'sheet={quoteattr(source[0])}/></cacheSource><cacheFields count="4">{fields}</cacheFields>'
        "</pivotCacheDefinition>"
    )


def _records(rows: Sequence[Row], down: Sequence[str], across: Sequence[str]) -> str:
    """The cached rows."""
    records = "".join(
        f'<r><s v={quoteattr(row[0])}/><x v="{down.index(row[1])}"/><x v="{across.index(row[2])}"/>'
        f'<n v="{row[3]!r}"/></r>'
        for row in rows
    )
    return (
        f'<pivotCacheRecords xmlns="{MAIN}" xmlns:r="{REL}" count="{len(rows)}">{records}</pivotCacheRecords>'
    )


def _table(place: str, amount: str, down: Sequence[str], across: Sequence[str]) -> str:
    """The pivot table's definition."""
    return (
        f'<pivotTableDefinition xmlns="{MAIN}" name="PivotBilled" cacheId="1" {ATTRIBUTES}>'
        f'<location ref="{place}" firstHeaderRow="1" firstDataRow="2" firstDataCol="1"/>'
        f'<pivotFields count="4"><pivotField showAll="0"/>{_axis("axisRow", down)}{_axis("axisCol", across)}'
        '<pivotField dataField="1" numFmtId="4" showAll="0"/></pivotFields>'
        f'<rowFields count="1"><field x="1"/></rowFields>'
        f'<rowItems count="{len(down) + 1}">{_lines(down)}</rowItems>'
        f'<colFields count="1"><field x="2"/></colFields>'
        f'<colItems count="{len(across) + 1}">{_lines(across)}</colItems>'
        f'<dataFields count="1"><dataField name="Sum of {amount}" fld="3" baseField="0" baseItem="0" '
        'numFmtId="4"/>'
        '</dataFields><pivotTableStyleInfo name="PivotStyleLight16" showRowHeaders="1" showColHeaders="1" '
        'showRowStripes="0" showColStripes="0" showLastColumn="1"/></pivotTableDefinition>'
    )


def _axis(name: str, texts: Sequence[str]) -> str:
    items = "".join(f'<item x="{index}"/>' for index in range(len(texts)))
    items = f'<items count="{len(texts) + 1}">{items}<item t="default"/></items>'
    return f'<pivotField axis="{name}" showAll="0">{items}</pivotField>'


def _lines(texts: Sequence[str]) -> str:
    lines = "<i><x/></i>" + "".join(f'<i><x v="{index}"/></i>' for index in range(1, len(texts)))
    return lines + '<i t="grand"><x/></i>'
