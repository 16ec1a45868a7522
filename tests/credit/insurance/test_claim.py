"""Claims against a second calculation: invoice by invoice, in whole cents, as a loss adjuster would do it."""

import datetime as dt
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arcredit.credit.insurance.claim import (
    COLUMNS,
    RESULTS,
    SECTIONS,
    result_text,
    section_text,
    tci_claim,
    warning_text,
)
from arcredit.credit.insurance.claims import BEFORE_LIMIT, claims
from arcredit.credit.insurance.eligibility import EXCLUSIONS, REASONS, reason_text, reason_texts
from arcredit.credit.insurance.indemnity import tci_indemnity
from arcredit.credit.insurance.insured_limit import KINDS
from arcredit.errors import InputError

NEW_YEAR = dt.date(2025, 1, 1)
DAY = st.integers(0, 200).map(lambda day: NEW_YEAR + dt.timedelta(day))
CENTS = st.integers(1, 500_000)


def half_up(fraction):
    return int(fraction + Fraction(1, 2)) if fraction >= 0 else -half_up(-fraction)


def in_force(limits, day):
    """The limit on a day: the latest decision in force, plus top-ups; None where there is none."""
    base, extra, latest = None, 0, None
    for limit, start, end, kind in limits:
        if (start and day < start) or (end and day > end):
            continue
        if kind == "top_up":
            extra += limit
        elif latest is None or (start or dt.date.min) >= latest:
            base, latest = (0 if kind == "cancelled" else limit), start or dt.date.min
            cancelled = kind == "cancelled"
    if base is None:
        return extra
    return 0 if cancelled else base + extra


def adjust(invoices, limits, terms):
    """A loss adjuster's sheet: what of each invoice (number, ship, due, cents, paid, disputed) is covered."""
    line = sorted(range(len(invoices)), key=lambda i: (invoices[i]["due"], invoices[i]["ship"], i))
    debt = [max(invoice["amount"], 0) for invoice in invoices]
    credit = sum(max(-invoice["amount"], 0) for invoice in invoices)
    paid = [0] * len(invoices)
    pot = credit + sum(invoice["paid"] for invoice in invoices)
    if terms["payment_rule"] == "as_marked":
        for i in line:
            paid[i] = min(invoices[i]["paid"], debt[i])
            pot -= paid[i]
    for i in line:
        more = min(pot, debt[i] - paid[i])
        paid[i] += more
        pot -= more
    left = [owed - got for owed, got in zip(debt, paid, strict=True)]

    def net(cents):
        return half_up(Fraction(cents) / (1 + terms["vat"]))

    disputes = [invoice["disputed"] for invoice in invoices]
    clean = [i for i in line if left[i] > min(disputes[i], left[i])]
    stop = min((invoices[i]["due"] for i in clean), default=dt.date.max - dt.timedelta(999))
    stop += dt.timedelta(terms["extension"])

    def good(i):
        invoice = invoices[i]
        on_time = invoice["ship"] <= stop and (invoice["due"] - invoice["ship"]).days <= terms["maximum"]
        return debt[i] > 0 and on_time and in_force(limits, invoice["ship"]) > 0

    now = [net(max(left[i] - disputes[i], 0)) if good(i) else 0 for i in range(len(invoices))]
    before = [net(max(debt[i] - disputes[i], 0)) if good(i) else 0 for i in range(len(invoices))]
    covered, used = [0] * len(invoices), 0
    for i in line:
        amount = now[i] if terms["cover_resumes"] else before[i]
        room = max(0, in_force(limits, invoices[i]["ship"]) - used)
        covered[i] = min(amount, room)
        used += covered[i]
        if not terms["cover_resumes"]:
            covered[i] = max(0, covered[i] - (before[i] - now[i]))
    return left, now, covered


def decision(row):
    limit, start, days, kind = row
    return limit, start, start and days is not None and start + dt.timedelta(days), kind


LIMITS = st.lists(
    st.tuples(
        st.integers(0, 800_000),
        st.none() | DAY,
        st.sampled_from([None, 0, 10, 60]),
        st.sampled_from(["named", "named", "top_up", "cancelled"]),
    ).map(decision),
    min_size=1,
    max_size=4,
    unique_by=lambda row: row[1],
)
INVOICE = st.fixed_dictionaries(
    {
        "ship": DAY,
        "terms": st.integers(0, 90),
        "amount": CENTS | st.integers(-100_000, -1),
        "paid": st.just(0) | st.integers(0, 200_000),
        "disputed": st.just(0) | st.integers(0, 300_000),
    }
).map(lambda invoice: {**invoice, "due": invoice["ship"] + dt.timedelta(invoice["terms"])})
TERMS = st.fixed_dictionaries(
    {
        "extension": st.integers(0, 90),
        "maximum": st.integers(30, 90),
        "vat": st.sampled_from([Fraction(0), Fraction(13, 100), Fraction(1, 5)]),
        "payment_rule": st.sampled_from(["fifo", "as_marked"]),
        "cover_resumes": st.booleans(),
    }
)


def limit_block(limits, customer=None):
    head = ["customer", "limit", "from", "to", "kind"]
    return [head, *([customer, limit / 100, start, end or None, kind] for limit, start, end, kind in limits)]


def columns(invoices):
    return {
        "ship_date": [invoice["ship"] for invoice in invoices],
        "due_date": [invoice["due"] for invoice in invoices],
        "amount": [invoice["amount"] / 100 for invoice in invoices],
        "paid": [invoice["paid"] / 100 for invoice in invoices],
        "disputed": [invoice["disputed"] / 100 for invoice in invoices],
    }


def policy_of(terms):
    return {
        "insured_percentage": 0.9,
        "maximum_extension_days": terms["extension"],
        "maximum_terms_days": terms["maximum"],
        "vat_rate": float(terms["vat"]),
        "payment_rule": terms["payment_rule"],
        "cover_resumes": terms["cover_resumes"],
    }


def cents(column):
    return np.rint(np.asarray(column, float) * 100).astype(int).tolist()


@settings(max_examples=200)
@given(st.lists(INVOICE, min_size=1, max_size=8), LIMITS, TERMS)
def test_agrees_with_the_adjusters_sheet(invoices, limits, terms):
    left, now, covered = adjust(invoices, limits, terms)
    claim = tci_claim(
        range(len(invoices)), **columns(invoices), limits=limit_block(limits), policy=policy_of(terms)
    )
    rows = claim["section"] == "invoice"
    assert cents(claim["eligible"][rows]) == now
    assert cents(claim["covered"][rows]) == covered
    debt = [max(invoice["amount"], 0) for invoice in invoices]
    assert cents(claim["paid"][rows]) == [owed - rest for owed, rest in zip(debt, left, strict=True)]
    (indemnity,) = claim["amount_out"][claim["item"] == "estimated indemnity"]
    assert cents(indemnity) == half_up(Fraction(sum(covered) * 9, 10))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("ABC"), INVOICE), min_size=1, max_size=20), LIMITS, TERMS)
def test_many_buyers_at_once_are_each_buyer_alone(rows, limits, terms):
    """The sums per customer do not leak into each other, in whatever order the rows stand."""
    names, invoices = zip(*rows, strict=True)
    block = [limit_block(limits)[0]]
    for name in "ABC":
        block += limit_block(limits, name)[1:]
    whole = claims(list(names), **columns(invoices), limits=block, policy=policy_of(terms))
    for number, name in enumerate(whole.customer):
        mine = [invoice for invoice, owner in zip(invoices, names, strict=True) if owner == name]
        alone = claims([name] * len(mine), **columns(mine), limits=block, policy=policy_of(terms))
        assert whole.covered[whole.code == number].tolist() == alone.covered.tolist()
        assert whole.reason[whole.code == number].tolist() == alone.reason.tolist()
        assert whole.indemnity[number] == alone.indemnity[0]
        assert whole.stop_date[number] == alone.stop_date[0] or np.isnat(alone.stop_date[0])


@given(
    st.lists(INVOICE, min_size=1, max_size=8),
    LIMITS,
    TERMS,
    st.sampled_from(["fifo", "pro_rata", "as_marked"]),
    st.sampled_from(["debt", "payout"]),
)
def test_nothing_vanishes(invoices, limits, terms, payment_rule, limit_basis):
    """Covered money and money that is not covered, by reason, make up the whole open debt to the cent."""
    policy = {**policy_of(terms), "payment_rule": payment_rule, "limit_basis": limit_basis}
    claim = tci_claim(range(len(invoices)), **columns(invoices), limits=limit_block(limits), policy=policy)
    rows, apart = claim["section"] == "invoice", claim["section"] == "not covered"
    owed = sum(max(invoice["amount"], 0) for invoice in invoices)
    open_debt = owed - sum(cents(claim["paid"][rows]))
    assert sum(cents(claim["covered"][rows])) + sum(cents(claim["amount_out"][apart])) == open_debt
    assert (claim["covered"][rows] <= claim["eligible"][rows]).all()
    assert (claim["eligible"][rows] <= claim["insurable"][rows]).all()
    steps = claim["section"] == "step"
    into, change, out = (cents(claim[name][steps]) for name in ("amount_in", "change", "amount_out"))
    assert [a + b for a, b in zip(into, change, strict=True)] == out
    assert max(change) <= 0
    assert claim["item"][steps].tolist()[: len(BEFORE_LIMIT)] == list(BEFORE_LIMIT)
    got = dict(zip(claim["item"], claim["amount_out"], strict=True))
    assert cents(got["uninsured remainder"]) == open_debt - cents(got["estimated indemnity"])


@given(st.lists(INVOICE, min_size=1, max_size=8), TERMS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_higher_limit_never_pays_less(invoices, terms, one, other):
    low, high = sorted([one / 100, other / 100])
    less, more = (
        claims(["A"] * len(invoices), **columns(invoices), limits=[["customer", "limit"], ["A", limit]],
               policy=policy_of(terms)).indemnity[0]
        for limit in (low, high)
    )  # fmt: skip
    assert less <= more
    assert more <= round(high * 0.9 + 0.005, 2)


NINETY = {"insured_percentage": 0.9}
BARE = {"amount": 100.0, "paid": None, "disputed": None}
LOSSES = {"basis": "loss_occurring", "waiting_days": 180}


def simple(ship="2025-01-10", due="2025-02-09", limits=1000.0, policy=None, **more):
    """The claim of one invoice, all of it covered unless a test changes something."""
    amount, paid, disputed = (more.pop(name, value) for name, value in BARE.items())
    terms = {**NINETY, **(policy or {})}
    return tci_claim(["1"], [ship], [due], [amount], [paid], [disputed], limits, terms, **more)


def cancelled(day):
    return [["limit", "from", "kind"], [900, None, None], [None, day, "cancelled"]]


ENDED_AND_NOT_BEGUN = [["limit", "from", "to"], [900, None, "2025-01-05"], [900, "2025-02-01", None]]
ENDED_TOP_UP = [["limit", "to", "kind"], [900, "2025-01-09", "top_up"]]


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        ("eligible", {}),
        ("paid", {"paid": 100}),
        ("paid", {"amount": 0}),
        ("credit", {"amount": -100}),
        ("date missing", {"due": None, "policy": {"waiting_days": 180}}),
        ("date missing", {"ship": None, "policy": {"maximum_terms_days": 60}}),
        ("date missing", {"ship": None, "policy": {"maximum_extension_days": 60}}),
        ("date missing", {"due": None, "policy": {"maximum_terms_days": 60}}),
        ("date missing", {"ship": None, "policy": {"policy_from": "2025-01-01"}}),
        ("date missing", {"ship": None, "policy": {"policy_to": "2025-12-31"}}),
        ("eligible", {"ship": None}),
        ("eligible", {"due": None}),
        ("eligible", {"ship": None, "policy": {"waiting_days": 180}}),
        ("eligible", {"ship": None, "policy": {"basis": "loss_occurring", "policy_from": "2025-01-01"}}),
        ("not shipped", {"as_of": "2025-01-09"}),
        ("eligible", {"as_of": "2025-01-10"}),
        ("outside policy", {"policy": {"policy_from": "2025-01-11"}}),
        ("eligible", {"policy": {"policy_from": "2025-01-10", "policy_to": "2025-01-10"}}),
        ("outside policy", {"policy": {"policy_to": "2025-01-09"}}),
        ("outside policy", {"policy": {**LOSSES, "policy_to": "2025-08-07"}}),
        ("eligible", {"policy": {**LOSSES, "policy_to": "2025-08-08"}}),
        ("terms too long", {"policy": {"maximum_terms_days": 29}}),
        ("eligible", {"policy": {"maximum_terms_days": 30}}),
        ("eligible", {"policy": {"maximum_terms_days": "1 month"}}),
        ("terms too long", {"due": "2025-02-11", "policy": {"maximum_terms_days": "1 month"}}),
        ("after insolvency", {"insolvency_date": "2025-01-09"}),
        ("eligible", {"insolvency_date": "2025-01-10"}),
        ("limit cancelled", {"limits": cancelled("2025-01-10")}),
        ("eligible", {"limits": cancelled("2025-01-11")}),
        ("limit expired", {"limits": [["limit", "to"], [900, "2025-01-09"]]}),
        ("eligible", {"limits": [["limit", "to"], [900, "2025-01-10"]]}),
        ("no limit at shipment", {"limits": [["limit", "from"], [900, "2025-01-11"]]}),
        ("no limit at shipment", {"limits": 0}),
        ("no limit at shipment", {"limits": None}),
        ("affiliate", {"limits": [["limit", "kind"], [900, None], [None, "affiliate"]]}),
        ("affiliate", {"limits": [["limit", "kind"], [None, "affiliate"], [900, None]]}),
        ("limit expired", {"limits": ENDED_AND_NOT_BEGUN}),
        ("limit expired", {"limits": ENDED_AND_NOT_BEGUN, "policy": {"discretionary_limit": 500}}),
        # A top-up that ran out was no decision about the buyer.
        ("eligible", {"limits": ENDED_TOP_UP, "policy": {"discretionary_limit": 500}}),
        ("no limit at shipment", {"limits": ENDED_TOP_UP}),
        ("public buyer", {"limits": [["limit", "kind"], [900, None], [None, "public"]]}),
        ("private person", {"limits": [["limit", "kind"], [900, None], [None, "consumer"]]}),
        ("dispute", {"disputed": True}),
        ("dispute", {"disputed": 100}),
        ("dispute", {"disputed": 40}),
        ("over limit", {"limits": 99.99}),
        ("limit unknown", {"limits": [["customer", "limit"], ["A", None]]}),
        ("fraud", {"excluded": ["Fraud"]}),
        ("fraud", {"excluded": ["欺诈"], "disputed": True}),
        ("prepaid", {"excluded": ["prepaid"], "limits": 0}),
    ],
)  # fmt: skip
def test_reasons_on_and_beside_their_edge(reason, change):
    assert simple(**change)["reason"][0] == reason


def test_a_delivery_on_the_stop_date_is_covered_the_day_after_is_not():
    dates = ["2025-01-06", "2025-05-06", "2025-05-07"]
    claim = tci_claim([1, 2, 3], dates, ["2025-03-07", "2025-07-05", "2025-07-06"], [1, 1, 1], None, None, 10,
                      {"insured_percentage": 0.9, "maximum_extension_days": 60})  # fmt: skip
    assert claim["reason"][:3].tolist() == ["eligible", "eligible", "after stop"]


def test_paying_the_oldest_invoice_moves_the_stop_date():
    dates, due = ["2025-01-06", "2025-02-06", "2025-05-10"], ["2025-03-07", "2025-04-07", "2025-07-09"]
    policy = {"insured_percentage": 0.9, "maximum_extension_days": 60}
    first = tci_claim([1, 2, 3], dates, due, [10, 10, 10], None, None, 100, policy)
    paid = tci_claim([1, 2, 3], dates, due, [10, 10, 10], [10, 0, 0], None, 100, policy)
    disputed = tci_claim([1, 2, 3], dates, due, [10, 10, 10], None, [True, False, False], 100, policy)
    assert first["reason"][:3].tolist() == ["eligible", "eligible", "after stop"]
    assert paid["reason"][:3].tolist() == ["paid", "eligible", "eligible"]
    assert disputed["reason"][:3].tolist() == ["dispute", "eligible", "eligible"]


def test_every_exclusion_is_never_covered():
    for word in EXCLUSIONS:
        claim = simple(excluded=[word])
        assert claim["covered"][0] == 0
        assert dict(zip(claim["item"], claim["amount_out"], strict=True))["estimated indemnity"] == 0


def test_an_unknown_limit_is_not_unlimited():
    claim = simple(limits=[["customer", "limit"], ["A", None]])
    got = dict(zip(claim["item"], claim["amount_out"], strict=True))
    assert np.isnan(got["estimated indemnity"])
    assert np.isnan(claim["covered"][0])
    assert claim["item"][claim["section"] == "warning"].tolist() == ["limit unknown", "no date of loss"]
    # Where nothing else is unknown, another buyer's unknown limit does no harm.
    both = claims(["A", "B"], ["2025-01-10"] * 2, ["2025-02-09"] * 2, [10, 10], None, None,
                  [["customer", "limit"], ["A", None], ["B", 5]], {"insured_percentage": 0.9})  # fmt: skip
    assert np.isnan(both.indemnity[0])
    assert both.indemnity[1] == 4.5


def test_a_missing_percentage_is_unknown():
    claim = tci_claim([1], ["2025-01-10"], ["2025-02-09"], [10], None, None, 100, {"deductible": 1})
    assert np.isnan(dict(zip(claim["item"], claim["amount_out"], strict=True))["estimated indemnity"])


def test_a_reduced_limit_leaves_older_deliveries_covered():
    """Limit 100 cut to 30 in February: January's 80 stay covered, later deliveries find no room."""
    claim = tci_claim([1, 2, 3], ["2025-01-10", "2025-02-10", "2025-03-10"],
                      ["2025-02-09", "2025-03-12", "2025-04-09"], [80, 25, 25], None, None,
                      [["limit", "from"], [100, None], [30, "2025-02-01"]], NINETY)  # fmt: skip
    assert claim["covered"][:3].tolist() == [80, 0, 0]
    paid = tci_claim([1, 2, 3], ["2025-01-10", "2025-02-10", "2025-03-10"],
                     ["2025-02-09", "2025-03-12", "2025-04-09"], [80, 25, 25], [70, 0, 0], None,
                     [["limit", "from"], [100, None], [30, "2025-02-01"]], NINETY)  # fmt: skip
    assert paid["covered"][:3].tolist() == [10, 20, 0]


def test_discretionary_then_named():
    """30 under the own limit at 80 %, then the insurer's 100 at 90 %: percentages mix by invoice."""
    policy = {**NINETY, "discretionary_limit": 30, "discretionary_percentage": 0.8}
    claim = tci_claim([1, 2], ["2025-01-10", "2025-03-10"], ["2025-02-09", "2025-04-09"], [45, 90], None,
                      None, [["limit", "from"], [100, "2025-02-01"]], policy)  # fmt: skip
    assert claim["covered"][:2].tolist() == [30, 70]
    assert claim["insured_percentage"][:2].tolist() == [0.8, 0.9]
    got = dict(zip(claim["item"], claim["amount_out"], strict=True))
    assert got["estimated indemnity"] == 30 * 0.8 + 70 * 0.9


def test_claims_of_a_year_come_in_the_order_of_their_losses():
    """B fails first: it bears the aggregate deductible, and A finds only what is left of the maximum."""
    terms = {
        "insured_percentage": 1,
        "waiting_days": 90,
        "aggregate_deductible": 30,
        "maximum_liability": 100,
    }
    arguments = (["A", "B"], ["2025-02-10", "2025-01-10"], ["2025-03-12", "2025-02-09"], [80, 90], None, None,
                 [["customer", "limit"], ["A", 500], ["B", 500]], terms)  # fmt: skip
    assert claims(*arguments).indemnity.tolist() == [40, 60]
    assert claims(*arguments, in_order=False).indemnity.tolist() == [50, 60]
    assert claims(*arguments, insolvency_date=["2025-02-11", None]).indemnity.tolist() == [50, 50]


def test_currency_rules():
    def paid(rule, **rates):
        claim = simple(limits=1000, policy={"fx_rule": rule}, **rates)
        return dict(zip(claim["item"], claim["amount_out"], strict=True))["estimated indemnity"]

    both = {"invoice_rate": [1.1], "loss_rate": [1.2]}
    assert [paid(rule, **both) for rule in ("invoice", "loss", "lower")] == [99, 108, 99]
    assert paid("lower", invoice_rate=1.3, loss_rate=1.2) == 108
    assert paid("loss") == 90
    with pytest.raises(InputError) as caught:
        paid("lower", invoice_rate=1.3)
    assert (caught.value.argument, caught.value.cell) == ("loss_rate", "#VALUE!")


def test_a_row_without_amount_is_left_out_and_counted():
    claim = tci_claim(
        ["1", "2", None],
        ["2025-01-10"] * 3,
        ["2025-02-09"] * 3,
        [100, None, None],
        [None, 5, None],
        [None, True, None],
        1000,
        NINETY,
        excluded=[None, "fraud", None],
    )
    assert claim["item"][claim["section"] == "invoice"].tolist() == ["1"]
    assert claim["amount_out"][claim["item"] == "rows left out"].tolist() == [1]


def test_no_rows_at_all():
    claim = tci_claim([], [], [], [], [], [], 1000, {"insured_percentage": 0.9})
    got = dict(zip(claim["item"], claim["amount_out"], strict=True))
    assert got["estimated indemnity"] == 0
    assert not (claim["section"] == "invoice").any()


def test_warnings_name_the_money():
    policy = {"maximum_extension_days": 60, "notice_days": 30, "waiting_days": 180, "filing_days": 240}

    def warned(as_of):
        claim = simple(policy=policy, as_of=as_of)
        rows = claim["section"] == "warning"
        return dict(zip(claim["item"][rows], claim["amount_out"][rows], strict=True))

    assert warned("2025-05-10") == {"waiting period runs": 100}
    assert warned("2025-05-11") == {"waiting period runs": 100, "notice late": 100}
    assert warned("2025-08-08") == {"notice late": 100}
    assert warned("2025-10-07") == {"notice late": 100}
    assert warned("2025-10-08") == {"notice late": 100, "filing late": 100}
    assert [warning_text(item, "zh") for item in warned("2025-10-08")] == ["通报期限已过", "索赔期限已过"]


def test_shape_of_the_table():
    claim = simple()
    assert list(claim.columns) == list(COLUMNS)
    assert list(dict.fromkeys(claim["section"])) == [part for part in SECTIONS if part != "not covered"]
    assert {column.dtype.kind for column in claim.columns.values()} == {"O", "f", "M"}
    assert len({len(column) for column in claim.columns.values()}) == 1


def test_every_section_and_result_reads_in_both_languages():
    for text, words in ((section_text, SECTIONS), (result_text, RESULTS)):
        assert len({text(word, language) for word in words for language in ("en", "zh")}) == 2 * len(words)


def test_every_reason_and_kind_reads_in_both_languages():
    assert reason_texts(np.arange(len(REASONS), dtype=np.int8)).tolist() == list(REASONS)
    for reason in REASONS:
        assert reason_text(reason) != reason_text(reason, "zh")
    assert len({word for words in KINDS.values() for word in words}) == sum(map(len, KINDS.values()))


@pytest.mark.parametrize(
    ("change", "cell", "argument"),
    [
        ({"policy": {"insured_percentage": 90}}, "#NUM!", "policy, insured_percentage"),
        ({"policy": {"share": 1}}, "#VALUE!", "policy"),
        ({"limits": [["limit"], [-1], [5]]}, "#NUM!", "limits, limit"),
        ({"limits": [["customer", "limit"], ["A", 1], ["B", 1]]}, "#VALUE!", "customer"),
        ({"limits": [["customer", "amount"], ["A", 1], ["B", 1]]}, "#VALUE!", "limits"),
        ({"limits": [["limit", "kind"], [1, "gold"]]}, "#VALUE!", "limits, kind"),
        ({"limits": [["limit", "from", "to"], [1, "2025-02-01", "2025-01-31"]]}, "#NUM!", "limits"),
        ({"excluded": ["because"]}, "#VALUE!", "excluded"),
        ({"disputed": -1}, "#NUM!", "disputed"),
        ({"disputed": "perhaps"}, "#VALUE!", "disputed"),
        ({"ship": "10/01/2025"}, "#VALUE!", "ship_date"),
        ({"recovered": -1}, "#NUM!", "recovered"),
    ],
)
def test_errors(change, cell, argument):
    with pytest.raises(InputError) as caught:
        simple(**change)
    assert (caught.value.cell, caught.value.argument) == (cell, argument)


def test_unequal_heights():
    with pytest.raises(InputError) as caught:
        tci_claim(
            [1, 2], ["2025-01-10"] * 2, ["2025-02-09"] * 3, [1, 2], None, None, 1, {"insured_percentage": 1}
        )
    assert (caught.value.cell, caught.value.argument) == ("#VALUE!", "due_date")


def test_one_of_several_customers():
    limits = [["customer", "limit"], ["A", 10], ["B", 50]]
    got = simple(limits=limits, customer="B")
    assert got["covered"][0] == 50
    with pytest.raises(InputError) as caught:
        claims(["A"], ["2025-01-10"], ["2025-02-09"], [1], None, None, [["customer", "limit"], [None, 5]],
               {"insured_percentage": 0.9})  # fmt: skip
    assert caught.value.argument == "limits"


def test_true_beside_amounts_disputes_the_whole_invoice():
    claim = tci_claim([1, 2, 3], ["2025-01-10"] * 3, ["2025-02-09"] * 3, [100, 100, 100], [0, 0, 0],
                      [40, True, False], 1000, NINETY)  # fmt: skip
    assert claim["eligible"][:3].tolist() == [60, 0, 100]
    assert claim["reason"][:3].tolist() == ["dispute", "dispute", "eligible"]


def example(*rows, **terms):
    names = ("ship", "due", "amount", "paid")
    invoices = [{"paid": 0, "disputed": 0, **dict(zip(names, row, strict=False))} for row in rows]
    silent = {
        "extension": 999,
        "maximum": 999,
        "vat": Fraction(0),
        "payment_rule": "fifo",
        "cover_resumes": True,
    }
    return invoices, {**silent, **terms}


SHIPPED = [(1, 6), (2, 10), (3, 17), (4, 28), (5, 12), (6, 2)]
STOPPED = example(
    *(
        (dt.date(2025, *day), dt.date(2025, *day) + dt.timedelta(60), amount * 100_000)
        for day, amount in zip(SHIPPED, (40, 35, 30, 25, 45, 20), strict=True)
    ),
    extension=60,
)
PAID = [(dt.date(2025, month, 10), dt.date(2025, month + 1, 10), amount * 100) for month, amount in
        ((1, 50_000), (2, 40_000), (3, 60_000))]  # fmt: skip
PAID[2] = (*PAID[2], 3_000_000)


@pytest.mark.parametrize(
    ("sheet", "limit", "covered"),
    [
        (example(*PAID[:2], (*PAID[2][:3], 0), vat=Fraction(1, 5)), 120_000, 120_000),
        (STOPPED, 180_000, 130_000),
        (STOPPED, 120_000, 120_000),
        (example(*PAID), 100_000, 100_000),
        (example(*PAID, cover_resumes=False), 100_000, 70_000),
        (example(*PAID, payment_rule="as_marked"), 100_000, 100_000),
    ],
)
def test_the_adjusters_sheet_agrees_with_the_worked_examples(sheet, limit, covered):
    """The second method is held to the hand-computed figures too, so that both cannot be wrong alike."""
    invoices, terms = sheet
    assert sum(adjust(invoices, [(limit * 100, None, None, "named")], terms)[2]) == covered * 100


@given(st.lists(INVOICE, min_size=1, max_size=8), st.integers(0, 10**6))
def test_pro_rata_splits_payments_between_covered_and_uncovered_debt(invoices, limit):
    """Closed form: what was covered before any payment, times the unpaid share of all debt."""
    for invoice in invoices:
        invoice["disputed"] = 0
    policy = {**NINETY, "payment_rule": "pro_rata"}
    claim = tci_claim(range(len(invoices)), **columns(invoices), limits=limit / 100, policy=policy)
    debt = sum(max(invoice["amount"], 0) for invoice in invoices)
    got = sum(invoice["paid"] + max(-invoice["amount"], 0) for invoice in invoices)
    unpaid = Fraction(max(debt - got, 0), debt) if debt else 0
    covered = sum(cents(claim["covered"][claim["section"] == "invoice"]))
    assert abs(covered - min(debt, limit) * unpaid) <= len(invoices)


@given(
    st.integers(0, 10**7),
    st.integers(1, 10**7),
    st.integers(0, 100),
    st.integers(0, 10**6),
    st.sampled_from(["pct_first", "ded_first", "min_retention"]),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 10**7),
    st.sampled_from(["debt", "payout"]),
)
def test_a_claim_of_one_invoice_is_its_indemnity(
    debt, limit, percent, deductible, rule, threshold, aggregate, liability, basis
):
    terms = {
        "insured_percentage": percent / 100,
        "deductible": deductible / 100,
        "deductible_rule": rule,
        "threshold": threshold / 100,
        "limit_basis": basis,
    }
    year = {"aggregate_deductible": aggregate / 100, "maximum_liability": liability / 100}
    claim = simple(amount=debt / 100, limits=limit / 100, policy={**terms, **year})
    left = {"aggregate_left": aggregate / 100, "liability_left": liability / 100}
    alone = tci_indemnity(debt / 100, limit / 100, **terms, **left)
    assert claim["amount_out"][claim["item"] == "estimated indemnity"][0] == alone


def test_a_limit_that_was_cut_and_raised_again_does_not_forget_older_debt():
    """Limits 100, 30, 100: the 80 of January still fill the room when the limit comes back."""
    limits = [["limit", "from"], [100, None], [30, "2025-02-01"], [100, "2025-03-01"]]
    claim = tci_claim([1, 2, 3], ["2025-01-10", "2025-02-10", "2025-03-10"],
                      ["2025-02-09", "2025-03-12", "2025-04-09"], [80, 10, 30], None, None,
                      limits, NINETY)  # fmt: skip
    assert claim["covered"][:3].tolist() == [80, 0, 20]


def test_three_buyers_keep_their_own_claims_whatever_the_order_of_their_losses():
    days = ["2025-03-09", "2025-01-09", "2025-02-09"]
    found = claims(["A", "B", "C"], ["2025-01-01"] * 3, days, [10, 20, 40], None, None,
                   [["customer", "limit"], ["A", 99], ["B", 99], ["C", 99]],
                   {"insured_percentage": 1, "waiting_days": 90, "maximum_liability": 50})  # fmt: skip
    assert found.indemnity.tolist() == [0, 20, 30]


def got(claim, section):
    rows = claim["section"] == section
    return dict(zip(claim["item"][rows], claim["amount_out"][rows], strict=True))


def test_an_invoice_line_says_what_came_in_and_what_became_of_it():
    claim = simple(paid=30, limits=50)
    line = {name: claim[name][0] for name in list(claim.columns)[:11]}
    dates = [line.pop(name) for name in ("ship_date", "due_date")]
    assert [str(day) for day in dates] == ["2025-01-10", "2025-02-09"]
    assert list(line.values()) == ["invoice", "1", 100, 30, 70, 70, 50, 0.9, "over limit"]
    assert np.isnan([claim[name][0] for name in ("amount_in", "change", "amount_out")]).all()
    assert np.isnat(claim["date"][0])


def test_where_the_uncovered_money_went_by_hand():
    """VAT 20 %, limit 300: 120 whole; 240 with 60 disputed; 120 disputed; 240, half of it over; 60 fraud.

    Net 100 + 150 + 200; 300 covered, 150 over the limit; VAT 20 + 30 + 40.
    """
    columns = {
        "ship_date": ["2025-01-10"] * 5,
        "due_date": ["2025-02-09"] * 5,
        "amount": [120, 240, 120, 240, 60],
        "paid": None,
        "disputed": [None, 60, True, None, None],
        "policy": {**NINETY, "vat_rate": 0.2},
        "excluded": [None, None, None, None, "fraud"],
    }
    claim = tci_claim(range(5), limits=300, **columns)
    assert claim["covered"][:5].tolist() == [100, 150, 0, 50, 0]
    assert got(claim, "not covered") == {"fraud": 60, "dispute": 180, "over limit": 150, "vat": 90}
    assert got(claim, "result")["estimated indemnity"] == 270
    unknown = tci_claim(range(5), limits=[["customer", "limit"], ["A", None]], **columns)
    assert got(unknown, "not covered") == {"fraud": 60, "dispute": 180, "limit unknown": 450, "vat": 90}


NO_LOSS_DATE = {"no date of loss": 100}


@pytest.mark.parametrize(
    ("change", "warnings"),
    [
        ({}, NO_LOSS_DATE),
        ({"limits": [["limit", "to"], [900, "2025-01-09"]]}, {"limit expired": 100}),
        ({"limits": cancelled("2025-01-10")}, {"limit expired": 100}),
        ({"disputed": 40}, {"dispute": 40, **NO_LOSS_DATE}),
        ({"policy": {"waiting_days": 180}, "as_of": "2025-08-07"}, {"waiting period runs": 100}),
        ({"policy": {"waiting_days": 180}, "as_of": "2025-08-08"}, {}),
        ({"policy": {"maximum_extension_days": 60, "notice_days": 30}, "as_of": "2025-05-10"}, NO_LOSS_DATE),
        (
            {"policy": {"maximum_extension_days": 60, "notice_days": 30}, "as_of": "2025-05-11"},
            {**NO_LOSS_DATE, "notice late": 100},
        ),
        ({"policy": {"filing_days": 365}, "as_of": "2026-02-09"}, NO_LOSS_DATE),
        ({"policy": {"filing_days": 365}, "as_of": "2026-02-10"}, {**NO_LOSS_DATE, "filing late": 100}),
    ],
)
def test_every_warning_on_and_beside_its_day(change, warnings):
    assert got(simple(**change), "warning") == warnings


def test_a_delivery_after_the_stop_is_a_warning_with_its_money():
    claim = tci_claim([1, 2], ["2025-01-06", "2025-05-07"], ["2025-03-07", "2025-07-06"], [5, 7], None, None,
                      100, {**NINETY, "maximum_extension_days": 60})  # fmt: skip
    assert got(claim, "warning") == {"stop breached": 7, "no date of loss": 5}


@pytest.mark.parametrize(
    ("rule", "amount", "indemnity"), [(">", 100, 0), (">", 100.01, 90.01), (">=", 100, 90), (">=", 99.99, 0)]
)
def test_the_threshold_of_a_policy(rule, amount, indemnity):
    claim = simple(amount=amount, policy={"threshold": 100, "threshold_rule": rule})
    assert got(claim, "result")["estimated indemnity"] == indemnity


def many(**change):
    """Claims of A and B, 100 each, 90 % insured."""
    given = {
        "customer": ["A", "B"],
        "ship_date": ["2025-01-10"] * 2,
        "due_date": ["2025-02-09"] * 2,
        "amount": [100, 100],
        "paid": [0, 0],
        "disputed": None,
        "limits": [["customer", "limit"], ["A", 1000], ["B", 1000]],
        "policy": NINETY,
    }
    return claims(**given | change)


def test_what_each_customer_paid_later_counts_for_that_one():
    """A recovers 50 of 100, of which 90 % is the insurer's: 90 - 45; B has had 10 of his 90."""
    found = many(recovered=[50, 0], indemnity_paid=[0, 10])
    assert found.indemnity.tolist() == [45, 80]
    assert found.remainder.tolist() == [100 - 50 - 45, 100 - 90]
    assert many(recovered=10, indemnity_paid=0).indemnity.tolist() == [81, 81]


def test_a_rate_turns_invoices_into_policy_money():
    assert many(rate=[2, 0.5], paid=[10, 10]).indemnity.tolist() == [162, 40.5]


@pytest.mark.parametrize(
    ("argument", "wrong", "cell"),
    [
        ("recovered", [-1, 0], "#NUM!"),
        ("recovered", [0, 0, 0], "#VALUE!"),
        ("indemnity_paid", [0, -1], "#NUM!"),
        ("as_of", "soon", "#VALUE!"),
        ("amount", ["x", 1], "#VALUE!"),
        ("paid", ["x", 1], "#VALUE!"),
        ("paid", [1, 1, 1], "#VALUE!"),
        ("disputed", [-1, 0], "#NUM!"),
        ("disputed", ["perhaps", 0], "#VALUE!"),
        ("disputed", [1, 1, 1], "#VALUE!"),
        ("ship_date", ["soon", None], "#VALUE!"),
        ("ship_date", ["2025-01-10"] * 3, "#VALUE!"),
        ("due_date", ["soon", None], "#VALUE!"),
        ("insolvency_date", "soon", "#VALUE!"),
        ("rate", [1, 0], "#NUM!"),
        ("excluded", ["fraud"], "#VALUE!"),
    ],
)
def test_claims_refuse_by_name(argument, wrong, cell):
    with pytest.raises(InputError) as caught:
        many(**{argument: wrong})
    assert (caught.value.argument, caught.value.cell) == (argument, cell)


@pytest.mark.parametrize(
    ("change", "argument", "where"),
    [
        ({"invoice_rate": 0}, "invoice_rate", True),
        ({"loss_rate": [0]}, "loss_rate", [True]),
        ({"invoice_rate": [7.1], "policy": {"fx_rule": "loss"}}, "loss_rate", [True]),
        ({"loss_rate": [7.1], "policy": {"fx_rule": "lower"}}, "invoice_rate", [True]),
        ({"excluded": ["gossip"]}, "excluded", [True]),
        ({"indemnity_paid": -1}, "indemnity_paid", True),
    ],
)
def test_a_claim_refuses_in_the_wrong_cell(change, argument, where):
    with pytest.raises(InputError) as caught:
        simple(**change)
    assert caught.value.argument == argument
    assert np.asarray(caught.value.where).tolist() == where


def test_words_are_english_unless_asked_for():
    assert section_text("step") == section_text("step", "en") != section_text("step", "zh")
    assert warning_text("dispute") == warning_text("dispute", "en")
    assert result_text(RESULTS[0]) == result_text(RESULTS[0], "en")


def test_small_money_in_a_claim():
    """0.50 at 90 %: 0.45; of 0.10 recovered the insurer's part is 0.09. A cent without a limit is unknown."""
    found = many(amount=[0.5, 1], recovered=[0.1, 0.5])
    assert found.indemnity.tolist() == [0.36, 0.45]
    limits = [["customer", "limit"], ["A", None], ["B", 1000]]
    found = many(amount=[0.01, 100], limits=limits)
    assert np.isnan(found.covered[0])
    assert np.isnan(found.indemnity[0])
    # Two cents at two percentages, a cent each.
    limits = [
        ["customer", "limit", "insured_percentage", "from"],
        ["A", 1000, 1, None],
        ["A", 1000, 0, "2025-01-11"],
    ]
    found = many(
        customer=["A", "A"], amount=[0.01, 0.01], ship_date=["2025-01-10", "2025-01-12"], limits=limits
    )
    assert found.indemnity.tolist() == [0.01]


def test_losses_of_one_day_come_in_the_order_of_the_customers():
    """40 claims of 90 on one day, 250 of aggregate deductible: two pay nothing, the third 20, the rest 90."""
    names = [f"K{number}" for number in range(40)]
    found = claims(
        names,
        ["2025-01-10"] * 40,
        ["2025-02-09"] * 40,
        [100] * 40,
        None,
        None,
        [["customer", "limit"], *([name, 1000] for name in names)],
        {**NINETY, "aggregate_deductible": 250, "waiting_days": 180},
    )
    assert found.indemnity.tolist() == [0, 0, 20] + [90] * 37


@pytest.mark.parametrize(
    "argument", ["ship_date", "due_date", "paid", "disputed", "excluded", "invoice_rate"]
)
def test_a_column_of_a_claim_has_the_invoices_height(argument):
    given = {
        "invoice": [1, 2],
        "ship_date": ["2025-01-10"] * 2,
        "due_date": ["2025-02-09"] * 2,
        "amount": [100, 100],
        "paid": [0, 0],
        "disputed": [0, 0],
        "limits": 1000,
        "policy": NINETY,
        "excluded": [None, None],
        "invoice_rate": [1, 1],
    }
    assert got(tci_claim(**given), "result")["estimated indemnity"] == 180
    with pytest.raises(InputError) as caught:
        tci_claim(**given | {argument: [given[argument][0]] * 3})
    assert (caught.value.argument, caught.value.cell) == (argument, "#VALUE!")


def test_a_debt_without_a_due_date_lines_up_by_its_delivery():
    """100 paid: the invoice of 1 January comes before the one due in February, whichever stands first."""
    for first in (0, 1):
        claim = tci_claim(
            ["old", "new"][:: 1 - 2 * first],
            ["2025-01-01", "2025-01-10"][:: 1 - 2 * first],
            [None, "2025-02-09"][:: 1 - 2 * first],
            [100, 100],
            [50, 50],
            None,
            1000,
            NINETY,
        )
        assert dict(zip(claim["item"][:2], claim["paid"][:2], strict=True)) == {"old": 100, "new": 0}


@pytest.mark.parametrize(
    ("limits", "argument", "where"),
    [
        ([["limit", "kind"], [1, None], [1, "gold"]], "limits, kind", [False, True]),
        ([["limit", "insured_percentage"], [1, 0.9], [1, 90]], "limits, insured_percentage", [False, True]),
        ([["limit", "to"], ["2", None], [2, "soon"]], "limits, limit", [True, False]),
        ([["limit", "to"], [2, None], [2, "soon"]], "limits, to", [False, True]),
        (
            [["limit", "from", "to"], [1, None, None], [1, "2025-02-01", "2025-01-31"]],
            "limits",
            [False, True],
        ),
    ],
)
def test_limits_are_refused_by_column_and_row(limits, argument, where):
    with pytest.raises(InputError) as caught:
        simple(limits=limits)
    assert caught.value.argument == argument
    assert caught.value.where.tolist() == where
    assert "None" not in str(caught.value)


def test_a_limit_that_names_nobody_is_shown_in_its_row():
    with pytest.raises(InputError) as caught:
        many(limits=[["customer", "limit"], ["A", 1], [None, 1]])
    assert (caught.value.argument, caught.value.where.tolist()) == ("limits", [False, True])
