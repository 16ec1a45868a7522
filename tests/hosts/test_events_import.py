"""`arcredit events import`: appended once, matched openly, and a guess never counts unconfirmed."""

import datetime as dt
import json

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from arcredit.errors import LedgerError, PatchError
from arcredit.hosts.cli import main
from arcredit.hosts.events import import_events
from arcredit.hosts.init import add_records
from arcredit.ledger.records import read_records
from arcredit.ledger.records.feed import read_feed
from arcredit.ledger.records.kinds import kind_in
from arcredit.ledger.records.names import Customers, bare_name
from record_books import book

DAY = dt.date(2026, 6, 1)
NAMES = {"001": "Dunmore Fabrication Ltd", "002": "温州东瓯阀门有限公司", "003": "Brisa Hidráulica SL"}
HEADS = ["Customer", "Customer name", "Invoice", "Invoice date", "Due date", "Open amount"]
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Daily Trade</title>
<item><title>Liquidator appointed at Dunmore Fabrication Limited</title>
<pubDate>Wed, 17 Jun 2026 08:00:00 GMT</pubDate>
<description>&lt;p&gt;Creditors meet on &lt;b&gt;Monday&lt;/b&gt;&lt;/p&gt;</description></item>
<item><title>Weather stays fine</title><pubDate>Wed, 17 Jun 2026 09:00:00 GMT</pubDate></item>
<item><title>温州东瓯阀门被法院裁定受理破产清算</title><pubDate>Thu, 18 Jun 2026 08:00:00 GMT</pubDate></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title>
<entry><title>Brisa Hidraulica sues supplier</title><updated>2026-06-20T10:00:00Z</updated></entry></feed>"""


def ledger(path, **sheets):
    rows = [[number, name, f"I{number}", DAY, DAY, 10.0] for number, name in NAMES.items()]
    return book(path, {"Ledger": [(0, 0, [HEADS, *rows], "")], **sheets})


def file(folder, text, name="news.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def keys(path):
    return sorted(finding.key for finding in read_records(path).findings)


CSV = """Customer,Company,Date,Kind,Severity,Source,Note
001,,2026-06-17,insolvency,3,Register,Liquidator
,DUNMORE FABRICATION LIMITED,2026-06-18,Lawsuit,2,Court,Sued
,Dunmore Fabricaton,2026-06-19,lawsuit,2,Court,Sued again
,Somebody Else Inc,2026-06-19,insolvency,,Press,x
1,,2026-06-20,,2,Press,tax arrears of 40000
"""


def test_rows_of_a_csv(tmp_path):
    path = ledger(tmp_path / "b.xlsx")
    done = import_events(file(tmp_path, CSV), path)
    assert [event.row["customer"] for event in done.added] == ["001", "001", "001", None, "001"]
    assert [event.to_confirm for event in done.added] == ["", "", "customer", "", "kind"]
    table = read_records(path).table("events")
    assert table["kind"].tolist() == ["insolvency", "legal_suit"]
    assert keys(path) == ["records.no_customer", "records.unconfirmed", "records.unconfirmed_kind"]


def test_confirming_makes_them_count(tmp_path):
    path = ledger(tmp_path / "b.xlsx")
    import_events(file(tmp_path, CSV), path)
    assert len(read_records(path).table("events")) == 2
    opened = openpyxl.load_workbook(path)
    sheet = opened["Events"]
    confirm = [cell.value for cell in sheet[4]].index("Confirmed") + 1
    for row in (7, 9):
        sheet.cell(row, confirm, "yes")
    opened.save(path)
    assert len(read_records(path).table("events")) == 4
    assert keys(path) == ["records.no_customer"]
    # A person's correction is not undone, and not doubled, by importing again.
    assert import_events(file(tmp_path, CSV), path).added == ()


def test_twice_adds_nothing(tmp_path):
    path = ledger(tmp_path / "b.xlsx")
    import_events(file(tmp_path, CSV), path)
    once = path.read_bytes()
    again = import_events(file(tmp_path, CSV), path)
    assert (again.added, again.twice, path.read_bytes()) == ((), 5, once)


def test_rows_go_to_the_end_of_a_table_that_is_there(tmp_path):
    path = ledger(tmp_path / "b.xlsx")
    add_records(path, ("events",), language="zh")
    import_events(file(tmp_path, CSV), path)
    more = "".join(f"001,,2026-05-{day:02d},insolvency,1,Press,n{day}\n" for day in range(1, 29))
    import_events(file(tmp_path, "Customer,Company,Date,Kind,Severity,Source,Note\n" + more), path)
    sheet = openpyxl.load_workbook(path)["客户事件"]
    assert sheet["C5"].value == "破产"
    assert sheet.tables["tblEvents"].ref == "A4:J37"
    assert len(read_records(path).table("events")) == 30


def test_rss_and_atom(tmp_path):
    path = ledger(tmp_path / "b.xlsx")
    done = import_events(file(tmp_path, RSS, "a.xml"), path)
    assert [event.row["customer"] for event in done.added] == ["001", "002"]
    assert [event.row["kind"] for event in done.added] == ["insolvency", "insolvency"]
    assert done.nobody == 1
    assert done.added[0].row["source"] == "Daily Trade"
    assert done.added[0].row["date"] == dt.date(2026, 6, 17)
    assert "<" not in done.added[0].row["note"]
    done = import_events(file(tmp_path, ATOM, "b.xml"), path)
    assert [event.row["customer"] for event in done.added] == ["003"]
    # The kind of a news text is only ever guessed.
    assert not read_records(path).has("events")


def test_json(tmp_path):
    path = ledger(tmp_path / "b.xlsx")
    events = {"events": [{"customer": "003", "date": "2026-06-01", "kind": "退票", "severity": 3}]}
    done = import_events(file(tmp_path, json.dumps(events), "a.json"), path)
    assert [event.row["kind"] for event in done.added] == ["bounced_payment"]
    assert read_records(path).table("events")["severity"].tolist() == [3]


def test_undated_rows_are_said(tmp_path):
    path = ledger(tmp_path / "b.xlsx")
    text = "Customer,Date,Kind\n001,03/04/2026,insolvency\n001,soon,insolvency\n"
    assert len(import_events(file(tmp_path, text), path, dry_run=True).undated) == 2
    done = import_events(file(tmp_path, text), path, date_order="dmy")
    assert done.added[0].row["date"] == dt.date(2026, 4, 3)
    assert len(done.undated) == 1


def test_a_plain_block_is_refused_untouched(tmp_path):
    rows = [["Customer", "Date", "Kind"], ["001", DAY, "insolvency"]]
    path = ledger(tmp_path / "b.xlsx", Events=[(0, 0, rows, "")])
    before = path.read_bytes()
    with pytest.raises(PatchError) as caught:
        import_events(file(tmp_path, CSV), path)
    assert caught.value.key == "records.not_a_table"
    assert path.read_bytes() == before


def test_a_table_without_columns_to_confirm_in(tmp_path):
    rows = [["Customer", "Date", "Kind"], ["001", DAY, "insolvency"]]
    path = ledger(tmp_path / "b.xlsx", Events=[(0, 0, rows, "tblEvents")])
    with pytest.raises(PatchError) as caught:
        import_events(file(tmp_path, CSV), path)
    assert caught.value.key == "records.no_confirm"
    sure = "Customer,Date,Kind\n003,2026-06-02,lawsuit\n"
    assert len(import_events(file(tmp_path, sure), path).added) == 1
    assert read_records(path).table("events")["customer"].tolist() == ["001", "003"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]><rss><channel/></rss>', "records.feed_entities"),
        ("<html><body>hello</body></html>", "records.feed_kind"),
        ("<rss><channel>", "records.feed_kind"),
        ('{"a": ', "records.feed_kind"),
        ("Colour,Size\nred,5\n", "records.feed_columns"),
    ],
)
def test_files_that_are_no_list_of_events(tmp_path, text, key):
    with pytest.raises(LedgerError) as caught:
        read_feed(file(tmp_path, text, "a.xml"))
    assert caught.value.key == key
    assert caught.value.text("zh")


def test_formulas_in_news_stay_text(tmp_path):
    path = ledger(tmp_path / "b.xlsx")
    text = 'Customer,Date,Kind,Note\n001,2026-06-01,insolvency,"=HYPERLINK(""http://x"")"\n'
    import_events(file(tmp_path, text), path)
    import_events(file(tmp_path, text.replace("06-01", "06-02")), path)
    sheet = openpyxl.load_workbook(path)["Events"]
    found = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert len(found) == 2
    assert {cell.data_type for cell in found} == {"s"}


def test_command_line(tmp_path):
    path = ledger(tmp_path / "b.xlsx")
    before = path.read_bytes()

    def run(*arguments):
        command = ["events", "import", *map(str, arguments)]
        return CliRunner().invoke(main, command, env={"ARCREDIT_LANGUAGE": "en"})

    dry = run(file(tmp_path, CSV), "--book", path, "--dry-run")
    assert (dry.exit_code, path.read_bytes()) == (1, before)
    done = run(file(tmp_path, CSV), "--book", path)
    assert done.exit_code == 1
    assert "5 events added to Events" in done.output
    assert "Dunmore Fabricaton" in done.output
    assert "Somebody Else Inc" in done.output
    again = run(file(tmp_path, CSV), "--book", path, "--language", "zh")
    assert again.exit_code == 0
    assert "未重复追加" in again.output


# Names and kinds


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Officine Bellandi S.p.A.", "OFFICINE BELLANDI SPA"),
        ("Hallmann & Söhne KG", "Hallmann + Soehne".replace("oe", "ö")),
        ("Poldrex Sp. z o.o.", "Poldrex"),
        ("Søndergaard Vind A/S", "SØNDERGAARD VIND AS"),
        ("温州东瓯阀门有限公司", "温州东瓯阀门股份有限公司"),
        ("ＡＣＭＥ Ltd", "acme limited"),
    ],
)
def test_spellings_of_one_name(one, other):
    assert bare_name(one) == bare_name(other)


def test_two_customers_of_one_name_are_never_sure():
    found = Customers({"1": "Acme Ltd", "2": "ACME GmbH"}).named("Acme")
    assert (found.score, found.sure) == (1.0, False)


def test_numbers_that_lost_their_zeros():
    customers = Customers({"000382": None, "0382": None, "000123": None})
    assert customers.by_number("123") == "000123"
    assert customers.by_number("382") is None


@settings(max_examples=100)
@given(st.text(max_size=30), st.text(max_size=60))
def test_only_an_equal_name_is_sure(name, text):
    customers = Customers(NAMES)
    for match in (customers.named(name), customers.in_text(text)):
        if match.sure:
            assert match.score == 1.0
        elif match.customer:
            assert match.score <= 1.0


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Brisa files for bankruptcy", "insolvency"),
        ("下调主体信用评级至AA-", "rating_downgrade"),
        ("被供应商起诉，标的额86万元", "legal_suit"),
        ("Agency downgrades Brisa", "rating_downgrade"),
        ("法定代表人变更", "director_change"),
        ("Opens a new plant", "adverse_news"),
    ],
)
def test_kinds_guessed_from_words(text, kind):
    assert kind_in(text) == kind
