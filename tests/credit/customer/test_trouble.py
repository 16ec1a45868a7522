"""What is known against a customer."""

import numpy as np
import pytest

from arcredit.credit.customer.trouble import troubles

NEVER = np.array(["NaT"], "M8[D]")


def known(*events, insolvent="NaT", stopped=False, as_of="2025-12-31"):
    """Events of (kind, date, severity) of the only customer."""
    kind, date, severity = zip(*events, strict=True) if events else ((), (), ())
    return troubles(
        np.zeros(len(kind), int),
        np.array(kind, object),
        np.array(date, "M8[D]"),
        np.array(severity, np.float64),
        np.array([insolvent], "M8[D]"),
        np.array([stopped]),
        as_of,
    )


def test_nothing_known_is_not_nothing_wrong():
    found = known()
    assert np.isnan(found.legal[0])
    assert np.isnan(found.bounced[0])
    assert not found.legal_stop[0]
    assert np.isnat(found.cancelled_on[0])


@pytest.mark.parametrize(
    ("kind", "date", "severity", "legal", "stop"),
    [
        ("legal_suit", "2025-12-31", 2, 1, False),
        ("legal_suit", "2025-12-31", 3, 1, True),
        ("legal_suit", "2025-10-02", 3, 1, False),  # 90 days ago
        ("legal_suit", "2024-01-01", 3, 1, False),
        ("legal_suit", "2023-12-31", 3, np.nan, False),  # 24 months ago
        ("legal_suit", "2026-01-01", 3, np.nan, False),
        ("tax_lien", "2025-12-01", np.nan, 2, False),
        ("legal_event", "2025-12-01", 1, 1, False),
        ("legal_event", "2025-12-01", 3, 2, True),
        ("insolvency", "2020-01-01", np.nan, 3, True),
        ("adverse_news", "2025-12-01", 3, np.nan, False),
    ],
)
def test_legal_events(kind, date, severity, legal, stop):
    found = known((kind, date, severity))
    np.testing.assert_equal(found.legal[0], legal)
    assert found.legal_stop[0] == stop


@pytest.mark.parametrize(("date", "count", "stop"), [("2025-10-03", 1, True), ("2025-10-02", np.nan, False)])
def test_bounced_payments_of_ninety_days(date, count, stop):
    found = known(("bounced_payment", date, np.nan))
    np.testing.assert_equal(found.bounced[0], count)
    assert found.legal_stop[0] == stop


@pytest.mark.parametrize(("day", "stop"), [("2025-12-31", True), ("2026-01-01", False)])
def test_insolvency_from_its_day_on(day, stop):
    found = known(insolvent=day)
    assert (found.insolvent[0], found.legal_stop[0], found.legal[0] == 3) == (stop, stop, stop)


def test_stopped_by_hand():
    assert known(stopped=True).legal_stop[0]
    assert np.isnan(known(stopped=True).legal[0])


def test_the_last_cancellation():
    found = known(*[("insurer_cancellation", day, 3) for day in ("2025-03-01", "2025-05-01", "2026-05-01")])
    assert str(found.cancelled_on[0]) == "2025-05-01"


def test_each_customer_has_his_own():
    found = troubles(
        np.array([1, -1]),
        np.array(["bounced_payment", "insolvency"], object),
        np.array(["2025-12-01", "2025-12-01"], "M8[D]"),
        np.array([3.0, 3.0]),
        np.array(["NaT", "NaT", "2025-01-01"], "M8[D]"),
        np.zeros(3, bool),
        "2025-12-31",
    )
    assert found.legal_stop.tolist() == [False, True, True]


def test_the_worst_legal_event_and_every_bounced_payment():
    found = known(
        ("tax_lien", "2025-06-01", 3), ("legal_suit", "2025-12-01", 1), ("bounced_payment", "2025-12-01", 1),
        ("bounced_payment", "2025-12-31", 1), ("bounced_payment", "2026-01-01", 1))  # fmt: skip
    assert (found.legal[0], found.bounced[0]) == (2, 2)


@pytest.mark.parametrize(
    ("kind", "date", "severity", "stop"),
    [
        ("legal_suit", "2025-10-03", 3, True),  # 89 days ago
        ("legal_event", "2025-10-02", 3, False),
        ("legal_event", "2025-12-01", np.nan, False),
        ("tax_lien", "2025-12-01", 3, False),
        ("insolvency", "2025-12-31", 1, True),
        ("insolvency", "2026-01-01", 1, False),
        (None, "2025-12-01", 3, False),
        ("insurer_cancellation", "2025-12-01", 3, False),
    ],
)
def test_what_stops_an_order(kind, date, severity, stop):
    found = known((kind, date, severity))
    assert found.legal_stop[0] == stop
    assert found.insolvent[0] == (kind == "insolvency" and stop)


def test_customers_apart_and_events_of_others():
    """The last of four customers has nothing; -1 is none of ours."""
    kinds = [
        "legal_suit",
        "insolvency",
        "bounced_payment",
        "insurer_cancellation",
        "insolvency",
        "legal_suit",
    ]
    found = troubles(
        np.array([2, 1, 0, 2, -1, 0]),
        np.array(kinds, object),
        np.array(["2025-12-01", "2019-12-01", "2025-12-02", "2025-12-03", "2025-12-04", "NaT"], "M8[D]"),
        np.array([3.0, 1.0, 2.0, 1.0, 3.0, 3.0]),
        np.array(["NaT"] * 4, "M8[D]"),
        np.zeros(4, bool),
        "2025-12-31",
    )
    np.testing.assert_equal(found.legal, [np.nan, 3, 1, np.nan])
    np.testing.assert_equal(found.bounced, [1, np.nan, np.nan, np.nan])
    assert found.insolvent.tolist() == [False, True, False, False]
    assert found.legal_stop.tolist() == [True, True, True, False]
    assert found.cancelled_on.astype(str).tolist() == ["NaT", "NaT", "2025-12-03", "NaT"]
