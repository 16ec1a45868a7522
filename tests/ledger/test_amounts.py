"""Amounts written as text: every usual spelling, and refusal of what reads in two ways."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.ledger.reading.amounts import (
    BAD,
    EMPTY,
    GOOD,
    SCALED,
    amount_of,
    amounts,
    currencies_in,
    decimal_signs,
)
from arcredit.ledger.reading.raw import ERROR, FLAG, NUMBER, UNSTORED, RawColumn, blank_column
from arcredit.ledger.reading.raw import TEXT as WORDS


def texts(*labels):
    column = blank_column(len(labels))
    column.kind[:] = WORDS
    column.code[:] = np.arange(len(labels))
    return RawColumn(
        column.kind, column.number, column.code, np.array(labels, object), column.formula, column.zeros
    )


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1,234.56", ".", 1234.56),
        ("1.234,56", ",", 1234.56),
        ("1 234,56", ",", 1234.56),
        ("1\u00a0234,56", ",", 1234.56),
        ("1\u202f234,56", ",", 1234.56),
        ("1'234.50", ".", 1234.5),
        ("1’234.50", ".", 1234.5),
        ("12,34,567.50", ".", 1234567.5),
        ("1234.5", ".", 1234.5),
        (".5", ".", 0.5),
        ("100.", ".", 100.0),
        ("1,234", ".", 1234.0),
        ("1,234", ",", 1.234),
        ("1.234.567", ",", 1234567.0),
        ("(500)", ".", -500.0),
        ("（500）", ".", -500.0),
        ("(1.234,50)", ",", -1234.5),
        ("500-", ".", -500.0),
        ("-500", ".", -500.0),
        ("− 500", ".", -500.0),
        ("－５００．５０", ".", -500.5),
        ("１，２３４．５６", ".", 1234.56),
        ("+5", ".", 5.0),
        ("¥1,234.00", ".", 1234.0),
        ("￥1,234.00", ".", 1234.0),
        ("$-5.00", ".", -5.0),
        ("-$5.00", ".", -5.0),
        ("€ 1.234,50", ",", 1234.5),
        ("CNY 1,234.00", ".", 1234.0),
        ("1,234.00USD", ".", 1234.0),
        ("HK$12.50", ".", 12.5),
        ("100元整", ".", 100.0),
        ("人民币1,000.00元", ".", 1000.0),
        ("1,234.56 CR", ".", -1234.56),
        ("1,234.56CR.", ".", -1234.56),
        ("1,234.56 DR", ".", 1234.56),
        ("Cr 50.00", ".", -50.0),
        ("贷 50.00", ".", -50.0),
        ("50.00 贷", ".", -50.0),
        ("借50.00", ".", 50.0),
        ("50.00 H", ".", -50.0),
    ],
)
def test_spellings(text, decimal, value):
    assert amount_of(text).value(decimal) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "1,23,4",
        "12-5",
        "1.2.3",
        "1,2,3",
        "-5 CR",
        "(-5)",
        "1.234,567.89",
        "INV-1",
        "5%",
        "1e",
        "01/02/2025",
    ],
)
def test_what_is_no_amount(text):
    assert amount_of(text) is None


@pytest.mark.parametrize("text", ["1.5万", "3亿", "2k", "1.2 million", "500千"])
def test_amounts_in_thousands_are_not_taken_for_units(text):
    assert amounts(texts(text), ".")[1].tolist() == [SCALED]


@pytest.mark.parametrize(
    ("text", "sign"), [("1,234", "?"), ("1.234", "?"), ("0,123", ","), ("1234,567", ","), ("12", "")]
)
def test_what_a_text_proves(text, sign):
    assert amount_of(text).decimal == sign


def test_a_text_of_the_other_sign_is_not_bent():
    value, how = amounts(texts("1.234,56", "1,234.56"), ".")
    assert how.tolist() == [BAD, GOOD]
    assert np.isnan(value[0])


def test_one_text_decides_for_the_column():
    assert decimal_signs([texts("1,234", "2,500.5")]) == ({".": "2,500.5"}, "1,234")
    assert decimal_signs([texts("1,234"), texts("7,5")]) == ({",": "7,5"}, "1,234")
    assert decimal_signs([texts("Total", "12")]) == ({}, "")


def test_cells_of_every_kind():
    column = texts("5.5", "-", "n/a", "tbc", "#N/A", "TRUE", "", "")
    column.kind[4:8] = ERROR, FLAG, NUMBER, UNSTORED
    column.number[6] = 7.25
    value, how = amounts(column, ".")
    assert how.tolist() == [GOOD, GOOD, BAD, BAD, BAD, BAD, GOOD, BAD]
    assert value[[0, 1, 6]].tolist() == [5.5, 0.0, 7.25]
    assert np.isnan(value[[2, 3, 4, 5, 7]]).all()
    assert amounts(blank_column(1), ".")[1].tolist() == [EMPTY]


def test_currencies_written_with_amounts():
    assert currencies_in([texts("EUR 5.00", "$ 6.00", "USD7", "ABC 8")]) == {"EUR", "USD"}


def one_by_one(labels):
    """The decimal signs that texts prove, each looked at alone."""
    found = [amount_of(label) for label in labels]
    return {item.decimal for item in found if item and item.decimal not in ("", "?")}


@given(st.lists(st.text("0123456789.,+- '", max_size=12), max_size=5), st.sampled_from([".", ","]))
def test_whole_columns_read_as_their_texts_do(labels, decimal):
    labels = [label.strip() for label in labels if label.strip()]
    column = texts(*labels)
    assert decimal_signs([column])[0].keys() == one_by_one(labels)
    value, how = amounts(column, decimal)
    for place, label in enumerate(labels):
        found = amount_of(label)
        if found is None:
            assert how[place] == (GOOD if label in ("-", "--") else BAD)
        else:
            np.testing.assert_equal(value[place], found.value(decimal))
            assert how[place] == (BAD if np.isnan(value[place]) else GOOD)


@given(
    st.integers(-(10**11), 10**11),
    st.sampled_from([".", ","]),
    st.sampled_from(["(", "-", "end", "CR", "贷"]),
)
def test_any_amount_reads_back(cents, decimal, minus):
    text = f"{abs(cents) / 100:,.2f}"
    text = text if decimal == "." else text.translate(str.maketrans(",.", ".,"))
    if cents < 0:
        text = {"(": f"({text})", "-": f"-{text}", "end": f"{text}-", "CR": f"{text} CR", "贷": f"贷{text}"}[
            minus
        ]
    found = amount_of(text)
    assert found.decimal == decimal
    assert found.value(decimal) == cents / 100
