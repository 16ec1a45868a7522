"""AR Order Check: decisions, reasons and headroom used up in turn, reckoned by hand."""

import datetime as dt
import time

import pytest

from arcredit.reports import REPORTS
from arcredit.reports.making import made
from arcredit.reports.order_check import order_check_sheet
from credit_ledgers import LINES, small
from credit_records import FULL, ORDERS, credit_records, rows, terms
from pages import lines, page, table, texts
from report_ledgers import documents, inputs

DAY = dt.date


def orders(*found):
    return rows("order customer date amount", *found)


def _by_order(given):
    found = lines(order_check_sheet(given))
    start = next(place for place, line in enumerate(found) if line[0] == "Decision")
    names = found[start]
    return {line[1]: dict(zip(names, line, strict=True)) for line in found[start + 1 :] if line[1]}


def only(*found, ledger=None, **records):
    """An order check of the small ledger with nothing else in the workbook."""
    own = rows("customer credit_limit", ("A", 20_000.0))
    chosen = {"limits": own, "orders": orders(*found), **records}
    return inputs(small() if ledger is None else ledger, records=type(credit_records())(chosen))


def test_headroom_is_used_up_by_date():
    """Limit 20,000, exposure 10,000: 6,000 fits, then 5,000 does not, then 3,000 still does."""
    found = _by_order(
        only(
            ("late", "A", DAY(2025, 12, 30), 3_000.0),
            ("early", "A", DAY(2025, 12, 1), 6_000.0),
            ("middle", "A", DAY(2025, 12, 15), 5_000.0),
        )
    )
    assert {key: (line["Decision"], line["Exposure before"]) for key, line in found.items()} == {
        "early": ("OK", 10_000),
        "middle": ("HOLD", 16_000),
        "late": ("REVIEW", 16_000),
    }
    assert found["middle"]["Exposure with order"] == 21_000
    assert found["middle"]["In advance"] == pytest.approx(1 - 4_000 / 5_000)
    assert found["middle"]["Amount in advance"] == 1_000
    assert found["middle"]["Why"] == "Exceeds the limit by 1,000.00."
    assert "85%" in found["late"]["Why"]


def test_the_limit_may_be_filled_to_the_last_cent():
    found = _by_order(only(("1", "A", None, 10_000.0)))
    assert found["1"]["Decision"] == "REVIEW"  # more than 85 % used, but not over
    assert _by_order(only(("1", "A", None, 10_000.01)))["1"]["Decision"] == "HOLD"


@pytest.mark.parametrize(("due", "decision"), [("2025-12-16", "OK"), ("2025-12-15", "HOLD")])
def test_fifteen_days_are_tolerated(due, decision):
    late = (*LINES[:3], ("A", "4", "2025-11-01", due, 10_000.0, None))
    found = _by_order(only(("1", "A", None, 100.0), ledger=small(late)))
    assert found["1"]["Decision"] == decision
    if decision == "HOLD":
        assert found["1"]["Why"] == "Oldest undisputed item 16 days past due; 15 are tolerated."
        assert found["1"]["In advance"] is None


def test_a_disputed_item_is_not_overdue():
    late = (*LINES[:3], ("A", "4", "2025-10-01", "2025-11-01", 10_000.0, None))
    disputes = rows(
        "document customer raised_on amount status resolved_on reason owner note",
        ("4", None, DAY(2025, 11, 2), None, "open", None, "price", None, None),
    )
    assert _by_order(only(("1", "A", None, 100.0), ledger=small(late)))["1"]["Decision"] == "HOLD"
    found = _by_order(only(("1", "A", None, 100.0), ledger=small(late), disputes=disputes))
    assert found["1"]["Decision"] == "OK"


@pytest.mark.parametrize(("days", "decision"), [(30.0, "OK"), (29.0, "HOLD")])
def test_the_insurer_stops_deliveries(days, decision):
    """Oldest due date 2025-12-01 and 30 days: the 31st is the last insured day."""
    late = (*LINES[:3], ("A", "4", "2025-10-01", "2025-12-01", 10_000.0, None))
    found = _by_order(
        only(
            ("1", "A", None, 100.0),
            ledger=small(late),
            insurance=terms(insured_percentage=0.9, maximum_extension_days=days),
            insured_limits=rows("customer limit kind", ("A", 50_000.0, "named")),
            settings=terms(grace_days=60.0),
        )
    )
    assert found["1"]["Decision"] == decision
    assert found["1"]["Insured deliveries until"].date() == DAY(2025, 12, 1) + dt.timedelta(days=days)


def test_no_stop_date_without_cover():
    found = _by_order(only(("1", "A", None, 100.0), insurance=terms(maximum_extension_days=1.0)))
    assert found["1"]["Insured deliveries until"] is None


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"customers": rows("customer legal_stop", ("A", True))}, "Legal stop"),
        ({"customers": rows("customer insolvency_date", ("A", DAY(2025, 12, 31)))}, "Legal stop"),
        (
            {"events": rows("customer date kind severity", ("A", DAY(2025, 12, 1), "bounced_payment", 1.0))},
            "Legal",
        ),
        (
            {"events": rows("customer date kind severity", ("A", DAY(2025, 12, 1), "legal_suit", 3.0))},
            "Legal",
        ),
        (
            {"insured_limits": rows("customer limit kind", ("A", 1.0, "cancelled"))},
            "The insurer has cancelled",
        ),
        (
            {"events": rows("customer date kind", ("A", DAY(2025, 12, 1), "insurer_cancellation"))},
            "The insurer",
        ),
        (
            {"limits": rows("customer credit_limit valid_to", ("A", 9e9, DAY(2025, 12, 30)))},
            "The limit ended on",
        ),
        ({"customers": rows("customer grade", ("A", 9.0))}, "Grade 9"),
    ],
)
def test_what_holds_an_order(record, reason):
    found = _by_order(only(("1", "A", None, 100.0), **record))
    assert found["1"]["Decision"] == "HOLD"
    assert found["1"]["Why"].startswith(reason)


@pytest.mark.parametrize("day", [DAY(2025, 10, 2), DAY(2026, 1, 1)])
def test_an_old_or_later_bounced_payment_holds_nothing(day):
    events = rows("customer date kind severity", ("A", day, "bounced_payment", 3.0))
    assert _by_order(only(("1", "A", None, 100.0), events=events))["1"]["Decision"] == "OK"


def test_an_unknown_limit_is_no_release():
    found = _by_order(only(("1", "B", None, 100.0), ("2", "A", None, 20_000.0), ("3", "A", None, 1.0)))
    held = table(order_check_sheet(only(("1", "B", None, 100.0))), "Decision")
    assert found["1"]["Decision"] == "HOLD"  # 61 days overdue
    assert "UNKNOWN" not in held
    late = tuple(line for line in LINES if line[1] != "5")
    assert _by_order(only(("1", "B", None, 100.0), ledger=small(late)))["1"]["Decision"] == "UNKNOWN"


def test_hold_first_then_unknown_review_ok():
    given_all = inputs(documents(), records=credit_records())
    found = [line["Decision"] for line in _by_order(given_all).values()]
    rank = ["HOLD", "UNKNOWN", "REVIEW", "OK"]
    assert found == sorted(found, key=rank.index)
    assert len(found) == len(ORDERS) - 1  # the order of next year waits


def test_totals_by_decision_add_up():
    sheet = order_check_sheet(inputs(documents(), records=credit_records()))
    found = lines(sheet)
    start = next(place for place, line in enumerate(found) if line[0] == "On hold")
    counts, amounts = found[start + 1], found[start + 2]
    total = next(line for line in found if line[0] == "Total EUR")
    assert sum(value for value in counts if value is not None) == len(ORDERS) - 1
    assert sum(value for value in amounts if value is not None) == pytest.approx(total[5])


def test_the_report_needs_orders():
    made_sheets, again = made(REPORTS, inputs(documents()), ["order_check"])
    assert made_sheets == []
    assert [item.key for item in again.findings][-1] == "report.not_made"
    sheet, _ = made(REPORTS, inputs(documents(), records=credit_records("orders")), ["order_check"])
    assert [item.owner for item in sheet] == ["order_check"]


def test_formula_texts_stay_texts():
    sheet = order_check_sheet(inputs(documents(), records=credit_records()))
    found = [cell for row in page(sheet, formulas=True).iter_rows() for cell in row if cell.value == "=1+1"]
    assert len(found) >= 2
    assert {cell.data_type for cell in found} == {"s"}


def test_currencies_stand_apart():
    euro = rows(
        "order customer date amount currency", ("1", "C1001", None, 5.0, "EUR"), ("2", "X", None, 7.0, "USD")
    )
    given_two = inputs(documents(currencies=("EUR", "USD")), records=credit_records("insurance", orders=euro))
    totals = {
        line[0]: line[5] for line in lines(order_check_sheet(given_two)) if str(line[0]).startswith("Total")
    }
    assert totals == {"Total EUR": 5, "Total USD": 7}


def test_chinese():
    found = texts(order_check_sheet(inputs(documents(), "zh", records=credit_records())))
    assert {"暂停", "结论", "承保发货截止日"} <= set(found)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_empty_ledger_and_no_orders(language):
    assert order_check_sheet(inputs(documents(0), language, records=credit_records("limits"))).cells
    assert order_check_sheet(inputs(documents(0), language, records=credit_records())).blocks


def test_time_of_twenty_thousand_documents():
    many = [(f"O{number}", f"C{1001 + number % 2000}", None, 10.0) for number in range(5_000)]
    given_many = inputs(
        documents(20_000, 2_000), records=type(credit_records())({**FULL, "orders": orders(*many)})
    )
    start = time.perf_counter()
    order_check_sheet(given_many)
    print(f"5,000 orders, 20,000 documents: {time.perf_counter() - start:.2f} s")
