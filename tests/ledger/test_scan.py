"""The byte scan of sheet XML says what expat says, on generated blocks and on real sheets."""

import time
from contextlib import closing
from xml.sax.saxutils import escape

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.errors import LedgerError
from arcredit.ledger.read import read
from arcredit.ledger.reading import gather
from arcredit.ledger.reading import scan as scanning
from arcredit.ledger.reading.book import Book
from arcredit.ledger.reading.gather import Collector, parted, read_sheet
from arcredit.ledger.reading.scan import blocks, column_letter, column_number, parse, scan
from arcredit.ledger.reading.strings import shared_strings
from arcredit.words import LANGUAGES

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
NUMBERS = st.one_of(st.integers(-(10**9), 10**9), st.floats(allow_nan=False, allow_infinity=False))


def sheet_of(cells, styles=None):
    """The columns that some cells make, with no shared strings."""
    collector = Collector()
    collector.add(parted(cells, np.zeros(1, np.uint8) if styles is None else styles))
    return collector.sheet(lambda: shared_strings(iter(())))


def columns(sheet):
    return {
        number: [
            (int(column.kind[row]), column.value(row), int(column.formula[row])) for row in range(len(sheet))
        ]
        for number, column in sheet.columns.items()
    }


@st.composite
def cell(draw, reference):
    style = draw(st.sampled_from(["", ' s="1"', ' s="12"', ' cm="1"']))
    kind = draw(st.sampled_from(["n", "inlineStr", "str", "b", "e", "blank", "bare", "f", "space"]))
    text = escape(draw(TEXTS))
    value = draw(NUMBERS)
    return {
        "n": f'<c r="{reference}"{style}><v>{value!r}</v></c>',
        "inlineStr": f'<c r="{reference}"{style} t="inlineStr"><is><t>{text}</t></is></c>',
        "space": f'<c r="{reference}" t="inlineStr"{style}><is><t xml:space="preserve"> {text}</t></is></c>',
        "str": f'<c r="{reference}"{style} t="str"><f>A1&amp;"&gt;"</f><v>{text}</v></c>',
        "b": f'<c r="{reference}"{style} t="b"><v>1</v></c>',
        "e": f'<c r="{reference}"{style} t="e"><f>NA()</f><v>#N/A</v></c>',
        "blank": f'<c r="{reference}"{style}/>',
        "bare": f'<c r="{reference}"{style}></c>',
        "f": f'<c r="{reference}"{style}><f>SUM(A1:A3)</f><v>{value!r}</v></c>',
    }[kind]


@st.composite
def block(draw):
    rows, number = [], 0
    for _ in range(draw(st.integers(1, 6))):
        number += draw(st.integers(1, 1000))
        places = sorted(draw(st.sets(st.sampled_from([1, 2, 3, 26, 27, 702, 703, 16384]), max_size=5)))
        cells = "".join(draw(cell(f"{column_letter(place)}{number}")) for place in places)
        tail = draw(st.sampled_from(["", ' spans="1:12"', ' hidden="1"', ' ht="15.75" customHeight="1"']))
        close = "/>" if not cells and draw(st.booleans()) else f">{cells}</row>"
        rows.append(f'<row r="{number}"{tail}{close}')
    return "".join(rows).encode()


@given(block())
def test_the_scan_reads_what_expat_reads(data):
    fast = scanning.usual(data, None)
    slow = parse(data)
    assert fast is not None
    assert fast.rows.tolist() == slow.rows.tolist()
    assert fast.hidden.tolist() == slow.hidden.tolist()
    assert columns(sheet_of(fast)) == columns(sheet_of(slow))


@given(block(), st.sets(st.integers(1, 30)))
def test_only_wanted_columns_are_read(data, numbers):
    wanted = np.zeros(scanning.LAST_COLUMN + 2, bool)
    wanted[list(numbers)] = True
    every, some = columns(sheet_of(scan(data))), columns(sheet_of(scan(data, 0, wanted)))
    assert some == {number: cells for number, cells in every.items() if number in numbers}


@given(block(), st.integers(0, 3))
def test_columns_grow_row_by_row_to_the_same(data, expected):
    collector = Collector()
    for row in data.split(b"<row")[1:]:
        collector.add(parted(scan(b"<row" + row), np.zeros(1, np.uint8)), expected)
    assert columns(collector.sheet(lambda: shared_strings(iter(())))) == columns(sheet_of(scan(data)))


@pytest.mark.parametrize(
    "odd",
    [
        b"<row r='1'><c r='A1'><v>5</v></c></row>",
        b"<row><c><v>5</v></c></row>",
        b'<row r="1"><c r="A1">\n<v>5</v></c></row>',
        b'<row r="1"><c s="1" r="A1"><v>5</v></c></row>',
        b'<row r="1"><c r="A1"><!-- 6 --><v>5</v></c></row>',
        b'<row r="1"><c r="A1"><v><![CDATA[5]]></v></c></row>',
        b'<row r="1"><c r="A1"><v >5</v></c></row>',
        b'<row r="1"><c r="A1"><v> 5 </v><extLst><ext/></extLst></c></row>',
        b'<row r="1"><c r="A1" t="inlineStr"><is><r><t>5</t></r><r><t>6</t></r></is></c></row>',
        b'<row r="0000000001"><c r="A1"><v>5</v></c></row>',
        b'<row r="1"><c r="a1"><v>5</v></c></row>',
    ],
)
def test_what_is_unusual_goes_to_expat(odd):
    assert scanning.usual(odd, None) is None
    found = sheet_of(scan(odd))
    assert found.rows.tolist() == [1]
    assert found.column(1).text(0) in ("5", "56")


def test_long_and_like_tails_are_told_apart():
    tails = [f' s="{place}" cm="123456" vm="1234567"' for place in range(300)]
    rows = [
        f'<row r="{place + 1}"><c r="A{place + 1}"{tail}><v>1</v></c></row>'
        for place, tail in enumerate(tails)
    ]
    assert scan("".join(rows).encode()).style.tolist() == list(range(300))


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (703, "AAA"), (16384, "XFD")]
)
def test_column_letters(number, letters):
    assert column_letter(number) == letters
    assert column_number(f"${letters}$12") == number


@given(st.binary(max_size=400), st.integers(1, 50))
def test_blocks_do_not_depend_on_how_the_bytes_arrive(data, size):
    whole = b"<worksheet><sheetData>" + block_of(data) + b"</sheetData><x/></worksheet>"
    pieces = [whole[place : place + size] for place in range(0, len(whole), size)]
    joined = {kind: b"" for kind in ("head", "rows", "tail")}
    for kind, piece in blocks(iter(pieces)):
        joined[kind] += piece
    assert joined["head"] == b"<worksheet><sheetData>"
    assert joined["rows"] == block_of(data)
    assert joined["tail"] == b"</sheetData><x/></worksheet>"


def block_of(data):
    return b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, x) for n, x in enumerate(data, 1))


@pytest.mark.parametrize("rows", ["<row r='1'/>" * 3, '<row r="2"/><row r="1"><c r="A1"><v>5</v></c></row>'])
def test_rows_out_of_order_are_put_in_order(rows):
    found = sheet_of(scan(rows.encode()))
    assert np.all(np.diff(found.rows) >= 0)


def corpus(shared):
    return sorted(path for path in (shared / "corpus").iterdir() if path.suffix[:4] in (".xls", ".xlt"))


def opened(paths):
    """The workbooks among some files, each closed before the next is opened."""
    for path in paths:
        try:
            book = Book(path)
        except LedgerError:
            continue
        with closing(book):
            yield book


def test_real_sheets_read_as_expat_reads_them(shared):
    compared = 0
    for book in opened(corpus(shared)):
        for sheet in book.sheets:
            try:
                found = [data for kind, data in blocks(book.stream(sheet.part)) if kind == "rows"]
            except LedgerError:
                continue
            for data in found:
                fast = scanning.usual(data, None) if len(data) < 300_000 else None
                if fast is not None:
                    assert columns(sheet_of(fast)) == columns(sheet_of(parse(data))), book.path.name
                    compared += 1
    assert compared > 400


def test_reading_on_several_cores_gives_the_same(shared, monkeypatch):
    compared = 0
    for book in opened(corpus(shared)[::5]):
        for sheet in book.sheets:
            found = []
            for size in (gather.LARGE, 0):
                monkeypatch.setattr(gather, "LARGE", size)
                monkeypatch.setattr(gather, "_TALL", size)
                try:
                    found.append(columns(read_sheet(book, sheet)))
                except LedgerError as error:
                    found.append(error.key)
                monkeypatch.undo()
            assert found[0] == found[1], book.path.name
            compared += 1
    assert compared > 80


def test_every_real_workbook_reads_or_says_why_not(shared):
    refusals = []
    for path in corpus(shared):
        begun = time.process_time()
        try:
            read(path)
        except LedgerError as error:
            refusals.append(error)
        # The slowest holds three million cells' worth of text; ten seconds would be a loop gone wrong.
        assert time.process_time() - begun < 10, path.name
    assert all(error.key.startswith("ledger.") for error in refusals)
    assert not any("\n" in error.text(language) for error in refusals for language in LANGUAGES)


def test_every_sheet_of_real_workbooks_reads_whole(shared):
    for book in opened(corpus(shared)[::3]):
        for sheet in book.sheets:
            try:
                found = read_sheet(book, sheet)
            except LedgerError:
                continue
            assert all(len(column.kind) == len(found) for column in found.columns.values())


@pytest.mark.parametrize(
    "empty", [b"<sheetData/>", b"<sheetData />", b"<x:sheetData/>", b"<sheetData></sheetData>"]
)
def test_a_sheet_without_rows(empty):
    found = list(blocks(iter([b"<worksheet>" + empty + b"<after/></worksheet>"])))
    assert [kind for kind, _ in found] == ["head", "tail"]
    assert found[1][1].endswith(b"<after/></worksheet>")
