"""Every example of the manual's table is computed by whom the table says."""

import datetime as dt
import re
from pathlib import Path

import pytest

from arcredit.hosts.recalc import recalculate
from arcredit.ledger.patch import Patch
from arcredit.ledger.writing.cells import CellError
from hosts.test_recalc import Book
from libreoffice import program

DOCS = Path(__file__).parents[2] / "docs"
AS_OF = dt.date(2026, 6, 30)
PREFIXED = re.compile(r"\b(PERCENTOF|LET|LAMBDA)\(")
# By hand: the cells hold 1, 2, 3; a Herfindahl index of 1, 2, 3 is 14/36.
RESULTS = {
    "=AR_HHI(A1:A3)": 14 / 36,
    "=AR_DSO('Feb 26'!A2,1,1)": 20,
    "=AR_HHI(Jan!A:A)": 14 / 36,
    "=AR_DSO(SUM(1:1),1,1)": 2,
    "=AR_HHI(tblDocs[Amount])": 14 / 36,
    "=AR_HHI(tblDocs[[Amount]:[Paid]])": (14 + 56) / 18**2,
    "=AR_DSO(tblDocs[[#Totals],[Amount]],1,1)": 6,
    "=AR_DSO(COUNTA(tblDocs[[#Headers],[Amount]]),1,1)": 1,
    "=AR_DSO(SUM(tblDocs[#All]),1,1)": 6 + 12 + 18 + 6,
    "=AR_DSO(tblDocs[@Amount],1,1)": 2,
    "=AR_DSO(tblDocs[[#This Row],[Paid]],1,1)": 4,
    "=AR_HHI(tblDocs[Due '[days'] '#1])": 14 / 36,
    "=AR_DSO(Rate,1,1)": 0.05,
    "=AR_DSO(Total,1,1)": 12,
    "=AR_DSO(Limit,1,1)": 3,
    "=AR_DSO(Jan!Limit,1,1)": 20,
    "=AR_HHI(K1#)": 14 / 36,
    "=AR_DSO(@A1:A3,1,1)": CellError("#VALUE!"),
    "=AR_HHI({1,2,3})": 14 / 36,
    "=AR_DSO(A1,A2,A3)*1.1": 1.65,
    '=AR_BUCKET(A2)&"!"': "1-30!",
    '=IF(A1="","",AR_DSO(A1,1,1))': 1,
    '=IFERROR(AR_DSO(1,0,1),"")': "",
    "=INDEX(AR_HHI(A1:A3),1)": 14 / 36,
    "=IF(AND(ISNUMBER(A1),NOT(ISBLANK(A2))),AR_DSO(A1,A2,1),0)": 0.5,
    "=AR_DSO(SUM((A1:A2,A3)),MAX(A1:A3),1)": 2,
    "=ROUND(AR_DSO(A1,A3,1),2)": 0.33,
    "=AR_DUE_DATE(EOMONTH(DATE(2026,6,1),0),30)": 46233,
    '=AR_DSO(SUMIF(A1:A3,">1"),1,1)': 5,
    "=AR_DSO(VLOOKUP(2,A1:A3,1,FALSE),1,1)": 2,
    "=AR_HHI(OFFSET(A1,0,0,3,1))": 14 / 36,
    "=AR_HHI(A1:INDEX(A1:A3,2))": 5 / 9,
    "=AR_DSO(A1:A3 A2:B2,1,1)": 2,
}
THIS_ROW = {"=AR_DSO(tblDocs[@Amount],1,1)": "T14", "=AR_DSO(tblDocs[[#This Row],[Paid]],1,1)": "U14"}
UNKNOWN = {
    "=CREDIT_LIMIT(1000000,60,4,,500000)",
    "=AR_DUNNING_LEVEL(TODAY()-46193)",
}
"""Computed as well; other tests know the figure."""


def table(language):
    """The examples of the table, and who computes each."""
    text = (DOCS / f"libreoffice{language}.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| .* \| (`=.*`) \| (\w+) \|$", text, re.MULTILINE)
    return {example: who for examples, who in rows for example in re.findall(r"`([^`]*)`", examples)}


def workbook(path, examples):
    """Examples in column M, from row 31 on, in a workbook that has what they refer to."""
    book = Book(path)
    book.put(A1=[1, 2, 3], B2=9, K1="=AR_DSO(1,1,1)")
    for name, factor in (("Jan", 1), ("Feb 26", 10), ("Mar", 100)):
        book.book.add_worksheet(name).write_column("A1", [factor, factor * 2, factor * 3])
    columns = [
        {"header": "Customer"},
        {"header": "Amount", "total_function": "sum", "total_value": 6},
        {"header": "Paid"},
        {"header": "Due [days] #1"},
    ]
    rows = [["A", 1, 2, 3], ["B", 2, 4, 6], ["C", 3, 6, 9]]
    book.sheet.add_table("D12:G16", {"name": "tblDocs", "total_row": True, "columns": columns, "data": rows})
    for name, meaning in {
        "Rate": "5%",
        "Total": "SUM(S!$A$1:$A$3)*2",
        "S!Limit": "S!$A$3",
        "Jan!Limit": "'Feb 26'!$A$2",
        "Both": "S!$A$1:$A$2,S!$A$3",
        "CIRCLE": "S!$Z$99",
    }.items():
        book.book.define_name(name, f"={meaning}")
    book.sheet.write_dynamic_array_formula("K1:K3", "=AR_DSO(A1:A3,1,1)", None, 0)
    places = {}
    for row, example in enumerate(examples, 31):
        place = THIS_ROW.get(example, f"M{row}")
        place = "Z99" if "CIRCLE" in example else place
        book.sheet.write_formula(place, PREFIXED.sub(r"_xlfn.\1(", example), None, "old")
        places[example] = place
    book.book.close()
    return places


def results(path, places, office):
    """What each example gives; None where it is left."""
    patch = Patch(path)
    patch.computed = True
    done = recalculate(patch, AS_OF, office=office)
    assert done.cells == len(places) + 1
    changes = {change.cell: change.after for change in patch.changes() if change.sheet == "S"}
    found = {example: changes.get(place) for example, place in places.items()}
    assert done.left == sum(value is None for value in found.values())
    return found


def test_both_languages_have_the_same_examples():
    assert table("") == table(".zh")
    assert {"arcredit", "LibreOffice", "Excel"} == set(table("").values())
    computed = {example for example, who in table("").items() if who != "Excel"}
    assert computed == {*RESULTS, *UNKNOWN}


@pytest.mark.parametrize("office", [False, True], ids=["alone", "with LibreOffice"])
def test_who_computes_an_example(tmp_path, office):
    if office:
        program("soffice")
    examples = table("")
    path = tmp_path / "examples.xlsx"
    found = results(path, workbook(path, examples), office)
    able = {"arcredit", "LibreOffice"} if office else {"arcredit"}
    assert {example for example, value in found.items() if value is not None} == {
        example for example, who in examples.items() if who in able
    }
    for example, value in found.items():
        if value is not None and example in RESULTS:
            right = RESULTS[example]
            assert value == (right if isinstance(right, str | CellError) else pytest.approx(right)), example
