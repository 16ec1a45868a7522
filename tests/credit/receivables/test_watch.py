"""Warnings of a ledger: per currency, customers with their money, the insurer's extension."""

import numpy as np
import pytest

from arcredit.credit.period import period
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.watch import UNITS, Ceilings, Incidents, watches
from arcredit.shapes import coded

AS_OF = "2025-12-31"
NAT = np.datetime64("NaT", "D")


def ledger(*rows):
    """Open documents as (customer, days past due, amount, currency)."""
    who, late, amount, currency = zip(*rows, strict=True)
    due = np.datetime64(AS_OF) - np.array(late, "timedelta64[D]")
    return OpenItems(
        customer=coded(list(who), "customer"),
        document=np.array([str(place) for place in range(len(rows))], object),
        invoice_date=due - 30,
        due_date=due,
        amount=np.array(amount, float),
        open_amount=np.array(amount, float),
        currency=coded(list(currency), "currency"),
        paid_date=np.full(len(rows), NAT),
    )


def ceilings(*rows):
    who, limit, currency = zip(*rows, strict=True)
    height = len(rows)
    return Ceilings(
        np.array(who, object),
        np.array(limit, float),
        np.full(height, NAT),
        np.full(height, NAT),
        np.full(height, None, object),
        np.array([*currency, None], object)[:-1],
    )


def incidents(*rows):
    who, day, kind = zip(*rows, strict=True)
    return Incidents(
        np.array(who, object), np.array(day, "M8[D]"), np.array(kind, object), np.full(len(rows), np.nan)
    )


def found(watch):
    return dict(
        zip(
            zip(watch.customer, watch.signal, strict=True),
            zip(watch.level, watch.value, watch.threshold, strict=True),
            strict=True,
        )
    )


MANY = [(f"X{number}", -5, 100.0, "EUR") for number in range(20)]


def test_limits_hold_in_their_own_currency():
    eur, usd = watches(
        ledger(("A", 5, 500.0, "EUR"), ("A", 5, 90.0, "USD"), *MANY), AS_OF, None, ceilings(("A", 400, "EUR"))
    )
    assert (eur.currency, usd.currency) == ("EUR", "USD")
    assert found(eur)["A", "over_limit"] == (3.0, 500.0, 400.0)
    assert not any(signal == "over_limit" for _, signal in found(usd))


def test_credits_and_what_is_not_due_belong_to_exposure():
    (watch,) = watches(
        ledger(("A", 5, 500.0, "EUR"), ("A", -5, 70.0, "EUR"), ("A", 9, -20.0, "EUR"), *MANY),
        AS_OF, None, ceilings(("A", 100, "EUR")))  # fmt: skip
    first = watch.take(watch.first & (watch.customer == "A"))
    assert (first.exposure.tolist(), first.overdue.tolist()) == ([550.0], [500.0])


@pytest.mark.parametrize(
    ("late", "level", "action"),
    [
        (49, None, None),
        (50, 1, "watch"),
        (60, 3, "stop_supply"),
        (61, 3, "notify_insurer"),
        (90, 3, "collect"),
    ],
)
def test_the_insurers_extension_needs_no_limit(late, level, action):
    (watch,) = watches(
        ledger(("A", late, 50.0, "EUR"), ("B", 400, 50.0, "EUR"), *MANY),
        AS_OF, None, None, period(60, "extension"), {"A"})  # fmt: skip
    mine = watch.take(watch.signal == "past_extension")
    assert mine.level.tolist() == ([] if level is None else [level])
    assert mine.action.tolist() == ([] if level is None else [action])
    assert "limit_unknown" not in watch.signal


def test_an_extension_in_months_is_counted_from_the_oldest_debt():
    """31 August and two months: 31 October, 61 days."""
    late = int((np.datetime64(AS_OF) - np.datetime64("2025-08-31")).astype(int))
    (watch,) = watches(
        ledger(("A", late, 50.0, "EUR"), *MANY), AS_OF, None, None, period("2 months", "extension"), {"A"}
    )
    assert found(watch)["A", "past_extension"] == (3.0, 122.0, 61.0)


def test_events_are_told_once_where_most_invoices_are():
    told = incidents(("A", "2025-12-20", "bounced_payment"), ("Z", "2025-12-20", "insolvency"))
    eur, usd = watches(
        ledger(("A", 5, 500.0, "USD"), ("A", 5, 1.0, "USD"), ("A", 5, 90.0, "EUR"), *MANY), AS_OF, told
    )
    assert ("A", "bounced_payment") in found(usd)
    assert ("A", "bounced_payment") not in found(eur)
    assert ("Z", "insolvency") in found(eur)  # not in the ledger: with the first currency


def test_the_worst_customer_first_and_the_ledger_last():
    told = incidents(("B", "2025-12-20", "bounced_payment"), ("C", "2025-12-20", "bounced_payment"))
    (watch,) = watches(
        ledger(("A", 5, 9000.0, "EUR"), ("B", 5, 10.0, "EUR"), ("C", 5, 20.0, "EUR")), AS_OF, told
    )
    alarms = watch.take(watch.level > 0)
    assert alarms.customer.tolist() == ["C", "B", "A", None]
    assert alarms.first.tolist() == [True] * 4


def test_every_signal_has_a_unit_and_words():
    from arcredit.credit.receivables.incident import KINDS
    from arcredit.words import LANGUAGES, catalogue

    for language in LANGUAGES:
        words = catalogue(language, "report_warnings")
        assert set(words["signal"]) >= (set(UNITS) | set(KINDS)) - {"dispute"}
        assert set(words["unit"]) == {*UNITS.values(), "severity"}
