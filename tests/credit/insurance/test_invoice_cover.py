"""Cover by invoice: published examples, parts that add up to the cent, limits used up in order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.insurance.claims import claims
from arcredit.credit.insurance.eligibility import reason_texts
from arcredit.credit.insurance.invoice_cover import invoice_cover

POLICY = {"insured_percentage": 0.9, "maximum_extension_days": 60, "maximum_terms_days": 60}
SHIPPED = ["2025-01-06", "2025-02-10", "2025-03-17", "2025-04-28", "2025-05-12", "2025-06-02"]
DUE = ["2025-03-07", "2025-04-11", "2025-05-16", "2025-06-27", "2025-07-11", "2025-08-01"]
AMOUNT = [40_000, 35_000, 30_000, 25_000, 45_000, 20_000]


def cover(amount=AMOUNT, limits=180_000, policy=POLICY, disputed=None, as_of="2025-07-01", **more):
    count = len(amount)
    block = [["customer", "limit"], ["A", limits]] if not isinstance(limits, list) else limits
    return invoice_cover(
        ["A"] * count, SHIPPED[:count], DUE[:count], amount, disputed, block, policy, as_of, **more
    )


def test_shipments_after_the_stop_are_out():
    """EX-5.3: stop 6 May 2025, 130,000 eligible, 117,000 insured."""
    found = cover()
    assert found.insured.tolist() == [36_000, 31_500, 27_000, 22_500, 0, 0]
    assert found.own_risk.tolist() == [4_000, 3_500, 3_000, 2_500, 0, 0]
    assert found.uninsured.tolist() == [0, 0, 0, 0, 45_000, 20_000]
    assert reason_texts(found.reason).tolist() == ["eligible"] * 4 + ["after stop"] * 2
    assert str(found.stop_date[0]) == "2025-05-06"


def test_limit_is_used_up_oldest_first():
    """EX-5.3 with limit 120,000: 40,000 / 35,000 / 30,000 / 15,000 covered."""
    found = cover(limits=120_000)
    assert (found.insured + found.own_risk).tolist() == [40_000, 35_000, 30_000, 15_000, 0, 0]
    assert reason_texts(found.reason)[3] == "over limit"
    assert found.insured.sum() == 108_000


def test_vat_is_named_and_not_insured():
    """EX-5.2: 180,000 with 20 % VAT under a limit of 200,000 pays 135,000."""
    found = cover([180_000], 200_000, POLICY | {"vat_rate": 0.2})
    assert (found.insured[0], found.own_risk[0], found.uninsured[0]) == (135_000, 15_000, 30_000)
    assert reason_texts(found.reason)[0] == "vat"


def test_limit_of_the_payment():
    """EX-5.15: debt 150,000, limit 100,000 insures 90,000 by debt and 100,000 by payout."""
    assert cover([150_000], 100_000).insured[0] == 90_000
    found = cover([150_000], 100_000, POLICY | {"limit_basis": "payout"})
    assert found.insured[0] == pytest.approx(100_000, abs=0.01)
    assert found.insured[0] + found.own_risk[0] + found.uninsured[0] == pytest.approx(150_000, abs=1e-9)


def test_dispute_stays_uninsured():
    """EX-5.10: 20,000 of 100,000 disputed leaves 72,000 before the deductible."""
    found = cover([100_000], 150_000, disputed=[20_000])
    assert (found.insured[0], found.uninsured[0]) == (72_000, 20_000)
    assert reason_texts(found.reason)[0] == "dispute"


def test_a_credit_goes_to_the_oldest_debt_and_the_rest_stays_unapplied():
    found = cover([100.0, -150.0, 20.0])
    assert found.set_off.tolist() == [-100, 120, -20]
    assert found.unapplied.tolist() == [0, -30, 0]
    assert found.insured.tolist() == [0, 0, 0]


def test_discretionary_limit_has_its_own_percentage():
    """EX-5.13: no named limit, 30,000 at 80 %, debt 45,000 insures 24,000."""
    policy = POLICY | {"discretionary_limit": 30_000, "discretionary_percentage": 0.8}
    found = cover([45_000], [["customer", "limit"], ["B", 1]], policy)
    assert (found.insured[0], found.own_risk[0], found.uninsured[0]) == (24_000, 6_000, 15_000)


def test_a_decision_may_have_its_own_percentage():
    found = cover([1_000], [["customer", "limit", "insured_percentage"], ["A", 5_000, 0.75]])
    assert found.insured[0] == 750
    assert cover([1_000], [["customer", "limit", "insured_percentage"], ["A", 5_000, None]]).insured[0] == 900


@pytest.mark.parametrize(
    ("limits", "policy"), [([["customer", "limit"], ["A", None]], POLICY), (500, {"waiting_days": 90})]
)
def test_what_nobody_stated_is_unknown_and_never_nought(limits, policy):
    found = cover([1_000], limits, policy)
    assert np.isnan([found.insured[0], found.own_risk[0], found.uninsured[0]]).all()
    assert found.unknown[0] == 1_000
    assert reason_texts(found.reason)[0] == "limit unknown"


@given(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.integers(-5 * 10**5, 10**6), st.integers(0, 5)),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 10**6),
    st.sampled_from([0.0, 0.13]),
    st.integers(1, 100),
    st.sampled_from(["debt", "payout"]),
)
def test_parts_add_up_to_the_cent_and_no_limit_is_passed(items, limit, vat, percent, basis):
    customer, cents, place = zip(*items, strict=True)
    policy = POLICY | {"insured_percentage": percent / 100, "vat_rate": vat, "limit_basis": basis}
    found = invoice_cover(
        customer,
        [SHIPPED[number] for number in place],
        [DUE[number] for number in place],
        np.array(cents) / 100,
        None,
        [["customer", "limit"], ["A", limit / 100], ["B", limit / 50]],
        policy,
        "2025-07-01",
    )
    parts = [found.insured, found.own_risk, found.uninsured, found.unknown, found.unapplied]
    whole = np.rint(sum(part * 100 for part in parts)).astype(int)
    assert whole.tolist() == np.rint(np.array(cents) + found.set_off * 100).astype(int).tolist()
    assert all((part >= 0).all() for part in parts[:4])
    assert abs(np.rint(found.set_off * 100).sum()) == 0
    for name, room in (("A", limit), ("B", 2 * limit)):
        mine = np.array(customer) == name
        insured = np.rint(found.insured[mine] * 100).sum()
        covered = insured + np.rint(found.own_risk[mine] * 100).sum()
        assert (covered if basis == "debt" else insured) <= room + (basis == "payout")


def test_insured_money_is_what_a_claim_without_deductions_pays():
    amount, limits = [333.33, 333.33, 333.35], [["customer", "limit"], ["A", 900]]
    claim = claims(["A"] * 3, SHIPPED[:3], DUE[:3], amount, None, None, limits, POLICY, "2025-07-01")
    found = cover(amount, 900)
    assert round(found.insured.sum(), 2) == claim.indemnity[0] == 810.0


def of_buyers(buyers, amount, limits, policy=POLICY, **more):
    count = len(buyers)
    return invoice_cover(
        buyers, SHIPPED[:1] * count, DUE[:1] * count, amount, None, limits, policy, "2025-07-01", **more
    )


def test_each_buyer_at_his_own_percentage():
    limits = [
        ["customer", "limit", "insured_percentage"],
        ["A", 500, 0.75],
        ["B", 5_000, None],
        ["C", None, 0.5],
    ]
    found = of_buyers(["B", "A", "C", "A", "B"], [100, 400, 60, 300, -30], limits)
    np.testing.assert_equal(found.insured, [63, 300, np.nan, 75, 0])
    np.testing.assert_equal(found.own_risk, [7, 100, np.nan, 25, 0])
    np.testing.assert_equal(found.uninsured, [0, 0, np.nan, 200, 0])
    assert found.unknown.tolist() == [0, 0, 60, 0, 0]
    assert found.set_off.tolist() == [-30, 0, 0, 0, 30]
    assert found.unapplied.tolist() == [0, 0, 0, 0, 0]
    np.testing.assert_equal(found.limit, [5000, 500, np.nan, 500, np.nan])
    np.testing.assert_equal(found.insured_percentage, [0.9, 0.75, np.nan, 0.75, np.nan])
    assert reason_texts(found.reason).tolist() == [
        "eligible",
        "eligible",
        "limit unknown",
        "over limit",
        "credit",
    ]
    assert [str(day) for day in found.stop_date] == ["2025-05-06"] * 5


def test_what_is_excluded_is_uninsured():
    found = of_buyers(["A", "A"], [100, 50], [["customer", "limit"], ["A", 500]], excluded=["fraud", None])
    assert (found.insured.tolist(), found.uninsured.tolist()) == ([0, 45], [100, 0])
    assert reason_texts(found.reason).tolist() == ["fraud", "eligible"]
    np.testing.assert_equal(found.insured_percentage, [np.nan, 0.9])


def test_shipments_after_the_insolvency_are_uninsured():
    limits = [["customer", "limit"], ["A", 500]]
    found = of_buyers(["A"], [100], limits, insolvency_date=["2025-01-05"])
    assert (found.insured[0], reason_texts(found.reason)[0]) == (0, "after insolvency")
    assert of_buyers(["A"], [100], limits, insolvency_date=["2025-01-06"]).insured[0] == 90


def test_without_decisions_the_policy_decides():
    own = {"discretionary_limit": 70, "discretionary_percentage": 0.5}
    for limits in (None, [["customer", "limit"]]):
        found = of_buyers(["A"], [100], limits, POLICY | own)
        assert (found.insured[0], found.own_risk[0], found.uninsured[0]) == (35, 35, 30)


def test_cents_of_a_share_are_those_of_the_whole():
    """Two thirds of 0.05, 0.05 and 0.05: 0.0333 and so on is 0.03, 0.04, 0.03, in all 0.10."""
    limits = [["customer", "limit", "insured_percentage"], ["A", 500, 2 / 3]]
    found = of_buyers(["A"] * 3, [0.05] * 3, limits)
    assert sorted(found.insured.tolist()) == [0.03, 0.03, 0.04]
    assert found.insured.sum() == pytest.approx(0.10)
    assert (found.insured + found.own_risk).tolist() == pytest.approx([0.05] * 3)


def test_a_percentage_of_nothing_pays_nothing():
    policy = POLICY | {"limit_basis": "payout"}
    limits = [["customer", "limit", "insured_percentage"], ["A", 50, 0.0], ["B", 50, 0.5]]
    found = of_buyers(["A", "B"], [100, 120], limits, policy)
    assert (found.insured.tolist(), found.own_risk.tolist(), found.uninsured.tolist()) == (
        [0, 50],
        [0, 50],
        [100, 20],
    )
    # The limit shown is the debt that the payment stands for.
    np.testing.assert_equal(found.limit, [50, 50])


def test_vat_beside_a_dispute():
    """120 with 20 % VAT, 60 of it disputed: 50 net of the rest."""
    found = cover([120.0], 500, POLICY | {"vat_rate": 0.2}, disputed=[60.0])
    assert (found.insured[0], found.own_risk[0], found.uninsured[0]) == (45, 5, 70)
    assert reason_texts(found.reason)[0] == "dispute"


def test_a_cent_of_vat_is_named():
    found = cover([0.06], 500, POLICY | {"vat_rate": 0.2})
    assert (found.insured[0], found.uninsured[0], reason_texts(found.reason)[0]) == (0.05, 0.01, "vat")


def test_credits_are_used_up_oldest_first():
    found = cover([100.0, -60.0, -70.0], 500)
    assert found.set_off.tolist() == [-100, 60, 40]
    assert found.unapplied.tolist() == [0, 0, -30]
