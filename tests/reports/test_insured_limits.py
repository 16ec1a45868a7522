"""Limits that nobody can read or convert are unknown in every report, never a suggestion, never a mix."""

from dataclasses import replace

import numpy as np
import pytest

from arcredit.credit.customer.policy import DEFAULT_POLICY
from arcredit.reports import REPORTS
from arcredit.reports.cover import cover_sheet
from arcredit.reports.credit_file import credit_file_sheet
from arcredit.reports.insured import Insured
from arcredit.reports.insured_limits import decisions_in, policy_currency, unconverted
from arcredit.reports.limits import limits_sheet
from arcredit.reports.making import made
from arcredit.reports.order_check import order_check_sheet
from arcredit.reports.register import Register
from arcredit.reports.standing import standings
from arcredit.reports.warnings import warnings_sheet
from arcredit.shapes import coded
from credit_ledgers import LINES, small
from credit_records import rows, terms
from credit_records import table as columns_of
from pages import lines, table, texts
from report_ledgers import documents, inputs

RATES = {"EUR": 1.0, "USD": 0.8}
POLICY = terms(insured_percentage=0.9, maximum_extension_days=20.0)


def given(ledger=None, **records):
    chosen = {name: found for name, found in records.items() if name not in ("rates", "home", "customer")}
    others = {name: found for name, found in records.items() if name in ("rates", "home", "customer")}
    return inputs(small() if ledger is None else ledger, records=type(inputs().records)(chosen), **others)


def decisions(*found):
    return rows("customer limit currency kind", *found)


def table_of_policy(**changes):
    """The built-in credit policy with a column changed for every grade."""
    columns = {name: list(cells) for name, cells in DEFAULT_POLICY.items()}
    return columns_of(**columns | {name: [value] * 10 for name, value in changes.items()})


def line(found):
    return table(limits_sheet(found), "Customer")["A"]


# A limit of our own that was typed as text is read as NaN; see tests/ledger/test_records.py.

UNREAD = rows("customer credit_limit", ("A", np.nan))


def test_an_unread_limit_is_no_suggestion():
    assert line(given())["Limit is"] == "suggested"
    found = line(given(limits=UNREAD))
    assert (found["Limit"], found["Used"], found["Headroom"]) == (None, None, None)
    assert (found["Limit is"], found["State"]) == ("not known", "Unknown")
    assert "cannot be read" in found["What to do"]


def test_an_unread_limit_releases_no_order():
    records = {"limits": UNREAD, "orders": rows("order customer date amount", ("1", "A", None, 1.0))}
    found = lines(order_check_sheet(given(**records)))
    heading = next(row for row in found if row[0] == "Decision")
    order = next(row for row in found if "1" in row)
    assert order[0] == "UNKNOWN"
    assert order[heading.index("Limit")] is None


def test_an_unread_limit_is_no_warning_of_an_exceeded_one():
    records = {"limits": UNREAD, "insured_limits": decisions(("A", 5.0, None, "named"))}
    ceilings = Register(given(**records)).ceilings
    assert np.isnan(ceilings.limit).tolist() == [True]
    shown = texts(warnings_sheet(given(**records)))
    assert not any(text.startswith("Over the limit") for text in shown)


def test_the_credit_file_says_that_it_is_not_known():
    shown = texts(credit_file_sheet(given(limits=UNREAD, customer="A")))
    assert "not known" in shown


# The insurer's limits


def test_an_unread_insured_limit_is_not_none():
    """Grade 8 gets no more than the insurer's limit: unknown, the suggestion is too."""
    unread = decisions(("A", np.nan, None, "named"))
    found = given(insured_limits=unread, insurance=POLICY, customers=rows("customer grade", ("A", 8.0)))
    assert (line(found)["Insured limit"], line(found)["Suggested limit"]) == (None, None)
    assert line(given(insured_limits=unread, insurance=POLICY))["Suggested limit"] == 14_405.47
    own = rows("customer credit_limit", ("A", 90_000.0))
    assert "insurer" in line(given(insured_limits=unread, insurance=POLICY, limits=own))["What to do"]
    assert "not known" in texts(
        credit_file_sheet(given(insured_limits=unread, insurance=POLICY, customer="A"))
    )


def test_what_a_suggested_limit_has_above_the_insured_one_is_said():
    """The built-in policy leaves own risk open for grade 4; with a cap of 0 the insured limit holds it."""
    little = {"insured_limits": decisions(("A", 4_405.47, None, "named")), "insurance": POLICY}
    assert line(given(**little))["Suggested limit"] == 14_405.47
    assert (
        "10,000.00 of the suggested limit is above the insured limit" in line(given(**little))["What to do"]
    )
    file = credit_file_sheet(given(**little, customer="A"))
    assert any("10,000.00 of the suggested limit is above the insured limit" in text for text in texts(file))
    held = table_of_policy(own_risk=0.0)
    assert line(given(**little, policy=held))["Suggested limit"] == 4_405.47
    assert "above the insured limit" not in line(given(**little, policy=held))["What to do"]
    enough = {"insured_limits": decisions(("A", 20_000.0, None, "named")), "insurance": POLICY}
    assert line(given(**enough))["What to do"] == "Approve or change the suggested limit."
    assert "above" not in " ".join(texts(credit_file_sheet(given(**enough, customer="A"))))


def test_a_suggestion_that_hangs_on_an_unknown_limit_is_not_in_the_credit_file_either():
    unread = decisions(("A", np.nan, None, "named"))
    found = given(
        insured_limits=unread, insurance=POLICY, customers=rows("customer grade", ("A", 8.0)), customer="A"
    )
    assert any(text.startswith("No limit is suggested: it hangs") for text in texts(credit_file_sheet(found)))
    assert "insured limit is not known" in line(found)["What to do"]


def test_deliveries_stop_beside_an_unread_insured_limit_too():
    late = (*LINES[:3], ("A", "4", "2025-10-01", "2025-12-01", 10_000.0, None))
    records = {
        "limits": rows("customer credit_limit", ("A", 90_000.0)),
        "orders": rows("order customer date amount", ("1", "A", None, 1.0)),
        "insured_limits": decisions(("A", np.nan, None, "named")),
        "settings": terms(grace_days=90.0),
    }
    found = lines(order_check_sheet(given(small(late), insurance=POLICY, **records)))
    assert next(row for row in found if "1" in row)[0] == "HOLD"


# Their currency


@pytest.mark.parametrize(
    ("stated", "rates", "limit"),
    [
        (None, {}, 10_000.0),
        ("EUR", {}, 10_000.0),
        ("usd", RATES, 8_000.0),
        ("USD", {}, None),
        ("GBP", RATES, None),
    ],
)
def test_a_limit_in_another_currency_is_converted_or_unknown(stated, rates, limit):
    book = {
        "insured_limits": decisions(("A", 10_000.0, stated, "named"), ("B", 7.0, "EUR", "named")),
        "insurance": POLICY,
    }
    found = given(**book, rates=rates, home="EUR" if rates else "")
    assert line(found)["Insured limit"] == limit
    cover = Insured(found, found.items).limits
    np.testing.assert_array_equal(cover["limit"], [np.nan if limit is None else limit, 7.0])
    shown = table(cover_sheet(found), "Customer")["A"]
    assert shown["Insured limit"] == ("unknown" if limit is None else limit)
    _, with_findings = made(REPORTS, found, ["limits"])
    missing = [one for one in with_findings.findings if one.key == "report.limit_rate"]
    assert len(missing) == (limit is None)
    assert all("A" in one.message() and "EUR" in one.message() for one in missing)


def test_a_limit_of_the_policy_beside_a_debt_in_another_currency():
    """The policy is in euro, the customer owes dollars: 8,000 EUR are 10,000 USD, without a rate unknown."""
    book = {"insured_limits": decisions(("A", 8_000.0, None, "named")), "insurance": POLICY}
    dollars = small(currency="USD")
    assert line(given(dollars, **book, rates=RATES, home="EUR"))["Insured limit"] == 10_000.0
    settings = terms(home_currency="EUR")
    assert line(given(dollars, **book, settings=settings))["Insured limit"] is None
    assert line(given(dollars, **book))["Insured limit"] == 8_000.0


def test_the_ceiling_of_a_warning_is_in_the_debts_currency():
    book = {"insured_limits": decisions(("A", 8_000.0, None, "named")), "rates": RATES, "home": "EUR"}
    ceilings = Register(given(small(currency="USD"), **book)).ceilings
    assert (ceilings.limit.tolist(), ceilings.currency.tolist()) == ([10_000.0], ["USD"])


def test_a_discretionary_limit_is_in_the_policys_currency():
    policy = terms(insured_percentage=0.9, discretionary_limit=800.0)
    found = given(small(currency="USD"), insurance=policy, rates=RATES, home="EUR")
    assert line(found)["Insured limit"] == 1_000.0
    found = given(small(currency="USD"), insurance=policy, settings=terms(home_currency="EUR"))
    assert line(found)["Insured limit"] is None


def test_whose_currency_the_policy_has():
    two = documents(currencies=("EUR", "USD"))
    assert policy_currency(inputs(two)) is None
    all_stated = decisions(("C1001", 5.0, "usd", "named"))
    assert policy_currency(given(two, insured_limits=all_stated)) == "USD"
    partly = decisions(("C1001", 5.0, "USD", "named"), ("C1002", 5.0, None, "named"))
    assert policy_currency(given(two, insured_limits=partly)) is None
    assert np.isnan(decisions_in(given(two, insured_limits=partly), None)["limit"]).all()
    assert policy_currency(given(two, insured_limits=partly, settings=terms(home_currency="EUR"))) == "EUR"
    nameless = small(currency=None)
    assert policy_currency(given(nameless)) == ""
    assert policy_currency(given(nameless, insured_limits=all_stated)) == "USD"


def test_without_a_policys_currency_only_what_cannot_be_compared_is_named():
    """A owes euros under a limit in euro; B owes dollars under one in pounds."""
    items = small()
    both = replace(items, currency=coded(["EUR"] * 4 + ["USD"] * 2, "currency"))
    decided = decisions(("A", 9.0, "EUR", "named"), ("B", 9.0, "GBP", "named"))
    found = given(both, insured_limits=decided, insurance=POLICY)
    assert policy_currency(found) is None
    (said,) = unconverted(found)
    assert said.values["customers"] == "B"
    assert said.message() == (
        "The insured limits of B are in GBP, without a rate into USD: they count as unknown."
    )


def test_one_limit_never_counts_in_two_currencies():
    """Neither the policy nor the decision says: no invoice of either currency is called insured."""
    two = documents(currencies=("EUR", "USD"))
    found = given(two, insured_limits=decisions(("C1001", 5e6, None, "named")), insurance=POLICY)
    assert all(np.isnan(part.insured.limit).all() for part in standings(found).parts)
    one = found.items.take(np.flatnonzero(found.items.currency.texts() == "EUR"))
    assert Insured(found, one).currency is None
