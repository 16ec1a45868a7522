"""Workbooks whose formulas are odd in every way: what `arcredit recalc` parses, resolves and computes."""

import io

import xlsxwriter

from arcredit.hosts.excel.functions import FUNCTIONS
from hostile.choices import ODD_NUMBERS, ODD_PLACES, ODD_TEXTS, Choices

_OURS = tuple(FUNCTIONS)
_FOREIGN = (
    *("SUM", "IF", "TODAY", "NOW", "DATE", "SUMIFS", "INDEX", "OFFSET", "INDIRECT", "LET", "LAMBDA", "ROW"),
    *("WEBSERVICE", "HYPERLINK", "CALL", "REGISTER.ID", "NOSUCH", "TEXT", "VLOOKUP", "TRUE", "SEQUENCE", ""),
)
_PREFIXES = (
    "",
    "",
    "",
    "",
    "_xlfn.",
    "_xll.",
    "arcredit.xlam!",
    "'C:\\x\\arcredit.xlam'!",
    "com.x.",
    "@",
    "[1]!",
)
_PLACES = (
    *(
        "A1",
        "B2:B9",
        "$A$1:$F$9",
        "Data!B2",
        "Data!B2:C9",
        "'Data'!A:A",
        "2:3",
        "tblDocs[Amount]",
        "tblDocs[#All]",
    ),
    *(
        "tblDocs[[#Data],[Due]]",
        "tblDocs[@Due]",
        "[@Due]",
        "tblDocs[[Amount]:[Due]]",
        "tblDocs[nosuch]",
        "tblDocs[[",
    ),
    *(
        "Total",
        "Loop",
        "Nosuch",
        "A1#",
        "Nosuch!A1",
        "#REF!",
        "#REF!A1",
        "Data:Calc!A1",
        "[2]Data!A1",
        "R1C1",
    ),
    *("XFD1048576", "A1:XFD1048576", "A1 B2", "A1,B2", "INDIRECT(A1)", "B1:INDEX(B:B,9)", "'a''b'!A1"),
)
_CONSTANTS = (
    *(
        "1",
        "0",
        "-1",
        "1e308",
        "-1E+308",
        ".5",
        "5%",
        "5%%",
        "TRUE",
        "FALSE",
        '""',
        '"x"',
        '"30/60"',
        '"a""b"',
    ),
    *(
        "{1,2;3,4}",
        '{"a";"b"}',
        "{1,2;3}",
        "{}",
        "{#N/A}",
        "#N/A",
        "#DIV/0!",
        "#ODD!",
        "46203",
        "99999999999",
    ),
)
_OPERATORS = ("+", "-", "*", "/", "^", "&", "=", "<>", "<=", ">=", "<", ">", ":", ",", " ", "--", "%", "")


def formula(choices: Choices, depth: int = 0) -> str:
    """A formula that is right, nearly right, or not one at all."""
    kind = choices.below(12) if depth < 6 else choices.below(5)
    if kind < 3:
        return choices.one(_PLACES)
    if kind < 5:
        return choices.one(_CONSTANTS)
    if kind < 8:
        return _call(choices.one(_OURS), choices, depth)
    if kind == 8:
        return _call(choices.one(_FOREIGN), choices, depth)
    if kind == 9:
        return f"{formula(choices, depth + 1)}{choices.one(_OPERATORS)}{formula(choices, depth + 1)}"
    if kind == 10:
        before, after = choices.one(("(", "-", "+", "@", "", "((")), choices.one((")", "", "%", "#"))
        return f"{before}{formula(choices, depth + 1)}{after}"
    odd = choices.one((*ODD_NUMBERS, *ODD_PLACES, *ODD_TEXTS))
    return choices.one(
        (odd, f'"{odd}"', f"'{odd}'!A1", "(" * 3000 + "1" + ")" * 3000, "-" * 5000 + "1", "1+" * 4000 + "1")
    )


def _call(name: str, choices: Choices, depth: int) -> str:
    given = (formula(choices, depth + 1) if choices.below(8) else "" for _ in range(choices.below(9)))
    return f"{choices.one(_PREFIXES)}{name}({','.join(given)})"


def formulas_mutant(choices: Choices) -> bytes:
    """A workbook of data, a table, names and up to eight formulas, plain, as arrays, spilled, in a table."""
    out = io.BytesIO()
    options = {"in_memory": True, "nan_inf_to_errors": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(out, options) as book:
        _data(book, choices)
        calc = book.add_worksheet("Calc")
        for row in range(1 + choices.below(8)):
            made = "=" + formula(choices)[:8000].replace("\0", "")
            shown = choices.one((0, 1, "", "x", "#N/A", 1e300))
            way = choices.below(6)
            if way == 4:
                calc.write_array_formula(
                    row, 0, row + choices.below(3), choices.below(3), "{" + made + "}", None, shown
                )
            elif way == 5:
                calc.write_dynamic_array_formula(row, 0, row, choices.below(3), made, None, shown)
            else:
                calc.write_formula(row, choices.below(3), made, None, shown)
    return out.getvalue()


def _data(book: xlsxwriter.Workbook, choices: Choices) -> None:
    data = book.add_worksheet("Data")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row in range(1, 8):
        data.write_string(row, 0, f"C{row % 3}")
        data.write_number(row, 1, 100.5 * row)
        data.write_number(row, 2, 46000 + row, day)
    data.write_row(0, 0, ("Customer", "Amount", "Due", "Made"))
    for _ in range(choices.below(4)):
        place = 1 + choices.below(7), choices.below(3)
        odd = choices.one(ODD_TEXTS)[:32_767].replace("\0", "")
        data.write(*place, choices.one((odd, 1e308, -1, True, 0.1, 2958466)))
    columns = [{"header": name} for name in ("Customer", "Amount", "Due")]
    made = formula(choices, 3)[:500].replace("\0", "")
    data.add_table(
        0, 0, 7, 3, {"name": "tblDocs", "columns": [*columns, {"header": "Made", "formula": "=" + made}]}
    )
    book.define_name("Total", "=Data!$B$2:$B$8")
    book.define_name("Loop", "=Loop+Calc!$A$1")
