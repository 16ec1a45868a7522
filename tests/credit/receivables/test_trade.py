"""How customers trade with us, reckoned by hand."""

from dataclasses import replace

import numpy as np
import pytest

from arcredit.credit.receivables.open_items import Events, open_at
from arcredit.credit.receivables.trade import nobody, trades
from arcredit.shapes import coded
from credit_ledgers import LINES, books, days, happened, small

AS_OF = "2025-12-31"


def traded(documents, events=None):
    return trades(documents, open_at(documents, AS_OF, events), events, AS_OF)


def test_one_customer_by_hand():
    ((currency, found),) = traded(small())
    assert currency == "EUR"
    assert found.customer.tolist() == ["A", "B"]
    assert found.purchases.tolist() == [119_500, 4_800]
    assert found.terms_days.tolist() == [30, 30]
    assert found.late_terms[0] == 10
    assert found.pay_index[0] == pytest.approx(80 - 10 * 10 / 15)
    assert np.isnan(found.pay_index[1])
    assert found.high_credit.tolist() == [36_500, 5_000]
    assert found.open_amount.tolist() == [10_000, 5_000]
    assert found.unapplied.tolist() == [0, 200]
    assert found.overdue.tolist() == [0, 5_000]
    assert found.oldest_days.tolist() == [0, 61]
    assert [str(day) for day in found.since] == ["2025-03-01", "2025-10-01"]
    assert [str(day) for day in found.last] == ["2025-12-01", "2025-12-01"]


def test_a_year_is_twelve_months_to_the_day():
    old = ("A", "0", "2024-12-31", "2025-01-30", 1_000.0, "2025-01-30")
    ((_, found),) = traded(small((*LINES, old)))
    assert found.purchases[0] == 119_500
    new = ("A", "0", "2025-01-01", "2025-01-30", 1_000.0, "2025-01-30")
    ((_, found),) = traded(small((*LINES, new)))
    assert found.purchases[0] == 120_500


def test_open_items_only_know_no_purchases_and_no_habits():
    ledger = small()
    ((_, found),) = traded(ledger.take(ledger.open_amount != 0))
    assert np.isnan(found.purchases).all()
    assert np.isnan(found.high_credit).all()
    assert np.isnan(found.pay_index).all()
    assert found.open_amount.tolist() == [10_000, 5_000]


def test_receipts_say_when_it_was_paid():
    ledger = replace(small(), paid_date=None, open_amount=small().amount)
    events = Events(
        document=np.array(["1", "2", "3"], object),
        customer=None,
        date=np.array(["2025-04-10", "2025-07-11", "2025-10-11"], "M8[D]"),
        amount=np.full(3, -36_500.0),
    )
    ((_, found),) = traded(ledger, events)
    assert found.paid.tolist() == [3, 0]
    assert found.late_terms[0] == 10
    assert found.open_amount[0] == 10_000
    assert found.high_credit[0] == 36_500


def test_credit_notes_among_the_events_are_no_purchases():
    events = Events(
        document=np.array(["4", "4"], object),
        customer=None,
        date=np.array(["2025-12-05", "2025-12-06"], "M8[D]"),
        amount=np.array([-400.0, -100.0]),
        kind=coded(["credit_note", "receipt"], "kind"),
    )
    ((_, found),) = traded(small(), events)
    assert found.purchases[0] == 119_500 - 400


def test_currencies_and_customers_without_a_number():
    lines = (*LINES, (None, "9", "2025-12-01", "2025-12-31", 7.0, None))
    ((_, found),) = traded(small(lines))
    assert found.customer.tolist() == ["A", "B", None]
    assert found.open_amount[-1] == 7


def test_nobody_and_newcomers():
    empty = nobody(small(), AS_OF)
    assert len(empty) == 0
    line = empty.at(np.array(["N"], object))
    assert (line.open_amount[0], line.paid[0]) == (0, 0)
    assert np.isnan(line.purchases[0])
    assert np.isnat(line.oldest_due[0])


def test_parts_are_the_ledgers_whole():
    ledger = small()
    items = open_at(ledger, AS_OF)
    ((_, found),) = traded(ledger)
    assert (found.open_amount - found.unapplied).sum() == items.open_amount.sum()


def of_one(documents, events=None, as_of=AS_OF):
    """The only currency's customers by name, each as a dict of figures."""
    ((_, found),) = trades(documents, open_at(documents, as_of, events), events, as_of)
    return {
        who: {name: getattr(found, name)[row] for name in vars(found)}
        for row, who in enumerate(found.customer)
    }


def test_open_overdue_and_old_by_days():
    """0, 1, 90 and 91 days late; 16 without a due date, 32 of credits."""
    due = ("2025-12-31", "2025-12-30", "2025-10-02", "2025-10-01", None)
    rows = [("A", str(place), None, day, 2.0**place) for place, day in enumerate(due)]
    line = of_one(books(*rows, ("A", "C", None, "2025-01-01", -32.0)))["A"]
    assert (line["open_amount"], line["unapplied"]) == (31, 32)
    assert (line["overdue"], line["old"]) == (14, 8)
    assert (str(line["oldest_due"]), line["oldest_days"]) == ("2025-10-01", 91)


def test_the_oldest_debt_is_one_that_is_not_disputed_as_a_whole():
    documents = books(
        ("A", "1", None, "2025-01-01", 100.0),
        ("A", "2", None, "2025-02-01", 100.0),
        ("A", "3", None, "2025-03-01", 100.0),
        ("A", "4", None, None, 100.0),
        ("B", "5", None, "2025-04-01", 50.0),
        disputed_amount=np.array([100.0, -40.0, np.nan, 7.0, 999.0]),  # whichever sign the ledger gives it
    )
    found = of_one(documents)
    assert (found["A"]["disputed"], found["B"]["disputed"]) == (147, 50)
    assert (str(found["A"]["oldest_due"]), found["A"]["oldest_days"]) == ("2025-02-01", 333)
    assert np.isnat(found["B"]["oldest_due"])
    assert np.isnan(found["B"]["oldest_days"])


@pytest.mark.parametrize(
    ("dated", "amount", "kind", "bought", "counted"),
    [
        ("2024-12-31", 100.0, "invoice", 0, 0),
        ("2025-01-01", 100.0, "invoice", 100, 1),
        ("2025-12-31", 100.0, None, 100, 1),
        ("2025-06-01", 100.0, "receipt", 0, 0),
        ("2025-06-01", -100.0, "credit_note", 0, 1),  # never below nothing
        ("2025-06-01", -100.0, None, 0, 0),
        ("2025-06-01", np.nan, "invoice", np.nan, 1),
        (None, 100.0, "invoice", 0, 0),
    ],
)
def test_what_is_a_purchase(dated, amount, kind, bought, counted):
    """B's own purchase of 5 stays what it is."""
    documents = books(
        ("A", "1", dated, None, amount, 1.0), ("B", "2", "2025-06-01", None, 5.0, 0.0),
        kind=coded([kind, None], "kind"), paid_date=days(None, "2025-07-01"))  # fmt: skip
    found = of_one(documents)
    np.testing.assert_equal([found["A"]["purchases"], found["A"]["documents"]], [bought, counted])
    assert found["B"]["purchases"] == 5


@pytest.mark.parametrize(
    ("number", "dated", "kind", "bought"),
    [
        ("1", "2024-12-31", "credit_note", 100),
        ("1", "2025-01-01", "credit_note", 70),
        ("1", "2025-12-31", "credit_note", 70),
        ("1", "2026-01-01", "credit_note", 100),
        ("1", "2025-06-01", "receipt", 100),
        ("1", "2025-06-01", None, 100),
        ("9", "2025-06-01", "credit_note", 100),
        (None, "2025-06-01", "credit_note", 100),
        ("2", "2025-06-01", "credit_note", 100),  # B's
    ],
)
def test_credit_notes_of_twelve_months(number, dated, kind, bought):
    documents = books(
        ("B", "2", "2025-03-01", None, 100.0),
        ("A", "1", "2025-03-01", None, 100.0),
        ("A", None, None, None, 1.0),
    )
    events = happened((number, dated, -30, kind), ("2", "2025-03-02", -1, "write_off"))
    found = of_one(documents, events)
    assert found["A"]["purchases"] == bought
    assert found["B"]["purchases"] == (70 if number == "2" else 100)


@pytest.mark.parametrize(("customer", "bought"), [("A", [70, 100]), ("B", [100, 70]), (None, [100, 100])])
def test_a_credit_note_on_a_number_of_two_customers(customer, bought):
    documents = books(*[(who, "1", "2025-03-01", None, 100.0) for who in "AB"])
    events = happened(("1", "2025-06-01", -30, "credit_note"), customer=coded([customer], "customer"))
    ((_, found),) = traded(documents, events)
    assert found.purchases.tolist()[:2] == bought


def test_a_credit_note_on_a_document_nobody_has_is_nobodys():
    documents = books(
        *[(who, who, "2025-03-01", None, 100.0) for who in "AB"], currency=coded(["EUR"] * 2, "c")
    )
    events = happened(
        ("9", "2025-06-01", -30, "credit_note"), ("B", "2025-06-01", -1, "credit_note"),
        currency=coded(["EUR"] * 2, "c"), customer=coded(["A", "B"], "c"))  # fmt: skip
    ((_, found),) = traded(documents, events)
    assert found.purchases.tolist() == [100, 99]


def test_terms_by_amount_in_whole_days():
    """30 days of 100 and 61 of 300 are 53.25; not those before the year, assumed or due before the date."""
    documents = books(
        ("A", "1", "2025-02-01", "2025-03-03", 100.0),
        ("A", "2", "2025-02-01", "2025-04-03", 300.0),
        ("A", "3", "2024-12-31", "2025-12-31", 900.0),
        ("A", "4", "2025-02-01", "2025-12-31", 900.0),
        ("A", "5", "2025-02-02", "2025-02-01", 900.0),
        ("B", "6", "2025-02-01", "2025-02-01", 100.0),
        ("B", "7", "2025-02-01", "2025-02-02", 100.0),
        ("C", "8", "2025-02-01", None, 100.0),
        due_assumed=np.array([False] * 3 + [True] + [False] * 4),
    )
    found = of_one(documents)
    assert found["A"]["terms_days"] == 53
    assert found["B"]["terms_days"] == 1  # half a day, away from nothing
    assert np.isnan(found["C"]["terms_days"])


def test_habits_are_those_of_twelve_months():
    """Paid 10, 20 and 60 days late; not a year ago, not tomorrow, no credit, none without terms."""
    documents = books(
        ("A", "1", "2025-01-01", "2025-01-31", 100.0, 0.0),
        ("A", "2", "2025-02-01", "2025-03-03", 100.0, 0.0),
        ("A", "3", "2025-10-01", "2025-11-01", 200.0, 0.0),
        ("A", "4", "2024-10-01", "2024-11-01", 100.0, 0.0),
        ("A", "5", "2025-10-01", "2025-11-01", 100.0, 0.0),
        ("A", "6", "2025-10-01", "2025-11-01", -100.0, 0.0),
        ("A", "7", "2025-10-01", None, 100.0, 0.0),
        ("B", "8", "2024-10-01", "2024-12-31", 0.5, 0.0),
        paid_date=days(
            "2025-02-10", "2025-03-23", "2025-12-31", "2024-12-31", "2026-01-01", "2025-12-01", "2025-12-01",
            "2025-01-01"),
    )  # fmt: skip
    found = of_one(documents)
    assert (found["A"]["paid"], found["B"]["paid"]) == (3, 1)
    assert found["A"]["late_terms"] == (10 + 20 + 2 * 60) / 4
    assert found["B"]["late_terms"] == 1
    assert not np.isnan(found["A"]["pay_index"])
    assert np.isnan(found["B"]["pay_index"])


@pytest.mark.parametrize(
    ("begin", "end", "highest"),
    [
        ("2024-12-31", "2025-01-01", 100),  # open at the end of 2024, the twelfth month end before
        ("2024-12-01", "2024-12-31", 0),
        ("2025-11-30", "2025-12-01", 100),
        ("2025-12-02", "2025-12-30", 0),  # no end of a month in between
        ("2025-12-31", None, 100),
        (None, "2025-05-31", 100),
    ],
)
def test_high_credit_is_of_month_ends_and_of_the_day(begin, end, highest):
    documents = books(
        ("A", "1", begin, None, 100.0, 0.0 if end else 100.0),
        ("B", "2", "2025-01-01", None, -5.0),
        ("C", "3", "2024-01-01", None, 1.0, 0.0),
        paid_date=days(end, None, "2024-02-01"),
    )
    found = of_one(documents)
    assert [found[who]["high_credit"] for who in "ABC"] == [highest, 0, 0]


def test_high_credit_from_receipts():
    """100 from March, 50 more in May, 120 paid on 31 May and 30 bounced back in August."""
    documents = books(("A", "1", "2025-03-10", None, 100.0), ("A", "2", "2025-05-10", None, 50.0))
    given = happened(
        ("1", "2025-05-31", -100), ("2", "2025-05-31", -20), ("2", "2025-08-10", 90), (None, "2025-08-11", -7)
    )
    assert of_one(documents, given)["A"]["high_credit"] == 120


def test_currencies_of_documents_of_open_items_and_of_money_alone():
    """EUR is settled, USD is open, and 30 GBP came in that belong to no document; CHF comes tomorrow."""
    documents = books(
        ("A", "1", "2025-03-01", "2025-03-31", 100.0),
        ("A", "2", "2025-03-01", "2025-03-31", 50.0),
        ("A", "3", "2026-01-01", "2026-03-31", 50.0),
        currency=coded(["USD", "EUR", "CHF"], "currency"),
    )
    given = happened(
        ("2", "2025-03-31", -50), ("9", "2025-04-01", -30),
        currency=coded([None, "GBP"], "currency"), customer=coded([None, "Z"], "customer"))  # fmt: skip
    found = dict(traded(documents, given))
    assert list(found) == ["EUR", "GBP", "USD"]
    assert [part.customer.tolist() for part in found.values()] == [["A"], ["Z"], ["A"]]
    assert [part.open_amount.tolist() for part in found.values()] == [[0], [0], [100]]
    assert [part.unapplied.tolist() for part in found.values()] == [[0], [30], [0]]
    assert [part.purchases.tolist() for part in found.values()] == [[50], [0], [100]]
    assert [part.high_credit.tolist() for part in found.values()] == [[0], [0], [100]]


def test_names_are_the_first_given_and_the_documents_before_the_items():
    """Open items of another list number their customers in another way."""
    documents = books(
        *[(who, str(row), "2025-03-01", None, 1.0) for row, who in enumerate("AABC")],
        customer_name=coded([None, "Alpha", "Beta", None], "name"),
    )
    items = books(
        *[
            (who, str(row), "2025-03-01", None, 10.0**row)
            for row, who in enumerate(["D", "C", "B", None, "A", "D"])
        ],
        customer_name=coded(["Delta", "Gamma", "Other", "Nobody", "Alfa", "Delta Ltd"], "name"),
    )
    ((_, found),) = trades(documents, items, None, AS_OF)
    assert found.customer.tolist() == ["A", "B", "C", "D", None]
    assert found.name.tolist() == ["Alpha", "Beta", "Gamma", "Delta", "Nobody"]
    assert found.open_amount.tolist() == [10_000, 100, 10, 100_001, 1000]
    assert [str(day) for day in found.since] == ["2025-03-01"] * 3 + ["NaT"] * 2
    bare = trades(replace(documents, customer_name=None), items, None, AS_OF)[0][1]
    assert bare.name.tolist() == ["Alfa", "Other", "Gamma", "Delta", "Nobody"]


def test_lines_of_customers_in_any_order():
    ((_, found),) = traded(small())
    lines = found.at(np.array(["B", "N", "A", None], object))
    assert lines.customer.tolist() == ["B", "N", "A", None]
    assert lines.open_amount.tolist() == [5_000, 0, 10_000, 0]
    assert lines.unapplied.tolist() == [200, 0, 0, 0]
    assert lines.overdue.tolist() == [5_000, 0, 0, 0]
    assert lines.paid.tolist() == [0, 0, 3, 0]
    assert lines.documents.tolist() == [2, 0, 4, 0]
    for name in ("old", "disputed"):
        assert getattr(lines, name).tolist() == [0, 0, 0, 0]
    np.testing.assert_equal(lines.purchases, [4_800, np.nan, 119_500, np.nan])
    assert [str(day) for day in lines.since] == ["2025-10-01", "NaT", "2025-03-01", "NaT"]
    assert len(lines) == 4


def test_the_first_and_the_last_document():
    dated = (None, "2025-05-01", "2025-04-01", "2026-01-01")
    rows = [("A", str(place), day, None, 1.0) for place, day in enumerate(dated)]
    found = of_one(books(*rows, ("B", "5", None, None, 1.0)))
    assert [str(found["A"][name]) for name in ("since", "last")] == ["2025-04-01", "2025-05-01"]
    assert [str(found["B"][name]) for name in ("since", "last")] == ["NaT", "NaT"]
