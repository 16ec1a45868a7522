"""How customers trade with us, reckoned by hand."""

from dataclasses import replace

import numpy as np
import pytest

from arcredit.credit.receivables.open_items import Events, open_at
from arcredit.credit.receivables.trade import nobody, trades
from arcredit.shapes import coded
from credit_ledgers import LINES, small

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
