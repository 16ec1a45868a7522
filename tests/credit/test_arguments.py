"""Every argument of every worksheet function: the wrong kind, the blank, the column, the block.

Each function starts from one of its golden rows; what it must do with a cell of another kind follows from the
rules that hold for all of them, so no function and no argument can be forgotten here.
"""

import datetime as dt
import inspect
import json
from pathlib import Path
from typing import get_type_hints

import numpy as np
import pytest

from arcredit.credit import FUNCTIONS
from arcredit.errors import InputError
from arcredit.shapes import numbers
from golden_tables import golden_rows

CONTRACT = json.loads((Path(__file__).parents[1] / "contract.json").read_text(encoding="utf-8"))
ELEMENT = sorted(name for name in FUNCTIONS if CONTRACT[name.upper()]["kind"] == "element")
FOR_ALL_ROWS = {"policy", "edges", "rates", "convention", "rule", "digits"}
"""Arguments that hold for the whole call, in an element function too."""
WRONG = {"numbers": "many", "dates": "tomorrow", "booleans": "perhaps"}


def _widest_rows():
    """For each function the golden row with a result that gives most of its arguments."""
    rows: dict[str, dict] = {}
    for row in golden_rows():
        given = row["arguments"]
        refused = isinstance(row["expected"], dict) and "error" in row["expected"]
        if refused or [] in given.values():
            continue
        if len(given) > len(rows.get(row["function"], ())):
            rows[row["function"]] = given
    return rows


ROWS = _widest_rows()


def kinds(name):
    """Argument and kind: numbers, dates, labels, booleans, or block for any other."""
    hints = get_type_hints(FUNCTIONS[name], include_extras=True)
    return {
        argument: getattr(hints[argument], "__metadata__", ["block"])[0]
        for argument in inspect.signature(FUNCTIONS[name]).parameters
    }


def readable():
    return [(name, argument) for name in FUNCTIONS for argument, kind in kinds(name).items() if kind in WRONG]


READ_ONLY_WITH = {
    ("ar_bucket", "as_of"): {"convention": "cn_statutory"},
    ("ar_payment_plan", "holidays"): {"holiday_rule": "following"},
}
"""Arguments that say something only beside another one."""


@pytest.mark.parametrize(("name", "argument"), readable())
def test_the_wrong_kind_is_refused_by_its_name_and_in_its_cell(name, argument):
    wrong = WRONG[kinds(name)[argument]]
    given = ROWS[name] | READ_ONLY_WITH.get((name, argument), {})
    column = given.get(argument)
    is_column = isinstance(column, list) and not isinstance(column[0], list)
    with pytest.raises(InputError) as caught:
        FUNCTIONS[name](**given | {argument: [*column[:-1], wrong] if is_column else wrong})
    error = caught.value
    assert (error.argument, error.cell) == (argument, "#VALUE!")
    assert wrong in str(error)
    assert argument in error.text("zh")
    if error.where is not None:
        cells = len(column) if is_column else 1
        assert np.flatnonzero(error.where).tolist() == [cells - 1]
        assert np.size(error.where) == cells


def one_row(name):
    """The golden row's first element, or its only one."""
    return {
        argument: value[0] if isinstance(value, list) and argument not in FOR_ALL_ROWS else value
        for argument, value in ROWS[name].items()
    }


def is_blank(value):
    return value is None or value != value


def same(found, expected):
    return found == expected or (is_blank(found) and is_blank(expected))


def elements():
    return [
        (name, argument)
        for name in ELEMENT
        for argument, kind in kinds(name).items()
        if argument not in FOR_ALL_ROWS and kind != "block" and (name, argument) != ("ar_bucket", "as_of")
    ]


ANSWERED_ALL_THE_SAME = {
    # A legal stop decides before the figures are looked at.
    ("credit_check_reason", "credit_limit"),
    ("credit_check_reason", "exposure"),
    # First in, first out needs no share of the whole debt.
    ("tci_recovery", "total_debt"),
}


@pytest.mark.parametrize(("name", "argument"), elements())
def test_a_blank(name, argument):
    """A blank required argument leaves the result blank; a blank optional one is as if not given."""
    function, row = FUNCTIONS[name], one_row(name)
    blank = function(**row | {argument: None})
    if inspect.signature(function).parameters[argument].default is not inspect.Parameter.empty:
        assert same(blank, function(**{key: row[key] for key in row if key != argument}))
    elif (name, argument) in ANSWERED_ALL_THE_SAME:
        assert same(blank, function(**row))
    else:
        assert is_blank(blank)


@pytest.mark.parametrize(("name", "argument"), elements())
def test_a_column_and_a_block_are_their_cells(name, argument):
    function, row = FUNCTIONS[name], one_row(name) | READ_ONLY_WITH.get((name, argument), {})
    value = row.get(argument)
    if isinstance(value, str) and kinds(name)[argument] == "dates":
        value = row[argument] = dt.date.fromisoformat(value)
    one, blank = function(**row), function(**row | {argument: None})
    assert not isinstance(one, np.ndarray)
    column = function(**row | {argument: [value, None]})
    assert np.shape(column) == (2,)
    assert same(column[0], one)
    assert same(column[1], blank)
    block = function(**row | {argument: [[None, value, value]] * 2})
    assert np.shape(block) == (2, 3)
    assert all(same(line[0], blank) and same(line[1], one) and same(line[2], one) for line in block)


def columns():
    """Arguments that are columns beside others, with a function that takes columns."""
    return [
        (name, argument)
        for name, row in ROWS.items()
        if name not in ELEMENT
        for argument in row
        if argument in _columns_of(name)
    ]


def _columns_of(name):
    flat = [
        key for key, value in ROWS[name].items() if isinstance(value, list) and not isinstance(value[0], list)
    ]
    return flat if len(flat) > 1 else []


@pytest.mark.parametrize(("name", "argument"), columns())
def test_a_column_one_cell_longer_is_refused(name, argument):
    row = ROWS[name]
    height = len(row[argument])
    with pytest.raises(InputError) as caught:
        FUNCTIONS[name](**row | {argument: [*row[argument], row[argument][-1]]})
    error = caught.value
    assert (error.key, error.cell) == ("input.unequal_heights", "#VALUE!")
    assert error.argument in _columns_of(name)
    assert {error.values["found"], error.values["expected"]} == {height, height + 1}


COLUMNS = {
    "ar_aging": "customer current 1-30 31-60 61-90 91-120 >120 unapplied total share_overdue oldest_days",
    "ar_borrowing_base": "line amount",
    "ar_concentration": "customer exposure share cumulative_share",
    "ar_convention_diff": "document due_date days_past_due open_amount bucket_1 bucket_2",
    "ar_loss_rates": "bucket roll_rate loss_rate flag",
    "ar_open_items": "document customer invoice_date due_date open_amount",
    "ar_payment_plan": "number date principal interest payment balance warning",
    "ar_warnings": "customer signal level value threshold action",
    "credit_limit_steps": "method input rate amount binding",
    "credit_scorecard": "block value points weight contribution cap",
    "tci_claim": "section item ship_date due_date amount paid insurable eligible covered insured_percentage"
    " reason amount_in change amount_out date",
    "tci_cover": "customer open_amount insured_limit insured_percentage covered insured own_risk uninsured"
    " unapplied reason",
    "tci_deadlines": "customer invoice duty date days_left amount",
    "tci_dossier": "number item mandatory present missing completeness",
    "tci_indemnity_steps": "step amount_in change amount_out",
}
"""What every table function spills, as its help says: sheets refer to these headings."""
ENDS_WITH_A_SUM = {"ar_aging", "ar_convention_diff", "ar_open_items", "tci_cover", "tci_dossier"}


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if CONTRACT[name.upper()]["kind"] == "table"])
def test_columns_of_a_table(name):
    plainly = {
        "ar_aging": {"edges": None, "convention": None},
        "ar_open_items": {"customer": ["A"] * len(ROWS["ar_open_items"]["document"])},
    }
    table = FUNCTIONS[name](**ROWS[name] | plainly.get(name, {}))
    assert list(table.columns) == COLUMNS[name].split()
    assert table.total is (name in ENDS_WITH_A_SUM)
    assert len({len(column) for column in table.columns.values()}) == 1


def single_cells():
    """Arguments of aggregates and tables that the golden row gives as one cell."""
    return [
        (name, argument)
        for name, row in ROWS.items()
        if name not in ELEMENT
        for argument, value in (row | ALSO_SINGLE.get(name, {})).items()
        if not isinstance(value, list | dict) and (name, argument) not in BESIDE_ALL_ROWS
    ]


ALSO_SINGLE = {
    "tci_claim": dict.fromkeys(("as_of", "insolvency_date", "customer", "recovered", "indemnity_paid")),
    "tci_cover": {"as_of": None},
    "tci_indemnity_steps": {"threshold_rule": None},
}
BESIDE_ALL_ROWS = {
    # These stretch beside the rows or buckets.
    ("tci_claim", "limits"),
    ("tci_claim", "paid"),
    ("tci_claim", "disputed"),
    ("ar_ecl", "forward_looking"),
    ("ar_ecl", "insured_share"),
    ("ar_ecl", "insured_percentage"),
}


@pytest.mark.parametrize(("name", "argument"), single_cells())
def test_several_cells_where_one_is_meant_are_refused(name, argument):
    """A wrong selection must not silently count with its first cell."""
    value = ROWS[name].get(argument)
    for cells in ([value, value], [[value], [value], [value]], [[value] * 2] * 2):
        with pytest.raises(InputError) as caught:
            FUNCTIONS[name](**ROWS[name] | {argument: cells})
        assert (caught.value.argument, caught.value.cell) == (argument, "#VALUE!")


ANYTHING = {
    "nothing": [],
    "blanks": [None] * 3,
    "a block": [[1, 2], [3, 4]],
    "seven": [1, 2, 3, 4, 5, 6, 7],
    "true": True,
    "text": "no such word",
    "an error": "#N/A",
    "an empty text": "",
    "an empty mapping": {},
    "infinity": float("inf"),
    "below zero": -1,
    "zero": 0,
    "a half": 0.5,
    "huge": 1e18,
    "noise": 5.5e-17,
    "a date": dt.date(2025, 1, 1),
    "the last day": dt.date(9999, 12, 31),
    "the first day": dt.date(1, 1, 1),
}
"""What a cell or a wrong selection may hold."""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_whatever_a_cell_holds_there_is_an_answer_or_a_refusal(name):
    """Never another exception, never a warning of the arithmetic."""
    refused = []
    for argument, kind in kinds(name).items():
        for value in ANYTHING.values():
            if isinstance(value, dict) and kind == "labels":
                continue
            try:
                FUNCTIONS[name](**ROWS[name] | {argument: value})
            except InputError as error:
                refused.append(error)
            except ValueError as error:
                # Shapes that do not fit: the hosts fit them before they call.
                if name not in ELEMENT or "broadcast" not in str(error):
                    raise
    assert all(error.text("en") and error.text("zh") for error in refused)


WORDS = {
    "ar_aged": "bucket convention edges",
    "ar_aging": "convention credits edges",
    "ar_borrowing_base": "policy excluded",
    "ar_bucket": "convention edges",
    "ar_convention_diff": "convention_1 convention_2",
    "ar_due_date": "terms",
    "ar_dunning_level": "edges",
    "ar_ecl": "balances",
    "ar_late_fee": "scheme",
    "ar_late_interest": "scheme rates",
    "ar_loss_rates": "balances mean",
    "ar_payment_plan": "method frequency holiday_rule",
    "ar_warnings": "events limits",
    "credit_limit": "policy",
    "credit_limit_basis": "policy",
    "credit_limit_steps": "policy",
    "credit_pd": "policy",
    "credit_prepayment": "policy",
    "credit_terms": "policy",
    "credit_z_score": "model",
    "credit_z_zone": "model",
    "tci_claim": "policy excluded",
    "tci_cover": "policy",
    "tci_deadlines": "policy",
    "tci_dossier": "situation",
    "tci_indemnity": "deductible_rule limit_basis threshold_rule",
    "tci_indemnity_steps": "deductible_rule limit_basis threshold_rule",
    "tci_recovery": "rule",
}
"""Arguments that know certain words, or a block with certain headings, and no other."""


@pytest.mark.parametrize(
    ("name", "argument"), [(name, argument) for name, words in WORDS.items() for argument in words.split()]
)
def test_an_unknown_word_is_refused_by_the_arguments_name(name, argument):
    with pytest.raises(InputError) as caught:
        FUNCTIONS[name](**ROWS[name] | {argument: "no such word"})
    assert (caught.value.argument, caught.value.cell) == (argument, "#VALUE!")


def optional():
    return [
        (name, argument)
        for name in FUNCTIONS
        if name not in ELEMENT
        for argument, parameter in inspect.signature(FUNCTIONS[name]).parameters.items()
        if parameter.default is not inspect.Parameter.empty
    ]


@pytest.mark.parametrize(("name", "argument"), optional())
def test_a_blank_option_of_a_table_is_its_default(name, argument):
    function, row = FUNCTIONS[name], ROWS[name]
    if (name, argument) == ("ar_aged", "customer"):
        row = row | {"customer_id": None}
    blank, left_out = (
        function(**given)
        for given in (row | {argument: None}, {key: row[key] for key in row if key != argument})
    )
    if isinstance(blank, float):
        assert same(blank, left_out)
    else:
        assert list(blank.columns) == list(left_out.columns)
        assert list(blank.rows()) == list(left_out.rows())


class Flagging(float):
    """A float as some builds of Python compare it: NaN raises the processor's flag, which numpy looks at."""

    def __ne__(self, other):
        return self < other or self > other or float.__ne__(self, other)

    __hash__ = float.__hash__


def test_a_missing_number_among_objects_is_no_reason_to_warn():
    assert np.isnan(numbers([Flagging("nan"), None, 1.0], "x")).tolist() == [True, True, False]
