"""Blocks with a header row, keys and values, one cell."""

import numpy as np
import pandas as pd
import pytest

from arcredit.credit.block import blank, headed, keyed, nothing, one_number
from arcredit.errors import InputError

NAMES = {"customer": ("客户",), "limit": ("credit_limit",), "kind": ()}


@pytest.mark.parametrize(
    "block",
    [
        [["客户", " Credit Limit ", "note"], ["A", 5, "x"], [None, None, ""], ["B", None, None]],
        np.array([["Customer", "limit"], ["A", 5], ["B", None]], object),
        {"customer": ["A", "B"], "limit": [5, None]},
        pd.DataFrame({"limit": [5, None], "Customer": ["A", "B"]}),
    ],
)
def test_headed_in_any_form(block):
    columns = headed(block, "limits", NAMES, ["customer", "limit"])
    assert columns["customer"].tolist() == ["A", "B"]
    assert columns["limit"][0] == 5
    assert blank(columns["limit"][1])
    assert columns["kind"].tolist() == [None, None]


def test_headed_without_rows():
    for empty in (None, "", [[None]], np.nan):
        assert nothing(empty)
        assert len(headed(empty, "limits", NAMES, ["customer"])["customer"]) == 0
    assert len(headed([["customer"]], "limits", NAMES, ["customer"])["customer"]) == 0


@pytest.mark.parametrize("block", [[["customer"], ["A"]], "limits", [["customer", "limit"], ["A"]], [1, 2]])
def test_headed_refuses_what_is_no_block(block):
    with pytest.raises(InputError) as caught:
        headed(block, "limits", NAMES, ["customer", "limit"])
    assert (caught.value.cell, caught.value.argument) == ("#VALUE!", "limits")


def test_keyed():
    defaults = {"advance_rate": 0.8, "loans": 0}
    assert keyed(None, "policy", defaults) == defaults
    assert keyed([["Advance rate", 0.7], [None, None], ["loans", None]], "policy", defaults) == {
        "advance_rate": 0.7,
        "loans": 0,
    }
    assert keyed({"loans": 5}, "policy", defaults)["loans"] == 5
    assert keyed([["Key", "Value"], ["loans", 5]], "policy", defaults)["loans"] == 5
    for wrong in ([["advance", 0.7]], [["loans"]], "loans"):
        with pytest.raises(InputError) as caught:
            keyed(wrong, "policy", defaults)
        assert caught.value.cell == "#VALUE!"


def test_one_number():
    assert one_number([[5]], "digits") == 5
    assert one_number(None, "digits", 2) == 2
    for wrong in (None, [1, 2], "x"):
        with pytest.raises(InputError) as caught:
            one_number(wrong, "digits")
        assert caught.value.cell == "#VALUE!"
    with pytest.raises(InputError) as caught:
        one_number(7, "digits", high=6)
    assert caught.value.cell == "#NUM!"


def test_headings_and_keys_as_people_write_them():
    """Hyphen, blank or underline, any case; a heading row of either language is no key."""
    block = [["Insured-Percentage", " CUSTOMER "], [0.9, "A"]]
    assert headed(block, "limits", {"insured_percentage": ()}, [])["insured_percentage"].tolist() == [0.9]
    for heading in ("Key", "name", "项目", "参数"):
        assert keyed([[heading, "value"], ["Advance-rate", 0.7]], "policy", {"advance_rate": 1}) == {
            "advance_rate": 0.7
        }
    for wrong in ([["advance", 0.7]], [["loans"]], "loans"):
        with pytest.raises(InputError) as caught:
            keyed(wrong, "policy", {"loans": 0})
        assert caught.value.argument == "policy"
