"""AR Limits: limits, exposure and states against figures reckoned by hand."""

import datetime as dt
import time

import pytest

from arcredit.reports.limits import limits_sheet
from arcredit.reports.standing import standings
from credit_ledgers import small
from credit_records import INSURED, credit_records, rows, table, terms
from pages import lines, page, texts
from pages import table as listed
from report_ledgers import documents, inputs


def shown(given, heading="Customer"):
    return listed(limits_sheet(given), heading)


def test_a_suggested_limit_by_hand():
    """A: 119,500 a year, 30 days and 10 late, pay index 73.33, grade 4 for want of accounts: need binds."""
    line = shown(inputs(small()))["A"]
    need = 119_500 / 365 * 40 * 1.1
    assert line["Limit"] == line["Suggested limit"] == int(need * 100) / 100 == 14_405.47
    assert (line["Limit is"], line["Held down by"], line["Grade"]) == ("suggested", "what is needed", 4)
    assert line["Exposure"] == 10_000
    assert line["Used"] == pytest.approx(10_000 / 14_405.47)
    assert line["Headroom"] == pytest.approx(4_405.47)
    assert line["State"] == "Within"


def test_unknown_is_not_unlimited():
    """B has never paid: no grade, no limit, whatever it owes."""
    line = shown(inputs(small()))["B"]
    assert (line["Limit"], line["Used"], line["Headroom"]) == (None, None, None)
    assert (line["State"], line["Limit is"]) == ("Unknown", "none")
    assert (line["Open"], line["Less credits and collateral"], line["Exposure"]) == (5_000, 200, 4_800)


@pytest.mark.parametrize(
    ("limit", "state"),
    [
        (0.0, "Over"),
        (9_999.99, "Over"),
        (10_000.0, "Near"),
        (11_764.70, "Near"),
        (11_764.71, "Within"),
        (None, "Unknown"),
    ],
)
def test_states_at_their_edges(limit, state):
    given = inputs(
        small(), records=credit_records("insurance", limits=rows("customer credit_limit", ("A", limit)))
    )
    assert shown(given)["A"]["State"] == state


@pytest.mark.parametrize(
    ("begin", "end", "temporary", "limit", "basis"),
    [
        (None, dt.date(2025, 12, 31), False, 50_000, "our own"),
        (None, dt.date(2025, 12, 30), False, 0, "expired"),
        (dt.date(2026, 1, 1), None, False, 14_405.47, "suggested"),
        (dt.date(2025, 12, 31), dt.date(2025, 12, 31), True, 50_000, "temporary"),
        (dt.date(2025, 12, 1), dt.date(2025, 12, 30), True, 14_405.47, "suggested"),
    ],
)
def test_validity_on_the_day(begin, end, temporary, limit, basis):
    own = rows("customer credit_limit valid_from valid_to temporary", ("A", 50_000.0, begin, end, temporary))
    line = shown(inputs(small(), records=credit_records("insurance", limits=own)))["A"]
    assert (line["Limit"], line["Limit is"]) == (limit, basis)


def test_exposure_holds_orders_deliveries_and_collateral():
    given = inputs(
        small(),
        records=credit_records(
            "insurance",
            customers=rows("customer unbilled_deliveries collateral", ("A", 700.0, 400.0)),
            orders=rows(
                "customer date amount",
                ("A", dt.date(2025, 12, 31), 300.0),
                ("A", None, 20.0),
                ("A", dt.date(2026, 1, 1), 9_000.0),
            ),
        ),
    )
    line = shown(given)["A"]
    assert line["Deliveries and orders to come"] == 1_020
    assert line["Exposure"] == 10_000 + 700 + 320 - 400


def test_tiles_count_and_add_live():
    sheet = limits_sheet(inputs(records=credit_records()))
    found = {key: line for key, line in listed(sheet, "Customer").items() if not key.startswith("Total")}
    over = [line for line in found.values() if line["State"] == "Over"]
    tiles = next(
        line for place, line in enumerate(lines(sheet)) if lines(sheet)[place - 1][0] == "Over the limit"
    )
    assert tiles[0] == len(over) > 0
    assert tiles[2] == pytest.approx(-sum(line["Headroom"] for line in over))
    formulas = [
        cell.value for row in page(sheet, formulas=True).iter_rows() for cell in row if cell.data_type == "f"
    ]
    assert any(text.startswith("=-SUMIF(") for text in formulas)


def test_the_total_is_the_sum_of_its_lines():
    found = shown(inputs(records=credit_records()))
    total = found.pop("Total EUR")
    for name in ("Open", "Exposure", "Limit", "Insured limit"):
        assert total[name] == pytest.approx(sum(line[name] or 0 for line in found.values()))


def test_open_amounts_are_those_of_the_ledger():
    given = inputs()
    found = shown(given)
    assert found["Total EUR"]["Exposure"] == pytest.approx(given.items.open_amount.sum())


def test_insured_limits_in_force():
    found = shown(inputs(records=credit_records()))
    assert found["C1001"]["Insured limit"] == 15_000
    assert found["C1006"]["Insured limit"] == 0  # cancelled
    assert found["C1009"]["Insured limit"] == 0  # never heard of
    assert shown(inputs())["C1001"]["Insured limit"] is None  # no insurance at all


def test_the_insurers_own_percentage_of_a_decision():
    (part,) = standings(inputs(records=credit_records())).parts
    share = dict(zip(part.customer, part.insured.insured_percentage, strict=True))
    assert (share["C1002"], share["C1001"]) == (0.8, 0.9)


def test_a_decision_that_ends_before_it_begins_is_passed_over():
    wrong = rows(
        "customer limit from to kind", ("C1001", 9.0, dt.date(2025, 5, 1), dt.date(2025, 1, 1), "named")
    )
    assert shown(inputs(records=credit_records(insured_limits=wrong)))["C1001"]["Insured limit"] == 0


def test_insolvency_beats_a_good_grade():
    good = rows("customer grade insolvency_date", ("A", 1.0, dt.date(2025, 12, 31)))
    line = shown(inputs(small(), records=credit_records("insurance", customers=good)))["A"]
    assert (line["Grade"], line["Suggested limit"], line["Held down by"]) == (10, 0, "grade")


def test_an_event_that_nobody_confirmed_does_not_count():
    found = shown(inputs(records=credit_records()))
    assert found["C1001"]["Grade"] == 3


def test_currencies_stand_apart():
    given = inputs(documents(currencies=("EUR", "USD")), records=credit_records("insurance", "limits"))
    names = [line[0] for line in lines(limits_sheet(given))]
    assert "Total EUR" in names
    assert "Total USD" in names
    # C1001 owes in both and its limit names no currency: it is left out, and said so.
    assert any("C1001" in text for text in texts(limits_sheet(given)) if text.startswith("Left out"))


def test_a_limit_in_one_currency_is_none_in_another():
    own = rows("customer credit_limit currency", ("C1001", 1e6, "usd"))
    given = inputs(documents(currencies=("EUR", "USD")), records=credit_records("insurance", limits=own))
    euro, dollar = standings(given).parts
    assert euro.own.state[euro.customer.tolist().index("C1001")] == "none"
    assert dollar.limit[dollar.customer.tolist().index("C1001")] == 1e6


def test_a_policy_that_does_not_add_up_is_said_and_the_built_in_one_used():
    given = inputs(small(), records=credit_records("insurance", policy=table(grade=[1.0], pd=[0.1])))
    assert any("each grade from 1 to 10" in text for text in texts(limits_sheet(given)))
    assert shown(given)["A"]["Limit"] == 14_405.47


def test_limits_are_rounded_down_to_the_step_of_the_settings():
    given = inputs(small(), records=credit_records("insurance", settings=terms(round_to=1_000.0)))
    assert shown(given)["A"]["Limit"] == 14_000


def test_texts_that_look_like_formulas_stay_texts():
    sheet = limits_sheet(inputs(records=credit_records()))
    cells = [cell for row in page(sheet, formulas=True).iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]


@pytest.mark.parametrize(("language", "text"), [("en", "no customer with"), ("zh", "没有任何客户")])
def test_an_empty_ledger_says_so(language, text):
    assert any(text in line for line in texts(limits_sheet(inputs(documents(0), language))))


def test_chinese_has_no_english_left():
    sheet = limits_sheet(inputs(records=credit_records(), language="zh"))
    found = listed(sheet, "客户编号")
    assert {line["状态"] for key, line in found.items() if not key.startswith("EUR")} <= {
        "超额", "已过期", "未知", "接近", "正常"}  # fmt: skip


def test_no_limits_no_insurance_no_names_no_currency():
    given = inputs(documents(40, currencies=None, names=False, disputed=False), totals=None)
    assert set(shown(given)) >= {"Total"}


def test_the_same_inputs_give_the_same_sheet():
    assert lines(limits_sheet(inputs(records=credit_records()))) == lines(
        limits_sheet(inputs(records=credit_records()))
    )


def test_time_of_twenty_thousand_documents():
    given = inputs(documents(20_000, 2_000), records=credit_records())
    start = time.perf_counter()
    limits_sheet(given)
    print(f"limits of 20,000 documents: {time.perf_counter() - start:.2f} s")


def test_marks_and_bars_lie_on_the_lines():
    sheet = limits_sheet(inputs(records=credit_records(insured_limits=INSURED)))
    (block,) = sheet.blocks
    last = block.top + len(block.columns[0].values) - 1
    assert {(mark.where.top, mark.where.bottom) for mark in sheet.marks} == {(block.top, last)}
    assert [(bars.where.top, bars.where.bottom) for bars in sheet.bars] == [(block.top, last)]
