"""A ledger month by month, by hand, and what it says where it cannot know."""

from dataclasses import replace

import numpy as np
import pytest

from arcredit.credit.receivables.history import events_of, histories, history
from arcredit.credit.receivables.open_items import Events, OpenItems
from arcredit.credit.receivables.portfolio import by_currency
from arcredit.shapes import coded


def days(*texts):
    return np.array(texts, "datetime64[D]")


def ledger(**changes):
    """Three invoices of 900, 800 and 700 of the first quarter, each due after 30 days; one is paid."""
    given = {
        "customer": coded(["A", "A", "B"], "customer"),
        "document": np.array(["1", "2", "3"], object),
        "invoice_date": days("2025-01-10", "2025-02-10", "2025-03-10"),
        "due_date": days("2025-02-09", "2025-03-12", "2025-04-09"),
        "amount": np.array([900.0, 800.0, 700.0]),
        "open_amount": np.array([0.0, 800.0, 700.0]),
        "paid_date": days("2025-02-20", "NaT", "NaT"),
    }
    return OpenItems(**(given | changes))


def events(*rows, kinds=None):
    document, date, amount = zip(*rows, strict=True)
    return Events(
        np.array(document, object),
        None,
        days(*date),
        np.array(amount, float),
        None if kinds is None else coded(list(kinds), "kind"),
    )


def test_a_quarter_by_hand():
    """31 March: 1,500 open, 800 overdue; sales 2,400 in 90 days."""
    found = history(ledger(), None, "2025-03-31")
    assert found.receivables[-3:].tolist() == [900, 800, 1500]
    assert found.overdue[-3:].tolist() == [0, 0, 800]
    assert found.sales[-3:].tolist() == [900, 800, 700]
    assert np.isnan(found.sales[:-3]).all()
    assert found.figures["dso_quarter"] == pytest.approx(1500 / 2400 * 90)
    assert found.figures["best"] == pytest.approx(700 / 2400 * 90)
    assert found.figures["delinquent"] == pytest.approx(800 / 2400 * 90)
    assert found.figures["countback"] == pytest.approx(31 + 28)  # 700 of March, 800 of February
    assert found.figures["days_to_pay"] == 41
    assert found.figures["beyond_terms"] == 11
    assert found.unknown == dict.fromkeys(("dso_year", "turnover", "cei"), "too_short")


def test_a_day_inside_a_month_counts_the_days_gone_by():
    found = history(ledger(), None, "2025-03-15")
    assert str(found.ends[-1]) == "2025-03-15"
    assert found.figures["dso_quarter"] == pytest.approx(1500 / 2400 * (15 + 28 + 31))


def test_receipts_rebuild_the_past():
    """The same ledger with receipts: half of the first invoice in February, the rest in March."""
    given = events(("1", "2025-02-20", -450), ("1", "2025-03-20", -450))
    found = history(ledger(paid_date=None), given, "2025-03-31")
    assert found.receivables[-3:].tolist() == [900, 1250, 1500]
    assert found.overdue[-2:].tolist() == [450, 800]
    assert found.figures["days_to_pay"] == pytest.approx((41 + 69) / 2)
    assert found.figures["beyond_terms"] == pytest.approx((11 + 39) / 2)


def test_credit_notes_reduce_sales_and_write_offs_do_not():
    rows = (("1", "2025-02-20", -100), ("2", "2025-03-20", -50))
    found = history(ledger(paid_date=None), events(*rows, kinds=("credit_note", "write_off")), "2025-03-31")
    assert found.sales[-3:].tolist() == [900, 700, 700]
    assert np.isnan(found.figures["days_to_pay"])


def test_write_offs_are_no_collections():
    """Opening 0 before the quarter: 2,400 sold, 50 written off, all the rest is still open."""
    older = ledger(invoice_date=days("2024-12-30", "2025-02-10", "2025-03-10"))
    given = events(("1", "2025-02-01", -300), ("1", "2025-02-20", -600), kinds=("write_off", "receipt"))
    found = history(replace(older, paid_date=None), given, "2025-03-31")
    opening, sold, closing, current = 900, 1500, 1500, 700
    collected = opening + (sold - 300) - closing
    assert found.figures["cei"] == pytest.approx(collected / (opening + sold - 300 - current))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"paid_date": None, "open_amount": np.array([900.0, 800.0, 700.0])}, "open_items_only"),
        ({"amount": np.full(3, np.nan)}, "no_amounts"),
    ],
)
def test_what_the_ledger_cannot_know(changes, reason):
    found = history(ledger(**changes), None, "2025-03-31")
    assert np.isnan(found.sales).all()
    assert np.isnan(found.dso).all()
    assert found.unknown["dso_quarter"] == found.unknown["countback"] == reason


def test_without_dates_of_receipts_only_today_is_known():
    found = history(ledger(paid_date=None), None, "2025-03-31")
    assert np.isnan(found.receivables[:-1]).all()
    assert found.receivables[-1] == 1500
    assert found.figures["dso_quarter"] == pytest.approx(1500 / 2400 * 90)
    assert found.unknown["days_to_pay"] == "no_receipts"


def test_currencies_apart():
    given = events(("1", "2025-02-20", -900), ("3", "2025-03-20", -700))
    mixed = ledger(paid_date=None, currency=coded(["EUR", "EUR", "USD"], "currency"))
    (first, euro), (second, dollar) = histories(mixed, given, "2025-03-31")
    assert (first, second) == ("EUR", "USD")
    assert euro.receivables[-1] == 800
    assert dollar.receivables[-1] == 0
    assert dollar.sales[-1] == 700


def yearly():
    """15 months to March 2025, 100 each from April on and 200 before; paid on the 15th of the next month."""
    month = np.arange("2024-01", "2025-04", dtype="datetime64[M]")
    invoiced = month.astype("datetime64[D]")
    amount = np.where(month < np.datetime64("2024-04"), 200.0, 100.0)
    paid = (month + 1).astype("datetime64[D]") + 14
    return OpenItems(
        customer=coded(["A"] * 15, "customer"),
        document=np.array([str(number) for number in range(15)], object),
        invoice_date=invoiced,
        due_date=invoiced + 60,
        amount=amount,
        open_amount=np.where(np.arange(15) == 14, 100.0, 0.0),
        paid_date=np.where(paid > np.datetime64("2025-03-31"), np.datetime64("NaT"), paid),
    )


def test_a_year_by_hand():
    """31 March 2025: 100 open, all of March; a year before 200; 1,200 sold in 365 days, 300 in 90."""
    found = history(yearly(), None, "2025-03-31")
    assert found.figures == {
        "dso_quarter": pytest.approx(100 / 300 * 90),
        "countback": 31,
        "best": pytest.approx(100 / 300 * 90),
        "delinquent": 0,
        "cei": 1,
        "dso_year": pytest.approx(100 / 1200 * 365),
        "weighted": 31,
        "turnover": 1200 / 150,
        # Paid on the 15th of the month after: 31 days of 7 months and so on, 45 days less one at most.
        "days_to_pay": pytest.approx(np.mean(_days_to_pay())),
        "beyond_terms": pytest.approx(np.mean(_days_to_pay()) - 60),
    }
    assert found.unknown == {}
    assert [str(end) for end in found.ends[[0, -2, -1]]] == ["2024-04-30", "2025-02-28", "2025-03-31"]
    assert found.receivables.tolist() == [100.0] * 12
    assert found.countback.tolist() == [30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31]
    assert len(found.dso) == len(found.best) == len(found.delinquent) == len(found.cei) == 12
    # April 2024: the quarter holds 500; opening at the end of January 200.
    assert found.dso[0] == pytest.approx(100 / 500 * (30 + 31 + 29))
    assert found.cei[0] == (200 + 500 - 100) / (200 + 500 - 100)


def _days_to_pay():
    """Weight 200 for March 2024, paid in April; 100 for the months to February 2025."""
    lengths = [31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28]
    weights = [2] + [1] * 11
    return [days + 14 for days, weight in zip(lengths, weights, strict=True) for _ in range(weight)]


def test_only_one_currency_takes_every_event():
    given = events(("1", "2025-02-20", -900), (None, "2025-03-20", -50))
    ((name, found),) = histories(ledger(paid_date=None), given, "2025-03-31")
    assert name == ""
    assert found.receivables[-1] == 800 + 700 - 50


def test_an_event_belongs_to_the_currency_it_states():
    """Its own currency first, however the document reads; without one the document's."""
    mixed = ledger(currency=coded(["EUR", "EUR", "USD"], "currency"))
    rows = (
        ("3", "2025-02-20", -1),
        (None, "2025-02-21", -2),
        ("3", "2025-02-22", -4),
        (None, "2025-02-23", -8),
    )
    given = replace(events(*rows), currency=coded(["EUR", "USD", None, None], "currency"))
    found = {name: events_of(given, name, mixed).amount.tolist() for name, _ in by_currency(mixed)}
    assert found == {"EUR": [-1], "USD": [-2, -4]}


@pytest.mark.parametrize(
    ("currencies", "expected"),
    [
        (["EUR", "USD"], {"EUR": [-1], "USD": [-2], "": [-4, -8, -16]}),
        (["EUR", "EUR"], {"EUR": [-1, -2, -4, -8, -16], "USD": [], "": []}),
        (["EUR", None], {"EUR": [-1, -4, -8, -16], "USD": [], "": [-2]}),
        (None, {"EUR": [], "": [-1, -2, -4, -8, -16]}),
    ],
)
def test_an_event_of_a_number_that_two_customers_have(currencies, expected):
    """It is the one's that it names; unnamed, or on no document, it is in the only currency, or in none."""
    given = replace(
        events(
            *[("1", "2025-02-20", -(2.0**place)) for place in range(3)], ("9", None, -8), (None, None, -16)
        ),
        customer=coded(["A", "B", None, None, "A"], "customer"),
    )
    two = OpenItems(
        customer=coded(["A", "B"], "c"),
        document=np.array(["1", "1"], object),
        invoice_date=days("2025-01-10", "2025-01-10"),
        due_date=days(None, None),
        amount=np.ones(2),
        open_amount=np.ones(2),
        currency=coded(currencies, "c") if currencies else None,
    )
    assert {name: events_of(given, name, two).amount.tolist() for name in expected} == expected


def test_a_credit_note_of_the_day_counts_and_one_of_tomorrow_does_not():
    rows = (("2", "2025-03-31", -100), ("2", "2025-04-01", -200))
    found = history(ledger(paid_date=None), events(*rows, kinds=["credit_note"] * 2), "2025-03-31")
    assert found.sales[-1] == 700 - 100


@pytest.mark.parametrize(
    ("as_of", "days_to_pay"),
    [("2025-02-19", None), ("2025-02-20", 41), ("2026-02-19", 41), ("2026-02-20", None)],
)
def test_payments_of_the_last_365_days(as_of, days_to_pay):
    """Paid on 20 February 2025, 41 days after the invoice."""
    found = history(ledger(), None, as_of).figures["days_to_pay"]
    assert found == days_to_pay or (days_to_pay is None and np.isnan(found))


def test_what_is_no_payment_has_no_days():
    """A settled credit note and a payment without terms are left out; small change counts."""
    paid = days("2025-02-20", "2025-02-28", "2025-03-20")
    found = history(ledger(paid_date=paid, amount=np.array([0.5, -800.0, 700.0])), None, "2025-03-31")
    # 0.50 after 41 days and 700 after 10.
    assert found.figures["days_to_pay"] == pytest.approx((0.5 * 41 + 700 * 10) / 700.5)
    undated = ledger(paid_date=paid, due_date=days("2025-02-09", "NaT", "2025-04-09"))
    # 900 after 41 days and 700 after 10; 800 has no terms to be beyond.
    assert history(undated, None, "2025-03-31").figures["days_to_pay"] == pytest.approx(
        (900 * 41 + 700 * 10) / 1600
    )


def test_reasons_one_by_one():
    """Settled documents without dates of receipts: sales are known, if too few; past balances are not."""
    found = history(ledger(paid_date=None), None, "2025-03-31")
    assert found.unknown == {
        "dso_year": "too_short",
        "cei": "no_receipts",
        "turnover": "no_receipts",
        "days_to_pay": "no_receipts",
        "beyond_terms": "no_receipts",
    }


def test_a_credit_note_beside_receipts_leaves_them_receipts():
    rows = (("1", "2025-02-20", -450), ("2", "2025-03-20", -50))
    found = history(ledger(paid_date=None), events(*rows, kinds=["receipt", "credit_note"]), "2025-03-31")
    assert found.figures["days_to_pay"] == 41


def test_money_older_than_three_years_has_no_weighted_dso():
    """The sales it came from are out of sight."""
    old = ledger(
        invoice_date=days("2021-01-10", "2025-02-10", "2025-03-10"), open_amount=np.array([900.0, 0, 0])
    )
    assert np.isnan(history(replace(old, paid_date=None), None, "2025-03-31").figures["weighted"])


def test_a_month_that_ends_on_the_first_documents_day_is_known():
    found = history(ledger(invoice_date=days("2025-01-31", "2025-02-10", "2025-03-10")), None, "2025-03-31")
    np.testing.assert_equal(found.receivables[-4:], [np.nan, 900, 800, 1500])


def test_receipts_say_that_settled_documents_are_there():
    given = events(("9", "2025-02-20", -1))
    bare = ledger(paid_date=None, open_amount=np.array([900.0, 800.0, 700.0]))
    assert history(bare, given, "2025-03-31").unknown["dso_year"] == "too_short"
    assert history(bare, None, "2025-03-31").unknown["dso_year"] == "open_items_only"


def test_a_ledger_without_dates_of_documents():
    found = history(ledger(invoice_date=days(None, None, None)), None, "2025-03-31")
    assert np.isnan(found.sales).all()
    # As of the day itself everything stated is open.
    assert found.receivables[-1] == 1500


def test_months_with_an_amount_that_is_not_known_have_no_sales():
    found = history(ledger(amount=np.array([900.0, np.nan, 700.0])), None, "2025-03-31")
    np.testing.assert_equal(found.sales[-3:], [900, np.nan, 700])
    assert np.isnan(found.dso[-1])


def test_a_receipt_on_a_number_of_two_documents_has_no_days():
    """The first document pays after 41 days; whose date the other receipt has, nobody knows."""
    rows = ("1", "2025-02-20", -900), ("2", "2025-03-20", -100)
    given = ledger(paid_date=None, document=np.array(["1", "2", "2"], object))
    assert history(given, events(*rows), "2025-03-31").figures["days_to_pay"] == 41


@pytest.mark.parametrize("kind", ["reversal", "credit_note", "write_off"])
def test_only_receipts_are_payments(kind):
    rows = ("1", "2025-02-20", -900), ("2", "2025-03-20", -100)
    found = history(ledger(paid_date=None), events(*rows, kinds=["receipt", kind]), "2025-03-31")
    assert found.figures["days_to_pay"] == 41
