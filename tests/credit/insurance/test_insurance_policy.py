"""The policy schedule as a worksheet hands it over."""

import datetime as dt

import numpy as np
import pytest

from arcredit.credit.insurance.insurance_policy import TERMS, Schedule, read_schedule, term_text
from arcredit.errors import InputError
from arcredit.words import LANGUAGES, say

WORKSHEET_KEYS = [
    "insured_percentage",
    "discretionary_limit",
    "discretionary_percentage",
    "deductible",
    "deductible_rule",
    "threshold",
    "threshold_rule",
    "aggregate_deductible",
    "aggregate_used",
    "maximum_liability",
    "liability_used",
    "maximum_terms_days",
    "maximum_extension_days",
    "waiting_days",
    "notice_days",
    "filing_days",
    "vat_rate",
    "vat_insured",
    "limit_basis",
    "payment_rule",
    "cover_resumes",
    "fx_rule",
]


def test_keys_are_those_of_the_worksheet_functions():
    assert list(TERMS)[: len(WORKSHEET_KEYS)] == WORKSHEET_KEYS
    assert list(Schedule.__dataclass_fields__) == list(TERMS)


def test_a_block_a_mapping_and_a_schedule_read_the_same():
    rows = [
        ["Key", "Value"],
        ["insured_percentage", 0.9],
        [None, None],
        ["waiting_days", "6 months"],
        ["", ""],
    ]
    block = read_schedule(np.array(rows, object))
    assert block.insured_percentage == 0.9
    assert block.waiting_days.months == 6
    assert block.waiting_days.days == 0
    mapping = read_schedule({"insured_percentage": 0.9, "waiting_days": 180.0})
    assert (mapping.waiting_days.days, mapping.waiting_days.months) == (180, 0)
    assert read_schedule(mapping) is mapping


def test_a_silent_schedule_has_the_defaults():
    silent = read_schedule({key: None for key in TERMS})
    assert np.isnan(silent.insured_percentage)
    assert np.isnan(silent.discretionary_limit)
    assert silent.maximum_liability == silent.liability_left == float("inf")
    assert silent.waiting_days is silent.maximum_extension_days is silent.maximum_terms_days is None
    assert (silent.deductible, silent.deductible_rule, silent.threshold_rule) == (0, "pct_first", ">")
    assert (silent.limit_basis, silent.payment_rule, silent.fx_rule) == ("debt", "fifo", "invoice")
    assert silent.cover_resumes is True
    assert silent.vat_insured is False
    assert silent.payment_days.days == 30
    assert np.isnat(silent.policy_from)


def test_keys_may_be_written_as_shown_in_either_language():
    shown = [[term_text(key, "zh"), None] for key in TERMS]
    assert read_schedule(shown).deductible == 0
    found = read_schedule([["赔付比例", 0.85], ["Waiting period", 120], ["VAT_Insured", "是"]])
    assert (found.insured_percentage, found.waiting_days.days, found.vat_insured) == (0.85, 120, True)


def test_what_is_left_of_the_year_is_never_negative():
    spent = read_schedule(
        {"aggregate_deductible": 5, "aggregate_used": 7, "maximum_liability": 10, "liability_used": 11}
    )
    assert (spent.aggregate_left, spent.liability_left) == (0, 0)
    part = read_schedule(
        {
            "aggregate_deductible": 25_000,
            "aggregate_used": 18_000,
            "maximum_liability": 10,
            "liability_used": 4,
        }
    )
    assert (part.aggregate_left, part.liability_left) == (7_000, 6)


def test_vat_counts_only_where_it_is_not_insured():
    assert read_schedule({"vat_rate": 0.13}).vat == 0.13
    assert read_schedule({"vat_rate": 0.13, "vat_insured": True}).vat == 0


def test_the_discretionary_percentage_follows_the_insured_one():
    assert read_schedule({"insured_percentage": 0.9}).discretionary_percentage == 0.9
    two = read_schedule({"insured_percentage": 0.9, "discretionary_percentage": 0.8})
    assert two.discretionary_percentage == 0.8


def test_unknown_keys_are_all_named():
    with pytest.raises(InputError) as caught:
        read_schedule([["insured_percentage", 0.9], ["insured_percent", 0.9], ["deductable", 100]])
    assert caught.value.cell == "#VALUE!"
    assert "insured_percent, deductable" in str(caught.value)
    assert "无法识别" in caught.value.text("zh")


@pytest.mark.parametrize(
    ("policy", "cell"),
    [
        ({"insured_percentage": 90}, "#NUM!"),
        ({"vat_rate": 13}, "#NUM!"),
        ({"deductible": -1}, "#NUM!"),
        ({"deductible": "none"}, "#VALUE!"),
        ({"deductible_rule": "first"}, "#VALUE!"),
        ({"waiting_days": -1}, "#NUM!"),
        ({"waiting_days": 0.5}, "#NUM!"),
        ({"waiting_days": "half a year"}, "#VALUE!"),
        ({"waiting_days": 1e6}, "#NUM!"),
        ({"waiting_days": "5000 months"}, "#NUM!"),
        ({"cover_resumes": "perhaps"}, "#VALUE!"),
        ({"policy_from": "01/02/2025"}, "#VALUE!"),
        ([["waiting_days", 1], ["Waiting period", 2]], "#VALUE!"),
        ([["waiting_days", 1, 2]], "#VALUE!"),
        (5, "#VALUE!"),
        (None, "#VALUE!"),
    ],
)
def test_errors(policy, cell):
    with pytest.raises(InputError) as caught:
        read_schedule(policy)
    assert caught.value.cell == cell
    # A value is named after its key, everything else after the argument.
    named = [f"policy, {key}" for key in policy] if isinstance(policy, dict) else ["policy"]
    assert [caught.value.argument] == named


def test_dates_may_be_dates_or_text():
    read = read_schedule({"policy_from": dt.datetime(2025, 1, 1, 12), "policy_to": "2025-12-31"})
    assert (str(read.policy_from), str(read.policy_to)) == ("2025-01-01", "2025-12-31")


def test_options_are_read_as_the_lists_of_choices_show_them():
    for key, term in TERMS.items():
        for code in term.allowed:
            for language in LANGUAGES:
                shown = say(f"records.choice.{code}", language)
                for written in (shown, shown.upper(), f" {code} "):
                    read = read_schedule({"insured_percentage": 0.9, key: written})
                    assert getattr(read, key) == code
