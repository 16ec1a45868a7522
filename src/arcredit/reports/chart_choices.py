"""What XlsxWriter leaves unsaid in a chart, said.

A choice that a chart does not state is read by the version of the program that saved the workbook: in one of
Excel 2007, which XlsxWriter claims to be, as no; in a later one, such as the workbook that a sheet is copied
into, as the format's own default. There lines would be smoothed, blanks drawn at nought, labels made of every
name there is, and axes left out.
"""

import re

_NO_MORE = "".join(
    f'<c:{name} val="0"/>' for name in ("showCatName", "showSerName", "showPercent", "showBubbleSize")
)
_STATED = [
    (re.compile(pattern), stated)
    for pattern, stated in (
        (r"(<c:lang [^>]*/>)", r'\1<c:roundedCorners val="0"/>'),
        (r"(<c:title><c:tx>(?:(?!</c:tx>).)*</c:tx><c:layout/>)", r'\1<c:overlay val="0"/>'),
        (r"(<c:plotArea>)", r'<c:autoTitleDeleted val="0"/>\1'),
        (r"(<c:grouping [^>]*/>)", r'\1<c:varyColors val="0"/>'),
        (r'(<c:showVal val="1"/>)', rf'<c:showLegendKey val="0"/>\1{_NO_MORE}'),
        (r"(</c:scaling>)(?!<c:delete )", r'\1<c:delete val="0"/>'),
        (r"(?<!Mark val=\"none\"/>)(<c:tickLblPos )", r'<c:majorTickMark val="out"/>\1'),
        (r"(<c:tickLblPos )", r'<c:minorTickMark val="none"/>\1'),
        (r"(<c:lblAlgn )", r'<c:auto val="0"/>\1'),
        (r"(<c:lblOffset [^>]*/>)", r'\1<c:noMultiLvlLbl val="0"/>'),
        (r"(<c:legendPos [^>]*/><c:layout/>)", r'\1<c:overlay val="0"/>'),
        (r'(<c:plotVisOnly val="1"/>)(?!<c:dispBlanksAs )', r'\1<c:dispBlanksAs val="gap"/>'),
    )
]
_KINDS = re.compile(r"<c:(bar|line)Chart>.*?</c:\1Chart>", re.DOTALL)
_FILLED = re.compile(r"(<c:ser>(?:(?!</c:spPr>).)*</c:spPr>)", re.DOTALL)


def stated(chart: str) -> str:
    """A chart's XML as XlsxWriter makes it, with every such choice in its place.

    Examples
    --------
    >>> stated('<c:grouping val="stacked"/>')
    '<c:grouping val="stacked"/><c:varyColors val="0"/>'
    """
    for pattern, text in _STATED:
        chart = pattern.sub(text, chart)
    return _KINDS.sub(_series, chart)


def _series(kind: re.Match[str]) -> str:
    """Columns below nought keep their colour; lines run straight."""
    if kind[1] == "bar":
        return _FILLED.sub(r'\1<c:invertIfNegative val="0"/>', kind[0])
    return kind[0].replace("</c:ser>", '<c:smooth val="0"/></c:ser>')
