"""A ledger month by month, by hand, and what it says where it cannot know."""

from dataclasses import replace

import numpy as np
import pytest

from arcredit.credit.receivables.history import histories, history
from arcredit.credit.receivables.open_items import Events, OpenItems
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
