"""Warnings of a ledger: per currency, customers with their money, the insurer's extension."""

import numpy as np
import pytest

from arcredit.credit.period import period
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.watch import UNITS, Ceilings, Incidents, watches
from arcredit.shapes import coded
from credit_ledgers import books, days

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


@pytest.mark.parametrize(("second", "order"), [(20.0, ["C", "B"]), (5.0, ["B", "C"]), (10.0, ["B", "C"])])
def test_the_worst_customer_first_and_the_ledger_last(second, order):
    told = incidents(("B", "2025-12-20", "bounced_payment"), ("C", "2025-12-20", "bounced_payment"))
    (watch,) = watches(
        ledger(("A", 5, 9000.0, "EUR"), ("B", 5, 10.0, "EUR"), ("C", 5, second, "EUR")), AS_OF, told
    )
    alarms = watch.take(watch.level > 0)
    assert alarms.customer.tolist() == [*order, "A", None]
    assert alarms.first.tolist() == [True] * 4


def test_every_signal_has_a_unit_and_words():
    from arcredit.credit.receivables.incident import KINDS
    from arcredit.words import LANGUAGES, catalogue

    for language in LANGUAGES:
        words = catalogue(language, "report_warnings")
        assert set(words["signal"]) >= (set(UNITS) | set(KINDS)) - {"dispute"}
        assert set(words["unit"]) == {*UNITS.values(), "severity"}


def only(known, *given, **more):
    (watch,) = watches(known, AS_OF, *given, **more)
    return watch


def test_days_beyond_terms_month_by_month():
    """A pays 20 days late in November and owes since the 30th; B pays on the day; C is invoiced tomorrow."""
    known = books(
        ("A", "1", "2025-09-01", "2025-11-01", 100.0),
        ("A", "2", "2025-11-01", "2025-11-30", 300.0),
        ("B", "3", "2025-12-01", "2025-12-31", 50.0),
        ("C", "4", "2026-01-01", "2026-01-31", 50.0),
        ("B", "5", "2025-01-01", "2025-01-11", 50.0),
        paid_date=days("2025-11-21", None, AS_OF, None, "2025-01-31"),
    )
    told = incidents(*[(who, "2025-12-20", "bounced_payment") for who in "ZABC"])
    watch = only(known, told)
    assert watch.ends.astype(str).tolist() == [
        "2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31", "2025-06-30", "2025-07-31",
        "2025-08-31", "2025-09-30", "2025-10-31", "2025-11-30", "2025-12-31",
    ]  # fmt: skip
    trend = {who: watch.trend[np.flatnonzero(watch.customer == who)[0]] for who in "ABCZ"}
    np.testing.assert_equal(trend["A"], [np.nan] * 10 + [20, 31])
    np.testing.assert_equal(trend["B"], [20] + [np.nan] * 10 + [0])
    assert np.isnan([trend["C"], trend["Z"]]).all()


def test_money_of_the_day():
    """Open is what was not paid by the day; what is due on the day and credits are not late."""
    known = books(
        ("A", "1", "2025-09-01", "2025-12-30", 1.0),
        ("A", "2", "2025-09-01", AS_OF, 2.0),
        ("A", "3", "2025-09-01", "2025-11-01", 4.0),
        ("A", "4", "2025-09-01", "2025-11-01", 8.0),
        ("A", "5", "2025-09-01", "2025-11-01", -16.0),
        ("A", "6", AS_OF, "2025-12-01", 32.0),
        ("A", "7", "2026-01-01", "2025-12-01", 64.0),
        ("A", "8", "2025-09-01", "2025-12-01", np.nan),
        ("B", "9", "2025-09-01", "2025-12-30", 128.0),
        (None, "10", "2025-09-01", "2025-12-30", 256.0),
        paid_date=days(None, None, AS_OF, "2026-01-01", *[None] * 6),
    )
    told = incidents(*[(who, "2025-12-20", "bounced_payment") for who in "ZAB"])
    watch = only(known, told)
    mine = {who: (exposure, overdue) for who, exposure, overdue in zip(
        watch.customer, watch.exposure, watch.overdue, strict=True)}  # fmt: skip
    assert mine["A"] == (1 + 2 + 8 - 16 + 32, 1 + 8 + 32)
    assert mine["B"] == (128, 128)
    assert mine["Z"] == mine[None] == (0, 0)


@pytest.mark.parametrize(
    ("begin", "end", "kind", "currency", "level"),
    [
        (None, None, None, "EUR", 3),
        (None, None, None, None, 3),  # a limit of no currency is one of any
        (AS_OF, AS_OF, None, "EUR", 3),
        (None, None, None, "USD", None),
        (None, None, "extension", "EUR", None),
    ],
)
def test_limits_in_force(begin, end, kind, currency, level):
    given = Ceilings(
        np.array(["A"], object), np.array([100.0]), days(begin), days(end), np.array([kind], object),
        np.array([currency], object))  # fmt: skip
    watch = only(ledger(("A", 5, 500.0, "EUR"), *MANY), None, given)
    assert found(watch).get(("A", "over_limit")) == (None if level is None else (level, 500.0, 100.0))


@pytest.mark.parametrize(("begin", "end"), [("2026-01-01", None), (None, "2025-12-30")])
def test_a_limit_not_in_force_is_no_credit(begin, end):
    given = ceilings(("A", 900.0, "EUR"))._replace(begin=days(begin), end=days(end))
    watch = only(ledger(("A", 5, 500.0, "EUR"), *MANY), None, given)
    assert found(watch)["A", "over_limit"] == (3, 500, 0)


def test_extensions_run_from_the_oldest_debt_of_the_insured():
    """The oldest that is open and no credit: two months from 15 October are 61 days."""
    known = books(
        ("A", "1", "2025-01-01", "2025-02-01", 100.0),
        ("A", "2", "2025-01-01", "2025-02-01", -5.0),
        ("A", "3", "2025-01-01", "2025-12-20", 10.0),
        ("A", "4", "2025-01-01", "2025-10-15", 0.01),
        ("A", "5", "2025-01-01", "2025-07-01", 0.0),
        ("B", "6", "2025-01-01", "2025-03-01", 10.0),
        ("C", "7", "2025-01-01", "2025-03-01", -10.0),
        (None, "8", "2025-01-01", "2025-03-01", 10.0),
        paid_date=days("2025-03-01", *[None] * 7),
    )
    watch = only(known, None, None, period("2 months", "extension"), ["A", "C"])
    mine = watch.take(watch.signal == "past_extension")
    assert (mine.customer.tolist(), mine.value.tolist(), mine.threshold.tolist()) == (["A"], [77], [61])
    assert not len(only(known, None, None, period("2 months", "extension")).take(np.zeros(0, int)))
    assert "past_extension" not in only(known, None, None, period("2 months", "extension")).signal
    # A policy whose extension nobody states warns of nothing.
    assert "past_extension" not in only(known, None, None, None, ["A"]).signal


def test_limits_and_extensions_stand_beside_each_other():
    watch = only(
        ledger(("A", 70, 500.0, "EUR"), *MANY),
        None,
        ceilings(("A", 400, "EUR")),
        period(60, "extension"),
        {"A"},
    )
    assert found(watch)["A", "over_limit"] == (3, 500, 400)
    assert found(watch)["A", "past_extension"] == (3, 70, 60)


def test_of_equal_currencies_the_first_in_the_alphabet_tells_the_events():
    told = incidents(("A", "2025-12-20", "bounced_payment"))
    eur, usd = watches(ledger(("A", 5, 9.0, "USD"), ("A", 5, 1.0, "EUR"), *MANY), AS_OF, told)
    assert ("A", "bounced_payment") in found(eur)
    assert ("A", "bounced_payment") not in found(usd)


def test_the_kind_and_the_day_of_an_event_matter():
    told = Incidents(
        np.array(["A", "B", "C", "D"], object), days("2025-12-20", "2025-12-20", "2025-01-20", "2025-12-20"),
        np.array(["adverse_news", "adverse_news", "bounced_payment", "insolvency"], object),
        np.array([1.0, 3.0, np.nan, np.nan]))  # fmt: skip
    signals = found(only(ledger(*[(who, -5, 100.0, "EUR") for who in "ABCD"], *MANY), told))
    assert ("A", "adverse_news") not in signals
    assert ("B", "adverse_news") in signals
    assert ("C", "bounced_payment") not in signals
    assert ("D", "insolvency") in signals


def test_lines_in_order():
    """By the worst level, then by money; a customer's lines together, the ledger's own last."""
    told = incidents(
        ("A", "2025-12-20", "rating_downgrade"), ("B", "2025-12-20", "bounced_payment"),
        ("B", "2025-12-20", "rating_downgrade"), ("C", "2025-12-20", "rating_downgrade"))  # fmt: skip
    watch = only(ledger(("A", 5, 10.0, "EUR"), ("B", 5, 5.0, "EUR"), ("C", 5, 900.0, "EUR")), told)
    alarms = watch.take(watch.level > 0)
    lines = list(zip(alarms.customer, alarms.signal, alarms.level, alarms.first, strict=True))
    assert lines == [
        ("B", "bounced_payment", 3, True),
        ("B", "rating_downgrade", 2, False),
        ("C", "rating_downgrade", 2, True),
        ("C", "concentration", 1, False),
        ("A", "rating_downgrade", 2, True),
        (None, "concentration_hhi", 1, True),
    ]
    assert alarms.action.tolist()[:2] == ["hold", "reduce"]
    assert len(alarms) == 6
    # 915 in all: 900 of it is 98 %, its square with the others' 0.9676.
    assert alarms.value[3] == pytest.approx(900 / 915)
    assert alarms.threshold[3] == 0.2
    assert alarms.exposure.tolist() == [5, 5, 900, 900, 10, 0]
    assert alarms.currency == "EUR"


def test_days_of_grace():
    """Twenty invoices a quarter, those of the last one paid 3 days late: no alarm with 3 days of grace."""
    due = np.datetime64("2025-01-05") + np.arange(80) * 4
    known = books(*[("A", str(row), str(day - 30), str(day), 10.0) for row, day in enumerate(due)])
    known = OpenItems(**{**vars(known), "paid_date": due + np.where(due > np.datetime64("2025-09-30"), 3, 0)})
    assert ("A", "late_rise") in found(only(known, grace_days=2))
    assert ("A", "late_rise") not in found(only(known, grace_days=3))
    assert ("A", "late_rise") not in found(only(known))


def test_nobody_to_watch():
    assert watches(books(paid_date=days()), AS_OF) == []
