"""The sample ledgers: made by their script, holding what it says, opening elsewhere with equal results."""

import datetime as dt
import json
import re
import subprocess
import sys
import zipfile
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from libreoffice import recalculated

HERE = Path(__file__).parent
FOLDER = HERE.parent / "workbook_templates"
TOTALS = json.loads((HERE / "sample_totals.json").read_text(encoding="utf-8"))
AS_OF = dt.date.fromisoformat(TOTALS["as_of"])
# openpyxl says which extensions it would drop if it wrote the file; it only reads here.
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
EN, ZH, MESSY = (f"sample_ledger_{name}.xlsx" for name in ("en", "zh", "messy"))
SAMPLES = (EN, ZH, MESSY)
EDGES = ((0, "current"), (30, "1-30"), (60, "31-60"), (90, "61-90"), (120, "91-120"))


def parts(path):
    with zipfile.ZipFile(path) as archive:
        return {entry.filename: (entry.date_time, archive.read(entry)) for entry in archive.infolist()}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    command = [
        sys.executable,
        FOLDER / "make_samples.py",
        "--folder",
        folder,
        "--totals",
        folder / "totals.json",
    ]
    subprocess.run(command, check=True)
    return folder


@pytest.mark.parametrize("name", SAMPLES)
def test_the_script_makes_the_committed_file(made, name):
    # Part by part: another build of zlib may pack the same parts into other bytes.
    found, committed = parts(made / name), parts(FOLDER / name)
    assert list(found) == list(committed)
    assert [part for part in found if found[part] != committed[part]] == []


def test_the_script_makes_the_committed_totals(made):
    assert json.loads((made / "totals.json").read_text(encoding="utf-8")) == TOTALS


@pytest.mark.parametrize("name", SAMPLES)
def test_small_without_macros_and_of_a_real_size(name):
    assert (FOLDER / name).stat().st_size < 400_000
    assert not any("vba" in part.lower() for part in parts(FOLDER / name))
    assert 300 <= TOTALS[name]["documents"] <= 2_000


# A second reading, with openpyxl and decimals alone: customer, currency, due, amount, open, disputed.


def sheet(name, title=None):
    book = openpyxl.load_workbook(FOLDER / name, data_only=True)
    return book[title or TOTALS[name]["sheet"]]


def decimal(cell):
    """An amount as typed: a number, `1,234.56`, `(500.00)` or `500.00 CR`; None if it is no amount."""
    if isinstance(cell, int | float):
        return Decimal(str(cell))
    found = re.fullmatch(r"(\()?([\d,]+\.\d\d)(\)| CR)?", str(cell or ""))
    if not found:
        return None
    return Decimal(found[2].replace(",", "")) * (-1 if found[3] else 1)


def table_rows(name, headings):
    """Rows of a sheet under one header row, until the total."""
    top = TOTALS[name]["header_rows"][0]
    rows = sheet(name).iter_rows(min_row=top, values_only=True)
    header = next(rows)
    positions = [header.index(heading) for heading in headings]
    for row in rows:
        if row[0] in ("Total", "合计"):
            return
        yield [row[position] for position in positions]


def english_rows():
    headings = (
        "Customer",
        "Currency",
        "Due date",
        "Document date",
        "Amount",
        "Open amount",
        "Disputed amount",
    )
    for customer, currency, due, day, *amounts in table_rows(EN, headings):
        yield customer, currency, (due or day).date(), *map(decimal, amounts)


def chinese_rows():
    for customer, due, day, *amounts in table_rows(
        ZH, ("客户编码", "到期日", "开票日期", "含税金额", "未收金额", "争议金额")
    ):
        yield customer, "CNY", (due or day).date(), *map(decimal, amounts)


def messy_rows():
    skipped = {row for rows in TOTALS[MESSY]["rows_that_are_no_documents"].values() for row in rows}
    skipped |= {row["row"] for row in TOTALS[MESSY]["rejected"]}
    for number, row in enumerate(sheet(MESSY).iter_rows(min_row=6, values_only=True), 6):
        if number not in skipped and row[2]:
            dt.datetime.strptime(row[4], "%d/%m/%Y")
            yield row[0], row[6], row[5].date(), decimal(row[7]), decimal(row[8]), None


READINGS = {EN: english_rows, ZH: chinese_rows, MESSY: messy_rows}


def bucket(due, open_amount):
    days = (AS_OF - due).days
    return "unapplied" if open_amount < 0 else next((label for edge, label in EDGES if days <= edge), ">120")


@pytest.mark.parametrize("name", SAMPLES)
def test_planted_totals_hold(name):
    rows = list(READINGS[name]())
    held = TOTALS[name]
    sums = defaultdict(Decimal)
    for _, currency, due, amount, open_amount, disputed in rows:
        sums["amount", currency] += amount
        sums["open", currency] += open_amount
        sums["disputed", currency] += disputed or 0
        sums[bucket(due, open_amount), currency] += open_amount
    assert len(rows) == held["documents"]
    assert sum(row[4] != 0 for row in rows) == held["open_documents"]
    assert len({row[0] for row in rows}) == held["customers"]
    for what in ("amount", "open", "disputed"):
        for currency, amount in held.get(what, {}).items():
            assert sums[what, currency] == Decimal(amount), (what, currency)
    for currency, row in held["aging"].items():
        assert {label: sums[label, currency] for label in row} == {
            label: Decimal(amount) for label, amount in row.items()
        }
        assert sum(map(Decimal, row.values())) == Decimal(held["open"][currency])


def test_one_customer_owes_more_than_a_fifth():
    largest = TOTALS[EN]["largest_customer"]
    owed = sum(row[4] for row in english_rows() if row[0] == largest)
    assert owed > Decimal("0.2") * Decimal(TOTALS[EN]["open"]["EUR"])


def test_any_past_month_can_be_rebuilt_from_the_chinese_receipts():
    documents = list(table_rows(ZH, ("发票号码", "开票日期", "含税金额")))
    receipts = [
        (row[0], row[3], decimal(row[4]))
        for row in sheet(ZH, "收款明细").iter_rows(min_row=4, values_only=True)
        if row[3]
    ]
    assert {number for _, number, _ in receipts} <= {row[0] for row in documents}
    for end, planted in TOTALS[ZH]["open_at"].items():
        moment = dt.datetime.fromisoformat(end)
        billed = sum(decimal(amount) for _, day, amount in documents if day <= moment)
        paid = sum(amount for day, _, amount in receipts if day <= moment)
        assert billed - paid == Decimal(planted["CNY"]), end


def test_unusable_rows_are_where_the_totals_say():
    ledger = sheet(MESSY)
    for row in TOTALS[MESSY]["rejected"]:
        cell = ledger[row["cell"]].value
        assert {
            "no customer": cell is None and ledger.cell(row["row"], 2).value is None,
            "due date": isinstance(cell, str),
            "open amount": decimal(cell) is None,
        }[row["problem"]]
        amount = decimal(ledger.cell(row["row"], 9).value)
        assert amount == (None if row["amount"] is None else Decimal(row["amount"]))


def test_customer_numbers_keep_their_zeros():
    assert all(re.fullmatch(r"0\d{5}", row[0]) for row in english_rows())
    assert all(re.fullmatch(r"01\d{4}", row[0]) for row in chinese_rows())


def test_hidden_rows_are_part_of_the_ledger():
    ledger = openpyxl.load_workbook(FOLDER / MESSY, data_only=True)[TOTALS[MESSY]["sheet"]]
    hidden = [row for row, look in ledger.row_dimensions.items() if look.hidden]
    owed = defaultdict(Decimal)
    for row in hidden:
        owed[ledger.cell(row, 7).value] += decimal(ledger.cell(row, 9).value)
    assert len(hidden) == TOTALS[MESSY]["hidden"]["rows"]
    assert owed == {name: Decimal(amount) for name, amount in TOTALS[MESSY]["hidden"]["open"].items()}


RICHNESS = {
    "xl/charts/chart2.xml": "<c:lineChart>",
    "xl/pivotCache/pivotCacheRecords1.xml": "<x v=",
    "xl/pivotTables/pivotTable1.xml": "pivotTableStyleInfo",
    "xl/comments1.xml": "31 February",
    "xl/drawings/vmlDrawing2.vml": "image",
    "xl/media/image1.png": "PNG",
    "xl/worksheets/sheet1.xml": 't="shared"',
    "xl/worksheets/sheet2.xml": "sparklineGroup",
    "xl/calcChain.xml": "<c r=",
    "xl/workbook.xml": 'state="hidden"',
    "docProps/custom.xml": "Retention years",
    "customXml/item1.xml": "credit-review",
    "customXml/itemProps1.xml": "itemID",
}


@pytest.mark.parametrize(("part", "mark"), RICHNESS.items())
def test_the_messy_one_is_rich(part, mark):
    assert mark in parts(FOLDER / MESSY)[part][1].decode("utf-8", "ignore")


@pytest.mark.parametrize(
    "mark",
    [
        "dataValidation ",
        "x14:dataBar",
        "autoFilter",
        "rowBreaks",
        "headerFooter",
        "mergeCell ",
        "legacyDrawingHF",
    ],
)
def test_the_messy_ledger_sheet_has(mark):
    assert f"<{mark}" in parts(FOLDER / MESSY)["xl/worksheets/sheet1.xml"][1].decode()


def test_calculation_chain_names_every_formula_once():
    held = parts(FOLDER / MESSY)
    chain = re.findall(r'<c r="(\w+)" i="(\d+)"/>', held["xl/calcChain.xml"][1].decode())
    formulas = [
        (cell, str(index))
        for index in range(1, 8)
        for cell in re.findall(r'<c r="(\w+)"[^>]*><f', held[f"xl/worksheets/sheet{index}.xml"][1].decode())
    ]
    assert sorted(chain) == sorted(formulas)


def test_pivot_table_and_its_cells_agree():
    book = openpyxl.load_workbook(FOLDER / MESSY, data_only=True)
    (pivot,) = book["Pivot"]._pivots
    assert len(pivot.cache.records.r) == pivot.cache.recordCount == len(list(book["Billings"].rows)) - 3
    held = parts(FOLDER / MESSY)
    caches = re.findall(r'<pivotCache cacheId="(\d+)"', held["xl/workbook.xml"][1].decode())
    assert caches == re.findall(r' cacheId="(\d+)"', held["xl/pivotTables/pivotTable1.xml"][1].decode())
    total = sum(Decimal(str(row[3])) for row in book["Billings"].iter_rows(min_row=4, values_only=True))
    last = list(book["Pivot"][pivot.location.ref])[-1][-1].value
    assert Decimal(str(last)) == total


@pytest.fixture(scope="module")
def reopened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    return dict(zip(SAMPLES, recalculated([FOLDER / name for name in SAMPLES], folder), strict=True))


@pytest.mark.parametrize("name", SAMPLES)
def test_libreoffice_computes_the_stored_results(reopened, name):
    formulas = openpyxl.load_workbook(FOLDER / name)
    stored = openpyxl.load_workbook(FOLDER / name, data_only=True)
    computed = openpyxl.load_workbook(reopened[name], data_only=True)
    assert computed.sheetnames == stored.sheetnames
    count = 0
    for page in formulas:
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    ours, theirs = (book[page.title][cell.coordinate].value for book in (stored, computed))
                    where = f"{page.title}!{cell.coordinate}"
                    assert same(ours, theirs), (where, cell.value, ours, theirs)
                    count += 1
    assert count > 100


def same(ours, theirs):
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return abs(ours - theirs) < 1e-6
    return (ours or None) == (theirs or None)
