"""The claim dossier: what is mandatory, what is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.insurance.dossier import ITEMS, SITUATIONS, item_text, tci_dossier
from arcredit.errors import InputError


def test_fourteen_items_in_two_languages_and_every_situation_has_one():
    assert len(ITEMS) == 14
    assert (
        len({item_text(item.code) for item in ITEMS} | {item_text(item.code, "zh") for item in ITEMS}) == 28
    )
    assert sorted(item.situation for item in ITEMS if item.situation) == sorted(SITUATIONS)


@given(st.lists(st.tuples(st.integers(1, 14), st.booleans())), st.sets(st.sampled_from(SITUATIONS)))
def test_completeness_is_present_over_mandatory(rows, situations):
    numbers, flags = zip(*rows, strict=True) if rows else ((), ())
    found = tci_dossier(numbers, flags, ";".join(sorted(situations)))
    needed = {
        place for place, item in enumerate(ITEMS, 1) if not item.situation or item.situation in situations
    }
    there = {number for number, flag in rows if flag}
    assert found["mandatory"][-1] == len(needed)
    assert found["present"][-1] == len(there)
    assert found["missing"][-1] == len(needed - there)
    assert found["completeness"][-1] == len(needed & there) / len(needed)
    assert {place for place, missing in enumerate(found["missing"][:-1], 1) if missing} == needed - there


def test_ways_to_name_an_item():
    for name in (
        4,
        4.0,
        "4",
        "orders",
        item_text("orders"),
        item_text("orders").upper(),
        item_text("orders", "zh"),
    ):
        assert tci_dossier([name], [True])["present"][3] == 1


def test_all_present_is_complete():
    assert tci_dossier(list(range(1, 15)), [True] * 14, list(SITUATIONS))["completeness"][-1] == 1
    assert tci_dossier([], [])["completeness"][-1] == 0


def test_own_items_are_added_as_optional():
    found = tci_dossier(["Export licence", "export licence", 1, None], ["no", "yes", "x", True])
    assert found["item"].tolist()[14:] == ["Export licence", "completeness"]
    assert found["present"].tolist()[14] == 1
    assert found["mandatory"].tolist()[14] == 0


def test_chinese_items_are_answered_in_chinese():
    assert tci_dossier([item_text("orders", "zh")], [True])["item"][0] == item_text("claim_form", "zh")
    assert tci_dossier(["orders"], [True])["item"][0] == item_text("claim_form")


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: tci_dossier([1], ["perhaps"]), "present"),
        (lambda: tci_dossier([1, 2], [True]), "present"),
        (lambda: tci_dossier([1], [True], "war"), "situation"),
    ],
)
def test_errors(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert (caught.value.cell, caught.value.argument) == ("#VALUE!", argument)


def test_several_own_items_keep_their_own_answers():
    found = tci_dossier(["Licence", "Photos", "Survey"], [False, True, False])
    assert found["item"].tolist()[14:] == ["Licence", "Photos", "Survey", "completeness"]
    assert found["present"].tolist()[14:] == [0, 1, 0, 1]
    assert found["present"].tolist()[:14] == [0] * 14
