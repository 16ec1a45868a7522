"""Make tests/errors: ledgers that cannot be read, one per reason. Run it after changing it.

    cd tests && python -m ledger.make_errors [FOLDER]

Beside each stands a .txt with the message in English and in Chinese, written by hand.
"""

import struct
import sys
import zipfile
from pathlib import Path

from ledger.make_books import ENGLISH, THREE, D, book, by_hand, cells, dated

FOLDER = Path(__file__).parents[1] / "errors"
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


def empty(path):
    path.write_bytes(b"")


def old_format(path):
    path.write_bytes(OLE)


def encrypted(path):
    path.write_bytes(OLE + "EncryptedPackage".encode("utf-16-le"))


def web_page(path):
    path.write_bytes(b"<html><table><tr><td>Customer</td></tr></table></html>")


def binary_workbook(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("xl/workbook.bin", (2026, 1, 1, 0, 0, 0)), b"\0")


def word_document(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("word/document.xml", (2026, 1, 1, 0, 0, 0)), "<w/>")


def cut_short(path):
    book(path, [ENGLISH, *THREE])
    path.write_bytes(path.read_bytes()[:3000])


def cut_sheet(path):
    by_hand(path, cells(1, ENGLISH) + '<row r="2"><c r="A2"')


def entities(path):
    """A document type that would grow without end."""
    by_hand(path, cells(1, ENGLISH))
    with zipfile.ZipFile(path) as archive:
        kept = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    kept["xl/workbook.xml"] = laughs + kept["xl/workbook.xml"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in kept.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data)


def bomb(path):
    """A sheet that says it unpacks to four gigabytes."""
    by_hand(path, cells(1, ENGLISH))
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, place + 24, 0xFFFFFFF0)
    path.write_bytes(bytes(data))


def no_ledger(path):
    book(path, {"Notes": [["Read me first"]], "Prices": [["Article", "Price"], ["Bolt", 0.5]]})


def no_amounts(path):
    book(path, [ENGLISH[:4], *[row[:4] for row in THREE]])


def statement_with_a_running_balance(path):
    head = ["Customer", "Invoice No", "Invoice Date", "Debit amount", "Paid amount", "Balance"]
    moves = [(100.0, None, 100.0), (250.0, None, 350.0), (None, 100.0, 250.0), (80.0, None, 330.0)]
    moves += [(None, 330.0, 0.0), (60.0, None, 60.0)]
    rows = [["Acme", f"DOC-{n}", D(2025, 1, 10 + n), *move] for n, move in enumerate(moves)]
    book(path, [head, *rows])


def aging_summary(path):
    head = ["Customer", "Document date", "Current", "1-30", "31-60", "Balance"]
    book(path, {"Aging": [head, ["Acme", D(2025, 1, 15), 1.0, 2.0, 3.0, 6.0]]})


def dates_that_read_both_ways(path):
    rows = [[*row[:2], f"0{n}/04/2025", f"0{n}/05/2025", *row[4:]] for n, row in enumerate(THREE, 1)]
    book(path, [ENGLISH, *rows])


def dates_in_two_orders(path):
    rows = dated(THREE[:2], lambda day: day.strftime("%d/%m/%Y"))
    book(path, [ENGLISH, *rows, *dated(THREE[2:], lambda day: day.strftime("%m/%d/%Y"))])


def swapped_import(path):
    real = [[*row[:2], D(2025, 4, n), D(2025, 5, n + 1), *row[4:]] for n, row in enumerate(THREE, 2)]
    book(path, [ENGLISH, *real, *dated(THREE[:1], lambda day: day.strftime("%m/%d/%Y"))])


def amounts_that_read_both_ways(path):
    rows = [[*row[:4], text, text] for row, text in zip(THREE, ("1,234", "2,500", "980"), strict=True)]
    book(path, [ENGLISH, *rows])


def amounts_in_two_spellings(path):
    rows = [[*row[:4], text, text] for row, text in zip(THREE, ("1,234.50", "2.500,00", "980"), strict=True)]
    book(path, [ENGLISH, *rows])


def currencies_in_the_amounts(path):
    texts = ("EUR 1,234.50", "USD 2,500.00", "GBP 980.00")
    book(path, [ENGLISH, *[[*row[:5], text] for row, text in zip(THREE, texts, strict=True)]])


ERRORS = tuple(
    item
    for item in list(globals().values())
    if getattr(item, "__module__", None) == __name__ and getattr(item, "__code__", None)
    if item.__code__.co_varnames[:1] == ("path",)
)


def make(folder):
    for item in ERRORS:
        item(folder / f"{item.__name__}.xlsx")
    (folder / "no_text.csv").write_bytes(b"Customer,Amount\n\0\1\2\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
