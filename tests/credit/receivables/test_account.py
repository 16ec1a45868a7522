"""A customer's account: opening balance, entries, closing balance."""

import numpy as np
import pytest

from arcredit.credit.receivables.account import account
from arcredit.credit.receivables.open_items import Events, OpenItems, open_at
from arcredit.shapes import coded


def ledger(currency=None):
    return OpenItems(
        customer=coded(["A", "A", "A", "B"], "c"),
        document=np.array(["1", "2", "CN", "9"], object),
        invoice_date=np.array(["2024-06-01", "2025-02-01", "2025-02-03", "2025-02-01"], "M8[D]"),
        due_date=np.array(["2024-07-01", "2025-03-01", "2025-02-03", "2025-03-01"], "M8[D]"),
        amount=np.array([100.0, 200.0, -30.0, 5.0]),
        open_amount=np.array([100.0, 200.0, -30.0, 5.0]),
        currency=coded(currency, "currency") if currency else None,
    )


RECEIPTS = Events(
    document=np.array(["1", None, "2", "2"], object),
    customer=coded([None, "A", "A", "A"], "c"),
    date=np.array(["2025-01-10", "2025-02-10", "2025-02-20", "2025-02-25"], "M8[D]"),
    amount=np.array([-100.0, -7.5, -50.0, 50.0]),
    kind=coded(["receipt", "receipt", "write_off", "receipt"], "kind"),
)


def test_every_entry_with_its_balance():
    found = account(ledger(), RECEIPTS, "A", "", "2025-01-01", "2025-03-31")
    assert found["kind"].tolist() == [
        "opening",
        "receipt",
        "invoice",
        "credit_note",
        "receipt",
        "write_off",
        "reversal",
    ]
    assert found["amount"].tolist() == [100, -100, 200, -30, -7.5, -50, 50]
    assert found["balance"].tolist() == [100, 0, 200, 170, 162.5, 112.5, 162.5]
    open_now = open_at(ledger(), "2025-03-31", RECEIPTS)
    assert found["balance"][-1] == open_now.open_amount[open_now.customer.texts() == "A"].sum()


def test_entries_outside_the_time_stand_in_the_opening_balance():
    found = account(ledger(), RECEIPTS, "A", "", "2025-02-15", "2025-02-21")
    assert found["amount"].tolist() == [162.5, -50]
    assert not len(account(ledger(), RECEIPTS, "A", "USD", "2025-01-01", "2025-03-31")["date"][1:])


@pytest.mark.parametrize(("currency", "balance"), [("EUR", [0, 200]), ("USD", [0, -30])])
def test_currencies_apart(currency, balance):
    found = account(ledger(["EUR", "EUR", "USD", "EUR"]), None, "A", currency, "2025-01-01", "2025-03-31")
    opening = 100 if currency == "EUR" else 0
    assert found["balance"].tolist() == [amount + opening for amount in balance]


def test_dates_of_payment_tell_the_receipts():
    paid = ledger()
    paid = OpenItems(
        **{
            **vars(paid),
            "open_amount": np.array([0, 200.0, -30, 5]),
            "paid_date": np.array(["2025-01-20", "NaT", "NaT", "NaT"], "M8[D]"),
        }
    )
    found = account(paid, None, "A", "", "2025-01-01", "2025-03-31")
    assert found["amount"].tolist() == [100, -100, 200, -30]
