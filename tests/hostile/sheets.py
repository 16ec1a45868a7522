"""Mutants of a workbook's XML: tags cut, doubled, moved; odd attributes, texts; deep and wide elements."""

import re
from xml.sax.saxutils import escape, quoteattr

from hostile.choices import ODD_NUMBERS, ODD_PLACES, Choices
from hostile.seeds import seeds
from hostile.zips import packed, unpacked

_TAG = re.compile(r"<[^<>]*>")
_VALUE = re.compile(r'([\w:.-]+)="([^"<>]*)"')
_TEXT = re.compile(r">([^<>]*)<")
_PIECES = (
    *(
        "<row/>",
        "<c/>",
        "<c><v>1</v></c>",
        '<c r="A1" t="s"><v>99999</v></c>',
        '<c t="s"><v>-1</v></c>',
        "<v>1</v>",
    ),
    *(
        '<c r="B2" t="e"><v>#ODD!</v></c>',
        '<c r="B2" t="d"><v>2026-13-45</v></c>',
        '<c r="B2" t="?"><v>1</v></c>',
    ),
    *(
        '<c r="ZZZ9"><f t="shared" si="99"/></c>',
        '<c r="B3"><f t="array" ref="A1:XFD1048576">1</f><v>1</v></c>',
    ),
    *(
        '<mergeCell ref="A1:XFD1048576"/>',
        '<mergeCells><mergeCell ref=""/></mergeCells>',
        "<sheetData/>",
        "<!---->",
    ),
    *(
        '<dimension ref="A1:XFD1048576"/>',
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<![CDATA[1]]>",
    ),
    *(
        '<row r="99999999999"><c><v>1</v></c></row>',
        '<sheet name="x" sheetId="1" r:id="rId1"/>',
        "<?x y?>",
        "&#xFFFF;",
    ),
    *(
        '<definedName name="x" localSheetId="99">1</definedName>',
        '<xf numFmtId="99999" fontId="-1"/>',
        "&#0;",
        "&a;",
    ),
    *(
        '<definedName name="_arcredit_aging">Ledger!$A$1</definedName>',
        "<!DOCTYPE a>",
        "<a>" * 2000,
        "<a>" * 99,
    ),
    *(
        '<sheetProtection sheet="1"/>',
        '<x a="' + '" b="'.join("1" * 50) + '"/>',
        "<si><t>x</t></si>",
        "<is><t/></is>",
    ),
    *(
        '<tableColumn id="1" name=""/>',
        "<f>CREDIT_LIMIT(A1)</f>",
        "<f>AR_AGING(A1:A9,B1:B9,C1:C9)</f>",
        "<f>1/0</f>",
    ),
    *(
        '<workbookProtection lockStructure="1"/>',
        '<workbookPr date1904="1"/>',
        '<calcPr fullCalcOnLoad="x"/>',
    ),
)


def sheet_mutant(choices: Choices) -> bytes:
    """A workbook with one to six changes in the XML of one or two parts."""
    parts = unpacked(choices.one(seeds()))
    # What holds the parts together is `zips`' to spoil.
    spoiled = [place for place, (name, _) in enumerate(parts) if not name.endswith((".rels", "_Types].xml"))]
    order = sorted(spoiled, key=lambda place: _weight(parts[place][0]))
    for _ in range(1 + choices.below(2)):
        place = order[min(choices.below(len(order)), choices.below(len(order)))]
        name, data = parts[place]
        encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
        text = data.decode(encoding, "replace")
        for _ in range(1 + choices.below(3)):
            text = choices.one(_MUTATIONS)(text, choices)
        parts[place] = name, text.encode(encoding, "replace")
    return packed(parts)


def _weight(name: str) -> int:
    wanted = ("worksheets/sheet", "workbook.xml", "sharedstrings", "tables/", "styles", "customxml/item")
    return next((place for place, part in enumerate(wanted) if part in name.lower()), len(wanted))


def _replaced(text: str, found: re.Match[str] | None, new: str, group: int = 0) -> str:
    return text if found is None else text[: found.start(group)] + new + text[found.end(group) :]


def _some(pattern: re.Pattern[str], text: str, choices: Choices) -> re.Match[str] | None:
    """A match somewhere; large parts are not searched whole."""
    return pattern.search(text, choices.below(max(len(text), 1))) or pattern.search(text)


def _cut(text: str, choices: Choices) -> str:
    return _replaced(text, _some(_TAG, text, choices), "")


def _doubled(text: str, choices: Choices) -> str:
    found = _some(_TAG, text, choices)
    return _replaced(text, found, found[0] * 2) if found else text


def _attribute(text: str, choices: Choices) -> str:
    odd = choices.one(ODD_NUMBERS) if choices.below(2) else choices.text()
    odd = choices.one(ODD_PLACES) if choices.below(3) == 0 else odd
    return _replaced(text, _some(_VALUE, text, choices), quoteattr(odd)[1:-1], 2)


def _no_attribute(text: str, choices: Choices) -> str:
    return _replaced(text, _some(_VALUE, text, choices), "")


def _other_attribute(text: str, choices: Choices) -> str:
    other = _some(_VALUE, text, choices)
    return _replaced(text, _some(_VALUE, text, choices), other[0]) if other else text


def _content(text: str, choices: Choices) -> str:
    odd = choices.one(ODD_NUMBERS) if choices.below(2) else choices.text()
    return _replaced(text, _some(_TEXT, text, choices), escape(odd), 1)


def _piece(text: str, choices: Choices) -> str:
    found = _some(_TAG, text, choices)
    return text[: found.end()] + choices.one(_PIECES) + text[found.end() :] if found else text


def _swapped(text: str, choices: Choices) -> str:
    other = _some(_TAG, text, choices)
    return _replaced(text, _some(_TAG, text, choices), other[0]) if other else text


def _ended(text: str, choices: Choices) -> str:
    return text[: choices.below(len(text) + 1)]


def _character(text: str, choices: Choices) -> str:
    at = choices.below(len(text) + 1)
    return text[:at] + choices.bytes(3).decode("latin-1") + text[at + choices.below(3) :]


_MUTATIONS = (
    *(_attribute, _attribute, _attribute, _content, _content, _content, _piece, _piece, _no_attribute),
    *(_other_attribute, _cut, _doubled, _swapped, _ended, _character),
)
