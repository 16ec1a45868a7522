"""Formulas of a workbook: their grammar, where they stand, what they refer to."""

import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from arcredit.errors import PatchError
from arcredit.ledger.formulas.alike import alike
from arcredit.ledger.formulas.expression import (
    LEVELS,
    Array,
    Binary,
    Call,
    Constant,
    Group,
    Missing,
    Name,
    Opaque,
    Reference,
    TableReference,
    Unary,
    moved,
)
from arcredit.ledger.formulas.found import Formula, formulas, mentioned
from arcredit.ledger.formulas.naming import own_name
from arcredit.ledger.formulas.parser import parsed
from arcredit.ledger.formulas.printing import printed
from arcredit.ledger.formulas.relative import Trees, key
from arcredit.ledger.formulas.resolve import Spot, resolved
from arcredit.ledger.formulas.tokens import NotAFormula
from arcredit.ledger.formulas.values import UNSTORED
from arcredit.ledger.patch import Patch
from arcredit.ledger.writing.cells import LAST_COLUMN, LAST_ROW, Area, CellError
from ledger.patch_books import parts, rebuilt, replaced, with_rows

FUNCTIONS = ("AR_DSO", "CREDIT_LIMIT", "TCI_COVER", "AR_AGING")


def cell(row, column, **more):
    return Reference(Area(row, column, row, column), **more)


# The grammar


@pytest.mark.parametrize(
    ("formula", "tree"),
    [
        ("-2^2", Binary("^", Unary("-", Constant(2.0)), Constant(2.0))),
        ("2^3^2", Binary("^", Binary("^", Constant(2.0), Constant(3.0)), Constant(2.0))),
        ("1-2-3", Binary("-", Binary("-", Constant(1.0), Constant(2.0)), Constant(3.0))),
        ("1+2*3%", Binary("+", Constant(1.0), Binary("*", Constant(2.0), Unary("%", Constant(3.0))))),
        ('"a"&1=2', Binary("=", Binary("&", Constant("a"), Constant(1.0)), Constant(2.0))),
        ("A1 B2", Binary(" ", cell(1, 1), cell(2, 2))),
        ("F( A1 , )", Call("F", (cell(1, 1), Missing()))),
        ("F()", Call("F", ())),
        ("F((A1,B2))", Call("F", (Group(Binary(",", cell(1, 1), cell(2, 2))),))),
        ("A2#", Unary("#", cell(2, 1))),
        ("@A1", Unary("@", cell(1, 1))),
        ("true", Constant(True)),
        ("#N/A", Constant(CellError("#N/A"))),
        ('{1,-2;"x;y",FALSE}', Array(((1.0, -2.0), ("x;y", False)))),
        ("LOG10(1)", Call("LOG10", (Constant(1.0),))),
        ("XFE1", Name("XFE1")),
        ("'It''s'!$B$2", cell(2, 2, fixed=(True,) * 4, sheet="It's")),
        ("账!A1", cell(1, 1, sheet="账")),
        ("账!客户", Name("客户", "账")),
        ("$B:C", Reference(Area(1, 2, LAST_ROW, 3), (True, True, True, False), None, True)),
        ("2:$3", Reference(Area(2, 1, 3, LAST_COLUMN), (False, True, True, True), None, True)),
        ("C3:$A$1", Reference(Area(1, 1, 3, 3), (True, True, False, False), None, True)),
        ("A1:INDEX(B:B,3)", None),
        ("[1]Sheet1!A1", Opaque("[1]Sheet1!A1")),
        ("'[a.xlsx]S'!A1:B2", None),
        ("First:Last!A1", Opaque("First:Last!A1")),
        ("tbl[Amount]", TableReference("tbl", (), "Amount")),
        ("tbl[[#This Row],[Due]]", TableReference("tbl", ("#this row",), "Due")),
        ("[[#This Row],Due]", TableReference("", ("#this row",), "Due")),
        ("[@Due]", TableReference("", ("#this row",), "Due")),
        ("[@[Due date]]", TableReference("", ("#this row",), "Due date")),
        ("tbl[[#Headers],[A]:[B]]", TableReference("tbl", ("#headers",), "A", "B")),
        ("tbl[[#Headers],[#Data],[A]]", TableReference("tbl", ("#headers", "#data"), "A")),
        ("tbl[#All]", TableReference("tbl", ("#all",))),
        ("tbl[]", TableReference("tbl")),
        ("tbl['[gross']]", TableReference("tbl", (), "[gross]")),
        ("tbl[[a'#]:[b, c]]", TableReference("tbl", (), "a#", "b, c")),
        ("表[金额]", TableReference("表", (), "金额")),
    ],
)
def test_the_grammar(formula, tree):
    found = parsed(f"={formula}")
    assert tree is None or found == tree
    assert parsed(printed(found)) == found


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "1+",
        "(1",
        "1)",
        "F(1",
        "{1,2;3}",
        "{A1}",
        '"open',
        "A1 +* 2",
        "tbl[a",
        "1 2 +",
        "'x'!",
        "§",
        "=" * 3,
    ],
)
def test_what_is_no_formula(formula):
    with pytest.raises(NotAFormula):
        parsed(formula)


def test_brackets_without_end_are_refused_before_the_stack_is():
    with pytest.raises(NotAFormula):
        parsed("(" * 5000 + "1" + ")" * 5000)


WORDS = st.sampled_from(["Sales_total", "客户名称", "_xlpm.value", "\\back"])
SHEETS = st.sampled_from([None, "Ledger", "It's", "R1", "A1", "2026 年", "a.b"])
COLUMNS = st.sampled_from(["Amount", "Due date", "a[b]'c#d", "金额", "x,y:z", "@at", "a'b"])
NUMBERS = st.one_of(st.integers(0, 10**17).map(float), st.floats(0, 1e300, allow_nan=False), st.just(5e-324))
SCALARS = st.one_of(
    NUMBERS,
    st.text('ab"\n,;{}', max_size=5),
    st.booleans(),
    st.sampled_from(["#N/A", "#DIV/0!", "#NAME?"]).map(CellError),
)


@st.composite
def references(draw):
    rows, columns = st.integers(1, LAST_ROW), st.integers(1, LAST_COLUMN)
    top, bottom = sorted(draw(st.tuples(rows, rows)))
    left, right = sorted(draw(st.tuples(columns, columns)))
    marks = draw(st.tuples(*[st.booleans()] * 4))
    sheet = draw(SHEETS)
    match draw(st.sampled_from(["cell", "range", "columns", "rows"])):
        case "cell":
            return Reference(Area(top, left, top, left), marks[:2] * 2, sheet)
        case "columns":
            marks = (True,) * 4 if (left, right) == (1, LAST_COLUMN) else marks
            return Reference(Area(1, left, LAST_ROW, right), (True, marks[1], True, marks[3]), sheet, True)
        case "rows":
            marks = (True,) * 4 if (top, bottom) == (1, LAST_ROW) else marks
            return Reference(Area(top, 1, bottom, LAST_COLUMN), (marks[0], True, marks[2], True), sheet, True)
    # Ends in the same row or column have no order of their own.
    marks = (
        marks[0],
        marks[1],
        marks[0] if top == bottom else marks[2],
        marks[1] if left == right else marks[3],
    )
    if (top, bottom) == (1, LAST_ROW) or (left, right) == (1, LAST_COLUMN):
        return Reference(Area(top, left, top, left), marks[:2] * 2, sheet)
    return Reference(Area(top, left, bottom, right), marks, sheet, True)


@st.composite
def tables(draw):
    items = draw(st.sampled_from([(), ("#all",), ("#this row",), ("#headers", "#data"), ("#totals",)]))
    first = draw(st.none() | COLUMNS)
    last = draw(st.none() | COLUMNS) if first is not None else None
    return TableReference(
        draw(st.sampled_from(["tblDocs", "表_1", ""])) if items else "tblDocs", items, first, last
    )


LEAVES = st.one_of(
    SCALARS.map(Constant),
    references(),
    tables(),
    st.builds(Name, WORDS, SHEETS),
    st.lists(st.tuples(SCALARS, SCALARS), min_size=1, max_size=3).map(lambda rows: Array(tuple(rows))),
)


def larger(nodes):
    signs = st.sampled_from([sign for sign in LEVELS if sign not in ",:"])
    union = st.builds(lambda left, right: Group(Binary(",", left, right)), nodes, nodes)
    return st.one_of(
        st.builds(Binary, signs, nodes, nodes),
        st.builds(Unary, st.sampled_from(["-", "+", "@", "%"]), nodes),
        st.builds(Unary, st.just("#"), st.builds(Name, WORDS)),
        st.builds(
            Call,
            st.sampled_from(
                ["AR_DSO", "_xll.AR_DSO", "[1]!AR_DSO", "'C:\\my add-ins\\arcredit.xlam'!AR_DSO", "IF"]
            ),
            st.lists(nodes | st.just(Missing()), min_size=2, max_size=4).map(tuple),
        ),
        union,
    )


@given(st.recursive(LEAVES, larger, max_leaves=12))
def test_a_printed_tree_is_read_back_as_it_was(tree):
    assert parsed(printed(tree)) == tree


# Moving


@given(st.integers(1, 900), st.integers(1, 900), st.integers(1, 40))
def test_filling_down_says_the_same(row, other, column):
    def formula(at):
        return f"AR_DSO(A{at},$B$7,'x 1'!C{at + 2}:D$5,\"A{row}\")+SUM(F:F)"

    assert key(formula(row), (row, column)) == key(formula(other), (other, column)) or '"' in formula(1)
    text = formula(row).replace(f'"A{row}"', '"A"')
    again = formula(other).replace(f'"A{row}"', '"A"')
    assert moved(parsed(text), other - row, 0) == parsed(again) or other + 2 > 5 or row + 2 > 5
    trees = Trees()
    assert trees.tree(text, (row, column), (row, column)) == parsed(text)


@given(st.recursive(LEAVES, larger, max_leaves=6), st.integers(1, 900), st.integers(1, 40))
def test_a_text_that_is_alike_in_two_cells_does_not_depend_on_the_cell(tree, row, column):
    text = printed(tree)
    if key(text, (1, 1)) == key(text, (row, column)):
        assert moved(parsed(text), row - 1, column - 1) == parsed(text)


def test_equal_keys_are_equal_formulas():
    assert key("A1", (1, 1)) == key("B2", (2, 2)) != key("$A1", (1, 1))
    assert key('"A1"', (1, 1)) != key('"A2"', (2, 1))
    assert key("x!A1", (1, 1)) != key("y!A1", (1, 1))
    assert key("tbl[A1]", (1, 1)) != key("tbl[A2]", (2, 1))
    assert key("B:B", (1, 1)) != key("B:B", (1, 2))
    assert key("$B:$B", (1, 1)) == key("$B:$B", (1, 2))
    assert key("B:B", (1, 1)) == key("C:C", (9, 2))
    assert key("x!B:B", (1, 1)) != key("x!B:B", (1, 2))
    assert key("'x y'!2:$4", (1, 1)) != key("'x y'!2:$4", (2, 1))
    assert key("2:$4", (1, 1)) == key("3:$4", (2, 8))


@pytest.mark.parametrize(
    "text", ["SUM(S!B:C)", "SUM('a b'!3:4)", "SUM(B:C,5:5,$D:D)", "SUM(S!$B:C,'a b'!$3:4)"]
)
def test_the_same_text_in_two_cells_means_the_same_cells_unless_it_is_moved(text):
    trees = Trees()
    for place in ((5, 5), (5, 6), (6, 5)):
        assert trees.tree(text, place, place) == parsed(text)


def test_over_the_edge_is_an_error():
    assert moved(parsed("A1+$A$1"), -1, 0) == parsed("#REF!+$A$1")
    assert moved(parsed("A:B"), 5, 1) == parsed("B:C")
    assert moved(parsed("1:2"), 1, 5) == parsed("2:3")


# What our functions are called


@pytest.mark.parametrize(
    ("written", "own"),
    [
        ("AR_DSO", "AR_DSO"),
        ("ar_dso", "AR_DSO"),
        ("_xlfn.AR_DSO", "AR_DSO"),
        ("_xlfn._xlws.AR_DSO", "AR_DSO"),
        ("_xludf.AR_DSO", "AR_DSO"),
        ("_xll.AR_DSO", "AR_DSO"),
        ("_xldudf_AR_DSO", "AR_DSO"),
        ("_xldudf_ARC_AR_DSO", "AR_DSO"),
        ("'C:\\Users\\a b\\XLSTART\\arcredit.xlam'!AR_DSO", "AR_DSO"),
        ("arcredit.xlam!AR_DSO", "AR_DSO"),
        ("[1]!AR_DSO", "AR_DSO"),
        ("[2]!AR_DSO", None),
        ("[9]!AR_DSO", None),
        ("'C:\\arcredit\\other.xlam'!AR_DSO", None),
        ("ORG.ARCREDIT.FUNCTIONS.ARDSO", "AR_DSO"),
        ("ORG.ARCREDIT.FUNCTIONS.CREDITLIMIT", "CREDIT_LIMIT"),
        ("ORG.OTHER.FUNCTIONS.ARDSO", None),
        ("MY_AR_DSO", None),
        ("AR_DSOX", None),
        ("SUM", None),
    ],
)
def test_names_of_our_functions(written, own):
    links = ("file:///C:\\add-ins\\arcredit.xlam", "C:\\other.xlam")
    assert own_name(written, FUNCTIONS, links) == own


# Finding


SHEET = b"<worksheet><sheetData>%s</sheetData></worksheet>"


def found(rows, wanted=lambda text: "AR_" in text):
    data = SHEET % rows.encode()
    return formulas(lambda: iter([data]), "sheet", wanted)


def test_formulas_shared_and_in_arrays():
    rows = (
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f t="shared" ref="B2:B3" si="0">'
        "AR_DSO(A2,&quot;&lt;&quot;)</f>"
        '<v>1</v></c><c r="C2" cm="1"><f t="array" ref="C2:D3">AR_AGING(A2)</f></c></row>'
        '<row r="3"><c r="B3" t="str"><f t="shared" si="0"/><v>x</v></c><c r="E3"><f>SUM(A1)</f></c></row>'
    )
    assert found(rows) == [
        Formula((2, 2), 'AR_DSO(A2,"<")', (2, 2)),
        Formula((2, 3), "AR_AGING(A2)", (2, 3), Area(2, 3, 3, 4), True),
        Formula((3, 2), 'AR_DSO(A2,"<")', (2, 2)),
    ]


def test_shared_formulas_go_on_in_later_blocks():
    head, tail = b"<worksheet><sheetData>", b"</sheetData></worksheet>"
    first = b'<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="3">AR_DSO(B1)</f></c></row>'
    second = b'<row r="2"><c r="A2"><f t="shared" si="3"/></c></row>'
    chunks = [head, first, second, tail]
    places = [cell.place for cell in formulas(lambda: iter(chunks), "sheet", lambda text: "AR_" in text)]
    assert places == [(1, 1), (2, 1)]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><!-- no --><f>AR_DSO(1)</f></c></row>',
        '<row r="1"><c r="A1"><f><![CDATA[AR_DSO(1)]]></f></c></row>',
        "<row><c><f>AR_DSO(1)</f></c></row>",
    ],
)
def test_unusual_xml(rows):
    assert found(rows) == [Formula((1, 1), "AR_DSO(1)", (1, 1))]


def test_a_prefix_of_their_own():
    data = (
        b'<x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c r="A1"><x:f>AR_DSO(1)</x:f></x:c></x:row>'
        b"</x:sheetData></x:worksheet>"
    )
    assert mentioned([data])
    assert formulas(lambda: iter([data]), "sheet", lambda text: True)[0].text == "AR_DSO(1)"


def test_mentioned_across_chunks_and_only_in_formulas():
    assert mentioned([b"<f>SUM(A1)+ar", b"_dso(1)</f>"])
    assert not mentioned([b"<v>AR_2026</v>", b"<v>TCI_1</v>"])
    assert not mentioned([b"<f>SUM(A1)</f>" * 9])


# What formulas refer to


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        first, second = made.add_worksheet("Ledger"), made.add_worksheet("Other")
        first.add_table(
            "B2:D6",
            {
                "name": "tblDocs",
                "total_row": True,
                "columns": [{"header": "Customer"}, {"header": "Due [d]"}, {"header": "Amount"}],
                "data": [["A", 1, 10], ["B", 2, 20], ["C", 3, 30]],
            },
        )
        made.define_name("Rate", "=0.5")
        made.define_name("Total", "=SUM(Ledger!$D$3:$D$5)*Rate")
        made.define_name("Here", "=Ledger!$A$1")
        made.define_name("Other!Here", "=Other!$B$1")
        made.define_name("Moving", "=Ledger!A1")
        made.define_name("Round", "=Round+1")
        second.write_row("A1", ["a & b", 1.5, True, " outer ", "_x0041_"])
        second.write_formula("F1", "=NA()", None, "#N/A")
        second.write_formula("G1", "=1+1", None, "")
        second.write_formula("H1", '=""', None, "")
    return path


@pytest.mark.parametrize(
    ("formula", "sheet", "place", "plain"),
    [
        ("tblDocs[Amount]", "Other", (1, 1), "Ledger!$D$3:$D$5"),
        ("TBLDOCS[[Customer]:[amount]]", "Other", (1, 1), "Ledger!$B$3:$D$5"),
        ("tblDocs[#All]", "Other", (1, 1), "Ledger!$B$2:$D$6"),
        ("tblDocs[[#Headers],[Due '[d']]]", "Other", (1, 1), "Ledger!$C$2:$C$2"),
        ("tblDocs[[#Totals],[Amount]]", "Other", (1, 1), "Ledger!$D$6:$D$6"),
        ("[@Amount]*2", "Ledger", (4, 4), "Ledger!$D4*2"),
        ("[@Amount]", "Ledger", (2, 4), "#VALUE!"),
        ("[@Amount]", "Other", (4, 4), "#REF!"),
        ("tblDocs[nothing]", "Other", (1, 1), "#REF!"),
        ("Rate+rate", "Other", (1, 1), "0.5+0.5"),
        ("Total", "Other", (1, 1), "SUM(Ledger!$D$3:$D$5)*0.5"),
        ("Here", "Ledger", (1, 1), "Ledger!$A$1"),
        ("Here", "Other", (1, 1), "Other!$B$1"),
        ("Ledger!Here", "Other", (1, 1), "Ledger!$A$1"),
        ("Moving", "Other", (1, 1), "Moving"),
        ("ledger!A1", "Other", (1, 1), "Ledger!A1"),
        ("nosuch!A1", "Other", (1, 1), "#REF!"),
        ("_xlfn.SINGLE(A1:A3)+_xlfn.ANCHORARRAY(B1)", "Other", (1, 1), "@Other!A1:A3+Other!B1#"),
        ("_xll.ar_dso(A1)", "Other", (1, 1), "AR_DSO(Other!A1)"),
    ],
)
def test_references_made_plain(book, formula, sheet, place, plain):
    known = Patch(book).formula_book(FUNCTIONS)
    assert printed(resolved(parsed(formula), known, Spot(sheet, place))) == plain


def test_a_name_that_means_itself_stays_a_name(book):
    known = Patch(book).formula_book(FUNCTIONS)
    assert "Round" in printed(resolved(parsed("Round"), known, Spot("Other", (1, 1))))


def test_names_that_double_at_each_step_end(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "names.xlsx") as made:
        made.add_worksheet("S").write_formula("A1", "=AR_DSO(n_0,1,1)")
        for step in range(60):
            made.define_name(f"n_{step}", f"=n_{step + 1}+n_{step + 1}")
        made.define_name("n_60", "=1")
        made.define_name("back", "=forth*2")
        made.define_name("forth", "=back*2")
    known = Patch(tmp_path / "names.xlsx").formula_book(FUNCTIONS)
    spot = Spot("S", (1, 1))
    assert printed(resolved(parsed("n_58"), known, spot)) == "1+1+(1+1)"
    assert "n_" in printed(resolved(parsed("n_0"), known, spot))
    assert len(printed(resolved(parsed("n_0"), known, spot))) < 5_000
    (group,) = alike("S", known.own()["S"], known)
    assert not group.unclear
    assert "back" in printed(resolved(parsed("back"), known, spot))


def test_stored_values(book):
    values = Patch(book).formula_book(FUNCTIONS).values("Other")
    (row,) = values.rows(Area(1, 1, 1, 9))
    assert row == ("a & b", 1.5, True, " outer ", "_x0041_", CellError("#N/A"), UNSTORED, UNSTORED, None)
    assert values.rows(Area(1, 30, 3, 30)) == ((None,), (None,), (None,))
    assert values.last_row == 1
    values.put((5, 40), "new")
    assert values.value((5, 40)) == "new"
    assert values.value((5, 1)) is None


def test_values_without_references_of_their_own(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet("S").write("A1", 1)
    rows = (
        '<row><c><v>1</v></c><c t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c></row>'
        '<row><c t="b"><v>1</v></c></row>'
    )
    rebuilt(path, {"xl/worksheets/sheet1.xml": with_rows(rows)})
    values = Patch(path).formula_book(FUNCTIONS).values("S")
    assert values.rows(Area(1, 1, 2, 2)) == ((1.0, "ab"), (True, None))


def test_empty_texts_between_others(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet("S").write("A1", 1)
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="str"><v>{text}</v></c></row>'
        for row, text in enumerate(["a", "", "b", "", "&amp;"], 1)
    )
    rebuilt(path, {"xl/worksheets/sheet1.xml": with_rows(rows)})
    values = Patch(path).formula_book(FUNCTIONS).values("S")
    assert [value for (value,) in values.rows(Area(1, 1, 5, 1))] == ["a", "", "b", "", "&"]


def test_links_say_whose_function_it_is(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet("S").write_formula("A1", "=[1]!AR_DSO(1,2,3)+[2]!AR_DSO(1,2,3)")
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
        'Target="{}" TargetMode="External"/></Relationships>'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"
    rebuilt(
        path,
        {
            "xl/workbook.xml": replaced(
                "<calcPr",
                '<externalReferences><externalReference r:id="rId8"/><externalReference r:id="rId9"/>'
                "</externalReferences><calcPr",
            ),
            "xl/_rels/workbook.xml.rels": replaced(
                "</Relationships>",
                f'<Relationship Id="rId8" Type="{kind}" Target="externalLinks/externalLink1.xml"/>'
                f'<Relationship Id="rId9" Type="{kind}" Target="externalLinks/externalLink2.xml"/>'
                "</Relationships>",
            ),
            "xl/externalLinks/externalLink1.xml": b"<externalLink/>",
            "xl/externalLinks/externalLink2.xml": b"<externalLink/>",
            "xl/externalLinks/_rels/externalLink1.xml.rels": rels.format("other.xlam").encode(),
            "xl/externalLinks/_rels/externalLink2.xml.rels": rels.format("arcredit.xlam").encode(),
        },
    )
    known = Patch(path).formula_book(FUNCTIONS)
    assert [known.own_name(name) for name in ("[1]!AR_DSO", "[2]!AR_DSO")] == [None, "AR_DSO"]


def test_real_workbooks(shared, tmp_path):
    """Every formula of the corpus is read, printed as it was read, and placed; no file trips us up."""
    count = 0
    for source in sorted((shared / "corpus").glob("*.xls[xm]")):
        path = tmp_path / source.name
        path.write_bytes(source.read_bytes())
        try:
            book = Patch(path).formula_book(FUNCTIONS)
        except PatchError:
            continue
        for sheet in book.parts:
            cells = book.every(sheet)
            texts = {cell.text for cell in cells if cell.text}
            assert all(parsed(printed(tree)) == tree for tree in map(parsed, texts))
            count += len(cells)
            groups = alike(sheet, cells, book)
            assert sum(len(group.rows) for group in groups) == len(cells)
            book.values(sheet).load({1, 2, 3})
        path.unlink()
    assert count > 40_000


# Writing arrays


def array_book(path, ref="B2:C3", dynamic=True, extra=""):
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("S")
        if dynamic:
            sheet.write_dynamic_array_formula(ref, "=AR_AGING(A1)", None, 1)
        else:
            sheet.write_array_formula(ref, "{=AR_AGING(A1)}", None, 1)
        sheet.write("A9", "end")
        if extra:
            sheet.write(extra, "x")
    return path


def sheet_xml(path):
    with zipfile.ZipFile(path) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()


def test_an_array_grows_and_shrinks(tmp_path):
    path = array_book(tmp_path / "a.xlsx")
    patch = Patch(path)
    patch.set_array("S", "B2", [["h", 1, True], ["", 2.5, CellError("#N/A")], ["=x", 0, 3]], fills="B2:C3")
    assert patch.save()
    xml = sheet_xml(path)
    assert '<c cm="1" r="B2" t="str"><f t="array" ref="B2:D4">AR_AGING(A1)</f><v>h</v></c>' in xml
    assert '<c r="D3" t="e"><v>#N/A</v></c>' in xml
    assert '<c r="B4" t="str"><v>=x</v></c>' in xml
    assert 'dimension ref="A2:D9"' in xml or 'dimension ref="A1:D9"' in xml or 'ref="B2:D9"' in xml
    again = Patch(path)
    again.set_array("S", "B2", [["h", 1, True], ["", 2.5, CellError("#N/A")], ["=x", 0, 3]], fills="B2:D4")
    assert not again.save()
    smaller = Patch(path)
    smaller.set_array("S", "B2", [[7]], fills="B2:D4")
    assert smaller.save()
    xml = sheet_xml(path)
    assert '<f t="array" ref="B2">' in xml
    assert xml.count("<v>") == 2  # the result, and what stood on the sheet besides


def test_an_array_never_spills_over_a_filled_cell(tmp_path):
    patch = Patch(array_book(tmp_path / "a.xlsx", extra="D2"))
    patch.set_array("S", "B2", [[1, 2, 3]], fills="B2:C3")
    with pytest.raises(PatchError, match="D2"):
        patch.changes()


@pytest.mark.parametrize("known", [False, True])
def test_a_new_formula_that_spills(tmp_path, known):
    path = tmp_path / "a.xlsx"
    if known:
        array_book(path)
    else:
        with xlsxwriter.Workbook(path) as made:
            made.add_worksheet("S").write("A1", 1)
    patch = Patch(path)
    patch.set_array("S", "F2", [["a", 1], ["b", 2]], formula="=AR_AGING(A1)")
    assert patch.save()
    assert '<c cm="1" r="F2" t="str"><f t="array" ref="F2:G3">AR_AGING(A1)</f><v>a</v></c>' in sheet_xml(path)
    have = parts(path)
    metadata = have["xl/metadata.xml"]
    assert metadata.count(b"<bk>") == 2
    assert metadata.count(b"dynamicArrayProperties") == 1
    assert b"sheetMetadata" in have["xl/_rels/workbook.xml.rels"]
    assert b"/xl/metadata.xml" in have["[Content_Types].xml"]
    found = Patch(path).formula_book(FUNCTIONS).every("S")
    assert Formula((2, 6), "AR_AGING(A1)", (2, 6), Area(2, 6, 3, 7), True) in found
    again = Patch(path)
    again.set_array("S", "F2", [["a", 1], ["b", 2]], fills="F2:G3")
    assert not again.save()
    openpyxl.load_workbook(path)


def test_metadata_of_another_kind_is_kept(tmp_path):
    path = array_book(tmp_path / "a.xlsx")

    def other(data):
        kinds, values, record = (
            b'<metadataTypes count="1">',
            b"<futureMetadata",
            b'<bk><rc t="1" v="0"/></bk>',
        )
        data = data.replace(kinds, kinds + b'<metadataType name="XLRICHVALUE"/>')
        rich = b'<futureMetadata name="XLRICHVALUE" count="1"><bk/></futureMetadata>'
        data = data.replace(values, rich + values)
        return data.replace(record, record + b'<bk><rc t="2" v="0"/></bk>')

    rebuilt(path, {"xl/metadata.xml": other})
    before = parts(path)["xl/metadata.xml"]
    patch = Patch(path)
    patch.set_array("S", "F2", [[1]], formula="=AR_AGING(A1)")
    patch.save()
    assert '<c cm="2" r="F2">' in sheet_xml(path)
    assert parts(path)["xl/metadata.xml"] == before
    rebuilt(path, {"xl/metadata.xml": lambda data: data.replace(b'<bk><rc t="2" v="0"/></bk>', b"")})
    patch = Patch(path)
    patch.set_array("S", "H2", [[1]], formula="=AR_AGING(A1)")
    patch.save()
    assert '<c cm="2" r="H2">' in sheet_xml(path)
