"""Choices made from bytes: the same bytes make the same hostile file, whoever finds the bytes."""

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

ODD_NUMBERS = (
    *("", "-1", "0", "1", "2", "4294967295", "99999999999999999999", "-99999999999999999999", "1e999"),
    *(
        "-1e308",
        "1e-320",
        "NaN",
        "INF",
        "1.5",
        " 1 ",
        "+1",
        "0x10",
        "1_0",
        "²",
        "١",
        "1,5",
        "true",
        "9" * 400,
    ),
)
ODD_PLACES = (
    *("A0", "A1", "XFE1", "XFD1048576", "A1048577", "A1:XFD1048576", "B2:A1", "$A$1", "AAAA1", "a1", "1A"),
    *("A99999999999999999999", "A-1", "A1:", ":", "R1C1", "A:A", "1:1", "A1 B2", "Ledger!A1", "Ａ１", "A١"),
    *("Z" * 60 + "1", "A" + "9" * 5000, "A1:" + "A" * 200 + "9"),
)
ODD_TEXTS = (
    *("=1+1", '=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "\tx", "\rx", "a\nb", "\x1b[2J\x1b[31m"),
    *(
        "=cmd|' /C calc'!A0",
        "\u202eevil",
        "a\u200bb",
        "\ufeff",
        "\ufffe",
        "\u0000",
        "_x0000_",
        "_x005F_x0000_",
        "_xD800_",
        "_xFFFF_",
    ),
    *(
        "'",
        '"',
        "<b>",
        "&amp;",
        "]]>",
        "[/red]",
        "[bold]",
        "{0}",
        "{path}",
        "%s%n",
        "#REF!",
        "#N/A",
        "😀" * 40,
    ),
    *(
        "x" * 40_000,
        " ",
        "\u3000",
        "1/2/3",
        "31/02/2026",
        "0001-01-01",
        "9999-12-31",
        "1e5",
        "1.234,56",
        "１２３",
    ),
    *(
        "Total",
        "合计",
        "Customer",
        "None",
        "nan",
        "NaT",
        "inf",
        "1,000.00-",
        "(5)",
        "$5",
        "50%",
        "--5",
        "12:30",
    ),
    *("CREDIT_LIMIT(A1)", "../../etc/passwd", "\\\\host\\share", "file:///etc/passwd", "=AR_DSO(A1:A9,1,2)"),
)
ODD_TARGETS = (
    *("../../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://example.org/x.xml", "//host/x"),
    *(
        "\\\\host\\share\\x.xlsx",
        "worksheets/sheet1.xml",
        "workbook.xml",
        "",
        "#",
        "/",
        "..",
        ".",
        "%00",
        "%2e%2e/x",
    ),
    *(
        "xl/workbook.xml",
        "worksheets/SHEET1.XML",
        "sharedStrings.xml",
        "styles.xml",
        "C:\\x",
        "x" * 3000,
        "a b",
    ),
)
ODD = (*ODD_NUMBERS, *ODD_PLACES, *ODD_TEXTS, *ODD_TARGETS)


class Choices:
    """Numbers, items and texts out of bytes; when they are used up, always the first."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def below(self, limit: int) -> int:
        """A number from 0 up to a limit."""
        size = 1 if limit <= 256 else 2 if limit <= 65_536 else 3
        piece = self.data[self.at : self.at + size]
        self.at += size
        return int.from_bytes(piece, "little") % max(limit, 1)

    def one(self, items: Sequence[Item]) -> Item:
        """One of some items."""
        return items[self.below(len(items))]

    def bytes(self, most: int) -> bytes:
        """Some bytes as they stand."""
        size = self.below(most + 1)
        piece = self.data[self.at : self.at + size]
        self.at += size
        return piece

    def text(self) -> str:
        """An odd text."""
        return self.one(ODD) if self.below(4) else self.bytes(40).decode("utf-8", "replace")
