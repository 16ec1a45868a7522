"""Promises to pay against receipts and against dates of payment."""

import numpy as np
import pytest

from arcredit.credit.receivables.open_items import Events, OpenItems
from arcredit.credit.receivables.promise import promise_states
from arcredit.credit.receivables.settlement import known_documents, payments_of, settled_on
from arcredit.errors import InputError
from arcredit.shapes import coded


def days(*texts):
    return np.array(texts, "datetime64[D]")


def ledger(**changes):
    """A owes 1 and 2, B owes 3; all of 1,000 and due on 31 March."""
    columns = {
        "customer": coded(["A", "A", "B"], "customer"),
        "document": np.array(["1", "2", "3"], object),
        "invoice_date": days(*["2025-03-01"] * 3),
        "due_date": days(*["2025-03-31"] * 3),
        "amount": np.array([1000.0] * 3),
        "open_amount": np.array([1000.0] * 3),
    }
    return OpenItems(**(columns | changes))


def receipts(*rows, kind=None):
    """Receipts as (document, date, amount)."""
    document, date, amount = zip(*rows, strict=True)
    return Events(
        np.array(document, object),
        None,
        days(*date),
        -np.array(amount, float),
        None if kind is None else coded(kind, "kind"),
    )


def state(who, which, day, amount, documents, events, as_of="2025-06-30"):
    table = promise_states([who], [which], [day], [amount], documents, events, as_of)
    return table["state"][0], table["received"][0]


@pytest.mark.parametrize(
    ("paid_on", "paid", "expected"),
    [
        ("2025-04-30", 600, "kept"),
        ("2025-05-01", 600, "broken"),  # a day late
        ("2025-03-31", 600, "kept"),  # 30 days before still count
        ("2025-03-30", 600, "broken"),  # 31 days before: that money came in for something else
        ("2025-04-30", 599.99, "broken"),
    ],
)
def test_a_promise_is_held_against_receipts(paid_on, paid, expected):
    found, _ = state("A", None, "2025-04-30", 600, ledger(), receipts(("1", paid_on, paid)))
    assert found == expected


def test_a_credit_note_keeps_no_promise():
    notes = receipts(("1", "2025-04-20", 600), kind=["credit_note"])
    assert state("A", None, "2025-04-30", 600, ledger(), notes) == ("broken", 0.0)


def test_a_bounced_payment_keeps_no_promise():
    both = receipts(("1", "2025-04-20", 600), ("1", "2025-04-25", -600))
    assert state("A", None, "2025-04-30", 600, ledger(), both) == ("broken", 0.0)


def test_a_promise_for_a_document_needs_money_on_that_document():
    paid = receipts(("2", "2025-04-20", 1000))
    assert state("A", "1", "2025-04-30", 1000, ledger(), paid)[0] == "broken"
    assert state("A", "2", "2025-04-30", None, ledger(), paid)[0] == "kept"
    assert state("A", "1", "2025-04-30", None, ledger(), paid)[0] == "broken"
    assert state("B", None, "2025-04-30", 1, ledger(), paid)[0] == "broken"


def test_without_an_amount_everything_overdue_is_promised():
    half = receipts(("1", "2025-04-20", 1000))
    assert state("A", None, "2025-04-30", None, ledger(), half)[0] == "broken"
    whole = receipts(("1", "2025-04-20", 1000), ("2", "2025-04-21", 1000))
    assert state("A", None, "2025-04-30", None, ledger(), whole)[0] == "kept"
    assert state("A", None, "2025-03-31", None, ledger(), whole)[0] == "broken"


def test_today_is_not_over():
    paid = receipts(("3", "2025-04-20", 1))
    assert state("A", None, "2025-06-30", 5, ledger(), paid)[0] == "pending"
    assert state("A", None, "2025-06-29", 5, ledger(), paid)[0] == "broken"


def test_one_payment_keeps_one_of_two_promises():
    paid = receipts(("1", "2025-04-10", 500))
    table = promise_states(
        ["A", "A"], [None, None], ["2025-04-10", "2025-04-20"], [500, 500], ledger(), paid, "2025-06-30"
    )
    assert table["state"].tolist() == ["kept", "broken"]
    assert table["received"].tolist() == [500.0, 0.0]


def test_dates_of_payment_do_as_well():
    paid = ledger(open_amount=np.array([0.0, 1000.0, 0.0]), paid_date=days("2025-04-29", "NaT", "2025-05-05"))
    assert state("A", "1", "2025-04-30", 1000, paid, None)[0] == "kept"
    assert state("A", None, "2025-04-30", 1000, paid, None)[0] == "kept"
    assert state("B", None, "2025-04-30", 1000, paid, None)[0] == "broken"


def test_what_the_ledger_does_not_hold_is_unknown():
    bare = ledger(amount=np.full(3, np.nan))
    assert state("A", None, "2025-04-30", 100, bare, None)[0] == "unknown"
    assert state("A", "9", "2025-04-30", 100, bare, None)[0] == "unknown"
    assert state("A", "1", "2025-04-30", None, bare, None)[0] == "broken"  # it is still open: certain
    partly = ledger(open_amount=np.array([400.0, 1000.0, 1000.0]))
    assert state("A", "1", "2025-04-30", 600, partly, None)[0] == "unknown"  # paid, nobody knows when
    assert state("A", "1", "2025-04-30", 601, partly, None)[0] == "broken"


def test_another_currency_keeps_no_promise():
    dollars = ledger(currency=coded(["USD", "EUR", "EUR"], "currency"))
    paid = receipts(("1", "2025-04-20", 600))
    both = promise_states(
        ["A", "A"], [None, None], ["2025-04-30"] * 2, [600, 600], dollars, paid, "2025-06-30", ["USD", "EUR"]
    )
    assert both["state"].tolist() == ["kept", "broken"]


def test_documents_are_settled_on_the_day_of_their_last_receipt():
    paid = receipts(("1", "2025-04-10", 400), ("1", "2025-05-10", 600), ("2", "2025-04-01", 1))
    is_open, day = settled_on(ledger(), "2025-06-30", paid)
    assert is_open.tolist() == [False, True, True]
    assert [str(one) for one in day] == ["2025-05-10", "NaT", "NaT"]
    assert settled_on(ledger(), "2025-05-09", paid)[0].tolist() == [True, True, True]


def test_known_documents_keep_all_open_money():
    """A document settled on an unknown day is neither late nor in time: it is left out."""
    given = ledger(open_amount=np.array([0.0, 250.0, 1000.0]), due_date=days("NaT", "NaT", "2025-03-31"))
    items = given.take(given.open_amount != 0)
    known = known_documents(given, items, "2025-06-30", None)
    assert known.amount.tolist() == [250.0, 1000.0]
    assert [str(one) for one in known.due_date] == ["2025-03-01", "2025-03-31"]


def test_receipts_of_a_ledger_in_one_list():
    given = ledger(
        amount=np.array([1000.0, -300.0, 1000.0]),
        open_amount=np.array([1000.0, -300.0, 400.0]),
        kind=coded(["invoice", "receipt", "invoice"], "kind"),
    )
    found = payments_of(given, None)
    assert found.amount.tolist() == [300.0, 600.0]
    assert [str(one) for one in found.date] == ["2025-03-01", "NaT"]


def test_the_table_of_promises():
    table = promise_states(
        ["A", "B"],
        [None, "3"],
        ["2025-04-30", "2025-07-15"],
        [400, None],
        ledger(),
        receipts(("1", "2025-04-20", 150), ("1", "2025-04-21", 260)),
        "2025-06-30",
        ["EUR", None],
    )
    assert {name: column.tolist() for name, column in table.columns.items() if name != "promised_date"} == {
        "customer": ["A", "B"],
        "document": [None, "3"],
        "amount": pytest.approx([400, np.nan], nan_ok=True),
        "currency": ["EUR", None],
        "received": pytest.approx([410, np.nan], nan_ok=True),
        "state": ["kept", "pending"],
    }
    assert table["promised_date"].astype(str).tolist() == ["2025-04-30", "2025-07-15"]


def test_no_promises():
    assert len(promise_states([], [], [], [], ledger(), None, "2025-06-30")) == 0


def test_a_promise_without_a_day_is_pending():
    assert state("A", None, None, 1, ledger(), receipts(("1", "2025-04-20", 5)))[0] == "pending"


@pytest.mark.parametrize("argument", ["promised_date", "amount"])
def test_promises_refuse_by_name(argument):
    given = {"promised_date": ["2025-04-30"], "amount": [1]} | {argument: ["soon"]}
    with pytest.raises(InputError) as caught:
        promise_states(["A"], [None], **given, documents=ledger(), events=None, as_of="2025-06-30")
    assert caught.value.argument == argument


@pytest.mark.parametrize(
    ("which", "paid", "expected"),
    [
        ("1", 999.99, "broken"),  # a cent stands open
        ("1", 1000, "kept"),
        ("1", 1000.01, "kept"),
        (None, 1999.99, "broken"),
        (None, 2000, "kept"),
    ],
)
def test_the_whole_is_promised_to_the_cent(which, paid, expected):
    both = receipts(("1", "2025-04-20", min(paid, 1000)), ("2", "2025-04-20", max(paid - 1000, 0)))
    given = both if which is None else receipts((which, "2025-04-20", paid))
    assert state("A", which, "2025-04-30", None, ledger(), given)[0] == expected


def test_everything_overdue_is_less_credits_and_not_what_falls_due_later():
    """Due on the day counts; a credit of 1,000, whenever it is due, pays a debt of 1,000."""
    falls_due = ledger(due_date=days("2025-04-30", "2025-05-01", "2025-04-30"))
    assert state("A", None, "2025-04-30", None, falls_due, receipts(("1", "2025-04-20", 1000)))[0] == "kept"
    assert state("A", None, "2025-04-30", None, falls_due, receipts(("2", "2025-04-20", 1000)))[0] == "broken"
    all_but_coins = receipts(("1", "2025-04-20", 1000), ("2", "2025-04-20", 999.5))
    assert state("A", None, "2025-04-30", None, falls_due, all_but_coins)[0] == "kept"
    credited = ledger(
        amount=np.array([1000.0, -1000.0, 1000.0]), due_date=days("2025-04-01", "2025-08-01", "2025-04-01")
    )
    assert state("A", None, "2025-04-30", None, credited, receipts(("3", "2025-04-20", 1)))[0] == "kept"


@pytest.mark.parametrize(
    ("which", "amount", "expected"),
    [("9", 100, "unknown"), ("9", None, "unknown"), ("2", 100, "broken"), (None, 100, "broken")],
)
def test_a_document_that_the_ledger_does_not_hold(which, amount, expected):
    assert state("A", which, "2025-04-30", amount, ledger(), receipts(("3", "2025-04-20", 1)))[0] == expected


def test_a_document_settled_before_is_no_unknown_one():
    """It is in the ledger and nothing of it is open; the other customer's document is not asked."""
    paid = receipts(("1", "2025-03-05", 1000))
    assert state("A", "1", "2025-04-30", None, ledger(), paid)[0] == "kept"
    assert state("A", "3", "2025-04-30", None, ledger(), paid)[0] == "kept"


@pytest.mark.parametrize(
    ("second", "day", "received"),
    [
        ("2025-04-20", "2025-04-10", 0),  # the day of the promise before belongs to that one
        ("2025-04-20", "2025-04-11", 7),
        ("2025-04-20", "2025-04-20", 7),
        ("2025-04-20", "2025-04-21", 0),
        ("2025-06-20", "2025-05-20", 0),  # 31 days back, however long ago the promise before was
        ("2025-06-20", "2025-05-21", 7),
    ],
)
def test_payments_since_the_promise_before(second, day, received):
    paid = receipts(("1", day, 7))
    for order in (slice(None), slice(None, None, -1)):
        table = promise_states(
            ["A", "A"], [None, None], ["2025-04-10", second][order], [7, 7], ledger(), paid, "2025-06-30"
        )
        assert table["received"][order][1] == received


def test_only_the_same_customers_promise_for_the_same_document_comes_before():
    paid = receipts(("1", "2025-04-05", 7))
    others = ("B", None), ("A", "1"), ("A", "2"), ("A", None)
    for who, which in others:
        table = promise_states(
            [who, "A"], [which, None], ["2025-04-10", "2025-04-20"], [7, 7], ledger(), paid, "2025-06-30"
        )
        assert table["received"][1] == (0 if (who, which) == ("A", None) else 7)
    # Two promises for one day are held against the same money.
    twice = promise_states(["A", "A"], [None] * 2, ["2025-04-10"] * 2, [7, 7], ledger(), paid, "2025-06-30")
    assert twice["received"].tolist() == [7, 7]


def test_money_without_a_day_may_have_kept_it():
    """600 came in on a day nobody knows, 200 in time: 800 may have come, 801 cannot."""
    given = Events(
        np.array(["1", "1", "3"], object),
        None,
        days("2025-04-20", None, None),
        np.array([-200.0, -600.0, -99.0]),
    )
    for amount, expected in ((200, "kept"), (200.01, "unknown"), (800, "unknown"), (800.01, "broken")):
        assert state("A", None, "2025-04-30", amount, ledger(), given)[0] == expected
    assert state("A", "1", "2025-04-30", 800, ledger(), given)[0] == "unknown"
    assert state("A", "2", "2025-04-30", 1, ledger(), given)[0] == "broken"


def test_money_in_no_currency_keeps_a_promise_in_any():
    paid = receipts(("1", "2025-04-20", 600))
    table = promise_states(["A"], [None], ["2025-04-30"], [600], ledger(), paid, "2025-06-30", "USD")
    assert (table["state"].tolist(), table["currency"].tolist()) == (["kept"], ["USD"])


def test_another_customers_money_in_the_currency_keeps_nothing():
    euros = ledger(currency=coded(["EUR"] * 3, "currency"))
    paid = receipts(("3", "2025-04-20", 600))
    table = promise_states(["A"], [None], ["2025-04-30"], [600], euros, paid, "2025-06-30", ["EUR"])
    assert (table["state"][0], table["received"][0]) == ("broken", 0)
