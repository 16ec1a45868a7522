"""Ledgers and records whose cells hold what no column was made for."""

import io

import xlsxwriter

from arcredit.ledger.records.schema import schema
from hostile.choices import ODD, Choices

HEADINGS = {
    "en": (
        *(
            "Customer",
            "Customer name",
            "Document",
            "Type",
            "Invoice date",
            "Due date",
            "Amount",
            "Open amount",
        ),
        *("Currency", "Terms", "Disputed amount", "Paid amount", "Paid date"),
    ),
    "zh": (
        *("客户编号", "客户名称", "单据号", "单据类型", "开票日期", "到期日", "金额", "未收金额"),
        *("币种", "账期", "争议金额", "已收金额", "收款日期"),
    ),
}
ODD_CELLS = (
    0,
    -1,
    1e308,
    -1e308,
    1e-320,
    -0.0,
    0.1 + 0.2,
    60,
    61,
    2958465,
    2958466,
    1e15 + 0.3,
    1e300,
    True,
    False,
)
USUAL = ("C1", "Company 1", "I-1", "Invoice", 46000, 46030, 1000.5, 1000.5, "EUR", "30", 10, 5, 46010)


def cells_mutant(choices: Choices) -> bytes:
    """A ledger of a few rows with odd values in every column, and up to three records beside it."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "nan_inf_to_errors": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        language = choices.one(("en", "zh"))
        sheet = book.add_worksheet("Ledger")
        sheet.write_row(0, 0, HEADINGS[language])
        for row in range(1, 4 + choices.below(12)):
            for column, usual in enumerate(USUAL):
                dated = day if column in (4, 5, 12) else None
                _write(sheet, row, column, _value(choices, usual), dated, choices)
        records = list(schema().values())
        for name in {choices.one(list(schema())) for _ in range(choices.below(4))}:
            _record(book, records, name, language, choices)
    return out.getvalue()


def _record(book: object, records: list[object], name: str, language: str, choices: Choices) -> None:
    record = schema()[name]
    sheet = book.add_worksheet(record.sheet(language)[:31])
    if record.terms:
        sheet.write_row(0, 0, ("Term", "Value") if language == "en" else ("项目", "数值"))
        for row, column in enumerate(record.columns, 1):
            sheet.write_string(row, 0, column.heading(language))
            _write(sheet, row, 1, _value(choices, 1), None, choices)
        return
    sheet.write_row(0, 0, [column.heading(language) for column in record.columns])
    for row in range(1, 2 + choices.below(4)):
        for place, column in enumerate(record.columns):
            usual = "C1" if column.name == "customer" else column.choices[0] if column.choices else 1
            _write(sheet, row, place, _value(choices, usual), None, choices)


def _value(choices: Choices, usual: object) -> object:
    kind = choices.below(8)
    return (
        usual if kind < 5 else choices.one(ODD_CELLS) if kind == 5 else choices.text() if kind == 6 else None
    )


def _write(sheet: object, row: int, column: int, value: object, form: object, choices: Choices) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, form)
    elif isinstance(value, str):
        if choices.below(16) == 15:
            shown = choices.one(("#N/A", "#REF!", "0", "x", ""))
            sheet.write_formula(row, column, "=1/0", form, shown)
        else:
            sheet.write_string(row, column, value[:32_767], form)
    else:
        sheet.write_number(row, column, value, form)


def odd_text_count() -> int:
    """How many odd texts there are, so that a test can go through them one by one."""
    return len(ODD)
