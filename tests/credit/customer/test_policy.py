"""The credit policy: what is read from a sheet, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.customer.limit import credit_limit
from arcredit.credit.customer.policy import DEFAULT_POLICY, credit_terms, read_policy
from arcredit.credit.customer.rating import credit_pd
from arcredit.errors import InputError

NAMES = list(DEFAULT_POLICY)
BLOCK = [NAMES, *map(list, zip(*DEFAULT_POLICY.values(), strict=True))]


def same(found, expected):
    assert found.keys() == expected.keys()
    for name, column in expected.items():
        np.testing.assert_array_equal(found[name], column)


def changed(name, cells):
    return {"grade": range(1, 11), **{name: cells}}


def refused(policy):
    with pytest.raises(InputError) as caught:
        read_policy(policy)
    # A wrong policy makes every cell wrong, not the one at the same place.
    assert caught.value.where is None
    assert caught.value.argument.split(",")[0] == "policy"
    assert caught.value.text("zh") != caught.value.text("en")
    return caught.value


def test_the_default_is_the_table_of_the_contract(shared):
    lines = (shared / "functions.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    rows = [row for row in rows if len(row) == len(NAMES) and row[0].isdigit()]
    assert [[float(cell) if cell else None for cell in row] for row in rows] == BLOCK[1:]


@pytest.mark.parametrize(
    "blank", [None, "", " ", np.nan, [[None]], np.array([[np.nan]]), [[None, ""], ["", None]]]
)
def test_a_blank_policy_is_the_default(blank):
    assert read_policy(blank) is read_policy()


@given(st.permutations(range(1, 11)), st.permutations(range(len(NAMES))))
def test_rows_and_columns_in_any_order(rows, columns):
    block = [[BLOCK[row][place] for place in columns] for row in [0, *rows]]
    same(read_policy(block), read_policy())


def test_the_shapes_a_policy_comes_in():
    same(read_policy(np.array(BLOCK, object)), read_policy())
    same(read_policy(DEFAULT_POLICY), read_policy())
    same(read_policy(pd.DataFrame(DEFAULT_POLICY)), read_policy())
    same(read_policy([[*row, None] for row in BLOCK] + [[None] * 12]), read_policy())


def test_headings_in_two_languages_any_case():
    block = [["等级", "Share of sales", "Net_Worth share "], *([grade, 0.1, 0.2] for grade in range(1, 11))]
    table = read_policy(block)
    assert (table["sales_share"][1:] == 0.1).all()
    assert (table["net_worth_share"][1:] == 0.2).all()
    assert np.isnan(table["working_capital_share"]).all()


def test_place_zero_is_the_blank_grade():
    assert all(np.isnan(column[0]) for column in read_policy().values())


@pytest.mark.parametrize("policy", [5, "x", [["grade"], [1, 2]], [["grade", "pd"]], [1, 2, 3]])
def test_not_a_table(policy):
    assert refused(policy).key == "credit_policy.not_a_table"


def test_unknown_headings_are_named():
    error = refused([["grade", "cap", None], *([grade, 1, 2] for grade in range(1, 11))])
    assert (error.cell, error.values["found"]) == ("#VALUE!", "cap, ''")


def test_a_heading_twice():
    error = refused([["grade", "pd", "PD"], *([grade, 0, 0] for grade in range(1, 11))])
    assert (error.key, error.values["found"]) == ("credit_policy.repeated_column", "pd")


@pytest.mark.parametrize(
    ("grades", "found"),
    [
        (range(1, 10), "1, 2, 3, 4, 5, 6, 7, 8, 9"),
        ([1, 1, *range(3, 11)], "1, 1, 3, 4, 5, 6, 7, 8, 9, 10"),
        ([None, *range(2, 11)], "blank, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
        ([1.5, *range(2, 11)], "1.5, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
        ([], "none"),
    ],
)
def test_each_grade_once(grades, found):
    error = refused({"grade": grades, "pd": [0.1] * len(grades)} if grades else {"pd": [0.1] * 10})
    assert (error.key, error.values["found"]) == ("credit_policy.grades", found)


@pytest.mark.parametrize("name", NAMES[1:])
def test_limits_of_each_column(name):
    amount = name in ("own_risk", "loss_budget", "max_terms_days")
    fine = {"pd": [0.1] * 10, "loss_given_default": [0.9] * 10}
    for good in (0, 1, 500 if amount else 0.5):
        read_policy(fine | changed(name, [good] * 10))
    for bad in (-0.01, None if amount else 1.01):
        if bad is not None:
            error = refused(fine | changed(name, [*[0] * 9, bad]))
            assert (error.cell, error.argument) == ("#NUM!", f"policy, {name}")
    assert refused(fine | changed(name, ["a"] * 10)).cell == "#VALUE!"


def test_terms_are_whole_days():
    assert refused(changed("max_terms_days", [30.5] * 10)).key == "input.not_whole"


@pytest.mark.parametrize("lacking", ["pd", "loss_given_default"])
def test_a_loss_budget_needs_a_probability(lacking):
    columns = {"pd": [0.1] * 10, "loss_given_default": [0.9] * 10, "loss_budget": [100] * 10}
    read_policy({"grade": range(1, 11), **columns})
    columns[lacking] = [0.1] * 6 + [None] + [0.1] * 3
    assert refused({"grade": range(1, 11), **columns}).values["found"] == "7"


def test_columns_of_unequal_height():
    with pytest.raises(InputError) as caught:
        read_policy(changed("pd", [0.1] * 9))
    assert caught.value.cell == "#VALUE!"


def test_a_policy_is_used_by_every_function():
    own = {"grade": range(1, 11), "pd": [0.5] * 10, "max_terms_days": [7] * 10, "sales_share": [0.01] * 10}
    assert credit_terms(3, own) == 7
    assert credit_pd(3, policy=own) == 0.5
    assert credit_limit(1e9, 30, 3, buyer_sales=1000, policy=own) == 10
    assert credit_limit(365, 30, 3, policy=own) == 30  # No headroom column: no headroom.


def test_terms():
    assert credit_terms(1) == 90
    assert credit_terms([[5], [None]]).tolist()[0] == [45]
    assert np.isnan(credit_terms([[5], [None]])[1, 0])
    assert np.isnan(credit_terms(4, {"grade": range(1, 11)}))
    with pytest.raises(InputError) as caught:
        credit_terms([1, 0, 2.5, 11])
    assert (caught.value.cell, caught.value.argument) == ("#NUM!", "grade")
    assert caught.value.where.tolist() == [False, True, False, False]


def test_the_default_never_favours_a_worse_grade():
    table = read_policy()
    for name in ("net_worth_share", "working_capital_share", "sales_share", "max_terms_days", "headroom"):
        assert (np.diff(table[name][1:]) <= 0).all(), name
    for name in ("pd", "prepayment_share"):
        assert (np.diff(table[name][1:]) >= 0).all(), name
