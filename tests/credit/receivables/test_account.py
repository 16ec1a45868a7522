"""A customer's account: opening balance, entries, closing balance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arcredit.credit.money import total
from arcredit.credit.receivables.account import account
from arcredit.credit.receivables.open_items import Events, OpenItems, open_at
from arcredit.errors import InputError
from arcredit.shapes import coded
from credit_ledgers import books, days, happened


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


def listed(documents, events=None, customer="A", currency="", since="2025-01-01", as_of="2025-03-31"):
    found = account(documents, events, customer, currency, since, as_of)
    columns = (found["date"].astype(str), found["document"], found["kind"], found["amount"], found["balance"])
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_entries_of_one_day_stand_in_order():
    """Invoices before what pays them, of those by number; first and last day belong to the account."""
    documents = books(
        ("A", "2", "2025-01-01", None, 10.0),
        ("A", "1", "2025-01-01", None, 20.0),
        ("A", None, "2025-01-01", None, 40.0),
        ("A", "0", "2024-12-31", None, 80.0),
        ("A", "3", "2025-03-31", None, 160.0),
        ("A", "4", "2025-04-01", None, 320.0),
        ("A", "5", "2025-02-01", None, 0.0),
        ("A", "6", None, None, 640.0),
        ("A", "7", "2025-02-01", None, np.nan, 1.0),
        ("A", "8", "2025-02-01", None, np.nan, np.nan),
    )
    assert listed(documents, happened(("0", "2025-01-01", -5), ("1", "2025-03-30", -6))) == [
        ("2025-01-01", None, "opening", 720, 720),
        ("2025-01-01", None, "invoice", 40, 760),
        ("2025-01-01", "1", "invoice", 20, 780),
        ("2025-01-01", "2", "invoice", 10, 790),
        ("2025-01-01", "0", "receipt", -5, 785),
        ("2025-02-01", "7", "invoice", 1, 786),
        ("2025-03-30", "1", "receipt", -6, 780),
        ("2025-03-31", "3", "invoice", 160, 940),
    ]


@pytest.mark.parametrize(
    ("kind", "amount", "shown"),
    [
        ("receipt", -5, "receipt"), (None, -5, "receipt"), ("credit_note", -5, "credit_note"),
        ("write_off", -5, "write_off"), ("reversal", -5, "reversal"), ("receipt", 5, "reversal"),
        ("opening", -5, "receipt"), ("invoice", -5, "receipt"), ("receipt", 0.01, "reversal"),
    ],
)  # fmt: skip
def test_kinds_of_events(kind, amount, shown):
    given = happened(("1", "2025-02-01", amount, kind), ("1", None, -1), ("1", "2025-02-01", np.nan))
    entries = listed(books(("A", "1", "2025-01-10", None, 100.0)), given)
    assert [line[2:4] for line in entries[2:]] == [(shown, amount)]
    # What has no day stands in the opening balance.
    assert entries[0][3] == -1


@pytest.mark.parametrize(
    ("kind", "amount", "shown"),
    [
        ("invoice", -5, "credit_note"), (None, -5, "credit_note"), ("write_off", -5, "write_off"),
        ("receipt", 5, "invoice"), ("debit_note", 5, "invoice"),
    ],
)  # fmt: skip
def test_kinds_of_documents(kind, amount, shown):
    documents = books(("A", "1", "2025-01-10", None, amount), kind=coded([kind], "kind"))
    assert [line[2:4] for line in listed(documents)[1:]] == [(shown, amount)]


def test_a_receipt_among_the_documents_comes_once():
    documents = books(
        ("A", "1", "2025-01-10", None, 100.0), ("A", "R", "2025-02-10", None, -30.0),
        kind=coded(["invoice", "receipt"], "kind"))  # fmt: skip
    assert [line[1:4] for line in listed(documents)] == [
        (None, "opening", 0), ("1", "invoice", 100), ("R", "receipt", -30)]  # fmt: skip


def test_money_paid_back_on_a_document():
    """More open than the document was: the payment of the day went out, not in."""
    documents = books(("A", "1", "2025-01-10", None, 100.0, 130.0), paid_date=days("2025-02-10"))
    assert listed(documents)[2] == ("2025-02-10", "1", "reversal", 30, 130)


def test_payments_without_a_day_or_of_others_are_no_entries():
    documents = books(
        ("A", "1", "2025-01-10", None, 100.0, 60.0),
        ("B", "2", "2025-01-10", None, 100.0, 0.0),
        ("A", "3", "2025-01-10", None, 100.0, 0.0),
        ("A", "4", "2025-01-11", None, 100.0, 0.0),
        paid_date=days(None, "2025-02-10", "2025-02-10", "2025-02-10"),
        currency=coded(["EUR", "EUR", "USD", "EUR"], "currency"),
    )
    assert [line[1:] for line in listed(documents, currency="EUR")] == [
        (None, "opening", -40, -40),
        ("1", "invoice", 100, 60),
        ("4", "invoice", 100, 160),
        ("4", "receipt", -100, 60),
    ]


def test_whose_events_they_are():
    """Those of the document they change; without one their own, as `open_at` counts them."""
    documents = books(
        ("A", "1", "2025-01-10", None, 100.0),
        ("B", "2", "2025-01-10", None, 100.0),
        ("A", "3", "2025-01-10", None, 100.0),
        ("B", "3", "2025-01-10", None, 100.0),
        currency=coded(["EUR", "USD", "EUR", "EUR"], "currency"),
    )
    given = happened(
        ("1", "2025-02-01", -1), ("2", "2025-02-02", -2), ("3", "2025-02-03", -4), ("3", "2025-02-04", -8),
        ("9", "2025-02-05", -16), ("9", "2025-02-06", -32), ("1", "2025-02-07", -64),
        ("2", "2025-02-08", -128),
        customer=coded([None, None, None, "A", None, "A", "B", None], "customer"),
        currency=coded([None, None, "EUR", "EUR", "EUR", None, "EUR", "EUR"], "currency"),
    )  # fmt: skip

    def amounts(customer, currency):
        return [line[3] for line in listed(documents, given, customer, currency) if line[2] == "receipt"]

    assert amounts("A", "EUR") == [-1, -8, -64]
    assert amounts("B", "USD") == [-2, -128]
    assert amounts("A", "") == [-32]
    assert amounts("B", "EUR") == amounts("A", "USD") == []


def test_receipts_of_a_document_in_instalments_are_entries():
    """Two rows of one number are one document; its receipts are no part of the opening balance."""
    documents = books(*[("A", "1", "2025-01-10", due, 100.0) for due in ("2025-02-10", "2025-03-10")])
    assert [line[2:] for line in listed(documents, happened(("1", "2025-02-01", -150)))] == [
        ("opening", 0, 0),
        ("invoice", 100, 100),
        ("invoice", 100, 200),
        ("receipt", -150, 50),
    ]


def test_money_for_an_invoice_that_is_not_written_yet():
    """It is the stated customer's, else the invoice's; from the invoice on it is the invoice's."""
    documents = books(("A", "1", "2025-05-01", None, 100.0), currency=coded(["EUR"], "currency"))
    for customer, before in ((None, "A"), ("B", "B")):
        given = happened(("1", "2025-02-01", -7), customer=coded([customer], "customer"))
        for who in "AB":
            early = listed(documents, given, who, "EUR")
            assert [line[2:] for line in early[1:]] == ([("receipt", -7, -7)] if who == before else [])
            late = listed(documents, given, who, "EUR", as_of="2025-05-01")
            assert [line[3] for line in late[1:]] == ([-7, 100] if who == "A" else [])
            assert early[0][3] == late[0][3] == 0


def test_events_without_a_currency_are_in_the_only_one_of_the_ledger():
    documents = books(("A", "1", "2025-01-10", None, 100.0), currency=coded(["EUR"], "currency"))
    given = happened(("9", "2025-02-05", -16), customer=coded(["A"], "customer"))
    assert [line[3] for line in listed(documents, given, currency="EUR")] == [0, 100, -16]
    assert [line[3] for line in listed(books(), given)] == [0, -16]
    pounds = happened(
        ("9", "2025-02-05", -16), customer=coded(["A"], "customer"), currency=coded(["GBP"], "c")
    )
    assert [line[3] for line in listed(documents, pounds, currency="EUR")] == [0, 100]
    assert [line[3] for line in listed(documents, pounds, currency="GBP")] == [0, -16]


def test_nobody_has_an_account():
    assert listed(books(("A", "1", "2025-01-10", None, 100.0)), customer="Z") == [
        ("2025-01-01", None, "opening", 0, 0)
    ]


def test_a_first_day_that_is_none_is_refused_by_name():
    with pytest.raises(InputError) as caught:
        account(books(), None, "A", "", "soon", "2025-03-31")
    assert caught.value.argument == "since"


def test_balances_are_exact():
    rows = [("A", str(place), "2025-01-10", None, 0.1) for place in range(3)]
    assert [line[4] for line in listed(books(*rows))] == [0, 0.1, 0.2, 0.3]


DAYS = st.integers(0, 60).map(lambda place: str(np.datetime64("2025-01-01") + place))
CENTS = st.integers(-(10**6), 10**6).map(lambda cents: cents / 100)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("123"), DAYS, DAYS, CENTS), max_size=6),
    st.lists(st.tuples(st.sampled_from("1239"), DAYS, CENTS, st.sampled_from([None, "A"])), max_size=6),
    DAYS,
)
def test_where_one_account_ends_the_next_begins(documents, events, day):
    """And both end with what is open on their last day."""
    rows = books(*[(who, f"{who}{number}", *rest) for who, number, *rest in documents])
    paid = happened(
        *[(f"A{number}", dated, cents) for number, dated, cents, _ in events],
        customer=coded([who for *_, who in events], "customer"),
    )
    last = np.datetime64(day) + 30
    before = account(rows, paid, "A", "", "2024-12-31", day)
    after = account(rows, paid, "A", "", np.datetime64(day) + 1, last)
    assert before["balance"][0] == 0
    assert after["balance"][0] == before["balance"][-1]
    items = open_at(rows, last, paid)
    assert after["balance"][-1] == total(items.open_amount[items.customer.texts() == "A"])
    assert (np.diff(after["date"]) >= np.timedelta64(0)).all()
