"""Make tests/ledger/books: one tiny ledger per oddity, named by it. Run it after changing it.

python tests/ledger/make_books.py [FOLDER]
"""

import datetime as dt
import sys
import zipfile
from pathlib import Path

import xlsxwriter

FOLDER = Path(__file__).parent / "books"
MADE = dt.datetime(2026, 1, 1)
D = dt.date
ENGLISH = ["Customer", "Invoice No", "Invoice Date", "Due Date", "Amount", "Open"]
CHINESE = ["客户名称", "发票号码", "开票日期", "到期日", "含税金额", "未收金额"]
THREE = [
    ["Acme", "INV-1", D(2025, 1, 15), D(2025, 2, 14), 100.0, 100.0],
    ["Acme", "INV-2", D(2025, 2, 1), D(2025, 3, 3), 250.5, 50.25],
    ["Baker", "INV-3", D(2025, 2, 20), D(2025, 3, 22), 80.0, 80.0],
]


class Error(str):
    """An error value such as #N/A in a cell."""


class Formula(tuple):
    """A formula and its stored result."""


def put(sheet, row, column, cell, styles):
    if isinstance(cell, Error):
        sheet.write_formula(row, column, f"={cell}", None, str(cell))
    elif isinstance(cell, Formula):
        day = isinstance(cell[1], D)
        stored = (cell[1] - D(1899, 12, 30)).days if day else cell[1]
        sheet.write_formula(row, column, cell[0], styles["date"] if day else None, stored)
    elif isinstance(cell, D):
        sheet.write_datetime(row, column, dt.datetime(cell.year, cell.month, cell.day), styles["date"])
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif cell is not None:
        sheet.write_number(row, column, cell)


def put_rows(sheet, rows, styles, row=0, column=0):
    for down, cells in enumerate(rows):
        for right, cell in enumerate(cells):
            put(sheet, row + down, column + right, cell, styles)


def book(path, sheets, *, row=0, column=0, change=None, options=None, date="yyyy-mm-dd"):
    """Write sheets of rows from a cell on; `change` gets the workbook, its sheets and the styles."""
    made = xlsxwriter.Workbook(path, options or {})
    made.set_properties({"created": MADE})
    styles = {"date": made.add_format({"num_format": date})}
    written = []
    for name, rows in (sheets if isinstance(sheets, dict) else {"Ledger": sheets}).items():
        written.append(made.add_worksheet(name))
        put_rows(written[-1], rows, styles, row, column)
    if change:
        change(made, written, styles)
    made.close()


def dated(rows, shown):
    """The rows with their dates written as text."""
    return [[shown(cell) if isinstance(cell, D) else cell for cell in cells] for cells in rows]


def sheet_xml(rows, *, prefix="", namespace="http://schemas.openxmlformats.org/spreadsheetml/2006/main"):
    colon = f"{prefix}:" if prefix else ""
    declared = f"xmlns:{prefix}" if prefix else "xmlns"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{colon}worksheet {declared}="{namespace}">'
        f"<{colon}sheetData>{rows}</{colon}sheetData></{colon}worksheet>"
    )


def by_hand(path, rows, encoding="utf-8", **kind):
    """A workbook whose sheet XML is written here, for what no usual writer writes."""
    space = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = sheet_xml(rows, **kind)
    if encoding != "utf-8":
        sheet = sheet.replace("UTF-8", encoding.upper())
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{space}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{space}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="/xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Ledger" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{space}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode(encoding if name.endswith("sheet1.xml") else "utf-8"))


def cells(row, values, reference=True):
    """A row's XML; texts inline, dates as serial numbers of General cells."""
    made = []
    for letter, value in zip("ABCDEF", values, strict=True):
        place = f' r="{letter}{row}"' if reference else ""
        if isinstance(value, D):
            value = (value - D(1899, 12, 30)).days
        if isinstance(value, str):
            made.append(f'<c{place} t="inlineStr"><is><t>{value}</t></is></c>')
        else:
            made.append(f"<c{place}><v>{value!r}</v></c>")
    number = f' r="{row}"' if reference else ""
    return f"<row{number}>{''.join(made)}</row>"


def plain(path):
    book(path, [ENGLISH, *THREE])


def title_rows(path):
    titles = [["Northgate Ltd"], ["Open receivables as at", D(2025, 3, 31)], [], ["Currency: EUR"], []]
    book(path, [*titles, ENGLISH, *THREE])


def in_the_middle(path):
    book(path, [ENGLISH, *THREE], row=6, column=3)


def grand_total(path):
    total = ["Total", None, None, None, Formula(("=SUM(E2:E4)", 430.5)), Formula(("=SUM(F2:F4)", 230.25))]
    book(path, [ENGLISH, *THREE, total])


def total_without_a_label(path):
    book(path, [ENGLISH, *THREE, [None] * 5 + [Formula(("=SUM(F2:F4)", 230.25))]])


def total_that_differs(path):
    book(path, [ENGLISH, *THREE, ["Total", None, None, None, 430.5, 200.0]])


def subtotals(path):
    rows = [*THREE[:2], ["Acme Total", None, None, None, 350.5, 150.25]]
    rows += [THREE[2], ["Baker Total", None, None, None, 80.0, 80.0]]
    book(path, [ENGLISH, *rows, ["Grand Total", None, None, None, 430.5, 230.25]])


def a_customer_called_total(path):
    rows = [["Total Energies SE", *THREE[0][1:]], *THREE[1:]]
    book(path, [ENGLISH, *rows, ["Total", None, None, None, None, 230.25]])


def group_headings(path):
    rows = [["Customer: Acme"], [None, *THREE[0][1:]], [None, *THREE[1][1:]]]
    rows += [["Subtotal", None, None, None, None, 150.25], ["Baker"], [None, *THREE[2][1:]]]
    book(path, [ENGLISH, *rows, ["Total", None, None, None, None, 230.25]])


def group_headings_without_a_customer_column(path):
    rows = [ENGLISH[1:], ["Acme"], THREE[0][1:], THREE[1][1:], ["Baker"], THREE[2][1:]]
    book(path, rows)


def region_headings(path):
    rows = [["North"], THREE[0], [None, *THREE[1][1:]], ["South"], THREE[2]]
    book(path, [ENGLISH, *rows])


def merged_customers(path):
    def change(made, sheets, styles):
        sheets[0].merge_range("A2:A3", "Acme")

    book(path, [ENGLISH, [None, *THREE[0][1:]], [None, *THREE[1][1:]], THREE[2]], change=change)


def two_line_header(path):
    upper = ["Customer", None, "Invoice", None, "Due", "Amount", None]
    lower = ["No", "Name", "No", "Date", "Date", "Original", "Open"]
    rows = [["00" + name[0], name, number, day, due, *money] for name, number, day, due, *money in THREE]

    def change(made, sheets, styles):
        for area, text in (("A1:B1", "Customer"), ("C1:D1", "Invoice"), ("F1:G1", "Amount")):
            sheets[0].merge_range(area, text)

    book(path, [upper, lower, *rows], change=change)


def hidden_rows(path):
    def change(made, sheets, styles):
        sheets[0].autofilter("A1:F4")
        sheets[0].set_row(2, None, None, {"hidden": True})

    book(path, [ENGLISH, *THREE], change=change)


def blank_rows(path):
    book(path, [ENGLISH, [], THREE[0], [], ["   "], THREE[1], [], THREE[2]])


def repeated_headings(path):
    book(path, [ENGLISH, *THREE[:2], [], ENGLISH, THREE[2]])


def notes_below(path):
    rows = [*THREE, [], ["Prepared by L. Keller, 3 July 2025"], ["Checked:", None, None, "M. Osei"]]
    book(path, [ENGLISH, *rows])


def another_list_below(path):
    rows = [*THREE, [], ["Invoice No", "Payment date", "Amount paid"], ["INV-1", D(2025, 3, 1), 20.0]]
    book(path, [ENGLISH, *rows])


def another_list_beside(path):
    side = [["Currency", "Rate"], ["USD", 0.9]]
    rows = [[*row, None, *other] for row, other in zip([ENGLISH, *THREE], [*side, [], []], strict=True)]
    book(path, rows)


def excel_table(path):
    def change(made, sheets, styles):
        columns = [{"header": text} for text in ENGLISH]
        columns[0]["total_string"] = "Total"
        columns[5] |= {"total_function": "sum", "total_value": 230.25}
        area = {"name": "Receivables", "columns": columns, "total_row": True}
        sheets[0].add_table("B4:G8", area)
        put_rows(sheets[0], THREE, styles, 4, 1)
        put_rows(sheets[0], [["Customer", "Invoice No", "Amount"], ["none", "none", 1.0]], styles, 0, 10)

    book(path, [["Receivables"]], change=change)


def rows_below_the_table(path):
    def change(made, sheets, styles):
        sheets[0].add_table("A1:F3", {"columns": [{"header": text} for text in ENGLISH]})
        put_rows(sheets[0], THREE, styles, 1)

    book(path, [[]], change=change)


def several_sheets(path):
    summary = [["Customer", "Current", "1-30", "31-60", "Total"], ["Acme", 1, 2, 3, 6], ["Baker", 1, 1, 1, 3]]
    master = [["Customer", "Customer name", "Credit limit"], ["Acme", "Acme Ltd", 500]]
    less = [[text for text in ENGLISH if text != "Due Date"], [*THREE[0][:3], 100.0, 100.0]]
    sheets = {"Notes": [["Read me"]], "Aging": summary, "Customers": master, "Old": less}
    book(path, {**sheets, "Open items": [ENGLISH, *THREE]})


def chinese(path):
    rows = [
        ["应收账款明细表"],
        ["编制单位：华东公司", None, None, "截止日期：2025年3月31日"],
        CHINESE,
        *THREE,
    ]
    rows += [["合计", None, None, None, 430.5, 230.25], ["制表：张三", None, None, "审核：李四"]]
    book(path, {"应收明细": rows}, date='yyyy"年"m"月"d"日"')


def chinese_text_dates(path):
    rows = dated(THREE, lambda day: f"{day.year}年{day.month}月{day.day}日")
    book(path, {"应收明细": [CHINESE, *rows]})


def text_dates_day_first(path):
    book(path, [ENGLISH, *dated(THREE, lambda day: day.strftime("%d/%m/%Y"))])


def text_dates_month_first(path):
    book(path, [ENGLISH, *dated(THREE, lambda day: day.strftime("%m/%d/%Y"))])


def text_dates_with_month_names(path):
    book(path, [ENGLISH, *dated(THREE, lambda day: day.strftime("%d-%b-%y"))])


def text_dates_decided_by_the_other_column(path):
    rows = [[*row[:2], "03/04/2025", f"{14 + place}/05/2025", *row[4:]] for place, row in enumerate(THREE)]
    book(path, [ENGLISH, *rows])


def dates_as_numbers(path):
    serial = [[(c - D(1899, 12, 30)).days if isinstance(c, D) else c for c in row] for row in THREE]
    written = [int(cell.strftime("%Y%m%d")) if isinstance(cell, D) else cell for cell in THREE[2]]
    book(path, [ENGLISH, *serial[:2], written])


def date_and_time(path):
    def change(made, sheets, styles):
        stamp = made.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        sheets[0].write_datetime("C2", dt.datetime(2025, 1, 15, 23, 59), stamp)
        sheets[0].write_string("D2", "2025-02-14 08:30:00")

    book(path, [ENGLISH, *THREE], change=change)


def calendar_1904(path):
    book(path, [ENGLISH, *THREE], options={"date_1904": True})


def german_amounts(path):
    head = ["Kunde", "Rechnungsnummer", "Rechnungsdatum", "Fälligkeit", "Betrag", "Offen"]
    rows = [[*row[:4], text, text] for row, text in zip(THREE, ("1.234,50", "12,00", "1.000"), strict=True)]
    book(path, [head, *dated(rows, lambda day: day.strftime("%d.%m.%Y"))])


def marked_amounts(path):
    texts = [
        "(500.00)",
        "1,234.56 CR",
        "500.00-",
        "¥1,000.00",
        "CNY 2,000.00",
        "贷 50.00",
        "－１２３",
        "-",
        "10.00 DR",
    ]
    rows = [["Acme", f"INV-{place}", *THREE[0][2:4], None, text] for place, text in enumerate(texts)]
    book(path, [ENGLISH, *rows])


def amounts_in_ten_thousands(path):
    rows = [[*row[:5], text] for row, text in zip(THREE, ("1.5万", "200.00", "3k"), strict=True)]
    book(path, [ENGLISH, *rows])


def error_cells(path):
    rows = [
        ["Acme", "INV-1", D(2025, 1, 15), D(2025, 2, 14), 100.0, Error("#N/A")],
        ["Acme", "INV-2", D(2025, 1, 15), Error("#VALUE!"), 100.0, 60.0],
        [Error("#REF!"), "INV-3", D(2025, 1, 15), D(2025, 2, 14), 100.0, 40.0],
        ["Acme", "INV-4", Error("#N/A"), D(2025, 2, 14), 100.0, 30.0],
        THREE[2],
    ]
    book(path, [ENGLISH, *rows])


def unusable_rows(path):
    rows = [
        THREE[0],
        [None, "INV-2", D(2025, 1, 15), D(2025, 2, 14), 90.0, 90.0],
        ["Acme", "INV-3", D(2025, 1, 15), D(2025, 2, 14), 70.0, "tbc"],
        ["Acme", "INV-4", D(2025, 1, 15), "31/02/2025", 60.0, 60.0],
        ["Acme", "INV-5", None, None, 50.0, 50.0],
        ["Acme", "INV-6", D(2025, 1, 15), D(9999, 12, 31), 40.0, 40.0],
        ["Acme", "INV-7", D(2025, 1, 15), D(2025, 2, 14), 30.0, None],
        ["Acme", "INV-8", D(2025, 1, 15), "see contract", 20.0, 20.0],
        THREE[2],
        ["Total", None, None, None, 440.0, 440.0],
    ]
    book(path, [ENGLISH, *rows])


def formulas(path):
    rows = [
        [*row[:3], Formula((f"=C{n}+30", row[3])), row[4], Formula((f"=E{n}", row[5]))]
        for n, row in enumerate(THREE, 2)
    ]
    book(path, [ENGLISH, *rows])


def formula_without_a_result(path):
    row = THREE[0]
    by_hand_rows = cells(1, ENGLISH) + cells(2, THREE[1]) + cells(3, THREE[2])
    last = cells(4, [*row[:5], 0]).replace('<c r="F4"><v>0</v></c>', '<c r="F4"><f>E4-50</f></c>')
    by_hand(path, by_hand_rows + last)


def leading_zeros(path):
    def change(made, sheets, styles):
        six = made.add_format({"num_format": "000000"})
        sheets[0].write_number("A4", 42, six)

    rows = [["000123", "0001", *THREE[0][2:]], ["123", "001", *THREE[1][2:]], [None, "01", *THREE[2][2:]]]
    book(path, [ENGLISH, *rows], change=change)


def numbers_as_ids(path):
    rows = [
        [1001.0, 7001.0, *THREE[0][2:]],
        ["1001", "7001-A", *THREE[1][2:]],
        [1002.0, 7003.0, *THREE[2][2:]],
    ]
    book(path, [ENGLISH, *rows])


def marked_credits(path):
    rows = [["Invoice", *THREE[0]], ["Credit Note", *THREE[1]], ["Invoice", *THREE[2]]]
    rows += [["Payment", "Acme", None, D(2025, 3, 1), D(2025, 3, 1), 30.0, 30.0]]
    rows += [["Total", None, None, None, None, 460.5, 260.25]]
    book(path, [["Type", *ENGLISH], *rows])


def negative_credits(path):
    rows = [["Invoice", *THREE[0]], ["Credit Note", *THREE[1][:4], -250.5, -50.25], ["Invoice", *THREE[2]]]
    book(path, [["Type", *ENGLISH], *rows])


def credits_of_both_signs(path):
    rows = [["Invoice", *THREE[0]], ["CN", *THREE[1][:4], -250.5, -50.25], ["CN", *THREE[2]]]
    book(path, [["Type", *ENGLISH], *rows])


def red_invoices(path):
    rows = [["蓝字", *THREE[0]], ["红字", *THREE[1]], ["蓝字", *THREE[2]]]
    book(path, {"明细": [["红蓝字", *CHINESE], *rows]})


def receipts_sheet(path):
    documents = [ENGLISH[:5], *[row[:5] for row in THREE]]
    receipts = [["Receipt date", "Customer", "Applied to", "Amount received"]]
    receipts += [[D(2025, 3, 1), "Acme", "INV-1", 40.0], [D(2025, 3, 5), "Baker", "INV-3", 80.0]]
    receipts += [[D(2025, 3, 9), "Baker", "INV-3", -80.0], ["Total", None, None, 40.0]]
    book(path, {"Invoices": documents, "Receipts": receipts})


def paid_amounts(path):
    rows = [[*row[:5], row[4] - row[5]] for row in THREE]
    book(path, [[*ENGLISH[:5], "Paid amount"], *rows])


def paid_dates(path):
    rows = [[*THREE[0], None], [*THREE[1][:5], None, D(2025, 3, 3)], [*THREE[2][:5], 0.0, D(2025, 3, 20)]]
    book(path, [[*ENGLISH, "Paid date"], *rows])


def currencies(path):
    head = [*ENGLISH[:4], "Currency", *ENGLISH[4:]]
    rows = [[*row[:4], code, *row[4:]] for row, code in zip(THREE, ("EUR", "usd", "EUR"), strict=True)]
    rows += [
        ["TOTAL EUR", None, None, None, None, None, 180.0],
        ["TOTAL USD", None, None, None, None, None, 50.0],
    ]
    book(path, [head, *rows])


def two_currencies_of_one_amount(path):
    head = [*CHINESE[:4], "币种", "原币余额", "本币余额"]
    rows = [
        [*row[:4], code, row[5], row[5] * 7]
        for row, code in zip(THREE, ("美元", "欧元", "美元"), strict=True)
    ]
    book(path, {"明细": [head, *rows]})


def a_currency_in_the_heading(path):
    book(path, [[*ENGLISH[:5], "Open (USD)"], *THREE])


def payments_with_the_opposite_sign(path):
    rows = [[*row[:5], row[5] - row[4]] for row in THREE[:2]]
    rows += [["Baker", "CN-1", *THREE[2][2:4], -80.0, 50.0]]
    book(path, [[*ENGLISH[:5], "Paid amount"], *rows])


def receipts_positive_and_credits_negative(path):
    rows = [["Invoice", *THREE[0]], ["Credit Note", *THREE[1][:4], -250.5, -50.25], ["Receipt", *THREE[2]]]
    book(path, [["Type", *ENGLISH], *rows])


def a_customer_with_a_sum(path):
    rows = [*THREE[:2], ["Baker", None, None, None, None, Formula(("=SUM(F2:F3)", 150.25))], THREE[2]]
    book(path, [ENGLISH, *rows])


def twins(path):
    book(path, {"North": [ENGLISH, *THREE], "South": [ENGLISH, *THREE[:1]]})


def a_template_and_the_ledger(path):
    rows = [[*row, "EUR", None] for row in THREE[:1]]
    many = [["Acme", f"INV-{n}", *THREE[0][2:4], 10.0, 10.0] for n in range(30)]
    book(path, {"Template": [[*ENGLISH, "Currency", "Disputed"], *rows], "2025": [ENGLISH, *many]})


def total_without_typed_amounts(path):
    rows = [THREE[0], [*THREE[1][:5], "50.25"], THREE[2], ["Total", None, None, None, 430.5, 180.0]]
    book(path, [ENGLISH, *rows])


def payment_terms(path):
    head = ["Customer", "Invoice No", "Invoice Date", "Terms", "Due Date", "Open"]
    terms = ["NET30", 45.0, "月结60天", None, "30 days EOM", "2/10 net 30", "货到付款", "Net 2025", "30 日"]
    rows = [["Acme", f"INV-{n}", D(2025, 1, 15), term, None, 10.0] for n, term in enumerate(terms)]
    book(path, [head, *rows])


def disputes(path):
    rows = [[*row, flag] for row, flag in zip(THREE, ("Yes", 20.0, "No"), strict=True)]
    book(path, [[*ENGLISH, "Disputed"], *rows])


def duplicates(path):
    book(path, [ENGLISH, *THREE, THREE[0], ["Baker", *THREE[0][1:]]])


def due_before_invoice(path):
    book(path, [ENGLISH, *THREE[:2], [*THREE[2][:2], THREE[2][3], THREE[2][2], 80.0, 80.0]])


def unknown_headings(path):
    book(path, [["Wer", "Was", "Wann", "Bis", "Wieviel"], *[[*row[:4], row[5]] for row in THREE]])


def absurd_dimension(path):
    by_hand(path, cells(1, ENGLISH) + cells(2, THREE[0]) + cells(1048576, THREE[2]))


def rows_without_numbers(path):
    by_hand(path, "".join(cells(0, row, reference=False) for row in [ENGLISH, *THREE]))


def white_space_in_the_xml(path):
    rows = "".join(cells(n, row) for n, row in enumerate([ENGLISH, *THREE], 1))
    by_hand(path, rows.replace("><", ">\n  <"))


def rich_text(path):
    rows = "".join(cells(n, row) for n, row in enumerate([ENGLISH, *THREE], 1))
    rich = "<is><r><t>Ac</t></r><r><rPr><b/></rPr><t>me</t></r><rPh sb='0' eb='1'><t>x</t></rPh></is>"
    by_hand(path, rows.replace("<is><t>Acme</t></is>", rich))


def escapes(path):
    names = ["A &amp; B &lt;Ltd&gt;", "Caf&#233;_x000D_", "<![CDATA[Baker & Co]]>"]
    rows = [[name, *row[1:]] for name, row in zip(names, THREE, strict=True)]
    by_hand(path, "".join(cells(n, row) for n, row in enumerate([ENGLISH, *rows], 1)))


def prefixed_names(path):
    rows = "".join(cells(n, row) for n, row in enumerate([ENGLISH, *THREE], 1))
    by_hand(path, rows.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:"), prefix="x")


def utf_16(path):
    rows = [["Łódź", *THREE[0][1:]], *THREE[1:]]
    by_hand(path, "".join(cells(n, row) for n, row in enumerate([ENGLISH, *rows], 1)), encoding="utf-16")


def strict_namespace(path):
    rows = "".join(cells(n, row) for n, row in enumerate([ENGLISH, *THREE], 1))
    by_hand(path, rows, namespace="http://purl.oclc.org/ooxml/spreadsheetml/main")


def lines(rows, sign):
    return "\n".join(sign.join("" if cell is None else str(cell) for cell in row) for row in rows) + "\n"


def comma(path):
    rows = [["Open items"], [], [*ENGLISH], *THREE, ["Total", "", "", "", "", 230.25]]
    path.write_bytes(lines(rows, ",").encode())


def semicolon(path):
    head = ["Kunde", "Rechnungsnummer", "Rechnungsdatum", "Fälligkeit", "Betrag", "Offen"]
    rows = dated(THREE, lambda day: day.strftime("%d.%m.%Y"))
    rows = [[str(c).replace(".", ",") if isinstance(c, float) else c for c in row] for row in rows]
    path.write_bytes(lines([head, *rows], ";").encode("cp1252"))


def gb18030(path):
    path.write_bytes(lines([CHINESE, *THREE], ",").encode("gb18030"))


def utf_16_tabs(path):
    path.write_bytes(lines([CHINESE, *THREE], "\t").encode("utf-16"))


def named_separator(path):
    rows = [[str(cell).replace(",", ".") for cell in row] for row in [ENGLISH, *THREE]]
    path.write_bytes(("sep=|\n" + lines(rows, "|")).encode("utf-8-sig"))


def quoted(path):
    rows = [['"Acme, ""The"" Co"', '"INV\n1"', *THREE[0][2:4], '"1,100.00"', '"1,000.50"'], *THREE[1:]]
    path.write_bytes(lines([ENGLISH, *rows], ",").encode())


CSV = (comma, semicolon, gb18030, utf_16_tabs, named_separator, quoted)
BOOKS = tuple(
    item
    for item in list(globals().values())
    if callable(item) and getattr(item, "__code__", None) and item.__code__.co_varnames[:1] == ("path",)
    if item not in (book, by_hand)
)


def make(folder):
    for item in BOOKS:
        item(folder / f"{item.__name__}{'.csv' if item in CSV else '.xlsx'}")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
