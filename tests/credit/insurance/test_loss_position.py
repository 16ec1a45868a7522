"""A buyer's account for a claim: payments before the loss, recoveries after it, whose loss is largest."""

import numpy as np
import pytest

from arcredit.credit.insurance.claims import claims
from arcredit.credit.insurance.loss_position import CREDIT_SINCE, DEBT, SETTLED, losses, position
from arcredit.credit.receivables.open_items import Events, OpenItems
from arcredit.shapes import coded

AS_OF = "2025-12-31"


def ledger(*rows):
    """Document, invoice date, due date, amount; all of buyer A unless a fifth item says otherwise."""
    return OpenItems(
        customer=coded([row[4] if len(row) > 4 else "A" for row in rows], "customer"),
        document=np.array([row[0] for row in rows], object),
        invoice_date=np.array([row[1] for row in rows], "M8[D]"),
        due_date=np.array([row[2] for row in rows], "M8[D]"),
        amount=np.array([row[3] for row in rows], float),
        open_amount=np.array([row[3] for row in rows], float),
    )


def receipts(*rows):
    return Events(
        document=np.array([row[0] for row in rows], object),
        customer=coded(["A"] * len(rows), "customer"),
        date=np.array([row[1] for row in rows], "M8[D]"),
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
