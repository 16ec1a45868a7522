"""The Chinese sample: an accounts department's detail ledger with its receipts, title rows and total line."""

from pathlib import Path
from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from samples import chinese_records, records
from samples.look import INK, PALE, Look, fit
from samples.people import contacts
from samples.totals import counted, per_currency
from samples.trade import (
    AS_OF,
    Customer,
    Dice,
    Document,
    books,
    month_end,
    months,
    receipts_not_applied,
    roster,
)

FILE = "sample_ledger_zh.xlsx"
SHEET = "应收账款明细"
HEADER_ROW = 5
# name | place | terms | invoices a month | typical CNY | habit | limit | insured limit | grade
CUSTOMERS = """
江苏远航轨道装备股份有限公司 | 江苏南京 | 月结60天 | 4.5 | 236000 | large | 4500000 | 3000000 | 3
苏州恒锐自动化科技有限公司 | 江苏苏州 | 月结30天 | 1.6 | 88000 | prompt | 600000 | 500000 | 2
宁波海川液压件有限公司 | 浙江宁波 | 月结60天 | 1.3 | 76000 | fair | 600000 | 400000 | 4
杭州启明机器人有限公司 | 浙江杭州 | 30天 | 1.3 | 92000 | prompt | 600000 | 500000 | 2
无锡锦程重工机械有限公司 | 江苏无锡 | 月结90天 | 1.2 | 134000 | slow | 1200000 | 800000 | 6
合肥皖新电机有限公司 | 安徽合肥 | 月结60天 | 1.2 | 69000 | drifting | 500000 | 350000 | 6
常州金马齿轮厂 | 江苏常州 | 月结30天 | 1.3 | 52000 | fair | 300000 | 200000 | 5
上海瀚宇精密仪器有限公司 | 上海 | 30天 | 1.1 | 81000 | prompt | 500000 | 500000 | 2
温州东瓯阀门有限公司 | 浙江温州 | 月结60天 | 1.4 | 98000 | failing | 500000 | 200000 | 8
青岛北海船舶配件有限公司 | 山东青岛 | 月结60天 | 0.9 | 112000 | erratic | 800000 | 600000 | 5
佛山顺岭五金制品有限公司 | 广东佛山 | 月结30天 | 1.0 | 38000 | fair | 200000 | 150000 | 5
东莞联拓电子有限公司 | 广东东莞 | 月结60天 | 1.1 | 57000 | drifting | 400000 | 250000 | 6
武汉江城泵业有限公司 | 湖北武汉 | 月结60天 | 0.9 | 64000 | slow | 400000 | 300000 | 6
天津滨港输送设备有限公司 | 天津 | 60天 | 0.9 | 87000 | quality | 500000 | 400000 | 4
沈阳北方机床附件有限公司 | 辽宁沈阳 | 月结90天 | 0.8 | 105000 | slow | 800000 | 400000 | 7
成都蓉峰航空零部件有限公司 | 四川成都 | 月结60天 | 0.9 | 141000 | prompt | 900000 | 900000 | 2
重庆渝拓汽车配件有限公司 | 重庆 | 月结60天 | 1.2 | 73000 | fair | 500000 | 400000 | 4
西安秦川仪表有限公司 | 陕西西安 | 月结30天 | 0.8 | 59000 | prompt | 300000 | 300000 | 3
厦门鹭岛新材料有限公司 | 福建厦门 | 30天 | 0.9 | 46000 | prompt | 200000 | 200000 | 3
长沙湘衡工程机械有限公司 | 湖南长沙 | 月结90天 | 0.9 | 126000 | drifting | 900000 | 600000 | 6
济南泉立数控有限公司 | 山东济南 | 月结30天 | 0.9 | 62000 | fair | 300000 | 250000 | 4
郑州中豫矿山机械有限公司 | 河南郑州 | 月结60天 | 0.7 | 93000 | erratic | 500000 | 300000 | 6
嘉兴南湖紧固件有限公司 | 浙江嘉兴 | 月结30天 | 1.2 | 21000 | prompt | 100000 |  | 4
绍兴越兴纺织机械有限公司 | 浙江绍兴 | 月结60天 | 0.9 | 54000 | fair | 300000 | 200000 | 5
南通启东海工装备有限公司 | 江苏南通 | 月结60天 | 0.7 | 158000 | slow | 1000000 | 800000 | 5
扬州邗江冶金设备有限公司 | 江苏扬州 | 月结90天 | 0.6 | 83000 | slow | 500000 | 300000 | 7
台州路桥模具厂 | 浙江台州 | 30天 | 0.9 | 19000 | erratic | 80000 |  | 7
昆山捷安电子科技有限公司 | 江苏昆山 | 月结60天 | 1.0 | 48000 | prompt | 300000 | 300000 | 3
深圳智领传感技术有限公司 | 广东深圳 | 月结30天 | 1.0 | 67000 | prompt | 400000 | 400000 | 2
珠海横琴医疗器械有限公司 | 广东珠海 | 30天 | 0.6 | 72000 | prompt | 300000 | 300000 | 2
大连旅顺轴承有限公司 | 辽宁大连 | 月结60天 | 0.7 | 43000 | drifting | 200000 | 100000 | 7
石家庄冀中水泵有限公司 | 河北石家庄 | 月结60天 | 0.6 | 39000 | fair | 200000 | 150000 | 5
芜湖江东船用设备有限公司 | 安徽芜湖 | 月结60天 | 0.6 | 77000 | quality | 400000 | 300000 | 5
泉州刺桐石材机械有限公司 | 福建泉州 | 月结30天 | 0.7 | 33000 | fair | 0 | 0 | 9
徐州彭城液压有限公司 | 江苏徐州 | 月结60天 | 0.8 | 65000 | slow |  |  |
"""
PEOPLE = roster(CUSTOMERS, 10102, 7, 6, "CNY")
HEADS = (
    "序号",
    "客户编码",
    "客户名称",
    "单据类型",
    "发票号码",
    "开票日期",
    "账期",
    "到期日",
    "含税金额",
    "已收金额",
    "未收金额",
    "争议金额",
    "业务员",
    "备注",
)
RECEIPT_HEADS = ("收款日期", "客户编码", "客户名称", "核销发票号码", "收款金额", "收款方式", "凭证号")
KINDS = {"invoice": "增值税专用发票", "credit": "红字发票", "receipt": "预收款"}
DISPUTES = {"price": "价格争议", "quality": "质量异议", "short delivery": "短少到货"}
SALES = ("陈志强", "李晓燕", "王海波", "赵敏", "周建国")
METHODS = ("银行转账", "银行转账", "银行转账", "电子银行承兑汇票", "电子商业承兑汇票")
NOTES = (
    ("样例说明", "公司、客户、人员、票号和金额均为虚构，仅供演示和测试。"),
    ("截止日期", "2026年6月30日，见“应收账款明细”B3，名称为 截止日期。"),
    ("明细账", "自2025年1月起的全部单据，已结清的也保留；未收金额＝含税金额－已收金额。"),
    ("红字与预收", "红字发票和尚未核销的预收款以负数列示。"),
    ("收款明细", "逐笔核销记录，可据此还原任何一个过去日期的未收金额。"),
    ("发票号码", "数电票为二十位数字，按文本保存；预收款用内部编号。"),
    ("信用额度", "空白表示尚未核定，0 表示款到发货。"),
    ("保险限额", "信用保险公司批复的买方限额；空白表示未投保。"),
)


def ledger() -> list[Document]:
    """The documents by day; invoices with twenty-digit numbers, receipts with an internal one."""
    dice = Dice(88)
    documents = books(PEOPLE, dice) + receipts_not_applied(PEOPLE, dice, 4)
    documents.sort(key=lambda item: item.day)
    running, advance = 318_204, 0
    for item in documents:
        running += dice.between(3, 90)
        advance += item.kind == "receipt"
        invoice = f"{item.day:%y}322000{running:012d}"
        item.number = f"YS{item.day:%Y%m}{advance:03d}" if item.kind == "receipt" else invoice
        item.remark = DISPUTES.get(item.remark, item.remark)
    return documents


def write(path: Path) -> dict[str, Any]:
    """Write the workbook; returns what it holds, with the open amount at every month's end."""
    documents = ledger()
    with Workbook(path) as book:
        look = Look(book, "微软雅黑", "应收账款明细账")
        _ledger_sheet(book.add_worksheet(SHEET), documents, look)
        payments = _receipt_sheet(book.add_worksheet("收款明细"), documents, look)
        _customer_sheet(book.add_worksheet("客户档案"), PEOPLE, look)
        _notes_sheet(book.add_worksheet("说明"), look)
        chinese_records.write(book, look, PEOPLE, documents)
        book.define_name("截止日期", f"='{SHEET}'!$B$3")
    ends = [month_end(month) for month in months()]
    past = {
        end.isoformat(): per_currency(("CNY", item.open_at(end)) for item in documents if item.day <= end)
        for end in ends
    }
    return {
        "sheet": SHEET,
        "header_rows": [HEADER_ROW],
        **counted(documents),
        "rejected": [],
        "receipts": {
            "sheet": "收款明细",
            "count": payments[0],
            "amount": per_currency([("CNY", payments[1])]),
        },
        "open_at": past,
    }


def _ledger_sheet(sheet: Worksheet, documents: list[Document], look: Look) -> None:
    end = len(HEADS) - 1
    sheet.merge_range(
        0, 0, 0, end, "华东精密机械有限公司", look(bold=True, font_size=16, align="center", font_color=INK)
    )
    sheet.merge_range(1, 0, 1, end, "应收账款明细账", look(font_size=13, align="center", font_color=INK))
    sheet.write_string("A3", "截止日期：", look.faint)
    sheet.write_datetime("B3", AS_OF, look(num_format='yyyy"年"m"月"d"日"', align="left"))
    sheet.merge_range(2, end - 1, 2, end, "单位：元", look(align="right"))
    sheet.write_row(HEADER_ROW - 1, 0, HEADS, look.head)
    cells = [_cells(index, item) for index, item in enumerate(documents, 1)]
    for row, values in enumerate(cells, HEADER_ROW):
        _write(sheet, row, values, look)
    _total_line(sheet, HEADER_ROW + len(documents), cells, look)
    fit(sheet, [HEADS, *cells])
    sheet.set_column("B:B", 16)
    sheet.set_column("I:L", 15)
    sheet.set_row(0, 26)
    sheet.set_row(1, 22)
    sheet.set_row(HEADER_ROW - 1, 24)
    sheet.freeze_panes(HEADER_ROW, 3)
    sheet.autofilter(HEADER_ROW - 1, 0, HEADER_ROW - 1 + len(documents), end)
    sheet.ignore_errors({"number_stored_as_text": f"B{HEADER_ROW}:E{HEADER_ROW + len(documents)}"})
    _print(sheet, HEADER_ROW - 1)


def _cells(index: int, item: Document) -> list[Any]:
    """A row's values in the order of `HEADS`."""
    invoice = item.kind == "invoice"
    return [
        index,
        item.customer.number,
        item.customer.name,
        KINDS[item.kind],
        item.number,
        item.day,
        item.customer.terms if invoice else None,
        item.due if item.kind != "receipt" else None,
        item.amount / 100,
        (item.amount - item.open) / 100,
        item.open / 100,
        item.disputed / 100 if item.disputed else None,
        SALES[int(item.customer.number) % len(SALES)],
        item.remark or None,
    ]


def _write(sheet: Worksheet, row: int, values: list[Any], look: Look) -> None:
    for column, cell in enumerate(values):
        if column == 10:
            sheet.write_formula(row, column, f"=I{row + 1}-J{row + 1}", look.money, cell)
        elif column in (5, 7) and cell:
            sheet.write_datetime(row, column, cell, look.date)
        elif isinstance(cell, str):
            sheet.write_string(row, column, cell, look())
        elif cell is not None:
            sheet.write_number(
                row, column, cell, look.money if column else look(num_format="0", align="center")
            )


def _total_line(sheet: Worksheet, row: int, cells: list[list[Any]], look: Look) -> None:
    sheet.merge_range(
        row, 0, row, 7, "合计", look(bold=True, align="center", bg_color=PALE, top=1, top_color=INK)
    )
    for column in (8, 9, 10, 11):
        letter = "IJKL"[column - 8]
        amount = sum(round((values[column] or 0) * 100) for values in cells) / 100
        sheet.write_formula(row, column, f"=SUM({letter}{HEADER_ROW + 1}:{letter}{row})", look.total, amount)
    sheet.write_string(row + 2, 0, "制表：李会计", look.faint)
    sheet.write_string(row + 2, 4, "复核：张主管", look.faint)
    sheet.write_string(row + 2, 8, "制表日期：2026年7月3日", look.faint)


def _receipt_sheet(sheet: Worksheet, documents: list[Document], look: Look) -> tuple[int, int]:
    """Every payment matched to an invoice, by day; returns how many and how much."""
    dice = Dice(7)
    parts = sorted(
        ((day, item.number, cents, item) for item in documents for day, cents in item.settled),
        key=lambda part: part[:3],
    )
    sheet.merge_range(
        "A1:G1", "收款明细（核销记录）", look(bold=True, font_size=14, align="center", font_color=INK)
    )
    sheet.merge_range("F2:G2", "单位：元", look(align="right"))
    sheet.write_row("A3", RECEIPT_HEADS, look.head)
    rows = []
    for row, (day, number, cents, item) in enumerate(parts, 3):
        offset = item.kind == "credit" or any(
            other.kind == "credit" and other.settled == [(day, -cents)] for other in documents
        )
        method = "红字冲抵" if offset else dice.pick(METHODS)
        texts = (item.customer.number, item.customer.name, number)
        sheet.write_datetime(row, 0, day, look.date)
        for column, text in enumerate(texts, 1):
            sheet.write_string(row, column, text, look())
        sheet.write_number(row, 4, cents / 100, look.money)
        sheet.write_string(row, 5, method, look(indent=1))
        sheet.write_string(row, 6, f"记-{day:%y%m}-{row:04d}", look())
        rows.append((day, *texts, cents / 100, method, "记-2506-0001"))
    total = sum(part[2] for part in parts)
    last = 3 + len(parts)
    sheet.merge_range(
        last, 0, last, 3, "合计", look(bold=True, align="center", bg_color=PALE, top=1, top_color=INK)
    )
    sheet.write_formula(last, 4, f"=SUM(E4:E{last})", look.total, total / 100)
    fit(sheet, [RECEIPT_HEADS, *rows], least=10)
    sheet.freeze_panes(3, 0)
    sheet.ignore_errors({"number_stored_as_text": f"B4:D{last}"})
    _print(sheet, 2)
    return len(parts), total


def _customer_sheet(sheet: Worksheet, people: list[Customer], look: Look) -> None:
    heads = ("客户编码", "客户名称", "所在地区", "账期", "信用额度", "保险限额", "信用等级")
    sheet.merge_range("A1:G1", "客户信用档案", look(bold=True, font_size=14, align="center", font_color=INK))
    sheet.write_row("A3", heads, look.head)
    for row, one in enumerate(people, 3):
        for column, text in enumerate((one.number, one.name, one.place, one.terms)):
            sheet.write_string(row, column, text, look())
        for column, number in ((4, one.limit), (5, one.insured), (6, one.grade)):
            if number is not None:
                sheet.write_number(row, column, number, look(num_format="#,##0"))
    fit(sheet, [heads, *((one.number, one.name, one.place, one.terms, 1e7, 1e7) for one in people)], least=10)
    facts = contacts(people, chinese_records.OWNERS, chinese_records.CUSTOMER_FACTS, "zh")
    records.people_columns(sheet, look, people, facts, (2, len(heads)), "zh")
    sheet.freeze_panes(3, 2)
    sheet.ignore_errors({"number_stored_as_text": f"A4:A{3 + len(people)}"})
    _print(sheet, 2)


def _notes_sheet(sheet: Worksheet, look: Look) -> None:
    sheet.write_string("A1", "说明", look.title)
    for row, (what, text) in enumerate(NOTES, 2):
        sheet.write_string(row, 0, what, look(bold=True, font_color=INK))
        sheet.write_string(row, 1, text, look())
    sheet.set_column("A:A", 16)
    sheet.set_column("B:B", 90)
    sheet.hide_gridlines(2)
    _print(sheet, 0)


def _print(sheet: Worksheet, header: int) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header)
    sheet.set_footer("&L&F&R第 &P 页，共 &N 页")
