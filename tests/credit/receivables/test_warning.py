"""Early warning: real rises and nothing else, with their figures; no data is no alarm and no all-clear."""

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.incident import KINDS
from arcredit.credit.receivables.lateness import monthly_delay
from arcredit.credit.receivables.signal import ACTIONS
from arcredit.credit.receivables.trend import ar_late_rise
from arcredit.credit.receivables.warning import _history, ar_warnings
from arcredit.errors import InputError

AS_OF = dt.date(2025, 12, 31)
RECENT, BASE = dt.date(2025, 9, 30), dt.date(2024, 9, 30)
DAY = dt.timedelta(days=1)


def warn(invoices, as_of=AS_OF, **options):
    """Warnings for (customer, due, days late or None while open) or (customer, due, days, amount)."""
    rows = [(*row, 100)[:4] for row in invoices]
    return ar_warnings(
        [who for who, *_ in rows],
        [due - 30 * DAY for _, due, *_ in rows],
        [due for _, due, *_ in rows],
        [amount for *_, amount in rows],
        [None if late is None else due + late * DAY for _, due, late, _ in rows],
        as_of,
        **options,
    )


def lines(table, *names):
    return [row for row in table.rows() if not names or row[1] in names]


def spread(who, late, count, start, late_days=20):
    """`count` invoices from `start` on, one a day, the first `late` of them paid late."""
    due = [start + number * DAY for number in range(count)]
    return [(who, day, late_days if number < late else 0) for number, day in enumerate(due)]


def portfolio(late_recent, others=0):
    """EX-4.1 as a ledger: 24 of 240 late in the base period, so many of 80 recently; and quiet customers."""
    quiet = [
        row
        for other in range(others)
        for row in spread(f"Q{other}", 3, 30, BASE + 40 * DAY) + spread(f"Q{other}", 1, 10, RECENT)
    ]
    return spread("A", 24, 240, BASE + 30 * DAY) + spread("A", late_recent, 80, RECENT) + quiet


def test_a_real_rise_is_an_alarm_and_a_chance_one_is_not():
    """EX-4.1: 18 of 80 alarms, 11 of 80 does not."""
    alarm = lines(warn(portfolio(18)), "late_rise")
    assert alarm == [("A", "late_rise", 1.0, 18 / 80, pytest.approx(0.2), "watch")]
    assert lines(warn(portfolio(11)), "late_rise") == []


def test_many_customers_need_a_stronger_rise():
    """p = 0.00207 passes alone, and among 20; it fails among 30 quiet customers at 5 % false discoveries."""
    assert ar_late_rise(24, 240, 18, 80) == pytest.approx(0.00207, abs=5e-6)
    for others, found in ((19, 1), (29, 0)):
        table = warn(portfolio(18, others))
        assert len(lines(table, "late_rise")) == found
    assert len(lines(warn(portfolio(18, 29), false_discovery=0.1), "late_rise")) == 1


def test_ten_points_are_needed_however_significant():
    rows = spread("A", 0, 300, BASE + 30 * DAY) + spread("A", 7, 80, RECENT)
    assert ar_late_rise(0, 300, 7, 80) < 0.001
    assert lines(warn(rows), "late_rise") == []


def test_exactly_ten_points_are_enough():
    rows = spread("A", 20, 200, BASE + 30 * DAY) + spread("A", 16, 80, RECENT)
    (row,) = lines(warn(rows), "late_rise")
    assert row[3:5] == (0.2, pytest.approx(0.2))


@given(st.integers(0, 10))
def test_only_matured_invoices_count(grace):
    """An invoice that is not due with its grace by the day is neither punctual nor late."""
    rows = spread("A", 0, 60, BASE + 60 * DAY) + spread("A", 20, 40, RECENT + DAY, late_days=45)
    young = [("A", AS_OF - grace * DAY + (1 + number) * DAY, None) for number in range(200)]
    with_young, without = (
        lines(warn(ledger, grace_days=grace), "late_rise") for ledger in (rows + young, rows)
    )
    assert with_young == without
    assert with_young[0][3] == 20 / 40


def test_what_happened_after_the_day_is_not_known():
    """Paid after the day is unpaid; invoiced after it does not exist."""
    rows = portfolio(18)
    later = [("A", AS_OF + 60 * DAY, 0)] * 50
    assert lines(warn(rows + later)) == lines(warn(rows))
    still_open = [(who, due, None if late else 0) for who, due, late, *_ in rows]
    paid_later = [(who, due, (AS_OF - due).days + 1 if late else 0) for who, due, late, *_ in rows]
    limits = [["customer", "limit"], ["A", 5]]
    known = lines(warn(still_open, limits=limits))
    assert lines(warn(paid_later, limits=limits)) == known
    assert {row[1] for row in known} >= {"late_rise", "over_limit", "concentration"}


def test_no_data_is_neither_alarm_nor_all_clear():
    table = warn(
        [*portfolio(18), ("NEW", AS_OF - 5 * DAY, None), ("OLD", BASE - 90 * DAY, 50)],
        events=[["customer", "date", "kind"], ["GHOST", AS_OF, "dispute"]],
    )
    unknown = lines(table, "not_enough_history")
    assert [row[0] for row in unknown] == ["NEW", "OLD", "GHOST"]
    assert [row[2:] for row in unknown] == [
        (0.0, 1.0, None, None),
        (0.0, 0.0, None, None),
        (0.0, 0.0, None, None),
    ]


def test_the_least_history_that_can_alarm():
    """Three after three may reach 1 in 20; two after five 1 in 21 both ways; two after four never."""
    for before, now, unknown in ((3, 3, 0), (3, 2, 1), (5, 2, 0), (4, 2, 1), (19, 1, 0), (18, 1, 1)):
        rows = spread("A", 0, before, BASE + 30 * DAY) + spread("A", 0, now, RECENT)
        assert (1 / math.comb(before + now, now) > 0.05) == bool(unknown)
        assert len(lines(warn(rows), "not_enough_history")) == unknown


def test_a_payment_run_is_one_event():
    """40 invoices paid late in one run are one late event, not 40."""
    single = spread("A", 0, 60, BASE + 30 * DAY)
    punctual = spread("A", 0, 30, RECENT)
    run = [("A", RECENT + number * DAY, 60 - number) for number in range(40)]
    scattered = [("A", RECENT + number * DAY, 20) for number in range(40)]
    assert lines(warn(single + punctual + scattered), "late_rise")
    assert lines(warn(single + punctual + run), "late_rise") == []


def test_two_together_are_a_run():
    """20 late pairs beside 90 single payments: 40 of 130 together, so a pair is one event, 20 of 50 late."""
    single = spread("A", 0, 60, BASE + 30 * DAY) + spread("A", 0, 30, RECENT)
    pairs = [("A", RECENT + number // 2 * DAY, 40) for number in range(40)]
    (row,) = lines(warn(single + pairs), "late_rise")
    assert row[3] == 20 / 50


def test_runs_of_two_customers_on_the_same_day_are_two_events():
    rows = []
    for who in "AB":
        rows += spread(who, 0, 60, BASE + 30 * DAY) + spread(who, 0, 30, RECENT)
        rows += [(who, RECENT + number // 2 * DAY, 40) for number in range(40)]
    assert [(row[0], row[3]) for row in lines(warn(rows), "late_rise")] == [("A", 20 / 50), ("B", 20 / 50)]


def test_what_others_pay_on_the_day_makes_no_run_of_it():
    """A pays 20 of 100 invoices two at once: no runs, 20 of 40 late, whoever else pays on those days."""
    rows = spread("A", 0, 60, BASE + 30 * DAY) + spread("A", 0, 20, RECENT)
    rows += [("A", RECENT + number // 2 * DAY, 40) for number in range(20)]
    beside = [("B", day, late) for _, day, late in dict.fromkeys(rows)]
    for ledger in (rows, rows + beside):
        assert [row[3] for row in lines(warn(ledger), "late_rise") if row[0] == "A"] == [20 / 40]


def test_customers_who_pay_on_the_same_day_are_no_run():
    """A and B pay one invoice a day each, the same days: 20 of 50 late for both."""
    rows = [
        row
        for who in "AB"
        for row in spread(who, 0, 60, BASE + 30 * DAY) + spread(who, 20, 50, RECENT, late_days=60)
    ]
    assert [(row[0], row[3]) for row in lines(warn(rows), "late_rise")] == [("A", 20 / 50), ("B", 20 / 50)]


def test_a_run_is_late_when_more_than_half_of_it_is():
    """20 runs of two with one late invoice are punctual; 20 runs of three with two late ones are late."""
    single = spread("A", 0, 60, BASE + 30 * DAY) + spread("A", 0, 20, RECENT)
    for late_days, found in (((0, 18), []), ((0, 18, 19), [20 / 40])):
        runs = [
            ("A", RECENT + (30 + number - late) * DAY, late) for number in range(20) for late in late_days
        ]
        assert [row[3] for row in lines(warn(single + runs), "late_rise")] == found


def months_of(*delays):
    """One invoice of A for each of the last months, the oldest first, paid so many days late in its month."""
    for back, late in zip(range(len(delays) - 1, -1, -1), delays, strict=True):
        year, month = divmod(2025 * 12 + 11 - back, 12)
        yield "A", dt.date(year, month + 1, 2), late


def test_growth_is_that_of_the_last_six_months():
    """EX-4.5 after nine months at 20 days; a steep line through noise and a sure but slow one are none."""
    steady = [20] * 9
    (row,) = lines(warn(months_of(*steady, 5, 7, 8, 12, 15, 21)), "delay_growing")
    assert row[2:] == (2.0, pytest.approx(54 / 17.5), 2.0, "reduce")
    # 2.14 days a month, but p = 0.29; 1 day a month, but p = 0.
    assert lines(warn(months_of(*steady, 0, 25, 0, 25, 0, 25)), "delay_growing") == []
    assert lines(warn(months_of(*steady, 1, 2, 3, 4, 5, 6)), "delay_growing") == []


def test_monthly_delay_at_the_ends_of_a_month():
    """Paid on the last day of November counts in November; due on it, it is not yet late then."""
    nov = dt.date(2025, 11, 30)
    rows = [
        ("A", nov - 40 * DAY, nov - 10 * DAY, nov),  # 10 days late, in November and only there
        ("B", nov - 60 * DAY, nov - 20 * DAY, nov - 10 * DAY),  # 10 days late in November
        ("B", nov - 30 * DAY, nov, None),  # nothing in November, 31 days in December
        ("C", nov, nov + 30 * DAY, nov - 10 * DAY),  # paid 40 days early, invoiced on the last day
    ]
    who, invoiced, due, paid = zip(*rows, strict=True)
    days = monthly_delay(_history(who, invoiced, due, [100] * 4, paid, np.datetime64(AS_OF), 5, []), 2)
    assert days[0, 0] == 10
    assert np.isnan(days[0, 1])
    assert days[1].tolist() == [10, 31]
    assert days[2, 0] == -40
    assert np.isnan(days[2, 1])


def test_monthly_delay_counts_open_items():
    """A customer who stops paying does not look punctual."""
    rows = [("A", dt.date(2025, 10, 10), None, 300), ("A", dt.date(2025, 11, 5), 4, 100)]
    history = _history(
        *([row[0] for row in rows], [dt.date(2025, 9, 1)] * 2, [row[1] for row in rows], [300, 100]),
        *([None, dt.date(2025, 11, 9)], np.datetime64(AS_OF), 5, []),
    )
    days = monthly_delay(history, 4)[0]
    assert np.isnan(days[0])
    assert days[1:].tolist() == [21, (300 * 51 + 100 * 4) / 400, 82]


def test_ewma_leaves_its_range():
    """EX-4.4 as a ledger: eight steady months, four without data, then 9, 11, 12 days."""
    months = [dt.date(2024, 10, 2), *(dt.date(2024 + (m > 12), (m - 1) % 12 + 1, 2) for m in range(11, 18))]
    base = [("A", day, late) for day, late in zip(months, (4, 6, 5, 3, 5, 7, 4, 6), strict=True)]
    recent = [("A", dt.date(2025, m, 2), late) for m, late in ((10, 9), (11, 11), (12, 12))]
    table = warn(base + recent)
    (row,) = lines(table, "delay_above_range")
    assert row[2:] == (2.0, pytest.approx(7.872), pytest.approx(6.0122, abs=1e-4), "reduce")
    assert lines(warn(base[1:] + recent), "delay_above_range") == []
    calm = [("A", dt.date(2025, m, 2), late) for m, late in ((10, 5), (11, 6), (12, 5))]
    assert lines(warn(base + calm), "delay_above_range") == []


EVENT_DAYS = {"broken_promise": 60, "bounced_payment": 90, "insurer_cancellation": 90, "adverse_news": 90}


@pytest.mark.parametrize(("kind", "days"), EVENT_DAYS.items())
def test_events_count_within_their_days(kind, days):
    for age, found in ((0, 1), (days - 1, 1), (days, 0), (-1, 0)):
        day = AS_OF - age * DAY
        table = warn([], events=[["customer", "date", "kind"], ["A", day, kind], ["A", day, kind]])
        assert len(lines(table, kind)) == found


def test_severities():
    events = [["customer", "date", "kind", "severity"]]
    events += [[f"S{level}", AS_OF, "tax lien", level] for level in (1, 2, 3)] + [
        ["S4", AS_OF, "tax_lien", None]
    ]
    found = lines(warn([], events=events), "tax_lien")
    assert found == [
        ("S3", "tax_lien", 3.0, 3.0, 2.0, "notify_insurer"),
        ("S2", "tax_lien", 2.0, 2.0, 2.0, "watch"),
        ("S4", "tax_lien", 2.0, 2.0, 2.0, "watch"),
    ]


def test_chinese_events_and_headings():
    events = [
        ["客户", "日期", "类型"],
        ["甲", "2025-12-30", "退票"],
        ["甲", None, "退票"],
        [None, "2025-12-30", "退票"],
    ]
    assert lines(warn([], events=events), "bounced_payment") == [
        ("甲", "bounced_payment", 3.0, 1.0, 1.0, "hold")
    ]


def test_every_kind_of_event_can_be_told():
    events = [
        ["customer", "date", "kind", "severity"],
        *([kind, AS_OF, kind, 3] for kind in KINDS for _ in "ab"),
    ]
    told = {row[1] for row in warn([], events=events).rows()} - {"not_enough_history"}
    assert told == set(KINDS) - {"dispute"}


def test_dispute_surge():
    """Base: 2 disputes on 60 invoices; recent: 2 on 20 is three times as many, 1 on 20 is one dispute."""
    rows = spread("A", 0, 60, BASE + 60 * DAY) + spread("A", 0, 20, RECENT + 40 * DAY)
    old = [["A", BASE + 100 * DAY, "dispute"]] * 2
    for count, found in ((1, 0), (2, 1)):
        events = [["customer", "date", "kind"], *old, *[["A", AS_OF - DAY, "dispute"]] * count]
        assert len(lines(warn(rows, events=events), "dispute_surge")) == found
    (row,) = lines(warn(rows, events=events), "dispute_surge")
    assert row[3:5] == (2 / 20, pytest.approx(2 * 2 / 60))


def test_dispute_surge_is_above_twice_and_counts_each_day_once():
    """Twice the usual share is none; an invoice of the first day belongs to the period before."""
    rows = spread("A", 0, 60, BASE + 60 * DAY) + spread("A", 0, 20, RECENT + 40 * DAY)
    heading, now = ["customer", "date", "kind"], [["A", AS_OF - DAY, "dispute"]]
    old = [["A", BASE + 100 * DAY, "dispute"]]
    assert lines(warn(rows, events=[heading, *old * 3, *now * 2]), "dispute_surge") == []
    # Invoiced on 30 September 2025: one of 61 of the base; on 30 September 2024: before it.
    edge = [("A", RECENT + 30 * DAY, 0), ("A", BASE + 30 * DAY, 0)]
    told = [heading, *old * 2, *now, ["A", AS_OF, "dispute"], ["A", BASE, "dispute"]]
    (row,) = lines(warn(rows + edge, events=told), "dispute_surge")
    assert row[2:5] == (1.0, 2 / 20, pytest.approx(2 * 2 / 61))
    told = [heading, *old, ["A", RECENT, "dispute"], *now * 2]
    (row,) = lines(warn(rows + edge, events=told), "dispute_surge")
    assert row[3:5] == (2 / 20, pytest.approx(2 * 2 / 61))


def test_past_extension_looks_at_the_oldest_open_invoice():
    """A credit note and a paid invoice are no late debt, and a stranger's extension is nobody else's."""
    rows = [("A", AS_OF - 5 * DAY, None, 100), ("A", AS_OF - 200 * DAY, None, -50)]
    rows += [("A", AS_OF - 300 * DAY, 290, 100), ("B", AS_OF - 90 * DAY, None, 100)]
    header = ["customer", "limit", "maximum_extension_days"]
    assert lines(warn(rows, limits=[header, ["A", 900, 60], ["GHOST", 900, 30]]), "past_extension") == []
    (row,) = lines(warn(rows, limits=[header, ["A", 900, 60], ["A", 900, 15]]), "past_extension")
    assert row == ("A", "past_extension", 1.0, 5.0, 15.0, "watch")


@pytest.mark.parametrize(
    ("late", "level", "action"),
    [
        (49, None, None),
        (50, 1, "watch"),
        (59, 1, "watch"),
        (60, 3, "stop_supply"),
        (61, 3, "notify_insurer"),
        (89, 3, "notify_insurer"),
        (90, 3, "collect"),
    ],
)
def test_past_extension_day_by_day(late, level, action):
    limits = [["customer", "limit", "maximum_extension_days"], ["A", 900, 60]]
    found = lines(warn([("A", AS_OF - late * DAY, None, 100)], limits=limits), "past_extension")
    assert [(row[2], row[5]) for row in found] == ([(level, action)] if level else [])


@pytest.mark.parametrize(
    ("amount", "signal", "level"),
    [
        (85, None, None),
        (85.01, "near_limit", 1),
        (100, "near_limit", 1),
        (100.01, "over_limit", 2),
        (110, "over_limit", 2),
        (110.01, "over_limit", 3),
    ],
)
def test_near_and_over_the_limit(amount, signal, level):
    table = warn([("A", AS_OF + DAY, None, amount)], limits=[["customer", "limit"], ["A", 100]])
    found = [(row[1], row[2]) for row in lines(table, "near_limit", "over_limit")]
    assert found == ([(signal, level)] if signal else [])


def test_the_limit_of_the_day():
    """The line that began last holds, top-ups add, an ended line is none, a blank one unknown."""
    header = ["customer", "limit", "from", "to", "kind"]
    cases = [
        ([["A", 50, None, None, None], ["A", 500, "2025-06-01", None, None]], None),
        ([["A", 500, "2025-06-01", None, None], ["A", 50, None, None, None]], None),
        ([["A", 50, "2025-06-01", None, None], ["A", 500, "2025-01-01", None, None]], ("over_limit", 50)),
        ([["A", 500, "2026-01-01", None, None], ["A", 50, None, None, None]], ("over_limit", 50)),
        ([["A", 500, None, "2025-12-30", None]], ("over_limit", 0)),
        ([["A", 500, None, "2025-12-31", None]], None),
        ([["A", 60, None, None, None], ["A", 60, None, None, "top_up"]], None),
        ([["A", 50, None, None, None], ["A", 20, None, None, "top_up"]], ("over_limit", 70)),
        ([["A", 0, None, None, None]], ("over_limit", 0)),
        ([["A", None, None, None, None]], ("limit_unknown", None)),
        ([["B", 0, None, None, None]], None),
    ]
    for given_lines, expected in cases:
        table = warn([("A", AS_OF + 20 * DAY, None, 101)], limits=[header, *given_lines])
        found = lines(table, "over_limit", "limit_unknown")
        assert [(row[1], row[4]) for row in found] == ([expected] if expected else []), given_lines


def test_concentration_of_the_ledger():
    rows = [(f"K{who}", AS_OF + DAY, None, 100) for who in range(5)]
    table = warn(rows)
    assert lines(table, "concentration") == []
    assert lines(table, "concentration_hhi") == [
        (None, "concentration_hhi", 1.0, pytest.approx(0.2), 0.18, "watch")
    ]
    table = warn([*rows, ("K0", AS_OF + DAY, None, 1), (None, AS_OF + DAY, None, 100)])
    assert lines(table, "concentration") == []
    table = warn([*rows, ("K0", AS_OF + DAY, None, 1)])
    assert lines(table, "concentration") == [
        ("K0", "concentration", 1.0, pytest.approx(101 / 501), 0.2, "watch")
    ]


def test_worst_first_and_only_known_actions():
    events = [["customer", "date", "kind"], ["Z", AS_OF, "insolvency"], ["A", AS_OF, "bounced_payment"]]
    table = warn(portfolio(18), events=events, limits=[["customer", "limit"], ["A", 0]])
    assert np.all(np.diff(table["level"]) <= 0)
    assert {row[5] for row in table.rows()} <= {*ACTIONS, None}
    assert [row[0] for row in table.rows()][:2] == ["A", "Z"]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 460), st.integers(-20, 90)), max_size=60),
    st.randoms(),
)
def test_order_and_names_do_not_matter(items, random):
    rows = [(f"K{who}", BASE + day * DAY, late) for who, day, late in items]
    shuffled = rows[:]
    random.shuffle(shuffled)
    key = repr
    assert sorted(map(key, rounded(warn(rows)))) == sorted(map(key, rounded(warn(shuffled))))


def rounded(table):
    return [
        tuple(round(item, 9) if isinstance(item, float) else item for item in row) for row in table.rows()
    ]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 460), st.integers(-20, 90)), max_size=80))
def test_late_shares_against_plain_loops(items):
    """Where a customer does not pay in batches, the value is a plain share of counts."""
    rows = [(f"K{who}", BASE + day * DAY, late) for who, day, late in items]
    table = warn(rows, false_discovery=1)
    for who, _, _, value, threshold, _ in lines(table, "late_rise"):
        own = [(due, late) for name, due, late in rows if name == who]
        paid = [due + late * DAY for due, late in own if due + late * DAY <= AS_OF]
        if sum(paid.count(day) > 1 for day in paid) > 0.3 * len(paid):
            continue
        shares = []
        for begin, end in ((BASE, RECENT), (RECENT, AS_OF)):
            matured = [(due, late) for due, late in own if begin < due + 5 * DAY <= end]
            shares.append(sum(late > 5 for _, late in matured) / len(matured))
        if set(paid) and len(set(paid)) == len(paid) == len(own):
            assert (value, threshold) == (pytest.approx(shares[1]), pytest.approx(shares[0] + 0.1))
            assert value >= threshold - 1e-9


@pytest.mark.parametrize(
    ("wrong", "cell"),
    [
        ({"as_of": None}, "#VALUE!"),
        ({"due_date": []}, "#VALUE!"),
        ({"amount": ["x"]}, "#VALUE!"),
        ({"paid_date": ["soon"]}, "#VALUE!"),
        ({"grace_days": -1}, "#NUM!"),
        ({"false_discovery": 0}, "#NUM!"),
        ({"events": [["customer", "date", "kind"], ["A", "2025-12-01", "gossip"]]}, "#VALUE!"),
        ({"events": [["customer", "date", "kind", "severity"], ["A", "2025-12-01", "nsf", 4]]}, "#NUM!"),
        ({"limits": [["customer", "amount"], ["A", 5]]}, "#VALUE!"),
        ({"limits": [["customer", "limit"], ["A", -5]]}, "#NUM!"),
        ({"false_discovery": 1.5}, "#NUM!"),
        ({"grace_days": 2.5}, "#NUM!"),
        ({"events": [["customer", "date", "kind", "severity"], ["A", "2025-12-01", "nsf", 0]]}, "#NUM!"),
        ({"limits": [["customer", "limit", "maximum_extension_days"], ["A", 5, -1]]}, "#NUM!"),
        ({"limits": [["customer", "limit", "from"], ["A", 5, "soon"]]}, "#VALUE!"),
        ({"limits": [["customer", "limit", "to"], ["A", 5, "soon"]]}, "#VALUE!"),
        ({"events": [["customer", "date", "kind"], ["A", "soon", "nsf"]]}, "#VALUE!"),
    ],
)
def test_wrong_arguments(wrong, cell):
    arguments = {
        "customer": ["A"],
        "invoice_date": ["2025-11-01"],
        "due_date": ["2025-12-01"],
        "amount": [100],
        "paid_date": [None],
        "as_of": AS_OF,
        **wrong,
    }
    with pytest.raises(InputError) as caught:
        ar_warnings(**arguments)
    assert caught.value.cell == cell
    # A block's column is named after the block: "limits, to".
    assert caught.value.argument.split(",")[0] in wrong
    if "," in caught.value.argument:
        (block,) = wrong.values()
        assert caught.value.argument.split(", ")[1] in block[0]


def test_empty_ledger():
    table = warn([])
    assert len(table) == 0
    assert list(table.columns) == ["customer", "signal", "level", "value", "threshold", "action"]
