"""The worklist: what may be asked for, how old it is, what it weighs; late charges; plans that are kept."""

import numpy as np
import pytest

from arcredit.credit.receivables.agreed_plan import agreed_plans
from arcredit.credit.receivables.collection import Promised, collection_score, risk_weight, worklist
from arcredit.credit.receivables.late_charge import ChargeTerms, late_charges
from arcredit.credit.receivables.settlement import Payments
from arcredit.shapes import Table

AS_OF = "2025-12-31"


def work(*rows, promised=None):
    """One customer's line from documents as (days past due, open, disputed)."""
    late, amount, disputed = zip(*rows, strict=True)
    due = np.datetime64(AS_OF) - np.array(late, "timedelta64[D]")
    table = worklist(["A"] * len(rows), due, amount, disputed, AS_OF, promised)
    return {name: column[0] for name, column in table.columns.items()} if len(table) else None


def test_money_by_hand():
    """700 for 40 days and 300 for 10: (28,000 + 3,000) ÷ 1,000 = 31 days; 50 of credits are taken off."""
    line = work((40, 1000, 300), (10, 300, None), (-5, 9999, None), (7, -50, None))
    assert (line["overdue"], line["disputed"], line["credits"]) == (1300, -300, -50)
    assert line["to_collect"] == 950
    assert line["average_days"] == 31
    assert (line["oldest_days"], line["documents"], line["level"]) == (40, 2, 3)


def test_a_document_disputed_as_a_whole_makes_nothing_older():
    line = work((400, 1000, 1000), (5, 300, None))
    assert (line["oldest_days"], line["level"], line["to_collect"]) == (5, 1, 300)


def test_nothing_overdue_is_no_line():
    assert work((0, 100, None), (-3, 100, None)) is None
    assert work((5, -100, None)) is None


def test_a_promised_document_is_left_out():
    kept = Promised(np.array([True, False]), {}, frozenset())
    line = work((90, 1000, 200), (5, 300, None), promised=kept)
    assert (line["promised"], line["to_collect"], line["oldest_days"]) == (-800, 300, 5)


@pytest.mark.parametrize(("given", "left"), [(100, 850), (950, 0), (5000, 0)])
def test_a_promise_at_large_takes_no_more_than_is_left(given, left):
    at_large = Promised(np.zeros(2, bool), {"A": given}, frozenset())
    line = work((90, 1000, None), (5, -50, None), promised=at_large)
    assert line["to_collect"] == left
    assert line["overdue"] + line["disputed"] + line["promised"] + line["credits"] == left


def test_a_promise_of_everything():
    everything = Promised(np.zeros(1, bool), {}, frozenset({"A"}))
    assert work((90, 1000, None), promised=everything)["to_collect"] == 0


def test_score_and_risk():
    """1,000 that is 30 days late at the best grade is 1; grade 9 and two broken promises weigh 2.3."""
    assert float(collection_score(1000, 30, risk_weight(1, 0))) == 1
    assert float(risk_weight(9, 2)) == pytest.approx(2.3)
    assert float(risk_weight(9, 7)) == float(risk_weight(9, 2))
    assert float(risk_weight(None, None)) == float(risk_weight(5, 0))


def test_charges_by_scheme():
    """EX-8.3 and EX-8.7; agreed 12 % a year on 1,000 for 73 days are 24.00."""
    eu = late_charges([10_000], ["2025-05-15"], "2025-09-30", ChargeTerms("EU"), "EUR")
    assert (eu.interest[0], eu.fee[0]) == (396.36, 40)
    cn = late_charges([800_000], ["2025-09-01"], AS_OF, ChargeTerms("CN"), "CNY")
    assert (cn.interest[0], cn.fee[0]) == (48_400, 0)
    agreed = late_charges([800_000], ["2025-09-01"], AS_OF, ChargeTerms("CN", 0.03), "CNY")
    assert agreed.interest[0] == 7956.16
    contract = late_charges([1000], ["2025-10-19"], AS_OF, ChargeTerms("", 0.12), "USD")
    assert (contract.interest[0], contract.fee[0]) == (24, 0)
    none = late_charges([1000], ["2025-10-19"], AS_OF, ChargeTerms())
    assert (none.interest[0], none.fee[0]) == (0, 0)


def test_a_fixed_sum_only_in_its_own_currency():
    late = ([1000], ["2025-10-19"], AS_OF)
    assert late_charges(*late, ChargeTerms("EU"), "USD").fee[0] == 0
    assert late_charges(*late, ChargeTerms("UK"), "GBP").fee[0] == 70
    assert late_charges(*late, ChargeTerms("EU"), "").fee[0] == 40
    assert late_charges(*late, ChargeTerms("EU"), "JPY", 0).interest[0] == np.rint(
        late_charges(*late, ChargeTerms("EU"), "JPY", 0).interest[0]
    )


def test_an_unknown_rate_is_unknown():
    late = late_charges([1000], ["2030-01-01"], "2030-03-01", ChargeTerms("EU"), "EUR")
    assert np.isnan(late.interest[0])
    assert late_charges([0, -5], ["2030-01-01"] * 2, "2030-03-01", ChargeTerms("EU")).interest.tolist() == [
        0,
        0,
    ]


def plan(**changes):
    given = {
        "customer": "A",
        "debt": 600.0,
        "first_date": "2025-10-31",
        "instalments": 6,
        "agreed_on": "2025-10-01",
    }
    return Table({name: np.array([value], object) for name, value in (given | changes).items()})


def paid(*rows):
    date, amount = zip(*rows, strict=True)
    return Payments(
        np.array(["A"] * len(rows), object), np.array([None] * len(rows), object), np.array(date, "M8[D]"),
        np.array(amount, float), np.array([None] * len(rows), object))  # fmt: skip


def test_a_plan_is_kept_while_its_instalments_come_in():
    """100 on 31 October, 30 November and 31 December."""
    on_time = paid(("2025-10-31", 100), ("2025-12-01", 100))
    assert not agreed_plans(plan(), on_time, AS_OF)["A"].in_default
    assert agreed_plans(plan(), paid(("2025-10-31", 100)), AS_OF)["A"].in_default
    before = paid(("2025-09-30", 100), ("2025-10-31", 100))  # before the agreement: no instalment
    assert agreed_plans(plan(), before, AS_OF)["A"].in_default


def test_a_plan_that_is_over_or_not_begun_holds_nothing():
    assert agreed_plans(plan(instalments=2, debt=200.0), paid(("2025-10-31", 200)), AS_OF) == {}
    assert agreed_plans(plan(agreed_on="2026-01-05"), paid(("2025-10-31", 1)), AS_OF) == {}
    down = plan(down_payment=300.0, instalments=3)
    assert not agreed_plans(down, paid(("2025-10-05", 300), ("2025-10-31", 200)), "2025-12-01")[
        "A"
    ].in_default
