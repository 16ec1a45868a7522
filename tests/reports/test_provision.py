"""AR Provision: published matrices to the unit, every total live, rates from the best source there is."""

import datetime as dt
import io
import time

import numpy as np
import openpyxl
import pytest

from arcredit.credit.receivables.expected_loss import Terms, expected_losses, loss_movement, matrix
from arcredit.credit.receivables.loss_history import cohort, rates_from, rolls
from arcredit.credit.receivables.open_items import Events, OpenItems, open_at
from arcredit.ledger.records import Records
from arcredit.reports.insured import Insured
from arcredit.reports.insured_share import insured_share
from arcredit.reports.provision import provision_sheet
from arcredit.reports.scratch import workbook
from arcredit.shapes import coded
from report_ledgers import AS_OF, documents, inputs
from report_records import insured, table, terms

EDGES = (30, 60, 90)
DAYS = (-5, 15, 45, 75, 200)
LOSSES = [45_000, 120_000, 144_000, 165_000, 106_000]


def ledger(amounts, days=DAYS, as_of=AS_OF, names=None, **columns):
    """A document per amount, so many days past due."""
    amount = np.array(amounts, float)
    due = np.datetime64(as_of) - np.array(days[: len(amount)], "timedelta64[D]")
    return OpenItems(
        customer=coded(names or [f"K{place}" for place in range(len(amount))], "c"),
        document=np.array([f"D{place}" for place in range(len(amount))], object),
        invoice_date=due - 30,
        due_date=due,
        amount=amount,
        open_amount=amount,
        **columns,
    )


def rates(*values, days=(0, 1, 31, 61, 91)):
    return table(from_days=list(map(float, days)), loss_rate=list(values))


def lines(given):
    data = workbook([provision_sheet(given)])
    page = openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
    return [[cell.value for cell in line] for line in page.iter_rows()]


def row(given, label):
    return next(line for line in lines(given) if line[0] == label and line[1] is not None)


def said(given):
    return " ".join(str(cell) for line in lines(given) for cell in line if cell is not None)


def test_published_matrix():
    """EX-7.1: 15, 7.5, 4, 2.5 and 1 million at 0.3 % … 10.6 % lose 580,000."""
    records = Records(tables={"provision": rates(0.003, 0.016, 0.036, 0.066, 0.106)})
    given = inputs(ledger([15e6, 7.5e6, 4e6, 2.5e6, 1e6]), records=records, edges=EDGES)
    total = row(given, "Total")
    assert total[1] == 30_000_000
    assert total[5] == total[8] == 580_000
    assert [line[5] for line in lines(given)[13:18]] == pytest.approx(
        [45_000, 120_000, 144_000, 165_000, 106_000]
    )
    assert row(given, "Expected credit loss")[1] == 580_000


def test_history_raised_by_a_tenth():
    """EX-7.7: aging method, every rate 10 % up: 22,831."""
    records = Records(
        tables={"provision": rates(0.003, 0.08, 0.26, 0.58, 0.82), "settings": terms(forward_looking=1.1)}
    )
    given = inputs(ledger([5_984_698, 8_272, 2_882, 842, 1_100]), records=records, edges=EDGES)
    assert row(given, "Total")[8] == pytest.approx(22_831, abs=0.5)
    assert row(given, "Total")[1] == 5_997_794


MONTHS = (
    ("2025-09-30", (1000, 300, 120, 60, 40)),
    ("2025-10-31", (1050, 320, 126, 72, 46)),
    ("2025-11-30", (1100, 315, 144, 63, 55)),
    ("2025-12-31", (1080, 341, 132, 79, 49)),
)
MONTH_DAYS = (-5, 15, 45, 75, 105)


def snapshots():
    return tuple((dt.date.fromisoformat(day), ledger(amounts, MONTH_DAYS, day)) for day, amounts in MONTHS)


def test_roll_rates_of_snapshots():
    """EX-7.3: the pooled roll rates .309841 .429947 .548718 .769231, the last bucket loses 70 %."""
    held = snapshots()
    rolled = (0.309841, 0.429947, 0.548718, 0.769231)
    loss = [0.7 * np.prod(rolled[place:]) for place in range(5)]
    expected = sum(amount * rate for amount, rate in zip(MONTHS[-1][1], loss, strict=True))
    for factor in (1.0, 1.15):
        records = Records(tables={"settings": terms(loss_given_default=0.7, forward_looking=factor)})
        given = inputs(held[-1][1], records=records, history=held[:-1])
        assert row(given, "Total")[8] == pytest.approx(expected * factor, abs=0.006)
    assert "roll rates of earlier refreshes" in said(given)
    assert "4 refreshes from 2025-09-30 to 2025-12-31" in said(given)


def test_two_snapshots_are_no_history():
    held = snapshots()
    given = inputs(held[-1][1], history=held[2:3])
    assert "DEFAULT, REPLACE BY YOUR OWN HISTORY" in said(given)
    assert rolls(held[:1] + held[2:], (30, 60, 90, 120)) is None
    assert rolls(held, (15, 30)) is None


def test_stated_rates_come_before_history():
    held = snapshots()
    records = Records(tables={"provision": rates(0.1, 0.1, 0.1, 0.1, 0.1)})
    given = inputs(held[-1][1], records=records, history=held[:-1])
    assert row(given, "Total")[8] == pytest.approx(168.1)
    assert "the workbook's own rates" in said(given)


def test_stated_rates_that_miss_a_bucket_are_told_and_not_used():
    records = Records(tables={"provision": rates(0.1, 0.2, days=(31, 61))})
    given = inputs(ledger([1000, 1000]), records=records)
    assert "own rates under Provision were not used" in said(given)
    assert row(given, "Total")[8] == 25
    unread = Records(tables={"provision": table(bucket=["?"], loss_rate=[0.1])})
    assert "were not used" in said(inputs(ledger([1000]), records=unread))


def test_rates_by_the_labels_of_buckets():
    labels = ["Not yet due", "1-30", "31-60", "61-90", "Over 90 days"]
    records = Records(
        tables={"provision": table(bucket=labels, loss_rate=[0.003, 0.016, 0.036, 0.066, 0.106])}
    )
    given = inputs(ledger([15e6, 7.5e6, 4e6, 2.5e6, 1e6]), records=records, edges=EDGES)
    assert row(given, "Total")[8] == 580_000


def test_cohort_by_hand():
    """EX-7.2: of 100,000 sold 50,000 are paid on time, 27,000, 15,000 and 6,000 later, 2,000 never."""
    day = np.datetime64(AS_OF)
    due = day - 400
    parts = [(50_000, 0), (27_000, 10), (15_000, 40), (6_000, 70), (2_000, None)]
    amount = np.repeat([part / 10 for part, _ in parts], 10)
    paid = np.repeat([np.datetime64("NaT") if late is None else due + late for _, late in parts], 10)
    books = OpenItems(
        coded(["A"] * 50, "c"),
        np.arange(50).astype(str).astype(object),
        np.full(50, due - 30),
        np.full(50, due),
        amount,
        np.where(np.isnat(paid), amount, 0.0),
        paid_date=paid.astype("M8[D]"),
    )
    found = cohort(books, None, AS_OF, EDGES)
    assert found.reached.tolist() == [100_000, 50_000, 23_000, 8_000, 2_000]
    assert found.rates == pytest.approx([0.02, 0.04, 2 / 23, 0.25, 1])
    now = ledger([300_000, 140_000, 60_000, 23_000, 5_000])
    assert (now.open_amount * found.rates).sum() == pytest.approx(27_567.39, abs=0.005)
    receipts = np.flatnonzero(~np.isnat(paid))
    events = Events(books.document[receipts], None, paid[receipts].astype("M8[D]"), -amount[receipts])
    assert cohort(books, events, AS_OF, EDGES).rates == pytest.approx(found.rates)
    assert cohort(books.take(np.arange(29)), None, AS_OF, EDGES) is None


def test_a_write_off_is_a_loss_and_a_credit_note_is_none():
    day = np.datetime64(AS_OF) - 400
    books = OpenItems(
        coded(["A"] * 40, "c"),
        np.arange(40).astype(str).astype(object),
        np.full(40, day - 30),
        np.full(40, day),
        np.full(40, 100.0),
        np.zeros(40),
    )
    kinds = coded(["write_off"] * 10 + ["credit_note"] * 10 + ["receipt"] * 20, "k")
    events = Events(books.document, None, np.full(40, day - 3), np.full(40, -100.0), kinds)
    found = cohort(books, events, AS_OF, EDGES)
    assert found.lost == 1000
    assert found.reached.tolist() == [4000, 1000, 1000, 1000, 1000]


def test_insolvent_customers_leave_the_matrix():
    records = Records(
        tables={
            "customers": table(customer=["K1"], insolvency_date=["2025-11-01"]),
            "settings": terms(loss_given_default=0.8),
            "provision": rates(0.01, 0.01, 0.01, 0.01, 0.01),
        }
    )
    given = inputs(ledger([1000, 500, 300]), records=records)
    totals = [line for line in lines(given) if line[0] == "Total"]
    assert [line[1] for line in totals] == [1300, 500]
    assert [line[8] for line in totals] == [13, 400]
    assert row(given, "Expected credit loss")[1] == 413


def test_insurance_takes_its_share_off():
    """A debt of 1,000 with a limit of 500 at 90 %: 45 % of the loss is the insurer's."""
    policy = {"insured_percentage": 0.9}
    given = inputs(
        ledger([1000]),
        records=insured(policy, [("K0", 500.0, None, None, "named")], provision=rates(0.1, 1, 1, 1, 1)),
    )
    total = row(given, "Total")
    assert total[5] == 100
    assert total[7] == pytest.approx(45)
    assert total[8] == 55


def test_insolvent_debts_are_insured_by_the_limit_on_the_day_of_delivery():
    """K0 was covered when supplied and is cancelled today; K1 was supplied after the limit had gone."""
    goods = ledger([1_000, 500], days=(45, 45), delivery_date=np.array(["2025-10-10", "2025-10-20"], "M8[D]"))
    decisions = [
        *(("K0", 800.0, "2025-01-01", None, "named"), ("K0", 0.0, "2025-10-15", None, "cancelled")),
        *(("K1", 800.0, "2025-01-01", None, "named"), ("K1", 0.0, "2025-10-15", None, "cancelled")),
    ]
    both = table(customer=["K0", "K1"], insolvency_date=["2025-11-20", "2025-11-20"])
    given = inputs(goods, records=insured({"insured_percentage": 0.9}, decisions, customers=both))
    found = {line[0]: line for line in lines(given) if line[0] in ("K0", "K1") and line[1] in (1_000, 500)}
    assert found["K0"][7] == pytest.approx(720)
    assert found["K1"][7] == 0
    assert sum(Insured(given, goods).cover(np.arange(2), AS_OF).insured) == 720
    assert "by the limit on the day of delivery" in said(given)
    # Who is not insolvent stands by the limits of today, and the sheet does not speak of it.
    given = inputs(goods, records=insured({"insured_percentage": 0.9}, decisions))
    assert not insured_share(given, goods, AS_OF).any()
    assert "by the limit on the day of delivery" not in said(given)


def test_a_limit_is_there_once_for_debts_in_two_currencies():
    """1,000 EUR and 1,000 USD at 0.5 under a limit of 750 EUR: half of each is insured at 90 %, not more."""
    both = ledger([1_000, 1_000], names=["K0", "K0"], currency=coded(["EUR", "USD"], "c"))
    records = insured({"insured_percentage": 0.9}, [("K0", 750.0, None, None, "named")])
    given = inputs(both, records=records, rates={"EUR": 1.0, "USD": 0.5}, home="EUR")
    for place in range(2):
        part = both.take(np.array([place]))
        assert insured_share(given, part, AS_OF).tolist() == [0.45]
        assert insured_share(given, part, AS_OF - dt.timedelta(1)).tolist() == [0.45]
    # Without a rate the dollars are not insured, and take nothing from the euros.
    given = inputs(both, records=records, rates={"EUR": 1.0}, home="EUR")
    assert insured_share(given, both, AS_OF).tolist() == [0.675, 0.0]


def test_credits_are_not_netted_and_the_balances_are_those_of_the_aging():
    given = inputs(documents(800, 20))
    owed = given.items.open_amount
    assert row(given, "Debts")[1] == pytest.approx(owed[owed > 0].sum())
    assert row(given, "Unapplied credits")[1] == pytest.approx(owed[owed < 0].sum())
    assert row(given, "Total open")[1] == pytest.approx(owed.sum())


def test_the_movement_closes():
    given = inputs(documents(800, 20))
    values = lines(given)
    start = next(place for place, line in enumerate(values) if "Opening balance 2025-11-30" in line)
    moved = [line[8] for line in values[start : start + 6]]
    assert sum(moved[:5]) == pytest.approx(moved[5])
    assert moved[5] == row(given, "Expected credit loss")[1]
    assert "rebuilt from the ledger itself" in said(given)


def test_the_movement_by_hand():
    """One settled (-50), one new (+20), one older (+30), one partly paid (-5)."""
    then, now = ledger([1, 1, 1], names=["A", "B", "C"]), ledger([1, 1, 1], names=["X", "B", "C"])
    found = loss_movement(then, np.array([50.0, 10, 15]), now, np.array([20.0, 40, 10]))
    assert found == type(found)(75.0, 20.0, 30.0, -50.0, -5.0, 70.0)


def test_documents_and_matrix_agree():
    items = open_at(documents(3000, 50), AS_OF)
    terms_ = Terms((30, 60, 90, 120), np.array([0.01, 0.03, 0.1, 0.2, 0.5, 1.0]), 1.3, 0.9)
    share, single = np.full(len(items), 0.4), np.zeros(len(items), bool)
    each = expected_losses(items, AS_OF, terms_, share, single)
    assert matrix(items, AS_OF, terms_, share, single).total == pytest.approx(each.sum(), abs=0.006)


def test_rates_begin_on_their_days():
    assert rates_from([(0, 0.1), (31, 0.2)], (30, 60)).tolist() == [0.1, 0.1, 0.2, 0.2]
    assert np.isnan(rates_from([(31, 0.2)], (30, 60))[:2]).all()


def test_segments_have_rates_of_their_own():
    records = Records(
        tables={
            "provision": table(
                segment=["", "Retail"], from_days=[0.0, 0.0], loss_rate=[0.01, 0.2], bucket=[None, None]
            ),
            "customers": table(customer=["K0", "K1"], sector=["Retail", "Industry"]),
        }
    )
    given = inputs(ledger([1000, 1000]), records=records)
    assert row(given, "Expected credit loss")[1] == 210
    assert "Retail" in said(given)


def test_currencies_stand_apart_and_words_are_chinese():
    given = inputs(documents(600, currencies=("CNY", "JPY")), "zh")
    assert len([line for line in lines(given) if line[0] == "预期信用损失"]) == 3
    assert "默认值" in said(inputs(ledger([10]), "zh"))


def test_an_empty_ledger_says_so():
    assert "There are no open items as of this date." in said(inputs(documents(0)))


def test_twenty_thousand_documents(capsys):
    given = inputs(documents(20_000, 800))
    start = time.perf_counter()
    workbook([provision_sheet(given)])
    with capsys.disabled():
        print(f" provision of 20,000 documents: {time.perf_counter() - start:.2f} s")
