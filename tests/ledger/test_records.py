"""The records beside a ledger: found, read by their schema, and nothing dropped without a word."""

import datetime as dt
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arcredit.credit.customer.policy import DEFAULT_POLICY, read_policy
from arcredit.credit.insurance.insurance_policy import TERMS, read_schedule
from arcredit.credit.receivables.borrowing import POLICY
from arcredit.ledger.records import Records, read_records
from arcredit.ledger.records.schema import schema
from arcredit.shapes import plain
from arcredit.words import LANGUAGES
from record_books import block, book, example, record_book

SCHEMA = schema()
TABLES = [name for name, record in SCHEMA.items() if not record.terms]
LISTS = [name for name, record in SCHEMA.items() if record.terms]


def keys(found):
    return [finding.key for finding in found.findings]


def one_sheet(path, rows, name="Limits", top=0, left=0, table=""):
    return book(path, {name: [(top, left, rows, table)]})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tables", [False, True])
def test_every_record_reads_back(tmp_path, language, tables):
    wanted = {name: [{c.name: example(c) for c in SCHEMA[name].columns}] for name in SCHEMA}
    wanted["events"][0] |= {"to_confirm": None, "confirm": None}
    found = read_records(record_book(tmp_path / "b.xlsx", wanted, language, tables))
    assert found.findings == ()
    for name in TABLES:
        (row,) = found.table(name).rows()
        assert dict(zip(found.table(name).columns, row, strict=True)) == wanted[name][0], name
    for name in LISTS:
        assert found.terms(name) == wanted[name][0], name


def test_kinds_of_columns(tmp_path):
    path = one_sheet(tmp_path / "b.xlsx", [["Customer", "Credit limit"], ["A", 5]])
    table = read_records(path).table("limits")
    assert list(table.columns) == [column.name for column in SCHEMA["limits"].columns]
    kinds = {name: column.dtype.kind for name, column in table.columns.items()}
    assert kinds["credit_limit"] == "f"
    assert kinds["valid_to"] == "M"
    assert kinds["temporary"] == kinds["note"] == "O"
    assert table["temporary"].tolist() == [None]


@pytest.mark.parametrize("name", SCHEMA)
def test_no_heading_means_two_columns(name):
    columns = SCHEMA[name].columns
    for one, other in itertools.combinations(columns, 2):
        for language in LANGUAGES:
            assert one.heading(language) != other.heading(language)
            assert one.note(language)


def test_terms_are_those_of_the_credit_floor():
    own = [column.name for column in SCHEMA["insurance"].columns]
    assert own == ["insurer", "policy_number", *TERMS]
    assert [column.name for column in SCHEMA["borrowing"].columns] == list(POLICY)
    assert [column.name for column in SCHEMA["policy"].columns] == list(DEFAULT_POLICY)


def test_a_default_policy_is_the_default_policy(tmp_path):
    rows = [dict(zip(DEFAULT_POLICY, row, strict=True)) for row in zip(*DEFAULT_POLICY.values(), strict=True)]
    found = read_records(record_book(tmp_path / "b.xlsx", {"policy": rows}, "zh"))
    policy, default = read_policy(found.table("policy").columns), read_policy()
    assert found.findings == ()
    for name in default:
        np.testing.assert_array_equal(policy[name], default[name])


def test_insurance_terms_make_a_schedule(tmp_path):
    rows = [["Insured percentage", "90%"], ["Waiting period", "6 months"], ["VAT insured", "no"]]
    found = read_records(one_sheet(tmp_path / "b.xlsx", [["Term", "Value"], *rows], "Insurance"))
    schedule = read_schedule(found.terms("insurance"))
    assert (schedule.insured_percentage, schedule.vat_insured) == (0.9, False)
    assert schedule.waiting_days.months == 6


# Where records stand


def test_titles_above_and_notes_below(tmp_path):
    rows = [
        ["ACME Ltd"],
        ["Credit limits 2026"],
        [],
        ["Cust No", "Limit"],
        ["A", 5],
        ["B", 7],
        [],
        ["* in EUR"],
    ]
    found = read_records(one_sheet(tmp_path / "b.xlsx", rows, "Credit Limits"))
    assert found.table("limits")["credit_limit"].tolist() == [5, 7]
    assert found.findings == ()
    assert found.places["limits"] == "Credit Limits!A4:B6"


def test_a_blank_row_among_the_rows_ends_nothing(tmp_path):
    rows = [["Customer", "Credit limit"], ["A", 5], [], ["B", 7], ["C", None], ["Total", 12]]
    table = read_records(one_sheet(tmp_path / "b.xlsx", rows)).table("limits")
    assert table["customer"].tolist() == ["A", "B", "C"]
    assert np.isnan(table["credit_limit"][2])


def test_an_excel_table_beside_something_else(tmp_path):
    limits = block(SCHEMA["limits"], [{"customer": "A", "credit_limit": 5.0}], "zh")
    sheet = [(0, 0, [["Budget", "Q1"], ["x", 1]], ""), (4, 4, limits, "额度1")]
    found = read_records(book(tmp_path / "b.xlsx", {"Mix": sheet}))
    assert found.table("limits")["credit_limit"].tolist() == [5]


def test_blocks_under_their_titles_on_one_sheet(tmp_path):
    limits = [["Limits"], ["Customer", "Credit limit"], ["A", 5]]
    terms = [["Borrowing base"], ["Advance rate", 0.7], ["Reserves", 100]]
    found = read_records(book(tmp_path / "b.xlsx", {"Setup": [(1, 0, limits, ""), (1, 6, terms, "")]}))
    assert found.table("limits")["credit_limit"].tolist() == [5]
    assert found.terms("borrowing") == {"advance_rate": 0.7, "reserves": 100}


def test_customers_known_by_name_alone(tmp_path):
    path = one_sheet(tmp_path / "b.xlsx", [["客户名称", "授信额度（元）"], ["甲公司", 5]], "授信额度")
    assert read_records(path).table("limits")["customer"].tolist() == ["甲公司"]


def test_names_become_the_numbers_of_the_customers(tmp_path):
    customers = [["Customer", "Customer name"], ["1", "Alpha  GmbH"], ["2", "Beta"], ["3", "Beta"]]
    limits = [["Customer name", "Credit limit"], ["ALPHA GmbH", 5], ["Beta", 6], ["Gamma", 7]]
    sheets = {"Customers": [(0, 0, customers, "")], "Limits": [(0, 0, limits, "")]}
    path = book(tmp_path / "b.xlsx", sheets)
    # Two customers are called Beta: nobody can say which one is meant.
    assert read_records(path).table("limits")["customer"].tolist() == ["1", "Beta", "Gamma"]
    found = read_records(path, customers={"1": None, "2": None, "3": None, "9": "Gamma"})
    assert found.table("limits")["customer"].tolist() == ["1", "Beta", "9"]
    (finding,) = found.findings
    assert finding.key == "records.not_in_ledger"
    assert (finding.sheet, finding.values["found"]) == ("Limits", "Beta")


def test_limits_among_the_customers(tmp_path):
    rows = [
        ["Cust No", "Customer", "Terms", "Credit limit", "Insured limit"],
        ["01", "Alpha", "Net 30", 5, None],
        ["02", "Beta", "EOM 30", None, 0],
        ["03", "Gamma", "月结60天", 7, 6],
    ]
    customers = {"Customers": [(2, 1, rows, "")]}
    found = read_records(book(tmp_path / "b.xlsx", customers))
    assert found.findings == ()
    assert found.table("customers")["terms_days"].tolist() == [30, 30, 60]
    assert found.table("customers")["customer_name"].tolist() == ["Alpha", "Beta", "Gamma"]
    assert found.table("limits")["customer"].tolist() == ["01", "03"]
    assert found.table("insured_limits")["limit"].tolist() == [0, 6]
    own = [(0, 0, [["Customer", "Credit limit"], ["02", 9]], "")]
    found = read_records(book(tmp_path / "b.xlsx", customers | {"Limits": own}))
    assert found.table("limits")["credit_limit"].tolist() == [9]
    assert found.findings == ()


def test_own_sheets_are_not_read(tmp_path):
    path = one_sheet(tmp_path / "b.xlsx", [["Customer", "Credit limit"], ["A", 5]])
    assert read_records(path, own_sheets=frozenset({"Limits"})) == Records()


def test_a_second_table_is_reported(tmp_path):
    rows = [["Customer", "Credit limit"], ["A", 5]]
    found = read_records(
        book(tmp_path / "b.xlsx", {"Limits": [(0, 0, rows, "")], "额度": [(0, 0, rows, "")]})
    )
    assert keys(found) == ["records.twice"]


def test_a_missing_column_is_named(tmp_path):
    rows = [["Customer", "Note", "Review date"], ["A", "x", None]]
    found = read_records(one_sheet(tmp_path / "b.xlsx", rows))
    (finding,) = found.findings
    assert (finding.key, finding.cell, finding.severity) == ("records.missing_column", "A1", "warning")
    assert "Credit limit" in finding.message("en")
    assert not found.has("limits")


def test_two_columns_for_one(tmp_path):
    rows = [["Customer", "Limit", "Credit limit"], ["A", 4, 5]]
    found = read_records(one_sheet(tmp_path / "b.xlsx", rows))
    assert found.table("limits")["credit_limit"].tolist() == [5]
    assert keys(found) == ["records.repeated_column"]


# Cells


@pytest.mark.parametrize(
    ("column", "typed", "value"),
    [
        ("credit_limit", "1,250.50", 1250.5),
        ("credit_limit", "¥1,250.50", 1250.5),
        ("credit_limit", "-", None),
        ("valid_to", "31.12.2026", dt.date(2026, 12, 31)),
        ("valid_to", "2026年12月31日", dt.date(2026, 12, 31)),
        ("valid_to", 20261231, dt.date(2026, 12, 31)),
        ("valid_to", dt.date(9999, 12, 31), None),
        ("temporary", "是", True),
        ("temporary", 0, False),
        ("temporary", True, True),
        ("temporary", "√", True),
        ("note", 12, "12"),
        ("note", "n/a", None),
    ],
)
def test_cells_as_people_type_them(tmp_path, column, typed, value):
    own = SCHEMA["limits"].column(column).heading()
    rows = [["Customer", "Credit limit", own], ["0001", 1, typed]]
    if column == "credit_limit":
        rows = [["Customer", own], ["0001", typed]]
    found = read_records(one_sheet(tmp_path / "b.xlsx", rows))
    assert found.findings == ()
    assert [plain(cell) for cell in found.table("limits")[column]] == [value]
    assert found.table("limits")["customer"].tolist() == ["0001"]


@pytest.mark.parametrize(
    ("record", "column", "typed", "key"),
    [
        ("orders", "amount", "lots", "not_a_number"),
        ("orders", "amount", "1,250", "two_readings"),
        ("orders", "amount", -1, "out_of_range"),
        ("orders", "date", "31.02.2026", "not_a_date"),
        ("orders", "date", "03/04/2026", "two_readings"),
        ("orders", "date", 5, "not_a_date"),
        ("customers", "terms_days", "as agreed", "not_terms"),
        ("customers", "grade", 11, "out_of_range"),
        ("customers", "grade", 2.5, "not_whole"),
        ("promises", "promised_date", None, "no_row"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bad_cell_leaves_its_row_out_and_says_so(tmp_path, language, record, column, typed, key):
    known = SCHEMA[record]
    good = {item.name: example(item) for item in known.columns if item.required}
    rows = block(known, [good, good], language)
    place = [item.name for item in known.columns].index(column)
    rows[2][place] = typed
    found = read_records(one_sheet(tmp_path / "b.xlsx", rows, known.sheet(language)), language=language)
    (finding,) = found.findings
    assert finding.key == f"records.{key}"
    assert (finding.sheet, finding.cell) == (known.sheet(language), f"{chr(65 + place)}3")
    assert known.column(column).heading(language) in finding.message(language)
    assert len(found.table(record)) == 1


ROW, ALL = "the limit counts as unknown", "all limits of this customer count as unknown"


@pytest.mark.parametrize(
    ("record", "column", "typed", "key", "result"),
    [
        ("limits", "credit_limit", "tbc", "not_a_number", ROW),
        ("limits", "credit_limit", "50万", "not_a_number", ROW),
        ("limits", "credit_limit", "1,250", "two_readings", ROW),
        ("limits", "credit_limit", -1, "out_of_range", ROW),
        ("limits", "valid_from", "soon", "not_a_date", ALL),
        ("limits", "valid_to", "03/04/2026", "two_readings", ALL),
        ("limits", "temporary", "maybe", "not_a_flag", ALL),
        ("insured_limits", "limit", "tbc", "not_a_number", ROW),
        ("insured_limits", "insured_percentage", 90, "out_of_range", ROW),
        ("insured_limits", "from", "soon", "not_a_date", ALL),
        ("insured_limits", "to", 5, "not_a_date", ALL),
        ("insured_limits", "kind", "gold", "not_a_choice", ALL),
    ],
)
def test_a_limit_that_cannot_be_read_is_unknown(tmp_path, record, column, typed, key, result):
    """Left out, its customer would show the suggested limit, or count as one without insurance."""
    known = SCHEMA[record]
    amount = "credit_limit" if record == "limits" else "limit"
    good = {item.name: None for item in known.columns} | {"customer": "A", amount: 700}
    rows = block(known, [good, good, good | {"customer": "B"}], "en")
    place = [item.name for item in known.columns].index(column)
    rows[2][place] = typed
    found = read_records(one_sheet(tmp_path / "b.xlsx", rows, known.sheet("en")))
    (finding,) = found.findings
    assert finding.key == f"records.{key}"
    assert result in finding.message()
    table = found.table(record)
    first = np.nan if result == ALL else 700
    np.testing.assert_array_equal(table[amount], [first, np.nan, 700])
    assert plain(table[column][1]) is None
    assert table["customer"].tolist() == ["A", "A", "B"]


def test_a_date_that_decides_nothing_leaves_the_limit(tmp_path):
    rows = [["Customer", "Credit limit", "Review date"], ["A", 5, "next spring"]]
    found = read_records(one_sheet(tmp_path / "b.xlsx", rows))
    assert found.table("limits")["credit_limit"].tolist() == [5]
    assert found.table("limits")["review_date"].astype(str).tolist() == ["NaT"]
    assert "it counts as blank" in found.findings[0].message()


def test_a_limit_without_customer_is_left_out(tmp_path):
    rows = [["Customer", "Credit limit"], [None, "tbc"], ["A", 5]]
    found = read_records(one_sheet(tmp_path / "b.xlsx", rows))
    assert found.table("limits")["customer"].tolist() == ["A"]
    assert keys(found) == ["records.no_row", "records.not_a_number"]


def test_one_sure_text_decides_for_the_others(tmp_path):
    rows = [
        ["Customer", "Credit limit", "Limit to"],
        ["A", "1.250", "03/04/2026"],
        ["B", "1.250,75", "25/12/2026"],
    ]
    table = read_records(one_sheet(tmp_path / "b.xlsx", rows)).table("limits")
    assert table["credit_limit"].tolist() == [1250, 1250.75]
    assert table["valid_to"].astype(str).tolist() == ["2026-04-03", "2026-12-25"]


def test_many_bad_cells_are_counted(tmp_path):
    rows = [["Customer", "Credit limit"], *(["A", "x"] for _ in range(80)), ["B", 1]]
    found = read_records(one_sheet(tmp_path / "b.xlsx", rows))
    assert np.isnan(found.table("limits")["credit_limit"]).tolist() == [True] * 80 + [False]
    assert found.findings[-1].key == "records.more"
    assert found.findings[-1].values["count"] == 30
    assert len(found.findings) == 51


# Terms


def test_unknown_and_repeated_terms(tmp_path):
    rows = [["Term", "Value"], ["Cash", 5], ["Cash", 6], ["Colour", "red"], ["Section", None], ["Margin", 5]]
    found = read_records(one_sheet(tmp_path / "b.xlsx", rows, "Settings"))
    assert found.terms("settings") == {"cash": 5}
    assert keys(found) == ["records.twice_key", "records.unknown_key", "records.out_of_range"]
    assert [finding.cell for finding in found.findings] == ["A3", "A4", "B6"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_of_the_records_own_name_may_hold_one_term(tmp_path, language):
    rows = [["Reports", None], ["Our year", 2026], ["Home curency", "USD"], ["Cash", 5]]
    found = read_records(one_sheet(tmp_path / "b.xlsx", rows, SCHEMA["settings"].sheet(language)))
    assert found.terms("settings") == {"cash": 5}
    # What stands above the term belongs to the list: a misspelt one is named.
    assert [(finding.key, finding.cell) for finding in found.findings] == [
        ("records.unknown_key", "A2"),
        ("records.unknown_key", "A3"),
    ]


@pytest.mark.parametrize(
    ("name", "rows", "cell"),
    [
        ("Options", [["Cash", 5]], "A1"),  # Options may be anybody's
        ("Sheet7", [["Borrowing base", None], ["Advance rate", 0.7]], "A2"),
        ("Settings", [["Company", "Currency"], ["Alpha", "EUR"], ["Beta", "USD"]], "A1"),  # headings
        ("Settings", [["Company", "Region", "Q1", "Q2"], ["Alpha", "North", 1, 2]], "A1"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_term_alone_that_is_unsure_is_named(tmp_path, name, rows, cell, language):
    found = read_records(one_sheet(tmp_path / "b.xlsx", rows, name), language=language)
    assert not found.tables
    assert {(item.key, item.sheet, item.severity) for item in found.findings} == {
        ("records.unsure_term", name, "warning")
    }
    assert found.findings[0].cell == cell
    record = "borrowing" if name == "Sheet7" else "settings"
    assert SCHEMA[record].sheet(language) in found.findings[0].remedy(language)


def test_a_term_beside_the_list_is_named(tmp_path):
    rows = [["Cash", 5, None, "Home currency", "EUR"], ["Margin", 0.1]]
    found = read_records(one_sheet(tmp_path / "b.xlsx", rows, "Settings"))
    assert found.terms("settings") == {"cash": 5, "margin": 0.1}
    assert [(finding.key, finding.cell) for finding in found.findings] == [("records.beside", "D1")]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("Settings", [["Fiscal year", 2026]]),
        ("Limits", [["Customer", "How much"], ["A", 5]]),
        ("信用额度", [["公司", "多少"], ["A", 5]]),
    ],
)
def test_a_sheet_with_a_records_name_that_is_not_read_is_named(tmp_path, name, rows):
    found = read_records(one_sheet(tmp_path / "b.xlsx", rows, name))
    assert not found.tables
    assert [(item.key, item.cell, item.severity) for item in found.findings] == [
        ("records.not_read", "A1", "warning")
    ]


def test_sheets_that_mean_nothing_to_us_are_left_in_peace(tmp_path):
    sheets = {
        "Options": [["Colour", "red"], ["Size", 5]],
        "Currency": [["EUR", 1], ["USD", 1.1]],
        "Contacts": [["Company", "Phone"], ["Alpha", "1"]],
        "Setup": [["Currency", None], ["Bank", None]],  # names without values
    }
    blocks = {name: [(0, 0, rows, "")] for name, rows in sheets.items()}
    assert read_records(book(tmp_path / "b.xlsx", blocks)).findings == ()


def test_a_list_of_terms_goes_before_a_term_alone(tmp_path):
    lone, whole = [["Cash", 1]], [["Cash", 5], ["Margin", 0.1]]
    sheets = {"Settings": [(0, 0, lone, "")], "Parameters": [(0, 0, whole, "")]}
    found = read_records(book(tmp_path / "b.xlsx", sheets))
    assert found.terms("settings") == {"cash": 5, "margin": 0.1}
    assert [(finding.key, finding.sheet) for finding in found.findings] == [("records.twice", "Settings")]
    found = read_records(book(tmp_path / "c.xlsx", sheets | {"Settings": [(0, 0, [["Our year", 1]], "")]}))
    assert [(finding.key, finding.severity) for finding in found.findings] == [("records.not_read", "info")]


# Events


def event_rows(*events):
    day = dt.date(2026, 6, 1)
    return [{"date": day, "kind": "insolvency", **event} for event in events]


def test_unconfirmed_guesses_do_not_count(tmp_path):
    rows = event_rows(
        {"customer": "A"},
        {"customer": "B", "name_found": "Bee Ltd", "score": 0.91, "to_confirm": "customer"},
        {"customer": "C", "name_found": "Cee", "score": 0.93, "to_confirm": "customer", "confirm": True},
        {"customer": "D", "to_confirm": "kind"},
        {"customer": None, "name_found": "Nobody"},
        {"customer": "E", "name_found": "E?", "to_confirm": "customer", "confirm": False},
    )
    found = read_records(record_book(tmp_path / "b.xlsx", {"events": rows}))
    assert found.table("events")["customer"].tolist() == ["A", "C"]
    assert keys(found) == ["records.unconfirmed", "records.unconfirmed_kind", "records.no_customer"]
    assert "91%" in found.findings[0].message("en")


# Properties


def values_of(column):
    if column.choices:
        return st.sampled_from(column.choices)
    kinds = {
        "id": st.from_regex(r"[A-Z]{2}\d{1,4}", fullmatch=True),
        "text": st.sampled_from(["Ärzte GmbH", "北京公司", "a=b", "2nd", "x, y"]),
        "amount": st.integers(0, 10**12).map(lambda cents: cents / 100),
        "number": st.integers(0, 100).map(lambda number: number / 100),
        "share": st.integers(0, 1000).map(lambda number: number / 1000),
        "whole": st.integers(1, 3).map(float),
        "date": st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)),
        "flag": st.booleans(),
        "terms": st.integers(0, 120).map(float),
    }
    return kinds[column.kind]


@st.composite
def filled(draw):
    name = draw(st.sampled_from([name for name in TABLES if name != "events"]))
    columns = SCHEMA[name].columns

    def value(column):
        wanted = values_of(column)
        return wanted if column.filled else st.none() | wanted

    row = st.fixed_dictionaries({column.name: value(column) for column in columns})
    return name, draw(st.lists(row, min_size=1, max_size=5))


@settings(max_examples=40)
@given(filled(), st.sampled_from(LANGUAGES), st.booleans())
def test_what_is_written_reads_back(tmp_path_factory, case, language, table):
    name, rows = case
    path = record_book(tmp_path_factory.mktemp("b") / "b.xlsx", {name: rows}, language, table)
    found = read_records(path)
    assert found.findings == ()
    read = [dict(zip(found.table(name).columns, row, strict=True)) for row in found.table(name).rows()]
    assert read == rows


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["ok", "bad", "blank"]), min_size=1, max_size=12))
def test_every_row_is_read_or_reported(tmp_path_factory, kinds):
    typed = {"ok": ["A", 1], "bad": ["A", "?"], "blank": [None, 1]}
    rows = [["Customer", "Credit limit"], *(typed[kind] for kind in kinds)]
    found = read_records(one_sheet(tmp_path_factory.mktemp("b") / "b.xlsx", rows))
    table = found.table("limits")
    limit = table["credit_limit"] if table else np.zeros(0)
    assert len(limit) == kinds.count("ok") + kinds.count("bad")
    assert np.isnan(limit).sum() == kinds.count("bad")
    assert len(found.findings) == len(kinds) - kinds.count("ok")


def test_twenty_thousand_customers(tmp_path):
    rows = [{c.name: example(c) for c in SCHEMA["customers"].columns} for _ in range(20_000)]
    for number, row in enumerate(rows):
        row["customer"] = f"C{number:06d}"
    found = read_records(record_book(tmp_path / "b.xlsx", {"customers": rows}, tables=True))
    assert len(set(found.table("customers")["customer"])) == 20_000
    assert found.findings == ()
