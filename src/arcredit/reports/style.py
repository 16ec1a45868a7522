"""The one restrained style of all reports: a style is ``role.format``, such as ``total.money2``.

Colours are places in the workbook's own theme (colour, shade), so a report wears the company's colours:
0 background, 1 text, 3 dark text, 4 first accent, 5 second accent; shade 1 to 3 is 80, 60, 40 % lighter
(background: 5, 15, 25 % darker), 4 and 5 are 25 and 50 % darker. Text stands on white or on pale tints only.
"""

from typing import Any

Colour = tuple[int, int]

BACKGROUND, TEXT, DARK, GREY = (0, 0), (1, 0), (3, 0), (1, 2)
PALE, RULE, ACCENT, ALERT = (4, 1), (0, 3), (4, 4), (5, 5)
CURRENT: Colour = (4, 3)
OVERDUE: tuple[Colour, ...] = ((5, 1), (5, 2), (5, 3), (5, 4), (5, 5))
HEAT: Colour = (5, 3)
BAR: Colour = (4, 2)
INPUT: Colour = (9, 1)
EQUAL: Colour = (6, 1)
"""Green in the theme of our templates; a report wears the user's theme and has no use for it."""

BAD, NEAR, OK = (5, 4), (5, 1), (4, 1)
"""Fills of emphasis: one hue for trouble, the darker the worse, whatever the theme's other accents are."""

ROLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": DARK},
    "subtitle": {"font_color": GREY, "font_size": 10},
    "section": {"bold": True, "font_size": 12, "font_color": DARK, "bottom": 1, "bottom_color": DARK},
    "label": {"font_color": GREY, "font_size": 9},
    "value": {"font_size": 9, "align": "left"},
    "figure": {"font_size": 9},
    "item": {"font_size": 9, "indent": 1},
    "strong": {"font_size": 9, "bold": True},
    "strongitem": {"font_size": 9, "bold": True, "indent": 1},
    "sum": {"font_size": 9, "bold": True, "top": 1, "top_color": DARK},
    "sumitem": {"font_size": 9, "bold": True, "top": 1, "top_color": DARK, "indent": 1},
    "smallitem": {"font_size": 9, "bold": True, "bottom": 1, "bottom_color": RULE, "indent": 1},
    "good": {"font_size": 9, "bold": True},
    "alert": {"font_size": 9, "bold": True, "font_color": ALERT},
    "small": {"font_size": 9, "bold": True, "bottom": 1, "bottom_color": RULE},
    "heading": {
        "bold": True,
        "bg_color": PALE,
        "bottom": 1,
        "bottom_color": DARK,
        "text_wrap": True,
        "valign": "vcenter",
    },
    "caption": {
        "bold": True,
        "bg_color": PALE,
        "bottom": 1,
        "bottom_color": DARK,
        "indent": 1,
    },
    "aside": {"bottom": 4, "bottom_color": RULE, "indent": 1},
    "asidewrap": {
        "bottom": 4,
        "bottom_color": RULE,
        "indent": 1,
        "text_wrap": True,
        "valign": "top",
    },
    "body": {"bottom": 4, "bottom_color": RULE},
    "name": {"bottom": 4, "bottom_color": RULE, "text_wrap": True},
    "wrap": {"bottom": 4, "bottom_color": RULE, "text_wrap": True, "valign": "top"},
    "total": {"bold": True, "top": 1, "top_color": DARK, "bottom": 6, "bottom_color": DARK},
    "share": {"italic": True, "font_color": GREY},
    "note": {"font_color": GREY, "font_size": 9, "text_wrap": True, "valign": "top"},
    "hint": {"font_color": GREY, "font_size": 9, "indent": 1, "text_wrap": True},
    "input": {"bg_color": INPUT, "border": 4, "border_color": RULE},
    "inputwrap": {
        "bg_color": INPUT,
        "border": 4,
        "border_color": RULE,
        "text_wrap": True,
        "valign": "top",
    },
    "bad": {"bold": True, "bg_color": BAD, "font_color": BACKGROUND},
    "near": {"bold": True, "bg_color": NEAR, "font_color": ALERT},
    "ok": {"bg_color": OK, "font_color": (4, 5)},
    "equal": {"bg_color": EQUAL, "font_color": (6, 5)},
    "quiet": {"font_color": GREY, "bottom": 4, "bottom_color": RULE},
    "tile": {
        "bold": True,
        "font_size": 20,
        "font_color": DARK,
        "bg_color": PALE,
        "align": "left",
        "indent": 1,
    },
    "tilelabel": {"font_size": 9, "font_color": DARK, "bg_color": PALE, "align": "left", "indent": 1},
    "tilenote": {"font_size": 9, "font_color": DARK, "bg_color": PALE, "align": "left", "indent": 1},
    "tilewrap": {
        "font_size": 9,
        "font_color": DARK,
        "bg_color": PALE,
        "align": "left",
        "indent": 1,
        "text_wrap": True,
        "valign": "top",
    },
    "letter": {"font_size": 10, "text_wrap": True, "valign": "top"},
    "letterstrong": {"font_size": 10, "bold": True, "text_wrap": True, "valign": "top"},
    "link": {"font_color": ACCENT, "underline": 1, "bottom": 4, "bottom_color": RULE, "valign": "top"},
}
"""What a cell is for."""

FORMATS: dict[str, tuple[str, str]] = {
    "text": ("General", "left"),
    "code": ("@", "left"),
    "right": ("General", "right"),
    "count": ("#,##0", "right"),
    "late": ('#,##0;"–";"–"', "right"),
    "tenths": ("#,##0.0", "right"),
    "percent": ("0.0%", "right"),
    "share": ("0%", "right"),
    "hundredths": ("0.00%", "right"),
    "thousands": ("#,##0,", "right"),
    "millions": ("#,##0.0,,", "right"),
    "centre": ("General", "center"),
    "date": ("yyyy-mm-dd", "right"),
    "day": ("yyyy-mm-dd", "left"),
    "rate": ("0.000000", "right"),
    "money": ("", "right"),
    "exact": ("", "right"),
    "change": ("", "right"),
}
"""Number format and alignment; ``money2`` and ``exact2`` have two places, money shows nought as a dash.

``change2`` shows the sign of what has moved. ``thousands`` and ``millions`` show an amount in those units.
"""


def properties(style: str) -> dict[str, Any]:
    """A style's properties: names as XlsxWriter has them, colours as places in the theme."""
    role, kind = style.split(".")
    number, align = FORMATS[kind.rstrip("0123456789")]
    if number and kind not in FORMATS:
        raise KeyError(kind)
    return {"num_format": number or money(kind), "align": align, "valign": "vcenter"} | ROLES[role]


def emphasis(role: str) -> dict[str, Any]:
    """What a mark may change about a cell: colours and weight."""
    return {key: item for key, item in ROLES[role].items() if key in ("bold", "font_color", "bg_color")}


def money(kind: str) -> str:
    """The number format of amounts with the currency's own places.

    Examples
    --------
    >>> money("exact3")
    '#,##0.000;-#,##0.000'
    """
    name = kind.rstrip("0123456789")
    digits = int(kind.removeprefix(name))
    number = "#,##0." + "0" * digits if digits else "#,##0"
    if name == "change":
        return f'+{number};-{number};"–"'
    return f'{number};-{number};"–"' if name == "money" else f"{number};-{number}"


def overdue_colours(buckets: int) -> list[Colour]:
    """One hue, darker with age: a colour for each overdue bucket."""
    last = max(buckets - 1, 1)
    return [OVERDUE[round(position * (len(OVERDUE) - 1) / last)] for position in range(buckets)]


def on(colour: Colour) -> Colour:
    """The text colour that reads on a fill."""
    return BACKGROUND if colour[1] in (4, 5) else TEXT
