"""The worklist: what may be asked for, how old it is, what it weighs; late charges; plans that are kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.agreed_plan import agreed_plans
from arcredit.credit.receivables.collection import Promised, collection_score, risk_weight, worklist
from arcredit.credit.receivables.late_charge import ChargeTerms, late_charges
from arcredit.credit.receivables.settlement import Payments
from arcredit.errors import InputError
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


def test_plans_of_several_customers_by_hand():
    """As of 31 December: B's 300 stay unpaid, C pays one of two, D's is over and kept, E's begins later."""
    plans = Table(
        {
            "customer": np.array(["B", "C", "D", "E"], object),
            "debt": np.array([900.0, 200.0, 50.0, 10.0]),
            "first_date": np.array(["2025-10-31", "2025-12-20", "2025-12-31", "2026-02-01"], "M8[D]"),
            "instalments": np.array([3.0, 2.0, 1.0, 1.0]),
            "agreed_on": np.array(["2025-10-01", "NaT", "NaT", "NaT"], "M8[D]"),
        }
    )
    rows = [
        ("B", "2025-10-01", 300), ("B", "2025-09-30", 300), ("B", "2025-12-31", 300),
        ("B", "2026-01-01", 300), ("B", "NaT", 300), ("C", "2025-11-19", 100), ("C", "2025-11-18", 100),
        ("D", "2025-12-31", 50),
    ]  # fmt: skip
    who, day, amount = zip(*rows, strict=True)
    nothing = np.full(len(rows), None, object)
    money_in = Payments(
        np.array(who, object), nothing, np.array(day, "M8[D]"), np.array(amount, float), nothing
    )
    found = agreed_plans(plans, money_in, AS_OF)
    assert list(found) == ["B", "C"]
    # 600 of 900 counted: the third instalment of 31 December is in arrears, not yet missed.
    assert (found["B"].arrears, found["B"].in_default) == (300, False)
    # The first instalment was due on 20 December; 31 days before it is 19 November.
    assert (found["C"].arrears, found["C"].in_default) == (0, False)


@pytest.mark.parametrize(("as_of", "held"), [("2025-11-29", True), ("2025-11-30", False)])
def test_a_plan_holds_until_its_last_instalment_is_past(as_of, held):
    both = paid(("2025-10-31", 100), ("2025-11-01", 100))
    assert bool(agreed_plans(plan(instalments=2, debt=200.0), both, as_of)) == held


def test_a_plan_that_is_past_and_not_paid_stays():
    found = agreed_plans(plan(instalments=2, debt=200.0), paid(("2025-10-31", 199.99)), AS_OF)
    assert found["A"].in_default
    assert found["A"].arrears == pytest.approx(0.01)


@pytest.mark.parametrize(("agreed_on", "held"), [("2025-12-31", True), ("2026-01-01", False)])
def test_a_plan_holds_from_the_day_it_is_agreed_on(agreed_on, held):
    found = agreed_plans(plan(agreed_on=agreed_on, first_date="2026-01-31"), paid(("2025-12-30", 1)), AS_OF)
    assert bool(found) == held


def test_the_later_plan_of_a_customer_replaces_the_former():
    former, later = plan(), plan(debt=300.0, instalments=1, first_date="2025-12-31", agreed_on="2025-12-01")
    both = Table({name: np.concatenate([former[name], later[name]]) for name in former.columns})
    assert agreed_plans(both, paid(("2025-12-05", 100)), AS_OF)["A"].arrears == 200
    assert agreed_plans(both, paid(("2025-12-05", 300)), AS_OF) == {}


def test_terms_of_a_plan_are_read():
    """600 in 6 weeks from 1 December, 100 each: five have come; 12 % in quarters: 3 % of 1,000 and 100."""
    weekly = plan(first_date="2025-12-01", frequency="week", method="equal")
    assert agreed_plans(weekly, paid(("2025-10-05", 100)), AS_OF)["A"].arrears == 400
    quarterly = plan(
        debt=1000.0, instalments=10, first_date="2025-12-31", frequency="quarter", annual_rate=0.12
    )
    assert agreed_plans(quarterly, paid(("2025-12-01", 100)), AS_OF)["A"].arrears == 30
    late = plan(first_date="2025-12-31", method="balloon", annual_rate=0.12)
    assert agreed_plans(late, paid(("2025-12-01", 1)), AS_OF)["A"].arrears == 5
    down = plan(first_date="2025-12-31", down_payment=300.0, instalments=3)
    assert agreed_plans(down, paid(("2025-12-01", 1)), AS_OF)["A"].arrears == 399


def test_a_record_without_days_of_agreement():
    given = plan()
    bare = Table({name: given[name] for name in given.columns if name != "agreed_on"})
    # 31 days before 31 October is 30 September.
    for day, arrears in (("2025-09-29", 300), ("2025-09-30", 200)):
        assert agreed_plans(bare, paid((day, 100)), AS_OF)["A"].arrears == arrears


@pytest.mark.parametrize(
    ("amount", "due", "interest", "fee"),
    [(1000, "2025-12-31", 0, 0), (1000, "2025-12-30", 0.28, 40), (0.01, "2025-12-30", 0, 40),
     (0, "2025-12-30", 0, 0), (-1000, "2025-12-30", 0, 0), (1000, None, 0, 0), (None, "2025-12-30", 0, 0)],
)  # fmt: skip
def test_only_debts_past_due_are_charged(amount, due, interest, fee):
    """A day at 2.15 % + 8 points on 1,000 is 0.278."""
    found = late_charges([amount], [due], AS_OF, ChargeTerms("EU"), "EUR")
    assert (found.interest.tolist(), found.fee.tolist()) == ([interest], [fee])


def test_debts_are_charged_one_by_one():
    """A reference rate of 10 % and 8 points: a year of 100 is 18.00, of 20,000 3,600.00."""
    terms = ChargeTerms("UK", rates=0.10)
    found = late_charges([100, 5, 20_000], ["2024-12-31", "2026-01-01", "2024-12-31"], AS_OF, terms, "gbp")
    assert (found.interest.tolist(), found.fee.tolist()) == ([18, 0, 3600], [40, 0, 100])
    days = late_charges(100, "2024-12-31", ["2024-12-31", "2025-12-31"], terms, "GBP")
    assert (days.interest.tolist(), days.fee.tolist()) == ([0, 18], [0, 40])


@pytest.mark.parametrize(
    ("terms", "basis", "currency", "digits", "interest", "fee"),
    [
        (ChargeTerms(), "none", "EUR", 2, 0, 0),
        (
            ChargeTerms("", 0.12),
            "contract",
            "EUR",
            2,
            3.70,
            0,
        ),  # 1,000 × 12 % × 11.25 ÷ 365 without the cents
        (ChargeTerms("", 0.12), "contract", "JPY", 0, 4, 0),
        (ChargeTerms("", 0.0), "contract", "EUR", 2, 0, 0),
        (ChargeTerms("EU", 0.12, 0.0), "EU", "EUR", 2, 2.47, 40),  # the agreed rate is China's alone
        (ChargeTerms("EU", rates=0.0), "EU", "JPY", 0, 2, 0),
        (ChargeTerms("CN"), "CN", "CNY", 2, 5.63, 0),
        (ChargeTerms("CN", rates=0.12), "CN", "", 2, 3.70, 0),
        (ChargeTerms("CN", 0.12, 0.5), "CN", "CNY", 2, 3.70, 0),
        (ChargeTerms("CN", 0.12), "CN", "CNY", 0, 4, 0),
        (ChargeTerms("UK", rates=0.0), "UK", "", 2, 2.47, 70),
        (ChargeTerms("UK", rates=0.0), "UK", "EUR", 2, 2.47, 0),
    ],
)
def test_charges_by_terms_and_currency(terms, basis, currency, digits, interest, fee):
    """1,125 late for 10 days: at 12 % 3.6986, at 8 % 2.4658, at 0.05 % a day 5.625."""
    found = late_charges([1125], ["2025-12-21"], AS_OF, terms, currency, digits)
    assert terms.basis == basis
    assert (found.interest.tolist(), found.fee.tolist()) == ([interest], [fee])


def ranked(*rows, promised=None, edges=(3, 15, 30)):
    """Lines from documents as (customer, days past due, open, disputed)."""
    who, late, amount, disputed = zip(*rows, strict=True)
    due = np.array([np.datetime64("NaT") if day is None else np.datetime64(AS_OF) - day for day in late])
    return worklist(list(who), due, amount, disputed, AS_OF, promised, edges)


def test_customers_apart():
    """B's credit and promise are B's; C is not overdue; nobody's money and money without a day stay out."""
    found = ranked(
        ("B", 10, 500, None), ("A", 1, 100, 40), ("B", -2, -80, None), ("C", 0, 900, None),
        (None, 9, 50, None), (None, 9, -50, None), ("A", None, 70, None), ("A", 20, 60, None),
        promised=Promised(np.array([False] * 7 + [True]), {"B": 120.0, "C": 5.0}, frozenset()))  # fmt: skip
    assert found["customer"].tolist() == ["B", "A"]
    assert found["overdue"].tolist() == [500, 160]
    assert found["disputed"].tolist() == [0, -40]
    assert found["promised"].tolist() == [-120, -60]
    assert found["credits"].tolist() == [-80, 0]
    assert found["to_collect"].tolist() == [300, 60]
    assert found["documents"].tolist() == [1, 1]
    assert found["average_days"].tolist() == [10, 1]
    assert found["oldest_days"].tolist() == [10, 1]
    assert found["level"].tolist() == [1, 0]


def test_what_may_not_be_asked_for_has_no_age():
    """All of it is disputed: overdue, but nothing to ask for; credits may exceed what is left."""
    found = ranked(("A", 10, 100, 100), ("B", 5, 30, None), ("B", 5, -50, None))
    np.testing.assert_equal(found["average_days"], [np.nan, 5])
    np.testing.assert_equal(found["oldest_days"], [np.nan, 5])
    assert found["level"].tolist() == [0, 1]
    assert found["to_collect"].tolist() == [0, -20]
    # A promise takes nothing where credits have taken everything.
    more = ranked(
        ("B", 5, 30, None), ("B", 5, -50, None), promised=Promised([False] * 2, {"B": 9.0}, frozenset())
    )
    assert (more["promised"].tolist(), more["to_collect"].tolist()) == ([0], [-20])


def test_levels_begin_where_the_edges_say():
    rows = [(name, late, 1, None) for name, late in zip("ABC", (1, 2, 4), strict=True)]
    assert ranked(*rows, edges=(2, 4))["level"].tolist() == [0, 1, 2]


def test_money_is_exact():
    """0.1 + 0.2 - 0.3 is nothing."""
    found = ranked(("A", 5, 0.1, None), ("A", 5, 0.2, None), ("A", 5, -0.3, None))
    assert found["overdue"].tolist() == [0.3]
    assert found["to_collect"].tolist() == [0]


@pytest.mark.parametrize(
    ("grade", "broken", "argument"),
    [
        (0, 0, "grade"),
        (10.5, 0, "grade"),
        ("x", 0, "grade"),
        (1, -1, "broken_promises"),
        (1, "x", "broken_promises"),
    ],
)
def test_risk_refuses_by_name(grade, broken, argument):
    with pytest.raises(InputError) as caught:
        risk_weight(grade, broken)
    assert caught.value.argument == argument


@pytest.mark.parametrize("argument", ["amount", "days_late", "risk"])
def test_the_score_refuses_by_name(argument):
    with pytest.raises(InputError) as caught:
        collection_score(**({"amount": 1, "days_late": 1, "risk": 1} | {argument: "x"}))
    assert caught.value.argument == argument


@pytest.mark.parametrize("argument", ["due_date", "open_amount", "disputed_amount", "as_of"])
def test_the_worklist_refuses_by_name(argument):
    given = {"due_date": [AS_OF], "open_amount": [1], "disputed_amount": None, "as_of": AS_OF}
    with pytest.raises(InputError) as caught:
        worklist(["A"], **(given | {argument: "x" if argument == "as_of" else ["x"]}))
    assert caught.value.argument == argument


def test_promised_is_read_as_flags():
    with pytest.raises(InputError) as caught:
        work((90, 1000, None), promised=Promised(["soon"], {}, frozenset()))
    assert caught.value.argument == "promised"


@pytest.mark.parametrize("argument", ["amount", "due_date", "as_of"])
def test_charges_refuse_by_name(argument):
    with pytest.raises(InputError) as caught:
        late_charges(
            **({"amount": 1, "due_date": AS_OF, "as_of": AS_OF, "terms": ChargeTerms()} | {argument: "x"})
        )
    assert caught.value.argument == argument


def test_a_plan_refuses_by_name():
    with pytest.raises(InputError) as caught:
        agreed_plans(plan(agreed_on="soon"), paid(("2025-10-31", 1)), AS_OF)
    assert caught.value.argument == "agreed_on"


CENTS = st.integers(0, 10**7).map(lambda cents: cents / 100)


@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.integers(-30, 200), CENTS, st.booleans(), CENTS, st.booleans()),
        min_size=1,
        max_size=10,
    ),
    CENTS,
)
def test_what_may_be_asked_for_is_the_sum_of_its_parts(rows, at_large):
    who, late, amount, credit, disputed, promised = zip(*rows, strict=True)
    money = np.where(credit, -np.array(amount), amount)
    kept = Promised(np.array(promised), {"A": at_large}, frozenset("B"))
    found = ranked(*zip(who, late, money, disputed, strict=True), promised=kept)
    parts = found["overdue"] + found["disputed"] + found["promised"] + found["credits"]
    assert found["to_collect"] == pytest.approx(parts, abs=0.005)
    assert (found["overdue"] > 0).all()
    for name in ("disputed", "promised", "credits"):
        assert (found[name] <= 0).all()
    assert (found["overdue"] + found["disputed"] + found["promised"] >= -0.005).all()
    asked = found["documents"] > 0
    assert (found["average_days"][asked] <= found["oldest_days"][asked] + 1e-9).all()
    assert np.isnan(found["average_days"][~asked]).all()
