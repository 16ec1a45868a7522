"""A buyer's account for a claim: payments before the loss, recoveries after it, whose loss is largest."""

import numpy as np
import pytest

from arcredit.credit.insurance.claims import claims
from arcredit.credit.insurance.loss_position import CREDIT_SINCE, DEBT, SETTLED, losses, position
from arcredit.credit.receivables.open_items import Events, OpenItems
from arcredit.errors import InputError
from arcredit.shapes import coded

AS_OF = "2025-12-31"


def ledger(*rows):
    """Document, invoice date, due date, amount; all of buyer A unless a fifth item says otherwise."""
    return OpenItems(
        customer=coded([row[4] if len(row) > 4 else "A" for row in rows], "customer"),
        document=np.array([row[0] for row in rows], object),
        invoice_date=np.array([row[1] or "NaT" for row in rows], "M8[D]"),
        due_date=np.array([row[2] or "NaT" for row in rows], "M8[D]"),
        amount=np.array([row[3] for row in rows], float),
        open_amount=np.array([row[3] for row in rows], float),
    )


def receipts(*rows):
    return Events(
        document=np.array([row[0] for row in rows], object),
        customer=coded(["A"] * len(rows), "customer"),
        date=np.array([row[1] or "NaT" for row in rows], "M8[D]"),
        amount=np.array([row[2] for row in rows], float),
    )


INVOICES = (
    ("1", "2025-01-10", "2025-02-10", 50_000),
    ("2", "2025-02-10", "2025-03-10", 40_000),
    ("3", "2025-03-10", "2025-04-10", 60_000),
)


def listed(found):
    return list(
        zip(
            found.items.document.tolist(),
            found.items.amount.tolist(),
            found.items.open_amount.tolist(),
            found.since.tolist(),
            found.role.tolist(),
            strict=True,
        )
    )


def test_money_before_the_loss_is_payment_and_after_it_recovery():
    """EX-5.4: 30,000 marked for the third invoice came before the loss."""
    paid = receipts(("3", "2025-05-01", -30_000), ("1", "2025-11-01", -5_000))
    found = position(ledger(*INVOICES), paid, "A", AS_OF, "2025-08-09")
    assert listed(found) == [
        ("1", 50_000, 50_000, 5_000, DEBT),
        ("2", 40_000, 40_000, 0, DEBT),
        ("3", 60_000, 30_000, 0, DEBT),
    ]
    debts = found.items
    claim = claims(
        debts.customer, debts.invoice_date, debts.due_date, debts.amount, debts.amount - debts.open_amount,
        None, [["customer", "limit"], ["A", 100_000]], {"insured_percentage": 0.9}, AS_OF,
    )  # fmt: skip
    assert claim.allocated.tolist() == [30_000, 0, 0]
    assert claim.indemnity[0] == 90_000


def test_without_a_day_of_loss_every_receipt_is_a_payment():
    paid = receipts(("1", "2025-11-01", -5_000))
    for day in (None, "2026-03-01", np.datetime64("NaT")):
        assert listed(position(ledger(*INVOICES), paid, "A", AS_OF, day))[0] == ("1", 50_000, 45_000, 0, DEBT)


def test_a_newer_invoice_paid_is_in_the_claim_and_an_older_one_is_not():
    paid = receipts(("1", "2025-02-01", -50_000), ("3", "2025-05-01", -60_000))
    found = position(ledger(*INVOICES), paid, "A", AS_OF, "2025-09-06")
    assert listed(found) == [("2", 40_000, 40_000, 0, DEBT), ("3", 60_000, 0, 0, DEBT)]


def test_an_older_invoice_paid_after_the_loss_is_told_apart():
    paid = receipts(("1", "2025-11-01", -50_000))
    found = position(ledger(*INVOICES), paid, "A", AS_OF, "2025-09-06")
    assert listed(found)[0] == ("1", 50_000, 50_000, 50_000, SETTLED)


def test_loose_receipts_and_credit_notes():
    """What was there before the loss is set off; what came later is a recovery, once."""
    documents = ledger(
        *INVOICES, ("C", "2025-10-01", "2025-10-01", -700), ("D", "2025-03-01", "2025-03-01", -9)
    )
    loose = receipts((None, "2025-03-01", -100), (None, "2025-10-05", -250), (None, "2025-10-05", -250))
    found = {line[2:] for line in listed(position(documents, loose, "A", AS_OF, "2025-08-09"))[3:]}
    assert found == {(-700, 700, CREDIT_SINCE), (-9, 0, DEBT), (-100, 0, DEBT), (-250, 250, CREDIT_SINCE)}


def test_a_bounced_receipt_paid_nothing():
    paid = receipts(("1", "2025-05-01", -50_000), ("1", "2025-10-01", 50_000))
    assert listed(position(ledger(*INVOICES), paid, "A", AS_OF, "2025-08-09"))[0] == (
        "1",
        50_000,
        50_000,
        0,
        DEBT,
    )


def test_other_buyers_and_later_documents_stay_out():
    documents = ledger(
        *INVOICES, ("9", "2025-01-01", "2025-02-01", 1, "B"), ("8", "2026-01-05", "2026-02-01", 1)
    )
    assert [line[0] for line in listed(position(documents, None, "A", AS_OF))] == ["1", "2", "3"]
    assert not len(position(documents, None, "Z", AS_OF).items)


def test_amounts_that_are_not_known_stand_with_their_balance():
    documents = ledger(*INVOICES[:1])
    documents.amount[:] = np.nan
    documents.open_amount[:] = 12.5
    assert listed(position(documents, None, "A", AS_OF)) == [("1", 12.5, 12.5, 0, DEBT)]


@pytest.mark.parametrize(("disputed", "excluded"), [([10.0, 0.0], None), (None, ["fraud", None])])
def test_fraud_and_disputes_are_no_loss(disputed, excluded):
    policy = {"insured_percentage": 0.9, "waiting_days": 180, "discretionary_limit": 50}
    dates = ["2025-03-01"] * 2, ["2025-03-31"] * 2
    found = losses(["A", "B"], *dates, [10.0, 5.0], disputed, None, policy, AS_OF, None, excluded)
    assert found["customer"].tolist() == ["B"]


@pytest.mark.parametrize(
    ("dated", "owed", "since"),
    [("2025-08-09", 100, 30), ("2025-08-10", 70, 0), (None, 100, 30)],
)
def test_an_invoice_of_the_day_of_the_loss_is_owed_on_it(dated, owed, since):
    """30 came in in September. Of an invoice written later only what is still open counts."""
    found = position(
        ledger(("1", dated, "2025-09-08", 100)), receipts(("1", "2025-09-10", -30)), "A", AS_OF, "2025-08-09"
    )
    assert listed(found) == [("1", 100, owed, since, DEBT)]


@pytest.mark.parametrize(
    ("dated", "since", "role"),
    [("2025-08-09", 0, DEBT), ("2025-08-10", 7, CREDIT_SINCE), (None, 0, DEBT)],
)
def test_a_credit_note_after_the_loss_is_a_recovery(dated, since, role):
    documents = ledger(*INVOICES[:1], ("C", dated, dated, -7), ("D", dated, dated, -7, "B"))
    found = position(documents, None, "A", AS_OF, "2025-08-09")
    assert listed(found) == [("1", 50_000, 50_000, 0, DEBT), ("C", -7, -7, since, role)]


@pytest.mark.parametrize("owner", [("A", "A", "A"), ("B", "A", "A")])
def test_loose_receipts_of_one_day_are_counted(owner):
    """Two of the same day before the loss are two; other customers' are none of the buyer's."""
    loose = receipts((None, "2025-03-01", -100), (None, "2025-03-01", -50), (None, "2025-09-01", -25))
    loose = Events(**{**vars(loose), "customer": coded(list(owner), "customer")})
    lines = listed(position(ledger(*INVOICES[:1]), loose, "A", AS_OF, "2025-08-09"))[1:]
    before = [(None, -100, -100, 0, DEBT), (None, -50, -50, 0, DEBT)]
    assert lines == [*before[owner[0] == "B" :], (None, -25, -25, 25, CREDIT_SINCE)]


@pytest.mark.parametrize(
    ("due", "paid_on", "shown"),
    [
        ("2025-03-10", "2025-05-01", [("9", 10, 0, 0, DEBT)]),  # due with the oldest open one
        ("2025-03-09", "2025-05-01", []),
        ("2025-03-09", "2025-08-09", []),
        ("2025-03-09", "2025-08-10", [("9", 10, 10, 10, SETTLED)]),
        ("2025-03-10", "2025-08-10", [("9", 10, 10, 10, DEBT)]),
        (None, "2025-05-01", []),
    ],
)
def test_what_was_paid_belongs_to_the_claim_from_the_oldest_open_debt_on(due, paid_on, shown):
    documents = ledger(("2", "2025-02-10", "2025-03-10", 40), ("9", "2025-02-01", due, 10))
    found = position(documents, receipts(("9", paid_on, -10)), "A", AS_OF, "2025-08-09")
    assert listed(found) == [("2", 40, 40, 0, DEBT), *shown]


def test_documents_up_to_the_day_of_the_claim():
    """The 20 that were paid ahead of tomorrow's invoice are unapplied money."""
    documents = ledger(("1", AS_OF, "2026-01-30", 10), ("2", "2026-01-01", "2026-01-31", 20))
    found = position(documents, receipts(("2", AS_OF, -20)), "A", AS_OF)
    assert listed(found) == [("1", 10, 10, 0, DEBT), ("2", -20, -20, 0, DEBT)]


def test_nothing_open_is_no_claim():
    documents = ledger(("1", "2025-01-10", "2025-02-10", 10))
    assert listed(position(documents, receipts(("1", "2025-03-01", -10)), "A", AS_OF, "2025-08-09")) == []
    later = position(documents, receipts(("1", "2025-09-01", -10)), "A", AS_OF, "2025-08-09")
    assert listed(later) == [("1", 10, 10, 10, SETTLED)]


def test_a_document_that_grew_stands_with_what_is_owed():
    paid_back = receipts(("1", "2025-03-01", 5))
    assert listed(position(ledger(("1", "2025-01-10", "2025-02-10", 10)), paid_back, "A", AS_OF)) == [
        ("1", 15, 15, 0, DEBT)
    ]


@pytest.mark.parametrize(
    ("as_of", "lost", "argument"), [("soon", None, "as_of"), (AS_OF, "soon", "loss_date")]
)
def test_days_that_are_none_are_refused_by_name(as_of, lost, argument):
    with pytest.raises(InputError) as caught:
        position(ledger(*INVOICES), None, "A", as_of, lost)
    assert caught.value.argument == argument


def test_the_largest_loss_first_and_of_equal_ones_by_name():
    """C and B lose 20 each, A 40 less 10 of a credit; E owes nothing."""
    policy = {"insured_percentage": 0.9, "waiting_days": 180, "discretionary_limit": 50}
    due = ["2025-03-31", "2025-04-30", "2025-03-31", "2025-03-31", "2025-03-31"]
    insolvent = [None, None, "2025-05-05", "2025-05-05", None]
    amount = [20.0, 20.0, 40.0, -10.0, -3.0]
    found = losses(list("CBAAE"), ["2025-03-01"] * 5, due, amount, None, None, policy, AS_OF, insolvent)
    assert found["customer"].tolist() == ["A", "B", "C"]
    assert found["loss"].tolist() == [30, 20, 20]
    assert found["loss_date"].astype(str).tolist() == ["2025-05-05", "2025-10-27", "2025-09-27"]


def test_small_change_is_a_debt_and_a_loss():
    assert listed(position(ledger(("1", "2025-01-10", "2025-02-10", 0.5)), None, "A", AS_OF)) == [
        ("1", 0.5, 0.5, 0, DEBT)
    ]
    policy = {"insured_percentage": 0.9, "waiting_days": 180, "discretionary_limit": 50}
    days = ["2025-03-01"] * 3, ["2025-03-31"] * 3
    found = losses(["B", None, "A"], *days, [0.5, 0.5, 0.5], None, None, policy, AS_OF)
    assert found["customer"].tolist() == [None, "A", "B"]


def test_the_years_limits_do_not_put_a_loss_in_order():
    """A deductible of the whole year leaves every buyer's eligible debt what it is."""
    policy = {
        "insured_percentage": 0.9,
        "waiting_days": 180,
        "discretionary_limit": 500,
        "maximum_liability": 10,
    }
    days = ["2025-03-01"] * 2, ["2025-03-31"] * 2
    found = losses(["A", "B"], *days, [100.0, 200.0], None, None, policy, AS_OF)
    assert found["loss"].tolist() == [200, 100]


def test_a_loss_counts_beyond_the_limit_and_without_vat():
    policy = {"insured_percentage": 0.9, "waiting_days": 180, "vat_rate": 0.2}
    found = losses(
        ["A"], ["2025-03-01"], ["2025-03-31"], [120.0], None, [["customer", "limit"], ["A", 5]], policy, AS_OF
    )
    assert found["loss"].tolist() == [100]
