"""What of the user's reads our sheets."""

import re

import pytest

from arcredit.ledger.patch import Patch
from arcredit.ledger.writing.readers import readers
from ledger.patch_books import ledger, rebuilt, replaced, report

SOURCE = re.compile(rb"<worksheetSource[^>]*/>")


def chart(book, sheet):
    drawn = book.add_chart({"type": "column"})
    drawn.add_series({"values": "=Ledger!$C$2:$C$9"})
    sheet.insert_chart("H6", drawn)


def form(_, sheet):
    sheet.conditional_format("A2", {"type": "formula", "criteria": "='ar aging'!$C$2>0"})


def choices(_, sheet):
    sheet.data_validation("D2", {"validate": "list", "source": "='AR Aging'!$A$2:$A$9"})


def spark(_, sheet):
    sheet.add_sparkline("F2", {"range": "'AR Aging'!C2:C9"})


def made(path):
    patch = Patch(path)
    patch.put_sheet(report(), "AR Aging", owner="aging")
    patch.save()
    return path


@pytest.mark.parametrize("fill", [chart, form, choices, spark])
def test_what_stands_in_no_cell_is_found(tmp_path, fill):
    path = made(ledger(tmp_path / "a.xlsx", sheets=("Ledger",), fill=fill))
    if fill is chart:
        assert readers(path) == {}
        rebuilt(path, {"xl/charts/chart1.xml": replaced("Ledger!$C", "'AR Aging'!$C")})
    assert readers(path) == {"AR Aging": "Ledger"}


def test_a_pivot_table_is_found(shared, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes((shared / "corpus" / "ClosedXML__1583f453__pivottable_outline_mode.xlsx").read_bytes())
    made(path)
    assert readers(path) == {}
    source = b'<worksheetSource ref="A1:C9" sheet="AR Aging"/>'
    cache = "xl/pivotCache/pivotCacheDefinition1.xml"
    rebuilt(path, {cache: lambda data: SOURCE.sub(source, data)})
    assert list(readers(path)) == ["AR Aging"]


def test_cells_and_our_own_sheets_are_not_meant(tmp_path):
    def fill(_, sheet):
        sheet.write_formula("H1", "='AR Aging'!C2")
        sheet.conditional_format("A2", {"type": "formula", "criteria": "='Other AR Aging'!$C$2>0"})

    assert readers(made(ledger(tmp_path / "a.xlsx", sheets=("Ledger",), fill=fill))) == {}
    assert readers(tmp_path / "none.xlsx") == {}
