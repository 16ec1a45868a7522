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
    "body": {"bottom": 4, "bottom_color": RULE},
    "name": {"bottom": 4, "bottom_color": RULE, "text_wrap": True},
    "wrap": {"bottom": 4, "bottom_color": RULE, "text_wrap": True, "valign": "top"},
    "total": {"bold": True, "top": 1, "top_color": DARK, "bottom": 6, "bottom_color": DARK},
    "share": {"italic": True, "font_color": GREY},
    "note": {"font_color": GREY, "font_size": 9, "text_wrap": True, "valign": "top"},
    "link": {"font_color": ACCENT, "underline": 1, "bottom": 4, "bottom_color": RULE, "valign": "top"},
}
"""What a cell is for."""

FORMATS: dict[str, tuple[str, str]] = {
    "text": ("General", "left"),
    "right": ("General", "right"),
    "count": ("#,##0", "right"),
    "late": ('#,##0;"–";"–"', "right"),
    "tenths": ("#,##0.0", "right"),
    "percent": ("0.0%", "right"),
    "date": ("yyyy-mm-dd", "right"),
    "day": ("yyyy-mm-dd", "left"),
    "rate": ("0.000000", "right"),
    "money": ("", "right"),
    "exact": ("", "right"),
}
"""Number format and alignment; ``money2`` and ``exact2`` have two places, money shows nought as a dash."""


def properties(style: str) -> dict[str, Any]:
    """A style's properties: names as XlsxWriter has them, colours as places in the theme."""
    role, kind = style.split(".")
    number, align = FORMATS[kind.rstrip("0123456789")]
    return {"num_format": number or money(kind), "align": align, "valign": "vcenter"} | ROLES[role]


def money(kind: str) -> str:
    """The number format of amounts with the currency's own places.

    Examples
    --------
    >>> money("exact3")
    '#,##0.000;-#,##0.000'
    """
    digits = int(kind[5:])
    number = "#,##0." + "0" * digits if digits else "#,##0"
    return f'{number};-{number};"–"' if kind.startswith("money") else f"{number};-{number}"


def overdue_colours(buckets: int) -> list[Colour]:
    """One hue, darker with age: a colour for each overdue bucket."""
    last = max(buckets - 1, 1)
    return [OVERDUE[round(position * (len(OVERDUE) - 1) / last)] for position in range(buckets)]


def on(colour: Colour) -> Colour:
    """The text colour that reads on a fill."""
    return BACKGROUND if colour[1] in (4, 5) else TEXT
