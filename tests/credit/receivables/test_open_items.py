"""The table, and what was open at a past date: nothing is lost, whatever happened and in which order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit import money
from arcredit.credit.receivables.balance import ar_open_items, ar_tie_out
from arcredit.credit.receivables.open_items import Events, OpenItems, half_unit, joined, names_of, open_at
from arcredit.errors import InputError
from arcredit.shapes import coded, dates
from credit_ledgers import books, happened

START = np.datetime64("2025-01-01")


def days(*texts):
    return dates(list(texts), "x") if texts else np.array([], "datetime64[D]")


def items(document, invoice_date, amount, open_amount=None, customer=None, due_date=None, **more):
    invoiced = days(*invoice_date)
    return OpenItems(
        customer=coded(customer or ["A"] * len(document), "customer"),
        document=np.array(document, object),
        invoice_date=invoiced,
        due_date=invoiced + 30 if due_date is None else days(*due_date),
        amount=np.array(amount, float),
        open_amount=np.array(open_amount or [np.nan] * len(document), float),
        **more,
    )


def events(document, date, amount, customer=None, **more):
    owner = None if customer is None else coded(customer, "customer")
    return Events(np.array(document, object), owner, days(*date), np.array(amount, float), **more)


class TestWithoutEvents:
    """A ledger of documents alone."""

    def test_paid_documents_are_open_until_the_day_before_payment(self):
        ledger = items(["1"], ["2025-01-10"], [100], paid_date=days("2025-02-10"))
        found = {
            day: len(open_at(ledger, day)) for day in ("2025-01-09", "2025-01-10", "2025-02-09", "2025-02-10")
        }
        assert list(found.values()) == [0, 1, 1, 0]

    def test_a_part_payment_keeps_the_stated_rest(self):
        ledger = items(
            ["1", "2"], ["2025-01-10"] * 2, [100, 100], [40, 25], paid_date=days(None, "2025-02-10")
        )
        assert open_at(ledger, "2025-02-01").open_amount.tolist() == [40, 100]
        assert open_at(ledger, "2025-02-10").open_amount.tolist() == [40, 25]

    def test_without_payment_dates_the_stated_amount_counts(self):
        ledger = items(["1", "2", "3"], ["2025-01-10"] * 3, [100, 100, np.nan], [40, np.nan, 7])
        assert open_at(ledger, "2025-03-01").open_amount.tolist() == [40, 100, 7]

    def test_a_document_without_a_date_is_kept(self):
        assert len(open_at(items(["1"], [None], [100]), "1999-01-01")) == 1

    def test_one_cent_stays_and_less_than_half_goes(self):
        ledger = items(list("123"), ["2025-01-10"] * 3, [1, 1, 1], [0.01, 0.004, -0.01])
        assert open_at(ledger, "2025-03-01").open_amount.tolist() == [0.01, -0.01]

    def test_minor_units_follow_the_currency(self):
        ledger = items(
            list("1234"),
            ["2025-01-10"] * 4,
            [1] * 4,
            [0.4, 0.001, 0.001, 0.4],
            currency=coded(["JPY", "KWD", "EUR", None], "currency"),
        )
        assert open_at(ledger, "2025-03-01").document.tolist() == ["2", "4"]
        assert half_unit(None) == 0.005


class TestWithEvents:
    """Documents and what changed them."""

    def test_instalments_are_filled_oldest_due_first_in_any_row_order(self):
        ledger = items(
            ["I"] * 3, ["2025-01-01"] * 3, [40, 60, 100], due_date=["2025-04-01", "2025-01-31", "2025-03-02"]
        )
        paid = events(["I", "I"], ["2025-01-02", "2025-01-03"], [-40, -100])
        assert open_at(ledger, "2025-01-02", paid).open_amount.tolist() == [40, 20, 100]
        assert open_at(ledger, "2025-01-03", paid).open_amount.tolist() == [40, 20]

    def test_what_is_overpaid_stands_on_the_last_instalment(self):
        ledger = items(["I"] * 2, ["2025-01-01"] * 2, [10, 20], due_date=["2025-01-31", "2025-02-28"])
        assert open_at(ledger, "2025-02-01", events(["I"], ["2025-01-05"], [-37])).open_amount.tolist() == [
            -7
        ]

    def test_money_without_a_document_is_unapplied(self):
        ledger = items(["1"], ["2025-01-01"], [100], kind=coded(["invoice"], "kind"), row=np.array([5]))
        paid = events(["9", None], ["2025-01-05"] * 2, [-30, -4], ["A", "B"])
        found = open_at(ledger, "2025-01-31", paid)
        assert found.kind.texts().tolist() == ["invoice", "receipt", "receipt"]
        assert found.customer.texts().tolist() == ["A", "A", "B"]
        assert found.open_amount.tolist() == [100, -30, -4]
        assert found.row.tolist() == [5, -1, -1]

    def test_a_prepayment_is_unapplied_until_its_invoice_comes(self):
        ledger = items(["1"], ["2025-01-15"], [100], currency=coded(["EUR"], "currency"))
        paid = events(["1"], ["2025-01-05"], [-100])
        early = open_at(ledger, "2025-01-10", paid)
        assert early.open_amount.tolist() == [-100]
        assert early.customer.texts().tolist() == ["A"]
        assert early.currency.texts().tolist() == ["EUR"]
        assert len(open_at(ledger, "2025-01-15", paid)) == 0

    def test_an_unmatched_receipt_and_its_reversal_cancel(self):
        paid = events(["9", "9"], ["2025-01-05", "2025-01-09"], [-30, 30], ["A", "A"])
        ledger = items(["1"], ["2025-01-01"], [100])
        assert open_at(ledger, "2025-01-06", paid).open_amount.tolist() == [100, -30]
        assert open_at(ledger, "2025-01-31", paid).open_amount.tolist() == [100]

    def test_a_number_of_two_customers_is_two_documents(self):
        ledger = items(["7", "7"], ["2025-01-01"] * 2, [100, 100], customer=["A", "B"])
        paid = events(["7", "7"], ["2025-01-05"] * 2, [-30, -1], ["B", None])
        found = open_at(ledger, "2025-01-31", paid)
        assert found.open_amount.tolist() == [100, 70, -1]

    def test_another_customer_may_pay_a_named_document(self):
        ledger = items(["7"], ["2025-01-01"], [100], customer=["A"])
        assert open_at(
            ledger, "2025-01-31", events(["7"], ["2025-01-05"], [-30], ["B"])
        ).open_amount.tolist() == [70]

    def test_an_unknown_amount_is_rolled_back_from_the_stated_balance(self):
        ledger = items(["1"], ["2025-01-01"], [np.nan], [40])
        paid = events(["1", "1"], ["2025-01-05", "2025-02-05"], [-50, -10])
        assert open_at(ledger, "2025-02-05", paid).open_amount.tolist() == [40]
        assert open_at(ledger, "2025-01-31", paid).open_amount.tolist() == [50]
        assert open_at(ledger, "2025-01-04", paid).open_amount.tolist() == [100]

    def test_an_undated_event_has_happened(self):
        ledger = items(["1"], ["2025-01-10"], [100])
        paid = events(["1"], [None], [-100])
        assert len(open_at(ledger, "2025-01-01", paid)) == 0
        assert len(open_at(ledger, "2025-01-10", paid)) == 0

    def test_kinds_of_events_are_kept(self):
        paid = events(["9"], ["2025-01-05"], [-30], kind=coded(["credit_note"], "kind"))
        assert open_at(items(["1"], ["2025-01-01"], [100]), "2025-01-31", paid).kind.texts().tolist() == [
            None,
            "credit_note",
        ]


def test_joined_fills_missing_columns_with_blanks():
    first = items(["1"], ["2025-01-01"], [1], paid_date=days("2025-01-02"), due_assumed=np.array([True]))
    second = items(["2"], ["2025-01-01"], [2], customer=["B"], disputed_amount=np.array([1.0]))
    both = joined(first, second)
    assert both.customer.texts().tolist() == ["A", "B"]
    assert np.isnat(both.paid_date).tolist() == [False, True]
    assert both.due_assumed.tolist() == [True, False]
    assert np.isnan(both.disputed_amount).tolist() == [True, False]
    assert both.take([1]).document.tolist() == ["2"]
    assert both.take(np.array([True, False])).document.tolist() == ["1"]


AMOUNT = st.integers(-(10**7), 10**7).map(lambda cents: cents / 100)
DAY = st.integers(0, 60).map(lambda day: START + day)
NUMBER = st.sampled_from(["1", "2", "3", None])
OWNER = st.sampled_from(["A", "B", None])
DOCUMENTS = st.lists(st.tuples(NUMBER, OWNER, DAY, DAY, AMOUNT), min_size=1, max_size=12)
EVENTS = st.lists(st.tuples(NUMBER, OWNER, DAY, AMOUNT), max_size=12)


def ledger_of(rows):
    number, owner, invoiced, due, amount = zip(*rows, strict=True)
    return OpenItems(
        coded(list(owner), "customer"),
        np.array(number, object),
        np.array(invoiced),
        np.array(due),
        np.array(amount),
        np.full(len(rows), np.nan),
    )


def events_of(rows):
    number, owner, day, amount = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Events(
        np.array(number, object),
        coded(list(owner), "customer"),
        np.array(day, "datetime64[D]"),
        np.array(amount, float),
    )


@given(DOCUMENTS, EVENTS, DAY)
def test_the_total_is_all_that_happened(documents, changes, day):
    """Matched or not, instalments or not: what is open is what was invoiced and changed by then."""
    expected = [row[4] for row in documents if row[2] <= day] + [row[3] for row in changes if row[2] <= day]
    found = open_at(ledger_of(documents), day, events_of(changes))
    assert money.total(found.open_amount) == money.total(np.array(expected, float))
    assert np.all(np.abs(found.open_amount) >= 0.005)


@given(DOCUMENTS, EVENTS)
def test_nothing_is_open_before_the_first_document(documents, changes):
    assert len(open_at(ledger_of(documents), START - 1, events_of(changes))) == 0
    assert len(open_at(ledger_of(documents), START - 1)) == 0


@given(DOCUMENTS, EVENTS, DAY, st.randoms(use_true_random=False))
def test_the_order_of_events_does_not_matter(documents, changes, day, random):
    shuffled = list(changes)
    random.shuffle(shuffled)
    first, second = (open_at(ledger_of(documents), day, events_of(rows)) for rows in (changes, shuffled))
    assert sorted(first.open_amount) == sorted(second.open_amount)


@given(DOCUMENTS, DAY)
def test_the_worksheet_function_agrees_with_a_plain_sum(rows, day):
    """AR_OPEN_ITEMS over bare events: per number, the sum of what is dated by then."""
    number, _, when, _, amount = (list(part) for part in zip(*rows, strict=True))
    table = ar_open_items(number, when, amount, day)
    for document in {"1", "2", "3"}:
        expected = [a for n, w, a in zip(number, when, amount, strict=True) if n == document and w <= day]
        found = table["open_amount"][:-1][table["document"][:-1] == document]
        assert money.total(found) == money.total(np.array(expected, float))
    assert ar_tie_out(table["open_amount"][:-1], table["open_amount"][-1]) == 0


class TestWorksheetFunctions:
    """AR_OPEN_ITEMS and AR_TIE_OUT."""

    def test_a_reversal_keeps_the_original_due_date(self):
        table = ar_open_items(
            ["1", "1", "1"],
            ["2025-03-01", "2025-04-10", "2025-04-16"],
            [10, -10, 10],
            "2025-04-30",
            due_date=["2025-03-31", None, "2025-03-31"],
        )
        assert table["due_date"].astype(str).tolist() == ["2025-03-31", "NaT"]
        assert table["open_amount"].tolist() == [10, 10]

    def test_a_receipt_without_a_customer_finds_the_document(self):
        table = ar_open_items(
            ["1", "1"], ["2025-03-01", "2025-04-10"], [10, -4], "2025-04-30", customer=["A", None]
        )
        assert table["customer"].tolist() == ["A", None]
        assert table["open_amount"].tolist() == [6, 6]

    def test_a_receipt_listed_first_is_no_document(self):
        table = ar_open_items(
            ["1", "1"], ["2025-03-01", "2025-04-10"], [-4, 10], "2025-04-30", ["2025-03-31", "2025-05-10"]
        )
        assert table["due_date"].astype(str).tolist() == ["2025-05-10", "NaT"]
        assert table["open_amount"].tolist() == [6, 6]

    def test_rows_without_an_amount_are_left_out(self):
        table = ar_open_items(["1", "2"], ["2025-03-01"] * 2, [10, None], "2025-04-30")
        assert table["document"].tolist() == ["1", None]

    def test_unequal_heights_are_refused(self):
        with pytest.raises(InputError) as caught:
            ar_open_items(["1", "2"], ["2025-03-01"], [10, 20], "2025-04-30")
        assert (caught.value.cell, caught.value.argument) == ("#VALUE!", "event_date")

    def test_as_of_is_one_date(self):
        for wrong in (None, ["2025-03-01", "2025-03-02"], "1/2/2025"):
            with pytest.raises(InputError) as caught:
                ar_open_items(["1"], ["2025-03-01"], [10], wrong)
            assert (caught.value.cell, caught.value.argument) == ("#VALUE!", "as_of")

    def test_tie_out_takes_one_balance(self):
        with pytest.raises(InputError) as caught:
            ar_tie_out([1, 2], [1, 2])
        assert (caught.value.cell, caught.value.argument) == ("#VALUE!", "control_balance")

    def test_tie_out_is_exact(self):
        assert ar_tie_out([0.1] * 3, 0.3) == 0
        assert ar_tie_out([0.1] * 3, 0.29) == 0.01


def test_an_invoice_and_its_receipt_of_the_same_day_in_any_order():
    """The invoice makes the document, the receipt pays it; what is worth nothing makes none."""
    rows = [(-40, None), (0, None), (100, "2025-02-09")]
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        amount, due = zip(*(rows[place] for place in order), strict=True)
        table = ar_open_items(["1"] * 3, ["2025-01-10"] * 3, amount, "2025-01-31", due, ["A"] * 3)
        assert [str(day) for day in table["due_date"][:1]] == ["2025-02-09"]
        assert table["open_amount"].tolist() == [60, 60]


def test_receipts_without_a_document_stay_with_their_customers_and_numbers():
    """Unknown numbers 8 and 9 of A and B: four lines; a receipt without a number is a line of its own."""
    ledger = items(["1"], ["2025-01-10"], [100], row=np.array([7]))
    told = events(
        ["9", "9", "8", "8", "9", None, None],
        ["2025-01-20"] * 7,
        [-1, -2, -4, -8, -16, -32, -64],
        ["A", "B", "A", "B", "A", "A", "A"],
    )
    found = open_at(ledger, "2025-01-31", told)
    lines = sorted(zip(found.customer.texts(), found.document, found.open_amount, strict=True), key=str)
    assert lines == [
        ("A", "1", 100),
        ("A", "8", -4),
        ("A", "9", -17),
        ("A", None, -32),
        ("A", None, -64),
        ("B", "8", -8),
        ("B", "9", -2),
    ]
    assert found.row.tolist() == [7, -1, -1, -1, -1, -1, -1]
    assert found.kind.texts()[-1] == "receipt"


def test_half_a_cent_is_left_and_less_is_nothing():
    ledger = items(["1", "2"], ["2025-01-10"] * 2, [100, 100], [0.005, 0.004])
    assert open_at(ledger, "2025-01-31").open_amount.tolist() == [0.005]


def test_two_documents_of_one_customer_in_instalments():
    """Two due dates each, the same ones; a fee on the first due date raises that instalment of document 1."""
    rows = [
        ("1", 100, "2025-02-28"),
        ("2", 10, "2025-02-28"),
        ("1", 200, "2025-03-31"),
        ("2", 20, "2025-03-31"),
        ("1", 5, "2025-02-28"),
        ("2", -12, None),
    ]
    document, amount, due = zip(*rows, strict=True)
    table = ar_open_items(document, ["2025-01-10"] * 6, amount, "2025-01-31", due, ["A"] * 6)
    lines = sorted((number, str(day), money) for number, _, _, day, money in list(table.rows())[:-1])
    assert [(number, day) for number, day, _ in lines] == [
        ("1", "2025-02-28"),
        ("1", "2025-03-31"),
        ("2", "2025-03-31"),
    ]
    assert sum(money for number, _, money in lines if number == "1") == 305
    assert [money for number, _, money in lines if number == "2"] == [18]


def test_money_without_a_document_has_a_currency_where_it_is_certain():
    """Its own, else its document's, else the ledger's only one; between two currencies it has none."""
    paid = events(["9"], ["2025-01-20"], [-4], ["A"])
    for currencies, found in ((["EUR", "EUR"], "EUR"), (["EUR", "USD"], None), ([None, "USD"], "USD")):
        ledger = items(["1", "2"], ["2025-01-10"] * 2, [100, 100], currency=coded(currencies, "currency"))
        assert open_at(ledger, "2025-01-31", paid).currency.texts()[-1] == found
    stated = events(["9", "8"], ["2025-01-20"] * 2, [-4, -5], ["A", "A"], currency=coded(["GBP", "USD"], "x"))
    ledger = items(["1"], ["2025-01-10"], [100], currency=coded(["EUR"], "currency"))
    assert open_at(ledger, "2025-01-31", stated).currency.texts().tolist() == ["EUR", "GBP", "USD"]
    # Paid before it was invoiced: the first document's currency.
    ledger = items(["1", "2"], ["2025-02-10"] * 2, [100, 50], currency=coded(["EUR", "USD"], "currency"))
    early = open_at(ledger, "2025-01-31", events(["1", "2"], ["2025-01-20"] * 2, [-4, -5], ["A", "A"]))
    assert early.currency.texts().tolist() == ["EUR", "USD"]
    assert early.due_date.astype(str).tolist() == ["2025-01-20"] * 2


def test_a_customer_bears_the_first_name_that_is_given():
    given_names = OpenItems(
        customer=coded(["C1", "C2", "C1", None, "C3"], "customer"),
        document=np.array(list("abcde"), object),
        invoice_date=dates([None] * 5, "d"),
        due_date=dates([None] * 5, "d"),
        amount=np.ones(5),
        open_amount=np.ones(5),
        customer_name=coded([None, "Two", "One", "Nobody", None], "name"),
    )
    assert names_of(given_names) == {"C1": "One", "C2": "Two", "C3": None}


def test_a_number_of_one_customer_only_takes_events_that_name_nobody():
    """A receipt that names no customer is A's where only A has that number, and no one's else."""
    document, amount = ["1", "1", "2", "2", "2"], [100, -30, 10, 20, -4]
    table = ar_open_items(
        document, ["2025-01-10"] * 5, amount, "2025-01-31", None, ["A", None, "A", "B", None]
    )
    lines = [(row[0], row[1], row[3]) for row in list(table.rows())[:-1]]
    assert ("1", "A", 70) in lines
    assert {line for line in lines if line[0] == "2"} == {("2", "A", 10), ("2", "B", 20), ("2", None, -4)}


def test_unapplied_money_without_a_currency_is_in_the_only_one():
    """Where events state currencies too; with two currencies in the ledger nobody knows."""
    paid = happened(
        (None, "2025-02-01", -1), (None, "2025-02-01", -2), ("2", "2025-02-01", -4),
        currency=coded([None, "GBP", None], "currency"))  # fmt: skip
    for second, expected in (("EUR", ["EUR", "GBP", "EUR"]), ("USD", [None, "GBP", "USD"])):
        documents = books(
            ("A", "1", "2025-01-01", None, 0.0),
            ("A", "2", "2025-03-01", None, 9.0),
            currency=coded(["EUR", second], "currency"),
        )
        assert open_at(documents, "2025-02-28", paid).currency.texts().tolist() == expected
    bare = books(("A", "1", "2025-01-01", None, 0.0))
    assert open_at(bare, "2025-02-28", paid).currency.texts().tolist() == [None, "GBP", None]
    nothing = books(currency=coded([], "currency"))
    assert open_at(nothing, "2025-02-28", paid).currency.texts().tolist() == [None, "GBP", None]
